//! Noise of charge and heat in a cavity with three leads, one of them hot: correlators of all pairs, and the audit.
//!
//! ```text
//! cargo run --release -p diffuson --example noise
//! ```

use diffuson::scattering::Route;
use diffuson::shapes::{Arms, Rectangle};
use diffuson::thermal::{Adaptive, Reservoir, Sample};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let rectangle = Rectangle { length: 20, width: 16, flux: 0.01 };
    let conductor = rectangle.open(&rectangle.splitter(&[5, 4, 4]), Arms::Strips, vec![])?;
    // any on-site energies, in t
    let onsite: Vec<f64> = (0..conductor.sites()).map(|site| 0.8 * (7.0 * site as f64).sin()).collect();

    let (mu, kt) = (-1.2, 0.02);
    let reservoirs = [Reservoir { mu: mu + 0.1, kt }, Reservoir { mu, kt: 2.0 * kt }, Reservoir { mu, kt }];
    let mut sample = Sample::new(&conductor, &onsite, Route::NestedDissection)?;
    let noise = sample.noise(&reservoirs, Adaptive::to(1e-9))?;

    println!("three leads, mu = {:.2?} t, kT = {:.2?} t", reservoirs.map(|r| r.mu), reservoirs.map(|r| r.kt));
    println!("particle currents into the leads / (t/h)   {:9.5?}", noise.currents.particle);
    println!("heat currents into the leads / (t^2/h)     {:9.6?}", noise.currents.heat);
    for (name, correlator) in
        [("charge, charge", &noise.charge), ("charge, heat", &noise.charge_heat), ("heat, heat", &noise.heat)]
    {
        println!("{name}");
        correlator.chunks(3).for_each(|row| println!("  {row:10.6?}"));
    }
    for lead in 0..3 {
        println!("S/2eI at lead {lead}: {:.4}", noise.fano_factor(lead));
    }
    for law in noise.audit.laws() {
        println!("{:28} {:8.1e}  allowed {:.0e}", law.name, law.residual, law.allowed);
    }
    Ok(())
}
