//! Rings on a torus: sums over momenta, closed forms, the continuum.
