//! Rings of diffusons on a torus of lattice sites.

use std::f64::consts::{PI, TAU};

use crate::droplets::{DropletError, TimeReversal, require};
use crate::gauss::RULE;
use diffuson_linalg::{eigen, product_real};

/// Rings of diffusons `1/(s + D (4 - 2 cos q_x - 2 cos q_y))` on a torus of size x size sites (lattice constant 1, site (x, y) is number `x + size y`), the mode q = 0 included.
///
/// Vertices are any real functions of the sites. With `D_s` the matrix of diffusons between sites, `R_ijkl(s) = Tr f_i D_s f_j D_s f_k D_s f_l D_s` is the ring that meets the
/// functions in this order; four functions have three orders that are not each other's reversal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RingSum {
    size: usize,
    diffusion: f64,
    density: f64,
    time_reversal: TimeReversal,
}

/// Covariances of the matrix elements of a random symmetric matrix F between given functions, `K_ijkl = <F_ij F_kl>`.
#[derive(Clone, Debug, PartialEq)]
pub struct RingCovariance {
    functions: usize,
    values: Vec<f64>,
}

impl RingCovariance {
    /// From `K_ijkl`, asked for with i <= j and k <= l.
    pub(crate) fn from_fn(functions: usize, covariance: impl Fn([usize; 4]) -> f64) -> Self {
        let order: Vec<(usize, usize)> = (0..functions).flat_map(|j| (0..=j).map(move |i| (i, j))).collect();
        let of = |(i, j): &(usize, usize)| {
            order.iter().map(|(k, l)| covariance([*i, *j, *k, *l])).collect::<Vec<_>>()
        };
        Self { functions, values: order.iter().flat_map(of).collect() }
    }

    /// Number of functions, M.
    pub fn functions(&self) -> usize {
        self.functions
    }

    /// Number of pairs i <= j, `M (M + 1) / 2`.
    pub fn pairs(&self) -> usize {
        pairs(self.functions)
    }

    /// The row of the pair (i, j), in either order: `j (j + 1) / 2 + i` for i <= j.
    pub fn pair(&self, i: usize, j: usize) -> usize {
        let (i, j) = (i.min(j), i.max(j));
        pairs(j) + i
    }

    /// The covariance matrix over [pairs](Self::pair), symmetric, `pairs * pairs` entries.
    pub fn matrix(&self) -> &[f64] {
        &self.values
    }

    /// `<F_ij F_kl>`.
    ///
    /// # Panics
    ///
    /// If there are not so many functions.
    pub fn at(&self, i: usize, j: usize, k: usize, l: usize) -> f64 {
        self.values[self.pair(i, j) * self.pairs() + self.pair(k, l)]
    }

    /// The same between sums `sum_i v_i f_i` of the functions, one for each vector v.
    ///
    /// # Errors
    ///
    /// A vector that has not one entry per function.
    pub fn between(&self, vectors: &[Vec<f64>]) -> Result<Self, DropletError> {
        for v in vectors {
            require("entries of the vector", v.len() as f64, v.len() == self.functions, "one per function")?;
        }
        let order = |m: usize| (0..m).flat_map(|j| (0..=j).map(move |i| (i, j)));
        let weights: Vec<Vec<f64>> = order(vectors.len())
            .map(|(a, b)| {
                let product = |i: usize, j: usize| vectors[a][i] * vectors[b][j];
                let both = |(i, j)| if i == j { product(i, i) } else { product(i, j) + product(j, i) };
                order(self.functions).map(both).collect()
            })
            .collect();
        let dot = |one: &[f64], other: &[f64]| one.iter().zip(other).map(|(x, y)| x * y).sum::<f64>();
        let mut values = Vec::with_capacity(weights.len().pow(2));
        for weight in &weights {
            let image: Vec<f64> =
                self.values.chunks_exact(self.pairs().max(1)).map(|row| dot(row, weight)).collect();
            values.extend(weights.iter().map(|other| dot(&image, other)));
        }
        Ok(Self { functions: vectors.len(), values })
    }
}

fn pairs(functions: usize) -> usize {
    functions * (functions + 1) / 2
}

