//! Pairs under bias: closed forms against the integrals they stand for.

use diffuson::C64;
use diffuson::defects::biased_pairs::{
    Distribution, conductance_factor, dress, fermi_wave_numbers, first_zero, frozen_pattern_factor,
    rms_factors, shell_factor, wave_number_shift,
};
use diffuson::defects::pairs::{self, PairLaw};
use diffuson::defects::{Metal, PointScatterer};
use std::f64::consts::{FRAC_2_PI, FRAC_PI_2, PI, TAU};

use crate::defect_pairs::{MOBILE, STATIC, integral};

/// The exact number, the product of cosines, and what the printed definitions of Delta k would give; four digits given.
#[test]
fn both_steps_in_all_directions() {
    let (r, bias) = (50.0, 0.02);
    let across = [r, 0.0, 0.0];
    let exact = Distribution::Averaged.energy(across, [1.0; 2], bias).unwrap();
    assert!((exact - 3.880e-6).abs() < 6e-10, "{exact:e}");
    let far = FRAC_2_PI * (2.0 * r).cos() / r.powi(3);
    for (times, want) in [(1.0, 3.854e-6), (2.0, 2.37e-6), (4.0, -1.83e-6)] {
        let product = far * (2.0 * times * wave_number_shift(bias) * r).cos();
        assert!((product - want).abs() < 6e-9, "{times}: {product:e}");
    }
    // The steps one by one: states below k, as without bias, each with half of the weight.
    let [low, high] = fermi_wave_numbers(bias).unwrap();
    let states = |k: f64| integral([0.0, k], |k| -2.0 * FRAC_2_PI * k * (2.0 * k * r).sin() / (r * r));
    assert!((0.5 * (states(low) + states(high)) - exact).abs() < 1e-15);
    assert!(((high - low) / (2.0 * wave_number_shift(bias)) - 1.0).abs() < bias * bias);
    assert!(fermi_wave_numbers(2.0).is_err() && fermi_wave_numbers(-0.1).is_err());
}

/// The current `Int_{k_F - Dk}^{k_F + Dk} cos(2kR + phi(Dk)) dk` differentiated by central differences, their error h^2 R^2 and rounding / h; the sign
/// printed for the second term is not that of a derivative.
#[test]
fn the_second_term_of_the_conductance_is_negative() {
    let (r, phase, slope): (f64, f64, f64) = (7.3, 0.4, 9.1);
    let current = |shift: f64| {
        let phi = phase + slope * shift;
        ((2.0 * (1.0 + shift) * r + phi).sin() - (2.0 * (1.0 - shift) * r + phi).sin()) / (2.0 * r)
    };
    for bias in [0.1, 0.3, 0.8] {
        let shift = wave_number_shift(bias);
        let h = 1e-5;
        let derivative = 0.5 * (current(shift + h) - current(shift - h)) / (2.0 * h);
        let at = phase + slope * shift;
        let closed = conductance_factor(r, at, slope, bias);
        assert!((derivative - closed).abs() < 1e-7, "{bias}: {derivative} {closed}");
        let printed = conductance_factor(r, at, -slope, bias);
        assert!((derivative - printed).abs() > 1e-2, "{bias}");
    }
}

