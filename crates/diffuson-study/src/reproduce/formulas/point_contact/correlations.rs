//! Section IV: the noise of one sub-band, and what the sum rules say of it.

use super::super::exponent_between;
use super::{Arguments, Refused, driven, paths, residual, solved, steady};
use diffuson::audit::laws;
use diffuson::kinetics::{Closure, Drive, Excess, PointContact, RateLaw, Rates, Source, SteadyState};

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let (compressibility, occupation) = (Source::Compressibility, Source::Occupation);
    if let Some(quantity) = name.strip_prefix("constant time ") {
        return table(quantity, &with_times(at)?);
    }
    if let Some(quantity) = name.strip_prefix("constant path ") {
        return table(quantity, &with_paths(at)?);
    }
    Ok(Some(match name {
        "equilibrium noise" => {
            let state = solved(at.get("eta")?, 0.0, Rates::mean_free_paths(1.0, 1.0)?)?;
            state.noise(compressibility) / state.conductance()
        }
        "noise over thermal noise" => {
            let state = driven(at)?;
            state.noise(compressibility) / state.conductance()
        }
        // [S - 4kTG] N / [4 I^2 (2 tau_in - tau)] / (kappa/kappa_cl); I^2/N is 2 I^2/N in units of 4kT G0 and L/v_T
        "excess noise over compressibility" => {
            let state = with_times(at)?;
            let [inelastic, elastic] = [at.get("inelastic")?, at.get("elastic")?];
            let lag = 2.0 * inelastic - inelastic * elastic / (inelastic + elastic);
            let excess = state.noise(compressibility) - state.conductance();
            let equilibrium = state.equilibrium();
            let expected = 0.5 * state.current().powi(2) / equilibrium.number * lag;
            excess / expected / equilibrium.compressibility()
        }
        // at the same current, tau_el = tau_in = L/v_F
        "exponent of the prefactor" => exponent_between(1e3, 1e4, |eta| {
            let [excess, compressibility] = plateau(eta)?;
            Ok(excess / compressibility)
        })?,
        "exponent of the excess on the plateau" => exponent_between(1e3, 1e4, |eta| Ok(plateau(eta)?[0]))?,
        // S(omega)/S(0) over 1/(1 + omega^2 tau^2), by the general solver
        "spectrum over Lorentzian" => {
            let state = with_times(at)?;
            let [inelastic, elastic, omega] = [at.get("inelastic")?, at.get("elastic")?, at.get("omega")?];
            let tau = inelastic * elastic / (inelastic + elastic);
            state.spectrum(omega)?[0] / state.noise(compressibility) * (1.0 + (omega * tau).powi(2))
        }
        "ratio of correlations" => {
            let state = driven(at)?;
            state.noise(occupation) / state.noise(compressibility)
        }
        // Int f(1-f) over Int kT df/dmu, trapezoids over the nodes of the mesh
        "ratio of fluctuations" => {
            let state = driven(at)?;
            let integrand = |p: [f64; 3]| p[1] * (1.0 - p[1]);
            let distribution = state.distribution();
            let pieces = distribution.windows(2);
            let sum: f64 =
                pieces.map(|p| 0.5 * (p[1][0] - p[0][0]) * (integrand(p[0]) + integrand(p[1]))).sum();
            sum / state.equilibrium().fluctuation
        }
        "number under drive" => residual(&driven(at)?, laws::NEUTRALITY)?,
        "fluctuation under drive" => residual(&driven(at)?, laws::COMPRESSIBILITY)?,
        "bath heat less power" => residual(&driven(at)?, laws::ENERGY)?,
        "momentum balance" => residual(&driven(at)?, laws::MOMENTUM)?,
        // which breaks the exclusion principle, and so its audit
        "largest occupation" => {
            let rates = Rates::mean_free_paths(1.0, 1.0)?;
            SteadyState::new(at.get("eta")?, at.get("u")?, rates, Closure::Linear)?.range()[1]
        }
        "largest occupation, local potential" => driven(at)?.range()[1],
        // electrons of a nearly empty sub-band between collisions that bring them to rest
        "classical noise" => {
            let state = solved(-12.0, at.get("u")?, paths(at)?)?;
            2.0 * (state.noise(compressibility) - state.conductance()) / state.current()
        }
        _ => return Ok(None),
    }))
}

fn times(at: &Arguments) -> Result<Rates, Refused> {
    Ok(Rates::times(at.get("inelastic")?, at.get("elastic")?)?)
}

fn with_times(at: &Arguments) -> Result<SteadyState, Refused> {
    steady(at, times(at)?)
}

fn with_paths(at: &Arguments) -> Result<SteadyState, Refused> {
    steady(at, paths(at)?)
}

/// A column of the tables of reference.
fn table(quantity: &str, state: &SteadyState) -> Result<Option<f64>, Refused> {
    let noise = state.noise(Source::Compressibility);
    Ok(Some(match quantity {
        "potential" => state.local_degeneracy(),
        "conductance" => state.conductance(),
        "noise" => noise,
        "excess" => noise - state.conductance(),
        "noise of f(1-f)" => state.noise(Source::Occupation),
        "number" => state.equilibrium().number,
        "fluctuation" => state.equilibrium().fluctuation,
        _ => return Ok(None),
    }))
}

/// Excess noise at a current of one, with times L/v_F, and the compressibility.
fn plateau(eta: f64) -> Result<[f64; 2], Refused> {
    let time = 1.0 / eta.sqrt();
    let contact = PointContact::uniform(&[0.0], RateLaw::Fixed(Rates::times(time, time)?))?;
    let state = contact.closed_form(eta, Drive::Current(1.0))?;
    let excess = state.excess(Source::Compressibility, Excess::Johnson)?;
    Ok([excess, state.equilibrium().compressibility()])
}
