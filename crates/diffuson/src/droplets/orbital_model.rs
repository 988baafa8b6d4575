//! Wegner's model of n orbitals per site: a dirty metal whose D, nu and g are known exactly.

use std::f64::consts::PI;

use super::{DropletError, TimeReversal, require};
use crate::diffusons::RingSum;
use crate::disorder::Fields;
use diffuson_linalg::{C64, Matrix};

/// Random hoppings between the n orbitals of each site of a torus and those of its neighbours (F. Wegner, Phys. Rev. B 19, 783 (1979)); one spin.
///
/// Blocks `H_xy` of n x n normal deviates with `<|H_xi,yj|^2> = J_xy / n`: `J_1` for each bond to one of four neighbours, `J_0 = 1 - 4 J_1` on the site. Complex Hermitian
/// if time reversal is broken (unitary class), else real symmetric, diagonal entries then with twice the variance (orthogonal class). The unit of energy is that in which
/// `J_0 + 4 J_1 = 1`, lengths are in lattice constants, hbar = 1.
///
/// # What is known
///
/// To leading order in 1/n the Green function of a site obeys `G = 1/(E - G)`, so that the density of states is a semicircle on [-2, 2], `nu_1 = n/pi` per site **and spin** at its
/// centre, where `G^{R,A} = -+i`. Ladders of `J(q) = 1 - J_1 (4 - 2 cos q_x - 2 cos q_y)` between them give, at Matsubara energies of opposite sign `e_1 > 0 > -e_2`,
///
/// ```text
/// sum_ij <G_xi,yj(i e_1) G_yj,xi(-i e_2)> = n [s / (1 - s J)]_xy,   s = exp[-arsinh(e_1/2) - arsinh(e_2/2)]
///                                        -> 2 pi nu_1 / (e_1 + e_2 + D q^2),   D = 2 J_1
/// ```
///
/// and with it `g = 2 pi (2 nu_1) D = 8 n J_1`, both spins counted. All corrections are powers of 1/n, localisation among them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrbitalModel {
    size: usize,
    orbitals: usize,
    hopping: f64,
    time_reversal: TimeReversal,
}

/// The random fields of real and imaginary parts.
const REAL: u32 = 0;
const IMAGINARY: u32 = 1;

impl OrbitalModel {
    /// A torus of size x size sites of so many orbitals; `hopping` is J_1. Tori of one or two sites across count every bond, `J_1` each, to whichever site it leads.
    ///
    /// # Errors
    ///
    /// No site, no orbital, or a hopping outside (0, 1/4].
    pub fn new(
        size: usize,
        orbitals: usize,
        hopping: f64,
        time_reversal: TimeReversal,
    ) -> Result<Self, DropletError> {
        require("size of the torus", size as f64, size > 0, "at least 1")?;
        require("number of orbitals", orbitals as f64, orbitals > 0, "at least 1")?;
        require("hopping", hopping, hopping > 0.0 && hopping <= 0.25, "above 0, up to 1/4")?;
        Ok(Self { size, orbitals, hopping, time_reversal })
    }

    /// Sites along each side of the torus.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Orbitals of each site, n.
    pub fn orbitals(&self) -> usize {
        self.orbitals
    }

    /// Number of sites.
    pub fn sites(&self) -> usize {
        self.size * self.size
    }

    /// Number of states, rows of the Hamiltonian.
    pub fn states(&self) -> usize {
        self.sites() * self.orbitals
    }

    /// Which class of random matrices.
    pub fn time_reversal(&self) -> TimeReversal {
        self.time_reversal
    }

    /// `D = 2 J_1`, in squares of the lattice constant per time.
    pub fn diffusion(&self) -> f64 {
        2.0 * self.hopping
    }

    /// `nu_1 = n/pi`: density of states at the centre of the band, per site and spin.
    pub fn density(&self) -> f64 {
        self.orbitals as f64 / PI
    }

    /// `g = 8 n J_1`, in e^2/(2 pi hbar), both spins.
    pub fn conductance(&self) -> f64 {
        4.0 * PI * self.density() * self.diffusion()
    }

    /// Rings of the model's diffusons, `1/(s + D (4 - 2 cos q_x - 2 cos q_y))`.
    ///
    /// # Errors
    ///
    /// None for a model that exists.
    pub fn rings(&self) -> Result<RingSum, DropletError> {
        RingSum::new(self.size, self.diffusion(), self.density(), self.time_reversal)
    }

    /// `J_xy`, n times the variance of the entries of a block; symmetric, its rows sum to 1. Site (x, y) is number `x + size y`.
    pub fn variances(&self) -> Vec<f64> {
        let (size, sites) = (self.size, self.sites());
        let mut variances = vec![0.0; sites * sites];
        for site in 0..sites {
            let (x, y) = (site % size, site / size);
            variances[site * sites + site] += 1.0 - 4.0 * self.hopping;
            for (x, y) in [(x + 1, y), (x + size - 1, y), (x, y + 1), (x, y + size - 1)] {
                variances[site * sites + x % size + size * (y % size)] += self.hopping;
            }
        }
        variances
    }

    /// The Hamiltonian of one sample, a pure function of the normal deviates of fields 0 (real parts) and 1 (imaginary parts). Row `n site + orbital`; imaginary parts are zero,
    /// exactly, if time reversal is unbroken.
    pub fn sample(&self, fields: &dyn Fields) -> Matrix {
        let (n, sites) = (self.orbitals, self.sites());
        let real = self.time_reversal == TimeReversal::Unbroken;
        let variances = self.variances();
        let mut h = Matrix::zeros(self.states(), self.states());
        let (mut re, mut im) = (vec![0.0; n * n], vec![0.0; n * n]);
        for left in 0..sites {
            for right in (left..sites).filter(|right| variances[left * sites + right] > 0.0) {
                let variance = variances[left * sites + right] / n as f64;
                // a complex entry shares its variance between its two parts
                let deviation = if real { variance } else { 0.5 * variance }.sqrt();
                let first = ((left * sites + right) * n * n) as u64;
                fields.normal(REAL, first, &mut re);
                if !real {
                    fields.normal(IMAGINARY, first, &mut im);
                }
                for (entry, (re, im)) in re.iter().zip(&im).enumerate() {
                    let (i, j) = (entry % n, entry / n);
                    let (row, column) = (n * left + i, n * right + j);
                    if left == right && i == j {
                        h[(row, row)] = C64::new(std::f64::consts::SQRT_2 * deviation * re, 0.0);
                    } else if left < right || i < j {
                        let value = C64::new(deviation * re, deviation * im);
                        h[(row, column)] = value;
                        h[(column, row)] = value.conj();
                    }
                }
            }
        }
        h
    }
}
