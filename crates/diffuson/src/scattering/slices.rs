//! Green functions of slices: connected to one side, and to both.
//!
//! ```text
//! g^L_x = (A_xx - V_{x-1}^+ g^L_{x-1} V_{x-1})^-1                                    without everything to the right,
//! g^R_x = (A_xx - V_x g^R_{x+1} V_x^+)^-1                                            without everything to the left,
//! G_xx  = (A_xx - V_{x-1}^+ g^L_{x-1} V_{x-1} - V_x g^R_{x+1} V_x^+)^-1.
//! ```
//!
//! A part cut off may have a level at the very energy. The large g of that part then comes out as that of a conductor altered by rounding,
//! which alters G by rounding: for this G_xx is an inverse of its own, not g^R_x with a correction that cancels it. Where the
//! level is exact, with no probe to widen it, a pivot of the size of rounding takes the place of zero.

use super::SolveError;
use super::dual::{Dual, Inversion};
use crate::conductor::Blocks;
use diffuson_linalg::{C64, Singular};

/// Green functions of L slices, with energy derivatives if asked for.
pub(super) struct Slices {
    /// `g^L_x` of all slices but the last.
    pub(super) left: Vec<Dual>,
    /// `g^R_{x+1}` at place x: of all slices but the first.
    pub(super) right: Vec<Dual>,
    /// `G_xx` of all slices.
    pub(super) full: Vec<Dual>,
    /// Inversions done.
    pub(super) inversions: usize,
}

/// The diagonal block V of `E - H` between a slice and the next.
pub(super) struct Coupling {
    pub(super) v: Vec<C64>,
    conjugate: Vec<C64>,
}

impl Coupling {
    /// Between all neighbouring slices.
    pub(super) fn all(blocks: &Blocks) -> Vec<Self> {
        let coupling = |v: &Vec<C64>| Self { v: v.clone(), conjugate: v.iter().map(|v| v.conj()).collect() };
        blocks.v.iter().map(coupling).collect()
    }

    /// `out += factor V^+ m V`, or `=` unless `accumulate`: what m of the slice before means for the slice after.
    pub(super) fn forward(&self, accumulate: bool, factor: f64, m: &Dual, out: &mut Dual) {
        out.add_dressed(accumulate, factor, &self.conjugate, m, &self.v);
    }

    /// `out += factor V m V^+`, or `=` unless `accumulate`: what m of the slice after means for the slice before.
    pub(super) fn backward(&self, accumulate: bool, factor: f64, m: &Dual, out: &mut Dual) {
        out.add_dressed(accumulate, factor, &self.v, m, &self.conjugate);
    }
}

impl Slices {
    pub(super) fn new(
        blocks: &Blocks,
        couplings: &[Coupling],
        energy: f64,
        with_derivative: bool,
    ) -> Result<Self, SolveError> {
        let mut room = Inversion::new(blocks.a[0].rows());
        let mut inversions = 0;
        let mut invert = |x: usize, before: Option<&Dual>, after: Option<&Dual>, exact| {
            let mut a = Dual::new(&blocks.a[x], with_derivative.then(|| &blocks.x[x]));
            if let Some(g) = before {
                couplings[x - 1].forward(true, -1.0, g, &mut a);
            }
            if let Some(g) = after {
                couplings[x].backward(true, -1.0, g, &mut a);
            }
            inversions += 1;
            let singular = |cause: Singular| SolveError::Singular { energy, slice: x, cause };
            a.inverse(&mut room, exact).map_err(singular)
        };
        let count = blocks.a.len();
        let mut left: Vec<Dual> = Vec::with_capacity(count);
        for x in 0..count - 1 {
            left.push(invert(x, left.last(), None, false)?);
        }
        let mut right: Vec<Dual> = Vec::with_capacity(count);
        for x in (1..count).rev() {
            right.push(invert(x, None, right.last(), false)?);
        }
        right.reverse();
        let full = (0..count)
            .map(|x| invert(x, x.checked_sub(1).map(|before| &left[before]), right.get(x), true))
            .collect::<Result<_, _>>()?;
        Ok(Self { left, right, full, inversions })
    }
}
