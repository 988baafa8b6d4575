//! From contacts to means with errors.
//!
//! Conductance and energy are compared with their deviations for random placement as quotients of means over contacts: contacts in which two defects happen to be close
//! to each other have large deviations, and count for more.

use super::sample::Sample;
use crate::results::{Described, NO_ESTIMATE};
use diffuson_ensemble::statistics::{Estimate, jackknife};

/// Scalars stored of each sample: name in the record, unit, words.
pub(super) const SCALARS: [(&str, &str, &str); 6] = [
    ("sample_conductance", "e^2/h", r"conductance $\delta G$, less its mean for random placement"),
    ("sample_energy", "e_F", "energy per mobile defect, less its mean for random placement"),
    ("sample_quench_energy", "e_F", "the same after a quench from a random placement"),
    ("sample_hop_rate", "s_E", "hops per mobile defect and time"),
    (
        "sample_conductance_deviation",
        "e^2/h",
        "standard deviation $s_G$ of the conductance for random placement",
    ),
    (
        "sample_energy_deviation",
        "e_F",
        "standard deviation $s_E$ of the energy of one mobile defect for random placement",
    ),
];

pub(super) fn scalars(sample: &Sample) -> [f64; SCALARS.len()] {
    [
        sample.conductance,
        sample.energy,
        sample.quench_energy,
        sample.hop_rate,
        sample.conductance_deviation,
        sample.energy_deviation,
    ]
}

/// The quantities of the table: name in the record, unit, label.
const QUANTITIES: [(&str, &str, &str); 10] = [
    ("relative_conductance", "1", r"conductance $\langle\delta G\rangle/s_G$"),
    ("negative_share", "1", r"share of contacts with $\delta G<0$"),
    ("conductance", "e^2/h", r"conductance $\langle\delta G\rangle$"),
    ("energy", "s_E", "energy per mobile defect"),
    ("quench_energy", "s_E", "energy per mobile defect after a quench"),
    ("hop_rate", "s_E", "hops per mobile defect and time"),
    ("conductance_deviation", "e^2/h", "deviation $s_G$ for random placement"),
    ("energy_deviation", "e_F", "deviation $s_E$ for random placement"),
    ("noise_exponent", "1", r"exponent $-d\ln S/d\ln f$ in the middle of the range"),
    ("noise_ratio", "1", "noise over that of independent fluctuators"),
];

pub(super) fn quantities() -> Vec<Described> {
    QUANTITIES
        .into_iter()
        .map(|(id, units, label)| Described { id, units, label: label.to_owned() })
        .collect()
}

/// The place of the quantity whose name is in the record.
pub(super) fn position(quantity: &str) -> Option<usize> {
    QUANTITIES.iter().position(|q| q.0 == quantity)
}

/// Which curves samples have: name in the record, unit and words of each sample's, and of the mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Curves {
    None,
    /// Conductance and energy, part of accepted exchanges: against the temperature.
    Ladder,
    /// Spectrum; of independent fluctuators; of those, averaged over tunnelling constants: against the frequency.
    Noise,
}

/// Name, unit and words.
pub(super) type Words = (&'static str, &'static str, &'static str);

impl Curves {
    /// The dimension, with its words.
    pub(super) fn axis(self) -> Option<Words> {
        match self {
            Self::None => None,
            Self::Ladder => Some(("temperature", "s_E", "temperature $kT$")),
            Self::Noise => Some(("frequency", "s_E", "frequency $f$")),
        }
    }

    /// What is stored of each sample.
    pub(super) fn stored(self) -> &'static [Words] {
        match self {
            Self::None => &[],
            Self::Ladder => &[
                ("sample_conductances", "e^2/h", r"conductance $\delta G$ in equilibrium"),
                ("sample_energies", "e_F", "energy per mobile defect in equilibrium"),
                (
                    "sample_exchanged",
                    "1",
                    "part of the exchanges with the next temperature that were accepted",
                ),
            ],
            Self::Noise => &[
                ("sample_spectrum", "(e^2/h)^2/s_E", "power spectral density of the conductance, one-sided"),
                (
                    "sample_fluctuators",
                    "(e^2/h)^2/s_E",
                    "the same of independent fluctuators, in closed form",
                ),
                ("sample_one_over_f", "(e^2/h)^2/s_E", "the same averaged over tunnelling constants"),
            ],
        }
    }

    /// The means over samples.
    pub(super) fn means(self) -> &'static [Words] {
        match self {
            Self::None => &[],
            Self::Ladder => &[
                ("ladder_conductance", "1", r"conductance $\langle\delta G\rangle/s_G$"),
                ("ladder_energy", "1", "energy per mobile defect, in $s_E$"),
                ("ladder_exchanged", "1", "exchanges accepted"),
            ],
            Self::Noise => &[
                ("spectrum", "(e^2/h)^2/s_E", "power spectral density $S$"),
                ("spectrum_fluctuators", "(e^2/h)^2/s_E", "$S$ of independent fluctuators"),
                ("spectrum_one_over_f", "(e^2/h)^2/s_E", "$S$ averaged over tunnelling constants"),
            ],
        }
    }
}

