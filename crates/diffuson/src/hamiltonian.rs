//! Tight-binding Hamiltonians of finite regions of any shape: sites with one or several orbitals, bonds between any of them.
//!
//! A Hamiltonian is built site by site and bond by bond ([`Builder`]), taken from a [`Lattice`], or carved out of one. Orbitals are numbered
//! site after site. What is kept is the lower triangle, column after column, as sparse solvers read it.

use crate::lattice::Lattice;
use diffuson_linalg::{C64, Matrix};
use std::f64::consts::TAU;
use std::ops::Range;

/// The Hamiltonian of a finite region, frozen, in t.
#[derive(Clone, Debug, PartialEq)]
pub struct Hamiltonian {
    positions: Vec<[f64; 3]>,
    /// First orbital of each site, then the number of orbitals.
    first: Vec<usize>,
    /// Where each column begins in `rows` and `values`, then their length.
    starts: Vec<usize>,
    rows: Vec<usize>,
    values: Vec<C64>,
    real: bool,
}

/// A Hamiltonian that cannot be built.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum HamiltonianError {
    /// A region without sites.
    #[error("no sites: a Hamiltonian needs at least one")]
    NoSites,
    /// A bond to a site that was not added.
    #[error("a bond to site {site}, but {sites} sites were added so far")]
    NoSuchSite {
        /// The site asked for.
        site: usize,
        /// Sites added so far.
        sites: usize,
    },
    /// A block has not as many rows and columns as its sites have orbitals.
    #[error("a block of {given:?} rows and columns between sites {sites:?}, which takes {wanted:?}")]
    WrongShape {
        /// The two sites; the same for an on-site block.
        sites: [usize; 2],
        /// Rows and columns given.
        given: [usize; 2],
        /// Rows and columns that fit.
        wanted: [usize; 2],
    },
    /// A bond of a site with itself.
    #[error("a bond of site {0} with itself: that is its on-site block")]
    SelfBond(usize),
    /// Two bonds between the same sites.
    #[error("two bonds between sites {0:?}: each pair takes one, in either direction")]
    TwoBonds([usize; 2]),
    /// An on-site block is not Hermitian.
    #[error("the on-site block of site {site} differs from its adjoint by {by} t")]
    NotHermitian {
        /// The site.
        site: usize,
        /// Largest difference of an entry.
        by: f64,
    },
    /// An entry between orbitals that there are not.
    #[error("an entry between orbitals {orbitals:?}, but the sites have those of 0 to {last}")]
    NoSuchOrbital {
        /// Row and column given.
        orbitals: [usize; 2],
        /// The last orbital.
        last: usize,
    },
    /// A site without orbitals.
    #[error("site {0} has no orbitals: each has at least one")]
    NoOrbitals(usize),
    /// The two entries between two orbitals are not conjugate.
    #[error("<{row}|H|{col}> and the conjugate of <{col}|H|{row}> differ by {by} t: the matrix is not Hermitian", row = .orbitals[0], col = .orbitals[1])]
    NotHermitianBetween {
        /// Row and column.
        orbitals: [usize; 2],
        /// Their difference.
        by: f64,
    },
    /// A position or an entry is not a finite number.
    #[error("a position or an entry between sites {0:?} is not a finite number")]
    NotANumber([usize; 2]),
}

/// How far an on-site block may be from Hermitian, per largest entry: rounding of whatever made it.
const HERMITIAN: f64 = 1e-12;

impl Hamiltonian {
    /// Begins a Hamiltonian without sites.
    pub fn builder() -> Builder {
        Builder { positions: Vec::new(), first: vec![0], entries: Vec::new() }
    }

