//! The central claim against what is swept.

use crate::figure::Figure;
use crate::plot::Scale;
use crate::run::Run;
use crate::sweep::{self, Shown, abscissa};

const CORRELATION: Shown = Shown {
    quantity: "correlation",
    label: r"correlation of $\delta E$ and $\delta G$",
    theory: None,
    level: Some(0.0),
    scale: Scale::Linear,
};
const AGREEMENT: Shown = Shown {
    quantity: "sign_agreement",
    label: r"probability of $\delta E\,\delta G>0$",
    theory: None,
    level: Some(0.5),
    scale: Scale::Linear,
};
const UPPER: Shown = Shown {
    quantity: "upper_less_lower",
    label: r"$\langle G_\mathrm{up}-G_\mathrm{low}\rangle$",
    theory: None,
    level: Some(0.0),
    scale: Scale::Linear,
};
const SPLITTING: Shown = Shown {
    quantity: "splitting_rms",
    label: r"rms splitting $\bar E$",
    theory: None,
    level: None,
    scale: Scale::Log,
};
const FLUCTUATION: Shown = Shown {
    quantity: "conductance_rms",
    label: r"rms difference of $G$",
    theory: None,
    level: None,
    scale: Scale::Log,
};

const CLAIM: &str = "(a) Correlation coefficient of energy and conductance of two positions; crosses, where it changes sign. (b) How often the upper position conducts better. (c) By how \
                     much it does. (d) The rms splitting. Bars are one standard error.";
const SIZES: &str = "(a) Correlation coefficient of energy and conductance of two positions. (b) By how much the upper position conducts better. (c) The rms splitting and (d) the rms difference \
                     of conductances. Bars are one standard error.";

/// Correlation, conductance and splitting; against a phase shift how often signs agree, otherwise rms conductances. None where nothing is swept.
pub(super) fn draw(run: &Run) -> Option<Figure> {
    let abscissa = abscissa(run, |key| key.ends_with("phase_shift"))
        .or_else(|| abscissa(run, |key| !key.starts_with("bath.")))?;
    if !run.sweeps[abscissa].key.ends_with("phase_shift") {
        let shown = [CORRELATION, UPPER, SPLITTING, FLUCTUATION];
        return Some(sweep::figure(run, "claim", abscissa, &shown, &[], SIZES));
    }
    let crossings = run.fits().into_iter().filter(|f| f.name.contains("correlation"));
    let crossings: Vec<(f64, f64)> = crossings.map(|f| (f.result.value, f.result.error)).collect();
    let shown = [CORRELATION, AGREEMENT, UPPER, SPLITTING];
    Some(sweep::figure(run, "claim", abscissa, &shown, &crossings, CLAIM))
}
