//! The covariance of spin susceptibilities in theory: closed ladders between waves.

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

use super::fermi_poles::fermi_poles;
use crate::diffusons::{RingCovariance, require_temperature};
use crate::droplets::{DropletError, FourierModes, OrbitalModel, require};
use diffuson_linalg::C64;

/// Covariances `<F_ij F_kl>` of the random part `F_1 = -(chi - <chi>)/nu_1` of the inverse spin susceptibility (Eqs. 7 and 11) between modes of the torus, in the model's own
/// ladder: to leading order in 1/n, for waves of any length and any temperature. Rings of pure diffusion,
/// [`RingSum::covariance`](crate::diffusons::RingSum::covariance), are what is left of it where `D q^2` and `2 pi T` are far below 1.
///
/// Four derivatives of the covariance of grand potentials ([`predicted_covariance`](super::predicted_covariance)),
///
/// ```text
/// nu_1^2 <F_ij F_kl> = -beta_c T^2 sum_e1,e2 d^4/da_i da_j db_k db_l ln det[1 - G[u](i e1) G[v](i e2) J],   u = sum_i a_i phi_i,  v = sum_k b_k phi_k
/// ```
///
/// at a = b = 0 in closed form: a sum over partitions of the four waves into vertices and over cyclic orders of these along a ring of ladders `J_q / (1 - G G J_q)`. Six of the
/// twenty-six rings have four vertices and are those of diffusons; the others have fewer ladders. W waves, N sites and P poles of the Fermi function, seventeen at T = 0.05, cost
/// about `2 P^2 W^3 N` complex products.
///
/// # Errors
///
/// A temperature that is not positive and finite; modes of another torus.
pub fn ladder_covariance(
    model: &OrbitalModel,
    modes: &FourierModes,
    temperature: f64,
) -> Result<RingCovariance, DropletError> {
    require_temperature(temperature)?;
    require("sites along a side", modes.size() as f64, modes.size() == model.size(), "those of the model")?;
    let waves = Waves::new(model, modes);
    let count = waves.waves.len();
    let mut sum = vec![0.0; count.pow(3)];
    let poles = fermi_poles(temperature, 2.0);
    for (first, one) in &poles {
        for (second, other) in &poles {
            let [g, f] = [first, second].map(|e| -C64::I * (-(0.5 * e).asinh()).exp());
            // Matsubara energies of opposite and of equal sign; the two others are their complex conjugates
            for f in [f.conj(), f] {
                Ladder::new(&waves, g, f).add(&mut sum, 2.0 * one * other);
            }
        }
    }
    let scale = model.time_reversal().rings() * (temperature / model.density()).powi(2);
    let parts: Vec<Vec<(usize, C64)>> = (0..count).map(|mode| parts(mode, modes.size())).collect();
    Ok(RingCovariance::from_fn(count, |modes| {
        let [i, j, k, l] = modes.map(|mode| &parts[mode]);
        let mut covariance = C64::ZERO;
        for (a, of_a) in i {
            for (b, of_b) in j {
                for (c, of_c) in k {
                    let Some(fourth) = waves.fourth([*a, *b, *c]) else { continue };
                    for (_, of_d) in l.iter().filter(|(d, _)| *d == fourth) {
                        covariance += of_a * of_b * of_c * of_d * sum[(a * count + b) * count + c];
                    }
                }
            }
        }
        scale * covariance.re
    }))
}

/// A mode as plane waves: which, and their amplitudes.
fn parts(mode: usize, size: usize) -> Vec<(usize, C64)> {
    let amplitude = FRAC_1_SQRT_2 / size as f64;
    let pair = mode.div_ceil(2);
    let [along, against] = [2 * pair.max(1) - 1, 2 * pair];
    match mode {
        0 => vec![(0, C64::from(1.0 / size as f64))],
        cosine if cosine % 2 == 1 => vec![(along, C64::from(amplitude)), (against, C64::from(amplitude))],
        _ => vec![(along, -C64::I * amplitude), (against, C64::I * amplitude)],
    }
}

/// Wave vectors of a torus as numbers, `q_x + size q_y` in units of `2 pi / size`, and those among them that modes are made of.
struct Waves {
    sites: usize,
    /// J at each wave vector, even.
    hopping: Vec<f64>,
    /// Sums of two wave vectors.
    sums: Vec<usize>,
    /// The uniform wave, then q and -q of each cosine and sine.
    waves: Vec<usize>,
    /// Place among those of each wave vector, if it is one.
    place: Vec<Option<usize>>,
    /// `-q` of each wave vector.
    opposite: Vec<usize>,
}

impl Waves {
    fn new(model: &OrbitalModel, modes: &FourierModes) -> Self {
        let (size, sites) = (model.size(), model.sites());
        let number = |[x, y]: [i32; 2]| {
            let side = size as i32;
            x.rem_euclid(side) as usize + size * y.rem_euclid(side) as usize
        };
        let sum = |p: usize, q: usize| (p % size + q % size) % size + (p / size + q / size) % size * size;
        let variances = model.variances();
        let transform = |q: usize| {
            let phase = |x: usize| ((q % size) * (x % size) + (q / size) * (x / size)) as f64 / size as f64;
            (0..sites).map(|x| variances[x] * (TAU * phase(x)).cos()).sum()
        };
        let signed = |q: &[i32; 2]| if *q == [0, 0] { vec![*q] } else { vec![*q, [-q[0], -q[1]]] };
        let waves: Vec<usize> = modes.waves().iter().flat_map(signed).map(number).collect();
        Self {
            sites,
            hopping: (0..sites).map(transform).collect(),
            sums: (0..sites * sites).map(|k| sum(k / sites, k % sites)).collect(),
            place: (0..sites).map(|q| waves.iter().position(|wave| *wave == q)).collect(),
            opposite: (0..sites)
                .map(|q| (size - q % size) % size + (size - q / size) % size * size)
                .collect(),
            waves,
        }
    }

