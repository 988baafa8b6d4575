//! Wegner's orbital model and the fluctuations of its grand potential: what is known of the model, two routes to Omega, the complete counting of rings. Seeds are fixed; "five standard
//! errors" is a false alarm in 2 million tests.

use diffuson::diffusons::gaussian_on_torus;
use diffuson::disorder::Fields;
use diffuson::droplets::{
    DropletError, FourierModes, OrbitalModel, TimeReversal, diffusive_covariance, even_grand_potential,
    ladder_covariance, predicted_covariance, predicted_variance,
};
use diffuson::{C64, Matrix};
use diffuson_ensemble::random::Realisation;
use diffuson_ensemble::statistics::Moments;
use diffuson_linalg::{Inverter, SmallLu};
use std::f64::consts::{PI, TAU};

struct Sample(Realisation);

impl Fields for Sample {
    fn uniform(&self, field: u32, first: u64, out: &mut [f64]) {
        self.0.fill_uniform_from(field, first, out);
    }

    fn normal(&self, field: u32, first: u64, out: &mut [f64]) {
        self.0.fill_normal_from(field, first, out);
    }
}

fn sample(n: u64) -> Sample {
    Sample(Realisation::new(71, n))
}

/// Variances of all kinds of entries, and that what is not random is exact.
#[test]
fn samples_have_the_variances_of_the_model() {
    for (class, size) in [(TimeReversal::Broken, 2), (TimeReversal::Unbroken, 3)] {
        let n = 2;
        let model = OrbitalModel::new(size, n, 0.2, class).unwrap();
        let j = model.variances();
        let sites = model.sites();
        for x in 0..sites {
            let row: f64 = j[x * sites..(x + 1) * sites].iter().sum();
            assert!((row - 1.0).abs() < 1e-15);
        }
        let mut squares = vec![Moments::default(); model.states() * model.states()];
        for k in 0..2000 {
            let h = model.sample(&sample(k));
            assert_eq!(h, h.adjoint());
            assert!(class == TimeReversal::Broken || h.as_slice().iter().all(|z| z.im == 0.0));
            squares.iter_mut().zip(h.as_slice()).for_each(|(m, z)| m.push(z.norm_sqr()));
        }
        for (k, moments) in squares.iter().enumerate() {
            let (row, column) = (k % model.states(), k / model.states());
            let diagonal = row == column && class == TimeReversal::Unbroken;
            let want = j[row / n * sites + column / n] / n as f64 * if diagonal { 2.0 } else { 1.0 };
            // at most 324 of them, each at six standard errors: once in a million
            let off = (moments.mean() - want).abs();
            assert!(off <= 6.0 * moments.standard_error(), "{row} {column}: {} {want}", moments.estimate());
        }
    }
}

/// Density of states at the centre and `<|G_xy|^2>`, and D as the difference of its inverse between two wave vectors, against the ladder. Corrections are of order `1/(n w)^2` in the
/// unitary class (w = 2 e over the ladder's 2) per mode of the torus: some per cent.
#[test]
fn green_functions_obey_the_ladder() {
    let (size, n, energy) = (3, 8, 0.2);
    let model = OrbitalModel::new(size, n, 0.2, TimeReversal::Broken).unwrap();
    let (states, sites) = (model.states(), model.sites());
    let mut inverter = Inverter::new(states);
    let mut inverse = Matrix::zeros(states, states);
    // density of states at i e, and pairs of sites by the displacement along x, summed over that along y: wave vectors along x
    let mut density = Moments::default();
    let mut waves = [Moments::default(), Moments::default()];
    for k in 0..150 {
        let h = model.sample(&sample(k));
        let shifted = Matrix::from_fn(states, states, |i, j| {
            if i == j { C64::new(0.0, energy) - h[(i, j)] } else { -h[(i, j)] }
        });
        inverter.invert(&shifted, &mut inverse).unwrap();
        density.push(-(0..states).map(|k| inverse[(k, k)].im).sum::<f64>() / (PI * sites as f64));
        let mut between = [0.0; 2];
        for column in 0..states {
            for row in 0..states {
                let weight = inverse[(row, column)].norm_sqr() / sites as f64;
                let x = (row / n % size) as f64 - (column / n % size) as f64;
                between[0] += weight;
                between[1] += weight * (TAU * x / size as f64).cos();
            }
        }
        waves.iter_mut().zip(between).for_each(|(m, b)| m.push(b));
    }
    let s = (-(0.5f64 * energy).asinh()).exp();
    assert!((density.mean() / (model.density() * s) - 1.0).abs() < 0.01, "{}", density.estimate());
    let [uniform, wave] = [0, 1].map(|k| waves[k].mean());
    let j = |q: f64| 1.0 - 0.2 * (2.0 - 2.0 * q.cos());
    for (got, q) in [(uniform, 0.0), (wave, TAU / 3.0)] {
        let want = n as f64 * s * s / (1.0 - s * s * j(q));
        assert!((got / want - 1.0).abs() < 0.03, "{q}: {got} {want}");
    }
    let diffusion = 2.0 * n as f64 * (1.0 / wave - 1.0 / uniform) / (2.0 - 2.0 * (TAU / 3.0).cos());
    assert!((diffusion / model.diffusion() - 1.0).abs() < 0.03, "{diffusion}");
    assert_eq!(model.conductance(), 8.0 * n as f64 * 0.2);
}

