//! Transmissions between all terminals: columns of G in blocks, each consumed before the next.
//!
//! `T_ab = Tr Gamma_a G Gamma_b G^+` of a source b needs the columns of its orbitals, and T'_ab those of `dG/dE = -G X G`: a second solution with X
//! times the columns as right-hand sides. What is kept of a block are real numbers, so that no complex matrix of N x N entries is ever
//! stored: blocks have 64 columns, or those of a lead. Between the leads everything comes from the surface, and with time-reversal symmetry also what leads send into probes.

use super::{COLUMNS, Factorised, rows};
use crate::audit::laws;
use crate::conductor::{Dressed, DressedLead};
use crate::scattering::dense::{block, multiply, trace_of_product};
use crate::scattering::store::Store;
use crate::scattering::transmissions::Direction;
use crate::scattering::{Options, Scattered, SolveError, Spectral, nan_max, probe_of};
use diffuson_linalg::sparse::Parallelism;
use diffuson_linalg::{C64, Matrix};
use std::ops::Range;

pub(in crate::scattering) fn solve(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    options: Options,
) -> Result<Scattered, SolveError> {
    let factorised = Factorised::new(dressed, onsite, Parallelism::Sequential)?;
    let conductor = dressed.conductor;
    let h = conductor.hamiltonian();
    let mut all = AllTerminals {
        symmetric: conductor.is_time_reversal_symmetric(),
        probes: conductor.probe_sites().map(|site| Probe::new(dressed, site)).collect(),
        interfaces: (0..conductor.leads()).map(|lead| conductor.interface(lead)).collect(),
        probe_of: probe_of(dressed),
        store: Store::new(conductor, options),
        spectral: Spectral::new(dressed, options.precision),
        asymmetry: Asymmetry { difference: 0.0, largest: f64::MIN_POSITIVE },
        factorised,
        dressed,
        with_derivative: options.derivatives,
    };
    all.between_leads();
    let mut first = 0;
    while first < conductor.probes() {
        let (mut end, mut columns) = (first, 0);
        while end < conductor.probes()
            && (end == first || columns + all.probes[end].orbitals.len() <= COLUMNS)
        {
            columns += all.probes[end].orbitals.len();
            end += 1;
        }
        all.take_probes(first..end);
        first = end;
    }
    if !all.symmetric && conductor.probes() > 0 {
        (0..conductor.leads()).for_each(|lead| all.take_lead(lead));
    }
    all.empty_sites(h.sites());
    let mut audit = all.factorised.audit();
    if all.symmetric {
        let Asymmetry { difference, largest } = all.asymmetry;
        audit.record(laws::RECIPROCITY, difference / largest, all.spectral.allowed());
    }
    let work = all.factorised.work();
    let (exchange, derivative) = all.store.finish(&all.spectral, &mut audit);
    Ok(Scattered { exchange, derivative, density_of_states: all.spectral.density_of_states, audit, work })
}

struct Probe {
    site: usize,
    orbitals: Range<usize>,
    width: f64,
    width_derivative: f64,
}

impl Probe {
    fn new(dressed: &Dressed<'_>, site: usize) -> Self {
        let probe = dressed.sites[site];
        Self {
            site,
            orbitals: dressed.conductor.hamiltonian().orbitals_of(site),
            width: probe.width(),
            width_derivative: probe.width_derivative(),
        }
    }
}

/// Transmissions in the making.
struct AllTerminals<'d> {
    dressed: &'d Dressed<'d>,
    factorised: Factorised<'d>,
    with_derivative: bool,
    symmetric: bool,
    probes: Vec<Probe>,
    interfaces: Vec<&'d [usize]>,
    probe_of: Vec<Option<usize>>,
    store: Store,
    spectral: Spectral,
    asymmetry: Asymmetry,
}

/// Largest `|T_ab - T_ba|` among pairs both of which were computed, and largest T_ab.
struct Asymmetry {
    difference: f64,
    largest: f64,
}

impl Asymmetry {
    fn compare(&mut self, there: f64, back: f64) {
        self.difference = nan_max(self.difference, (there - back).abs());
        self.largest = self.largest.max(there);
    }
}

/// T_ab and T'_ab, in the order of the sinks or of the sources.
#[derive(Default)]
struct Rates {
    t: Vec<f64>,
    dt: Vec<f64>,
}

