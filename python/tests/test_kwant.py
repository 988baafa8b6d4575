"""Kwant systems: the same S matrices, states, densities and currents as by Kwant, and as by our own builders."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import diffuson as df

kwant = pytest.importorskip("kwant")
pytestmark = [pytest.mark.kwant, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

# Kwant's MUMPS pivots by threshold; both sides leave some 1e-12 of numbers of order 1 at these sizes
TOLERANCE = 1e-9

PAULI = {
    "0": np.eye(2),
    "x": np.array([[0, 1], [1, 0]]),
    "y": np.array([[0, -1j], [1j, 0]]),
    "z": np.diag([1, -1]),
}

System = tuple[Any, float, dict[str, Any] | None]


def square_strip(length: int, width: int, onsite: Any = 0.0, hop_x: Any = -1.0, norbs: int = 1) -> tuple[Any, Any]:
    """A strip of the square lattice, and the lattice."""
    lattice = kwant.lattice.square(norbs=norbs)
    builder = kwant.Builder()
    builder[(lattice(x, y) for x in range(length) for y in range(width))] = onsite
    one = np.eye(norbs) if norbs > 1 else 1.0
    builder[kwant.HoppingKind((1, 0), lattice)] = hop_x if norbs == 1 else hop_x * one
    builder[kwant.HoppingKind((0, 1), lattice)] = -1.0 * one
    return builder, lattice


def attach_ends(builder: Any, lattice: Any, width: int, onsite: Any = 0.0) -> None:
    """Clean leads at both ends, of the same orbitals as the strip."""
    lead = kwant.Builder(kwant.TranslationalSymmetry((-1, 0)))
    lead[(lattice(0, y) for y in range(width))] = onsite
    lead[lattice.neighbors()] = -1.0 * np.eye(lattice.norbs) if lattice.norbs > 1 else -1.0
    builder.attach_lead(lead)
    builder.attach_lead(lead.reversed())


def rough(count: int) -> npt.NDArray[np.float64]:
    """Numbers without any symmetry, of order 1."""
    return np.asarray(np.sin(1.7 * np.arange(count) ** 1.3), dtype=float)


def wire() -> System:
    def onsite(site: Any, strength: float) -> float:
        return float(strength * rough(12 * 5)[site.tag[0] * 5 + site.tag[1]])

    builder, lattice = square_strip(12, 5, onsite)
    attach_ends(builder, lattice, 5)
    return builder.finalized(), -1.3, {"strength": 0.7}


def half_open() -> System:
    """One lead, and what is reflected into it."""
    builder, lattice = square_strip(12, 5, lambda site: 0.7 * rough(60)[site.tag[0] * 5 + site.tag[1]])
    attach_ends(builder, lattice, 5)
    del builder.leads[1]
    return builder.finalized(), -1.3, {}


def saddle(x: float, y: float) -> float:
    """A constriction of 20 x 7 sites: a barrier in the middle that is lower along the axis."""
    return float(np.exp(-(((x - 9.5) / 3.0) ** 2)) * (0.4 + 0.15 * (y - 3.0) ** 2))


def point_contact() -> System:
    builder, lattice = square_strip(20, 7, lambda site: saddle(*site.pos))
    attach_ends(builder, lattice, 7)
    return builder.finalized(), -1.87, None


def ring() -> System:
    """An annulus with a flux through its hole, on the bonds that cross a cut, between leads of three rows."""
    lattice = kwant.lattice.square(norbs=1)
    builder = kwant.Builder()
    builder[lattice.shape(lambda pos: 4.0 < np.hypot(*pos) < 9.3, (6, 0))] = 0.0
    builder[lattice.neighbors()] = -1.0

    def crossing(one: Any, two: Any, flux: float) -> complex:
        return complex(-np.exp(2j * np.pi * flux))

    for a, b in list(builder.hoppings()):
        (xa, ya), (xb, yb) = a.tag, b.tag
        if ya < 0 and yb < 0 and {xa, xb} == {0, 1}:
            builder[(a, b) if xa > xb else (b, a)] = crossing
    lead = kwant.Builder(kwant.TranslationalSymmetry((-1, 0)))
    lead[(lattice(0, y) for y in (-1, 0, 1))] = 0.0
    lead[lattice.neighbors()] = -1.0
    builder.attach_lead(lead)
    builder.attach_lead(lead.reversed())
    return builder.finalized(), -1.1, {"flux": 0.31}


def honeycomb_site(lattice: Any, x: int, y: int) -> Any:
    """Site y of slice x of our lattice with zigzag edges."""
    a, b = lattice.sublattices
    return a((x - y) // 2, y) if (x + y) % 2 == 0 else b((x - y + 1) // 2, y - 1)


def junction(x: float) -> float:
    """A p-n junction and back, in slices of half a lattice constant."""
    return float(0.25 * (np.tanh((x - 6.5) / 2.0) - np.tanh((x - 13.5) / 2.0)))


def graphene() -> System:
    """A ribbon with zigzag edges and a bipolar junction; the hopping of the leads starts from half of their sites."""
    lattice = kwant.lattice.honeycomb(np.sqrt(3.0), norbs=1)
    builder = kwant.Builder()
    sites = [honeycomb_site(lattice, x, y) for x in range(20) for y in range(6)]
    builder[sites] = lambda site: junction(2.0 * site.pos[0] / np.sqrt(3.0))
    builder[lattice.neighbors()] = -1.0
    lead = kwant.Builder(kwant.TranslationalSymmetry(lattice.vec((-1, 0))))
    lead[(honeycomb_site(lattice, x, y) for x in range(2) for y in range(6))] = 0.0
    lead[lattice.neighbors()] = -1.0
    builder.attach_lead(lead)
    builder.attach_lead(lead.reversed())
    return builder.finalized(), 0.43, None


def rashba() -> System:
    """Blocks of 2 x 2: spin-orbit coupling in a Zeeman field, with a barrier; the leads have both too."""
    alpha, zeeman = 0.35, 0.23
    along = -PAULI["0"] + 1j * alpha * PAULI["y"]
    across = -PAULI["0"] - 1j * alpha * PAULI["x"]
    lattice = kwant.lattice.square(norbs=2)

    def fill(target: Any, sites: Any, onsite: Any) -> None:
        target[sites] = onsite
        target[kwant.HoppingKind((1, 0), lattice)] = along
        target[kwant.HoppingKind((0, 1), lattice)] = across

    builder = kwant.Builder()
    block = zeeman * PAULI["z"]
    fill(
        builder,
        (lattice(x, y) for x in range(9) for y in range(4)),
        lambda site, barrier: block + barrier * (2 < site.tag[0] < 6) * PAULI["0"],
    )
    lead = kwant.Builder(kwant.TranslationalSymmetry((-1, 0)))
    fill(lead, (lattice(0, y) for y in range(4)), block)
    builder.attach_lead(lead)
    builder.attach_lead(lead.reversed())
    return builder.finalized(), -1.7, {"barrier": 0.4}


FLUX, HALL = 0.06, (16, 9)


def hall_bar() -> System:
    """Four leads without field on a bar in a strong one."""
    length, width = HALL

    def peierls(one: Any, two: Any, flux: float) -> complex:
        return complex(-np.exp(-2j * np.pi * flux * one.tag[1]))

    builder, lattice = square_strip(length, width, 0.0, peierls)

    def arm(direction: tuple[int, int], sites: list[tuple[int, int]], along_x: complex) -> Any:
        lead = kwant.Builder(kwant.TranslationalSymmetry(direction))
        lead[(lattice(*site) for site in sites)] = 0.0
        lead[kwant.HoppingKind((1, 0), lattice)] = along_x
        lead[kwant.HoppingKind((0, 1), lattice)] = -1.0
        return lead

    # leads along x have their phases constant, the gauge of the row for that at the top
    top = -np.exp(-2j * np.pi * FLUX * (width - 1))
    builder.attach_lead(arm((-1, 0), [(0, y) for y in range(1, 8)], -1.0))
    builder.attach_lead(arm((1, 0), [(0, y) for y in range(1, 8)], -1.0))
    builder.attach_lead(arm((0, 1), [(x, 0) for x in range(4, 9)], top))
    builder.attach_lead(arm((0, -1), [(x, 0) for x in range(7, 12)], -1.0))
    return builder.finalized(), -3.1, {"flux": FLUX}


def skyrmion() -> System:
    """Electrons exchange-coupled to a texture that winds once; leads of opposite spins' energies stay at the sides."""
    size, exchange = 9, 0.8

    def onsite(site: Any) -> npt.NDArray[np.complex128]:
        x, y = np.array(site.tag) - (size - 1) / 2.0
        polar, azimuth = np.pi * np.exp(-np.hypot(x, y) / 2.5), np.arctan2(y, x)
        m = [np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)]
        return np.asarray(-exchange * sum(c * PAULI[i] for c, i in zip(m, "xyz", strict=True)), dtype=complex)

    builder, lattice = square_strip(size, size, onsite, norbs=2)
    attach_ends(builder, lattice, size, -exchange * PAULI["z"])
    return builder.finalized(), -2.3, None


