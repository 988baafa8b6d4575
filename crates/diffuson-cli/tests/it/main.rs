//! The real program, from its command line to its files.

mod bad_input;
mod fit;
mod help;
mod hostile;
mod kill_resume;
mod large;
mod run_show;
mod shards;
mod surroundings;
mod workshop;
mod xarray;
