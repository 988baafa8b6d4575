"""Diffusons from Python."""

import numpy as np
import numpy.typing as npt
import pytest
from scipy import integrate, special  # type: ignore[import-untyped]

from diffuson import diffusons

# rounding of formulas
EXACT = 1e-12


def test_a_diffuson_in_momentum_space_and_time() -> None:
    d = diffusons.Diffuson(0.7, 0.3)
    assert (d.diffusion, d.rate) == (0.7, 0.3)
    omega, q = np.array([0.0, 0.4, -2.0])[:, None], np.array([0.1, 1.0])
    got = d.in_momentum(omega, q)
    assert got.shape == (3, 2)
    np.testing.assert_allclose(got, 1 / (-1j * omega + 0.7 * q**2 + 0.3), rtol=EXACT)
    # scipy's Bessel function of complex argument is good to some 1e-13
    r = np.array([0.2, 1.0, 5.0])
    want = special.kv(0, r * np.sqrt((0.3 - 0.4j) / 0.7)) / (2 * np.pi * 0.7)
    np.testing.assert_allclose(d.in_space(0.4, r), want, rtol=EXACT)
    # it conserves density but for the loss of phase: Int d^2r = e^{-Gamma t}; none before t = 0
    number = integrate.quad(lambda r: 2 * np.pi * r * d.in_time(1.5, r), 0, np.inf)[0]
    assert number == pytest.approx(np.exp(-0.3 * 1.5), rel=1e-8)  # what quad promises
    assert d.in_time(-1.0, 0.0) == 0.0
    assert isinstance(d.in_momentum(0.4, 0.1), complex) and isinstance(d.in_time(1.0, 0.0), float)


def test_at_imaginary_frequencies() -> None:
    d = diffusons.Diffuson(0.7, 0.3)
    w = diffusons.bosonic_frequency(2, 0.05)
    assert w == pytest.approx(4 * np.pi * 0.05, rel=EXACT)
    warmer = diffusons.Diffuson(0.7, 0.3 + w)
    np.testing.assert_allclose(
        d.at_matsubara(2, 0.05, [0.0, 1.1]), warmer.in_momentum(0.0, [0.0, 1.1]).real, rtol=EXACT
    )
    np.testing.assert_allclose(
        d.at_matsubara_in_space(2, 0.05, [0.5, 2.0]), warmer.in_space(0.0, [0.5, 2.0]).real, rtol=EXACT
    )


