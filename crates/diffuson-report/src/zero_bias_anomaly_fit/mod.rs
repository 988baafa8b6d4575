//! Figures of a fit of a zero-bias anomaly by two pictures.
//!
//! - `bias`: conductance against bias at each temperature, with both fits
//! - `temperature`: conductance at the lowest bias against the root of the temperature and against its square
//! - `residuals`: (measured - fitted)/standard error of both
//! - `collapse`: the data on the scaling axes of both

use crate::figure::Figure;
use crate::fitted::{self, Shown};
use crate::kind::Kind;
use crate::number::{short, typeset};
use crate::plot::{Corner, Datum, Grid, LINE_WIDTH, Legend, LegendEntry, Marker, Panel, Scale, Styles};
use crate::run::Run;
use crate::setting::setting;
use crate::svg::{INK, Stroke};
use crate::symbols::with_unit;

/// The kind `zero-bias-anomaly-fit`.
pub(crate) const KIND: Kind = Kind {
    name: "zero-bias-anomaly-fit",
    columns: &[
        ("weight", "weight of defects"),
        ("crossover", "E*"),
        ("chi_squared", "chi^2/dof"),
        ("goodness", "Q"),
        ("share", "Kondo a"),
        ("kondo_chi_squared", "chi^2/dof"),
        ("kondo_goodness", "Q"),
    ],
    shown: &[],
    figures: |run| match Measured::new(run) {
        Some(measured) => {
            [bias(&measured), temperature(&measured), residuals(&measured), collapse(&measured)]
                .into_iter()
                .flatten()
                .collect()
        }
        None => vec![Figure::empty("bias", "bias", "The fits have not been made.")],
    },
    question: describe,
    explorer: |_| String::new(),
};

/// The pictures: as arrays name them, as they are called, the colour of a curve that stands for all temperatures, its dashes.
const PICTURES: [(&str, &str, &str, &str); 2] =
    [("defects", "defects", INK, ""), ("kondo", "two-channel Kondo", "#7f7f7f", "3 2")];

fn describe(run: &Run) -> String {
    let value = |key: &str| setting(run, key).map_or_else(String::new, |s| s.with_unit());
    let percent = |name: &str, k: usize| {
        let share = run.record.reals(name).get(k).copied().filter(|v| v.is_finite());
        share.map(|v| format!("{:.0} %", 100.0 * v))
    };
    let measured = if value("data.measured") == "chord" { "I/V" } else { "dI/dV" };
    let mut text = format!(
        "A zero-bias anomaly ({} measurements of ${measured}$ at {} temperatures) is fitted in two pictures: mobile defects dressed by electrons, \
         $G = G_0 + AE^{{*2}}D(eV/E^*, k_BT/E^*)$, and two-channel Kondo scattering, $G = G_0 + B\\sqrt{{T}}[1 + \\Gamma(w)]$ with \
         $w = (9/\\pi^2)a\\,eV/k_BT$. ",
        run.record.reals("data_bias").len(),
        run.record.reals("series_temperature").len(),
    );
    text.push_str(run.verdict().unwrap_or_default());
    for (k, (_, name, ..)) in PICTURES.iter().enumerate() {
        if let (Some(right), Some(wrong), Some(adverse)) =
            (percent("picture_right", k), percent("picture_wrong", k), percent("picture_as_adverse", k))
        {
            text.push_str(&format!(
                " If the truth were {name}, data like these would choose it in {right} of the cases and the other picture in {wrong}; they would speak against it as much \
                 as the measured ones do in {adverse}."
            ));
        }
    }
    text
}

/// The measurements, series by series.
struct Measured<'a> {
    temperatures: &'a [f64],
    series: &'a [f64],
    run: &'a Run<'a>,
}

impl<'a> Measured<'a> {
    fn new(run: &'a Run<'a>) -> Option<Self> {
        let (temperatures, series) =
            (run.record.reals("series_temperature"), run.record.reals("data_series"));
        (!temperatures.is_empty() && !series.is_empty()).then_some(Self { temperatures, series, run })
    }

    fn color(&self, series: usize) -> String {
        Styles::shade(series, self.temperatures.len())
    }

    fn column(&self, name: &str) -> &'a [f64] {
        self.run.record.reals(name)
    }

    /// One array against another, with errors if an array of them is named.
    fn data(&self, x: &str, y: &str, error: Option<&str>) -> Vec<Datum> {
        fitted::data(self.run, [x, y], error, |k| {
            let series = *self.series.get(k)? as usize;
            Some(Shown { marker: series, color: self.color(series), name: String::new() })
        })
    }

    /// The curves of an array over (series, curve).
    fn curves(&self, x: &str, name: &str, dashes: &'static str) -> Vec<crate::plot::Item> {
        let abscissae = self.column(x);
        (0..self.temperatures.len())
            .filter_map(|s| {
                let row = self.run.array(name)?.row(&[s])?;
                Some(fitted::curve(abscissae, row, &self.color(s), dashes))
            })
            .collect()
    }

    fn legends(&self) -> Vec<Legend> {
        let entries = self
            .temperatures
            .iter()
            .enumerate()
            .map(|(s, &t)| LegendEntry::marker(&typeset(&short(t, 3)), Marker::nth(s), &self.color(s)));
        vec![Legend { title: format!("{}:", with_unit("$T$", "K")), entries: entries.collect() }]
    }
}

/// The measured conductance as a symbol.
fn conductance(measured: &Measured) -> String {
    let chord = setting(measured.run, "data.measured").is_some_and(|s| s.text == "chord");
    with_unit(if chord { "$I/V$" } else { "$dI/dV$" }, "e^2/h")
}

