//! Spin susceptibilities of single samples: Green functions against eigenstates, sums against the levels, diffusion constants against what is known exactly.

use diffuson::disorder::Fields;
use diffuson::droplets::{
    AndersonLattice, FourierModes, OrbitalModel, Relaxation, TimeReversal, between_places, mode_eigenvalues,
    static_susceptibility, susceptibility_of_levels,
};
use diffuson::thermal::fermi;
use diffuson_ensemble::random::Realisation;
use diffuson_linalg::{C64, Matrix, eigen};
use proptest::prelude::*;

pub(crate) struct Numbers(pub(crate) Realisation);

impl Fields for Numbers {
    fn uniform(&self, field: u32, first: u64, out: &mut [f64]) {
        self.0.fill_uniform_from(field, first, out);
    }

    fn normal(&self, field: u32, first: u64, out: &mut [f64]) {
        self.0.fill_normal_from(field, first, out);
    }
}

pub(crate) fn numbers(sample: u64) -> Numbers {
    Numbers(Realisation::new(2000, sample))
}

/// A Hermitian matrix of normal deviates with levels within some 2 of zero.
pub(crate) fn random_hamiltonian(states: usize, complex: bool, sample: u64) -> Matrix {
    let numbers = numbers(sample);
    let mut parts = [vec![0.0; states * states], vec![0.0; states * states]];
    numbers.normal(0, 0, &mut parts[0]);
    numbers.normal(1, 0, &mut parts[1]);
    let scale = (0.5 / states as f64).sqrt();
    Matrix::from_fn(states, states, |i, j| {
        let [re, im] = [0, 1].map(|k: usize| [parts[k][i * states + j], parts[k][j * states + i]]);
        C64::new(scale * (re[0] + re[1]), if complex { scale * (im[0] - im[1]) } else { 0.0 })
    })
}

