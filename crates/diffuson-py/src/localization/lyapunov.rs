//! Lyapunov exponents of bars, by transfer matrices.

use crate::arguments::named;
use crate::arrays::vector;
use crate::audit::Audit;
use crate::compute::compute;
use crate::conductor::BOUNDARIES;
use crate::errors::{Raise, input, numerical};
use crate::fits::Estimated;
use crate::random::deviations;
use diffuson::disorder::Disorder;
use diffuson::localization::lyapunov::{self, Hopping, Length, LyapunovError, Measured};
use numpy::PyArray1;
use pyo3::prelude::*;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Bar>()?;
    m.add_class::<LyapunovSpectrum>()
}

impl Raise for LyapunovError {
    fn raise(self) -> PyErr {
        match self {
            Self::NotFinite { .. } => numerical(self),
            _ => input(self),
        }
    }
}

/// A bar without end: slices of ``width`` x ``height`` sites of the simple cubic lattice, or a strip of the square lattice if ``height`` is 1, at ``energy``, in t.
///
/// Parameters
/// ----------
/// disorder
///     Of the on-site energies, in t: the full width W of Anderson's box (``distribution="box"``, uniform in [-W/2, W/2]), or the standard deviation (``"gaussian"``).
/// boundary
///     Across the bar: ``"periodic"`` (sides of 3 sites at least) or ``"hard-wall"``.
/// hopping
///     What hopping does beside moving the particle, and so the symmetry class: ``"real"``, nothing, the orthogonal class; ``"uniform-field"``, a magnetic field of ``flux`` quanta per plaquette
///     across the bar (normal to a strip), and ``"random-phases"``, independent and uniform on all bonds, the unitary class; ``"random-spin-rotations"``, independent and uniform on
///     all bonds, the symplectic class.
#[pyclass(frozen, module = "diffuson.localization")]
pub(crate) struct Bar {
    inner: lyapunov::Bar,
    width: u64,
}

/// Disorder of a strength.
type Distribution = fn(f64) -> Disorder;

const DISTRIBUTIONS: [(&str, Distribution); 2] =
    [("box", |width| Disorder::Box { width }), ("gaussian", |deviation| Disorder::Gaussian { deviation })];

const HOPPINGS: [(&str, Hopping); 4] = [
    ("real", Hopping::Real),
    // its flux is given apart
    ("uniform-field", Hopping::UniformField { flux: f64::NAN }),
    ("random-phases", Hopping::RandomPhases),
    ("random-spin-rotations", Hopping::RandomSpinRotations),
];

/// Slices that are left out if nothing else is said, in units of the width, and at least: as in studies.
const DISCARD: (u64, u64) = (40, 400);

#[pymethods]
impl Bar {
    #[new]
    #[pyo3(signature = (
        width, height=1, *, disorder, distribution="box", energy=0.0, boundary="periodic", hopping="real", flux=None
    ))]
    #[allow(clippy::too_many_arguments, reason = "keywords of Python")]
    fn new(
        width: usize,
        height: usize,
        disorder: f64,
        distribution: &str,
        energy: f64,
        boundary: &str,
        hopping: &str,
        flux: Option<f64>,
    ) -> PyResult<Self> {
        let disorder = named("distribution", distribution, &DISTRIBUTIONS)?(disorder);
        let hopping = match (named("hopping", hopping, &HOPPINGS)?, flux) {
            (Hopping::UniformField { .. }, Some(flux)) => Hopping::UniformField { flux },
            (Hopping::UniformField { .. }, None) => {
                return Err(input("a uniform field needs its flux per plaquette"));
            }
            (_, Some(_)) => return Err(input("a flux is that of hopping=\"uniform-field\"")),
            (hopping, None) => hopping,
        };
        let boundary = named("boundary", boundary, &BOUNDARIES)?;
        let inner = lyapunov::Bar::new([width, height], boundary, disorder, energy)
            .and_then(|bar| bar.with_hopping(hopping))
            .map_err(Raise::raise)?;
        Ok(Self { inner, width: width as u64 })
    }

    /// Sites of a slice: the number of positive exponents.
    #[getter]
    fn channels(&self) -> usize {
        self.inner.channels()
    }

    /// Lyapunov exponents of one realisation, a function of ``(seed, sample)``: sample n of point p of a study of that seed is ``sample = p * 2**32 + n``.
    ///
    /// Parameters
    /// ----------
    /// slices
    ///     Over which growth is averaged, at least 1024.
    /// discard
    ///     Slices before them, over which the start is forgotten, at least 96; 40 times the width, and at least 400, if not given.
    /// relative_error
    ///     Ends the bar early, once the error of the smallest exponent is at most this fraction of it.
    #[pyo3(signature = (slices, *, discard=None, relative_error=None, seed=0, sample=0))]
    fn lyapunov(
        &self,
        py: Python<'_>,
        slices: u64,
        discard: Option<u64>,
        relative_error: Option<f64>,
        seed: u64,
        sample: u64,
    ) -> PyResult<LyapunovSpectrum> {
        let discard = discard.unwrap_or_else(|| DISCARD.1.max(DISCARD.0.saturating_mul(self.width)));
        let length = Length { slices, discard, relative_error };
        let bar = self.inner.clone();
        let fields = deviations(seed, sample);
        let inner = compute(py, move || bar.lyapunov(length, &fields))?.map_err(Raise::raise)?;
        Ok(LyapunovSpectrum { inner })
    }

    fn __repr__(&self) -> String {
        format!("Bar({} sites a slice)", self.channels())
    }
}

/// The positive Lyapunov exponents of a bar.
#[pyclass(frozen, module = "diffuson.localization")]
pub(crate) struct LyapunovSpectrum {
    inner: lyapunov::LyapunovSpectrum,
}

fn estimated(measured: Measured) -> Estimated {
    Estimated::new(measured.value, measured.error)
}

#[pymethods]
impl LyapunovSpectrum {
    /// ``gamma_1, ..., gamma_N`` per slice, falling up to their errors. With spin each stands for a Kramers pair.
    #[getter]
    fn exponents<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.exponents.iter().map(|e| e.value).collect())
    }

    /// Their standard errors.
    #[getter]
    fn standard_errors<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.exponents.iter().map(|e| e.error).collect())
    }

    /// The smallest positive exponent per slice: the inverse localization length of the bar.
    #[getter]
    fn smallest(&self) -> Estimated {
        estimated(self.inner.smallest())
    }

    /// ``Gamma``, width times the smallest exponent: what scales at the Anderson transition; ``1/Gamma`` is Lambda, localization length over width.
    #[getter]
    fn gamma(&self) -> Estimated {
        estimated(self.inner.gamma())
    }

    /// Slices over which the rate of the smallest exponent is correlated.
    #[getter]
    fn correlation(&self) -> f64 {
        self.inner.correlation
    }

    /// Slices averaged over.
    #[getter]
    fn slices(&self) -> u64 {
        self.inner.work.slices
    }

    /// Slices between two orthonormalisations.
    #[getter]
    fn interval(&self) -> u64 {
        self.inner.work.interval
    }

    /// Real floating-point operations done.
    #[getter]
    fn operations(&self) -> u64 {
        self.inner.work.operations
    }

    /// Loss of digits, orthogonality, symplecticity, length of the blocks.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit).into()
    }

    fn __repr__(&self) -> String {
        let gamma = self.inner.gamma();
        let shown = diffuson_report::with_error(gamma.value, gamma.error);
        format!("LyapunovSpectrum({} exponents, Gamma = {shown})", self.inner.exponents.len())
    }
}
