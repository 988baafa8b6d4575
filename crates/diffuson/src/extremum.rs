//! Extrema of functions of one variable.

/// Place of the minimum of a unimodal function between two points, within `width`, by golden-section search.
pub(crate) fn golden_minimum<E>(
    [mut low, mut high]: [f64; 2],
    width: f64,
    mut f: impl FnMut(f64) -> Result<f64, E>,
) -> Result<f64, E> {
    let ratio = 0.5 * (5f64.sqrt() - 1.0);
    let (mut a, mut b) = (high - ratio * (high - low), low + ratio * (high - low));
    let (mut f_a, mut f_b) = (f(a)?, f(b)?);
    while high - low > width {
        if f_a < f_b {
            (high, b, f_b) = (b, a, f_a);
            a = high - ratio * (high - low);
            f_a = f(a)?;
        } else {
            (low, a, f_a) = (a, b, f_b);
            b = low + ratio * (high - low);
            f_b = f(b)?;
        }
    }
    Ok(0.5 * (low + high))
}
