//! Adaptive cubature of smooth functions of several variables.
