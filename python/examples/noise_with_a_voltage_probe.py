"""Shot noise of a dirty wire against the coupling of voltage probes on all its sites.

The wire is metallic: coherent, its noise is close to a third of that of independent electrons. Dephasing probes
leave it there. Probes that let electrons share their energy raise it towards sqrt(3)/4, inelastic ones with a cold bath
take it away.
"""

import sys

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt

import diffuson as df
from diffuson.noise import Setting, closed_forms

ENERGY, DISORDER, SAMPLES = -0.7, 1.5, 10
KINDS = ["dephasing", "hot", "inelastic"]

# ANCHOR: noise
wire = df.strip(length=40, width=20, boundary="periodic").with_disorder(df.Box(DISORDER), seed=1992)
coupling = np.geomspace(1e-3, 1.0, 7)
bias = [(ENERGY + 0.005, 0.0), (ENERGY - 0.005, 0.0)]
settings = [Setting(bias, kind) for kind in KINDS]


def noise_and_current(sample: df.Conductor) -> dict[str, npt.NDArray[np.float64]]:
    """Noise and current of each kind of probe at each coupling; shot noise and conductance without probes."""
    noise, current = np.zeros((2, len(KINDS), coupling.size))
    for k, gamma in enumerate(coupling):
        for kind, found in enumerate(sample.with_probes(gamma).probe_noise_sweep(ENERGY, settings)):
            if not found.audit.passed:
                raise df.NumericalError(str(found.audit))
            noise[kind, k], current[kind, k] = found.correlator[0, 0], abs(found.current[0])
    statistics = sample.smatrix(ENERGY).transmission_statistics()
    coherent = np.array([statistics.shot_noise, statistics.conductance])
    return {"noise": noise, "current": current, "coherent": coherent}


ens = wire.ensemble(noise_and_current, samples=SAMPLES, progress=False)
fano = ens.jackknife(lambda of: of["noise"].mean(axis=0) / (2 * of["current"].mean(axis=0)))
without = ens["coherent"].jackknife(lambda of: of[:, 0].mean() / of[:, 1].mean())
# ANCHOR_END: noise

for name, value, stderr in zip(KINDS, fano.value, fano.stderr, strict=True):
    shown = [df.Estimate(value[k], stderr[k]) for k in (0, value.argmax(), -1)]
    print(f"{name:>9}: F = {shown[0]} at the weakest coupling, {shown[1]} at most, {shown[2]} at the strongest")
print(f" coherent: F = {without} of {SAMPLES} samples, G = {ens['coherent'].mean[1]:.2f} e^2/h")

figure, axes = plt.subplots(figsize=(5.5, 3.6), layout="constrained")
for name, value, stderr, marker in zip(KINDS, fano.value, fano.stderr, "os^", strict=True):
    axes.errorbar(coupling, value, stderr, marker=marker, label=f"{name} probes")
axes.set_xscale("log")
for limit, text in [(closed_forms.DIFFUSIVE, "1/3"), (closed_forms.HOT_ELECTRONS, r"$\sqrt{3}/4$")]:
    axes.axhline(limit, color="grey", lw=0.8, ls="--")
    axes.text(coupling[-1], limit + 0.005, text, ha="right", color="grey")
axes.axhline(float(without.value), color="black", lw=0.8, ls=":", label="without probes")
axes.set(xlabel=r"coupling of a probe on every site $\Gamma/t$", ylabel=r"Fano factor $S/2eI$", ylim=(0, 0.5))
axes.legend(frameon=False, fontsize="small")
plt.rcParams["svg.hashsalt"] = "noise_with_a_voltage_probe"
figure.savefig(sys.argv[1] if len(sys.argv) > 1 else "noise_with_a_voltage_probe.svg", metadata={"Date": None})
