//! Noise where scattering does not depend on energy.

use super::closed_forms::x_coth_x_minus_one;
use super::integrated::{Fluctuations, Noise};
use super::laws_of::relative;
use super::spectral::{Occupations, Transmissions, current, overlap, pair_overlaps};
use crate::audit::laws;
use crate::scattering::{SMatrix, nan_max};
use crate::thermal::{Adaptive, Reach, Reservoir, SUMS, Structure, TransportError};
use std::convert::Infallible;

/// What quadratures over Fermi functions alone are done to.
const FERMI: f64 = 1e-13;

impl Noise {
    /// Noise between reservoirs for an S matrix that does not depend on energy: its products are taken once, correlators of charge are closed forms of
    /// potentials and temperatures, see [`exchange_integral`]. Two reservoirs of one temperature obey [bounds](laws::NOISE_BOUNDS).
    ///
    /// # Errors
    /// [`TransportError`] if a reservoir makes no sense or the S matrix has another number of leads.
    pub fn constant(s: &SMatrix, reservoirs: &[Reservoir]) -> Result<Self, TransportError<Infallible>> {
        let (given, wanted) = (s.leads(), reservoirs.len());
        if given != wanted {
            return Err(TransportError::Terminals { given, wanted });
        }
        let forms = Forms::of(s);
        let at = |_: f64, occupations: &[Occupations]| {
            let of = |o: &Occupations| Fluctuations {
                current: current(&forms.transmissions, o),
                correlator: forms.correlator(&o.thermal, |c, d| o.difference(c, d).powi(2)),
                conductance: forms.transmissions.conductance(),
            };
            Ok(occupations.iter().map(of).collect())
        };
        let (points, smooth) = ([reservoirs.to_vec()], Structure::default());
        let mut noise = Self::from_fluctuations(&points, &smooth, Adaptive::to(FERMI), at)?.remove(0);
        let thermal: Vec<f64> = reservoirs.iter().map(|r| r.kt).collect();
        noise.charge = forms.correlator(&thermal, |c, d| exchange_integral(&reservoirs[c], &reservoirs[d]));
        noise.audit.merge(&s.audit);
        noise.audit.record(laws::UNITARITY, forms.transmissions.imbalance(), SUMS);
        if let [left, right] = reservoirs
            && left.kt == right.kt
        {
            let thermal = 4.0 * left.kt * forms.transmissions.get(0, 1);
            let poisson = thermal + 2.0 * forms.transmissions.get(0, 1) * exchange_integral(left, right);
            let outside = nan_max(nan_max(thermal - noise.charge[0], noise.charge[0] - poisson), 0.0);
            noise.audit.record(laws::NOISE_BOUNDS, relative(outside, poisson), SUMS);
        }
        Ok(noise)
    }
}

/// `Int dE (f - f')^2` of two reservoirs, in their unit of energy: `2 kT (x coth x - 1)`, x = V/2kT, at one temperature; `kT [2 ln(2 cosh x) - 1]` if the other
/// one is at zero; |V| if both are. No closed form otherwise: by quadrature, to 1e-13.
pub fn exchange_integral(one: &Reservoir, other: &Reservoir) -> f64 {
    let (bias, hot) = ((one.mu - other.mu).abs(), one.kt.max(other.kt));
    if hot == 0.0 {
        bias
    } else if one.kt == other.kt {
        2.0 * hot * x_coth_x_minus_one(bias / (2.0 * hot))
    } else if one.kt.min(other.kt) == 0.0 {
        bias + hot * (2.0 * (-bias / hot).exp().ln_1p() - 1.0)
    } else {
        by_quadrature(one, other)
    }
}

fn by_quadrature(one: &Reservoir, other: &Reservoir) -> f64 {
    let square = |energy| Ok::<_, TransportError<Infallible>>([one.excess(other, energy).powi(2)]);
    let reach = Reach::of(&[*one, *other], &Structure::default(), &[]);
    let integral = reach.and_then(|reach| {
        Adaptive::to(FERMI).integrate(reach.range, &Structure::default(), &reach.marks, square)
    });
    integral.map_or(f64::NAN, |integral| integral.values.iter().sum())
}

/// The products of an S matrix that correlators are made of, whatever the occupations.
struct Forms {
    transmissions: Transmissions,
    /// Of each S_ab, a <= b, by rows: the weights of `(f_c - f_d)^2`, c < d.
    partition: Vec<Vec<f64>>,
}

impl Forms {
    fn of(s: &SMatrix) -> Self {
        let n = s.leads();
        let mut partition = Vec::new();
        for a in 0..n {
            partition.push(pairs(n).map(|(c, d)| overlap(s, a, [c, d])).collect());
            partition.extend((a + 1..n).map(|b| pair_overlaps(s, [a, b])));
        }
        Self { transmissions: Transmissions::of(s), partition }
    }

    /// S_ab row by row, from `f (1 - f)` of each lead and `(f_c - f_d)^2` of each pair, or their integrals.
    fn correlator(&self, thermal: &[f64], square: impl Fn(usize, usize) -> f64) -> Vec<f64> {
        let (n, t) = (thermal.len(), &self.transmissions);
        let squares: Vec<f64> = pairs(n).map(|(c, d)| square(c, d)).collect();
        let mut out = vec![0.0; n * n];
        let mut partition = self.partition.iter();
        for a in 0..n {
            for b in a..n {
                let weights = partition.next().into_iter().flatten();
                let partition: f64 = weights.zip(&squares).map(|(w, d)| w * d).sum();
                let entry = if a == b {
                    let others = (0..n).filter(|c| *c != a);
                    2.0 * (others.map(|c| t.get(a, c) * (thermal[a] + thermal[c])).sum::<f64>() + partition)
                } else {
                    2.0 * (partition - t.get(b, a) * thermal[a] - t.get(a, b) * thermal[b])
                };
                (out[a * n + b], out[b * n + a]) = (entry, entry);
            }
        }
        out
    }
}

fn pairs(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n).flat_map(|d| (0..d).map(move |c| (c, d)))
}
