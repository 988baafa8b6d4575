//! The kinetic operator in an upwind discontinuous Galerkin discretisation of degree 4, and its factorisation.
//!
//! ```text
//! A f = (u/2) f' + r_in f + r_el [f(x) - f(-x)]/2
//! ```
//!
//! With `F(x) = f(x)` and `M(x) = f(-x)` on x > 0, F is carried outwards and M inwards; an element and its mirror image are a scatterer of 10 unknowns with two
//! incoming and two outgoing numbers, F(0) = M(0) closes the chain at the origin and nothing comes in from infinity. Scatterers are factorised one by one
//! (some 1300 operations each, all columns included) and joined by the recursion of their reflections, from outside in: a solution costs some 300 operations per element.
//!
//! Test functions of degree 4 contain 1, x and x^2: charge, momentum and energy balance to rounding on any mesh. On a mesh of mirror images the
//! transposed operator is the mirror image of the operator, so that the factors serve the adjoint problem too.

use super::mesh::{Function, Mesh};
use super::rates::Rates;
use crate::gauss::{POINTS, RULE};
use num_complex::Complex64;
use std::array::from_fn;
use std::ops::{Add, Div, Mul, Sub};

/// Polynomials per element.
const MODES: usize = 5;
/// Unknowns of an element and its mirror image.
const BOTH: usize = 2 * MODES;

/// Real numbers, and complex ones for finite frequency.
pub(super) trait Scalar:
    Copy + From<f64> + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    /// Modulus.
    fn magnitude(self) -> f64;
}

impl Scalar for f64 {
    fn magnitude(self) -> f64 {
        self.abs()
    }
}

impl Scalar for Complex64 {
    fn magnitude(self) -> f64 {
        self.l1_norm()
    }
}

/// `A + shift`, factorised.
pub(super) struct Operator<'m, T> {
    mesh: &'m Mesh,
    pairs: Vec<Pair<T>>,
    /// What comes back inwards at the inner end of each pair per unit going out.
    reflections: Vec<T>,
}

/// An element and its mirror image.
struct Pair<T> {
    local: Local<T>,
    /// Response to F = 1 coming in at the inner end, and to M = 1 coming in at the outer end.
    inner: [T; BOTH],
    outer: [T; BOTH],
}

impl<'m, T: Scalar> Operator<'m, T> {
    /// Factorises `A + shift`.
    pub(super) fn new(mesh: &'m Mesh, u: f64, rates: &Rates, shift: T) -> Self {
        let pairs: Vec<_> = mesh.nodes.windows(2).map(|n| Pair::new([n[0], n[1]], u, rates, shift)).collect();
        let one = T::from(1.0);
        let mut reflections = vec![T::from(0.0); pairs.len() + 1];
        for (k, pair) in pairs.iter().enumerate().rev() {
            let beyond = reflections[k + 1];
            let (through, back) = (outside(&pair.inner), inside(&pair.inner));
            let echo = beyond / (one - outside(&pair.outer) * beyond);
            reflections[k] = back + inside(&pair.outer) * echo * through;
        }
        Self { mesh, pairs, reflections }
    }

    /// `f` of `(A + shift) f = source`.
    pub(super) fn solve(&self, source: &Function<T>) -> Function<T> {
        let legendre = legendre();
        let (one, zero) = (T::from(1.0), T::from(0.0));
        let mut local: Vec<[T; BOTH]> = Vec::with_capacity(self.pairs.len());
        for (k, pair) in self.pairs.iter().enumerate() {
            let mut moments = [zero; BOTH];
            for q in 0..POINTS {
                let (p, weight) = (k * POINTS + q, self.mesh.weights[k * POINTS + q]);
                for (i, phi) in legendre[q].iter().enumerate() {
                    let weight = T::from(weight * phi);
                    moments[i] = moments[i] + weight * source[p][0];
                    moments[MODES + i] = moments[MODES + i] + weight * source[p][1];
                }
            }
            local.push(pair.local.solve(moments));
        }
        // what comes back inwards without anything going out
        let mut returned = vec![zero; self.pairs.len() + 1];
        for (k, pair) in self.pairs.iter().enumerate().rev() {
            let (beyond, rest) = (self.reflections[k + 1], returned[k + 1]);
            let out =
                (outside(&local[k]) + outside(&pair.outer) * rest) / (one - outside(&pair.outer) * beyond);
            returned[k] = inside(&local[k]) + inside(&pair.outer) * (rest + beyond * out);
        }
        let mut outgoing = returned[0] / (one - self.reflections[0]);
        let mut values = Vec::with_capacity(source.len());
        for (k, pair) in self.pairs.iter().enumerate() {
            let (beyond, rest) = (self.reflections[k + 1], returned[k + 1]);
            let bare = outside(&local[k]) + outside(&pair.inner) * outgoing;
            let out = (bare + outside(&pair.outer) * rest) / (one - outside(&pair.outer) * beyond);
            let incoming = rest + beyond * out;
            let modes: [T; BOTH] =
                from_fn(|i| local[k][i] + outgoing * pair.inner[i] + incoming * pair.outer[i]);
            for phi in &legendre {
                let at =
                    |first: usize| (0..MODES).fold(zero, |sum, i| sum + T::from(phi[i]) * modes[first + i]);
                values.push([at(0), at(MODES)]);
            }
            outgoing = out;
        }
        values
    }

