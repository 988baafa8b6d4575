//! Scatterers small against the wave length.

/// A point scatterer, `f(k) = 1/(k cot d - ik)` with `k cot d` the same at all energies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PointScatterer {
    /// Where it is, in 1/k_F.
    pub position: [f64; 3],
    /// Phase shift d at k_F, in radians; positive if it attracts.
    pub phase_shift: f64,
}
