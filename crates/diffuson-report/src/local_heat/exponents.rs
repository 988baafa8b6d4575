//! Rms heat against probe coupling and against conductivity, on log-log axes.

use super::map::is_bar;
use crate::figure::Figure;
use crate::number;
use crate::plot::{Axis, Corner, Datum, Grid, Item, LINE_WIDTH, Legend, LegendEntry, Panel, Scale, Styles};
use crate::run::Run;
use crate::svg::{MM, Stroke};
use crate::symbols::with_unit;

/// The two laws drawn for reference: name, dashes, exponents of coupling and of conductivity.
const LAWS: [(&str, &str, f64, f64); 2] = [("Eq. 12", "4 2", -0.5, -0.5), ("Eq. 13", "1 1.5", -0.9, -0.4)];
const GREY: &str = "#7f7f7f";

/// What the horizontal axis shows.
#[derive(Clone, Copy, PartialEq)]
enum Abscissa {
    Coupling,
    Conductivity,
}

/// The figure, or none if neither the coupling nor anything that changes the conductivity is swept.
pub(crate) fn draw(run: &Run) -> Option<Figure> {
    let coupling = run.sweep("probes.coupling").filter(|s| distinct((0..run.points).map(|p| s.value(p))) > 1);
    let others = run.sweeps.iter().any(|s| s.key != "probes.coupling") && run.points > 1;
    let mut columns = Vec::new();
    if coupling.is_some() {
        columns.push(Abscissa::Coupling);
    }
    if others {
        columns.push(Abscissa::Conductivity);
    }
    if columns.is_empty() {
        return None;
    }
    let styles = Styles::new(run);
    let rows: Vec<&str> = ["heat_rms_box", "heat_rms_site"]
        .into_iter()
        .filter(|id| (0..run.points).any(|p| run.estimate(id, p).value > 0.0))
        .collect();
    if rows.is_empty() {
        return Some(Figure::empty("exponents", "Rms heat", "No point has an estimate of the rms heat."));
    }

    let mut legends = styles.legends().to_vec();
    let bar = is_bar(run);
    legends.extend((!bar).then(|| Legend {
        title: "slopes:".to_owned(),
        entries: LAWS.iter().map(|law| LegendEntry::line(&slope_text(law, &columns), GREY, law.1)).collect(),
    }));
    let rows = rows
        .iter()
        .map(|id| columns.iter().filter_map(|abscissa| panel(run, &styles, id, *abscissa)).collect())
        .collect();
    let fitted = run.fits().iter().find_map(|fit| fit.points).map_or(String::new(), |n| {
        format!(
            " Fitted exponents are joint fits over the {n} of {} points inside the diffusive window.",
            run.points
        )
    });
    let laws = if bar {
        ""
    } else {
        " Grey lines have the exponents of Eq. 12 (theory) and Eq. 13 (early numerical fit) and arbitrary height."
    };
    let caption = format!(
        "Rms heat per site and averaged over boxes of side $L_\\mathrm{{in}}$. Bars are one standard error.{laws}{fitted}"
    );
    Some(Grid { legends, rows, height: 46.0 }.figure("exponents", caption))
}

fn slope_text(law: &(&str, &str, f64, f64), columns: &[Abscissa]) -> String {
    let (name, _, coupling, conductivity) = *law;
    let slopes: Vec<String> = columns
        .iter()
        .map(|abscissa| match abscissa {
            Abscissa::Coupling => format!(r"{} in $\Gamma$", number::typeset(&number::short(coupling, 2))),
            Abscissa::Conductivity => {
                format!(r"{} in $\sigma$", number::typeset(&number::short(conductivity, 2)))
            }
        })
        .collect();
    format!("{name}: {}", slopes.join(", "))
}

