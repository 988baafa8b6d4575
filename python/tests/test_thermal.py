"""Transport through the Fermi window, by closed forms."""

import numpy as np
import pytest

import diffuson as df
from diffuson import thermal, units

#: Integrals are exact to the quadrature's tolerance, 1e-12 of the moduli; a ratio of two loses a digit.
EXACT = 1e-11


def step(edge: float) -> thermal.Structure:
    return thermal.Structure(support=(edge, np.inf), jumps=[edge])


def test_fermi_functions_keep_the_shape_of_their_argument() -> None:
    x = np.linspace(-3.0, 3.0, 12).reshape(3, 4)
    np.testing.assert_allclose(thermal.fermi(x), 1.0 / (1.0 + np.exp(x)), rtol=1e-15)
    np.testing.assert_allclose(thermal.fermi_window(x), 0.25 / np.cosh(x / 2) ** 2, rtol=1e-14)
    assert isinstance(thermal.fermi(0.0), float) and thermal.fermi(0.0) == 0.5
    assert thermal.fermi(np.array([0.0])).shape == (1,)
    cold, hot = thermal.Reservoir(0.0, 0.0), thermal.Reservoir(0.1, 0.2)
    np.testing.assert_array_equal(cold.occupation([-1.0, 0.0, 1.0]), [1.0, 0.5, 0.0])
    energies = np.array([-0.3, 0.1, 0.4])
    np.testing.assert_allclose(
        hot.excess((0.0, 0.1), energies),
        thermal.fermi((energies - 0.1) / 0.2) - thermal.fermi(energies / 0.1),
        rtol=1e-13,
    )


@pytest.mark.parametrize("z", [-4.0, 0.0, 3.0])
def test_a_step_has_the_coefficients_of_closed_form(z: float) -> None:
    """T = 1 above an edge, mu at z k_B T from it: K0 = f(-z), K1 = z-dependent entropy; thermopower -(K1/K0) k_B/e."""
    kt = 0.03
    f = 1.0 / (1.0 + np.exp(-z))
    entropy = np.log1p(np.exp(z)) - z * f
    matrix = thermal.onsager(lambda e: 1.0, z * kt, kt, structure=step(0.0))
    c = matrix.coefficients(0, 1)
    assert c.conductance == pytest.approx(f, rel=EXACT)
    assert c.thermopower == pytest.approx(-entropy / f, rel=EXACT)
    assert c.peltier == pytest.approx(c.thermopower, rel=EXACT)
    assert c.asymmetry == pytest.approx(1.0, rel=EXACT)
    assert c.figure_of_merit == pytest.approx(c.thermopower**2 * c.conductance / c.thermal_conductance, rel=EXACT)
    si = c.si(300.0)
    assert si.thermopower == pytest.approx(c.thermopower * units.BOLTZMANN / units.ELEMENTARY_CHARGE, rel=1e-14)
    assert si.conductance == pytest.approx(c.conductance * units.CONDUCTANCE_UNIT, rel=1e-14)
    assert matrix.audit.passed and "quadrature" in matrix.audit and "dissipation" in matrix.audit


def test_a_constant_transmission_obeys_wiedemann_and_franz() -> None:
    c = thermal.onsager(lambda e: 2.0, 0.3, 0.1).coefficients()
    assert c.lorenz_ratio == pytest.approx(1.0, rel=EXACT)
    assert c.thermal_conductance == pytest.approx(2.0 * np.pi**2 / 3, rel=EXACT)
    assert c.thermopower == pytest.approx(0.0, abs=EXACT)
    # at zero temperature T at mu itself
    cold = thermal.onsager(lambda e: e, 0.7, 0.0).coefficients()
    assert cold.conductance == pytest.approx(0.7, rel=1e-15)


