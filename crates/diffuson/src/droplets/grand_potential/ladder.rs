//! The covariance of grand potentials in theory: closed ladders on the lattice.

use std::f64::consts::PI;

use super::fermi_poles::fermi_poles;
use super::require_fields;
use crate::diffusons::{require_profile, require_temperature};
use crate::droplets::{DropletError, OrbitalModel, require};
use diffuson_linalg::{C64, SmallLu};

/// `<Omega_e(a) Omega_e(b)>_c` of [`even_grand_potential`](super::even_grand_potential) over samples of the model, for all pairs of fields (row by row, symmetric), to leading order in 1/n
/// but to all orders in the fields.
///
/// With `G_x[u]` the Green function of a site in the potential u, `1/G_x = i e - u_x - sum_y J_xy G_y`,
///
/// ```text
/// <Omega[u] Omega[v]>_c = -beta_c T^2 sum_e1,e2 ln det[1 - G[u](i e1) G[v](i e2) J]
/// ```
///
/// over all Matsubara energies of either sign. To leading order in the fields and where diffusion is slow this is six directed rings of four diffusons, two in which the fields a and
/// b alternate and four in which they do not; whoever counts k of the six predicts `k/6` of it. Sums over energies by poles of a Pade approximant, good to some six digits at T = 0.02 and a = 0.1; N sites and M fields cost
/// about `2 M^2 P^2` determinants of N rows for P poles, some twenty at T = 0.02.
///
/// # Errors
///
/// A temperature that is not positive and finite; fields or profile that are not finite; a profile of another number of sites; [`DropletError::NotConverged`] or [`DropletError::Eigenvalues`] if
/// the Green function is not found.
pub fn predicted_covariance(
    model: &OrbitalModel,
    profile: &[f64],
    fields: &[f64],
    temperature: f64,
) -> Result<Vec<f64>, DropletError> {
    require_temperature(temperature)?;
    require_fields(fields)?;
    require_profile(profile, model.sites())?;
    let variances = model.variances();
    let strongest =
        fields.iter().flat_map(|a| profile.iter().map(move |p| (a * p).abs())).fold(0.0, f64::max);
    let poles = fermi_poles(temperature, 2.0 + strongest);
    // no field comes first
    let with_none: Vec<f64> = std::iter::once(0.0).chain(fields.iter().copied()).collect();
    let mut green: Vec<Vec<Vec<C64>>> = Vec::with_capacity(with_none.len());
    for field in &with_none {
        let potential: Vec<f64> = profile.iter().map(|p| field * p).collect();
        let at = |&(energy, _): &(f64, f64)| site_green_function(&variances, &potential, energy);
        green.push(poles.iter().map(at).collect::<Result<_, _>>()?);
    }
    let mut ladder = Ladder::new(&variances, model.sites());
    let mut even = |a: usize, b: usize| -> Result<f64, DropletError> {
        let mut sum = 0.0;
        for (i, (_, first)) in poles.iter().enumerate() {
            let from = if a == b { i } else { 0 };
            for (j, (_, second)) in poles.iter().enumerate().skip(from) {
                let twice = if a == b && j > i { 2.0 } else { 1.0 };
                let (g, f) = (&green[a][i], &green[b][j]);
                let opposite = ladder.even(g, f, true)?;
                // without field the two signs are alike
                let same = if a * b == 0 { opposite } else { ladder.even(g, f, false)? };
                sum += twice * first * second * (opposite + same);
            }
        }
        Ok(-2.0 * model.time_reversal().rings() * temperature * temperature * sum)
    };
    let m = fields.len();
    let none = even(0, 0)?;
    let one = (1..=m).map(|a| even(a, 0)).collect::<Result<Vec<f64>, _>>()?;
    let mut covariance = vec![0.0; m * m];
    for a in 0..m {
        for b in 0..=a {
            let value = even(a + 1, b + 1)? - one[a] - one[b] + none;
            covariance[a * m + b] = value;
            covariance[b * m + a] = value;
        }
    }
    Ok(covariance)
}

/// `I_FF = <(psi F_1 psi)^2>` (Eq. 35) of the model's own ladder, `4 <Omega_e(a)^2>_c / (nu_1 a^2)^2` as a goes to 0: to some 3e-4 at T = 0.01 and above; differences lose digits as 1/T^2 and are off by some 3e-3 at T = 0.001. Pure diffusion, of which
/// [`RingSum::covariance`](crate::diffusons::RingSum::covariance) is made, holds for frequencies `2 pi T` and wave vectors far below 1: with `J_1 = 0.2` at T = 0.05 on 8 x 8 sites the ladder's
/// is 0.94 of it for a Gaussian of R = 2 lattice constants, 1.18 for R = 1.
///
/// # Errors
///
/// As [`predicted_covariance`]; a profile that vanishes everywhere.
pub fn predicted_variance(
    model: &OrbitalModel,
    profile: &[f64],
    temperature: f64,
) -> Result<f64, DropletError> {
    let highest = profile.iter().fold(0.0f64, |m, p| m.max(p.abs()));
    require("largest value of the profile", highest, highest > 0.0, "above 0")?;
    // small against 2 pi T, large enough for fourth differences
    let field = 0.3 * temperature / highest;
    let covariance = predicted_covariance(model, profile, &[field, 2.0 * field], temperature)?;
    let [near, far] = [(covariance[0], field), (covariance[3], 2.0 * field)]
        .map(|(variance, field)| 4.0 * variance / (model.density() * field * field).powi(2));
    Ok((4.0 * near - far) / 3.0)
}

