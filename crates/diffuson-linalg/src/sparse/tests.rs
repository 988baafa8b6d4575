use super::*;
use crate::product::multiply;

/// Numbers without any order.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    }

    fn complex(&mut self) -> C64 {
        C64::new(self.next(), self.next())
    }
}

/// A pattern with positions, and rows to be kept.
struct Case {
    rows: usize,
    lower: Vec<(u32, u32)>,
    positions: Vec<[f64; 3]>,
    kept: Vec<usize>,
}

/// A square lattice with some orbitals on each site.
fn lattice(length: usize, width: usize, orbitals: usize, kept: Vec<usize>) -> Case {
    let (mut lower, mut positions) = (Vec::new(), Vec::new());
    let row = |x: usize, y: usize, o: usize| ((x * width + y) * orbitals + o) as u32;
    for x in 0..length {
        for y in 0..width {
            for o in 0..orbitals {
                positions.push([x as f64, y as f64, 0.0]);
                (0..=o).for_each(|p| lower.push((row(x, y, o), row(x, y, p))));
                for p in 0..orbitals {
                    if x > 0 {
                        lower.push((row(x, y, o), row(x - 1, y, p)));
                    }
                    if y > 0 {
                        lower.push((row(x, y, o), row(x, y - 1, p)));
                    }
                }
            }
        }
    }
    Case { rows: length * width * orbitals, lower, positions, kept }
}

/// Sites at random places of a cube, joined at random, some not at all.
fn cloud(rows: usize, seed: u64) -> Case {
    let mut noise = Noise(seed);
    let positions: Vec<[f64; 3]> = (0..rows).map(|_| [noise.next(), noise.next(), noise.next()]).collect();
    let mut lower = Vec::new();
    for i in 0..rows {
        lower.push((i as u32, i as u32));
        for j in 0..i {
            let d: f64 = positions[i].iter().zip(positions[j]).map(|(a, b)| (a - b).powi(2)).sum();
            if d < 0.05 || noise.next() > 0.498 {
                lower.push((i as u32, j as u32));
            }
        }
    }
    Case { rows, lower, positions, kept: (0..rows).filter(|i| i % 9 == 4).collect() }
}

/// A matrix of a pattern, as numbers and in full.
struct Numbers {
    lower: Vec<C64>,
    upper: Vec<C64>,
    full: Matrix,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Real,
    Symmetric,
    Hermitian,
    General,
}

const KINDS: [Kind; 4] = [Kind::Real, Kind::Symmetric, Kind::Hermitian, Kind::General];

impl Numbers {
    fn new(case: &Case, kind: Kind, number: impl FnMut(usize, usize) -> (C64, C64)) -> Self {
        let mut numbers = case.numbers(kind, number);
        numbers.full = Matrix::zeros(case.rows, case.rows);
        for (e, &(i, j)) in case.lower.iter().enumerate() {
            numbers.full[(i as usize, j as usize)] = numbers.lower[e];
            numbers.full[(j as usize, i as usize)] = numbers.upper[e];
        }
        numbers
    }

    fn noisy(case: &Case, kind: Kind, seed: u64) -> Self {
        let mut noise = Noise(seed);
        Self::new(case, kind, |_, _| (noise.complex(), noise.complex()))
    }

    fn with<T>(&self, kind: Kind, use_them: impl FnOnce(Values<'_>) -> T) -> T {
        let real: Vec<f64> = self.lower.iter().map(|z| z.re).collect();
        use_them(match kind {
            Kind::Real => Values::Real(&real),
            Kind::Symmetric => Values::Symmetric(&self.lower),
            Kind::Hermitian => Values::Hermitian(&self.lower),
            Kind::General => Values::General { lower: &self.lower, upper: &self.upper },
        })
    }
}

impl Case {
    fn analyse(&self) -> Arc<Analysis> {
        Arc::new(Analysis::new(self.rows, &self.lower, &self.positions, &self.kept))
    }

