"""S matrices, modes of leads, scattering states: exact limits and identities."""

import numpy as np
import pytest

import diffuson as df

ENERGY = -1.3


def dirty(width: int = 5, length: int = 9) -> df.Conductor:
    wire = df.strip(length, width)
    return wire.with_onsite(0.6 * np.sin(1.7 * np.arange(wire.sites) ** 1.3))


def test_modes_of_a_strip_are_sines() -> None:
    """E = -2 cos(pi n / 6) - 2 cos k, v = 2 sin k, |phi|^2 = 1/v per slice; incoming first. Tolerance: rounding."""
    info = dirty().smatrix(ENERGY).lead_info[0]
    cosines = [-ENERGY / 2 - np.cos(np.pi * n / 6) for n in range(1, 6)]
    momenta = sorted(np.arccos(c) for c in cosines if abs(c) < 1)
    assert len(momenta) > 1
    # psi_{j+1} = e^{ik} psi_j and v = 2 sin k
    np.testing.assert_allclose(info.momenta, [-k for k in reversed(momenta)] + momenta[::-1], atol=1e-12)
    np.testing.assert_allclose(info.velocities, 2 * np.sin(info.momenta), atol=1e-12)
    norms = np.sum(np.abs(info.wave_functions) ** 2, axis=0)
    np.testing.assert_allclose(norms * np.abs(info.velocities), 1.0, atol=1e-12)
    assert info.wave_functions.shape == (5, 2 * len(momenta))


def test_blocks_of_s() -> None:
    s = dirty().smatrix(ENERGY)
    n = s.num_propagating(0)
    assert s.block_coords(1, 0) == (slice(n, 2 * n), slice(0, n))
    np.testing.assert_array_equal(s.data[s.block_coords(1, 0)], s.submatrix(1, 0))
    g = s.conductance_matrix()
    np.testing.assert_allclose(g, s.transmission(1, 0) * np.array([[1, -1], [-1, 1]]), atol=1e-12)
    part = s.between(out_leads=[1], in_leads=[0])
    np.testing.assert_array_equal(part.data, s.submatrix(1, 0))
    assert (part.out_leads, part.in_leads) == ([1], [0])
    assert s.between(in_leads=[1]).data.shape == (2 * n, n)


def test_states_carry_the_transmission_through_every_cut() -> None:
    """Currents from the left lead through any cut add up to T, all densities to the spectral one.

    Two solutions by different routes: rounding, amplified by the resonances of a 45-site strip, stays below 1e-10.
    """
    conductor = dirty()
    states = conductor.scattering_states(ENERGY)
    assert states.audit.passed and states.leads == 2
    t = states.smatrix.transmission(1, 0)
    assert t == pytest.approx(conductor.smatrix(ENERGY).transmission(1, 0), abs=1e-10)
    currents = states.bond_currents_of(0)
    slices = conductor.bonds // 5
    for cut in range(8):
        through = (slices[:, 0] == cut + 1) & (slices[:, 1] == cut)
        assert through.sum() == 5
        assert currents[through].sum() == pytest.approx(t, abs=1e-10)
    # without field nothing flows in equilibrium
    np.testing.assert_allclose(states.bond_currents([1.0, 1.0]), 0.0, atol=1e-10)
    np.testing.assert_array_equal(states.bonds, conductor.bonds)
    np.testing.assert_allclose(conductor.bond_currents(ENERGY, 0), currents, atol=1e-12)
    np.testing.assert_allclose(states.density(0) + states.density(1), states.density_of_states, atol=1e-14)
    np.testing.assert_allclose(states.density_of_states, conductor.ldos(ENERGY), atol=1e-10)
    modes = states(1)
    np.testing.assert_allclose(np.sum(np.abs(modes) ** 2, axis=0) / (2 * np.pi), states.density(1), atol=1e-14)
    assert states.amplitudes.shape == (45, 2 * len(modes)) and states.energy == ENERGY


def test_probes_fill_a_part_of_the_density() -> None:
    probed = dirty().with_probes(0.3)
    assert np.all(probed.ldos(ENERGY) > probed.scattering_states(ENERGY).density_of_states)


def test_bad_input() -> None:
    states = dirty().scattering_states(ENERGY)
    with pytest.raises(ValueError, match="lead 2, but there are 2"):
        states(2)
    with pytest.raises(ValueError, match="2 are wanted"):
        states.bond_currents([1.0, 0.0, 0.0])
    with pytest.raises(ValueError, match="lead 0 twice"):
        states.smatrix.between(out_leads=[0, 0])
    with pytest.raises(ValueError, match="from elsewhere"):
        _ = df.SMatrix(np.eye(2), [1, 1]).lead_info
    # the first mode of five rows opens here
    with pytest.raises(ValueError, match="opens"):
        dirty().ldos(-2.0 - 2.0 * np.cos(np.pi / 6))
    with pytest.raises(ValueError, match="from 1 to as many columns"):
        df.Lead.periodic(np.eye(2), np.ones((2, 3)))
