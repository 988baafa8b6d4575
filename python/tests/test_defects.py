"""Moving defects: closed forms, identities, and the numbers of studies with the same seed."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from helpers import interrupted

import diffuson as df
from diffuson import defects as dd

E_OVER_K = df.units.ELEMENTARY_CHARGE / df.units.BOLTZMANN
DEGREE = np.pi / 180.0


def background() -> dd.PointScatterers:
    places = [[6.2, 1.3, -2.4], [-4.1, 5.0, 3.3], [1.5, -7.7, 5.6], [-3.6, -4.4, -8.1]]
    return dd.PointScatterers(places, 20.0 * DEGREE)


def test_a_defect_among_four_scatterers() -> None:
    """The example of the library's documentation: units, order of coordinates and of arguments; its printed digits."""
    positions = [[0.0, 0.0, 0.0], [1.6, -0.9, 1.1]]
    dressed = background().dress(positions, 20.0 * DEGREE)
    fluctuator = dressed.fluctuator(0, 1)
    assert dressed.audit.passed and fluctuator is not None
    assert fluctuator.splitting == pytest.approx(4.228e-4, abs=1e-7)
    assert fluctuator.conductance == pytest.approx(0.02391, abs=1e-5)
    # all scatterers from the beginning, not by bordering: the two routes differ by the quadrature, 1e-10 of the energy
    places = np.vstack([positions[1], [[6.2, 1.3, -2.4], [-4.1, 5.0, 3.3], [1.5, -7.7, 5.6], [-3.6, -4.4, -8.1]]])
    together = dd.PointScatterers(places, 20.0 * DEGREE).scatter()
    np.testing.assert_allclose(together.energy, dressed.energy[1:], rtol=1e-9)
    np.testing.assert_allclose(together.conductance, dressed.conductance[1:], rtol=1e-11)
    # a field does something, and as much the other way round: rounding of the sums
    fields = [background().dress(positions, 0.3, field=(0.0, 0.0, b)) for b in (0.0, 0.01, -0.01)]
    np.testing.assert_allclose(fields[1].conductance, fields[2].conductance, rtol=1e-11)
    assert np.max(np.abs(fields[0].conductance - fields[1].conductance)) > 1e-6


def test_two_scatterers_are_a_pair() -> None:
    """Multiple scattering of two is the exact law of pairs, and the asymptotic law far apart and oblique."""
    separation = np.array([11.0, 5.0, 13.0])
    shifts = (0.5, 0.8)
    one = dd.PointScatterers(np.zeros((1, 3)), shifts[1])
    for dressed in (one.dress([separation], shifts[0]), one.dress_by_pairs([separation], shifts[0])):
        assert dressed.audit.passed
        # frequencies to 1e-10 of the energy
        np.testing.assert_allclose(dressed.energy, dd.pair_energy(separation, shifts), rtol=1e-9)
        alone = sum(dd.scatterer_conductance(shift) for shift in shifts)
        np.testing.assert_allclose(dressed.conductance - alone, dd.pair_conductance(separation, shifts), rtol=1e-9)
    # the next order in 1/R, with what the rim of the hemisphere adds at R^-1/2 in the conductance
    far = 40.0 * separation
    r, s = float(np.linalg.norm(far)), np.sin(shifts)
    cosine = np.cos(2 * r + sum(shifts))
    assert dd.pair_energy(far, shifts, law="asymptotic") == pytest.approx(2 / np.pi * s[0] * s[1] * cosine / r**3)
    assert dd.pair_energy(far, shifts) == pytest.approx(2 / np.pi * s[0] * s[1] * cosine / r**3, abs=5 / r**4)
    # weak scatterers do what perturbation theory says, to the order of the phase shift
    weak = (1e-4, 1e-4)
    grid = np.array([[separation, 2 * separation], [3 * separation, -separation]])
    for law in (dd.pair_energy, dd.pair_conductance):
        exact, born = law(grid, weak), law(grid, weak, law="born")
        assert exact.shape == (2, 2)
        np.testing.assert_allclose(exact, born, rtol=0, atol=1e-3 * np.max(np.abs(born)))
    assert dd.loop_energy([r, r], shifts) == pytest.approx(dd.pair_energy(far, shifts, law="asymptotic"), rel=1e-12)


