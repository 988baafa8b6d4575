//! Physics tested by physics: reference values, closed forms, and the identities every solver must obey.

mod closed_forms;
mod computed;
mod conformance;
mod golden;
mod interacting_defects;
mod joint;
mod kinetics;
mod leads;
mod lyapunov;
mod mobility_edge;
mod network;
mod noise;
mod number;
mod scaling;
mod single;
mod smatrix;
mod systems;
mod thermal;
mod thermal_conductors;
mod thermodynamics;
mod trajectory;
mod truncated;
mod unitary;
mod work;
