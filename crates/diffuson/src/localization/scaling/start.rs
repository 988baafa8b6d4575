//! Starting values: crossings of pairs of sizes for W_c, ratios of slopes there for nu and between transitions for b_1, and then all amplitudes,
//! which are linear.

use super::law::Law;
use super::{Irrelevant, Normalisation, Scaling, ScalingError, ScalingFit, SizePoint};
use diffuson_fit::curve::{Curve, Measurement};
use diffuson_fit::least_squares::{Fit, fit};
use diffuson_fit::parameter::Parameter;

/// Irrelevant exponents from which the search starts.
const IRRELEVANT: [f64; 4] = [-1.0, -2.0, -3.5, -6.0];

/// The lowest minimum in which corrections are corrections, or else the lowest of all, that is reached from any of the starts, or from fits of expansions with
/// fewer terms, in the same units.
pub(super) fn best(law: &Law, scaling: &Scaling, smaller: &[&ScalingFit]) -> Result<Fit, ScalingError> {
    let exponents = match (law.irrelevant_exponent(), scaling.irrelevant) {
        (None, _) => vec![-1.0],
        (Some(_), Irrelevant::Free) => IRRELEVANT.to_vec(),
        (Some(_), Irrelevant::Known(y, _) | Irrelevant::Held(y)) => vec![y],
    };
    let mut best: Option<Fit> = None;
    let mut failure = None;
    let mut keep = |outcome: Result<Fit, diffuson_fit::Error>| match outcome {
        Ok(found) if best.as_ref().is_none_or(|b| better(law, &found, b)) => best = Some(found),
        Ok(_) => {}
        Err(e) => failure = Some(e),
    };
    for guess in guesses(law) {
        for &y in &exponents {
            keep(from(law, scaling, &guess, y));
        }
    }
    for fitted in smaller {
        let start = law.extended(&fitted.law, &fitted.fit.values);
        keep(fit(law, &parameters(law, scaling, &start)));
    }
    best.ok_or_else(|| failure.expect("there is at least one start").into())
}

/// Converged before not converged, corrections before what has taken the place of the scaling function, then the smaller chi^2.
fn better(law: &Law, a: &Fit, b: &Fit) -> bool {
    let rank = |fit: &Fit| (fit.converged, law.is_corrected_little(&fit.values), -fit.chi_squared);
    rank(a) > rank(b)
}

/// Where a search starts.
struct Guess {
    /// W_c of each transition.
    critical: Vec<f64>,
    /// nu.
    exponent: f64,
    /// b_1 of each transition, that of the first being 1.
    slopes: Vec<f64>,
}

