//! The kind `zero-bias-anomaly-fit`: a measured anomaly fitted by mobile defects and by two-channel Kondo scattering. One point, one sample, nothing random but the Monte
//! Carlo and the repetitions.

mod arrays;

use crate::fitting::{self, Fitted, ends, estimate, exact};
use crate::results::{self, Described, Fit, NO_ESTIMATE, Results};
use crate::settings::{Settings as AnyKind, ZeroBiasAnomalyFit as Settings};
use crate::strip::Deviations;
use crate::study::Study;
use crate::task::{Column, Cost, Made, Task};
use diffuson::audit::{Audit, laws};
use diffuson::defects::zero_bias::comparison::{Comparison, IMPOSSIBLE, Repeated, Verdict};
use diffuson::defects::zero_bias::{
    AMPLITUDE, Data, End, Interval, NINETY_FIVE_PERCENT, ONE_SIGMA, Picture, Posterior, SHAPE, ZeroBiasError,
};
use diffuson_ensemble::random::Realisation;
use diffuson_ensemble::statistics::Estimate;
use diffuson_store::{ArraySpec, Layout, Reader, Status, StoreError};
use std::sync::OnceLock;

const LAWS: [&str; 2] = [laws::GOODNESS_OF_FIT, laws::MINIMUM];
/// In the order of the record.
const PICTURES: [Picture; 2] = [Picture::Defects, Picture::Kondo];
/// The realisation of the repetitions; those of the Monte Carlo are numbered from zero.
const REPETITIONS: u64 = 1 << 32;

/// A `zero-bias-anomaly-fit` study, ready to be computed.
pub(crate) struct ZeroBiasAnomalyFitTask<'c> {
    study: &'c Study,
    settings: &'c Settings,
    data: Data,
    /// Sample and results need the same fits.
    analysis: OnceLock<Result<Analysis, String>>,
}

/// All that is said of the data.
struct Analysis {
    comparison: Comparison,
    audit: Audit,
    by_picture: [OfPicture; 2],
}

/// What is said of one picture.
struct OfPicture {
    /// Profile intervals of E* or a, of 68 and 95 %; of the amplitude, of 68 %.
    shape: [Option<Interval>; 2],
    amplitude: Option<Interval>,
    posterior: Option<Posterior>,
    repeated: Option<Repeated>,
}

impl<'c> ZeroBiasAnomalyFitTask<'c> {
    pub(crate) fn new(study: &'c Study) -> Made<Self> {
        let AnyKind::ZeroBiasAnomalyFit(settings) = &study.points()[0].settings else {
            unreachable!("a zero-bias-anomaly-fit study has settings of its kind")
        };
        let refuse = |what: String, help: &str| {
            let message = format!("`data.file`: {what}");
            study.diagnostic(0, "data.file", message, "not possible to fit".to_owned(), help.to_owned())
        };
        let data = settings.data().map_err(|e| {
            refuse(e, "look at the columns of the file, and at the windows of temperature and bias in [data]")
        })?;
        let law = &settings.law;
        let shape = law.crossover.is_none() || law.share.is_none();
        let parameters = 2 + usize::from(shape) + usize::from(law.linear) + usize::from(law.quadratic);
        let numbers = data.points().len();
        if numbers <= parameters {
            let what = format!("{numbers} measured numbers are left for {parameters} parameters");
            return Err(refuse(what, "measure more, or widen the windows of temperature and bias in [data]"));
        }
        Ok(Self { study, settings, data, analysis: OnceLock::new() })
    }

    fn analysis(&self) -> Result<&Analysis, String> {
        self.analysis.get_or_init(|| self.analyse().map_err(|e| e.to_string())).as_ref().map_err(Clone::clone)
    }

    fn analyse(&self) -> Result<Analysis, ZeroBiasError> {
        let comparison = Comparison::new(self.settings.law, &self.data)?;
        let audit = comparison.audit()?;
        let seed = self.settings.seed;
        let numbers = Deviations(Realisation::new(seed, REPETITIONS));
        let of = |picture: Picture| -> Result<OfPicture, ZeroBiasError> {
            let fit = comparison.by(picture);
            Ok(OfPicture {
                shape: [ONE_SIGMA, NINETY_FIVE_PERCENT].map(|rise| fit.interval(SHAPE, rise).ok()),
                amplitude: fit.interval(AMPLITUDE, ONE_SIGMA).ok(),
                posterior: match self.settings.steps {
                    0 => None,
                    steps => Some(fit.posterior(fitting::sampling(steps, seed))?),
                },
                repeated: match self.settings.repetitions {
                    0 => None,
                    n => Some(comparison.repeat(picture, n, &numbers, picture as u32)?),
                },
            })
        };
        let by_picture = [of(PICTURES[0])?, of(PICTURES[1])?];
        Ok(Analysis { comparison, audit, by_picture })
    }
}

