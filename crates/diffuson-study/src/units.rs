//! The units a study file may use.
//!
//! A quantity is written as a text: `"50 meV"`, `"0.5 nm"`, `"300 mK"`. Energies are brought to electronvolts and
//! lengths to nanometres. The joule and the kelvin become energies through the exact constants of the SI of 2019
//! (CODATA 2022): e = 1.602176634e-19 C and k_B = 1.380649e-23 J/K, so that k_B/e = 8.617333262...e-5 eV/K.

/// What a unit measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Energy, in eV.
    Energy,
    /// Temperature T as the energy kT, in eV.
    Temperature,
    /// Electric potential V as the energy eV, in eV.
    Potential,
    /// Length, in nm.
    Length,
    /// Electrical conductivity, in S/m.
    Conductivity,
    /// Electrical resistivity, in Ohm m.
    Resistivity,
    /// Thermopower, in V/K.
    Thermopower,
    /// Electrical conductance, in e^2/h.
    Conductance,
    /// Electrical resistance, in Ohm.
    Resistance,
    /// Electric current, in nA.
    Current,
    /// Rate 1/tau as the energy hbar/tau, in eV.
    Rate,
}

/// A unit of a study file. One of it is `numerator / denominator` of the base unit of its measure.
///
/// Two factors rather than one, so that decimal prefixes round correctly: 50 meV is 50/1000 eV = 0.05 eV exactly as typed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// The symbol, as in `meV`.
    pub symbol: &'static str,
    /// What it measures.
    pub measure: Measure,
    numerator: f64,
    denominator: f64,
}

/// Elementary charge in C, exact (SI 2019, CODATA 2022); the number of joules in an electronvolt.
const ELEMENTARY_CHARGE: f64 = 1.602_176_634e-19;
/// Boltzmann constant in J/K, exact (SI 2019, CODATA 2022).
const BOLTZMANN: f64 = 1.380_649e-23;
/// Planck constant in J s, exact (SI 2019, CODATA 2022).
const PLANCK: f64 = 6.626_070_15e-34;

/// `hbar` in J s.
const REDUCED_PLANCK: f64 = PLANCK / std::f64::consts::TAU;

const fn unit(symbol: &'static str, measure: Measure, numerator: f64, denominator: f64) -> Unit {
    Unit { symbol, measure, numerator, denominator }
}

/// The kelvin, as the energy k_B K.
pub const KELVIN: Unit = unit("K", Measure::Temperature, BOLTZMANN, ELEMENTARY_CHARGE);

/// All units, the usual ones of each measure first.
pub const UNITS: &[Unit] = &[
    unit("eV", Measure::Energy, 1.0, 1.0),
    unit("meV", Measure::Energy, 1.0, 1e3),
    unit("ueV", Measure::Energy, 1.0, 1e6),
    unit("µeV", Measure::Energy, 1.0, 1e6),
    unit("J", Measure::Energy, 1.0, ELEMENTARY_CHARGE),
    KELVIN,
    unit("mK", Measure::Temperature, BOLTZMANN, 1e3 * ELEMENTARY_CHARGE),
    unit("V", Measure::Potential, 1.0, 1.0),
    unit("mV", Measure::Potential, 1.0, 1e3),
    unit("uV", Measure::Potential, 1.0, 1e6),
    unit("µV", Measure::Potential, 1.0, 1e6),
    unit("nm", Measure::Length, 1.0, 1.0),
    unit("angstrom", Measure::Length, 1.0, 10.0),
    unit("Å", Measure::Length, 1.0, 10.0),
    unit("um", Measure::Length, 1e3, 1.0),
    unit("µm", Measure::Length, 1e3, 1.0),
    unit("S/m", Measure::Conductivity, 1.0, 1.0),
    unit("S/cm", Measure::Conductivity, 100.0, 1.0),
    unit("1/(Ohm m)", Measure::Conductivity, 1.0, 1.0),
    unit("1/(Ohm cm)", Measure::Conductivity, 100.0, 1.0),
    unit("Ohm m", Measure::Resistivity, 1.0, 1.0),
    unit("Ohm cm", Measure::Resistivity, 1.0, 100.0),
    unit("mOhm cm", Measure::Resistivity, 1.0, 1e5),
    unit("uOhm cm", Measure::Resistivity, 1.0, 1e8),
    unit("µOhm cm", Measure::Resistivity, 1.0, 1e8),
    unit("V/K", Measure::Thermopower, 1.0, 1.0),
    unit("mV/K", Measure::Thermopower, 1.0, 1e3),
    unit("uV/K", Measure::Thermopower, 1.0, 1e6),
    unit("µV/K", Measure::Thermopower, 1.0, 1e6),
    unit("e^2/h", Measure::Conductance, 1.0, 1.0),
    unit("2e^2/h", Measure::Conductance, 2.0, 1.0),
    unit("S", Measure::Conductance, PLANCK, ELEMENTARY_CHARGE * ELEMENTARY_CHARGE),
    unit("mS", Measure::Conductance, PLANCK, 1e3 * ELEMENTARY_CHARGE * ELEMENTARY_CHARGE),
    unit("uS", Measure::Conductance, PLANCK, 1e6 * ELEMENTARY_CHARGE * ELEMENTARY_CHARGE),
    unit("µS", Measure::Conductance, PLANCK, 1e6 * ELEMENTARY_CHARGE * ELEMENTARY_CHARGE),
    unit("Ohm", Measure::Resistance, 1.0, 1.0),
    unit("kOhm", Measure::Resistance, 1e3, 1.0),
    unit("nA", Measure::Current, 1.0, 1.0),
    unit("pA", Measure::Current, 1.0, 1e3),
    unit("uA", Measure::Current, 1e3, 1.0),
    unit("µA", Measure::Current, 1e3, 1.0),
    unit("A", Measure::Current, 1e9, 1.0),
    unit("1/s", Measure::Rate, REDUCED_PLANCK, ELEMENTARY_CHARGE),
    unit("1/ns", Measure::Rate, 1e9 * REDUCED_PLANCK, ELEMENTARY_CHARGE),
    unit("1/ps", Measure::Rate, 1e12 * REDUCED_PLANCK, ELEMENTARY_CHARGE),
    unit("kB/e", Measure::Thermopower, BOLTZMANN, ELEMENTARY_CHARGE),
];

