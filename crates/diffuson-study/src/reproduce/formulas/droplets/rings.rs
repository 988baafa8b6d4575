//! The appendix: diffusons and rings of them.

use super::{Arguments, Refused, resolved, shape};
use diffuson::diffusons::{Diffuson, GaussianRing, RingSum, gaussian_on_torus};
use diffuson::droplets::{OrbitalModel, TimeReversal, diffusive_covariance, predicted_covariance};
use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// To what rings are computed.
const TOLERANCE: f64 = 1e-9;

/// A Gaussian in the middle of an orbital model: R of a quarter of the side, and `R/L_T` as of R = 2 sites at T = 0.05.
struct OnTorus {
    model: OrbitalModel,
    profile: Vec<f64>,
    radius: f64,
    temperature: f64,
}

/// `R/L_T` squared.
const WARMTH: f64 = 0.5;

impl OnTorus {
    fn new(size: usize) -> Result<Self, Refused> {
        let model = OrbitalModel::new(size, 4, 0.2, TimeReversal::Broken)?;
        let radius = size as f64 / 4.0;
        let profile = gaussian_on_torus(size, radius, [0.0, 0.0])?;
        Ok(Self { temperature: WARMTH * model.diffusion() / (radius * radius), model, profile, radius })
    }

    /// `[c_22, c_24]` of `<Omega_e(a) Omega_e(b)> = a^2 b^2 [c_22 + c_24 (a^2 + b^2) + ...]` (the field squared and to the fourth, Eqs. A4 and A5), with pure diffusion or with the model's
    /// ladder, by fields `share/R` times the roots of 1, 2 and 3.
    fn orders(&self, ladder: bool, share: f64) -> Result<[f64; 2], Refused> {
        let field = share / self.radius;
        let fields = [1.0, 2.0, 3.0].map(|k: f64| field * k.sqrt());
        let covariance = if ladder { predicted_covariance } else { diffusive_covariance };
        let found = covariance(&self.model, &self.profile, &fields, self.temperature)?;
        let [one, two, three] = [0, 1, 2].map(|k| found[4 * k] / fields[k].powi(4));
        let curvature = 0.5 * (three - 2.0 * two + one);
        let slope = two - one - 3.0 * curvature;
        Ok([one - slope - curvature, 0.5 * slope / (field * field)])
    }
}

/// `<F_1 B>/<F_1 F_1>` on a torus over that of rings of six and four on the plane, `-(5/3) T_6/T_4` with `T_n = Int ds s Tr A^n`, `A = (2/pi)^1/2 (R/4D) B`.
fn mixed_over_plane(size: usize, ladder: bool) -> Result<f64, Refused> {
    let torus = OnTorus::new(size)?;
    let ring = |n| -> Result<f64, Refused> {
        Ok(GaussianRing::single(n)?.at_temperature(WARMTH.sqrt())?.cubature(1e-6)?.value)
    };
    let unit = (torus.radius / (4.0 * torus.model.diffusion())).powi(2) * 2.0 / PI;
    let [squares, mixed] = torus.orders(ladder, 0.4)?;
    Ok(mixed / squares / (-5.0 / 3.0 * unit * ring(6)? / ring(4)?))
}

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
        "I_FF by grand potentials over that of rings" => {
            let OnTorus { model, profile, temperature, .. } = OnTorus::new(8)?;
            let rings = model.rings()?.covariance(&[profile], temperature)?.at(0, 0, 0, 0);
            4.0 * OnTorus::new(8)?.orders(false, 0.02)?[0] / model.density().powi(2) / rings
        }
        "<F_1 B>/<F_1 F_1> by grand potentials over that of rings" => mixed_over_plane(8, false)?,
        // to R = infinity: hops of one site leave R^-2
        "the same of the model's ladder, extrapolated" => {
            let [near, far] = [8usize, 10].map(|size| (size * size) as f64);
            (far * mixed_over_plane(10, true)? - near * mixed_over_plane(8, true)?) / (far - near)
        }
        "exponent of g in I_FF at fixed R/L_T" => {
            let OnTorus { model, profile, temperature, .. } = OnTorus::new(8)?;
            let profile = [profile];
            let at_conductance = |g: f64| -> Result<f64, Refused> {
                let rings = RingSum::new(8, model.diffusion() * g, 1.0, TimeReversal::Broken)?;
                Ok(rings.covariance(&profile, temperature * g)?.at(0, 0, 0, 0))
            };
            super::super::exponent_between(1.0, 2.0, at_conductance)?
        }
        "warmth of I_FF" => resolved(shape(at.get("optimal")?)?.profile.warmth(at.get("size")?)?)?,
        "warmth of I_FF by a ring of Gaussians" => {
            let ring = GaussianRing::single(4)?;
            ring.at_temperature(at.get("size")?)?.cubature(TOLERANCE)?.value / ring.cubature(TOLERANCE)?.value
        }
        _ => return Ok(None),
    }))
}
