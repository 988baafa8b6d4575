//! From samples to estimates at each point, and from these to mobility edge and exponents.

use super::task::settings;
use crate::results::{self, Described, Fit, NO_ESTIMATE, Results, float};
use crate::settings::{RandomEnergies, Scaling as Settings, ScalingMeasure, Symmetry};
use crate::study::Study;
use crate::task::Column;
use diffuson::localization::scaling::{
    Estimated, Quantity, Scaling, Scan, Scanned, ScalingFit, SizePoint,
};
use diffuson_ensemble::statistics::{Estimate, jackknife};
use diffuson_store::{ArraySpec, Kind, POINT};

/// What is derived of the samples of one point.
pub(super) fn quantities(measure: ScalingMeasure) -> Vec<Described> {
    let described = |id, units, label: &str| Described { id, units, label: label.to_owned() };
    match measure {
        ScalingMeasure::Lyapunov { .. } => vec![described("gamma", "1", r"$\Gamma=M\gamma$")],
        ScalingMeasure::Conductance => vec![
            described("conductance", "e^2/h", r"mean conductance $\langle g\rangle$"),
            described("log_conductance", "1", r"mean logarithm $\langle\ln g\rangle$"),
            described("typical_conductance", "e^2/h", r"typical conductance $e^{\langle\ln g\rangle}$"),
            described("conductance_variance", "(e^2/h)^2", r"variance of $g$"),
            described("log_conductance_variance", "1", r"variance of $\ln g$"),
        ],
    }
}

/// Estimates from the values of all samples of a point, in the order of [`quantities`].
pub(super) fn estimates(measure: ScalingMeasure, values: &[f64]) -> Vec<Estimate> {
    let rows: Vec<Vec<f64>> = match measure {
        ScalingMeasure::Lyapunov { .. } => values.iter().map(|g| vec![*g]).collect(),
        ScalingMeasure::Conductance => values.iter().map(|g| vec![*g, g * g, g.ln(), g.ln() * g.ln()]).collect(),
    };
    let n = values.len() as f64;
    // variances of a sample of n
    let unbiased = n / (n - 1.0);
    let derive = |mean: &[f64]| match measure {
        ScalingMeasure::Lyapunov { .. } => mean.to_vec(),
        ScalingMeasure::Conductance => vec![
            mean[0],
            mean[2],
            mean[2].exp(),
            unbiased * (mean[1] - mean[0] * mean[0]),
            unbiased * (mean[3] - mean[2] * mean[2]),
        ],
    };
    jackknife(&rows, derive).map_or_else(|_| vec![NO_ESTIMATE; quantities(measure).len()], |j| j.estimates())
}

/// All estimates, and the fit.
pub(super) struct Analysis<'s> {
    study: &'s Study,
    estimates: Vec<Vec<Estimate>>,
    samples: Vec<i64>,
    /// The points of the sweep behind the points of the fit, and these.
    chosen: Vec<(usize, SizePoint)>,
    scanned: Result<Scanned, String>,
}

/// The key that drives the transition.
#[derive(Clone, Copy, PartialEq)]
enum Driving {
    Disorder,
    Energy,
}

impl<'s> Analysis<'s> {
    pub(super) fn new(study: &'s Study, values: &[Vec<f64>]) -> Self {
        let measure = settings(study, 0).measure;
        let estimates: Vec<Vec<Estimate>> = values.iter().map(|v| estimates(measure, v)).collect();
        let samples = values.iter().map(|v| v.len() as i64).collect();
        let (chosen, scanned) = match driving(study) {
            Ok(driving) => {
                let chosen = fit_points(study, driving, &estimates);
                let points: Vec<SizePoint> = chosen.iter().map(|(_, p)| *p).collect();
                let fit = settings(study, 0).fit;
                let scan = Scan { irrelevant: 0..=fit.irrelevant, ..Scan::default() };
                (chosen, Scaling::default().scan(&points, &scan).map_err(|e| e.to_string()))
            }
            Err(reason) => (Vec::new(), Err(reason)),
        };
        Self { study, estimates, samples, chosen, scanned }
    }

    pub(super) fn results(self) -> Results {
        let measure = settings(self.study, 0).measure;
        let results = Results::new(&quantities(measure), &self.estimates, self.samples.clone());
        let (fits, warnings) = match &self.scanned {
            Ok(scanned) => match scanned.chosen() {
                Some(fit) => (self.fits(fit), Vec::new()),
                None => (Vec::new(), vec![none_chosen(scanned)]),
            },
            Err(reason) => (Vec::new(), vec![format!("no scaling fit: {reason}")]),
        };
        let mut results = results
            .with_fits(fits, "finite-size scaling, weighted least squares", "covariance of the fit")
            .with_warnings(warnings);
        if let Ok(scanned) = &self.scanned {
            tried(&mut results, scanned);
            if let Some(fit) = scanned.chosen() {
                self.collapse(&mut results, fit);
            }
        }
        results
    }

