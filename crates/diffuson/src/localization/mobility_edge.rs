//! Transport coefficients of electrons above (or holes below) one mobility edge.

use super::kernels::{Kernels, Unit};
use super::{InvalidParameter, Scaling};
use crate::units::{BOLTZMANN, ELEMENTARY_CHARGE, LORENZ};

/// `k_B/e`, in V/K: the unit of thermopower.
pub const THERMOPOWER_UNIT: f64 = BOLTZMANN / ELEMENTARY_CHARGE;

/// `sigma_0(E) = A eps^x (1 + b eps)` at `eps = (E - E_m)/k_B > 0`, nothing below (Eqs. 1 and 8; b is beyond the paper).
///
/// Energies and temperatures are in kelvin: A in (S/m)/K^x (in any unit of conductivity per K^x: that of the results), b in 1/K. The distance
/// `d = (mu - E_m)/k_B` is positive in the metal. At an upper edge, `sigma_0(E) = A eps^x` at `eps = (E_m - E)/k_B > 0`, the distance is
/// `(E_m - mu)/k_B` and S is positive.
#[derive(Clone, Debug)]
pub struct MobilityEdge {
    prefactor: f64,
    kernels: Kernels,
    /// b, and the kernels of exponent x + 1 that go with it.
    curvature: Option<(f64, Kernels)>,
    side: Side,
}

/// On which side of the edge states are extended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// Above: electrons carry the current, S < 0.
    #[default]
    Lower,
    /// Below: holes carry the current, S > 0.
    Upper,
}

/// Linear transport coefficients of one channel, electrons only, without an electric current where heat flows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transport {
    /// Temperature T, in K.
    pub temperature: f64,
    /// sigma, in S/m if A is in (S/m)/K^x.
    pub conductivity: f64,
    /// S, in V/K; negative if electrons above an edge carry the current.
    pub thermopower: f64,
    /// `kappa / (sigma T)`, in W Ohm/K^2.
    pub lorenz: f64,
}

impl MobilityEdge {
    /// A lower edge of prefactor A > 0 and exponent x between 0 and 11.
    ///
    /// # Errors
    /// [`InvalidParameter`] if one is out of range.
    pub fn new(prefactor: f64, exponent: f64) -> Result<Self, InvalidParameter> {
        InvalidParameter::check("prefactor of the conductivity", prefactor, f64::MIN_POSITIVE.., "positive")?;
        InvalidParameter::check("exponent of the conductivity", exponent, 0.0..=11.0, "from 0 to 11")?;
        Ok(Self { prefactor, kernels: Kernels::new(exponent)?, curvature: None, side: Side::Lower })
    }

    /// The same with curvature b, in 1/K. A negative one must be small: `sigma_0` is not kept from changing sign at `eps = -1/b`.
    ///
    /// # Errors
    /// [`InvalidParameter`] if it is not finite.
    pub fn with_curvature(self, curvature: f64) -> Result<Self, InvalidParameter> {
        InvalidParameter::check("curvature of the conductivity", curvature, .., "finite")?;
        let next = Kernels::new(self.exponent() + 1.0)?;
        Ok(Self { curvature: (curvature != 0.0).then_some((curvature, next)), ..self })
    }

    /// The same law at an edge of this side.
    pub fn on_side(self, side: Side) -> Self {
        Self { side, ..self }
    }

    /// The exponent x.
    pub fn exponent(&self) -> f64 {
        self.kernels.exponent()
    }

    /// The prefactor A.
    pub fn prefactor(&self) -> f64 {
        self.prefactor
    }

    /// The side of the edge on which states are extended.
    pub fn side(&self) -> Side {
        self.side
    }

    /// The moments of its power law.
    pub fn kernels(&self) -> &Kernels {
        &self.kernels
    }

    /// `sigma_0` at `eps` kelvin inside the extended states, zero outside.
    pub fn bare_conductivity(&self, eps: f64) -> f64 {
        let curved = 1.0 + self.curvature.as_ref().map_or(0.0, |(b, _)| b * eps);
        if eps > 0.0 { self.prefactor * eps.powf(self.exponent()) * curved } else { 0.0 }
    }

    /// Transport coefficients at distance d and temperature T, both in K (Eqs. 13, 14, 26):
    ///
    /// ```text
    /// sigma = A T^x K_0,   S = -(k_B/e) K_1/K_0,   kappa/(sigma T) = (k_B/e)^2 [K_2/K_0 - (K_1/K_0)^2],   K_n at z = d/T.
    /// ```
    ///
    /// T = 0 gives the limits: `sigma_0(d)`, no thermopower and the Lorenz number in the metal; no conductivity and an infinite thermopower in
    /// the insulator; at the edge itself the values of z = 0.
    ///
    /// # Errors
    /// [`InvalidParameter`] unless d is finite and T finite and not negative.
    pub fn transport(&self, distance: f64, temperature: f64) -> Result<Transport, InvalidParameter> {
        InvalidParameter::check("distance from the mobility edge", distance, .., "finite")?;
        InvalidParameter::check("temperature", temperature, 0.0.., "finite and not negative")?;
        let z = if distance == 0.0 { 0.0 } else { distance / temperature };
        let mut scaled = self.kernels.scaled(z);
        if let Some((b, next)) = &self.curvature {
            // the unit of exponent x + 1 is that of x times eps = T or d
            let eps = b * if scaled.unit == Unit::Power { distance } else { temperature };
            let higher = next.scaled(z).moments;
            (0..3).for_each(|n| scaled.moments[n] += eps * higher[n]);
        }
        let scale = match scaled.unit {
            Unit::Power => distance.powf(self.exponent()),
            Unit::Exponential => temperature.powf(self.exponent()) * z.exp(),
        };
        Ok(Transport {
            temperature,
            conductivity: self.prefactor * scale * scaled.moments[0],
            thermopower: self.side.carrier() * THERMOPOWER_UNIT * scaled.ratio(z),
            lorenz: THERMOPOWER_UNIT * THERMOPOWER_UNIT * scaled.variance(),
        })
    }

    /// The scaling functions of its power law at `z = d/T`: `sigma = A T^x K_0(z)`, `|S| = (k_B/e) Y(z)`, curvature left out.
    pub fn scaling(&self, z: f64) -> Scaling {
        self.kernels.scaling(z)
    }
}

impl Side {
    /// The sign of the carriers.
    pub(super) fn carrier(self) -> f64 {
        match self {
            Self::Lower => -1.0,
            Self::Upper => 1.0,
        }
    }
}

impl Transport {
    /// Electronic thermal conductivity `kappa = L sigma T`, in W/(K m).
    pub fn thermal_conductivity(&self) -> f64 {
        self.lorenz * self.conductivity * self.temperature
    }

    /// Peltier coefficient `T S`, in V.
    pub fn peltier(&self) -> f64 {
        self.temperature * self.thermopower
    }

    /// `L/L_0`, L_0 the Sommerfeld value: one in a metal.
    pub fn lorenz_ratio(&self) -> f64 {
        self.lorenz / LORENZ
    }

    /// `ZT = S^2 sigma T/kappa` of the electrons alone, an upper bound.
    pub fn figure_of_merit(&self) -> f64 {
        self.thermopower * self.thermopower / self.lorenz
    }

    /// `S^2 sigma`, in W/(K^2 m).
    pub fn power_factor(&self) -> f64 {
        self.thermopower * self.thermopower * self.conductivity
    }
}
