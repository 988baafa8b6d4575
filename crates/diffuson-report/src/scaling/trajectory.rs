//! The mobility edge as a curve in the plane of disorder and energy.

use super::GREY;
use crate::figure::Figure;
use crate::number::typeset;
use crate::plot::{Axis, Datum, Grid, Item, LINE_WIDTH, Legend, LegendEntry, Marker, Panel, Scale};
use crate::run::{Estimate, Run, Sweep};
use crate::setting::setting;
use crate::svg::Stroke;
use crate::symbols::{symbol, with_unit};

const COLOR: &str = "#0072b2";

/// One transition of the curve.
pub(super) struct Transition {
    /// Value of what is swept and does not drive it.
    pub(super) at: f64,
    joint: Estimate,
    alone: Estimate,
    exponent: Estimate,
}

impl Transition {
    /// Its critical point: of the joint fit if it is part of one, else of its own fit; none if there is no fit.
    pub(super) fn best(&self) -> Option<Estimate> {
        [self.joint, self.alone].into_iter().find(|e| e.value.is_finite())
    }
}

/// What is swept and does not drive the transition; none if there is one transition.
pub(super) fn other<'r, 'a>(run: &'r Run<'a>) -> Option<&'r Sweep<'a>> {
    run.sweep(run.array("trajectory_at")?.text_attribute("key"))
}

/// All transitions, sides by sides.
pub(super) fn transitions(run: &Run) -> Vec<Transition> {
    let column = |name: &str| run.record.reals(&format!("trajectory_{name}"));
    let estimate = |name: &str, k: usize| {
        let entry = |name: &str| column(name).get(k).copied().unwrap_or(f64::NAN);
        Estimate { value: entry(name), error: entry(&format!("{name}_error")) }
    };
    let make = |(k, at): (usize, &f64)| Transition {
        at: *at,
        joint: estimate("joint_critical_point", k),
        alone: estimate("critical_point", k),
        exponent: estimate("exponent", k),
    };
    column("at").iter().enumerate().map(make).collect()
}

/// What the page says of it; nothing if there is one transition.
pub(super) fn sentence(run: &Run) -> String {
    let (Some(other), Some(driving)) = (other(run), super::driving(run)) else { return String::new() };
    let values = setting(run, other.key).map_or_else(String::new, |s| s.with_unit());
    format!(
        " There is a transition in {} at each of {} = {values}: the mobility edge as a curve. Exponent, critical value and scaling function \
         are universal, and a joint fit shares them.",
        symbol(driving.key),
        symbol(other.key),
    )
}

