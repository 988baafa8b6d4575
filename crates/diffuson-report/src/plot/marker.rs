//! Marker shapes that stay distinct in grey.

use crate::svg::{Canvas, INK, number};

/// The shape of a data point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    Disc,
    Square,
    Triangle,
    Diamond,
    Wedge,
    Cross,
}

impl Marker {
    /// The `index`-th shape, starting over after six.
    pub(crate) fn nth(index: usize) -> Self {
        [Self::Disc, Self::Square, Self::Triangle, Self::Diamond, Self::Wedge, Self::Cross][index % 6]
    }

    /// Draws the shape at `(x, y)` with half width `r`.
    pub(crate) fn draw(self, canvas: &mut Canvas, x: f64, y: f64, r: f64, color: &str) {
        if !x.is_finite() || !y.is_finite() {
            return;
        }
        let polygon = |corners: &[(f64, f64)]| {
            let points: Vec<String> = corners
                .iter()
                .map(|(dx, dy)| format!("{} {}", number(x + r * dx), number(y + r * dy)))
                .collect();
            format!("M{}z", points.join("L"))
        };
        let data = match self {
            Self::Disc => {
                let (left, y, r, d) = (number(x - r), number(y), number(r), number(2.0 * r));
                format!("M{left} {y}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0z")
            }
            Self::Square => polygon(&[(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)]),
            Self::Triangle => polygon(&[(0.0, -1.2), (1.1, 0.75), (-1.1, 0.75)]),
            Self::Diamond => polygon(&[(0.0, -1.25), (1.1, 0.0), (0.0, 1.25), (-1.1, 0.0)]),
            Self::Wedge => polygon(&[(0.0, 1.2), (1.1, -0.75), (-1.1, -0.75)]),
            Self::Cross => {
                let (t, a) = (0.38, 1.05);
                polygon(&[
                    (-t, -a),
                    (t, -a),
                    (t, -t),
                    (a, -t),
                    (a, t),
                    (t, t),
                    (t, a),
                    (-t, a),
                    (-t, t),
                    (-a, t),
                    (-a, -t),
                    (-t, -t),
                ])
            }
        };
        canvas.path(&data, &format!(r#"fill="{color}" stroke="{INK}" stroke-width="0.25""#));
    }
}
