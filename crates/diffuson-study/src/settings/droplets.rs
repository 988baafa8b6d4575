//! Settings of a study of kind `droplets`: temperatures and rates in K.

use super::conductor::rules::problem;
use super::{Missing, Problem, temperature};
use crate::study::View;
use diffuson::droplets::{Counting, Prefactors, TimeReversal};

/// All settings of one point of a `droplets` study.
#[derive(Clone, Debug, PartialEq)]
pub struct Droplets {
    /// g.
    pub conductance: f64,
    /// `1 + F_0`.
    pub distance: f64,
    /// `hbar/(k_B tau)` in K.
    pub scattering_rate: f64,
    /// Which diagrams.
    pub counting: Counting,
    /// With or without Cooperons.
    pub time_reversal: TimeReversal,
    /// Whether the profile is the solution of Eq. 33; a Gaussian otherwise.
    pub optimum: bool,
    /// R in mean free paths.
    pub size: f64,
    /// Unknown prefactors.
    pub prefactors: Prefactors,
    /// Spins, ascending from 0; the same at all points.
    pub spins: Vec<f64>,
    /// Distances L/R, ascending; the same at all points.
    pub distances: Vec<f64>,
    /// Temperatures in K, ascending; the same at all points.
    pub temperatures: Vec<f64>,
}

impl Droplets {
    pub(crate) fn new(view: &View<'_>) -> Result<Self, Missing> {
        let (most, spins) = (view.number("spin.to")?, view.count("spin.points")?);
        let (from, to, pairs) =
            (view.number("pair.from")?, view.number("pair.to")?, view.count("pair.points")?);
        let part = |k: usize, points: usize| k as f64 / (points - 1) as f64;
        Ok(Self {
            conductance: view.number("metal.conductance")?,
            distance: view.number("metal.distance")?,
            scattering_rate: view.number("metal.scattering_rate")?,
            counting: match view.word("counting.diagrams")? {
                "four" => Counting::FourDiagrams,
                _ => Counting::Complete,
            },
            time_reversal: match view.word("counting.time_reversal")? {
                "broken" => TimeReversal::Broken,
                _ => TimeReversal::Unbroken,
            },
            optimum: view.word("profile.kind")? == "optimum",
            size: view.number("droplet.size")?,
            prefactors: Prefactors {
                susceptibility: view.number("prefactors.susceptibility")?,
                dephasing: view.number("prefactors.dephasing")?,
                interaction: view.number("prefactors.interaction")?,
                spin_fluctuations: view.number("prefactors.spin_fluctuations")?,
                density: view.number("prefactors.density")?,
            },
            spins: (0..spins).map(|k| most * part(k, spins)).collect(),
            distances: (0..pairs).map(|k| from * (to / from).powf(part(k, pairs))).collect(),
            temperatures: temperature::temperatures(view)?,
        })
    }

    /// What is wrong with the settings taken together.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let rises = self.distances.windows(2).all(|pair| pair[0] < pair[1]);
        let pair = (!rises).then(|| {
            problem(
                "pair.to",
                "is not above pair.from",
                "a distance above pair.from",
                "curves run from the smallest to the largest distance",
            )
        });
        pair.into_iter().chain(temperature::order(&self.temperatures)).collect()
    }
}
