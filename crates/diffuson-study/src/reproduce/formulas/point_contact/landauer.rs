//! Reference results of the noise formula of Landauer and Büttiker.

use super::{Arguments, Refused, splitting};
use diffuson::noise::closed_forms::{self, Symmetry};
use diffuson::noise::spectral;
use diffuson::thermal::{Adaptive, Structure};
use diffuson::units::{BOLTZMANN, LORENZ, PLANCK, SOMMERFELD};
use std::convert::Infallible;

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let [left, right, first, second] = ["left", "right", "first", "second"].map(|name| move || at.get(name));
    let [bias, count] = ["bias", "count"].map(|name| move || at.get(name));
    let modes = || Ok::<_, Refused>([left()? as u32, right()? as u32]);
    Ok(Some(match name {
        "one channel" => closed_forms::single_channel(at.get("transmission")?, bias()?, 1.0),
        // at zero temperature, from an S matrix
        "noise of a channel" => correlator(&[1.0 - first()?, first()?], 1, 1)?,
        "breit-wigner" => closed_forms::breit_wigner(left()?, right()?),
        "barriers" => closed_forms::incoherent_barriers(at.get("transparency")?, count()? as u32),
        // T = 1/cosh^2 x, x uniform
        "diffusive" => {
            let moments = |x: f64| {
                let t = x.cosh().powi(-2);
                Ok::<_, Infallible>([t, t * (1.0 - t)])
            };
            let Ok(found) =
                Adaptive::to(1e-13).integrate([0.0, 40.0], &Structure::default(), &[1.0, 4.0], moments);
            found.values[1] / found.values[0]
        }
        "diffusive warm" => closed_forms::diffusive(1.0, bias()?, 1.0),
        "hot electrons" => closed_forms::hot_electrons(1.0, bias()?, 1.0),
        // Fano factor at eV = 1e9 kT
        "hot electrons limit" => closed_forms::hot_electrons(1.0, 1e9, 1.0) / 2e9,
        "cavity unitary" => closed_forms::cavity(modes()?, Symmetry::Unitary),
        "cavity orthogonal" => closed_forms::cavity(modes()?, Symmetry::Orthogonal),
        "open cavity" => closed_forms::open_cavity(left()?, right()?),
        "hot cavity" => closed_forms::hot_cavity(left()?, right()?),
        "cold node" => closed_forms::cold_nodes(&[left()?, right()?].map(|t| (1.0 / t, 1.0 - t))),
        "splitter cross" => correlator(&[1.0 - first()? - second()?, first()?, second()?], 1, 2)?,
        "splitter auto" => correlator(&[1.0 - first()? - second()?, first()?, second()?], 1, 1)?,
        // in pW/K^2
        "quantum of heat" => SOMMERFELD * BOLTZMANN * BOLTZMANN / PLANCK * 1e12,
        "Lorenz number" => LORENZ * 1e8,
        _ => return Ok(None),
    }))
}

/// `S_ab/eV` in e^2/h at zero temperature where lead 0 is biased and its electrons leave by all leads with the given probabilities.
fn correlator(probabilities: &[f64], a: usize, b: usize) -> Result<f64, Refused> {
    let n = probabilities.len();
    let mut occupations = vec![0.0; n];
    occupations[0] = 1.0;
    Ok(spectral(&splitting(probabilities)?, &occupations).correlator[a * n + b])
}
