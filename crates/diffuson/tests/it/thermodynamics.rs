//! Laws of thermodynamics, efficiency bounds and bosons: identities for anything that scatters unitarily.

use crate::systems::assert_close;
use crate::thermal::respond;
use diffuson::probes::Measure;
use diffuson::thermal::bosons::{heat_conductance, heat_currents, quantum_of_heat_conductance};
use diffuson::thermal::engine::{HeatEngine, OperatingPoint, carnot, curzon_ahlborn};
use diffuson::thermal::{
    Adaptive, Currents, LinearResponse, OnsagerMatrix, Reservoir, SingularPoint, Singularity, Structure,
    TransmissionMatrix, TransportError, currents, engine, field,
};
use diffuson::units::SOMMERFELD;
use diffuson::{C64, Matrix, audit::laws};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::convert::Infallible;
use std::f64::consts::PI;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(17),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// A closed random Hamiltonian of 5 levels opened to `leads` channels: `S = 1 - i W^+ (E - H + i W W^+/2)^-1 W`, unitary at every energy. Without field H
/// and W are real.
struct Cavity {
    h: Matrix,
    w: Matrix,
}

const LEVELS: usize = 5;

impl Cavity {
    fn new(leads: usize, numbers: &[f64], field: f64) -> Self {
        let number = |k: usize| numbers[k % numbers.len()];
        let h = Matrix::from_fn(LEVELS, LEVELS, |i, j| {
            let (low, high) = (i.min(j), i.max(j));
            let (re, im) = (number(7 * low + high), number(40 + 7 * low + high));
            let im = if i == j { 0.0 } else { field * im * if i < j { 1.0 } else { -1.0 } };
            C64::new(re, im)
        });
        let w =
            Matrix::from_fn(LEVELS, leads, |i, a| C64::from(0.3 + 0.5 * number(90 + LEVELS * a + i).abs()));
        Self { h, w }
    }

    fn at(&self, energy: f64) -> Result<TransmissionMatrix, Infallible> {
        let leads = self.w.cols();
        let opened = Matrix::from_fn(LEVELS, LEVELS, |i, j| {
            let width: C64 = (0..leads).map(|a| self.w[(i, a)] * self.w[(j, a)]).sum();
            let level = if i == j { energy } else { 0.0 };
            level - self.h[(i, j)] + C64::new(0.0, 0.5) * width
        });
        let filled = diffuson_linalg::solve(&opened, &self.w).expect("widths keep it regular");
        let t = |a: usize, b: usize| -> f64 {
            (0..LEVELS).map(|i| self.w[(i, a)] * filled[(i, b)]).sum::<C64>().norm_sqr()
        };
        let entries = (0..leads * leads).map(|k| t(k / leads, k % leads)).collect();
        Ok(TransmissionMatrix::new(leads, entries).expect("a square matrix"))
    }

    fn onsager(&self, mu: f64, kt: f64) -> OnsagerMatrix {
        let response =
            LinearResponse::new(self.w.cols(), mu, kt, &Structure::default(), Adaptive::default(), |e| {
                self.at(e)
            })
            .unwrap();
        assert!(response.audit.passed(), "{:?}", response.audit);
        response.onsager()
    }
}

