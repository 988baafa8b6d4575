//! The kind `spin-fluctuations`: ensembles of microscopic models of a dirty two-dimensional metal, against the theory of its spin droplets.
//!
//! * [`potential`]: fluctuations of the grand potential in a field: how many rings of diffusons there are;
//! * [`experiment`]: the non-local susceptibility, and the distribution of the lowest eigenvalue of F_1; [`derived`] from it with the statistics of [`tail`], stored by [`arrays`] and told by [`verdict`];
//! * [`interaction`]: the same on two places and between them, and what it says of the diagrams;
//! * [`droplets`]: self-consistent droplets;
//! * [`model`]: the model of a point; [`theory`]: what is known of its fluctuations;
//! * [`question`]: what the four have in common; [`task`]: the study as a task.

mod arrays;
mod derived;
mod droplets;
mod experiment;
mod interaction;
mod model;
mod potential;
mod question;
mod tail;
mod task;
mod theory;
mod verdict;

pub(crate) use task::SpinFluctuationsTask;
