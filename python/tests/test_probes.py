"""Probes and transmissions, by the reference values of the library's own tests and by identities."""

import csv
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import diffuson as df

GOLDEN = Path(__file__).parents[2] / "crates" / "diffuson" / "tests" / "it" / "golden"
ENERGY = -1.3
Reals = npt.NDArray[np.float64]


def table(name: str) -> list[dict[str, str]]:
    lines = (line for line in (GOLDEN / name).read_text().splitlines() if not line.startswith("#"))
    return list(csv.DictReader(lines))


def column(name: str, key: str, **only: str) -> Reals:
    rows = [row for row in table(name) if all(row[k] == v for k, v in only.items())]
    return np.array([float(row[key]) for row in rows])


def scalar(quantity: str, case: str) -> float:
    return float(next(row[case] for row in table("scalars.csv") if row["quantity"] == quantity))


def onsite() -> Reals:
    return np.array([[float(e) for e in row.values()] for row in table("onsite_6x4.csv")]).ravel()


def case_a(flux: float = 0.0) -> df.Conductor:
    """The 6 x 4 sample between leads that continue the lattice."""
    return df.strip(length=6, width=4, flux=flux).with_onsite(onsite())


def case_d() -> df.Conductor:
    """The same between wide-band leads."""
    return df.strip(length=6, width=4, leads=df.Lead.wide_band(2.0)).with_onsite(onsite())


def test_fields_of_all_sites_have_their_reference_values() -> None:
    """Cases A and C: potentials to 1e-10, other fields to 1e-9, which is what the printed digits allow."""
    heat = case_a().probes(ENERGY, 0.2).solve()
    np.testing.assert_allclose(heat.potential, column("case_a.csv", "mu"), atol=1e-10)
    np.testing.assert_allclose(heat.peltier, column("case_a.csv", "q"), atol=1e-9)
    np.testing.assert_allclose(heat.temperature, column("case_a.csv", "theta"), atol=1e-9)
    np.testing.assert_allclose(heat.joule, column("case_a.csv", "joule"), atol=1e-10)
    assert heat.conductance == pytest.approx(scalar("G", "A"), abs=1e-10)
    np.testing.assert_allclose(heat.lead_current, [-heat.conductance, heat.conductance], atol=1e-12)
    heats = [scalar("q_L (terminal 24)", "A"), scalar("q_R (terminal 25)", "A")]
    np.testing.assert_allclose(heat.lead_heat, heats, atol=1e-9)
    joule = [scalar("Joule at L", "A"), scalar("Joule at R", "A")]
    np.testing.assert_allclose(heat.lead_joule, joule, atol=1e-10)
    assert heat.audit.passed and "probe heats" in heat.audit
    in_field = case_a(0.05).probes(ENERGY, 0.2, measure="voltage").solve()
    np.testing.assert_allclose(in_field.potential, column("cases_bcd.csv", "C mu"), atol=1e-10)
    np.testing.assert_allclose(in_field.heat, column("cases_bcd.csv", "C q"), atol=1e-9)
    assert in_field.joint is None and np.isnan(in_field.temperature).all()


@pytest.mark.parametrize("route", ["recursive", "nested-dissection", "dense"])
def test_transmissions_have_their_reference_values(route: str) -> None:
    """T from b into a, in a field where the order matters, to the digits printed."""
    solved = case_a(0.05).with_probes(0.2).transmissions(ENERGY, derivative=True, route=route)
    assert solved.data.shape == (26, 26) and solved.derivative is not None
    for row in table("scalars.csv"):
        if row["quantity"] in ("T", "Tprime"):
            matrix = solved.data if row["quantity"] == "T" else solved.derivative
            assert matrix[int(row["a"]), int(row["b"])] == pytest.approx(float(row["C"]), abs=1e-9)
    assert np.all(np.diag(solved.data) == 0.0)
    assert solved.audit.passed and "unitarity" in solved.audit


def test_derivatives_are_those_of_differences() -> None:
    """Central differences of step 1e-4 are good to (1e-4)^2 T''', some 1e-7; the density of states is a Lorentzian."""
    wire = case_a().with_probes(0.2)
    step = 1e-4
    above, below = (wire.transmissions(ENERGY + e).data for e in (step, -step))
    solved = wire.transmissions(ENERGY, derivative=True)
    assert solved.derivative is not None
    np.testing.assert_allclose(solved.derivative, (above - below) / (2 * step), atol=1e-6)
    assert wire.transmissions(ENERGY).derivative is None
    # one channel on one site between wide-band leads of width g/2 each: a Lorentzian of width g
    g, e = 0.6, 0.25
    dot = df.network(np.array([[0.0]]), [(df.Lead.wide_band(g / 2), [0]), (df.Lead.wide_band(g / 2), [0])])
    lorentzian = g / (2 * np.pi) / (e**2 + g**2 / 4)
    assert dot.transmissions(e).density_of_states[0] == pytest.approx(lorentzian, rel=1e-12)


