//! Two droplets: how the susceptibility between them is distributed (Eqs. 51 to 60).
