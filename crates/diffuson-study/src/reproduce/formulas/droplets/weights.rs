//! Section IV: gamma, alpha and beta in every counting.

use super::{Arguments, Refused, coefficients, resolved, shape};
use diffuson::droplets::{Coefficients, Counting, Diagrams, Profile, Resolution, TimeReversal};
use std::f64::consts::PI;

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let diagrams = || -> Result<Coefficients, Refused> {
        let [linear, mixed, cubic] = [at.get("ff")?, at.get("fb")?, at.get("bb")?];
        Ok(Coefficients::from_diagrams(
            &shape(at.get("optimal")?)?.rings,
            Diagrams::new(linear, mixed, cubic),
        )?)
    };
    let four = |profile: &Profile| -> Result<f64, Refused> {
        Ok(Coefficients::new(profile, Counting::FourDiagrams, TimeReversal::Broken)?.gamma())
    };
    Ok(Some(match name {
        "gamma" => coefficients(at)?.gamma(),
        "1/(pi^2 g^2 I_FF)" => 1.0 / (PI * PI * coefficients(at)?.linear_variance(1.0)),
        "gamma of the profile as printed" => {
            let rings = shape(0.0)?.rings.with_norm(0.5);
            Coefficients::from_rings(&rings, Counting::FourDiagrams, TimeReversal::Broken)?.gamma()
        }
        "Int psi^2 of the profile as printed" => {
            // psi = pi^-1/2 R^-1 exp(-x^2/R^2), in steps of x
            let step = 1e-4;
            let term = |k: i32| {
                let x = step * (f64::from(k) + 0.5);
                2.0 * PI * x * step * ((-x * x).exp() / PI.sqrt()).powi(2)
            };
            (0..60_000).map(term).sum()
        }
        "gamma with nu of one spin" => coefficients(at)?.with_density_of_one_spin().gamma(),
        "alpha" => coefficients(at)?.alpha(),
        "beta" => coefficients(at)?.beta(),
        "beta with the sixth order" => coefficients(at)?.complete_beta(),
        "alpha of diagrams" => diagrams()?.alpha(),
        "beta of diagrams" => diagrams()?.beta(),
        "diagrams of FB needed over those of FF" => {
            1.92 / Coefficients::from_diagrams(&shape(0.0)?.rings, Diagrams::new(1.0, 1.0, 1.0))?.alpha()
        }
        "diagrams of BB needed over those of FF" => {
            7.36 / Coefficients::from_diagrams(&shape(0.0)?.rings, Diagrams::new(1.0, 1.0, 1.0))?.beta()
        }
        "complete over four diagrams" => {
            let paper =
                Coefficients::from_rings(&shape(0.0)?.rings, Counting::FourDiagrams, TimeReversal::Broken)?;
            paper.gamma() / coefficients(at)?.gamma()
        }
        "trial over optimum, less 1" => four(&shape(0.0)?.profile)? / four(&shape(1.0)?.profile)? - 1.0,
        "gamma of a trial (1 + r^2)^-p" => {
            let p = at.get("p")?;
            four(&Profile::new(Resolution::STANDARD, |r| (1.0 + r * r).powf(-p))?)?
        }
        "gamma of a trial exp(-r)" => four(&Profile::new(Resolution::STANDARD, |r| (-r).exp())?)?,
        "gamma of a trial sech" => four(&Profile::new(Resolution::STANDARD, |r| 1.0 / r.cosh())?)?,
        "psi(0) a of the optimum" => {
            let profile = &shape(1.0)?.profile;
            profile.at(0.0) * profile.mean_square_radius().sqrt()
        }
        "psi a of the optimum at r" => {
            let profile = &shape(1.0)?.profile;
            let a = profile.mean_square_radius().sqrt();
            profile.at(a * at.get("r")?) * a
        }
        "(Int psi)^2/a^2 of the optimum" => {
            let profile = &shape(1.0)?.profile;
            profile.integral().powi(2) / profile.mean_square_radius()
        }
        "Q_6/(Q_4 I^2)" => {
            let rings = shape(at.get("optimal")?)?.rings;
            rings.values[1] / (rings.values[0] * rings.integral.powi(2))
        }
        "Q_8/(Q_4 I^4)" => {
            let rings = shape(at.get("optimal")?)?.rings;
            rings.values[2] / (rings.values[0] * rings.integral.powi(4))
        }
        "Phi" => resolved(shape(at.get("optimal")?)?.profile.suppression(&[at.get("x")?])?[0])?,
        "denominator of Eq. 48 as printed" => {
            let x = at.get("x")?;
            1.0 - 2.0 * 1.92 * x * x + 7.36 * x.powi(4)
        }
        "size dependence of I_FB" => {
            // I_FB ~ R^2: Q_6 of a profile twice as wide
            let narrow = &shape(0.0)?.profile;
            let wide = Profile::new(narrow.resolution(), |r| narrow.at(0.5 * r))?;
            (wide.rings()?.six.value / shape(0.0)?.rings.values[1]).log2()
        }
        "size dependence of I_BB" => {
            let narrow = &shape(0.0)?.profile;
            let wide = Profile::new(narrow.resolution(), |r| narrow.at(0.5 * r))?;
            (wide.rings()?.eight.value / shape(0.0)?.rings.values[2]).log2()
        }
        _ => return Ok(None),
    }))
}
