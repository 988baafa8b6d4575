//! Zero-bias anomaly of fluctuators of all splittings: how many of the upper levels, which conduct differently, are occupied.

mod estimates;
mod landscapes;
mod scaling;

pub use estimates::{
    Tunnelling, displacement, interpolation, orifice_share, smooth_interpolation, step_estimate, threshold,
};
pub use landscapes::{any_to_any_energy, boltzmann_energy, conductance_change, fermi_energy, saturation};
pub use scaling::Anomaly;

use super::{Bath, upper_occupation};
use crate::gauss::RULE;
use std::f64::consts::PI;

/// `D(V, T) = Int_0^inf E n(E) dE / E*^2` of fluctuators with a constant density of splittings, in the centre of a contact; `bias` is eV, `temperature` kT, both in E*. With
/// `<dG>_E = s E` for the mean conductance of upper less lower levels and P fluctuators per energy, the conductance changes by `dG = s P E*^2 D`.
///
/// ```text
/// D(0, T) = pi^2 T^2 / 12,    D(V -> 0, 0) = (3/2 - 2 ln 2) V^2 / 2,    D(V -> inf, 0) = 2^{-1/3} (pi/3) / sin(2 pi/3) V^{2/3}
/// ```
///
/// Even in the bias; NaN for a temperature below zero or arguments that are not finite. See [`mean_excitation`] for its accuracy.
pub fn response(bias: f64, temperature: f64) -> f64 {
    Bath::new(temperature, bias.abs(), 1.0).map_or(f64::NAN, |bath| mean_excitation(&bath))
}

/// `Int_0^inf E n(E) dE`, n the occupation of upper levels: [`response`] at any place of a contact, in the square of the unit of the bath, with or without phonons.
pub fn mean_excitation(bath: &Bath) -> f64 {
    mean_excitation_below(bath, f64::INFINITY)
}

/// The same of fluctuators of splittings up to `band`: the density of states ends there, and the response saturates at `band^2 / 4` once eV and the phonons allow, or kT.
///
/// By Gauss's rule in panels that follow the singularities of n: poles at E = 0 and eV + 2 pi i kT, E = 0 being regular, and where `2 W(E) + 4 E + E^3/E*^2` vanishes, at angles of at least pi/3 to
/// the axis; so in E up to half the nearest of them, in ln E up to eV / 2, in arsinh [(E - eV) / 2 pi kT] above. Within 1e-12, smooth to some 1e-15 of itself. NaN for a band that is not positive.
pub fn mean_excitation_below(bath: &Bath, band: f64) -> f64 {
    let (bias, temperature) = (bath.bias(), bath.temperature());
    let integrand = |energy: f64| energy * upper_occupation(energy, bath);
    let top = (bias + EXPONENT * temperature).min(band);
    if !(band > 0.0) {
        return f64::NAN;
    }
    if top == 0.0 {
        return 0.0;
    }
    let bottom = top.min(regular(bath) / 2.0);
    let middle = if bias < NARROW * temperature { top } else { (bias / 2.0).clamp(bottom, top) };
    let below = panels(0.0, bottom, integrand);
    let between = panels(bottom.ln(), middle.ln(), |u| {
        let energy = u.exp();
        energy * integrand(energy)
    });
    let width = 2.0 * PI * temperature;
    let above = if middle == top {
        0.0
    } else if temperature < f64::EPSILON * bias {
        panels(middle, top, integrand)
    } else {
        panels(((middle - bias) / width).asinh(), ((top - bias) / width).asinh(), |v| {
            width * v.cosh() * integrand(bias + width * v.sinh())
        })
    };
    below + between + above
}

/// Multiples of kT above the bias after which occupations are e^-40.
const EXPONENT: f64 = 40.0;

/// Multiples of kT below which the edge at eV needs no panels of its own: its pole is seen from E = 0 at an angle of at least atan(2 pi / 4).
const NARROW: f64 = 4.0;

/// Longest panel in a logarithm: with poles pi/3 from the axis the rule of 8 points leaves 1e-13.
const PANEL: f64 = 0.4;

/// About how far from E = 0 the nearest singularity of n(E) is: where one of three terms of `4 E + E^3/E*^2 + 2 (W(0) + E^2 kT/E*^2)` cancels `2 W(0)`, or the first pole of B, unless
/// too few electrons are thermal to see it.
fn regular(bath: &Bath) -> f64 {
    let (still, crossover, temperature) = (bath.rate(0.0), bath.crossover(), bath.temperature());
    let electrons = still / 2.0;
    let phonons = (2.0 * still * crossover * crossover).cbrt();
    let absorption = crossover * (still / temperature).sqrt();
    let thermal = if temperature > 1e-6 * bath.bias() { 2.0 * PI * temperature } else { f64::INFINITY };
    electrons.min(phonons).min(absorption).min(thermal)
}

/// `Int f` from one end to the other, in equal panels no longer than [`PANEL`].
fn panels(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    let count = ((to - from) / PANEL).ceil().clamp(1.0, 4096.0);
    let half = (to - from) / (2.0 * count);
    let panel = |centre: f64| RULE.iter().map(|&(x, w)| w * f(centre + half * x)).sum::<f64>();
    (0..count as usize).map(|k| half * panel(from + half * (2 * k + 1) as f64)).sum()
}

#[cfg(test)]
mod tests;
