//! What is known of a function of energy beforehand: where it is singular, and outside what range it vanishes.

/// Support and singular points of a function of energy, given to a quadrature so that it need not find them.
#[derive(Clone, Debug, PartialEq)]
pub struct Structure {
    support: [f64; 2],
    points: Vec<SingularPoint>,
}

/// A point at which a function of energy, or one of its derivatives, is singular.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SingularPoint {
    /// Energy.
    pub energy: f64,
    /// In which way.
    pub kind: Singularity,
}

/// Kinds of singular points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Singularity {
    /// Different functions on either side, each smooth up to the point: the step of an ideal contact.
    Jump,
    /// A power `|E - E_0|^exponent` beside smooth terms: 1/2 at the threshold of a mode, -1/2 of a density of states in one dimension, x at a
    /// mobility edge. Exponents lie above -1; below 0 digits of the energy next to E_0 limit those of the integral, unless E_0 is 0.
    Threshold {
        /// The power.
        exponent: f64,
        /// Where it acts; the other side is smooth.
        side: Side,
    },
    /// A level narrow against all else, of the shape `1 / (1 + ((E - E_0)/half_width)^2)`.
    Resonance {
        /// Half width at half maximum.
        half_width: f64,
    },
}

/// Sides of a singular point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Energies below the point.
    Below,
    /// Energies above the point.
    Above,
    /// Both.
    Both,
}

/// A structure that no function has.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StructureError {
    /// The support is no interval.
    #[error(
        "support from {low} to {high}: the second energy must be larger than the first, neither may be NaN"
    )]
    Support {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// A singular point is not at a finite energy.
    #[error("singular point at {0}: an energy must be finite")]
    Energy(f64),
    /// A threshold whose integral does not exist.
    #[error("threshold with exponent {0}: it must be finite and above -1 for the integral to exist")]
    Exponent(f64),
    /// A resonance without width.
    #[error("resonance of half width {0}: it must be finite and above 0")]
    Width(f64),
}

impl Default for Structure {
    /// A smooth function that vanishes nowhere.
    fn default() -> Self {
        Self { support: [f64::NEG_INFINITY, f64::INFINITY], points: Vec::new() }
    }
}

impl Structure {
    /// A function that vanishes outside `support` (infinite ends are allowed) and is smooth but at the given points.
    ///
    /// # Errors
    /// [`StructureError`] if the support is empty or a point has no energy, no integrable power or no width.
    pub fn new([low, high]: [f64; 2], mut points: Vec<SingularPoint>) -> Result<Self, StructureError> {
        if !(low < high) {
            return Err(StructureError::Support { low, high });
        }
        for point in &points {
            if !point.energy.is_finite() {
                return Err(StructureError::Energy(point.energy));
            }
            match point.kind {
                Singularity::Threshold { exponent, .. } if !(exponent > -1.0 && exponent.is_finite()) => {
                    return Err(StructureError::Exponent(exponent));
                }
                Singularity::Resonance { half_width } if !(half_width > 0.0 && half_width.is_finite()) => {
                    return Err(StructureError::Width(half_width));
                }
                _ => {}
            }
        }
        points.sort_by(|a, b| a.energy.total_cmp(&b.energy));
        Ok(Self { support: [low, high], points })
    }

    /// A function that vanishes below `edge` and begins there as `(E - edge)^exponent`: a mobility edge or the bottom of a band; a step for exponent 0.
    ///
    /// # Errors
    /// [`StructureError`] if the edge is not finite or the exponent not above -1.
    pub fn edge(edge: f64, exponent: f64) -> Result<Self, StructureError> {
        let kind = Singularity::Threshold { exponent, side: Side::Above };
        Self::new([edge, f64::INFINITY], vec![SingularPoint { energy: edge, kind }])
    }

    /// A function with square roots on both sides of each of the energies: thresholds of the modes of leads.
    ///
    /// # Errors
    /// [`StructureError`] if an energy is not finite.
    pub fn thresholds(energies: &[f64]) -> Result<Self, StructureError> {
        match energies.iter().find(|e| !e.is_finite()) {
            Some(&energy) => Err(StructureError::Energy(energy)),
            None => Ok(Self::known_thresholds(energies)),
        }
    }

