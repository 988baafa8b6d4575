//! Transfer matrices of a bar without end: Lyapunov exponents of all channels with their error bars.
//!
//! With hopping -1 along the bar, `psi_{n+1} = (H_n - E) psi_n - psi_{n-1}`, H_n the slice of `N = width x height` sites with its transverse bonds. Products of such
//! matrices grow by exponents `+-gamma_1, ..., +-gamma_N` per slice (Oseledec), in pairs, for each step is symplectic; the smallest positive one is the
//! inverse localization length of the bar, and `Gamma = width gamma_N` (`Lambda = 1 / Gamma`) is what scales at the Anderson transition:
//! A. MacKinnon and B. Kramer, Z. Phys. B 53, 1 (1983); K. Slevin and T. Ohtsuki, New J. Phys. 16, 015012 (2014).
//!
//! The three classes are the three division algebras. A real bar is propagated with real numbers, one in a magnetic field or with random phases with complex
//! ones. With spin-orbit coupling, hopping rotates the spin: an SU(2) matrix is a unit quaternion, a spinor and its time reverse are the two columns of one, and
//! N columns of quaternions hold the 2 N exponents, each of a Kramers pair once.
//!
//! In each class a choice of gauge makes the hopping along the bar -1: phases and rotations that are uniform on U(1) and SU(2) stay so when they are absorbed site by
//! site, and the vector potential of a uniform field has a component along y only, which depends on x and so allows for periodic sides.
//!
//! Columns are made orthonormal every few slices, `A = Q R`, and `gamma_j` is the mean of `ln R_jj` per slice. The interval follows from the loss of digits measured on
//! the slices that are discarded. One bar runs on one thread; randomness is a function of (field, place), so that a bar has the same bits wherever it runs, and
//! memory does not grow with its length.

mod blocking;
mod slices;

use crate::audit::{Audit, laws};
use crate::disorder::{Disorder, Fields};
use crate::lattice::Boundary;
use blocking::Blocking;
use diffuson_linalg::frame::{Frame, Steps};
use slices::Slices;

pub use slices::{BOND_FIELD, ONSITE_FIELD, START_FIELD};

/// A bar without end: slices of `width` x `height` sites of the simple cubic lattice, or a strip of the square lattice if `height` is 1.
///
/// `H = sum eps_i |i><i| - sum_<ij> (|i> U_ij <j| + h.c.)` in units of the hopping t.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    width: usize,
    height: usize,
    boundary: Boundary,
    hopping: Hopping,
    disorder: Disorder,
    energy: f64,
}

/// What hopping does beside moving the particle, and so the symmetry class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Hopping {
    /// Nothing, `U = 1`: orthogonal class.
    Real,
    /// A uniform magnetic field along z, across the bar (normal to a strip): `U = exp(2 pi i flux x)` on bonds from y to y + 1 of slice x. Unitary class, unless
    /// twice the flux is whole.
    UniformField {
        /// Flux quanta per plaquette of the x-y plane.
        flux: f64,
    },
    /// Phases independent and uniform on all bonds, "random flux": unitary class, the U(1) model of K. Slevin and T. Ohtsuki, J. Phys. Soc. Jpn. 85, 104712 (2016).
    RandomPhases,
    /// Spin rotations independent and uniform (Haar) on all bonds: symplectic class, the SU(2) model of Y. Asada, K. Slevin and T. Ohtsuki, Phys. Rev. Lett. 89,
    /// 256601 (2002), in two dimensions, and J. Phys. Soc. Jpn. 74, Suppl. 238 (2005) in three.
    RandomSpinRotations,
}

/// How far a bar is followed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Length {
    /// Slices over which growth is averaged, rounded up to whole intervals.
    pub slices: u64,
    /// Slices before them, over which the start is forgotten and the interval is chosen; some hundreds, and at least [`Length::FEWEST_DISCARDED`].
    pub discard: u64,
    /// Ends the bar early, once the error of the smallest exponent is at most this fraction of it. Asked at every 1024th orthonormalisation.
    pub relative_error: Option<f64>,
}

impl Length {
    /// The least number of slices to discard.
    pub const FEWEST_DISCARDED: u64 = 96;
}

