//! Colour scales of maps, and the bars that explain them.

use super::{AXIS_WIDTH, Scale, TICK_SIZE};
use crate::color::{ColorMap, Rgb};
use crate::label;
use crate::raster;
use crate::svg::{Align, Canvas, Frame, Stroke};

/// A colour map over `lo..=hi`; values outside take the colour of the nearer end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ColorScale {
    pub(crate) map: ColorMap,
    pub(crate) lo: f64,
    pub(crate) hi: f64,
}

impl ColorScale {
    /// From the smallest to the largest finite value.
    pub(crate) fn sequential(values: &[f64]) -> Self {
        let (lo, hi) = values
            .iter()
            .filter(|v| v.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (lo.min(*v), hi.max(*v)));
        let (lo, hi) = if lo < hi { (lo, hi) } else { (0.0, 1.0) };
        Self { map: ColorMap::Sequential, lo, hi }
    }

    /// Symmetric about zero, out to the 99th percentile of the absolute values.
    pub(crate) fn diverging(values: &[f64]) -> Self {
        let mut sizes: Vec<f64> = values.iter().map(|v| v.abs()).filter(|v| v.is_finite()).collect();
        sizes.sort_by(f64::total_cmp);
        let rank = (0.99 * sizes.len().saturating_sub(1) as f64).ceil() as usize;
        let reach = sizes.get(rank).copied().filter(|v| *v > 0.0).unwrap_or(1.0);
        Self { map: ColorMap::Diverging, lo: -reach, hi: reach }
    }

    /// The colour of a value; none for NaN.
    pub(crate) fn color(&self, value: f64) -> Option<Rgb> {
        (!value.is_nan()).then(|| self.map.at((value - self.lo) / (self.hi - self.lo)))
    }
}

/// A vertical colour bar.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ColorBar {
    pub(crate) scale: ColorScale,
    /// Whether values below and above the scale exist: such ends are pointed.
    pub(crate) beyond: (bool, bool),
}

impl ColorBar {
    pub(crate) const WIDTH: f64 = 6.0;
    const POINT: f64 = 5.0;

    pub(crate) fn new(scale: ColorScale, values: &[f64]) -> Self {
        let slack = 1e-9 * (scale.hi - scale.lo);
        let beyond =
            (values.iter().any(|v| *v < scale.lo - slack), values.iter().any(|v| *v > scale.hi + slack));
        Self { scale, beyond }
    }

    /// Width of the bar with its tick labels.
    pub(crate) fn room(&self, height: f64) -> f64 {
        Self::WIDTH + 3.0 + self.ticks(height).iter().map(|(_, l)| l.width).fold(0.0, f64::max)
    }

    /// Draws the bar with its left edge at `x`, between `y` and `y + height`.
    pub(crate) fn draw(&self, canvas: &mut Canvas, x: f64, y: f64, height: f64) {
        let room = |pointed: bool| if pointed { Self::POINT } else { 0.0 };
        let (top, bottom) = (y + room(self.beyond.1), y + height - room(self.beyond.0));
        let bar = Frame { x, y: top, width: Self::WIDTH, height: bottom - top };
        let colors: Vec<Option<Rgb>> =
            (0..128).rev().map(|i| Some(self.scale.map.at(f64::from(i) / 127.0))).collect();
        if let Some(png) = raster::image(1, &colors) {
            canvas.image(bar, &png);
        }
        let right = x + Self::WIDTH;
        let tip = x + Self::WIDTH / 2.0;
        let mut outline = vec![(x, top)];
        if self.beyond.1 {
            canvas.polygon(
                &[(x, top + 0.3), (x, top), (tip, y), (right, top), (right, top + 0.3)],
                &self.scale.map.at(1.0).hex(),
                "",
            );
            outline.push((tip, y));
        }
        outline.extend([(right, top), (right, bottom)]);
        if self.beyond.0 {
            let end = y + height;
            canvas.polygon(
                &[(x, bottom - 0.3), (x, bottom), (tip, end), (right, bottom), (right, bottom - 0.3)],
                &self.scale.map.at(0.0).hex(),
                "",
            );
            outline.push((tip, end));
        }
        outline.extend([(x, bottom), (x, top), outline[1]]);
        canvas.polyline(&outline, &Stroke::ink(AXIS_WIDTH));
        for (value, text) in self.ticks(bar.height) {
            let y = bottom - Scale::Linear.fraction(value, self.scale.lo, self.scale.hi) * bar.height;
            canvas.polyline(&[(right - 2.0, y), (right, y)], &Stroke::ink(AXIS_WIDTH));
            canvas.text(&text, right + 2.4, y + TICK_SIZE * 0.33, Align::Start);
        }
    }

    fn ticks(&self, height: f64) -> Vec<(f64, label::Label)> {
        let count = (height / 16.0).round().clamp(2.0, 6.0) as usize;
        let ticks = Scale::Linear.ticks(self.scale.lo, self.scale.hi, count);
        ticks.major.into_iter().map(|(v, text)| (v, label::set(&text, TICK_SIZE))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heat_scale_is_symmetric_and_ignores_one_outlier_in_a_thousand() {
        let mut values: Vec<f64> = (0..1000).map(|i| f64::from(i) / 1000.0 - 0.5).collect();
        values[3] = 77.0;
        values[5] = f64::NAN;
        let scale = ColorScale::diverging(&values);
        assert_eq!(scale.lo, -scale.hi);
        assert!((0.49..0.5).contains(&scale.hi));
        let bar = ColorBar::new(scale, &values);
        assert_eq!(bar.beyond, (true, true));
        assert_eq!(scale.color(0.0), Some(ColorMap::Diverging.at(0.5)));
        assert_eq!(scale.color(f64::NAN), None);
    }

    #[test]
    fn constant_and_empty_fields_have_a_scale() {
        for values in [vec![], vec![f64::NAN], vec![0.0; 5]] {
            for scale in [ColorScale::sequential(&values), ColorScale::diverging(&values)] {
                assert!(scale.lo < scale.hi && scale.lo.is_finite() && scale.hi.is_finite());
            }
        }
    }
}