def mixed() -> System:
    """Sites of one and of two orbitals on a cubic lattice, a third lead at a side, and leads of two slices a cell."""
    wide = kwant.lattice.general(np.eye(3), name="wide", norbs=2)
    thin = kwant.lattice.general(np.eye(3), [(0.5, 0.5, 0.5)], name="thin", norbs=1).sublattices[0]
    block = np.array([[0.1, 0.2 - 0.3j], [0.2 + 0.3j, -0.4]])
    row = np.array([[0.5, -0.7j]])

    def fill(target: Any, cells: list[tuple[int, int, int]], twice: bool = False) -> None:
        for cell in cells:
            target[wide(*cell)] = block
            target[thin(*cell)] = 0.3
        target[kwant.HoppingKind((0, 0, 0), thin, wide)] = row
        target[kwant.HoppingKind((1, 0, 0), wide)] = -np.eye(2)
        target[kwant.HoppingKind((0, 1, 0), wide)] = -np.eye(2)
        target[kwant.HoppingKind((0, 0, 1), wide)] = -0.6 * np.eye(2)
        if twice:
            target[kwant.HoppingKind((2, 0, 0), thin)] = 0.2

    builder = kwant.Builder()
    fill(builder, [(x, y, z) for x in range(5) for y in range(2) for z in range(2)])
    for direction in (-2, 2):
        lead = kwant.Builder(kwant.TranslationalSymmetry((direction, 0, 0)))
        fill(lead, [(x, y, z) for x in range(2) for y in range(2) for z in range(2)], True)
        builder.attach_lead(lead)
    lead = kwant.Builder(kwant.TranslationalSymmetry((0, 1, 0)))
    fill(lead, [(2, 0, z) for z in range(2)])
    builder.attach_lead(lead)
    return builder.finalized(), 0.37, None


