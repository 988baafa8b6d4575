//! How large the nested dissection of a strip will be, without making it.
//!
//! A strip is a box, and so are its halves: what matters of one is its sides and which of its faces other sites lie behind. Boxes of the same
//! shape cost the same, and there are only some of different shape on each level, so that a strip of a million sites is reckoned in
//! the time of some hundred boxes. Fronts are counted as by [`Analysis::counts`](diffuson_linalg::sparse::Analysis::counts).

use std::collections::HashMap;

/// Size of a factorisation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Size {
    /// Multiplications of a symmetric factorisation.
    pub(super) multiplications: f64,
    /// Entries of the factor.
    pub(super) factor_entries: f64,
    /// Largest number of entries of the contributions alive at one time.
    pub(super) contribution_entries: f64,
}

/// A region that holds no more sites is not cut.
const SMALLEST: usize = 8;

/// Pivots inverted at a time.
const PIVOT_BLOCK: f64 = 16.0;

/// A box of sites along x, y and z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Region {
    sides: [usize; 3],
    faces: [Faces; 3],
}

/// What lies beyond the two faces of a box in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Faces {
    /// Other sites behind so many of the faces.
    Behind(u8),
    /// The faces are joined to one another.
    Joined,
}

/// The size of the nested dissection of a strip of slices x width x height sites, the end slices with leads kept to the end.
pub(super) fn strip([slices, width, height]: [usize; 3], leads: usize, periodic: bool) -> Size {
    let across = |side: usize| if periodic && side > 2 { Faces::Joined } else { Faces::Behind(0) };
    let sides = [slices.saturating_sub(leads), width, height];
    let faces = [Faces::Behind(leads.min(2) as u8), across(width), across(height)];
    Region { sides, faces }.size(&mut HashMap::new())
}

impl Region {
    fn sites(&self) -> usize {
        self.sides.iter().product()
    }

    /// Sites of a layer across a direction.
    fn layer(&self, direction: usize) -> usize {
        (0..3).filter(|&d| d != direction).map(|d| self.sides[d]).product()
    }

    /// Sites behind the faces.
    fn boundary(&self) -> usize {
        let behind = |d: usize| match self.faces[d] {
            Faces::Behind(count) => usize::from(count) * self.layer(d),
            Faces::Joined => 0,
        };
        (0..3).map(behind).sum()
    }

    /// The sites of the separator across a direction, and the two halves.
    fn halves(&self, direction: usize) -> Option<(usize, [Self; 2])> {
        let side = self.sides[direction];
        let (layers, behind) = match self.faces[direction] {
            // a ring falls apart only when cut twice
            Faces::Joined => (2, [2, 2]),
            Faces::Behind(0) => (1, [1, 1]),
            Faces::Behind(1) => (1, [2, 1]),
            Faces::Behind(_) => (1, [2, 2]),
        };
        let rest = side.checked_sub(layers).filter(|rest| *rest > 0)?;
        let half = |length: usize, behind: u8| {
            let mut half = *self;
            half.sides[direction] = length;
            half.faces[direction] = Faces::Behind(behind);
            half
        };
        Some((layers * self.layer(direction), [half(rest / 2, behind[0]), half(rest - rest / 2, behind[1])]))
    }

    /// The cut that promises the least work: that of the front of the separator, and of the halves as if their boundaries were eliminated.
    fn cut(&self) -> Option<(usize, [Self; 2])> {
        let cuts = (0..3).filter_map(|direction| self.halves(direction));
        let promise = |(separator, halves): &(usize, [Self; 2])| {
            let front = (separator + self.boundary()) as f64;
            let halves: f64 = halves.iter().map(|half| (half.boundary() as f64).powi(3)).sum();
            *separator as f64 * front * front + 0.3 * halves
        };
        cuts.min_by(|a, b| promise(a).total_cmp(&promise(b)))
    }

