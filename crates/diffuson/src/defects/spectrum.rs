//! Spectra of fluctuations in time: of traces, and of fluctuators in closed form.
//!
//! **Convention**: one-sided, by ordinary frequency f: `Int_0^inf S(f) df` is the variance. Of a fluctuator that stays the mean times t1 and t2 at its two levels,
//!
//! ```text
//! S(f) = 4 dG^2 tau / [(t1 + t2)(1/t1 + 1/t2)] / (1 + (2 pi f tau)^2),     1/tau = 1/t1 + 1/t2
//! ```
//!
//! (S. Machlup, J. Appl. Phys. 25, 341 (1954)). Where tunnelling constants are uniform, times are so on a logarithmic scale, and S is 1/f between them.

use super::{DefectError, require};
use realfft::RealFftPlanner;
use std::f64::consts::PI;

/// A power spectral density.
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrum {
    /// Frequencies, ascending.
    pub frequency: Vec<f64>,
    /// One-sided density.
    pub density: Vec<f64>,
}

impl Spectrum {
    /// Of a trace of means over intervals of equal length: mean of the periodograms of segments of so many intervals, which overlap by half, in Hann windows
    /// (P. D. Welch, IEEE Trans. Audio Electroacoust. 15, 70 (1967)). The mean of all is taken off. Frequencies are `k / (segment interval)`, k from 1 to half the segment.
    ///
    /// # Errors
    ///
    /// An interval that is not positive; an odd segment, one shorter than 4 or longer than the trace.
    pub fn of_trace(trace: &[f64], interval: f64, segment: usize) -> Result<Self, DefectError> {
        require("interval", interval, interval > 0.0 && interval.is_finite(), "positive")?;
        let fits = segment >= 4 && segment.is_multiple_of(2) && segment <= trace.len();
        require("length of a segment", segment as f64, fits, "even, from 4 to the length of the trace")?;
        let mean = trace.iter().sum::<f64>() / trace.len() as f64;
        let window: Vec<f64> = (0..segment)
            .map(|k| 0.5 * (1.0 - (2.0 * PI * (k as f64 + 0.5) / segment as f64).cos()))
            .collect();
        let weight: f64 = window.iter().map(|w| w * w).sum();
        let transform = RealFftPlanner::<f64>::new().plan_fft_forward(segment);
        let (mut input, mut output) = (transform.make_input_vec(), transform.make_output_vec());
        let mut scratch = transform.make_scratch_vec();
        let mut density = vec![0.0; segment / 2];
        let segments = (trace.len() - segment) / (segment / 2) + 1;
        let scale = 2.0 * interval / (weight * segments as f64);
        for start in (0..segments).map(|k| k * (segment / 2)) {
            let part = trace[start..].iter().zip(&window);
            input.iter_mut().zip(part).for_each(|(x, (value, w))| *x = (value - mean) * w);
            // lengths are those of the plan
            if transform.process_with_scratch(&mut input, &mut output, &mut scratch).is_err() {
                continue;
            }
            density.iter_mut().zip(&output[1..]).for_each(|(sum, x)| *sum += scale * x.norm_sqr());
        }
        // the last frequency is its own mirror image
        density[segment / 2 - 1] /= 2.0;
        let step = 1.0 / (segment as f64 * interval);
        Ok(Self { frequency: (1..=segment / 2).map(|k| k as f64 * step).collect(), density })
    }

    /// Means over bands whose widths grow in proportion to the frequency, as far as frequencies lie so close.
    pub fn in_bands(&self, bands: usize) -> Self {
        let ends = ends(self.frequency.len(), bands);
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
        let of = |values: &[f64]| starts.clone().zip(&ends).map(|(a, &b)| mean(&values[a..b])).collect();
        Self { frequency: of(&self.frequency), density: of(&self.density) }
    }
}

/// Ends of bands of so many frequencies, each with at least one.
fn ends(frequencies: usize, bands: usize) -> Vec<usize> {
    let bands = bands.clamp(1, frequencies);
    let mut ends = vec![0; bands];
    let mut last = 0;
    for (k, end) in ends.iter_mut().enumerate() {
        let left = bands - k;
        let ratio = (frequencies as f64 / (last as f64).max(1.0)).powf(1.0 / left as f64);
        let next = (last as f64 * ratio).round() as usize;
        *end = if left == 1 { frequencies } else { next.clamp(last + 1, frequencies - left + 1) };
        last = *end;
    }
    ends
}

/// A fluctuator that switches between two levels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Telegraph {
    /// Difference of the conductance between the levels, in e^2/h.
    pub jump: f64,
    /// Rate up.
    pub up: f64,
    /// Rate down.
    pub down: f64,
}

impl Telegraph {
    /// Occupation of the upper level.
    pub fn occupation(&self) -> f64 {
        self.up / (self.up + self.down)
    }

    /// Variance of the conductance.
    pub fn variance(&self) -> f64 {
        self.jump * self.jump * self.occupation() * (1.0 - self.occupation())
    }

    /// Spectral density at a frequency: a Lorentzian.
    pub fn spectrum(&self, frequency: f64) -> f64 {
        let rate = self.up + self.down;
        4.0 * self.variance() * rate / (rate * rate + (2.0 * PI * frequency).powi(2))
    }

    /// The same of means over intervals, one after the other: with what is folded back from above half their rate.
    pub fn sampled_spectrum(&self, frequency: f64, interval: f64) -> f64 {
        let x = (self.up + self.down) * interval;
        let (decay, fall) = ((-x).exp(), -(-x).exp_m1());
        // covariances of means over the same interval, and over intervals m apart: `next decay^(m-1)`
        let same = if x < 1e-3 { 1.0 - x / 3.0 + x * x / 12.0 } else { 2.0 * (x - fall) / (x * x) };
        let next = if x < 1e-8 { 1.0 - x } else { (fall / x).powi(2) };
        let cosine = (2.0 * PI * frequency * interval).cos();
        let sum = next * (cosine - decay) / (1.0 - 2.0 * decay * cosine + decay * decay);
        2.0 * interval * self.variance() * (same + 2.0 * sum)
    }

    /// Mean of the Lorentzians over tunnelling constants uniform from 0 to `spread`, which slow both rates by `e^-lambda`: 1/f between the rates.
    pub fn spread_spectrum(&self, frequency: f64, spread: f64) -> f64 {
        if spread == 0.0 {
            return self.spectrum(frequency);
        }
        let omega = 2.0 * PI * frequency;
        let x = omega / (self.up + self.down);
        // the difference of two arcs
        let arc = (x * spread.exp_m1()).atan2(1.0 + x * x * spread.exp());
        4.0 * self.variance() * arc / (spread * omega)
    }
}