    /// From sites at `positions` with so many `orbitals` each, and entries (row, column, `<row|H|column>`) in t between orbitals, in any order: of both triangles, or of either one alone.
    /// Entries of the same place add up.
    ///
    /// # Errors
    /// [`HamiltonianError`] if there is no site or one without orbitals, an entry is out of range, or the matrix is not Hermitian (but for rounding).
    ///
    /// # Panics
    /// Unless there is a number of orbitals for each position.
    pub fn from_entries(
        positions: Vec<[f64; 3]>,
        orbitals: &[usize],
        entries: impl IntoIterator<Item = (usize, usize, C64)>,
    ) -> Result<Self, HamiltonianError> {
        assert_eq!(positions.len(), orbitals.len(), "a number of orbitals for each site");
        if positions.is_empty() {
            return Err(HamiltonianError::NoSites);
        }
        if let Some(site) = orbitals.iter().position(|&n| n == 0) {
            return Err(HamiltonianError::NoOrbitals(site));
        }
        if let Some(site) = positions.iter().position(|p| !p.iter().all(|x| x.is_finite())) {
            return Err(HamiltonianError::NotANumber([site; 2]));
        }
        let mut builder = Self::builder();
        builder.positions = positions;
        builder.first.extend(orbitals.iter().scan(0, |all, n| {
            *all = n.saturating_add(*all);
            Some(*all)
        }));
        let count = builder.first[orbitals.len()];
        let site = |orbital| builder.first.partition_point(|&first| first <= orbital) - 1;
        // both triangles as lower ones: entries there, and conjugates of those above
        let [mut below, mut above] = [Vec::new(), Vec::new()];
        for (row, col, value) in entries {
            if row.max(col) >= count {
                return Err(HamiltonianError::NoSuchOrbital { orbitals: [row, col], last: count - 1 });
            }
            if !value.is_finite() {
                return Err(HamiltonianError::NotANumber([site(row), site(col)]));
            }
            if row >= col {
                below.push(Entry { col, row, value });
            } else {
                above.push(Entry { col: row, row: col, value: value.conj() });
            }
        }
        [&mut below, &mut above].into_iter().for_each(add_up);
        let largest = below.iter().chain(&above).map(|entry| entry.value.norm()).fold(0.0, f64::max);
        let differ = |orbitals, by: f64| {
            if by > HERMITIAN * largest {
                Err(HamiltonianError::NotHermitianBetween { orbitals, by })
            } else {
                Ok(())
            }
        };
        for entry in below.iter().filter(|entry| entry.row == entry.col) {
            differ([entry.row; 2], 2.0 * entry.value.im.abs())?;
        }
        let strictly_below = || below.iter().filter(|entry| entry.row != entry.col).copied();
        if !above.is_empty() && strictly_below().next().is_some() {
            let place = |entry: &Entry| (entry.col, entry.row);
            let mut mirrored = above.iter().copied().peekable();
            for entry in strictly_below() {
                while let Some(alone) = mirrored.next_if(|other| place(other) < place(&entry)) {
                    differ([alone.row, alone.col], alone.value.norm())?;
                }
                let other = mirrored.next_if(|other| place(other) == place(&entry));
                let by = (entry.value - other.map_or(C64::ZERO, |other| other.value)).norm();
                differ([entry.row, entry.col], by)?;
            }
            mirrored.try_for_each(|alone| differ([alone.row, alone.col], alone.value.norm()))?;
            above.clear();
        }
        // every column begins with its diagonal
        let diagonal = (0..count).map(|k| Entry { col: k, row: k, value: C64::ZERO });
        builder.entries = diagonal.chain(below).chain(above).collect();
        builder.sort();
        add_up(&mut builder.entries);
        builder
            .entries
            .iter_mut()
            .filter(|entry| entry.row == entry.col)
            .for_each(|entry| entry.value.im = 0.0);
        Ok(builder.freeze())
    }

    /// The Hamiltonian of a whole lattice, without on-site energies; sites in the order of the lattice, one orbital each.
    pub fn of(lattice: &Lattice) -> Self {
        Self::region(lattice, &(0..lattice.sites()).collect::<Vec<_>>())
    }

    /// The part of a lattice at the positions for which `keep` holds, in the order of the lattice, and the site of the lattice that each of
    /// its sites is. Bonds to sites outside are cut.
    ///
    /// # Errors
    /// [`HamiltonianError::NoSites`] if nothing is kept.
    pub fn carve(
        lattice: &Lattice,
        keep: impl Fn([f64; 3]) -> bool,
    ) -> Result<(Self, Vec<usize>), HamiltonianError> {
        let n = lattice.slice_sites();
        let kept: Vec<usize> =
            (0..lattice.sites()).filter(|site| keep(lattice.position(site / n, site % n))).collect();
        Ok((Self::part(lattice, &kept)?, kept))
    }

