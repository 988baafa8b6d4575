//! The profile of a droplet, and the rings of diffusons with its vertices.
//!
//! # Why every ring is the same trace
//!
//! A droplet `sigma = sigma_0 psi(x)` meets the random parts of the energy through projections on psi alone, so that each vertex of a diagram carries psi and nothing tells one vertex from
//! another: all closed rings of n diffusons are one integral, whatever the order of the vertices,
//!
//! ```text
//! Q_n = Int prod_k dt_k/t_k  T^{-2}  Int prod_k d^2z_k psi(z_k) exp[-sum_k (z_k - z_{k+1})^2 / t_k],   T = sum_k t_k  (t is 4D times the time, Eqs. A11, A13, A14)
//!     = (1/8) (4 pi)^n Int_0^inf d kappa kappa^3 Tr A_kappa^n,   A_kappa = psi^{1/2} (kappa^2 - Laplacian)^{-1} psi^{1/2}
//! ```
//!
//! The second line, from `T^{-2} = Int ds s exp(-s T)`, is what is computed: a ring is a power of one positive operator, which for a radial psi falls into channels of angular momentum.
//! Diagrams differ in their number and prefactors only: [`Counting`](super::Counting). With `Int psi^2 = 1`, `Q_n[psi(x/R)/R] = R^{n-4} Q_n[psi]`: Q_4, the variance of F_1 projected on psi,
//! does not know the size of the droplet.
//!
//! # What the saddle point is
//!
//! Droplets appear where F_1 has an eigenvalue below `-(1 + F_0)`. The least unlikely F_1 with the eigenvalue E and eigenfunction psi costs `E^2 / 2 I_FF[psi]`, `I_FF ~ Q_4`; psi is free, so that the
//! exponent is that of the largest Q_4 on `Int psi^2 = 1`. Stationarity is Eq. 33, `psi ~ delta Q_4 / delta psi = 4 (1/8) (4 pi)^4 Int d kappa kappa^3 <x|G (psi G)^3|x>`. Q_4 is convex in psi >= 0,
//! hence never falls under `psi <- gradient / |gradient|`; and since its kernels decrease with distance, rearrangement makes the maximum positive, radial and decreasing.
//!
//! # Why the result lies below the trial value
//!
//! `gamma = pi^4 / 2 Q_4` in the units of the paper: any trial profile gives a Q_4 below the maximum and a gamma above the true one. The paper's Gaussian gives 3.88, the solution 3.6043. The maximum is
//! flat, the profile is not close to the Gaussian: it has the tail `r^{-4} ln^2 r`, which carries a good part of `Int psi`, and with it alpha and beta.

mod channels;
mod fixed_point;
mod mesh;
mod nodes;
mod spectrum;

pub use fixed_point::{Converged, Optimisation, Step};

use super::DropletError;
use super::error::require;
use mesh::Mesh;
use spectrum::Spectrum;
use std::f64::consts::PI;
use std::sync::OnceLock;

/// How finely a profile is resolved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resolution {
    /// Degree of the polynomials in an element, 4 to 32.
    pub degree: usize,
    /// Elements from the centre to `reach`, 4 to 64.
    pub elements: usize,
    /// Outermost radius over the length of the profile, `(pi Int psi^4 d^2x)^{-1/2}`, 10 to 1e6. The profile ends there, waves do not.
    pub reach: f64,
    /// Frequencies kappa up to some inverse lengths, 9 to 99; a third as many above.
    pub frequencies: usize,
    /// Angular momenta sampled beyond the first eight, 4 to 64.
    pub channels: usize,
}

impl Resolution {
    /// gamma to 1e-3: the first of a table of convergence.
    pub const ROUGH: Self = Self { degree: 6, elements: 10, reach: 300.0, frequencies: 12, channels: 4 };
    /// gamma to 1e-5: the optimum in less than a second.
    pub const COARSE: Self = Self { degree: 8, elements: 12, reach: 1e3, frequencies: 15, channels: 6 };
    /// Q_4 to 1e-8, psi to 1e-5; at a thousand lengths to 1 %.
    pub const STANDARD: Self = Self { degree: 11, elements: 16, reach: 1e4, frequencies: 21, channels: 9 };
    /// Q_4 to 2e-9; the optimum takes some ten times as long.
    pub const FINE: Self = Self { degree: 14, elements: 20, reach: 1e5, frequencies: 27, channels: 12 };

