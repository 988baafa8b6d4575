//! Figures of a number-variance study.
//!
//! - `ratio`: variance over compressibility against the length, with what Eq. (A6) says, and the excess times the length

use crate::figure::Figure;
use crate::kind::Kind;
use crate::number::{short, typeset};
use crate::plot::{Axis, Datum, Grid, Item, LINE_WIDTH, Legend, LegendEntry, Marker, Panel, Scale, Styles};
use crate::run::Run;
use crate::setting::setting;
use crate::svg::{INK, Stroke};
use crate::symbols::with_unit;

/// The kind `number-variance`.
pub(crate) const KIND: Kind = Kind {
    name: "number-variance",
    columns: &[
        ("height", "height U"),
        ("transmission_ratio", "ratio by (A6)"),
        ("longest_excess", "excess, longest"),
        ("infinite_ratio", "ratio, infinite"),
        ("excess_length", "excess x length"),
    ],
    shown: &["ratio", "excess_by_length", "variance", "response", "boundary"],
    figures: |run| vec![ratio(run)],
    question: describe,
    explorer: |_| String::new(),
};

const CAPTION: &str = "Exact number variance of a segment over $kT\\,\\partial N/\\partial\\mu$, against its length (a), and the excess over one times the \
    length (b): pairs of sites across the two ends, which know nothing of a barrier far from them. Dashed: the same ratio by Eq. (A6) of Das and \
    Green, which makes it the transmission.";

fn describe(run: &Run) -> String {
    let value = |key: &str| setting(run, key).map_or_else(String::new, |s| s.with_unit());
    format!(
        "Free fermions in equilibrium ($kT$ = {}, $\\mu$ = {}) on an infinite chain with a barrier of transmission $T$ = {}. The number of particles on \
         a segment that holds the barrier fluctuates; statistical mechanics asks for $\\langle\\delta N^2\\rangle\\to kT\\,\\partial N/\\partial\\mu$ in a \
         long segment, while Das and Green (cond-mat/0503461, Eq. A6) conclude from the noise formula of Landauer and B\u{fc}ttiker that it is \
         $T$ times that.",
        value("temperature.kT"),
        value("chain.energy"),
        value("barrier.transmission"),
    )
}

/// One curve per point in either panel.
fn ratio(run: &Run) -> Figure {
    const NAME: &str = "ratio";
    let styles = Styles::new(run);
    let claimed = |point: usize| run.estimate("transmission_ratio", point).value;
    let claims: Vec<f64> = (0..run.points).map(claimed).collect();
    let panels = panel(run, &styles, "ratio", &claims).zip(panel(run, &styles, "excess_by_length", &[]));
    let Some((ratio, excess)) = panels else {
        return Figure::empty(NAME, "number variance", "The study has not been computed.");
    };
    let mut legends = styles.legends().to_vec();
    legends.push(Legend {
        title: String::new(),
        entries: vec![
            LegendEntry {
                text: "exact".to_owned(),
                marker: Some((Marker::Disc, INK.to_owned())),
                line: None,
            },
            LegendEntry::line("Eq. (A6)", INK, DASHES),
        ],
    });
    Grid { legends, rows: vec![vec![ratio, excess]], height: 58.0 }.figure(NAME, CAPTION.to_owned())
}

const DASHES: &str = "4 2";

/// An array against the length, with a level for each point.
fn panel(run: &Run, styles: &Styles, array: &str, levels: &[f64]) -> Option<Panel> {
    let lengths = run.record.reals("length");
    let found = run.array(array)?;
    let curve = |point: usize| -> Vec<(f64, f64)> {
        let values = run.field(array, point, 0).unwrap_or(&[]);
        lengths.iter().copied().zip(values.iter().copied()).filter(|(_, v)| v.is_finite()).collect()
    };
    let curves: Vec<Vec<(f64, f64)>> = (0..run.points).map(curve).collect();
    let values = curves.iter().flatten().map(|(_, v)| *v);
    let label = with_unit(found.text_attribute("long_name"), found.text_attribute("units"));
    let x = Axis::holding(&with_unit("length", "sites"), Scale::Log, lengths.iter().copied())?;
    let y = Axis::holding(&label, Scale::Linear, values.chain(levels.iter().copied()).chain([0.0]))?;
    let mut panel = Panel::new(x, y);
    for (point, level) in levels.iter().enumerate() {
        let stroke = Stroke { color: styles.color(point), width: LINE_WIDTH, dashes: DASHES };
        panel.items.push(Item::Level { y: *level, stroke });
    }
    for (point, points) in curves.into_iter().enumerate() {
        let (color, marker) = (styles.color(point), styles.marker(point));
        let datum = |&(x, y): &(f64, f64)| Datum {
            x,
            y,
            x_error: f64::NAN,
            y_error: f64::NAN,
            marker,
            color: color.clone(),
            tip: format!("{} sites: {}", short(x, 7), typeset(&short(y, 6))),
        };
        let data = points.iter().map(datum).collect();
        let stroke = Stroke { color: color.clone(), width: LINE_WIDTH, dashes: "" };
        panel.items.push(Item::Curve { points, stroke });
        panel.items.push(Item::Data(data));
    }
    Some(panel)
}
