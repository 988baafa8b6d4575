//! The kind `point-contact`: conductance and noise of a quantum point contact in conserving kinetics, beside Landauer and Büttiker's.

use super::key::{Choice, Dimension, Form, Key, Number, Range, choice, key};
use super::{Condition, Kind};
use crate::settings::{PointContact, Settings};

const NAME: &str = "point-contact";
const DOC: &str = "Conductance staircase and noise of a quantum point contact from conserving kinetics, against the gate, with the noise of Landauer and Büttiker at the same conductance.";

pub(super) const KIND: Kind = Kind {
    name: NAME,
    doc: DOC,
    sections: &[
        ("contact", "The contact: sub-bands, and how electrons are scattered in them."),
        ("gate", "The chemical potential, on the scale of the thresholds: the abscissa of all curves."),
        ("drive", "What is held constant: the current or the voltage."),
        ("noise", "Noise beside that at zero frequency."),
    ],
    groups: &[TOP, CONTACT, GATE, DRIVE, NOISE],
    energy_scale: None,
    most_points: 1000,
    settings: |view| PointContact::new(view).map(Settings::PointContact),
};

const TOP: &[Key] = &[
    key("title", "What the study is about; it heads tables, figures and the report.")
        .optional("the kind is used instead", "\"Noise across the thresholds of a point contact\""),
    key("kind", "The question asked.").takes(Form::Choice(KIND_NAMES)).required("\"point-contact\""),
];

const CONTACT: &[Key] = &[
    key("contact.thresholds", "Bottoms of the sub-bands, in kT.")
        .takes(Form::List(Number { range: Range::within(-1000.0, 1000.0), dimension: Dimension::Pure }))
        .default("[5.0, 17.0]"),
    key("contact.temperature", "Temperature of the electrons; the scale of voltages and currents.")
        .number(Range::above(0.0), Dimension::Kelvin)
        .default("1.5")
        .swept(),
    key("contact.rates", "How scattering depends on the energy of an electron.")
        .takes(Form::Choice(RATES))
        .default("\"constant-time\"")
        .swept(),
    key("contact.elastic", "Elastic mean free path in lengths of the contact; with a constant time, that time in units of L/v, with the velocity v for which the staircase is Landauer's.")
        .number(Range::within(1e-3, 1e3), Dimension::Pure)
        .default("1.0")
        .swept(),
    key("contact.inelastic", "What the inelastic time (or mean free path) is, in units of the elastic one.")
        .takes(Form::Choice(INELASTIC))
        .default("\"fixed\"")
        .swept(),
    key("contact.ratio", "Inelastic over elastic time or mean free path. With both 1 the conductance is that of Landauer.")
        .number(Range::within(1e-3, 1e3), Dimension::Pure)
        .when(&[Condition::Is("contact.inelastic", &["fixed"])])
        .default("1.0")
        .swept(),
    key("contact.exponent", "Power a of the occupation, or p of the field. Noise at constant current peaks at the first threshold only for a > 1, or 1/2 < p < 1.")
        .number(Range::within(0.0, 20.0), Dimension::Pure)
        .when(FREE)
        .default("3.0")
        .swept(),
    key("contact.scale", "Voltage, in kT/e, at which the field opens inelastic channels.")
        .number(Range::within(1e-3, 1e6), Dimension::Pure)
        .when(&[Condition::Is("contact.inelastic", &["field"])])
        .default("10.0")
        .swept(),
    key("contact.closure", "Where inelastic scattering returns electrons to.")
        .takes(Form::Choice(CLOSURES))
        .default("\"mermin\"")
        .swept(),
];

const GATE: &[Key] = &[
    key("gate.from", "Lowest chemical potential, in kT.")
        .number(Range::within(-1000.0, 1000.0), Dimension::Pure)
        .default("0.0"),
    key("gate.to", "Highest chemical potential, in kT.")
        .number(Range::within(-1000.0, 1000.0), Dimension::Pure)
        .default("25.0"),
    key("gate.points", "Number of chemical potentials.")
        .takes(Form::Integer(Range::within(2.0, 100_000.0)))
        .default("251"),
];

const DRIVE: &[Key] = &[
    key("drive.current", "A current that is held constant while the gate is swept.")
        .number(Range::above(0.0), Dimension::Current)
        .when(&[Condition::NotGiven("drive.voltage")])
        .optional("no current: conductance and equilibrium alone", "\"100 nA\"")
        .swept(),
    key("drive.voltage", "A voltage that is held constant instead.")
        .number(Range::above(0.0), Dimension::Voltage)
        .when(&[Condition::NotGiven("drive.current")])
        .optional("the current is held constant, or nothing flows", "\"3 mV\"")
        .swept(),
];

const NOISE: &[Key] = &[key("noise.frequency", "Angular frequency of a second noise curve, in v_T/L with v_T = sqrt(2 kT/m): constant times give S(0)/(1 + (omega tau)^2).")
    .number(Range::within(1e-6, 1e6), Dimension::Pure)
    .optional("zero frequency alone", "1.0")
    .swept()];

const KIND_NAMES: &[Choice] = &[choice(NAME, DOC)];
const FREE: &[Condition] = &[Condition::Is("contact.inelastic", &["occupation", "field"])];
const INELASTIC: &[Choice] = &[
    choice("fixed", "always the same"),
    choice(
        "occupation",
        "f_0^a with the occupation f_0 of the bottom of the sub-band: a surrogate, the paper does not state its law",
    ),
    choice("field", "1/(1 + (V/scale)^p): a field opens inelastic channels"),
];
const RATES: &[Choice] = &[
    choice("constant-time", "the same time at all energies"),
    choice("constant-path", "the same mean free path at all energies"),
];
const CLOSURES: &[Choice] = &[
    choice("mermin", "to equilibrium at the local chemical potential: occupations stay between 0 and 1"),
    choice(
        "linear",
        "to the equilibrium of the contact, times a number: occupations may exceed 1 where rates depend on energy",
    ),
];