    /// The same for energies that are finite.
    pub(super) fn known_thresholds(energies: &[f64]) -> Self {
        let kind = Singularity::Threshold { exponent: 0.5, side: Side::Both };
        let mut points: Vec<_> = energies.iter().map(|&energy| SingularPoint { energy, kind }).collect();
        points.sort_by(|a, b| a.energy.total_cmp(&b.energy));
        Self { points, ..Self::default() }
    }

    /// The same points, but zero outside of another support.
    pub(super) fn within(self, support: [f64; 2]) -> Self {
        Self { support, ..self }
    }

    /// Where the function may differ from zero.
    pub fn support(&self) -> [f64; 2] {
        self.support
    }

    /// Singular points, ascending in energy.
    pub fn points(&self) -> &[SingularPoint] {
        &self.points
    }

    /// Whether the function jumps or has a threshold at an energy, an end of the support included: it has no value there.
    pub fn is_singular_at(&self, energy: f64) -> bool {
        let point =
            |p: &SingularPoint| p.energy == energy && !matches!(p.kind, Singularity::Resonance { .. });
        self.support.contains(&energy) || self.points.iter().any(point)
    }

    /// The part of the support that a thermal window `[low, high]` has to cover; where the support lies beyond it, the first `reach` of the support.
    pub(super) fn window(&self, [low, high]: [f64; 2], reach: f64) -> [f64; 2] {
        let [from, to] = self.support;
        [low.min(to - reach).max(from), high.max(from + reach).min(to)]
    }

    /// `[from, to]` cut at singular points and at `marks`, each piece with a map that makes the function smooth in its variable.
    pub(super) fn segments(&self, [from, to]: [f64; 2], marks: &[f64]) -> Vec<Segment> {
        let singular = self.points.iter().map(|p| p.energy);
        let [low, high] = [from.max(self.support[0]), to.min(self.support[1])];
        if !(low < high) {
            return Vec::new();
        }
        let mut edges: Vec<f64> =
            singular.chain(marks.iter().copied()).filter(|e| *e > low && *e < high).collect();
        edges.extend([low, high]);
        edges.sort_by(f64::total_cmp);
        let mut segments = Vec::new();
        for (&a, &b) in edges.iter().zip(&edges[1..]) {
            // a gap of some roundings holds no energies to evaluate at
            if !(b - a > 8.0 * f64::EPSILON * a.abs().max(b.abs())) {
                continue;
            }
            let [at_a, at_b] = [self.map_at(a, Side::Above), self.map_at(b, Side::Below)];
            match [at_a, at_b] {
                [left, Map::Power(1)] => segments.push(Segment::new(a, b, left)),
                [Map::Power(1), right] => segments.push(Segment::new(b, a, right)),
                [left, right] => {
                    let middle = 0.5 * (a + b);
                    segments.push(Segment::new(a, middle, left));
                    segments.push(Segment::new(b, middle, right));
                }
            }
        }
        segments
    }

    /// The map that is good for one side of an energy: that of the worst singularity there.
    fn map_at(&self, energy: f64, on: Side) -> Map {
        let here = self.points.iter().filter(|p| p.energy == energy);
        let maps = here.map(|p| match p.kind {
            Singularity::Threshold { exponent, side } if side == on || side == Side::Both => {
                Map::of_power(exponent)
            }
            Singularity::Resonance { half_width } => Map::Sinh(half_width),
            _ => Map::Power(1),
        });
        maps.fold(Map::Power(1), |worst, map| match (worst, map) {
            (Map::Power(a), Map::Power(b)) => Map::Power(a.max(b)),
            (Map::Sinh(a), Map::Sinh(b)) => Map::Sinh(a.min(b)),
            (Map::Sinh(_), _) => worst,
            (_, Map::Sinh(_)) => map,
        })
    }
}

/// How energy depends on the variable of a segment.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Map {
    /// `E = E_0 + w s^m`.
    Power(i32),
    /// `E = E_0 +- g sinh(c s)`: a Lorentzian of half width g becomes `1/cosh`.
    Sinh(f64),
}

impl Map {
    /// After `E = E_0 + w s^m` the power p is `s^(m (p + 1) - 1)`: a polynomial for half-integer p with m = 2, else a power high enough for
    /// polynomials of low degree to follow it.
    fn of_power(p: f64) -> Self {
        let whole = |x: f64| x == x.round();
        if whole(p) && p >= 0.0 {
            Self::Power(1)
        } else if whole(2.0 * p) {
            Self::Power(2)
        } else {
            Self::Power((8.0 / (p + 1.0)).ceil().clamp(2.0, 400.0) as i32)
        }
    }
}

