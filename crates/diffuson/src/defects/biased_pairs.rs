//! Two scatterers under bias: the distribution of the electrons has two steps, eV apart, and with them two Fermi wave numbers (Eqs. 16 to 18 and 28 to 30).
//!
//! Energies in e_F, lengths in 1/k_F, bias eV in e_F; half of it drops on either side, so that the steps are at `k = sqrt(1 +- eV/2)`, some `Delta k = eV/4` from k_F.
//! Where every direction has both steps, energy and differential conductance of a pair are those without bias times `cos(2 Delta k R)`, as long as the potential
//! inside the contact is left out. In fact each step belongs to the electrons of one direction (Eq. 14), and the energy knows from which side they come:
//! [`Distribution::Directed`].

use std::convert::Infallible;
use std::f64::consts::PI;

use super::pairs::friedel_energy;
use super::placement::{distance, separation};
use super::single_scatterer::scatterer_conductance;
use super::{DefectError, Dressed, PointScatterer, require};
use crate::audit::Audit;
use crate::thermal::{Adaptive, Structure};

/// How the two steps are distributed over directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Distribution {
    /// Both in all directions, each with half of the weight (Eqs. 16 and 29).
    Averaged,
    /// That of electrons moving along +z at `k_F sqrt(1 - eV/2)`, that of the others at `k_F sqrt(1 + eV/2)` (Eq. 14). Oscillations of the density at R from a
    /// scatterer are made by electrons that come against R: bias changes their wave number and does not suppress them, and the energy of a defect before a
    /// scatterer differs from that of the scatterer before the defect. Across the axis both steps contribute. For distances far beyond 1/k_F and away from the
    /// axis, where the rim `k_z = 0` between both kinds of electrons adds terms of its own of phase R.
    Directed,
}

impl Distribution {
    /// Energy of a defect at R from a scatterer: second-order perturbation theory, f1 and f2 constant.
    ///
    /// # Errors
    ///
    /// A bias outside `[0, 2)`.
    pub fn energy(
        self,
        from_scatterer: [f64; 3],
        amplitudes: [f64; 2],
        bias: f64,
    ) -> Result<f64, DefectError> {
        let [low, high] = fermi_wave_numbers(bias)?;
        let r = distance(from_scatterer, [0.0; 3]);
        let at = |k| friedel_energy(r, amplitudes, k);
        Ok(match self {
            Self::Directed if from_scatterer[2] > 0.0 => at(high),
            Self::Directed if from_scatterer[2] < 0.0 => at(low),
            _ => 0.5 * (at(low) + at(high)),
        })
    }
}

/// The Fermi wave numbers of the two steps, in k_F.
///
/// # Errors
///
/// A bias outside `[0, 2)`.
pub fn fermi_wave_numbers(bias: f64) -> Result<[f64; 2], DefectError> {
    require("bias eV in e_F", bias, (0.0..2.0).contains(&bias), "from 0, below 2")?;
    Ok([(1.0 - 0.5 * bias).sqrt(), (1.0 + 0.5 * bias).sqrt()])
}

/// Half the difference of the two, `Delta k = eV/(2 hbar v_F)`, to first order, in k_F: a fourth of eV in e_F. The paper has `eV/e_F` and `eV/(hbar v_F)`.
pub fn wave_number_shift(bias: f64) -> f64 {
    0.25 * bias
}

/// Phase factor of the differential conductance of a pair, per that of `cos(2R + d1 + d2)` without bias (Eqs. 17 and 30), at an additional phase phi(V) from the
/// field inside the contact:
///
/// ```text
/// cos(2R + phi) cos(2 Delta k R) - (dphi/dDelta k) sin(2R + phi) sin(2 Delta k R) / 2R
/// ```
///
/// The sign of the second term is that of a derivative of the current; it is printed the other way. `phase` is phi with the phases of scattering, `phase_slope` its
/// derivative to Delta k.
pub fn conductance_factor(distance: f64, phase: f64, phase_slope: f64, bias: f64) -> f64 {
    let (sine, cosine) = (2.0 * distance + phase).sin_cos();
    let (beat, envelope) = (2.0 * wave_number_shift(bias) * distance).sin_cos();
    cosine * envelope - phase_slope * sine * beat / (2.0 * distance)
}

