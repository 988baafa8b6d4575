//! Peaks of a curve.

/// Where a curve has a maximum with lower values on both sides, and its height: of the parabola through the three highest values there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Peak {
    pub(crate) at: f64,
    pub(crate) height: f64,
}

/// What a maximum must rise above the higher of the minima beside it, as a fraction of its height: less is rounding.
const PROMINENCE: f64 = 1e-6;

/// The peaks of a curve from left to right.
pub(crate) fn peaks(x: &[f64], y: &[f64]) -> Vec<Peak> {
    let inner = 1..y.len().saturating_sub(1);
    let highest = inner.filter(|&k| y[k - 1] < y[k] && y[k] >= y[k + 1]);
    highest.filter(|&k| prominence(y, k) > PROMINENCE * y[k].abs()).map(|k| vertex(x, y, k)).collect()
}

/// How far one must descend from a maximum to reach a higher value, or the end, on the side where that is less.
fn prominence(y: &[f64], k: usize) -> f64 {
    let descent = |side: &mut dyn Iterator<Item = &f64>| {
        y[k] - side.take_while(|v| **v <= y[k]).copied().fold(y[k], f64::min)
    };
    descent(&mut y[..k].iter().rev()).min(descent(&mut y[k + 1..].iter()))
}

/// The vertex of the parabola through three neighbouring values.
fn vertex(x: &[f64], y: &[f64], k: usize) -> Peak {
    let (left, right) = (x[k] - x[k - 1], x[k + 1] - x[k]);
    let (up, down) = ((y[k] - y[k - 1]) / left, (y[k + 1] - y[k]) / right);
    let curvature = (down - up) / (left + right);
    if !(curvature < 0.0) {
        return Peak { at: x[k], height: y[k] };
    }
    // slope at x[k]
    let slope = (up * right + down * left) / (left + right);
    let step = -0.5 * slope / curvature;
    Peak { at: x[k] + step, height: y[k] + 0.5 * slope * step }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Exact for parabolas, uneven steps or not; plateaus, ends and monotone curves have no peak.
    #[test]
    fn peaks_of_parabolas() {
        let x = [0.0, 0.3, 1.0, 1.2, 2.0, 3.0];
        let y = x.map(|x: f64| 2.0 - (x - 1.1).powi(2));
        let found = peaks(&x, &y);
        assert_eq!(found.len(), 1);
        assert!((found[0].at - 1.1).abs() < 1e-14 && (found[0].height - 2.0).abs() < 1e-14, "{found:?}");
        assert!(peaks(&x, &x).is_empty() && peaks(&x, &[1.0; 6]).is_empty());
        assert!(peaks(&x[..2], &y[..2]).is_empty() && peaks(&[], &[]).is_empty());
        // noise of rounding on a slope is no peak
        assert!(peaks(&x, &[5.0, 4.0, 4.0 + 1e-9, 3.0, 2.0, 1.0]).is_empty());
        let two = peaks(&x, &[0.0, 1.0, 0.5, 0.2, 3.0, 0.0]);
        assert_eq!(two.len(), 2);
    }
}
