//! The kind `zero-bias-anomaly`: the response of fluctuators to bias and temperature.
//!
//! A point has one sample, which is exact; the audit holds the response against another quadrature and the rates against detailed balance.

use crate::exact::{self, Curve};
use crate::results::{self, Described, Results, float};
use crate::settings::{Settings as AnyKind, ZeroBiasAnomaly as Settings};
use crate::study::Study;
use crate::task::{Column, Cost, Made, Task};
use diffuson::audit::{Audit, laws};
use diffuson::defects::{
    Anomaly, Bath, Conductance, DefectError, KondoCurve, interpolation, orifice_share, step_estimate,
    threshold,
};
use diffuson_store::{ArraySpec, Layout, Reader, StoreError};

const LAWS: [&str; 2] = [laws::QUADRATURE, laws::DETAILED_BALANCE];

/// A `zero-bias-anomaly` study, ready to be computed.
pub(crate) struct ZeroBiasAnomalyTask<'c> {
    study: &'c Study,
    points: Vec<Point>,
}

struct Point {
    settings: Settings,
    anomaly: Anomaly,
    kondo: KondoCurve,
}

impl<'c> ZeroBiasAnomalyTask<'c> {
    pub(crate) fn new(study: &'c Study) -> Made<Self> {
        let make = |index: usize| -> Made<Point> {
            let AnyKind::ZeroBiasAnomaly(s) = &study.points()[index].settings else {
                unreachable!("a zero-bias-anomaly study has settings of its kind")
            };
            let refuse = |key| exact::refusal::<DefectError>(study, index, key);
            let bath = Bath::new(0.0, 0.0, s.crossover)
                .and_then(|bath| bath.off_centre(orifice_share(s.place)))
                .map_err(refuse("defects.crossover"))?;
            let bath = if s.within_beams { bath } else { bath.between_beams_only() };
            let anomaly = Anomaly::new(bath).with_band(s.band).map_err(refuse("defects.band"))?;
            let kondo =
                KondoCurve::new(s.kondo_share, Conductance::Differential).map_err(refuse("kondo.share"))?;
            Ok(Point { settings: s.clone(), anomaly, kondo })
        };
        Ok(Self { study, points: (0..study.points().len()).map(make).collect::<Result<_, _>>()? })
    }

    fn biases(&self) -> &[f64] {
        &self.points[0].settings.biases
    }

    fn temperatures(&self) -> &[f64] {
        &self.points[0].settings.temperatures
    }
}

/// Name, unit and words of the curves over the bias.
const OVER_BIAS: [Curve; 5] = [
    ("bias_response", "K^2", r"response $E^{*2} D$"),
    ("bias_exponent", "1", r"local exponent $d\ln D/d\ln V$"),
    ("bias_interpolation", "K^2", "the same by the interpolation of Kozub and Rudin (Eq. 15)"),
    ("bias_step", "K^2", "the same by a step of n at the threshold, without temperature"),
    ("bias_kondo", "K^2", r"two-channel Kondo picture, equal at $eV=0$, $kT=E^*$"),
];

/// Those over the temperature.
const OVER_TEMPERATURE: [Curve; 4] = [
    ("temperature_response", "K^2", r"response $E^{*2} D$"),
    ("temperature_exponent", "1", r"local exponent $d\ln D/d\ln T$"),
    ("temperature_interpolation", "K^2", "the same by the interpolation of Kozub and Rudin (Eq. 15)"),
    ("temperature_kondo", "K^2", r"two-channel Kondo picture, equal at $eV=0$, $kT=E^*$"),
];

fn quantities() -> Vec<Described> {
    let described = |id, units, label: &str| Described { id, units, label: label.to_owned() };
    vec![
        described("equal_bias", "K", r"bias $eV$ with $D(V,0)=D(0,T)$, $kT$ held"),
        described("doubling_bias", "K", r"bias $eV$ with $D(V,T)=2D(0,T)$, $kT$ held"),
        described("linear_bias", "K", r"bias $eV$ at which $d\ln D/d\ln V=1$, $kT=0$"),
        described("highest_exponent", "1", r"largest $d\ln D/d\ln V$ on the curve"),
        described("last_exponent", "1", r"$d\ln D/d\ln V$ at the highest bias"),
        described("threshold", "K", r"$E_{th}=E^*(eV/E^*)^{1/3}$ at the highest bias"),
        described("least_ratio", "1", "least ratio of the response to Eq. 15 on the curve against bias"),
        described("saturation", "K^2", "response with all levels equally occupied"),
    ]
}

