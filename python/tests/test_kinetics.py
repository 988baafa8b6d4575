"""The kinetic point contact: golden numbers, closed forms against the solver; units and signs of the binding."""

import numpy as np
import pytest

from diffuson.kinetics import (
    ConstantTime,
    Equilibrium,
    MeanFreePath,
    PointContact,
    RateLaw,
    Rates,
    Si,
    SteadyState,
    SubBand,
    initial_slope,
    landauer_excess,
    landauer_noise,
    reference_speed,
)


def test_the_staircase_has_its_golden_steps() -> None:
    """Fig. 2 of Green and Das at r = 1 and 0.4, to the digits printed; times and paths agree to rounding."""
    mu = [2.0, 5.0, 8.0, 11.0, 17.0, 23.0]
    golden = {
        1.0: [0.047426, 0.500006, 0.952698, 1.000000, 1.499994, 1.997527],
        0.4: [0.027101, 0.285718, 0.544399, 0.571429, 0.857139, 1.141444],
    }
    for ratio, steps in golden.items():
        contact = PointContact.uniform([5.0, 17.0], RateLaw.ideal(ratio))
        paths = RateLaw.scaled("mean-free-path", ratio=ratio)
        other = PointContact([SubBand(5.0, paths), SubBand(17.0, paths)])
        conductance = contact.conductance(mu)
        np.testing.assert_allclose(conductance, steps, atol=0.51e-6, rtol=0)
        np.testing.assert_allclose(conductance, other.conductance(mu), rtol=1e-13)
    assert isinstance(contact.conductance(5.0), float)
    assert [band.bottom for band in other.bands] == [5.0, 17.0]


def test_equilibrium_and_reference_speed() -> None:
    """Digits printed."""
    for eta, want in [(-8.0, 0.999763), (0.0, 0.628378), (20.0, 0.025105)]:
        assert Equilibrium(eta).compressibility == pytest.approx(want, abs=0.51e-6)
    speeds = reference_speed(np.array([[-6.0, 0.0], [5.0, 20.0]]))
    np.testing.assert_allclose(speeds, [[0.88687, 1.07215], [2.20640, 4.46749]], atol=0.51e-5, rtol=0)


def test_constant_times_in_closed_form_and_solved() -> None:
    """Golden numbers to their digits; integrals of the solver to 1e-12, its distribution to 1e-7 at each point."""
    rates = Rates(inelastic_time=0.5, elastic_time=1.0)
    closed = ConstantTime(2.0, 5.0, rates)
    got = [closed.equilibrium.number, closed.equilibrium.fluctuation, closed.conductance, closed.noise(), closed.excess]
    want = [2.5953945833, 0.7411539772, 0.8651315278, 1.5513852104, 0.6862536826]
    np.testing.assert_allclose(got, want, atol=0.51e-10, rtol=0)
    solved = SteadyState(2.0, 5.0, rates)
    assert solved.audit.passed, solved.audit
    assert solved.current == pytest.approx(closed.current, rel=1e-12)
    omega = np.array([0.0, 0.3, 4.0])
    np.testing.assert_allclose(solved.spectrum(omega), closed.noise(omega), rtol=1e-12)
    assert solved.noise() == pytest.approx(closed.noise(0.0), rel=1e-12)
    every = slice(None, None, 61)
    np.testing.assert_allclose(solved.occupation[every], closed.occupation(solved.x[every]), atol=1e-7)
    assert np.all(np.diff(solved.x) >= 0)
    # momentum and current of the same electrons: I = 2 <x>
    assert closed.moments[1] == pytest.approx(0.5 * closed.current, rel=1e-13)
    assert closed.moments[0] == closed.equilibrium.number


def test_constant_mean_free_paths_by_quadrature_and_solved() -> None:
    """Golden numbers to their digits, both sources of noise; the mirror image; the linear closure exceeds 1."""
    rates = Rates(inelastic_path=1.0, elastic_path=1.0)
    state = SteadyState(20.0, 10.0, rates)
    got = [state.local_degeneracy, state.conductance, state.noise(), state.noise(source="occupation")]
    np.testing.assert_allclose(got, [21.79930592, 0.95263016, 0.79703261, 3.85518139], atol=0.51e-8, rtol=0)
    closed = MeanFreePath(20.0, 10.0, rates)
    assert state.conductance == pytest.approx(closed.conductance, rel=1e-12)
    assert SteadyState(20.0, -10.0, rates).current == -state.current
    # more electrons move along the force
    assert closed.occupation(4.6) > closed.occupation(-4.6)
    linear = SteadyState(20.0, 10.0, rates, closure="linear")
    assert linear.range[1] == pytest.approx(1.00818, abs=0.51e-5)
    assert not linear.audit["Pauli principle"].passed
    # I/V at a small voltage errs by the slope; neutrality shifts eta* by V^{3/2}, so that it is met to sqrt(V)
    slope = (1 - MeanFreePath(2.0, 1e-4, rates).conductance / MeanFreePath(2.0, 0.0, rates).conductance) / 1e-4
    assert slope == pytest.approx(initial_slope(2.0, rates), rel=1e-2)


