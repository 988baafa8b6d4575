//! The kind `defect-dynamics`: mobile defects of a point contact that interact, averaged over contacts.
//!
//! * [`sample`]: one contact, from places to energies, conductances, traces and spectra;
//! * [`analysis`]: means over contacts, with errors;
//! * [`task`]: the study as a task.

mod analysis;
mod sample;
mod task;

pub(crate) use task::DefectDynamicsTask;
