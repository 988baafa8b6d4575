//! The kind `point-contact`: conductance and noise of a point contact in conserving kinetics against the gate, beside Landauer and Büttiker's.
//!
//! A point has one sample, which is exact.

pub(crate) mod peaks;

use crate::exact::{self, Curve};
use crate::results::{self, Described, Fit, NO_ESTIMATE, Results, float};
use crate::settings::{ContactDrive, PointContact as Settings, Settings as AnyKind};
use crate::study::Study;
use crate::task::{Column, Cost, Made, Task};
use diffuson::audit::{Audit, laws};
use diffuson::kinetics::{
    ContactState, Drive, Excess, InelasticRatio, KineticError, Law, PointContact, RateLaw, Si, Source,
};
use diffuson_ensemble::statistics::{Estimate, power_law_fit};
use diffuson_store::{ArraySpec, Layout, Reader, Status, StoreError};

/// The laws a contact is audited for, in the order of the record.
const LAWS: [&str; 9] = [
    laws::COLLISION_CHARGE,
    laws::ENERGY,
    laws::MOMENTUM,
    laws::PAULI,
    laws::NEUTRALITY,
    laws::COMPRESSIBILITY,
    laws::NOISE_TWICE,
    laws::JOHNSON_NOISE,
    laws::DRIVE,
];

/// A `point-contact` study, ready to be computed.
pub(crate) struct PointContactTask<'c> {
    study: &'c Study,
    points: Vec<Point>,
    driven: bool,
}

struct Point {
    settings: Settings,
    contact: PointContact,
    si: Si,
}

impl<'c> PointContactTask<'c> {
    pub(crate) fn new(study: &'c Study) -> Made<Self> {
        let make = |index: usize| -> Made<Point> {
            let AnyKind::PointContact(s) = &study.points()[index].settings else {
                unreachable!("a point-contact study has settings of its kind")
            };
            let refuse = |key| exact::refusal(study, index, key);
            let contact =
                PointContact::uniform(&s.thresholds, s.rates).map_err(refuse("contact.thresholds"))?;
            let si = Si::new(s.temperature).map_err(refuse("contact.temperature"))?;
            // rates and degeneracies are in range at both ends of the gate, or nowhere
            let ends = [("gate.from", s.gates[0]), ("gate.to", s.gates[s.gates.len() - 1])];
            for (key, gate) in ends {
                contact.conductance(gate).map_err(refuse(key))?;
            }
            Ok(Point { settings: s.clone(), contact: contact.with_closure(s.closure), si })
        };
        let points: Vec<Point> = (0..study.points().len()).map(make).collect::<Result<_, _>>()?;
        let driven = points.iter().any(|p| p.settings.drive != ContactDrive::None);
        Ok(Self { study, points, driven })
    }
}

impl Point {
    /// The first `count` of [`CURVES`], and the audit.
    fn curves(&self, count: usize) -> Result<(Vec<Vec<f64>>, Audit), String> {
        let mut curves = vec![Vec::new(); count];
        let mut audit = Audit::default();
        for &gate in &self.settings.gates {
            let values = self.at(gate, &mut audit).map_err(|e| format!("at mu = {gate} kT: {e}"))?;
            curves.iter_mut().zip(values).for_each(|(curve, value)| curve.push(value));
        }
        Ok((curves, audit))
    }

    /// All curves at one chemical potential. What a contact cannot have there is not a number: a current that no voltage drives, Landauer's channels where a conductance
    /// exceeds the quantum.
    fn at(&self, gate: f64, audit: &mut Audit) -> Result<[f64; CURVES.len()], KineticError> {
        let drive = match self.settings.drive {
            ContactDrive::None => Drive::Voltage(0.0),
            ContactDrive::Current(current) => Drive::Current(current / (NANO * self.si.current())),
            ContactDrive::Voltage(voltage) => Drive::Voltage(voltage / self.si.voltage()),
        };
        let conductance = self.contact.conductance(gate)?;
        let mut values = [f64::NAN; CURVES.len()];
        values[0] = conductance;
        let state = match self.contact.solve(gate, drive) {
            Err(KineticError::NoSuchCurrent { .. }) => {
                values[1] = self.contact.solve(gate, Drive::Voltage(0.0))?.equilibrium().compressibility();
                return Ok(values);
            }
            state => state?,
        };
        audit.merge(&state.audit);
        values[1] = state.equilibrium().compressibility();
        values[2..].copy_from_slice(&self.driven(&state)?);
        Ok(values)
    }

