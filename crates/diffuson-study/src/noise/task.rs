//! The study as a task: what is stored of each sample, and what follows from the record.

use super::analysis::{self, Derived, Stored, current_units, noise_units};
use super::long_wire::{self, Wire};
use super::point::{Point, Reach, settings};
use crate::examination;
use crate::results::{self, Fit, NO_ESTIMATE, Results, float};
use crate::settings::noise::Theory;
use crate::study::Study;
use crate::task::{Column, Cost, Made, Task};
use diffuson::audit::laws;
use diffuson::conductor::Conductor;
use diffuson_ensemble::statistics::Estimate;
use diffuson_store::{ArraySpec, Kind, Layout, POINT, Reader, SAMPLE, Status, StoreError};

/// The laws a sample may be audited for, in the order of the record.
const LAWS: [&str; 21] = examination::with([
    laws::UNITARITY,
    laws::RECIPROCITY,
    laws::BACKWARD_ERROR,
    laws::CHARGE,
    laws::ENERGY,
    laws::SECOND_LAW,
    laws::QUADRATURE,
    laws::NOISE_CONSERVATION,
    laws::NOISE_POSITIVITY,
    laws::NOISE_SIGN,
    laws::ENERGY_NOISE,
    laws::NOISE_BOUNDS,
    laws::EQUILIBRIUM_NOISE,
    laws::PROBE_CURRENTS,
    laws::PROBE_HEATS,
    laws::FLUCTUATION_DISSIPATION,
]);

/// A `noise` study, ready to be computed.
pub(crate) struct NoiseTask<'c> {
    study: &'c Study,
    points: Vec<Point<'c>>,
    seed: u64,
}

impl<'c> NoiseTask<'c> {
    pub(crate) fn new(study: &'c Study, conductors: &'c [Conductor]) -> Made<Self> {
        let points = conductors.iter().enumerate().map(|(index, c)| Point::new(study, index, c));
        let points = points.collect::<Result<_, _>>()?;
        Ok(Self { study, points, seed: settings(study, 0).ensemble.seed })
    }

    fn leads(&self) -> usize {
        self.points[0].reservoirs.len()
    }

    fn bins(&self) -> usize {
        self.points[0].bins
    }

    fn finite_bias(&self) -> bool {
        self.points[0].bias.is_some()
    }

    /// Whether transmission eigenvalues have a meaning at any point.
    fn counts_eigenvalues(&self) -> bool {
        self.leads() == 2 && self.points.iter().any(|point| point.probes.is_none())
    }

    /// The limit of long wires of hot electrons, where their length alone is swept, in the limit of small voltage.
    fn long_wire(&self, record: &Reader) -> Result<Option<Fit>, StoreError> {
        let swept: Vec<&str> = self.study.swept_keys().map(|key| key.path).collect();
        let hot = |point: &Point<'_>| point.theory == Theory::HotWire && point.reach == Reach::SmallVoltage;
        if swept != ["conductor.length"] || !self.points.iter().all(hot) {
            return Ok(None);
        }
        let mut wires = Vec::with_capacity(self.points.len());
        for point in 0..self.points.len() {
            let status = record.status(point)?;
            let read = |name: &str| record.read_samples::<f64>(name, point, 0..status.len());
            let (conductance, noise) = (read("sample_conductance")?.data, read("sample_noise")?.data);
            let row =
                |k: usize| (status[k] == Status::Done).then(|| vec![noise[k * 4 + 3], 2.0 * conductance[k]]);
            let length = settings(self.study, point).conductor.length as f64;
            wires.push(Wire { length, rows: (0..status.len()).map(row).collect() });
        }
        Ok(long_wire::extrapolated(wires))
    }

