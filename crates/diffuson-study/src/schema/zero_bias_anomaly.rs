//! The kind `zero-bias-anomaly`: the response of moving defects to bias and temperature, beside what is estimated of it and the two-channel Kondo picture.

use super::key::{Choice, Dimension, Form, Key, Range, choice, key};
use super::{Kind, temperature};
use crate::settings::{Settings, ZeroBiasAnomaly};

const NAME: &str = "zero-bias-anomaly";
const DOC: &str = "What the occupation of the upper levels of moving defects adds to the conductance of a point contact, against bias and against temperature, with local exponents, beside the interpolation of Kozub and Rudin and the two-channel Kondo picture.";

pub(super) const KIND: Kind = Kind {
    name: NAME,
    doc: DOC,
    sections: &[
        (
            "defects",
            "Fluctuators whose splittings have a constant density; energies in K, or as \"0.1 meV\".",
        ),
        ("held", "What a curve is taken at."),
        ("bias", "Biases eV of the curves, in equal ratios."),
        ("temperature", "Temperatures kT of the curves."),
        ("kondo", "The two-channel Kondo picture, for comparison."),
    ],
    groups: &[KEYS, TEMPERATURE, KONDO],
    energy_scale: None,
    most_points: 1000,
    settings: |view| ZeroBiasAnomaly::new(view).map(Settings::ZeroBiasAnomaly),
};

const KEYS: &[Key] = &[
    key("title", "What the study is about; it heads tables, figures and the report.")
        .optional("the kind is used instead", "\"Conductance of a point contact with moving defects\""),
    key("kind", "The question asked.").takes(Form::Choice(KIND_NAMES)).required("\"zero-bias-anomaly\""),
    // defects
    key("defects.crossover", "Energy E* at which phonons take over from electrons; with 1 K all energies are in units of E*.")
        .number(Range::above(0.0), Dimension::Kelvin)
        .default("1.0")
        .swept(),
    key("defects.place", "Distance of the defects from the centre of the orifice along its axis, in radii: electrons come from the left with a share of (1 - z/sqrt(z^2 + 1))/2.")
        .number(Range::ANY, Dimension::Pure)
        .default("0.0")
        .swept(),
    key("defects.pairs", "Electron-hole pairs that make defects move.")
        .takes(Form::Choice(PAIRS))
        .default("\"all\"")
        .swept(),
    key("defects.band", "Highest splitting.")
        .number(Range::above(0.0), Dimension::Kelvin)
        .optional("splittings of any size, no saturation", "100.0")
        .swept(),
    // held
    key("held.energy", "kT of the curves against bias, eV of those against temperature.")
        .number(Range::from(0.0), Dimension::Kelvin)
        .default("0.0")
        .swept(),
    // bias
    key("bias.from", "Lowest bias.").number(Range::above(0.0), Dimension::Kelvin).default("0.01"),
    key("bias.to", "Highest bias.").number(Range::above(0.0), Dimension::Kelvin).default("1e4"),
    key("bias.points", "Number of biases.").takes(Form::Integer(Range::within(2.0, 100_000.0))).default("121"),
];

const TEMPERATURE: &[Key] = &temperature::keys(Dimension::Kelvin, ["0.01", "30.0"], "121", "\"logarithmic\"");

const KONDO: &[Key] = &[key(
    "kondo.share",
    "Part of the bias that drops between the Kondo impurity and the electrons that scatter off it: 1, or 0.5 if it drops symmetrically.",
)
.number(Range::above(0.0), Dimension::Pure)
.default("1.0")
.swept()];

const KIND_NAMES: &[Choice] = &[choice(NAME, DOC)];
const PAIRS: &[Choice] = &[
    choice("all", "within a beam and between the beams from the two reservoirs"),
    choice("between-beams", "between the beams alone, as the paper counts"),
];
