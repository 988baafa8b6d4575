//! Correlation function of the heat, scaled so that all points should fall on one curve: its mean over directions, and its dipole.

use super::map::is_bar;
use crate::figure::Figure;
use crate::number;
use crate::plot::Styles;
use crate::plot::{
    Axis, Datum, Item, LABEL_SIZE, LINE_WIDTH, Legend, LegendEntry, Panel, Scale, TWO_COLUMNS,
};
use crate::run::Run;
use crate::svg::{Align, Canvas, Frame, INK, MM, Stroke};

/// The value found for all disorder strengths and couplings at this radius, and its tolerance.
const MARK: (f64, f64, f64) = (1.25, 0.245, 0.03);

const MARK_COLOR: &str = "#b5b5b5";

const THEORY_COLOR: &str = "#000000";

/// A correlation of the record: array of the data (its errors have `_error` behind), array of the theory.
type Measured = (&'static str, &'static str);

const RADIAL: Measured = ("correlation", "theory_correlation");
const DIPOLE: Measured = ("correlation_dipole", "theory_correlation_dipole");

pub(crate) fn draw(run: &Run) -> Figure {
    let styles = Styles::new(run);
    let data = |of: Measured| -> Vec<Datum> {
        (0..run.points).flat_map(|point| series(run, &styles, of.0, point)).collect()
    };
    let (radial, dipole) = (data(RADIAL), data(DIPOLE));
    let x_label = r"distance $r/L_\mathrm{in}$";
    // The mark is known for two dimensions only, and in three the unit loses its length.
    let bar = is_bar(run);
    let unit = if bar { r"(|\nabla\mu|/2\pi D)^2" } else { r"(|\nabla\mu|L_\mathrm{in}/2\pi D)^2" };
    let y_label = format!(r"$\langle q\,q\rangle_r\,/\,{unit}$");
    let x = Axis::holding(x_label, Scale::Linear, radial.iter().map(|d| d.x).chain([0.0, MARK.0]));
    let y = Axis::holding(&y_label, Scale::Linear, heights(&radial).into_iter().chain([0.0, MARK.1]));
    let (Some(x), Some(y), false) = (x, y, radial.is_empty()) else {
        let reason = "The record holds no correlation function (it is written when a run ends).";
        return Figure::empty("correlation", "Radial correlation of the heat", reason);
    };

    // The second panel shows the part around zero, where the curves collapse.
    let lowest = radial.iter().map(|d| d.y).fold(0.0, f64::min);
    let zoom = Axis::new("", Scale::Linear, (1.15 * lowest).clamp(-1.0, -0.1), 0.8);
    let across = Axis::holding("", Scale::Linear, heights(&dipole).into_iter().chain([0.0]));
    let mut panels = vec![(RADIAL, &radial, y, "(a)"), (RADIAL, &radial, zoom, "(b) around zero")];
    panels.extend(across.filter(|_| !dipole.is_empty()).map(|y| (DIPOLE, &dipole, y, "(c) dipole")));
    let has_dipole = panels.len() > 2;

    let mut canvas = Canvas::default();
    let (width, height, edge) = (TWO_COLUMNS * MM, 54.0 * MM, 3.0);
    let theory = theory(run, RADIAL).is_some();
    let mut legends = styles.legends().to_vec();
    legends.extend((!bar).then(|| Legend {
        title: String::new(),
        entries: vec![LegendEntry {
            text: "0.245 ± 0.03 at $r = 1.25\\,L_\\mathrm{in}$".to_owned(),
            marker: None,
            line: Some(Stroke { color: MARK_COLOR.to_owned(), width: 4.0, dashes: "" }),
        }],
    }));
    legends.extend(theory.then(|| Legend {
        title: String::new(),
        entries: vec![LegendEntry::line("diffusons", THEORY_COLOR, "")],
    }));
    Legend::draw(&legends, &mut canvas, edge, edge, width - 2.0 * edge);
    let top = edge + Legend::height(&legends, width - 2.0 * edge) + 4.0;
    let rooms: f64 = panels.iter().map(|(_, _, y, _)| y.room_left(height) + 6.0).sum();
    let column = (width - rooms + 6.0 - 2.0 * edge) / panels.len() as f64;
    let below = x.room_below();
    let mut left = edge;
    for (of, data, y, tag) in panels {
        left += y.room_left(height);
        let frame = Frame { x: left, y: top, width: column, height };
        left += column + 6.0;
        let mut panel = Panel::new(x.clone(), y);
        if !bar && of == RADIAL {
            panel.items.push(mark());
        }
        panel.items.extend(items(run, &styles, of, data));
        panel.draw(&mut canvas, frame);
        canvas.write(tag, LABEL_SIZE, frame.right() - 6.0, frame.y + 11.0, Align::End);
    }
    let marked = if bar {
        ""
    } else {
        " The grey box marks 0.245 ± 0.03 at $r = 1.25\\,L_\\mathrm{in}$, the value found for all disorder strengths \
         and couplings in a periodic strip of 100 × 40 sites."
    };
    let dipole = if has_dipole {
        " (c): its dipole $p$, $\\langle q\\,q\\rangle = c - p\\cos 2\\theta$ at an angle $\\theta$ to the current."
    } else {
        ""
    };
    let theory = if theory {
        " Black: two diffusons between two Hikami boxes, to leading order in the inverse conductance, of the heat of a straight line (Eq. 6) in an unbounded plane; no fit."
    } else {
        ""
    };
    let caption = format!(
        "Correlation of the heat at two sites a distance $r$ apart, averaged over directions, in units of ${unit}$; \
         (b) shows the part around zero.{dipole} Bars are one standard error.{theory}{marked}"
    );
    Figure::new("correlation", caption, canvas, width, top + height + below + edge)
}

