//! The kinetic point contact: golden numbers, closed forms against the solver, balances and bounds over the range of parameters.

use diffuson::audit::{self, Audit, laws};
use diffuson::kinetics::constant_time::ConstantTime;
use diffuson::kinetics::mean_free_path::{MeanFreePath, initial_slope};
use diffuson::kinetics::{
    Closure, Drive, Equilibrium, Excess, InelasticRatio, KineticError, Law, PointContact, RateLaw, Rates,
    Scattering, Si, Source, SteadyState, landauer, reference_speed,
};
use diffuson::localization::FermiDirac;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// To half a unit of the last digit printed, or a little more.
fn printed(got: f64, want: f64, digits: i32) {
    assert!(
        (got - want).abs() <= 0.51 * 10f64.powi(-digits),
        "{got} against {want} printed to {digits} digits"
    );
}

fn close(got: f64, want: f64, tolerance: f64) {
    assert!((got / want - 1.0).abs() <= tolerance, "{got:e} against {want:e}: {:e}", got / want - 1.0);
}

fn passes(audit: &Audit) {
    let failed: Vec<_> = audit.laws().iter().filter(|l| !l.passed()).collect();
    assert!(failed.is_empty(), "{failed:?}");
}

fn solved(eta: f64, u: f64, rates: Rates) -> SteadyState {
    let state = SteadyState::new(eta, u, rates, Closure::Mermin).unwrap();
    passes(state.audit());
    state
}

/// F_{-3/2} and F_{-1/2} in depletion and far in the degenerate gas: first terms of the expansions in e^eta and in 1/eta.
#[test]
fn fermi_dirac_integrals_reach_both_limits() {
    let [half, three] = [-0.5, -1.5].map(|j| FermiDirac::new(j).unwrap());
    for eta in [-700.0, -300.0, -45.0] {
        // next term e^{2 eta}
        close(half.at(eta), f64::exp(eta), 1e-12);
        close(three.at(eta), f64::exp(eta), 1e-12);
    }
    for eta in [1e3f64, 1e4, 1e6] {
        let pi = std::f64::consts::PI;
        let z = pi * pi / (eta * eta);
        // sqrt(eta) [1 - z/24 - 7 z^2/384] 2/sqrt(pi), its derivative, and terms in z^3
        close(half.at(eta), 2.0 * (eta / pi).sqrt() * (1.0 - z / 24.0 - 7.0 * z * z / 384.0), 1e-12);
        close(three.at(eta), (1.0 + z / 8.0 + 49.0 * z * z / 384.0) / (pi * eta).sqrt(), 1e-12);
    }
    // derivative across the change of method, by a central difference of order h^4
    for eta in [-3.0, 0.0, 7.0, 39.95, 40.05, 60.0] {
        let (h, f) = (0.02, |d: f64| half.at(eta + d));
        let slope = (8.0 * (f(h) - f(-h)) - (f(2.0 * h) - f(-2.0 * h))) / (12.0 * h);
        close(three.at(eta), slope, 1e-7);
    }
}

#[test]
fn compressibility_has_its_golden_values() {
    let table = [
        (-8.0, 0.999763),
        (-2.0, 0.914918),
        (0.0, 0.628378),
        (2.0, 0.285565),
        (5.0, 0.108719),
        (10.0, 0.050926),
        (20.0, 0.025105),
        (40.0, 0.012513),
    ];
    for (eta, want) in table {
        printed(Equilibrium::new(eta).unwrap().compressibility(), want, 6);
    }
    for (eta, want) in [(-6.0, 0.88687), (0.0, 1.07215), (5.0, 2.20640), (20.0, 4.46749)] {
        printed(reference_speed(eta).unwrap(), want, 5);
    }
}

