//! Fits of measured susceptibility and dephasing of one sample: is there one crossover temperature `T*` below which the former is a Curie law and the latter saturates?
//!
//! ```text
//! chi        = chi_0 (1 + T_chi/T)                 T_chi = c_1 T*                                        Eqs. 1, 64, 65
//! 1/tau_phi  = A (T + T_tau) [+ B T^2]             T_tau = c_4 T* (2 + F_0)/{2 ln[g (1 + F_0)]}          Eqs. 67, 68
//! ```
//!
//! Susceptibilities are in any unit, with what is not of spins taken off; rates are `hbar/(k_B tau_phi)` in K. `A` is the whole slope of ordinary dephasing, by charge and by spin
//! fluctuations; the share of the latter, to which the rate of droplets is compared in Eq. 68, is part of the unknown prefactor `c_4`. The logarithm is that of the [`Sample`] if it is known, and 1
//! otherwise; it is never taken below 1, where the theory ends.
//!
//! | | what it answers |
//! |---|---|
//! | [`Pictures`] | a fit of the data in either picture: values, errors, profiles, posterior |
//! | [`Sample`] | how far from the instability a metal with this `T*` is |
//! | [`comparison`] | is there a Curie law, does dephasing saturate, do both at one temperature, and how often such data would mislead |
//!
//! ```
//! use diffuson::droplets::fit::comparison::{Comparison, Verdict};
//! use diffuson::droplets::fit::{Data, Law, Point};
//!
//! // chi_0 = 2, A = 0.05, T* = 0.3 K, known to 1 %
//! let temperatures = [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0];
//! let table = |of: &dyn Fn(f64) -> f64| temperatures.map(|t| Point { temperature: t, value: of(t), standard_error: 0.01 * of(t) }).to_vec();
//! let data = Data::new(table(&|t| 2.0 * (1.0 + 0.3 / t)), table(&|t| 0.05 * (t + 0.3)))?;
//! let comparison = Comparison::new(Law::default(), &data)?;
//! assert!((comparison.droplets.crossover().value - 0.3).abs() < 1e-6);
//! assert_eq!(comparison.verdict(), Verdict::Together);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod comparison;
mod sample;

pub use crate::localization::scaling::Estimated;
pub use diffuson_fit::posterior::{Posterior, Sampling};
pub use diffuson_fit::profile::{End, Interval, NINETY_FIVE_PERCENT, ONE_SIGMA};
pub use sample::{Inverted, Sample};

use crate::fits::{self, PictureFit, positive};
use diffuson_fit::model::Model;
use diffuson_fit::parameter::Parameter;
use std::fmt::{self, Display, Formatter};

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// T, in K.
    pub temperature: f64,
    /// chi in any unit, or `hbar/(k_B tau_phi)` in K.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// Measurements of one sample, checked. Either table may be empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Data {
    susceptibilities: Vec<Point>,
    rates: Vec<Point>,
}

/// A table of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Of susceptibilities.
    Susceptibilities,
    /// Of dephasing rates.
    Rates,
}

impl Display for Table {
    /// What a point of it is.
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Susceptibilities => "susceptibility",
            Self::Rates => "dephasing rate",
        })
    }
}

impl Data {
    /// Checks the measurements.
    ///
    /// # Errors
    /// [`FitError`] for no points, or a number out of range.
    pub fn new(susceptibilities: Vec<Point>, rates: Vec<Point>) -> Result<Self, FitError> {
        for (table, points) in [(Table::Susceptibilities, &susceptibilities), (Table::Rates, &rates)] {
            for (index, p) in points.iter().enumerate() {
                let required = [
                    (positive(p.temperature), "the temperature must be positive", p.temperature),
                    (p.value.is_finite(), "the measured value must be a number", p.value),
                    (positive(p.standard_error), "the standard error must be positive", p.standard_error),
                ];
                FitError::point(table, index, &required)?;
            }
        }
        let data = Self { susceptibilities, rates };
        if data.is_empty() { Err(FitError::Empty) } else { Ok(data) }
    }

    /// The points of a table, as they were given.
    pub fn points(&self, table: Table) -> &[Point] {
        match table {
            Table::Susceptibilities => &self.susceptibilities,
            Table::Rates => &self.rates,
        }
    }

    /// Whether a table has points.
    pub fn has(&self, table: Table) -> bool {
        !self.points(table).is_empty()
    }

