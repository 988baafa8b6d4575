//! Section VI: density, interaction, susceptibility, dephasing.

use super::{Arguments, Refused, coefficients, metal};
use diffuson::droplets::{Observables, Prefactors, Window, kelvin};

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
        "highest distance of the window" => Window::new(metal(at)?, &coefficients(at)?).distances()[1],
        "lowest distance of the window" => Window::new(metal(at)?, &coefficients(at)?).distances()[0],
        _ => return Ok(None),
    }))
}
