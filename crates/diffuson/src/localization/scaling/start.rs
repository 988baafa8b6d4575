//! Starting values: crossings of pairs of sizes for W_c, ratios of slopes there for nu, and then all amplitudes, which are linear.

use super::law::Law;
use super::{Irrelevant, Normalisation, Scaling, ScalingError, SizePoint};
use diffuson_fit::curve::{Curve, Measurement};
use diffuson_fit::least_squares::{Fit, fit};
use diffuson_fit::parameter::Parameter;

/// Irrelevant exponents from which the search starts.
const IRRELEVANT: [f64; 4] = [-1.0, -2.0, -3.5, -6.0];

/// The lowest minimum that is reached from any of the starts.
pub(super) fn best(law: &Law, scaling: &Scaling) -> Result<Fit, ScalingError> {
    let exponents = match (law.irrelevant_exponent(), scaling.irrelevant) {
        (None, _) => vec![-1.0],
        (Some(_), Irrelevant::Free) => IRRELEVANT.to_vec(),
        (Some(_), Irrelevant::Known(y, _) | Irrelevant::Held(y)) => vec![y],
    };
    let mut best: Option<Fit> = None;
    let mut failure = None;
    for (critical, nu) in crossings(law) {
        for &y in &exponents {
            match from(law, scaling, critical, nu, y) {
                Ok(found) if best.as_ref().is_none_or(|b| better(&found, b)) => best = Some(found),
                Ok(_) => {}
                Err(e) => failure = Some(e),
            }
        }
    }
    best.ok_or_else(|| failure.expect("there is at least one start").into())
}

/// Converged before not converged, then the smaller chi^2.
fn better(a: &Fit, b: &Fit) -> bool {
    (a.converged, -a.chi_squared) > (b.converged, -b.chi_squared)
}

/// The minimum reached from one start: first the amplitudes alone, then everything.
fn from(law: &Law, scaling: &Scaling, critical: f64, nu: f64, y: f64) -> Result<Fit, diffuson_fit::Error> {
    let mut start = vec![0.0; law.coefficients()];
    start[Law::CRITICAL_POINT] = critical;
    start[Law::EXPONENT] = nu;
    start[law.relevant_coefficient(1)] = 1.0;
    if let Some(exponent) = law.irrelevant_exponent() {
        start[exponent] = y;
        start[law.irrelevant_coefficient(0)] = 1.0;
    }
    let amplitudes = law.amplitude(0, 0, 0);
    let linear: Vec<Parameter> = start
        .iter()
        .map(|&s| Parameter::new("", "", s))
        .enumerate()
        .map(|(j, p)| if j < amplitudes { p.fixed() } else { p })
        .collect();
    start = fit(law, &linear)?.values;
    if scaling.normalisation == Normalisation::Amplitudes {
        normalise(law, &mut start);
    }
    fit(law, &parameters(law, scaling, &start))
}

/// Moves a_10 of the first observable into b_n and a_01 into c_n; the values of the expansion stay.
fn normalise(law: &Law, p: &mut [f64]) {
    // an amplitude that is zero cannot be 1: start from a small one
    let unit = |a: f64| if a.abs() > 1e-6 { a } else { 1e-6 };
    let relevant = unit(p[law.amplitude(0, 1, 0)]);
    let irrelevant = law.irrelevant_exponent().map_or(1.0, |_| unit(p[law.amplitude(0, 0, 1)]));
    (1..=law.orders.relevant_field).for_each(|n| p[law.relevant_coefficient(n)] *= relevant);
    if law.irrelevant_exponent().is_some() {
        (0..=law.orders.irrelevant_field).for_each(|n| p[law.irrelevant_coefficient(n)] *= irrelevant);
    }
    for observable in 0..law.observables {
        for k in 0..=law.orders.irrelevant {
            for j in 0..=law.order(k) {
                p[law.amplitude(observable, j, k)] /= relevant.powi(j as i32) * irrelevant.powi(k as i32);
            }
        }
    }
    p[law.amplitude(0, 1, 0)] = 1.0;
    if law.irrelevant_exponent().is_some() {
        p[law.amplitude(0, 0, 1)] = 1.0;
    }
}

