//! The integrand over the times of the diffusons, on the unit cube.

use super::Pattern;

/// The sum of the exponents of all times at which the integrand is given up: products of times stay finite, and what is left is below 1e-10 of the whole.
const LARGEST: f64 = 590.0;

/// How a time depends on its variable: `t = offset (e^{range v} - 1)`.
#[derive(Clone, Copy, Debug)]
struct Scale {
    offset: f64,
    range: f64,
}

/// The integrand of a ring on the unit cube: the first variable gives the largest v, the others the rest relative to it (see the head of [`super`]); summed over the places of the largest.
pub(super) fn integrand(
    diffusons: usize,
    pair: Option<(Pattern, f64)>,
    spacing: f64,
) -> impl FnMut(&[f64]) -> f64 {
    let (scales, places) = (scales(diffusons, pair), places(diffusons, pair));
    // Each integral over a time is a logarithm, up to where thermal smearing ends it.
    let distance = pair.map_or(0.0, |(_, distance)| distance);
    let thermal = (8.0 + 4.0 * distance * spacing.sqrt()) / spacing;
    let longest = scales.iter().fold(0.0, |offset: f64, scale| offset.max(scale.offset));
    let reach = (diffusons as f64 / 2.0 - 1.0).min((thermal / longest).ln_1p());
    let ranges: f64 = scales.iter().map(|scale| scale.range).sum();
    let mut times = vec![0.0; diffusons];
    move |cube| {
        let rest = 1.0 - cube[0];
        let largest = reach * cube[0] / rest;
        if !(largest * ranges < LARGEST) {
            return 0.0;
        }
        let mut ring = 0.0;
        for &(place, copies) in &places {
            let mut jacobian = copies * reach / (rest * rest);
            for k in 0..diffusons {
                let place = (place + k) % diffusons;
                let Scale { offset, range } = scales[place];
                // dv of the largest, v du of the others.
                let (share, slope) = if k == 0 { (1.0, 1.0) } else { (cube[k], largest) };
                let growth = (range * largest * share).exp_m1();
                times[place] = offset * growth;
                jacobian *= slope * offset * range * (1.0 + growth);
            }
            ring += jacobian * weight(&times, pair) * frequencies(times.iter().sum(), spacing);
        }
        ring
    }
}

/// Diffusons within a droplet take times from 1 to the longest there are, logarithmically; those from droplet to droplet `L^2` and more.
fn scales(diffusons: usize, pair: Option<(Pattern, f64)>) -> Vec<Scale> {
    let Some((pattern, distance)) = pair else {
        return vec![Scale { offset: 1.0, range: 1.0 }; diffusons];
    };
    let square = distance * distance;
    let within = Scale { offset: 1.0, range: 1.0 + square.ln_1p() / 2.0 };
    let across = Scale { offset: 1.0 + square / 2.0, range: 1.0 };
    match pattern {
        Pattern::Alternating => vec![across; 4],
        Pattern::OneOfFour => vec![across, within, within, across],
        Pattern::Adjacent => vec![within, across, within, across],
    }
}

/// Where the largest v may be, and in how many places that by symmetry are the same: reflections of a ring through two droplets leave two places, or one.
fn places(diffusons: usize, pair: Option<(Pattern, f64)>) -> Vec<(usize, f64)> {
    match pair {
        None | Some((Pattern::Alternating, _)) => vec![(0, diffusons as f64)],
        Some((Pattern::OneOfFour | Pattern::Adjacent, _)) => vec![(0, 2.0), (1, 2.0)],
    }
}

/// `1/P`, and what the distance of two droplets leaves of it.
fn weight(times: &[f64], pair: Option<(Pattern, f64)>) -> f64 {
    let forest = forest(times);
    match (pair, times) {
        (Some((pattern, distance)), &[t0, t1, t2, t3]) => {
            (-distance * distance * conductance(pattern, [t0, t1, t2, t3]) / forest).exp() / forest
        }
        _ => forest.recip(),
    }
}

/// `1/T^2`, at a temperature `[(h/2) / sinh(h T/2)]^2`.
fn frequencies(total: f64, spacing: f64) -> f64 {
    let root = if spacing == 0.0 { total } else { (spacing * total / 2.0).sinh() * 2.0 / spacing };
    (root * root).recip()
}

