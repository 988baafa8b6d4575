"""Universal conductance fluctuations: the variance of the conductance of a diffusive wire, against its length.

For a quasi-one-dimensional wire, phase-coherent and much longer than its mean free path l and much shorter than the
localisation length (some N l, of N modes), the variance in (e^2/h)^2 per spin is 2/15 with time reversal, 1/15 without.
A wire of a few modes never has both by far: short wires are still ballistic, long ones localise. Written to
``universal_fluctuations.svg``, or to the path given.
"""

import sys

import matplotlib.pyplot as plt
import numpy as np

import diffuson as df

ENERGY, WIDTH, DISORDER, SAMPLES = -1.0, 16, 1.2, 400
LENGTHS = [8, 16, 32, 64, 128, 256]


def conductance(wire: df.Conductor) -> float:
    """Conductance in e^2/h per spin."""
    return wire.smatrix(ENERGY).transmission(1, 0)


figure, axes = plt.subplots(figsize=(6, 4))
print("flux   length  <G> e^2/h   var G (e^2/h)^2")
for flux, universal, colour in [(0.0, 2 / 15, "tab:blue"), (0.01, 1 / 15, "tab:orange")]:
    variances = []
    for length in LENGTHS:
        wire = df.strip(length, WIDTH, flux=flux).with_disorder(df.Box(DISORDER), seed=1987)
        ens = wire.ensemble(conductance, samples=SAMPLES, progress=False)
        variances.append(ens.jackknife(lambda g: g.var(ddof=1)))
        print(f"{flux:<5}  {length:>6}  {df.Estimate(ens.mean, ens.stderr)!r:<11} {variances[-1]!r}")
    value, stderr = np.array(variances).T
    axes.errorbar(LENGTHS, value, stderr, fmt="o-", color=colour, label=f"{flux} flux quanta per plaquette")
    axes.axhline(universal, color=colour, linestyle="--", linewidth=1)
axes.set(xscale="log", xlabel="length (lattice constants)", ylabel="var G  ((e$^2$/h)$^2$ per spin)", ylim=(0, None))
axes.text(LENGTHS[0], 2 / 15, "2/15", va="bottom", color="tab:blue")
axes.text(LENGTHS[0], 1 / 15, "1/15", va="bottom", color="tab:orange")
axes.legend()
figure.tight_layout()
figure.savefig(sys.argv[1] if len(sys.argv) > 1 else "universal_fluctuations.svg")
