//! diffuson-report
