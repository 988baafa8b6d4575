//! Figures of a thermoelectric study.
//!
//! - `temperature`: conductance, thermopower, Lorenz ratio and figure of merit against temperature, one curve per point of the sweep
//! - `gate`: the same against the chemical potential where that is swept, one curve per temperature
//! - `samples`: the thermopower of single samples at the lowest temperature, or against temperature where nothing is swept

use crate::figure::Figure;
use crate::kind::Kind;
use crate::number::{short, typeset};
use crate::plot::{Axis, Grid, Item, LINE_WIDTH, Legend, LegendEntry, Panel, Scale, Styles};
use crate::run::Run;
use crate::setting::setting;
use crate::svg::Stroke;
use crate::symbols::with_unit;

/// The kind `thermoelectric`.
pub(crate) const KIND: Kind = Kind {
    name: "thermoelectric",
    columns: &[
        ("conductance_at_lowest", "G (low T)"),
        ("thermopower_at_lowest", "S (low T)"),
        ("thermopower_rms_at_lowest", "rms S (low T)"),
        ("conductance_at_highest", "G (high T)"),
        ("thermopower_at_highest", "S (high T)"),
        ("lorenz_ratio_at_highest", "L/L0 (high T)"),
        ("figure_of_merit_at_highest", "ZT (high T)"),
    ],
    shown: &["thermopower"],
    figures: |run| {
        let mut figures = vec![temperature(run)];
        figures.extend(gate(run));
        figures.extend(samples(run));
        figures
    },
    question: describe,
    explorer: |_| String::new(),
};

const GATE: &str = "conductor.energy";
const GREY: &str = "#7f7f7f";

/// Points whose curves a figure over temperature can hold.
const MOST_CURVES: usize = 8;

/// Temperatures whose curves a figure over the gate can hold.
const MOST_TEMPERATURES: usize = 4;

/// The curves of a panel: array of means, axis label, a comparison drawn dashed, and the value of a law.
const PANELS: [[Shown; 2]; 2] = [
    [
        Shown { array: "mean_conductance", label: "conductance $G$", dashed: None, law: None },
        Shown {
            array: "mean_thermopower",
            label: "thermopower $S$",
            dashed: Some("mott_thermopower"),
            law: None,
        },
    ],
    [
        Shown { array: "mean_lorenz_ratio", label: "Lorenz ratio $K/(L_0GT)$", dashed: None, law: Some(1.0) },
        Shown { array: "mean_figure_of_merit", label: "figure of merit $ZT$", dashed: None, law: None },
    ],
];

const CAPTION: &str = "Means over samples, bands of one standard error: (a) conductance per spin, (b) thermopower, dashed by the formula of Mott (over a gate at \
     the lowest and the highest temperature), (c) Lorenz ratio, 1 by the law of Wiedemann and Franz, (d) electronic figure of merit.";

struct Shown {
    array: &'static str,
    label: &'static str,
    dashed: Option<&'static str>,
    law: Option<f64>,
}

/// Values with errors along an abscissa.
struct Curve {
    /// (abscissa, value, error)
    points: Vec<[f64; 3]>,
    color: String,
    /// Drawn against the law that is compared with.
    dashed: bool,
}

fn describe(run: &Run) -> String {
    let value = |key: &str| setting(run, key).map_or_else(String::new, |s| s.with_unit());
    let number = |key: &str| setting(run, key).map_or_else(String::new, |s| s.text);
    let temperatures = run.record.reals("temperature");
    let end = |of: Option<&f64>| of.map_or_else(String::new, |t| typeset(&short(*t, 4)));
    let probes = match setting(run, "probes.coupling") {
        Some(coupling) => {
            format!("Probes of coupling {} scatter electrons inelastically.", coupling.with_unit())
        }
        None => "Electrons cross it without inelastic scattering.".to_owned(),
    };
    format!(
        "A conductor of {} slices of {} sites with random site energies ({}) between two leads, at chemical potential {}. {probes} \
         The Fermi window, at $kT$ from {} to {} $t$, turns its transmission $T(E)$ into conductance, thermopower and thermal conductance.",
        number("conductor.length"),
        number("conductor.width"),
        value("disorder.kind"),
        value(GATE),
        end(temperatures.first()),
        end(temperatures.last()),
    )
}

