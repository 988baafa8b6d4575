//! Figures of a zero-bias-anomaly study, one colour per point of the sweep.
//!
//! - `bias`: the response against the bias with the estimate of the paper and the two-channel Kondo picture, and its local exponent
//! - `temperature`: the same against the temperature

use crate::figure::Figure;
use crate::kind::Kind;
use crate::plot::{Axis, Grid, Item, LINE_WIDTH, Legend, LegendEntry, Panel, Scale, Styles};
use crate::run::Run;
use crate::setting::setting;
use crate::svg::Stroke;
use crate::symbols::with_unit;

/// The kind `zero-bias-anomaly`.
pub(crate) const KIND: Kind = Kind {
    name: "zero-bias-anomaly",
    columns: &[
        ("equal_bias", "as kT held"),
        ("doubling_bias", "doubles at"),
        ("linear_bias", "exponent 1 at"),
        ("last_exponent", "exponent, last"),
        ("least_ratio", "least D/Eq. 15"),
    ],
    shown: &[
        "bias_response",
        "bias_exponent",
        "bias_interpolation",
        "bias_step",
        "bias_kondo",
        "temperature_response",
        "temperature_exponent",
        "temperature_interpolation",
        "temperature_kondo",
    ],
    figures: |run| vec![figure(run, &BIAS), figure(run, &TEMPERATURE)],
    question: describe,
    explorer: |_| String::new(),
};

/// What is drawn against one of the two energies.
struct Against {
    name: &'static str,
    label: &'static str,
    /// Power laws of the response, as levels of the exponent.
    levels: &'static [f64],
    caption: &'static str,
}

const BIAS: Against = Against {
    name: "bias",
    label: "bias $eV$",
    levels: &[2.0, 2.0 / 3.0, 0.5],
    caption: "Response of moving defects to the bias, at the temperatures held (a), and its local exponent (b): the law $V^{2/3}$ of Kozub and Rudin is reached only some 1000 $E^*$ up, below $E^*$ \
        stands $V^2$. Dashed: their interpolation (Eq. 15), with the right prefactors at both ends; dash-dotted: a step of the occupation at the threshold $E_{th}$, where no temperature is held; \
        dotted: two-channel Kondo, $\\sqrt V$ and $\\sqrt T$, put equal without bias at $kT=E^*$. Levels: 2, 2/3 and 1/2.",
};

const TEMPERATURE: Against = Against {
    name: "temperature",
    label: "temperature $T$",
    levels: &[2.0, 0.5],
    caption: "Response of moving defects to the temperature, at the biases held (a), and its local exponent (b). Dashed: the interpolation of Kozub and Rudin (Eq. 15); dotted: two-channel Kondo, put equal \
        without bias at $kT=E^*$. Levels: 2 and 1/2.",
};

const GREY: &str = "#7f7f7f";
const EXACT: &str = "";
const INTERPOLATED: &str = "4 2";
const STEP: &str = "6 2 1 2";
const KONDO: &str = "1 2";

fn describe(run: &Run) -> String {
    let value = |key: &str| setting(run, key).map_or_else(String::new, |s| s.with_unit());
    let band = setting(run, "defects.band")
        .map_or_else(String::new, |band| format!(" Splittings end at {}.", band.with_unit()));
    let place = setting(run, "defects.place").filter(|place| place.text != "0");
    let place = place.map_or_else(
        || "in the centre of the contact".to_owned(),
        |place| format!("{} radii from the centre of the orifice, on its axis", place.text),
    );
    let pairs = match setting(run, "defects.pairs").map(|s| s.text).as_deref() {
        Some("between-beams") => " Electron-hole pairs within one of the two beams are left out.",
        _ => "",
    };
    format!(
        "Defects that switch between two positions, {place}, gain energy from electrons of two reservoirs and lose it to them and to phonons, which take over at $E^*$ = {}. With a constant density $P$ of \
         splittings and a mean conductance $sE$ of upper less lower levels the conductance of the contact changes by $sP\\,E^{{*2}}D(eV/E^*,kT/E^*)$, $D=\\int E\\,n(E)\\,dE/E^{{*2}}$, n the occupation \
         of upper levels: no Kondo effect is needed for a zero-bias anomaly (Kozub and Rudin).{band}{pairs} Held: {}.",
        value("defects.crossover"),
        value("held.energy"),
    )
}

