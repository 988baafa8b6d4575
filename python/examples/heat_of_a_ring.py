"""Where a dirty ring gives off heat and takes it up: local Peltier heat with a probe on every site.

The ring is built with Kwant. Usage: python heat_of_a_ring.py [heat_of_a_ring.svg]
"""

import sys
from pathlib import Path
from typing import Any

import kwant
import matplotlib.pyplot as plt
import numpy as np

import diffuson as df

INNER, OUTER, LEAD = 12.0, 22.0, 5
DISORDER, ENERGY, COUPLING = 1.5, -1.3, 0.1


def ring() -> Any:
    """Make a ring of the square lattice between two leads, box disorder on its sites."""
    lattice = kwant.lattice.square(norbs=1)

    def is_inside(place: Any) -> bool:
        return bool(INNER < np.hypot(*place) < OUTER)

    def onsite(site: Any) -> float:
        return DISORDER * (float(kwant.digest.uniform(repr(site.tag), "1992")) - 0.5)

    system = kwant.Builder()
    system[lattice.shape(is_inside, (0, int(0.5 * (INNER + OUTER))))] = onsite
    system[lattice.neighbors()] = -1.0
    lead = kwant.Builder(kwant.TranslationalSymmetry((-1, 0)))
    lead[(lattice(0, y) for y in range(-LEAD, LEAD + 1))] = 0.0
    lead[lattice.neighbors()] = -1.0
    system.attach_lead(lead)
    system.attach_lead(lead.reversed())
    return system.finalized()


fsyst = ring()
# ANCHOR: heat
conductor = df.from_kwant(fsyst)
state = conductor.probes(ENERGY, COUPLING).solve()
heat = state.peltier
# ANCHOR_END: heat

places = conductor.positions[:, :2]
low, high = places.min(axis=0).astype(int), places.max(axis=0).astype(int)
map_ = np.full(high - low + 1, np.nan)
map_[tuple((places - low).round().astype(int).T)] = heat
largest = np.nanmax(np.abs(map_))

print(f"{conductor}: G = {state.conductance:.4f} e^2/h per spin")
print(f"Peltier heat of a site: rms {heat.std():.4f} bias/t; into the leads {state.lead_heat}")
print(f"sum of all heats {heat.sum() + state.lead_heat.sum():+.1e} bias/t")
print(state.audit)

figure, axes = plt.subplots(figsize=(6.6, 5.0), layout="constrained")
edges = (low[0] - 0.5, high[0] + 0.5, low[1] - 0.5, high[1] + 0.5)
picture = axes.imshow(map_.T, origin="lower", extent=edges, cmap="RdBu_r", vmin=-largest, vmax=largest)
axes.set(xlabel="x (lattice constants)", ylabel="y (lattice constants)", title="Local Peltier heat of a dirty ring")
figure.colorbar(picture, label=r"heat $q$ (bias/$t$), $J^Q = (\pi^2 (k_B T)^2 / 3h)\, q$")
plt.rcParams["svg.hashsalt"] = "heat_of_a_ring"
figure.savefig(Path(sys.argv[1] if len(sys.argv) > 1 else "heat_of_a_ring.svg"), metadata={"Date": None})
