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
    Forecast,
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
    Verdict,
    __version__,
    kinds,
    rectangle,
    template,
)
from ._study import AuditWarning, FailedSamplesWarning, check, estimates, fit, open_record, reproduce, run
from .localization import mobility_edge

__all__ = [
    "Audit",
    "AuditWarning",
    "Box",
    "Conductor",
    "Disordered",
    "Ensemble",
    "Estimate",
    "FailedSamplesWarning",
    "Forecast",
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
    "Verdict",
    "__version__",
    "check",
    "defects",
    "diffusons",
    "droplets",
    "ensemble",
    "estimates",
    "fit",
    "fits",
    "from_kwant",
    "kinds",
    "kinetics",
    "ldos",
    "localization",
    "mobility_edge",
    "network",
    "noise",
    "open_record",
    "rectangle",
    "reproduce",
    "run",
    "smatrix",
    "strip",
    "template",
    "thermal",
    "units",
    "wave_function",
]
