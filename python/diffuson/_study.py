"""Studies from Python: what the program ``diffuson`` does, with the same bits."""

import json
import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from . import _progress
from ._native import (
    Forecast,
    Study,
    Verdict,
    ledger_studies,
    ledger_verdicts,
    study_places,
    summarise,
    write_report,
)

#: The path of a study file or the text of one.
StudyLike = str | os.PathLike[str]


class AuditWarning(UserWarning):
    """A conservation law is violated beyond rounding: do not use these numbers."""


class FailedSamplesWarning(UserWarning):
    """Some samples have no result; they are left out of the averages."""


def run(
    study: StudyLike,
    *,
    set: Mapping[str, Any] | None = None,
    samples: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    out: str | os.PathLike[str] = "results",
    name: str | None = None,
    fresh: bool = False,
    report: bool = True,
    progress: bool | None = None,
) -> xr.Dataset:
    """Run a study, or continue it where it stopped, and open its record.

    Record, figures and page are those of ``diffuson run``, to the last bit, for any number of threads. Ctrl-C keeps
    what was computed; the same call continues.

    Parameters
    ----------
    study
        The path of a study file (TOML), or the text of one, in several lines.
    set
        Replaces what the study says about keys: ``{"disorder.width": 3, "sweep.probes.coupling": [0.1, 0.2]}``.
    samples, seed
        The same as the keys ``ensemble.samples`` and ``ensemble.seed`` in `set`.
    threads
        Worker threads; all cores if not given. No number depends on it.
    out, name
        The record is ``out/name.zarr``, figures and page are in ``out/name``. The name is that of the study file if not
        given; that of a text is its kind.
    fresh
        Discard the record that is there and start anew.
    report
        Write figures and page.
    progress
        Show a bar; on a terminal and in Jupyter if not given.

    Returns
    -------
    The record, as :func:`open_record` gives it.

    Raises
    ------
    ValueError
        A key or value of the study is wrong (the message shows the line and what is allowed); the record that is there
        belongs to another study or version, or is none.
    OSError
        A file cannot be read or written, or another run is writing the record.

    Warns
    -----
    AuditWarning, FailedSamplesWarning
        As :func:`open_record`.
    """
    loaded = _load(study, _overrides(set, samples, seed))
    record, figures = study_places(Path(out), _named_after(name, study, loaded))
    return _run(loaded, record, figures, threads=threads, fresh=fresh, report=report, progress=progress)


def fit(
    data: str | os.PathLike[str],
    study: StudyLike | None = None,
    *,
    model: str | None = None,
    set: Mapping[str, Any] | None = None,
    threads: int | None = None,
    out: str | os.PathLike[str] = "results",
    name: str | None = None,
    fresh: bool = False,
    report: bool = True,
    progress: bool | None = None,
) -> xr.Dataset:
    """Fit a model to a file of measurements (CSV), as ``diffuson fit`` does.

    The model is a study (path or text) whose key ``data.file`` is replaced, or ``model``, the name of one, with its
    defaults: "mobility-edge", "zero-bias-anomaly" or "droplets". The record is named after the study file, or else
    after the data. The other arguments and what comes back are those of :func:`run`.
    """
    overrides = _overrides(set, None, None)
    given: dict[str, Any] = {"model": model}
    if study is not None:
        text = _text(study)
        given |= {"text": text} if text is not None else {"path": _existing(study)}
    loaded = Study.fit(Path(data), overrides, **given)
    record, figures = study_places(Path(out), _named_after(name, given.get("path", data), loaded))
    return _run(loaded, record, figures, threads=threads, fresh=fresh, report=report, progress=progress)


def check(
    study: StudyLike,
    *,
    set: Mapping[str, Any] | None = None,
    samples: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
) -> Forecast:
    """Validate a study and predict the time, memory and disk of its run.

    One sample of the cheapest point is computed to measure the speed, unless that would take long. Nothing is written.
    """
    return _load(study, _overrides(set, samples, seed)).forecast(threads)


def open_record(path: str | os.PathLike[str]) -> xr.Dataset:
    """Open the record of a study, finished or not, lazily.

    Dimensions have names, every array has ``units`` and ``long_name``. Of most use:

    * the swept keys are coordinates of ``point``, named like the key with ``_`` for ``.``;
    * per-sample arrays have the dimensions ``(point, sample, ...)``; those of missing or failed samples are NaN, see
      ``status`` (0 missing, 1 done, 2 failed) and ``failure`` (why);
    * derived quantities: ``estimate`` and ``estimate_error`` over ``(point, quantity)``, or :func:`estimates`; fits
      over the points: ``fit_value``, ``fit_error``, ``fit_expected`` over ``fit``;
    * limits of validity, ``warning``; the answer of studies that decide between theories, ``verdict``;
    * the audit of every sample: ``audit_residual``, ``audit_allowed``; the worst of each law in
      ``attrs["audit_worst"]``, and whether all samples passed in ``attrs["audit_passed"]``;
    * ``attrs`` has the study file, its settings, seed, version, and ``samples_done``, ``samples_failed``,
      ``samples_missing``.

    Warns
    -----
    AuditWarning
        A sample violates a law of the audit.
    FailedSamplesWarning
        Samples failed.
    """
    summary = summarise(Path(path))
    dataset: xr.Dataset = xr.open_zarr(path)
    described = [key for key, array in dataset.items() if array.attrs.get("swept") or key in _LABELS]
    dataset = dataset.set_coords(described)
    dataset.attrs |= summary
    _warn(dataset)
    return dataset


