//! Where scatterers are, as waves see it.

use super::{Electrons, PointScatterer};
use crate::C64;
use crate::defects::{DefectError, require};
use std::f64::consts::PI;

/// Closest distance of two scatterers that is accepted: far below any that means something.
const CLOSEST: f64 = 1e-3;

/// Two scatterers j and l.
pub(super) struct Bond {
    /// `r_j - r_l`.
    pub(super) separation: [f64; 3],
    pub(super) distance: f64,
    /// `exp(i pi B.(r_j x r_l))`, B in flux quanta per area.
    pub(super) gauge: C64,
}

impl Bond {
    fn new(from: [f64; 3], to: [f64; 3], field: [f64; 3]) -> Result<Self, DefectError> {
        let separation = [0, 1, 2].map(|i| from[i] - to[i]);
        let [x, y, z] = separation;
        let distance = x.hypot(y).hypot(z);
        let distance = require(
            "distance of two scatterers",
            distance,
            distance >= CLOSEST && distance.is_finite(),
            "at least 0.001 / k_F",
        )?;
        let flux = field[0] * (from[1] * to[2] - from[2] * to[1])
            + field[1] * (from[2] * to[0] - from[0] * to[2])
            + field[2] * (from[0] * to[1] - from[1] * to[0]);
        Ok(Self { separation, distance, gauge: C64::cis(PI * flux) })
    }

    /// `e^{ikR}/R` without the gauge factor.
    pub(super) fn wave(&self, k: C64) -> C64 {
        C64::from_polar((-k.im * self.distance).exp() / self.distance, k.re * self.distance)
    }
}

/// A background, and a mobile scatterer in front of it.
pub(super) struct Geometry {
    /// Phase shifts of the background at k_F.
    pub(super) phase_shifts: Vec<f64>,
    /// Pairs j > l of the background, l slowest.
    pub(super) background: Vec<Bond>,
    /// Phase shift of the mobile scatterer.
    pub(super) mobile: f64,
    /// Of every position its bonds with the background (j in the background, l the mobile one).
    pub(super) positions: Vec<Vec<Bond>>,
}

impl Geometry {
    pub(super) fn new(
        background: &[PointScatterer],
        mobile: f64,
        positions: &[[f64; 3]],
        electrons: &Electrons,
    ) -> Result<Self, DefectError> {
        let shifts = background.iter().map(|s| s.phase_shift).chain([mobile]);
        for shift in shifts {
            require("phase shift", shift, shift.is_finite(), "finite")?;
        }
        for x in electrons.field {
            require("flux density", x, x.is_finite(), "finite")?;
        }
        let bond = |a: [f64; 3], b: [f64; 3]| Bond::new(a, b, electrons.field);
        let pairs = (0..background.len()).flat_map(|l| (l + 1..background.len()).map(move |j| (j, l)));
        let pairs = pairs.map(|(j, l)| bond(background[j].position, background[l].position));
        let before = |m: &[f64; 3]| background.iter().map(|s| bond(s.position, *m)).collect();
        Ok(Self {
            phase_shifts: background.iter().map(|s| s.phase_shift).collect(),
            background: pairs.collect::<Result<_, _>>()?,
            mobile,
            positions: positions.iter().map(before).collect::<Result<_, _>>()?,
        })
    }

    /// Smallest distance of two scatterers; infinite if there are none.
    pub(super) fn closest(&self) -> f64 {
        let bonds = self.background.iter().chain(self.positions.iter().flatten());
        bonds.map(|b| b.distance).fold(f64::INFINITY, f64::min)
    }
}

/// `f(k) = 1 / (k_F cot d - i k)` of a phase shift d at k_F = 1.
pub(super) fn amplitude(phase_shift: f64, k: C64) -> C64 {
    let (sine, cosine) = phase_shift.sin_cos();
    sine / (cosine - C64::I * k * sine)
}