    /// Those that errors are estimated with: a coarser mesh of smaller reach, and fewer frequencies and channels.
    fn coarser(self) -> [Self; 2] {
        let less = |n: usize| n - n / 5;
        [
            Self { degree: less(self.degree), reach: 0.5 * self.reach, ..self },
            Self { frequencies: less(self.frequencies), channels: less(self.channels), ..self },
        ]
    }

    fn check(self) -> Result<Self, DropletError> {
        let whole = |name, n: usize, [low, high]: [usize; 2], allowed| {
            require(name, n as f64, (low..=high).contains(&n), allowed)
        };
        whole("degree of elements", self.degree, [4, 32], "4 to 32")?;
        whole("elements", self.elements, [4, 64], "4 to 64")?;
        require("reach", self.reach, self.reach >= 10.0 && self.reach <= 1e6, "10 to 1e6")?;
        whole("frequencies", self.frequencies, [9, 99], "9 to 99")?;
        whole("channels", self.channels, [4, 64], "4 to 64")?;
        Ok(self)
    }
}

impl Default for Resolution {
    /// [`STANDARD`](Self::STANDARD).
    fn default() -> Self {
        Self::STANDARD
    }
}

/// A ring of diffusons or a ratio of sums of rings, and its error, estimated by coarser resolutions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RingIntegral {
    /// The number.
    pub value: f64,
    /// What a mesh of half the reach and a degree lower by a fifth changes in it, and what a fifth less of frequencies and channels. The profile is taken as it is: how far an optimum is from
    /// the solution of Eq. 33 is no part of it.
    pub error: f64,
}

/// Rings of four, six and eight diffusons.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rings {
    /// Q_4, of `I_FF`.
    pub four: RingIntegral,
    /// Q_6, of `I_FB`, by length^2.
    pub six: RingIntegral,
    /// Q_8, of `I_BB`, by length^4.
    pub eight: RingIntegral,
    /// Eigenproblems they took, at all resolutions.
    pub eigenproblems: usize,
}

/// A radial profile `psi(r) >= 0` with `Int psi^2 d^2x = 1`. Its unit of length is free; that of [`gaussian`](Self::gaussian) and [`optimum`](Self::optimum) is stated there.
#[derive(Clone, Debug)]
pub struct Profile {
    resolution: Resolution,
    /// `(pi Int psi^4 d^2x)^{-1/2}`: R of a Gaussian.
    unit: f64,
    mesh: Mesh,
    values: Vec<f64>,
    /// Of the ring operator at this resolution and at those that errors are estimated with; found when first asked for.
    spectra: OnceLock<[Spectrum; 3]>,
}

/// Grid in ln r on which the length of a profile is found: from and to which power of e, and how many steps to each. Profiles of any length between 1e-7 and 1e7 are seen.
const SCAN: [i32; 3] = [-20, 20, 16];

/// A tail is dropped from where `r^2 psi` has fallen below this share of its largest value.
const NOTHING: f64 = 1e-18;

impl Profile {
    /// `psi = (2/pi)^{1/2} exp(-r^2)`: the trial profile of the paper with the norm 1, lengths in R.
    pub fn gaussian() -> Self {
        Self::sampled(Resolution::STANDARD, 1.0, |r| (-r * r).exp())
    }

