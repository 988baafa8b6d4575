//! One sample: places of scatterers, energies and conductances of all positions of the mobile one.

use super::point::{Model, Point};
use crate::strip::Deviations;
use diffuson::defects::{Arrangement, Dressed, PointScatterer, pairs, point_scatterers};
use diffuson_ensemble::random::Realisation;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

impl Point {
    /// Energies in e_F. The places are the same at all points that place as many scatterers in the same region.
    pub(super) fn sample(&self, seed: u64, sample: u64) -> Result<Dressed, String> {
        let fields = Deviations(Realisation::new(seed, sample));
        let [fixed, mobile] = self.phase_shifts;
        let found = match &self.model {
            Model::Continuum { placement, pairs: law, electrons } => {
                let Arrangement { background, positions } =
                    placement.arrange(&fields).map_err(|e| e.to_string())?;
                let scatterer = |position: [f64; 3]| PointScatterer { position, phase_shift: fixed };
                let background: Vec<PointScatterer> = background.into_iter().map(scatterer).collect();
                match law {
                    Some(law) => pairs::dress(&background, mobile, &positions, *law),
                    None => point_scatterers::dress(&background, mobile, &positions, electrons),
                }
            }
            Model::Lattice { constriction, scatterers } => {
                constriction.sample(&fields, *scatterers, self.phase_shifts)
            }
        };
        let found = found.map_err(|e| e.to_string())?;
        let numbers = found.energy.iter().chain(&found.conductance);
        if numbers.into_iter().any(|x| !x.is_finite()) {
            return Err("an energy or a conductance is not a number".to_owned());
        }
        Ok(found)
    }
}

/// Bytes that samples may take together while other points may ask for them.
const KEPT: usize = 1 << 30;

type Computed = Result<Dressed, String>;

/// Where a sample is put, once.
type Place = Arc<OnceLock<Computed>>;

/// Samples that several points have in common: computed by whichever asks first, let go when all have asked.
#[derive(Default)]
pub(super) struct Shared(Mutex<HashMap<(usize, u64), (Place, usize)>>);

impl Shared {
    /// The sample of a point.
    pub(super) fn get(&self, point: &Point, seed: u64, sample: u64) -> Place {
        let place = self.place(point, sample);
        place.get_or_init(|| point.sample(seed, sample));
        place
    }

    fn place(&self, point: &Point, sample: u64) -> Place {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (point.first, sample);
        let full = (16 * point.positions + 500) * known.len() > KEPT;
        if point.sharing == 1 || (full && !known.contains_key(&key)) {
            return Arc::default();
        }
        let (place, asked) = known.entry(key).or_default();
        *asked += 1;
        let (place, asked) = (place.clone(), *asked);
        if asked == point.sharing {
            known.remove(&key);
        }
        place
    }
}
