//! The pure numbers gamma, alpha and beta of Eqs. 48 and 49, and their conventions.