    /// All points, susceptibilities first: the order of residuals.
    fn all(&self) -> impl Iterator<Item = (Table, &Point)> {
        let first = self.susceptibilities.iter().map(|p| (Table::Susceptibilities, p));
        first.chain(self.rates.iter().map(|p| (Table::Rates, p)))
    }

    fn len(&self) -> usize {
        self.susceptibilities.len() + self.rates.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What is at work in the sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// Neither a Curie law nor saturation.
    Ordinary,
    /// A Curie law without saturation, as magnetic impurities have that are too few or too weakly coupled to dephase.
    Impurities,
    /// Saturation without a Curie law, as heating or radiation cause it.
    Saturation,
    /// Both, each with a temperature of its own.
    Independent,
    /// Both from one crossover temperature.
    Droplets,
}

impl Picture {
    /// All, in the order of the variants.
    pub const ALL: [Self; 5] =
        [Self::Ordinary, Self::Impurities, Self::Saturation, Self::Independent, Self::Droplets];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary metal",
            Self::Impurities => "Curie law alone",
            Self::Saturation => "saturation alone",
            Self::Independent => "two temperatures",
            Self::Droplets => "droplets",
        }
    }
}

/// What is fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Law {
    /// c_1, positive: the Curie part equals chi_0 at `c_1 T*`. Unknown; of order one.
    pub susceptibility_prefactor: f64,
    /// c_4, positive: the saturated rate over the ordinary one is `c_4 (T*/T)` but for the logarithm. Unknown; of order one.
    pub dephasing_prefactor: f64,
    /// Whether a term `B T^2` is fitted to the rates: collisions of clean electrons, or phonons.
    pub quadratic: bool,
    /// What is known of the sample: it sets the logarithm.
    pub sample: Option<Sample>,
}

impl Default for Law {
    fn default() -> Self {
        Self { susceptibility_prefactor: 1.0, dephasing_prefactor: 1.0, quadratic: false, sample: None }
    }
}

impl Law {
    /// T_tau in K of a crossover temperature in K and a prefactor c_4.
    fn saturation(&self, crossover: f64, prefactor: f64) -> f64 {
        let factor = match &self.sample {
            // without droplets there is nothing to multiply
            Some(sample) if crossover > 0.0 => sample.logarithm(crossover),
            _ => 1.0,
        };
        prefactor * crossover * factor
    }
}

/// Data and what is to be fitted to them.
#[derive(Clone, Debug)]
pub struct Pictures {
    law: Law,
    data: Data,
}

/// Number of the parameter chi_0.
pub const SUSCEPTIBILITY: usize = 0;
/// T_chi in K; in the picture of droplets T*.
pub const CROSSOVER: usize = 1;
/// A.
pub const SLOPE: usize = 2;
/// T_tau in K; in the picture of droplets c_4.
pub const SATURATION: usize = 3;
/// B, per K.
pub const QUADRATIC: usize = 4;

/// How far beyond the highest temperature of the data a crossover may lie: there chi_0 or A is lost in the errors.
const MARGIN: f64 = 1e3;

impl Pictures {
    /// Prepares the fits.
    ///
    /// # Errors
    /// [`FitError::NotPositive`] for a prefactor or a property of the sample that is not positive.
    pub fn new(law: Law, data: &Data) -> Result<Self, FitError> {
        FitError::positive([
            ("prefactor of the susceptibility", law.susceptibility_prefactor),
            ("prefactor of the dephasing rate", law.dephasing_prefactor),
        ])?;
        if let Some(sample) = law.sample {
            FitError::positive([
                ("conductance", sample.conductance),
                ("scattering rate", sample.scattering_rate),
                ("coefficient gamma", sample.gamma),
            ])?;
        }
        Ok(Self { law, data: data.clone() })
    }

    /// The data.
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// The same temperatures and errors with other values, in the order of residuals, as another run of the experiment gives.
    ///
    /// # Panics
    /// Unless there is one value for each point.
    pub fn with_values(&self, values: &[f64]) -> Self {
        assert_eq!(values.len(), self.data.len(), "one value for each point");
        let (first, second) = values.split_at(self.data.susceptibilities.len());
        let with = |points: &[Point], values: &[f64]| {
            points.iter().zip(values).map(|(p, &value)| Point { value, ..*p }).collect()
        };
        let data = Data {
            susceptibilities: with(&self.data.susceptibilities, first),
            rates: with(&self.data.rates, second),
        };
        Self { data, ..self.clone() }
    }

