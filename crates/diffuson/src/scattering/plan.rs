//! Which route to take, and what it will cost: known before anything is computed.
//!
//! With L slices of n sites, s orbitals on the surface, c columns of G (the orbitals of the probes; in a magnetic field also those of the surface) and
//! N orbitals in all, real operations at one energy are
//!
//! | question | slice by slice | nested dissection | dense |
//! |---|---|---|---|
//! | S matrix | 24 L n^3, in a magnetic field 32 L n^3 | F + 8 s^3 | 8 N^3 |
//! | all T; T and T' | 4; 12 L^2 n^3, twice that in a field | F + 8 s^3 + 16 e c; twice the last | 8; 24 N^3 |
//! | potentials by P products | 12 L^2 n^3 stored, (40 P + 120) L n^3 by sweeps | as T and T' | 24 N^3 |
//!
//! F and e, the operations and entries of the sparse factors, are [counted](diffuson_linalg::sparse::Analysis::counts) for networks; for strips
//! they follow from the cuts of a box, so that no order of elimination need be found in order to do without.
//!
//! # Effort
//!
//! Operations are not time: blocks of small slices and fronts are far from the full rate of the machine. So routes are compared by their
//! effort, the operations of large complex products that would take as long. The constants were fitted to the times of S matrices
//! of strips of 5 to 400 sites across, and of bars; they depend on the ratios of rates only, which vary little between machines.

mod boxes;

use super::{Precision, Route};
use crate::conductor::Conductor;
use crate::lattice::Boundary;
use boxes::Size;
use std::fmt;

/// What is asked of a conductor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Question {
    /// The S matrix at one energy.
    SMatrix,
    /// All T_ab at one energy.
    Transmissions {
        /// And all T'_ab.
        derivatives: bool,
    },
    /// Potentials, temperatures and heats of probes, by an iteration.
    Potentials {
        /// Products T mu, typically [`PRODUCTS`].
        products: f64,
        /// Energies at which T is computed.
        energies: f64,
        /// Whether T is summed over the energies first, so that products are taken with the sums.
        summed: bool,
    },
}

/// Typical number of products T mu for potentials and temperatures.
pub const PRODUCTS: f64 = 60.0;

/// A route and what it costs for one realisation of the on-site energies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// The route.
    pub route: Route,
    /// Its precision.
    pub precision: Precision,
    /// Real floating-point operations.
    pub operations: f64,
    /// Bytes needed at the same time, without the on-site energies and the Hamiltonian of a network.
    pub memory: f64,
    /// Operations of large complex products that would take as long: what routes are compared by.
    pub effort: f64,
    /// Why this route.
    pub reason: Reason,
}

/// Why a route was chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reason {
    /// It was asked for.
    Forced,
    /// No other answers the question.
    Only,
    /// It takes the least time.
    Fastest {
        /// The second.
        before: Route,
        /// How much longer that takes, by the ratio of efforts.
        ratio: f64,
    },
    /// A faster one takes more memory than allowed.
    Memory {
        /// The faster one.
        faster: Route,
        /// Bytes it takes.
        memory: f64,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forced => write!(f, "asked for"),
            Self::Only => write!(f, "the only one that answers"),
            Self::Fastest { before, ratio } if *ratio < 10.0 => {
                write!(f, "{ratio:.1} times faster than {}", before.name())
            }
            Self::Fastest { before, ratio } => write!(f, "{ratio:.0} times faster than {}", before.name()),
            Self::Memory { faster, memory } => {
                write!(f, "{} would take {:.1} GiB", faster.name(), memory / 1024f64.powi(3))
            }
        }
    }
}

