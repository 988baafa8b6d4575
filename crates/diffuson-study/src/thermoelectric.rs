//! The kind `thermoelectric`: transport coefficients of a lattice conductor against temperature, averaged over disorder.
//!
//! * [`point`]: a point of the sweep made ready: conductor, window, cost; and the checks that need the lead modes;
//! * [`functions`]: transmissions as functions of energy, which the points of a gate sweep share;
//! * [`sample`]: one realisation, from on-site energies to coefficients at all temperatures;
//! * [`analysis`]: means, fluctuations and what follows from averaged Onsager coefficients, with errors;
//! * [`task`]: the study as a task.

mod analysis;
mod functions;
mod point;
mod sample;
mod task;

pub(crate) use point::conductors;
pub(crate) use task::ThermoelectricTask;
