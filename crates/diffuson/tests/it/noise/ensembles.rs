//! Chaotic cavities: random S matrices against the averages of random-matrix theory.

use crate::unitary::{conductor, haar, symmetric};
use diffuson::noise::closed_forms::{Symmetry, cavity};
use diffuson::noise::spectral;

/// `<sum T (1 - T)> / <sum T>` of a thousand matrices or more. Six tests of 4 standard errors each: a false alarm once in 2600 seeds; the seed is fixed.
#[test]
fn cavities() {
    let cases: [(Symmetry, [u32; 2]); 6] = [
        (Symmetry::Unitary, [1, 1]),
        (Symmetry::Unitary, [2, 2]),
        (Symmetry::Unitary, [3, 5]),
        (Symmetry::Unitary, [10, 10]),
        (Symmetry::Orthogonal, [1, 1]),
        (Symmetry::Orthogonal, [6, 6]),
    ];
    for (seed, (symmetry, leads)) in cases.into_iter().enumerate() {
        let channels = leads.map(|n| n as usize);
        let size = channels[0] + channels[1];
        let samples = 40_000 / (size * size) + 1000;
        let draw = |sample: usize| {
            let data = match symmetry {
                Symmetry::Unitary => haar(size, 100 + seed as u64, sample as u64),
                Symmetry::Orthogonal => symmetric(size, 100 + seed as u64, sample as u64),
            };
            let noise = spectral(&conductor(data, &channels), &[1.0, 0.0]);
            assert!(noise.audit.passed(), "{:?}", noise.audit);
            [noise.current[1], 0.5 * noise.correlator[3]]
        };
        let drawn: Vec<_> = (0..samples).map(draw).collect();
        let mean = |of: &dyn Fn(&[f64; 2]) -> f64| drawn.iter().map(of).sum::<f64>() / samples as f64;
        let [g, shot] = [mean(&|d| d[0]), mean(&|d| d[1])];
        let fano = shot / g;
        // of the ratio of means, to first order
        let variance = mean(&|d| (d[1] - fano * d[0]).powi(2)) / (g * g * (samples - 1) as f64);
        let want = cavity(leads, symmetry);
        let z = (fano - want) / variance.sqrt();
        assert!(z.abs() < 4.0, "{symmetry:?} {leads:?}: {fano} +- {} for {want}", variance.sqrt());
        assert!(variance.sqrt() < 0.02 * want, "bars that could see something");
    }
}
