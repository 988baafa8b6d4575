//! One sub-band in a field, with any rates: its distribution, the fluctuation that goes with it, and noise.

use super::equilibrium::{Equilibrium, check_degeneracy, degeneracy};
use super::galerkin::Operator;
use super::mesh::{Function, Mesh};
use super::rates::Rates;
use super::{Closure, KineticError, Source, check_voltage};
use crate::audit::{Audit, laws};
use crate::thermal::{fermi, fermi_window};
use num_complex::Complex64;

/// The steady state of a sub-band.
///
/// The equation is solved for what the field adds to the local equilibrium, `A (f - f_loc) = -(u/2) f_loc'` ([`new`](Self::new) says how A is
/// discretised), so that current and balances keep their digits at small fields.
#[derive(Clone, Debug)]
pub struct SteadyState {
    eta: f64,
    voltage: f64,
    rates: Rates,
    equilibrium: Equilibrium,
    local: f64,
    mesh: Mesh,
    occupation: Function<f64>,
    fluctuation: Function<f64>,
    null: Function<f64>,
    back: Function<f64>,
    current: f64,
    noise: [f64; 2],
    audit: Audit,
}

impl SteadyState {
    /// At `eta = (mu - eps_i)/kT` and `voltage = eV/kT`.
    ///
    /// Upwind discontinuous Galerkin elements of degree 4 on a mesh graded by the Fermi edge, the field and the kink of rates proportional to |x|. Local
    /// chemical potentials cost a factorisation each time the edge moves by more than half of kT, twice or three times in a high field.
    ///
    /// # Errors
    /// [`KineticError::OutOfRange`] for eta or a voltage out of range, [`KineticError::NotNeutral`] if no local chemical potential was found.
    pub fn new(eta: f64, voltage: f64, rates: Rates, closure: Closure) -> Result<Self, KineticError> {
        check_degeneracy(eta)?;
        check_voltage(voltage)?;
        let equilibrium = Equilibrium::new(eta)?;
        let u = voltage.abs();
        let (mesh, local) = neutral(eta, u, &rates, closure, equilibrium.number)?;
        let operator = Operator::new(&mesh, u, &rates, 0.0);
        let ones = mesh.function(|_| [1.0; 2]);
        let velocity = odd(&mesh, |x| x);
        let total = |f: &Function<f64>| product(&mesh, &ones, f);

        // what the field adds to the Fermi function and to its derivative by eta*; z = x^2 - eta*, dz/dx = 2x
        let added = operator.solve(&odd(&mesh, |x| u * x * fermi_window(x * x - local)));
        let slope = operator.solve(&odd(&mesh, |x| {
            let z = x * x - local;
            u * x * fermi_window(z) * (0.5 * z).tanh()
        }));
        let bare = plus(&even(&mesh, |x| fermi(x * x - local)), 1.0, &added);
        let slope = plus(&even(&mesh, |x| fermi_window(x * x - local)), 1.0, &slope);
        let norm = match closure {
            Closure::Mermin => 1.0,
            Closure::Linear => equilibrium.number / total(&bare),
        };
        // what neither field nor collisions change, and what inelastic collisions return
        let inelastic = |x: f64| rates.inelastic_and_total(x).0;
        let (null, back) = match closure {
            Closure::Mermin => (&slope, even(&mesh, |x| inelastic(x) * fermi_window(x * x - local))),
            Closure::Linear => (&bare, even(&mesh, |x| inelastic(x) * fermi(x * x - local))),
        };
        let null = scaled(null, 1.0 / total(null));
        let fluctuation = match closure {
            Closure::Mermin => scaled(&null, equilibrium.fluctuation),
            Closure::Linear => {
                plus(&scaled(&slope, norm), equilibrium.fluctuation - norm * total(&slope), &null)
            }
        };
        let (occupation, added) = (scaled(&bare, norm), scaled(&added, norm));
        let momentum = product(&mesh, &velocity, &added);

        let [number, flux] = [&ones, &velocity].map(|f| operator.solve_adjoint(f));
        let weight = plus(&flux, -product(&mesh, &velocity, &null), &number);
        let sources = sources(&mesh, &occupation, &fluctuation, &null);
        let noise = [0, 1].map(|k| 2.0 * product(&mesh, &weight, &sources[k]));
        let forward = operator.solve(&sources[0]);
        let forward = 2.0 * product(&mesh, &velocity, &plus(&forward, -total(&forward), &null));

        let mut state = Self {
            eta,
            voltage,
            rates,
            equilibrium,
            local,
            occupation,
            fluctuation,
            null,
            back,
            current: (2.0 * momentum).copysign(voltage),
            noise,
            audit: Audit::default(),
            mesh,
        };
        state.record(&added, forward);
        Ok(state)
    }

    /// `eta = (mu - eps_i)/kT`.
    pub fn degeneracy(&self) -> f64 {
        self.eta
    }

