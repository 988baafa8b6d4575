"""Thermopower at a mobility edge, and the exponent read off measurements of it.

Above: |S| against temperature at several distances of the chemical potential from the mobility edge, with its limits:
the linear law of Mott at low temperature, the plateau that depends on the exponent alone at high temperature. Below:
synthetic measurements of four samples with errors of 2 %, fitted together: against T/d all fall on the curve of one
exponent. Where the law holds, as here, a curvature is warned of once in twenty data sets, by chance; this is one.
"""

import sys

import matplotlib.pyplot as plt
import numpy as np

import diffuson as df
from diffuson import localization

exponent, prefactor = 1.57, 40.0  # of three-dimensional electrons with time reversal; (S/m)/K^1.57
edge = df.mobility_edge(exponent, prefactor)
micro = 1e6

figure, (theory, fitted) = plt.subplots(2, 1, figsize=(6.0, 8.0), layout="constrained")

temperature = np.geomspace(0.3, 300.0, 200)
# ANCHOR: curves
for distance in [-10.0, 0.0, 3.0, 10.0, 30.0]:
    s = edge.transport(distance, temperature).thermopower
    theory.loglog(temperature, -micro * s, label=f"$d$ = {distance:g} K")
    if distance > 0.0:
        low = temperature[temperature < 0.3 * distance]
        mott = localization.low_temperature.thermopower_linear(exponent, low / distance)
        theory.loglog(low, micro * localization.THERMOPOWER_UNIT * mott, "k:", linewidth=0.8)
# ANCHOR_END: curves
plateau = micro * localization.THERMOPOWER_UNIT * localization.high_temperature.plateau(exponent)
theory.axhline(plateau, color="k", linestyle="--", linewidth=0.8)
theory.set(xlabel="temperature (K)", ylabel=r"$-S$ ($\mu$V/K)", ylim=(1.0, 5e3))
theory.set_title(f"exponent {exponent}: Mott's law (dotted), plateau (dashed)")
theory.legend()

# measurements of four samples: errors of the conductivity, and of the thermopower per plateau
error, random = 0.02, np.random.default_rng(1992)
temperature = np.geomspace(0.5, 12.0, 15)
measured = {}
for name, distance in {"A": 2.0, "B": 5.0, "C": 12.0, "D": 30.0}.items():
    exact = edge.transport(distance, temperature)
    sigma_error, s_error = error * exact.conductivity, error * plateau / micro
    measured[name] = {
        "conductivity": exact.conductivity + sigma_error * random.standard_normal(temperature.size),
        "conductivity_error": sigma_error,
        "thermopower": exact.thermopower + s_error * random.standard_normal(temperature.size),
        "thermopower_error": s_error,
    }
data = localization.Measurements(
    [localization.MeasuredSample(name, temperature, **values) for name, values in measured.items()]
)
# ANCHOR: fit
compared = data.compare()
fit = compared.fit
print(f"exponent {fit.exponent}, of which the data were made with {exponent}")
# ANCHOR_END: fit
print("distances from the edge:", ", ".join(f"{n} {d} K" for n, d in zip(fit.names, fit.distances, strict=True)))
print(f"chi^2 per degree of freedom {fit.fit.chi_squared / fit.fit.degrees_of_freedom:.2f}; {fit.audit}")
print("warnings:", "; ".join(map(str, compared.warnings)) or "none")

z = np.geomspace(0.15, 70.0, 100)
law = df.mobility_edge(float(fit.exponent))
fitted.semilogx(1.0 / z, -law.thermopower(z), "k", linewidth=0.8)
for (name, values), d in zip(measured.items(), fit.distances, strict=True):
    s, s_error = (
        np.asarray(values[key]) / localization.THERMOPOWER_UNIT for key in ("thermopower", "thermopower_error")
    )
    fitted.errorbar(temperature / d.value, -s, s_error, fmt=".", label=f"{name}: $d$ = {d} K")
fitted.set(xlabel="temperature over fitted distance, $T/d$", ylabel="$-S$ ($k_B/e$)")
fitted.set_title(f"joint fit of sigma and S of four samples: exponent {fit.exponent}")
fitted.legend()

plt.rcParams["svg.hashsalt"] = "thermopower_at_a_mobility_edge"
figure.savefig(sys.argv[1] if len(sys.argv) > 1 else "thermopower_at_a_mobility_edge.svg", metadata={"Date": None})