def test_waves_from_one_side() -> None:
    """On the axis ``g = (e^{iz} - 1) / iz``; g(-r) is the conjugate of g(r)."""
    z = np.array([0.3, 2.0, 31.4])
    on_axis = np.stack([0 * z, 0 * z, z], axis=-1)
    # rounding of exp(iz) - 1 here, which cancels near a multiple of 2 pi, and 1e-15 (1 + z/10) there
    np.testing.assert_allclose(dd.hemisphere_average(on_axis), (np.exp(1j * z) - 1) / (1j * z), rtol=0, atol=5e-15)
    r = np.array([1.0, -2.0, 0.7])
    assert dd.hemisphere_average(-r) == np.conj(dd.hemisphere_average(r))


def test_bias_on_a_pair() -> None:
    """Without bias nothing changes; both distributions agree; the envelope vanishes first at eV = pi/R."""
    r = (7.0, 3.0, 5.0)
    amplitudes = (0.01, 0.02)
    born = dd.pair_energy(r, np.arcsin(amplitudes), law="born")
    for distribution in ("averaged", "directed"):
        got = dd.biased_pair_energy(r, amplitudes, 0.0, distribution=distribution)
        assert got == pytest.approx(born, rel=1e-12)
    distance = 20.0
    factor = dd.biased_conductance_factor(distance, np.array([0.0, np.pi / distance]))
    np.testing.assert_allclose(factor, [np.cos(2 * distance), 0.0], rtol=0, atol=1e-14)
    low, high = dd.fermi_wave_numbers(0.3)
    assert low**2 == pytest.approx(0.85) and high**2 == pytest.approx(1.15)
    assert dd.frozen_pattern_factor([5.0, 9.0], 0.0) == 1.0
    # bias does not average random phases away: 1/sqrt(2) each, to what is left of an oscillation over distances
    factors = dd.rms_factors(np.linspace(50.0, 100.0, 4001), 1.5)
    np.testing.assert_allclose(factors, np.sqrt(0.5), rtol=0, atol=0.02)


def test_three_scatterers_show_their_perimeter() -> None:
    """The strongest line of the energy is the perimeter, to the resolution that the window leaves."""
    places = np.array([[0.0, 0.0, 0.0], [9.0, 0.0, 2.0], [3.0, 8.0, -1.0]])
    perimeter = sum(np.linalg.norm(places[k] - places[k - 1]) for k in range(3))
    found = dd.three_body_lines(places, 0.3, scales=(10.0, 20.0))
    assert found.energy[0].length == pytest.approx(perimeter, abs=0.1)
    assert len(found.conductance) > len(found.energy)


def test_rates_and_what_they_occupy() -> None:
    cold = dd.Bath(0.0, 5.0, 2.0)
    # (eV - E) up, 2 E + (E + eV) + E^3/E*^2 down, in the centre at zero temperature: rounding
    np.testing.assert_allclose(cold.rate(np.array([3.0, -3.0, 6.0])), [2.0, 14.0 + 27.0 / 4.0, 0.0], rtol=1e-14)
    assert dd.Bath(0.0, 5.0, 2.0, within_beams=False).rate(-3.0) == pytest.approx(8.0 + 27.0 / 4.0)
    warm = dd.Bath(0.3, crossover=2.0)
    splitting = np.array([0.0, 0.1, 1.0, 20.0])
    np.testing.assert_allclose(dd.upper_occupation(splitting, warm), 1 / (np.exp(splitting / 0.3) + 1), rtol=1e-12)
    # without bias Boltzmann's, by any hops; rounding of exponentials of 10
    energies = np.sin(1.7 * np.arange(27))
    boltzmann = np.exp(-energies / 0.3)
    boltzmann /= boltzmann.sum()
    for hops in (None, dd.cubic_hops(3)):
        occupied = dd.steady_state(energies, warm, hops=hops)
        np.testing.assert_allclose(occupied, boltzmann, rtol=1e-12)
        assert dd.audit_occupations(occupied, energies, warm, hops=hops).passed
    biased = warm.under(bias=3.0, kt=0.3)
    two = dd.steady_state([0.0, 0.7], biased)
    assert two[1] == pytest.approx(dd.upper_occupation(0.7, biased), rel=1e-12)
    change = dd.conductance_change([0.7, 0.2], [0.02, -0.01], warm)
    assert change == pytest.approx(0.02 / (np.exp(0.7 / 0.3) + 1) - 0.01 / (np.exp(0.2 / 0.3) + 1), rel=1e-12)
    assert dd.saturation([0.02, -0.01]) == pytest.approx(0.005)
    # many positions of one density: kT, to what the quadrature states
    assert dd.any_to_any_energy(warm) == pytest.approx(0.3, rel=1e-3)


