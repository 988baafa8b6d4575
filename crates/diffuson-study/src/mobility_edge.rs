//! The kind `mobility-edge`: transport coefficients at a mobility edge against temperature, in closed form.
//!
//! A point has one sample, which is exact; the audit compares it with a quadrature over energy that knows nothing of the closed forms.

use crate::exact::{self, Curve};
use crate::results::{self, Described, MICRO, Results, float};
use crate::settings::{MobilityEdge as Settings, Settings as AnyKind};
use crate::study::Study;
use crate::task::{Column, Cost, Made, Task};
use diffuson::audit::{Audit, laws};
use diffuson::localization::expansions::{high_temperature, low_temperature};
use diffuson::localization::hopping::Tail;
use diffuson::localization::special_points::{conductivity_minimum, thermopower_inflection};
use diffuson::localization::{InvalidParameter, MobilityEdge, Side, THERMOPOWER_UNIT, Transport};
use diffuson::thermal::{Adaptive, LinearResponse, Structure};
use diffuson::units::LORENZ;
use diffuson_store::{ArraySpec, Layout, Reader, StoreError};
use std::convert::Infallible;

const LAWS: [&str; 1] = [laws::CLOSED_FORM];

/// How well closed form and quadrature agree: the tolerance of the quadrature with room for the rounding of sums.
const ALLOWED: f64 = 1e-9;

/// Expansions are stored as far as they are this close to the full result.
const LOW: f64 = 0.1;

/// A `mobility-edge` study, ready to be computed.
pub(crate) struct MobilityEdgeTask<'c> {
    study: &'c Study,
    points: Vec<Point>,
}

struct Point {
    settings: Settings,
    edge: MobilityEdge,
    tail: Option<Tail>,
}

impl<'c> MobilityEdgeTask<'c> {
    pub(crate) fn new(study: &'c Study) -> Made<Self> {
        let make = |index: usize| -> Made<Point> {
            let AnyKind::MobilityEdge(s) = &study.points()[index].settings else {
                unreachable!("a mobility-edge study has settings of its kind")
            };
            let refuse = |key| exact::refusal(study, index, key);
            let side = if s.conducts_above { Side::Lower } else { Side::Upper };
            let edge = MobilityEdge::new(s.conductivity, s.exponent)
                .and_then(|edge| edge.with_curvature(s.curvature))
                .map_err(refuse("edge.exponent"))?
                .on_side(side);
            let tail = s.tail.map(|(weight, width)| Tail::new(weight, width)).transpose();
            Ok(Point { settings: s.clone(), edge, tail: tail.map_err(refuse("tail.width"))? })
        };
        Ok(Self { study, points: (0..study.points().len()).map(make).collect::<Result<_, _>>()? })
    }

    fn temperatures(&self) -> &[f64] {
        &self.points[0].settings.temperatures
    }
}

impl Point {
    /// Coefficients at a temperature, in SI units.
    fn at(&self, temperature: f64) -> Result<Transport, InvalidParameter> {
        let d = self.settings.distance;
        let above = self.edge.transport(d, temperature)?;
        Ok(match &self.tail {
            Some(tail) => above.parallel(tail.transport(&self.edge, d, temperature)?),
            None => above,
        })
    }

    /// All curves in the order of [`CURVES`], and the audit.
    fn curves(&self) -> Result<(Vec<Vec<f64>>, Audit), String> {
        let mut curves = vec![Vec::new(); CURVES.len()];
        let mut audit = Audit::default();
        for &t in &self.settings.temperatures {
            let transport = self.at(t).map_err(|e| e.to_string())?;
            if let Some(deviation) = self.deviation(t)? {
                audit.record(laws::CLOSED_FORM, deviation, ALLOWED);
            }
            let [conductivity_low, thermopower_low] = self.expansions(t, &transport);
            let values = [
                transport.conductivity,
                conductivity_low,
                MICRO * transport.thermopower,
                MICRO * thermopower_low,
                transport.thermal_conductivity(),
                transport.lorenz_ratio(),
                transport.figure_of_merit(),
                transport.power_factor(),
            ];
            curves.iter_mut().zip(values).for_each(|(curve, value)| curve.push(value));
        }
        Ok((curves, audit))
    }

    /// The first orders at low temperature (Eqs. 15 and 31), NaN where they are far from the full result.
    fn expansions(&self, t: f64, full: &Transport) -> [f64; 2] {
        let (d, x) = (self.settings.distance, self.settings.exponent);
        let close = |value: f64, to: f64| if (value / to - 1.0).abs() < LOW { value } else { f64::NAN };
        if d <= 0.0 {
            return [f64::NAN; 2];
        }
        let sign = full.thermopower.signum();
        [
            close(
                self.edge.bare_conductivity(d) * low_temperature::conductivity(x, t / d),
                full.conductivity,
            ),
            close(sign * THERMOPOWER_UNIT * low_temperature::thermopower_linear(x, t / d), full.thermopower),
        ]
    }

