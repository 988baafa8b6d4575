//! The susceptibility on two places and between them, whose covariances (Eqs. 51 to 54) tell one counting of diagrams from another.
//!
//! With all rings of diffusons `<F_ij F_kl>` does not depend on the order of the four profiles, hence `<F^(12) F^(12)> = <F^(1) F^(2)>`; if vertices of the two factors alternated along every ring, as
//! in the paper, the first would be made of rings aabb and the second of rings abab, which are several times smaller.

use super::experiment::susceptibility;
use super::model::{Model, states, system};
use super::question::{Question, estimated, exact, label, rows, settings};
use crate::results::{Described, NO_ESTIMATE, Results, float};
use crate::settings::spin_fluctuations::{Compute, Pairs};
use crate::strip::Deviations;
use crate::study::Study;
use crate::task::{Column, Cost, Made};
use diffuson::audit::Audit;
use diffuson::diffusons::{RingCovariance, gaussian_on_torus};
use diffuson::droplets::{DropletError, FourierModes, OrbitalModel, between_places, ladder_covariance};
use diffuson_ensemble::statistics::{Estimate, jackknife};
use diffuson_store::{ArraySpec, Kind, POINT, Reader, SAMPLE, StoreError};

const DISTANCE: &str = "distance";
const ELEMENT: &str = "element";

/// Stored of every sample, chi_aa being the susceptibility on a profile at a and chi_ab that between two: name, whether for each distance, words.
const STORED: [(&str, bool, &str); 6] = [
    ("sample_one", false, "susceptibility on a profile, chi_aa, mean over all its places"),
    ("sample_one_one", false, "its square, mean over all places"),
    (
        "sample_between",
        true,
        "susceptibility between two profiles, chi_ab, mean over places and both directions",
    ),
    ("sample_one_other", true, "chi_aa chi_bb, the same mean"),
    ("sample_one_between", true, "(chi_aa + chi_bb) chi_ab / 2, the same mean"),
    ("sample_between_between", true, "chi_ab^2, the same mean"),
];

/// Covariances over the variance of `F^(1)`, and the ratio of two of them.
const ELEMENTS: [&str; 4] = ["J_1", "J_2", "J_3", "J_1/J_3"];

/// Quantities of the table, after the conductance.
const QUANTITIES: [(&str, &str); 7] = [
    ("ratio", "variance of $F^{(1)}$ over that predicted"),
    ("first_ratio", "$J_1$ over that of all rings"),
    ("second_ratio", "$J_2$ over that of all rings"),
    ("third_ratio", "$J_3$ over that of all rings"),
    ("exchange_ratio", "$J_1/J_3$ over that of all rings"),
    ("third_four", "$J_3$ of the paper's diagrams over that of all rings"),
    ("exchange_four", "$J_1/J_3$ of the paper's diagrams over that of all rings"),
];

/// From how many standard errors on two numbers differ.
const DIFFERENT: f64 = 3.0;

/// The question at all points.
pub(super) struct Interaction<'s> {
    study: &'s Study,
    points: Vec<Point>,
    distances: Vec<usize>,
}

struct Point {
    model: OrbitalModel,
    modes: FourierModes,
    /// The profile at the origin in these modes, and on the sites.
    vector: Vec<f64>,
    profile: Vec<f64>,
    temperature: f64,
}

/// Variance of `F^(1)`, and `J_1`, `J_2`, `J_3` over it for each distance.
struct Covariances {
    variance: f64,
    shares: Vec<[f64; 3]>,
}

/// What theory says of a point.
struct Predicted {
    /// The ladder of the model, all rings.
    all: Covariances,
    /// The same if the vertices of the two factors alternated.
    four: Vec<[f64; 3]>,
}

/// What follows from the samples of a point.
struct Derived {
    predicted: Predicted,
    variance: Estimate,
    shares: Vec<[Estimate; 3]>,
    /// `J_1/J_3` at each distance.
    exchange: Vec<Estimate>,
    /// `J_1`, `J_2`, `J_3` and `J_1/J_3` over those of all rings: means over distances with the inverse squares of their errors as weights.
    ratios: [Estimate; 4],
    /// The same of the paper's diagrams.
    four: [f64; 4],
    samples: usize,
}

