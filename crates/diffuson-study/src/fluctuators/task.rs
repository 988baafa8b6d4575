//! The study as a task: what is stored of each sample, and what follows from the record.

use super::crossing::Family;
use super::curves::{self, Curve};
use super::point::{Constrictions, Point, settings};
use super::sample::Shared;
use super::statistics::{self, BIN, BINS, Correlations, QUANTITIES, Stored, described};
use crate::results::{self, Described, Fit, NO_ESTIMATE, Results, float};
use crate::study::Study;
use crate::task::{Column, Cost, Made, Task};
use diffuson::audit::laws;
use diffuson::units::{BOLTZMANN, ELEMENTARY_CHARGE};
use diffuson_ensemble::statistics::{Estimate, Moments};
use diffuson_store::{ArraySpec, Kind, Layout, POINT, Reader, SAMPLE, Status, StoreError};

/// The laws a sample may be audited for, in the order of the record.
const LAWS: [&str; 7] = [
    laws::OPTICAL_THEOREM,
    laws::FREQUENCIES,
    laws::GRAND_POTENTIAL,
    laws::QUADRATURE,
    laws::UNITARITY,
    laws::RECIPROCITY,
    laws::BACKWARD_ERROR,
];

/// A study of fluctuators, ready to be computed.
pub(crate) struct FluctuatorsTask<'s> {
    study: &'s Study,
    points: Vec<Point>,
    shared: Shared,
    seed: u64,
}

/// What follows from the samples of a point.
struct Derived {
    correlations: Correlations,
    saturation: Estimate,
    /// Against temperature, and against bias.
    curves: [Curve; 2],
    samples: usize,
    /// Why a curve is not known everywhere.
    trouble: Option<String>,
}

/// Energies and conductances of the samples of a point; none where a sample failed.
struct Read {
    energy: Vec<f64>,
    conductance: Vec<f64>,
    done: Vec<bool>,
    positions: usize,
    /// Positions with place in the record.
    stride: usize,
}

impl Read {
    fn sample(&self, k: usize) -> Option<Stored<'_>> {
        let part = k * self.stride..k * self.stride + self.positions;
        self.done[k]
            .then(|| Stored { energy: &self.energy[part.clone()], conductance: &self.conductance[part] })
    }

    fn samples(&self) -> Vec<Stored<'_>> {
        (0..self.done.len()).filter_map(|k| self.sample(k)).collect()
    }
}

const POSITION: &str = "position";
const BATH: &str = "bath";
const SPLITTING: &str = "splitting";

/// Names and labels of the two curves.
const CURVES: [(&str, &str); 2] =
    [("temperature", "against temperature, without bias"), ("bias", "against bias")];

impl<'s> FluctuatorsTask<'s> {
    pub(crate) fn new(study: &'s Study) -> Made<Self> {
        let mut constrictions = Constrictions::default();
        let points = (0..study.points().len()).map(|p| Point::new(study, p, &mut constrictions));
        let points = points.collect::<Result<_, _>>()?;
        Ok(Self { study, points, shared: Shared::default(), seed: settings(study, 0).ensemble.seed })
    }

    /// Most positions of any point.
    fn positions(&self) -> usize {
        self.points.iter().map(|p| p.positions).max().unwrap_or(0)
    }

    fn abscissae(&self) -> &[f64] {
        &settings(self.study, 0).bath.abscissae
    }

    fn read(&self, record: &Reader, point: usize, limit: usize) -> Result<Read, StoreError> {
        let status = record.status(point)?;
        let samples = 0..status.len().min(limit);
        let read =
            |name: &str| Ok::<_, StoreError>(record.read_samples::<f64>(name, point, samples.clone())?.data);
        Ok(Read {
            energy: read("sample_energy")?,
            conductance: read("sample_conductance")?,
            done: samples.clone().map(|k| status[k] == Status::Done).collect(),
            positions: self.points[point].positions,
            stride: self.positions(),
        })
    }

    /// What follows from the samples of a point.
    fn derive(&self, point: usize, samples: &[Stored<'_>]) -> Derived {
        let s = settings(self.study, point);
        let at = &self.points[point];
        let kelvin = s.fermi_energy.map(|ev| ev * ELEMENTARY_CHARGE / BOLTZMANN);
        // the unit of the bath is held at the value of all samples
        let unit = statistics::rms_splitting(samples);
        let mut trouble = None;
        let curves = [0, 1].map(|which| {
            let mut row = |s: &Stored<'_>| -> Vec<f64> {
                let all = curves::deviations(s, unit, &at.hops, &at.baths[which]).into_iter();
                all.map(|value| {
                    value.unwrap_or_else(|e| {
                        trouble.get_or_insert(e.to_string());
                        f64::NAN
                    })
                })
                .collect()
            };
            let rows: Vec<Vec<f64>> = samples.iter().map(&mut row).collect();
            Curve::new(&rows, &s.bath.abscissae, s.fit)
        });
        Derived {
            correlations: Correlations::new(samples, unit, kelvin),
            saturation: saturation(samples),
            curves,
            samples: samples.len(),
            trouble,
        }
    }

