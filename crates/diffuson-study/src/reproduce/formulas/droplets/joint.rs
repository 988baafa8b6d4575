//! Section IV B: the joint distribution of F and B, integrated, against its saddle point.

use super::{Arguments, Refused, coefficients, metal, shape};
use diffuson::droplets::SpinDistribution;

/// F and B of one mode, B times `(Int psi)^2` so that the spin takes the place of sigma: covariances, the distance 1 + F_0 and `S^2`.
struct Joint {
    ff: f64,
    fb: f64,
    bb: f64,
    distance: f64,
    square: f64,
}

impl Joint {
    fn new(at: &Arguments, spin: f64) -> Result<Self, Refused> {
        let (metal, coefficients) = (metal(at)?, coefficients(at)?);
        let g = metal.conductance();
        Ok(Self {
            ff: coefficients.linear_variance(g),
            fb: coefficients.mixed_covariance(g),
            bb: coefficients.cubic_variance(g),
            distance: metal.distance(),
            square: spin * spin,
        })
    }

    /// `[ln p, <F>, <B>]` of the weight of Eq. 10, with the 1/2, on `F = -(1 + F_0) - S^2 B`, B > 0 (Eqs. 38 and 39): the Jacobian is B.
    fn on_the_constraint(&self) -> [f64; 3] {
        let determinant = self.ff * self.bb - self.fb * self.fb;
        let f = |b: f64| -self.distance - self.square * b;
        let exponent =
            |b: f64| 0.5 * (self.bb * f(b) * f(b) - 2.0 * self.fb * f(b) * b + self.ff * b * b) / determinant;
        // a parabola, from three values at the scale of B
        let unit = self.bb.sqrt();
        let [low, middle, high] = [-unit, 0.0, unit].map(exponent);
        let curvature = (high + low - 2.0 * middle) / (unit * unit);
        let centre = -(high - low) / (2.0 * unit * curvature);
        let (least, width) = (exponent(centre), curvature.powf(-0.5));
        let steps = 4000;
        let mut sums = [0.0; 3];
        for k in 0..steps {
            let b = centre + width * 20.0 * ((f64::from(k) + 0.5) / f64::from(steps) - 0.5);
            if b > 0.0 {
                let weight = b * (least - exponent(b)).exp();
                sums.iter_mut().zip([1.0, f(b), b]).for_each(|(sum, x)| *sum += weight * x);
            }
        }
        let step = 20.0 * width / f64::from(steps);
        [(sums[0] * step).ln() - least, sums[1] / sums[0], sums[2] / sums[0]]
    }

    /// `[lambda/2B, F, B]` by Eqs. 44 and 45. The roots of `I_FB + sigma^2 I_BB`, negative at small spins, occur in pairs.
    fn saddle_point(&self) -> [f64; 3] {
        let variance = self.ff + 2.0 * self.square * self.fb + self.square * self.square * self.bb;
        // sqrt(lambda) over sqrt[2 (I_FB + sigma^2 I_BB)]
        let root = -self.distance / variance;
        let radicand = 2.0 * (self.fb + self.square * self.bb);
        let b = 0.5 * root * radicand;
        let lambda = root * root * radicand;
        [lambda / (2.0 * b), root * (self.ff + self.square * self.fb), b]
    }
}

/// `[a, b]` of `Phi = 1 - a x^2 + b x^4 - ...`, x = S/g, by three small x.
fn orders_of_suppression(at: &Arguments) -> Result<[f64; 2], Refused> {
    let x: f64 = at.get("x")?;
    let found =
        shape(at.get("optimal")?)?.profile.suppression(&[1.0, 2.0, 3.0].map(|k: f64| x * k.sqrt()))?;
    let loss: Vec<f64> =
        [1.0, 2.0, 3.0].iter().zip(found).map(|(k, phi)| (1.0 - phi.value) / (k * x * x)).collect();
    let curvature = 0.5 * (loss[2] - 2.0 * loss[1] + loss[0]);
    let slope = loss[1] - loss[0] - 3.0 * curvature;
    Ok([loss[0] - slope - curvature, -slope / (x * x)])
}

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let joint = || Joint::new(at, at.get("spin")?);
    let exponents = |spins: &[f64]| -> Result<Vec<f64>, Refused> {
        Ok(SpinDistribution::quartic(&metal(at)?, &coefficients(at)?)?.exponents(spins)?)
    };
    Ok(Some(match name {
        "rise of -ln of Eq. 39 between two spins over that of Eq. 48" => {
            let [low, high] = [at.get("spin")?, at.get("to")?];
            let exact =
                Joint::new(at, low)?.on_the_constraint()[0] - Joint::new(at, high)?.on_the_constraint()[0];
            let of_law = exponents(&[low, high])?;
            exact / (of_law[1] - of_law[0])
        }
        "mean F on the constraint over Eq. 44a" => {
            let joint = joint()?;
            joint.on_the_constraint()[1] / joint.saddle_point()[1]
        }
        "mean B on the constraint over Eq. 44b" => {
            let joint = joint()?;
            joint.on_the_constraint()[2] / joint.saddle_point()[2]
        }
        "Eq. 46 over the exponent of Eq. 48" => {
            let joint = joint()?;
            let [multiplier, f, b] = joint.saddle_point();
            let printed = multiplier * (joint.square * b + f + 2.0 * joint.distance);
            -printed / exponents(&[at.get("spin")?])?[0]
        }
        "loss of Phi over 2 alpha x^2" => orders_of_suppression(at)?[0] / (2.0 * coefficients(at)?.alpha()),
        "fourth order of Phi over beta x^4" => {
            orders_of_suppression(at)?[1] / coefficients(at)?.complete_beta()
        }
        _ => return Ok(None),
    }))
}
