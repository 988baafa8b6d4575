"""Disorder and ensembles: the realisations of studies, statistics by closed forms, records that survive."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import xarray as xr
from helpers import files

import diffuson as df

WIRE = df.strip(length=8, width=4).with_disorder(df.Box(width=2.0), seed=1992)


def conductance(wire: df.Conductor) -> float:
    return wire.smatrix(-1.3).transmission(1, 0)


def test_the_box_and_the_normal_distribution_have_their_moments() -> None:
    """Variances W^2 / 12 and s^2; tolerance: five standard errors of 10^5 independent numbers."""
    box = df.Box(width=2.0).onsite(100_000, seed=3, sample=1)
    normal = df.Gaussian(deviation=0.5).onsite(100_000, seed=3, sample=1)
    assert np.abs(box).max() <= 1.0
    assert box.var() == pytest.approx(4 / 12, abs=5 * (4 / 12) * np.sqrt(0.8 / 1e5))
    assert normal.var() == pytest.approx(0.25, abs=5 * 0.25 * np.sqrt(2 / 1e5))
    # addressed, not drawn: fewer sites have the same energies, another sample has others
    np.testing.assert_array_equal(box[:7], df.Box(width=2.0).onsite(7, seed=3, sample=1))
    assert not np.array_equal(box[:7], df.Box(width=2.0).onsite(7, seed=3, sample=2))


def test_the_address_of_a_number_is_the_documented_one() -> None:
    """Seed 0 has key 0: site 0 of sample 0 is made of the words of Random123's known answer, exactly."""
    uniform = (0xE169C58D6627E8D5 >> 11) / 2**53
    assert df.Box(width=1.0).onsite(1, seed=0, sample=0)[0] == uniform - 0.5


STUDY = """
kind = "noise"
[conductor]
length = 8
width = 4
energy = -1.3
[disorder]
kind = "box"
width = 2.0
[ensemble]
samples = 3
seed = 1992
"""


def test_samples_are_those_of_a_study(tmp_path: Path) -> None:
    """The same disorder, and so the same conductances as in a study; another route of solution: rounding."""
    record = df.run(STUDY, out=tmp_path, report=False, progress=False)
    ens = WIRE.ensemble(conductance, samples=3)
    np.testing.assert_allclose(ens.values, record["sample_conductance"].values.ravel(), rtol=1e-12)


def test_all_orbitals_of_a_site_have_the_same_energy() -> None:
    """Two decoupled copies of a chain on the same sites conduct twice as much; tolerance: rounding."""
    sites = 6
    chain = -np.eye(sites, k=1) - np.eye(sites, k=-1)
    lead = df.Lead.wide_band(1.0)
    ends = [(lead, [0]), (lead, [sites - 1])]
    both_ends = [(lead, [0, 1]), (lead, [2 * sites - 2, 2 * sites - 1])]
    one = df.network(chain, ends).with_disorder(df.Gaussian(0.7), seed=5)
    two = df.network(np.kron(chain, np.eye(2)), both_ends, orbitals=[2] * sites).with_disorder(df.Gaussian(0.7), seed=5)
    for n in range(3):
        single = one.sample(n).smatrix(0.3).transmission(1, 0)
        assert two.sample(n).smatrix(0.3).transmission(1, 0) == pytest.approx(2 * single, rel=1e-12)


def test_disorder_adds_to_the_energies_there_are() -> None:
    base = np.linspace(0.0, 1.0, 32)
    dirty = df.strip(length=8, width=4).with_onsite(base).with_disorder(df.Box(2.0), seed=1992)
    np.testing.assert_array_equal(dirty.sample(4).onsite, base + WIRE.onsite(4))


