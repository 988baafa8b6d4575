//! Whether positions of higher energy conduct better: correlations over all pairs of positions of all samples.
//!
//! Which of two positions comes first means nothing, so that all statistics are of differences and do not change when both change their sign.

use crate::results::{Described, NO_ESTIMATE};
use diffuson_ensemble::statistics::{Estimate, jackknife};

/// The quantities of the table from correlations: name in the record, unit, label.
pub(super) const QUANTITIES: [(&str, &str, &str); 9] = [
    ("correlation", "1", r"correlation of energy and conductance, Pearson"),
    ("rank_correlation", "1", r"the same, Spearman"),
    ("sign_agreement", "1", r"probability of $\delta E\,\delta G > 0$"),
    ("upper_less_lower", "e^2/h", r"mean $G$ of the upper less that of the lower position"),
    ("splitting_rms", "e_F", r"rms splitting $\bar E$"),
    ("splitting_rms_kelvin", "K", r"rms splitting $\bar E$"),
    ("conductance_rms", "e^2/h", r"rms difference of $G$"),
    ("slope", "e^2/h/e_F", r"slope $\langle\delta E\,\delta G\rangle/\langle\delta E^2\rangle$"),
    ("zero_density", "1", r"density of splittings at zero, per $\bar E$"),
];

/// Names, units and labels of quantities.
pub(super) fn described(of: &'static [(&str, &str, &str)]) -> impl Iterator<Item = Described> {
    of.iter().map(|&(id, units, label)| Described { id, units, label: label.to_owned() })
}

/// Bins of the density of splittings, in rms splittings: their number and width.
pub(super) const BINS: usize = 25;
/// See [`BINS`]. A density that is flat at zero, as a normal one, changes by 0.7 % over the first.
pub(super) const BIN: f64 = 0.2;

/// Energies (in e_F) and conductances (in e^2/h) of the positions of one sample.
#[derive(Clone, Copy)]
pub(super) struct Stored<'r> {
    pub(super) energy: &'r [f64],
    pub(super) conductance: &'r [f64],
}

impl Stored<'_> {
    /// Differences of energy and conductance of all pairs of positions.
    fn pairs(&self) -> impl Iterator<Item = [f64; 2]> {
        let difference = |values: &[f64], i: usize, j: usize| values[i] - values[j];
        (0..self.energy.len()).flat_map(move |i| {
            (0..i).map(move |j| [self.energy, self.conductance].map(|values| difference(values, i, j)))
        })
    }

    /// Mean over the pairs.
    fn mean(&self, of: impl Fn([f64; 2]) -> f64) -> f64 {
        let count = self.energy.len() * (self.energy.len() - 1) / 2;
        self.pairs().map(of).sum::<f64>() / count as f64
    }
}