/// Energy of a defect in the density that a scatterer makes of the electrons of (Eq. 14), all directions of them added up: `-4 pi f2 dn`,
/// `dn = 2 Int d^3k/(2 pi)^3 2 f1 cos(kR - k.R)/R`, the integral over k in closed form. `cosine` is that of R to the axis.
fn by_angles(r: f64, cosine: f64, bias: f64) -> f64 {
    let [low, high] = fermi_wave_numbers(bias).unwrap();
    let sine = (1.0 - cosine * cosine).sqrt();
    let (around, along) = (160, 200);
    let mut sum = 0.0;
    // Midpoints in s, mu = sin(pi s/2): periodic beyond the pole, so that the rim k_z = 0 is the only end; Gauss's rule of two points in each interval.
    for (side, k) in [(1.0, low), (-1.0, high)] {
        for j in 0..2 * along {
            let offset = if j % 2 == 0 { -1.0 } else { 1.0 } / 3f64.sqrt();
            let s = (f64::from(j / 2) + 0.5 * (1.0 + offset)) / f64::from(along);
            let (mu, rim) = (FRAC_PI_2 * s).sin_cos();
            let weight = 0.5 / f64::from(along) * FRAC_PI_2 * rim * TAU / f64::from(around);
            for n in 0..around {
                let angle = TAU * f64::from(n) / f64::from(around);
                let path = r * (1.0 - side * mu * cosine - rim * sine * angle.cos());
                let x = k * path;
                let (sin, cos) = x.sin_cos();
                // Int_0^k q^2 cos(q path) dq.
                let radial = if x < 1e-2 {
                    k.powi(3) * (1.0 / 3.0 - x * x / 10.0)
                } else {
                    (k * k * sin + (2.0 * k * cos - 2.0 * sin / path) / path) / path
                };
                sum += weight * radial;
            }
        }
    }
    -4.0 * PI * 4.0 * sum / (TAU.powi(3) * r)
}

/// Around R = 60: what oscillates with 2R has the wave number of the electrons that move against R, at full strength, on either side of the scatterer.
/// Spectrum under Hann's window from 30 to 90: the next lines, those of the rim among them, are 0.3 or more away and 1e-2 of their height there; corrections of
/// the amplitude are of order 1/R.
#[test]
fn bias_shifts_the_density_oscillations_of_one_side() {
    // Without bias, the closed form: fourth order, half a radian per interval, of terms 50 times the result.
    let at_rest = by_angles(60.0, 0.8, 0.0);
    let closed = Distribution::Directed.energy([0.0, 36.0, 48.0], [1.0; 2], 0.0).unwrap();
    assert!((at_rest / closed - 1.0).abs() < 1e-3, "{at_rest:e} {closed:e}");

    let bias = 0.4;
    let [low, high] = fermi_wave_numbers(bias).unwrap();
    let radii: Vec<f64> = (0..60).map(|n| 30.5 + f64::from(n)).collect();
    for cosine in [0.95, -0.95] {
        let energies: Vec<f64> = radii.iter().map(|&r| by_angles(r, cosine, bias) * r.powi(3)).collect();
        let line = |k: f64| {
            let terms = radii.iter().zip(&energies).map(|(r, e)| {
                let window = (PI * (r - 60.0) / 60.0).cos().powi(2);
                C64::from_polar(window * e, -2.0 * k * r)
            });
            2.0 * terms.sum::<C64>() / 30.0
        };
        let (seen, other) = if cosine > 0.0 { (high, low) } else { (low, high) };
        let amplitude = line(seen) / (FRAC_2_PI * seen);
        assert!((amplitude - 1.0).norm() < 0.08, "{cosine}: {amplitude}");
        assert!(line(other).norm() < 0.08, "{cosine}: {}", line(other));
        let law = Distribution::Directed;
        let [at, back] =
            [1.0, -1.0].map(|side| law.energy([0.0, side * 20.0, side * 57.0], [1.0; 2], bias).unwrap());
        assert_ne!(at, back);
    }
}

