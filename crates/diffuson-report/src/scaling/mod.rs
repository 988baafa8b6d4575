//! Figures of a scaling study.
//!
//! - `crossing`: the measured quantity against what drives the transition, one series per size
//! - `collapse`: all data on one curve, freed of irrelevant corrections, and the residuals of the fit
//! - `thermopower`: the conductivity that was computed, and its thermopower over that of the pure power law
//! - `fits`: critical point and exponent of every expansion that was tried

use crate::figure::Figure;
use crate::kind::Kind;
use crate::label::plain;
use crate::number::{short, typeset};
use crate::plot::{
    Axis, Corner, Datum, Grid, Item, LINE_WIDTH, Legend, LegendEntry, Marker, Panel, Scale, Styles,
};
use crate::run::Run;
use crate::setting::setting;
use crate::svg::{INK, Stroke};
use crate::symbols::{symbol, with_unit};

/// The kind `scaling`.
pub(crate) const KIND: Kind = Kind {
    name: "scaling",
    columns: &[
        ("gamma", "Gamma"),
        ("conductance", "<g>"),
        ("typical_conductance", "exp<ln g>"),
        ("log_conductance_variance", "var ln g"),
    ],
    shown: &[],
    figures: |run| {
        let mut figures = vec![crossing(run)];
        figures.extend(collapse(run));
        figures.extend(thermopower(run));
        figures.extend(fits(run));
        figures
    },
    question: describe,
    explorer: |_| String::new(),
};

const DRIVING: [&str; 3] = ["disorder.width", "disorder.deviation", "lattice.energy"];
const GREY: &str = "#7f7f7f";
/// Fits below this goodness are drawn pale.
const ACCEPTABLE: f64 = 0.1;

fn describe(run: &Run) -> String {
    let value = |key: &str| setting(run, key).map_or_else(String::new, |s| s.with_unit());
    let what = if is_conductance(run) {
        "The conductance of cubes of $M$ sites a side between two leads"
    } else {
        "The smallest positive Lyapunov exponent $\\gamma$ of long bars of $M$ sites across"
    };
    format!(
        "{what} is computed for a lattice in {} dimensions with random site energies ({}), {} symmetry, {} sides, at $E$ = {}. At the \
         Anderson transition it depends on size through $M/\\xi$ only, and $\\xi\\sim|w|^{{-\\nu}}$.",
        value("lattice.dimension"),
        value("disorder.kind"),
        value("lattice.symmetry"),
        value("lattice.boundary"),
        value("lattice.energy"),
    )
}

fn is_conductance(run: &Run) -> bool {
    setting(run, "measure.quantity").is_some_and(|s| s.text == "conductance")
}

/// The quantity that is fitted.
fn quantity(run: &Run) -> &'static str {
    if is_conductance(run) { "log_conductance" } else { "gamma" }
}

/// Measured values against the driving parameter.
fn crossing(run: &Run) -> Figure {
    const NAME: &str = "crossing";
    let id = quantity(run);
    let Some(driving) = DRIVING.into_iter().find_map(|key| run.sweep(key)) else {
        return Figure::empty(NAME, NAME, "Neither disorder nor energy is swept.");
    };
    let sizes = Sizes::new(run);
    let data: Vec<(usize, Datum)> = (0..run.points)
        .filter(|p| run.estimate(id, *p).value.is_finite())
        .map(|p| {
            let e = run.estimate(id, p);
            let tip = format!("{}: {}", plain(&run.point_label(p)), typeset(&e.text()));
            (p, sizes.datum(p, [driving.value(p), e.value, e.error], tip))
        })
        .collect();
    let (name, units) = run.quantity_label(id);
    let label = with_unit(&symbol(driving.key), driving.units);
    let x = Axis::holding(&label, Scale::Linear, data.iter().map(|(_, d)| d.x));
    let y = Axis::holding(&with_unit(&name, units), Scale::Linear, data.iter().map(|(_, d)| d.y));
    let (Some(x), Some(y)) = (x, y) else {
        return Figure::empty(NAME, &plain(&name), "No point has been computed.");
    };
    let mut panel = Panel::new(x, y);
    for group in 0..sizes.groups() {
        let mut points: Vec<(f64, f64)> =
            data.iter().filter(|(p, _)| sizes.group[*p] == group).map(|(_, d)| (d.x, d.y)).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let stroke = Stroke { color: sizes.color(group), width: 0.5 * LINE_WIDTH, dashes: "" };
        panel.items.push(Item::Curve { points, stroke });
    }
    panel.items.push(Item::Data(data.into_iter().map(|(_, d)| d).collect()));
    let critical = run
        .fits()
        .into_iter()
        .find(|f| f.name.starts_with("critical disorder") || f.name.starts_with("mobility edge"));
    if let Some(fit) = critical {
        panel.notes.push((Corner::TopLeft, format!("{}: {}", fit.name, typeset(&fit.result.text()))));
    }
    let caption = format!(
        "{name}, one series per size $M$. Bars are one standard error; curves of different sizes cross at the transition."
    );
    Grid { legends: sizes.legends.clone(), rows: vec![vec![panel]], height: 62.0 }.figure(NAME, caption)
}

