"""Noise known in closed form, on numbers or arrays.

Everything is per spin, one-sided, in units of e^2/h times the unit of energy of potentials, temperatures and rates;
temperatures are k_B T. Fano factors are ``S/2eI`` at zero temperature. Functions of numbers take arrays too, which are
broadcast against each other.
"""

from .._native.noise import (
    DIFFUSIVE,
    HOT_ELECTRONS,
    breit_wigner,
    cavity,
    cold_nodes,
    crossover,
    diffusive,
    equilibrium_heat,
    excess,
    hot_cavity,
    hot_electrons,
    incoherent_barriers,
    open_cavity,
    single_channel,
    splitter,
    x_coth_x_minus_one,
)

__all__ = [
    "DIFFUSIVE",
    "HOT_ELECTRONS",
    "breit_wigner",
    "cavity",
    "cold_nodes",
    "crossover",
    "diffusive",
    "equilibrium_heat",
    "excess",
    "hot_cavity",
    "hot_electrons",
    "incoherent_barriers",
    "open_cavity",
    "single_channel",
    "splitter",
    "x_coth_x_minus_one",
]