/// All coefficients with their names, bounds and what is known of them.
fn parameters(law: &Law, scaling: &Scaling, start: &[f64]) -> Vec<Parameter> {
    let mut all = vec![
        Parameter::new("critical point", "t", start[Law::CRITICAL_POINT]),
        Parameter::positive("exponent", "", start[Law::EXPONENT]).between(0.05, 50.0),
    ];
    let fields = scaling.normalisation == Normalisation::Fields;
    let held = |p: Parameter, held: bool| if held { p.fixed() } else { p };
    if let Some(j) = law.irrelevant_exponent() {
        let y = Parameter::new("irrelevant exponent", "", start[j]);
        all.push(match scaling.irrelevant {
            Irrelevant::Free => y.between(-20.0, -0.01),
            Irrelevant::Known(mean, deviation) => y.between(-20.0, -0.01).known(mean, deviation),
            Irrelevant::Held(_) => y.fixed(),
        });
    }
    for n in 1..=law.orders.relevant_field {
        let b = Parameter::new(format!("b{n}"), "", start[law.relevant_coefficient(n)]);
        all.push(held(b, fields && n == 1));
    }
    if law.irrelevant_exponent().is_some() {
        for n in 0..=law.orders.irrelevant_field {
            let c = Parameter::new(format!("c{n}"), "", start[law.irrelevant_coefficient(n)]);
            all.push(held(c, fields && n == 0));
        }
    }
    for observable in 0..law.observables {
        for k in 0..=law.orders.irrelevant {
            for j in 0..=law.order(k) {
                let name = if law.observables == 1 {
                    format!("a{j}{k}")
                } else {
                    format!("a{j}{k} of {observable}")
                };
                let a = Parameter::new(name, "", start[law.amplitude(observable, j, k)]);
                all.push(held(a, !fields && observable == 0 && j + k == 1));
            }
        }
    }
    all
}

/// Estimates of (W_c, nu): of the two largest sizes that cross, and the medians over all pairs; the middle of the data and 1 if none cross.
fn crossings(law: &Law) -> Vec<(f64, f64)> {
    let drivings = law.points.iter().map(|p| p.driving);
    let (low, high) = drivings.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), w| (l.min(w), h.max(w)));
    let mut found: Vec<(f64, f64, f64)> = Vec::new(); // product of the sizes, crossing, exponent
    for observable in 0..law.observables {
        let mut sizes: Vec<f64> =
            law.points.iter().filter(|p| p.observable == observable).map(|p| p.size).collect();
        sizes.sort_by(f64::total_cmp);
        sizes.dedup();
        let curves: Vec<_> =
            sizes.iter().filter_map(|&l| parabola(law, observable, l).map(|c| (l, c))).collect();
        for (i, (small, a)) in curves.iter().enumerate() {
            for (large, b) in &curves[i + 1..] {
                for (at, ratio) in crossing(a, b, [low, high]) {
                    let nu = (large / small).ln() / ratio.ln();
                    if nu > 0.1 && nu < 10.0 {
                        found.push((small * large, at, nu));
                    }
                }
            }
        }
    }
    if found.is_empty() {
        return vec![(0.5 * (low + high), 1.0)];
    }
    let median = |of: fn(&(f64, f64, f64)) -> f64| {
        let mut all: Vec<f64> = found.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    let nu = median(|f| f.2);
    let largest = found.iter().max_by(|a, b| a.0.total_cmp(&b.0)).map_or(0.0, |f| f.1);
    vec![(largest, nu), (median(|f| f.1), nu)]
}

/// The parabola (a straight line through two or three points) through the points of one size; none for a single point.
fn parabola(law: &Law, observable: usize, size: f64) -> Option<[f64; 3]> {
    let points: Vec<&SizePoint> =
        law.points.iter().filter(|p| p.observable == observable && p.size == size).collect();
    let order = match points.len() {
        0 | 1 => return None,
        2 | 3 => 1,
        _ => 2,
    };
    let data = points.iter().map(|p| Measurement::new(p.driving, vec![(p.value, p.error)])).collect();
    let middle = points.iter().map(|p| p.driving).sum::<f64>() / points.len() as f64;
    let curve = Curve::new(data, |_: usize, x: f64, p: &[f64], y: &mut [f64]| {
        y[0] = p[0] + (x - middle) * (p[1] + (x - middle) * p[2]);
    });
    let coefficient = Parameter::new("", "", 0.0);
    let parameters: Vec<Parameter> =
        (0..3).map(|n| if n > order { coefficient.clone().fixed() } else { coefficient.clone() }).collect();
    let p = fit(&curve.ok()?, &parameters).ok()?.values;
    Some([p[0] - middle * (p[1] - middle * p[2]), p[1] - 2.0 * middle * p[2], p[2]])
}

/// Where two parabolas cross between the given limits, and the ratio of their slopes there.
fn crossing(a: &[f64; 3], b: &[f64; 3], [low, high]: [f64; 2]) -> Vec<(f64, f64)> {
    let at = |p: &[f64; 3], x: f64| p[0] + x * (p[1] + x * p[2]);
    let slope = |p: &[f64; 3], x: f64| p[1] + 2.0 * x * p[2];
    let cells = 200;
    let edge = |i: usize| low + (high - low) * i as f64 / f64::from(cells);
    (0..cells as usize)
        .filter_map(|i| {
            let [left, right] = [edge(i), edge(i + 1)].map(|x| at(b, x) - at(a, x));
            (left * right <= 0.0 && left != right).then(|| {
                let x = edge(i) + (edge(i + 1) - edge(i)) * left / (left - right);
                (x, slope(b, x) / slope(a, x))
            })
        })
        .collect()
}
