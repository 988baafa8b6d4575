//! Section II C and D: the conductivity at finite temperature.

use super::{Arguments, FAR, Refused, coefficient, exponent_between, integral, kernels, window};
use diffuson::localization::special_points::{conductivity_minimum, conductivity_recovery};
use diffuson::localization::{Kernels, MobilityEdge};
use diffuson::thermal::{Adaptive, LinearResponse, Structure, fermi_window};
use std::convert::Infallible;

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let x = || at.get("x");
    let conductivity =
        |t: f64| Ok::<_, Refused>(MobilityEdge::new(1.0, x()?)?.transport(1.0, t)?.conductivity);
    Ok(Some(match name {
        "closed form against quadrature" => closed_form()?,
        "scaling of the conductivity" => scaling()?,
        "conductivity, coefficient" => {
            let kernels = kernels(at)?;
            let reduced = |t: f64| {
                (kernels.scaling(t.recip()).ln_conductivity + x().unwrap_or(f64::NAN) * t.ln()).exp()
            };
            coefficient(at.get("order")? as usize / 2, reduced)
        }
        "conductivity" => conductivity(at.get("t")?)?,
        "sign of the slope of the conductivity" => {
            let t = at.get("t")?;
            (conductivity(1.001 * t)? - conductivity(0.999 * t)?).signum()
        }
        "conductivity minimum at" => conductivity_minimum(&kernels(at)?).ok_or("no minimum")?,
        "conductivity minimum" => conductivity(conductivity_minimum(&kernels(at)?).ok_or("no minimum")?)?,
        "conductivity returns at" => conductivity_recovery(&kernels(at)?).ok_or("no minimum")?,
        "window integral" => kernels(at)?.moments(0.0)[0],
        "window integral as printed" => {
            let x = x()?;
            integral(x, FAR, |q| q.powf(x) / (2.0 + q.cosh()))? / integral(x, FAR, |q| q.powf(x) * window(q))?
        }
        "window integral, power of T" => {
            let beta = at.get("beta")?;
            exponent_between(0.5, 2.0, |t| {
                integral(beta, FAR * t, |e| e.powf(beta) * fermi_window(e / t) / t)
            })?
        }
        _ => return Ok(None),
    }))
}

const EXPONENTS: [f64; 5] = [0.5, 0.7, 0.9, 1.1, 1.571];
const ARGUMENTS: [f64; 7] = [-5.0, -1.0, 0.0, 0.5, 1.0, 5.0, 20.0];

/// Largest relative difference of the moments from the integrals of Eqs. 14 and 26.
fn closed_form() -> Result<f64, Refused> {
    let mut worst = 0.0f64;
    for (x, z) in EXPONENTS.into_iter().flat_map(|x| ARGUMENTS.map(|z| (x, z))) {
        let exact = Kernels::new(x)?.moments(z);
        for (n, exact) in exact.into_iter().enumerate() {
            let term = |u: f64| u.powf(x) * (u - z).powi(n as i32) * fermi_window(u - z);
            worst = worst.max((integral(x, FAR + z.max(0.0), term)? / exact - 1.0).abs());
        }
    }
    Ok(worst)
}

/// Largest relative difference of the conductivity from Eq. 12, at several temperatures and distances, from Eq. 13.
fn scaling() -> Result<f64, Refused> {
    let mut worst = 0.0f64;
    for (x, z) in EXPONENTS.into_iter().flat_map(|x| ARGUMENTS.map(|z| (x, z))) {
        for kt in [0.01, 0.3] {
            let (mu, edge) = (1.0 + z * kt, 1.0);
            let sigma = |e: f64| Ok::<_, Infallible>((e - edge).max(0.0).powf(x));
            let structure = Structure::edge(edge, x)?;
            let response = LinearResponse::two_terminal(mu, kt, &structure, Adaptive::default(), sigma)?;
            let scaled = kt.powf(x) * Kernels::new(x)?.moments(z)[0];
            worst = worst.max((response.moments[0].get(1, 0) / scaled - 1.0).abs());
        }
    }
    Ok(worst)
}