def test_response_to_bias_and_temperature() -> None:
    """The limits of the response: orders in V/E* and T/E* that are left out are smaller than the tolerances."""
    kt = np.array([0.01, 1.0, 30.0])
    np.testing.assert_allclose(dd.response(0.0, kt), np.pi**2 * kt**2 / 12, rtol=1e-12)
    assert dd.response(1e-4, 0.0) == pytest.approx((1.5 - 2 * np.log(2)) * 1e-8 / 2, rel=1e-6)
    assert dd.response(-3.0, 1.0) == dd.response(3.0, 1.0)
    anomaly = dd.Anomaly(2.0)
    assert anomaly.response(6.0, 1.0) == pytest.approx(4.0 * dd.response(3.0, 0.5), rel=1e-12)
    assert anomaly.temperature_exponent(0.0, 1.0) == pytest.approx(2.0, abs=1e-9)
    assert anomaly.bias_exponent(1e-3, 0.0) == pytest.approx(2.0, abs=1e-2)
    assert anomaly.response(anomaly.equal_bias(0.5), 0.0) == pytest.approx(anomaly.response(0.0, 0.5), rel=1e-9)
    assert anomaly.audit(3.0, 0.5).passed and "detailed balance" in anomaly.audit(0.0, 0.5)
    # all levels up to the band equally occupied
    assert dd.Anomaly(2.0, band=0.1).response(0.0, 1e4) == pytest.approx(0.1**2 / 4, rel=1e-4)
    assert dd.mean_excitation(dd.Bath(0.5, 6.0, 2.0)) == pytest.approx(anomaly.response(6.0, 0.5), rel=1e-12)
    grid = dd.smooth_interpolation(np.array([[1.0], [10.0]]), np.array([0.1, 1.0, 10.0]))
    exact = dd.response(np.array([[1.0], [10.0]]), np.array([0.1, 1.0, 10.0]))
    assert grid.shape == (2, 3) and np.all(np.abs(grid / exact - 1) < 0.18)  # as stated: -10 % and +17 %
    assert dd.crossover_temperature(electrons=1.0, deformation=10.0, atomic=10.0, debye=343.0) == pytest.approx(
        np.sqrt(10 * E_OVER_K * 343.0**3) / (10 * E_OVER_K)
    )


def test_defects_of_many_positions() -> None:
    """``(p + 1) kT`` above an edge at which the density begins with the power p, to 1e-9 of it (Boltzmann)."""
    for power in (0, 1, 2):
        energy = dd.boltzmann_energy(lambda e, p=power: (e + 1.0) ** p, (-1.0, 3.0), 0.05)  # type: ignore[misc]
        assert energy == pytest.approx(-1.0 + 0.05 * (power + 1), rel=1e-9)
    # flat, half filled and cold: the mean of the lower half, and pi^2/6 (kT)^2 / (filled width), to exp(-1/kT)
    cold = dd.fermi_energy(lambda _: 1.0, (0.0, 2.0), 0.5, 0.02)
    assert cold == pytest.approx(0.5 + np.pi**2 / 6 * 0.02**2, rel=1e-9)
    with pytest.raises(ZeroDivisionError):
        dd.boltzmann_energy(lambda e: 1 / 0, (0.0, 1.0), 0.1)
    with pytest.raises(ValueError, match="density of states"):
        dd.boltzmann_energy(lambda e: -1.0, (0.0, 1.0), 0.1)


def test_kondo_curve() -> None:
    """Limits, and Gam as tabulated to six digits."""
    curve = dd.KondoCurve()
    assert curve.rise(0.0, 4.0) == 2.0
    assert curve.rise(4.0, 0.0) == pytest.approx(6.0 / np.pi, rel=1e-12)
    table = {0.1: 0.000911, 1.0: 0.087663, 10.0: 2.151460, 100.0: 9.000306}
    np.testing.assert_allclose(curve.scaling(np.array(list(table))), list(table.values()), rtol=0, atol=1e-6)
    chord = dd.KondoCurve(measured="chord")
    assert chord.rise(4.0, 0.0) == pytest.approx(4.0 / np.pi, rel=1e-12)
    assert dd.KondoCurve(0.5).rise(3.0, 2.0) == curve.rise(1.5, 2.0)
    assert dd.kondo_lifetime(1e4) == pytest.approx(-400 / np.pi, rel=1e-4)


