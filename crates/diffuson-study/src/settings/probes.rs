//! Settings of probes that kinds of study about a lattice conductor share: energies in t.

use super::conductor::rules::{per_site, problem};
use super::{ConductorSettings, Missing, Problem};
use crate::parse::Value;
use crate::study::View;
use std::sync::Arc;

/// The fictitious leads.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbeSettings {
    /// Their model and strength.
    pub model: ProbeModel,
    /// Sites that carry one, as indices in site order; `None` for all.
    pub sites: Option<Arc<[usize]>>,
    /// Whether probes adjust their temperature too, so that they take up no heat.
    pub measure_temperature: bool,
}

/// The model of a probe.
#[derive(Clone, Debug, PartialEq)]
pub enum ProbeModel {
    /// A level width that does not depend on energy.
    WideBand {
        /// Level width Gamma_in in t.
        coupling: PerSite,
    },
    /// A semi-infinite chain.
    Chain {
        /// Hopping v from the site to its chain, in t.
        amplitude: PerSite,
        /// Hopping t_c along the chain, in t.
        hopping: f64,
        /// Centre e_c of the band of the chain, in t.
        centre: f64,
    },
}

/// A strength per site.
#[derive(Clone, Debug, PartialEq)]
pub enum PerSite {
    /// The same on every site.
    Uniform(f64),
    /// One for every site of the conductor, in site order.
    Each(Arc<[f64]>),
}

impl PerSite {
    fn new(view: &View<'_>, path: &'static str) -> Result<Self, Missing> {
        match view.get(path) {
            Some(Value::Number(x)) => Ok(Self::Uniform(*x)),
            Some(Value::Numbers(list)) => Ok(Self::Each(list.clone())),
            _ => Err(Missing(path)),
        }
    }

    /// The strength on a site; zero beyond the list.
    pub fn at(&self, site: usize) -> f64 {
        match self {
            Self::Uniform(value) => *value,
            Self::Each(list) => list.get(site).copied().unwrap_or(0.0),
        }
    }
}

impl ProbeModel {
    /// The key of the strength.
    pub(super) fn key(&self) -> &'static str {
        match self {
            Self::WideBand { .. } => "probes.coupling",
            Self::Chain { .. } => "probes.amplitude",
        }
    }

    /// The strength: coupling or amplitude.
    pub fn strength(&self) -> &PerSite {
        match self {
            Self::WideBand { coupling: strength } | Self::Chain { amplitude: strength, .. } => strength,
        }
    }
}

impl ProbeSettings {
    /// Probes of the kind and the strength that the study gives.
    pub(super) fn new(view: &View<'_>, energy: f64) -> Result<Self, Missing> {
        let model = match view.word("probes.kind")? {
            "chain" => ProbeModel::Chain {
                amplitude: PerSite::new(view, "probes.amplitude")?,
                hopping: view.number("probes.hopping")?,
                // the only other value is the word "energy"
                centre: view.number_if_any("probes.centre").unwrap_or(energy),
            },
            _ => ProbeModel::WideBand { coupling: PerSite::new(view, "probes.coupling")? },
        };
        Ok(Self::of(view, model))
    }

    /// Wide-band probes, if they are given and any couples to its site.
    pub(super) fn wide_band_if_any(view: &View<'_>) -> Result<Option<Self>, Missing> {
        if view.get("probes.coupling").is_none() {
            return Ok(None);
        }
        let probes =
            Self::of(view, ProbeModel::WideBand { coupling: PerSite::new(view, "probes.coupling")? });
        Ok((!probes.is_silent()).then_some(probes))
    }

    fn of(view: &View<'_>, model: ProbeModel) -> Self {
        let measure_temperature = view.lists("probes.measure", "temperature");
        Self { model, sites: indices(view, "probes.sites"), measure_temperature }
    }

    /// Whether no probe couples to its site.
    pub(super) fn is_silent(&self) -> bool {
        match (self.model.strength(), &self.sites) {
            (PerSite::Uniform(value), _) => *value == 0.0,
            (PerSite::Each(list), None) => list.iter().all(|&v| v == 0.0),
            (strength, Some(sites)) => sites.iter().all(|&site| strength.at(site) == 0.0),
        }
    }

    /// Conflicts with the conductor: lists of another length, sites that are not there.
    pub(super) fn problems(&self, conductor: &ConductorSettings) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let PerSite::Each(list) = self.model.strength() {
            problems.extend(per_site(self.model.key(), list.len(), conductor));
        }
        let sites = conductor.sites();
        if let Some(list) = &self.sites
            && let Some(element) = list.iter().position(|&site| site >= sites)
        {
            let allowed = format!("site indices from 0 to {}", sites - 1);
            let help = "site (x, y, z) is number (x * width + y) * height + z; x follows the current";
            let beyond =
                problem("probes.sites", format!("is beyond the last of the {sites} sites"), allowed, help);
            problems.push(Problem { element: Some(element), ..beyond });
        }
        problems
    }
}

/// A list of integers whose range begins at zero or above.
pub(super) fn indices(view: &View<'_>, path: &str) -> Option<Arc<[usize]>> {
    match view.get(path) {
        Some(Value::Integers(list)) => list.iter().map(|&i| usize::try_from(i).ok()).collect(),
        _ => None,
    }
}
