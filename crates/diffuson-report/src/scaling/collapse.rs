//! The scaling function with all data on it, and the expansions of it that were tried.

use super::{ACCEPTABLE, GREY, Sizes, quantity, trajectory};
use crate::figure::Figure;
use crate::label::plain;
use crate::number::{short, typeset};
use crate::plot::{Axis, Corner, Datum, Grid, Item, LINE_WIDTH, Legend, LegendEntry, Marker, Panel, Scale};
use crate::run::Run;
use crate::svg::{INK, Stroke};
use crate::symbols::with_unit;

/// All data on one curve, and residuals; none if there is no fit.
pub(super) fn collapse(run: &Run) -> Option<Figure> {
    // curves of one size fall on each other: of several transitions the colour tells which
    let apart = if trajectory::other(run).is_some() { "lattice.size" } else { "" };
    let driving = super::driving(run)?;
    let sizes = Sizes::new(run, &[driving.key, apart]);
    let columns =
        ["scaled_variable", "scaled_value", "scaled_error", "scaled_residual"].map(|c| run.record.reals(c));
    let [variable, value, error, residual] = columns;
    let data = |y: &[f64], errors: &dyn Fn(usize) -> f64| -> Vec<Datum> {
        (0..run.points)
            .filter(|p| variable.get(*p).is_some_and(|v| v.is_finite()))
            .map(|p| {
                let tip = format!("{}: {}", plain(&run.point_label(p)), typeset(&short(y[p], 5)));
                sizes.datum(p, [variable[p], y[p], errors(p)], tip)
            })
            .collect()
    };
    let scaled = data(value, &|p| error[p]);
    let rest = data(residual, &|_| 1.0);
    let (name, units) = run.quantity_label(quantity(run));
    let x = Axis::holding(r"$\phi(w)(M/M_0)^{1/\nu}$", Scale::Linear, scaled.iter().map(|d| d.x))?;
    let y = Axis::holding(&with_unit(&name, units), Scale::Linear, scaled.iter().map(|d| d.y))?;
    let low =
        Axis::holding("residual / error", Scale::Linear, rest.iter().flat_map(|d| [d.y - 1.0, d.y + 1.0]))?;
    let mut upper = Panel::new(x.clone(), y);
    let curves = run.array("curve_value").map_or(0, |a| a.shape[0]);
    for observable in 0..curves {
        let curve = run.array("curve_value")?.row(&[observable])?;
        let abscissae = run.array("curve_variable")?.row(&[observable])?;
        let points = abscissae.iter().copied().zip(curve.iter().copied()).collect();
        upper.items.push(Item::Curve {
            points,
            stroke: Stroke { color: GREY.to_owned(), width: LINE_WIDTH, dashes: "" },
        });
    }
    upper.items.push(Item::Data(scaled));
    let mut lower = Panel::new(x, low);
    lower
        .items
        .push(Item::Level { y: 0.0, stroke: Stroke { color: INK.to_owned(), width: 0.5, dashes: "2 1.5" } });
    lower.items.push(Item::Data(rest));
    let wanted = |name: &str| name.starts_with("exponent") || name.starts_with("goodness");
    let joint = run.fits().iter().any(|f| f.name.contains("joint"));
    for fit in run.fits().iter().filter(|f| wanted(f.name) && f.name.contains("joint") == joint) {
        upper.notes.push((Corner::TopLeft, format!("{}: {}", fit.name, typeset(&fit.result.text()))));
    }
    let caption = "Collapse: values freed of the fitted irrelevant corrections against the scaling variable, with the fitted scaling function; \
                   below, (measured - fitted)/standard error."
        .to_owned();
    Some(
        Grid { legends: sizes.legends.clone(), rows: vec![vec![upper], vec![lower]], height: 50.0 }
            .figure("collapse", caption),
    )
}

/// Critical point and exponent of every expansion tried; of several transitions those of joint fits, and the critical value instead; none if there is no fit.
pub(super) fn fits(run: &Run) -> Option<Figure> {
    let column = |name: &str| run.record.reals(name);
    let (goodness, chosen) = (column("tried_goodness"), column("tried_chosen"));
    let orders = run.record.texts("tried_orders");
    let smallest = column("tried_smallest_size");
    let several = trajectory::other(run).is_some();
    let at = column("tried_at");
    let critical = match several {
        true => ("tried_critical_value", "critical value"),
        false => ("tried_critical_point", "critical point"),
    };
    let rows = [critical, ("tried_exponent", r"exponent $\nu$")]
        .into_iter()
        .map(|(id, label)| {
            let (values, errors) = (column(id), column(&format!("{id}_error")));
            let acceptable = |k: &usize| {
                let shown = !several || at.get(*k).is_some_and(|at| at.is_nan());
                shown
                    && goodness[*k] > ACCEPTABLE
                    && errors[*k].is_finite()
                    && errors[*k] < 0.2 * values[*k].abs()
            };
            let data: Vec<Datum> = (0..values.len())
                .filter(acceptable)
                .map(|k| Datum {
                    x: goodness[k],
                    y: values[k],
                    x_error: f64::NAN,
                    y_error: errors[k],
                    marker: if chosen[k] == 1.0 { Marker::Disc } else { Marker::Square },
                    color: if chosen[k] == 1.0 { "#d62728" } else { GREY }.to_owned(),
                    tip: format!(
                        "orders {}, sizes from {}: {}",
                        orders[k],
                        short(smallest[k], 3),
                        typeset(&short(values[k], 5))
                    ),
                })
                .collect();
            let x = Axis::holding(
                "goodness of fit $Q$",
                Scale::Linear,
                data.iter().map(|d| d.x).chain([0.0, 1.0]),
            )?;
            let y = Axis::holding(
                label,
                Scale::Linear,
                data.iter().flat_map(|d| [d.y - d.y_error, d.y + d.y_error]),
            )?;
            let mut panel = Panel::new(x, y);
            panel.items.push(Item::Data(data));
            Some(panel)
        })
        .collect::<Option<Vec<Panel>>>()?;
    let legends = vec![Legend {
        title: String::new(),
        entries: vec![
            LegendEntry::marker("quoted", Marker::Disc, "#d62728"),
            LegendEntry::marker("other acceptable expansions", Marker::Square, GREY),
        ],
    }];
    let caption = "Every expansion of the scaling function that was tried and fits ($Q > 0.1$), with one standard error: the spread beside the \
                   quoted error."
        .to_owned();
    Some(Grid { legends, rows: vec![rows], height: 52.0 }.figure("fits", caption))
}