fn panel(run: &Run, styles: &Styles, id: &str, abscissa: Abscissa) -> Option<Panel> {
    let data: Vec<(usize, Datum)> =
        (0..run.points).filter_map(|p| Some((p, datum(run, styles, id, abscissa, p)?))).collect();
    let (name, units) = run.quantity_label(id);
    let x_label = match abscissa {
        Abscissa::Coupling => {
            with_unit(r"probe coupling $\Gamma$", run.sweep("probes.coupling").map_or("t", |s| s.units))
        }
        Abscissa::Conductivity => {
            let (name, units) = run.quantity_label("conductivity");
            with_unit(&name, units)
        }
    };
    let mut x = Axis::holding(&x_label, Scale::Log, data.iter().map(|(_, d)| d.x))?;
    if abscissa == Abscissa::Coupling {
        x = x.ticked_at(data.iter().map(|(_, d)| d.x).collect(), 60.0 * MM);
    }
    // Room above for the reference lines, below for the fitted exponent.
    let heights = data.iter().flat_map(|(_, d)| [d.y, 2.0 * d.y, d.y / 1.6]);
    let y = Axis::holding(&with_unit(&name, units), Scale::Log, heights)?;

    let mut panel = Panel::new(x, y);
    let (from, to) = (panel.x.lo, panel.x.hi);
    let highest = data.iter().map(|(_, d)| d.y).fold(0.0, f64::max);
    let middle = (from * to).sqrt();
    for (_, dashes, in_coupling, in_conductivity) in LAWS.into_iter().filter(|_| !is_bar(run)) {
        let slope = if abscissa == Abscissa::Coupling { in_coupling } else { in_conductivity };
        let height = |v: f64| (v, highest * 1.25 * (v / middle).powf(slope));
        let stroke = Stroke { color: GREY.to_owned(), width: LINE_WIDTH, dashes };
        panel.items.push(Item::Curve { points: vec![height(from), height(to)], stroke });
    }
    // Points that differ in the abscissa only are joined; with one swept key that is all of them.
    let group = |point: usize| match abscissa {
        _ if run.sweeps.len() < 2 => 0,
        Abscissa::Coupling => styles.color_group[point],
        Abscissa::Conductivity if run.sweep("probes.coupling").is_some() => styles.marker_group[point],
        Abscissa::Conductivity => 0,
    };
    let groups = data.iter().map(|(p, _)| group(*p)).max().map_or(0, |g| g + 1);
    for g in 0..groups {
        let mut members: Vec<&(usize, Datum)> = data.iter().filter(|(p, _)| group(*p) == g).collect();
        members.sort_by(|a, b| a.1.x.total_cmp(&b.1.x));
        let color = match abscissa {
            Abscissa::Coupling if run.sweeps.len() > 1 => {
                members.first().map_or(GREY, |(_, d)| d.color.as_str())
            }
            _ => "#b0b0b0",
        };
        let points = members.iter().map(|(_, d)| (d.x, d.y)).collect();
        panel.items.push(Item::Curve {
            points,
            stroke: Stroke { color: color.to_owned(), width: 0.5 * LINE_WIDTH, dashes: "" },
        });
    }
    panel.items.push(Item::Data(data.into_iter().map(|(_, d)| d).collect()));
    let variable = match abscissa {
        Abscissa::Coupling => "probes.coupling",
        Abscissa::Conductivity => "conductivity",
    };
    if let Some(exponent) = run.exponent(id, variable) {
        let text = format!("fitted exponent {}", number::typeset(&exponent.text()));
        panel.notes.push((Corner::BottomLeft, text));
    }
    Some(panel)
}

fn datum(run: &Run, styles: &Styles, id: &str, abscissa: Abscissa, point: usize) -> Option<Datum> {
    let y = run.estimate(id, point);
    let (x, x_error) = match abscissa {
        Abscissa::Coupling => (run.sweep("probes.coupling")?.value(point), f64::NAN),
        Abscissa::Conductivity => {
            let sigma = run.estimate("conductivity", point);
            (sigma.value, sigma.error)
        }
    };
    let (name, units) = run.quantity_label(id);
    let sigma = run.estimate("conductivity", point).text();
    let tip = format!(
        "{}: {} {} {units}; conductivity {sigma} e^2/h",
        crate::label::plain(&run.point_label(point)),
        crate::label::plain(&name),
        number::typeset(&y.text())
    );
    (x > 0.0 && y.value > 0.0).then(|| Datum {
        x,
        y: y.value,
        x_error,
        y_error: y.error,
        marker: styles.marker(point),
        color: styles.color(point),
        tip,
    })
}

fn distinct(values: impl Iterator<Item = f64>) -> usize {
    let mut values: Vec<f64> = values.filter(|v| v.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values.len()
}
