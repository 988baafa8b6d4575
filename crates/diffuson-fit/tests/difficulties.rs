//! What goes wrong is said, not computed.

use diffuson_fit::Error;
use diffuson_fit::curve::{Curve, Measurement};
use diffuson_fit::least_squares::{Warning, fit};
use diffuson_fit::parameter::Parameter;
use diffuson_fit::posterior::{self, Sampling, sample};
use diffuson_fit::profile::{End, ONE_SIGMA, interval};

fn data(y: impl Fn(f64) -> f64) -> Vec<Measurement> {
    (1..=10).map(|i| Measurement::new(f64::from(i), vec![(y(f64::from(i)), 0.1)])).collect()
}

/// Only the product of two amplitudes matters: both are unknown, what does not mix with them is not.
#[test]
fn what_the_data_leave_open_has_no_error_bar() {
    let function = |_: usize, x: f64, p: &[f64], y: &mut [f64]| y[0] = p[0] * p[1] * x + p[2];
    let curve = Curve::new(data(|x| 2.0 * x + 1.0), function).unwrap();
    let parameters = ["a", "b", "offset"].map(|name| Parameter::positive(name, "", 0.7));
    let fit = fit(&curve, &parameters).unwrap();
    assert!(fit.condition > 1e7);
    assert!(
        fit.warnings
            .iter()
            .any(|w| matches!(w, Warning::Undetermined { parameters, .. } if parameters == &[0, 1]))
    );
    assert!(fit.standard_errors[0].is_infinite() && fit.standard_errors[1].is_infinite());
    assert!((fit.values[0] * fit.values[1] - 2.0).abs() < 1e-6 && fit.standard_errors[2].is_finite());
    // the straight line knows its offset to 0.1 sqrt(sum x^2 / (10 sum x^2 - (sum x)^2))
    assert!((fit.standard_errors[2] / (0.1 * (385f64 / (3850.0 - 3025.0)).sqrt()) - 1.0).abs() < 1e-5);
    let open = interval(&curve, &fit, 0, ONE_SIGMA).unwrap();
    assert_eq!(open.ends, [End::Open; 2]);
    assert_eq!((open.low, open.high), (0.0, f64::INFINITY), "of a positive parameter");
}

#[test]
fn a_parameter_without_effect_is_named() {
    let function = |_: usize, x: f64, p: &[f64], y: &mut [f64]| y[0] = p[0] * x;
    let curve = Curve::new(data(|x| 2.0 * x), function).unwrap();
    let fit = fit(&curve, &[Parameter::new("slope", "", 1.0), Parameter::new("idle", "", 3.0)]).unwrap();
    assert!(
        matches!(&fit.warnings[..], [Warning::Undetermined { parameters, condition }] if parameters == &[1] && condition.is_infinite())
    );
    assert!(fit.converged && fit.standard_errors[0].is_finite() && fit.values[1] == 3.0);
}

/// A small excess that cannot be negative: at its bound, and an upper limit only.
#[test]
fn limits_are_one_sided() {
    let function = |_: usize, x: f64, p: &[f64], y: &mut [f64]| y[0] = p[0] + p[1] * x;
    let curve = Curve::new(data(|x| 1.0 - 0.01 * x), function).unwrap();
    let parameters = [Parameter::new("level", "", 1.0), Parameter::new("excess", "", 0.5).between(0.0, 10.0)];
    let fit = fit(&curve, &parameters).unwrap();
    assert!(fit.converged, "{:?}", fit.warnings);
    assert_eq!(fit.values[1], 0.0);
    assert_eq!(fit.warnings, [Warning::AtBound { parameter: 1 }]);
    assert!(fit.standard_errors[1].is_nan());
    assert!(
        (fit.standard_errors[0] - 0.1 / 10f64.sqrt()).abs() < 1e-8,
        "the level's, with the excess held at zero"
    );
    let limit = interval(&curve, &fit, 1, ONE_SIGMA).unwrap();
    assert_eq!((limit.low, limit.ends), (0.0, [End::Bound, End::Found]));
    assert!(limit.high > 0.0 && limit.high < 0.05);
    let posterior = sample(&curve, &fit, Sampling::default()).unwrap();
    assert!(posterior.samples.iter().all(|s| s[1] >= 0.0) && posterior.warnings.is_empty());
}

#[test]
fn a_model_that_is_not_a_number_names_the_parameters() {
    let function = |_: usize, x: f64, p: &[f64], y: &mut [f64]| y[0] = (p[0] - x).sqrt();
    let curve = Curve::new(data(|x| 20.0 - x), function).unwrap();
    let error = fit(&curve, &[Parameter::new("edge", "K", 4.5)]).unwrap_err();
    assert!(
        matches!(&error, Error::NotFinite { parameters, .. } if parameters == &[("edge".to_owned(), 4.5)])
    );
    assert!(error.to_string().contains("edge = 4.5") && error.to_string().contains("residual 4"), "{error}");
}

