//! The lattice experiment: variances of F_1, distributions of its lowest eigenvalue, their collapse.

use super::{GREY, datum};
use crate::figure::Figure;
use crate::plot::{Axis, Grid, Item, LINE_WIDTH, Legend, LegendEntry, Marker, Panel, Scale, Styles};
use crate::run::Run;
use crate::svg::{INK, Stroke};

const NOT_COMPUTED: &str = "The study has not been computed.";

fn row<'a>(run: &Run<'a>, name: &str, point: usize) -> &'a [f64] {
    run.sites(name, point).unwrap_or(&[])
}

/// Variances on Gaussian profiles; none where the susceptibility was not computed.
pub(super) fn radii(run: &Run) -> Option<Figure> {
    const NAME: &str = "radii";
    const CAPTION: &str = "Variance over samples of $F_1$ projected onto Gaussians $e^{-x^2/R^2}$, against their radius. (a) The variance, with theory as full lines, and dashed the rings of pure \
                           diffusion that theory becomes for long waves at low temperature: on an infinite plane at zero temperature they would not depend on $R$. Both on the same torus at the same \
                           temperature. (b) Measured over theory. Bars are one standard error over samples.";
    run.array("profile_variance")?;
    let styles = Styles::new(run);
    let at = run.record.reals("radius");
    let axis = |label: &str, low: f64, measured: &str, theory: &str| {
        let ends = |p: usize| {
            let errors = row(run, &format!("{measured}_error"), p);
            row(run, measured, p).iter().zip(errors).flat_map(|(v, e)| [v - e, v + e]).collect::<Vec<f64>>()
        };
        let ends = (0..run.points).flat_map(ends);
        let values = ends.chain((0..run.points).flat_map(|p| row(run, theory, p).iter().copied()));
        Axis::holding(r"radius $R$ (sites)", Scale::Linear, at.iter().copied().chain([0.0]))
            .zip(Axis::holding(label, Scale::Linear, values.chain([low])))
            .map(|(x, y)| Panel::new(x, y))
    };
    let variance = axis(r"variance of $F_1$", 0.0, "profile_variance", "profile_diffusive");
    let ratio = axis("measured over theory", 1.0, "profile_ratio", "profile_ratio");
    let Some((mut variance, mut ratio)) = variance.zip(ratio) else {
        return Some(Figure::empty(NAME, NAME, NOT_COMPUTED));
    };
    let level = Stroke { color: GREY.to_owned(), width: LINE_WIDTH, dashes: "" };
    ratio.items.push(Item::Level { y: 1.0, stroke: level });
    for point in 0..run.points {
        let color = styles.color(point);
        for (name, dashes) in [("profile_predicted", ""), ("profile_diffusive", "3 2")] {
            let points = at.iter().copied().zip(row(run, name, point).iter().copied()).collect();
            let stroke = Stroke { color: color.clone(), width: LINE_WIDTH, dashes };
            variance.items.push(Item::Curve { points, stroke });
        }
        for (panel, name) in [(&mut variance, "profile_variance"), (&mut ratio, "profile_ratio")] {
            let errors = row(run, &format!("{name}_error"), point);
            let values = at.iter().zip(row(run, name, point)).zip(errors);
            let data = values.map(|((x, y), e)| datum((*x, *y), *e, (styles.marker(point), &color)));
            panel.items.push(Item::Data(data.collect()));
        }
    }
    let legends = styles.legends().to_vec();
    Some(Grid { legends, rows: vec![vec![variance, ratio]], height: 58.0 }.figure(NAME, CAPTION.to_owned()))
}

/// Energies, shares of samples beyond them with errors, and shares of surrogates, of one subspace at a point.
struct Survival<'a> {
    energy: &'a [f64],
    found: &'a [f64],
    error: &'a [f64],
    surrogate: &'a [f64],
}

impl<'a> Survival<'a> {
    fn new(run: &Run<'a>, point: usize, subspace: usize) -> Option<Self> {
        let row = |name: &str| run.record.array(name)?.row(&[point, subspace]);
        Some(Self {
            energy: row("survival_energy")?,
            found: row("survival")?,
            error: row("survival_error")?,
            surrogate: row("surrogate_survival")?,
        })
    }

    /// Abscissae and shares of both; shares of zero are left out.
    fn items(&self, to_x: impl Fn(f64) -> f64, style: (Marker, &str)) -> [Item; 2] {
        let positive = |(_, p): &(f64, f64)| *p > 0.0;
        let points = |shares: &'a [f64]| {
            let all = self.energy.iter().map(|e| to_x(*e)).zip(shares.iter().copied());
            all.filter(positive).collect::<Vec<_>>()
        };
        let stroke = Stroke { color: style.1.to_owned(), width: LINE_WIDTH, dashes: "" };
        let errors = self.found.iter().zip(self.error).filter(|(p, _)| **p > 0.0).map(|(_, e)| *e);
        let data = points(self.found).into_iter().zip(errors).map(|(at, e)| datum(at, e, style));
        [Item::Curve { points: points(self.surrogate), stroke }, Item::Data(data.collect())]
    }
}