const STAIRCASE: [(f64, [f64; 4]); 6] = [
    (2.0, [0.047426, 0.042157, 0.035570, 0.027101]),
    (5.0, [0.500006, 0.444450, 0.375005, 0.285718]),
    (8.0, [0.952698, 0.846842, 0.714523, 0.544399]),
    (11.0, [1.000000, 0.888889, 0.750000, 0.571429]),
    (17.0, [1.499994, 1.333328, 1.124995, 0.857139]),
    (23.0, [1.997527, 1.775580, 1.498146, 1.141444]),
];

/// Fig. 2, by constant mean free paths and by constant times at the reference speed, which agree to rounding.
#[test]
fn the_staircase_has_its_golden_steps() {
    for (k, r) in [1.0, 0.8, 0.6, 0.4].into_iter().enumerate() {
        let paths = RateLaw::Scaled {
            law: Law::ConstantMeanFreePath,
            elastic: 1.0,
            inelastic: InelasticRatio::Constant(r),
        };
        let laws = [RateLaw::ideal(r), paths].map(|law| PointContact::uniform(&[5.0, 17.0], law).unwrap());
        for (mu, steps) in STAIRCASE {
            let [times, paths] = laws.clone().map(|c| c.conductance(mu).unwrap());
            printed(times, steps[k], 6);
            close(times, paths, 1e-13);
        }
    }
}

#[test]
fn constant_times_have_their_golden_noise() {
    let table = [
        (1.0, 0.0, 1.0, 1.0, [1.0721549299, 0.6737182389, 0.5360774650, 0.6623996348, 0.1263221698]),
        (5.0, 2.0, 0.5, 1.0, [2.5953945833, 0.7411539772, 0.8651315278, 1.5513852104, 0.6862536826]),
        (10.0, -3.0, 0.3, 0.6, [0.0852597012, 0.0823902054, 0.0170519402, 0.0829641046, 0.0659121643]),
        (20.0, 8.0, 0.2, 0.4, [5.6171273787, 0.3619822614, 0.7489503172, 1.0921631280, 0.3432128109]),
    ];
    for (u, eta, inelastic, elastic, want) in table {
        let rates = Rates::times(inelastic, elastic).unwrap();
        let closed = ConstantTime::new(eta, u, &rates).unwrap().unwrap();
        let Equilibrium { number, fluctuation } = closed.equilibrium();
        let got = [number, fluctuation, closed.conductance(), closed.noise(0.0), closed.excess()];
        got.iter().zip(want).for_each(|(&got, want)| printed(got, want, 10));
        // the solver: integrals converge with the ninth power of the elements
        let state = solved(eta, u, rates);
        close(state.current(), closed.current(), 1e-12);
        for omega in [0.0, 0.3, 4.0] {
            close(state.spectrum(omega).unwrap()[0], closed.noise(omega), 1e-12);
        }
        close(state.noise(Source::Compressibility), closed.noise(0.0), 1e-12);
        // at single points with the fifth
        for [x, f, _] in state.distribution().into_iter().step_by(61) {
            assert!((f - closed.occupation(x)).abs() < 1e-7, "f({x}) = {f}");
        }
        // closures are the same
        let linear = SteadyState::new(eta, u, rates, Closure::Linear).unwrap();
        passes(linear.audit());
        close(linear.noise(Source::Compressibility), closed.noise(0.0), 1e-12);
    }
}

