//! Ensembles of disordered samples: what can be said about many samples without knowing any physics.
//!
//! | module | question it answers |
//! |---|---|
//! | [`random`] | which disorder does sample `n` have? A pure function of (seed, sample, site, stream) |
//! | [`schedule`] | which sample runs where and when, what is kept if the run is cut short, when is it enough? |
//! | [`statistics`] | what follows from the samples: means, standard errors, derived quantities, exponents |
//!
//! Together they carry one promise: the same study, seed and version give the same bits, whatever the number of
//! threads and ranks, and whether or not the run was interrupted. Randomness is addressed and never drawn in sequence; results
//! are keyed by (point, sample) and never by order of arrival; sums always run in the order of the samples.
//!
//! ```
//! use diffuson_ensemble::random::Realisation;
//! use diffuson_ensemble::statistics::jackknife;
//!
//! // Forty samples of a "conductor" of ten sites; each yields the sufficient statistics (a, b) of a ratio.
//! let samples: Vec<Vec<f64>> = (0..40)
//!     .map(|n| {
//!         let mut disorder = vec![0.0; 10];
//!         Realisation::new(1992, n).fill_uniform(0, &mut disorder);
//!         vec![disorder.iter().map(|e| e * e).sum(), disorder.iter().sum()]
//!     })
//!     .collect();
//! let ratio = jackknife(&samples, |mean| vec![mean[0] / mean[1]])?.estimates()[0];
//! assert!((ratio.value - 2.0 / 3.0).abs() < 5.0 * ratio.standard_error);
//! println!("{ratio}"); // for example 0.66(1)
//! # Ok::<(), diffuson_ensemble::statistics::Error>(())
//! ```

pub mod random;
pub mod schedule;
pub mod statistics;