    /// The given sites of a lattice, which ascend; bonds to others are cut.
    ///
    /// # Errors
    /// [`HamiltonianError::NoSites`] if there is none.
    ///
    /// # Panics
    /// If the lattice has no such site.
    pub fn part(lattice: &Lattice, kept: &[usize]) -> Result<Self, HamiltonianError> {
        if kept.is_empty() { Err(HamiltonianError::NoSites) } else { Ok(Self::region(lattice, kept)) }
    }

    fn region(lattice: &Lattice, kept: &[usize]) -> Self {
        let n = lattice.slice_sites();
        let mut builder = Self::builder();
        let mut place = vec![None; lattice.sites()];
        for (own, &site) in kept.iter().enumerate() {
            place[site] = Some(own);
            builder.positions.push(lattice.position(site / n, site % n));
            builder.first.push(own + 1);
            builder.entries.push(Entry { col: own, row: own, value: C64::ZERO });
        }
        let mut join = |i: usize, j: usize, value: C64| {
            if let (Some(i), Some(j)) = (place[i], place[j]) {
                builder.add(i, j, value);
            }
        };
        for x in 0..lattice.slices() {
            for (i, j) in lattice.bonds_in_slice(x as isize) {
                join(x * n + i, x * n + j, -C64::ONE);
            }
            if x + 1 < lattice.slices() {
                for (k, hopping) in lattice.forward_hopping(x).into_iter().enumerate() {
                    join(x * n + k, (x + 1) * n + k, hopping);
                }
            }
        }
        builder.freeze()
    }

    /// Number of sites.
    pub fn sites(&self) -> usize {
        self.positions.len()
    }

    /// Position (x, y, z) of a site.
    pub fn position(&self, site: usize) -> [f64; 3] {
        self.positions[site]
    }

    /// Number of orbitals: the order of the matrix.
    pub fn orbitals(&self) -> usize {
        self.starts.len() - 1
    }

    /// The orbitals of a site.
    pub fn orbitals_of(&self, site: usize) -> Range<usize> {
        self.first[site]..self.first[site + 1]
    }

    /// Whether every entry is real.
    pub fn is_real(&self) -> bool {
        self.real
    }

    /// The entries (row, column, `<row|H|column>`) of the lower triangle, diagonal included, column after column with ascending rows.
    pub fn entries(&self) -> impl Iterator<Item = (usize, usize, C64)> {
        (0..self.orbitals()).flat_map(move |col| {
            let column = self.starts[col]..self.starts[col + 1];
            column.map(move |place| (self.rows[place], col, self.values[place]))
        })
    }

    /// The bonds: pairs `[i, j]`, i > j, of sites between any orbitals of which there is an entry; in the order of the columns, that is, of
    /// ascending j, and of ascending i for each j.
    pub fn bonds(&self) -> Vec<[usize; 2]> {
        let site = self.sites_of_orbitals();
        let mut bonds = Vec::new();
        for j in 0..self.sites() {
            let columns = self.orbitals_of(j);
            let rows = &self.rows[self.starts[columns.start]..self.starts[columns.end]];
            let mut others: Vec<usize> = rows.iter().map(|&row| site[row]).filter(|&i| i > j).collect();
            others.sort_unstable();
            others.dedup();
            bonds.extend(others.into_iter().map(|i| [i, j]));
        }
        bonds
    }

    /// The site of each orbital.
    pub(crate) fn sites_of_orbitals(&self) -> Vec<usize> {
        (0..self.sites()).flat_map(|site| self.orbitals_of(site).map(move |_| site)).collect()
    }

    /// The complex conjugate: the same region in the opposite magnetic field, spins aside.
    pub fn conjugate(&self) -> Self {
        Self { values: self.values.iter().map(C64::conj).collect(), ..self.clone() }
    }

