//! One metal: its droplets in curves and numbers.

use super::shapes::{Shape, Shapes, TOLERANCE};
use crate::exact::Curve;
use crate::settings::Droplets as Settings;
use diffuson::audit::{Audit, laws};
use diffuson::droplets::{
    Coefficients, Counting, DropletError, Metal, Observables, PairCovariance, SpinDistribution, Window,
    crossover_distance, printed_distribution,
};
use diffuson::units::{BOLTZMANN, PLANCK};
use std::f64::consts::{PI, TAU};

/// Distribution of the spin among droplets.
pub(super) const OVER_SPIN: [Curve; 3] = [
    ("spin_expanded", "1", "density of spins to second order in $S/g$"),
    ("spin_quartic", "1", "density of spins by Eq. (48), up to where it turns round"),
    ("spin_all_orders", "1", "density of spins to all orders in $S/g$"),
];

/// Interaction of two droplets.
pub(super) const OVER_DISTANCE: [Curve; 7] = [
    ("interaction_mean", "1", r"$-\langle F^{(12)}\rangle$ if both droplets exist"),
    ("interaction_deviation", "1", "its standard deviation"),
    ("interaction_mean_approximate", "1", "the mean by Eq. (58), corrected"),
    ("interaction_deviation_approximate", "1", "the deviation by Eq. (58), corrected"),
    ("interaction_mean_printed", "1", "the mean by Eqs. (56) and (58), as printed"),
    ("interaction_deviation_printed", "1", "the deviation by Eqs. (56) and (58), as printed"),
    ("antiferromagnetic", "1", "probability of an antiferromagnetic interaction"),
];

/// What is measured.
pub(super) const OVER_TEMPERATURE: [Curve; 5] = [
    ("susceptibility", "1", r"susceptibility $\chi/\chi_P$"),
    ("dephasing_by_droplets", "1/s", "dephasing rate by droplets"),
    ("dephasing_by_spin_fluctuations", "1/s", "dephasing rate by ordinary spin fluctuations"),
    ("dephasing", "1/s", r"dephasing rate $1/\tau_\varphi$"),
    ("warm_exponent", "1", "exponent $G$ of droplets of the given size"),
];

/// The profile, lengths in the root of its mean square radius.
pub(super) const OVER_RADIUS: [Curve; 2] = [
    ("profile", "1/a", r"profile $\psi$"),
    ("gaussian_profile", "1/a", "Gaussian of the same mean square radius"),
];

/// What is exact about a point: identifier, unit, label.
pub(super) const NUMBERS: [Curve; 20] = [
    ("gamma", "1", r"$\gamma$ of the exponent $G=\gamma g^2(1+F_0)^2$"),
    ("alpha", "1", r"$\alpha$ of the spin distribution (Eq. 49)"),
    ("beta", "1", r"$\beta$ (Eq. 49)"),
    ("complete_beta", "1", r"$\beta$ with the correlator of $F_1$ and the sixth order"),
    ("exponent", "1", "exponent $G$"),
    ("typical_spin", "1", "typical spin: root mean square of the expanded distribution"),
    ("mean_spin", "1", "mean spin to all orders in $S/g$"),
    ("crossover_temperature", "K", "crossover temperature $T^*$, without $c_1$"),
    ("saturation_temperature", "K", "temperature below which dephasing saturates"),
    ("interaction_energy", "K", "energy of interaction $U_t$ at the typical distance"),
    ("printed_interaction_energy", "K", "the same as printed (Eq. 62)"),
    ("crossover_distance", "1", "distance $L^*/R$ beyond which the interaction has a random sign"),
    ("typical_distance", "1", "typical distance of droplets in mean free paths"),
    ("profile_integral", "1", r"$\int\psi\,d^2x/a$, $a^2=\langle r^2\rangle$"),
    ("peak", "1", r"$\psi(0)\,a$"),
    ("lower_distance", "1", "least $1+F_0$ of the window (exponent 3)"),
    ("upper_distance", "1", "largest $1+F_0$ of the window (exponent $g$)"),
    ("printed_lower_distance", "1", "least $1+F_0$ of the window as printed, $1/g$ (Eq. 27)"),
    ("printed_upper_distance", "1", "largest $1+F_0$ of the window as printed, $g^{-1/2}$ (Eq. 27)"),
    ("largest_exponent", "1", "largest exponent of normal fluctuations, $g$"),
];

pub(super) const LAWS: [&str; 6] = [
    laws::STATIONARITY,
    laws::VARIATIONAL_BOUND,
    laws::RESOLUTION,
    laws::COVARIANCE,
    laws::NORMALISATION,
    laws::QUADRATURE,
];

