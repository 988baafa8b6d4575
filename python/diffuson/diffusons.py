"""Diffusons: how the density of electrons spreads between impurities, and the correlators that are closed rings of it.

A diffuson is ``D(omega; q) = 1/(-i omega + D q^2 + Gamma)``: D the diffusion constant, Gamma a rate at which phase
memory is lost. Fluctuations of the spin susceptibility are rings of four, six and eight with vertices of the profile of
a droplet (:mod:`diffuson.droplets`); those of the local Peltier heat are pairs.

==================================================== ========================================
one diffuson, in momentum, space, time,              :class:`Diffuson`,
at imaginary frequencies                             :func:`bosonic_frequency`
rings between any functions on a torus of sites      :class:`RingSum`, :class:`RingCovariance`
a Gaussian on such a torus                           :func:`gaussian_on_torus`
rings through one or two Gaussian droplets           :class:`GaussianRing`, :class:`Integral`
correlation of the local Peltier heat                :func:`local_heat_correlation`,
of a dirty metal                                     :func:`local_heat_correlation_of_ring`,
                                                     :class:`LocalHeatCorrelation`
its spectrum, and its mean over a square             :func:`local_heat_spectrum`,
                                                     :func:`local_heat_box_variance`
==================================================== ========================================

>>> from diffuson.diffusons import GaussianRing
>>> round(GaussianRing(4).cubature().value, 5)
0.31793

hbar = k_B = 1; ``kt`` is k_B T in the unit of energy of the question. Space has two dimensions. ``density`` counts one
spin. Formulas take numbers or arrays, and give one or the other.
"""

from ._native.diffusons import (
    Diffuson,
    GaussianRing,
    Integral,
    LocalHeatCorrelation,
    RingCovariance,
    RingSum,
    bosonic_frequency,
    gaussian_on_torus,
    local_heat_box_variance,
    local_heat_correlation,
    local_heat_correlation_of_ring,
    local_heat_spectrum,
)

__all__ = [
    "Diffuson",
    "GaussianRing",
    "Integral",
    "LocalHeatCorrelation",
    "RingCovariance",
    "RingSum",
    "bosonic_frequency",
    "gaussian_on_torus",
    "local_heat_box_variance",
    "local_heat_correlation",
    "local_heat_correlation_of_ring",
    "local_heat_spectrum",
]
