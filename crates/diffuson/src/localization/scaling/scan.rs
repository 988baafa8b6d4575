//! Many expansions, and which of them to quote.

use super::{Estimated, Orders, Scaling, ScalingError, ScalingFit, SizePoint};
use diffuson_fit::goodness_of_fit;
use std::cmp::Ordering;
use std::ops::RangeInclusive;

/// The expansions to try: every combination of the orders (terms of an irrelevant field that there is none of left out), with every
/// smallest size.
#[derive(Clone, Debug, PartialEq)]
pub struct Scan {
    /// n_R.
    pub relevant: RangeInclusive<usize>,
    /// n_I.
    pub irrelevant: RangeInclusive<usize>,
    /// m_R.
    pub relevant_field: RangeInclusive<usize>,
    /// m_I.
    pub irrelevant_field: RangeInclusive<usize>,
    /// Order in chi_1 of what multiplies chi_2, as far as n_R allows.
    pub correction: RangeInclusive<usize>,
    /// Smallest sizes; empty: all that leave at least three sizes, or four with an irrelevant field, which takes an exponent more.
    pub smallest_sizes: Vec<f64>,
}

/// The irrelevant field is always there, and so is its lowest coupling to the relevant one: fits without either pass, and are off by many of
/// their standard errors. More of it makes almost any exponent fit a few sizes.
impl Default for Scan {
    fn default() -> Self {
        Self {
            relevant: 1..=3,
            irrelevant: 1..=1,
            relevant_field: 1..=2,
            irrelevant_field: 0..=1,
            correction: 1..=1,
            smallest_sizes: Vec::new(),
        }
    }
}

/// One expansion that was tried.
#[derive(Debug)]
pub struct Tried {
    /// Its orders.
    pub orders: Orders,
    /// Smallest size that took part.
    pub smallest_size: f64,
    /// The fit, or why there is none.
    pub outcome: Result<ScalingFit, ScalingError>,
}

/// All that was tried, and what was chosen. Quote the spread of those with an acceptable goodness of fit beside the choice.
#[derive(Debug)]
pub struct Scanned {
    /// Every fit, in the order of the scan.
    pub tried: Vec<Tried>,
    /// Number of the chosen one; none if no fit satisfies the rule.
    pub chosen: Option<usize>,
}

/// A fit is acceptable above this goodness of fit.
const ACCEPTABLE: f64 = 0.1;
/// A term is needed if noise would lower chi^2 as much with less than this probability.
const SIGNIFICANT: f64 = 0.157; // chi^2 falls by 2: Akaike's criterion
/// How far a further term may move W_c and nu of one transition, in standard errors; of several transitions, as far as is as improbable.
const MOVED: f64 = 2.0;

impl Scaling {
    /// Fits every expansion of a scan and chooses one.
    ///
    /// Eligible are fits that have converged and determine all their coefficients, every W_c to better than W_0 and nu to better than itself, in
    /// which corrections are corrections (at no size do they vary with w more than half as much as the scaling function does), with a goodness of
    /// fit Q > 0.1, that are stable: one order more in n_R, n_I, m_R, m_I or the correction's, at the same smallest size, neither lowers chi^2 by
    /// 2 for each term (Akaike's criterion), nor moves any W_c or nu by more than two standard errors of the larger fit (2.6 with eight transitions:
    /// one of nine numbers is off more easily than one of two). (Larger fits that do not determine their coefficients say
    /// nothing; one at least must say something.) The first condition is there because a term that is missing shows in chi^2
    /// before it shows in Q, and has moved W_c by then. Of the eligible fits with the smallest size of all, the one with the fewest free
    /// coefficients is chosen, and of several the one with the highest Q: small sizes are what determines y.
    ///
    /// # Errors
    /// [`ScalingError`] if the points are not valid; a single fit that fails does so in its [`Tried`].
    pub fn scan(&self, points: &[SizePoint], scan: &Scan) -> Result<Scanned, ScalingError> {
        super::Law::new(points, Orders::new(1, 0, 1, 0))?;
        let mut tried: Vec<Tried> = Vec::new();
        for smallest_size in scan.sizes(points) {
            let kept: Vec<SizePoint> = points.iter().copied().filter(|p| p.size >= smallest_size).collect();
            for orders in scan.orders() {
                let smaller: Vec<&ScalingFit> = tried
                    .iter()
                    .filter(|t| t.smallest_size == smallest_size && is_one_term_more(&t.orders, &orders))
                    .filter_map(|t| t.outcome.as_ref().ok())
                    .collect();
                let outcome = self.fit_from(&kept, &orders, &smaller);
                tried.push(Tried { orders, smallest_size, outcome });
            }
        }
        let eligible = (0..tried.len()).filter(|&i| is_eligible(&tried, i));
        let chosen = eligible.min_by(|&a, &b| preference(&tried[a], &tried[b]));
        Ok(Scanned { chosen, tried })
    }
}