/// Relative error of exponents at a temperature: a curve of three digits.
const WARM: f64 = 1e-3;

/// Radii of the curves of a profile, in a.
pub(super) fn radii() -> Vec<f64> {
    (0..=100).map(|k| 0.05 * f64::from(k)).collect()
}

/// Everything about a point.
pub(super) struct Computed {
    /// In the order of [`OVER_SPIN`], [`OVER_DISTANCE`], [`OVER_TEMPERATURE`], [`OVER_RADIUS`].
    pub(super) curves: Vec<Vec<f64>>,
    /// In the order of [`NUMBERS`].
    pub(super) numbers: Vec<f64>,
    pub(super) audit: Audit,
}

/// One point of the sweep.
pub(super) struct Point {
    pub(super) settings: Settings,
    pub(super) metal: Metal,
}

impl Point {
    fn shape<'s>(&self, shapes: &'s Shapes) -> Result<&'s Shape, DropletError> {
        if self.settings.optimum { shapes.optimum() } else { shapes.gaussian() }
    }

    fn coefficients(&self, shape: &Shape) -> Result<Coefficients, DropletError> {
        let s = &self.settings;
        Coefficients::from_rings(&shape.rings, s.counting, s.time_reversal)
    }

    pub(super) fn compute(&self, shapes: &Shapes) -> Result<Computed, DropletError> {
        let (s, metal) = (&self.settings, &self.metal);
        let shape = self.shape(shapes)?;
        let coefficients = self.coefficients(shape)?;
        let observables = Observables::new(*metal, coefficients.gamma(), s.prefactors)?;
        let mut audit = self.audit(shape, shapes, &coefficients)?;

        let (mut curves, mean_spin) = self.spins(shape, &coefficients)?;
        let (pairs, crossover) = self.pairs(shapes, &mut audit)?;
        curves.extend(pairs);
        curves.extend(self.observed(&observables, &coefficients, shape, &mut audit)?);
        let length = shape.profile.mean_square_radius().sqrt();
        curves.push(radii().iter().map(|r| length * shape.profile.at(r * length)).collect());
        // R^2 = 2 a^2
        curves.push(radii().iter().map(|r| (-0.5 * r * r).exp() / PI.sqrt()).collect());

        let window = Window::new(*metal, &coefficients);
        let [lower, upper] = window.distances();
        let [printed_lower, printed_upper] = window.printed_distances();
        let numbers = vec![
            coefficients.gamma(),
            coefficients.alpha(),
            coefficients.beta(),
            coefficients.complete_beta(),
            coefficients.exponent(metal),
            coefficients.typical_spin(metal),
            mean_spin,
            s.scattering_rate * observables.crossover_temperature(),
            s.scattering_rate * observables.saturation_temperature(),
            s.scattering_rate * observables.interaction_energy(),
            s.scattering_rate * observables.printed_interaction_energy(),
            crossover,
            observables.typical_distance(),
            shape.profile.integral() / length,
            shape.profile.at(0.0) * length,
            lower,
            upper,
            printed_lower,
            printed_upper,
            metal.conductance(),
        ];
        Ok(Computed { curves, numbers, audit })
    }

    /// The profile solves Eq. 33, and no other has a larger ring: the Gaussian least of all. It is resolved as finely as its coefficients need.
    fn audit(
        &self,
        shape: &Shape,
        shapes: &Shapes,
        coefficients: &Coefficients,
    ) -> Result<Audit, DropletError> {
        let mut audit = Audit::default();
        let of = coefficients;
        let values = [of.gamma(), of.alpha(), of.beta(), of.complete_beta()];
        for (value, error) in values.iter().zip(of.errors()) {
            audit.record(laws::RESOLUTION, error / value, TOLERANCE);
        }
        if self.settings.optimum {
            let trial = shapes.gaussian()?.rings.values[0];
            let largest = shape.rings.values[0];
            audit.record(laws::STATIONARITY, shape.residual, 1e-6);
            audit.record(
                laws::VARIATIONAL_BOUND,
                (trial / largest - 1.0).max(0.0),
                shape.rings.errors[0] / largest,
            );
        }
        Ok(audit)
    }

    /// The three distributions, and the mean of that to all orders. With four diagrams all orders are not known; nor are they where droplets are so common that spins reach beyond
    /// what the profile resolves.
    fn spins(
        &self,
        shape: &Shape,
        coefficients: &Coefficients,
    ) -> Result<(Vec<Vec<f64>>, f64), DropletError> {
        let (spins, metal) = (&self.settings.spins, &self.metal);
        let expanded = SpinDistribution::expanded(metal, coefficients)?.densities(spins)?;
        let quartic = SpinDistribution::quartic(metal, coefficients)?.densities(spins)?;
        // the curve ends where its polynomial turns round
        let quartic = quartic.into_iter().map(|p| if p > 0.0 { p } else { f64::NAN }).collect();
        let unknown = (vec![f64::NAN; spins.len()], f64::NAN);
        let (all, mean) = match self.settings.counting {
            Counting::FourDiagrams => unknown,
            Counting::Complete => {
                let distribution = SpinDistribution::all_orders(metal, coefficients, &shape.profile)?;
                match distribution.error() <= TOLERANCE {
                    true => (distribution.densities(spins)?, distribution.mean()),
                    false => unknown,
                }
            }
        };
        Ok((vec![expanded, quartic, all], mean))
    }

    /// The interaction of two Gaussian droplets against their distance, and the distance beyond which its sign is random.
    fn pairs(&self, shapes: &Shapes, audit: &mut Audit) -> Result<(Vec<Vec<f64>>, f64), DropletError> {
        let s = &self.settings;
        let gaussian = self.coefficients(shapes.gaussian()?)?;
        let threshold = gaussian.threshold(&self.metal);
        let unit = gaussian.linear_variance(self.metal.conductance()).sqrt();
        let mut curves = vec![Vec::with_capacity(s.distances.len()); OVER_DISTANCE.len()];
        for (distance, rings) in s.distances.iter().zip(shapes.pairs(&s.distances)?) {
            let covariance = PairCovariance::new(rings, s.counting)?;
            let exact = covariance.conditional(threshold)?;
            let (normal, printed) =
                (covariance.approximate(threshold), printed_distribution(*distance, threshold));
            let values = [
                -unit * exact.mean(),
                unit * exact.deviation(),
                -unit * normal.mean,
                unit * normal.deviation,
                -unit * printed.mean,
                unit * printed.deviation,
                exact.positive(),
            ];
            curves.iter_mut().zip(values).for_each(|(curve, value)| curve.push(value));
            audit.merge(&covariance.audit());
            audit.merge(&exact.audit());
        }
        Ok((curves, crossover_distance(threshold, s.counting, TOLERANCE)?))
    }

    fn observed(
        &self,
        observables: &Observables,
        coefficients: &Coefficients,
        shape: &Shape,
        audit: &mut Audit,
    ) -> Result<Vec<Vec<f64>>, DropletError> {
        let s = &self.settings;
        // k_B K/hbar, in 1/s
        let per_second = s.scattering_rate * BOLTZMANN * TAU / PLANCK;
        let mut curves = vec![Vec::with_capacity(s.temperatures.len()); OVER_TEMPERATURE.len()];
        let exponent = coefficients.exponent(&self.metal);
        for &kelvin in &s.temperatures {
            let temperature = kelvin / s.scattering_rate;
            let droplets = per_second * observables.dephasing_by_droplets();
            let fluctuations = per_second * observables.dephasing_by_spin_fluctuations(temperature);
            let warmth = shape.profile.warmth(self.size_in_thermal_lengths(kelvin))?;
            audit.record(laws::RESOLUTION, warmth.error / warmth.value, WARM);
            let values = [
                observables.susceptibility(temperature),
                droplets,
                fluctuations,
                droplets + fluctuations,
                exponent / warmth.value,
            ];
            curves.iter_mut().zip(values).for_each(|(curve, value)| curve.push(value));
        }
        Ok(curves)
    }

    /// `R/L_T`, with `l^2 = D tau`.
    fn size_in_thermal_lengths(&self, kelvin: f64) -> f64 {
        self.settings.size * (kelvin / self.settings.scattering_rate).sqrt()
    }

    /// What of the window of validity this point leaves, in words.
    pub(super) fn departures(&self, gamma: f64, typical_spin: f64) -> Vec<String> {
        let s = &self.settings;
        let highest = s.temperatures[s.temperatures.len() - 1];
        let mut all = Window::of(self.metal, gamma, typical_spin).departures();
        all.extend(Window::departures_of_size(s.size, self.size_in_thermal_lengths(highest)));
        all.iter().map(ToString::to_string).collect()
    }

    /// That there is no distribution of spins to all orders, though the counting has one.
    pub(super) fn lacks_all_orders(&self, mean_spin: f64) -> Option<String> {
        let missing = self.settings.counting == Counting::Complete && mean_spin.is_nan();
        missing.then(|| {
            "spins to all orders are left out: too many are larger than the profile resolves".to_owned()
        })
    }
}
