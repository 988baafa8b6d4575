//! The non-local spin susceptibility of one sample, from exact Green functions (Eq. 7).
//!
//! ```text
//! chi_xy = -T sum_n sum_{alpha, beta} G_{x alpha, y beta}(i e_n) G_{y beta, x alpha}(i e_n) = sum_ab (f_a - f_b)/(E_b - E_a) M_ab(x) M_ab(y)^*,    e_n = (2n + 1) pi T
//! ```
//!
//! It is that of **one** spin: a potential -h(y) on one spin makes `sum_y chi_xy h(y)` more electrons of that spin on site x, and `sigma = n_up - n_down = 2 chi h` in a field h that acts on the
//! spins with opposite signs. Energies are measured from the Fermi energy. Averaged over samples and seen from afar chi is `nu_1 delta_xy`, nu_1 being the density of states of one spin per
//! site, and the random part of the inverse susceptibility is `F_1 = -(chi - <chi>)/nu_1`.
//!
//! States are ordered site by site, orbitals fastest; kernels are sites x sites, symmetric.

use super::states::{States, validate};
use super::{DropletError, require};
use crate::audit::{Audit, laws};
use crate::thermal::{fermi, fermi_window, poles::poles};
use diffuson_linalg::eigen::SymmetricEigen;
use diffuson_linalg::{C64, Inverter, Matrix, product_real};

/// The static non-local spin susceptibility of one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Susceptibility {
    sites: usize,
    values: Vec<f64>,
    /// Its sums over y against the levels.
    pub audit: Audit,
}

/// Largest deviation of a sum over y allowed: no average over samples sees it.
const ALLOWED: f64 = 1e-6;

/// Susceptibility by Green functions at `frequencies` imaginary energies: the poles of the Fermi function, of which the last ones stand for all that follow, so that the error falls
/// exponentially; about `sqrt(W/T)` of them are wanted for levels up to W. What is left is in the audit.
///
/// Takes some `8 n^3` operations for each frequency and n states, `2 n^3` if the Hamiltonian is real, and one diagonalisation for the audit. With one orbital per site this is the fast way; 16 frequencies with
/// six orbitals on 64 sites take about as long as [`susceptibility_of_levels`].
///
/// # Errors
/// A Hamiltonian that is not Hermitian or not of whole sites, a temperature that is not positive, no frequency.
pub fn static_susceptibility(
    hamiltonian: &Matrix,
    orbitals: usize,
    temperature: f64,
    frequencies: usize,
) -> Result<Susceptibility, DropletError> {
    let sites = validate(hamiltonian, orbitals, temperature)?;
    require("number of frequencies", frequencies as f64, frequencies > 0, "at least 1")?;
    let states = States::new(hamiltonian)?;
    let mut green = Green::new(hamiltonian, &states);
    let mut values = vec![0.0; sites * sites];
    for [z, residue] in poles(frequencies) {
        let matrix = green.at(z * temperature)?;
        let weight = -2.0 * temperature * residue;
        for (y, x) in (0..sites).flat_map(|y| (0..=y).map(move |x| (x, y))) {
            let mut sum = 0.0;
            for j in y * orbitals..(y + 1) * orbitals {
                for i in x * orbitals..(x + 1) * orbitals {
                    let (g, back) = (matrix[(i, j)], matrix[(j, i)]);
                    sum += g.re * back.re - g.im * back.im;
                }
            }
            values[y * sites + x] += weight * sum;
        }
    }
    for (y, x) in (0..sites).flat_map(|y| (0..y).map(move |x| (x, y))) {
        values[x * sites + y] = values[y * sites + x];
    }
    Ok(Susceptibility::audited(values, &states, orbitals, temperature))
}

/// The same from all pairs of levels: one diagonalisation, and products of some `n^2 s^2` operations for n states on s sites (half as many if the Hamiltonian is real), exact at any
/// temperature above 0.
///
/// # Errors
/// A Hamiltonian that is not Hermitian or not of whole sites, a temperature that is not positive.
pub fn susceptibility_of_levels(
    hamiltonian: &Matrix,
    orbitals: usize,
    temperature: f64,
) -> Result<Susceptibility, DropletError> {
    let sites = validate(hamiltonian, orbitals, temperature)?;
    let states = States::new(hamiltonian)?;
    let n = states.levels.len();
    let mut values = vec![0.0; sites * sites];
    let mut product = vec![0.0; sites * sites];
    for a in 0..n {
        let weighted: Vec<(usize, f64)> = (a..n)
            .map(|b| (b, response(states.levels[a], states.levels[b], temperature)))
            .filter(|(_, w)| *w > NEGLIGIBLE / temperature)
            .map(|(b, w)| (b, if b == a { w } else { 2.0 * w }))
            .collect();
        if weighted.is_empty() {
            continue;
        }
        let columns = overlaps(&states, orbitals, a, &weighted);
        let count = columns.len() / sites;
        let rows: Vec<f64> = (0..sites)
            .flat_map(|x| (0..count).map(move |k| (x, k)))
            .map(|(x, k)| columns[k * sites + x])
            .collect();
        product_real(&mut product, &columns, &rows, sites, count);
        values.iter_mut().zip(&product).for_each(|(sum, term)| *sum += term);
    }
    // rounding of products may differ across the diagonal
    for (y, x) in (0..sites).flat_map(|y| (0..y).map(move |x| (x, y))) {
        let mean = 0.5 * (values[y * sites + x] + values[x * sites + y]);
        (values[y * sites + x], values[x * sites + y]) = (mean, mean);
    }
    Ok(Susceptibility::audited(values, &states, orbitals, temperature))
}

