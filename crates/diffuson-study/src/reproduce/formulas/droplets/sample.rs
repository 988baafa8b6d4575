//! Section II and Eqs. A1 to A5: what is said of one arrangement of impurities, on single samples of the orbital model. Grand potentials come from eigenvalues, susceptibilities from Green
//! functions or pairs of levels, droplets from the self-consistent field.

use super::{Arguments, Once, Refused, once};
use crate::strip::Deviations;
use diffuson::diffusons::gaussian_on_torus;
use diffuson::droplets::{
    Droplet, Exchange, FourierModes, Instability, OrbitalModel, StonerMetal, Susceptibility, TimeReversal,
    between_places, even_grand_potential, hartree_fock_susceptibility, solve_droplet, static_susceptibility,
    susceptibility_of_levels,
};
use diffuson::{C64, Matrix};
use diffuson_ensemble::random::Realisation;
use std::sync::OnceLock;

/// Sites along a side, orbitals per site, T: 75 states, some ten of them in the Fermi window.
const SIZE: usize = 5;
const ORBITALS: usize = 3;
const TEMPERATURE: f64 = 0.1;
/// Waves that the exchange field is made of.
const WAVES: usize = 9;
/// R of Gaussian profiles, and where they are centred: sites (1, 1) and (3, 2).
const RADIUS: f64 = 1.2;
const PLACES: [[usize; 2]; 2] = [[1, 1], [3, 2]];
/// Poles of the Fermi function, for levels up to some 2: the error is rounding.
const POLES: usize = 30;
/// Energy of fields of which derivatives at 0 are taken: the next order is taken off, what is left is `(FIELD/T)^4`, and rounding is `1e-14/FIELD^2`.
const FIELD: f64 = 0.01;

/// A sample, and its susceptibility by both routes.
struct Sample {
    hamiltonian: Matrix,
    density: f64,
    by_levels: Susceptibility,
    by_green_functions: Susceptibility,
}

fn sample() -> Result<&'static Sample, Refused> {
    static SAMPLE: Once<Sample> = OnceLock::new();
    once(&SAMPLE, || {
        let model = OrbitalModel::new(SIZE, ORBITALS, 0.2, TimeReversal::Unbroken)?;
        let hamiltonian = model.sample(&Deviations(Realisation::new(2000, 0)));
        Ok(Sample {
            by_levels: susceptibility_of_levels(&hamiltonian, ORBITALS, TEMPERATURE)?,
            by_green_functions: static_susceptibility(&hamiltonian, ORBITALS, TEMPERATURE, POLES)?,
            density: model.density(),
            hamiltonian,
        })
    })
}

impl Sample {
    /// What a field costs, spins up and down together, of itself and without the energy of the exchange: `Omega[h] - Omega[0]`.
    fn cost(&self, field: &[f64]) -> Result<f64, Refused> {
        let one = even_grand_potential(&self.hamiltonian, ORBITALS, field, &[1.0], TEMPERATURE)?;
        Ok(2.0 * one.values[0])
    }

    /// `[c_2, c_4]` of `Omega[t h] - Omega[0] = c_2 t^2 + c_4 t^4 + ...`, from t of one unit and the roots of 2 and 3, t^6 taken off.
    fn orders(&self, field: &[f64], unit: f64) -> Result<[f64; 2], Refused> {
        let at = |k: f64| -> Result<f64, Refused> {
            let t = unit * k.sqrt();
            let scaled: Vec<f64> = field.iter().map(|h| t * h).collect();
            Ok(self.cost(&scaled)? / (t * t))
        };
        Ok(parabola([at(1.0)?, at(2.0)?, at(3.0)?], unit * unit))
    }

    fn exchange(&self, triplet: f64) -> Result<Exchange, Refused> {
        let modes = FourierModes::new(SIZE, WAVES)?;
        Ok(Exchange::long_waves(&modes, triplet, &[self.density; WAVES])?)
    }

    /// F_0 at which `1 + F_0 + F_1`, linear in F_0, has the lowest eigenvalue asked for.
    fn triplet(&self, eigenvalue: f64) -> Result<f64, Refused> {
        let half = Instability::new(&self.by_levels, &self.exchange(-0.5)?)?.eigenvalue;
        Ok(0.5 * (eigenvalue - 1.0) / (1.0 - half))
    }

    /// The softest fluctuation and the droplet at that eigenvalue, below 0, and F_0.
    fn droplet(&self, eigenvalue: f64) -> Result<(Instability, Droplet, f64), Refused> {
        let triplet = self.triplet(eigenvalue)?;
        let exchange = self.exchange(triplet)?;
        let instability = Instability::new(&self.by_levels, &exchange)?;
        let found = solve_droplet(&self.hamiltonian, ORBITALS, &exchange, TEMPERATURE, &instability)?;
        Ok((instability, found.ok_or("the sample has no droplet")?, triplet))
    }

