//! The appendix: diffusons and rings of them.

use super::{Arguments, Refused, resolved, shape};
use diffuson::diffusons::{Diffuson, GaussianRing};
use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// To what rings are computed.
const TOLERANCE: f64 = 1e-9;

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let diffusons = || at.get("diffusons").map(|n| n as usize);
    Ok(Some(match name {
        "ring" => GaussianRing::single(diffusons()?)?.cubature(TOLERANCE)?.value,
        "ring by the operator route" => {
            let found = shape(0.0)?.rings.values[diffusons()? / 2 - 2];
            found / TAU.powi(diffusons()? as i32 / 2)
        }
        "ring of the optimal profile" => shape(1.0)?.rings.values[diffusons()? / 2 - 2],
        "what is left of Eq. 33" => shape(at.get("optimal")?)?.profile.residual(),
        "ring of a profile of size R" => {
            let size = at.get("size")?;
            let profile = shape(0.0)?.profile.clone();
            let stretched = diffuson::droplets::Profile::new(profile.resolution(), |r| profile.at(r / size))?;
            stretched.rings()?.four.value / shape(0.0)?.rings.values[0]
        }
        // h = 1/(w + i)^4: Int_{-inf}^0 de1 de2 h(e1 - e2), the inner integral by its primitive, over -(1/2) Int |w| h dw
        "Eq. A7 over Eq. A8" => {
            let inner = |e: f64| (e.powi(3) - 3.0 * e) / (3.0 * (e * e + 1.0).powi(3));
            let frequency = |w: f64| -0.5 * w.abs() * (w.powi(4) - 6.0 * w * w + 1.0) / (w * w + 1.0).powi(4);
            // with e = tan p, by equal steps
            let steps = 200_000;
            let integral = |from: f64, to: f64, f: &dyn Fn(f64) -> f64| -> f64 {
                let width = (to - from) / f64::from(steps);
                let angle = |k: i32| from + width * (f64::from(k) + 0.5);
                (0..steps).map(|k| width * f(angle(k).tan()) / angle(k).cos().powi(2)).sum()
            };
            integral(-FRAC_PI_2, 0.0, &inner) / integral(-FRAC_PI_2, FRAC_PI_2, &frequency)
        }
        "Fourier transform of Eq. A10 over 1/(-i w + Dq^2)" => {
            let diffuson = Diffuson { diffusion: 1.0, rate: at.get("rate")? };
            let q = at.get("q")?;
            // Int_0^inf dt of the density that has spread for t, its transform in space done: the rule of equal steps in ln t
            let step = 0.02;
            let term = |k: i32| {
                let t = (step * f64::from(k)).exp();
                // a Gaussian of variance 2Dt per side: its value at the origin times its area is its transform at q
                let transform = diffuson.in_time(t, 0.0) * 4.0 * PI * t * (-q * q * t).exp();
                step * t * transform
            };
            (-2000..=1000).map(term).sum::<f64>() / diffuson.in_momentum(0.0, q).re
        }
        "Eq. A9 in space over its logarithm" => {
            let diffuson = Diffuson { diffusion: 1.0, rate: 1e-8 };
            let r: f64 = at.get("r")?;
            const EULER: f64 = 0.577_215_664_901_532_9;
            diffuson.in_space(0.0, r).re / ((-(0.5e-4 * r).ln() - EULER) / TAU)
        }
        "warmth of I_FF" => resolved(shape(at.get("optimal")?)?.profile.warmth(at.get("size")?)?)?,
        "warmth of I_FF by a ring of Gaussians" => {
            let ring = GaussianRing::single(4)?;
            ring.at_temperature(at.get("size")?)?.cubature(TOLERANCE)?.value / ring.cubature(TOLERANCE)?.value
        }
        _ => return Ok(None),
    }))
}
