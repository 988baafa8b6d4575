"""Conductance of a dirty strip, and the audit of it."""

import numpy as np

import diffuson as df

wire = df.strip(length=60, width=20, boundary="periodic")
energies = np.random.default_rng(1992).uniform(-1.0, 1.0, wire.sites)
s = wire.with_onsite(energies).smatrix(energy=-1.3)
print(f"G = {s.transmission(1, 0):.6f} e^2/h per spin, of {s.num_propagating(0)} open modes")
print(s.audit)