impl Analysis {
    /// In the order of [`quantities`].
    fn estimates(&self) -> Vec<Estimate> {
        let c = &self.comparison;
        let [defects, kondo] = [&c.defects, &c.kondo];
        let ratio = |f: &diffuson_fit::least_squares::Fit| f.chi_squared / f.degrees_of_freedom as f64;
        let mut all = vec![exact(c.weight(Picture::Defects)), exact(c.advantage())];
        for (fit, of) in [defects, kondo].into_iter().zip(&self.by_picture) {
            // a parameter that is held has no error, and one at a bound none that means anything
            let held = !fit.fit.parameters[SHAPE].is_free();
            let shape = if held { exact(fit.fit.values[SHAPE]) } else { estimate(fit.estimate(SHAPE)) };
            all.extend([shape, estimate(fit.estimate(AMPLITUDE))]);
            let [low, high] = ends(of.shape[0]);
            let [lowest, highest] = ends(of.shape[1]);
            let [credible_low, credible_high] = match &of.posterior {
                Some(p) if !held => p.credible(SHAPE, 0.6827),
                _ => [f64::NAN; 2],
            };
            let [amplitude_low, amplitude_high] = ends(of.amplitude);
            let numbers = [
                low,
                high,
                lowest,
                highest,
                credible_low,
                credible_high,
                amplitude_low,
                amplitude_high,
                ratio(&fit.fit),
                fit.fit.goodness,
            ];
            all.extend(numbers.map(exact));
        }
        all
    }

    /// All parameters of both fits.
    fn fits(&self) -> Vec<Fit> {
        let points = self.comparison.defects.fit.residuals.len();
        let of = |fitted: Fitted<'_>| -> Vec<Fit> {
            let fit = fitted.fit;
            (0..fit.values.len())
                .filter(|&j| fit.parameters[j].is_free())
                .map(|j| {
                    let unit = fit.parameters[j].unit();
                    let unit = if unit == "1" { String::new() } else { format!(" ({unit})") };
                    Fit {
                        name: format!("{}{unit}", fitted.called(j)),
                        estimate: Estimate {
                            value: fit.values[j],
                            standard_error: fit.standard_errors[j],
                            samples: 1,
                        },
                        expected: None,
                        reference: String::new(),
                        points,
                    }
                })
                .collect()
        };
        self.fitted().into_iter().flat_map(of).collect()
    }

    fn fitted(&self) -> [Fitted<'_>; 2] {
        let of = |k: usize| {
            let posterior = self.by_picture[k].posterior.as_ref();
            Fitted { name: PICTURES[k].name(), fit: &self.comparison.by(PICTURES[k]).fit, posterior }
        };
        [of(0), of(1)]
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = self.comparison.warnings();
        let at_bound = !self.comparison.defects.fit.standard_errors[SHAPE].is_finite();
        if let Some(interval) = self.by_picture[0].shape[0].filter(|_| !at_bound) {
            let why = ["further down only A E*^(4/3) is determined", "further up E* makes no difference"];
            for ((end, word), why) in interval.ends.into_iter().zip(["lower", "upper"]).zip(why) {
                if end != End::Found {
                    warnings.push(format!("the data set no {word} limit to E* of the defects: {why}"));
                }
            }
        }
        for (picture, of) in PICTURES.into_iter().zip(&self.by_picture) {
            if self.comparison.by(picture).fit.parameters[SHAPE].is_free() {
                warnings.extend(
                    fitting::mixing(of.posterior.as_ref(), SHAPE).map(|w| format!("{}: {w}", picture.name())),
                );
            }
            if let Some(r) = of.repeated.as_ref().filter(|r| r.wrong > 0.02) {
                warnings.push(format!(
                    "if {} were the truth, data like these would choose the other picture in {:.0} % of the cases",
                    picture.name(),
                    100.0 * r.wrong
                ));
            }
        }
        warnings
    }

    /// What the data say, in a sentence with its ifs.
    fn verdict(&self) -> String {
        let c = &self.comparison;
        let better = c.better();
        let weight = c.weight(better);
        match c.verdict() {
            Verdict::Prefers(p) => {
                let other = if p == Picture::Defects { Picture::Kondo } else { Picture::Defects };
                let possible = if c.by(other).fit.goodness < IMPOSSIBLE {
                    "is not a possible description"
                } else {
                    "is a possible description too, but far less likely"
                };
                format!(
                    "The data prefer {} (Akaike weight {weight:.4}); the picture of {} {possible}.",
                    p.name(),
                    other.name()
                )
            }
            Verdict::Undecided => format!(
                "The data do not decide: the better description is {}, with an Akaike weight of {weight:.3}.",
                better.name()
            ),
            Verdict::Neither => "Neither picture describes the data within their errors.".to_owned(),
        }
    }
}

