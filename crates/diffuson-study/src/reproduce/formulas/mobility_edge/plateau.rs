//! Section III C: the thermopower at high temperature, and what experiments read off it.

use super::{Arguments, FAR, Refused, integral, root, window};
use diffuson::localization::expansions::high_temperature::plateau_linear;
use diffuson::localization::{THERMOPOWER_UNIT, eta};

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let [x, beta] = ["x", "beta"].map(|name| move || at.get(name));
    Ok(Some(match name {
        "plateau" => by_quadrature(x()?)?,
        "plateau in uV/K" => by_quadrature(x()?)? * THERMOPOWER_UNIT * 1e6,
        "plateau over 1 + x" => plateau(x()?)? / (1.0 + x()?),
        // in per cent of the exact plateau
        "plateau, error of the straight line" => error(x()?)?,
        "plateau, largest error" => error(peak(3.0, 7.0, 1.0)?)?,
        "plateau, largest error at" => peak(3.0, 7.0, 1.0)?,
        "plateau, lowest error" => error(peak(0.05, 0.7, -1.0)?)?,
        "plateau, lowest error at" => peak(0.05, 0.7, -1.0)?,
        "plateau, straight line exact at" => root(0.5, 1.0, error)?,
        "plateau, slope in x" => slope(x()?)?,
        "exponent of a plateau in uV/K" => exponent_of(at.get("plateau")? / (THERMOPOWER_UNIT * 1e6))?,
        "exponent of a part of the plateau" => exponent_of(at.get("fraction")? * plateau(x()?)?)?,
        "plateau ratio" => by_quadrature(x()?)? / by_quadrature(at.get("other")?)?,
        "plateau by a classical window" => classical(x()? + 1.0)? / classical(x()?)?,
        "classical window integral" => classical(beta()?)?,
        "plateau, power of T" => {
            let (x, t) = (x()?, 3.0);
            let moment = |power: f64| integral(power, FAR * t, |e| e.powf(power) * window(e / t) / t);
            (moment(x + 1.0)? / (t * moment(x)?) / by_quadrature(x)?).ln() / t.ln()
        }
        "zeta" => bose(beta()?)? / libm::tgamma(beta()?),
        "Fermi window integral" => fermi(beta()?)?,
        // C - G/beta and the integral it equals, and that integral over C
        "Bose less Fermi" => (bose(beta()?)? - fermi(beta()?)? / beta()?) / doubled(beta()?)?,
        "doubled Bose integral" => doubled(beta()?)?,
        _ => return Ok(None),
    }))
}

/// Eq. 32 as it stands.
fn by_quadrature(x: f64) -> Result<f64, Refused> {
    Ok(fermi(x + 1.0)? / fermi(x)?)
}

/// Eq. 37, continued to -1 < x < 0.
fn plateau(x: f64) -> Result<f64, Refused> {
    Ok((1.0 + x) * eta(1.0 + x)? / eta(x)?)
}

/// How much Eq. 38 exceeds the plateau, in per cent.
fn error(x: f64) -> Result<f64, Refused> {
    Ok(100.0 * (plateau_linear(x) / plateau(x)? - 1.0))
}

/// Derivative of the plateau by x, by differences of order 4.
fn slope(x: f64) -> Result<f64, Refused> {
    let h = 1e-3;
    let central = |h: f64| Ok::<_, Refused>((plateau(x + h)? - plateau(x - h)?) / (2.0 * h));
    Ok((4.0 * central(0.5 * h)? - central(h)?) / 3.0)
}

/// Where the error of Eq. 38 is largest (sign 1) or smallest (sign -1): its derivative vanishes.
fn peak(from: f64, to: f64, sign: f64) -> Result<f64, Refused> {
    root(from, to, |x| {
        let exact = plateau(x)?;
        Ok(sign * (exact - plateau_linear(x) * slope(x)?))
    })
}

fn exponent_of(thermopower: f64) -> Result<f64, Refused> {
    root(-0.6, 11.0, |x| Ok(plateau(x)? - thermopower))
}

/// `Int m^beta/(2 + 2 cosh m) dm`.
fn fermi(beta: f64) -> Result<f64, Refused> {
    integral(beta, FAR + 8.0 * beta, |m| m.powf(beta) * window(m))
}

/// `Int m^beta e^{-m} dm`.
fn classical(beta: f64) -> Result<f64, Refused> {
    integral(beta, FAR + 8.0 * beta, |m| m.powf(beta) * (-m).exp())
}

/// C of Eq. 35.
fn bose(beta: f64) -> Result<f64, Refused> {
    integral(beta - 2.0, FAR + 8.0 * beta, |m| m.powf(beta - 1.0) / m.exp_m1())
}

fn doubled(beta: f64) -> Result<f64, Refused> {
    integral(beta - 2.0, FAR + 8.0 * beta, |m| 2.0 * m.powf(beta - 1.0) / (2.0 * m).exp_m1())
}
