//! Multiple scattering by a background at one wave number, and one scatterer more.

use super::geometry::{Bond, Geometry, amplitude};
use crate::{C64, Matrix};
use diffuson_linalg::SmallLu;

/// The factors of `D = 1 - f G` of the background, `G_jl = e^{ikR}/R` with its gauge factor and 0 on the diagonal.
///
/// `M = D^{-1} f` is then what the incoming waves at the scatterers are multiplied with to give the waves that leave them (Foldy, Lax).
pub(super) struct Resolvent {
    lu: SmallLu,
    k: C64,
    amplitudes: Vec<C64>,
    /// f of the mobile scatterer.
    mobile: C64,
}

/// What one scatterer more does: `M -> M + s p q^T` with `p = (M u, 1)` and `q = (v M, 1)`.
pub(super) struct Border {
    /// `1 - f v M u`, f of the one more: by this the determinant of D grows.
    pub(super) growth: C64,
    /// s = f / growth.
    pub(super) strength: C64,
    /// u: waves from the new scatterer at the background; then M u.
    pub(super) towards: Vec<C64>,
    /// v: waves from the background at the new scatterer.
    pub(super) back: Vec<C64>,
}

impl Resolvent {
    pub(super) fn new(scatterers: usize) -> Self {
        Self {
            lu: SmallLu::new(scatterers),
            k: C64::default(),
            amplitudes: Vec::new(),
            mobile: C64::default(),
        }
    }

    /// Moves to a wave number; false if D is singular, which no retarded one is.
    pub(super) fn at(&mut self, k: C64, geometry: &Geometry) -> bool {
        self.k = k;
        self.amplitudes.clear();
        self.amplitudes.extend(geometry.phase_shifts.iter().map(|d| amplitude(*d, k)));
        self.mobile = amplitude(geometry.mobile, k);
        let f = &self.amplitudes;
        let mut bonds = geometry.background.iter();
        for l in 0..f.len() {
            self.lu.set(l, l, C64::ONE);
            for (j, bond) in (l + 1..f.len()).zip(&mut bonds) {
                let wave = bond.wave(k);
                self.lu.set(j, l, -f[j] * wave * bond.gauge);
                self.lu.set(l, j, -f[l] * wave * bond.gauge.conj());
            }
        }
        self.lu.factorise().is_ok()
    }

    /// `ln |det D|`.
    pub(super) fn ln_modulus(&self) -> f64 {
        self.lu.ln_modulus()
    }

    /// M of the background.
    pub(super) fn scattering(&mut self) -> Matrix {
        let mut m = Matrix::from_diagonal(&self.amplitudes);
        (0..m.cols()).for_each(|j| self.lu.solve(m.col_mut(j)));
        m
    }

    /// The mobile scatterer with given bonds.
    pub(super) fn border(&mut self, bonds: &[Bond]) -> Border {
        let back: Vec<C64> = bonds.iter().map(|b| b.wave(self.k) * b.gauge.conj()).collect();
        let from_here = bonds.iter().zip(&back).map(|(b, v)| v * b.gauge * b.gauge);
        let mut towards: Vec<C64> = from_here.zip(&self.amplitudes).map(|(u, f)| u * f).collect();
        self.lu.solve(&mut towards);
        let loops: C64 = back.iter().zip(&towards).map(|(v, a)| v * a).sum();
        let growth = 1.0 - self.mobile * loops;
        Border { growth, strength: self.mobile / growth, towards, back }
    }
}
