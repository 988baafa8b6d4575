//! Fluctuations of the grand potential in a field, against the sum over rings of diffusons.

use super::model::{Model, states, system};
use super::question::{Question, estimated, exact, label, rows, settings};
use crate::results::{Described, NO_ESTIMATE, Results, float};
use crate::settings::spin_fluctuations::Compute;
use crate::strip::Deviations;
use crate::study::Study;
use crate::task::{Column, Cost, Made};
use diffuson::audit::Audit;
use diffuson::diffusons::gaussian_on_torus;
use diffuson::droplets::{DropletError, OrbitalModel, even_grand_potential, predicted_covariance};
use diffuson_ensemble::statistics::{Estimate, jackknife};
use diffuson_store::{ArraySpec, Kind, POINT, Reader, SAMPLE, StoreError};

const STORED: &str = "sample_even_potential";
const FIELD: &str = "field";
const OTHER: &str = "other_field";

/// From how many standard errors on a counting of rings is called excluded.
const EXCLUDED: f64 = 3.0;

/// Directed rings of four diffusons; those that the print of the theory counts; those in which the two potentials alternate.
const RINGS: [f64; 3] = [6.0, 4.0, 2.0];

/// Quantities of the table, after the conductance.
const QUANTITIES: [(&str, &str); 3] = [
    ("ratio", "measured variance over that of all rings"),
    ("ratio_four", "the same if there were four of six rings"),
    ("ratio_two", "the same if there were two of six rings"),
];

/// The question at all points.
pub(super) struct Potential<'s> {
    study: &'s Study,
    models: Vec<OrbitalModel>,
    profiles: Vec<Vec<f64>>,
    fields: Vec<f64>,
}

/// What follows from the samples of a point.
struct Derived {
    /// Covariances over pairs of fields.
    covariance: Vec<Estimate>,
    predicted: Vec<f64>,
    /// Variances over those predicted.
    ratio: Vec<Estimate>,
    /// Mean of the ratios.
    mean: Estimate,
    samples: usize,
}

impl<'s> Potential<'s> {
    pub(super) fn new(study: &'s Study) -> Made<Self> {
        let points = 0..study.points().len();
        let model = |point: usize| Model::known(study, point, "grand-potential");
        let profile = |point: usize| {
            let settings = settings(study, point);
            let Compute::GrandPotential { radius, .. } = settings.compute else {
                unreachable!("what is computed is the same at all points")
            };
            gaussian_on_torus(settings.model.size(), radius, [0.0, 0.0]).map_err(|e| {
                let what = format!("`potential.radius = {radius}`: {e}");
                study.diagnostic(point, "potential.radius", what, "not a profile".to_owned(), String::new())
            })
        };
        let fields = match &settings(study, 0).compute {
            Compute::GrandPotential { fields, .. } => fields.clone(),
            _ => unreachable!("what is computed is the same at all points"),
        };
        Ok(Self {
            study,
            models: points.clone().map(model).collect::<Made<_>>()?,
            profiles: points.map(profile).collect::<Made<_>>()?,
            fields,
        })
    }

    /// The prediction, over pairs of fields.
    fn predicted(&self, point: usize) -> Result<Vec<f64>, DropletError> {
        let temperature = settings(self.study, point).temperature;
        predicted_covariance(&self.models[point], &self.profiles[point], &self.fields, temperature)
    }

    fn derive(&self, mut rows: Vec<Vec<f64>>, predicted: Vec<f64>) -> Derived {
        let fields = self.fields.len();
        let samples = rows.len();
        let n = samples as f64;
        for a in 0..fields {
            let mean = rows.iter().map(|row| row[a]).sum::<f64>() / n;
            rows.iter_mut().for_each(|row| row[a] -= mean);
        }
        for row in &mut rows {
            let products: Vec<f64> =
                (0..fields * fields).map(|k| row[k / fields] * row[k % fields]).collect();
            row.extend(products);
        }
        let unbiased = n / (n - 1.0);
        let of_means = |mean: &[f64]| -> Vec<f64> {
            let (first, second) = mean.split_at(fields);
            let covariance: Vec<f64> = (0..fields * fields)
                .map(|k| unbiased * (second[k] - first[k / fields] * first[k % fields]))
                .collect();
            let ratios: Vec<f64> =
                (0..fields).map(|a| covariance[a * fields + a] / predicted[a * fields + a]).collect();
            let together = ratios.iter().sum::<f64>() / fields as f64;
            [covariance, ratios, vec![together]].concat()
        };
        let found = jackknife(&rows, of_means);
        let found = found
            .map_or_else(|_| vec![NO_ESTIMATE; fields * (fields + 1) + 1], |jackknife| jackknife.estimates());
        let (covariance, rest) = found.split_at(fields * fields);
        Derived {
            covariance: covariance.to_vec(),
            predicted,
            ratio: rest[..fields].to_vec(),
            mean: rest[fields],
            samples,
        }
    }

