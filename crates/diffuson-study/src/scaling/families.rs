//! Which points are fitted together, and the fits.
//!
//! A family is the points of one kind of sides; irrelevant corrections and the critical value depend on the sides. Where disorder and energy are swept there is a family for each value of
//! the one that does not drive the transition, and a joint one, of several transitions: what is universal is shared.

use super::analysis::fitted;
use super::literature::{critical_disorder, critical_value, exponent};
use super::task::settings;
use crate::results::Fit;
use crate::settings::{Driving, RandomEnergies, Scaling as Settings};
use crate::study::Study;
use diffuson::localization::scaling::{
    Estimated, Irrelevant, Normalisation, Scaling, ScalingFit, Scan, Scanned, SizePoint,
};
use diffuson_ensemble::statistics::Estimate;

/// Points that are fitted together, and all fits to them.
pub(super) struct Family {
    pub(super) periodic: bool,
    /// The value, at each transition, of the key that is swept and does not drive it; none if there is no such key.
    pub(super) at: Vec<f64>,
    /// The points of the sweep behind those of the fit, and these.
    pub(super) points: Vec<(usize, SizePoint)>,
    pub(super) scanned: Result<Scanned, String>,
}

/// All families: of each kind of sides the separate ones, then the joint one. The error says why there is nothing to fit.
pub(super) fn families(study: &Study, estimates: &[Vec<Estimate>]) -> Result<Vec<Family>, String> {
    let s = settings(study, 0);
    if !study.swept_keys().any(|k| k.path == "lattice.size") {
        return Err("lattice.size is not swept".to_owned());
    }
    let driving = s.driving().ok_or("neither disorder nor energy is swept")?;
    let points = |point: usize| settings(study, point);
    let mut values: Vec<f64> = match other(s, driving) {
        Some(other) => (0..estimates.len()).map(|point| points(point).value(other)).collect(),
        None => Vec::new(),
    };
    values.sort_by(f64::total_cmp);
    values.dedup();
    let mut all = Vec::new();
    for periodic in [true, false] {
        if !(0..estimates.len()).any(|point| points(point).periodic == periodic) {
            continue;
        }
        if values.is_empty() {
            let chosen = selected(study, driving, periodic, None, estimates);
            all.push(Family::new(s, periodic, Vec::new(), chosen));
            continue;
        }
        let separate: Vec<Family> = values
            .iter()
            .map(|&at| {
                let chosen = selected(study, driving, periodic, Some(at), estimates);
                match brackets(&chosen) {
                    true => Family::new(s, periodic, vec![at], chosen),
                    false => Family::without_fit(periodic, at, chosen, driving),
                }
            })
            .collect();
        let members: Vec<&Family> = separate.iter().filter(|f| f.scanned.is_ok()).collect();
        let joint = (members.len() > 1).then(|| Family::joint(s, periodic, &members));
        all.extend(separate);
        all.extend(joint);
    }
    Ok(all)
}

/// The key that is swept and does not drive the transition.
pub(super) fn other(s: &Settings, driving: Driving) -> Option<Driving> {
    s.swept.iter().copied().find(|key| *key != driving)
}

impl Family {
    fn new(s: &Settings, periodic: bool, at: Vec<f64>, points: Vec<(usize, SizePoint)>) -> Self {
        let known =
            s.fit.irrelevant_exponent.map_or(Irrelevant::Free, |(y, error)| Irrelevant::Known(y, error));
        // irrelevant corrections of one transition may be small beside those of others
        let normalisation = if at.len() > 1 { Normalisation::Amplitudes } else { Normalisation::Fields };
        let scan = Scan { irrelevant: s.fit.irrelevant..=s.fit.irrelevant, ..Scan::default() };
        let all: Vec<SizePoint> = points.iter().map(|(_, p)| *p).collect();
        let scanned = Scaling { normalisation, irrelevant: known }.scan(&all, &scan);
        Self { periodic, at, points, scanned: scanned.map_err(|e| e.to_string()) }
    }

    fn joint(s: &Settings, periodic: bool, members: &[&Self]) -> Self {
        let at = members.iter().flat_map(|f| f.at.clone()).collect();
        let numbered = members.iter().enumerate();
        let points =
            numbered.flat_map(|(t, f)| f.points.iter().map(move |(k, p)| (*k, p.through(t)))).collect();
        Self::new(s, periodic, at, points)
    }

    fn without_fit(periodic: bool, at: f64, points: Vec<(usize, SizePoint)>, driving: Driving) -> Self {
        let what = match driving {
            Driving::Energy => "energies",
            Driving::Disorder => "disorders",
        };
        let reason = format!(
            "the {what} that take part do not bracket one transition (at one end larger sizes must have smaller values, at the other larger ones): it is out of range, or this \
             value is near a turning point of the mobility edge, which {what} do not cross"
        );
        Self { periodic, at: vec![at], points, scanned: Err(reason) }
    }

