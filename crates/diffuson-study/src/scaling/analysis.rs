//! From samples to estimates at each point, and from these to mobility edge and exponents.

use super::task::{Value, settings};
use super::transport::Curves;
use crate::results::{Described, Fit, NO_ESTIMATE, Results, float};
use crate::settings::{RandomEnergies, Scaling as Settings, ScalingMeasure, Symmetry};
use crate::study::Study;
use crate::task::Column;
use diffuson::localization::scaling::{
    Estimated, Irrelevant, Scaling, ScalingFit, Scan, Scanned, SizePoint, Tried,
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

/// Estimates from the values and the errors of all samples of a point, in the order of [`quantities`].
///
/// The error of Gamma comes from the blocks of all bars: a few bars know the scatter between them much worse.
pub(super) fn estimates(measure: ScalingMeasure, samples: &[Value]) -> Vec<Estimate> {
    let n = samples.len() as f64;
    match measure {
        ScalingMeasure::Lyapunov { .. } => {
            let value = samples.iter().map(|s| s.value).sum::<f64>() / n;
            let standard_error = samples.iter().map(|s| s.error * s.error).sum::<f64>().sqrt() / n;
            vec![Estimate { value, standard_error, samples: samples.len() }]
        }
        ScalingMeasure::Conductance => {
            let rows: Vec<Vec<f64>> = samples
                .iter()
                .map(|s| (s.value, s.value.ln()))
                .map(|(g, log)| vec![g, g * g, log, log * log])
                .collect();
            // variances of a sample of n
            let unbiased = n / (n - 1.0);
            let derive = |mean: &[f64]| {
                let [g, squares, log, log_squares] = [mean[0], mean[1], mean[2], mean[3]];
                vec![g, log, log.exp(), unbiased * (squares - g * g), unbiased * (log_squares - log * log)]
            };
            jackknife(&rows, derive).map_or_else(|_| vec![NO_ESTIMATE; 5], |j| j.estimates())
        }
    }
}

/// Of these estimates, the one that is fitted: Gamma, or the mean logarithm of the conductance.
pub(super) fn fitted(measure: ScalingMeasure, estimates: &[Estimate]) -> Estimate {
    match measure {
        ScalingMeasure::Lyapunov { .. } => estimates[0],
        ScalingMeasure::Conductance => estimates[1],
    }
}

/// How bars of one point scatter, per what their blocks say: chi^2 per degree of freedom over all points, and the degrees.
fn scatter(points: &[Vec<Value>]) -> (f64, f64) {
    let (mut chi_squared, mut degrees) = (0.0, 0.0);
    for samples in points.iter().filter(|samples| samples.len() > 1) {
        let mean = samples.iter().map(|s| s.value).sum::<f64>() / samples.len() as f64;
        chi_squared += samples.iter().map(|s| ((s.value - mean) / s.error).powi(2)).sum::<f64>();
        degrees += samples.len() as f64 - 1.0;
    }
    (chi_squared / degrees, degrees)
}

/// Where the scatter of bars is this many standard deviations from what their blocks say, errors are not to be trusted: once in 16000 runs by chance.
const SUSPICIOUS: f64 = 4.0;

/// All estimates, and the fits.
pub(super) struct Analysis<'s> {
    study: &'s Study,
    values: Vec<Vec<Value>>,
    estimates: Vec<Vec<Estimate>>,
    samples: Vec<i64>,
    /// A fit for each kind of sides: they have irrelevant corrections of their own, with exponents of their own.
    families: Result<Vec<Family>, String>,
    /// See [`scatter`].
    scatter: Option<(f64, f64)>,
}

/// The points of one kind of sides, and all fits to them.
struct Family {
    periodic: bool,
    /// The points of the sweep behind those of the fit, and these.
    points: Vec<(usize, SizePoint)>,
    scanned: Result<Scanned, String>,
}

