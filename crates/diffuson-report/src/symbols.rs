//! Symbols and units of the study's keys, and units as LaTeX.

/// The usual symbol of a key of the study file, as LaTeX; the key's last word if it has none.
pub(crate) fn symbol(key: &str) -> String {
    let known = match key {
        "probes.coupling" => r"$\Gamma$",
        "disorder.width" => "$W$",
        "disorder.deviation" => r"$\sigma_W$",
        "conductor.energy" => "$E$",
        "conductor.length" => "$L_x$",
        "conductor.width" => "$L_y$",
        "conductor.height" => "$L_z$",
        "conductor.flux" => r"$\phi$",
        "temperature" | "conductor.temperature" => "$kT$",
        "bias" => "$V$",
        _ => return key.rsplit('.').next().unwrap_or(key).replace('_', " "),
    };
    known.to_owned()
}

/// What a key is called in words: `probes.coupling` is "probe coupling".
pub(crate) fn words(key: &str) -> String {
    match key {
        "probes.coupling" => "probe coupling".to_owned(),
        "disorder.width" => "disorder width".to_owned(),
        key => key.replace(['.', '_'], " "),
    }
}

/// The unit of a key of the study file, for keys whose array does not say.
pub(crate) fn unit(key: &str) -> &'static str {
    match key {
        "conductor.length" | "conductor.width" | "conductor.height" => "a",
        "conductor.energy" | "disorder.width" | "disorder.deviation" | "probes.coupling" => "t",
        "conductor.flux" => "flux quanta per plaquette",
        _ => "",
    }
}

/// A unit as text with LaTeX: `e^2/h` is `$e^2/h$`, `bias/t` is `bias/$t$`; empty for pure numbers.
pub(crate) fn unit_label(unit: &str) -> String {
    let mut out = String::new();
    let mut rest = if unit == "1" { "" } else { unit };
    while let Some(c) = rest.chars().next() {
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '^' && c != '_').unwrap_or(rest.len());
        if word == 0 {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let (token, after) = rest.split_at(word);
        let (base, power) = token.split_once('^').unwrap_or((token, ""));
        let single = base.chars().count() == 1 && base.chars().all(char::is_alphabetic);
        match (base, single, power) {
            ("L_in", ..) => out.push_str(r"$L_\mathrm{in}$"),
            (_, true, "") => out.push_str(&format!("${base}$")),
            (_, true, power) => out.push_str(&format!("${base}^{{{power}}}$")),
            (_, false, "") => out.push_str(base),
            (_, false, power) => out.push_str(&format!("{base}$^{{{power}}}$")),
        }
        rest = after;
    }
    out
}

/// `name (unit)`, or the name alone for a pure number.
pub(crate) fn with_unit(name: &str, unit: &str) -> String {
    let unit = unit_label(unit);
    if unit.is_empty() { name.to_owned() } else { format!("{name} ({unit})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_become_latex() {
        assert_eq!(unit_label("e^2/h"), "$e^{2}$/$h$");
        assert_eq!(unit_label("bias/t"), "bias/$t$");
        assert_eq!(unit_label("bias^2"), "bias$^{2}$");
        assert_eq!(unit_label("1/t"), "1/$t$");
        assert_eq!(unit_label("1"), "");
        assert_eq!(with_unit("heat $q$", "bias/t"), "heat $q$ (bias/$t$)");
        assert_eq!(with_unit("prefactor", ""), "prefactor");
    }

    #[test]
    fn unknown_keys_keep_their_words() {
        assert_eq!(symbol("leads.gap_size"), "gap size");
        assert_eq!(words("leads.gap_size"), "leads gap size");
        assert_eq!(symbol("probes.coupling"), r"$\Gamma$");
    }
}
