//! Densities of transmission eigenvalues, and those of theory.

use crate::figure::Figure;
use crate::plot::{Axis, Datum, Grid, Item, LINE_WIDTH, Legend, LegendEntry, Marker, Panel, Scale, Styles};
use crate::run::Run;
use crate::svg::Stroke;

const NAME: &str = "eigenvalues";

/// Points that a figure can hold.
const MOST: usize = 4;

/// The density at some points of the sweep; none where eigenvalues have no meaning.
pub(super) fn draw(run: &Run) -> Option<Figure> {
    let centres = run.record.reals("eigenvalue");
    if centres.is_empty() {
        return None;
    }
    let row = |name: &str, point: usize| run.sites(name, point).unwrap_or(&[]);
    let counted: Vec<usize> =
        (0..run.points).filter(|p| row("eigenvalue_density", *p).iter().any(|v| *v > 0.0)).collect();
    let shown: Vec<usize> = match counted.len() {
        n if n <= MOST => counted,
        n => (0..MOST).map(|k| counted[k * (n - 1) / (MOST - 1)]).collect(),
    };
    let values = shown.iter().flat_map(|p| {
        let [density, theory] =
            ["eigenvalue_density", "eigenvalue_theory"].map(|name| row(name, *p).iter().copied());
        density.chain(theory)
    });
    let y = Axis::holding(r"density $\rho(T)$", Scale::Log, values.filter(|v| *v > 0.0));
    let (Some(x), Some(y)) =
        (Axis::holding("transmission eigenvalue $T$", Scale::Linear, [0.0, 1.0].into_iter()), y)
    else {
        return Some(Figure::empty(NAME, "Transmission eigenvalues", "The study has not been computed."));
    };
    let mut panel = Panel::new(x, y);
    for (place, &point) in shown.iter().enumerate() {
        let color = Styles::shade(place, shown.len());
        let theory = row("eigenvalue_theory", point);
        let points: Vec<(f64, f64)> =
            centres.iter().copied().zip(theory.iter().copied()).filter(|(_, y)| *y > 0.0).collect();
        panel.items.push(Item::Curve {
            points,
            stroke: Stroke { color: color.clone(), width: LINE_WIDTH, dashes: "4 2" },
        });
        let errors = row("eigenvalue_density_error", point);
        let data =
            centres.iter().zip(row("eigenvalue_density", point)).enumerate().filter(|(_, (_, y))| **y > 0.0);
        let datum = |(k, (x, y)): (usize, (&f64, &f64))| Datum {
            x: *x,
            y: *y,
            x_error: f64::NAN,
            y_error: errors.get(k).copied().unwrap_or(f64::NAN),
            marker: Marker::nth(place),
            color: color.clone(),
            tip: String::new(),
        };
        panel.items.push(Item::Data(data.map(datum).collect()));
    }
    let entry = |(place, point): (usize, &usize)| {
        LegendEntry::marker(&run.point_label(*point), Marker::nth(place), &Styles::shade(place, shown.len()))
    };
    let legends = match run.points {
        1 => Vec::new(),
        _ => vec![Legend { title: String::new(), entries: shown.iter().enumerate().map(entry).collect() }],
    };
    let caption = r"Density of transmission eigenvalues per sample, with one standard error; dashed, the bimodal density of theory at the same conductance, mean over each bin.";
    Some(Grid { legends, rows: vec![vec![panel]], height: 62.0 }.figure(NAME, caption.to_owned()))
}