    fn fits(&self, fit: &ScalingFit) -> Vec<Fit> {
        let s = settings(self.study, 0);
        let points = self.chosen.iter().filter(|(_, p)| p.size >= fit.smallest_size).count();
        let make = |name: String, e: Estimated, literature: Option<(f64, &str)>| Fit {
            name,
            estimate: Estimate { value: e.value, standard_error: e.standard_error, samples: points },
            expected: literature.map(|(value, _)| value),
            reference: literature.map_or(String::new(), |(_, source)| source.to_owned()),
            points,
        };
        let edge = match driving(self.study) {
            Ok(Driving::Energy) => "mobility edge E_c",
            _ => "critical disorder W_c",
        };
        let mut fits = vec![
            make(edge.to_owned(), fit.critical_point, critical_disorder(self.study)),
            make("exponent nu".to_owned(), fit.exponent, exponent(s)),
        ];
        if let Some(y) = fit.irrelevant_exponent {
            fits.push(make("irrelevant exponent y".to_owned(), y, None));
        }
        let families = families(self.study);
        for (value, family) in fit.critical_values.iter().zip(&families) {
            let name = if families.len() > 1 { format!(", {}", sides(*family)) } else { String::new() };
            fits.push(make(format!("critical value{name}"), *value, critical_value(s, *family)));
        }
        let quality = |value| Estimated { value, standard_error: 0.0 };
        fits.push(make("goodness of fit Q".to_owned(), quality(fit.fit.goodness), None));
        let per_degree = fit.fit.chi_squared / fit.fit.degrees_of_freedom.max(1) as f64;
        fits.push(make("chi^2 per degree of freedom".to_owned(), quality(per_degree), None));
        fits
    }

    /// The points on the scaling curve, and the curve.
    fn collapse(&self, results: &mut Results, fit: &ScalingFit) {
        const CURVE: usize = 101;
        let points = self.estimates.len();
        let mut columns = vec![vec![f64::NAN; points]; 4];
        let kept = self.chosen.iter().filter(|(_, p)| p.size >= fit.smallest_size);
        for ((point, _), c) in kept.zip(fit.collapse()) {
            for (column, value) in columns.iter_mut().zip([c.variable, c.value, c.point.error, c.residual]) {
                column[*point] = value;
            }
        }
        let (low, high) = columns[0]
            .iter()
            .filter(|v| v.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v)));
        let abscissae: Vec<f64> =
            (0..CURVE).map(|k| low + (high - low) * k as f64 / (CURVE - 1) as f64).collect();
        let observables = families(self.study).len();
        let curve: Vec<f64> = (0..observables)
            .flat_map(|o| abscissae.iter().map(move |x| (o, *x)))
            .map(|(o, x)| fit.scaling_function(o, x).unwrap_or(f64::NAN))
            .collect();
        let by_point = |name, words| float(name, &[POINT], "1", words);
        let [variable, value, error, residual] = [
            ("scaled_variable", r"scaling variable $\chi=\phi(w)(M/M_0)^{1/\nu}$"),
            ("scaled_value", "value freed of irrelevant corrections"),
            ("scaled_error", "its standard error"),
            ("scaled_residual", "(measured - fitted)/standard error"),
        ]
        .map(|(name, words)| by_point(name, words));
        results.dimension("curve", CURVE);
        results.dimension("observable", observables);
        results.extend([variable, value, error, residual].into_iter().zip(columns.into_iter().map(Column::Float)));
        results.extend([
            (float("curve_variable", &["curve"], "1", "scaling variable"), Column::Float(abscissae)),
            (float("curve_value", &["observable", "curve"], "1", "scaling function"), Column::Float(curve)),
        ]);
    }
}

/// Every expansion that was tried, so that the reader sees the spread.
fn tried(results: &mut Results, scanned: &Scanned) {
    let fit = |k: usize| scanned.tried[k].outcome.as_ref().ok();
    let all = 0..scanned.tried.len();
    let number = |of: &dyn Fn(&ScalingFit) -> f64| {
        Column::Float(all.clone().map(|k| fit(k).map_or(f64::NAN, of)).collect())
    };
    let orders = all.clone().map(|k| {
        let o = scanned.tried[k].orders;
        format!("{} {} {} {}", o.relevant, o.irrelevant, o.relevant_field, o.irrelevant_field)
    });
    let chosen = all.clone().map(|k| i64::from(scanned.chosen == Some(k)));
    let float = |name, words| float(name, &["tried"], "1", words);
    results.dimension("tried", scanned.tried.len());
    results.extend([
        (
            ArraySpec::new("tried_orders", Kind::Text, &["tried"], "1", "orders n_R n_I m_R m_I of the expansion"),
            Column::Text(orders.collect()),
        ),
        (
            float("tried_smallest_size", "smallest size that took part"),
            Column::Float(scanned.tried.iter().map(|t| t.smallest_size).collect()),
        ),
        (float("tried_critical_point", "critical point"), number(&|f| f.critical_point.value)),
        (float("tried_critical_point_error", "one standard error"), number(&|f| f.critical_point.standard_error)),
        (float("tried_exponent", "exponent nu"), number(&|f| f.exponent.value)),
        (float("tried_exponent_error", "one standard error"), number(&|f| f.exponent.standard_error)),
        (
            float("tried_irrelevant_exponent", "irrelevant exponent y"),
            number(&|f| f.irrelevant_exponent.map_or(f64::NAN, |y| y.value)),
        ),
        (float("tried_chi_squared", "chi^2"), number(&|f| f.fit.chi_squared)),
        (float("tried_degrees_of_freedom", "degrees of freedom"), number(&|f| f.fit.degrees_of_freedom as f64)),
        (float("tried_goodness", "goodness of fit Q"), number(&|f| f.fit.goodness)),
        (
            ArraySpec::new("tried_chosen", Kind::Integer, &["tried"], "1", "1: the fit that is quoted"),
            Column::Integer(chosen.collect()),
        ),
    ]);
}

