//! The kind `noise`: currents through a lattice conductor and their fluctuations, averaged over disorder.
//!
//! * [`point`]: a point of the sweep made ready: conductor, reservoirs, cost;
//! * [`sample`]: one realisation, from on-site energies to currents, correlators and transmission eigenvalues;
//! * [`theory`]: what results are compared with;
//! * [`analysis`]: means over samples, Fano factors and eigenvalue densities, with errors;
//! * [`long_wire`]: Fano factors of wires of several lengths, extrapolated;
//! * [`task`]: the study as a task.

mod analysis;
mod long_wire;
mod point;
mod sample;
mod task;
mod theory;

pub(crate) use point::conductors;
pub(crate) use task::NoiseTask;