    fn driven(&self, state: &ContactState) -> Result<[f64; CURVES.len() - UNDRIVEN], KineticError> {
        let unit = self.si.noise();
        let (compressibility, occupation) = (Source::Compressibility, Source::Occupation);
        // the excess of Landauer's channels in 4kTG_0, and per 2eI
        let landauer = state.landauer_excess().unwrap_or(f64::NAN);
        Ok([
            NANO * self.si.current() * state.current(),
            MILLI * self.si.voltage() * state.voltage,
            unit * state.noise(compressibility)?,
            unit * state.noise(occupation)?,
            unit * (state.conductance() + landauer),
            state.fano(compressibility, Excess::Johnson)?,
            state.fano(compressibility, Excess::Equilibrium)?,
            state.fano(occupation, Excess::Johnson)?,
            2.0 * landauer / state.current().abs(),
            match self.settings.frequency {
                Some(omega) => state.spectrum(omega, compressibility)? / state.noise(compressibility)?,
                None => f64::NAN,
            },
        ])
    }
}

/// Nanoamperes in an ampere, millivolts in a volt.
const NANO: f64 = 1e9;
const MILLI: f64 = 1e3;

/// Name, unit and words of the curves over the gate; the first ones are there without a drive, too.
const CURVES: [Curve; 12] = [
    ("conductance", "2e^2/h", r"conductance $G$ in linear response"),
    ("compressibility", "1", r"compressibility $\kappa/\kappa_{cl}$"),
    ("current", "nA", r"current $I$"),
    ("voltage", "mV", r"voltage $V$"),
    ("noise", "A^2/Hz", r"noise $S$ from $k_BT\,\partial f/\partial\mu$, one-sided"),
    ("noise_boltzmann_langevin", "A^2/Hz", r"noise $S$ from $f(1-f)$, one-sided"),
    ("noise_landauer", "A^2/Hz", r"noise $S$ of Landauer and Büttiker, one-sided"),
    ("excess", "1", r"excess noise $(S-4k_BTG)/2eI$ from $k_BT\,\partial f/\partial\mu$"),
    ("excess_over_equilibrium", "1", r"excess noise $[S(I)-S(0)]/2eI$ from $k_BT\,\partial f/\partial\mu$"),
    ("excess_boltzmann_langevin", "1", r"excess noise $(S-4k_BTG)/2eI$ from $f(1-f)$"),
    ("excess_landauer", "1", r"excess noise $(S-4k_BTG)/2eI$ of Landauer and Büttiker"),
    ("noise_ratio", "1", r"noise at the frequency over that at zero, $S(\omega)/S(0)$"),
];

/// Curves without a drive.
const UNDRIVEN: usize = 2;

impl PointContactTask<'_> {
    fn gates(&self) -> &[f64] {
        &self.points[0].settings.gates
    }

    fn curves(&self) -> &'static [Curve] {
        if self.driven { &CURVES } else { &CURVES[..UNDRIVEN] }
    }

    /// Chemical potentials at which no voltage drives the current.
    fn closed(&self, record: &Reader) -> Result<Vec<String>, StoreError> {
        let mut warnings = Vec::new();
        for index in (0..self.points.len()).filter(|_| self.driven) {
            if record.status(index)?.first() != Some(&Status::Done) {
                continue;
            }
            let voltages = record.read_samples::<f64>("voltage", index, 0..1)?.data;
            let closed = self.gates().iter().zip(voltages).filter(|(_, v)| v.is_nan()).map(|(gate, _)| *gate);
            let closed: Vec<f64> = closed.collect();
            if let (Some(first), Some(last)) = (closed.first(), closed.last()) {
                warnings.push(format!(
                    "point {index}: no voltage drives the current at {} of {} chemical potentials, from {first} to {last} kT: there is no noise there",
                    closed.len(),
                    self.gates().len()
                ));
            }
        }
        Ok(warnings)
    }

    /// How the highest peak grows with the current, where that is swept: `ln S_xs` against `ln I`.
    fn scaling(&self, record: &Reader) -> Result<Vec<Fit>, StoreError> {
        let mut fits = Vec::new();
        if !self.study.swept_keys().any(|key| key.path == "drive.current") {
            return Ok(fits);
        }
        let fixed = |p: &Point| matches!(p.settings.rates, RateLaw::Scaled { law: Law::ConstantTime, inelastic, .. } if !matches!(inelastic, InelasticRatio::Field { .. }));
        let square = self.points.iter().all(fixed).then_some(2.0);
        for (array, name, expected, reference) in [
            ("excess", "exponent of kinetic excess noise in current", square, "constant times"),
            // linear in the current where eV >> kT, quadratic where eV << kT
            ("excess_landauer", "exponent of Landauer-Büttiker excess noise in current", None, ""),
        ] {
            let (mut currents, mut heights) = (Vec::new(), Vec::new());
            for (index, point) in self.points.iter().enumerate() {
                let ContactDrive::Current(current) = point.settings.drive else { continue };
                if record.status(index)?.first() != Some(&Status::Done) {
                    continue;
                }
                let curve = record.read_samples::<f64>(array, index, 0..1)?.data;
                let highest =
                    peaks::peaks(self.gates(), &curve).into_iter().map(|p| p.height).fold(0.0, f64::max);
                if highest > 0.0 {
                    currents.push(vec![current]);
                    heights.push(highest * current);
                }
            }
            let Ok(law) = power_law_fit(&currents, &heights, &vec![1.0; heights.len()]) else { continue };
            let estimate = Estimate { value: law.exponents[0], standard_error: 0.0, samples: heights.len() };
            let (name, reference) = (name.to_owned(), reference.to_owned());
            fits.push(Fit { name, estimate, expected, reference, points: heights.len() });
        }
        Ok(fits)
    }
}

