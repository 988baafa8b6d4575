"""Shot noise of a dirty wire against the coupling of voltage probes on all its sites.

The wire is metallic: coherent, its noise is close to a third of that of independent electrons. Dephasing probes
leave it there. Probes that let electrons share their energy raise it towards sqrt(3)/4, inelastic ones with a cold bath
take it away.
"""

import sys

import matplotlib.pyplot as plt
import numpy as np

import diffuson as df
from diffuson.noise import Setting, closed_forms

ENERGY, DISORDER, SAMPLES = -0.7, 1.5, 10
KINDS = ["dephasing", "hot", "inelastic"]

# ANCHOR: noise
wire = df.strip(length=40, width=20, boundary="periodic")
coupling = np.geomspace(1e-3, 1.0, 7)
bias = [(ENERGY + 0.005, 0.0), (ENERGY - 0.005, 0.0)]
settings = [Setting(bias, kind) for kind in KINDS]
random = np.random.default_rng(1992)

# sums over the samples of noise and current, of each kind at each coupling
noise, current, coherent = np.zeros((3, coupling.size)), np.zeros((3, coupling.size)), np.zeros(2)
for _ in range(SAMPLES):
    sample = wire.with_onsite(DISORDER * random.uniform(-0.5, 0.5, wire.sites))
    statistics = sample.smatrix(ENERGY).transmission_statistics()
    coherent += statistics.shot_noise, statistics.conductance
    for k, gamma in enumerate(coupling):
        for kind, found in enumerate(sample.with_probes(gamma).probe_noise_sweep(ENERGY, settings)):
            assert found.audit.passed, found.audit
            noise[kind, k] += found.correlator[0, 0]
            current[kind, k] += abs(found.current[0])
fano = noise / (2 * current)
without = coherent[0] / coherent[1]
# ANCHOR_END: noise

for name, values in zip(KINDS, fano, strict=True):
    print(f"{name:>9}: F from {values[0]:.3f} to {values.max():.3f} and {values[-1]:.3f}")
print(f" coherent: F = {without:.3f} of {SAMPLES} samples, G = {coherent[1] / SAMPLES:.2f} e^2/h")

figure, axes = plt.subplots(figsize=(5.5, 3.6), layout="constrained")
for name, values, marker in zip(KINDS, fano, "os^", strict=True):
    axes.semilogx(coupling, values, marker=marker, label=f"{name} probes")
for limit, text in [(closed_forms.DIFFUSIVE, "1/3"), (closed_forms.HOT_ELECTRONS, r"$\sqrt{3}/4$")]:
    axes.axhline(limit, color="grey", lw=0.8, ls="--")
    axes.text(coupling[-1], limit + 0.005, text, ha="right", color="grey")
axes.axhline(without, color="black", lw=0.8, ls=":", label="without probes")
axes.set(xlabel=r"coupling of a probe on every site $\Gamma/t$", ylabel=r"Fano factor $S/2eI$", ylim=(0, 0.5))
axes.legend(frameon=False, fontsize="small")
figure.savefig(sys.argv[1] if len(sys.argv) > 1 else "noise_with_a_voltage_probe.svg")
