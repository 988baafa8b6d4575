//! The lattice experiment: the random part `F_1 = -(chi - <chi>)/nu_1` of the inverse spin susceptibility, sample by sample, against rings of diffusons and the exponential law.

use super::model::{Model, states, system};
use super::question::{Question, column, estimated, exact, mean, rows, settings};
use super::tail::{self, QUANTILES, Reference, depth, estimate, quotient, range, slope, times};
use crate::results::{Described, Fit, NO_ESTIMATE, Results, float};
use crate::settings::spin_fluctuations::{Compute, Projections};
use crate::strip::Deviations;
use crate::study::Study;
use crate::task::{Column, Cost, Made};
use diffuson::audit::Audit;
use diffuson::diffusons::{RingSum, gaussian_on_torus};
use diffuson::droplets::{
    Draw, DropletError, FourierModes, Relaxation, Susceptibility, Tail, TimeReversal, between_places,
    lowest_mode, mode_eigenvalues, static_susceptibility, susceptibility_of_levels,
};
use diffuson_ensemble::random::Realisation;
use diffuson_ensemble::statistics::Estimate;
use diffuson_store::{ArraySpec, Kind, POINT, Reader, SAMPLE, StoreError};
use std::f64::consts::PI;

/// Coordinates.
const PAIR: &str = "pair";
const RADIUS: &str = "radius";
const SUBSPACE: &str = "subspace";
const QUANTILE: &str = "quantile";
const DEPTH: &str = "depth";

/// Stored of every sample: name, further dimension, unit, words.
const STORED: [(&str, Option<&str>, &str); 6] = [
    (
        "sample_modes",
        Some(PAIR),
        "susceptibility between Fourier modes i <= j, in the order (0, 0), (0, 1), ...",
    ),
    ("sample_profile", Some(RADIUS), "susceptibility on a Gaussian profile, mean over all its places"),
    ("sample_profile_square", Some(RADIUS), "its square, mean over all places"),
    (
        "sample_relaxation",
        Some("wave"),
        "sum over |G(x,y)|^2 per site of the uniform and of the longest waves",
    ),
    (
        "sample_bare",
        Some("bare"),
        "lowest eigenvalue of F_1 between all sites, less translations; sites it is on",
    ),
    ("sample_density", None, "sum over the susceptibility per site: density of states of one spin"),
];

/// Quantities of the table: name, label.
const QUANTITIES: [(&str, &str); 10] = [
    ("conductance", r"conductance $g$"),
    ("diffusion", r"diffusion constant $D$, from the relaxation of the longest wave"),
    ("density", r"density of states $\nu_1$ of one spin per site"),
    ("ratio", "variances of $F_1$ over those of rings of diffusons"),
    ("tail_ratio", "slope of the tail over that of surrogates"),
    ("tail_coefficient", r"slope of the tail over $g^2$"),
    ("surrogate_coefficient", r"$1/(2Ig^2)$, which is $\gamma$ at this size and temperature"),
    ("bare_lowest", "mean lowest eigenvalue of $F_1$ between sites"),
    ("bare_slope", "its slope of the tail times $2I$"),
    ("participation", "sites that its eigenvector is on"),
];

/// The place of a quantity among them.
pub(super) fn place(quantity: &str) -> usize {
    QUANTITIES.iter().position(|q| q.0 == quantity).unwrap_or(0)
}

/// The power of the conductance with which the slope of a tail grows in theory (Eq. 36).
pub(super) const EXPONENT: f64 = 2.0;

/// Depths at which distributions are stored.
const DEPTHS: usize = 40;

/// Number of the realisation that surrogates are drawn from, which no sample has.
const SURROGATES: u64 = u64::MAX;

/// The question at all points.
pub(super) struct Experiment<'s> {
    study: &'s Study,
    projections: &'s Projections,
    points: Vec<Point>,
}

struct Point {
    model: Model,
    modes: FourierModes,
    profiles: Vec<Vec<f64>>,
    temperature: f64,
}

/// What is known of the metal at a point.
#[derive(Clone, Copy)]
pub(super) struct Metal {
    diffusion: Estimate,
    density: Estimate,
    pub(super) conductance: f64,
    /// What rings are made of: exact where it is known, else as measured.
    pub(super) rings: (f64, f64, TimeReversal),
}

