//! The kind `local-heat`: local Peltier heat of a disordered conductor, averaged over disorder.
//!
//! * [`point`]: a point of the sweep made ready: conductor, energies, probes; and the checks that need the lead modes;
//! * [`sample`]: one sample, from on-site energies to fields;
//! * [`geometry`]: interior, averaging boxes and distances on the grid of sites;
//! * [`pairs`]: correlations: products of a field at pairs of sites, by distance;
//! * [`analysis`]: from the fields of many samples to derived quantities with errors;
//! * [`record`]: names, units and words of all arrays.

mod analysis;
mod geometry;
mod pairs;
mod point;
mod record;
mod sample;
mod task;

pub(crate) use point::conductors;
pub(crate) use task::LocalHeatTask;
