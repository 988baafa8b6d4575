//! The state in which kernels leave the vector registers.

/// Runs a kernel and clears the upper halves of the vector registers behind it.
///
/// The AVX-512 kernels of faer 0.24 (private-gemm-x86 0.1) return without `vzeroupper`. On x86 every SSE instruction that follows, to which
/// all code outside such kernels compiles, then merges with the stale upper halves: elementwise code ran at a third of its speed.
pub(crate) fn settled<T>(kernel: impl FnOnce() -> T) -> T {
    let result = kernel();
    #[cfg(target_arch = "x86_64")]
    if let Some(avx) = pulp::core_arch::x86::Avx::try_new() {
        avx._mm256_zeroupper();
    }
    result
}