    /// The whole of Omega less that of the paramagnet: with the energy of the exchange, `h^2/2u`, `u = |F_0|/2 nu_1`, of a field within its waves.
    fn whole(&self, field: &[f64], triplet: f64) -> Result<f64, Refused> {
        let squares: f64 = field.iter().map(|h| h * h).sum();
        Ok(self.cost(field)? - squares * self.density / triplet)
    }
}

/// `[f(0), f'(0)]` of a parabola from its values at one, two and three steps.
fn parabola([one, two, three]: [f64; 3], step: f64) -> [f64; 2] {
    let curvature = 0.5 * (three - 2.0 * two + one);
    let slope = two - one - 3.0 * curvature;
    [one - slope - curvature, slope / step]
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn site([x, y]: [usize; 2]) -> usize {
    x + SIZE * y
}

fn gaussian([x, y]: [usize; 2]) -> Result<Vec<f64>, Refused> {
    Ok(gaussian_on_torus(SIZE, RADIUS, [x as f64, y as f64])?)
}

/// `sum_xy a(x) kernel(x, y) b(y)`.
fn between(kernel: &[f64], a: &[f64], b: &[f64]) -> f64 {
    kernel.chunks_exact(b.len()).zip(a).map(|(row, a)| a * dot(row, b)).sum()
}

/// `-d^2 Omega/(d s d t)` of a field `s a + t b`, over 2: what chi is between them, by eigenvalues.
fn response(sample: &Sample, a: &[f64], b: &[f64]) -> Result<f64, Refused> {
    let along = |sign: f64| -> Result<f64, Refused> {
        let field: Vec<f64> = a.iter().zip(b).map(|(a, b)| a + sign * b).collect();
        Ok(sample.orders(&field, FIELD)?[0])
    };
    Ok(-0.25 * (along(1.0)? - along(-1.0)?))
}

/// The mean over samples and the five longest waves of the susceptibility of one spin, over nu_1.
fn mean_susceptibility(samples: u64) -> Result<f64, Refused> {
    let model = OrbitalModel::new(6, ORBITALS, 0.2, TimeReversal::Unbroken)?;
    let modes = FourierModes::new(6, 5)?;
    let mut sum = 0.0;
    for n in 0..samples {
        let hamiltonian = model.sample(&Deviations(Realisation::new(2000, n)));
        let chi = susceptibility_of_levels(&hamiltonian, ORBITALS, TEMPERATURE)?;
        let projected = modes.project(chi.values())?;
        sum += (0..5).map(|k| projected[6 * k]).sum::<f64>() / 5.0;
    }
    Ok(sum / (samples as f64 * model.density()))
}

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    Ok(Some(match name {
        "U nu where 1/chi vanishes" => {
            let density = 0.7;
            let inverse = |u: f64| Ok(1.0 / hartree_fock_susceptibility(density, u));
            super::super::root(-3.0 / density, -0.1 / density, inverse)? * density
        }
        // the lowest point of the potential, where its slope by differences changes sign
        "spin density of least potential over Eq. 6" => {
            let metal = StonerMetal::new(at.get("distance")?, at.get("quartic")?)?;
            let slope = |s: f64| Ok(metal.potential(s + 1e-5) - metal.potential(s - 1e-5));
            let [low, high] = [0.3, 3.0].map(|factor| factor * metal.spin_density());
            super::super::root(low, high, slope)? / metal.spin_density()
        }
        "mean susceptibility over nu" => mean_susceptibility(16)?,
        "susceptibility on a Gaussian by levels, over that by Green functions" => {
            let (sample, psi) = (sample()?, gaussian(PLACES[0])?);
            let of = |chi: &Susceptibility| between(chi.values(), &psi, &psi);
            of(&sample.by_levels) / of(&sample.by_green_functions)
        }
        // Eq. A3 is 2 chi by residues at the Matsubara energies
        "second derivative of Omega between two sites over Eq. A3" => {
            let sample = sample()?;
            let [a, b] = [[1, 1], [2, 1]].map(|place| {
                let mut delta = vec![0.0; SIZE * SIZE];
                delta[site(place)] = 1.0;
                delta
            });
            -at.get("sign")? * response(sample, &a, &b)? / between(sample.by_green_functions.values(), &a, &b)
        }
        // chi in the field +- a psi is minus the second derivative in a of the potential of one spin
        "fourth derivative of Omega over the second of Eq. A3 in the field" => {
            let (sample, psi) = (sample()?, gaussian(PLACES[0])?);
            let unit = 3.0 * FIELD;
            let chi = |k: f64| -> Result<f64, Refused> {
                let mut sum = 0.0;
                for sign in [1.0, -1.0] {
                    let mut h = sample.hamiltonian.clone();
                    for i in 0..h.rows() {
                        h[(i, i)] += C64::from(sign * unit * k.sqrt() * psi[i / ORBITALS]);
                    }
                    let chi = static_susceptibility(&h, ORBITALS, TEMPERATURE, POLES)?;
                    sum += 0.5 * between(chi.values(), &psi, &psi);
                }
                Ok(sum)
            };
            // c_4 t^4 of both spins has the second derivative 12 c_4 t^2, which is -2 chi less that at 0
            let [_, slope] = parabola([chi(1.0)?, chi(2.0)?, chi(3.0)?], unit * unit);
            sample.orders(&psi, unit)?[1] / (-slope / 6.0)
        }
        "F_1 on a Gaussian by differences of Omega over its projection" => {
            let (sample, psi) = (sample()?, gaussian(PLACES[0])?);
            let kernel = between_places(sample.by_levels.values(), &gaussian([0, 0])?, SIZE)?;
            response(sample, &psi, &psi)? / kernel[site(PLACES[0]) * (SIZE * SIZE + 1)]
        }
        "F_1 between two Gaussians by differences of Omega over its projection" => {
            let sample = sample()?;
            let [a, b] = [gaussian(PLACES[0])?, gaussian(PLACES[1])?];
            let kernel = between_places(sample.by_levels.values(), &gaussian([0, 0])?, SIZE)?;
            response(sample, &a, &b)? / kernel[site(PLACES[0]) * SIZE * SIZE + site(PLACES[1])]
        }
        "quadratic order of Omega along the softest field over its eigenvalue" => {
            let sample = sample()?;
            let exchange = sample.exchange(sample.triplet(at.get("eigenvalue")?)?)?;
            let softest = Instability::new(&sample.by_levels, &exchange)?;
            let highest = softest.field.iter().fold(0.0f64, |m, h| m.max(h.abs()));
            // h^2/2u is t^2
            (sample.orders(&softest.field, FIELD / highest)?[0] + 1.0) / softest.eigenvalue
        }
        "S of Eqs. 13 to 15 by differences of Omega over that of the solver" => {
            let sample = sample()?;
            let (softest, droplet, _) = sample.droplet(at.get("eigenvalue")?)?;
            let highest = softest.field.iter().fold(0.0f64, |m, h| m.max(h.abs()));
            let [_, quartic] = sample.orders(&softest.field, 3.0 * FIELD / highest)?;
            let spin =
                (-0.5 * softest.eigenvalue / quartic).sqrt() * softest.spin_density.iter().sum::<f64>();
            spin.abs() / droplet.single_mode_spin.ok_or("nothing stops the single mode")?
        }
        "S of the droplet over that of Eqs. 13 and 14" => {
            let (_, droplet, _) = sample()?.droplet(at.get("eigenvalue")?)?;
            droplet.spin / droplet.single_mode_spin.ok_or("nothing stops the single mode")?
        }
        "exponent of S in the eigenvalue" => {
            let low = at.get("eigenvalue")?;
            let spin = |eigenvalue: f64| Ok(sample()?.droplet(-eigenvalue)?.1.spin);
            super::super::exponent_between(-low, -2.0 * low, spin)?
        }
        "overlap of droplet and softest field" => {
            let (softest, droplet, _) = sample()?.droplet(at.get("eigenvalue")?)?;
            let [a, b] = [&softest.spin_density, &droplet.spin_density];
            dot(a, b).powi(2) / (dot(a, a) * dot(b, b))
        }
        "energy of the droplet by eigenvalues over that of the solver" => {
            let sample = sample()?;
            let (_, droplet, triplet) = sample.droplet(at.get("eigenvalue")?)?;
            sample.whole(&droplet.field, triplet)? / droplet.energy
        }
        // along the softest field, which the droplet is not parallel to
        "slope of Omega at the droplet over that halfway to it" => {
            let sample = sample()?;
            let (softest, droplet, triplet) = sample.droplet(at.get("eigenvalue")?)?;
            let slope = |share: f64| -> Result<f64, Refused> {
                let at = |step: f64| -> Result<f64, Refused> {
                    let field = droplet.field.iter().zip(&softest.field);
                    sample.whole(&field.map(|(h, soft)| share * h + step * soft).collect::<Vec<_>>(), triplet)
                };
                Ok(at(1e-4)? - at(-1e-4)?)
            };
            slope(1.0)? / slope(0.5)?
        }
        _ => return Ok(None),
    }))
}