fn none_chosen(scanned: &Scanned) -> String {
    let best = scanned.tried.iter().filter_map(|t| t.outcome.as_ref().ok()).map(|f| f.fit.goodness);
    let best = best.fold(0.0, f64::max);
    format!(
        "of {} scaling fits none is acceptable and stable (the best goodness of fit is {best:.2e}): more samples, or a narrower range of \
         the driving parameter, or larger sizes",
        scanned.tried.len()
    )
}

/// What drives the transition, or why there is nothing to fit.
fn driving(study: &Study) -> Result<Driving, String> {
    let swept = |key: &str| study.swept_keys().any(|k| k.path == key);
    let disorder = swept("disorder.width") || swept("disorder.deviation");
    match (swept("lattice.size"), disorder, swept("lattice.energy")) {
        (false, ..) => Err("lattice.size is not swept".to_owned()),
        (true, true, false) => Ok(Driving::Disorder),
        (true, false, true) => Ok(Driving::Energy),
        (true, true, true) => Err("both disorder and energy are swept: a fit is driven by one of them".to_owned()),
        (true, false, false) => Err("neither disorder nor energy is swept".to_owned()),
    }
}

/// The boundary conditions of a study, each an observable of its own: whether periodic.
fn families(study: &Study) -> Vec<bool> {
    let mut found = Vec::new();
    for point in 0..study.points().len() {
        let periodic = settings(study, point).periodic;
        if !found.contains(&periodic) {
            found.push(periodic);
        }
    }
    found
}

fn sides(periodic: bool) -> &'static str {
    if periodic { "periodic sides" } else { "hard walls" }
}

/// The points that take part in the fit: Gamma, or the mean logarithm of the conductance.
fn fit_points(study: &Study, driving: Driving, estimates: &[Vec<Estimate>]) -> Vec<(usize, SizePoint)> {
    let families = families(study);
    let point = |(k, row): (usize, &Vec<Estimate>)| {
        let s = settings(study, k);
        let estimate = match s.measure {
            ScalingMeasure::Lyapunov { .. } => row[0],
            ScalingMeasure::Conductance => row[1],
        };
        let value = match driving {
            Driving::Disorder => s.disorder.strength(),
            Driving::Energy => s.energy,
        };
        let observable = families.iter().position(|f| *f == s.periodic)?;
        let usable = estimate.value.is_finite() && estimate.standard_error > 0.0;
        (usable && s.size >= s.fit.smallest_size).then(|| {
            let size = s.size as f64;
            (k, SizePoint::new(value, size, estimate.value, estimate.standard_error).of(observable))
        })
    };
    estimates.iter().enumerate().filter_map(point).collect()
}

/// The exponent of the literature.
fn exponent(s: &Settings) -> Option<(f64, &'static str)> {
    match (s.dimension, s.symmetry) {
        (3, Symmetry::Orthogonal) => Some((1.571, "Slevin and Ohtsuki 2014")),
        (3, Symmetry::Unitary) => Some((1.443, "Slevin and Ohtsuki 2016")),
        (3, Symmetry::Symplectic) => Some((1.375, "Asada, Slevin and Ohtsuki 2005")),
        (2, Symmetry::Symplectic) => Some((2.746, "Asada, Slevin and Ohtsuki 2004")),
        _ => None,
    }
}

/// The critical disorder of the literature: the box distribution at the centre of the band, three dimensions, orthogonal.
fn critical_disorder(study: &Study) -> Option<(f64, &'static str)> {
    let s = settings(study, 0);
    let known = s.dimension == 3
        && s.symmetry == Symmetry::Orthogonal
        && s.energy == 0.0
        && matches!(s.disorder, RandomEnergies::Box { .. })
        && driving(study) == Ok(Driving::Disorder);
    known.then_some((16.543, "Slevin and Ohtsuki 2014"))
}

/// The critical Gamma of the literature.
fn critical_value(s: &Settings, periodic: bool) -> Option<(f64, &'static str)> {
    let known = s.dimension == 3
        && s.symmetry == Symmetry::Orthogonal
        && periodic
        && matches!(s.measure, ScalingMeasure::Lyapunov { .. });
    known.then_some((1.735, "Slevin and Ohtsuki 2014"))
}
