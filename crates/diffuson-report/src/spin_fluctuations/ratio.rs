//! How many rings of diffusons the grand potential knows.

use super::{GREY, datum};
use crate::figure::Figure;
use crate::plot::{Axis, Corner, Grid, Item, LINE_WIDTH, Panel, Scale, Styles};
use crate::run::Run;
use crate::svg::Stroke;

const NAME: &str = "ratio";
const CAPTION: &str = "Variance of the grand potential over samples, of its part even in the field, over the sum of all rings of diffusons, against the field. Lines: what it would be if there \
                       were all six directed rings of four diffusons, four of them, or the two in which the two potentials alternate. Bars are one standard error, jackknife over samples; the \
                       fields share their samples.";

/// None where the potential was not computed.
pub(super) fn draw(run: &Run) -> Option<Figure> {
    run.array("potential_ratio")?;
    let styles = Styles::new(run);
    let fields = run.record.reals("field");
    let row = |name: &str, point: usize| run.sites(name, point).unwrap_or(&[]);
    let ends = (0..run.points).flat_map(|p| {
        let values = row("potential_ratio", p).iter().zip(row("potential_ratio_error", p));
        values.flat_map(|(v, e)| [v - e, v + e]).chain([1.1, 0.2])
    });
    let x = Axis::holding("field $a$", Scale::Linear, fields.iter().copied().chain([0.0]));
    let y = Axis::holding("measured over predicted variance", Scale::Linear, ends);
    let Some((x, y)) = x.zip(y) else {
        return Some(Figure::empty(NAME, NAME, "The study has not been computed."));
    };
    let mut panel = Panel::new(x, y);
    for (level, dashes) in [(1.0, ""), (4.0 / 6.0, "4 2"), (2.0 / 6.0, "1 2")] {
        let stroke = Stroke { color: GREY.to_owned(), width: LINE_WIDTH, dashes };
        panel.items.push(Item::Level { y: level, stroke });
    }
    for point in 0..run.points {
        let color = styles.color(point);
        let values =
            fields.iter().zip(row("potential_ratio", point)).zip(row("potential_ratio_error", point));
        let data = values.map(|((x, y), e)| datum((*x, *y), *e, (styles.marker(point), &color)));
        panel.items.push(Item::Data(data.collect()));
    }
    panel.notes.push((Corner::BottomLeft, "lines: 6, 4 and 2 of 6 rings".to_owned()));
    let legends = styles.legends().to_vec();
    Some(Grid { legends, rows: vec![vec![panel]], height: 62.0 }.figure(NAME, CAPTION.to_owned()))
}
