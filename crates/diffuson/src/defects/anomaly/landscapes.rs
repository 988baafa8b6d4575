//! What occupied positions do to the conductance: fluctuators one by one (Eq. 11), and the energies of defects with many positions (Eq. 13).

use super::super::{Bath, DefectError, Fluctuator, occupation, require, upper_occupation};
use crate::gauss::RULE;
use crate::thermal::{Adaptive, Structure, fermi};
use std::convert::Infallible;

/// `sum_i dG_i n_i`, what the occupation of their upper levels adds to the conductance of a contact in which all fluctuators are in the lower one (Eq. 11), in e^2/h.
pub fn conductance_change(fluctuators: &[Fluctuator], bath: &Bath) -> f64 {
    fluctuators.iter().map(|f| f.conductance * upper_occupation(f.splitting, bath)).sum()
}

/// What [`conductance_change`] saturates at, `sum_i dG_i / 2`: both levels equally occupied.
pub fn saturation(fluctuators: &[Fluctuator]) -> f64 {
    fluctuators.iter().map(|f| 0.5 * f.conductance).sum()
}

/// Mean energy of a defect that finds itself at any of many positions with Boltzmann's weights, `Int E P e^{-E/kT} dE / Int P e^{-E/kT} dE` (Eq. 13): `(p + 1) kT` above an edge at which the density
/// of states P begins as `(E - E_min)^p`, so that beta = 1, but `-sigma^2/kT` for a Gaussian one.
///
/// `range` is where P is not negligible. To 1e-9 of the mean of `E - E_min` for a P that is smooth, or begins with a power, there.
///
/// # Errors
///
/// A temperature that is not positive, a range that is empty or not finite.
pub fn boltzmann_energy(
    density: impl Fn(f64) -> f64,
    range: [f64; 2],
    temperature: f64,
) -> Result<f64, DefectError> {
    require("temperature", temperature, temperature > 0.0 && temperature.is_finite(), "positive")?;
    let [sum, first] = moments(density, range, temperature, |above| (-above / temperature).exp())?;
    Ok(range[0] + first / sum)
}

/// Mean energy of defects of which each position holds at most one: Fermi statistics with the chemical potential at which a share `filling` of the positions is occupied (before Eq. 13). Rises from that of
/// the ground state as T^2 far below the degeneracy temperature, as T far above it in a band that is filled little.
///
/// `range` and accuracy as in [`boltzmann_energy`].
///
/// # Errors
///
/// As there, and for a filling outside (0, 1).
pub fn fermi_energy(
    density: impl Fn(f64) -> f64,
    range: [f64; 2],
    filling: f64,
    temperature: f64,
) -> Result<f64, DefectError> {
    require("temperature", temperature, temperature > 0.0 && temperature.is_finite(), "positive")?;
    require("filling", filling, filling > 0.0 && filling < 1.0, "between 0 and 1")?;
    let [all, _] = moments(&density, range, temperature, |_| 1.0)?;
    let occupied = |mu: f64| moments(&density, range, temperature, |above| fermi((above - mu) / temperature));
    // ln filling >= -700: mu is not below -700 kT
    let width = range[1] - range[0];
    let (mut low, mut high) = (-700.0 * temperature, width + 700.0 * temperature);
    while high - low > 1e-13 * (width + temperature) {
        let middle = 0.5 * (low + high);
        if occupied(middle)?[0] < filling * all { low = middle } else { high = middle }
    }
    let [sum, first] = occupied(0.5 * (low + high))?;
    Ok(range[0] + first / sum)
}

/// `Int P f dE` and `Int (E - E_min) P f dE`, f a function of `E - E_min` that varies on the scale kT.
fn moments(
    density: impl Fn(f64) -> f64,
    [from, to]: [f64; 2],
    temperature: f64,
    f: impl Fn(f64) -> f64,
) -> Result<[f64; 2], DefectError> {
    let width = to - from;
    require(
        "width of the density of states",
        width,
        width > 0.0 && width.is_finite(),
        "positive and finite",
    )?;
    let mut marks: Vec<f64> = (-12..=6).map(|k| temperature * 4f64.powi(k)).filter(|m| *m < width).collect();
    marks.extend((1..16).map(|k| width * f64::from(k) / 16.0));
    marks.sort_by(f64::total_cmp);
    let integrand = |above: f64| {
        let weight = density(from + above) * f(above);
        Ok::<_, Infallible>([weight, above * weight])
    };
    let Ok(structure) = Structure::new([0.0, width], Vec::new()) else { unreachable!("a positive width") };
    let Ok(integral) = Adaptive::to(1e-11).integrate([0.0, width], &structure, &marks, integrand);
    Ok([integral.values[0], integral.values[1]])
}

/// Mean energy, above the lowest position, of a defect that hops from any of many positions to any other, their density of states constant: 0.2613 eV for eV << E* and
/// `0.511 (E* eV)^{1/2}` for eV >> E* at kT = 0, kT without bias.
///
/// The stationary state of the master equation for a continuum of positions, by [`steady_state`](super::super::steady_state)'s reduction on the points of a quadrature, each standing for as many positions as its weight: within
/// 1e-3, by the kinks of the rates at kT = 0.
///
/// # Errors
///
/// Neither bias nor temperature: nothing moves.
pub fn any_to_any_energy(bath: &Bath) -> Result<f64, DefectError> {
    const PER_FOLD: f64 = 4.0; // panels per power of e
    let (bias, temperature) = (bath.bias(), bath.temperature());
    require("bias and temperature", bias + temperature, bias + temperature > 0.0, "not both zero")?;
    // Where phonons and spontaneous emission balance W(0): E^4 = W(0)^2 E*^2, or E = W(0).
    let still = bath.rate(0.0);
    let scale = still.min((still * bath.crossover()).sqrt()).max(temperature);
    // Most jumps under bias lead high up, and phonons bring the defect down again.
    let top = bias + EXPONENT * temperature;
    let (from, to) = ((1e-3 * scale).ln(), top.ln());
    let panels = ((to - from) * PER_FOLD).ceil();
    let half = (to - from) / (2.0 * panels);
    let log_points = (0..panels as usize).flat_map(|k| {
        let centre = from + half * (2 * k + 1) as f64;
        RULE.iter().map(move |(x, w)| ((centre + half * x).exp(), half * w))
    });
    // Below the first panel p is constant: one more point.
    let first = (0.5e-3 * scale, 1e-3 * scale);
    let levels: Vec<(f64, f64)> =
        std::iter::once(first).chain(log_points.map(|(energy, w)| (energy, w * energy))).collect();
    let (energy, weights): (Vec<f64>, Vec<f64>) = levels.into_iter().unzip();
    let p = occupation::of_levels(&energy, &weights, bath)?;
    Ok(p.iter().zip(&energy).map(|(p, e)| p * e).sum())
}

/// Multiples of kT above the bias after which nothing is occupied.
const EXPONENT: f64 = 40.0;
