"""Noise: closed forms, the reference ring, identities between routes; units, signs and shapes of the binding."""

from types import SimpleNamespace

import numpy as np
import pytest

import diffuson as df
from diffuson.noise import Chain, Setting, TransmissionStatistics, closed_forms, exchange_integral


def channel(transmission: float) -> df.SMatrix:
    t, r = np.sqrt(transmission), np.sqrt(1 - transmission)
    return df.SMatrix([[r, t], [t, -r]], [1, 1])


def dirty(length: int = 12, width: int = 4) -> df.Conductor:
    wire = df.strip(length=length, width=width)
    return wire.with_onsite(np.sin(1.7 * np.arange(wire.sites) ** 2))


def series(channels: list[int]) -> df.SMatrix:
    """Ideal nodes between two leads, joined by perfect contacts; terminals are the nodes, then the leads."""
    nodes = len(channels) - 1
    of_terminal = [channels[k] + channels[k + 1] for k in range(nodes)] + [channels[0], channels[-1]]
    first = np.concatenate([[0], np.cumsum(of_terminal)])
    s = np.zeros((first[-1], first[-1]))
    for k, count in enumerate(channels):
        for c in range(count):
            left = (first[nodes] if k == 0 else first[k - 1] + channels[k - 1]) + c
            right = (first[nodes + 1] if k == nodes else first[k]) + c
            s[right, left] = s[left, right] = 1.0
    return df.SMatrix(s, of_terminal)


def test_one_channel_has_its_closed_form() -> None:
    """From thermal to shot noise, zero temperature among them; roundings of sqrt(T) and sqrt(1 - T)."""
    for transmission in [0.1, 0.5, 1.0]:
        for bias in [0.0, 1e-9, 0.5, 3.0]:
            for kt in [0.0, 1.0]:
                found = channel(transmission).noise([(bias, kt), (0.0, kt)])
                want = closed_forms.single_channel(transmission, bias, kt)
                assert found.charge[0, 0] == pytest.approx(want, rel=4e-15, abs=0)
                assert found.charge[0, 1] == pytest.approx(-want, rel=4e-15, abs=0)
                assert found.audit.passed
    shot = channel(0.3).noise([(0.2, 0.0), (0.0, 0.0)])
    # electrons leave the reservoir of higher potential
    np.testing.assert_allclose(shot.current, [-0.06, 0.06], rtol=1e-14)
    assert shot.fano_factor(1) == pytest.approx(0.7, abs=1e-14)
    assert shot.correlation(0, 1) == pytest.approx(-1.0, abs=1e-14)
    warm, calm = (channel(0.5).noise([(bias, 1.0), (0.0, 1.0)]) for bias in (3.0, 0.0))
    # F (coth x - 1/x), x = V/2kT, by both definitions of the excess; a difference of numbers of its size
    want = 0.5 * (1 / np.tanh(1.5) - 1 / 1.5)
    assert warm.excess_fano_factor() == pytest.approx(want, rel=1e-13)
    assert warm.excess_fano_factor(unbiased=calm) == pytest.approx(want, rel=1e-13)
    assert np.isinf(calm.fano_factor())
    # the heat noise of two ideal channels in equilibrium: 4 k_B T^2 K, by quadrature to 1e-13
    calm = channel(1.0).noise([(0.0, 0.2), (0.0, 0.2)])
    assert calm.heat[0, 0] == pytest.approx(closed_forms.equilibrium_heat(1.0, 0.2), rel=1e-11)


