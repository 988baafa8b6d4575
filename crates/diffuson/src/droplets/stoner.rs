//! Mean field: the susceptibility and the spin density of a metal without fluctuations.

use super::DropletError;
use super::error::require;

/// The Landau expansion of a uniform spin density, `Omega = V/(2 nu) [(1 + F_0) sigma^2 + B sigma^4/2]` (Eq. 5 without gradients).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StonerMetal {
    distance: f64,
    quartic: f64,
}

impl StonerMetal {
    /// With `1 + F_0` of either sign and B > 0, in inverse squares of the unit of sigma.
    ///
    /// # Errors
    ///
    /// A distance that is not finite, B that is not positive.
    pub fn new(distance: f64, quartic: f64) -> Result<Self, DropletError> {
        require("distance 1 + F_0", distance, distance.is_finite(), "finite")?;
        require("coefficient B", quartic, quartic > 0.0 && quartic.is_finite(), "positive")?;
        Ok(Self { distance, quartic })
    }

    /// `2 nu Omega / V` at a spin density.
    pub fn potential(&self, spin_density: f64) -> f64 {
        let square = spin_density * spin_density;
        square * (self.distance + 0.5 * self.quartic * square)
    }

    /// Half its derivative, `(1 + F_0 + B sigma^2) sigma` (Eq. 6): the field, in units of sigma/nu, that keeps a spin density.
    pub fn field(&self, spin_density: f64) -> f64 {
        spin_density * (self.distance + self.quartic * spin_density * spin_density)
    }

    /// The spin density without a field: 0 in the paramagnet, `sqrt[-(1 + F_0)/B]` in the ferromagnet (Eq. 6).
    pub fn spin_density(&self) -> f64 {
        (-self.distance / self.quartic).max(0.0).sqrt()
    }

    /// `chi/nu`, along the spin density if there is one: `1/(1 + F_0)` (Eq. 1) and `-1/[2 (1 + F_0)]`; infinite at the instability `F_0 = U nu = -1` (Eq. 4).
    pub fn susceptibility(&self) -> f64 {
        if self.distance < 0.0 { -0.5 / self.distance } else { 1.0 / self.distance }
    }
}

/// `chi = Pi/(1 + U Pi)` (Eq. 3): the susceptibility in the generalised Hartree-Fock approximation, for a polarisation operator Pi and an exchange constant U < 0.
pub fn hartree_fock_susceptibility(polarisation: f64, exchange: f64) -> f64 {
    polarisation / (1.0 + exchange * polarisation)
}
