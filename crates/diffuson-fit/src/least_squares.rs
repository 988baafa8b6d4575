//! Weighted nonlinear least squares: best values, their covariance, and whether the fit is a good one.

use crate::Error;
use crate::goodness::goodness_of_fit;
use crate::model::Model;
use crate::parameter::Parameter;
use crate::problem::Problem;
use crate::solver::{Minimum, minimise};
use diffuson_linalg::eigen;

/// The parameters that fit best, with their errors.
#[derive(Clone, Debug)]
pub struct Fit {
    /// The parameters, as they were given.
    pub parameters: Vec<Parameter>,
    /// Best values, of fixed parameters the given ones.
    pub values: Vec<f64>,
    /// Standard errors `sqrt(C_jj)`: 0 for a fixed parameter, infinite for one that the data leave undetermined, NaN for one at a bound.
    pub standard_errors: Vec<f64>,
    /// Covariance `C = (J^T J)^-1` of the values, row by row, J the derivatives of residuals and priors at the minimum. Rows of fixed
    /// parameters are zero; those of undetermined ones and of those at a bound NaN off the diagonal.
    pub covariance: Vec<f64>,
    /// Minimum of chi^2, priors included.
    pub chi_squared: f64,
    /// Residuals and priors, less free parameters and eliminated unknowns.
    pub degrees_of_freedom: usize,
    /// Probability of a larger chi^2: see [`goodness_of_fit`].
    pub goodness: f64,
    /// Residuals of the model at the minimum, in standard errors.
    pub residuals: Vec<f64>,
    /// Whether this is a minimum: what a Newton step would still gain, `g^T C g` with `g = J^T r`, is below 1e-8 of chi^2 (or 1e-12).
    pub converged: bool,
    /// Steps of the solver.
    pub iterations: usize,
    /// Evaluations of chi^2, those for derivatives left out.
    pub evaluations: usize,
    /// Condition number of J with columns of unit length; 1 if all parameters are independent.
    pub condition: f64,
    /// What the reader must know.
    pub warnings: Vec<Warning>,
}

/// What the reader of a fit must know.
#[derive(Clone, Debug, PartialEq)]
pub enum Warning {
    /// The search ended before a minimum was found.
    NotConverged,
    /// The data do not determine these parameters one by one, only combinations of them (or not at all).
    Undetermined {
        /// Their numbers.
        parameters: Vec<usize>,
        /// Condition number of J with columns of unit length.
        condition: f64,
    },
    /// The fit is best at a bound of this parameter, and would be better beyond. Errors of the others are those with it held there.
    AtBound {
        /// Its number.
        parameter: usize,
    },
}

/// Above this condition number of J, `J^T J` is singular to rounding (1e14 of 1/epsilon = 4e15).
const SINGULAR: f64 = 1e7;

/// Minimises chi^2 from where the parameters start.
///
/// Levenberg's and Marquardt's method finds a local minimum: start near the right one, and look at [`Fit::goodness`].
///
/// # Errors
/// [`Error`] if a parameter is not valid, if there are fewer residuals than free parameters, or if the model is not finite at the start
/// or its derivatives are not where they are needed.
pub fn fit(model: &dyn Model, parameters: &[Parameter]) -> Result<Fit, Error> {
    let problem = Problem::new(model, parameters)?;
    let minimum = minimise(&problem, &problem.start())?;
    assess(&problem, minimum)
}

/// A place in the space of the free parameters, and how chi^2 looks from there.
struct View {
    gradient: Vec<f64>,
    /// Parameters that would leave their bounds if they could.
    held: Vec<bool>,
    /// The others, by number among the free ones.
    varied: Vec<usize>,
    information: Information,
    /// What a Newton step of the others would take off chi^2.
    gain: f64,
}

impl View {
    fn new(problem: &Problem, minimum: &Minimum) -> Result<Self, Error> {
        let rows = problem.rows();
        let mut jacobian = vec![0.0; rows * problem.free.len()];
        problem.jacobian(&minimum.coordinates, &mut jacobian);
        let columns: Vec<&[f64]> = jacobian.chunks_exact(rows).collect();
        if let Some(k) = columns.iter().position(|c| !dot(c, c).is_finite()) {
            let what = format!(
                "a derivative, or its square, with respect to {}",
                problem.parameters[problem.free[k]].name()
            );
            return Err(Error::NotFinite {
                what,
                parameters: problem.named(&problem.values(&minimum.coordinates)),
            });
        }
        let gradient: Vec<f64> = columns.iter().map(|c| dot(c, &minimum.residuals)).collect();
        let held: Vec<bool> = (0..columns.len())
            .map(|k| {
                let [low, high] = problem.parameters[problem.free[k]].coordinate_bounds();
                let u = minimum.coordinates[k];
                u <= low && gradient[k] >= 0.0 || u >= high && gradient[k] <= 0.0
            })
            .collect();
        let varied: Vec<usize> = (0..columns.len()).filter(|&k| !held[k]).collect();
        let information = Information::new(&varied.iter().map(|&k| columns[k]).collect::<Vec<_>>());
        let step = information.apply(&varied.iter().map(|&k| gradient[k]).collect::<Vec<_>>());
        let gain = varied.iter().zip(&step).map(|(&k, s)| gradient[k] * s).sum();
        Ok(Self { gradient, held, varied, information, gain })
    }