    /// Fits a picture.
    ///
    /// # Errors
    /// [`FitError::Fit`] if there are fewer measurements than parameters.
    pub fn fit(&self, picture: Picture) -> Result<CrossoverFit, FitError> {
        let [curie, saturation] = self.starts();
        if picture == Picture::Droplets {
            return self.droplets([curie, saturation], self.held_prefactor());
        }
        let free = |p: Parameter, with: [Picture; 2]| {
            if with.contains(&picture) { p } else { p.starting_at(0.0).fixed() }
        };
        let mut parameters = self.parameters(
            free(self.temperature("T_chi", curie), [Picture::Impurities, Picture::Independent]),
            free(self.temperature("T_tau", saturation), [Picture::Saturation, Picture::Independent]),
        );
        self.hold_unmeasured(&mut parameters, false);
        self.least(picture, [parameters])
    }

    /// Droplets with c_4 fitted too, a parameter more: the prefactor that would make one crossover temperature of two.
    ///
    /// # Errors
    /// [`FitError::Fit`] if a table is missing, or there are fewer measurements than parameters.
    pub fn fit_prefactor(&self) -> Result<CrossoverFit, FitError> {
        let [curie, saturation] = self.starts();
        let crossover = curie / self.law.susceptibility_prefactor;
        let start = saturation / self.law.saturation(crossover, 1.0);
        self.droplets([curie; 2], Parameter::positive("c_4", "1", start))
    }

    fn held_prefactor(&self) -> Parameter {
        Parameter::positive("c_4", "1", self.law.dephasing_prefactor).fixed()
    }

    /// Droplets from starts of T_chi and of T_tau, between which chi^2 may have two minima.
    fn droplets(
        &self,
        [curie, saturation]: [f64; 2],
        prefactor: Parameter,
    ) -> Result<CrossoverFit, FitError> {
        let one = self.law.susceptibility_prefactor;
        let by_curie = curie / one;
        let by_saturation = by_curie * saturation / self.law.saturation(by_curie, prefactor.start());
        let mut crossovers: Vec<f64> = Vec::new();
        if self.data.has(Table::Susceptibilities) {
            crossovers.push(by_curie);
        }
        if self.data.has(Table::Rates) {
            crossovers.push(by_saturation);
        }
        if let [a, b] = crossovers[..] {
            crossovers.push((a * b).sqrt());
        }
        let starts = crossovers.into_iter().map(|t| {
            let mut parameters = self.parameters(self.temperature("T*", t), prefactor.clone());
            self.hold_unmeasured(&mut parameters, true);
            parameters
        });
        self.least(Picture::Droplets, starts)
    }

    /// A temperature that may be fitted, between 0 (there is nothing) and far above the data.
    fn temperature(&self, name: &str, start: f64) -> Parameter {
        let high = MARGIN * self.data.all().map(|(_, p)| p.temperature).fold(0.0, f64::max);
        Parameter::new(name, "K", start.clamp(0.0, high)).between(0.0, high)
    }

    fn parameters(&self, crossover: Parameter, saturation: Parameter) -> Vec<Parameter> {
        let [(susceptibility, _), (_, slope)] = self.lines();
        let quadratic = Parameter::new("B", "1/K", 0.0);
        vec![
            Parameter::new("chi_0", "", susceptibility),
            crossover,
            Parameter::new("A", "1", slope),
            saturation,
            if self.law.quadratic { quadratic } else { quadratic.fixed() },
        ]
    }

    /// What a missing table would have determined.
    fn hold_unmeasured(&self, parameters: &mut [Parameter], tied: bool) {
        let mut hold = |index: usize| parameters[index] = parameters[index].clone().fixed();
        for (table, own, temperature) in [
            (Table::Susceptibilities, &[SUSCEPTIBILITY][..], CROSSOVER),
            (Table::Rates, &[SLOPE, QUADRATIC], SATURATION),
        ] {
            if !self.data.has(table) {
                own.iter().copied().for_each(&mut hold);
                if !tied {
                    hold(temperature);
                }
            }
        }
    }

    /// Straight lines through chi against 1/T and through the rate against T: intercept and slope.
    fn lines(&self) -> [(f64, f64); 2] {
        let curie = self.data.susceptibilities.iter().map(|p| (1.0 / p.temperature, p));
        let rates = self.data.rates.iter().map(|p| (p.temperature, p));
        [line(curie), line(rates)]
    }

