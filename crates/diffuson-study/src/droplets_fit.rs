//! The kind `droplets-fit`: measured susceptibility and dephasing of one sample, with one crossover temperature or two.

mod arrays;
mod verdict;

use crate::exact::known;
use crate::fitting::{self, Fitted, Fitting, Number, Refusal, ends, estimate};
use crate::results::{Fit, NO_ESTIMATE, Results};
use crate::settings::DropletsFit as Settings;
use crate::task::Cost;
use diffuson::audit::Audit;
use diffuson::droplets::fit::comparison::{Comparison, Repeated, Verdict};
use diffuson::droplets::fit::{
    CROSSOVER, Data, Estimated, FitError, Interval, Inverted, Law, ONE_SIGMA, Picture, Posterior, SATURATION,
    SLOPE, Sample, Table,
};
use diffuson::droplets::{
    Coefficients, Counting, Departure, DropletError, Metal, Profile, ProfileRings, Resolution, TimeReversal,
    Window,
};
use diffuson::units::{BOLTZMANN, PLANCK};
use diffuson_ensemble::statistics::Estimate;
use std::f64::consts::TAU;

impl Fitting for Settings {
    type Data = Data;

    const QUANTITIES: &'static [Number] = &[
        ("weight", "1", "Akaike weight of droplets"),
        ("curie_significance", "1", "Curie law, standard errors"),
        ("saturation_significance", "1", "saturation, standard errors"),
        ("separation", "1", "between one temperature and two, standard errors"),
        ("crossover", "K", "crossover $T^*$"),
        ("crossover_low", "K", "$T^*$, 68 % from"),
        ("crossover_high", "K", "$T^*$, 68 % to"),
        ("crossover_lowest", "K", "$T^*$, 95 % from"),
        ("crossover_highest", "K", "$T^*$, 95 % to"),
        ("crossover_credible_low", "K", "$T^*$, 68 % of the posterior from"),
        ("crossover_credible_high", "K", "$T^*$, 68 % of the posterior to"),
        ("curie_temperature", "K", r"$T_\chi$ by itself"),
        ("curie_temperature_low", "K", r"$T_\chi$, 68 % from"),
        ("curie_temperature_high", "K", r"$T_\chi$, 68 % to"),
        ("saturation_temperature", "K", r"$T_\tau$ by itself"),
        ("saturation_temperature_low", "K", r"$T_\tau$, 68 % from"),
        ("saturation_temperature_high", "K", r"$T_\tau$, 68 % to"),
        ("saturated_rate", "1/s", r"saturated rate $1/\tau_0$"),
        ("prefactor", "1", "$c_4$ that one temperature would need"),
        ("prefactor_low", "1", "$c_4$, 68 % from"),
        ("prefactor_high", "1", "$c_4$, 68 % to"),
        ("independent_chi_squared", "1", r"two temperatures, $\chi^2$ per degree of freedom"),
        ("independent_goodness", "1", "two temperatures, goodness of fit $Q$"),
        ("chi_squared", "1", r"droplets, $\chi^2$ per degree of freedom"),
        ("goodness", "1", "droplets, goodness of fit $Q$"),
        ("distance", "1", "distance $1 + F_0$ by $T^*$"),
        ("exponent", "1", r"exponent $\gamma g^2(1 + F_0)^2$"),
    ];

    fn read(&self) -> Result<Data, Refusal> {
        let help = "look at the columns of the file, and at the window of temperatures in [data]";
        let data = self.data().map_err(|e| Refusal(e, help))?;
        let help = "measure more, widen the window of temperatures in [data], or leave the column out";
        for (table, name, parameters) in [
            (Table::Susceptibilities, "susceptibilities", 2),
            (Table::Rates, "dephasing rates", 2 + usize::from(self.quadratic)),
        ] {
            if data.has(table) {
                fitting::enough(data.points(table).len(), name, parameters, help)?;
            }
        }
        Ok(data)
    }

    fn analyse(&self, data: &Data) -> Result<(Audit, Results), String> {
        let coefficients = coefficients(self).map_err(|e| e.to_string())?;
        let analysis = Analysis::new(self, data, &coefficients).map_err(|e| e.to_string())?;
        let fits = analysis.fits(self.measured.table.unit("susceptibility"));
        let mut results = fitting::results::<Self>(analysis.estimates(), fits, analysis.warnings())
            .with_verdict(analysis.verdict(data, self));
        arrays::extend(&mut results, self, data, &analysis);
        Ok((analysis.audit, results))
    }

    fn cost(&self, data: &Data) -> Cost {
        let points = [Table::Susceptibilities, Table::Rates].map(|t| data.points(t).len());
        let numbers = (points[0] + points[1]) as f64;
        // walkers of two fits; five fits of every repetition in five pictures
        let walkers = 2.0 * 20.0 * 5.0 * self.monte_carlo.steps as f64;
        let fits = 5.0 * 5.0 * 200.0 * (1.0 + self.repetitions as f64);
        // the eigenvalue problems of the optimal profile
        let profile = if self.metal.is_some() { 3e9 } else { 0.0 };
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

/// `k_B/hbar`: rates per kelvin, in 1/s.
const PER_SECOND: f64 = BOLTZMANN / (PLANCK / TAU);

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

impl Analysis {
    fn new(
        settings: &Settings,
        data: &Data,
        coefficients: &[(&'static str, Coefficients)],
    ) -> Result<Self, FitError> {
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
        let comparison = Comparison::new(law, data)?;
        let audit = comparison.audit()?;
        let of = |picture: Picture, index: usize| {
            fitting::intervals(|rise| comparison.by(picture).interval(index, rise))
        };
        let posterior = |picture: Picture| {
            fitting::posterior(&settings.monte_carlo, |sampling| comparison.by(picture).posterior(sampling))
        };
        let numbers = fitting::repetitions(&settings.monte_carlo);
        let repeated = match settings.repetitions {
            0 => Vec::new(),
            n => {
                let of = |&picture: &Picture| comparison.repeat(picture, n, &numbers, picture as u32);
                comparison.compared().iter().map(of).collect::<Result<_, _>>()?
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
        Ok(Self {
            audit,
            crossover: of(Picture::Droplets, CROSSOVER),
            curie: of(Picture::Independent, CROSSOVER),
            saturation: of(Picture::Independent, SATURATION),
            prefactor: comparison.prefactor(ONE_SIGMA)?,
            posteriors: [posterior(TOLD[0])?, posterior(TOLD[1])?],
            repeated,
            counted: coefficients.iter().filter(|_| possible).filter_map(counted).collect(),
            comparison,
        })
    }

    fn fitted(&self) -> [Fitted<'_>; 2] {
        let of = |k: usize| Fitted {
            name: TOLD[k].name(),
            fit: &self.comparison.by(TOLD[k]).fit,
            posterior: self.posteriors[k].as_ref(),
        };
        [of(0), of(1)]
    }

    /// In the order of [`Fitting::QUANTITIES`].
    fn estimates(&self) -> Vec<Estimate> {
        let c = &self.comparison;
        let [independent, droplets] = self.fitted();
        let parameter = |fitted: &Fitted<'_>, index: usize| {
            if fitted.is_free(index) { fitted.estimate(index) } else { NO_ESTIMATE }
        };
        let sigmas = [c.curie(), c.saturates(), c.apart()].map(|change| known(change.sqrt()));
        let both = c.compared().len() == Picture::ALL.len();
        let mut all = vec![if both { known(c.weight(Picture::Droplets)) } else { NO_ESTIMATE }];
        all.extend(sigmas);
        all.push(parameter(&droplets, CROSSOVER));
        all.extend(droplets.ranges(CROSSOVER, self.crossover).map(known));
        for (index, intervals) in [(CROSSOVER, self.curie), (SATURATION, self.saturation)] {
            all.push(parameter(&independent, index));
            all.extend(ends(intervals[0]).map(known));
        }
        // A T_tau, with the covariance of the two
        let fit = independent.fit;
        let [slope, saturation] = [SLOPE, SATURATION].map(|k| fit.values[k]);
        let variance = (saturation * fit.standard_errors[SLOPE]).powi(2)
            + (slope * fit.standard_errors[SATURATION]).powi(2)
            + 2.0 * slope * saturation * fit.covariance(SLOPE, SATURATION);
        all.push(if independent.is_free(SATURATION) {
            let standard_error = PER_SECOND * variance.sqrt();
            Estimate { value: PER_SECOND * slope * saturation, standard_error, samples: 1 }
        } else {
            NO_ESTIMATE
        });
        all.push(self.prefactor.map_or(NO_ESTIMATE, |(value, _)| estimate(value)));
        all.extend(ends(self.prefactor.map(|(_, interval)| interval)).map(known));
        for fitted in [independent, droplets] {
            all.extend([fitted.ratio(), fitted.fit.goodness].map(known));
        }
        let counted = self.counted.first();
        all.push(counted.map_or(NO_ESTIMATE, |c| estimate(c.inverted.distance)));
        all.push(counted.map_or(NO_ESTIMATE, |c| estimate(c.inverted.exponent)));
        all
    }

    /// All parameters of both fits; chi_0 in the unit of the file.
    fn fits(&self, unit: &str) -> Vec<Fit> {
        let points = self.comparison.droplets.fit.residuals.len();
        self.fitted().iter().flat_map(|fitted| fitted.numbers(points, unit)).collect()
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = self.comparison.warnings();
        warnings.extend(self.fitted().iter().filter_map(|fitted| fitted.mixing(CROSSOVER)));
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
