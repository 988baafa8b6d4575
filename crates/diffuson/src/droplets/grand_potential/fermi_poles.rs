//! Sums over Matsubara energies with few terms.

use crate::thermal::poles::{deviation, poles};

/// Energies z and weights eta such that `T sum_e f(i e) = T sum eta [f(i z) + f(-i z)]`, over fermionic Matsubara energies on the left, for functions f with singularities on the real axis between
/// `-edge` and `edge` alone, that vanish at infinity: [poles] of a rational Fermi function, right between the edges to `TOLERANCE`. Their number grows as `(edge/T)^1/2` (J. Hu, R.-X. Xu and Y. Yan,
/// J. Chem. Phys. 133, 101106 (2010)), the first ones are `pi T, 3 pi T, ...` with weight 1.
pub(super) fn fermi_poles(temperature: f64, edge: f64) -> Vec<(f64, f64)> {
    let reach = edge / temperature;
    let mut count = 4 + reach.sqrt() as usize;
    loop {
        let poles = poles(count);
        // the error grows with x
        if 2.0 * deviation(&poles, reach) < TOLERANCE {
            return poles.iter().map(|[z, weight]| (temperature * z, *weight)).collect();
        }
        count += 1 + count / 8;
    }
}

const TOLERANCE: f64 = 1e-9;

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// Poles that are Matsubara energies; n(x) - 1/2 between the edges, whose f is 1/(z - x); far fewer terms than energies below the edge.
    #[test]
    fn poles_sum_as_matsubara_energies() {
        for (temperature, edge) in [(0.02, 2.5), (0.1, 2.0), (2.0, 1.0), (1e-3, 3.0)] {
            let poles = fermi_poles(temperature, edge);
            assert!(poles.len() < 8 + 3 * (edge / temperature).sqrt() as usize, "{}", poles.len());
            assert!((poles[0].0 / (PI * temperature) - 1.0).abs() < 1e-9 && (poles[0].1 - 1.0).abs() < 1e-9);
            for share in [0.01, 0.2, 0.5, 0.9, 1.0] {
                let x = share * edge;
                let sum: f64 =
                    poles.iter().map(|(z, weight)| 2.0 * temperature * weight * x / (x * x + z * z)).sum();
                // what is asked for
                assert!((sum - 0.5 * (0.5 * x / temperature).tanh()).abs() < TOLERANCE, "{temperature} {x}");
            }
        }
    }
}
