//! The Onsager matrix: particle and heat currents of all terminals in linear response.

use super::{Coefficients, TransmissionMatrix};
use crate::audit::{Audit, laws};
use crate::probes::Measure;
use crate::scattering::nan_max;
use diffuson_linalg::{C64, Inverter, Matrix, eigen};

/// Linear relations between small deviations of potentials and temperatures and the currents into the terminals,
///
/// ```text
/// ( I_a, J^Q_a / kT ) = (1/h) sum_b M_ab ( mu_b, k_B dT_b ),
/// ```
///
/// a 2 x 2 block for every pair of terminals. Between reservoirs `M_ab = ((K0, K1), (K1, K2))_ab` and `M_aa = - sum_b M_ab`; terminals that
/// float ([`OnsagerMatrix::floating`]) are eliminated and leave their traces in all others.
#[derive(Clone, Debug, PartialEq)]
pub struct OnsagerMatrix {
    terminals: Vec<usize>,
    kt: f64,
    /// Row after row; row and column of (terminal at place p, quantity i) are `2 p + i`.
    entries: Vec<f64>,
    audit: Audit,
}

/// Currents into all terminals in linear response.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearCurrents {
    /// Particle currents I_a, in (unit of the potentials)/h.
    pub particle: Vec<f64>,
    /// Heat currents J^Q_a per kT, in the same unit.
    pub heat: Vec<f64>,
}

/// Terminals that cannot be eliminated or measured between.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TerminalError {
    /// No such terminal, or twice the same.
    #[error("terminal {given}: there are {present:?}, and each can be named once")]
    NoSuchTerminal {
        /// The terminal named.
        given: usize,
        /// Those present.
        present: Vec<usize>,
    },
    /// Floating terminals exchange electrons with no other.
    #[error(
        "no potential of the floating terminals {0:?} is defined: some of them are coupled to no terminal that is held"
    )]
    Uncoupled(Vec<usize>),
    /// Coefficients are between two terminals.
    #[error("{0} terminals: eliminate or join terminals until two are left")]
    NotTwo(usize),
}

/// How far below zero dissipation may fall, per largest: rounding of integrals and solutions.
const DISSIPATION: f64 = 1e-10;