fn largest_difference(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The double sum over eigenstates, written out.
fn by_definition(h: &Matrix, orbitals: usize, temperature: f64) -> Vec<f64> {
    let states = eigen::hermitian(h).unwrap();
    let (n, sites) = (h.rows(), h.rows() / orbitals);
    let mut chi = vec![0.0; sites * sites];
    for (a, b) in (0..n).flat_map(|a| (0..n).map(move |b| (a, b))) {
        let [ea, eb] = [states.values[a], states.values[b]];
        let response = if a == b {
            fermi(ea / temperature) * fermi(-ea / temperature) / temperature
        } else {
            (fermi(ea / temperature) - fermi(eb / temperature)) / (eb - ea)
        };
        let overlap = |x: usize| -> C64 {
            (x * orbitals..(x + 1) * orbitals)
                .map(|i| states.vectors[(i, a)].conj() * states.vectors[(i, b)])
                .sum()
        };
        let overlaps: Vec<C64> = (0..sites).map(overlap).collect();
        for (x, y) in (0..sites).flat_map(|x| (0..sites).map(move |y| (x, y))) {
            chi[x * sites + y] += response * (overlaps[x] * overlaps[y].conj()).re;
        }
    }
    chi
}

#[test]
fn green_functions_and_eigenstates_give_one_susceptibility() {
    for (complex, orbitals, temperature) in
        [(true, 3, 0.1), (false, 1, 0.3), (true, 1, 2.0), (false, 4, 0.05)]
    {
        let h = random_hamiltonian(12, complex, 7);
        let expected = by_definition(&h, orbitals, temperature);
        let levels = susceptibility_of_levels(&h, orbitals, temperature).unwrap();
        let green = static_susceptibility(&h, orbitals, temperature, 40).unwrap();
        // sums of 144 terms of at most 1/T, with differences of occupations over those of levels; levels reach 2, where 40 poles are exact to rounding at T = 0.05
        assert!(largest_difference(levels.values(), &expected) < 1e-11, "{complex} {orbitals}");
        assert!(largest_difference(green.values(), &expected) < 1e-9, "{complex} {orbitals}");
        assert!(levels.audit.passed() && green.audit.passed());
    }
}

/// The audit sees a frequency sum that ends too early, and its residual is the error there is.
#[test]
fn too_few_frequencies_fail_the_audit() {
    let h = random_hamiltonian(12, true, 8);
    let exact = susceptibility_of_levels(&h, 2, 0.02).unwrap();
    let mut last = f64::INFINITY;
    for frequencies in [4, 8, 16, 32] {
        let rough = static_susceptibility(&h, 2, 0.02, frequencies).unwrap();
        let error = largest_difference(rough.values(), exact.values());
        assert!(error < last || error < 1e-9);
        assert_eq!(rough.audit.passed(), error < 1e-5, "{frequencies}: {error} {:?}", rough.audit);
        last = error;
    }
    assert!(last < 1e-9);
}

/// `sum_y chi_xy` is what one more chemical potential does to the site: centred difference with step 1e-4, error h^2/6 f'''/T^2 of some 1e-8/T^3.
#[test]
fn a_uniform_field_is_a_chemical_potential() {
    let (orbitals, temperature, step) = (2, 0.2, 1e-4);
    let h = random_hamiltonian(10, true, 9);
    let chi = susceptibility_of_levels(&h, orbitals, temperature).unwrap();
    let electrons = |mu: f64| -> Vec<f64> {
        let states = eigen::hermitian(&h).unwrap();
        let on_site = |x: usize| {
            let of = |a: usize| -> f64 {
                let weight: f64 =
                    (x * orbitals..(x + 1) * orbitals).map(|i| states.vectors[(i, a)].norm_sqr()).sum();
                fermi((states.values[a] - mu) / temperature) * weight
            };
            (0..10).map(of).sum()
        };
        (0..5).map(on_site).collect()
    };
    let [more, less] = [electrons(step), electrons(-step)];
    for x in 0..5 {
        let row: f64 = chi.values()[x * 5..(x + 1) * 5].iter().sum();
        assert!((row - (more[x] - less[x]) / (2.0 * step)).abs() < 1e-6);
    }
}

proptest! {
    /// chi is symmetric; every field lowers the grand potential, so that no eigenvalue is negative; none exceeds n/4T, what n free levels at the Fermi energy respond with.
    #[test]
    fn susceptibilities_are_positive(sample in 0u64..1000, complex: bool, temperature in 0.02..3.0f64) {
        let h = random_hamiltonian(8, complex, sample);
        let chi = susceptibility_of_levels(&h, 2, temperature).unwrap();
        let values = mode_eigenvalues(chi.values(), 4).unwrap();
        prop_assert!(values[0] > -1e-12 && values[3] <= 2.0 / (4.0 * temperature) * (1.0 + 1e-12), "{values:?}");
        prop_assert!((0..16).all(|k| chi.values()[k] == chi.values()[k % 4 * 4 + k / 4]));
        prop_assert!(chi.audit.passed());
        // no unit of energy but that of the Hamiltonian and the temperature
        let doubled = Matrix::from_fn(8, 8, |i, j| 2.0 * h[(i, j)]);
        let half = susceptibility_of_levels(&doubled, 2, 2.0 * temperature).unwrap();
        prop_assert!((0..16).all(|k| (2.0 * half.values()[k] - chi.values()[k]).abs() < 1e-12 / temperature));
    }
}

#[test]
fn samples_that_are_none_are_refused() {
    let h = random_hamiltonian(6, true, 1);
    assert!(static_susceptibility(&h, 4, 0.1, 20).is_err(), "4 orbitals do not divide 6 states");
    assert!(static_susceptibility(&h, 0, 0.1, 20).is_err() && static_susceptibility(&h, 2, 0.1, 0).is_err());
    assert!(
        susceptibility_of_levels(&h, 2, 0.0).is_err() && susceptibility_of_levels(&h, 2, f64::NAN).is_err()
    );
    let mut skew = h.clone();
    skew[(0, 1)] += C64::new(0.0, 1e-3);
    assert!(susceptibility_of_levels(&skew, 2, 0.1).is_err(), "not Hermitian");
    skew[(0, 0)] = C64::new(f64::NAN, 0.0);
    assert!(susceptibility_of_levels(&skew, 2, 0.1).is_err());
    assert!(AndersonLattice::new(2, 1.0, 0.0).is_err() && AndersonLattice::new(4, -1.0, 0.0).is_err());
    let chi = susceptibility_of_levels(&h, 2, 0.1).unwrap();
    assert!(chi.fluctuation(&[0.0; 4], 1.0).is_err() && chi.fluctuation(&[0.0; 9], 0.0).is_err());
    assert!(chi.fluctuation(chi.values(), 1.0).unwrap().iter().all(|f| *f == 0.0));
}

/// Orthonormal; a function of the distance is diagonal in them with its Fourier transform; whole shells only.
#[test]
fn long_waves_diagonalise_what_translations_leave_alone() {
    let size = 7;
    for count in [1, 5, 9, 13, 21, 25, 29] {
        let modes = FourierModes::new(size, count).unwrap();
        assert_eq!(modes.count(), count);
        let sites = size * size;
        let unit: Vec<f64> =
            (0..sites * sites).map(|k| if k % sites == k / sites { 1.0 } else { 0.0 }).collect();
        let kernel: Vec<f64> = (0..sites * sites)
            .map(|k| {
                let [x, y] = [k % sites, k / sites];
                let along = |a: usize, b: usize| a.abs_diff(b).min(size - a.abs_diff(b)) as f64;
                (-along(x % size, y % size).powi(2) - along(x / size, y / size).powi(2)).exp()
            })
            .collect();
        let [unit, kernel] = [&unit, &kernel].map(|k| modes.project(k).unwrap());
        for (i, j) in (0..count).flat_map(|i| (0..count).map(move |j| (i, j))) {
            let wave = modes.waves()[i.div_ceil(2)];
            let along = |q: i32| -> f64 {
                (-3..=3)
                    .map(|x: i32| {
                        (-f64::from(x * x)).exp() * (std::f64::consts::TAU * f64::from(q * x) / 7.0).cos()
                    })
                    .sum()
            };
            let transform = along(wave[0]) * along(wave[1]);
            let [delta, expected] = if i == j { [1.0, transform] } else { [0.0, 0.0] };
            // rounding of 49 terms
            assert!((unit[i * count + j] - delta).abs() < 1e-13);
            assert!((kernel[i * count + j] - expected).abs() < 1e-13, "{count}: {i} {j}");
        }
    }
    for wrong in [0, 2, 3, 7, 11, 15, 31, 49] {
        assert!(FourierModes::new(size, wrong).is_err(), "{wrong}");
    }
    assert!(FourierModes::new(0, 1).is_err() && FourierModes::new(4, 13).is_err());
}

/// A function made of long waves, moved by whole sites and back by parts of them.
#[test]
fn functions_of_long_waves_move() {
    let (size, modes) = (5, FourierModes::new(5, 9).unwrap());
    let vector: Vec<f64> = (0..9).map(|i| (1.0 + f64::from(i)).sin()).collect();
    let at = |v: &[f64], x: usize, y: usize| -> f64 {
        v.iter().enumerate().map(|(i, v)| v * modes.mode(i).unwrap()[x % size + size * (y % size)]).sum()
    };
    let moved = modes.moved(&vector, [2.0, 4.0]).unwrap();
    for (x, y) in (0..size).flat_map(|x| (0..size).map(move |y| (x, y))) {
        // rounding of nine terms
        assert!((at(&moved, x + 2, y + 4) - at(&vector, x, y)).abs() < 1e-14);
    }
    let back = modes.moved(&modes.moved(&moved, [-1.3, 0.6]).unwrap(), [-0.7, -4.6]).unwrap();
    assert!(largest_difference(&back, &vector) < 1e-14);
    assert!(modes.moved(&vector[1..], [0.0; 2]).is_err());
}

#[test]
fn places_are_moved_profiles() {
    let (size, sites) = (4, 16);
    let profile: Vec<f64> = (0..sites).map(|x| (1.0 + x as f64).ln()).collect();
    let kernel: Vec<f64> = (0..sites * sites).map(|k| ((k % sites * (k / sites)) as f64).sin()).collect();
    let between = between_places(&kernel, &profile, size).unwrap();
    let moved = |x: usize, by: usize| (x % 4 + 4 - by % 4) % 4 + 4 * ((x / 4 + 4 - by / 4) % 4);
    for (a, b) in [(0, 0), (5, 5), (3, 14), (9, 2)] {
        let mut sum = 0.0;
        for (x, y) in (0..sites).flat_map(|x| (0..sites).map(move |y| (x, y))) {
            sum += profile[moved(x, a)] * kernel[x * sites + y] * profile[moved(y, b)];
        }
        // rounding of 256 terms of order 1
        assert!((between[a * sites + b] - sum).abs() < 1e-11);
    }
    assert!(
        between_places(&kernel, &profile[1..], size).is_err()
            && between_places(&kernel[1..], &profile, size).is_err()
    );
}

/// A lattice without disorder: the ballistic `K_q` of plane waves, in closed form; the Ward identity in every sample.
#[test]
fn relaxation_of_plane_waves() {
    let (size, frequency) = (5, 0.4);
    let clean = AndersonLattice::new(size, 0.0, -0.7).unwrap();
    let found = Relaxation::new(&clean.sample(&numbers(0)), 1, size, frequency).unwrap();
    assert!(found.audit.passed());
    let step = std::f64::consts::TAU / size as f64;
    let green = |x: usize, y: usize| {
        let energy = -2.0 * ((step * x as f64).cos() + (step * y as f64).cos()) + 0.7;
        C64::new(-energy, frequency).inv()
    };
    let mut expected = [0.0; 2];
    for (x, y) in (0..size).flat_map(|x| (0..size).map(move |y| (x, y))) {
        expected[0] += green(x, y).norm_sqr() / 25.0;
        expected[1] += 0.5 * (green(x, y) * (green(x + 1, y) + green(x, y + 1)).conj()).re / 25.0;
    }
    // rounding of 625 terms
    assert!(
        (found.uniform / expected[0] - 1.0).abs() < 1e-12 && (found.wave / expected[1] - 1.0).abs() < 1e-12
    );
    let same = Relaxation::mean(&[found.clone(), found.clone()]).unwrap();
    assert_eq!((same.diffusion(), same.density()), (found.diffusion(), found.density()));
    assert!(Relaxation::mean(&[]).is_err());
    let other = Relaxation::new(&clean.sample(&numbers(0)), 1, size, 0.5).unwrap();
    assert!(Relaxation::mean(&[found, other]).is_err());
    assert!(Relaxation::new(&clean.sample(&numbers(0)), 1, 4, 0.5).is_err());
}

/// Wegner's model, of which the ladder is known to leading order in 1/n: `D eta s/(1 - s)` and `nu_1 s^{1/2}`, `s = exp(-2 arsinh(eta/2))`, at the frequency eta. Means of
/// 12 samples of 6 x 6 sites, within 4 standard errors (false alarms 1e-4) and 2 % for what is of the order of 1/n^2.
#[test]
fn relaxation_gives_the_diffusion_constant_of_wegners_model() {
    let (size, orbitals, frequency) = (6, 8, 0.15);
    let model = OrbitalModel::new(size, orbitals, 0.15, TimeReversal::Broken).unwrap();
    let samples: Vec<Relaxation> = (0..12)
        .map(|n| Relaxation::new(&model.sample(&numbers(n)), orbitals, size, frequency).unwrap())
        .collect();
    assert!(samples.iter().all(|s| s.audit.passed()));
    let mean = Relaxation::mean(&samples).unwrap();
    let s = (-2.0 * (0.5f64 * frequency).asinh()).exp();
    for (of, expected) in [
        (Relaxation::diffusion as fn(&Relaxation) -> f64, model.diffusion() * frequency * s / (1.0 - s)),
        (Relaxation::density, model.density() * s.sqrt()),
    ] {
        let each: Vec<f64> = samples.iter().map(of).collect();
        let centre = each.iter().sum::<f64>() / 12.0;
        let error = (each.iter().map(|x| (x - centre).powi(2)).sum::<f64>() / (12.0 * 11.0)).sqrt();
        let found = of(&mean);
        assert!(error < 0.03 * expected, "{found} {error}");
        assert!((found - expected).abs() < 4.0 * error + 0.02 * expected, "{found} +- {error}, {expected}");
    }
}
