//! Transport through the Fermi window: closed forms, reference values of the equation sheets, and the laws of thermodynamics.

use crate::systems::assert_close;
use diffuson::C64;
use diffuson::thermal::{
    Adaptive, Coefficients, LinearResponse, Reservoir, Side, SingularPoint, Singularity, Structure,
    TransmissionMatrix, TransportError, currents,
};
use diffuson::units::SOMMERFELD;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::convert::Infallible;
use std::f64::consts::{LN_2, PI};

/// Linear response of a transmission between two reservoirs, with its audit.
pub(crate) fn respond(mu: f64, kt: f64, structure: &Structure, t: impl Fn(f64) -> f64) -> LinearResponse {
    let response =
        LinearResponse::two_terminal(mu, kt, structure, Adaptive::default(), |e| Ok::<_, Infallible>(t(e)))
            .unwrap();
    assert!(response.audit.passed(), "{:?}", response.audit);
    response
}

fn coefficients(response: &LinearResponse) -> Coefficients {
    response.onsager().coefficients(0, 1).unwrap()
}

/// K0, K1, K2.
fn moments(response: &LinearResponse) -> [f64; 3] {
    response.moments.each_ref().map(|k| k.get(1, 0))
}

/// A step at mu: K0 = 1/2, K1 = ln 2, K2 = pi^2/6, thermopower 2 ln 2 k_B/e = 119.4616 uV/K, Lorenz ratio 0.415839 (sheet, 7.3).
#[test]
fn a_step() {
    let structure = Structure::edge(0.3, 0.0).unwrap();
    let response = respond(0.3, 0.02, &structure, |_| 1.0);
    // the tolerance of the quadrature, 1e-12, of numbers of order 1
    for (got, want) in moments(&response).into_iter().zip([0.5, LN_2, PI * PI / 6.0]) {
        assert_close(got, want, 1e-12, "moment of a step");
    }
    let c = coefficients(&response);
    assert_close(c.thermopower(), -2.0 * LN_2, 1e-11, "thermopower");
    // the digits given
    assert_close(c.si(4.0).thermopower, -119.4616e-6, 5e-11, "thermopower in V/K");
    assert_close(c.lorenz_ratio(), 0.415839, 5e-7, "Lorenz ratio");
    assert_close(c.peltier(), c.thermopower(), 1e-15, "Kelvin relation");
    // far below the step the support, not the Fermi function, says where the window is: K0 = exp(-60) there
    let far = moments(&respond(0.3 - 60.0 * 0.02, 0.02, &structure, |_| 1.0));
    assert_close(far[0] / (-60.0f64).exp(), 1.0, 1e-11, "far below a step");
    assert_close(far[1] / far[0], 61.0, 1e-10, "heat per electron far below a step");
}

/// A boxcar between mu + a kT and mu + b kT: K0 = f(a) - f(b), K1 = [x f + ln(1 + e^-x)] between the ends with the opposite sign.
#[test]
fn a_boxcar() {
    let (mu, kt, a, b) = (-0.4, 0.013, -0.7, 3.1);
    let structure = Structure::new([mu + a * kt, mu + b * kt], vec![]).unwrap();
    let [k0, k1, _] = moments(&respond(mu, kt, &structure, |_| 1.0));
    let f = |x: f64| 1.0 / (1.0 + x.exp());
    // x is known to rounding of mu/kT = 30: 1e-14
    assert_close(k0, f(a) - f(b), 1e-12, "K0");
    let g = |x: f64| x * f(x) + (-x).exp().ln_1p();
    assert_close(k1, g(a) - g(b), 1e-12, "K1");
}

/// A Lorentzian: trigamma function, values of the sheet (7.3), to their digits.
#[test]
fn a_lorentzian() {
    let (kt, mu, e0, c) = (0.07, 0.1, 0.23, 0.05);
    let t = |e: f64| c * c / ((e - e0).powi(2) + c * c);
    let level = SingularPoint { energy: e0, kind: Singularity::Resonance { half_width: c } };
    let announced = Structure::new([f64::NEG_INFINITY, f64::INFINITY], vec![level]).unwrap();
    for structure in [Structure::default(), announced] {
        let response = respond(mu, kt, &structure, t);
        for (n, want) in [(0, 0.24415812351460), (1, 0.02106181960489), (2, 0.00323940550109)] {
            // the last digit given, and the tolerance of the quadrature
            assert_close(response.l(n).get(0, 1), want, 1e-13, "Lorentzian");
        }
    }
}

