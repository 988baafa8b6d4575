//! The kind `zero-bias-anomaly-fit`: a measured zero-bias anomaly in both of its pictures.

use super::key::{Choice, Column, Condition, Dimension, Form, Key, Number, Range, choice, key};
use super::{Kind, fitting};
use crate::settings::{Settings, ZeroBiasAnomalyFit};

const NAME: &str = "zero-bias-anomaly-fit";
const DOC: &str = "Measured conductance of a point contact against bias and temperature, fitted by mobile defects and by two-channel Kondo scattering, and which of the two it prefers.";

pub(super) const KIND: Kind = Kind {
    name: NAME,
    doc: DOC,
    sections: &[
        fitting::DATA,
        (
            "defects",
            "Mobile defects: G = G0 + A E*^2 D(eV/E*, kT/E*), with E* the energy at which phonons take over from electrons in moving them.",
        ),
        ("kondo", "Two-channel Kondo: G = G0 + B sqrt(T) [1 + Gam((9/pi^2) a eV/kT)]."),
        ("background", "Terms that either picture may have besides."),
        (
            "comparison",
            "How far the data can tell the pictures apart: the experiment is repeated with either one as the truth.",
        ),
        fitting::POSTERIOR,
    ],
    groups: &[TOP, DATA, DEFECTS, KONDO, BACKGROUND, COMPARISON, fitting::POSTERIOR_KEYS],
    energy_scale: None,
    most_points: 1,
    settings: |view| ZeroBiasAnomalyFit::new(view).map(Settings::ZeroBiasAnomalyFit),
};

const TOP: &[Key] = &[
    key("title", "What the study is about; it heads tables, figures and the report.")
        .optional("the kind is used instead", "\"Zero-bias anomaly of a copper contact\""),
    key("kind", "The question asked.").takes(Form::Choice(KIND_NAMES)).required("\"zero-bias-anomaly-fit\""),
];

const DATA: &[Key] = &[
    key("data.file", "The measurements, one bias at one temperature in a line; `diffuson fit` names it on the command line.")
        .takes(Form::Table(COLUMNS))
        .required("\"conductances.csv\""),
    key("data.measured", "Which conductance was measured.").takes(Form::Choice(MEASURED)).default("\"differential\""),
    fitting::from("0.5"),
    fitting::to("20.0"),
    key("data.bias_from", "Lower biases, of either sign, are left out.")
        .number(Range::above(0.0), Dimension::Voltage)
        .optional("no limit", "1e-4"),
    key("data.bias_to", "Higher biases, of either sign, are left out.")
        .number(Range::above(0.0), Dimension::Voltage)
        .optional("no limit", "5e-3"),
    fitting::relative_error("data.conductance_error", "Relative standard error of the conductance where the file has no errors.", "1e-4"),
    key("data.conductance_noise", "Absolute standard error of the conductance, added in quadrature to that error or the file's.")
        .number(Range::above(0.0), Dimension::Conductance)
        .optional("none", "0.01"),
];

const DEFECTS: &[Key] = &[
    key("defects.crossover", "The energy E*, as a temperature.")
        .takes(Form::Or(
            FITTED,
            &Form::Number(Number { range: Range::above(0.0), dimension: Dimension::Kelvin }),
        ))
        .default("\"fitted\""),
    key(
        "defects.modulation",
        "Whether defects follow the modulation of the bias by which dI/dV is measured.",
    )
    .takes(Form::Choice(MODULATION))
    .when(&[Condition::Is("data.measured", &["differential"])])
    .default("\"followed\""),
];

const KONDO: &[Key] = &[key("kondo.share", "The share a of the bias that drops between the impurity and the electrons: 1, or 0.5 if it drops symmetrically.")
    .takes(Form::Or(FITTED, &Form::Number(Number { range: Range::within(0.02, 1.0), dimension: Dimension::Pure })))
    .default("1.0")];

const BACKGROUND: &[Key] = &[
    key("background.linear", "Whether a term c V is fitted: a contact that is not symmetric.")
        .takes(Form::Choice(fitting::TERM))
        .default("\"none\""),
    key("background.heating", "Whether a term d [V^2 + (4 pi^2/3) (kT/e)^2] is fitted: a classical contact, whose current heats its centre.")
        .takes(Form::Choice(fitting::TERM))
        .default("\"none\""),
];

const COMPARISON: &[Key] =
    &[key("comparison.repetitions", "Repetitions of the experiment for either picture; zero for none.")
        .takes(Form::Integer(Range::within(0.0, 1e5)))
        .default("100")];

const COLUMNS: &[Column] = &[
    Column::numbers("bias", &["V"], Range::ANY, Dimension::Voltage, true),
    Column::numbers("temperature", &["T"], Range::above(0.0), Dimension::Kelvin, true),
    Column::numbers("conductance", &["G"], Range::above(0.0), Dimension::Conductance, false),
    Column::numbers("resistance", &["R"], Range::above(0.0), Dimension::Resistance, false),
];
const KIND_NAMES: &[Choice] = &[choice(NAME, DOC)];
const MEASURED: &[Choice] = &[choice("differential", "dI/dV"), choice("chord", "I/V")];
const MODULATION: &[Choice] = &[
    choice("followed", "they do: dI/dV = d(V G)/dV"),
    choice("frozen", "they are slower: dI/dV is the I/V of their positions"),
];
const FITTED: Choice = choice("fitted", "one more parameter");
