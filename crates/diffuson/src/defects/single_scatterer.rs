//! One scatterer, and one fluctuator made of two places of one: what Eqs. 1 to 3 estimate, in closed form.

use std::f64::consts::PI;

use super::{DefectError, require};

/// Splitting of a two-level system, `sqrt(D0^2 + D^2)` (Eq. 1), of tunnelling amplitude D0 and asymmetry `D = D_bare + (E2 - E1)`, what the electrons add to it
/// included.
pub fn splitting(tunnelling: f64, bare_asymmetry: f64, electron_shift: f64) -> f64 {
    tunnelling.hypot(bare_asymmetry + electron_shift)
}

/// Second-order energy of a defect in a flat band of width W with one state per site, both spins (Eq. 2): `-2 (V0^2/W) S`, `S = -nu ln nu - (1 - nu) ln(1 - nu)`
/// with the filling nu. Half filled, `W = 2 e_F`: `-ln 2 V0^2/e_F`. In the unit of V0 and W.
///
/// # Errors
///
/// A width that is not positive, a filling outside [0, 1].
pub fn flat_band_energy(coupling: f64, width: f64, filling: f64) -> Result<f64, DefectError> {
    require("width of the band", width, width > 0.0 && width.is_finite(), "positive")?;
    require("filling of the band", filling, (0.0..=1.0).contains(&filling), "from 0 to 1")?;
    let term = |share: f64| if share > 0.0 { share * share.ln() } else { 0.0 };
    Ok(2.0 * coupling * coupling / width * (term(filling) + term(1.0 - filling)))
}

/// Conductance that a scatterer takes away in a wide ballistic contact, `-2 sin^2 d` e^2/h: half of what it scatters goes back (exact form of Eq. 3). In a
/// uniform wire the same holds of the local phase shift.
pub fn scatterer_conductance(phase_shift: f64) -> f64 {
    -2.0 * phase_shift.sin().powi(2)
}

/// Scattering length times k_F of a point potential in Born approximation, `2 pi^2 |V0|/e_F`, with V0 such that `V0 lambda_F^3` is the integral of the
/// potential: the V0 of Eqs. 3 to 6. Scattering is as strong as it can be, 1, at V0 = 0.05 e_F already.
pub fn born_amplitude(coupling_per_fermi_energy: f64) -> f64 {
    2.0 * PI * PI * coupling_per_fermi_energy.abs()
}

/// Sharvin conductance of a round orifice, `(2e^2/h) (k_F d/4)^2` in e^2/h; its diameter d in 1/k_F.
pub fn sharvin_conductance(diameter: f64) -> f64 {
    diameter * diameter / 8.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::{LN_2, TAU};

    #[test]
    fn classical_estimates_have_their_constants() {
        assert_eq!(splitting(3.0, 1.0, 3.0), 5.0);
        assert!((flat_band_energy(0.3, 2.0, 0.5).unwrap() + LN_2 * 0.09).abs() < 1e-15);
        assert_eq!(flat_band_energy(0.3, 2.0, 1.0), Ok(0.0));
        assert!(flat_band_energy(0.3, 0.0, 0.5).is_err() && flat_band_energy(0.3, 1.0, 1.5).is_err());
        // Unitarity at V0 = 0.0507 e_F; Eq. 3: 2 (2 pi^2)^2 = 779 times the printed estimate; G = 4.93 (d/lambda_F)^2.
        assert!((born_amplitude(-0.050_66) - 1.0).abs() < 1e-4);
        assert!((2.0 * born_amplitude(1.0).powi(2) - 779.3).abs() < 0.1);
        assert!((sharvin_conductance(TAU) - 4.9348).abs() < 1e-4);
    }

    /// The double sum of Eq. 2 over the levels of a flat band, against the closed form: midpoint errors of the logarithmic edge fall as 1/n.
    #[test]
    fn the_energy_of_a_flat_band_is_the_double_sum_over_its_levels() {
        let (n, filling) = (2000, 0.3);
        let occupied = (n as f64 * filling) as usize;
        let mut sum = 0.0;
        for empty in occupied..n {
            for full in 0..occupied {
                sum -= 2.0 / (n as f64 * (empty - full) as f64); // (f - f')/(e - e'), each pair twice, one state of weight 1/n
            }
        }
        let exact = flat_band_energy(1.0, 1.0, filling).unwrap();
        assert!((sum - exact).abs() < 3.0 / n as f64, "{sum} {exact}");
    }
}