impl<'s> Interaction<'s> {
    pub(super) fn new(study: &'s Study) -> Made<Self> {
        let pairs = |point: usize| -> &Pairs {
            match &settings(study, point).compute {
                Compute::Interaction(pairs) => pairs,
                _ => unreachable!("what is computed is the same at all points"),
            }
        };
        let point = |point: usize| -> Made<Point> {
            let of = settings(study, point);
            let Pairs { radius, modes: count, .. } = *pairs(point);
            let model = Model::known(study, point, "interaction")?;
            let refuse = |key: &'static str, e: DropletError| {
                study.diagnostic(
                    point,
                    key,
                    format!("`{key}`: {e}"),
                    "not possible here".to_owned(),
                    String::new(),
                )
            };
            let modes = FourierModes::new(model.size(), count).map_err(|e| refuse("interaction.modes", e))?;
            let gaussian = gaussian_on_torus(model.size(), radius, [0.0, 0.0])
                .map_err(|e| refuse("interaction.radius", e))?;
            let vector = projection(&modes, &gaussian);
            let profile = on_sites(&modes, &vector);
            Ok(Point { model, vector, profile, temperature: of.temperature, modes })
        };
        Ok(Self {
            study,
            points: (0..study.points().len()).map(point).collect::<Made<_>>()?,
            distances: pairs(0).distances.clone(),
        })
    }

    fn read(&self, record: &Reader, point: usize, limit: usize) -> Result<Vec<Vec<f64>>, StoreError> {
        let mut all: Vec<Vec<f64>> = Vec::new();
        for (name, ..) in STORED {
            let read = rows(record, name, point, limit)?;
            all.resize(read.len(), Vec::new());
            all.iter_mut().zip(read).for_each(|(row, more)| row.extend(more));
        }
        Ok(all)
    }

    fn derive(&self, mut rows: Vec<Vec<f64>>, predicted: Predicted) -> Derived {
        let distances = self.distances.len();
        let samples = rows.len();
        for row in &mut rows {
            let own: Vec<f64> = of_means(row, distances).into_iter().map(|[_, means]| means).collect();
            row.extend(own);
        }
        let width = 2 + 4 * distances;
        let n = samples as f64;
        // the variance and, over it, J_1, J_2 and J_3 at each distance
        let covariances = |means: &[f64]| -> Vec<f64> {
            // products of the means of two samples, the same sample never taken twice
            let apart = |together: f64, own: f64| (n * together - own) / (n - 1.0);
            let mut found: Vec<f64> = of_means(means, distances)
                .into_iter()
                .zip(&means[width..])
                .map(|([product, means], own)| product - apart(means, *own))
                .collect();
            let variance = found[0];
            found[1..].iter_mut().for_each(|c| *c /= variance);
            found
        };
        let at_distances = jackknife(&rows, |means| {
            let mut found = covariances(means);
            let exchange: Vec<f64> = found[1..].chunks_exact(3).map(|j| j[0] / j[2]).collect();
            found.extend(exchange);
            found
        });
        let found = at_distances.map_or_else(|_| vec![NO_ESTIMATE; 1 + 4 * distances], |j| j.estimates());
        let (shares, exchange) = found[1..].split_at(3 * distances);
        let all = predicted.all.shares.concat();
        let weights: Vec<f64> = all.iter().zip(shares).map(|(p, e)| (p / e.standard_error).powi(2)).collect();
        let means_of_ratios = |shares: &[f64]| -> [f64; 4] {
            let mean = |e: usize| {
                let of = (e..3 * distances).step_by(3);
                let total: f64 = of.clone().map(|k| weights[k]).sum();
                of.map(|k| weights[k] * shares[k] / all[k]).sum::<f64>() / total
            };
            let [first, second, third] = [0, 1, 2].map(mean);
            [first, second, third, first / third]
        };
        let ratios = jackknife(&rows, |means| means_of_ratios(&covariances(means)[1..]).to_vec());
        let ratios = ratios.map_or_else(|_| vec![NO_ESTIMATE; 4], |j| j.estimates());
        Derived {
            variance: found[0],
            shares: shares.chunks_exact(3).map(|j| [j[0], j[1], j[2]]).collect(),
            exchange: exchange.to_vec(),
            ratios: [0, 1, 2, 3].map(|k| ratios[k]),
            four: means_of_ratios(&predicted.four.concat()),
            predicted,
            samples,
        }
    }

    fn verdict(&self, point: usize, derived: &Derived) -> String {
        let place = match label(self.study, point) {
            empty if empty.is_empty() => String::new(),
            place => format!("{place}: "),
        };
        let off = |e: usize, from: f64| {
            let Estimate { value, standard_error, .. } = derived.ratios[e];
            (value - from).abs() / standard_error
        };
        let found: Vec<String> = (0..4).map(|e| format!("{} {}", ELEMENTS[e], derived.ratios[e])).collect();
        let furthest = (0..4).map(|e| off(e, 1.0)).fold(0.0, f64::max);
        let word = if furthest <= DIFFERENT { "agrees" } else { "does not agree" };
        // J_2 is the same in both
        let printed = [0, 2, 3].map(|e| {
            let from = derived.four[e];
            format!("{} {from:.2}, {:.1} standard errors off", ELEMENTS[e], off(e, from))
        });
        format!(
            "{place}The complete counting {word}: measured over predicted {}, at most {furthest:.1} standard errors from one. The paper's counting has {}. These are weighted means over {} distances, in \
             units of the variance on one place, which is {} of that predicted. {} samples, g = {:.1}",
            found.join(", "),
            printed.join("; "),
            self.distances.len(),
            derived.ratio(),
            derived.samples,
            self.points[point].model.conductance(),
        )
    }

    fn extend(&self, results: &mut Results, derived: &[Derived]) {
        results.dimension(ELEMENT, 3);
        let all = |of: &dyn Fn(&Derived) -> Vec<Estimate>| derived.iter().flat_map(of).collect::<Vec<_>>();
        let shares = [POINT, DISTANCE, ELEMENT];
        results.extend(estimated(
            ("pair_covariance", &shares, "1"),
            "J_1 = <F1 F2>, J_2 = <F1 F12> and J_3 = <F12 F12> over the variance of F1, over samples and places",
            &all(&|d| d.shares.concat()),
        ));
        results.extend(estimated(
            ("pair_exchange", &[POINT, DISTANCE], "1"),
            "J_1/J_3",
            &all(&|d| d.exchange.clone()),
        ));
        let numbers = |of: &dyn Fn(&Predicted) -> Vec<f64>| {
            Column::Float(derived.iter().flat_map(|d| of(&d.predicted)).collect())
        };
        results.extend([
            (
                float("pair_predicted", &shares, "1", "the same of all rings, in the model's own ladder"),
                numbers(&|p| p.all.shares.concat()),
            ),
            (
                float(
                    "pair_four",
                    &shares,
                    "1",
                    "the same if vertices alternated along every ring, as in the paper",
                ),
                numbers(&|p| p.four.concat()),
            ),
        ]);
    }
}