impl RingSum {
    /// `diffusion` is D, in squares of the lattice constant per time, `density` the density of states nu_1 per site and spin.
    ///
    /// # Errors
    ///
    /// No site, a diffusion constant or density that is not positive and finite.
    pub fn new(
        size: usize,
        diffusion: f64,
        density: f64,
        time_reversal: TimeReversal,
    ) -> Result<Self, DropletError> {
        require("size of the torus", size as f64, size > 0, "at least 1")?;
        require("diffusion constant", diffusion, diffusion > 0.0 && diffusion.is_finite(), "positive")?;
        require("density of states", density, density > 0.0 && density.is_finite(), "positive")?;
        Ok(Self { size, diffusion, density, time_reversal })
    }

    /// Number of sites.
    pub fn sites(&self) -> usize {
        self.size * self.size
    }

    /// Covariances of the random part `F_1 = -(chi - <chi>)/nu_1` of the inverse spin susceptibility between functions of the sites (Eqs. 7 and 11), all rings counted:
    ///
    /// ```text
    /// <F_ij F_kl> = (beta_c / (pi^2 nu_1^2)) 2 pi T sum_k>0 w_k [R_ijkl + R_ijlk + R_ikjl](w_k),   w_k = 2 pi k T
    /// ```
    ///
    /// which does not depend on the order of i, j, k and l. For one function psi it is `I_FF` of Eq. 35 at this temperature, three equal rings. chi is the response of the density
    /// of one spin to its potential, per site: `-d^2 Omega / du_x du_y`.
    ///
    /// With N sites and P pairs of functions each frequency costs `2 P N^3 + P^2 N^2` operations; there are 17 frequencies and 8 for each factor of 2 from `100 T` to the largest
    /// rate of diffusion.
    ///
    /// # Errors
    ///
    /// A temperature that is not positive and finite; functions that have not one finite number for each site.
    pub fn covariance(
        &self,
        functions: &[Vec<f64>],
        temperature: f64,
    ) -> Result<RingCovariance, DropletError> {
        let half = self.adjacent_rings(functions, temperature)?;
        // three pairings count each ring twice
        Ok(self.combined(&half, |i, j, k, l| half.at(i, j, k, l) + half.at(i, k, j, l) + half.at(i, l, j, k)))
    }

    /// What the rings in which the vertices of `F_ij` and `F_kl` alternate make of [`covariance`](Self::covariance): one of its three terms, the only one counted in the paper (Eqs. A6 to A8),
    ///
    /// ```text
    /// (beta_c / (pi^2 nu_1^2)) 2 pi T sum_k>0 w_k R_ikjl(w_k)
    /// ```
    ///
    /// A third of the whole for one function. It does depend on the order of the four: of two functions a and b `<F_aa F_bb>` is made of rings abab and `<F_ab F_ab>` of rings aabb (Eq. 53).
    ///
    /// # Errors
    ///
    /// As [`covariance`](Self::covariance).
    pub fn alternating_covariance(
        &self,
        functions: &[Vec<f64>],
        temperature: f64,
    ) -> Result<RingCovariance, DropletError> {
        let half = self.adjacent_rings(functions, temperature)?;
        Ok(self.combined(&half, |i, j, k, l| half.at(i, k, j, l) + half.at(i, l, j, k) - half.at(i, j, k, l)))
    }

