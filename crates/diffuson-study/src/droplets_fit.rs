//! The kind `droplets-fit`: measured susceptibility and dephasing of one sample, with one crossover temperature or two. One point, one sample, nothing random but the Monte Carlo and the
//! repetitions.

mod arrays;
mod verdict;

use crate::fitting::{self, Fitted, ends, estimate, exact};
use crate::results::{self, Described, Fit, NO_ESTIMATE, Results};
use crate::settings::{DropletsFit as Settings, Settings as AnyKind};
use crate::strip::Deviations;
use crate::study::Study;
use crate::task::{Column, Cost, Made, Task};
use diffuson::audit::{Audit, laws};
use diffuson::droplets::fit::comparison::{Comparison, Repeated, Verdict};
use diffuson::droplets::fit::{
    CROSSOVER, Data, Estimated, Interval, Inverted, Law, NINETY_FIVE_PERCENT, ONE_SIGMA, Picture, Posterior,
    SATURATION, SLOPE, SUSCEPTIBILITY, Sample, Table,
};
use diffuson::droplets::{
    Coefficients, Counting, Departure, DropletError, Metal, Profile, ProfileRings, Resolution, TimeReversal,
    Window,
};
use diffuson::units::{BOLTZMANN, PLANCK};
use diffuson_ensemble::random::Realisation;
use diffuson_ensemble::statistics::Estimate;
use diffuson_store::{ArraySpec, Layout, Reader, Status, StoreError};
use std::f64::consts::TAU;
use std::sync::OnceLock;

const LAWS: [&str; 2] = [laws::GOODNESS_OF_FIT, laws::MINIMUM];
/// The realisation of the repetitions; those of the Monte Carlo are numbered from zero.
const REPETITIONS: u64 = 1 << 32;
/// `k_B/hbar`: rates per kelvin, in 1/s.
const PER_SECOND: f64 = BOLTZMANN / (PLANCK / TAU);

/// A `droplets-fit` study, ready to be computed.
pub(crate) struct DropletsFitTask<'c> {
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
    /// T*, T_chi and T_tau: profile intervals of 68 and 95 %.
    crossover: [Option<Interval>; 2],
    curie: [Option<Interval>; 2],
    saturation: [Option<Interval>; 2],
    /// c_4 of a single temperature, with its interval of 68 %.
    prefactor: Option<(Estimated, Interval)>,
    /// Of two temperatures, and of droplets.
    posteriors: [Option<Posterior>; 2],
    repeated: Vec<Repeated>,
    /// 1 + F_0 in each counting, that of the study first; none without a metal, or if droplets are not possible.
    counted: Vec<Counted>,
}

/// The distance from the instability in one counting.
struct Counted {
    name: &'static str,
    gamma: f64,
    inverted: Inverted,
    departures: Vec<Departure>,
}

/// All countings with their names.
const COUNTINGS: [(&str, Counting, TimeReversal); 3] = [
    ("complete, with Cooperons", Counting::Complete, TimeReversal::Unbroken),
    ("complete, without Cooperons", Counting::Complete, TimeReversal::Broken),
    ("four diagrams", Counting::FourDiagrams, TimeReversal::Unbroken),
];

/// Pictures whose parameters are told.
const TOLD: [Picture; 2] = [Picture::Independent, Picture::Droplets];

impl<'c> DropletsFitTask<'c> {
    pub(crate) fn new(study: &'c Study) -> Made<Self> {
        let AnyKind::DropletsFit(settings) = &study.points()[0].settings else {
            unreachable!("a droplets-fit study has settings of its kind")
        };
        let refuse = |what: String, help: &str| {
            let message = format!("`data.file`: {what}");
            study.diagnostic(0, "data.file", message, "not possible to fit".to_owned(), help.to_owned())
        };
        let data = settings.data().map_err(|e| {
            refuse(e, "look at the columns of the file, and at the window of temperatures in [data]")
        })?;
        for (table, name, parameters) in [
            (Table::Susceptibilities, "susceptibilities", 2),
            (Table::Rates, "dephasing rates", 2 + usize::from(settings.quadratic)),
        ] {
            let numbers = data.points(table).len();
            if data.has(table) && numbers <= parameters {
                let what = format!("{numbers} measured {name} are left for {parameters} parameters");
                let help =
                    "measure more, widen the window of temperatures in [data], or leave the column out";
                return Err(refuse(what, help));
            }
        }
        Ok(Self { study, settings, data, analysis: OnceLock::new() })
    }