    /// What follows from the first `limit` samples of a point.
    fn derive(&self, record: &Reader, point: usize, limit: usize) -> Result<Derived, StoreError> {
        let status = record.status(point)?;
        let samples = 0..status.len().min(limit);
        let read =
            |name: &str| Ok::<_, StoreError>(record.read_samples::<f64>(name, point, samples.clone())?.data);
        let [conductance, current, noise] =
            [read("sample_conductance")?, read("sample_current")?, read("sample_noise")?];
        let eigenvalues = if self.counts_eigenvalues() && self.points[point].probes.is_none() {
            read("sample_eigenvalues")?
        } else {
            Vec::new()
        };
        let n = self.leads();
        let part = |all: &'_ [f64], k: usize, n: usize| {
            all.get(k * n..(k + 1) * n).map_or(0..0, |_| k * n..(k + 1) * n)
        };
        let stored = |k: usize| Stored {
            conductance: conductance[k],
            current: &current[k * n..(k + 1) * n],
            noise: &noise[k * n * n..(k + 1) * n * n],
            eigenvalues: &eigenvalues[part(&eigenvalues, k, self.bins())],
        };
        let done: Vec<Stored<'_>> = samples.filter(|&k| status[k] == Status::Done).map(stored).collect();
        Ok(Derived::new(&self.points[point], &done))
    }
}

const LEADS: [&str; 2] = ["lead", "other_lead"];
const EIGENVALUE: &str = "eigenvalue";

impl Task for NoiseTask<'_> {
    fn layout(&self) -> Layout {
        let bias = self.finite_bias();
        let per_sample = |name: &str, dims: &[&str], units: &str, words: &str| {
            ArraySpec::new(name, Kind::Float, &[&[POINT, SAMPLE], dims].concat(), units, words)
                .describe("per spin")
        };
        let mut arrays = vec![
            per_sample("sample_conductance", &[], "e^2/h", "conductance $G$"),
            per_sample("sample_current", &LEADS[..1], current_units(bias), "current into a lead"),
            per_sample(
                "sample_noise",
                &LEADS,
                noise_units(bias),
                "one-sided correlator of the currents into two leads",
            ),
        ];
        let mut dims = vec![("audit".to_owned(), LAWS.len())];
        dims.extend(LEADS.map(|dim| (dim.to_owned(), self.leads())));
        if self.counts_eigenvalues() {
            arrays.push(
                per_sample("sample_eigenvalues", &[EIGENVALUE], "1", "transmission eigenvalues in a bin")
                    .describe("NaN with probes"),
            );
            dims.push((EIGENVALUE.to_owned(), self.bins()));
        }
        arrays.extend(results::audit_arrays());
        arrays.extend(self.fixed().into_iter().map(|(spec, _)| spec));
        Layout { dims, arrays }
    }

    fn fixed(&self) -> Vec<(ArraySpec, Column)> {
        let mut arrays = vec![results::law_names(&LAWS)];
        if self.counts_eigenvalues() {
            let centre = |k: usize| (k as f64 + 0.5) / self.bins() as f64;
            arrays.push((
                float(EIGENVALUE, &[EIGENVALUE], "1", "transmission eigenvalue $T$, centre of a bin"),
                Column::Float((0..self.bins()).map(centre).collect()),
            ));
        }
        arrays.extend(results::swept_columns(self.study));
        arrays
    }

    fn sample(&self, point: usize, sample: u64) -> Result<Vec<Vec<f64>>, String> {
        let found = self.points[point].sample(self.seed, sample)?;
        let mut values = vec![vec![found.conductance], found.current, found.noise];
        if self.counts_eigenvalues() {
            values.push(histogram(found.eigenvalues.as_deref(), self.bins()));
        }
        values.extend(results::audit_rows(&found.audit, &LAWS));
        Ok(values)
    }

    fn results(&self, record: &Reader) -> Result<Results, StoreError> {
        let derived = (0..self.points.len())
            .map(|p| self.derive(record, p, usize::MAX))
            .collect::<Result<Vec<_>, _>>()?;
        let estimates: Vec<Vec<Estimate>> = derived.iter().map(|d| d.quantities.clone()).collect();
        let samples = derived.iter().map(|d| d.samples as i64).collect();
        let n = self.leads();
        let mut results = Results::new(&analysis::quantities(self.finite_bias()), &estimates, samples);
        let mut put = |name: &str,
                       dims: &[&str],
                       units: &str,
                       words: &str,
                       of: &dyn Fn(&Derived) -> Vec<Estimate>| {
            let all: Vec<Estimate> = derived.iter().flat_map(of).collect();
            let dims = [&[POINT], dims].concat();
            let error =
                float(&format!("{name}_error"), &dims, units, "one standard error, jackknife over samples");
            results.extend([
                (float(name, &dims, units, words), results::values(&all)),
                (error, results::errors(&all)),
            ]);
        };
        let bias = self.finite_bias();
        put("lead_current", &LEADS[..1], current_units(bias), "mean current into a lead", &|d| {
            d.means[..n].to_vec()
        });
        put(
            "correlator",
            &LEADS,
            noise_units(bias),
            "mean one-sided correlator of the currents into two leads",
            &|d| d.means[n..].to_vec(),
        );
        if self.counts_eigenvalues() {
            put(
                "eigenvalue_density",
                &[EIGENVALUE],
                "1",
                r"density $\rho(T)$ of transmission eigenvalues",
                &|d| d.density.clone(),
            );
            let theory = self.points.iter().zip(&derived).flat_map(|(point, d)| {
                let factor = d.quantities[0].value * self.bins() as f64;
                point.eigenvalues().into_iter().map(move |weight| weight * factor)
            });
            let words = "the density by theory, at this conductance, mean over a bin";
            results.extend([(
                float("eigenvalue_theory", &[POINT, EIGENVALUE], "1", words),
                Column::Float(theory.collect()),
            )]);
        }
        let fits = self.long_wire(record)?;
        let how = "through the three longest wires: L^(-3/2), then L^(-2) or L^(-5/2)";
        let errors = "joint jackknife over samples, and half of the difference between the two";
        let probed = self.points.iter().zip(&derived).enumerate().filter(|(_, (p, _))| p.probes.is_some());
        let warnings = probed.flat_map(|(index, (_, d))| bunching(index, &d.means[n..], n)).collect();
        let results = results.with_fits(fits.into_iter().collect(), how, errors).with_warnings(warnings);
        results.with_audits(record, &LAWS)
    }

    fn relative_error(
        &self,
        record: &Reader,
        point: usize,
        quantity: &str,
        n: usize,
    ) -> Result<f64, StoreError> {
        let estimates = self.derive(record, point, n)?.quantities;
        Ok(analysis::position(quantity).map_or(NO_ESTIMATE, |k| estimates[k]).relative_error())
    }

    fn cost(&self, point: usize) -> Cost {
        self.points[point].cost.clone()
    }
}