/// A bar that has no transfer matrix, or a length that gives no error bar.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LyapunovError {
    /// A side is too short.
    #[error("{side} = {given}, but at least {least} is needed (periodic sides: 3)")]
    TooNarrow {
        /// `width` or `height`.
        side: &'static str,
        /// The number given.
        given: usize,
        /// The smallest number allowed.
        least: usize,
    },
    /// A parameter is not finite, or negative where it must not be.
    #[error("{name} = {given}, but {allowed} is needed")]
    Parameter {
        /// Which one.
        name: &'static str,
        /// The number given.
        given: f64,
        /// What is allowed.
        allowed: &'static str,
    },
    /// Energies given site by site end somewhere; a bar does not.
    #[error("{0} on-site energies are given, but a bar has no end: box or normal disorder, or none")]
    GivenEnergies(usize),
    /// Too few slices to discard.
    #[error("{given} slices are discarded, but at least {least} are needed to choose the interval")]
    TooFewDiscarded {
        /// The number given.
        given: u64,
        /// The smallest number allowed.
        least: u64,
    },
    /// Too few slices for an error bar.
    #[error("{given} slices, but at least {least} are needed for an error bar")]
    TooShort {
        /// The number given.
        given: u64,
        /// The smallest number allowed.
        least: u64,
    },
    /// A growth rate is not finite: numbers beyond the range of arithmetic.
    #[error("the growth of channel {channel} is not finite after {slices} slices")]
    NotFinite {
        /// Number of the exponent, from 0.
        channel: usize,
        /// Slices until then.
        slices: u64,
    },
}

/// A number with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Mean.
    pub value: f64,
    /// Standard error.
    pub error: f64,
}

/// The positive Lyapunov exponents of a bar.
#[derive(Clone, Debug, PartialEq)]
pub struct LyapunovSpectrum {
    /// `gamma_1, ..., gamma_N` per slice, in the order of the columns: falling, up to their errors. With spin each stands for a Kramers pair.
    pub exponents: Vec<Measured>,
    /// Width of the bar.
    pub width: usize,
    /// Slices over which the rate of the smallest exponent is correlated.
    pub correlation: f64,
    /// Blocks from which the error of the smallest exponent is taken, each of `block_length` slices.
    pub blocks: u64,
    /// Slices of a block.
    pub block_length: u64,
    /// Loss of digits, orthogonality, symplecticity, length of the blocks: see [`laws`].
    pub audit: Audit,
    /// Work done.
    pub work: Work,
}

/// Work done for a [`LyapunovSpectrum`], in counts that depend on no clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Slices averaged over.
    pub slices: u64,
    /// Slices before them: those asked for, up to whole intervals.
    pub discarded: u64,
    /// Slices between two orthonormalisations.
    pub interval: u64,
    /// Orthonormalisations, those of the discarded slices included.
    pub orthonormalisations: u64,
    /// Real floating-point operations of them and of all slices: with D real components a number, `4 D^2 N^3` and `2 D N^2 (1 + D z)`, z transverse neighbours a site.
    pub operations: u64,
}

impl LyapunovSpectrum {
    /// The smallest positive exponent gamma_N.
    pub fn smallest(&self) -> Measured {
        self.exponents[self.exponents.len() - 1]
    }

    /// `Gamma = width gamma_N`, the inverse of `Lambda = xi / width`.
    pub fn gamma(&self) -> Measured {
        let Measured { value, error } = self.smallest();
        Measured { value: value * self.width as f64, error: error * self.width as f64 }
    }
}

/// Largest spread of growth within an interval, as a logarithm: `epsilon exp(13)` is 1e-10; single intervals reach a hundred times more.
const SPREAD: f64 = 13.0;
/// Mean loss of digits beyond which an interval is shortened.
const LOSS: f64 = 1e-7;
/// Longest interval: longer ones save little of what is left beside the slices themselves.
const LONGEST: u64 = 16;
/// Interval before a spread is known.
const FIRST: u64 = 2;
/// Slices at that interval; the spread is taken over their second half.
const SHORTEST_START: u64 = 64;
/// Orthonormalisations between two questions whether the error is small enough.
const QUESTION: u64 = 1024;
/// Orthonormalisations after which the frame is audited, at every doubling; and at the end.
const FIRST_AUDIT: u64 = 256;
/// Orthonormalisations that an error bar needs.
const FEWEST: u64 = 64;

/// Largest loss of digits allowed. Of either sign from one orthonormalisation to the next, it shifts an exponent by far less.
const ALLOWED_LOSS: f64 = 1e-5;
/// Exponents see the square of it, and of the interval it is found in only.
const ALLOWED_ORTHOGONALITY: f64 = 1e-3;
/// Currents are what the loss of some intervals makes of them.
const ALLOWED_CURRENT: f64 = 1e-4;
/// An error bar from blocks four times as long as the correlation is too small by less than an eighth.
const ALLOWED_CORRELATION: f64 = 0.25;

