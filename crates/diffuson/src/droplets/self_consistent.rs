//! Droplets of one sample: spin densities that make the exchange field they need (Eq. 9).
//!
//! Spins feel `H -+ h`, the exchange field h being `h_i = u_i sigma_i` in some orthonormal functions of the sites, sigma = n_up - n_down, `u_i = |F_0| / (2 chi_i)` with the mean
//! susceptibility chi_i of one spin (nu_1 per site for long waves). Solutions are the stationary points of the grand potential
//!
//! ```text
//! Omega[h] = sum_{s = +-} Omega_0[H - s h] + sum_i h_i^2/(2 u_i),    Omega_0[H] = -T sum_a ln(1 + exp(-E_a/T)),
//! ```
//!
//! of which the paramagnet h = 0 is one. Close to it, with `h_i = sqrt(2 u_i) z_i`, Omega rises by `z (1 + F_0 + F_1) z`, `F_1 = |F_0| (1 - chi)` with chi per mean: it is stable as long as that has no
//! eigenvalue below 0.

use super::states::{States, validate};
use super::{DropletError, FourierModes, Susceptibility, require};
use crate::audit::{Audit, laws};
use crate::thermal::fermi;
use diffuson_linalg::{C64, Matrix, eigen};

/// Exchange between spins on a square torus.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    size: usize,
    triplet: f64,
    /// Orthonormal functions of the sites that the field is made of, one after the other; none: every site.
    functions: Option<Vec<f64>>,
    /// u of each.
    strengths: Vec<f64>,
}

/// The softest fluctuation of the paramagnet.
#[derive(Clone, Debug, PartialEq)]
pub struct Instability {
    /// Lowest eigenvalue of `1 + F_0 + F_1`: the paramagnet is unstable below 0.
    pub eigenvalue: f64,
    /// Its exchange field on the sites, with `sum_i h_i^2/(2 u_i) = 1`.
    pub field: Vec<f64>,
    /// The spin density `2 chi h` that it makes, on the sites.
    pub spin_density: Vec<f64>,
    /// Its vector z.
    direction: Vec<f64>,
}

/// A self-consistent solution that lies below the paramagnet.
#[derive(Clone, Debug, PartialEq)]
pub struct Droplet {
    /// `sigma(x) = n_up - n_down` per site; its sum is not negative.
    pub spin_density: Vec<f64>,
    /// Exchange field on the sites, in energy.
    pub field: Vec<f64>,
    /// `S = sum sigma`: unpaired spins.
    pub spin: f64,
    /// S of Eqs. 13 and 14: one mode, whose amplitude is stopped by its quartic term alone. None if that term does not stop it.
    pub single_mode_spin: Option<f64>,
    /// `<r^2>^{1/2}` of the weights sigma^2, r from the site about which it is smallest, the shortest way round the torus; in sites.
    pub radius: f64,
    /// `(sum sigma^2)^2 / sum sigma^4`: sites it lives on.
    pub participation: f64,
    /// Grand potential less that of the paramagnet, below 0.
    pub energy: f64,
    /// Fields of which the states were computed.
    pub evaluations: usize,
    /// Self-consistency, gain of energy.
    pub audit: Audit,
}

/// What may be left of the equation of self-consistency, per field.
const GOAL: f64 = 1e-8;

/// Fields tried before a droplet is given up.
const EVALUATIONS: usize = 400;

/// Times that a step is shortened.
const SHORTENED: usize = 6;

/// Differences of grand potentials that are rounding, per size.
const ROUNDING: f64 = 1e-12;

impl Exchange {
    /// Every site by itself: `u = |F_0| / (2 nu_1)`. Its instability is that of single sites, which no theory of diffusion describes; droplets much larger than a mean free path are those of
    /// [`long_waves`](Self::long_waves).
    ///
    /// # Errors
    /// No site, a triplet constant F_0 outside [-2, 0), a density that is not positive.
    pub fn local(size: usize, triplet: f64, density: f64) -> Result<Self, DropletError> {
        require("sites along a side", size as f64, size > 0, "at least 1")?;
        require("density of states", density, density > 0.0 && density.is_finite(), "positive")?;
        let strengths = vec![strength(triplet, density)?; size * size];
        Ok(Self { size, triplet, functions: None, strengths })
    }

