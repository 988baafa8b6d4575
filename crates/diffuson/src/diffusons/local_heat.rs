//! The correlator of the local Peltier heat, from diffusons.
