use super::comparison::{Comparison, Verdict};
use super::*;
use crate::defects::{KondoCurve, response};
use crate::disorder::Fields;
use crate::fits::tests::Numbers;
use diffuson_ensemble::random::Realisation;

const ERROR: f64 = 0.01;

/// Five temperatures, nine voltages.
fn places() -> impl Iterator<Item = (f64, f64)> {
    [0.5, 1.0, 2.0, 4.0, 8.0].into_iter().flat_map(|t| {
        [0.0, 0.1e-3, 0.2e-3, 0.4e-3, 0.7e-3, 1.2e-3, 2e-3, 3.5e-3, 6e-3].into_iter().map(move |v| (v, t))
    })
}

fn data(conductance: impl Fn(f64, f64) -> f64) -> Data {
    let point = |(bias, temperature)| Point {
        bias,
        temperature,
        conductance: conductance(bias, temperature),
        standard_error: ERROR,
    };
    Data::new(places().map(point).collect()).unwrap()
}

const CROSSOVER: f64 = 2.0;
const AMPLITUDE_OF_DEFECTS: f64 = 1e-3;

fn of_defects(bias: f64, temperature: f64) -> f64 {
    let d = response(bias * KELVIN_PER_VOLT / CROSSOVER, temperature / CROSSOVER);
    40.0 + AMPLITUDE_OF_DEFECTS * CROSSOVER * CROSSOVER * d
}

fn of_kondo(share: f64, measured: Conductance) -> impl Fn(f64, f64) -> f64 {
    let curve = KondoCurve::new(share, measured).unwrap();
    move |bias, temperature| 40.0 + 0.02 * curve.rise(bias * KELVIN_PER_VOLT, temperature)
}

/// `d(V D)/dV` by Richardson's extrapolation of the response itself, good to 1e-8; the curve is an interpolation of error 3e-9 of a slope good to 1e-9.
#[test]
fn curves_are_the_response_and_its_derivative() {
    let law = Law::default();
    let all = data(|_, _| 1.0);
    let chord = Law { measured: Conductance::Chord, ..law };
    let curves = [law, chord].map(|l| Curves::new(l, &all));
    for (row, p) in all.points().iter().enumerate() {
        for crossover in [0.02, 0.9, 3.0, 40.0, 900.0] {
            let (v, t) = (p.bias * KELVIN_PER_VOLT / crossover, p.temperature / crossover);
            let current = |v: f64| v * response(v, t);
            let h = 0.02 * v.hypot(t);
            let central = |h: f64| (current(v + h) - current(v - h)) / (2.0 * h);
            let [one, two, four] = [1.0, 0.5, 0.25].map(|s| central(s * h));
            let [first, second] = [(4.0 * two - one) / 3.0, (4.0 * four - two) / 3.0];
            let unit = crossover * crossover;
            let want = unit * (16.0 * second - first) / 15.0;
            let got = curves[0].defects(row, crossover);
            assert!((got / want - 1.0).abs() < 3e-8, "{p:?} {crossover}: {got} {want}");
            let got = curves[1].defects(row, crossover);
            assert!((got / (unit * response(v, t)) - 1.0).abs() < 1e-8, "{p:?} {crossover}: {got}");
        }
    }
}

/// Without noise the parameters come back: chi^2 falls to the square of the interpolation error, 3e-9 of an anomaly of some ten errors.
#[test]
fn exact_data_give_their_parameters() {
    for (measured, frozen) in
        [(Conductance::Chord, false), (Conductance::Differential, true), (Conductance::Differential, false)]
    {
        let law = Law { measured, frozen, linear: true, ..Law::default() };
        let truth = data(|v, t| 2.0 + 0.3 * 1e3 * v + 5e-3 * curves::defects(&law, v, t, 2.5));
        let fit = Pictures::new(law, &truth).unwrap().fit(Picture::Defects).unwrap();
        let want = [2.0, 5e-3, 2.5, 0.3, 0.0];
        for (got, want) in fit.fit.values.iter().zip(want) {
            assert!((got - want).abs() < 1e-5 * (1.0 + want), "{measured:?} {:?}", fit.fit.values);
        }
        assert!(
            fit.fit.chi_squared < 1e-6
                && (fit.conductance(1e-3, 2.0) - (2.3 + 5e-3 * fit.anomaly(1e-3, 2.0))).abs() < 1e-5
        );
        let share = Law { measured, share: None, quadratic: true, ..Law::default() };
        let truth =
            data(|v, t| of_kondo(0.4, measured)(v, t) - 1e-3 * background(&[0.0, 0.0, 0.0, 0.0, 1.0], v, t));
        let fit = Pictures::new(share, &truth).unwrap().fit(Picture::Kondo).unwrap();
        let want = [40.0, 0.02, 0.4, 0.0, -1e-3];
        for (got, want) in fit.fit.values.iter().zip(want) {
            assert!((got - want).abs() < 1e-5 * (1.0 + want), "{measured:?} {:?}", fit.fit.values);
        }
    }
}

