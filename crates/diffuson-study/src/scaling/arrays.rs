//! The fits as arrays of the record.

use super::families::{Family, other};
use crate::results::{Results, float};
use crate::settings::{Driving, Scaling as Settings};
use crate::task::Column;
use diffuson::localization::scaling::{Estimated, ScalingFit, Tried};
use diffuson_store::{ArraySpec, Kind, POINT};

/// The points on the scaling curves, and the curves: those of joint fits where there are any, because separate fits have scaling variables of their own.
pub(super) fn collapse(results: &mut Results, families: &[Family], points: usize) {
    const CURVE: usize = 101;
    let mut columns = vec![vec![f64::NAN; points]; 4];
    let (mut abscissae, mut curves) = (Vec::new(), Vec::new());
    let joint = families.iter().any(|f| f.is_joint() && f.chosen().is_some());
    let drawn: Vec<&Family> = families.iter().filter(|f| f.is_joint() == joint).collect();
    for family in &drawn {
        let Some(fit) = family.chosen() else {
            abscissae.extend([f64::NAN; CURVE]);
            curves.extend([f64::NAN; CURVE]);
            continue;
        };
        let kept = family.points.iter().filter(|(_, p)| p.size >= fit.smallest_size);
        let collapsed = fit.collapse();
        for ((point, _), c) in kept.zip(&collapsed) {
            for (column, value) in columns.iter_mut().zip([c.variable, c.value, c.point.error, c.residual]) {
                column[*point] = value;
            }
        }
        let ends = collapsed.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), c| {
            (low.min(c.variable), high.max(c.variable))
        });
        for k in 0..CURVE {
            let x = ends.0 + (ends.1 - ends.0) * k as f64 / (CURVE - 1) as f64;
            abscissae.push(x);
            curves.push(fit.scaling_function(0, x).unwrap_or(f64::NAN));
        }
    }
    let by_point = [
        ("scaled_variable", "scaling variable phi(w) (M/M_0)^(1/nu)"),
        ("scaled_value", "value freed of irrelevant corrections"),
        ("scaled_error", "standard error of the value"),
        ("scaled_residual", "(measured - fitted)/standard error"),
    ];
    results.dimension("curve", CURVE);
    results.dimension("family", drawn.len());
    let specs = by_point.into_iter().map(|(name, words)| float(name, &[POINT], "1", words));
    results.extend(specs.zip(columns.into_iter().map(Column::Float)));
    let on_curve = |name, words| float(name, &["family", "curve"], "1", words);
    results.extend([
        (on_curve("curve_variable", "scaling variable"), Column::Float(abscissae)),
        (on_curve("curve_value", "scaling function"), Column::Float(curves)),
    ]);
}

/// The mobility edge as a curve: separate fits at each value of what does not drive the transition, and the joint fit; nothing if there is one transition.
pub(super) fn trajectory(results: &mut Results, s: &Settings, families: &[Family]) {
    let Some((driving, other)) = s.driving().and_then(|driving| Some((driving, other(s, driving)?))) else {
        return;
    };
    struct Row<'f> {
        family: &'f Family,
        at: f64,
        joint: Option<Estimated>,
    }
    let joint = |family: &Family, at: f64| {
        let joint = families.iter().find(|f| f.is_joint() && f.periodic == family.periodic)?;
        let t = joint.at.iter().position(|a| *a == at)?;
        Some(joint.chosen()?.critical_points[t])
    };
    let rows: Vec<Row> = families
        .iter()
        .filter_map(|family| if let [at] = family.at[..] { Some((family, at)) } else { None })
        .map(|(family, at)| Row { family, at, joint: joint(family, at) })
        .collect();
    let path = |of: Driving| match of {
        Driving::Disorder => s.disorder.key(),
        Driving::Energy => "lattice.energy",
    };
    let array =
        |name: &str, units, words| float(&format!("trajectory_{name}"), &["trajectory"], units, words);
    let error = "one standard error";
    let number = |of: &dyn Fn(&ScalingFit) -> f64| {
        Column::Float(rows.iter().map(|r| r.family.chosen().map_or(f64::NAN, of)).collect())
    };
    let joint =
        |of: fn(Estimated) -> f64| Column::Float(rows.iter().map(|r| r.joint.map_or(f64::NAN, of)).collect());
    let sides = ArraySpec::new("trajectory_sides", Kind::Text, &["trajectory"], "1", "sides");
    results.dimension("trajectory", rows.len());
    results.extend([
        (sides, Column::Text(rows.iter().map(|r| r.family.sides().to_owned()).collect())),
        (
            array("at", "t", "value of what is swept and does not drive the transition")
                .with("key", path(other)),
            Column::Float(rows.iter().map(|r| r.at).collect()),
        ),
        (
            array("critical_point", "t", "critical point of what drives the transition")
                .with("key", path(driving)),
            number(&|f| f.critical_point().value),
        ),
        (array("critical_point_error", "t", error), number(&|f| f.critical_point().standard_error)),
        (array("exponent", "1", "exponent nu"), number(&|f| f.exponent.value)),
        (array("exponent_error", "1", error), number(&|f| f.exponent.standard_error)),
        (array("critical_value", "1", "critical value"), number(&|f| f.critical_values[0].value)),
        (array("critical_value_error", "1", error), number(&|f| f.critical_values[0].standard_error)),
        (array("goodness", "1", "goodness of fit Q"), number(&|f| f.fit.goodness)),
        (
            array("joint_critical_point", "t", "critical point by the joint fit")
                .describe("NaN: there is none, or this transition is no part of it"),
            joint(|e| e.value),
        ),
        (array("joint_critical_point_error", "t", error), joint(|e| e.standard_error)),
    ]);
}

