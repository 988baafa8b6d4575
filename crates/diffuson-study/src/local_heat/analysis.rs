//! From the fields of many samples to derived quantities.
//!
//! Everything is normalised by the interior slope s of the mean potential: `sigma = G / (A s)`, A the cross section,
//! `D = sigma / (2 pi nu)`, `L_in = sqrt(D / Gamma)` (hbar = 1). The interior leaves out a margin (3 L_in unless set otherwise, at most
//! a third of the length) at each lead, where contacts make classical Peltier heat. Errors are those of the jackknife over samples; the interior and
//! the side of the averaging boxes are held at the values that all samples give.

use super::geometry::Grid;
use super::pairs::Pairs;
use super::point::Point;
use diffuson_ensemble::statistics::{Error, Estimate, jackknife, joint_jackknife, power_law_fit};
use std::f64::consts::TAU;

/// Bins of the correlation function: width in L_in, number.
pub(super) const CORRELATION_BIN: f64 = 0.5;
pub(super) const CORRELATION_BINS: usize = 8;

/// Entries of all correlations.
pub(super) const CORRELATIONS: usize = 4 * CORRELATION_BINS;

/// What the mean potential takes of one stored sample.
pub(super) struct Means {
    pub(super) conductance: f64,
    pub(super) density_of_states: f64,
    /// The potential, slice by slice.
    pub(super) profile: Vec<f64>,
}

/// The fields of one stored sample that the analysis uses.
pub(super) struct Fields<'f> {
    pub(super) heat: &'f [f64],
    pub(super) temperature: &'f [f64],
    pub(super) straight_line: &'f [f64],
    /// Cell sums of T', for each size of cell.
    pub(super) cells: Vec<&'f [f64]>,
}

/// What is derived at a point, in the order of `names`.
pub(super) struct Derived {
    /// One entry per quantity.
    pub(super) estimates: Vec<Estimate>,
    /// Correlation function of the heat, one entry per bin, then its dipole; then both of the heat of a straight line. [`CORRELATIONS`] in all.
    pub(super) correlation: Vec<Estimate>,
    /// The rows the estimates were made from, one per sample (`None`: failed or missing), for fits over several points.
    pub(super) rows: Vec<Option<Vec<f64>>>,
    /// How a row becomes derived quantities.
    pub(super) reduction: Reduction,
}

/// How a mean row of sufficient statistics becomes derived quantities at one point.
#[derive(Clone)]
pub(super) struct Reduction {
    interior: std::ops::Range<usize>,
    slices: usize,
    cross_section: f64,
    site_volume: f64,
    dimension: usize,
    coupling: f64,
    variance: f64,
    cells: Vec<usize>,
    /// L_in from all samples: side of boxes and unit of distance.
    pub(super) inelastic_length: f64,
}

/// Derived quantities, by the identifiers of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantity {
    Conductance,
    Conductivity,
    DensityOfStates,
    DiffusionConstant,
    InelasticLength,
    DephasingPerScattering,
    Gradient,
    HeatRmsSite,
    HeatRmsBox,
    HeatPrefactor,
    TemperatureRms,
    StraightLineCorrelation,
    StraightLineExcess,
    /// f(0,0,0) of Eq. 8 for the n-th size of cell.
    CellFluctuation(usize),
}

impl Quantity {
    /// All quantities of a point with `cells` sizes of cell.
    pub(super) fn all(cells: usize) -> Vec<Self> {
        use Quantity::*;
        let fixed = [
            Conductance,
            Conductivity,
            DensityOfStates,
            DiffusionConstant,
            InelasticLength,
            DephasingPerScattering,
            Gradient,
            HeatRmsSite,
            HeatRmsBox,
            HeatPrefactor,
            TemperatureRms,
            StraightLineCorrelation,
            StraightLineExcess,
        ];
        fixed.into_iter().chain((0..cells).map(CellFluctuation)).collect()
    }
}

/// Derives everything at one point from the [rows](Reduction::row) of its samples; `None` without a single one.
pub(super) fn derive(grid: &Grid, reduction: Reduction, rows: Vec<Option<Vec<f64>>>) -> Option<Derived> {
    let known: Vec<Vec<f64>> = rows.iter().flatten().cloned().collect();
    let quantities = Quantity::all(reduction.cells.len()).len();
    let all = jackknife(&known, |mean| reduction.derive(grid, mean)).ok()?.estimates();
    let (estimates, correlation) = all.split_at(quantities);
    Some(Derived { estimates: estimates.to_vec(), correlation: correlation.to_vec(), rows, reduction })
}

