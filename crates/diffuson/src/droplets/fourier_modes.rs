//! The longest waves on a torus, and places on it: what random kernels are projected on.

use super::{DropletError, require};
use diffuson_linalg::product_real;
use std::f64::consts::TAU;

/// Real cosines and sines on a square torus of `size` x `size` sites, the longest waves first, orthonormal: `sum_x phi_i(x) phi_j(x) = delta_ij`. Site (x, y) is number
/// `x + size y`.
#[derive(Clone, Debug, PartialEq)]
pub struct FourierModes {
    size: usize,
    waves: Vec<[i32; 2]>,
    values: Vec<f64>,
}

impl FourierModes {
    /// The `count` longest waves. Only whole shells of equal `q_x^2 + q_y^2` are closed under the rotations and reflections of the torus: 1, 5, 9, 13, 21, 25, 29, 37, ... modes.
    ///
    /// # Errors
    /// No site, a count that ends within a shell or takes waves as short as two sites.
    pub fn new(size: usize, count: usize) -> Result<Self, DropletError> {
        require("sites along a side", size as f64, size > 0, "at least 1")?;
        let reach = i32::try_from(size.saturating_sub(1) / 2).unwrap_or(0);
        let half = |[x, y]: &[i32; 2]| *y > 0 || (*y == 0 && *x >= 0);
        let mut waves: Vec<[i32; 2]> =
            (-reach..=reach).flat_map(|y| (-reach..=reach).map(move |x| [x, y])).filter(half).collect();
        let square = |[x, y]: &[i32; 2]| x * x + y * y;
        waves.sort_by_key(|q| (square(q), q[1], q[0]));
        // all waves up to `reach` in length are among them
        waves.retain(|q| square(q) <= reach * reach);
        let wanted = count.div_ceil(2); // a cosine and a sine each, but for the uniform one
        let shell = |k: usize| waves.get(k).map(square);
        let closed = count % 2 == 1 && wanted <= waves.len() && shell(wanted) != shell(wanted - 1);
        require(
            "number of modes",
            count as f64,
            closed,
            "1, 5, 9, 13, 21, ... (whole shells) of waves longer than two sites",
        )?;
        waves.truncate(wanted);
        let sites = size * size;
        let mut values = Vec::with_capacity(count * sites);
        for q in &waves {
            let phase = |site: usize| {
                let along = q[0] * (site % size) as i32 + q[1] * (site / size) as i32;
                TAU * f64::from(along.rem_euclid(size as i32)) / size as f64
            };
            if *q == [0, 0] {
                values.extend((0..sites).map(|_| 1.0 / size as f64));
                continue;
            }
            let norm = 2.0f64.sqrt() / size as f64;
            values.extend((0..sites).map(|site| norm * phase(site).cos()));
            values.extend((0..sites).map(|site| norm * phase(site).sin()));
        }
        Ok(Self { size, waves, values })
    }

    /// Number of modes.
    pub fn count(&self) -> usize {
        2 * self.waves.len() - 1
    }

    /// Sites along a side of the torus.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Wave vectors in `2 pi/size`: of the uniform mode, and then one of each cosine and sine.
    pub fn waves(&self) -> &[[i32; 2]] {
        &self.waves
    }

    /// A mode on all sites.
    pub fn mode(&self, index: usize) -> Option<&[f64]> {
        self.values.chunks_exact(self.size * self.size).nth(index)
    }

    /// All modes, one after the other.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The function `sum_i v_i phi_i` moved by so many sites, which need not be whole, in the modes.
    ///
    /// # Errors
    /// A vector that has not one entry per mode.
    pub fn moved(&self, vector: &[f64], by: [f64; 2]) -> Result<Vec<f64>, DropletError> {
        require("entries of the vector", vector.len() as f64, vector.len() == self.count(), "one per mode")?;
        let mut moved = vector.to_vec();
        for (q, pair) in self.waves[1..].iter().zip(moved[1..].chunks_exact_mut(2)) {
            let phase = TAU * (f64::from(q[0]) * by[0] + f64::from(q[1]) * by[1]) / self.size as f64;
            let (sine, cosine) = phase.sin_cos();
            let [along, across] = [pair[0], pair[1]];
            (pair[0], pair[1]) = (cosine * along - sine * across, sine * along + cosine * across);
        }
        Ok(moved)
    }

    /// `sum_xy phi_i(x) kernel(x, y) phi_j(y)` of a kernel over sites: modes x modes.
    ///
    /// # Errors
    /// A kernel of another number of sites.
    pub fn project(&self, kernel: &[f64]) -> Result<Vec<f64>, DropletError> {
        let sites = self.size * self.size;
        let square = kernel.len() == sites * sites;
        require("entries of the kernel", kernel.len() as f64, square, "the square of the number of sites")?;
        Ok(congruence(kernel, &self.values, sites))
    }
}

/// `V^T K V` for a kernel K over sites (symmetric) and columns V.
fn congruence(kernel: &[f64], columns: &[f64], sites: usize) -> Vec<f64> {
    let count = columns.len() / sites;
    let mut image = vec![0.0; sites * count];
    product_real(&mut image, kernel, columns, sites, sites);
    let rows: Vec<f64> = (0..sites)
        .flat_map(|x| (0..count).map(move |k| (x, k)))
        .map(|(x, k)| columns[k * sites + x])
        .collect();
    let mut out = vec![0.0; count * count];
    product_real(&mut out, &rows, &image, count, sites);
    out
}

/// A kernel over sites between all places of one profile: `F(a, b) = sum_xy psi(x - a) kernel(x, y) psi(y - b)` (Eqs. 15a, 51). Its diagonal holds the averages of single droplets, all
/// else those of two at any distance.
///
/// # Errors
/// No site, a profile of another number of sites than `size` x `size`, a kernel of another.
pub fn between_places(kernel: &[f64], profile: &[f64], size: usize) -> Result<Vec<f64>, DropletError> {
    require("sites along a side", size as f64, size > 0, "at least 1")?;
    let sites = size * size;
    require("sites of the profile", profile.len() as f64, profile.len() == sites, "all of the torus")?;
    let square = kernel.len() == sites * sites;
    require("entries of the kernel", kernel.len() as f64, square, "the square of the number of sites")?;
    let moved = |centre: usize, site: usize| {
        let [x, y] = [site % size + size - centre % size, site / size + size - centre / size];
        profile[(y % size) * size + x % size]
    };
    let columns: Vec<f64> =
        (0..sites).flat_map(|c| (0..sites).map(move |x| (c, x))).map(|(c, x)| moved(c, x)).collect();
    Ok(congruence(kernel, &columns, sites))
}
