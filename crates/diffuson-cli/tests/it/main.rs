//! The real program, from its command line to its files.

mod bad_input;
mod fit;
mod help;
mod hostile;
mod kill_resume;
mod run_show;
mod surroundings;
mod workshop;
mod xarray;
