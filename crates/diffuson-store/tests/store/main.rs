//! The record from outside: what goes in comes out, whatever happens in between.

mod damage;
mod merge;
mod processes;
mod refusals;
mod repair;
mod resume;
mod round_trip;
mod run;
mod xarray;
mod zarrs;
