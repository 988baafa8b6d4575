"""Spin droplets from Python."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from scipy import integrate  # type: ignore[import-untyped]

import diffuson as df
from diffuson import droplets

Reals = npt.NDArray[np.float64]

# rounding of formulas
EXACT = 1e-12


@pytest.fixture(scope="module")
def gaussian() -> droplets.Profile:
    return droplets.Profile.gaussian()


@pytest.fixture(scope="module")
def coefficients(gaussian: droplets.Profile) -> droplets.Coefficients:
    return droplets.Coefficients(gaussian)


def test_mean_field() -> None:
    metal = droplets.Metal(40.0, 0.1)
    assert (metal.conductance, metal.distance, metal.susceptibility) == (40.0, 0.1, 10.0)
    assert metal.rarity == pytest.approx(4.0, rel=EXACT) and metal.triplet_constant == pytest.approx(-0.9, rel=EXACT)
    magnet = droplets.StonerMetal(-0.2, 0.8)
    sigma = magnet.spin_density
    assert sigma == pytest.approx(0.5, rel=EXACT)
    # no field keeps the spin density of the ferromagnet, and the potential has the field as half its slope
    assert magnet.field(sigma) == pytest.approx(0.0, abs=EXACT)
    at = np.array([0.3, 0.9])
    slope = (magnet.potential(at + 1e-5) - magnet.potential(at - 1e-5)) / 2e-5
    np.testing.assert_allclose(magnet.field(at), slope / 2, rtol=1e-8)  # third derivatives times 1e-10
    assert magnet.susceptibility == pytest.approx(2.5, rel=EXACT)
    np.testing.assert_allclose(droplets.hartree_fock_susceptibility([1.0, 2.0], -0.25), [4 / 3, 4.0])


def test_a_profile_is_normalised_and_called(gaussian: droplets.Profile) -> None:
    r = np.array([[0.0, 0.5], [1.0, 2.0]])
    # psi is given to some 1e-8 by its polynomials
    np.testing.assert_allclose(gaussian(r), np.sqrt(2 / np.pi) * np.exp(-(r**2)), rtol=1e-6)
    assert isinstance(gaussian(1.0), float)
    assert gaussian.integral == pytest.approx(np.sqrt(2 * np.pi), rel=1e-8)
    assert gaussian.participation == pytest.approx(1 / np.pi, rel=1e-8)
    assert gaussian.mean_square_radius == pytest.approx(0.5, rel=1e-8)
    np.testing.assert_allclose(gaussian(gaussian.radii), gaussian.values, rtol=1e-10, atol=1e-12)
    assert gaussian.resolution.degree == 11


def test_a_profile_of_a_python_function(gaussian: droplets.Profile) -> None:
    twice = droplets.Profile.from_function(lambda r: 5 * np.exp(-((r / 2) ** 2)), resolution="coarse")
    assert twice.integral == pytest.approx(2 * gaussian.integral, rel=1e-6)  # what coarse promises is 1e-5
    rings, wider = gaussian.rings(), twice.rings()
    # Q_n scales as R^{n - 4}
    for n, ring, wide in [(4, rings.four, wider.four), (6, rings.six, wider.six), (8, rings.eight, wider.eight)]:
        assert abs(wide.value / 2 ** (n - 4) - ring.value) < 1e-4 * ring.value
    asked: list[float] = []

    def broken(r: float) -> float:
        asked.append(r)
        raise RuntimeError("no profile")

    with pytest.raises(RuntimeError, match="no profile"):
        droplets.Profile.from_function(broken)
    assert len(asked) == 1
    with pytest.raises(ValueError, match="zero or positive"):
        droplets.Profile.from_function(lambda r: 1 - r)
    with pytest.raises(ValueError, match="4 to 32"):
        droplets.Profile.from_function(lambda r: np.exp(-r), resolution=droplets.Resolution(degree=2))
    with pytest.raises(ValueError, match="coarse"):
        droplets.Profile.optimum("medium")


def test_the_optimum_of_eq_33(gaussian: droplets.Profile) -> None:
    found = droplets.Profile.from_function(lambda r: np.exp(-(r**2)), resolution="rough").optimised()
    best = found.profile
    assert best.mean_square_radius == pytest.approx(1.0, rel=1e-9)
    four = best.rings().four
    # gamma to 1e-3 is what the resolution promises; 3.60430 is that of the library
    assert np.pi**4 / (2 * four.value) == pytest.approx(3.60430, rel=1e-3)
    assert four.value > gaussian.rings().four.value
    ascending = [step.four for step in found.steps]
    assert all(b >= a * (1 - 1e-9) for a, b in pairwise(ascending))
    assert best.residual() == pytest.approx(found.steps[-1].residual, rel=0.5)
    row = droplets.Profile.convergence(["rough"])[0]
    assert row.four == pytest.approx(four.value, rel=1e-4) and row.resolution.degree == 6


def test_suppression_and_warmth(gaussian: droplets.Profile, coefficients: droplets.Coefficients) -> None:
    x = np.array([0.01, 0.02])
    phi = gaussian.suppression([0.0, *x, *-x])
    assert phi.value[0] == pytest.approx(1.0, rel=EXACT) and (phi.value[1:3] == phi.value[3:]).all()
    # what the expansion to x^4 leaves grows as x^6: 64 times, less 2 % by the order after it
    left = phi.value[1:3] - (1 - 2 * coefficients.alpha * x**2 + coefficients.complete_beta * x**4)
    assert left[1] / left[0] == pytest.approx(64.0, rel=0.02)
    assert float(gaussian.suppression(0.01)) == phi.value[1] and phi.error.max() < 1e-8
    warm = gaussian.warmth(np.array([0.0, 0.2]))
    # R/L_T = 0.2: 14 % smaller, as the window of validity says
    assert warm.value[0] == pytest.approx(1.0, rel=1e-6) and warm.value[1] == pytest.approx(0.86, abs=0.01)


def test_coefficients_of_all_countings(gaussian: droplets.Profile, coefficients: droplets.Coefficients) -> None:
    # to the last digit of the reference
    assert coefficients.gamma == pytest.approx(0.64674, abs=6e-6)
    broken = droplets.Coefficients(gaussian, time_reversal=False)
    assert broken.gamma == pytest.approx(1.29347, abs=6e-6)
    four = droplets.Coefficients(gaussian, counting="four-diagrams")
    assert four.gamma == pytest.approx(3.88041, abs=6e-6)
    assert four.with_density_of_one_spin().gamma == pytest.approx(four.gamma / 4, rel=EXACT)
    rings = droplets.ProfileRings.of(gaussian)
    for diagrams in ("four", (4.0, 4.0, 4.0)):
        same = droplets.Coefficients.from_diagrams(rings, diagrams)
        assert (same.gamma, same.alpha, same.beta) == (four.gamma, four.alpha, four.beta)
    printed = droplets.Coefficients(rings.with_norm(0.5), counting="four-diagrams")
    assert printed.gamma == pytest.approx(4 * four.gamma, rel=EXACT)
    assert printed.alpha == pytest.approx(four.alpha, rel=EXACT)
    given = droplets.ProfileRings(rings.values, rings.integral, errors=rings.errors)
    assert droplets.Coefficients(given).errors == coefficients.errors
    # gamma = 1/(2 g^2 I_FF), and the threshold is in standard deviations of F
    metal = droplets.Metal(40.0, 0.1)
    variance = coefficients.linear_variance(40.0)
    assert coefficients.gamma * 2 * 1600 * variance == pytest.approx(1.0, rel=EXACT)
    assert coefficients.threshold(metal) == pytest.approx(0.1 / np.sqrt(variance), rel=EXACT)
    assert coefficients.exponent(metal) == pytest.approx(coefficients.threshold(metal) ** 2 / 2, rel=EXACT)
    assert coefficients.mixed_covariance(40.0) < 0 < coefficients.cubic_variance(40.0)
    with pytest.raises(ValueError, match="four-diagrams"):
        droplets.Coefficients(gaussian, counting="all")
    with pytest.raises(ValueError, match="half-words"):
        droplets.Coefficients.from_diagrams(gaussian, "no such")


@pytest.mark.parametrize("form", ["expanded", "quartic", "all-orders"])
def test_spins_are_a_distribution(form: str, gaussian: droplets.Profile, coefficients: droplets.Coefficients) -> None:
    metal = droplets.Metal(60.0, 0.1)
    p = droplets.SpinDistribution(metal, coefficients, form=form, profile=gaussian if form == "all-orders" else None)
    # the quartic form ends where it turns round; the others have fallen by e^-45 before g
    end = 60 * np.sqrt(coefficients.alpha / coefficients.complete_beta) * (1 - 1e-12) if form == "quartic" else 60.0
    spins = np.linspace(0, end, 801)
    moments = [integrate.simpson(p.densities(spins) * spins**k, x=spins) for k in range(3)]
    # Simpson's rule in steps of a hundredth of the width
    assert moments[0] == pytest.approx(1.0, abs=1e-8)
    assert moments[1] == pytest.approx(p.mean, rel=1e-7)
    assert np.sqrt(moments[2]) == pytest.approx(p.root_mean_square, rel=1e-7)
    assert p.exponents(0.0) == pytest.approx(coefficients.exponent(metal), rel=EXACT)
    if form == "expanded":
        assert p.root_mean_square == pytest.approx(coefficients.typical_spin(metal), rel=1e-10)
    if form == "quartic":
        assert p.densities(60.0) == 0.0


def test_a_spin_distribution_wants_its_profile(gaussian: droplets.Profile, coefficients: droplets.Coefficients) -> None:
    metal = droplets.Metal(60.0, 0.1)
    with pytest.raises(ValueError, match="wants a profile"):
        droplets.SpinDistribution(metal, coefficients, form="all-orders")
    with pytest.raises(ValueError, match="all-orders"):
        droplets.SpinDistribution(metal, coefficients, form="quartic", profile=gaussian)


def test_estimates_of_one_mode() -> None:
    metal = droplets.Metal(500.0, 0.1)
    derived, printed = droplets.SingleMode(metal), droplets.SingleMode(metal, form="printed")
    assert printed.largest_spin == 500.0 and derived.largest_spin == pytest.approx(500 / np.sqrt(2))
    # the amplitude of a spin makes that spin the minimum of the energy
    spin = 7.0
    zeta = derived.amplitude(spin)
    around = derived.energy(spin + np.array([-1e-3, 0.0, 1e-3]), zeta)
    assert around[1] < around[0] and around[1] < around[2]
    assert derived.exponent(spin) == pytest.approx(zeta**2, rel=EXACT)
    # e^{-2 c (1 + F_0)^2 S^2}, but for 3 c^2 (S/g)^4 g^2 (1 + F_0)^2 = 3e-4 in the exponent at S = 3.5
    assert derived.mean_spin() == pytest.approx(derived.expanded_mean_spin, rel=1e-3)
    u = np.array([1e-3, 1e3])
    limits = np.array([np.pi * u[0] ** 4, 2 * np.pi**2 / 3 * u[1] ** 3])
    np.testing.assert_allclose(droplets.energy_variance(u), limits, rtol=0.01)  # corrections ln(u)/u and u^2
    assert droplets.ENERGY_CROSSOVER == pytest.approx(2 * np.pi / 3)
    assert droplets.level_correlation(3.0, 4.0) == pytest.approx(np.pi / 25)
    with pytest.raises(ValueError, match="Thouless"):
        droplets.level_correlation(0.0, -1.0)


def test_observables_and_their_units() -> None:
    metal = droplets.Metal(20.0, 0.1)
    found = droplets.Observables(metal, 0.6007)
    # hbar/(k_B 0.1 ps) = 76.4 K, and T* = 3.5 K, to the digits of the reference
    assert droplets.kelvin(1e-13) == pytest.approx(76.38, abs=0.01)
    assert droplets.kelvin(1e-13) * found.crossover_temperature == pytest.approx(3.5, abs=0.05)
    assert droplets.per_second(1e-13) == pytest.approx(1e13)
    t_star = found.crossover_temperature
    np.testing.assert_allclose(found.susceptibility([t_star, 2 * t_star]), [2.0, 1.5], rtol=EXACT)
    saturated = found.saturation_temperature
    assert found.dephasing_by_spin_fluctuations(saturated) == pytest.approx(found.dephasing_by_droplets, rel=EXACT)
    low, high = found.curie_window
    assert high / low == pytest.approx(metal.rarity, rel=EXACT)
    assert found.printed_interaction_energy == pytest.approx(found.interaction_energy * 0.01, rel=EXACT)
    assert found.typical_distance == pytest.approx(found.density**-0.5, rel=EXACT)
    doubled = droplets.Observables(metal, 0.6007, susceptibility_prefactor=2.0)
    assert doubled.susceptibility(t_star) == pytest.approx(3.0, rel=EXACT)
    with pytest.raises(ValueError, match="gamma"):
        droplets.Observables(metal, -1.0)


def test_the_window_of_validity(coefficients: droplets.Coefficients) -> None:
    def left(g: float, distance: float) -> set[str]:
        found = droplets.Window(droplets.Metal(g, distance), coefficients).departures
        assert all(str(departure) == departure.message for departure in found)
        return {departure.kind for departure in found}

    low, high = droplets.Window(droplets.Metal(200.0, 0.05), coefficients).distances
    assert left(200.0, np.sqrt(low * high)) == set()
    assert "not-rare" in left(200.0, 0.9 * low) and "not-normal" in left(200.0, 1.1 * high)
    assert [d.kind for d in droplets.Window.departures_of_size(0.5, 1.0)] == ["not-diffusive", "warm"]


def test_pairs_of_droplets() -> None:
    near, far = droplets.PairRings.at(12.0, tolerance=1e-2), droplets.PairRings.asymptotic(12.0)
    for name in ("alternating", "one_of_four", "adjacent"):
        # the error of the asymptotic form is stated as 10 (R/L)^2
        assert getattr(near, name) == pytest.approx(getattr(far, name), rel=far.error + near.error)
    four = droplets.PairCovariance(far, counting="four-diagrams")
    assert four.elements == (far.alternating, far.one_of_four, far.adjacent)
    both = droplets.PairCovariance(far)
    mean = (2 * far.adjacent + far.alternating) / 3
    assert both.elements == pytest.approx((mean, far.one_of_four, mean), rel=EXACT) and both.audit.passed
    j1, j2, j3 = both.elements
    matrix = [[1, j1, j2], [j1, 1, j2], [j2, j2, j3]]
    np.testing.assert_allclose(both.eigenvalues, np.linalg.eigvalsh(matrix), rtol=1e-9)
    # without a threshold: two normal numbers below zero have the probability 1/4 + arcsin(J_1)/2 pi
    quarter = both.conditional(0.0)
    assert quarter.joint_probability == pytest.approx(0.25 + np.arcsin(j1) / (2 * np.pi), rel=1e-9)
    found = both.conditional(3.0)
    x = np.linspace(found.mean - 12 * found.deviation, found.mean + 12 * found.deviation, 801)
    p = found.densities(x)
    assert integrate.simpson(p, x=x) == pytest.approx(1.0, rel=1e-8)
    assert integrate.simpson(p * x, x=x) == pytest.approx(found.mean, rel=1e-8)
    assert integrate.simpson(np.where(x > 0, p, 0.0), x=x) == pytest.approx(found.positive, rel=0.05)  # cut in a step
    assert found.audit.passed
    normal = both.approximate(3.0)
    assert normal.mean == pytest.approx(-6 * j2, rel=EXACT) and normal.deviation == pytest.approx(np.sqrt(j3))
    assert normal.densities(normal.mean) == pytest.approx(1 / (normal.deviation * np.sqrt(2 * np.pi)))
    assert droplets.printed_crossover_distance(16.0) == 4.0
    printed = droplets.printed_distribution(20.0, 3.0)
    assert printed.mean == pytest.approx(-6 * droplets.printed_share(20.0)) and printed.positive < 0.5


def test_two_droplets_in_one_place_align() -> None:
    # two droplets at one place are one: all rings are equal, which no covariance allows
    with pytest.raises(ValueError, match="below 1"):
        droplets.PairCovariance(droplets.PairRings(1.0, 1.0, 1.0))
    assert droplets.PairRings.FAR == 1000.0
    assert droplets.PairRings.at(2000.0).adjacent == droplets.PairRings.asymptotic(2000.0).adjacent


def measured(c4: float = 1.0) -> droplets.CrossoverData:
    t = np.array([0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0])
    chi, rate = 2.0 * (1 + 0.3 / t), 0.05 * (t + 0.3 * c4)
    return droplets.CrossoverData((t, chi, 0.01 * chi), (t, rate, 0.01 * rate))


def test_one_crossover_temperature_is_found() -> None:
    fit = measured().fit()
    # data without scatter: the search ends where chi^2 no longer changes
    assert fit.crossover.value == pytest.approx(0.3, abs=1e-6) and fit.temperatures == pytest.approx(
        (0.3, 0.3), abs=1e-6
    )
    assert fit.fit.estimate("chi_0").value == pytest.approx(2.0, rel=1e-6)
    assert fit.fit.estimate("A").value == pytest.approx(0.05, rel=1e-6)
    t = np.array([0.05, 1.0])
    np.testing.assert_allclose(fit.susceptibility(t), 2.0 * (1 + 0.3 / t), rtol=1e-6)
    np.testing.assert_allclose(fit.rate(t), 0.05 * (t + 0.3), rtol=1e-6)
    assert fit.audit.passed
    interval = fit.interval("T*")
    # chi^2 is nearly a parabola: the interval is one standard error either way
    assert (interval.high - interval.low) / 2 == pytest.approx(fit.crossover.standard_error, rel=0.05)
    posterior = fit.posterior(steps=200, seed=3)
    assert posterior.mean("T*") == pytest.approx(0.3, abs=0.02)
    with pytest.raises(ValueError, match="T\\*"):
        fit.interval("T_chi")


def test_pictures_are_compared() -> None:
    comparison = measured().compare()
    assert comparison.verdict == "together" and comparison.audit.passed and comparison.warnings == []
    assert sum(comparison.weight(p) for p in comparison.compared) == pytest.approx(1.0)
    assert comparison.by("ordinary").fit.chi_squared - comparison.by("impurities").fit.chi_squared == comparison.curie
    apart = measured(c4=5.0)
    assert apart.compare().verdict == "apart"
    # what would make one temperature of two is the prefactor that was put in
    prefactor = apart.compare().prefactor()
    assert prefactor is not None
    assert prefactor[0].value == pytest.approx(5.0, rel=1e-5) and prefactor[1].low < 5.0 < prefactor[1].high
    assert apart.fit_prefactor().fit.estimate("c_4").value == pytest.approx(5.0, rel=1e-5)
    assert apart.compare(dephasing_prefactor=5.0).verdict == "together"
    repeated = comparison.repeat("droplets", 20, seed=1)
    assert repeated.truth == "droplets" and repeated.repetitions == 20
    assert sum(repeated.shares.values()) == pytest.approx(1.0)
    assert repeated.shares["together"] > 0.8  # one in 370 is taken for two temperatures
    assert comparison.repeat("droplets", 20, seed=1).shares == repeated.shares


def test_a_sample_is_inverted() -> None:
    sample = droplets.Sample(20.0, droplets.kelvin(1e-13), 0.6007)
    t_star = droplets.kelvin(1e-13) * droplets.Observables(droplets.Metal(20.0, 0.1), 0.6007).crossover_temperature
    found = sample.invert(t_star, 0.1 * t_star)
    assert found.distance.value == pytest.approx(0.1, rel=1e-10)
    assert found.exponent.value == pytest.approx(0.6007 * 4.0, rel=1e-10)
    assert found.distance.standard_error == pytest.approx(0.01 * abs(found.sensitivity), rel=1e-10)
    # T_tau = T* (2 + F_0)/{2 ln[g (1 + F_0)]} in the fit that knows the sample
    fit = measured().fit(sample=sample)
    t_chi, t_tau = fit.temperatures
    x = sample.conductance * sample.invert(t_chi).distance.value
    assert t_tau / t_chi == pytest.approx((1 + x / 20.0) / max(1.0, 2 * np.log(x)), rel=1e-9)


def test_bad_data_are_refused() -> None:
    with pytest.raises(ValueError, match="no measurements"):
        droplets.CrossoverData()
    with pytest.raises(ValueError, match="dephasing rate 1"):
        droplets.CrossoverData(rates=([1.0, -2.0], [1.0, 1.0], 0.1))
    with pytest.raises(ValueError, match="2 are wanted"):
        droplets.CrossoverData(([1.0, 2.0], [1.0], 0.1))
    with pytest.raises(ValueError, match="prefactor"):
        measured().fit(dephasing_prefactor=0.0)
    with pytest.raises(ValueError, match=r"parameter"):
        droplets.CrossoverData(([1.0], [1.0], 0.1)).fit("impurities")


def test_samples_of_the_orbital_model() -> None:
    model = droplets.OrbitalModel(3, 4, 0.2, time_reversal=False)
    assert (model.sites, model.states, model.diffusion) == (9, 36, 0.4)
    assert model.conductance == pytest.approx(8 * 4 * 0.2) and model.density == pytest.approx(4 / np.pi)
    variances = model.variances()
    np.testing.assert_allclose(variances.sum(axis=0), 1.0, rtol=EXACT)
    h = model.sample(7, 0)
    np.testing.assert_array_equal(h, h.conj().T)
    np.testing.assert_array_equal(h, model.sample(7, 0))
    assert not np.array_equal(h, model.sample(7, 1))
    # <|H_xi,yj|^2> = J_xy/n: means of 6400 numbers, to 4 sqrt(2/6400) of themselves
    squares = np.mean([np.abs(model.sample(7, k)) ** 2 for k in range(400)], axis=0)
    blocks = squares.reshape(9, 4, 9, 4).mean(axis=(1, 3))
    np.testing.assert_allclose(blocks, variances / 4, rtol=0.08, atol=1e-15)
    real = droplets.OrbitalModel(3, 4, 0.2).sample(7, 0)
    assert not real.imag.any()
    with pytest.raises(ValueError, match="1/4"):
        droplets.OrbitalModel(3, 4, 0.3)
    with pytest.raises(MemoryError):
        droplets.OrbitalModel(2**20, 2**20, 0.2)


def test_relaxation_of_the_anderson_lattice() -> None:
    lattice = droplets.AndersonLattice(5, 3.0)
    h = lattice.sample(1, 2)
    assert h.shape == (25, 25) and not h.imag.any()
    onsite = h.diagonal().real - 1.0  # the Fermi energy is -1
    assert np.abs(onsite).max() <= 1.5 and onsite.std() > 0.5
    assert h[0, 1] == h[0, 5] == h[0, 4] == h[0, 20] == -1.0 and h[0, 2] == 0.0
    eta = 0.4
    found = droplets.Relaxation(h, 5, eta)
    green = np.linalg.inv(1j * eta * np.eye(25) - h)
    x = np.arange(25) % 5
    uniform = (np.abs(green) ** 2).sum() / 25
    assert found.uniform == pytest.approx(uniform, rel=EXACT) and found.audit.passed
    assert found.density == pytest.approx(-np.trace(green).imag / (25 * np.pi), rel=EXACT)
    cosines = np.cos(2 * np.pi * (x[:, None] - x) / 5)
    y = np.arange(25) // 5
    cosines = 0.5 * (cosines + np.cos(2 * np.pi * (y[:, None] - y) / 5))
    wave = (np.abs(green) ** 2 * cosines).sum() / 25
    q2 = 2 * (1 - np.cos(2 * np.pi / 5))
    assert found.diffusion == pytest.approx(2 * eta / q2 * (uniform / wave - 1), rel=1e-10)
    other = droplets.Relaxation(lattice.sample(1, 3), 5, eta)
    mean = droplets.Relaxation.mean([found, other])
    assert mean.uniform == pytest.approx((found.uniform + other.uniform) / 2, rel=EXACT)
    assert droplets.Relaxation.from_sums(mean.uniform, mean.wave, 5, eta).conductance == mean.conductance


def levels_susceptibility(h: npt.NDArray[np.complex128], orbitals: int, kt: float) -> Reals:
    e, v = np.linalg.eigh(h)
    f = 1 / (1 + np.exp(e / kt))
    difference = e[None, :] - e[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        w = np.where(np.abs(difference) < 1e-9, (f * (1 - f) / kt)[:, None], (f[:, None] - f) / difference)
    n = len(e)
    m = (v.conj()[:, :, None] * v[:, None, :]).reshape(n // orbitals, orbitals, n, n).sum(axis=1)
    chi: Reals = np.einsum("ab,xab,yab->xy", w, m, m.conj()).real
    return chi


@pytest.mark.parametrize("time_reversal", [True, False])
def test_susceptibility_of_a_sample(time_reversal: bool) -> None:
    h = droplets.OrbitalModel(3, 2, 0.2, time_reversal=time_reversal).sample(5, 0)
    chi = droplets.susceptibility_of_levels(h, 0.1, orbitals=2)
    assert chi.sites == 9 and chi.audit.passed
    # differences of neighbouring levels lose some digits in the reference
    np.testing.assert_allclose(chi.values, levels_susceptibility(h, 2, 0.1), atol=1e-9)
    by_green = droplets.static_susceptibility(h, 0.1, 30, orbitals=2)
    np.testing.assert_allclose(by_green.values, chi.values, atol=1e-9)
    with pytest.raises(MemoryError):
        droplets.static_susceptibility(h, 0.1, 10**9, orbitals=2)
    f1 = chi.fluctuation(np.zeros((9, 9)), 0.5)
    np.testing.assert_allclose(f1, -chi.values / 0.5, rtol=EXACT)


def test_modes_and_places() -> None:
    modes = droplets.FourierModes(6, 9)
    phi = modes.values
    assert modes.count == 9 and phi.shape == (9, 36) and modes.waves.shape == (5, 2)
    np.testing.assert_allclose(phi @ phi.T, np.eye(9), atol=1e-14)
    random = np.random.default_rng(0).normal(size=(36, 36))
    kernel = random + random.T
    np.testing.assert_allclose(modes.project(kernel), phi @ kernel @ phi.T, atol=EXACT)
    vector = np.arange(9.0)
    moved = np.roll((vector @ phi).reshape(6, 6), (2, 1), axis=(0, 1)).ravel()
    np.testing.assert_allclose(modes.moved(vector, (1, 2)) @ phi, moved, atol=EXACT)
    psi = df.diffusons.gaussian_on_torus(6, 1.2)
    between = droplets.between_places(kernel, psi, 6)
    at = [np.roll(psi.reshape(6, 6), (c // 6, c % 6), axis=(0, 1)).ravel() for c in (8, 20)]
    assert between[8, 20] == pytest.approx(at[0] @ kernel @ at[1], rel=1e-10)
    with pytest.raises(ValueError, match="whole shells"):
        droplets.FourierModes(6, 7)
    with pytest.raises(ValueError, match=r"\(36, 36\)"):
        modes.project(kernel[:35])
    with pytest.raises(ValueError, match="at least 1"):
        droplets.between_places(np.zeros((0, 0)), [], 0)


def test_what_a_field_costs() -> None:
    model = droplets.OrbitalModel(3, 2, 0.2)
    h, kt = model.sample(5, 0), 0.1
    psi = df.diffusons.gaussian_on_torus(3, 1.0)
    fields = np.array([0.0, 0.3, 0.6])
    found = droplets.even_grand_potential(h, psi, fields, kt, orbitals=2)

    def omega(a: float) -> float:
        levels = np.linalg.eigvalsh(h + a * np.diag(np.repeat(psi, 2)))
        return float(-kt * np.log1p(np.exp(-levels / kt)).sum())

    want = [(omega(a) + omega(-a)) / 2 - omega(0.0) for a in fields]
    np.testing.assert_allclose(found.values, want, atol=1e-12)  # rounding of sums of size 10
    assert found.audit.passed and (found.values <= 0).all()
    # to second order in the field it is -a^2/2 times the susceptibility on psi
    chi = droplets.susceptibility_of_levels(h, kt, orbitals=2).values
    small = droplets.even_grand_potential(h, psi, [0.01], kt, orbitals=2).values[0]
    assert small == pytest.approx(-(0.01**2) / 2 * (psi @ chi @ psi), rel=1e-2)  # the next order is (a/kT)^2
    # numbers that are none are not hidden
    assert not droplets.even_grand_potential(np.full((9, 9), np.nan), psi, fields, kt).audit.passed
    with pytest.raises(ValueError, match="orbitals"):
        droplets.susceptibility_of_levels(h, kt, orbitals=5)
    with pytest.raises(ValueError, match="adjoint"):
        droplets.susceptibility_of_levels(np.triu(h), kt)


def test_covariances_in_theory_hang_together() -> None:
    model, kt = droplets.OrbitalModel(3, 6, 0.2), 0.1
    psi = df.diffusons.gaussian_on_torus(3, 1.0)
    a, b = 0.02, 0.03
    # diffusion: to leading order a^2 b^2 nu_1^2/4 times the rings of four, the next order (a/w)^2
    rings = model.rings().covariance(psi[None, :], kt).at(0, 0, 0, 0)
    diffusive = droplets.diffusive_covariance(model, psi, [a, b], kt)
    assert diffusive[0, 1] == pytest.approx(a**2 * b**2 * model.density**2 / 4 * rings, rel=5e-3)
    np.testing.assert_allclose(diffusive, diffusive.T, rtol=1e-9)  # differences of logarithms of 1 + 1e-5
    # the model's own ladder: from small fields, and from the covariance between all waves of an odd torus
    ladder = droplets.predicted_variance(model, psi, kt)
    near = droplets.predicted_covariance(model, psi, [a], kt)[0, 0]
    assert 4 * near / (model.density * a**2) ** 2 == pytest.approx(ladder, rel=2e-2)
    modes = droplets.FourierModes(3, 5)
    between = droplets.ladder_covariance(model, modes, kt)
    uniform = droplets.predicted_variance(model, np.full(9, 1 / 3), kt)
    assert between.at(0, 0, 0, 0) == pytest.approx(uniform, rel=1e-3)  # differences in the field lose digits
    with pytest.raises(ValueError, match="those of the model"):
        droplets.ladder_covariance(model, droplets.FourierModes(5, 5), kt)


def test_surrogates_have_their_covariance() -> None:
    # the Gaussian orthogonal ensemble of two modes: <X_ii^2> = 2, <X_ij^2> = 1
    surrogate = droplets.Surrogate(np.diag([2.0, 1.0, 2.0]))
    assert surrogate.modes == 2
    draws = np.array([surrogate.sample(n, seed=4) for n in range(4000)])
    np.testing.assert_array_equal(draws[:, 0, 1], draws[:, 1, 0])
    pairs = np.stack([draws[:, 0, 0], draws[:, 0, 1], draws[:, 1, 1]])
    # squares of normal numbers: 4 sqrt(2/4000) times the variances
    np.testing.assert_allclose(pairs @ pairs.T / 4000, np.diag([2.0, 1.0, 2.0]), atol=0.18)
    # every direction is as good: <(v X v)^2> = 2 for all v
    best = surrogate.optimum(seed=4)
    assert best.variance == pytest.approx(2.0, rel=1e-9) and np.linalg.norm(best.vector) == pytest.approx(1.0)
    eigenvalues = np.array([droplets.mode_eigenvalues(x) for x in draws])
    lowest, vector = droplets.lowest_mode(draws[0])
    assert lowest == pytest.approx(eigenvalues[0, 0], rel=EXACT)
    np.testing.assert_allclose(draws[0] @ vector, lowest * vector, atol=EXACT)
    tail = droplets.Tail(eigenvalues[:, 0])
    assert len(tail) == 4000
    at_two = tail.probability(2.0)
    assert at_two.value == pytest.approx((eigenvalues[:, 0] < -2.0).mean(), rel=EXACT)
    starts = surrogate.optima(12, seed=9)
    tilted = droplets.Tilted(surrogate, starts, [1.0, 4.0]).draw(4000, seed=4)
    tilted_at_two = tilted.probability(2.0)
    assert len(starts) == 12 and tilted.weights.min() > 0
    difference = tilted_at_two.value - at_two.value
    assert abs(difference) < 4 * np.hypot(at_two.standard_error, tilted_at_two.standard_error)
    # exponents beyond what plain draws reach, with the slope of Eq. 34, 1/2I = 1/4, up to powers of E
    assert tail.depth(1e-5) is None and tilted.depth(1e-4) is not None
    assert tilted.slope(3.0, 5.0).value == pytest.approx(0.25, rel=0.2)
    with pytest.raises(df.NumericalError, match="eigenvalues"):
        droplets.mode_eigenvalues(np.full((4, 4), 1.7e308))  # whose sums overflow
    with pytest.raises(ValueError, match="pairs"):
        droplets.Surrogate(np.eye(4))
    with pytest.raises(ValueError, match="at least 0"):
        droplets.Surrogate(np.diag([1.0, 1.0, -1.0]))
    with pytest.raises(ValueError, match="exponent"):
        droplets.Tilted(surrogate, starts, [-1.0])


def test_surrogates_of_rings() -> None:
    modes = droplets.FourierModes(5, 9)
    rings = df.diffusons.RingSum(5, 0.4, 1.0)
    covariance = rings.covariance(modes.values, 0.1)
    best = droplets.Surrogate(covariance).optimum(4, seed=1)
    # the variance of the optimum is that of its profile on the sites
    profile = best.vector @ modes.values
    assert best.variance == pytest.approx(rings.covariance(profile[None, :], 0.1).at(0, 0, 0, 0), rel=1e-9)
    everywhere = best.everywhere(modes, 5)
    moved = np.roll(profile.reshape(5, 5), (1, 0), axis=(0, 1)).ravel()
    np.testing.assert_allclose(everywhere[5].vector @ modes.values, moved, atol=EXACT)


def test_one_level_is_a_droplet() -> None:
    # sigma = tanh(u sigma/2T), unstable for u > 2T
    h, kt, u = np.zeros((1, 1)), 0.1, 0.5
    chi = droplets.susceptibility_of_levels(h, kt)
    exchange = droplets.Exchange.local(1, -1.0, 0.5 / u)
    instability = droplets.Instability(chi, exchange)
    assert instability.eigenvalue == pytest.approx(1 - u / (2 * kt), rel=EXACT) and exchange.triplet == -1.0
    droplet = droplets.solve_droplet(h, exchange, kt, instability)
    assert droplet is not None and droplet.audit.passed
    sigma = 1.0
    for _ in range(200):
        sigma = np.tanh(u * sigma / (2 * kt))
    assert droplet.spin == pytest.approx(sigma, rel=1e-7)  # self-consistent to 1e-8
    assert droplet.field[0] == pytest.approx(u * sigma, rel=1e-7) and droplet.energy < 0
    weak = droplets.Exchange.local(1, -1.0, 0.5 / 0.15)
    assert droplets.solve_droplet(h, weak, kt, droplets.Instability(chi, weak)) is None
    with pytest.raises(ValueError, match="-2"):
        droplets.Exchange.local(3, -3.0, 1.0)
    with pytest.raises(ValueError, match="those of the exchange"):
        droplets.Instability(chi, droplets.Exchange.local(2, -1.0, 1.0))


def test_a_droplet_of_long_waves_solves_eq_9() -> None:
    kt, modes = 0.15, droplets.FourierModes(4, 5)
    h = droplets.AndersonLattice(4, 5.0, fermi_energy=-0.6).sample(3, 0)
    chi = droplets.susceptibility_of_levels(h, kt)
    means = modes.project(chi.values).diagonal()
    exchange = droplets.Exchange.long_waves(modes, -1.1, means)
    instability = droplets.Instability(chi, exchange)
    droplet = droplets.solve_droplet(h, exchange, kt, instability)
    assert instability.eigenvalue < 0 and droplet is not None and droplet.audit.passed

    def density(field: Reals) -> Reals:
        e, v = np.linalg.eigh(h - np.diag(field))
        occupied: Reals = (np.abs(v) ** 2) @ (1 / (1 + np.exp(e / kt)))
        return occupied

    sigma = density(droplet.field) - density(-droplet.field)
    np.testing.assert_allclose(droplet.spin_density, sigma, atol=1e-10)
    strengths = 1.1 / (2 * means)
    field = (strengths * (modes.values @ sigma)) @ modes.values
    np.testing.assert_allclose(droplet.field, field, atol=1e-7 * np.abs(field).max())
    assert droplet.spin == pytest.approx(sigma.sum(), rel=1e-9)
