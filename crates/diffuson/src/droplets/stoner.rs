//! The Stoner instability in mean field, and the energy of a spin in a random density of states (Eqs. 1 to 6, 16 to 19).
