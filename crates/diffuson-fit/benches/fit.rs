//! What a fit costs beside its model: `cargo bench -p diffuson-fit`. Times are means over many fits, on one thread.

use diffuson_ensemble::random::Realisation;
use diffuson_fit::curve::{Curve, Function, Measurement};
use diffuson_fit::least_squares::fit;
use diffuson_fit::parameter::Parameter;
use diffuson_fit::profile::{ONE_SIGMA, interval};
use std::hint::black_box;
use std::time::Instant;

/// Five curves `A d^x / (1 + (t/d)^2)` and `x t/d` each, sharing A and x: 7 parameters, 120 ordinates.
struct Family;

impl Function for Family {
    fn ordinates(&self, row: usize, t: f64, p: &[f64], y: &mut [f64]) {
        let (x, a, d) = (p[0], p[1], p[2 + row / 12]);
        y[0] = a * d.powf(x) / (1.0 + (t / d).powi(2));
        y[1] = x * t / d;
    }

    fn derivatives(&self, row: usize, t: f64, p: &[f64], slope: &mut [f64], gradient: &mut [f64]) -> bool {
        let (x, a, k) = (p[0], p[1], 2 + row / 12);
        let (d, n) = (p[k], p.len());
        let (power, lorentz) = (d.powf(x), 1.0 / (1.0 + (t / d).powi(2)));
        gradient.fill(0.0);
        gradient[0] = a * power * d.ln() * lorentz;
        gradient[1] = power * lorentz;
        gradient[k] = a * power * (x / d * lorentz + 2.0 * t * t / d.powi(3) * lorentz * lorentz);
        gradient[n] = t / d;
        gradient[n + k] = -x * t / (d * d);
        slope[0] = -a * power * lorentz * lorentz * 2.0 * t / (d * d);
        slope[1] = x / d;
        true
    }
}

fn main() {
    let truth = [1.3, 2.0, 3.0, 6.0, 12.0, 24.0, 48.0];
    let data = |abscissa_error: f64| {
        let noise = Realisation::new(4, 0);
        (0..60)
            .map(|row| {
                let t = 0.5 * 1.3f64.powi(row as i32 % 12);
                let mut y = [0.0; 2];
                Family.ordinates(row, t, &truth, &mut y);
                let [e0, e1] = [0.01 * y[0], 0.03 * y[1] + 0.01];
                let (n0, n1) = (noise.normal(0, 2 * row as u64), noise.normal(0, 2 * row as u64 + 1));
                let ordinates = vec![(y[0] + e0 * n0, e0), (y[1] + e1 * n1, e1)];
                Measurement::new(t, ordinates).with_abscissa_error(abscissa_error * t)
            })
            .collect::<Vec<_>>()
    };
    let parameters: Vec<Parameter> = ["x", "A", "d1", "d2", "d3", "d4", "d5"]
        .iter()
        .zip([1.0, 1.0, 5.0, 5.0, 10.0, 20.0, 40.0])
        .map(|(name, start)| Parameter::positive(*name, "", start))
        .collect();
    for (what, error) in [("exact abscissae", 0.0), ("abscissae with errors", 0.01)] {
        let curve = Curve::new(data(error), Family).expect("valid data");
        let found = fit(&curve, &parameters).expect("a fit");
        println!(
            "{what}: {} steps, {} evaluations, Q = {:.2}",
            found.iterations, found.evaluations, found.goodness
        );
        time("fit of 7 parameters to 120 ordinates", || fit(&curve, &parameters).map(|f| f.chi_squared));
        time("profile interval of one of them", || interval(&curve, &found, 0, ONE_SIGMA).map(|i| i.low));
    }
}

fn time<T>(what: &str, mut work: impl FnMut() -> T) {
    let repetitions = 200;
    let start = Instant::now();
    (0..repetitions).for_each(|_| {
        black_box(work());
    });
    println!("  {what}: {:.3} ms", 1e3 * start.elapsed().as_secs_f64() / f64::from(repetitions));
}
