//! Studies of the kind `spin-fluctuations`, from the file to the record.

use crate::finished::Finished;
use diffuson_study::Diagnostic;

const PROOF: &str = r#"
kind = "spin-fluctuations"
[model]
size = 4
orbitals = 4
time_reversal = "broken"
[temperature]
kT = 0.1
[fluctuations]
compute = "grand-potential"
[potential]
fields = [0.2, 0.4]
radius = 1.5
[ensemble]
samples = 200
"#;

/// The model has the covariance of its rings: within four standard errors (false alarm 6e-5), and four of six rings are then 3/2 off by construction.
#[test]
fn the_grand_potential_knows_all_rings() {
    let done = Finished::sound(PROOF, 2);
    let (ratio, error) = (done.numbers("potential_ratio"), done.numbers("potential_ratio_error"));
    for (ratio, error) in ratio.iter().zip(&error) {
        assert!((ratio - 1.0).abs() < 4.0 * error && *error < 0.2, "{ratio} {error}");
    }
    let of = |id: &str| done.estimate(id, 0).unwrap();
    assert!((of("ratio") - 0.5 * (ratio[0] + ratio[1])).abs() < 1e-12);
    assert!((of("ratio_four") / of("ratio") - 1.5).abs() < 1e-12);
    assert!((of("ratio_two") / of("ratio") - 3.0).abs() < 1e-12);
    // g = 8 n J_1
    assert!((of("conductance") - 6.4).abs() < 1e-12);
    // variances are the diagonal of what is stored, over the prediction
    let (covariance, predicted) = (done.numbers("potential_covariance"), done.numbers("potential_predicted"));
    assert!((covariance[3] / predicted[3] - ratio[1]).abs() < 1e-12);
    assert!((covariance[1] - covariance[2]).abs() <= 1e-15 * covariance[1].abs());
    let verdict = done.outcome.results.verdict.as_ref().unwrap();
    assert!(verdict.contains("complete counting: ratio") && verdict.contains("200 samples"), "{verdict}");
}

const LATTICE: &str = r#"
kind = "spin-fluctuations"
[model]
size = 5
time_reversal = "broken"
[temperature]
kT = 0.1
[fluctuations]
compute = "susceptibility"
[susceptibility]
modes = [9, 5]
subspace = 5
radii = [1.5]
surrogates = 2000
tail = 0.3
[sweep]
"model.orbitals" = [2, 4]
[ensemble]
samples = 120
"#;

#[test]
fn the_susceptibility_fluctuates_as_rings_do() {
    let done = Finished::sound(LATTICE, 3);
    // the uniform mode is the density of states; in the orbital model n/pi per site, at this temperature and few orbitals to some per cent
    let modes = done.numbers("sample_modes");
    let density = done.numbers("sample_density");
    let pairs = 9 * 10 / 2;
    for (row, density) in modes.chunks(pairs).zip(&density) {
        assert!((row[0] / density - 1.0).abs() < 1e-9);
    }
    for (point, orbitals) in [(0, 2.0), (1, 4.0)] {
        let of = |id: &str| done.estimate(id, point).unwrap();
        assert!((of("density") * std::f64::consts::PI / orbitals - 1.0).abs() < 0.1, "{}", of("density"));
        assert!((of("conductance") - 1.6 * orbitals).abs() < 1e-12);
        // g of 3 and 6: leading order in 1/g, and waves of five sites
        assert!((of("ratio") - 1.0).abs() < 0.5, "{}", of("ratio"));
        assert!((of("diffusion") / 0.4 - 1.0).abs() < 0.3, "{}", of("diffusion"));
        assert!(of("bare_lowest") < 0.0 && of("participation") >= 1.0);
        // the larger space holds the smaller one
        let optimum = &done.numbers("optimum")[2 * point..2 * point + 2];
        assert!(optimum[1] >= optimum[0], "{optimum:?}");
        let rate = of("surrogate_coefficient") * 2.0 * of("conductance").powi(2) * optimum[0];
        assert!((rate - 1.0).abs() < 1e-12);
        // prefactors fall off slowly: sums over exponents 10 to 20 are some 5 to 25 % from the law
        let far = done.numbers("far_slope")[2 * point];
        assert!((far - 1.0).abs() < 0.35, "{far}");
    }
    // probabilities fall with depth, from all samples on
    let survival = done.numbers("survival");
    assert!(survival.windows(2).take(39).all(|pair| pair[0] >= pair[1]) && survival[0] > 0.5);
    let fit = done.outcome.results.fits.first().expect("two conductances");
    assert_eq!((fit.expected, fit.points), (Some(2.0), 2));
    assert!(done.outcome.results.verdict.as_ref().unwrap().contains("gamma itself is out of reach"));
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let text = LATTICE.replace("samples = 120", "samples = 24").replace("[2, 4]", "[2]");
    let [one, three] = [1, 3].map(|threads| Finished::new(&text, threads));
    for name in ["sample_modes", "sample_bare", "survival", "surrogate_survival"] {
        let bits = |of: &Finished| of.numbers(name).iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&one), bits(&three), "{name}");
    }
}