def test_a_function_makes_correlated_disorder() -> None:
    def columns(seed: int, sample: int) -> npt.NDArray[np.float64]:
        return np.repeat(np.random.default_rng([seed, sample]).normal(size=8), 4)

    dirty = df.strip(length=8, width=4).with_disorder(columns, seed=7)
    np.testing.assert_array_equal(dirty.sample(2).onsite, columns(7, 2))
    with pytest.raises(ValueError, match=r"\(32,\) is wanted"):
        df.strip(length=8, width=4).with_disorder(lambda _seed, _n: np.zeros(5)).sample(0)


def test_means_and_errors_are_those_of_the_values() -> None:
    """NumPy's formulas, to rounding; arrays, dicts and complex numbers."""

    def of(n: int) -> dict[str, Any]:
        rng = np.random.default_rng(n)
        return {"g": rng.normal(), "profile": rng.normal(size=3), "t": complex(*rng.normal(size=2)), "count": n}

    ens = df.ensemble(of, samples=50)
    assert ens.names == ["count", "g", "profile", "t"]
    assert ens.values["profile"].shape == (50, 3)
    np.testing.assert_allclose(ens.mean["profile"], ens.values["profile"].mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(ens["g"].std, ens.values["g"].std(ddof=1), rtol=1e-13)
    np.testing.assert_allclose(ens["t"].stderr, ens.values["t"].std(ddof=1) / np.sqrt(50), rtol=1e-13)
    assert ens["count"].mean == 24.5
    assert ens["t"].values[7] == of(7)["t"]


def test_the_jackknife_of_the_mean_is_its_standard_error_and_of_the_variance_its_own() -> None:
    """The error of a mean exactly; that of the variance of normal numbers is s^2 sqrt(2 / (n - 1)).

    Tolerance 15 %: the error of the error of 400 numbers is sqrt(kurtosis part) of some 5 %, three times.
    """
    ens = df.ensemble(lambda n: np.random.default_rng(n).normal(), samples=400)
    assert ens.jackknife(np.mean).stderr == pytest.approx(ens.stderr, rel=1e-12)
    variance = ens.jackknife(lambda g: g.var(ddof=1))
    assert variance.stderr == pytest.approx(np.sqrt(2 / 399), rel=0.15)
    assert abs(variance.value - 1.0) < 4 * variance.stderr
    # the estimate with divisor n is biased by -1/n: removed exactly
    corrected = ens.jackknife(np.var, bias_corrected=True)
    assert corrected.value == pytest.approx(variance.value, rel=1e-9)


def test_bits_do_not_depend_on_threads() -> None:
    one, three = (WIRE.ensemble(conductance, samples=40, threads=threads) for threads in (1, 3))
    np.testing.assert_array_equal(one.values, three.values)
    assert repr(one) == repr(three) and repr(one).startswith("Ensemble(")


def test_numerical_errors_are_failed_samples_and_other_exceptions_end_the_run() -> None:
    def of(n: int) -> float:
        if n % 10 == 3:
            raise df.NumericalError(f"residual of {n}")
        return float(n)

    ens = df.ensemble(of, samples=20, threads=2)
    assert ens.failed == [(3, "residual of 3"), (13, "residual of 13")]
    assert ens.samples == 18 and 3 not in ens.numbers and "2 failed" in repr(ens)
    assert ens.mean == pytest.approx((190 - 16) / 18, rel=1e-14)

    def wrong(n: int) -> float:
        return 1 / (n - 5)

    with pytest.raises(ZeroDivisionError) as caught:
        df.ensemble(wrong, samples=1000)
    assert "in sample 5" in caught.value.__notes__
    with pytest.raises(df.NumericalError, match="all 3 samples failed"):
        df.ensemble(lambda n: of(10 * n + 3), samples=3)


def test_a_relative_error_ends_the_run_early_and_at_the_same_sample() -> None:
    """Uniform numbers in [0, 1): 1 / sqrt(3 n) < 0.05 for some 133 samples; a multiple of 16."""

    def of(n: int) -> float:
        return float(np.random.default_rng(n).uniform())

    runs = [df.ensemble(of, samples=5000, relative_error=0.05, threads=threads) for threads in (1, 4)]
    assert runs[0].samples == runs[1].samples
    assert runs[0].samples % 16 == 0 and 96 <= runs[0].samples <= 192
    assert runs[0].stderr / runs[0].mean <= 0.05


def test_a_store_is_a_dataset(tmp_path: Path) -> None:
    def of(wire: df.Conductor) -> dict[str, Any]:
        s = wire.smatrix(-1.3)
        return {"conductance": s.transmission(1, 0), "amplitudes": s.submatrix(1, 0)}

    path = tmp_path / "g.zarr"
    units = {"conductance": "e^2/h"}
    dims = {"amplitudes": ["mode_out", "mode_in"]}
    ens = WIRE.ensemble(of, samples=5, store=path, units=units, dims=dims, parameters={"energy": -1.3})
    stored = xr.open_zarr(path)
    assert stored.conductance.dims == ("point", "sample") and stored.conductance.attrs["units"] == "e^2/h"
    assert stored.amplitudes.dims == ("point", "sample", "mode_out", "mode_in", "part")
    assert stored.attrs["seed"] == "1992"
    np.testing.assert_array_equal(stored.conductance[0], ens.values["conductance"])
    np.testing.assert_array_equal(stored.amplitudes.sel(part="imaginary")[0], ens.values["amplitudes"].imag)
    again = WIRE.ensemble(of, samples=5, store=path, units=units, dims=dims, parameters={"energy": -1.3})
    for name in ens.names:
        np.testing.assert_array_equal(again.values[name], ens.values[name])
    dataset = ens.to_xarray()
    assert dataset.amplitudes.dims == ("sample", "mode_out", "mode_in") and dataset.conductance.attrs == {
        "units": "e^2/h"
    }


def test_a_store_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "g.zarr"
    WIRE.ensemble(conductance, samples=5, store=path)
    clean = df.strip(length=8, width=4)
    for other, what in (
        (clean.with_disorder(df.Box(2.0), seed=1), "seed is 1992 there and 1 here"),
        (clean.with_disorder(df.Box(1.0), seed=1992), "disorder.width is 2.0 there and 1.0 here"),
        (df.strip(length=8, width=4, flux=0.1).with_disorder(df.Box(2.0), seed=1992), "conductor.fingerprint"),
        (clean.with_onsite(np.ones(32)).with_disorder(df.Box(2.0), seed=1992), "conductor.fingerprint"),
        (clean.with_probes(0.1).with_disorder(df.Box(2.0), seed=1992), "conductor.fingerprint"),
    ):
        with pytest.raises(ValueError, match=what):
            other.ensemble(conductance, samples=5, store=path)
    with pytest.raises(ValueError, match=r"complex number; but .* has value: real number"):
        WIRE.ensemble(lambda c: conductance(c) + 0j, samples=5, store=path)
    with pytest.raises(ValueError, match="made by another function"):
        WIRE.ensemble(lambda c: c.smatrix(-1.2).transmission(1, 0), samples=8, store=path)
    with pytest.raises(ValueError, match="units is"):
        WIRE.ensemble(conductance, samples=5, store=path, units="e^2/h")
    (tmp_path / "other").mkdir()
    with pytest.raises(ValueError, match="not a record"):
        WIRE.ensemble(conductance, samples=5, store=tmp_path / "other")
    # and none of these attempts has changed it
    assert WIRE.ensemble(conductance, samples=5, store=path).samples == 5


SLOW = """
import sys, time
import diffuson as df
wire = df.strip(length=8, width=4).with_disorder(df.Box(width=2.0), seed=1992)
def of(c):
    if len(sys.argv) > 2:
        time.sleep(float(sys.argv[2]))
    return c.smatrix(-1.3).transmission(1, 0)
print("ready", flush=True)
try:
    wire.ensemble(of, samples=60, threads=2, store=sys.argv[1])
except KeyboardInterrupt:
    sys.exit(3)
"""


def saved(path: Path) -> int:
    return int((xr.open_zarr(path).status == 1).sum()) if (path / "zarr.json").exists() else 0


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_cut_short_continues_to_the_same_bits(tmp_path: Path, how: signal.Signals) -> None:
    script = tmp_path / "slow.py"
    script.write_text(SLOW)
    whole, cut = tmp_path / "whole.zarr", tmp_path / "cut.zarr"
    subprocess.run([sys.executable, script, whole], check=True)
    run = subprocess.Popen([sys.executable, script, cut, "0.05"])
    deadline = time.monotonic() + 60
    while saved(cut) < 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(run.pid, how)
    since = time.monotonic()
    code = run.wait(timeout=30)
    if how == signal.SIGINT:
        # within a second, as far as the load of the machine lets the process end
        assert code == 3 and time.monotonic() - since < 3.0
    assert 4 <= saved(cut) < 60
    subprocess.run([sys.executable, script, cut], check=True)
    assert files(cut) == files(whole)


BUSY = """
import sys, time
import diffuson as df
def of(n):
    until = time.monotonic() + 1.5
    while time.monotonic() < until:
        pass
    return 1.0
print("ready", flush=True)
try:
    df.ensemble(of, samples=60, threads=2)
except KeyboardInterrupt:
    print(time.monotonic(), flush=True)
    sys.exit(3)
"""


def test_ctrl_c_does_not_wait_for_long_samples(tmp_path: Path) -> None:
    """KeyboardInterrupt within a second (0.4 s are waited for samples); the interpreter ends when they have ended."""
    script = tmp_path / "busy.py"
    script.write_text(BUSY)
    run = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert run.stdout is not None and run.stdout.readline() == "ready\n"
    time.sleep(0.3)
    sent = time.monotonic()
    run.send_signal(signal.SIGINT)
    heard, errors = run.communicate(timeout=30)
    assert run.returncode == 3 and errors == ""
    assert float(heard) - sent < 1.0


def test_more_samples_extend_a_store_and_fewer_are_the_first_ones(tmp_path: Path) -> None:
    path = tmp_path / "g.zarr"
    counted: list[int] = []

    def of(n: int) -> float:
        counted.append(n)
        return float(np.sqrt(n))

    df.ensemble(of, samples=10, store=path)
    counted.clear()
    longer = df.ensemble(of, samples=70, store=path)
    # the first one once more, to see that it is the same function
    assert sorted(counted) == [0, *range(10, 70)]
    np.testing.assert_array_equal(longer.values, np.sqrt(np.arange(70)))
    assert df.ensemble(of, samples=20, store=path).samples == 20


def test_an_exception_keeps_what_is_computed(tmp_path: Path) -> None:
    path = tmp_path / "g.zarr"

    def of(n: int) -> float:
        if n == 9:
            raise KeyError("a mistake")
        return float(n)

    with pytest.raises(KeyError, match="a mistake"):
        df.ensemble(of, samples=40, threads=1, store=path)
    status = xr.open_zarr(path).status.values[0]
    assert (status[:9] == 1).all() and status[9] == 0


def test_bad_input_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="not below 0"):
        df.Box(width=-1.0)
    with pytest.raises(ValueError, match="not below 0"):
        df.Gaussian(deviation=float("nan"))
    with pytest.raises(ValueError, match="at least one"):
        df.ensemble(float, samples=-3)
    with pytest.raises(ValueError, match="number of threads"):
        df.ensemble(float, samples=1, threads=0)
    with pytest.raises(TypeError, match="str for value"):
        df.ensemble(lambda _: "text", samples=1)
    with pytest.raises(ValueError, match="other samples have"):
        df.ensemble(lambda n: np.zeros(n + 1), samples=4)
