use super::comparison::{Comparison, Repeated, Verdict};
use super::*;
use crate::droplets::{Metal, Observables, Prefactors};
use crate::fits::tests::Numbers;
use diffuson_ensemble::random::Realisation;

const TEMPERATURES: [f64; 12] = [0.05, 0.08, 0.12, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0, 3.0, 5.0, 8.0];
/// chi_0 and A.
const METAL: [f64; 2] = [2.0, 0.05];
/// Errors of the susceptibility, and relative ones of the rate.
const ERRORS: [f64; 2] = [0.04, 0.03];

fn table(of: impl Fn(f64) -> f64, error: impl Fn(f64) -> f64) -> Vec<Point> {
    TEMPERATURES.map(|t| Point { temperature: t, value: of(t), standard_error: error(of(t)) }).to_vec()
}

/// Tables without noise.
fn exact([curie, saturation]: [f64; 2]) -> Data {
    let susceptibilities = table(|t| METAL[0] * (1.0 + curie / t), |_| ERRORS[0]);
    let rates = table(|t| METAL[1] * (t + saturation), |rate| ERRORS[1] * rate);
    Data::new(susceptibilities, rates).unwrap()
}

fn noisy(exact: &Data, error: f64, n: u64) -> Data {
    let noise = Realisation::new(11, n);
    let [susceptibilities, rates] = [Table::Susceptibilities, Table::Rates].map(|table| {
        let points = exact.points(table).iter().enumerate().map(|(k, p)| {
            let standard_error = error * p.standard_error;
            let deviate = noise.normal(table as u32, k as u64);
            Point { value: p.value + standard_error * deviate, standard_error, ..*p }
        });
        points.collect()
    });
    Data::new(susceptibilities, rates).unwrap()
}

/// Weighted straight lines, by their normal equations, are what the fits of separate tables must find: intercept and slope against 1/T, and against T.
#[test]
fn separate_fits_are_straight_lines() {
    let data = noisy(&exact([0.3, 0.2]), 1.0, 0);
    let fit = Pictures::new(Law::default(), &data).unwrap().fit(Picture::Independent).unwrap();
    let lines = [
        line(data.points(Table::Susceptibilities).iter().map(|p| (1.0 / p.temperature, p))),
        line(data.points(Table::Rates).iter().map(|p| (p.temperature, p))),
    ];
    let [chi, crossover, slope, saturation, _] = fit.fit.values[..] else { panic!("five parameters") };
    // the search ends within 1e-8 of the standard errors of a few per cent
    for (got, want) in [
        (chi, lines[0].0),
        (chi * crossover, lines[0].1),
        (slope, lines[1].1),
        (slope * saturation, lines[1].0),
    ] {
        assert!((got / want - 1.0).abs() < 1e-8, "{got} {want}");
    }
}

/// Without noise all parameters come back, with and without the logarithm, with c_1 and c_4, and with a term T^2.
#[test]
fn exact_tables_give_their_parameters() {
    let sample = Sample { conductance: 20.0, scattering_rate: 76.4, gamma: 0.60072 };
    for (sample, quadratic) in [(None, false), (Some(sample), false), (Some(sample), true)] {
        let law = Law { susceptibility_prefactor: 0.7, dephasing_prefactor: 1.3, quadratic, sample };
        let crossover = 0.3;
        let square = if quadratic { 0.004 } else { 0.0 };
        let saturation = law.saturation(crossover, 1.3);
        let data = Data::new(
            table(|t| METAL[0] * (1.0 + 0.7 * crossover / t), |_| ERRORS[0]),
            table(|t| METAL[1] * (t + saturation) + square * t * t, |rate| ERRORS[1] * rate),
        )
        .unwrap();
        let pictures = Pictures::new(law, &data).unwrap();
        let fit = pictures.fit(Picture::Droplets).unwrap();
        for (got, want) in fit.fit.values.iter().zip([METAL[0], crossover, METAL[1], 1.3, square]) {
            assert!((got - want).abs() < 1e-7, "{:?}", fit.fit.values);
        }
        assert!((fit.temperatures()[1] / saturation - 1.0).abs() < 1e-6);
        let free = pictures.fit_prefactor().unwrap();
        assert!((free.estimate(SATURATION).value - 1.3).abs() < 1e-6, "{:?}", free.fit.values);
    }
}

