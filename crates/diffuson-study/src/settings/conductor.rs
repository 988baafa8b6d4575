//! Settings that kinds of study about a lattice conductor share: energies in t, lengths in a.

pub(crate) mod rules;

use super::Missing;
use crate::parse::Value;
use crate::study::View;
use std::sync::Arc;

/// The clean conductor.
#[derive(Clone, Debug, PartialEq)]
pub struct ConductorSettings {
    /// The lattice.
    pub lattice: LatticeName,
    /// Slices along the current.
    pub length: usize,
    /// Sites across the current.
    pub width: usize,
    /// Layers; 1 in two dimensions.
    pub height: usize,
    /// Whether the sides are joined; hard walls otherwise.
    pub periodic: bool,
    /// Fermi energy in t.
    pub energy: f64,
    /// Flux quanta per plaquette.
    pub flux: f64,
    /// The hopping t in eV, if given.
    pub hopping_ev: Option<f64>,
    /// The lattice constant a in nm, if given.
    pub lattice_constant_nm: Option<f64>,
}

/// The lattices of a conductor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LatticeName {
    /// Square lattice.
    Square,
    /// Simple cubic lattice.
    Cubic,
    /// Honeycomb lattice with zigzag edges.
    HoneycombZigzag,
    /// Honeycomb lattice with armchair edges.
    HoneycombArmchair,
}

/// On-site energies.
#[derive(Clone, Debug, PartialEq)]
pub enum DisorderSettings {
    /// None.
    Clean,
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
    /// One energy per site, in t, in site order.
    Values(Arc<[f64]>),
}

/// The real leads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LeadSettings {
    /// Clean semi-infinite continuations of the conductor.
    Strip,
    /// A level width on every end site that does not depend on energy.
    WideBand {
        /// Level width Gamma per end site, in t.
        coupling: f64,
    },
}

impl ConductorSettings {
    /// `60 x 20 sites`, with the layers of a bar.
    pub fn size(&self) -> String {
        let plane = format!("{} x {}", self.length, self.width);
        if self.height > 1 { format!("{plane} x {} sites", self.height) } else { format!("{plane} sites") }
    }

    /// Number of sites; the largest integer if there are more.
    pub fn sites(&self) -> usize {
        self.length.saturating_mul(self.width).saturating_mul(self.height)
    }
}

impl ConductorSettings {
    pub(super) fn new(view: &View<'_>) -> Result<Self, Missing> {
        let lattice = match view.word("conductor.lattice")? {
            "cubic" => LatticeName::Cubic,
            "honeycomb-zigzag" => LatticeName::HoneycombZigzag,
            "honeycomb-armchair" => LatticeName::HoneycombArmchair,
            _ => LatticeName::Square,
        };
        Ok(Self {
            lattice,
            length: view.count("conductor.length")?,
            width: view.count("conductor.width")?,
            height: if lattice == LatticeName::Cubic { view.count("conductor.height")? } else { 1 },
            periodic: view.word("conductor.boundary")? == "periodic",
            energy: view.number("conductor.energy")?,
            flux: view.number("conductor.flux")?,
            hopping_ev: view.number_if_any("conductor.hopping"),
            lattice_constant_nm: view.number_if_any("conductor.lattice_constant"),
        })
    }
}

impl DisorderSettings {
    pub(super) fn new(view: &View<'_>) -> Result<Self, Missing> {
        Ok(match view.word("disorder.kind")? {
            "box" => Self::Box { width: view.number("disorder.width")? },
            "gaussian" => Self::Gaussian { deviation: view.number("disorder.deviation")? },
            "values" => match view.get("disorder.file").or_else(|| view.get("disorder.values")) {
                Some(Value::File(_, numbers) | Value::Numbers(numbers)) => Self::Values(numbers.clone()),
                _ => return Err(Missing("disorder.values")),
            },
            _ => Self::Clean,
        })
    }
}

impl LeadSettings {
    pub(super) fn new(view: &View<'_>) -> Result<Self, Missing> {
        Ok(match view.word("leads.kind")? {
            "wide-band" => Self::WideBand { coupling: view.number("leads.coupling")? },
            _ => Self::Strip,
        })
    }
}
