//! Eq. 33: the profile of the largest Q_4.

use super::channels::{MANY_NODES, Rule, SHORT_WAVES, decays};
use super::mesh::Mesh;
use super::{DropletError, Profile, Resolution};
use diffuson_linalg::product_real;
use std::f64::consts::PI;

/// One step of the fixed point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Q_4 before the step.
    pub four: f64,
    /// [`Profile::residual`] before the step.
    pub residual: f64,
    /// The residual without what only dilates the profile. Q_4 does not know its size, up to the errors of the mesh: they are what a full residual ends at.
    pub change_of_shape: f64,
    /// Channels multiplied out for it.
    pub products: usize,
}

/// The largest Q_4 and the way to it.
#[derive(Clone, Debug)]
pub struct Optimisation {
    /// The profile, lengths in `a = <r^2>^{1/2}`.
    pub profile: Profile,
    /// The steps; the last one belongs to the profile and was not made.
    pub steps: Vec<Step>,
}

/// The saddle point at one resolution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Converged {
    /// The resolution.
    pub resolution: Resolution,
    /// Nodes of the mesh.
    pub nodes: usize,
    /// Q_4; `gamma = pi^4 / 2 Q_4` in the units of the paper.
    pub four: f64,
    /// `Int psi d^2x / a`.
    pub integral: f64,
    /// [`Profile::residual`].
    pub residual: f64,
    /// The residual without dilations.
    pub change_of_shape: f64,
    /// Steps of the fixed point.
    pub steps: usize,
    /// Channels multiplied out in each step.
    pub products: usize,
}

/// What is left of Eq. 33, dilations apart,
const GOAL: f64 = 1e-10;
/// and by what the mesh's errors leave as a dilation, which is never quite one.
const MIXED: f64 = 3e-3;
/// Steps allowed.
const STEPS: usize = 100;
/// How far to go along a step. Its derivative has eigenvalues between 0 and 1/2, but for dilations: 4/3 makes 1/3 of the error of each instead of 1/2 of the slowest.
const STRIDE: f64 = 4.0 / 3.0;
/// Relative change of length from which the direction of dilations is taken.
const DILATION: f64 = 1e-6;

impl Profile {
    /// The solution of Eq. 33: the profile with the largest Q_4, lengths in the root `a = <r^2>^{1/2}` of its mean square radius.
    ///
    /// # Errors
    /// If the resolution is out of range or does not let the iteration converge.
    pub fn optimum(resolution: Resolution) -> Result<Self, DropletError> {
        Ok(Self::start(resolution)?.optimised()?.profile)
    }

    /// The solution of Eq. 33 by the fixed point `psi <- gradient / |gradient|` that starts from this profile, at its resolution.
    ///
    /// # Errors
    /// If the iteration does not converge.
    pub fn optimised(&self) -> Result<Optimisation, DropletError> {
        let mut profile = self.extended();
        let mut steps = Vec::new();
        loop {
            let gradient = profile.gradient();
            let (step, next) = gradient.step(&profile);
            steps.push(step);
            let residual = step.change_of_shape;
            if residual < GOAL + MIXED * step.residual {
                let length = profile.mean_square_radius().sqrt();
                return Ok(Optimisation { profile: profile.scaled(1.0 / length), steps });
            }
            if steps.len() == STEPS {
                let what = "saddle point of the profile (Eq. 33)";
                return Err(DropletError::NotConverged { what, residual, steps: STEPS, goal: GOAL });
            }
            // never below zero, where the map does not lead
            let moved = |(psi, next): (&f64, f64)| (psi + STRIDE * (next - psi)).max(0.0);
            let values = profile.values.iter().zip(next).map(moved).collect();
            profile = Self::on(profile.mesh, profile.resolution, profile.unit, values);
        }
    }

    /// The saddle point at several resolutions, each from the same start: how Q_4 and gamma converge with basis and grid.
    ///
    /// # Errors
    /// As of [`optimum`](Self::optimum).
    pub fn convergence(resolutions: &[Resolution]) -> Result<Vec<Converged>, DropletError> {
        let row = |&resolution: &Resolution| {
            let Optimisation { profile, steps } = Self::start(resolution)?.optimised()?;
            let last = steps[steps.len() - 1];
            Ok(Converged {
                resolution,
                nodes: profile.radii().len(),
                four: last.four,
                integral: profile.integral(),
                residual: last.residual,
                change_of_shape: last.change_of_shape,
                steps: steps.len(),
                products: last.products,
            })
        };
        resolutions.iter().map(row).collect()
    }