/// The line of theory, if the record has one.
fn theory(run: &Run, (_, name): Measured) -> Option<Item> {
    let values = run.record.reals(name);
    let points: Vec<(f64, f64)> =
        run.record.reals("theory_radius").iter().copied().zip(values.iter().copied()).collect();
    let known = !points.is_empty() && points.iter().all(|(r, c)| r.is_finite() && c.is_finite());
    let stroke = Stroke { color: THEORY_COLOR.to_owned(), width: LINE_WIDTH, dashes: "" };
    known.then_some(Item::Curve { points, stroke })
}

fn mark() -> Item {
    let (r, value, tolerance) = MARK;
    let points = [r - 0.2, r + 0.2].map(|r| (r, value - tolerance, value + tolerance)).to_vec();
    Item::Band { points, color: MARK_COLOR.to_owned(), opacity: 1.0 }
}

fn items(run: &Run, styles: &Styles, of: Measured, data: &[Datum]) -> Vec<Item> {
    let mut items =
        vec![Item::Level { y: 0.0, stroke: Stroke { color: INK.to_owned(), width: 0.5, dashes: "2 1.5" } }];
    for point in 0..run.points {
        let points = series(run, styles, of.0, point).map(|d| (d.x, d.y)).collect();
        let stroke = Stroke { color: styles.color(point), width: 0.5 * LINE_WIDTH, dashes: "" };
        items.push(Item::Curve { points, stroke });
    }
    items.extend(theory(run, of));
    items.push(Item::Data(data.to_vec()));
    items
}

fn series<'a>(
    run: &'a Run,
    styles: &'a Styles,
    name: &'static str,
    point: usize,
) -> impl Iterator<Item = Datum> + 'a {
    let radii = run.record.reals("radius");
    let row = |name: &str| run.array(name).and_then(|array| array.row(&[point])).unwrap_or(&[]);
    let (values, errors) = (row(name), row(&format!("{name}_error")));
    let label = crate::label::plain(&run.point_label(point));
    let entries = radii.iter().zip(values).enumerate();
    entries.filter(|(_, (r, c))| r.is_finite() && c.is_finite()).map(move |(i, (r, c))| {
        let error = errors.get(i).copied().unwrap_or(f64::NAN);
        let value = number::typeset(&number::with_error(*c, error));
        Datum {
            x: *r,
            y: *c,
            x_error: f64::NAN,
            y_error: error,
            marker: styles.marker(point),
            color: styles.color(point),
            tip: format!("{label}: {value} at r = {} L_in", number::short(*r, 4)),
        }
    })
}

/// Values and ends of error bars that the axis should hold; a bar longer than the data spread is cut off.
fn heights(data: &[Datum]) -> Vec<f64> {
    let (lo, hi) =
        data.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), d| (lo.min(d.y), hi.max(d.y)));
    let reach = |d: &Datum| if d.y_error.is_finite() { d.y_error.min(hi - lo) } else { 0.0 };
    data.iter().flat_map(|d| [d.y - reach(d), d.y + reach(d)]).collect()
}