impl OnsagerMatrix {
    pub(super) fn from_moments(moments: &[TransmissionMatrix; 3], kt: f64) -> Self {
        let n = moments[0].terminals();
        let mut entries = vec![0.0; 4 * n * n];
        for (a, b) in (0..n).flat_map(|a| (0..n).map(move |b| (a, b))) {
            for (i, j) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                let k = &moments[i + j];
                entries[(2 * a + i) * 2 * n + 2 * b + j] = if a == b { -k.entering(a) } else { k.get(a, b) };
            }
        }
        Self::from_entries((0..n).collect(), kt, entries)
    }

    /// From all entries, row after row.
    pub(crate) fn from_entries(terminals: Vec<usize>, kt: f64, entries: Vec<f64>) -> Self {
        let mut matrix = Self { terminals, kt, entries, audit: Audit::default() };
        let dissipation = matrix.lowest_dissipation();
        matrix.audit.record(
            laws::DISSIPATION,
            if dissipation < 0.0 { -dissipation } else { dissipation * 0.0 },
            DISSIPATION,
        );
        matrix
    }

    /// Terminals, by their numbers before any was eliminated.
    pub fn terminals(&self) -> &[usize] {
        &self.terminals
    }

    /// Temperature k_B T, in t.
    pub fn kt(&self) -> f64 {
        self.kt
    }

    /// Laws checked: dissipation.
    pub fn audit(&self) -> &Audit {
        &self.audit
    }

    /// Whatever was checked on the way to this matrix.
    pub(crate) fn audited(mut self, before: &Audit) -> Self {
        self.audit.merge(before);
        self
    }

    /// The block M_ab, by places in [`terminals`](Self::terminals): rows are (particle, heat/kT), columns (potential, temperature).
    pub fn block(&self, a: usize, b: usize) -> [[f64; 2]; 2] {
        let entry = |i: usize, j: usize| self.entries[(2 * a + i) * self.order() + 2 * b + j];
        [[entry(0, 0), entry(0, 1)], [entry(1, 0), entry(1, 1)]]
    }

    fn order(&self) -> usize {
        2 * self.terminals.len()
    }

    /// Currents for potentials and temperature rises k_B dT (in the same unit), one for each of the terminals.
    ///
    /// # Panics
    /// If there is not one of each for every terminal.
    pub fn currents(&self, potentials: &[f64], temperatures: &[f64]) -> LinearCurrents {
        let n = self.terminals.len();
        assert_eq!([potentials.len(), temperatures.len()], [n; 2], "one of each for every terminal");
        let row = |a: usize, i: usize| {
            let of = |b: usize| {
                let m = self.block(a, b)[i];
                m[0] * potentials[b] + m[1] * temperatures[b]
            };
            (0..n).map(of).sum()
        };
        LinearCurrents {
            particle: (0..n).map(|a| row(a, 0)).collect(),
            heat: (0..n).map(|a| row(a, 1)).collect(),
        }
    }

    /// `T sigma`, power dissipated, per largest eigenvalue, for the potentials and temperatures where it is least: the lowest eigenvalue of
    /// `-(M + M^T)/2`. Never negative but for rounding.
    pub fn lowest_dissipation(&self) -> f64 {
        let n = self.order();
        // temperatures in units in which an open channel has K0 = K2
        let scale =
            |k: usize| if k.is_multiple_of(2) { 1.0 } else { crate::units::SOMMERFELD.sqrt().recip() };
        let of = |k: usize| {
            let (i, j) = (k / n, k % n);
            -0.5 * (self.entries[i * n + j] + self.entries[j * n + i]) * scale(i) * scale(j)
        };
        let symmetric: Vec<f64> = (0..n * n).map(of).collect();
        if symmetric.iter().all(|m| *m == 0.0) {
            return 0.0;
        }
        let Ok(eigen) = eigen::symmetric(&symmetric, n) else { return f64::NAN };
        let [low, high] = eigen.values.iter().fold([0.0f64; 2], |[l, h], v| [l.min(*v), nan_max(h, v.abs())]);
        low / high
    }

    /// How far this matrix at a field B is from the transpose of the one at -B, per largest entry: `M_ab^ij(B) = M_ba^ji(-B)`, the reciprocity of
    /// Onsager and Casimir, which floating terminals do not touch.
    ///
    /// # Panics
    /// If the two have different terminals.
    pub fn reciprocity(&self, reversed: &Self) -> f64 {
        assert_eq!(self.terminals, reversed.terminals, "the same terminals");
        let n = self.order();
        let difference = |k: usize| (self.entries[k] - reversed.entries[(k % n) * n + k / n]).abs();
        let worst = (0..n * n).map(difference).fold(0.0, nan_max);
        worst / self.entries.iter().map(|m| m.abs()).fold(f64::MIN_POSITIVE, f64::max)
    }

    fn place(&self, terminal: usize) -> Result<usize, TerminalError> {
        let place = self.terminals.iter().position(|&t| t == terminal);
        place
            .ok_or_else(|| TerminalError::NoSuchTerminal { given: terminal, present: self.terminals.clone() })
    }

    /// The places of different terminals.
    fn places(&self, named: &[usize]) -> Result<Vec<usize>, TerminalError> {
        let places = named.iter().map(|&t| self.place(t)).collect::<Result<Vec<_>, _>>()?;
        match (1..places.len()).find(|&k| places[..k].contains(&places[k])) {
            Some(k) => {
                Err(TerminalError::NoSuchTerminal { given: named[k], present: self.terminals.clone() })
            }
            None => Ok(places),
        }
    }

    /// Lets terminals float: into a voltage probe flows no particle current, and it stays at the common temperature; into a voltage and temperature
    /// probe flows no heat either. They are eliminated: M between the other terminals is that of the conductor with them in place.
    ///
    /// Voltage probes take up heat, and the heats into the remaining terminals then do not add up to zero.
    ///
    /// # Errors
    /// [`TerminalError`] if a terminal is named that is not there, or floats with nothing that holds its potential.
    pub fn floating(&self, probes: &[(usize, Measure)]) -> Result<Self, TerminalError> {
        let named: Vec<usize> = probes.iter().map(|&(t, _)| t).collect();
        let places = self.places(&named)?;
        let uncoupled = || TerminalError::Uncoupled(named.clone());
        let n = self.order();
        let mut free = Vec::new();
        for (&p, (_, measure)) in places.iter().zip(probes) {
            free.push(2 * p);
            if *measure == Measure::VoltageAndTemperature {
                free.push(2 * p + 1);
            }
        }
        let kept: Vec<usize> = (0..self.terminals.len()).filter(|p| !places.contains(p)).collect();
        let held: Vec<usize> = kept.iter().flat_map(|p| [2 * p, 2 * p + 1]).collect();
        let m = |i: usize, j: usize| self.entries[i * n + j];
        // probes may be coupled as differently as one likes: their diagonal is scaled to 1
        let scale: Vec<f64> = free.iter().map(|&i| (-m(i, i)).sqrt().recip()).collect();
        if !scale.iter().all(|s| s.is_finite()) {
            return Err(uncoupled());
        }
        let count = free.len();
        let block =
            Matrix::from_fn(count, count, |i, j| C64::from(scale[i] * m(free[i], free[j]) * scale[j]));
        let mut inverse = Matrix::zeros(count, count);
        Inverter::new(count).invert(&block, &mut inverse).map_err(|_| uncoupled())?;
        let response = |i: usize, j: usize| scale[i] * inverse[(i, j)].re * scale[j];
        let of = |i: usize, j: usize| {
            let through = |k: usize| {
                let sum: f64 = (0..count).map(|l| response(k, l) * m(free[l], j)).sum();
                m(i, free[k]) * sum
            };
            m(i, j) - (0..count).map(through).sum::<f64>()
        };
        let entries =
            held.iter().flat_map(|&i| held.iter().map(move |&j| (i, j))).map(|(i, j)| of(i, j)).collect();
        let terminals = kept.iter().map(|&p| self.terminals[p]).collect();
        Ok(Self::from_entries(terminals, self.kt, entries).audited(&self.audit))
    }

    /// Joins terminals into one, held at one potential and temperature, under the number of the first.
    ///
    /// # Errors
    /// [`TerminalError`] if a terminal is named that is not there.
    pub fn joined(&self, named: &[usize]) -> Result<Self, TerminalError> {
        let places = self.places(named)?;
        let Some(&first) = places.first() else { return Ok(self.clone()) };
        let kept: Vec<usize> =
            (0..self.terminals.len()).filter(|p| *p == first || !places.contains(p)).collect();
        let members = |p: usize| if p == first { places.clone() } else { vec![p] };
        let mut entries = Vec::with_capacity(4 * kept.len() * kept.len());
        for (&a, i) in kept.iter().flat_map(|a| [(a, 0), (a, 1)]) {
            for (&b, j) in kept.iter().flat_map(|b| [(b, 0), (b, 1)]) {
                let pairs = members(a).into_iter().flat_map(|c| members(b).into_iter().map(move |d| (c, d)));
                entries.push(pairs.map(|(c, d)| self.block(c, d)[i][j]).sum());
            }
        }
        let terminals = kept.iter().map(|&p| self.terminals[p]).collect();
        Ok(Self::from_entries(terminals, self.kt, entries).audited(&self.audit))
    }

    /// Conductance, thermopower and the like between two terminals, the only ones left: the source is driven, the drain held.
    ///
    /// # Errors
    /// [`TerminalError`] if there are not two terminals, or these are not they.
    pub fn coefficients(&self, source: usize, drain: usize) -> Result<Coefficients, TerminalError> {
        let places = self.places(&[source, drain])?;
        if self.terminals.len() != 2 {
            return Err(TerminalError::NotTwo(self.terminals.len()));
        }
        let m = self.block(places[0], places[0]);
        Ok(Coefficients { response: m.map(|row| row.map(|m| -m)), kt: self.kt })
    }
}
