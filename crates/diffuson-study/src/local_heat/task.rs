//! The study as a task: what is stored of each sample, and what follows from the record.

use super::analysis::{self, CORRELATION_BIN, CORRELATION_BINS, Derived, Fields, Means, Quantity, Reduction};
use super::geometry::{Grid, cell_origins};
use super::pairs::Pairs;
use super::point::{self, Point};
use super::record::{LAWS, cell_names, per_sample};
use crate::results::{self, Described, Fit, NO_ESTIMATE, Results, float};
use crate::settings::LocalHeat;
use crate::settings::probes::{PerSite, ProbeModel};
use crate::strip::Strip;
use crate::study::Study;
use crate::task::{Column, Cost, Made, Task};
use diffuson::diffusons::local_heat::Correlation;
use diffuson_ensemble::statistics::Estimate;
use diffuson_store::{Array, ArraySpec, Kind, Layout, POINT, Reader, Status, StoreError};
use rayon::prelude::*;
use std::ops::Range;

/// A `local-heat` study, ready to be computed.
pub(crate) struct LocalHeatTask<'c> {
    study: &'c Study,
    points: Vec<Point<'c>>,
    grids: Vec<Grid>,
    costs: Vec<Cost>,
    cells: Vec<usize>,
    seed: u64,
}

/// The window of the diffusive theory: fits use only points inside it.
const MOST_DEPHASING: f64 = 0.5;
const INELASTIC_LENGTHS: std::ops::Range<f64> = 2.0..10.0;
/// Bytes of a field that are looked at together: a few chunks of the record.
const BLOCK_BYTES: usize = 1 << 22;
/// What the correlations are.
const PAIRS: &str = "in units of (gradient L_in^(3-d) / 2 pi D)^2; different sites of the interior";
const DIPOLES: &str = "theta is the angle between the distance and the current; in units as the correlation, NaN for more than one layer";
impl<'c> LocalHeatTask<'c> {
    pub(crate) fn new(study: &'c Study, strips: &'c [Strip]) -> Made<Self> {
        let points: Vec<Point<'c>> =
            strips.iter().enumerate().map(|(p, s)| Point::new(study, p, s)).collect::<Result<_, _>>()?;
        let settings = |p: usize| point::settings(study, p);
        let costs = points
            .iter()
            .enumerate()
            .map(|(p, point)| point::cost(settings(p), &strips[p].conductor, point.plan, point.energies()))
            .collect();
        Ok(Self {
            study,
            grids: strips.iter().map(|s| Grid::new(&s.lattice)).collect(),
            costs,
            cells: settings(0).observables.cells.to_vec(),
            seed: settings(0).ensemble.seed,
            points,
        })
    }

    fn settings(&self, point: usize) -> &LocalHeat {
        point::settings(self.study, point)
    }

    fn most_sites(&self) -> usize {
        self.points.iter().map(|p| p.lattice.sites()).max().unwrap_or(0)
    }

    fn cell_counts(&self) -> Vec<usize> {
        let count = |c: usize| self.points.iter().map(|p| cell_origins(p.lattice, c).len()).max();
        self.cells.iter().map(|&c| count(c).unwrap_or(0)).collect()
    }

    /// Derived quantities of one point from its first `limit` samples, of which each thread has [`BLOCK_BYTES`] of each field in memory.
    fn derive(&self, record: &Reader, point: usize, limit: usize) -> Result<Option<Derived>, StoreError> {
        let status = record.status(point)?;
        let count = status.len().min(limit);
        let block = 1 << (BLOCK_BYTES / (8 * self.most_sites())).max(1).ilog2();
        let blocks: Vec<Range<usize>> =
            (0..count).step_by(block).map(|first| first..count.min(first + block)).collect();
        let means = |samples: &Range<usize>| self.means(record, point, samples.clone(), &status);
        let means = blocks.par_iter().map(means).collect::<Result<Vec<_>, _>>()?;
        let mut means: Vec<Option<Means>> = means.into_iter().flatten().collect();

        let grid = &self.grids[point];
        let known = Reduction::new(grid, &self.points[point], &means);
        let Some((reduction, first)) = known.zip(status.iter().position(|s| *s == Status::Done)) else {
            return Ok(None);
        };
        let heat = record.read_samples::<f64>("heat", point, first..first + 1)?;
        let pairs = reduction.pairs(grid, self.field(&heat, point, 0));
        let rows = |(samples, means): (&Range<usize>, &mut [Option<Means>])| {
            self.rows(record, point, samples.clone(), means, (&reduction, pairs.as_ref()))
        };
        let rows = blocks.par_iter().zip(means.par_chunks_mut(block)).map(rows);
        let rows = rows.collect::<Result<Vec<_>, StoreError>>()?;
        Ok(analysis::derive(grid, reduction, rows.into_iter().flatten().collect()))
    }

