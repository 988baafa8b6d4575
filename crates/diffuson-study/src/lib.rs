//! diffuson-study
