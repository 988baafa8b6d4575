"""Constants of nature: CODATA 2022, in SI units."""

from ._native.units import (
    BOLTZMANN,
    CONDUCTANCE_QUANTUM,
    CONDUCTANCE_UNIT,
    ELECTRON_MASS,
    ELEMENTARY_CHARGE,
    LORENZ,
    PLANCK,
    SOMMERFELD,
)

__all__ = [
    "BOLTZMANN",
    "CONDUCTANCE_QUANTUM",
    "CONDUCTANCE_UNIT",
    "ELECTRON_MASS",
    "ELEMENTARY_CHARGE",
    "LORENZ",
    "PLANCK",
    "SOMMERFELD",
]
