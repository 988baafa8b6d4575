//! The map of a droplet, and the spins of all of them.

use super::datum;
use crate::figure::Figure;
use crate::plot::{
    Axis, ColorBar, ColorScale, Field, Geometry, Grid, Item, LABEL_SIZE, LINE_WIDTH, ONE_COLUMN, Panel,
    Scale, Styles,
};
use crate::run::Run;
use crate::svg::{Canvas, Frame, MM, Stroke};
use crate::symbols::with_unit;

/// Room at the edges of the figure, and between the map and its colour bar.
const EDGE: f64 = 3.0;
/// See [`EDGE`].
const GAP: f64 = 6.0;

/// The droplet of most spin at the first point that has one; none where no droplets were sought.
pub(super) fn map(run: &Run) -> Option<Figure> {
    const NAME: &str = "map";
    run.array("droplet_density")?;
    let drawn = (0..run.points).find_map(|point| {
        let density = run.sites("droplet_density", point)?;
        density.iter().any(|v| v.is_finite()).then_some((point, density))
    });
    let Some((point, density)) = drawn else {
        return Some(Figure::empty(NAME, "Map of a droplet", "No sample has a droplet."));
    };
    let geometry = Geometry::new(run.sites("x", point)?, run.sites("y", point)?);
    let [left, right, low, high] = geometry.extent()?;
    let x = Axis::new("$x$ (sites)", Scale::Linear, left, right);
    let y = Axis::new("$y$ (sites)", Scale::Linear, low, high);
    let bar = ColorBar::new(ColorScale::diverging(density), density);
    let width = ONE_COLUMN * MM;
    let side = width - y.room_left(170.0) - EDGE - GAP - bar.room(170.0) - EDGE;
    let frame = Frame {
        x: EDGE + y.room_left(170.0),
        y: EDGE + LABEL_SIZE * 0.6,
        width: side,
        height: side * (high - low) / (right - left),
    };
    let mut canvas = Canvas::default();
    let field = Field { geometry: &geometry, values: density };
    let panel = Panel::new(x.clone(), y.clone());
    panel.draw_over(&mut canvas, frame, |canvas| field.draw(canvas, frame, &x, &y, &bar.scale));
    bar.draw(&mut canvas, frame.right() + GAP, frame.y, frame.height);
    let sample = run.record.reals("droplet_sample").get(point).map_or(0, |s| *s as usize);
    let caption = format!(
        "Spin density $n_\\uparrow-n_\\downarrow$ per site of the droplet of most spin, {}; colours to the 99th percentile, pointed ends of the colour bar stand for values beyond it. The \
         torus has no edges: what leaves on one side enters on the other.",
        run.sample_label(point, sample)
    );
    Some(Figure::new(NAME, caption, canvas, width, frame.bottom() + x.room_below() + EDGE))
}

/// Share of droplets above a spin, with the theory as lines.
pub(super) fn spins(run: &Run) -> Option<Figure> {
    const NAME: &str = "spins";
    const CAPTION: &str = "Share of droplets with more unpaired spins than $S$; lines: $\\exp\\{-\\gamma g^2(1+F_0)^2[1/\\Phi(S/g)-1]\\}$, the theory to exponential accuracy for the optimal profile, to all orders in \
                           $S/g$, on an infinite plane at zero temperature. Bars are one standard error; neighbouring points share their samples.";
    run.array("spin_survival")?;
    let styles = Styles::new(run);
    let at = run.record.reals("spin_axis");
    let row = |name: &str, point: usize| run.sites(name, point).unwrap_or(&[]);
    let x = Axis::holding(&with_unit("unpaired spins $S$", ""), Scale::Linear, at.iter().copied());
    let y = Axis::holding("share of droplets above $S$", Scale::Linear, [0.0, 1.0].into_iter());
    let Some((x, y)) = x.zip(y) else {
        return Some(Figure::empty(NAME, NAME, "No sample has a droplet."));
    };
    let mut panel = Panel::new(x, y);
    for point in 0..run.points {
        let color = styles.color(point);
        let points = at.iter().copied().zip(row("spin_theory", point).iter().copied()).collect();
        let stroke = Stroke { color: color.clone(), width: LINE_WIDTH, dashes: "" };
        panel.items.push(Item::Curve { points, stroke });
        let values = at.iter().zip(row("spin_survival", point)).zip(row("spin_survival_error", point));
        let data = values
            .filter(|((_, y), _)| y.is_finite())
            .map(|((x, y), e)| datum((*x, *y), *e, (styles.marker(point), &color)));
        panel.items.push(Item::Data(data.collect()));
    }
    let legends = styles.legends().to_vec();
    Some(Grid { legends, rows: vec![vec![panel]], height: 62.0 }.figure(NAME, CAPTION.to_owned()))
}
