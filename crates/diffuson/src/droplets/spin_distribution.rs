//! How the spin of droplets is distributed.

use super::error::require;
use super::{Coefficients, DropletError, Metal, Profile, RingIntegral};
use crate::gauss::RULE;

/// The distribution of the spin S of droplets, `P(S) dS ~ exp[-G e(S/g)]`, `G = gamma g^2 (1 + F_0)^2`, S > 0 (Eqs. 47 and 48), with exponential accuracy: the prefactor is taken not to depend on S.
///
/// A droplet of spin S needs `F + sigma^2 B + sigma^4 C + ... = -(1 + F_0)` at `sigma = S/Int psi`, a normal number whose variance in units of `I_FF` is Phi(S/g): `e = 1/Phi`. In the
/// three forms offered
///
/// ```text
/// expanded:    e(x) = 1 + 2 alpha x^2
/// quartic:     e(x) = 1/(1 - 2 alpha x^2 + beta x^4)       (Eq. 48; up to x^2 = alpha/beta, where it turns round)
/// all orders:  e(x) = 1/Phi(x)
/// ```
///
/// The first has a mean of `sqrt(2/pi)` times its root mean square, [`Coefficients::typical_spin`]. The quartic form is 1.2 % off Phi at S/g = 0.15 for the Gaussian profile; it ends where it
/// would grow again, for lack of the next order. Phi falls as g/S: distributions to all orders end exponentially.
pub struct SpinDistribution<'p> {
    conductance: f64,
    exponent: f64,
    form: Form<'p>,
    /// `Int exp[-G (e - 1)] dS`, its first and second moment.
    moments: [f64; 3],
    error: f64,
}

type Suppression<'p> = Box<dyn Fn(&[f64]) -> Result<Vec<RingIntegral>, DropletError> + Send + Sync + 'p>;

enum Form<'p> {
    Expanded { alpha: f64 },
    Quartic { alpha: f64, beta: f64 },
    AllOrders(Suppression<'p>),
}

/// Panels of eight points in arsinh(x/w), w the width of the expanded form.
const PANELS: usize = 32;
/// What the exponent may rise by before the distribution is taken to have ended.
const EXPONENT: f64 = 45.0;

impl<'p> SpinDistribution<'p> {
    /// To second order in S/g: Eq. 24 with its number, `exp[-G - 2 alpha gamma (1 + F_0)^2 S^2]`.
    ///
    /// # Errors
    ///
    /// None of coefficients and metals as they can be made.
    pub fn expanded(metal: &Metal, coefficients: &Coefficients) -> Result<Self, DropletError> {
        Self::with(metal, coefficients, Form::Expanded { alpha: coefficients.alpha() })
    }

    /// The form of Eq. 48 with the [complete](Coefficients::complete_beta) beta, which is beta itself where `I_FC` is not counted.
    ///
    /// # Errors
    ///
    /// Coefficients with `alpha^2 >= beta`, whose variance would vanish: none as they can be made of a profile.
    pub fn quartic(metal: &Metal, coefficients: &Coefficients) -> Result<Self, DropletError> {
        let (alpha, beta) = (coefficients.alpha(), coefficients.complete_beta());
        require("beta - alpha^2", beta - alpha * alpha, beta > alpha * alpha, "positive")?;
        Self::with(metal, coefficients, Form::Quartic { alpha, beta })
    }

    /// To all orders, Phi as [`Profile::suppression`] has it. Phi is that of the complete counting.
    ///
    /// # Errors
    ///
    /// As [`Profile::suppression`].
    pub fn all_orders(
        metal: &Metal,
        coefficients: &Coefficients,
        profile: &'p Profile,
    ) -> Result<Self, DropletError> {
        Self::suppressed_by(metal, coefficients, |ratios| profile.suppression(ratios))
    }

    /// To all orders, for any Phi as a function of several S/g; 1 at S = 0, falling.
    ///
    /// # Errors
    ///
    /// Those of Phi; a Phi outside (0, 1].
    pub fn suppressed_by(
        metal: &Metal,
        coefficients: &Coefficients,
        suppression: impl Fn(&[f64]) -> Result<Vec<RingIntegral>, DropletError> + Send + Sync + 'p,
    ) -> Result<Self, DropletError> {
        Self::with(metal, coefficients, Form::AllOrders(Box::new(suppression)))
    }

