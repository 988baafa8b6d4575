//! The kind `fluctuators`: defects that move in a contact, their energies and the conductance that goes with them.

use super::Condition::{self, Is};
use super::key::{Choice, Dimension, Form, Key, Range, choice, key};
use super::{Kind, ensemble};
use crate::settings::{Fluctuators, Settings};

const NAME: &str = "fluctuators";
const DOC: &str = "Energy and conductance of a defect that moves among other scatterers in a point contact, averaged over their places: whether positions of higher energy conduct better, and what occupying them does to the conductance with temperature and bias.";

pub(super) const KIND: Kind = Kind {
    name: NAME,
    doc: DOC,
    sections: &[
        (
            "contact",
            "The contact, and how electrons are scattered in it. Lengths are in 1/k_F, energies in the Fermi energy e_F, measured from the bottom of the band.",
        ),
        (
            "lattice",
            "The contact on a lattice: a constriction between wide leads. Lengths are in lattice constants a.",
        ),
        ("scatterers", "The fixed scatterers, at random places."),
        ("mobile", "The defect that moves."),
        ("electrons", "The electrons that dress it."),
        (
            "bath",
            "What occupies its positions: one abscissa for the temperature without bias and for the bias. Energies are in the rms splitting of two positions at the point.",
        ),
        ("fit", "Part of a curve from which an exponent is taken, in rms splittings."),
        ("ensemble", "Average over the places of scatterers."),
    ],
    groups: &[TOP, CONTACT, LATTICE, SCATTERERS, MOBILE, ELECTRONS, BATH, ENSEMBLE],
    energy_scale: None,
    most_points: 1000,
    settings: |view| Fluctuators::new(view).map(Settings::Fluctuators),
};

const TOP: &[Key] = &[
    key("title", "What the study is about; it heads tables, figures and the report.")
        .optional("the kind is used instead", "\"Defects that move in a point contact\""),
    key("kind", "The question asked.").takes(Form::Choice(KIND_NAMES)).required("\"fluctuators\""),
];

const CONTACT: &[Key] = &[
    key("contact.model", "How electrons are scattered.")
        .takes(Form::Choice(MODELS))
        .default("\"multiple-scattering\"")
        .swept(),
    key("contact.law", "What is known of two scatterers.")
        .takes(Form::Choice(LAWS))
        .when(PAIRS)
        .default("\"asymptotic\"")
        .swept(),
    key("contact.radius", "Radius of the ball that holds the fixed scatterers, well inside a wider contact, with the defect that moves at its centre.")
        .number(Range::above(0.0), Dimension::Pure)
        .when(CONTINUUM)
        .default("25.0")
        .swept(),
    key("contact.hollow", "Radius of a smaller ball around the centre, without fixed scatterers.")
        .number(Range::from(0.0), Dimension::Pure)
        .when(CONTINUUM)
        .default("0.0")
        .swept(),
    key("contact.wall", "Length of a cylinder around the axis of the contact, of the radius given, whose wall holds the fixed scatterers: a rough boundary.")
        .number(Range::above(0.0), Dimension::Pure)
        .when(WALL)
        .optional("they are anywhere in the ball", "50.0")
        .swept(),
    key("contact.closest", "Least distance between two scatterers.")
        .number(Range::from(0.0), Dimension::Pure)
        .when(CONTINUUM)
        .default("8.0")
        .swept(),
];

const LATTICE: &[Key] = &[
    key("lattice.shape", "The constriction.").takes(Form::Choice(SHAPES)).when(ON_LATTICE).default("\"hole\"").swept(),
    key("lattice.dimension", "Dimensions of the lattice: square or cubic.")
        .takes(Form::Integer(Range::within(2.0, 3.0)))
        .when(ON_LATTICE)
        .default("3")
        .swept(),
    key("lattice.width", "Sites across the leads, in each direction.")
        .takes(Form::Integer(Range::within(1.0, 1000.0)))
        .when(ON_LATTICE)
        .default("11")
        .swept(),
    key("lattice.opening", "Sites across the narrow part, in each direction.")
        .takes(Form::Integer(Range::within(3.0, 1000.0)))
        .when(ON_LATTICE)
        .default("7")
        .swept(),
    key("lattice.length", "Slices of the constriction.")
        .takes(Form::Integer(Range::within(3.0, 10_000.0)))
        .when(ON_LATTICE)
        .default("9")
        .swept(),
    key("lattice.energy", "Fermi energy on the scale of the band, in t; e_F is its distance from the bottom, 4 t or 6 t below the middle.")
        .number(Range::between(-6.0, 6.0), Dimension::Energy)
        .when(ON_LATTICE)
        .default("-4.6")
        .swept(),
    key("lattice.closest", "Least distance of a fixed scatterer from any other scatterer; two are never on one site.")
        .number(Range::from(0.0), Dimension::Pure)
        .when(ON_LATTICE)
        .default("0.0")
        .swept(),
    key("lattice.part", "What is told of energies and conductances.")
        .takes(Form::Choice(PARTS))
        .when(ON_LATTICE)
        .default("\"total\"")
        .swept(),
    key("lattice.blocked", "Share of the sites next to a wall that are blocked, others in every sample: a rough wall. Every sample is then a contact of its own.")
        .number(Range::within(0.0, 1.0), Dimension::Pure)
        .when(ON_LATTICE)
        .default("0.0")
        .swept(),
];

const SCATTERERS: &[Key] = &[
    key("scatterers.number", "Number of fixed scatterers.")
        .takes(Form::Integer(Range::within(0.0, 10_000.0)))
        .default("11")
        .swept(),
    key("scatterers.phase_shift", "Phase shift of the fixed scatterers at the Fermi energy, in degrees; positive for attraction. On a lattice it is turned into a site energy by the Green function averaged over the inner sites of the constriction.")
        .number(Range::within(-90.0, 90.0), Dimension::Pure)
        .required("20.0")
        .swept(),
];

