//! `sigma_0(E)` of a lattice near its mobility edge, computed instead of assumed, and the transport it gives.
//!
//! Finite-size scaling gives the mobility edge E_c, the exponent nu and the correlation length `xi(E)` up to a constant. That constant, and what happens further inside, comes from a
//! quantity that grows linearly with the size L deep in the metal, `q = sigma_0 L + const`: the conductance of cubes, or `1/(beta Gamma)` of bars L sites across, whose localization
//! length is `beta sigma_0 L^2`, beta = 1, 2, 4 in the orthogonal, unitary and symplectic class (C. W. J. Beenakker, Rev. Mod. Phys. 69, 731 (1997), section III).
//!
//! ```text
//! sigma_0(E) = C / xi(E)      between E_c and the innermost energy E_1 of the scaling fit, C such that it is continuous at E_1,
//! sigma_0(E) = dq/dL          (e^2/(h a) per spin), interpolated, further inside,
//! ```
//!
//! and zero beyond E_c. The pure power law of the closed side is the limit of energies close to E_c: `1/xi = |phi_1(w)|^nu / L_0` carries the corrections that the fit has
//! found. `x = nu` holds in three dimensions.

use super::scaling::ScalingFit;
use crate::thermal::{Adaptive, Coefficients, LinearResponse, Side, SingularPoint, Singularity, Structure};
use std::convert::Infallible;

/// What grows linearly with size in the metal, at one energy and size: the conductance of a cube, or 1/(beta Gamma) of a bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetallicPoint {
    /// Energy, in t.
    pub energy: f64,
    /// Size L, in a.
    pub size: f64,
    /// The quantity: a conductance in e^2/h per spin.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
}

/// `sigma_0(E)` of a lattice, in e^2/(h a) per spin.
#[derive(Clone, Debug)]
pub struct ComputedConductivity {
    fit: ScalingFit,
    /// C, in units of e^2/h.
    scale: f64,
    /// Energies from E_1 inwards with `dq/dL`.
    inside: Vec<(f64, f64)>,
    /// +1 if states above the edge are extended.
    sign: f64,
}

/// Why there is no such conductivity.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ComputedError {
    /// No energy lies inside the extended states.
    #[error(
        "there are no two energies on one side of the mobility edge {edge} t where larger samples conduct better"
    )]
    NoMetal {
        /// The edge.
        edge: f64,
    },
    /// A chemical potential or temperature outside of what was computed.
    #[error(
        "mu = {mu} t and kT = {kt} t: the window reaches {reach} t, beyond the energies down to {deepest} t that were computed"
    )]
    OutOfRange {
        /// Chemical potential.
        mu: f64,
        /// Temperature.
        kt: f64,
        /// How far the window reaches.
        reach: f64,
        /// Where the data end.
        deepest: f64,
    },
    /// The quadrature.
    #[error("{0}")]
    Transport(String),
}

/// How far the window is followed into the metal, in kT: the weight of what lies beyond is 3e-3 of the conductance and is taken as that at the last energy.
const REACH: f64 = 6.0;

/// Tolerance of the quadrature: far below the errors of the data.
const TOLERANCE: f64 = 1e-8;

impl ComputedConductivity {
    /// From a scaling fit driven by energy (its first transition, of several) and what is linear in size at its energies and further inside. Sizes from `smallest` on are used: the line needs
    /// samples larger than xi.
    ///
    /// # Errors
    /// [`ComputedError::NoMetal`] if fewer than two energies have a positive slope on one side of the edge.
    pub fn new(fit: &ScalingFit, metal: &[MetallicPoint], smallest: f64) -> Result<Self, ComputedError> {
        let edge = fit.critical_point().value;
        let mut energies: Vec<f64> = metal.iter().map(|c| c.energy).collect();
        energies.sort_by(f64::total_cmp);
        energies.dedup();
        let slope = |energy: f64| {
            let chosen = metal.iter().filter(|c| c.energy == energy && c.size >= smallest);
            slope(chosen.map(|c| (c.size, c.value, c.error)))
        };
        let slopes: Vec<(f64, f64)> = energies.iter().filter_map(|&e| Some((e, slope(e)?))).collect();
        // the metal is where the slopes are larger
        let total = |above: bool| -> f64 {
            slopes.iter().filter(|(e, _)| (*e > edge) == above).map(|(_, s)| s.max(0.0)).sum()
        };
        let sign = if total(true) > total(false) { 1.0 } else { -1.0 };
        let depth = |e: f64| sign * (e - edge);
        // the innermost energy of the fit
        let innermost =
            fit.collapse().iter().map(|c| depth(c.point.driving)).fold(f64::NEG_INFINITY, f64::max);
        let mut inside: Vec<(f64, f64)> = slopes
            .into_iter()
            .filter(|(e, s)| depth(*e) > 0.0 && depth(*e) >= innermost - 1e-9 && *s > 0.0)
            .collect();
        inside.sort_by(|a, b| depth(a.0).total_cmp(&depth(b.0)));
        let Some(&(first, conductivity)) = inside.first().filter(|_| inside.len() > 1) else {
            return Err(ComputedError::NoMetal { edge });
        };
        let scale = conductivity * correlation_length(fit, first);
        Ok(Self { fit: fit.clone(), scale, inside, sign })
    }

