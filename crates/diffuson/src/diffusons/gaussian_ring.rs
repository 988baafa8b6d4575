//! Rings of diffusons whose vertices are Gaussians at one place or two.
