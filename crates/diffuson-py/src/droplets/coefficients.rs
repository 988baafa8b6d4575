//! gamma, alpha and beta.

use super::COUNTINGS;
use super::metal::Metal;
use super::profile::Profile;
use crate::arguments::named;
use crate::compute::compute;
use crate::diffusons::cooperons;
use crate::errors::Raise;
use diffuson::droplets::{self, Diagrams};
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<ProfileRings>()?;
    m.add_class::<Coefficients>()
}

/// Rings of one profile: values and errors of Q_4, Q_6, Q_8, and ``integral`` ``Int psi d^2x``, all in the same unit of length.
#[pyclass(frozen, module = "diffuson.droplets")]
#[derive(Clone, Copy)]
pub(crate) struct ProfileRings {
    inner: droplets::ProfileRings,
}

#[pymethods]
impl ProfileRings {
    #[new]
    #[pyo3(signature = (values, integral, *, errors=[0.0; 3]), text_signature = "(values, integral, *, errors=(0.0, 0.0, 0.0))")]
    fn new(values: [f64; 3], integral: f64, errors: [f64; 3]) -> Self {
        Self { inner: droplets::ProfileRings { values, errors, integral } }
    }

    /// Those of a profile.
    #[staticmethod]
    fn of(py: Python<'_>, profile: &Profile) -> PyResult<Self> {
        let profile = profile.inner.clone();
        let inner = compute(py, move || droplets::ProfileRings::of(&profile))?.map_err(Raise::raise)?;
        Ok(Self { inner })
    }

    /// The same profile with ``Int psi^2`` = ``norm`` in place of 1: the Gaussian as printed below Eq. 36 has 1/2. Changes gamma by ``1/norm^2``, alpha and beta not at all.
    fn with_norm(&self, norm: f64) -> Self {
        Self { inner: self.inner.with_norm(norm) }
    }

    /// Q_4, Q_6, Q_8.
    #[getter]
    fn values(&self) -> (f64, f64, f64) {
        self.inner.values.into()
    }

    /// Their errors.
    #[getter]
    fn errors(&self) -> (f64, f64, f64) {
        self.inner.errors.into()
    }

    /// ``Int psi d^2x``.
    #[getter]
    fn integral(&self) -> f64 {
        self.inner.integral
    }
}

/// A profile or its rings as an argument.
#[derive(FromPyObject)]
enum Known<'py> {
    Profile(PyRef<'py, Profile>),
    Rings(PyRef<'py, ProfileRings>),
}

impl Known<'_> {
    fn rings(&self, py: Python<'_>) -> PyResult<droplets::ProfileRings> {
        match self {
            Self::Profile(profile) => Ok(ProfileRings::of(py, profile)?.inner),
            Self::Rings(rings) => Ok(rings.inner),
        }
    }
}

/// So many of FF, FB and BB, or the name of that.
#[derive(FromPyObject)]
enum Numbered {
    Name(String),
    Each([f64; 3]),
}

const DIAGRAMS: [(&str, Diagrams); 9] = [
    ("four", Diagrams::FOUR),
    ("literal", Diagrams::LITERAL),
    ("topologies", Diagrams::TOPOLOGIES),
    ("four-per-topology", Diagrams::FOUR_PER_TOPOLOGY),
    ("eight-per-topology", Diagrams::EIGHT_PER_TOPOLOGY),
    ("directed-but-first", Diagrams::DIRECTED_BUT_FIRST),
    ("directed", Diagrams::DIRECTED),
    ("words", Diagrams::WORDS),
    ("half-words", Diagrams::HALF_WORDS),
];

/// Weights of the fluctuations of the inverse susceptibility for one profile: what the exponents of Eqs. 36 and 48 are made of.
///
/// The potential of a spin density ``sigma psi(x)`` is ``sigma^2/(2 nu) [1 + F_0 + F + B sigma^2/2 + C sigma^4/3 + ...]`` with random F, B and C, of which (Eq. 49)
///
/// ``gamma = 1/(2 g^2 I_FF)``, ``alpha = g^2 |I_FB| / (I_FF I^2)``, ``beta = g^4 I_BB / (I_FF I^4)``, ``I = Int psi``.
///
/// ``profile`` is a :class:`Profile` or its :class:`ProfileRings`. ``counting``: ``"complete"``, all rings of diffusons in the connected correlator of two grand potentials, and Cooperons with ``time_reversal`` (what microscopic models obey); or ``"four-diagrams"``, as printed, which does
/// not look at time reversal. Neither reproduces alpha = 1.92 and beta = 7.36 of Eq. 49.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct Coefficients {
    pub(super) inner: droplets::Coefficients,
}