def test_the_surrogate_at_constant_current() -> None:
    """Golden Fano factors, and amperes at 1.5 K."""
    contact = PointContact.uniform([5.0, 17.0], RateLaw.surrogate())
    for mu, want in [(2.0, 0.013452), (5.0, 0.759230), (17.0, 0.029072)]:
        state = contact.closed_form(mu, current=10.0)
        assert state.audit.passed
        assert state.current == pytest.approx(10.0, rel=1e-11)
        assert state.fano_factor() == pytest.approx(want, abs=0.51e-6)
    si = Si(1.5)
    assert si.voltage * 1e3 == pytest.approx(0.12926, abs=0.51e-5)
    state = contact.closed_form(5.9, current=100e-9 / si.current)
    assert state.fano_factor() == pytest.approx(0.9614, abs=0.51e-4)
    assert state.excess() * si.noise * 1e27 == pytest.approx(30.81, abs=0.51e-2)
    assert state.voltage * si.voltage * 1e3 == pytest.approx(3.434, abs=0.51e-3)
    # the voltage of a current, and back
    voltage = contact.voltage([4.0, 9.0], 10.0)
    np.testing.assert_allclose(contact.current([4.0, 9.0], voltage), 10.0, rtol=1e-11)


def test_solved_contacts_have_bands_and_both_definitions_of_the_excess() -> None:
    """The solver to 1e-12, sums of bands to rounding."""
    contact = PointContact.uniform([5.0, 17.0], RateLaw.surrogate())
    closed, solved = contact.closed_form(18.9, current=10.0), contact.solve(18.9, current=10.0)
    assert solved.audit.passed
    assert solved.noise() == pytest.approx(closed.noise(), rel=1e-12)
    assert solved.spectrum(1.0) == pytest.approx(closed.spectrum(1.0), rel=1e-12)
    assert solved.excess(above="equilibrium") == pytest.approx(closed.excess(above="johnson"), rel=1e-8)
    assert sum(band.noise() for band in solved.bands) == pytest.approx(solved.noise(), rel=1e-14)
    assert [band.degeneracy for band in solved.bands] == pytest.approx([13.9, 1.9], rel=1e-14)
    steady = solved.bands[1].steady
    assert steady is not None and steady.conductance == solved.transmissions[1]
    assert closed.bands[1].steady is None
    # Landauer and Büttiker on the same conductances
    assert closed.landauer_excess() == landauer_excess(closed.transmissions, closed.voltage)
    noise = landauer_noise([0.5], np.array([0.0, 3.0]))
    # one channel of two spins: 4 kT G0 [T + T (1 - T) (x coth x - 1)], x = eV/2kT
    np.testing.assert_allclose(noise, [0.5, 0.5 + 0.25 * (1.5 / np.tanh(1.5) - 1)], rtol=1e-14)


def test_bad_input_is_a_value_error() -> None:
    rates = Rates(inelastic_time=1.0)
    assert rates.elastic_time == np.inf and rates.elastic_path is None
    assert repr(RateLaw.surrogate()) == 'RateLaw.scaled("time", elastic=1, occupation=3)'
    contact = PointContact.uniform([0.0], RateLaw.scaled(field=(3.0, 1.0)))
    limit = 6.0 / (1.0 + np.exp(-2.0))
    with pytest.raises(ValueError, match="no voltage"):
        contact.closed_form(2.0, current=1.01 * limit)
    with pytest.raises(ValueError, match="either a voltage or a current"):
        contact.solve(2.0)
    with pytest.raises(ValueError, match="at least one sub-band"):
        PointContact([])
    with pytest.raises(ValueError, match="solve for the distribution"):
        contact.closed_form(2.0, voltage=1.0).noise(source="occupation")
    with pytest.raises(ValueError, match="positive and finite"):
        Rates(inelastic_time=-1.0)
    with pytest.raises(ValueError, match="either an inelastic time"):
        Rates()
    with pytest.raises(ValueError, match="one of ratio, occupation and field"):
        RateLaw.scaled()
    with pytest.raises(ValueError, match='"mermin", "linear"'):
        SteadyState(0.0, 1.0, rates, closure="none")
    with pytest.raises(ValueError, match="SteadyState"):
        ConstantTime(0.0, 1.0, Rates(inelastic_path=1.0))
    with pytest.raises(ValueError, match="from -700"):
        Equilibrium(-1e4)
    with pytest.raises(ValueError, match="between 0 and 1"):
        landauer_noise([1.2], 1.0)
    with pytest.raises(ValueError, match="positive and finite"):
        Si(0.0)
