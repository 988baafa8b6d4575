//! Section III C: the thermopower between its linear law and its plateau.

use super::{Arguments, Refused, coefficient, exponent_between, kernels, root};
use diffuson::localization::expansions::low_temperature::thermopower_linear;
use diffuson::localization::special_points::{plateau_reached, thermopower_inflection};
use diffuson::localization::{Kernels, MobilityEdge, THERMOPOWER_UNIT};

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let [x, t, z] = ["x", "t", "z"].map(|name| move || at.get(name));
    let thermopower = |t: f64| Ok::<_, Refused>(kernels(at)?.scaling(t.recip()).thermopower);
    Ok(Some(match name {
        "thermopower" => thermopower(t()?)?,
        "thermopower, coefficient" => {
            let kernels = kernels(at)?;
            let over_t = |t: f64| kernels.scaling(t.recip()).thermopower / t;
            coefficient((at.get("order")? as usize - 1) / 2, over_t)
        }
        "heat, coefficient" => {
            let (kernels, x) = (kernels(at)?, x()?);
            let over_t = |t: f64| kernels.moments(t.recip())[1] * t.powf(x - 1.0);
            coefficient((at.get("order")? as usize - 1) / 2, over_t)
        }
        "thermopower, slope in z" => kernels(at)?.scaling_derivatives(z()?)[1].thermopower,
        "thermopower plus z" => kernels(at)?.scaling(z()?).thermopower + z()?,
        "thermopower, exponent in the distance" => {
            let kernels = kernels(at)?;
            exponent_between(1e4, 1e5, |d| Ok(kernels.scaling(d).thermopower))?
        }
        "slope over linear law" => {
            let t = t()?;
            thermopower(t)? / thermopower_linear(x()?, t)
        }
        "departure from the linear law at" => departure(&kernels(at)?, at.get("fraction")?)?,
        "slope against conductivity, exponent" => {
            let [near, far] = [1.0, 2.0].map(|d| slope_and_conductivity(x()?, d));
            let ([slope, sigma], [slope_far, sigma_far]) = (near?, far?);
            (slope_far / slope).ln() / (sigma_far / sigma).ln()
        }
        "slope against conductivity, prefactor" => {
            let [slope, sigma] = slope_and_conductivity(x()?, 1.7)?;
            slope * (sigma / PREFACTOR).powf(x()?.recip())
        }
        "inflection at" => thermopower_inflection(&kernels(at)?).ok_or("no inflection")?,
        "inflections" => inflections(&kernels(at)?),
        "fraction of the plateau" => thermopower(t()?)? / kernels(at)?.scaling(0.0).thermopower,
        "fraction of the plateau at" => plateau_reached(&kernels(at)?, at.get("fraction")?)?,
        "thermopower in uV/K" => {
            let edge = MobilityEdge::new(1.0, x()?)?;
            edge.transport(at.get("distance")?, at.get("temperature")?)?.thermopower.abs() * 1e6
        }
        "unit of thermopower in uV/K" => THERMOPOWER_UNIT * 1e6,
        _ => return Ok(None),
    }))
}

/// A in the check of Eq. 41; any will do.
const PREFACTOR: f64 = 3.0;

/// dS/dT (in k_B/e per K) at T = d/1e5, and sigma(T = 0).
fn slope_and_conductivity(x: f64, distance: f64) -> Result<[f64; 2], Refused> {
    let edge = MobilityEdge::new(PREFACTOR, x)?;
    let temperature = 1e-5 * distance;
    let slope = edge.transport(distance, temperature)?.thermopower.abs() / THERMOPOWER_UNIT / temperature;
    Ok([slope, edge.transport(distance, 0.0)?.conductivity])
}

/// The lowest T/d at which the thermopower differs from Eq. 31 by a fraction of that.
fn departure(kernels: &Kernels, fraction: f64) -> Result<f64, Refused> {
    let excess = |t: f64| {
        let exact = kernels.scaling(t.recip()).thermopower;
        (exact / thermopower_linear(kernels.exponent(), t) - 1.0).abs() - fraction
    };
    let mut t = 1e-3;
    while excess(1.01 * t) < 0.0 {
        t *= 1.01;
    }
    root(t, 1.01 * t, |t| Ok(excess(t)))
}

/// How often the curvature of S(T) changes sign for 1/40 < T/d < 2.5: where dS/dT, 1 % apart, turns.
fn inflections(kernels: &Kernels) -> f64 {
    // dS/dT = -z^2 Y'(z)/d
    let slopes = (0..).map(|k| 40.0 * 0.99f64.powi(k)).take_while(|z| *z > 0.4);
    let slopes: Vec<f64> = slopes.map(|z| -z * z * kernels.scaling_derivatives(z)[1].thermopower).collect();
    let rising: Vec<bool> = slopes.windows(2).map(|pair| pair[1] > pair[0]).collect();
    rising.windows(2).filter(|pair| pair[0] != pair[1]).count() as f64
}
