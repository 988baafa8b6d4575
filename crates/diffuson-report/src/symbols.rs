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
        "temperature.kT" => "$kT$",
        "bias.voltage" => "$V$",
        "openings.first" => "$n_1$",
        "openings.second" => "$n_2$",
        "openings.third" => "$n_3$",
        "openings.fourth" => "$n_4$",
        "edge.exponent" => "$x$",
        "edge.distance" => r"$|\mu-E_m|$",
        "edge.conductivity" => "$A$",
        "edge.curvature" => "$b$",
        "tail.weight" => "$B$",
        "tail.width" => r"$\alpha$",
        "scatterers.phase_shift" => r"$\delta$",
        "mobile.phase_shift" => r"$\delta_\mathrm{mobile}$",
        "mobile.positions" => "$z$",
        "contact.radius" => r"$k_\mathrm{F}R$",
        "electrons.flux" => r"$\Phi$",
        "electrons.temperature" => r"$kT_\mathrm{el}$",
        "bath.crossover" => "$E^*$",
        "bath.temperature" => "$kT$",
        "contact.exponent" => "$a$",
        "contact.ratio" => r"$\tau_{in}/\tau_{el}$",
        "contact.elastic" => r"$\ell_{el}/L$",
        "contact.temperature" => "$T$",
        "drive.current" => "$I$",
        "drive.voltage" => "$V$",
        "lattice.size" => "$M$",
        "chain.energy" => r"$\mu$",
        "barrier.transmission" => "$T$",
        "lattice.energy" => "$E$",
        "defects.crossover" => "$E^*$",
        "defects.place" => "$z/r_0$",
        "defects.band" => r"$E_{max}$",
        "held.energy" => "held",
        "defects.mobile" => "$N$",
        "defects.sites" => "$z$",
        "defects.born_length" => "$f$",
        "dynamics.crossover" => "$E^*$",
        "metal.conductance" => "$g$",
        "metal.distance" => "$1+F_0$",
        "metal.scattering_rate" => r"$\hbar/k_\mathrm{B}\tau$",
        "droplet.size" => r"$R/\ell$",
        "prefactors.susceptibility" => "$c_1$",
        "prefactors.dephasing" => "$c_2$",
        "prefactors.interaction" => "$c_3$",
        "counting.diagrams" => "diagrams",
        "profile.kind" => "profile",
        "dynamics.temperature" => "$kT/s_E$",
        "dynamics.bias" => "$eV/s_E$",
        "model.size" => "$L$",
        "model.orbitals" => "$n$",
        "model.hopping" => "$J_1$",
        "model.width" => "$W$",
        "model.energy" => "$E$",
        "potential.radius" => "$R$",
        "droplets.triplet" => "$F_0$",
        "coupling.bias" => "effect of the bias on the coupling",
        _ => return key.rsplit('.').next().unwrap_or(key).replace('_', " "),
    };
    known.to_owned()
}

/// What a key is called in words: `probes.coupling` is "probe coupling".
pub(crate) fn words(key: &str) -> String {
    match key {
        "probes.coupling" => "probe coupling".to_owned(),
        "disorder.width" => "disorder width".to_owned(),
        "lattice.size" => "size".to_owned(),
        "edge.exponent" => "exponent x".to_owned(),
        "dynamics.temperature" | "bath.temperature" => "temperature".to_owned(),
        "dynamics.bias" => "bias".to_owned(),
        "metal.conductance" => "conductance".to_owned(),
        "metal.distance" => "distance from the instability".to_owned(),
        "scatterers.phase_shift" | "mobile.phase_shift" => "phase shift in degrees".to_owned(),
        key => key.replace(['.', '_'], " "),
    }
}

