//! Point scatterers in a wide ballistic contact, to all orders of multiple scattering.
//!
//! Scatterers of a phase shift d at k_F have `f(k) = 1 / (k_F cot d - i k)` and nothing but s waves. Waves between them are `G_jl = e^{ikR}/R`, and
//! all paths together are `M = (1 - f G)^{-1} f` (Foldy, Lax). With both spins
//!
//! ```text
//! energy       -(2/pi) Int_0^inf dw ln |det(1 - f G)|,   k = sqrt(1 + i w)         (exact form of Eqs. 5, 6, 24 to 27)
//! conductance  -2 k^2 Tr[g^T M g M^+],   g_jl = g(r_j - r_l)                       (exact form of Eqs. 4, 19 to 23)
//! ```
//!
//! g is the [`hemisphere_average`](super::hemisphere_average): the contact is along z, and far wider than the scatterers are apart. The energy is
//! that of the interaction: of scatterers far from each other it vanishes. What each scatterer alone costs does not depend on where it is, and no
//! zero-range scatterer tells what that is.
//!
//! | question | function |
//! |---|---|
//! | energies and conductances of all positions of one mobile scatterer | [`dress`] |
//! | of scatterers in fixed places | [`scatter`] |
//! | which paths interfere in what three scatterers do together | [`three_body_lines`] |
//!
//! # Temperature and field
//!
//! At a temperature the integral is a sum over Matsubara frequencies, and the conductance an average over the thermal window, both at fixed
//! electrochemical potential. A field multiplies every wave from l to j by `exp(i pi B.(r_j x r_l))`, B in flux quanta h/e per area, and the kernels
//! of what arrives and what leaves likewise and conversely: the semiclassical phase of straight paths, which needs cyclotron radii far larger than
//! distances. Nothing depends on the origin, and everything is even in B.
//!
//! # Bound levels
//!
//! A repulsive zero-range scatterer (d < 0) has a level that a repulsive potential has not, at `E = -cot^2 d`, and clusters near unitarity have
//! levels below the band that are real: two scatterers of d = 90 degrees at `E = -kappa^2`, `kappa R = 0.5671`. The integral along the imaginary
//! axis counts both as occupied; one over real energies from 0 on would miss them, and be off by their dependence on the positions. The spurious
//! level matters where its state, `e^{-r |cot d|}`, reaches other scatterers: repulsive scatterers should be further apart than tan |d| (1/k_F).
//! Real ones belong into the energy.
//!
//! # Cost
//!
//! Some 80 frequencies give the energy to ten digits at any temperature. Each takes `8/3 n^3` real operations and `n^2/2` waves for the background,
//! and `8 n^2` and n waves for every position; the conductance `80/3 n^3` once and `48 n^2` for every position.
//!
//! ```
//! use diffuson::defects::{Electrons, PointScatterer, point_scatterers::dress};
//!
//! // A scatterer that moves among four others; phase shifts of 20 degrees, lengths in 1/k_F.
//! let phase_shift = 20f64.to_radians();
//! let places = [[6.2, 1.3, -2.4], [-4.1, 5.0, 3.3], [1.5, -7.7, 5.6], [-3.6, -4.4, -8.1]];
//! let background = places.map(|position| PointScatterer { position, phase_shift });
//! let dressed = dress(&background, phase_shift, &[[0.0, 0.0, 0.0], [1.6, -0.9, 1.1]], &Electrons::default())?;
//! assert!(dressed.audit.passed());
//!
//! // The upper level conducts better: the central claim of the paper, here with weak scatterers.
//! let fluctuator = dressed.fluctuator(0, 1).unwrap();
//! assert!((fluctuator.splitting - 4.228e-4).abs() < 1e-7);   // e_F
//! assert!((fluctuator.conductance - 0.02391).abs() < 1e-5);  // e^2/h
//! # Ok::<(), diffuson::defects::DefectError>(())
//! ```

mod conductance;
mod frequencies;
mod geometry;
mod lines;
mod resolvent;
mod window;

pub use lines::{FourierLine, ThreeBody, three_body_lines};

use super::{DefectError, Dressed, require};
use crate::C64;
use crate::audit::{Audit, laws};
use geometry::Geometry;
use std::f64::consts::PI;

