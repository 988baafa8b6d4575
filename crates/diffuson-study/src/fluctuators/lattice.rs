//! The contact on a lattice: factorised once for all samples of all points that share it, or once per sample where its walls are rough.

use crate::settings::fluctuators::LatticeSettings;
use diffuson::defects::{ContactShape, DefectError, Dressed, LatticeContact};
use diffuson::disorder::Fields;
use std::sync::OnceLock;

/// A site: slice, and place in the cross-section of the leads.
type Site = [usize; 3];

/// The random fields of a sample: places of scatterers, and blocked sites.
const PLACES: u32 = 0;
const BLOCKED: u32 = 1;

/// A constriction, and how a defect of so many positions is placed in it.
pub(super) struct Constriction {
    lattice: LatticeSettings,
    positions: usize,
    /// Flux quanta per plaquette.
    flux: f64,
    /// kT in t.
    temperature: f64,
    shape: ContactShape,
    /// Without blocked sites.
    smooth: OnceLock<Result<Solved, DefectError>>,
}

/// A contact that has been factorised, with everything that samples choose from.
struct Solved {
    contact: LatticeContact,
    sites: Vec<Site>,
    /// Those without a wall or a lead beside them.
    inner: Vec<Site>,
    /// All ways to place the positions of the defect on inner sites.
    clusters: Vec<Vec<Site>>,
}

impl Constriction {
    /// The constriction of the settings, for electrons at kT (in e_F), with flux quanta through length times opening.
    pub(super) fn new(
        lattice: &LatticeSettings,
        positions: usize,
        temperature: f64,
        flux: f64,
    ) -> Result<Self, DefectError> {
        let across = |sites: usize| if lattice.dimension == 3 { [sites; 2] } else { [sites, 1] };
        let [leads, opening] = [lattice.width, lattice.opening].map(across);
        let shape = if lattice.horn {
            ContactShape::horn(leads, opening, lattice.length)?
        } else {
            ContactShape::hole(leads, opening, lattice.length)?
        };
        Ok(Self {
            positions,
            flux: flux / (lattice.length * lattice.opening) as f64,
            temperature: temperature * lattice.fermi_energy(),
            shape,
            smooth: OnceLock::new(),
            lattice: lattice.clone(),
        })
    }

    /// Sites of the constriction.
    pub(super) fn sites(&self) -> usize {
        self.shape.sites().count()
    }

    /// Places of the positions, in sites from the first.
    pub(super) fn cells(&self) -> Vec<[i64; 3]> {
        cells(self.positions, self.lattice.dimension)
    }

    /// Whether every sample is a contact of its own.
    pub(super) fn is_rough(&self) -> bool {
        self.lattice.blocked > 0.0
    }

    /// One sample: so many fixed scatterers and a mobile one, of phase shifts in radians. Energies in e_F.
    pub(super) fn sample(
        &self,
        fields: &dyn Fields,
        fixed: usize,
        [fixed_shift, mobile_shift]: [f64; 2],
    ) -> Result<Dressed, DefectError> {
        let rough;
        let solved = if self.is_rough() {
            rough =
                self.solve(self.shape.clone().with_rough_walls(self.lattice.blocked, fields, BLOCKED)?)?;
            &rough
        } else {
            self.smooth.get_or_init(|| self.solve(self.shape.clone())).as_ref().map_err(Clone::clone)?
        };
        let mut deviates = vec![0.0; fixed + 1];
        fields.uniform(PLACES, 0, &mut deviates);
        let choose = |u: f64, among: usize| ((u * among as f64) as usize).min(among - 1);
        let positions = &solved.clusters[choose(deviates[0], solved.clusters.len())];
        let apart = |a: &Site, b: &Site| {
            let square = |axis: usize| (a[axis] as f64 - b[axis] as f64).powi(2);
            (0..3).map(square).sum::<f64>() >= self.lattice.closest.max(1.0).powi(2)
        };
        let all_apart = |site: &&Site| positions.iter().all(|position| apart(position, site));
        let mut free: Vec<Site> = solved.sites.iter().filter(all_apart).copied().collect();
        let [fixed_potential, mobile_potential] =
            [solved.potential(fixed_shift)?, solved.potential(mobile_shift)?];
        let mut background = Vec::with_capacity(fixed);
        for u in &deviates[1..] {
            if free.is_empty() {
                let placed = background.len();
                return Err(DefectError::Crowded { placed, wanted: fixed, closest: self.lattice.closest });
            }
            let chosen = free[choose(*u, free.len())];
            free.retain(|site| apart(&chosen, site));
            background.push((chosen, fixed_potential));
        }
        let mut found = solved.contact.dress(&background, mobile_potential, positions)?;
        if self.lattice.interaction {
            let alone = solved.contact.dress(&[], mobile_potential, positions)?;
            found.audit.merge(&alone.audit);
            found.energy.iter_mut().zip(alone.energy).for_each(|(e, alone)| *e -= alone);
            found.conductance.iter_mut().zip(alone.conductance).for_each(|(g, alone)| *g -= alone);
        }
        found.energy.iter_mut().for_each(|e| *e /= self.lattice.fermi_energy());
        Ok(found)
    }