/// Pairs of leads whose currents are correlated positively, by more than two standard errors: coherent conductors have none, with probes it is no error.
fn bunching(point: usize, correlators: &[Estimate], leads: usize) -> Vec<String> {
    let pairs = (0..leads).flat_map(|a| (0..a).map(move |b| (b, a)));
    let positive = pairs.map(|(a, b)| (a, b, correlators[a * leads + b]));
    let positive = positive.filter(|(_, _, s)| s.value > 2.0 * s.standard_error);
    let told = |(a, b, s): (usize, usize, Estimate)| {
        format!(
            "point {point}: currents into leads {} and {} are correlated positively, {:.3e} +- {:.1e}: probes may do that, coherent scattering does not",
            a + 1,
            b + 1,
            s.value,
            s.standard_error
        )
    };
    positive.map(told).collect()
}

/// How many eigenvalues lie in each of so many equal bins from 0 to 1.
fn histogram(eigenvalues: Option<&[f64]>, bins: usize) -> Vec<f64> {
    let Some(eigenvalues) = eigenvalues else { return vec![f64::NAN; bins] };
    let mut counts = vec![0.0; bins];
    // rounding may leave 1 by a little
    eigenvalues.iter().for_each(|t| counts[((t * bins as f64) as usize).min(bins - 1)] += 1.0);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positive_correlations_are_told() {
        let of = |value, standard_error| Estimate { value, standard_error, samples: 9 };
        let mut correlators = vec![of(1.0, 0.1); 9];
        for (a, b) in [(0, 1), (0, 2), (1, 2)] {
            correlators[3 * a + b] = of(-0.5, 0.1);
        }
        assert!(bunching(0, &correlators, 3).is_empty());
        correlators[5] = of(0.15, 0.1);
        assert!(bunching(0, &correlators, 3).is_empty(), "within two standard errors");
        correlators[5] = of(0.25, 0.1);
        let told = bunching(4, &correlators, 3);
        assert!(
            told.len() == 1 && told[0].contains("point 4") && told[0].contains("leads 2 and 3"),
            "{told:?}"
        );
    }
}
