//! Voltage and temperature probes: terminals whose potential (and temperature) adjusts until no current (and no heat) flows into them.
//!
//! Any subset of the terminals may be driven; all others are probes. With mu_a the potentials in units of the applied bias, the probe
//! equations are `sum_b T_ab (mu_b - mu_a) = 0` for every probe a (the matrix is an irreducible M-matrix: one solution, between the lowest and
//! the highest driven potential).
//!
//! # Where the sign of the heat comes from
//!
//! `J^Q_a = (1/h) sum_b Int dE (E - mu_a) T_ab(E) [f_b(E) - f_a(E)]` counts positive **into** terminal a: heat the metal gives off at that
//! place. To first order in bias and in (kT)^2 (Sommerfeld) it is `(pi^2 (kT)^2 / 3h) q_a`, `q_a = sum_b T'_ab (mu_b - mu_a)`: [`linear`].
//! Reversing the bias reverses this Peltier heat but not the Joule heat, `(1/2h) sum_b T_ab (mu_b - mu_a)^2`, of second order.
//!
//! | regime | function |
//! |---|---|
//! | first order in bias, first Sommerfeld order | [`linear`] |
//! | first order in bias, any temperature | [`thermal`] |
//! | any bias, any temperature | [`biased`] |
//! | first order in bias and temperature differences, between the leads, probes eliminated | [`between`] |
//!
//! An observable of the probes belongs into [`ProbeState`]: compute it where the transmissions are at hand, in these three functions.

mod biased;
mod elimination;
pub mod estimates;
mod linear;
mod thermal;

pub use biased::biased;
pub use elimination::between;
pub use linear::linear;
pub use thermal::thermal;

use crate::audit::Audit;
use crate::krylov::{NotConverged, System};
use crate::scattering::Exchange;

/// What the probes measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Voltage probes at the common temperature: no particle current; heat flows into them.
    Voltage,
    /// Voltage and temperature probes: neither particle nor heat current.
    VoltageAndTemperature,
}

/// The terminals whose potential is given; they stay at the common temperature.
#[derive(Clone, Debug, PartialEq)]
pub struct Drive {
    potentials: Vec<(usize, f64)>,
}

impl Drive {
    /// Drives the given terminals at the given potentials (in units of the bias in linear response, in t at finite bias).
    ///
    /// # Errors
    /// [`ProbeError::BadDrive`] unless at least two different terminals are driven at finite potentials, not all equal.
    pub fn new(mut potentials: Vec<(usize, f64)>) -> Result<Self, ProbeError> {
        potentials.sort_by_key(|&(terminal, _)| terminal);
        let distinct = potentials.windows(2).all(|w| w[0].0 != w[1].0);
        let finite = potentials.iter().all(|(_, v)| v.is_finite());
        let drive = Self { potentials };
        let (low, high) = drive.range();
        if distinct && finite && low < high { Ok(drive) } else { Err(ProbeError::BadDrive) }
    }

    /// Terminal `source` at potential 1, terminal `drain` at 0: unit bias.
    ///
    /// # Errors
    /// [`ProbeError::BadDrive`] if the two are the same.
    pub fn unit(source: usize, drain: usize) -> Result<Self, ProbeError> {
        Self::new(vec![(source, 1.0), (drain, 0.0)])
    }

    /// (terminal, potential), ascending in the terminal.
    pub fn potentials(&self) -> &[(usize, f64)] {
        &self.potentials
    }

    /// Lowest and highest potential.
    pub fn range(&self) -> (f64, f64) {
        self.potentials
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &(_, v)| (l.min(v), h.max(v)))
    }

    fn is_driven(&self, terminal: usize) -> bool {
        self.potentials.iter().any(|&(t, _)| t == terminal)
    }
}

/// Accuracy and starting point of the probe equations.
#[derive(Clone, Copy, Debug)]
pub struct Accuracy<'g> {
    /// Largest particle current into a probe, relative to the current through the conductor; where hardly any current flows, not less than
    /// rounding of the currents exchanged.
    pub tolerance: f64,
    /// First guess of the potentials, one per terminal (a straight line saves iterations); the mean driven potential if none.
    pub guess: Option<&'g [f64]>,
}