    fn analysis(&self) -> Result<&Analysis, String> {
        self.analysis.get_or_init(|| self.analyse()).as_ref().map_err(Clone::clone)
    }

    fn analyse(&self) -> Result<Analysis, String> {
        let settings = self.settings;
        let coefficients = coefficients(settings).map_err(|e| e.to_string())?;
        let sample = |c: &Coefficients| {
            settings.metal.map(|[conductance, scattering_rate]| Sample {
                conductance,
                scattering_rate,
                gamma: c.gamma(),
            })
        };
        let law = Law {
            susceptibility_prefactor: settings.prefactors[0],
            dephasing_prefactor: settings.prefactors[1],
            quadratic: settings.quadratic,
            sample: coefficients.first().and_then(|(_, c)| sample(c)),
        };
        let words = |e: diffuson::droplets::fit::FitError| e.to_string();
        let comparison = Comparison::new(law, &self.data).map_err(words)?;
        let audit = comparison.audit().map_err(words)?;
        let of = |picture: Picture, index: usize| {
            [ONE_SIGMA, NINETY_FIVE_PERCENT].map(|rise| comparison.by(picture).interval(index, rise).ok())
        };
        let posterior = |picture: Picture| match settings.steps {
            0 => Ok(None),
            steps => {
                let sampling = fitting::sampling(steps, settings.seed);
                comparison.by(picture).posterior(sampling).map(Some).map_err(words)
            }
        };
        let numbers = Deviations(Realisation::new(settings.seed, REPETITIONS));
        let repeated = match settings.repetitions {
            0 => Vec::new(),
            n => {
                let of = |&picture: &Picture| comparison.repeat(picture, n, &numbers, picture as u32);
                comparison.compared().iter().map(of).collect::<Result<_, _>>().map_err(words)?
            }
        };
        // where droplets are excluded, or nothing is seen, their T* says nothing of the metal
        let possible = matches!(comparison.verdict(), Verdict::Together | Verdict::Undecided);
        let crossover = comparison.droplets.estimate(CROSSOVER);
        let counted = |(name, c): &(&'static str, Coefficients)| {
            let sample = sample(c)?;
            let inverted = sample.invert(crossover);
            let metal = Metal::new(sample.conductance, inverted.distance.value);
            // what is said of spins is not needed for T*
            let needed = |d: &Departure| matches!(d, Departure::NotRare { .. } | Departure::NotNormal { .. });
            let departures = metal.map_or_else(
                |_| Vec::new(),
                |m| Window::new(m, c).departures().into_iter().filter(needed).collect(),
            );
            Some(Counted { name, gamma: c.gamma(), inverted, departures })
        };
        Ok(Analysis {
            audit,
            crossover: of(Picture::Droplets, CROSSOVER),
            curie: of(Picture::Independent, CROSSOVER),
            saturation: of(Picture::Independent, SATURATION),
            prefactor: comparison.prefactor(ONE_SIGMA).map_err(words)?,
            posteriors: [posterior(TOLD[0])?, posterior(TOLD[1])?],
            repeated,
            counted: coefficients.iter().filter(|_| possible).filter_map(counted).collect(),
            comparison,
        })
    }
}

/// gamma in every counting, that of the study first; nothing where no metal asks for it.
fn coefficients(settings: &Settings) -> Result<Vec<(&'static str, Coefficients)>, DropletError> {
    if settings.metal.is_none() {
        return Ok(Vec::new());
    }
    // gamma to 1e-5: far better than any T* is known
    let profile = Profile::optimum(Resolution::COARSE)?;
    let rings = ProfileRings::of(&profile)?;
    let asked = |&(_, counting, symmetry): &(&str, Counting, TimeReversal)| {
        counting == settings.counting
            && (counting == Counting::FourDiagrams || symmetry == settings.time_reversal)
    };
    let mut ordered = COUNTINGS;
    ordered.sort_by_key(|c| !asked(c));
    ordered
        .into_iter()
        .map(|(name, counting, symmetry)| Ok((name, Coefficients::from_rings(&rings, counting, symmetry)?)))
        .collect()
}

