//! What the lattice experiment says of the exponential law, in words.

use super::experiment::{Derived, EXPONENT, Experiment, place};
use super::question::label;
use super::tail::QUANTILES;
use crate::results::Fit;
use diffuson::droplets::{Coefficients, Counting, DropletError, Profile, ProfileRings, Resolution};

/// From how many standard errors on two numbers differ.
const DIFFERENT: f64 = 3.0;

impl Experiment<'_> {
    /// The verdict; empty where there are no numbers.
    pub(super) fn verdict(&self, derived: &[Option<Derived>], fits: &[Fit]) -> String {
        let plane = derived.iter().flatten().next().map(|_| plane());
        let told: Vec<String> = derived
            .iter()
            .enumerate()
            .filter_map(|(point, d)| Some(self.of_point(point, d.as_ref()?, plane.as_ref()?)))
            .chain(fits.iter().map(|fit| {
                format!(
                    "Over {} conductances the slope of the tail grows as g^p with p = {}, where the law says {EXPONENT}",
                    fit.points, fit.estimate
                )
            }))
            .collect();
        told.join(". ")
    }

    fn of_point(
        &self,
        point: usize,
        derived: &Derived,
        plane: &Result<ProfileRings, DropletError>,
    ) -> String {
        let numbers = self.estimates(derived);
        let of = |id: &str| numbers[place(id)];
        let subspace = &derived.subspaces[self.chosen()];
        let modes = self.modes();
        let at = match label(self.study(), point) {
            empty if empty.is_empty() => String::new(),
            point => format!("{point}: "),
        };
        let ratio = of("tail_ratio");
        let off = (ratio.value - 1.0).abs() / ratio.standard_error;
        let tail = if !off.is_finite() {
            format!("{} samples do not reach far enough for a slope of the tail", derived.samples)
        } else {
            let word = if off <= DIFFERENT { "agrees with" } else { "differs from" };
            format!(
                "the fall of its tail in E^2 {word} that of Gaussian surrogates of the same size and temperature, ratio of the slopes {ratio}, {off:.1} standard errors from one"
            )
        };
        let quantiles = subspace.depths.iter().zip(&subspace.surrogate_depths).zip(QUANTILES);
        let quantiles: Vec<String> =
            quantiles.map(|((found, of), p)| format!("{found} against {of} at {p}")).collect();
        let prefactor = format!(
            "at these shares surrogates themselves fall with {} of the slope 1/2I of the law, and with {} of it at E^2/2I from 10 to 20, where no sample is",
            subspace.surrogate_slope, subspace.far_slope
        );
        let (_, _, time_reversal) = derived.metal.rings;
        let counted = |rings: &ProfileRings| {
            Ok(Coefficients::from_rings(rings, Counting::Complete, time_reversal)?.gamma())
        };
        let gamma = match plane.as_ref().map_err(Clone::clone).and_then(counted) {
            Ok(gamma) => format!(
                "1/(2 I g^2) is {:.3} at this size and temperature, gamma = {gamma:.3} on an infinite plane at zero temperature: gamma itself is out of reach here",
                of("surrogate_coefficient").value
            ),
            Err(why) => format!("gamma of an infinite plane is not known ({why})"),
        };
        let bare = format!(
            "the lowest eigenvalue between all sites lives on {} sites and measures the shortest length of the lattice, not gamma (slope {} of 1/2I)",
            of("participation"),
            of("bare_slope"),
        );
        format!(
            "{at}g = {:.1}, {} samples: in {modes} long waves the variances of F_1 are {} of those of the rings; {tail}; depths of the lowest eigenvalue {}; {prefactor}; {gamma}; {bare}",
            derived.metal.conductance,
            derived.samples,
            of("ratio"),
            quantiles.join(", "),
        )
    }
}

/// Rings of the optimal profile on an infinite plane.
fn plane() -> Result<ProfileRings, DropletError> {
    ProfileRings::of(&Profile::optimum(Resolution::STANDARD)?)
}
