//! Rings of diffusons on a torus of lattice sites.