fn quantities() -> Vec<Described> {
    let described = |id, units, label: &str| Described { id, units, label: label.to_owned() };
    vec![
        described("first_peak", "kT", r"first peak of excess noise at $\mu$"),
        described("first_peak_excess", "1", r"its $S_{xs}/2eI$"),
        described("second_peak", "kT", r"second peak of excess noise at $\mu$"),
        described("second_peak_excess", "1", r"its $S_{xs}/2eI$"),
        described("landauer_peak", "kT", r"highest peak of Landauer and Büttiker at $\mu$"),
        described("landauer_peak_excess", "1", r"its $S_{xs}/2eI$"),
    ]
}

impl Task for PointContactTask<'_> {
    fn layout(&self) -> Layout {
        exact::layout(&[("gate", self.gates().len(), self.curves())], LAWS.len(), &self.fixed())
    }

    fn fixed(&self) -> Vec<(ArraySpec, Column)> {
        let gates = Column::Float(self.gates().to_vec());
        exact::fixed(self.study, (float("gate", &["gate"], "kT", r"chemical potential $\mu$"), gates), &LAWS)
    }

    fn sample(&self, point: usize, _: u64) -> Result<Vec<Vec<f64>>, String> {
        let (mut values, audit) = self.points[point].curves(self.curves().len())?;
        values.extend(results::audit_rows(&audit, &LAWS));
        Ok(values)
    }

    fn results(&self, record: &Reader) -> Result<Results, StoreError> {
        let quantities = quantities();
        let (estimates, samples) = exact::estimates(record, self.points.len(), quantities.len(), |index| {
            if !self.driven {
                return Ok(vec![NO_ESTIMATE; quantities.len()]);
            }
            let found = |array: &str| -> Result<Vec<peaks::Peak>, StoreError> {
                Ok(peaks::peaks(self.gates(), &record.read_samples::<f64>(array, index, 0..1)?.data))
            };
            let kinetic = found("excess")?;
            let landauer = found("excess_landauer")?.into_iter().max_by(|a, b| a.height.total_cmp(&b.height));
            let numbers = [kinetic.first().copied(), kinetic.get(1).copied(), landauer];
            let pair = |peak: Option<peaks::Peak>| peak.map_or([f64::NAN; 2], |p| [p.at, p.height]);
            Ok(numbers.into_iter().flat_map(pair).map(exact::known).collect())
        })?;
        let fits = self.scaling(record)?;
        Results::new(&quantities, &estimates, samples)
            .with_fits(fits, "least squares in the logarithms", "exact numbers")
            .with_warnings(self.closed(record)?)
            .with_audits(record, &LAWS)
    }

    fn relative_error(&self, _: &Reader, _: usize, _: &str, _: usize) -> Result<f64, StoreError> {
        Ok(0.0)
    }

    fn cost(&self, point: usize) -> Cost {
        let settings = &self.points[point].settings;
        let gates = settings.gates.len() as f64;
        Cost {
            system: format!("{} sub-bands, {gates} gates", settings.thresholds.len()),
            // a factorisation and some solves per sub-band, for some steps towards the current
            operations: 1e7 * gates * settings.thresholds.len() as f64,
            memory: 1e6,
            stored: 8.0 * self.curves().len() as f64 * gates,
            method: "kinetic equation".to_owned(),
            reason: "exact".to_owned(),
            shared: 1,
        }
    }
}
