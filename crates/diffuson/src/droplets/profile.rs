//! The profile of a droplet, and the rings of diffusons with its vertices.
