//! The kind `droplets`: local spin droplets close to the Stoner instability.
//!
//! A point has one sample, which is exact. Profiles and the rings between two droplets do not depend on the metal: points share them. The audit holds the profile against its equation and the
//! trial value, covariances against positivity, and conditional distributions against a second quadrature.

mod point;
mod shapes;

use crate::exact;
use crate::results::{self, Described, Results, float};
use crate::settings::Settings as AnyKind;
use crate::study::Study;
use crate::task::{Column, Cost, Made, Task};
use diffuson::droplets::{DropletError, Metal};
use diffuson_store::{ArraySpec, Layout, Reader, Status, StoreError};
use point::{LAWS, NUMBERS, OVER_DISTANCE, OVER_RADIUS, OVER_SPIN, OVER_TEMPERATURE, Point, radii};
use shapes::Shapes;
use std::collections::BTreeMap;

/// A `droplets` study, ready to be computed.
pub(crate) struct DropletsTask<'c> {
    study: &'c Study,
    points: Vec<Point>,
    shapes: Shapes,
}

impl<'c> DropletsTask<'c> {
    pub(crate) fn new(study: &'c Study) -> Made<Self> {
        let make = |index: usize| -> Made<Point> {
            let AnyKind::Droplets(settings) = &study.points()[index].settings else {
                unreachable!("a droplets study has settings of its kind")
            };
            let metal =
                Metal::new(settings.conductance, settings.distance)
                    .map_err(exact::refusal::<DropletError>(study, index, "metal.distance"))?;
            Ok(Point { settings: settings.clone(), metal })
        };
        let points = (0..study.points().len()).map(make).collect::<Result<_, _>>()?;
        Ok(Self { study, points, shapes: Shapes::default() })
    }

    /// Departures from the window of validity, and what is left out: in full at a few points, counted at many.
    fn warnings(&self, record: &Reader) -> Result<Vec<String>, StoreError> {
        let mut by_limit: BTreeMap<String, Vec<(usize, String)>> = BTreeMap::new();
        let mut done = 0;
        for (index, point) in self.points.iter().enumerate() {
            if record.status(index)?.first() != Some(&Status::Done) {
                continue;
            }
            done += 1;
            let number = |name| record.read_samples::<f64>(name, index, 0..1).map(|array| array.data[0]);
            let unresolved = point.lacks_all_orders(number("mean_spin")?);
            for words in
                point.departures(number("gamma")?, number("typical_spin")?).into_iter().chain(unresolved)
            {
                let limit: String = words.chars().filter(|c| !c.is_ascii_digit()).collect();
                by_limit.entry(limit).or_default().push((index, words));
            }
        }
        let told = by_limit.into_values().flat_map(|found| {
            let count = found.len();
            let shown = if count > MOST_TOLD { 1 } else { count };
            let at = |(index, words): (usize, String)| match (done, count > MOST_TOLD) {
                (1, _) => words,
                (_, false) => format!("point {index}: {words}"),
                (_, true) => format!("{count} of {done} points; point {index}: {words}"),
            };
            found.into_iter().take(shown).map(at).collect::<Vec<_>>()
        });
        Ok(told.collect())
    }
}

/// Warnings of one sort above this number are counted.
const MOST_TOLD: usize = 3;

impl Task for DropletsTask<'_> {
    fn layout(&self) -> Layout {
        let s = &self.points[0].settings;
        let axes: [(&str, usize, &[exact::Curve]); 5] = [
            ("spin", s.spins.len(), &OVER_SPIN),
            ("distance", s.distances.len(), &OVER_DISTANCE),
            ("temperature", s.temperatures.len(), &OVER_TEMPERATURE),
            ("radius", radii().len(), &OVER_RADIUS),
            ("number", 1, &NUMBERS),
        ];
        exact::layout(&axes, LAWS.len(), &self.fixed())
    }

    fn fixed(&self) -> Vec<(ArraySpec, Column)> {
        let s = &self.points[0].settings;
        let axis = |name: &str, units, words, values: &[f64]| {
            (float(name, &[name], units, words), Column::Float(values.to_vec()))
        };
        let spins = axis("spin", "1", "number of unpaired spins S", &s.spins);
        let mut arrays = exact::fixed(self.study, spins, &LAWS);
        arrays.push(axis("distance", "R", "distance L of two droplets", &s.distances));
        arrays.push(axis("temperature", "K", "temperature", &s.temperatures));
        arrays.push(axis("radius", "a", "distance from the centre of a droplet", &radii()));
        arrays
    }

    fn sample(&self, point: usize, _: u64) -> Result<Vec<Vec<f64>>, String> {
        let computed = self.points[point].compute(&self.shapes).map_err(|e| e.to_string())?;
        let mut values = computed.curves;
        values.extend(computed.numbers.into_iter().map(|number| vec![number]));
        values.extend(results::audit_rows(&computed.audit, &LAWS));
        Ok(values)
    }

    fn results(&self, record: &Reader) -> Result<Results, StoreError> {
        let described =
            |(id, units, label): &exact::Curve| Described { id, units, label: (*label).to_owned() };
        let quantities: Vec<Described> = NUMBERS.iter().map(described).collect();
        let (estimates, samples) = exact::estimates(record, self.points.len(), NUMBERS.len(), |index| {
            let number = |(name, ..): &exact::Curve| {
                Ok(exact::known(record.read_samples::<f64>(name, index, 0..1)?.data[0]))
            };
            NUMBERS.iter().map(number).collect()
        })?;
        Results::new(&quantities, &estimates, samples)
            .with_warnings(self.warnings(record)?)
            .with_audits(record, &LAWS)
    }

    fn relative_error(&self, _: &Reader, _: usize, _: &str, _: usize) -> Result<f64, StoreError> {
        Ok(0.0)
    }

    fn cost(&self, _: usize) -> Cost {
        let s = &self.points[0].settings;
        let [spins, distances, temperatures] =
            [&s.spins, &s.distances, &s.temperatures].map(|axis| axis.len() as f64);
        Cost {
            system: format!("{spins} spins, {distances} distances, {temperatures} temperatures"),
            // profile, its spectrum for the distribution, and four-dimensional integrals at each distance, which points share
            operations: (PROFILE + PAIR * distances) / self.points.len() as f64 + SPECTRUM + PAIR * CROSSOVER,
            memory: 1e8,
            stored: 8.0
                * (OVER_SPIN.len() as f64 * spins
                    + OVER_DISTANCE.len() as f64 * distances
                    + OVER_TEMPERATURE.len() as f64 * temperatures
                    + NUMBERS.len() as f64),
            method: "quadrature".to_owned(),
            reason: "exact".to_owned(),
            shared: 1,
        }
    }
}

/// Operations that a profile takes.
const PROFILE: f64 = 2e10;
/// The eigenvalues of one.
const SPECTRUM: f64 = 2e9;
/// The rings of two droplets at one distance.
const PAIR: f64 = 1e9;
/// Distances that the search for the crossover takes.
const CROSSOVER: f64 = 8.0;