/// The Anderson model has no diffusion constant to begin with: it comes from the relaxation of its waves.
#[test]
fn an_anderson_lattice_is_calibrated_by_itself() {
    let text = LATTICE
        .replace("time_reversal = \"broken\"", "kind = \"anderson\"\nwidth = 5.0")
        .replace("[sweep]\n\"model.orbitals\" = [2, 4]\n", "")
        .replace("kT = 0.1", "kT = 0.3");
    let done = Finished::sound(&text, 2);
    let of = |id: &str| done.estimate(id, 0).unwrap();
    let g = 4.0 * std::f64::consts::PI * of("density") * of("diffusion");
    assert!((of("conductance") / g - 1.0).abs() < 1e-9 && g > 0.5 && g < 50.0, "{g}");
}

const PAIRS: &str = r#"
kind = "spin-fluctuations"
[model]
size = 6
orbitals = 2
time_reversal = "broken"
[temperature]
kT = 0.05
[fluctuations]
compute = "interaction"
[interaction]
radius = 1.2
modes = 13
distances = [3, 1, 2]
[ensemble]
samples = 600
"#;

/// Between two places `F_1` fluctuates as all rings say and not as rings do whose vertices alternate.
#[test]
fn two_places_know_all_rings() {
    let done = Finished::sound(PAIRS, 2);
    assert_eq!(done.numbers("distance"), [1.0, 2.0, 3.0]);
    let of = |name: &str| done.numbers(name);
    let (found, error) = (of("pair_covariance"), of("pair_covariance_error"));
    let (all, four) = (of("pair_predicted"), of("pair_four"));
    for k in 0..3 {
        // rings: J_2 is the same in any count; aabb is above abab, and two of three rings of J_1 are aabb
        assert!((four[3 * k + 1] / all[3 * k + 1] - 1.0).abs() < 1e-12);
        assert!(four[3 * k] < all[3 * k] && four[3 * k + 2] > all[3 * k + 2]);
        // four standard errors (false alarm 6e-5), and what g = 3.2 may add, some 1/g^2; found is a per cent
        for e in [3 * k, 3 * k + 1, 3 * k + 2] {
            let off = (found[e] - all[e]).abs();
            assert!(off < 4.0 * error[e] + 0.05 * all[e], "{k} {e}: {} {} {}", found[e], error[e], all[e]);
        }
    }
    // far away the variance between the two tells the counts apart by a multiple of all that: by up to 3/2, 1.2 half a small torus away
    assert!(four[8] > 1.15 * all[8] && four[8] - found[8] > 4.0 * error[8], "{} {}", found[8], four[8]);
    let exchange = of("pair_exchange");
    assert!((exchange[1] - found[3] / found[5]).abs() < 1e-12);
    let [first, third, both] =
        ["first_ratio", "third_ratio", "exchange_ratio"].map(|id| done.estimate(id, 0).unwrap());
    assert!((both - first / third).abs() < 1e-12);
    // what is stored of a sample: sums of squares are those of the kernel between all places
    let (one, square) = (of("sample_one"), of("sample_one_one"));
    assert!(one.iter().zip(&square).all(|(one, square)| *square >= one * one));
    let verdict = done.outcome.results.verdict.as_ref().unwrap();
    assert!(
        verdict.starts_with("The complete counting agrees") && verdict.contains("600 samples"),
        "{verdict}"
    );
}

const DROPLETS: &str = r#"
kind = "spin-fluctuations"
[model]
size = 5
orbitals = 2
[temperature]
kT = 0.1
[fluctuations]
compute = "droplets"
[droplets]
modes = 5
reference = 20
[sweep]
"droplets.triplet" = [-0.99, -0.9]
[ensemble]
samples = 30
"#;

