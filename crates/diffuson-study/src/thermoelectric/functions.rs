//! Transmissions as functions of energy, shared by points that differ in their chemical potential only.
//!
//! A gate sweep asks for the same transmission at every gate. It is computed over the union of their windows, once per realisation, by whichever point
//! asks first; that union is a property of the study, so that numbers do not depend on who asked.

use super::point::settings;
use crate::settings::Thermoelectric;
use crate::study::Study;
use diffuson::thermal::{Resolution, TransmissionFunction};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// How far a window reaches, in kT: what [`TransmissionFunction::linear`] needs, with room for rounding.
pub(super) const REACH: f64 = 36.5;

/// Energies of a piece of a transmission.
const ENERGIES: f64 = 17.0;

/// Bytes that one evaluation leaves behind: the transmissions between two leads.
const BYTES: f64 = 4.0 * 8.0;

/// Functions beyond so many bytes are not kept, and computed again by every point that needs them.
const KEPT: f64 = 1024.0 * 1024.0 * 1024.0;

/// Points that share their transmission.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Family {
    /// The energies that their windows take.
    pub(super) range: [f64; 2],
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
            let reach = REACH * s.temperatures.iter().copied().fold(0.0, f64::max);
            let range = [s.conductor.energy - reach, s.conductor.energy + reach];
            let joins = |f: &&mut Self| {
                f.range[1] >= range[0] && but_for_energy(settings(study, f.points[0])) == but_for_energy(s)
            };
            match families.iter_mut().find(joins) {
                Some(family) => {
                    family.range[1] = range[1];
                    family.points.push(point);
                }
                None => {
                    let lowest = s.temperatures.iter().copied().fold(f64::INFINITY, f64::min);
                    let resolution =
                        Resolution { tolerance: s.tolerance, ..Resolution::within(s.resolution * lowest) };
                    families.push(Self { range, resolution, points: vec![point] });
                }
            }
        }
        families
    }

    /// Evaluations it takes, about: the first pieces, and half of them halved.
    pub(super) fn evaluations(&self) -> f64 {
        2.0 * ENERGIES * ((self.range[1] - self.range[0]) / self.resolution.widest).ceil()
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