    /// Gauss and Newton's step; none if it would leave the bounds.
    fn step(&self, problem: &Problem, coordinates: &[f64]) -> Option<Vec<f64>> {
        let mut next = coordinates.to_vec();
        let step = self.information.apply(&self.varied.iter().map(|&k| self.gradient[k]).collect::<Vec<_>>());
        self.varied.iter().zip(step).for_each(|(&k, s)| next[k] -= s);
        let inside = problem.free.iter().zip(&next).all(|(&j, u)| {
            let [low, high] = problem.parameters[j].coordinate_bounds();
            low <= *u && *u <= high
        });
        inside.then_some(next)
    }
}

/// Last steps: the solver stops when chi^2 no longer falls visibly, which leaves values to the root of that, some 1e-8 standard errors.
/// Undetermined directions are left alone.
fn polish(problem: &Problem, minimum: &mut Minimum) -> Result<View, Error> {
    let mut view = View::new(problem, minimum)?;
    let mut residuals = vec![0.0; problem.rows()];
    for _ in 0..50 {
        let small = 1e-10 * (minimum.chi_squared + 1e-10);
        if view.gain > small || view.gain < 1e-20 * minimum.chi_squared {
            break;
        }
        let Some(next) = view.step(problem, &minimum.coordinates) else { break };
        let chi_squared = problem.residuals(&next, &mut residuals);
        minimum.evaluations += 1;
        // by less than this chi^2 may rise: rounding of the residuals
        if !(chi_squared <= minimum.chi_squared + small) {
            break;
        }
        minimum.coordinates = next;
        minimum.chi_squared = chi_squared;
        minimum.residuals.copy_from_slice(&residuals);
        let before = view.gain;
        view = View::new(problem, minimum)?;
        if !(view.gain < 0.9 * before) {
            break; // rounding
        }
    }
    Ok(view)
}

/// Everything that follows from a minimum.
fn assess(problem: &Problem, mut minimum: Minimum) -> Result<Fit, Error> {
    let View { held, varied, information, gain, .. } = polish(problem, &mut minimum)?;
    let n = problem.parameters.len();
    let values = problem.values(&minimum.coordinates);

    let mut covariance = vec![0.0; n * n];
    let slope = |k: usize| problem.parameters[problem.free[k]].stretch(values[problem.free[k]]);
    for (a, &k) in varied.iter().enumerate() {
        for (b, &l) in varied.iter().enumerate() {
            let c = information.covariance(a, b);
            covariance[problem.free[k] * n + problem.free[l]] =
                if c.is_infinite() { c } else { slope(k) * slope(l) * c };
        }
    }
    let mut warnings = Vec::new();
    for k in (0..held.len()).filter(|&k| held[k]) {
        let j = problem.free[k];
        (0..n).for_each(|i| {
            if problem.parameters[i].free {
                covariance[i * n + j] = f64::NAN;
                covariance[j * n + i] = f64::NAN;
            }
        });
        warnings.push(Warning::AtBound { parameter: j });
    }
    let undetermined: Vec<usize> = varied
        .iter()
        .enumerate()
        .filter(|&(a, _)| information.covariance(a, a).is_infinite())
        .map(|(_, &k)| problem.free[k])
        .collect();
    if !undetermined.is_empty() {
        warnings.push(Warning::Undetermined { parameters: undetermined, condition: information.condition });
    }
    let converged = minimum.settled && gain <= 1e-12 + 1e-8 * minimum.chi_squared;
    if !converged {
        warnings.push(Warning::NotConverged);
    }
    let degrees_of_freedom = problem.degrees_of_freedom();
    Ok(Fit {
        standard_errors: (0..n).map(|j| covariance[j * n + j].sqrt()).collect(),
        parameters: problem.parameters.clone(),
        values,
        covariance,
        chi_squared: minimum.chi_squared,
        degrees_of_freedom,
        goodness: goodness_of_fit(minimum.chi_squared, degrees_of_freedom),
        residuals: minimum.residuals[..problem.model.residuals()].to_vec(),
        converged,
        iterations: minimum.iterations,
        evaluations: minimum.evaluations,
        condition: information.condition,
        warnings,
    })
}

