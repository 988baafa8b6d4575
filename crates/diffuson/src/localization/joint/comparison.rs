//! All routes to the exponent side by side, and what their differences say.
//!
//! A fit says nothing of whether its law holds where the data were taken. What does: whether x stays when the upper half of the temperatures
//! is left out, whether sigma_0 wants a curvature, and whether routes that take less for granted agree. Estimates of one quantity from the same
//! data, of which the first is efficient, differ by a variance that is the difference of theirs (Hausman 1978).

use super::collapse::{self, CollapseFit};
use super::slope::{self, SlopeFit};
use super::{Data, Estimated, JointError, JointFit, Law, Method, Quantity};
use std::fmt;

/// Every route to the exponent. A route that the data do not allow gives its reason.
#[derive(Debug)]
pub struct Comparison {
    /// The fit that is asked for.
    pub fit: JointFit,
    /// sigma alone.
    pub conductivity: Result<JointFit, JointError>,
    /// S alone.
    pub thermopower: Result<JointFit, JointError>,
    /// The fit with a curvature of sigma_0, unless it has one.
    pub curved: Option<Result<JointFit, JointError>>,
    /// The fit of temperatures up to half the highest one.
    pub halved: Result<JointFit, JointError>,
    /// Half the highest temperature, in K.
    pub half: f64,
    /// The first order at low temperature.
    pub slope: Result<SlopeFit, JointError>,
    /// The collapse without a law.
    pub collapse: Result<CollapseFit, JointError>,
}

/// What the reader must know of an exponent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Warning {
    /// x moves by more than three standard errors of the difference when temperatures above half the highest one are left out.
    TemperatureRange {
        /// Half the highest temperature, in K.
        limit: f64,
        /// x of the temperatures up to there.
        exponent: Estimated,
    },
    /// sigma_0 is curved by more than two standard errors (once in 20 times by chance; a curvature too small to be seen can bias x): distances or temperatures reach out of the critical region.
    Curvature {
        /// b, in 1/K.
        curvature: Estimated,
        /// What the curvature takes off chi^2.
        gain: f64,
        /// x with it.
        exponent: Estimated,
    },
    /// S alone gives another exponent, by more than three standard errors: the size of S is not that of electrons above the edge.
    Thermopower {
        /// x of S alone.
        exponent: Estimated,
    },
    /// The collapse without the law gives another exponent, by more than three standard errors: something else scales with d/T.
    Collapse {
        /// x of the collapse.
        exponent: Estimated,
    },
    /// The window of Eq. 41 is too high for these temperatures: its bias exceeds half its standard error.
    Window {
        /// x by Eq. 41.
        exponent: Estimated,
        /// Its bias.
        bias: f64,
    },
    /// One fit in a thousand is as bad as this one if law and errors are right.
    BadFit {
        /// chi^2 per degree of freedom.
        ratio: f64,
    },
}

impl Comparison {
    /// Makes the fit that is asked for, and all others with the same corrections.
    ///
    /// # Errors
    /// [`JointError`] if the fit that is asked for cannot be made.
    pub fn new(law: &Law, data: &Data, window: f64) -> Result<Self, JointError> {
        let fit = law.fit(data)?;
        let half = 0.5 * data.highest_temperature();
        let by = |method: Method| Law { method, ..*law }.fit(data);
        Ok(Self {
            conductivity: by(Method::Conductivity),
            thermopower: by(Method::Thermopower),
            curved: (!law.curvature).then(|| Law { curvature: true, ..*law }.fit(data)),
            halved: law.fit(&data.up_to(half)),
            half,
            slope: slope::fit(data, window),
            collapse: collapse::fit(data, &fit, collapse::SPACING),
            fit,
        })
    }

    /// What the differences say.
    pub fn warnings(&self) -> Vec<Warning> {
        let full = self.fit.exponent;
        let mut warnings = Vec::new();
        let ratio = self.fit.fit.chi_squared / self.fit.fit.degrees_of_freedom as f64;
        if self.fit.fit.goodness < 1e-3 {
            warnings.push(Warning::BadFit { ratio });
        }
        if let Ok(halved) = &self.halved
            && differs(full, halved.exponent)
        {
            warnings.push(Warning::TemperatureRange { limit: self.half, exponent: halved.exponent });
        }
        let curved = match &self.curved {
            Some(Ok(curved)) => Some(curved),
            Some(Err(_)) => None,
            None => Some(&self.fit),
        };
        if let Some(curved) = curved
            && let Ok(curvature) = curved.estimate(Quantity::Curvature)
        {
            let apart = (curvature.value / curvature.standard_error).abs();
            let gain = self.fit.fit.chi_squared - curved.fit.chi_squared;
            if apart > 2.0 && (gain > 4.0 || self.curved.is_none()) {
                warnings.push(Warning::Curvature { curvature, gain, exponent: curved.exponent });
            }
        }
        if let Ok(thermopower) = &self.thermopower
            && differs(full, thermopower.exponent)
        {
            warnings.push(Warning::Thermopower { exponent: thermopower.exponent });
        }
        if let Ok(collapse) = &self.collapse
            && differs(full, collapse.exponent)
        {
            warnings.push(Warning::Collapse { exponent: collapse.exponent });
        }
        if let Ok(slope) = &self.slope
            && !(slope.bias.abs() <= 0.5 * slope.exponent.standard_error)
        {
            warnings.push(Warning::Window { exponent: slope.exponent, bias: slope.bias });
        }
        warnings
    }
}

/// Whether two estimates from the same data, or parts of them, differ by more than three standard errors of the difference, which they do once in
/// 370 times by chance. Where the second is
/// no less certain than the first, a tenth of the first's error stands for it.
fn differs(efficient: Estimated, other: Estimated) -> bool {
    let variance = other.standard_error.powi(2) - efficient.standard_error.powi(2);
    let floor = (0.1 * efficient.standard_error).powi(2);
    (other.value - efficient.value).abs() > 3.0 * variance.max(floor).sqrt()
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |e: &Estimated| format!("{:.3} +- {:.3}", e.value, e.standard_error);
        match self {
            Self::TemperatureRange { limit, exponent } => write!(
                f,
                "temperatures leave the critical region: up to {limit} K alone x is {}; restrict them to that",
                show(exponent),
                limit = (1e3 * limit).round() / 1e3,
            ),
            Self::Curvature { curvature, gain, exponent } => write!(
                f,
                "the data leave the critical region: sigma_0 is curved, b = {:.2e} +- {:.2e} 1/K (chi^2 falls by {gain:.1}), and x with it {}; \
                 leave out the samples furthest from the edge or the highest temperatures, or fit b",
                curvature.value,
                curvature.standard_error,
                show(exponent)
            ),
            Self::Thermopower { exponent } => write!(
                f,
                "thermopower alone gives x = {}: the size of S is not that of electrons above the edge (calibration, or another channel); do not \
                 read x off its plateau",
                show(exponent)
            ),
            Self::Collapse { exponent } => write!(
                f,
                "the collapse without a law gives x = {}: something beside the power law scales with d/T (hopping below the edge?)",
                show(exponent)
            ),
            Self::Window { exponent, bias } => write!(
                f,
                "Eq. 41 gives x = {}, of which {bias:+.3} is bias of its temperature window: lower it, or leave Eq. 41",
                show(exponent)
            ),
            Self::BadFit { ratio } => write!(
                f,
                "the fit is bad, chi^2/dof = {ratio:.2}: the law does not hold here, or errors are larger than stated; errors of x mean nothing"
            ),
        }
    }
}