/// Samples of one point.
struct Samples {
    /// Symmetric matrices over modes.
    modes: Vec<Vec<f64>>,
    profile: Vec<Vec<f64>>,
    square: Vec<Vec<f64>>,
    relaxation: Vec<Vec<f64>>,
    bare: Vec<Vec<f64>>,
    density: Vec<f64>,
}

/// One subspace at one point.
pub(super) struct Subspace {
    ratio: Estimate,
    /// Largest variance of a profile in it.
    optimum: f64,
    pub(super) depths: [Estimate; QUANTILES.len()],
    pub(super) surrogate_depths: [Estimate; QUANTILES.len()],
    /// Slopes of tails times 2I, over the same range; of surrogates far in the tail.
    slope: Estimate,
    pub(super) surrogate_slope: Estimate,
    pub(super) far_slope: Estimate,
    /// Depth, share of samples, share of surrogates.
    survival: Vec<(f64, Estimate, f64)>,
}

/// What follows from the samples of a point.
pub(super) struct Derived {
    pub(super) metal: Metal,
    pub(super) subspaces: Vec<Subspace>,
    /// Variances on profiles, and as predicted.
    variances: Vec<(Estimate, f64)>,
    bare: [Estimate; 2],
    bare_slope: Estimate,
    pub(super) samples: usize,
}

