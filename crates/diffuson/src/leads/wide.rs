//! Leads wider than what they are attached to.

use super::chain::{chain_self_energy, continued_chain};
use super::modes::Modes;
use super::{LeadError, LeadSelfEnergy, PeriodicLead};
use crate::hamiltonian::peierls;
use crate::lattice::{Boundary, Family, Lattice};
use diffuson_linalg::eigen;
use diffuson_linalg::{C64, Matrix, adjoint_difference, product_real};

/// A half-infinite strip (bar) of the square (cubic) lattice between hard walls, whose end is a wall too but for an opening: the sites through which it is joined, one
/// to one, to the conductor. The self-energy is that of the whole end slice on these sites,
///
/// ```text
/// Sigma_ij = sum_n chi_n(i) s(E - e_n) chi_n(j),
/// ```
///
/// with its transverse modes chi_n. Scattering is taken between the channels of the opening, eigenvectors of the level width: no more than the modes of the lead or
/// the sites of the opening.
#[derive(Clone, Debug, PartialEq)]
pub struct WideLead {
    cross_section: [usize; 2],
    flux: f64,
    opening: Vec<usize>,
}

impl WideLead {
    /// A lead of `width` x `height` sites, the height 1 in two dimensions, that opens at the sites `y height + z` of its end. `flux`: flux quanta per plaquette of the x-y
    /// plane for a lead that leads away along x; of the lead at the other end the negative.
    ///
    /// # Errors
    /// [`LeadError::Opening`] unless the opening is a list of different sites of the end.
    pub fn new([width, height]: [usize; 2], flux: f64, opening: Vec<usize>) -> Result<Self, LeadError> {
        let mut sorted = opening.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let sites = width.saturating_mul(height);
        if opening.is_empty() || sorted.len() < opening.len() || sorted[sorted.len() - 1] >= sites {
            return Err(LeadError::Opening { opening, sites });
        }
        Ok(Self { cross_section: [width, height], flux, opening })
    }

    /// Sites of the opening.
    pub fn sites(&self) -> usize {
        self.opening.len()
    }

    /// Whether there is no field.
    pub fn is_time_reversal_symmetric(&self) -> bool {
        self.flux == 0.0
    }

    pub(super) fn prepared(&self) -> Result<Wide, LeadError> {
        let [width, height] = self.cross_section;
        let family = if height == 1 { Family::Square } else { Family::Cubic };
        let slice = Lattice::new(family, [1, width, height], Boundary::HardWall)
            .map_err(|_| LeadError::Opening { opening: self.opening.clone(), sites: width * height })?
            .slice_hamiltonian(0);
        if self.flux != 0.0 {
            let hopping = |k: usize| {
                let y = (k / height) as f64;
                -peierls([1.0, y, 0.0], [0.0, y, 0.0], self.flux)
            };
            let hopping: Vec<C64> = (0..width * height).map(hopping).collect();
            let lead = PeriodicLead::new(slice, Matrix::from_diagonal(&hopping))?;
            return Ok(Wide::InField { lead, opening: self.opening.clone() });
        }
        let n = width * height;
        let real: Vec<f64> = slice.as_slice().iter().map(|z| z.re).collect();
        let modes = eigen::symmetric(&real, n).map_err(|_| LeadError::Bands)?;
        let on_opening = |mode: usize| self.opening.iter().map(move |&site| (mode, site));
        let waves = (0..n).flat_map(on_opening).map(|(mode, site)| modes.vectors[mode * n + site]).collect();
        Ok(Wide::Separable { levels: modes.values, waves, sites: self.opening.len() })
    }
}

/// Imaginary parts, in t, from which the real axis is reached: far above rounding of decimation, which is that of energies, 1e-16, over this.
const STEP: f64 = 2e-5;

/// A wide lead, prepared for any energy.
#[derive(Clone, Debug)]
pub(super) enum Wide {
    /// Transverse modes.
    Separable {
        /// Their energies.
        levels: Vec<f64>,
        /// Their amplitudes on the opening, mode after mode.
        waves: Vec<f64>,
        /// Sites of the opening.
        sites: usize,
    },
    /// Slices that the field couples.
    InField {
        /// The lead, as wide as it is.
        lead: PeriodicLead,
        /// Sites of its end that are open.
        opening: Vec<usize>,
    },
}