const MOBILE: &[Key] = &[
    key("mobile.phase_shift", "Phase shift of the defect that moves, in degrees.")
        .number(Range::within(-90.0, 90.0), Dimension::Pure)
        .optional("that of the fixed scatterers", "5.0")
        .swept(),
    key("mobile.positions", "Number of its positions.")
        .takes(Form::Integer(Range::within(2.0, 1000.0)))
        .default("2")
        .swept(),
    key(
        "mobile.step",
        "Distance between two neighbouring positions; on a lattice they are neighbouring sites.",
    )
    .number(Range::above(0.0), Dimension::Pure)
    .when(CONTINUUM)
    .default("2.5")
    .swept(),
    key("mobile.hops", "Which positions it hops between.")
        .takes(Form::Choice(HOPS))
        .default("\"any\"")
        .swept(),
];

const ELECTRONS: &[Key] = &[
    key("electrons.temperature", "Thermal energy kT of the electrons that dress the defect, in e_F.")
        .number(Range::within(0.0, 0.03), Dimension::Pure)
        .when(COHERENT)
        .default("0.0")
        .swept(),
    key("electrons.flux", "Magnetic flux in flux quanta h/e, of a field across the current: through a cross-section of the ball, or through length x opening of the lattice.")
        .number(Range::ANY, Dimension::Pure)
        .when(COHERENT)
        .default("0.0")
        .swept(),
    key("electrons.fermi_energy", "The Fermi energy, for splittings in kelvin.")
        .number(Range::above(0.0), Dimension::EnergyScale)
        .optional("splittings in e_F alone", "\"7 eV\""),
];

const BATH: &[Key] = &[
    key("bath.from", "Lowest temperature kT, and lowest bias eV.")
        .number(Range::above(0.0), Dimension::Pure)
        .default("0.01"),
    key("bath.to", "Highest temperature kT, and highest bias eV.")
        .number(Range::above(0.0), Dimension::Pure)
        .default("10.0"),
    key("bath.points", "Number of temperatures and of biases, in equal ratios.")
        .takes(Form::Integer(Range::within(3.0, 10_000.0)))
        .default("31"),
    key("bath.temperature", "Thermal energy kT of the bath under bias.")
        .number(Range::from(0.0), Dimension::Pure)
        .default("0.0")
        .swept(),
    key("bath.crossover", "Energy E* above which phonons take the energy of the defect sooner than electrons do.")
        .number(Range::above(0.0), Dimension::Pure)
        .optional("no phonons", "0.02")
        .swept(),
    key("bath.left", "Share of the directions, seen from the defect, that come from the left reservoir; 0.5 at the centre of the contact.")
        .number(Range::within(0.0, 1.0), Dimension::Pure)
        .default("0.5")
        .swept(),
    key("fit.of", "The curve whose exponent is fitted.")
        .takes(Form::Choice(CURVES))
        .default("\"temperature\""),
    key("fit.from", "Lowest temperature or bias of the fit.")
        .number(Range::above(0.0), Dimension::Pure)
        .default("0.02"),
    key("fit.to", "Highest temperature or bias of the fit.")
        .number(Range::above(0.0), Dimension::Pure)
        .default("0.16"),
];

const ENSEMBLE: &[Key] = &ensemble::keys(OBSERVABLES, "\"correlation\"", "2000");

const CONTINUUM: &[Condition] = &[Is("contact.model", &["pairs", "multiple-scattering"])];
const WALL: &[Condition] = &[CONTINUUM[0], Condition::NotGiven("contact.hollow")];
const PAIRS: &[Condition] = &[Is("contact.model", &["pairs"])];
const ON_LATTICE: &[Condition] = &[Is("contact.model", &["lattice"])];
const COHERENT: &[Condition] = &[Is("contact.model", &["multiple-scattering", "lattice"])];

const KIND_NAMES: &[Choice] = &[choice(NAME, DOC)];
const MODELS: &[Choice] = &[
    choice("pairs", "point scatterers in a wide ballistic contact, two at a time (Eqs. 4 to 6)"),
    choice("multiple-scattering", "the same, all of them together, exactly"),
    choice("lattice", "a constriction of a tight-binding lattice, exactly"),
];
const SHAPES: &[Choice] = &[
    choice("hole", "a hole in the wall between the leads; a wire where it is as wide as they are"),
    choice("horn", "smoothly wider towards the leads on both sides"),
];
const PARTS: &[Choice] = &[
    choice("total", "all of them: what walls do to a position included"),
    choice("interaction", "what fixed scatterers add to them, as in the continuum, which has no walls"),
];
const LAWS: &[Choice] = &[
    choice("exact", "all multiple scattering between the two, at any distance"),
    choice("asymptotic", "far apart and oblique to the axis, for any phase shifts"),
    choice("born", "second-order perturbation theory, at any distance"),
    choice("cosine", "cos(2 k_F R) over R^3 and R^2, the law of the paper"),
];
const HOPS: &[Choice] = &[
    choice("any", "from any position to any other"),
    choice("neighbours", "between neighbouring positions"),
];
const CURVES: &[Choice] =
    &[choice("temperature", "against temperature, without bias"), choice("bias", "against bias")];
const OBSERVABLES: &[Choice] = &[
    choice("correlation", "correlation coefficient of energy and conductance"),
    choice("upper_less_lower", "mean conductance of the upper less that of the lower position"),
    choice("splitting_rms", "rms splitting of two positions"),
    choice("saturation", "conductance with all positions equally occupied less that of the ground state"),
];