def measured(curve: npt.NDArray[np.float64], error: float = 1e-3) -> dd.ZeroBiasData:
    bias, temperature = points()
    return dd.ZeroBiasData(bias, temperature, curve, error)


def points() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    bias, temperature = np.meshgrid([0.0, 0.1e-3, 0.3e-3, 1e-3, 3e-3], [0.3, 1.0, 3.0, 10.0])
    return bias.ravel(), temperature.ravel()


def test_fits_find_what_made_the_data() -> None:
    """Data without noise, made by either picture: found to the accuracy of the minimum, and told apart."""
    bias, temperature = points()
    kondo = measured(40.0 + 0.1 * dd.KondoCurve(0.5).rise(bias * E_OVER_K, temperature)).compare()
    assert kondo.verdict == kondo.better == "kondo" and kondo.audit.passed
    np.testing.assert_allclose(kondo.kondo.fit.values[:3], [40.0, 0.1, 0.5], rtol=1e-5)
    assert kondo.kondo.fit.names[:3] == ["G0", "B", "share"]
    # I/V of defects: E*^2 D, with E* = 5 K
    anomaly = dd.Anomaly(5.0).response(bias * E_OVER_K, temperature)
    data = measured(40.0 + 1e-3 * anomaly)
    fit = data.fit("defects", measured="chord")
    np.testing.assert_allclose(fit.fit.values[:3], [40.0, 1e-3, 5.0], rtol=1e-5)
    assert fit.picture == "defects" and fit.fit.units[2] == "K" and fit.audit.passed
    np.testing.assert_allclose(fit.conductance(bias, temperature), 40.0 + 1e-3 * anomaly, rtol=1e-8)
    interval = fit.interval("E*")
    assert interval.low < 5.0 < interval.high and interval.ends == ("found", "found")
    # the interval is nearly symmetric, of the width of the standard error
    assert interval.high - interval.low == pytest.approx(2 * fit.fit.standard_errors[2], rel=0.1)
    posterior = fit.posterior(steps=200, ensembles=2, seed=3)
    low, high = posterior.credible("E*")
    assert low < 5.0 < high and posterior.samples.shape[1] == 5
    # some 100 independent samples: the width is known to some 10 %
    assert high - low == pytest.approx(interval.high - interval.low, rel=0.4)
    held = data.fit("defects", measured="chord", crossover=5.0)
    assert held.fit.standard_errors[2] == 0.0
    assert held.fit.degrees_of_freedom == fit.fit.degrees_of_freedom + 1
    with pytest.raises(ValueError, match="not one of the free ones"):
        held.interval("E*")
    repeated = data.compare(measured="chord").repeat("defects", 5, seed=1)
    assert repeated.right + repeated.wrong + repeated.undecided == pytest.approx(1.0) and repeated.repetitions == 5


def test_a_contact_on_a_lattice_is_the_conductor_with_scatterers() -> None:
    """Changes of low rank against S matrices of the whole, to their backward errors; a wire loses 2 sin^2 d."""
    shape = dd.ContactShape.hole(9, 5, 6)
    assert (3, 4, 0) in shape and (3, 0, 0) not in shape and len(shape.sites) == 30
    contact = dd.LatticeContact(shape, -1.3)
    assert contact.audit.passed
    empty = shape.conductor()
    assert contact.conductance == pytest.approx(2 * empty.smatrix(-1.3).transmission(1, 0), rel=1e-10)
    positions = [[2, 4, 0], [3, 4, 0]]
    dressed = contact.dress(positions, 1.7, background=[[1, 3, 0], [4, 5, 0]], background_potential=[0.6, -0.9])
    assert dressed.audit.passed
    sites = shape.sites.tolist()
    for k, position in enumerate(positions):
        onsite = np.zeros(len(sites))
        for site, potential in (([1, 3, 0], 0.6), ([4, 5, 0], -0.9), (position, 1.7)):
            onsite[sites.index(site)] = potential
        transmission = empty.with_onsite(onsite).smatrix(-1.3).transmission(1, 0)
        assert contact.conductance + dressed.conductance[k] == pytest.approx(2 * transmission, abs=1e-9)
    # a weak scatterer has the energy V n, to second order
    assert contact.dress([[2, 4, 0]], 1e-4).energy[0] == pytest.approx(1e-4 * contact.electrons((2, 4, 0)), abs=1e-7)
    wire = dd.LatticeContact(dd.ContactShape.wire(1, 3), -0.4, candidates=[[1, 0, 0]])
    shift = wire.phase_shift((1, 0, 0), -0.8)
    assert wire.conductance == pytest.approx(2.0, abs=1e-10) and shift > 0
    assert wire.dress([[1, 0, 0]], -0.8).conductance[0] == pytest.approx(-2 * np.sin(shift) ** 2, rel=1e-9)
    assert wire.potential((1, 0, 0), shift) == pytest.approx(-0.8, rel=1e-10)
    cubic = dd.ContactShape.horn((7, 7), (3, 3), 5)
    rough = cubic.with_rough_walls(0.3, seed=1992, sample=4)
    assert 0 < len(rough.sites) < len(cubic.sites) and rough.lead == (7, 7)


