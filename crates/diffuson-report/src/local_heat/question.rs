//! What was computed, in one paragraph.

use crate::run::Run;
use crate::setting::setting;
use crate::symbols::symbol;

pub(crate) fn describe(run: &Run) -> String {
    let value = |key: &str| setting(run, key).map(|setting| setting.with_unit());
    let mut text = String::new();

    let count = |key: &str| setting(run, key).map(|setting| setting.text);
    let shape = ["conductor.length", "conductor.width"].map(count);
    let lattice = value("conductor.lattice").map(|name| format!("{name} lattice, "));
    let sides = value("conductor.boundary").map(|sides| format!("{sides} sides"));
    if let [Some(length), Some(width)] = shape {
        let height =
            count("conductor.height").filter(|h| h != "1").map_or(String::new(), |h| format!(" × {h}"));
        let kind = [lattice, sides].into_iter().flatten().collect::<String>();
        let kind = kind.trim_end_matches(", ");
        let kind = if kind.is_empty() { String::new() } else { format!(" ({kind})") };
        text.push_str(&format!("A conductor of {length} × {width}{height} sites{kind} joins two leads"));
    } else {
        text.push_str("A conductor joins two leads");
    }
    if let Some(energy) = value("conductor.energy") {
        text.push_str(&format!(", which feed it electrons of energy $E$ = {energy}"));
    }
    text.push_str(". ");
    if let Some(kind) = value("disorder.kind") {
        let width =
            ["disorder.width", "disorder.deviation"].into_iter().find_map(|k| Some((symbol(k), value(k)?)));
        let width = width.map_or(String::new(), |(symbol, w)| format!(", {symbol} = {w}"));
        text.push_str(&format!("Random site energies ({kind}{width}) scatter them elastically. "));
    }
    let temperature = value("probes.measure").is_some_and(|m| m.contains("temperature"));
    let strength = value("probes.coupling")
        .map_or(String::new(), |g| format!(" of coupling {} = {g}", symbol("probes.coupling")));
    text.push_str(&format!(
        "Probes{strength} on the sites take up electrons and give back as many: electrons lose their phase there, but \
         not their number, and each probe settles at the local potential{}. ",
        if temperature { "; in a second calculation it also settles at the local temperature" } else { "" }
    ));
    text.push_str(
        "The heat $q$ that a probe receives, to first order in the bias, is the local Peltier heat: positive where the \
         metal gives heat to the probe, negative where it takes heat up. Times $\\pi^2 (kT)^2/3h$ it is the heat current.",
    );
    text
}