impl Predicted {
    fn unknown(distances: usize) -> Self {
        let shares = vec![[f64::NAN; 3]; distances];
        Self { all: Covariances { variance: f64::NAN, shares: shares.clone() }, four: shares }
    }
}

impl Derived {
    /// The variance of one place over that predicted.
    fn ratio(&self) -> Estimate {
        let by = self.predicted.all.variance;
        Estimate {
            value: self.variance.value / by,
            standard_error: self.variance.standard_error / by,
            samples: self.variance.samples,
        }
    }
}

/// Means of products and the products of means they are compared with: of the variance, and of `J_1`, `J_2` and `J_3` for each distance; from means in the order of [`STORED`].
fn of_means(means: &[f64], distances: usize) -> Vec<[f64; 2]> {
    let one = means[0];
    let at = |which: usize, k: usize| means[2 + which * distances + k];
    let pairs = (0..distances).flat_map(|k| {
        let between = at(0, k);
        [[at(1, k), one * one], [at(2, k), one * between], [at(3, k), between * between]]
    });
    std::iter::once([means[1], one * one]).chain(pairs).collect()
}

/// A function of the sites in the modes, of unit norm.
fn projection(modes: &FourierModes, function: &[f64]) -> Vec<f64> {
    let along = |k: usize| -> f64 {
        modes.mode(k).map_or(0.0, |mode| mode.iter().zip(function).map(|(m, f)| m * f).sum())
    };
    let vector: Vec<f64> = (0..modes.count()).map(along).collect();
    let norm = vector.iter().map(|v| v * v).sum::<f64>().sqrt();
    vector.iter().map(|v| v / norm).collect()
}