    fn estimates(&self, derived: &Derived) -> Vec<Estimate> {
        let mut all = derived.correlations.quantities.clone();
        let fitted = usize::from(settings(self.study, 0).fit.of_bias);
        all.extend([derived.saturation, derived.curves[fitted].fitted]);
        all
    }

    /// The quantities of the table.
    fn quantities(&self) -> Vec<Described> {
        let of = if settings(self.study, 0).fit.of_bias { "bias" } else { "temperature" };
        let further = [
            ("saturation", "e^2/h", r"$\delta G$ with all positions equally occupied".to_owned()),
            ("exponent", "1", format!(r"exponent of $\delta G$ in the {of}, over the range of the fit")),
        ];
        let further = further.map(|(id, units, label)| Described { id, units, label });
        described(&QUANTITIES).chain(further).collect()
    }
}

/// Keys of phase shifts, either of which may be swept.
const PHASE_SHIFTS: [&str; 2] = ["scatterers.phase_shift", "mobile.phase_shift"];

/// Points along a phase shift that is swept, all of one sign.
struct Line {
    name: String,
    expected: Option<f64>,
    /// Phase shift in degrees and point, ascending in magnitude.
    points: Vec<(f64, usize)>,
}

impl FluctuatorsTask<'_> {
    /// The lines along which the correlation may change its sign.
    fn lines(&self) -> Vec<Line> {
        let Some(along) =
            PHASE_SHIFTS.into_iter().find(|key| self.study.swept_keys().any(|k| k.path == *key))
        else {
            return Vec::new();
        };
        let mut lines: Vec<Line> = Vec::new();
        // points that differ in the bath alone have the same samples
        for (index, point) in self.points.iter().enumerate().filter(|(index, p)| p.first == *index) {
            let s = &settings(self.study, index).sampled;
            let [fixed, mobile] = [s.phase_shift, s.mobile_phase_shift];
            let shift = if along == PHASE_SHIFTS[0] { fixed } else { mobile };
            let others = self.study.points()[index].swept.iter().filter(|s| s.key.path != along);
            let words: Vec<String> = others
                .filter(|s| !s.key.path.starts_with("bath.") && s.key.path != "mobile.hops")
                .map(|s| {
                    let value = s.value.as_str().map_or_else(|| s.value.to_string(), str::to_owned);
                    format!("{} = {value}", s.key.path)
                })
                .chain((shift < 0.0).then(|| "repulsive".to_owned()))
                .collect();
            let name = words.join(", ");
            let line = match lines.iter().position(|line| line.name == name) {
                Some(line) => line,
                None => {
                    let follows = fixed == mobile;
                    let other = if along == PHASE_SHIFTS[0] { mobile } else { fixed };
                    let magnitude = if follows { 45.0 } else { 90.0 - other.abs() };
                    let expected = point.model.is_continuum().then_some(magnitude * shift.signum());
                    lines.push(Line { name, expected, points: Vec::new() });
                    lines.len() - 1
                }
            };
            lines[line].points.push((shift, index));
        }
        for line in &mut lines {
            line.points.sort_by(|a, b| a.0.abs().total_cmp(&b.0.abs()));
        }
        lines.retain(|line| line.points.len() > 1);
        lines
    }

    /// Where correlations end, and what is to be said of those that do not.
    fn crossings(&self, read: &[Read]) -> (Vec<Fit>, Vec<String>) {
        let family = |line: Line| {
            let rows = |&(_, point): &(f64, usize)| -> Vec<Option<Vec<f64>>> {
                let of = &read[point];
                (0..of.done.len()).map(|k| of.sample(k).map(|s| statistics::moments(&s))).collect()
            };
            Family {
                rows: line.points.iter().map(rows).collect(),
                phase_shifts: line.points.iter().map(|(shift, _)| *shift).collect(),
                name: line.name,
                expected: line.expected,
            }
        };
        let (mut fits, mut warnings) = (Vec::new(), Vec::new());
        for found in self.lines().into_iter().flat_map(|line| family(line).crossings()) {
            match found {
                Ok(fit) => fits.push(fit),
                Err(why) => warnings.push(why),
            }
        }
        (fits, warnings)
    }
}

