//! Reference values: computed by independent codes in double precision and, for cases A to D, in 50-digit arithmetic.
//!
//! Tolerances: potentials 1e-10, every other kind 1e-9 of the largest entry of its kind; the printed digits allow no less.

use crate::systems::{assert_close, audited, audited_probes, left_to_right, probed, strip};
use diffuson::conductor::Conductor;
use diffuson::lattice::Boundary;
use diffuson::leads::{Lead, Probe};
use diffuson::probes::{self, Accuracy, Drive, Measure};
use diffuson::scattering::Route;
use diffuson::thermal::Window;
use diffuson::units::SOMMERFELD;

const ENERGY: f64 = -1.3;
const LEFT: usize = 24;
const RIGHT: usize = 25;
const WIDE: Probe = Probe::WideBand { width: 0.2 };

/// Rows of a table of reference values, by column name.
struct Table {
    columns: Vec<&'static str>,
    rows: Vec<Vec<&'static str>>,
}

impl Table {
    fn new(text: &'static str) -> Self {
        let mut lines =
            text.lines().filter(|l| !l.starts_with('#')).map(|l| l.split(',').collect::<Vec<_>>());
        Self { columns: lines.next().unwrap(), rows: lines.collect() }
    }

    fn text(&self, row: usize, column: &str) -> &'static str {
        self.rows[row][self.columns.iter().position(|c| *c == column).unwrap()]
    }

    fn number(&self, row: usize, column: &str) -> f64 {
        self.text(row, column).parse().unwrap()
    }

    fn index(&self, row: usize, column: &str) -> usize {
        self.text(row, column).parse().unwrap()
    }

    fn find(&self, name: &str) -> usize {
        self.rows.iter().position(|r| r[0] == name).unwrap()
    }

    fn largest(&self, column: &str) -> f64 {
        (0..self.rows.len()).map(|r| self.number(r, column).abs()).fold(0.0, f64::max)
    }
}

fn onsite() -> Vec<f64> {
    let table = Table::new(include_str!("golden/onsite_6x4.csv"));
    table.rows.iter().flatten().map(|e| e.parse().unwrap()).collect()
}

fn case(name: &str) -> Conductor {
    let lattice = strip(6, 4, Boundary::HardWall);
    match name {
        "A" => probed(lattice, Lead::Continuation, WIDE),
        "B" => {
            probed(lattice, Lead::Continuation, Probe::Chain { amplitude: 0.4, hopping: 1.0, centre: 0.0 })
        }
        "C" => probed(lattice.with_flux(0.05).unwrap(), Lead::Continuation, WIDE),
        "D" => probed(lattice, Lead::WideBand { width: 2.0 }, WIDE),
        _ => unreachable!(),
    }
}

#[test]
fn transmissions_and_heats_of_cases_a_to_d() {
    let scalars = Table::new(include_str!("golden/scalars.csv"));
    let of_a = Table::new(include_str!("golden/case_a.csv"));
    let of_others = Table::new(include_str!("golden/cases_bcd.csv"));
    for name in ["A", "B", "C", "D"] {
        let conductor = case(name);
        for route in Route::ALL {
            let what = |s: &str| format!("case {name}, {route:?}: {s}");
            let solved = audited(&conductor, &onsite(), ENERGY, route);
            let state = audited_probes(&conductor, &solved, Measure::VoltageAndTemperature);
            let derivative = solved.derivative.as_ref().unwrap();
            let joule = state.joule.as_ref().unwrap();
            for row in 0..scalars.rows.len() {
                let want = scalars.number(row, name);
                let quantity = scalars.text(row, "quantity");
                let pair = || (scalars.index(row, "a"), scalars.index(row, "b"));
                let (got, tolerance) = match quantity {
                    "T" => {
                        let (a, b) = pair();
                        (solved.exchange.transmission(a, b), 1e-9)
                    }
                    "Tprime" => {
                        let (a, b) = pair();
                        (derivative.transmission(a, b), 1e-9)
                    }
                    "G" => (state.conductance(LEFT, 1.0), 1e-10),
                    "coherent part T_LR" => (solved.exchange.transmission(LEFT, RIGHT), 1e-10),
                    "q_L (terminal 24)" => (state.heat[LEFT], 1e-9),
                    "q_R (terminal 25)" => (state.heat[RIGHT], 1e-9),
                    "Joule at L" => (joule[LEFT], 1e-10),
                    "Joule at R" => (joule[RIGHT], 1e-10),
                    "sum of all Joule" => (joule.iter().sum(), 1e-10),
                    other => panic!("unknown quantity {other}"),
                };
                assert_close(got, want, tolerance, &what(quantity));
            }
            let (table, mu, q) = match name {
                "A" => (&of_a, "mu".to_string(), "q".to_string()),
                _ => (&of_others, format!("{name} mu"), format!("{name} q")),
            };
            assert_eq!(table.rows.len(), 24);
            for i in 0..24 {
                assert_close(state.potential[i], table.number(i, &mu), 1e-10, &what("mu"));
                assert_close(state.heat[i], table.number(i, &q), 1e-9 * table.largest(&q), &what("q"));
                if name == "A" {
                    let theta = &state.joint.as_ref().unwrap().temperature;
                    assert_close(theta[i], table.number(i, "theta"), 1e-9, &what("theta"));
                    assert_close(joule[i], table.number(i, "joule"), 1e-10, &what("Joule"));
                }
            }
        }
    }
}