/// The rms splitting of two positions, in e_F.
pub(super) fn rms_splitting(samples: &[Stored<'_>]) -> f64 {
    let squares = samples.iter().map(|s| s.mean(|[e, _]| e * e)).sum::<f64>();
    (squares / samples.len() as f64).sqrt()
}

/// What is known of energies and conductances together.
pub(super) struct Correlations {
    /// In the order of [`QUANTITIES`].
    pub(super) quantities: Vec<Estimate>,
    /// Density of splittings in every bin, per rms splitting.
    pub(super) density: Vec<Estimate>,
}

impl Correlations {
    /// From the samples of a point, of known rms splitting; kelvin per e_F, if known.
    pub(super) fn new(samples: &[Stored<'_>], unit: f64, kelvin: Option<f64>) -> Self {
        let estimates = |rows: &[Vec<f64>], derive: &dyn Fn(&[f64]) -> Vec<f64>, count: usize| {
            jackknife(rows, derive).map_or_else(|_| vec![NO_ESTIMATE; count], |j| j.estimates())
        };
        let rows: Vec<Vec<f64>> = samples.iter().map(moments).collect();
        let linear = estimates(
            &rows,
            &|mean| {
                let &[ee, gg, eg, agree, upper] = mean else { unreachable!("five moments") };
                let rms = ee.sqrt();
                let kelvin = rms * kelvin.unwrap_or(f64::NAN);
                vec![correlation(mean), agree, upper, rms, kelvin, gg.sqrt(), eg / ee]
            },
            7,
        );
        let histograms: Vec<Vec<f64>> = samples.iter().map(|s| histogram(s, unit)).collect();
        let density = estimates(&histograms, &<[f64]>::to_vec, BINS);
        let mut quantities = linear;
        quantities.insert(1, rank_correlation(samples));
        quantities.push(density[0]);
        Self { quantities, density }
    }
}

/// Means over pairs of positions of dE^2, dG^2, dE dG, whether their signs agree, and G of the upper less that of the lower position.
pub(super) fn moments(s: &Stored<'_>) -> Vec<f64> {
    let of: [&dyn Fn([f64; 2]) -> f64; 5] = [
        &|[e, _]| e * e,
        &|[_, g]| g * g,
        &|[e, g]| e * g,
        // none where there is no difference: neither agrees nor disagrees
        &|[e, g]| 0.5 * (1.0 + sign(e * g)),
        &|[e, g]| sign(e) * g,
    ];
    of.iter().map(|of| s.mean(of)).collect()
}

/// Pearson's correlation coefficient from the means of [`moments`].
pub(super) fn correlation(mean: &[f64]) -> f64 {
    mean[2] / (mean[0] * mean[1]).sqrt()
}

fn sign(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}

/// Pairs per bin, over all pairs and the width of a bin.
fn histogram(s: &Stored<'_>, unit: f64) -> Vec<f64> {
    let count = (s.energy.len() * (s.energy.len() - 1) / 2) as f64;
    let mut density = vec![0.0; BINS];
    for [e, _] in s.pairs() {
        if let Some(bin) = density.get_mut((e.abs() / (BIN * unit)) as usize) {
            *bin += 1.0 / (BIN * count);
        }
    }
    density
}

/// Groups of samples that are left out for the error of the rank correlation: its relative error is then known to `1/sqrt(2 GROUPS)`, 7 %.
const GROUPS: usize = 100;

/// Spearman's correlation coefficient of all pairs, each counted with both signs: of ranks of magnitudes that keep the signs.
fn rank_correlation(samples: &[Stored<'_>]) -> Estimate {
    let groups = samples.len().min(GROUPS);
    let pairs: Vec<(usize, [f64; 2])> =
        samples.iter().enumerate().flat_map(|(k, s)| s.pairs().map(move |d| (k % groups, d))).collect();
    // places in the order of magnitudes, of either
    let orders = [0, 1].map(|of| {
        let mut order: Vec<usize> = (0..pairs.len()).collect();
        order.sort_by(|&a, &b| pairs[a].1[of].abs().total_cmp(&pairs[b].1[of].abs()));
        order
    });
    let without = |left_out: Option<usize>| {
        let mut ranks = [vec![0.0; pairs.len()], vec![0.0; pairs.len()]];
        for (order, ranks) in orders.iter().zip(&mut ranks) {
            let present = order.iter().filter(|&&k| Some(pairs[k].0) != left_out);
            present.enumerate().for_each(|(rank, &k)| ranks[k] = rank as f64 + 0.5);
        }
        let product = |a: usize, b: usize| -> f64 {
            let one = |k: usize| sign(pairs[k].1[a]) * sign(pairs[k].1[b]) * ranks[a][k] * ranks[b][k];
            (0..pairs.len()).map(one).sum()
        };
        product(0, 1) / (product(0, 0) * product(1, 1)).sqrt()
    };
    // one row per group: its mean tells which group is left out
    let rows: Vec<Vec<f64>> = (0..groups).map(|g| (0..groups).map(|h| f64::from(g == h)).collect()).collect();
    let derive = |present: &[f64]| {
        let least = 0.5 / groups as f64;
        vec![without((groups > 1).then(|| present.iter().position(|share| *share < least)).flatten())]
    };
    let found = jackknife(&rows, derive).map_or(NO_ESTIMATE, |j| j.estimates()[0]);
    Estimate { samples: samples.len(), ..found }
}