impl Plan {
    /// The plan for the S matrix of a conductor, the same at all energies:
    ///
    /// ```
    /// # use diffuson::{conductor::Conductor, lattice::{Boundary, Family, Lattice}, leads::Lead, scattering::{Plan, smatrix}};
    /// # let lattice = Lattice::new(Family::Square, [6, 4, 1], Boundary::HardWall)?;
    /// # let onsite = vec![0.0; 24];
    /// let conductor = Conductor::new(lattice, [Some(Lead::Continuation), Some(Lead::Continuation)], vec![])?;
    /// let route = Plan::smatrix(&conductor).route;
    /// let s = smatrix(&conductor.at(-0.9)?, &onsite, route)?;
    /// # assert!(s.audit.passed());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn smatrix(conductor: &Conductor) -> Self {
        Self::fastest(conductor, Question::SMatrix, f64::INFINITY)
    }

    /// The plan of least effort within `memory` bytes; where no route does with so little, that of least memory. [`Route::Dense`] is an oracle and
    /// never chosen.
    ///
    /// The work grows with the logarithm of the size of a strip; for a network the order of elimination is found, once.
    ///
    /// # Panics
    /// Never: nested dissection answers every question.
    pub fn fastest(conductor: &Conductor, question: Question, memory: f64) -> Self {
        let mut plans = Self::all(conductor, question);
        plans.retain(|plan| plan.route != Route::Dense);
        plans.sort_by(|a, b| a.effort.total_cmp(&b.effort));
        let small = |plan: &&Self| plan.memory <= memory;
        let least = || plans.iter().min_by(|a, b| a.memory.total_cmp(&b.memory));
        let chosen = *plans.iter().find(small).or_else(least).expect("nested dissection answers everything");
        let reason = match plans.as_slice() {
            [_] => Reason::Only,
            [first, second, ..] if first.route == chosen.route => {
                Reason::Fastest { before: second.route, ratio: second.effort / first.effort }
            }
            [first, ..] => Reason::Memory { faster: first.route, memory: first.memory },
            [] => Reason::Only,
        };
        Self { reason, ..chosen }
    }

    /// The plan of a route that was asked for; none if it cannot answer the question.
    pub fn forced(conductor: &Conductor, question: Question, route: Route) -> Option<Self> {
        let cost = match route {
            Route::Recursive | Route::Sweep => slice_by_slice(conductor, question, route)?,
            Route::NestedDissection => dissected(conductor, question),
            Route::Dense => dense(conductor, question),
        };
        let Cost { operations, effort, memory } = cost;
        let energies = question.energies();
        let (operations, effort) = (operations * energies, effort * energies);
        let precision = Precision::Double;
        Some(Self { route, precision, operations, memory, effort, reason: Reason::Forced })
    }

    /// The plan in [single precision](Precision::Single), for which the recursion is made; none for networks and the S matrix.
    pub fn in_single(conductor: &Conductor, question: Question) -> Option<Self> {
        if question == Question::SMatrix {
            return None;
        }
        let plan = Self::forced(conductor, question, Route::Recursive)?;
        let stored = stored(conductor, question, conductor.is_time_reversal_symmetric());
        Some(Self {
            precision: Precision::Single,
            memory: plan.memory - 0.5 * stored,
            effort: 0.6 * plan.effort,
            ..plan
        })
    }

    /// The plans of all routes that answer the question, each as if it had been asked for.
    pub fn all(conductor: &Conductor, question: Question) -> Vec<Self> {
        let routes = Route::ALL.into_iter();
        // of a strip's S matrix both go the same way
        let different = routes.filter(|route| question != Question::SMatrix || *route != Route::Sweep);
        different.filter_map(|route| Self::forced(conductor, question, route)).collect()
    }
}

impl Question {
    fn energies(self) -> f64 {
        match self {
            Self::Potentials { energies, .. } => energies,
            Self::SMatrix | Self::Transmissions { .. } => 1.0,
        }
    }

    /// Whether T' is needed.
    fn derivatives(self) -> bool {
        match self {
            Self::SMatrix => false,
            Self::Transmissions { derivatives } => derivatives,
            Self::Potentials { .. } => true,
        }
    }

