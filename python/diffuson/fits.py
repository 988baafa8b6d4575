"""What fits return, whatever is fitted.

Errors of data are taken as stated and set the errors of parameters; goodness of fit judges them.

========================== ==========================================================================
:class:`Estimated`         a value with its standard error
:class:`Fit`               all parameters: covariance, chi^2, goodness of fit, warnings
:class:`Interval`          the values of one quantity that the data allow, whatever the others are
:class:`Posterior`         the whole distribution of the parameters
:class:`Bootstrap`         how the values scatter if the experiment is repeated
========================== ==========================================================================

chi^2 rises by :data:`ONE_SIGMA` at the ends of a 68.27 % interval, by :data:`NINETY_FIVE_PERCENT` at those of a 95 %
one.
"""

from ._native.fits import (
    NINETY_FIVE_PERCENT,
    ONE_SIGMA,
    Bootstrap,
    Estimated,
    Fit,
    Interval,
    Posterior,
)

__all__ = [
    "NINETY_FIVE_PERCENT",
    "ONE_SIGMA",
    "Bootstrap",
    "Estimated",
    "Fit",
    "Interval",
    "Posterior",
]