def test_terminals_float_and_join() -> None:
    """Three terminals with T_ab = g_a g_b at all energies: a floating voltage probe adds the series conductance."""
    g = np.array([1.0, 2.0, 3.0])
    t = np.outer(g, g)
    matrix = thermal.onsager(lambda e: t, 0.0, 0.1)
    assert matrix.terminals == [0, 1, 2] and matrix.matrix.shape == (6, 6)
    np.testing.assert_allclose(matrix.block(0, 1)[0, 0], 2.0, rtol=EXACT)
    np.testing.assert_allclose(matrix.matrix[2:4, 4:6], matrix.block(1, 2), rtol=1e-15)
    particle, heat = matrix.currents([1.0, 0.0, 0.0])
    np.testing.assert_allclose(particle, [-5.0, 2.0, 3.0], rtol=EXACT)
    np.testing.assert_allclose(heat, 0.0, atol=EXACT)
    _, heat = matrix.currents([0.0, 0.0, 0.0], [1.0, 0.0, 0.0])
    np.testing.assert_allclose(heat, np.array([-5.0, 2.0, 3.0]) * np.pi**2 / 3, rtol=EXACT)
    two = matrix.floating([2])
    assert two.terminals == [0, 1] and two.audit.passed
    assert two.coefficients(0, 1).conductance == pytest.approx(2.0 + 3.0 * 6.0 / 9.0, rel=EXACT)
    joined = matrix.joined([1, 2])
    assert joined.coefficients(0, 1).conductance == pytest.approx(5.0, rel=EXACT)
    assert matrix.reciprocity(matrix) < EXACT
    with pytest.raises(ValueError, match="until two are left"):
        matrix.coefficients(0, 1)
    with pytest.raises(ValueError, match="lead 3: there are"):
        matrix.floating([3])
    with pytest.raises(ValueError, match="2 numbers, but 3"):
        matrix.currents([1.0, 0.0])
    with pytest.raises(ValueError, match="the same are wanted"):
        matrix.reciprocity(two)
    with pytest.raises(df.NumericalError, match="no potential"):
        thermal.onsager(lambda e: np.zeros((3, 3)), 0.0, 0.1).floating([2])


def test_currents_through_an_open_channel() -> None:
    """T = 1: I = V, J^Q = (pi^2/6)((k_B T)^2 - (k_B T')^2) + V^2/2 into the reservoir at the lower potential."""
    hot, cold, bias = 0.05, 0.02, 0.3
    found = thermal.currents(lambda e: 1.0, [(bias, hot), thermal.Reservoir(0.0, cold)])
    np.testing.assert_allclose(found.particle, [-bias, bias], rtol=EXACT)
    conducted = np.pi**2 / 6 * (hot**2 - cold**2)
    np.testing.assert_allclose(found.heat, [bias**2 / 2 - conducted, bias**2 / 2 + conducted], rtol=1e-10)
    assert found.energy.sum() == pytest.approx(0.0, abs=EXACT)
    assert found.power == pytest.approx(-(bias**2), rel=EXACT)
    assert found.entropy_production > 0.0 and found.audit.passed


def test_a_conductor_answers_alike_by_all_ways() -> None:
    """Directly, by T computed once (to 1e-9 in each piece: 1e-7 of the whole), by a function around its S matrices."""
    wire = df.strip(length=8, width=3).with_onsite(0.8 * np.sin(2.3 * np.arange(24)))
    mu, kt = -1.0, 0.05
    direct = wire.onsager(mu, kt)
    once = wire.transmission_function(windows=[(mu, kt)])
    whole = wire.transmission_function((-4.0, 2.0))
    assert direct.audit.passed and "unitarity" in direct.audit
    for function in (once, whole):
        np.testing.assert_allclose(function.onsager(mu, kt).matrix, direct.matrix, atol=1e-7)
        assert function.onsager(mu, kt).audit.passed
    assert once.evaluations < whole.evaluations and whole.range == (-4.0, 2.0)
    energies = [-1.3, -0.9]
    np.testing.assert_allclose(
        whole(energies)[:, 1, 0], [wire.smatrix(e).transmission(1, 0) for e in energies], atol=1e-8
    )
    assert whole(-1.3).shape == (2, 2)
    called = thermal.onsager(
        lambda e: wire.smatrix(e).transmission(1, 0),
        mu,
        kt,
        structure=thermal.Structure(thresholds=wire.singular_energies(-4.0, 2.0).tolist()),
        tolerance=1e-6,
    )
    np.testing.assert_allclose(called.matrix, direct.matrix, atol=1e-5)
    reservoirs = [(mu + 0.1, kt), (mu - 0.1, 0.6 * kt)]
    flow = wire.currents(reservoirs)
    np.testing.assert_allclose(whole.currents(reservoirs).heat, flow.heat, atol=1e-7)
    assert flow.audit.passed
    # Mott: the next order tells how good the first is
    expansion = wire.sommerfeld(mu, 1e-3)
    exact = wire.onsager(mu, 1e-3).coefficients()
    thermopower = expansion.first.coefficients().thermopower
    assert thermopower == pytest.approx(exact.thermopower, rel=2.0 * expansion.correction)
    assert expansion.next.coefficients().thermopower == pytest.approx(exact.thermopower, rel=1e-4)