impl Bar {
    /// A bar of slices of `width` x `height` sites, with real hopping, at `energy` (in t).
    ///
    /// # Errors
    /// [`LyapunovError`] if a side is too short (3 for periodic sides, across which bonds would otherwise be double), or a number is not finite, or the disorder is
    /// given site by site.
    pub fn new(
        [width, height]: [usize; 2],
        boundary: Boundary,
        disorder: Disorder,
        energy: f64,
    ) -> Result<Self, LyapunovError> {
        let least = if boundary == Boundary::Periodic { 3 } else { 1 };
        for (side, given) in [("width", width), ("height", height)] {
            if given == 0 || (given < least && (side, given) != ("height", 1)) {
                return Err(LyapunovError::TooNarrow { side, given, least });
            }
        }
        let strength = match &disorder {
            Disorder::None => 0.0,
            Disorder::Box { width } => *width,
            Disorder::Gaussian { deviation } => *deviation,
            Disorder::Values(values) => return Err(LyapunovError::GivenEnergies(values.len())),
        };
        if !(strength >= 0.0 && strength.is_finite()) {
            let allowed = "a finite number, not negative,";
            return Err(LyapunovError::Parameter { name: "disorder", given: strength, allowed });
        }
        if !energy.is_finite() {
            return Err(LyapunovError::Parameter {
                name: "energy",
                given: energy,
                allowed: "a finite number",
            });
        }
        Ok(Self { width, height, boundary, hopping: Hopping::Real, disorder, energy })
    }

    /// The same bar with other hopping.
    ///
    /// # Errors
    /// [`LyapunovError::Parameter`] if the flux is not finite.
    pub fn with_hopping(self, hopping: Hopping) -> Result<Self, LyapunovError> {
        match hopping {
            Hopping::UniformField { flux } if !flux.is_finite() => {
                Err(LyapunovError::Parameter { name: "flux", given: flux, allowed: "a finite number" })
            }
            _ => Ok(Self { hopping, ..self }),
        }
    }

    /// Sites of a slice: the number of positive exponents.
    pub fn channels(&self) -> usize {
        self.width * self.height
    }

    /// Lyapunov exponents of one realisation.
    ///
    /// # Errors
    /// [`LyapunovError`] if `length` gives no error bar, or numbers leave the range of arithmetic.
    pub fn lyapunov(&self, length: Length, fields: &dyn Fields) -> Result<LyapunovSpectrum, LyapunovError> {
        let (discard, slices) = (length.discard, length.slices);
        if discard < Length::FEWEST_DISCARDED {
            return Err(LyapunovError::TooFewDiscarded { given: discard, least: Length::FEWEST_DISCARDED });
        }
        if slices < FEWEST * LONGEST {
            return Err(LyapunovError::TooShort { given: slices, least: FEWEST * LONGEST });
        }
        if let Some(given) = length.relative_error.filter(|error| !(*error > 0.0)) {
            let allowed = "a number above 0";
            return Err(LyapunovError::Parameter { name: "relative error", given, allowed });
        }
        match self.hopping {
            Hopping::Real => Propagation::<1>::new(self, fields).follow(length),
            Hopping::UniformField { .. } | Hopping::RandomPhases => {
                Propagation::<2>::new(self, fields).follow(length)
            }
            Hopping::RandomSpinRotations => Propagation::<4>::new(self, fields).follow(length),
        }
    }
}

/// A bar on its way, with numbers of D real components.
struct Propagation<'b, const D: usize> {
    width: usize,
    slices: Slices<'b, D>,
    frame: Frame<D>,
    /// `ln R_jj` of the last orthonormalisation.
    logarithms: Vec<f64>,
    growth: Vec<f64>,
    /// Slices so far.
    passed: u64,
    work: Work,
}

impl<'b, const D: usize> Propagation<'b, D> {
    fn new(bar: &'b Bar, fields: &'b dyn Fields) -> Self {
        let n = bar.channels();
        let slices = Slices::new(bar, fields);
        let frame = Frame::new(n, n, |j| slices.start(j));
        let (logarithms, growth) = (vec![0.0; n], vec![0.0; n]);
        Self { width: bar.width, slices, frame, logarithms, growth, passed: 0, work: Work::default() }
    }

