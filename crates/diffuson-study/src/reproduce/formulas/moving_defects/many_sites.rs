//! Eq. 13 and Eq. 15 for defects of many positions. Energies in E* under bias, in half the bandwidth for Fermi statistics.

use super::super::exponent_between;
use super::{Arguments, Refused};
use crate::strip::Deviations;
use diffuson::defects::{Bath, Hops, any_to_any_energy, boltzmann_energy, fermi_energy, steady_state};
use diffuson::disorder::Fields;
use diffuson_ensemble::random::Realisation;

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let [power, temperature, bias] = ["power", "temperature", "bias"].map(|name| move || at.get(name));
    Ok(Some(match name {
        // P(E) = (E - E_min)^power up to 1
        "energy above a band edge over kT" => edge(power()?, temperature()?)? / temperature()?,
        "exponent above a band edge" => {
            let power = power()?;
            exponent_between(temperature()?, 1.01 * temperature()?, |t| edge(power, t))?
        }
        "exponent of a Gaussian density" => {
            exponent_between(temperature()?, 1.01 * temperature()?, |t| Ok(-gaussian(t)?))?
        }
        "energy of a Gaussian density times kT" => gaussian(temperature()?)? * temperature()?,
        // of a flat band from -1 to 1, over its ground state
        "exponent of Fermi statistics" => {
            let filling = at.get("filling")?;
            let excess = |t| Ok(fermi_energy(|_| 1.0, [-1.0, 1.0], filling, t)? - (filling - 1.0));
            exponent_between(temperature()?, 1.01 * temperature()?, excess)?
        }
        "energy of hops to any position" => any(bias()?)? / bias()?.powf(power()?),
        "exponent of hops to any position" => exponent_between(bias()?, 10.0 * bias()?, any)?,
        "exponent of hops to neighbours" => exponent_between(bias()?, 10.0 * bias()?, neighbours)?,
        // up to eV + E go (eV)^(p+2), down come E^(p+4)
        "exponent of hops above a band edge" => (power()? + 2.0) / (power()? + 4.0),
        _ => return Ok(None),
    }))
}

fn edge(power: f64, temperature: f64) -> Result<f64, Refused> {
    Ok(boltzmann_energy(|e| e.powf(power), [0.0, 1.0], temperature)?)
}

fn gaussian(temperature: f64) -> Result<f64, Refused> {
    Ok(boltzmann_energy(|e| (-0.5 * e * e).exp(), [-12.0, 12.0], temperature)?)
}

fn any(bias: f64) -> Result<f64, Refused> {
    Ok(any_to_any_energy(&Bath::new(0.0, bias, 1.0)?)?)
}

/// Positions on a side of a cubic lattice, and landscapes drawn.
const SIDE: usize = 9;
const LANDSCAPES: u64 = 12;

/// Mean energy above the lowest position, nearest neighbours, flat density up to 1000 E*. kT = 2 E*, so that defects leave any local minimum.
fn neighbours(bias: f64) -> Result<f64, Refused> {
    let hops = Hops::cubic(SIDE);
    let bath = Bath::new(2.0, bias, 1.0)?;
    let mut mean = 0.0;
    for landscape in 0..LANDSCAPES {
        let mut energy = vec![0.0; SIDE.pow(3)];
        Deviations(Realisation::new(1998, landscape)).uniform(0, 0, &mut energy);
        energy.iter_mut().for_each(|e| *e *= 1000.0);
        let lowest = energy.iter().copied().fold(f64::INFINITY, f64::min);
        let occupied = steady_state(&energy, &hops, &bath)?;
        mean += occupied.iter().zip(&energy).map(|(n, e)| n * (e - lowest)).sum::<f64>();
    }
    Ok(mean / LANDSCAPES as f64)
}
