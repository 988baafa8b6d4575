//! Small biases: what differences of currents and noise say about linear response.

use super::ExaminationError;
use crate::audit::{Audit, laws};
use crate::conductor::Conductor;
use crate::noise::spectral_between;
use crate::scattering::{Route, SolveError, Work, nan_max};
use crate::thermal::{Adaptive, Reach, Reservoir, Sample, TransportError, fermi_window};

/// The bias, in kT: differences of fourth order leave `(2 BIAS)^4 / 30`, half of them is what rounding leaves of 1e-9.
const BIAS: f64 = 0.02;

/// Accuracy of the integrals, of the noise as of the currents.
const ACCURACY: f64 = 1e-9;

/// Tolerances: those of the differences above.
const LINEAR: f64 = 1e-6;
const SECOND_ORDER: f64 = 1e-3;

/// The laws, with lead 0 biased by 1 and 2 steps either way; S matrices are shared by all biases.
pub(super) fn examine(
    conductor: &Conductor,
    onsite: &[f64],
    route: Route,
    at: Reservoir,
) -> Result<(Audit, Work), ExaminationError> {
    let mut sample = Sample::new(conductor, onsite, route)?;
    let n = conductor.leads();
    let step = BIAS * at.kt;
    let biased = |bias: f64| {
        let mut reservoirs = vec![at; n];
        reservoirs[0].mu += bias * step;
        reservoirs
    };
    let biases = [-2.0, -1.0, 1.0, 2.0].map(biased);
    let structure = sample.structure_for(&biases[3])?;
    let Reach { range, marks, .. } = Reach::of::<SolveError>(&[at], &structure, &[])?;
    let [low, high] = range;
    let integral = Adaptive::to(ACCURACY).integrate(
        [low - 2.0 * step, high + 2.0 * step],
        &structure,
        &marks,
        |energy| {
            let s = sample.smatrix_beside(&structure, energy)?;
            let window = fermi_window((energy - at.mu) / at.kt) / at.kt;
            let mut values: Vec<f64> = (1..n).map(|a| window * s.transmission(a, 0)).collect();
            for reservoirs in &biases {
                let found = spectral_between(&s, reservoirs);
                values.extend_from_slice(&found.current[1..]);
                values.push(found.correlator[0]);
            }
            Ok::<_, SolveError>(values)
        },
    )?;
    let conductance = &integral.values[..n - 1];
    let [down2, down, up, up2]: [&[f64]; 4] = std::array::from_fn(|k| &integral.values[n - 1 + k * n..][..n]);
    let slope = |k: usize| (8.0 * (up[k] - down[k]) - (up2[k] - down2[k])) / (12.0 * step);
    let largest = conductance.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let worst = (0..n - 1).map(|k| (slope(k) - conductance[k]).abs()).fold(0.0, nan_max);
    let mut audit = sample.audit().clone();
    audit.record(laws::LINEAR_LIMIT, worst / largest, LINEAR);
    if n == 2 && conductor.is_time_reversal_symmetric() {
        // there is no current without bias
        let even = |a: f64, b: f64| (4.0 / 3.0 * a - b / 12.0) / (step * step);
        let curvature = even(up[0] + down[0], up2[0] + down2[0]);
        let residual = (slope(n - 1) - 2.0 * at.kt * curvature).abs() / (4.0 * largest);
        audit.record(laws::NONLINEAR_FLUCTUATION_DISSIPATION, residual, SECOND_ORDER);
    }
    Ok((audit, sample.work()))
}

impl From<TransportError<SolveError>> for ExaminationError {
    fn from(e: TransportError<SolveError>) -> Self {
        match e {
            TransportError::Transmission(e) => Self::Solve(e),
            e => Self::Reservoir(e.to_string()),
        }
    }
}