    /// Numbers without the matrix in full.
    fn numbers(&self, kind: Kind, mut number: impl FnMut(usize, usize) -> (C64, C64)) -> Numbers {
        let (mut lower, mut upper) = (Vec::new(), Vec::new());
        for &(i, j) in &self.lower {
            let (below, above) = number(i as usize, j as usize);
            let (below, above) = match kind {
                Kind::Real => (C64::from(below.re), C64::from(below.re)),
                Kind::Symmetric => (below, below),
                Kind::Hermitian if i == j => (C64::from(below.re), C64::from(below.re)),
                Kind::Hermitian => (below, below.conj()),
                Kind::General if i == j => (below, below),
                Kind::General => (below, above),
            };
            lower.push(below);
            upper.push(above);
        }
        Numbers { lower, upper, full: Matrix::zeros(0, 0) }
    }

    /// An absorbing self-energy on the kept rows, without symmetry unless asked for.
    fn sigma(&self, symmetric: bool) -> Matrix {
        let mut noise = Noise(77);
        let n = self.kept.len();
        let m = Matrix::from_fn(n, n, |i, j| {
            noise.complex() * 0.3 + if i == j { C64::new(0.1, -0.9) } else { C64::ZERO }
        });
        let t = m.transpose();
        if symmetric { Matrix::from_fn(n, n, |i, j| 0.5 * (m[(i, j)] + t[(i, j)])) } else { m }
    }