    pub(super) fn is_joint(&self) -> bool {
        self.at.len() > 1
    }

    /// The fit that is quoted.
    pub(super) fn chosen(&self) -> Option<&ScalingFit> {
        self.scanned.as_ref().ok()?.chosen()
    }

    pub(super) fn sides(&self) -> &'static str {
        if self.periodic { "periodic sides" } else { "hard walls" }
    }

    /// What tells a family from others, apart from its sides: `W = 14 t`, or that it is the joint one.
    fn place(&self, s: &Settings) -> Option<String> {
        match self.at.as_slice() {
            _ if self.is_joint() => Some("joint".to_owned()),
            [at] => Some(assignment(s, *at)),
            _ => None,
        }
    }

    /// Why there is no fit, if there is none.
    pub(super) fn warning(&self, s: &Settings, several_sides: bool) -> Option<String> {
        let sides = several_sides.then(|| self.sides().to_owned());
        let place: Vec<String> = self.place(s).into_iter().chain(sides).collect();
        let of = if place.is_empty() { String::new() } else { format!(" ({})", place.join(", ")) };
        let scanned = match &self.scanned {
            Ok(scanned) if scanned.chosen.is_some() => return None,
            Ok(scanned) => scanned,
            Err(reason) => return Some(format!("no scaling fit{of}: {reason}")),
        };
        let best = scanned.tried.iter().filter_map(|t| t.outcome.as_ref().ok()).map(|f| f.fit.goodness);
        let best = best.fold(0.0, f64::max);
        Some(format!(
            "of {} scaling fits{of} none is acceptable and stable (the best goodness of fit is {best:.2e}): more samples, a narrower range \
             of the driving parameter or of the values, or larger sizes",
            scanned.tried.len()
        ))
    }

    /// The numbers of the fit that is quoted.
    pub(super) fn fits(&self, s: &Settings, several_sides: bool) -> Vec<Fit> {
        let Some(fit) = self.chosen() else { return Vec::new() };
        let points = self.points.iter().filter(|(_, p)| p.size >= fit.smallest_size).count();
        let sides = several_sides.then(|| self.sides().to_owned());
        let make = |name: &str, place: &[String], e: Estimated, known: Option<(f64, &str)>| Fit {
            name: [&[name.to_owned()], place, sides.as_slice()].concat().join(", "),
            estimate: Estimate { value: e.value, standard_error: e.standard_error, samples: points },
            expected: known.map(|(value, _)| value),
            reference: known.map_or(String::new(), |(_, source)| source.to_owned()),
            points,
        };
        let place = self.place(s);
        let place = place.as_slice();
        let edge = match s.driving() {
            Some(Driving::Energy) => "mobility edge E_c",
            _ => "critical disorder W_c",
        };
        let quality = |value| Estimated { value, standard_error: 0.0 };
        let per_degree = fit.fit.chi_squared / fit.fit.degrees_of_freedom.max(1) as f64;
        let mut fits: Vec<Fit> = if self.is_joint() {
            let each = fit.critical_points.iter().zip(&self.at);
            let place = |at: f64| [assignment(s, at), "joint".to_owned()];
            each.map(|(e, at)| make(edge, &place(*at), *e, critical_disorder(s, *at))).collect()
        } else {
            let energy = self.at.first().copied().unwrap_or(s.energy);
            vec![make(edge, place, fit.critical_point(), critical_disorder(s, energy))]
        };
        fits.extend([
            make("exponent nu", place, fit.exponent, exponent(s)),
            make("critical value", place, fit.critical_values[0], critical_value(s, self.periodic)),
        ]);
        fits.extend(fit.irrelevant_exponent.map(|y| make("irrelevant exponent y", place, y, None)));
        fits.extend([
            make("goodness of fit Q", place, quality(fit.fit.goodness), None),
            make("chi^2 per degree of freedom", place, quality(per_degree), None),
        ]);
        fits
    }
}

/// `W = 14 t`: a value of what does not drive the transition.
fn assignment(s: &Settings, at: f64) -> String {
    let symbol = match (s.driving(), s.disorder) {
        (Some(Driving::Disorder), _) => "E",
        (_, RandomEnergies::Box { .. }) => "W",
        (_, RandomEnergies::Gaussian { .. }) => "sigma_W",
    };
    format!("{symbol} = {at} t")
}