def test_closed_forms_and_units() -> None:
    copper = dd.Metal(7.0)
    assert copper.fermi_temperature == pytest.approx(7.0 * E_OVER_K) and copper.fermi_wave_length == pytest.approx(
        0.464, abs=1e-3
    )
    assert dd.confinement_temperature(5.0) == pytest.approx(698.0, abs=1.0)
    thin = dd.Interference.of_shell(1e-4, 0.3, 10.0, 10.001)
    assert thin.correlation == pytest.approx(1.0, abs=1e-8)
    wide = dd.Interference.of_shell(1e-4, 0.3, 10.0)
    assert wide.correlation == pytest.approx(np.sqrt(0.75), rel=1e-14)
    assert wide.saturation == pytest.approx(wide.correlation * wide.conductance / np.sqrt(np.pi))
    assert dd.frozen_correlation([4.0, 4.0]) == pytest.approx(1.0)
    assert dd.cauchy_distribution(1.0, 1.0) == pytest.approx(0.75)
    assert dd.splitting(3.0, 1.0, 3.0) == 5.0
    assert dd.flat_band_energy(0.3, 2.0, 0.5) == pytest.approx(-np.log(2) * 0.09)
    np.testing.assert_allclose(dd.displacement([0.0, 1e6]), [0.0, np.sqrt(0.5)], rtol=0, atol=1e-12)
    assert dd.sharvin_conductance(2 * np.pi) == pytest.approx(np.pi**2 / 2)


def test_fluctuators_are_those_of_a_study() -> None:
    """A study of kind ``fluctuators`` (12 scatterers, 20 degrees, closest 3, 3 positions, seed 1994), samples 0 and 3.

    Tolerance: rounding, which may change with the instruction set, amplified by cancellation in the energies.
    """
    stored = {
        0: (
            [0.00011269873814731314, 0.00010683327258890141, 8.912294588682505e-05],
            [-3.037806631377651, -3.0367933899018236, -3.0340767210306514],
        ),
        3: (
            [0.00021062858235928604, 3.8079504459736115e-05, 0.00036377471186494213],
            [-3.02302380725851, -3.0094860494936526, -3.0231806823589875],
        ),
    }
    placement = dd.Placement.ball(25.0, 12, positions=3, closest=3.0)
    for sample, (energy, conductance) in stored.items():
        places = placement.arrange(seed=1994, sample=sample)
        assert np.all(places.positions[0] == 0.0) and places.background.shape == (12, 3)
        dressed = dd.PointScatterers(places.background, 20.0 * DEGREE).dress(places.positions, 20.0 * DEGREE)
        np.testing.assert_allclose(dressed.energy, energy, rtol=1e-9)
        np.testing.assert_allclose(dressed.conductance, conductance, rtol=1e-12)


