//! Wegner's model of n orbitals per site: a dirty metal whose D, nu and g are known exactly.
