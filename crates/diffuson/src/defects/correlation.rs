//! How energy and conductance of a defect belong together in random contacts, in closed form: sums over pairs at random phases (Eqs. 8 to 10 and 31 to 34).
//!
//! With `E = sum_m E_m cos(p_m)`, `dG = sum_m G_m cos(p_m)`, phases p_m independent and uniform, and `E_m = (2/pi) f^2/R_m^3`, `G_m = 4 f^2/R_m^2` the
//! correlation coefficient of the two is `C = <E_m G_m> / sqrt(<E_m^2> <G_m^2>) = <R^-5> / sqrt(<R^-4> <R^-6>)`, whatever the strength. Statistics of computed
//! contacts are in the crate `diffuson-ensemble`.

use std::f64::consts::{FRAC_2_PI, PI, TAU};

use super::{DefectError, require};
use crate::gauss::RULE;

/// Interference of one defect with all others, over many contacts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interference {
    /// Rms energy of a position, in e_F.
    pub energy: f64,
    /// Rms conductance of a position, in e^2/h.
    pub conductance: f64,
    /// Correlation coefficient C of the two (Eq. 8).
    pub correlation: f64,
}

impl Interference {
    /// Scatterers of amplitude f spread uniformly, so many per 1/k_F^3, over the shell between two distances; the outer one may be infinite. The inner one is
    /// what keeps the mean squares finite.
    ///
    /// # Errors
    ///
    /// A density that is negative, or radii without `0 < inner < outer`.
    pub fn of_shell(density: f64, amplitude: f64, inner: f64, outer: f64) -> Result<Self, DefectError> {
        require("density", density, density >= 0.0 && density.is_finite(), "at least 0")?;
        let correlation = shell_correlation(inner, outer)?;
        let f2 = amplitude * amplitude;
        // Int 4 pi R^2 R^-n dR for n = 4 and 6.
        let fourth = 4.0 * PI * (1.0 / inner - 1.0 / outer);
        let sixth = 4.0 * PI / 3.0 * (inner.powi(-3) - outer.powi(-3));
        Ok(Self {
            energy: FRAC_2_PI * f2 * (0.5 * density * sixth).sqrt(),
            conductance: 4.0 * f2 * (0.5 * density * fourth).sqrt(),
            correlation,
        })
    }

    /// Scatterers as strong as can be, everywhere beyond 1/k_F, with the mean free path l in 1/k_F that they make: `sqrt(2/(3 pi^2 k_F l)) e_F` and
    /// `sqrt(8/(k_F l)) e^2/h`. The text before Eq. 10 puts e^2/h, the size of single events, beside the former.
    ///
    /// # Errors
    ///
    /// A mean free path that is not positive.
    pub fn of_neighbours(mean_free_path: f64) -> Result<Self, DefectError> {
        require(
            "mean free path",
            mean_free_path,
            mean_free_path > 0.0 && mean_free_path.is_finite(),
            "positive",
        )?;
        Self::of_shell(1.0 / (4.0 * PI * mean_free_path), 1.0, 1.0, f64::INFINITY)
    }

    /// The rough wall of a round channel as long as wide, `(d/lambda_F)^2` scatterers of amplitude f (Eq. 10); d in 1/k_F. The defect is in the middle of the
    /// channel, anywhere within `reach` of the radius. Both scale as `1/d^2` and `1/d`; on the axis itself, where all distances are stationary, phases are not random.
    ///
    /// At reach 0.7 the constants of Eq. 10 are 0.031 and 0.353 with f = 1. With `V0 = e_F`, hence `f = 2 pi^2`, they are 12.2 and 137, the latter 3.5 with the amplitude
    /// printed in Eq. 4, which lacks 4 pi^2.
    ///
    /// # Errors
    ///
    /// A diameter that is not positive, a reach outside `[0, 1)`.
    pub fn of_rough_wall(diameter: f64, amplitude: f64, reach: f64) -> Result<Self, DefectError> {
        require("diameter", diameter, diameter > 0.0 && diameter.is_finite(), "positive")?;
        require("reach of the defect", reach, (0.0..1.0).contains(&reach), "from 0, below 1")?;
        let half = 0.5 * diameter;
        let scatterers = (diameter / TAU).powi(2);
        let [fourth, fifth, sixth] = wall_averages(reach);
        let f2 = amplitude * amplitude;
        Ok(Self {
            energy: FRAC_2_PI * f2 * (0.5 * scatterers * sixth).sqrt() / half.powi(3),
            conductance: 4.0 * f2 * (0.5 * scatterers * fourth).sqrt() / (half * half),
            correlation: fifth / (fourth * sixth).sqrt(),
        })
    }