/// Everything against temperature.
fn temperature(run: &Run) -> Figure {
    const NAME: &str = "temperature";
    let styles = Styles::new(run);
    let shown = spread(run.points, MOST_CURVES);
    let (temperatures, label, scale) = temperatures(run);
    let curves = |array: &str, dashed: bool| -> Vec<Curve> {
        let curve = |(place, &point): (usize, &usize)| Curve {
            points: (0..temperatures.len())
                .map(|k| [temperatures[k], value(run, array, point, k), error(run, array, point, k)])
                .collect(),
            color: if shown.len() < run.points {
                Styles::shade(place, shown.len())
            } else {
                styles.color(point)
            },
            dashed,
        };
        shown.iter().enumerate().map(curve).collect()
    };
    let entries = shown.iter().enumerate().map(|(place, &point)| {
        let color =
            if shown.len() < run.points { Styles::shade(place, shown.len()) } else { styles.color(point) };
        LegendEntry::line(&run.point_label(point), &color, "")
    });
    let legends = match run.points {
        1 => Vec::new(),
        _ => vec![Legend { title: String::new(), entries: entries.collect() }],
    };
    let mut caption = CAPTION.to_owned();
    if shown.len() < run.points {
        caption.push_str(&format!(" {} of {} points are drawn.", shown.len(), run.points));
    }
    grid(run, NAME, (label, scale), legends, caption, curves)
}

/// Everything against the chemical potential, at some temperatures; none unless that is swept.
fn gate(run: &Run) -> Option<Figure> {
    let sweep = run.sweep(GATE)?;
    let temperatures = run.record.reals("temperature");
    let shown = spread(temperatures.len(), MOST_TEMPERATURES);
    let (groups, first) = series(run);
    let count = shown.len() * first.len();
    let color = |group: usize, place: usize| Styles::shade(group * shown.len() + place, count);
    let curves = |array: &str, dashed: bool| -> Vec<Curve> {
        let curve = |(group, place): (usize, usize)| {
            let members = (0..run.points).filter(|p| groups[*p] == group);
            let k = shown[place];
            let mut points: Vec<[f64; 3]> =
                members.map(|p| [sweep.value(p), value(run, array, p, k), error(run, array, p, k)]).collect();
            points.sort_by(|a, b| a[0].total_cmp(&b[0]));
            Curve { points, color: color(group, place), dashed }
        };
        // the formula of Mott at the ends of the range only
        let drawn = |place: &usize| !dashed || [0, shown.len() - 1].contains(place);
        let places = |g: usize| (0..shown.len()).filter(drawn).map(move |place| (g, place));
        (0..first.len()).flat_map(places).map(curve).collect()
    };
    let legends = first
        .iter()
        .enumerate()
        .map(|(group, &point)| Legend {
            title: others(run)
                .iter()
                .map(|i| run.sweeps[*i].assignment(point))
                .collect::<Vec<_>>()
                .join(", "),
            entries: shown
                .iter()
                .enumerate()
                .map(|(place, &k)| {
                    let text = format!("$kT$ = {} $t$", typeset(&short(temperatures[k], 3)));
                    LegendEntry::line(&text, &color(group, place), "")
                })
                .collect(),
        })
        .collect();
    let label = with_unit(r"chemical potential $\mu$", sweep.units);
    Some(grid(run, "gate", (&label, Scale::Linear), legends, CAPTION.to_owned(), curves))
}

/// The thermopower of single samples, and its mean; none with fewer than two samples.
fn samples(run: &Run) -> Option<Figure> {
    /// Samples that are drawn.
    const MOST: usize = 30;
    let single = |point: usize, sample: usize, k: usize| {
        run.field("thermopower", point, sample).and_then(|row| row.get(k).copied()).unwrap_or(f64::NAN)
    };
    let (groups, _) = series(run);
    // along the gate at the lowest temperature, or along temperature
    let (x, scale, along): (String, Scale, Vec<(f64, usize, usize)>) = match run.sweep(GATE) {
        Some(sweep) => {
            let members = (0..run.points).filter(|p| groups[*p] == 0);
            let mut along: Vec<_> = members.map(|p| (sweep.value(p), p, 0)).collect();
            along.sort_by(|a, b| a.0.total_cmp(&b.0));
            (with_unit(r"chemical potential $\mu$", sweep.units), Scale::Linear, along)
        }
        None => {
            let (temperatures, label, scale) = temperatures(run);
            let along = temperatures.iter().enumerate().map(|(k, t)| (*t, 0, k)).collect();
            (label.to_owned(), scale, along)
        }
    };
    let drawn: Vec<usize> = run.done(along.first()?.1).take(MOST).collect();
    if drawn.len() < 2 {
        return None;
    }
    let lines: Vec<Vec<(f64, f64)>> =
        drawn.iter().map(|&s| along.iter().map(|&(x, p, k)| (x, single(p, s, k))).collect()).collect();
    let means: Vec<[f64; 3]> = along
        .iter()
        .map(|&(x, p, k)| [x, value(run, "mean_thermopower", p, k), error(run, "mean_thermopower", p, k)])
        .collect();
    let y = Axis::holding(
        &with_unit("thermopower $S$", "k_B/e"),
        Scale::Linear,
        lines.iter().flatten().map(|(_, s)| *s).chain([0.0]),
    )?;
    let mut panel = Panel::new(Axis::holding(&x, scale, along.iter().map(|a| a.0))?, y);
    for points in lines {
        let stroke = Stroke { color: GREY.to_owned(), width: 0.35 * LINE_WIDTH, dashes: "" };
        panel.items.push(Item::Curve { points, stroke });
    }
    let mean = Curve { points: means, color: Styles::shade(0, 1), dashed: false };
    panel.items.extend([mean.band(), mean.line()]);
    let legends = vec![Legend {
        title: String::new(),
        entries: vec![
            LegendEntry::line("single samples", GREY, ""),
            LegendEntry::line("mean", &Styles::shade(0, 1), ""),
        ],
    }];
    let what = if run.sweep(GATE).is_some() { " at the lowest temperature" } else { "" };
    let first: Vec<String> = others(run).iter().map(|i| run.sweeps[*i].assignment(along[0].1)).collect();
    let of = if first.is_empty() { String::new() } else { format!(" ({})", first.join(", ")) };
    let caption = format!(
        "Thermopower of {} samples{what}{of}, and its mean over all {}: fluctuations from sample to sample.",
        drawn.len(),
        run.done_count(along[0].1)
    );
    Some(Grid { legends, rows: vec![vec![panel]], height: 62.0 }.figure("samples", caption))
}

