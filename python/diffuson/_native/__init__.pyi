from collections.abc import Sequence
from typing import final

import numpy as np
import numpy.typing as npt

from . import defects as defects
from . import diffusons as diffusons
from . import droplets as droplets
from . import kinetics as kinetics
from . import localization as localization
from . import noise as noise
from . import thermal as thermal
from . import units as units
from .noise import (
    DifferentialNoise as _DifferentialNoise,
)
from .noise import (
    Noise as _Noise,
)
from .noise import (
    ProbeNoise as _ProbeNoise,
)
from .noise import (
    Setting as _Setting,
)
from .noise import (
    SpectralNoise as _SpectralNoise,
)
from .noise import (
    TransmissionStatistics as _TransmissionStatistics,
)
from .noise import (
    _Reservoirs,
)

_Reals = npt.NDArray[np.float64]
_Complexes = npt.NDArray[np.complex128]
_Integers = npt.NDArray[np.int64]

__version__: str

class NumericalError(ArithmeticError): ...

@final
class Law:
    @property
    def name(self) -> str: ...
    @property
    def residual(self) -> float: ...
    @property
    def allowed(self) -> float: ...
    @property
    def passed(self) -> bool: ...

@final
class Audit:
    @property
    def passed(self) -> bool: ...
    @property
    def laws(self) -> list[Law]: ...
    def __len__(self) -> int: ...
    def __contains__(self, name: str, /) -> bool: ...
    def __getitem__(self, name: str, /) -> Law: ...

@final
class Lattice:
    def __new__(
        cls,
        length: int,
        width: int,
        height: int = 1,
        *,
        family: str = "square",
        boundary: str = "hard-wall",
        flux: float = 0.0,
    ) -> Lattice: ...
    @property
    def sites(self) -> int: ...
    @property
    def length(self) -> int: ...
    @property
    def slice_sites(self) -> int: ...
    @property
    def positions(self) -> _Reals: ...
    def hamiltonian(self, keep: npt.ArrayLike | None = None) -> Hamiltonian: ...

@final
class Hamiltonian:
    @staticmethod
    def from_entries(
        rows: npt.ArrayLike,
        cols: npt.ArrayLike,
        values: npt.ArrayLike,
        positions: npt.ArrayLike,
        orbitals: Sequence[int] | None = None,
    ) -> Hamiltonian: ...
    @property
    def sites(self) -> int: ...
    @property
    def orbitals(self) -> int: ...
    def entries(self) -> tuple[_Integers, _Integers, _Complexes]: ...

@final
class Lead:
    @staticmethod
    def continuation() -> Lead: ...
    @staticmethod
    def wide_band(width: float) -> Lead: ...
    @staticmethod
    def periodic(cell: npt.ArrayLike, hopping: npt.ArrayLike) -> Lead: ...
    @staticmethod
    def wide(width: int, opening: Sequence[int], height: int = 1, *, flux: float = 0.0) -> Lead: ...
    @staticmethod
    def given(sigma: npt.ArrayLike, derivative: npt.ArrayLike) -> Lead: ...

def rectangle(
    length: int,
    width: int,
    openings: Sequence[tuple[str, int, int]],
    *,
    flux: float = 0.0,
    wide_band: float | None = None,
) -> Conductor: ...

@final
class Conductor:
    @staticmethod
    def strip(lattice: Lattice, left: Lead | None = None, right: Lead | None = None) -> Conductor: ...
    @staticmethod
    def network(hamiltonian: Hamiltonian, leads: Sequence[tuple[Lead, Sequence[int]]]) -> Conductor: ...
    @property
    def sites(self) -> int: ...
    @property
    def orbitals(self) -> int: ...
    @property
    def leads(self) -> int: ...
    @property
    def terminals(self) -> int: ...
    @property
    def lead_terminals(self) -> list[int]: ...
    @property
    def probe_sites(self) -> _Integers: ...
    @property
    def positions(self) -> _Reals: ...
    @property
    def site_offsets(self) -> _Integers: ...
    @property
    def hamiltonian(self) -> Hamiltonian: ...
    @property
    def onsite(self) -> _Reals: ...
    @property
    def is_time_reversal_symmetric(self) -> bool: ...
    def interface(self, lead: int) -> _Integers: ...
    def with_onsite(self, energies: npt.ArrayLike) -> Conductor: ...
    def with_probes(self, coupling: float | npt.ArrayLike, sites: Sequence[int] | None = None) -> Conductor: ...
    def without_probes(self) -> Conductor: ...
    def singular_energies(self, low: float, high: float) -> _Reals: ...
    # S matrix
    def smatrix(self, energy: float) -> SMatrix: ...
    # noise
    def noise(self, reservoirs: _Reservoirs, *, tolerance: float = 1e-9, evaluations: int = 200_000) -> _Noise: ...
    def noise_sweep(
        self, points: Sequence[_Reservoirs], *, tolerance: float = 1e-9, evaluations: int = 200_000
    ) -> list[_Noise]: ...
    def differential_noise(
        self,
        reservoirs: _Reservoirs,
        shift: npt.ArrayLike,
        *,
        tolerance: float = 1e-9,
        evaluations: int = 200_000,
    ) -> _DifferentialNoise: ...
    def probe_noise(
        self,
        reservoirs: _Reservoirs,
        kind: str = "dephasing",
        *,
        energy: float | None = None,
        bath: float | None = None,
        driven: Sequence[int] | None = None,
        hottest: float | None = None,
    ) -> _ProbeNoise: ...
    def probe_noise_sweep(
        self, energy: float, settings: Sequence[_Setting], *, driven: Sequence[int] | None = None
    ) -> list[_ProbeNoise]: ...
    def dephased_noise(
        self, energy: float, occupations: npt.ArrayLike, *, driven: Sequence[int] | None = None
    ) -> _SpectralNoise: ...

@final
class SMatrix:
    def __new__(cls, data: npt.ArrayLike, channels: Sequence[int], energy: float = 0.0) -> SMatrix: ...
    @property
    def data(self) -> _Complexes: ...
    @property
    def energy(self) -> float: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def leads(self) -> int: ...
    def num_propagating(self, lead: int) -> int: ...
    def submatrix(self, lead_out: int, lead_in: int) -> _Complexes: ...
    def transmission(self, lead_out: int, lead_in: int) -> float: ...
    def transmission_eigenvalues(self, lead_out: int, lead_in: int) -> _Reals: ...
    # noise
    def noise(self, reservoirs: _Reservoirs) -> _Noise: ...
    def spectral_noise(
        self, occupations: npt.ArrayLike | None = None, *, reservoirs: _Reservoirs | None = None
    ) -> _SpectralNoise: ...
    def transmission_statistics(self, lead_out: int = 1, lead_in: int = 0) -> _TransmissionStatistics: ...
    def probe_noise(
        self,
        driven: Sequence[int],
        reservoirs: _Reservoirs,
        kind: str = "dephasing",
        *,
        bath: float | None = None,
    ) -> _ProbeNoise: ...
    def probe_noise_sweep(self, driven: Sequence[int], settings: Sequence[_Setting]) -> list[_ProbeNoise]: ...
    def dephased_noise(self, driven: Sequence[int], occupations: npt.ArrayLike) -> _SpectralNoise: ...