/// The curve, and the exponent along it.
pub(super) fn trajectory(run: &Run) -> Option<Figure> {
    let (other, driving) = (other(run)?, super::driving(run)?);
    let transitions = transitions(run);
    let by_energy = driving.key == "lattice.energy";
    let (disorder, energy) = if by_energy { (other, driving) } else { (driving, other) };
    // disorder across, energy upwards, whatever drives
    let datum = |t: &Transition, critical: Estimate, marker, color: &str| {
        let (x, y) = if by_energy { (t.at, critical.value) } else { (critical.value, t.at) };
        let (x_error, y_error) =
            if by_energy { (f64::NAN, critical.error) } else { (critical.error, f64::NAN) };
        let tip = format!("{} at {}", typeset(&critical.text()), typeset(&crate::number::short(t.at, 6)));
        Datum { x, y, x_error, y_error, marker, color: color.to_owned(), tip }
    };
    let present = |of: fn(&Transition) -> Estimate, marker, color: &'static str| -> Vec<Datum> {
        let found = transitions.iter().filter(|t| of(t).value.is_finite());
        found.map(|t| datum(t, of(t), marker, color)).collect()
    };
    let alone = present(|t| t.alone, Marker::Square, GREY);
    let joint = present(|t| t.joint, Marker::Disc, COLOR);
    let all = || alone.iter().chain(&joint);
    let x = Axis::holding(&axis(disorder), Scale::Linear, all().flat_map(|d| around(d.x, d.x_error)))?;
    // no eigenvalue lies beyond 2d t + W/2
    let bound = |width: f64| 2.0 * super::stated(run, "lattice.dimension").unwrap_or(f64::NAN) + 0.5 * width;
    let bounded = disorder.key == "disorder.width";
    let line: Vec<(f64, f64)> =
        if bounded { vec![(x.lo, bound(x.lo)), (x.hi, bound(x.hi))] } else { Vec::new() };
    let heights = all().flat_map(|d| around(d.y, d.y_error)).chain(line.iter().map(|p| p.1)).chain([0.0]);
    let y = Axis::holding(&axis(energy), Scale::Linear, heights)?;
    let mut plane = Panel::new(x, y);
    plane.items.push(Item::Curve { points: line, stroke: stroke(GREY, "3 2") });
    let mut guide: Vec<(f64, f64)> =
        if joint.is_empty() { &alone } else { &joint }.iter().map(|d| (d.x, d.y)).collect();
    guide.sort_by(|a, b| if by_energy { a.0.total_cmp(&b.0) } else { a.1.total_cmp(&b.1) });
    let thin = Stroke { width: 0.5 * LINE_WIDTH, ..stroke(COLOR, "") };
    plane.items.push(Item::Curve { points: guide, stroke: thin });
    let mut entries = Vec::new();
    if !joint.is_empty() {
        entries.push(LegendEntry::marker("joint fit", Marker::Disc, COLOR));
    }
    if !alone.is_empty() {
        entries.push(LegendEntry::marker("each transition alone", Marker::Square, GREY));
    }
    if bounded {
        entries.push(LegendEntry::line("end of the spectrum", GREY, "3 2"));
    }
    plane.items.extend([Item::Data(alone), Item::Data(joint)]);
    let rows =
        std::iter::once(vec![plane]).chain(exponents(run, other, &transitions).map(|panel| vec![panel]));
    let end = match bounded {
        true => {
            " Dashed, the end of the spectrum, $2d\\,t+W/2$ in $d$ dimensions; between it and the edge states are localized."
        }
        false => "",
    };
    let caption = format!(
        "(a) The mobility edge $E_m(W)$: at each {} sizes cross at the critical {}. Discs, one fit to all transitions, \
         $\\Gamma=F(\\chi_1,\\chi_2)$, $\\chi_1=\\phi_1(w)(M/M_0)^{{1/\\nu}}$, with one $\\nu$, one critical value and one scaling function, and a critical \
         point and fields $\\phi$ of its own for each; squares, each transition alone.{end} (b) The exponent of each transition alone; line \
         and band, that of the joint fit. Bars and band are one standard error.",
        symbol(other.key),
        symbol(driving.key),
    );
    Some(
        Grid { legends: vec![Legend { title: String::new(), entries }], rows: rows.collect(), height: 50.0 }
            .figure("trajectory", caption),
    )
}

/// The exponents along the curve, with that of the joint fit; none if there is none.
fn exponents(run: &Run, other: &Sweep, transitions: &[Transition]) -> impl Iterator<Item = Panel> {
    let shared = run.fits().into_iter().find(|f| f.name.starts_with("exponent nu, joint")).map(|f| f.result);
    let data: Vec<Datum> = transitions
        .iter()
        .filter(|t| t.exponent.value.is_finite())
        .map(|t| Datum {
            x: t.at,
            y: t.exponent.value,
            x_error: f64::NAN,
            y_error: t.exponent.error,
            marker: Marker::Square,
            color: GREY.to_owned(),
            tip: typeset(&t.exponent.text()),
        })
        .collect();
    let across = Axis::holding(&axis(other), Scale::Linear, transitions.iter().map(|t| t.at));
    let heights = data
        .iter()
        .flat_map(|d| around(d.y, d.y_error))
        .chain(shared.iter().flat_map(|e| around(e.value, e.error)));
    let upwards = Axis::holding(r"exponent $\nu$", Scale::Linear, heights);
    let panel = across.zip(upwards).map(|(x, y)| {
        let mut panel = Panel::new(x, y);
        if let Some(e) = shared {
            let ends = [panel.x.lo, panel.x.hi];
            let points = ends.map(|x| (x, e.value - e.error, e.value + e.error)).to_vec();
            panel.items.push(Item::Band { points, color: COLOR.to_owned(), opacity: 0.25 });
            panel.items.push(Item::Level { y: e.value, stroke: stroke(COLOR, "") });
        }
        panel.items.push(Item::Data(data));
        panel
    });
    panel.into_iter()
}

fn axis(sweep: &Sweep) -> String {
    with_unit(&symbol(sweep.key), sweep.units)
}

fn stroke(color: &str, dashes: &'static str) -> Stroke {
    Stroke { color: color.to_owned(), width: LINE_WIDTH, dashes }
}

/// The ends of a bar; the value alone if it has none.
fn around(value: f64, error: f64) -> [f64; 2] {
    if error.is_finite() { [value - error, value + error] } else { [value; 2] }
}
