//! The kind `spin-fluctuations`: ensembles of microscopic models of a dirty two-dimensional metal, against the theory of its spin droplets.
//!
//! * [`potential`]: fluctuations of the grand potential in a field: how many rings of diffusons there are;
//! * [`experiment`]: the non-local susceptibility, and the distribution of the lowest eigenvalue of F_1, with the statistics of [`tail`], told by [`verdict`];
//! * [`droplets`]: self-consistent droplets;
//! * [`model`]: the model of a point, and what is known of it;
//! * [`question`]: what the three have in common; [`task`]: the study as a task.

mod droplets;
mod experiment;
mod model;
mod potential;
mod question;
mod tail;
mod task;
mod verdict;

pub(crate) use task::SpinFluctuationsTask;
