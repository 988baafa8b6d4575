//! The conductor as its reservoirs see it: probes eliminated from linear response.

use super::linear::Rounding;
use super::thermal::Joint;
use super::{Accuracy, Drive, Measure, ProbeError, Split, balance};
use crate::audit::{Audit, laws};
use crate::scattering::nan_max;
use crate::thermal::{Onsager, OnsagerMatrix};

/// The Onsager matrix between the given terminals, usually the leads, all others floating: transport coefficients with the inelastic scattering that
/// voltage probes (at the common temperature) or voltage and temperature probes cause.
///
/// One solution of the probe equations for each potential and each temperature of the terminals; `accuracy` is that of
/// [`thermal`](super::thermal), its guess is not used. Terminals keep their numbers. Voltage probes take up heat, which then is missing from that into the terminals.
///
/// # Errors
/// [`ProbeError`] if fewer than two different terminals are named, no current flows between them, or the equations do not converge.
pub fn between(
    onsager: &Onsager,
    terminals: &[usize],
    measure: Measure,
    accuracy: Accuracy<'_>,
) -> Result<OnsagerMatrix, ProbeError> {
    let ([l0, l1, _], kt) = (&onsager.l, onsager.kt);
    let order = 2 * terminals.len();
    let mut entries = vec![0.0; order * order];
    let mut audit = onsager.audit.clone();
    audit.record(laws::QUADRATURE, onsager.quadrature_error, 1e-8);
    for (place, &driven) in terminals.iter().enumerate() {
        let held = terminals.iter().map(|&t| (t, if t == driven { 1.0 } else { 0.0 })).collect();
        let drive = Drive::new(held)?;
        let split = Split::new(l0.outgoing(), &drive)?;
        let equations = Joint::new(onsager, &split);
        let n = split.terminals;
        // its potential, then its temperature
        let mut scale = None;
        for quantity in 0..2 {
            let (mut mu, mut y) = (vec![0.0; n], vec![0.0; n]);
            [&mut mu, &mut y][quantity][driven] = 1.0;
            let mut source = vec![0.0; n];
            l1.current(&y, &mut source);
            source.iter_mut().for_each(|s| *s /= -kt);
            mu = balance(l0.as_ref(), &split, Some(&source), mu, scale, accuracy.tolerance)?.0;
            let [current, _] = equations.flow(&mu, &y);
            let scale = *scale.get_or_insert_with(|| split.driven_current(&current));
            let rounding = Rounding::new(&split, l0.as_ref(), if quantity == 0 { &mu } else { &y }).probe;
            let goal = 0.5 * (accuracy.tolerance * scale).max(rounding);
            if measure == Measure::VoltageAndTemperature {
                equations.solve(&mut mu, &mut y, goal).map_err(|e| ProbeError::NotConverged {
                    residual: e.residual / scale,
                    allowed: accuracy.tolerance,
                    products: e.iterations,
                })?;
            }
            let [current, heat] = equations.flow(&mu, &y);
            record(&mut audit, &split, measure, [&current, &heat], scale, (2.0 * goal).max(1e-14 * scale));
            let column = 2 * place + quantity;
            for (row, &t) in terminals.iter().enumerate() {
                entries[2 * row * order + column] = current[t];
                entries[(2 * row + 1) * order + column] = heat[t];
            }
        }
    }
    Ok(OnsagerMatrix::from_entries(terminals.to_vec(), kt, entries).audited(&audit))
}

/// Laws of one column: no currents (and heats) into probes, and none lost.
fn record(
    audit: &mut Audit,
    split: &Split<'_>,
    measure: Measure,
    [current, heat]: [&[f64]; 2],
    scale: f64,
    allowed: f64,
) {
    let into_probes = |flow: &[f64]| split.probes.iter().map(|&t| flow[t].abs()).fold(0.0, nan_max);
    // each of the N probe currents may be off by as much
    let all = allowed * (split.probes.len() + 2) as f64;
    audit.record(laws::PROBE_CURRENTS, into_probes(current) / scale, allowed / scale);
    audit.record(laws::CHARGE, current.iter().sum::<f64>().abs() / scale, (all / scale).max(1e-12));
    if measure == Measure::VoltageAndTemperature {
        audit.record(laws::PROBE_HEATS, into_probes(heat) / scale, allowed / scale);
        audit.record(laws::HEAT, heat.iter().sum::<f64>().abs() / scale, (all / scale).max(1e-11));
    }
}