def estimates(dataset: xr.Dataset) -> xr.Dataset:
    """Give the derived quantities of a record one variable each, over ``point``, with their units.

    ``NAME_error`` is the standard error of ``NAME``.
    """
    swept = [key for key, array in dataset.coords.items() if "point" in array.dims]
    table = xr.Dataset(coords={key: dataset.coords[key] for key in swept}, attrs=dict(dataset.attrs))
    for quantity in dataset["quantity"].values:
        one = dataset.sel(quantity=quantity, drop=True)
        row = dataset["quantity"] == quantity
        unit = str(dataset["quantity_units"].values[row][0])
        label = str(dataset["quantity_name"].values[row][0])
        for suffix, source, words in (
            ("", "estimate", label),
            ("_error", "estimate_error", f"standard error of {label}"),
        ):
            table[f"{quantity}{suffix}"] = one[source].drop_vars(_LABELS, errors="ignore")
            table[f"{quantity}{suffix}"].attrs = {"units": unit, "long_name": words}
    return table


def reproduce(
    id: str | None = None,
    *,
    full: bool = False,
    threads: int | None = None,
    out: str | os.PathLike[str] = "results/reproductions",
    fresh: bool = False,
    progress: bool | None = None,
) -> list[Verdict]:
    """Put published statements to the test, as ``diffuson reproduce`` does.

    Parameters
    ----------
    id
        A paper of the ledger ("000"), or the beginning of PAPER/STATEMENT; the whole ledger without it.
    full
        The full size, as large as the numbers on record: hours in place of minutes.
    threads, fresh, progress
        As for :func:`run`.
    out
        Where the records of the studies go.

    Returns
    -------
    One verdict for each statement; ``agrees`` says whether it is that on record.
    """
    for name, study, record in ledger_studies(id, full, Path(out)):
        _compute(study, record, threads=threads, fresh=fresh, progress=progress, title=name)
        _warn(xr.Dataset(attrs=summarise(record)), name)
    return ledger_verdicts(id, full, Path(out))


#: What describes the values of a coordinate.
_LABELS = ("quantity_units", "quantity_name")


def _run(
    study: Study,
    record: Path,
    figures: Path,
    *,
    threads: int | None,
    fresh: bool,
    report: bool,
    progress: bool | None,
) -> xr.Dataset:
    _compute(study, record, threads=threads, fresh=fresh, progress=progress, title=study.kind)
    if report:
        write_report(record, figures)
    return open_record(record)


def _compute(
    study: Study, record: Path, *, threads: int | None, fresh: bool, progress: bool | None, title: str
) -> None:
    with _progress.bar(progress, desc=title) as bar:

        def tell(done: int, failed: int, total: int, found: int) -> None:
            if bar.total is None:
                bar.initial = found
                bar.n = found
            bar.total = total
            if failed:
                bar.set_postfix(failed=failed, refresh=False)
            bar.update(done - bar.n)
            bar.refresh()

        study.run(record, threads=threads, fresh=fresh, progress=tell)


def _warn(dataset: xr.Dataset, name: str | None = None) -> None:
    facts = dataset.attrs
    prefix = f"{name}: " if name else ""
    laws = [law for law, worst in facts["audit_worst"].items() if not worst["passed"]]
    if laws:
        message = f"{prefix}the audit failed: {', '.join(laws)}; do not use these numbers"
        warnings.warn(message, AuditWarning, stacklevel=_outside())
    if failed := facts["samples_failed"]:
        there = failed + facts["samples_done"]
        message = (
            f"{prefix}{failed} of {there} samples failed; they are left out of the results, `failure` has the reasons"
        )
        warnings.warn(message, FailedSamplesWarning, stacklevel=_outside())


def _outside() -> int:
    """Count the frames from the caller to the first one that is not in this file, as `stacklevel` does."""
    depth, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename == __file__:
        depth, frame = depth + 1, frame.f_back
    return depth


def _load(study: StudyLike, overrides: list[str]) -> Study:
    text = _text(study)
    return Study.read(_existing(study), overrides) if text is None else Study.parse("study", text, overrides)


def _text(study: StudyLike) -> str | None:
    """Return the text of a study that is given as such."""
    return study if isinstance(study, str) and "\n" in study else None


def _existing(study: StudyLike) -> Path:
    path = Path(study)
    if not path.exists():
        raise FileNotFoundError(f"there is no study file {path}; diffuson.template(kind) gives one to begin with")
    return path


def _named_after(name: str | None, study: StudyLike, loaded: Study) -> Path:
    """Return the file whose name, without its ending, becomes that of the record."""
    if name is None and _text(study) is None:
        return Path(study)
    return Path(f"{name if name is not None else loaded.kind}.toml")


def _overrides(set: Mapping[str, Any] | None, samples: int | None, seed: int | None) -> list[str]:
    """Write overrides as ``--set`` takes them."""
    values = dict(set or {})
    if seed is not None:
        values["ensemble.seed"] = seed
    if samples is not None:
        values["ensemble.samples"] = samples
    return [f"{key}={_toml(value)}" for key, value in values.items()]


def _toml(value: Any) -> str:
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case int() | float():
            return repr(value)
        case os.PathLike():
            return json.dumps(os.fspath(value), ensure_ascii=False)
        case Sequence():
            return f"[{', '.join(_toml(item) for item in value)}]"
    raise TypeError(f"a value of a study is a number, a text, True, False or a list, not {type(value).__name__}")