/// A piece of the energy axis with a variable s from 0 to 1, s = 0 at the singular end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    anchor: f64,
    /// To the other end, with its sign.
    width: f64,
    map: Map,
}

impl Segment {
    fn new(anchor: f64, end: f64, map: Map) -> Self {
        Self { anchor, width: end - anchor, map }
    }

    /// Energy at s, never the anchor itself, and |dE/ds|.
    pub(super) fn at(&self, s: f64) -> (f64, f64) {
        let size = self.width.abs();
        let (distance, slope) = match self.map {
            Map::Power(m) => (size * s.powi(m), size * f64::from(m) * s.powi(m - 1)),
            Map::Sinh(g) => {
                let c = (size / g).asinh();
                (g * (c * s).sinh(), g * c * (c * s).cosh())
            }
        };
        let energy = self.anchor + distance.copysign(self.width);
        let next = if self.width > 0.0 { self.anchor.next_up() } else { self.anchor.next_down() };
        (if energy == self.anchor { next } else { energy }, slope)
    }

    /// The variable at an energy of the segment.
    pub(super) fn variable(&self, energy: f64) -> f64 {
        let distance = (energy - self.anchor).abs();
        let size = self.width.abs();
        let s = match self.map {
            Map::Power(m) => (distance / size).powf(1.0 / f64::from(m)),
            Map::Sinh(g) => (distance / g).asinh() / (size / g).asinh(),
        };
        s.min(1.0)
    }

    /// Energy at s, which may be an end.
    pub(super) fn end(&self, s: f64) -> f64 {
        match s {
            0.0 => self.anchor,
            1.0 => self.anchor + self.width,
            s => self.at(s).0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_structures_are_refused() {
        let point = |kind| vec![SingularPoint { energy: 0.0, kind }];
        let everywhere = [f64::NEG_INFINITY, f64::INFINITY];
        assert!(matches!(Structure::new([1.0, 1.0], vec![]), Err(StructureError::Support { .. })));
        let threshold = Singularity::Threshold { exponent: -1.0, side: Side::Above };
        assert_eq!(Structure::new(everywhere, point(threshold)), Err(StructureError::Exponent(-1.0)));
        let level = Singularity::Resonance { half_width: 0.0 };
        assert_eq!(Structure::new(everywhere, point(level)), Err(StructureError::Width(0.0)));
        assert!(matches!(Structure::thresholds(&[f64::NAN]), Err(StructureError::Energy(_))));
    }

    /// Segments tile the range, and the variable of an energy is the inverse of the energy at a variable.
    #[test]
    fn segments_tile_and_invert() {
        let points = [
            (-0.5, Singularity::Jump),
            (-0.1, Singularity::Threshold { exponent: 0.5, side: Side::Both }),
            (0.3, Singularity::Resonance { half_width: 1e-4 }),
            (0.4, Singularity::Threshold { exponent: 1.571, side: Side::Above }),
        ];
        let points = points.map(|(energy, kind)| SingularPoint { energy, kind }).to_vec();
        let structure = Structure::new([-0.9, f64::INFINITY], points).unwrap();
        let segments = structure.segments([-1.0, 1.0], &[0.0]);
        let mut at = -0.9;
        for segment in &segments {
            let ends = [0.0, 1.0].map(|s| segment.end(s));
            let [low, high] = [ends[0].min(ends[1]), ends[0].max(ends[1])];
            assert!((low - at).abs() < 1e-15);
            at = high;
            for s in [1e-3, 0.2, 0.5, 0.99] {
                let (energy, slope) = segment.at(s);
                assert!(low <= energy && energy <= high && slope > 0.0);
                // a distance of rounding times the energy, over the slope there
                let allowed = 4.0 * f64::EPSILON * (1.0 + energy.abs() / slope);
                assert!((segment.variable(energy) - s).abs() <= allowed.max(1e-15), "{segment:?} {s}");
            }
        }
        assert!((at - 1.0).abs() < 1e-15);
        assert!(
            structure.is_singular_at(-0.5)
                && structure.is_singular_at(-0.9)
                && !structure.is_singular_at(0.3)
        );
    }
}
