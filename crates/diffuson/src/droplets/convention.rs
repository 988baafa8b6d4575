//! Which diagrams are counted.

/// How the correlators of `F_1` and B are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Counting {
    /// All rings of diffusons in the connected correlator of two grand potentials: 6, 20 and 140 directed rings of four, six and eight diffusons with the prefactors of the expansion,
    /// and Cooperons by [`TimeReversal`]. What microscopic models obey, hence the default.
    #[default]
    Complete,
    /// As printed: four equal copies of Eq. A11, and the same number of rings for every correlator, without Cooperons. Gives 3.9 for gamma with the Gaussian profile (Eq. 37).
    FourDiagrams,
}

/// Whether electrons know the direction of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TimeReversal {
    /// Diffusons and Cooperons: no magnetic field, no magnetic impurities.
    #[default]
    Unbroken,
    /// Diffusons alone.
    Broken,
}

impl TimeReversal {
    /// How many kinds of ring there are, `beta_c`: 2 with Cooperons, 1 without.
    pub fn rings(self) -> f64 {
        match self {
            Self::Unbroken => 2.0,
            Self::Broken => 1.0,
        }
    }
}