fn figure(run: &Run, against: &Against) -> Figure {
    let styles = Styles::new(run);
    let Some(panels) = response(run, &styles, against).zip(exponent(run, &styles, against)) else {
        return Figure::empty(against.name, against.name, "The study has not been computed.");
    };
    let mut entries = vec![
        LegendEntry::line("exact", GREY, EXACT),
        LegendEntry::line("Eq. (15)", GREY, INTERPOLATED),
        LegendEntry::line("two-channel Kondo", GREY, KONDO),
    ];
    if (0..run.points).any(|point| !curve(run, against, "step", point).is_empty()) {
        entries.insert(2, LegendEntry::line("step at $E_{th}$", GREY, STEP));
    }
    let mut legends = styles.lines();
    legends.push(Legend { title: String::new(), entries });
    Grid { legends, rows: vec![vec![panels.0, panels.1]], height: 62.0 }
        .figure(against.name, against.caption.to_owned())
}

/// What is positive of a curve, or of exponents.
fn curve(run: &Run, against: &Against, of: &str, point: usize) -> Vec<(f64, f64)> {
    let abscissae = run.record.reals(against.name);
    let values = run.field(&format!("{}_{of}", against.name), point, 0).unwrap_or(&[]);
    let pairs = abscissae.iter().copied().zip(values.iter().copied());
    pairs.filter(|(_, v)| v.is_finite() && (*v > 0.0 || of == "exponent")).collect()
}

/// The response and what is held against it, in logarithms.
fn response(run: &Run, styles: &Styles, against: &Against) -> Option<Panel> {
    let found = run.array(&format!("{}_response", against.name))?;
    let label = with_unit(found.text_attribute("long_name"), found.text_attribute("units"));
    // Estimates may be anything where they fail; the axis is that of the exact curves and their estimates where they are near.
    let all = (0..run.points).flat_map(|point| curve(run, against, "response", point));
    let x = Axis::holding(
        &with_unit(against.label, "K"),
        Scale::Log,
        run.record.reals(against.name).iter().copied(),
    )?;
    let y = Axis::holding(&label, Scale::Log, all.map(|(_, v)| v))?;
    let within = |points: Vec<(f64, f64)>| -> Vec<(f64, f64)> {
        points.into_iter().filter(|(_, v)| (0.0..=1.0).contains(&y.fraction(*v))).collect()
    };
    let mut items = Vec::new();
    for (of, dashes) in
        [("kondo", KONDO), ("step", STEP), ("interpolation", INTERPOLATED), ("response", EXACT)]
    {
        for point in 0..run.points {
            let stroke = Stroke { color: styles.color(point), width: LINE_WIDTH, dashes };
            items.push(Item::Curve { points: within(curve(run, against, of, point)), stroke });
        }
    }
    let mut panel = Panel::new(x, y);
    panel.items = items;
    Some(panel)
}

fn exponent(run: &Run, styles: &Styles, against: &Against) -> Option<Panel> {
    let found = run.array(&format!("{}_exponent", against.name))?;
    let label = with_unit(found.text_attribute("long_name"), found.text_attribute("units"));
    let all = (0..run.points).flat_map(|point| curve(run, against, "exponent", point));
    let x = Axis::holding(
        &with_unit(against.label, "K"),
        Scale::Log,
        run.record.reals(against.name).iter().copied(),
    )?;
    let y = Axis::holding(&label, Scale::Linear, all.map(|(_, v)| v).chain([0.0, 2.0]))?;
    let mut panel = Panel::new(x, y);
    for level in against.levels {
        let stroke = Stroke { color: GREY.to_owned(), width: LINE_WIDTH / 2.0, dashes: "1 2" };
        panel.items.push(Item::Level { y: *level, stroke });
    }
    for point in 0..run.points {
        let stroke = Stroke { color: styles.color(point), width: LINE_WIDTH, dashes: EXACT };
        panel.items.push(Item::Curve { points: curve(run, against, "exponent", point), stroke });
    }
    Some(panel)
}
