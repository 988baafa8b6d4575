//! Iterative solution of the probe equations, which are diagonally dominant: conjugate gradients where they are symmetric, restarted GMRES
//! in a magnetic field or at finite bias.

/// A linear system `A x = b` of which only products are known.
pub(crate) struct System<'s> {
    /// `out = A x`.
    pub(crate) apply: &'s mut dyn FnMut(&[f64], &mut [f64]),
    /// Replaces a residual by an approximate solution of `A x = residual`: symmetric and positive definite if A is.
    pub(crate) precondition: &'s dyn Fn(&mut [f64]),
    /// Whether A is symmetric and positive definite.
    pub(crate) symmetric: bool,
    /// What the entries of a residual are measured in; 1 if not given.
    pub(crate) units: Option<&'s [f64]>,
}

/// The iteration ended with the residual too large.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct NotConverged {
    pub(crate) iterations: usize,
    pub(crate) residual: f64,
}

/// Restart length of GMRES.
const SUBSPACE: usize = 60;

impl System<'_> {
    /// Improves `x` until the largest entry of `b - A x`, in its unit, is at most `tolerance`, and returns the number of products with A.
    ///
    /// The residual is recomputed from its definition before success is claimed.
    pub(crate) fn solve(&mut self, b: &[f64], x: &mut [f64], tolerance: f64) -> Result<usize, NotConverged> {
        let limit = 20 * b.len() + 2000;
        let mut products = 0;
        let mut best = f64::INFINITY;
        let mut stalled = 0;
        loop {
            let mut r = vec![0.0; b.len()];
            if x.iter().any(|x| *x != 0.0) {
                (self.apply)(x, &mut r);
                products += 1;
            }
            r.iter_mut().zip(b).for_each(|(r, b)| *r = b - *r);
            let residual = self.largest(&r);
            if residual <= tolerance {
                return Ok(products);
            }
            stalled = if residual < 0.5 * best { 0 } else { stalled + 1 };
            best = best.min(residual);
            if !residual.is_finite() || stalled > 3 || products > limit {
                return Err(NotConverged { iterations: products, residual });
            }
            let goal = 0.1 * tolerance;
            products += if self.symmetric {
                self.conjugate_gradients(r, x, goal, limit)
            } else {
                self.gmres(r, x, goal)
            };
        }
    }

    fn unit(&self, entry: usize) -> f64 {
        self.units.map_or(1.0, |units| units[entry])
    }

    /// Largest entry, in its unit.
    fn largest(&self, r: &[f64]) -> f64 {
        r.iter().enumerate().map(|(k, r)| r.abs() / self.unit(k)).fold(0.0, crate::scattering::nan_max)
    }

    /// Entries in their units in place of entries.
    fn measure(&self, r: &mut [f64]) {
        r.iter_mut().enumerate().for_each(|(k, r)| *r /= self.unit(k));
    }

    /// An approximate solution for a residual in its units.
    fn preconditioned(&self, r: &[f64]) -> Vec<f64> {
        let mut z: Vec<f64> = r.iter().enumerate().map(|(k, r)| r * self.unit(k)).collect();
        (self.precondition)(&mut z);
        z
    }

    fn conjugate_gradients(&mut self, mut r: Vec<f64>, x: &mut [f64], goal: f64, limit: usize) -> usize {
        let mut z = r.clone();
        (self.precondition)(&mut z);
        let mut p = z.clone();
        let mut ap = vec![0.0; r.len()];
        let mut rz = dot(&r, &z);
        let mut products = 0;
        while products < limit && rz > 0.0 {
            (self.apply)(&p, &mut ap);
            products += 1;
            let curvature = dot(&p, &ap);
            if !(curvature > 0.0) {
                break;
            }
            let step = rz / curvature;
            axpy(step, &p, x);
            axpy(-step, &ap, &mut r);
            if self.largest(&r) <= goal {
                break;
            }
            z.copy_from_slice(&r);
            (self.precondition)(&mut z);
            let next = dot(&r, &z);
            let ratio = next / rz;
            rz = next;
            p.iter_mut().zip(&z).for_each(|(p, z)| *p = z + ratio * *p);
        }
        products
    }

    /// One cycle of right-preconditioned GMRES from the residual `r`, of the equations in their units.
    fn gmres(&mut self, mut r: Vec<f64>, x: &mut [f64], goal: f64) -> usize {
        self.measure(&mut r);
        let norm = dot(&r, &r).sqrt();
        r.iter_mut().for_each(|r| *r /= norm);
        let mut basis = vec![r];
        let mut columns: Vec<Vec<f64>> = Vec::new();
        let mut rotations: Vec<(f64, f64)> = Vec::new();
        let mut rhs = vec![norm];
        for k in 0..SUBSPACE {
            let z = self.preconditioned(&basis[k]);
            let mut w = vec![0.0; z.len()];
            (self.apply)(&z, &mut w);
            self.measure(&mut w);
            let mut column = vec![0.0; k + 2];
            // orthogonalised twice: enough for full precision
            for _ in 0..2 {
                for (j, v) in basis.iter().enumerate() {
                    let overlap = dot(v, &w);
                    column[j] += overlap;
                    axpy(-overlap, v, &mut w);
                }
            }
            let length = dot(&w, &w).sqrt();
            column[k + 1] = length;
            for (j, &(c, s)) in rotations.iter().enumerate() {
                (column[j], column[j + 1]) =
                    (c * column[j] + s * column[j + 1], c * column[j + 1] - s * column[j]);
            }
            let size = column[k].hypot(column[k + 1]);
            let (c, s) = if size > 0.0 { (column[k] / size, column[k + 1] / size) } else { (1.0, 0.0) };
            rotations.push((c, s));
            column[k] = size;
            let last = rhs[k];
            rhs[k] = c * last;
            rhs.push(-s * last);
            columns.push(column);
            if rhs[k + 1].abs() <= goal || length <= f64::MIN_POSITIVE {
                break;
            }
            w.iter_mut().for_each(|w| *w /= length);
            basis.push(w);
        }
        let m = columns.len();
        let mut y = vec![0.0; m];
        for i in (0..m).rev() {
            let known: f64 = (i + 1..m).map(|j| columns[j][i] * y[j]).sum();
            y[i] = if columns[i][i] == 0.0 { 0.0 } else { (rhs[i] - known) / columns[i][i] };
        }
        let mut update = vec![0.0; x.len()];
        y.iter().zip(&basis).for_each(|(y, v)| axpy(*y, v, &mut update));
        axpy(1.0, &self.preconditioned(&update), x);
        m
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn axpy(step: f64, p: &[f64], x: &mut [f64]) {
    x.iter_mut().zip(p).for_each(|(x, p)| *x += step * p);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_iterations_solve_a_random_walk() {
        let n = 150;
        for asymmetry in [0.0, 0.3] {
            let mut apply = |x: &[f64], out: &mut [f64]| {
                for i in 0..n {
                    let left = if i > 0 { (1.0 + asymmetry) * x[i - 1] } else { 0.0 };
                    let right = if i + 1 < n { (1.0 - asymmetry) * x[i + 1] } else { 0.0 };
                    out[i] = 2.001 * x[i] - left - right;
                }
            };
            let exact: Vec<f64> = (0..n).map(|i| (0.1 * i as f64).sin()).collect();
            let mut b = vec![0.0; n];
            apply(&exact, &mut b);
            let mut x = vec![0.0; n];
            let precondition = |r: &mut [f64]| r.iter_mut().for_each(|r| *r /= 2.001);
            let symmetric = asymmetry == 0.0;
            System { apply: &mut apply, precondition: &precondition, symmetric, units: None }
                .solve(&b, &mut x, 1e-14)
                .unwrap();
            let worst = x.iter().zip(&exact).map(|(x, e)| (x - e).abs()).fold(0.0, f64::max);
            // condition number of the walk: about 4 / (pi/150)^2 = 9000
            assert!(worst < 1e-10, "asymmetry {asymmetry}: {worst}");
        }
    }

    #[test]
    fn a_system_without_solution_is_reported() {
        let mut apply = |_: &[f64], out: &mut [f64]| out.fill(0.0);
        let mut x = vec![0.0; 3];
        let precondition = |_: &mut [f64]| {};
        for symmetric in [true, false] {
            let mut system =
                System { apply: &mut apply, precondition: &precondition, symmetric, units: None };
            assert!(system.solve(&[1.0, 0.0, 0.0], &mut x, 1e-12).is_err());
        }
    }
}
