//! All pictures side by side: is there a Curie law, does dephasing saturate, and do both set in at one temperature?
//!
//! Each question is a test of chi^2 with one parameter more: without and with T_chi, without and with T_tau, with two temperatures and with one. It is answered at [`DECISIVE`] = 9, three standard
//! errors. If there is no Curie law, one experiment in 700 sees one (T_chi cannot be negative: half of a chi^2 distribution of one degree of freedom); the same for saturation; and of
//! samples in which both have one origin with the stated prefactors, one in 370 is taken for two. Akaike weights of all pictures are told beside. How often such data cannot answer at all
//! is found by repeating the experiment on the computer with each picture as the truth ([`Comparison::repeat`]).

pub use crate::fits::IMPOSSIBLE;

use super::{
    CrossoverFit, Data, Estimated, FitError, Law, Picture, Pictures, SATURATION, SLOPE, SUSCEPTIBILITY, Table,
};
use crate::audit::Audit;
use crate::disorder::Fields;
use crate::fits::{self, share};
use diffuson_fit::least_squares::Warning as FitWarning;

/// Change of chi^2 by one parameter that answers a question: three standard errors.
pub const DECISIVE: f64 = 9.0;

/// What the data say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A Curie law and saturation, and one temperature for both is possible.
    Together,
    /// Both, but not from one temperature with the stated prefactors.
    Apart,
    /// A Curie law, without the saturation that would belong to it.
    CurieAlone,
    /// Saturation, without the Curie law that would belong to it.
    SaturationAlone,
    /// Neither is seen.
    Nothing,
    /// One is seen, and the other may be there.
    Undecided,
    /// Not even two temperatures describe the data.
    Impossible,
}

impl Verdict {
    /// All, in the order of the variants.
    pub const ALL: [Self; 7] = [
        Self::Together,
        Self::Apart,
        Self::CurieAlone,
        Self::SaturationAlone,
        Self::Nothing,
        Self::Undecided,
        Self::Impossible,
    ];

    /// What it says in a few words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Together => "one temperature",
            Self::Apart => "two temperatures",
            Self::CurieAlone => "Curie law alone",
            Self::SaturationAlone => "saturation alone",
            Self::Nothing => "neither is seen",
            Self::Undecided => "undecided",
            Self::Impossible => "none of the pictures",
        }
    }
}

/// Fits of the same data in all pictures.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Without either.
    pub ordinary: CrossoverFit,
    /// With a Curie law.
    pub impurities: CrossoverFit,
    /// With saturation.
    pub saturation: CrossoverFit,
    /// With both, each by itself.
    pub independent: CrossoverFit,
    /// With both from one temperature.
    pub droplets: CrossoverFit,
    pictures: Pictures,
}

/// The experiment repeated with one picture as the truth.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeated {
    /// The truth.
    pub truth: Picture,
    /// Share of the repetitions with each verdict, in the order of [`Verdict::ALL`].
    pub shares: [f64; 7],
    /// Repetitions that could be fitted.
    pub repetitions: usize,
}

impl Comparison {
    /// Makes all fits.
    ///
    /// # Errors
    /// [`FitError`] if one of them cannot be made.
    pub fn new(law: Law, data: &Data) -> Result<Self, FitError> {
        Self::of(Pictures::new(law, data)?)
    }

    fn of(pictures: Pictures) -> Result<Self, FitError> {
        Ok(Self {
            ordinary: pictures.fit(Picture::Ordinary)?,
            impurities: pictures.fit(Picture::Impurities)?,
            saturation: pictures.fit(Picture::Saturation)?,
            independent: pictures.fit(Picture::Independent)?,
            droplets: pictures.fit(Picture::Droplets)?,
            pictures,
        })
    }

    /// The fit in a picture.
    pub fn by(&self, picture: Picture) -> &CrossoverFit {
        match picture {
            Picture::Ordinary => &self.ordinary,
            Picture::Impurities => &self.impurities,
            Picture::Saturation => &self.saturation,
            Picture::Independent => &self.independent,
            Picture::Droplets => &self.droplets,
        }
    }