    /// What the ratio of a point says of the number of rings.
    fn verdict(&self, point: usize, derived: &Derived) -> String {
        let times = |rings: f64| {
            let factor = RINGS[0] / rings;
            let Estimate { value, standard_error, samples } = derived.mean;
            Estimate { value: factor * value, standard_error: factor * standard_error, samples }
        };
        let off = |e: Estimate| (e.value - 1.0).abs() / e.standard_error;
        let [six, four, two] = RINGS.map(times);
        let place = match label(self.study, point) {
            empty if empty.is_empty() => String::new(),
            place => format!("{place}: "),
        };
        let complete = if off(six) <= EXCLUDED {
            format!("complete counting: ratio {six}")
        } else {
            format!(
                "complete counting: ratio {six}, {:.1} standard errors from one (corrections of weak localisation are of the order of 1/g = {:.2})",
                off(six),
                1.0 / self.models[point].conductance()
            )
        };
        let other = |name: &str, e: Estimate| {
            let word = if off(e) > EXCLUDED && off(e) > off(six) { "excluded by" } else { "at" };
            format!("{name} of six rings ({e}) {word} {:.1} standard errors", off(e))
        };
        format!(
            "{place}{complete}; {}, {}; mean over {} fields, {} samples, g = {:.1}",
            other("four", four),
            other("two", two),
            self.fields.len(),
            derived.samples,
            self.models[point].conductance()
        )
    }
}

impl Question for Potential<'_> {
    fn dims(&self) -> Vec<(String, usize)> {
        vec![(FIELD.to_owned(), self.fields.len())]
    }

    fn stored(&self) -> Vec<ArraySpec> {
        let words = "grand potential of both spins in the field, less that without, part even in the field";
        vec![ArraySpec::new(STORED, Kind::Float, &[POINT, SAMPLE, FIELD], "1", words)]
    }

    fn coordinates(&self) -> Vec<(ArraySpec, Column)> {
        vec![(
            float(FIELD, &[FIELD], "1", "field a, an energy times sites"),
            Column::Float(self.fields.clone()),
        )]
    }

    fn sample(&self, point: usize, numbers: &Deviations) -> Result<(Vec<Vec<f64>>, Audit), DropletError> {
        let model = &self.models[point];
        let temperature = settings(self.study, point).temperature;
        let h = model.sample(numbers);
        let found =
            even_grand_potential(&h, model.orbitals(), &self.profiles[point], &self.fields, temperature)?;
        Ok((vec![found.values], found.audit))
    }

    fn results(&self, record: &Reader) -> Result<Results, StoreError> {
        let fields = self.fields.len();
        let mut warnings = Vec::new();
        let mut derived = Vec::new();
        for point in 0..self.models.len() {
            let predicted = self.predicted(point).unwrap_or_else(|why| {
                warnings.push(format!("point {point} is compared with nothing: {why}"));
                vec![f64::NAN; fields * fields]
            });
            derived.push(self.derive(rows(record, STORED, point, usize::MAX)?, predicted));
        }
        let quantities: Vec<Described> = std::iter::once(("conductance", r"conductance $g=2\pi\nu D$"))
            .chain(QUANTITIES)
            .map(|(id, label)| Described { id, units: "1", label: label.to_owned() })
            .collect();
        let of_point = |(point, d): (usize, &Derived)| {
            let times = |rings: f64| {
                let factor = RINGS[0] / rings;
                Estimate {
                    value: factor * d.mean.value,
                    standard_error: factor * d.mean.standard_error,
                    samples: d.mean.samples,
                }
            };
            [vec![exact(self.models[point].conductance())], RINGS.map(times).to_vec()].concat()
        };
        let estimates: Vec<Vec<Estimate>> = derived.iter().enumerate().map(of_point).collect();
        let samples = derived.iter().map(|d| d.samples as i64).collect();
        let mut results = Results::new(&quantities, &estimates, samples);
        results.dimension(OTHER, fields);
        let all = |of: &dyn Fn(&Derived) -> Vec<Estimate>| derived.iter().flat_map(of).collect::<Vec<_>>();
        results.extend(estimated(
            ("potential_ratio", &[POINT, FIELD], "1"),
            "measured variance over that of all rings of diffusons",
            &all(&|d| d.ratio.clone()),
        ));
        let pairs = [POINT, FIELD, OTHER];
        results.extend(estimated(
            ("potential_covariance", &pairs, "1"),
            "covariance of the grand potential at two fields, over samples",
            &all(&|d| d.covariance.clone()),
        ));
        results.extend([(
            float("potential_predicted", &pairs, "1", "the same as the sum of all rings of diffusons"),
            Column::Float(derived.iter().flat_map(|d| d.predicted.iter().copied()).collect()),
        )]);
        let told: Vec<String> = derived
            .iter()
            .enumerate()
            .filter(|(_, d)| d.mean.standard_error.is_finite())
            .map(|(point, d)| self.verdict(point, d))
            .collect();
        let results = if told.is_empty() { results } else { results.with_verdict(told.join(". ")) };
        Ok(results.with_warnings(warnings))
    }

    fn deciding(&self, record: &Reader, point: usize, limit: usize) -> Result<Estimate, StoreError> {
        // the relative error of a mean of ratios does not depend on their common scale
        let predicted = self.predicted(point).unwrap_or_else(|_| vec![1.0; self.fields.len().pow(2)]);
        Ok(self.derive(rows(record, STORED, point, limit)?, predicted).mean)
    }

    fn cost(&self, point: usize) -> Cost {
        let settings = settings(self.study, point);
        let n = states(settings);
        Cost {
            system: system(settings),
            // eigenvalues of a Hermitian matrix, at each field, its opposite, and zero
            operations: (2 * self.fields.len() + 1) as f64 * EIGENVALUES * n.powi(3),
            memory: 4.0 * 16.0 * n * n,
            stored: 8.0 * self.fields.len() as f64,
            method: "eigenvalues".to_owned(),
            reason: "the grand potential at finite temperature is a sum over levels".to_owned(),
            shared: 1,
        }
    }
}

/// Operations of the eigenvalues of a Hermitian matrix, per cube of its size.
const EIGENVALUES: f64 = 16.0 / 3.0;
