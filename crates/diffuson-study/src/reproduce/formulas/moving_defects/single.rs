//! Eqs. 1 to 3: one scatterer, and two levels of one defect.

use super::super::{exponent_between, root};
use super::{Arguments, COLD, Refused};
use diffuson::defects::point_scatterers::scatter;
use diffuson::defects::single_scatterer::{
    born_amplitude, flat_band_energy, scatterer_conductance, sharvin_conductance, splitting,
};
use diffuson::defects::{Metal, PointScatterer};
use diffuson::thermal::{Adaptive, Structure};
use std::f64::consts::TAU;

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    Ok(Some(match name {
        // of what the electrons add to the asymmetry, D0 = D/100
        "share of the shift in the splitting" => {
            let shift = 1e-3;
            (splitting(0.01, 1.0, shift) - splitting(0.01, 1.0, 0.0)) / shift
        }
        "energy of a flat band" => flat_band_energy(1.0, 2.0, 0.5)?,
        "double sum of Eq. 2 over the energy" => levels(2000) / flat_band_energy(1.0, 2.0, 0.5)?,
        "exponent of Eq. 2 in the bandwidth" => {
            exponent_between(1e4, 1e6, |width| Ok(free_electrons(width)?.abs()))?
        }
        "coupling at unitarity" => root(0.0, 1.0, |v| Ok(born_amplitude(v) - 1.0))?,
        "conductance of a weak scatterer" => weak(1e-5)? / 1e-10,
        "exponent of the conductance in the coupling" => {
            exponent_between(1e-6, 1e-5, |v| Ok(weak(v)?.abs()))?
        }
        "conductance over Eq. 3 beyond Born" => {
            let shift = at.get("angle")?.to_radians();
            alone(shift)? / scatterer_conductance(shift)
        }
        "conductance over energy of a weak scatterer" => weak(1e-5)? / flat_band_energy(1e-5, 2.0, 0.5)?,
        // of an orifice as wide as a wave length
        "Sharvin conductance" => sharvin_conductance(TAU),
        "Fermi temperature" => metal(at)?.fermi_temperature(),
        "Fermi wave length" => metal(at)?.fermi_wave_length(),
        "Fermi velocity" => metal(at)?.fermi_velocity(),
        _ => return Ok(None),
    }))
}

/// The metal of a Fermi energy in eV.
pub(super) fn metal(at: &Arguments) -> Result<Metal, Refused> {
    Ok(Metal::new(at.get("fermi_energy")?)?)
}

/// Conductance of one scatterer, by the engine of many.
fn alone(phase_shift: f64) -> Result<f64, Refused> {
    Ok(scatter(&[PointScatterer { position: [0.0; 3], phase_shift }], &COLD)?.conductance[0])
}

/// The same of a coupling V0 = v/lambda_F^3 in e_F.
fn weak(coupling: f64) -> Result<f64, Refused> {
    alone(born_amplitude(coupling).atan())
}

/// Eq. 2 as printed: all ordered pairs of so many levels of a half-filled band of width 2 e_F, one state per site.
fn levels(n: usize) -> f64 {
    let mut sum = 0.0;
    for full in 0..n / 2 {
        for empty in n / 2..n {
            sum -= 2.0 / ((empty - full) as f64 * 2.0 / n as f64);
        }
    }
    sum / (n * n) as f64
}

/// The same for free electrons up to a bandwidth, per density of states at e_F: `2 Int_0^1 dx 2x^2 Int_1^Y dy 2y^2/(x^2 - y^2)`, the inner integral by hand.
fn free_electrons(width: f64) -> Result<f64, Refused> {
    let y = width.sqrt();
    let inner =
        |x: f64| -2.0 * (y - 1.0) + x * (((y + x) / (y - x)).ln() - ((1.0 + x) / (1.0 - x).max(1e-300)).ln());
    let f = |x: f64| Ok::<_, Refused>([4.0 * x * x * inner(x)]);
    Ok(Adaptive::to(1e-9).integrate([0.0, 1.0], &Structure::default(), &[], f)?.values[0])
}
