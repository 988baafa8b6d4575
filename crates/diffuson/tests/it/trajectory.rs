//! The mobility edge as a curve: one scaling law for transitions at several disorders, from data made of a known curve.

use diffuson::localization::scaling::{
    Irrelevant, Normalisation, Orders, Quantity, Scaling, ScalingError, ScalingFit, Scan, SizePoint,
};
use diffuson_ensemble::random::Realisation;

/// (W, E_m) and (b_1, b_2, c_0) there: the mobility edge collapses towards the centre of the band, and slopes with it.
const EDGES: [([f64; 2], [f64; 3]); 4] = [
    ([14.0, 7.9], [0.30, 0.06, -2.0]),
    ([15.0, 7.0], [0.18, 0.03, 0.5]),
    ([15.5, 6.5], [0.15, 0.02, 1.5]),
    ([16.0, 5.7], [0.10, 0.01, 3.0]),
];
const EXPONENT: f64 = 1.57;
const CRITICAL_VALUE: f64 = 1.7345;
const IRRELEVANT: f64 = -3.0;
const SIZES: [f64; 4] = [4.0, 6.0, 8.0, 12.0];
const ORDERS: Orders =
    Orders { relevant: 2, irrelevant: 1, relevant_field: 2, irrelevant_field: 0, correction: 0 };
/// The amplitude of the irrelevant field may nearly vanish at a transition, so that no transition's is the unit.
const SCALING: Scaling =
    Scaling { normalisation: Normalisation::Amplitudes, irrelevant: Irrelevant::Known(-3.0, 1.0) };

fn truth(transition: usize, energy: f64, size: f64) -> f64 {
    let ([_, edge], [b1, b2, c0]) = EDGES[transition];
    let w = energy - edge;
    let chi = (b1 * w + b2 * w * w) * size.powf(1.0 / EXPONENT);
    CRITICAL_VALUE + chi + 0.2 * chi * chi + c0 * size.powf(IRRELEVANT)
}

/// Seven energies about each edge, four sizes, relative errors of 0.2 %: data set `number`.
fn data(number: u64) -> Vec<SizePoint> {
    let noise = Realisation::new(54, number);
    let mut points = Vec::new();
    for (transition, ([_, edge], _)) in EDGES.into_iter().enumerate() {
        for size in SIZES {
            for i in 0..7 {
                // grids of energies do not know where the edges are
                let energy = (2.0 * edge).round() / 2.0 + 0.25 * f64::from(i - 3);
                let exact = truth(transition, energy, size);
                let error = 2e-3 * exact;
                let value = exact + error * noise.normal(0, points.len() as u64);
                points.push(SizePoint::new(energy, size, value, error).through(transition));
            }
        }
    }
    points
}

fn joint(points: &[SizePoint]) -> ScalingFit {
    SCALING.fit(points, &ORDERS).unwrap()
}

/// The points of one transition, as if there were no other.
fn alone(points: &[SizePoint], transition: usize) -> Vec<SizePoint> {
    points.iter().filter(|p| p.transition == transition).map(|p| p.through(0)).collect()
}

/// Without noise the curve is the truth, to what convergence leaves of a chi^2 of zero (1e-6 standard errors, times the standard errors).
/// Not so y, which is told to be -3 within 1: that is its truth, too.
#[test]
fn exact_data_give_the_curve() {
    let mut points = data(0);
    points.iter_mut().for_each(|p| p.value = truth(p.transition, p.driving, p.size));
    let fit = joint(&points);
    assert!(fit.fit.chi_squared < 1e-10 && fit.fit.warnings.is_empty(), "{:?}", fit.fit);
    assert_eq!(fit.critical_points.len(), EDGES.len());
    for (found, ([_, edge], _)) in fit.critical_points.iter().zip(EDGES) {
        assert!((found.value - edge).abs() < 1e-5, "{found:?} {edge}");
    }
    assert!((fit.exponent.value - EXPONENT).abs() < 1e-5);
    assert!((fit.critical_values[0].value - CRITICAL_VALUE).abs() < 1e-5);
    // one unit of length for all: xi at equal distance is as b_1^-nu, to first order
    let xi = |t: usize| fit.localisation_length(t, EDGES[t].0[1] + 1e-4).unwrap();
    let expected = (EDGES[3].1[0] / EDGES[0].1[0]).powf(-EXPONENT);
    assert!((xi(3) / xi(0) / expected - 1.0).abs() < 1e-3, "{} {expected}", xi(3) / xi(0));
}

/// Of 80 data sets the 68.3 % intervals contain the exponent in 68.3 % of them and the four edges in 68.3 % of 320, to four binomial
/// standard deviations (21 % and 10 %: one false alarm in 16 000 each). chi^2 summed over all sets has the mean of its degrees of
/// freedom, to four standard deviations.
#[test]
fn intervals_of_the_curve_cover() {
    let sets = 80;
    let (mut exponent, mut edges, mut chi_squared, mut degrees) = (0, 0, 0.0, 0.0);
    for number in 0..sets {
        let fit = joint(&data(number));
        assert!(fit.fit.converged);
        exponent += usize::from((fit.exponent.value - EXPONENT).abs() <= fit.exponent.standard_error);
        let hit = fit.critical_points.iter().zip(EDGES);
        edges += hit.filter(|(e, ([_, edge], _))| (e.value - edge).abs() <= e.standard_error).count();
        chi_squared += fit.fit.chi_squared;
        degrees += fit.fit.degrees_of_freedom as f64;
    }
    let covered =
        |hits: usize, of: f64| (hits as f64 / of - 0.6827).abs() < 4.0 * (0.6827 * 0.3173 / of).sqrt();
    assert!(covered(exponent, sets as f64), "{exponent} of {sets}");
    assert!(covered(edges, (sets as usize * EDGES.len()) as f64), "{edges} edges of {sets} sets");
    assert!((chi_squared - degrees).abs() < 4.0 * (2.0 * degrees).sqrt(), "{chi_squared} {degrees}");
}

