//! The computed conductivity: data made from a known law give its thermopower.

use diffuson::localization::Kernels;
use diffuson::localization::computed::{ComputedConductivity, ComputedError, MetallicPoint};
use diffuson::localization::scaling::{Orders, Scaling, ScalingFit, SizePoint};

const EDGE: f64 = 7.75;
const NU: f64 = 1.57;

/// A scaling fit to data without noise: a quantity linear in `(E_c - E) L^(1/nu)` on both sides of an upper edge.
fn fit(sign: f64) -> ScalingFit {
    let points: Vec<SizePoint> = [6.0, 8.0, 10.0, 12.0]
        .into_iter()
        .flat_map(|size: f64| {
            (-4..=4).map(move |k| {
                let w = 0.1 * f64::from(k);
                SizePoint::new(sign * (EDGE + w), size, -0.5 - w * size.powf(1.0 / NU), 0.01)
            })
        })
        .collect();
    Scaling::default().fit(&points, &Orders::new(1, 0, 1, 0)).unwrap()
}

/// Conductances `<g> = sigma_0 L + 0.4` of the pure power law, with sigma_0 = 0.1 at one t inside the edge.
fn cubes(sign: f64) -> Vec<MetallicPoint> {
    let sigma = |depth: f64| if depth > 0.0 { 0.1 * depth.powf(NU) } else { 0.0 };
    let energies = [0.25, 1.75, 3.0, 4.0, 5.0, 6.0, 6.5, 7.0, 7.35, 7.6, 7.9, 8.1];
    let cube = |energy: f64, size: f64| {
        let value = 0.4 + sigma(EDGE - energy) * size;
        MetallicPoint { energy: sign * energy, size, value, error: 0.01 }
    };
    energies.into_iter().flat_map(|e| [6.0, 8.0, 10.0, 12.0].map(|size| cube(e, size))).collect()
}

/// An upper edge and its mirror image, a lower one: the sign of S follows the carriers, its size is Y(z) of the closed side.
#[test]
fn a_power_law_gives_the_thermopower_of_the_closed_side() {
    let kernels = Kernels::new(NU).unwrap();
    for (sign, carrier) in [(1.0, 1.0), (-1.0, -1.0)] {
        let computed = ComputedConductivity::new(&fit(sign), &cubes(sign), 6.0).unwrap();
        assert!((computed.edge() - sign * EDGE).abs() < 1e-5, "{}", computed.edge());
        assert_eq!(computed.conducts_above(), sign < 0.0);
        assert_eq!(computed.deepest(), sign * 0.25);
        // near the edge: the power law; beyond it nothing
        for depth in [0.05, 0.2, 0.39] {
            let sigma = computed.at(sign * (EDGE - depth));
            // the fit of noise-free data is exact to its convergence, 1e-6 in nu
            assert!((sigma / (0.1 * depth.powf(NU)) - 1.0).abs() < 1e-4, "{depth}: {sigma}");
        }
        assert_eq!(computed.at(sign * (EDGE + 0.01)), 0.0);
        let d = 0.3;
        for t in [0.1, 0.3, 0.6, 1.0, 2.0] {
            let s = computed.transport(sign * (EDGE - d), t * d).unwrap().thermopower();
            let expected = carrier * kernels.scaling(1.0 / t).thermopower;
            // straight lines between the energies inside are not the power law: some per cent where the window reaches there
            let allowed = if t < 0.2 { 0.02 } else { 0.03 };
            assert!((s / expected - 1.0).abs() < allowed, "T = {t} d: {s} {expected}");
        }
    }
}

#[test]
fn what_was_not_computed_is_not_given() {
    let computed = ComputedConductivity::new(&fit(1.0), &cubes(1.0), 6.0).unwrap();
    assert!(matches!(computed.transport(7.0, 2.0), Err(ComputedError::OutOfRange { .. })));
    let insulator: Vec<MetallicPoint> = cubes(1.0).into_iter().filter(|c| c.energy > 7.7).collect();
    assert!(matches!(
        ComputedConductivity::new(&fit(1.0), &insulator, 6.0),
        Err(ComputedError::NoMetal { .. })
    ));
}