    /// `A - sigma` in full, and its inverse.
    fn inverse(&self, numbers: &Numbers, sigma: &Matrix) -> Matrix {
        let mut full = numbers.full.clone();
        for (i, &row) in self.kept.iter().enumerate() {
            for (j, &col) in self.kept.iter().enumerate() {
                full[(row, col)] -= sigma[(i, j)];
            }
        }
        inverse(&full)
    }
}

fn inverse(a: &Matrix) -> Matrix {
    let mut out = Matrix::zeros(a.rows(), a.rows());
    Inverter::new(a.rows()).invert(a, &mut out).unwrap();
    out
}

fn block(m: &Matrix, rows: &[usize], cols: &[usize]) -> Matrix {
    Matrix::from_fn(rows.len(), cols.len(), |i, j| m[(rows[i], cols[j])])
}

fn distance(a: &Matrix, b: &Matrix) -> f64 {
    a.as_slice().iter().zip(b.as_slice()).map(|(x, y)| (x - y).norm()).fold(0.0, f64::max)
}

fn cases() -> Vec<Case> {
    let ends = |length: usize, width: usize, orbitals: usize| {
        let n = width * orbitals;
        (0..n).chain((length - 1) * n..length * n).collect::<Vec<_>>()
    };
    vec![
        lattice(1, 1, 1, vec![]),
        lattice(1, 1, 1, vec![0]),
        lattice(3, 1, 1, vec![2]),
        lattice(9, 7, 1, ends(9, 7, 1)),
        lattice(12, 15, 1, vec![]),
        lattice(6, 7, 3, ends(6, 7, 3)),
        // only one orbital of a site is kept
        lattice(5, 5, 2, vec![0, 24, 25, 49]),
        cloud(60, 3),
        cloud(130, 8),
    ]
}

/// All queries against the full inverse. What rounding leaves is compared with the largest entry of the inverse, for matrices of norm of order 10;
/// growth of pivots (up to 30 a step, rarely) costs two or three digits more.
#[test]
fn every_query_agrees_with_the_full_inverse() {
    for (number, case) in cases().iter().enumerate() {
        let analysis = case.analyse();
        let mut factor = Factor::new(analysis);
        for kind in KINDS {
            let numbers = Numbers::noisy(case, kind, 5 + number as u64);
            let slopes = Numbers::noisy(case, kind, 50 + number as u64);
            for symmetric in [true, false] {
                let sigma = case.sigma(symmetric);
                let g = case.inverse(&numbers, &sigma);
                let allowed = 1e-11 * g.max_norm().max(1.0).powi(2);
                let what = format!("case {number} {kind:?}");
                let outcome = numbers.with(kind, |values| factor.factorise(values));
                factor.close(Some(&sigma)).unwrap();
                assert!(
                    distance(&factor.kept_inverse(), &block(&g, &case.kept, &case.kept)) < allowed,
                    "{what}"
                );
                let b = Matrix::from_fn(case.rows, 3, |i, j| C64::new((i + j) as f64, 1.0).inv());
                let mut x = b.clone();
                factor.solve(&mut x);
                assert!(distance(&x, &multiply(&g, &b)) < allowed, "{what}: solve");
                let which: Vec<usize> = (0..case.rows).step_by(4).collect();
                let all: Vec<usize> = (0..case.rows).collect();
                assert!(
                    distance(&factor.columns(&which), &block(&g, &all, &which)) < allowed,
                    "{what}: columns"
                );
                // M x_s = b_s - A_sr A_rr^-1 b_r for b = A x
                let x = Matrix::from_fn(case.rows, 1, |i, _| C64::new(1.0, i as f64).inv());
                let reduced = factor.reduced(multiply(&numbers.full, &x).as_slice());
                let on_schur = multiply(&factor.schur(), &block(&x, &factor.remaining(), &[0]));
                for (a, b) in reduced.iter().zip(on_schur.as_slice()) {
                    assert!((a - b).norm() < allowed, "{what}: reduced");
                }
                let selected = factor.selected();
                for (e, &(i, j)) in case.lower.iter().enumerate() {
                    let (i, j) = (i as usize, j as usize);
                    assert!((selected.lower[e] - g[(i, j)]).norm() < allowed, "{what}: G({i}, {j})");
                    assert!((selected.upper[e] - g[(j, i)]).norm() < allowed, "{what}: G({j}, {i})");
                }
                // dG_ss = -G_ss dM G_ss, against -(G dA G)_ss
                if outcome.left == 0 {
                    let slope = slopes.with(kind, |values| factor.slope(values));
                    let g_ss = factor.kept_inverse();
                    let got = multiply(&multiply(&g_ss, &slope), &g_ss);
                    let want = multiply(&multiply(&g, &slopes.full), &g);
                    let want = block(&want, &case.kept, &case.kept);
                    assert!(
                        distance(&got, &want) < allowed * (1.0 + slopes.full.max_norm()),
                        "{what}: slope"
                    );
                }
            }
        }
    }
}

/// At the centre of the band of a clean lattice most parts have levels at the very energy: their pivots are put off, and nothing is lost.
#[test]
fn parts_with_a_level_at_the_energy_are_eliminated_later() {
    let (length, width) = (14, 11);
    let ends: Vec<usize> = (0..width).chain((length - 1) * width..length * width).collect();
    let case = lattice(length, width, 1, ends);
    let mut factor = Factor::new(case.analyse());
    for kind in KINDS {
        let phase = |i: usize| {
            if matches!(kind, Kind::Hermitian) { C64::from_polar(1.0, 0.3 * i as f64) } else { C64::ONE }
        };
        let numbers = Numbers::new(&case, kind, |i, j| {
            if i == j { (C64::ZERO, C64::ZERO) } else { (phase(i), phase(i).conj()) }
        });
        let sigma = case.sigma(true);
        let g = case.inverse(&numbers, &sigma);
        let outcome = numbers.with(kind, |values| factor.factorise(values));
        assert!(outcome.delayed > 20, "{outcome:?}");
        factor.close(Some(&sigma)).unwrap();
        assert!(distance(&factor.kept_inverse(), &block(&g, &case.kept, &case.kept)) < 1e-12, "{kind:?}");
        let selected = factor.selected();
        let worst = case.lower.iter().zip(&selected.lower);
        let worst = worst.map(|(&(i, j), x)| (g[(i as usize, j as usize)] - x).norm()).fold(0.0, f64::max);
        assert!(worst < 1e-12, "{kind:?}: {worst:.1e}");
    }
}

#[test]
fn matrices_without_inverse_are_refused() {
    let case = lattice(5, 5, 1, vec![]);
    let mut factor = Factor::new(case.analyse());
    for number in [C64::ZERO, C64::new(f64::NAN, 0.0)] {
        let numbers = Numbers::new(&case, Kind::Symmetric, |_, _| (number, number));
        let outcome = numbers.with(Kind::Symmetric, |values| factor.factorise(values));
        assert!(outcome.left > 0);
        assert!(factor.close(None).is_err());
    }
}

/// The same numbers give the same bits, whatever was factorised before in the same memory.
#[test]
fn memory_leaves_no_trace() {
    let case = lattice(13, 17, 1, (0..17).collect());
    let mut used = Factor::new(case.analyse());
    for kind in KINDS {
        let (first, second) = (Numbers::noisy(&case, kind, 1), Numbers::noisy(&case, kind, 2));
        first.with(kind, |values| used.factorise(values));
        second.with(kind, |values| used.factorise(values));
        let mut fresh = Factor::new(case.analyse());
        second.with(kind, |values| fresh.factorise(values));
        assert_eq!(used.schur(), fresh.schur(), "{kind:?}");
    }
}

/// Work that a change must not raise unnoticed: counts of the analysis of a square lattice between two leads and of a cube.
#[test]
fn elimination_costs_what_it_should() {
    let n = 64;
    let ends: Vec<usize> = (0..n).chain((n - 1) * n..n * n).collect();
    let counts = lattice(n, n, 1, ends).analyse().counts();
    let ratio = counts.multiplications / (n as f64).powi(3);
    // multiplications grow as n^3, entries as n^2 log n; a band of width n would take n^4 / 2 = 32 n^3
    assert!(ratio < 13.5, "{ratio}");
    assert!(counts.factor_entries < 0.115e6, "{}", counts.factor_entries);
    assert!(counts.largest_front <= 3 * n, "{}", counts.largest_front);
}

/// Threads change the time and no bit: subtrees, top fronts and their shared products are the same operations in the same order, with rows put
/// off across the bounds of tasks or without.
#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let ends = |length: usize, width: usize| {
        (0..width).chain((length - 1) * width..length * width).collect::<Vec<_>>()
    };
    let case = lattice(30, 130, 1, ends(30, 130));
    let analysis = case.analyse();
    assert!(division::divide(&analysis).len() > 30);
    let sigma = case.sigma(true);
    let which: Vec<usize> = (0..case.rows).step_by(1 + case.rows / 7).collect();
    for kind in KINDS {
        for clean in [false, true] {
            let mut noise = Noise(4);
            let numbers = case.numbers(kind, |i, j| match (clean, i == j) {
                (true, true) => (C64::ZERO, C64::ZERO),
                (true, false) => (C64::ONE, C64::ONE),
                _ => (noise.complex(), noise.complex()),
            });
            let mut factor = Factor::new(analysis.clone());
            let answers = |factor: &mut Factor| {
                let outcome = numbers.with(kind, |values| factor.factorise(values));
                factor.close(Some(&sigma)).unwrap();
                let slope = numbers.with(kind, |slopes| factor.slope(slopes));
                (outcome, factor.schur(), factor.columns(&which), factor.selected(), slope)
            };
            let alone = answers(&mut factor);
            assert!(!clean || alone.0.delayed > 300, "{:?}", alone.0);
            for threads in 1..=4 {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                factor.set_parallelism(Parallelism::Pool);
                let shared = pool.install(|| answers(&mut factor));
                assert!(shared == alone, "{kind:?}, clean {clean}, {threads} threads");
            }
        }
    }
}