#[test]
fn constant_mean_free_paths_have_their_golden_noise() {
    let table = [
        (1.0, 0.0, 1.0, 1.0, [0.21917928, 0.39726109, 0.41249259, 0.43932058]),
        (5.0, 2.0, 0.5, 1.0, [2.73636822, 0.43863051, 0.43545572, 0.61944911]),
        (10.0, 5.0, 1.0, 1.0, [7.93562040, 0.66355595, 0.65973513, 2.35723627]),
        (10.0, 20.0, 1.0, 1.0, [21.79930592, 0.95263016, 0.79703261, 3.85518139]),
        (100.0, 20.0, 1.0, 1.0, [46.67613003, 0.48303037, 0.70351109, 15.54997235]),
        (50.0, -3.0, 0.6, 1.0, [-1.32355243, 0.00714349, 0.06003382, 0.06172751]),
    ];
    for (u, eta, inelastic, elastic, want) in table {
        let rates = Rates::mean_free_paths(inelastic, elastic).unwrap();
        let state = solved(eta, u, rates);
        let noise = [Source::Compressibility, Source::Occupation].map(|s| state.noise(s));
        let got = [state.local_degeneracy(), state.conductance(), noise[0], noise[1]];
        got.iter().zip(want).for_each(|(&got, want)| printed(got, want, 8));
        let closed = MeanFreePath::new(eta, u, &rates, Closure::Mermin).unwrap().unwrap();
        assert!((state.local_degeneracy() - closed.local_degeneracy()).abs() <= 1e-12 * eta.abs().max(1.0));
        close(state.conductance(), closed.conductance(), 1e-12);
        for [x, f, _] in state.distribution().into_iter().step_by(61) {
            assert!((f - closed.occupation(x)).abs() < 1e-7, "f({x}) = {f}");
        }
        // S(omega = 0) by another system of equations
        let low = state.spectrum(0.0).unwrap();
        (0..2).for_each(|k| close(low[k], noise[k], 1e-12));
        // the mirror image
        let reversed = solved(eta, -u, rates);
        assert_eq!(reversed.current(), -state.current());
    }
}

/// A field so high that f changes over a thousandth of its reach only: the quadrature of the closed form must not step over the Fermi edge.
#[test]
fn closed_forms_of_paths_hold_at_high_fields() {
    for (u, eta, elastic) in [(1e5, -5.0, f64::INFINITY), (1e5, -12.0, 1.0), (3e4, 20.0, 0.3)] {
        let rates = Rates::mean_free_paths(1.0, elastic).unwrap();
        let closed = MeanFreePath::new(eta, u, &rates, Closure::Mermin).unwrap().unwrap();
        close(solved(eta, u, rates).conductance(), closed.conductance(), 1e-10);
    }
}

/// The linear closure fills states twice: f reaches 1.00818 (sheet: at the points of the mesh).
#[test]
fn the_linear_closure_violates_the_pauli_principle() {
    for (u, eta, most) in [(10.0, 20.0, 1.00818), (20.0, 40.0, 1.00875)] {
        let rates = Rates::mean_free_paths(1.0, 1.0).unwrap();
        let state = SteadyState::new(eta, u, rates, Closure::Linear).unwrap();
        let broken: Vec<_> = state.audit().laws().iter().filter(|l| !l.passed()).collect();
        assert!(broken.len() == 1 && broken[0].name == laws::PAULI, "{broken:?}");
        close(broken[0].residual, state.range()[1] - 1.0, 1e-12);
        printed(state.range()[1], most, 5);
        let closed = MeanFreePath::new(eta, u, &rates, Closure::Linear).unwrap().unwrap();
        close(state.conductance(), closed.conductance(), 1e-12);
    }
}

/// `f(1-f)` and `kT df/dmu` at u = 10, eta = 20.
#[test]
fn the_two_fluctuations_differ_in_a_field() {
    let state = solved(20.0, 10.0, Rates::mean_free_paths(1.0, 1.0).unwrap());
    printed(state.equilibrium().fluctuation, 0.2243, 4);
    let grid = state.distribution();
    // trapezoidal rule on 3000 Gauss points: errors below 1e-5
    let sum: f64 = grid
        .windows(2)
        .map(|w| {
            let value = |p: [f64; 3]| p[1] * (1.0 - p[1]);
            0.5 * (w[1][0] - w[0][0]) * (value(w[0]) + value(w[1]))
        })
        .sum();
    printed(sum, 1.1763, 4);
}

