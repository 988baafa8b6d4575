//! Settings of a study of kind `point-contact`: energies in kT, temperature in K, current in nA, voltage in V.

use super::conductor::rules::problem;
use super::{Missing, Problem};
use crate::study::View;
use diffuson::kinetics::{Closure, InelasticRatio, Law, RateLaw};

/// All settings of one point of a `point-contact` study.
#[derive(Clone, Debug, PartialEq)]
pub struct PointContact {
    /// Bottoms of the sub-bands, in kT; the same at all points.
    pub thresholds: Vec<f64>,
    /// Temperature in K.
    pub temperature: f64,
    /// How often electrons collide.
    pub rates: RateLaw,
    /// Where inelastic scattering returns electrons to.
    pub closure: Closure,
    /// Chemical potentials in kT, ascending; the same at all points.
    pub gates: Vec<f64>,
    /// What is held constant.
    pub drive: ContactDrive,
    /// Angular frequency of further noise, in v_T/L.
    pub frequency: Option<f64>,
}

/// What is held constant while the gate is swept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ContactDrive {
    /// Nothing flows.
    None,
    /// A current, in nA.
    Current(f64),
    /// A voltage, in V.
    Voltage(f64),
}

impl PointContact {
    pub(crate) fn new(view: &View<'_>) -> Result<Self, Missing> {
        let (from, to) = (view.number("gate.from")?, view.number("gate.to")?);
        let points = view.count("gate.points")?;
        let at = |k: usize| from + (to - from) * k as f64 / (points - 1) as f64;
        let law = match view.word("contact.rates")? {
            "constant-path" => Law::ConstantMeanFreePath,
            _ => Law::ConstantTime,
        };
        let inelastic = match view.word("contact.inelastic")? {
            "occupation" => InelasticRatio::Occupation { exponent: view.number("contact.exponent")? },
            "field" => InelasticRatio::Field {
                scale: view.number("contact.scale")?,
                exponent: view.number("contact.exponent")?,
            },
            _ => InelasticRatio::Constant(view.number("contact.ratio")?),
        };
        let drive = match (view.number_if_any("drive.current"), view.number_if_any("drive.voltage")) {
            (Some(current), _) => ContactDrive::Current(current),
            (None, Some(voltage)) => ContactDrive::Voltage(voltage),
            (None, None) => ContactDrive::None,
        };
        Ok(Self {
            thresholds: view.numbers("contact.thresholds")?,
            temperature: view.number("contact.temperature")?,
            rates: RateLaw::Scaled { law, elastic: view.number("contact.elastic")?, inelastic },
            closure: if view.word("contact.closure")? == "mermin" {
                Closure::Mermin
            } else {
                Closure::Linear
            },
            gates: (0..points).map(at).collect(),
            drive,
            frequency: view.number_if_any("noise.frequency"),
        })
    }

    /// What is wrong with the settings taken together.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let rises = |list: &[f64]| list.windows(2).all(|pair| pair[0] < pair[1]);
        let mut problems = Vec::new();
        if self.thresholds.is_empty() || !rises(&self.thresholds) {
            problems.push(problem(
                "contact.thresholds",
                "is not a list of sub-bands in the order in which they open",
                "one threshold or more, ascending",
                "list the bottoms of the sub-bands from the lowest to the highest",
            ));
        }
        if !rises(&self.gates) {
            problems.push(problem(
                "gate.to",
                "is not above gate.from",
                "a chemical potential above gate.from",
                "curves run from the lowest to the highest chemical potential",
            ));
        }
        problems
    }
}
