//! Finite-size scaling of data whose critical point and exponents are known, because they were made from them.

use diffuson::localization::scaling::{
    Irrelevant, NINETY_FIVE_PERCENT, Normalisation, ONE_SIGMA, Orders, Quantity, Scaling, ScalingError,
    ScalingFit, Scan, SizePoint,
};
use diffuson_ensemble::random::Realisation;

const CRITICAL_POINT: f64 = 16.54;
const EXPONENT: f64 = 1.57;
const IRRELEVANT: f64 = -2.0;
const CRITICAL_VALUES: [f64; 2] = [1.734, 2.25];
const ORDERS: Orders =
    Orders { relevant: 2, irrelevant: 1, relevant_field: 2, irrelevant_field: 0, correction: 0 };

/// The scaling functions behind the data: orders n_R = 2, m_R = 2, and one irrelevant term, of opposite sign for the two observables
/// (the case that determines it best).
fn truth(observable: usize, disorder: f64, size: f64) -> f64 {
    let w = (disorder - CRITICAL_POINT) / CRITICAL_POINT;
    let chi = (w + 0.8 * w * w) * size.powf(1.0 / EXPONENT);
    let irrelevant = size.powf(IRRELEVANT);
    match observable {
        0 => CRITICAL_VALUES[0] + 0.9 * chi + 0.15 * chi * chi - 1.0 * irrelevant,
        _ => CRITICAL_VALUES[1] + 1.1 * chi + 0.20 * chi * chi - 4.0 * irrelevant,
    }
}

/// Nine values of the disorder, five sizes, relative errors of 0.1 %: data set `number`.
fn data(number: u64, observables: usize) -> Vec<SizePoint> {
    let noise = Realisation::new(316, number);
    let mut points = Vec::new();
    for observable in 0..observables {
        for size in [4.0, 6.0, 8.0, 12.0, 16.0] {
            for i in 0..9 {
                let disorder = 15.0 + 0.375 * f64::from(i);
                let exact = truth(observable, disorder, size);
                let error = 1e-3 * exact;
                let value = exact + error * noise.normal(0, points.len() as u64);
                points.push(SizePoint::new(disorder, size, value, error).of(observable));
            }
        }
    }
    points
}

fn fit(points: &[SizePoint]) -> ScalingFit {
    Scaling::default().fit(points, &ORDERS).unwrap()
}

/// Without noise the fit is the truth, whatever the start: to what convergence leaves of a chi^2 of zero (1e-12 in it, 1e-6 standard
/// errors, times the standard errors).
#[test]
fn exact_data_give_the_truth() {
    let mut points = data(0, 1);
    points.iter_mut().for_each(|p| p.value = truth(0, p.driving, p.size));
    let fit = fit(&points);
    assert!(fit.fit.chi_squared < 1e-10 && fit.fit.warnings.is_empty(), "{:?}", fit.fit);
    assert!((fit.critical_point().value - CRITICAL_POINT).abs() < 1e-5);
    assert!((fit.exponent.value - EXPONENT).abs() < 1e-5);
    assert!((fit.irrelevant_exponent.unwrap().value - IRRELEVANT).abs() < 1e-4);
    assert!((fit.critical_values[0].value - CRITICAL_VALUES[0]).abs() < 1e-5);
}

/// The 68.3 % intervals of 120 data sets contain the truth in 68.3 % of them, to four binomial standard deviations (17 %: one false
/// alarm in 16 000 each), those of 95 % likewise (8 %). The goodness of fit is uniform: Kolmogorov and Smirnov's distance times
/// sqrt(N) exceeds 1.95 once in 1000.
#[test]
fn intervals_cover_and_the_goodness_of_fit_is_uniform() {
    let sets = 120;
    let quantities = [(Quantity::CriticalPoint(0), CRITICAL_POINT), (Quantity::Exponent, EXPONENT)];
    let (mut profile, mut wide, mut normal, mut goodness) = ([0; 2], [0; 2], [0; 2], Vec::new());
    for number in 0..sets {
        let fit = fit(&data(number, 1));
        assert!(fit.fit.converged);
        goodness.push(fit.fit.goodness);
        for (k, (quantity, exact)) in quantities.into_iter().enumerate() {
            for (hits, rise) in [(&mut profile[k], ONE_SIGMA), (&mut wide[k], NINETY_FIVE_PERCENT)] {
                let found = fit.interval(quantity, rise).unwrap();
                *hits += usize::from(found.low <= exact && exact <= found.high);
            }
            let j = fit.index(quantity).unwrap();
            normal[k] += usize::from((fit.fit.values[j] - exact).abs() <= fit.fit.standard_errors[j]);
        }
    }
    let n = sets as f64;
    let covered =
        |hits: usize, level: f64| (hits as f64 / n - level).abs() < 4.0 * (level * (1.0 - level) / n).sqrt();
    assert!(profile.iter().chain(&normal).all(|&h| covered(h, 0.6827)), "{profile:?} {normal:?}");
    assert!(wide.iter().all(|&h| covered(h, 0.95)), "{wide:?}");
    goodness.sort_by(f64::total_cmp);
    let distance = goodness
        .iter()
        .enumerate()
        .map(|(i, q)| (q - i as f64 / n).abs().max((q - (i + 1) as f64 / n).abs()))
        .fold(0.0, f64::max);
    assert!(distance * n.sqrt() < 1.95, "{distance}");
}