/// One state in closed form, also where Boltzmann factors over- and underflow.
#[test]
fn grand_potential_of_one_state() {
    let omega = |e: f64, t: f64| -t * (-e / t).exp().ln_1p();
    for (e, a, t) in [(0.3, 0.5, 0.2), (-2.0, 1.0, 0.4), (0.0, 0.1, 1.0), (-1.0, 0.4, 0.01)] {
        let h = Matrix::from_diagonal(&[C64::new(e, 0.0)]);
        let got = even_grand_potential(&h, 1, &[1.0], &[a, 0.0, -a], t).unwrap();
        let want = 0.5 * (omega(e + a, t) + omega(e - a, t)) - omega(e, t);
        // rounding of numbers of order e
        assert!((got.values[0] - want).abs() < 1e-14, "{got:?} {want}");
        assert_eq!([got.values[1], got.values[2]], [0.0, got.values[0]]);
        assert!(got.audit.passed());
    }
    let frozen = |e: f64| {
        let h = Matrix::from_diagonal(&[C64::new(e, 0.0)]);
        even_grand_potential(&h, 1, &[1.0], &[1.0, 3.0], 1e-4).unwrap().values
    };
    // a level below -a is full and one above a empty: nothing; in between it costs (|e| - a)/2
    assert_eq!([frozen(-2.0), frozen(2.0)], [vec![0.0, -0.5], vec![0.0, -0.5]]);
}

/// Eigenvalues against determinants at Matsubara energies, `-T sum_e>0 ln |det(ie - H - a psi) det(ie - H + a psi) / det(ie - H)^2|`. Terms tend to `a^2 Tr psi^2 / e^2`, whose sum is
/// known; what is left falls as 1/e^4.
#[test]
fn two_routes_to_the_grand_potential() {
    for class in [TimeReversal::Broken, TimeReversal::Unbroken] {
        let (n, temperature, field) = (3, 0.4, 0.7);
        let model = OrbitalModel::new(2, n, 0.15, class).unwrap();
        let psi = [0.7, 0.1, -0.3, 0.6];
        let h = model.sample(&sample(5));
        let states = model.states();
        let mut lu = SmallLu::new(states);
        let mut ln = |e: f64, a: f64| {
            for column in 0..states {
                for row in 0..states {
                    let diagonal =
                        if row == column { C64::new(-a * psi[row / n], e) } else { C64::default() };
                    lu.set(row, column, diagonal - h[(row, column)]);
                }
            }
            lu.factorise().unwrap();
            lu.ln_modulus()
        };
        let squares = field * field * n as f64 * psi.iter().map(|p| p * p).sum::<f64>();
        let mut sum = squares / (8.0 * temperature * temperature);
        for k in 0..400 {
            let e = PI * temperature * (2 * k + 1) as f64;
            sum += ln(e, field) + ln(e, -field) - 2.0 * ln(e, 0.0) - squares / (e * e);
        }
        let got = even_grand_potential(&h, n, &psi, &[field], temperature).unwrap();
        assert!(got.audit.passed());
        // the rest of the sum, of order (2 e)^-3 / T at e = 1000
        assert!((got.values[0] / (-temperature * sum) - 1.0).abs() < 1e-7, "{got:?} {}", -temperature * sum);
    }
}

