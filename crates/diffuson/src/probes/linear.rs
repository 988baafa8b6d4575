//! First order in bias, first Sommerfeld order in temperature.

use super::{
    Accuracy, Drive, JointState, Measure, ProbeError, ProbeState, ROUNDING, Split, balance, largest,
};
use crate::audit::{Audit, laws};
use crate::scattering::{Exchange, nan_max};

/// Potentials, first-order Peltier heats q_a, Joule heats and, for joint probes, local temperatures.
///
/// `transmissions` are T at the Fermi energy and `derivative` is dT/dE there. Heats are those of voltage probes at the common temperature;
/// joint probes obey `sum_b T_ab (theta_b - theta_a) = -q_a` with theta = 0 at the driven terminals (Sommerfeld order: the potentials are
/// unchanged). Valid for kT below about a tenth of the probes' level width.
///
/// # Errors
/// [`ProbeError`] if the drive defines no bias, no current flows, or the equations do not converge.
///
/// # Panics
/// If the two matrices belong to different conductors.
pub fn linear(
    transmissions: &dyn Exchange,
    derivative: &dyn Exchange,
    drive: &Drive,
    measure: Measure,
    accuracy: Accuracy<'_>,
) -> Result<ProbeState, ProbeError> {
    assert_eq!(transmissions.terminals(), derivative.terminals(), "one conductor");
    let split = Split::new(transmissions.outgoing(), drive)?;
    let start = split.start(accuracy.guess);
    let (mut potential, current, mut products) =
        balance(transmissions, &split, None, start, None, accuracy.tolerance)?;
    let terminals = split.terminals;
    let bias = {
        let (low, high) = drive.range();
        high - low
    };

    let mut heat = vec![0.0; terminals];
    derivative.current(&potential, &mut heat);

    // (1/2) sum_b T_ab (mu_b - mu_a)^2 = (1/2) sum_b T_ab (mu_b^2 - mu_a^2) - mu_a I_a, from the mid potential to lose no digits
    let (low, high) = drive.range();
    let centred: Vec<f64> = potential.iter().map(|mu| mu - 0.5 * (low + high)).collect();
    let squares: Vec<f64> = centred.iter().map(|mu| mu * mu).collect();
    let mut joule = vec![0.0; terminals];
    transmissions.current(&squares, &mut joule);
    joule.iter_mut().zip(centred.iter().zip(&current)).for_each(|(j, (mu, i))| *j = 0.5 * *j - mu * i);
    products += 2;

    let mut audit = Audit::default();
    let rounding = Rounding::new(&split, transmissions, &potential);
    audit_currents(&mut audit, &split, &potential, &current, accuracy.tolerance, rounding);
    let largest_heat = heat.iter().map(|q| q.abs()).fold(f64::MIN_POSITIVE, f64::max);
    // the scale of rounding in q is that of its terms: |T'| times the bias, and where that vanishes, as in clean conductors, a hundredth of
    // T per t
    let most = |e: &dyn Exchange| e.terms().iter().map(|s| s.abs()).fold(0.0, f64::max) * bias;
    let scale = largest_heat.max(most(derivative)).max(1e-2 * most(transmissions));
    audit.record(laws::HEAT, heat.iter().sum::<f64>().abs() / scale, 1e-11);
    let power: f64 = -potential.iter().zip(&current).map(|(mu, i)| mu * i).sum::<f64>();
    audit.record(
        laws::ENERGY,
        (joule.iter().sum::<f64>() - power).abs() / power.abs(),
        rounding.allowed(1e-11, &split, &current),
    );

    let joint = match measure {
        Measure::Voltage => None,
        Measure::VoltageAndTemperature => {
            let cold = Drive { potentials: drive.potentials().iter().map(|&(t, _)| (t, 0.0)).collect() };
            let split = Split { drive: &cold, probes: split.probes.clone(), terminals };
            let sources: Vec<f64> = heat.iter().map(|q| -q).collect();
            let scale = split.probes.iter().map(|&t| heat[t].abs()).fold(0.0, f64::max);
            let (mut theta, mut conducted) = (vec![0.0; terminals], vec![0.0; terminals]);
            if scale > 0.0 {
                let solved =
                    balance(transmissions, &split, Some(&sources), theta, Some(scale), accuracy.tolerance)?;
                (theta, conducted) = (solved.0, solved.1);
                products += solved.2;
            }
            let joint_heat: Vec<f64> = heat.iter().zip(&conducted).map(|(q, c)| q + c).collect();
            let worst = split.probes.iter().map(|&t| joint_heat[t].abs()).fold(0.0, nan_max);
            let scale = scale.max(f64::MIN_POSITIVE);
            let allowed =
                accuracy.tolerance.max(1e-14).max(split.rounding(transmissions, largest(&theta)) / scale);
            audit.record(laws::PROBE_HEATS, worst / scale, allowed);
            uncoupled_to_nan(&split, &mut theta);
            Some((theta, joint_heat))
        }
    };
    uncoupled_to_nan(&split, &mut potential);
    let joint = joint.map(|(temperature, heat)| JointState {
        potential: potential.clone(),
        temperature,
        current: current.clone(),
        heat,
    });
    Ok(ProbeState { potential, current, heat, joule: Some(joule), joint, products, audit })
}

