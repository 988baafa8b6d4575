//! Transmissions as functions of energy: computed where they need it, once, for all temperatures and biases.

use super::demand::{self, Demand, share};
use super::linear::check;
use super::structure::Segment;
use super::{Adaptive, Currents, LinearResponse, Reservoir, Structure, TransmissionMatrix, TransportError};
use crate::audit::{Audit, laws};
use crate::scattering::nan_max;
use std::f64::consts::PI;

/// The matrix T_ab(E) on a range of energies, as Chebyshev series on pieces that are halved until the series have converged. At singular points the
/// series run in variables in which T is smooth.
///
/// Computed on a [range](Self::new), it is as accurate everywhere, and any temperatures and biases can be asked of it; computed for the
/// [windows](Self::for_windows) of known potentials and temperatures, it is no better than these need. Either way another temperature costs integrals of polynomials.
/// A level that falls between the points of a first piece goes unseen: choose [`Resolution::widest`] by the narrowest structure that matters, some kT of the
/// lowest temperature.
#[derive(Clone, Debug)]
pub struct TransmissionFunction {
    terminals: usize,
    range: [f64; 2],
    structure: Structure,
    /// Ascending in energy.
    pieces: Vec<Piece>,
    tolerance: f64,
    evaluations: usize,
    audit: Audit,
}

/// How finely a transmission is resolved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resolution {
    /// Largest error, relative to the largest entry of T in a piece, or to the integral of every window.
    pub tolerance: f64,
    /// Width of the widest pieces to begin with, in t; of windows, in that of the lowest temperature.
    pub widest: f64,
    /// Most evaluations. Pieces that would need more keep their errors, which audits of what is computed from them show.
    pub evaluations: usize,
}

impl Resolution {
    /// Pieces of at most `widest` (in t), to 1e-9 within 200 000 evaluations.
    pub fn within(widest: f64) -> Self {
        Self { tolerance: 1e-9, widest, evaluations: 200_000 }
    }

    /// Evaluations that the first pieces for these windows take, where no singular points divide them; none for what
    /// [`TransmissionFunction::for_windows`] refuses.
    pub fn first_evaluations(&self, windows: &[Reservoir]) -> usize {
        match pieces::<()>(demand::range(windows, REACH), self.widest) {
            Ok(_) => POINTS * (1 + demand::marks(windows, REACH, self.widest).len()),
            Err(_) => 0,
        }
    }
}

/// An energy at which a transmission was not computed.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("energy {energy} t is outside [{low}, {high}], where the transmission was computed")]
pub struct OutOfRange {
    /// The energy, or the end of the window that is needed.
    pub energy: f64,
    /// Lowest energy.
    pub low: f64,
    /// Highest energy.
    pub high: f64,
}

/// A transmission that cannot be computed on a range.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum FunctionError<E> {
    /// The range is no interval.
    #[error("range from {low} to {high}: the second energy must be larger than the first, both finite")]
    Range {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// Pieces without width, or too many of them.
    #[error(
        "pieces of at most {widest} from {low} to {high}: the width must be above 0, and a millionth of the range or more"
    )]
    Widest {
        /// Width of the widest piece.
        widest: f64,
        /// Lower end of the range.
        low: f64,
        /// Upper end of the range.
        high: f64,
    },
    /// Matrices of different sizes.
    #[error("transmissions between {given} terminals, but between {wanted} at another energy")]
    Terminals {
        /// Terminals of the transmission.
        given: usize,
        /// Terminals before.
        wanted: usize,
    },
    /// The transmission itself cannot be computed.
    #[error("{0}")]
    Transmission(#[source] E),
}

/// How much of a thermal window must lie in the range, in kT: `x^2 exp(-x)` is 3e-13 there.
const NEEDED: f64 = 36.0;

/// How far windows reach that a function is computed for: with room for rounding.
const REACH: f64 = NEEDED + 0.5;

/// Below this part of the largest transmission anywhere, transmissions are not resolved for themselves.
const FLOOR: f64 = 1e-10;