/// Derivatives too large for their squares are an error, not a panic; parameters 10^30 apart in size are no difficulty at all.
#[test]
fn sizes_of_parameters_do_not_matter() {
    let steep = |_: usize, x: f64, p: &[f64], y: &mut [f64]| y[0] = 1e170 * (p[0] - 1.0) * x;
    let curve = Curve::new(data(|_| 0.0), steep).unwrap();
    let error = fit(&curve, &[Parameter::new("steep", "", 1.0)]).unwrap_err();
    assert!(matches!(error, Error::NotFinite { .. }), "{error}");

    let apart = |_: usize, x: f64, p: &[f64], y: &mut [f64]| y[0] = 1e-15 * p[0] + 1e15 * p[1] * x;
    let curve = Curve::new(data(|x| 2.0 + 3.0 * x), apart).unwrap();
    let fit = fit(&curve, &[Parameter::new("large", "", 1e15), Parameter::new("small", "", 1e-15)]).unwrap();
    assert!(
        fit.converged
            && (fit.values[0] / 2e15 - 1.0).abs() < 1e-9
            && (fit.values[1] / 3e-15 - 1.0).abs() < 1e-9
    );
    let posterior = sample(&curve, &fit, Sampling::default()).unwrap();
    assert!(posterior.warnings.is_empty());
    for j in 0..2 {
        // five standard deviations of a standard deviation known from so many samples
        let allowed = 5.0 / (2.0 * posterior.effective_samples[j]).sqrt();
        assert!((posterior.deviation(j) / fit.standard_errors[j] - 1.0).abs() < allowed);
    }
}

#[test]
fn nothing_to_fit_is_an_error() {
    let line = |_: usize, x: f64, p: &[f64], y: &mut [f64]| y[0] = p[0] * x;
    let curve = Curve::new(Vec::new(), line).unwrap();
    for slope in [Parameter::new("slope", "", 1.0), Parameter::new("slope", "", 1.0).fixed()] {
        assert!(matches!(fit(&curve, &[slope]), Err(Error::TooFewResiduals { residuals: 0, .. })));
    }
}

/// Steps into where the model does not exist are shortened: here `ln p`, started so that the first step would cross zero.
#[test]
fn steps_out_of_the_domain_are_refused() {
    let function = |_: usize, x: f64, p: &[f64], y: &mut [f64]| y[0] = p[0].ln() * x;
    let curve = Curve::new(data(|x| 0.1f64.ln() * x), function).unwrap();
    let fit = fit(&curve, &[Parameter::new("p", "", 30.0)]).unwrap();
    assert!(fit.converged && (fit.values[0] - 0.1).abs() < 1e-9, "{:?}", fit.values);
}

#[test]
fn chains_that_do_not_agree_are_reported() {
    let function = |_: usize, x: f64, p: &[f64], y: &mut [f64]| y[0] = p[0] + p[1] * x + p[2] * x * x;
    let curve = Curve::new(data(|x| 1.0 + x), function).unwrap();
    let fit = fit(&curve, &["a", "b", "c"].map(|name| Parameter::new(name, "", 0.1))).unwrap();
    let hasty = sample(&curve, &fit, Sampling { steps: 10, burn_in: 0, ensembles: 2, seed: 1 }).unwrap();
    assert!(
        hasty
            .warnings
            .iter()
            .any(|w| matches!(w, posterior::Warning::FewSamples { effective, .. } if *effective < 400.0))
    );
}

#[test]
fn invalid_input_is_refused_with_its_number() {
    let line = |_: usize, x: f64, p: &[f64], y: &mut [f64]| y[0] = p[0] * x;
    let points =
        |y: f64, e: f64| vec![Measurement::new(1.0, vec![(1.0, 0.1)]), Measurement::new(2.0, vec![(y, e)])];
    for (y, e) in [(f64::NAN, 1.0), (1.0, 0.0), (1.0, -1.0), (1.0, f64::INFINITY)] {
        assert!(matches!(Curve::new(points(y, e), line), Err(Error::Measurement { row: 1, .. })));
    }
    let curve = Curve::new(points(2.0, 0.1), line).unwrap();
    let slope = Parameter::new("slope", "", 1.0);
    let refused = [
        slope.clone().starting_at(f64::NAN),
        slope.clone().between(2.0, 3.0),
        slope.clone().between(1.0, 1.0),
        slope.clone().known(1.0, 0.0),
        Parameter::positive("slope", "", -1.0),
    ];
    for parameter in refused {
        assert!(matches!(fit(&curve, &[parameter]), Err(Error::Parameter { .. })));
    }
    let many = vec![slope.clone(); 3];
    assert_eq!(fit(&curve, &many).unwrap_err(), Error::TooFewResiduals { residuals: 2, free: 3 });
    let fixed = fit(&curve, &[slope.clone().fixed()]).unwrap();
    assert_eq!((fixed.degrees_of_freedom, fixed.standard_errors[0]), (2, 0.0));
    assert_eq!(interval(&curve, &fixed, 0, ONE_SIGMA).unwrap_err(), Error::NotFree { index: 0 });
    let found = fit(&curve, &[slope]).unwrap();
    assert!(matches!(interval(&curve, &found, 0, -1.0), Err(Error::Setting { .. })));
    assert!(matches!(
        sample(&curve, &found, Sampling { steps: 0, ..Sampling::default() }),
        Err(Error::Setting { .. })
    ));
}
