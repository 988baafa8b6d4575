//! Point scatterers in a wide ballistic contact: all orders of multiple scattering, sums over pairs, pairs under bias.

use super::dressed::Dressed;
use super::pairs::LAWS;
use super::{Points, to_points};
use crate::arguments::named;
use crate::arrays::{OneOrEach, vector};
use crate::compute::compute;
use crate::elementwise::{Numbers, computed_of_vectors};
use crate::errors::{Raise, input};
use diffuson::defects::biased_pairs::{self, Distribution};
use diffuson::defects::point_scatterers::{self, dress, scatter};
use diffuson::defects::{DefectError, Electrons, PointScatterer, pairs};
use numpy::PyArray1;
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<PointScatterers>()?;
    m.add_class::<FourierLine>()?;
    m.add_class::<ThreeBody>()?;
    m.add_function(wrap_pyfunction!(three_body_lines, m)?)?;
    m.add_function(wrap_pyfunction!(hemisphere_average, m)?)
}

/// Scatterers of s waves in a wide ballistic contact along z: ``places`` is an array (scatterers, 3) in 1/k_F, ``phase_shift`` the phase shift at k_F in radians, one for all or one for each, positive for
/// attraction.
///
/// Energies are in e_F, conductances in e^2/h, both spins counted. All of it at fixed electrochemical potential.
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct PointScatterers {
    inner: Vec<PointScatterer>,
}

/// How the two steps of the distribution under bias lie over directions.
pub(super) const DISTRIBUTIONS: [(&str, Distribution); 2] =
    [("averaged", Distribution::Averaged), ("directed", Distribution::Directed)];

impl PointScatterers {
    /// What a calculation makes of a mobile scatterer before these.
    fn dressed(
        &self,
        py: Python<'_>,
        positions: &Points<'_>,
        with: impl FnOnce(&[PointScatterer], &[[f64; 3]]) -> Result<diffuson::defects::Dressed, DefectError>
        + Send
        + 'static,
    ) -> PyResult<Dressed> {
        let (background, positions) = (self.inner.clone(), to_points(positions)?);
        let inner = compute(py, move || with(&background, &positions))?.map_err(Raise::raise)?;
        Ok(Dressed { inner })
    }
}

#[pymethods]
impl PointScatterers {
    #[new]
    fn new(places: Points<'_>, phase_shift: OneOrEach<'_>) -> PyResult<Self> {
        let places = to_points(&places)?;
        let shifts = phase_shift.spread(places.len(), "phase shifts, one for each scatterer")?;
        let scatterer = |(position, phase_shift)| PointScatterer { position, phase_shift };
        Ok(Self { inner: places.into_iter().zip(shifts).map(scatterer).collect() })
    }

    /// Energies and conductances of all ``positions`` (an array (positions, 3), in 1/k_F) of a mobile scatterer of ``phase_shift`` before these, to all orders of multiple scattering (Foldy, Lax):
    ///
    ///     energy       -(2/pi) Int_0^inf dw ln |det(1 - f G)|,   k = sqrt(1 + i w)
    ///     conductance  -2 k^2 Tr[g^T M g M^+],   M = (1 - f G)^-1 f,   f = 1 / (k_F cot d - i k)
    ///
    /// ``kt`` is k_B T in e_F, at most 0.03; ``field`` flux quanta h/e per 1/k_F^2 along x, y and z. The energy is that of the interaction. Audited: the optical theorem, the sum over frequencies, the thermal average.
    #[pyo3(signature = (positions, phase_shift, *, kt=0.0, field=[0.0; 3]))]
    fn dress(
        &self,
        py: Python<'_>,
        positions: Points<'_>,
        phase_shift: f64,
        kt: f64,
        field: [f64; 3],
    ) -> PyResult<Dressed> {
        let electrons = Electrons { temperature: kt, field };
        self.dressed(py, &positions, move |background, positions| {
            dress(background, phase_shift, positions, &electrons)
        })
    }

    /// The same as a sum over pairs, by the ``law`` of :func:`pair_energy`: without temperature and field.
    #[pyo3(signature = (positions, phase_shift, *, law="exact"))]
    fn dress_by_pairs(
        &self,
        py: Python<'_>,
        positions: Points<'_>,
        phase_shift: f64,
        law: &str,
    ) -> PyResult<Dressed> {
        let law = named("law", law, &LAWS)?;
        self.dressed(py, &positions, move |background, positions| {
            pairs::dress(background, phase_shift, positions, law)
        })
    }

