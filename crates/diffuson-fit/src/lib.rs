//! Parameters from data: what a model and its data say about its parameters, without knowing any physics.
//!
//! | module | question it answers |
//! |---|---|
//! | [`parameter`] | what may vary, from where, between which bounds, with what known beforehand? |
//! | [`model`] | what is compared with the data: residuals, in standard errors |
//! | [`curve`] | curves through measured points, with errors in both axes |
//! | [`least_squares`] | which values are best, how sure are they, is the fit a good one? |
//! | [`profile`] | which values of one parameter do the data allow, whatever the others are? |
//! | [`posterior`] | what is the whole distribution of the parameters? Monte Carlo |
//! | [`bootstrap`] | how do the values scatter if the experiment is repeated? |
//!
//! All of them minimise or explore one function,
//!
//! ```text
//! chi^2(p) = sum_i r_i(p)^2 + sum_priors ((p_j - mean_j) / deviation_j)^2,        r_i = (y_i - f_i(p)) / sigma_i,
//! ```
//!
//! minus twice the logarithm of the likelihood of normal errors. Errors of the data must be known in absolute size: they set the errors
//! of the parameters, and the goodness of fit judges them. Nothing is rescaled behind the back; the ratio by which all errors would
//! have to grow is [`Fit::birge_ratio`](least_squares::Fit::birge_ratio).
//!
//! ```
//! use diffuson_fit::curve::{Curve, Measurement};
//! use diffuson_fit::least_squares::fit;
//! use diffuson_fit::parameter::Parameter;
//! use diffuson_fit::profile::{ONE_SIGMA, interval};
//!
//! // A decay measured at six times, each to 0.02.
//! let counts = [(0.0, 1.01), (1.0, 0.60), (2.0, 0.38), (3.0, 0.21), (4.0, 0.14), (5.0, 0.09)];
//! let data = counts.iter().map(|&(t, y)| Measurement::new(t, vec![(y, 0.02)])).collect();
//! let curve = Curve::new(data, |_: usize, t: f64, p: &[f64], y: &mut [f64]| y[0] = p[0] * (-t / p[1]).exp())?;
//! let fit = fit(&curve, &[Parameter::new("amplitude", "", 1.0), Parameter::positive("time", "s", 1.0)])?;
//! assert!((fit.values[1] - 2.0).abs() < 3.0 * fit.standard_errors[1] && fit.goodness > 0.1);
//! let time = interval(&curve, &fit, 1, ONE_SIGMA)?;
//! assert!(time.low < fit.values[1] && fit.values[1] < time.high);
//! # Ok::<(), diffuson_fit::Error>(())
//! ```

pub mod bootstrap;
pub mod curve;
pub mod least_squares;
pub mod model;
pub mod parameter;
pub mod posterior;
pub mod profile;

mod error;
mod goodness;
mod problem;
mod solver;

pub use error::Error;
pub use goodness::goodness_of_fit;
