//! The kind `scaling`: the Anderson transition of a lattice by finite-size scaling.
//!
//! * [`sample`]: one bar or one cube;
//! * [`analysis`]: from all samples to estimates, and from these to mobility edge and exponents;
//! * [`families`]: which points are fitted together, and the fits;
//! * [`arrays`]: the fits as arrays of the record;
//! * [`literature`]: what the literature says;
//! * [`transport`]: thermopower from the conductivity that was computed;
//! * [`task`]: the study as a task.

mod analysis;
mod arrays;
mod families;
mod literature;
mod sample;
mod task;
mod transport;

pub(crate) use task::ScalingTask;
