//! Where scatterers sit in a contact on a lattice: random backgrounds, and the positions of a mobile defect among them.

use super::{ContactShape, DefectError, require};
use crate::disorder::Fields;

/// A site: slice, and place in the cross-section of the leads.
type Site = [usize; 3];

/// How scatterers are placed on the sites of a contact.
///
/// The positions of the mobile one are sites next to each other, those nearest to the first, in all orientations and reflections and at all places with equal probability, as long as none has a wall
/// or a lead beside it. The background then takes free sites one after the other, each with equal probability, no closer than `closest` to those before and to the positions (random sequential
/// addition). Lengths in lattice constants.
#[derive(Clone, Debug, PartialEq)]
pub struct SitePlacement {
    closest: f64,
    positions: usize,
    sites: Vec<Site>,
    inner: Vec<Site>,
    /// All ways to place the positions on inner sites.
    clusters: Vec<Vec<Site>>,
}

/// The scatterers of one contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteArrangement {
    /// Sites of the static scatterers.
    pub background: Vec<[usize; 3]>,
    /// Positions of the mobile one.
    pub positions: Vec<[usize; 3]>,
}

/// The random field that a placement reads.
const PLACES: u32 = 0;

impl SitePlacement {
    /// A placement of a mobile scatterer of so many positions in a contact, of dimension 2 if its leads have height 1 and 3 otherwise. Two scatterers are never on one site: a
    /// `closest` below 1 is as good as 1.
    ///
    /// # Errors
    /// A closest distance that is negative or no number; no position, or more than find room on the inner sites.
    pub fn new(shape: &ContactShape, closest: f64, positions: usize) -> Result<Self, DefectError> {
        require("closest distance", closest, closest >= 0.0, "at least 0")?;
        let dimension = if shape.lead()[1] == 1 { 2 } else { 3 };
        let sites: Vec<Site> = shape.sites().collect();
        let inner: Vec<Site> = sites.iter().copied().filter(|s| is_inner(shape, *s, dimension)).collect();
        let clusters = if (1..=inner.len()).contains(&positions) {
            clusters(&inner, positions, dimension)
        } else {
            Vec::new()
        };
        require(
            "number of positions",
            positions as f64,
            !clusters.is_empty(),
            "at least 1, and as many as find room on the sites that have no wall or lead beside them",
        )?;
        Ok(Self { closest, positions, sites, inner, clusters })
    }

    /// Number of positions of the mobile scatterer.
    pub fn positions(&self) -> usize {
        self.positions
    }

    /// Sites without a wall or a lead beside them: where the mobile scatterer may be.
    pub fn inner(&self) -> &[[usize; 3]] {
        &self.inner
    }

    /// One arrangement, with so many scatterers in the background: a pure function of the uniform deviates of the random field 0, the first of which places the mobile scatterer, the
    /// next ones the others.
    ///
    /// # Errors
    /// [`DefectError::Crowded`] if no room is left before all of the background is placed.
    pub fn arrange(&self, fields: &dyn Fields, background: usize) -> Result<SiteArrangement, DefectError> {
        // more than there are sites find no room
        let mut deviates = vec![0.0; background.min(self.sites.len()) + 1];
        fields.uniform(PLACES, 0, &mut deviates);
        let choose = |u: f64, among: usize| ((u * among as f64) as usize).min(among - 1);
        let positions = self.clusters[choose(deviates[0], self.clusters.len())].clone();
        let apart = |a: &Site, b: &Site| {
            let square = |axis: usize| (a[axis] as f64 - b[axis] as f64).powi(2);
            (0..3).map(square).sum::<f64>() >= self.closest.max(1.0).powi(2)
        };
        let all_apart = |site: &&Site| positions.iter().all(|position| apart(position, site));
        let mut free: Vec<Site> = self.sites.iter().filter(all_apart).copied().collect();
        let mut placed = Vec::with_capacity(deviates.len() - 1);
        for u in &deviates[1..] {
            if free.is_empty() {
                let (placed, closest) = (placed.len(), self.closest);
                return Err(DefectError::Crowded { placed, wanted: background, closest });
            }
            let chosen = free[choose(*u, free.len())];
            free.retain(|site| apart(&chosen, site));
            placed.push(chosen);
        }
        Ok(SiteArrangement { background: placed, positions })
    }