impl Point {
    /// All curves, in the order of [`OVER_BIAS`] and [`OVER_TEMPERATURE`], and the audit.
    fn curves(&self) -> Result<(Vec<Vec<f64>>, Audit), DefectError> {
        let s = &self.settings;
        let (unit, held) = (s.crossover * s.crossover, s.held);
        let kondo = self.anomaly.response(0.0, s.crossover) / s.crossover.sqrt();
        let mut over_bias = vec![Vec::new(); OVER_BIAS.len()];
        let mut over_temperature = vec![Vec::new(); OVER_TEMPERATURE.len()];
        let mut audit = Audit::default();
        let estimated =
            |bias: f64, temperature: f64| unit * interpolation(bias / s.crossover, temperature / s.crossover);
        for &bias in &s.biases {
            let step = if held == 0.0 { unit * step_estimate(bias / s.crossover) } else { f64::NAN };
            let values = [
                self.anomaly.response(bias, held),
                self.anomaly.bias_exponent(bias, held),
                estimated(bias, held),
                step,
                kondo * self.kondo.rise(bias, held),
            ];
            over_bias.iter_mut().zip(values).for_each(|(curve, value)| curve.push(value));
            audit.merge(&self.anomaly.audit(bias, held)?);
        }
        for &temperature in &s.temperatures {
            let values = [
                self.anomaly.response(held, temperature),
                self.anomaly.temperature_exponent(held, temperature),
                estimated(held, temperature),
                kondo * self.kondo.rise(held, temperature),
            ];
            over_temperature.iter_mut().zip(values).for_each(|(curve, value)| curve.push(value));
            audit.merge(&self.anomaly.audit(held, temperature)?);
        }
        audit.merge(&self.anomaly.audit(0.0, s.crossover)?);
        over_bias.extend(over_temperature);
        Ok((over_bias, audit))
    }

    /// Where the local exponent at kT = 0 falls through 1, by bisection; NaN if not within the biases.
    fn linear_bias(&self) -> f64 {
        let biases = &self.settings.biases;
        let exponent = |log: f64| self.anomaly.bias_exponent(log.exp(), 0.0);
        let (mut low, mut high) = (biases[0].ln(), biases[biases.len() - 1].ln());
        if !(exponent(low) > 1.0 && exponent(high) < 1.0) {
            return f64::NAN;
        }
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if exponent(middle) > 1.0 { low = middle } else { high = middle }
        }
        (0.5 * (low + high)).exp()
    }

    /// What is exact about the point, in the order of [`quantities`].
    fn numbers(&self, exponents: &[f64], response: &[f64], interpolated: &[f64]) -> Vec<f64> {
        let s = &self.settings;
        let highest = s.biases[s.biases.len() - 1];
        let ratios = response.iter().zip(interpolated).map(|(exact, estimate)| exact / estimate);
        let with_held = |value: f64| if s.held > 0.0 { value } else { f64::NAN };
        vec![
            with_held(self.anomaly.equal_bias(s.held)),
            with_held(self.anomaly.doubling_bias(s.held)),
            self.linear_bias(),
            exponents.iter().copied().fold(f64::NAN, f64::max),
            exponents[exponents.len() - 1],
            s.crossover * threshold(highest / s.crossover),
            ratios.fold(f64::NAN, f64::min),
            if s.band.is_finite() { s.band * s.band / 4.0 } else { f64::NAN },
        ]
    }
}

impl Task for ZeroBiasAnomalyTask<'_> {
    fn layout(&self) -> Layout {
        let axes: [(&str, usize, &[Curve]); 2] = [
            ("bias", self.biases().len(), &OVER_BIAS),
            ("temperature", self.temperatures().len(), &OVER_TEMPERATURE),
        ];
        exact::layout(&axes, LAWS.len(), &self.fixed())
    }

    fn fixed(&self) -> Vec<(ArraySpec, Column)> {
        let biases = (float("bias", &["bias"], "K", "bias eV"), Column::Float(self.biases().to_vec()));
        let temperatures = Column::Float(self.temperatures().to_vec());
        let mut arrays = exact::fixed(self.study, biases, &LAWS);
        arrays.push((float("temperature", &["temperature"], "K", "temperature"), temperatures));
        arrays
    }

    fn sample(&self, point: usize, _: u64) -> Result<Vec<Vec<f64>>, String> {
        let (mut values, audit) = self.points[point].curves().map_err(|e| e.to_string())?;
        values.extend(results::audit_rows(&audit, &LAWS));
        Ok(values)
    }

    fn results(&self, record: &Reader) -> Result<Results, StoreError> {
        let quantities = quantities();
        let (estimates, samples) = exact::estimates(record, self.points.len(), quantities.len(), |index| {
            let curve = |name: &str| record.read_samples::<f64>(name, index, 0..1).map(|array| array.data);
            let (exponents, response) = (curve("bias_exponent")?, curve("bias_response")?);
            let numbers = self.points[index].numbers(&exponents, &response, &curve("bias_interpolation")?);
            Ok(numbers.into_iter().map(exact::known).collect())
        })?;
        Results::new(&quantities, &estimates, samples).with_audits(record, &LAWS)
    }

    fn relative_error(&self, _: &Reader, _: usize, _: &str, _: usize) -> Result<f64, StoreError> {
        Ok(0.0)
    }

    fn cost(&self, _: usize) -> Cost {
        let (biases, temperatures) = (self.biases().len() as f64, self.temperatures().len() as f64);
        Cost {
            system: format!("{biases} biases, {temperatures} temperatures"),
            // five integrals for a response and its exponent, and the adaptive one of the audit
            operations: 5e5 * (biases + temperatures),
            memory: 64.0 * (biases + temperatures),
            stored: 8.0 * (OVER_BIAS.len() as f64 * biases + OVER_TEMPERATURE.len() as f64 * temperatures),
            method: "quadrature".to_owned(),
            reason: "exact".to_owned(),
            shared: 1,
        }
    }
}