impl<'d> AllTerminals<'d> {
    /// Everything that only leads take part in.
    fn between_leads(&mut self) {
        if self.interfaces.is_empty() {
            return;
        }
        let dressed = self.dressed;
        let (g, dg) = self.factorised.on_surface_with_slope(self.with_derivative);
        self.spectral.amplification = self.spectral.amplification.max(g.max_norm());
        let places: Vec<Vec<usize>> = (0..dressed.leads.len()).map(|lead| dressed.places(lead)).collect();
        for (b, source) in dressed.leads.iter().enumerate() {
            let own = |m: &Matrix| block(m, &places[b], &places[b]);
            let terminal = dressed.conductor.lead_terminal(b);
            self.spectral.lead(source, terminal, &own(&g), dg.as_ref().map(own).as_ref());
            let rate = |a: usize, b: usize| {
                let [sink, source] = [a, b].map(|lead| &dressed.leads[lead]);
                let at = |m: &Matrix| block(m, &places[a], &places[b]);
                between(sink, source, &at(&g), dg.as_ref().map(at).as_ref())
            };
            for a in 0..b {
                let [there, back] = [rate(b, a), rate(a, b)];
                self.asymmetry.compare(there[0], back[0]);
                let first = self.probes.len();
                self.store.set(first + b, first + a, there);
                if !self.symmetric {
                    self.store.set(first + a, first + b, back);
                }
            }
        }
    }

    /// Solves for the columns of some probes, and stores what these send into all terminals but later probes that send as much back.
    fn take_probes(&mut self, sources: Range<usize>) {
        let orbitals: Vec<usize> =
            self.probes[sources.clone()].iter().flat_map(|p| p.orbitals.clone()).collect();
        let c = self.factorised.columns(&orbitals);
        let dc = self.with_derivative.then(|| self.factorised.slopes(&c));
        let sinks = if self.symmetric { sources.end } else { self.probes.len() };
        let mut column = 0;
        let mut rates = Vec::with_capacity(sources.len());
        for b in sources.clone() {
            let columns = column..column + self.probes[b].orbitals.len();
            column = columns.end;
            self.diagonal(b, columns.start, &c, dc.as_ref());
            rates.push(self.rates_of_probes(sinks, b, columns, &c, dc.as_ref()));
        }
        for (b, Rates { t, dt }) in sources.clone().zip(&rates) {
            self.store.put(Direction::Backward, b, 0, &t[..b], &dt[..b]);
            if self.symmetric {
                for (there, back) in t[sources.start..b].iter().zip(&rates) {
                    self.asymmetry.compare(*there, back.t[b]);
                }
            }
        }
        if !self.symmetric {
            let mut run = Rates::default();
            for a in sources.start + 1..sinks {
                let earlier = &rates[..a.min(sources.end) - sources.start];
                run.t.clear();
                run.dt.clear();
                run.t.extend(earlier.iter().map(|rates| rates.t[a]));
                run.dt.extend(earlier.iter().map(|rates| rates.dt[a]));
                self.store.put(Direction::Forward, a, sources.start, &run.t, &run.dt);
            }
        }
        for lead in 0..self.interfaces.len() {
            let Rates { t, dt } = self.rates_of_lead(lead, sources.clone(), &c, dc.as_ref());
            self.store.put(Direction::Forward, self.probes.len() + lead, sources.start, &t, &dt);
        }
    }

    /// The spectral function of a probe, whose columns begin at `at`.
    fn diagonal(&mut self, b: usize, at: usize, c: &Matrix, dc: Option<&Matrix>) {
        let orbitals = &self.probes[b].orbitals;
        let r = orbitals.len();
        let own = |m: &Matrix| Matrix::from_fn(r, r, |i, j| m[(orbitals.start + i, at + j)]);
        let (g, dg) = (own(c), dc.map(own));
        self.spectral.site(self.dressed, &self.probe_of, self.probes[b].site, 0..r, &g, dg.as_ref());
    }

    /// T_ab and T'_ab from the probe b of some columns into the first probes.
    fn rates_of_probes(
        &mut self,
        sinks: usize,
        b: usize,
        columns: Range<usize>,
        c: &Matrix,
        dc: Option<&Matrix>,
    ) -> Rates {
        let end = self.probes[..sinks].last().map_or(0, |probe| probe.orbitals.end);
        // diagonal of G G^+, and its derivative
        let (mut square, mut slope) = (vec![0.0; end], vec![0.0; end]);
        for column in columns {
            let c = &c.col(column)[..end];
            square.iter_mut().zip(c).for_each(|(s, c)| *s += c.norm_sqr());
            if let Some(dc) = dc {
                let dc = dc.col(column);
                slope.iter_mut().zip(c.iter().zip(dc)).for_each(|(s, (c, dc))| *s += 2.0 * overlap(c, dc));
            }
        }
        let most = square.iter().copied().fold(0.0, f64::max).sqrt();
        self.spectral.amplification = self.spectral.amplification.max(most);
        let (w, dw) = (self.probes[b].width, self.probes[b].width_derivative);
        for (n, dn) in square.iter_mut().zip(&mut slope) {
            (*n, *dn) = (w * *n, dw * *n + w * *dn);
        }
        self.gathered(sinks, &square, &slope)
    }

