//! Constants and natural units. Values are those of CODATA 2022 (Mohr, Newell, Taylor and Tiesinga); e, h and k_B are exact
//! by definition of the SI (2019).

/// Elementary charge e, in C.
pub const ELEMENTARY_CHARGE: f64 = 1.602_176_634e-19;
/// Planck constant h, in J s.
pub const PLANCK: f64 = 6.626_070_15e-34;
/// Boltzmann constant k_B, in J/K.
pub const BOLTZMANN: f64 = 1.380_649e-23;
/// Electron mass m, in kg.
pub const ELECTRON_MASS: f64 = 9.109_383_713_9e-31;
/// Conductance unit e^2/h per spin, in S.
pub const CONDUCTANCE_UNIT: f64 = ELEMENTARY_CHARGE * ELEMENTARY_CHARGE / PLANCK;
/// Conductance quantum G0 = 2e^2/h of a spin-degenerate channel, in S.
pub const CONDUCTANCE_QUANTUM: f64 = 2.0 * CONDUCTANCE_UNIT;
/// Sommerfeld factor pi^2/3: first-order heats are `(pi^2/3)((kT)^2/h)` times the reduced heat q.
pub const SOMMERFELD: f64 = std::f64::consts::PI * std::f64::consts::PI / 3.0;
/// Lorenz number `(pi^2/3)(k_B/e)^2`, in W Ohm/K^2.
pub const LORENZ: f64 = SOMMERFELD * (BOLTZMANN / ELEMENTARY_CHARGE) * (BOLTZMANN / ELEMENTARY_CHARGE);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_constants_have_their_published_digits() {
        assert!((CONDUCTANCE_UNIT / 3.874_045_865e-5 - 1.0).abs() < 1e-9); // half of 7.748091729e-5 S
        assert!((LORENZ / 2.443_005e-8 - 1.0).abs() < 1e-6);
        let quantum_of_heat = SOMMERFELD * BOLTZMANN * BOLTZMANN / PLANCK; // per T, in W/K^2
        assert!((quantum_of_heat / 9.46431e-13 - 1.0).abs() < 1e-5);
    }
}
