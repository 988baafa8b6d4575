//! One sample: the Lyapunov exponents of a bar, or the conductance of a cube.

use crate::settings::{RandomEnergies, Scaling, ScalingMeasure, Symmetry};
use crate::strip::Deviations;
use crate::study::Study;
use crate::task::{Cost, Made};
use diffuson::audit::Audit;
use diffuson::conductor::Conductor;
use diffuson::disorder::Disorder;
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::{End, Lead};
use diffuson::localization::lyapunov::{Bar, Hopping, Length, LyapunovError};
use diffuson::scattering::{self, Plan};
use diffuson_ensemble::random::Realisation;

/// Level width of the leads of a cube: chains of hopping t, not joined to each other, at the centre of their band (Sigma = -i t on every end site). All channels are
/// open, whatever the energy, and conductances are near their limit at smaller sizes than with clean lattices as leads.
const LEAD_WIDTH: f64 = 2.0;

/// Slices that bars leave out, in units of their size, and at least: the start is forgotten there.
const DISCARD: (usize, u64) = (40, 400);

/// Slices between two orthonormalisations, about: what costs are reckoned with.
const INTERVAL: f64 = 10.0;

/// What the samples of a point are samples of.
pub(super) enum System {
    Bar { bar: Bar, length: Length },
    Cube(Box<Cube>),
}

/// A cube between two leads.
pub(super) struct Cube {
    conductor: Conductor,
    plan: Plan,
    disorder: Disorder,
    energy: f64,
}

/// What one sample gives.
pub(super) struct Sample {
    /// Gamma of a bar, or the conductance of a cube in e^2/h, per spin.
    pub(super) value: f64,
    /// The error of Gamma within the bar; NaN for a cube, which is one number.
    pub(super) error: f64,
    pub(super) audit: Audit,
}

impl System {
    pub(super) fn new(study: &Study, point: usize, s: &Scaling) -> Made<Self> {
        let disorder = match s.disorder {
            RandomEnergies::Box { width } => Disorder::Box { width },
            RandomEnergies::Gaussian { deviation } => Disorder::Gaussian { deviation },
        };
        let boundary = if s.periodic { Boundary::Periodic } else { Boundary::HardWall };
        let height = if s.dimension == 3 { s.size } else { 1 };
        let refuse = |key: &str, what: String| {
            study.diagnostic(point, key, format!("`{key}`: {what}"), "not possible".to_owned(), String::new())
        };
        match s.measure {
            ScalingMeasure::Lyapunov { slices } => {
                let hopping = match s.symmetry {
                    Symmetry::Orthogonal => Hopping::Real,
                    Symmetry::Unitary => Hopping::RandomPhases,
                    Symmetry::Symplectic => Hopping::RandomSpinRotations,
                };
                let bar = Bar::new([s.size, height], boundary, disorder, s.energy)
                    .and_then(|bar| bar.with_hopping(hopping))
                    .map_err(|e: LyapunovError| refuse("lattice.size", e.to_string()))?;
                let discard = DISCARD.1.max((DISCARD.0 * s.size) as u64);
                Ok(Self::Bar { bar, length: Length { slices, discard, relative_error: None } })
            }
            ScalingMeasure::Conductance => {
                let family = if s.dimension == 3 { Family::Cubic } else { Family::Square };
                let lattice = Lattice::new(family, [s.size, s.size, height], boundary)
                    .map_err(|e| refuse("lattice.size", e.to_string()))?;
                let lead = Lead::WideBand { width: LEAD_WIDTH };
                let conductor = Conductor::new(lattice, [Some(lead.clone()), Some(lead)], vec![])
                    .map_err(|e| refuse("lattice.size", e.to_string()))?;
                let plan = Plan::smatrix(&conductor);
                Ok(Self::Cube(Box::new(Cube { conductor, plan, disorder, energy: s.energy })))
            }
        }
    }

    /// Computes the sample of a realisation.
    pub(super) fn sample(&self, realisation: Realisation) -> Result<Sample, String> {
        let random = Deviations(realisation);
        match self {
            Self::Bar { bar, length } => {
                let spectrum = bar.lyapunov(*length, &random).map_err(|e| e.to_string())?;
                let gamma = spectrum.gamma();
                Ok(Sample { value: gamma.value, error: gamma.error, audit: spectrum.audit })
            }
            Self::Cube(cube) => {
                let Cube { conductor, plan, disorder, energy } = cube.as_ref();
                let dressed = conductor.at(*energy).map_err(|e| e.to_string())?;
                let onsite = disorder.onsite(conductor.sites(), &random);
                let s = scattering::smatrix(&dressed, &onsite, plan.route).map_err(|e| e.to_string())?;
                let lead = |end| conductor.lead(end).ok_or("a cube has two leads");
                let (left, right) = (lead(End::Left)?, lead(End::Right)?);
                Ok(Sample { value: s.transmission(right, left), error: f64::NAN, audit: s.audit })
            }
        }
    }

    /// What one sample costs, in words and numbers.
    pub(super) fn cost(&self, s: &Scaling) -> Cost {
        let across = if s.dimension == 3 { format!("{0} x {0}", s.size) } else { s.size.to_string() };
        match self {
            Self::Bar { bar, length } => {
                let n = bar.channels() as f64;
                // real components of a number, and neighbours across
                let d = match s.symmetry {
                    Symmetry::Orthogonal => 1.0,
                    Symmetry::Unitary => 2.0,
                    Symmetry::Symplectic => 4.0,
                };
                let z = 2.0 * (s.dimension - 1) as f64;
                let slices = (length.slices + length.discard) as f64;
                let per_slice = 4.0 * d * d * n.powi(3) / INTERVAL + 2.0 * d * n * n * (1.0 + d * z);
                Cost {
                    system: format!("{across} x {} sites", length.slices),
                    operations: slices * per_slice,
                    memory: 8.0 * 6.0 * d * n * n,
                    stored: 16.0,
                    method: "transfer matrices".to_owned(),
                    reason: "Lyapunov exponents".to_owned(),
                    shared: 1,
                }
            }
            Self::Cube(cube) => Cost {
                system: format!("{across} x {} sites", s.size),
                operations: cube.plan.operations,
                memory: cube.plan.memory,
                stored: 16.0,
                method: cube.plan.route.name().to_owned(),
                reason: cube.plan.reason.to_string(),
                shared: 1,
            },
        }
    }
}
