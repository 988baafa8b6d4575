//! Any bias, any temperature: the probe equations with Fermi functions, solved by Newton's method.

use super::linear::{Rounding, audit_currents, uncoupled_to_nan};
use super::{Accuracy, Drive, JointState, Measure, ProbeError, ProbeState, Split};
use crate::audit::{Audit, laws};
use crate::krylov::System;
use crate::scattering::nan_max;
use crate::thermal::{Quadrature, Spectrum, fermi, fermi_window};

/// Newton steps before giving up: it converges in about six from a straight line.
const STEPS: usize = 60;

/// State of the probes for given potentials (in t) of the driven terminals, all reservoirs at the temperature of the spectrum.
///
/// Voltage probes: `Int dE sum_b T_ab (f_b - f_a) = 0` with f at the common temperature. Joint probes also
/// `Int dE (E - mu_a) sum_b T_ab (f_b - f_a) = 0`, each with its own temperature. Currents in t/h, heats h J^Q in t^2; the sum of all heats is
/// `-sum_a mu_a I_a` (I V for two driven terminals). The transmissions are those of the unbiased conductor: screening is not included.
///
/// # Errors
/// [`ProbeError`] if the drive defines no bias or Newton's method does not converge.
pub fn biased(
    spectrum: &Spectrum,
    drive: &Drive,
    measure: Measure,
    accuracy: Accuracy<'_>,
) -> Result<ProbeState, ProbeError> {
    // a terminal may be closed at some of the energies
    let mut outgoing = vec![0.0; spectrum.points.first().map_or(0, |p| p.exchange.terminals())];
    let mut terms = outgoing.clone();
    for point in &spectrum.points {
        outgoing.iter_mut().zip(point.exchange.outgoing()).for_each(|(o, s)| *o += point.weight * s);
        terms.iter_mut().zip(point.exchange.terms()).for_each(|(o, s)| *o += point.weight * s);
    }
    let split = Split::new(&outgoing, drive)?;
    // of the sum over all energies, where currents of full and of empty states cancel
    let rounding = 4.0 * f64::EPSILON * terms.iter().copied().fold(0.0, f64::max);
    let rounding = Rounding { probe: rounding, sum: rounding };
    let start = split.start(accuracy.guess);
    let mut unknown = Unknown { mu: start, kt: vec![spectrum.kt; split.terminals] };
    let (flow, mut products) = newton(spectrum, &split, &mut unknown, false, accuracy.tolerance, rounding)?;

    let mut audit = spectrum.audit.clone();
    audit_currents(&mut audit, &split, &unknown.mu, &flow.current, accuracy.tolerance, rounding);
    audit_energy(&mut audit, &unknown.mu, &flow);
    let coarse = flow_of(spectrum, &unknown, true);
    let difference = coarse.current.iter().zip(&flow.current).map(|(c, f)| (c - f).abs()).fold(0.0, nan_max);
    let error = Quadrature::error_estimate(difference / split.driven_current(&flow.current));
    audit.record(laws::QUADRATURE, error, 1e-8);

    let joint = match measure {
        Measure::Voltage => None,
        Measure::VoltageAndTemperature => {
            let mut unknown = Unknown { mu: unknown.mu.clone(), kt: unknown.kt.clone() };
            let (flow, more) = newton(spectrum, &split, &mut unknown, true, accuracy.tolerance, rounding)?;
            products += more;
            audit_currents(&mut audit, &split, &unknown.mu, &flow.current, accuracy.tolerance, rounding);
            audit_energy(&mut audit, &unknown.mu, &flow);
            let scale = split.driven_current(&flow.current);
            let worst = split.probes.iter().map(|&t| flow.heat[t].abs()).fold(0.0, nan_max);
            let allowed = accuracy.tolerance.max(1e-14).max(rounding.probe / scale);
            audit.record(laws::PROBE_HEATS, worst / (scale * spectrum.kt), allowed);
            uncoupled_to_nan(&split, &mut unknown.mu);
            uncoupled_to_nan(&split, &mut unknown.kt);
            Some(JointState {
                potential: unknown.mu,
                temperature: unknown.kt,
                current: flow.current,
                heat: flow.heat,
            })
        }
    };
    let mut potential = unknown.mu;
    uncoupled_to_nan(&split, &mut potential);
    Ok(ProbeState { potential, current: flow.current, heat: flow.heat, joule: None, joint, products, audit })
}

