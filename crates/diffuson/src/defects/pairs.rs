//! Pairs of scatterers: interference between the two changes energy and conductance together.
//!
//! An electron that goes from one scatterer to the other and back has the phase `2 k_F R` and those of both scatterings, whether it is counted in the energy of
//! the electrons (the Friedel oscillation of one acts on the other) or in what is scattered back out of the contact. With `s = sin d`, both spins,
//!
//! ```text
//! E  = (2/pi) s1 s2 cos(2R + d1 + d2) / R^3,
//! dG = (4/R^2) [s1 s2 (1 - s1^2 - s2^2) cos(2R + d1 + d2) + s1^2 s2^2]
//! ```
//!
//! where R >> 1 and oblique to the axis. The factor `1 - s1^2 - s2^2`, which perturbation theory does not know, ends the claim that the upper level conducts
//! better: beyond `s1^2 + s2^2 = 1` it conducts worse.

use num_complex::Complex64 as C64;
use std::convert::Infallible;
use std::f64::consts::{FRAC_2_PI, PI};

use super::backscattering::hemisphere_average;
use super::placement::separation;
use super::single_scatterer::scatterer_conductance;
use super::{DefectError, Dressed, PointScatterer, require};
use crate::audit::{Audit, laws};
use crate::thermal::{Adaptive, Structure};

/// What two scatterers do to the electrons beyond what each does alone. Both spins; lengths in 1/k_F, energies in e_F, conductances in e^2/h. R is the vector
/// between the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PairLaw {
    /// The paper's law, `s1 s2 cos(2R)` over R^3 and R^2 (Eqs. 4, 6 and 27), with the amplitudes 2/pi and 4 of second-order perturbation theory.
    Cosine,
    /// Second-order perturbation theory at any distance and direction, f = sin d (Eq. 5; the conductance by the kernel g of [`hemisphere_average`]):
    /// `E = (2/pi) f1 f2 [cos 2R - sin(2R)/2R] / R^3`, `dG = -4 f1 f2 Re g^2`. Waves at the rim of the hemisphere enter g at `R^-1/2` of its main part and share
    /// no phase with the energy: they, and not multiple scattering, loosen the correlation of the two in real contacts.
    Born,
    /// Any phase shifts, far apart and oblique to the axis: the law at the head of this module. Its cosine term holds neither along the axis nor across it.
    Asymptotic,
    /// Any phase shifts, distance and direction: all multiple scattering between the two.
    Exact,
}

impl PairLaw {
    /// Every law.
    pub const ALL: [Self; 4] = [Self::Cosine, Self::Born, Self::Asymptotic, Self::Exact];

    /// Energy of the pair, less those of two scatterers infinitely far apart.
    pub fn energy(self, separation: [f64; 3], phase_shifts: [f64; 2]) -> f64 {
        let r = norm(separation);
        let [f1, f2] = phase_shifts.map(f64::sin);
        match self {
            Self::Cosine => FRAC_2_PI * f1 * f2 * (2.0 * r).cos() / r.powi(3),
            Self::Born => friedel_energy(r, [f1, f2], 1.0),
            Self::Asymptotic => {
                FRAC_2_PI * f1 * f2 * (2.0 * r + phase_shifts[0] + phase_shifts[1]).cos() / r.powi(3)
            }
            Self::Exact => exact_energy(r, phase_shifts)[0],
        }
    }

    /// Conductance with the pair in the contact, less what each takes away alone.
    pub fn conductance(self, separation: [f64; 3], phase_shifts: [f64; 2]) -> f64 {
        let r = norm(separation);
        let [s1, s2] = phase_shifts.map(f64::sin);
        match self {
            Self::Cosine => 4.0 * s1 * s2 * (2.0 * r).cos() / (r * r),
            Self::Born => {
                let g = hemisphere_average(separation);
                -4.0 * s1 * s2 * (g * g).re
            }
            Self::Asymptotic => {
                let cosine = (2.0 * r + phase_shifts[0] + phase_shifts[1]).cos();
                4.0 * s1 * s2 * ((1.0 - s1 * s1 - s2 * s2) * cosine + s1 * s2) / (r * r)
            }
            Self::Exact => exact_conductance(separation, phase_shifts),
        }
    }
}

