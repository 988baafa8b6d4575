"""What is wrong in an argument is said as such: no panic, no abort, no number cut down in silence."""

import copy
import pickle
import subprocess
import sys
import warnings

import numpy as np
import pytest

import diffuson as df

WIRE = df.strip(12, 4)
LEAD = df.Lead.wide_band(1.0)


def test_leads_and_counts_below_zero_are_value_errors() -> None:
    s = WIRE.smatrix(-1.3)
    onsager = WIRE.onsager(-1.3, 0.05)
    wanted = "-1, but a whole number not below 0 is wanted"
    for call in (
        lambda: df.strip(-1, 4),
        lambda: df.rectangle(5, 5, [("left", -1, 3)]),
        lambda: s.transmission(-1, 0),
        lambda: s.transmission(np.int64(-1), 0),  # type: ignore[arg-type]
        lambda: s.between([-1]),
        lambda: WIRE.interface(-1),
        lambda: WIRE.bond_currents(-1.3, -1),
        lambda: WIRE.with_probes(0.1, [-1]),
        lambda: WIRE.probes(-1.3, source=-1),
        lambda: WIRE.probes(-1.3, potentials={-1: 1.0, 0: 0.0}),
        lambda: WIRE.onsager(-1.3, 0.05, leads=[-1]),
        lambda: onsager.coefficients(-1, 0),
        lambda: s.transmission_statistics(-1, 0),
        lambda: df.Box(1.0).onsite(4, -1, 0),
        lambda: df.ensemble(float, 4, threads=-1),
        lambda: df.network(np.eye(2), [(LEAD, [-1])]),
    ):
        with pytest.raises(ValueError, match=wanted):
            call()
    with pytest.raises(TypeError, match="'str' object cannot be interpreted as an integer"):
        s.transmission("1", 0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="modes are not sorted by conserved quantities"):
        s.transmission((0, 1), 0)  # type: ignore[arg-type]


def test_what_does_not_fit_into_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="more than any memory holds"):
        df.strip(10**9, 10**9)
    for call in (
        # leads as wide as this have 10^12 matrix elements
        lambda: df.strip(3, 10**6),
        lambda: df.Lattice(10**7, 10**5).positions,
        lambda: df.Lattice(10**7, 10**5).hamiltonian(),
        lambda: df.rectangle(10**6, 10**6, [("left", 0, 3)]),
        lambda: df.Box(1.0).onsite(10**15, 0, 0),
    ):
        with pytest.raises(MemoryError):
            call()


def test_numbers_are_not_cut_down() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for numbers in (np.full(48, 1j), np.full(48, "1")):
            with pytest.raises(TypeError, match=r"numbers, but|text, but"):
                WIRE.with_onsite(numbers)
        with pytest.raises(TypeError, match="complex numbers"):
            WIRE.with_probes(np.complex128(0.1))
        with pytest.raises(TypeError, match="text"):
            WIRE.with_probes("0.1")
    with pytest.raises(ValueError, match="an array of 2 dimensions, but an array of 1 dimension is wanted"):
        WIRE.with_onsite(np.zeros((12, 4)))
    with pytest.raises(ValueError, match="no array, but an array of 2 dimensions is wanted"):
        df.Lead.periodic(0.0, -1.0)
    with pytest.raises(TypeError, match="whole numbers"):
        df.Hamiltonian.from_entries(np.array([0.7]), [0], [1.0], np.zeros((1, 1)))
    with pytest.raises(TypeError):
        df.network(np.eye(3), [(LEAD, [0.5])])  # type: ignore[list-item]


def test_arrays_of_every_making_are_taken() -> None:
    """Other precision, byte order, stride, and arrays that cannot be written to; what is exact stays the same bits."""
    energies = np.arange(48.0) / 64.0
    fixed = energies.copy()
    fixed.flags.writeable = False
    expected = WIRE.with_onsite(energies).smatrix(-1.3).data
    for same in (
        fixed,
        energies.astype(np.float32),
        energies.astype(">f8"),
        np.repeat(energies, 2)[::2],
        list(energies),
    ):
        np.testing.assert_array_equal(WIRE.with_onsite(same).smatrix(-1.3).data, expected)


def test_numbers_that_are_none_are_refused() -> None:
    nan = float("nan")
    for call in (
        lambda: WIRE.smatrix(nan),
        lambda: WIRE.ldos(np.inf),
        lambda: WIRE.scattering_states(nan),
        lambda: df.strip(12, 4, flux=nan),
        lambda: df.Lead.given(np.full((2, 2), nan), np.zeros((2, 2))),
    ):
        with pytest.raises(ValueError, match="finite number"):
            call()


def test_matrices_of_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="a square one"):
        df.network(np.ones((2, 3)), [(LEAD, [0])])
    with pytest.raises(ValueError, match="5 in all, but the matrix is of order 4"):
        df.network(np.eye(4), [(LEAD, [0])], orbitals=[2, 3])
    # sums that do not fit into 64 bits
    with pytest.raises(ValueError):
        df.SMatrix(np.eye(2), [2**63, 2**63 + 2])
    with pytest.raises(MemoryError):
        df.Hamiltonian.from_entries([0], [0], [1.0], np.zeros((2, 1)), [2**63, 2**63 + 2])
    with pytest.raises(ValueError, match="two ends, but leads are 3"):
        df.strip(4, 4, leads=(None, None, None))  # type: ignore[arg-type]


def test_probes_sit_where_a_mask_is_true() -> None:
    mask = np.arange(48) % 5 == 2
    assert list(WIRE.with_probes(0.1, mask).probe_sites) == list(np.flatnonzero(mask))
    with pytest.raises(ValueError, match="a mask of 4 sites, but there are 48"):
        WIRE.with_probes(0.1, mask[:4])


def test_an_audit_is_a_mapping() -> None:
    audit = WIRE.smatrix(-1.3).audit
    assert list(audit) == audit.keys() == [law.name for law in audit.values()]
    assert [name for name, law in audit.items() if law.passed] == list(dict(audit))
    assert audit.get("no law") is None and audit.get("unitarity") is not None


def test_notebooks_without_widgets_import_in_silence() -> None:
    """As a kernel of Jupyter looks like to tqdm, in a process of its own."""
    program = (
        "import sys, types\n"
        "for name in ('IPython', 'IPython.display', 'ipykernel', 'ipykernel.zmqshell'):\n"
        "    sys.modules[name] = types.ModuleType(name)\n"
        "sys.modules['IPython'].get_ipython = lambda: None\n"
        "sys.modules['ipywidgets'] = None\n"
        "import diffuson._progress\n"
    )
    done = subprocess.run([sys.executable, "-W", "always", "-c", program], check=True, capture_output=True, text=True)
    assert "IProgress" not in done.stderr


def test_copies_and_pickles() -> None:
    assert copy.copy(WIRE) is WIRE and copy.deepcopy(WIRE) is WIRE
    for disorder in (df.Box(1.5), df.Gaussian(0.5)):
        assert pickle.loads(pickle.dumps(disorder)) == disorder
    with pytest.raises(TypeError, match="Threads need no pickling"):
        pickle.dumps(WIRE)
