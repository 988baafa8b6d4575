//! Errors in both axes.

use diffuson_ensemble::random::Realisation;
use diffuson_fit::bootstrap::bootstrap;
use diffuson_fit::curve::{Curve, Function, Measurement};
use diffuson_fit::least_squares::{Fit, fit};
use diffuson_fit::model::Model;
use diffuson_fit::parameter::Parameter;

struct Line;

impl Function for Line {
    fn ordinates(&self, _: usize, x: f64, p: &[f64], y: &mut [f64]) {
        y[0] = p[0] + p[1] * x;
    }

    fn derivatives(&self, _: usize, x: f64, p: &[f64], slope: &mut [f64], gradient: &mut [f64]) -> bool {
        slope[0] = p[1];
        gradient.copy_from_slice(&[1.0, x]);
        true
    }
}

/// (x, y, weight of x, weight of y): K. Pearson, Phil. Mag. 2, 559 (1901), with the weights of D. York, Can. J. Phys. 44, 1079 (1966).
const PEARSON_YORK: [(f64, f64, f64, f64); 10] = [
    (0.0, 5.9, 1000.0, 1.0),
    (0.9, 5.4, 1000.0, 1.8),
    (1.8, 4.4, 500.0, 4.0),
    (2.6, 4.6, 800.0, 8.0),
    (3.3, 3.5, 200.0, 20.0),
    (4.4, 3.7, 80.0, 20.0),
    (5.2, 2.8, 60.0, 70.0),
    (6.1, 2.8, 20.0, 70.0),
    (6.5, 2.4, 1.8, 100.0),
    (7.4, 1.5, 1.0, 500.0),
];

fn straight_line(supplied: bool) -> Fit {
    let data = PEARSON_YORK
        .iter()
        .map(|&(x, y, wx, wy)| {
            Measurement::new(x, vec![(y, wy.powf(-0.5))]).with_abscissa_error(wx.powf(-0.5))
        })
        .collect();
    let parameters = [Parameter::new("intercept", "", 5.0), Parameter::new("slope", "", 0.0)];
    if supplied {
        fit(&Curve::new(data, Line).unwrap(), &parameters).unwrap()
    } else {
        let line = |row: usize, x: f64, p: &[f64], y: &mut [f64]| Line.ordinates(row, x, p, y);
        fit(&Curve::new(data, line).unwrap(), &parameters).unwrap()
    }
}

/// Intercept 5.47991022, slope -0.480533407 (the exact solution, F. Neri et al., J. Phys. E 22, 215 (1989)), chi^2/8 = 1.483294149 and
/// standard errors 0.294970735, 0.0579850090 (D. York et al., Am. J. Phys. 72, 367 (2004)), each to its last printed digit.
#[test]
fn pearsons_data_with_yorks_weights() {
    let fit = straight_line(true);
    assert!(fit.converged, "{:?}", fit.warnings);
    assert!((fit.values[0] - 5.47991022).abs() < 1e-8 && (fit.values[1] + 0.480533407).abs() < 1e-9);
    assert_eq!(fit.degrees_of_freedom, 8);
    assert!((fit.chi_squared / 8.0 - 1.483294149).abs() < 1e-9);
    assert!((fit.standard_errors[0] - 0.294970735).abs() < 1e-8, "{}", fit.standard_errors[0]);
    assert!((fit.standard_errors[1] - 0.0579850090).abs() < 1e-9, "{}", fit.standard_errors[1]);
}

/// With numerical derivatives the abscissae, and their dependence on the parameters, come from differences: values to 1e-6 standard
/// errors. The errors differ in the curvature that the projection leaves out, which vanishes with the residuals: some per cent here.
#[test]
fn derivatives_need_not_be_supplied() {
    let (exact, numerical) = (straight_line(true), straight_line(false));
    for j in 0..2 {
        assert!((exact.values[j] - numerical.values[j]).abs() < 1e-6 * exact.standard_errors[j]);
        assert!((numerical.standard_errors[j] / exact.standard_errors[j] - 1.0).abs() < 0.05);
    }
    assert!((exact.chi_squared - numerical.chi_squared).abs() < 1e-9);
}

