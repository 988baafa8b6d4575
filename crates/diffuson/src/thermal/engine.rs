//! Power and efficiency of a conductor between a hot and a cold reservoir.
//!
//! Heat that leaves the hot reservoir drives electrons against a voltage. In linear response one number, ZT, says how well; beyond it the load is
//! searched for ([`HeatEngine`]).

use super::{Currents, Reservoir};
use crate::extremum::golden_minimum;

/// Efficiency of Carnot, `1 - T_c/T_h`: what no engine exceeds.
pub fn carnot(hot: f64, cold: f64) -> f64 {
    1.0 - cold / hot
}

/// Efficiency of Curzon and Ahlborn, `1 - sqrt(T_c/T_h)`: at maximum power of an engine that loses nothing but at its contacts (Am. J. Phys. 43,
/// 22 (1975)); half of Carnot's to first order.
pub fn curzon_ahlborn(hot: f64, cold: f64) -> f64 {
    1.0 - (cold / hot).sqrt()
}

/// Largest efficiency in linear response, per Carnot's: `(sqrt(ZT + 1) - 1)/(sqrt(ZT + 1) + 1)`.
pub fn maximum_efficiency(figure_of_merit: f64) -> f64 {
    let root = (figure_of_merit + 1.0).sqrt();
    figure_of_merit / (root + 1.0).powi(2)
}

/// Efficiency at maximum power in linear response, per Carnot's: `ZT / (2 (ZT + 2))`.
pub fn efficiency_at_maximum_power(figure_of_merit: f64) -> f64 {
    0.5 * figure_of_merit / (figure_of_merit + 2.0)
}

/// A heat engine of two terminals: reservoirs at two temperatures, potentials `mu -+ V/2` about a common one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeatEngine {
    /// Temperature k_B T of the hot reservoir, in t.
    pub hot: f64,
    /// Temperature k_B T of the cold reservoir, in t.
    pub cold: f64,
    /// Mean chemical potential, in t.
    pub mu: f64,
}

/// The engine at one load.
#[derive(Clone, Debug, PartialEq)]
pub struct OperatingPoint {
    /// What the potential of the cold reservoir exceeds that of the hot one by, in t; negative where holes do the work.
    pub load: f64,
    /// Power delivered, in t^2/h.
    pub power: f64,
    /// Heat out of the hot reservoir per time, in t^2/h.
    pub heat: f64,
    /// Currents into the hot and the cold reservoir, with their audit.
    pub currents: Currents,
}

impl OperatingPoint {
    /// Power per heat taken in.
    pub fn efficiency(&self) -> f64 {
        self.power / self.heat
    }
}

/// To what fraction of the stopping load loads are found: power and efficiency are quadratic about their maxima.
const LOAD: f64 = 1e-7;

/// Loads tried before the search, so that of several maxima the highest is followed.
const TRIALS: usize = 24;

impl HeatEngine {
    /// The engine at a load; `solve` gives the currents between the hot and the cold reservoir.
    ///
    /// # Errors
    /// Those of `solve`.
    pub fn at<E>(
        &self,
        load: f64,
        solve: &mut impl FnMut(&[Reservoir; 2]) -> Result<Currents, E>,
    ) -> Result<OperatingPoint, E> {
        let hot = Reservoir { mu: self.mu - 0.5 * load, kt: self.hot };
        let cold = Reservoir { mu: self.mu + 0.5 * load, kt: self.cold };
        let currents = solve(&[hot, cold])?;
        Ok(OperatingPoint { load, power: load * currents.particle[1], heat: -currents.heat[0], currents })
    }

    /// The load at which no current flows; `None` if no current flows without load, or none stops it within 1000 times the higher temperature.
    ///
    /// # Errors
    /// Those of `solve`.
    pub fn stopping_load<E>(
        &self,
        solve: &mut impl FnMut(&[Reservoir; 2]) -> Result<Currents, E>,
    ) -> Result<Option<f64>, E> {
        let mut current = |load| Ok::<_, E>(self.at(load, solve)?.currents.particle[1]);
        let start = current(0.0)?;
        if !(start.abs() > 0.0) {
            return Ok(None);
        }
        // the current falls as the load grows
        let (mut running, mut stopped) = (0.0, (self.hot - self.cold).copysign(start));
        while current(stopped)? * start > 0.0 {
            (running, stopped) = (stopped, 2.0 * stopped);
            if stopped.abs() > 1e3 * self.hot {
                return Ok(None);
            }
        }
        // far closer than loads are looked for
        while (stopped - running).abs() > 1e-3 * LOAD * stopped.abs() {
            let middle = 0.5 * (running + stopped);
            *(if current(middle)? * start > 0.0 { &mut running } else { &mut stopped }) = middle;
        }
        Ok(Some(running))
    }

    /// The load of maximum power; `None` if there is no power.
    ///
    /// # Errors
    /// Those of `solve`.
    pub fn maximum_power<E>(
        &self,
        mut solve: impl FnMut(&[Reservoir; 2]) -> Result<Currents, E>,
    ) -> Result<Option<OperatingPoint>, E> {
        self.best(&mut solve, |point| point.power)
    }

    /// The load of maximum efficiency; `None` if there is no power.
    ///
    /// # Errors
    /// Those of `solve`.
    pub fn maximum_efficiency<E>(
        &self,
        mut solve: impl FnMut(&[Reservoir; 2]) -> Result<Currents, E>,
    ) -> Result<Option<OperatingPoint>, E> {
        self.best(&mut solve, OperatingPoint::efficiency)
    }

    /// Maximum power over the load and over the mean potential between two energies, as a gate sets it.
    ///
    /// # Errors
    /// Those of `solve`.
    pub fn maximum_power_over_gate<E>(
        &self,
        gate: [f64; 2],
        mut solve: impl FnMut(&[Reservoir; 2]) -> Result<Currents, E>,
    ) -> Result<Option<OperatingPoint>, E> {
        let mut at = |mu| Self { mu, ..*self }.maximum_power(&mut solve);
        let mu = highest(gate, LOAD * self.hot, |mu| Ok(at(mu)?.map_or(0.0, |point| point.power)))?;
        at(mu)
    }

    fn best<E>(
        &self,
        solve: &mut impl FnMut(&[Reservoir; 2]) -> Result<Currents, E>,
        merit: impl Fn(&OperatingPoint) -> f64,
    ) -> Result<Option<OperatingPoint>, E> {
        let Some(stop) = self.stopping_load(solve)? else { return Ok(None) };
        let load = highest([0.0, 1.0], LOAD, |part| Ok(merit(&self.at(part * stop, solve)?)))?;
        self.at(load * stop, solve).map(Some)
    }
}

/// Place of the highest value between two points, ends left out.
fn highest<E>([low, high]: [f64; 2], width: f64, mut f: impl FnMut(f64) -> Result<f64, E>) -> Result<f64, E> {
    let place = |k: usize| low + (high - low) * k as f64 / TRIALS as f64;
    let mut best = (1, f64::NEG_INFINITY);
    for k in 1..TRIALS {
        let value = f(place(k))?;
        if value > best.1 {
            best = (k, value);
        }
    }
    golden_minimum([place(best.0 - 1), place(best.0 + 1)], width, |x| Ok(-f(x)?))
}
