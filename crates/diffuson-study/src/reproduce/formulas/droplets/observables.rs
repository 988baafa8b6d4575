//! Section VI: density, interaction, susceptibility, dephasing.

use super::{Arguments, Refused, coefficients, metal};
use diffuson::droplets::{Observables, Prefactors, Window, kelvin};
use std::f64::consts::TAU;

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let observables = || -> Result<Observables, Refused> {
        Ok(Observables::new(metal(at)?, coefficients(at)?.gamma(), Prefactors::default())?)
    };
    Ok(Some(match name {
        "typical distance" => observables()?.typical_distance(),
        "crossover temperature in K" => observables()?.crossover_temperature() * kelvin(at.get("time")?)?,
        "crossover temperature in K, gamma given" => {
            let found = Observables::new(metal(at)?, at.get("gamma")?, Prefactors::default())?;
            found.crossover_temperature() * kelvin(at.get("time")?)?
        }
        "saturation over crossover temperature, times 2 ln g(1+F_0)" => {
            let (found, metal) = (observables()?, metal(at)?);
            found.saturation_temperature() / found.crossover_temperature() * 2.0 * metal.rarity().ln()
                / (2.0 + metal.triplet_constant())
        }
        "U_t over T*" => {
            let found = observables()?;
            found.interaction_energy() / found.crossover_temperature()
        }
        "U_t as printed over T*" => {
            let found = observables()?;
            found.printed_interaction_energy() / found.crossover_temperature()
        }
        "dephasing by droplets over that by spin fluctuations at T*" => {
            let found = observables()?;
            found.dephasing_by_droplets()
                / found.dephasing_by_spin_fluctuations(found.crossover_temperature())
        }
        // lengths in l, times in tau: D = 1, nu = g/2 pi, S = 1/(1+F_0)
        "U_t as printed over 1/(nu g L^2)" => {
            let (found, g) = (observables()?, metal(at)?.conductance());
            found.printed_interaction_energy() * (g / TAU) * g * found.typical_distance().powi(2)
        }
        "density of droplets over the integral of Eq. 63" => {
            // Int_1^inf d^2R R^-4, by the rule of equal steps in ln R
            let step = 0.001;
            let sizes = |k: i32| step * TAU * (-2.0 * step * (f64::from(k) + 0.5)).exp();
            let (found, metal) = (observables()?, metal(at)?);
            found.density()
                / ((0..20_000).map(sizes).sum::<f64>() * (-coefficients(at)?.exponent(&metal)).exp())
        }
        "susceptibility of droplets over n S^2/T" => {
            let (found, metal) = (observables()?, metal(at)?);
            let temperature = found.crossover_temperature();
            let pauli = metal.conductance() / TAU * metal.susceptibility();
            let curie = found.density() / (metal.distance().powi(2) * temperature);
            (found.susceptibility(temperature) - 1.0) * pauli / curie
        }
        "c_1 of classical moments" => {
            // n <S^2>/3T over nu/(1+F_0) T*/T, with the spin of the distribution
            let (found, metal, coefficients) = (observables()?, metal(at)?, coefficients(at)?);
            let curie = found.density() * coefficients.typical_spin(&metal).powi(2) / 3.0;
            let pauli = metal.conductance() / TAU * metal.susceptibility();
            curie / (pauli * found.crossover_temperature())
        }
        "first form of Eq. 67 over the second" => {
            let (found, metal) = (observables()?, metal(at)?);
            let first = (metal.triplet_constant() * TAU / metal.conductance() / metal.distance()).powi(2);
            first * found.density() / found.dephasing_by_droplets()
        }
        "highest distance of the window" => Window::new(metal(at)?, &coefficients(at)?).distances()[1],
        "lowest distance of the window" => Window::new(metal(at)?, &coefficients(at)?).distances()[0],
        _ => return Ok(None),
    }))
}
