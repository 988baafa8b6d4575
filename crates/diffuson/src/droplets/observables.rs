//! What droplets do to the susceptibility and to the dephasing rate.

use super::error::require;
use super::{DropletError, Metal};
use crate::units::{BOLTZMANN, PLANCK};
use std::f64::consts::PI;

/// Prefactors that a theory of exponential accuracy leaves open; all 1 unless something is known of them.
///
/// They stand for the pre-exponential factors of Eqs. 61 and 63, the 1/3 of the mean square of a component of a classical moment, `2 pi` in `nu D = g/(2 pi)`, and the smallest size l of
/// droplets, whose edge is not sharp.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prefactors {
    /// `c_1` of the susceptibility (Eq. 64).
    pub susceptibility: f64,
    /// `c_2` of the dephasing rate by droplets (Eq. 67).
    pub dephasing: f64,
    /// `c_3` of the energy of interaction (Eq. 62).
    pub interaction: f64,
    /// Of the dephasing rate by ordinary spin fluctuations (Eq. 68); the ratio of the two rates has `c_4` = `c_2` over this one.
    pub spin_fluctuations: f64,
    /// Of the density of droplets (Eq. 61); only the typical distance depends on it, elsewhere it is part of the others.
    pub density: f64,
}

impl Default for Prefactors {
    fn default() -> Self {
        Self { susceptibility: 1.0, dephasing: 1.0, interaction: 1.0, spin_fluctuations: 1.0, density: 1.0 }
    }
}

/// Observables of Section VI, the smallest droplets (R = l, `l^2 = D tau`) counting most. Energies, temperatures and rates in units of `1/tau`, tau the mean free time (hbar = k_B = 1);
/// [`kelvin`] and [`per_second`] say what that is.
///
/// With `G = gamma g^2 (1 + F_0)^2`
///
/// ```text
/// chi/chi_P = 1 + c_1 T*/T,    T* tau = e^{-G}/[g (1 + F_0)]                           (Eqs. 64, 65)
/// tau/tau_phi = c_2 F_0^2 e^{-G}/[g^2 (1 + F_0)^2]                                     (Eq. 67)
/// tau/tau_phi^s = c_s 2 F_0^2 T tau ln[g (1 + F_0)] / [(1 + F_0)(2 + F_0) g]           (Eq. 68)
/// U_t tau = c_3 e^{-G}/[g^2 (1 + F_0)^2]                                               (Eq. 62 with the S^2 it has lost)
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observables {
    metal: Metal,
    exponent: f64,
    prefactors: Prefactors,
}

impl Observables {
    /// Those of a metal with `gamma` of some counting and profile ([`Coefficients::gamma`](super::Coefficients::gamma)).
    ///
    /// # Errors
    ///
    /// A gamma or a prefactor that is not positive.
    pub fn new(metal: Metal, gamma: f64, prefactors: Prefactors) -> Result<Self, DropletError> {
        let Prefactors { susceptibility, dephasing, interaction, spin_fluctuations, density } = prefactors;
        for (name, value) in [
            ("gamma", gamma),
            ("prefactor of the susceptibility", susceptibility),
            ("prefactor of the dephasing rate", dephasing),
            ("prefactor of the interaction", interaction),
            ("prefactor of spin fluctuations", spin_fluctuations),
            ("prefactor of the density", density),
        ] {
            require(name, value, value > 0.0 && value.is_finite(), "positive")?;
        }
        Ok(Self { metal, exponent: gamma * metal.rarity().powi(2), prefactors })
    }

    /// `n l^2 = c e^{-G}`: droplets per square of the mean free path (Eq. 61).
    pub fn density(&self) -> f64 {
        self.prefactors.density * (-self.exponent).exp()
    }

    /// Typical distance `n^{-1/2}` of droplets in units of their size (Eq. 61).
    pub fn typical_distance(&self) -> f64 {
        (0.5 * self.exponent).exp() / self.prefactors.density.sqrt()
    }

    /// `T* tau`, without `c_1` (Eq. 65).
    pub fn crossover_temperature(&self) -> f64 {
        (-self.exponent).exp() / self.metal.rarity()
    }

    /// `chi/chi_P = 1 + c_1 T*/T`, `chi_P = nu/(1 + F_0)` (Eqs. 1 and 64).
    pub fn susceptibility(&self, temperature: f64) -> f64 {
        1.0 + self.prefactors.susceptibility * self.crossover_temperature() / temperature
    }

    /// Dephasing rate by droplets, whatever the temperature (Eq. 67).
    pub fn dephasing_by_droplets(&self) -> f64 {
        let f0 = self.metal.triplet_constant();
        self.prefactors.dephasing * f0 * f0 * (-self.exponent).exp() / self.metal.rarity().powi(2)
    }

    /// Dephasing rate by ordinary spin fluctuations, proportional to the temperature (Eq. 68, from the literature); NaN unless `g (1 + F_0) > 1`.
    pub fn dephasing_by_spin_fluctuations(&self, temperature: f64) -> f64 {
        let (f0, distance) = (self.metal.triplet_constant(), self.metal.distance());
        let logarithm = self.metal.rarity().ln();
        if !(logarithm > 0.0) {
            return f64::NAN;
        }
        self.prefactors.spin_fluctuations * 2.0 * f0 * f0 * temperature * logarithm
            / (distance * (2.0 + f0) * self.metal.conductance())
    }

    /// Temperature at which the two dephasing rates are equal, `c_4 T* (2 + F_0)/(2 ln[g (1 + F_0)])`: below it dephasing saturates; NaN unless `g (1 + F_0) > 1`.
    pub fn saturation_temperature(&self) -> f64 {
        self.dephasing_by_droplets() / self.dephasing_by_spin_fluctuations(1.0)
    }

    /// `U_t tau`: energy of interaction of droplets at their typical distance, `S^2/(nu g L^2)` with `S = 1/(1 + F_0)` (Eq. 62 with its `S^2`). Below it moments are not independent.
    pub fn interaction_energy(&self) -> f64 {
        self.prefactors.interaction * (-self.exponent).exp() / self.metal.rarity().powi(2)
    }

    /// The same as printed, without `S^2`: smaller by `(1 + F_0)^2`.
    pub fn printed_interaction_energy(&self) -> f64 {
        self.interaction_energy() * self.metal.distance().powi(2)
    }

    /// `[U_t, c_1 T*]`, between which the susceptibility follows Curie's law (Eq. 66): a ratio of about `g (1 + F_0)`.
    pub fn curie_window(&self) -> [f64; 2] {
        [self.interaction_energy(), self.prefactors.susceptibility * self.crossover_temperature()]
    }
}

/// What a temperature of [`Observables`] is multiplied with to be in K, `hbar/(k_B tau)`, tau in s.
///
/// # Errors
///
/// A time that is not positive.
pub fn kelvin(mean_free_time: f64) -> Result<f64, DropletError> {
    Ok(PLANCK / (2.0 * PI) / BOLTZMANN * per_second(mean_free_time)?)
}

/// What a rate of [`Observables`] is multiplied with to be in 1/s, `1/tau`, tau in s.
///
/// # Errors
///
/// A time that is not positive.
pub fn per_second(mean_free_time: f64) -> Result<f64, DropletError> {
    let allowed = mean_free_time > 0.0 && mean_free_time.is_finite();
    require("mean free time in s", mean_free_time, allowed, "positive")?;
    Ok(1.0 / mean_free_time)
}