    /// `f` of `(A + shift)^T f = source`.
    pub(super) fn solve_adjoint(&self, source: &Function<T>) -> Function<T> {
        mirrored(&self.solve(&mirrored(source)))
    }
}

fn mirrored<T: Copy>(f: &Function<T>) -> Function<T> {
    f.iter().map(|&[plus, minus]| [minus, plus]).collect()
}

/// F at the outer end.
fn outside<T: Scalar>(modes: &[T; BOTH]) -> T {
    modes[..MODES].iter().fold(T::from(0.0), |sum, &c| sum + c)
}

/// M at the inner end.
fn inside<T: Scalar>(modes: &[T; BOTH]) -> T {
    (0..MODES).fold(T::from(0.0), |sum, i| sum + T::from(sign(i)) * modes[MODES + i])
}

/// `P_i(-1)`.
fn sign(i: usize) -> f64 {
    if i.is_multiple_of(2) { 1.0 } else { -1.0 }
}

/// Legendre polynomials at the Gauss points.
fn legendre() -> [[f64; MODES]; POINTS] {
    from_fn(|q| {
        let (x, _) = RULE[q];
        let mut p = [1.0, x, 0.0, 0.0, 0.0];
        for i in 2..MODES {
            let n = i as f64;
            p[i] = ((2.0 * n - 1.0) * x * p[i - 1] - (n - 1.0) * p[i - 2]) / n;
        }
        p
    })
}

impl<T: Scalar> Pair<T> {
    fn new([from, to]: [f64; 2], u: f64, rates: &Rates, shift: T) -> Self {
        let (centre, half) = (0.5 * (from + to), 0.5 * (to - from));
        // Int P_i P_j dx and Int P_i P_j x dx; rates are a + b |x|
        let norm = |i: usize| 2.0 / (2 * i + 1) as f64;
        let product = |i: usize, j: usize, [a, b]: [f64; 2]| match i.abs_diff(j) {
            0 => half * (a + b * centre) * norm(i),
            1 => {
                let low = i.min(j) as f64;
                half * half * b * 2.0 * (low + 1.0) / ((2.0 * low + 1.0) * (2.0 * low + 3.0))
            }
            _ => 0.0,
        };
        // Int P_i' P_j dxi
        let slope = |i: usize, j: usize| if i > j && (i + j) % 2 == 1 { 2.0 } else { 0.0 };
        let (inelastic, elastic) = rates.polynomials();
        let exchange = elastic.map(|r| 0.5 * r);
        let loss = [inelastic[0] + exchange[0], inelastic[1] + exchange[1]];
        let drift = 0.5 * u;
        let mut a = [[T::from(0.0); BOTH]; BOTH];
        for i in 0..MODES {
            for j in 0..MODES {
                let diagonal = product(i, j, loss);
                let across = T::from(-product(i, j, exchange));
                let shifted = shift * T::from(product(i, j, [1.0, 0.0]));
                a[i][j] = T::from(drift * (1.0 - slope(i, j)) + diagonal) + shifted;
                a[MODES + i][MODES + j] =
                    T::from(drift * (sign(i) * sign(j) + slope(i, j)) + diagonal) + shifted;
                a[i][MODES + j] = across;
                a[MODES + i][j] = across;
            }
        }
        let local = Local::new(a);
        let entering = |first: usize, value: fn(usize) -> f64| {
            from_fn(|i| {
                T::from(if (first..first + MODES).contains(&i) { drift * value(i - first) } else { 0.0 })
            })
        };
        let inner = local.solve(entering(0, sign));
        let outer = local.solve(entering(MODES, |_| 1.0));
        Self { local, inner, outer }
    }
}

/// A small matrix, factorised with row exchanges.
struct Local<T> {
    lu: [[T; BOTH]; BOTH],
    rows: [usize; BOTH],
}

impl<T: Scalar> Local<T> {
    fn new(mut a: [[T; BOTH]; BOTH]) -> Self {
        let mut rows = from_fn(|i| i);
        for k in 0..BOTH {
            let mut best = k;
            for i in k + 1..BOTH {
                if a[i][k].magnitude() > a[best][k].magnitude() {
                    best = i;
                }
            }
            a.swap(k, best);
            rows.swap(k, best);
            let pivot = a[k];
            let inverse = T::from(1.0) / pivot[k];
            for row in &mut a[k + 1..] {
                row[k] = row[k] * inverse;
                let factor = row[k];
                for j in k + 1..BOTH {
                    row[j] = row[j] - factor * pivot[j];
                }
            }
        }
        Self { lu: a, rows }
    }

    fn solve(&self, b: [T; BOTH]) -> [T; BOTH] {
        let mut x: [T; BOTH] = from_fn(|i| b[self.rows[i]]);
        for i in 0..BOTH {
            for j in 0..i {
                x[i] = x[i] - self.lu[i][j] * x[j];
            }
        }
        for i in (0..BOTH).rev() {
            for j in i + 1..BOTH {
                x[i] = x[i] - self.lu[i][j] * x[j];
            }
            x[i] = x[i] / self.lu[i][i];
        }
        x
    }
}