/// The exponent and the logarithm, against Eq. 65 itself: `T* tau = exp(-G)/[g (1 + F_0)]`. With tau = 0.1 ps, g = 20 and 1 + F_0 = 0.1, T* is 0.31 K for gamma = 1.2014 and 3.5 K for 0.6007
/// (computed by hand).
#[test]
fn crossover_temperatures_are_inverted() {
    let rate = 76.382_3; // hbar/(k_B 0.1 ps) in K
    for gamma in [0.01, 0.60072, 1.20143, 3.6043, 3.88041] {
        for crossover in [1e-30, 1e-6, 0.31, 3.5, 70.0, 500.0] {
            let sample = Sample { conductance: 20.0, scattering_rate: rate, gamma };
            let inverted = sample.invert(Estimated { value: crossover, standard_error: 0.1 * crossover });
            let x = 20.0 * inverted.distance.value;
            let back = rate * (-gamma * x * x).exp() / x;
            // the logarithm of T* is good to rounding, 1e-15 of some 70
            assert!((back / crossover - 1.0).abs() < 1e-12, "{gamma} {crossover} {back}");
            assert!((inverted.exponent.value - gamma * x * x).abs() < 1e-12 * gamma * x * x);
            // by a difference
            let other = sample.invert(Estimated { value: crossover * 1.0001, standard_error: 0.0 });
            let slope = (other.distance.value / inverted.distance.value).ln() / 1.0001f64.ln();
            assert!((slope - inverted.sensitivity).abs() < 1e-4, "{slope} {}", inverted.sensitivity);
            let error = inverted.distance.standard_error / inverted.distance.value;
            assert!((error + 0.1 * inverted.sensitivity).abs() < 1e-12);
        }
    }
    for (gamma, crossover) in [(1.20143, 0.31), (0.60072, 3.5)] {
        let sample = Sample { conductance: 20.0, scattering_rate: rate, gamma };
        let inverted = sample.invert(Estimated { value: crossover, standard_error: 0.0 });
        // T* is quoted to two digits, of which 1 + F_0 sees 1/(2G + 1)
        assert!((inverted.distance.value - 0.1).abs() < 1e-3, "{inverted:?}");
        // (1 + 0.1)/(2 ln 2)
        assert!((sample.logarithm(crossover) - 1.1 / 4f64.ln()).abs() < 1e-2);
    }
    let sample = Sample { conductance: 20.0, scattering_rate: rate, gamma: 0.60072 };
    let of = |value| sample.invert(Estimated { value, standard_error: 0.0 });
    assert!(of(0.0).distance.value.is_nan() && of(-1.0).distance.value.is_nan());
}

/// The laws are those of the observables of a metal: its crossover temperature gives its distance back, and its dephasing saturates at T_tau.
#[test]
fn observables_are_what_is_fitted() {
    for (conductance, distance, gamma) in [(20.0, 0.1, 1.20143), (50.0, 0.08, 0.60072)] {
        let metal = Metal::new(conductance, distance).unwrap();
        let prefactors = Prefactors { susceptibility: 0.7, dephasing: 1.3, ..Prefactors::default() };
        let observables = Observables::new(metal, gamma, prefactors).unwrap();
        // in units of 1/tau
        let sample = Sample { conductance, scattering_rate: 1.0, gamma };
        let law = Law {
            susceptibility_prefactor: 0.7,
            dephasing_prefactor: 1.3,
            sample: Some(sample),
            ..Law::default()
        };
        let crossover = observables.crossover_temperature();
        let inverted = sample.invert(Estimated { value: crossover, standard_error: 0.0 });
        assert!((inverted.distance.value / distance - 1.0).abs() < 1e-13);
        let saturation = observables.saturation_temperature();
        assert!((law.saturation(crossover, 1.3) / saturation - 1.0).abs() < 1e-12, "{saturation}");
        assert!((observables.susceptibility(crossover) - 1.7).abs() < 1e-12);
    }
}

