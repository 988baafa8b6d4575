//! Thermoelectricity in a magnetic field: what reciprocity and unitarity leave possible.
//!
//! Two terminals of a conductor with floating probes may have l12 and l21 that differ, by reciprocity each other's value at the opposite field. Two numbers
//! then replace ZT (G. Benenti, K. Saito and G. Casati, Phys. Rev. Lett. 106, 230602 (2011)): the asymmetry `x = l12/l21` and
//! `y = l12 l21/(l11 l22 - l12 l21)`, which is ZT at x = 1. Unitarity of the scattering between n terminals bounds y (K. Brandner, K. Saito and U. Seifert,
//! Phys. Rev. Lett. 110, 070603 (2013), for three; K. Brandner and U. Seifert, New J. Phys. 15, 105003 (2013), for n),
//!
//! ```text
//! 4 l11 l22 - (l12 + l21)^2 >= tan^2(pi/n) (l12 - l21)^2,      |y| <= cos^2(pi/n) |4x/(x - 1)^2|,
//! ```
//!
//! of which the second law by itself gives n = infinity.

use super::Coefficients;
use crate::audit::{Audit, laws};
use std::f64::consts::PI;

impl Coefficients {
    /// Asymmetry `x = l12/l21 = T S(B)/Pi(B)`: 1 under time reversal.
    pub fn asymmetry(&self) -> f64 {
        self.response[0][1] / self.response[1][0]
    }

    /// `y = l12 l21/(l11 l22 - l12 l21)`: the figure of merit under time reversal.
    pub fn generalized_figure_of_merit(&self) -> f64 {
        self.response[0][1] * self.response[1][0] / self.determinant()
    }

    /// The bound that unitarity between `terminals` terminals, those eliminated among them, sets to response: recorded as a law.
    pub fn field_audit(&self, terminals: usize) -> Audit {
        let [[a, b], [c, d]] = self.response;
        let bound = (PI / terminals as f64).tan().powi(2) * (b - c).powi(2);
        let excess = (b + c).powi(2) + if b == c { 0.0 } else { bound } - 4.0 * a * d;
        let mut audit = Audit::default();
        let residual = if excess > 0.0 { excess / (4.0 * a * d) } else { 0.0 * excess };
        // rounding of integrals, and of probes eliminated
        audit.record(laws::UNITARITY_BOUND, residual, 1e-9);
        audit
    }
}

/// Largest efficiency per Carnot's: `x (sqrt(y + 1) - 1)/(sqrt(y + 1) + 1)`.
pub fn maximum_efficiency(asymmetry: f64, y: f64) -> f64 {
    asymmetry * super::engine::maximum_efficiency(y)
}

/// Efficiency at maximum power per Carnot's: `(x/2) y/(2 + y)`.
pub fn efficiency_at_maximum_power(asymmetry: f64, y: f64) -> f64 {
    asymmetry * super::engine::efficiency_at_maximum_power(y)
}

/// The y furthest from zero that unitarity between `terminals` terminals allows at an asymmetry, `4x cos^2(pi/n)/(x - 1)^2`: infinite at x = 1, and
/// `None` for the second law alone.
pub fn largest_figure_of_merit(asymmetry: f64, terminals: Option<usize>) -> f64 {
    let unitarity = terminals.map_or(1.0, |n| (PI / n as f64).cos().powi(2));
    4.0 * asymmetry * unitarity / (asymmetry - 1.0).powi(2)
}

/// Largest efficiency per Carnot's that unitarity between `terminals` terminals allows at an asymmetry.
pub fn efficiency_bound(asymmetry: f64, terminals: Option<usize>) -> f64 {
    let y = largest_figure_of_merit(asymmetry, terminals);
    if y.is_finite() { maximum_efficiency(asymmetry, y) } else { 1.0 }
}

/// Largest efficiency at maximum power per Carnot's that unitarity between `terminals` terminals allows at an asymmetry.
pub fn efficiency_at_maximum_power_bound(asymmetry: f64, terminals: Option<usize>) -> f64 {
    let y = largest_figure_of_merit(asymmetry, terminals);
    if y.is_finite() { efficiency_at_maximum_power(asymmetry, y) } else { 0.5 }
}
