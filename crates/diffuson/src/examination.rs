//! Laws that no single result can be held against: a sample solved again, shifted, in the opposite field, and next to itself.
//!
//! What every solution is audited for is recorded where it is made. Laws that compare two solutions cost a second one, and are tested here, on one sample for all of
//! its kind:
//!
//! | law | what is compared |
//! |---|---|
//! | [gauge](laws::GAUGE) | all potentials raised together, those inside the leads too: transmissions stay |
//! | [Onsager and Casimir](laws::ONSAGER_CASIMIR) | `T_ab(B) = T_ba(-B)`, by a conductor in the opposite field |
//! | [density of states](laws::DENSITY_OF_STATES) | `sum_i A_ii / 2 pi = -(1/2 pi i) Tr S^+ dS/dU`, U a potential in all of the conductor |
//! | [linear limit](laws::LINEAR_LIMIT) | `dI_a/dmu_b` by differences against the Onsager matrix |
//! | [nonlinear fluctuation-dissipation](laws::NONLINEAR_FLUCTUATION_DISSIPATION) | `dS/dV = 2 kT d^2 I/dV^2` at V = 0, without field |
//!
//! The last two need a temperature. The Lorenz ratio of Wiedemann and Franz is no law, and nowhere tested: thermoelectric coefficients report it.

mod bias;

use crate::audit::{Audit, laws};
use crate::conductor::{Conductor, ConductorError};
use crate::leads::LeadError;
use crate::scattering::{self, Plan, Question, Route, SMatrix, SolveError, Work, nan_max};
use crate::thermal::{Reservoir, SampleError};
use std::f64::consts::TAU;

/// A sample, cross-examined.
#[derive(Clone, Debug)]
pub struct Examination {
    /// The laws that hold or do not.
    pub audit: Audit,
    /// Injectivities of the leads: states per energy in the conductor that are occupied from each, in 1/t per spin.
    pub injectivities: Vec<f64>,
    /// All states per energy in the conductor, in 1/t per spin.
    pub density_of_states: f64,
    /// Work done.
    pub work: Work,
}

impl Examination {
    /// Electrons that potentials of the leads (in t) draw into the conductor, `sum_b D_b mu_b`, as long as its own potential stays where it is: what screening has
    /// to keep out.
    ///
    /// # Panics
    /// If there is not one potential for each lead.
    pub fn unscreened(&self, potentials: &[f64]) -> f64 {
        assert_eq!(potentials.len(), self.injectivities.len(), "a potential for each lead");
        self.injectivities.iter().zip(potentials).map(|(d, mu)| d * mu).sum()
    }

    /// The potential U in all of the conductor (in t) that keeps it neutral, to first order in those of the leads: `sum_b D_b mu_b / sum_b D_b`.
    ///
    /// # Panics
    /// If there is not one potential for each lead.
    pub fn screening_potential(&self, potentials: &[f64]) -> f64 {
        self.unscreened(potentials) / self.density_of_states
    }
}

