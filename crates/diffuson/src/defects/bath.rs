//! What makes a defect change its position: electrons of a contact under bias, and phonons.

use super::{DefectError, require};

/// Electrons that come from two reservoirs, and phonons at their temperature. Energies in any one unit.
///
/// At a place of a ballistic contact that sees a share `a` of all directions of the Fermi surface from the left reservoir, `f = a f_L + (1 - a) f_R` (Eq. 14 has a = 1/2,
/// the centre of the contact). With tunnelling that depends on energy only through the phase space,
///
/// ```text
/// W(x) = 4 { [a^2 + (1-a)^2] B(x) + a(1-a) [B(x - eV) + B(x + eV)] } + (x/E*)^2 B(x),    B(x) = x / (e^{x/kT} - 1)
/// ```
///
/// is the rate of a transition in which the defect gains the energy x: electron-hole pairs within and between the two beams, and absorption or emission of a phonon. Rates are
/// in units of the electron-assisted rate per energy, such that at kT = 0 and a = 1/2 an energy E < eV is gained at the rate eV - E.
/// Without bias `W(x) / W(-x) = e^{-x/kT}`: detailed balance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bath {
    temperature: f64,
    bias: f64,
    left: f64,
    crossover: f64,
    within_beams: bool,
}

impl Bath {
    /// Surroundings at the centre of a contact (a = 1/2): kT, eV, and the energy E* at which phonons take over from electrons; infinite without phonons.
    ///
    /// # Errors
    ///
    /// A temperature or bias that is negative or not finite; a crossover energy that is not positive.
    pub fn new(temperature: f64, bias: f64, crossover: f64) -> Result<Self, DefectError> {
        require("temperature", temperature, temperature >= 0.0 && temperature.is_finite(), "at least 0")?;
        require("bias", bias, bias >= 0.0 && bias.is_finite(), "at least 0")?;
        require("crossover energy", crossover, crossover > 0.0, "positive")?;
        Ok(Self { temperature, bias, left: 0.5, crossover, within_beams: true })
    }

    /// The same where a share `a` of the directions comes from the left.
    ///
    /// # Errors
    ///
    /// A share outside [0, 1].
    pub fn off_centre(self, left: f64) -> Result<Self, DefectError> {
        require("share of directions from the left", left, (0.0..=1.0).contains(&left), "from 0 to 1")?;
        Ok(Self { left, ..self })
    }

    /// The same without electron-hole pairs within a beam, the term `a^2 + (1-a)^2`: what the paper counts between Eqs. 14 and 15. Rates still balance without bias.
    #[must_use]
    pub fn between_beams_only(self) -> Self {
        Self { within_beams: false, ..self }
    }

    /// The same place under another bias and temperature.
    ///
    /// # Errors
    ///
    /// As [`Bath::new`].
    pub fn under(self, bias: f64, temperature: f64) -> Result<Self, DefectError> {
        let other = Self::new(temperature, bias, self.crossover)?;
        Ok(Self { left: self.left, within_beams: self.within_beams, ..other })
    }

    /// kT.
    pub fn temperature(&self) -> f64 {
        self.temperature
    }

    /// eV.
    pub fn bias(&self) -> f64 {
        self.bias
    }

    /// E*.
    pub fn crossover(&self) -> f64 {
        self.crossover
    }

    /// Rate of a transition in which the defect gains an energy (loses it, if negative).
    pub fn rate(&self, gain: f64) -> f64 {
        let b = |x| bose(x, self.temperature);
        let (within, cross) = self.weights();
        within * b(gain) + cross * (b(gain - self.bias) + b(gain + self.bias)) + self.phonons(gain)
    }

    /// `W(-x) - W(x)`, whatever the temperature and the bias, for `B(-x) - B(x) = x`: emission without a stimulus.
    pub(super) fn spontaneous(&self, loss: f64) -> f64 {
        let (within, cross) = self.weights();
        loss * (within + 2.0 * cross + (loss / self.crossover).powi(2))
    }

    /// `4 [a^2 + (1-a)^2]` and `4 a (1-a)`.
    fn weights(&self) -> (f64, f64) {
        let cross = 4.0 * self.left * (1.0 - self.left);
        (if self.within_beams { 4.0 - 2.0 * cross } else { 0.0 }, cross)
    }

    /// The largest rate of all gains between two: electrons give less to more, phonons least at 0 and then most at 2.82 kT.
    pub(super) fn largest_rate(&self, from: f64, to: f64) -> f64 {
        let most = self.phonons((PHONON_PEAK * self.temperature).clamp(from, to));
        self.rate(from) + (most - self.phonons(from)).max(0.0)
    }

    /// A rate that no gain between two falls below.
    pub(super) fn least_rate(&self, from: f64, to: f64) -> f64 {
        let least = if from < 0.0 && to > 0.0 { 0.0 } else { self.phonons(from).min(self.phonons(to)) };
        (self.rate(to) - self.phonons(to) + least) * (1.0 - 1e-12)
    }

    fn phonons(&self, gain: f64) -> f64 {
        (gain / self.crossover).powi(2) * bose(gain, self.temperature)
    }
}

/// Where `x^3 / (e^x - 1)` is largest.
const PHONON_PEAK: f64 = 2.821_439_372_122_079;

/// `B(x) = x / (e^{x/kT} - 1)`, kT at x = 0.
fn bose(x: f64, temperature: f64) -> f64 {
    let ratio = x / temperature;
    if temperature == 0.0 || ratio.abs() > 700.0 {
        (-x).max(0.0)
    } else if ratio == 0.0 {
        temperature
    } else {
        x / ratio.exp_m1()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_balance_in_equilibrium_and_are_those_of_the_paper_at_zero_temperature() {
        let bath = Bath::new(0.3, 0.0, 2.0).unwrap();
        for x in [1e-9, 0.1, 1.0, 7.0, 100.0] {
            // Both rates come from one expression each: rounding of an exponential of x/kT <= 333.
            let ratio = bath.rate(x) / bath.rate(-x) * (x / 0.3).exp();
            assert!((ratio - 1.0).abs() < 1e-12, "{x}: {ratio}");
        }
        let cold = Bath::new(0.0, 5.0, 2.0).unwrap();
        // (eV - E) up; 2 E + (E + eV) + E^3/E*^2 down (Eq. 14 with Eq. 11's rates): exact but for rounding.
        assert_eq!(cold.rate(3.0), 2.0);
        assert!((cold.rate(-3.0) - (2.0 * 3.0 + 8.0 + 27.0 / 4.0)).abs() < 1e-14);
        assert_eq!(cold.rate(6.0), 0.0);
        // Between the beams alone (eV - E) up and (eV + E) + E^3/E*^2 down.
        let between = cold.between_beams_only();
        assert_eq!(between.rate(3.0), 2.0);
        assert!((between.rate(-3.0) - (8.0 + 27.0 / 4.0)).abs() < 1e-14);
    }

    #[test]
    fn spontaneous_emission_is_what_losses_have_over_gains() {
        for bath in
            [Bath::new(0.7, 3.0, 2.0).unwrap(), Bath::new(0.0, 3.0, 2.0).unwrap().off_centre(0.2).unwrap()]
        {
            for bath in [bath, bath.between_beams_only()] {
                for x in [0.1, 1.0, 2.9, 3.1, 8.0] {
                    // Rounding of three terms of one sign.
                    let excess = bath.rate(-x) - bath.rate(x);
                    assert!((bath.spontaneous(x) / excess - 1.0).abs() < 1e-13, "{x}: {excess}");
                }
            }
        }
    }
}
