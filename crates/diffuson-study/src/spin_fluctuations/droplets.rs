//! Self-consistent droplets: how often, how large, of which spin.

use super::experiment::susceptibility;
use super::model::{Model, states, system};
use super::question::{Question, column, estimated, exact, label, mean, rows, settings};
use super::tail::{Reference, estimate};
use crate::results::{Described, NO_ESTIMATE, Results, float};
use crate::settings::spin_fluctuations::{Compute, Polarised};
use crate::strip::Deviations;
use crate::study::Study;
use crate::task::{Column, Cost, Made};
use diffuson::audit::Audit;
use diffuson::droplets::{
    Draw, DropletError, Exchange, FourierModes, Instability, Profile, Resolution, RingIntegral, Tail,
    ladder_covariance, solve_droplet,
};
use diffuson_ensemble::random::Realisation;
use diffuson_ensemble::statistics::Estimate;
use diffuson_store::{ArraySpec, Kind, POINT, Reader, SAMPLE, StoreError};
use std::sync::OnceLock;

const SITE: &str = "site";
const SPIN: &str = "spin_axis";

/// Numbers stored of every sample: name, words.
const STORED: [(&str, &str); 6] = [
    ("sample_eigenvalue", "lowest eigenvalue of 1 + F_0 + F_1: the paramagnet is unstable below 0"),
    ("sample_spin", "unpaired spins S of the droplet; NaN without one"),
    ("sample_single_mode_spin", "S of the single mode that is unstable, stopped by its quartic term"),
    ("sample_radius", "root of the mean square radius with the weights of the square of the spin density"),
    ("sample_participation", "sites that the spin density is on"),
    ("sample_energy", "grand potential less that of the paramagnet"),
];
const DENSITY: &str = "sample_spin_density";

/// Quantities of the table: name, label.
const QUANTITIES: [(&str, &str); 9] = [
    ("conductance", r"conductance $g$"),
    ("unstable_share", "share of samples whose paramagnet is unstable"),
    ("surrogate_share", "the same of Gaussian surrogates with the covariance of the model's ladders"),
    ("droplet_share", "share of samples with a droplet"),
    ("spin", "mean of unpaired spins $S$ of a droplet"),
    ("single_mode_ratio", "mean $S$ over that of single modes"),
    ("radius", "mean radius of a droplet, in sites"),
    ("participation", "sites that a droplet is on"),
    ("energy", "mean grand potential of a droplet, less that of the paramagnet"),
];

/// Spins at which distributions are stored.
const SPINS: usize = 30;

/// Numbers of the realisations that no sample has: of surrogates, and from there down those of the mean susceptibility.
const SURROGATES: u64 = u64::MAX;

/// Error of shares in theory that is no matter beside those of thousands of samples.
const RESOLVED: f64 = 1e-3;

/// Surrogates drawn for a share.
const DRAWS: usize = 40_000;

/// The question at all points.
pub(super) struct Droplets<'s> {
    study: &'s Study,
    models: Vec<Model>,
    modes: Vec<FourierModes>,
    /// Mean susceptibilities of the modes; found when the first sample asks.
    means: Vec<OnceLock<Result<Vec<f64>, DropletError>>>,
}

/// Samples of one point that are done.
struct Samples {
    numbers: [Vec<f64>; STORED.len()],
}

impl Samples {
    /// The numbers of those that have a droplet.
    fn of_droplets(&self, which: usize) -> Vec<f64> {
        self.numbers[which].iter().copied().filter(|v| v.is_finite()).collect()
    }

    /// Mean spin over that of single modes, which small ones of these do not dominate as they would a mean of ratios.
    fn spin_over_single_mode(&self) -> Estimate {
        let both = self.numbers[S].iter().zip(&self.numbers[SINGLE]).filter(|(s, t)| (*s + *t).is_finite());
        let both: Vec<(f64, f64)> = both.map(|(s, t)| (*s, *t)).collect();
        let [spin, single] = [both.iter().map(|b| b.0).sum::<f64>(), both.iter().map(|b| b.1).sum()];
        let value = spin / single;
        let n = both.len() as f64;
        let squares: f64 = both.iter().map(|(s, t)| (s - value * t).powi(2)).sum();
        let standard_error = (squares * n / (n - 1.0)).sqrt() / single;
        Estimate { value, standard_error, samples: both.len() }
    }
}