def test_contacts_on_a_lattice_are_those_of_a_study() -> None:
    """Studies of kind ``fluctuators``: what 8 scatterers add in a wire (13 x 13 x 7, 45 degrees, closest 2), and horns
    with rough walls (9 x 9 to 5 x 5, 7 slices, 20 % blocked, 6 scatterers, 20 degrees, closest 1.5), samples 0 and 3.

    Stored in e_F = 1.4 t. Tolerance: rounding, which may change with the instruction set, times resonances.
    """
    energy, fermi_energy = -4.6, 1.4
    wire = {
        0: ([-2.9043579233382024, -2.908592843160814], [-6.181634180227977, -6.2827285291375645]),
        3: ([-2.8343539695481685, -2.838577031500443], [-6.490295601614218, -6.4689422545005435]),
    }
    shape = dd.ContactShape.wire((13, 13), 7)
    contact = dd.LatticeContact(shape, energy)
    placement = dd.SitePlacement(shape, 8, closest=2.0)
    assert placement.scatterers == 8 and placement.positions == 2 and len(placement.inner) == 11 * 11 * 5
    potential = contact.mean_potential(placement.inner, 45.0 * DEGREE)
    for sample, (energies, conductances) in wire.items():
        places = placement.arrange(seed=1994, sample=sample)
        assert places.background.shape == (8, 3) and places.positions.shape == (2, 3)
        added = contact.interaction(
            places.positions, potential, background=places.background, background_potential=potential
        )
        assert added.audit.passed
        np.testing.assert_allclose(added.energy / fermi_energy, energies, rtol=1e-10)
        np.testing.assert_allclose(added.conductance, conductances, rtol=1e-9)
    horns = {
        0: (
            [-0.480668140325177, -0.48420927881936354, -0.45651740911253685],
            [0.016418400419402346, 0.1457870102966221, 0.09426944653326741],
        ),
        3: (
            [-0.5504225626324059, -0.5639611911562625, -0.5533114584783746],
            [-0.03257592966317402, -0.1394441002969362, -0.019423813031629766],
        ),
    }
    for sample, (energies, conductances) in horns.items():
        shape = dd.ContactShape.horn((9, 9), (5, 5), 7).with_rough_walls(0.2, seed=7, sample=sample)
        contact = dd.LatticeContact(shape, energy)
        placement = dd.SitePlacement(shape, 6, positions=3, closest=1.5)
        places = placement.arrange(seed=7, sample=sample)
        potential = contact.mean_potential(placement.inner, 20.0 * DEGREE)
        dressed = contact.dress(
            places.positions, potential, background=places.background, background_potential=potential
        )
        np.testing.assert_allclose(dressed.energy / fermi_energy, energies, rtol=1e-10)
        np.testing.assert_allclose(dressed.conductance, conductances, rtol=0, atol=1e-10)


def contact(sample: int) -> tuple[dd.Places, dd.InteractingDefects]:
    places = dd.Ball(14.0, 8, sites=3, fixed=4).place(seed=1994, sample=sample)
    return places, dd.InteractingDefects(places)


def test_interacting_defects_are_sums_over_pairs() -> None:
    places, all_of = contact(0)
    at = [0, 1, 2, 0, 1, 2, 0, 1]
    sites = np.vstack([places.mobile[np.arange(8), at], places.fixed])
    energy = conductance = 0.0
    for i in range(8):
        for j in range(i + 1, 12):
            r = np.linalg.norm(sites[i] - sites[j])
            energy += 2 / np.pi * 0.3**2 * np.cos(2 * r) / r**3
            conductance += 4 * 0.3**2 * np.cos(2 * r) / r**2
    # rounding of sums of 60 terms
    assert all_of.energy(at) == pytest.approx(energy, abs=1e-16)
    assert all_of.conductance(at) == pytest.approx(conductance, abs=1e-14)
    now = dd.Occupation(all_of, at)
    gain = now.gain(2, 0)
    now.hop(2, 0)
    assert now.energy - energy == pytest.approx(gain, abs=1e-15) and now.audit.passed
    now.quench()
    moves = [now.gain(i, s) for i in range(8) for s in range(3)]
    assert min(moves) >= -1e-15  # nothing gains by moving alone


