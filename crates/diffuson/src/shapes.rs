//! Conductors of simple shapes: rectangles of the square lattice with leads that open into their sides.
//!
//! A lead is as wide as its opening: a clean strip with hard walls, without magnetic field, that joins the rectangle without a barrier. Openings
//! narrower than the sides make a cavity; where no straight line joins them and electrons stay long enough to forget where they came from, its
//! scattering is that of a random matrix. Three or four openings make a beam splitter.

use crate::conductor::{Conductor, ConductorError};
use crate::hamiltonian::{Hamiltonian, peierls};
use crate::lattice::{Boundary, Family, Lattice, LatticeError};
use crate::leads::{Lead, LeadError, PeriodicLead, Probe};
use diffuson_linalg::{C64, Matrix};
use std::ops::Range;

/// A rectangle of the square lattice between hard walls, in a magnetic field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rectangle {
    /// Sites along x.
    pub length: usize,
    /// Sites along y.
    pub width: usize,
    /// Flux quanta per plaquette.
    pub flux: f64,
}

/// A side of a rectangle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// x = 0.
    Left,
    /// x = length - 1.
    Right,
    /// y = 0.
    Bottom,
    /// y = width - 1.
    Top,
}

/// Where a lead opens into a rectangle.
#[derive(Clone, Debug, PartialEq)]
pub struct Opening {
    /// The side.
    pub side: Side,
    /// The sites along the side, counted from its end at the origin.
    pub sites: Range<usize>,
}

/// What is attached to the openings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arms {
    /// Clean strips as wide as the opening.
    Strips,
    /// Leads of the same level width (in t) on every site of the opening.
    WideBand(f64),
}

