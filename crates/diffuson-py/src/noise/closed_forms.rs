//! Noise known in closed form, on numbers and on arrays.

use crate::arguments::named;
use crate::arrays::table;
use crate::elementwise::{Numbers, elementwise};
use crate::errors::input;
use diffuson::noise::closed_forms::{self, Symmetry};
use numpy::PyArray2;
use pyo3::prelude::*;

/// Functions of numbers or arrays, which are broadcast against each other.
macro_rules! formulas {
    ($($(#[$doc:meta])* $name:ident($($argument:ident),+);)+) => {
        pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
            $(m.add_function(wrap_pyfunction!($name, m)?)?;)+
            m.add("DIFFUSIVE", closed_forms::DIFFUSIVE)?;
            m.add("HOT_ELECTRONS", closed_forms::HOT_ELECTRONS)?;
            m.add_function(wrap_pyfunction!(incoherent_barriers, m)?)?;
            m.add_function(wrap_pyfunction!(cavity, m)?)?;
            m.add_function(wrap_pyfunction!(cold_nodes, m)?)?;
            m.add_function(wrap_pyfunction!(splitter, m)?)
        }

        $($(#[$doc])*
        #[pyfunction]
        fn $name<'py>(py: Python<'py>, $($argument: Numbers),+) -> PyResult<Bound<'py, PyAny>> {
            elementwise(py, [$(&$argument),+], |[$($argument),+]| closed_forms::$name($($argument),+))
        })+
    };
}

formulas! {
    /// ``x coth x - 1`` to rounding of itself: x^2/3 for small x, |x| - 1 for large.
    x_coth_x_minus_one(x);
    /// Noise ``4 kT G (1 - F) + 2 e I F coth(eV/2kT)`` of any conductor of constant scattering between two reservoirs of one temperature: from 4 kT G to 2 e I F.
    crossover(conductance, fano_factor, bias, kt);
    /// What of the crossover exceeds 4 kT G: ``4 kT G F (x coth x - 1)``, x = eV/2kT, without loss of digits for small bias.
    excess(conductance, fano_factor, bias, kt);
    /// Noise of a single channel between two reservoirs of one temperature.
    single_channel(transmission, bias, kt);
    /// Fano factor ``(L^2 + R^2) / (L + R)^2`` of a level of widths L and R, at a bias far above both (Chen and Ting, Phys. Rev. B 43, 4534 (1991)).
    breit_wigner(left, right);
    /// Noise ``(2/3) G [4 kT + eV coth(eV/2kT)]`` of a diffusive wire without inelastic scattering.
    diffusive(conductance, bias, kt);
    /// Noise ``2 kT G [1 + (v + 1/v) atan v]``, ``v = sqrt(3) eV/2 pi kT``, of a diffusive wire of hot electrons (Kozub and Rudin, Phys. Rev. B 52, 7853 (1995); Nagaev, Phys.
    /// Rev. B 52, 4740 (1995)).
    hot_electrons(conductance, bias, kt);
    /// Fano factor ``L R / (L + R)^2`` of a cavity of many modes between open contacts of conductances L and R, coherent or dephased (Jalabert, Pichard and Beenakker, Europhys.
    /// Lett. 27, 255 (1994); van Langen and Büttiker, Phys. Rev. B 56, R1680 (1997)).
    open_cavity(left, right);
    /// Fano factor ``(sqrt(3)/pi) sqrt(L R) / (L + R)`` of an open cavity of hot electrons.
    hot_cavity(left, right);
    /// Heat noise ``4 k_B T^2 K`` in equilibrium of a conductor of constant scattering, in t^3/h.
    equilibrium_heat(conductance, kt);
}

/// Fano factor of ``barriers`` equal barriers in series, without coherence between them (de Jong and Beenakker, Physica A 230, 219 (1996)).
#[pyfunction]
fn incoherent_barriers<'py>(
    py: Python<'py>,
    transmission: Numbers,
    barriers: u32,
) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&transmission], |[t]| closed_forms::incoherent_barriers(t, barriers))
}

const SYMMETRIES: [(&str, Symmetry); 2] =
    [("orthogonal", Symmetry::Orthogonal), ("unitary", Symmetry::Unitary)];

/// ``<sum T_n (1 - T_n)> / <sum T_n>`` of a chaotic cavity between ideal leads of ``left`` and ``right`` modes (Savin and Sommers, Phys. Rev. B 73, 081307 (2006)): of ``symmetry``
/// ``"orthogonal"`` with time reversal, ``"unitary"`` without.
#[pyfunction]
#[pyo3(signature = (left, right, symmetry="orthogonal"))]
fn cavity(left: u32, right: u32, symmetry: &str) -> PyResult<f64> {
    let symmetry = named("symmetry", symmetry, &SYMMETRIES)?;
    if left == 0 || right == 0 {
        return Err(input(format!("leads of {left} and {right} modes: each has one or more")));
    }
    Ok(closed_forms::cavity([left, right], symmetry))
}

/// Fano factor ``sum F_i R_i^2 / (sum R_i)^2`` of conductors in series with inelastic scattering to a cold bath between them: ``parts`` are their ``(R_i, F_i)``.
#[pyfunction]
fn cold_nodes(parts: Vec<(f64, f64)>) -> PyResult<f64> {
    if parts.is_empty() {
        return Err(input("no conductors, no Fano factor"));
    }
    Ok(closed_forms::cold_nodes(&parts))
}

/// Correlators ``[[S_22, S_23], [S_32, S_33]]`` of the two outputs of a beam splitter at zero temperature, of transmissions ``t2`` and ``t3`` from the one biased lead: the experiment
/// of Hanbury Brown and Twiss, ``S_23 = -2 t2 t3 eV`` (Büttiker, Phys. Rev. Lett. 65, 2901 (1990)).
#[pyfunction]
fn splitter(py: Python<'_>, t2: f64, t3: f64, bias: f64) -> PyResult<Bound<'_, PyArray2<f64>>> {
    table(py, 2, 2, closed_forms::splitter(t2, t3, bias).concat())
}
