//! diffuson-store
