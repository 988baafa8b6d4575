//! The scheduler's promises, on the threads of one process and over ranks.

mod memory;
mod ranks;
mod threads;
