//! What windows of linear response ask of a transmission: how finely it is to be looked at, and how accurately it is to be known, at which energies.

use super::Reservoir;
use super::fermi::fermi;
use std::f64::consts::PI;

/// The windows, and what their integrals come to so far.
#[derive(Clone, Debug)]
pub(super) struct Demand<'w> {
    windows: &'w [Reservoir],
    /// `Int dE (-df/dE) T`, about, of each window.
    sums: Vec<f64>,
}

/// Of the number of electrons that a window counts, the part between two energies.
pub(super) fn share(window: &Reservoir, [low, high]: [f64; 2]) -> f64 {
    match *window {
        Reservoir { mu, kt } if kt > 0.0 => fermi((low - mu) / kt) - fermi((high - mu) / kt),
        Reservoir { mu, .. } => f64::from(u8::from(low <= mu && mu <= high)),
    }
}

/// The energies that all windows need, each as far as `reach` (in its kT); NaN if one is no window.
pub(super) fn range(windows: &[Reservoir], reach: f64) -> [f64; 2] {
    if windows.iter().any(|w| !(w.kt >= 0.0 && w.mu.is_finite())) {
        return [f64::NAN; 2];
    }
    windows.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], w| {
        [low.min(w.mu - reach * w.kt), high.max(w.mu + reach * w.kt)]
    })
}

/// Where pieces end to begin with: of the coldest window they are at most `widest` wide, of others in proportion to their temperatures; where several
/// reach, the coldest of them decides.
pub(super) fn marks(windows: &[Reservoir], reach: f64, widest: f64) -> Vec<f64> {
    let warm = || windows.iter().filter(|w| w.kt > 0.0);
    let coldest = warm().map(|w| w.kt).fold(f64::INFINITY, f64::min);
    let [mut energy, high] = range(windows, reach);
    let mut marks = Vec::new();
    loop {
        let ahead = warm().filter(|w| w.mu + reach * w.kt > energy);
        let step = ahead.map(|w| (widest * w.kt / coldest).max(w.mu - reach * w.kt - energy));
        energy += step.fold(f64::INFINITY, f64::min);
        if !(energy < high) {
            return marks;
        }
        marks.push(energy);
    }
}

impl<'w> Demand<'w> {
    pub(super) fn new(windows: &'w [Reservoir]) -> Self {
        Self { windows, sums: vec![0.0; windows.len()] }
    }

    /// Adds the mean transmission between two energies, or takes it away if it is negative.
    pub(super) fn add(&mut self, energies: [f64; 2], mean: f64) {
        for (sum, window) in self.sums.iter_mut().zip(self.windows) {
            *sum += mean * share(window, energies);
        }
    }

    /// Whether an error between two energies is so small that all of its kind together are below `tolerance`, relative to the integral of each window:
    /// at most `tolerance sum/(pi w^(1/2))`, `w = 1/(4 cosh^2(x/2))` being the weight of the energies and `Int w^(1/2) dx = pi`. In the integral of
    /// `x^2`, which is pi^2/3 times as large, it makes pi^2 times the error.
    pub(super) fn allows(&self, [low, high]: [f64; 2], error: f64, tolerance: f64) -> bool {
        self.windows.iter().zip(&self.sums).all(|(window, sum)| {
            let x = (low - window.mu).max(window.mu - high).max(0.0) / window.kt;
            error * (0.5 * PI / (0.5 * x).cosh()) <= tolerance * sum
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pieces of a window are as wide as its temperature says, but where a colder one reaches: so narrow there, and nothing in a gap.
    #[test]
    fn cold_windows_are_looked_at_closely() {
        let at = |mu, kt| Reservoir { mu, kt };
        let gaps = |windows: &[Reservoir]| {
            let [low, high] = range(windows, 10.0);
            let ends = [vec![low], marks(windows, 10.0, 0.5), vec![high]].concat();
            ends.windows(2).map(|e| (0.5 * (e[0] + e[1]), e[1] - e[0])).collect::<Vec<_>>()
        };
        assert_eq!(gaps(&[at(0.0, 1.0)]).len(), 40);
        let both = gaps(&[at(0.0, 1.0), at(0.0, 0.1)]);
        assert!(both.iter().all(|(e, width)| *width < 5.0 + 1e-9 && (e.abs() > 1.0 || *width < 0.5 + 1e-9)));
        assert_eq!(both.len(), 2 + 4 + 2);
        let apart = gaps(&[at(0.0, 1.0), at(1000.0, 1.0), at(3.0, 0.0)]);
        assert_eq!(apart.len(), 40 + 1 + 40);
    }
}
