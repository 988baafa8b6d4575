//! Studies of kind `thermoelectric`, from the file to the record.

use super::finished::Finished;
use diffuson::conductor::Conductor;
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::{Lead, Probe};
use diffuson::probes::{Accuracy, Measure, between};
use diffuson::scattering::Route;
use diffuson::thermal::{Adaptive, Coefficients, Sample, Window};
use diffuson_study::Study;

/// On-site energies of 5 x 3 sites.
const ENERGIES: [f64; 15] =
    [0.3, -0.5, 0.1, 0.7, -0.2, 0.4, -0.6, 0.2, 0.5, -0.1, 0.6, -0.4, 0.0, 0.35, -0.25];

/// Wire, temperatures and gates of most tests.
const WIRE: &str = r#"
kind = "thermoelectric"
[conductor]
length = 5
width  = 3
[temperature]
from   = 0.02
to     = 0.1
points = 3
[sweep]
"conductor.energy" = [-2.6, -1.9]
"#;

/// The same wire, made by hand.
fn wire(probe: Option<f64>) -> Conductor {
    let lattice = Lattice::new(Family::Square, [5, 3, 1], Boundary::HardWall).expect("a lattice");
    let lead = Lead::Continuation;
    let probes = probe.map_or_else(Vec::new, |width| {
        (0..lattice.sites()).map(|site| (site, Probe::WideBand { width })).collect()
    });
    Conductor::new(lattice, [Some(lead.clone()), Some(lead)], probes).expect("a conductor")
}

fn with_energies(rest: &str) -> String {
    format!("{WIRE}[disorder]\nkind = \"values\"\nvalues = {ENERGIES:?}\n[ensemble]\nsamples = 1\n{rest}")
}

/// Compares all coefficients of a record with those of the library, at all gates and temperatures.
fn compare(finished: &Finished, tolerance: f64, of: impl Fn(f64, f64) -> Coefficients) {
    assert!(finished.outcome.audit_passed(), "{:?}", finished.outcome.results.audits);
    let temperatures = finished.numbers("temperature");
    assert_eq!(temperatures.len(), 3);
    let read = |name: &str| finished.numbers(name);
    let stored = [
        read("conductance"),
        read("thermopower"),
        read("peltier"),
        read("thermal_conductance"),
        read("lorenz_ratio"),
        read("figure_of_merit"),
        read("power_factor"),
    ];
    for (p, energy) in [-2.6, -1.9].into_iter().enumerate() {
        for (k, kt) in temperatures.iter().enumerate() {
            let c = of(energy, *kt);
            let expected = [
                c.conductance(),
                c.thermopower(),
                c.peltier(),
                c.thermal_conductance(),
                c.lorenz_ratio(),
                c.figure_of_merit(),
                c.power_factor(),
            ];
            for (array, value) in stored.iter().zip(expected) {
                let found = array[p * temperatures.len() + k];
                assert!((found - value).abs() <= tolerance * (1.0 + value.abs()), "{found} for {value}");
            }
        }
    }
}

/// Transmissions are resolved to 1e-7 of the largest; coefficients, sums and quotients of integrals of order one, to some ten times that.
#[test]
fn a_record_holds_the_linear_response_of_the_library() {
    let conductor = wire(None);
    let finished = Finished::new(&with_energies(""), 1);
    compare(&finished, 1e-6, |mu, kt| {
        let mut sample = Sample::new(&conductor, &ENERGIES, Route::Recursive).expect("a sample");
        let response = sample.linear(mu, kt, Adaptive::default()).expect("a response");
        response.onsager().coefficients(0, 1).expect("two terminals")
    });
    // one sample is its own mean; the formula of Mott is linear in temperature
    assert_eq!(finished.numbers("mean_thermopower"), finished.numbers("thermopower"));
    let (mott, kt) = (finished.numbers("mott_thermopower"), finished.numbers("temperature"));
    assert!((mott[1] / mott[0] - kt[1] / kt[0]).abs() < 1e-12);
}

/// The transmission of 15 sites has structure on the scale of 0.1 t or wider, so that the next order of the Sommerfeld expansion, some ten times
/// (kT/0.1 t)^2, is below 1e-3 at the lowest temperature.
#[test]
fn at_low_temperature_the_thermopower_is_that_of_mott() {
    let text = with_energies("").replace("= 0.02", "= 0.0005").replace("= 0.1\n", "= 0.001\n");
    let finished = Finished::new(&text, 1);
    let [thermopower, mott] = ["mean_thermopower", "mott_thermopower"].map(|name| finished.numbers(name));
    for point in 0..2 {
        let k = 3 * point;
        assert!((thermopower[k] / mott[k] - 1.0).abs() < 1e-3, "{} and {}", thermopower[k], mott[k]);
    }
    assert!(mott[0] != 0.0 && finished.numbers("transmission_slope")[0] * mott[0] < 0.0);
}

