"""Quantum transport in disordered conductors.

Charge, heat and noise, with real inelastic scattering, at finite temperature and bias, averaged over disorder with
error bars; every result carries an audit of the conservation laws it must obey.

>>> import diffuson as df
>>> wire = df.strip(length=60, width=20, boundary="periodic")
>>> s = wire.smatrix(energy=-1.3)
>>> s.transmission(1, 0)  # doctest: +SKIP

Conventions: energies are in units of the hopping t, lengths in lattice constants, temperatures are k_B T in t,
conductances in e^2/h per spin. ``T_ab`` is the transmission from terminal b into terminal a; currents and heat currents
are positive into the terminal. No spin factor anywhere.
"""

from . import defects, diffusons, droplets, kinetics, localization, noise, thermal, units
from ._build import network, strip
from ._ensemble import Disordered, Ensemble, Estimate, ensemble
from ._native import (
    Audit,
    Box,
    Conductor,
    Gaussian,
    Hamiltonian,
    Lattice,
    Law,
    Lead,
    NumericalError,
    SMatrix,
    __version__,
    rectangle,
)

__all__ = [
    "Audit",
    "Box",
    "Conductor",
    "Disordered",
    "Ensemble",
    "Estimate",
    "Gaussian",
    "Hamiltonian",
    "Lattice",
    "Law",
    "Lead",
    "NumericalError",
    "SMatrix",
    "__version__",
    "defects",
    "diffusons",
    "droplets",
    "ensemble",
    "kinetics",
    "localization",
    "network",
    "noise",
    "rectangle",
    "strip",
    "thermal",
    "units",
]
