//! The lattice experiment: the random part `F_1 = -(chi - <chi>)/nu_1` of the inverse spin susceptibility, sample by sample, against theory and the exponential law.

use super::derived::{Derived, Samples, fluctuations, leading};
use super::model::{Model, states, system};
use super::question::{Question, exact, mean, rows, settings};
use super::tail::{quotient, times};
use crate::results::{Described, Fit, NO_ESTIMATE, Results, float};
use crate::settings::spin_fluctuations::{Compute, Projections};
use crate::strip::Deviations;
use crate::study::Study;
use crate::task::{Column, Cost, Made};
use diffuson::audit::Audit;
use diffuson::diffusons::gaussian_on_torus;
use diffuson::droplets::{
    DropletError, FourierModes, Relaxation, Susceptibility, between_places, lowest_mode,
    static_susceptibility, susceptibility_of_levels,
};
use diffuson_ensemble::statistics::Estimate;
use diffuson_store::{ArraySpec, Kind, POINT, Reader, SAMPLE, StoreError};
use std::f64::consts::PI;

/// Coordinates.
const PAIR: &str = "pair";
pub(super) const RADIUS: &str = "radius";
pub(super) const SUBSPACE: &str = "subspace";
pub(super) const QUANTILE: &str = "quantile";
pub(super) const DEPTH: &str = "depth";

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
    ("ratio", "variances of $F_1$ over those of theory"),
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

/// Number of the realisation that surrogates are drawn from, which no sample has.
pub(super) const SURROGATES: u64 = u64::MAX;

/// The question at all points.
pub(super) struct Experiment<'s> {
    pub(super) study: &'s Study,
    pub(super) projections: &'s Projections,
    pub(super) points: Vec<Point>,
}

pub(super) struct Point {
    pub(super) model: Model,
    pub(super) modes: FourierModes,
    pub(super) profiles: Vec<Vec<f64>>,
    pub(super) temperature: f64,
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
            let samples = Samples::read(record, point, usize::MAX)?;
            counts.push(samples.modes.len() as i64);
            derived.push(match Derived::new(self, point, &samples) {
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