    /// The mobility edge E_c, in t.
    pub fn edge(&self) -> f64 {
        self.fit.critical_point().value
    }

    /// Whether states above the edge are extended.
    pub fn conducts_above(&self) -> bool {
        self.sign > 0.0
    }

    /// The energy, in t, furthest inside at which it was computed.
    pub fn deepest(&self) -> f64 {
        self.inside[self.inside.len() - 1].0
    }

    /// `sigma_0(E)` in e^2/(h a) per spin; beyond the deepest energy that at it.
    pub fn at(&self, energy: f64) -> f64 {
        let depth = |e: f64| self.sign * (e - self.edge());
        if depth(energy) <= 0.0 {
            return 0.0;
        }
        let beyond = self.inside.partition_point(|(e, _)| depth(*e) < depth(energy));
        match (beyond.checked_sub(1).map(|k| self.inside[k]), self.inside.get(beyond)) {
            (None, _) => self.scale / correlation_length(&self.fit, energy),
            (Some((_, last)), None) => last,
            (Some((a, low)), Some(&(b, high))) => low + (high - low) * (energy - a) / (b - a),
        }
    }

    /// Transport coefficients at chemical potential `mu` and temperature `kt`, both in t: conductivity in place of conductance.
    ///
    /// # Errors
    /// [`ComputedError::OutOfRange`] if the window reaches beyond the deepest energy.
    pub fn transport(&self, mu: f64, kt: f64) -> Result<Coefficients, ComputedError> {
        let (edge, deepest) = (self.edge(), self.deepest());
        let reach = mu + self.sign * REACH * kt;
        if !(self.sign * (deepest - reach) >= 0.0) {
            return Err(ComputedError::OutOfRange { mu, kt, reach, deepest });
        }
        let failed = |e: &dyn std::fmt::Display| ComputedError::Transport(e.to_string());
        let (support, side) = if self.conducts_above() {
            ([edge, f64::INFINITY], Side::Above)
        } else {
            ([f64::NEG_INFINITY, edge], Side::Below)
        };
        let kind = Singularity::Threshold { exponent: self.fit.exponent.value, side };
        let mut points = vec![SingularPoint { energy: edge, kind }];
        points.extend(
            self.inside.iter().map(|(energy, _)| SingularPoint { energy: *energy, kind: Singularity::Jump }),
        );
        let structure = Structure::new(support, points).map_err(|e| failed(&e))?;
        let response = LinearResponse::two_terminal(mu, kt, &structure, Adaptive::to(TOLERANCE), |e| {
            Ok::<f64, Infallible>(self.at(e))
        })
        .map_err(|e| failed(&e))?;
        if let Some(law) = response.audit.laws().iter().find(|law| !law.passed()) {
            let (name, residual, allowed) = (law.name, law.residual, law.allowed);
            return Err(ComputedError::Transport(format!(
                "{name}: residual {residual:.1e}, allowed {allowed:.1e}"
            )));
        }
        response.onsager().coefficients(0, 1).map_err(|e| failed(&e))
    }
}

/// xi(E) of the first transition, up to a constant.
fn correlation_length(fit: &ScalingFit, energy: f64) -> f64 {
    fit.localisation_length(0, energy).expect("every fit has a first transition")
}

/// Slope of a weighted straight line through (L, g, error); none for fewer than two sizes.
fn slope(points: impl Iterator<Item = (f64, f64, f64)>) -> Option<f64> {
    let points: Vec<_> = points.filter(|(_, g, error)| g.is_finite() && *error > 0.0).collect();
    let weight: f64 = points.iter().map(|(_, _, e)| e.powi(-2)).sum();
    let mean = |of: &dyn Fn(&(f64, f64, f64)) -> f64| -> f64 {
        points.iter().map(|p| p.2.powi(-2) * of(p)).sum::<f64>() / weight
    };
    let (l, g) = (mean(&|p| p.0), mean(&|p| p.1));
    let spread = mean(&|p| (p.0 - l).powi(2));
    (points.len() > 1 && spread > 0.0).then(|| mean(&|p| (p.0 - l) * (p.1 - g)) / spread)
}