    /// The positions of a mobile scatterer on a square (`dimension` 2) or cubic lattice, in lattice constants from the first and before they are turned: those nearest to the first.
    pub fn cells(positions: usize, dimension: usize) -> Vec<[i64; 3]> {
        let reach = (1..).find(|reach: &usize| reach.pow(dimension as u32) >= positions).unwrap_or(1) as i64;
        let span = |axis: usize| if axis < dimension { -reach..=reach } else { 0..=0 };
        let mut cells: Vec<[i64; 3]> =
            span(0).flat_map(|x| span(1).flat_map(move |y| span(2).map(move |z| [x, y, z]))).collect();
        cells.sort_by_key(|&[x, y, z]| (x * x + y * y + z * z, -x, -y, -z));
        cells.truncate(positions);
        cells
    }
}

/// Whether all neighbours of a site belong to the contact.
fn is_inner(shape: &ContactShape, site: Site, dimension: usize) -> bool {
    (0..dimension).all(|axis| {
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

/// The positions in all orientations at all places. Sites are in ascending order.
fn clusters(inner: &[Site], positions: usize, dimension: usize) -> Vec<Vec<Site>> {
    let cells = SitePlacement::cells(positions, dimension);
    let mut orientations: Vec<Vec<[i64; 3]>> = Vec::new();
    for turn in turns(dimension) {
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
        orientations
            .iter()
            .filter_map(move |cells| cells.iter().map(|cell| at(site, cell)).collect::<Option<Vec<Site>>>())
    });
    placed.collect()
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

    /// Deviates that fill the unit interval evenly.
    struct Spread;

    impl Fields for Spread {
        fn uniform(&self, field: u32, first: u64, out: &mut [f64]) {
            let at = |k: u64| ((field as u64 + 1 + first + k) as f64 * 0.618_033_988_749_894_9).fract();
            out.iter_mut().zip(0..).for_each(|(u, k)| *u = at(k));
        }

        fn normal(&self, _: u32, _: u64, out: &mut [f64]) {
            out.fill(0.0);
        }
    }

    #[test]
    fn positions_are_turned_every_way() {
        let cells = SitePlacement::cells;
        assert_eq!(cells(1, 3), [[0; 3]]);
        assert_eq!(cells(2, 2), [[0; 3], [1, 0, 0]]);
        assert_eq!(cells(7, 3).iter().map(|c| c.iter().map(|x| x * x).sum::<i64>()).max(), Some(1));
        assert_eq!(turns(2).count(), 8);
        let mut images: Vec<[i64; 3]> = turns(3).map(|turn| turn([1, 2, 3])).collect();
        images.sort_unstable();
        images.dedup();
        assert_eq!(images.len(), 48);
    }

    /// In a wire of 7 x 6 sites 5 x 4 are inner ones, and bonds between these 4 * 4 + 5 * 3, each with two orders of its ends.
    #[test]
    fn pairs_are_the_bonds_between_inner_sites() {
        let wire = ContactShape::wire([6, 1], 7).unwrap();
        let placement = SitePlacement::new(&wire, 0.0, 2).unwrap();
        assert_eq!(placement.inner().len(), 20);
        assert_eq!(placement.clusters.len(), 2 * (4 * 4 + 5 * 3));
    }

    #[test]
    fn scatterers_keep_their_distance() {
        let hole = ContactShape::hole([9, 9], [5, 5], 6).unwrap();
        let placement = SitePlacement::new(&hole, 2.0, 3).unwrap();
        let found = placement.arrange(&Spread, 6).unwrap();
        let square = |a: &Site, b: &Site| (0..3).map(|k| a[k].abs_diff(b[k]).pow(2)).sum::<usize>();
        for (k, site) in found.background.iter().enumerate() {
            assert!(hole.contains(*site));
            let others = found.background[..k].iter().chain(&found.positions);
            assert!(others.into_iter().all(|other| square(site, other) >= 4));
        }
        assert!(found.positions.iter().all(|site| placement.inner().contains(site)));
        assert!(found.positions[1..].iter().all(|site| square(site, &found.positions[0]) == 1));
    }

    #[test]
    fn what_finds_no_room_is_an_error() {
        let hole = ContactShape::hole([7, 1], [3, 1], 3).unwrap();
        let placement = SitePlacement::new(&hole, 0.0, 1).unwrap();
        assert!(placement.arrange(&Spread, 8).is_ok());
        for wanted in [9, usize::MAX] {
            let crowded = DefectError::Crowded { placed: 8, wanted, closest: 0.0 };
            assert_eq!(placement.arrange(&Spread, wanted), Err(crowded));
        }
        for positions in [0, 2, usize::MAX] {
            assert!(SitePlacement::new(&hole, 0.0, positions).is_err());
        }
        for closest in [-1.0, f64::NAN] {
            assert!(SitePlacement::new(&hole, closest, 1).is_err());
        }
    }
}