/// Classical electrons in a high field: Fano factor `4/pi - 1` of renewal theory, and a Monte Carlo of electrons with elastic collisions (standard error 0.0015: five
/// comparisons at 3 errors, false alarms once in 75).
#[test]
fn classical_high_field_noise_is_that_of_a_renewal_process() {
    let fano = |elastic: f64, u: f64| {
        let state = solved(-12.0, u, Rates::mean_free_paths(1.0, elastic).unwrap());
        2.0 * (state.noise(Source::Compressibility) - state.conductance()) / state.current()
    };
    // corrections fall with sqrt(kT/eV)
    let limit = 4.0 / std::f64::consts::PI - 1.0;
    assert!((fano(f64::INFINITY, 1e5) - limit).abs() < 5e-4, "{}", fano(f64::INFINITY, 1e5));
    let table = [
        (10.0, 0.3518, 0.3527),
        (3.0, 0.4646, 0.4638),
        (1.0, 0.5655, 0.5645),
        (0.3, 0.5204, 0.5197),
        (0.1, 0.3710, 0.3717),
    ];
    for (elastic, printed, monte_carlo) in table {
        let got = fano(elastic, 1e5);
        assert!((got - monte_carlo).abs() < 0.0045 && (got - printed).abs() < 6e-4, "{elastic}: {got}");
    }
}

/// Errors of I/V at a small voltage are linear in it, with the slope of the closed form; the Kubo integral has none.
#[test]
fn finite_voltage_errs_by_its_first_power() {
    let rates = Rates::mean_free_paths(1.0, 1.0).unwrap();
    for eta in [-5.0, 0.0, 3.0] {
        let g = |u: f64| MeanFreePath::new(eta, u, &rates, Closure::Mermin).unwrap().unwrap().conductance();
        // neutrality shifts eta* by u^{3/2}: the slope is met to sqrt(u)
        let slope = (1.0 - g(1e-5) / g(0.0)) / 1e-5;
        close(slope, initial_slope(eta, &rates).unwrap(), 0.01);
    }
    let law = RateLaw::Fixed(rates);
    let contact = PointContact::uniform(&[0.0], law).unwrap();
    let at = |mu: f64| {
        let finite = contact.solve(mu, Drive::Voltage(0.1)).unwrap().conductance();
        1.0 - finite / contact.conductance(mu).unwrap()
    };
    printed(at(0.0), 0.030, 3);
    printed(at(-5.0), 0.053, 3);
}

fn surrogate() -> PointContact {
    PointContact::uniform(&[5.0, 17.0], RateLaw::surrogate(3.0)).unwrap()
}

/// The surrogate of Fig. 3 at i = 10 and at 100 nA, 1.5 K.
#[test]
fn the_surrogate_has_its_golden_noise() {
    let table = [
        (0.0, 0.000283),
        (2.0, 0.013452),
        (5.0, 0.759230),
        (8.0, 0.433164),
        (11.0, 0.112174),
        (14.0, 0.047880),
        (17.0, 0.029072),
        (20.0, 0.100036),
        (23.0, 0.030804),
    ];
    for (mu, want) in table {
        let state = surrogate().closed_form(mu, Drive::Current(10.0)).unwrap();
        passes(&state.audit);
        printed(state.fano(Source::Compressibility, Excess::Johnson).unwrap(), want, 6);
        close(
            state.excess(Source::Compressibility, Excess::Equilibrium).unwrap(),
            state.excess(Source::Compressibility, Excess::Johnson).unwrap(),
            1e-12 * (1.0 + 1.0 / want),
        );
    }
    for mu in [4.0, 9.0, 18.9] {
        let [closed, solved] =
            [surrogate().closed_form(mu, Drive::Current(10.0)), surrogate().solve(mu, Drive::Current(10.0))]
                .map(Result::unwrap);
        passes(&solved.audit);
        let noise = [&closed, &solved].map(|s| s.noise(Source::Compressibility).unwrap());
        close(noise[1], noise[0], 1e-12);
        close(
            solved.spectrum(1.0, Source::Compressibility).unwrap(),
            closed.spectrum(1.0, Source::Compressibility).unwrap(),
            1e-12,
        );
    }
    let si = Si::new(1.5).unwrap();
    printed(si.current() * 1e9, 10.01518, 5);
    printed(si.voltage() * 1e3, 0.12926, 5);
    printed(si.noise() * 1e27, 6.4184, 4);
    printed(si.conductance() * 1e6, 77.48091730, 7);
    for (nano, fano, noise, volt, second) in [
        (50.0, 0.4807, 7.702, 1.717, 0.0659),
        (75.0, 0.7211, 17.33, 2.575, 0.0988),
        (100.0, 0.9614, 30.81, 3.434, 0.1317),
    ] {
        let state = surrogate().closed_form(5.9, Drive::Current(nano * 1e-9 / si.current())).unwrap();
        printed(state.fano(Source::Compressibility, Excess::Johnson).unwrap(), fano, 4);
        let digits = if nano > 60.0 { 2 } else { 3 };
        printed(
            state.excess(Source::Compressibility, Excess::Johnson).unwrap() * si.noise() * 1e27,
            noise,
            digits,
        );
        printed(state.conductance(), 0.3759, 4);
        printed(state.voltage * si.voltage() * 1e3, volt, 3);
        let state = surrogate().closed_form(18.9, Drive::Current(nano * 1e-9 / si.current())).unwrap();
        printed(state.fano(Source::Compressibility, Excess::Johnson).unwrap(), second, 4);
    }
}