    fn size(self, known: &mut HashMap<Self, Size>) -> Size {
        if let Some(size) = known.get(&self) {
            return *size;
        }
        let boundary = self.boundary();
        let cut = if self.sites() <= SMALLEST { None } else { self.cut() };
        let size = match cut {
            None => Size::front(self.sites(), boundary, [Size::default(); 2], [0.0; 2]),
            Some((separator, halves)) => {
                let left = halves.map(|half| (half.boundary() as f64).powi(2));
                Size::front(separator, boundary, halves.map(|half| half.size(known)), left)
            }
        };
        known.insert(self, size);
        size
    }
}

impl Size {
    /// Of a front of `own` rows with `boundary` later ones, after two children that leave contributions of `left` entries.
    fn front(own: usize, boundary: usize, children: [Self; 2], left: [f64; 2]) -> Self {
        let (k, m) = (own as f64, boundary as f64);
        let (mut rest, mut remaining, mut multiplications) = (k + m, k, 0.0);
        while remaining > 0.0 {
            let b = remaining.min(PIVOT_BLOCK);
            rest -= b;
            remaining -= b;
            multiplications += b.powi(3) + rest * b * b + 0.5 * rest * rest * b;
        }
        let [first, second] = children;
        let alive =
            [first.contribution_entries, left[0] + second.contribution_entries, left[0] + left[1] + m * m];
        Self {
            multiplications: multiplications + first.multiplications + second.multiplications,
            factor_entries: k * (k + m) + first.factor_entries + second.factor_entries,
            contribution_entries: alive.into_iter().fold(0.0, f64::max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conductor::Conductor;
    use crate::lattice::{Boundary, Family, Lattice};
    use crate::leads::{Lead, Probe};

    /// Against the analysis of the same strips. Cuts along diagonals, which are not reckoned with, save up to a third of the multiplications; of
    /// strips of three sites the smallest regions are not those of the analysis.
    #[test]
    fn strips_are_reckoned_as_they_are_dissected() {
        let (open, joined) = (Boundary::HardWall, Boundary::Periodic);
        let flat =
            [[20, 10], [200, 10], [15, 30], [300, 30], [50, 100], [100, 100], [400, 40], [10, 80], [1000, 3]];
        let flat = flat.map(|[l, w]| ([l, w, 1], open));
        let rings = [([100, 30, 1], joined), ([30, 100, 1], joined), ([12, 12, 12], joined)];
        let bars = [[100, 3, 3], [100, 5, 5], [10, 10, 10], [60, 8, 12]].map(|sides| (sides, open));
        for (sides, boundary) in flat.into_iter().chain(rings).chain(bars) {
            let family = if sides[2] > 1 { Family::Cubic } else { Family::Square };
            let lattice = Lattice::new(family, sides, boundary).unwrap();
            for right in [Some(Lead::WideBand { width: 1.0 }), None] {
                let leads = [Some(Lead::WideBand { width: 1.0 }), right];
                let probe = (0, Probe::WideBand { width: 0.1 });
                let conductor = Conductor::new(lattice.clone(), leads, vec![probe]).unwrap();
                let exact = conductor.dissection.analysis(&conductor).counts();
                let size = strip(sides, conductor.leads(), boundary == Boundary::Periodic);
                let close = |estimate: f64, exact: f64, factor: f64| {
                    assert!(
                        estimate < factor * exact && exact < factor * estimate,
                        "{sides:?} {boundary:?}, {} leads: {estimate:e}, but {exact:e}",
                        conductor.leads()
                    );
                };
                close(size.multiplications, exact.multiplications, 1.5);
                close(size.factor_entries, exact.factor_entries, 1.25);
                close(size.contribution_entries, exact.contribution_entries, 1.3);
            }
        }
    }

    /// A box of a single front, counted by hand: 2 x 2 sites between two kept slices of 2 sites.
    #[test]
    fn a_single_front() {
        let size = strip([4, 2, 1], 2, false);
        // 4 pivots in one block, 4 rows left
        assert_eq!(size.multiplications, 64.0 + 4.0 * 16.0 + 0.5 * 16.0 * 4.0);
        assert_eq!((size.factor_entries, size.contribution_entries), (4.0 * 8.0, 16.0));
    }
}
