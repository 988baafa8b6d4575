//! Settings of a study of kind `scaling`: energies in t, lengths in a.

pub(crate) mod rules;

use super::{EnsembleSettings, Missing};
use crate::study::View;

/// All settings of one point of a `scaling` study.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaling {
    /// Dimension of the lattice, 2 or 3.
    pub dimension: usize,
    /// Size M of the cross-section or of the cube.
    pub size: usize,
    /// Whether the sides are joined; hard walls otherwise.
    pub periodic: bool,
    /// Energy in t.
    pub energy: f64,
    /// Symmetry class of the Hamiltonian.
    pub symmetry: Symmetry,
    /// On-site energies.
    pub disorder: RandomEnergies,
    /// What is computed of each sample.
    pub measure: ScalingMeasure,
    /// What is swept of disorder and energy, with several values; the same at all points.
    pub swept: Vec<Driving>,
    /// How the data are fitted; the same at all points.
    pub fit: ScalingFitSettings,
    /// Thermopower from the conductivity that was computed; the same at all points.
    pub transport: Option<TransportSettings>,
    /// The disorder average; the same at all points.
    pub ensemble: EnsembleSettings,
}

/// The Wigner-Dyson symmetry classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symmetry {
    /// Time-reversal symmetric, no spin.
    Orthogonal,
    /// Time reversal broken by magnetic flux.
    Unitary,
    /// Spin-orbit coupling, time-reversal symmetric.
    Symplectic,
}

/// Independent random on-site energies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RandomEnergies {
    /// Uniform on [-width/2, width/2].
    Box {
        /// Full width W in t.
        width: f64,
    },
    /// Normal with mean zero.
    Gaussian {
        /// Standard deviation in t.
        deviation: f64,
    },
}

/// What is computed of each sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ScalingMeasure {
    /// The smallest positive Lyapunov exponent of a bar.
    Lyapunov {
        /// Length of the bar in slices.
        slices: u64,
    },
    /// The conductance of a cube.
    Conductance,
}

/// What drives the transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driving {
    /// The width or the standard deviation of the disorder.
    Disorder,
    /// The energy.
    Energy,
}

/// How the data are fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScalingFitSettings {
    /// What drives the transition, where the study says so.
    pub driven_by: Option<Driving>,
    /// Smaller sizes are left out.
    pub smallest_size: usize,
    /// Range of the driving parameter that takes part, in t.
    pub range: [f64; 2],
    /// Range of what is fitted, averaged over sizes, within which a disorder or an energy takes part.
    pub value_range: [f64; 2],
    /// Order of the irrelevant scaling variable.
    pub irrelevant: usize,
    /// What is known of its exponent: mean and standard error.
    pub irrelevant_exponent: Option<(f64, f64)>,
}

/// Thermopower from the conductivity that was computed.
#[derive(Clone, Debug, PartialEq)]
pub struct TransportSettings {
    /// Distance d of the chemical potential from the edge, in t.
    pub distance: f64,
    /// Temperatures in units of d, ascending.
    pub temperatures: Vec<f64>,
    /// Smaller cubes are left out of slopes.
    pub smallest_size: usize,
}

impl Symmetry {
    /// The index beta of Dyson: 1, 2 or 4.
    pub fn dyson_index(self) -> f64 {
        match self {
            Self::Orthogonal => 1.0,
            Self::Unitary => 2.0,
            Self::Symplectic => 4.0,
        }
    }
}

impl RandomEnergies {
    /// The key of [`strength`](Self::strength).
    pub fn key(self) -> &'static str {
        match self {
            Self::Box { .. } => "disorder.width",
            Self::Gaussian { .. } => "disorder.deviation",
        }
    }

    /// Width or deviation, in t.
    pub fn strength(self) -> f64 {
        match self {
            Self::Box { width: strength } | Self::Gaussian { deviation: strength } => strength,
        }
    }
}

impl TransportSettings {
    fn new(view: &View<'_>, distance: f64) -> Result<Self, Missing> {
        let (from, to) = (view.number("transport.from")?, view.number("transport.to")?);
        let points = view.count("transport.points")?;
        let at = |k: usize| from * (to / from).powf(k as f64 / (points - 1) as f64);
        let temperatures = (0..points).map(at).collect();
        Ok(Self { distance, temperatures, smallest_size: view.count("transport.smallest_size")? })
    }
}

impl Scaling {
    /// What drives the transition: what is swept, and of two what the study names; none if nothing is swept.
    pub fn driving(&self) -> Option<Driving> {
        match *self.swept.as_slice() {
            [one] => Some(one),
            [] => None,
            _ => self.fit.driven_by,
        }
    }

    /// What drives the transition or does not, in t.
    pub fn value(&self, of: Driving) -> f64 {
        match of {
            Driving::Disorder => self.disorder.strength(),
            Driving::Energy => self.energy,
        }
    }

    pub(crate) fn new(view: &View<'_>) -> Result<Self, Missing> {
        let number_or = |key: &str, absent: f64| view.number_if_any(key).unwrap_or(absent);
        let swept = [
            (Driving::Disorder, ["disorder.width", "disorder.deviation"].as_slice()),
            (Driving::Energy, &["lattice.energy"]),
        ];
        Ok(Self {
            swept: swept
                .into_iter()
                .filter(|(_, keys)| keys.iter().any(|key| view.varies(key)))
                .map(|(driving, _)| driving)
                .collect(),
            dimension: view.count("lattice.dimension")?,
            size: view.count("lattice.size")?,
            periodic: view.word("lattice.boundary")? == "periodic",
            energy: view.number("lattice.energy")?,
            symmetry: match view.word("lattice.symmetry")? {
                "unitary" => Symmetry::Unitary,
                "symplectic" => Symmetry::Symplectic,
                _ => Symmetry::Orthogonal,
            },
            disorder: match view.word("disorder.kind")? {
                "gaussian" => RandomEnergies::Gaussian { deviation: view.number("disorder.deviation")? },
                _ => RandomEnergies::Box { width: view.number("disorder.width")? },
            },
            measure: match view.word("measure.quantity")? {
                "conductance" => ScalingMeasure::Conductance,
                _ => ScalingMeasure::Lyapunov { slices: view.count("measure.slices")? as u64 },
            },
            fit: ScalingFitSettings {
                smallest_size: view.count("fit.smallest_size")?,
                driven_by: match view.word("fit.driven_by") {
                    Ok("energy") => Some(Driving::Energy),
                    Ok(_) => Some(Driving::Disorder),
                    Err(_) => None,
                },
                range: [number_or("fit.from", f64::NEG_INFINITY), number_or("fit.to", f64::INFINITY)],
                value_range: [
                    number_or("fit.value_from", f64::NEG_INFINITY),
                    number_or("fit.value_to", f64::INFINITY),
                ],
                irrelevant: view.count("fit.irrelevant")?,
                irrelevant_exponent: match view.number_if_any("fit.irrelevant_exponent") {
                    Some(mean) => Some((mean, view.number("fit.irrelevant_exponent_error")?)),
                    None => None,
                },
            },
            transport: match view.number_if_any("transport.distance") {
                Some(distance) => Some(TransportSettings::new(view, distance)?),
                None => None,
            },
            ensemble: EnsembleSettings::new(view)?,
        })
    }
}
