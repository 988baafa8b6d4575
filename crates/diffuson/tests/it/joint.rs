//! Joint fits of synthetic samples whose exponent is known, because they were made from it: d = 3, 6, 12, 24, 48 K, A = 1, twelve temperatures
//! in equal ratios, errors of 1 % of sigma and of 3 % and 0.01 k_B/e of S.

use diffuson::localization::joint::comparison::{Comparison, Warning};
use diffuson::localization::joint::{
    Data, Estimated, JointError, JointFit, Law, Method, NINETY_FIVE_PERCENT, ONE_SIGMA, Point, Quantity,
    Sample, Sampling, collapse, slope,
};
use diffuson::localization::{MobilityEdge, THERMOPOWER_UNIT};
use diffuson_ensemble::random::Realisation;

const DISTANCES: [f64; 5] = [3.0, 6.0, 12.0, 24.0, 48.0];

/// sigma and |S| in k_B/e of a sample at a temperature.
type Truth<'t> = &'t dyn Fn(f64, f64) -> (f64, f64);

fn pure(x: f64) -> impl Fn(f64, f64) -> (f64, f64) {
    let edge = MobilityEdge::new(1.0, x).unwrap();
    move |d, t| {
        let at = edge.transport(d, t).unwrap();
        (at.conductivity, -at.thermopower / THERMOPOWER_UNIT)
    }
}

/// Data from `from` to `to`; `noise` gives the deviates of sigma and S of point k of all.
fn data_of(
    distances: &[f64],
    [from, to]: [f64; 2],
    truth: Truth<'_>,
    noise: &dyn Fn(u64) -> [f64; 2],
) -> Data {
    let mut k = 0;
    let samples = distances
        .iter()
        .map(|&d| {
            let points = (0..12).map(|i| {
                let t = from * (to / from).powf(f64::from(i) / 11.0);
                let (sigma, s) = truth(d, t);
                let errors = [0.01 * sigma, (0.03 * s).hypot(0.01)];
                let deviates = noise(k);
                k += 1;
                Point {
                    conductivity: Some(Estimated {
                        value: sigma + errors[0] * deviates[0],
                        standard_error: errors[0],
                    }),
                    thermopower: Some(Estimated {
                        value: -THERMOPOWER_UNIT * (s + errors[1] * deviates[1]),
                        standard_error: THERMOPOWER_UNIT * errors[1],
                    }),
                    ..Point::at(t)
                }
            });
            Sample { name: format!("{d} K"), points: points.collect() }
        })
        .collect();
    Data::new(samples).unwrap()
}

fn exact(x: f64, range: [f64; 2]) -> Data {
    data_of(&DISTANCES, range, &pure(x), &|_| [0.0; 2])
}

fn noisy(x: f64, range: [f64; 2], number: u64) -> Data {
    let noise = Realisation::new(51, number);
    data_of(&DISTANCES, range, &pure(x), &|k| [noise.normal(0, k), noise.normal(1, k)])
}

fn fit(method: Method, data: &Data) -> JointFit {
    Law::by(method).fit(data).unwrap()
}

const METHODS: [Method; 3] = [Method::Conductivity, Method::Thermopower, Method::Joint];

/// Without noise every method returns the truth: to 1e-6 in x, where chi^2 is zero to rounding.
#[test]
fn exact_data_give_the_truth() {
    for x in [0.5, 1.0, 1.571, 2.5] {
        for to in [2.0, 10.0, 100.0] {
            let data = exact(x, [0.5, to]);
            for method in METHODS {
                let fit = fit(method, &data);
                assert!((fit.exponent.value - x).abs() < 1e-6, "{x} {to} {method:?} {:?}", fit.exponent);
                assert!(fit.fit.converged && fit.audit.passed(), "{x} {to} {method:?} {:?}", fit.audit);
                for (d, found) in DISTANCES.iter().zip(&fit.distances) {
                    assert!((found.value / d - 1.0).abs() < 1e-5, "{x} {to} {method:?}");
                }
                if let Some(prefactor) = fit.prefactor {
                    assert!((prefactor.value - 1.0).abs() < 1e-5);
                }
            }
        }
    }
}

