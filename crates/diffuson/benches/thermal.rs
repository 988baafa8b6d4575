//! Speed of integrals over the Fermi window, on one thread.
//!
//! ```text
//! cargo bench -p diffuson --bench thermal
//! ```

use criterion::{Criterion, criterion_group, criterion_main};
use diffuson::conductor::Conductor;
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::Lead;
use diffuson::scattering::Route;
use diffuson::thermal::{
    Adaptive, LinearResponse, Reservoir, Resolution, Sample, SingularPoint, Singularity, Structure,
    TransmissionMatrix, currents,
};
use std::convert::Infallible;
use std::hint::black_box;

fn closed_forms(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("to 1e-12");
    let lorentzian = |e: f64| 0.0025 / ((e - 0.23f64).powi(2) + 0.0025);
    let kind = Singularity::Resonance { half_width: 0.05 };
    let level =
        Structure::new([f64::NEG_INFINITY, f64::INFINITY], vec![SingularPoint { energy: 0.23, kind }]);
    let level = level.expect("a width");
    let edge = Structure::edge(0.0, 1.571).expect("a power");
    let linear = |mu, kt, structure: &Structure, t: &dyn Fn(f64) -> f64| {
        LinearResponse::two_terminal(mu, kt, structure, Adaptive::default(), |e| Ok::<_, Infallible>(t(e)))
    };
    for (name, mu, kt, structure, t) in [
        ("mobility edge", 1.0, 1.0, &edge, &(|e: f64| e.powf(1.571)) as &dyn Fn(f64) -> f64),
        ("Lorentzian", 0.1, 0.07, &level, &lorentzian),
    ] {
        let evaluations = linear(mu, kt, structure, t).expect("a temperature").evaluations;
        group.bench_function(format!("{name}, L0 L1 L2, {evaluations} evaluations"), |b| {
            b.iter(|| linear(black_box(mu), kt, structure, t));
        });
    }
    let reservoirs = [Reservoir { mu: 0.3, kt: 0.07 }, Reservoir { mu: -0.1, kt: 0.02 }];
    let both = || {
        let t = |e| Ok::<_, Infallible>(TransmissionMatrix::two_terminal(lorentzian(e)));
        currents(black_box(&reservoirs), &level, Adaptive::default(), t)
    };
    let evaluations = both().expect("temperatures").evaluations;
    group.bench_function(format!("Lorentzian, currents and heats, {evaluations} evaluations"), |b| {
        b.iter(both)
    });
}

/// A disordered wire of 30 x 10 sites, temperatures from 0.002 t to 0.05 t.
fn wire(criterion: &mut Criterion) {
    let lattice = Lattice::new(Family::Square, [30, 10, 1], Boundary::HardWall).expect("a lattice");
    let leads = [Some(Lead::Continuation), Some(Lead::Continuation)];
    let conductor = Conductor::new(lattice, leads, vec![]).expect("a conductor");
    let onsite: Vec<f64> = (0..300).map(|i| (7.31 * f64::from(i * i)).sin()).collect();
    let mut sample = Sample::new(&conductor, &onsite, Route::Recursive).expect("no probes");
    let function = sample.function([-3.6, 1.6], Resolution::within(0.05)).expect("a Green function");
    let mut group = criterion.benchmark_group("wire of 30 x 10 sites");
    group.bench_function("one S matrix", |b| b.iter(|| sample.at(black_box(-1.0123))));
    let energies = function.evaluations();
    for kt in [0.002, 0.01, 0.05] {
        group.bench_function(format!("L0 L1 L2 at kT = {kt}, from S at {energies} energies"), |b| {
            b.iter(|| function.linear(black_box(-1.0), kt, Adaptive::to(1e-8)));
        });
    }
}

criterion_group!(benches, closed_forms, wire);
criterion_main!(benches);