/// The minimum reached from one start: first the amplitudes alone, then everything.
fn from(law: &Law, scaling: &Scaling, guess: &Guess, y: f64) -> Result<Fit, diffuson_fit::Error> {
    let mut start = vec![0.0; law.coefficients()];
    start[law.exponent()] = guess.exponent;
    for t in 0..law.transitions {
        start[law.critical_point(t)] = guess.critical[t];
        start[law.relevant_coefficient(t, 1)] = guess.slopes[t];
    }
    if let Some(exponent) = law.irrelevant_exponent() {
        start[exponent] = y;
        (0..law.transitions).for_each(|t| start[law.irrelevant_coefficient(t, 0)] = 1.0);
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
    for t in 0..law.transitions {
        (1..=law.orders.relevant_field).for_each(|n| p[law.relevant_coefficient(t, n)] *= relevant);
        if law.irrelevant_exponent().is_some() {
            (0..=law.orders.irrelevant_field).for_each(|n| p[law.irrelevant_coefficient(t, n)] *= irrelevant);
        }
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
    let of = |name: String, transition: usize| match law.transitions {
        1 => name,
        _ => format!("{name} of transition {transition}"),
    };
    let mut all: Vec<Parameter> = (0..law.transitions)
        .map(|t| Parameter::new(of("critical point".to_owned(), t), "t", start[law.critical_point(t)]))
        .collect();
    all.push(Parameter::positive("exponent", "", start[law.exponent()]).between(0.05, 50.0));
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
    for t in 0..law.transitions {
        for n in 1..=law.orders.relevant_field {
            let b = Parameter::new(of(format!("b{n}"), t), "", start[law.relevant_coefficient(t, n)]);
            all.push(held(b, fields && t == 0 && n == 1));
        }
        if law.irrelevant_exponent().is_some() {
            for n in 0..=law.orders.irrelevant_field {
                let c = Parameter::new(of(format!("c{n}"), t), "", start[law.irrelevant_coefficient(t, n)]);
                all.push(held(c, fields && t == 0 && n == 0));
            }
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

/// Estimates of W_c and nu: of the two largest sizes that cross, and the medians over all pairs; the middle of the data and 1 if none cross. nu
/// is the same for all transitions.
fn guesses(law: &Law) -> Vec<Guess> {
    let curves: Vec<Vec<SizeCurve>> = (0..law.transitions).map(|t| size_curves(law, t)).collect();
    let found: Vec<Vec<Crossing>> = (0..law.transitions).map(|t| crossings(law, t, &curves[t])).collect();
    let exponent = median(found.iter().flatten().map(|c| c.exponent)).unwrap_or(1.0);
    let at = |of: fn(&[Crossing]) -> Option<f64>| -> Vec<f64> {
        let critical = |t: usize| {
            of(&found[t]).unwrap_or_else(|| {
                let [low, high] = limits(law, t);
                0.5 * (low + high)
            })
        };
        (0..law.transitions).map(critical).collect()
    };
    let largest =
        |all: &[Crossing]| all.iter().max_by(|a, b| a.sizes.total_cmp(&b.sizes)).map(|crossing| crossing.at);
    let mut starts = vec![at(largest)];
    if found.iter().any(|all| !all.is_empty()) {
        starts.push(at(|all| median(all.iter().map(|c| c.at))));
    }
    let guess =
        |critical: Vec<f64>| Guess { slopes: slopes(law, &curves, &critical, exponent), critical, exponent };
    starts.into_iter().map(guess).collect()
}

/// b_1 of each transition: slopes against w at W_c, freed of size, over those of the first transition for the same observable.
fn slopes(law: &Law, curves: &[Vec<SizeCurve>], critical: &[f64], exponent: f64) -> Vec<f64> {
    let slope = |t: usize, observable: usize| {
        let of = curves[t].iter().filter(|c| c.observable == observable);
        median(of.map(|c| {
            c.slope(critical[t]) * law.driving_units[t] / (c.size / law.size_unit).powf(1.0 / exponent)
        }))
    };
    let ratio = |t: usize| {
        let of = |observable| Some(slope(t, observable)? / slope(0, observable)?);
        (0..law.observables).find_map(of).filter(|r| r.is_finite() && *r != 0.0).unwrap_or(1.0)
    };
    (0..law.transitions).map(|t| if t == 0 { 1.0 } else { ratio(t) }).collect()
}

/// Where two sizes cross.
struct Crossing {
    /// Product of the sizes.
    sizes: f64,
    at: f64,
    exponent: f64,
}

/// The range of the driving parameter of a transition.
fn limits(law: &Law, transition: usize) -> [f64; 2] {
    let drivings = law.points.iter().filter(|p| p.transition == transition).map(|p| p.driving);
    drivings.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], w| [low.min(w), high.max(w)])
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut all: Vec<f64> = values.collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied()
}

/// All pairs of sizes of one observable that cross within the data.
fn crossings(law: &Law, transition: usize, curves: &[SizeCurve]) -> Vec<Crossing> {
    let limits = limits(law, transition);
    let mut found = Vec::new();
    for (i, small) in curves.iter().enumerate() {
        for large in curves[i + 1..].iter().filter(|c| c.observable == small.observable) {
            for (at, ratio) in small.crossing(large, limits) {
                let exponent = (large.size / small.size).ln() / ratio.ln();
                if exponent > 0.1 && exponent < 10.0 {
                    found.push(Crossing { sizes: small.size * large.size, at, exponent });
                }
            }
        }
    }
    found
}

/// What the points of one observable and size at one transition lie on.
struct SizeCurve {
    observable: usize,
    size: f64,
    /// Coefficients of 1, W and W^2.
    parabola: [f64; 3],
}

/// The curves of a transition, observable by observable, sizes ascending.
fn size_curves(law: &Law, transition: usize) -> Vec<SizeCurve> {
    let mut all = Vec::new();
    for observable in 0..law.observables {
        let here = |p: &&SizePoint| p.transition == transition && p.observable == observable;
        let mut sizes: Vec<f64> = law.points.iter().filter(here).map(|p| p.size).collect();
        sizes.sort_by(f64::total_cmp);
        sizes.dedup();
        for size in sizes {
            let points: Vec<&SizePoint> = law.points.iter().filter(here).filter(|p| p.size == size).collect();
            all.extend(parabola(&points).map(|parabola| SizeCurve { observable, size, parabola }));
        }
    }
    all
}

/// The parabola (a straight line through two or three points) through points; none for a single one.
fn parabola(points: &[&SizePoint]) -> Option<[f64; 3]> {
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

impl SizeCurve {
    fn slope(&self, x: f64) -> f64 {
        self.parabola[1] + 2.0 * x * self.parabola[2]
    }

    /// Where two curves cross between the given limits, and the ratio of their slopes there.
    fn crossing(&self, other: &Self, [low, high]: [f64; 2]) -> Vec<(f64, f64)> {
        let at = |p: &[f64; 3], x: f64| p[0] + x * (p[1] + x * p[2]);
        let cells = 200;
        let edge = |i: usize| low + (high - low) * i as f64 / f64::from(cells);
        (0..cells as usize)
            .filter_map(|i| {
                let [left, right] =
                    [edge(i), edge(i + 1)].map(|x| at(&other.parabola, x) - at(&self.parabola, x));
                (left * right <= 0.0 && left != right).then(|| {
                    let x = edge(i) + (edge(i + 1) - edge(i)) * left / (left - right);
                    (x, other.slope(x) / self.slope(x))
                })
            })
            .collect()
    }
}
