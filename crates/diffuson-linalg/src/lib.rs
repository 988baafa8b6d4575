//! diffuson-linalg