    /// Goes on by one interval and returns the loss of digits.
    fn advance(&mut self, interval: u64) -> Result<f64, LyapunovError> {
        let (diagonals, entries) = self.slices.of(self.passed, interval as usize);
        let steps = Steps { pattern: self.slices.pattern(), diagonals: &diagonals, entries: &entries };
        self.frame.propagate(steps, &mut self.logarithms, &mut self.growth);
        self.passed += interval;
        let mut loss = 0.0f64;
        for (channel, (r, growth)) in self.logarithms.iter_mut().zip(&self.growth).enumerate() {
            loss = loss.max(f64::EPSILON * growth / *r);
            *r = r.ln();
            if !r.is_finite() {
                return Err(LyapunovError::NotFinite { channel, slices: self.passed });
            }
        }
        let (n, d) = (self.logarithms.len() as u64, D as u64);
        self.work.orthonormalisations += 1;
        let step = 2 * d * n * (n + d * self.slices.pattern().entries() as u64);
        self.work.operations += 4 * d * d * n.pow(3) + interval * step;
        Ok(loss)
    }

    /// Forgets the start over about `discard` slices, and chooses the interval: by the spread of the growth over the first of them, shortened by the loss of digits
    /// over the others.
    fn settle(&mut self, discard: u64) -> Result<u64, LyapunovError> {
        let mut sums = vec![0.0; self.logarithms.len()];
        let mut counted = 0;
        while self.passed < SHORTEST_START {
            self.advance(FIRST)?;
            if self.passed > SHORTEST_START / 2 {
                sums.iter_mut().zip(&self.logarithms).for_each(|(sum, x)| *sum += x);
                counted += FIRST;
            }
        }
        let (low, high) =
            sums.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &x| (l.min(x), h.max(x)));
        let spread = (high - low) / counted as f64;
        let mut interval = ((SPREAD / spread) as u64).clamp(1, LONGEST);
        let (mut losses, mut count) = (0.0, 0.0);
        while self.passed < discard {
            losses += self.advance(interval)?;
            count += 1.0;
        }
        let loss = losses / f64::max(count, 1.0);
        if loss > LOSS {
            let digits = (LOSS / f64::EPSILON).ln() / (loss / f64::EPSILON).ln();
            interval = ((interval as f64 * digits) as u64).max(1);
        }
        Ok(interval)
    }

    fn follow(mut self, length: Length) -> Result<LyapunovSpectrum, LyapunovError> {
        let interval = self.settle(length.discard)?;
        self.work.discarded = self.passed;
        let last = self.logarithms.len() - 1;
        let mut audit = Audit::default();
        let mut blocking = Blocking::default();
        let mut losses = 0.0;
        let wanted = length.slices.div_ceil(interval);
        for done in 1..=wanted {
            losses += self.advance(interval)?;
            blocking.add(&self.logarithms);
            if done == wanted || (done >= FIRST_AUDIT && done.is_power_of_two()) {
                let [orthogonality, current] = self.frame.defects();
                audit.record(laws::ORTHOGONALITY, orthogonality, ALLOWED_ORTHOGONALITY);
                audit.record(laws::SYMPLECTICITY, current, ALLOWED_CURRENT);
            }
            if let Some(wanted) = length.relative_error
                && done % QUESTION == 0
                && blocking.mean(last).error <= wanted * blocking.mean(last).value.abs()
            {
                break;
            }
        }
        let terms = blocking.terms();
        audit.record(laws::ORTHONORMALISATION, losses / terms as f64, ALLOWED_LOSS);
        let smallest = blocking.mean(last);
        // the rates of a clean bar differ by rounding alone
        let scattered = smallest.error > 1e-13;
        let correlation = if scattered { smallest.correlation / smallest.length as f64 } else { 0.0 };
        audit.record(laws::BLOCK_LENGTH, correlation, ALLOWED_CORRELATION);
        let per_slice = 1.0 / interval as f64;
        let exponents = (0..=last).map(|j| blocking.mean(j));
        Ok(LyapunovSpectrum {
            exponents: exponents
                .map(|m| Measured { value: m.value * per_slice, error: m.error * per_slice })
                .collect(),
            width: self.width,
            correlation: smallest.correlation * interval as f64,
            blocks: smallest.blocks,
            block_length: smallest.length * interval,
            audit,
            work: Work { slices: terms * interval, interval, ..self.work },
        })
    }
}