/// `sum_i v_i phi_i` on the sites.
fn on_sites(modes: &FourierModes, vector: &[f64]) -> Vec<f64> {
    let sites = modes.size().pow(2);
    let mut sum = vec![0.0; sites];
    for (mode, v) in modes.values().chunks_exact(sites).zip(vector) {
        sum.iter_mut().zip(mode).for_each(|(sum, phi)| *sum += v * phi);
    }
    sum
}

/// `J_1`, `J_2` and `J_3` of two functions, over the variance on the first.
fn shares(covariance: &RingCovariance) -> [f64; 3] {
    let of = |i, j, k, l| covariance.at(i, j, k, l) / covariance.at(0, 0, 0, 0);
    [of(0, 0, 1, 1), of(0, 0, 0, 1), of(0, 1, 0, 1)]
}

impl Point {
    fn predicted(&self, distances: &[usize]) -> Result<Predicted, DropletError> {
        let rings = self.model.rings()?;
        let ladder = ladder_covariance(&self.model, &self.modes, self.temperature)?;
        let variance = ladder.between(std::slice::from_ref(&self.vector))?.at(0, 0, 0, 0);
        let (mut all, mut four) = (Vec::new(), Vec::new());
        for &distance in distances {
            let moved = self.modes.moved(&self.vector, [distance as f64, 0.0])?;
            let functions = [self.profile.clone(), on_sites(&self.modes, &moved)];
            let own = shares(&ladder.between(&[self.vector.clone(), moved])?);
            let complete = shares(&rings.covariance(&functions, self.temperature)?);
            let alternating = shares(&rings.alternating_covariance(&functions, self.temperature)?);
            all.push(own);
            four.push([0, 1, 2].map(|e| own[e] * alternating[e] / complete[e]));
        }
        Ok(Predicted { all: Covariances { variance, shares: all }, four })
    }
}

