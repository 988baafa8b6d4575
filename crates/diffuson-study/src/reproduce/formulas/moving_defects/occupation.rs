//! Eqs. 11 and 14 and the text around them: what occupies the levels of a fluctuator, and the energy at which phonons take over from electrons.
//! Energies in E* unless said otherwise.

use super::super::root;
use super::{Arguments, Refused};
use diffuson::defects::{
    Bath, Fluctuator, Tunnelling, conductance_change, displacement, orifice_share, threshold,
    upper_occupation,
};

/// E/eV of levels that are almost equally occupied.
const LOW: f64 = 1e-6;

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let [energy, bias, temperature] = ["energy", "bias", "temperature"].map(|name| move || at.get(name));
    Ok(Some(match name {
        "occupation" => upper_occupation(energy()?, &Bath::new(temperature()?, bias()?, 1.0)?),
        "occupation over Fermi's" => {
            let (energy, temperature) = (energy()?, temperature()?);
            upper_occupation(energy, &Bath::new(temperature, 0.0, 1.0)?)
                * ((energy / temperature).exp() + 1.0)
        }
        "occupation over the closed form" => {
            let (energy, bias) = (energy()?, bias()?);
            let closed = (bias - energy) / (2.0 * bias + 2.0 * energy + energy.powi(3));
            upper_occupation(energy, &Bath::new(0.0, bias, 1.0)?) / closed
        }
        // of (1/2) (1 - c E/eV) without phonons: c
        "slope of the occupation" => half_less(Bath::new(0.0, 1.0, f64::INFINITY)?),
        "slope of the occupation, between beams" => {
            half_less(Bath::new(0.0, 1.0, f64::INFINITY)?.between_beams_only())
        }
        "occupation off the centre" => {
            let bath =
                Bath::new(temperature()?, bias()?, 1.0)?.off_centre(orifice_share(at.get("distance")?))?;
            upper_occupation(energy()?, &bath)
        }
        "share of directions" => orifice_share(at.get("distance")?),
        "sum over Eq. 11" => {
            let temperature = temperature()?;
            let given = [(0.5, 0.1), (2.0, -0.3), (3.5, 0.2)];
            let fluctuators = given.map(|(splitting, conductance)| Fluctuator { splitting, conductance });
            let printed: f64 =
                given.iter().map(|(energy, dg)| dg / (1.0 + (energy / temperature).exp())).sum();
            conductance_change(&fluctuators, &Bath::new(temperature, 0.0, 1.0)?) / printed
        }
        // between the beams, over eV - E
        "electron-assisted rate" => {
            Bath::new(0.0, bias()?, f64::INFINITY)?.rate(energy()?) / (bias()? - energy()?)
        }
        "phonon-assisted rate" => {
            let (energy, temperature) = (energy()?, temperature()?);
            let both = phonons(energy, temperature)? + phonons(-energy, temperature)?;
            both / (energy.powi(3) / (energy / (2.0 * temperature)).tanh())
        }
        "rate of electrons over that of phonons" => {
            Bath::new(0.0, 2.0, 1.0)?.between_beams_only().rate(1.0) / phonons(-1.0, 0.0)?
        }
        // where electrons excite as often as phonons bring back
        "threshold over its estimate" => {
            let bias = bias()?;
            let bath = Bath::new(0.0, bias, 1.0)?;
            let balance = root(0.0, bias, |energy| Ok(phonons(-energy, 0.0)? - bath.rate(energy)))?;
            balance / threshold(bias)
        }
        // for E_at = 10 eV, Theta_D = 343 K, Lambda = 1 eV, in K
        "crossover energy" => {
            let electrons = at.get("coupling")?;
            Tunnelling { electrons, deformation: 1.0, atomic: 10.0, debye: 343.0 }.crossover()?
        }
        // (|V-|/V0)^2 of a scatterer that moves
        "coupling of a displacement" => displacement(at.get("distance")?).powi(2),
        _ => return Ok(None),
    }))
}

fn half_less(bath: Bath) -> f64 {
    (1.0 - 2.0 * upper_occupation(LOW * bath.bias(), &bath)) / LOW
}

/// What phonons add to the rate of a gain.
fn phonons(gain: f64, temperature: f64) -> Result<f64, Refused> {
    let rate = |crossover| Ok::<_, Refused>(Bath::new(temperature, 0.0, crossover)?.rate(gain));
    Ok(rate(1.0)? - rate(f64::INFINITY)?)
}
