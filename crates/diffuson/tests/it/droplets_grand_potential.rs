//! Wegner's orbital model and the fluctuations of its grand potential: what is known of the model, two routes to Omega, the complete counting of rings. Seeds are fixed; "five standard
//! errors" is a false alarm in 2 million tests.

use diffuson::diffusons::gaussian_on_torus;
use diffuson::disorder::Fields;
use diffuson::droplets::{
    DropletError, OrbitalModel, TimeReversal, diffusive_covariance, even_grand_potential,
    predicted_covariance,
};
use diffuson::{C64, Matrix};
use diffuson_ensemble::random::Realisation;
use diffuson_ensemble::statistics::Moments;
use diffuson_linalg::{Inverter, SmallLu, eigen};
use std::f64::consts::{PI, TAU};

pub(crate) struct Sample(pub(crate) Realisation);

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