    /// Number and fluctuation of the electrons, the same at any voltage.
    pub fn equilibrium(&self) -> Equilibrium {
        self.equilibrium
    }

    /// eta* of the local equilibrium that inelastic collisions relax to; eta in the linear closure.
    pub fn local_degeneracy(&self) -> f64 {
        self.local
    }

    /// Mean current `2 Int x f dx`, in 2ekT/h, with the sign of the voltage.
    pub fn current(&self) -> f64 {
        self.current
    }

    /// `I/V`, in G0; without voltage the linear conductance.
    pub fn conductance(&self) -> f64 {
        if self.voltage == 0.0 {
            self.rates.linear_conductance(self.eta)
        } else {
            self.current / self.voltage
        }
    }

    /// Noise at zero frequency, in 4kT G0.
    pub fn noise(&self, source: Source) -> f64 {
        self.noise[source as usize]
    }

    /// Noise `4 Re Int_0^inf C(t) e^{i omega t} dt` at an angular frequency in v_T/L, in 4kT G0: from both [sources](Source), in their order.
    ///
    /// # Errors
    /// [`KineticError::OutOfRange`] unless the frequency is finite.
    pub fn spectrum(&self, omega: f64) -> Result<[f64; 2], KineticError> {
        KineticError::check("frequency", omega, omega.is_finite(), "finite")?;
        let mesh = &self.mesh;
        let complex =
            |f: &Function<f64>| -> Function<Complex64> { f.iter().map(|f| f.map(Complex64::from)).collect() };
        let operator = Operator::new(mesh, self.voltage.abs(), &self.rates, Complex64::new(0.0, omega));
        let [number, flux] =
            [mesh.function(|_| [1.0; 2]), odd(mesh, |x| x)].map(|f| operator.solve_adjoint(&complex(&f)));
        let on = |weight: &Function<Complex64>, f: &Function<f64>| {
            let part = |of: fn(&Complex64) -> f64| {
                mesh.integral(|k, _| [of(&weight[k][0]) * f[k][0], of(&weight[k][1]) * f[k][1]])
            };
            Complex64::new(part(|z| z.re), part(|z| z.im))
        };
        // what collisions return keeps the number of electrons
        let drift = on(&flux, &self.back) / on(&number, &self.back);
        let sources = sources(mesh, &self.occupation, &self.fluctuation, &self.null);
        Ok(sources.map(|s| 2.0 * (on(&flux, &s) - drift * on(&number, &s)).re))
    }

    /// The distribution: `[x, f, kT df/dmu]`, ascending in x, to 1e-7 of its largest value at each point; its integrals are accurate to 1e-12.
    pub fn distribution(&self) -> Vec<[f64; 3]> {
        let side = |side: usize, sign: f64| {
            self.mesh
                .points
                .iter()
                .enumerate()
                .map(move |(k, x)| [sign * x, self.occupation[k][side], self.fluctuation[k][side]])
        };
        let mut all: Vec<_> = side(1, -1.0).collect();
        all.reverse();
        all.extend(side(0, 1.0));
        all
    }

    /// Least and largest occupation.
    pub fn range(&self) -> [f64; 2] {
        let all = self.occupation.iter().flatten();
        all.fold([f64::INFINITY, f64::NEG_INFINITY], |[l, h], &f| [l.min(f), h.max(f)])
    }

    /// Laws checked.
    pub fn audit(&self) -> &Audit {
        &self.audit
    }

    /// `added` is f - f_loc; `forward` the noise without the adjoint.
    fn record(&mut self, added: &Function<f64>, forward: f64) {
        let (mesh, u) = (&self.mesh, self.voltage.abs());
        // Int a and Int |a|
        let balance = |a: &dyn Fn(usize, f64) -> [f64; 2]| {
            (mesh.integral(a), mesh.integral(|k, x| a(k, x).map(f64::abs)))
        };
        let inelastic = |x: f64| self.rates.inelastic_and_total(x).0;
        let audit = &mut self.audit;
        if u > 0.0 {
            let (net, gross) = balance(&|k, x| added[k].map(|d| inelastic(x) * d));
            audit.record(laws::COLLISION_CHARGE, net.abs() / gross, 1e-10);
            // a power or a force that is a small difference is known to rounding of its terms
            let relative = |(net, gross): (f64, f64), want: f64| {
                ((net / want - 1.0).abs(), (64.0 * f64::EPSILON * gross / want).max(1e-9))
            };
            let heat = balance(&|k, x| added[k].map(|d| x * x * inelastic(x) * d));
            let (residual, allowed) = relative(heat, 0.5 * u * self.current.abs());
            audit.record(laws::ENERGY, residual, allowed);
            let drag = balance(&|k, x| {
                let rate = x * self.rates.inelastic_and_total(x).1;
                [rate * added[k][0], -rate * added[k][1]]
            });
            let (residual, allowed) = relative(drag, 0.5 * u * self.equilibrium.number);
            audit.record(laws::MOMENTUM, residual, allowed);
        } else {
            let johnson = self.rates.linear_conductance(self.eta);
            let worst = self.noise.iter().map(|s| (s / johnson - 1.0).abs()).fold(0.0, f64::max);
            audit.record(laws::JOHNSON_NOISE, worst, 1e-8);
        }
        let all = self.occupation.iter().flatten();
        let outside = all.map(|&f| (-f).max(f - 1.0)).fold(0.0, f64::max);
        audit.record(laws::PAULI, outside, 1e-10);
        let number = mesh.integral(|k, _| self.occupation[k]);
        audit.record(laws::NEUTRALITY, (number / self.equilibrium.number - 1.0).abs(), 1e-8);
        let fluctuation = mesh.integral(|k, _| self.fluctuation[k]);
        audit.record(laws::COMPRESSIBILITY, (fluctuation / self.equilibrium.fluctuation - 1.0).abs(), 1e-10);
        audit.record(laws::NOISE_TWICE, (forward / self.noise[0] - 1.0).abs(), 1e-10);
    }
}

