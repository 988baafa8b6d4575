//! The kind `droplets-fit`: measured susceptibility and dephasing of one sample, and whether they have one crossover temperature.

use super::key::{Choice, Column, Condition, Dimension, Form, Key, Range, choice, key};
use super::{Kind, fitting};
use crate::settings::{DropletsFit, Settings};

const NAME: &str = "droplets-fit";
const DOC: &str = "Measured spin susceptibility and dephasing rate of one sample against temperature: is there a Curie law, does dephasing saturate, and do both at the one temperature that local spin droplets have?";

pub(super) const KIND: Kind = Kind {
    name: NAME,
    doc: DOC,
    sections: &[
        fitting::DATA,
        ("prefactors", "What a theory of exponential accuracy leaves open: numbers of order 1."),
        (
            "metal",
            "What is known of the sample: it sets the logarithm, which is left out otherwise, and 1 + F_0 follows from T*.",
        ),
        ("counting", "Which diagrams are counted."),
        ("dephasing", "Dephasing without droplets."),
        (
            "comparison",
            "How far the data can tell the pictures apart: the experiment is repeated with each of them as the truth.",
        ),
        fitting::POSTERIOR,
    ],
    groups: &[TOP, DATA, PREFACTORS, METAL, COUNTING, DEPHASING, COMPARISON, fitting::POSTERIOR_KEYS],
    energy_scale: None,
    most_points: 1,
    settings: |view| DropletsFit::new(view).map(Settings::DropletsFit),
};

const TOP: &[Key] = &[
    key("title", "What the study is about; it heads tables, figures and the report.")
        .optional("the kind is used instead", "\"Palladium film\""),
    key("kind", "The question asked.").takes(Form::Choice(KIND_NAMES)).required("\"droplets-fit\""),
];

const DATA: &[Key] = &[
    key(
        "data.file",
        "The measurements, one temperature in a line; `diffuson fit` names it on the command line.",
    )
    .takes(Form::Table(COLUMNS))
    .required("\"film.csv\""),
    fitting::from("0.05"),
    fitting::to("5.0"),
    fitting::relative_error(
        "data.susceptibility_error",
        "Relative standard error of the susceptibility where the file has no errors of it.",
        "0.01",
    ),
    fitting::relative_error(
        "data.dephasing_error",
        "Relative standard error of the dephasing rate where the file has no errors of it.",
        "0.05",
    ),
];

const PREFACTORS: &[Key] = &[
    key("prefactors.susceptibility", "c_1 of the susceptibility, chi_0 (1 + c_1 T*/T).")
        .number(Range::above(0.0), Dimension::Pure)
        .default("1.0"),
    key(
        "prefactors.dephasing",
        "c_4 of the dephasing rate, A (T + T_tau) with T_tau of c_4 T* (2 + F_0)/{2 ln[g (1 + F_0)]}.",
    )
    .number(Range::above(0.0), Dimension::Pure)
    .default("1.0"),
];

const COUNTING: &[Key] = &[
    key("counting.diagrams", "Diagrams of gamma, by which 1 + F_0 follows from T*; all countings are told.")
        .takes(Form::Choice(DIAGRAMS))
        .default("\"complete\""),
    key("counting.time_reversal", "Time reversal; four diagrams do not know of it.")
        .takes(Form::Choice(SYMMETRIES))
        .when(&[Condition::Is("counting.diagrams", &["complete"])])
        .default("\"unbroken\""),
];

const METAL: &[Key] = &[
    key("metal.conductance", "The conductance g of a square.")
        .number(Range::above(1.0), Dimension::Conductance)
        .optional("no logarithm, no 1 + F_0", "20.0"),
    key("metal.scattering_rate", "The rate 1/tau, tau the mean free time, as hbar/(k_B tau).")
        .number(Range::above(0.0), Dimension::Rate)
        .when(&[Condition::Given("metal.conductance")])
        .required("\"10 1/ps\""),
];

const DEPHASING: &[Key] = &[key(
    "dephasing.quadratic",
    "Whether a term B T^2 is fitted to the rates: collisions of clean electrons, or phonons.",
)
.takes(Form::Choice(fitting::TERM))
.default("\"none\"")];

const COMPARISON: &[Key] =
    &[key("comparison.repetitions", "Repetitions of the experiment for each picture; zero for none.")
        .takes(Form::Integer(Range::within(0.0, 1e5)))
        .default("200")];

const COLUMNS: &[Column] = &[
    Column::numbers("temperature", &["T"], Range::above(0.0), Dimension::Kelvin, true),
    Column::numbers("susceptibility", &["chi"], Range::ANY, Dimension::Arbitrary, false),
    Column::numbers("dephasing_rate", &["rate"], Range::above(0.0), Dimension::Rate, false),
];
const KIND_NAMES: &[Choice] = &[choice(NAME, DOC)];
const DIAGRAMS: &[Choice] = &[
    choice("complete", "all rings of diffusons and Cooperons, as microscopic models have them"),
    choice("four", "four equal diagrams, with the prefactor printed"),
];
const SYMMETRIES: &[Choice] =
    &[choice("unbroken", "diffusons and Cooperons: no magnetic field"), choice("broken", "diffusons alone")];
