use super::*;
use crate::thermal::{Adaptive, Structure};
use std::convert::Infallible;
use std::f64::consts::PI;

/// The integral by adaptive quadrature in the energy itself, cut where its scales change.
fn adaptive(bath: &Bath) -> f64 {
    let (v, t) = (bath.bias(), bath.temperature());
    let mut marks: Vec<f64> = (-24..=24).map(|k| 10f64.powf(f64::from(k) / 3.0)).collect();
    for width in [0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 1e3, 1e4].map(|w| w * t) {
        marks.extend([v - width, v, v + width]);
    }
    let top = v + 40.0 * t;
    marks.retain(|&m| m > 0.0 && m < top);
    marks.sort_by(f64::total_cmp);
    let f = |e: f64| Ok::<_, Infallible>([e * upper_occupation(e, bath)]);
    let structure = Structure::new([0.0, top], Vec::new()).unwrap();
    let Ok(integral) = Adaptive::to(1e-13).integrate([0.0, top], &structure, &marks, f);
    integral.values[0]
}

#[test]
fn the_rule_agrees_with_adaptive_quadrature() {
    let mut worst = (0.0, 0.0, 0.0);
    let of = |v: f64, t: f64| Bath::new(t, v, 1.0).unwrap();
    let mut cases: Vec<Bath> = Vec::new();
    for i in -3..=7 {
        let v = 10f64.powi(i) * 1.7;
        cases.push(of(v, 0.0));
        cases.extend((-4..=2).map(|j| of(v, 10f64.powi(j) * 0.6)));
        cases.extend([0.2, 0.249, 0.251, 0.4].map(|r| of(v, r * v)));
        cases.extend([1e-6, 0.1, 2.0].map(|t| of(v, t).off_centre(0.1).unwrap()));
        cases.extend([0.0, 1e-6, 0.1, 2.0].map(|t| of(v, t).between_beams_only()));
        cases.extend([0.0, 0.1, 2.0].map(|t| Bath::new(t, v, f64::INFINITY).unwrap()));
    }
    for bath in &cases {
        let (rule, reference) = (mean_excitation(bath), adaptive(bath));
        let error = (rule / reference - 1.0).abs();
        if error > worst.0 {
            worst = (error, bath.bias(), bath.temperature());
        }
    }
    // What the rule promises; the reference is set to 1e-13.
    assert!(worst.0 < 1e-12, "{worst:?}");
}

/// The sheet's values, by two other quadratures, to the digits printed.
#[test]
fn reference_values() {
    for (v, t, d) in [
        (10.0, 0.5, 1.96937873878),
        (0.0, 1.0, 0.82246703342),
        (100.0, 2.0, 17.1549035685),
        (1.0, 0.1, 0.0608680053125),
    ] {
        // Half a unit of the 11th digit after the point, and the truncated pi^2/12.
        assert!((response(v, t) - d).abs() < 6e-12_f64.max(5e-12 * d), "{v} {t}: {}", response(v, t));
    }
}

/// (S23). The first terms left out are of relative order V (V -> 0, where phonons begin), and V^{-2/3} ln V (V -> inf: eV - E and 2 E beside 2 eV give Int E^2 dE / (2 V + E^3)).
#[test]
fn both_asymptotes_have_their_constants() {
    for t in [1e-6, 0.3, 40.0] {
        // Rounding, and the tail e^-40 (40)^2.
        assert!((response(0.0, t) / (PI * PI / 12.0 * t * t) - 1.0).abs() < 1e-13, "{t}");
    }
    let weak = (1.5 - 2.0 * 2f64.ln()) / 2.0;
    let strong = 2f64.powf(-1.0 / 3.0) * (PI / 3.0) / (2.0 * PI / 3.0).sin();
    assert!((strong - 0.959742).abs() < 5e-7 && (weak - 0.0568528).abs() < 5e-8);
    for v in [1e-3, 1e-5] {
        let relative = response(v, 0.0) / (weak * v * v) - 1.0;
        assert!(relative.abs() < v, "{v}: {relative:e}");
    }
    for v in [1e6, 1e9, 1e12] {
        let relative = response(v, 0.0) / (strong * v.powf(2.0 / 3.0)) - 1.0;
        assert!(relative.abs() < (1.0 + v.ln()) * v.powf(-2.0 / 3.0), "{v}: {relative:e}");
    }
    assert_eq!(response(0.0, 0.0), 0.0);
    assert!(response(1.0, -1.0).is_nan() && response(f64::NAN, 1.0).is_nan());
    assert_eq!(response(-3.0, 0.2), response(3.0, 0.2));
}

/// (S22): with electron-hole pairs within a beam n = (1/2)(1 - 2 E/eV) at small E, without them the (1/2)(1 - E/eV) printed; to the next order in E/eV.
#[test]
fn intra_beam_relaxation_doubles_the_slope() {
    let (v, e) = (100.0, 1e-4);
    let bath = Bath::new(0.0, v, f64::INFINITY).unwrap();
    let slope = |bath: &Bath| (1.0 - 2.0 * upper_occupation(e, bath)) * v / e;
    // Differences of 1e-6 from 1 lose ten digits.
    assert!((slope(&bath) - 2.0).abs() < 1e-5);
    assert!((slope(&bath.between_beams_only()) - 1.0).abs() < 1e-5);
}
