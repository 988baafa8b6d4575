//! What droplets do to susceptibility and dephasing (Eqs. 61 to 68).