/// Uniform potentials only shift energies: determinants of ladders by wave vectors, sums over Matsubara energies written out. On one site this is the Gaussian unitary ensemble.
#[test]
fn ladder_of_a_uniform_field() {
    for (size, temperature) in [(1, 0.3), (3, 0.2)] {
        let model = OrbitalModel::new(size, 2, 0.2, TimeReversal::Unbroken).unwrap();
        let psi = vec![1.0 / size as f64; size * size];
        let fields = [0.4, 0.9];
        let got = predicted_covariance(&model, &psi, &fields, temperature).unwrap();
        let j: Vec<f64> = (0..size * size)
            .map(|k| {
                let wave = |k: usize| 2.0 - 2.0 * (TAU * k as f64 / size as f64).cos();
                1.0 - 0.2 * (wave(k % size) + wave(k / size))
            })
            .collect();
        // G(z) of the semicircle, decaying on either side of the axis
        let green = |e: f64, u: f64| {
            let z = C64::new(-u, e);
            let root = (z * z - 4.0).sqrt();
            let g = 0.5 * (z - root);
            if g.norm() < 1.0 { g } else { 0.5 * (z + root) }
        };
        let energies: Vec<f64> = (-400..400).map(|k| PI * temperature * (2 * k + 1) as f64).collect();
        let column = |u: f64| energies.iter().map(|&e| green(e, u)).collect::<Vec<_>>();
        let correlate = |u: f64, v: f64| {
            let (g, f) = (column(u), column(v));
            let half = &g[400..];
            let det = |p: C64| j.iter().map(|j| (1.0 - p * j).norm()).product::<f64>().ln();
            let sum: f64 = half.iter().map(|g| f.iter().map(|f| det(g * f)).sum::<f64>()).sum();
            -2.0 * 2.0 * temperature * temperature * sum
        };
        for (k, (a, b)) in [(0, (0.4, 0.4)), (1, (0.4, 0.9)), (3, (0.9, 0.9))] {
            let (a, b): (f64, f64) = (a / size as f64, b / size as f64);
            let want = 0.5 * (correlate(a, b) + correlate(a, -b)) - correlate(a, 0.0) - correlate(0.0, b)
                + correlate(0.0, 0.0);
            // the rest of sums that fall as 1/e^3, at e = 500 and more
            assert!((got[k] / want - 1.0).abs() < 1e-5, "{size} {k}: {} {want}", got[k]);
        }
    }
}

/// Where temperature and field are small the ladder is diffusive, corrections being of their order; small fields see rings of four.
#[test]
fn ladders_become_diffusive() {
    let model = OrbitalModel::new(3, 4, 0.2, TimeReversal::Broken).unwrap();
    let psi = gaussian_on_torus(3, 2.0, [1.0, 1.0]).unwrap();
    for temperature in [1e-3, 1e-4] {
        let fields = [3.0 * temperature, 8.0 * temperature];
        let ladder = predicted_covariance(&model, &psi, &fields, temperature).unwrap();
        let diffusive = diffusive_covariance(&model, &psi, &fields, temperature).unwrap();
        for (l, d) in ladder.iter().zip(&diffusive) {
            assert!((l / d - 1.0).abs() < 20.0 * temperature, "{temperature}: {}", l / d);
        }
        // to leading order in the field: a fourth difference, which rounding spoils at the lower temperature
        if temperature == 1e-3 {
            let variance = predicted_variance(&model, &psi, temperature).unwrap();
            let rings = model.rings().unwrap().covariance(std::slice::from_ref(&psi), temperature).unwrap();
            let ratio = variance / rings.at(0, 0, 0, 0);
            assert!((ratio - 1.0).abs() < 20.0 * temperature + 1e-3, "{ratio}");
        }
        let (small, other) = (1e-3 * temperature, 2e-3 * temperature);
        let weak = diffusive_covariance(&model, &psi, &[small, other], temperature).unwrap();
        let ring = model
            .rings()
            .unwrap()
            .covariance(std::slice::from_ref(&psi), temperature)
            .unwrap()
            .at(0, 0, 0, 0);
        let scale = 0.25 * model.density().powi(2) * ring;
        for (got, fields) in weak.iter().zip([small * small, small * other, small * other, other * other]) {
            // (a A)^2, with A up to 1/(2 pi T), and cancellation of a^2 against a^4
            assert!((got / (scale * fields * fields) - 1.0).abs() < 1e-4, "{got}");
        }
    }
}