/// A sample that cannot be examined.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExaminationError {
    /// Fewer than two leads.
    #[error(transparent)]
    Conductor(#[from] ConductorError),
    /// No Green function, or no modes.
    #[error(transparent)]
    Solve(#[from] SolveError),
    /// The conductor is no transmission.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// A potential or temperature that makes no sense.
    #[error("{0}")]
    Reservoir(String),
}

impl From<LeadError> for ExaminationError {
    fn from(e: LeadError) -> Self {
        Self::Solve(e.into())
    }
}

/// Transmissions are compared to so much per channel, or to what rounding of energies (in t) does to S where that is more: it moves the phases of S by the density of
/// states times that.
const SAME: f64 = 1e-10;
const ROUNDING: f64 = 1e-13;

/// The potential raised, in t: no round number.
const RAISED: f64 = 0.371;

/// The step of differences in U, in mean spacings of levels (of at most 1 t): phases of S, and the sharpest of levels, change little. And what their accuracy allows.
const STEP: f64 = 1e-3;
const DIFFERENCE: f64 = 1e-8;

/// Examines one realisation of the on-site energies (in t, one per site) at the potential and temperature of a reservoir. Probes are left out: what is examined is the coherent conductor below them.
///
/// # Errors
/// [`ExaminationError`] if there are fewer than two leads, no S matrix, or no such reservoir.
///
/// # Panics
/// If `onsite` does not hold one energy per site.
pub fn examine(
    conductor: &Conductor,
    onsite: &[f64],
    at: Reservoir,
) -> Result<Examination, ExaminationError> {
    let energy = at.mu;
    let bare;
    let conductor = if conductor.probes() == 0 {
        conductor
    } else {
        bare = conductor.without_probes()?;
        &bare
    };
    let dressed = conductor.at(energy)?;
    let route = Plan::smatrix(conductor).route;
    let raised = |by: f64| onsite.iter().map(|level| level + by).collect::<Vec<_>>();
    let s = scattering::smatrix(&dressed, onsite, route)?;
    let (mut audit, mut work) = (s.audit.clone(), s.work);

    let solved = scattering::solve(
        &dressed,
        onsite,
        Plan::fastest(conductor, Question::Transmissions { derivatives: false }, f64::INFINITY).route,
        false,
    )?;
    audit.merge(&solved.audit);
    let density_of_states: f64 = solved.density_of_states.iter().sum();
    // differences over three steps, extrapolated twice: the second extrapolation is the value, what it changes the accuracy
    let mut moved = Vec::new();
    let mut steps = Vec::new();
    for factor in [1.0, 2.0, 4.0] {
        let step = factor * STEP / density_of_states.max(1.0);
        let [down, up] = [-step, step].map(|by| scattering::smatrix(&dressed, &raised(by), route));
        let (down, up) = (down?, up?);
        steps.push(injectivities(&s, &down, &up, step));
        moved.extend([down, up]);
    }
    let refined = |of: &dyn Fn(f64, f64, f64) -> f64| -> Vec<f64> {
        (0..s.leads()).map(|lead| of(steps[0][lead], steps[1][lead], steps[2][lead])).collect()
    };
    let once = refined(&|near, far, _| (4.0 * near - far) / 3.0);
    let injectivities = refined(&|near, far, farthest| (64.0 * near - 20.0 * far + farthest) / 45.0);
    let [once, twice] = [&once, &injectivities].map(|part| part.iter().sum::<f64>());
    let [residual, uncertain] =
        [twice - density_of_states, twice - once].map(|by| by.abs() / density_of_states);
    // without open modes there are no states to compare
    if s.data().cols() > 0 {
        audit.record(laws::DENSITY_OF_STATES, residual, DIFFERENCE.max(uncertain));
    }

    let sound = s.audit.laws().iter().map(|law| law.allowed).fold(SAME, f64::max);
    let allowed = sound.max(ROUNDING * density_of_states);

    let higher = dressed.frozen(false)?;
    let higher = scattering::smatrix(&higher.at(energy + RAISED)?, &raised(RAISED), Route::NestedDissection)?;
    let reversed = dressed.frozen(true)?;
    let reversed = scattering::smatrix(&reversed.at(energy)?, onsite, Route::NestedDissection)?;
    audit.record(laws::GAUGE, difference(&s, |a, b| higher.transmission(a, b)), allowed);
    audit.record(laws::ONSAGER_CASIMIR, difference(&s, |a, b| reversed.transmission(b, a)), allowed);
    for other in moved.iter().chain([&higher, &reversed]) {
        audit.merge(&other.audit);
        work += other.work;
    }
    work += solved.work;
    if at.kt > 0.0 {
        let (small_biases, of_biases) = bias::examine(conductor, onsite, route, at)?;
        audit.merge(&small_biases);
        work += of_biases;
    }
    Ok(Examination { audit, injectivities, density_of_states, work })
}

/// Largest difference of transmissions between leads, per channel.
fn difference(s: &SMatrix, other: impl Fn(usize, usize) -> f64) -> f64 {
    let pairs = (0..s.leads()).flat_map(|a| (0..s.leads()).map(move |b| (a, b)));
    let worst = pairs.map(|(a, b)| (s.transmission(a, b) - other(a, b)).abs()).fold(0.0, nan_max);
    worst / (s.data().rows() as f64).max(1.0)
}

/// `-(1/2 pi i) Tr_b S^+ dS/dU` for the incoming channels of each lead b, from S at `-step` and `step`.
fn injectivities(s: &SMatrix, down: &SMatrix, up: &SMatrix, step: f64) -> Vec<f64> {
    let of = |lead: usize| -> f64 {
        let entries = s.channels(lead).flat_map(|j| {
            let change = up.data().col(j).iter().zip(down.data().col(j)).map(|(up, down)| up - down);
            s.data().col(j).iter().zip(change).map(|(z, change)| (z.conj() * change).im)
        });
        -entries.sum::<f64>() / (TAU * 2.0 * step)
    };
    (0..s.leads()).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hamiltonian::Hamiltonian;
    use crate::lattice::{Boundary, Family, Lattice};
    use crate::leads::{Lead, chain_self_energy};
    use diffuson_linalg::{C64, Matrix};
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    fn one(z: C64) -> Matrix {
        Matrix::from_diagonal(&[z])
    }

    /// A ring of three sites with a flux and a chain at each, solved independently to eight digits.
    fn ring(energy: f64) -> Conductor {
        let mut builder = Hamiltonian::builder();
        for level in [0.3, -0.2, 0.1] {
            builder.add_site([level, 0.0, 0.0], &one(C64::new(level, 0.0))).unwrap();
        }
        let hop = -C64::new(0.0, 0.3).exp();
        for (i, j) in [(0, 1), (1, 2), (2, 0)] {
            builder.add_bond(i, j, &one(hop)).unwrap();
        }
        let (sigma, derivative) = chain_self_energy(energy, 1.0);
        let lead = |contact: f64| Lead::Given {
            sigma: one(contact * contact * sigma),
            derivative: one(contact * contact * derivative),
        };
        let leads =
            [0.8, 1.0, 0.9].into_iter().enumerate().map(|(site, contact)| (lead(contact), vec![site]));
        Conductor::network(builder.build().unwrap(), leads.collect(), Vec::new()).unwrap()
    }

    #[test]
    fn states_of_the_ring() {
        let found = examine(&ring(0.1), &[0.0; 3], Reservoir { mu: 0.1, kt: 0.0 }).unwrap();
        assert!(found.audit.passed(), "{:?}", found.audit);
        // eight digits of three terms each
        assert!((found.density_of_states - (0.153_670_73 + 0.141_200_91 + 0.152_206_76)).abs() < 2e-8);
        let of_lead_0 = 0.062_346_66 + 0.008_216_06 + 0.062_014;
        assert!((found.injectivities[0] - of_lead_0).abs() < 2e-8, "{:?}", found.injectivities);
        // equal potentials are screened by the same
        let at_rest = found.screening_potential(&[0.3; 3]);
        assert!((at_rest - 0.3).abs() < 1e-8, "{at_rest}");
        assert!((found.unscreened(&[1.0, 0.0, 0.0]) - of_lead_0).abs() < 2e-8);
        assert_eq!(found.work.energies, 10, "S nine times, and the Green function on all sites");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, rng_seed: RngSeed::Fixed(5), failure_persistence: None, ..ProptestConfig::default() })]

        /// Strips with disorder and field pass, with probes below which they are examined, too.
        #[test]
        fn strips_pass(
            size in (2usize..9, 1usize..6), flux in prop::sample::select(vec![0.0, 0.07, 0.21]), energy in -1.9f64..1.9, seed in prop::collection::vec(-1.0f64..1.0, 54), probed: bool, kt in prop::sample::select(vec![0.0, 0.02, 0.1]),
        ) {
            let lattice = Lattice::new(Family::Square, [size.0, size.1, 1], Boundary::HardWall).unwrap().with_flux(flux).unwrap();
            let probes = if probed { vec![(0, crate::leads::Probe::WideBand { width: 0.1 })] } else { vec![] };
            let sites = lattice.sites();
            let lead = || Some(Lead::Continuation);
            let conductor = Conductor::new(lattice, [lead(), lead()], probes).unwrap();
            let found = examine(&conductor, &seed[..sites], Reservoir { mu: energy, kt }).unwrap();
            prop_assert!(found.audit.passed(), "{:?}", found.audit);
            let asked = |law: &str| found.audit.laws().iter().any(|l| l.name == law);
            prop_assert_eq!(asked(laws::LINEAR_LIMIT), kt > 0.0);
            prop_assert_eq!(asked(laws::NONLINEAR_FLUCTUATION_DISSIPATION), kt > 0.0 && flux == 0.0);
            prop_assert!(found.injectivities.iter().all(|d| *d > -1e-8));
        }
    }

    /// Below the band there is nothing to examine, and nothing fails.
    #[test]
    fn closed_leads_pass() {
        let lattice = Lattice::new(Family::Square, [4, 3, 1], Boundary::HardWall).unwrap();
        let conductor =
            Conductor::new(lattice, [Some(Lead::Continuation), Some(Lead::Continuation)], vec![]).unwrap();
        for kt in [0.0, 0.05] {
            let found = examine(&conductor, &[0.1; 12], Reservoir { mu: -5.0, kt }).unwrap();
            assert!(found.audit.passed(), "{:?}", found.audit);
        }
    }

    /// What the laws see if a potential or the field is forgotten: the audit can fail.
    #[test]
    fn forgotten_potentials_and_fields_are_seen() {
        let conductor = ring(0.1);
        let s = |of: &Conductor, level: f64| {
            let dressed = of.at(0.1).unwrap();
            scattering::smatrix(&dressed, &[level; 3], Route::NestedDissection).unwrap()
        };
        let right = s(&conductor, 0.0);
        let higher = s(&conductor, 0.05);
        assert!(difference(&right, |a, b| higher.transmission(a, b)) > 1e-3);
        assert!(difference(&right, |a, b| right.transmission(b, a)) > 1e-2);
    }
}
