//! A metal close to the Stoner instability.

use super::DropletError;
use super::error::require;

/// Conductance and distance from the instability: what all statements about droplets depend on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metal {
    conductance: f64,
    distance: f64,
}

impl Metal {
    /// The metal of conductance `g = 2 pi nu D` (nu of both spins), that is `2 pi hbar/(e^2 R_sq)`, and distance `1 + F_0` from the instability.
    ///
    /// # Errors
    ///
    /// A conductance that is not positive, a distance outside (0, 1): beyond are ferromagnets and metals that repel.
    pub fn new(conductance: f64, distance: f64) -> Result<Self, DropletError> {
        require(
            "conductance g",
            conductance,
            conductance > 0.0 && conductance.is_finite(),
            "positive and finite",
        )?;
        require("distance 1 + F_0", distance, distance > 0.0 && distance < 1.0, "above 0 and below 1")?;
        Ok(Self { conductance, distance })
    }

    /// g.
    pub fn conductance(&self) -> f64 {
        self.conductance
    }

    /// `1 + F_0`.
    pub fn distance(&self) -> f64 {
        self.distance
    }

    /// `F_0`.
    pub fn triplet_constant(&self) -> f64 {
        self.distance - 1.0
    }

    /// `g (1 + F_0)`: what has to be large for droplets to be rare.
    pub fn rarity(&self) -> f64 {
        self.conductance * self.distance
    }

    /// `chi/nu = 1/(1 + F_0)` (Eq. 1): the Pauli susceptibility in units of that without interaction.
    pub fn susceptibility(&self) -> f64 {
        1.0 / self.distance
    }
}
