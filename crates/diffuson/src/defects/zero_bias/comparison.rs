//! Both pictures side by side: which one the data prefer, and how far data like these can be trusted to choose.
//!
//! The pictures are not special cases of each other, so that chi^2 alone does not test one against the other. Akaike's weights `w = e^{-AIC/2} / sum e^{-AIC/2}` say how
//! much better one predicts than the other. A picture is chosen if its weight exceeds [`DECISIVE`] and its own fit is possible: if nothing were fitted, the other one could be
//! the truth at most once in a hundred times then, because a likelihood ratio of 1/q has a probability of at most q under the wrong hypothesis (Royall 1997). What fitting
//! makes of that, and how often the data cannot choose at all, is found by repeating the experiment on the computer with either picture as the truth ([`Comparison::repeat`]).

pub use crate::fits::IMPOSSIBLE;

use super::{AnomalyFit, Data, Estimated, Law, Picture, Pictures, SHAPE, ZeroBiasError};
use crate::audit::Audit;
use crate::disorder::Fields;
use crate::fits::{self, share};
use diffuson_fit::least_squares::Warning as FitWarning;

/// Akaike weight above which a picture is chosen.
pub const DECISIVE: f64 = 0.99;

/// What the data say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// One picture, possible and far better than the other.
    Prefers(Picture),
    /// At least one picture is possible, and neither is far better.
    Undecided,
    /// Neither picture is possible.
    Neither,
}

/// Fits of the same data by both pictures.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// By mobile defects.
    pub defects: AnomalyFit,
    /// By two-channel Kondo scattering.
    pub kondo: AnomalyFit,
    pictures: Pictures,
}

/// The experiment repeated with one picture as the truth.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeated {
    /// The truth.
    pub truth: Picture,
    /// Share of the repetitions in which the truth is chosen.
    pub right: f64,
    /// Share in which the other picture is.
    pub wrong: f64,
    /// Share in which the data do not decide.
    pub undecided: f64,
    /// Share of the repetitions that speak against the truth at least as much as the measured data do.
    pub as_adverse: f64,
    /// Repetitions that could be fitted.
    pub repetitions: usize,
}

impl Comparison {
    /// Makes both fits.
    ///
    /// # Errors
    /// [`ZeroBiasError`] if one of them cannot be made.
    pub fn new(law: Law, data: &Data) -> Result<Self, ZeroBiasError> {
        Self::of(Pictures::new(law, data)?)
    }

    fn of(pictures: Pictures) -> Result<Self, ZeroBiasError> {
        Ok(Self { defects: pictures.fit(Picture::Defects)?, kondo: pictures.fit(Picture::Kondo)?, pictures })
    }

    /// The fit by a picture.
    pub fn by(&self, picture: Picture) -> &AnomalyFit {
        match picture {
            Picture::Defects => &self.defects,
            Picture::Kondo => &self.kondo,
        }
    }

    /// AIC of the Kondo picture less that of defects: positive if defects are preferred.
    pub fn advantage(&self) -> f64 {
        self.kondo.akaike() - self.defects.akaike()
    }

    /// Akaike weight of a picture.
    pub fn weight(&self, picture: Picture) -> f64 {
        let behind = if picture == Picture::Defects { -self.advantage() } else { self.advantage() };
        1.0 / (1.0 + (0.5 * behind).exp())
    }

    /// The picture of the higher weight.
    pub fn better(&self) -> Picture {
        if self.advantage() >= 0.0 { Picture::Defects } else { Picture::Kondo }
    }

    /// What the data say.
    pub fn verdict(&self) -> Verdict {
        // a fit without degrees of freedom is always possible
        let impossible = |p: Picture| self.by(p).fit.goodness < IMPOSSIBLE;
        let better = self.better();
        match (impossible(Picture::Defects), impossible(Picture::Kondo)) {
            (true, true) => Verdict::Neither,
            _ if self.weight(better) > DECISIVE && !impossible(better) => Verdict::Prefers(better),
            _ => Verdict::Undecided,
        }
    }

