"""Systems made with Kwant, taken as they are."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt

from ._native import Conductor, Hamiltonian, Lead, ScatteringStates, SMatrix

_Reals = npt.NDArray[np.float64]


def from_kwant(
    fsyst: Any, params: Mapping[str, Any] | None = None, *, positions: npt.ArrayLike | None = None
) -> Conductor:
    """Take a finalized Kwant system with its leads.

    Value functions are evaluated once, here; what is made of them serves any number of energies, realisations and
    probes. Sites, orbitals and leads keep their order. Energies, which this package calls in units of t, are in the
    units of the system's Hamiltonian, lengths in those of its positions.

    Parameters
    ----------
    fsyst
        A finite system of any lattice, dimension, number of orbitals and shape, with leads. Symmetries and
        conservation laws that are declared change nothing but Kwant's order and choice of modes, and are not used.
    params
        Values of the system's and the leads' parameters.
    positions
        Positions of the sites, (sites, 1 to 3), in place of those that Kwant has; they decide over the order of
        elimination, not over results. Low-level systems without positions are put on a line.

    Raises
    ------
    ValueError
        If there are no leads, a lead is no builder's (``SelfEnergyLead``, ``ModesLead``, precalculated),
        the Hamiltonian is not Hermitian, or this is no finite system.
    """
    _check(fsyst)
    matrix, orbitals, _ = fsyst.hamiltonian_submatrix(params=params, sparse=True, return_norb=True)
    first = np.concatenate([[0], np.cumsum(orbitals)])
    hamiltonian = Hamiltonian.from_entries(
        matrix.row,
        matrix.col,
        matrix.data,
        _positions(fsyst) if positions is None else positions,
        [int(n) for n in orbitals],
    )
    leads = []
    for lead, interface in zip(fsyst.leads, fsyst.lead_interfaces, strict=True):
        # <cell j+1| H |cell j>, from the orbitals of the interface, which come first in the cell
        cell, hopping = lead.cell_hamiltonian(params=params), lead.inter_cell_hopping(params=params)
        attached = [int(k) for site in interface for k in range(first[site], first[site + 1])]
        leads.append((Lead.periodic(cell, hopping), attached))
    return Conductor.network(hamiltonian, leads)


def smatrix(
    fsyst: Any,
    energy: float = 0.0,
    *,
    params: Mapping[str, Any] | None = None,
    out_leads: Sequence[int] | None = None,
    in_leads: Sequence[int] | None = None,
) -> SMatrix:
    """Compute the S matrix of a Kwant system: what stands where ``kwant.smatrix`` stood.

    Of several energies, take :func:`from_kwant` once and ``conductor.smatrix(energy)`` for each.

    Parameters
    ----------
    fsyst, params
        As of :func:`from_kwant`; or a :class:`Conductor`, which has no parameters left.
    energy
        In the units of the Hamiltonian.
    out_leads, in_leads
        Leads whose outgoing and incoming modes ``data`` is to hold; all, if not given. Everything is computed anyway.
    """
    return _conductor(fsyst, params).smatrix(energy).between(out_leads, in_leads)


def ldos(fsyst: Any, energy: float = 0.0, *, params: Mapping[str, Any] | None = None) -> _Reals:
    """Compute the local density of states of each orbital of a Kwant system: what stands where ``kwant.ldos`` stood.

    In states per energy and per spin, ``-Im G_kk / pi``.
    """
    return _conductor(fsyst, params).ldos(energy)


def wave_function(fsyst: Any, energy: float = 0.0, *, params: Mapping[str, Any] | None = None) -> ScatteringStates:
    """Compute the scattering states of a Kwant system: what stands where ``kwant.wave_function`` stood.

    Called with the number of a lead, the result gives its states as an array (modes, orbitals), orbitals in Kwant's
    order, to which Kwant's operators and plots apply. It also has densities and currents of its own.
    """
    return _conductor(fsyst, params).scattering_states(energy)


def _conductor(fsyst: Any, params: Mapping[str, Any] | None) -> Conductor:
    if not isinstance(fsyst, Conductor):
        return from_kwant(fsyst, params)
    if params:
        raise ValueError("params of a conductor: it has none left, give them to from_kwant")
    return fsyst


def _check(fsyst: Any) -> None:
    """Raise ValueError for what cannot be taken, with the way out."""
    from kwant import Builder, builder, system

    if isinstance(fsyst, Builder):
        raise ValueError("a builder, but a finalized system is wanted: give builder.finalized()")
    if isinstance(fsyst, system.InfiniteSystem):
        raise ValueError("an infinite system: attach it as a lead to a finite one, and give that, finalized")
    if not isinstance(fsyst, system.FiniteSystem):
        raise ValueError(f"a {type(fsyst).__name__}, but a finalized Kwant system is wanted")
    if not fsyst.leads:
        raise ValueError("a system without leads: nothing scatters; attach one or more")
    reasons = {
        builder.SelfEnergyLead: "a SelfEnergyLead, of which the energy derivative is not known. Attach a builder "
        "with a translational symmetry instead, or use diffuson.network with Lead.given",
        builder.ModesLead: "a ModesLead, of which only modes are known. Attach a builder with a translational symmetry "
        "instead, or use diffuson.network with Lead.periodic",
        system.PrecalculatedLead: "precalculated at one energy. Give the system it was made of: leads are "
        "computed here",
    }
    for number, lead in enumerate(fsyst.leads):
        if isinstance(lead, system.InfiniteSystem):
            continue
        reason = next((text for kind, text in reasons.items() if isinstance(lead, kind)), None)
        raise ValueError(f"lead {number} is {reason or f'a {type(lead).__name__}, which has no cells'}")


def _positions(fsyst: Any) -> npt.NDArray[np.float64]:
    """Positions of the sites, (sites, 1 to 3); on a line where there are none."""
    sites = fsyst.graph.num_nodes
    if not hasattr(fsyst, "pos"):
        return np.arange(sites, dtype=float)[:, None]
    # coordinate by coordinate; sites of fewer dimensions lie at zero of the others
    positions = list(zip_longest(*(tuple(fsyst.pos(site)) for site in range(sites)), fillvalue=0.0))
    if len(positions) > 3:
        raise ValueError(f"sites in {len(positions)} dimensions: give from_kwant positions of 1 to 3 coordinates")
    return np.array(positions, dtype=float).T