/// The proof of the complete counting: the variance of Omega_e over samples against six rings, nothing fitted. Four rings of the six would be off by 1.5, thirteen standard errors.
#[test]
fn all_six_rings_are_there() {
    // energies 2 pi T per n levels of width pi/n: corrections of some per cent, more of them without than with time reversal broken (0.986(10) and 0.990(16) of the ladder in 20 000 and 8000
    // samples)
    for (class, size, n, temperature, samples) in
        [(TimeReversal::Broken, 2, 10, 0.06, 1500), (TimeReversal::Unbroken, 1, 32, 0.2, 1500)]
    {
        let model = OrbitalModel::new(size, n, 0.2, class).unwrap();
        let psi = gaussian_on_torus(size, 1.0, [0.0; 2]).unwrap();
        let fields = [0.2, 0.5];
        let predicted = predicted_covariance(&model, &psi, &fields, temperature).unwrap();
        let mut potentials = [Vec::new(), Vec::new()];
        for k in 0..samples {
            let sample =
                even_grand_potential(&model.sample(&sample(k)), n, &psi, &fields, temperature).unwrap();
            assert!(sample.audit.passed(), "{:?}", sample.audit);
            potentials.iter_mut().zip(sample.values).for_each(|(p, value)| p.push(value));
        }
        for (k, values) in potentials.iter().enumerate() {
            let mean = values.iter().copied().collect::<Moments>().mean();
            let squares: Moments = values.iter().map(|v| (v - mean).powi(2)).collect();
            let (ratio, error) =
                (squares.mean() / predicted[3 * k], squares.standard_error() / predicted[3 * k]);
            assert!((ratio - 1.0).abs() < 5.0 * error, "{class:?}: {ratio} +- {error}");
            assert!(1.5 - ratio > 5.0 * error, "{class:?}: {ratio} +- {error}");
        }
    }
}

/// Fluctuations of the susceptibility of 3000 samples from exact Green functions (broken time reversal, n = 6, 8 x 8 sites, T = 0.05, by another program), per ring of pure diffusion:
/// 1.179(6) for a Gaussian of R = 1, 0.937(10) for R = 2, 0.88(3) for uniform psi. The ladder is what is missing, within two of their standard errors.
#[test]
fn ladders_explain_the_fluctuations_of_the_susceptibility() {
    let model = OrbitalModel::new(8, 6, 0.2, TimeReversal::Broken).unwrap();
    for (radius, measured, error) in [(1.0, 1.179, 0.006), (2.0, 0.937, 0.010), (500.0, 0.88, 0.03)] {
        let psi = gaussian_on_torus(8, radius, [4.0, 4.0]).unwrap();
        let ladder = predicted_variance(&model, &psi, 0.05).unwrap();
        let ring = model.rings().unwrap().covariance(&[psi], 0.05).unwrap().at(0, 0, 0, 0);
        assert!((ladder / ring - measured).abs() < 2.0 * error, "{radius}: {}", ladder / ring);
    }
}