def test_potentials_follow_from_the_matrix_of_transmissions() -> None:
    """The probe equations solved by NumPy with T as returned, to the tolerance of the iteration; NaN without probe."""
    sites = [1, 4, 9, 17, 22]
    widths = [0.1, 0.2, 0.3, 0.4, 0.5]
    wire = case_a(0.05)
    state = wire.probes(ENERGY, widths, sites=sites, source=1, drain=0).solve()
    solved = wire.with_probes(widths, sites).transmissions(ENERGY, derivative=True)
    t, dt = solved.data, solved.derivative
    assert dt is not None
    laplacian = np.diag(t.sum(axis=1)) - t
    mu = np.zeros(7)
    mu[6] = 1.0
    mu[:5] = np.linalg.solve(laplacian[:5, :5], t[:5, 6])
    heat = dt @ mu - dt.sum(axis=1) * mu
    np.testing.assert_allclose(state.potential[sites], mu[:5], atol=1e-12)
    np.testing.assert_allclose(state.heat[sites], heat[:5], atol=1e-12)
    np.testing.assert_allclose(state.lead_potential, [0.0, 1.0])
    np.testing.assert_allclose(state.lead_heat, heat[5:], atol=1e-11)
    elsewhere = np.setdiff1d(np.arange(24), sites)
    assert np.isnan(state.potential[elsewhere]).all()
    # joint probes: sum_b T_ab (theta_b - theta_a) = -q_a, leads cold
    theta = np.linalg.solve(laplacian[:5, :5], heat[:5])
    np.testing.assert_allclose(state.temperature[sites], theta, atol=1e-11)
    np.testing.assert_array_equal(state.lead_temperature, [0.0, 0.0])


def test_any_temperature_has_its_reference_values() -> None:
    """Case D, reference digits: 1e-9."""
    for row in table("thermal_scalars.csv"):
        kt = float(row["kT"])
        state = case_d().probes(ENERGY, 0.2, kt=kt).solve()
        joint = state.joint
        assert joint is not None and state.audit.passed
        for got, key in [(state.potential, "mu voltage"), (state.heat, "q voltage"), (joint.potential, "mu joint")]:
            want = column("thermal_probes.csv", key, kT=row["kT"])
            places = column("thermal_probes.csv", "i", kT=row["kT"]).astype(int)
            np.testing.assert_allclose(got[places], want, atol=1e-9)
        assert state.conductance == pytest.approx(float(row["G voltage"]), abs=1e-9)
        assert -joint.lead_current[0] == pytest.approx(float(row["G joint"]), abs=1e-9)
        np.testing.assert_allclose(state.lead_heat, [float(row["q_L"]), float(row["q_R"])], atol=1e-9)
        # probes eliminated: the same two conductances
        for measure, key in [("voltage", "G voltage"), ("voltage-and-temperature", "G joint")]:
            matrix = case_d().with_probes(0.2).onsager(ENERGY, kt, measure=measure)
            assert matrix.terminals == [0, 1] and matrix.audit.passed
            assert matrix.coefficients(0, 1).conductance == pytest.approx(float(row[key]), abs=1e-9)


def test_finite_bias_has_its_reference_values() -> None:
    """Case E, reference digits: 1e-10. Joint probes between leads of one temperature are hotter, by Joule heat."""
    for key, kt, bias in [("kT=0.05 V=0.3", 0.05, 0.3), ("kT=0.02 V=0.05", 0.02, 0.05)]:
        state = case_d().probes(ENERGY, 0.2, measure="voltage", kt=kt, bias=bias).solve()
        for row in table("finite_bias.csv"):
            name = row["quantity"]
            if name.startswith("mu_"):
                got = state.potential[int(name[3:])]
            elif name == "I_R":
                got = state.lead_current[1]
            elif name.startswith("J^Q_"):
                terminal = int(name[4:])
                got = state.heat[terminal] if terminal < 24 else state.lead_heat[terminal - 24]
            else:
                got = state.heat.sum() + state.lead_heat.sum()
            assert got == pytest.approx(float(row[key]), abs=1e-10), name
        assert state.conductance == pytest.approx(state.lead_current[1] / bias, rel=1e-12)
        assert np.isnan(state.joule).all() and state.audit.passed
    hot = case_d().probes(ENERGY, 0.2, kt=0.02, bias=0.2).solve()
    assert hot.temperature.max() > 0.02 and hot.audit.passed
    np.testing.assert_allclose(hot.lead_temperature, 0.02, rtol=1e-15)