impl Analysis {
    /// In the order of [`quantities`].
    fn estimates(&self) -> Vec<Estimate> {
        let c = &self.comparison;
        let held = |picture: Picture, index: usize| !c.by(picture).fit.parameters[index].is_free();
        let parameter = |picture: Picture, index: usize| {
            if held(picture, index) { NO_ESTIMATE } else { estimate(c.by(picture).estimate(index)) }
        };
        let ratio = |p: Picture| c.by(p).fit.chi_squared / c.by(p).fit.degrees_of_freedom as f64;
        let sigmas = [c.curie(), c.saturates(), c.apart()].map(|change| exact(change.sqrt()));
        let both = c.compared().len() == Picture::ALL.len();
        let mut all = vec![if both { exact(c.weight(Picture::Droplets)) } else { NO_ESTIMATE }];
        all.extend(sigmas);
        all.push(parameter(Picture::Droplets, CROSSOVER));
        let [[low, high], [lowest, highest]] = self.crossover.map(ends);
        let credible = match &self.posteriors[1] {
            Some(p) => p.credible(CROSSOVER, 0.6827),
            None => [f64::NAN; 2],
        };
        all.extend([low, high, lowest, highest, credible[0], credible[1]].map(exact));
        for (index, intervals) in [(CROSSOVER, self.curie), (SATURATION, self.saturation)] {
            all.push(parameter(Picture::Independent, index));
            all.extend(ends(intervals[0]).map(exact));
        }
        // A T_tau, with the covariance of the two
        let fit = &c.independent.fit;
        let [slope, saturation] = [SLOPE, SATURATION].map(|k| fit.values[k]);
        let variance = (saturation * fit.standard_errors[SLOPE]).powi(2)
            + (slope * fit.standard_errors[SATURATION]).powi(2)
            + 2.0 * slope * saturation * fit.covariance(SLOPE, SATURATION);
        all.push(if held(Picture::Independent, SATURATION) {
            NO_ESTIMATE
        } else {
            let standard_error = PER_SECOND * variance.sqrt();
            Estimate { value: PER_SECOND * slope * saturation, standard_error, samples: 1 }
        });
        all.push(self.prefactor.map_or(NO_ESTIMATE, |(value, _)| estimate(value)));
        all.extend(ends(self.prefactor.map(|(_, interval)| interval)).map(exact));
        for picture in TOLD {
            all.extend([ratio(picture), c.by(picture).fit.goodness].map(exact));
        }
        let counted = self.counted.first();
        all.push(counted.map_or(NO_ESTIMATE, |c| estimate(c.inverted.distance)));
        all.push(counted.map_or(NO_ESTIMATE, |c| estimate(c.inverted.exponent)));
        all
    }

