//! The study as a task: what is stored of each sample, and what follows from the record.

use super::analysis::{self, CURVES, DERIVED, Derived, Stored};
use super::functions::{Family, Functions};
use super::point::{Point, settings};
use crate::examination;
use crate::results::{self, NO_ESTIMATE, Results, float};
use crate::strip::Strip;
use crate::study::Study;
use crate::task::{Column, Cost, Made, Task};
use diffuson::audit::laws;
use diffuson::units::{BOLTZMANN, ELEMENTARY_CHARGE};
use diffuson_ensemble::statistics::Estimate;
use diffuson_store::{ArraySpec, Kind, Layout, POINT, Reader, SAMPLE, Status, StoreError};

/// The laws a sample may be audited for, in the order of the record.
const LAWS: [&str; 17] = examination::with([
    laws::UNITARITY,
    laws::UNITARITY_DERIVATIVE,
    laws::RECIPROCITY,
    laws::FLUCTUATION_DISSIPATION,
    laws::BACKWARD_ERROR,
    laws::QUADRATURE,
    laws::ROW_AND_COLUMN_SUMS,
    laws::DISSIPATION,
    laws::PROBE_CURRENTS,
    laws::PROBE_HEATS,
    laws::CHARGE,
    laws::HEAT,
]);

/// A `thermoelectric` study, ready to be computed.
pub(crate) struct ThermoelectricTask<'c> {
    study: &'c Study,
    points: Vec<Point<'c>>,
    families: Vec<Family>,
    functions: Functions,
    seed: u64,
}

impl<'c> ThermoelectricTask<'c> {
    pub(crate) fn new(study: &'c Study, strips: &'c [Strip]) -> Made<Self> {
        let families = Family::all(study);
        let points = strips
            .iter()
            .enumerate()
            .map(|(p, strip)| Point::new(study, p, strip, &families))
            .collect::<Result<_, _>>()?;
        let seed = settings(study, 0).ensemble.seed;
        Ok(Self { study, points, families, functions: Functions::default(), seed })
    }

    fn temperatures(&self) -> &[f64] {
        &self.points[0].temperatures
    }

    /// What follows from the first `limit` samples of a point.
    fn derive(&self, record: &Reader, point: usize, limit: usize) -> Result<Derived, StoreError> {
        let status = record.status(point)?;
        let samples = 0..status.len().min(limit);
        let read =
            |name: &str| Ok::<_, StoreError>(record.read_samples::<f64>(name, point, samples.clone())?.data);
        let curves = CURVES.iter().map(|c| read(c.id)).collect::<Result<Vec<_>, _>>()?;
        let at_zero = [read(AT_ZERO[0].0)?, read(AT_ZERO[1].0)?];
        let n = self.temperatures().len();
        let stored = |k: usize| Stored {
            curves: std::array::from_fn(|c| &curves[c][k * n..(k + 1) * n]),
            at_zero: [at_zero[0][k], at_zero[1][k]],
        };
        let done: Vec<Stored<'_>> = samples.filter(|&k| status[k] == Status::Done).map(stored).collect();
        Ok(Derived::new(&done, self.temperatures()))
    }
}

/// What a sample is at zero temperature: name, unit, words.
const AT_ZERO: [(&str, &str, &str); 2] = [
    ("transmission", "1", "transmission $T$ at the chemical potential"),
    ("transmission_slope", "1/t", "its slope $dT/dE$"),
];

impl Task for ThermoelectricTask<'_> {
    fn layout(&self) -> Layout {
        let mut arrays: Vec<ArraySpec> = CURVES
            .iter()
            .map(|c| {
                let dims = [POINT, SAMPLE, "temperature"];
                let spec = ArraySpec::new(c.id, Kind::Float, &dims, c.units, c.label).describe("per spin");
                match c.si {
                    Some((units, factor)) => spec.with("si_units", units).with("si_factor", factor),
                    None => spec,
                }
            })
            .collect();
        arrays.extend(AT_ZERO.map(|(name, units, words)| {
            ArraySpec::new(name, Kind::Float, &[POINT, SAMPLE], units, words)
                .describe("NaN with probes, and where a mode of the leads opens")
        }));
        arrays.extend(results::audit_arrays());
        arrays.extend(self.fixed().into_iter().map(|(spec, _)| spec));
        let dims =
            vec![("temperature".to_owned(), self.temperatures().len()), ("audit".to_owned(), LAWS.len())];
        Layout { dims, arrays }
    }

    fn fixed(&self) -> Vec<(ArraySpec, Column)> {
        let kt = self.temperatures();
        let mut arrays = vec![
            (float("temperature", &["temperature"], "t", "thermal energy $kT$"), Column::Float(kt.to_vec())),
            results::law_names(&LAWS),
        ];
        if let Some(hopping) = settings(self.study, 0).conductor.hopping_ev {
            let kelvin = hopping * ELEMENTARY_CHARGE / BOLTZMANN;
            arrays.push((
                float("temperature_kelvin", &["temperature"], "K", "temperature $T$"),
                Column::Float(kt.iter().map(|kt| kt * kelvin).collect()),
            ));
        }
        arrays.extend(results::swept_columns(self.study));
        arrays
    }

    fn sample(&self, point: usize, sample: u64) -> Result<Vec<Vec<f64>>, String> {
        let result = self.points[point].sample(&self.families, &self.functions, self.seed, sample)?;
        let mut values = analysis::curves(&result.coefficients);
        values.extend(result.at_zero.map(|value| vec![value]));
        values.extend(results::audit_rows(&result.audit, &LAWS));
        Ok(values)
    }

    fn results(&self, record: &Reader) -> Result<Results, StoreError> {
        let derived = (0..self.points.len())
            .map(|p| self.derive(record, p, usize::MAX))
            .collect::<Result<Vec<_>, _>>()?;
        let estimates: Vec<Vec<Estimate>> = derived.iter().map(Derived::quantities).collect();
        let samples = derived.iter().map(|d| d.samples as i64).collect();
        let mut results = Results::new(&analysis::quantities(), &estimates, samples);
        let dims = [POINT, "temperature"];
        for (position, (name, units, words)) in DERIVED.into_iter().enumerate() {
            let all: Vec<Estimate> = derived.iter().flat_map(|d| d.curve(position)).copied().collect();
            results.extend([
                (float(name, &dims, units, words), results::values(&all)),
                (
                    float(
                        &format!("{name}_error"),
                        &dims,
                        units,
                        "one standard error, jackknife over samples",
                    ),
                    results::errors(&all),
                ),
            ]);
        }
        results.with_audits(record, &LAWS)
    }

    fn relative_error(
        &self,
        record: &Reader,
        point: usize,
        quantity: &str,
        n: usize,
    ) -> Result<f64, StoreError> {
        let position = analysis::quantities().iter().position(|q| q.id == quantity);
        let estimates = self.derive(record, point, n)?.quantities();
        Ok(position.map_or(NO_ESTIMATE, |k| estimates[k]).relative_error())
    }

    fn cost(&self, point: usize) -> Cost {
        self.points[point].cost.clone()
    }
}
