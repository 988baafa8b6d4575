//! First order in bias at any temperature.

use super::linear::{Rounding, audit_currents, uncoupled_to_nan};
use super::{Accuracy, Drive, JointState, Measure, ProbeError, ProbeState, Split};
use crate::audit::laws;
use crate::krylov::{NotConverged, System};
use crate::scattering::nan_max;
use crate::thermal::Onsager;
use crate::units::SOMMERFELD;

/// Potentials and heats of voltage probes from L0 and L1, Joule heats with L0, and the state of joint probes from L0, L1, L2.
///
/// The isothermal probes obey `sum_b L0_ab (mu_b - mu_a) = 0`; their reduced heat is `q_a = (3 / (pi kT)^2) sum_b L1_ab (mu_b - mu_a)`,
/// which tends to the Sommerfeld value as T goes to zero. Joint probes obey I_a = 0 and J^Q_a = 0 at once.
///
/// # Errors
/// [`ProbeError`] as for [`linear`](super::linear).
pub fn thermal(
    onsager: &Onsager,
    drive: &Drive,
    measure: Measure,
    accuracy: Accuracy<'_>,
) -> Result<ProbeState, ProbeError> {
    let [l0, l1, _] = &onsager.l;
    let reduced = 1.0 / (SOMMERFELD * onsager.kt * onsager.kt);
    // L0 with L1 in the place of dT/dE: everything but the unit of heat and the joint state is as to first Sommerfeld order
    let mut state = super::linear(l0.as_ref(), l1.as_ref(), drive, Measure::Voltage, accuracy)?;
    state.heat.iter_mut().for_each(|q| *q *= reduced);
    state.audit.merge(&onsager.audit);
    state.audit.record(laws::QUADRATURE, onsager.quadrature_error, 1e-8);
    if measure == Measure::VoltageAndTemperature {
        joint(onsager, drive, accuracy, &mut state)?;
    }
    Ok(state)
}

/// Adds the state of joint probes.
fn joint(
    onsager: &Onsager,
    drive: &Drive,
    accuracy: Accuracy<'_>,
    state: &mut ProbeState,
) -> Result<(), ProbeError> {
    let [l0, ..] = &onsager.l;
    let kt = onsager.kt;
    let split = Split::new(l0.outgoing(), drive)?;
    let n = split.terminals;
    let mut mu = state.potential.clone();
    mu.iter_mut().filter(|v| v.is_nan()).for_each(|v| *v = 0.0);
    let mut y = vec![0.0; n];
    let equations = Joint::new(onsager, &split);
    let [current, _] = equations.flow(&mu, &y);
    let scale = split.driven_current(&current);
    let rounding = Rounding::new(&split, l0.as_ref(), &mu);
    let goal = 0.5 * (accuracy.tolerance * scale).max(rounding.probe);
    let products = equations.solve(&mut mu, &mut y, goal).map_err(|e| ProbeError::NotConverged {
        residual: e.residual / scale,
        allowed: accuracy.tolerance,
        products: e.iterations,
    })?;
    state.products += 4 * products;
    let [current, mut heat] = equations.flow(&mu, &y);
    audit_currents(&mut state.audit, &split, &mu, &current, accuracy.tolerance, rounding);
    // heats are counted in kT times the current: the tolerance is that of the currents
    let worst = split.probes.iter().map(|&t| heat[t].abs()).fold(0.0, nan_max);
    let allowed = accuracy.tolerance.max(1e-14).max(rounding.probe / scale);
    state.audit.record(laws::PROBE_HEATS, worst / scale, allowed);
    let mut temperature: Vec<f64> = y.iter().map(|y| y / kt).collect();
    uncoupled_to_nan(&split, &mut mu);
    uncoupled_to_nan(&split, &mut temperature);
    // heat was in units of kT: q = J / (SOMMERFELD kT^2)
    heat.iter_mut().for_each(|h| *h /= SOMMERFELD * kt);
    state.joint = Some(JointState { potential: mu, temperature, current, heat });
    Ok(())
}

/// The equations of joint probes: unknowns mu_i and y_i = kT theta_i keep the system symmetric and well scaled.
pub(super) struct Joint<'o> {
    onsager: &'o Onsager,
    split: &'o Split<'o>,
    /// 2 x 2 diagonal blocks (S0, S1/kT; S1/kT, S2/kT^2) of the probes.
    blocks: Vec<[f64; 3]>,
}

impl<'o> Joint<'o> {
    pub(super) fn new(onsager: &'o Onsager, split: &'o Split<'o>) -> Self {
        let ([l0, l1, l2], kt) = (&onsager.l, onsager.kt);
        let block = |&t: &usize| [l0.outgoing()[t], l1.outgoing()[t] / kt, l2.outgoing()[t] / (kt * kt)];
        Self { onsager, split, blocks: split.probes.iter().map(block).collect() }
    }

    /// Currents and heats / kT for potentials mu and y = kT theta.
    pub(super) fn flow(&self, mu: &[f64], y: &[f64]) -> [Vec<f64>; 2] {
        let ([l0, l1, l2], kt) = (&self.onsager.l, self.onsager.kt);
        let [mut current, mut heat, mut term] = [0; 3].map(|_| vec![0.0; mu.len()]);
        l0.current(mu, &mut current);
        l1.current(mu, &mut heat);
        heat.iter_mut().for_each(|h| *h /= kt);
        l1.current(y, &mut term);
        current.iter_mut().zip(&term).for_each(|(i, t)| *i += t / kt);
        l2.current(y, &mut term);
        heat.iter_mut().zip(&term).for_each(|(h, t)| *h += t / (kt * kt));
        [current, heat]
    }

    /// Corrects the probes' mu and y until no current and no heat beyond `goal` flow into them; returns the products with all of L.
    pub(super) fn solve(&self, mu: &mut [f64], y: &mut [f64], goal: f64) -> Result<usize, NotConverged> {
        let (n, count) = (mu.len(), self.split.probes.len());
        let precondition = |r: &mut [f64]| {
            for (k, &[a, b, c]) in self.blocks.iter().enumerate() {
                let determinant = a * c - b * b;
                (r[k], r[count + k]) = (
                    (c * r[k] - b * r[count + k]) / determinant,
                    (a * r[count + k] - b * r[k]) / determinant,
                );
            }
        };
        let gather = |[current, heat]: [Vec<f64>; 2], out: &mut [f64], sign: f64| {
            self.split.probes.iter().enumerate().for_each(|(k, &t)| {
                (out[k], out[count + k]) = (sign * current[t], sign * heat[t]);
            });
        };
        let mut b = vec![0.0; 2 * count];
        gather(self.flow(mu, y), &mut b, 1.0);
        let (mut step_mu, mut step_y) = (vec![0.0; n], vec![0.0; n]);
        let mut apply = |x: &[f64], out: &mut [f64]| {
            self.split.probes.iter().enumerate().for_each(|(k, &t)| {
                (step_mu[t], step_y[t]) = (x[k], x[count + k]);
            });
            gather(self.flow(&step_mu, &step_y), out, -1.0);
        };
        let mut x = vec![0.0; 2 * count];
        let symmetric = self.onsager.l[0].is_symmetric();
        let mut system = System { apply: &mut apply, precondition: &precondition, symmetric, units: None };
        let products = system.solve(&b, &mut x, goal)?;
        self.split.probes.iter().enumerate().for_each(|(k, &t)| {
            mu[t] += x[k];
            y[t] += x[count + k];
        });
        Ok(products)
    }
}
