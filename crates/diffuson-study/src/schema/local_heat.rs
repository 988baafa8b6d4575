//! The kind `local-heat`: local Peltier heat, potentials and temperatures of a disordered conductor with probes.

use super::key::{Choice, Condition, Dimension, Form, Key, Number, Range, choice, key};
use super::{Condition::Given, Condition::Is, Kind, conductor, ensemble, probes};
use crate::settings::{LocalHeat, Settings};

const NAME: &str = "local-heat";
const DOC: &str =
    "Local Peltier heat of a disordered conductor whose electrons lose phase memory to probes on its sites.";

pub(super) const KIND: Kind = Kind {
    name: NAME,
    doc: DOC,
    sections: &[
        ("conductor", "The clean conductor. Lengths are in lattice constants a, energies in the hopping t."),
        ("disorder", "Random or given on-site energies."),
        ("leads", "The two real leads, at the first and the last slice."),
        ("probes", "Fictitious leads that absorb electrons and return them without phase memory."),
        ("temperature", "Temperature of the leads."),
        ("bias", "Voltage between the leads."),
        ("solver", "How the equations are solved."),
        ("observables", "What is averaged and stored."),
        ("ensemble", "Disorder average."),
    ],
    groups: &[TOP, conductor::CONDUCTOR, conductor::DISORDER, conductor::LEADS, KEYS, ENSEMBLE],
    energy_scale: Some(conductor::ENERGY_SCALE),
    most_points: 10_000,
    settings: |view| LocalHeat::new(view).map(Settings::LocalHeat),
};

const TOP: &[Key] = &[
    key("title", "What the study is about; it heads tables, figures and the report.")
        .optional("the kind is used instead", "\"Local Peltier heat in a dirty strip\""),
    key("kind", "The question asked.").takes(Form::Choice(KIND_NAMES)).required("\"local-heat\""),
];

const KEYS: &[Key] = &[
    // probes
    key("probes.kind", "The model of a probe.").takes(Form::Choice(PROBES)).default("\"wide-band\"").swept(),
    key("probes.coupling", "Level width Gamma_in = hbar/tau_in due to the probe of a site; zero for no probe.")
        .takes(Form::PerSite(Number { range: Range::from(0.0), dimension: Dimension::Energy }))
        .when(WIDE_BAND_PROBES)
        .required("0.1")
        .swept(),
    key("probes.amplitude", "Hopping v between a site and its chain; the level width is (2 v^2/t_c^2) sqrt(t_c^2 - (E - e_c)^2/4).")
        .takes(Form::PerSite(Number { range: Range::from(0.0), dimension: Dimension::Energy }))
        .when(CHAIN_PROBES)
        .required("0.25")
        .swept(),
    key("probes.hopping", "Hopping t_c along the chain.")
        .number(Range::above(0.0), Dimension::Energy)
        .when(CHAIN_PROBES)
        .default("1.0")
        .swept(),
    key("probes.centre", "Centre e_c of the band of the chain.")
        .takes(Form::Or(
            Choice { name: "energy", doc: "at conductor.energy" },
            &Form::Number(Number { range: Range::ANY, dimension: Dimension::Energy }),
        ))
        .when(CHAIN_PROBES)
        .default("0.0")
        .swept(),
    probes::SITES,
    probes::MEASURE,
    // temperature and bias
    key("temperature.kT", "Thermal energy kT; with conductor.hopping also a temperature such as \"300 mK\".")
        .number(Range::above(0.0), Dimension::Temperature)
        .optional("first order of the Sommerfeld expansion, in which heats are proportional to (kT)^2", "0.01")
        .swept(),
    key("bias.voltage", "Voltage between the leads, as an energy, treated exactly.")
        .number(Range::above(0.0), Dimension::Bias)
        .when(&[Given("temperature.kT")])
        .optional("linear response", "0.05")
        .swept(),
    // solver
    key("solver.route", "Route from Green functions to heats.").takes(Form::Choice(ROUTES)).default("\"auto\"").swept(),
    key("solver.precision", "Precision of transmissions: single takes half the memory and some 60 % of the time.")
        .takes(Form::Choice(PRECISIONS))
        .when(&[Is("solver.route", &["auto", "recursive"])])
        .default("\"double\"")
        .swept(),
    key("solver.tolerance", "Relative residual at which an iteration stops.")
        .number(Range::within(1e-15, 1e-6), Dimension::Pure)
        .default("1e-12")
        .swept(),
    // observables
    key("observables.box", "Side of the boxes over which the heat is averaged.")
        .number(Range::above(0.0), Dimension::InelasticLength)
        .default("1.0")
        .swept(),
    key("observables.margin", "Distance from the leads that averages leave out, at most a third of the length.")
        .number(Range::from(0.0), Dimension::InelasticLength)
        .default("3.0")
        .swept(),
    key("observables.cells", "Sides, in sites, of the cells over which transmissions are summed for their correlation function.")
        .takes(Form::Integers(Range::from(1.0), true))
        .default("[]"),
];

const ENSEMBLE: &[Key] = &ensemble::keys(OBSERVABLES, "\"heat_rms_box\"", "40");
const WIDE_BAND_PROBES: &[Condition] = &[Is("probes.kind", &["wide-band"])];
const CHAIN_PROBES: &[Condition] = &[Is("probes.kind", &["chain"])];

const KIND_NAMES: &[Choice] = &[choice(NAME, DOC)];
const PROBES: &[Choice] = &[
    choice("wide-band", "level width that does not depend on energy"),
    choice("chain", "semi-infinite one-dimensional chain"),
];
const ROUTES: &[Choice] = &[
    choice("auto", "the cheapest that can answer"),
    choice("recursive", "block recursion, all transmissions"),
    choice("sweep", "matrix-free conjugate gradients"),
    choice("nested-dissection", "sparse factorisation, all transmissions"),
    choice("dense", "full inverse, for checks"),
];
const PRECISIONS: &[Choice] = &[
    choice("double", "rounding of 1e-16"),
    choice(
        "single",
        "potentials off by 1e-8 to 2e-5 of the bias, heats by 1e-7 to 2e-4 of the largest; the audit measures it",
    ),
];
const OBSERVABLES: &[Choice] = &[
    choice("conductance", "conductance between the leads"),
    choice("conductivity", "conductivity from the interior slope of the potential"),
    choice("density_of_states", "density of states per site"),
    choice("diffusion_constant", "diffusion constant"),
    choice("inelastic_length", "inelastic length L_in"),
    choice("heat_rms_site", "rms heat per site"),
    choice("heat_rms_box", "rms of the heat averaged over boxes"),
    choice("heat_prefactor", "rms of the box heat in units of gradient L_in/(2 pi D)"),
    choice("temperature_rms", "rms local temperature; needs probes that measure it"),
];
