//! The distribution of the spin of a droplet (Eqs. 20 to 26, 38 to 48).