/// Energy and differential conductance dI/dV of a mobile scatterer at each of its positions before a background under bias, in sums over pairs with the mobile
/// one; the background stays what it is. Energies of weak scatterers (f = sin d) with the distribution given; conductances far apart and oblique,
/// `(4/R^2) s1 s2 [(1 - s1^2 - s2^2) cos(2R + d1 + d2) cos(2 Delta k R) + s1 s2]`. The audit is empty: such sums obey no law of their own.
///
/// # Errors
///
/// A bias outside `[0, 2)`; coordinates or phase shifts that are not finite; scatterers at one place.
pub fn dress(
    background: &[PointScatterer],
    phase_shift: f64,
    positions: &[[f64; 3]],
    bias: f64,
    distribution: Distribution,
) -> Result<Dressed, DefectError> {
    require("phase shift", phase_shift, phase_shift.is_finite(), "finite")?;
    let s1 = phase_shift.sin();
    let mut dressed = Dressed { energy: Vec::new(), conductance: Vec::new(), audit: Audit::default() };
    for &position in positions {
        let (mut energy, mut conductance) = (0.0, scatterer_conductance(phase_shift));
        for other in background {
            require("phase shift", other.phase_shift, other.phase_shift.is_finite(), "finite")?;
            let between = separation(position, other.position);
            let r = distance(position, other.position);
            require("distance of two scatterers", r, r > 0.0 && r.is_finite(), "positive")?;
            let s2 = other.phase_shift.sin();
            let cosine = conductance_factor(r, phase_shift + other.phase_shift, 0.0, bias);
            energy += distribution.energy(between, [s1, s2], bias)?;
            conductance += 4.0 * s1 * s2 * ((1.0 - s1 * s1 - s2 * s2) * cosine + s1 * s2) / (r * r);
        }
        dressed.energy.push(energy);
        dressed.conductance.push(conductance);
    }
    Ok(dressed)
}

/// What bias leaves of the mean interference of a frozen pattern that was chosen without bias (Eq. 18), `F(V) = sum_m w_m cos(2 Delta k R_m) / sum_m w_m`, over
/// distances R_m with weights w_m: `R^-5`, how much a pair adds to the covariance of energy and conductance. It may be negative; random phases then give more
/// conductance than the pattern. For smooth laws of distances with sharp ends it falls off as
/// 1/V, and as V^-1/2 only where distances are stationary.
///
/// # Errors
///
/// No distances at all, or distances that are not positive.
pub fn frozen_pattern_factor(distances: &[f64], bias: f64) -> Result<f64, DefectError> {
    for &r in distances {
        require("distance of two scatterers", r, r > 0.0 && r.is_finite(), "positive")?;
    }
    require("number of distances", distances.len() as f64, !distances.is_empty(), "at least 1")?;
    // Relative to the least distance: R^-5 neither overflows nor vanishes.
    let least = distances.iter().copied().fold(f64::INFINITY, f64::min);
    let weight = |r: &f64| (least / r).powi(5);
    let left: f64 = distances.iter().map(|r| weight(r) * (2.0 * wave_number_shift(bias) * r).cos()).sum();
    Ok(left / distances.iter().map(weight).sum::<f64>())
}

/// The same of scatterers spread uniformly between two distances, `x = 2 Delta k R`: `Int x^-3 cos x dx / Int x^-3 dx`.
///
/// # Errors
///
/// Radii without `0 < inner < outer`, both finite.
pub fn shell_factor(inner: f64, outer: f64, bias: f64) -> Result<f64, DefectError> {
    let ordered = inner > 0.0 && inner < outer && outer.is_finite();
    require("inner radius", inner, ordered, "positive, below a finite outer one")?;
    let wave = 2.0 * wave_number_shift(bias);
    let integral = Adaptive::to(1e-12).integrate([0.0, 1.0], &Structure::default(), &[], |u| {
        // R^-3 dR = const ds with s = R^-2.
        let inverse_square = outer.powi(-2) + u * (inner.powi(-2) - outer.powi(-2));
        Ok::<_, Infallible>([(wave / inverse_square.sqrt()).cos()])
    });
    let Ok(integral) = integral;
    Ok(integral.values[0])
}

/// What bias leaves of the rms energy and of the rms differential conductance of random phases, from the distances:
/// `sum_m w_m cos^2(2 Delta k R_m) / sum_m w_m`, square root of it, `w = R^-6` and `R^-4`. Both tend to `1/sqrt(2)`: at zero temperature bias does not average
/// these fluctuations away. NaN without distances.
pub fn rms_factors(distances: &[f64], bias: f64) -> [f64; 2] {
    let least = distances.iter().copied().fold(f64::INFINITY, f64::min);
    [6, 4].map(|power| {
        let weight = |r: &f64| (least / r).powi(power);
        let left: f64 =
            distances.iter().map(|r| weight(r) * (2.0 * wave_number_shift(bias) * r).cos().powi(2)).sum();
        (left / distances.iter().map(weight).sum::<f64>()).sqrt()
    })
}

/// Bias eV in e_F at which `cos(2 Delta k R)` first vanishes: `pi/R`.
pub fn first_zero(distance: f64) -> f64 {
    PI / distance
}
