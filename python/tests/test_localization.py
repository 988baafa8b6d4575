"""The Anderson transition from Python, by closed forms, identities and data without noise."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from helpers import interrupted

import diffuson as df
from diffuson import localization as loc

UNIT = df.units.BOLTZMANN / df.units.ELEMENTARY_CHARGE
Z = np.array([[-30.0, -2.0, 0.0], [0.5, 3.0, 60.0]])


def test_a_linear_mobility_edge_in_closed_form() -> None:
    """At x = 1, K_0 = ln(1 + e^z) and the plateau is pi^2/(6 ln 2); tolerance: that of the integrals,
    1e-12.
    """
    edge = df.mobility_edge(1.0, prefactor=40.0)
    np.testing.assert_allclose(edge.conductivity(Z), np.logaddexp(0.0, Z), rtol=1e-12)
    assert edge.thermopower(Z).shape == Z.shape
    plateau = edge.thermopower(0)
    assert isinstance(plateau, float)
    assert plateau == pytest.approx(-(np.pi**2) / (6 * np.log(2)), rel=1e-12)
    # the same holes at an upper edge
    np.testing.assert_array_equal(df.mobility_edge(1.0, side="upper").thermopower(Z), -edge.thermopower(Z))
    # the law of Wiedemann and Franz deep in the metal, up to (T/d)^2; 3 (1 + x)/pi^2 in the insulator, up to e^z
    assert edge.lorenz_ratio(1e6) == pytest.approx(1.0, abs=1e-10)
    assert edge.lorenz_ratio(-40.0) == pytest.approx(6 / np.pi**2, rel=1e-12)


def test_si_units_and_the_order_of_distance_and_temperature() -> None:
    """Sigma = A T^x K_0 and S = -(k_B/e) K_1/K_0 at z = d/T; tolerance: rounding."""
    x, a = 1.57, 40.0
    edge = df.mobility_edge(x, a)
    d, t = np.array([[-3.0], [5.0], [80.0]]), np.array([0.5, 2.0, 9.0, 30.0])
    found = edge.transport(d, t)
    assert found.thermopower.shape == (3, 4)
    np.testing.assert_allclose(found.thermopower, UNIT * edge.thermopower(d / t), rtol=1e-13)
    np.testing.assert_allclose(found.conductivity, a * t**x * edge.conductivity(d / t), rtol=1e-12)
    np.testing.assert_allclose(found.peltier, found.temperature * found.thermopower, rtol=1e-14)
    kappa = found.lorenz * found.conductivity * found.temperature
    np.testing.assert_allclose(found.thermal_conductivity, kappa, rtol=1e-14)
    np.testing.assert_allclose(found.figure_of_merit, edge.figure_of_merit(d / t), rtol=1e-11)
    cold = edge.transport(80.0, 0.0)
    assert cold.conductivity == pytest.approx(a * 80.0**x, rel=1e-14)
    assert (cold.thermopower, cold.lorenz_ratio) == (0.0, pytest.approx(1.0, rel=1e-12))
    # Mott's formula to first order in T/d = 1e-4: the next is of relative order 1e-7
    mott = -UNIT * np.pi**2 / 3 * x * 1e-4
    assert edge.transport(80.0, 80e-4).thermopower == pytest.approx(mott, rel=1e-6)


def test_moments_are_fermi_dirac_integrals() -> None:
    """K_0 = Gamma(x + 1) F_{x-1}, here of F_0 = ln(1 + e^z) and its derivative; tolerance: that of both,
    1e-12.
    """
    kernels = loc.Kernels(1.0)
    z = np.array([-5.0, 0.3, 7.0, 100.0])
    k0, k1, k2 = kernels.moments(z)
    np.testing.assert_allclose(loc.FermiDirac(0.0)(z), k0, rtol=1e-12)
    derivatives = kernels.derivatives(z)
    np.testing.assert_allclose(derivatives.by_z[0], 1.0 / (1.0 + np.exp(-z)), rtol=1e-11)
    scaling, by_z, by_x = kernels.scaling_derivatives(z)
    np.testing.assert_allclose(scaling.ln_conductivity, np.log(k0), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(scaling.thermopower, k1 / k0, rtol=1e-12)
    np.testing.assert_allclose(by_z.ln_conductivity, derivatives.by_z[0] / k0, rtol=1e-11)
    np.testing.assert_allclose(by_x.ln_conductivity, derivatives.by_x[0] / k0, rtol=1e-11)
    assert k2.shape == z.shape
    np.testing.assert_allclose(loc.eta([1.0, 2.0]), [np.log(2), np.pi**2 / 12], rtol=1e-13)


def test_where_curves_turn() -> None:
    """Neighbours of the turning points lie on the right side of them; at 1e-3 away the difference is 1e-6
    of the value.
    """
    kernels = loc.Kernels(0.5)
    edge = df.mobility_edge(0.5)
    t = kernels.conductivity_minimum()
    assert t is not None
    below, there, above = edge.transport(1.0, t * np.array([0.999, 1.0, 1.001])).conductivity
    assert there < below and there < above
    z = kernels.power_factor_maximum()
    assert z is not None
    below, there, above = edge.transport([z - 1e-3, z, z + 1e-3], 1.0).power_factor
    assert there > below and there > above
    assert loc.Kernels(1.0).conductivity_minimum() is None and loc.Kernels(2.0).power_factor_maximum() is None
    reached = kernels.plateau_reached([0.5, 0.9])
    np.testing.assert_allclose(edge.thermopower(1 / reached) / edge.thermopower(0.0), [0.5, 0.9], rtol=1e-9)


def test_expansions_meet_the_exact_functions() -> None:
    """Each where what it leaves out is small: t^6 (6e-11 times some 200) at t = 0.02, z^3 at 1e-4, e^z at
    z = -20.
    """
    x = np.array([0.5, 1.0, 1.57])
    exact: list[Any] = [df.mobility_edge(each) for each in x]
    s = np.array([-edge.thermopower(1 / 0.02) for edge in exact])
    np.testing.assert_allclose(loc.low_temperature.thermopower(x, 0.02), s, rtol=1e-7)
    slope = loc.low_temperature.thermopower_slope(x, 40.0, 40.0 * 30.0**x)
    np.testing.assert_allclose(slope, UNIT * np.pi**2 / 3 * x / 30.0, rtol=1e-13)
    s = np.array([-edge.thermopower(1e-4) for edge in exact])
    np.testing.assert_allclose(loc.high_temperature.thermopower(x, 1e-4), s, rtol=1e-11)
    np.testing.assert_allclose(loc.high_temperature.plateau(x), [-edge.thermopower(0.0) for edge in exact], rtol=1e-12)
    s = np.array([-edge.thermopower(-20.0) for edge in exact])
    np.testing.assert_allclose(loc.insulating.thermopower(x, -20.0), s, rtol=1e-8)
    sigma = np.array([edge.conductivity(-20.0) for edge in exact])
    np.testing.assert_allclose(loc.insulating.conductivity(x, -20.0), sigma, rtol=1e-8)


def test_hopping_and_a_tail_in_parallel() -> None:
    """The exponents of both laws, and the current that circulates between two channels; tolerance:
    rounding.
    """
    t = np.array([1.0, 16.0])
    for law, power in [("mott", 0.25), ("efros-shklovskii", 0.5)]:
        hopping = loc.VariableRangeHopping(100.0, 1e4, law=law)
        np.testing.assert_allclose(np.log(hopping.conductivity(t) / 100.0), -((1e4 / t) ** power), rtol=1e-12)
        np.testing.assert_allclose(hopping.hop_energy(t), power * t * (1e4 / t) ** power, rtol=1e-13)
    n, xi = 1e46, 1e-9
    assert loc.mott_temperature(n, xi, beta=18.1) == pytest.approx(18.1 / (df.units.BOLTZMANN * n * xi**3), rel=1e-14)
    edge = df.mobility_edge(1.1, 40.0)
    d = np.array([-2.0, 0.0, 5.0])
    above, below = edge.transport(d, 2.0), loc.Tail(0.3, 0.5).transport(edge, d, 2.0)
    both = above.parallel(below)
    np.testing.assert_allclose(both.conductivity, above.conductivity + below.conductivity, rtol=1e-14)
    circulating = (above.thermopower - below.thermopower) ** 2 * above.conductivity * below.conductivity
    kappa = above.thermal_conductivity + below.thermal_conductivity + 2.0 * circulating / both.conductivity
    np.testing.assert_allclose(both.thermal_conductivity, kappa, rtol=1e-12)
    # the tail carries electrons from below the edge: |S| is less
    assert np.all(both.thermopower > above.thermopower)


def test_lyapunov_exponents_of_clean_bars() -> None:
    """Outside of the band 2 cosh gamma = |E - E_k|, of strips with hard walls; what the start leaves
    decays with e^-gamma.
    """
    energy, width = 5.5, 3
    spectrum = loc.Bar(width, disorder=0.0, energy=energy, boundary="hard-wall").lyapunov(1024)
    transverse = -2 * np.cos(np.pi * np.arange(1, width + 1) / (width + 1))
    expected = np.sort(np.arccosh((energy - transverse) / 2))[::-1]
    np.testing.assert_allclose(spectrum.exponents, expected, rtol=1e-9)
    assert spectrum.gamma.value == width * spectrum.smallest.value
    assert spectrum.audit.passed


def test_a_bar_is_a_function_of_seed_and_sample() -> None:
    """The smallest exponent of a disordered chain in the centre of its band is W^2/105.2 (Kappus and
    Wegner 1981): five errors.
    """
    bar = loc.Bar(1, disorder=1.0, boundary="hard-wall")
    one, same, other = (bar.lyapunov(400_000, seed=7, sample=n) for n in (1, 1, 2))
    assert one.gamma.value == same.gamma.value != other.gamma.value
    # corrections of higher order in W are some per cent of it
    allowed = 5 * one.gamma.standard_error + 0.03 / 105.2
    assert one.gamma.value == pytest.approx(1 / 105.2, abs=allowed)
    assert len(loc.Bar(3, 3, disorder=8.0, hopping="random-spin-rotations").lyapunov(1024).exponents) == 9


def test_a_bar_of_a_study() -> None:
    """Sample 1 of point 4 (L = 5, W = 16.5) of a scaling study of seed 1958, from its record; to the
    digits that instruction sets may differ in.
    """
    spectrum = loc.Bar(5, 5, disorder=16.5).lyapunov(2000, seed=1958, sample=4 * 2**32 + 1)
    assert spectrum.gamma.value == pytest.approx(1.780563127182555, rel=1e-9)


def test_ctrl_c_ends_a_bar() -> None:
    bar = loc.Bar(24, 24, disorder=16.5)
    with interrupted(after=0.2):
        bar.lyapunov(4096)


def _points(value: npt.NDArray[np.float64] | None = None) -> loc.SizePoints:
    disorder, size = np.linspace(15.0, 18.0, 7), np.array([[4.0], [6.0], [8.0], [12.0]])
    exact = 1.73 + 0.04 * (disorder - 16.5) * size ** (1 / 1.57)
    return loc.SizePoints(disorder, size, exact if value is None else exact + value, 0.005)


def test_finite_size_scaling_finds_the_law_that_made_the_data() -> None:
    """Data without noise: convergence of the search, 1e-6."""
    fit = _points().fit((1, 0, 1, 0))
    assert fit.critical_point.value == pytest.approx(16.5, abs=1e-6)
    assert fit.exponent.value == pytest.approx(1.57, abs=1e-5)
    assert fit.critical_values[0].value == pytest.approx(1.73, abs=1e-7)
    assert fit.irrelevant_exponent is None and fit.audit.passed
    collapse = fit.collapse()
    assert np.all(np.sign(collapse["variable"]) == np.sign(np.round(collapse["driving"] - 16.5, 9)))
    np.testing.assert_allclose(collapse["value"], fit.scaling_function(collapse["variable"]), rtol=1e-7)
    xi = fit.localization_length([16.0, 17.5])
    assert xi[0] / xi[1] == pytest.approx(2**1.57, rel=1e-4)
    # a fit that is all but linear: the interval is that of the standard error, within a per cent
    interval = fit.interval("exponent")
    assert interval.ends == ("found", "found")
    assert interval.high - interval.low == pytest.approx(2 * fit.exponent.standard_error, rel=0.05)


def test_experiments_repeated_scatter_by_the_standard_error() -> None:
    """A bootstrap of 200 knows an error to 5 %: four times that."""
    noise = 0.005 * np.random.default_rng(3).standard_normal((4, 7))
    points = _points(noise)
    fit = points.fit((1, 0, 1, 0))
    assert abs(fit.exponent.value - 1.57) < 4 * fit.exponent.standard_error
    bootstrap = fit.bootstrap(200, seed=1)
    assert bootstrap.values.shape == (200, len(fit.fit.names))
    assert bootstrap.standard_error("exponent") == pytest.approx(fit.exponent.standard_error, rel=0.2)
    again = _points().fit((1, 0, 1, 0)).refit(points)
    assert again.exponent.value == pytest.approx(fit.exponent.value, abs=1e-4)


def test_a_scan_chooses_no_term_that_is_not_needed() -> None:
    """Data without noise of the lowest orders: no further term lowers chi^2."""
    scan = _points().scan(relevant=(1, 2), irrelevant_orders=(0, 0), relevant_field=(1, 2), smallest_sizes=[4.0])
    assert [tried.orders for tried in scan.tried] == [(1, 0, 1, 0), (1, 0, 2, 0), (2, 0, 1, 0), (2, 0, 2, 0)]
    assert scan.chosen is not None and scan.chosen_index == 0
    assert scan.chosen.orders == (1, 0, 1, 0) and scan.chosen.exponent.value == pytest.approx(1.57, abs=1e-5)
    # a smallest size that leaves one size has no fit, and a reason
    alone = _points().scan(irrelevant_orders=(0, 0), relevant=(1, 1), relevant_field=(1, 1), smallest_sizes=[12.0])
    assert alone.chosen is None and alone.tried[0].fit is None
    assert alone.tried[0].reason is not None and "at least two of each" in alone.tried[0].reason


def test_a_computed_power_law_has_the_thermopower_of_the_closed_side() -> None:
    """Conductances 0.1 L depth^nu + 0.4 below an upper edge; straight lines between energies cost some per
    cent.
    """
    nu, edge = 1.57, 7.75
    w, size = np.linspace(-0.4, 0.4, 9), np.array([[6.0], [8.0], [10.0], [12.0]])
    fit = loc.SizePoints(edge + w, size, -0.5 - w * size ** (1 / nu), 0.01).fit((1, 0, 1, 0))
    energy = np.array([0.25, 1.75, 3.0, 4.0, 5.0, 6.0, 6.5, 7.0, 7.35, 7.6, 7.9, 8.1])
    sigma = 0.1 * np.maximum(edge - energy, 0.0) ** nu
    computed = loc.ComputedConductivity(fit, energy, size, 0.4 + sigma * size, 0.01)
    assert not computed.conducts_above and computed.deepest == 0.25
    # to the convergence of the fit
    assert computed.bare_conductivity(edge - 0.2) == pytest.approx(0.1 * 0.2**nu, rel=1e-4)
    z = np.array([1.0, 2.0])
    found = computed.transport(edge - 0.3, 0.3 / z)
    np.testing.assert_allclose(found.thermopower, df.mobility_edge(nu, side="upper").thermopower(z), rtol=0.03)
    with pytest.raises(ValueError, match="beyond the energies"):
        computed.transport(7.0, 2.0)
    with pytest.raises(ValueError, match="not below 0"):
        computed.transport(7.0, -0.1)


TEMPERATURES = np.geomspace(0.5, 8.0, 14)
DISTANCES = [3.0, 10.0, 30.0]


def _measurements(noise: float = 0.0, curvature: float = 0.0) -> loc.Measurements:
    edge, random = df.mobility_edge(1.1, 40.0, curvature=curvature), np.random.default_rng(11)
    samples = []
    for d in DISTANCES:
        exact = edge.transport(d, TEMPERATURES)
        samples.append(
            loc.MeasuredSample(
                f"{d:.0f} K",
                TEMPERATURES,
                conductivity=exact.conductivity * (1 + noise * random.standard_normal(14)),
                conductivity_error=0.01 * exact.conductivity,
                thermopower=exact.thermopower + noise * UNIT * random.standard_normal(14),
                thermopower_error=0.01 * UNIT,
            )
        )
    return loc.Measurements(samples)


def test_a_joint_fit_finds_the_edge_that_made_the_data() -> None:
    """Data without noise: convergence of the search, 1e-6."""
    data = _measurements()
    assert data.sign == -1.0 and len(data) == 42
    fit = data.fit()
    assert fit.exponent.value == pytest.approx(1.1, abs=1e-6)
    assert [d.value for d in fit.distances] == pytest.approx(DISTANCES, rel=1e-5)
    assert fit.prefactor is not None and fit.prefactor.value == pytest.approx(40.0, rel=1e-5)
    assert fit.estimate(("distance", 2)).value == fit.distances[2].value
    sigma, s = fit.curve(1, [2.0])
    exact = df.mobility_edge(1.1, 40.0).transport(10.0, [2.0])
    np.testing.assert_allclose(sigma, exact.conductivity, rtol=1e-6)
    np.testing.assert_allclose(s, -exact.thermopower, rtol=1e-6)
    assert data.fit("thermopower").prefactor is None
    # splines follow the scaling functions within half a per cent: less than the errors of the data
    assert abs(fit.collapse().exponent.value - 1.1) < fit.collapse().exponent.standard_error


def test_errors_of_a_joint_fit_mean_what_they_say() -> None:
    """Noise as stated: x within four errors; profile, posterior and covariance agree within 20 % (a
    posterior of 400 knows its width to 4 %).
    """
    data = _measurements(noise=0.01)
    compared = data.compare()
    fit = compared.fit
    assert fit.fit.goodness > 1e-3 and fit.audit.passed
    assert abs(fit.exponent.value - 1.1) < 4 * fit.exponent.standard_error
    interval = fit.interval("exponent", rise=df.fits.NINETY_FIVE_PERCENT)
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * fit.exponent.standard_error, rel=0.2)
    posterior = fit.posterior(steps=600, burn_in=200, seed=5)
    assert posterior.deviation("x") == pytest.approx(fit.exponent.standard_error, rel=0.2)
    low, high = posterior.credible("x", 0.95)
    assert low < fit.exponent.value < high
    assert compared.collapse is not None and compared.slope is not None and compared.halved is not None
    assert not compared.reasons and compared.halved.names == fit.names
    residuals = fit.residuals()
    squares = np.nansum(residuals["conductivity"] ** 2) + np.nansum(residuals["thermopower"] ** 2)
    assert squares == pytest.approx(fit.fit.chi_squared, rel=1e-12)


def test_a_law_that_does_not_hold_is_said_so() -> None:
    """A curvature of 2 % per K is seen over 8 K of temperature and 30 K of distance, and warned of."""
    warnings = _measurements(noise=0.01, curvature=0.02).compare().warnings
    assert "curvature" in [warning.kind for warning in warnings]
    assert any("critical region" in str(warning) for warning in warnings)


def test_bad_input_is_a_value_error_that_says_what_is_wanted() -> None:
    with pytest.raises(ValueError, match="from 0 to 11"):
        df.mobility_edge(-1.0)
    with pytest.raises(ValueError, match='"lower", "upper"'):
        df.mobility_edge(1.0, side="left")
    with pytest.raises(ValueError, match="use transport"):
        df.mobility_edge(1.0, curvature=0.1).thermopower(1.0)
    with pytest.raises(ValueError, match="cannot be broadcast"):
        df.mobility_edge(1.0).transport([1.0, 2.0], [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="same temperatures"):
        df.mobility_edge(1.0).transport(1.0, 2.0).parallel(df.mobility_edge(1.0).transport(1.0, 3.0))
    with pytest.raises(ValueError, match="at least 3"):
        loc.Bar(2, 2, disorder=1.0)
    with pytest.raises(ValueError, match="needs its flux"):
        loc.Bar(4, disorder=1.0, hopping="uniform-field")
    with pytest.raises(ValueError, match="error bar"):
        loc.Bar(4, disorder=1.0).lyapunov(10)
    with pytest.raises(ValueError, match="must be positive"):
        loc.SizePoints([1.0, 2.0], 4.0, 1.0, 0.0).fit((1, 0, 1, 0))
    with pytest.raises(ValueError, match="no observable 3"):
        _points().fit((1, 0, 1, 0)).scaling_function(0.0, observable=3)
    with pytest.raises(ValueError, match="whole number"):
        loc.SizePoints([1.0, 2.0], 4.0, 1.0, 0.1, observable=0.5)
    with pytest.raises(ValueError, match="1 observables at 2 transitions"):
        twice = loc.SizePoints([1, 2, 1, 2] * 2, [4, 4, 6, 6] * 2, 1.0, 0.1, transition=np.repeat([0, 1], 4))
        _points().fit((1, 0, 1, 0)).refit(twice)
    with pytest.raises(ValueError, match="thermopower_error is not"):
        loc.MeasuredSample("A", [1.0, 2.0], thermopower=[1e-6, 2e-6])
    with pytest.raises(ValueError, match="no free Curvature"):
        _measurements().fit().interval("curvature")
    with pytest.raises(ValueError, match="counted from 0"):
        _measurements().fit().curve(3, 1.0)
    with pytest.raises(ValueError, match="no parameter"):
        _measurements().fit().fit.estimate("nu")


def test_numbers_beyond_arithmetic_are_a_numerical_error() -> None:
    with pytest.raises(df.NumericalError, match="not finite"):
        loc.Bar(3, disorder=1e200).lyapunov(2000)