    /// Matrices T held at the same time.
    fn matrices(self) -> f64 {
        match self {
            Self::SMatrix => 0.0,
            Self::Transmissions { derivatives } => 1.0 + f64::from(u8::from(derivatives)),
            // T and T'
            Self::Potentials { energies, .. } if energies <= 1.0 => 2.0,
            // L0, L1, L2 and the T that is added
            Self::Potentials { summed: true, .. } => 4.0,
            Self::Potentials { energies, .. } => energies,
        }
    }

    /// Operations that are worth as much as reading one stored T_ab for all products at one energy, where products of matrices reach the full
    /// rate.
    fn reading(self) -> f64 {
        match self {
            Self::SMatrix | Self::Transmissions { .. } => 0.0,
            Self::Potentials { products, energies, summed } => {
                25.0 * products / if summed { energies } else { 1.0 }
            }
        }
    }
}

/// What a route costs at one energy.
struct Cost {
    operations: f64,
    effort: f64,
    /// For all energies.
    memory: f64,
}

/// Bytes of a complex number.
const COMPLEX: f64 = 16.0;

/// Bytes of the stored transmissions.
fn stored(conductor: &Conductor, question: Question, symmetric: bool) -> f64 {
    let terminals = conductor.terminals() as f64;
    8.0 * terminals * terminals * question.matrices() * if symmetric { 0.5 } else { 1.0 }
}

fn slice_by_slice(conductor: &Conductor, question: Question, route: Route) -> Option<Cost> {
    let lattice = conductor.strip()?;
    let (l, n) = (lattice.slices() as f64, lattice.slice_sites() as f64);
    let symmetric = conductor.is_time_reversal_symmetric();
    let block = COMPLEX * n * n;
    Some(match (question, route) {
        (Question::SMatrix, _) => {
            let operations = if symmetric { 24.0 } else { 32.0 } * l * n.powi(3);
            // slices are small: their number of operations reaches the full rate only beyond a hundred sites
            let effort = operations * (1.0 + (SMALL_SLICE / n).powf(1.5)) + modes(conductor);
            Cost { operations, effort, memory: 14.0 * block + 4.0 * 4.0 * block }
        }
        (_, Route::Recursive) => {
            let each = if question.derivatives() { 12.0 } else { 4.0 };
            let pairs = l * l * n.powi(3);
            Cost {
                operations: each * pairs * if symmetric { 1.0 } else { 2.0 },
                // a product with stored transmissions reads them from memory: 25 operations an entry, less where the
                // products of matrices it is compared with are slow; the crossover to sweeps is that without field
                effort: pairs * (each + question.reading() / (n + 25.0)),
                memory: stored(conductor, question, symmetric) + 8.0 * l * block,
            }
        }
        (Question::Potentials { products, energies, .. }, Route::Sweep) => {
            let slices = l * n.powi(3);
            Cost {
                operations: (40.0 * products + 120.0) * slices,
                effort: (28.0 * products + 120.0) * slices,
                memory: 13.0 * l * block * energies,
            }
        }
        _ => return None,
    })
}

/// From G on the surface to the S matrix and its unitarity, with as many open modes as a band has on average.
fn modes(conductor: &Conductor) -> f64 {
    6.0 * (conductor.surface().len() as f64).powi(3)
}

/// Sites of a slice below which the recursion along a wire is slow.
const SMALL_SLICE: f64 = 41.0;

fn dense(conductor: &Conductor, question: Question) -> Cost {
    let order = orbitals(conductor);
    let operations = if question.derivatives() { 24.0 } else { 8.0 } * order.powi(3);
    let memory = 5.0 * COMPLEX * order * order + stored(conductor, question, false);
    Cost { operations, effort: operations, memory }
}

fn orbitals(conductor: &Conductor) -> f64 {
    match conductor.strip() {
        Some(lattice) => lattice.sites() as f64,
        None => conductor.hamiltonian().orbitals() as f64,
    }
}

