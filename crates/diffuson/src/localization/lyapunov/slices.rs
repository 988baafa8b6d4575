//! The slices of a bar: `C_n = H_n - E` with its transverse bonds.

use super::{Bar, Hopping};
use crate::disorder::{Disorder, Fields, Run};
use crate::lattice::Boundary;
use diffuson_linalg::frame::Pattern;
use std::borrow::Cow;
use std::f64::consts::TAU;

/// The random field of the on-site energies; place `(x * width + y) * height + z` for site (x, y, z).
pub const ONSITE_FIELD: u32 = 0;
/// The random field of phases and spin rotations: D normal deviates, as a unit vector, for each of the bonds from a site to y + 1 and (in a bar) z + 1.
pub const BOND_FIELD: u32 = 1;
/// The random field of the columns a bar starts with.
pub const START_FIELD: u32 = 2;

/// All slices, each a function of its place.
pub(super) struct Slices<'b, const D: usize> {
    bar: &'b Bar,
    fields: &'b dyn Fields,
    pattern: Pattern,
    /// For each entry of the pattern its bond, and whether it is followed backwards. Bond `2 i + d` leads from site i in transverse direction d.
    bonds: Vec<(usize, bool)>,
    /// Off-diagonal entries, if they are the same in all slices.
    constant: Option<Vec<[f64; D]>>,
}

impl<'b, const D: usize> Slices<'b, D> {
    pub(super) fn new(bar: &'b Bar, fields: &'b dyn Fields) -> Self {
        let (width, height, n) = (bar.width, bar.height, bar.channels());
        let mut rows = vec![Vec::new(); n];
        for i in 0..n {
            let (y, z) = (i / height, i % height);
            let forward = [(y, width, height), (z, height, 1)];
            for (d, (at, side, stride)) in forward.into_iter().enumerate() {
                let j = if at + 1 < side { i + stride } else { i + stride - side * stride };
                if at + 1 < side || (bar.boundary == Boundary::Periodic && side > 1) {
                    rows[i].push((j, 2 * i + d, false));
                    rows[j].push((i, 2 * i + d, true));
                }
            }
        }
        let columns: Vec<Vec<usize>> =
            rows.iter().map(|row| row.iter().map(|&(j, ..)| j).collect()).collect();
        let pattern = Pattern::new(&columns);
        let bonds = rows.concat().into_iter().map(|(_, bond, backwards)| (bond, backwards)).collect();
        let constant = (bar.hopping == Hopping::Real).then(|| vec![entry(unit(), false); pattern.entries()]);
        Self { bar, fields, pattern, bonds, constant }
    }

    pub(super) fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// Column j of the start, component by component: without regularity, so that no channel is missing.
    pub(super) fn start(&self, j: usize) -> Vec<f64> {
        let mut column = vec![0.0; self.bar.channels() * D];
        self.fields.normal(START_FIELD, (j * column.len()) as u64, &mut column);
        column
    }

    /// Diagonals and off-diagonal entries of slices first, first + 1, ...
    pub(super) fn of(&self, first: u64, count: usize) -> (Vec<f64>, Cow<'_, [[f64; D]]>) {
        let n = self.bar.channels();
        let run = Run { fields: self.fields, field: ONSITE_FIELD, first: first.wrapping_mul(n as u64) };
        let mut diagonals = match &self.bar.disorder {
            Disorder::None => vec![0.0; count * n],
            disorder => disorder.onsite(count * n, &run),
        };
        diagonals.iter_mut().for_each(|e| *e -= self.bar.energy);
        if let Some(constant) = &self.constant {
            return (diagonals, Cow::Borrowed(constant));
        }
        let numbers = self.numbers(first, count);
        let slices = numbers.chunks_exact(2 * n);
        let entries =
            slices.flat_map(|u| self.bonds.iter().map(|&(bond, backwards)| entry(u[bond], backwards)));
        (diagonals, Cow::Owned(entries.collect()))
    }

    /// U on all bonds of some slices.
    fn numbers(&self, first: u64, count: usize) -> Vec<[f64; D]> {
        let n = self.bar.channels();
        if let Hopping::UniformField { flux } = self.bar.hopping {
            return (first..first + count as u64)
                .flat_map(|x| {
                    // only the fraction of a turn counts, and keeps its digits where x is large
                    let (sine, cosine) = (TAU * (flux.fract() * x as f64).fract()).sin_cos();
                    let phase = std::array::from_fn(|c| [cosine, sine, 0.0, 0.0][c]);
                    std::iter::repeat_n([phase, unit()], n).flatten()
                })
                .collect();
        }
        let mut normals = vec![0.0; count * 2 * n * D];
        self.fields.normal(BOND_FIELD, first.wrapping_mul((2 * n * D) as u64), &mut normals);
        let (numbers, _) = normals.as_chunks::<D>();
        numbers
            .iter()
            .map(|u| {
                let norm = u.iter().map(|x| x * x).sum::<f64>().sqrt();
                if norm > 0.0 { u.map(|x| x / norm) } else { unit() }
            })
            .collect()
    }
}

/// The number 1.
fn unit<const D: usize>() -> [f64; D] {
    std::array::from_fn(|c| f64::from(u8::from(c == 0)))
}

/// `-U`, or `-U^+` against the direction of the bond.
fn entry<const D: usize>(u: [f64; D], backwards: bool) -> [f64; D] {
    std::array::from_fn(|c| if backwards && c > 0 { u[c] } else { -u[c] })
}
