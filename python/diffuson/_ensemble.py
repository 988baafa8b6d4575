"""Ensembles of disordered samples."""

import atexit
import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from os import PathLike, fspath
from typing import Any, NamedTuple, TypedDict, Unpack

import numpy as np
import numpy.typing as npt
import xarray as xr

from . import _progress
from ._native import Box, Conductor, Gaussian, _estimate_text, _jackknife, _leave, _moments, _samples

# threads that still compute a sample when the interpreter ends would find none
atexit.register(_leave)

#: The name of what the function of a sample returns, unless it is a dict.
UNNAMED = "value"


class Options(TypedDict, total=False):
    """How an ensemble is computed and kept: see :func:`ensemble`."""

    relative_error: float | None
    threads: int | None
    store: str | PathLike[str] | None
    parameters: Mapping[str, Any] | None
    units: Mapping[str, str] | str | None
    dims: Mapping[str, Sequence[str]] | Sequence[str] | None
    title: str
    progress: bool | None


@dataclass(frozen=True, repr=False)
class Disordered:
    """An ensemble of conductors that differ in their on-site energies.

    Made by :meth:`Conductor.with_disorder`. Samples are numbered 0, 1, 2, ...; sample n is a function of the seed and n
    and of nothing else: that of a study with the same seed and the same disorder.
    """

    #: The conductor without disorder; the energies it has are added to.
    conductor: Conductor
    #: What the energies are made by: a distribution, or a function of (seed, sample).
    disorder: Box | Gaussian | Callable[[int, int], npt.ArrayLike]
    #: The seed of all random numbers.
    seed: int

    def onsite(self, sample: int) -> npt.NDArray[np.float64]:
        """On-site energies that the disorder adds in a sample: one for each site, in t."""
        if isinstance(self.disorder, Box | Gaussian):
            return self.disorder.onsite(self.conductor.sites, self.seed, sample)
        return np.asarray(self.disorder(self.seed, sample), dtype=np.float64)

    def sample(self, sample: int) -> Conductor:
        """Return the conductor with the disorder of a sample."""
        clean = self.conductor
        disorder = self.onsite(sample)
        if disorder.shape != (clean.sites,):
            raise ValueError(f"the disorder has the shape {disorder.shape}, but ({clean.sites},) is wanted")
        return clean.with_onsite(clean.onsite + disorder)

    def ensemble(
        self, function: Callable[[Conductor], Any], samples: int = 200, **options: Unpack[Options]
    ) -> "Ensemble":
        """Evaluate ``function(conductor)`` for many samples.

        What it may return, and the options, are those of :func:`ensemble`.

        The seed and what identifies the conductor and the disorder are stored with the samples: a store of another one
        is refused.

        >>> wire = df.strip(length=20, width=5).with_disorder(df.Box(width=2.0), seed=1992)
        >>> wire.ensemble(lambda c: c.smatrix(-1.3).transmission(1, 0), samples=200)  # doctest: +SKIP
        Ensemble(1.71(3), 200 samples)
        """
        return _run(lambda n: function(self.sample(n)), samples, self.seed, function, self._identity, **options)

    def _identity(self) -> dict[str, Any]:
        c = self.conductor
        conductor = {"sites": c.sites, "orbitals": c.orbitals, "leads": c.leads, "fingerprint": c.fingerprint}
        match self.disorder:
            case Box(width=width):
                disorder: dict[str, Any] = {"kind": "box", "width": width}
            case Gaussian(deviation=deviation):
                disorder = {"kind": "gaussian", "deviation": deviation}
            case function:
                disorder = {"kind": "function", "name": getattr(function, "__name__", type(function).__name__)}
        return {"conductor": conductor, "disorder": disorder}

    def __repr__(self) -> str:
        return f"Disordered({self.conductor!r}, {self.disorder!r}, seed {self.seed})"


class Estimate(NamedTuple):
    """A value and its standard error: numbers, or arrays of the same shape."""

    value: Any
    stderr: Any

    def __repr__(self) -> str:
        if np.ndim(self.value) == 0:
            return _text(self.value, self.stderr)
        return f"Estimate(value={self.value!r}, stderr={self.stderr!r})"


