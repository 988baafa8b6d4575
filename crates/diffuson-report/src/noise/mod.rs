//! Figures of a noise study.
//!
//! - [`sweep`]: Fano factor and conductance against what is swept, with the values of theory; noise against voltage; correlations between three or more leads
//! - [`eigenvalues`]: densities of transmission eigenvalues

mod eigenvalues;
mod sweep;

use crate::kind::Kind;
use crate::run::Run;
use crate::setting::setting;

/// The kind `noise`.
pub(crate) const KIND: Kind = Kind {
    name: "noise",
    columns: &[
        ("conductance", "G"),
        ("fano_factor", "F"),
        ("fano_factor_theory", "F (theory)"),
        ("mean_fano_factor", "mean F"),
        ("noise", "S22"),
        ("noise_theory", "S (theory)"),
        ("cross_correlation", "S cross"),
        ("cross_correlation_theory", "-2 T21 T31"),
    ],
    shown: &[],
    figures: |run| {
        let figures = [sweep::fano(run), sweep::bias(run), sweep::correlations(run), eigenvalues::draw(run)];
        figures.into_iter().flatten().collect()
    },
    question: describe,
    explorer: |_| String::new(),
};

const VOLTAGE: &str = "bias.voltage";

fn describe(run: &Run) -> String {
    let value = |key: &str| setting(run, key).map_or_else(String::new, |s| s.with_unit());
    let number = |key: &str| setting(run, key).map_or_else(String::new, |s| s.text);
    let shape = match number("conductor.shape").as_str() {
        "cavity" => format!(
            "A cavity of {} x {} sites with two openings of {} sites, at the ends of one side",
            number("conductor.length"),
            number("conductor.width"),
            [number("openings.first"), number("openings.second")]
                .iter()
                .filter(|n| !n.is_empty())
                .cloned()
                .collect::<Vec<_>>()
                .join(" and "),
        ),
        "splitter" => format!(
            "A beam splitter of {} x {} sites with {} leads in the middle of its sides",
            number("conductor.length"),
            number("conductor.width"),
            run.array("lead_current")
                .and_then(|a| a.shape.last())
                .map_or_else(|| "its".to_owned(), usize::to_string),
        ),
        _ => format!(
            "A conductor of {} slices of {} sites between two leads",
            number("conductor.length"),
            number("conductor.width")
        ),
    };
    let probes = match number("probes.kind").as_str() {
        "dephasing" => format!(
            "Probes of coupling {} take the phase of electrons, but not their energy.",
            value("probes.coupling")
        ),
        "inelastic" => format!(
            "Probes of coupling {} bring electrons to equilibrium with the lattice.",
            value("probes.coupling")
        ),
        "hot" => format!(
            "Probes of coupling {} bring electrons to equilibrium with each other, but take no energy from them.",
            value("probes.coupling")
        ),
        _ => "Scattering is coherent.".to_owned(),
    };
    let bias = match setting(run, VOLTAGE) {
        Some(voltage) => format!(
            "The first lead is at {} above the others, all at $kT$ = {}.",
            voltage.with_unit(),
            value("temperature.kT")
        ),
        None => "Noise is per voltage, in the limit of small voltage at zero temperature.".to_owned(),
    };
    format!(
        "{shape}, with random site energies ({}), at energy {} and {} flux quanta per plaquette. {probes} {bias} Correlators are one-sided and per spin: \
         $4kTG$ in equilibrium, $2eI$ for independent electrons. The Fano factor is that of the means over samples, \
         $\\langle S\\rangle/\\langle 2eI\\rangle$, less thermal noise.",
        value("disorder.kind"),
        value("conductor.energy"),
        number("conductor.flux"),
    )
}
