//! Settings of a study of kind `mobility-edge`: energies and temperatures in K, conductivities in S/m.

use super::{Missing, Problem, temperature};
use crate::study::View;

/// All settings of one point of a `mobility-edge` study.
#[derive(Clone, Debug, PartialEq)]
pub struct MobilityEdge {
    /// Exponent x.
    pub exponent: f64,
    /// |mu - E_m| in K, negative in the insulator.
    pub distance: f64,
    /// Whether the states above the edge conduct; those below it otherwise.
    pub conducts_above: bool,
    /// A, in S/m per K^x.
    pub conductivity: f64,
    /// b, in 1/K.
    pub curvature: f64,
    /// Hopping beyond the edge: weight B and width alpha.
    pub tail: Option<(f64, f64)>,
    /// Temperatures of the curves, in K, ascending; the same at all points.
    pub temperatures: Vec<f64>,
}

impl MobilityEdge {
    pub(crate) fn new(view: &View<'_>) -> Result<Self, Missing> {
        let tail = match view.number_if_any("tail.weight") {
            Some(weight) => Some((weight, view.number("tail.width")?)),
            None => None,
        };
        Ok(Self {
            exponent: view.number("edge.exponent")?,
            distance: view.number("edge.distance")?,
            conducts_above: view.word("edge.side")? == "above",
            conductivity: view.number("edge.conductivity")?,
            curvature: view.number("edge.curvature")?,
            tail,
            temperatures: temperature::temperatures(view)?,
        })
    }

    /// What is wrong with the settings taken together.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        temperature::order(&self.temperatures).into_iter().collect()
    }
}