impl Wide {
    pub(super) fn self_energy(&self, energy: f64) -> Result<LeadSelfEnergy, LeadError> {
        match self {
            Self::Separable { levels, .. } => {
                let mut open = 0;
                let (mut s, mut ds) = (Vec::new(), Vec::new());
                for level in levels {
                    let x = energy - level;
                    if (x.abs() - 2.0).abs() < 1e-12 {
                        return Err(LeadError::Threshold { threshold: level + x.signum() * 2.0 });
                    }
                    open += usize::from(x.abs() < 2.0);
                    let (s_n, ds_n) = chain_self_energy(x, 1.0);
                    s.push(s_n);
                    ds.push(ds_n);
                }
                Ok(LeadSelfEnergy {
                    sigma: self.function(&s),
                    derivative: self.function(&ds),
                    open_modes: Some(open),
                })
            }
            Self::InField { lead, .. } => {
                let LeadSelfEnergy { sigma, derivative, open_modes } = lead.self_energy(energy)?;
                Ok(LeadSelfEnergy {
                    sigma: self.open(&sigma),
                    derivative: self.open(&derivative),
                    open_modes,
                })
            }
        }
    }

    /// Sigma at a complex energy; at a threshold too.
    pub(super) fn continued(&self, energy: C64) -> Result<Matrix, LeadError> {
        match self {
            Self::Separable { levels, .. } => {
                let s: Vec<C64> = levels.iter().map(|level| continued_chain(energy - level)).collect();
                Ok(self.function(&s))
            }
            Self::InField { lead, .. } if energy.im == 0.0 => match lead.self_energy(energy.re) {
                Ok(found) => Ok(self.open(&found.sigma)),
                Err(_) => self.extrapolated(energy.re),
            },
            Self::InField { lead, .. } => Ok(self.open(&lead.continued(energy)?)),
        }
    }

    /// Sigma on the real axis from values above it, where a field makes the evanescent modes of a lead too nearly dependent to tell them apart: by a cubic in the imaginary part, with an error of
    /// some `(STEP / d)^4` next to a threshold in the distance d. What rounding leaves of level widths below 0 is cut off.
    fn extrapolated(&self, energy: f64) -> Result<Matrix, LeadError> {
        let above = |k: usize| self.continued(C64::new(energy, STEP * k as f64));
        let values = [above(1)?, above(2)?, above(3)?, above(4)?];
        let n = values[0].rows();
        let cubic = |i, j| [4.0, -6.0, 4.0, -1.0].iter().zip(&values).map(|(c, m)| c * m[(i, j)]).sum();
        let sigma = Matrix::from_fn(n, n, cubic);
        let width = eigen::hermitian(&adjoint_difference(&sigma)).map_err(|_| LeadError::Bands)?;
        let below: Vec<usize> = (0..n).filter(|&k| width.values[k] < 0.0).collect();
        let cut = |i: usize, j: usize| -> C64 {
            let term = |&k: &usize| width.values[k] * width.vectors[(i, k)] * width.vectors[(j, k)].conj();
            below.iter().map(term).sum()
        };
        // Sigma = (Hermitian part) - i Gamma / 2
        Ok(Matrix::from_fn(n, n, |i, j| sigma[(i, j)] + 0.5 * C64::I * cut(i, j)))
    }

    pub(super) fn modes(&self, energy: f64) -> Result<Modes, LeadError> {
        Modes::channels(self.self_energy(energy)?)
    }

    pub(super) fn thresholds(&self, low: f64, high: f64) -> Result<Vec<f64>, LeadError> {
        match self {
            Self::Separable { levels, .. } => {
                Ok(levels.iter().flat_map(|level| [level - 2.0, level + 2.0]).collect())
            }
            Self::InField { lead, .. } => lead.thresholds(low, high),
        }
    }

    /// `sum_n chi_n f_n chi_n^T` on the opening: complex symmetric, exactly.
    fn function(&self, f: &[C64]) -> Matrix {
        let Self::Separable { levels, waves, sites } = self else { unreachable!("asked of modes") };
        let n = *sites;
        let part = |of: fn(&C64) -> f64| {
            let terms: Vec<usize> = (0..levels.len()).filter(|&k| of(&f[k]) != 0.0).collect();
            let mut left = Vec::with_capacity(n * terms.len());
            terms.iter().for_each(|&k| left.extend(waves[k * n..(k + 1) * n].iter().map(|x| of(&f[k]) * x)));
            let mut right = vec![0.0; n * terms.len()];
            for (row, &k) in terms.iter().enumerate() {
                (0..n).for_each(|site| right[site * terms.len() + row] = waves[k * n + site]);
            }
            let mut out = vec![0.0; n * n];
            if !terms.is_empty() {
                product_real(&mut out, &left, &right, n, terms.len());
            }
            out
        };
        let (re, im) = (part(|z| z.re), part(|z| z.im));
        Matrix::from_fn(n, n, |i, j| {
            let at = i.min(j) * n + i.max(j);
            C64::new(re[at], im[at])
        })
    }

