//! Noise of coherent conductors: at one energy, of an S matrix that does not depend on it, and through the Fermi window.

use super::pairs;
use crate::arguments::below;
use crate::arrays::{Reals, exactly, table, to_vec, vector};
use crate::audit::Audit;
use crate::compute::compute;
use crate::conductor::Conductor;
use crate::errors::{Raise, input};
use crate::scattering::{LeadNumber, SMatrix};
use crate::thermal::{self, Reservoirs, sampled};
use crate::whole::whole;
use diffuson::noise::{self, Excess};
use diffuson::thermal::{Adaptive, Sample, TransportError};
use numpy::{PyArray1, PyArray2};
use pyo3::prelude::*;
use std::fmt::Display;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Noise>()?;
    m.add_class::<SpectralNoise>()?;
    m.add_class::<DifferentialNoise>()?;
    m.add_class::<TransmissionStatistics>()
}

/// Mean currents between reservoirs and their correlators at zero frequency, one-sided: ``S_ab = 2 Int dt <dI_a(t) dI_b(0) + dI_b(0) dI_a(t)>``, which is
/// ``4 kT G`` in equilibrium and ``2 e I`` for independent electrons. Currents are into the terminal; no spin factor.
///
/// Scattering is that of the unbiased conductor: screening is not included.
#[pyclass(frozen, module = "diffuson.noise")]
pub(crate) struct Noise {
    inner: noise::Noise,
}

impl Noise {
    fn terminal(&self, terminal: usize) -> PyResult<usize> {
        below(terminal, self.inner.terminals(), "terminal")
    }

    fn matrix<'py>(&self, py: Python<'py>, entries: &[f64]) -> PyResult<Bound<'py, PyArray2<f64>>> {
        square(py, self.inner.terminals(), entries)
    }
}

/// A square matrix out of its rows.
pub(super) fn square<'py>(
    py: Python<'py>,
    order: usize,
    entries: &[f64],
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    table(py, order, order, entries.to_vec())
}

#[pymethods]
impl Noise {
    /// The reservoirs: pairs ``(mu, kt)``, in t.
    #[getter]
    fn reservoirs(&self) -> Vec<(f64, f64)> {
        pairs(&self.inner.currents.reservoirs)
    }

    /// Mean particle currents into the terminals, in t/h; those of charge are -|e| times this.
    #[getter]
    fn current<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.currents.particle.clone())
    }

    /// Mean heat currents into the terminals, in t^2/h.
    #[getter]
    fn heat_current<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.currents.heat.clone())
    }

    /// Correlators S_ab of the charge currents: an array (terminals, terminals), in (e^2/h) t.
    #[getter]
    fn charge<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        self.matrix(py, &self.inner.charge)
    }

    /// Correlators of the particle current into a and the heat current into b, in t^2/h.
    #[getter]
    fn charge_heat<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        self.matrix(py, &self.inner.charge_heat)
    }

    /// Correlators of the heat currents, in t^3/h.
    #[getter]
    fn heat<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        self.matrix(py, &self.inner.heat)
    }

    /// Entropy production of the mean currents, in k_B t/h; not finite where a reservoir is at zero temperature.
    #[getter]
    fn entropy_production(&self) -> f64 {
        self.inner.currents.entropy_production()
    }

    /// Estimated error of the integrals over energy, relative.
    #[getter]
    fn quadrature_error(&self) -> f64 {
        self.inner.currents.quadrature_error
    }

    /// S matrices computed; of a sweep, those of all its points.
    #[getter]
    fn evaluations(&self) -> usize {
        self.inner.currents.evaluations
    }

    /// The laws of S matrices and currents; conservation of charge and energy by fluctuations, positivity, sign of cross-correlations; in equilibrium ``4 kT G``.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit).into()
    }

    /// Fano factor ``S_aa / 2 e |I_a|`` of a terminal: 1 for independent electrons, infinite without current.
    #[pyo3(signature = (terminal=0))]
    fn fano_factor(&self, terminal: usize) -> PyResult<f64> {
        Ok(self.inner.fano_factor(self.terminal(terminal)?))
    }

    /// Fano factor of the excess noise: above the thermal noise ``4 kT I/V`` of two reservoirs, or above ``unbiased``, the noise of the same conductor without bias. They agree
    /// where scattering does not depend on energy.
    #[pyo3(signature = (terminal=0, *, unbiased=None))]
    fn excess_fano_factor(&self, terminal: usize, unbiased: Option<&Noise>) -> PyResult<f64> {
        let above = unbiased.map_or(Excess::OverThermal, |noise| Excess::OverUnbiased(&noise.inner));
        let wanted = match unbiased {
            None => {
                "thermal noise is that of two reservoirs at different potentials: give the unbiased noise"
            }
            Some(_) => "the unbiased noise is between another number of terminals",
        };
        self.inner.excess_fano_factor(self.terminal(terminal)?, above).ok_or_else(|| input(wanted))
    }

    /// Cross-correlation ``S_ab / sqrt(S_aa S_bb)`` of two charge currents, between -1 and 1.
    fn correlation(&self, a: usize, b: usize) -> PyResult<f64> {
        Ok(self.inner.correlation(self.terminal(a)?, self.terminal(b)?))
    }

    fn __repr__(&self) -> String {
        format!("Noise({} terminals, S_00 = {:.6e} (e^2/h) t)", self.inner.terminals(), self.inner.charge[0])
    }
}

