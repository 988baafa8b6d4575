//! The kind `mobility-edge-fit`: a joint fit of measured conductivities and thermopowers.

mod arrays;

use crate::exact::known;
use crate::fitting::{self, Fitted, Fitting, Number, Refusal, estimate};
use crate::results::{Fit, NO_ESTIMATE, Results};
use crate::settings::MobilityEdgeFit as Settings;
use crate::task::Cost;
use diffuson::audit::Audit;
use diffuson::localization::joint::comparison::Comparison;
use diffuson::localization::joint::{Data, Estimated, Interval, JointError, JointFit, Posterior, Quantity};
use diffuson_ensemble::statistics::Estimate;

impl Fitting for Settings {
    type Data = Data;

    const QUANTITIES: &'static [Number] = &[
        ("exponent", "1", "exponent $x$"),
        ("prefactor", "S/m/K^x", "prefactor $A$"),
        ("curvature", "1/K", "curvature $b$"),
        ("exponent_low", "1", "$x$, 68 % from"),
        ("exponent_high", "1", "$x$, 68 % to"),
        ("exponent_lowest", "1", "$x$, 95 % from"),
        ("exponent_highest", "1", "$x$, 95 % to"),
        ("credible_low", "1", "$x$, 68 % of the posterior from"),
        ("credible_high", "1", "$x$, 68 % of the posterior to"),
        ("split_r_hat", "1", r"$\hat R$ of $x$"),
        ("chi_squared", "1", r"$\chi^2$ per degree of freedom"),
        ("goodness", "1", "goodness of fit $Q$"),
    ];

    fn read(&self) -> Result<Data, Refusal> {
        let help = "look at the columns of the file, and at data.from and data.to";
        let data = self.data().map_err(|e| Refusal(e, help))?;
        let parameters = 2 + data.samples().len() + usize::from(self.law.curvature);
        let points = data.samples().iter().flat_map(|s| &s.points);
        let numbers = points
            .map(|p| usize::from(p.conductivity.is_some()) + usize::from(p.thermopower.is_some()))
            .sum::<usize>();
        let help = "measure more temperatures, or leave out samples with one or two points";
        fitting::enough(numbers, "numbers", parameters, help)?;
        Ok(data)
    }

    fn analyse(&self, data: &Data) -> Result<(Audit, Results), String> {
        let analysis = Analysis::new(self, data).map_err(|e| e.to_string())?;
        let mut results =
            fitting::results::<Self>(analysis.estimates(), analysis.fits(), analysis.warnings());
        arrays::extend(&mut results, self, data, &analysis);
        Ok((analysis.comparison.fit.audit, results))
    }

    fn cost(&self, data: &Data) -> Cost {
        let (points, samples) = (data.points() as f64, data.samples().len());
        // walkers, ensembles, and an exponent prepared for each
        let monte_carlo = 5.0 * self.monte_carlo.steps as f64 * (4.0 * (samples + 2) as f64).max(16.0);
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

/// All that is said of the data.
struct Analysis {
    comparison: Comparison,
    /// Profile intervals of x, of 68 and 95 %.
    intervals: [Option<Interval>; 2],
    posterior: Option<Posterior>,
}

impl Analysis {
    fn new(settings: &Settings, data: &Data) -> Result<Self, JointError> {
        let comparison = Comparison::new(&settings.law, data, settings.window)?;
        let intervals = fitting::intervals(|rise| comparison.fit.interval(Quantity::Exponent, rise));
        let posterior =
            fitting::posterior(&settings.monte_carlo, |sampling| comparison.fit.posterior(sampling))?;
        Ok(Self { comparison, intervals, posterior })
    }

    fn fitted(&self) -> Fitted<'_> {
        Fitted { name: "", fit: &self.comparison.fit.fit, posterior: self.posterior.as_ref() }
    }

    /// In the order of [`Fitting::QUANTITIES`].
    fn estimates(&self) -> Vec<Estimate> {
        let fit = &self.comparison.fit;
        let of = |q: Quantity| fit.estimate(q).map_or(NO_ESTIMATE, estimate);
        let r_hat = self.posterior.as_ref().map_or(f64::NAN, |p| p.split_r_hat[EXPONENT]);
        let fitted = self.fitted();
        [of(Quantity::Exponent), of(Quantity::Prefactor), of(Quantity::Curvature)]
            .into_iter()
            .chain(fitted.ranges(EXPONENT, self.intervals).map(known))
            .chain([r_hat, fitted.ratio(), fitted.fit.goodness].map(known))
            .collect()
    }

    /// x by every method, then all other parameters of the fit.
    fn fits(&self) -> Vec<Fit> {
        let by_method = |m: MethodResult| Fit {
            name: format!("exponent x, {}", m.name),
            estimate: estimate(m.exponent),
            expected: None,
            reference: String::new(),
            points: m.points,
        };
        let points = self.comparison.fit.residuals().len();
        let others = self.fitted().numbers(points, "").into_iter().skip(1);
        self.methods().into_iter().map(by_method).chain(others).collect()
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
        warnings.extend(self.fitted().mixing(EXPONENT));
        warnings
    }
}

/// Number of x among the parameters.
const EXPONENT: usize = 0;

/// x by one method.
struct MethodResult {
    name: String,
    exponent: Estimated,
    /// chi^2 per degree of freedom.
    ratio: f64,
    points: usize,
}
