//! Settings of a study of kind `spin-fluctuations`: lengths in sites, energies in the unit of the model.

use super::conductor::rules::problem;
use super::{EnsembleSettings, Missing, Problem};
use crate::parse::value::Value;
use crate::study::View;
use diffuson::droplets::TimeReversal;

/// All settings of one point of a `spin-fluctuations` study.
#[derive(Clone, Debug, PartialEq)]
pub struct SpinFluctuations {
    /// The microscopic model.
    pub model: ModelSettings,
    /// kT.
    pub temperature: f64,
    /// What is computed; of the same kind at all points.
    pub compute: Compute,
    /// Disorder average.
    pub ensemble: EnsembleSettings,
}

/// A microscopic model on a torus of `size` by `size` sites.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ModelSettings {
    /// Many orbitals per site.
    Orbitals {
        /// Sites along each side.
        size: usize,
        /// Orbitals per site.
        orbitals: usize,
        /// J_1.
        hopping: f64,
        /// Real or complex matrix elements.
        time_reversal: TimeReversal,
    },
    /// One orbital per site.
    Anderson {
        /// Sites along each side.
        size: usize,
        /// Full width of the box.
        width: f64,
        /// Fermi energy.
        energy: f64,
    },
}

impl ModelSettings {
    /// Sites along each side.
    pub fn size(&self) -> usize {
        match self {
            Self::Orbitals { size, .. } | Self::Anderson { size, .. } => *size,
        }
    }

    /// Orbitals per site.
    pub fn orbitals(&self) -> usize {
        match self {
            Self::Orbitals { orbitals, .. } => *orbitals,
            Self::Anderson { .. } => 1,
        }
    }
}

/// What is computed.
#[derive(Clone, Debug, PartialEq)]
pub enum Compute {
    /// Covariance of the grand potential.
    GrandPotential {
        /// a; the same at all points.
        fields: Vec<f64>,
        /// R of the profile.
        radius: f64,
    },
    /// The lattice experiment.
    Susceptibility(Projections),
    /// F_1 on two places and between them.
    Interaction(Pairs),
    /// Self-consistent droplets.
    Droplets(Polarised),
}

/// Two equal profiles at several distances.
#[derive(Clone, Debug, PartialEq)]
pub struct Pairs {
    /// R of the profiles.
    pub radius: f64,
    /// Fourier modes that they are made of.
    pub modes: usize,
    /// Sites between them, ascending; the same at all points.
    pub distances: Vec<usize>,
}

/// How spins are polarised.
#[derive(Clone, Debug, PartialEq)]
pub struct Polarised {
    /// F_0.
    pub triplet: f64,
    /// Fourier modes of the exchange field.
    pub modes: usize,
    /// Realisations that mean susceptibilities are taken from.
    pub reference: usize,
}

/// What is made of the susceptibility; the same at all points.
#[derive(Clone, Debug, PartialEq)]
pub struct Projections {
    /// Numbers of Fourier modes, ascending.
    pub modes: Vec<usize>,
    /// Which of them, as a place in the list, table and verdict use; none if it is none of them.
    pub subspace: Option<usize>,
    /// R of Gaussian profiles.
    pub radii: Vec<f64>,
    /// Surrogate matrices.
    pub surrogates: usize,
    /// Share of samples in the tail.
    pub tail: f64,
}

impl SpinFluctuations {
    pub(crate) fn new(view: &View<'_>) -> Result<Self, Missing> {
        let size = view.count("model.size")?;
        let model = match view.word("model.kind")? {
            "anderson" => ModelSettings::Anderson {
                size,
                width: view.number("model.width")?,
                energy: view.number("model.energy")?,
            },
            _ => ModelSettings::Orbitals {
                size,
                orbitals: view.count("model.orbitals")?,
                hopping: view.number("model.hopping")?,
                time_reversal: match view.word("model.time_reversal")? {
                    "broken" => TimeReversal::Broken,
                    _ => TimeReversal::Unbroken,
                },
            },
        };
        let compute = match view.word("fluctuations.compute")? {
            "grand-potential" => Compute::GrandPotential {
                fields: view.numbers("potential.fields")?,
                radius: view.number("potential.radius")?,
            },
            "susceptibility" => Compute::Susceptibility(Projections::new(view)?),
            "interaction" => Compute::Interaction(Pairs {
                radius: view.number("interaction.radius")?,
                modes: view.count("interaction.modes")?,
                distances: ascending(view, "interaction.distances")?,
            }),
            _ => Compute::Droplets(Polarised {
                triplet: view.number("droplets.triplet")?,
                modes: view.count("droplets.modes")?,
                reference: view.count("droplets.reference")?,
            }),
        };
        Ok(Self {
            model,
            temperature: view.number("temperature.kT")?,
            compute,
            ensemble: EnsembleSettings::new(view)?,
        })
    }

    /// What is wrong with the settings taken together.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let size = self.model.size();
        let wide = |key: &'static str, radius: f64| {
            (radius > size as f64 / 2.0).then(|| {
                problem(
                    key,
                    format!("has a profile of radius {radius} on a torus of {size} sites"),
                    format!("at most half of model.size, {}", size as f64 / 2.0),
                    "a profile must not meet itself around the torus",
                )
            })
        };
        match &self.compute {
            Compute::GrandPotential { radius, fields } => {
                let repeated = fields.iter().enumerate().find(|(k, a)| fields[..*k].contains(a));
                let repeated = repeated.map(|(_, a)| {
                    problem(
                        "potential.fields",
                        format!("has the field {a} twice"),
                        "different fields",
                        "take one out",
                    )
                });
                let wide = wide("potential.radius", *radius);
                wide.into_iter().chain(repeated).collect()
            }
            Compute::Susceptibility(projections) => {
                let widest = projections.radii.iter().copied().fold(0.0, f64::max);
                wide("susceptibility.radii", widest).into_iter().chain(projections.problem()).collect()
            }
            Compute::Interaction(pairs) => {
                let furthest = pairs.distances.last().copied().unwrap_or(0);
                let far = (2 * furthest > size).then(|| {
                    problem(
                        "interaction.distances",
                        format!("has a distance of {furthest} on a torus of {size} sites"),
                        format!("at most half of model.size, {}", size / 2),
                        "beyond half of the torus two places are closer the other way round",
                    )
                });
                wide("interaction.radius", pairs.radius).into_iter().chain(far).collect()
            }
            Compute::Droplets(_) => Vec::new(),
        }
    }
}

/// A list of integers, in order.
fn ascending(view: &View<'_>, key: &'static str) -> Result<Vec<usize>, Missing> {
    let Some(Value::Integers(list)) = view.get(key) else { return Err(Missing(key)) };
    let mut list: Vec<usize> = list.iter().filter_map(|m| usize::try_from(*m).ok()).collect();
    list.sort_unstable();
    Ok(list)
}

impl Projections {
    fn new(view: &View<'_>) -> Result<Self, Missing> {
        let modes = ascending(view, "susceptibility.modes")?;
        let subspace = view.count("susceptibility.subspace")?;
        Ok(Self {
            subspace: modes.iter().position(|m| *m == subspace),
            modes,
            radii: view.numbers("susceptibility.radii")?,
            surrogates: view.count("susceptibility.surrogates")?,
            tail: view.number("susceptibility.tail")?,
        })
    }

    fn problem(&self) -> Option<Problem> {
        self.subspace.is_none().then(|| {
            problem(
                "susceptibility.subspace",
                "is none of susceptibility.modes",
                format!("one of {:?}", self.modes),
                "distributions are computed for these numbers of modes",
            )
        })
    }
}