impl TransmissionFunction {
    /// Computes T on a range.
    ///
    /// # Errors
    /// [`FunctionError`] if the range is empty or pieces have no width, or the transmission fails or changes its number of terminals.
    pub fn new<E>(
        range: [f64; 2],
        structure: Structure,
        resolution: Resolution,
        transmission: impl FnMut(f64) -> Result<TransmissionMatrix, E>,
    ) -> Result<Self, FunctionError<E>> {
        let [low, high] = range;
        let count = pieces(range, resolution.widest)?;
        let marks: Vec<f64> = (1..count as usize).map(|k| low + (high - low) * k as f64 / count).collect();
        Self::resolved(range, &marks, None, structure, resolution, transmission)
    }

    /// The energies that windows at these potentials and temperatures need; not numbers if one of them is none, or a temperature negative.
    pub fn range_for(windows: &[Reservoir]) -> [f64; 2] {
        demand::range(windows, REACH)
    }

    /// Computes T for linear response at these potentials and temperatures: first pieces are as wide as the temperatures allow whose windows reach them, and
    /// the error at an energy may be the larger, the less of it any of the integrals sees, as long as the stated error of each stays what it would be.
    ///
    /// # Errors
    /// [`FunctionError`] as [`new`](Self::new), the range being that of all windows: no temperature above zero, or a number that is not finite.
    pub fn for_windows<E>(
        windows: &[Reservoir],
        structure: Structure,
        resolution: Resolution,
        transmission: impl FnMut(f64) -> Result<TransmissionMatrix, E>,
    ) -> Result<Self, FunctionError<E>> {
        let range = Self::range_for(windows);
        pieces(range, resolution.widest)?;
        let marks = demand::marks(windows, REACH, resolution.widest);
        Self::resolved(range, &marks, Some(Demand::new(windows)), structure, resolution, transmission)
    }