/// Sharing what is universal determines the exponent better than the best transition alone, and edges no worse.
#[test]
fn a_joint_fit_knows_more_than_separate_ones() {
    let points = data(1);
    let together = joint(&points);
    let separate: Vec<ScalingFit> = (0..EDGES.len()).map(|t| joint(&alone(&points, t))).collect();
    let best = separate.iter().map(|f| f.exponent.standard_error).fold(f64::INFINITY, f64::min);
    assert!(together.exponent.standard_error < 0.8 * best, "{:?} {best}", together.exponent);
    for (t, (fit, ([_, edge], _))) in separate.iter().zip(EDGES).enumerate() {
        let (one, all) = (fit.critical_point(), together.critical_points[t]);
        // noise of the fits in the covariance itself: some per cent
        assert!(all.standard_error < 1.05 * one.standard_error, "{all:?} {one:?}");
        // four standard errors: one false alarm in 16 000 for each
        assert!((all.value - edge).abs() < 4.0 * all.standard_error, "{all:?}");
        assert!((one.value - edge).abs() < 4.0 * one.standard_error, "{one:?}");
    }
}

/// A transition with a critical value 6 % off (thirty errors of a point, of which its edge and its irrelevant field can take much) fits alone, and not with the others.
#[test]
fn what_is_not_universal_shows() {
    let mut points = data(2);
    points.iter_mut().filter(|p| p.transition == 2).for_each(|p| p.value *= 1.06);
    let odd = joint(&alone(&points, 2));
    assert!(odd.fit.goodness > 1e-3 && odd.audit.passed());
    let together = joint(&points);
    assert!(together.fit.goodness < 1e-3 && !together.audit.passed(), "{}", together.fit.goodness);
    assert!(joint(&data(2)).audit.passed());
}

/// Which transition comes first, and where the energies of one begin, is arbitrary. To 1e-5 standard errors, which two searches for one
/// minimum agree to.
#[test]
fn the_order_of_transitions_is_arbitrary() {
    let points = data(3);
    let reference = joint(&points);
    let last = EDGES.len() - 1;
    let other: Vec<SizePoint> = points
        .iter()
        .map(|p| SizePoint {
            transition: last - p.transition,
            driving: if p.transition == 1 { 10.0 - 2.0 * p.driving } else { p.driving },
            ..*p
        })
        .collect();
    let other = joint(&other);
    assert!((other.fit.chi_squared / reference.fit.chi_squared - 1.0).abs() < 1e-9);
    for t in 0..EDGES.len() {
        let (found, there) = (other.critical_points[last - t], reference.critical_points[t]);
        let (expected, unit) = if t == 1 { (10.0 - 2.0 * there.value, 2.0) } else { (there.value, 1.0) };
        assert!((found.value - expected).abs() < 1e-5 * unit * there.standard_error, "{t}");
        assert!((found.standard_error / (unit * there.standard_error) - 1.0).abs() < 1e-5, "{t}");
    }
    let off = (other.exponent.value - reference.exponent.value).abs();
    assert!(off < 1e-5 * reference.exponent.standard_error);
}

#[test]
fn a_scan_chooses_for_all_transitions_at_once() {
    let points = data(4);
    let scan =
        Scan { irrelevant: 1..=1, irrelevant_field: 0..=0, smallest_sizes: vec![4.0], ..Scan::default() };
    let scanned = SCALING.scan(&points, &scan).unwrap();
    let chosen = scanned.chosen().expect("a fit that passes");
    assert!((chosen.exponent.value - EXPONENT).abs() < 4.0 * chosen.exponent.standard_error);
    for (found, ([_, edge], _)) in chosen.critical_points.iter().zip(EDGES) {
        assert!((found.value - edge).abs() < 4.0 * found.standard_error, "{found:?}");
    }
    // every point keeps its place, and the curve is one
    for (collapsed, point) in chosen.collapse().iter().zip(&points) {
        assert_eq!(collapsed.point, *point);
        assert!((chosen.scaling_function(0, collapsed.variable).unwrap() - collapsed.curve).abs() < 1e-12);
    }
}

#[test]
fn transitions_are_numbered_without_gaps() {
    let points = data(0);
    let gap: Vec<SizePoint> = points.iter().copied().filter(|p| p.transition != 1).collect();
    assert_eq!(SCALING.fit(&gap, &ORDERS).unwrap_err(), ScalingError::Transition(1));
    let thin: Vec<SizePoint> =
        points.iter().copied().filter(|p| p.transition != 1 || p.driving == 7.0).collect();
    assert_eq!(
        SCALING.fit(&thin, &ORDERS).unwrap_err(),
        ScalingError::TooFew { transition: 1, sizes: 4, drivings: 1 }
    );
    let fit = joint(&points);
    assert!(fit.index(Quantity::CriticalPoint(3)).is_ok());
    assert!(matches!(fit.index(Quantity::CriticalPoint(4)), Err(ScalingError::NoSuchQuantity(_))));
    assert_eq!(fit.localisation_length(4, 7.0), None);
}