/// However small the current, rounding excuses no more than this: a current known to fewer than three digits fails the audit.
const FEWEST_DIGITS: f64 = 1e-3;

/// What rounding leaves of currents.
#[derive(Clone, Copy)]
pub(super) struct Rounding {
    /// Of the current into a probe.
    pub(super) probe: f64,
    /// Of the sum of all currents.
    pub(super) sum: f64,
}

impl Rounding {
    pub(super) fn new(split: &Split<'_>, exchange: &dyn Exchange, potential: &[f64]) -> Self {
        let most = largest(potential);
        let sum = ROUNDING * most * largest(exchange.terms());
        Self { probe: split.rounding(exchange, most), sum }
    }

    /// `allowed`, or the rounding of the sum per current through the conductor if that is more.
    fn allowed(self, allowed: f64, split: &Split<'_>, current: &[f64]) -> f64 {
        allowed.max((self.sum / split.driven_current(current)).min(FEWEST_DIGITS))
    }
}

/// Laws every solution of the voltage condition obeys.
pub(super) fn audit_currents(
    audit: &mut Audit,
    split: &Split<'_>,
    potential: &[f64],
    current: &[f64],
    tolerance: f64,
    rounding: Rounding,
) {
    let scale = split.driven_current(current);
    let tolerance = tolerance.max(1e-15).max((rounding.probe / scale).min(FEWEST_DIGITS));
    audit.record(laws::PROBE_CURRENTS, split.probe_current(current) / scale, tolerance);
    // each of the N probe currents may be off by the tolerance
    let all = (tolerance * split.probes.len() as f64).min(FEWEST_DIGITS);
    let allowed = rounding.allowed(1e-12, split, current).max(all);
    audit.record(laws::CHARGE, current.iter().sum::<f64>().abs() / scale, allowed);
    let (low, high) = split.drive.range();
    let outside = split
        .probes
        .iter()
        .map(|&t| (low - potential[t]).max(potential[t] - high).max(0.0))
        .fold(0.0, nan_max);
    audit.record(laws::MAXIMUM_PRINCIPLE, outside / (high - low), 1e-10);
}

/// A terminal that exchanges electrons with none has no potential and no temperature.
pub(super) fn uncoupled_to_nan(split: &Split<'_>, values: &mut [f64]) {
    let mut coupled = vec![false; split.terminals];
    split.probes.iter().for_each(|&t| coupled[t] = true);
    split.drive.potentials().iter().for_each(|&(t, _)| coupled[t] = true);
    values.iter_mut().zip(coupled).filter(|(_, c)| !c).for_each(|(v, _)| *v = f64::NAN);
}
