//! Kernels for block Green functions.
//!
//! Everything is single-threaded, unless threads are asked for: parallelism belongs to the samples and energies of the layer above. Only this
//! crate names faer, and products, inversions and factorisations are compiled in it, so that an edit to the physics never recompiles a kernel; what is
//! generic ([`planar::Real`]) and leaves it is plain loops.
//!
//! | module | holds |
//! |---|---|
//! | [`matrix`] | column-major [`Matrix`] and its borrowed blocks |
//! | [`mod@product`] | products, complex ones optionally with one operand transposed or adjoint; Hermitian products at little more than half the work |
//! | [`planar`] | complex matrices with real and imaginary parts apart, in either precision; their products take three real ones |
//! | [`frame`] | frames of orthonormal columns under a three-term recursion (transfer matrices), real, complex, quaternionic |
//! | [`inverse`] | inversion with reused workspace |
//! | [`solve`], [`RealLu`] | dense linear systems |
//! | [`SmallLu`] | small complex systems, millions of them; determinants |
//! | [`sparse`] | sparse factorisation by nested dissection: Schur complements, solutions, entries of the inverse |
//! | [`scattering_from_reaction`] | scattering matrix of a closed real system that is opened |
//! | [`stream`] | passes over long arrays in the vector instructions of the machine |
//! | [`eigen`] | real symmetric and generalised complex eigenproblems (lead modes) |

pub mod eigen;
pub mod frame;
pub mod inverse;
pub mod matrix;
pub mod planar;
pub mod product;
pub mod sparse;
pub mod stream;

mod reaction;
mod registers;
mod small;
mod solve;

pub use inverse::{Inverter, Singular};
pub use matrix::{C64, Matrix, Panel, PanelMut};
pub use product::{
    Op, add_hermitian_part, adjoint_difference, halve, product, product_hermitian, product_lower,
    product_real,
};
pub use reaction::scattering_from_reaction;
pub use small::SmallLu;
pub use solve::{RealLu, solve};
