//! Sections II, III and IV B: mean field, estimates, and the spin of droplets.

use super::super::exponent_between;
use super::{Arguments, Refused, coefficients, metal, shape};
use diffuson::droplets::{
    ENERGY_CROSSOVER, SingleMode, SpinDistribution, StonerMetal, energy_variance,
    hartree_fock_susceptibility, level_correlation,
};
use std::f64::consts::PI;

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    Ok(Some(match name {
        "Eq. 1 over Eq. 3" => {
            let f0 = at.get("f0")?;
            1.0 / (1.0 + f0) / hartree_fock_susceptibility(1.0, f0)
        }
        "spin density below the instability, squared, over Eq. 6" => {
            let (distance, quartic) = (at.get("distance")?, at.get("quartic")?);
            StonerMetal::new(distance, quartic)?.spin_density().powi(2) / (-distance / quartic)
        }
        // Re Int d^2Q/(-iw + Q^2 + E_T)^2 by equal steps in ln(Q^2)
        "Eq. 16: integral over Q, over what is printed" => {
            let (w, thouless) = (at.get("w")?, 1.0);
            let step = 0.01;
            let term = |k: i32| {
                let q = (step * f64::from(k)).exp();
                let (re, im) = (q + thouless, -w);
                step * q * PI * (re * re - im * im) / (re * re + im * im).powi(2)
            };
            (-3000..3000).map(term).sum::<f64>() / level_correlation(w, thouless)?
        }
        // <dE^2> = Int Int (X - |s|)(X - |s'|) <rho(s) rho(s')>, X = u in units of E_T, by the midpoint rule
        "Eqs. 16 and 18, integrated, over the energy variance" => {
            let u = at.get("u")?;
            let steps = 2000;
            let width = 2.0 * u / f64::from(steps);
            let weight = |k: i32| u - (width * (f64::from(k) + 0.5) - u).abs();
            let mut sum = 0.0;
            for apart in 0..steps {
                let along: f64 = (0..steps - apart).map(|k| weight(k) * weight(k + apart)).sum();
                let twice = if apart == 0 { 1.0 } else { 2.0 };
                sum += twice * along * level_correlation(width * f64::from(apart), 1.0)?;
            }
            sum * width * width / energy_variance(u)
        }
        // of zeta S^2/g by Eq. 21, <zeta^2> = 1/2, over that of Eqs. 16 and 18
        "variance of Eq. 20 by Eq. 21 over the energy variance" => {
            let u: f64 = at.get("u")?;
            0.5 * u.powi(4) / energy_variance(u)
        }
        "spin of least energy over Eq. 22" => {
            let metal = metal(at)?;
            let zeta = -at.get("excess")? * metal.rarity();
            let derived = SingleMode::derived(metal);
            let step = 1e-5 * metal.conductance();
            let slope = |s: f64| Ok(derived.energy(s + step, zeta) - derived.energy(s - step, zeta));
            let largest = derived.largest_spin();
            let found = super::super::root(0.01 * largest, largest, slope)?;
            // where zeta(S) is that zeta
            let printed = SingleMode::printed(metal);
            let excess = |s: f64| Ok(printed.amplitude(s) - zeta);
            found / super::super::root(0.0, 0.999_999 * printed.largest_spin(), excess)?
        }
        "energy variance over u^4" => energy_variance(at.get("u")?) / at.get("u")?.powi(4),
        "energy variance over u^3" => energy_variance(at.get("u")?) / at.get("u")?.powi(3),
        "energy variance at the crossing over u^4" => {
            energy_variance(ENERGY_CROSSOVER) / (PI * ENERGY_CROSSOVER.powi(4))
        }
        "spin at which the limits of Eq. 19 cross" => ENERGY_CROSSOVER,
        "exponent of the energy variance" => {
            let u = at.get("u")?;
            exponent_between(u / 1.01, u * 1.01, |u| Ok(energy_variance(u)))?
        }
        // the coefficient of (1+F_0)^2 S^2 in -ln P
        "second order of Eq. 23" => {
            let metal = metal(at)?;
            let mode = SingleMode::printed(metal);
            let spin = 1e-3 * metal.conductance();
            (mode.exponent(spin) - mode.exponent(0.0)) / (metal.distance() * spin).powi(2)
        }
        "second order by Eq. 20" => {
            let metal = metal(at)?;
            let mode = SingleMode::derived(metal);
            let spin = 1e-3 * metal.conductance();
            (mode.exponent(spin) - mode.exponent(0.0)) / (metal.distance() * spin).powi(2)
        }
        "probability of Eq. 23 at S = 0, exponent over g^2(1+F_0)^2" => {
            let metal = metal(at)?;
            SingleMode::printed(metal).exponent(0.0) / metal.rarity().powi(2)
        }
        "mean spin of Eq. 23 times 1+F_0" => {
            let metal = metal(at)?;
            SingleMode::printed(metal).mean_spin(false) * metal.distance()
        }
        "mean spin of Eq. 23 with the Jacobian, times 1+F_0" => {
            let metal = metal(at)?;
            SingleMode::printed(metal).mean_spin(true) * metal.distance()
        }
        "mean spin of the expansion times 1+F_0" => {
            let metal = metal(at)?;
            SingleMode::printed(metal).expanded_mean_spin() * metal.distance()
        }
        "rms spin" => coefficients(at)?.typical_spin(&metal(at)?),
        "rms spin times 1+F_0" => coefficients(at)?.typical_spin(&metal(at)?) * metal(at)?.distance(),
        "rms spin with the printed numbers, times 1+F_0" => 0.5 / (1.92f64 * 3.9).sqrt(),
        "rms spin to all orders over that of the expansion" => {
            let (metal, coefficients) = (metal(at)?, coefficients(at)?);
            let profile = &shape(at.get("optimal")?)?.profile;
            let all = SpinDistribution::all_orders(&metal, &coefficients, profile)?.root_mean_square();
            all / SpinDistribution::expanded(&metal, &coefficients)?.root_mean_square()
        }
        "exponent of droplets" => coefficients(at)?.exponent(&metal(at)?),
        // saddle point of Eq. 40 by hand: F and B on the constraint, least x^T K^-1 x / 2
        "least exponent on the constraint over Eq. 47" => {
            let (i_ff, i_fb, i_bb) = (1.0, at.get("fb")?, at.get("bb")?);
            let (square, distance) = (at.get("square")?, 0.3);
            let determinant: f64 = i_ff * i_bb - i_fb * i_fb;
            let cost = |b: f64| {
                let f = -distance - square * b;
                0.5 * (i_bb * f * f - 2.0 * i_fb * f * b + i_ff * b * b) / determinant
            };
            // a parabola in b: its minimum from three values
            let (low, middle, high) = (cost(-1.0), cost(0.0), cost(1.0));
            let least = middle - (high - low).powi(2) / (8.0 * (high + low - 2.0 * middle));
            least / (distance * distance / (2.0 * (i_ff + 2.0 * square * i_fb + square * square * i_bb)))
        }
        _ => return Ok(None),
    }))
}