    fn solve(&self, shape: ContactShape) -> Result<Solved, DefectError> {
        let sites: Vec<Site> = shape.sites().collect();
        let inner: Vec<Site> = sites.iter().copied().filter(|s| self.is_inner(&shape, *s)).collect();
        let clusters = self.clusters(&inner);
        if clusters.is_empty() {
            return Err(DefectError::OutOfRange {
                name: "number of positions",
                value: self.positions as f64,
                allowed: "as many as find room on the sites that have no wall or lead beside them",
            });
        }
        let contact = LatticeContact::new(shape, self.lattice.energy, self.flux, self.temperature, &sites)?;
        Ok(Solved { contact, sites, inner, clusters })
    }

    /// Whether all neighbours of a site belong to the constriction.
    fn is_inner(&self, shape: &ContactShape, site: Site) -> bool {
        (0..self.lattice.dimension).all(|axis| {
            let beside = |up: bool| {
                let mut next = site;
                let moved = if up { Some(site[axis] + 1) } else { site[axis].checked_sub(1) };
                moved.is_some_and(|at| {
                    next[axis] = at;
                    shape.contains(next)
                })
            };
            beside(true) && beside(false)
        })
    }

    /// The positions in all orientations at all places.
    fn clusters(&self, inner: &[Site]) -> Vec<Vec<Site>> {
        let cells = self.cells();
        let mut orientations: Vec<Vec<[i64; 3]>> = Vec::new();
        for turn in turns(self.lattice.dimension) {
            let turned: Vec<[i64; 3]> = cells.iter().map(|cell| turn(*cell)).collect();
            if !orientations.contains(&turned) {
                orientations.push(turned);
            }
        }
        let at = |site: &Site, cell: &[i64; 3]| -> Option<Site> {
            let mut moved = *site;
            for (to, by) in moved.iter_mut().zip(cell) {
                *to = to.checked_add_signed(*by as isize)?;
            }
            inner.binary_search(&moved).is_ok().then_some(moved)
        };
        let placed = inner.iter().flat_map(|site| {
            orientations.iter().filter_map(move |cells| {
                cells.iter().map(|cell| at(site, cell)).collect::<Option<Vec<Site>>>()
            })
        });
        placed.collect()
    }
}

impl Solved {
    /// The potential whose phase shift, by the Green function averaged over the inner sites, is the one given:
    /// `1/V = <Re g> + <Im g> cot d`, the mean of what single sites would have.
    fn potential(&self, phase_shift: f64) -> Result<f64, DefectError> {
        let mut inverse = 0.0;
        for site in &self.inner {
            inverse += 1.0 / self.contact.potential(*site, phase_shift)?;
        }
        Ok(self.inner.len() as f64 / inverse)
    }
}

/// Places of so many positions on a simple lattice, those nearest to the first.
fn cells(positions: usize, dimension: usize) -> Vec<[i64; 3]> {
    let reach = (1..).find(|reach: &usize| reach.pow(dimension as u32) >= positions).unwrap_or(1) as i64;
    let span = |axis: usize| if axis < dimension { -reach..=reach } else { 0..=0 };
    let mut cells: Vec<[i64; 3]> =
        span(0).flat_map(|x| span(1).flat_map(move |y| span(2).map(move |z| [x, y, z]))).collect();
    cells.sort_by_key(|&[x, y, z]| (x * x + y * y + z * z, -x, -y, -z));
    cells.truncate(positions);
    cells
}

/// All turns and reflections of the axes.
fn turns(dimension: usize) -> impl Iterator<Item = impl Fn([i64; 3]) -> [i64; 3]> {
    const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [1, 0, 2], [0, 2, 1], [2, 1, 0], [1, 2, 0], [2, 0, 1]];
    let orders = if dimension == 3 { 6 } else { 2 };
    ORDERS[..orders].iter().flat_map(move |order| {
        (0..1 << dimension).map(move |signs: i64| {
            move |cell: [i64; 3]| {
                [0, 1, 2]
                    .map(|axis| if signs >> axis & 1 == 1 { -cell[order[axis]] } else { cell[order[axis]] })
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_turned_every_way() {
        assert_eq!(cells(1, 3), [[0; 3]]);
        assert_eq!(cells(2, 2), [[0; 3], [1, 0, 0]]);
        assert_eq!(cells(7, 3).iter().map(|c| c.iter().map(|x| x * x).sum::<i64>()).max(), Some(1));
        assert_eq!(turns(2).count(), 8);
        let mut images: Vec<[i64; 3]> = turns(3).map(|turn| turn([1, 2, 3])).collect();
        images.sort_unstable();
        images.dedup();
        assert_eq!(images.len(), 48);
    }
}