impl Default for Accuracy<'_> {
    fn default() -> Self {
        Self { tolerance: 1e-13, guess: None }
    }
}

/// The state of all terminals with voltage probes at the common temperature; every vector is indexed by terminal.
#[derive(Clone, Debug)]
pub struct ProbeState {
    /// Electrochemical potential mu_a: in units of the bias in linear response, in t at finite bias. NaN for a terminal that exchanges
    /// electrons with none.
    pub potential: Vec<f64>,
    /// Particle current into a: in bias/h in linear response, in t/h at finite bias.
    pub current: Vec<f64>,
    /// Heat into a. Linear response: reduced heat q_a in bias/t, the heat current being `(pi^2 (kT)^2 / 3h) q_a` (at any temperature).
    /// Finite bias: h J^Q_a, in t^2.
    pub heat: Vec<f64>,
    /// Joule heat `(1/2) sum_b T_ab (mu_b - mu_a)^2`, in bias^2/h (linear response; at finite bias `heat` contains it).
    pub joule: Option<Vec<f64>>,
    /// The state with joint voltage and temperature probes, if they were asked for.
    pub joint: Option<JointState>,
    /// Products with the transmission matrix that were needed.
    pub products: usize,
    /// Laws checked.
    pub audit: Audit,
}

/// The state of all terminals with joint probes, into which neither particles nor heat flow; driven terminals keep the common temperature.
#[derive(Clone, Debug)]
pub struct JointState {
    /// Electrochemical potential, in the units of [`ProbeState::potential`].
    pub potential: Vec<f64>,
    /// Linear response: relative temperature rise theta_a = dT_a/T, in bias/t. Finite bias: k_B T_a, in t.
    pub temperature: Vec<f64>,
    /// Particle current into a, in the units of [`ProbeState::current`].
    pub current: Vec<f64>,
    /// Heat into a, in the units of [`ProbeState::heat`]; zero at the probes.
    pub heat: Vec<f64>,
}

impl ProbeState {
    /// Current out of `source` per potential difference `bias`: the conductance in e^2/h if it is the only source.
    pub fn conductance(&self, source: usize, bias: f64) -> f64 {
        -self.current[source] / bias
    }
}

/// Probe equations that cannot be solved.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ProbeError {
    /// The driven terminals do not define a bias.
    #[error("at least two different terminals must be driven, at finite and not all equal potentials")]
    BadDrive,
    /// The iteration stopped short of the tolerance.
    #[error(
        "probe currents stay at {residual:.3e} of the current through the conductor (allowed {allowed:.1e}) after {products} products"
    )]
    NotConverged {
        /// Largest probe current, relative.
        residual: f64,
        /// Allowed.
        allowed: f64,
        /// Products with the transmission matrix.
        products: usize,
    },
    /// No current flows between the driven terminals.
    #[error("no current flows between the driven terminals: largest current {0:.3e} bias/h")]
    NoCurrent(f64),
    /// Newton's iteration at finite bias did not converge.
    #[error(
        "finite bias: probe currents stay at {residual:.3e} of the current (allowed {allowed:.1e}) after {steps} Newton steps"
    )]
    Newton {
        /// Largest probe current, relative.
        residual: f64,
        /// Allowed.
        allowed: f64,
        /// Steps.
        steps: usize,
    },
}

/// The probes and the driven terminals of an [`Exchange`].
pub(crate) struct Split<'d> {
    drive: &'d Drive,
    /// Terminals that are probes and exchange electrons with others.
    pub(crate) probes: Vec<usize>,
    terminals: usize,
}

impl<'d> Split<'d> {
    /// `outgoing` is S_a, or its integral over energies.
    pub(crate) fn new(outgoing: &[f64], drive: &'d Drive) -> Result<Self, ProbeError> {
        let terminals = outgoing.len();
        if drive.potentials.iter().any(|&(t, _)| t >= terminals) {
            return Err(ProbeError::BadDrive);
        }
        let coupled = |&t: &usize| !drive.is_driven(t) && outgoing[t] > 0.0;
        Ok(Self { drive, probes: (0..terminals).filter(coupled).collect(), terminals })
    }

