//! Transmissions below a threshold are dropped: what is lost is known, and with it how wrong the rest can be.

use crate::network::rough;
use crate::systems::{audited, audited_probes, left_to_right, probed, strip};
use diffuson::audit::laws;
use diffuson::conductor::Conductor;
use diffuson::lattice::Boundary;
use diffuson::leads::{Lead, Probe};
use diffuson::probes::{self, Accuracy, Measure, ProbeState};
use diffuson::scattering::{self, Exchange, Options, Route, Scattered, Storage};

const LENGTH: usize = 24;
const WIDTH: usize = 5;
const ENERGY: f64 = -1.3;
const ROUTES: [Route; 2] = [Route::Recursive, Route::NestedDissection];
const THRESHOLD: f64 = 1e-4;
/// Rounding of sums over all terminals, amplified by no more than 1/Gamma.
const EXACT: f64 = 1e-12;

/// Inelastic lengths of few sites: T_ab falls below 1e-4 within a third of the strip.
fn conductor(flux: f64) -> Conductor {
    let lattice = strip(LENGTH, WIDTH, Boundary::HardWall).with_flux(flux).unwrap();
    probed(lattice, Lead::Continuation, Probe::WideBand { width: 0.8 })
}

fn onsite() -> Vec<f64> {
    rough(LENGTH * WIDTH).iter().map(|x| 0.8 * x).collect()
}

fn truncated(conductor: &Conductor, route: Route, threshold: f64, allowed: f64) -> Scattered {
    let storage = Storage::Above { threshold, allowed };
    let options = Options { derivatives: true, storage, ..Options::default() };
    scattering::solve_with(&conductor.at(ENERGY).unwrap(), &onsite(), route, options).unwrap()
}

fn both(s: &Scattered) -> [&dyn Exchange; 2] {
    [s.exchange.as_ref(), s.derivative.as_deref().unwrap()]
}

fn largest<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
    values.into_iter().fold(0.0, |m, v| f64::max(m, v.abs()))
}

/// What is kept is exact, what is not kept was below the threshold, and adds up with what is kept to the S_a that the
/// audit compares with the spectral function.
#[test]
fn the_sum_rule_knows_what_was_dropped() {
    let conductor = conductor(0.0);
    let count = conductor.terminals();
    for route in ROUTES {
        let full = audited(&conductor, &onsite(), ENERGY, route);
        let kept = truncated(&conductor, route, THRESHOLD, 0.1);
        assert!(kept.audit.passed(), "{route:?}: {:?}", kept.audit);
        let mut entries = 0;
        for a in 0..count {
            let pair =
                |b: usize| [0, 1].map(|k| [both(&full)[k], both(&kept)[k]].map(|e| e.transmission(a, b)));
            let mut missing = [0.0; 2];
            for b in (0..count).filter(|&b| b != a) {
                let [[t, t_kept], [dt, dt_kept]] = pair(b);
                if t > THRESHOLD {
                    assert_eq!([t_kept, dt_kept], [t, dt], "{route:?}: {a} {b}");
                    entries += 1;
                } else {
                    assert_eq!([t_kept, dt_kept], [0.0; 2], "{route:?}: {a} {b}");
                    missing = [missing[0] + t, missing[1] + dt.abs()];
                }
            }
            for (missing, e) in missing.iter().zip(both(&kept)) {
                assert!((e.dropped().unwrap().weight[a] - missing).abs() < EXACT, "{route:?}: {a}");
            }
            let spectral = full.exchange.outgoing()[a];
            assert!((kept.exchange.outgoing()[a] + missing[0] - spectral).abs() < EXACT, "{route:?}: {a}");
        }
        let dropped = kept.exchange.dropped().unwrap();
        assert_eq!(2 * dropped.kept, entries);
        assert!(4 * entries < 3 * count * count, "{entries}");
        let share = |(d, s): (&f64, &f64)| d / s;
        let share = dropped.weight.iter().zip(full.exchange.outgoing()).map(share).fold(0.0, f64::max);
        let law = kept.audit.laws().iter().find(|law| law.name == laws::DROPPED_WEIGHT).unwrap();
        assert!((law.residual - share).abs() < EXACT && share > 1e-4, "{} {share}", law.residual);
        assert!(!truncated(&conductor, route, THRESHOLD, 0.5 * share).audit.passed());
        // nothing is below nothing
        let all = truncated(&conductor, route, -1.0, 0.0);
        assert!(all.audit.passed(), "{:?}", all.audit);
        for (e, want) in both(&all).into_iter().zip(both(&full)) {
            assert_eq!(e.dropped().unwrap().kept, count * (count - 1) / 2);
            for (got, want) in e.outgoing().iter().zip(want.outgoing()) {
                assert!((got - want).abs() < EXACT);
            }
        }
    }
}

