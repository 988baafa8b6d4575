//! Green functions between the ends of a strip of any length, in the memory of a few slices.
//!
//! Slices are added one at a time and forgotten. With V between the last slice and the new one, by Dyson's equation
//!
//! ```text
//! G_LL <- (A_xx - V^+ G_LL V)^-1,
//! G_L1 <- -G_LL V^+ G_L1,            G_1L <- -G_1L V G_LL,
//! G_11 <- G_11 - G_1L V^+ G_L1       (new G_1L, old G_L1).
//! ```
//!
//! G_L1 decays and nothing is ever divided by it: below 1e-308 it is zero. Per slice one inversion and two products, 24 n^3 real operations; in
//! a magnetic field, where G_1L is not the transpose of G_L1, three. Of a strip that is closed at one end only G_LL is needed, from that end on.

use super::dense::multiply;
use super::{SolveError, Work};
use crate::conductor::Dressed;
use crate::leads::End;
use diffuson_linalg::{C64, Inverter, Matrix, Op, product};

/// `G W` on the surface for the modes W of the leads.
pub(super) fn from_modes(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    modes: &Matrix,
) -> Result<(Matrix, Work), SolveError> {
    let (green, work) = surface(dressed, onsite)?;
    Ok((multiply(&green, modes), work))
}

/// The Green function on the surface.
fn surface(dressed: &Dressed<'_>, onsite: &[f64]) -> Result<(Matrix, Work), SolveError> {
    let lattice = dressed.strip()?;
    let (slices, n) = (lattice.slices(), lattice.slice_sites());
    let ends = [End::Left, End::Right].map(|end| dressed.lead(end).is_some());
    if ends == [false; 2] {
        return Ok((Matrix::zeros(0, 0), Work::default()));
    }
    // towards the lead, if there is only one
    let backward = !ends[1];
    let place = |step: usize| if backward { slices - 1 - step } else { step };
    // A between the slice of the step before and that of a step
    let coupling = |step: usize| -> Vec<C64> {
        let hopping = lattice.forward_hopping(place(step).min(place(step - 1)));
        hopping.into_iter().map(|h| if backward { -h.conj() } else { -h }).collect()
    };
    let mut inverter = Inverter::new(n);
    let mut invert = |a: &Matrix, step: usize| {
        let mut g = Matrix::zeros(n, n);
        let found = if step + 1 == slices {
            inverter.invert(a, &mut g)
        } else {
            // a part cut off may have a level at the energy
            inverter.invert_to_rounding(a, &mut g, 1.0)
        };
        let singular = |cause| SolveError::Singular { energy: dressed.energy, slice: place(step), cause };
        found.map(|()| g).map_err(singular)
    };
    let mut last = invert(&dressed.slice(lattice, place(0), onsite), 0)?;
    let mut through = (ends == [true; 2] && slices > 1)
        .then(|| Through::new(&last, dressed.conductor.is_time_reversal_symmetric()));
    for step in 1..slices {
        let v = coupling(step);
        let mut a = dressed.slice(lattice, place(step), onsite);
        for j in 0..n {
            let entering = a.col_mut(j).iter_mut().zip(last.col(j)).zip(&v);
            entering.for_each(|((a, g), v_i)| *a -= v_i.conj() * g * v[j]);
        }
        last = invert(&a, step)?;
        if let Some(through) = &mut through {
            through.add(&last, &v);
        }
    }
    let work = Work { inversions: slices, energies: 1, ..Work::default() };
    Ok((through.map_or_else(|| last.clone(), |through| through.on_both_ends(&last)), work))
}

/// What connects the last slice with the first.
struct Through {
    /// G_11.
    first: Matrix,
    /// G_L1.
    forward: Matrix,
    /// G_1L; none where it is the transpose of G_L1.
    backward: Option<Matrix>,
    scratch: [Matrix; 2],
}

impl Through {
    /// Of a single slice.
    fn new(g: &Matrix, symmetric: bool) -> Self {
        Self {
            first: g.clone(),
            forward: g.clone(),
            backward: (!symmetric).then(|| g.clone()),
            scratch: [g.clone(), g.clone()],
        }
    }

    /// Adds a slice of Green function `g`, coupled to the one before by `v`.
    fn add(&mut self, g: &Matrix, v: &[C64]) {
        let n = v.len();
        let Self { first, forward, backward, scratch: [entering, next] } = self;
        // V^+ G_L1
        for j in 0..n {
            let column = entering.col_mut(j).iter_mut().zip(forward.col(j)).zip(v);
            column.for_each(|((out, g), v)| *out = v.conj() * g);
        }
        product(forward.all_mut(), false, -1.0, (g.all(), Op::Plain), (entering.all(), Op::Plain));
        match backward {
            // G_1L = G_L1^T
            None => {
                let backward = (forward.all(), Op::Transpose);
                product(first.all_mut(), true, -1.0, backward, (entering.all(), Op::Plain));
            }
            Some(backward) => {
                for (j, v) in v.iter().enumerate() {
                    backward.col_mut(j).iter_mut().for_each(|g| *g *= v);
                }
                product(next.all_mut(), false, -1.0, (backward.all(), Op::Plain), (g.all(), Op::Plain));
                std::mem::swap(backward, next);
                let backward = (backward.all(), Op::Plain);
                product(first.all_mut(), true, -1.0, backward, (entering.all(), Op::Plain));
            }
        }
    }

    /// The Green function on the first and the last slice.
    fn on_both_ends(&self, last: &Matrix) -> Matrix {
        let n = last.rows();
        Matrix::from_fn(2 * n, 2 * n, |i, j| match (i < n, j < n) {
            (true, true) => self.first[(i, j)],
            (false, true) => self.forward[(i - n, j)],
            (true, false) => match &self.backward {
                Some(backward) => backward[(i, j - n)],
                None => self.forward[(j - n, i)],
            },
            (false, false) => last[(i - n, j - n)],
        })
    }
}