/// SciPy's quadrature to ten digits; the sheet's figures, from sampling, are within 3e-3 of it.
#[test]
fn bias_and_frozen_patterns() {
    let table = [
        (0.5, 0.994_211_323_579_480_9, 0.994),
        (1.0, 0.977_151_300_310_260_4, 0.977),
        (2.0, 0.913_204_718_794_251, 0.913),
        (4.0, 0.710_611_686_575_367_3, 0.709),
        (8.0, 0.254_511_238_469_289_5, 0.253),
        (16.0, -0.425_270_194_926_848_5, -0.425),
        (32.0, -0.247_847_341_205_934_2, -0.245),
    ];
    // Distances at the middles of 20 000 equal volumes.
    let distances: Vec<f64> =
        (0..20_000).map(|n| (1.0 + 999.0 * (f64::from(n) + 0.5) / 20_000.0).cbrt()).collect();
    for (x, exact, printed) in table {
        // x = 2 Delta k R_max, R_max = 10.
        let bias = 2.0 * x / 10.0;
        let factor = shell_factor(1.0, 10.0, bias).unwrap();
        assert!((factor - exact).abs() < 1e-10, "{x}: {factor}");
        assert!((factor - printed).abs() < 3e-3, "{x}: {factor}");
        let sampled = frozen_pattern_factor(&distances, bias).unwrap();
        // Midpoints near R = 1: half of them lie within a few hundred intervals.
        assert!((sampled - exact).abs() < 1e-3, "{x}: {sampled}");
    }
    assert!(shell_factor(1.0, f64::INFINITY, 0.1).is_err() && frozen_pattern_factor(&[], 0.1).is_err());

    // Largest |F| in two ranges of bias four times apart: 1/V of distances spread evenly, V^-1/2 where distances are stationary (a circular wall around a point
    // off its centre).
    let wall: Vec<f64> = (0..4000)
        .map(|n| {
            let angle = TAU * f64::from(n) / 4000.0;
            10.0 * (1.25 - angle.cos()).sqrt() / 1.5
        })
        .collect();
    let largest = |of: &dyn Fn(f64) -> f64, from: f64| {
        (0..2000).map(|n| of(0.2 * from * (1.0 + f64::from(n) / 2000.0)).abs()).fold(0.0, f64::max)
    };
    let shell = |bias: f64| shell_factor(1.0, 10.0, bias).unwrap();
    let circle = |bias: f64| frozen_pattern_factor(&wall, bias).unwrap();
    let ratio = |of: &dyn Fn(f64) -> f64| largest(of, 100.0) / largest(of, 400.0);
    assert!((ratio(&shell) / 4.0 - 1.0).abs() < 0.1, "{}", ratio(&shell));
    assert!((ratio(&circle) / 2.0 - 1.0).abs() < 0.1, "{}", ratio(&circle));
    // Random phases keep 1/sqrt(2) of their rms.
    assert_eq!(rms_factors(&distances, 0.0), [1.0; 2]);
    for rms in rms_factors(&distances, 80.0) {
        assert!((rms - 0.5f64.sqrt()).abs() < 0.02, "{rms}");
    }
}

/// Delta k in units: no direct effect of bias below tens of millivolts.
#[test]
fn interference_first_vanishes_at_a_hundred_millivolts() {
    let copper = Metal::new(7.0).unwrap();
    let distance = 10.0 * copper.fermi_wave_number();
    let bias = first_zero(distance);
    assert!((bias * copper.fermi_energy_mev() / copper.first_zero(10.0) - 1.0).abs() < 1e-13);
    assert!(conductance_factor(distance, 0.3, 0.0, bias).abs() < 1e-15);
}

/// Without bias: Born's energies and asymptotic conductances, less the background's own (constant) part. With it, the averaged law is that of all directions.
#[test]
fn dressing_without_bias_is_that_of_pairs() {
    let background = STATIC.map(|position| PointScatterer { position, phase_shift: 0.5 });
    let biased = |bias, distribution| dress(&background, 0.2, &MOBILE, bias, distribution).unwrap();
    let [born, far] =
        [PairLaw::Born, PairLaw::Asymptotic].map(|law| pairs::dress(&background, 0.2, &MOBILE, law).unwrap());
    for distribution in [Distribution::Averaged, Distribution::Directed] {
        let rest = biased(0.0, distribution);
        // Sums of some ten terms of order 1e-4, and 1.
        assert!((rest.energy[1] - rest.energy[0] - (born.energy[1] - born.energy[0])).abs() < 1e-17);
        let moved = rest.conductance[1] - rest.conductance[0];
        assert!((moved - (far.conductance[1] - far.conductance[0])).abs() < 1e-14);
    }
    assert_ne!(biased(0.3, Distribution::Averaged).energy, biased(0.3, Distribution::Directed).energy);
    assert!(dress(&background, 0.2, &[STATIC[0]], 0.1, Distribution::Averaged).is_err());
    assert!(dress(&background, f64::NAN, &MOBILE, 0.1, Distribution::Averaged).is_err());
}
