//! Section V: two droplets.

use super::{Arguments, Refused, counting};
use diffuson::diffusons::{GaussianRing, Pattern};
use diffuson::droplets::{
    PairCovariance, PairRings, crossover_distance, printed_crossover_distance, printed_distribution,
    printed_share,
};

/// To what rings of two droplets are computed.
const TOLERANCE: f64 = 1e-4;

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let distance = || at.get("distance");
    let pair = || -> Result<PairCovariance, Refused> {
        let rings = PairRings::at(distance()?, TOLERANCE)?;
        Ok(PairCovariance::new(&rings, counting(at)?.0)?)
    };
    let conditional = || -> Result<_, Refused> { Ok(pair()?.conditional(at.get("t")?)?) };
    let ring = |pattern| -> Result<f64, Refused> {
        Ok(GaussianRing::pair(pattern, distance()?)?.cubature(TOLERANCE)?.value * distance()?.powi(4))
    };
    let crossover =
        || -> Result<f64, Refused> { Ok(crossover_distance(at.get("t")?, counting(at)?.0, TOLERANCE)?) };
    Ok(Some(match name {
        // as J (L/R)^4 pi^2 g^2 of four diagrams with the printed Gaussian of norm 1/2
        "abab" => ring(Pattern::Alternating)?,
        "abbb" => ring(Pattern::OneOfFour)?,
        "aabb" => ring(Pattern::Adjacent)?,
        "ln^2 as printed" => distance()?.ln().powi(2) / 6.0,
        "aabb, asymptotic" => {
            PairRings::asymptotic(distance()?)?.adjacent
                * GaussianRing::single(4)?.cubature(1e-9)?.value
                * distance()?.powi(4)
        }
        "J_1 over I_FF" => pair()?.elements()[0] * distance()?.powi(4),
        "J_2 over J_3" => {
            let [_, second, third] = pair()?.elements();
            second / third
        }
        "f" => pair()?.elements()[2],
        "f as printed" => printed_share(distance()?),
        "f with 0.8/6" => 0.8 / 6.0 * distance()?.powi(-4) * distance()?.ln().powi(2),
        "slope of the root of f (L/R)^4 against the logarithm, squared" => {
            let at_distance = |l: f64| -> Result<f64, Refused> {
                let rings = PairRings::asymptotic(l)?;
                Ok((PairCovariance::new(&rings, counting(at)?.0)?.elements()[2] * l.powi(4)).sqrt())
            };
            let (near, far) = (1e5, 1e8f64);
            ((at_distance(far)? - at_distance(near)?) / (far / near).ln()).powi(2)
        }
        "least eigenvalue of Eq. 53 over J_3" => {
            let pair = pair()?;
            pair.eigenvalues()[0] / pair.elements()[2]
        }
        "conditional mean" => conditional()?.mean(),
        "conditional mean over -2 J_2 t" => conditional()?.mean() / pair()?.approximate(at.get("t")?).mean,
        "conditional deviation" => conditional()?.deviation(),
        "variance over J_3" => conditional()?.deviation().powi(2) / pair()?.elements()[2],
        "printed variance over J_3" => {
            printed_distribution(distance()?, at.get("t")?).deviation.powi(2) / printed_share(distance()?)
        }
        "probability of an antiferromagnetic sign" => conditional()?.positive(),
        "crossover distance" => crossover()?,
        "crossover distance over R sqrt(t)" => crossover()? / at.get("t")?.sqrt(),
        "crossover distance as printed" => printed_crossover_distance(at.get("x")?),
        _ => return Ok(None),
    }))
}