    fn resolved<E>(
        range: [f64; 2],
        marks: &[f64],
        mut demand: Option<Demand<'_>>,
        structure: Structure,
        resolution: Resolution,
        mut transmission: impl FnMut(f64) -> Result<TransmissionMatrix, E>,
    ) -> Result<Self, FunctionError<E>> {
        let mut terminals = None;
        let mut sample = |energy: f64| {
            let t = transmission(energy).map_err(FunctionError::Transmission)?;
            let (given, wanted) = (t.terminals(), *terminals.get_or_insert(t.terminals()));
            if given == wanted { Ok(t) } else { Err(FunctionError::Terminals { given, wanted }) }
        };
        let segments = structure.segments(range, marks);
        let mut open = Vec::with_capacity(segments.len());
        for segment in segments {
            open.push(Piece::new(segment, [0.0, 1.0], 0, &mut sample)?);
        }
        let mut evaluations = POINTS * open.len();
        let mut largest = open.iter().map(|p| p.largest).fold(0.0, f64::max);
        demand.iter_mut().for_each(|d| open.iter().for_each(|p| d.add(p.energies, p.mean)));
        let good = |piece: &Piece, largest: f64, demand: &Option<Demand<'_>>| {
            piece.error <= resolution.tolerance * piece.largest.max(FLOOR * largest)
                || piece.futile >= FUTILE
                || demand
                    .as_ref()
                    .is_some_and(|d| d.allows(piece.energies, piece.error, resolution.tolerance))
        };
        let mut pieces = Vec::with_capacity(open.len());
        // the first piece on top, halves of it next
        open.reverse();
        loop {
            while let Some(piece) = open.pop() {
                if good(&piece, largest, &demand) || evaluations + 2 * POINTS > resolution.evaluations {
                    pieces.push(piece);
                    continue;
                }
                let [left, right] = piece.halves(&mut sample)?;
                evaluations += 2 * POINTS;
                largest = largest.max(left.largest).max(right.largest);
                if let Some(demand) = &mut demand {
                    demand.add(piece.energies, -piece.mean);
                    [&left, &right].into_iter().for_each(|half| demand.add(half.energies, half.mean));
                }
                open.extend([right, left]);
            }
            // what was good enough for integrals as they seemed then
            if evaluations + 2 * POINTS <= resolution.evaluations {
                open.extend(pieces.extract_if(.., |piece| !good(piece, largest, &demand)));
            }
            if open.is_empty() {
                break;
            }
        }
        pieces.sort_by(|a, b| a.energies[0].total_cmp(&b.energies[0]));
        let tolerance = resolution.tolerance;
        // a range outside of the support has no pieces
        let terminals = terminals.unwrap_or(2);
        Ok(Self { terminals, range, structure, pieces, tolerance, evaluations, audit: Audit::default() })
    }

    pub(super) fn add_audit(&mut self, audit: &Audit) {
        self.audit.merge(audit);
    }

    /// Number of terminals.
    pub fn terminals(&self) -> usize {
        self.terminals
    }

    /// Energies between which it is known, in t.
    pub fn range(&self) -> [f64; 2] {
        self.range
    }

    /// Evaluations it took.
    pub fn evaluations(&self) -> usize {
        self.evaluations
    }

    /// Laws checked where it was computed.
    pub fn audit(&self) -> &Audit {
        &self.audit
    }

    /// Transmissions at an energy.
    ///
    /// # Errors
    /// [`OutOfRange`].
    pub fn at(&self, energy: f64) -> Result<TransmissionMatrix, OutOfRange> {
        let [low, high] = self.range;
        if !(low..=high).contains(&energy) {
            return Err(OutOfRange { energy, low, high });
        }
        let [from, to] = self.structure.support();
        let place =
            self.pieces.partition_point(|p| p.energies[1] < energy).min(self.pieces.len().saturating_sub(1));
        match self.pieces.get(place) {
            Some(piece) if (from..=to).contains(&energy) => {
                let values = piece.at(energy);
                Ok(TransmissionMatrix::from_fn(self.terminals, |a, b| values[a * self.terminals + b]))
            }
            _ => Ok(TransmissionMatrix::from_fn(self.terminals, |_, _| 0.0)),
        }
    }

    /// Linear response at a chemical potential and temperature.
    ///
    /// # Errors
    /// [`TransportError`] as [`LinearResponse::new`], [`OutOfRange`] if 36 kT on either side are not in the range.
    pub fn linear(
        &self,
        mu: f64,
        kt: f64,
        adaptive: Adaptive,
    ) -> Result<LinearResponse, TransportError<OutOfRange>> {
        check(mu, kt)?;
        let window = [mu - NEEDED * kt, mu + NEEDED * kt];
        self.covers(window)?;
        let (structure, cuts) = self.inside(window);
        let at = |e| self.at(e);
        let mut response = LinearResponse::cut_at(&cuts, self.terminals, mu, kt, &structure, adaptive, at)?;
        let largest = response.moments[0].largest_sum();
        let window = Reservoir { mu, kt };
        let error = self.pieces.iter().map(|p| p.error * share(&window, p.energies)).sum::<f64>();
        response.add_error(
            if error == 0.0 { 0.0 } else { error / largest },
            adaptive.tolerance.max(SHARE * self.tolerance),
        );
        response.audit.merge(&self.audit);
        Ok(response)
    }

    /// Currents at any bias and temperatures.
    ///
    /// # Errors
    /// [`TransportError`] as [`currents`](super::currents()), [`OutOfRange`] if 36 kT about the potentials are not in the range.
    pub fn currents(
        &self,
        reservoirs: &[Reservoir],
        adaptive: Adaptive,
    ) -> Result<Currents, TransportError<OutOfRange>> {
        reservoirs.iter().try_for_each(|r| check(r.mu, r.kt))?;
        let low = reservoirs.iter().map(|r| r.mu - NEEDED * r.kt).fold(f64::INFINITY, f64::min);
        let high = reservoirs.iter().map(|r| r.mu + NEEDED * r.kt).fold(f64::NEG_INFINITY, f64::max);
        self.covers([low, high])?;
        let (structure, cuts) = self.inside([low, high]);
        let mut found = super::currents::cut_at(&cuts, reservoirs, &structure, adaptive, |e| self.at(e))?;
        // how many electrons of either reservoir the error of a piece may misplace
        let pairs = reservoirs.iter().flat_map(|a| reservoirs.iter().map(move |b| (a, b)));
        let misplaced = |p: &Piece| {
            let between = |(a, b): (&Reservoir, &Reservoir)| {
                let middle = 0.5 * (p.energies[0] + p.energies[1]);
                let most =
                    p.energies.iter().chain([&middle]).map(|e| a.excess(b, *e).abs()).fold(0.0, f64::max);
                most * (p.energies[1] - p.energies[0])
            };
            p.error * pairs.clone().map(between).fold(0.0, f64::max)
        };
        let error = self.pieces.iter().map(misplaced).sum::<f64>();
        let scale = found.particle.iter().map(|i| i.abs()).fold(0.0, f64::max);
        let heats = found.heat.iter().map(|q| q.abs()).fold(0.0, f64::max) / (high - low);
        found.quadrature_error += if error == 0.0 { 0.0 } else { error / scale.max(heats) };
        found.audit.record(
            laws::QUADRATURE,
            found.quadrature_error,
            adaptive.tolerance.max(SHARE * self.tolerance),
        );
        found.audit.merge(&self.audit);
        Ok(found)
    }

    /// What the integrals see: T as it is in the range, cut where pieces end.
    fn inside(&self, window: [f64; 2]) -> (Structure, Vec<f64>) {
        let [low, high] = self.structure.support();
        let support = [low.max(self.range[0]), high.min(self.range[1])];
        let structure = self.structure.clone().within(support);
        let ends = self.pieces.iter().map(|p| p.energies[1]);
        (structure, ends.filter(|e| (window[0]..=window[1]).contains(e)).collect())
    }

    fn covers(&self, window: [f64; 2]) -> Result<(), TransportError<OutOfRange>> {
        let [low, high] = self.range;
        let [from, to] = self.structure.support();
        let missing = [
            (window[0] < low && from < low).then_some(window[0]),
            (window[1] > high && to > high).then_some(window[1]),
        ];
        match missing.into_iter().flatten().next() {
            Some(energy) => Err(TransportError::Transmission(OutOfRange { energy, low, high })),
            None => Ok(()),
        }
    }
}

