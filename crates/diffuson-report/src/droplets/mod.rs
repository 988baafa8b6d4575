//! Figures of a droplets study, one colour per point of the sweep; those of curves as long as points are few.
//!
//! - `window`: the exponent over conductance and distance from the instability, with the limits of validity; against one of the two, if only one is swept
//! - `spin`: how the spin of droplets is distributed, in three forms
//! - `interaction`: mean and deviation of the interaction of two droplets against their distance
//! - `sign`: how probable it is that they point in opposite directions
//! - `temperature`: susceptibility and dephasing rate
//! - `profile`: the spin density of a droplet

mod window;

use crate::figure::Figure;
use crate::kind::Kind;
use crate::plot::{Axis, Grid, Item, LINE_WIDTH, Legend, LegendEntry, Panel, Scale, Styles};
use crate::run::Run;
use crate::setting::setting;
use crate::svg::Stroke;
use crate::symbols::with_unit;

/// The kind `droplets`.
pub(crate) const KIND: Kind = Kind {
    name: "droplets",
    columns: &[
        ("gamma", "gamma"),
        ("alpha", "alpha"),
        ("complete_beta", "beta"),
        ("exponent", "exponent G"),
        ("typical_spin", "spin"),
        ("crossover_temperature", "T*"),
        ("interaction_energy", "U_t"),
        ("crossover_distance", "L*/R"),
        ("profile_integral", "Int psi/a"),
    ],
    shown: &[
        "spin_expanded",
        "spin_quartic",
        "spin_all_orders",
        "interaction_mean",
        "interaction_deviation",
        "interaction_mean_approximate",
        "interaction_deviation_approximate",
        "interaction_mean_printed",
        "interaction_deviation_printed",
        "antiferromagnetic",
        "susceptibility",
        "dephasing",
        "dephasing_by_droplets",
        "dephasing_by_spin_fluctuations",
        "profile",
        "gaussian_profile",
    ],
    figures,
    question: describe,
    explorer: |_| String::new(),
};

/// Points beyond this number make no readable curves.
const MOST_POINTS: usize = 16;

fn figures(run: &Run) -> Vec<Figure> {
    let mut all: Vec<Figure> = window::figure(run).into_iter().collect();
    if run.points <= MOST_POINTS {
        all.extend(CURVES.iter().map(|curves| curves.figure(run)));
    }
    all
}

fn describe(run: &Run) -> String {
    let value = |key: &str| setting(run, key).map_or_else(String::new, |s| s.with_unit());
    let counting = match value("counting.diagrams").as_str() {
        "complete" => format!(
            "All rings of diffusons are counted, with Cooperons if time reversal is unbroken (here: {}).",
            value("counting.time_reversal")
        ),
        "four" => {
            "Four equal diagrams are counted for each correlator, with the prefactors printed.".to_owned()
        }
        all => format!(
            "Diagrams are counted in several ways: {all}; time reversal: {}.",
            value("counting.time_reversal")
        ),
    };
    format!(
        "A dirty two-dimensional metal of conductance $g$ = {} is $1+F_0$ = {} away from the Stoner instability. Rare arrangements of its impurities polarise spins (Narozhny, Aleiner and Larkin): droplets \
         have the density $\\exp[-\\gamma g^2(1+F_0)^2]$, whatever their size, and spins of order $1/(1+F_0)$. {counting} Profile: {}. Statements are of exponential accuracy; prefactors are those of the study, \
         temperatures follow from $\\hbar/k_\\mathrm{{B}}\\tau$ = {}.",
        value("metal.conductance"),
        value("metal.distance"),
        value("profile.kind"),
        value("metal.scattering_rate"),
    )
}

const GREY: &str = "#7f7f7f";
const SOLID: &str = "";
const DASHED: &str = "4 2";
const DASH_DOTTED: &str = "6 2 1 2";
const DOTTED: &str = "1 2";

/// Curves over one dimension of the record, in a panel.
struct Drawn {
    label: &'static str,
    scale: Scale,
    /// Array, dashes, and what the legend says of it; the first to be drawn last.
    curves: &'static [(&'static str, &'static str, &'static str)],
}

/// A figure of such panels.
struct Curves {
    name: &'static str,
    over: &'static str,
    label: &'static str,
    scale: Scale,
    panels: &'static [Drawn],
    caption: &'static str,
}

