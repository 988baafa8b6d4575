//! The kind `spin-fluctuations`: ensembles of microscopic models of a dirty two-dimensional metal, against the theory of its spin droplets.

use super::key::{Choice, Dimension, Form, Key, Number, Range, choice, key};
use super::{Condition, Condition::Is, Kind, ensemble};
use crate::settings::{Settings, SpinFluctuations};

const NAME: &str = "spin-fluctuations";
const DOC: &str = "Ensembles of microscopic models of a dirty two-dimensional metal: how its thermodynamic potential and its spin susceptibility fluctuate, and how spins polarise locally near the Stoner instability.";

pub(super) const KIND: Kind = Kind {
    name: NAME,
    doc: DOC,
    sections: &[
        (
            "model",
            "Electrons on a square lattice without edges (a torus). Lengths are in sites. Energies are in units of the hopping of the Anderson model, or of the self-energy 1/2 tau of the orbital model, whose spectrum is the semicircle from -2 to 2; the chemical potential is in the middle of the band.",
        ),
        ("temperature", "Temperature of the electrons."),
        ("fluctuations", "What is computed."),
        (
            "potential",
            "The grand potential of electrons of both spins in a field a psi(x) along the spin, psi a Gaussian of unit square: how its variance over samples counts rings of diffusons.",
        ),
        (
            "susceptibility",
            "The non-local static spin susceptibility of each sample, from its levels or Green functions; less its mean it is the random part F_1 of the inverse susceptibility.",
        ),
        (
            "interaction",
            "The non-local susceptibility on two equal profiles and between them: F^(1), F^(2) and F^(12), which say whether two droplets align. Their covariances tell one counting of diagrams from another.",
        ),
        (
            "droplets",
            "Local spin polarisation, self-consistent in every sample, at an interaction that leaves the average metal a paramagnet.",
        ),
        ("ensemble", "Average over disorder."),
    ],
    groups: &[
        TOP,
        MODEL,
        TEMPERATURE,
        FLUCTUATIONS,
        POTENTIAL,
        SUSCEPTIBILITY,
        INTERACTION,
        DROPLETS,
        ENSEMBLE,
    ],
    energy_scale: None,
    most_points: 1000,
    settings: |view| SpinFluctuations::new(view).map(Settings::SpinFluctuations),
};

const TOP: &[Key] = &[
    key("title", "What the study is about; it heads tables, figures and the report.")
        .optional("the kind is used instead", "\"How many diagrams fluctuate\""),
    key("kind", "The question asked.").takes(Form::Choice(KIND_NAMES)).required("\"spin-fluctuations\""),
];

const MODEL: &[Key] = &[
    key("model.kind", "The microscopic model.").takes(Form::Choice(MODELS)).default("\"orbitals\""),
    key("model.size", "Sites along each side.")
        .takes(Form::Integer(Range::within(3.0, 64.0)))
        .default("8")
        .swept(),
    key("model.orbitals", "Orbitals per site; the conductance is 8 times their number times the hopping.")
        .takes(Form::Integer(Range::within(1.0, 256.0)))
        .when(ORBITALS)
        .default("8")
        .swept(),
    key(
        "model.hopping",
        "Hopping J_1: variance of the matrix elements to each neighbour, summed over orbitals; half the diffusion constant. The four of them leave 1 - 4 J_1 for the site itself.",
    )
    .number(Range { low: std::ops::Bound::Excluded(0.0), high: std::ops::Bound::Included(0.25) }, Dimension::Pure)
    .when(ORBITALS)
    .default("0.2")
    .swept(),
    key("model.time_reversal", "Whether electrons know the direction of time.")
        .takes(Form::Choice(TIME_REVERSAL))
        .when(ORBITALS)
        .default("\"unbroken\"")
        .swept(),
    key("model.width", "Full width W of the box that on-site energies are drawn from.")
        .number(Range::above(0.0), Dimension::Pure)
        .when(ANDERSON)
        .default("4.0")
        .swept(),
    key("model.energy", "Fermi energy. In the middle of the band, 0, the clean lattice has its van Hove singularity.")
        .number(Range::between(-4.0, 4.0), Dimension::Pure)
        .when(ANDERSON)
        .default("-1.0")
        .swept(),
];

const TEMPERATURE: &[Key] = &[key(
    "temperature.kT",
    "Temperature. 2 pi kT should be above the spacing of levels, and not above the Thouless energy D (2 pi/L)^2.",
)
.number(Range::above(0.0), Dimension::Pure)
.default("0.05")
.swept()];

const FLUCTUATIONS: &[Key] = &[key("fluctuations.compute", "What is computed.")
    .takes(Form::Choice(COMPUTE))
    .required("\"grand-potential\"")];

const POTENTIAL: &[Key] = &[
    key(
        "potential.fields",
        "Fields a, energies times sites; the potential at zero field is computed in any case.",
    )
    .takes(Form::List(Number { range: Range::above(0.0), dimension: Dimension::Pure }))
    .when(PROOF)
    .default("[0.1, 0.25, 0.5]"),
    key("potential.radius", "Radius R of the profile exp(-x^2/R^2), in sites.")
        .number(Range::above(0.0), Dimension::Pure)
        .when(PROOF)
        .default("2.0")
        .swept(),
];

