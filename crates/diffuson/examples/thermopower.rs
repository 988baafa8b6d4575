//! Conductance, thermopower, thermal conductance and ZT of a quantum point contact against the chemical potential, at one temperature and from one set of
//! S matrices; below, the engine it makes between a hot and a cold contact.
//!
//! ```text
//! cargo run --release -p diffuson --example thermopower
//! ```

use diffuson::audit::Audit;
use diffuson::conductor::Conductor;
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::Lead;
use diffuson::scattering::Route;
use diffuson::thermal::engine::{HeatEngine, carnot, curzon_ahlborn};
use diffuson::thermal::{Adaptive, Resolution, Sample};
use std::error::Error;

const LENGTH: usize = 40;
const WIDTH: usize = 16;
/// k_B T, in t.
const KT: f64 = 0.012;

fn main() -> Result<(), Box<dyn Error>> {
    // ANCHOR: contact
    // a saddle in the middle of a strip: hills from both sides, of which the channel between them is left
    let lattice = Lattice::new(Family::Square, [LENGTH, WIDTH, 1], Boundary::HardWall)?;
    let saddle = |x: f64, y: f64| {
        let (along, across) = ((x - 19.5) / 7.0, (y - 7.5) / 7.5);
        0.9 * (across * across + 0.15) * (-along * along).exp()
    };
    let onsite: Vec<f64> =
        (0..LENGTH * WIDTH).map(|i| saddle((i / WIDTH) as f64, (i % WIDTH) as f64)).collect();
    let contact = Conductor::new(lattice, [Some(Lead::Continuation), Some(Lead::Continuation)], vec![])?;
    // ANCHOR_END: contact

    // ANCHOR: sweep
    let mut sample = Sample::new(&contact, &onsite, Route::Recursive)?;
    let range = [-4.5, -2.4];
    let transmission = sample.function(range, Resolution::within(8.0 * KT))?;
    println!("S matrices at {} energies; k_B T = {KT} t", transmission.evaluations());
    println!("   mu/t   G/(e2/h)   S/(kB/e)  kappa/(kB2T/h)     L/L0        ZT     Mott   quadrature");
    for step in 0..=16 {
        let mu = -3.74 + 0.05 * f64::from(step);
        let response = transmission.linear(mu, KT, Adaptive::to(1e-8))?;
        let c = response.onsager().coefficients(0, 1)?;
        let mott = sample.sommerfeld(mu, KT)?.first().coefficients(0, 1)?.thermopower();
        println!(
            "{mu:>7.2} {:>10.5} {:>10.5} {:>15.5} {:>8.4} {:>9.4} {mott:>8.4} {:>12.1e}",
            c.conductance(),
            c.thermopower(),
            c.thermal_conductance(),
            c.lorenz_ratio(),
            c.figure_of_merit(),
            response.quadrature_error,
        );
        assert!(response.audit.passed(), "{:?}", response.audit);
    }
    // ANCHOR_END: sweep

    // ANCHOR: engine
    let (hot, cold) = (1.5 * KT, 0.5 * KT);
    let engine = HeatEngine { hot, cold, mu: -3.7 };
    let solve = |reservoirs: &[_; 2]| transmission.currents(reservoirs, Adaptive::to(1e-8));
    let best = engine.maximum_power_over_gate([-3.8, -3.4], solve)?.ok_or("no power")?;
    // ANCHOR_END: engine
    println!("\nengine between {hot:.3} t and {cold:.3} t at its best gate and load {:.4} t:", best.load);
    println!(
        "power        {:.4e} t^2/h, of at most 0.0321 pi^2 (dT)^2 = {:.4e}",
        best.power,
        0.316347 * KT * KT
    );
    println!(
        "efficiency   {:.4} (Curzon and Ahlborn {:.4}, Carnot {:.4})",
        best.efficiency(),
        curzon_ahlborn(hot, cold),
        carnot(hot, cold)
    );
    print("engine", &best.currents.audit);
    print("S matrices", sample.audit());
    Ok(())
}

fn print(of: &str, audit: &Audit) {
    println!("\naudit of the {of}");
    for law in audit.laws() {
        let verdict = if law.passed() { "holds" } else { "BROKEN" };
        println!("  {:<25} {:>9.1e} of {:>8.1e}  {verdict}", law.name, law.residual, law.allowed);
    }
}
