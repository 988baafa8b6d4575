//! What figures of fits have in common: measurements with curves beneath, residuals, and named numbers.

use crate::number::{short, typeset, with_error};
use crate::plot::{Axis, Datum, Item, LINE_WIDTH, Legend, LegendEntry, Marker, Panel, Scale, Styles};
use crate::run::Run;
use crate::svg::{INK, Stroke};

/// How a measurement is shown.
pub(crate) struct Shown {
    pub(crate) marker: usize,
    pub(crate) color: String,
    /// What its tip begins with.
    pub(crate) name: String,
}

/// Measurements: one array over them against another, with errors if an array of those is named; without those that are not there.
pub(crate) fn data(
    run: &Run,
    [x, y]: [&str; 2],
    error: Option<&str>,
    shown: impl Fn(usize) -> Option<Shown>,
) -> Vec<Datum> {
    let column = |name: &str| run.record.reals(name);
    let (xs, ys, errors) = (column(x), column(y), error.map_or(&[][..], column));
    let datum = |(k, (&x, &y)): (usize, (&f64, &f64))| {
        let Shown { marker, color, name } = shown(k).filter(|_| x.is_finite() && y.is_finite())?;
        let y_error = errors.get(k).copied().unwrap_or(f64::NAN);
        let tip = format!("{name}{}, {}", typeset(&short(x, 4)), typeset(&with_error(y, y_error)));
        Some(Datum { x, y, x_error: f64::NAN, y_error, marker: Marker::nth(marker), color, tip })
    };
    xs.iter().zip(ys).enumerate().filter_map(datum).collect()
}

/// A panel of data, with curves beneath; none without data.
pub(crate) fn panel(
    data: Vec<Datum>,
    curves: Vec<Item>,
    [x, y]: [&str; 2],
    scales: [Scale; 2],
) -> Option<Panel> {
    let x = Axis::holding(x, scales[0], data.iter().map(|d| d.x))?;
    let y = Axis::holding(y, scales[1], data.iter().map(|d| d.y))?;
    let mut panel = Panel::new(x, y);
    panel.items = curves;
    panel.items.push(Item::Data(data));
    Some(panel)
}

/// Residuals about a line at zero, at least 2.5 standard errors to either side.
pub(crate) fn residuals(data: Vec<Datum>, [x, y]: [&str; 2], scale: Scale) -> Option<Panel> {
    let zero = Item::Level { y: 0.0, stroke: Stroke { color: INK.to_owned(), width: 0.5, dashes: "2 1.5" } };
    let widest = data.iter().map(|d| d.y.abs()).fold(2.5, f64::max);
    let x = Axis::holding(x, scale, data.iter().map(|d| d.x))?;
    let y = Axis::holding(y, Scale::Linear, [-widest, widest].into_iter())?;
    let mut panel = Panel::new(x, y);
    panel.items = vec![zero, Item::Data(data)];
    Some(panel)
}

/// A curve through points that are there.
pub(crate) fn curve(x: &[f64], y: &[f64], color: &str, dashes: &'static str) -> Item {
    let points = x.iter().copied().zip(y.iter().copied()).filter(|p| p.1.is_finite()).collect();
    Item::Curve { points, stroke: Stroke { color: color.to_owned(), width: LINE_WIDTH, dashes } }
}

/// Numbers with names and errors, those that are there one beneath the other.
pub(crate) struct Named<'a> {
    names: &'a [String],
    pub(crate) there: Vec<Number>,
}

/// A number of those with names.
#[derive(Clone, Copy)]
pub(crate) struct Number {
    /// Which of the names.
    pub(crate) name: usize,
    pub(crate) value: f64,
    pub(crate) error: f64,
}

impl<'a> Named<'a> {
    /// By the arrays of names, values and errors.
    pub(crate) fn new(run: &Run<'a>, [names, values, errors]: [&str; 3]) -> Self {
        let names = run.record.texts(names);
        let numbers = run.record.reals(values).iter().zip(run.record.reals(errors));
        let all = numbers.take(names.len()).enumerate().map(|(name, (&value, &error))| Number {
            name,
            value,
            error,
        });
        Self { names, there: all.filter(|n| n.value.is_finite()).collect() }
    }

    pub(crate) fn color(&self, name: usize) -> String {
        Styles::shade(name, self.names.len())
    }

    /// A panel with items beneath the numbers, the first of which is at zero, the next at -1; tips say more of them.
    pub(crate) fn panel(&self, x: Axis, beneath: Vec<Item>, more: impl Fn(usize) -> String) -> Panel {
        let datum = |(place, &Number { name, value, error }): (usize, &Number)| Datum {
            x: value,
            y: -(place as f64),
            x_error: error,
            y_error: f64::NAN,
            marker: Marker::nth(name),
            color: self.color(name),
            tip: format!("{}: {}, {}", self.names[name], typeset(&with_error(value, error)), more(name)),
        };
        let y = Axis::new("", Scale::Linear, 0.7 - self.there.len() as f64, 0.7).bare();
        let mut panel = Panel::new(x, y);
        panel.items = beneath;
        panel.items.push(Item::Data(self.there.iter().enumerate().map(datum).collect()));
        panel
    }

    /// The names of those that are there.
    pub(crate) fn legends(&self) -> Vec<Legend> {
        let entry = |&Number { name, .. }: &Number| {
            LegendEntry::marker(&self.names[name], Marker::nth(name), &self.color(name))
        };
        vec![Legend { title: String::new(), entries: self.there.iter().map(entry).collect() }]
    }
}