/// Intervals of 68 % cover the truth as often as they say: four binomial standard deviations of 200 experiments are 13 %, one false alarm in 16 000 for each of the four parameters.
#[test]
fn intervals_cover() {
    const EXPERIMENTS: u64 = 200;
    let truth = exact([0.3, 0.3]);
    let cases = [
        (Picture::Independent, CROSSOVER, 0.3),
        (Picture::Independent, SATURATION, 0.3),
        (Picture::Droplets, CROSSOVER, 0.3),
        (Picture::Droplets, SUSCEPTIBILITY, METAL[0]),
    ];
    let mut hits = [0.0; 4];
    for n in 0..EXPERIMENTS {
        let pictures = Pictures::new(Law::default(), &noisy(&truth, 1.0, n)).unwrap();
        let fits = [Picture::Independent, Picture::Droplets].map(|p| pictures.fit(p).unwrap());
        for (hit, (picture, index, value)) in hits.iter_mut().zip(cases) {
            let interval =
                fits[usize::from(picture == Picture::Droplets)].interval(index, ONE_SIGMA).unwrap();
            *hit += f64::from(interval.low <= value && value <= interval.high) / EXPERIMENTS as f64;
        }
    }
    let allowed = 4.0 * (0.6827 * 0.3173 / EXPERIMENTS as f64).sqrt();
    assert!(hits.iter().all(|hit| (hit - 0.6827).abs() < allowed), "{hits:?}");
}