/// Responses of pairs of levels below this, per 1/T, are left out: of n^2 pairs no more than rounding.
const NEGLIGIBLE: f64 = 1e-20;

/// `(f_a - f_b)/(E_b - E_a)`, also of equal levels, without cancellation: `f(x) - f(y) = f(x) f(-y) (1 - exp(x - y))`.
fn response(a: f64, b: f64, temperature: f64) -> f64 {
    let (x, y) = (a / temperature, b / temperature);
    let slope = if x == y { 1.0 } else { -(x - y).exp_m1() / (y - x) };
    fermi(x) * fermi(-y) * slope / temperature
}

/// `sqrt(w) M_ab(x)`, `M_ab(x) = sum_alpha psi_a(x alpha)^* psi_b(x alpha)`, for the given states b and weights w: columns over sites, real parts and then imaginary ones.
fn overlaps(states: &States, orbitals: usize, a: usize, weighted: &[(usize, f64)]) -> Vec<f64> {
    let n = states.levels.len();
    let state = |part: usize, k: usize| &states.parts[part][k * n..(k + 1) * n];
    let column = |b: usize, terms: &[(usize, usize, f64)], root: f64| -> Vec<f64> {
        let mut column = vec![0.0; n / orbitals];
        for &(of_a, of_b, sign) in terms {
            let sites = state(of_a, a).chunks_exact(orbitals).zip(state(of_b, b).chunks_exact(orbitals));
            for (sum, (left, right)) in column.iter_mut().zip(sites) {
                *sum += sign * root * left.iter().zip(right).map(|(l, r)| l * r).sum::<f64>();
            }
        }
        column
    };
    let complex = states.parts.len() == 2;
    let real: &[(usize, usize, f64)] = if complex { &[(0, 0, 1.0), (1, 1, 1.0)] } else { &[(0, 0, 1.0)] };
    let mut columns: Vec<f64> = Vec::new();
    for &(b, weight) in weighted {
        columns.extend(column(b, real, weight.sqrt()));
        if complex {
            columns.extend(column(b, &[(0, 1, 1.0), (1, 0, -1.0)], weight.sqrt()));
        }
    }
    columns
}

impl Susceptibility {
    fn audited(values: Vec<f64>, states: &States, orbitals: usize, temperature: f64) -> Self {
        let window: Vec<f64> =
            states.levels.iter().map(|e| fermi_window(e / temperature) / temperature).collect();
        let expected = states.density(orbitals, &window);
        let sites = expected.len();
        let largest = expected.iter().copied().fold(0.0, f64::max);
        let off = values
            .chunks_exact(sites)
            .zip(&expected)
            .map(|(row, want)| (row.iter().sum::<f64>() - want).abs() / largest)
            .fold(0.0, f64::max);
        let mut audit = Audit::default();
        audit.record(laws::SUSCEPTIBILITY_SUM, off, ALLOWED);
        Self { sites, values, audit }
    }

    /// Number of sites.
    pub fn sites(&self) -> usize {
        self.sites
    }

    /// `chi_xy` of one spin, in 1/energy, row after row (symmetric by construction).
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// `F_1 = -(chi - mean)/nu_1` for the mean over samples and the density of states of one spin per site.
    ///
    /// # Errors
    /// A mean of another number of sites, a density that is not positive.
    pub fn fluctuation(&self, mean: &[f64], density: f64) -> Result<Vec<f64>, DropletError> {
        let same = mean.len() == self.values.len();
        require("entries of the mean susceptibility", mean.len() as f64, same, "sites times sites")?;
        require("density of states", density, density > 0.0 && density.is_finite(), "positive")?;
        Ok(self.values.iter().zip(mean).map(|(chi, mean)| (mean - chi) / density).collect())
    }
}

/// Green functions `(i e - H)^-1` at imaginary energies.
enum Green<'h> {
    /// Real Hamiltonian: functions of it, for a quarter of the work of an inversion.
    Real(SymmetricEigen, Matrix),
    Complex {
        hamiltonian: &'h Matrix,
        inverter: Inverter,
        shifted: Matrix,
        inverse: Matrix,
    },
}

impl<'h> Green<'h> {
    fn new(hamiltonian: &'h Matrix, states: &States) -> Self {
        let n = hamiltonian.rows();
        match &states.parts[..] {
            [real] => {
                let eigen = SymmetricEigen { values: states.levels.clone(), vectors: real.clone() };
                Self::Real(eigen, Matrix::zeros(0, 0))
            }
            _ => Self::Complex {
                hamiltonian,
                inverter: Inverter::new(n),
                shifted: Matrix::zeros(n, n),
                inverse: Matrix::zeros(n, n),
            },
        }
    }

    fn at(&mut self, energy: f64) -> Result<&Matrix, DropletError> {
        match self {
            Self::Real(eigen, out) => {
                let f: Vec<C64> = eigen.values.iter().map(|&e| C64::new(-e, energy).inv()).collect();
                *out = eigen.function(&f);
                Ok(out)
            }
            Self::Complex { hamiltonian, inverter, shifted, inverse } => {
                let n = hamiltonian.rows();
                for (j, i) in (0..n).flat_map(|j| (0..n).map(move |i| (j, i))) {
                    let diagonal = if i == j { energy } else { 0.0 };
                    shifted[(i, j)] = C64::new(0.0, diagonal) - hamiltonian[(i, j)];
                }
                inverter.invert(shifted, inverse).map_err(|singular| DropletError::NotConverged {
                    what: "Green function",
                    residual: singular.smallest_pivot,
                    steps: 0,
                    goal: f64::EPSILON * singular.largest_pivot,
                })?;
                Ok(inverse)
            }
        }
    }
}