impl<'s> Experiment<'s> {
    pub(super) fn new(study: &'s Study) -> Made<Self> {
        let Compute::Susceptibility(projections) = &settings(study, 0).compute else {
            unreachable!("what is computed is the same at all points")
        };
        let most = projections.modes.last().copied().unwrap_or(1);
        let point = |point: usize| -> Made<Point> {
            let of = settings(study, point);
            let size = of.model.size();
            for &count in &projections.modes {
                FourierModes::new(size, count).map_err(|e| {
                    let what = format!(
                        "`susceptibility.modes` asks for {count} modes of {size} x {size} sites: {e}"
                    );
                    let help = "take fewer modes, or a larger model.size".to_owned();
                    study.diagnostic(
                        point,
                        "susceptibility.modes",
                        what,
                        "not modes of this torus".to_owned(),
                        help,
                    )
                })?;
            }
            let refuse = |key: &'static str, e: DropletError| {
                study.diagnostic(
                    point,
                    key,
                    format!("`{key}`: {e}"),
                    "not possible here".to_owned(),
                    String::new(),
                )
            };
            let profiles = projections.radii.iter().map(|r| gaussian_on_torus(size, *r, [0.0, 0.0]));
            Ok(Point {
                model: Model::new(study, point)?,
                modes: FourierModes::new(size, most).map_err(|e| refuse("susceptibility.modes", e))?,
                profiles: profiles
                    .collect::<Result<_, _>>()
                    .map_err(|e| refuse("susceptibility.radii", e))?,
                temperature: of.temperature,
            })
        };
        Ok(Self { study, projections, points: (0..study.points().len()).map(point).collect::<Made<_>>()? })
    }

    fn read(&self, record: &Reader, point: usize, limit: usize) -> Result<Samples, StoreError> {
        let of = |name: &str| rows(record, name, point, limit);
        Ok(Samples {
            modes: of("sample_modes")?,
            profile: of("sample_profile")?,
            square: of("sample_profile_square")?,
            relaxation: of("sample_relaxation")?,
            bare: of("sample_bare")?,
            density: column(record, "sample_density", point, limit)?,
        })
    }

    /// What the metal is, from the model and from the relaxation of its samples.
    fn metal(&self, point: usize, samples: &Samples) -> Result<Metal, DropletError> {
        let Point { model, temperature, modes, .. } = &self.points[point];
        let frequency = PI * temperature;
        let of = |keep: &dyn Fn(usize) -> bool| -> Vec<f64> {
            let kept: Vec<Relaxation> = samples
                .relaxation
                .iter()
                .enumerate()
                .filter(|(k, _)| keep(*k))
                .filter_map(|(_, row)| Relaxation::from_sums(row[0], row[1], modes.size(), frequency).ok())
                .collect();
            Relaxation::mean(&kept).map_or(vec![f64::NAN; 2], |mean| vec![mean.diffusion(), mean.density()])
        };
        let found = tail::grouped(samples.relaxation.len(), of);
        let (diffusion, density) = (found[0], mean(&samples.density));
        let rings = match model {
            Model::Orbitals(model) => (model.diffusion(), model.density(), model.time_reversal()),
            Model::Anderson(_) => (diffusion.value, density.value, TimeReversal::Unbroken),
        };
        Ok(Metal { diffusion, density, conductance: 4.0 * PI * rings.0 * rings.1, rings })
    }

    fn derive(&self, point: usize, samples: &Samples) -> Result<Derived, DropletError> {
        let Point { modes, profiles, temperature, .. } = &self.points[point];
        let metal = self.metal(point, samples)?;
        let (diffusion, density, time_reversal) = metal.rings;
        let rings = RingSum::new(modes.size(), diffusion, density, time_reversal)?;
        let most = modes.count();
        let functions: Vec<Vec<f64>> = (0..most).filter_map(|k| modes.mode(k).map(<[f64]>::to_vec)).collect();
        let covariance = rings.covariance(&functions, *temperature)?;
        let fluctuations = fluctuations(&samples.modes, density);
        let numbers = Deviations(Realisation::new(settings(self.study, point).ensemble.seed, SURROGATES));
        let subspace = |&count: &usize| -> Result<Subspace, DropletError> {
            let kept = |matrix: &Vec<f64>| leading(matrix, most, count);
            let matrices: Vec<Vec<f64>> = fluctuations.iter().map(kept).collect();
            let predicted: f64 = (0..count)
                .flat_map(|i| (0..count).map(move |j| (i, j)))
                .map(|(i, j)| covariance.at(i, j, i, j))
                .sum();
            let within = FourierModes::new(modes.size(), count)?;
            let reference = Reference::new(&covariance, &within, self.projections.surrogates, &numbers)?;
            Subspace::new(&matrices, count, predicted, &reference, self.projections.tail)
        };
        let subspaces =
            self.projections.modes.iter().map(subspace).collect::<Result<Vec<_>, DropletError>>()?;
        let mut variances = Vec::new();
        for (k, profile) in profiles.iter().enumerate() {
            let predicted = rings.covariance(std::slice::from_ref(profile), *temperature)?.at(0, 0, 0, 0);
            let average =
                samples.profile.iter().map(|row| row[k]).sum::<f64>() / samples.profile.len() as f64;
            let spread: Vec<f64> = samples
                .profile
                .iter()
                .zip(&samples.square)
                .map(|(one, square)| {
                    (square[k] - 2.0 * average * one[k] + average * average) / density.powi(2)
                })
                .collect();
            let n = spread.len() as f64;
            variances.push((times(mean(&spread), n / (n - 1.0)), predicted));
        }
        let chosen = self.chosen();
        let bare: Vec<Draw> =
            samples.bare.iter().map(|row| Draw { lowest: row[0] / density, weight: 1.0 }).collect();
        let bare_slope = Tail::new(bare).map_or(NO_ESTIMATE, |tail| {
            let found = range(&tail, self.projections.tail).map(|[near, far]| slope(&tail, near, far));
            times(found.unwrap_or(NO_ESTIMATE), 2.0 * subspaces[chosen].optimum)
        });
        let of_bare =
            |k: usize, unit: f64| mean(&samples.bare.iter().map(|row| row[k] / unit).collect::<Vec<f64>>());
        Ok(Derived {
            metal,
            subspaces,
            variances,
            bare: [of_bare(0, density), of_bare(1, 1.0)],
            bare_slope,
            samples: samples.modes.len(),
        })
    }

    pub(super) fn study(&self) -> &Study {
        self.study
    }

    /// Modes in the subspace of table and verdict.
    pub(super) fn modes(&self) -> usize {
        self.projections.modes[self.chosen()]
    }

    /// The subspace of table and verdict.
    pub(super) fn chosen(&self) -> usize {
        self.projections.subspace.unwrap_or(0)
    }

    pub(super) fn estimates(&self, derived: &Derived) -> Vec<Estimate> {
        let g = derived.metal.conductance;
        let subspace = &derived.subspaces[self.chosen()];
        let coefficient = 0.5 / (subspace.optimum * g * g);
        vec![
            exact(g),
            derived.metal.diffusion,
            derived.metal.density,
            subspace.ratio,
            quotient(subspace.slope, subspace.surrogate_slope),
            times(subspace.slope, coefficient),
            exact(coefficient),
            derived.bare[0],
            derived.bare_slope,
            derived.bare[1],
        ]
    }

    /// The power of g with which the slope of the tail grows, over points of different conductance.
    fn exponent(&self, derived: &[Option<Derived>]) -> Option<Fit> {
        let points: Vec<(f64, Estimate)> = derived
            .iter()
            .flatten()
            .map(|d| (d.metal.conductance, self.estimates(d)[place("tail_coefficient")]))
            .map(|(g, coefficient)| (g.ln(), times(coefficient, g * g)))
            .filter(|(_, slope)| slope.value > 0.0 && slope.standard_error > 0.0)
            .collect();
        let weight = |e: &Estimate| (e.value / e.standard_error).powi(2);
        let total: f64 = points.iter().map(|(_, e)| weight(e)).sum();
        let centre = points.iter().map(|(x, e)| weight(e) * x).sum::<f64>() / total;
        let spread: f64 = points.iter().map(|(x, e)| weight(e) * (x - centre).powi(2)).sum();
        if points.len() < 2 || !(spread > 1e-12 * total) {
            return None;
        }
        let value = points.iter().map(|(x, e)| weight(e) * (x - centre) * e.value.ln()).sum::<f64>() / spread;
        Some(Fit {
            name: "slope of the tail: power of the conductance".to_owned(),
            estimate: Estimate { value, standard_error: spread.sqrt().recip(), samples: points.len() },
            expected: Some(EXPONENT),
            reference: "exponential law, Eq. 36".to_owned(),
            points: points.len(),
        })
    }
}