/// All data on one curve, and residuals; none if there is no fit.
fn collapse(run: &Run) -> Option<Figure> {
    let sizes = Sizes::new(run);
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
    for fit in run.fits().iter().filter(|f| f.name.starts_with("exponent") || f.name.starts_with("goodness"))
    {
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

/// sigma_0(E) and S(T) of the lattice, with what a pure power law gives; none if they were not asked for.
fn thermopower(run: &Run) -> Option<Figure> {
    let column = |name: &str| run.record.reals(name);
    let band = |x: &str, y: &str| -> Vec<(f64, f64, f64)> {
        let (values, errors) = (column(y), column(&format!("{y}_error")).to_vec());
        let all = column(x).iter().zip(values).zip(errors);
        all.map(|((x, y), e)| (*x, y - e, y + e))
            .filter(|(_, low, high)| low.is_finite() && high.is_finite())
            .collect()
    };
    let curve = |x: &str, y: &str| -> Vec<(f64, f64)> {
        let all = column(x).iter().copied().zip(column(y).iter().copied());
        all.filter(|(_, y)| y.is_finite()).collect()
    };
    let label = |name: &str| {
        let array = run.array(name)?;
        Some(with_unit(array.text_attribute("long_name"), array.text_attribute("units")))
    };
    const COLOR: &str = "#0072b2";
    let line = |points, color: &str, dashes| Item::Curve {
        points,
        stroke: Stroke { color: color.to_owned(), width: LINE_WIDTH, dashes },
    };
    let sigma = curve("computed_energy", "computed_conductivity");
    let x = Axis::holding(&label("computed_energy")?, Scale::Linear, sigma.iter().map(|p| p.0))?;
    let y = Axis::holding(&label("computed_conductivity")?, Scale::Linear, sigma.iter().map(|p| p.1))?;
    let mut left = Panel::new(x, y);
    left.items.push(Item::Band {
        points: band("computed_energy", "computed_conductivity"),
        color: COLOR.to_owned(),
        opacity: 0.25,
    });
    left.items.push(line(sigma, COLOR, ""));

    let law = curve("reduced_temperature", "power_law_thermopower");
    let errors = column("computed_thermopower_error");
    let data: Vec<Datum> = column("reduced_temperature")
        .iter()
        .zip(column("computed_thermopower"))
        .zip(errors)
        .filter(|((_, s), _)| s.is_finite())
        .map(|((t, s), error)| Datum {
            x: *t,
            y: *s,
            x_error: f64::NAN,
            y_error: *error,
            marker: Marker::Disc,
            color: COLOR.to_owned(),
            tip: format!(
                "T = {} d: {} \u{b5}V/K",
                short(*t, 3),
                typeset(&crate::number::with_error(*s, *error))
            ),
        })
        .collect();
    let heights = law.iter().map(|p| p.1).chain(data.iter().map(|d| d.y)).chain([0.0]);
    let x = Axis::holding("temperature $kT/d$", Scale::Linear, law.iter().map(|p| p.0).chain([0.0]))?;
    let y = Axis::holding(&label("computed_thermopower")?, Scale::Linear, heights)?;
    let mut right = Panel::new(x, y);
    right.items.push(line(law, GREY, ""));
    right.items.push(Item::Data(data));
    let legends = vec![Legend {
        title: String::new(),
        entries: vec![
            LegendEntry::marker("from the computed conductivity", Marker::Disc, COLOR),
            LegendEntry::line("pure power law of the fitted exponent (Eq. 27)", GREY, ""),
        ],
    }];
    let caption = "(a) Conductivity of electrons of one energy, computed: from the scaling fit near the mobility edge, from the size dependence of the \
                   conductance further inside. (b) Its thermopower at distance $d$ from the edge, over the scaling curve of a pure power law. Bars and band are one \
                   standard error."
        .to_owned();
    Some(Grid { legends, rows: vec![vec![left, right]], height: 56.0 }.figure("thermopower", caption))
}

/// Critical point and exponent of every expansion tried; none if there is no fit.
fn fits(run: &Run) -> Option<Figure> {
    let column = |name: &str| run.record.reals(name);
    let (goodness, chosen) = (column("tried_goodness"), column("tried_chosen"));
    let orders = run.record.texts("tried_orders");
    let smallest = column("tried_smallest_size");
    let rows = [("tried_critical_point", "critical point"), ("tried_exponent", r"exponent $\nu$")]
        .into_iter()
        .map(|(id, label)| {
            let (values, errors) = (column(id), column(&format!("{id}_error")));
            let acceptable = |k: &usize| {
                goodness[*k] > ACCEPTABLE && errors[*k].is_finite() && errors[*k] < 0.2 * values[*k].abs()
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

/// Series by size and all else that is swept beside what drives the transition.
struct Sizes {
    group: Vec<usize>,
    styles: usize,
    legends: Vec<Legend>,
}

impl Sizes {
    fn new(run: &Run) -> Self {
        let others: Vec<usize> =
            (0..run.sweeps.len()).filter(|i| !DRIVING.contains(&run.sweeps[*i].key)).collect();
        let (group, first) = Styles::groups(run, &others);
        let mut sizes = Self { group, styles: first.len(), legends: Vec::new() };
        let text = |point: usize| {
            others.iter().map(|i| run.sweeps[*i].assignment(point)).collect::<Vec<_>>().join(", ")
        };
        let entries = first
            .iter()
            .enumerate()
            .map(|(g, point)| LegendEntry::marker(&text(*point), Marker::nth(g), &sizes.color(g)))
            .collect();
        if !others.is_empty() {
            sizes.legends.push(Legend { title: String::new(), entries });
        }
        sizes
    }

    fn groups(&self) -> usize {
        self.styles
    }

    fn color(&self, group: usize) -> String {
        Styles::shade(group, self.styles)
    }

    fn datum(&self, point: usize, [x, y, y_error]: [f64; 3], tip: String) -> Datum {
        let group = self.group[point];
        Datum { x, y, x_error: f64::NAN, y_error, marker: Marker::nth(group), color: self.color(group), tip }
    }
}
