//! Synthetic measurements of five samples near a mobility edge, as a CSV file for `diffuson fit`:
//!
//! ```text
//! cargo run --release -p diffuson --example synthetic_mobility_edge > studies/data/synthetic-mobility-edge.csv
//! ```
//!
//! Nobody measured these: they are sigma(T) and S(T) of x = 1.1 with the noise of an experiment, from random numbers of a fixed seed.

use diffuson::localization::{MobilityEdge, THERMOPOWER_UNIT};
use diffuson_ensemble::random::Realisation;

const EXPONENT: f64 = 1.1;
/// A, in S/m per K^x.
const PREFACTOR: f64 = 25.0;
const SAMPLES: [(&str, f64); 5] = [("A", 3.0), ("B", 6.0), ("C", 12.0), ("D", 24.0), ("E", 48.0)];
const TEMPERATURES: i32 = 12;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let edge = MobilityEdge::new(PREFACTOR, EXPONENT)?;
    let noise = Realisation::new(1992, 0);
    println!(
        "# SYNTHETIC measurements, not an experiment: x = {EXPONENT}, A = {PREFACTOR} S/m/K^x, d = 3, 6, 12, 24, 48 K (A to E),"
    );
    println!(
        "# noise of 1 % on sigma, of 3 % and 0.01 kB/e on S. Made by crates/diffuson/examples/synthetic_mobility_edge.rs"
    );
    println!("sample, T [K], sigma [S/m], sigma_error [S/m], S [uV/K], S_error [uV/K]");
    let mut k = 0;
    for (name, distance) in SAMPLES {
        for i in 0..TEMPERATURES {
            let t = 0.5 * 40.0f64.powf(f64::from(i) / f64::from(TEMPERATURES - 1));
            let exact = edge.transport(distance, t)?;
            let errors =
                [0.01 * exact.conductivity, (0.03 * exact.thermopower).hypot(0.01 * THERMOPOWER_UNIT)];
            let sigma = exact.conductivity + errors[0] * noise.normal(0, k);
            let s = exact.thermopower + errors[1] * noise.normal(1, k);
            k += 1;
            println!("{name}, {t:.4}, {sigma:.3}, {:.3}, {:.3}, {:.3}", errors[0], 1e6 * s, 1e6 * errors[1]);
        }
    }
    Ok(())
}