    /// The part of a matrix on the end slice that is open.
    fn open(&self, m: &Matrix) -> Matrix {
        let Self::InField { opening, .. } = self else { unreachable!("asked of slices") };
        Matrix::from_fn(opening.len(), opening.len(), |i, j| m[(opening[i], opening[j])])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leads::{End, Lead};

    fn distance(a: &Matrix, b: &Matrix) -> f64 {
        Matrix::from_fn(a.rows(), a.cols(), |i, j| a[(i, j)] - b[(i, j)]).max_norm()
    }

    /// All of the end open: the continuation of the strip. Rounding of sums over some ten modes.
    #[test]
    fn an_end_that_is_open_throughout_continues_the_strip() {
        let strip = Lattice::new(Family::Cubic, [1, 4, 3], Boundary::HardWall).unwrap();
        let want = Lead::Continuation.attach(&strip, End::Right).unwrap().self_energy(-1.3).unwrap();
        let wide = WideLead::new([4, 3], 0.0, (0..12).collect()).unwrap().prepared().unwrap();
        let got = wide.self_energy(-1.3).unwrap();
        assert!(distance(&want.sigma, &got.sigma) < 1e-14);
        assert!(distance(&want.derivative, &got.derivative) < 1e-13 * want.derivative.max_norm());
        assert!(distance(&want.sigma, &wide.continued(C64::new(-1.3, 0.0)).unwrap()) < 1e-14);
    }

    /// Decimation, which a field takes, against transverse modes, which it does not: a field of 1e-12 changes Sigma by no more than 1e-10 of the size it has 1e-3 above the
    /// real axis. And the surface Green function obeys Dyson's equation in any field.
    #[test]
    fn complex_energies_with_and_without_field() {
        let opening = vec![2, 3, 4];
        let lead = |flux| WideLead::new([7, 1], flux, opening.clone()).unwrap().prepared().unwrap();
        for z in [C64::new(-2.1, 1e-3), C64::new(0.4, 0.2), C64::new(-3.0, 40.0)] {
            let [with, without] = [1e-12, 0.0].map(|flux| lead(flux).continued(z).unwrap());
            assert!(distance(&with, &without) < 1e-9, "{z}: {}", distance(&with, &without));
        }
        // far above the axis the value on the axis is approached: |dSigma/dE| w with w = 1e-9, and rounding of both routes
        let [above, on] = [1e-9, 0.0].map(|w| lead(0.03).continued(C64::new(-2.3, w)).unwrap());
        assert!(distance(&above, &on) < 1e-7, "{}", distance(&above, &on));
    }

    /// The cubic from above against modes that are told apart: errors of (2e-5 / d)^4 with thresholds some 1e-2 t away, and rounding of decimation, 1e-16 / 2e-5, with the weights of the cubic. Where
    /// they are not told apart its level width is not negative, to rounding.
    #[test]
    fn the_real_axis_extrapolated() {
        for (width, flux, energy) in [(15, 0.01, -2.02), (21, 0.002, -1.1), (40, 0.03, -3.3)] {
            let lead = WideLead::new([width, 1], flux, (2..width).collect()).unwrap().prepared().unwrap();
            let want = lead.self_energy(energy).unwrap().sigma;
            let off = distance(&want, &lead.extrapolated(energy).unwrap());
            assert!(off < 1e-9, "{width} {flux} {energy}: {off}");
        }
        let lead = WideLead::new([60, 1], 0.005, (10..50).collect()).unwrap().prepared().unwrap();
        assert!(lead.self_energy(-3.3).is_err());
        let sigma = lead.continued(C64::new(-3.3, 0.0)).unwrap();
        let widths = eigen::hermitian_values(&adjoint_difference(&sigma)).unwrap();
        assert!(widths[0] > -1e-14 && widths[39] > 0.5, "{widths:?}");
    }

    /// A chain at its band edge has s = -1 or 1: a threshold is no obstacle without derivatives.
    #[test]
    fn thresholds_have_self_energies() {
        let chain = WideLead::new([1, 1], 0.0, vec![0]).unwrap().prepared().unwrap();
        assert!(chain.self_energy(-2.0).is_err());
        assert_eq!(chain.continued(C64::new(-2.0, 0.0)).unwrap()[(0, 0)].re, -1.0);
        assert!(
            WideLead::new([4, 1], 0.0, vec![1, 1]).is_err() && WideLead::new([4, 1], 0.0, vec![4]).is_err()
        );
    }
}
