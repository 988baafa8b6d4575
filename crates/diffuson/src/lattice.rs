//! Lattices as stacks of slices along the current.
//!
//! Every family here couples a slice only to its two neighbours, and there site `k` only to site `k`, so that the
//! coupling of two slices is a diagonal matrix (zero where a bond is missing). A new lattice is a new [`Family`]: give
//! its bonds in [`Lattice::bonds_in_slice`] and [`Lattice::has_forward_bond`] and its geometry in
//! [`Lattice::position`] and [`Lattice::spacing`]; solvers and leads need nothing else.
//!
//! The Hamiltonian is `H = sum eps_i |i><i| - t sum_<ij> (|i><j| + h.c.)` with t = 1. A magnetic field enters as Peierls
//! phases on the bonds along the current: `<x+1,y|H|x,y> = -t exp(-2 pi i phi y)`, phi flux quanta per plaquette.

use diffuson_linalg::{C64, Matrix};
use std::f64::consts::TAU;

/// The families of lattices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Square lattice; neighbours at distance a.
    Square,
    /// Honeycomb lattice with zigzag chains along the current (zigzag edges); a is the bond length.
    HoneycombZigzag,
    /// Honeycomb lattice with zigzag chains across the current (armchair edges); a is the bond length. Each slice ends in a zigzag edge,
    /// whose states at E = 0 are poles of the Green functions of a recursion: near E = 0 some (t/E)^2 roundings are lost, at E = 0 the
    /// continuation of the lattice has no self-energy.
    HoneycombArmchair,
    /// Simple cubic lattice; neighbours at distance a.
    Cubic,
}

/// What happens at the sides of the conductor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boundary {
    /// The wave function vanishes beyond the last row.
    HardWall,
    /// The last row is joined to the first (in both transverse directions of a bar).
    Periodic,
}

/// A strip (two dimensions) or bar (three dimensions) of a lattice.
///
/// Site (x, y, z) with `0 <= x < length` along the current has the index `(x * width + y) * height + z`.
#[derive(Clone, Debug, PartialEq)]
pub struct Lattice {
    family: Family,
    length: usize,
    width: usize,
    height: usize,
    boundary: Boundary,
    flux: f64,
}

/// A lattice that cannot be built.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LatticeError {
    /// A side is too short.
    #[error("{side} = {given}, but at least {least} is needed{reason}")]
    TooShort {
        /// Which side: `length`, `width` or `height`.
        side: &'static str,
        /// The number given.
        given: usize,
        /// The smallest number allowed.
        least: usize,
        /// Why.
        reason: &'static str,
    },
    /// A honeycomb lattice closed on itself needs an even number of rows.
    #[error("width = {0}, but a honeycomb lattice with periodic sides needs an even width")]
    OddPeriodicHoneycomb(usize),
    /// A lattice in two dimensions has height 1.
    #[error("height = {0}, but only the cubic lattice has a height")]
    Flat(usize),
    /// More sites than any memory holds.
    #[error("{0:?} sites along the three sides: more than any memory holds")]
    TooLarge([usize; 3]),
    /// The magnetic field is infinite or not a number.
    #[error("flux = {0}, but a finite number is wanted")]
    BadFlux(f64),
    /// The phase around the circumference is not a multiple of 2 pi.
    #[error(
        "flux = {flux} with periodic sides: the flux through the surface around the conductor, {around}, must be a whole number of quanta per slice"
    )]
    OpenGauge {
        /// Flux quanta per plaquette.
        flux: f64,
        /// Flux quanta around the circumference, per slice.
        around: f64,
    },
}

/// A terabyte for each byte of a site: what counts in units of a site never overflows.
const MOST_SITES: usize = 1 << 40;

impl Lattice {
    /// A lattice of `length` slices of `width` x `height` sites without magnetic field. `height` is 1 in two dimensions.
    ///
    /// # Errors
    /// [`LatticeError`] if a side is too short for the family and boundary.
    pub fn new(
        family: Family,
        [length, width, height]: [usize; 3],
        boundary: Boundary,
    ) -> Result<Self, LatticeError> {
        let at_least = |side, given, least, reason| {
            if given < least { Err(LatticeError::TooShort { side, given, least, reason }) } else { Ok(()) }
        };
        let periodic = boundary == Boundary::Periodic;
        at_least("length", length, 1, "")?;
        if family == Family::Cubic {
            let across = if periodic { 3 } else { 1 };
            at_least("width", width, across, " (periodic sides)")?;
            at_least("height", height, across, " (periodic sides)")?;
        } else if height != 1 {
            return Err(LatticeError::Flat(height));
        }
        match family {
            Family::Square if periodic => at_least("width", width, 3, " (periodic sides)")?,
            Family::Square | Family::Cubic => at_least("width", width, 1, "")?,
            Family::HoneycombZigzag | Family::HoneycombArmchair => {
                at_least("width", width, if periodic { 4 } else { 2 }, " (honeycomb)")?;
                if periodic && width % 2 == 1 {
                    return Err(LatticeError::OddPeriodicHoneycomb(width));
                }
            }
        }
        let sites = [width, height].into_iter().try_fold(length, usize::checked_mul);
        match sites.filter(|sites| *sites <= MOST_SITES) {
            Some(_) => Ok(Self { family, length, width, height, boundary, flux: 0.0 }),
            None => Err(LatticeError::TooLarge([length, width, height])),
        }
    }

