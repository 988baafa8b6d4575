//! Eqs. 12 and 15 and what Section V reads from them: fluctuators of a flat density against temperature and bias. Energies in E* unless said otherwise.

use super::super::{exponent_between, root};
use super::single::metal;
use super::{Arguments, Refused};
use diffuson::defects::correlation::Interference;
use diffuson::defects::{
    Anomaly, Bath, Metal, confinement_temperature, interpolation, response, step_estimate,
};
use diffuson::units::{BOLTZMANN, ELEMENTARY_CHARGE};
use std::f64::consts::PI;

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let [bias, temperature, kelvin] = ["bias", "temperature", "kelvin"].map(|name| move || at.get(name));
    let anomaly = || Ok::<_, Refused>(Anomaly::new(Bath::new(0.0, 0.0, 1.0)?));
    Ok(Some(match name {
        "response" => response(bias()?, temperature()?),
        "response over a power of the bias" => response(bias()?, 0.0) / bias()?.powf(at.get("power")?),
        "response over a power of the temperature" => response(0.0, temperature()?) / temperature()?.powi(2),
        "response over the step" => response(bias()?, 0.0) / step_estimate(bias()?),
        "response over Eq. 15" => response(bias()?, temperature()?) / interpolation(bias()?, temperature()?),
        "exponent in temperature" => anomaly()?.temperature_exponent(bias()?, temperature()?),
        "exponent in bias" => anomaly()?.bias_exponent(bias()?, temperature()?),
        // at kT = 0
        "exponent at millivolts" => {
            anomaly()?.bias_exponent(in_kelvin(at.get("millivolt")?) / kelvin()?, 0.0)
        }
        "millivolts in kelvin" => in_kelvin(at.get("millivolt")?),
        // the bias beyond which the local exponent is within 0.05 of 2/3
        "bias of the asymptote" => asymptote(&anomaly()?)?,
        "millivolts of the asymptote" => asymptote(&anomaly()?)? * kelvin()? / in_kelvin(1.0),
        "error of the interpolation without temperature" => {
            let biases = (0..=180).map(|k| 10f64.powf(-3.0 + f64::from(k) / 20.0));
            biases.map(|v| (without_temperature(v) / response(v, 0.0) - 1.0).abs()).fold(0.0, f64::max)
        }
        "least of the interpolation" => {
            errors(response_without_temperature(at)?).into_iter().fold(f64::INFINITY, f64::min)
        }
        "largest of the interpolation" => {
            errors(response_without_temperature(at)?).into_iter().fold(f64::NEG_INFINITY, f64::max)
        }
        "equal bias" => anomaly()?.equal_bias(temperature()?),
        "equal bias over a power of the temperature" => {
            anomaly()?.equal_bias(temperature()?) / temperature()?.powf(at.get("power")?)
        }
        "doubling bias over a power of the temperature" => {
            anomaly()?.doubling_bias(temperature()?) / temperature()?.powf(at.get("power")?)
        }
        "exponent of the equal bias" => {
            let anomaly = anomaly()?;
            exponent_between(temperature()?, 2.0 * temperature()?, |t| Ok(anomaly.equal_bias(t)))?
        }
        // D(V, T)/T^2 at eV = ratio kT, far below E*
        "response for eV and kT below E*" => response(at.get("ratio")? * 1e-5, 1e-5) * 1e10,
        // of splittings up to a band, over the square of the band
        "saturation by temperature" => banded(1e4, 0.0)?,
        "saturation by bias" => banded(0.0, 1e9)?,
        "temperature of half the saturation" => root(0.01, 10.0, |t| Ok(banded(t, 0.0)? - 0.125))?,
        // over C dG_rms
        "saturation over its estimate" => {
            let shell = Interference::of_shell(1e-3, 0.3, 4.0, 30.0)?;
            shell.saturation() / (shell.correlation * shell.conductance)
        }
        // rms energy of Eq. 10 for d = ratio lambda_F
        "temperature of saturation" => {
            let metal = Metal::new(kelvin()? * BOLTZMANN / ELEMENTARY_CHARGE)?;
            confinement_temperature(at.get("ratio")? * metal.fermi_wave_length())
        }
        "diameter in nanometres" => at.get("ratio")? * metal(at)?.fermi_wave_length(),
        _ => return Ok(None),
    }))
}

fn in_kelvin(millivolt: f64) -> f64 {
    millivolt * 1e-3 * ELEMENTARY_CHARGE / BOLTZMANN
}

fn asymptote(anomaly: &Anomaly) -> Result<f64, Refused> {
    let above = |ln: f64| Ok(anomaly.bias_exponent(ln.exp(), 0.0) - 2.0 / 3.0 - 0.05);
    Ok(root(1f64.ln(), 1e6f64.ln(), above)?.exp())
}

/// `D(V, 0)` from both its limits, with one power fitted.
fn without_temperature(bias: f64) -> f64 {
    const POWER: f64 = 0.740;
    let low = (1.5 - 2.0 * 2f64.ln()) / 2.0 * bias.powi(2);
    let high = 0.5f64.cbrt() * (PI / 3.0) / (2.0 * PI / 3.0).sin() * bias.powf(2.0 / 3.0);
    (low.powf(-POWER) + high.powf(-POWER)).powf(-1.0 / POWER)
}

/// `D(V, 0)` by its own interpolation, or by the integral.
fn response_without_temperature(at: &Arguments) -> Result<fn(f64) -> f64, Refused> {
    Ok(if at.get("closed")? == 1.0 { without_temperature } else { |bias| response(bias, 0.0) })
}

/// Relative errors of `D^1.2 = D(V, 0)^1.2 + D(0, T)^1.2` over eV = 0.1 ... 10^4 and kT = 0.1 ... 30.
fn errors(of_bias: fn(f64) -> f64) -> Vec<f64> {
    let biases = (0..=50).map(|k| 10f64.powf(-1.0 + f64::from(k) / 10.0));
    let temperatures = || (0..=25).map(|k| 10f64.powf(-1.0 + f64::from(k) / 25.0 * 300f64.log10()));
    let sum = |v: f64, t: f64| {
        (of_bias(v).powf(1.2) + (PI * PI / 12.0 * t * t).powf(1.2)).powf(1.0 / 1.2) / response(v, t) - 1.0
    };
    biases.flat_map(|v| temperatures().map(move |t| sum(v, t))).collect()
}

/// Energies in the highest splitting, which is 1; E* = 0.01.
fn banded(temperature: f64, bias: f64) -> Result<f64, Refused> {
    Ok(Anomaly::new(Bath::new(0.0, 0.0, 0.01)?).with_band(1.0)?.response(bias, temperature))
}
