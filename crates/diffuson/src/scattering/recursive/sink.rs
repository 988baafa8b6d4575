//! From blocks of the Green function to transmissions.

use super::sample::Errors;
use super::strip::{Column, Strip};
use crate::audit::{Audit, laws};
use crate::conductor::{Dressed, DressedLead};
use crate::leads::End;
use crate::scattering::dual::Dual;
use crate::scattering::store::Store;
use crate::scattering::transmissions::Direction;
use crate::scattering::{Options, Scattered, Spectral, Work, nan_max, probe_of};
use diffuson_linalg::planar::Real;
use diffuson_linalg::stream::{Weights, weighted_squares, weighted_squares_and_slopes};
use std::ops::Range;

/// Takes blocks of the Green function as they come and keeps transmissions.
pub(super) struct Sink<'d, T> {
    dressed: &'d Dressed<'d>,
    /// Slices, and sites of a slice.
    shape: [usize; 2],
    store: Store,
    spectral: Spectral,
    probe_of: Vec<Option<usize>>,
    /// Number of probes on the sites before each site.
    probes_before: Vec<usize>,
    /// Gamma and dGamma/dE of each site.
    widths: [Vec<T>; 2],
    leads: [Option<Lead>; 2],
    asymmetry: f64,
    largest: f64,
    scratch: [Vec<T>; 2],
}

impl<'d, T: Real> Sink<'d, T> {
    pub(super) fn new(dressed: &'d Dressed<'d>, shape: [usize; 2], options: Options) -> Self {
        let probe_of = probe_of(dressed);
        let mut probes_before = vec![0];
        for probe in &probe_of {
            probes_before.push(probes_before[probes_before.len() - 1] + usize::from(probe.is_some()));
        }
        let sites = &dressed.sites;
        let lead = |end: End| {
            let (lead, terminal) = dressed.lead(end)?;
            Some(Lead::new(terminal, lead, dressed.sites.len(), options.derivatives))
        };
        Self {
            dressed,
            shape,
            store: Store::new(dressed.conductor, options),
            spectral: Spectral::new(dressed, options.precision),
            probe_of,
            probes_before,
            widths: [
                sites.iter().map(|s| T::of(s.width())).collect(),
                sites.iter().map(|s| T::of(s.width_derivative())).collect(),
            ],
            leads: [lead(End::Left), lead(End::Right)],
            asymmetry: 0.0,
            largest: f64::MIN_POSITIVE,
            scratch: [Vec::new(), Vec::new()],
        }
    }

    /// Takes `G_xx`: density of states, outgoing sums, symmetry.
    pub(super) fn diagonal(&mut self, x: usize, g: &Dual) {
        let (g, dg) = g.to_parts();
        self.spectral.slice(self.dressed, &self.probe_of, x, &g, dg.as_ref());
        for j in 0..g.cols() {
            for i in 0..j {
                let [up, down] = [g[(i, j)], g[(j, i)]].map(|z| z.norm_sqr());
                self.asymmetry = nan_max(self.asymmetry, (up - down).abs());
                self.largest = self.largest.max(up);
            }
        }
    }

    /// Takes the entries between the sites of slice x and the earlier sites `others`, which stand in the columns and rows of the strip.
    pub(super) fn take(&mut self, way: Direction, x: usize, others: Range<usize>, strip: &Strip<T>) {
        let [slices, n] = self.shape;
        let last = slices - 1;
        for site in (x * n).max(others.start + 1)..(x + 1) * n {
            let earlier = others.start..others.end.min(site);
            let column = strip.column(site - x * n, earlier.len());
            self.site(way, site, earlier, &column);
        }
        if let (Some(left), true) = (&mut self.leads[0], others.start < n) {
            let rows = others.end.min(n) - others.start;
            left.amplitudes.set_block([others.start, x * n], [rows, n], |part, i, j| strip.get(part, i, j));
        }
        if let (Some(right), true) = (&mut self.leads[1], x == last) {
            let block = [n, others.len()];
            right.amplitudes.set_block([0, others.start], block, |part, i, j| strip.get(part, j, i));
        }
    }

