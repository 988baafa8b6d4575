//! The kind `local-heat`: local Peltier heat, potentials and temperatures of a disordered conductor with probes.

use super::key::{Choice, Condition, Dimension, Form, Key, Number, Range, key};
use super::{Condition::Given, Condition::Is, Condition::NotGiven, Kind};
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
    keys: KEYS,
    energy_scale: "conductor.hopping",
    most_points: 10_000,
    settings: |view| LocalHeat::new(view).map(Settings::LocalHeat),
};

const KEYS: &[Key] = &[
    key("title", "What the study is about; it heads tables, figures and the report.")
        .optional("the kind is used instead", "\"Local Peltier heat in a dirty strip\""),
    key("kind", "The question asked.").takes(Form::Choice(KIND_NAMES)).required("\"local-heat\""),
    // the conductor
    key("conductor.lattice", "The lattice.").takes(Form::Choice(LATTICES)).default("\"square\"").swept(),
    key("conductor.length", "Number of slices along the current.")
        .takes(Form::Integer(Range::from(2.0)))
        .required("60")
        .swept(),
    key("conductor.width", "Number of sites across the current, in the plane of the strip.")
        .takes(Form::Integer(Range::from(1.0)))
        .required("20")
        .swept(),
    key("conductor.height", "Number of layers of a bar.")
        .takes(Form::Integer(Range::from(1.0)))
        .when(&[Is("conductor.lattice", &["cubic"])])
        .required("10")
        .swept(),
    key("conductor.boundary", "What happens at the sides of the conductor, across the current.")
        .takes(Form::Choice(BOUNDARIES))
        .default("\"hard-wall\"")
        .swept(),
    key("conductor.energy", "Fermi energy, measured from the centre of the clean band.")
        .number(Range::ANY, Dimension::Energy)
        .required("-1.3")
        .swept(),
    key("conductor.flux", "Magnetic flux quanta per plaquette, normal to the strip; none in the leads.")
        .number(Range::ANY, Dimension::Flux)
        .default("0.0")
        .swept(),
    key("conductor.hopping", "The hopping t in physical units; with it, energies may be given with a unit and temperatures in kelvin.")
        .number(Range::above(0.0), Dimension::EnergyScale)
        .optional("all energies are in units of t", "\"50 meV\""),
    key("conductor.lattice_constant", "The lattice constant a in physical units.")
        .number(Range::above(0.0), Dimension::LengthScale)
        .optional("all lengths are in units of a", "\"0.5 nm\""),
    // disorder
    key("disorder.kind", "Distribution of the on-site energies.").takes(Form::Choice(DISORDERS)).required("\"box\"").swept(),
    key("disorder.width", "Full width W of the box distribution on [-W/2, W/2].")
        .number(Range::from(0.0), Dimension::Energy)
        .when(&[Is("disorder.kind", &["box"])])
        .required("2.5")
        .swept(),
    key("disorder.deviation", "Standard deviation of the Gaussian distribution.")
        .number(Range::from(0.0), Dimension::Energy)
        .when(&[Is("disorder.kind", &["gaussian"])])
        .required("0.7")
        .swept(),
    key("disorder.file", "Text file with one on-site energy per site (in t), in site order, relative to the study file; commas or blanks between.")
        .takes(Form::File)
        .when(&[Is("disorder.kind", &["values"])])
        .optional("the energies are listed in disorder.values", "\"energies.csv\""),
    key("disorder.values", "On-site energies, one per site, in site order: along z, then y, then x, which follows the current.")
        .takes(Form::Numbers(Number { range: Range::ANY, dimension: Dimension::Energy }))
        .when(&[Is("disorder.kind", &["values"]), NotGiven("disorder.file")])
        .required("[0.1, -0.4, 0.3, 0.0]"),
    // leads
    key("leads.kind", "The real leads.").takes(Form::Choice(LEADS)).default("\"strip\"").swept(),
    key("leads.coupling", "Level width Gamma of each end site due to a wide-band lead.")
        .number(Range::above(0.0), Dimension::Energy)
        .when(&[Is("leads.kind", &["wide-band"])])
        .required("2.0")
        .swept(),
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
    key("probes.sites", "Sites that carry a probe, as indices from 0 in site order.")
        .takes(Form::Or(
            Choice { name: "all", doc: "every site" },
            &Form::Integers(Range::from(0.0), false),
        ))
        .default("\"all\""),
    key("probes.measure", "What a probe adjusts so that it draws no net flow: its potential (no current), or also its temperature (no heat).")
        .takes(Form::Subset(MEASURES))
        .default("[\"voltage\"]"),
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
    // ensemble
    key("ensemble.relative_error", "Relative standard error of one observable at which sampling stops.")
        .number(Range::between(0.0, 1.0), Dimension::Pure)
        .optional("the number of samples is given", "0.02"),
    key("ensemble.of", "The observable whose error decides.")
        .takes(Form::Choice(OBSERVABLES))
        .when(TO_AN_ERROR)
        .default("\"heat_rms_box\""),
    key("ensemble.max_samples", "Number of samples per point after which sampling stops in any case.")
        .takes(Form::Integer(Range::within(2.0, MOST_SAMPLES)))
        .when(TO_AN_ERROR)
        .default("1000"),
    key("ensemble.samples", "Number of samples per point.")
        .takes(Form::Integer(Range::within(1.0, MOST_SAMPLES)))
        .when(&[NotGiven("ensemble.relative_error")])
        .default("40"),
    key("ensemble.seed", "Seed of the random numbers; sample n has the same disorder at every point of a sweep.")
        .takes(Form::Integer(Range::from(0.0)))
        .default("1992"),
];

const MOST_SAMPLES: f64 = 10_000_000.0;
const WIDE_BAND_PROBES: &[Condition] = &[Is("probes.kind", &["wide-band"])];
const CHAIN_PROBES: &[Condition] = &[Is("probes.kind", &["chain"])];
const TO_AN_ERROR: &[Condition] = &[Given("ensemble.relative_error")];

const fn choice(name: &'static str, doc: &'static str) -> Choice {
    Choice { name, doc }
}

const KIND_NAMES: &[Choice] = &[choice(NAME, DOC)];
const LATTICES: &[Choice] = &[
    choice("square", "strip of the square lattice"),
    choice("cubic", "bar of the simple cubic lattice"),
    choice("honeycomb-zigzag", "honeycomb strip with zigzag edges"),
    choice("honeycomb-armchair", "honeycomb strip with armchair edges"),
];
const BOUNDARIES: &[Choice] = &[
    choice("hard-wall", "the wave function vanishes beyond the last row"),
    choice("periodic", "the last row is joined to the first"),
];
const DISORDERS: &[Choice] = &[
    choice("none", "clean"),
    choice("box", "independent and uniform"),
    choice("gaussian", "independent and normal"),
    choice("values", "given one by one"),
];
const LEADS: &[Choice] = &[
    choice("strip", "clean semi-infinite continuations of the conductor"),
    choice("wide-band", "the same level width on every end site"),
];
const PROBES: &[Choice] = &[
    choice("wide-band", "level width that does not depend on energy"),
    choice("chain", "semi-infinite one-dimensional chain"),
];
const MEASURES: &[Choice] = &[choice("voltage", "no net current"), choice("temperature", "no net heat")];
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
