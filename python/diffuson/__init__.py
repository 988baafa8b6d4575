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
from ._native import (
    Audit,
    Conductor,
    Forecast,
    Hamiltonian,
    Lattice,
    Law,
    Lead,
    NumericalError,
    SMatrix,
    Verdict,
    __version__,
    kinds,
    rectangle,
    template,
)
from ._study import AuditWarning, FailedSamplesWarning, check, estimates, fit, open, reproduce, run

__all__ = [
    "Audit",
    "AuditWarning",
    "Conductor",
    "FailedSamplesWarning",
    "Forecast",
    "Hamiltonian",
    "Lattice",
    "Law",
    "Lead",
    "NumericalError",
    "SMatrix",
    "Verdict",
    "__version__",
    "check",
    "defects",
    "diffusons",
    "droplets",
    "estimates",
    "fit",
    "kinds",
    "kinetics",
    "localization",
    "network",
    "noise",
    "open",
    "rectangle",
    "reproduce",
    "run",
    "strip",
    "template",
    "thermal",
    "units",
]
