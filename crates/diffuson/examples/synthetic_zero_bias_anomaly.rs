//! Synthetic measurements of a zero-bias anomaly, as a CSV file for `diffuson fit`, made by mobile defects or by two-channel Kondo scattering:
//!
//! ```text
//! cargo run --release -p diffuson --example synthetic_zero_bias_anomaly -- defects > studies/data/synthetic-zero-bias-defects.csv
//! cargo run --release -p diffuson --example synthetic_zero_bias_anomaly -- kondo   > studies/data/synthetic-zero-bias-kondo.csv
//! ```
//!
//! Nobody measured these: they are dI/dV of either picture with the noise of an experiment, from random numbers of a fixed seed.

use diffuson::defects::zero_bias::KELVIN_PER_VOLT;
use diffuson::defects::{Conductance, KondoCurve, response};
use diffuson_ensemble::random::Realisation;

/// G0, in e^2/h.
const CONDUCTANCE: f64 = 320.0;
/// Standard error, in e^2/h: three in ten thousand.
const NOISE: f64 = 0.1;
const TEMPERATURES: [f64; 6] = [0.3, 0.6, 1.2, 2.4, 4.8, 9.6];
/// In mV.
const BIASES: [f64; 14] = [0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.45, 0.7, 1.0, 1.5, 2.2, 3.2, 4.5, 6.5];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let picture = std::env::args().nth(1).unwrap_or_default();
    let (stream, says) = match picture.as_str() {
        "defects" => (0, "mobile defects, E* = 2 K, A = 0.02 e^2/h/K^2, which follow the modulation"),
        "kondo" => {
            (1, "two-channel Kondo scattering, B = 0.3 e^2/h/K^(1/2), with all of the bias at the impurity")
        }
        _ => return Err("say `defects` or `kondo`".into()),
    };
    let curve = KondoCurve::new(1.0, Conductance::Differential)?;
    let anomaly = |bias: f64, temperature: f64| match stream {
        0 => {
            let (v, t) = (bias * KELVIN_PER_VOLT / 2.0, temperature / 2.0);
            // d(V D)/dV by a difference that is good to 1e-7
            let (h, current) = (1e-3 * v.hypot(t), |v: f64| v * response(v, t));
            0.02 * 4.0 * (current(v + h) - current(v - h)) / (2.0 * h)
        }
        _ => 0.3 * curve.rise(bias * KELVIN_PER_VOLT, temperature),
    };
    println!("# SYNTHETIC measurements, not an experiment: dI/dV of {says};");
    println!(
        "# G0 = {CONDUCTANCE} e^2/h, noise {NOISE} e^2/h. Made by crates/diffuson/examples/synthetic_zero_bias_anomaly.rs"
    );
    println!("V [mV], T [K], G [e^2/h], G_error [e^2/h]");
    let noise = Realisation::new(1997, 0);
    let places = TEMPERATURES.into_iter().flat_map(|t| BIASES.map(|v| (v, t)));
    for (k, (bias, temperature)) in (0..).zip(places) {
        let conductance = CONDUCTANCE + anomaly(1e-3 * bias, temperature) + NOISE * noise.normal(stream, k);
        println!("{bias:.2}, {temperature:.1}, {conductance:.3}, {NOISE:.3}");
    }
    Ok(())
}
