//! The kind `noise`: currents, their fluctuations and Fano factors of a lattice conductor.

use super::key::{Choice, Condition, Dimension, Form, Key, Number, Range, choice, key};
use super::{Condition::Given, Condition::Is, Kind, conductor, ensemble, probes};
use crate::settings::{Noise, Settings};

const NAME: &str = "noise";
const DOC: &str = "Noise of the currents through a lattice conductor with two or more leads, averaged over disorder: Fano factors, cross-correlations, transmission eigenvalues.";

pub(super) const KIND: Kind = Kind {
    name: NAME,
    doc: DOC,
    sections: &[
        ("conductor", "The clean conductor. Lengths are in lattice constants a, energies in the hopping t."),
        ("openings", "Sites across the leads of a cavity or a beam splitter, which open into its sides."),
        ("disorder", "Random or given on-site energies."),
        ("leads", "The real leads; the first is the source of the current."),
        ("probes", "Fictitious leads that absorb electrons and return them without phase memory."),
        ("bias", "Voltage between the first lead and all others."),
        ("temperature", "Temperature of the leads."),
        ("noise", "What the results are compared with."),
        ("ensemble", "Disorder average."),
    ],
    groups: &[
        TOP,
        SHAPE,
        conductor::CONDUCTOR,
        OPENINGS,
        conductor::DISORDER,
        conductor::LEADS,
        PROBES,
        BIAS,
        ENSEMBLE,
    ],
    energy_scale: Some(conductor::ENERGY_SCALE),
    most_points: 10_000,
    settings: |view| Noise::new(view).map(Settings::Noise),
};

const TOP: &[Key] = &[
    key("title", "What the study is about; it heads tables, figures and the report.")
        .optional("the kind is used instead", "\"Shot noise of a diffusive wire\""),
    key("kind", "The question asked.").takes(Form::Choice(KIND_NAMES)).required("\"noise\""),
];

const SHAPE: &[Key] =
    &[key("conductor.shape", "Where the leads are. Cavities and beam splitters are rectangles of the square lattice between hard walls, length x width sites.")
        .takes(Form::Choice(SHAPES))
        .default("\"wire\"")];

const OPENINGS: &[Key] = &[
    opening("openings.first", "Sites across the first lead: of a cavity at the lower end of its left side, of a splitter in the middle of it.")
        .when(OPEN)
        .required("6"),
    opening("openings.second", "Sites across the second lead: of a cavity at the upper end of its left side, of a splitter in the middle of the right side.")
        .when(OPEN)
        .optional("as many as across the first", "6"),
    opening("openings.third", "Sites across the third lead, in the middle of the top side.")
        .when(SPLIT)
        .optional("as many as across the first", "6"),
    opening("openings.fourth", "Sites across a fourth lead, in the middle of the bottom side.")
        .when(SPLIT)
        .optional("three leads", "6"),
];

const fn opening(path: &'static str, doc: &'static str) -> Key {
    key(path, doc).takes(Form::Integer(Range::from(1.0))).swept()
}

const PROBES: &[Key] = &[
    key("probes.kind", "How probes return electrons.")
        .takes(Form::Choice(PROBE_KINDS))
        .default("\"none\"")
        .swept(),
    key(
        "probes.coupling",
        "Level width Gamma_in = hbar/tau_in due to the wide-band probe of a site; zero for no probe.",
    )
    .takes(Form::PerSite(Number { range: Range::from(0.0), dimension: Dimension::Energy }))
    .when(PROBED)
    .required("0.05")
    .swept(),
    probes::SITES.when(PROBED),
];

const BIAS: &[Key] = &[
    key("bias.voltage", "Voltage as an energy eV: the potential of the first lead is conductor.energy + eV/2, of all others conductor.energy - eV/2.")
        .number(Range::from(0.0), Dimension::Bias)
        .optional("the limit of small voltage at zero temperature: noise per voltage, from one energy", "0.05")
        .swept(),
    key("bias.scattering", "Whether electrons of all energies scatter alike.")
        .takes(Form::Choice(SCATTERING))
        .when(&[Given("bias.voltage")])
        .default("\"energy-dependent\"")
        .swept(),
    key("temperature.kT", "Thermal energy kT of all leads; with conductor.hopping also a temperature such as \"300 mK\".")
        .number(Range::from(0.0), Dimension::Temperature)
        .when(&[Given("bias.voltage")])
        .default("0.0")
        .swept(),
    key("noise.compare", "The theory whose value is given beside every Fano factor or cross-correlation.")
        .takes(Form::Choice(THEORIES))
        .default("\"auto\""),
    key("noise.bins", "Bins of the histogram of transmission eigenvalues.")
        .takes(Form::Integer(Range::within(2.0, 1000.0)))
        .default("20"),
];

const ENSEMBLE: &[Key] = &ensemble::keys(OBSERVABLES, "\"fano_factor\"", "100");
const OPEN: &[Condition] = &[Is("conductor.shape", &["cavity", "splitter"])];
const SPLIT: &[Condition] = &[Is("conductor.shape", &["splitter"])];
const PROBED: &[Condition] = &[Is("probes.kind", &["dephasing", "inelastic", "hot"])];

const KIND_NAMES: &[Choice] = &[choice(NAME, DOC)];
const SHAPES: &[Choice] = &[
    choice("wire", "a strip or bar between two leads"),
    choice("cavity", "two openings at the ends of one side, joined by no straight line"),
    choice("splitter", "three or four openings, one in the middle of each side"),
];
const PROBE_KINDS: &[Choice] = &[
    choice("none", "no probes: coherent"),
    choice("dephasing", "at the energy at which they came: no current at any energy"),
    choice("inelastic", "with a Fermi distribution at the temperature of the leads: no current"),
    choice("hot", "with a Fermi distribution of a temperature of their own: no current and no heat"),
];
const SCATTERING: &[Choice] = &[
    choice("energy-dependent", "the S matrix at each energy of the window"),
    choice("constant", "that at conductor.energy, at all energies"),
];
const THEORIES: &[Choice] = &[
    choice("auto", "that of a diffusive wire or a chaotic cavity with these probes, or of the beam splitter"),
    choice("none", "no comparison"),
    choice("diffusive-wire", "1/3: diffusive, no electron loses energy"),
    choice("hot-wire", "sqrt(3)/4: diffusive, electrons share their energy"),
    choice("cavity", "chaotic, coherent, from random-matrix theory: 1/4 for many modes in equal openings"),
    choice("dephased-cavity", "chaotic, without phase memory: N1 N2/(N1 + N2)^2"),
    choice("hot-cavity", "chaotic, electrons share their energy: (sqrt(3)/pi) sqrt(N1 N2)/(N1 + N2)"),
    choice("splitter", "S_23 = -2 T_21 T_31 eV e^2/h, one mode in the first lead"),
];
const OBSERVABLES: &[Choice] = &[
    choice("fano_factor", "Fano factor, from the means over samples"),
    choice("conductance", "mean conductance"),
    choice("noise", "mean noise in the second lead"),
    choice("cross_correlation", "mean correlator of the second and the third lead"),
];