/// Effort of a row, an entry and a multiplication of sparse factors, beside the operations themselves; and the bytes of an entry.
struct Arithmetic {
    /// Real operations of a multiplication.
    operations: f64,
    /// Effort of a multiplication in a large front.
    multiplication: f64,
    /// Effort of an entry, which is moved some times.
    entry: f64,
    bytes: f64,
}

/// Effort of a row: assembly, and the test of the factors.
const ROW: f64 = 21_000.0;

const REAL: Arithmetic = Arithmetic { operations: 2.0, multiplication: 5.5, entry: 750.0, bytes: 8.0 };
const SYMMETRIC: Arithmetic =
    Arithmetic { operations: 8.0, multiplication: 19.0, entry: 1250.0, bytes: COMPLEX };
const GENERAL: Arithmetic =
    Arithmetic { operations: 16.0, multiplication: 30.0, entry: 2000.0, bytes: 2.0 * COMPLEX };

/// Effort of an operation of a solution with sparse factors.
const SOLUTION: f64 = 7.0;

/// What solutions with sparse factors take is known to such a factor: for all T_ab they are chosen if faster even so.
const DOUBT: f64 = 2.0;

fn dissected(conductor: &Conductor, question: Question) -> Cost {
    let (size, real) = match conductor.strip() {
        Some(lattice) => {
            let sides = [lattice.slices(), lattice.width(), lattice.height()];
            let periodic = lattice.boundary() == Boundary::Periodic;
            (boxes::strip(sides, conductor.leads(), periodic), lattice.flux() == 0.0)
        }
        None => {
            let counts = conductor.dissection.analysis(conductor).counts();
            let size = Size {
                multiplications: counts.multiplications,
                factor_entries: counts.factor_entries,
                contribution_entries: counts.contribution_entries,
            };
            (size, conductor.hamiltonian().is_real())
        }
    };
    let arithmetic = match (real, conductor.probes() > 0) {
        (true, false) => REAL,
        (false, true) => GENERAL,
        (true, true) | (false, false) => SYMMETRIC,
    };
    let (order, surface) = (orbitals(conductor), conductor.surface().len() as f64);
    let inverse = 8.0 * surface.powi(3);
    let mut cost = Cost {
        operations: arithmetic.operations * size.multiplications + inverse,
        effort: arithmetic.multiplication * size.multiplications
            + arithmetic.entry * size.factor_entries
            + ROW * order
            + inverse,
        memory: arithmetic.bytes * (size.factor_entries + size.contribution_entries)
            + 6.0 * COMPLEX * surface * surface
            + ANALYSIS * order,
    };
    if question == Question::SMatrix {
        cost.effort += modes(conductor);
    } else {
        let probes: usize = match conductor.strip() {
            Some(_) => conductor.probes(),
            None => conductor.probe_sites().map(|site| conductor.hamiltonian().orbitals_of(site).len()).sum(),
        };
        let symmetric = conductor.is_time_reversal_symmetric();
        let columns = probes as f64 + if symmetric || probes == 0 { 0.0 } else { surface };
        let solutions = columns * if question.derivatives() { 2.0 } else { 1.0 };
        let operations = 16.0 * size.factor_entries * solutions;
        let terminals = conductor.terminals() as f64;
        cost.operations += operations;
        cost.effort += SOLUTION * (operations + ROW_OF_SOLUTION * order * solutions);
        cost.effort = DOUBT * cost.effort + terminals * terminals * question.reading();
        cost.memory += stored(conductor, question, symmetric) + 4.0 * COLUMNS * COMPLEX * order;
    }
    cost
}

/// Bytes per row of the Hamiltonian, the order of elimination and the entries' places.
const ANALYSIS: f64 = 300.0;

/// Operations per row of a solution beside those with the factors: right-hand sides, norms and transmissions.
const ROW_OF_SOLUTION: f64 = 40.0;

/// Columns of G solved for at a time.
const COLUMNS: f64 = 64.0;

#[cfg(test)]
mod tests;
