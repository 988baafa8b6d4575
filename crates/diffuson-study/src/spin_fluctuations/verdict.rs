//! What the lattice experiment says of the exponential law, in words.

use super::derived::Derived;
use super::experiment::{EXPONENT, Experiment, place};
use super::question::label;
use crate::results::Fit;
use diffuson::droplets::{Coefficients, Counting, DropletError, Profile, ProfileRings, Resolution};

/// From how many standard errors on two numbers differ.
const DIFFERENT: f64 = 3.0;

impl Experiment<'_> {
    /// The verdict, point by point and over all; empty where there are no numbers.
    pub(super) fn verdict(&self, derived: &[Option<Derived>], fits: &[Fit]) -> String {
        let found: Vec<(usize, &Derived)> =
            derived.iter().enumerate().filter_map(|(point, d)| Some((point, d.as_ref()?))).collect();
        let Some((_, last)) = found.last() else { return String::new() };
        let power = fits.iter().map(|fit| {
            format!("Over {} conductances tails steepen as g^{} (law: {EXPONENT})", fit.points, fit.estimate)
        });
        let points = found.iter().map(|(point, d)| self.of_point(*point, d));
        points.chain(power).chain(self.out_of_reach(last)).collect::<Vec<_>>().join(". ")
    }

    /// Variances and tail.
    fn of_point(&self, point: usize, derived: &Derived) -> String {
        let at = match label(self.study, point) {
            empty if empty.is_empty() => String::new(),
            point => format!("{point}: "),
        };
        let numbers = self.estimates(derived);
        let slope = numbers[place("tail_ratio")];
        let off = (slope.value - 1.0).abs() / slope.standard_error;
        let tail = if !off.is_finite() {
            format!("{} samples are too few for a slope of the tail", derived.samples)
        } else {
            let word = if off <= DIFFERENT { "compatible" } else { "not compatible" };
            format!(
                "the tail of the lowest eigenvalue is {slope} times as steep as that of Gaussian surrogates, {word} ({off:.1} standard errors)"
            )
        };
        format!(
            "{at}g = {:.1}, {} samples: the variance of F_1 in {} long waves is {} of theory; {tail}",
            derived.metal.conductance,
            derived.samples,
            self.modes(),
            numbers[place("ratio")],
        )
    }

    /// What samples of this size cannot tell, at one point.
    fn out_of_reach(&self, derived: &Derived) -> Vec<String> {
        let numbers = self.estimates(derived);
        let of = |id: &str| numbers[place(id)];
        let subspace = &derived.subspaces[self.chosen()];
        let counted = |rings: ProfileRings| {
            let time_reversal = derived.metal.theory.time_reversal();
            Ok(Coefficients::from_rings(&rings, Counting::Complete, time_reversal)?.gamma())
        };
        let gamma = match plane().and_then(counted) {
            Ok(gamma) => format!(
                "gamma itself is out of reach: 1/(2 I g^2) = {:.3} on this torus, gamma = {gamma:.3} on an infinite plane at T = 0",
                of("surrogate_coefficient").value
            ),
            Err(why) => format!("gamma of an infinite plane is not known ({why})"),
        };
        vec![
            format!(
                "Surrogates follow the law exp(-E^2/2I) with {} of its slope where samples are, {} at E^2/2I of 10 to 20",
                subspace.surrogate_slope, subspace.far_slope
            ),
            gamma,
            format!(
                "Without a cut-off the lowest eigenvalue is on {} sites: it measures the lattice, not gamma",
                of("participation")
            ),
        ]
    }
}

/// Rings of the optimal profile on an infinite plane.
fn plane() -> Result<ProfileRings, DropletError> {
    ProfileRings::of(&Profile::optimum(Resolution::STANDARD)?)
}