SYSTEMS: list[Callable[[], System]] = [
    wire,
    point_contact,
    ring,
    graphene,
    rashba,
    hall_bar,
    skyrmion,
    mixed,
    half_open,
]


def bases(fsyst: Any, energy: float, params: Any, ours: df.SMatrix, theirs: Any) -> list[list[Any]]:
    """Of each lead the unitary matrices U that turn our modes into Kwant's, Psi = Phi U, incoming and outgoing ones.

    Modes of one direction are orthonormal in the current Gamma = i (Sigma - Sigma^+) on the interface.
    """
    found = []
    for number, lead in enumerate(fsyst.leads):
        sigma = lead.selfenergy(energy, params=params)
        width = 1j * (sigma - sigma.conj().T)
        mine = ours.lead_info[number].wave_functions
        yours = theirs.lead_info[number].wave_functions[: len(width)]
        half = mine.shape[1] // 2
        pair = []
        for part in (slice(0, half), slice(half, None)):
            unitary = mine[:, part].conj().T @ width @ yours[:, part]
            np.testing.assert_allclose(unitary.conj().T @ unitary, np.eye(half), atol=TOLERANCE)
            np.testing.assert_allclose(mine[:, part] @ unitary, yours[:, part], atol=TOLERANCE)
            pair.append(unitary)
        found.append(pair)
    return found


