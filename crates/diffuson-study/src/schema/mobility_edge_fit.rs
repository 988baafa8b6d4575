//! The kind `mobility-edge-fit`: exponent and prefactor of a mobility edge from measured sigma(T) and S(T).

use super::key::{Choice, Column, Dimension, Form, Key, Range, choice, key};
use super::{Kind, fitting};
use crate::settings::{MobilityEdgeFit, Settings};

const NAME: &str = "mobility-edge-fit";
const DOC: &str = "Exponent and prefactor of a mobility edge from measured conductivity and thermopower of several samples against temperature.";

pub(super) const KIND: Kind = Kind {
    name: NAME,
    doc: DOC,
    sections: &[
        fitting::DATA,
        (
            "fit",
            "The law: sigma = c A T^x K_0(d/T) and |S| = g (k_B/e) K_1/K_0 (d/T) + s, with x and A common to all samples.",
        ),
        fitting::POSTERIOR,
    ],
    groups: &[KEYS, fitting::POSTERIOR_KEYS],
    energy_scale: None,
    most_points: 1,
    settings: |view| MobilityEdgeFit::new(view).map(Settings::MobilityEdgeFit),
};

const KEYS: &[Key] = &[
    key("title", "What the study is about; it heads tables, figures and the report.")
        .optional("the kind is used instead", "\"Indium oxide near its mobility edge\""),
    key("kind", "The question asked.").takes(Form::Choice(KIND_NAMES)).required("\"mobility-edge-fit\""),
    // data
    key("data.file", "The measurements, one temperature of one sample in a line; `diffuson fit` names it on the command line.")
        .takes(Form::Table(COLUMNS))
        .required("\"measurements.csv\""),
    fitting::from("0.5"),
    fitting::to("20.0"),
    fitting::relative_error("data.conductivity_error", "Relative standard error of the conductivity where the file has no errors of it.", "0.01"),
    fitting::relative_error("data.thermopower_error", "Relative standard error of the thermopower where the file has no errors of it.", "0.03"),
    key("data.thermopower_noise", "Absolute standard error of the thermopower, added in quadrature to that error or the file's.")
        .number(Range::above(0.0), Dimension::Thermopower)
        .optional("none", "1e-6"),
    // fit
    key("fit.method", "Which data the exponent is fitted to; the other methods are made beside it.")
        .takes(Form::Choice(METHODS))
        .default("\"joint\""),
    key("fit.curvature", "Whether sigma_0 = A eps^x (1 + b eps) is fitted with b.")
        .takes(Form::Choice(CURVATURES))
        .default("\"none\""),
    key("fit.geometry", "Relative standard error of a geometry factor that every sample has.")
        .number(Range::between(0.0, 10.0), Dimension::Pure)
        .optional("geometry is known exactly", "0.1"),
    key("fit.gain", "Relative standard error of a factor common to all thermopowers.")
        .number(Range::between(0.0, 10.0), Dimension::Pure)
        .optional("the thermometry is calibrated exactly", "0.05"),
    key("fit.offset", "Standard error of an offset common to all thermopowers.")
        .number(Range::above(0.0), Dimension::Thermopower)
        .optional("no offset", "2e-6"),
    key("fit.window", "Largest |S| that the log-log route of Eq. 41 uses.")
        .number(Range::above(0.0), Dimension::Thermopower)
        .default("3.45e-5"),
];

const COLUMNS: &[Column] = &[
    Column { name: "sample", aliases: &[], numbers: None, required: true },
    Column::numbers("temperature", &["T"], Range::above(0.0), Dimension::Kelvin, true),
    Column::numbers("conductivity", &["sigma"], Range::above(0.0), Dimension::Conductivity, false),
    Column::numbers("resistivity", &["rho"], Range::above(0.0), Dimension::Resistivity, false),
    Column::numbers("thermopower", &["S"], Range::ANY, Dimension::Thermopower, false),
];
const KIND_NAMES: &[Choice] = &[choice(NAME, DOC)];
const METHODS: &[Choice] = &[
    choice("joint", "conductivity and thermopower together"),
    choice("conductivity", "conductivity alone"),
    choice("thermopower", "thermopower alone"),
];
const CURVATURES: &[Choice] =
    &[choice("none", "the pure power law"), choice("fitted", "one more parameter, common to all samples")];
