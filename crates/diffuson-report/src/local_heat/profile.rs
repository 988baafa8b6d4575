//! The averaged potential along the current, with the straight line of its interior slope.

use std::collections::BTreeMap;

use crate::figure::Figure;
use crate::plot::Styles;
use crate::plot::{Axis, Item, LABEL_SIZE, LINE_WIDTH, Legend, LegendEntry, ONE_COLUMN, Panel, Scale};
use crate::run::Run;
use crate::svg::{Align, Canvas, Frame, INK, MM, Stroke};
use crate::symbols::with_unit;

/// More curves than this hide each other.
const MOST: usize = 4;

/// Position, mean potential and its standard error, slice by slice.
type Profile = Vec<(f64, f64, f64)>;

pub(crate) fn draw(run: &Run) -> Figure {
    let all: Vec<(usize, Profile)> =
        (0..run.points).map(|p| (p, profile(run, p))).filter(|(_, profile)| profile.len() > 1).collect();
    let styles = Styles::new(run);
    let shown = ends(&styles, &all);
    let units = run.array("potential").map_or("bias", |array| array.text_attribute("units"));
    let x_values = || shown.iter().flat_map(|(_, p)| p.iter().map(|s| s.0));
    let means = || shown.iter().flat_map(|(_, p)| p.iter().map(|s| s.1));
    let x = Axis::holding("$x$ ($a$)", Scale::Linear, x_values());
    let y = Axis::holding(&with_unit(r"mean potential $\langle\mu\rangle$", units), Scale::Linear, means());
    let (Some(x), Some(y)) = (x, y) else {
        let reason = "No finished sample holds potentials with their positions along the current.";
        return Figure::empty("profile", "Potential along the current", reason);
    };
    let lines: Vec<Option<(f64, f64)>> =
        shown.iter().map(|(point, profile)| line(run, *point, profile)).collect();
    let excess = |profile: &Profile, (slope, offset): (f64, f64)| -> Profile {
        profile.iter().map(|(x, mean, error)| (*x, mean - offset - slope * x, *error)).collect()
    };
    let residues: Vec<Option<Profile>> =
        shown.iter().zip(&lines).map(|((_, profile), line)| line.map(|line| excess(profile, line))).collect();
    let mut residue_axis = Axis::holding(
        &with_unit("minus line", units),
        Scale::Linear,
        residues.iter().flatten().flatten().map(|s| s.1).chain([0.0]),
    );
    if let Some(axis) = &mut residue_axis {
        // Headroom for the name of the panel.
        axis.hi += 0.3 * (axis.hi - axis.lo);
    }

    let (width, edge) = (ONE_COLUMN * MM, 3.0);
    let mut canvas = Canvas::default();
    let named = shown.iter().filter(|_| run.points > 1 || !run.sweeps.is_empty());
    let entries = named.map(|(point, _)| {
        LegendEntry::line(
            &run.point_label(*point),
            &curve(run, &styles, *point).color,
            curve(run, &styles, *point).dashes,
        )
    });
    let mut legends = vec![Legend { title: String::new(), entries: entries.collect() }];
    if lines.iter().any(Option::is_some) {
        legends[0].entries.push(LegendEntry::line("interior slope", INK, "3 2"));
    }
    Legend::draw(&legends, &mut canvas, edge, edge, width - 2.0 * edge);
    let top = edge + Legend::height(&legends, width - 2.0 * edge) + 4.0;

    let mut upper = Panel::new(x.clone(), y);
    let mut lower =
        residue_axis.filter(|_| residues.iter().any(Option::is_some)).map(|axis| Panel::new(x.clone(), axis));
    for (((point, profile), line), residue) in shown.iter().zip(&lines).zip(&residues) {
        let stroke = curve(run, &styles, *point);
        upper.items.extend(curve_with_band(profile, &stroke));
        if let Some((slope, offset)) = line {
            let end = |s: Option<&(f64, f64, f64)>| s.map_or(f64::NAN, |s| s.0);
            let points =
                [end(profile.first()), end(profile.last())].map(|x| (x, offset + slope * x)).to_vec();
            upper.items.push(Item::Curve {
                points,
                stroke: Stroke { color: INK.to_owned(), width: 0.6, dashes: "3 2" },
            });
        }
        if let (Some(panel), Some(residue)) = (&mut lower, residue) {
            panel.items.extend(curve_with_band(residue, &stroke));
        }
    }
    let heights = (44.0 * MM, 24.0 * MM);
    let axes = [Some(&upper), lower.as_ref()];
    let left = axes.into_iter().flatten().map(|p| p.y.room_left(24.0 * MM)).fold(0.0, f64::max) + edge;
    let frame = Frame { x: left, y: top, width: width - left - edge - 3.0, height: heights.0 };
    let mut bottom = frame.bottom();
    if let Some(mut lower) = lower {
        upper.x = upper.x.bare();
        lower.items.push(Item::Level {
            y: 0.0,
            stroke: Stroke { color: INK.to_owned(), width: 0.6, dashes: "3 2" },
        });
        let below = Frame { y: bottom + 5.0, height: heights.1, ..frame };
        lower.draw(&mut canvas, below);
        canvas.write("(b)", LABEL_SIZE, below.right() - 6.0, below.y + 11.0, Align::End);
        canvas.write("(a)", LABEL_SIZE, frame.right() - 6.0, frame.y + 11.0, Align::End);
        bottom = below.bottom();
    }
    upper.draw(&mut canvas, frame);
    bottom += x.room_below();

    let mut caption = "Potential averaged over slices across the current and over samples; the band is one standard \
                       error. Dashed: the straight line with the interior slope, which excludes the drops at the \
                       contacts; (b) is the difference."
        .to_owned();
    if shown.len() < all.len() {
        caption.push_str(&format!(
            " Shown are {} of {} points, at the ends of the sweep.",
            shown.len(),
            all.len()
        ));
    }
    if let Some((point, loaded, done)) = fewest_loaded(run) {
        caption.push_str(&format!(" Averages use the first {loaded} of {done} samples (point {point})."));
    }
    Figure::new("profile", caption, canvas, width, bottom + edge)
}

