//! On-site disorder. A realisation is a pure function of (seed, sample, site): the caller supplies, for each site, a
//! uniform and a normal deviate that depend on nothing else, so that a sample never depends on threads or order.
//!
//! A new kind of disorder is a new variant of [`Disorder`] and an arm in [`Disorder::onsite`].

/// A distribution of on-site energies, in t.
#[derive(Clone, Debug, PartialEq)]
pub enum Disorder {
    /// A clean conductor.
    None,
    /// Anderson's box: uniform in [-W/2, W/2], W being the full width.
    Box {
        /// Full width W.
        width: f64,
    },
    /// Normal distribution around zero.
    Gaussian {
        /// Standard deviation.
        deviation: f64,
    },
    /// The same given energies in every sample, one per site.
    Values(Vec<f64>),
}

/// The deviates a realisation is made from: each a pure function of the site.
pub trait Deviates {
    /// Fills `out[i]` with the deviate of site i, uniform in [0, 1).
    fn uniform(&self, out: &mut [f64]);
    /// Fills `out[i]` with the standard normal deviate of site i.
    fn normal(&self, out: &mut [f64]);
}

/// Deviates of several random fields at any places: each a pure function of (field, place). For systems without end, of which one slice after the other is
/// asked for.
pub trait Fields {
    /// Fills `out[i]` with the deviate of place `first + i`, uniform in [0, 1).
    fn uniform(&self, field: u32, first: u64, out: &mut [f64]);
    /// Fills `out[i]` with the standard normal deviate of place `first + i`.
    fn normal(&self, field: u32, first: u64, out: &mut [f64]);
}

impl<F: Fields + ?Sized> Fields for &F {
    fn uniform(&self, field: u32, first: u64, out: &mut [f64]) {
        (**self).uniform(field, first, out);
    }

    fn normal(&self, field: u32, first: u64, out: &mut [f64]) {
        (**self).normal(field, first, out);
    }
}

/// A run of places of one random field, as the sites of a realisation.
pub(crate) struct Run<'f> {
    pub(crate) fields: &'f dyn Fields,
    pub(crate) field: u32,
    pub(crate) first: u64,
}

impl Deviates for Run<'_> {
    fn uniform(&self, out: &mut [f64]) {
        self.fields.uniform(self.field, self.first, out);
    }

    fn normal(&self, out: &mut [f64]) {
        self.fields.normal(self.field, self.first, out);
    }
}

impl Disorder {
    /// On-site energies of `sites` sites, in t.
    ///
    /// # Panics
    /// If [`Disorder::Values`] does not hold one value per site.
    pub fn onsite(&self, sites: usize, deviates: &dyn Deviates) -> Vec<f64> {
        let mut energies = vec![0.0; sites];
        match self {
            Self::None => {}
            Self::Box { width } => {
                deviates.uniform(&mut energies);
                energies.iter_mut().for_each(|e| *e = width * (*e - 0.5));
            }
            Self::Gaussian { deviation } => {
                deviates.normal(&mut energies);
                energies.iter_mut().for_each(|e| *e *= deviation);
            }
            Self::Values(values) => energies.copy_from_slice(values),
        }
        energies
    }

    /// Variance of the on-site energies, in t^2 (W^2/12 for the box); it sets the elastic rate in Born approximation,
    /// `1/tau = 2 pi nu <eps^2>`.
    pub fn variance(&self) -> f64 {
        match self {
            Self::None => 0.0,
            Self::Box { width } => width * width / 12.0,
            Self::Gaussian { deviation } => deviation * deviation,
            Self::Values(values) => {
                let n = values.len().max(1) as f64;
                let mean = values.iter().sum::<f64>() / n;
                values.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / n
            }
        }
    }
}