    /// `2 pi T sum_k>0 w_k [R_ijkl + R_ijlk](w_k) / 2`, the mean of the two rings that have i beside j: the trace of the symmetric parts of `V_i V_j` and `V_k V_l`.
    fn adjacent_rings(
        &self,
        functions: &[Vec<f64>],
        temperature: f64,
    ) -> Result<RingCovariance, DropletError> {
        require_temperature(temperature)?;
        functions.iter().try_for_each(|f| require_profile(f, self.sites()))?;
        let (n, m) = (self.sites(), functions.len());
        let (packed, pairs) = (pairs(n), pairs(m));
        let mut gram = vec![0.0; pairs * pairs];
        let mut square = vec![0.0; n * n];
        let (mut rows, mut columns) = (vec![0.0; packed * pairs], vec![0.0; packed * pairs]);
        let mut sum = vec![0.0; pairs * pairs];
        for (rate, weight) in self.frequencies(temperature, 0.0) {
            let vertices: Vec<Vec<f64>> = self.vertices(functions, rate);
            for j in 0..m {
                for i in 0..=j {
                    product_real(&mut square, &vertices[i], &vertices[j], n, n);
                    let pair = self::pairs(j) + i;
                    let column = &mut columns[pair * packed..(pair + 1) * packed];
                    pack_symmetric_part(&square, n, column);
                    column.iter().enumerate().for_each(|(k, z)| rows[k * pairs + pair] = *z);
                }
            }
            product_real(&mut gram, &rows, &columns, pairs, packed);
            sum.iter_mut().zip(&gram).for_each(|(sum, term)| *sum += weight * term);
        }
        Ok(RingCovariance { functions: m, values: sum })
    }

    /// `beta_c / (pi^2 nu_1^2)` times a sum of rings, over all pairs of functions.
    fn combined(
        &self,
        half: &RingCovariance,
        rings: impl Fn(usize, usize, usize, usize) -> f64,
    ) -> RingCovariance {
        let scale = self.time_reversal.rings() / (PI * self.density).powi(2);
        RingCovariance::from_fn(half.functions, |[i, j, k, l]| scale * rings(i, j, k, l))
    }

    /// Eigenvalues of `D_s^1/2 psi D_s^1/2`, those of `psi^1/2 D_s psi^1/2` for functions psi that are nowhere negative.
    pub(crate) fn vertex_spectrum(&self, profile: &[f64], rate: f64) -> Result<Vec<f64>, DropletError> {
        let vertex = self.vertices(&[profile.to_vec()], rate).swap_remove(0);
        eigen::symmetric_values(&vertex, self.sites()).map_err(|_| DropletError::Eigenvalues)
    }

    /// `D_s^1/2 f D_s^1/2` for each function, n x n and symmetric.
    fn vertices(&self, functions: &[Vec<f64>], rate: f64) -> Vec<Vec<f64>> {
        let n = self.sites();
        let root = self.root(rate);
        let vertex = |f: &Vec<f64>| {
            let scaled: Vec<f64> = (0..n * n).map(|k| f[k % n] * root[k]).collect();
            let mut vertex = vec![0.0; n * n];
            product_real(&mut vertex, &root, &scaled, n, n);
            vertex
        };
        functions.iter().map(vertex).collect()
    }

    /// The root of the matrix of diffusons between sites, symmetric.
    fn root(&self, rate: f64) -> Vec<f64> {
        let size = self.size;
        let wave: Vec<f64> = (0..size).map(|k| (TAU * k as f64 / size as f64).cos()).collect();
        let diffuson = |qx: usize, qy: usize| {
            1.0 / (rate + self.diffusion * (4.0 - 2.0 * wave[qx] - 2.0 * wave[qy])).sqrt()
        };
        // one direction after the other; everything is even in both
        let transform = |f: &dyn Fn(usize, usize) -> f64| {
            let mut out = vec![0.0; size * size];
            for (at, out) in out.iter_mut().enumerate() {
                let (x, q) = (at % size, at / size);
                *out = (0..size).map(|p| wave[p * x % size] * f(p, q)).sum::<f64>() / size as f64;
            }
            out
        };
        let half = transform(&diffuson);
        let between = transform(&|qy, x| half[qy * size + x]);
        let n = self.sites();
        let entry = |k: usize| {
            let (one, other) = (k % n, k / n);
            let x = (one % size).abs_diff(other % size);
            let y = (one / size).abs_diff(other / size);
            between[x * size + y]
        };
        (0..n * n).map(entry).collect()
    }