const CURVES: [Curves; 5] = [
    Curves {
        name: "spin",
        over: "spin",
        label: "spin $S$",
        scale: Scale::Linear,
        panels: &[Drawn {
            label: "density among droplets",
            scale: Scale::Linear,
            curves: &[
                ("spin_all_orders", SOLID, "all orders"),
                ("spin_quartic", DASH_DOTTED, "Eq. (48)"),
                ("spin_expanded", DASHED, "second order"),
            ],
        }],
        caption: "How the spin $S$ of droplets, the number of unpaired spins, is distributed among them: to all orders in $S/g$, by Eq. (48) up to where its polynomial turns round, and to second order, $\\exp[-2\\alpha\\gamma(1+F_0)^2S^2]$.",
    },
    Curves {
        name: "interaction",
        over: "distance",
        label: "distance $L$",
        scale: Scale::Log,
        panels: &[
            Drawn {
                label: r"mean $-\langle F^{(12)}\rangle$",
                scale: Scale::Log,
                curves: &[
                    ("interaction_mean", SOLID, "exact"),
                    ("interaction_mean_approximate", DASHED, "Eq. (58), corrected"),
                    ("interaction_mean_printed", DOTTED, "as printed"),
                ],
            },
            Drawn {
                label: "standard deviation",
                scale: Scale::Log,
                curves: &[
                    ("interaction_deviation", SOLID, ""),
                    ("interaction_deviation_approximate", DASHED, ""),
                    ("interaction_deviation_printed", DOTTED, ""),
                ],
            },
        ],
        caption: "Interaction of two droplets that both exist, Gaussian and of equal size $R$, against their distance: mean (a), positive where they align, and standard deviation (b). Exact conditional distribution of Eq. (57); normal distribution of Eq. (58) with its factors put right; as printed, with $f$ of Eq. (56).",
    },
    Curves {
        name: "sign",
        over: "distance",
        label: "distance $L$",
        scale: Scale::Log,
        panels: &[Drawn {
            label: "probability of opposite spins",
            scale: Scale::Linear,
            curves: &[("antiferromagnetic", SOLID, "exact")],
        }],
        caption: "Probability that two droplets prefer opposite directions, against their distance: nearer than $L^*$ they align, farther away the sign is random.",
    },
    Curves {
        name: "temperature",
        over: "temperature",
        label: "temperature $T$",
        scale: Scale::Log,
        panels: &[
            Drawn {
                label: r"susceptibility $\chi/\chi_P$",
                scale: Scale::Log,
                curves: &[("susceptibility", SOLID, "with droplets")],
            },
            Drawn {
                label: r"dephasing rate $1/\tau_\varphi$",
                scale: Scale::Log,
                curves: &[
                    ("dephasing", SOLID, ""),
                    ("dephasing_by_droplets", DASHED, "droplets alone"),
                    ("dephasing_by_spin_fluctuations", DOTTED, "spin fluctuations alone"),
                ],
            },
        ],
        caption: "What droplets do against temperature: the susceptibility turns to Curie's law (a) and the dephasing rate saturates (b), both near $T^*$ up to a logarithm. Dashed: the rate by droplets (Eq. 67); dotted: that by ordinary spin fluctuations (Eq. 68).",
    },
    Curves {
        name: "profile",
        over: "radius",
        label: "distance from the centre $r$",
        scale: Scale::Linear,
        panels: &[Drawn {
            label: r"profile $\psi$",
            scale: Scale::Linear,
            curves: &[("profile", SOLID, "of the study"), ("gaussian_profile", DASHED, "Gaussian")],
        }],
        caption: "Spin density of a droplet, $\\sigma\\propto\\psi$, lengths in $a=\\langle r^2\\rangle^{1/2}$. Dashed: a Gaussian of the same $a$. The solution of Eq. (33) is more pointed, and its tail falls as $r^{-4}\\ln^2r$.",
    },
];

impl Curves {
    fn figure(&self, run: &Run) -> Figure {
        let styles = Styles::new(run);
        let panels: Option<Vec<Panel>> =
            self.panels.iter().map(|drawn| self.panel(run, &styles, drawn)).collect();
        let Some(panels) = panels else {
            return Figure::empty(self.name, self.name, "The study has not been computed.");
        };
        let named = self.panels.iter().flat_map(|drawn| drawn.curves).filter(|(.., words)| !words.is_empty());
        let entries: Vec<LegendEntry> =
            named.map(|(_, dashes, words)| LegendEntry::line(words, GREY, dashes)).collect();
        let mut legends = styles.lines();
        if entries.len() > 1 {
            legends.push(Legend { title: String::new(), entries });
        }
        Grid { legends, rows: vec![panels], height: 60.0 }.figure(self.name, self.caption.to_owned())
    }

    fn panel(&self, run: &Run, styles: &Styles, drawn: &Drawn) -> Option<Panel> {
        let units = |name: &str| run.array(name).map_or("", |array| array.text_attribute("units"));
        let exact = drawn.curves[0].0;
        let all = || drawn.curves.iter().flat_map(|(name, ..)| (0..run.points).map(move |p| (*name, p)));
        let values =
            || all().flat_map(|(name, p)| self.points(run, name, p, drawn.scale).into_iter().map(|(_, v)| v));
        let x = Axis::holding(
            &with_unit(self.label, units(self.over)),
            self.scale,
            run.record.reals(self.over).iter().copied(),
        )?;
        let zero = (drawn.scale == Scale::Linear).then_some(0.0);
        let y = Axis::holding(&with_unit(drawn.label, units(exact)), drawn.scale, values().chain(zero))?;
        let mut panel = Panel::new(x, y);
        for (name, dashes, _) in drawn.curves.iter().rev() {
            for point in 0..run.points {
                let stroke = Stroke { color: styles.color(point), width: LINE_WIDTH, dashes };
                panel.items.push(Item::Curve { points: self.points(run, name, point, drawn.scale), stroke });
            }
        }
        Some(panel)
    }

    /// What the axes can show of a curve.
    fn points(&self, run: &Run, name: &str, point: usize, scale: Scale) -> Vec<(f64, f64)> {
        let values = run.field(name, point, 0).unwrap_or(&[]);
        let pairs = run.record.reals(self.over).iter().copied().zip(values.iter().copied());
        pairs.filter(|(_, v)| v.is_finite() && (scale == Scale::Linear || *v > 0.0)).collect()
    }
}