/// Trigamma function of a complex number with positive real part: recurrence to |z| > 12, then the asymptotic series, whose first term left out is
/// 7/6 12^-15 = 8e-17.
fn trigamma(mut z: C64) -> C64 {
    let mut sum = C64::ZERO;
    while z.norm() < 12.0 {
        sum += (z * z).inv();
        z += 1.0;
    }
    let w = (z * z).inv();
    let bernoulli = [1.0 / 6.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0, 5.0 / 66.0, -691.0 / 2730.0];
    let series = bernoulli.iter().rev().fold(C64::from(0.0), |s, b| (s + b) * w);
    sum + z.inv() + 0.5 * w + series * z.inv()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, rng_seed: RngSeed::Fixed(5), failure_persistence: None, ..ProptestConfig::default() })]

    /// Lorentzians of any place and width, announced or not, against the closed form (sheet `local-peltier-heat`, 7.3).
    #[test]
    fn lorentzians_are_trigamma_functions(place in -6.0f64..6.0, width in -2.0f64..1.0, kt in -3.0f64..1.0, announced: bool) {
        let kt = 10f64.powf(kt);
        let (w, c) = (place * kt, 10f64.powf(width) * kt);
        let z = 0.5 + C64::new(c, w) / (2.0 * PI * kt);
        let psi = trigamma(z);
        let l0 = c / (2.0 * PI * kt) * psi.re;
        let l1 = w * l0 + c * c / (2.0 * PI * kt) * psi.im;
        let l2 = c * c * (1.0 - l0) + 2.0 * w * l1 - w * w * l0;
        let level = SingularPoint { energy: w, kind: Singularity::Resonance { half_width: c } };
        let structure =
            if announced { Structure::new([f64::NEG_INFINITY, f64::INFINITY], vec![level]).unwrap() } else { Structure::default() };
        let response = respond(0.0, kt, &structure, |e| c * c / ((e - w).powi(2) + c * c));
        // the quadrature, 1e-12 of K0 + K2; and cancellation in l2 as it is written, of terms up to c^2 + w^2 to rounding
        for (n, l) in [(0, l0), (1, l1), (2, l2)] {
            let k = l / kt.powi(n as i32);
            let allowed = 1e-12 * (l0 + l2.abs() / (kt * kt)) + 2e-15 * (1.0 + (c * c + w * w) / (kt * kt));
            prop_assert!((response.moments[n].get(0, 1) - k).abs() <= allowed, "n = {n}: {} {k}", response.moments[n].get(0, 1));
        }
    }
}

/// A level far narrower than kT is a delta function: `K_n = (pi g/kT) x^n w(x)`, Lorenz ratio 0, ZT without limit (Mahan and Sofo, PNAS 93, 7436
/// (1996)); the power factor `x^2 w(x)` is largest, 0.439229, at x = 2.399357 (sheet, 7.3).
#[test]
fn a_narrow_level() {
    let (mu, kt, g) = (0.0, 0.1, 1e-9);
    let at = |x: f64| {
        let e0 = x * kt;
        let level = SingularPoint { energy: e0, kind: Singularity::Resonance { half_width: g } };
        let structure = Structure::new([f64::NEG_INFINITY, f64::INFINITY], vec![level]).unwrap();
        // its tail, c^2/E^2 over the rest of the window, is of order g/kT of the whole: 1e-8; a level at a finite energy is known to
        // rounding over its width: 1e-7
        let adaptive = Adaptive::to(1e-6);
        let t = |e: f64| Ok::<_, Infallible>(g * g / ((e - e0).powi(2) + g * g));
        let response = LinearResponse::two_terminal(mu, kt, &structure, adaptive, t).unwrap();
        (moments(&response).map(|k| k * kt / (PI * g)), coefficients(&response))
    };
    let (k, c) = at(2.399357);
    let w = 1.0 / (4.0 * (2.399357f64 / 2.0).cosh().powi(2));
    for (n, k) in k.into_iter().enumerate() {
        assert_close(k, 2.399357f64.powi(n as i32) * w, 1e-6, "moment of a level");
    }
    assert_close(k[1] * k[1] / k[0], 0.439229, 2e-6, "largest power factor");
    assert_close(c.thermopower(), -2.399357, 1e-6, "thermopower of a level");
    assert!(c.lorenz_ratio() < 1e-6 && c.figure_of_merit() > 1e5, "{c:?}");
    assert!(
        at(2.35).0[1].powi(2) / at(2.35).0[0] < 0.439229 && at(2.45).0[1].powi(2) / at(2.45).0[0] < 0.439229
    );
}

