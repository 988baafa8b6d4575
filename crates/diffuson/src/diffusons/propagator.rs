//! One diffuson: in momentum, in space, in time.
