//! What the data say, in sentences with their ifs.

use super::{Analysis, Counted};
use crate::settings::DropletsFit as Settings;
use diffuson::droplets::fit::comparison::{DECISIVE, Verdict};
use diffuson::droplets::fit::{CROSSOVER, Data, Estimated, SATURATION, Table};

impl Analysis {
    pub(super) fn verdict(&self, data: &Data, settings: &Settings) -> String {
        let mut text = self.crossovers(data, settings);
        if let Some(sentence) = self.distance() {
            text.push(' ');
            text.push_str(&sentence);
        }
        text
    }

    fn crossovers(&self, data: &Data, settings: &Settings) -> String {
        let c = &self.comparison;
        let [curie, saturates, apart] =
            [c.curie(), c.saturates(), c.apart()].map(|change| format!("{:.1}", change.sqrt()));
        let [chi, tau] = [CROSSOVER, SATURATION].map(|k| kelvin(c.independent.estimate(k)));
        let below = |k: usize| {
            self.highest(k).map_or("without limit".to_owned(), |t| format!("below {t:.3} K (95 %)"))
        };
        let prefactors = format!("c_1 = {}, c_4 = {}", settings.prefactors[0], settings.prefactors[1]);
        match c.verdict() {
            Verdict::Together => format!(
                "A Curie law ({curie} standard errors) and saturation of the dephasing ({saturates}) are both there, and one crossover temperature T* = {} describes both \
                 ({apart} standard errors from two; T_chi = {chi}, T_tau = {tau}), as local spin droplets would. Two other causes that happen to agree, or other prefactors than {prefactors}, are not excluded.",
                kelvin(c.droplets.crossover())
            ),
            Verdict::Apart => {
                let needed = self.prefactor.map_or_else(String::new, |(value, interval)| {
                    format!(" One temperature would need c_4 = {:.3} ({:.3} to {:.3}, 68 %); prefactors are not known better than to their order of magnitude.", value.value, interval.low, interval.high)
                });
                format!(
                    "A Curie law ({curie} standard errors) and saturation of the dephasing ({saturates}) are both there, but not at one crossover temperature: T_chi = {chi} and T_tau = {tau} \
                     are {apart} standard errors from droplets with {prefactors}.{needed}"
                )
            }
            Verdict::CurieAlone => format!(
                "A Curie law is there ({curie} standard errors, T_chi = {chi}), but the dephasing does not saturate as droplets with {prefactors} would make it ({apart} standard errors; T_tau is {}): \
                 the moments are others, such as magnetic impurities that do not dephase, or c_4 is smaller.",
                below(SATURATION)
            ),
            Verdict::SaturationAlone => format!(
                "The dephasing saturates ({saturates} standard errors, T_tau = {tau}), but there is no Curie law as droplets with {prefactors} would make it ({apart} standard errors; T_chi is {}): \
                 the saturation is of another cause, such as heating or radiation, or c_4 is larger.",
                below(CROSSOVER)
            ),
            Verdict::Nothing => match (data.has(Table::Susceptibilities), data.has(Table::Rates)) {
                (true, true) => format!(
                    "Neither a Curie law ({curie} standard errors, {:.0} needed) nor saturation of the dephasing ({saturates}) is seen: T* is {}.",
                    DECISIVE.sqrt(),
                    limit(self.crossover[1].map(|i| i.high))
                ),
                (true, false) => format!(
                    "No Curie law is seen ({curie} standard errors): T_chi is {}. Dephasing was not measured.",
                    below(CROSSOVER)
                ),
                _ => format!(
                    "The dephasing does not saturate ({saturates} standard errors): T_tau is {}. The susceptibility was not measured.",
                    below(SATURATION)
                ),
            },
            Verdict::Undecided => match (data.has(Table::Susceptibilities), data.has(Table::Rates)) {
                (true, false) => format!(
                    "A Curie law is there ({curie} standard errors, T_chi = {chi}); whether droplets make it, only the dephasing can tell, which was not measured."
                ),
                (false, true) => format!(
                    "The dephasing saturates ({saturates} standard errors, T_tau = {tau}); whether droplets make it, only the susceptibility can tell, which was not measured."
                ),
                _ if c.curie() >= DECISIVE => format!(
                    "A Curie law is there ({curie} standard errors, T_chi = {chi}); the saturation that droplets would bring is within the errors of the dephasing rates ({saturates} standard errors). The data do not decide."
                ),
                _ => format!(
                    "The dephasing saturates ({saturates} standard errors, T_tau = {tau}); the Curie law that droplets would bring is within the errors of the susceptibilities ({curie} standard errors). The data do not decide."
                ),
            },
            Verdict::Impossible => {
                "Not even two crossover temperatures describe the data within their errors.".to_owned()
            }
        }
    }

    /// Upper limit of a temperature of its own, at 95 %.
    fn highest(&self, index: usize) -> Option<f64> {
        let intervals = if index == CROSSOVER { &self.curie } else { &self.saturation };
        intervals[1].map(|i| i.high).filter(|t| t.is_finite())
    }

    /// What T* says of the distance from the instability, and how much the countings differ.
    fn distance(&self) -> Option<String> {
        let told = |c: &Counted| c.inverted.distance.value.is_finite();
        let first = self.counted.first().filter(|c| told(c))?;
        let Estimated { value, standard_error } = first.inverted.distance;
        let others: Vec<String> = self.counted[1..]
            .iter()
            .filter(|c| told(c))
            .map(|c| format!("{:.4} ({})", c.inverted.distance.value, c.name))
            .collect();
        let decade = 100.0 * (1.0 - 10f64.powf(first.inverted.sensitivity));
        Some(format!(
            "That T* has 1 + F_0 = {value:.4} +- {standard_error:.4} ({}), {}; a prefactor of 10 in T* would change it by {decade:.0} %.",
            first.name,
            others.join(", ")
        ))
    }
}

fn kelvin(t: Estimated) -> String {
    if t.standard_error.is_finite() {
        format!("{:.3} +- {:.3} K", t.value, t.standard_error)
    } else {
        format!("{:.3} K", t.value)
    }
}

fn limit(high: Option<f64>) -> String {
    high.filter(|t| t.is_finite()).map_or("without limit".to_owned(), |t| format!("below {t:.3} K (95 %)"))
}