    /// Driven potentials in place, everything else from the guess.
    pub(crate) fn start(&self, guess: Option<&[f64]>) -> Vec<f64> {
        let (low, high) = self.drive.range();
        let mut v = guess.map_or_else(|| vec![0.5 * (low + high); self.terminals], <[f64]>::to_vec);
        v.iter_mut().for_each(|v| *v = v.clamp(low, high));
        self.drive.potentials.iter().for_each(|&(t, mu)| v[t] = mu);
        v
    }

    fn driven_current(&self, current: &[f64]) -> f64 {
        self.drive.potentials.iter().map(|&(t, _)| current[t].abs()).fold(0.0, crate::scattering::nan_max)
    }

    /// What rounding leaves of the current into any probe, for potentials up to `most`.
    fn rounding(&self, exchange: &dyn Exchange, most: f64) -> f64 {
        ROUNDING * most * self.probes.iter().map(|&t| exchange.terms()[t]).fold(0.0, f64::max)
    }

    fn probe_current(&self, current: &[f64]) -> f64 {
        self.probes.iter().map(|&t| current[t].abs()).fold(0.0, crate::scattering::nan_max)
    }
}

/// Largest modulus.
fn largest(values: &[f64]) -> f64 {
    values.iter().map(|v| v.abs()).fold(0.0, f64::max)
}

/// Rounding of a current, relative to its largest term: some tens of roundings.
const ROUNDING: f64 = 32.0 * f64::EPSILON;

/// Solves `sum_b T_ab (v_b - v_a) = source_a` for the probes a, driven terminals given; returns all potentials, the currents and the products.
pub(crate) fn balance(
    exchange: &dyn Exchange,
    split: &Split<'_>,
    source: Option<&[f64]>,
    start: Vec<f64>,
    scale: Option<f64>,
    tolerance: f64,
) -> Result<(Vec<f64>, Vec<f64>, usize), ProbeError> {
    let mut v = start;
    let mut current = vec![0.0; split.terminals];
    exchange.current(&v, &mut current);
    let mut products = 1;
    let mut full = vec![0.0; split.terminals];
    let mut out_full = vec![0.0; split.terminals];
    let outgoing = exchange.outgoing();
    let precondition = |r: &mut [f64]| {
        r.iter_mut().zip(&split.probes).for_each(|(r, &t)| *r /= outgoing[t]);
    };
    // the true scale is known only at the solution: correct until it holds there
    for _ in 0..6 {
        let scale = scale.unwrap_or_else(|| split.driven_current(&current));
        if !(scale > 0.0) {
            return Err(ProbeError::NoCurrent(scale));
        }
        let residual: Vec<f64> =
            split.probes.iter().map(|&t| current[t] - source.map_or(0.0, |s| s[t])).collect();
        let worst = residual.iter().map(|r| r.abs()).fold(0.0, crate::scattering::nan_max);
        // the potentials at hand and those the residual asks for
        let asked = residual.iter().zip(&split.probes).map(|(r, &t)| r.abs() / outgoing[t]);
        let most = asked.chain(v.iter().map(|v| v.abs())).fold(0.0, f64::max);
        let goal = (tolerance * scale).max(split.rounding(exchange, most));
        if worst <= goal {
            return Ok((v, current, products));
        }
        let mut apply = |x: &[f64], out: &mut [f64]| {
            full.fill(0.0);
            split.probes.iter().zip(x).for_each(|(&t, x)| full[t] = *x);
            exchange.current(&full, &mut out_full);
            split.probes.iter().zip(out).for_each(|(&t, o)| *o = -out_full[t]);
        };
        let mut step = vec![0.0; split.probes.len()];
        let mut system = System {
            apply: &mut apply,
            precondition: &precondition,
            symmetric: exchange.is_symmetric(),
            units: None,
        };
        let not_converged = |e: NotConverged| ProbeError::NotConverged {
            residual: e.residual / scale,
            allowed: tolerance,
            products: e.iterations,
        };
        products += system.solve(&residual, &mut step, 0.5 * goal).map_err(not_converged)?;
        split.probes.iter().zip(&step).for_each(|(&t, s)| v[t] += s);
        exchange.current(&v, &mut current);
        products += 1;
    }
    let scale = scale.unwrap_or_else(|| split.driven_current(&current));
    let residual = split.probe_current(&current) / scale;
    Err(ProbeError::NotConverged { residual, allowed: tolerance, products })
}