/// Conductance over energy in the part of a pair that oscillates as `cos(2R + d1 + d2)`, in e^2/h per e_F: `2 pi R (1 - s1^2 - s2^2)`. Inverse of the distance
/// dependence of the paper's Eq. 7, which is inverted; of weak scatterers alone its sign is that of the claim.
pub fn conductance_per_energy(distance: f64, phase_shifts: [f64; 2]) -> f64 {
    let [s1, s2] = phase_shifts.map(f64::sin);
    2.0 * PI * distance * (1.0 - s1 * s1 - s2 * s2)
}

/// Energy of a closed loop of scatterers, both its senses: `(4/pi) n Re[prod_j f_j e^{i L}] / (L prod_j R_j)` with the lengths R_j of its n legs,
/// `L = sum_j R_j`, far apart; n = 1 for two scatterers, whose loop is its own reverse, and 2 for more. What Eq. 26 should say of any number of scatterers.
///
/// # Errors
///
/// Fewer than two legs, not one phase shift per leg, legs that are not positive.
pub fn loop_energy(legs: &[f64], phase_shifts: &[f64]) -> Result<f64, DefectError> {
    require("number of legs", legs.len() as f64, legs.len() >= 2, "at least 2")?;
    let shifts = phase_shifts.len();
    require("number of phase shifts", shifts as f64, shifts == legs.len(), "that of legs")?;
    for &leg in legs {
        require("leg of a loop", leg, leg > 0.0 && leg.is_finite(), "positive")?;
    }
    let senses = if legs.len() == 2 { 1.0 } else { 2.0 };
    let length: f64 = legs.iter().sum();
    let strength: f64 = phase_shifts.iter().map(|d| d.sin()).product();
    let phase = length + phase_shifts.iter().sum::<f64>();
    Ok(2.0 * FRAC_2_PI * senses * strength * phase.cos() / (length * legs.iter().product::<f64>()))
}

/// Energy and conductance of a mobile scatterer at each of its positions before a background, as a sum over pairs. What each scatterer takes away alone is included,
/// `-2 sin^2 d`, and so are pairs of the background, which are the same for all positions. The audit has reciprocity, of the pairs of the first position, and the
/// accuracy of the energies of [`PairLaw::Exact`].
///
/// # Errors
///
/// Coordinates or phase shifts that are not finite; scatterers at one place.
pub fn dress(
    background: &[PointScatterer],
    phase_shift: f64,
    positions: &[[f64; 3]],
    law: PairLaw,
) -> Result<Dressed, DefectError> {
    let mut audit = Audit::default();
    let mut pair = |a: &PointScatterer, b: &PointScatterer| {
        let between = separation(a.position, b.position);
        let r = norm(between);
        require("distance of two scatterers", r, r > 0.0 && r.is_finite(), "positive")?;
        let shifts = [a.phase_shift, b.phase_shift];
        let energy = if law == PairLaw::Exact {
            let [energy, error] = exact_energy(r, shifts);
            audit.record(laws::FREQUENCIES, error, 1e-8);
            energy
        } else {
            law.energy(between, shifts)
        };
        Ok::<_, DefectError>([energy, law.conductance(between, shifts)])
    };
    require("phase shift", phase_shift, phase_shift.is_finite(), "finite")?;
    let mut frozen = [0.0, scatterer_conductance(phase_shift)];
    for (k, one) in background.iter().enumerate() {
        require("phase shift", one.phase_shift, one.phase_shift.is_finite(), "finite")?;
        frozen[1] += scatterer_conductance(one.phase_shift);
        for other in &background[..k] {
            add(&mut frozen, pair(one, other)?);
        }
    }
    let (mut energy, mut conductance) = (Vec::new(), Vec::new());
    for &position in positions {
        let mobile = PointScatterer { position, phase_shift };
        let mut sum = frozen;
        for other in background {
            add(&mut sum, pair(&mobile, other)?);
        }
        energy.push(sum[0]);
        conductance.push(sum[1]);
    }
    if let Some(&position) = positions.first() {
        audit.record(laws::RECIPROCITY, asymmetry(background, phase_shift, position, law), ROUNDING);
    }
    Ok(Dressed { energy, conductance, audit })
}

/// What pairs may differ by when seen from the other reservoir, relative to the sum of their moduli: a hundred roundings and those of the kernel.
const ROUNDING: f64 = 1e-12;