def test_sommerfeld_of_a_parabola_is_exact() -> None:
    """Of T = e^2 slopes are linear: K0 = mu^2 + (pi k_B T)^2/3 and K1 = (2 pi^2/3) k_B T mu to rounding."""
    mu, kt = 0.7, 0.1
    expansion = thermal.sommerfeld(lambda e: (e**2, 2 * e), mu, kt)
    assert expansion.next.coefficients().conductance == pytest.approx(mu**2 + (np.pi * kt) ** 2 / 3, rel=1e-13)
    assert expansion.first.block(1, 0)[0, 1] == pytest.approx(2 * np.pi**2 / 3 * kt * mu, rel=1e-13)


def test_samples_are_joined_by_lines() -> None:
    """The mean of |E| over a thermal window is 2 k_B T ln 2: a bend at a sample is exact."""
    energies = np.linspace(-4.0, 4.0, 81)
    function = thermal.sampled_transmission(energies, np.abs(energies))
    kt = 0.1
    assert function.onsager(0.0, kt).coefficients().conductance == pytest.approx(2 * kt * np.log(2), rel=EXACT)
    with pytest.raises(ValueError, match="outside"):
        function.onsager(1.0, kt)
    with pytest.raises(ValueError, match="ascending"):
        thermal.sampled_transmission([0.0, 0.0], [1.0, 1.0])
    with pytest.raises(ValueError, match="two samples"):
        thermal.sampled_transmission([0.0], [1.0])


def test_a_narrow_level_is_an_engine_of_carnot() -> None:
    """A boxcar much narrower than k_B T passes one energy: it stops where both reservoirs fill that alike, to 1e-3."""
    hot, cold, width, level = 0.1, 0.05, 1e-4, 0.2
    boxcar = thermal.Structure(support=(level, level + width))
    function = thermal.transmission_function(lambda e: 1.0, (-6.0, 6.0), structure=boxcar)
    engine = thermal.HeatEngine(hot, cold, 0.0)
    stop = engine.stopping_load(function)
    assert stop is not None
    # f_hot = f_cold at the level: (e + V/2)/hot = (e - V/2)/cold
    e = level + width / 2
    assert stop == pytest.approx(2 * e * (hot - cold) / (hot + cold), rel=1e-3)
    best = engine.maximum_efficiency(function)
    most = engine.maximum_power(function)
    assert best is not None and most is not None
    assert thermal.curzon_ahlborn(hot, cold) < best.efficiency < thermal.carnot(hot, cold) == 0.5
    assert most.power > best.power and most.currents.audit.passed
    by_callable = engine.at(most.load, lambda e: 1.0, structure=boxcar)
    assert by_callable.power == pytest.approx(most.power, rel=1e-8)
    gated = engine.maximum_power_over_gate((-0.5, 0.2), function)
    assert gated is not None and gated.power >= most.power
    zt = thermal.onsager(lambda e: 1.0, 0.0, hot, structure=boxcar).coefficients().figure_of_merit
    assert zt > 1e5
    assert thermal.maximum_efficiency(zt) == pytest.approx(1.0, abs=0.01)


def test_bounds_in_a_magnetic_field() -> None:
    """Second law alone at x = 2: y <= 8; three terminals: a quarter of it. Without asymmetry Carnot's is allowed."""
    assert thermal.largest_figure_of_merit(2.0) == pytest.approx(8.0, rel=1e-15)
    assert thermal.largest_figure_of_merit(2.0, 3) == pytest.approx(2.0, rel=1e-14)
    assert thermal.efficiency_bound(1.0, 3) == 1.0
    assert thermal.efficiency_at_maximum_power_bound(1.0) == 0.5
    assert thermal.maximum_efficiency(3.0) == pytest.approx(1.0 / 3.0, rel=1e-15)
    assert thermal.efficiency_at_maximum_power(2.0, 1.5) == pytest.approx(1.5 / 4.0, rel=1e-15)


