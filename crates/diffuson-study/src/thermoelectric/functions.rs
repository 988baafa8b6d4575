//! Transmissions as functions of energy, shared by points that differ in their chemical potential only.
//!
//! A gate sweep asks for the same transmission at every gate. It is computed for all of their windows, once per realisation, by whichever point
//! asks first; these windows are a property of the study, so that numbers do not depend on who asked.

use super::point::settings;
use crate::settings::Thermoelectric;
use crate::study::Study;
use diffuson::thermal::{Reservoir, Resolution, TransmissionFunction};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Bytes that one evaluation leaves behind: the transmissions between two leads.
const BYTES: f64 = 4.0 * 8.0;

/// Functions beyond so many bytes are not kept, and computed again by every point that needs them.
const KEPT: f64 = 1024.0 * 1024.0 * 1024.0;

/// Points that share their transmission.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Family {
    /// Their potentials and temperatures.
    pub(super) windows: Vec<Reservoir>,
    /// The energies that these take.
    range: [f64; 2],
    /// How finely the transmission is resolved.
    pub(super) resolution: Resolution,
    /// The points, ascending in energy.
    pub(super) points: Vec<usize>,
}

impl Family {
    /// The families of all points without probes.
    pub(super) fn all(study: &Study) -> Vec<Self> {
        let mut points: Vec<usize> =
            (0..study.points().len()).filter(|&p| settings(study, p).probes.is_none()).collect();
        points.sort_by(|&a, &b| {
            settings(study, a).conductor.energy.total_cmp(&settings(study, b).conductor.energy)
        });
        let mut families: Vec<Self> = Vec::new();
        for point in points {
            let s = settings(study, point);
            let at = |kt: &f64| Reservoir { mu: s.conductor.energy, kt: *kt };
            let windows: Vec<Reservoir> = s.temperatures.iter().map(at).collect();
            let range = TransmissionFunction::range_for(&windows);
            let joins = |f: &&mut Self| {
                f.range[1] >= range[0] && but_for_energy(settings(study, f.points[0])) == but_for_energy(s)
            };
            match families.iter_mut().find(joins) {
                Some(family) => {
                    family.range[1] = range[1];
                    family.windows.extend(windows);
                    family.points.push(point);
                }
                None => {
                    let lowest = s.temperatures.iter().copied().fold(f64::INFINITY, f64::min);
                    let resolution =
                        Resolution { tolerance: s.tolerance, ..Resolution::within(s.resolution * lowest) };
                    families.push(Self { windows, range, resolution, points: vec![point] });
                }
            }
        }
        families
    }

    /// Evaluations it takes, about: the first pieces, and half of them halved.
    pub(super) fn evaluations(&self) -> f64 {
        2.0 * self.resolution.first_evaluations(&self.windows) as f64
    }
}

/// All settings but the chemical potential.
fn but_for_energy(s: &Thermoelectric) -> Thermoelectric {
    let mut s = s.clone();
    s.conductor.energy = 0.0;
    s
}

type Computed = Result<TransmissionFunction, String>;

/// Where a function is put, once.
type Place = Arc<OnceLock<Computed>>;

/// The functions computed so far, by family and sample.
#[derive(Default)]
pub(super) struct Functions(Mutex<HashMap<(usize, u64), Place>>);

impl Functions {
    /// The function of a family and sample: computed here unless it is there already.
    pub(super) fn get(
        &self,
        (number, family): (usize, &Family),
        sample: u64,
        compute: impl FnOnce() -> Computed,
    ) -> Place {
        let place = {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let full = BYTES * family.evaluations() * known.len() as f64 > KEPT;
            let kept = family.points.len() > 1 && (!full || known.contains_key(&(number, sample)));
            if kept { known.entry((number, sample)).or_default().clone() } else { Arc::default() }
        };
        place.get_or_init(compute);
        place
    }
}
