//! The kind `scaling`: finite-size scaling of the Anderson transition.

use super::Condition::{Given, Is};
use super::key::{Choice, Dimension, Form, Key, Range, choice, key};
use super::{Condition, Kind, ensemble};
use crate::settings::{Scaling, Settings};

const NAME: &str = "scaling";
const DOC: &str = "The Anderson transition of a lattice: Lyapunov exponents or conductances against size and disorder (or energy), and a fit of mobility edge and exponent.";

pub(super) const KIND: Kind = Kind {
    name: NAME,
    doc: DOC,
    sections: &[
        (
            "lattice",
            "The lattice and its symmetry. Lengths are in lattice constants a, energies in the hopping t.",
        ),
        ("disorder", "Random on-site energies."),
        ("measure", "What is computed of each sample."),
        (
            "fit",
            "The finite-size scaling fit. The transition is driven by the key that is swept: disorder.width, disorder.deviation, or lattice.energy. Where disorder and energy are swept, one of them drives it: there is a fit at each value of the other, the mobility edge as a curve, and a joint fit with one exponent and one critical value for all.",
        ),
        (
            "transport",
            "Thermopower from the conductivity that was computed, where energy drives the transition, at one disorder.",
        ),
        ("ensemble", "Samples, all independent of each other."),
    ],
    groups: &[KEYS, ENSEMBLE],
    energy_scale: None,
    most_points: 10_000,
    settings: |view| Scaling::new(view).map(Settings::Scaling),
};

const KEYS: &[Key] = &[
    key("title", "What the study is about; it heads tables, figures and the report.")
        .optional("the kind is used instead", "\"Anderson transition in three dimensions\""),
    key("kind", "The question asked.").takes(Form::Choice(KIND_NAMES)).required("\"scaling\""),
    // lattice
    key("lattice.dimension", "Dimension of the lattice: simple cubic or square.")
        .takes(Form::Integer(Range::within(2.0, 3.0)))
        .default("3"),
    key(
        "lattice.size",
        "Size M: bars of M x M sites across (strips of M in two dimensions), or cubes of M sites a side.",
    )
    .takes(Form::Integer(Range::within(2.0, 64.0)))
    .required("6")
    .swept(),
    key("lattice.boundary", "What happens at the sides.")
        .takes(Form::Choice(BOUNDARIES))
        .default("\"periodic\"")
        .swept(),
    key("lattice.energy", "Energy, measured from the centre of the clean band.")
        .number(Range::ANY, Dimension::Energy)
        .default("0.0")
        .swept(),
    key("lattice.symmetry", "Symmetry class of the Hamiltonian.")
        .takes(Form::Choice(SYMMETRIES))
        .default("\"orthogonal\""),
    // disorder
    key("disorder.kind", "Distribution of the on-site energies.")
        .takes(Form::Choice(DISORDERS))
        .default("\"box\""),
    key("disorder.width", "Full width W of the box distribution on [-W/2, W/2].")
        .number(Range::from(0.0), Dimension::Energy)
        .when(&[Is("disorder.kind", &["box"])])
        .required("16.5")
        .swept(),
    key("disorder.deviation", "Standard deviation of the Gaussian distribution.")
        .number(Range::from(0.0), Dimension::Energy)
        .when(&[Is("disorder.kind", &["gaussian"])])
        .required("6.1")
        .swept(),
    // measure
    key("measure.quantity", "What is computed of each sample.")
        .takes(Form::Choice(QUANTITIES))
        .default("\"lyapunov\""),
    key("measure.slices", "Length of a bar; the relative error of one sample is some 0.65 sqrt(size/slices).")
        .takes(Form::Integer(Range::within(2_000.0, 1e12)))
        .when(LYAPUNOV)
        .default("100000"),
    // fit
    key("fit.driven_by", "What drives the transition; required where disorder and energy are both swept.")
        .takes(Form::Choice(DRIVING))
        .optional("the one of them that is swept", "\"energy\""),
    key("fit.from", "Lowest disorder, or energy, that takes part in the fit: expansions hold near the transition only.")
        .number(Range::ANY, Dimension::Energy)
        .optional("the lowest that is swept", "15.0"),
    key("fit.to", "Highest disorder, or energy, that takes part in the fit.")
        .number(Range::ANY, Dimension::Energy)
        .optional("the highest that is swept", "18.0"),
    key("fit.value_from", "Lowest value of what is fitted, Gamma or the mean of ln g, averaged over sizes, with which a disorder or an energy takes part. A range of values about the critical one, which is universal, follows a mobility edge that moves; a range from fit.from to fit.to does not.")
        .number(Range::ANY, Dimension::Pure)
        .optional("no limit", "1.4"),
    key("fit.value_to", "Highest value of what is fitted, averaged over sizes, with which a disorder or an energy takes part.")
        .number(Range::ANY, Dimension::Pure)
        .optional("no limit", "2.1"),
    key("fit.smallest_size", "Smaller sizes are left out of the fit.")
        .takes(Form::Integer(Range::from(2.0)))
        .default("4"),
    key("fit.irrelevant", "Order of the irrelevant scaling variable, which makes small sizes deviate from one curve; zero for none.")
        .takes(Form::Integer(Range::within(0.0, 2.0)))
        .default("1"),
    key("fit.irrelevant_exponent", "What is known of the irrelevant exponent y from elsewhere; it then counts as a measurement.")
        .number(Range::between(-20.0, 0.0), Dimension::Pure)
        .optional("y is fitted from the data alone", "-3.0"),
    key("fit.irrelevant_exponent_error", "Standard error of that knowledge.")
        .number(Range::above(0.0), Dimension::Pure)
        .when(&[Given("fit.irrelevant_exponent")])
        .default("1.0"),
    // transport
    key("transport.distance", "Distance d of the chemical potential from the mobility edge, inside the extended states, in three dimensions.")
        .number(Range::above(0.0), Dimension::Energy)
        .optional("no thermopower is computed", "0.5"),
    key("transport.from", "Lowest temperature, in units of d.")
        .number(Range::above(0.0), Dimension::Pure)
        .when(TRANSPORT)
        .default("0.05"),
    key("transport.to", "Highest temperature, in units of d; as far as the computed energies reach.")
        .number(Range::above(0.0), Dimension::Pure)
        .when(TRANSPORT)
        .default("2.0"),
    key("transport.points", "Number of temperatures.")
        .takes(Form::Integer(Range::within(2.0, 10_000.0)))
        .when(TRANSPORT)
        .default("40"),
    key("transport.smallest_size", "Smallest size from which the conductivity deep in the metal is taken, as the slope of the conductance, or of 1/Gamma, against size.")
        .takes(Form::Integer(Range::from(2.0)))
        .when(TRANSPORT)
        .default("6"),
];