/// The points with such sides, and such a value of what does not drive the transition, that take part in the fit.
fn selected(
    study: &Study,
    driving: Driving,
    periodic: bool,
    at: Option<f64>,
    estimates: &[Vec<Estimate>],
) -> Vec<(usize, SizePoint)> {
    let point = |(k, row): (usize, &Vec<Estimate>)| {
        let s = settings(study, k);
        let estimate = fitted(s.measure, row);
        let value = s.value(driving);
        let here =
            s.periodic == periodic && at.is_none_or(|at| other(s, driving).map(|o| s.value(o)) == Some(at));
        let usable = here && estimate.value.is_finite() && estimate.standard_error > 0.0;
        let [from, to] = s.fit.range;
        (usable && s.size >= s.fit.smallest_size && (from..=to).contains(&value))
            .then(|| (k, SizePoint::new(value, s.size as f64, estimate.value, estimate.standard_error)))
    };
    let all: Vec<(usize, SizePoint)> = estimates.iter().enumerate().filter_map(point).collect();
    // all sizes or none: single values would be selected for their noise
    let [from, to] = settings(study, 0).fit.value_range;
    let within = |driving: f64| {
        let values = || all.iter().filter(|(_, p)| p.driving == driving).map(|(_, p)| p.value);
        (from..=to).contains(&(values().sum::<f64>() / values().count() as f64))
    };
    all.iter().copied().filter(|(_, p)| within(p.driving)).collect()
}

/// How sure it must be that values fall or rise with size at an end, in standard errors.
const SURE: f64 = 2.0;

/// Whether values fall with size at one end of what drives the transition, and rise at the other.
fn brackets(points: &[(usize, SizePoint)]) -> bool {
    let drivings = || points.iter().map(|(_, p)| p.driving);
    let ends = [drivings().fold(f64::INFINITY, f64::min), drivings().fold(f64::NEG_INFINITY, f64::max)];
    let [low, high] = ends.map(|end| growth(points.iter().filter(|(_, p)| p.driving == end).map(|(_, p)| p)));
    low * high < 0.0 && low.abs().min(high.abs()) > SURE
}

/// Slope of a weighted straight line through (ln L, value), in its standard errors; zero for a single size.
fn growth<'p>(points: impl Iterator<Item = &'p SizePoint>) -> f64 {
    let [mut n, mut x, mut y, mut xx, mut xy] = [0.0; 5];
    for p in points {
        let (weight, size) = (1.0 / (p.error * p.error), p.size.ln());
        n += weight;
        x += weight * size;
        y += weight * p.value;
        xx += weight * size * size;
        xy += weight * size * p.value;
    }
    let spread = xx - x * x / n;
    if spread > 1e-12 * xx { (xy - x * y / n) / spread.sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of four sizes at five energies, without noise: the exponent is 1.5, the error 0.005.
    fn points(field: impl Fn(f64) -> f64) -> Vec<(usize, SizePoint)> {
        let at = |energy: f64| {
            let field = field(energy);
            [4.0, 6.0, 8.0, 10.0].map(|size: f64| {
                (0, SizePoint::new(energy, size, 1.7 + 0.1 * field * size.powf(2.0 / 3.0), 0.005))
            })
        };
        [-1.0, -0.5, 0.0, 0.5, 1.0].into_iter().flat_map(at).collect()
    }

    #[test]
    fn a_transition_is_bracketed_from_both_sides_only() {
        assert!(brackets(&points(|e| e)) && brackets(&points(|e| -e)));
        // all on one side; at a turning point; no transition at all
        assert!(!brackets(&points(|e| e + 1.5)));
        assert!(!brackets(&points(|e| e * e)) && !brackets(&points(|e| e * e - 0.3)));
        assert!(!brackets(&points(|_| 0.0)));
        // one size, one energy, nothing
        let some = |keep: fn(&SizePoint) -> bool| -> Vec<_> {
            points(|e| e).into_iter().filter(|(_, p)| keep(p)).collect()
        };
        assert!(
            !brackets(&some(|p| p.size == 4.0)) && !brackets(&some(|p| p.driving == 1.0)) && !brackets(&[])
        );
    }

    /// The slope of a line through noiseless points, in its error: 0.1 per unit of ln L over 0.005/sqrt(sum of (ln L - mean)^2).
    #[test]
    fn growth_is_in_standard_errors() {
        let sizes = [4.0_f64, 6.0, 8.0, 10.0];
        let points = sizes.map(|size| SizePoint::new(0.0, size, 1.7 + 0.1 * size.ln(), 0.005));
        let mean = sizes.iter().map(|l| l.ln()).sum::<f64>() / 4.0;
        let spread = sizes.iter().map(|l| (l.ln() - mean).powi(2)).sum::<f64>();
        // cancellation in the sum of squares: 1e-12
        assert!((growth(points.iter()) / (0.1 * spread.sqrt() / 0.005) - 1.0).abs() < 1e-10);
    }
}
