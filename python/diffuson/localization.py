"""The Anderson transition: transport at a mobility edge, and the lattice that makes one.

Above a mobility edge E_m the conductivity of electrons of one energy is ``sigma_0(E) = A (E - E_m)^x``, below it is
nothing. Through the Fermi window that law gives conductivity, thermopower and thermal conductivity at any temperature:

>>> import diffuson as df
>>> edge = df.mobility_edge(exponent=1.57)
>>> edge.thermopower(z=[0.1, 1, 10])  # in k_B/e; z is the distance from the edge over the temperature
array([-2.82365469, -2.23562304, -0.50588303])
>>> edge.transport(distance=30.0, temperature=[1.0, 10.0]).thermopower  # in V/K; distances and temperatures in K
array([-1.48028493e-05, -1.19388855e-04])

============================== ======================================================================
:func:`mobility_edge`          conductivity, thermopower, Lorenz ratio at any temperature
:class:`Kernels`               the integrals behind them, and where curves turn
:mod:`low_temperature`         series in T/d; beside it ``high_temperature``, ``insulating``
:class:`VariableRangeHopping`  currents that do not flow above the edge; beside it :class:`Tail`
:class:`Measurements`          exponent and distances from measured sigma(T) and S(T)
:class:`Bar`                   Lyapunov exponents of a disordered bar, by transfer matrices
:class:`SizePoints`            critical point and exponents of a lattice, by finite-size scaling
:class:`ComputedConductivity`  sigma_0(E) of a lattice, and the thermopower it gives
============================== ======================================================================

Distances are positive in the metal, thermopowers negative for electrons above a lower edge. Functions of arrays return
arrays of their shape, of numbers numbers; several arguments are broadcast. Equation numbers are those of Y. Imry and
A. Amir, "The localization transition at finite temperatures: electric and thermal transport", in *50 Years of Anderson
Localization* (2010). What fits return is in :mod:`diffuson.fits`.
"""

from ._native.localization import (
    THERMOPOWER_UNIT,
    Bar,
    CollapseFit,
    ComputedConductivity,
    ComputedTransport,
    FermiDirac,
    JointComparison,
    JointComparisonWarning,
    JointFit,
    KernelDerivatives,
    Kernels,
    LyapunovSpectrum,
    MeasuredSample,
    Measurements,
    MobilityEdge,
    ScalingFit,
    ScalingFunctions,
    ScalingScan,
    SizePoints,
    SlopeFit,
    Tail,
    Transport,
    TriedScaling,
    VariableRangeHopping,
    efros_shklovskii_temperature,
    eta,
    high_temperature,
    insulating,
    low_temperature,
    mott_temperature,
)

__all__ = [
    "THERMOPOWER_UNIT",
    "Bar",
    "CollapseFit",
    "ComputedConductivity",
    "ComputedTransport",
    "FermiDirac",
    "JointComparison",
    "JointComparisonWarning",
    "JointFit",
    "KernelDerivatives",
    "Kernels",
    "LyapunovSpectrum",
    "MeasuredSample",
    "Measurements",
    "MobilityEdge",
    "ScalingFit",
    "ScalingFunctions",
    "ScalingScan",
    "SizePoints",
    "SlopeFit",
    "Tail",
    "Transport",
    "TriedScaling",
    "VariableRangeHopping",
    "efros_shklovskii_temperature",
    "eta",
    "high_temperature",
    "insulating",
    "low_temperature",
    "mobility_edge",
    "mott_temperature",
]


def mobility_edge(
    exponent: float, prefactor: float = 1.0, *, curvature: float = 0.0, side: str = "lower"
) -> MobilityEdge:
    """Make a mobility edge: ``sigma_0(E) = A eps^x (1 + b eps)`` at ``eps = (E - E_m)/k_B > 0``, nothing below.

    Parameters
    ----------
    exponent
        x, from 0 to 11.
    prefactor
        A, in (S/m)/K^x, or in any unit of conductivity per K^x: that of the results.
    curvature
        b, in 1/K.
    side
        ``"lower"``: electrons above the edge, S < 0; ``"upper"``: holes below it, S > 0.
    """
    return MobilityEdge(exponent, prefactor, curvature=curvature, side=side)
