//! The minimiser: Levenberg and Marquardt's method as in MINPACK (More 1978), with bounds that parameters are held at while the gradient
//! points outwards, from the crate `rmpfit`, named nowhere else.

use crate::Error;
use crate::problem::Problem;
use rmpfit::{MPConfig, MPError, MPFitter, MPMaxFev, MPPar, MPResult, MPSide, MPSuccess};

/// A minimum, or where the search ended.
pub(crate) struct Minimum {
    pub(crate) coordinates: Vec<f64>,
    pub(crate) residuals: Vec<f64>,
    pub(crate) chi_squared: f64,
    pub(crate) iterations: usize,
    pub(crate) evaluations: usize,
    /// Whether the solver saw itself converge.
    pub(crate) settled: bool,
}

const ITERATIONS: usize = 500;

/// Minimises chi^2 from `start` (coordinates of the free parameters).
pub(crate) fn minimise(problem: &Problem, start: &[f64]) -> Result<Minimum, Error> {
    let mut residuals = vec![0.0; problem.rows()];
    let first = problem.residuals(start, &mut residuals);
    if !first.is_finite() {
        return Err(not_finite(problem, start, &residuals));
    }
    if start.is_empty() {
        let (coordinates, chi_squared) = (Vec::new(), first);
        return Ok(Minimum {
            coordinates,
            residuals,
            chi_squared,
            iterations: 0,
            evaluations: 1,
            settled: true,
        });
    }
    let mut fitter = Fitter {
        problem,
        bounds: problem.free.iter().map(|&j| bounds(problem.parameters[j].coordinate_bounds())).collect(),
        // rounding ends the search: convergence is judged by what is left to gain, not by the last step
        config: MPConfig {
            ftol: 1e-15,
            xtol: 1e-14,
            gtol: 1e-15,
            max_iter: ITERATIONS,
            max_fev: MPMaxFev::Limited(10 * ITERATIONS),
            ..MPConfig::new()
        },
        evaluations: 1,
    };
    let mut coordinates = start.to_vec();
    let status = fitter.mpfit(&mut coordinates);
    let evaluations = fitter.evaluations;
    let chi_squared = problem.residuals(&coordinates, &mut residuals);
    match status {
        Ok(s) => {
            let settled = !matches!(s.success, MPSuccess::NotDone | MPSuccess::MaxIter);
            Ok(Minimum { coordinates, residuals, chi_squared, iterations: s.n_iter, evaluations, settled })
        }
        Err(MPError::Nan) => Err(Error::NotFinite {
            what: "a derivative".to_owned(),
            parameters: problem.named(&problem.values(&coordinates)),
        }),
        Err(e) => Err(Error::Solver {
            reason: reason(&e),
            parameters: problem.named(&problem.values(&coordinates)),
        }),
    }
}

/// Which residual is not finite, and where.
fn not_finite(problem: &Problem, coordinates: &[f64], residuals: &[f64]) -> Error {
    let first = residuals.iter().position(|r| !r.is_finite());
    let what = match first {
        Some(i) => format!("residual {i} is {}", residuals[i]),
        None => "chi^2 overflows".to_owned(),
    };
    Error::NotFinite { what, parameters: problem.named(&problem.values(coordinates)) }
}

fn reason(error: &MPError) -> &'static str {
    match error {
        MPError::Input => "improper input",
        MPError::Nan => "a derivative is not finite",
        MPError::Empty => "no residuals",
        MPError::NoFree => "no free parameters",
        MPError::InitBounds | MPError::Bounds => "the start is outside the bounds",
        MPError::DoF => "fewer residuals than parameters",
        MPError::Eval => "the model failed",
    }
}

fn bounds([low, high]: [f64; 2]) -> MPPar {
    MPPar {
        limited_low: low > f64::NEG_INFINITY,
        limited_up: high < f64::INFINITY,
        limit_low: low,
        limit_up: high,
        side: MPSide::User,
        ..MPPar::new()
    }
}

struct Fitter<'p, 'm> {
    problem: &'p Problem<'m>,
    bounds: Vec<MPPar>,
    config: MPConfig,
    evaluations: usize,
}

impl MPFitter for Fitter<'_, '_> {
    fn eval(&mut self, coordinates: &[f64], residuals: &mut [f64]) -> MPResult<()> {
        self.evaluations += 1;
        if !self.problem.residuals(coordinates, residuals).is_finite() {
            residuals.fill(1e100); // worse than anything: the step is refused and shortened
        }
        Ok(())
    }

    fn jacobian(
        &mut self,
        coordinates: &[f64],
        residuals: &mut [f64],
        columns: &mut [Option<Vec<f64>>],
    ) -> MPResult<()> {
        let rows = residuals.len();
        let mut all = vec![0.0; rows * columns.len()];
        self.problem.jacobian(coordinates, &mut all);
        for (column, from) in columns.iter_mut().zip(all.chunks_exact(rows)) {
            if let Some(column) = column {
                column.copy_from_slice(from);
            }
        }
        Ok(())
    }

    fn number_of_points(&self) -> usize {
        self.problem.rows()
    }

    fn config(&self) -> &MPConfig {
        &self.config
    }

    fn parameters(&self) -> &[MPPar] {
        &self.bounds
    }
}
