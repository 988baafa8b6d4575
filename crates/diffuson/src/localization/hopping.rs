//! Beyond the paper: currents that do not flow above the edge. Variable-range hopping of localised electrons, a tail of states below the edge
//! that conduct as well, and channels in parallel.

use super::rule::integrate_any;
use super::{InvalidParameter, MobilityEdge, THERMOPOWER_UNIT, Transport};
use crate::thermal::fermi_window;
use crate::units::{BOLTZMANN, ELEMENTARY_CHARGE, SOMMERFELD};

/// Variable-range hopping in three dimensions: `sigma = sigma_00 exp[-(T_0/T)^p]`, p = 1/4 without and 1/2 with a Coulomb gap.
///
/// N. F. Mott, "Conduction in non-crystalline materials" (1969); A. L. Efros and B. I. Shklovskii, "Coulomb gap and low temperature
/// conductivity of disordered systems" (1975).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VariableRangeHopping {
    prefactor: f64,
    characteristic: f64,
    law: Law,
}

/// The exponent p of variable-range hopping in three dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// p = 1/4: a constant density of states.
    Mott,
    /// p = 1/2: the Coulomb gap.
    EfrosShklovskii,
}

/// `T_0 = beta/(k_B N xi^3)` in K, with N in 1/(J m^3), xi in m; beta is 18.1 in Mott's estimate, 21.2 from percolation.
pub fn mott_temperature(beta: f64, density_of_states: f64, localization_length: f64) -> f64 {
    beta / (BOLTZMANN * density_of_states * localization_length.powi(3))
}

/// `T_ES = 2.8 e^2/(4 pi epsilon k_B xi)` in K, with epsilon in F/m, xi in m.
pub fn efros_shklovskii_temperature(permittivity: f64, localization_length: f64) -> f64 {
    2.8 * ELEMENTARY_CHARGE * ELEMENTARY_CHARGE
        / (4.0 * std::f64::consts::PI * permittivity * BOLTZMANN * localization_length)
}

impl VariableRangeHopping {
    /// Prefactor `sigma_00` in S/m, characteristic temperature in K.
    ///
    /// # Errors
    /// [`InvalidParameter`] unless both are positive.
    pub fn new(prefactor: f64, characteristic: f64, law: Law) -> Result<Self, InvalidParameter> {
        InvalidParameter::check("prefactor of hopping", prefactor, f64::MIN_POSITIVE.., "positive")?;
        InvalidParameter::check("temperature of hopping", characteristic, f64::MIN_POSITIVE.., "positive")?;
        Ok(Self { prefactor, characteristic, law })
    }

    /// `(T_0/T)^p`.
    fn exponent(&self, temperature: f64) -> f64 {
        let ratio = self.characteristic / temperature;
        match self.law {
            Law::Mott => ratio.sqrt().sqrt(),
            Law::EfrosShklovskii => ratio.sqrt(),
        }
    }

    /// sigma at T (in K), in S/m.
    pub fn conductivity(&self, temperature: f64) -> f64 {
        self.prefactor * (-self.exponent(temperature)).exp()
    }

    /// Length of the typical hop per localization length: `(3/8)(T_0/T)^{1/4}`, with a Coulomb gap `(1/4)(T_ES/T)^{1/2}`. Hopping is of
    /// variable range where this exceeds one.
    pub fn hop_length(&self, temperature: f64) -> f64 {
        let per_exponent = match self.law {
            Law::Mott => 0.375,
            Law::EfrosShklovskii => 0.25,
        };
        per_exponent * self.exponent(temperature)
    }

    /// Energy of the typical hop, in K: `(1/4) T (T_0/T)^{1/4}`, with a Coulomb gap `(1/2) T (T_ES/T)^{1/2}`.
    pub fn hop_energy(&self, temperature: f64) -> f64 {
        self.power() * temperature * self.exponent(temperature)
    }

    fn power(&self) -> f64 {
        match self.law {
            Law::Mott => 0.25,
            Law::EfrosShklovskii => 0.5,
        }
    }

    /// S in V/K where only the density of states depends on energy: `-(k_B/2e)(T_0 T)^{1/2} k_B dlnN/dE`, the derivative in 1/K. The prefactor
    /// depends on how hops are averaged; the power `T^{1/2}` is that of Mott's law.
    pub fn thermopower_of_density(&self, temperature: f64, ln_density_slope: f64) -> f64 {
        -0.5 * THERMOPOWER_UNIT * (self.characteristic * temperature).sqrt() * ln_density_slope
    }

