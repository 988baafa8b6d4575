//! The Anderson transition: transport at a mobility edge, and the lattice that makes one.
//!
//! Above a mobility edge E_m the conductivity of electrons of one energy is `sigma_0(E) = A (E - E_m)^x`, below it is nothing. Through the
//! Fermi window that one-sided law gives conductivity, thermopower and thermal conductivity at any temperature, and its exponent can be
//! read off measured data; on the lattice edge and exponent follow from Lyapunov exponents and conductances by finite-size scaling.
//!
//! Equation numbers in this module refer to Y. Imry and A. Amir, "The localization transition at finite temperatures: electric and thermal
//! transport", in *50 Years of Anderson Localization* (2010), unless another source is named.

pub mod scaling;