    /// Where each column begins among the entries, then their number.
    pub fn column_starts(&self) -> &[usize] {
        &self.starts
    }

    /// The rows of the entries; the first of each column is its diagonal.
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// The values of the entries, in t.
    pub fn values(&self) -> &[C64] {
        &self.values
    }
}

/// A Hamiltonian in the making.
#[derive(Clone, Debug)]
pub struct Builder {
    positions: Vec<[f64; 3]>,
    first: Vec<usize>,
    entries: Vec<Entry>,
}

/// `<row|H|col>` of the lower triangle.
#[derive(Clone, Copy, Debug)]
struct Entry {
    col: usize,
    row: usize,
    value: C64,
}

impl Builder {
    /// Adds a site at `position` with as many orbitals as the Hermitian block `onsite` (in t) has rows. Returns its number.
    ///
    /// # Errors
    /// [`HamiltonianError`] if the block is not square, has no rows or is not Hermitian, or anything is not a number.
    pub fn add_site(&mut self, position: [f64; 3], onsite: &Matrix) -> Result<usize, HamiltonianError> {
        let site = self.positions.len();
        let (n, given) = (onsite.rows(), [onsite.rows(), onsite.cols()]);
        if n == 0 || onsite.cols() != n {
            return Err(HamiltonianError::WrongShape { sites: [site; 2], given, wanted: [n.max(1); 2] });
        }
        if !(position.iter().all(|x| x.is_finite()) && is_finite(onsite)) {
            return Err(HamiltonianError::NotANumber([site; 2]));
        }
        let pairs = (0..n).flat_map(|i| (0..=i).map(move |j| (i, j)));
        let by = pairs.map(|(i, j)| (onsite[(i, j)] - onsite[(j, i)].conj()).norm()).fold(0.0, f64::max);
        if by > HERMITIAN * onsite.max_norm() {
            return Err(HamiltonianError::NotHermitian { site, by });
        }
        let first = self.first[site];
        self.positions.push(position);
        self.first.push(first + n);
        for j in 0..n {
            self.entries.push(Entry { col: first + j, row: first + j, value: onsite[(j, j)].re.into() });
            for i in j + 1..n {
                self.add(first + i, first + j, onsite[(i, j)]);
            }
        }
        Ok(site)
    }

    /// Joins two sites by `hopping` = `<i|H|j>` (in t; orbitals of i as rows, of j as columns); `<j|H|i>` is its adjoint.
    ///
    /// # Errors
    /// [`HamiltonianError`] if a site does not exist, the sites are one, the shape does not fit, or an entry is not a number.
    pub fn add_bond(&mut self, i: usize, j: usize, hopping: &Matrix) -> Result<(), HamiltonianError> {
        let sites = self.positions.len();
        if let Some(&site) = [i, j].iter().find(|&&site| site >= sites) {
            return Err(HamiltonianError::NoSuchSite { site, sites });
        }
        if i == j {
            return Err(HamiltonianError::SelfBond(i));
        }
        let wanted = [i, j].map(|site| self.first[site + 1] - self.first[site]);
        let given = [hopping.rows(), hopping.cols()];
        if given != wanted {
            return Err(HamiltonianError::WrongShape { sites: [i, j], given, wanted });
        }
        if !is_finite(hopping) {
            return Err(HamiltonianError::NotANumber([i, j]));
        }
        for b in 0..wanted[1] {
            for a in 0..wanted[0] {
                self.add(self.first[i] + a, self.first[j] + b, hopping[(a, b)]);
            }
        }
        Ok(())
    }

    /// The finished Hamiltonian.
    ///
    /// # Errors
    /// [`HamiltonianError`] if there is no site, or there are two bonds between the same sites.
    pub fn build(mut self) -> Result<Hamiltonian, HamiltonianError> {
        if self.positions.is_empty() {
            return Err(HamiltonianError::NoSites);
        }
        self.sort();
        let twice = self.entries.windows(2).find(|w| (w[0].col, w[0].row) == (w[1].col, w[1].row));
        if let Some(&[Entry { col, row, .. }, _]) = twice {
            let site = |orbital| self.first.partition_point(|&first| first <= orbital) - 1;
            return Err(HamiltonianError::TwoBonds([site(col), site(row)]));
        }
        Ok(self.freeze())
    }