    /// The pictures that differ in what they say of the tables that there are.
    pub fn compared(&self) -> &'static [Picture] {
        let has = |table| self.pictures.data().has(table);
        match (has(Table::Susceptibilities), has(Table::Rates)) {
            (true, true) => &Picture::ALL,
            (true, false) => &[Picture::Ordinary, Picture::Impurities],
            _ => &[Picture::Ordinary, Picture::Saturation],
        }
    }

    /// Akaike weight of a picture among those [compared](Self::compared); zero for the others.
    pub fn weight(&self, picture: Picture) -> f64 {
        let least = self.compared().iter().map(|&p| self.by(p).akaike()).fold(f64::INFINITY, f64::min);
        let part = |p: Picture| (-0.5 * (self.by(p).akaike() - least)).exp();
        let sum: f64 = self.compared().iter().map(|&p| part(p)).sum();
        if self.compared().contains(&picture) { part(picture) / sum } else { 0.0 }
    }

    /// What T_chi takes off chi^2: the square of the number of standard errors by which a Curie law is seen.
    pub fn curie(&self) -> f64 {
        (self.ordinary.fit.chi_squared - self.impurities.fit.chi_squared).max(0.0)
    }

    /// The same of T_tau and saturation.
    pub fn saturates(&self) -> f64 {
        (self.ordinary.fit.chi_squared - self.saturation.fit.chi_squared).max(0.0)
    }

    /// What one temperature in place of two adds to chi^2: the square of the number of standard errors between them.
    pub fn apart(&self) -> f64 {
        (self.droplets.fit.chi_squared - self.independent.fit.chi_squared).max(0.0)
    }

    /// c_4 that would make one temperature of two, with the profile interval of a rise of chi^2; none unless both are seen.
    ///
    /// # Errors
    /// [`FitError::Fit`] if the fit cannot be made.
    pub fn prefactor(&self, rise: f64) -> Result<Option<(Estimated, super::Interval)>, FitError> {
        if self.curie() < DECISIVE || self.saturates() < DECISIVE {
            return Ok(None);
        }
        let fit = self.pictures.fit_prefactor()?;
        Ok(Some((fit.estimate(SATURATION), fit.interval(SATURATION, rise)?)))
    }

    /// What the data say.
    pub fn verdict(&self) -> Verdict {
        let [curie, saturates, apart] =
            [self.curie(), self.saturates(), self.apart()].map(|change| change >= DECISIVE);
        // a fit without degrees of freedom is always possible
        if self.independent.fit.goodness < IMPOSSIBLE {
            return Verdict::Impossible;
        }
        match (curie, saturates, apart) {
            (true, true, false) => Verdict::Together,
            (true, true, true) => Verdict::Apart,
            (true, false, true) => Verdict::CurieAlone,
            (false, true, true) => Verdict::SaturationAlone,
            (false, false, _) => Verdict::Nothing,
            (_, _, false) => Verdict::Undecided,
        }
    }

    /// Whether all fits are minima, and two temperatures a possible description.
    ///
    /// # Errors
    /// [`FitError::Fit`] if a fit cannot be repeated.
    pub fn audit(&self) -> Result<Audit, FitError> {
        let mut audit = Audit::default();
        for picture in Picture::ALL {
            audit.merge(&self.by(picture).audit()?);
        }
        fits::audit_goodness(&self.independent.fit, &mut audit);
        Ok(audit)
    }

    /// The experiment repeated with the fit of a picture as the truth and the stated errors. Deviates of repetition n, point i are those of place `n N + i` of `field`.
    ///
    /// # Errors
    /// [`FitError::Fit`] if no repetition can be fitted.
    pub fn repeat(
        &self,
        truth: Picture,
        repetitions: usize,
        fields: &dyn Fields,
        field: u32,
    ) -> Result<Repeated, FitError> {
        let fit = self.by(truth);
        let expected = self.pictures.data().all().map(|(table, p)| Estimated {
            value: fit.value(table, p.temperature),
            standard_error: p.standard_error,
        });
        let outcomes = fits::repeat(&expected.collect::<Vec<_>>(), repetitions, (fields, field), |drawn| {
            Ok::<_, FitError>(Self::of(self.pictures.with_values(drawn))?.verdict())
        })?;
        let shares = Verdict::ALL.map(|verdict| share(&outcomes, |v| *v == verdict));
        Ok(Repeated { truth, shares, repetitions: outcomes.len() })
    }

    /// What the reader must know of the fits, in words.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        let widest = &self.independent.fit;
        if self.verdict() == Verdict::Impossible {
            warnings.push(format!(
                "not even two temperatures describe the data: chi^2/dof = {:.2}; errors may be larger than stated, or the laws are others (a narrower window, or a term T^2)",
                widest.chi_squared / widest.degrees_of_freedom as f64
            ));
        }
        for fit in [&self.independent, &self.droplets] {
            let name = fit.picture.name();
            for warning in &fit.fit.warnings {
                match warning {
                    FitWarning::NotConverged => warnings.push(format!("the fit of {name} did not converge")),
                    // nothing to see is no cause for a warning: the verdict says so
                    FitWarning::AtBound { parameter } if fit.fit.values[*parameter] == 0.0 => {}
                    FitWarning::AtBound { parameter } => warnings.push(format!(
                        "the fit of {name} puts {} far above the data: they lie below the crossover, and {} is lost in their errors",
                        fit.fit.parameters[*parameter].name(),
                        if *parameter == SATURATION { "the slope A" } else { "chi_0" }
                    )),
                    FitWarning::Undetermined { .. } => {
                        warnings.push(format!("the data do not determine the parameters of {name} one by one"));
                    }
                }
            }
        }
        let lowest = |index: usize, name: &str| {
            let Estimated { value, standard_error } = self.independent.estimate(index);
            (self.independent.fit.parameters[index].is_free() && value < 3.0 * standard_error).then(|| {
                format!("{name} = {value:.3} +- {standard_error:.3} is not seen, without which T_chi and T_tau mean nothing")
            })
        };
        warnings.extend(lowest(SUSCEPTIBILITY, "chi_0"));
        warnings.extend(lowest(SLOPE, "the slope A of dephasing"));
        warnings
    }
}