/// What the irrelevant field contributes at L = 4 is 30 standard errors: without it the fit must fail, and W_c is off.
#[test]
fn a_missing_irrelevant_field_shows() {
    let points = data(1, 1);
    let without = Scaling::default().fit(&points, &Orders::new(3, 0, 2, 0)).unwrap();
    assert!(without.fit.goodness < 1e-6 && !without.audit.passed());
    let with = fit(&points);
    assert!(with.fit.goodness > 1e-3 && with.audit.passed());
    let off =
        (without.critical_point().value - CRITICAL_POINT).abs() / without.critical_point().standard_error;
    assert!(off > 3.0, "{off}");
}

/// Which amplitudes are 1, and in which units sizes, disorder and the quantity are given, is arbitrary: the critical point, the
/// exponents and chi^2 do not know. To 1e-5 standard errors, which two searches for one minimum agree to.
#[test]
fn normalisation_and_units_are_arbitrary() {
    let points = data(2, 2);
    let reference = fit(&points);
    let amplitudes = Scaling { normalisation: Normalisation::Amplitudes, ..Scaling::default() };
    let scaled = |size: f64, driving: f64, value: f64| -> Vec<SizePoint> {
        let scale = |p: &SizePoint| SizePoint {
            size: size * p.size,
            driving: driving * p.driving,
            value: value * p.value,
            error: value.abs() * p.error,
            ..*p
        };
        points.iter().map(scale).collect()
    };
    let variants = [
        (amplitudes.fit(&points, &ORDERS).unwrap(), 1.0, 1.0),
        (fit(&scaled(3.0, 1.0, 1.0)), 1.0, 1.0),
        (fit(&scaled(1.0, -0.1, 1.0)), -0.1, 1.0),
        (fit(&scaled(1.0, 1.0, -50.0)), 1.0, -50.0),
    ];
    // a critical point at zero, as of an energy
    let moved: Vec<SizePoint> = points
        .iter()
        .map(|p| SizePoint { driving: p.driving - reference.critical_point().value, ..*p })
        .collect();
    assert!(fit(&moved).critical_point().value.abs() < 1e-5 * reference.critical_point().standard_error);
    for (k, (other, driving, value)) in variants.iter().enumerate() {
        let same = |a: f64, b: f64, error: f64| (a - b).abs() < 1e-5 * error;
        let (point, nu, y) =
            (reference.critical_point(), reference.exponent, reference.irrelevant_exponent.unwrap());
        assert!(same(other.critical_point().value / driving, point.value, point.standard_error), "{k}");
        assert!(same(other.exponent.value, nu.value, nu.standard_error), "{k}");
        assert!(same(other.irrelevant_exponent.unwrap().value, y.value, y.standard_error), "{k}");
        let critical = reference.critical_values[1];
        assert!(same(other.critical_values[1].value / value, critical.value, critical.standard_error), "{k}");
        assert!((other.fit.chi_squared / reference.fit.chi_squared - 1.0).abs() < 1e-9, "{k}");
        for (mine, theirs) in [(point, other.critical_point()), (nu, other.exponent)] {
            let ratio = theirs.standard_error / mine.standard_error;
            let unit = if theirs == other.critical_point() { driving.abs() } else { 1.0 };
            assert!((ratio / unit - 1.0).abs() < 1e-5, "{k}");
        }
    }
}

/// A second observable with larger corrections determines what they share: the information of both adds up, and y gains most.
#[test]
fn observables_share_exponents() {
    let (one, two) = (fit(&data(3, 1)), fit(&data(3, 2)));
    assert_eq!(two.critical_values.len(), 2);
    assert!(two.exponent.standard_error < 0.8 * one.exponent.standard_error);
    assert!(two.critical_point().standard_error < 0.8 * one.critical_point().standard_error);
    let [y1, y2] = [&one, &two].map(|f| f.irrelevant_exponent.unwrap());
    assert!(y2.standard_error < 0.4 * y1.standard_error, "{y1:?} {y2:?}");
    // four standard errors: one false alarm in 16 000 for each
    assert!((y2.value - IRRELEVANT).abs() < 4.0 * y2.standard_error);
    for (critical, exact) in two.critical_values.iter().zip(CRITICAL_VALUES) {
        assert!((critical.value - exact).abs() < 4.0 * critical.standard_error);
    }
}

