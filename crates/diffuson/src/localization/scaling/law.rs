//! The expansion as a model: values and derivatives with respect to all coefficients.

use super::{Orders, ScalingError, SizePoint};
use diffuson_fit::model::Model;

/// Points with the expansion that is to go through them. Coefficients in order: W_c of each transition; nu; y, if there is an irrelevant field;
/// b_1, b_2, ..., c_0, c_1, ... of each transition; a_00, a_10, ..., a_01, a_11, ... of each observable.
#[derive(Clone, Debug)]
pub(super) struct Law {
    pub(super) points: Vec<SizePoint>,
    pub(super) orders: Orders,
    pub(super) observables: usize,
    pub(super) transitions: usize,
    /// L_0.
    pub(super) size_unit: f64,
    /// W_0 of each transition.
    pub(super) driving_units: Vec<f64>,
}

/// How much of the variation with the driving parameter, at any size, corrections may make up: where it is more, they have taken the place of the scaling function.
const CORRECTION: f64 = 0.5;

/// The expansion at one point.
pub(super) struct Expansion {
    pub(super) value: f64,
    /// chi_1.
    pub(super) relevant: f64,
}

impl Law {
    pub(super) fn new(points: &[SizePoint], orders: Orders) -> Result<Self, ScalingError> {
        for (index, p) in points.iter().enumerate() {
            let refuse = |what, given| Err(ScalingError::Point { index, what, given });
            match p {
                p if !p.driving.is_finite() => {
                    return refuse("the driving parameter must be a number", p.driving);
                }
                p if !p.value.is_finite() => return refuse("the value must be a number", p.value),
                p if !(p.size > 0.0 && p.size.is_finite()) => {
                    return refuse("the size must be positive", p.size);
                }
                p if !(p.error > 0.0 && p.error.is_finite()) => {
                    return refuse("the standard error must be positive", p.error);
                }
                _ => {}
            }
        }
        let observables = numbered(points, |p| p.observable).map_err(ScalingError::Observable)?;
        let transitions = numbered(points, |p| p.transition).map_err(ScalingError::Transition)?;
        let mut driving_units = Vec::with_capacity(transitions);
        for transition in 0..transitions.max(1) {
            let [sizes, drivings] = [|p: &SizePoint| p.size, |p: &SizePoint| p.driving]
                .map(|of| distinct(points.iter().filter(|p| p.transition == transition).map(of)));
            if sizes.len() < 2 || drivings.len() < 2 {
                return Err(ScalingError::TooFew {
                    transition,
                    sizes: sizes.len(),
                    drivings: drivings.len(),
                });
            }
            driving_units.push(0.5 * (drivings[drivings.len() - 1] - drivings[0]));
        }
        let sizes = distinct(points.iter().map(|p| p.size));
        let size_unit = (sizes.iter().map(|l| l.ln()).sum::<f64>() / sizes.len() as f64).exp();
        Ok(Self { points: points.to_vec(), orders, observables, transitions, size_unit, driving_units })
    }

    pub(super) fn in_units_of(self, other: &Self) -> Self {
        Self { size_unit: other.size_unit, driving_units: other.driving_units.clone(), ..self }
    }

    /// Number of W_c of a transition.
    pub(super) fn critical_point(&self, transition: usize) -> usize {
        transition
    }

    pub(super) fn exponent(&self) -> usize {
        self.transitions
    }

    pub(super) fn irrelevant_exponent(&self) -> Option<usize> {
        (self.orders.irrelevant > 0).then_some(self.transitions + 1)
    }

    /// Number of b_n of a transition, n from 1.
    pub(super) fn relevant_coefficient(&self, transition: usize, n: usize) -> usize {
        let Orders { irrelevant, relevant_field, irrelevant_field, .. } = self.orders;
        let first = self.transitions + 1 + usize::from(irrelevant > 0);
        let each = relevant_field + if irrelevant > 0 { irrelevant_field + 1 } else { 0 };
        first + transition * each + n - 1
    }

    /// Number of c_n of a transition, n from 0.
    pub(super) fn irrelevant_coefficient(&self, transition: usize, n: usize) -> usize {
        self.relevant_coefficient(transition, 1) + self.orders.relevant_field + n
    }

    /// Number of a_jk of an observable.
    pub(super) fn amplitude(&self, observable: usize, j: usize, k: usize) -> usize {
        let Orders { relevant, irrelevant, correction, .. } = self.orders;
        let first = self.relevant_coefficient(self.transitions, 1);
        let each = relevant + 1 + irrelevant * (correction + 1);
        first + observable * each + if k == 0 { j } else { relevant + 1 + (k - 1) * (correction + 1) + j }
    }

    pub(super) fn coefficients(&self) -> usize {
        self.amplitude(self.observables, 0, 0)
    }

