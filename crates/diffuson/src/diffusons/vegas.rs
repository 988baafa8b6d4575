//! Adaptive Monte Carlo integration.
