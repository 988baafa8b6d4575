//! Quantities against what is swept: data with error bars, theory as lines.

use super::VOLTAGE;
use crate::figure::Figure;
use crate::plot::Scale;
use crate::run::Run;
use crate::sweep::{self, Shown, abscissa};

const FANO: Shown = Shown {
    quantity: "fano_factor",
    label: "Fano factor $F$",
    theory: Some("fano_factor_theory"),
    level: None,
    scale: Scale::Linear,
};
const CONDUCTANCE: Shown = Shown {
    quantity: "conductance",
    label: "conductance $G$",
    theory: None,
    level: None,
    scale: Scale::Linear,
};
const NOISE: Shown = Shown {
    quantity: "noise",
    label: "noise $S_{22}$",
    theory: Some("noise_theory"),
    level: None,
    scale: Scale::Linear,
};
const CROSS: Shown = Shown {
    quantity: "cross_correlation",
    label: "correlation $S_{23}$",
    theory: Some("cross_correlation_theory"),
    level: None,
    scale: Scale::Linear,
};

/// Fano factor and conductance; none where nothing is swept.
pub(super) fn fano(run: &Run) -> Option<Figure> {
    let abscissa = abscissa(run, |key| key != VOLTAGE).or_else(|| abscissa(run, |_| true))?;
    let caption = "(a) Fano factor, from means over samples; dashed, the value of theory. (b) Conductance per spin. Bars are one standard error.";
    Some(sweep::figure(run, "fano", abscissa, &[FANO, CONDUCTANCE], &[], caption))
}

/// Noise against voltage; none unless that is swept.
pub(super) fn bias(run: &Run) -> Option<Figure> {
    let abscissa = abscissa(run, |key| key == VOLTAGE)?;
    let caption = "(a) Noise against voltage; dashed, from thermal to shot noise by the Fano factor of theory at the conductance found. (b) Fano factor of what \
                   exceeds thermal noise. Bars are one standard error.";
    Some(sweep::figure(run, "noise", abscissa, &[NOISE, FANO], &[], caption))
}

/// The correlator of two outgoing beams; none with fewer than three leads, or where nothing is swept.
pub(super) fn correlations(run: &Run) -> Option<Figure> {
    let leads = *run.array("lead_current")?.shape.last()?;
    if leads < 3 {
        return None;
    }
    let caption = "(a) Correlation of the currents into the second and the third lead; dashed, $-2\\langle T_{21}T_{31}\\rangle$, which it is where the first lead has \
                   one mode. (b) Noise in the second lead. Bars are one standard error.";
    Some(sweep::figure(run, "correlations", abscissa(run, |_| true)?, &[CROSS, NOISE], &[], caption))
}