/// Equal errors in both axes, ratio delta = (sigma_y/sigma_x)^2: Deming's slope,
/// `(s_yy - delta s_xx + sqrt((s_yy - delta s_xx)^2 + 4 delta s_xy^2)) / (2 s_xy)`. To what the search for the abscissae leaves, 1e-9.
#[test]
fn demings_regression() {
    let (sigma_x, sigma_y) = (0.3, 0.5);
    let random = Realisation::new(9, 0);
    let points: Vec<(f64, f64)> = (0..25)
        .map(|i| {
            (
                i as f64 * 0.4 + sigma_x * random.normal(0, i),
                1.0 + 0.8 * i as f64 + sigma_y * random.normal(1, i),
            )
        })
        .collect();
    let n = points.len() as f64;
    let (mx, my) = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    let sum = |f: &dyn Fn(f64, f64) -> f64| points.iter().map(|&(x, y)| f(x - mx, y - my)).sum::<f64>();
    let delta: f64 = (sigma_y / sigma_x).powi(2);
    let (xx, yy, xy) = (sum(&|x, _| x * x), sum(&|_, y| y * y), sum(&|x, y| x * y));
    let difference = yy - delta * xx;
    let slope = (difference + (difference * difference + 4.0 * delta * xy * xy).sqrt()) / (2.0 * xy);
    let data = points
        .iter()
        .map(|&(x, y)| Measurement::new(x, vec![(y, sigma_y)]).with_abscissa_error(sigma_x))
        .collect();
    let curve = Curve::new(data, Line).unwrap();
    let fit = fit(&curve, &[Parameter::new("a", "", 0.0), Parameter::new("b", "", 1.0)]).unwrap();
    assert!((fit.values[1] / slope - 1.0).abs() < 1e-8);
    assert!((fit.values[0] - (my - slope * mx)).abs() < 1e-8);
}

/// Two ordinates at one measured abscissa know where it truly was: against the full problem with the abscissae as parameters, whose
/// covariance the elimination must reproduce up to curvature times residuals (data without noise: exactly, to numerical derivatives).
#[test]
fn elimination_is_the_full_problem() {
    struct Pair;
    impl Function for Pair {
        fn ordinates(&self, _: usize, x: f64, p: &[f64], y: &mut [f64]) {
            (y[0], y[1]) = (p[0] * (p[1] * x).exp(), p[0] * x * x);
        }
        fn derivatives(&self, _: usize, x: f64, p: &[f64], slope: &mut [f64], gradient: &mut [f64]) -> bool {
            let e = (p[1] * x).exp();
            slope.copy_from_slice(&[p[0] * p[1] * e, 2.0 * p[0] * x]);
            gradient.copy_from_slice(&[e, p[0] * x * e, x * x, 0.0]);
            true
        }
    }
    struct Full(Vec<(f64, [f64; 2])>);
    impl Model for Full {
        fn residuals(&self) -> usize {
            3 * self.0.len()
        }
        fn evaluate(&self, p: &[f64], r: &mut [f64]) {
            for (i, (x, y)) in self.0.iter().enumerate() {
                let mut f = [0.0; 2];
                Pair.ordinates(0, p[2 + i], p, &mut f);
                r[3 * i..][..3].copy_from_slice(&[
                    (y[0] - f[0]) / 0.1,
                    (y[1] - f[1]) / 0.2,
                    (x - p[2 + i]) / 0.05,
                ]);
            }
        }
    }
    let points: Vec<(f64, [f64; 2])> = (1..9)
        .map(|i| {
            let (x, mut y) = (0.25 * i as f64, [0.0; 2]);
            Pair.ordinates(0, x, &[1.2, -0.6], &mut y);
            (x, y)
        })
        .collect();
    let data = points
        .iter()
        .map(|&(x, y)| Measurement::new(x, vec![(y[0], 0.1), (y[1], 0.2)]).with_abscissa_error(0.05))
        .collect();
    let curve = Curve::new(data, Pair).unwrap();
    let parameters = [Parameter::new("amplitude", "", 1.0), Parameter::new("rate", "", -0.5)];
    let small = fit(&curve, &parameters).unwrap();
    let mut all = parameters.to_vec();
    all.extend(points.iter().enumerate().map(|(i, p)| Parameter::new(format!("x{i}"), "", p.0)));
    let full = fit(&Full(points), &all).unwrap();
    assert_eq!(small.degrees_of_freedom, full.degrees_of_freedom);
    for i in 0..2 {
        assert!((small.values[i] - [1.2, -0.6][i]).abs() < 1e-8);
        for j in 0..2 {
            let scale = small.standard_errors[i] * small.standard_errors[j];
            assert!((small.covariance(i, j) - full.covariance(i, j)).abs() < 1e-6 * scale);
        }
    }
}

/// Repetitions redraw abscissae and ordinates: their spread is the standard error of the fit. 400 of them know it to 3.5 %; five times
/// that, plus some per cent that the line's own nonlinearity in its slope makes.
#[test]
fn repetitions_redraw_the_abscissae() {
    let data = (0..20)
        .map(|i| {
            Measurement::new(f64::from(i), vec![(2.0 + 0.5 * f64::from(i), 0.2)]).with_abscissa_error(0.4)
        })
        .collect();
    let curve = Curve::new(data, Line).unwrap();
    let fit = fit(&curve, &[Parameter::new("a", "", 0.0), Parameter::new("b", "", 1.0)]).unwrap();
    let repeated = bootstrap(&curve, &fit, 400, 3).unwrap();
    for j in 0..2 {
        assert!((repeated.standard_error(j) / fit.standard_errors[j] - 1.0).abs() < 0.2);
    }
    let mean = repeated.chi_squared.iter().sum::<f64>() / 400.0;
    assert!((mean - 18.0).abs() < 5.0 * (36.0f64 / 400.0).sqrt());
}