/// The temperatures, in kelvin where the hopping is known, their label and the scale they are spaced on.
fn temperatures<'a>(run: &Run<'a>) -> (&'a [f64], &'static str, Scale) {
    let logarithmic = setting(run, "temperature.spacing").is_some_and(|s| s.text == "logarithmic");
    let scale = if logarithmic { Scale::Log } else { Scale::Linear };
    match run.record.reals("temperature_kelvin") {
        [] => (run.record.reals("temperature"), "temperature $kT$ ($t$)", scale),
        kelvin => (kelvin, "temperature $T$ (K)", scale),
    }
}

/// Sweeps beside the chemical potential.
fn others(run: &Run) -> Vec<usize> {
    (0..run.sweeps.len()).filter(|i| run.sweeps[*i].key != GATE).collect()
}

/// The group of each point when the chemical potential does not count, and the first point of each group.
fn series(run: &Run) -> (Vec<usize>, Vec<usize>) {
    Styles::groups(run, &others(run))
}

/// So many of `count` places, the first and the last among them.
fn spread(count: usize, most: usize) -> Vec<usize> {
    if count <= most {
        (0..count).collect()
    } else {
        (0..most).map(|k| k * (count - 1) / (most - 1)).collect()
    }
}

fn value(run: &Run, array: &str, point: usize, k: usize) -> f64 {
    run.sites(array, point).and_then(|row| row.get(k).copied()).unwrap_or(f64::NAN)
}

fn error(run: &Run, array: &str, point: usize, k: usize) -> f64 {
    value(run, &format!("{array}_error"), point, k)
}

/// The four panels over one abscissa.
fn grid(
    run: &Run,
    name: &str,
    (label, scale): (&str, Scale),
    legends: Vec<Legend>,
    caption: String,
    curves: impl Fn(&str, bool) -> Vec<Curve>,
) -> Figure {
    let panel = |shown: &Shown| -> Option<Panel> {
        let units = run.array(shown.array)?.text_attribute("units");
        let solid = curves(shown.array, false);
        let points = || solid.iter().flat_map(|c| &c.points);
        let x = Axis::holding(label, scale, points().map(|p| p[0]))?;
        let ends = points().flat_map(|p| {
            let error = if p[2].is_finite() { p[2] } else { 0.0 };
            [p[1] - error, p[1] + error]
        });
        let y = Axis::holding(
            &with_unit(shown.label, units),
            Scale::Linear,
            ends.chain([shown.law.unwrap_or(0.0)]),
        )?;
        let mut panel = Panel::new(x, y);
        if let Some(y) = shown.law {
            let stroke = Stroke { color: GREY.to_owned(), width: 0.5 * LINE_WIDTH, dashes: "" };
            panel.items.push(Item::Level { y, stroke });
        }
        let dashed = shown.dashed.map_or_else(Vec::new, |array| curves(array, true));
        panel.items.extend(solid.iter().map(Curve::band));
        panel.items.extend(solid.iter().chain(&dashed).map(Curve::line));
        Some(panel)
    };
    let rows: Option<Vec<Vec<Panel>>> = PANELS.iter().map(|row| row.iter().map(panel).collect()).collect();
    match rows {
        Some(rows) => Grid { legends, rows, height: 52.0 }.figure(name, caption),
        None => Figure::empty(name, name, "The study has not been computed."),
    }
}

impl Curve {
    fn band(&self) -> Item {
        let points = self.points.iter().map(|[x, y, e]| (*x, y - e, y + e)).collect();
        Item::Band { points, color: self.color.clone(), opacity: 0.25 }
    }

    fn line(&self) -> Item {
        let (width, dashes) = if self.dashed { (0.7 * LINE_WIDTH, "3 2") } else { (LINE_WIDTH, "") };
        let stroke = Stroke { color: self.color.clone(), width, dashes };
        Item::Curve { points: self.points.iter().map(|p| (p[0], p[1])).collect(), stroke }
    }
}