    /// Whether both fits are minima, and the better one a possible description.
    ///
    /// # Errors
    /// [`ZeroBiasError::Fit`] if a fit cannot be repeated.
    pub fn audit(&self) -> Result<Audit, ZeroBiasError> {
        let mut audit = self.defects.audit()?;
        audit.merge(&self.kondo.audit()?);
        fits::audit_goodness(&self.by(self.better()).fit, &mut audit);
        Ok(audit)
    }

    /// The experiment repeated with the fit of a picture as the truth and the stated errors. Deviates of repetition n, point i are those of place `n N + i` of `field`.
    ///
    /// # Errors
    /// [`ZeroBiasError::Fit`] if no repetition can be fitted.
    pub fn repeat(
        &self,
        truth: Picture,
        repetitions: usize,
        fields: &dyn Fields,
        field: u32,
    ) -> Result<Repeated, ZeroBiasError> {
        let points = self.pictures.data().points();
        let expected = points.iter().zip(&self.by(truth).fit.residuals).map(|(p, r)| Estimated {
            value: p.conductance - r * p.standard_error,
            standard_error: p.standard_error,
        });
        let outcomes = fits::repeat(&expected.collect::<Vec<_>>(), repetitions, (fields, field), |drawn| {
            let again = Self::of(self.pictures.with_conductances(drawn))?;
            Ok::<_, ZeroBiasError>((again.verdict(), again.advantage()))
        })?;
        let sign = if truth == Picture::Defects { 1.0 } else { -1.0 };
        let chosen = |(verdict, _): &(Verdict, f64)| match verdict {
            Verdict::Prefers(picture) => Some(*picture),
            Verdict::Undecided | Verdict::Neither => None,
        };
        Ok(Repeated {
            truth,
            right: share(&outcomes, |o| chosen(o) == Some(truth)),
            wrong: share(&outcomes, |o| chosen(o).is_some_and(|p| p != truth)),
            undecided: share(&outcomes, |o| chosen(o).is_none()),
            as_adverse: share(&outcomes, |(_, advantage)| sign * advantage <= sign * self.advantage()),
            repetitions: outcomes.len(),
        })
    }

    /// What the reader must know of the fits, in words.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        match self.verdict() {
            Verdict::Neither => warnings.push(format!(
                "neither picture describes the data: chi^2/dof = {:.2} for defects, {:.2} for two-channel Kondo; errors may be larger than stated, or a background is missing",
                ratio(&self.defects),
                ratio(&self.kondo)
            )),
            Verdict::Undecided => warnings.push(format!(
                "the data do not decide between the pictures: Akaike weights {:.3} of defects, {:.3} of two-channel Kondo, and {DECISIVE} would be needed",
                self.weight(Picture::Defects),
                self.weight(Picture::Kondo)
            )),
            Verdict::Prefers(_) => {}
        }
        for fit in [&self.defects, &self.kondo] {
            let name = fit.picture.name();
            let what = if fit.picture == Picture::Defects { "E*" } else { "the share of the bias" };
            for warning in &fit.fit.warnings {
                warnings.push(match warning {
                    FitWarning::NotConverged => format!("the fit of {name} did not converge"),
                    FitWarning::AtBound { parameter } if *parameter == SHAPE => {
                        let Estimated { value, .. } = fit.estimate(SHAPE);
                        format!("the fit of {name} is best at the end of the range of {what}, {value:.3}: the data do not determine it, or it is something else")
                    }
                    FitWarning::AtBound { .. } => format!("the fit of {name} is best at a bound"),
                    FitWarning::Undetermined { .. } => {
                        format!("the data do not determine the parameters of {name} one by one; hold {what}")
                    }
                });
            }
        }
        if self.defects.fit.values[super::AMPLITUDE] * self.kondo.fit.values[super::AMPLITUDE] < 0.0 {
            warnings.push(
                "the two pictures disagree on the sign of the anomaly: it is not seen in the data".to_owned(),
            );
        }
        warnings
    }
}

impl Picture {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Defects => "defects",
            Self::Kondo => "two-channel Kondo",
        }
    }
}

/// chi^2 per degree of freedom.
fn ratio(fit: &AnomalyFit) -> f64 {
    fit.fit.chi_squared / fit.fit.degrees_of_freedom as f64
}