    /// Largest relative difference of sigma, S (against k_B/e) and L (against its metallic value) of the edge alone between closed form and quadrature over energy, which has energies in kelvin
    /// from the edge inwards; none where nothing is left to compare, deep in the insulator.
    fn deviation(&self, t: f64) -> Result<Option<f64>, String> {
        let (d, x) = (self.settings.distance, self.settings.exponent);
        // sigma is e^z: no number any more
        if d / t < -600.0 {
            return Ok(None);
        }
        let structure = Structure::edge(0.0, x).map_err(|e| e.to_string())?;
        let response = LinearResponse::two_terminal(d, t, &structure, Adaptive::default(), |e| {
            Ok::<f64, Infallible>(self.edge.bare_conductivity(e))
        })
        .map_err(|e| e.to_string())?;
        let coefficients = response.onsager().coefficients(0, 1).map_err(|e| e.to_string())?;
        let exact = self.edge.transport(d, t).map_err(|e| e.to_string())?;
        let differences = [
            coefficients.conductance() / exact.conductivity - 1.0,
            coefficients.thermopower().abs() - exact.thermopower.abs() / THERMOPOWER_UNIT,
            coefficients.lorenz_ratio() - exact.lorenz / LORENZ,
        ];
        // not a number if one of them is not
        Ok(Some(
            differences
                .iter()
                .map(|d| d.abs())
                .fold(0.0, |worst, d| if d > worst || d.is_nan() { d } else { worst }),
        ))
    }

    /// What is exact about the point, in the order of [`quantities`].
    fn numbers(&self) -> Vec<f64> {
        let s = &self.settings;
        let alone = self.tail.is_none() && s.curvature == 0.0;
        let only =
            |value: Option<f64>| if alone && s.distance > 0.0 { value.unwrap_or(f64::NAN) } else { f64::NAN };
        let unit = MICRO * THERMOPOWER_UNIT;
        let sign = if s.conducts_above { -unit } else { unit };
        let plateau = high_temperature::plateau(s.exponent).ok().filter(|_| alone);
        let best = s.temperatures.iter().filter_map(|t| self.at(*t).ok()).map(|t| t.figure_of_merit());
        vec![
            self.edge.bare_conductivity(s.distance),
            sign * plateau.unwrap_or(f64::NAN),
            sign * high_temperature::plateau_linear(s.exponent),
            sign * high_temperature::plateau_interpolated(s.exponent),
            only(conductivity_minimum(self.edge.kernels())) * s.distance,
            only(thermopower_inflection(self.edge.kernels())) * s.distance,
            best.fold(f64::NAN, f64::max),
        ]
    }
}

/// Name, unit and words of the curves over temperature.
const CURVES: [Curve; 8] = [
    ("conductivity", "S/m", r"conductivity $\sigma$"),
    ("conductivity_low", "S/m", "conductivity, first Sommerfeld order (Eq. 15)"),
    ("thermopower", "uV/K", "thermopower $S$"),
    ("thermopower_low", "uV/K", "thermopower, linear law (Eq. 31)"),
    ("thermal_conductivity", "W/(K m)", r"electronic thermal conductivity $\kappa$"),
    ("lorenz_ratio", "1", "Lorenz ratio $L/L_0$"),
    ("figure_of_merit", "1", "electronic figure of merit $ZT$"),
    ("power_factor", "W/(K^2 m)", r"power factor $S^2\sigma$"),
];

fn quantities() -> Vec<Described> {
    let described = |id, units, label: &str| Described { id, units, label: label.to_owned() };
    vec![
        described("conductivity_at_zero", "S/m", r"$\sigma(T=0)$"),
        described("plateau", "uV/K", r"plateau of $S$ (Eq. 37)"),
        described("plateau_linear", "uV/K", r"plateau as $2\ln 2+x$ (Eq. 38)"),
        described("plateau_better", "uV/K", r"plateau as $(1+x)[1+(2\ln 2-1)2^{-x}]$"),
        described("conductivity_minimum", "K", r"minimum of $\sigma(T)$ at"),
        described("thermopower_inflection", "K", r"inflection of $S(T)$ at"),
        described("best_figure_of_merit", "1", r"largest $ZT$ on the curve"),
    ]
}

impl Task for MobilityEdgeTask<'_> {
    fn layout(&self) -> Layout {
        exact::layout(&[("temperature", self.temperatures().len(), &CURVES)], LAWS.len(), &self.fixed())
    }

    fn fixed(&self) -> Vec<(ArraySpec, Column)> {
        let temperatures = Column::Float(self.temperatures().to_vec());
        let axis = (float("temperature", &["temperature"], "K", "temperature"), temperatures);
        exact::fixed(self.study, axis, &LAWS)
    }

    fn sample(&self, point: usize, _: u64) -> Result<Vec<Vec<f64>>, String> {
        let (mut values, audit) = self.points[point].curves()?;
        values.extend(results::audit_rows(&audit, &LAWS));
        Ok(values)
    }

    fn results(&self, record: &Reader) -> Result<Results, StoreError> {
        let quantities = quantities();
        let (estimates, samples) = exact::estimates(record, self.points.len(), quantities.len(), |index| {
            Ok(self.points[index].numbers().into_iter().map(exact::known).collect())
        })?;
        Results::new(&quantities, &estimates, samples).with_audits(record, &LAWS)
    }

    fn relative_error(&self, _: &Reader, _: usize, _: &str, _: usize) -> Result<f64, StoreError> {
        Ok(0.0)
    }

    fn cost(&self, _: usize) -> Cost {
        let temperatures = self.temperatures().len() as f64;
        Cost {
            system: format!("{temperatures} temperatures"),
            // some thousand evaluations of the quadrature that audits
            operations: 1e5 * temperatures,
            memory: 64.0 * temperatures,
            stored: 8.0 * CURVES.len() as f64 * temperatures,
            method: "closed forms".to_owned(),
            reason: "exact".to_owned(),
            shared: 1,
        }
    }
}
