//! Counts of the work done. They do not depend on the machine, so a change that makes a solver silently slower fails here.

use crate::systems::{audited, left_to_right, probed, strip};
use diffuson::conductor::Conductor;
use diffuson::lattice::Boundary;
use diffuson::leads::{Lead, Probe};
use diffuson::probes::{self, Accuracy, Measure};
use diffuson::scattering::{self, Route, Work};
use diffuson::thermal::Window;

const LENGTH: usize = 12;
const INVERSIONS: usize = 3 * LENGTH - 2;

fn conductor(flux: f64) -> (Conductor, Vec<f64>) {
    let lattice = strip(LENGTH, 3, Boundary::HardWall).with_flux(flux).unwrap();
    let onsite = (0..3 * LENGTH).map(|i| (1.7 * (i * i) as f64).sin()).collect();
    (probed(lattice, Lead::WideBand { width: 2.0 }, Probe::WideBand { width: 0.3 }), onsite)
}

/// Three inversions per slice (cut off on either side, and not), two at the ends, with and without time-reversal symmetry. Derivatives cost none.
/// Sparse factors are found once.
#[test]
fn inversions_and_solutions() {
    for flux in [0.0, 0.1] {
        let (conductor, onsite) = conductor(flux);
        for route in Route::ALL {
            // a column of G for each site, and without reversal symmetry for each orbital of a lead; as many for slopes; one tests the factors
            let columns = 3 * LENGTH + if flux == 0.0 { 0 } else { 6 };
            for with_derivative in [false, true] {
                let dressed = conductor.at(-0.8).unwrap();
                let solved = scattering::solve(&dressed, &onsite, route, with_derivative).unwrap();
                let [factorisations, inversions, solves] = match route {
                    Route::Recursive | Route::Sweep => [0, INVERSIONS, 0],
                    Route::NestedDissection => [1, 1, 1 + columns * if with_derivative { 2 } else { 1 }],
                    Route::Dense => [0, 1, 0],
                };
                let want = Work { factorisations, inversions, solves, energies: 1 };
                assert_eq!(solved.work, want, "{route:?}, flux {flux}");
            }
        }
    }
}

/// The window of linear response is sampled in steps of kT/2, or a tenth of the level width of the probes where that is finer, over 76 kT.
#[test]
fn energies_of_a_window() {
    let (conductor, onsite) = conductor(0.0);
    for (kt, step) in [(0.01, 0.005), (0.1, 0.03)] {
        let window = Window::linear(&conductor, -0.8, kt).unwrap();
        let points = window.quadrature().energies.len();
        let intervals = (2.0 * 38.0 * kt / step).ceil() as usize;
        assert!((intervals + 1..=intervals + 3).contains(&points), "kT = {kt}: {points}");
        let onsager = window.onsager(&onsite, Route::Recursive).unwrap();
        // at the edges of the window -df/dE is below rounding
        assert!(onsager.work.energies <= points && onsager.work.energies > points - 5, "{:?}", onsager.work);
        assert_eq!(onsager.work.inversions, INVERSIONS * onsager.work.energies);
        let sparse = window.onsager(&onsite, Route::NestedDissection).unwrap().work;
        let energies = onsager.work.energies;
        let solves = (3 * LENGTH + 1) * energies;
        assert_eq!(sparse, Work { factorisations: energies, inversions: energies, solves, energies });
        assert_eq!(window.spectrum(&onsite, Route::Sweep).unwrap().work.energies, points);
    }
}

/// Conjugate gradients on a random walk of step L_in need some L/L_in products: for a strip of this length the sheet counts 23, 17 and 11 to a
/// residual of 1e-10. To 1e-13 that is 30, 22 and 14; a few more go into residuals recomputed and heats. Both routes need the same number, up
/// to the last step.
#[test]
fn products_of_the_probe_equations() {
    let (length, width) = (60, 10);
    let lattice = strip(length, width, Boundary::HardWall);
    let onsite: Vec<f64> = (0..length * width)
        .map(|i| 7.31 * (i * i) as f64 + 0.37 * i as f64)
        .map(|x| 2.5 * ((x.sin() * 1e4).fract() / 2.0))
        .collect();
    for (gamma, most) in [(0.2, 32), (0.1, 28), (0.02, 22)] {
        let conductor = probed(lattice.clone(), Lead::Continuation, Probe::WideBand { width: gamma });
        let drive = left_to_right(&conductor);
        let products = |route, guess: Option<&[f64]>| {
            let solved = audited(&conductor, &onsite, -1.3, route);
            let (t, dt) = (solved.exchange.as_ref(), solved.derivative.as_deref().unwrap());
            let accuracy = Accuracy { guess, ..Accuracy::default() };
            probes::linear(t, dt, &drive, Measure::Voltage, accuracy).unwrap().products
        };
        let cold = products(Route::Recursive, None);
        assert!(cold <= most, "Gamma = {gamma}: {cold} products");
        assert_eq!(products(Route::Recursive, None), cold);
        assert!(products(Route::Sweep, None).abs_diff(cold) <= 1);
        let line: Vec<f64> = (0..length * width + 2)
            .map(|i| 1.0 - ((i / width) as f64 + 1.0) / (length as f64 + 1.0))
            .collect();
        assert!(products(Route::Recursive, Some(&line)) <= cold + 1);
    }
}
