//! Many expansions, and which of them to quote.

use super::ScalingFit;
use diffuson::localization::scaling::{Orders, Scanned, Tried};
use pyo3::prelude::*;

/// All expansions that were tried, and what was chosen.
#[pyclass(frozen, module = "diffuson.localization")]
pub(crate) struct ScalingScan {
    tried: Vec<TriedScaling>,
    chosen: Option<usize>,
}

impl From<Scanned> for ScalingScan {
    fn from(scanned: Scanned) -> Self {
        Self { chosen: scanned.chosen, tried: scanned.tried.into_iter().map(TriedScaling::from).collect() }
    }
}

#[pymethods]
impl ScalingScan {
    /// The chosen fit; None if no fit satisfies the rule.
    #[getter]
    fn chosen(&self) -> Option<ScalingFit> {
        self.tried[self.chosen?].fit()
    }

    /// Number of the chosen one among those that were tried.
    #[getter]
    fn chosen_index(&self) -> Option<usize> {
        self.chosen
    }

    /// Every fit, in the order of the scan.
    #[getter]
    fn tried(&self) -> Vec<TriedScaling> {
        self.tried.clone()
    }

    fn __repr__(&self) -> String {
        let chosen = self.chosen().map_or_else(|| "none".to_owned(), |fit| format!("{:?}", fit.inner.orders));
        format!("ScalingScan({} tried, chosen: {chosen})", self.tried.len())
    }
}

/// One expansion that was tried.
#[pyclass(frozen, module = "diffuson.localization")]
#[derive(Clone)]
pub(crate) struct TriedScaling {
    orders: Orders,
    /// Smallest size that took part.
    #[pyo3(get)]
    smallest_size: f64,
    outcome: Result<ScalingFit, String>,
}

impl From<Tried> for TriedScaling {
    fn from(tried: Tried) -> Self {
        Self {
            orders: tried.orders,
            smallest_size: tried.smallest_size,
            outcome: tried.outcome.map(ScalingFit::from).map_err(|e| e.to_string()),
        }
    }
}

#[pymethods]
impl TriedScaling {
    /// ``(n_R, n_I, m_R, m_I)``.
    #[getter]
    fn orders(&self) -> (usize, usize, usize, usize) {
        four(&self.orders)
    }

    /// Order in chi_1 of what multiplies chi_2.
    #[getter]
    fn correction(&self) -> usize {
        self.orders.correction
    }

    /// The fit; None if there is none.
    #[getter]
    fn fit(&self) -> Option<ScalingFit> {
        self.outcome.as_ref().ok().cloned()
    }

    /// Why there is none.
    #[getter]
    fn reason(&self) -> Option<&str> {
        self.outcome.as_ref().err().map(String::as_str)
    }

    fn __repr__(&self) -> String {
        let outcome = self.outcome.as_ref().map_or_else(Clone::clone, |fit| {
            let inner = &fit.inner;
            let nu = diffuson_report::with_error(inner.exponent.value, inner.exponent.standard_error);
            format!("nu = {nu}, goodness {:.2}", inner.fit.goodness)
        });
        format!("TriedScaling({:?}, L >= {}: {outcome})", self.orders(), self.smallest_size)
    }
}

/// The orders as the literature quotes them.
pub(super) fn four(orders: &Orders) -> (usize, usize, usize, usize) {
    (orders.relevant, orders.irrelevant, orders.relevant_field, orders.irrelevant_field)
}