    /// What the mean potential takes of these samples.
    fn means(
        &self,
        record: &Reader,
        point: usize,
        samples: Range<usize>,
        status: &[Status],
    ) -> Result<Vec<Option<Means>>, StoreError> {
        let read = |name: &str| record.read_samples::<f64>(name, point, samples.clone());
        let (conductance, density) = (read("conductance")?, read("density_of_states")?);
        let potential = read("potential")?;
        let of_sample = |k: usize| Means {
            conductance: conductance.data[k],
            density_of_states: density.data[k],
            profile: self.grids[point].slice_means(self.field(&potential, point, k)),
        };
        let status = &status[samples.clone()];
        Ok(status.iter().enumerate().map(|(k, s)| (*s == Status::Done).then(|| of_sample(k))).collect())
    }

    /// The rows of these samples, whose means are taken.
    fn rows(
        &self,
        record: &Reader,
        point: usize,
        samples: Range<usize>,
        means: &mut [Option<Means>],
        (reduction, pairs): (&Reduction, Option<&Pairs<'_>>),
    ) -> Result<Vec<Option<Vec<f64>>>, StoreError> {
        let read = |name: &str| record.read_samples::<f64>(name, point, samples.clone());
        let [heat, temperature, line] = [read("heat")?, read("temperature")?, read("heat_straight_line")?];
        let cells = self
            .cells
            .iter()
            .map(|&c| Ok((cell_origins(self.points[point].lattice, c).len(), read(&cell_names(c).0)?)));
        let cells = cells.collect::<Result<Vec<_>, StoreError>>()?;
        let row = |(k, means): (usize, &mut Option<Means>)| {
            let fields = Fields {
                heat: self.field(&heat, point, k),
                temperature: self.field(&temperature, point, k),
                straight_line: self.field(&line, point, k),
                cells: cells.iter().map(|(count, sums)| values(sums, k, *count)).collect(),
            };
            means
                .take()
                .map(|means| reduction.row(&self.grids[point], &self.points[point], pairs, means, &fields))
        };
        Ok(means.iter_mut().enumerate().map(row).collect())
    }

    /// The values on the sites of a point, which may have fewer than others.
    fn field<'f>(&self, samples: &'f Array<f64>, point: usize, sample: usize) -> &'f [f64] {
        values(samples, sample, self.points[point].lattice.sites())
    }

    /// Exponents over the points inside the window of the diffusive theory, for the swept coupling and the measured conductivity.
    fn fits(&self, derived: &[Option<Derived>]) -> Vec<Fit> {
        let strength = |p: usize| match &self.settings(p).probes.model {
            ProbeModel::WideBand { coupling: PerSite::Uniform(g) } => Some(*g),
            _ => None,
        };
        let value = |d: &Derived, q: Quantity| self.position(q).map_or(f64::NAN, |k| d.estimates[k].value);
        let inside = |p: usize, d: &Derived| {
            let length = value(d, Quantity::InelasticLength);
            let dephasing = value(d, Quantity::DephasingPerScattering);
            let across = self.grids[p].shape[1] as f64 * self.grids[p].spacing[1];
            dephasing < MOST_DEPHASING && INELASTIC_LENGTHS.contains(&length) && length <= 0.5 * across
        };
        let chosen: Vec<(usize, &Derived)> = derived
            .iter()
            .enumerate()
            .filter_map(|(p, d)| d.as_ref().map(|d| (p, d)))
            .filter(|(p, d)| inside(*p, d))
            .collect();
        let Some(couplings) = chosen.iter().map(|(p, _)| strength(*p)).collect::<Option<Vec<f64>>>() else {
            return Vec::new();
        };
        let swept = |key: &str| self.study.swept_keys().any(|k| k.path == key);
        let coupling_varies = swept("probes.coupling");
        let conductivity_varies = ["disorder.width", "disorder.deviation"].into_iter().any(swept);
        if !coupling_varies && !conductivity_varies {
            return Vec::new();
        }
        let grids: Vec<&Grid> = chosen.iter().map(|(p, _)| &self.grids[*p]).collect();
        let points: Vec<&Derived> = chosen.iter().map(|(_, d)| *d).collect();
        let predictors: Vec<Vec<f64>> =
            couplings.iter().map(|g| if coupling_varies { vec![*g] } else { vec![] }).collect();
        let theories = [
            (Quantity::HeatRmsBox, [-0.5, -0.5], "Eq. 12"),
            (Quantity::HeatRmsSite, [-0.5, -0.5], "Eq. 12, which is about averages"),
            (Quantity::TemperatureRms, [-1.5, -0.5], "Eq. 14, linear in the field"),
        ];
        let mut fits = Vec::new();
        for (quantity, expected, reference) in theories {
            let Some(position) = self.position(quantity) else { continue };
            if points.iter().any(|d| !(d.estimates[position].value > 0.0)) {
                continue;
            }
            let Ok(exponents) =
                analysis::exponents(&grids, &points, position, &predictors, conductivity_varies)
            else {
                continue;
            };
            let names = [("probes.coupling", coupling_varies), ("conductivity", conductivity_varies)];
            let kept = names.into_iter().zip(expected).filter(|((_, varies), _)| *varies);
            for (((name, _), expected), estimate) in kept.zip(exponents) {
                if estimate.value.is_finite() {
                    fits.push(Fit {
                        name: format!("{}: exponent in {name}", quantity.id()),
                        estimate,
                        expected: Some(expected),
                        reference: reference.to_owned(),
                        points: points.len(),
                    });
                }
            }
        }
        fits
    }

    /// Distances, correlation and dipole of an unbounded dirty plane by diffusons, where every point is one: of one layer, without a field, to first Sommerfeld order.
    fn theory(&self) -> Option<[Vec<f64>; 3]> {
        let covered = |p: &Point<'_>| {
            p.lattice.height() == 1
                && p.lattice.flux() == 0.0
                && matches!(p.regime, point::Regime::Sommerfeld(_))
        };
        if !self.points.iter().all(covered) {
            return None;
        }
        let distances: Vec<f64> = (1..=80).map(|k| 0.05 * f64::from(k)).collect();
        let curve = distances.iter().map(|&r| Correlation::at(r)).collect::<Result<Vec<_>, _>>().ok()?;
        let of = |part: fn(&Correlation) -> f64| curve.iter().map(part).collect();
        Some([distances, of(|c| c.radial), of(|c| c.dipole)])
    }

    fn position(&self, quantity: Quantity) -> Option<usize> {
        Quantity::all(self.cells.len()).iter().position(|q| *q == quantity)
    }

    /// Where the numbers leave the range of the theory they are compared with.
    fn warnings(&self, derived: &[Option<Derived>]) -> Vec<String> {
        let mut warnings = Vec::new();
        let mut warn = |points: Vec<usize>, what: &str| {
            if !points.is_empty() {
                let list: Vec<String> = points.iter().map(usize::to_string).collect();
                warnings.push(format!(
                    "{what} at point{} {}",
                    if points.len() > 1 { "s" } else { "" },
                    list.join(", ")
                ));
            }
        };
        let value = |p: usize, q: Quantity| {
            let known = derived[p].as_ref().zip(self.position(q));
            known.map_or(f64::NAN, |(d, k)| d.estimates[k].value)
        };
        let select =
            |test: &dyn Fn(usize) -> bool| (0..derived.len()).filter(|&p| test(p)).collect::<Vec<_>>();
        warn(
            select(&|p| value(p, Quantity::DephasingPerScattering) > MOST_DEPHASING),
            "the probes scatter as much as the disorder (Gamma tau > 0.5): outside the diffusive window",
        );
        warn(
            select(&|p| value(p, Quantity::InelasticLength) < INELASTIC_LENGTHS.start),
            "L_in is less than two lattice constants: outside the diffusive window",
        );
        warn(
            select(&|p| {
                let grid = &self.grids[p];
                let length = value(p, Quantity::InelasticLength);
                length > 0.5 * grid.shape[1] as f64 * grid.spacing[1] || length > grid.length() / 6.0
            }),
            "L_in exceeds half the width or a sixth of the length: the averages feel the size of the conductor",
        );
        warnings
    }
}