/// y is fitted, helped or held; its uncertainty is part of that of W_c unless it is held.
#[test]
fn the_irrelevant_exponent_is_fitted_or_known() {
    let points = data(4, 1);
    let with = |irrelevant| Scaling { irrelevant, ..Scaling::default() }.fit(&points, &ORDERS).unwrap();
    let (free, known, held) = (
        with(Irrelevant::Free),
        with(Irrelevant::Known(IRRELEVANT, 0.1)),
        with(Irrelevant::Held(IRRELEVANT)),
    );
    let errors = [&free, &known, &held].map(|f| f.critical_point().standard_error);
    assert!(errors[0] > errors[1] && errors[1] > errors[2], "{errors:?}");
    assert!(known.irrelevant_exponent.unwrap().standard_error < 0.1);
    assert_eq!(held.irrelevant_exponent.unwrap().standard_error, 0.0);
    let correlation = free.correlation(Quantity::IrrelevantExponent, Quantity::CriticalPoint(0)).unwrap();
    // what holding y takes off the variance of W_c is its correlation with it: var(W_c | y) = var(W_c) (1 - rho^2), at two minima that
    // differ by the noise of y
    let expected = errors[0] * (1.0 - correlation * correlation).sqrt();
    assert!((errors[2] / expected - 1.0).abs() < 0.3, "{} {expected} {correlation}", errors[2]);
}

#[test]
fn a_scan_reports_everything_and_chooses_what_is_there() {
    let points = data(5, 2);
    let scan = Scan { irrelevant: 0..=1, relevant_field: 1..=3, ..Scan::default() };
    let scanned = Scaling::default().scan(&points, &scan).unwrap();
    // two smallest sizes; 3 x 3 orders without, 3 x 3 x 2 with irrelevant field
    assert_eq!(scanned.tried.len(), 2 * (9 + 18));
    let chosen = scanned.chosen().expect("a fit that passes");
    assert!(chosen.fit.goodness > 0.1 && chosen.fit.warnings.is_empty());
    for (found, exact) in [(chosen.critical_point(), CRITICAL_POINT), (chosen.exponent, EXPONENT)] {
        assert!((found.value - exact).abs() < 4.0 * found.standard_error, "{found:?}");
    }
    assert_eq!(chosen.smallest_size, 4.0, "all sizes are described by one irrelevant field");
    assert!(
        chosen.orders.irrelevant == 1 && chosen.orders.relevant >= 2 && chosen.orders.relevant_field >= 2
    );
    let smallest = scanned.tried.iter().find(|t| t.orders == Orders::new(1, 0, 1, 0)).unwrap();
    assert!(
        smallest.outcome.as_ref().unwrap().fit.goodness < 1e-6,
        "too simple a fit is reported, and fails"
    );
}

/// The expansion that a scan chooses is quoted with the errors of its fit, which know nothing of the choice. Of 48 data sets, bars of 4 to 8 sites across with errors
/// of 0.35 % and little known of y, the standard errors must still cover W_c and nu in half, and twice those in 85 % (68 and 95 % for an expansion that is given).
/// Were the coverage 60 and 94 %, other seeds would miss these bounds once in 16 and in 100 trials.
#[test]
fn what_a_scan_chooses_covers_the_truth() {
    let (critical, nu, y) = (18.8, 1.44, -2.8);
    let law = |disorder: f64, size: f64| {
        let w = (disorder - critical) / critical;
        let chi = (w - 0.6 * w * w) * size.powf(1.0 / nu);
        let relevant = 1.8 + chi * (2.6 + chi * (0.35 - 0.02 * chi));
        relevant + (0.3 * chi - 0.3) * size.powf(y)
    };
    let scaling = Scaling { irrelevant: Irrelevant::Known(-2.5, 1.0), ..Scaling::default() };
    let (sets, mut hits, mut choices) = (48, [[0; 2]; 2], 0);
    for set in 0..sets {
        let noise = Realisation::new(77, set);
        let mut points = Vec::new();
        for size in [4.0f64, 5.0, 6.0, 7.0, 8.0] {
            for i in 0..7 {
                let disorder = 17.3 + 0.5 * f64::from(i);
                let exact = law(disorder, size);
                let error = 3.5e-3 * exact * (size / 6.0).sqrt();
                let value = exact + error * noise.normal(0, points.len() as u64);
                points.push(SizePoint::new(disorder, size, value, error));
            }
        }
        let scanned = scaling.scan(&points, &Scan::default()).unwrap();
        let Some(fit) = scanned.chosen() else { continue };
        choices += 1;
        for (hits, (found, exact)) in
            hits.iter_mut().zip([(fit.critical_point(), critical), (fit.exponent, nu)])
        {
            let pull = (found.value - exact).abs() / found.standard_error;
            hits[0] += usize::from(pull < 1.0);
            hits[1] += usize::from(pull < 2.0);
        }
    }
    assert!(choices >= 46, "{choices} of {sets} have an acceptable and stable fit");
    for [once, twice] in hits {
        assert!(once >= 24 && twice >= 41, "{hits:?}");
    }
}

