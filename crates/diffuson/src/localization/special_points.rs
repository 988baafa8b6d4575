//! Where the curves of a mobility edge turn: minima, inflections, maxima. Temperatures are in units of the distance d from the edge, d > 0.

use super::rule::CROSSOVER;
use super::{InvalidParameter, Kernels};

/// T/d at which sigma(T) is smallest; `None` for x >= 1, where it only rises.
///
/// `d ln sigma/d ln T = x - z K_0'/K_0` vanishes. At low T the conductivity of 0 < x < 1 falls, by Eq. 15.
pub fn conductivity_minimum(kernels: &Kernels) -> Option<f64> {
    let x = kernels.exponent();
    let slope = |z: f64| z * kernels.scaling_derivatives(z)[1].ln_conductivity - x;
    // at z = x the slope is below: K_0'/K_0 < 1
    if x > 0.0 && x < 1.0 { root(slope, x, CROSSOVER).map(f64::recip) } else { None }
}

/// T/d at which sigma(T) has returned to sigma(0) after its minimum; `None` for x >= 1.
pub fn conductivity_recovery(kernels: &Kernels) -> Option<f64> {
    let x = kernels.exponent();
    let excess = |z: f64| kernels.scaling(z).ln_conductivity - x * z.ln();
    root(excess, 1e-300, conductivity_minimum(kernels)?.recip()).map(f64::recip)
}

/// T/d at which |S|(T) has its inflection: once for x < 1 and once for x > 7, by the sign of the t^3 term of Eq. 40; `None` between. Those at
/// T/d < 1/40, next to x = 1 and x = 7, are not looked for.
pub fn thermopower_inflection(kernels: &Kernels) -> Option<f64> {
    // d^2/dT^2 of Y(d/T) is z^3 (2 Y' + z Y'')/d^2
    let bending =
        |z: f64| 2.0 * kernels.scaling_derivatives(z)[1].thermopower + z * kernels.ratio_curvature(z);
    if (1.0..=7.0).contains(&kernels.exponent()) {
        None
    } else {
        root(bending, 1.0, CROSSOVER).map(f64::recip)
    }
}

/// `z = d/T` at which the power factor `S^2 sigma` at fixed T is largest; `None` for x >= 2, where it rises with z for ever.
pub fn power_factor_maximum(kernels: &Kernels) -> Option<f64> {
    let slope = |z: f64| {
        let [value, by_z, _] = kernels.scaling_derivatives(z);
        by_z.ln_conductivity + 2.0 * by_z.thermopower / value.thermopower
    };
    if kernels.exponent() < 2.0 { root(slope, -10.0, 1e6) } else { None }
}

/// T/d at which |S| has reached a `fraction` of its plateau, the value at z = 0 that it takes at high temperatures.
///
/// # Errors
/// [`InvalidParameter`] unless the fraction lies between 1e-6 and 1 - 1e-6.
pub fn plateau_reached(kernels: &Kernels, fraction: f64) -> Result<f64, InvalidParameter> {
    InvalidParameter::check("fraction of the plateau", fraction, 1e-6..=1.0 - 1e-6, "from 1e-6 to 1 - 1e-6")?;
    let wanted = fraction * kernels.scaling(0.0).thermopower;
    // at z = 1e8, Y is 3.3e-8 x, less than any fraction allowed; at 0 it is the plateau
    let z = root(|z| kernels.scaling(z).thermopower - wanted, 0.0, 1e8);
    Ok(z.map_or(f64::NAN, f64::recip))
}

/// The point between `a` and `b` where a function that changes sign there vanishes, by halving the interval (in the logarithm, where it
/// spans decades) down to rounding.
fn root(f: impl Fn(f64) -> f64, a: f64, b: f64) -> Option<f64> {
    let (mut low, mut high) = (a, b);
    let rising = f(b) > 0.0;
    if (f(a) > 0.0) == rising {
        return None;
    }
    loop {
        let mid = if low > 0.0 && high > 2.0 * low { (low * high).sqrt() } else { 0.5 * (low + high) };
        if mid <= low || mid >= high {
            return Some(mid);
        }
        if (f(mid) > 0.0) == rising { high = mid } else { low = mid }
    }
}