/// A scatterer of s waves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PointScatterer {
    /// Place in 1/k_F; the contact is along z.
    pub position: [f64; 3],
    /// Phase shift at k_F in radians: positive for attraction; angles that differ by pi are the same.
    pub phase_shift: f64,
}

/// The electrons around defects.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Electrons {
    /// kT in e_F, at most 0.03.
    pub temperature: f64,
    /// Flux quanta h/e per 1/k_F^2, along x, y and z.
    pub field: [f64; 3],
}

/// All positions of a mobile scatterer in front of a background, which is solved once: every position borders its matrices.
///
/// Energies and conductances are those of all scatterers together, see [the module](self).
/// Audited are the optical theorem (allowed 1e-10), the sum over frequencies and the thermal average (1e-8).
///
/// # Errors
/// No position; numbers that are not finite; scatterers closer than 0.001 to each other; a temperature outside 0 to 0.03.
pub fn dress(
    background: &[PointScatterer],
    phase_shift: f64,
    positions: &[[f64; 3]],
    electrons: &Electrons,
) -> Result<Dressed, DefectError> {
    require("number of positions", positions.len() as f64, !positions.is_empty(), "at least 1")?;
    let geometry = Geometry::new(background, phase_shift, positions, electrons)?;
    answer(&geometry, electrons)
}

/// Scatterers in fixed places: one energy and one conductance, from the beginning and not by bordering.
///
/// # Errors
/// As [`dress`]; none without scatterers, which give 0.
pub fn scatter(scatterers: &[PointScatterer], electrons: &Electrons) -> Result<Dressed, DefectError> {
    let geometry = Geometry::new(scatterers, 0.0, &[], electrons)?;
    answer(&geometry, electrons)
}

fn answer(geometry: &Geometry, electrons: &Electrons) -> Result<Dressed, DefectError> {
    let t = electrons.temperature;
    require("temperature", t, (0.0..=0.03).contains(&t), "from 0 to 0.03 e_F")?;
    let mut audit = Audit::default();
    let energy = energy(geometry, t, &mut audit);
    let conductance = if t == 0.0 {
        let mut at_fermi_level = vec![0.0; energy.len()];
        conductance_at(1.0, geometry, &mut audit, &mut at_fermi_level);
        at_fermi_level
    } else {
        let at = |e, out: &mut [f64]| conductance_at(e, geometry, &mut audit, out);
        let (average, error) = window::thermal_average(1.0, t, energy.len(), at);
        audit.record(laws::QUADRATURE, error, 1e-8);
        average
    };
    Ok(Dressed { energy, conductance, audit })
}

/// Energies of all positions; of the background if there is none.
fn energy(geometry: &Geometry, temperature: f64, audit: &mut Audit) -> Vec<f64> {
    let mut resolvent = resolvent::Resolvent::new(geometry.phase_shifts.len());
    let components = geometry.positions.len().max(1);
    let closest = geometry.closest();
    if closest.is_infinite() {
        return vec![0.0; components];
    }
    let sum = frequencies::along_imaginary_axis(temperature, closest, components, |w, out| {
        let sound = resolvent.at(C64::new(1.0, w).sqrt(), geometry);
        out.fill(if sound { resolvent.ln_modulus() } else { f64::NAN });
        for (out, bonds) in out.iter_mut().zip(&geometry.positions) {
            *out += 0.5 * resolvent.border(bonds).growth.norm_sqr().ln();
        }
    });
    audit.record(laws::FREQUENCIES, sum.error, 1e-8);
    sum.values.iter().map(|x| -2.0 / PI * x).collect()
}

/// Conductances of all positions at an energy; of the background if there is none.
fn conductance_at(energy: f64, geometry: &Geometry, audit: &mut Audit, out: &mut [f64]) {
    let Some(mut background) = conductance::Background::new(energy.sqrt(), geometry) else {
        out.fill(f64::NAN);
        audit.record(laws::OPTICAL_THEOREM, f64::NAN, 1e-10);
        return;
    };
    let mut write = |out: &mut f64, flux: conductance::Flux| {
        audit.record(laws::OPTICAL_THEOREM, flux.violation(), 1e-10);
        *out = -2.0 * energy * flux.backwards;
    };
    match &geometry.positions[..] {
        [] => out.iter_mut().for_each(|out| write(out, background.flux)),
        positions => {
            out.iter_mut().zip(positions).for_each(|(out, bonds)| write(out, background.with(bonds)))
        }
    }
}