struct Transport {
    conductivity: f64,
    diffusion_constant: f64,
    inelastic_length: f64,
}

/// Entries of a row before the profile and after it.
const SCALARS: usize = 8;

impl Reduction {
    /// The reduction of samples with these means; `None` without a single one.
    pub(super) fn new(grid: &Grid, point: &Point<'_>, samples: &[Option<Means>]) -> Option<Self> {
        let present = || samples.iter().flatten();
        let n = present().count() as f64;
        if n == 0.0 {
            return None;
        }
        let mut profile = vec![0.0; grid.shape[0]];
        for means in present() {
            profile.iter_mut().zip(&means.profile).for_each(|(p, m)| *p += m / n);
        }
        let conductance = present().map(|means| means.conductance).sum::<f64>() / n;
        let density = present().map(|means| means.density_of_states).sum::<f64>() / n;
        let mut reduction = Self {
            interior: grid.interior(grid.length()),
            slices: grid.shape[0],
            cross_section: grid.cross_section,
            site_volume: grid.site_volume,
            dimension: grid.dimension,
            coupling: point.coupling,
            variance: point.disorder.variance(),
            cells: point.cells.clone(),
            inelastic_length: f64::NAN,
        };
        // the interior depends on L_in, which depends on the slope in the interior: two corrections settle it to a slice
        for _ in 0..3 {
            let slope = -grid.slope(&profile, &reduction.interior);
            reduction.inelastic_length = reduction.transport(conductance, density, slope).inelastic_length;
            if !(reduction.inelastic_length > 0.0) {
                break;
            }
            reduction.interior = grid.interior(point.margin * reduction.inelastic_length);
        }
        Some(reduction)
    }