/// The key that drives the transition.
#[derive(Clone, Copy, PartialEq)]
enum Driving {
    Disorder,
    Energy,
}

impl<'s> Analysis<'s> {
    pub(super) fn new(study: &'s Study, values: &[Vec<Value>]) -> Self {
        let measure = settings(study, 0).measure;
        let estimates: Vec<Vec<Estimate>> = values.iter().map(|v| estimates(measure, v)).collect();
        let samples = values.iter().map(|v| v.len() as i64).collect();
        let families = driving(study).map(|driving| {
            let family = |periodic| Family::new(study, driving, periodic, &estimates);
            [true, false].into_iter().filter(|p| has_sides(study, *p)).map(family).collect()
        });
        let scatter = match measure {
            ScalingMeasure::Lyapunov { .. } => Some(scatter(values)),
            ScalingMeasure::Conductance => None,
        };
        Self { study, values: values.to_vec(), estimates, samples, families, scatter }
    }

    pub(super) fn results(self) -> Results {
        let measure = settings(self.study, 0).measure;
        let results = Results::new(&quantities(measure), &self.estimates, self.samples.clone());
        let families = match &self.families {
            Ok(families) => families.as_slice(),
            Err(reason) => return results.with_warnings(vec![format!("no scaling fit: {reason}")]),
        };
        let several = families.len() > 1;
        let fits = families.iter().flat_map(|f| f.fits(self.study, several)).collect();
        let mut warnings: Vec<String> = families.iter().filter_map(|f| f.warning(several)).collect();
        warnings.extend(self.suspicion());
        let curves = self.curves(families);
        if let Some(Err(reason)) = &curves {
            warnings.push(format!("no thermopower: {reason}"));
        }
        let mut results = results
            .with_fits(fits, "finite-size scaling, weighted least squares", "covariance of the fit")
            .with_warnings(warnings);
        tried(&mut results, families);
        collapse(&mut results, families, self.estimates.len());
        if let Some(Ok(curves)) = curves {
            curves.store(&mut results);
        }
        results
    }
}

impl Analysis<'_> {
    /// Thermopower from the computed conductivity, where it is asked for: of the first kind of sides that has a fit.
    fn curves(&self, families: &[Family]) -> Option<Result<Curves, String>> {
        let wanted = settings(self.study, 0).transport.as_ref()?;
        if driving(self.study) != Ok(Driving::Energy) {
            return Some(Err("lattice.energy is not what drives the transition".to_owned()));
        }
        let family = families.iter().find(|f| f.chosen().is_some());
        let Some((family, fit)) = family.and_then(|f| Some((f, f.chosen()?))) else {
            return Some(Err("there is no scaling fit".to_owned()));
        };
        Some(Curves::new(self.study, wanted, &self.values, fit, &family.points))
    }

    /// That errors are not to be trusted.
    fn suspicion(&self) -> Option<String> {
        let (ratio, degrees) = self.scatter?;
        let off = (ratio - 1.0) / (2.0 / degrees).sqrt();
        (off.abs() > SUSPICIOUS).then(|| {
            format!("bars scatter by {:.2} times the errors found within them: errors of fits are wrong by that much", ratio.sqrt())
        })
    }
}

impl Family {
    fn new(study: &Study, driving: Driving, periodic: bool, estimates: &[Vec<Estimate>]) -> Self {
        let points = fit_points(study, driving, periodic, estimates);
        let all: Vec<SizePoint> = points.iter().map(|(_, p)| *p).collect();
        let wanted = settings(study, 0).fit;
        let scan = Scan { irrelevant: wanted.irrelevant..=wanted.irrelevant, ..Scan::default() };
        let known =
            wanted.irrelevant_exponent.map_or(Irrelevant::Free, |(y, error)| Irrelevant::Known(y, error));
        let scaling = Scaling { irrelevant: known, ..Scaling::default() };
        let scanned = scaling.scan(&all, &scan).map_err(|e| e.to_string());
        Self { periodic, points, scanned }
    }

