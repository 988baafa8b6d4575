//! diffuson-ensemble
