//! The shapes of the anomaly in both pictures, at the points of the data as fast as a fit needs them.

use super::{Data, KELVIN_PER_VOLT, Law};
use crate::defects::interpolation::{COEFFICIENTS, piece, sum};
use crate::defects::{Conductance, KondoCurve, response};
use std::sync::OnceLock;

/// `sqrt(T) [1 + Gam]`, in roots of a kelvin; NaN for a share that is not positive.
pub(super) fn kondo(law: &Law, bias: f64, temperature: f64, share: f64) -> f64 {
    KondoCurve::new(share, law.measured).map_or(f64::NAN, |c| c.rise(bias * KELVIN_PER_VOLT, temperature))
}

/// `E*^2 D(eV/E*, kT/E*)` in K^2, with `V dD/dV` where defects follow the modulation.
pub(super) fn defects(law: &Law, bias: f64, temperature: f64, crossover: f64) -> f64 {
    let (bias, temperature) = (bias.abs() * KELVIN_PER_VOLT / crossover, temperature / crossover);
    let mut d = response(bias, temperature);
    if law.measured == Conductance::Differential && !law.frozen && bias > 0.0 {
        d += bias * slope(bias, temperature);
    }
    crossover * crossover * d
}

/// `dD/dV` by central differences of fourth order over 1 % of the scale on which D changes: they err by 1e-9 of D over that scale, and by 1e-10 through its rounding.
fn slope(bias: f64, temperature: f64) -> f64 {
    let step = 0.01 * bias.hypot(temperature);
    let odd = |h: f64| response(bias + h, temperature) - response(bias - h, temperature);
    (8.0 * odd(step) - odd(2.0 * step)) / (12.0 * step)
}

/// `E*^2 D` at every point of the data as a function of E*. E* stands in one term of the rates, as `E^3/E*^2`, which makes the curve analytic in `|Im ln E*| < pi/2`: series of degree 15 over
/// `ln E*` on pieces of length 2 err by `3.4^-16 = 3e-9`. Pieces are made when they are first asked for.
#[derive(Debug)]
pub(super) struct Curves {
    law: Law,
    /// `ln E*` where the pieces begin, and their number.
    from: f64,
    pieces: usize,
    /// The curve of each point: those of one temperature and opposite bias share it.
    curve: Vec<usize>,
    /// Bias and temperature of each curve.
    places: Vec<(f64, f64)>,
    series: Vec<OnceLock<[f64; COEFFICIENTS]>>,
}

const LENGTH: f64 = 2.0;

impl Curves {
    pub(super) fn new(law: Law, data: &Data) -> Self {
        let (mut curve, mut places): (Vec<usize>, Vec<(f64, f64)>) = (Vec::new(), Vec::new());
        for p in data.points() {
            let place = (p.bias.abs(), p.temperature);
            curve.push(places.iter().position(|q| *q == place).unwrap_or_else(|| {
                places.push(place);
                places.len() - 1
            }));
        }
        let scale = |&(bias, temperature): &(f64, f64)| temperature.max(bias * KELVIN_PER_VOLT);
        let lowest = places.iter().map(scale).fold(f64::INFINITY, f64::min);
        let highest = places.iter().map(scale).fold(0.0, f64::max);
        let (low, high) = ((lowest / MARGIN).ln(), (highest * MARGIN).ln());
        let pieces = ((high - low) / LENGTH).ceil().max(1.0) as usize;
        let series = (0..places.len() * pieces).map(|_| OnceLock::new()).collect();
        Self { law, from: low, pieces, curve, places, series }
    }

    /// Lowest and highest E* that is fitted, in K.
    pub(super) fn range(&self) -> [f64; 2] {
        [self.from, self.from + LENGTH * self.pieces as f64].map(f64::exp)
    }

    /// The curve of a point of the data at E*.
    pub(super) fn defects(&self, point: usize, crossover: f64) -> f64 {
        let curve = self.curve[point];
        let (bias, temperature) = self.places[curve];
        let place = (crossover.ln() - self.from) / LENGTH;
        if !(place >= -1e-9 && place <= self.pieces as f64 + 1e-9) {
            return defects(&self.law, bias, temperature, crossover);
        }
        let k = (place.max(0.0) as usize).min(self.pieces - 1);
        let series = self.series[curve * self.pieces + k].get_or_init(|| {
            piece(self.from + LENGTH * k as f64, LENGTH, |u| defects(&self.law, bias, temperature, u.exp()))
        });
        sum(series, 2.0 * (place - k as f64) - 1.0)
    }
}

/// How far E* may lie beyond the energies of the data; there the response has its asymptotic form and only one combination of A and E* is determined.
const MARGIN: f64 = 30.0;
