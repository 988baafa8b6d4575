//! From samples to estimates at each point, and from these to mobility edge and exponents.

use super::arrays;
use super::families::{Family, families};
use super::task::{Value, settings};
use super::transport::Curves;
use crate::results::{Described, NO_ESTIMATE, Results};
use crate::settings::{Driving, ScalingMeasure};
use crate::study::Study;
use diffuson_ensemble::statistics::{Estimate, jackknife};

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
    families: Result<Vec<Family>, String>,
    /// See [`scatter`].
    scatter: Option<(f64, f64)>,
}

impl<'s> Analysis<'s> {
    pub(super) fn new(study: &'s Study, values: &[Vec<Value>]) -> Self {
        let measure = settings(study, 0).measure;
        let estimates: Vec<Vec<Estimate>> = values.iter().map(|v| estimates(measure, v)).collect();
        let samples = values.iter().map(|v| v.len() as i64).collect();
        let families = families(study, &estimates);
        let scatter = match measure {
            ScalingMeasure::Lyapunov { .. } => Some(scatter(values)),
            ScalingMeasure::Conductance => None,
        };
        Self { study, values: values.to_vec(), estimates, samples, families, scatter }
    }

    pub(super) fn results(self) -> Results {
        let s = settings(self.study, 0);
        let results = Results::new(&quantities(s.measure), &self.estimates, self.samples.clone());
        let families = match &self.families {
            Ok(families) => families.as_slice(),
            Err(reason) => return results.with_warnings(vec![format!("no scaling fit: {reason}")]),
        };
        let several_sides = families.iter().any(|f| f.periodic != families[0].periodic);
        // what is shared heads the table
        let (joint, separate): (Vec<&Family>, Vec<&Family>) = families.iter().partition(|f| f.is_joint());
        let fits = joint.iter().chain(&separate).flat_map(|f| f.fits(s, several_sides)).collect();
        let mut warnings: Vec<String> = families.iter().filter_map(|f| f.warning(s, several_sides)).collect();
        warnings.extend(self.suspicion());
        let curves = self.curves(families);
        if let Some(Err(reason)) = &curves {
            warnings.push(format!("no thermopower: {reason}"));
        }
        let mut results = results
            .with_fits(fits, "finite-size scaling, weighted least squares", "covariance of the fit")
            .with_warnings(warnings);
        arrays::tried(&mut results, families);
        arrays::collapse(&mut results, families, self.estimates.len());
        arrays::trajectory(&mut results, s, families);
        if let Some(Ok(curves)) = curves {
            curves.store(&mut results);
        }
        results
    }

    /// Thermopower from the computed conductivity, where it is asked for: of the first kind of sides that has a fit.
    fn curves(&self, families: &[Family]) -> Option<Result<Curves, String>> {
        let s = settings(self.study, 0);
        let wanted = s.transport.as_ref()?;
        if s.driving() != Some(Driving::Energy) {
            return Some(Err("lattice.energy is not what drives the transition".to_owned()));
        }
        let Some((family, fit)) = families.iter().find_map(|f| Some((f, f.chosen()?))) else {
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
