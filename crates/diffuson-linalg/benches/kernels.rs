//! Rates of the kernels, on one thread.
//!
//! ```text
//! cargo bench -p diffuson-linalg --bench kernels            all, some minutes
//! cargo bench -p diffuson-linalg --bench kernels -- factor  those whose name contains "factor"
//! ```
//!
//! Criterion's elements are real floating-point operations by the textbook counts named here, so that its Gelem/s are Gflop/s. The rate
//! of large products, real and complex, is the dense peak the others are fractions of; it is printed first, with the fractions of the
//! factorisations measured in the same run.

use criterion::{BenchmarkId, Criterion, Throughput};
use diffuson_linalg::sparse::{Analysis, Factor, Values};
use diffuson_linalg::{C64, Inverter, Matrix, Op, product, product_hermitian};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    fractions();
    dense(&mut criterion);
    sparse(&mut criterion);
    criterion.final_summary();
}

/// Numbers of no regularity.
fn noise(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    }
}

fn matrix(rows: usize, cols: usize, seed: u64) -> Matrix {
    let mut next = noise(seed);
    Matrix::from_fn(rows, cols, |_, _| C64::new(next(), next()))
}

/// Products 8 m n k, Hermitian products 4 m n k, inverses 8 n^3.
fn dense(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("dense");
    for n in [32, 100, 200, 400, 800] {
        let (a, b, mut out) = (matrix(n, n, 1), matrix(n, n, 2), Matrix::zeros(n, n));
        let operations = 8 * (n as u64).pow(3);
        group.throughput(Throughput::Elements(operations));
        group.bench_function(BenchmarkId::new("product", n), |bench| {
            bench.iter(|| product(out.all_mut(), false, 1.0, (a.all(), Op::Plain), (b.all(), Op::Plain)));
        });
        let mut inverter = Inverter::new(n);
        group.bench_function(BenchmarkId::new("inverse", n), |bench| {
            bench.iter(|| inverter.invert(&a, &mut out).expect("an inverse"));
        });
        group.throughput(Throughput::Elements(operations / 2));
        group.bench_function(BenchmarkId::new("hermitian product", n), |bench| {
            bench.iter(|| {
                product_hermitian(out.all_mut(), false, 1.0, (a.all(), Op::Plain), (a.all(), Op::Adjoint))
            });
        });
    }
    group.finish();
}

/// A square or cubic lattice between two leads, as the matrix `E - H` with a level width where the kind has room for it.
struct Lattice {
    name: &'static str,
    analysis: Arc<Analysis>,
    sigma: Matrix,
    real: Vec<f64>,
    complex: Vec<C64>,
    mirrored: Vec<C64>,
}

impl Lattice {
    fn new(name: &'static str, [length, width, height]: [usize; 3]) -> Self {
        let mut next = noise(7);
        let place = |x: usize, y: usize, z: usize| ((x * width + y) * height + z) as u32;
        let (mut entries, mut positions, mut real) = (Vec::new(), Vec::new(), Vec::new());
        for x in 0..length {
            for y in 0..width {
                for z in 0..height {
                    let site = place(x, y, z);
                    positions.push([x as f64, y as f64, z as f64]);
                    entries.push((site, site));
                    real.push(-1.3 - next());
                    let earlier = [
                        (x > 0).then(|| place(x - 1, y, z)),
                        (y > 0).then(|| place(x, y - 1, z)),
                        (z > 0).then(|| place(x, y, z - 1)),
                    ];
                    for other in earlier.into_iter().flatten() {
                        entries.push((site, other));
                        real.push(1.0);
                    }
                }
            }
        }
        let (sites, slice) = (positions.len(), width * height);
        let kept: Vec<usize> = (0..slice).chain(sites - slice..sites).collect();
        let number = |(&(i, j), &x): (&(u32, u32), &f64)| C64::new(x, if i == j { 0.05 } else { 0.0 });
        let complex: Vec<C64> = entries.iter().zip(&real).map(number).collect();
        Self {
            name,
            analysis: Arc::new(Analysis::new(sites, &entries, &positions, &kept)),
            sigma: Matrix::from_diagonal(&vec![C64::new(0.0, -0.7); kept.len()]),
            real,
            mirrored: complex.clone(),
            complex,
        }
    }

