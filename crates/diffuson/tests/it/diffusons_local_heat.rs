//! The correlator of the local heat: conservation, positivity, limits, and each number by a second route.

use diffuson::diffusons::local_heat::{Correlation, box_variance, spectrum};
use proptest::prelude::*;
use std::f64::consts::{PI, TAU};

use crate::defect_pairs::integral;

/// `Int d^2q/(2 pi)^2 f(q, q + k)` of squares of wave vectors, f falling at least as `q^-8`, k along the first axis.
fn loop_integral(k: f64, f: impl Fn(f64, f64) -> f64) -> f64 {
    const ANGLES: usize = 256;
    // the trapezoid rule over the angle converges geometrically
    let circle = |q: f64| {
        let of_angle =
            |n: usize| f(q * q, q * q + k * k + 2.0 * q * k * (TAU * n as f64 / ANGLES as f64).cos());
        q * (0..ANGLES).map(of_angle).sum::<f64>() / ANGLES as f64
    };
    // q = x / (1 - x)
    integral([0.0, 1.0 - 1e-9], |x| circle(x / (1.0 - x)) / (1.0 - x).powi(2)) / TAU
}

/// From the two kinds of fluctuation as diagrams give them, D = Gamma = s = 1: the diffusons of one box with those of the other, their derivatives taken before the integral.
fn from_diagrams(along: f64, across: f64) -> f64 {
    let square = along * along + across * across;
    let k = square.sqrt();
    let p = |q: f64| 1.0 / (1.0 + q);
    // 2 (P P'' - P'^2) and 2 (P P'' + P'^2) with P' = -P^2, P'' = 2 P^3
    let of_diffusion = |a: f64, b: f64| 4.0 * p(a) * p(b).powi(3) - 2.0 * (p(a) * p(b)).powi(2);
    let of_density = |a: f64, b: f64| 4.0 * p(a) * p(b).powi(3) + 2.0 * (p(a) * p(b)).powi(2);
    let speckle = 4.0 * loop_integral(0.0, of_diffusion);
    // the Cooperon of the one, diffuson and Cooperon of the other
    let local = 4.0 * loop_integral(k, of_diffusion) + (2.0 + 2.0) * loop_integral(k, of_density);
    let currents = square * speckle + along * along * local;
    (TAU * TAU) * p(square).powi(2) * currents
}

#[test]
fn the_spectrum_is_that_of_its_diagrams() {
    for (along, across) in [(0.01, 0.02), (0.2, 0.1), (0.0, 1.0), (0.7, 0.0), (1.0, 2.0), (5.0, 3.0)] {
        let (closed, diagrams) = (spectrum(along, across), from_diagrams(along, across));
        // 256 angles leave (poles at |q - k| = i) e^-256/(1 + |k|) at k = 6, the adaptive rule 1e-10
        assert!((closed / diagrams - 1.0).abs() < 1e-8, "({along}, {across}): {closed} {diagrams}");
    }
    // without Gamma the same two kinds, 4 and 2, and as many Cooperons, are the variance of the conductance of a long wire
    let wire = (2.0 * (4.0 + 2.0)) * (1..2000).map(|n| (PI * f64::from(n)).powi(-4)).sum::<f64>();
    assert!((wire - 2.0 / 15.0).abs() < 1e-10, "{wire}");
}

#[test]
fn heat_is_conserved() {
    assert_eq!(spectrum(0.0, 0.0), 0.0);
    // so all correlations sum to nothing: with the area, beyond which they are of the order of e^-R
    let mean = Correlation::of_ring(0.0, 30.0).unwrap().radial;
    assert!((mean * PI * 900.0).abs() < 1e-6, "{mean:e}");
    // the fall of the spectrum: in all directions speckle, along the gradient five times as much
    let (along, across) = (spectrum(1e-4, 0.0), spectrum(0.0, 1e-4));
    assert!((along / across - 5.0).abs() < 1e-6);
    assert!((across / (8.0 * PI / 3.0 * 1e-8) - 1.0).abs() < 1e-6);
}

/// The transform of the spectrum, blurred by a Gaussian of width b so that it converges, on a torus of side 40 (images are of the order of e^-40), against the correlation
/// blurred in space.
#[test]
fn correlations_are_the_transform_of_the_spectrum() {
    const BLUR: f64 = 0.15;
    let step = TAU / 40.0;
    let transform = |x: f64, y: f64| {
        let mut sum = 0.0;
        for i in -260_i32..=260 {
            for j in -260_i32..=260 {
                let (k, l) = (step * f64::from(i), step * f64::from(j));
                let blur = (-0.5 * BLUR * BLUR * (k * k + l * l)).exp();
                sum += spectrum(k, l) * blur * (k * x + l * y).cos();
            }
        }
        sum / 1600.0
    };
    let blurred = |x: f64, y: f64| {
        let (mut sum, mut weights) = (0.0, 0.0);
        for i in -15_i32..=15 {
            for j in -15_i32..=15 {
                let (u, v) = (0.4 * BLUR * f64::from(i), 0.4 * BLUR * f64::from(j));
                let weight = (-0.5 * (u * u + v * v) / (BLUR * BLUR)).exp();
                let r = (x + u).hypot(y + v);
                let c = Correlation::at(r).unwrap();
                let cos_2_theta = 2.0 * ((x + u) / r).powi(2) - 1.0;
                sum += weight * (c.radial - c.dipole * cos_2_theta);
                weights += weight;
            }
        }
        sum / weights
    };
    for (x, y) in [(1.3, 0.0), (0.0, 1.3), (1.8, 1.1), (0.0, 3.0)] {
        let (one, other) = (transform(x, y), blurred(x, y));
        // ends: wave numbers beyond 40, e^-18; sites beyond 6 widths, e^-18, times 500 of the sums
        assert!((one - other).abs() < 1e-5, "({x}, {y}): {one} {other}");
    }
}

