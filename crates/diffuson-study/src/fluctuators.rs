//! The kind `fluctuators`: a defect that moves among other scatterers in a point contact, averaged over their places.
//!
//! * [`point`]: a point of the sweep made ready: the contact, how scatterers are placed in it, cost;
//! * [`lattice`]: the contact on a lattice, and places in it;
//! * [`sample`]: one arrangement, from places to energies and conductances of all positions; shared by points that differ only in what occupies them;
//! * [`statistics`]: whether energy and conductance belong together;
//! * [`curves`]: what occupying the positions does to the conductance;
//! * [`crossing`]: the phase shift where the correlation ends;
//! * [`task`]: the study as a task.

mod crossing;
mod curves;
mod lattice;
mod point;
mod sample;
mod statistics;
mod task;

pub(crate) use task::FluctuatorsTask;
