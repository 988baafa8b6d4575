//! Conductance against temperature and against bias, and local exponents.

use super::drawn;
use crate::figure::Figure;
use crate::number::{short, typeset, with_error};
use crate::plot::{Axis, Datum, Grid, Item, LINE_WIDTH, Legend, LegendEntry, Marker, Panel, Scale, Styles};
use crate::run::Run;
use crate::svg::{INK, Stroke};
use crate::symbols::with_unit;

/// What a curve is called in the record and on its axis, and its exponents in theory.
struct Shown {
    name: &'static str,
    abscissa: &'static str,
    flat: Option<&'static str>,
    caption: &'static str,
}

const CURVES: [Shown; 2] = [
    Shown {
        name: "temperature",
        abscissa: r"temperature $kT/\bar E$",
        flat: None,
        caption: "(a) What the occupation of higher positions adds to the conductance, against temperature, without bias; magnitudes, wedges where negative. (b) Its local exponent; \
                  dashed, 2: two-level fluctuators of flat density. Bars are one standard error.",
    },
    Shown {
        name: "bias",
        abscissa: r"bias $eV/\bar E$",
        flat: Some("bias_exponent_flat"),
        caption: "(a) What the occupation of higher positions adds to the conductance, against bias; magnitudes, wedges where negative. (b) Its local exponent; dashed, that of two-level \
                  fluctuators of flat density, which goes to 2/3. Bars are one standard error.",
    },
];

/// One figure for each curve.
pub(super) fn draw(run: &Run) -> impl Iterator<Item = Figure> {
    CURVES.iter().map(|shown| figure(run, shown))
}

fn figure(run: &Run, shown: &Shown) -> Figure {
    let points = drawn(run);
    let row = |name: &str, point: usize| run.sites(name, point).unwrap_or(&[]);
    let abscissae = run.record.reals("bath");
    let style = |place: usize| (Styles::shade(place, points.len()), Marker::nth(place));
    let conductance = format!("{}_conductance", shown.name);
    let exponent = format!("{}_exponent", shown.name);
    let error = |name: &str| format!("{name}_error");
    let axis = |label: &str| Axis::holding(label, Scale::Log, abscissae.iter().copied());
    let data = |name: &str, of: &dyn Fn(f64) -> f64, keep: &dyn Fn(f64, f64) -> bool| -> Vec<Item> {
        let series = |(place, &point): (usize, &usize)| {
            let (color, marker) = style(place);
            let errors = row(&error(name), point);
            let values = abscissae.iter().zip(row(name, point)).zip(errors);
            let datum = |((x, y), e): ((&f64, &f64), &f64)| Datum {
                x: *x,
                y: of(*y),
                x_error: f64::NAN,
                y_error: *e,
                marker: if *y < 0.0 && of(*y) > 0.0 { Marker::Wedge } else { marker },
                color: color.clone(),
                tip: format!(
                    "{}, {}: {}",
                    run.point_label(point),
                    typeset(&short(*x, 4)),
                    with_error(*y, *e)
                ),
            };
            Item::Data(values.filter(|((_, y), e)| keep(**y, **e)).map(datum).collect())
        };
        points.iter().enumerate().map(series).collect()
    };
    let known = |name: &str| -> Vec<f64> {
        points.iter().flat_map(|p| row(name, *p).iter().copied()).filter(|v| v.is_finite()).collect()
    };
    let heights = known(&conductance).into_iter().map(f64::abs).filter(|v| *v > 0.0);
    let units = run.array(&conductance).map_or("", |a| a.text_attribute("units"));
    let magnitude =
        axis(shown.abscissa).zip(Axis::holding(&with_unit(r"$|\delta G|$", units), Scale::Log, heights)).map(
            |(x, y)| Panel { items: data(&conductance, &f64::abs, &|y, e| y.abs() > e), ..Panel::new(x, y) },
        );
    // exponents that are known at all
    let certain = |_: f64, e: f64| e < 0.5;
    let slopes = axis(shown.abscissa).map(|x| {
        let mut panel = Panel::new(x, Axis::new("local exponent", Scale::Linear, -0.5, 3.0));
        let dashed = |color: String| Stroke { color, width: LINE_WIDTH, dashes: "4 2" };
        match shown.flat {
            None => panel.items.push(Item::Level { y: 2.0, stroke: dashed(INK.to_owned()) }),
            Some(flat) => panel.items.extend(points.iter().enumerate().map(|(place, point)| Item::Curve {
                points: abscissae.iter().copied().zip(row(flat, *point).iter().copied()).collect(),
                stroke: dashed(style(place).0),
            })),
        }
        panel.items.extend(data(&exponent, &|y| y, &certain));
        panel
    });
    let entry = |(place, point): (usize, &usize)| {
        let (color, marker) = style(place);
        LegendEntry::marker(&run.point_label(*point), marker, &color)
    };
    let legends = match run.points {
        1 => Vec::new(),
        _ => vec![Legend { title: String::new(), entries: points.iter().enumerate().map(entry).collect() }],
    };
    match magnitude.zip(slopes) {
        Some((magnitude, slopes)) => Grid { legends, rows: vec![vec![magnitude, slopes]], height: 58.0 }
            .figure(shown.name, shown.caption.to_owned()),
        None => Figure::empty(shown.name, shown.name, "The study has not been computed."),
    }
}