@pytest.mark.parametrize("system", SYSTEMS)
def test_everything_kwant_computes_is_the_same(system: Callable[[], System]) -> None:
    """S in the basis of Kwant's modes, transmissions, states, densities and currents."""
    fsyst, energy, params = system()
    conductor = df.from_kwant(fsyst, params)
    ours, theirs = conductor.smatrix(energy), kwant.smatrix(fsyst, energy, params=params)
    leads = range(len(fsyst.leads))
    assert ours.audit.passed and all(ours.num_propagating(lead) > 0 for lead in leads)
    for a in leads:
        assert ours.num_propagating(a) == theirs.num_propagating(a)
        mine, yours = ours.lead_info[a], theirs.lead_info[a]
        half = ours.num_propagating(a)
        for part in (slice(0, half), slice(half, None)):
            for k, other in ((mine.momenta, yours.momenta), (mine.velocities, yours.velocities)):
                np.testing.assert_allclose(np.sort(k[part]), np.sort(other[part]), atol=TOLERANCE)
        for b in leads:
            assert ours.transmission(a, b) == pytest.approx(theirs.transmission(a, b), abs=TOLERANCE)
    np.testing.assert_allclose(ours.conductance_matrix(), theirs.conductance_matrix(), atol=TOLERANCE)

    turns = bases(fsyst, energy, params, ours, theirs)
    for a in leads:
        for b in leads:
            turned = turns[a][1].conj().T @ ours.submatrix(a, b) @ turns[b][0]
            np.testing.assert_allclose(turned, theirs.submatrix(a, b), atol=TOLERANCE)

    np.testing.assert_allclose(conductor.ldos(energy), kwant.ldos(fsyst, energy, params=params), atol=TOLERANCE)
    states, waves = conductor.scattering_states(energy), kwant.wave_function(fsyst, energy, params=params)
    assert states.audit.passed
    place = {tuple(bond): k for k, bond in enumerate(conductor.bonds.tolist())}
    current = kwant.operator.Current(fsyst).bind(params=params)
    for lead in leads:
        np.testing.assert_allclose(turns[lead][0].T @ states(lead), waves(lead), atol=TOLERANCE)
        # Kwant's current through (i, j) flows from j to i
        want = sum(current(psi) for psi in waves(lead))
        currents = states.bond_currents_of(lead)
        for (i, j), value in zip(fsyst.graph, want, strict=True):
            found = currents[place[i, j]] if i > j else -currents[place[j, i]]
            assert found == pytest.approx(value, abs=TOLERANCE)


def rebuilt(system: Callable[[], System]) -> df.Conductor:
    """The same conductor by our own builders, without Kwant."""
    if system is wire:
        return df.strip(12, 5).with_onsite(0.7 * rough(60))
    if system is point_contact:
        strip = df.strip(20, 7)
        return strip.with_onsite([saddle(x, y) for x, y, _ in strip.positions])
    if system is graphene:
        ribbon = df.strip(20, 6, lattice="honeycomb-zigzag")
        return ribbon.with_onsite([junction(2.0 * x / np.sqrt(3.0)) for x, _, _ in ribbon.positions])
    if system is hall_bar:
        openings = [("left", 1, 8), ("right", 1, 8), ("top", 4, 9), ("bottom", 7, 12)]
        return df.rectangle(*HALL, openings, flux=FLUX)
    if system is ring:
        return annulus(0.31)
    return spins(system)