/// A shape that cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ShapeError {
    /// An opening has no sites, or reaches beyond its side.
    #[error("opening {opening}: sites {first} to {end} (exclusive) of a side of {side} sites")]
    Opening {
        /// Which of the openings.
        opening: usize,
        /// Its first site.
        first: usize,
        /// The site after its last.
        end: usize,
        /// Sites of the side.
        side: usize,
    },
    /// Two openings share sites of a side.
    #[error("openings {0:?} overlap: two leads on one site of a side")]
    Overlap([usize; 2]),
    /// The rectangle is none.
    #[error(transparent)]
    Lattice(#[from] LatticeError),
    /// A lead cannot be made.
    #[error(transparent)]
    Lead(#[from] LeadError),
    /// The conductor cannot be made.
    #[error(transparent)]
    Conductor(#[from] ConductorError),
}

impl Rectangle {
    /// The rectangle with leads at its openings, in their order, and probes (site, probe). Sites are numbered as in the
    /// [lattice](crate::lattice::Lattice): (x, y) is site x width + y.
    ///
    /// # Errors
    /// [`ShapeError`] if an opening does not fit or overlaps another one, or the conductor cannot be made.
    pub fn open(
        &self,
        openings: &[Opening],
        arms: Arms,
        probes: Vec<(usize, Probe)>,
    ) -> Result<Conductor, ShapeError> {
        let lattice = Lattice::new(Family::Square, [self.length, self.width, 1], Boundary::HardWall)?
            .with_flux(self.flux)?;
        let leads = openings.iter().enumerate().map(|(index, opening)| {
            let (side, sites) = (self.side(opening.side), &opening.sites);
            if sites.is_empty() || sites.end > side {
                return Err(ShapeError::Opening { opening: index, first: sites.start, end: sites.end, side });
            }
            let shared = |other: &Opening| {
                other.side == opening.side && other.sites.start < sites.end && sites.start < other.sites.end
            };
            if let Some(other) = openings[..index].iter().position(shared) {
                return Err(ShapeError::Overlap([other, index]));
            }
            let lead = match arms {
                Arms::Strips => Lead::Periodic(self.strip(opening)?),
                Arms::WideBand(width) => Lead::WideBand { width },
            };
            Ok((lead, sites.clone().map(|k| self.site(opening.side, k)).collect()))
        });
        let leads = leads.collect::<Result<Vec<_>, _>>()?;
        Ok(Conductor::network(Hamiltonian::of(&lattice), leads, probes)?)
    }

    /// Two openings of so many sites at the ends of the left side: no straight line joins them.
    pub fn cavity(&self, sites: [usize; 2]) -> [Opening; 2] {
        let upper = self.width.saturating_sub(sites[1])..self.width;
        [0..sites[0], upper].map(|sites| Opening { side: Side::Left, sites })
    }

    /// Openings of so many sites in the middle of the left, the right, the top and the bottom side, as many as are given.
    pub fn splitter(&self, sites: &[usize]) -> Vec<Opening> {
        let sides = [Side::Left, Side::Right, Side::Top, Side::Bottom];
        let centred = |(&sites, side): (&usize, Side)| {
            let first = self.side(side).saturating_sub(sites) / 2;
            Opening { side, sites: first..first + sites }
        };
        sites.iter().zip(sides).map(centred).collect()
    }

    /// Sites of a side.
    fn side(&self, side: Side) -> usize {
        match side {
            Side::Left | Side::Right => self.width,
            Side::Bottom | Side::Top => self.length,
        }
    }

    /// The site at a place along a side.
    fn site(&self, side: Side, place: usize) -> usize {
        let (x, y) = match side {
            Side::Left => (0, place),
            Side::Right => (self.length - 1, place),
            Side::Bottom => (place, 0),
            Side::Top => (place, self.width - 1),
        };
        x * self.width + y
    }

    /// The lead at an opening: without field, so that along the top side its gauge is that of the last row.
    fn strip(&self, opening: &Opening) -> Result<PeriodicLead, LeadError> {
        let n = opening.sites.len();
        let along = match opening.side {
            Side::Left | Side::Right | Side::Bottom => -C64::ONE,
            // <x + 1, y| H |x, y> of the last row
            Side::Top => {
                let y = (self.width - 1) as f64;
                -peierls([1.0, y, 0.0], [0.0, y, 0.0], self.flux)
            }
        };
        let cell = Matrix::from_fn(n, n, |i, j| match (i == j + 1, j == i + 1) {
            (true, _) => along,
            (_, true) => along.conj(),
            _ => C64::ZERO,
        });
        PeriodicLead::new(cell, Matrix::from_diagonal(&vec![-C64::ONE; n]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scattering::{Route, SMatrix, smatrix};

    fn scatter(rectangle: Rectangle, openings: &[Opening], onsite: &[f64]) -> SMatrix {
        let conductor = rectangle.open(openings, Arms::Strips, vec![]).unwrap();
        let s = smatrix(&conductor.at(-1.3).unwrap(), onsite, Route::NestedDissection).unwrap();
        assert!(s.audit.passed(), "{:?}", s.audit);
        s
    }

    fn energies(sites: usize) -> Vec<f64> {
        (0..sites).map(|i| (i as f64 * 1.7).sin()).collect()
    }

    /// Openings as wide as the ends make a strip: transmissions are those of `Conductor::new`, to rounding.
    #[test]
    fn a_rectangle_open_at_both_ends_is_a_strip() {
        let rectangle = Rectangle { length: 7, width: 5, flux: 0.03 };
        let sides = [Side::Left, Side::Right].map(|side| Opening { side, sites: 0..5 });
        let s = scatter(rectangle, &sides, &energies(35));
        let lattice = Lattice::new(Family::Square, [7, 5, 1], Boundary::HardWall).unwrap();
        let leads = [Some(Lead::Continuation), Some(Lead::Continuation)];
        let strip = Conductor::new(lattice.with_flux(0.03).unwrap(), leads, vec![]).unwrap();
        let same = smatrix(&strip.at(-1.3).unwrap(), &energies(35), Route::Recursive).unwrap();
        for (to, from) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            assert!((s.transmission(to, from) - same.transmission(to, from)).abs() < 1e-11, "{to} {from}");
        }
    }

    /// A quarter turn moves the lead of the left side to the bottom, and that of the top to the left: transmissions in a field do not depend on the
    /// direction along which phases stand, to rounding.
    #[test]
    fn the_gauge_of_every_side_is_that_of_the_rectangle() {
        let rectangle = Rectangle { length: 8, width: 6, flux: 0.05 };
        let turned = Rectangle { length: 6, width: 8, flux: 0.05 };
        let onsite = energies(48);
        // (x, y) goes to (width - 1 - y, x)
        let mut after = vec![0.0; 48];
        (0..8).for_each(|x| (0..6).for_each(|y| after[(5 - y) * 8 + x] = onsite[x * 6 + y]));
        let openings = [(Side::Left, 1..4), (Side::Top, 2..7), (Side::Right, 3..6)]
            .map(|(side, sites)| Opening { side, sites });
        let moved = [(Side::Bottom, 2..5), (Side::Left, 2..7), (Side::Top, 0..3)]
            .map(|(side, sites)| Opening { side, sites });
        let [before, after] = [scatter(rectangle, &openings, &onsite), scatter(turned, &moved, &after)];
        for (to, from) in [(0, 1), (1, 0), (1, 2), (2, 1), (2, 0), (0, 2)] {
            let [a, b] = [&before, &after].map(|s| s.transmission(to, from));
            assert!(a > 0.01 && (a - b).abs() < 1e-11, "{to} {from}: {a} {b}");
        }
        // in a field the way back is another one
        assert!((before.transmission(0, 1) - before.transmission(1, 0)).abs() > 1e-3);
    }

    #[test]
    fn openings_fit_their_sides() {
        let rectangle = Rectangle { length: 6, width: 5, flux: 0.0 };
        let open = |openings: &[Opening]| rectangle.open(openings, Arms::WideBand(1.0), vec![]).map(|_| ());
        assert!(open(&rectangle.cavity([2, 3])).is_ok());
        assert_eq!(open(&rectangle.cavity([3, 3])), Err(ShapeError::Overlap([0, 1])));
        let beyond = Err(ShapeError::Opening { opening: 0, first: 0, end: 6, side: 5 });
        assert_eq!(open(&rectangle.cavity([6, 1])), beyond);
        assert!(open(&rectangle.splitter(&[1, 5, 6, 2])).is_ok());
        assert!(open(&rectangle.splitter(&[1, 0])).is_err());
    }
}
