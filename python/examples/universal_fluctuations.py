"""Universal conductance fluctuations: the variance of the conductance of a diffusive wire, against its length.

For a quasi-one-dimensional wire, phase-coherent, much longer than its mean free path and much shorter than its
localisation length, the variance in (e^2/h)^2 per spin is 2/15 with time reversal and 1/15 without. A wire of 16 rows
never has both by far. The shortest ones are ballistic: their variance is smaller. Around 32 slices it is larger than
the universal value; in the field, which takes a length of its own to break time reversal, longer so. The longest ones
conduct some e^2/h and begin to localise: without field their variance falls. Agreement is to be looked for in between,
and only to some ten or twenty per cent. Written to ``universal_fluctuations.svg``, or to the path given.
"""

import sys

import matplotlib.pyplot as plt
import numpy as np

import diffuson as df

ENERGY, WIDTH, DISORDER, SAMPLES = -1.0, 16, 1.2, 1000
LENGTHS = [8, 16, 32, 64, 128, 256]


# ANCHOR: conductance
def conductance(wire: df.Conductor) -> float:
    """Conductance in e^2/h per spin."""
    return wire.smatrix(ENERGY).transmission(1, 0)


# ANCHOR_END: conductance

figure, axes = plt.subplots(figsize=(6, 4))
print("flux   length  <G> e^2/h   var G (e^2/h)^2")
for flux, universal, colour in [(0.0, 2 / 15, "tab:blue"), (0.01, 1 / 15, "tab:orange")]:
    variances = []
    for length in LENGTHS:
        # ANCHOR: ensemble
        wire = df.strip(length, WIDTH, flux=flux).with_disorder(df.Box(DISORDER), seed=1987)
        ens = wire.ensemble(conductance, samples=SAMPLES, progress=False)
        variances.append(ens.jackknife(lambda g: g.var(ddof=1)))
        # ANCHOR_END: ensemble
        print(f"{flux:<5}  {length:>6}  {df.Estimate(ens.mean, ens.stderr)!r:<11} {variances[-1]!r}")
    value, stderr = np.array(variances).T
    axes.errorbar(LENGTHS, value, stderr, fmt="o-", color=colour, label=f"{flux} flux quanta per plaquette")
    axes.axhline(universal, color=colour, linestyle="--", linewidth=1)
axes.set(xscale="log", xlabel="length (lattice constants)", ylabel="var G  ((e$^2$/h)$^2$ per spin)", ylim=(0, None))
axes.text(LENGTHS[0], 2 / 15, "2/15", va="bottom", color="tab:blue")
axes.text(LENGTHS[0], 1 / 15, "1/15", va="bottom", color="tab:orange")
axes.legend()
figure.tight_layout()
plt.rcParams["svg.hashsalt"] = "universal_fluctuations"
figure.savefig(sys.argv[1] if len(sys.argv) > 1 else "universal_fluctuations.svg", metadata={"Date": None})