const SUSCEPTIBILITY: &[Key] = &[
    key("susceptibility.modes", "Numbers of lowest Fourier modes onto which F_1 is projected; full shells of wave numbers have 5, 9, 13, 21, 25.")
        .takes(Form::Integers(Range::within(1.0, 25.0), false))
        .when(LATTICE)
        .default("[5, 9, 13, 21]"),
    key("susceptibility.subspace", "Which of them table, verdict and figures of the exponential law use.")
        .takes(Form::Integer(Range::within(1.0, 25.0)))
        .when(LATTICE)
        .default("9"),
    key("susceptibility.radii", "Radii R of Gaussian profiles onto which F_1 is projected, in sites.")
        .takes(Form::List(Number { range: Range::above(0.0), dimension: Dimension::Pure }))
        .when(LATTICE)
        .default("[1.0, 1.5, 2.0, 2.5, 3.0, 4.0]"),
    key("susceptibility.surrogates", "Gaussian matrices with the covariance of the rings of diffusons with which distributions are compared.")
        .takes(Form::Integer(Range::within(100.0, 1e8)))
        .when(LATTICE)
        .default("50_000"),
    key("susceptibility.tail", "Share of samples, those of the lowest eigenvalues, whose fall gives the slope of the tail.")
        .number(Range::between(0.0, 0.5), Dimension::Pure)
        .when(LATTICE)
        .default("0.1"),
];

const INTERACTION: &[Key] = &[
    key("interaction.radius", "Radius R of the profiles exp(-x^2/R^2), in sites.")
        .number(Range::above(0.0), Dimension::Pure)
        .when(PAIRS)
        .default("2.0")
        .swept(),
    key("interaction.modes", "Lowest Fourier modes that the profiles are made of; full shells of wave numbers have 5, 9, 13, 21, 25, 29, 37. Shorter waves, which no theory of diffusion describes, are left out of them.")
        .takes(Form::Integer(Range::within(1.0, 1000.0)))
        .when(PAIRS)
        .default("21"),
    key("interaction.distances", "Distances L between the two along a side, in sites.")
        .takes(Form::Integers(Range::within(1.0, 32.0), false))
        .when(PAIRS)
        .default("[2, 3, 4]"),
];

const DROPLETS: &[Key] = &[
    key("droplets.triplet", "Triplet constant F_0; the average metal becomes unstable at -1.")
        .number(Range::between(-1.0, 0.0), Dimension::Pure)
        .when(POLARISED)
        .default("-0.95")
        .swept(),
    key("droplets.modes", "Lowest Fourier modes that the exchange field is made of; full shells of wave numbers have 5, 9, 13, 21, 25. Shorter waves are left as in the average metal: single sites, which no theory of diffusion describes, would polarise first.")
        .takes(Form::Integer(Range::within(1.0, 1000.0)))
        .when(POLARISED)
        .default("9"),
    key("droplets.reference", "Realisations of disorder, none of them a sample, from which the mean susceptibility of each mode is taken.")
        .takes(Form::Integer(Range::within(2.0, 100_000.0)))
        .when(POLARISED)
        .default("40"),
];

const ENSEMBLE: &[Key] = &ensemble::keys(OBSERVABLES, "\"ratio\"", "400");

const ORBITALS: &[Condition] = &[Is("model.kind", &["orbitals"])];
const ANDERSON: &[Condition] = &[Is("model.kind", &["anderson"])];
const PROOF: &[Condition] = &[Is("fluctuations.compute", &["grand-potential"])];
const LATTICE: &[Condition] = &[Is("fluctuations.compute", &["susceptibility"])];
const PAIRS: &[Condition] = &[Is("fluctuations.compute", &["interaction"])];
const POLARISED: &[Condition] = &[Is("fluctuations.compute", &["droplets"])];

const KIND_NAMES: &[Choice] = &[choice(NAME, DOC)];
const MODELS: &[Choice] = &[
    choice(
        "orbitals",
        "many orbitals per site, Gaussian matrix elements within a site and to its neighbours (Wegner): diffusion constant and density of states are known",
    ),
    choice("anderson", "one orbital per site, hopping 1 to neighbours, random on-site energies"),
];
const TIME_REVERSAL: &[Choice] = &[
    choice("unbroken", "real matrix elements: diffusons and Cooperons"),
    choice("broken", "complex matrix elements: diffusons alone, as in a magnetic field"),
];
const COMPUTE: &[Choice] = &[
    choice(
        "grand-potential",
        "covariance of the grand potential in a field, against the sum over rings of diffusons: how many rings there are",
    ),
    choice(
        "susceptibility",
        "distribution of the lowest eigenvalue of F_1, against rings of diffusons and against the exponential law of droplets",
    ),
    choice(
        "interaction",
        "covariances of F_1 on two places and between them, against rings of diffusons: which of them there are",
    ),
    choice("droplets", "self-consistent droplets: how often, how large, of which spin"),
];
const OBSERVABLES: &[Choice] = &[
    choice("ratio", "measured variance over the prediction"),
    choice("droplet_share", "share of samples with a droplet"),
];
