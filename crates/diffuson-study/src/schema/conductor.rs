//! Sections that kinds of study about a lattice conductor share: the conductor, its disorder, its leads.

use super::Condition::{Is, NotGiven};
use super::key::{Choice, Dimension, Form, Key, Number, Range, choice, key};

/// The key of the energy scale.
pub(super) const ENERGY_SCALE: &str = "conductor.hopping";

/// The clean conductor.
pub(super) const CONDUCTOR: &[Key] = &[
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
];

/// On-site energies.
pub(super) const DISORDER: &[Key] = &[
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
];

/// The real leads.
pub(super) const LEADS: &[Key] = &[
    key("leads.kind", "The real leads.").takes(Form::Choice(LEAD_KINDS)).default("\"strip\"").swept(),
    key("leads.coupling", "Level width Gamma of each end site due to a wide-band lead.")
        .number(Range::above(0.0), Dimension::Energy)
        .when(&[Is("leads.kind", &["wide-band"])])
        .required("2.0")
        .swept(),
];

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
const LEAD_KINDS: &[Choice] = &[
    choice("strip", "clean semi-infinite continuations of the conductor"),
    choice("wide-band", "the same level width on every end site"),
];
