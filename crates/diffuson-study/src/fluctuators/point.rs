//! A point of the sweep made ready for its samples.

use super::curves;
use crate::settings::Settings;
use crate::settings::fluctuators::{ContactSettings, Fluctuators, Sampled};
use crate::strip::Deviations;
use crate::study::Study;
use crate::task::{Cost, Made};
use diffuson::defects::pairs::PairLaw;
use diffuson::defects::{Arrangement, Bath, DefectError, Electrons, Hops, Placement, Region};
use diffuson_ensemble::random::Realisation;
use std::f64::consts::PI;

/// A point with everything its samples share.
pub(super) struct Point {
    pub(super) model: Model,
    /// The first of the points that have the same samples.
    pub(super) first: usize,
    /// How many have.
    pub(super) sharing: usize,
    /// Phase shifts of the fixed scatterers and of the mobile one, in radians.
    pub(super) phase_shifts: [f64; 2],
    /// Positions of the mobile one.
    pub(super) positions: usize,
    pub(super) hops: Hops,
    /// What occupies positions along the curve against temperature, and along that against bias.
    pub(super) baths: [Vec<Bath>; 2],
    pub(super) cost: Cost,
}

/// How samples are made.
pub(super) enum Model {
    /// Point scatterers: two at a time by a law, or all of them together.
    Continuum { placement: Placement, pairs: Option<PairLaw>, electrons: Electrons },
}

pub(super) fn settings(study: &Study, point: usize) -> &Fluctuators {
    match &study.points()[point].settings {
        Settings::Fluctuators(settings) => settings,
        other => unreachable!("a study of fluctuators with settings {other:?}"),
    }
}

impl Point {
    pub(super) fn new(study: &Study, index: usize) -> Made<Self> {
        let s = settings(study, index);
        let refuse = |key: &str, e: DefectError| {
            study.diagnostic(index, key, format!("`{key}`: {e}"), "not possible".to_owned(), String::new())
        };
        let same = |point: &usize| settings(study, *point).sampled == s.sampled;
        let sharing: Vec<usize> = (0..study.points().len()).filter(same).collect();
        let model = Model::new(&s.sampled).map_err(|(key, e)| refuse(key, e))?;
        let hops = if s.neighbours_only {
            Hops::Pairs(model.neighbours(s.sampled.positions).map_err(|e| refuse("mobile.step", e))?)
        } else {
            Hops::All
        };
        let baths = |of_bias| curves::baths(&s.bath, of_bias).map_err(|e| refuse("bath.from", e));
        Ok(Self {
            cost: cost(&s.sampled, &model, sharing.len()),
            model,
            first: sharing[0],
            sharing: sharing.len(),
            phase_shifts: [s.sampled.phase_shift, s.sampled.mobile_phase_shift].map(f64::to_radians),
            positions: s.sampled.positions,
            hops,
            baths: [baths(false)?, baths(true)?],
        })
    }
}

impl Model {
    fn new(s: &Sampled) -> Result<Self, (&'static str, DefectError)> {
        match &s.contact {
            &ContactSettings::Continuum { pairs, region, closest, step } => {
                let placement = Placement::new(region, closest, s.scatterers, s.positions, step)
                    .map_err(|e| ("contact.closest", e))?;
                Ok(Self::Continuum {
                    placement,
                    pairs,
                    electrons: Electrons {
                        temperature: s.temperature,
                        field: [s.flux / cross_section(region), 0.0, 0.0],
                    },
                })
            }
        }
    }

    /// Whether scatterers are points in continuous space.
    pub(super) fn is_continuum(&self) -> bool {
        matches!(self, Self::Continuum { .. })
    }

    /// Pairs of positions next to each other, which are those of every sample.
    fn neighbours(&self, positions: usize) -> Result<Vec<(usize, usize)>, DefectError> {
        let Self::Continuum { placement, .. } = self;
        let Arrangement { positions: places, .. } = placement.arrange(&Deviations(Realisation::new(0, 0)))?;
        let square =
            |i: usize, j: usize| -> f64 { (0..3).map(|k| (places[i][k] - places[j][k]).powi(2)).sum() };
        let next = square(0, 1);
        // neighbours of a cubic lattice are closer than any others by a factor of sqrt 2
        let pairs = (0..positions).flat_map(|i| (0..i).map(move |j| (j, i)));
        Ok(pairs.filter(|&(j, i)| square(i, j) < 1.5 * next).collect())
    }
}

/// The cross-section of a contact along its axis, in 1/k_F^2.
fn cross_section(region: Region) -> f64 {
    match region {
        Region::Ball { radius } | Region::Shell { outer: radius, .. } => PI * radius * radius,
        Region::Cylinder { diameter, length } => diameter * length,
    }
}

/// Frequencies of the imaginary axis, or steps of an integral over it, as a rule.
const FREQUENCIES: f64 = 40.0;

fn cost(s: &Sampled, model: &Model, sharing: usize) -> Cost {
    let (n, z) = (s.scatterers as f64, s.positions as f64);
    let Model::Continuum { pairs, .. } = model;
    let pairs_of = 0.5 * n * (n + 1.0) + n * z;
    let (operations, method) = match pairs {
        Some(PairLaw::Exact) => (200.0 * FREQUENCIES * pairs_of, "pairs"),
        Some(_) => (200.0 * pairs_of, "pairs"),
        // a factorisation, a triangular solution and kernels for every pair
        None => (
            FREQUENCIES * (8.0 / 3.0 * n.powi(3) + 8.0 * z * n * n + 100.0 * pairs_of),
            "multiple scattering",
        ),
    };
    let shared = if sharing > 1 {
        format!("; shared by {sharing} points that differ in the bath alone")
    } else {
        String::new()
    };
    Cost {
        system: format!("{} scatterers and a defect of {} positions", s.scatterers, s.positions),
        operations: operations / sharing as f64,
        memory: 32.0 * (n + z) * (n + z),
        stored: 16.0 * z,
        method: method.to_owned(),
        reason: format!("the model of the contact{shared}"),
        shared: sharing,
    }
}