/// The same windows and equations: only the route of the solver may differ, by rounding times the condition of the probe equations.
#[test]
fn with_probes_the_coefficients_are_those_between_the_leads() {
    let conductor = wire(Some(0.2));
    for (measures, measure) in
        [("\"voltage\"", Measure::Voltage), ("\"voltage\", \"temperature\"", Measure::VoltageAndTemperature)]
    {
        let probes = format!("[probes]\ncoupling = 0.2\nmeasure = [{measures}]\n");
        compare(&Finished::new(&with_energies(&probes), 1), 1e-9, |mu, kt| {
            let window = Window::linear(&conductor, mu, kt).expect("a window");
            let onsager = window.onsager(&ENERGIES, Route::Recursive).expect("integrals");
            let leads = [conductor.lead_terminal(0), conductor.lead_terminal(1)];
            let matrix = between(&onsager, &leads, measure, Accuracy::default()).expect("a matrix");
            matrix.coefficients(leads[0], leads[1]).expect("two terminals")
        });
    }
}

/// No tolerance: same study, same bits, though gates share transmissions and any thread may be the first to ask for one.
#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let text = format!("{WIRE}[disorder]\nkind = \"box\"\nwidth = 1.5\n[ensemble]\nsamples = 6\n");
    let [one, three] = [1, 3].map(|threads| Finished::new(&text, threads));
    for name in ["thermopower", "figure_of_merit", "audit_residual", "rms_thermopower", "estimate_error"] {
        let bits = |f: &Finished| f.numbers(name).into_iter().map(f64::to_bits).collect::<Vec<_>>();
        assert_eq!(bits(&one), bits(&three), "{name}");
    }
    assert!(one.numbers("mean_thermopower_error").iter().all(|e| *e > 0.0));
}

/// Half a t from every threshold at kT = 0.01 t, the rest of the steps is e^-48: one mode is one quantum of conductance, and heat follows charge,
/// to the accuracy of the transmission (1e-7).
#[test]
fn a_clean_wire_conducts_by_quanta_and_obeys_wiedemann_and_franz() {
    let text = r#"
        kind = "thermoelectric"
        conductor = { length = 4, width = 4, energy = -3.1 }
        disorder.kind = "none"
        temperature = { from = 0.01, to = 0.011, points = 2 }
        ensemble.samples = 1
    "#;
    let finished = Finished::new(text, 1);
    assert!(finished.outcome.audit_passed());
    assert!(finished.numbers("conductance").iter().all(|g| (g - 1.0).abs() < 1e-6));
    assert!(finished.numbers("lorenz_ratio").iter().all(|l| (l - 1.0).abs() < 1e-6));
    assert!(finished.numbers("thermopower").iter().all(|s| s.abs() < 1e-6));
}

#[test]
fn a_window_without_modes_is_refused_at_the_energy() {
    let text = r#"
        kind = "thermoelectric"
        conductor = { length = 4, width = 1, energy = -3.0 }
        disorder.kind = "none"
        temperature = { from = 0.01, to = 0.06 }
    "#;
    let study = Study::parse("study.toml", text, &[]).expect("a study");
    let error = diffuson_study::run::costs(&study).expect_err("nothing conducts");
    assert_eq!(error.key, "conductor.energy");
    // 1 t below the band: 20 kT at the lowest temperature
    let warm = text.replace("0.01", "0.049");
    diffuson_study::run::costs(&Study::parse("study.toml", &warm, &[]).expect("a study")).expect("costs");
}

#[test]
fn temperatures_rise_and_probes_without_coupling_are_none() {
    let error = Study::parse("study.toml", &with_energies("").replace("to     = 0.1", "to = 0.01"), &[]);
    assert_eq!(error.expect_err("falling temperatures").key, "temperature.to");
    let silent = Finished::new(&with_energies("[probes]\ncoupling = 0.0\n"), 1);
    let without = Finished::new(&with_energies(""), 1);
    assert_eq!(silent.numbers("thermopower"), without.numbers("thermopower"));
}
