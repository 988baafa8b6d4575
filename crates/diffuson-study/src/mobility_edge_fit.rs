//! The kind `mobility-edge-fit`: a joint fit of measured conductivities and thermopowers. One point, one sample, nothing random but the Monte Carlo.
//!
//! # Adding a model to be fitted
//! A kind of its own, like this one: `data.file` of form `Table` with its columns (`schema/`), settings that turn the table into the data of the
//! library (`settings/`), and a task. `diffuson fit` runs every kind that has the key `data.file`.

mod arrays;

use crate::fitting::{self, ends, estimate, exact};
use crate::results::{self, Described, Fit, NO_ESTIMATE, Results};
use crate::settings::{MobilityEdgeFit as Settings, Settings as AnyKind};
use crate::study::Study;
use crate::task::{Column, Cost, Made, Task};
use diffuson::audit::{Audit, laws};
use diffuson::localization::joint::comparison::Comparison;
use diffuson::localization::joint::{
    Data, Estimated, Interval, JointError, JointFit, NINETY_FIVE_PERCENT, ONE_SIGMA, Posterior, Quantity,
};
use diffuson_ensemble::statistics::Estimate;
use diffuson_store::{ArraySpec, Layout, Reader, Status, StoreError};
use std::sync::OnceLock;

const LAWS: [&str; 2] = [laws::GOODNESS_OF_FIT, laws::MINIMUM];

/// A `mobility-edge-fit` study, ready to be computed.
pub(crate) struct MobilityEdgeFitTask<'c> {
    study: &'c Study,
    settings: &'c Settings,
    data: Data,
    /// Sample and results need the same fits.
    analysis: OnceLock<Result<Analysis, String>>,
}

/// All that is said of the data.
struct Analysis {
    comparison: Comparison,
    /// Profile intervals of x, of 68 and 95 %.
    intervals: [Option<Interval>; 2],
    posterior: Option<Posterior>,
}

impl<'c> MobilityEdgeFitTask<'c> {
    pub(crate) fn new(study: &'c Study) -> Made<Self> {
        let AnyKind::MobilityEdgeFit(settings) = &study.points()[0].settings else {
            unreachable!("a mobility-edge-fit study has settings of its kind")
        };
        let refuse = |what: String, help: &str| {
            let message = format!("`data.file`: {what}");
            study.diagnostic(0, "data.file", message, "not possible to fit".to_owned(), help.to_owned())
        };
        let data = settings
            .data()
            .map_err(|e| refuse(e, "look at the columns of the file, and at data.from and data.to"))?;
        let parameters = 2 + data.samples().len() + usize::from(settings.law.curvature);
        let numbers = data
            .samples()
            .iter()
            .flat_map(|s| &s.points)
            .map(|p| usize::from(p.conductivity.is_some()) + usize::from(p.thermopower.is_some()))
            .sum::<usize>();
        if numbers <= parameters {
            let what = format!("{numbers} measured numbers are left for {parameters} parameters");
            return Err(refuse(
                what,
                "measure more temperatures, or leave out samples with one or two points",
            ));
        }
        Ok(Self { study, settings, data, analysis: OnceLock::new() })
    }

    fn analysis(&self) -> Result<&Analysis, String> {
        self.analysis.get_or_init(|| self.analyse().map_err(|e| e.to_string())).as_ref().map_err(Clone::clone)
    }

    fn analyse(&self) -> Result<Analysis, JointError> {
        let comparison = Comparison::new(&self.settings.law, &self.data, self.settings.window)?;
        let intervals = [ONE_SIGMA, NINETY_FIVE_PERCENT]
            .map(|rise| comparison.fit.interval(Quantity::Exponent, rise).ok());
        let posterior = match self.settings.steps {
            0 => None,
            steps => Some(comparison.fit.posterior(fitting::sampling(steps, self.settings.seed))?),
        };
        Ok(Analysis { comparison, intervals, posterior })
    }
}

impl Analysis {
    /// In the order of [`quantities`].
    fn estimates(&self) -> Vec<Estimate> {
        let fit = &self.comparison.fit;
        let of = |q: Quantity| fit.estimate(q).map_or(NO_ESTIMATE, estimate);
        let [low, high] = ends(self.intervals[0]);
        let [lowest, highest] = ends(self.intervals[1]);
        let credible =
            |probability: f64| self.posterior.as_ref().map_or([f64::NAN; 2], |p| p.credible(0, probability));
        let [credible_low, credible_high] = credible(0.6827);
        let r_hat = self.posterior.as_ref().map_or(f64::NAN, |p| p.split_r_hat[0]);
        let ratio = fit.fit.chi_squared / fit.fit.degrees_of_freedom as f64;
        let numbers =
            [low, high, lowest, highest, credible_low, credible_high, r_hat, ratio, fit.fit.goodness];
        [of(Quantity::Exponent), of(Quantity::Prefactor), of(Quantity::Curvature)]
            .into_iter()
            .chain(numbers.map(exact))
            .collect()
    }

    /// x by every method, then all other parameters of the fit.
    fn fits(&self) -> Vec<Fit> {
        let fit = |name: String, e: Estimated, points: usize| Fit {
            name,
            estimate: estimate(e),
            expected: None,
            reference: String::new(),
            points,
        };
        let methods =
            self.methods().into_iter().map(|m| fit(format!("exponent x, {}", m.name), m.exponent, m.points));
        let law = &self.comparison.fit.fit;
        let points = self.comparison.fit.residuals().len();
        let others = law.parameters.iter().zip(law.values.iter().zip(&law.standard_errors)).skip(1);
        let others = others.filter(|(p, _)| p.is_free()).map(|(p, (&value, &standard_error))| {
            let unit = if p.unit() == "1" { String::new() } else { format!(" ({})", p.unit()) };
            fit(format!("{}{unit}", p.name()), Estimated { value, standard_error }, points)
        });
        methods.chain(others).collect()
    }