    fn chosen(&self) -> Option<&ScalingFit> {
        self.scanned.as_ref().ok()?.chosen()
    }

    fn sides(&self) -> &'static str {
        if self.periodic { "periodic sides" } else { "hard walls" }
    }

    /// Why there is no fit, if there is none.
    fn warning(&self, several: bool) -> Option<String> {
        let of = if several { format!(" ({})", self.sides()) } else { String::new() };
        let scanned = match &self.scanned {
            Ok(scanned) if scanned.chosen.is_some() => return None,
            Ok(scanned) => scanned,
            Err(reason) => return Some(format!("no scaling fit{of}: {reason}")),
        };
        let best = scanned.tried.iter().filter_map(|t| t.outcome.as_ref().ok()).map(|f| f.fit.goodness);
        let best = best.fold(0.0, f64::max);
        Some(format!(
            "of {} scaling fits{of} none is acceptable and stable (the best goodness of fit is {best:.2e}): more samples, a narrower range \
             of the driving parameter, or larger sizes",
            scanned.tried.len()
        ))
    }

    fn fits(&self, study: &Study, several: bool) -> Vec<Fit> {
        let Some(fit) = self.chosen() else { return Vec::new() };
        let s = settings(study, 0);
        let points = self.points.iter().filter(|(_, p)| p.size >= fit.smallest_size).count();
        let make = |name: &str, e: Estimated, literature: Option<(f64, &str)>| Fit {
            name: if several { format!("{name}, {}", self.sides()) } else { name.to_owned() },
            estimate: Estimate { value: e.value, standard_error: e.standard_error, samples: points },
            expected: literature.map(|(value, _)| value),
            reference: literature.map_or(String::new(), |(_, source)| source.to_owned()),
            points,
        };
        let edge = match driving(study) {
            Ok(Driving::Energy) => "mobility edge E_c",
            _ => "critical disorder W_c",
        };
        let quality = |value| Estimated { value, standard_error: 0.0 };
        let per_degree = fit.fit.chi_squared / fit.fit.degrees_of_freedom.max(1) as f64;
        let mut fits = vec![
            make(edge, fit.critical_point, critical_disorder(study)),
            make("exponent nu", fit.exponent, exponent(s)),
            make("critical value", fit.critical_values[0], critical_value(s, self.periodic)),
            make("goodness of fit Q", quality(fit.fit.goodness), None),
            make("chi^2 per degree of freedom", quality(per_degree), None),
        ];
        if let Some(y) = fit.irrelevant_exponent {
            fits.insert(3, make("irrelevant exponent y", y, None));
        }
        fits
    }
}

/// The points on the scaling curves, and the curves.
fn collapse(results: &mut Results, families: &[Family], points: usize) {
    const CURVE: usize = 101;
    let mut columns = vec![vec![f64::NAN; points]; 4];
    let (mut abscissae, mut curves) = (Vec::new(), Vec::new());
    for family in families {
        let Some(fit) = family.chosen() else {
            abscissae.extend([f64::NAN; CURVE]);
            curves.extend([f64::NAN; CURVE]);
            continue;
        };
        let kept = family.points.iter().filter(|(_, p)| p.size >= fit.smallest_size);
        let collapsed = fit.collapse();
        for ((point, _), c) in kept.zip(&collapsed) {
            for (column, value) in columns.iter_mut().zip([c.variable, c.value, c.point.error, c.residual]) {
                column[*point] = value;
            }
        }
        let ends = collapsed.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), c| {
            (low.min(c.variable), high.max(c.variable))
        });
        for k in 0..CURVE {
            let x = ends.0 + (ends.1 - ends.0) * k as f64 / (CURVE - 1) as f64;
            abscissae.push(x);
            curves.push(fit.scaling_function(0, x).unwrap_or(f64::NAN));
        }
    }
    let by_point = [
        ("scaled_variable", "scaling variable phi(w) (M/M_0)^(1/nu)"),
        ("scaled_value", "value freed of irrelevant corrections"),
        ("scaled_error", "standard error of the value"),
        ("scaled_residual", "(measured - fitted)/standard error"),
    ];
    results.dimension("curve", CURVE);
    results.dimension("sides", families.len());
    let specs = by_point.into_iter().map(|(name, words)| float(name, &[POINT], "1", words));
    results.extend(specs.zip(columns.into_iter().map(Column::Float)));
    let on_curve = |name, words| float(name, &["sides", "curve"], "1", words);
    results.extend([
        (on_curve("curve_variable", "scaling variable"), Column::Float(abscissae)),
        (on_curve("curve_value", "scaling function"), Column::Float(curves)),
    ]);
}

