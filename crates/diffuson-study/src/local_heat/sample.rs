//! One sample: from its on-site energies to the fields of all sites.

use super::point::{Point, Regime};
use crate::examination;
use crate::strip::{Deviations, leads};
use diffuson::audit::Audit;
use diffuson::probes::{self, Accuracy, ProbeState};
use diffuson::scattering::{self, Exchange, Options, Transmissions};
use diffuson::thermal::Reservoir;
use diffuson::units::SOMMERFELD;
use diffuson_ensemble::random::Realisation;

/// What one sample gives; every field has one value per site, NaN where there is no probe.
pub(super) struct Sample {
    pub(super) conductance: f64,
    pub(super) coherent_conductance: f64,
    pub(super) density_of_states: f64,
    pub(super) heat_left: f64,
    pub(super) heat_right: f64,
    pub(super) potential: Vec<f64>,
    pub(super) heat: Vec<f64>,
    pub(super) temperature: Vec<f64>,
    pub(super) joule: Vec<f64>,
    pub(super) heat_straight_line: Vec<f64>,
    /// T' summed within cells, for each size of cell.
    pub(super) cells: Vec<Vec<f64>>,
    pub(super) audit: Audit,
}

/// What a sample gives beside the state of its probes.
struct Extras {
    density_of_states: f64,
    /// Heat of the straight-line potential, per terminal.
    straight_line: Vec<f64>,
    cells: Vec<Vec<f64>>,
}