#[test]
fn points_collapse_onto_the_scaling_function() {
    let points = data(6, 2);
    let fit = fit(&points);
    let collapsed = fit.collapse();
    assert_eq!(collapsed.len(), points.len());
    for c in &collapsed {
        assert!(
            (c.value - c.curve - c.residual * c.point.error).abs() < 1e-12,
            "what is off the curve is noise"
        );
        assert!((fit.scaling_function(c.point.observable, c.variable).unwrap() - c.curve).abs() < 1e-12);
    }
    let signs: Vec<bool> = collapsed.iter().map(|c| c.variable > 0.0).collect();
    assert!(signs.contains(&true) && signs.contains(&false), "both branches");
    // |chi_1|^nu = L/xi
    let c = &collapsed[0];
    let ratio = c.variable.abs().powf(fit.exponent.value)
        * fit.localisation_length(0, c.point.driving).unwrap()
        / c.point.size;
    assert!((ratio - 1.0).abs() < 1e-12);
    assert!(fit.localisation_length(0, fit.critical_point().value).unwrap().is_infinite());
    let (near, far) =
        (fit.localisation_length(0, CRITICAL_POINT - 0.2), fit.localisation_length(0, CRITICAL_POINT - 0.4));
    assert!(
        near.unwrap() > 2.0 * far.unwrap(),
        "xi diverges towards W_c as the distance to the power -nu, up to b_2"
    );
}

/// 200 repetitions know a standard deviation to 5 %; four times that, and 10 % for nu's skewness.
#[test]
fn resampling_agrees_with_the_covariance() {
    let points = data(7, 2);
    let fit = fit(&points);
    let repeated = fit.bootstrap(200, 1).unwrap();
    for (quantity, found) in
        [(Quantity::CriticalPoint(0), fit.critical_point()), (Quantity::Exponent, fit.exponent)]
    {
        let spread = repeated.standard_error(fit.index(quantity).unwrap());
        assert!((spread / found.standard_error - 1.0).abs() < 0.3, "{spread} {found:?}");
    }
    // new data of the same law, from these coefficients: the same minimum as from scratch
    let again = data(8, 2);
    let (warm, cold) = (fit.refit(&again).unwrap(), Scaling::default().fit(&again, &ORDERS).unwrap());
    assert!((warm.exponent.value - cold.exponent.value).abs() < 1e-5 * cold.exponent.standard_error);
}

#[test]
fn invalid_input_is_refused_with_its_number() {
    let points = data(0, 1);
    let scaling = Scaling::default();
    let with = |change: &dyn Fn(&mut SizePoint)| {
        let mut points = points.clone();
        change(&mut points[3]);
        scaling.fit(&points, &ORDERS).unwrap_err()
    };
    assert!(matches!(with(&|p| p.error = 0.0), ScalingError::Point { index: 3, given: 0.0, .. }));
    assert!(matches!(with(&|p| p.size = -4.0), ScalingError::Point { index: 3, given: -4.0, .. }));
    assert!(matches!(with(&|p| p.value = f64::NAN), ScalingError::Point { index: 3, .. }));
    assert_eq!(with(&|p| p.observable = 2), ScalingError::Observable(1));
    assert_eq!(with(&|p| p.observable = usize::MAX), ScalingError::Observable(1));
    assert_eq!(
        scaling.fit(&[], &ORDERS).unwrap_err(),
        ScalingError::TooFew { transition: 0, sizes: 0, drivings: 0 }
    );
    assert!(matches!(
        scaling.fit(&points[..9], &ORDERS),
        Err(ScalingError::TooFew { transition: 0, sizes: 1, drivings: 9 })
    ));
    assert!(matches!(scaling.fit(&points, &Orders::new(0, 0, 1, 0)), Err(ScalingError::Orders(_))));
    assert!(matches!(scaling.fit(&points[4..12], &Orders::new(3, 1, 3, 1)), Err(ScalingError::Fit(_))));
    let plain = scaling.fit(&points, &Orders::new(2, 0, 1, 0)).unwrap();
    assert!(matches!(plain.index(Quantity::IrrelevantExponent), Err(ScalingError::NoSuchQuantity(_))));
    assert!(plain.scaling_function(1, 0.0).is_none());
}