def test_leads_that_are_not_driven_float() -> None:
    """A cross of four equal leads, current from 0 to 2: by symmetry the others are half way, to the tolerance."""
    cross = df.rectangle(5, 5, [(side, 1, 4) for side in ("left", "bottom", "right", "top")])
    state = cross.probes(-0.7, 0.1, source=0, drain=2).solve()
    np.testing.assert_allclose(state.lead_potential, [1.0, 0.5, 0.0, 0.5], atol=1e-12)
    np.testing.assert_allclose(state.lead_current[[1, 3]], 0.0, atol=1e-12)
    both = cross.probes(-0.7, 0.1, potentials={0: 3.0, 2: 1.0}).solve()
    np.testing.assert_allclose(both.potential, 1.0 + 2.0 * state.potential, atol=1e-11)
    assert both.conductance == pytest.approx(state.conductance, rel=1e-11)
    # two sources: no conductance by itself
    assert np.isnan(cross.probes(-0.7, 0.1, potentials={0: 1.0, 1: 1.0, 2: 0.0}).solve().conductance)


def test_routes_agree_and_memory_decides() -> None:
    """Sweeps store nothing; potentials of both to the tolerance of the iteration, amplified by some tens of sites."""
    wire = df.strip(length=12, width=12).with_onsite(np.sin(1.7 * np.arange(144)))
    quick = wire.probes(-0.9)
    small = wire.probes(-0.9, memory=0.999 * quick.plan.memory)
    with pytest.raises(ValueError, match="but memory allows"):
        wire.probes(-0.9, memory=1e-9)
    assert (quick.plan.route, small.plan.route) == ("recursive", "sweep")
    assert small.plan.memory < quick.plan.memory and "recursive would take" in small.plan.reason
    assert quick.conductor.probe_sites.size == 144 and quick.kt is None and quick.energy == -0.9
    np.testing.assert_allclose(small.solve().potential, quick.solve().potential, atol=1e-11)
    # an array of one coupling is not a number for all
    single = wire.probes(-0.9, np.array([0.1]), sites=[70]).solve()
    assert np.isfinite(single.potential).sum() == 1
    # the probes that a conductor has are its own
    own = wire.with_probes(0.1).probes(-0.9).solve()
    np.testing.assert_array_equal(own.peltier, quick.solve().peltier)


def test_bad_probes_are_refused() -> None:
    wire = case_a()
    with pytest.raises(ValueError, match='"voltage", "voltage-and-temperature"'):
        wire.probes(ENERGY, measure="current")
    with pytest.raises(ValueError, match="lead 2, but there are 2"):
        wire.probes(ENERGY, drain=2)
    with pytest.raises(ValueError, match="two different terminals"):
        wire.probes(ENERGY, source=1, drain=1)
    with pytest.raises(ValueError, match="takes a temperature"):
        wire.probes(ENERGY, bias=0.1)
    with pytest.raises(ValueError, match="above 0"):
        wire.probes(ENERGY, kt=0.0)
    with pytest.raises(ValueError, match="energies, of which"):
        wire.probes(ENERGY, 1e-9, kt=0.1)
    with pytest.raises(ValueError, match="number other than 0"):
        wire.probes(ENERGY, kt=0.1, bias=float("nan"))
    with pytest.raises(ValueError, match="finite number"):
        wire.probes(float("nan"))
    with pytest.raises(ValueError, match="6 numbers, but 24"):
        wire.probes(ENERGY, np.ones(6))
    with pytest.raises(ValueError, match="sites go with a coupling"):
        wire.with_probes(0.1).probes(ENERGY, sites=[1])
    with pytest.raises(ValueError, match="does not answer"):
        df.network(np.eye(2), [(df.Lead.wide_band(1.0), [0]), (df.Lead.wide_band(1.0), [1])]).probes(0.5, route="sweep")
    with pytest.raises(df.NumericalError, match="no current flows"):
        df.network(np.eye(2), [(df.Lead.wide_band(1.0), [0]), (df.Lead.wide_band(1.0), [1])]).probes(0.5).solve()