/// Good tables lead to the verdict of the picture they were made in. Wrong verdicts come in at most 0.4 % of the repetitions (0.13 % for each effect that is not there, 0.27 % for one temperature,
/// 0.1 % for a bad fit): 2.6 of 5 x 200 are expected, and more than 8 come once in 700 trials.
#[test]
fn good_tables_are_told_apart_and_seldom_mislead() {
    let mut wrong = 0.0;
    for (temperatures, picture, verdict) in [
        ([0.3, 0.3], Picture::Droplets, Verdict::Together),
        ([0.3, 0.05], Picture::Independent, Verdict::Apart),
        ([0.3, 0.0], Picture::Impurities, Verdict::CurieAlone),
        ([0.0, 0.3], Picture::Saturation, Verdict::SaturationAlone),
        ([0.0, 0.0], Picture::Ordinary, Verdict::Nothing),
    ] {
        let comparison = Comparison::new(Law::default(), &noisy(&exact(temperatures), 1.0, 3)).unwrap();
        assert_eq!(comparison.verdict(), verdict, "{picture:?}");
        assert!(
            comparison.audit().unwrap().passed() && comparison.warnings().is_empty(),
            "{:?}",
            comparison.warnings()
        );
        let numbers = Numbers(Realisation::new(5, 0));
        let Repeated { shares, repetitions, .. } = comparison.repeat(picture, 200, &numbers, 0).unwrap();
        assert!(repetitions == 200 && (shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(shares[verdict as usize] > 0.9, "{picture:?} {shares:?}");
        wrong += 200.0 * (1.0 - shares[verdict as usize] - shares[Verdict::Undecided as usize]);
    }
    assert!(wrong <= 8.0, "{wrong}");
}

/// Two tables with errors that hide one of the two effects do not decide, and hardly ever say something wrong.
#[test]
fn poor_tables_say_that_they_are() {
    let poor = |temperatures: [f64; 2], scale: [f64; 2]| {
        let exact = exact(temperatures);
        let [susceptibilities, rates] = [Table::Susceptibilities, Table::Rates].map(|table| {
            let scale = scale[table as usize];
            let points = exact.points(table).iter();
            points.map(|p| Point { standard_error: scale * p.standard_error, ..*p }).collect()
        });
        Comparison::new(Law::default(), &Data::new(susceptibilities, rates).unwrap()).unwrap()
    };
    let hidden = poor([0.3, 0.3], [1.0, 40.0]);
    assert_eq!(hidden.verdict(), Verdict::Undecided);
    let numbers = Numbers(Realisation::new(6, 0));
    let repeated = hidden.repeat(Picture::Droplets, 200, &numbers, 0).unwrap();
    // what is hidden is taken for absent once in 370 at most, and a fit is bad once in 1000: more than 4 of 200 come once in 1000 trials
    let wrong = [Verdict::Apart, Verdict::CurieAlone, Verdict::SaturationAlone, Verdict::Impossible];
    let share: f64 = wrong.iter().map(|&v| repeated.shares[v as usize]).sum();
    assert!(share <= 0.02 && repeated.shares[Verdict::Undecided as usize] > 0.5, "{repeated:?}");
    assert_eq!(poor([0.3, 0.3], [1000.0, 40.0]).verdict(), Verdict::Nothing);
}

/// One table alone has a crossover temperature, but nothing to compare it with.
#[test]
fn one_table_gives_one_temperature() {
    let both = exact([0.3, 0.3]);
    for (table, seen, other) in [
        (Table::Susceptibilities, Picture::Impurities, Verdict::Undecided),
        (Table::Rates, Picture::Saturation, Verdict::Undecided),
    ] {
        let points = |t| if t == table { both.points(t).to_vec() } else { Vec::new() };
        let data = Data::new(points(Table::Susceptibilities), points(Table::Rates)).unwrap();
        let comparison = Comparison::new(Law::default(), &data).unwrap();
        assert_eq!(comparison.verdict(), other);
        assert!((comparison.droplets.crossover().value - 0.3).abs() < 1e-6);
        assert_eq!(comparison.compared(), [Picture::Ordinary, seen]);
        assert!(comparison.weight(seen) > 0.99 && comparison.weight(Picture::Droplets) == 0.0);
        assert!(comparison.prefactor(ONE_SIGMA).unwrap().is_none() && comparison.audit().unwrap().passed());
    }
}

/// The prefactor that makes one of two temperatures is their ratio, and is covered by its interval.
#[test]
fn the_ratio_of_the_temperatures_is_found() {
    let comparison = Comparison::new(Law::default(), &exact([0.3, 0.06])).unwrap();
    assert_eq!(comparison.verdict(), Verdict::Apart);
    let (prefactor, interval) = comparison.prefactor(ONE_SIGMA).unwrap().unwrap();
    assert!((prefactor.value - 0.2).abs() < 1e-6 && interval.low < 0.2 && 0.2 < interval.high);
    // errors of independent tables add in quadrature
    let [curie, saturation] = [CROSSOVER, SATURATION].map(|k| comparison.independent.estimate(k));
    let relative = |e: Estimated| e.standard_error / e.value;
    let want = relative(curie).hypot(relative(saturation));
    assert!((relative(prefactor) / want - 1.0).abs() < 1e-5, "{} {want}", relative(prefactor));
}

/// What is none of it: a susceptibility that falls towards low temperatures.
#[test]
fn other_laws_are_refused() {
    let data = Data::new(
        table(|t| 2.0 * (1.0 - 0.03 / t), |_| ERRORS[0]),
        table(|t| 0.05 * (t + 0.3), |rate| ERRORS[1] * rate),
    )
    .unwrap();
    let comparison = Comparison::new(Law::default(), &data).unwrap();
    assert_eq!(comparison.verdict(), Verdict::Impossible);
    assert!(!comparison.audit().unwrap().passed());
    assert!(comparison.warnings()[0].contains("not even two temperatures"));
}

#[test]
fn wrong_data_are_refused() {
    let good = Point { temperature: 1.0, value: 1.0, standard_error: 0.1 };
    assert_eq!(Data::new(Vec::new(), Vec::new()), Err(FitError::Empty));
    for (bad, what) in [
        (Point { temperature: 0.0, ..good }, "temperature"),
        (Point { standard_error: -1.0, ..good }, "standard error"),
        (Point { value: f64::NAN, ..good }, "number"),
    ] {
        let error = Data::new(vec![good, bad], vec![]).unwrap_err().to_string();
        assert!(error.contains("susceptibility 1") && error.contains(what), "{error}");
        let error = Data::new(vec![], vec![good, bad]).unwrap_err().to_string();
        assert!(error.contains("dephasing rate 1") && error.contains(what), "{error}");
    }
    let one = Data::new(vec![good], vec![]).unwrap();
    let law = Law { dephasing_prefactor: -1.0, ..Law::default() };
    assert!(
        Pictures::new(law, &one)
            .unwrap_err()
            .to_string()
            .contains("prefactor of the dephasing rate must be positive")
    );
    let sample = Sample { conductance: f64::NAN, scattering_rate: 1.0, gamma: 1.0 };
    let law = Law { sample: Some(sample), ..Law::default() };
    assert!(Pictures::new(law, &one).unwrap_err().to_string().contains("conductance"));
    assert!(matches!(
        Pictures::new(Law::default(), &one).unwrap().fit(Picture::Impurities),
        Err(FitError::Fit(_))
    ));
}
