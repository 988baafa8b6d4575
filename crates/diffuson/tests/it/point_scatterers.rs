//! Point scatterers in a wide ballistic contact: reference numbers, limits, laws, and independent routes.

use diffuson::C64;
use diffuson::defects::point_scatterers::{dress, scatter};
use diffuson::defects::{DefectError, Dressed, Electrons, PointScatterer};
use proptest::prelude::*;
use std::f64::consts::PI;

const STATIC: [[f64; 3]; 4] = [[6.2, 1.3, -2.4], [-4.1, 5.0, 3.3], [1.5, -7.7, 5.6], [-3.6, -4.4, -8.1]];
const MOBILE: [[f64; 3]; 2] = [[0.0, 0.0, 0.0], [1.6, -0.9, 1.1]];

fn degrees(x: f64) -> f64 {
    x.to_radians()
}

fn alike(places: &[[f64; 3]], phase_shift: f64) -> Vec<PointScatterer> {
    places.iter().map(|&position| PointScatterer { position, phase_shift }).collect()
}

fn sound(dressed: Result<Dressed, DefectError>) -> Dressed {
    let dressed = dressed.expect("allowed numbers");
    assert!(dressed.audit.passed(), "{:?}", dressed.audit);
    dressed
}

/// Reference numbers of an independent program: conductances to 1e-12, energies to the 13 digits that are given, here 1e-9 of the sum over pairs (the stated error).
#[test]
fn reference_configuration() {
    let known = [
        (20.0, [-1.167179666175936, -1.143273540323222], [-1.183857934587e-4, 3.044406523057e-4]),
        (60.0, [-7.232997542577, -7.280685481573], [-3.115483074625e-3, 1.196034250314e-3]),
        (75.0, [-8.875567442764, -8.991345981711], [-3.490883434653e-3, 3.316118621751e-4]),
    ];
    for (angle, conductance, energy) in known {
        let d = degrees(angle);
        let found = sound(dress(&alike(&STATIC, d), d, &MOBILE, &Electrons::default()));
        for i in 0..2 {
            println!(
                "{angle} {i} {:.3e} {:.3e}",
                found.conductance[i] - conductance[i],
                found.energy[i] - energy[i]
            );
        }
        for i in 0..2 {
            assert!((found.conductance[i] - conductance[i]).abs() < 2e-12, "{angle}, {i}");
            assert!((found.energy[i] - energy[i]).abs() < 1e-12, "{angle}, {i}: {}", found.energy[i]);
        }
    }
}