/// The mesh and the local chemical potential eta* whose Fermi function keeps the sub-band neutral in the field.
///
/// `N(eta*) = <chi, r_in f_eq(eta*)>`, chi the adjoint solution to 1.
fn neutral(
    eta: f64,
    u: f64,
    rates: &Rates,
    closure: Closure,
    number: f64,
) -> Result<(Mesh, f64), KineticError> {
    let known = u == 0.0 || closure == Closure::Linear || rates.constant_times().is_some();
    let mut at = eta;
    if known {
        return Ok((Mesh::new(at, u, rates), eta));
    }
    // N at the edge that a mesh resolves is accurate, and tells on which side of it eta* lies
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    for round in 0..60 {
        let mesh = Mesh::new(at, u, rates);
        let operator = Operator::new(&mesh, u, rates, 0.0);
        let chi = operator.solve_adjoint(&mesh.function(|_| [1.0; 2]));
        let inelastic = |x: f64| rates.inelastic_and_total(x).0;
        let weights: Vec<f64> = mesh
            .points
            .iter()
            .zip(&mesh.weights)
            .zip(&chi)
            .map(|((&x, w), chi)| w * inelastic(x) * (chi[0] + chi[1]))
            .collect();
        let values = |local: f64| {
            weights.iter().zip(&mesh.points).fold([0.0; 2], |[n, slope], (weight, x)| {
                let z = x * x - local;
                [n + weight * fermi(z), slope + weight * fermi_window(z)]
            })
        };
        let Some(local) = degeneracy(number, at, mesh.reach(), values) else { break };
        if (local - at).abs() <= 0.5 {
            return Ok((mesh, local));
        }
        if local > at {
            low = at;
        } else {
            high = at;
        }
        let inside = local > low && local < high && (round < 5 || high - low == f64::INFINITY);
        at = if inside { local } else { 0.5 * (low + high) };
    }
    Err(KineticError::NotNeutral { eta, voltage: u, last: at })
}

/// `x w - <x w> null` for both fluctuations w, in the order of [`Source`]: what is correlated with the velocity at a fixed number of electrons.
fn sources(
    mesh: &Mesh,
    occupation: &Function<f64>,
    fluctuation: &Function<f64>,
    null: &Function<f64>,
) -> [Function<f64>; 2] {
    let of = |w: &dyn Fn(usize) -> [f64; 2]| {
        let moved: Function<f64> =
            mesh.points.iter().enumerate().map(|(k, x)| [x * w(k)[0], -x * w(k)[1]]).collect();
        plus(&moved, -mesh.integral(|k, _| moved[k]), null)
    };
    [of(&|k| fluctuation[k]), of(&|k| occupation[k].map(|f| f * (1.0 - f)))]
}

/// `Int f g dx`.
fn product(mesh: &Mesh, f: &Function<f64>, g: &Function<f64>) -> f64 {
    mesh.integral(|k, _| [f[k][0] * g[k][0], f[k][1] * g[k][1]])
}

fn even(mesh: &Mesh, f: impl Fn(f64) -> f64) -> Function<f64> {
    mesh.function(|x| [f(x); 2])
}

fn odd(mesh: &Mesh, f: impl Fn(f64) -> f64) -> Function<f64> {
    mesh.function(|x| [f(x), -f(x)])
}

/// `f + c g`.
fn plus(f: &Function<f64>, c: f64, g: &Function<f64>) -> Function<f64> {
    f.iter().zip(g).map(|(f, g)| [f[0] + c * g[0], f[1] + c * g[1]]).collect()
}

fn scaled(f: &Function<f64>, c: f64) -> Function<f64> {
    f.iter().map(|f| f.map(|f| c * f)).collect()
}