/// The first so many values of one sample.
fn values(samples: &Array<f64>, sample: usize, count: usize) -> &[f64] {
    let width: usize = samples.shape[1..].iter().product();
    &samples.data[sample * width..][..count]
}

impl Task for LocalHeatTask<'_> {
    fn layout(&self) -> Layout {
        let mut dims = vec![("site".to_owned(), self.most_sites()), ("audit".to_owned(), LAWS.len())];
        dims.extend(self.cells.iter().map(|&c| cell_names(c).1).zip(self.cell_counts()));
        let mut arrays = per_sample(&self.cells);
        arrays.extend(self.fixed().into_iter().map(|(spec, _)| spec));
        Layout { dims, arrays }
    }

    fn fixed(&self) -> Vec<(ArraySpec, Column)> {
        let sites = self.most_sites();
        let place = |axis: usize| {
            let of_point = |p: &Point<'_>| -> Vec<f64> {
                let lattice = p.lattice;
                let n = lattice.slice_sites();
                (0..sites)
                    .map(
                        |i| if i < lattice.sites() { lattice.position(i / n, i % n)[axis] } else { f64::NAN },
                    )
                    .collect()
            };
            Column::Float(self.points.iter().flat_map(of_point).collect())
        };
        let slices = self.points.iter().flat_map(|p| {
            let lattice = p.lattice;
            let n = lattice.slice_sites();
            let total = lattice.sites();
            (0..sites).map(move |i| if i < total { (i / n) as i64 } else { -1 })
        });
        let on_sites = |name, kind, units, words| ArraySpec::new(name, kind, &[POINT, "site"], units, words);
        let mut arrays = vec![
            (
                ArraySpec::new("site", Kind::Integer, &["site"], "1", "site"),
                Column::Integer((0..sites as i64).collect()),
            ),
            results::law_names(&LAWS),
            (on_sites("x", Kind::Float, "a", "position along the current"), place(0)),
            (on_sites("y", Kind::Float, "a", "position across the current"), place(1)),
            (on_sites("z", Kind::Float, "a", "height"), place(2)),
            (
                on_sites("slice", Kind::Integer, "1", "slice along the current").describe("-1: no such site"),
                Column::Integer(slices.collect()),
            ),
        ];
        arrays.extend(results::swept_columns(self.study));
        arrays
    }

    fn sample(&self, point: usize, sample: u64) -> Result<Vec<Vec<f64>>, String> {
        let result = self.points[point].sample(self.seed, sample)?;
        let [residual, allowed] = results::audit_rows(&result.audit, &LAWS);
        let pad = |mut field: Vec<f64>, to: usize| {
            field.resize(to, f64::NAN);
            field
        };
        let sites = self.most_sites();
        let mut values = vec![
            vec![result.conductance],
            vec![result.coherent_conductance],
            vec![result.density_of_states],
            vec![result.heat_left],
            vec![result.heat_right],
            pad(result.potential, sites),
            pad(result.heat, sites),
            pad(result.temperature, sites),
            pad(result.joule, sites),
            pad(result.heat_straight_line, sites),
            residual,
            allowed,
        ];
        values.extend(result.cells.into_iter().zip(self.cell_counts()).map(|(c, n)| pad(c, n)));
        Ok(values)
    }

    fn results(&self, record: &Reader) -> Result<Results, StoreError> {
        let derived = (0..self.points.len())
            .map(|p| self.derive(record, p, usize::MAX))
            .collect::<Result<Vec<_>, _>>()?;
        let dimension = self.grids.iter().map(|g| g.dimension).max().unwrap_or(2);
        let quantities: Vec<Described> = Quantity::all(self.cells.len())
            .into_iter()
            .map(|q| Described { id: q.id(), units: q.units(dimension), label: q.label() })
            .collect();
        let or_none = |of: &dyn Fn(&Derived) -> Vec<Estimate>, length: usize| -> Vec<Vec<Estimate>> {
            derived.iter().map(|d| d.as_ref().map_or_else(|| vec![NO_ESTIMATE; length], of)).collect()
        };
        let estimates = or_none(&|d| d.estimates.clone(), quantities.len());
        let correlations = [0, 1, 2, 3].map(|k| {
            let bins = k * CORRELATION_BINS..(k + 1) * CORRELATION_BINS;
            or_none(&|d: &Derived| d.correlation[bins.clone()].to_vec(), CORRELATION_BINS).concat()
        });
        let samples =
            derived.iter().map(|d| d.as_ref().map_or(0, |d| d.rows.iter().flatten().count() as i64));
        let mut results = Results::new(&quantities, &estimates, samples.collect());
        let by_radius = [POINT, "radius"];
        results.dimension("radius", CORRELATION_BINS);
        results.extend([(
            float("radius", &["radius"], "L_in", "distance of two sites, centre of the bin"),
            Column::Float((0..CORRELATION_BINS).map(|b| CORRELATION_BIN * (b as f64 + 0.5)).collect()),
        )]);
        let measured = [
            ("correlation", "correlation of the heat at two sites", PAIRS),
            ("correlation_dipole", "dipole p of the correlation c - p cos 2 theta", DIPOLES),
            ("straight_line", "correlation of the heat of a straight line at two sites", PAIRS),
            ("straight_line_dipole", "dipole of the correlation of the heat of a straight line", DIPOLES),
        ];
        for ((name, words, more), estimates) in measured.into_iter().zip(&correlations) {
            let error = float(&format!("{name}_error"), &by_radius, "1", "one standard error");
            results.extend([
                (float(name, &by_radius, "1", words).describe(more), results::values(estimates)),
                (error, results::errors(estimates)),
            ]);
        }
        if let Some(theory) = self.theory() {
            results.dimension("theory_radius", theory[0].len());
            let words = [
                ("theory_radius", "L_in", "distance of two sites"),
                ("theory_correlation", "1", "correlation of the heat by diffusons, mean over directions"),
                ("theory_correlation_dipole", "1", "its dipole"),
            ];
            let of_theory = |(name, units, words)| float(name, &["theory_radius"], units, words);
            results.extend(words.map(of_theory).into_iter().zip(theory.map(Column::Float)));
        }
        results
            .with_fits(
                self.fits(&derived),
                "unweighted least squares in the logarithms",
                "joint jackknife over samples",
            )
            .with_warnings(self.warnings(&derived))
            .with_audits(record, &LAWS)
    }

    fn relative_error(
        &self,
        record: &Reader,
        point: usize,
        quantity: &str,
        n: usize,
    ) -> Result<f64, StoreError> {
        let position = Quantity::all(self.cells.len()).iter().position(|q| q.id() == quantity);
        let derived = self.derive(record, point, n)?;
        let estimate = derived.zip(position).map(|(d, k)| d.estimates[k]);
        Ok(estimate.map_or(f64::INFINITY, |e| e.relative_error()))
    }

    fn cost(&self, point: usize) -> Cost {
        self.costs[point].clone()
    }
}