/// Places in [`STORED`].
const EIGENVALUE: usize = 0;
const S: usize = 1;
const SINGLE: usize = 2;
const RADIUS: usize = 3;
const PARTICIPATION: usize = 4;
const ENERGY: usize = 5;

fn polarised(study: &Study, point: usize) -> &Polarised {
    match &settings(study, point).compute {
        Compute::Droplets(polarised) => polarised,
        _ => unreachable!("what is computed is the same at all points"),
    }
}

impl<'s> Droplets<'s> {
    pub(super) fn new(study: &'s Study) -> Made<Self> {
        let points = 0..study.points().len();
        let modes = |point: usize| {
            let size = settings(study, point).model.size();
            let count = polarised(study, point).modes;
            FourierModes::new(size, count).map_err(|e| {
                let what = format!("`droplets.modes = {count}` on {size} x {size} sites: {e}");
                let help = "take fewer modes, or a larger model.size".to_owned();
                study.diagnostic(point, "droplets.modes", what, "not modes of this torus".to_owned(), help)
            })
        };
        Ok(Self {
            study,
            models: points.clone().map(|p| Model::new(study, p)).collect::<Made<_>>()?,
            modes: points.clone().map(modes).collect::<Made<_>>()?,
            means: points.map(|_| OnceLock::new()).collect(),
        })
    }

    /// Most sites of any point.
    fn sites(&self) -> usize {
        self.models.iter().map(Model::sites).max().unwrap_or(0)
    }

    /// Mean susceptibilities of the modes, from realisations that are no samples.
    fn mean_susceptibilities(&self, point: usize) -> Result<Vec<f64>, DropletError> {
        let (model, modes) = (&self.models[point], &self.modes[point]);
        let of = settings(self.study, point);
        let count = polarised(self.study, point).reference;
        let mut sums = vec![0.0; modes.count()];
        for k in 0..count as u64 {
            let numbers = Deviations(Realisation::new(of.ensemble.seed, SURROGATES - 1 - k));
            let chi = susceptibility(&model.sample(&numbers), model, of.temperature)?;
            let projected = modes.project(chi.values())?;
            sums.iter_mut().enumerate().for_each(|(i, sum)| *sum += projected[i * (modes.count() + 1)]);
        }
        // waves that rotations and reflections turn into each other have the same mean
        let shell = |i: usize| {
            let [x, y] = modes.waves()[i.div_ceil(2)].map(i32::abs);
            [x.min(y), x.max(y)]
        };
        let mean = |i: usize| {
            let alike = (0..sums.len()).filter(|&j| shell(j) == shell(i));
            let (sum, number) = alike.fold((0.0, 0), |(sum, number), j| (sum + sums[j], number + 1));
            sum / (number * count) as f64
        };
        Ok((0..sums.len()).map(mean).collect())
    }

    /// The first point that differs in the triplet constant alone: it has the same means and the same surrogates.
    fn first_like(&self, point: usize) -> usize {
        let like = |p: &usize| {
            let (of, other) = (settings(self.study, point), settings(self.study, *p));
            (of.model, of.temperature) == (other.model, other.temperature)
        };
        (0..point).find(like).unwrap_or(point)
    }

    /// The exchange of a point.
    fn exchange(&self, point: usize) -> Result<Exchange, DropletError> {
        let first = self.first_like(point);
        let means = self.means[first].get_or_init(|| self.mean_susceptibilities(first));
        let triplet = polarised(self.study, point).triplet;
        Exchange::long_waves(&self.modes[point], triplet, means.as_ref().map_err(Clone::clone)?)
    }