/// Potentials and temperatures of all terminals.
#[derive(Clone)]
struct Unknown {
    mu: Vec<f64>,
    kt: Vec<f64>,
}

/// Particle and heat currents into all terminals.
struct Flow {
    current: Vec<f64>,
    heat: Vec<f64>,
}

fn audit_energy(audit: &mut Audit, mu: &[f64], flow: &Flow) {
    let power: f64 = -mu.iter().zip(&flow.current).map(|(mu, i)| mu * i).sum::<f64>();
    let scale = power.abs().max(flow.heat.iter().map(|q| q.abs()).fold(0.0, f64::max));
    audit.record(laws::ENERGY, (flow.heat.iter().sum::<f64>() - power).abs() / scale, 1e-10);
}

fn flow_of(spectrum: &Spectrum, unknown: &Unknown, coarse: bool) -> Flow {
    let n = unknown.mu.len();
    let mut flow = Flow { current: vec![0.0; n], heat: vec![0.0; n] };
    let (mut f, mut term) = (vec![0.0; n], vec![0.0; n]);
    for point in &spectrum.points {
        let weight = if coarse { point.coarse } else { point.weight };
        if weight == 0.0 {
            continue;
        }
        for a in 0..n {
            f[a] = fermi((point.energy - unknown.mu[a]) / unknown.kt[a]);
        }
        point.exchange.current(&f, &mut term);
        for a in 0..n {
            flow.current[a] += weight * term[a];
            flow.heat[a] += weight * (point.energy - unknown.mu[a]) * term[a];
        }
    }
    flow
}

/// Newton's method for the probes' potentials, and temperatures if `joint`. Returns the flow at the solution and the products used.
fn newton(
    spectrum: &Spectrum,
    split: &Split<'_>,
    unknown: &mut Unknown,
    joint: bool,
    tolerance: f64,
    rounding: Rounding,
) -> Result<(Flow, usize), ProbeError> {
    let count = split.probes.len();
    let kt = spectrum.kt;
    let mut flow = flow_of(spectrum, unknown, false);
    let mut products = spectrum.points.len();
    // residuals: currents, and heats in units of kT
    let worst = |flow: &Flow| {
        let of = |t: usize| nan_max(flow.current[t].abs(), if joint { flow.heat[t].abs() / kt } else { 0.0 });
        split.probes.iter().map(|&t| of(t)).fold(0.0, nan_max)
    };
    for step in 0..STEPS {
        let scale = split.driven_current(&flow.current);
        if !(scale > 0.0) {
            return Err(ProbeError::NoCurrent(scale));
        }
        let residual = worst(&flow);
        let allowed = (tolerance * scale).max(rounding.probe);
        if residual <= allowed {
            return Ok((flow, products));
        }
        let mut b: Vec<f64> = split.probes.iter().map(|&t| flow.current[t]).collect();
        if joint {
            b.extend(split.probes.iter().map(|&t| flow.heat[t] / kt));
        }
        let mut jacobian = Jacobian::new(spectrum, split, unknown, &flow, joint);
        let blocks = jacobian.diagonal_blocks();
        let precondition = |r: &mut [f64]| {
            for (k, &[a, b, c, d]) in blocks.iter().enumerate() {
                if joint {
                    let determinant = a * d - b * c;
                    (r[k], r[count + k]) = (
                        (d * r[k] - b * r[count + k]) / determinant,
                        (a * r[count + k] - c * r[k]) / determinant,
                    );
                } else {
                    r[k] /= a;
                }
            }
        };
        let mut x = vec![0.0; b.len()];
        // an inexact step is enough while far from the solution; close to it the goal is the tolerance itself
        let goal = (1e-4 * residual).max(0.2 * allowed);
        let mut apply = |x: &[f64], out: &mut [f64]| jacobian.apply(x, out);
        let mut system =
            System { apply: &mut apply, precondition: &precondition, symmetric: false, units: None };
        let used = system.solve(&b, &mut x, goal).map_err(|e| ProbeError::NotConverged {
            residual: e.residual / scale,
            allowed: tolerance,
            products: e.iterations,
        })?;
        products += used * spectrum.points.len();
        // halve a step that does not reduce the residual or makes a temperature negative
        let mut fraction = 1.0;
        loop {
            let mut trial = unknown.clone();
            split.probes.iter().enumerate().for_each(|(k, &t)| {
                trial.mu[t] += fraction * x[k];
                if joint {
                    trial.kt[t] += fraction * x[count + k];
                }
            });
            let physical = split.probes.iter().all(|&t| trial.kt[t] > 0.0);
            if physical {
                let next = flow_of(spectrum, &trial, false);
                products += spectrum.points.len();
                if worst(&next) < residual {
                    *unknown = trial;
                    flow = next;
                    break;
                }
            }
            fraction *= 0.5;
            if fraction < 1e-6 {
                return Err(ProbeError::Newton {
                    residual: residual / scale,
                    allowed: tolerance,
                    steps: step,
                });
            }
        }
    }
    let residual = worst(&flow) / split.driven_current(&flow.current);
    Err(ProbeError::Newton { residual, allowed: tolerance, steps: STEPS })
}