    /// `psi` proportional to `f(r)`, whose lengths are kept.
    ///
    /// # Errors
    /// If the resolution is out of range, or f is negative anywhere, not finite, or not square integrable.
    pub fn new(resolution: Resolution, f: impl Fn(f64) -> f64) -> Result<Self, DropletError> {
        let resolution = resolution.check()?;
        let [from, to, steps] = SCAN;
        let mut norms = [0.0; 2];
        for k in from * steps..=to * steps {
            let r = (f64::from(k) / f64::from(steps)).exp();
            let psi = f(r);
            require("profile", psi, psi >= 0.0 && psi.is_finite(), "zero or positive everywhere")?;
            for (norm, power) in norms.iter_mut().zip([2, 4]) {
                *norm += psi.powi(power) * r * r / f64::from(steps);
            }
        }
        // (Int psi^2)^2 / pi Int psi^4
        let unit = norms[0] * (2.0 / norms[1]).sqrt();
        let inside = unit > 1e-7 && unit < 1e7;
        require("length of the profile", unit, inside, "1e-7 to 1e7, of a square integrable function")?;
        Ok(Self::sampled(resolution, unit, f))
    }

    /// On the mesh for the given length, without the elements at the end in which nothing is left of f.
    fn sampled(resolution: Resolution, unit: f64, f: impl Fn(f64) -> f64) -> Self {
        let Resolution { degree, elements, reach, .. } = resolution;
        let whole = Mesh::new(degree, [elements, elements], reach, unit);
        let size: Vec<f64> = whole.radii.iter().map(|r| r * r * f(*r)).collect();
        let seen = NOTHING * size.iter().copied().fold(0.0, f64::max);
        let last = size.iter().rposition(|s| *s > seen).unwrap_or(0);
        let kept = last.div_ceil(degree).max(1);
        let mesh = Mesh::new(degree, [kept, elements], reach, unit);
        let values = mesh.radii.iter().map(|r| f(*r).max(0.0)).collect();
        Self::on(mesh, resolution, unit, values)
    }

    /// Of values at the nodes of a mesh, which are normalised.
    fn on(mesh: Mesh, resolution: Resolution, unit: f64, values: Vec<f64>) -> Self {
        let mut profile = Self { resolution, unit, mesh, values, spectra: OnceLock::new() };
        let norm = profile.moment(|psi, _| psi * psi).sqrt();
        profile.values.iter_mut().for_each(|psi| *psi /= norm);
        profile
    }

    /// The same profile at another resolution.
    ///
    /// # Errors
    /// If the resolution is out of range.
    pub fn resolved(&self, resolution: Resolution) -> Result<Self, DropletError> {
        Ok(Self::sampled(resolution.check()?, self.unit, |r| self.at(r)))
    }

    /// `psi(r)`, zero beyond the reach of the resolution; in inverse lengths. NaN where r is no radius: negative, or NaN.
    pub fn at(&self, r: f64) -> f64 {
        if r >= 0.0 { self.mesh.at(r, &self.values).max(0.0) } else { f64::NAN }
    }

    /// Radii of the nodes between which psi is a polynomial in `arsinh r`, ascending from 0.
    pub fn radii(&self) -> &[f64] {
        &self.mesh.radii
    }

    /// psi at the [radii](Self::radii).
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// How finely it is resolved.
    pub fn resolution(&self) -> Resolution {
        self.resolution
    }

    /// `Int psi d^2x`: the spin of a droplet is `S = sigma_0 Int psi` (Eq. 13); a length.
    pub fn integral(&self) -> f64 {
        self.moment(|psi, _| psi)
    }

    /// `Int r^2 psi^2 d^2x`, `a^2`.
    pub fn mean_square_radius(&self) -> f64 {
        self.moment(|psi, r| (r * psi).powi(2))
    }

    /// `Int psi^4 d^2x`, by inverse area.
    pub fn participation(&self) -> f64 {
        self.moment(|psi, _| psi.powi(4))
    }

    /// `Int f(psi, r) d^2x`.
    fn moment(&self, f: impl Fn(f64, f64) -> f64) -> f64 {
        2.0 * PI * self.mesh.integral(|i, r| f(self.values[i], r))
    }