/// The unit of a key of the study file, for keys whose array does not say.
pub(crate) fn unit(key: &str) -> &'static str {
    match key {
        "conductor.length" | "conductor.width" | "conductor.height" | "openings.first"
        | "openings.second" | "openings.third" | "openings.fourth" => "sites",
        "conductor.energy" | "disorder.width" | "disorder.deviation" | "disorder.values"
        | "leads.coupling" | "probes.coupling" | "probes.amplitude" | "probes.hopping" | "probes.centre"
        | "temperature.kT" | "bias.voltage" => "t",
        "conductor.flux" => "flux quanta",
        "lattice.energy" | "chain.energy" => "t",
        "segment.from" | "segment.to" => "sites",
        "contact.temperature" => "K",
        "drive.current" => "nA",
        "drive.voltage" => "V",
        "defects.band" | "held.energy" | "bias.from" | "bias.to" => "K",
        "edge.distance" | "data.from" | "data.to" | "defects.crossover" => "K",
        "data.bias_from" | "data.bias_to" => "V",
        "data.conductance_noise" => "e^2/h",
        "data.thermopower_noise" | "fit.offset" | "fit.window" => "V/K",
        "edge.conductivity" => "S/m",
        "metal.conductance" => "e^2/h",
        "metal.scattering_rate" => "K",
        "conductor.hopping" => "eV",
        "conductor.lattice_constant" => "nm",
        "observables.box" | "observables.margin" => "L_in",
        _ => "",
    }
}

/// A unit as text with LaTeX: `e^2/h` is `$e^2/h$`, `bias/t` is `bias/$t$`; empty for pure numbers.
pub(crate) fn unit_label(unit: &str) -> String {
    let mut out = String::new();
    let mut rest = if unit == "1" { "" } else { unit };
    while let Some(c) = rest.chars().next() {
        let word = word(rest);
        if word == 0 {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let (token, after) = rest.split_at(word);
        let (base, power) = token.split_once('^').unwrap_or((token, ""));
        let power = power.strip_prefix('(').and_then(|p| p.strip_suffix(')')).unwrap_or(power);
        let single = base.chars().count() == 1 && base.chars().all(char::is_alphabetic);
        match (base, single, power) {
            ("e_F", ..) => out.push_str(r"$e_\mathrm{F}$"),
            ("s_E", ..) => out.push_str("$s_E$"),
            ("L_in", ..) => out.push_str(r"$L_\mathrm{in}$"),
            ("hbar", ..) => out.push_str(r"$\hbar$"),
            // units of the SI stand upright, symbols of the model do not
            ("K" | "V" | "mV" | "W" | "S" | "m" | "s", _, "") => out.push_str(base),
            ("K" | "V" | "mV" | "W" | "S" | "m" | "s", _, power) => {
                out.push_str(&format!("{base}$^{{{power}}}$"))
            }
            ("uV", ..) => out.push_str("\u{b5}V"),
            ("k_B", _, "") => out.push_str(r"$k_\mathrm{B}$"),
            ("k_B", _, power) => out.push_str(&format!(r"$k_\mathrm{{B}}^{{{power}}}$")),
            (_, true, "") => out.push_str(&format!("${base}$")),
            (_, true, power) => out.push_str(&format!("${base}^{{{power}}}$")),
            (_, false, "") => out.push_str(base),
            (_, false, power) => out.push_str(&format!("{base}$^{{{power}}}$")),
        }
        rest = after;
    }
    out
}

/// Length of the name at the start of a unit, with its power: `a^2`, `a^(2-d)`, `bias`.
fn word(text: &str) -> usize {
    let name = text.find(|c: char| !c.is_alphanumeric() && c != '^' && c != '_').unwrap_or(text.len());
    match text[name..].find(')') {
        Some(end) if text[..name].ends_with('^') && text[name..].starts_with('(') => name + end + 1,
        _ => name,
    }
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
        assert_eq!(unit_label("e^2/h a^(2-d)"), "$e^{2}$/$h$ $a^{2-d}$");
        assert_eq!(unit_label("1/s"), "1/s");
        assert_eq!(unit_label("t a^2/hbar"), r"$t$ $a^{2}$/$\hbar$");
        assert_eq!(unit_label("odd )(^ unit"), "odd )( unit");
        assert_eq!(unit_label("k_B^2 T/h"), r"$k_\mathrm{B}^{2}$ $T$/$h$");
        assert_eq!(unit_label("1"), "");
        assert_eq!(with_unit("heat $q$", "bias/t"), "heat $q$ (bias/$t$)");
        assert_eq!(with_unit("prefactor", ""), "prefactor");
        assert_eq!(unit_label("W/(K^2 m)"), "W/(K$^{2}$ m)");
        assert_eq!(unit_label("uV/K"), "\u{b5}V/K");
    }

    #[test]
    fn unknown_keys_keep_their_words() {
        assert_eq!(symbol("leads.gap_size"), "gap size");
        assert_eq!(words("leads.gap_size"), "leads gap size");
        assert_eq!(symbol("probes.coupling"), r"$\Gamma$");
    }
}
