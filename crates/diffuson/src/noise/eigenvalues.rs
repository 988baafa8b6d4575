//! Statistics of transmission eigenvalues.

/// Sums over the transmission eigenvalues T_n between two leads: cumulants of the charge that is transmitted at zero temperature, per eV/h.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TransmissionStatistics {
    /// `sum T_n`: the conductance, in e^2/h.
    pub conductance: f64,
    /// `sum T_n (1 - T_n)`: the noise, `S = 2 (e^2/h) eV` times this.
    pub shot_noise: f64,
    /// `sum T_n (1 - T_n) (1 - 2 T_n)`: the third cumulant.
    pub third_cumulant: f64,
}

impl TransmissionStatistics {
    /// Of eigenvalues as [`SMatrix::transmission_eigenvalues`](crate::scattering::SMatrix::transmission_eigenvalues) gives them; what rounding leaves outside of 0
    /// to 1 counts as 0 or 1.
    pub fn of(eigenvalues: &[f64]) -> Self {
        let zero = Self { conductance: 0.0, shot_noise: 0.0, third_cumulant: 0.0 };
        eigenvalues.iter().map(|t| t.clamp(0.0, 1.0)).fold(zero, |sum, t| Self {
            conductance: sum.conductance + t,
            shot_noise: sum.shot_noise + t * (1.0 - t),
            third_cumulant: sum.third_cumulant + t * (1.0 - t) * (1.0 - 2.0 * t),
        })
    }

    /// Fano factor `sum T_n (1 - T_n) / sum T_n`; NaN where nothing is transmitted.
    pub fn fano_factor(&self) -> f64 {
        self.shot_noise / self.conductance
    }
}