fn noted(mut panel: Panel, corner: Corner, note: &str) -> Panel {
    panel.notes.push((corner, note.to_owned()));
    panel
}

fn bias(measured: &Measured) -> Option<Figure> {
    let label = conductance(measured);
    let row: Vec<Panel> = PICTURES
        .iter()
        .filter_map(|(name, words, ..)| {
            let data = measured.data("data_bias", "data_conductance", Some("data_conductance_error"));
            let curves = measured.curves("curve_bias", &format!("curve_{name}"), "");
            let labels = [&*with_unit("bias $V$", "mV"), &label];
            Some(noted(fitted::panel(data, curves, labels, [Scale::Linear; 2])?, Corner::TopLeft, words))
        })
        .collect();
    let caption = "Measured conductance against bias with one standard error, and the fits by both pictures at the temperature of each series.".to_owned();
    (!row.is_empty())
        .then(|| Grid { legends: measured.legends(), rows: vec![row], height: 62.0 }.figure("bias", caption))
}

/// The measurements nearest to the lowest bias, against a power of the temperature.
fn temperature(measured: &Measured) -> Option<Figure> {
    let least = *measured.column("least_bias").first()?;
    let biases = measured.column("data_bias");
    // the lowest bias of each series
    let nearest = |s: usize| {
        let of = (0..biases.len()).filter(|&k| measured.series.get(k) == Some(&(s as f64)));
        of.min_by(|&a, &b| (biases[a] - least).abs().total_cmp(&(biases[b] - least).abs()))
    };
    let at: Vec<f64> = (0..measured.temperatures.len()).filter_map(nearest).map(|k| biases[k]).collect();
    let widest = at.iter().map(|v| (v - least).abs()).fold(0.0, f64::max);
    let along = measured.column("curve_temperature");
    let of = |power: f64, label: &str| {
        let mut data = measured.data("data_temperature", "data_conductance", Some("data_conductance_error"));
        let near: Vec<bool> = biases.iter().map(|v| (v - least).abs() <= widest).collect();
        let mut keep = near.iter();
        data.retain(|_| *keep.next().unwrap_or(&false));
        data.iter_mut().for_each(|d| d.x = d.x.powf(power));
        let xs: Vec<f64> = along.iter().map(|t| t.powf(power)).collect();
        let curves = PICTURES
            .iter()
            .map(|(name, _, color, dashes)| {
                fitted::curve(&xs, measured.column(&format!("along_{name}")), color, dashes)
            })
            .collect();
        fitted::panel(data, curves, [label, &conductance(measured)], [Scale::Linear; 2])
    };
    let row: Vec<Panel> =
        [of(0.5, &with_unit(r"$\sqrt{T}$", "K^(1/2)")), of(2.0, &with_unit("$T^2$", "K^2"))]
            .into_iter()
            .flatten()
            .collect();
    let mut legends = measured.legends();
    let line = |color: &str, dashes| Stroke { color: color.to_owned(), width: LINE_WIDTH, dashes };
    let entry = |(_, words, color, dashes): &(&str, &str, &str, &'static str)| LegendEntry {
        text: (*words).to_owned(),
        marker: None,
        line: Some(line(color, dashes)),
    };
    legends.push(Legend { title: String::new(), entries: PICTURES.iter().map(entry).collect() });
    let caption = "Conductance at the lowest bias against the root of the temperature, in which the Kondo picture is a straight line, and against its square, in which \
                   defects begin as one."
        .to_owned();
    (!row.is_empty()).then(|| Grid { legends, rows: vec![row], height: 62.0 }.figure("temperature", caption))
}

fn residuals(measured: &Measured) -> Option<Figure> {
    let rows: Vec<Vec<Panel>> = PICTURES
        .iter()
        .filter_map(|(name, words, ..)| {
            let data = measured.data("data_bias", &format!("residual_{name}"), None);
            let labels = [&*with_unit("bias $V$", "mV"), "residual"];
            Some(vec![noted(fitted::residuals(data, labels, Scale::Linear)?, Corner::TopRight, words)])
        })
        .collect();
    let caption = "(measured - fitted)/standard error by both pictures. Trends say that a picture does not hold; the scatter should be that of standard normal numbers.".to_owned();
    (!rows.is_empty())
        .then(|| Grid { legends: measured.legends(), rows, height: 40.0 }.figure("residuals", caption))
}

fn collapse(measured: &Measured) -> Option<Figure> {
    let axes = [["$eV/k_BT$", "$(G-G_0)/(AT^2)$"], ["$w$", r"$\Gamma = [G-G(0,T)]/(B\sqrt{T})$"]];
    let row: Vec<Panel> = PICTURES
        .iter()
        .zip(axes)
        .filter_map(|((name, words, ..), labels)| {
            let y = format!("reduced_{name}");
            let mut data = measured.data(&format!("reduced_bias_{name}"), &y, Some(&format!("{y}_error")));
            // what is known to no better than itself would hide the rest
            data.retain(|d| d.x > 0.0 && d.y > 0.0 && d.y_error < 0.5 * d.y);
            let curves = measured.curves(&format!("scaling_bias_{name}"), &format!("scaling_{name}"), "");
            Some(noted(fitted::panel(data, curves, labels, [Scale::Log; 2])?, Corner::TopLeft, words))
        })
        .collect();
    let caption = "The data on the scaling axes of both pictures, those known to better than half their value. In the Kondo picture all temperatures fall on one curve; defects have \
                   one only as long as $eV$ and $k_BT$ are below $E^*$."
        .to_owned();
    (!row.is_empty()).then(|| {
        Grid { legends: measured.legends(), rows: vec![row], height: 62.0 }.figure("collapse", caption)
    })
}