/// Errors of pieces are relative to their own largest entry; a window sees the sum of a few.
const SHARE: f64 = 10.0;

/// Points of a piece, and terms of its series.
const POINTS: usize = 17;

/// Halvings that change nothing after which a piece is taken for noise.
const FUTILE: u32 = 3;

/// How many pieces of at most this width a range takes.
fn pieces<E>([low, high]: [f64; 2], widest: f64) -> Result<f64, FunctionError<E>> {
    if !(low < high && (high - low).is_finite()) {
        return Err(FunctionError::Range { low, high });
    }
    let count = ((high - low) / widest).ceil();
    if (1.0..=1e6).contains(&count) { Ok(count) } else { Err(FunctionError::Widest { widest, low, high }) }
}

/// A part of a segment with the Chebyshev series of all entries in its variable.
#[derive(Clone, Debug)]
struct Piece {
    segment: Segment,
    variable: [f64; 2],
    /// Its ends, ascending.
    energies: [f64; 2],
    /// Coefficients of all entries, degree after degree.
    series: Vec<f64>,
    /// Largest entry anywhere, and its mean.
    largest: f64,
    mean: f64,
    error: f64,
    futile: u32,
}

impl Piece {
    fn new<E>(
        segment: Segment,
        variable: [f64; 2],
        futile: u32,
        sample: &mut impl FnMut(f64) -> Result<TransmissionMatrix, E>,
    ) -> Result<Self, E> {
        let (middle, half) = (0.5 * (variable[0] + variable[1]), 0.5 * (variable[1] - variable[0]));
        // roots of the Chebyshev polynomial: never the ends
        let angle = |k: usize| PI * (k as f64 + 0.5) / POINTS as f64;
        let mut samples = Vec::with_capacity(POINTS);
        for k in 0..POINTS {
            samples.push(sample(segment.at(middle + half * angle(k).cos()).0)?);
        }
        let entries = samples[0].as_ref().len();
        let mut series = vec![0.0; POINTS * entries];
        for (degree, row) in series.chunks_exact_mut(entries).enumerate() {
            let norm = if degree == 0 { 1.0 } else { 2.0 } / POINTS as f64;
            for (k, t) in samples.iter().enumerate() {
                let weight = norm * (degree as f64 * angle(k)).cos();
                row.iter_mut().zip(t.as_ref()).for_each(|(c, t)| *c += weight * t);
            }
        }
        let most = |values: &[f64]| values.iter().map(|v| v.abs()).fold(0.0, nan_max);
        let largest = samples.iter().map(|t| most(t.as_ref())).fold(0.0, nan_max);
        let mean = samples.iter().map(|t| most(t.as_ref())).sum::<f64>() / POINTS as f64;
        // what follows is about as large as the last terms kept, if they fall off at all
        let error = most(&series[(POINTS - 3) * entries..]);
        let ends = variable.map(|s| segment.end(s));
        let energies = [ends[0].min(ends[1]), ends[0].max(ends[1])];
        Ok(Self { segment, variable, energies, series, largest, mean, error, futile })
    }