    fn read(&self, record: &Reader, point: usize, limit: usize) -> Result<Samples, StoreError> {
        let mut numbers: [Vec<f64>; STORED.len()] = Default::default();
        for ((name, _), values) in STORED.iter().zip(&mut numbers) {
            *values = column(record, name, point, limit)?;
        }
        Ok(Samples { numbers })
    }

    /// Surrogates of the long waves of a point; none where the metal is not known.
    fn surrogates(&self, point: usize) -> Result<Option<Reference>, DropletError> {
        let Model::Orbitals(model) = &self.models[point] else { return Ok(None) };
        let modes = &self.modes[point];
        let of = settings(self.study, point);
        let covariance = ladder_covariance(model, modes, of.temperature)?;
        let numbers = Deviations(Realisation::new(of.ensemble.seed, SURROGATES));
        Reference::new(&covariance, modes, DRAWS, &numbers).map(Some)
    }

    /// Share of surrogates whose paramagnet is unstable: `1 + F_0 + |F_0| (1 - chi/<chi>) < 0`.
    fn surrogate_share(&self, point: usize, reference: &Reference) -> Estimate {
        let triplet = polarised(self.study, point).triplet;
        estimate(reference.tail.probability((1.0 + triplet) / -triplet))
    }

    fn estimates(&self, point: usize, samples: &Samples, surrogates: Estimate) -> Vec<Estimate> {
        let share = |holds: &dyn Fn(usize) -> bool| {
            let flags: Vec<f64> =
                (0..samples.numbers[S].len()).map(|k| f64::from(u8::from(holds(k)))).collect();
            mean(&flags)
        };
        let of = |which: usize| mean(&samples.of_droplets(which));
        vec![
            exact(self.models[point].conductance()),
            share(&|k| samples.numbers[EIGENVALUE][k] < 0.0),
            surrogates,
            share(&|k| samples.numbers[S][k].is_finite()),
            of(S),
            samples.spin_over_single_mode(),
            of(RADIUS),
            of(PARTICIPATION),
            of(ENERGY),
        ]
    }

    /// Share of droplets above a spin to exponential accuracy, `exp{-G [1/Phi(S/g) - 1]}`, with `G = (1 + F_0)^2/2I F_0^2`, I the variance of the best profile of long waves; and what the
    /// resolution of Phi changes in it at most.
    fn theory(
        &self,
        point: usize,
        spins: &[f64],
        variance: f64,
        profile: &Result<Profile, DropletError>,
    ) -> Result<(Vec<f64>, f64), DropletError> {
        let g = self.models[point].conductance();
        let triplet = polarised(self.study, point).triplet;
        let exponent = ((1.0 + triplet) / triplet).powi(2) / (2.0 * variance);
        let relative: Vec<f64> = spins.iter().map(|s| s / g).collect();
        let phi = profile.as_ref().map_err(Clone::clone)?.suppression(&relative)?;
        let share = |phi: &RingIntegral| (-exponent * (1.0 / phi.value - 1.0)).exp();
        let shares: Vec<f64> = phi.iter().map(share).collect();
        let error = |(share, phi): (&f64, &RingIntegral)| share * exponent * phi.error / phi.value.powi(2);
        let most = shares.iter().zip(&phi).map(error).fold(0.0, f64::max);
        Ok((shares, most))
    }

    fn verdict(&self, estimates: &[Vec<Estimate>]) -> String {
        let told = estimates.iter().enumerate().map(|(point, e)| {
            let place = match label(self.study, point) {
                empty if empty.is_empty() => String::new(),
                place => format!("{place}: "),
            };
            let if_known = |words: &dyn Fn() -> String, e: Estimate| match e.standard_error.is_finite() {
                true => words(),
                false => String::new(),
            };
            let surrogates = if_known(&|| format!(" ({} of Gaussian surrogates)", e[2]), e[2]);
            let single = if_known(&|| format!(", {} of its single mode's", e[5]), e[5]);
            let droplets = match e[4].standard_error.is_finite() {
                true => format!("{} have a droplet: spin {}{single}, radius {}", e[3], e[4], e[6]),
                false => "too few have a droplet for a mean".to_owned(),
            };
            format!("{place}{} of the samples{surrogates} are unstable; {droplets}", e[1])
        });
        told.collect::<Vec<_>>().join(". ")
    }
}

