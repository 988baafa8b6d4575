"""A dirty wire: its conductance, the heat of its sites, and the mean of two hundred like it."""

import diffuson as df

wire = df.strip(length=60, width=20, boundary="periodic")  # a square lattice between two leads
dirty = wire.with_disorder(df.Box(width=2.0), seed=1992)

s = dirty.sample(0).smatrix(energy=-1.3)
print(s.transmission(1, 0), s.audit.passed)  # e^2/h per spin; unitarity and reciprocity hold

heat = dirty.sample(0).probes(energy=-1.3, coupling=0.1).solve()  # a voltage probe on every site
print(heat.peltier.std(), heat.audit.passed)  # the local Peltier heat

conductance = dirty.ensemble(lambda sample: sample.smatrix(-1.3).transmission(1, 0), samples=200)
print(conductance)  # mean, standard error