/// `sigma_0 = (E - E_m)^x`: the kernels of sheet `localization`, table 3.3, to their 13 digits.
#[test]
fn mobility_edges_have_their_reference_values() {
    for (x, z, k0, s, k2) in [
        (0.5, -5.0, 0.005943055477114, 6.503564183807, 0.2602999961566),
        (0.5, 1.0, 0.9102056785735, 1.301197378028, 3.375286398404),
        (0.5, 20.0, 4.467486333083, 0.08270118055679, 14.64752092485),
        (0.7, 0.0, 0.5835359422670, 2.090493511581, 3.678780522604),
        (1.1, 5.0, 5.926641448924, 0.7016430179022, 20.36127748942),
        (1.571, -1.0, 0.4610577304832, 3.712122944990, 7.552370279842),
        (1.571, -5.0, 0.009405757722761, 7.573908074772, 0.5637407394890),
    ] {
        let what = format!("x = {x}, z = {z}");
        let response = respond(z, 1.0, &Structure::edge(0.0, x).unwrap(), |e| e.powf(x));
        let got = moments(&response);
        // half a unit in the last digit given is 5e-13 at most, and the tolerance of the quadrature is 1e-12
        assert_close(got[0] / k0, 1.0, 2e-12, &what);
        assert_close(got[1] / got[0] / s, 1.0, 2e-12, &what);
        assert_close(got[2] / k2, 1.0, 2e-12, &what);
    }
}

/// Without structure near mu the law of Wiedemann and Franz holds at every temperature, and at zero temperature for every transmission.
#[test]
fn wiedemann_and_franz() {
    for kt in [0.0, 1e-6, 0.1] {
        let c = coefficients(&respond(0.2, kt, &Structure::default(), |_| 0.37));
        assert_close(c.lorenz_ratio(), 1.0, 1e-12, "constant transmission");
        assert_close(c.conductance(), 0.37, 1e-12, "conductance");
        assert_close(c.thermopower(), 0.0, 1e-12, "thermopower");
    }
    let t = |e: f64| 1.0 / (1.0 + (-3.0 * e).exp());
    let cold = respond(0.2, 0.0, &Structure::default(), t);
    assert_eq!((cold.evaluations, cold.moments[0].get(0, 1)), (1, t(0.2)));
    assert_close(coefficients(&cold).lorenz_ratio(), 1.0, 1e-15, "zero temperature");
}

#[test]
fn bad_questions_are_refused() {
    let at = |mu, kt, structure: &Structure| {
        LinearResponse::two_terminal(mu, kt, structure, Adaptive::default(), |_| Ok::<_, Infallible>(1.0))
    };
    let step = Structure::edge(0.3, 0.0).unwrap();
    assert_eq!(at(0.3, 0.0, &step), Err(TransportError::SingularPoint(0.3)));
    assert_eq!(at(0.0, -1.0, &step), Err(TransportError::Temperature(-1.0)));
    assert!(matches!(at(f64::NAN, 0.1, &step), Err(TransportError::Potential(_))));
    let three = LinearResponse::new(3, 0.0, 0.1, &Structure::default(), Adaptive::default(), |_| {
        Ok::<_, Infallible>(TransmissionMatrix::two_terminal(1.0))
    });
    assert_eq!(three, Err(TransportError::Terminals { given: 2, wanted: 3 }));
}