    /// Long waves alone, each with its own mean susceptibility of one spin (the diagonal of the projected mean of chi), so that fluctuations around the mean are all that makes one
    /// differ from another.
    ///
    /// # Errors
    /// A triplet constant F_0 outside [-2, 0), means that are not positive or not one per mode.
    pub fn long_waves(modes: &FourierModes, triplet: f64, means: &[f64]) -> Result<Self, DropletError> {
        require("mean susceptibilities", means.len() as f64, means.len() == modes.count(), "one per mode")?;
        let least = means.iter().copied().fold(f64::INFINITY, f64::min);
        let finite = means.iter().all(|m| m.is_finite());
        require("mean susceptibility", least, least > 0.0 && finite, "positive")?;
        let strengths = means.iter().map(|&mean| strength(triplet, mean)).collect::<Result<_, _>>()?;
        Ok(Self { size: modes.size(), triplet, functions: Some(modes.values().to_vec()), strengths })
    }

    /// The triplet constant F_0.
    pub fn triplet(&self) -> f64 {
        self.triplet
    }

    fn sites(&self) -> usize {
        self.size * self.size
    }

    /// `sqrt(2 u_i)` times the projection on function i.
    fn project(&self, function: &[f64]) -> Vec<f64> {
        let scaled = |(x, u): (f64, &f64)| x * (2.0 * u).sqrt();
        match &self.functions {
            None => function.iter().copied().zip(&self.strengths).map(scaled).collect(),
            Some(functions) => {
                let along = functions.chunks_exact(self.sites()).map(|phi| dot(phi, function));
                along.zip(&self.strengths).map(scaled).collect()
            }
        }
    }

    /// The field `sum_i sqrt(2 u_i) z_i phi_i(x)`: the transpose of [`project`](Self::project).
    fn field(&self, z: &[f64]) -> Vec<f64> {
        let scaled = z.iter().zip(&self.strengths).map(|(z, u)| z * (2.0 * u).sqrt());
        match &self.functions {
            None => scaled.collect(),
            Some(functions) => {
                let mut field = vec![0.0; self.sites()];
                for (phi, z) in functions.chunks_exact(self.sites()).zip(scaled) {
                    field.iter_mut().zip(phi).for_each(|(h, phi)| *h += z * phi);
                }
                field
            }
        }
    }
}

fn strength(triplet: f64, mean: f64) -> Result<f64, DropletError> {
    require("triplet constant F_0", triplet, (-2.0..0.0).contains(&triplet), "from -2 to below 0")?;
    Ok(-triplet / (2.0 * mean))
}

impl Instability {
    /// Of one sample, by its susceptibility.
    ///
    /// # Errors
    /// A susceptibility of another number of sites.
    pub fn new(susceptibility: &Susceptibility, exchange: &Exchange) -> Result<Self, DropletError> {
        let sites = susceptibility.sites();
        require(
            "sites of the susceptibility",
            sites as f64,
            sites == exchange.sites(),
            "those of the exchange",
        )?;
        let chi = susceptibility.values();
        let count = exchange.strengths.len();
        let apply = |h: &[f64]| -> Vec<f64> { chi.chunks_exact(sites).map(|row| dot(row, h)).collect() };
        let mut matrix = Vec::with_capacity(count * count);
        let mut unit = vec![0.0; count];
        for k in 0..count {
            unit[k] = 1.0;
            let column = exchange.project(&apply(&exchange.field(&unit)));
            matrix.extend(column.iter().enumerate().map(|(i, c)| if i == k { 1.0 - c } else { -c }));
            unit[k] = 0.0;
        }
        let found = eigen::symmetric(&matrix, count).map_err(|_| DropletError::Eigenvalues)?;
        let direction = found.vectors[..count].to_vec();
        let field = exchange.field(&direction);
        let spin_density = apply(&field).iter().map(|n| 2.0 * n).collect();
        Ok(Self { eigenvalue: found.values[0], field, spin_density, direction })
    }
}

/// The droplet that a sample forms: none if its paramagnet is stable, which its [`Instability`] says.
///
/// Starts from the unstable fluctuation, with the amplitude that its quartic term gives. A step `h -> u sigma[h]` never raises Omega, because Omega_0 is concave in the field; quasi-Newton steps take its
/// place as long as they lower it, too. Ends when `|u sigma - h| < 1e-8 |h|` in the norm of z. Every field takes
/// two diagonalisations.
///
/// # Errors
/// A Hamiltonian that is not Hermitian or has not `orbitals` states on each site of the exchange, a temperature that is not positive, an iteration that does not converge.
pub fn solve_droplet(
    hamiltonian: &Matrix,
    orbitals: usize,
    exchange: &Exchange,
    temperature: f64,
    instability: &Instability,
) -> Result<Option<Droplet>, DropletError> {
    let sites = validate(hamiltonian, orbitals, temperature)?;
    require("sites of the sample", sites as f64, sites == exchange.sites(), "those of the exchange")?;
    let modes = instability.direction.len();
    require(
        "modes of the instability",
        modes as f64,
        modes == exchange.strengths.len(),
        "those of the exchange",
    )?;
    if instability.eigenvalue >= 0.0 {
        return Ok(None);
    }
    let mut sample = Sample { hamiltonian, orbitals, exchange, temperature, evaluations: 0 };
    let paramagnet = sample.at(&vec![0.0; modes])?.grand_potential;
    let (mut state, quartic) = sample.start(instability, paramagnet)?;
    let mut curvature = Curvature::new(modes);
    while state.residual() > GOAL * norm(&state.z) {
        if sample.evaluations >= EVALUATIONS {
            return Err(DropletError::NotConverged {
                what: "droplet",
                residual: state.residual() / norm(&state.z),
                steps: sample.evaluations,
                goal: GOAL,
            });
        }
        let next = match sample.descend(&state, &curvature.step(&state.gradient()))? {
            Some(next) => next,
            None => {
                curvature = Curvature::new(modes);
                sample.at(&state.image)?
            }
        };
        curvature.learn(&difference(&next.z, &state.z), &difference(&next.gradient(), &state.gradient()));
        state = next;
    }
    Ok(Some(droplet(&sample, instability, state, paramagnet, quartic)))
}

