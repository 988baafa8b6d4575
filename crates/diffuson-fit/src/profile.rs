//! Profile likelihood: chi^2 minimised over all other parameters, as a function of one.
//!
//! The values of a parameter at which that rises by 1 above the minimum bound its 68.3 % interval, by 3.84 its 95 % interval (Wilks 1938;
//! exact for linear models, and for nonlinear ones better than the standard error, because it does not depend on the coordinates
//! chosen). The interval need not be symmetric, and may have no end.

use crate::Error;
use crate::least_squares::Fit;
use crate::model::Model;
use crate::parameter::Scale;
use crate::problem::Problem;
use crate::solver::minimise;

/// Rise of chi^2 at the ends of a 68.27 % interval.
pub const ONE_SIGMA: f64 = 1.0;
/// Rise of chi^2 at the ends of a 95 % interval.
pub const NINETY_FIVE_PERCENT: f64 = 3.841_458_820_694_124;

/// The values of one parameter that the data allow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end; minus infinity if there is none.
    pub low: f64,
    /// Upper end; infinity if there is none.
    pub high: f64,
    /// What the lower and the upper end are.
    pub ends: [End; 2],
}

/// What the end of an interval is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// chi^2 has risen as far as asked for.
    Found,
    /// It has not, up to the bound of the parameter or the edge of where the model exists.
    Bound,
    /// It has not, however far the parameter was taken: the data set no limit on this side.
    Open,
}

/// One value of the parameter, with everything else at its best.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The value.
    pub value: f64,
    /// chi^2 there, above its minimum.
    pub rise: f64,
    /// All parameters there.
    pub parameters: Vec<f64>,
}

/// The interval of parameter `index` at whose ends chi^2 has risen by `rise` ([`ONE_SIGMA`], [`NINETY_FIVE_PERCENT`]), found by false
/// position in the square root of the rise, which is linear for a linear model, to 1e-6 of it.
///
/// # Errors
/// [`Error::NotFree`], [`Error::Setting`] for a rise that is not positive, [`Error::BetterMinimum`] if the fit was not the best one, or
/// what the solver says.
pub fn interval(model: &dyn Model, fit: &Fit, index: usize, rise: f64) -> Result<Interval, Error> {
    if !(rise > 0.0 && rise.is_finite()) {
        return Err(Error::Setting { name: "the rise of chi^2", what: "positive", given: rise });
    }
    let (low, at_low) = end(model, fit, index, rise.sqrt(), -1.0)?;
    let (high, at_high) = end(model, fit, index, rise.sqrt(), 1.0)?;
    Ok(Interval { low, high, ends: [at_low, at_high] })
}

/// The profile of parameter `index` at the given values, for a plot.
///
/// # Errors
/// As [`interval`]; also if the model does not exist at one of the values.
pub fn scan(model: &dyn Model, fit: &Fit, index: usize, values: &[f64]) -> Result<Vec<Point>, Error> {
    let mut profile = Profile::new(model, fit, index)?;
    values
        .iter()
        .map(|&value| {
            let rise = profile.rise(value)?;
            Ok(Point { value, rise, parameters: profile.problem.values(&profile.others) })
        })
        .collect()
}

struct Profile<'m> {
    problem: Problem<'m>,
    index: usize,
    minimum: f64,
    /// Coordinates of the others where chi^2 was minimised last.
    others: Vec<f64>,
}

impl<'m> Profile<'m> {
    fn new(model: &'m dyn Model, fit: &Fit, index: usize) -> Result<Self, Error> {
        if !fit.parameters.get(index).is_some_and(|p| p.free) {
            return Err(Error::NotFree { index });
        }
        let mut problem = Problem::new(model, &fit.restart())?;
        problem.hold(index, fit.values[index]);
        let others = problem.start();
        Ok(Self { problem, index, minimum: fit.chi_squared, others })
    }

    /// How far chi^2 is above its minimum with the parameter held at `value`.
    fn rise(&mut self, value: f64) -> Result<f64, Error> {
        self.problem.hold(self.index, value);
        let found = minimise(&self.problem, &self.others)?;
        self.others = found.coordinates;
        let rise = found.chi_squared - self.minimum;
        // the minimum itself is known to some 1e-8
        if rise < -1e-6 * (1.0 + self.minimum) {
            return Err(Error::BetterMinimum {
                minimum: self.minimum,
                found: found.chi_squared,
                parameters: self.problem.named(&self.problem.values(&self.others)),
            });
        }
        Ok(rise.max(0.0))
    }
}

/// One end: steps outwards until the root of the rise exceeds `target`, then false position.
fn end(model: &dyn Model, fit: &Fit, index: usize, target: f64, side: f64) -> Result<(f64, End), Error> {
    let mut profile = Profile::new(model, fit, index)?;
    let parameter = &fit.parameters[index];
    let best = parameter.coordinate(fit.values[index]);
    let bound = parameter.coordinate_bounds()[usize::from(side > 0.0)];
    // a model that does not exist is a wall
    let mut root = |coordinate: f64| match profile.rise(parameter.value(coordinate)) {
        Ok(rise) => Ok(rise.sqrt()),
        Err(Error::NotFinite { .. }) => Ok(f64::INFINITY),
        Err(e) => Err(e),
    };
    let error = fit.standard_errors[index] / parameter.stretch(fit.values[index]);
    let first = if error > 0.0 && error.is_finite() { error } else { 0.1 * parameter.natural_length(best) };
    // beyond this no experiment could tell: 13 decades, or a million standard errors
    let reach = match parameter.scale {
        Scale::Linear => 1e6 * target * first,
        Scale::Logarithmic => (3.0 * target * first).max(30.0),
    };
    let (mut inner, mut at_inner) = (best, 0.0);
    let (mut outer, mut at_outer) = (best, 0.0);
    let mut step = target * first;
    while step <= reach {
        let next = best + side * step;
        outer = if side * (bound - next) < 0.0 { bound } else { next };
        if outer == best {
            return Ok((parameter.value(bound), End::Bound));
        }
        at_outer = root(outer)?;
        if at_outer >= target {
            break;
        }
        if outer == bound {
            return Ok((parameter.value(bound), End::Bound));
        }
        (inner, at_inner) = (outer, at_outer);
        // where a straight line would reach it and a little further, at most four times as far
        step *= (1.1 * target / at_outer).clamp(1.2, 4.0);
    }
    if at_outer < target {
        return Ok((parameter.value(side * f64::INFINITY), End::Open));
    }
    let (mut low, mut high) = (at_inner - target, at_outer - target);
    for _ in 0..200 {
        let middle = if high.is_finite() {
            (inner * high - outer * low) / (high - low)
        } else {
            0.5 * (inner + outer)
        };
        let at = root(middle)? - target;
        if at.abs() <= 1e-6 * target {
            return Ok((parameter.value(middle), End::Found));
        }
        // Illinois: an end that stays is believed half as much
        if at < 0.0 {
            (inner, low, high) = (middle, at, if high.is_finite() { 0.5 * high } else { high });
        } else {
            (outer, high, low) = (middle, at, 0.5 * low);
        }
        if (outer - inner).abs() <= 1e-12 * (outer - best).abs() {
            break;
        }
    }
    let end = if high.is_finite() { End::Found } else { End::Bound };
    Ok((parameter.value(inner), end))
}