impl Subspace {
    fn new(
        matrices: &[Vec<f64>],
        count: usize,
        predicted: f64,
        reference: &Reference,
        share: f64,
    ) -> Result<Self, DropletError> {
        let squares: Vec<f64> = matrices.iter().map(|m| m.iter().map(|x| x * x).sum()).collect();
        let n = squares.len() as f64;
        let ratio = times(mean(&squares), n / ((n - 1.0) * predicted));
        let draw = |matrix: &Vec<f64>| Ok(Draw { lowest: mode_eigenvalues(matrix, count)?[0], weight: 1.0 });
        let draws = matrices.iter().map(draw).collect::<Result<Vec<_>, DropletError>>()?;
        let deepest = draws.iter().map(|d| -d.lowest).fold(0.0, f64::max);
        let tail = Tail::new(draws)?;
        let unit = 2.0 * reference.optimum.variance;
        let both = range(&reference.tail, share).map_or([NO_ESTIMATE; 2], |[near, far]| {
            [&tail, &reference.tail].map(|tail| times(slope(tail, near, far), unit))
        });
        let survival = (0..DEPTHS)
            .map(|k| 1.05 * deepest * k as f64 / (DEPTHS - 1) as f64)
            .map(|at| (at, estimate(tail.probability(at)), reference.tail.probability(at).value))
            .collect();
        Ok(Self {
            ratio,
            optimum: reference.optimum.variance,
            depths: QUANTILES.map(|p| depth(&tail, p)),
            surrogate_depths: QUANTILES.map(|p| depth(&reference.tail, p)),
            slope: both[0],
            surrogate_slope: both[1],
            far_slope: reference.far_slope(),
            survival,
        })
    }
}

/// `F_1` between modes: susceptibilities less their mean over samples, over -nu_1; matrices of entries (i <= j) in, the same out.
fn fluctuations(samples: &[Vec<f64>], density: f64) -> Vec<Vec<f64>> {
    let n = samples.len() as f64;
    let width = samples.first().map_or(0, Vec::len);
    let mean: Vec<f64> = (0..width).map(|k| samples.iter().map(|row| row[k]).sum::<f64>() / n).collect();
    let less = |row: &Vec<f64>| row.iter().zip(&mean).map(|(chi, mean)| (mean - chi) / density).collect();
    samples.iter().map(less).collect()
}