/// One sample in exchange fields.
struct Sample<'s> {
    hamiltonian: &'s Matrix,
    orbitals: usize,
    exchange: &'s Exchange,
    temperature: f64,
    evaluations: usize,
}

/// What a field does.
struct State {
    z: Vec<f64>,
    /// z of the field that the spins make.
    image: Vec<f64>,
    spin_density: Vec<f64>,
    grand_potential: f64,
}

impl State {
    /// Of Omega in z.
    fn gradient(&self) -> Vec<f64> {
        difference(&self.z, &self.image).iter().map(|r| 2.0 * r).collect()
    }

    fn residual(&self) -> f64 {
        norm(&difference(&self.image, &self.z))
    }
}

impl Sample<'_> {
    fn at(&mut self, z: &[f64]) -> Result<State, DropletError> {
        self.evaluations += 1;
        let field = self.exchange.field(z);
        let mut grand_potential = dot(z, z);
        let mut spin_density = vec![0.0; field.len()];
        for sign in [1.0, -1.0] {
            let mut shifted = self.hamiltonian.clone();
            for k in 0..shifted.rows() {
                shifted[(k, k)] -= C64::from(sign * field[k / self.orbitals]);
            }
            let states = States::new(&shifted)?;
            let t = self.temperature;
            let occupied: Vec<f64> = states.levels.iter().map(|e| fermi(e / t)).collect();
            grand_potential +=
                states.levels.iter().map(|e| e.min(0.0) - t * (-e.abs() / t).exp().ln_1p()).sum::<f64>();
            let density = states.density(self.orbitals, &occupied);
            spin_density.iter_mut().zip(density).for_each(|(sigma, n)| *sigma += sign * n);
        }
        // h = u sigma, h = sqrt(2 u) z
        let image = self.exchange.project(&spin_density).iter().map(|s| 0.5 * s).collect();
        Ok(State { z: z.to_vec(), image, spin_density, grand_potential })
    }

    /// The state a step leads to, shortened until it lowers Omega; none if it leads up or nowhere. Where Omega no longer tells, being rounded, a smaller slope
    /// along the step does.
    fn descend(&mut self, from: &State, step: &[f64]) -> Result<Option<State>, DropletError> {
        let slope = dot(&from.gradient(), step);
        let rounding = ROUNDING * (1.0 + from.grand_potential.abs());
        let mut length = 1.0;
        for _ in 0..SHORTENED {
            if !(slope < 0.0) {
                return Ok(None);
            }
            let z: Vec<f64> = from.z.iter().zip(step).map(|(z, s)| z + length * s).collect();
            let to = self.at(&z)?;
            let change = to.grand_potential - from.grand_potential;
            let settled = change.abs() < rounding && dot(&to.gradient(), step).abs() < -0.9 * slope;
            if settled || change <= 1e-4 * length * slope {
                return Ok(Some(to));
            }
            // where the parabola through both values and the slope is lowest
            let lowest = -0.5 * length * length * slope / (change - length * slope);
            length = lowest.clamp(0.1 * length, 0.5 * length);
        }
        Ok(None)
    }

    /// A state below the paramagnet, along the unstable direction, and c of `Omega = Omega_0 + lambda t^2 + c t^4`.
    fn start(&mut self, instability: &Instability, paramagnet: f64) -> Result<(State, f64), DropletError> {
        let along = |t: f64| -> Vec<f64> { instability.direction.iter().map(|z| t * z).collect() };
        let largest = instability.field.iter().map(|h| h.abs()).fold(0.0, f64::max);
        // fields of half the temperature and a quarter: the quartic term is seen, the next one is taken off
        let probe = 0.5 * self.temperature / largest;
        let mut quartic = |t: f64| -> Result<f64, DropletError> {
            let raised = self.at(&along(t))?.grand_potential - paramagnet;
            Ok((raised - instability.eigenvalue * t * t) / t.powi(4))
        };
        let quartic = (4.0 * quartic(0.5 * probe)? - quartic(probe)?) / 3.0;
        let widest = 8.0 * probe;
        let stopped = if quartic > 0.0 { (-0.5 * instability.eigenvalue / quartic).sqrt() } else { widest };
        let mut t = stopped.min(widest);
        loop {
            let state = self.at(&along(t))?;
            if state.grand_potential < paramagnet {
                return Ok((state, quartic));
            }
            t *= 0.5;
            if self.evaluations >= EVALUATIONS {
                return Err(DropletError::NotConverged {
                    what: "start of a droplet below the paramagnet",
                    residual: state.grand_potential - paramagnet,
                    steps: self.evaluations,
                    goal: 0.0,
                });
            }
        }
    }
}