/// The bound: `sum_b T_ab (w_b - w_a) = -d_a` at probes, w = 0 at the driven terminals, by elimination's slow sister (Gauss and Seidel), which
/// converges from below.
fn bound(exchange: &dyn Exchange, driven: [usize; 2]) -> Vec<f64> {
    let count = exchange.terminals();
    let t: Vec<Vec<f64>> =
        (0..count).map(|a| (0..count).map(|b| exchange.transmission(a, b)).collect()).collect();
    let dropped = exchange.dropped().unwrap().weight;
    let mut w = vec![0.0; count];
    for _ in 0..2000 {
        for a in (0..count).filter(|a| !driven.contains(a)) {
            let fed: f64 = t[a].iter().zip(&w).map(|(t, w)| t * w).sum();
            w[a] = (dropped[a] + fed) / exchange.outgoing()[a];
        }
    }
    w
}

/// Potentials and heats stay within their bounds, which fall with the threshold; charge and Peltier heat are conserved with any threshold, in a
/// magnetic field as well, where it takes the balancing of what goes in and out.
#[test]
fn errors_of_potentials_are_bounded() {
    for flux in [0.0, 0.07] {
        let conductor = conductor(flux);
        let count = conductor.terminals();
        let driven = [count - 2, count - 1];
        for route in ROUTES {
            let full = audited(&conductor, &onsite(), ENERGY, route);
            let want = audited_probes(&conductor, &full, Measure::Voltage);
            let mut last = f64::INFINITY;
            for threshold in [1e-3, 1e-4, 1e-6] {
                let kept = truncated(&conductor, route, threshold, 0.5);
                let what = format!("flux {flux}, {route:?}, threshold {threshold}");
                assert!(kept.audit.passed(), "{what}: {:?}", kept.audit);
                let [t, dt] = both(&kept);
                let drive = left_to_right(&conductor);
                let state: ProbeState =
                    probes::linear(t, dt, &drive, Measure::Voltage, Accuracy::default()).unwrap();
                assert!(state.audit.passed(), "{what}: {:?}", state.audit);
                let w = bound(t, driven);
                let mut worst: f64 = 0.0;
                for a in 0..count {
                    let off = (state.potential[a] - want.potential[a]).abs();
                    assert!(off <= w[a] + EXACT, "{what}, terminal {a}: {off:e} {:e}", w[a]);
                    worst = worst.max(off);
                }
                // the bound is neither idle nor empty
                let most = largest(&w);
                assert!(worst > 1e-4 * most && most < 0.3 * last, "{what}: {worst:e} {most:e}");
                last = most;
                // q = sum T' (mu_b - mu_a): T' that is dropped, and the potentials' errors through all
                let slopes = both(&full)[1];
                for a in 0..count {
                    let sum: f64 = (0..count).map(|b| slopes.transmission(a, b).abs()).sum();
                    let allowed = dt.dropped().unwrap().weight[a] + 2.0 * most * sum + EXACT;
                    assert!((state.heat[a] - want.heat[a]).abs() <= allowed, "{what}, terminal {a}");
                }
                // for potentials of no regularity
                let v: Vec<f64> = (0..count).map(|a| (1.7 * (a * a) as f64).sin()).collect();
                let mut current = v.clone();
                for e in [t, dt] {
                    e.current(&v, &mut current);
                    assert!(current.iter().sum::<f64>().abs() < EXACT, "{what}");
                    e.current(&vec![1.0; count], &mut current);
                    assert!(largest(&current) < EXACT, "{what}");
                }
                for a in 0..count {
                    assert!((0..count).all(|b| t.transmission(a, b) >= -EXACT), "{what}");
                }
            }
        }
    }
}
