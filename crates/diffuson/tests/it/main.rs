//! Physics tested by physics: reference values, closed forms, and the identities every solver must obey.

mod closed_forms;
mod computed;
mod conformance;
mod defect_pairs;
mod golden;
mod joint;
mod kinetics;
mod leads;
mod lyapunov;
mod mobility_edge;
mod network;
mod noise;
mod number;
mod point_scatterers;
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