#[test]
fn droplets_are_where_the_paramagnet_is_unstable() {
    let done = Finished::sound(DROPLETS, 2);
    let (eigenvalue, spin) = (done.numbers("sample_eigenvalue"), done.numbers("sample_spin"));
    let energy = done.numbers("sample_energy");
    let density = done.numbers("sample_spin_density");
    let mut droplets = 0;
    for k in 0..60 {
        assert_eq!(eigenvalue[k] < 0.0, spin[k].is_finite(), "sample {k}");
        if spin[k].is_finite() {
            droplets += 1;
            let total: f64 = density[25 * k..25 * (k + 1)].iter().sum();
            assert!((total - spin[k]).abs() < 1e-9 && spin[k] >= 0.0 && energy[k] < 0.0);
        }
    }
    assert!(droplets > 3, "{droplets}");
    // the same samples at both constants: closer to the instability more of them are unstable
    let share = |point: usize| done.estimate("unstable_share", point).unwrap();
    assert!(share(0) > share(1), "{} {}", share(0), share(1));
    assert_eq!(done.estimate("droplet_share", 0).unwrap(), share(0));
    // the map is that of the droplet of most spin
    let map = &done.numbers("droplet_density")[..25];
    let most = spin[..30].iter().copied().filter(|s| s.is_finite()).fold(0.0, f64::max);
    assert!((map.iter().sum::<f64>() - most).abs() < 1e-9);
    let theory = &done.numbers("spin_theory")[..30];
    assert!((theory[0] - 1.0).abs() < 1e-9 && theory.windows(2).all(|pair| pair[0] >= pair[1]), "{theory:?}");
}

#[test]
fn impossible_questions_name_their_key() {
    let refused = |text: &str| -> (String, String) {
        let study = super::parse(text, &[]);
        let error: Diagnostic = match study {
            Err(error) => error,
            Ok(study) => diffuson_study::run::costs(&study).expect_err("a refusal"),
        };
        (error.key.clone(), error.to_string())
    };
    let (key, what) = refused(&PROOF.replace("radius = 1.5", "radius = 2.5"));
    assert!(key == "potential.radius" && what.contains("meet itself"), "{what}");
    let (key, what) = refused(&PROOF.replace("[0.2, 0.4]", "[0.2, 0.2]"));
    assert!(key == "potential.fields" && what.contains("twice"), "{what}");
    let (key, _) = refused(
        &PROOF.replace("time_reversal = \"broken\"", "kind = \"anderson\"").replace("orbitals = 4\n", ""),
    );
    assert_eq!(key, "model.kind");
    let (key, what) = refused(&LATTICE.replace("subspace = 5", "subspace = 13"));
    assert!(key == "susceptibility.subspace" && what.contains("[5, 9]"), "{what}");
    let (key, what) = refused(&LATTICE.replace("[9, 5]", "[9, 5, 21]"));
    assert!(key == "susceptibility.modes" && what.contains("5 x 5"), "{what}");
    let (key, what) = refused(&LATTICE.replace("[9, 5]", "[9, 5, 7]"));
    assert!(key == "susceptibility.modes" && what.contains("shell"), "{what}");
    let (key, what) = refused(&PAIRS.replace("[3, 1, 2]", "[3, 1, 4]"));
    assert!(key == "interaction.distances" && what.contains("a distance of 4"), "{what}");
    let (key, what) = refused(&PAIRS.replace("modes = 13", "modes = 12"));
    assert!(key == "interaction.modes" && what.contains("shell"), "{what}");
    let (key, _) = refused(&PAIRS.replace("radius = 1.2", "radius = 3.5"));
    assert_eq!(key, "interaction.radius");
    let (key, what) = refused(
        &PAIRS.replace("time_reversal = \"broken\"", "kind = \"anderson\"").replace("orbitals = 2\n", ""),
    );
    assert!(key == "model.kind" && what.contains("\"interaction\""), "{what}");
    let (key, _) = refused(&DROPLETS.replace("modes = 5", "modes = 21"));
    assert_eq!(key, "droplets.modes");
    let (key, what) = refused(&DROPLETS.replace("-0.99", "-1.0"));
    assert!(key == "droplets.triplet" && what.contains("-1"), "{what}");
}