    /// The same lattice with `flux` flux quanta per plaquette (square or hexagon) normal to the x-y plane.
    ///
    /// # Errors
    /// [`LatticeError::BadFlux`] if it is not a finite number, [`LatticeError::OpenGauge`] if the sides are periodic and the phase around the conductor is not a multiple of 2 pi.
    pub fn with_flux(mut self, flux: f64) -> Result<Self, LatticeError> {
        if !flux.is_finite() {
            return Err(LatticeError::BadFlux(flux));
        }
        self.flux = flux;
        let around = self.phase_per_row() * self.width as f64;
        if self.boundary == Boundary::Periodic && (around - around.round()).abs() > 1e-9 {
            return Err(LatticeError::OpenGauge { flux, around });
        }
        Ok(self)
    }

    /// Number of slices along the current.
    pub fn slices(&self) -> usize {
        self.length
    }

    /// Number of sites in a slice.
    pub fn slice_sites(&self) -> usize {
        self.width * self.height
    }

    /// Number of sites.
    pub fn sites(&self) -> usize {
        self.length * self.slice_sites()
    }

    /// The family.
    pub fn family(&self) -> Family {
        self.family
    }

    /// The condition at the sides.
    pub fn boundary(&self) -> Boundary {
        self.boundary
    }

    /// Flux quanta per plaquette.
    pub fn flux(&self) -> f64 {
        self.flux
    }

    /// Rows across (y).
    pub fn width(&self) -> usize {
        self.width
    }

    /// Layers (z); 1 in two dimensions.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Number of slices after which the clean lattice repeats along the current.
    pub fn period(&self) -> usize {
        match self.family {
            Family::Square | Family::Cubic => 1,
            Family::HoneycombZigzag | Family::HoneycombArmchair => 2,
        }
    }

    /// Half the width of the clean bulk band, in t: the band is `[-edge, edge]`.
    pub fn band_edge(&self) -> f64 {
        match self.family {
            Family::Square => 4.0,
            Family::Cubic => 6.0,
            Family::HoneycombZigzag | Family::HoneycombArmchair => 3.0,
        }
    }

    /// Bonds within slice `x` as pairs of sites of the slice. Slices before and after the conductor are allowed.
    pub fn bonds_in_slice(&self, x: isize) -> Vec<(usize, usize)> {
        let (ny, nz) = (self.width, self.height);
        let mut bonds = Vec::new();
        for y in 0..ny {
            let up = match self.boundary {
                _ if y + 1 < ny => Some(y + 1),
                Boundary::Periodic => Some(0),
                Boundary::HardWall => None,
            };
            let joined = self.family != Family::HoneycombZigzag || (x + y as isize) % 2 == 0;
            for z in 0..nz {
                if let (Some(up), true) = (up, joined) {
                    bonds.push((y * nz + z, up * nz + z));
                }
                if z + 1 < nz {
                    bonds.push((y * nz + z, y * nz + z + 1));
                } else if nz > 1 && self.boundary == Boundary::Periodic {
                    bonds.push((y * nz + z, y * nz));
                }
            }
        }
        bonds
    }

    /// Whether site `k` of slice `x` is joined to site `k` of slice `x + 1`.
    pub fn has_forward_bond(&self, x: isize, k: usize) -> bool {
        self.family != Family::HoneycombArmchair || (x + (k / self.height) as isize) % 2 == 0
    }

    /// The Hamiltonian of slice `x` without on-site energies, in t.
    pub fn slice_hamiltonian(&self, x: isize) -> Matrix {
        let mut h = Matrix::zeros(self.slice_sites(), self.slice_sites());
        for (i, j) in self.bonds_in_slice(x) {
            h[(i, j)] -= C64::ONE;
            h[(j, i)] -= C64::ONE;
        }
        h
    }

    /// The diagonal of `<x|H|x+1>`, in t, with the Peierls phases.
    pub fn forward_hopping(&self, x: usize) -> Vec<C64> {
        (0..self.slice_sites())
            .map(|k| {
                let phase = TAU * self.phase_per_row() * (k / self.height) as f64;
                if self.has_forward_bond(x as isize, k) { -C64::from_polar(1.0, phase) } else { C64::ZERO }
            })
            .collect()
    }

