//! Random conductors: lattices, shapes, orbitals, leads, disorder, energy.

use diffuson::hamiltonian::{Hamiltonian, peierls};
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::{C64, Matrix};
use diffuson_ensemble::random::Realisation;

/// A conductor at one energy, described without reference to either side: entries of H, leads as matrices.
pub(super) struct Sample {
    pub(super) hamiltonian: Hamiltonian,
    pub(super) leads: Vec<Cells>,
    /// The lattice, if the leads are its clean continuations at both ends.
    pub(super) strip: Option<Lattice>,
    /// One level a site, in t.
    pub(super) onsite: Vec<f64>,
    /// In t.
    pub(super) energy: f64,
}

/// A lead: cells of Hamiltonian h, `v = <cell j+1| H |cell j>` away from the conductor, cell 0 on the orbitals of the interface.
pub(super) struct Cells {
    pub(super) h: Matrix,
    pub(super) v: Matrix,
    pub(super) interface: Vec<usize>,
}

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A whole lattice between continuations of itself.
    Strip(Family),
    /// Part of a lattice with bundles of chains as leads.
    Carved(Shape),
    /// Random blocks of two or three orbitals, the same for all sites, with leads of the same.
    Orbitals,
    /// A lattice with leads of random matrices on random orbitals, which leads may share.
    RandomLeads,
}

/// A part of a lattice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Disc,
    Ring,
    Constriction,
}

/// All kinds, with names; cases take them in turn.
pub(super) const KINDS: [(Kind, &str); 9] = [
    (Kind::Strip(Family::Square), "square strip"),
    (Kind::Strip(Family::HoneycombZigzag), "zigzag strip"),
    (Kind::Strip(Family::HoneycombArmchair), "armchair strip"),
    (Kind::Strip(Family::Cubic), "cubic strip"),
    (Kind::Carved(Shape::Disc), "disc"),
    (Kind::Carved(Shape::Ring), "ring"),
    (Kind::Carved(Shape::Constriction), "constriction"),
    (Kind::Orbitals, "2-3 orbitals"),
    (Kind::RandomLeads, "random leads"),
];

/// Random numbers of one case, one after the other.
pub(super) struct Draw {
    realisation: Realisation,
    attempt: u32,
    next: u64,
}

impl Draw {
    pub(super) fn new(seed: u64, case: u64, attempt: u32) -> Self {
        Self { realisation: Realisation::new(seed, case), attempt, next: 0 }
    }