proptest! {
    #![proptest_config(config(60))]

    /// First and second law at any bias and temperatures, three terminals, with and without field: what the audit says, said again from the outside.
    #[test]
    fn laws_at_any_bias(
        numbers in prop::collection::vec(-1.0f64..1.0, 120),
        field in prop::sample::select(vec![0.0, 0.8]),
        mu in prop::array::uniform3(-2.0f64..2.0),
        kt in prop::array::uniform3(-2.5f64..0.0),
    ) {
        let cavity = Cavity::new(3, &numbers, field);
        let reservoirs = [0, 1, 2].map(|a| Reservoir { mu: mu[a], kt: 10f64.powf(kt[a]) });
        let got = currents(&reservoirs, &Structure::default(), Adaptive::default(), |e| cavity.at(e)).unwrap();
        prop_assert!(got.audit.passed(), "{:?}", got.audit);
        let names: Vec<_> = got.audit.laws().iter().map(|l| l.name).collect();
        prop_assert_eq!(names, [laws::QUADRATURE, laws::CHARGE, laws::ENERGY, laws::SECOND_LAW]);
        // quadratures to 1e-12 of currents of order 1, three of them; solutions of 5 x 5 systems to rounding
        prop_assert!(got.particle.iter().sum::<f64>().abs() < 1e-11);
        prop_assert!(got.energy().iter().sum::<f64>().abs() < 1e-11);
        prop_assert!((got.heat.iter().sum::<f64>() + got.power()).abs() < 1e-11);
        prop_assert!(got.entropy_production() > 0.0);
    }

    /// Currents at small differences are those of linear response; Kelvin's relation and symmetry without field.
    #[test]
    fn linear_response_is_the_limit(numbers in prop::collection::vec(-1.0f64..1.0, 120), field in prop::sample::select(vec![0.0, 0.8])) {
        let cavity = Cavity::new(3, &numbers, field);
        let (mu, kt, small) = (0.1, 0.2, 1e-5);
        let onsager = cavity.onsager(mu, kt);
        let steps = [[1.0, -0.3, 0.0], [0.2, 0.0, -0.7]].map(|v| v.map(|v: f64| v * small * kt));
        let reservoirs = [0, 1, 2].map(|a| Reservoir { mu: mu + steps[0][a], kt: kt + steps[1][a] });
        let full = currents(&reservoirs, &Structure::default(), Adaptive::default(), |e| cavity.at(e)).unwrap();
        let linear = onsager.currents(&steps[0], &steps[1]);
        for a in 0..3 {
            // second order: 1e-5 relative, times factors of some x^2; heats are counted from the potential of the terminal, second order too
            prop_assert!((full.particle[a] - linear.particle[a]).abs() < 20.0 * small * small * kt);
            prop_assert!((full.heat[a] / kt - linear.heat[a]).abs() < 60.0 * small * small * kt);
        }
        if field == 0.0 {
            prop_assert!(onsager.reciprocity(&onsager) < 1e-12);
        }
        prop_assert!(onsager.lowest_dissipation() > -1e-12);
    }

    /// With a probe and a field: reciprocity, dissipation, and the bounds on asymmetric response of three and four terminals.
    #[test]
    fn unitarity_bounds_hold(
        numbers in prop::collection::vec(-1.0f64..1.0, 120), field in 0.3f64..2.0, leads in 3usize..5,
        mu in -1.0f64..1.0, kt in -2.0f64..0.0,
    ) {
        let kt = 10f64.powf(kt);
        let floating: Vec<_> = (2..leads).map(|t| (t, Measure::VoltageAndTemperature)).collect();
        let at = |field: f64| Cavity::new(leads, &numbers, field).onsager(mu, kt).floating(&floating).unwrap();
        let (plus, minus) = (at(field), at(-field));
        // quadratures to 1e-12, amplified by weakly coupled probes
        prop_assert!(plus.reciprocity(&minus) < 1e-9, "{:e}", plus.reciprocity(&minus));
        prop_assert!(plus.audit().passed(), "{:?}", plus.audit());
        let c = plus.coefficients(0, 1).unwrap();
        prop_assert!(c.field_audit(leads).passed(), "{:?}", c.field_audit(leads));
        prop_assert!(c.determinant() > 0.0 && c.thermal_conductance() > 0.0);
        let (x, y) = (c.asymmetry(), c.generalized_figure_of_merit());
        let largest = field::largest_figure_of_merit(x, Some(leads));
        prop_assert!(y / largest <= 1.0 + 1e-9, "x = {x}, y = {y}, allowed {largest}");
        prop_assert!(y >= -1.0 && x * y >= 0.0);
        prop_assert!(field::maximum_efficiency(x, y) <= field::efficiency_bound(x, Some(leads)) + 1e-9);
        prop_assert!(field::efficiency_at_maximum_power(x, y) <= field::efficiency_at_maximum_power_bound(x, Some(leads)) + 1e-9);
        prop_assert!(field::efficiency_bound(x, Some(leads)) <= field::efficiency_bound(x, None));
    }

    /// Thermodynamic identities of two terminals: Kelvin's relation, kappa > 0, and the efficiency of the optimal load from ZT alone.
    #[test]
    fn two_terminal_identities(levels in prop::collection::vec((-1.0f64..1.0, 0.02f64..0.5), 1..4), kt in 0.02f64..0.3) {
        let t = |e: f64| levels.iter().map(|&(e0, g)| g * g / ((e - e0).powi(2) + g * g)).sum::<f64>() / 4.0;
        let c = respond(0.0, kt, &Structure::default(), t).onsager().coefficients(0, 1).unwrap();
        prop_assert_eq!(c.peltier(), c.thermopower());
        prop_assert!(c.thermal_conductance() > 0.0 && c.lorenz_ratio() > 0.0);
        let zt = c.figure_of_merit();
        // S^2 = ZT L, L the Lorenz number
        prop_assert!((c.thermopower().powi(2) / (zt * SOMMERFELD * c.lorenz_ratio()) - 1.0).abs() < 1e-9);
        // load v in units of the stopping load: efficiency/Carnot = v (1 - v) ZT/(1 + ZT (1 - v))
        let efficiency = |v: f64| v * (1.0 - v) * zt / (1.0 + zt * (1.0 - v));
        let best = (1..20_000).map(|k| efficiency(f64::from(k) / 2e4)).fold(0.0, f64::max);
        // a grid of 1/20000 about a maximum of curvature of order 1 / (1 - v), and more where ZT is small
        prop_assert!((best / engine::maximum_efficiency(zt) - 1.0).abs() < 1e-6);
        prop_assert!((efficiency(0.5) / engine::efficiency_at_maximum_power(zt) - 1.0).abs() < 1e-9);
        prop_assert!((field::maximum_efficiency(1.0, zt) - engine::maximum_efficiency(zt)).abs() < 1e-15);
    }
}