/// `P = tr prod [[1, t], [1, 1 + t]] - 2`, by the matrix product less the unit matrix, `[[a, b], [c, d]]`: no two terms cancel.
pub(super) fn forest(times: &[f64]) -> f64 {
    let (mut a, mut b, mut c, mut d) = (0.0, 0.0, 0.0, 0.0);
    for t in times {
        (a, b) = (a + b, b + (1.0 + a + b) * t);
        (c, d) = (c + 1.0 + d, d + (1.0 + c + d) * t);
    }
    a + d
}

/// P times the conductance between the two droplets: the sum over spanning trees of the network of the product of the t that are cut. `t[k]` joins vertex k to the next; vertices by
/// [`Pattern`].
pub(super) fn conductance(pattern: Pattern, [t0, t1, t2, t3]: [f64; 4]) -> f64 {
    let (even, odd) = (t0 + t2, t1 + t3);
    let (both_even, both_odd) = (t0 * t2, t1 * t3);
    let all = even + odd;
    match pattern {
        Pattern::Alternating => {
            4.0 * (all + both_even + both_odd) + 2.0 * even * odd + both_even * odd + both_odd * even
        }
        Pattern::OneOfFour => {
            let beside = t0 * t1 + t1 * t2 + t2 * t3;
            3.0 * all + 2.0 * (both_even + both_odd + beside) + t1 * t2 * (t0 + t3)
        }
        Pattern::Adjacent => 4.0 * (all + both_even) + 2.0 * even * odd + both_even * odd,
    }
}

#[cfg(test)]
mod tests {
    use super::{Pattern, conductance, forest};
    use diffuson_linalg::RealLu;

    const TIMES: [[f64; 4]; 4] =
        [[0.3, 1.7, 0.02, 5.0], [1e-3, 2e-3, 3e-3, 5e-3], [40.0, 0.1, 900.0, 7.0], [1.0, 2.0, 3.0, 4.0]];

    /// `(1 + Lap) z = c` on the ring: determinant and solution by Gaussian elimination of the definition.
    fn laplacian(times: &[f64]) -> Vec<f64> {
        let n = times.len();
        let mut matrix = vec![0.0; n * n];
        for k in 0..n {
            let next = (k + 1) % n;
            matrix[k * n + k] += 1.0;
            for (a, b, sign) in [(k, k, 1.0), (next, next, 1.0), (k, next, -1.0), (next, k, -1.0)] {
                matrix[b * n + a] += sign / times[k];
            }
        }
        matrix
    }

    fn determinant(mut a: Vec<f64>, n: usize) -> f64 {
        let mut product = 1.0;
        for k in 0..n {
            product *= a[k * n + k];
            for row in k + 1..n {
                let factor = a[row * n + k] / a[k * n + k];
                for column in k..n {
                    a[row * n + column] -= factor * a[k * n + column];
                }
            }
        }
        product
    }

    #[test]
    fn the_forest_polynomial_is_the_determinant_of_springs_and_masses() {
        for times in TIMES {
            let longer = [times, times.map(|t| t.sqrt())].concat();
            for times in [&times[..], &longer[..5], &longer[..6], &longer] {
                let want = times.iter().product::<f64>() * determinant(laplacian(times), times.len());
                // Elimination loses the ratio of springs to masses, up to 1e3.
                assert!((forest(times) / want - 1.0).abs() < 1e-11, "{times:?}");
            }
        }
        // Forests of a single tree: n T.
        assert!((forest(&[1e-200; 6]) / 36e-200 - 1.0).abs() < 1e-15);
    }

    #[test]
    fn spanning_trees_give_the_energy_of_two_droplets() {
        let centres = [[0.0, 1.0, 0.0, 1.0], [0.0, 1.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]];
        for times in TIMES {
            for (pattern, centres) in Pattern::ALL.into_iter().zip(centres) {
                let mut solution = centres.to_vec();
                RealLu::new(&laplacian(&times), 4).unwrap().solve(&mut solution);
                let want: f64 = centres.iter().zip(&solution).map(|(c, z)| c * (c - z)).sum();
                let got = conductance(pattern, times) / forest(&times);
                // As above; conductances of long times are small differences.
                assert!((got - want).abs() < 1e-11, "{pattern:?} {times:?}: {got} {want}");
            }
        }
    }
}
