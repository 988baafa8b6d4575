//! The kind `thermoelectric`: conductance, thermopower and heat conductance of a lattice conductor against temperature.

use super::key::{Choice, Dimension, Form, Key, Number, Range, choice, key};
use super::{Condition, Condition::Given, Kind, conductor, ensemble, probes, temperature};
use crate::settings::{Settings, Thermoelectric};

const NAME: &str = "thermoelectric";
const DOC: &str = "Conductance, thermopower, thermal conductance, Lorenz ratio and figure of merit of a lattice conductor against temperature, averaged over disorder.";

pub(super) const KIND: Kind = Kind {
    name: NAME,
    doc: DOC,
    sections: &[
        ("conductor", "The clean conductor. Lengths are in lattice constants a, energies in the hopping t."),
        ("disorder", "Random or given on-site energies."),
        ("leads", "The two real leads, at the first and the last slice."),
        (
            "probes",
            "Inelastic scattering: fictitious leads that absorb electrons and return them without phase memory.",
        ),
        ("temperature", "Temperatures of the curves."),
        ("solver", "How transmissions are resolved in energy."),
        ("ensemble", "Disorder average."),
    ],
    groups: &[
        TOP,
        conductor::CONDUCTOR,
        conductor::DISORDER,
        conductor::LEADS,
        PROBES,
        TEMPERATURE,
        SOLVER,
        ENSEMBLE,
    ],
    energy_scale: Some(conductor::ENERGY_SCALE),
    most_points: 10_000,
    settings: |view| Thermoelectric::new(view).map(Settings::Thermoelectric),
};

const TOP: &[Key] = &[
    key("title", "What the study is about; it heads tables, figures and the report.")
        .optional("the kind is used instead", "\"Thermopower of a quantum wire\""),
    key("kind", "The question asked.").takes(Form::Choice(KIND_NAMES)).required("\"thermoelectric\""),
];

const PROBES: &[Key] = &[
    key(
        "probes.coupling",
        "Level width Gamma_in = hbar/tau_in due to the wide-band probe of a site; zero for no probe.",
    )
    .takes(Form::PerSite(Number { range: Range::from(0.0), dimension: Dimension::Energy }))
    .optional("electrons cross the conductor without inelastic scattering", "0.05")
    .swept(),
    probes::SITES.when(PROBED),
    probes::MEASURE.when(PROBED).default("[\"voltage\", \"temperature\"]"),
];

const TEMPERATURE: &[Key] =
    &temperature::keys(Dimension::Temperature, ["0.005", "0.03"], "12", "\"logarithmic\"");

const SOLVER: &[Key] = &[
    key("solver.resolution", "Without probes: first pieces on which transmissions are resolved, 17 energies each, in units of the lowest temperature. What is narrower than a tenth of a piece may be missed.")
        .number(Range::within(0.1, 100.0), Dimension::Pure)
        .default("6.0"),
    key("solver.tolerance", "Without probes: relative error of transmissions between these energies, below which a piece is not halved.")
        .number(Range::within(1e-12, 1e-3), Dimension::Pure)
        .default("1e-7"),
];

const ENSEMBLE: &[Key] = &ensemble::keys(OBSERVABLES, "\"conductance_at_highest\"", "40");
const PROBED: &[Condition] = &[Given("probes.coupling")];
const KIND_NAMES: &[Choice] = &[choice(NAME, DOC)];
const OBSERVABLES: &[Choice] = &[
    choice("conductance_at_lowest", "mean conductance at the lowest temperature"),
    choice("thermopower_at_lowest", "mean thermopower at the lowest temperature"),
    choice("conductance_at_highest", "mean conductance at the highest temperature"),
    choice("thermopower_at_highest", "mean thermopower at the highest temperature"),
    choice("thermal_conductance_at_highest", "mean thermal conductance at the highest temperature"),
    choice("figure_of_merit_at_highest", "mean figure of merit at the highest temperature"),
];
