//! Settings of a study of kind `fluctuators`: lengths in 1/k_F, or in a on the lattice; energies of electrons in e_F, of the lattice in t, of the bath in rms splittings.

use super::conductor::rules::problem;
use super::{EnsembleSettings, Missing, Problem};
use crate::study::View;
use diffuson::defects::Region;
use diffuson::defects::pairs::PairLaw;

/// All settings of one point of a `fluctuators` study.
#[derive(Clone, Debug, PartialEq)]
pub struct Fluctuators {
    /// What samples are samples of.
    pub sampled: Sampled,
    /// Which positions the defect hops between.
    pub neighbours_only: bool,
    /// What occupies them.
    pub bath: BathSettings,
    /// The part of a curve that gives an exponent; the same at all points.
    pub fit: FitSettings,
    /// The Fermi energy in eV, if it is given; the same at all points.
    pub fermi_energy: Option<f64>,
    /// The average over places; the same at all points.
    pub ensemble: EnsembleSettings,
}

/// What energies and conductances of a sample depend on.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampled {
    /// The contact, and how electrons are scattered in it.
    pub contact: ContactSettings,
    /// Number of fixed scatterers.
    pub scatterers: usize,
    /// Their phase shift, in degrees.
    pub phase_shift: f64,
    /// Phase shift of the mobile defect, in degrees.
    pub mobile_phase_shift: f64,
    /// Its positions.
    pub positions: usize,
    /// kT of the electrons in e_F.
    pub temperature: f64,
    /// Flux quanta through the contact.
    pub flux: f64,
}

/// The contact, and how electrons are scattered in it.
#[derive(Clone, Debug, PartialEq)]
pub enum ContactSettings {
    /// Point scatterers in a ball.
    Continuum {
        /// The law of two scatterers, whose effects are added; none if all scatter together.
        pairs: Option<PairLaw>,
        /// Where the fixed scatterers are.
        region: Region,
        /// Least distance between two scatterers.
        closest: f64,
        /// Distance between neighbouring positions.
        step: f64,
    },
    /// A constriction of a lattice.
    Lattice(LatticeSettings),
}

/// A constriction of a lattice between wide leads; lengths in a.
#[derive(Clone, Debug, PartialEq)]
pub struct LatticeSettings {
    /// Whether it widens smoothly.
    pub horn: bool,
    /// Two or three dimensions.
    pub dimension: usize,
    /// Sites across the leads.
    pub width: usize,
    /// Sites across the narrow part.
    pub opening: usize,
    /// Slices.
    pub length: usize,
    /// The Fermi energy on the scale of the band, in t.
    pub energy: f64,
    /// Least distance of a fixed scatterer from any other.
    pub closest: f64,
    /// What fixed scatterers add, instead of all.
    pub interaction: bool,
    /// Share of the sites next to a wall that are blocked.
    pub blocked: f64,
}

impl LatticeSettings {
    /// The Fermi energy above the bottom of the band, in t.
    pub fn fermi_energy(&self) -> f64 {
        self.energy + 2.0 * self.dimension as f64
    }
}

/// What occupies positions. Energies in rms splittings.
#[derive(Clone, Debug, PartialEq)]
pub struct BathSettings {
    /// Temperatures, and biases, ascending; the same at all points.
    pub abscissae: Vec<f64>,
    /// kT under bias.
    pub temperature: f64,
    /// E*; infinite without phonons.
    pub crossover: f64,
    /// Share of the directions that come from the left.
    pub left: f64,
}

/// From which part of which curve an exponent is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FitSettings {
    /// The curve against bias, instead of that against temperature.
    pub of_bias: bool,
    /// The lowest and the highest abscissa, in rms splittings.
    pub range: [f64; 2],
}

impl Fluctuators {
    pub(crate) fn new(view: &View<'_>) -> Result<Self, Missing> {
        let (from, to) = (view.number("bath.from")?, view.number("bath.to")?);
        let points = view.count("bath.points")?;
        let at = |k: usize| from * (to / from).powf(k as f64 / (points - 1) as f64);
        let phase_shift = view.number("scatterers.phase_shift")?;
        Ok(Self {
            sampled: Sampled {
                contact: ContactSettings::new(view)?,
                scatterers: view.count("scatterers.number")?,
                phase_shift,
                mobile_phase_shift: view.number_if_any("mobile.phase_shift").unwrap_or(phase_shift),
                positions: view.count("mobile.positions")?,
                temperature: view.number_if_any("electrons.temperature").unwrap_or(0.0),
                flux: view.number_if_any("electrons.flux").unwrap_or(0.0),
            },
            neighbours_only: view.word("mobile.hops")? == "neighbours",
            bath: BathSettings {
                abscissae: (0..points).map(at).collect(),
                temperature: view.number("bath.temperature")?,
                crossover: view.number_if_any("bath.crossover").unwrap_or(f64::INFINITY),
                left: view.number("bath.left")?,
            },
            fit: FitSettings {
                of_bias: view.word("fit.of")? == "bias",
                range: [view.number("fit.from")?, view.number("fit.to")?],
            },
            fermi_energy: view.number_if_any("electrons.fermi_energy"),
            ensemble: EnsembleSettings::new(view)?,
        })
    }