    /// Whether corrections are corrections: at no size do they vary with w more than [`CORRECTION`] times as much as the scaling function.
    pub(super) fn is_corrected_little(&self, p: &[f64]) -> bool {
        let curve = |point: &SizePoint| (point.observable, point.transition, point.size);
        let parts: Vec<_> = self
            .points
            .iter()
            .map(|point| {
                let all = self.at(point, p);
                let scaling = self.scaling_function(point.observable, all.relevant, p);
                (curve(point), scaling, all.value - scaling)
            })
            .collect();
        let range = |one: (usize, usize, f64), of: fn(&(_, f64, f64)) -> f64| {
            let values = parts.iter().filter(|part| part.0 == one).map(of);
            let (low, high) =
                values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
            high - low
        };
        parts.iter().all(|part| range(part.0, |q| q.2) <= CORRECTION * range(part.0, |q| q.1))
    }

    /// The coefficients of an expansion with fewer terms of the same points, as coefficients of this one: other terms are zero.
    pub(super) fn extended(&self, smaller: &Self, coefficients: &[f64]) -> Vec<f64> {
        let mut all = vec![0.0; self.coefficients()];
        let mut copy = |to: usize, from: usize| all[to] = coefficients[from];
        copy(self.exponent(), smaller.exponent());
        if let (Some(to), Some(from)) = (self.irrelevant_exponent(), smaller.irrelevant_exponent()) {
            copy(to, from);
        }
        for t in 0..self.transitions {
            copy(self.critical_point(t), smaller.critical_point(t));
            for n in 1..=smaller.orders.relevant_field {
                copy(self.relevant_coefficient(t, n), smaller.relevant_coefficient(t, n));
            }
            if smaller.orders.irrelevant > 0 {
                for n in 0..=smaller.orders.irrelevant_field {
                    copy(self.irrelevant_coefficient(t, n), smaller.irrelevant_coefficient(t, n));
                }
            }
        }
        for observable in 0..self.observables {
            for k in 0..=smaller.orders.irrelevant {
                for j in 0..=smaller.order(k) {
                    copy(self.amplitude(observable, j, k), smaller.amplitude(observable, j, k));
                }
            }
        }
        all
    }

    /// Order in chi_1 of what multiplies `chi_2^k`.
    pub(super) fn order(&self, k: usize) -> usize {
        if k == 0 { self.orders.relevant } else { self.orders.correction }
    }

    fn field(&self, transition: usize, driving: f64, p: &[f64]) -> f64 {
        (driving - p[self.critical_point(transition)]) / self.driving_units[transition]
    }

    /// phi_1.
    pub(super) fn relevant_field(&self, transition: usize, driving: f64, p: &[f64]) -> f64 {
        let w = self.field(transition, driving, p);
        let coefficients =
            (1..=self.orders.relevant_field).rev().map(|n| p[self.relevant_coefficient(transition, n)]);
        coefficients.fold(0.0, |sum, b| (sum + b) * w)
    }

    /// `sum_j a_j0 chi_1^j`.
    pub(super) fn scaling_function(&self, observable: usize, relevant: f64, p: &[f64]) -> f64 {
        (0..=self.orders.relevant)
            .rev()
            .fold(0.0, |sum, j| sum * relevant + p[self.amplitude(observable, j, 0)])
    }

    pub(super) fn at(&self, point: &SizePoint, p: &[f64]) -> Expansion {
        self.expand(point, p, &mut |_, _| {})
    }

