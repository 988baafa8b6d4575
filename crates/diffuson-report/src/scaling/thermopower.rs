//! Thermopower from the conductivity that was computed.

use super::GREY;
use crate::figure::Figure;
use crate::number::{short, typeset};
use crate::plot::{Axis, Datum, Grid, Item, LINE_WIDTH, Legend, LegendEntry, Marker, Panel, Scale};
use crate::run::Run;
use crate::svg::Stroke;
use crate::symbols::with_unit;

/// sigma_0(E) and S(T) of the lattice, with what a pure power law gives; none if they were not asked for.
pub(super) fn thermopower(run: &Run) -> Option<Figure> {
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