def test_equilibrium_is_that_of_a_study() -> None:
    """The steps of a study of kind ``defect-dynamics`` (8 defects of 3 sites, 4 fixed, radius 14, seed 1994), sample 1.

    Its conductances and energies at five temperatures, less those of random placement: to the rounding of running sums.
    """
    _, all_of = contact(1)
    random = all_of.random_placement()
    unit = random.energy_deviation
    assert unit == pytest.approx(0.0002498339373781639, rel=1e-12)
    assert random.conductance_deviation == pytest.approx(0.02062807480469369, rel=1e-12)
    ladder = 0.05 * (5.0 / 0.05) ** (np.arange(5) / 4) * unit
    exchange = dd.ReplicaExchange(all_of, ladder, dd.RandomSequence(2, seed=1994, sample=1))
    found = exchange.run(200, 200)
    stored = [-0.059456623039462246, -0.05660016972465313, -0.04576718184741254, -0.023907203114996355]
    np.testing.assert_allclose(found.conductance[:4] - random.conductance, stored, rtol=1e-9)
    stored = [-0.00017692600930168572, -0.00017266506995636922, -0.00014566392665234468, -8.1838351431848e-05]
    np.testing.assert_allclose((found.energy[:4] - random.energy) / 8, stored, rtol=1e-9)
    assert found.exchanged[-1] == 1.0 and np.all(found.energy_variance > 0) and exchange.audit.passed
    # annealed: quenched last, so that nothing gains by moving alone
    start = dd.RandomSequence(1, seed=1994, sample=1)
    now = dd.Occupation.random(all_of, start)
    now.quench()
    assert (now.energy - random.energy) / 8 == pytest.approx(-0.00012561275367559756, rel=1e-9)
    now = dd.Occupation.random(all_of, start)
    now.anneal(ladder[::-1], 10, start)
    assert (now.energy - random.energy) / 8 == pytest.approx(-0.00017830001314179635, rel=1e-9)


def test_motion_is_that_of_a_study() -> None:
    """As before, steady state at kT = 0.1, eV = 1, E* = 0.1 (in s_E), tunnelling constants up to 2; sample 0."""
    _, all_of = contact(0)
    random = all_of.random_placement()
    unit = random.energy_deviation
    start = dd.RandomSequence(1, seed=1994)
    dd.Occupation.random(
        all_of, start
    )  # the study draws one placement for a quench, and the dynamics start from the next
    now = dd.Occupation.random(all_of, start)
    for k in range(40):
        now.sweep(max(20.0 * (0.1 / 20.0) ** (k / 39), 0.1) * unit, start, sweeps=10)
    now.sweep(0.1 * unit, start, sweeps=100)
    lambdas = 2.0 * dd.RandomSequence(3, seed=1994).uniform(8)
    bath = dd.Bath(0.1 * unit, 1.0 * unit, 0.1 * unit)
    moving = dd.KineticMonteCarlo(now, bath, dd.RandomSequence(2, seed=1994), tunnelling=lambdas)
    moving.average(1000)
    mean = moving.average(5000)
    # running sums and sums over time round: 1e-12 each
    assert mean.conductance - random.conductance == pytest.approx(-0.10380358844650929, rel=1e-9)
    assert mean.hops / mean.time / unit / 8 == pytest.approx(0.9752519161773954, rel=1e-9)
    assert moving.hops == 6000 and moving.audit.passed
    hop = moving.hop()
    assert hop is not None and hop.waited > 0 and moving.now.at[hop.defect] == hop.site


def test_what_is_interrupted_is_as_it_was() -> None:
    """Ctrl-C ends a call of seconds at once, and the motion goes on from where it was before it."""
    _, all_of = contact(0)
    unit = all_of.random_placement().energy_deviation
    start = dd.Occupation(all_of, [0] * 8)
    moving, other = (
        dd.KineticMonteCarlo(start, dd.Bath(unit, unit), dd.RandomSequence(2, seed=1994)) for _ in range(2)
    )
    with interrupted(after=0.3):
        moving.average(5_000_000)
    assert moving.hops == 0 and moving.average(100).energy == other.average(100).energy


def test_telegraph_noise() -> None:
    """One defect of two sites is a telegraph: its trace has the closed spectrum."""
    places = dd.Ball(6.0, 1, fixed=4).place(seed=7)
    alone = dd.InteractingDefects(places)
    gain = alone.energy([1]) - alone.energy([0])
    bath = dd.Bath(0.5 * abs(gain), 2.0 * abs(gain), abs(gain))
    jump = alone.conductance([1]) - alone.conductance([0])
    telegraph = dd.Telegraph(jump, bath.rate(gain), bath.rate(-gain))
    interval = 0.2 / (telegraph.up + telegraph.down)
    random = dd.RandomSequence(1, seed=7)
    moving = dd.KineticMonteCarlo(dd.Occupation(alone, [0]), bath, random)
    trace = moving.trace(interval, 400_000)
    bands = dd.Spectrum.of_trace(trace, interval, 1024).in_bands(12)
    expected = telegraph.sampled_spectrum(bands.frequency, interval)
    # 780 segments that overlap by half: some 4 % in the lowest bands, 5 standard deviations
    np.testing.assert_allclose(bands.density, expected, rtol=0.2)
    # the integral of the Lorentzian is the variance: up to 1e4 rates, where 1e-4 is left
    f = np.geomspace(1e-6, 1e4, 20001) * (telegraph.up + telegraph.down)
    density = telegraph.spectrum(f)
    integral = np.sum(0.5 * (density[1:] + density[:-1]) * np.diff(f))
    assert integral == pytest.approx(telegraph.variance, rel=1e-3)
    assert telegraph.spread_spectrum(f[0], 0.0) == telegraph.spectrum(f[0])