/// Constant ratio: no peak at the first threshold at i = 10.
#[test]
fn a_constant_ratio_has_no_peak() {
    let contact = PointContact::uniform(&[5.0, 17.0], RateLaw::ideal(1.0)).unwrap();
    let fano = |mu: f64| {
        let state = contact.closed_form(mu, Drive::Current(10.0)).unwrap();
        state.fano(Source::Compressibility, Excess::Johnson).unwrap()
    };
    for (mu, want, digits) in [
        (0.0, 1414.0, 0),
        (2.0, 189.0, 0),
        (5.0, 8.20, 2),
        (8.0, 0.515, 3),
        (11.0, 0.136, 3),
        (17.0, 0.92, 2),
    ] {
        printed(fano(mu), want, digits);
    }
    assert!((0..110).all(|k| fano(0.1 * f64::from(k)) > fano(0.1 * f64::from(k + 1))));
}

/// Limits of the excess at tau_in = tau_el: plateau `(3/8) i kT^2/E_F^2`, depletion `(2 i/pi) (3/2) e^{-eta}`.
#[test]
fn excess_noise_has_its_limits() {
    let contact = PointContact::uniform(&[0.0], RateLaw::ideal(1.0)).unwrap();
    let fano = |mu: f64, drive| {
        contact.closed_form(mu, drive).unwrap().fano(Source::Compressibility, Excess::Johnson).unwrap()
    };
    for (eta, want) in [(10.0, 1.0274), (20.0, 1.0063), (40.0, 1.0016), (80.0, 1.0004)] {
        printed(fano(eta, Drive::Current(1.0)) * 8.0 * eta * eta / 3.0, want, 4);
    }
    // next order e^eta
    close(fano(-25.0, Drive::Current(2.0)), 6.0 / std::f64::consts::PI * 25f64.exp(), 1e-9);
}

/// Landauer-Büttiker noise on the ideal staircase at 100 nA, 1.5 K, which has a second peak.
#[test]
fn landauer_noise_stands_beside_it() {
    let si = Si::new(1.5).unwrap();
    let contact = PointContact::uniform(&[5.0, 17.0], RateLaw::ideal(1.0)).unwrap();
    let current = 100e-9 / si.current();
    let fano = |mu: f64| {
        let state = contact.closed_form(mu, Drive::Current(current)).unwrap();
        2.0 * state.landauer_excess().unwrap() / current
    };
    for (mu, want, digits) in
        [(0.0, 0.992, 3), (5.0, 0.450, 3), (8.0, 0.0385, 4), (11.0, 0.0039, 4), (16.5, 0.1238, 4)]
    {
        printed(fano(mu), want, digits);
    }
    assert!(fano(16.0) < fano(16.5) && fano(17.0) < fano(16.5));
    // small voltages, where coth x - 1/x is a difference, join the rest
    close(landauer::excess(&[0.3], 0.1 - 1e-9).unwrap(), landauer::excess(&[0.3], 0.1).unwrap(), 1e-7);
    assert_eq!(landauer::noise(&[1.2], 1.0), Err(KineticError::NoTransmission(1.2)));
}

