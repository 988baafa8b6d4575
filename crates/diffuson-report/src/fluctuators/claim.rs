//! The central claim against what is swept.

use crate::figure::Figure;
use crate::run::Run;
use crate::sweep::{self, Shown, abscissa};

const SHOWN: [Shown; 4] = [
    Shown {
        quantity: "correlation",
        label: r"correlation of $\delta E$ and $\delta G$",
        theory: None,
        level: Some(0.0),
    },
    Shown {
        quantity: "sign_agreement",
        label: r"probability of $\delta E\,\delta G>0$",
        theory: None,
        level: Some(0.5),
    },
    Shown {
        quantity: "upper_less_lower",
        label: r"$\langle G_\mathrm{up}-G_\mathrm{low}\rangle$",
        theory: None,
        level: Some(0.0),
    },
    Shown { quantity: "splitting_rms", label: r"rms splitting $\bar E$", theory: None, level: None },
];

const CAPTION: &str = "(a) Correlation coefficient of energy and conductance of two positions; crosses, where it changes sign. (b) How often the upper position conducts better. (c) By how \
                       much it does. (d) The rms splitting. Bars are one standard error.";

/// Correlation, agreement of signs, conductance and splitting; none where nothing is swept.
pub(super) fn draw(run: &Run) -> Option<Figure> {
    let abscissa = abscissa(run, |key| key.ends_with("phase_shift"))
        .or_else(|| abscissa(run, |key| !key.starts_with("bath.")))?;
    let is_phase_shift = run.sweeps[abscissa].key.ends_with("phase_shift");
    let crossings =
        run.fits().into_iter().filter(|_| is_phase_shift).map(|f| (f.result.value, f.result.error));
    Some(sweep::figure(run, "claim", abscissa, &SHOWN, &crossings.collect::<Vec<_>>(), CAPTION))
}