    /// Where the search for the optimum starts: between a Gaussian and the tail of the solution.
    fn start(resolution: Resolution) -> Result<Self, DropletError> {
        Self::new(resolution, |r| (1.0 + r * r).powi(-2))
    }

    /// How far the profile is from solving Eq. 33: `|G/|G| - psi|`, `G = delta Q_4 / delta psi`, in the norm `(Int f^2 d^2x)^{1/2}`.
    pub fn residual(&self) -> f64 {
        self.gradient().step(self).0.residual
    }

    /// On all elements of its resolution, those too in which nothing is left of it.
    fn extended(&self) -> Self {
        let Resolution { degree, elements, reach, .. } = self.resolution;
        let mesh = Mesh::new(degree, [elements, elements], reach, self.unit);
        let values = mesh.radii.iter().map(|r| self.at(*r)).collect();
        Self::on(mesh, self.resolution, self.unit, values)
    }

    /// `delta Q_4 / delta psi(r)` at the nodes, `4 (1/8) (4 pi)^4 Int d kappa kappa^3 <x|G (psi G)^3|x>`.
    fn gradient(&self) -> Gradient {
        let (mesh, psi) = (&self.mesh, &self.values);
        let rule = Rule::new(&self.resolution, self.unit);
        let n = psi.len();
        let density: Vec<f64> = (0..n).map(|i| psi[i] * mesh.measure[i] * mesh.radii[i]).collect();
        let root: Vec<f64> = density.iter().map(|d| d.sqrt()).collect();
        let (mut transposed, mut loops) = (vec![0.0; n * n], vec![0.0; n * n]);
        let mut values = vec![0.0; n];
        for frequency in &rule.frequencies {
            let last = frequency.channels.last().map_or(0, |&(m, _)| m);
            let decays = decays(frequency.kappa, mesh.reach(), last);
            for &(m, weight) in &frequency.channels {
                // g psi g = h h^T, h = g psi^{1/2}
                let mut h = mesh.green(m, frequency.kappa, decays[m]);
                for (row, g) in transposed.chunks_exact_mut(n).zip(h.chunks_exact(n)) {
                    row.iter_mut().zip(g).zip(&root).for_each(|((t, g), r)| *t = g * r);
                }
                h.chunks_exact_mut(n).zip(&root).for_each(|(c, r)| c.iter_mut().for_each(|g| *g *= r));
                product_real(&mut loops, &h, &transposed, n, n);
                let weight = frequency.weight * weight;
                for (value, row) in values.iter_mut().zip(loops.chunks_exact(n)) {
                    *value += weight * row.iter().zip(&density).map(|(b, d)| d * b * b).sum::<f64>();
                }
            }
            let many = frequency.weight * frequency.beyond * MANY_NODES;
            for i in 0..n {
                values[i] += many * psi[i].powi(3) * mesh.radii[i].powi(6);
            }
        }
        let prefactor = 4.0 * (4.0 * PI).powi(4) / 8.0 / (2.0 * PI);
        for (value, psi) in values.iter_mut().zip(psi) {
            *value = prefactor * (*value + rule.beyond * SHORT_WAVES * psi.powi(3));
        }
        Gradient { values, products: rule.channels() }
    }
}

/// `delta Q_4 / delta psi` at the nodes of a profile.
struct Gradient {
    values: Vec<f64>,
    products: usize,
}

impl Gradient {
    /// What it says of the profile it belongs to, and the next one.
    fn step(&self, profile: &Profile) -> (Step, Vec<f64>) {
        let inner = |a: &[f64], b: &[f64]| 2.0 * PI * profile.mesh.integral(|i, _| a[i] * b[i]);
        let size = inner(&self.values, &self.values).sqrt();
        let next: Vec<f64> = self.values.iter().map(|g| g / size).collect();
        let psi = &profile.values;
        let change: Vec<f64> = next.iter().zip(psi).map(|(x, y)| x - y).collect();
        // towards the profile of lengths multiplied by 1/shrunk
        let shrunk = 1.0 - DILATION;
        let nodes = profile.mesh.radii.iter().zip(psi);
        let dilation: Vec<f64> =
            nodes.map(|(r, psi)| (psi - shrunk * profile.at(shrunk * r)) / DILATION).collect();
        let along = inner(&dilation, &change) / inner(&dilation, &dilation);
        let shape: Vec<f64> = change.iter().zip(&dilation).map(|(c, d)| c - along * d).collect();
        let step = Step {
            four: 0.25 * inner(&self.values, psi),
            residual: inner(&change, &change).sqrt(),
            change_of_shape: inner(&shape, &shape).sqrt(),
            products: self.products,
        };
        (step, next)
    }
}