def brute_ring(size: int, diffusion: float, functions: npt.NDArray[np.float64], kt: float) -> float:
    """``2 pi T sum_k>0 w_k Tr f_1 D f_2 D f_3 D f_4 D`` by matrices over sites."""
    k = 2 * np.pi * np.arange(size) / size
    q = np.stack(np.meshgrid(k, k)).reshape(2, -1)
    sites = np.stack([np.arange(size**2) % size, np.arange(size**2) // size])
    waves = np.exp(1j * sites.T @ q) / size
    rates = diffusion * (4 - 2 * np.cos(q).sum(axis=0))
    total = 0.0
    for w in 2 * np.pi * kt * np.arange(1, 1500):
        diffuson = (waves / (w + rates)) @ waves.conj().T
        ring = np.linalg.multi_dot([f[:, None] * diffuson for f in functions])
        total += 2 * np.pi * kt * w * np.trace(ring).real
    return total


def test_rings_on_a_torus_are_sums_of_matrices() -> None:
    size, diffusion, density, kt = 3, 0.4, 2.0, 0.2
    rings = diffusons.RingSum(size, diffusion, density, time_reversal=False)
    assert rings.sites == 9
    functions = np.random.default_rng(1).normal(size=(2, 9))
    covariance = rings.covariance(functions, kt)
    i, j, k, l = 0, 1, 0, 0  # noqa: E741
    orders = [i, j, k, l], [i, j, l, k], [i, k, j, l]
    want = sum(brute_ring(size, diffusion, functions[order], kt) for order in orders)
    # the sum over frequencies, cut off at w = 1900, leaves out 1/2w^2 = 1.4e-7 of the sum of f^4 over sites
    assert covariance.at(i, j, k, l) == pytest.approx(want / (np.pi**2 * density**2), rel=1e-5)
    assert covariance.functions == 2 and covariance.pairs == 3
    row, column = covariance.pair(1, 0), covariance.pair(0, 0)
    assert covariance.matrix[row, column] == covariance.at(i, j, k, l)
    # Cooperons double, and for one function the alternating rings are a third
    both = diffusons.RingSum(size, diffusion, density).covariance(functions[:1], kt).at(0, 0, 0, 0)
    assert both == pytest.approx(2 * covariance.at(0, 0, 0, 0), rel=EXACT)
    third = rings.alternating_covariance(functions[:1], kt).at(0, 0, 0, 0)
    assert third == pytest.approx(covariance.at(0, 0, 0, 0) / 3, rel=EXACT)
    # between sums of the functions is that of the sums
    sums = np.array([[1.0, 2.0], [0.5, -1.0]])
    np.testing.assert_allclose(
        covariance.between(sums).matrix, rings.covariance(sums @ functions, kt).matrix, rtol=1e-10
    )


def test_a_gaussian_on_a_torus() -> None:
    psi = diffusons.gaussian_on_torus(12, 1.5, (3.0, 7.0)).reshape(12, 12)
    assert (psi**2).sum() == pytest.approx(1.0, rel=EXACT)
    assert psi.argmax() == 7 * 12 + 3
    # images are further away than 9 sites, of weight exp(-81/1.5^2)
    assert psi[7, 4] / psi[7, 3] == pytest.approx(np.exp(-1 / 1.5**2), rel=1e-9)
    np.testing.assert_array_equal(diffusons.gaussian_on_torus(4, 1.0), diffusons.gaussian_on_torus(4, 1.0, (0, 0)))


def test_routes_to_a_gaussian_ring_agree() -> None:
    ring = diffusons.GaussianRing(4)
    traces = ring.by_traces(1e-8)
    times = ring.by_times(1e-3)
    assert abs(float(times) - float(traces)) < times.error + traces.error
    sampled = ring.monte_carlo(60_000, seed=7)
    # a normal deviate beyond 4 is met once in 16000
    assert abs(sampled.value - traces.value) < 4 * sampled.error
    assert sampled.value == ring.monte_carlo(60_000, seed=7, sample=0).value
    assert sampled.value != ring.monte_carlo(60_000, seed=7, sample=1).value
    # the saddle point's number: gamma of four diagrams is pi^4 / 2 Q_4, Q_4 = (2 pi)^2 q_4, 3.88041 to its digits
    assert np.pi**4 / (2 * (2 * np.pi) ** 2 * traces.value) == pytest.approx(3.88041, abs=5e-6)


def test_rings_through_two_droplets() -> None:
    # without a distance there is one droplet, whatever the pattern
    for pattern in ("alternating", "one-of-four", "adjacent"):
        pair = diffusons.GaussianRing.pair(pattern, 0.0).cubature(1e-3)
        assert pair.value == pytest.approx(diffusons.GaussianRing(4).cubature().value, rel=2e-3)
    with pytest.raises(ValueError, match="alternating"):
        diffusons.GaussianRing.pair("abab", 1.0)


def test_rings_vanish_when_it_is_warm() -> None:
    ring = diffusons.GaussianRing(4)
    values = [ring.at_temperature(x).cubature().value for x in (0.0, 0.3, 1.0)]
    assert values[0] == ring.cubature().value and values[0] > values[1] > values[2] > 0


def test_local_heat_is_conserved() -> None:
    # the transform of the radial part at k: 2 pi Int r J_0(k r) radial(r) dr, against the mean over directions
    r, w = special.roots_legendre(60)
    panels = np.concatenate([[0.0], np.geomspace(1e-6, 40.0, 12)])
    half = np.diff(panels)[:, None] / 2
    at = (panels[:-1, None] + half * (1 + r)).ravel()
    weight = (half * w).ravel()
    c = diffusons.local_heat_correlation(at)
    for k in (0.0, 0.5, 1.5):
        angle = np.linspace(0, np.pi, 64, endpoint=False)
        want = diffusons.local_heat_spectrum(k * np.cos(angle), k * np.sin(angle)).mean()
        got = 2 * np.pi * np.sum(weight * at * special.j0(k * at) * c.radial)
        # the correlation is given to 1e-9 of its unit, over an area of some 2 pi 40^2 / 2 that it fills less and less
        assert got == pytest.approx(want, abs=1e-5)
    assert diffusons.local_heat_spectrum(0.0, 0.0) == 0.0
    np.testing.assert_allclose(c.along, c.radial - c.dipole)
    np.testing.assert_allclose(c.across, c.radial + c.dipole)


def test_local_heat_in_bins_and_squares() -> None:
    one = diffusons.local_heat_correlation(1.0)
    assert isinstance(one.radial, float)
    narrow = diffusons.local_heat_correlation_of_ring([0.999, 0.9], [1.001, 1.1])
    # a bin of width h differs from its middle by h^2/24 of the second derivative, of order one
    assert narrow.radial[0] == pytest.approx(one.radial, abs=1e-6)
    assert narrow.radial[1] == pytest.approx(one.radial, abs=1e-2)
    # conservation: the mean over a large square falls faster than 1/area
    small, large = diffusons.local_heat_box_variance([10.0, 20.0])
    assert small / large > 7.0
    with pytest.raises(ValueError, match="distance"):
        diffusons.local_heat_correlation(0.0)


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="diffusion"):
        diffusons.Diffuson(-1.0)
    with pytest.raises(ValueError, match="4 to 16"):
        diffusons.GaussianRing(3)
    with pytest.raises(ValueError, match="one per site"):
        diffusons.RingSum(3, 1.0, 1.0).covariance(np.ones((1, 8)), 0.1)
    with pytest.raises(ValueError, match="temperature"):
        diffusons.RingSum(3, 1.0, 1.0).covariance(np.ones((1, 9)), 0.0)
    with pytest.raises(ValueError, match="function 3"):
        diffusons.RingSum(3, 1.0, 1.0).covariance(np.ones((1, 9)), 0.1).at(0, 0, 0, 3)
    with pytest.raises(ValueError, match="2 are wanted"):
        diffusons.gaussian_on_torus(4, 1.0, [1.0])
    with pytest.raises(ValueError, match="broadcast"):
        diffusons.Diffuson(1.0).in_time([1.0, 2.0], [1.0, 2.0, 3.0])
    with pytest.raises(MemoryError):
        diffusons.gaussian_on_torus(2**31, 1.0)
    with pytest.raises(ValueError, match="evaluations"):
        diffusons.GaussianRing(4).monte_carlo(10, seed=0)