/// Every front belongs to one share, and the shares below a front to its subtree.
#[test]
fn shares_cover_the_tree() {
    for case in cases().into_iter().chain([lattice(40, 90, 1, vec![]), cloud(400, 2)]) {
        let analysis = case.analyse();
        let shares = division::divide(&analysis);
        let mut next = 0;
        for (number, share) in shares.iter().enumerate() {
            assert_eq!(share.fronts.start, next);
            next = share.fronts.end;
            // no front but the last has its parent beyond; what the first takes up comes from the subtree
            let first = shares[number + 1 - share.subtree].fronts.start;
            for index in first..share.fronts.start {
                assert!(analysis.fronts[index].parent.is_some_and(|p| p <= share.fronts.start));
            }
        }
        assert_eq!(next, analysis.fronts.len());
    }
}

/// The pieces of a product are the same whether threads share them or not, and none is too narrow.
#[test]
fn shared_products_have_the_same_pieces() {
    let (stride, step) = (3, 16);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap();
    for cols in 1..200 {
        let pieces = |weight: usize| {
            let mut out = vec![0.0; stride * cols];
            scalar::by_columns(&mut out, stride, 5..5 + cols, step, weight, &|columns, out| {
                assert_eq!(out.len(), stride * columns.len());
                assert!(columns.len() < step * 3 / 2 && (columns.len() >= step / 2 || cols < step));
                assert_eq!((columns.start - 5) % step, 0);
                out.iter_mut().for_each(|x| *x += columns.start as f64);
            });
            out
        };
        assert_eq!(pool.install(|| pieces(usize::MAX / 1000)), pieces(0), "{cols} columns");
    }
}