/// What follows from the samples of a point: the quantities, then the means of each curve.
pub(super) fn derive(rows: &[Vec<f64>], curves: Curves, axis: &[f64]) -> Vec<Estimate> {
    let count = QUANTITIES.len() + curves.means().len() * axis.len();
    // the sign of the conductance is one more number to average
    let rows: Vec<Vec<f64>> =
        rows.iter().map(|row| [&[f64::from(row[0] < 0.0)], row.as_slice()].concat()).collect();
    jackknife(&rows, |mean| of_means(mean, curves, axis))
        .map_or_else(|_| vec![NO_ESTIMATE; count], |found| found.estimates())
}

fn of_means(mean: &[f64], curves: Curves, axis: &[f64]) -> Vec<f64> {
    let (scalars, rest) = mean.split_at(1 + SCALARS.len());
    let &[negative, conductance, energy, quench, hop_rate, s_g, s_e] = scalars else {
        unreachable!("seven averages")
    };
    let n = axis.len();
    let (exponent, ratio) = match curves {
        Curves::Noise => (slope(axis, &rest[..n]), noise_ratio(&rest[..n], &rest[n..2 * n])),
        _ => (f64::NAN, f64::NAN),
    };
    let mut all = vec![
        conductance / s_g,
        negative,
        conductance,
        energy / s_e,
        quench / s_e,
        hop_rate,
        s_g,
        s_e,
        exponent,
        ratio,
    ];
    all.extend(rest.iter().enumerate().map(|(k, value)| match (curves, k / n.max(1)) {
        (Curves::Ladder, 0) => value / s_g,
        (Curves::Ladder, 1) => value / s_e,
        _ => *value,
    }));
    all
}

/// Minus the slope of a straight line through `ln S` against `ln f`, over the middle half of the bands.
fn slope(frequency: &[f64], density: &[f64]) -> f64 {
    let middle = frequency.len() / 4..(3 * frequency.len()).div_ceil(4);
    let points: Vec<(f64, f64)> = middle.map(|k| (frequency[k].ln(), density[k].ln())).collect();
    let n = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), p| (x + p.0 / n, y + p.1 / n));
    let (above, below) =
        points.iter().fold((0.0, 0.0), |(a, b), p| (a + (p.0 - x) * (p.1 - y), b + (p.0 - x).powi(2)));
    -above / below
}

/// Geometric mean over the bands.
fn noise_ratio(found: &[f64], theory: &[f64]) -> f64 {
    let logs = found.iter().zip(theory).map(|(found, theory)| (found / theory).ln());
    (logs.sum::<f64>() / found.len() as f64).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_power_law_has_its_exponent() {
        let frequency: Vec<f64> = (1..40).map(|k| 1.2f64.powi(k)).collect();
        let density: Vec<f64> = frequency.iter().map(|f| 3.0 * f.powf(-1.3)).collect();
        // rounding of logarithms
        assert!((slope(&frequency, &density) - 1.3).abs() < 1e-12);
        assert!((noise_ratio(&density, &[density.clone(), vec![]].concat()) - 1.0).abs() < 1e-12);
    }
}