impl Unit {
    /// The unit with this symbol. The Greek letter mu is read as the micro sign.
    pub fn named(symbol: &str) -> Option<Self> {
        let symbol = symbol.replace('\u{3bc}', "µ");
        UNITS.iter().copied().find(|u| u.symbol == symbol)
    }

    /// `value` of this unit in eV (energy, temperature, potential, rate), nm (length), S/m (conductivity), Ohm m (resistivity), V/K (thermopower), e^2/h (conductance), Ohm (resistance) or nA (current).
    pub fn to_base(self, value: f64) -> f64 {
        value * self.numerator / self.denominator
    }
}

/// Splits a quantity into its number and the symbol of its unit: `"50 meV"` into 50 and `meV`. `None` if it does not
/// begin with a number. The symbol is empty if there is none.
pub fn split(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    // the longest beginning that is a number: "1e-3 eV" is 1e-3 of eV, "1eV" is 1 of eV
    let end =
        text.find(|c: char| !matches!(c, '0'..='9' | '.' | '+' | '-' | 'e' | 'E')).unwrap_or(text.len());
    (1..=end).rev().find_map(|n| Some((text[..n].parse().ok()?, text[n..].trim_start())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversions_follow_codata_2022() {
        let ev = |symbol, value| Unit::named(symbol).unwrap().to_base(value);
        assert_eq!(ev("meV", 50.0), 0.05);
        assert_eq!(ev("ueV", 3.0), 3e-6);
        assert_eq!(ev("J", 1.602_176_634e-19), 1.0);
        // k_B/e = 8.617 333 262 145 ... e-5 eV/K (CODATA 2022)
        assert!((ev("K", 1.0) / 8.617_333_262_145_18e-5 - 1.0).abs() < 1e-14);
        assert!((ev("mK", 1e3) / ev("K", 1.0) - 1.0).abs() < 1e-15);
        assert_eq!(ev("angstrom", 5.0), 0.5);
        assert_eq!(ev("um", 2.0), 2000.0);
        assert_eq!(ev("mV", 1.0), ev("meV", 1.0));
        // the quantum 2e^2/h = 7.748 091 729 ... e-5 S (CODATA 2022)
        assert!((ev("S", 7.748_091_729e-5) - 2.0).abs() < 1e-9 && ev("2e^2/h", 1.0) == 2.0);
        // hbar/k_B = 7.638 232 58 ... e-12 K s
        assert!((ev("1/ps", 1.0) / ev("K", 1.0) / 7.638_232_58 - 1.0).abs() < 1e-8);
        assert!((ev("1/s", 1e12) / ev("1/ps", 1.0) - 1.0).abs() < 1e-15);
        assert_eq!(Unit::named("\u{3bc}eV"), Unit::named("\u{b5}eV"));
        assert_eq!(Unit::named("kg"), None);
    }

    #[test]
    fn quantities_split_into_number_and_unit() {
        assert_eq!(split("50 meV"), Some((50.0, "meV")));
        assert_eq!(split(" 1eV "), Some((1.0, "eV")));
        assert_eq!(split("1e-3eV"), Some((1e-3, "eV")));
        assert_eq!(split("-2.5e1   K"), Some((-25.0, "K")));
        assert_eq!(split("3"), Some((3.0, "")));
        assert_eq!(split("meV"), None);
        assert_eq!(split(""), None);
        assert_eq!(split("e5 K"), None);
    }
}