class Ensemble:
    """What a function gave for many samples: values, means and errors.

    Of a function that returns a number or an array, ``mean``, ``stderr``, ``std`` and ``values`` are numbers or arrays;
    of one that returns a dict they are dicts, and ``ens["conductance"]`` is the ensemble of one of its entries. Failed
    samples are left out of all of them. Errors are one standard error of the mean.
    """

    def __init__(
        self,
        values: Mapping[str, npt.NDArray[Any]],
        numbers: npt.NDArray[np.int64],
        failed: Sequence[tuple[int, str]],
        seed: int,
        *,
        named: bool = True,
        units: Mapping[str, str] | None = None,
        dims: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._values = dict(values)
        self._named = named
        self._units = dict(units or {})
        self._dims = {name: tuple(axes) for name, axes in (dims or {}).items()}
        #: Numbers of the samples that have values, ascending: those of the rows of ``values``.
        self.numbers = numbers
        #: The samples that failed, with the reason of each.
        self.failed = list(failed)
        #: The seed of the random numbers.
        self.seed = seed

    @property
    def samples(self) -> int:
        """Number of samples that have values."""
        return len(self.numbers)

    @property
    def names(self) -> list[str]:
        """Names of what was computed, in alphabetical order."""
        return list(self._values)

    @property
    def values(self) -> Any:
        """The values of all samples: arrays (samples, ...)."""
        return self._each(lambda values: values)

    @property
    def mean(self) -> Any:
        """The mean over samples."""
        return self._each(lambda values: _mean_and_deviation(values)[0])

    @property
    def std(self) -> Any:
        """The standard deviation of one sample (divisor n - 1); of complex numbers root mean square modulus."""
        return self._each(lambda values: _mean_and_deviation(values)[1])

    @property
    def stderr(self) -> Any:
        """The standard error of the mean, ``std / sqrt(n)``."""
        return self._each(lambda values: _mean_and_deviation(values)[1] / np.sqrt(len(values)))

    def jackknife(self, function: Callable[[Any], Any], *, bias_corrected: bool = False) -> Estimate:
        """Compute anything from the values of all samples, with its standard error, by leaving samples out.

        Parameters
        ----------
        function
            Of :attr:`values` (an array, sample first, or a dict of arrays): returns a real number or an array.
        bias_corrected
            Whether the bias of order 1/n is removed.

        Examples
        --------
        >>> ens.jackknife(lambda g: g.var(ddof=1))  # doctest: +SKIP
        0.131(4)
        """
        derived = np.asarray(function(self.values), dtype=np.float64)
        without = np.empty((self.samples, derived.size))
        for i in range(self.samples):
            lacking = self._each(partial(np.delete, obj=i, axis=0))
            without[i] = np.asarray(function(lacking), dtype=np.float64).ravel()
        errors, corrected = _jackknife(derived.ravel(), without)
        value = corrected.reshape(derived.shape) if bias_corrected else derived
        stderr = errors.reshape(derived.shape)
        return Estimate(value[()], stderr[()])

    def to_xarray(self) -> xr.Dataset:
        """Return the values as a dataset: the dimension ``sample`` first, units as attributes."""
        arrays = {
            name: xr.DataArray(values, dims=("sample", *self._axes(name)), attrs={"units": self._units.get(name, "1")})
            for name, values in self._values.items()
        }
        attributes = {"seed": self.seed, "failed_samples": len(self.failed)}
        return xr.Dataset(arrays, coords={"sample": self.numbers}, attrs=attributes)

    def __getitem__(self, name: str) -> "Ensemble":
        if name not in self._values:
            raise KeyError(f"{name!r}: the ensemble has {', '.join(self._values)}")
        return Ensemble(
            {name: self._values[name]},
            self.numbers,
            self.failed,
            self.seed,
            named=False,
            units={name: self._units.get(name, "1")},
            dims={name: self._dims[name]} if name in self._dims else None,
        )

    def __len__(self) -> int:
        return self.samples

    def __repr__(self) -> str:
        failed = f", {len(self.failed)} failed" if self.failed else ""
        count = f"{self.samples} samples{failed}"
        if not self._named:
            [(name, values)] = self._values.items()
            return f"Ensemble({self._line(name, values)}, {count})"
        width = max((len(name) for name in self._values), default=0)
        lines = [f"\n  {name:<{width}}  {self._line(name, values)}" for name, values in self._values.items()]
        return f"Ensemble({count}){''.join(lines)}"

    def _line(self, name: str, values: npt.NDArray[Any]) -> str:
        units = self._units.get(name, "1")
        unit = "" if units == "1" else f" {units}"
        if values.ndim > 1:
            shape = " x ".join(map(str, values.shape[1:]))
            return f"array of {shape}{unit}"
        mean, deviation = _mean_and_deviation(values)
        return f"{_text(mean, deviation / np.sqrt(len(values)))}{unit}"

    def _axes(self, name: str) -> Sequence[str]:
        axes = self._values[name].ndim - 1
        return self._dims.get(name) or [f"{name}_{axis}" for axis in range(axes)]

    def _each(self, function: Callable[[npt.NDArray[Any]], Any]) -> Any:
        found = {name: function(values) for name, values in self._values.items()}
        return found if self._named else next(iter(found.values()))


def ensemble(
    function: Callable[[int], Any],
    samples: int = 200,
    *,
    seed: int = 0,
    **options: Unpack[Options],
) -> Ensemble:
    """Evaluate ``function(n)`` for the samples n = 0, 1, 2, ... on several threads.

    The function must depend on the number of the sample and on nothing that changes: then the values do not depend on
    the number of threads, nor on interruptions, bit by bit. Threads overlap wherever the computations of this package
    or of NumPy release the interpreter. ``diffuson.NumericalError`` makes a sample a failed one, which is left out of
    the averages; raise it for samples whose audit failed, too. Any other exception ends the run.

    For disorder on the sites of a conductor see :meth:`Disordered.ensemble`, which takes the same options.

    Parameters
    ----------
    function
        Returns a number, an array, or a dict of named numbers and arrays, real or complex, of the same shape for every
        sample.
    samples
        How many, or at most how many.
    seed
        Stored with the samples. The function must use it itself, as in ``np.random.default_rng([seed, n])``.
    relative_error
        Go on, 16 samples at a time, until the standard error of every mean is that small against the mean; of arrays
        root mean squares of both.
    threads
        How many; all processors if not given.
    store
        A folder, ``"g.zarr"``, in which samples are kept as they are finished: a run that was killed, or is to have
        more samples, continues there. It is refused if its samples are of another seed, conductor, disorder,
        parameters or shape, or if its first sample, computed again, has changed. ``xarray.open_zarr`` reads it:
        dimensions are ``point`` (one), ``sample``, and those of the arrays; complex numbers have the dimension
        ``part``.
    parameters
        Numbers and text (whatever JSON can hold) that the function depends on: stored, and compared when the store is
        continued.
    units
        Units by name, ``{"conductance": "e^2/h"}``, or of the only number; ``"1"`` if not given.
    dims
        Names of the dimensions of arrays by name, ``{"profile": ["x"]}``, or of the only array.
    title
        Stored with the samples.
    progress
        Whether a bar shows the progress; if not given, on terminals and in notebooks.
    """
    return _run(function, samples, seed, function, dict, **options)


def _run(
    function: Callable[[int], Any],
    samples: int,
    seed: int,
    written: Callable[..., Any],
    identity: Callable[[], dict[str, Any]],
    *,
    relative_error: float | None = None,
    threads: int | None = None,
    store: str | PathLike[str] | None = None,
    parameters: Mapping[str, Any] | None = None,
    units: Mapping[str, str] | str | None = None,
    dims: Mapping[str, Sequence[str]] | Sequence[str] | None = None,
    title: str = "",
    progress: bool | None = None,
) -> Ensemble:
    if samples < 1:
        raise ValueError(f"{samples} samples, but at least one is wanted")
    named_units = {UNNAMED: units} if isinstance(units, str) else dict(units or {})
    named_dims = dims if isinstance(dims, Mapping) else {UNNAMED: dims} if dims is not None else {}
    record = None
    if store is not None:
        record = {
            "path": fspath(store),
            "title": title or getattr(written, "__name__", type(written).__name__),
            "source": _source(written),
            "settings": json.dumps({**identity(), "parameters": dict(parameters or {})}, allow_nan=False),
            "units": named_units,
            "dims": {name: list(axes) for name, axes in named_dims.items()},
        }
    with _progress.bar(progress, total=samples) as bar:
        values, numbers, failed, named = _samples(
            function,
            samples,
            seed,
            threads=threads,
            relative_error=relative_error,
            store=record,
            progress=None if bar.disable else _told(bar),
        )
    return Ensemble(values, numbers, failed, seed, named=named, units=named_units, dims=named_dims)


def _source(function: Callable[..., Any]) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return ""


def _told(bar: Any) -> Callable[[int, int, int], None]:
    def tell(done: int, total: int, failed: int) -> None:
        bar.total = total
        if failed:
            bar.set_postfix_str(f"{failed} failed", refresh=False)
        bar.update(done - bar.n)

    return tell


def _mean_and_deviation(values: npt.NDArray[Any]) -> tuple[Any, Any]:
    shape = values.shape[1:]
    columns = values.reshape(len(values), -1)
    if np.iscomplexobj(values):
        real, imaginary = _moments(columns.real), _moments(columns.imag)
        mean = real[0] + 1j * imaginary[0]
        return mean.reshape(shape)[()], np.hypot(real[1], imaginary[1]).reshape(shape)[()]
    mean, deviation = _moments(columns)
    return mean.reshape(shape)[()], deviation.reshape(shape)[()]


def _text(value: Any, stderr: Any) -> str:
    if isinstance(value, complex):
        return f"{value:.6g} ({float(stderr):.1g})"
    return _estimate_text(float(value), float(stderr))