/// Floating terminals in series and in parallel, by hand: a voltage probe between two contacts of unit transmission.
#[test]
fn floating_by_hand() {
    let t = TransmissionMatrix::new(3, vec![0.0, 0.2, 0.5, 0.2, 0.0, 0.8, 0.5, 0.8, 0.0]).unwrap();
    let onsager = LinearResponse::new(3, 0.0, 0.0, &Structure::default(), Adaptive::default(), |_| {
        Ok::<_, Infallible>(t.clone())
    })
    .unwrap()
    .onsager();
    for measure in [Measure::Voltage, Measure::VoltageAndTemperature] {
        let c = onsager.floating(&[(2, measure)]).unwrap().coefficients(0, 1).unwrap();
        // Büttiker: T + T_1 T_2/(T_1 + T_2)
        assert_close(c.conductance(), 0.2 + 0.5 * 0.8 / 1.3, 1e-15, "conductance");
        let heat = if measure == Measure::Voltage { 0.7 } else { c.conductance() };
        assert_close(
            c.thermal_conductance(),
            SOMMERFELD * heat,
            1e-14,
            "heat, with and without what the probe takes up",
        );
    }
    let joined = onsager.joined(&[1, 2]).unwrap().coefficients(0, 1).unwrap();
    assert_close(joined.conductance(), 0.7, 1e-15, "joined");
    // two terminals coupled to each other alone
    let apart =
        TransmissionMatrix::new(4, vec![0., 1., 0., 0., 1., 0., 0., 0., 0., 0., 0., 1., 0., 0., 1., 0.])
            .unwrap();
    let apart = LinearResponse::new(4, 0.0, 0.0, &Structure::default(), Adaptive::default(), |_| {
        Ok::<_, Infallible>(apart.clone())
    })
    .unwrap()
    .onsager();
    assert!(apart.floating(&[(2, Measure::Voltage), (3, Measure::Voltage)]).is_err());
    assert!(apart.coefficients(0, 1).is_err() && apart.floating(&[(4, Measure::Voltage)]).is_err());
}

type Solved = Result<Currents, TransportError<Infallible>>;

fn solver(structure: Structure, t: impl Fn(f64) -> f64) -> impl FnMut(&[Reservoir; 2]) -> Solved {
    move |r| currents(r, &structure, Adaptive::default(), |e| Ok(TransmissionMatrix::two_terminal(t(e))))
}

