//! Settings of a study of kind `zero-bias-anomaly`: energies in K.

use super::conductor::rules::problem;
use super::{Missing, Problem, temperature};
use crate::study::View;

/// All settings of one point of a `zero-bias-anomaly` study.
#[derive(Clone, Debug, PartialEq)]
pub struct ZeroBiasAnomaly {
    /// E* in K.
    pub crossover: f64,
    /// Distance from the centre of the orifice, in radii.
    pub place: f64,
    /// Whether electron-hole pairs within a beam move defects too.
    pub within_beams: bool,
    /// Highest splitting in K, infinite if there is none.
    pub band: f64,
    /// kT of the curves against bias, eV of those against temperature, in K.
    pub held: f64,
    /// Biases eV in K, ascending; the same at all points.
    pub biases: Vec<f64>,
    /// Temperatures in K, ascending; the same at all points.
    pub temperatures: Vec<f64>,
    /// Part of the bias that drops at a Kondo impurity.
    pub kondo_share: f64,
}

impl ZeroBiasAnomaly {
    pub(crate) fn new(view: &View<'_>) -> Result<Self, Missing> {
        let (from, to) = (view.number("bias.from")?, view.number("bias.to")?);
        let points = view.count("bias.points")?;
        let bias = |k: usize| from * (to / from).powf(k as f64 / (points - 1) as f64);
        Ok(Self {
            crossover: view.number("defects.crossover")?,
            place: view.number("defects.place")?,
            within_beams: view.word("defects.pairs")? == "all",
            band: view.number_if_any("defects.band").unwrap_or(f64::INFINITY),
            held: view.number("held.energy")?,
            biases: (0..points).map(bias).collect(),
            temperatures: temperature::temperatures(view)?,
            kondo_share: view.number("kondo.share")?,
        })
    }

    /// What is wrong with the settings taken together.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let rises = self.biases.windows(2).all(|pair| pair[0] < pair[1]);
        let bias = (!rises).then(|| {
            problem(
                "bias.to",
                "is not above bias.from",
                "a bias above bias.from",
                "curves run from the lowest to the highest bias",
            )
        });
        bias.into_iter().chain(temperature::order(&self.temperatures)).collect()
    }
}