    /// Density of the splitting of two independent positions at zero, per e_F, if energies are normal: `1/(sqrt(pi) E_rms)`.
    pub fn splitting_density(&self) -> f64 {
        1.0 / (PI.sqrt() * self.energy)
    }

    /// Mean conductance of the upper level less that of the lower one, per splitting (Eq. 9), in e^2/h per e_F.
    pub fn slope(&self) -> f64 {
        self.correlation * self.conductance / self.energy
    }

    /// Conductance that a two-level fluctuator gains on warming, at temperatures far below E_rms (Eqs. 11 and 12): `(pi^2/12) slope density (kT)^2`, kT in e_F.
    pub fn gain(&self, temperature: f64) -> f64 {
        PI * PI / 12.0 * self.slope() * self.splitting_density() * temperature * temperature
    }

    /// Conductance that it gains in all, half the mean difference between its levels: `C dG_rms/sqrt(pi)`.
    pub fn saturation(&self) -> f64 {
        self.correlation * self.conductance / PI.sqrt()
    }
}

/// C of scatterers spread uniformly between two distances: `(sqrt(3)/2) (1 + x)/sqrt(1 + x + x^2)`, `x = inner/outer`. `sqrt(3)/2` if the outer one is far away,
/// 1 if the shell is thin.
///
/// # Errors
///
/// Radii without `0 < inner < outer`; the outer one may be infinite.
pub fn shell_correlation(inner: f64, outer: f64) -> Result<f64, DefectError> {
    require("inner radius", inner, inner > 0.0 && inner < outer, "positive, below the outer one")?;
    let x = inner / outer;
    Ok(0.75f64.sqrt() * (1.0 + x) / (1.0 + x + x * x).sqrt())
}

/// C of one frozen background over random phases (Eq. 34), from its distances: `sum R^-5 / sqrt(sum R^-4 sum R^-6)`. NaN without distances.
pub fn frozen_correlation(distances: &[f64]) -> f64 {
    let sum = |power: i32| distances.iter().map(|r| r.powi(-power)).sum::<f64>();
    sum(5) / (sum(4) * sum(6)).sqrt()
}

/// Half width at half maximum of the energy of a defect among scatterers at any distance and random phases, so many per 1/k_F^3: `(4 pi/3) n (2/pi) f^2` in e_F.
/// Without a closest distance the energy is distributed as Cauchy's law: its mean square does not exist, and Eq. 8 has no meaning.
pub fn cauchy_width(density: f64, amplitude: f64) -> f64 {
    4.0 * PI / 3.0 * density * FRAC_2_PI * amplitude * amplitude
}

/// Probability that an energy of [`cauchy_width`] Gamma lies below E: `1/2 + arctan(E/Gamma)/pi`.
pub fn cauchy_distribution(energy: f64, width: f64) -> f64 {
    0.5 + (energy / width).atan() / PI
}

/// Points around the wall; the error of the average is below `reach^n`.
const ANGLES: usize = 128;

/// `<R^-n>`, n = 4, 5, 6, from a cylinder of radius 1 and length 2 to points in its middle plane, uniform within the reach.
fn wall_averages(reach: f64) -> [f64; 3] {
    const PANELS: usize = 8;
    let mut sums = [0.0; 3];
    for (u, weight) in RULE {
        let offset = reach * (0.5 * (u + 1.0)).sqrt();
        for panel in 0..PANELS {
            for (v, other) in RULE {
                let z = (panel as f64 + 0.5 * (v + 1.0)) / PANELS as f64;
                let weight = 0.25 * weight * other / (PANELS * ANGLES) as f64;
                for angle in 0..ANGLES {
                    let cosine = (TAU * angle as f64 / ANGLES as f64).cos();
                    let square = 1.0 + offset * offset - 2.0 * offset * cosine + z * z;
                    let fourth = weight / (square * square);
                    sums[0] += fourth;
                    sums[1] += fourth / square.sqrt();
                    sums[2] += fourth / square;
                }
            }
        }
    }
    sums
}