    /// The pairs that correlations are made of, for fields that have values where this one has; `None` without an inelastic length.
    pub(super) fn pairs<'g>(&self, grid: &'g Grid, field: &[f64]) -> Option<Pairs<'g>> {
        let width = CORRELATION_BIN * self.inelastic_length;
        (width > 0.0).then(|| Pairs::new(grid, &self.interior, width, CORRELATION_BINS, field))
    }

    fn transport(&self, conductance: f64, density_of_states: f64, slope: f64) -> Transport {
        let conductivity = conductance / (self.cross_section * slope);
        let diffusion_constant = conductivity * self.site_volume / (TAU * density_of_states);
        Transport {
            conductivity,
            diffusion_constant,
            inelastic_length: (diffusion_constant / self.coupling).sqrt(),
        }
    }

    /// Sufficient statistics of one sample: eight scalars, two per size of cell, the bins of the correlation functions, the profile of the potential.
    pub(super) fn row(
        &self,
        grid: &Grid,
        point: &Point<'_>,
        pairs: Option<&Pairs<'_>>,
        means: Means,
        f: &Fields<'_>,
    ) -> Vec<f64> {
        let sites = grid.sites(&self.interior);
        let mean_product = |a: &[f64], b: &[f64]| {
            let known =
                a[sites.clone()].iter().zip(&b[sites.clone()]).map(|(x, y)| x * y).filter(|p| !p.is_nan());
            let (sum, count) = known.fold((0.0, 0.0), |(s, c), p| (s + p, c + 1.0));
            sum / count
        };
        let length = self.inelastic_length;
        let box_square = if length.is_nan() {
            f64::NAN
        } else {
            let means = grid.box_means(f.heat, point.averaging_box * length, &self.interior);
            means.iter().map(|m| m * m).sum::<f64>() / means.len() as f64
        };
        let mut row = vec![
            means.conductance,
            means.density_of_states,
            mean_product(f.heat, f.heat),
            box_square,
            mean_product(f.temperature, f.temperature),
            mean_product(f.heat, f.straight_line),
            mean_product(f.straight_line, f.straight_line),
            f.heat.iter().filter(|q| !q.is_nan()).count() as f64 / f.heat.len() as f64,
        ];
        debug_assert_eq!(row.len(), SCALARS);
        for (&c, sums) in self.cells.iter().zip(&f.cells) {
            let origins = super::geometry::cell_origins(point.lattice, c);
            let inside = |x: usize| x >= self.interior.start && x + c <= self.interior.end;
            let kept: Vec<f64> =
                origins.iter().zip(*sums).filter(|((x, _), _)| inside(*x)).map(|(_, s)| *s).collect();
            let n = kept.len() as f64;
            row.push(kept.iter().sum::<f64>() / n);
            row.push(kept.iter().map(|s| s * s).sum::<f64>() / n);
        }
        match pairs {
            Some(pairs) => {
                row.extend([f.heat, f.straight_line].iter().flat_map(|field| pairs.products(field).concat()));
            }
            None => row.extend([f64::NAN; CORRELATIONS]),
        }
        row.extend(means.profile);
        row
    }

    /// Derived quantities, then the correlation functions, from a mean row.
    fn derive(&self, grid: &Grid, mean: &[f64]) -> Vec<f64> {
        let after_cells = SCALARS + 2 * self.cells.len();
        let profile = &mean[after_cells + CORRELATIONS..];
        debug_assert_eq!(profile.len(), self.slices);
        let slope = -grid.slope(profile, &self.interior);
        let density_per_site = mean[1];
        let t = self.transport(mean[0], density_per_site, slope);
        // Eq. 11 per volume, without (kT)^2/h: (L_in^{3-d} / 2 pi D) s in units of the reduced heat
        let unit = t.inelastic_length.powi(3 - self.dimension as i32) / (TAU * t.diffusion_constant);
        let rms_site = mean[2].sqrt() / slope;
        let rms_box = mean[3].sqrt() / slope;
        // Gamma tau with 1/tau = 2 pi nu <eps^2> in Born approximation
        let scattering_rate = TAU * density_per_site * self.variance;
        Quantity::all(self.cells.len())
            .into_iter()
            .map(|quantity| match quantity {
                Quantity::Conductance => mean[0],
                Quantity::Conductivity => t.conductivity,
                Quantity::DensityOfStates => density_per_site,
                Quantity::DiffusionConstant => t.diffusion_constant,
                Quantity::InelasticLength => t.inelastic_length,
                Quantity::DephasingPerScattering => self.coupling / scattering_rate,
                Quantity::Gradient => slope,
                Quantity::HeatRmsSite => rms_site,
                Quantity::HeatRmsBox => rms_box,
                Quantity::HeatPrefactor => rms_box / self.site_volume / unit,
                Quantity::TemperatureRms => mean[4].sqrt() / slope,
                Quantity::StraightLineCorrelation => mean[5] / (mean[2] * mean[6]).sqrt(),
                Quantity::StraightLineExcess => mean[6].sqrt() / rms_site - 1.0,
                Quantity::CellFluctuation(k) => {
                    let (first, second) = (mean[SCALARS + 2 * k], mean[SCALARS + 2 * k + 1]);
                    let c = self.cells[k] as f64;
                    let h_d = TAU * t.diffusion_constant;
                    t.inelastic_length.powi(4) * h_d * h_d * (second - first * first) / c.powi(8)
                }
            })
            .chain(mean[after_cells..after_cells + CORRELATIONS].iter().enumerate().map(|(entry, c)| {
                // the straight line has the gradient 1
                let gradient = if entry < CORRELATIONS / 2 { slope } else { 1.0 };
                let scale = gradient * unit * self.site_volume;
                c / (scale * scale)
            }))
            .collect()
    }

    /// The value of one derived quantity from a mean row.
    pub(super) fn value(&self, grid: &Grid, mean: &[f64], quantity: usize) -> f64 {
        self.derive(grid, mean)[quantity]
    }
}

/// Exponents of `y = C prod x_k^{a_k}` over several points that share their disorder realisations, errors by the joint jackknife.
///
/// `predictors[p]` are the given predictors of point p; `conductivity` adds the measured conductivity as a last predictor.
pub(super) fn exponents(
    grids: &[&Grid],
    points: &[&Derived],
    quantity: usize,
    predictors: &[Vec<f64>],
    conductivity: bool,
) -> Result<Vec<Estimate>, Error> {
    let rows: Vec<Vec<Option<Vec<f64>>>> = points.iter().map(|p| p.rows.clone()).collect();
    let position = |q: Quantity| Quantity::all(0).iter().position(|x| *x == q).unwrap_or(0);
    let sigma = position(Quantity::Conductivity);
    let unknowns = predictors.first().map_or(0, Vec::len) + usize::from(conductivity);
    let fitted = joint_jackknife(&rows, |means| {
        let value = |p: usize, q: usize| points[p].reduction.value(grids[p], &means[p], q);
        let x: Vec<Vec<f64>> = predictors
            .iter()
            .enumerate()
            .map(|(p, given)| {
                let mut x = given.clone();
                if conductivity {
                    x.push(value(p, sigma));
                }
                x
            })
            .collect();
        let y: Vec<f64> = (0..points.len()).map(|p| value(p, quantity)).collect();
        power_law_fit(&x, &y, &vec![1.0; y.len()])
            .map_or_else(|_| vec![f64::NAN; unknowns], |fit| fit.exponents)
    })?;
    Ok(fitted.estimates())
}