    /// All parameters of both fits; chi_0 in the unit of the file.
    fn fits(&self, settings: &Settings) -> Vec<Fit> {
        let points = self.comparison.droplets.fit.residuals.len();
        let of = |fitted: Fitted<'_>| -> Vec<Fit> {
            let fit = fitted.fit;
            (0..fit.values.len())
                .filter(|&j| fit.parameters[j].is_free())
                .map(|j| {
                    let unit = match (j, fit.parameters[j].unit()) {
                        (SUSCEPTIBILITY, _) => settings.table.unit("susceptibility"),
                        (_, "1") => "",
                        (_, unit) => unit,
                    };
                    let unit = if unit.is_empty() { String::new() } else { format!(" ({unit})") };
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
        let of = |k: usize| Fitted {
            name: TOLD[k].name(),
            fit: &self.comparison.by(TOLD[k]).fit,
            posterior: self.posteriors[k].as_ref(),
        };
        [of(0), of(1)]
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = self.comparison.warnings();
        for (picture, posterior) in TOLD.into_iter().zip(&self.posteriors) {
            if self.comparison.by(picture).fit.parameters[CROSSOVER].is_free() {
                warnings.extend(
                    fitting::mixing(posterior.as_ref(), CROSSOVER)
                        .map(|w| format!("{}: {w}", picture.name())),
                );
            }
        }
        if let Some(counted) = self.counted.first() {
            let why = |d: &Departure| format!("1 + F_0 by T* ({}): {d}", counted.name);
            warnings.extend(counted.departures.iter().map(why));
            if counted.inverted.distance.value >= 1.0 {
                warnings.push(format!(
                    "1 + F_0 by T* would be {:.2}: repulsion, for which there is no instability; T* is too low for the conductance and scattering rate of [metal]",
                    counted.inverted.distance.value
                ));
            }
        }
        warnings
    }
}

fn quantities() -> Vec<Described> {
    let described = |id, units, label: &str| Described { id, units, label: label.to_owned() };
    vec![
        described("weight", "1", "Akaike weight of droplets"),
        described("curie_significance", "1", "Curie law, standard errors"),
        described("saturation_significance", "1", "saturation, standard errors"),
        described("separation", "1", "between one temperature and two, standard errors"),
        described("crossover", "K", "crossover $T^*$"),
        described("crossover_low", "K", "$T^*$, 68 % from"),
        described("crossover_high", "K", "$T^*$, 68 % to"),
        described("crossover_lowest", "K", "$T^*$, 95 % from"),
        described("crossover_highest", "K", "$T^*$, 95 % to"),
        described("crossover_credible_low", "K", "$T^*$, 68 % of the posterior from"),
        described("crossover_credible_high", "K", "$T^*$, 68 % of the posterior to"),
        described("curie_temperature", "K", r"$T_\chi$ by itself"),
        described("curie_temperature_low", "K", r"$T_\chi$, 68 % from"),
        described("curie_temperature_high", "K", r"$T_\chi$, 68 % to"),
        described("saturation_temperature", "K", r"$T_\tau$ by itself"),
        described("saturation_temperature_low", "K", r"$T_\tau$, 68 % from"),
        described("saturation_temperature_high", "K", r"$T_\tau$, 68 % to"),
        described("saturated_rate", "1/s", r"saturated rate $1/\tau_0$"),
        described("prefactor", "1", "$c_4$ that one temperature would need"),
        described("prefactor_low", "1", "$c_4$, 68 % from"),
        described("prefactor_high", "1", "$c_4$, 68 % to"),
        described("independent_chi_squared", "1", r"two temperatures, $\chi^2$ per degree of freedom"),
        described("independent_goodness", "1", "two temperatures, goodness of fit $Q$"),
        described("chi_squared", "1", r"droplets, $\chi^2$ per degree of freedom"),
        described("goodness", "1", "droplets, goodness of fit $Q$"),
        described("distance", "1", "distance $1 + F_0$ by $T^*$"),
        described("exponent", "1", r"exponent $\gamma g^2(1 + F_0)^2$"),
    ]
}

impl Task for DropletsFitTask<'_> {
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
            .with_fits(
                analysis.fits(self.settings),
                "weighted nonlinear least squares",
                "from the covariance of the fit",
            )
            .with_warnings(analysis.warnings())
            .with_verdict(analysis.verdict(&self.data, self.settings));
        arrays::extend(&mut results, self.settings, &self.data, analysis);
        results.with_audits(record, &LAWS)
    }

    fn relative_error(&self, _: &Reader, _: usize, _: &str, _: usize) -> Result<f64, StoreError> {
        Ok(0.0)
    }

    fn cost(&self, _: usize) -> Cost {
        let points = [Table::Susceptibilities, Table::Rates].map(|t| self.data.points(t).len());
        let numbers = (points[0] + points[1]) as f64;
        // walkers of two fits; five fits of every repetition in five pictures
        let walkers = 2.0 * 20.0 * 5.0 * self.settings.steps as f64;
        let fits = 5.0 * 5.0 * 200.0 * (1.0 + self.settings.repetitions as f64);
        // the eigenvalue problems of the optimal profile
        let profile = if self.settings.metal.is_some() { 3e9 } else { 0.0 };
        Cost {
            system: format!("{} susceptibilities, {} dephasing rates", points[0], points[1]),
            operations: numbers * 1e2 * (walkers + fits) + profile,
            memory: numbers * 1e3 + 8.0 * 5.0 * walkers,
            stored: 1e2 * numbers + 2e4,
            method: "least squares".to_owned(),
            shared: 1,
            reason: "all pictures".to_owned(),
        }
    }
}
