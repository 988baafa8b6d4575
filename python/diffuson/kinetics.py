"""A quantum point contact in a conserving kinetic theory: uniform sub-bands, elastic and inelastic collisions, noise.

The contact is that of F. Green and M. P. Das (cond-mat/0503461). Units: kT = 1 and L = 1. Velocities are in
``v_T = sqrt(2kT/m)``, times in L/v_T, voltages eV/kT, currents in 2ekT/h, conductances in ``G0 = 2e^2/h``, one-sided
noise in 4 kT G0; :class:`Si` has these units in volts, amperes, siemens and A^2/Hz. Spin is counted here, unlike
elsewhere, and the current has the sign of the voltage.

>>> from diffuson.kinetics import PointContact, RateLaw
>>> contact = PointContact.uniform([5.0, 17.0], RateLaw.ideal())
>>> staircase = contact.conductance([2.0, 11.0, 23.0])
>>> contact.closed_form(11.0, current=10.0).fano_factor()  # doctest: +SKIP

======================================  ================================================================
question                                answer
======================================  ================================================================
a contact at a gate voltage and drive   :class:`PointContact`: ``closed_form``, ``solve``
its linear conductance, its current     ``conductance(mu)``, ``current(mu, voltage)``
its noise, at any frequency             :class:`ContactState`: ``noise``, ``excess``, ``fano_factor``, ``spectrum``
collisions                              :class:`Rates`, :class:`RateLaw`
one sub-band, any rates                 :class:`SteadyState`
one sub-band, closed forms              :class:`ConstantTime`, :class:`MeanFreePath`
Landauer and Büttiker on the same       :func:`landauer_noise`, :func:`landauer_excess`
======================================  ================================================================
"""

from ._native.kinetics import (
    BandState,
    ConstantTime,
    ContactState,
    Equilibrium,
    MeanFreePath,
    PointContact,
    RateLaw,
    Rates,
    Si,
    SteadyState,
    SubBand,
    initial_slope,
    landauer_excess,
    landauer_noise,
    reference_speed,
)

__all__ = [
    "BandState",
    "ConstantTime",
    "ContactState",
    "Equilibrium",
    "MeanFreePath",
    "PointContact",
    "RateLaw",
    "Rates",
    "Si",
    "SteadyState",
    "SubBand",
    "initial_slope",
    "landauer_excess",
    "landauer_noise",
    "reference_speed",
]
