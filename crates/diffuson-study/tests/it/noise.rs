//! Studies of kind `noise`, from the file to the record.

use super::finished::Finished;
use diffuson::noise::{Noise, spectral};
use diffuson::scattering::{Route, SMatrix, smatrix};
use diffuson::shapes::{Arms, Rectangle};
use diffuson::thermal::Reservoir;
use diffuson_study::Study;

/// On-site energies of 5 x 4 sites.
const ENERGIES: [f64; 20] = [
    0.3, -0.5, 0.1, 0.7, -0.2, 0.4, -0.6, 0.2, 0.5, -0.1, 0.6, -0.4, 0.0, 0.35, -0.25, 0.15, -0.3, 0.45,
    -0.05, 0.25,
];

/// A splitter of three leads with given energies, from the file.
fn splitter(rest: &str) -> String {
    format!(
        "kind = \"noise\"\nconductor = {{ shape = \"splitter\", length = 5, width = 4, energy = -1.1, flux = 0.03 }}\nopenings = {{ first = 2, third = 3 }}\n\
         disorder = {{ kind = \"values\", values = {ENERGIES:?} }}\nensemble.samples = 1\n{rest}"
    )
}

/// The same, made by hand.
fn scattered() -> SMatrix {
    let rectangle = Rectangle { length: 5, width: 4, flux: 0.03 };
    let conductor =
        rectangle.open(&rectangle.splitter(&[2, 2, 3]), Arms::Strips, vec![]).expect("a conductor");
    smatrix(&conductor.at(-1.1).expect("an energy"), &ENERGIES, Route::NestedDissection).expect("amplitudes")
}

fn close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    let scale = expected.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    for (a, b) in found.iter().zip(expected) {
        // rounding of amplitudes of order one
        assert!((a - b).abs() <= 1e-11 * scale, "{found:?} {expected:?}");
    }
}

#[test]
fn a_record_holds_the_noise_of_the_library() {
    let s = scattered();
    let small = Finished::sound(&splitter(""), 1);
    let expected = spectral(&s, &[1.0, 0.0, 0.0]);
    close(&small.numbers("sample_noise"), &expected.correlator);
    close(&small.numbers("correlator"), &expected.correlator);
    close(&small.numbers("lead_current"), &expected.current);
    close(&small.numbers("sample_conductance"), &[s.transmission(1, 0) + s.transmission(2, 0)]);
    assert_eq!(small.estimate("cross_correlation", 0), Some(small.numbers("correlator")[5]));

    let constant = Finished::sound(
        &splitter("bias = { voltage = 0.4, scattering = \"constant\" }\ntemperature.kT = 0.1\n"),
        1,
    );
    let reservoirs = [-0.9, -1.3, -1.3].map(|mu| Reservoir { mu, kt: 0.1 });
    let expected = Noise::constant(&s, &reservoirs).expect("noise");
    close(&constant.numbers("sample_noise"), &expected.charge);
    close(&constant.numbers("sample_current"), &expected.currents.particle);
}

/// S matrices of a window of 1e-4 t differ by some 1e-4 from that in its middle, where nothing is resonant.
#[test]
fn a_narrow_window_scatters_as_its_middle() {
    let text = |scattering: &str| {
        splitter(&format!(
            "bias = {{ voltage = 1e-4, scattering = \"{scattering}\" }}\ntemperature.kT = 1e-5\n"
        ))
    };
    let [one, all] =
        ["constant", "energy-dependent"].map(|s| Finished::sound(&text(s), 1).numbers("sample_noise"));
    for (a, b) in one.iter().zip(&all) {
        assert!((a - b).abs() < 1e-3 * one[0], "{one:?} {all:?}");
    }
}

/// Equilibrium: S_11 = 4 kT G at every temperature, and no Fano factor.
#[test]
fn without_voltage_noise_is_thermal() {
    let text = "kind = \"noise\"\nconductor = { length = 6, width = 3, energy = -1.3 }\ndisorder = { kind = \"box\", width = 1.0 }\nensemble.samples = 3\n\
                bias.voltage = 0.0\ntemperature.kT = 0.05\nbias.scattering = \"constant\"\n";
    let finished = Finished::sound(text, 2);
    let small = Finished::sound(
        &text.replace("bias.voltage = 0.0\ntemperature.kT = 0.05\nbias.scattering = \"constant\"\n", ""),
        2,
    );
    close(&finished.numbers("sample_conductance"), &small.numbers("sample_conductance"));
    assert_eq!(finished.estimate("fano_factor", 0), None);
}

/// Transmission eigenvalues are counted once each and hold the Fano factor of every sample to the width of a bin.
#[test]
fn eigenvalues_are_those_of_the_noise() {
    let text = "kind = \"noise\"\nconductor = { length = 20, width = 8, energy = -1.3 }\ndisorder = { kind = \"box\", width = 2.0 }\nensemble.samples = 4\nnoise.bins = 200\n";
    let finished = Finished::sound(text, 2);
    let (bins, centres) = (finished.numbers("sample_eigenvalues"), finished.numbers("eigenvalue"));
    for (counts, (noise, g)) in bins
        .chunks(200)
        .zip(finished.numbers("sample_noise").chunks(4).zip(finished.numbers("sample_conductance")))
    {
        let sum = |f: &dyn Fn(f64) -> f64| counts.iter().zip(&centres).map(|(n, t)| n * f(*t)).sum::<f64>();
        let modes = sum(&|_| 1.0);
        // each is at most half a bin from the centre, and T (1 - T) changes no faster than T
        assert!((sum(&|t| t) - g).abs() <= 0.0025 * modes);
        assert!((2.0 * sum(&|t| t * (1.0 - t)) - noise[0]).abs() <= 2.0 * 0.0025 * modes);
    }
}

