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

from . import defects, diffusons, droplets, fits, kinetics, localization, noise, thermal, units
from ._build import network, strip
from ._ensemble import Disordered, Ensemble, Estimate, ensemble
from ._kwant import from_kwant, ldos, smatrix, wave_function
from ._native import (
    Audit,
    Box,
    Conductor,
    Gaussian,
    Hamiltonian,
    JointState,
    Lattice,
    Law,
    Lead,
    NumericalError,
    Plan,
    ProbeProblem,
    ProbeState,
    PropagatingModes,
    ScatteringStates,
    SMatrix,
    Transmissions,
    __version__,
    rectangle,
)
from .localization import mobility_edge

__all__ = [
    "Audit",
    "Box",
    "Conductor",
    "Disordered",
    "Ensemble",
    "Estimate",
    "Gaussian",
    "Hamiltonian",
    "JointState",
    "Lattice",
    "Law",
    "Lead",
    "NumericalError",
    "Plan",
    "ProbeProblem",
    "ProbeState",
    "PropagatingModes",
    "SMatrix",
    "ScatteringStates",
    "Transmissions",
    "__version__",
    "defects",
    "diffusons",
    "droplets",
    "ensemble",
    "fits",
    "from_kwant",
    "kinetics",
    "ldos",
    "localization",
    "mobility_edge",
    "network",
    "noise",
    "rectangle",
    "smatrix",
    "strip",
    "thermal",
    "units",
    "wave_function",
]