    fn halves<E>(
        &self,
        sample: &mut impl FnMut(f64) -> Result<TransmissionMatrix, E>,
    ) -> Result<[Self; 2], E> {
        let middle = 0.5 * (self.variable[0] + self.variable[1]);
        let mut halves = [
            Self::new(self.segment, [self.variable[0], middle], self.futile, sample)?,
            Self::new(self.segment, [middle, self.variable[1]], self.futile, sample)?,
        ];
        let narrow = !(self.energies[1] - self.energies[0] > 64.0 * f64::EPSILON * self.energies[1].abs());
        let noise = self.error <= 1e-5 * self.largest && halves.iter().any(|h| h.error >= 0.5 * self.error);
        let count = if narrow { FUTILE } else { self.futile + u32::from(noise) };
        halves.iter_mut().for_each(|half| half.futile = count);
        Ok(halves)
    }

    /// All entries at an energy, by Clenshaw's recurrence.
    fn at(&self, energy: f64) -> Vec<f64> {
        let s = self.segment.variable(energy);
        let x = ((2.0 * s - self.variable[0] - self.variable[1]) / (self.variable[1] - self.variable[0]))
            .clamp(-1.0, 1.0);
        let entries = self.series.len() / POINTS;
        let (mut next, mut later) = (vec![0.0; entries], vec![0.0; entries]);
        for row in self.series.chunks_exact(entries).skip(1).rev() {
            for i in 0..entries {
                (next[i], later[i]) = (row[i] + 2.0 * x * next[i] - later[i], next[i]);
            }
        }
        (0..entries).map(|i| self.series[i] + x * next[i] - later[i]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thermal::{Side, SingularPoint, Singularity};
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;
    use std::convert::Infallible;

    type Numbers = Result<TransmissionMatrix, Infallible>;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, rng_seed: RngSeed::Fixed(3), failure_persistence: None, ..ProptestConfig::default() })]

        /// Lorentzians that nobody announced, down to a fiftieth of the first pieces, and a threshold that was: right everywhere to some tolerances of the
        /// largest transmission nearby.
        #[test]
        fn functions_are_what_they_were_computed_from(
            levels in prop::collection::vec((-1.0f64..1.0, 0.004f64..0.5), 1..5), edge in -0.9f64..0.9, p in 0.3f64..2.5,
            energies in prop::collection::vec(-1.0f64..1.0, 20),
        ) {
            let exact = |e: f64| {
                let sum: f64 = levels.iter().map(|&(e0, g)| g * g / ((e - e0).powi(2) + g * g)).sum();
                sum + if e > edge { (e - edge).powf(p) } else { 0.0 }
            };
            let kind = Singularity::Threshold { exponent: p, side: Side::Above };
            let structure = Structure::new([-2.0, 2.0], vec![SingularPoint { energy: edge, kind }]).unwrap();
            let t = |e| Numbers::Ok(TransmissionMatrix::two_terminal(exact(e)));
            let function = TransmissionFunction::new([-1.0, 1.0], structure, Resolution::within(0.2), t).unwrap();
            for e in energies {
                let got = function.at(e).unwrap().get(0, 1);
                // 1e-9 of the largest in the piece: no more than all levels and the edge together
                prop_assert!((got - exact(e)).abs() <= 1e-8 * (levels.len() as f64 + 3.0), "{e}: {got} {}", exact(e));
            }
        }
    }

    #[test]
    fn bad_ranges_are_refused() {
        let t = |_| Numbers::Ok(TransmissionMatrix::two_terminal(1.0));
        let new = |range, widest| {
            TransmissionFunction::new(range, Structure::default(), Resolution::within(widest), t)
        };
        assert!(matches!(new([1.0, 1.0], 0.1), Err(FunctionError::Range { .. })));
        assert!(matches!(new([0.0, 1.0], 0.0), Err(FunctionError::Widest { .. })));
        assert!(matches!(new([0.0, 1.0], f64::NAN), Err(FunctionError::Widest { .. })));
        let windows = |windows: &[[f64; 2]], widest| {
            let windows: Vec<Reservoir> = windows.iter().map(|&[mu, kt]| Reservoir { mu, kt }).collect();
            TransmissionFunction::for_windows(&windows, Structure::default(), Resolution::within(widest), t)
        };
        for bad in [&[][..], &[[0.0, 0.0]], &[[0.0, -1.0], [0.0, 1.0]], &[[f64::NAN, 1.0], [0.0, 1.0]]] {
            assert!(matches!(windows(bad, 0.1), Err(FunctionError::Range { .. })), "{bad:?}");
        }
        assert!(matches!(windows(&[[0.0, 1.0]], -1.0), Err(FunctionError::Widest { .. })));
        let first = |kt, widest| Resolution::within(widest).first_evaluations(&[Reservoir { mu: 0.0, kt }]);
        // what is refused takes no evaluations: it must not be counted for ever
        assert_eq!([first(1.0, -1.0), first(1.0, 0.0), first(1.0, 1e-12), first(f64::NAN, 0.1)], [0; 4]);
        assert_eq!(first(1.0, 1.0), 73 * POINTS);
        let function = new([0.0, 1.0], 0.5).unwrap();
        assert!(function.at(1.5).is_err() && function.at(f64::NAN).is_err());
        assert_eq!(function.evaluations(), 2 * POINTS);
    }

    /// What cannot be resolved is known to be inaccurate, and takes no end of evaluations nevertheless.
    #[test]
    fn noise_is_reported() {
        let mut phase = 0.0f64;
        let noisy = |e: f64| {
            phase += 1.0;
            Numbers::Ok(TransmissionMatrix::two_terminal(1.0 + 0.1 * e + 1e-6 * (1e3 * phase * phase).sin()))
        };
        let resolution = Resolution { tolerance: 1e-11, ..Resolution::within(0.5) };
        let function =
            TransmissionFunction::new([-1.0, 1.0], Structure::default(), resolution, noisy).unwrap();
        assert!(function.evaluations() < 10_000, "{}", function.evaluations());
        let response = function.linear(0.0, 0.01, Adaptive::to(1e-10)).unwrap();
        assert!(response.quadrature_error > 1e-8 && !response.audit.passed(), "{:?}", response.audit);
    }
}
