//! Covariances of F_1 on two places and between them.

use super::{GREY, datum};
use crate::figure::Figure;
use crate::plot::{Axis, Grid, Item, LINE_WIDTH, Panel, Scale, Styles};
use crate::run::Run;
use crate::svg::Stroke;

const NAME: &str = "interaction";
const CAPTION: &str = "Covariances over samples and places of $F_1$ on two Gaussian profiles and between them, $F^{(1)}$, $F^{(2)}$ and $F^{(12)}$, against their distance. (a) $J_1=\\langle F^{(1)}F^{(2)}\\rangle$, \
                       (b) $J_2=\\langle F^{(1)}F^{(12)}\\rangle$ and (c) $J_3=\\langle F^{(12)}F^{(12)}\\rangle$, all in units of the variance of $F^{(1)}$ and over what all rings of diffusons predict; dashed, the diagrams that the \
                       paper counts. (d) $J_1/J_3$, with all rings as full lines. Bars are one standard error, jackknife over samples; distances share their samples, and those where the error exceeds one half are left \
                       out.";

/// Largest error of what is drawn.
const LARGEST_ERROR: f64 = 0.5;

/// One value at each distance: of a point, with its error; of all rings; of the paper's diagrams.
struct Row {
    found: Vec<(f64, f64)>,
    all: Vec<f64>,
    four: Vec<f64>,
}

/// The rows of a point: J_1, J_2 and J_3 over all rings, J_1/J_3.
fn rows(run: &Run, point: usize) -> Option<[Row; 4]> {
    let distances = run.record.reals("distance").len();
    // three elements for each distance
    let table = |name: &str| -> Option<Vec<f64>> {
        let array = run.record.array(name)?;
        let rows = (0..distances).map(|k| array.row(&[point, k])).collect::<Option<Vec<&[f64]>>>();
        rows.map(|rows| rows.concat())
    };
    let (found, error) = (table("pair_covariance")?, table("pair_covariance_error")?);
    let (all, four) = (table("pair_predicted")?, table("pair_four")?);
    let exchange = run.sites("pair_exchange", point)?;
    let exchange_error = run.sites("pair_exchange_error", point)?;
    let element = |e: usize| {
        let of = (e..all.len()).step_by(3);
        Row {
            found: of.clone().map(|k| (found[k] / all[k], error[k] / all[k])).collect(),
            all: of.clone().map(|_| 1.0).collect(),
            four: of.map(|k| four[k] / all[k]).collect(),
        }
    };
    let quotient = |of: &[f64]| of.chunks_exact(3).map(|j| j[0] / j[2]).collect();
    let exchange = Row {
        found: exchange.iter().copied().zip(exchange_error.iter().copied()).collect(),
        all: quotient(&all),
        four: quotient(&four),
    };
    Some([element(0), element(1), element(2), exchange])
}

/// None where no pairs were computed.
pub(super) fn draw(run: &Run) -> Option<Figure> {
    run.array("pair_covariance")?;
    let styles = Styles::new(run);
    let at = run.record.reals("distance");
    let points: Vec<[Row; 4]> = (0..run.points).filter_map(|point| rows(run, point)).collect();
    let panel = |which: usize, label: &str| -> Option<Panel> {
        let drawn = |row: &Row| -> Vec<(f64, (f64, f64))> {
            at.iter()
                .copied()
                .zip(row.found.iter().copied())
                .filter(|(_, (_, e))| *e <= LARGEST_ERROR)
                .collect()
        };
        let of = || points.iter().map(move |rows| &rows[which]);
        let ends = of().flat_map(|row| drawn(row).into_iter().flat_map(|(_, (v, e))| [v - e, v + e]));
        let lines = of().flat_map(|row| row.all.iter().chain(&row.four));
        let x = Axis::holding("distance $L$ (sites)", Scale::Linear, at.iter().copied())?;
        let y = Axis::holding(label, Scale::Linear, ends.chain(lines.copied()))?;
        let mut panel = Panel::new(x, y);
        let level = Stroke { color: GREY.to_owned(), width: LINE_WIDTH, dashes: "" };
        panel.items.push(Item::Level { y: 1.0, stroke: level });
        for (point, row) in of().enumerate() {
            let color = styles.color(point);
            for (line, dashes) in [(&row.all, ""), (&row.four, "4 2")] {
                let stroke = Stroke { color: color.clone(), width: LINE_WIDTH, dashes };
                let points = at.iter().copied().zip(line.iter().copied()).collect();
                panel.items.push(Item::Curve { points, stroke });
            }
            let style = (styles.marker(point), color.as_str());
            let data = drawn(row).into_iter().map(|(x, (value, error))| datum((x, value), error, style));
            panel.items.push(Item::Data(data.collect()));
        }
        Some(panel)
    };
    let panels = [
        panel(0, "$J_1$ over all rings"),
        panel(1, "$J_2$ over all rings"),
        panel(2, "$J_3$ over all rings"),
        panel(3, "$J_1/J_3$"),
    ];
    let [Some(first), Some(second), Some(third), Some(exchange)] = panels else {
        return Some(Figure::empty(NAME, NAME, "The study has not been computed."));
    };
    let legends = styles.legends().to_vec();
    let rows = vec![vec![first, second], vec![third, exchange]];
    Some(Grid { legends, rows, height: 52.0 }.figure(NAME, CAPTION.to_owned()))
}