/// Coherent noise does not know of probes that couple to nothing; hot ones make it larger than dephasing ones, and those in equilibrium with cold leads smaller.
#[test]
fn probes_change_the_noise_by_what_they_conserve() {
    let text = |kind: &str, coupling: f64| {
        format!(
            "kind = \"noise\"\nconductor = {{ length = 12, width = 3, energy = -1.3 }}\ndisorder = {{ kind = \"box\", width = 1.5 }}\nensemble.samples = 2\n\
             probes = {{ kind = \"{kind}\", coupling = {coupling:?} }}\n"
        )
    };
    let fano =
        |kind: &str| Finished::sound(&text(kind, 0.3), 2).estimate("fano_factor", 0).expect("an estimate");
    let [inelastic, dephasing, hot] = ["inelastic", "dephasing", "hot"].map(fano);
    assert!(inelastic < 0.8 * dephasing && 1.05 * dephasing < hot, "{inelastic} {dephasing} {hot}");
    let silent = Finished::sound(&text("hot", 0.0), 1).numbers("sample_noise");
    let none = text("hot", 0.0).replace("probes = { kind = \"hot\", coupling = 0.0 }\n", "");
    assert_eq!(silent, Finished::sound(&none, 1).numbers("sample_noise"));
}

/// A diffusive wire: F = 1/3 within three standard errors of a fixed seed, and of the 2 % by which a wire of some 10 mean free paths is short of it.
#[test]
fn a_diffusive_wire_has_a_third() {
    let text = "kind = \"noise\"\nconductor = { length = 60, width = 40, energy = -1.3, flux = 0.006 }\ndisorder = { kind = \"box\", width = 2.0 }\nensemble.samples = 40\n";
    let finished = Finished::sound(text, 2);
    let found = finished.outcome.results.estimates.iter().find(|e| e.quantity == "fano_factor").expect("F");
    let e = found.estimate;
    assert!((e.value - 1.0 / 3.0).abs() < 3.0 * e.standard_error + 0.02 / 3.0, "{e}");
    assert_eq!(finished.estimate("fano_factor_theory", 0), Some(1.0 / 3.0));
}

/// No tolerance: same study, same bits.
#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let text = "kind = \"noise\"\nconductor = { shape = \"cavity\", length = 8, width = 9, energy = -1.3 }\nopenings.first = 3\ndisorder = { kind = \"box\", width = 1.0 }\nensemble.samples = 9\n";
    let [one, three] = [1, 3].map(|threads| Finished::sound(text, threads));
    for name in ["sample_noise", "eigenvalue_density_error", "estimate_error", "audit_residual"] {
        let bits = |f: &Finished| f.numbers(name).into_iter().map(f64::to_bits).collect::<Vec<_>>();
        assert_eq!(bits(&one), bits(&three), "{name}");
    }
}

#[test]
fn impossible_studies_name_their_key() {
    let refused = |text: &str| {
        let study = Study::parse("study.toml", text, &[]);
        study.and_then(|study| diffuson_study::run::costs(&study).map(|_| ())).expect_err(text).key
    };
    let cavity = "kind = \"noise\"\nconductor.shape = \"cavity\"\nconductor.length = 8\nconductor.width = 9\nconductor.energy = -1.3\nopenings.first = 3\ndisorder.kind = \"none\"\n";
    let with = |more: &str| refused(&format!("{cavity}{more}"));
    assert_eq!(with("openings.second = 7\n"), "openings.first");
    assert_eq!(with("conductor.lattice = \"cubic\"\nconductor.height = 2\n"), "conductor.lattice");
    assert_eq!(with("conductor.boundary = \"periodic\"\n"), "conductor.boundary");
    assert_eq!(with("bias.voltage = 0.0\n"), "bias.voltage");
    assert_eq!(with("bias.voltage = 0.1\nprobes.kind = \"hot\"\nprobes.coupling = 0.1\n"), "temperature.kT");
    assert_eq!(with("ensemble.relative_error = 0.1\nensemble.of = \"cross_correlation\"\n"), "ensemble.of");
    assert_eq!(refused(&cavity.replace("-1.3", "-3.6")), "conductor.energy");
    assert_eq!(
        refused(&cavity.replace("cavity", "splitter").replace("first = 3", "first = 10")),
        "openings.first"
    );
}

/// Probes in a window of energies: where scattering hardly depends on energy the noise is that of one energy, for baths and for hot electrons.
#[test]
fn probes_in_a_narrow_window_scatter_as_in_its_middle() {
    for kind in ["dephasing", "inelastic", "hot"] {
        let text = |scattering: &str| {
            format!(
                "kind = \"noise\"\nconductor = {{ length = 6, width = 2, energy = -1.3 }}\ndisorder = {{ kind = \"box\", width = 1.0 }}\nensemble = {{ samples = 2, seed = 3 }}\n\
                 probes = {{ kind = \"{kind}\", coupling = 0.2 }}\nbias = {{ voltage = 2e-3, scattering = \"{scattering}\" }}\ntemperature.kT = 1e-3\n"
            )
        };
        let [one, all] =
            ["constant", "energy-dependent"].map(|s| Finished::sound(&text(s), 2).numbers("sample_noise"));
        for (a, b) in one.iter().zip(&all) {
            // the window of some 0.02 t against levels of 0.2 t
            assert!((a - b).abs() < 1e-2 * one[0].abs(), "{kind}: {one:?} {all:?}");
        }
    }
}
