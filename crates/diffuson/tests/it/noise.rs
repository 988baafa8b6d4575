//! Noise against the trace formula it comes from, closed forms, reference values, and the identities every noise obeys.

mod closed_forms;
mod constant;
mod ensembles;
mod probed_conductors;
mod probes;
mod ring;
mod spectral;