    /// `T_ab = Gamma_a Gamma_b |G_ab|^2` and its derivative between the probe at a site and those at earlier sites.
    fn site(&mut self, way: Direction, site: usize, earlier: Range<usize>, column: &Column<'_, T>) {
        let Some(a) = self.probe_of[site] else { return };
        let [widths, slopes] = &self.widths;
        let others = Weights { value: &widths[earlier.clone()], slope: &slopes[earlier.clone()] };
        let [t, dt] = &mut self.scratch;
        t.resize(earlier.len(), T::default());
        dt.resize(earlier.len(), T::default());
        let g = column.value;
        match column.slope {
            Some(dg) => weighted_squares_and_slopes(g, dg, (widths[site], slopes[site]), others, t, dt),
            None => weighted_squares(g, widths[site], others.value, t),
        }
        let first = self.probes_before[earlier.start];
        let gaps = self.probes_before[earlier.end] - first < earlier.len();
        if gaps {
            for values in &mut self.scratch {
                let mut probed = self.probe_of[earlier.clone()].iter().map(Option::is_some);
                values.retain(|_| probed.next().unwrap_or(false));
            }
        }
        let [t, dt] = &self.scratch;
        self.store.put(way, a, first, t, dt);
    }

    /// Transmissions between the leads and everything else, once all blocks have been taken.
    pub(super) fn leads(&mut self, way: Direction) {
        self.between_leads(way);
        for end in [End::Left, End::Right] {
            let Some(lead) = &self.leads[end as usize] else { continue };
            let into_lead = (end == End::Right) == (way == Direction::Forward);
            let (terminal, rates) = (lead.terminal, lead.amplitudes.column_forms(lead.width(into_lead)));
            for (site, [rate, slope]) in rates.into_iter().enumerate() {
                let Some(probe) = self.probe_of[site] else { continue };
                let [w, dw] = [0, 1].map(|part: usize| self.widths[part][site].double());
                let (a, b) = if into_lead { (terminal, probe) } else { (probe, terminal) };
                self.store.set(a, b, [w * rate, dw * rate + w * slope]);
            }
        }
    }

    /// `T_ab = Tr Gamma_a G Gamma_b G^+` between the leads, from the block between the first and the last slice.
    fn between_leads(&mut self, way: Direction) {
        let [Some(left), Some(right)] = &self.leads else { return };
        let (sites, [_, n]) = (self.probe_of.len(), self.shape);
        let mut block = Dual::zeros(n, n, left.amplitudes.slope().is_some());
        block.set_block([0, 0], [n, n], |part, i, j| left.amplitudes.get(part, i, sites - n + j));
        let into_left = way == Direction::Backward;
        let rate = left.width(into_left).times(&block).times(right.width(into_left)).overlap(&block);
        let (a, b) =
            if into_left { (left.terminal, right.terminal) } else { (right.terminal, left.terminal) };
        self.store.set(a, b, rate);
    }

    /// Checks row and column sums against the spectral function, the symmetry of the diagonal blocks, and the errors of single precision, if any.
    pub(super) fn finish(self, errors: &[Errors], work: Work) -> Scattered {
        let mut audit = Audit::default();
        for error in errors.iter().filter_map(Errors::relative) {
            audit.record(laws::SINGLE_PRECISION, error, self.spectral.allowed_in_single());
        }
        if self.dressed.conductor.is_time_reversal_symmetric() {
            audit.record(laws::RECIPROCITY, self.asymmetry / self.largest, self.spectral.allowed());
        }
        let (exchange, derivative) = self.store.finish(&self.spectral, &mut audit);
        Scattered { exchange, derivative, density_of_states: self.spectral.density_of_states, audit, work }
    }
}

/// A real lead as a terminal.
struct Lead {
    terminal: usize,
    width: Dual,
    transposed: Dual,
    /// Green functions between the sites of the lead's slice (rows) and all sites (columns).
    amplitudes: Dual,
}

impl Lead {
    fn new(terminal: usize, lead: &DressedLead, sites: usize, with_derivative: bool) -> Self {
        let width = Dual::new(&lead.width, with_derivative.then_some(&lead.width_derivative));
        let amplitudes = Dual::zeros(lead.width.rows(), sites, with_derivative);
        Self { terminal, transposed: width.transposed(), width, amplitudes }
    }

    /// The level-width matrix for amplitudes into the lead or, transposed, for amplitudes out of it.
    fn width(&self, into: bool) -> &Dual {
        if into { &self.width } else { &self.transposed }
    }
}
