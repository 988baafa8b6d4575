//! The integrand over the times of the diffusons, on the unit cube.

use super::Pattern;

/// The exponent of the largest of n times at which the integrand is given up, times n: products of n times stay finite, and what is left is below `e^-80` of the whole.
const LARGEST: f64 = 650.0;

/// The integrand of a ring on the unit cube: the first variable gives the largest time, the others the rest relative to it (see the head of [`super`]); summed over the places of the largest.
pub(super) fn integrand(
    diffusons: usize,
    pair: Option<(Pattern, f64)>,
    spacing: f64,
) -> impl FnMut(&[f64]) -> f64 {
    // Where the logarithm of the largest time has its weight: each further integral is a logarithm; from droplet to droplet it takes L^2; after 1/h thermal smearing ends it.
    let distance = pair.map_or(0.0, |(_, distance)| distance);
    let reach = (diffusons as f64 / 2.0 - 1.0) + (distance * distance).ln_1p();
    let scale = reach.min((8.0 / spacing).ln_1p());
    let mut times = vec![0.0; diffusons];
    move |cube| {
        let rest = 1.0 - cube[0];
        let exponent = scale * cube[0] / rest;
        if !(exponent * (diffusons as f64) < LARGEST) {
            return 0.0;
        }
        times[0] = exponent.exp_m1();
        let mut jacobian = scale / (rest * rest) * (1.0 + times[0]);
        for (time, u) in times[1..].iter_mut().zip(&cube[1..]) {
            *time = (exponent * u).exp_m1();
            jacobian *= exponent * (1.0 + *time);
        }
        let total: f64 = times.iter().sum();
        let ring = match pair {
            None => diffusons as f64 / forest(&times),
            Some((pattern, distance)) => {
                let turned = |by: usize| [0, 1, 2, 3].map(|k| times[(k + by) % 4]);
                let each = |t: [f64; 4]| {
                    let forest = forest(&t);
                    (-distance * distance * conductance(pattern, t) / forest).exp() / forest
                };
                match pattern {
                    Pattern::Alternating => 4.0 * each(turned(0)),
                    // A reflection of the ring exchanges the places of the largest time pairwise.
                    Pattern::OneOfFour | Pattern::Adjacent => 2.0 * (each(turned(0)) + each(turned(3))),
                }
            }
        };
        jacobian * ring * frequencies(total, spacing)
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
                RealLu::new(&laplacian(&times), 4).unwrap().solve_in_place(&mut solution, 1);
                let want: f64 = centres.iter().zip(&solution).map(|(c, z)| c * (c - z)).sum();
                let got = conductance(pattern, times) / forest(&times);
                // As above; conductances of long times are small differences.
                assert!((got - want).abs() < 1e-11, "{pattern:?} {times:?}: {got} {want}");
            }
        }
    }
}
