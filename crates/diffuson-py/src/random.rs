//! Random numbers addressed by (seed, sample), as studies address theirs.

use diffuson::disorder::Fields;
use diffuson_ensemble::random::Realisation;

/// The random fields of one sample: those of the study of this seed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample(Realisation);

impl Sample {
    pub(crate) fn new(seed: u64, sample: u64) -> Self {
        Self(Realisation::new(seed, sample))
    }
}

impl Fields for Sample {
    fn uniform(&self, field: u32, first: u64, out: &mut [f64]) {
        self.0.fill_uniform_from(field, first, out);
    }

    fn normal(&self, field: u32, first: u64, out: &mut [f64]) {
        self.0.fill_normal_from(field, first, out);
    }
}