/// All profiles if they are few, else those at the ends of the sweep, at most [`MOST`].
fn ends<'a>(styles: &Styles, all: &'a [(usize, Profile)]) -> Vec<&'a (usize, Profile)> {
    if all.len() <= MOST {
        return all.iter().collect();
    }
    let end = |groups: &[usize], point: usize| {
        let last = groups.iter().max().copied().unwrap_or(0);
        groups.get(point).is_some_and(|g| *g == 0 || *g == last)
    };
    let corner = |point| end(&styles.color_group, point) && end(&styles.marker_group, point);
    let corners: Vec<_> = all.iter().filter(|(point, _)| corner(*point)).collect();
    if (2..=MOST).contains(&corners.len()) { corners } else { vec![&all[0], &all[all.len() - 1]] }
}

fn curve(run: &Run, styles: &Styles, point: usize) -> Stroke {
    // Where the marker tells the coupling, lines tell it by their dashes.
    let dashes = if run.sweeps.len() > 1 {
        ["", "5 1.5", "3 1 1 1", "1.2 1.2", "6 1 1 1 1 1", "8 2"][styles.marker_group[point] % 6]
    } else {
        ""
    };
    Stroke { color: styles.color(point), width: LINE_WIDTH, dashes }
}

fn curve_with_band(profile: &Profile, stroke: &Stroke) -> [Item; 2] {
    let band = profile.iter().map(|(x, m, e)| if e.is_finite() { (*x, m - e, m + e) } else { (*x, *m, *m) });
    [
        Item::Band { points: band.collect(), color: stroke.color.clone(), opacity: 0.25 },
        Item::Curve { points: profile.iter().map(|(x, m, _)| (*x, *m)).collect(), stroke: stroke.clone() },
    ]
}

/// Mean and standard error over samples of the potential averaged over each slice.
fn profile(run: &Run, point: usize) -> Profile {
    let (Some(x), Some(slices)) = (run.sites("x", point), run.sites("slice", point)) else {
        return Vec::new();
    };
    let mut positions: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
    for (x, slice) in x.iter().zip(slices).filter(|(x, slice)| x.is_finite() && **slice >= 0.0) {
        let entry = positions.entry(*slice as i64).or_default();
        *entry = (entry.0 + x, entry.1 + 1.0);
    }
    let mut sums: BTreeMap<i64, [f64; 3]> = BTreeMap::new();
    for potential in run.done(point).filter_map(|sample| run.field("potential", point, sample)) {
        let mut means: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
        for (mu, slice) in potential.iter().zip(slices).filter(|(mu, slice)| mu.is_finite() && **slice >= 0.0)
        {
            let entry = means.entry(*slice as i64).or_default();
            *entry = (entry.0 + mu, entry.1 + 1.0);
        }
        for (slice, (sum, count)) in means {
            let mean = sum / count;
            let entry = sums.entry(slice).or_default();
            *entry = [entry[0] + 1.0, entry[1] + mean, entry[2] + mean * mean];
        }
    }
    let mean_and_error = |[n, sum, squares]: [f64; 3]| {
        let mean = sum / n;
        let variance = (squares / n - mean * mean).max(0.0);
        (mean, if n > 1.0 { (variance / (n - 1.0)).sqrt() } else { f64::NAN })
    };
    let entries = sums.into_iter().filter_map(|(slice, sums)| {
        let (x, count) = positions.get(&slice)?;
        let (mean, error) = mean_and_error(sums);
        Some((x / count, mean, error))
    });
    entries.collect()
}

/// Slope and offset of the straight line: the recorded interior slope, through the middle third of the profile.
fn line(run: &Run, point: usize, profile: &Profile) -> Option<(f64, f64)> {
    let size = run.estimate("gradient", point).value.abs();
    if !size.is_finite() {
        return None;
    }
    let (first, last) = (profile.first()?, profile.last()?);
    let slope = size * (last.1 - first.1).signum();
    let n = profile.len();
    let middle = &profile[n / 3..(2 * n).div_ceil(3)];
    let mean = |f: fn(&(f64, f64, f64)) -> f64| middle.iter().map(f).sum::<f64>() / middle.len() as f64;
    Some((slope, mean(|s| s.1) - slope * mean(|s| s.0)))
}

/// The point whose fields are loaded for the fewest samples, if not for all.
fn fewest_loaded(run: &Run) -> Option<(usize, usize, usize)> {
    let counts = (0..run.points).map(|point| {
        let loaded = run.done(point).filter(|s| run.field("potential", point, *s).is_some()).count();
        (point, loaded, run.done_count(point))
    });
    counts.filter(|(_, loaded, done)| loaded < done).min_by_key(|(_, loaded, _)| *loaded)
}