/// Insulators, the edge itself, errors of T and every correction at once: still the truth, and every number has a finite error.
#[test]
fn corrections_and_insulators() {
    let curved = MobilityEdge::new(2.0, 1.2).unwrap().with_curvature(0.004).unwrap();
    let truth = |d: f64, t: f64| {
        let at = curved.transport(d, t).unwrap();
        (at.conductivity, -at.thermopower / THERMOPOWER_UNIT)
    };
    let clean = data_of(&[-2.0, 0.0, 5.0, 20.0], [0.5, 20.0], &truth, &|_| [0.0; 2]);
    let samples = clean.samples().iter().map(|s| {
        let points = s.points.iter().map(|p| Point { temperature_error: 0.005 * p.temperature, ..*p });
        Sample { name: s.name.clone(), points: points.collect() }
    });
    let data = Data::new(samples.collect()).unwrap();
    let law =
        Law { curvature: true, geometry: Some(0.1), gain: Some(0.05), offset: Some(1e-6), ..Law::default() };
    let fit = law.fit(&data).unwrap();
    assert!((fit.exponent.value - 1.2).abs() < 1e-5, "{:?}", fit.exponent);
    assert!((fit.estimate(Quantity::Curvature).unwrap().value - 0.004).abs() < 1e-5);
    assert!((fit.distances[0].value + 2.0).abs() < 1e-4 && fit.distances[1].value.abs() < 1e-4);
    let free = fit.fit.parameters.iter().zip(&fit.fit.standard_errors).filter(|(p, _)| p.is_free());
    assert_eq!(free.clone().count(), 3 + 2 + 4 + 4);
    assert!(free.clone().all(|(_, error)| *error > 0.0 && error.is_finite()));
    let residuals = fit.residuals();
    assert_eq!(residuals.len(), 48);
    assert!(residuals.iter().all(|r| r.temperature.is_some_and(|t| t.abs() < 1e-3)));
    // a method without the correction, or a sample that is not there, has no such quantity
    let plain = fit_of_less(&data);
    assert!(matches!(plain.index(Quantity::Curvature), Err(JointError::NoSuchQuantity(_))));
    assert!(matches!(plain.index(Quantity::Distance(4)), Err(JointError::NoSuchQuantity(_))));
    assert!(plain.curve(4, 1.0).is_none() && plain.curve(0, -1.0).is_none());
}

fn fit_of_less(data: &Data) -> JointFit {
    fit(Method::Joint, data)
}

/// Standard errors of exact data are Cramer's and Rao's bound: the table of the sheet, to its digits (half of the last, and rounding of ours).
#[test]
fn information_bounds() {
    #[rustfmt::skip]
    let table = [
        // x, highest T, sigma, S, joint, sigma and joint with geometry factors known to 10 %
        (0.8, 1.0, [0.0902, 0.2833, 0.0093, 0.0908, 0.0403]),
        (0.8, 2.0, [0.0507, 0.1191, 0.0079, 0.0511, 0.0250]),
        (0.8, 10.0, [0.0147, 0.0343, 0.0058, 0.0239, 0.0094]),
        (0.8, 100.0, [0.0037, 0.0172, 0.0028, 0.0049, 0.0033]),
        (1.0, 1.0, [0.2393, 0.5259, 0.0106, 0.2395, 0.0429]),
        (1.0, 2.0, [0.0696, 0.1366, 0.0091, 0.0846, 0.0283]),
        (1.0, 5.0, [0.0259, 0.0539, 0.0076, 0.0506, 0.0160]),
        (1.0, 10.0, [0.0142, 0.0361, 0.0067, 0.0268, 0.0108]),
        (1.0, 100.0, [0.0035, 0.0184, 0.0029, 0.0045, 0.0034]),
        (1.571, 1.0, [0.2447, 0.3965, 0.0139, 0.2803, 0.0475]),
        (1.571, 2.0, [0.0652, 0.1215, 0.0119, 0.1287, 0.0364]),
        (1.571, 10.0, [0.0115, 0.0387, 0.0079, 0.0193, 0.0127]),
        (1.571, 100.0, [0.0030, 0.0214, 0.0028, 0.0037, 0.0033]),
    ];
    for (x, to, bounds) in table {
        let data = exact(x, [0.5, to]);
        let geometry = |method| Law { geometry: Some(0.1), ..Law::by(method) };
        let laws = [
            Law::by(Method::Conductivity),
            Law::by(Method::Thermopower),
            Law::by(Method::Joint),
            geometry(Method::Conductivity),
            geometry(Method::Joint),
        ];
        for (law, bound) in laws.into_iter().zip(bounds) {
            let error = law.fit(&data).unwrap().exponent.standard_error;
            assert!((error - bound).abs() < 0.51e-4, "{x} {to} {law:?}: {error} for {bound}");
        }
    }
}
