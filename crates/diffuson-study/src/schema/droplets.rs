//! The kind `droplets`: local spin droplets of a dirty two-dimensional metal close to the Stoner instability, by the theory of Narozhny, Aleiner and Larkin with all diagrams counted.

use super::key::{Choice, Dimension, Form, Key, Range, choice, key};
use super::{Kind, temperature};
use crate::settings::{Droplets, Settings};

const NAME: &str = "droplets";
const DOC: &str = "Local spin droplets of a dirty two-dimensional metal close to the Stoner instability: how probable they are, how their spin is distributed, how two of them interact, and what they do to susceptibility and dephasing against temperature.";

pub(super) const KIND: Kind = Kind {
    name: NAME,
    doc: DOC,
    sections: &[
        ("metal", "A metal in the paramagnetic phase."),
        ("counting", "Which diagrams are counted."),
        ("profile", "The shape of a droplet."),
        ("droplet", "One droplet."),
        (
            "prefactors",
            "What a theory of exponential accuracy leaves open: numbers of order 1, among them factors 2 pi and 1/3 and the edge of the smallest size.",
        ),
        ("spin", "Spins of the distribution, from 0 in equal steps."),
        ("pair", "Distances of two droplets in their radius R, in equal ratios."),
        ("temperature", "Temperatures of susceptibility and dephasing."),
    ],
    groups: &[KEYS, PREFACTORS, AXES, TEMPERATURE],
    energy_scale: None,
    most_points: 10_000,
    settings: |view| Droplets::new(view).map(Settings::Droplets),
};

const KEYS: &[Key] = &[
    key("title", "What the study is about; it heads tables, figures and the report.")
        .optional("the kind is used instead", "\"Spin droplets in a palladium film\""),
    key("kind", "The question asked.").takes(Form::Choice(KIND_NAMES)).required("\"droplets\""),
    // metal
    key("metal.conductance", "Conductance g = 2 pi hbar/(e^2 R_sq) of a square.")
        .number(Range::above(1.0), Dimension::Conductance)
        .default("20.0")
        .swept(),
    key("metal.distance", "Distance 1 + F_0 from the instability, F_0 the triplet constant.")
        .number(Range::between(0.0, 1.0), Dimension::Pure)
        .default("0.1")
        .swept(),
    key("metal.scattering_rate", "The rate 1/tau, tau the mean free time, as hbar/(k_B tau): 76.4 K for 0.1 ps.")
        .number(Range::above(0.0), Dimension::Rate)
        .default("76.4")
        .swept(),
    // counting
    key("counting.diagrams", "Diagrams of the correlators of the inverse susceptibility.")
        .takes(Form::Choice(DIAGRAMS))
        .default("\"complete\"")
        .swept(),
    key("counting.time_reversal", "Time reversal; four diagrams do not know of it.")
        .takes(Form::Choice(SYMMETRIES))
        .default("\"unbroken\"")
        .swept(),
    // profile
    key("profile.kind", "Spatial profile of the spin density of a droplet.")
        .takes(Form::Choice(PROFILES))
        .default("\"optimum\"")
        .swept(),
    // droplet
    key("droplet.size", "Size R of a droplet in mean free paths, for what depends on the temperature: Gaussian profiles fall as exp(-r^2/R^2), the optimal one has R^2 = <r^2>.")
        .number(Range::above(0.0), Dimension::Pure)
        .default("3.0")
        .swept(),
];

const PREFACTORS: &[Key] = &[
    prefactor("prefactors.susceptibility", "c_1 of the susceptibility, chi/chi_P = 1 + c_1 T*/T."),
    prefactor("prefactors.dephasing", "c_2 of the dephasing rate by droplets."),
    prefactor("prefactors.interaction", "c_3 of the energy of interaction at the typical distance."),
    prefactor("prefactors.spin_fluctuations", "That of the dephasing rate by ordinary spin fluctuations."),
    prefactor("prefactors.density", "That of the density of droplets in the typical distance."),
];

const fn prefactor(path: &'static str, doc: &'static str) -> Key {
    key(path, doc).number(Range::above(0.0), Dimension::Pure).default("1.0").swept()
}

const AXES: &[Key] = &[
    // spin
    key("spin.to", "Largest spin S, the number of unpaired spins.")
        .number(Range::above(0.0), Dimension::Pure)
        .default("30.0"),
    key("spin.points", "Number of spins.").takes(Form::Integer(Range::within(2.0, 10_000.0))).default("121"),
    // pair
    key("pair.from", "Smallest distance L/R; nearer than R two droplets are one.")
        .number(Range::from(1.0), Dimension::Pure)
        .default("2.0"),
    key("pair.to", "Largest distance L/R.").number(Range::above(0.0), Dimension::Pure).default("100.0"),
    key("pair.points", "Number of distances.").takes(Form::Integer(Range::within(2.0, 1000.0))).default("25"),
];

const TEMPERATURE: &[Key] = &temperature::keys(Dimension::Kelvin, ["0.01", "10.0"], "121", "\"logarithmic\"");

const KIND_NAMES: &[Choice] = &[choice(NAME, DOC)];
const DIAGRAMS: &[Choice] = &[
    choice("complete", "all rings of diffusons and Cooperons, as microscopic models have them"),
    choice("four", "four equal diagrams for each correlator, with the prefactors printed"),
];
const SYMMETRIES: &[Choice] =
    &[choice("unbroken", "diffusons and Cooperons: no magnetic field"), choice("broken", "diffusons alone")];
const PROFILES: &[Choice] = &[
    choice("optimum", "the solution of the saddle-point equation (33)"),
    choice("gaussian", "the trial profile of the paper"),
];
