//! Noise known in closed form.
//!
//! Everything is per spin, one-sided, in units of e^2/h times the unit of energy of the potentials, temperatures and rates; Fano factors are `S/2eI` at zero
//! temperature. Transmissions lie between 0 and 1, temperatures are k_B T.

use crate::units::SOMMERFELD;
use std::f64::consts::PI;

/// `x coth x - 1` to rounding of itself: x^2/3 for small x, |x| - 1 for large.
pub fn x_coth_x_minus_one(x: f64) -> f64 {
    let square = x * x;
    if square < 1.0 {
        // x^2/(3 + x^2/(5 + x^2/(7 + ...))), all of one sign
        (0..12).rev().fold(27.0, |below, k| f64::from(2 * k + 3) + square / below).recip() * square
    } else {
        x / x.tanh() - 1.0
    }
}

/// Noise `4 kT G (1 - F) + 2 e I F coth(eV/2kT)` of any conductor of constant scattering between two reservoirs of one temperature,
/// `G = (e^2/h) sum T_n`, `F = sum T_n (1 - T_n) / sum T_n`: from 4 kT G to 2 e I F.
pub fn crossover(conductance: f64, fano_factor: f64, bias: f64, kt: f64) -> f64 {
    4.0 * kt * conductance + excess(conductance, fano_factor, bias, kt)
}

/// What of the [`crossover`] exceeds 4 kT G: `4 kT G F (x coth x - 1)`, x = eV/2kT, without loss of digits for small bias.
pub fn excess(conductance: f64, fano_factor: f64, bias: f64, kt: f64) -> f64 {
    let of_kt = if kt > 0.0 { 2.0 * kt * x_coth_x_minus_one(bias / (2.0 * kt)) } else { bias.abs() };
    2.0 * conductance * fano_factor * of_kt
}

/// Noise of a single channel between two reservoirs of one temperature.
pub fn single_channel(transmission: f64, bias: f64, kt: f64) -> f64 {
    crossover(transmission, 1.0 - transmission, bias, kt)
}

/// Fano factor `(Gamma_L^2 + Gamma_R^2) / (Gamma_L + Gamma_R)^2` of a level of widths Gamma_L and Gamma_R, at a bias far above both (L. Y. Chen and C. S. Ting, Phys. Rev.
/// B 43, 4534 (1991)).
pub fn breit_wigner(left: f64, right: f64) -> f64 {
    (left * left + right * right) / ((left + right) * (left + right))
}

/// Fano factor of n equal barriers of transmission Gamma in series, without coherence between them,
/// `(1/3) [1 + (n (1 - Gamma)^2 (2 + Gamma) - Gamma^3) / (Gamma + n (1 - Gamma))^3]` (M. J. M. de Jong and C. W. J. Beenakker, Physica A 230, 219
/// (1996)).
pub fn incoherent_barriers(transmission: f64, barriers: u32) -> f64 {
    let (g, n) = (transmission, f64::from(barriers));
    let total = g + n * (1.0 - g);
    (1.0 + (n * (1.0 - g) * (1.0 - g) * (2.0 + g) - g.powi(3)) / total.powi(3)) / 3.0
}

/// Fano factor of a diffusive wire without inelastic scattering (C. W. J. Beenakker and M. Büttiker, Phys. Rev. B 46, 1889 (1992); K. E. Nagaev, Phys. Lett. A 169, 103
/// (1992)): transmission eigenvalues are bimodal.
pub const DIFFUSIVE: f64 = 1.0 / 3.0;

/// Noise `(2/3) G [4 kT + eV coth(eV/2kT)]` of a diffusive wire without inelastic scattering.
pub fn diffusive(conductance: f64, bias: f64, kt: f64) -> f64 {
    crossover(conductance, DIFFUSIVE, bias, kt)
}

/// Fano factor sqrt(3)/4 of a diffusive wire in which electrons share their energy but keep it from the lattice.
pub const HOT_ELECTRONS: f64 = 0.433_012_701_892_219_3;