/// A field that opens inelastic channels, p = 1: the current saturates at `2 f0 u_ph` in one band, and more has no voltage.
#[test]
fn currents_that_no_voltage_drives_are_refused() {
    let field = |exponent| RateLaw::Scaled {
        law: Law::ConstantTime,
        elastic: 1.0,
        inelastic: InelasticRatio::Field { scale: 3.0, exponent },
    };
    let saturating = PointContact::uniform(&[0.0], field(1.0)).unwrap();
    let limit = 6.0 / (1.0 + (-2f64).exp());
    let state = saturating.closed_form(2.0, Drive::Current(0.99 * limit)).unwrap();
    passes(&state.audit);
    // i = g 2 r u/(1+r), r = 1/(1+u/3): i = 2 f0 u/(2 + u/3)
    close(state.voltage, 0.99 * 6.0 / 0.01, 1e-9);
    match saturating.closed_form(2.0, Drive::Current(-1.01 * limit)) {
        Err(KineticError::NoSuchCurrent { most, .. }) => close(most, limit, 1e-5),
        other => panic!("{other:?}"),
    }
    // p > 1: negative differential conductance, two voltages, of which the smaller
    let falling = PointContact::uniform(&[0.0], field(2.0)).unwrap();
    let state = falling.closed_form(2.0, Drive::Current(1.0)).unwrap();
    assert!(state.voltage < 3.0);
    passes(&state.audit);
}

#[test]
fn constant_current_is_constant() {
    let paths = RateLaw::Scaled {
        law: Law::ConstantMeanFreePath,
        elastic: 1.0,
        inelastic: InelasticRatio::Occupation { exponent: 1.0 },
    };
    let mixed = RateLaw::Fixed(Rates::new(Scattering::Time(0.4), Scattering::MeanFreePath(0.8)).unwrap());
    for law in [paths, mixed] {
        let contact = PointContact::uniform(&[5.0, 17.0], law).unwrap();
        for (mu, current) in [(3.0, 5.0), (6.0, -10.0), (18.0, 10.0)] {
            let state = contact.solve(mu, Drive::Current(current)).unwrap();
            passes(&state.audit);
            close(state.current(), current, 1e-11);
        }
    }
    // mean free paths with r = f0: the peak near mu = 6 is linear in I
    let contact = PointContact::uniform(&[5.0, 17.0], paths).unwrap();
    for (current, want) in [(10.0, 0.19), (5.0, 0.18)] {
        let state = contact.solve(6.0, Drive::Current(current)).unwrap();
        printed(state.fano(Source::Compressibility, Excess::Johnson).unwrap(), want, 2);
    }
}

#[test]
fn nonsense_is_refused() {
    let unit = Rates::times(1.0, 1.0).unwrap();
    let message = |e: KineticError| e.to_string();
    assert!(message(Rates::times(-1.0, 1.0).unwrap_err()).contains("-1"));
    assert!(Rates::mean_free_paths(f64::INFINITY, 1.0).is_err());
    assert!(Rates::times(1.0, f64::NAN).is_err());
    assert!(message(SteadyState::new(-800.0, 1.0, unit, Closure::Mermin).unwrap_err()).contains("-800"));
    assert!(SteadyState::new(0.0, f64::NAN, unit, Closure::Mermin).is_err());
    assert!(solved(0.0, 1.0, unit).spectrum(f64::INFINITY).is_err());
    assert_eq!(PointContact::new(vec![]), Err(KineticError::NoSubBands));
    assert!(PointContact::uniform(&[f64::NAN], RateLaw::ideal(1.0)).is_err());
    assert!(PointContact::uniform(&[0.0], RateLaw::ideal(0.0)).unwrap().conductance(1.0).is_err());
    let paths =
        PointContact::uniform(&[0.0], RateLaw::Fixed(Rates::mean_free_paths(1.0, 1.0).unwrap())).unwrap();
    assert_eq!(paths.closed_form(1.0, Drive::Voltage(1.0)).unwrap_err(), KineticError::NoClosedForm(0));
    let closed = surrogate().closed_form(5.0, Drive::Voltage(1.0)).unwrap();
    assert_eq!(closed.noise(Source::Occupation), Err(KineticError::NoOccupation));
    assert!(Si::new(0.0).is_err());
}

