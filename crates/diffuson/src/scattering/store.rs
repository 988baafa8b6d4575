//! What becomes of transmissions as they are computed: all of them are stored, or those that count.

use super::transmissions::{Direction, Sums, Transmissions};
use super::truncated::Kept;
use super::{Exchange, Options, Spectral};
use crate::audit::{Audit, laws};
use crate::conductor::Conductor;
use diffuson_linalg::planar::Real;

/// Which transmissions the routes that store them keep.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Storage {
    /// All: 4 bytes for each T_ab or T'_ab in single, 8 in double [precision](super::Precision); T_ab = T_ba are one.
    #[default]
    All,
    /// Those above a threshold: see [`Truncated`](super::Truncated).
    Above {
        /// T_ab not above it is dropped, and T'_ab with it.
        threshold: f64,
        /// How much of S_a may be dropped at any terminal, relative, for the audit to pass.
        allowed: f64,
    },
}

/// Transmissions, and their derivatives, in the making.
pub(super) enum Store {
    All(Transmissions, Option<Transmissions>),
    Above { kept: Kept, allowed: f64 },
}

/// What stands at the end: T and, if asked for, T'.
type Exchanges = (Box<dyn Exchange>, Option<Box<dyn Exchange>>);

impl Store {
    pub(super) fn new(conductor: &Conductor, options: Options) -> Self {
        let (terminals, symmetric) = (conductor.terminals(), conductor.is_time_reversal_symmetric());
        match options.storage {
            Storage::All => {
                let matrix =
                    || Transmissions::unwritten(terminals, symmetric, options.precision, &conductor.pool);
                Self::All(matrix(), options.derivatives.then(matrix))
            }
            Storage::Above { threshold, allowed } => {
                Self::Above { kept: Kept::new(terminals, symmetric, options.derivatives, threshold), allowed }
            }
        }
    }

    /// Writes T (and T') between terminal `a` and the terminals from `first` on, all of which are earlier than a. Each pair is written once.
    pub(super) fn put<T: Real>(&mut self, way: Direction, a: usize, first: usize, t: &[T], dt: &[T]) {
        match self {
            Self::All(matrix, slope) => {
                matrix.put(way, a, first, t);
                if let Some(slope) = slope {
                    slope.put(way, a, first, dt);
                }
            }
            Self::Above { kept, .. } => kept.put(way, a, first, t, dt),
        }
    }

    /// Sets T_ab and T'_ab (and T_ba and T'_ba of symmetric matrices), a and b being different.
    pub(super) fn set(&mut self, a: usize, b: usize, [t, dt]: [f64; 2]) {
        let (way, late, early) = if a > b { (Direction::Forward, a, b) } else { (Direction::Backward, b, a) };
        self.put(way, late, early, &[t], &[dt]);
    }

    /// Compares all sums with the spectral function, what was dropped included, and what was dropped with what may be.
    pub(super) fn finish(self, spectral: &Spectral, audit: &mut Audit) -> Exchanges {
        match self {
            Self::All(mut t, mut dt) => {
                t.finish();
                dt.iter_mut().for_each(Transmissions::finish);
                spectral.audit(audit, t.sums(), dt.as_ref().map(Transmissions::sums));
                (Box::new(t), dt.map(|dt| Box::new(dt) as _))
            }
            Self::Above { kept, allowed } => {
                let [sums, slopes]: [&Sums; 2] = kept.sums();
                spectral.audit(audit, sums, kept.with_derivative().then_some(slopes));
                let (t, dt) = kept.finish();
                let weight = t.dropped().into_iter().flat_map(|dropped| dropped.weight);
                let share =
                    weight.zip(&spectral.outgoing).map(|(d, s)| if *d > 0.0 { d / s.max(*d) } else { 0.0 });
                audit.record(laws::DROPPED_WEIGHT, share.fold(0.0, super::nan_max), allowed);
                (Box::new(t), dt.map(|dt| Box::new(dt) as _))
            }
        }
    }
}
