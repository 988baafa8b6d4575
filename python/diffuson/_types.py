"""Types that the stubs of the extension module share."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

Reals: TypeAlias = npt.NDArray[np.float64]
Complexes: TypeAlias = npt.NDArray[np.complex128]
Integers: TypeAlias = npt.NDArray[np.int64]

#: What a formula gives element by element: a number of numbers, an array of arrays; as in NumPy's universal functions.
Shaped: TypeAlias = Any


class _HasMuAndKt(Protocol):
    @property
    def mu(self) -> float: ...
    @property
    def kt(self) -> float: ...


#: A pair ``(mu, kt)``, or anything that has these.
AnyReservoir: TypeAlias = Sequence[float] | Reals | _HasMuAndKt
Reservoirs: TypeAlias = Sequence[AnyReservoir]