def test_bad_input_is_a_value_error() -> None:
    places = dd.Ball(6.0, 2).place(seed=0)
    two = dd.InteractingDefects(places)
    random = dd.RandomSequence(1, seed=0)
    moving = dd.KineticMonteCarlo(dd.Occupation(two, [0, 0]), dd.Bath(1.0), random)
    shape = dd.ContactShape.wire(3, 4)
    wire = dd.LatticeContact(shape, -1.0, candidates=[[1, 1, 0], [2, 1, 0]])
    cases: list[tuple[Callable[[], object], str]] = [
        (lambda: dd.Bath(-1.0), "temperature is -1"),
        (lambda: dd.PointScatterers([[0.0, 0.0]], 0.1), "3 are wanted"),
        (lambda: dd.PointScatterers(np.zeros((2, 3)), 0.1).scatter(), "distance of two scatterers"),
        (lambda: dd.pair_energy([1.0, 2.0], (0.1, 0.1)), "wanted"),
        (lambda: dd.pair_energy([1.0, 2.0, 3.0], (0.1, 0.1), law="best"), '"exact"'),
        (lambda: dd.steady_state([0.0, 1.0, 2.0], dd.Bath(1.0), hops=[[0, 1]]), "no rates"),
        (lambda: dd.steady_state([0.0, 1.0], dd.Bath(1.0), hops=[[0, -1]]), "position of a hop"),
        (lambda: dd.cubic_hops(10**6), "up to 256"),
        (lambda: dd.Placement.ball(5.0, 12, closest=3.0), "up to 0.3"),
        (lambda: dd.Ball(6.0, 1000).place(seed=0), "find room"),
        (lambda: two.energy([0]), "but there are 2"),
        (lambda: two.energy([0, 2]), "site 2"),
        (lambda: dd.Occupation(two, [0, 0]).gain(0, 5), "site 5"),
        (lambda: dd.ReplicaExchange(two, [], random), "number of temperatures"),
        (lambda: moving.average(0), "at least 1"),
        (lambda: moving.trace(0.0, 3), "interval"),
        (lambda: wire.dress([[1, 0, 0]], 1.0), "none of the candidates"),
        (lambda: wire.dress([[1, 1, 0]], 1.0, background=[[2, 1, 0]]), "background_potential"),
        (lambda: dd.LatticeContact(shape, -1.0, candidates=[[1, 7, 0]]), "no site"),
        (lambda: dd.ContactShape.hole(3, 4, 2), "opening"),
        (lambda: dd.SitePlacement(shape, 1, positions=9), "number of positions"),
        (lambda: dd.SitePlacement(shape, 1, closest=-1.0), "closest distance"),
        (lambda: dd.SitePlacement(shape, 99, positions=1).arrange(seed=0), "placed"),
        (lambda: wire.mean_potential(np.zeros((0, 3)), 0.1), "number of sites"),
        (lambda: dd.ContactShape.hole(3, 1, 2).with_rough_walls(1.0, seed=0), "no way through"),
        (lambda: dd.KondoCurve(measured="best"), '"chord"'),
        (lambda: dd.ZeroBiasData([0.0], 1.0, [1.0], 0.0), "standard error must be positive"),
        (lambda: dd.ZeroBiasData([0.0, 1.0], 1.0, [1.0], 0.1), "2 are wanted"),
        (lambda: dd.ZeroBiasData([0.0], 1.0, [1.0], 0.1).fit("defects"), "cannot determine"),
        (lambda: dd.Spectrum.of_trace(np.zeros(10), 1.0, 3), "even"),
        (lambda: dd.Spectrum([], []), "ascend"),
        (lambda: dd.Telegraph(1.0, 0.0, 0.0), "rates"),
        (lambda: dd.Metal(0.0), "Fermi energy"),
    ]
    for wrong, message in cases:
        with pytest.raises(ValueError, match=message):
            wrong()