    /// T_ab and T'_ab from the given probes into a lead.
    fn rates_of_lead(&self, lead: usize, sources: Range<usize>, c: &Matrix, dc: Option<&Matrix>) -> Rates {
        let (interface, lead) = (self.interfaces[lead], &self.dressed.leads[lead]);
        let c = rows(c, interface);
        let filled = multiply(&lead.width, &c);
        let slopes = dc.map(|dc| (multiply(&lead.width_derivative, &c), rows(dc, interface)));
        let dot = |a: &[C64], b: &[C64]| a.iter().zip(b).map(|(a, b)| overlap(a, b)).sum::<f64>();
        let mut rates = Rates::default();
        let mut column = 0;
        for probe in &self.probes[sources] {
            let (mut n, mut dn) = (0.0, 0.0);
            for _ in probe.orbitals.clone() {
                n += dot(c.col(column), filled.col(column));
                if let Some((widened, dc)) = &slopes {
                    dn += dot(c.col(column), widened.col(column))
                        + 2.0 * dot(dc.col(column), filled.col(column));
                }
                column += 1;
            }
            rates.t.push(probe.width * n);
            rates.dt.push(probe.width_derivative * n + probe.width * dn);
        }
        rates
    }

    /// Solves for the columns of a lead and stores what it sends into the probes.
    fn take_lead(&mut self, index: usize) {
        let lead = &self.dressed.leads[index];
        let c = self.factorised.columns(self.interfaces[index]);
        let filled = multiply(&c, &lead.width);
        let slopes =
            self.with_derivative.then(|| (multiply(&c, &lead.width_derivative), self.factorised.slopes(&c)));
        // diagonal of G Gamma_b G^+, and its derivative
        let (mut occupied, mut slope) = (vec![0.0; c.rows()], vec![0.0; c.rows()]);
        for column in 0..c.cols() {
            let (c, filled) = (c.col(column), filled.col(column));
            occupied.iter_mut().zip(c.iter().zip(filled)).for_each(|(o, (c, f))| *o += overlap(c, f));
            if let Some((widened, dc)) = &slopes {
                let with_slopes = widened.col(column).iter().zip(dc.col(column));
                for (s, ((c, f), (w, dc))) in slope.iter_mut().zip(c.iter().zip(filled).zip(with_slopes)) {
                    *s += 2.0 * overlap(dc, f) + overlap(c, w);
                }
            }
        }
        let (probes, terminal) = (self.probes.len(), self.dressed.conductor.lead_terminal(index));
        let Rates { t, dt } = self.gathered(probes, &occupied, &slope);
        self.store.put(Direction::Backward, terminal, 0, &t, &dt);
    }

    /// What the first probes take of electrons that occupy their orbitals: `Gamma_a n`, and its derivative.
    fn gathered(&self, sinks: usize, occupied: &[f64], slope: &[f64]) -> Rates {
        let mut rates = Rates::default();
        for probe in &self.probes[..sinks] {
            let sum = |of: &[f64]| of[probe.orbitals.clone()].iter().sum::<f64>();
            let (n, dn) = (sum(occupied), sum(slope));
            rates.t.push(probe.width * n);
            rates.dt.push(probe.width_derivative * n + probe.width * dn);
        }
        rates
    }

    /// Densities of states of sites without a probe.
    fn empty_sites(&mut self, sites: usize) {
        let h = self.dressed.conductor.hamiltonian();
        let empty = (0..sites).filter(|&site| self.probe_of[site].is_none());
        let (at, orbitals): (Vec<usize>, Vec<usize>) =
            empty.flat_map(|site| h.orbitals_of(site).map(move |k| (site, k))).unzip();
        if orbitals.is_empty() {
            return;
        }
        for (site, g) in at.into_iter().zip(self.factorised.diagonal(&orbitals)) {
            self.spectral.density_of_states[site] += -2.0 * g.im / std::f64::consts::TAU;
        }
    }
}

/// `Re a^* b`.
fn overlap(a: &C64, b: &C64) -> f64 {
    a.re * b.re + a.im * b.im
}

/// `T = Tr Gamma_a G Gamma_b G^+` between two leads, and its derivative.
fn between(sink: &DressedLead, source: &DressedLead, g: &Matrix, dg: Option<&Matrix>) -> [f64; 2] {
    let adjoint = g.adjoint();
    let filled = multiply(g, &source.width);
    let occupied = multiply(&filled, &adjoint);
    let t = trace_of_product(&sink.width, &occupied);
    let slope = dg.map_or(0.0, |dg| {
        let widened = multiply(&multiply(g, &source.width_derivative), &adjoint);
        trace_of_product(&sink.width_derivative, &occupied)
            + 2.0 * trace_of_product(&sink.width, &multiply(&filled, &dg.adjoint()))
            + trace_of_product(&sink.width, &widened)
    });
    [t, slope]
}
