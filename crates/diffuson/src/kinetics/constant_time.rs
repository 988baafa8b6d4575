//! Constant relaxation times: everything in closed form, at any field and any degeneracy.
//!
//! With `1/theta = 1/theta_in + 1/theta_el` the steady state is the equilibrium smeared by a kernel,
//!
//! ```text
//! f(x) = Int K(q) f_eq(x - q) dq,   K(q) = (1/2l) e^{-|q|/l} [1 + sqrt(theta/theta_in) sgn q],   l = (u/2) sqrt(theta theta_in),
//! ```
//!
//! positive and of weight 1, so that `0 <= f <= 1` and the number of electrons is that of equilibrium. Its moments are `<x> = (u/2) theta` and
//! `<x^2> = <x^2>_eq + (u^2/2) theta theta_in` per electron, and noise follows from those of `kT df/dmu`, `S(omega) = 2 theta dN Var(x) / (1 + (omega theta)^2)`.
//! The formula of the noise is derived from the kinetic equation; the paper prints only what it is proportional to (Eq. 6).

use super::equilibrium::Equilibrium;
use super::rates::Rates;
use super::{KineticError, check_voltage};
use crate::audit::{Audit, laws};
use crate::thermal::{Adaptive, Structure, fermi};
use std::convert::Infallible;

/// A sub-band with constant times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConstantTime {
    eta: f64,
    voltage: f64,
    inelastic: f64,
    total: f64,
    equilibrium: Equilibrium,
}

impl ConstantTime {
    /// At `eta = (mu - eps_i)/kT` and `voltage = eV/kT`; `None` if a rate depends on velocity.
    ///
    /// # Errors
    /// [`KineticError::OutOfRange`] for eta or a voltage out of range.
    pub fn new(eta: f64, voltage: f64, rates: &Rates) -> Result<Option<Self>, KineticError> {
        check_voltage(voltage)?;
        let equilibrium = Equilibrium::new(eta)?;
        let times = rates.constant_times();
        Ok(times.map(|[inelastic, total]| Self { eta, voltage, inelastic, total, equilibrium }))
    }

    /// Number of electrons and its fluctuation.
    pub fn equilibrium(&self) -> Equilibrium {
        self.equilibrium
    }

    /// Conductance `N theta` in G0, at any field.
    pub fn conductance(&self) -> f64 {
        self.equilibrium.number * self.total
    }

    /// Mean current, in 2ekT/h.
    pub fn current(&self) -> f64 {
        self.conductance() * self.voltage
    }

    /// Noise above 4kTG, in 4kT G0: `S_xs = 4 (kappa/kappa_cl) (I^2/N) (2 tau_in - tau)`.
    pub fn excess(&self) -> f64 {
        let lag = 2.0 * self.inelastic - self.total;
        0.5 * self.equilibrium.fluctuation * (self.voltage * self.total).powi(2) * lag
    }

    /// Noise at an angular frequency in v_T/L, in 4kT G0: `[4kTG + S_xs] / [1 + (omega tau)^2]`.
    pub fn noise(&self, omega: f64) -> f64 {
        (self.conductance() + self.excess()) / (1.0 + (omega * self.total).powi(2))
    }

    /// `Int x^n f dx`, n = 0, 1, 2: of these follow charge, current, and the heat `([2] - [2]_eq) / theta_in` that collisions take.
    pub fn moments(&self) -> [f64; 3] {
        let (n, u) = (self.equilibrium.number, self.voltage);
        [n, 0.5 * u * self.total * n, self.energy() + 0.5 * u * u * self.total * self.inelastic * n]
    }

    /// Energy and momentum balance of the moments, and noise against `2 theta dN Var(x)` with the moments of `kT df/dmu`.
    pub(super) fn audit(&self) -> Audit {
        let (mut audit, u) = (Audit::default(), self.voltage);
        let [number, momentum, energy] = self.moments();
        if u != 0.0 {
            // a difference of energies is known to rounding of them
            let heat = (energy - self.energy()) / self.inelastic;
            let joule = u * momentum;
            let rounding = 16.0 * f64::EPSILON * energy / self.inelastic / joule;
            audit.record(laws::ENERGY, (heat / joule - 1.0).abs(), rounding.max(1e-9));
            let force = 0.5 * u * number;
            audit.record(laws::MOMENTUM, (momentum / self.total / force - 1.0).abs(), 1e-9);
        }
        let spread = 0.5 * number + 0.5 * u * u * self.total * self.inelastic * self.equilibrium.fluctuation;
        let mean = 0.5 * u * self.total;
        let noise = 2.0 * self.total * (spread - mean * mean * self.equilibrium.fluctuation);
        audit.record(laws::NOISE_TWICE, (noise / self.noise(0.0) - 1.0).abs(), 1e-10);
        audit
    }

    /// `Int x^2 f_eq dx = (sqrt(pi)/2) F_{1/2}(eta)`.
    fn energy(&self) -> f64 {
        0.5 * std::f64::consts::PI.sqrt() * super::equilibrium::ENERGY.at(self.eta)
    }

    /// Occupation at x, by quadrature over the kernel to 1e-13.
    pub fn occupation(&self, x: f64) -> f64 {
        let length = 0.5 * self.voltage.abs() * (self.total * self.inelastic).sqrt();
        let lean = (self.total / self.inelastic).sqrt().copysign(self.voltage);
        let equilibrium = |x: f64| fermi(x * x - self.eta);
        let edge = self.eta.max(0.0).sqrt();
        let marks = [edge - x, edge + x, x, -edge - x, x - edge, -x].map(|d| d / length);
        let value = |s: f64| -> Result<[f64; 1], Infallible> {
            let (ahead, behind) = (equilibrium(x + length * s), equilibrium(x - length * s));
            Ok([0.5 * (-s).exp() * ((1.0 - lean) * ahead + (1.0 + lean) * behind)])
        };
        if length == 0.0 {
            return equilibrium(x);
        }
        let Ok(sum) = Adaptive::default().integrate([0.0, 45.0], &Structure::default(), &marks, value);
        sum.values[0]
    }
}
