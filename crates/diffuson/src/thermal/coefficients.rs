//! Conductance, thermopower, Peltier coefficient and thermal conductance between two terminals.

use crate::units::{BOLTZMANN, CONDUCTANCE_UNIT, ELEMENTARY_CHARGE, PLANCK, SOMMERFELD};

/// Thermoelectric coefficients between two terminals, from
///
/// ```text
/// I = (1/h) ( l11 dmu + l12 k_B dT ),     J^Q / kT = (1/h) ( l21 dmu + l22 k_B dT ),
/// ```
///
/// particles and heat out of the source, dmu and dT what its potential and temperature exceed those of the drain by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficients {
    /// l11, l12; l21, l22. Without magnetic field l12 = l21 = K1.
    pub response: [[f64; 2]; 2],
    /// Temperature k_B T, in t.
    pub kt: f64,
}

/// Coefficients in SI units, for one spin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SiCoefficients {
    /// Temperature, in K.
    pub temperature: f64,
    /// Conductance, in S.
    pub conductance: f64,
    /// Thermopower (Seebeck coefficient), in V/K.
    pub thermopower: f64,
    /// Peltier coefficient, in V.
    pub peltier: f64,
    /// Thermal conductance without current, in W/K.
    pub thermal_conductance: f64,
    /// Power factor, in W/K^2.
    pub power_factor: f64,
}

impl Coefficients {
    /// G, in e^2/h.
    pub fn conductance(&self) -> f64 {
        self.response[0][0]
    }

    /// Thermopower `S = -(dV/dT)_{I=0}`, in k_B/e: `-l12/l11`, negative for electrons whose transmission grows with energy.
    pub fn thermopower(&self) -> f64 {
        -self.response[0][1] / self.response[0][0]
    }

    /// Peltier coefficient, heat per charge at equal temperatures, in k_B T/e: `-l21/l11`. In a magnetic field `Pi(B) = T S(-B)`.
    pub fn peltier(&self) -> f64 {
        -self.response[1][0] / self.response[0][0]
    }

    /// Thermal conductance without particle current, in k_B^2 T/h: `l22 - l21 l12/l11`.
    pub fn thermal_conductance(&self) -> f64 {
        self.determinant() / self.response[0][0]
    }

    /// `l11 l22 - l12 l21`.
    pub fn determinant(&self) -> f64 {
        let [[a, b], [c, d]] = self.response;
        a * d - b * c
    }

    /// Thermal conductance per G T and per `(pi^2/3)(k_B/e)^2`: 1 by the law of Wiedemann and Franz.
    pub fn lorenz_ratio(&self) -> f64 {
        self.thermal_conductance() / (SOMMERFELD * self.conductance())
    }

    /// Figure of merit `Z T = S^2 G T / kappa`, of the electrons alone.
    pub fn figure_of_merit(&self) -> f64 {
        self.response[0][1].powi(2) / self.determinant()
    }

    /// `Z T` with a thermal conductance (in k_B^2 T/h) of phonons beside the electrons.
    pub fn figure_of_merit_with(&self, phonons: f64) -> f64 {
        let [[a, b], _] = self.response;
        b * b / (self.determinant() + a * phonons)
    }

    /// Power factor `S^2 G`, in k_B^2/h. A temperature difference dT yields at most `S^2 G dT^2 / 4`.
    pub fn power_factor(&self) -> f64 {
        self.response[0][1].powi(2) / self.response[0][0]
    }

    /// The same in SI units at a temperature (in K), for one spin.
    pub fn si(&self, temperature: f64) -> SiCoefficients {
        let volt_per_kelvin = BOLTZMANN / ELEMENTARY_CHARGE;
        SiCoefficients {
            temperature,
            conductance: CONDUCTANCE_UNIT * self.conductance(),
            thermopower: volt_per_kelvin * self.thermopower(),
            peltier: volt_per_kelvin * temperature * self.peltier(),
            thermal_conductance: BOLTZMANN * BOLTZMANN / PLANCK * temperature * self.thermal_conductance(),
            power_factor: BOLTZMANN * BOLTZMANN / PLANCK * self.power_factor(),
        }
    }
}