fn quantities() -> Vec<Described> {
    let described = |id, units, label: &str| Described { id, units, label: label.to_owned() };
    vec![
        described("weight", "1", "Akaike weight of defects"),
        described("advantage", "1", r"$\mathrm{AIC}$ of Kondo less that of defects"),
        described("crossover", "K", "crossover $E^*$"),
        described("amplitude", "e^2/h/K^2", "defects, amplitude $A$"),
        described("crossover_low", "K", "$E^*$, 68 % from"),
        described("crossover_high", "K", "$E^*$, 68 % to"),
        described("crossover_lowest", "K", "$E^*$, 95 % from"),
        described("crossover_highest", "K", "$E^*$, 95 % to"),
        described("crossover_credible_low", "K", "$E^*$, 68 % of the posterior from"),
        described("crossover_credible_high", "K", "$E^*$, 68 % of the posterior to"),
        described("amplitude_low", "e^2/h/K^2", "$A$, 68 % from"),
        described("amplitude_high", "e^2/h/K^2", "$A$, 68 % to"),
        described("chi_squared", "1", r"defects, $\chi^2$ per degree of freedom"),
        described("goodness", "1", "defects, goodness of fit $Q$"),
        described("share", "1", "Kondo, share of the bias $a$"),
        described("kondo_amplitude", "e^2/h/K^(1/2)", "Kondo, amplitude $B$"),
        described("share_low", "1", "$a$, 68 % from"),
        described("share_high", "1", "$a$, 68 % to"),
        described("share_lowest", "1", "$a$, 95 % from"),
        described("share_highest", "1", "$a$, 95 % to"),
        described("share_credible_low", "1", "$a$, 68 % of the posterior from"),
        described("share_credible_high", "1", "$a$, 68 % of the posterior to"),
        described("kondo_amplitude_low", "e^2/h/K^(1/2)", "$B$, 68 % from"),
        described("kondo_amplitude_high", "e^2/h/K^(1/2)", "$B$, 68 % to"),
        described("kondo_chi_squared", "1", r"Kondo, $\chi^2$ per degree of freedom"),
        described("kondo_goodness", "1", "Kondo, goodness of fit $Q$"),
    ]
}

impl Task for ZeroBiasAnomalyFitTask<'_> {
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
        Ok(results::audit_rows(&self.analysis()?.audit, &LAWS).to_vec())
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
            .with_warnings(analysis.warnings())
            .with_verdict(analysis.verdict());
        arrays::extend(&mut results, self.settings, &self.data, analysis);
        results.with_audits(record, &LAWS)
    }

    fn relative_error(&self, _: &Reader, _: usize, _: &str, _: usize) -> Result<f64, StoreError> {
        Ok(0.0)
    }

    fn cost(&self, _: usize) -> Cost {
        let points = self.data.points().len() as f64;
        // walkers of both fits; fits of all repetitions; the response at the nodes of its interpolation
        let walkers = 2.0 * 20.0 * 5.0 * self.settings.steps as f64;
        let fits = 4.0 * 400.0 * (1.0 + self.settings.repetitions as f64);
        Cost {
            system: format!("{} measurements", self.data.points().len()),
            operations: points * (3e2 * (walkers + fits) + 500.0 * 3e4),
            memory: points * 3e3 + 8.0 * 5.0 * walkers,
            stored: 3e2 * points + 1e4,
            method: "least squares".to_owned(),
            shared: 1,
            reason: "both pictures".to_owned(),
        }
    }
}