    /// T_chi and T_tau of those lines; a temperature of the data where they have none.
    fn starts(&self) -> [f64; 2] {
        let logarithms: Vec<f64> = self.data.all().map(|(_, p)| p.temperature.ln()).collect();
        let typical = (logarithms.iter().sum::<f64>() / logarithms.len() as f64).exp();
        let [(susceptibility, curie), (rate, slope)] = self.lines();
        [curie / susceptibility, rate / slope]
            .map(|t| if t > 1e-3 * typical && t < MARGIN * typical { t } else { 0.1 * typical })
    }

    /// The best of the fits from several starts.
    fn least(
        &self,
        picture: Picture,
        starts: impl IntoIterator<Item = Vec<Parameter>>,
    ) -> Result<CrossoverFit, FitError> {
        let model = CrossoverModel { picture, pictures: self.clone() };
        PictureFit::best(picture, model, starts)
    }
}

/// Weighted least squares of a straight line: intercept and slope; without slope if there is one abscissa only.
fn line<'p>(points: impl Iterator<Item = (f64, &'p Point)>) -> (f64, f64) {
    let sums = points.fold([0.0; 5], |[w, x, y, xx, xy], (at, p)| {
        let weight = p.standard_error.powi(-2);
        [w + weight, x + weight * at, y + weight * p.value, xx + weight * at * at, xy + weight * at * p.value]
    });
    let [w, x, y, xx, xy] = sums;
    let determinant = w * xx - x * x;
    if determinant > 1e-12 * w * xx {
        ((xx * y - x * xy) / determinant, (w * xy - x * y) / determinant)
    } else {
        (if w > 0.0 { y / w } else { 0.0 }, 0.0)
    }
}

/// One picture with the data.
#[derive(Clone, Debug)]
pub struct CrossoverModel {
    picture: Picture,
    pictures: Pictures,
}

impl CrossoverModel {
    /// T_chi and T_tau, in K.
    fn temperatures(&self, parameters: &[f64]) -> [f64; 2] {
        let [crossover, saturation] = [CROSSOVER, SATURATION].map(|k| parameters[k]);
        match self.picture {
            Picture::Droplets => {
                let law = &self.pictures.law;
                [law.susceptibility_prefactor * crossover, law.saturation(crossover, saturation)]
            }
            _ => [crossover, saturation],
        }
    }

    fn value(&self, table: Table, temperature: f64, parameters: &[f64]) -> f64 {
        let [curie, saturation] = self.temperatures(parameters);
        match table {
            Table::Susceptibilities => parameters[SUSCEPTIBILITY] * (1.0 + curie / temperature),
            Table::Rates => {
                parameters[SLOPE] * (temperature + saturation)
                    + parameters[QUADRATIC] * temperature * temperature
            }
        }
    }
}

impl Model for CrossoverModel {
    fn residuals(&self) -> usize {
        self.pictures.data.len()
    }

    fn evaluate(&self, parameters: &[f64], residuals: &mut [f64]) {
        for ((table, point), out) in self.pictures.data.all().zip(residuals) {
            let fitted = self.value(table, point.temperature, parameters);
            *out = (point.value - fitted) / point.standard_error;
        }
    }
}

/// A fit in one picture: parameters in the order [`SUSCEPTIBILITY`], [`CROSSOVER`], [`SLOPE`], [`SATURATION`], [`QUADRATIC`], residuals of all susceptibilities, then of all rates. c_4 is
/// positive, which decides about the [posterior](PictureFit::posterior).
pub type CrossoverFit = PictureFit<Picture, CrossoverModel>;

impl CrossoverFit {
    /// T_chi, or T* of droplets, in K.
    pub fn crossover(&self) -> Estimated {
        self.estimate(CROSSOVER)
    }

    /// T_chi and T_tau, in K.
    pub fn temperatures(&self) -> [f64; 2] {
        self.model.temperatures(&self.fit.values)
    }

    /// The fitted susceptibility, or the fitted rate in K, at a temperature in K.
    pub fn value(&self, table: Table, temperature: f64) -> f64 {
        self.model.value(table, temperature, &self.fit.values)
    }
}

/// Why a sample cannot be fitted.
pub type FitError = fits::FitError<Table>;

#[cfg(test)]
mod tests;