/// Intervals of 68 % cover the truth as often as they say: four binomial standard deviations of 120 experiments are 17 %, one false alarm in 16 000 for each of the six parameters.
#[test]
fn intervals_cover() {
    const EXPERIMENTS: u64 = 120;
    let law = Law { measured: Conductance::Chord, ..Law::default() };
    let cases: [(Picture, Data, [f64; 3]); 2] = [
        (Picture::Defects, data(of_defects), [40.0, AMPLITUDE_OF_DEFECTS, CROSSOVER]),
        (Picture::Kondo, data(of_kondo(0.5, Conductance::Chord)), [40.0, 0.02, 0.5]),
    ];
    for (picture, exact, truth) in cases {
        let pictures = Pictures::new(law, &exact).unwrap();
        let mut hits = [0.0; 3];
        for n in 0..EXPERIMENTS {
            let mut noise = vec![0.0; exact.points().len()];
            Numbers(Realisation::new(31, n)).normal(0, 0, &mut noise);
            let drawn: Vec<f64> =
                exact.points().iter().zip(&noise).map(|(p, z)| p.conductance + ERROR * z).collect();
            let fit = pictures.with_conductances(&drawn).fit(picture).unwrap();
            for (j, hit) in hits.iter_mut().enumerate() {
                let i = fit.interval(j, ONE_SIGMA).unwrap();
                *hit += f64::from(i.low <= truth[j] && truth[j] <= i.high) / EXPERIMENTS as f64;
            }
        }
        for hit in hits {
            assert!(
                (hit - 0.6827).abs() < 4.0 * (0.6827 * 0.3173 / EXPERIMENTS as f64).sqrt(),
                "{picture:?} {hits:?}"
            );
        }
    }
}

fn noisy(exact: &Data, error: f64, n: u64) -> Data {
    let noise = Realisation::new(47, n);
    let points = exact.points().iter().enumerate().map(|(k, p)| Point {
        conductance: p.conductance + error * noise.normal(0, k as u64),
        standard_error: error,
        ..*p
    });
    Data::new(points.collect()).unwrap()
}

/// Good data choose the right picture; so do most repetitions of them, and they choose the wrong one in no more than the stated one in a hundred: of 2 x 150, more than 9 wrong ones
/// would come once in 2000 trials if one in a hundred (3) were expected.
#[test]
fn good_data_choose_and_seldom_mislead() {
    let law = Law { measured: Conductance::Chord, ..Law::default() };
    let mut wrong = 0.0;
    let kondo = data(of_kondo(0.5, Conductance::Chord));
    for (truth, exact) in [(Picture::Defects, data(of_defects)), (Picture::Kondo, kondo)] {
        let comparison = Comparison::new(law, &noisy(&exact, ERROR, 1)).unwrap();
        assert_eq!(comparison.verdict(), Verdict::Prefers(truth), "{}", comparison.advantage());
        assert!(
            comparison.audit().unwrap().passed() && comparison.warnings().is_empty(),
            "{:?}",
            comparison.warnings()
        );
        let numbers = Numbers(Realisation::new(5, 0));
        let repeated = comparison.repeat(truth, 150, &numbers, 1).unwrap();
        assert!(repeated.right > 0.5 && repeated.repetitions == 150, "{repeated:?}");
        assert!((repeated.right + repeated.wrong + repeated.undecided - 1.0).abs() < 1e-12);
        wrong += 150.0 * repeated.wrong;
    }
    assert!(wrong <= 9.0, "{wrong}");
}

/// Errors as large as the anomaly: the data do not decide, say so, and seldom choose wrongly.
#[test]
fn poor_data_say_that_they_are() {
    let law = Law { measured: Conductance::Chord, ..Law::default() };
    let comparison = Comparison::new(law, &noisy(&data(of_defects), 30.0 * ERROR, 2)).unwrap();
    assert_eq!(comparison.verdict(), Verdict::Undecided);
    assert!(comparison.warnings().iter().any(|w| w.contains("do not decide")));
    let numbers = Numbers(Realisation::new(6, 0));
    for truth in [Picture::Defects, Picture::Kondo] {
        let repeated = comparison.repeat(truth, 150, &numbers, 2).unwrap();
        // one in a hundred is allowed: more than 6 of 150 would come once in 1000 trials
        assert!(repeated.undecided > 0.5 && repeated.wrong <= 0.04, "{repeated:?}");
    }
}

/// What is neither: a conductance that falls with bias and rises with temperature.
#[test]
fn other_laws_are_refused_by_both() {
    let law = Law { measured: Conductance::Chord, ..Law::default() };
    let comparison = Comparison::new(law, &data(|v, t| 40.0 + 0.2 * t - 300.0 * v)).unwrap();
    assert_eq!(comparison.verdict(), Verdict::Neither);
    assert!(!comparison.audit().unwrap().passed());
}

#[test]
fn wrong_data_are_refused() {
    let good = Point { bias: 0.0, temperature: 1.0, conductance: 1.0, standard_error: 0.1 };
    assert_eq!(Data::new(Vec::new()), Err(ZeroBiasError::Empty));
    for (bad, what) in [
        (Point { temperature: 0.0, ..good }, "temperature"),
        (Point { standard_error: -1.0, ..good }, "standard error"),
        (Point { bias: f64::NAN, ..good }, "bias"),
        (Point { conductance: f64::INFINITY, ..good }, "conductance"),
    ] {
        let error = Data::new(vec![good, bad]).unwrap_err().to_string();
        assert!(error.contains("point 1") && error.contains(what), "{error}");
    }
    let one = Data::new(vec![good]).unwrap();
    let law = Law { crossover: Some(-1.0), ..Law::default() };
    assert!(Pictures::new(law, &one).unwrap_err().to_string().contains("crossover energy must be positive"));
    assert!(matches!(
        Pictures::new(Law::default(), &one).unwrap().fit(Picture::Kondo),
        Err(ZeroBiasError::Fit(_))
    ));
}
