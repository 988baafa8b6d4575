//! From the samples of a point to conductance, noise and Fano factors with errors.
//!
//! The Fano factor quoted is the quotient of means, `<S> / <2 e I>`: that of many such conductors side by side, which theories of ensembles give, and to
//! which samples that hardly conduct add hardly anything. The mean of the Fano factors of single samples stands beside it; the two agree where
//! conductances fluctuate little.

use super::point::{Point, Reach};
use crate::results::{Described, NO_ESTIMATE};
use crate::settings::noise::Theory;
use diffuson::noise::closed_forms;
use diffuson_ensemble::statistics::{Estimate, jackknife};

/// The quantities of the table: name in the record, label.
const QUANTITIES: [(&str, &str); 10] = [
    ("conductance", "conductance $G$"),
    ("conductance_rms", "fluctuation of $G$ from sample to sample"),
    ("current", "current into the second lead"),
    ("noise", "noise $S_{22}$"),
    ("noise_theory", "noise by theory, at this $G$"),
    ("fano_factor", "Fano factor, from means over samples"),
    ("fano_factor_theory", "Fano factor by theory"),
    ("mean_fano_factor", "mean of the Fano factors of samples"),
    ("cross_correlation", "cross-correlation $S_{23}$"),
    ("cross_correlation_theory", r"$-2\langle T_{21}T_{31}\rangle$"),
];

/// The place of the observable whose name is in the record.
pub(super) fn position(quantity: &str) -> Option<usize> {
    QUANTITIES.iter().position(|q| q.0 == quantity)
}

/// The quantities with their units, in the limit of small voltage or at finite bias.
pub(super) fn quantities(finite_bias: bool) -> Vec<Described> {
    let described = |(id, label): (&'static str, &str)| {
        let units = match id {
            "fano_factor" | "fano_factor_theory" | "mean_fano_factor" => "1",
            "conductance" | "conductance_rms" => "e^2/h",
            "current" => current_units(finite_bias),
            _ => noise_units(finite_bias),
        };
        Described { id, units, label: label.to_owned() }
    };
    QUANTITIES.into_iter().map(described).collect()
}

/// Noise in the limit of small voltage is per voltage: `S / eV`.
pub(super) fn noise_units(finite_bias: bool) -> &'static str {
    if finite_bias { "e^2 t/h" } else { "e^2/h" }
}

/// Likewise `I / eV`.
pub(super) fn current_units(finite_bias: bool) -> &'static str {
    if finite_bias { "e t/h" } else { "e/h" }
}

/// What is stored of a sample.
pub(super) struct Stored<'r> {
    pub(super) conductance: f64,
    pub(super) current: &'r [f64],
    pub(super) noise: &'r [f64],
    /// Empty where they are not counted.
    pub(super) eigenvalues: &'r [f64],
}

/// What follows from the samples of a point.
pub(super) struct Derived {
    pub(super) quantities: Vec<Estimate>,
    /// Mean of every current, then of every correlator.
    pub(super) means: Vec<Estimate>,
    /// Density of transmission eigenvalues in every bin.
    pub(super) density: Vec<Estimate>,
    pub(super) samples: usize,
}

impl Derived {
    pub(super) fn new(point: &Point<'_>, samples: &[Stored<'_>]) -> Self {
        let leads = point.reservoirs.len();
        let rows: Vec<Vec<f64>> = samples.iter().map(|s| averages(point, s)).collect();
        // variances of a sample of n
        let unbiased = rows.len() as f64 / (rows.len() as f64 - 1.0);
        let estimates = |rows: &[Vec<f64>], derive: &dyn Fn(&[f64]) -> Vec<f64>, count: usize| {
            jackknife(rows, derive).map_or_else(|_| vec![NO_ESTIMATE; count], |j| j.estimates())
        };
        let all = |of: &dyn Fn(&Stored<'_>) -> Vec<f64>| samples.iter().map(of).collect::<Vec<_>>();
        let currents = all(&|s| [s.current, s.noise].concat());
        let bins = point.bins as f64;
        let counts = all(&|s| s.eigenvalues.iter().map(|count| count * bins).collect());
        let mut quantities = estimates(&rows, &|mean| derive(point, mean, unbiased), QUANTITIES.len());
        // no number of the samples: known to all digits
        if let Some(theory) = position("fano_factor_theory") {
            quantities[theory].standard_error = 0.0;
        }
        Self {
            quantities,
            means: estimates(&currents, &<[f64]>::to_vec, leads * (leads + 1)),
            density: estimates(&counts, &<[f64]>::to_vec, point.bins),
            samples: samples.len(),
        }
    }
}

/// G, G^2, I_2, S_22, F, S_23 and -2 I_2 I_3 per voltage.
fn averages(point: &Point<'_>, s: &Stored<'_>) -> Vec<f64> {
    let leads = s.current.len();
    let (voltage, _) = point.energies();
    let noise = |a: usize, b: usize| s.noise[a * leads + b];
    let (g, i) = (s.conductance, s.current[1]);
    let (cross, product) = match s.current {
        [_, second, third, ..] => (noise(1, 2), -2.0 * second * third / voltage),
        _ => (f64::NAN, f64::NAN),
    };
    vec![g, g * g, i, noise(1, 1), fano(point, g, i, noise(1, 1)), cross, product]
}

fn derive(point: &Point<'_>, mean: &[f64], unbiased: f64) -> Vec<f64> {
    let &[g, gg, current, noise, sample_fano, cross, product] = mean else { unreachable!("seven averages") };
    let (voltage, kt) = point.energies();
    let theory = point.fano();
    // of electrons of one energy, at zero temperature
    let splits = point.theory == Theory::Splitter && kt == 0.0 && point.reach != Reach::Window;
    vec![
        g,
        (unbiased * (gg - g * g).max(0.0)).sqrt(),
        current,
        noise,
        theory.map_or(f64::NAN, |fano| g * point.theory.noise(fano, voltage, kt)),
        fano(point, g, current, noise),
        theory.unwrap_or(f64::NAN),
        sample_fano,
        cross,
        if splits { product } else { f64::NAN },
    ]
}

/// The Fano factor of the second lead. Between two leads the F of `S = 4 kT G (1 - F) + 2 e I F coth(eV/2kT)`, S/2eI at zero temperature; otherwise S/2eI. Without
/// voltage there is none.
fn fano(point: &Point<'_>, conductance: f64, current: f64, noise: f64) -> f64 {
    let (voltage, kt) = point.energies();
    if voltage == 0.0 {
        f64::NAN
    } else if point.reservoirs.len() == 2 {
        (noise - 4.0 * kt * conductance) / closed_forms::excess(conductance, 1.0, voltage, kt)
    } else {
        noise / (2.0 * current)
    }
}
