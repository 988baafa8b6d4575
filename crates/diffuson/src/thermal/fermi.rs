//! Fermi functions of reservoirs, and their differences without cancellation.

/// A reservoir in equilibrium.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reservoir {
    /// Electrochemical potential, in t.
    pub mu: f64,
    /// Temperature k_B T, in t; 0 is allowed.
    pub kt: f64,
}

impl Reservoir {
    /// Occupation of states at `energy`; at zero temperature a step, 1/2 at mu itself.
    pub fn occupation(&self, energy: f64) -> f64 {
        if self.kt > 0.0 {
            return fermi((energy - self.mu) / self.kt);
        }
        match energy.total_cmp(&self.mu) {
            std::cmp::Ordering::Less => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Greater => 0.0,
        }
    }

    /// `f_self - f_other` at `energy`, to rounding of the difference itself: for potentials and temperatures however close, and for occupations
    /// however small.
    ///
    /// `f(x) - f(y) = f(x) f(-y) (1 - exp(x - y))`, with x - y from the differences of potentials and temperatures.
    pub fn excess(&self, other: &Self, energy: f64) -> f64 {
        if !(self.kt > 0.0 && other.kt > 0.0) {
            return self.occupation(energy) - other.occupation(energy);
        }
        let x = (energy - self.mu) / self.kt;
        let y = (energy - other.mu) / other.kt;
        let difference = ((other.mu - self.mu) + (other.kt - self.kt) * x) / other.kt;
        if difference <= 0.0 {
            -fermi(x) * fermi(-y) * difference.exp_m1()
        } else {
            fermi(y) * fermi(-x) * (-difference).exp_m1()
        }
    }
}

/// `f(x) = 1 / (1 + exp x)`, x = (E - mu)/kT.
pub fn fermi(x: f64) -> f64 {
    if x > 0.0 {
        let e = (-x).exp();
        e / (1.0 + e)
    } else {
        1.0 / (1.0 + x.exp())
    }
}

/// `-kT df/dE = 1 / (4 cosh^2(x/2))`, x = (E - mu)/kT.
pub fn fermi_window(x: f64) -> f64 {
    let e = (-x.abs()).exp();
    e / ((1.0 + e) * (1.0 + e))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the derivative for neighbours, against the plain difference far apart, and antisymmetric.
    #[test]
    fn differences_keep_their_digits() {
        for (mu, kt, x) in [(0.3, 0.02, 5.0), (0.3, 0.02, -31.0), (-1.0, 1.7, 0.2)] {
            let here = Reservoir { mu, kt };
            let e = mu + x * kt;
            // df = window(x) (dmu + x dkT)/kT; second order is as small as the shift, 1e-9, times |x|; x itself is known to
            // rounding of mu/kT
            for (dmu, dkt) in [(1e-9 * kt, 0.0), (0.0, 1e-9 * kt), (1e-9 * kt, -2e-9 * kt)] {
                let there = Reservoir { mu: mu + dmu, kt: kt + dkt };
                let [dmu, dkt] = [there.mu - mu, there.kt - kt];
                let want = fermi_window(x) * (dmu + x * dkt) / kt;
                let got = there.excess(&here, e);
                let worst = fermi_window(x) * (dmu.abs() + x.abs() * dkt.abs()) / kt;
                assert!((got - want).abs() <= 1e-7 * worst, "{got:e} {want:e}");
                assert_eq!(got, -here.excess(&there, e), "antisymmetric");
            }
            for (other_mu, other_kt) in [(mu + 3.0 * kt, 0.5 * kt), (mu - 2.0 * kt, 4.0 * kt)] {
                let there = Reservoir { mu: other_mu, kt: other_kt };
                let plain = there.occupation(e) - here.occupation(e);
                // rounding of the plain difference
                assert!((there.excess(&here, e) - plain).abs() < 4e-16);
            }
        }
        let [cold, hot] = [Reservoir { mu: 0.0, kt: 0.0 }, Reservoir { mu: 0.0, kt: 0.1 }];
        assert_eq!(cold.excess(&hot, -0.1), 1.0 - fermi(-1.0));
        assert_eq!(cold.excess(&Reservoir { mu: -1.0, kt: 0.0 }, -0.1), 1.0);
    }
}