impl Point<'_> {
    pub(super) fn sample(&self, seed: u64, sample: u64) -> Result<Sample, String> {
        let sites = self.lattice.sites();
        let onsite = self.disorder.onsite(sites, &Deviations(Realisation::new(seed, sample)));
        let mut found = self.measured(&onsite)?;
        let mu = match &self.regime {
            Regime::Sommerfeld(dressed) => dressed.energy(),
            Regime::Thermal(window) | Regime::Biased(window, _) => window.mu(),
        };
        let at = Reservoir { mu, kt: 0.0 };
        found.audit.merge(&examination::of_first(sample, self.conductor, &onsite, at)?);
        Ok(found)
    }

    fn measured(&self, onsite: &[f64]) -> Result<Sample, String> {
        let accuracy = Accuracy { tolerance: self.tolerance, guess: Some(&self.guess) };
        match &self.regime {
            Regime::Sommerfeld(dressed) => {
                let options =
                    Options { derivatives: true, precision: self.plan.precision, ..Options::default() };
                let solved = scattering::solve_with(dressed, onsite, self.plan.route, options)
                    .map_err(|e| e.to_string())?;
                let Some(derivative) = solved.derivative.as_deref() else {
                    return Err("the solver returned no derivative".to_owned());
                };
                let t = solved.exchange.as_ref();
                let state = probes::linear(t, derivative, &self.drive, self.measure, accuracy)
                    .map_err(|e| e.to_string())?;
                let mut audit = solved.audit;
                audit.merge(&state.audit);
                let extras = Extras {
                    density_of_states: mean(&solved.density_of_states),
                    straight_line: self.straight_line_heat(derivative, 1.0),
                    cells: self.cell_sums(derivative.stored()),
                };
                Ok(self.collect(state, t, extras, 1.0, audit))
            }
            Regime::Thermal(window) => {
                let onsager = window.onsager(onsite, self.plan.route).map_err(|e| e.to_string())?;
                let state = probes::thermal(&onsager, &self.drive, self.measure, accuracy)
                    .map_err(|e| e.to_string())?;
                let audit = state.audit.clone();
                let [l0, l1, _] = &onsager.l;
                let extras = Extras {
                    density_of_states: mean(&onsager.density_of_states),
                    straight_line: self
                        .straight_line_heat(l1.as_ref(), SOMMERFELD * window.kt() * window.kt()),
                    cells: self.cell_sums(None),
                };
                Ok(self.collect(state, l0.as_ref(), extras, 1.0, audit))
            }
            Regime::Biased(window, bias) => {
                let spectrum = window.spectrum(onsite, self.plan.route).map_err(|e| e.to_string())?;
                let mut state = probes::biased(&spectrum, &self.drive, self.measure, accuracy)
                    .map_err(|e| e.to_string())?;
                let audit = state.audit.clone();
                // potentials as fractions of the bias, heats reduced as in linear response
                let low = window.mu() - 0.5 * bias;
                let kt = window.kt();
                state.potential.iter_mut().for_each(|mu| *mu = (*mu - low) / bias);
                state.heat.iter_mut().for_each(|q| *q /= SOMMERFELD * kt * kt * bias);
                if let Some(joint) = &mut state.joint {
                    joint.temperature.iter_mut().for_each(|t| *t = (*t / kt - 1.0) / bias);
                }
                let Some(middle) = spectrum.nearest(window.mu()) else {
                    return Err("the energy window is empty".to_owned());
                };
                let extras = Extras {
                    density_of_states: mean(&middle.density_of_states),
                    straight_line: vec![f64::NAN; self.conductor.terminals()],
                    cells: self.cell_sums(None),
                };
                Ok(self.collect(state, middle.exchange.as_ref(), extras, *bias, audit))
            }
        }
    }

    /// The reduced heat that a potential of unit gradient would cause, per terminal.
    fn straight_line_heat(&self, derivative: &dyn Exchange, unit: f64) -> Vec<f64> {
        let mut heat = vec![0.0; self.conductor.terminals()];
        derivative.current(&self.unit_line, &mut heat);
        heat.iter_mut().for_each(|q| *q /= unit);
        heat
    }

    fn collect(
        &self,
        state: ProbeState,
        t: &dyn Exchange,
        extras: Extras,
        bias: f64,
        audit: Audit,
    ) -> Sample {
        let (left, right) = leads(self.conductor);
        let none = vec![f64::NAN; self.conductor.terminals()];
        Sample {
            conductance: state.conductance(left, bias),
            coherent_conductance: t.transmission(right, left),
            density_of_states: extras.density_of_states,
            heat_left: state.heat[left],
            heat_right: state.heat[right],
            potential: self.on_sites(&state.potential),
            heat: self.on_sites(&state.heat),
            temperature: self.on_sites(state.joint.as_ref().map_or(&none, |j| &j.temperature)),
            joule: self.on_sites(state.joule.as_ref().unwrap_or(&none)),
            heat_straight_line: self.on_sites(&extras.straight_line),
            cells: extras.cells,
            audit,
        }
    }

    /// Values of the probes at their sites.
    fn on_sites(&self, by_terminal: &[f64]) -> Vec<f64> {
        let mut field = vec![f64::NAN; self.lattice.sites()];
        self.conductor.probe_sites().zip(by_terminal).for_each(|(site, value)| field[site] = *value);
        field
    }

    /// `sum_{i != j in A} T'_ij` for cells A of c x c sites, half overlapping, row by row; NaN without stored derivatives.
    fn cell_sums(&self, derivative: Option<&Transmissions>) -> Vec<Vec<f64>> {
        let lattice = self.lattice;
        let (slices, rows, layers) = (lattice.slices(), lattice.width(), lattice.height());
        let mut terminal = vec![None; lattice.sites()];
        self.conductor.probe_sites().enumerate().for_each(|(t, site)| terminal[site] = Some(t));
        self.cells
            .iter()
            .map(|&c| {
                let origins = super::geometry::cell_origins(lattice, c);
                let Some(t) = derivative else { return vec![f64::NAN; origins.len()] };
                let sum = |(x0, y0): (usize, usize)| {
                    let members: Vec<usize> = (x0..(x0 + c).min(slices))
                        .flat_map(|x| (y0..y0 + c).map(move |y| (x, y % rows)))
                        .flat_map(|(x, y)| (0..layers).map(move |z| (x * rows + y) * layers + z))
                        .filter_map(|site| terminal[site])
                        .collect();
                    members
                        .iter()
                        .map(|&a| members.iter().filter(|b| **b != a).map(|&b| t.get(a, b)).sum::<f64>())
                        .sum()
                };
                origins.into_iter().map(sum).collect()
            })
            .collect()
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
