//! The non-local spin susceptibility of one sample, from exact Green functions (Eq. 7).