/// Change of the conductance of all pairs of one position with the contact turned round, relative to the sum of their moduli; 0 without pairs.
fn asymmetry(background: &[PointScatterer], phase_shift: f64, position: [f64; 3], law: PairLaw) -> f64 {
    let turned = |[x, y, z]: [f64; 3]| [x, y, -z];
    let (mut change, mut scale) = (0.0, 0.0);
    for other in background {
        let shifts = [phase_shift, other.phase_shift];
        let here = law.conductance(separation(position, other.position), shifts);
        let there = law.conductance(separation(turned(position), turned(other.position)), shifts);
        change += here - there;
        scale += here.abs();
    }
    if scale > 0.0 { change.abs() / scale } else { 0.0 }
}

/// Energy of two scatterers of constant lengths f in second order, electrons filled up to the wave number k: the Friedel oscillation of one at the place of the other,
/// `(2/pi) f1 f2 [k cos(2kR) - sin(2kR)/2R] / R^3`.
pub(super) fn friedel_energy(r: f64, [f1, f2]: [f64; 2], k: f64) -> f64 {
    let (sine, cosine) = (2.0 * k * r).sin_cos();
    FRAC_2_PI * f1 * f2 * (k * cosine - sine / (2.0 * r)) / r.powi(3)
}

/// `-(2/pi) Int_0^inf dw ln |1 - f1(k) f2(k) e^{2ikR}/R^2|`, `k = sqrt(1 + iw)`, `f(k) = 1/(cot d - ik)`, and its estimated error per integral of the modulus.
/// The variable is `t = 2R Im k`, in which the round trip falls as `e^-t`.
fn exact_energy(r: f64, phase_shifts: [f64; 2]) -> [f64; 2] {
    let [s1, s2] = phase_shifts.map(f64::sin);
    let [c1, c2] = phase_shifts.map(f64::cos);
    let integrand = |t: f64| {
        let kappa = t / (2.0 * r);
        let real = (1.0 + kappa * kappa).sqrt();
        let ik = C64::new(-kappa, real);
        let f = s1 * s2 / ((c1 - ik * s1) * (c2 - ik * s2));
        let round_trip = f * C64::from_polar((-t).exp() / (r * r), 2.0 * r * real);
        Ok::<_, Infallible>([ln_one_less(round_trip) * (1.0 + 2.0 * kappa * kappa) / (real * r)])
    };
    let Ok(integral) = Adaptive::to(1e-12).integrate([0.0, DECAYED], &Structure::default(), &[], integrand);
    [-FRAC_2_PI * integral.values[0], integral.relative_error()]
}

/// Where `e^-t` is nothing beside 1.
const DECAYED: f64 = 45.0;

/// `ln |1 - x|`, to full relative accuracy at small x.
fn ln_one_less(x: C64) -> f64 {
    0.5 * (x.norm_sqr() - 2.0 * x.re).ln_1p()
}

/// `-2 Tr[g^T M g M^+]` of the two, less that of each alone.
fn exact_conductance(separation: [f64; 3], phase_shifts: [f64; 2]) -> f64 {
    let r = norm(separation);
    let [f1, f2] = phase_shifts.map(|d| C64::from_polar(d.sin(), d));
    let propagator = C64::from_polar(1.0 / r, r);
    let off = f1 * f2 * propagator;
    let m = [[f1, off], [off, f2]].map(|row| row.map(|x| x / (1.0 - off * propagator)));
    let kernel = hemisphere_average(separation);
    let g = [[C64::ONE, kernel], [kernel.conj(), C64::ONE]];
    let mut flux = C64::ZERO;
    for (j, l) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        for (p, q) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            // g_lj M_lp g_pq M*_jq
            flux += g[l][j] * m[l][p] * g[p][q] * m[j][q].conj();
        }
    }
    -2.0 * flux.re - phase_shifts.map(scatterer_conductance).iter().sum::<f64>()
}

fn norm([x, y, z]: [f64; 3]) -> f64 {
    (x * x + y * y + z * z).sqrt()
}

fn add(sum: &mut [f64; 2], term: [f64; 2]) {
    sum.iter_mut().zip(term).for_each(|(s, t)| *s += t);
}
