//! Section V: the two-channel Kondo curve that the anomaly is compared with.

use super::super::exponent_between;
use super::{Arguments, Refused};
use diffuson::defects::{Conductance, KondoCurve, kondo_lifetime};

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let w = || at.get("w");
    let curve = KondoCurve::new(1.0, Conductance::Differential)?;
    Ok(Some(match name {
        "lifetime" => kondo_lifetime(at.get("x")?),
        "lifetime over its root" => kondo_lifetime(at.get("x")?) / at.get("x")?.sqrt(),
        // the rule of equal steps converges as e^(-2 pi^2/h): poles of f' are at i pi
        "thermal average of the lifetime" => {
            let step = 0.25;
            let term = |x: f64| 0.25 / (0.5 * x).cosh().powi(2) * kondo_lifetime(x);
            step * (-170..=170).map(|k| term(step * f64::from(k))).sum::<f64>()
        }
        "scaling" => curve.scaling(w()?),
        "scaling over w^2" => curve.scaling(w()?) / w()?.powi(2),
        "scaling less its asymptote" => curve.scaling(w()?) - (w()?.sqrt() - 1.0),
        "cheap form over the curve" => ((1.0 + w()?.powf(3.9)).powf(1.0 / 7.8) - 1.0) / curve.scaling(w()?),
        "exponent of the curve in temperature" => exponent_between(1.0, 2.0, |t| Ok(curve.rise(0.0, t)))?,
        "exponent of the curve in bias" => exponent_between(1.0, 2.0, |v| Ok(curve.rise(v, 0.0)))?,
        _ => return Ok(None),
    }))
}
