//! What may vary in a fit.

use crate::Error;

/// A parameter of a model: name, unit, where it starts, where it may go, and what is known of it beforehand.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) start: f64,
    pub(crate) bounds: [f64; 2],
    pub(crate) scale: Scale,
    pub(crate) prior: Option<Prior>,
    pub(crate) free: bool,
}

/// The coordinate in which a parameter is varied: steps, bounds and the flat part of the posterior's prior are uniform in it. Values and
/// errors are always reported in the parameter itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// The parameter.
    Linear,
    /// Its logarithm: it stays positive.
    Logarithmic,
}

/// What is known beforehand: a normal distribution of the parameter, which enters chi^2 as one more measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation.
    pub deviation: f64,
}

impl Parameter {
    /// A free parameter without bounds that starts at `start`.
    pub fn new(name: impl Into<String>, unit: impl Into<String>, start: f64) -> Self {
        Self {
            name: name.into(),
            unit: unit.into(),
            start,
            bounds: [f64::NEG_INFINITY, f64::INFINITY],
            scale: Scale::Linear,
            prior: None,
            free: true,
        }
    }

    /// A positive parameter, varied in its logarithm.
    pub fn positive(name: impl Into<String>, unit: impl Into<String>, start: f64) -> Self {
        Self { scale: Scale::Logarithmic, bounds: [0.0, f64::INFINITY], ..Self::new(name, unit, start) }
    }

    /// The same, kept between two bounds (either may be infinite).
    pub fn between(self, low: f64, high: f64) -> Self {
        Self { bounds: [low, high], ..self }
    }

    /// The same, known beforehand to be `mean` up to a standard error `deviation` (a geometry factor of 1.0 with 0.1).
    pub fn known(self, mean: f64, deviation: f64) -> Self {
        Self { prior: Some(Prior { mean, deviation }), ..self }
    }

    /// The same, held where it starts.
    pub fn fixed(self) -> Self {
        Self { free: false, ..self }
    }

    /// The same, from another start.
    pub fn starting_at(self, start: f64) -> Self {
        Self { start, ..self }
    }

    /// Name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Unit, for tables.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// Where it starts, or is held.
    pub fn start(&self) -> f64 {
        self.start
    }

    /// Lowest and highest value allowed.
    pub fn bounds(&self) -> [f64; 2] {
        self.bounds
    }

    /// What is known beforehand.
    pub fn prior(&self) -> Option<Prior> {
        self.prior
    }

    /// Whether it varies.
    pub fn is_free(&self) -> bool {
        self.free
    }

    pub(crate) fn validate(&self) -> Result<(), Error> {
        let [low, high] = self.bounds;
        let refuse = |what, given| Err(Error::Parameter { name: self.name.clone(), what, given });
        let positive = self.scale == Scale::Logarithmic;
        if !self.start.is_finite() || positive && !(self.start > 0.0) {
            return refuse(
                if positive { "must start at a positive number" } else { "must start at a number" },
                self.start,
            );
        }
        if !(low < high) || positive && low < 0.0 {
            return refuse(
                "the lower bound must be below the upper one (and not negative for a positive parameter)",
                low,
            );
        }
        if self.free && !(low <= self.start && self.start <= high) {
            return refuse("must start within its bounds", self.start);
        }
        match self.prior {
            Some(p) if !p.mean.is_finite() => refuse("the mean of the prior must be a number", p.mean),
            Some(p) if !(p.deviation > 0.0 && p.deviation.is_finite()) => {
                refuse("the deviation of the prior must be positive", p.deviation)
            }
            _ => Ok(()),
        }
    }

    /// The coordinate that is varied.
    pub(crate) fn coordinate(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => value,
            Scale::Logarithmic => value.ln(),
        }
    }

    pub(crate) fn value(&self, coordinate: f64) -> f64 {
        match self.scale {
            Scale::Linear => coordinate,
            // the value at a bound is the bound: exp(ln) may round past it
            Scale::Logarithmic => coordinate.exp().clamp(self.bounds[0], self.bounds[1]),
        }
    }

    /// d value / d coordinate.
    pub(crate) fn stretch(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => 1.0,
            Scale::Logarithmic => value,
        }
    }

    /// Bounds of the coordinate.
    pub(crate) fn coordinate_bounds(&self) -> [f64; 2] {
        self.bounds.map(|b| self.coordinate(b))
    }

    /// A length over which the coordinate may be expected to matter, for numerical derivatives: its size, but not less than a thousandth of
    /// where it started (of its prior's deviation, or of 1, if it started at zero).
    pub(crate) fn natural_length(&self, coordinate: f64) -> f64 {
        if self.scale == Scale::Logarithmic {
            return 1.0;
        }
        let first =
            if self.start == 0.0 { self.prior.map_or(1.0, |p| p.deviation) } else { self.start.abs() };
        coordinate.abs().max(1e-3 * first)
    }
}