def test_closed_forms_have_their_reference_numbers_and_take_arrays() -> None:
    """Numbers to half a unit of their last digit; arrays give what numbers give, bit for bit."""
    assert closed_forms.diffusive(1.0, 5.0, 1.0) == pytest.approx(6.0452243660, abs=0.5e-10)
    assert closed_forms.hot_electrons(1.0, 5.0, 1.0) == pytest.approx(5.9684667900, abs=0.5e-10)
    assert closed_forms.incoherent_barriers(0.7, 10) == pytest.approx(0.347067, abs=0.5e-6)
    assert closed_forms.breit_wigner(1.0, 3.0) == 0.625
    assert closed_forms.hot_cavity(1.0, 3.0) == pytest.approx(0.238732, abs=0.5e-6)
    assert closed_forms.cavity(2, 2) == pytest.approx(0.321429, abs=0.5e-6)
    assert closed_forms.cavity(2, 2, "unitary") == pytest.approx(0.266667, abs=0.5e-6)
    assert closed_forms.cold_nodes([(5.0, 0.8), (1.25, 0.2)]) == pytest.approx(0.52, rel=1e-15)
    np.testing.assert_allclose(closed_forms.splitter(0.5, 0.25, -2.0), [[1.0, -0.5], [-0.5, 0.75]], rtol=1e-15)
    assert closed_forms.DIFFUSIVE == 1 / 3
    assert closed_forms.HOT_ELECTRONS == pytest.approx(np.sqrt(3) / 4, rel=1e-15)
    bias, kt = np.linspace(0, 4, 5), np.array([[0.0], [0.5], [1.0]])
    table = closed_forms.crossover(2.0, 0.3, bias, kt)
    assert table.shape == (3, 5) and table.dtype == np.float64
    one_by_one = [[closed_forms.crossover(2.0, 0.3, u, t) for u in bias] for t in [0.0, 0.5, 1.0]]
    assert np.array_equal(table, one_by_one)
    # the crossover is thermal noise and the excess, to rounding
    np.testing.assert_allclose(table, 8.0 * kt + closed_forms.excess(2.0, 0.3, bias, kt), rtol=1e-15)
    assert isinstance(closed_forms.x_coth_x_minus_one(np.float64(1.0)), float)
    # Int (f - f')^2 = 2 kT (x coth x - 1)
    want = 2 * 0.1 * closed_forms.x_coth_x_minus_one(0.3 / 0.2)
    assert exchange_integral((0.3, 0.1), SimpleNamespace(mu=0.0, kt=0.1)) == pytest.approx(want, rel=1e-14)


def ring() -> df.Conductor:
    """Three sites around a flux, a chain at each."""
    h = np.diag([0.3, -0.2, 0.1, 0.0, 0.0, 0.0]).astype(complex)
    for k in range(3):
        h[k, (k + 1) % 3] = -np.exp(0.3j)
        h[(k + 1) % 3, k] = -np.exp(-0.3j)
        h[k, 3 + k] = h[3 + k, k] = -[0.8, 1.0, 0.9][k]
    chain = df.Lead.periodic([[0.0]], [[-1.0]])
    return df.network(h, [(chain, [3]), (chain, [4]), (chain, [5])])


BIASED = [(0.25, 0.08), (-0.05, 0.05), (0.05, 0.06)]


def test_the_ring_in_a_field_has_its_reference_numbers() -> None:
    """Numbers of an independent program, which integrates from -1.9 to 1.9: occupations are below exp(-20) beyond.

    Half a unit of the eighth digit, and 1e-9 for what lies beyond.
    """
    found = ring().noise(BIASED, tolerance=1e-10)
    assert found.audit.passed, found.audit
    # there, currents are out of the leads
    np.testing.assert_allclose(-found.current, [0.21796507, -0.10992059, -0.10804447], atol=6e-9, rtol=0)
    np.testing.assert_allclose(-found.heat_current, [-0.02587815, -0.01011891, -0.01858801], atol=6e-9, rtol=0)
    s = [[0.26173248, -0.09018642, -0.17154605], [0, 0.2211865, -0.13100008], [0, 0, 0.30254613]]
    upper = np.triu_indices(3)
    np.testing.assert_allclose(found.charge[upper], np.array(s)[upper], atol=6e-9, rtol=0)
    assert np.array_equal(found.charge, found.charge.T)
    assert found.entropy_production == pytest.approx(0.8356552645, abs=1e-8)
    assert found.reservoirs == BIASED
    # heat with charge: particles that enter sum to zero
    np.testing.assert_allclose(found.charge_heat.sum(axis=0), 0.0, atol=1e-10)


def test_derivatives_sweeps_and_one_energy_are_limits_of_the_noise() -> None:
    """A central difference: third derivatives of some hundred times step^2/6; a sweep: tolerances of both integrals."""
    conductor, shift, step = ring(), np.array([1.0, 0.0, -0.5]), 1e-4
    slope = conductor.differential_noise(BIASED, shift, tolerance=1e-10)
    assert slope.audit.passed

    def moved(by: float) -> list[tuple[float, float]]:
        return [(mu + by * w, kt) for (mu, kt), w in zip(BIASED, shift, strict=True)]

    sides = [conductor.noise(moved(by), tolerance=1e-10) for by in (-step, step)]
    np.testing.assert_allclose(slope.charge, (sides[1].charge - sides[0].charge) / (2 * step), atol=3e-6)
    np.testing.assert_allclose(slope.current, (sides[1].current - sides[0].current) / (2 * step), atol=3e-6)
    sweep = conductor.noise_sweep([moved(-step), moved(step)], tolerance=1e-10)
    for side, point in zip(sides, sweep, strict=True):
        np.testing.assert_allclose(point.charge, side.charge, rtol=0, atol=1e-10)
    assert conductor.noise_sweep([]) == []
    # S/eV at zero temperature: curvature of s times bias^2, and digits of the bias between energies of 0.1
    s, bias = conductor.smatrix(0.1), 1e-6
    spectral = s.spectral_noise([1, 0, 0])
    cold = [(0.1 + bias / 2, 0.0), (0.1 - bias / 2, 0.0), (0.1 - bias / 2, 0.0)]
    np.testing.assert_allclose(conductor.noise(cold).charge / bias, spectral.correlator, atol=1e-9)
    assert np.array_equal(s.spectral_noise(reservoirs=cold).correlator, spectral.correlator)
    assert spectral.audit.passed