    /// The expansion; `derivative(j, d)` is told its derivative with respect to coefficient j.
    fn expand(&self, point: &SizePoint, p: &[f64], derivative: &mut dyn FnMut(usize, f64)) -> Expansion {
        let Orders { irrelevant, relevant_field, irrelevant_field, .. } = self.orders;
        let t = point.transition;
        let (nu, w) = (p[self.exponent()], self.field(t, point.driving, p));
        let size = (point.size / self.size_unit).ln();
        // phi and dphi/dw by Horner's rule
        let (mut phi1, mut slope1) = (0.0, 0.0);
        for n in (1..=relevant_field).rev() {
            let b = p[self.relevant_coefficient(t, n)];
            slope1 = slope1 * w + n as f64 * b;
            phi1 = (phi1 + b) * w;
        }
        let (mut phi2, mut slope2) = (0.0, 0.0);
        let mut grown2 = 0.0;
        if let Some(y) = self.irrelevant_exponent() {
            for n in (0..=irrelevant_field).rev() {
                slope2 = slope2 * w + phi2;
                phi2 = phi2 * w + p[self.irrelevant_coefficient(t, n)];
            }
            grown2 = (p[y] * size).exp();
        }
        let grown1 = (size / nu).exp();
        let (chi1, chi2) = (phi1 * grown1, phi2 * grown2);
        let (mut value, mut by1, mut by2) = (0.0, 0.0, 0.0);
        let mut power2 = 1.0;
        let mut below2 = 0.0; // k chi_2^(k-1)
        for k in 0..=irrelevant {
            let (mut sum, mut slope) = (0.0, 0.0);
            for j in (0..=self.order(k)).rev() {
                slope = slope * chi1 + sum;
                sum = sum * chi1 + p[self.amplitude(point.observable, j, k)];
            }
            let mut power1 = 1.0;
            for j in 0..=self.order(k) {
                derivative(self.amplitude(point.observable, j, k), power1 * power2);
                power1 *= chi1;
            }
            value += power2 * sum;
            by1 += power2 * slope;
            by2 += below2 * sum;
            below2 = (k + 1) as f64 * power2;
            power2 *= chi2;
        }
        derivative(
            self.critical_point(t),
            -(by1 * grown1 * slope1 + by2 * grown2 * slope2) / self.driving_units[t],
        );
        derivative(self.exponent(), -by1 * chi1 * size / (nu * nu));
        let mut power = 1.0;
        for n in 0..=relevant_field.max(irrelevant_field) {
            if (1..=relevant_field).contains(&n) {
                derivative(self.relevant_coefficient(t, n), by1 * grown1 * power);
            }
            if irrelevant > 0 && n <= irrelevant_field {
                derivative(self.irrelevant_coefficient(t, n), by2 * grown2 * power);
            }
            power *= w;
        }
        if let Some(y) = self.irrelevant_exponent() {
            derivative(y, by2 * chi2 * size);
        }
        Expansion { value, relevant: chi1 }
    }
}

/// Different values, ascending.
fn distinct(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut all: Vec<f64> = values.collect();
    all.sort_by(f64::total_cmp);
    all.dedup();
    all
}

/// How many different numbers points have, from 0 without gaps; the first gap otherwise.
fn numbered(points: &[SizePoint], of: fn(&SizePoint) -> usize) -> Result<usize, usize> {
    let missing = (0..points.len()).find(|&n| points.iter().all(|p| of(p) != n));
    let count = missing.unwrap_or(points.len());
    if points.iter().any(|p| of(p) > count) { Err(count) } else { Ok(count) }
}

impl Model for Law {
    fn residuals(&self) -> usize {
        self.points.len()
    }

    fn evaluate(&self, p: &[f64], residuals: &mut [f64]) {
        for (point, r) in self.points.iter().zip(residuals) {
            *r = (point.value - self.at(point, p).value) / point.error;
        }
    }

    fn jacobian(&self, p: &[f64], jacobian: &mut [f64]) -> bool {
        let rows = self.points.len();
        jacobian.fill(0.0);
        for (i, point) in self.points.iter().enumerate() {
            self.expand(point, p, &mut |j, d| jacobian[j * rows + i] = -d / point.error);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Central differences with h = 1e-5 of coefficients of order one: h^2 and rounding/h, 1e-9 with the derivatives' own size of 100.
    #[test]
    fn derivatives_are_those_of_the_values() {
        for orders in
            [Orders::new(3, 2, 2, 1), Orders::new(2, 0, 3, 0), Orders::new(3, 1, 1, 2).with_correction(1)]
        {
            let points: Vec<SizePoint> = (0..12)
                .map(|i| {
                    SizePoint::new(15.0 + 0.3 * f64::from(i), [4.0, 6.0, 12.0][i as usize % 3], 1.0, 1.0)
                        .of(i as usize % 2)
                        .through(i as usize / 6)
                })
                .collect();
            let law = Law::new(&points, orders).unwrap();
            let n = law.coefficients();
            let mut p: Vec<f64> = (0..n).map(|j| 0.4 + 0.6 * (1.7 * j as f64).sin()).collect();
            (p[0], p[1], p[2]) = (16.4, 16.9, 1.5);
            if let Some(y) = law.irrelevant_exponent() {
                p[y] = -1.3;
            }
            let mut jacobian = vec![0.0; n * points.len()];
            assert!(law.jacobian(&p, &mut jacobian));
            for j in 0..n {
                let [mut up, mut down] = [vec![0.0; points.len()], vec![0.0; points.len()]];
                let mut at = p.clone();
                at[j] = p[j] + 1e-5;
                law.evaluate(&at, &mut up);
                at[j] = p[j] - 1e-5;
                law.evaluate(&at, &mut down);
                for i in 0..points.len() {
                    let difference = (up[i] - down[i]) / 2e-5;
                    let supplied = jacobian[j * points.len() + i];
                    assert!(
                        (difference - supplied).abs() < 1e-7 * supplied.abs().max(1.0),
                        "{orders:?} {j} {i}"
                    );
                }
            }
        }
    }
}
