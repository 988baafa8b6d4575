//! Noise of disordered strips and networks of the lattice.

use crate::network::{continuation, cross, rough};
use crate::systems::{assert_close, strip};
use diffuson::conductor::Conductor;
use diffuson::lattice::Boundary;
use diffuson::leads::{End, Lead};
use diffuson::noise::{Excess, Noise, TransmissionStatistics, spectral};
use diffuson::scattering::{Route, smatrix};
use diffuson::thermal::{Adaptive, Reservoir, Sample, TransportError};

const MU: f64 = -1.1;
const KT: f64 = 0.03;

/// What energies of lattice conductors are integrated to.
const FINE: f64 = 1e-10;

fn wire() -> (Conductor, Vec<f64>) {
    let leads = [Some(Lead::Continuation), Some(Lead::Continuation)];
    let conductor = Conductor::new(strip(12, 4, Boundary::HardWall), leads, vec![]).unwrap();
    (conductor, rough(48).iter().map(|e| 1.5 * e).collect())
}

fn between(sample: &mut Sample<'_>, reservoirs: &[Reservoir]) -> Noise {
    let noise = sample.noise(reservoirs, Adaptive::to(FINE)).unwrap();
    assert!(noise.audit.passed(), "{:?}", noise.audit);
    noise
}

/// `dS/dV = 2 kT d^2I/dV^2` at V = 0 between two reservoirs without magnetic field: the noise knows the curvature of the current.
#[test]
fn nonlinear_fluctuation_dissipation() {
    let (conductor, onsite) = wire();
    let mut sample = Sample::new(&conductor, &onsite, Route::Recursive).unwrap();
    let step = 1e-3;
    let mut slope = |bias: f64| {
        let reservoirs = [Reservoir { mu: MU + bias, kt: KT }, Reservoir { mu: MU, kt: KT }];
        sample.differential_noise(&reservoirs, &[1.0, 0.0], Adaptive::to(FINE)).unwrap()
    };
    let [before, here, after] = [-step, 0.0, step].map(&mut slope);
    assert!(here.audit.passed(), "{:?}", here.audit);
    let curvature = (before.current[0] - after.current[0]) / (2.0 * step);
    assert!(curvature.abs() > 0.1, "a current that is curved: {curvature}");
    // differences of second order: step^2/6 times fourth derivatives over kT^2, 2e-4 of the curvature and its like
    assert_close(here.charge[0], 2.0 * KT * curvature, 1e-3 * here.charge[0].abs(), "dS/dV");
}

/// A bias far below the temperature and the levels is that at one energy; eigenvalues and amplitudes give the same Fano factor; both definitions of the excess
/// agree where bias and temperature see one S matrix.
#[test]
fn fano_factors() {
    let (conductor, onsite) = wire();
    let s = smatrix(&conductor.at(MU).unwrap(), &onsite, Route::Recursive).unwrap();
    let statistics = TransmissionStatistics::of(&s.transmission_eigenvalues(1, 0).unwrap());
    let fano = statistics.fano_factor();
    assert!(0.05 < fano && fano < 0.95);
    let one = spectral(&s, &[1.0, 0.0]);
    assert_close(one.correlator[0] / (2.0 * one.current[1]), fano, 1e-13, "one energy");
    let mut sample = Sample::new(&conductor, &onsite, Route::Recursive).unwrap();
    let at = |bias: f64, kt: f64| [0.5, -0.5].map(|half| Reservoir { mu: MU + half * bias, kt });
    let bias = 1e-5;
    let cold = between(&mut sample, &at(bias, 0.0));
    // second order in the bias, and the digits of the bias between energies of size 1
    assert_close(cold.fano_factor(0), fano, 1e-8, "zero temperature");
    let warm = between(&mut sample, &at(bias, 0.2 * bias));
    let still = between(&mut sample, &at(0.0, 0.2 * bias));
    let x: f64 = 2.5;
    let want = fano * (1.0 / x.tanh() - 1.0 / x);
    for excess in [Excess::OverThermal, Excess::OverUnbiased(&still)] {
        assert_close(warm.excess_fano_factor(1, excess).unwrap(), want, 1e-8, "excess");
    }
}