#[test]
fn finite_temperature() {
    let scalars = Table::new(include_str!("golden/thermal_scalars.csv"));
    let by_probe = Table::new(include_str!("golden/thermal_probes.csv"));
    let by_pair = Table::new(include_str!("golden/thermal_onsager.csv"));
    let conductor = case("D");
    for route in Route::ALL {
        for s in 0..scalars.rows.len() {
            let kt = scalars.number(s, "kT");
            let what = |s: &str| format!("kT = {kt}, {route:?}: {s}");
            let window = Window::linear(&conductor, ENERGY, kt).unwrap();
            let onsager = window.onsager(&onsite(), route).unwrap();
            let drive = left_to_right(&conductor);
            let measure = Measure::VoltageAndTemperature;
            let state = probes::thermal(&onsager, &drive, measure, Accuracy::default()).unwrap();
            assert!(state.audit.passed(), "{:?}", state.audit);
            let joint = state.joint.as_ref().unwrap();
            let heat = |t: usize| joint.heat[t] * SOMMERFELD * kt * kt;
            for (got, column) in [
                (state.conductance(LEFT, 1.0), "G voltage"),
                (-joint.current[LEFT], "G joint"),
                (heat(LEFT), "joint heat L"),
                (heat(RIGHT), "joint heat R"),
                (state.heat[LEFT], "q_L"),
                (state.heat[RIGHT], "q_R"),
            ] {
                assert_close(got, scalars.number(s, column), 1e-9, &what(column));
            }
            for row in (0..by_probe.rows.len()).filter(|&r| by_probe.number(r, "kT") == kt) {
                let i = by_probe.index(row, "i");
                for (got, column) in [
                    (state.potential[i], "mu voltage"),
                    (state.heat[i], "q voltage"),
                    (joint.potential[i], "mu joint"),
                    (joint.temperature[i], "theta joint"),
                ] {
                    assert_close(got, by_probe.number(row, column), 1e-9, &what(column));
                }
            }
            for row in (0..by_pair.rows.len()).filter(|&r| by_pair.number(r, "kT") == kt) {
                let (a, b) = (by_pair.index(row, "a"), by_pair.index(row, "b"));
                for (n, column) in ["L0", "L1", "L2"].into_iter().enumerate() {
                    let got = onsager.l[n].transmission(a, b);
                    assert_close(
                        got,
                        by_pair.number(row, column),
                        1e-9 * by_pair.largest(column),
                        &what(column),
                    );
                }
            }
        }
    }
}