    /// An entry off the diagonal and, by it, its mirror image.
    fn add(&mut self, i: usize, j: usize, value: C64) {
        let (row, col, value) = if i > j { (i, j, value) } else { (j, i, value.conj()) };
        self.entries.push(Entry { col, row, value });
    }

    fn sort(&mut self) {
        self.entries.sort_unstable_by_key(|entry| (entry.col, entry.row));
    }

    /// What is zero off the diagonal is no bond.
    fn freeze(mut self) -> Hamiltonian {
        self.entries.retain(|entry| entry.row == entry.col || entry.value != C64::ZERO);
        self.sort();
        let orbitals = self.first[self.positions.len()];
        let mut starts = vec![0; orbitals + 1];
        self.entries.iter().for_each(|entry| starts[entry.col + 1] += 1);
        (0..orbitals).for_each(|col| starts[col + 1] += starts[col]);
        Hamiltonian {
            positions: self.positions,
            first: self.first,
            starts,
            rows: self.entries.iter().map(|entry| entry.row).collect(),
            real: self.entries.iter().all(|entry| entry.value.im == 0.0),
            values: self.entries.into_iter().map(|entry| entry.value).collect(),
        }
    }
}

/// Sorts entries by place, and adds up those of one.
fn add_up(entries: &mut Vec<Entry>) {
    entries.sort_by_key(|entry| (entry.col, entry.row));
    entries.dedup_by(|next, kept| {
        let same = (next.col, next.row) == (kept.col, kept.row);
        if same {
            kept.value += next.value;
        }
        same
    });
}

fn is_finite(m: &Matrix) -> bool {
    m.as_slice().iter().all(|z| z.is_finite())
}

