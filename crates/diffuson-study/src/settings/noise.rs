//! Settings of a study of kind `noise`: energies in t, lengths in a.

use super::conductor::rules::{self as conductor, problem};
use super::probes::ProbeSettings;
use super::{
    ConductorSettings, DisorderSettings, EnsembleSettings, LatticeName, LeadSettings, Missing, Problem, Stop,
};
use crate::study::View;

/// All settings of one point of a `noise` study.
#[derive(Clone, Debug, PartialEq)]
pub struct Noise {
    /// The clean conductor; its energy is the chemical potential without bias.
    pub conductor: ConductorSettings,
    /// Where the leads are; the same at all points.
    pub shape: Shape,
    /// On-site energies.
    pub disorder: DisorderSettings,
    /// The real leads.
    pub leads: LeadSettings,
    /// Probes and how they return electrons; `None` without.
    pub probes: Option<(ProbeSettings, Scattering)>,
    /// `None` for the limit of small voltage at zero temperature.
    pub bias: Option<Bias>,
    /// Whether S matrices at the chemical potential stand for those of the whole window.
    pub one_energy: bool,
    /// What the results are compared with.
    pub compare: Theory,
    /// Bins of the histogram of transmission eigenvalues; the same at all points.
    pub bins: usize,
    /// The disorder average; the same at all points.
    pub ensemble: EnsembleSettings,
}

/// Where the leads are.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// At both ends of a strip.
    Wire,
    /// Two openings in one side of a rectangle, of so many sites.
    Cavity([usize; 2]),
    /// Openings in the middle of the left, right, top (and bottom) side of a rectangle.
    Splitter(Vec<usize>),
}

/// How probes return electrons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scattering {
    /// At the energy at which they came.
    Dephasing,
    /// With a Fermi distribution at the temperature of the leads.
    Inelastic,
    /// With a Fermi distribution of a temperature of their own.
    Hot,
}

/// Voltage and temperature, as energies in t.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bias {
    /// eV.
    pub voltage: f64,
    /// kT.
    pub kt: f64,
}

/// What results are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theory {
    /// Nothing.
    None,
    /// Diffusive, elastic: 1/3.
    DiffusiveWire,
    /// Diffusive, electrons thermal among themselves: sqrt(3)/4.
    HotWire,
    /// A random S matrix.
    Cavity,
    /// A chaotic cavity without phase memory.
    DephasedCavity,
    /// A chaotic cavity, electrons thermal among themselves.
    HotCavity,
    /// One incoming mode, split.
    Splitter,
}

impl Noise {
    pub(crate) fn new(view: &View<'_>) -> Result<Self, Missing> {
        let shape = Shape::new(view)?;
        let scattering = match view.word("probes.kind")? {
            "dephasing" => Some(Scattering::Dephasing),
            "inelastic" => Some(Scattering::Inelastic),
            "hot" => Some(Scattering::Hot),
            _ => None,
        };
        let probes = scattering
            .map(|scattering| {
                ProbeSettings::wide_band_if_any(view).map(|p| p.map(|probes| (probes, scattering)))
            })
            .transpose()?
            .flatten();
        let bias = match view.number_if_any("bias.voltage") {
            Some(voltage) => Some(Bias { voltage, kt: view.number("temperature.kT")? }),
            None => None,
        };
        Ok(Self {
            conductor: ConductorSettings::new(view)?,
            compare: Theory::new(view.word("noise.compare")?, &shape, probes.as_ref().map(|p| p.1)),
            shape,
            disorder: DisorderSettings::new(view)?,
            leads: LeadSettings::new(view)?,
            probes,
            one_energy: bias.is_none() || view.word("bias.scattering")? == "constant",
            bias,
            bins: view.count("noise.bins")?,
            ensemble: EnsembleSettings::new(view)?,
        })
    }