def test_fano_factors_are_those_of_transmission_eigenvalues() -> None:
    """Eigenvalues and amplitudes to rounding."""
    s = dirty().smatrix(-0.9)
    statistics = s.transmission_statistics()
    t = s.transmission_eigenvalues(1, 0)
    assert statistics.conductance == pytest.approx(s.transmission(1, 0), rel=1e-12)
    assert statistics.shot_noise == pytest.approx(s.spectral_noise([1, 0]).correlator[1, 1] / 2, rel=1e-11)
    assert statistics.third_cumulant == pytest.approx(np.sum(t * (1 - t) * (1 - 2 * t)), rel=1e-12)
    assert statistics.fano_factor == pytest.approx(s.noise([(1, 0), (0, 0)]).fano_factor(), rel=1e-11)
    assert np.isnan(TransmissionStatistics([]).fano_factor)


def test_nodes_are_cavities_and_wires() -> None:
    """One node: closed forms. n nodes: 1/3 [1 - (n + 1)^-2] dephased, 0 cold; a potential that falls evenly."""
    cavity, bias = series([1, 3]), [(1.0, 0.0), (0.0, 0.0)]
    dephased = cavity.probe_noise([1, 2], bias)
    assert dephased.fano_factor() == pytest.approx(closed_forms.open_cavity(1, 3), rel=1e-13)
    hot = cavity.probe_noise([1, 2], bias, "hot")
    assert hot.fano_factor() == pytest.approx(closed_forms.hot_cavity(1, 3), rel=1e-12)
    cold = cavity.probe_noise([1, 2], bias, "inelastic")
    assert cold.fano_factor() == pytest.approx(0.0, abs=1e-14)
    assert dephased.audit.passed and hot.audit.passed and cold.audit.passed
    # by hand, the two states: T_1 mu_1 + T_2 mu_2, and what Joule heat makes of it
    assert hot.potential[0] == pytest.approx(0.25, rel=1e-13)
    assert hot.temperature[0] == pytest.approx(np.sqrt(3) / np.pi * np.sqrt(0.25 * 0.75), rel=1e-12)
    n = 5
    settings = [Setting(bias, "dephasing"), Setting(bias, "inelastic", bath=0.0)]
    wire = series([1] * (n + 1)).probe_noise_sweep([n, n + 1], settings)
    assert wire[0].fano_factor() == pytest.approx((1 - (n + 1) ** -2) / 3, rel=1e-12)
    assert wire[1].fano_factor() == pytest.approx(0.0, abs=1e-12)
    np.testing.assert_allclose(wire[0].current, [-1 / (n + 1), 1 / (n + 1)], rtol=1e-12)
    np.testing.assert_allclose(wire[0].potential[:n], 1 - np.arange(1, n + 1) / (n + 1), rtol=1e-12)
    unit = series([1] * (n + 1)).dephased_noise([n, n + 1], [1, 0])
    np.testing.assert_allclose(unit.correlator, wire[0].correlator, rtol=1e-12)


def test_probes_on_a_wire_join_the_coherent_conductor_and_the_window() -> None:
    """Without probes all kinds are the coherent conductor; a narrow window is that of one energy."""
    wire, energy = dirty(), -0.9
    bias = [(energy + 0.001, 0.0), (energy - 0.001, 0.0)]
    coherent = wire.smatrix(energy).noise(bias)
    for kind in ["dephasing", "inelastic", "hot"]:
        found = wire.probe_noise(bias, kind, energy=energy)
        # the same amplitudes by another solver
        np.testing.assert_allclose(found.correlator, coherent.charge, rtol=1e-10)
        np.testing.assert_allclose(found.current, coherent.current, rtol=1e-10)
    probed = wire.with_probes(0.2, [17, 30])
    assert probed.probe_noise(bias, energy=energy).driven == [2, 3]
    # the flat window is the first order in window over width of levels: a window of a tenth errs by a tenth, or less
    for kind in ["dephasing", "inelastic", "hot"]:
        errors = []
        for kt in [5e-4, 5e-5]:
            warm = [(energy + kt, kt), (energy - kt, kt)]
            flat, resolved = probed.probe_noise(warm, kind, energy=energy), probed.probe_noise(warm, kind)
            assert flat.audit.passed and resolved.audit.passed
            pairs = [(resolved.correlator, flat.correlator), (resolved.temperature, flat.temperature)]
            errors.append([np.max(np.abs(one / other - 1)) for one, other in pairs])
        # 2 kT over half the width of 0.1
        assert np.all(np.array(errors[0]) < 0.01)
        # rounding of what does not change at all
        assert np.all(np.array(errors[1]) < 0.2 * np.array(errors[0]) + 1e-9)
    # a lead that floats is the same probe by another way: terminals of the ring's S matrix
    conductor = ring()
    one = conductor.probe_noise([(0.11, 0.0), (0.09, 0.0)], "hot", energy=0.1, driven=[0, 2])
    other = conductor.smatrix(0.1).probe_noise([0, 2], [(0.11, 0.0), (0.09, 0.0)], "hot")
    np.testing.assert_allclose(one.correlator, other.correlator, rtol=1e-11)
    assert one.current == pytest.approx(other.current, rel=1e-11)
    assert wire.dephased_noise(energy, [1, 0]).correlator[0, 0] == pytest.approx(
        wire.smatrix(energy).spectral_noise([1, 0]).correlator[0, 0], rel=1e-10
    )