/// The inverse matrix of second derivatives of Omega in z, from the gradients met so far (Broyden, Fletcher, Goldfarb and Shanno: J. Nocedal and S. J. Wright, Numerical Optimization, 2006, ch. 6).
/// The first is 1/2, with which a step is the plain one.
struct Curvature {
    inverse: Vec<f64>,
    modes: usize,
}

impl Curvature {
    fn new(modes: usize) -> Self {
        let inverse = (0..modes * modes).map(|k| if k % (modes + 1) == 0 { 0.5 } else { 0.0 }).collect();
        Self { inverse, modes }
    }

    fn step(&self, gradient: &[f64]) -> Vec<f64> {
        self.inverse.chunks_exact(self.modes).map(|row| -dot(row, gradient)).collect()
    }

    /// The change of the gradient along a step. Where Omega is not convex the step teaches nothing.
    fn learn(&mut self, step: &[f64], change: &[f64]) {
        let product = dot(step, change);
        if !(product > 1e-10 * norm(step) * norm(change)) {
            return;
        }
        let image: Vec<f64> = self.inverse.chunks_exact(self.modes).map(|row| dot(row, change)).collect();
        let scale = (1.0 + dot(change, &image) / product) / product;
        for (i, row) in self.inverse.chunks_exact_mut(self.modes).enumerate() {
            for (j, entry) in row.iter_mut().enumerate() {
                *entry += scale * step[i] * step[j] - (image[i] * step[j] + step[i] * image[j]) / product;
            }
        }
    }
}

fn droplet(
    sample: &Sample,
    instability: &Instability,
    state: State,
    paramagnet: f64,
    quartic: f64,
) -> Droplet {
    let total: f64 = state.spin_density.iter().sum();
    let sign = if total < 0.0 { -1.0 } else { 1.0 };
    let spin_density: Vec<f64> = state.spin_density.iter().map(|s| sign * s).collect();
    let amplitude = (-0.5 * instability.eigenvalue / quartic).sqrt();
    let single: f64 = amplitude * instability.spin_density.iter().sum::<f64>();
    let energy = state.grand_potential - paramagnet;
    let squares: f64 = spin_density.iter().map(|s| s * s).sum();
    let fourth: f64 = spin_density.iter().map(|s| s.powi(4)).sum();
    let mut audit = Audit::default();
    audit.record(laws::SELF_CONSISTENCY, state.residual() / norm(&state.z), GOAL);
    audit.record(laws::ENERGY_GAIN, (energy / sample.temperature).max(0.0), 0.0);
    Droplet {
        field: sample.exchange.field(&state.z).iter().map(|h| sign * h).collect(),
        spin: total.abs(),
        single_mode_spin: (quartic > 0.0).then_some(single.abs()),
        radius: radius(&spin_density, sample.exchange.size),
        participation: squares * squares / fourth,
        energy,
        evaluations: sample.evaluations,
        audit,
        spin_density,
    }
}

/// Root of the mean square distance with the weights sigma^2, from the site about which it is smallest.
fn radius(spin_density: &[f64], size: usize) -> f64 {
    let shortest = |a: usize, b: usize| {
        let distance = a.abs_diff(b);
        distance.min(size - distance).pow(2) as f64
    };
    let along = |weights: &[f64]| {
        let about = |c: usize| weights.iter().enumerate().map(|(x, w)| w * shortest(x, c)).sum::<f64>();
        (0..size).map(about).fold(f64::INFINITY, f64::min)
    };
    let (mut columns, mut rows) = (vec![0.0; size], vec![0.0; size]);
    for (site, sigma) in spin_density.iter().enumerate() {
        columns[site % size] += sigma * sigma;
        rows[site / size] += sigma * sigma;
    }
    ((along(&columns) + along(&rows)) / columns.iter().sum::<f64>()).sqrt()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}
