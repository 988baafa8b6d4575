//! Section V: two droplets.

use super::{Arguments, Refused, coefficients, counting};
use diffuson::diffusons::{GaussianRing, Pattern, RingSum, gaussian_on_torus};
use diffuson::droplets::{
    PairCovariance, PairRings, TimeReversal, crossover_distance, printed_crossover_distance,
    printed_distribution, printed_share,
};

/// To what rings of two droplets are computed.
const TOLERANCE: f64 = 1e-4;

/// `J_1`, `J_2` and `J_3` over `I_FF` of two Gaussians of R = 1.5 at L = 4.5 on 12 x 12 sites, over those of the rings on the plane, all rings counted, at `R/L_T`.
fn torus_over_plane(which: usize, warmth: f64) -> Result<f64, Refused> {
    let (size, radius, apart, diffusion) = (12, 1.5, 4.5, 0.4);
    let temperature = diffusion * (warmth / radius).powi(2);
    let places = [0.0, apart].map(|x| gaussian_on_torus(size, radius, [x, 0.0]));
    let places = places.into_iter().collect::<Result<Vec<_>, _>>()?;
    let found = RingSum::new(size, diffusion, 1.0, TimeReversal::Broken)?.covariance(&places, temperature)?;
    let on_torus = [found.at(0, 0, 1, 1), found.at(0, 0, 0, 1), found.at(0, 1, 0, 1)][which];
    let ring = |pattern| -> Result<f64, Refused> {
        Ok(GaussianRing::pair(pattern, apart / radius)?.at_temperature(warmth)?.cubature(1e-3)?.value)
    };
    let on_plane = match which {
        1 => ring(Pattern::OneOfFour)?,
        _ => (2.0 * ring(Pattern::Adjacent)? + ring(Pattern::Alternating)?) / 3.0,
    };
    let single = GaussianRing::single(4)?.at_temperature(warmth)?.cubature(1e-6)?.value;
    Ok(on_torus / found.at(0, 0, 0, 0) / (on_plane / single))
}

/// Elements 12 and 13 of the inverse of Eq. 53, over element 11.
fn inverse_elements([first, second, third]: [f64; 3]) -> [f64; 2] {
    let diagonal = third - second * second;
    [(second * second - first * third) / diagonal, second * (first - 1.0) / diagonal]
}

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
        "J_1 on a torus over that on the plane" => torus_over_plane(0, at.get("warmth")?)?,
        "J_2 on a torus over that on the plane" => torus_over_plane(1, at.get("warmth")?)?,
        "J_3 on a torus over that on the plane" => torus_over_plane(2, at.get("warmth")?)?,
        "element 12 of Eq. 55" => inverse_elements(pair()?.elements())[0],
        "element 13 of Eq. 55" => inverse_elements(pair()?.elements())[1],
        "variance over the square of the mean, times g^2(1+F_0)^2 f" => {
            let (found, t) = (conditional()?, at.get("t")?);
            let rarity = t * t / (2.0 * coefficients(at)?.gamma());
            (found.deviation() / found.mean()).powi(2) * rarity * pair()?.elements()[2]
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