/// Fluctuations at one energy, per unit of energy: their integral over energy is the noise.
#[pyclass(frozen, module = "diffuson.noise")]
pub(crate) struct SpectralNoise {
    pub(super) inner: noise::SpectralNoise,
}

#[pymethods]
impl SpectralNoise {
    /// Mean particle currents into the terminals, in 1/h.
    #[getter]
    fn current<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.current.clone())
    }

    /// One-sided correlators S_ab of the currents: an array (terminals, terminals), in e^2/h per spin; times eV it is a noise in (e^2/h) t.
    #[getter]
    fn correlator<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        square(py, self.inner.current.len(), &self.inner.correlator)
    }

    /// Unitarity, charge, conservation, positivity and sign of the noise.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit).into()
    }
}

/// Derivatives of currents and noise by a bias V that shifts the potential of reservoir a by ``shift[a] V``.
///
/// At zero temperature noise has kinks where potentials coincide: there the mean of the derivatives from both sides.
#[pyclass(frozen, module = "diffuson.noise")]
pub(crate) struct DifferentialNoise {
    inner: noise::DifferentialNoise,
}

#[pymethods]
impl DifferentialNoise {
    /// dI_a/dV of the particle currents into the terminals, in 1/h.
    #[getter]
    fn current<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.current.clone())
    }

    /// dS_ab/dV of the charge currents: an array (terminals, terminals), in e^2/h.
    #[getter]
    fn charge<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        square(py, self.inner.current.len(), &self.inner.charge)
    }

    /// Estimated error of the integrals over energy, relative.
    #[getter]
    fn quadrature_error(&self) -> f64 {
        self.inner.quadrature_error
    }

    /// S matrices computed.
    #[getter]
    fn evaluations(&self) -> usize {
        self.inner.evaluations
    }

    /// The laws of S matrices, quadrature, charge, and conservation by fluctuations.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit).into()
    }
}

/// Sums over the transmission eigenvalues T_n between two leads: cumulants of the charge that is transmitted at zero temperature, per eV/h.
#[pyclass(frozen, module = "diffuson.noise")]
pub(crate) struct TransmissionStatistics {
    inner: noise::TransmissionStatistics,
}

#[pymethods]
impl TransmissionStatistics {
    /// Of given eigenvalues; what rounding leaves outside of 0 to 1 counts as 0 or 1.
    #[new]
    fn new(eigenvalues: Reals<'_>) -> Self {
        Self { inner: noise::TransmissionStatistics::of(&to_vec(&eigenvalues)) }
    }

    /// ``sum T_n``: the conductance, in e^2/h.
    #[getter]
    fn conductance(&self) -> f64 {
        self.inner.conductance
    }

    /// ``sum T_n (1 - T_n)``: the noise is ``2 (e^2/h) eV`` times this.
    #[getter]
    fn shot_noise(&self) -> f64 {
        self.inner.shot_noise
    }

    /// ``sum T_n (1 - T_n) (1 - 2 T_n)``: the third cumulant.
    #[getter]
    fn third_cumulant(&self) -> f64 {
        self.inner.third_cumulant
    }

    /// Fano factor ``sum T_n (1 - T_n) / sum T_n``; NaN where nothing is transmitted.
    #[getter]
    fn fano_factor(&self) -> f64 {
        self.inner.fano_factor()
    }

    fn __repr__(&self) -> String {
        format!("TransmissionStatistics(G = {:.6} e^2/h, F = {:.6})", self.conductance(), self.fano_factor())
    }
}

#[pymethods]
impl SMatrix {
    /// Noise between reservoirs ``(mu, kt)`` of its leads, for an S matrix that does not depend on energy: correlators of charge are closed forms.
    fn noise(&self, py: Python<'_>, reservoirs: Reservoirs) -> PyResult<Noise> {
        let reservoirs = reservoirs.one_each(self.inner.leads())?;
        let s = self.inner.clone();
        let found = compute(py, move || noise::Noise::constant(&s, &reservoirs))?;
        Ok(Noise { inner: found.map_err(input)? })
    }