/// A sweep of biases and temperatures, zero among them, is the noise at each of its points, from fewer S matrices.
#[test]
fn sweeps() {
    let (conductor, onsite) = wire();
    let sample = || Sample::new(&conductor, &onsite, Route::Recursive).unwrap();
    let at = |bias: f64, kt: f64| vec![Reservoir { mu: MU + bias, kt }, Reservoir { mu: MU, kt }];
    let warm: Vec<_> = (0..16).map(|k| at(0.01 * f64::from(k), KT)).collect();
    let mixed = vec![at(0.1, 0.0), at(0.2, 0.0), at(0.0, KT), at(0.1, 0.2 * KT), at(0.0, 0.0)];
    for (points, fewer) in [(warm, 4), (mixed, 1)] {
        let mut at_once = sample();
        let swept = at_once.noise_sweep(&points, Adaptive::to(FINE)).unwrap();
        let mut one_by_one = 0;
        for (point, swept) in points.iter().zip(&swept) {
            assert!(swept.audit.passed(), "{:?}", swept.audit);
            let mut alone = sample();
            let noise = between(&mut alone, point);
            one_by_one += alone.work().energies;
            for (a, b) in noise.charge.iter().chain(&noise.heat).zip(swept.charge.iter().chain(&swept.heat)) {
                // quadratures to 1e-10 of numbers below 1
                assert_close(*a, *b, 10.0 * FINE, "sweep");
            }
        }
        let together = at_once.work().energies;
        assert!(fewer * together <= one_by_one, "{together} energies, {one_by_one} one by one");
    }
}

/// Four leads in a magnetic field, all at different potentials and temperatures, and charge and heat of all of them: every law (the audit is
/// the test). The mean currents are those of the transmissions.
#[test]
fn four_leads_in_a_field() {
    let (cross, interfaces) = cross(0.08);
    let onsite = rough(cross.sites());
    let lead = continuation(&strip(1, 3, Boundary::HardWall), End::Left, MU);
    let leads = interfaces.into_iter().map(|orbitals| (lead.clone(), orbitals)).collect();
    let conductor = Conductor::network(cross, leads, vec![]).unwrap();
    let reservoirs =
        [(0.2, 0.05), (-0.1, 0.02), (0.0, 0.0), (0.05, 0.03)].map(|(mu, kt)| Reservoir { mu: MU + mu, kt });
    let mut sample = Sample::new(&conductor, &onsite, Route::NestedDissection).unwrap();
    let noise = between(&mut sample, &reservoirs);
    // two of the S matrices, quadrature, three of the currents, four of the noise
    assert_eq!(noise.audit.laws().len(), 10, "{:?}", noise.audit);
    let currents = sample.currents(&reservoirs, Adaptive::to(FINE)).unwrap();
    for (a, b) in noise.currents.particle.iter().zip(&currents.particle) {
        assert_close(*a, *b, 10.0 * FINE, "currents");
    }
    for (a, b) in noise.currents.heat.iter().zip(&currents.heat) {
        assert_close(*a, *b, 10.0 * FINE, "heats");
    }
    for (a, b) in [(0, 1), (0, 2), (1, 3), (2, 3)] {
        assert!((-1.0..0.0).contains(&noise.correlation(a, b)));
    }
}

#[test]
fn bad_questions_are_refused() {
    let (conductor, onsite) = wire();
    let mut sample = Sample::new(&conductor, &onsite, Route::Recursive).unwrap();
    let r = |mu: f64, kt: f64| Reservoir { mu, kt };
    let mut ask = |reservoirs: &[Reservoir]| sample.noise(reservoirs, Adaptive::to(FINE));
    assert_eq!(ask(&[r(MU, -0.1), r(MU, 0.1)]).unwrap_err(), TransportError::Temperature(-0.1));
    assert!(matches!(ask(&[r(f64::NAN, 0.1), r(MU, 0.1)]), Err(TransportError::Potential(_))));
    let wrong = TransportError::Terminals { given: 2, wanted: 3 };
    assert_eq!(ask(&[r(MU, KT), r(MU, KT), r(0.0, KT)]).unwrap_err(), wrong);
    assert!(ask(&[]).unwrap().charge.is_empty());
    assert!(sample.noise_sweep(&[], Adaptive::to(FINE)).unwrap().is_empty());
    let mut slope = |reservoirs: &[Reservoir], shift: &[f64]| {
        sample.differential_noise(reservoirs, shift, Adaptive::to(FINE)).map(|_| ())
    };
    let wrong = TransportError::Terminals { given: 1, wanted: 2 };
    assert_eq!(slope(&[r(MU, KT), r(MU, KT)], &[1.0]), Err(wrong));
    // a mode of the leads, four sites wide, opens here
    let threshold = -2.0 - 2.0 * (0.4 * std::f64::consts::PI).cos();
    let found = conductor.singular_energies(threshold - 0.1, threshold + 0.1).unwrap()[0];
    let at_threshold = [r(found, 0.0), r(found - 0.1, 0.0)];
    assert_eq!(slope(&at_threshold, &[1.0, 0.0]), Err(TransportError::SingularPoint(found)));
}