    /// S in V/K where the localization length grows towards the edge, `xi ~ |E - E_m|^{-nu}` at `E_m - mu = distance` K, so that
    /// `T_0 ~ |E - E_m|^{3 nu}` (T_ES by the power nu): Mott's formula `-(k_B/e)(pi^2/3) T dln(sigma)/dE`, in Mott's law
    /// `-(k_B/e)(pi^2/3) T (1/4)(T_0/T)^{1/4} 3 nu/distance ~ T^{3/4}`.
    ///
    /// The power d/(d+1) of T in d dimensions is that of "Thermoelectric Effect in Mott Variable-Range Hopping".
    pub fn thermopower_of_length(&self, temperature: f64, nu: f64, distance: f64) -> f64 {
        let growth = match self.law {
            Law::Mott => 3.0 * nu,
            Law::EfrosShklovskii => nu,
        };
        -THERMOPOWER_UNIT
            * SOMMERFELD
            * (self.power() * self.exponent(temperature) * temperature)
            * (growth / distance)
    }
}

/// A scale-invariant tail below the edge: `sigma_0(E) = B A T^x exp[(E - E_m)/(alpha k_B T)]` at E < E_m, in parallel with what flows above.
/// It leaves the scaling S = Y(z) intact and lowers the plateau; deep in the metal it has the weight e^{-z}.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tail {
    strength: f64,
    width: f64,
}

impl Tail {
    /// Strength B >= 0 and width alpha, from 0.05 to 1: a wider tail would reach deeper than the window.
    ///
    /// # Errors
    /// [`InvalidParameter`] if one is out of range.
    pub fn new(strength: f64, width: f64) -> Result<Self, InvalidParameter> {
        InvalidParameter::check("strength of the tail", strength, 0.0.., "finite and not negative")?;
        InvalidParameter::check("width of the tail", width, 0.05..=1.0, "from 0.05 to 1")?;
        Ok(Self { strength, width })
    }

    /// What the tail of this edge carries; [`Transport::parallel`] joins it to what flows above. Where z is below -600, or above 600, nothing.
    ///
    /// # Errors
    /// [`InvalidParameter`] unless the distance is finite and the temperature finite and not negative.
    pub fn transport(
        &self,
        edge: &MobilityEdge,
        distance: f64,
        temperature: f64,
    ) -> Result<Transport, InvalidParameter> {
        InvalidParameter::check("distance from the mobility edge", distance, .., "finite")?;
        InvalidParameter::check("temperature", temperature, 0.0.., "finite and not negative")?;
        let z = if distance == 0.0 { 0.0 } else { distance / temperature };
        if z.abs() > 600.0 {
            return Ok(Transport { temperature, conductivity: 0.0, thermopower: 0.0, lorenz: 0.0 });
        }
        // v = alpha w kT below the edge: poles stay as far from the axis as in the rule's own integrals; the window is even
        let [t0, t1, t2] = integrate_any(z.abs() + 42.0, |w| {
            let v = self.width * w;
            let weight = self.width * (-w).exp() * fermi_window(v + z);
            [weight, -weight * v, weight * v * v]
        });
        let mean = t1 / t0;
        let scale = self.strength * edge.prefactor() * temperature.powf(edge.exponent());
        Ok(Transport {
            temperature,
            conductivity: scale * t0,
            thermopower: edge.side().carrier() * THERMOPOWER_UNIT * (mean - z),
            lorenz: THERMOPOWER_UNIT * THERMOPOWER_UNIT * (t2 / t0 - mean * mean),
        })
    }
}

impl Transport {
    /// Two channels side by side at one temperature: `sigma = s1 + s2`, `S = (s1 S1 + s2 S2)/sigma`, and
    /// `kappa = k1 + k2 + T (S1 - S2)^2 s1 s2/sigma`, the last from the current that circulates between them.
    pub fn parallel(self, other: Self) -> Self {
        let conductivity = self.conductivity + other.conductivity;
        // of two channels that carry nothing, the first
        let share = if conductivity > 0.0 { other.conductivity / conductivity } else { 0.0 };
        let mean = |a: f64, b: f64| if share == 0.0 { a } else { (1.0 - share) * a + share * b };
        let difference = if share == 0.0 { 0.0 } else { self.thermopower - other.thermopower };
        Self {
            temperature: self.temperature,
            conductivity,
            thermopower: mean(self.thermopower, other.thermopower),
            lorenz: mean(self.lorenz, other.lorenz) + share * (1.0 - share) * difference * difference,
        }
    }
}