    /// Position (x, y, z) of site `k` of slice `x`, in a.
    pub fn position(&self, x: usize, k: usize) -> [f64; 3] {
        let (y, z) = (k / self.height, (k % self.height) as f64);
        let [dx, dy, _] = self.spacing();
        let stagger = if (x + y).is_multiple_of(2) { 0.25 } else { -0.25 };
        match self.family {
            Family::Square | Family::Cubic => [x as f64, y as f64, z],
            Family::HoneycombZigzag => [x as f64 * dx, y as f64 * dy + stagger, 0.0],
            Family::HoneycombArmchair => [x as f64 * dx + stagger, y as f64 * dy, 0.0],
        }
    }

    /// Mean distances of neighbouring slices, rows and layers, in a.
    pub fn spacing(&self) -> [f64; 3] {
        let chain = 3f64.sqrt() / 2.0;
        match self.family {
            Family::Square | Family::Cubic => [1.0, 1.0, 1.0],
            Family::HoneycombZigzag => [chain, 1.5, 1.0],
            Family::HoneycombArmchair => [1.5, chain, 1.0],
        }
    }

    /// Width (two dimensions, in a) or cross section (three dimensions, in a^2) of the conductor.
    pub fn cross_section(&self) -> f64 {
        let [_, dy, dz] = self.spacing();
        self.width as f64 * dy * self.height as f64 * dz
    }

    /// Area (in a^2) or volume (in a^3) per site.
    pub fn site_volume(&self) -> f64 {
        self.spacing().iter().product()
    }

    /// Phase of the bonds along the current per row, in units of 2 pi.
    fn phase_per_row(&self) -> f64 {
        match self.family {
            Family::Square | Family::Cubic => self.flux,
            // a hexagon lies between two bonds of each of two rows, or one bond each of rows two apart
            Family::HoneycombZigzag | Family::HoneycombArmchair => self.flux / 2.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Phase of the product of hoppings around closed paths: an Aharonov-Bohm phase of 2 pi flux per plaquette.
    #[test]
    fn every_plaquette_holds_the_same_flux() {
        let flux = 0.13;
        let build =
            |family| Lattice::new(family, [6, 6, 1], Boundary::HardWall).unwrap().with_flux(flux).unwrap();
        let hop = |l: &Lattice, x: usize, y: usize| l.forward_hopping(x)[y];
        // counter-clockwise around (x, y): forward at y, backward at the upper row
        let square = build(Family::Square);
        let zigzag = build(Family::HoneycombZigzag);
        let armchair = build(Family::HoneycombArmchair);
        for y in 0..4 {
            let loops = [
                hop(&square, 1, y) * hop(&square, 1, y + 1).conj(),
                hop(&zigzag, 1, y)
                    * hop(&zigzag, 2, y)
                    * (hop(&zigzag, 1, y + 1) * hop(&zigzag, 2, y + 1)).conj(),
                hop(&armchair, y % 2, y) * hop(&armchair, y % 2, y + 2).conj(),
            ];
            for phase in loops.map(|z| -z.arg() / TAU) {
                assert!((phase - flux).abs() < 1e-14, "{phase}");
            }
        }
    }

    #[test]
    fn bonds_have_unit_length_and_the_right_number() {
        for (family, neighbours) in [
            (Family::Square, 4),
            (Family::Cubic, 6),
            (Family::HoneycombZigzag, 3),
            (Family::HoneycombArmchair, 3),
        ] {
            let height = if family == Family::Cubic { 5 } else { 1 };
            let l = Lattice::new(family, [5, 6, height], Boundary::HardWall).unwrap();
            let mut degree = vec![0; l.sites()];
            let n = l.slice_sites();
            let mut join = |(x, i): (usize, usize), (x2, j): (usize, usize)| {
                let (p, q) = (l.position(x, i), l.position(x2, j));
                let d: f64 = p.iter().zip(q).map(|(a, b)| (a - b).powi(2)).sum();
                assert!((d - 1.0).abs() < 1e-12, "{family:?} {p:?} {q:?}");
                degree[x * n + i] += 1;
                degree[x2 * n + j] += 1;
            };
            for x in 0..5 {
                l.bonds_in_slice(x as isize).into_iter().for_each(|(i, j)| join((x, i), (x, j)));
                if x < 4 {
                    (0..n)
                        .filter(|&k| l.has_forward_bond(x as isize, k))
                        .for_each(|k| join((x, k), (x + 1, k)));
                }
            }
            assert_eq!(degree.iter().copied().max(), Some(neighbours), "{family:?}");
        }
    }

    #[test]
    fn impossible_lattices_are_refused() {
        use Boundary::Periodic;
        assert!(Lattice::new(Family::Square, [4, 2, 1], Periodic).is_err());
        assert!(Lattice::new(Family::HoneycombZigzag, [4, 5, 1], Periodic).is_err());
        assert!(Lattice::new(Family::Square, [4, 4, 2], Boundary::HardWall).is_err());
        assert!(Lattice::new(Family::Square, [0, 4, 1], Boundary::HardWall).is_err());
        let tube = Lattice::new(Family::Square, [4, 10, 1], Periodic).unwrap();
        assert!(tube.clone().with_flux(0.05).is_err());
        assert!(tube.with_flux(0.1).is_ok());
    }
}
