//! Spectra of fluctuations in time.

use crate::arrays::{Reals, exactly, to_vec, vector};
use crate::compute::compute;
use crate::elementwise::{Numbers, elementwise};
use crate::errors::{Raise, input};
use diffuson::defects;
use numpy::PyArray1;
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Spectrum>()?;
    m.add_class::<Telegraph>()
}

/// A power spectral density, one-sided, by ordinary frequency: its integral over frequencies above 0 is the variance.
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct Spectrum {
    inner: defects::Spectrum,
}

#[pymethods]
impl Spectrum {
    #[new]
    fn new(frequency: Reals<'_>, density: Reals<'_>) -> PyResult<Self> {
        let frequency = to_vec(&frequency);
        if frequency.is_empty() || frequency.windows(2).any(|pair| !(pair[0] < pair[1])) {
            return Err(input("frequencies are to ascend, and there is to be one at least"));
        }
        let density = exactly(to_vec(&density), frequency.len(), "densities, one for each frequency")?;
        Ok(Self { inner: defects::Spectrum { frequency, density } })
    }

    /// Of a trace of means over intervals of equal length: mean of the periodograms of segments of so many intervals, which overlap by half, in Hann windows (Welch 1967). The mean of all is taken off.
    #[staticmethod]
    fn of_trace(py: Python<'_>, trace: Reals<'_>, interval: f64, segment: usize) -> PyResult<Self> {
        let trace = to_vec(&trace);
        let inner = compute(py, move || defects::Spectrum::of_trace(&trace, interval, segment))?;
        inner.map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// Frequencies, ascending: an array (frequencies).
    #[getter]
    fn frequency<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.frequency.clone())
    }

    /// One-sided density: an array (frequencies).
    #[getter]
    fn density<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.density.clone())
    }

    /// Means over bands whose widths grow in proportion to the frequency, as far as frequencies lie so close.
    fn in_bands(&self, bands: usize) -> Self {
        Self { inner: self.inner.in_bands(bands) }
    }
}

/// A fluctuator that switches between two levels: ``jump`` is the difference of its conductances in e^2/h, ``up`` and ``down`` are its rates.
#[pyclass(frozen, get_all, module = "diffuson.defects")]
pub(crate) struct Telegraph {
    /// Difference of the conductance between the levels, in e^2/h.
    jump: f64,
    /// Rate up.
    up: f64,
    /// Rate down.
    down: f64,
}

impl Telegraph {
    fn inner(&self) -> defects::Telegraph {
        defects::Telegraph { jump: self.jump, up: self.up, down: self.down }
    }
}

#[pymethods]
impl Telegraph {
    #[new]
    fn new(jump: f64, up: f64, down: f64) -> PyResult<Self> {
        let rate = |rate: f64| rate >= 0.0 && rate.is_finite();
        if !(jump.is_finite() && rate(up) && rate(down) && up + down > 0.0) {
            return Err(input(format!(
                "jump is {jump}, rates are {up} and {down}; allowed: finite numbers, rates at least 0 and not both 0"
            )));
        }
        Ok(Self { jump, up, down })
    }

    /// Occupation of the upper level.
    #[getter]
    fn occupation(&self) -> f64 {
        self.inner().occupation()
    }

    /// Variance of the conductance.
    #[getter]
    fn variance(&self) -> f64 {
        self.inner().variance()
    }

    /// Spectral density at a frequency, a Lorentzian (Machlup 1954); of an array element by element.
    fn spectrum<'py>(&self, py: Python<'py>, frequency: Numbers) -> PyResult<Bound<'py, PyAny>> {
        let telegraph = self.inner();
        elementwise(py, [&frequency], move |[f]| telegraph.spectrum(f))
    }

    /// The same of means over intervals, one after the other: with what is folded back from above half their rate.
    fn sampled_spectrum<'py>(
        &self,
        py: Python<'py>,
        frequency: Numbers,
        interval: f64,
    ) -> PyResult<Bound<'py, PyAny>> {
        let telegraph = self.inner();
        elementwise(py, [&frequency], move |[f]| telegraph.sampled_spectrum(f, interval))
    }

    /// Mean of the Lorentzians over tunnelling constants uniform from 0 to ``spread``, which slow both rates by ``exp(-lambda)``: 1/f between the rates.
    fn spread_spectrum<'py>(
        &self,
        py: Python<'py>,
        frequency: Numbers,
        spread: f64,
    ) -> PyResult<Bound<'py, PyAny>> {
        let telegraph = self.inner();
        elementwise(py, [&frequency], move |[f]| telegraph.spread_spectrum(f, spread))
    }

    fn __repr__(&self) -> String {
        format!("Telegraph(jump = {} e^2/h, up = {}, down = {})", self.jump, self.up, self.down)
    }
}
