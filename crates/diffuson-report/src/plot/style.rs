//! Which colour and marker a sweep point has, the same in every figure.
//!
//! With a swept probe coupling and other swept keys, the marker tells the coupling and the colour
//! the rest; with one swept key both tell its value.

use super::{LINE_WIDTH, Legend, LegendEntry, Marker};
use crate::color::{ColorMap, PALETTE};
use crate::run::Run;
use crate::svg::{INK, Stroke};
use crate::symbols;

/// Colour and marker groups of all points.
pub(crate) struct Styles {
    /// Group of each point among points of equal colour.
    pub(crate) color_group: Vec<usize>,
    /// Group of each point among points of equal marker.
    pub(crate) marker_group: Vec<usize>,
    colors: usize,
    legends: Vec<Legend>,
}

impl Styles {
    pub(crate) fn new(run: &Run) -> Self {
        let coupling =
            run.sweeps.iter().position(|s| s.key == "probes.coupling").filter(|_| run.sweeps.len() > 1);
        let by_color: Vec<usize> = (0..run.sweeps.len()).filter(|i| Some(*i) != coupling).collect();
        let by_marker = coupling.map_or(by_color.clone(), |i| vec![i]);
        let (color_group, color_points) = Self::groups(run, &by_color);
        let (marker_group, marker_points) = Self::groups(run, &by_marker);
        let colors = color_points.len();

        let mut legends = Vec::new();
        if !run.sweeps.is_empty() {
            let entries = color_points.iter().enumerate().map(|(group, point)| {
                let marker = if coupling.is_some() { Marker::Disc } else { Marker::nth(group) };
                LegendEntry::marker(&values(run, &by_color, *point), marker, &Self::shade(group, colors))
            });
            legends.push(Legend { title: title(run, &by_color), entries: entries.collect() });
        }
        if coupling.is_some() {
            let entries = marker_points.iter().enumerate().map(|(group, point)| {
                LegendEntry::marker(&values(run, &by_marker, *point), Marker::nth(group), INK)
            });
            legends.push(Legend { title: title(run, &by_marker), entries: entries.collect() });
        }
        Self { color_group, marker_group, colors, legends }
    }

    pub(crate) fn color(&self, point: usize) -> String {
        Self::shade(self.color_group.get(point).copied().unwrap_or(0), self.colors)
    }

    pub(crate) fn marker(&self, point: usize) -> Marker {
        Marker::nth(self.marker_group.get(point).copied().unwrap_or(0))
    }

    /// One legend for colours, one for markers; empty when nothing is swept.
    pub(crate) fn legends(&self) -> &[Legend] {
        &self.legends
    }

    /// The same with lines in place of markers, for curves.
    pub(crate) fn lines(&self) -> Vec<Legend> {
        let mut legends = self.legends.clone();
        for entry in legends.iter_mut().flat_map(|legend| &mut legend.entries) {
            if let Some((_, color)) = entry.marker.take() {
                entry.line = Some(Stroke { color, width: LINE_WIDTH, dashes: "" });
            }
        }
        legends
    }

    /// The colour of one of so many groups: distinct, or a scale if there are many.
    pub(crate) fn shade(group: usize, groups: usize) -> String {
        if groups <= PALETTE.len() {
            PALETTE[group % PALETTE.len()].hex()
        } else {
            ColorMap::Sequential.at(0.92 * group as f64 / (groups - 1) as f64).hex()
        }
    }

    /// The group of each point when only the given sweeps count, and the first point of each group.
    pub(crate) fn groups(run: &Run, sweeps: &[usize]) -> (Vec<usize>, Vec<usize>) {
        let mut keys: Vec<Vec<String>> = Vec::new();
        let mut first = Vec::new();
        let group = (0..run.points).map(|point| {
            let key: Vec<String> = sweeps.iter().map(|i| run.sweeps[*i].text(point)).collect();
            keys.iter().position(|k| *k == key).unwrap_or_else(|| {
                keys.push(key);
                first.push(point);
                keys.len() - 1
            })
        });
        (group.collect(), first)
    }
}

fn title(run: &Run, sweeps: &[usize]) -> String {
    match sweeps {
        [only] => {
            let sweep = &run.sweeps[*only];
            format!("{}:", symbols::with_unit(&symbols::symbol(sweep.key), sweep.units))
        }
        _ => String::new(),
    }
}

fn values(run: &Run, sweeps: &[usize], point: usize) -> String {
    match sweeps {
        [only] => crate::number::typeset(&run.sweeps[*only].text(point)),
        _ => sweeps.iter().map(|i| run.sweeps[*i].assignment(point)).collect::<Vec<_>>().join(", "),
    }
}
