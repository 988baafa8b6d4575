//! Figures of a study of fluctuators.
//!
//! - [`claim`]: whether upper positions conduct better, against what is swept
//! - [`curves`]: conductance against temperature and against bias, and local exponents
//! - [`samples`]: energy and conductance of single samples, and the density of splittings

mod claim;
mod curves;
mod samples;

use crate::kind::Kind;
use crate::run::Run;
use crate::setting::setting;

/// The kind `fluctuators`.
pub(crate) const KIND: Kind = Kind {
    name: "fluctuators",
    columns: &[
        ("correlation", "correlation"),
        ("sign_agreement", "agreement"),
        ("upper_less_lower", "G up - G low"),
        ("splitting_rms", "rms E"),
        ("splitting_rms_kelvin", "rms E in K"),
        ("conductance_rms", "rms dG"),
        ("saturation", "saturation"),
        ("exponent", "exponent"),
    ],
    shown: &["sample_energy", "sample_conductance"],
    figures: |run| {
        let figures = [claim::draw(run), Some(samples::draw(run))];
        figures.into_iter().flatten().chain(curves::draw(run)).collect()
    },
    question: describe,
    explorer: |_| String::new(),
};

/// Points that a figure can hold.
const MOST: usize = 6;

/// Points that are drawn where a figure cannot hold all: the ends of the sweep and some between.
fn drawn(run: &Run) -> Vec<usize> {
    match run.points {
        n if n <= MOST => (0..n).collect(),
        n => (0..MOST).map(|k| k * (n - 1) / (MOST - 1)).collect(),
    }
}

fn describe(run: &Run) -> String {
    let value = |key: &str| setting(run, key).map_or_else(String::new, |s| s.with_unit());
    let number = |key: &str| setting(run, key).map_or_else(String::new, |s| s.text);
    let mobile = match setting(run, "mobile.phase_shift") {
        Some(shift) => format!("of phase shift {} degrees", shift.text),
        None => "of the same phase shift".to_owned(),
    };
    let crossover = match setting(run, "bath.crossover") {
        Some(energy) => format!("phonons take over from electrons at $E^*$ = {} $\\bar E$", energy.text),
        None => "without phonons".to_owned(),
    };
    format!(
        "A defect {mobile} with {} positions moves among {} fixed scatterers of phase shift {} degrees, at random places in a point contact ({}). Electrons change the energy of each \
         position, and each position lets another conductance through: the claim of Kozub and Rudin is that positions of higher energy conduct better, so that heating or biasing the \
         contact raises its conductance. Energies are in the Fermi energy $e_F$, conductances include both spins. Occupations are those of the stationary state of the defect in a bath \
         of electrons from both reservoirs and phonons ({crossover}), with the rms splitting $\\bar E$ of two positions at each point as the unit of temperature and bias; the \
         conductance along the curves is what the occupation of all positions adds to that of the ground state.",
        number("mobile.positions"),
        number("scatterers.number"),
        number("scatterers.phase_shift"),
        value("contact.model"),
    )
}