def annulus(flux: float) -> df.Conductor:
    """Sites of a square cut by a mask; Kwant fits the ends of the leads to the annulus, and so does the mask."""
    size = 25
    x, y = np.divmod(np.arange(size * size), size) - np.array([[size // 2], [size // 2]])
    radius = np.hypot(x, y)
    keep = ((radius > 4.0) & (radius < 9.3)) | ((np.abs(y) <= 1) & (np.abs(x) > 4))
    index = np.cumsum(keep) - 1
    lattice = df.Lattice(size, size).hamiltonian(keep)
    rows, cols, values = lattice.entries()
    xs, ys = x[keep], y[keep]
    for k, (i, j) in enumerate(zip(rows, cols, strict=True)):
        if ys[i] < 0 and ys[j] < 0 and {xs[i], xs[j]} == {0, 1}:
            values[k] *= np.exp(2j * np.pi * flux * (1 if xs[i] > xs[j] else -1))
    h = df.Hamiltonian.from_entries(rows, cols, values, np.stack([xs, ys], axis=1).astype(float))
    lead = df.Lead.periodic(-np.eye(3, k=1) - np.eye(3, k=-1), -np.eye(3))
    ends = [[int(index[n]) for n in np.flatnonzero(keep) if x[n] == end and abs(y[n]) <= 1] for end in (-12, 12)]
    return df.network(h, [(lead, end) for end in ends])


def spins(system: Callable[[], System]) -> df.Conductor:
    """Strips of the square lattice with blocks of 2 x 2, from matrices."""
    if system is rashba:
        length, width = 9, 4
        block = 0.23 * PAULI["z"]
        along, across = -PAULI["0"] + 0.35j * PAULI["y"], -PAULI["0"] - 0.35j * PAULI["x"]
        onsite = [block + 0.4 * (2 < x < 6) * PAULI["0"] for x in range(length) for _ in range(width)]
    else:
        length = width = 9
        block = -0.8 * PAULI["z"]
        along = across = -PAULI["0"]
        onsite = []
        for place in range(81):
            x, y = np.divmod(place, 9) - np.array(4.0)
            polar, azimuth = np.pi * np.exp(-np.hypot(x, y) / 2.5), np.arctan2(y, x)
            spinor = np.array([np.cos(polar / 2), np.exp(1j * azimuth) * np.sin(polar / 2)])
            onsite.append(-0.8 * (2 * np.outer(spinor, spinor.conj()) - np.eye(2)))
    site = np.arange(length * width).reshape(length, width)
    h = np.zeros((2 * site.size, 2 * site.size), complex)

    def put(a: int, b: int, value: npt.ArrayLike) -> None:
        h[2 * a : 2 * a + 2, 2 * b : 2 * b + 2] = value
        h[2 * b : 2 * b + 2, 2 * a : 2 * a + 2] = np.conj(np.transpose(value))

    for k, value in enumerate(onsite):
        put(k, k, value)
    for x in range(length):
        for y in range(width):
            if x + 1 < length:
                put(int(site[x + 1, y]), int(site[x, y]), along)
            if y + 1 < width:
                put(int(site[x, y + 1]), int(site[x, y]), across)
    up = np.eye(width, k=-1)
    cell = np.kron(np.eye(width), block) + np.kron(up, across) + np.kron(up.T, np.conj(across.T))
    outward = np.kron(np.eye(width), along)
    leads = [
        (df.Lead.periodic(cell, outward.conj().T), range(2 * width)),
        (df.Lead.periodic(cell, outward), range(2 * width * (length - 1), 2 * width * length)),
    ]
    positions = np.stack(np.divmod(np.arange(site.size), width), axis=1)
    return df.network(h, leads, positions=positions, orbitals=[2] * site.size)


@pytest.mark.parametrize("system", [s for s in SYSTEMS if s not in (mixed, half_open)])
def test_our_own_builders_make_the_same_conductor(system: Callable[[], System]) -> None:
    fsyst, energy, params = system()
    ours, theirs = rebuilt(system).smatrix(energy), kwant.smatrix(fsyst, energy, params=params)
    assert ours.audit.passed
    for a in range(len(fsyst.leads)):
        for b in range(len(fsyst.leads)):
            assert ours.transmission(a, b) == pytest.approx(theirs.transmission(a, b), abs=TOLERANCE)


def test_habits_of_reading_carry_over() -> None:
    """The one changed line, and what is read from the result."""
    fsyst, energy, params = hall_bar()
    asked: dict[str, Any] = {"params": params, "out_leads": [0, 2], "in_leads": [1, 3]}
    ours, theirs = df.smatrix(fsyst, energy, **asked), kwant.smatrix(fsyst, energy, **asked)
    assert (ours.out_leads, ours.in_leads) == (theirs.out_leads, theirs.in_leads) == ([0, 2], [1, 3])
    assert ours.data.shape == theirs.data.shape
    assert ours.block_coords(0, 3) == theirs.block_coords(0, 3)
    assert ours.out_block_coords(2) == theirs.out_block_coords(2)
    assert ours.in_block_coords(1) == theirs.in_block_coords(1)
    np.testing.assert_array_equal(ours.data[ours.block_coords(0, 3)], ours.submatrix(0, 3))
    # what was not asked for is there all the same, but for blocks of data
    assert ours.transmission(1, 0) == pytest.approx(kwant.smatrix(fsyst, energy, params=params).transmission(1, 0))
    with pytest.raises(ValueError, match=r"lead 1 is none of those asked for: \[0, 2\]"):
        ours.submatrix(1, 3)
    with pytest.raises(ValueError, match="lead 2 twice"):
        df.smatrix(fsyst, energy, params=params, in_leads=[2, 2])
    with pytest.raises(ValueError, match="conserved quantities"):
        ours.transmission((0, 1), 1)  # type: ignore[arg-type]
    conductor = df.from_kwant(fsyst, params)
    np.testing.assert_array_equal(df.smatrix(conductor, energy).data, conductor.smatrix(energy).data)
    np.testing.assert_array_equal(df.ldos(fsyst, energy, params=params), conductor.ldos(energy))
    np.testing.assert_array_equal(
        df.wave_function(fsyst, energy, params=params)(3), conductor.scattering_states(energy)(3)
    )
    np.testing.assert_array_equal(conductor.positions[:, :2], [site.pos for site in fsyst.sites])
    with pytest.raises(ValueError, match="has none left"):
        df.smatrix(conductor, energy, params=params)


def test_a_kwant_system_takes_probes() -> None:
    """What Kwant cannot: electrons lose their phase on the way, and currents are conserved all the same."""
    fsyst, energy, params = wire()
    dephased = df.from_kwant(fsyst, params).with_probes(0.2)
    s = dephased.smatrix(energy)
    assert s.audit.passed
    coherent = df.smatrix(fsyst, energy, params=params)
    assert s.transmission(1, 0) < 0.5 * coherent.transmission(1, 0)


def test_declared_symmetries_are_no_obstacle() -> None:
    """Spin as a conserved quantity sorts Kwant's modes by blocks, and changes no transmission."""
    lattice = kwant.lattice.square(norbs=2)
    builder, _ = square_strip(6, 3, norbs=2, onsite=lambda site: 0.3 * PAULI["z"] + 0.2 * PAULI["x"])
    lead = kwant.Builder(kwant.TranslationalSymmetry((-1, 0)), conservation_law=-PAULI["z"])
    lead[(lattice(0, y) for y in range(3))] = 0.3 * PAULI["z"]
    lead[lattice.neighbors()] = -np.eye(2)
    builder.attach_lead(lead)
    builder.attach_lead(lead.reversed())
    fsyst = builder.finalized()
    ours, theirs = df.smatrix(fsyst, -1.4), kwant.smatrix(fsyst, -1.4)
    assert len(theirs.lead_info[0].block_nmodes) == 2
    assert ours.transmission(1, 0) == pytest.approx(theirs.transmission(1, 0), abs=TOLERANCE)
    with pytest.raises(ValueError, match="conserved quantities"):
        ours.submatrix((1, 0), (0, 0))  # type: ignore[arg-type]


class WithoutPositions(kwant.system.FiniteSystem):  # type: ignore[misc, name-defined]
    """A low-level system: matrices and a graph, without sites."""

    def __init__(self, fsyst: Any) -> None:
        self.graph, self.leads, self.lead_interfaces = fsyst.graph, fsyst.leads, fsyst.lead_interfaces
        self.lead_paddings, self.parameters, self._fsyst = fsyst.lead_paddings, fsyst.parameters, fsyst
        self.site_ranges = fsyst.site_ranges

    def hamiltonian(self, i: int, j: int, *args: Any, params: Any = None) -> Any:
        return self._fsyst.hamiltonian(i, j, *args, params=params)


def test_positions_are_not_needed() -> None:
    fsyst, energy, params = ring()
    bare = df.from_kwant(WithoutPositions(fsyst), params)
    np.testing.assert_array_equal(bare.positions[:, 0], np.arange(bare.sites))
    given = df.from_kwant(fsyst, params, positions=rough(bare.sites)[:, None])
    want = df.smatrix(fsyst, energy, params=params)
    for conductor in (bare, given):
        s = conductor.smatrix(energy)
        # rounding in another order of elimination
        np.testing.assert_allclose(s.data, want.data, atol=1e-11)


def test_what_cannot_be_taken_is_named_with_the_way_out() -> None:
    def refused(fsyst: Any, reason: str) -> None:
        with pytest.raises(ValueError, match=reason):
            df.from_kwant(fsyst)

    def strip_with(*leads: Any, onsite: Any = 0.0) -> Any:
        builder, lattice = square_strip(4, 2, onsite)
        attach_ends(builder, lattice, 2)
        builder.leads.extend(leads)
        return builder

    fsyst = strip_with().finalized()
    interface = [kwant.lattice.square(norbs=1)(2, 0)]
    refused(strip_with(), "finalized system")
    refused(fsyst.leads[0], "infinite system")
    refused(np.eye(3), "a ndarray")
    refused(fsyst.precalculate(-1.0), "lead 0 is precalculated")
    by_sigma = kwant.builder.SelfEnergyLead(lambda *_, **__: np.eye(1), interface, ())
    refused(strip_with(by_sigma).finalized(), r"lead 2 is a SelfEnergyLead.*Lead\.given")
    by_modes = kwant.builder.ModesLead(lambda *_, **__: None, interface, ())
    refused(strip_with(by_modes).finalized(), "lead 2 is a ModesLead")
    refused(strip_with(onsite=0.2j).finalized(), "site 0 differs from its adjoint|not Hermitian")
    refused(strip_with(onsite=np.nan).finalized(), "not a finite number")
    refused(square_strip(4, 2)[0].finalized(), "without leads")
    flat = kwant.lattice.general(np.eye(4), norbs=1)
    builder = kwant.Builder()
    builder[(flat(x, 0, 0, 0) for x in range(3))] = 0.0
    builder[flat.neighbors()] = -1.0
    lead = kwant.Builder(kwant.TranslationalSymmetry((-1, 0, 0, 0)))
    lead[flat(0, 0, 0, 0)] = 0.0
    lead[flat.neighbors()] = -1.0
    builder.attach_lead(lead)
    builder.attach_lead(lead.reversed())
    refused(builder.finalized(), "4 dimensions")
    placed = df.from_kwant(builder.finalized(), positions=np.zeros((3, 1)))
    assert placed.smatrix(-1.0).transmission(1, 0) == pytest.approx(1, abs=TOLERANCE)
