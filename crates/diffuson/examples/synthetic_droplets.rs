//! Synthetic measurements of susceptibility and dephasing of one sample, as a CSV file for `diffuson fit`, with local spin droplets or without:
//!
//! ```text
//! cargo run --release -p diffuson --example synthetic_droplets -- droplets   > studies/data/synthetic-droplets.csv
//! cargo run --release -p diffuson --example synthetic_droplets -- impurities > studies/data/synthetic-curie-tail.csv
//! ```
//!
//! Nobody measured these: they are the laws of the theory, or a Curie tail without saturation of the dephasing, with the noise of an experiment, from random numbers of a fixed seed.

use diffuson::droplets::{
    Coefficients, Counting, Metal, Observables, Prefactors, Profile, ProfileRings, Resolution, TimeReversal,
    kelvin, per_second,
};
use diffuson_ensemble::random::Realisation;

/// g and 1 + F_0: the exponent is 3.5.
const METAL: [f64; 2] = [20.0, 0.12];
/// tau, in s.
const TIME: f64 = 1e-13;
/// chi_0.
const SUSCEPTIBILITY: f64 = 4.2;
/// Standard errors: of the susceptibility in units of chi_0, of the rate relative.
const NOISE: [f64; 2] = [0.02, 0.04];
/// In K; rates are measured up to [`HOTTEST`].
const TEMPERATURES: [f64; 15] =
    [0.1, 0.14, 0.2, 0.28, 0.4, 0.55, 0.8, 1.1, 1.6, 2.2, 3.0, 4.2, 6.0, 8.0, 12.0];
const HOTTEST: f64 = 6.0;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let picture = std::env::args().nth(1).unwrap_or_default();
    let (stream, says) = match picture.as_str() {
        "droplets" => (0, "local spin droplets"),
        "impurities" => (2, "a Curie tail as droplets have, of moments that do not dephase"),
        _ => return Err("say `droplets` or `impurities`".into()),
    };
    let profile = Profile::optimum(Resolution::COARSE)?;
    let rings = ProfileRings::of(&profile)?;
    let gamma = Coefficients::from_rings(&rings, Counting::Complete, TimeReversal::Unbroken)?.gamma();
    let metal = Metal::new(METAL[0], METAL[1])?;
    let observables = Observables::new(metal, gamma, Prefactors::default())?;
    let [unit, rate] = [kelvin(TIME)?, 1e-9 * per_second(TIME)?];
    println!("# SYNTHETIC measurements, not an experiment: susceptibility and dephasing rate with {says};");
    println!(
        "# g = {}, 1 + F_0 = {}, tau = {TIME:e} s, gamma = {gamma:.4}: T* = {:.3} K, T_tau = {:.3} K, all prefactors 1; chi_0 = {SUSCEPTIBILITY}.",
        METAL[0],
        METAL[1],
        unit * observables.crossover_temperature(),
        unit * if stream == 0 { observables.saturation_temperature() } else { 0.0 }
    );
    println!("# Made by crates/diffuson/examples/synthetic_droplets.rs");
    println!("T [K], chi [arb. u.], chi_error [arb. u.], dephasing_rate [1/ns], dephasing_rate_error [1/ns]");
    let noise = Realisation::new(2000, 0);
    for (k, temperature) in (0..).zip(TEMPERATURES) {
        let reduced = temperature / unit;
        let error = NOISE[0] * SUSCEPTIBILITY;
        let chi = SUSCEPTIBILITY * observables.susceptibility(reduced) + error * noise.normal(stream, k);
        let rates = if temperature <= HOTTEST {
            let droplets = if stream == 0 { observables.dephasing_by_droplets() } else { 0.0 };
            let exact = rate * (observables.dephasing_by_spin_fluctuations(reduced) + droplets);
            let error = NOISE[1] * exact;
            format!("{:.3}, {error:.3}", exact + error * noise.normal(stream + 1, k))
        } else {
            ", ".to_owned()
        };
        println!("{temperature}, {chi:.3}, {error:.3}, {rates}");
    }
    Ok(())
}