#[pymethods]
impl Coefficients {
    #[new]
    #[pyo3(signature = (profile, *, counting="complete", time_reversal=true))]
    fn new(py: Python<'_>, profile: Known<'_>, counting: &str, time_reversal: bool) -> PyResult<Self> {
        let counting = named("counting", counting, &COUNTINGS)?;
        let rings = profile.rings(py)?;
        let made = droplets::Coefficients::from_rings(&rings, counting, cooperons(time_reversal));
        made.map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// With so many ``diagrams`` of FF, FB and BB, in units of those printed as Eqs. A11, A13 and A14, or one of the namings of them that were tried: ``"four"``, ``"literal"``, ``"topologies"``, ``"four-per-topology"``, ``"eight-per-topology"``, ``"directed-but-first"``, ``"directed"``, ``"words"``, ``"half-words"``.
    #[staticmethod]
    fn from_diagrams(py: Python<'_>, profile: Known<'_>, diagrams: Numbered) -> PyResult<Self> {
        let diagrams = match diagrams {
            Numbered::Name(name) => named("diagrams", &name, &DIAGRAMS)?,
            Numbered::Each([linear, mixed, cubic]) => Diagrams::new(linear, mixed, cubic),
        };
        let made = droplets::Coefficients::from_diagrams(&profile.rings(py)?, diagrams);
        made.map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// The same if nu in ``(2 pi nu D)^{-2}`` of Eq. A11 is that of one spin: the other reading of the paper's nu, with a quarter of gamma.
    fn with_density_of_one_spin(&self) -> Self {
        Self { inner: self.inner.with_density_of_one_spin() }
    }

    /// ``gamma = 1/(2 g^2 I_FF)`` (Eq. 49c): droplets have the density ``exp[-gamma g^2 (1 + F_0)^2]``.
    #[getter]
    fn gamma(&self) -> f64 {
        self.inner.gamma()
    }

    /// ``alpha = g^2 |I_FB| / (I_FF I^2)`` (Eq. 49a).
    #[getter]
    fn alpha(&self) -> f64 {
        self.inner.alpha()
    }

    /// ``beta = g^4 I_BB / (I_FF I^4)`` (Eq. 49b).
    #[getter]
    fn beta(&self) -> f64 {
        self.inner.beta()
    }

    /// beta with ``2 g^4 I_FC / (I_FF I^4)``, which is of the same order in S/g: the whole coefficient of ``S^4/g^4`` in Eq. 48. Equal to beta where I_FC is not counted.
    #[getter]
    fn complete_beta(&self) -> f64 {
        self.inner.complete_beta()
    }

    /// Errors of gamma, alpha, beta and the complete beta by those of the rings, taken to add up.
    #[getter]
    fn errors(&self) -> (f64, f64, f64, f64) {
        self.inner.errors().into()
    }

    /// ``I_FF`` (Eq. 35): variance of F at a conductance g, a pure number.
    fn linear_variance(&self, conductance: f64) -> f64 {
        self.inner.linear_variance(conductance)
    }

    /// ``I_FB / (Int psi)^2`` (Eq. 43a): covariance of F and B, negative.
    fn mixed_covariance(&self, conductance: f64) -> f64 {
        self.inner.mixed_covariance(conductance)
    }

    /// ``I_BB / (Int psi)^4`` (Eq. 43b): variance of B.
    fn cubic_variance(&self, conductance: f64) -> f64 {
        self.inner.cubic_variance(conductance)
    }

    /// ``gamma g^2 (1 + F_0)^2``: minus the logarithm of the probability of a droplet (Eq. 36).
    fn exponent(&self, metal: &Metal) -> f64 {
        self.inner.exponent(&metal.inner)
    }

    /// ``(1 + F_0)/sqrt(I_FF)``: how many standard deviations F has to lie below zero, ``sqrt(2 gamma) g (1 + F_0)``.
    fn threshold(&self, metal: &Metal) -> f64 {
        self.inner.threshold(&metal.inner)
    }

    /// Root mean square of the spin, ``1/[2 (1 + F_0) sqrt(alpha gamma)]``, of the distribution to leading order in S/g.
    fn typical_spin(&self, metal: &Metal) -> f64 {
        self.inner.typical_spin(&metal.inner)
    }

    fn __repr__(&self) -> String {
        let c = &self.inner;
        let [gamma, alpha, beta, _] = c.errors();
        let shown = diffuson_report::with_error;
        format!(
            "Coefficients(gamma = {}, alpha = {}, beta = {})",
            shown(c.gamma(), gamma),
            shown(c.alpha(), alpha),
            shown(c.beta(), beta)
        )
    }
}
