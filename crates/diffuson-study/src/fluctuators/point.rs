//! A point of the sweep made ready for its samples.

use super::curves;
use super::lattice::Constriction;
use crate::settings::Settings;
use crate::settings::fluctuators::{ContactSettings, Fluctuators, LatticeSettings, Sampled};
use crate::strip::Deviations;
use crate::study::Study;
use crate::task::{Cost, Made, check_memory};
use diffuson::defects::pairs::PairLaw;
use diffuson::defects::{Bath, DefectError, Electrons, Hops, Placement, Region};
use diffuson_ensemble::random::Realisation;
use std::f64::consts::PI;
use std::sync::Arc;

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
    /// Sites of a lattice.
    Lattice { constriction: Arc<Constriction>, scatterers: usize },
}

/// Constrictions that points share.
#[derive(Default)]
pub(super) struct Constrictions(Vec<(Sampled, Arc<Constriction>)>);

impl Constrictions {
    /// That of a point: one for all that differ in nothing but their scatterers.
    fn get(&mut self, s: &Sampled, lattice: &LatticeSettings) -> Result<Arc<Constriction>, DefectError> {
        let key = Sampled { scatterers: 0, phase_shift: 0.0, mobile_phase_shift: 0.0, ..s.clone() };
        if let Some((_, known)) = self.0.iter().find(|(other, _)| *other == key) {
            return Ok(known.clone());
        }
        let new = Arc::new(Constriction::new(lattice, s.positions, s.temperature, s.flux)?);
        self.0.push((key, new.clone()));
        Ok(new)
    }
}

pub(super) fn settings(study: &Study, point: usize) -> &Fluctuators {
    match &study.points()[point].settings {
        Settings::Fluctuators(settings) => settings,
        other => unreachable!("a study of fluctuators with settings {other:?}"),
    }
}

impl Point {
    pub(super) fn new(study: &Study, index: usize, constrictions: &mut Constrictions) -> Made<Self> {
        let s = settings(study, index);
        let refuse = |key: &str, e: DefectError| {
            study.diagnostic(index, key, format!("`{key}`: {e}"), "not possible".to_owned(), String::new())
        };
        let same = |point: &usize| settings(study, *point).sampled == s.sampled;
        let sharing: Vec<usize> = (0..study.points().len()).filter(same).collect();
        let model = Model::new(&s.sampled, constrictions).map_err(|(key, e)| refuse(key, e))?;
        let hops = if s.neighbours_only {
            Hops::Pairs(model.neighbours(s.sampled.positions).map_err(|e| refuse("mobile.step", e))?)
        } else {
            Hops::All
        };
        let baths = |of_bias| curves::baths(&s.bath, of_bias).map_err(|e| refuse("bath.from", e));
        let cost = cost(&s.sampled, &model, sharing.len());
        if let ContactSettings::Lattice(lattice) = &s.sampled.contact {
            check_memory(study, index, ("lattice.opening", lattice.opening), &cost)?;
        }
        Ok(Self {
            cost,
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
    fn new(s: &Sampled, constrictions: &mut Constrictions) -> Result<Self, (&'static str, DefectError)> {
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
            ContactSettings::Lattice(lattice) => {
                let constriction = constrictions.get(s, lattice).map_err(|e| ("lattice.opening", e))?;
                Ok(Self::Lattice { constriction, scatterers: s.scatterers })
            }
        }
    }

    /// Whether scatterers are points in continuous space.
    pub(super) fn is_continuum(&self) -> bool {
        matches!(self, Self::Continuum { .. })
    }

    /// Pairs of positions next to each other, which are those of every sample.
    fn neighbours(&self, positions: usize) -> Result<Vec<(usize, usize)>, DefectError> {
        let places: Vec<[f64; 3]> = match self {
            Self::Continuum { placement, .. } => {
                placement.arrange(&Deviations(Realisation::new(0, 0)))?.positions
            }
            Self::Lattice { constriction, .. } => {
                constriction.cells().into_iter().map(|cell| cell.map(|x| x as f64)).collect()
            }
        };
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

/// Energies of a contact on a lattice, real and imaginary.
const ENERGIES: f64 = 41.0;

fn cost(s: &Sampled, model: &Model, sharing: usize) -> Cost {
    let (n, z) = (s.scatterers as f64, s.positions as f64);
    let pairs_of = 0.5 * n * (n + 1.0) + n * z;
    let (operations, memory, method, mut reason) = match model {
        Model::Continuum { pairs: Some(law), .. } => {
            let energies = if *law == PairLaw::Exact { FREQUENCIES } else { 1.0 };
            (200.0 * energies * pairs_of, 0.0, "pairs", "sums over pairs of scatterers".to_owned())
        }
        Model::Continuum { pairs: None, .. } => (
            // a factorisation and waves between all scatterers, then what each position adds
            FREQUENCIES * (8.0 / 3.0 * n.powi(3) + 8.0 * z * n * n + 100.0 * pairs_of),
            32.0 * (n + z) * (n + z),
            "multiple scattering",
            "one factorisation for each imaginary frequency".to_owned(),
        ),
        Model::Lattice { constriction, .. } => {
            let sites = constriction.sites() as f64;
            let update = ENERGIES * 8.0 * n * n * (n + z);
            let contact = ENERGIES * 8.0 * sites.powi(3);
            let (operations, reason) = if constriction.is_rough() {
                (contact + update, "a contact of its own for every sample")
            } else {
                (update, "changes of low rank of a contact that is factorised once for all samples")
            };
            (operations, 16.0 * ENERGIES * sites * sites, "lattice", reason.to_owned())
        }
    };
    if sharing > 1 {
        reason.push_str(&format!("; samples shared by {sharing} points that differ in the bath alone"));
    }
    Cost {
        system: format!("{} scatterers and a defect of {} positions", s.scatterers, s.positions),
        operations: operations / sharing as f64,
        memory,
        stored: 16.0 * z,
        method: method.to_owned(),
        reason,
        shared: sharing,
    }
}
