//! `Tr B(s)^n` at large s, from representations of finite dimension.

/// `Tr B(s)^n = sum_j c_j s^{-(n-1)-j}`, an asymptotic series: after a time `1/s << 1` all diffusons are shorter than the droplet.
///
/// In `Int d^n t e^{-sT} / P(t)` the forest polynomial is `n T` and terms of higher degree, by which `1/P` is expanded,
///
/// ```text
/// 1/P = sum_j (nT - P)^j / (nT)^{j+1},    c_J = sum_{i<=J} (-1)^i C(J+1, i+1) n^{-i-1} Gamma(n+J-1)/Gamma(n+J+i) [s^{-n-i-J}] Int d^n t e^{-sT} P^i
/// ```
///
/// Powers of `P = tr g - 2` are sums of the characters of g in the representations of dimension `l + 1`: with `tr g = 2 cosh theta`, `P^i = sum_r (-1)^{i-r} C(2i, i-r) e^{r theta}`. And there `M(t) = e^F e^{tE}`
/// with raising and lowering matrices E and F, so that `Int dt e^{-st} M(t) = e^F (s - E)^{-1}`: the bond operator again, as a matrix.
#[derive(Clone, Debug)]
pub(super) struct Tail {
    diffusons: i32,
    coefficients: Vec<f64>,
}

/// The last power of 1/s.
const ORDER: usize = 8;

/// A polynomial in 1/s.
type Polynomial = [f64; 2 * ORDER + 1];

impl Tail {
    pub(super) fn new(diffusons: usize) -> Self {
        let n = diffusons as f64;
        let characters: Vec<Polynomial> = (0..=ORDER).map(|l| character(l, diffusons)).collect();
        let character = |l: i32, degree: usize| if l < 0 { 0.0 } else { characters[l as usize][degree] };
        let moment = |i: usize, degree: usize| -> f64 {
            let term = |r: usize| {
                let both = character(r as i32, degree) - character(r as i32 - 2, degree);
                sign(i - r) * binomial(2 * i, i - r) * both
            };
            (0..=i).map(term).sum()
        };
        let coefficient = |order: usize| {
            let term = |i: usize| {
                let gammas: f64 = (0..=i).map(|k| n + (order + k) as f64 - 1.0).product();
                let weight = binomial(order + 1, i + 1) / n.powi(i as i32 + 1) / gammas;
                sign(i) * weight * moment(i, i + order)
            };
            (0..=order).map(term).sum()
        };
        Self { diffusons: diffusons as i32, coefficients: (0..=ORDER).map(coefficient).collect() }
    }

    /// `Tr B(s)^n`, and its last term, which is about the error.
    pub(super) fn trace(&self, s: f64) -> [f64; 2] {
        let scale = s.powi(1 - self.diffusons);
        self.sum(s, |_| scale)
    }

    /// `Int_s^inf ds s Tr B(s)^n`, and that of the last term.
    pub(super) fn integral(&self, s: f64) -> [f64; 2] {
        let scale = s.powi(3 - self.diffusons);
        self.sum(s, |order| scale / f64::from(self.diffusons - 3 + order))
    }

    /// The series with weights of its terms, and the modulus of its last term.
    fn sum(&self, s: f64, weight: impl Fn(i32) -> f64) -> [f64; 2] {
        self.coefficients.iter().zip(0..).fold([0.0, 0.0], |[sum, _], (c, order)| {
            let term = c * s.powi(-order) * weight(order);
            [sum + term, term.abs()]
        })
    }
}

/// `Tr [e^F (1 - E/s)^-1]^n` in the representation of dimension l + 1: `F e_a = e_{a+1}`, `E e_a = a (l + 1 - a) e_{a-1}`.
fn character(l: usize, diffusons: usize) -> Polynomial {
    let size = l + 1;
    // Column a, row b: e_a falls by c with s^-c, then rises.
    let mut bond = vec![[0.0; 2 * ORDER + 1]; size * size];
    for a in 0..size {
        let mut fallen = 1.0;
        for c in 0..=a {
            let mut risen = fallen;
            for b in a - c..size {
                bond[a * size + b][c] += risen;
                risen /= (b + 1 - (a - c)) as f64;
            }
            fallen *= ((a - c) * (l + 1 - (a - c))) as f64;
        }
    }
    let mut power = bond.clone();
    for _ in 1..diffusons {
        power = product(&power, &bond, size);
    }
    std::array::from_fn(|degree| (0..size).map(|a| power[a * size + a][degree]).sum())
}

/// Product of two matrices of polynomials, to the degree that is kept.
fn product(left: &[Polynomial], right: &[Polynomial], size: usize) -> Vec<Polynomial> {
    let mut out = vec![[0.0; 2 * ORDER + 1]; size * size];
    for column in 0..size {
        for inner in 0..size {
            // Of bonds the degree is at most l.
            for (c, &r) in right[column * size + inner][..size].iter().enumerate().filter(|(_, r)| **r != 0.0)
            {
                for row in 0..size {
                    let from = &left[inner * size + row];
                    let into = &mut out[column * size + row];
                    into[c..].iter_mut().zip(from).for_each(|(o, l)| *o += l * r);
                }
            }
        }
    }
    out
}

/// `(-1)^power`.
fn sign(power: usize) -> f64 {
    if power.is_multiple_of(2) { 1.0 } else { -1.0 }
}

fn binomial(n: usize, k: usize) -> f64 {
    (0..k).map(|j| (n - j) as f64 / (j + 1) as f64).product()
}

#[cfg(test)]
mod tests {
    use super::Tail;

    /// By hand: forests of one tree, `c_0 = 1/(n (n-1))`; of two, of l and n - l vertices, `c_1 = -(n-1)/(12 n)`.
    #[test]
    fn first_coefficients_are_those_of_small_forests() {
        for diffusons in [4, 5, 6, 8, 16] {
            let (tail, n) = (Tail::new(diffusons), diffusons as f64);
            for (got, want) in tail.coefficients.iter().zip([1.0 / (n * (n - 1.0)), -(n - 1.0) / (12.0 * n)])
            {
                // Rounding of four terms.
                assert!((got / want - 1.0).abs() < 1e-13, "{n}: {got} {want}");
            }
        }
    }
}