    fn uniform(&mut self) -> f64 {
        self.next += 1;
        self.realisation.uniform(self.attempt, self.next)
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// A whole number from `low` to `high`, both included.
    fn whole(&mut self, low: usize, high: usize) -> usize {
        low + ((high - low + 1) as f64 * self.uniform()) as usize
    }

    fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    fn matrix(&mut self, rows: usize, cols: usize, scale: f64) -> Matrix {
        Matrix::from_fn(rows, cols, |_, _| C64::new(self.between(-scale, scale), self.between(-scale, scale)))
    }

    fn hermitian(&mut self, n: usize, scale: f64) -> Matrix {
        let m = self.matrix(n, n, scale);
        Matrix::from_fn(n, n, |i, j| 0.5 * (m[(i, j)] + m[(j, i)].conj()))
    }

    /// A conductor of the given kind; `None` if the draw leaves a lead without a site.
    pub(super) fn sample(&mut self, kind: Kind) -> Option<Sample> {
        let (hamiltonian, leads, strip, edge) = match kind {
            Kind::Strip(family) => {
                let lattice = self.lattice(family, [2, 2], [30, 16]);
                let leads = [false, true].map(|right| continuation(&lattice, right)).into();
                (Hamiltonian::of(&lattice), leads, Some(lattice.clone()), lattice.band_edge())
            }
            Kind::Carved(shape) => {
                let (hamiltonian, edge) = self.carved(shape)?;
                let count = self.whole(2, 4);
                let leads = (0..count).map(|side| self.bundle(&hamiltonian, side)).collect::<Option<_>>()?;
                (hamiltonian, leads, None, edge)
            }
            Kind::Orbitals => {
                let (hamiltonian, leads) = self.orbitals();
                (hamiltonian, leads, None, 3.0)
            }
            Kind::RandomLeads => {
                let families =
                    [Family::Square, Family::HoneycombZigzag, Family::HoneycombArmchair, Family::Cubic];
                let family = families[self.whole(0, 3)];
                let lattice = self.lattice(family, [3, 3], [20, 20]);
                let hamiltonian = Hamiltonian::of(&lattice);
                let count = self.whole(2, 4);
                let leads = (0..count).map(|_| self.random_lead(hamiltonian.orbitals())).collect();
                (hamiltonian, leads, None, 2.0)
            }
        };
        let disorder = if self.chance(0.2) { 0.0 } else { self.between(0.0, 2.0) };
        let onsite = (0..hamiltonian.sites()).map(|_| disorder * (self.uniform() - 0.5)).collect();
        let special = [0.0, 0.5, -0.5, 1.0, -1.0, 2.0];
        let energy =
            if self.chance(0.1) { special[self.whole(0, 5)] } else { 0.95 * self.between(-edge, edge) };
        Some(Sample { hamiltonian, leads, strip, onsite, energy })
    }

    /// A lattice, in half of the draws in a magnetic field, rolled up to a tube in some.
    fn lattice(&mut self, family: Family, least: [usize; 2], most: [usize; 2]) -> Lattice {
        let length = self.whole(least[0], most[0]);
        let (mut width, mut height) = (self.whole(least[1], most[1]), 1);
        if family == Family::Cubic {
            (width, height) = (self.whole(1, 6), self.whole(1, 6));
        }
        let honeycomb = !matches!(family, Family::Square | Family::Cubic);
        let tube = self.chance(0.25);
        if tube {
            width = width.max(4).next_multiple_of(2);
            height = if family == Family::Cubic { height.max(3) } else { 1 };
        }
        let boundary = if tube { Boundary::Periodic } else { Boundary::HardWall };
        let lattice = Lattice::new(family, [length, width, height], boundary).expect("sides are long enough");
        let flux = match () {
            () if self.chance(0.5) => return lattice,
            () if tube && honeycomb => 2.0 / width as f64,
            () if tube => 1.0 / width as f64,
            () => self.between(-0.5, 0.5),
        };
        lattice.with_flux(flux).expect("whole quanta around a tube")
    }

    fn carved(&mut self, shape: Shape) -> Option<(Hamiltonian, f64)> {
        let families = [Family::Square, Family::HoneycombZigzag, Family::HoneycombArmchair];
        let family = families[self.whole(0, 2)];
        let radius = self.between(4.0, 14.0);
        let sides = Lattice::new(family, [1, 2, 1], Boundary::HardWall).ok()?.spacing();
        let sites = |spacing: f64| (2.0 * radius / spacing).ceil() as usize + 1;
        let mut lattice =
            Lattice::new(family, [sites(sides[0]), sites(sides[1]), 1], Boundary::HardWall).ok()?;
        if self.chance(0.6) {
            lattice = lattice.with_flux(self.between(-0.2, 0.2)).ok()?;
        }
        let hole = radius * self.between(0.2, 0.6);
        let (neck, bend) = (self.between(0.6, 2.5), self.between(0.05, 0.3));
        let keep = |[x, y, _]: [f64; 3]| {
            let (x, y) = (x - radius, y - radius);
            match shape {
                Shape::Disc => x.hypot(y) <= radius,
                Shape::Ring => (hole..=radius).contains(&x.hypot(y)),
                Shape::Constriction => y.abs() <= neck + bend * x * x,
            }
        };
        Some((Hamiltonian::carve(&lattice, keep).ok()?.0, lattice.band_edge()))
    }

    /// Chains side by side, joined to each other, on the outermost sites of one side: right, left, top, bottom. In some draws in a
    /// magnetic field of their own.
    fn bundle(&mut self, h: &Hamiltonian, side: usize) -> Option<Cells> {
        let (along, across) = if side < 2 { (0, 1) } else { (1, 0) };
        let sign = if side.is_multiple_of(2) { 1.0 } else { -1.0 };
        let middle = (0..h.sites()).map(|i| h.position(i)[across]).sum::<f64>() / h.sites() as f64;
        let width = self.between(2.0, 12.0);
        let near = |i: &usize| (h.position(*i)[across] - middle).abs() <= 0.5 * width;
        let mut sites: Vec<usize> = (0..h.sites()).filter(near).collect();
        let row = |i: usize| (8.0 * h.position(i)[across]).round() as i64;
        let outward = |i: usize| sign * h.position(i)[along];
        sites.sort_by(|&i, &j| row(i).cmp(&row(j)).then(outward(j).total_cmp(&outward(i))));
        sites.dedup_by_key(|i| row(*i));
        let n = sites.len();
        let phase = if self.chance(0.3) { self.between(-1.0, 1.0) } else { 0.0 };
        let joined = |i: usize, j: usize| if i.abs_diff(j) == 1 { -C64::ONE } else { C64::ZERO };
        let hops: Vec<C64> = (0..n).map(|k| -C64::from_polar(1.0, phase * k as f64)).collect();
        let cells =
            Cells { h: Matrix::from_fn(n, n, joined), v: Matrix::from_diagonal(&hops), interface: sites };
        (n > 0).then_some(cells)
    }

    /// A lead of random matrices, the hopping of any rank.
    fn random_lead(&mut self, orbitals: usize) -> Cells {
        let n = self.whole(1, 6);
        let mut interface = Vec::new();
        while interface.len() < n {
            let orbital = self.whole(0, orbitals - 1);
            if !interface.contains(&orbital) {
                interface.push(orbital);
            }
        }
        let rank = self.whole(1, n);
        let (u, w) = (self.matrix(n, rank, 1.0), self.matrix(rank, n, 1.0));
        let v = Matrix::from_fn(n, n, |i, j| {
            (0..rank).map(|k| u[(i, k)] * w[(k, j)]).sum::<C64>() / (rank as f64).sqrt()
        });
        Cells { h: self.hermitian(n, 1.0), v, interface }
    }

    /// A rectangle of sites of two or three orbitals with vacancies inside, in a field in half of the draws, and leads on two to four
    /// sides that go on with the same blocks. Neighbouring leads share the orbitals of a corner.
    fn orbitals(&mut self) -> (Hamiltonian, Vec<Cells>) {
        let (length, width, b) = (self.whole(2, 14), self.whole(2, 12), self.whole(2, 3));
        let (level, along, up) = (self.hermitian(b, 1.5), self.matrix(b, b, 1.0), self.matrix(b, b, 1.0));
        let flux = if self.chance(0.5) { self.between(-0.5, 0.5) } else { 0.0 };
        let vacancies = if self.chance(0.5) { 0.1 } else { 0.0 };
        let mut builder = Hamiltonian::builder();
        let mut site = vec![vec![None; width]; length];
        for (x, column) in site.iter_mut().enumerate() {
            for (y, site) in column.iter_mut().enumerate() {
                let inside = (1..length - 1).contains(&x) && (1..width - 1).contains(&y);
                if !(inside && self.chance(vacancies)) {
                    *site = Some(builder.add_site([x as f64, y as f64, 0.0], &level).expect("Hermitian"));
                }
            }
        }
        let at = |x: usize, y: usize| [x as f64, y as f64, 0.0];
        let scaled = |m: &Matrix, z: C64| Matrix::from_fn(b, b, |i, j| m[(i, j)] * z);
        // <x+1|H|x> and <y+1|H|y>
        let forward = |y: usize| scaled(&along, peierls(at(1, y), at(0, y), flux));
        let upward = || scaled(&up, peierls(at(0, 1), at(0, 0), flux));
        for x in 0..length {
            for y in 0..width {
                let Some(here) = site[x][y] else { continue };
                if let Some(&Some(next)) = site.get(x + 1).map(|column| &column[y]) {
                    builder.add_bond(next, here, &forward(y)).expect("one bond a pair");
                }
                if let Some(&Some(next)) = site[x].get(y + 1) {
                    builder.add_bond(next, here, &upward()).expect("one bond a pair");
                }
            }
        }
        let hamiltonian = builder.build().expect("sites");
        let count = self.whole(2, 4);
        let leads = (0..count).map(|side| {
            let (sites, y): (Vec<usize>, usize) = match side {
                0 => (site[0].iter().flatten().copied().collect(), 0),
                1 => (site[length - 1].iter().flatten().copied().collect(), 0),
                2 => (site.iter().filter_map(|column| column[0]).collect(), 0),
                _ => (site.iter().filter_map(|column| column[width - 1]).collect(), width - 1),
            };
            let n = sites.len() * b;
            let (mut h, mut v) = (Matrix::zeros(n, n), Matrix::zeros(n, n));
            for k in 0..sites.len() {
                let next = if side < 2 { upward() } else { forward(y) };
                let hop = match side {
                    0 => forward(k).adjoint(),
                    1 => forward(k),
                    2 => upward().adjoint(),
                    _ => upward(),
                };
                for i in 0..b {
                    for j in 0..b {
                        h[(k * b + i, k * b + j)] = level[(i, j)];
                        v[(k * b + i, k * b + j)] = hop[(i, j)];
                        if k + 1 < sites.len() {
                            h[((k + 1) * b + i, k * b + j)] = next[(i, j)];
                            h[(k * b + j, (k + 1) * b + i)] = next[(i, j)].conj();
                        }
                    }
                }
            }
            let interface = sites.iter().flat_map(|&site| hamiltonian.orbitals_of(site)).collect();
            Cells { h, v, interface }
        });
        let leads = leads.collect();
        (hamiltonian, leads)
    }
}

/// The clean lattice without field beyond an end, in cells of one period.
fn continuation(lattice: &Lattice, right: bool) -> Cells {
    let (slices, n, period) = (lattice.slices(), lattice.slice_sites(), lattice.period());
    let first = if right { slices - period } else { 0 };
    let bond = |x: isize, k: usize| if lattice.has_forward_bond(x, k) { -C64::ONE } else { C64::ZERO };
    let (mut h, mut v) = (Matrix::zeros(period * n, period * n), Matrix::zeros(period * n, period * n));
    for p in 0..period {
        let slice = lattice.slice_hamiltonian((first + p) as isize);
        for i in 0..n {
            (0..n).for_each(|j| h[(p * n + i, p * n + j)] = slice[(i, j)]);
            if p + 1 < period {
                h[((p + 1) * n + i, p * n + i)] = bond((first + p) as isize, i);
                h[(p * n + i, (p + 1) * n + i)] = bond((first + p) as isize, i);
            }
        }
    }
    let last = (period - 1) * n;
    for k in 0..n {
        if right {
            v[(k, last + k)] = bond(slices as isize - 1, k);
        } else {
            v[(last + k, k)] = bond(-1, k);
        }
    }
    Cells { h, v, interface: (first * n..(first + period) * n).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cells drawn apart from the lattice are those of a longer lattice.
    #[test]
    fn continuations_repeat_the_lattice() {
        for family in [Family::Square, Family::HoneycombZigzag, Family::HoneycombArmchair] {
            for slices in [4, 5] {
                let lattice = |length| Lattice::new(family, [length, 5, 1], Boundary::HardWall).unwrap();
                let (short, long) = (lattice(slices), Hamiltonian::of(&lattice(slices + 2)));
                let Cells { h, v, interface } = continuation(&short, true);
                let n = interface.len();
                let entry = |i: usize, j: usize| {
                    let found = long.entries().find(|e| (e.0, e.1) == (i.max(j), i.min(j)));
                    found.map_or(C64::ZERO, |e| e.2)
                };
                for i in 0..n {
                    for j in 0..n {
                        assert_eq!(h[(i, j)], entry(interface[i], interface[j]), "{family:?}");
                        assert_eq!(v[(i, j)], entry(interface[i] + n, interface[j]), "{family:?}");
                    }
                }
            }
        }
    }
}