/// A step: maximum power `0.316347 (k_B dT)^2/h = 0.0321 pi^2` at (E0 - mu)/kT = 1.14455 (sheet, 7.3), which is the quantum bound of R. S. Whitney,
/// Phys. Rev. Lett. 112, 130601 (2014); his bound holds far beyond linear response too.
#[test]
fn maximum_power_of_a_step() {
    let kt = 1.0;
    let best = |e0: f64| {
        let c = respond(0.0, kt, &Structure::edge(e0, 0.0).unwrap(), |_| 1.0)
            .onsager()
            .coefficients(0, 1)
            .unwrap();
        0.25 * c.power_factor()
    };
    // the digits given
    assert_close(best(1.14455), 0.316347, 5e-7, "power factor of a step");
    assert!(best(1.13) < best(1.14455) && best(1.16) < best(1.14455));
    for (hot, cold, accuracy) in
        [(1.0 + 1e-3, 1.0 - 1e-3, 1e-4), (1.0, 0.2, f64::INFINITY), (1.0, 1e-3, f64::INFINITY)]
    {
        let engine = HeatEngine { hot, cold, mu: 0.0 };
        let point = engine
            .maximum_power_over_gate([-4.0, 0.0], solver(Structure::edge(0.0, 0.0).unwrap(), |_| 1.0))
            .unwrap()
            .unwrap();
        assert!(point.currents.audit.passed(), "{:?}", point.currents.audit);
        let scaled = point.power / (hot - cold).powi(2);
        // Whitney: (pi^2/h) k_B^2 (T_h - T_c)^2 * 0.0321 at any temperatures
        assert!(scaled <= 0.316347 * (1.0 + 1e-6), "{scaled}");
        // beyond linear response by (dT/T)^2
        assert!((scaled / 0.316347 - 1.0).abs() < accuracy.min(1e-4), "{hot} {cold}: {scaled}");
        assert!(point.efficiency() < carnot(hot, cold));
    }
}

/// A level narrow against kT works reversibly at the load where occupations are equal: Carnot's efficiency without power (T. E. Humphrey, R. Newbury,
/// R. P. Taylor and H. Linke, Phys. Rev. Lett. 89, 116801 (2002)). At maximum power it stays near Curzon and Ahlborn's.
#[test]
fn a_level_reaches_carnot() {
    let (hot, cold, g) = (0.3, 0.1, 1e-6);
    let structure = |e0: f64| {
        let point = SingularPoint { energy: e0, kind: Singularity::Resonance { half_width: g } };
        // tails beyond 1000 widths, which leak heat without end, cut off: a boxcar of levels
        Structure::new([e0 - 1e3 * g, e0 + 1e3 * g], vec![point]).unwrap()
    };
    let e0 = 0.5;
    let engine = HeatEngine { hot, cold, mu: 0.0 };
    let solve = || solver(structure(e0), move |e| g * g / ((e - e0).powi(2) + g * g));
    let stop = engine.stopping_load(&mut solve()).unwrap().unwrap();
    // (E0 + V/2)/T_h = (E0 - V/2)/T_c; the tail shifts it by their width
    assert_close(stop, 2.0 * e0 * (hot - cold) / (hot + cold), 1e-2 * e0, "stopping load");
    let best: OperatingPoint = engine.maximum_efficiency(solve()).unwrap().unwrap();
    let eta = best.efficiency() / carnot(hot, cold);
    assert!((0.9..1.0).contains(&eta), "{eta}");
    let strong = engine.maximum_power(solve()).unwrap().unwrap();
    assert!(strong.power > best.power && strong.efficiency() < best.efficiency());
    assert!((strong.efficiency() / curzon_ahlborn(hot, cold) - 1.0).abs() < 0.15, "{}", strong.efficiency());
    // symmetric about mu: no engine
    let t = |e: f64| 1.0 / (1.0 + e * e);
    assert!(engine.maximum_power(solver(Structure::default(), t)).unwrap().is_none_or(|p| p.power < 1e-12));
}

/// Engines beyond linear response, small temperature difference: what ZT says.
#[test]
fn engines_become_linear() {
    let t = |e: f64| 0.01 / ((e - 0.3).powi(2) + 0.01);
    let (kt, d) = (0.1, 1e-4);
    let c = respond(0.0, kt, &Structure::default(), t).onsager().coefficients(0, 1).unwrap();
    let (hot, cold) = (kt * (1.0 + 0.5 * d), kt * (1.0 - 0.5 * d));
    let engine = HeatEngine { hot, cold, mu: 0.0 };
    let power = engine.maximum_power(solver(Structure::default(), t)).unwrap().unwrap();
    // second order in d, and the integrals: differences of 1e-4 known to 1e-12
    assert_close(power.power / (0.25 * c.power_factor() * (kt * d).powi(2)), 1.0, 1e-3, "power");
    let zt = c.figure_of_merit();
    let eta = carnot(hot, cold);
    assert_close(power.efficiency() / eta, engine::efficiency_at_maximum_power(zt), 1e-3, "at maximum power");
    let best = engine.maximum_efficiency(solver(Structure::default(), t)).unwrap().unwrap();
    assert_close(best.efficiency() / eta, engine::maximum_efficiency(zt), 1e-3, "best");
}