/// Minus the derivative of (currents, heats/kT) of the probes by their (potentials, temperatures).
struct Jacobian<'j> {
    spectrum: &'j Spectrum,
    split: &'j Split<'j>,
    unknown: &'j Unknown,
    flow: &'j Flow,
    joint: bool,
}

impl<'j> Jacobian<'j> {
    fn new(
        spectrum: &'j Spectrum,
        split: &'j Split<'j>,
        unknown: &'j Unknown,
        flow: &'j Flow,
        joint: bool,
    ) -> Self {
        Self { spectrum, split, unknown, flow, joint }
    }

    /// df/dmu of terminal t at energy e, and the factor that turns it into df/d(kT).
    fn response(&self, t: usize, e: f64) -> (f64, f64) {
        let x = (e - self.unknown.mu[t]) / self.unknown.kt[t];
        (fermi_window(x) / self.unknown.kt[t], x)
    }

    fn apply(&mut self, x: &[f64], out: &mut [f64]) {
        let (n, count, kt) = (self.unknown.mu.len(), self.split.probes.len(), self.spectrum.kt);
        out.fill(0.0);
        let (mut df, mut term) = (vec![0.0; n], vec![0.0; n]);
        for point in &self.spectrum.points {
            for (k, &t) in self.split.probes.iter().enumerate() {
                let (window, factor) = self.response(t, point.energy);
                df[t] = window * (x[k] + if self.joint { factor * x[count + k] } else { 0.0 });
            }
            point.exchange.current(&df, &mut term);
            for (k, &t) in self.split.probes.iter().enumerate() {
                out[k] -= point.weight * term[t];
                if self.joint {
                    out[count + k] -= point.weight * (point.energy - self.unknown.mu[t]) * term[t] / kt;
                }
            }
        }
        if self.joint {
            for (k, &t) in self.split.probes.iter().enumerate() {
                out[count + k] += x[k] * self.flow.current[t] / kt;
            }
        }
    }

    /// For each probe the entries (dI/dmu, dI/dkT, dJ/dmu, dJ/dkT) of its own block, J in units of kT.
    fn diagonal_blocks(&self) -> Vec<[f64; 4]> {
        let kt = self.spectrum.kt;
        let mut blocks = vec![[0.0; 4]; self.split.probes.len()];
        for point in &self.spectrum.points {
            for (block, &t) in blocks.iter_mut().zip(&self.split.probes) {
                let (window, factor) = self.response(t, point.energy);
                let s = point.weight * point.exchange.outgoing()[t] * window;
                let energy = (point.energy - self.unknown.mu[t]) / kt;
                block.iter_mut().zip([1.0, factor, energy, energy * factor]).for_each(|(b, w)| *b += s * w);
            }
        }
        blocks
    }
}