fn scattering() -> impl Strategy<Value = Scattering> {
    // rates from 0.1 to 10
    (-1f64..1.0, any::<bool>()).prop_map(|(lg, time)| {
        let length = 10f64.powf(lg);
        if time { Scattering::Time(length) } else { Scattering::MeanFreePath(length) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, rng_seed: RngSeed::Fixed(4), failure_persistence: None, ..ProptestConfig::default() })]

    /// Balances, bounds and sum rules of any rates and both closures; the tolerances are those of the audit.
    #[test]
    fn every_state_passes_its_audit(
        lg_u in -3f64..3.0,
        eta in -10f64..100.0,
        inelastic in scattering(),
        elastic in scattering(),
        linear in any::<bool>(),
    ) {
        let closure = if linear { Closure::Linear } else { Closure::Mermin };
        let rates = Rates::new(inelastic, elastic).unwrap();
        let state = SteadyState::new(eta, 10f64.powf(lg_u), rates, closure).unwrap();
        // the linear closure may fill states twice
        let held = |l: &&audit::Law| linear && l.name == laws::PAULI;
        let failed: Vec<_> = state.audit().laws().iter().filter(|l| !l.passed() && !held(l)).collect();
        prop_assert!(failed.is_empty(), "{:?}", failed);
        // noise, a positive quadratic form
        for source in [Source::Compressibility, Source::Occupation] {
            prop_assert!(state.noise(source) > 0.0 || linear);
        }
        // closed forms: 1e-12, and ten times that where rounding of the reflections is amplified: many elastic collisions per inelastic one, hundreds of elements
        if let Some(closed) = ConstantTime::new(eta, 10f64.powf(lg_u), &rates).unwrap() {
            prop_assert!((state.current() / closed.current() - 1.0).abs() < 1e-11);
            prop_assert!((state.noise(Source::Compressibility) / closed.noise(0.0) - 1.0).abs() < 1e-11);
        }
        if let Some(closed) = MeanFreePath::new(eta, 10f64.powf(lg_u), &rates, closure).unwrap() {
            prop_assert!((state.current() / closed.current() - 1.0).abs() < 1e-11);
        }
    }

    /// `S -> 4kTG` and `G -> ` Kubo's integral without field; near it, departures of first order in u.
    #[test]
    fn equilibrium_noise_is_johnson_noise(
        eta in -10f64..100.0,
        inelastic in scattering(),
        elastic in scattering(),
    ) {
        let rates = Rates::new(inelastic, elastic).unwrap();
        let still = SteadyState::new(eta, 0.0, rates, Closure::Mermin).unwrap();
        prop_assert!(still.audit().passed(), "{:?}", still.audit());
        let driven = SteadyState::new(eta, 1e-4, rates, Closure::Mermin).unwrap();
        // by u times the longest of the lengths, 10, and the velocity of time-constant rates at the edge
        let bound = 1e-4 * 10.0 * 10.0;
        prop_assert!((driven.conductance() / still.conductance() - 1.0).abs() < bound);
        prop_assert!((driven.noise(Source::Compressibility) / driven.conductance() - 1.0).abs() < bound);
    }
}
