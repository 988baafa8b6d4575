//! The Fano factor of an infinitely long wire of hot electrons, from wires of several lengths.
//!
//! Electrons are colder near the ends, where their temperature falls as the square root of the distance, so that a wire of length L is short of it by L^(-3/2). The
//! next term is of L^(-2), as the noise of the contacts is, or of L^(-5/2), as from a length that the contacts add.

use crate::results::Fit;
use crate::settings::noise::Theory;
use diffuson_ensemble::statistics::{Estimate, joint_jackknife};

/// Noise and 2 e I of the samples of a wire, by its length; none where a sample failed.
pub(super) struct Wire {
    pub(super) length: f64,
    pub(super) rows: Vec<Option<Vec<f64>>>,
}

/// The limit through the three longest wires, its standard error and half of what the next term leaves open; none with fewer wires.
pub(super) fn extrapolated(mut wires: Vec<Wire>) -> Option<Fit> {
    wires.sort_by(|a, b| b.length.total_cmp(&a.length));
    let (lengths, rows): (Vec<f64>, Vec<_>) = wires.into_iter().take(3).map(|w| (w.length, w.rows)).unzip();
    let &[first, second, third] = lengths.as_slice() else { return None };
    if first == second || second == third {
        return None;
    }
    let limits = |means: &[Vec<f64>]| {
        let fano: Vec<f64> = means.iter().map(|mean| mean[0] / mean[1]).collect();
        let [square, half] = [-2.0, -2.5].map(|power| limit(&lengths, &fano, power));
        vec![0.5 * (square + half), 0.5 * (square - half)]
    };
    let found = joint_jackknife(&rows, limits).ok()?.estimates();
    let &[Estimate { value, standard_error, samples }, open] = found.as_slice() else { return None };
    Some(Fit {
        name: "Fano factor of an infinitely long wire".to_owned(),
        estimate: Estimate { value, standard_error: standard_error.hypot(open.value), samples },
        expected: Theory::HotWire.fano(None, true),
        reference: "sqrt(3)/4, hot electrons".to_owned(),
        points: 3,
    })
}

/// c of `c + a L^(-3/2) + b L^power` through three points, by Cramer's rule.
fn limit(lengths: &[f64], values: &[f64], power: f64) -> f64 {
    let row = |k: usize| [lengths[k].powf(-1.5), lengths[k].powf(power)];
    let minor = |i: usize, j: usize| row(i)[0] * row(j)[1] - row(j)[0] * row(i)[1];
    let weights = [minor(1, 2), minor(2, 0), minor(0, 1)];
    let sum: f64 = weights.iter().sum();
    weights.iter().zip(values).map(|(w, v)| w * v).sum::<f64>() / sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// To rounding of differences some 100 times smaller than the values.
    #[test]
    fn a_law_of_the_form_is_found() {
        let lengths = [400.0, 200.0, 90.0];
        for power in [-2.0, -2.5] {
            let values = lengths.map(|l: f64| 0.4 - 3.0 * l.powf(-1.5) + 20.0 * l.powf(power));
            assert!((limit(&lengths, &values, power) - 0.4).abs() < 1e-13);
        }
    }
}