/// The square matrix over the first `count` of `most` modes, from entries (i <= j).
fn leading(entries: &[f64], most: usize, count: usize) -> Vec<f64> {
    let place = |i: usize, j: usize| i * most - i * (i + 1) / 2 + j;
    (0..count * count)
        .map(|k| place((k / count).min(k % count), (k / count).max(k % count)))
        .map(|k| entries[k])
        .collect()
}

/// A kernel over sites less its mean over translations: what is left of it is random.
fn less_translations(kernel: &[f64], size: usize) -> Vec<f64> {
    let sites = size * size;
    let apart = |x: usize, y: usize| {
        let along = (x % size + size - y % size) % size;
        (x / size + size - y / size) % size * size + along
    };
    let mut mean = vec![0.0; sites];
    for (k, value) in kernel.iter().enumerate() {
        mean[apart(k / sites, k % sites)] += value / sites as f64;
    }
    kernel.iter().enumerate().map(|(k, value)| value - mean[apart(k / sites, k % sites)]).collect()
}

impl Point {
    fn susceptibility(&self, h: &diffuson::Matrix) -> Result<Susceptibility, DropletError> {
        susceptibility(h, &self.model, self.temperature)
    }
}

/// The susceptibility of one sample, by the route that takes fewer operations.
pub(super) fn susceptibility(
    h: &diffuson::Matrix,
    model: &Model,
    temperature: f64,
) -> Result<Susceptibility, DropletError> {
    let (sites, orbitals) = (model.sites(), model.orbitals());
    let frequencies = frequencies(temperature);
    if sites * sites <= 8 * frequencies * h.rows() {
        susceptibility_of_levels(h, orbitals, temperature)
    } else {
        static_susceptibility(h, orbitals, temperature, frequencies)
    }
}

/// Poles of the Fermi function that suffice for levels up to some 4: the sum rule in the audit knows.
fn frequencies(temperature: f64) -> usize {
    16 + (4.0 / temperature).sqrt().ceil() as usize
}

