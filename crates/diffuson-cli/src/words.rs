//! Numbers in words, and columns.

/// A time in seconds, in at most two units: `12 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`.
pub(crate) fn time(seconds: f64) -> String {
    const DAY: f64 = 86_400.0;
    const UNITS: [(f64, &str, f64, &str); 3] =
        [(DAY, "d", 3600.0, "h"), (3600.0, "h", 60.0, "min"), (60.0, "min", 1.0, "s")];
    if !seconds.is_finite() {
        return "an unknown time".to_owned();
    }
    if seconds >= 365.0 * DAY {
        return format!("{} years", significant(seconds / (365.25 * DAY)));
    }
    for (size, unit, small, small_unit) in UNITS {
        let rounded = (seconds / small).round() * small;
        if rounded >= size {
            let (large, rest) = ((rounded / size).floor(), (rounded % size) / small);
            return if rest > 0.0 {
                format!("{large:.0} {unit} {rest:.0} {small_unit}")
            } else {
                format!("{large:.0} {unit}")
            };
        }
    }
    if seconds < 10.0 { format!("{:.1} s", seconds.max(0.1)) } else { format!("{seconds:.0} s") }
}

/// A number of bytes: `340 MiB`.
pub(crate) fn bytes(bytes: f64) -> String {
    let mut value = bytes;
    for unit in ["B", "KiB", "MiB", "GiB", "TiB"] {
        if value < 1000.0 {
            return format!("{} {unit}", significant(value));
        }
        value /= 1024.0;
    }
    format!("{} PiB", significant(value))
}

/// A number with two or three digits: `0.62`, `18.4`, `340`.
pub(crate) fn significant(value: f64) -> String {
    let decimals = match value.abs() {
        x if x == 0.0 || x >= 100.0 => 0,
        x if x >= 10.0 => 1,
        x if x >= 0.1 => 2,
        x if x >= 0.001 => 4,
        _ => return format!("{value:.1e}"),
    };
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// `1 point`, `12 points`.
pub(crate) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// Rows as left-aligned columns, indented by two.
pub(crate) fn columns(rows: &[Vec<String>]) -> String {
    let most = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..most)
        .map(|column| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
        format!("  {}", cells.join("   ")).trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_at_most_two_units() {
        let cases = [
            (0.01, "0.1 s"),
            (3.24, "3.2 s"),
            (12.4, "12 s"),
            (59.6, "1 min"),
            (200.0, "3 min 20 s"),
            (3599.7, "1 h"),
            (7_500.0, "2 h 5 min"),
            (7_180.0, "2 h"),
            (356_400.0, "4 d 3 h"),
            (3.0e9, "95.1 years"),
            (f64::INFINITY, "an unknown time"),
        ];
        for (seconds, text) in cases {
            assert_eq!(time(seconds), text, "{seconds}");
        }
    }

    #[test]
    fn bytes_and_numbers_have_few_digits() {
        assert_eq!(bytes(48_000.0), "46.9 KiB");
        assert_eq!(bytes(3.0 * 1024.0 * 1024.0), "3 MiB");
        assert_eq!(bytes(0.0), "0 B");
        assert_eq!(significant(0.6213), "0.62");
        assert_eq!(significant(340.4), "340");
        assert_eq!(significant(100.0), "100");
        assert_eq!(significant(0.00012), "1.2e-4");
        assert_eq!(count(1, "point"), "1 point");
        assert_eq!(count(0, "point"), "0 points");
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [vec!["a".to_owned(), "bb".to_owned()], vec!["ccc".to_owned(), String::new()]];
        assert_eq!(columns(&rows), "  a     bb\n  ccc\n");
    }
}