impl Question for Droplets<'_> {
    fn dims(&self) -> Vec<(String, usize)> {
        vec![(SITE.to_owned(), self.sites())]
    }

    fn stored(&self) -> Vec<ArraySpec> {
        let numbers = STORED
            .iter()
            .map(|(name, words)| ArraySpec::new(name, Kind::Float, &[POINT, SAMPLE], "1", words));
        let density = ArraySpec::new(
            DENSITY,
            Kind::Float,
            &[POINT, SAMPLE, SITE],
            "1",
            "density of up less that of down spins per site; NaN without a droplet",
        );
        numbers.chain([density]).collect()
    }

    fn coordinates(&self) -> Vec<(ArraySpec, Column)> {
        let sites = self.sites();
        let of = |which: fn(usize, usize) -> usize| {
            let along = |model: &Model| {
                let size = (model.sites() as f64).sqrt().round() as usize;
                let inside = model.sites();
                (0..sites)
                    .map(|k| if k < inside { which(k, size) as f64 } else { f64::NAN })
                    .collect::<Vec<f64>>()
            };
            Column::Float(self.models.iter().flat_map(along).collect())
        };
        vec![
            (float("x", &[POINT, SITE], "1", "place along the torus, in sites"), of(|k, size| k % size)),
            (float("y", &[POINT, SITE], "1", "place across the torus, in sites"), of(|k, size| k / size)),
        ]
    }

    fn sample(&self, point: usize, numbers: &Deviations) -> Result<(Vec<Vec<f64>>, Audit), DropletError> {
        let (model, temperature) = (&self.models[point], settings(self.study, point).temperature);
        let exchange = self.exchange(point)?;
        let h = model.sample(numbers);
        let chi = susceptibility(&h, model, temperature)?;
        let instability = Instability::new(&chi, &exchange)?;
        let mut audit = chi.audit.clone();
        let found = solve_droplet(&h, model.orbitals(), &exchange, temperature, &instability)?;
        let mut of_droplet = [f64::NAN; 5];
        let mut density = vec![f64::NAN; self.sites()];
        if let Some(droplet) = found {
            audit.merge(&droplet.audit);
            of_droplet = [
                droplet.spin,
                droplet.single_mode_spin.unwrap_or(f64::NAN),
                droplet.radius,
                droplet.participation,
                droplet.energy,
            ];
            density[..droplet.spin_density.len()].copy_from_slice(&droplet.spin_density);
        }
        let mut values = vec![vec![instability.eigenvalue]];
        values.extend(of_droplet.map(|value| vec![value]));
        values.push(density);
        Ok((values, audit))
    }

    fn results(&self, record: &Reader) -> Result<Results, StoreError> {
        let points = self.models.len();
        let mut warnings = Vec::new();
        let samples = (0..points).map(|p| self.read(record, p, usize::MAX)).collect::<Result<Vec<_>, _>>()?;
        let mut surrogates: Vec<Option<Reference>> = Vec::new();
        for point in 0..points {
            let first = self.first_like(point) == point;
            let found = if first { self.surrogates(point) } else { Ok(None) };
            surrogates.push(found.unwrap_or_else(|why| {
                warnings.push(format!("point {point} is compared with no surrogates: {why}"));
                None
            }));
        }
        let reference = |point: usize| surrogates[self.first_like(point)].as_ref();
        let estimates: Vec<Vec<Estimate>> = (0..points)
            .map(|p| {
                let share = reference(p).map_or(NO_ESTIMATE, |of| self.surrogate_share(p, of));
                self.estimates(p, &samples[p], share)
            })
            .collect();
        let quantities: Vec<Described> = QUANTITIES
            .iter()
            .map(|(id, label)| Described { id, units: "1", label: (*label).to_owned() })
            .collect();
        let counts = samples.iter().map(|s| s.numbers[S].len() as i64).collect();
        let mut results = Results::new(&quantities, &estimates, counts);

        let largest = samples.iter().flat_map(|s| s.of_droplets(S)).fold(0.0, f64::max);
        let spins: Vec<f64> = (0..SPINS).map(|k| 1.05 * largest * k as f64 / (SPINS - 1) as f64).collect();
        let mut found = Vec::new();
        let mut theory = Vec::new();
        let profile = Profile::optimum(Resolution::STANDARD);
        for point in 0..points {
            let draws =
                samples[point].of_droplets(S).iter().map(|s| Draw { lowest: -s, weight: 1.0 }).collect();
            match Tail::new(draws) {
                Ok(tail) => found.extend(spins.iter().map(|s| estimate(tail.probability(*s)))),
                Err(_) => found.extend([NO_ESTIMATE; SPINS]),
            }
            let variance = reference(point).map_or(f64::NAN, |of| of.optimum.variance);
            let curve = if variance.is_finite() && largest > 0.0 {
                let (curve, error) = self.theory(point, &spins, variance, &profile).unwrap_or_else(|why| {
                    warnings.push(format!("point {point} has no theory of spins: {why}"));
                    (vec![f64::NAN; SPINS], 0.0)
                });
                if error > RESOLVED {
                    warnings.push(format!("point {point} has a theory of spins to {error:.1e} only"));
                }
                curve
            } else {
                vec![f64::NAN; SPINS]
            };
            theory.extend(curve);
        }
        results.dimension(SPIN, SPINS);
        results.extend([
            (float(SPIN, &[SPIN], "1", "unpaired spins S"), Column::Float(spins)),
            (
                float("spin_theory", &[POINT, SPIN], "1", "share of droplets above a spin, in theory"),
                Column::Float(theory),
            ),
        ]);
        results.extend(estimated(
            ("spin_survival", &[POINT, SPIN], "1"),
            "share of droplets above a spin",
            &found,
        ));

        let (mut maps, mut drawn) = (Vec::new(), Vec::new());
        for point in 0..points {
            let densities = rows(record, DENSITY, point, usize::MAX)?;
            let spin = |k: &usize| samples[point].numbers[S][*k];
            let most = (0..densities.len())
                .filter(|k| spin(k).is_finite())
                .max_by(|a, b| spin(a).total_cmp(&spin(b)));
            maps.extend(most.map_or_else(|| vec![f64::NAN; self.sites()], |k| densities[k].clone()));
            drawn.push(most.map_or(f64::NAN, |k| k as f64));
        }
        results.extend([
            (
                float(
                    "droplet_density",
                    &[POINT, SITE],
                    "1",
                    "spin density per site of the droplet of most spin",
                ),
                Column::Float(maps),
            ),
            (
                float("droplet_sample", &[POINT], "1", "its place among the samples that are done"),
                Column::Float(drawn),
            ),
        ]);
        let verdict = self.verdict(&estimates);
        let some = samples.iter().any(|s| !s.numbers[S].is_empty());
        let results = if some { results.with_verdict(verdict) } else { results };
        Ok(results.with_warnings(warnings))
    }

    fn deciding(&self, record: &Reader, point: usize, limit: usize) -> Result<Estimate, StoreError> {
        let samples = self.read(record, point, limit)?;
        Ok(self.estimates(point, &samples, NO_ESTIMATE)[3])
    }

    fn cost(&self, point: usize) -> Cost {
        let of = settings(self.study, point);
        let n = states(of);
        let sites = self.models[point].sites() as f64;
        Cost {
            system: system(of),
            // states of the sample and pairs of them; a third of the samples has a droplet, found in some 15 fields of two spins
            operations: 60.0 * n.powi(3) + 4.0 * (n * sites).powi(2) + 10.0 * 60.0 * n.powi(3),
            memory: 16.0 * 8.0 * n * n + 8.0 * 4.0 * sites * sites,
            stored: 8.0 * (STORED.len() as f64 + sites),
            method: "mean field".to_owned(),
            reason: "exchange is treated self-consistently, disorder exactly".to_owned(),
            shared: 1,
        }
    }
}