def test_numbers_of_particles() -> None:
    """The variance exceeds the compressibility by its ends alone, whatever the barrier transmits; to rounding."""
    for transmission, height in [(1.0, 0.0), (0.25, 3.0)]:
        chain = Chain.with_transmission((-1.0, 0.1), transmission)
        assert chain.height == pytest.approx(height, abs=1e-14)
        found = chain.segment(800, 799)
        assert found.audit.passed and found.sites == 1600
        assert found.ratio == pytest.approx(1.0106, abs=0.5e-4)
        assert found.variance == pytest.approx(found.response + found.boundary, rel=1e-12)
    energies = np.array([-3.0, -1.0, 0.0])
    np.testing.assert_allclose(chain.transmission(energies), [0.0, 0.25, 4 / 13], rtol=1e-14)
    # equal reservoirs are equilibrium; occupations of both orders
    right = Chain((-0.3, 0.03), 1.3)
    same = right.biased((-0.3, 0.03)).segment(40, 25)
    assert same.variance == pytest.approx(right.segment(40, 25).variance, abs=1e-13)
    biased = right.biased((0.1, 0.04))
    assert biased.correlation(-3, 5) == pytest.approx(np.conj(biased.correlation(5, -3)), abs=1e-16)
    assert biased.segment(40, 25).audit.passed


def check_refused(what: str, *reservoirs: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match=what):
        dirty(4, 2).noise(reservoirs)


def test_bad_input_is_a_value_error() -> None:
    check_refused("3 reservoirs, but there are 2 leads", (0, 0), (0, 0), (0, 0))
    check_refused("kt = -1", (0, -1), (0, 0))
    check_refused("mu = NaN", (np.nan, 1), (0, 0))
    wire = dirty(4, 2)
    bias = [(0.1, 0.0), (0.0, 0.0)]
    with pytest.raises(ValueError, match="take probe_noise"):
        wire.with_probes(0.1).noise(bias)
    with pytest.raises(ValueError, match="between 0 and 1"):
        wire.noise(bias, tolerance=0.0)
    with pytest.raises(ValueError, match='"dephasing", "inelastic", "hot"'):
        Setting(bias, "warm")
    with pytest.raises(ValueError, match="a bath is that of inelastic probes"):
        Setting(bias, "hot", bath=1.0)
    with pytest.raises(ValueError, match="temperatures above zero"):
        wire.with_probes(0.1).probe_noise(bias)
    with pytest.raises(ValueError, match="energies, of which"):
        wire.with_probes(0.1).probe_noise([(0.1, 1e-9), (0.0, 1e-9)])
    with pytest.raises(ValueError, match="are driven"):
        channel(0.5).probe_noise([0, 7], bias)
    with pytest.raises(ValueError, match="from 0 to 1"):
        channel(0.5).spectral_noise([2, 0])
    with pytest.raises(ValueError, match="either occupations or reservoirs"):
        channel(0.5).spectral_noise()
    with pytest.raises(ValueError, match="terminal 2"):
        channel(0.5).noise(bias).fano_factor(2)
    with pytest.raises(ValueError, match="different potentials"):
        channel(0.5).noise([(0, 1), (0, 1)]).excess_fano_factor()
    with pytest.raises(ValueError, match=r"at least 0\.001"):
        Chain((0.0, 1e-4))
    with pytest.raises(ValueError, match="broadcast"):
        closed_forms.open_cavity([1.0, 2.0], [1.0, 2.0, 3.0])
    check_refused("0 reservoirs")
    with pytest.raises(ValueError, match="0 reservoirs, but there are 0 leads"):
        df.SMatrix(np.zeros((0, 0)), []).noise([])
