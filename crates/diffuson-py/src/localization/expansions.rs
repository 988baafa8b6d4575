//! Limits and expansions, as three modules: `low_temperature`, `high_temperature`, `insulating`.

use crate::elementwise::{Numbers, elementwise};
use crate::submodule;
use diffuson::localization::expansions;
use pyo3::prelude::*;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    submodule(m, "localization.low_temperature", low_temperature::module)?;
    submodule(m, "localization.high_temperature", high_temperature::module)?;
    submodule(m, "localization.insulating", insulating::module)
}

/// Functions of Python, with their documentation, of formulas; and the module of them.
macro_rules! formulas {
    ($($(#[doc = $doc:literal])+ fn $name:ident($($a:ident),+) = $formula:path;)+) => {
        pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
            $(m.add_function(wrap_pyfunction!($name, m)?)?;)+
            Ok(())
        }
        $(
            $(#[doc = $doc])+
            #[pyfunction]
            fn $name<'py>(py: Python<'py>, $($a: Numbers),+) -> PyResult<Bound<'py, PyAny>> {
                elementwise(py, [$(&$a),+], |[$($a),+]| $formula($($a),+))
            }
        )+
    };
}

mod low_temperature {
    use super::*;
    use expansions::low_temperature as series;

    formulas! {
        /// ``sigma/(A d^x) = 1 + (pi^2/6) x(x-1) t^2 + (7 pi^4/360) x(x-1)(x-2)(x-3) t^4`` at ``t = T/d`` (Eq. 15, its t^4 term added). Within 1 % for 0.05 <= x <= 1.6 and t <= 0.22.
        fn conductivity(exponent, t) = series::conductivity;
        /// ``(pi^2/3) x t``, in k_B/e (Eqs. 28 and 31). Within 1 % for 0.05 <= x <= 1.6 and t <= 0.045.
        fn thermopower_linear(exponent, t) = series::thermopower_linear;
        /// ``(pi^2/3) x t/[1 + (pi^2/6) x(x-1) t^2]``, in k_B/e (Eq. 30). Of its two t^3 terms only one is kept. Within 1 % for 0.05 <= x <= 1.6 and t <= 0.045.
        fn thermopower_mixed(exponent, t) = series::thermopower_mixed;
        /// ``Q/(A k_B d^{x+1}) = (pi^2/3) x t^2 + (7 pi^4/90) x(x-1)(x-2) t^4``, what Eq. 39 divides by sigma.
        fn heat(exponent, t) = series::heat;
        /// Thermopower in k_B/e to order t^5: ``(pi^2/3) x t + (pi^4/45) x(x-1)(x-7) t^3 + (pi^6/945) x(x-1)(2x^3-46x^2+241x-279) t^5`` (Eq. 40, its t^5 term added). Within 1 % for
        /// 0.05 <= x <= 1.6 and t <= 0.085.
        fn thermopower(exponent, t) = series::thermopower;
        /// ``L/L_0 = 1 + (pi^2/15) x(3x-8) t^2 + (2 pi^4/315) x(x-1)(x-3)(5x-52) t^4``. Within 1 % for 0.05 <= x <= 1.6 and t <= 0.13.
        fn lorenz_ratio(exponent, t) = series::lorenz_ratio;
        /// ``ZT = (pi^2/3) x^2 t^2 - (pi^4/45) x^2 (x^2+8x-14) t^4``, electrons only. Within 1 % for 0.05 <= x <= 1.6 and t <= 0.07.
        fn figure_of_merit(exponent, t) = series::figure_of_merit;
        /// ``d|S|/dT`` at T -> 0, in V/K^2, from the prefactor A and the conductivity at T = 0: ``(k_B/e)(pi^2 x/3) [A/sigma(0)]^{1/x}`` (Eq. 41 with its prefactor).
        fn thermopower_slope(exponent, prefactor, conductivity) = series::thermopower_slope;
    }
}