impl Fit {
    /// The number of the parameter of that name.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.parameters.iter().position(|p| p.name == name)
    }

    /// Covariance of two values.
    pub fn covariance(&self, i: usize, j: usize) -> f64 {
        self.covariance[i * self.values.len() + j]
    }

    /// Correlation of two values, in [-1, 1]; NaN where one has no finite error, or is fixed.
    pub fn correlation(&self, i: usize, j: usize) -> f64 {
        self.covariance(i, j) / (self.standard_errors[i] * self.standard_errors[j])
    }

    /// `sqrt(chi^2 / dof)`: the factor by which all stated errors would have to grow to make the fit an average one (Birge 1932). NaN
    /// without degrees of freedom.
    pub fn birge_ratio(&self) -> f64 {
        match self.degrees_of_freedom {
            0 => f64::NAN,
            dof => (self.chi_squared / dof as f64).sqrt(),
        }
    }

    /// The parameters, starting at the best values.
    pub fn restart(&self) -> Vec<Parameter> {
        self.parameters.iter().zip(&self.values).map(|(p, &v)| p.clone().starting_at(v)).collect()
    }
}

/// The inverse of `J^T J`, through the eigenvalues of it with columns of unit length.
struct Information {
    lengths: Vec<f64>,
    values: Vec<f64>,
    vectors: Vec<f64>,
    condition: f64,
    /// Smallest eigenvalue that counts.
    floor: f64,
}

impl Information {
    fn new(columns: &[&[f64]]) -> Self {
        let n = columns.len();
        let lengths: Vec<f64> = columns.iter().map(|c| dot(c, c).sqrt()).collect();
        let mut scaled = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..=i {
                // a column of zeros is a parameter without effect: an eigenvalue of zero
                let some = lengths[i] > 0.0 && lengths[j] > 0.0;
                let entry = if some { dot(columns[i], columns[j]) / lengths[i] / lengths[j] } else { 0.0 };
                (scaled[i * n + j], scaled[j * n + i]) = (entry, entry);
            }
        }
        let eigen = eigen::symmetric(&scaled, n).expect("finite entries, of modulus at most one");
        let largest = eigen.values.last().copied().unwrap_or(1.0);
        let smallest = eigen.values.first().copied().unwrap_or(1.0);
        let condition = if smallest > 0.0 { (largest / smallest).sqrt() } else { f64::INFINITY };
        Self {
            lengths,
            floor: largest / (SINGULAR * SINGULAR),
            condition,
            values: eigen.values,
            vectors: eigen.vectors,
        }
    }

    /// Entry of the covariance; infinite on the diagonal of what is undetermined, NaN elsewhere in its rows.
    fn covariance(&self, i: usize, j: usize) -> f64 {
        let n = self.lengths.len();
        let loose = |i: usize| {
            // a null vector has unit length: an entry of less than 1e-6 of it is rounding
            (0..n).any(|k| !(self.values[k] > self.floor) && self.vectors[k * n + i].abs() > 1e-6)
        };
        if loose(i) || loose(j) {
            return if i == j { f64::INFINITY } else { f64::NAN };
        }
        let sum: f64 = (0..n)
            .filter(|&k| self.values[k] > self.floor)
            .map(|k| self.vectors[k * n + i] * self.vectors[k * n + j] / self.values[k])
            .sum();
        sum / (self.lengths[i] * self.lengths[j])
    }

    /// `(J^T J)^-1 g` in the directions that are determined.
    fn apply(&self, g: &[f64]) -> Vec<f64> {
        let n = self.lengths.len();
        let inverse = |l: f64| if l > 0.0 { 1.0 / l } else { 0.0 };
        let scaled: Vec<f64> = g.iter().zip(&self.lengths).map(|(g, l)| g * inverse(*l)).collect();
        let mut out = vec![0.0; n];
        for k in (0..n).filter(|&k| self.values[k] > self.floor) {
            let vector = &self.vectors[k * n..(k + 1) * n];
            let part = dot(vector, &scaled) / self.values[k];
            out.iter_mut().zip(vector).for_each(|(o, v)| *o += part * v);
        }
        out.iter_mut().zip(&self.lengths).for_each(|(o, l)| *o *= inverse(*l));
        out
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