def test_the_quantum_of_heat() -> None:
    """A perfect mode carries pi^2 k_B^2 T/3h, and (pi^2/6)((k_B T)^2 - (k_B T')^2)/h between any temperatures."""
    assert thermal.bose_window(0.0) == 1.0
    found = thermal.boson_heat_conductance(lambda e: 4.0, 0.3)
    np.testing.assert_allclose(found.quanta, [[0.0, 4.0], [4.0, 0.0]], rtol=EXACT)
    assert found.si(1.0)[0, 1] == pytest.approx(thermal.quantum_of_heat_conductance(1.0, 4.0), rel=EXACT)
    assert thermal.quantum_of_heat_conductance(1.0) == pytest.approx(9.464e-13, rel=1e-4)
    flow = thermal.boson_heat_currents(lambda e: 1.0, [0.3, 0.0])
    np.testing.assert_allclose(flow.heat, np.pi**2 / 6 * 0.3**2 * np.array([-1.0, 1.0]), rtol=EXACT)
    assert flow.audit.passed and found.audit.passed


def test_estimates_of_an_experiment() -> None:
    """10^24 electrons per m^3, 4 K, mean free path and L_in 50 nm, 640 V/m: to the digits of the library's test."""
    wave_vector = (3 * np.pi**2 * 1e24) ** (1 / 3)
    constant = thermal.diffusion_constant(wave_vector, units.ELECTRON_MASS, 500e-10)
    assert thermal.peltier_heat(4.0, 500e-10, constant, 640.0) == pytest.approx(39.8, rel=2e-3)
    conductance = wave_vector * 500e-10 / (2 * np.pi)
    assert thermal.joule_heat(conductance, 640.0) == pytest.approx(39.1, rel=2e-3)
    # here the conductance is taken as k_F l in print
    variation = thermal.temperature_variation(units.ELECTRON_MASS, 4.0, 500e-10, 2 * np.pi * conductance)
    assert variation == pytest.approx(1.43e-6, rel=5e-3)


def test_bad_questions_are_refused() -> None:
    """What is wrong with the input is a ValueError; what a function of the caller raises goes on as it is."""
    with pytest.raises(ValueError, match="temperature"):
        thermal.onsager(lambda e: 1.0, 0.0, -0.1)
    with pytest.raises(ValueError, match="TransmissionFunction or a Conductor, not float"):
        thermal.onsager(1.0, 0.0, 0.1)  # type: ignore[arg-type]
    with pytest.raises(ZeroDivisionError):
        thermal.onsager(lambda e: 1 / 0, 0.0, 0.1)
    with pytest.raises(ValueError, match="number or a square matrix"):
        thermal.onsager(lambda e: np.ones(3), 0.0, 0.1)
    with pytest.raises(ValueError, match='"below", "above", "both"'):
        thermal.Structure(thresholds=[(0.0, 0.5, "left")])
    with pytest.raises(ValueError, match="exponent"):
        thermal.Structure(thresholds=[(0.0, -1.5, "above")])
    with pytest.raises(ValueError, match="structure goes with"):
        thermal.onsager(df.strip(length=4, width=2), 0.0, 0.1, structure=step(0.0))
    wire = df.strip(length=4, width=3)
    with pytest.raises(ValueError, match="3 reservoirs, but there are 2 leads"):
        wire.currents([(0.0, 0.1)] * 3)
    with pytest.raises(ValueError, match="1 reservoirs"):
        thermal.sampled_transmission([-1.0, 1.0], [1.0, 1.0]).currents([(0.0, 0.01)])
    with pytest.raises(ValueError, match="12 probes"):
        wire.with_probes(0.1).currents([(0.0, 0.1), (0.1, 0.1)])
    with pytest.raises(ValueError, match="either energies"):
        wire.transmission_function()
    with pytest.raises(ValueError, match="range from"):
        wire.transmission_function((1.0, 0.0), widest=0.1)
    with pytest.raises(ValueError, match="hot above cold"):
        thermal.HeatEngine(0.1, 0.2, 0.0)
    with pytest.raises(ValueError, match="tolerance"):
        wire.onsager(-1.0, 0.1, tolerance=0.0)
