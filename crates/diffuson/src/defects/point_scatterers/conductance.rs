//! What scatterers take off the conductance of a wide ballistic contact at one wave number.

use super::geometry::{Bond, Geometry};
use super::resolvent::{Border, Resolvent};
use crate::defects::hemisphere_average;
use crate::{C64, Matrix};
use diffuson_linalg::product::multiply;

/// What becomes of the waves that arrive from one side.
#[derive(Clone, Copy)]
pub(super) struct Flux {
    /// `Tr[g^T M g M^+]`: scattered into the hemisphere it came from.
    pub(super) backwards: f64,
    /// Scattered into either hemisphere, on the average.
    mean: f64,
    /// `Tr[M g] / k`; interference takes its imaginary part off the incoming waves.
    forward: C64,
}

impl Flux {
    /// How far the optical theorem is violated: flux that is scattered less flux that is lost, per modulus of the forward amplitude.
    pub(super) fn violation(&self) -> f64 {
        let difference = (self.mean - self.forward.im).abs();
        if difference == 0.0 { 0.0 } else { difference / self.forward.norm() }
    }
}

/// The background at one real wave number.
pub(super) struct Background {
    k: f64,
    resolvent: Resolvent,
    /// M.
    scattering: Matrix,
    /// `g_jl e^{i phi_jl}`: how waves arrive.
    incoming: Matrix,
    /// `g_jl e^{-i phi_jl}`: how they leave backwards.
    backwards: Matrix,
    /// The same averaged over both hemispheres.
    both: Matrix,
    pub(super) flux: Flux,
}

impl Background {
    /// None if D is singular.
    pub(super) fn new(k: f64, geometry: &Geometry) -> Option<Self> {
        let n = geometry.phase_shifts.len();
        let mut resolvent = Resolvent::new(n);
        if !resolvent.at(C64::new(k, 0.0), geometry) {
            return None;
        }
        let scattering = resolvent.scattering();
        let [mut incoming, mut backwards, mut both] = [(); 3].map(|()| Matrix::identity(n));
        let mut bonds = geometry.background.iter();
        for l in 0..n {
            for (j, bond) in (l + 1..n).zip(&mut bonds) {
                let g = kernel(k, bond);
                let set = |m: &mut Matrix, x: C64| (m[(j, l)], m[(l, j)]) = (x, x.conj());
                set(&mut incoming, g * bond.gauge);
                set(&mut backwards, g * bond.gauge.conj());
                set(&mut both, g.re * bond.gauge.conj());
            }
        }
        let arriving = multiply(&scattering, &incoming);
        let leaving = multiply(&arriving, &scattering.adjoint());
        let contract = |m: &Matrix| dot(m.as_slice(), leaving.as_slice()).re;
        let forward = (0..n).map(|j| arriving[(j, j)]).sum::<C64>() / k;
        let flux = Flux { backwards: contract(&backwards), mean: contract(&both), forward };
        Some(Self { k, resolvent, scattering, incoming, backwards, both, flux })
    }

    /// With the mobile scatterer: `M -> M + s p q^T`, so that
    ///
    /// ```text
    /// Tr[L^T M R M^+]  ->  Tr[L^T M R M^+] + 2 Re s (p^T L) M* (q^T R)^T + |s|^2 (p^T L p*) (q^T R q*)
    /// ```
    ///
    /// in six products of a matrix and a vector: 48 n^2 real operations, and n kernels, against `80/3 n^3` and `n^2/2` kernels from the beginning.
    pub(super) fn with(&mut self, bonds: &[Bond]) -> Flux {
        let Border { strength, towards: p, back, .. } = self.resolvent.border(bonds);
        let q: Vec<C64> = (0..p.len()).map(|l| dot(&back, self.scattering.col(l))).collect();
        let kernels: Vec<C64> = bonds.iter().map(|b| kernel(self.k, b)).collect();
        let dressed = |of: fn(C64, C64) -> C64| -> Vec<C64> {
            kernels.iter().zip(bonds).map(|(g, b)| of(*g, b.gauge)).collect()
        };
        let arriving = Row::of(&q, &self.incoming, &dressed(|g, gauge| g * gauge));
        let mut through = vec![C64::default(); p.len()];
        for (l, amplitude) in arriving.along.iter().enumerate() {
            let column = self.scattering.col(l);
            through.iter_mut().zip(column).for_each(|(t, m)| *t += m.conj() * amplitude);
        }
        let arrived = strength.norm_sqr() * arriving.norm(&q);
        let more = |l: &Matrix, column: Vec<C64>| {
            let leaving = Row::of(&p, l, &column);
            2.0 * (strength * dot(&leaving.along, &through)).re + arrived * leaving.norm(&p)
        };
        Flux {
            backwards: self.flux.backwards + more(&self.backwards, dressed(|g, gauge| g * gauge.conj())),
            mean: self.flux.mean + more(&self.both, dressed(|g, gauge| g.re * gauge.conj())),
            forward: self.flux.forward + strength * (dot(&arriving.along, &p) + arriving.last) / self.k,
        }
    }
}

/// `x^T H` of a vector (x, 1) and a Hermitian matrix with one row and column more, 1 on its diagonal.
struct Row {
    along: Vec<C64>,
    last: C64,
}

impl Row {
    fn of(x: &[C64], matrix: &Matrix, column: &[C64]) -> Self {
        let along = column.iter().enumerate().map(|(l, c)| dot(x, matrix.col(l)) + c.conj()).collect();
        Self { along, last: dot(x, column) + 1.0 }
    }

    /// `x^T H x*`.
    fn norm(&self, x: &[C64]) -> f64 {
        self.along.iter().zip(x).map(|(h, x)| h * x.conj()).sum::<C64>().re + self.last.re
    }
}

fn kernel(k: f64, bond: &Bond) -> C64 {
    hemisphere_average(bond.separation.map(|x| k * x))
}

fn dot(a: &[C64], b: &[C64]) -> C64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
