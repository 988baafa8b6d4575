//! The self-energy of a periodic lead from its modes, and its energy derivative.
//!
//! In the space of the r hoppings, `Sigma = w S w^+` with beta = S alpha for all outgoing modes, and with the Green function of the first
//! cell
//!
//! ```text
//! g = (E - h - w S w^+)^-1,     S = u^+ g u,     F = w^+ g u,     L = u^+ g w,     S' - L S' F = -u^+ g^2 u.
//! ```
//!
//! F takes alpha of outgoing modes one cell further (eigenvalues lambda), and L^+ does so for incoming modes. The solution of the last
//! equation is `sum_k L^k C F^k`, C its right-hand side, summed by doubling; the part of C between propagating modes, where the sum does not
//! converge, is divided by `1 - lambda_in^* lambda_out` instead. With `C = u^+ g u - S` the solution is Newton's correction to S.

use super::bloch::{Bloch, Cell, Propagating};
use super::modes::{multiply, overlaps};
use crate::scattering::nan_max;
use diffuson_linalg::{C64, Inverter, Matrix, adjoint_difference};

/// S at one energy with the Green function g of the first cell that follows from it.
pub(super) struct Surface {
    /// S, r x r.
    pub(super) s: Matrix,
    /// How far S is from u^+ g u, relative.
    pub(super) residual: f64,
    /// u^+ g on the states of the cell.
    u_g: Matrix,
    /// g (u, w).
    g_ends: Matrix,
    /// (u, w)^+ g (u, w).
    g: Matrix,
}

/// Residual at which Dyson's equation is solved to rounding.
const ROUNDING: f64 = 1e-14;

/// Steps of Newton's iteration; the first leaves the square of the error.
const NEWTON: usize = 2;

/// Distance of Bloch factors of incoming and outgoing modes from which on the equation of the correction is well conditioned.
const APART: f64 = 1e-2;

/// Closest distance of Bloch factors of an incoming and an outgoing mode at which energy derivatives are finite.
const SINGULAR: f64 = 1e-10;

impl Cell {
    /// S from the modes. None if it does not exist: the end of the lead has a bound state at this energy.
    pub(super) fn surface(&self, energy: f64, modes: &Bloch) -> Option<Surface> {
        let (r, p) = (self.rank(), modes.outgoing.momenta.len());
        let size = |k: usize| -> f64 {
            let parts = [modes.outgoing.alpha.col(k), modes.outgoing.beta.col(k)];
            parts.concat().iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt()
        };
        let sizes: Vec<f64> = (0..p).map(size).collect();
        let half = |outgoing: &Matrix, from: usize| {
            Matrix::from_fn(r, r, |i, k| {
                if k < p { outgoing[(i, k)] / sizes[k] } else { modes.decaying[k - p][from + i] }
            })
        };
        let (alpha, beta) = (half(&modes.outgoing.alpha, 0), half(&modes.outgoing.beta, r));
        let mut inverse = Matrix::zeros(r, r);
        // Bloch factors at 0 may lack eigenvectors: the steps below supply what is missing
        Inverter::new(r).invert_to_rounding(&alpha, &mut inverse, 1.0).ok()?;
        let mut best = self.dyson(energy, multiply(&beta, &inverse))?;
        // a step multiplies errors by the Bloch factors of the modes they are in
        while best.residual > 10.0 * ROUNDING {
            let u_g_u = Matrix::from_fn(r, r, |i, j| best.g[(i, j)]);
            match self.dyson(energy, u_g_u) {
                Some(next) if next.residual < 0.5 * best.residual => best = next,
                _ => break,
            }
        }
        // errors of modes that are nearly dependent, as in a magnetic field, with no such factor
        for _ in 0..NEWTON {
            if best.residual <= ROUNDING || modes.gap() < APART {
                break;
            }
            let corrected = best.corrected(&modes.incoming, &modes.outgoing);
            match corrected.and_then(|s| self.dyson(energy, s)) {
                Some(next) if next.residual < best.residual => best = next,
                _ => break,
            }
        }
        Some(best)
    }

    fn dyson(&self, energy: f64, s: Matrix) -> Option<Surface> {
        let (n, r) = (self.h.rows(), self.rank());
        let (u, w) = (self.end(0), self.end(r));
        let sigma = multiply(&w, &multiply(&s, &w.adjoint()));
        let a = Matrix::from_fn(n, n, |i, j| {
            let energy = if i == j { energy } else { 0.0 };
            energy - self.h[(i, j)] - sigma[(i, j)]
        });
        let mut g = Matrix::zeros(n, n);
        Inverter::new(n).invert(&a, &mut g).ok()?;
        let (u_g, g_ends) = (overlaps(&u, &g), multiply(&g, &self.ends));
        let g = overlaps(&self.ends, &g_ends);
        let difference = |k: usize| (g[(k % r, k / r)] - s[(k % r, k / r)]).norm();
        let residual = (0..r * r).map(difference).fold(0.0, nan_max) / (1.0 + s.max_norm());
        Some(Surface { s, residual, u_g, g_ends, g })
    }