    /// Frequencies and weights of `2 pi T sum_k>0 w_k F(w_k)` for functions that fall as 1/w^4 or faster once w exceeds the largest rate of diffusion and `potential`: the first
    /// 16 terms, an integral over the rest by Gauss's rule on octaves and, beyond all rates, in 1/w, and what sum and integral differ by in the derivative at its lower end. Good
    /// to some seven digits.
    pub(crate) fn frequencies(&self, temperature: f64, potential: f64) -> Vec<(f64, f64)> {
        const TERMS: usize = 16;
        let step = TAU * temperature;
        let mut nodes: Vec<(f64, f64)> = (1..=TERMS + 1)
            .map(|k| {
                let share = match k {
                    TERMS => 1.0 - 1.0 / 24.0,
                    _ if k > TERMS => 1.0 / 24.0,
                    _ => 1.0,
                };
                (step * k as f64, step * step * k as f64 * share)
            })
            .collect();
        let beyond = 2.0 * (8.0 * self.diffusion + potential);
        let mut from = 1.0 / (step * (TERMS as f64 + 0.5));
        while from > 0.0 {
            let to = if from * beyond <= 1.0 { 0.0 } else { 0.5 * from };
            for (x, weight) in RULE {
                let t = 0.5 * (from + to) + 0.5 * (from - to) * x;
                nodes.push((1.0 / t, 0.5 * (from - to) * weight / t.powi(3)));
            }
            from = to;
        }
        nodes
    }
}

/// The lower triangle of the symmetric part of an n x n matrix, column after column, what stands off the diagonal times sqrt(2): products of two such vectors are traces of products.
fn pack_symmetric_part(square: &[f64], n: usize, out: &mut [f64]) {
    let mut out = out.iter_mut();
    for j in 0..n {
        for (i, entry) in (j..n).zip(&mut out) {
            *entry = if i == j {
                square[j * n + j]
            } else {
                std::f64::consts::FRAC_1_SQRT_2 * (square[j * n + i] + square[i * n + j])
            };
        }
    }
}

/// A Gaussian `exp(-r^2/R^2)` on a torus of size x size sites, with its periodic images, normalised to `sum psi^2 = 1`; `radius` is R and `centre` where it is centred, in lattice
/// constants. Site (x, y) is number `x + size y`.
///
/// # Errors
///
/// No site; a radius that is not positive or exceeds 1000 lattice constants; a centre that is not finite.
pub fn gaussian_on_torus(size: usize, radius: f64, centre: [f64; 2]) -> Result<Vec<f64>, DropletError> {
    require("size of the torus", size as f64, size > 0, "at least 1")?;
    require("radius of the profile", radius, radius > 0.0 && radius <= 1000.0, "above 0, up to 1000")?;
    centre.iter().try_for_each(|&c| require("centre of the profile", c, c.is_finite(), "finite"))?;
    // images further away than this are below exp(-40)
    let reach = (6.4 * radius / size as f64).ceil() as i64 + 1;
    let along = |centre: f64| -> Vec<f64> {
        let image = |x: usize, k: i64| {
            let r = (x as f64 - centre).rem_euclid(size as f64) + (k * size as i64) as f64;
            (-(r / radius).powi(2)).exp()
        };
        (0..size).map(|x| (-reach..=reach).map(|k| image(x, k)).sum()).collect()
    };
    let [x, y] = centre.map(along);
    let psi: Vec<f64> = y.iter().flat_map(|y| x.iter().map(move |x| x * y)).collect();
    let norm = psi.iter().map(|p| p * p).sum::<f64>().sqrt();
    require("radius of the profile", radius, norm > 0.0, "such that some site is within some 25 R")?;
    Ok(psi.iter().map(|p| p / norm).collect())
}

pub(crate) fn require_temperature(temperature: f64) -> Result<(), DropletError> {
    require("temperature", temperature, temperature > 0.0 && temperature.is_finite(), "positive")
}

/// Refuses functions that have not one finite number for each site.
pub(crate) fn require_profile(function: &[f64], sites: usize) -> Result<(), DropletError> {
    require(
        "numbers of a function of the sites",
        function.len() as f64,
        function.len() == sites,
        "one per site",
    )?;
    match function.iter().find(|f| !f.is_finite()) {
        Some(&f) => require("a function of the sites", f, false, "finite"),
        None => Ok(()),
    }
}
