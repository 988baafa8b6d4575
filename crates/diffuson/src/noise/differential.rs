//! How currents and noise change with the bias.

use super::laws_of::relative;
use super::spectral::{Occupations, Transmissions, change};
use crate::audit::{Audit, laws};
use crate::scattering::{SMatrix, nan_max};
use crate::thermal::{Adaptive, Reach, Reservoir, SUMS, Structure, TransportError, fermi_window};

/// Derivatives by a bias V that shifts the potential of reservoir a by `shift_a V`, the conductor staying as it is: dI_a/dV and dS_ab/dV, taken analytically.
///
/// At zero temperature the noise has kinks where potentials coincide: there the mean of the derivatives from both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct DifferentialNoise {
    /// dI_a/dV of the particle currents into the terminals, in 1/h.
    pub current: Vec<f64>,
    /// dS_ab/dV of the charge currents, row by row, in e^2/h.
    pub charge: Vec<f64>,
    /// Estimated error of the quadrature, relative to the integrals of the moduli.
    pub quadrature_error: f64,
    /// S matrices computed.
    pub evaluations: usize,
    /// Laws checked: those of the S matrices, quadrature, charge, conservation by fluctuations.
    pub audit: Audit,
}

impl DifferentialNoise {
    /// At given potentials and temperatures, from the S matrix as a function of energy.
    ///
    /// # Errors
    /// [`TransportError`] if a reservoir makes no sense, there are not as many shifts as reservoirs, the S matrix fails or has another number of leads, or a
    /// reservoir at zero temperature has its potential at a singular point.
    pub fn between<E>(
        reservoirs: &[Reservoir],
        shift: &[f64],
        structure: &Structure,
        adaptive: Adaptive,
        mut smatrix: impl FnMut(f64) -> Result<SMatrix, E>,
    ) -> Result<Self, TransportError<E>> {
        let n = reservoirs.len();
        if shift.len() != n {
            return Err(TransportError::Terminals { given: shift.len(), wanted: n });
        }
        let Reach { range, marks, .. } = Reach::of(reservoirs, structure, &[])?;
        let mut audit = Audit::default();
        let mut at = |energy: f64, weight: &dyn Fn(usize) -> f64| {
            let s = smatrix(energy).map_err(TransportError::Transmission)?;
            let (given, wanted) = (s.leads(), n);
            if given != wanted {
                return Err(TransportError::Terminals { given, wanted });
            }
            let t = Transmissions::of(&s);
            audit.merge(&s.audit);
            audit.record(laws::UNITARITY, t.imbalance(), SUMS);
            let by: Vec<f64> = (0..n).map(|c| shift[c] * weight(c)).collect();
            Ok(change(&s, &t, &Occupations::at(reservoirs, energy), &by))
        };
        // what the warm reservoirs contribute
        let window = |c: usize, energy: f64| match reservoirs[c] {
            Reservoir { mu, kt } if kt > 0.0 => fermi_window((energy - mu) / kt) / kt,
            _ => 0.0,
        };
        let warm = reservoirs.iter().any(|r| r.kt > 0.0);
        let range = if warm { range } else { [0.0; 2] };
        let integral =
            adaptive.integrate(range, structure, &marks, |energy| at(energy, &|c| window(c, energy)))?;
        let mut values = integral.values.clone();
        values.resize(n + n * n, 0.0);
        let mut scale = integral.magnitudes.iter().copied().fold(0.0, nan_max);
        let mut evaluations = integral.evaluations;
        // and the cold ones, at their potentials
        let mut cold: Vec<f64> = reservoirs.iter().filter(|r| r.kt == 0.0).map(|r| r.mu).collect();
        cold.sort_by(f64::total_cmp);
        cold.dedup();
        for mu in cold {
            if structure.is_singular_at(mu) {
                return Err(TransportError::SingularPoint(mu));
            }
            let here = at(mu, &|c| f64::from(reservoirs[c] == Reservoir { mu, kt: 0.0 }))?;
            values.iter_mut().zip(&here).for_each(|(sum, v)| *sum += v);
            scale = here.iter().map(|v| v.abs()).fold(scale, nan_max);
            evaluations += 1;
        }
        let charge = values.split_off(n);
        let sums = (0..n).map(|a| charge[a * n..(a + 1) * n].iter().sum::<f64>().abs());
        let quadrature_error = integral.relative_error();
        let allowed = (n as f64 * adaptive.tolerance).max(SUMS);
        audit.record(laws::QUADRATURE, quadrature_error, adaptive.tolerance);
        audit.record(laws::CHARGE, relative(values.iter().sum::<f64>().abs(), scale), allowed);
        audit.record(laws::NOISE_CONSERVATION, relative(sums.fold(0.0, nan_max), scale), allowed);
        Ok(Self { current: values, charge, quadrature_error, evaluations, audit })
    }
}