    /// What is wrong with the settings taken together.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let abscissae = &self.bath.abscissae;
        if !abscissae.windows(2).all(|pair| pair[0] < pair[1]) {
            problems.push(problem(
                "bath.to",
                "is not above bath.from",
                "a number above bath.from",
                "curves run from the lowest to the highest temperature or bias",
            ));
            return problems;
        }
        let [from, to] = self.fit.range;
        let within = abscissae.iter().filter(|x| (from..=to).contains(*x)).count();
        if within < 2 {
            problems.push(problem(
                if from < to { "fit.from" } else { "fit.to" },
                format!("leaves {within} points of the curve between {from} and {to}"),
                "a range with at least two of them",
                "widen the range, or set bath.from, bath.to and bath.points so that it holds more",
            ));
        }
        problems.extend(self.sampled.contact.problem());
        let alone = match &self.sampled.contact {
            ContactSettings::Continuum { .. } => true,
            ContactSettings::Lattice(lattice) => lattice.interaction,
        };
        if alone && self.sampled.scatterers == 0 {
            problems.push(problem(
                "scatterers.number",
                "leaves nothing that tells positions apart",
                "an integer >= 1",
                "only the walls of a lattice do that without fixed scatterers: contact.model = \"lattice\", lattice.part = \"total\"",
            ));
        }
        if self.neighbours_only && self.sampled.positions > 2 && self.bath.temperature == 0.0 {
            problems.push(problem(
                "bath.temperature",
                "leaves the defect where it is, in any position below its neighbours",
                "a temperature > 0",
                "or set mobile.hops = \"any\"",
            ));
        }
        if self.sampled.phase_shift == 0.0 || self.sampled.mobile_phase_shift == 0.0 {
            let zero_mobile = self.sampled.phase_shift != 0.0;
            problems.push(problem(
                if zero_mobile { "mobile.phase_shift" } else { "scatterers.phase_shift" },
                "scatters nothing",
                "a phase shift other than 0",
                "energies and conductances would not depend on the position",
            ));
        }
        problems
    }
}

impl ContactSettings {
    fn new(view: &View<'_>) -> Result<Self, Missing> {
        if view.word("contact.model")? == "lattice" {
            return Ok(Self::Lattice(LatticeSettings {
                horn: view.word("lattice.shape")? == "horn",
                dimension: view.count("lattice.dimension")?,
                width: view.count("lattice.width")?,
                opening: view.count("lattice.opening")?,
                length: view.count("lattice.length")?,
                energy: view.number("lattice.energy")?,
                closest: view.number("lattice.closest")?,
                interaction: view.word("lattice.part")? == "interaction",
                blocked: view.number("lattice.blocked")?,
            }));
        }
        let radius = view.number("contact.radius")?;
        let region = match (view.number_if_any("contact.wall"), view.number_if_any("contact.hollow")) {
            (Some(length), _) => Region::Cylinder { diameter: 2.0 * radius, length },
            (None, Some(inner)) if inner > 0.0 => Region::Shell { inner, outer: radius },
            (None, _) => Region::Ball { radius },
        };
        let law = |word| match word {
            "asymptotic" => PairLaw::Asymptotic,
            "born" => PairLaw::Born,
            "cosine" => PairLaw::Cosine,
            _ => PairLaw::Exact,
        };
        Ok(Self::Continuum {
            pairs: match view.word("contact.model")? {
                "pairs" => Some(law(view.word("contact.law")?)),
                _ => None,
            },
            region,
            closest: view.number("contact.closest")?,
            step: view.number("mobile.step")?,
        })
    }

    /// What is wrong with the contact.
    fn problem(&self) -> Option<Problem> {
        match self {
            &Self::Continuum { region: Region::Shell { inner, outer }, .. } if inner >= outer => {
                Some(problem(
                    "contact.hollow",
                    "leaves no room for fixed scatterers",
                    format!("less than contact.radius = {outer}"),
                    "scatterers are between the two radii",
                ))
            }
            Self::Lattice(l) if l.opening > l.width => Some(problem(
                "lattice.opening",
                "is wider than the leads",
                format!("at most lattice.width = {}", l.width),
                "an opening as wide as the leads is a wire",
            )),
            Self::Lattice(l) if !(l.fermi_energy() > 0.0 && l.energy < 2.0 * l.dimension as f64) => {
                Some(problem(
                    "lattice.energy",
                    "is outside the band",
                    format!("between -{0} and {0} in {1} dimensions", 2 * l.dimension, l.dimension),
                    "at low filling, just above the bottom, the lattice is nearly a continuum",
                ))
            }
            _ => None,
        }
    }
}