impl Question for Interaction<'_> {
    fn dims(&self) -> Vec<(String, usize)> {
        vec![(DISTANCE.to_owned(), self.distances.len())]
    }

    fn stored(&self) -> Vec<ArraySpec> {
        let spec = |(name, pairs, words): &(&str, bool, &str)| {
            let dims: &[&str] = if *pairs { &[POINT, SAMPLE, DISTANCE] } else { &[POINT, SAMPLE] };
            ArraySpec::new(name, Kind::Float, dims, "1", words)
        };
        STORED.iter().map(spec).collect()
    }

    fn coordinates(&self) -> Vec<(ArraySpec, Column)> {
        let sites = self.distances.iter().map(|&d| d as f64).collect();
        vec![(
            float(DISTANCE, &[DISTANCE], "1", "distance L of two profiles, in sites"),
            Column::Float(sites),
        )]
    }

    fn sample(&self, point: usize, numbers: &Deviations) -> Result<(Vec<Vec<f64>>, Audit), DropletError> {
        let of = &self.points[point];
        let (size, sites) = (of.model.size(), of.model.sites());
        let h = of.model.sample(numbers);
        let chi = susceptibility(&h, &Model::Orbitals(of.model), of.temperature)?;
        // in units of its mean, less one: products of small numbers keep their digits
        let unit = of.model.density();
        let between = between_places(chi.values(), &of.profile, size)?;
        let on = |a: usize| between[a * (sites + 1)] / unit - 1.0;
        let mean = |of: &dyn Fn(usize) -> f64| (0..sites).map(of).sum::<f64>() / sites as f64;
        let mut values = vec![vec![mean(&on)], vec![mean(&|a| on(a).powi(2))]];
        values.extend(vec![Vec::new(); 4]);
        for &distance in &self.distances {
            let along = |a: usize| a / size * size + (a % size + distance) % size;
            let across = |a: usize| (a + distance * size) % sites;
            let both = |of: &dyn Fn(usize, usize) -> f64| {
                0.5 * (mean(&|a| of(a, along(a))) + mean(&|a| of(a, across(a))))
            };
            let pair = |a: usize, b: usize| between[a * sites + b] / unit;
            values[2].push(both(&pair));
            values[3].push(both(&|a, b| on(a) * on(b)));
            values[4].push(both(&|a, b| 0.5 * (on(a) + on(b)) * pair(a, b)));
            values[5].push(both(&|a, b| pair(a, b).powi(2)));
        }
        Ok((values, chi.audit))
    }

    fn results(&self, record: &Reader) -> Result<Results, StoreError> {
        let mut warnings = Vec::new();
        let mut derived = Vec::new();
        for (number, point) in self.points.iter().enumerate() {
            let predicted = point.predicted(&self.distances).unwrap_or_else(|why| {
                warnings.push(format!("point {number} is compared with nothing: {why}"));
                Predicted::unknown(self.distances.len())
            });
            derived.push(self.derive(self.read(record, number, usize::MAX)?, predicted));
        }
        let quantities: Vec<Described> = std::iter::once(("conductance", r"conductance $g=2\pi\nu D$"))
            .chain(QUANTITIES)
            .map(|(id, label)| Described { id, units: "1", label: label.to_owned() })
            .collect();
        let of_point = |(point, d): (&Point, &Derived)| {
            let [_, _, third, exchange] = d.four.map(exact);
            [vec![exact(point.model.conductance()), d.ratio()], d.ratios.to_vec(), vec![third, exchange]]
                .concat()
        };
        let estimates: Vec<Vec<Estimate>> = self.points.iter().zip(&derived).map(of_point).collect();
        let samples = derived.iter().map(|d| d.samples as i64).collect();
        let mut results = Results::new(&quantities, &estimates, samples);
        self.extend(&mut results, &derived);
        let told: Vec<String> = derived
            .iter()
            .enumerate()
            .filter(|(_, d)| d.ratios.iter().all(|ratio| ratio.standard_error.is_finite()))
            .map(|(point, d)| self.verdict(point, d))
            .collect();
        let results = if told.is_empty() { results } else { results.with_verdict(told.join(". ")) };
        Ok(results.with_warnings(warnings))
    }

    fn deciding(&self, record: &Reader, point: usize, limit: usize) -> Result<Estimate, StoreError> {
        // the relative error of a variance does not depend on the prediction
        let predicted = Predicted::unknown(self.distances.len());
        Ok(self.derive(self.read(record, point, limit)?, predicted).variance)
    }

    fn cost(&self, point: usize) -> Cost {
        let of = settings(self.study, point);
        let n = states(of);
        let sites = self.points[point].model.sites() as f64;
        Cost {
            system: system(of),
            // eigenstates, overlaps of all pairs of levels, a kernel between all places
            operations: 60.0 * n.powi(3) + 4.0 * (n * sites).powi(2) + 4.0 * sites.powi(3),
            memory: 16.0 * 6.0 * n * n + 8.0 * 4.0 * sites * sites,
            stored: 8.0 * (2.0 + 4.0 * self.distances.len() as f64),
            method: "susceptibility".to_owned(),
            reason: "of all levels, or Green functions where these take fewer operations".to_owned(),
            shared: 1,
        }
    }
}
