"""A Kwant script with one changed line: the quantum Hall effect in a dirty bar with six leads.

Computes the Hall and the longitudinal resistance against energy with Kwant and with Diffuson, in turns at each energy,
compares transmissions and prints the times of both; draws ``ported_from_kwant.svg``, or the file given as an argument.
Both compute on one thread: on matrices of this size the threads of Kwant's libraries would be in each other's way.
"""

import os
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "SCOTCH_PTHREAD_NUMBER": "1"}

import kwant
import matplotlib.pyplot as plt
import numpy as np
from kwant.digest import uniform

import diffuson as df

# ANCHOR: script
LENGTH, WIDTH, PROBE = 80, 40, 10
lattice = kwant.lattice.square(norbs=1)


def level(site: Any, disorder: float) -> float:
    """On-site energy, in a box of full width ``disorder``."""
    return 4.0 + disorder * (float(uniform(repr(site), "hall")) - 0.5)


def along_x(to: Any, start: Any, flux: float) -> complex:
    """Hopping with its Peierls phase: ``flux`` quanta per plaquette."""
    return complex(-np.exp(-2j * np.pi * flux * to.tag[1]))


def fill(builder: Any, sites: Any, onsite: Any, hopping: Any) -> Any:
    """Put sites and hoppings into a bar or a lead."""
    builder[sites] = onsite
    builder[kwant.HoppingKind((1, 0), lattice)] = hopping
    builder[kwant.HoppingKind((0, 1), lattice)] = -1.0
    return builder


bar = fill(kwant.Builder(), (lattice(x, y) for x in range(LENGTH) for y in range(WIDTH)), level, along_x)
ends = kwant.Builder(kwant.TranslationalSymmetry((-1, 0)))
bar.attach_lead(fill(ends, (lattice(0, y) for y in range(WIDTH)), 4.0, along_x))
bar.attach_lead(ends.reversed())
params = {"disorder": 0.6, "flux": 0.05}
for direction, row in ((1, WIDTH - 1), (-1, 0)):
    # no field in the voltage probes: the phase is that of the row they are attached to
    phase = -np.exp(-2j * np.pi * params["flux"] * row)
    for first in (20, LENGTH - 20 - PROBE):
        probe = kwant.Builder(kwant.TranslationalSymmetry((0, direction)))
        bar.attach_lead(fill(probe, (lattice(x, 0) for x in range(first, first + PROBE)), 4.0, phase))

fsyst = bar.finalized()
energies = np.linspace(0.37, 1.43, 24)
# ANCHOR_END: script


def by_kwant(energy: float) -> Any:
    """Leave the script as it was."""
    # ANCHOR: before
    s = kwant.smatrix(fsyst, energy, params=params)
    # ANCHOR_END: before
    return s


def by_diffuson(energy: float) -> df.SMatrix:
    """Change one line."""
    # ANCHOR: after
    s = df.smatrix(fsyst, energy, params=params)
    # ANCHOR_END: after
    return s


# ANCHOR: resistances
def resistances(s: Any) -> tuple[float, float]:
    """Compute Hall and longitudinal resistance in h/e^2.

    The current flows from lead 0 to lead 1, voltages are between leads 2 and 4, and 2 and 3.
    """
    currents = np.array([1.0, -1.0, 0.0, 0.0, 0.0])
    voltages = np.append(np.linalg.solve(s.conductance_matrix()[:5, :5], currents), 0.0)
    return float(abs(voltages[2] - voltages[4])), float(voltages[2] - voltages[3])


# ANCHOR_END: resistances


def timed(work: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    """Return what ``work`` returns, and the seconds it took."""
    start = time.perf_counter()
    result = work(*arguments)
    return result, time.perf_counter() - start


def main() -> None:
    """Compute both in turns, print the table and draw the figure."""
    # ANCHOR: once
    conductor = df.from_kwant(fsyst, params)
    # ANCHOR_END: once
    _, conversion = timed(df.from_kwant, fsyst, params)
    ways = [by_kwant, by_diffuson, conductor.smatrix]
    seconds, difference = np.zeros(3), 0.0
    curves: list[tuple[float, float]] = []
    for energy in energies:
        results = []
        for way, solve in enumerate(ways):
            s, took = timed(solve, energy)
            seconds[way] += took
            results.append(s)
        transmissions = [np.array([[s.transmission(a, b) for b in range(6)] for a in range(6)]) for s in results]
        difference = max(difference, *(abs(t - transmissions[0]).max() for t in transmissions[1:]))
        assert results[1].audit.passed and results[2].audit.passed
        curves.append(resistances(results[1]))

    milliseconds = 1e3 * seconds / len(energies)
    print(f"{LENGTH} x {WIDTH} sites, six leads, {len(energies)} energies; time per energy, one thread, in turns:")
    calls = [f"{of}.smatrix(fsyst, energy, params=params)" for of in ("kwant", "df")] + ["conductor.smatrix(energy)"]
    for call, took in zip(calls, milliseconds, strict=True):
        print(f"  {call:<46}{took:7.1f} ms   time of Kwant's / this: {milliseconds[0] / took:4.1f}")
    print(f"  {'once: df.from_kwant(fsyst, params)':<46}{1e3 * conversion:7.1f} ms")
    print(f"largest difference of a transmission: {difference:.1e}")

    # ANCHOR: more
    # beyond Kwant: electrons lose their phase on the way, and every law is audited
    dephased = conductor.with_probes(0.05).smatrix(energies[0])
    print(dephased.audit)
    # ANCHOR_END: more

    hall, longitudinal = np.array(curves).T
    figure, axes = plt.subplots(figsize=(5.5, 3.6), layout="constrained")
    axes.plot(energies, hall, "o-", label="Hall", markersize=3)
    axes.plot(energies, longitudinal, "s-", label="longitudinal", markersize=3)
    for plateau in (1, 2):
        axes.axhline(1 / plateau, color="grey", linewidth=0.5)
    axes.set(xlabel="energy / t", ylabel="resistance / (h/e$^2$)", ylim=(-0.1, 1.2))
    axes.legend()
    plt.rcParams["svg.hashsalt"] = "ported_from_kwant"
    figure.savefig(sys.argv[1] if len(sys.argv) > 1 else "ported_from_kwant.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