    fn with(metal: &Metal, coefficients: &Coefficients, form: Form<'p>) -> Result<Self, DropletError> {
        let (conductance, exponent) = (metal.conductance(), coefficients.exponent(metal));
        let width = 0.5 / (coefficients.alpha() * exponent).sqrt();
        let mut distribution = Self { conductance, exponent, form, moments: [0.0; 3], error: 0.0 };
        let end = distribution.end(width)?;
        let half = 0.5 * (end / width).asinh() / PANELS as f64;
        let nodes: Vec<(f64, f64)> = (0..PANELS)
            .flat_map(|k| RULE.map(|(x, w)| (half * ((2 * k + 1) as f64 + x), half * w)))
            .map(|(v, w)| (width * v.sinh(), w * width * v.cosh()))
            .collect();
        let ratios: Vec<f64> = nodes.iter().map(|(x, _)| *x).collect();
        let rises = distribution.rises(&ratios)?;
        let (mut moments, mut error) = ([0.0; 3], 0.0);
        for ((x, weight), rise) in nodes.into_iter().zip(rises) {
            let spin = conductance * x;
            let weight = conductance * weight * (-exponent * rise.value).exp();
            moments[0] += weight;
            moments[1] += weight * spin;
            moments[2] += weight * spin * spin;
            error += weight * exponent * rise.error;
        }
        (distribution.moments, distribution.error) = (moments, error / moments[0]);
        Ok(distribution)
    }

    /// The S/g at which the distribution ends: `exp(-45)` of its value at 0, or where the quartic form turns round.
    fn end(&self, width: f64) -> Result<f64, DropletError> {
        let doubled: Vec<f64> = (0..DOUBLINGS).map(|k| width * 2f64.powi(k)).collect();
        let rises = self.rises(&doubled)?;
        let beyond = doubled.iter().zip(rises).find(|(_, rise)| self.exponent * rise.value > EXPONENT);
        let end = beyond.map_or(doubled[doubled.len() - 1], |(x, _)| *x);
        Ok(match self.form {
            Form::Quartic { alpha, beta } => end.min((alpha / beta).sqrt()),
            _ => end,
        })
    }

    /// `e(x) - 1` for several x; infinite beyond the end of the quartic form. Their errors are those of Phi.
    fn rises(&self, ratios: &[f64]) -> Result<Vec<RingIntegral>, DropletError> {
        let exact = |value: f64| RingIntegral { value, error: 0.0 };
        match &self.form {
            Form::Expanded { alpha } => Ok(ratios.iter().map(|x| exact(2.0 * alpha * x * x)).collect()),
            Form::Quartic { alpha, beta } => {
                let rise = |x: &f64| {
                    let loss = x * x * (2.0 * alpha - beta * x * x);
                    exact(if beta * x * x > *alpha { f64::INFINITY } else { loss / (1.0 - loss) })
                };
                Ok(ratios.iter().map(rise).collect())
            }
            Form::AllOrders(suppression) => {
                let values = suppression(ratios)?;
                for RingIntegral { value, .. } in &values {
                    require("Phi(S/g)", *value, *value > 0.0 && *value <= 1.0 + 1e-9, "above 0, at most 1")?;
                }
                let rise = |RingIntegral { value, error }| RingIntegral {
                    value: 1.0 / value - 1.0,
                    error: error / (value * value),
                };
                Ok(values.into_iter().map(rise).collect())
            }
        }
    }

    /// `G e(S/g)`, minus the logarithm of the probability, for several spins; infinite beyond the end of the quartic form.
    ///
    /// # Errors
    ///
    /// Those of Phi.
    pub fn exponents(&self, spins: &[f64]) -> Result<Vec<f64>, DropletError> {
        let ratios: Vec<f64> = spins.iter().map(|s| s / self.conductance).collect();
        Ok(self.rises(&ratios)?.into_iter().map(|rise| self.exponent * (1.0 + rise.value)).collect())
    }

    /// `P(S)` for several spins, with `Int_0^inf P dS = 1`: the distribution among droplets.
    ///
    /// # Errors
    ///
    /// Those of Phi.
    pub fn densities(&self, spins: &[f64]) -> Result<Vec<f64>, DropletError> {
        let exponents = self.exponents(spins)?;
        Ok(exponents.into_iter().map(|e| (self.exponent - e).exp() / self.moments[0]).collect())
    }

    /// Mean spin.
    pub fn mean(&self) -> f64 {
        self.moments[1] / self.moments[0]
    }

    /// Root of the mean square of the spin.
    pub fn root_mean_square(&self) -> f64 {
        (self.moments[2] / self.moments[0]).sqrt()
    }

    /// By how much, relatively, densities are uncertain with Phi: the error of the exponent averaged over the distribution, `G Int P dPhi/Phi^2 dS`. Zero of the forms that expand Phi.
    pub fn error(&self) -> f64 {
        self.error
    }
}

/// The range is searched up to `2^40` widths.
const DOUBLINGS: i32 = 41;
