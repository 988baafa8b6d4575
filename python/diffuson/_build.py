"""Ways to make a conductor."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ._native import Conductor, Hamiltonian, Lattice, Lead

#: What a strip may have at an end: a lead, the name of one, or nothing.
EndOfStrip = Lead | str | None


def strip(
    length: int,
    width: int,
    height: int = 1,
    *,
    lattice: str = "square",
    boundary: str = "hard-wall",
    flux: float = 0.0,
    leads: EndOfStrip | tuple[EndOfStrip, EndOfStrip] = "continuation",
) -> Conductor:
    """Make a strip or bar of a lattice between two leads.

    Parameters
    ----------
    length, width, height
        Slices along the current, rows across it, and layers (three dimensions).
    lattice
        ``"square"``, ``"cubic"``, ``"honeycomb-zigzag"`` or ``"honeycomb-armchair"`` (the edge along the current).
    boundary
        Across the current: ``"hard-wall"`` or ``"periodic"``.
    flux
        Magnetic field, in flux quanta per plaquette.
    leads
        What is at both ends, or a pair of what is at the left and at the right one: ``"continuation"`` (the clean
        lattice without field, to infinity), a :class:`Lead`, or None.
    """
    pair = leads if isinstance(leads, tuple) else (leads, leads)
    if len(pair) != 2:
        raise ValueError(f"a strip has two ends, but leads are {len(pair)}")
    left, right = (_lead(end) for end in pair)
    return Conductor.strip(Lattice(length, width, height, family=lattice, boundary=boundary, flux=flux), left, right)


def network(
    hamiltonian: Hamiltonian | Any,
    leads: Sequence[tuple[Lead, Sequence[int]]],
    *,
    positions: npt.ArrayLike | None = None,
    orbitals: Sequence[int] | None = None,
) -> Conductor:
    """Make a conductor of any shape out of a Hamiltonian and leads.

    Parameters
    ----------
    hamiltonian
        A :class:`Hamiltonian`, or a Hermitian matrix in t: a NumPy array or a SciPy sparse matrix, orbitals numbered
        site after site.
    leads
        Pairs of a lead and the orbitals it is attached to, in the order of the lead's own.
    positions
        Of a matrix: positions of its sites, (sites, 1 to 3), in lattice constants; without them the sites are on a
        line.
    orbitals
        Of a matrix: number of orbitals of each site; 1 if not given.
    """
    if not isinstance(hamiltonian, Hamiltonian):
        hamiltonian = _of_matrix(hamiltonian, positions, orbitals)
    return Conductor.network(hamiltonian, [(lead, list(at)) for lead, at in leads])


def _of_matrix(matrix: Any, positions: npt.ArrayLike | None, orbitals: Sequence[int] | None) -> Hamiltonian:
    if hasattr(matrix, "tocoo"):
        entries = matrix.tocoo()
        rows, cols, values = entries.row, entries.col, entries.data
        order = max(entries.shape)
    else:
        dense = np.asarray(matrix, dtype=complex)
        if dense.ndim != 2 or dense.shape[0] != dense.shape[1]:
            raise ValueError(f"a matrix of shape {dense.shape}, but a square one is wanted")
        rows, cols = np.nonzero(dense)
        values = dense[rows, cols]
        order = dense.shape[0]
    wanted = order if orbitals is None else sum(orbitals)
    if wanted != order:
        raise ValueError(f"orbitals: {wanted} in all, but the matrix is of order {order}")
    if positions is None:
        sites = order if orbitals is None else len(orbitals)
        positions = np.arange(sites, dtype=float)[:, None]
    return Hamiltonian.from_entries(rows, cols, values, positions, orbitals)


def _lead(end: EndOfStrip) -> Lead | None:
    if end is None or isinstance(end, Lead):
        return end
    if end == "continuation":
        return Lead.continuation()
    raise ValueError(f'leads is {end!r}, but "continuation", a Lead or None is wanted')