/// Ladders between waves: on any sum of modes the variance from differences of grand potentials, at any temperature, and between all pairs of modes that of rings of pure diffusion, at low ones.
#[test]
fn ladders_between_waves() {
    let model = OrbitalModel::new(5, 4, 0.2, TimeReversal::Unbroken).unwrap();
    let modes = FourierModes::new(5, 9).unwrap();
    let at = |k: usize| modes.mode(k).unwrap().to_vec();
    for temperature in [0.02, 0.3] {
        let ladder = ladder_covariance(&model, &modes, temperature).unwrap();
        for seed in 0..3 {
            let mut weights = [0.0; 9];
            sample(seed).normal(5, 0, &mut weights);
            let psi: Vec<f64> = (0..25).map(|x| (0..9).map(|k| weights[k] * at(k)[x]).sum()).collect();
            let mut variance = 0.0;
            for [i, j, k, l] in (0..9usize.pow(4)).map(|n| [n / 729, n / 81 % 9, n / 9 % 9, n % 9]) {
                variance += weights[i] * weights[j] * weights[k] * weights[l] * ladder.at(i, j, k, l);
            }
            // two routes: differences lose some 1e-4 at the lower temperature. Four times the covariance over nu_1^2 and the fourth power of the field, without its next two orders
            let highest = psi.iter().fold(0.0f64, |m, p| m.max(p.abs()));
            let fields = [0.5, 1.0, 2.0].map(|a| a * temperature / highest);
            let covariance = predicted_covariance(&model, &psi, &fields, temperature).unwrap();
            let [one, two, four] =
                [0, 1, 2].map(|k| 4.0 * covariance[4 * k] / (model.density() * fields[k].powi(2)).powi(2));
            let [near, far] = [(4.0 * one - two) / 3.0, (4.0 * two - four) / 3.0];
            let differences = (16.0 * near - far) / 15.0;

            assert!((variance / differences - 1.0).abs() < 2e-4, "{temperature}: {}", variance / differences);
        }
    }
    // slow waves at low temperature: both in proportion, and with them all corrections
    for (slowness, temperature) in [(0.02, 1e-3), (0.01, 5e-4)] {
        let model = OrbitalModel::new(5, 4, slowness, TimeReversal::Unbroken).unwrap();
        let ladder = ladder_covariance(&model, &modes, temperature).unwrap();
        let functions: Vec<Vec<f64>> = (0..9).map(at).collect();
        let rings = model.rings().unwrap().covariance(&functions, temperature).unwrap();
        let off = (0..9usize.pow(4)).map(|n| [n / 729, n / 81 % 9, n / 9 % 9, n % 9]).map(|[i, j, k, l]| {
            let scale = (rings.at(i, j, i, j) * rings.at(k, l, k, l)).sqrt();
            (ladder.at(i, j, k, l) - rings.at(i, j, k, l)).abs() / scale
        });
        let worst = off.fold(0.0, f64::max);
        // D q^2 of the shortest wave
        assert!(worst < 5.5 * slowness, "{slowness}: {worst}");
    }
}

#[test]
fn bad_questions_are_refused() {
    let model = |size, n, j| OrbitalModel::new(size, n, j, TimeReversal::Broken);
    assert!(model(0, 1, 0.1).is_err() && model(2, 0, 0.1).is_err() && model(2, 1, 0.3).is_err());
    let model = model(2, 2, 0.1).unwrap();
    let h = model.sample(&sample(0));
    let psi = [0.5; 4];
    let asked = |psi: &[f64], a: f64, t: f64| even_grand_potential(&h, 2, psi, &[a], t);
    assert!(
        asked(&psi[..3], 0.1, 0.1).is_err()
            && asked(&psi, f64::NAN, 0.1).is_err()
            && asked(&psi, 0.1, 0.0).is_err()
    );
    assert!(even_grand_potential(&h, 3, &[0.5; 2], &[0.1], 0.1).is_err());
    assert!(predicted_covariance(&model, &psi[..3], &[0.1], 0.1).is_err());
    assert!(diffusive_covariance(&model, &psi, &[f64::INFINITY], 0.1).is_err());
    assert!(predicted_variance(&model, &[0.0; 4], 0.1).is_err());
    let mut broken = h.clone();
    broken[(1, 0)] = C64::new(f64::NAN, 0.0);
    assert_eq!(even_grand_potential(&broken, 2, &psi, &[0.1], 0.1), Err(DropletError::Eigenvalues));
}