    /// The r columns of u (from 0) or w (from r).
    pub(super) fn end(&self, from: usize) -> Matrix {
        Matrix::from_fn(self.ends.rows(), self.rank(), |i, k| self.ends[(i, from + k)])
    }
}

impl Surface {
    /// dS/dE; None where it diverges, or an incoming and an outgoing mode have the same Bloch factor.
    pub(super) fn derivative(&self, incoming: &Propagating, outgoing: &Propagating) -> Option<Matrix> {
        let g_u = Matrix::from_fn(self.g_ends.rows(), self.s.rows(), |i, j| self.g_ends[(i, j)]);
        let mut source = multiply(&self.u_g, &g_u);
        source.as_mut_slice().iter_mut().for_each(|z| *z = -*z);
        self.summed(source, incoming, outgoing)
    }

    /// S after a step of Newton's iteration for Dyson's equation.
    fn corrected(&self, incoming: &Propagating, outgoing: &Propagating) -> Option<Matrix> {
        let r = self.s.rows();
        let source = Matrix::from_fn(r, r, |i, j| self.g[(i, j)] - self.s[(i, j)]);
        let mut step = self.summed(source, incoming, outgoing)?;
        // a mode about to open makes the equation ill-conditioned
        if !(APART * step.max_norm() <= self.residual * (1.0 + self.s.max_norm())) {
            return None;
        }
        step.as_mut_slice().iter_mut().zip(self.s.as_slice()).for_each(|(a, b)| *a += b);
        Some(step)
    }

    /// X with `X - L X F = source`. None if an incoming and an outgoing mode have the same Bloch factor.
    fn summed(&self, source: Matrix, incoming: &Propagating, outgoing: &Propagating) -> Option<Matrix> {
        let r = self.s.rows();
        let mut sum = source;
        let mut l = Matrix::from_fn(r, r, |i, j| self.g[(i, r + j)]);
        let mut f = Matrix::from_fn(r, r, |i, j| self.g[(r + i, j)]);
        // projectors Gamma alpha_in alpha_in^+ and alpha_out alpha_out^+ Gamma, by the current 1 of each mode
        let width = adjoint_difference(&self.s);
        let (left, right) = (multiply(&width, &incoming.alpha), multiply(&outgoing.alpha.adjoint(), &width));
        let propagating = |m: &Matrix| multiply(&overlaps(&incoming.alpha, m), &outgoing.alpha);
        let subtract = |from: &mut Matrix, part: &Matrix| {
            let part = multiply(&left, &multiply(part, &right));
            from.as_mut_slice().iter_mut().zip(part.as_slice()).for_each(|(a, b)| *a -= b);
        };
        let source = propagating(&sum);
        let scale = sum.max_norm();
        subtract(&mut sum, &source);
        let mut doublings = 0;
        loop {
            let mut term = multiply(&l, &multiply(&sum, &f));
            // by rounding
            let back = propagating(&term);
            subtract(&mut term, &back);
            sum.as_mut_slice().iter_mut().zip(term.as_slice()).for_each(|(a, b)| *a += b);
            // the term after this one is of the order of its square
            if term.max_norm() <= NEGLIGIBLE * (scale + sum.max_norm()) {
                break;
            }
            doublings += 1;
            if doublings > DOUBLINGS {
                return None;
            }
            (l, f) = (multiply(&l, &l), multiply(&f, &f));
        }
        let mut quotient = source;
        for j in 0..quotient.cols() {
            for i in 0..quotient.rows() {
                let gap = gap(incoming.momenta[i], outgoing.momenta[j]);
                if gap.norm() < SINGULAR {
                    return None;
                }
                quotient[(i, j)] /= -gap;
            }
        }
        subtract(&mut sum, &quotient);
        Some(sum)
    }
}

/// Relative size of the last term of the sum.
const NEGLIGIBLE: f64 = 1e-13;

/// Doublings after which the slowest decay that is not taken for a propagating mode, by 1e-7 per cell, is over.
const DOUBLINGS: usize = 30;

impl Bloch {
    /// Smallest distance between Bloch factors of incoming and outgoing modes.
    pub(super) fn gap(&self) -> f64 {
        let outgoing = self.outgoing.momenta.iter();
        let pairs = outgoing.flat_map(|out| self.incoming.momenta.iter().map(move |k| gap(*k, *out)));
        pairs.map(|gap| gap.norm()).fold(f64::INFINITY, f64::min)
    }
}

/// `1 - lambda_in^* lambda_out`.
fn gap(incoming: f64, outgoing: f64) -> C64 {
    C64::ONE - C64::from_polar(1.0, outgoing - incoming)
}