#[test]
fn means_over_rings_are_means() {
    for (inner, outer) in [(0.5, 1.0), (1.0, 1.5), (3.0, 3.5)] {
        let ring = Correlation::of_ring(inner, outer).unwrap();
        let mean = |of: &dyn Fn(Correlation) -> f64| {
            let shell = |r: f64| r * of(Correlation::at(r).unwrap());
            integral([inner, outer], shell) * 2.0 / (outer * outer - inner * inner)
        };
        // 1e-9 is stated
        assert!((ring.radial - mean(&|c| c.radial)).abs() < 2e-9, "{inner}: {ring:?}");
        assert!((ring.dipole - mean(&|c| c.dipole)).abs() < 2e-9, "{inner}: {ring:?}");
    }
}

/// Along the gradient the heats of far probes are opposed, across it they are alike; the mean over directions changes sign at two L_in.
#[test]
fn the_tensor_is_a_dipole() {
    let c = |r| Correlation::at(r).unwrap();
    assert!(c(1.3).along() > 0.0 && c(1.4).along() < 0.0);
    assert!((1..60).all(|n| c(0.1 * f64::from(n)).across() > 0.0));
    assert!(c(1.9).radial > 0.0 && c(2.0).radial < 0.0);
    // towards no distance the logarithm of speckle alone: 4/3 ln(1/r) and a constant
    let constant = |r: f64| c(r).radial + 4.0 / 3.0 * r.ln();
    assert!((constant(1e-4) - constant(1e-5)).abs() < 1e-6);
    assert!(c(1e-4).dipole < 1e-6);
    // and far away nothing, without a step
    assert!(c(39.9).dipole.abs() < 1e-9 && c(1e9) == Correlation { radial: 0.0, dipole: 0.0 });
}

#[test]
fn box_variances_are_those_of_the_spectrum() {
    // on a torus of side 40, images of the order of e^-38; the sum over wave numbers ends at K, its tail falls as K^-3
    let step = TAU / 40.0;
    let of_spectrum = |side: f64| {
        let factor =
            |k: f64| if k == 0.0 { 1.0 } else { ((0.5 * k * side).sin() / (0.5 * k * side)).powi(2) };
        let count = (120.0 / (side * step)) as i32;
        let mut sum = 0.0;
        for i in -count..=count {
            let (k, f) = (step * f64::from(i), factor(step * f64::from(i)));
            let line = (-count..=count).map(|j| step * f64::from(j));
            sum += f * line.map(|l| spectrum(k, l) * factor(l)).sum::<f64>();
        }
        sum / 1600.0
    };
    for side in [1.0, 2.0] {
        let (one, other) = (box_variance(side).unwrap(), of_spectrum(side));
        assert!((one / other - 1.0).abs() < 3e-5, "{side}: {one} {other}");
    }
    // large boxes exchange heat through their sides only: side^1 / side^4, and corners, side^0
    let [large, larger] = [10.0, 20.0].map(|side: f64| side.powi(4) * box_variance(side).unwrap());
    let [sides, corners] = [(larger - large) / 10.0, 2.0 * large - larger];
    let next = 40_f64.powi(-4) * (sides * 40.0 + corners);
    assert!((next / box_variance(40.0).unwrap() - 1.0).abs() < 1e-3, "{sides} {corners}");
}

#[test]
fn what_has_no_correlation_is_refused() {
    for r in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(Correlation::at(r).is_err() && box_variance(r).is_err());
    }
    assert!(Correlation::of_ring(1.0, 1.0).is_err() && Correlation::of_ring(-1.0, 1.0).is_err());
    assert!(spectrum(f64::NAN, 1.0).is_nan());
}

proptest! {
    /// A variance is not negative; heat along the gradient fluctuates at most five times as much as across it, and signs of wave vectors are convention.
    #[test]
    fn spectra_are_positive(k in 1e-6..1e4_f64, angle in 0.0..TAU) {
        let (along, across) = (k * angle.cos(), k * angle.sin());
        let value = spectrum(along, across);
        let speckle = spectrum(0.0, k);
        prop_assert!(value >= speckle * (1.0 - 1e-14) && value <= 5.0 * speckle * (1.0 + 1e-14));
        prop_assert!(speckle > 0.0);
        prop_assert!((value - spectrum(-along, across)).abs() <= 1e-14 * value);
    }
}
