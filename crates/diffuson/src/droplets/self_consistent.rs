//! Droplets as solutions of the mean-field equation on a lattice (Eq. 9).