impl Task for FluctuatorsTask<'_> {
    fn layout(&self) -> Layout {
        let per_sample = |name: &str, units: &str, words: &str| {
            ArraySpec::new(name, Kind::Float, &[POINT, SAMPLE, POSITION], units, words)
                .describe("both spins; NaN beyond the last position")
        };
        let mut arrays = vec![
            per_sample("sample_energy", "e_F", "energy of a position"),
            per_sample(
                "sample_conductance",
                "e^2/h",
                "conductance with the defect in a position, less that without scatterers",
            ),
        ];
        arrays.extend(results::audit_arrays());
        arrays.extend(self.fixed().into_iter().map(|(spec, _)| spec));
        let dims = vec![("audit".to_owned(), LAWS.len()), (POSITION.to_owned(), self.positions())];
        Layout { dims, arrays }
    }

    fn fixed(&self) -> Vec<(ArraySpec, Column)> {
        let mut arrays = vec![results::law_names(&LAWS)];
        arrays.extend(results::swept_columns(self.study));
        arrays
    }

    fn leader(&self, point: usize) -> usize {
        self.points[point].first
    }

    fn sample(&self, point: usize, sample: u64) -> Result<Vec<Vec<f64>>, String> {
        let place = self.shared.get(&self.points[point], self.seed, sample);
        let found = place.wait().as_ref().map_err(String::clone)?;
        let padded = |values: &[f64]| {
            let mut padded = values.to_vec();
            padded.resize(self.positions(), f64::NAN);
            padded
        };
        let mut values = vec![padded(&found.energy), padded(&found.conductance)];
        values.extend(results::audit_rows(&found.audit, &LAWS));
        Ok(values)
    }

    fn results(&self, record: &Reader) -> Result<Results, StoreError> {
        let read = (0..self.points.len())
            .map(|p| self.read(record, p, usize::MAX))
            .collect::<Result<Vec<_>, _>>()?;
        let derived: Vec<Derived> =
            read.iter().enumerate().map(|(point, read)| self.derive(point, &read.samples())).collect();
        let estimates: Vec<Vec<Estimate>> = derived.iter().map(|d| self.estimates(d)).collect();
        let samples = derived.iter().map(|d| d.samples as i64).collect();
        let mut results = Results::new(&self.quantities(), &estimates, samples);
        results.dimension(BATH, self.abscissae().len());
        results.dimension(SPLITTING, BINS);
        let coordinate = "temperature $kT$ or bias $eV$, in rms splittings";
        let centres = (0..BINS).map(|k| BIN * (k as f64 + 0.5)).collect();
        results.extend([
            (float(BATH, &[BATH], "1", coordinate), Column::Float(self.abscissae().to_vec())),
            (
                float(SPLITTING, &[SPLITTING], "1", "splitting in rms splittings, centre of a bin"),
                Column::Float(centres),
            ),
        ]);
        let mut put = |name: &str,
                       dim: &str,
                       units: &str,
                       words: &str,
                       of: &dyn Fn(&Derived) -> &[Estimate]| {
            let all: Vec<Estimate> = derived.iter().flat_map(of).copied().collect();
            let dims = [POINT, dim];
            let error =
                float(&format!("{name}_error"), &dims, units, "one standard error, jackknife over samples");
            results.extend([
                (float(name, &dims, units, words), results::values(&all)),
                (error, results::errors(&all)),
            ]);
        };
        put("splitting_density", SPLITTING, "1", "density of splittings, per rms splitting", &|d| {
            &d.correlations.density
        });
        for (which, (name, words)) in CURVES.into_iter().enumerate() {
            let label = format!(r"conductance over that of the ground state, {words}");
            put(&format!("{name}_conductance"), BATH, "e^2/h", &label, &|d| &d.curves[which].conductance);
            let label = format!("local exponent of the conductance {words}");
            put(&format!("{name}_exponent"), BATH, "1", &label, &|d| &d.curves[which].exponent);
        }
        let flat = |p: usize| curves::flat(&settings(self.study, p).bath);
        results.extend([(
            float(
                "bias_exponent_flat",
                &[POINT, BATH],
                "1",
                "local exponent against bias of two-level fluctuators of flat density",
            ),
            Column::Float((0..self.points.len()).flat_map(flat).collect()),
        )]);
        let (fits, mut warnings) = self.crossings(&read);
        let troubles = derived.iter().enumerate();
        warnings.extend(troubles.filter_map(|(point, d)| {
            d.trouble.as_ref().map(|why| format!("point {point}: curves are interrupted, {why}"))
        }));
        let how = "zero of the cubic through the values on either side";
        let results = results.with_fits(fits, how, "joint jackknife over samples").with_warnings(warnings);
        results.with_audits(record, &LAWS)
    }

    fn relative_error(
        &self,
        record: &Reader,
        point: usize,
        quantity: &str,
        n: usize,
    ) -> Result<f64, StoreError> {
        let read = self.read(record, point, n)?;
        let samples = read.samples();
        let unit = statistics::rms_splitting(&samples);
        let position = self.quantities().iter().position(|q| q.id == quantity);
        let found = match (quantity, position) {
            ("saturation", _) => saturation(&samples),
            (_, Some(k)) => Correlations::new(&samples, unit, None).quantities[k],
            (_, None) => NO_ESTIMATE,
        };
        Ok(found.relative_error())
    }

    fn cost(&self, point: usize) -> Cost {
        self.points[point].cost.clone()
    }
}

/// dG with all positions equally occupied.
fn saturation(samples: &[Stored<'_>]) -> Estimate {
    let mut mean = Moments::default();
    samples.iter().for_each(|s| mean.push(curves::saturation(s)));
    mean.estimate()
}
