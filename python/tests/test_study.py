"""Studies: the bits of the command line program, records as xarray sees them, interruptions, errors."""

import os
import shutil
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
import zarr
from helpers import files, interrupted

import diffuson as df

ROOT = Path(__file__).resolve().parents[2]
STUDIES = ROOT / "studies"

SMALL = """title = "A small strip"
kind  = "local-heat"

[conductor]
length = 12
width  = 5
energy = -1.3

[disorder]
kind  = "box"
width = 2.5

[probes]
coupling = 0.2

[sweep]
"probes.coupling" = [0.2, 0.4]

[ensemble]
samples = 3
seed    = 7
"""

#: Ten points of eight samples: about a second on one thread.
LONG = """kind = "local-heat"
[conductor]
length   = 40
width    = 12
boundary = "periodic"
energy   = -1.3
[disorder]
kind  = "box"
width = 2.5
[sweep]
"probes.coupling" = [0.11, 0.12, 0.13, 0.14, 0.15, 0.16, 0.17, 0.18, 0.19, 0.20]
[ensemble]
samples = 8
"""


@pytest.fixture(scope="session")
def program() -> str:
    """Return the command line program: that of DIFFUSON_PROGRAM, or else cargo's, built if it is not up to date."""
    if given := os.environ.get("DIFFUSON_PROGRAM"):
        return given
    if shutil.which("cargo") is None:
        pytest.skip("neither DIFFUSON_PROGRAM nor cargo")
    subprocess.run(["cargo", "build", "--release", "--quiet", "-p", "diffuson-cli"], cwd=ROOT, check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return str(target / "release" / "diffuson")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder of its own the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.toml").write_text(SMALL)
    (tmp_path / "long.toml").write_text(LONG)
    return tmp_path


@pytest.mark.parametrize("threads", [1, 3])
def test_a_run_leaves_the_files_of_the_program_to_the_last_byte(folder: Path, program: str, threads: int) -> None:
    command = [program, "run", "small.toml", "--set", "disorder.width=3.5", "--samples", "5", "--threads", "2"]
    subprocess.run([*command, "--quiet"], check=True)
    df.run("small.toml", set={"disorder.width": 3.5}, samples=5, threads=threads, out="here", progress=False)
    # record, figures and page
    assert files("here") == files("results")
    assert {"small.zarr/zarr.json", "small/report.html"} <= set(files("here"))


def test_a_text_is_the_study_of_the_file(folder: Path) -> None:
    from_file = df.run(folder / "small.toml", report=False)
    from_text = df.run(SMALL, name="of.text", report=False)
    assert files("results/small.zarr") == files("results/of.text.zarr")
    assert not Path("results/small").exists()
    xr.testing.assert_identical(from_file.load(), from_text.load())
    df.run(SMALL, report=False)
    assert Path("results/local-heat.zarr").is_dir()


def test_a_record_is_a_dataset_with_coordinates_units_and_estimates(folder: Path) -> None:
    run = df.run("small.toml", seed=11, report=False)
    assert run.sizes["point"] == 2 and run.sizes["sample"] == 3 and run.sizes["site"] == 60
    assert list(run.coords["probes_coupling"].values) == [0.2, 0.4]
    assert run.heat.dims == ("point", "sample", "site") and run.heat.attrs["units"] == "bias/t"
    assert run.attrs["title"] == "A small strip" and run.attrs["seed_number"] == 11
    assert run.attrs["audit_passed"] and all(law["passed"] for law in run.attrs["audit_worst"].values())
    assert run.attrs["samples_done"] == 6 and run.attrs["samples_failed"] == run.attrs["samples_missing"] == 0
    # the mean over samples and its error; both sides sum three numbers, in another order
    table = df.estimates(run)
    assert table.conductance.dims == ("point",) and table.conductance.attrs["units"] == run.conductance.attrs["units"]
    np.testing.assert_allclose(table.conductance, run.conductance.mean("sample"), rtol=1e-14)
    error = run.conductance.std("sample", ddof=1) / np.sqrt(3)
    np.testing.assert_allclose(table.conductance_error, error, rtol=1e-12)
    assert list(table.probes_coupling.values) == [0.2, 0.4]


#: At least one small study of every kind, several of those whose records differ by what is asked.
CASES: list[tuple[str, dict[str, Any]]] = [
    ("local-heat", {"conductor.length": 10, "conductor.width": 4, "probes.coupling": [0.1, 0.2], "disorder.width": 2}),
    ("defect-aggregates", {"defects.mobile": 4, "equilibrium.temperatures": 4, "equilibrium.sweeps": 20}),
    ("telegraph-noise", {"dynamics.settle": 10, "spectrum.segment": 64, "spectrum.segments": 2, "spectrum.bands": 5}),
    (
        "defect-breakdown",
        {"defects.mobile": 4, "dynamics.settle": 10, "dynamics.hops": 50, "dynamics.bias": [1.0, 3.0]},
    ),
    ("droplets", {"metal.distance": 0.1, "profile.kind": "gaussian"}),
    ("droplets-fit", {"posterior.steps": 0}),
    (
        "fluctuators",
        {
            "scatterers.phase_shift": 20.0,
            "contact.model": ["pairs", "lattice"],
            "lattice.width": 9,
            "lattice.opening": 9,
        },
    ),
    ("fluctuators-size", {"contact.radius": [16.0, 22.0, 30.0]}),
    ("fluctuators-temperature", {"scatterers.phase_shift": 20.0}),
    ("fluctuators-many-sites", {"scatterers.number": 6, "mobile.positions": [2, 4]}),
    ("mobility-edge", {"temperature.points": 10}),
    ("mobility-edge-fit", {"posterior.steps": 0, "data.to": 5}),
    ("fano-wire", {"conductor.length": 10, "conductor.width": 4}),
    ("hot-wire", {"conductor.length": [10, 20]}),
    ("noise-crossover", {"conductor.length": 10, "conductor.width": 4, "bias.voltage": [0.0, 0.02]}),
    ("number-variance", {"segment.to": 100, "segment.points": 3}),
    ("point-contact-staircase", {"gate.points": 11}),
    ("point-contact-noise", {"gate.points": 5, "drive.current": "50 nA"}),
    (
        "anderson-transition",
        {"lattice.size": [4, 5], "disorder.width": [15.0, 16.0, 17.0, 18.0], "measure.slices": 2000},
    ),
    ("spin-fluctuations", {"model.size": 4, "model.orbitals": 4, "potential.radius": 1.5}),
    (
        "droplet-experiment",
        {
            "model.size": 6,
            "susceptibility.modes": [5, 9],
            "susceptibility.subspace": 5,
            "susceptibility.radii": [1.0, 1.5],
        },
    ),
    (
        "droplet-map",
        {"model.size": 4, "model.orbitals": 2, "droplets.triplet": -0.8, "droplets.modes": 5, "droplets.reference": 5},
    ),
    (
        "droplet-pairs",
        {"model.size": 6, "interaction.radius": 1.2, "interaction.modes": 13, "interaction.distances": [1, 2]},
    ),
    ("thermoelectric", {"conductor.length": 6, "conductor.width": 3, "conductor.energy": [-2.5, -1.3]}),
    ("zero-bias-anomaly", {"bias.points": 9, "temperature.points": 9}),
    ("zero-bias-anomaly-fit", {"comparison.repetitions": 0, "posterior.steps": 0}),
]


@pytest.mark.parametrize(("name", "settings"), CASES, ids=[name for name, _ in CASES])
def test_xarray_opens_every_record_without_warnings(folder: Path, name: str, settings: dict[str, Any]) -> None:
    small = {f"sweep.{key}" if is_swept(name, key, value) else key: value for key, value in settings.items()}
    if "[ensemble]" in (STUDIES / f"{name}.toml").read_text():
        small["ensemble.samples"] = 2
    with warnings.catch_warnings():
        # so small studies may fail an audit of statistics
        warnings.simplefilter("ignore", df.AuditWarning)
        df.run(STUDIES / f"{name}.toml", set=small, report=False, progress=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        opened = xr.open_zarr(f"results/{name}.zarr").load()
    stored = {f.parent.name for f in Path(f"results/{name}.zarr").glob("*/zarr.json")}
    assert set(opened.variables) == stored
    for key, array in opened.variables.items():
        assert array.dims and not any(dim.startswith("dim_") for dim in map(str, array.dims)), key
        assert array.attrs.get("units") and array.attrs.get("long_name"), key
    for needed in ("point", "sample", "quantity", "audit"):
        assert needed in opened.indexes
    assert opened.attrs["kind"] in df.kinds()


def is_swept(name: str, key: str, value: Any) -> bool:
    """Whether a value is a list for the sweep of the study."""
    return isinstance(value, list) and f'"{key}"' in (STUDIES / f"{name}.toml").read_text()


def test_the_cases_have_every_kind() -> None:
    texts = [" ".join((STUDIES / f"{name}.toml").read_text().split()) for name, _ in CASES]
    assert all(any(f'kind = "{kind}"' in text for text in texts) for kind in df.kinds())


def test_errors_are_those_of_the_program(folder: Path, program: str) -> None:
    bad = SMALL.replace("0.2\n", "-0.2\n").replace('[sweep]\n"probes.coupling" = [0.2, 0.4]\n', "")
    (folder / "bad.toml").write_text(bad)
    printed = subprocess.run([program, "run", "bad.toml"], capture_output=True, text=True, check=False)
    with pytest.raises(ValueError) as error:
        df.run("bad.toml")
    assert str(error.value) == printed.stderr.rstrip()
    for part in ("probes.coupling", "-0.2", "bad.toml:14", "allowed"):
        assert part in str(error.value)
    with pytest.raises(ValueError, match="study:14"):
        df.check(bad)
    with pytest.raises(FileNotFoundError, match=r"there is no study file nothing\.toml"):
        df.run("nothing.toml")
    with pytest.raises(ValueError, match=r"probes\.couplign"):
        df.run("small.toml", set={"probes.couplign": 0.2})
    with pytest.raises(TypeError, match="not dict"):
        df.run("small.toml", set={"probes": {"coupling": 0.2}})
    with pytest.raises(ValueError, match="threads is 0"):
        df.run("small.toml", threads=0)


def test_errors_of_records(folder: Path) -> None:
    df.run("small.toml", report=False)
    with pytest.raises(ValueError, match=r"another study: disorder\.width is 2\.5 there and 3\.0 here"):
        df.run("small.toml", set={"disorder.width": 3.0}, report=False)
    run = df.run("small.toml", set={"disorder.width": 3.0}, fresh=True, report=False)
    assert run.attrs["settings"]["disorder"]["width"] == 3.0
    Path("results/other.zarr").mkdir()
    with pytest.raises(ValueError, match="not a record of this program"):
        df.run(SMALL, name="other")
    with pytest.raises(FileNotFoundError, match="there is no record"):
        df.open_record("results/nothing.zarr")
    Path("file").write_text("")
    with pytest.raises(OSError, match="file"):
        df.run(SMALL, out="file")


def test_a_failed_audit_and_failed_samples_are_told(folder: Path) -> None:
    df.run("small.toml", report=False)
    record: Any = zarr.open_group("results/small.zarr", mode="r+")
    laws = list(record["audit"][:])
    residual = record["audit_residual"]
    residual[0, 1, laws.index("charge")] = 1.0
    # what a record says of all its samples follows from them when a run ends
    with pytest.warns(df.AuditWarning, match="the audit failed: charge"):
        df.run("small.toml", report=False)
    with pytest.warns(df.AuditWarning, match="the audit failed: charge") as told:
        opened = df.open_record("results/small.zarr")
    assert told[0].filename == __file__
    worst = opened.attrs["audit_worst"]["charge"]
    assert not opened.attrs["audit_passed"] and (worst["point"], worst["sample"], worst["residual"]) == (0, 1, 1.0)
    residual[0, 1, laws.index("charge")] = 0.0
    status = record["status"]
    status[1, 0] = 2
    with pytest.warns(df.FailedSamplesWarning, match="1 of 6 samples failed"):
        df.run("small.toml", report=False)
    with pytest.warns(df.FailedSamplesWarning, match="1 of 6 samples failed"):
        assert df.open_record("results/small.zarr").attrs["samples_failed"] == 1


SCRIPT = """
import diffuson as df, sys, time
try:
    df.run("long.toml", threads=2, report=False, progress=False)
except KeyboardInterrupt as interrupt:
    print("interrupted", time.time(), interrupt, flush=True)
    sys.exit(7)
"""


def saved(record: str) -> int:
    """Return the number of samples in a record that may not be there yet."""
    try:
        done = df.open_record(record).attrs["samples_done"]
    except FileNotFoundError:
        return 0
    return int(done)


def test_ctrl_c_keeps_what_is_there_and_the_same_call_continues(folder: Path, program: str) -> None:
    subprocess.run([program, "run", "long.toml", "--no-report", "--quiet", "--out", "whole"], check=True)
    # the machine may be so busy elsewhere that the run is over before the signal comes
    for _ in range(10):
        shutil.rmtree("results", ignore_errors=True)
        child = subprocess.Popen([sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True)
        limit = time.monotonic() + 120
        while saved("results/long.zarr") == 0:
            assert time.monotonic() < limit, "no sample was saved"
            time.sleep(0.002)
        sent = time.time()
        child.send_signal(signal.SIGINT)
        printed, _ = child.communicate()
        if child.returncode != 0:
            break
    assert child.returncode == 7
    word, when, message = printed.strip().split(maxsplit=2)
    # a second, and what a machine busy elsewhere may take beside it
    assert word == "interrupted" and float(when) - sent < 3.0
    assert message == "what was computed is saved in results/long.zarr; the same call continues"
    there = df.open_record("results/long.zarr").attrs
    assert there["samples_done"] > 0 and there["samples_missing"] > 0
    df.run("long.toml", threads=2, report=False, progress=False)
    assert files("results") == files("whole")


def test_in_one_process_the_same_call_waits_for_samples_that_still_run(folder: Path) -> None:
    # one sample takes seconds: many energies; after Ctrl-C it ends in the background
    slow = {"conductor.length": 60, "conductor.width": 20, "temperature.kT": 0.02, "sweep.probes.coupling": [0.1, 0.2]}
    arguments: dict[str, Any] = {"set": slow, "samples": 1, "threads": 2, "report": False, "progress": False}
    with interrupted(after=0.5):
        df.run("long.toml", **arguments)
    done = df.run("long.toml", **arguments)
    assert done.attrs["samples_done"] == 2


def test_progress_is_shown_if_wanted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    df.run("small.toml", report=False, progress=False)
    assert capsys.readouterr().err == ""
    df.run("small.toml", report=False, samples=4, progress=True)
    assert "local-heat: 100%" in (shown := capsys.readouterr().err) and "8/8" in shown
    # neither a terminal nor Jupyter
    df.run("small.toml", report=False)
    assert capsys.readouterr().err == ""


def test_check_predicts_without_writing(folder: Path) -> None:
    forecast = df.check("small.toml", samples=40, threads=2)
    assert (forecast.kind, forecast.samples, forecast.seed, forecast.threads) == ("local-heat", 40, 7, 2)
    assert forecast.points == [{"probes.coupling": 0.2}, {"probes.coupling": 0.4}]
    assert forecast.measured and forecast.seconds > 0 and forecast.memory > 0
    # twice the samples cost twice the disk
    assert df.check("small.toml", samples=80).disk == pytest.approx(2 * forecast.disk, rel=1e-12)
    assert sorted(p.name for p in folder.iterdir()) == ["long.toml", "small.toml"]


def test_a_fit_is_that_of_the_program(folder: Path, program: str) -> None:
    data = STUDIES / "data" / "synthetic-zero-bias-kondo.csv"
    command = [program, "fit", str(data), "--model", "zero-bias-anomaly", "--quiet", "--out", "there"]
    assert subprocess.run(command, check=False).returncode in (0, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", df.AuditWarning)
        fitted = df.fit(data, model="zero-bias-anomaly", progress=False)
    assert files("results") == files("there")
    assert np.isfinite(fitted.fit_value).all() and (fitted.fit_error > 0).any()
    with pytest.raises(ValueError, match='"mobility-edge"'):
        df.fit(data, model="polaron")
    with pytest.raises(ValueError, match="either a study or a model"):
        df.fit(data)


def test_the_ledger_is_put_to_the_test(folder: Path) -> None:
    """A formula and a study, whose value is 1/3 to a few of its standard errors of 0.002."""
    for id in ("004/classical-limit", "004/lattice-wire"):
        verdicts = df.reproduce(id, progress=False)
        assert verdicts and all(v.agrees and v.verdict == v.on_record and v.paper == "004" for v in verdicts)
    assert verdicts[0].standard_error > 0 and verdicts[0].computed == pytest.approx(1 / 3, abs=0.02)
    assert Path("results/reproductions/004/wire-quick.zarr").is_dir()
    with pytest.raises(ValueError, match="its papers are 000, "):
        df.reproduce("999")


def test_every_kind_has_a_template_that_validates_or_asks_for_a_file(folder: Path) -> None:
    assert len(df.kinds()) == 15 and "local-heat" in df.kinds()
    for kind in df.kinds():
        assert f'kind = "{kind}"' in " ".join(df.template(kind).split())
    with pytest.raises(ValueError, match="one of local-heat, "):
        df.template("heat")