/// Localised phonons: typical transmission exp(-tau w^2), and Ohmic 1/(1 + tau w^2), values of sheet `localization`, 7.3; tau -> infinity in closed form.
#[test]
fn boson_tables() {
    let kt = 0.7;
    let known = |structure: &Structure, t: &dyn Fn(f64) -> f64| {
        let at = |e: f64| Ok::<_, Infallible>(TransmissionMatrix::two_terminal(t(e / kt)));
        let got = heat_conductance(2, kt, structure, Adaptive::default(), at).unwrap();
        assert!(got.audit.passed(), "{:?}", got.audit);
        got.quanta.get(1, 0)
    };
    let quanta = |t: &dyn Fn(f64) -> f64| known(&Structure::default(), t);
    for (tau, want) in [
        (0.001, 0.992213635018),
        (0.01, 0.930490965061),
        (0.1, 0.637841088058),
        (1.0, 0.258923738615),
        (10.0, 0.0848333473986),
        (100.0, 0.0269268525334),
        (1e4, 0.00269379560777),
    ] {
        // the digits given
        assert_close(quanta(&|w| (-tau * w * w).exp()), want, 6e-13, "localised mode");
    }
    for (tau, want) in
        [(0.1, 0.703019073693), (1.0, 0.357667880049), (10.0, 0.136961047098), (100.0, 0.0462655478842)]
    {
        assert_close(quanta(&|w| 1.0 / (1.0 + tau * w * w)), want, 6e-13, "Ohmic interpolation");
    }
    let (tau, limit) = (1e8, 1.5 / PI.powf(1.5) * 1e-4);
    // next order: w^2/12 of the window, 1/(24 tau) relative
    let kind = Singularity::Resonance { half_width: kt / 1e4 };
    let narrow = Structure::new([0.0, f64::INFINITY], vec![SingularPoint { energy: 0.0, kind }]).unwrap();
    assert_close(known(&narrow, &|w| (-tau * w * w).exp()) / limit, 1.0, 1e-9, "strongly localised");
}

/// The quantum of heat conductance, and heat between any temperatures: `(pi^2/6)(T_h^2 - T_c^2)` of a perfect mode, zero temperature included.
#[test]
fn quanta_of_heat() {
    let four = |_| Ok::<_, Infallible>(TransmissionMatrix::two_terminal(4.0));
    let got = heat_conductance(2, 0.02, &Structure::default(), Adaptive::default(), four).unwrap();
    assert_close(got.quanta.get(0, 1), 4.0, 1e-11, "four branches");
    // CODATA, the digits of the sheet
    assert_close(quantum_of_heat_conductance(1.0, 1.0) / 9.464311516387e-13, 1.0, 1e-12, "quantum of heat");
    assert_close(got.si(0.1).get(0, 1) / quantum_of_heat_conductance(0.1, 4.0), 1.0, 1e-11, "in W/K");
    for (hot, cold) in [(0.3, 0.1), (0.3, 0.0), (0.3, 0.3 - 1e-9)] {
        let got = heat_currents(&[hot, cold], &Structure::default(), Adaptive::default(), four).unwrap();
        assert!(got.audit.passed(), "{:?}", got.audit);
        let want = 4.0 * 0.5 * SOMMERFELD * (hot - cold) * (hot + cold);
        // the temperatures themselves differ to rounding of 0.3 over 1e-9
        assert_close(got.heat[1] / want, 1.0, 1e-11 + 1e-16 / (hot - cold), "heat");
    }
    assert!(matches!(
        heat_conductance(2, 0.0, &Structure::default(), Adaptive::default(), four),
        Err(TransportError::Temperature(0.0))
    ));
}