    /// The same profile with all lengths multiplied: `psi(r/factor) / factor`.
    fn scaled(self, factor: f64) -> Self {
        Self::on(self.mesh.scaled(factor), self.resolution, self.unit * factor, self.values)
    }

    /// Eigenvalues of the ring operator, found once.
    fn spectra(&self) -> Result<&[Spectrum; 3], DropletError> {
        if let Some(found) = self.spectra.get() {
            return Ok(found);
        }
        let [mesh, rule] =
            self.resolution.coarser().map(|other| Self::sampled(other, self.unit, |r| self.at(r)));
        let spectra = [Spectrum::new(self)?, Spectrum::new(&mesh)?, Spectrum::new(&rule)?];
        Ok(self.spectra.get_or_init(|| spectra))
    }

    /// Q_4, Q_6 and Q_8.
    ///
    /// # Errors
    /// If eigenvalues are not found.
    pub fn rings(&self) -> Result<Rings, DropletError> {
        let spectra = self.spectra()?;
        let ring = |n: i32| {
            let at_zero = if n == 4 { 1.0 } else { 0.0 };
            compared(spectra, |s| (4.0 * PI).powi(n) / 8.0 * s.integral(at_zero, |mu| mu.powi(n - 4)))
        };
        let eigenproblems = spectra.iter().map(Spectrum::channels).sum();
        Ok(Rings { four: ring(4), six: ring(6), eight: ring(8), eigenproblems })
    }

    /// `Phi(S/g)`: by how much the variance of the random field on a droplet of spin S is below that at S = 0, to all orders in S/g:
    ///
    /// ```text
    /// Phi = Int d kappa kappa^3 sum mu^4 (1 + z^2/3) / (1 + z^2)^2  /  Int d kappa kappa^3 sum mu^4,    z = 4 pi (S/g) mu / Int psi
    ///     = 1 - 2 alpha x^2 + beta x^4 - ...,   x = S/g,   alpha = (5/6) Q_6 / (Q_4 I^2),   beta = (7/3) Q_8 / (Q_4 I^4),   I = Int psi
    /// ```
    ///
    /// mu the eigenvalues of `A_kappa`, one by one for each `spin_over_conductance` (S is the number of unpaired spins, [`Counting::Complete`](super::Counting::Complete)); even in S. The probability of a droplet is
    /// `exp[-gamma g^2 (1 + F_0)^2 / Phi(S/g)]`, Eq. 48 beyond its expansion.
    ///
    /// # Errors
    /// If a spin is not finite or eigenvalues are not found.
    pub fn suppression(&self, spin_over_conductance: &[f64]) -> Result<Vec<RingIntegral>, DropletError> {
        for &x in spin_over_conductance {
            require("spin over conductance", x, x.is_finite(), "finite")?;
        }
        let spectra = self.spectra()?;
        Ok(spin_over_conductance.iter().map(|x| compared(spectra, |s| s.suppression(*x))).collect())
    }

    /// `I_FF(T) / I_FF(0)`: the integral over frequencies is a sum over Matsubara's, `Int ds s F(s) -> sum_{k >= 1} (2 pi T) (2 pi T k) F(2 pi T k)`. `size` is the unit of length of
    /// the profile over `L_T = sqrt(D/T)`: R of the Gaussian, a of the optimum.
    ///
    /// # Errors
    /// If the size is negative or not finite, or eigenvalues are not found.
    pub fn warmth(&self, size_over_thermal_length: f64) -> Result<RingIntegral, DropletError> {
        let size = size_over_thermal_length;
        require("size over thermal length", size, size >= 0.0 && size.is_finite(), "zero or positive")?;
        Ok(compared(self.spectra()?, |s| s.warmth(size * size)))
    }
}

/// A number by the spectra of a profile: at its resolution, on a coarser mesh, and by a coarser rule.
fn compared(spectra: &[Spectrum; 3], number: impl Fn(&Spectrum) -> f64) -> RingIntegral {
    let [value, mesh, rule] = spectra.each_ref().map(number);
    RingIntegral { value, error: (value - mesh).abs() + (value - rule).abs() }
}