impl Question for Experiment<'_> {
    fn dims(&self) -> Vec<(String, usize)> {
        let most = self.projections.modes.last().copied().unwrap_or(1);
        [
            (PAIR, most * (most + 1) / 2),
            (RADIUS, self.projections.radii.len()),
            (SUBSPACE, self.projections.modes.len()),
            ("wave", 2),
            ("bare", 2),
        ]
        .map(|(name, length)| (name.to_owned(), length))
        .to_vec()
    }

    fn stored(&self) -> Vec<ArraySpec> {
        let spec = |(name, dim, words): &(&str, Option<&'static str>, &str)| {
            let dims: Vec<&str> = [POINT, SAMPLE].into_iter().chain(*dim).collect();
            ArraySpec::new(name, Kind::Float, &dims, "1", words)
        };
        STORED.iter().map(spec).collect()
    }

    fn coordinates(&self) -> Vec<(ArraySpec, Column)> {
        let modes = self.projections.modes.iter().map(|m| *m as f64).collect();
        vec![
            (
                float(RADIUS, &[RADIUS], "1", "radius R of the profile, in sites"),
                Column::Float(self.projections.radii.clone()),
            ),
            (float(SUBSPACE, &[SUBSPACE], "1", "number of lowest Fourier modes"), Column::Float(modes)),
        ]
    }

    fn sample(&self, point: usize, numbers: &Deviations) -> Result<(Vec<Vec<f64>>, Audit), DropletError> {
        let of = &self.points[point];
        let size = of.modes.size();
        let sites = size * size;
        let h = of.model.sample(numbers);
        let chi = of.susceptibility(&h)?;
        let mut audit = chi.audit.clone();
        let projected = of.modes.project(chi.values())?;
        let count = of.modes.count();
        let pairs = (0..count).flat_map(|i| (i..count).map(move |j| (i, j)));
        let modes = pairs.map(|(i, j)| 0.5 * (projected[i * count + j] + projected[j * count + i])).collect();
        let (mut profile, mut square) = (Vec::new(), Vec::new());
        for psi in &of.profiles {
            let between = between_places(chi.values(), psi, size)?;
            let places = (0..sites).map(|x| between[x * (sites + 1)]);
            profile.push(places.clone().sum::<f64>() / sites as f64);
            square.push(places.map(|p| p * p).sum::<f64>() / sites as f64);
        }
        let relaxation = Relaxation::new(&h, of.model.orbitals(), size, PI * of.temperature)?;
        audit.merge(&relaxation.audit);
        let random: Vec<f64> = less_translations(chi.values(), size).iter().map(|x| -x).collect();
        let (lowest, vector) = lowest_mode(&random, sites)?;
        let participation = 1.0 / vector.iter().map(|v| v.powi(4)).sum::<f64>();
        let density = chi.values().iter().sum::<f64>() / sites as f64;
        let values = vec![
            modes,
            profile,
            square,
            vec![relaxation.uniform, relaxation.wave],
            vec![lowest, participation],
            vec![density],
        ];
        Ok((values, audit))
    }

    fn results(&self, record: &Reader) -> Result<Results, StoreError> {
        let mut warnings = Vec::new();
        let mut derived = Vec::new();
        let mut counts = Vec::new();
        for point in 0..self.points.len() {
            let samples = self.read(record, point, usize::MAX)?;
            counts.push(samples.modes.len() as i64);
            derived.push(match self.derive(point, &samples) {
                Ok(found) => Some(found),
                Err(why) => {
                    warnings.push(format!("point {point} has no results: {why}"));
                    None
                }
            });
        }
        let quantities: Vec<Described> = QUANTITIES
            .iter()
            .map(|(id, label)| Described { id, units: "1", label: (*label).to_owned() })
            .collect();
        let none = || vec![NO_ESTIMATE; QUANTITIES.len()];
        let estimates: Vec<Vec<Estimate>> =
            derived.iter().map(|d| d.as_ref().map_or_else(none, |d| self.estimates(d))).collect();
        let mut results = Results::new(&quantities, &estimates, counts);
        self.extend(&mut results, &derived);
        let fits: Vec<Fit> = self.exponent(&derived).into_iter().collect();
        let verdict = self.verdict(&derived, &fits);
        let results = results.with_fits(
            fits,
            "weighted line through logarithms of slope and conductance",
            "of independent points",
        );
        let results = if verdict.is_empty() { results } else { results.with_verdict(verdict) };
        Ok(results.with_warnings(warnings))
    }

    fn deciding(&self, record: &Reader, point: usize, limit: usize) -> Result<Estimate, StoreError> {
        let most = self.points[point].modes.count();
        let count = self.projections.modes[self.chosen()];
        let all = fluctuations(&rows(record, "sample_modes", point, limit)?, 1.0);
        // the relative error does not depend on the prediction
        let squares: Vec<f64> =
            all.iter().map(|row| leading(row, most, count).iter().map(|x| x * x).sum()).collect();
        Ok(mean(&squares))
    }

    fn cost(&self, point: usize) -> Cost {
        let of = settings(self.study, point);
        let n = states(of);
        let sites = of.model.size().pow(2) as f64;
        // eigenstates of a Hermitian matrix, overlaps of all pairs of levels, a Green function
        let levels = 60.0 * n.powi(3) + 4.0 * (n * sites).powi(2);
        let poles = frequencies(of.temperature) as f64 * 8.0 * n.powi(3);
        let by_levels = sites * sites <= 8.0 * frequencies(of.temperature) as f64 * n;
        let profiles = (2.0 * self.projections.radii.len() as f64 + 20.0) * sites.powi(3);
        let most = self.projections.modes.last().copied().unwrap_or(1) as f64;
        Cost {
            system: system(of),
            operations: if by_levels { levels } else { poles } + 8.0 * n.powi(3) + profiles,
            memory: 16.0 * 6.0 * n * n + 8.0 * 4.0 * sites * sites,
            stored: 8.0 * (most * (most + 1.0) / 2.0 + 2.0 * self.projections.radii.len() as f64 + 9.0),
            method: if by_levels { "levels" } else { "Green functions" }.to_owned(),
            reason: "fewer operations for so many states and sites".to_owned(),
            shared: 1,
        }
    }
}

