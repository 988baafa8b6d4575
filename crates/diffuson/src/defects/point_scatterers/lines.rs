//! Which paths three scatterers make waves interfere on.

use super::{Electrons, PointScatterer, scatter};
use crate::C64;
use crate::defects::{DefectError, require};
use std::f64::consts::{PI, TAU};

/// A term `amplitude cos(scale length + phase)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FourierLine {
    /// Length of the path, or difference of lengths, in 1/k_F.
    pub length: f64,
    /// Amplitude, positive: in e_F or e^2/h, at scale 1.
    pub amplitude: f64,
    /// Phase in radians, from -pi to pi.
    pub phase: f64,
}

/// The part of energy and conductance that only three scatterers together have, as Fourier lines, the strongest first.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreeBody {
    /// Of the energy.
    pub energy: Vec<FourierLine>,
    /// Of the conductance.
    pub conductance: Vec<FourierLine>,
}

/// Amplitude per largest below which a line may be a side lobe of the window.
const FAINTEST: f64 = 0.02;

/// The Fourier lines of what remains of energy and conductance of three scatterers when those of all pairs and of each alone are taken off.
///
/// All distances are scaled from the first to the second scale at fixed phase shifts (as by k_F), the three-body part is made stationary by the
/// fourth (energy) or third power of the scale, and transformed with Blackman's window. Lines are told apart if their lengths differ by 12 pi over
/// the difference of the scales; lines below 2 % of the strongest, and lengths above 3/2 of the perimeter, are left out.
///
/// In the energy all waves are retarded and only closed loops appear: the perimeter. In the conductance amplitudes meet conjugate amplitudes, and
/// differences of lengths appear beside it; the claim that both have one phase for any number of scatterers holds for the line of the perimeter only.
///
/// # Errors
/// Scales that are not positive, ascending and at most 100, or that no line can be told apart with; scatterers as in [`scatter`].
pub fn three_body_lines(triple: &[PointScatterer; 3], scales: [f64; 2]) -> Result<ThreeBody, DefectError> {
    let [from, to] = scales;
    require("first scale", from, from > 0.0 && from.is_finite(), "positive")?;
    require("last scale", to, to > from && to <= 100.0, "above the first, at most 100")?;
    let perimeter: f64 = [(0, 1), (1, 2), (2, 0)].map(|(a, b)| distance(&triple[a], &triple[b])).iter().sum();
    let longest = 1.5 * perimeter;
    let lobe = 6.0 * PI / (to - from);
    require("perimeter", perimeter, perimeter > 4.0 * lobe, "above 24 pi per difference of the scales")?;
    // twice as many as lines of the longest length need
    let samples = ((to - from) * 2.0 * longest / PI).ceil() as usize + 1;
    let mut energy = Vec::with_capacity(samples);
    let mut conductance = Vec::with_capacity(samples);
    let scale_at = |i: usize| from + (to - from) * i as f64 / (samples - 1) as f64;
    for i in 0..samples {
        let scale = scale_at(i);
        let blackman = {
            let x = TAU * i as f64 / (samples - 1) as f64;
            0.42 - 0.5 * x.cos() + 0.08 * (2.0 * x).cos()
        };
        let part = three_body_part(
            &triple.map(|s| PointScatterer { position: s.position.map(|x| scale * x), ..s }),
        )?;
        energy.push((scale, blackman * scale.powi(4) * part[0]));
        conductance.push((scale, blackman * scale.powi(3) * part[1]));
    }
    let norm = 2.0 / (0.42 * (samples - 1) as f64);
    Ok(ThreeBody {
        energy: lines(&energy, norm, lobe, longest),
        conductance: lines(&conductance, norm, lobe, longest),
    })
}

fn distance(a: &PointScatterer, b: &PointScatterer) -> f64 {
    let [x, y, z] = [0, 1, 2].map(|i| a.position[i] - b.position[i]);
    x.hypot(y).hypot(z)
}

/// Energy and conductance of three, less those of the pairs, and once more each alone.
fn three_body_part(triple: &[PointScatterer; 3]) -> Result<[f64; 2], DefectError> {
    let of = |set: &[PointScatterer]| -> Result<[f64; 2], DefectError> {
        let all = scatter(set, &Electrons::default())?;
        Ok([all.energy[0], all.conductance[0]])
    };
    let [a, b, c] = *triple;
    let mut part = of(triple)?;
    for (set, sign) in
        [(&[a, b][..], -1.0), (&[b, c], -1.0), (&[c, a], -1.0), (&[a], 1.0), (&[b], 1.0), (&[c], 1.0)]
    {
        let other = of(set)?;
        part = [0, 1].map(|i| part[i] + sign * other[i]);
    }
    Ok(part)
}

/// Maxima of the modulus of the transform, from one lobe on (what is below does not oscillate).
fn lines(windowed: &[(f64, f64)], norm: f64, lobe: f64, longest: f64) -> Vec<FourierLine> {
    let transform = |length: f64| -> C64 {
        windowed.iter().map(|(scale, y)| y * C64::cis(-length * scale)).sum::<C64>() * norm
    };
    let step = lobe / 24.0;
    let moduli: Vec<f64> =
        (0..(longest / step) as usize).map(|i| transform(i as f64 * step).norm()).collect();
    let first = (lobe / step).ceil() as usize;
    let strongest = moduli.iter().skip(first).copied().fold(0.0, f64::max);
    let mut found: Vec<FourierLine> = (first..moduli.len().saturating_sub(1))
        .filter(|&i| {
            let here = moduli[i];
            here > moduli[i - 1] && here >= moduli[i + 1] && here > FAINTEST * strongest
        })
        .map(|i| {
            // a parabola through the logarithms: the lobe is nearly Gaussian
            let [below, here, above] = [moduli[i - 1], moduli[i], moduli[i + 1]].map(f64::ln);
            let shift = 0.5 * (below - above) / (below - 2.0 * here + above);
            let length = (i as f64 + shift) * step;
            let value = transform(length);
            FourierLine { length, amplitude: value.norm(), phase: value.arg() }
        })
        .collect();
    found.sort_by(|a, b| b.amplitude.total_cmp(&a.amplitude));
    found
}
