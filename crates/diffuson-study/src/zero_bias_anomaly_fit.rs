//! The kind `zero-bias-anomaly-fit`: a measured anomaly fitted by mobile defects and by two-channel Kondo scattering.

mod arrays;

use crate::exact::known;
use crate::fitting::{self, Fitted, Fitting, Number, Refusal, ends};
use crate::results::{Fit, Results};
use crate::settings::ZeroBiasAnomalyFit as Settings;
use crate::task::Cost;
use diffuson::audit::Audit;
use diffuson::defects::zero_bias::comparison::{Comparison, IMPOSSIBLE, Repeated, Verdict};
use diffuson::defects::zero_bias::{
    AMPLITUDE, Data, End, Interval, ONE_SIGMA, Picture, Posterior, SHAPE, ZeroBiasError,
};
use diffuson_ensemble::statistics::Estimate;

impl Fitting for Settings {
    type Data = Data;

    const QUANTITIES: &'static [Number] = &[
        ("weight", "1", "Akaike weight of defects"),
        ("advantage", "1", r"$\mathrm{AIC}$ of Kondo less that of defects"),
        ("crossover", "K", "crossover $E^*$"),
        ("amplitude", "e^2/h/K^2", "defects, amplitude $A$"),
        ("crossover_low", "K", "$E^*$, 68 % from"),
        ("crossover_high", "K", "$E^*$, 68 % to"),
        ("crossover_lowest", "K", "$E^*$, 95 % from"),
        ("crossover_highest", "K", "$E^*$, 95 % to"),
        ("crossover_credible_low", "K", "$E^*$, 68 % of the posterior from"),
        ("crossover_credible_high", "K", "$E^*$, 68 % of the posterior to"),
        ("amplitude_low", "e^2/h/K^2", "$A$, 68 % from"),
        ("amplitude_high", "e^2/h/K^2", "$A$, 68 % to"),
        ("chi_squared", "1", r"defects, $\chi^2$ per degree of freedom"),
        ("goodness", "1", "defects, goodness of fit $Q$"),
        ("share", "1", "Kondo, share of the bias $a$"),
        ("kondo_amplitude", "e^2/h/K^(1/2)", "Kondo, amplitude $B$"),
        ("share_low", "1", "$a$, 68 % from"),
        ("share_high", "1", "$a$, 68 % to"),
        ("share_lowest", "1", "$a$, 95 % from"),
        ("share_highest", "1", "$a$, 95 % to"),
        ("share_credible_low", "1", "$a$, 68 % of the posterior from"),
        ("share_credible_high", "1", "$a$, 68 % of the posterior to"),
        ("kondo_amplitude_low", "e^2/h/K^(1/2)", "$B$, 68 % from"),
        ("kondo_amplitude_high", "e^2/h/K^(1/2)", "$B$, 68 % to"),
        ("kondo_chi_squared", "1", r"Kondo, $\chi^2$ per degree of freedom"),
        ("kondo_goodness", "1", "Kondo, goodness of fit $Q$"),
    ];

    fn read(&self) -> Result<Data, Refusal> {
        let help = "look at the columns of the file, and at the windows of temperature and bias in [data]";
        let data = self.data().map_err(|e| Refusal(e, help))?;
        let law = &self.law;
        let shape = law.crossover.is_none() || law.share.is_none();
        let parameters = 2 + usize::from(shape) + usize::from(law.linear) + usize::from(law.quadratic);
        let help = "measure more, or widen the windows of temperature and bias in [data]";
        fitting::enough(data.points().len(), "numbers", parameters, help)?;
        Ok(data)
    }

    fn analyse(&self, data: &Data) -> Result<(Audit, Results), String> {
        let analysis = Analysis::new(self, data).map_err(|e| e.to_string())?;
        let mut results =
            fitting::results::<Self>(analysis.estimates(), analysis.fits(), analysis.warnings())
                .with_verdict(analysis.verdict());
        arrays::extend(&mut results, self, data, &analysis);
        Ok((analysis.audit, results))
    }

    fn cost(&self, data: &Data) -> Cost {
        let points = data.points().len() as f64;
        // walkers of both fits; fits of all repetitions; the response at the nodes of its interpolation
        let walkers = 2.0 * 20.0 * 5.0 * self.monte_carlo.steps as f64;
        let fits = 4.0 * 400.0 * (1.0 + self.repetitions as f64);
        Cost {
            system: format!("{} measurements", data.points().len()),
            operations: points * (3e2 * (walkers + fits) + 500.0 * 3e4),
            memory: points * 3e3 + 8.0 * 5.0 * walkers,
            stored: 3e2 * points + 1e4,
            method: "least squares".to_owned(),
            shared: 1,
            reason: "both pictures".to_owned(),
        }
    }
}

/// In the order of the record.
const PICTURES: [Picture; 2] = [Picture::Defects, Picture::Kondo];

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

impl Analysis {
    fn new(settings: &Settings, data: &Data) -> Result<Self, ZeroBiasError> {
        let comparison = Comparison::new(settings.law, data)?;
        let audit = comparison.audit()?;
        let numbers = fitting::repetitions(&settings.monte_carlo);
        let of = |picture: Picture| -> Result<OfPicture, ZeroBiasError> {
            let fit = comparison.by(picture);
            Ok(OfPicture {
                shape: fitting::intervals(|rise| fit.interval(SHAPE, rise)),
                amplitude: fit.interval(AMPLITUDE, ONE_SIGMA).ok(),
                posterior: fitting::posterior(&settings.monte_carlo, |sampling| fit.posterior(sampling))?,
                repeated: match settings.repetitions {
                    0 => None,
                    n => Some(comparison.repeat(picture, n, &numbers, picture as u32)?),
                },
            })
        };
        let by_picture = [of(PICTURES[0])?, of(PICTURES[1])?];
        Ok(Self { comparison, audit, by_picture })
    }

    fn fitted(&self) -> [Fitted<'_>; 2] {
        let of = |k: usize| {
            let posterior = self.by_picture[k].posterior.as_ref();
            Fitted { name: PICTURES[k].name(), fit: &self.comparison.by(PICTURES[k]).fit, posterior }
        };
        [of(0), of(1)]
    }

    /// In the order of [`Fitting::QUANTITIES`].
    fn estimates(&self) -> Vec<Estimate> {
        let c = &self.comparison;
        let mut all = vec![known(c.weight(Picture::Defects)), known(c.advantage())];
        for (of, fitted) in self.by_picture.iter().zip(self.fitted()) {
            all.extend([SHAPE, AMPLITUDE].map(|k| fitted.estimate(k)));
            all.extend(fitted.ranges(SHAPE, of.shape).map(known));
            all.extend(ends(of.amplitude).map(known));
            all.extend([fitted.ratio(), fitted.fit.goodness].map(known));
        }
        all
    }

    /// All parameters of both fits.
    fn fits(&self) -> Vec<Fit> {
        let points = self.comparison.defects.fit.residuals.len();
        self.fitted().iter().flat_map(|fitted| fitted.numbers(points, "")).collect()
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
        for (of, fitted) in self.by_picture.iter().zip(self.fitted()) {
            warnings.extend(fitted.mixing(SHAPE));
            if let Some(r) = of.repeated.as_ref().filter(|r| r.wrong > 0.02) {
                warnings.push(format!(
                    "if {} were the truth, data like these would choose the other picture in {:.0} % of the cases",
                    fitted.name,
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