/// A ballistic channel with a step at the bottom of its band, any bias: `I = kT [ln(1 + e^{(mu - E0)/kT})]` between the reservoirs.
#[test]
fn ballistic_currents() {
    let e0 = -0.3;
    let structure = Structure::edge(e0, 0.0).unwrap();
    let softplus = |x: f64| x.max(0.0) + (-x.abs()).exp().ln_1p();
    for (mu, kt) in [([0.2, -0.1], [0.05, 0.02]), ([0.1, 0.1], [0.3, 1e-3]), ([-1.0, -1.2], [0.02, 0.02])] {
        let [left, right] = [0, 1].map(|k| Reservoir { mu: mu[k], kt: kt[k] });
        let t = |_| Ok::<_, Infallible>(TransmissionMatrix::two_terminal(1.0));
        let got = currents(&[left, right], &structure, Adaptive::default(), t).unwrap();
        assert!(got.audit.passed(), "{:?}", got.audit);
        let out = |r: Reservoir| r.kt * softplus((r.mu - e0) / r.kt);
        let want = out(left) - out(right);
        assert_close(got.particle[1], want, 1e-11 * (out(left) + out(right)), "particle current");
    }
    // zero temperature: the window between the potentials, and Joule heat of half the power at either end
    let cold = [0.2, 0.1].map(|mu| Reservoir { mu, kt: 0.0 });
    let t = |_| Ok::<_, Infallible>(TransmissionMatrix::two_terminal(1.0));
    let got = currents(&cold, &structure, Adaptive::default(), t).unwrap();
    assert!(got.audit.passed(), "{:?}", got.audit);
    assert_close(got.particle[1], 0.1, 1e-15, "zero temperature");
    got.heat.iter().for_each(|q| assert_close(*q, 0.005, 1e-16, "Joule heat"));
    assert_close(got.power(), -0.01, 1e-16, "power");
}

/// A hot and a cold contact, everything else equal, carry the quantum of heat: `J = (pi^2/6) (kT_h^2 - kT_c^2)`.
#[test]
fn quantum_of_heat() {
    let reservoirs = [Reservoir { mu: 0.4, kt: 0.03 }, Reservoir { mu: 0.4, kt: 0.01 }];
    let t = |_| Ok::<_, Infallible>(TransmissionMatrix::two_terminal(1.0));
    let got = currents(&reservoirs, &Structure::default(), Adaptive::default(), t).unwrap();
    assert_close(got.heat[1] / (0.5 * SOMMERFELD * (9e-4 - 1e-4)), 1.0, 1e-12, "heat");
    // no net particle current, a difference of contributions of the size of kT
    assert_close(got.particle[1], 0.0, 1e-13, "particles");
}

/// One-sided and two-sided structure: what the other side of a threshold is told to be smooth stays so.
#[test]
fn one_sided_thresholds() {
    let kind = Singularity::Threshold { exponent: 0.5, side: Side::Below };
    let structure =
        Structure::new([f64::NEG_INFINITY, 0.1], vec![SingularPoint { energy: 0.1, kind }]).unwrap();
    let below = moments(&respond(0.0, 0.05, &structure, |e| (0.1 - e).sqrt()));
    let above = moments(&respond(0.2, 0.05, &Structure::edge(0.1, 0.5).unwrap(), |e| (e - 0.1).sqrt()));
    // mirror images: rounding of energies against 0.1, amplified by the square root only at the edge
    assert_close(below[0], above[0], 1e-12, "K0");
    assert_close(below[1], -above[1], 1e-12, "K1");
}

/// Reservoirs of very different temperatures: the step of the cold one, narrow against the window, is not overlooked.
#[test]
fn a_cold_reservoir_beside_a_hot_one() {
    for cold in [1e-3, 1e-5, 1e-7, 0.0] {
        let reservoirs = [Reservoir { mu: 1.0, kt: 1.0 }, Reservoir { mu: 0.3, kt: cold }];
        let found = currents(&reservoirs, &Structure::default(), Adaptive::default(), |_| {
            Ok::<_, Infallible>(TransmissionMatrix::two_terminal(1.0))
        })
        .unwrap();
        // a perfect channel: V, and (pi^2/6) (T^2 - T'^2) + V^2/2 of heat into the cold one
        let heat = 0.5 * SOMMERFELD * (1.0 - cold * cold) + 0.5 * 0.7 * 0.7;
        assert_close(found.particle[1], 0.7, 1e-11, "current");
        assert_close(found.heat[1], heat, 1e-11, "heat");
    }
}
