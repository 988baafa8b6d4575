//! Fluctuations of currents and of particle numbers.

pub mod number;