impl Scanned {
    /// The chosen fit.
    pub fn chosen(&self) -> Option<&ScalingFit> {
        self.tried[self.chosen?].outcome.as_ref().ok()
    }
}

impl Scan {
    fn orders(&self) -> Vec<Orders> {
        let mut all = Vec::new();
        for irrelevant in self.irrelevant.clone() {
            for relevant in self.relevant.clone() {
                for relevant_field in self.relevant_field.clone() {
                    if irrelevant == 0 {
                        all.push(Orders::new(relevant, 0, relevant_field, 0));
                        continue;
                    }
                    for irrelevant_field in self.irrelevant_field.clone() {
                        let orders = Orders::new(relevant, irrelevant, relevant_field, irrelevant_field);
                        let corrections = self.correction.clone().filter(|c| *c <= relevant);
                        all.extend(corrections.map(|c| orders.with_correction(c)));
                    }
                }
            }
        }
        all
    }

    fn sizes(&self, points: &[SizePoint]) -> Vec<f64> {
        if !self.smallest_sizes.is_empty() {
            return self.smallest_sizes.clone();
        }
        let mut sizes: Vec<f64> = points.iter().map(|p| p.size).collect();
        sizes.sort_by(f64::total_cmp);
        sizes.dedup();
        let fewest = if *self.irrelevant.end() > 0 { 4 } else { 3 };
        sizes.truncate((sizes.len() + 1).saturating_sub(fewest).max(1));
        sizes
    }
}

/// A fit whose numbers mean something.
fn usable(tried: &Tried) -> Option<&ScalingFit> {
    let fit = tried.outcome.as_ref().ok()?;
    (fit.fit.warnings.is_empty() && fit.law.is_corrected_little(&fit.fit.values)).then_some(fit)
}

fn is_eligible(tried: &[Tried], i: usize) -> bool {
    let acceptable = |f: &&ScalingFit| f.fit.goodness > ACCEPTABLE && f.is_determined();
    let Some(fit) = usable(&tried[i]).filter(acceptable) else { return false };
    let mut larger = tried
        .iter()
        .filter(|t| t.smallest_size == tried[i].smallest_size && is_one_term_more(&fit.orders, &t.orders))
        .filter_map(usable)
        .peekable();
    larger.peek().is_some()
        && larger.all(|l| {
            let quantities = 1 + l.critical_points.len();
            let improbable = goodness_of_fit(MOVED * MOVED, 1) * 2.0 / quantities as f64;
            let near = |a: Estimated, b: Estimated| {
                goodness_of_fit(((a.value - b.value) / b.standard_error).powi(2), 1) >= improbable
            };
            let gained = (fit.fit.chi_squared - l.fit.chi_squared).max(0.0);
            let terms = fit.fit.degrees_of_freedom - l.fit.degrees_of_freedom;
            goodness_of_fit(gained, terms) > SIGNIFICANT
                && fit.critical_points.iter().zip(&l.critical_points).all(|(a, b)| near(*a, *b))
                && near(fit.exponent, l.exponent)
        })
}

fn is_one_term_more(a: &Orders, b: &Orders) -> bool {
    // without an irrelevant field there is nothing to correct
    let correction = |o: &Orders| if o.irrelevant > 0 { o.correction } else { 0 };
    let of = |o: &Orders| [o.relevant, o.irrelevant, o.relevant_field, o.irrelevant_field, correction(o)];
    let (a, b) = (of(a), of(b));
    a.iter().zip(&b).all(|(a, b)| a <= b) && b.iter().sum::<usize>() == a.iter().sum::<usize>() + 1
}

/// The preferred of two fits is the lesser.
fn preference(a: &Tried, b: &Tried) -> Ordering {
    let of = |t: &Tried| {
        t.outcome.as_ref().map_or((usize::MAX, 0.0), |fit| {
            (fit.fit.parameters.iter().filter(|p| p.is_free()).count(), fit.fit.goodness)
        })
    };
    let (free, other) = (of(a), of(b));
    a.smallest_size.total_cmp(&b.smallest_size).then(free.0.cmp(&other.0)).then(other.1.total_cmp(&free.1))
}