    /// x by every method that the data allow, that of the fit first.
    fn methods(&self) -> Vec<MethodResult> {
        let c = &self.comparison;
        let by_law = |name: &str, fit: &JointFit| MethodResult {
            name: name.to_owned(),
            exponent: fit.exponent,
            ratio: fit.fit.chi_squared / fit.fit.degrees_of_freedom as f64,
            points: fit.residuals().len(),
        };
        let mut all = vec![by_law("fit", &c.fit)];
        let half = format!("fit up to {} K", (1e3 * c.half).round() / 1e3);
        let others = [
            (half.as_str(), c.halved.as_ref().ok()),
            ("fit with curvature", c.curved.as_ref().and_then(|f| f.as_ref().ok())),
            ("conductivity alone", c.conductivity.as_ref().ok()),
            ("thermopower alone", c.thermopower.as_ref().ok()),
        ];
        all.extend(others.into_iter().filter_map(|(name, fit)| Some(by_law(name, fit?))));
        if let Ok(slope) = &c.slope {
            all.push(MethodResult {
                name: "slopes (Eq. 41)".to_owned(),
                exponent: slope.exponent,
                ratio: slope.fit.chi_squared / slope.fit.degrees_of_freedom as f64,
                points: slope.samples.iter().map(|s| s.points).sum(),
            });
        }
        if let Ok(collapse) = &c.collapse {
            all.push(MethodResult {
                name: "collapse".to_owned(),
                exponent: collapse.exponent,
                ratio: collapse.fit.chi_squared / collapse.fit.degrees_of_freedom as f64,
                points: c.fit.residuals().len(),
            });
        }
        all
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings: Vec<String> = self.comparison.warnings().iter().map(ToString::to_string).collect();
        warnings.extend(fitting::mixing(self.posterior.as_ref(), 0));
        warnings
    }
}

/// x by one method.
struct MethodResult {
    name: String,
    exponent: Estimated,
    /// chi^2 per degree of freedom.
    ratio: f64,
    points: usize,
}

fn quantities() -> Vec<Described> {
    let described = |id, units, label: &str| Described { id, units, label: label.to_owned() };
    vec![
        described("exponent", "1", "exponent $x$"),
        described("prefactor", "S/m/K^x", "prefactor $A$"),
        described("curvature", "1/K", "curvature $b$"),
        described("exponent_low", "1", "$x$, 68 % from"),
        described("exponent_high", "1", "$x$, 68 % to"),
        described("exponent_lowest", "1", "$x$, 95 % from"),
        described("exponent_highest", "1", "$x$, 95 % to"),
        described("credible_low", "1", "$x$, 68 % of the posterior from"),
        described("credible_high", "1", "$x$, 68 % of the posterior to"),
        described("split_r_hat", "1", r"$\hat R$ of $x$"),
        described("chi_squared", "1", r"$\chi^2$ per degree of freedom"),
        described("goodness", "1", "goodness of fit $Q$"),
    ]
}

impl Task for MobilityEdgeFitTask<'_> {
    fn layout(&self) -> Layout {
        let mut arrays: Vec<ArraySpec> = results::audit_arrays().to_vec();
        arrays.extend(self.fixed().into_iter().map(|(spec, _)| spec));
        Layout { dims: vec![("audit".to_owned(), LAWS.len())], arrays }
    }

    fn fixed(&self) -> Vec<(ArraySpec, Column)> {
        let mut arrays = vec![results::law_names(&LAWS)];
        arrays.extend(results::swept_columns(self.study));
        arrays
    }

    fn chunk_samples(&self) -> usize {
        1
    }

    fn sample(&self, _: usize, _: u64) -> Result<Vec<Vec<f64>>, String> {
        let audit: &Audit = &self.analysis()?.comparison.fit.audit;
        Ok(results::audit_rows(audit, &LAWS).to_vec())
    }

    fn results(&self, record: &Reader) -> Result<Results, StoreError> {
        let quantities = quantities();
        let done = record.status(0)?.first() == Some(&Status::Done);
        let Some(analysis) = self.analysis().ok().filter(|_| done) else {
            let none = vec![vec![NO_ESTIMATE; quantities.len()]];
            return Results::new(&quantities, &none, vec![0]).with_audits(record, &LAWS);
        };
        let mut results = Results::new(&quantities, &[analysis.estimates()], vec![1])
            .with_fits(analysis.fits(), "weighted nonlinear least squares", "from the covariance of the fit")
            .with_warnings(analysis.warnings());
        arrays::extend(&mut results, self.settings, &self.data, analysis);
        results.with_audits(record, &LAWS)
    }

    fn relative_error(&self, _: &Reader, _: usize, _: &str, _: usize) -> Result<f64, StoreError> {
        Ok(0.0)
    }

    fn cost(&self, _: usize) -> Cost {
        let (points, samples) = (self.data.points() as f64, self.data.samples().len());
        // walkers, ensembles, and an exponent prepared for each
        let monte_carlo = 5.0 * self.settings.steps as f64 * (4.0 * (samples + 2) as f64).max(16.0);
        Cost {
            system: format!("{samples} samples, {points} temperatures"),
            operations: (2e3 * points + 1e4) * (2e3 + monte_carlo),
            memory: 1e3 * points + 8.0 * (samples + 2) as f64 * monte_carlo,
            stored: 1e2 * points,
            method: "least squares".to_owned(),
            shared: 1,
            reason: "closed forms with derivatives".to_owned(),
        }
    }
}
