"""Noise of conductors between reservoirs, at any temperatures and bias.

Correlators are one-sided, at zero frequency, of currents into the terminals, in e^2/h per spin: ``4 kT G`` in
equilibrium, ``2 e I`` for independent electrons. Reservoirs are pairs ``(mu, kt)``, in t.

>>> import diffuson as df
>>> wire = df.strip(length=12, width=3)
>>> wire.noise([(-0.9, 0.02), (-1.1, 0.02)]).charge.shape
(2, 2)

=========================================================  =====================================================
question                                                   answer
=========================================================  =====================================================
a conductor through its Fermi window                       ``conductor.noise(reservoirs)``: :class:`Noise`
many potentials and temperatures from the same S matrices  ``conductor.noise_sweep(points)``
dS/dV                                                      ``conductor.differential_noise(reservoirs, shift)``
an S matrix that does not depend on energy                 ``s.noise(reservoirs)``
one energy                                                 ``s.spectral_noise(occupations)``
transmission eigenvalues                                   ``s.transmission_statistics()``
probes that break the phase, or also relax energy          ``conductor.probe_noise(...)``, ``s.probe_noise(...)``
closed forms to compare with                               :mod:`diffuson.noise.closed_forms`
the number of particles on a segment of a chain            :class:`Chain`
=========================================================  =====================================================

Fano factors are methods of what these return, as are excess noise and cross-correlations; heat noise comes with them.
"""

from .._native.noise import (
    BiasedChain,
    BiasedNumber,
    Chain,
    DifferentialNoise,
    Noise,
    NumberVariance,
    ProbeNoise,
    Setting,
    SpectralNoise,
    TransmissionStatistics,
    exchange_integral,
)
from . import closed_forms

__all__ = [
    "BiasedChain",
    "BiasedNumber",
    "Chain",
    "DifferentialNoise",
    "Noise",
    "NumberVariance",
    "ProbeNoise",
    "Setting",
    "SpectralNoise",
    "TransmissionStatistics",
    "closed_forms",
    "exchange_integral",
]