impl Experiment<'_> {
    /// The arrays over subspaces, radii and depths.
    fn extend(&self, results: &mut Results, derived: &[Option<Derived>]) {
        results.dimension(QUANTILE, QUANTILES.len());
        results.dimension(DEPTH, DEPTHS);
        results.dimension("one", 1);
        results.extend([
            (
                float(QUANTILE, &[QUANTILE], "1", "share of samples beyond a depth"),
                Column::Float(QUANTILES.to_vec()),
            ),
            (
                float("chosen_subspace", &["one"], "1", "which of the subspaces table and verdict use"),
                Column::Float(vec![self.chosen() as f64]),
            ),
        ]);
        let subspaces = self.projections.modes.len();
        let over = |width: usize, of: &dyn Fn(&Subspace) -> Vec<Estimate>| -> Vec<Estimate> {
            let missing = || vec![NO_ESTIMATE; width * subspaces];
            let found = |d: &Derived| d.subspaces.iter().flat_map(of).collect::<Vec<_>>();
            derived.iter().flat_map(|d| d.as_ref().map_or_else(missing, found)).collect()
        };
        let one = [POINT, SUBSPACE];
        type Of<'f> = &'f dyn Fn(&Subspace) -> Vec<Estimate>;
        let of_one: [(&str, &str, Of<'_>); 5] = [
            ("variance_ratio", "sum of the variances of F_1 over that of rings of diffusons", &|s| {
                vec![s.ratio]
            }),
            ("optimum", "largest variance I of a profile within the subspace, of rings of diffusons", &|s| {
                vec![exact(s.optimum)]
            }),
            ("tail_slope", "slope of the tail of samples times 2 I", &|s| vec![s.slope]),
            ("surrogate_slope", "the same of surrogates, in the same range", &|s| vec![s.surrogate_slope]),
            ("far_slope", "the same of surrogates at E^2/2I from 10 to 20", &|s| vec![s.far_slope]),
        ];
        for (name, words, of) in of_one {
            results.extend(estimated((name, &one, "1"), words, &over(1, of)));
        }
        let quantiles = [POINT, SUBSPACE, QUANTILE];
        let depths: [(&str, &str, Of<'_>); 2] = [
            ("lowest_depth", "depth of the lowest eigenvalue that a share of samples exceeds", &|s| {
                s.depths.to_vec()
            }),
            ("surrogate_depth", "the same of surrogates", &|s| s.surrogate_depths.to_vec()),
        ];
        for (name, words, of) in depths {
            results.extend(estimated((name, &quantiles, "1"), words, &over(QUANTILES.len(), of)));
        }
        let grid = [POINT, SUBSPACE, DEPTH];
        let along = |of: &dyn Fn(&(f64, Estimate, f64)) -> Estimate| {
            over(DEPTHS, &|s: &Subspace| s.survival.iter().map(of).collect())
        };
        let values = |of: &[Estimate]| Column::Float(of.iter().map(|e| e.value).collect());
        results.extend(estimated(
            ("survival", &grid, "1"),
            "share of samples whose lowest eigenvalue lies deeper",
            &along(&|s| s.1),
        ));
        results.extend([
            (float("survival_energy", &grid, "1", "depth E"), values(&along(&|s| exact(s.0)))),
            (float("surrogate_survival", &grid, "1", "share of surrogates"), values(&along(&|s| exact(s.2)))),
        ]);
        let radii = [POINT, RADIUS];
        let width = self.projections.radii.len();
        let of_radii = |of: &dyn Fn(&(Estimate, f64)) -> Estimate| -> Vec<Estimate> {
            let missing = || vec![NO_ESTIMATE; width];
            let found = |d: &Derived| d.variances.iter().map(of).collect::<Vec<_>>();
            derived.iter().flat_map(|d| d.as_ref().map_or_else(missing, found)).collect()
        };
        results.extend(estimated(
            ("profile_variance", &radii, "1"),
            "variance of F_1 on a Gaussian profile, over samples and places",
            &of_radii(&|v| v.0),
        ));
        results.extend(estimated(
            ("profile_ratio", &radii, "1"),
            "the same over that of rings of diffusons",
            &of_radii(&|v| times(v.0, 1.0 / v.1)),
        ));
        results.extend([(
            float("profile_predicted", &radii, "1", "variance of rings of diffusons"),
            values(&of_radii(&|v| exact(v.1))),
        )]);
    }
}