    /// What is wrong with the settings taken together.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = conductor::shape(&self.conductor);
        problems.extend(self.shape.problems(&self.conductor));
        // lists and sites are compared with a conductor that can be built
        if problems.is_empty() {
            problems.extend(conductor::problems(&self.conductor, &self.disorder, self.leads));
            problems.extend(self.probes.iter().flat_map(|(probes, _)| probes.problems(&self.conductor)));
        }
        let cold = self.bias.is_some_and(|bias| bias.kt == 0.0) && !self.one_energy && self.probes.is_some();
        problems.extend(cold.then(|| {
            problem(
                "temperature.kT",
                "leaves steps in the occupations, which probes cannot be found for at all energies of a window",
                "a temperature > 0",
                "or set bias.scattering = \"constant\", or leave bias.voltage out",
            )
        }));
        let pair = matches!(self.ensemble.stop, Stop::RelativeError { of: "cross_correlation", .. });
        problems.extend((pair && self.shape.leads() < 3).then(|| {
            let help = "or set conductor.shape = \"splitter\"";
            problem("ensemble.of", "takes a third lead", "an observable of two leads", help)
        }));
        let nothing = self.bias.is_some_and(|bias| bias.voltage == 0.0 && bias.kt == 0.0);
        problems.extend(nothing.then(|| {
            problem(
                "bias.voltage",
                "at zero temperature is no noise",
                "a voltage or a temperature > 0",
                "leave bias.voltage out for the limit of small voltage",
            )
        }));
        problems
    }
}

impl Shape {
    fn new(view: &View<'_>) -> Result<Self, Missing> {
        let shape = view.word("conductor.shape")?;
        if shape == "wire" {
            return Ok(Self::Wire);
        }
        let first = view.count("openings.first")?;
        let or_first = |path| if view.get(path).is_some() { view.count(path) } else { Ok(first) };
        let second = or_first("openings.second")?;
        if shape == "cavity" {
            return Ok(Self::Cavity([first, second]));
        }
        let mut sites = vec![first, second, or_first("openings.third")?];
        if view.get("openings.fourth").is_some() {
            sites.push(view.count("openings.fourth")?);
        }
        Ok(Self::Splitter(sites))
    }

    /// Number of leads.
    pub fn leads(&self) -> usize {
        match self {
            Self::Wire | Self::Cavity(_) => 2,
            Self::Splitter(sites) => sites.len(),
        }
    }

    /// What does not go with the rectangle.
    fn problems(&self, c: &ConductorSettings) -> Vec<Problem> {
        const KEYS: [&str; 4] = ["openings.first", "openings.second", "openings.third", "openings.fourth"];
        if matches!(self, Self::Wire) {
            return Vec::new();
        }
        let mut problems = Vec::new();
        let rectangle = "cavities and beam splitters are rectangles of the square lattice between hard walls";
        if c.lattice != LatticeName::Square {
            problems.push(problem("conductor.lattice", "has no openings", "\"square\"", rectangle));
        }
        if c.periodic {
            problems.push(problem("conductor.boundary", "leaves no sides", "\"hard-wall\"", rectangle));
        }
        let too_wide = |key, side: &str, sites: usize| {
            let help = format!("the side has {sites} sites: conductor.{side}");
            problem(key, "is wider than its side", format!("at most {sites}"), help)
        };
        match self {
            Self::Cavity([first, second]) if first + second > c.width => {
                let both = format!("conductor.width = {}: both openings are in that side", c.width);
                let allowed = format!("openings of at most {} sites together", c.width);
                problems.push(problem(
                    "openings.first",
                    "leaves no room for the second opening",
                    allowed,
                    both,
                ));
            }
            Self::Splitter(sites) => {
                let sides =
                    [("width", c.width), ("width", c.width), ("length", c.length), ("length", c.length)];
                let all = sites.iter().zip(KEYS).zip(sides);
                problems.extend(
                    all.filter(|((sites, _), (_, side))| *sites > side)
                        // others are as wide as the first unless they are given
                        .map(|((&n, key), (name, side))| {
                            too_wide(if n == sites[0] { KEYS[0] } else { key }, name, side)
                        }),
                );
            }
            _ => {}
        }
        problems
    }
}

impl Theory {
    fn new(word: &str, shape: &Shape, scattering: Option<Scattering>) -> Self {
        match word {
            "none" => Self::None,
            "diffusive-wire" => Self::DiffusiveWire,
            "hot-wire" => Self::HotWire,
            "cavity" => Self::Cavity,
            "dephased-cavity" => Self::DephasedCavity,
            "hot-cavity" => Self::HotCavity,
            "splitter" => Self::Splitter,
            _ => match (shape, scattering) {
                (Shape::Wire, None | Some(Scattering::Dephasing)) => Self::DiffusiveWire,
                (Shape::Wire, Some(Scattering::Hot)) => Self::HotWire,
                (Shape::Cavity(_), None) => Self::Cavity,
                (Shape::Cavity(_), Some(Scattering::Dephasing)) => Self::DephasedCavity,
                (Shape::Cavity(_), Some(Scattering::Hot)) => Self::HotCavity,
                (Shape::Splitter(_), None) => Self::Splitter,
                _ => Self::None,
            },
        }
    }
}