    fn sum(&self, p: usize, q: usize) -> usize {
        self.sums[p * self.sites + q]
    }

    /// The wave, by its place, that makes the sum of four vanish, if it is among the waves.
    fn fourth(&self, waves: [usize; 3]) -> Option<usize> {
        let [a, b, c] = waves.map(|wave| self.waves[wave]);
        self.place[self.opposite[self.sum(self.sum(a, b), c)]]
    }
}

/// Green functions of a site at two energies, what fields make of them, and rings of ladders between them.
struct Ladder<'w> {
    of: &'w Waves,
    green: [C64; 2],
    /// By how much ladders of one energy enhance a field, `1 / (1 - G^2 J_q)`.
    dressed: [Vec<C64>; 2],
    /// Rings of one ladder; of two, by wave vector; of three, by two waves; of four, by three.
    one: C64,
    two: Vec<C64>,
    three: Vec<C64>,
    four: Vec<C64>,
}

impl<'w> Ladder<'w> {
    fn new(of: &'w Waves, g: C64, f: C64) -> Self {
        let sites = of.sites;
        let ladder: Vec<C64> = of.hopping.iter().map(|j| *j / (1.0 - g * f * *j)).collect();
        let dressed =
            [g, f].map(|green| of.hopping.iter().map(|j| 1.0 / (1.0 - green * green * *j)).collect());
        // K_p K_p+q
        let product =
            |q: usize| -> Vec<C64> { (0..sites).map(|p| ladder[p] * ladder[of.sum(q, p)]).collect() };
        let products: Vec<Vec<C64>> = of.waves.iter().map(|q| product(*q)).collect();
        // sum over p of K_p K_p+x times another function at p + x + y
        let meet = |x: usize, y: usize, other: &[C64]| -> C64 {
            let shift = of.sum(of.waves[x], of.waves[y]);
            products[x].iter().enumerate().map(|(p, left)| left * other[of.sum(shift, p)]).sum()
        };
        let count = of.waves.len();
        let pairs = || (0..count * count).map(|k| (k / count, k % count));
        Self {
            green: [g, f],
            dressed,
            one: ladder.iter().sum(),
            two: (0..sites).map(|q| product(q).iter().sum()).collect(),
            three: pairs().map(|(x, y)| meet(x, y, &ladder)).collect(),
            four: pairs()
                .flat_map(|(x, y)| products.iter().map(move |z| (x, y, z)))
                .map(|(x, y, z)| meet(x, y, z))
                .collect(),
            of,
        }
    }

    /// Adds the fourth derivative, twice by the first and twice by the second field, of `-weight Re ln det` at any three waves and the one that makes their sum vanish.
    fn add(&self, sum: &mut [f64], weight: f64) {
        let count = self.of.waves.len();
        for (at, sum) in sum.iter_mut().enumerate() {
            let waves = [at / (count * count), at / count % count, at % count];
            if let Some(fourth) = self.of.fourth(waves) {
                let [a, b, c] = waves;
                *sum += weight * self.rings([a, b, c, fourth]).re;
            }
        }
    }

    /// All rings with two waves of the first field and two of the second.
    fn rings(&self, [a, b, c, d]: [usize; 4]) -> C64 {
        let of = self.of;
        let count = of.waves.len();
        let q = |wave: usize| of.waves[wave];
        let two = |x: usize, y: usize| self.two[of.sum(q(x), q(y))];
        let three = |x: usize, y: usize| self.three[x * count + y];
        let four = |x: usize, y: usize, z: usize| self.four[(x * count + y) * count + z];
        let [g, f] = self.green;
        // first and second derivatives of G = 1/(i e - u - sum J G)
        let single = |field: usize, x: usize| self.green[field].powi(2) * self.dressed[field][q(x)];
        let double = |field: usize, x: usize, y: usize| {
            let dressed = |q: usize| self.dressed[field][q];
            2.0 * self.green[field].powi(3) * dressed(q(x)) * dressed(q(y)) * dressed(of.sum(q(x), q(y)))
        };
        let [ga, gb, fc, fd] = [single(0, a), single(0, b), single(1, c), single(1, d)];
        let [gg, ff] = [double(0, a, b), double(1, c, d)];
        let one = self.one * gg * ff;
        let alike = two(a, b) * gg * f * ff * g;
        let mixed = two(a, c) * ga * fc * gb * fd + two(a, d) * ga * fd * gb * fc;
        let alone = |x: usize| self.two[q(x)];
        let triple = (alone(a) + alone(b)) * ga * gb * f * ff + (alone(c) + alone(d)) * fc * fd * g * gg;
        let three = three(a, b) * ga * gb * f * f * ff * g
            + three(c, d) * fc * fd * g * g * gg * f
            + (three(a, c) + three(a, d) + three(b, c) + three(b, d)) * ga * gb * fc * fd * g * f;
        let four = (four(a, b, c) + four(a, b, d) + four(a, c, b)) * ga * gb * fc * fd * (g * f).powi(2);
        one + alike + mixed + triple + 2.0 * (three + four)
    }
}