/// The abscissae and shares that a set of items shows.
fn panel_of(items: Vec<Item>, x: &str, y: &str) -> Option<Panel> {
    let mut ends: Vec<(f64, f64)> = Vec::new();
    for item in &items {
        match item {
            Item::Data(data) => ends.extend(data.iter().map(|d| (d.x, d.y))),
            Item::Curve { points, .. } => ends.extend(points.iter().copied()),
            _ => {}
        }
    }
    let x = Axis::holding(x, Scale::Linear, ends.iter().map(|e| e.0))?;
    let y = Axis::holding(y, Scale::Log, ends.iter().map(|e| e.1))?;
    Some(Panel { items, ..Panel::new(x, y) })
}

/// Distribution of the lowest eigenvalue in each subspace, at the point of the largest conductance.
pub(super) fn distribution(run: &Run) -> Option<Figure> {
    const NAME: &str = "distribution";
    const CAPTION: &str = "Share of samples whose lowest eigenvalue of $F_1$, projected onto the lowest Fourier modes, is below $-E$; lines: Gaussian matrices with the covariance of \
                           theory. At $E=1+F_0$ such a sample is unstable within these modes. Bars are one standard error; neighbouring points share their samples.";
    run.array("survival")?;
    let modes = run.record.reals("subspace");
    let conductance = |p: &usize| run.estimate("conductance", *p).value;
    let point = (0..run.points).max_by(|a, b| conductance(a).total_cmp(&conductance(b))).unwrap_or(0);
    let caption = format!(
        "{CAPTION} {}",
        match run.sweeps.is_empty() {
            true => String::new(),
            false =>
                format!("Of several points that of the largest conductance ({}).", run.point_label(point)),
        }
    );
    let style = |k: usize| (Marker::nth(k), Styles::shade(k, modes.len()));
    let items = (0..modes.len()).filter_map(|k| {
        let (marker, color) = style(k);
        Some(Survival::new(run, point, k)?.items(|e| e, (marker, &color)))
    });
    let entries = modes.iter().enumerate().map(|(k, m)| {
        let (marker, color) = style(k);
        LegendEntry::marker(&format!("{m}"), marker, &color)
    });
    let legend = Legend { title: "number of modes:".to_owned(), entries: entries.collect() };
    let panel = panel_of(items.flatten().collect(), "$E$", r"share of samples with $\lambda_{min}<-E$");
    Some(match panel {
        Some(panel) => {
            Grid { legends: vec![legend], rows: vec![vec![panel]], height: 70.0 }.figure(NAME, caption)
        }
        None => Figure::empty(NAME, NAME, NOT_COMPUTED),
    })
}

/// All points in one subspace against (g E)^2.
pub(super) fn collapse(run: &Run) -> Option<Figure> {
    const NAME: &str = "collapse";
    run.array("survival")?;
    let modes = run.record.reals("subspace");
    let chosen = run.record.reals("chosen_subspace").first().map_or(0, |k| *k as usize);
    let styles = Styles::new(run);
    let mut items: Vec<Item> = (0..run.points)
        .filter_map(|point| {
            let g = run.estimate("conductance", point).value;
            let color = styles.color(point);
            let style = (styles.marker(point), color.as_str());
            Some(Survival::new(run, point, chosen)?.items(|e| (g * e).powi(2), style))
        })
        .flatten()
        .collect();
    // the law itself, through one at zero
    let last = items.iter().filter_map(|item| match item {
        Item::Curve { points, .. } => points.last().map(|p| p.0),
        _ => None,
    });
    let end = last.fold(0.0, f64::max);
    let rate = run.estimate("surrogate_coefficient", 0).value;
    if rate.is_finite() {
        let law = (0..=20).map(|k| f64::from(k) * end / 20.0).map(|x| (x, (-rate * x).exp()));
        let stroke = Stroke { color: INK.to_owned(), width: LINE_WIDTH, dashes: "4 2" };
        items.push(Item::Curve { points: law.collect(), stroke });
    }
    let caption = format!(
        "Share of samples whose lowest eigenvalue of $F_1$ in {} modes is below $-E$, against $g^2E^2$; lines: Gaussian matrices with the covariance of theory. The exponential law \
         of droplets is a straight line in this plot, the same for all conductances; dashed, $e^{{-E^2/2I}}$ with the largest variance $I$ that a profile made of these modes has at the \
         first point.",
        modes.get(chosen).copied().unwrap_or(f64::NAN),
    );
    Some(match panel_of(items, "$g^2E^2$", r"share of samples with $\lambda_{min}<-E$") {
        Some(panel) => {
            let legends = styles.legends().to_vec();
            Grid { legends, rows: vec![vec![panel]], height: 70.0 }.figure(NAME, caption)
        }
        None => Figure::empty(NAME, NAME, NOT_COMPUTED),
    })
}
