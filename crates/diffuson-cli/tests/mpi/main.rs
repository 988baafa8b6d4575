//! The program over the ranks of `mpirun`, on Linux: `cargo test --release -p diffuson-cli --features mpi --test mpi`.
#![cfg(target_os = "linux")]

mod bits;
mod kills;
mod launcher;
mod talk;
#[path = "../it/workshop.rs"]
#[allow(dead_code, reason = "the other tests of the program need more of it")]
mod workshop;
