//! diffuson