#[test]
fn finite_bias() {
    let table = Table::new(include_str!("golden/finite_bias.csv"));
    let conductor = case("D");
    for route in Route::ALL {
        for (column, kt, bias) in [("kT=0.05 V=0.3", 0.05, 0.3), ("kT=0.02 V=0.05", 0.02, 0.05)] {
            let (low, high) = (ENERGY - 0.5 * bias, ENERGY + 0.5 * bias);
            let window = Window::biased(&conductor, [low, high], kt, kt).unwrap();
            let spectrum = window.spectrum(&onsite(), route).unwrap();
            let drive = Drive::new(vec![(LEFT, high), (RIGHT, low)]).unwrap();
            let state = probes::biased(&spectrum, &drive, Measure::Voltage, Accuracy::default()).unwrap();
            assert!(state.audit.passed(), "{:?}", state.audit);
            for row in 0..table.rows.len() {
                let name = table.text(row, "quantity");
                let got = match name.rsplit_once('_') {
                    Some(("I", _)) => state.current[RIGHT],
                    Some(("mu", i)) => state.potential[i.parse::<usize>().unwrap()],
                    Some(("J^Q", a)) => state.heat[a.parse::<usize>().unwrap()],
                    _ => state.heat.iter().sum(),
                };
                assert_close(got, table.number(row, column), 1e-10, &format!("{column}, {route:?}: {name}"));
            }
        }
    }
}

#[test]
fn medium_strip() {
    let sums = Table::new(include_str!("golden/medium_sums.csv"));
    let by_probe = Table::new(include_str!("golden/medium_probes.csv"));
    let (length, width) = (24, 10);
    let onsite: Vec<f64> = (0..length * width)
        .map(|i| (i / width, i % width))
        .map(|(x, y)| ((3 * x * x + 5 * x * y + 11 * y * y + 2 * x + 7 * y) % 89) as f64 / 89.0 * 2.0 - 1.0)
        .collect();
    let lattice = strip(length, width, Boundary::HardWall);
    let conductor = probed(lattice, Lead::Continuation, Probe::WideBand { width: 0.1 });
    for route in Route::ALL {
        let solved = audited(&conductor, &onsite, -1.7, route);
        let state = audited_probes(&conductor, &solved, Measure::VoltageAndTemperature);
        let theta = &state.joint.as_ref().unwrap().temperature;
        let (left, right) = (240, 241);
        let probes = |v: &[f64]| v[..240].to_vec();
        let squares = |v: &[f64]| probes(v).iter().map(|x| x * x).sum::<f64>();
        let frobenius = |e: &dyn diffuson::scattering::Exchange| {
            e.stored().map(|t| {
                let pairs = (0..240).flat_map(|a| (0..240).map(move |b| (a, b))).filter(|(a, b)| a != b);
                pairs.map(|(a, b)| t.get(a, b).powi(2)).sum::<f64>()
            })
        };
        let measured = [
            ("G", Some(state.conductance(left, 1.0))),
            ("T_LR", Some(solved.exchange.transmission(left, right))),
            ("mu_sum", Some(probes(&state.potential).iter().sum())),
            ("mu_sq", Some(squares(&state.potential))),
            ("q_sq", Some(squares(&state.heat))),
            ("q_abs", Some(probes(&state.heat).iter().map(|q| q.abs()).sum())),
            ("q_L", Some(state.heat[left])),
            ("q_R", Some(state.heat[right])),
            ("joule_probes", Some(probes(state.joule.as_ref().unwrap()).iter().sum())),
            ("theta_sq", Some(squares(theta))),
            ("nu", Some(solved.density_of_states.iter().sum::<f64>() / 240.0)),
            ("T_frobenius", frobenius(solved.exchange.as_ref())),
            ("dT_frobenius", frobenius(solved.derivative.as_deref().unwrap())),
        ];
        assert_eq!(measured.len(), sums.rows.len());
        for (name, got) in measured {
            let want = sums.number(sums.find(name), "value");
            // sums over a stored matrix exist only where one is stored
            assert!(got.is_some() || route == Route::Sweep);
            assert_close(got.unwrap_or(want), want, 1e-9 * want.abs(), &format!("{route:?}: {name}"));
        }
        for row in 0..by_probe.rows.len() {
            let i = by_probe.index(row, "i");
            for (got, column) in [(state.potential[i], "mu"), (state.heat[i], "q"), (theta[i], "theta")] {
                assert_close(got, by_probe.number(row, column), 1e-9, &format!("{route:?}: {column}"));
            }
        }
    }
}