const ENSEMBLE: &[Key] = &ensemble::keys(OBSERVABLES, "\"gamma\"", "20");
const TRANSPORT: &[Condition] = &[Given("transport.distance")];
const LYAPUNOV: &[Condition] = &[Is("measure.quantity", &["lyapunov"])];
const KIND_NAMES: &[Choice] = &[choice(NAME, DOC)];
const BOUNDARIES: &[Choice] = &[
    choice("periodic", "the last row is joined to the first"),
    choice("hard-wall", "the wave function vanishes beyond the last row"),
];
const DRIVING: &[Choice] = &[
    choice("energy", "transitions in energy, at each disorder"),
    choice("disorder", "transitions in disorder, at each energy"),
];
const SYMMETRIES: &[Choice] = &[
    choice("orthogonal", "time-reversal symmetric, no spin"),
    choice("unitary", "time reversal broken by random magnetic flux"),
    choice("symplectic", "random spin-orbit coupling, time-reversal symmetric"),
];
const DISORDERS: &[Choice] =
    &[choice("box", "independent and uniform"), choice("gaussian", "independent and normal")];
const QUANTITIES: &[Choice] = &[
    choice("lyapunov", "Gamma = M gamma, gamma the smallest positive Lyapunov exponent of a long bar"),
    choice("conductance", "conductance of a cube between two leads"),
];
const OBSERVABLES: &[Choice] = &[
    choice("gamma", "Gamma = M gamma of bars"),
    choice("conductance", "mean conductance of cubes"),
    choice("log_conductance", "mean of the logarithm of the conductance of cubes"),
];