    /// Fluctuations at the energy of the S matrix, per unit of energy: for ``occupations`` of the leads between 0 and 1, or between ``reservoirs`` ``(mu, kt)``.
    ///
    /// At zero temperature and small bias of lead 0, ``spectral_noise([1, 0, ...])`` is S/eV.
    #[pyo3(signature = (occupations=None, *, reservoirs=None))]
    fn spectral_noise(
        &self,
        py: Python<'_>,
        occupations: Option<Reals<'_>>,
        reservoirs: Option<Reservoirs>,
    ) -> PyResult<SpectralNoise> {
        let (s, leads) = (self.inner.clone(), self.inner.leads());
        let inner = match (occupations, reservoirs) {
            (Some(f), None) => {
                let f = exactly(to_vec(&f), leads, "occupations, one for each lead")?;
                if let Some(bad) = f.iter().find(|f| !(0.0..=1.0).contains(*f)) {
                    return Err(input(format!("occupation {bad}: an occupation is a number from 0 to 1")));
                }
                compute(py, move || noise::spectral(&s, &f))?
            }
            (None, Some(given)) => {
                let given = given.one_each(leads)?;
                compute(py, move || noise::spectral_between(&s, &given))?
            }
            _ => return Err(input("either occupations or reservoirs are wanted")),
        };
        Ok(SpectralNoise { inner })
    }

    /// Sums over the transmission eigenvalues from ``lead_in`` into ``lead_out``: conductance, shot noise, Fano factor, third cumulant.
    #[pyo3(signature = (lead_out=1, lead_in=0))]
    fn transmission_statistics(
        &self,
        #[pyo3(from_py_with = whole)] lead_out: usize,
        #[pyo3(from_py_with = whole)] lead_in: usize,
    ) -> PyResult<TransmissionStatistics> {
        let values = self.inner.transmission_eigenvalues(
            self.lead(&LeadNumber::One(lead_out))?,
            self.lead(&LeadNumber::One(lead_in))?,
        );
        Ok(TransmissionStatistics {
            inner: noise::TransmissionStatistics::of(&values.map_err(Raise::raise)?),
        })
    }
}

/// How integrals over energy are done.
fn adaptive(tolerance: f64, evaluations: usize) -> PyResult<Adaptive> {
    Ok(Adaptive { evaluations, ..thermal::adaptive(tolerance)? })
}

impl Conductor {
    /// What is asked of a realisation without probes, computed.
    fn realised<T: Send + 'static, E: Raise + Display + Send + 'static>(
        &self,
        py: Python<'_>,
        ask: impl FnOnce(&mut Sample<'_>) -> Result<T, TransportError<E>> + Send + 'static,
    ) -> PyResult<T> {
        if self.inner.probes() > 0 {
            let probes = self.inner.probes();
            return Err(input(format!("the conductor has {probes} probes, which float: take probe_noise")));
        }
        sampled(py, self, move |sample| ask(sample).map_err(Raise::raise))
    }
}

#[pymethods]
impl Conductor {
    /// Noise between reservoirs ``(mu, kt)`` of the leads, at any bias and temperatures, zero among them: from S matrices at as many energies as a relative ``tolerance``
    /// of the integrals takes. No probes.
    #[pyo3(signature = (reservoirs, *, tolerance=1e-9, evaluations=200_000))]
    fn noise(
        &self,
        py: Python<'_>,
        reservoirs: Reservoirs,
        tolerance: f64,
        evaluations: usize,
    ) -> PyResult<Noise> {
        let reservoirs = reservoirs.one_each(self.inner.leads())?;
        let adaptive = adaptive(tolerance, evaluations)?;
        let inner = self.realised(py, move |sample| sample.noise(&reservoirs, adaptive))?;
        Ok(Noise { inner })
    }

    /// Noise at many potentials and temperatures from the same S matrices: ``points`` are lists of reservoirs. It takes as many S matrices as the range and the lowest
    /// temperature need, not one set for each point.
    #[pyo3(signature = (points, *, tolerance=1e-9, evaluations=200_000))]
    fn noise_sweep(
        &self,
        py: Python<'_>,
        points: Vec<Reservoirs>,
        tolerance: f64,
        evaluations: usize,
    ) -> PyResult<Vec<Noise>> {
        let leads = self.inner.leads();
        let points = points.into_iter().map(|given| given.one_each(leads)).collect::<PyResult<Vec<_>>>()?;
        let adaptive = adaptive(tolerance, evaluations)?;
        if points.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.realised(py, move |sample| sample.noise_sweep(&points, adaptive))?;
        Ok(found.into_iter().map(|inner| Noise { inner }).collect())
    }

    /// Derivatives of currents and noise by a bias V that shifts the potential of lead a by ``shift[a] V``, taken analytically.
    #[pyo3(signature = (reservoirs, shift, *, tolerance=1e-9, evaluations=200_000))]
    fn differential_noise(
        &self,
        py: Python<'_>,
        reservoirs: Reservoirs,
        shift: Reals<'_>,
        tolerance: f64,
        evaluations: usize,
    ) -> PyResult<DifferentialNoise> {
        let reservoirs = reservoirs.one_each(self.inner.leads())?;
        let shift = exactly(to_vec(&shift), reservoirs.len(), "shifts, one for each lead")?;
        if let Some(bad) = shift.iter().find(|w| !w.is_finite()) {
            return Err(input(format!("shift {bad}: it must be a finite number")));
        }
        let adaptive = adaptive(tolerance, evaluations)?;
        let ask = move |sample: &mut Sample<'_>| sample.differential_noise(&reservoirs, &shift, adaptive);
        Ok(DifferentialNoise { inner: self.realised(py, ask)? })
    }
}