/// Noise `2 kT G [1 + (v + 1/v) atan v]`, `v = sqrt(3) eV/2 pi kT`, of a diffusive wire of hot electrons (V. I. Kozub and A. M. Rudin, Phys. Rev. B 52, 7853 (1995); K. E.
/// Nagaev, Phys. Rev. B 52, 4740 (1995)).
pub fn hot_electrons(conductance: f64, bias: f64, kt: f64) -> f64 {
    if kt == 0.0 {
        return 2.0 * HOT_ELECTRONS * conductance * bias.abs();
    }
    let v = 3f64.sqrt() * bias / (2.0 * PI * kt);
    let average = if v == 0.0 { 1.0 } else { (v + 1.0 / v) * v.atan() };
    2.0 * kt * conductance * (1.0 + average)
}

/// Time-reversal symmetry of a chaotic cavity: Dyson's ensembles of its S matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symmetry {
    /// beta = 1: time reversal, no spin-orbit coupling.
    Orthogonal,
    /// beta = 2: no time reversal.
    Unitary,
}

/// `<sum T_n (1 - T_n)> / <sum T_n>` of a chaotic cavity between ideal leads of N_1 and N_2 modes: `(N_1 + 1)(N_2 + 1) / N (N + 3)` and `N_1 N_2 / (N^2 - 1)`,
/// N = N_1 + N_2 (D. V. Savin and H.-J. Sommers, Phys. Rev. B 73, 081307 (2006)).
pub fn cavity([left, right]: [u32; 2], symmetry: Symmetry) -> f64 {
    let [n1, n2] = [left, right].map(f64::from);
    let n = n1 + n2;
    match symmetry {
        Symmetry::Orthogonal => (n1 + 1.0) * (n2 + 1.0) / (n * (n + 3.0)),
        Symmetry::Unitary => n1 * n2 / (n * n - 1.0),
    }
}

/// Fano factor `G_L G_R / (G_L + G_R)^2` of a cavity of many modes between open contacts, and of one that is dephased but keeps the energy of electrons (R. A. Jalabert, J.-L.
/// Pichard and C. W. J. Beenakker, Europhys. Lett. 27, 255 (1994); S. A. van Langen and M. Büttiker, Phys. Rev. B 56, R1680 (1997)).
pub fn open_cavity(left: f64, right: f64) -> f64 {
    left * right / ((left + right) * (left + right))
}

/// Fano factor `(sqrt(3)/pi) sqrt(G_L G_R) / (G_L + G_R)` of an open cavity of hot electrons.
pub fn hot_cavity(left: f64, right: f64) -> f64 {
    3f64.sqrt() / PI * (left * right).sqrt() / (left + right)
}

/// Fano factor `sum F_i R_i^2 / (sum R_i)^2` of conductors in series, (R_i, F_i) each, with inelastic scattering to a cold bath between them. None: of ideal contacts to one
/// cavity.
pub fn cold_nodes(parts: &[(f64, f64)]) -> f64 {
    let total: f64 = parts.iter().map(|(r, _)| r).sum();
    parts.iter().map(|(r, f)| f * (r / total).powi(2)).sum()
}

/// Correlators `[[S_22, S_23], [S_32, S_33]]` of the two outputs of a beam splitter at zero temperature, transmissions t_2 and t_3 from the one biased lead: the experiment of
/// Hanbury Brown and Twiss, `S_23 = -2 t_2 t_3 eV` (M. Büttiker, Phys. Rev. Lett. 65, 2901 (1990)).
pub fn splitter(t2: f64, t3: f64, bias: f64) -> [[f64; 2]; 2] {
    let cross = -2.0 * t2 * t3 * bias.abs();
    let auto = |t: f64| 2.0 * t * (1.0 - t) * bias.abs();
    [[auto(t2), cross], [cross, auto(t3)]]
}

/// Heat noise `4 k_B T^2 K` in equilibrium of a conductor of constant scattering, `K = (pi^2/3) (k_B^2 T/h) sum T_n`, in (unit of energy)^3/h.
pub fn equilibrium_heat(conductance: f64, kt: f64) -> f64 {
    4.0 * SOMMERFELD * conductance * kt.powi(3)
}
