//! Settings of a study of kind `defect-dynamics`: lengths in 1/k_F, energies in s_E.

use super::conductor::rules::problem;
use super::{EnsembleSettings, Missing, Problem};
use crate::study::View;
use diffuson::defects::Ball;

/// All settings of one point of a `defect-dynamics` study.
#[derive(Clone, Debug, PartialEq)]
pub struct DefectDynamics {
    /// Where defects are.
    pub ball: Ball,
    /// Born length of every scatterer, in 1/k_F.
    pub born_length: f64,
    /// Whether mobile defects interact with each other.
    pub between_mobile: bool,
    /// What is computed; the same at all points.
    pub compute: Compute,
    /// Contacts.
    pub ensemble: EnsembleSettings,
}

/// What is computed.
#[derive(Clone, Debug, PartialEq)]
pub enum Compute {
    /// Equilibrium at a ladder of temperatures, ascending.
    Equilibrium {
        /// kT in s_E.
        temperatures: Vec<f64>,
        /// Sweeps over which is averaged.
        sweeps: usize,
    },
    /// Means over time.
    SteadyState {
        /// What makes defects move.
        motion: Motion,
        /// Hops over which is averaged.
        hops: u64,
    },
    /// Noise.
    Spectrum {
        /// What makes defects move.
        motion: Motion,
        /// Interval of the trace, in 1/s_E.
        interval: f64,
        /// Intervals per segment.
        segment: usize,
        /// Segments of the trace.
        segments: usize,
        /// Bands of frequency.
        bands: usize,
    },
}

/// What makes defects move. Energies in s_E.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Motion {
    /// kT.
    pub temperature: f64,
    /// eV.
    pub bias: f64,
    /// E*; infinite without phonons.
    pub crossover: f64,
    /// Largest tunnelling constant.
    pub tunnelling: f64,
    /// Whether the bias acts on the interaction itself.
    pub direct: bool,
    /// Hops that are forgotten.
    pub settle: u64,
}

impl DefectDynamics {
    pub(crate) fn new(view: &View<'_>) -> Result<Self, Missing> {
        let ball = Ball {
            radius: view.number("defects.radius")?,
            mobile: view.count("defects.mobile")?,
            sites: view.count("defects.sites")?,
            spread: view.number("defects.spread")?,
            fixed: view.count("defects.fixed")?,
            closest: view.number("defects.closest")?,
        };
        let compute = match view.word("dynamics.compute")? {
            "equilibrium" => {
                let (from, to) = (view.number("equilibrium.from")?, view.number("equilibrium.to")?);
                let count = view.count("equilibrium.temperatures")?;
                let at = |k: usize| from * (to / from).powf(k as f64 / (count - 1) as f64);
                Compute::Equilibrium {
                    temperatures: (0..count).map(at).collect(),
                    sweeps: view.count("equilibrium.sweeps")?,
                }
            }
            "steady-state" => {
                Compute::SteadyState { motion: Motion::new(view)?, hops: view.count("dynamics.hops")? as u64 }
            }
            _ => Compute::Spectrum {
                motion: Motion::new(view)?,
                interval: view.number("spectrum.interval")?,
                segment: view.count("spectrum.segment")?,
                segments: view.count("spectrum.segments")?,
                bands: view.count("spectrum.bands")?,
            },
        };
        Ok(Self {
            ball,
            born_length: view.number("defects.born_length")?,
            between_mobile: view.word("coupling.between")? == "all",
            compute,
            ensemble: EnsembleSettings::new(view)?,
        })
    }

    /// What is wrong with the settings taken together.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let alone = |problems: &mut Vec<Problem>| {
            let nobody = self.ball.fixed == 0 && (self.ball.mobile == 1 || !self.between_mobile);
            if nobody {
                problems.push(problem(
                    "defects.fixed",
                    "leaves mobile defects without anybody to interact with",
                    "at least 1 here, or two mobile defects and coupling.between = \"all\"",
                    "energies are in units of what interaction gives",
                ));
            }
        };
        let mut problems = Vec::new();
        alone(&mut problems);
        match &self.compute {
            Compute::Equilibrium { temperatures, .. }
                if temperatures[0] >= temperatures[temperatures.len() - 1] =>
            {
                problems.push(problem(
                    "equilibrium.to",
                    "is not above equilibrium.from",
                    "a temperature above equilibrium.from",
                    "the ladder runs from the lowest to the highest temperature",
                ));
            }
            Compute::Spectrum { segment, .. } if segment % 2 == 1 => problems.push(problem(
                "spectrum.segment",
                "is odd",
                "an even number",
                "segments overlap by half",
            )),
            Compute::Spectrum { segment, bands, .. } if *bands > segment / 2 => problems.push(problem(
                "spectrum.bands",
                "is more than there are frequencies",
                "at most half of spectrum.segment",
                "a segment of n intervals has n/2 frequencies",
            )),
            _ => {}
        }
        problems
    }
}

impl Motion {
    fn new(view: &View<'_>) -> Result<Self, Missing> {
        Ok(Self {
            temperature: view.number("dynamics.temperature")?,
            bias: view.number("dynamics.bias")?,
            crossover: view.number_if_any("dynamics.crossover").unwrap_or(f64::INFINITY),
            tunnelling: view.number("dynamics.tunnelling")?,
            direct: view.word("coupling.bias")? == "direct",
            settle: view.count("dynamics.settle")? as u64,
        })
    }
}
