//! Energy and conductance of single samples, and the density of splittings.

use super::drawn;
use crate::figure::Figure;
use crate::plot::{Axis, Datum, Grid, Item, Legend, LegendEntry, Marker, Panel, Scale, Styles};
use crate::run::Run;
use crate::symbols::with_unit;

const NAME: &str = "samples";

/// Samples that are shown of each point.
const MOST: usize = 300;

const CAPTION: &str = "(a) Conductance of the second position less that of the first against the same difference of energies, in units of their rms, for the first samples of each point: to \
                       the upper right and the lower left the upper position conducts better. (b) Density of the splittings of all samples. Bars are one standard error.";

pub(super) fn draw(run: &Run) -> Figure {
    let points = drawn(run);
    let style = |place: usize| (Styles::shade(place, points.len()), Marker::nth(place));
    let differences = |place: usize, point: usize| -> Item {
        let (color, marker) = style(place);
        let rms = [run.estimate("splitting_rms", point).value, run.estimate("conductance_rms", point).value];
        let of = |sample: usize| {
            let row = |name: &str| run.field(name, point, sample).unwrap_or(&[]);
            let difference =
                |values: &[f64]| values.get(1).zip(values.first()).map_or(f64::NAN, |(b, a)| b - a);
            Datum {
                x: difference(row("sample_energy")) / rms[0],
                y: difference(row("sample_conductance")) / rms[1],
                x_error: f64::NAN,
                y_error: f64::NAN,
                marker,
                color: color.clone(),
                tip: run.sample_label(point, sample),
            }
        };
        Item::Data(run.done(point).take(MOST).map(of).collect())
    };
    let ends = || [-3.5, 3.5].into_iter();
    let scatter = Axis::holding(r"$\delta E/\bar E$", Scale::Linear, ends())
        .zip(Axis::holding(r"$\delta G/\overline{\delta G}$", Scale::Linear, ends()))
        .map(|(x, y)| Panel {
            items: points.iter().enumerate().map(|(place, point)| differences(place, *point)).collect(),
            ..Panel::new(x, y)
        });
    let centres = run.record.reals("splitting");
    let row = |name: &str, point: usize| run.sites(name, point).unwrap_or(&[]);
    let heights = points.iter().flat_map(|p| row("splitting_density", *p).iter().copied()).chain([0.0]);
    let density = Axis::holding(r"splitting $E/\bar E$", Scale::Linear, centres.iter().copied().chain([0.0]))
        .zip(Axis::holding(&with_unit(r"density $\bar E P(E)$", ""), Scale::Linear, heights))
        .map(|(x, y)| {
            let mut panel = Panel::new(x, y);
            for (place, &point) in points.iter().enumerate() {
                let (color, marker) = style(place);
                let values = centres
                    .iter()
                    .zip(row("splitting_density", point))
                    .zip(row("splitting_density_error", point));
                let datum = |((x, y), e): ((&f64, &f64), &f64)| Datum {
                    x: *x,
                    y: *y,
                    x_error: f64::NAN,
                    y_error: *e,
                    marker,
                    color: color.clone(),
                    tip: String::new(),
                };
                panel.items.push(Item::Data(values.map(datum).collect()));
            }
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
    match scatter.zip(density) {
        Some((scatter, density)) => Grid { legends, rows: vec![vec![scatter, density]], height: 66.0 }
            .figure(NAME, CAPTION.to_owned()),
        None => Figure::empty(NAME, "Energy and conductance of samples", "The study has not been computed."),
    }
}
