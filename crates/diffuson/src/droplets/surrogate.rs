//! A Gaussian random matrix with the covariance of diffusons in the place of the susceptibility.