mod insulating {
    use super::*;
    use expansions::insulating as limit;

    formulas! {
        /// ``sigma/(A T^x) = Gamma(x+1) e^z``. Within 1 % for 0.05 <= x <= 5 and z <= -4.6.
        fn conductivity(exponent, z) = limit::conductivity;
        /// ``|S| = 1 + x - z``, in k_B/e: activated, with the heat of transport 1 + x. Within 1 % for 0.05 <= x <= 5 and z <= -2.6.
        fn thermopower(exponent, z) = limit::thermopower;
        /// ``L/L_0 = 3(1+x)/pi^2``. Within 1 % for 0.05 <= x <= 5 and z <= -3.9.
        fn lorenz_ratio(exponent) = limit::lorenz_ratio;
        /// ``ZT = (1+x-z)^2/(1+x)``, electrons only. Within 1 % for 0.05 <= x <= 5 and z <= -3.1.
        fn figure_of_merit(exponent, z) = limit::figure_of_merit;
    }
}

mod high_temperature {
    use super::*;
    use diffuson::localization::InvalidParameter;
    use expansions::high_temperature as series;

    pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
        m.add_function(wrap_pyfunction!(conductivity, m)?)?;
        m.add_function(wrap_pyfunction!(thermopower, m)?)?;
        m.add_function(wrap_pyfunction!(plateau, m)?)?;
        m.add_function(wrap_pyfunction!(plateau_linear, m)?)?;
        m.add_function(wrap_pyfunction!(plateau_interpolated, m)?)
    }

    /// The Taylor series in z to second order.
    fn quadratic<'py>(
        py: Python<'py>,
        exponent: &Numbers,
        z: &Numbers,
        coefficients: fn(f64) -> Result<[f64; 3], InvalidParameter>,
    ) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [exponent, z], |[x, z]| coefficients(x).map(|[a, b, c]| a + z * (b + z * c)))
    }

    /// ``sigma/(A T^x)`` to second order in ``z = d/T``: ``Gamma(x+1) sum_n eta(x-n) z^n/n!`` (Eqs. 16 and 36 are its zeroth). Within 1 % for 0.05 <= x <= 1.6 and abs(z) <= 0.5.
    #[pyfunction]
    fn conductivity<'py>(py: Python<'py>, exponent: Numbers, z: Numbers) -> PyResult<Bound<'py, PyAny>> {
        quadratic(py, &exponent, &z, series::conductivity)
    }

    /// Thermopower in k_B/e to second order in ``z = d/T``; Eq. 29 is its first order. Within 1 % for 0.05 <= x <= 1.6 and abs(z) <= 1.1.
    #[pyfunction]
    fn thermopower<'py>(py: Python<'py>, exponent: Numbers, z: Numbers) -> PyResult<Bound<'py, PyAny>> {
        quadratic(py, &exponent, &z, series::thermopower)
    }

    /// Plateau of the thermopower, in k_B/e: ``(1+x) eta(1+x)/eta(x)`` (Eq. 37): ``2 ln 2`` at x = 0, ``pi^2/(6 ln 2)`` at x = 1.
    #[pyfunction]
    fn plateau<'py>(py: Python<'py>, exponent: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&exponent], |[x]| series::plateau(x))
    }

    /// The plateau as ``2 ln 2 + x`` (Eq. 38): within 1 % for x <= 1.15, 5.02 % too large at worst, at x = 4.59.
    #[pyfunction]
    fn plateau_linear<'py>(py: Python<'py>, exponent: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&exponent], |[exponent]| series::plateau_linear(exponent))
    }

    /// The plateau as ``(1+x) [1 + (2 ln 2 - 1) 2^{-x}]``: within 0.67 % for all x >= 0, exact at 0 and infinity. Not in the paper.
    #[pyfunction]
    fn plateau_interpolated<'py>(py: Python<'py>, exponent: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&exponent], |[exponent]| series::plateau_interpolated(exponent))
    }
}