/// The Peierls factor `exp(-2 pi i flux (x_i - x_j) (y_i + y_j) / 2)` of `<i|H|j>` in a field of `flux` flux quanta per a^2 along z.
///
/// The gauge is that of the lattices: phases on bonds along x, growing with y.
pub fn peierls(i: [f64; 3], j: [f64; 3], flux: f64) -> C64 {
    C64::from_polar(1.0, -TAU * flux * (i[0] - j[0]) * 0.5 * (i[1] + j[1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lattice::{Boundary, Family};

    fn scalar(value: C64) -> Matrix {
        Matrix::from_diagonal(&[value])
    }

    /// Entries of both triangles, of the lower and of the upper one alone, in any order and in parts, are the same Hamiltonian; what is not Hermitian, out of range or no number is refused.
    #[test]
    fn from_entries_of_either_triangle() {
        let lattice = Lattice::new(Family::Square, [3, 2, 1], Boundary::HardWall).unwrap();
        let h = Hamiltonian::of(&lattice.with_flux(0.1).unwrap());
        let lower: Vec<_> = h.entries().collect();
        let upper: Vec<_> = lower.iter().map(|&(i, j, value)| (j, i, value.conj())).collect();
        let above = upper.iter().copied().filter(|(i, j, _)| i != j);
        let both: Vec<_> = lower.iter().copied().chain(above).rev().collect();
        let halves: Vec<_> = both.iter().chain(&both).map(|&(i, j, value)| (i, j, 0.5 * value)).collect();
        let of = |entries: &[(usize, usize, C64)]| {
            let positions = (0..6).map(|site| h.position(site)).collect();
            Hamiltonian::from_entries(positions, &[1; 6], entries.iter().copied())
        };
        for entries in [&lower, &upper, &both, &halves] {
            assert_eq!(of(entries).unwrap(), h);
        }
        let mut skew = both.clone();
        let hopping = skew.iter_mut().find(|(i, j, _)| i < j).unwrap();
        hopping.2 *= 1.0 + 1e-9;
        assert!(matches!(of(&skew), Err(HamiltonianError::NotHermitianBetween { .. })));
        let without_one: Vec<_> = both.iter().copied().filter(|&(i, j, _)| (i, j) != (0, 1)).collect();
        assert!(matches!(
            of(&without_one),
            Err(HamiltonianError::NotHermitianBetween { orbitals: [1, 0], .. })
        ));
        assert!(matches!(of(&[(6, 0, C64::ONE)]), Err(HamiltonianError::NoSuchOrbital { last: 5, .. })));
        assert!(matches!(of(&[(5, 5, C64::I)]), Err(HamiltonianError::NotHermitianBetween { .. })));
        assert!(matches!(of(&[(5, 0, f64::NAN.into())]), Err(HamiltonianError::NotANumber([5, 0]))));
        assert!(matches!(
            Hamiltonian::from_entries(vec![[0.0; 3]], &[0], []),
            Err(HamiltonianError::NoOrbitals(0))
        ));
    }

    /// A square lattice bond by bond, in any order and either direction, with Peierls factors of its own: the same arrays to rounding.
    #[test]
    fn built_and_taken_from_a_lattice() {
        let flux = 0.07;
        let lattice =
            Lattice::new(Family::Square, [4, 3, 1], Boundary::HardWall).unwrap().with_flux(flux).unwrap();
        let taken = Hamiltonian::of(&lattice);
        let mut builder = Hamiltonian::builder();
        for site in 0..12 {
            builder.add_site(taken.position(site), &scalar(C64::ZERO)).unwrap();
        }
        for i in 0..12 {
            for j in (0..i).rev() {
                let (p, q) = (taken.position(i), taken.position(j));
                if (p[0] - q[0]).abs() + (p[1] - q[1]).abs() == 1.0 {
                    let (i, j, p, q) = if (i + j) % 3 == 0 { (i, j, p, q) } else { (j, i, q, p) };
                    builder.add_bond(i, j, &scalar(-peierls(p, q, flux))).unwrap();
                }
            }
        }
        let built = builder.build().unwrap();
        assert_eq!((built.column_starts(), built.rows()), (taken.column_starts(), taken.rows()));
        for (a, b) in built.values().iter().zip(taken.values()) {
            assert!((a - b).norm() < 1e-15, "{a} {b}");
        }
        assert!(!built.is_real() && built.orbitals() == 12);
    }

    /// Zigzag ribbons have the position gauge too: a hexagon has the area 3 sqrt(3) / 2.
    #[test]
    fn peierls_factors_of_a_zigzag_ribbon() {
        let flux = 0.11;
        let area = 1.5 * 3f64.sqrt();
        let lattice = Lattice::new(Family::HoneycombZigzag, [5, 4, 1], Boundary::HardWall).unwrap();
        let h = Hamiltonian::of(&lattice.with_flux(flux).unwrap());
        for (i, j, value) in h.entries().filter(|(i, j, _)| i != j) {
            let want = -peierls(h.position(i), h.position(j), flux / area);
            assert!((value - want).norm() < 1e-14, "{i} {j}: {value} {want}");
        }
    }

    /// Carved regions hold the entries of the lattice between the sites kept.
    #[test]
    fn carving_keeps_what_is_inside() {
        let lattice = Lattice::new(Family::HoneycombArmchair, [6, 7, 1], Boundary::HardWall).unwrap();
        let lattice = lattice.with_flux(0.2).unwrap();
        let whole = Hamiltonian::of(&lattice);
        let ring = |[x, y, _]: [f64; 3]| (2.0..3.6).contains(&(x - 4.0).hypot(y - 2.6));
        let (part, map) = Hamiltonian::carve(&lattice, ring).unwrap();
        assert!(part.sites() > 10 && part.sites() < whole.sites());
        let inside: Vec<_> = whole
            .entries()
            .filter_map(|(i, j, h)| Some((map.binary_search(&i).ok()?, map.binary_search(&j).ok()?, h)))
            .collect();
        assert_eq!(part.entries().collect::<Vec<_>>(), inside);
        assert!(map.iter().enumerate().all(|(own, &site)| part.position(own) == whole.position(site)));
        assert_eq!(Hamiltonian::carve(&lattice, |_| false), Err(HamiltonianError::NoSites));
    }

    #[test]
    fn several_orbitals() {
        let y =
            Matrix::from_fn(2, 2, |i, j| if i == j { 1.5.into() } else { C64::I * (j as f64 - i as f64) });
        let mut builder = Hamiltonian::builder();
        builder.add_site([0.0; 3], &scalar(C64::from(0.25))).unwrap();
        builder.add_site([1.0, 0.0, 0.0], &y).unwrap();
        let hopping = Matrix::from_fn(1, 2, |_, j| C64::new(j as f64, -0.5));
        builder.add_bond(0, 1, &hopping).unwrap();
        let h = builder.build().unwrap();
        assert_eq!((h.sites(), h.orbitals(), h.orbitals_of(1)), (2, 3, 1..3));
        let want = [
            (0, 0, C64::new(0.25, 0.0)),
            (1, 0, C64::new(0.0, 0.5)),
            (2, 0, C64::new(1.0, 0.5)),
            (1, 1, C64::new(1.5, 0.0)),
            (2, 1, C64::new(0.0, -1.0)),
            (2, 2, C64::new(1.5, 0.0)),
        ];
        assert_eq!(h.entries().collect::<Vec<_>>(), want);
    }

    /// Bonds of several entries count once, in the order of sites, not of the first orbitals that meet; entries within a site are none.
    #[test]
    fn bonds_join_sites() {
        let mut builder = Hamiltonian::builder();
        for site in 0..4 {
            let coupled = Matrix::from_fn(2, 2, |i, j| C64::from((i + j) as f64));
            builder.add_site([f64::from(site), 0.0, 0.0], &coupled).unwrap();
        }
        let only = |a, b| Matrix::from_fn(2, 2, |i, j| C64::from(f64::from(u8::from((i, j) == (a, b)))));
        builder.add_bond(0, 3, &only(0, 0)).unwrap();
        builder.add_bond(1, 0, &only(0, 1)).unwrap();
        builder.add_bond(2, 1, &Matrix::identity(2)).unwrap();
        builder.add_bond(3, 2, &Matrix::zeros(2, 2)).unwrap();
        assert_eq!(builder.build().unwrap().bonds(), [[1, 0], [3, 0], [2, 1]]);
    }

    #[test]
    fn impossible_hamiltonians_are_refused() {
        use HamiltonianError::*;
        let one = scalar(C64::ONE);
        let mut b = Hamiltonian::builder();
        assert_eq!(b.clone().build(), Err(NoSites));
        assert!(matches!(b.add_site([0.0; 3], &Matrix::zeros(0, 0)), Err(WrongShape { .. })));
        assert!(matches!(b.add_site([0.0; 3], &Matrix::zeros(2, 1)), Err(WrongShape { .. })));
        assert_eq!(b.add_site([f64::NAN, 0.0, 0.0], &one), Err(NotANumber([0, 0])));
        assert_eq!(b.add_site([0.0; 3], &scalar(C64::new(0.0, f64::INFINITY))), Err(NotANumber([0, 0])));
        assert_eq!(b.add_site([0.0; 3], &scalar(C64::I)), Err(NotHermitian { site: 0, by: 2.0 }));
        for site in 0..3 {
            assert_eq!(b.add_site([site as f64, 0.0, 0.0], &one), Ok(site));
        }
        assert_eq!(b.add_bond(0, 3, &one), Err(NoSuchSite { site: 3, sites: 3 }));
        assert_eq!(b.add_bond(1, 1, &one), Err(SelfBond(1)));
        assert!(matches!(b.add_bond(0, 1, &Matrix::zeros(1, 2)), Err(WrongShape { wanted: [1, 1], .. })));
        assert_eq!(b.add_bond(0, 1, &scalar(C64::new(f64::NAN, 0.0))), Err(NotANumber([0, 1])));
        b.add_bond(1, 2, &one).unwrap();
        assert!(b.clone().build().is_ok());
        b.add_bond(2, 1, &one).unwrap();
        assert_eq!(b.build(), Err(TwoBonds([1, 2])));
    }
}