/// Every expansion that was tried, so that the reader sees the spread.
fn tried(results: &mut Results, families: &[Family]) {
    struct Row<'f> {
        family: &'f Family,
        tried: &'f Tried,
        chosen: bool,
    }
    let rows: Vec<Row> = families
        .iter()
        .filter_map(|family| Some((family, family.scanned.as_ref().ok()?)))
        .flat_map(|(family, scanned)| {
            let row = move |(k, tried)| Row { family, tried, chosen: scanned.chosen == Some(k) };
            scanned.tried.iter().enumerate().map(row)
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    let number = |of: &dyn Fn(&ScalingFit) -> f64| {
        Column::Float(rows.iter().map(|r| r.tried.outcome.as_ref().map_or(f64::NAN, of)).collect())
    };
    let text = |of: &dyn Fn(&Row) -> String| Column::Text(rows.iter().map(of).collect());
    let orders = |r: &Row| {
        let o = r.tried.orders;
        let irrelevant = if o.irrelevant > 0 {
            format!("{} {}", o.irrelevant_field, o.correction)
        } else {
            "- -".to_owned()
        };
        format!("{} {} {} {irrelevant}", o.relevant, o.irrelevant, o.relevant_field)
    };
    let words = |name, words| ArraySpec::new(name, Kind::Text, &["tried"], "1", words);
    let float = |name, words| float(name, &["tried"], "1", words);
    results.dimension("tried", rows.len());
    results.extend([
        (words("tried_sides", "sides"), text(&|r| r.family.sides().to_owned())),
        (
            words("tried_orders", "orders n_R n_I m_R m_I of the expansion, and of the correction"),
            text(&orders),
        ),
        (
            float("tried_smallest_size", "smallest size that took part"),
            Column::Float(rows.iter().map(|r| r.tried.smallest_size).collect()),
        ),
        (float("tried_critical_point", "critical point"), number(&|f| f.critical_point.value)),
        (
            float("tried_critical_point_error", "one standard error"),
            number(&|f| f.critical_point.standard_error),
        ),
        (float("tried_exponent", "exponent nu"), number(&|f| f.exponent.value)),
        (float("tried_exponent_error", "one standard error"), number(&|f| f.exponent.standard_error)),
        (
            float("tried_irrelevant_exponent", "irrelevant exponent y"),
            number(&|f| f.irrelevant_exponent.map_or(f64::NAN, |y| y.value)),
        ),
        (float("tried_chi_squared", "chi^2"), number(&|f| f.fit.chi_squared)),
        (
            float("tried_degrees_of_freedom", "degrees of freedom"),
            number(&|f| f.fit.degrees_of_freedom as f64),
        ),
        (float("tried_goodness", "goodness of fit Q"), number(&|f| f.fit.goodness)),
        (
            ArraySpec::new("tried_chosen", Kind::Integer, &["tried"], "1", "1: the fit that is quoted"),
            Column::Integer(rows.iter().map(|r| i64::from(r.chosen)).collect()),
        ),
    ]);
}

/// What drives the transition, or why there is nothing to fit.
fn driving(study: &Study) -> Result<Driving, String> {
    let swept = |key: &str| study.swept_keys().any(|k| k.path == key);
    let disorder = swept("disorder.width") || swept("disorder.deviation");
    match (swept("lattice.size"), disorder, swept("lattice.energy")) {
        (false, ..) => Err("lattice.size is not swept".to_owned()),
        (true, true, false) => Ok(Driving::Disorder),
        (true, false, true) => Ok(Driving::Energy),
        (true, true, true) => {
            Err("both disorder and energy are swept: a fit is driven by one of them".to_owned())
        }
        (true, false, false) => Err("neither disorder nor energy is swept".to_owned()),
    }
}

/// Whether a study has points with such sides.
fn has_sides(study: &Study, periodic: bool) -> bool {
    (0..study.points().len()).any(|point| settings(study, point).periodic == periodic)
}

/// The points with such sides that take part in the fit.
fn fit_points(
    study: &Study,
    driving: Driving,
    periodic: bool,
    estimates: &[Vec<Estimate>],
) -> Vec<(usize, SizePoint)> {
    let point = |(k, row): (usize, &Vec<Estimate>)| {
        let s = settings(study, k);
        let estimate = fitted(s.measure, row);
        let value = match driving {
            Driving::Disorder => s.disorder.strength(),
            Driving::Energy => s.energy,
        };
        let usable = s.periodic == periodic && estimate.value.is_finite() && estimate.standard_error > 0.0;
        let [from, to] = s.fit.range;
        (usable && s.size >= s.fit.smallest_size && (from..=to).contains(&value))
            .then(|| (k, SizePoint::new(value, s.size as f64, estimate.value, estimate.standard_error)))
    };
    estimates.iter().enumerate().filter_map(point).collect()
}

/// The exponent of the literature.
fn exponent(s: &Settings) -> Option<(f64, &'static str)> {
    match (s.dimension, s.symmetry) {
        (3, Symmetry::Orthogonal) => Some((1.571, "Slevin and Ohtsuki, New J. Phys. 16, 015012 (2014)")),
        (3, Symmetry::Unitary) => Some((1.443, "Slevin and Ohtsuki, J. Phys. Soc. Jpn. 85, 104712 (2016)")),
        (3, Symmetry::Symplectic) => {
            Some((1.375, "Asada, Slevin and Ohtsuki, J. Phys. Soc. Jpn. 74, Suppl. 238 (2005)"))
        }
        (2, Symmetry::Symplectic) => {
            Some((2.73, "Asada, Slevin and Ohtsuki, Phys. Rev. Lett. 89, 256601 (2002)"))
        }
        _ => None,
    }
}

/// Where W_c = 16.54 and Lambda_c = 0.576 come from, the 95 % intervals being 0.02 and 0.002 to either side.
const CRITICAL: &str = "Slevin and Ohtsuki, Phys. Rev. Lett. 82, 382 (1999)";

/// The critical disorder of the literature: the box distribution at the centre of the band, three dimensions, orthogonal.
fn critical_disorder(study: &Study) -> Option<(f64, &'static str)> {
    let s = settings(study, 0);
    let known = s.dimension == 3
        && s.symmetry == Symmetry::Orthogonal
        && s.energy == 0.0
        && matches!(s.disorder, RandomEnergies::Box { .. })
        && driving(study) == Ok(Driving::Disorder);
    known.then_some((16.54, CRITICAL))
}

/// The critical Gamma = 1/Lambda of the literature.
fn critical_value(s: &Settings, periodic: bool) -> Option<(f64, &'static str)> {
    let known = s.dimension == 3
        && s.symmetry == Symmetry::Orthogonal
        && periodic
        && matches!(s.measure, ScalingMeasure::Lyapunov { .. });
    known.then_some((1.736, CRITICAL))
}