    /// The same under a bias eV (in e_F, below 2), in sums over pairs with the mobile one; the conductance is dI/dV.
    ///
    /// ``distribution``: both steps of the distribution in all directions, ``"averaged"`` (Kozub and Rudin, Eqs. 16 and 29), or each in that of its electrons, ``"directed"`` (Eq. 14).
    #[pyo3(signature = (positions, phase_shift, bias, *, distribution="averaged"))]
    fn dress_under_bias(
        &self,
        py: Python<'_>,
        positions: Points<'_>,
        phase_shift: f64,
        bias: f64,
        distribution: &str,
    ) -> PyResult<Dressed> {
        let distribution = named("distribution", distribution, &DISTRIBUTIONS)?;
        self.dressed(py, &positions, move |background, positions| {
            biased_pairs::dress(background, phase_shift, positions, bias, distribution)
        })
    }

    /// These scatterers in their places: one energy and one conductance. ``kt`` and ``field`` as in :meth:`dress`.
    #[pyo3(signature = (*, kt=0.0, field=[0.0; 3]))]
    fn scatter(&self, py: Python<'_>, kt: f64, field: [f64; 3]) -> PyResult<Dressed> {
        let (scatterers, electrons) = (self.inner.clone(), Electrons { temperature: kt, field });
        let inner = compute(py, move || scatter(&scatterers, &electrons))?.map_err(Raise::raise)?;
        Ok(Dressed { inner })
    }

    /// Phase shifts in radians: an array (scatterers).
    #[getter]
    fn phase_shifts<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.iter().map(|s| s.phase_shift).collect())
    }

    fn __len__(&self) -> usize {
        self.inner.len()
    }

    fn __repr__(&self) -> String {
        format!("PointScatterers({})", self.inner.len())
    }
}

/// A term ``amplitude cos(scale length + phase)``.
#[pyclass(frozen, get_all, module = "diffuson.defects")]
#[derive(Clone)]
pub(crate) struct FourierLine {
    /// Length of the path, or difference of lengths, in 1/k_F.
    length: f64,
    /// Amplitude, positive: in e_F or e^2/h, at scale 1.
    amplitude: f64,
    /// Phase in radians, from -pi to pi.
    phase: f64,
}

/// The part of energy and conductance that only three scatterers together have, as Fourier lines, the strongest first.
#[pyclass(frozen, get_all, module = "diffuson.defects")]
pub(crate) struct ThreeBody {
    /// Of the energy.
    energy: Vec<FourierLine>,
    /// Of the conductance.
    conductance: Vec<FourierLine>,
}

/// Which paths interfere in what three scatterers do together: Fourier lines of energy and conductance without those of all pairs and of each alone, when all distances are scaled from the first to the
/// second of ``scales`` (at most 100) at fixed phase shifts.
///
/// ``places`` is an array (3, 3) in 1/k_F, ``phase_shift`` in radians, one for all or one for each. In the energy only the perimeter appears, in the conductance differences of lengths too. ValueError for scales with which no line can be told apart.
#[pyfunction]
fn three_body_lines(
    py: Python<'_>,
    places: Points<'_>,
    phase_shift: OneOrEach<'_>,
    scales: [f64; 2],
) -> PyResult<ThreeBody> {
    let scatterers = PointScatterers::new(places, phase_shift)?.inner;
    let Ok(triple) = <[PointScatterer; 3]>::try_from(scatterers) else {
        return Err(input("three scatterers are wanted"));
    };
    let found =
        compute(py, move || point_scatterers::three_body_lines(&triple, scales))?.map_err(Raise::raise)?;
    let line = |l: point_scatterers::FourierLine| FourierLine {
        length: l.length,
        amplitude: l.amplitude,
        phase: l.phase,
    };
    let lines = |lines: Vec<_>| lines.into_iter().map(line).collect();
    Ok(ThreeBody { energy: lines(found.energy), conductance: lines(found.conductance) })
}

/// ``g(r) = <exp(i k.r)>``, averaged over the directions of k in the hemisphere ``k_z > 0``: how waves that arrive from one side of a contact interfere at two places (the kernel of Kozub and Rudin, Eqs. 4
/// and 20 to 23). ``separation`` is an array (..., 3) in 1/k; complex, ``g(-r) = g*(r)``.
#[pyfunction]
fn hemisphere_average<'py>(py: Python<'py>, separation: Numbers) -> PyResult<Bound<'py, PyAny>> {
    computed_of_vectors(py, &separation, diffuson::defects::hemisphere_average)
}