/// [`predicted_covariance`] with pure diffusion, `1/(s + D (4 - 2 cos q_x - 2 cos q_y))`, and a field that changes nothing but energies: what the theory of droplets uses.
///
/// ```text
/// <Omega_e(a) Omega_e(b)>_c = [V(a-b) + V(a+b)]/2 - V(a) - V(b),   V(h) = -(beta_c/4 pi^2) 2 pi T sum_k>0 w_k Tr ln(1 + h^2 A^2),   w_k = 2 pi k T
/// ```
///
/// A = `psi^1/2 D_w psi^1/2`, the matrix of diffusons between sites. To leading order in the fields it is `a^2 b^2 nu_1^2 / 4` times [`covariance`](crate::diffusons::RingSum::covariance) of psi: six
/// directed rings, of which counting k gives `k/6`. With both spins four times as much.
///
/// # Errors
///
/// A temperature that is not positive and finite; fields or profile that are not finite; a profile of another number of sites; [`DropletError::Eigenvalues`].
pub fn diffusive_covariance(
    model: &OrbitalModel,
    profile: &[f64],
    fields: &[f64],
    temperature: f64,
) -> Result<Vec<f64>, DropletError> {
    require_temperature(temperature)?;
    require_fields(fields)?;
    require_profile(profile, model.sites())?;
    let rings = model.rings()?;
    let m = fields.len();
    let strongest =
        fields.iter().flat_map(|a| profile.iter().map(move |p| (a * p).abs())).fold(0.0, f64::max);
    let mut covariance = vec![0.0; m * m];
    for (rate, weight) in rings.frequencies(temperature, 2.0 * strongest) {
        let scale = -model.time_reversal().rings() * weight / (4.0 * PI * PI);
        for mode in rings.vertex_spectrum(profile, rate)? {
            let log = |h: f64| (h * mode).powi(2).ln_1p();
            for (k, value) in covariance.iter_mut().enumerate() {
                let (a, b) = (fields[k / m], fields[k % m]);
                *value += scale * (0.5 * (log(a - b) + log(a + b)) - log(a) - log(b));
            }
        }
    }
    Ok(covariance)
}

/// `1/G_x = i e - u_x - sum_y J_xy G_y` with Im G < 0, e > 0, by iteration with half steps: it contracts, most slowly at the smallest energies.
fn site_green_function(variances: &[f64], potential: &[f64], energy: f64) -> Result<Vec<C64>, DropletError> {
    const STEPS: usize = 200_000;
    const GOAL: f64 = 1e-14;
    let sites = potential.len();
    let neighbours: Vec<Vec<(usize, f64)>> = (0..sites)
        .map(|x| (0..sites).map(|y| (y, variances[x * sites + y])).filter(|(_, j)| *j > 0.0).collect())
        .collect();
    let mut green = vec![-C64::I * (-(0.5 * energy).asinh()).exp(); sites];
    let mut next = green.clone();
    let mut change = f64::INFINITY;
    for _ in 0..STEPS {
        change = 0.0f64;
        for (x, next) in next.iter_mut().enumerate() {
            let around: C64 = neighbours[x].iter().map(|&(y, j)| j * green[y]).sum();
            let wanted = 1.0 / (C64::new(-potential[x], energy) - around);
            *next = 0.5 * (green[x] + wanted);
            change = change.max((wanted - green[x]).norm());
        }
        std::mem::swap(&mut green, &mut next);
        if change < GOAL {
            return Ok(green);
        }
    }
    let what = "self-consistent Green function of a site";
    Err(DropletError::NotConverged { what, residual: change, steps: STEPS, goal: GOAL })
}

/// Determinants of ladders between sites.
struct Ladder {
    sites: usize,
    /// For each row its neighbours, J_xy.
    neighbours: Vec<Vec<(usize, f64)>>,
    square: Vec<C64>,
    lu: SmallLu,
}

impl Ladder {
    fn new(variances: &[f64], sites: usize) -> Self {
        let row =
            |x: usize| (0..sites).map(|y| (y, variances[x * sites + y])).filter(|(_, j)| *j > 0.0).collect();
        Self {
            sites,
            neighbours: (0..sites).map(row).collect(),
            square: vec![C64::ZERO; sites * sites],
            lu: SmallLu::new(sites),
        }
    }

    /// `ln |det(1 - p J) det(1 + p J)| / 2`, the mean over both signs of one of the two fields, with `p = g f^*` (Matsubara energies of opposite sign) or `p = g f`.
    fn even(&mut self, g: &[C64], f: &[C64], opposite: bool) -> Result<f64, DropletError> {
        let n = self.sites;
        let p: Vec<C64> = g.iter().zip(f).map(|(g, f)| g * if opposite { f.conj() } else { *f }).collect();
        self.square.fill(C64::ZERO);
        for x in 0..n {
            for &(y, j) in &self.neighbours[x] {
                for &(z, k) in &self.neighbours[y] {
                    self.square[x * n + z] += p[x] * p[y] * (j * k);
                }
            }
        }
        for x in 0..n {
            for z in 0..n {
                let one = if x == z { 1.0 } else { 0.0 };
                self.lu.set(x, z, one - self.square[x * n + z]);
            }
        }
        // a determinant that vanishes is that of a Green function that was not found
        self.lu.factorise().map_err(|_| DropletError::Eigenvalues)?;
        Ok(0.5 * self.lu.ln_modulus())
    }
}