    /// Each kind with the real operations of a factorisation.
    fn kinds(&self) -> [(&'static str, Values<'_>, f64); 3] {
        let count = self.analysis.counts().multiplications;
        let general = Values::General { lower: &self.complex, upper: &self.mirrored };
        [
            ("real", Values::Real(&self.real), 2.0 * count),
            ("symmetric", Values::Symmetric(&self.complex), 8.0 * count),
            ("general", general, 16.0 * count),
        ]
    }
}

fn lattices() -> [Lattice; 3] {
    [
        Lattice::new("100x100", [100, 100, 1]),
        Lattice::new("400x400", [400, 400, 1]),
        Lattice::new("24x24x24", [24, 24, 24]),
    ]
}

/// Factorisations by their own counts; solutions two multiplications for each entry of the factor and right-hand side.
fn sparse(criterion: &mut Criterion) {
    for lattice in lattices() {
        let mut group = criterion.benchmark_group(format!("sparse {}", lattice.name));
        group.sample_size(10);
        let mut factor = Factor::new(lattice.analysis.clone());
        for (kind, values, operations) in lattice.kinds() {
            group.throughput(Throughput::Elements(operations as u64));
            group.bench_function(format!("factor {kind}"), |bench| bench.iter(|| factor.factorise(values)));
        }
        factor.factorise(Values::Symmetric(&lattice.complex));
        factor.close(Some(&lattice.sigma)).expect("an inverse");
        let entries = lattice.analysis.counts().factor_entries;
        for columns in [1, 64] {
            let b = matrix(lattice.analysis.rows(), columns, 3);
            group.throughput(Throughput::Elements((16.0 * entries) as u64 * columns as u64));
            group.bench_function(format!("solve {columns}"), |bench| {
                bench.iter_batched_ref(|| b.clone(), |x| factor.solve(x), criterion::BatchSize::LargeInput);
            });
        }
        group.throughput(Throughput::Elements((8.0 * lattice.analysis.counts().multiplications) as u64));
        group.bench_function("selected inverse (per operation of the factorisation)", |bench| {
            bench.iter(|| factor.selected());
        });
        group.finish();
    }
}

/// Rates of factorisations as fractions of that of large complex products.
fn fractions() {
    let n = 400;
    let (a, mut out) = (matrix(n, n, 1), Matrix::zeros(n, n));
    let operations = 8.0 * (n as f64).powi(3);
    let peak = best(7, || product(out.all_mut(), false, 1.0, (a.all(), Op::Plain), (a.all(), Op::Plain)));
    let peak = operations / peak;
    println!("dense peak (complex product, n = {n}): {:.1} Gflop/s", peak / 1e9);
    for lattice in lattices() {
        let mut factor = Factor::new(lattice.analysis.clone());
        for (kind, values, operations) in lattice.kinds() {
            let seconds = best(5, || factor.factorise(values));
            println!(
                "factorisation {:<9} {kind:<9} {:>8.2} Gflop {:>8.4} s {:>6.1} Gflop/s, {:>3.0} % of the peak",
                lattice.name,
                operations / 1e9,
                seconds,
                operations / seconds / 1e9,
                100.0 * operations / seconds / peak
            );
        }
    }
}

/// Seconds of the fastest of some runs after a first.
fn best<T>(runs: usize, mut run: impl FnMut() -> T) -> f64 {
    black_box(run());
    let time = |_| {
        let start = Instant::now();
        black_box(run());
        start.elapsed().as_secs_f64()
    };
    (0..runs).map(time).fold(f64::INFINITY, f64::min)
}
