"""Conductors and their S matrices, by exact limits."""

import numpy as np
import pytest

import diffuson as df


def test_a_clean_wire_transmits_its_open_modes() -> None:
    """Modes of a hard-wall strip open at -2 - 2 cos(pi n / (W + 1)); tolerance: rounding of a 30 x 7 strip."""
    wire = df.strip(length=30, width=7)
    energy = -1.3
    bottoms = -2.0 - 2.0 * np.cos(np.pi * np.arange(1, 8) / 8)
    open_modes = int(np.sum((bottoms < energy) & (energy < bottoms + 4.0)))
    s = wire.smatrix(energy)
    assert s.num_propagating(0) == open_modes
    assert s.transmission(1, 0) == pytest.approx(open_modes, abs=1e-10)
    assert s.audit.passed and "unitarity" in s.audit


def test_a_matrix_and_a_lattice_are_the_same_conductor() -> None:
    """The same strip in a field, given as a lattice and as a matrix: transmissions to rounding."""
    flux, width = 0.07, 5
    lattice = df.Lattice(8, width, flux=flux)
    h = lattice.hamiltonian()
    rows, cols, values = h.entries()
    dense = np.zeros((h.orbitals, h.orbitals), complex)
    dense[rows, cols] = values
    dense[cols, rows] = values.conj()
    lead = df.Lead.wide_band(1.0)
    n = h.orbitals
    ends = [list(range(width)), list(range(n - width, n))]
    onsite = np.sin(1.7 * np.arange(n))
    one = df.Conductor.strip(lattice, lead, lead).with_onsite(onsite).smatrix(-1.1)
    other = df.network(dense + np.diag(onsite), [(lead, ends[0]), (lead, ends[1])]).smatrix(-1.1)
    np.testing.assert_allclose(one.transmission(1, 0), other.transmission(1, 0), rtol=1e-12)
    assert one.audit.passed and other.audit.passed


def test_bad_input_is_a_value_error_that_says_what_is_wanted() -> None:
    with pytest.raises(ValueError, match='"square", "cubic"'):
        df.strip(length=4, width=4, lattice="hexagonal")
    with pytest.raises(ValueError, match="12 are wanted"):
        df.strip(length=4, width=3).with_onsite(np.zeros(5))
    with pytest.raises(ValueError, match="not a finite number"):
        df.strip(length=4, width=3).with_onsite(np.full(12, np.nan))
    with pytest.raises(ValueError, match="not Hermitian"):
        df.network(np.array([[0, 1], [2, 0]]), [(df.Lead.wide_band(1.0), [0]), (df.Lead.wide_band(1.0), [1])])