/// Every expansion that was tried, so that the reader sees the spread.
pub(super) fn tried(results: &mut Results, families: &[Family]) {
    struct Row<'f> {
        family: &'f Family,
        tried: &'f Tried,
        chosen: bool,
    }
    let rows: Vec<Row> = families
        .iter()
        .filter_map(|family| Some((family, family.scanned.as_ref().ok()?)))
        .flat_map(|(family, scanned)| {
            let row = move |(k, tried)| Row { family, tried, chosen: scanned.chosen == Some(k) };
            scanned.tried.iter().enumerate().map(row)
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    let number = |of: &dyn Fn(&ScalingFit) -> f64| {
        Column::Float(rows.iter().map(|r| r.tried.outcome.as_ref().map_or(f64::NAN, of)).collect())
    };
    let text = |of: &dyn Fn(&Row) -> String| Column::Text(rows.iter().map(of).collect());
    // a joint fit has several critical points
    let single = |f: &ScalingFit, of: fn(&ScalingFit) -> f64| {
        if f.critical_points.len() == 1 { of(f) } else { f64::NAN }
    };
    let orders = |r: &Row| {
        let o = r.tried.orders;
        let irrelevant = if o.irrelevant > 0 {
            format!("{} {}", o.irrelevant_field, o.correction)
        } else {
            "- -".to_owned()
        };
        format!("{} {} {} {irrelevant}", o.relevant, o.irrelevant, o.relevant_field)
    };
    let words = |name, words| ArraySpec::new(name, Kind::Text, &["tried"], "1", words);
    let float = |name, words| float(name, &["tried"], "1", words);
    results.dimension("tried", rows.len());
    results.extend([
        (words("tried_sides", "sides"), text(&|r| r.family.sides().to_owned())),
        (
            float("tried_at", "value of what is swept and does not drive the transition")
                .describe("NaN: all, a joint fit"),
            Column::Float(
                rows.iter().map(|r| if let [at] = r.family.at[..] { at } else { f64::NAN }).collect(),
            ),
        ),
        (
            words("tried_orders", "orders n_R n_I m_R m_I of the expansion, and of the correction"),
            text(&orders),
        ),
        (
            float("tried_smallest_size", "smallest size that took part"),
            Column::Float(rows.iter().map(|r| r.tried.smallest_size).collect()),
        ),
        (
            float("tried_critical_point", "critical point"),
            number(&|f| single(f, |f| f.critical_point().value)),
        ),
        (
            float("tried_critical_point_error", "one standard error"),
            number(&|f| single(f, |f| f.critical_point().standard_error)),
        ),
        (float("tried_exponent", "exponent nu"), number(&|f| f.exponent.value)),
        (float("tried_exponent_error", "one standard error"), number(&|f| f.exponent.standard_error)),
        (float("tried_critical_value", "critical value"), number(&|f| f.critical_values[0].value)),
        (
            float("tried_critical_value_error", "one standard error"),
            number(&|f| f.critical_values[0].standard_error),
        ),
        (
            float("tried_irrelevant_exponent", "irrelevant exponent y"),
            number(&|f| f.irrelevant_exponent.map_or(f64::NAN, |y| y.value)),
        ),
        (float("tried_chi_squared", "chi^2"), number(&|f| f.fit.chi_squared)),
        (
            float("tried_degrees_of_freedom", "degrees of freedom"),
            number(&|f| f.fit.degrees_of_freedom as f64),
        ),
        (float("tried_goodness", "goodness of fit Q"), number(&|f| f.fit.goodness)),
        (
            ArraySpec::new("tried_chosen", Kind::Integer, &["tried"], "1", "1: the fit that is quoted"),
            Column::Integer(rows.iter().map(|r| i64::from(r.chosen)).collect()),
        ),
    ]);
}
