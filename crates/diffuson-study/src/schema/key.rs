//! What the tables are made of.

use crate::units::Measure;
use std::ops::Bound::{self, Excluded, Included, Unbounded};

/// One key of a study file.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its path, as in `probes.coupling`; without a point for keys outside any section.
    pub path: &'static str,
    /// What the key means, in one sentence.
    pub doc: &'static str,
    /// Which values it takes.
    pub form: Form,
    /// Whether it must be given, and what holds if it is not.
    pub need: Need,
    /// Where it has a meaning; everywhere if empty. All conditions must hold.
    pub when: &'static [Condition],
    /// Whether `[sweep]` may list values for it.
    pub sweepable: bool,
    /// A value, as TOML.
    pub example: &'static str,
}

/// The values a key takes.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// One line of text.
    Text,
    /// The path of a text file with one number per site, relative to the study file.
    File,
    /// The path of a CSV file of measurements with these columns, relative to the study file.
    Table(&'static [Column]),
    /// One of several words.
    Choice(&'static [Choice]),
    /// A list of different words, of which the first must be there.
    Subset(&'static [Choice]),
    /// An integer.
    Integer(Range),
    /// A list of different integers; it may be empty if the flag says so.
    Integers(Range, bool),
    /// A number.
    Number(Number),
    /// A list with one number per site.
    Numbers(Number),
    /// A list with at least one number.
    List(Number),
    /// One number for all sites, or a list with one per site.
    PerSite(Number),
    /// A particular word instead of the other form.
    Or(Choice, &'static Form),
}

/// A word and what it means.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// The word to write.
    pub name: &'static str,
    /// What it stands for.
    pub doc: &'static str,
}

/// A column of a CSV file of measurements.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Other names it may have.
    pub aliases: &'static [&'static str],
    /// The numbers in it, which may have standard errors in a column `NAME_error`; words if there are none.
    pub numbers: Option<Number>,
    /// Whether it must be there, without empty cells.
    pub required: bool,
}

/// Which numbers, of what.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    /// The interval allowed, in the unit of the dimension.
    pub range: Range,
    /// What the number measures.
    pub dimension: Dimension,
}

/// An interval with open, closed or no ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The lower end.
    pub low: Bound<f64>,
    /// The upper end.
    pub high: Bound<f64>,
}

/// What a number measures, and so which unit it is kept in and which units may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// A pure number.
    Pure,
    /// An energy in units of the hopping t.
    Energy,
    /// A temperature as the energy kT, in units of t.
    Temperature,
    /// A voltage as the energy eV, in units of t.
    Bias,
    /// Magnetic flux in flux quanta h/e.
    Flux,
    /// A length in units of the inelastic length L_in.
    InelasticLength,
    /// The energy scale itself, in eV.
    EnergyScale,
    /// The length scale itself, in nm.
    LengthScale,
    /// An energy or a temperature in kelvin.
    Kelvin,
    /// A conductivity in S/m.
    Conductivity,
    /// A resistivity in Ohm m.
    Resistivity,
    /// A thermopower in V/K.
    Thermopower,
    /// A conductance in e^2/h.
    Conductance,
    /// A resistance in Ohm.
    Resistance,
    /// A current in nA.
    Current,
    /// A voltage in V.
    Voltage,
    /// A rate 1/tau as `hbar/(k_B tau)`, in kelvin.
    Rate,
    /// A quantity in whatever unit the header of a file names.
    Arbitrary,
}

/// Whether a key must be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must, wherever it has a meaning.
    Required,
    /// If not, it has this value (TOML).
    Default(&'static str),
    /// If not, this holds (in words).
    Absent(&'static str),
}

/// Where a key has a meaning.
#[derive(Clone, Copy, Debug)]
pub enum Condition {
    /// The other key has one of these values.
    Is(&'static str, &'static [&'static str]),
    /// The other key is given.
    Given(&'static str),
    /// The other key is not given.
    NotGiven(&'static str),
}

/// A word and what it means.
pub(super) const fn choice(name: &'static str, doc: &'static str) -> Choice {
    Choice { name, doc }
}

/// A key, to be completed by the methods below; as it stands, an optional text.
pub(super) const fn key(path: &'static str, doc: &'static str) -> Key {
    Key {
        path,
        doc,
        form: Form::Text,
        need: Need::Absent("absent"),
        when: &[],
        sweepable: false,
        example: "",
    }
}

/// The table's own language: each method states one property of the key.
impl Key {
    pub(super) const fn takes(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    pub(super) const fn number(self, range: Range, dimension: Dimension) -> Self {
        self.takes(Form::Number(Number { range, dimension }))
    }

    pub(super) const fn when(mut self, when: &'static [Condition]) -> Self {
        self.when = when;
        self
    }

    pub(super) const fn swept(mut self) -> Self {
        self.sweepable = true;
        self
    }

    /// Must be given; `example` is a value (TOML).
    pub(super) const fn required(mut self, example: &'static str) -> Self {
        self.need = Need::Required;
        self.example = example;
        self
    }

    /// Has this value if not given (TOML).
    pub(super) const fn default(mut self, value: &'static str) -> Self {
        self.need = Need::Default(value);
        self.example = value;
        self
    }

    /// May be missing, and what that means; `example` is a value (TOML).
    pub(super) const fn optional(mut self, absence: &'static str, example: &'static str) -> Self {
        self.need = Need::Absent(absence);
        self.example = example;
        self
    }
}

impl Key {
    /// The section of the key; empty at the top of the file.
    pub fn section(&self) -> &'static str {
        self.path.split_once('.').map_or("", |(section, _)| section)
    }

    /// The name of the key within its section.
    pub fn name(&self) -> &'static str {
        self.path.split_once('.').map_or(self.path, |(_, name)| name)
    }

    /// The unit its numbers are kept in; empty for pure numbers and for keys without numbers.
    pub fn unit(&self) -> &'static str {
        self.form.dimension().map_or("", Dimension::unit)
    }
}

impl Form {
    /// The form of one element of a sweep over a key of this form.
    pub fn swept(self) -> Self {
        if let Self::PerSite(number) = self { Self::Number(number) } else { self }
    }

    /// What its numbers measure, if it has numbers.
    pub fn dimension(self) -> Option<Dimension> {
        match self {
            Self::Number(n) | Self::Numbers(n) | Self::List(n) | Self::PerSite(n) => Some(n.dimension),
            Self::Or(_, other) => other.dimension(),
            _ => None,
        }
    }

    /// The values in words, as in `a number > 0`.
    pub fn describe(self) -> String {
        match self {
            Self::Text => "a text in quotes, on one line".to_owned(),
            Self::File => "the path of a text file with one number per site".to_owned(),
            Self::Table(columns) => {
                let names: Vec<String> = columns.iter().map(Column::describe).collect();
                format!("the path of a CSV file with columns {}", names.join(", "))
            }
            Self::Choice(choices) => Choice::list(choices, " or "),
            Self::Subset(choices) => format!(
                "a list of {}; {} must be there",
                Choice::list(choices, ", "),
                Choice::list(&choices[..1], "")
            ),
            Self::Integer(range) => range.describe("an integer"),
            Self::Integers(range, _) => format!("a list of different integers{}", range.suffix()),
            Self::Number(n) => n.describe(),
            Self::Numbers(n) => format!("a list with one number{} per site", n.range.suffix()),
            Self::List(n) => n.range.describe("a list of numbers"),
            Self::PerSite(n) => format!("{}, or a list with one per site", n.describe()),
            Self::Or(choice, other) => format!("{}, or \"{}\"", other.describe(), choice.name),
        }
    }
}

impl Column {
    /// A column of numbers.
    pub(super) const fn numbers(
        name: &'static str,
        aliases: &'static [&'static str],
        range: Range,
        dimension: Dimension,
        required: bool,
    ) -> Self {
        Self { name, aliases, numbers: Some(Number { range, dimension }), required }
    }

    /// `temperature [K]`
    fn describe(&self) -> String {
        match self.numbers.map(|n| n.dimension.unit()).filter(|unit| !unit.is_empty()) {
            Some(unit) => format!("{} [{unit}]", self.name),
            None => self.name.to_owned(),
        }
    }
}

impl Choice {
    /// The words in quotes, joined.
    pub(crate) fn list(choices: &[Self], joint: &str) -> String {
        choices.iter().map(|c| format!("\"{}\"", c.name)).collect::<Vec<_>>().join(joint)
    }
}

impl Number {
    fn describe(self) -> String {
        match self.dimension {
            Dimension::EnergyScale => "an energy with its unit, as in \"50 meV\"".to_owned(),
            Dimension::LengthScale => "a length with its unit, as in \"0.5 nm\"".to_owned(),
            _ => self.range.describe("a number"),
        }
    }
}

impl Range {
    pub(crate) const ANY: Self = Self { low: Unbounded, high: Unbounded };

    pub(crate) const fn above(low: f64) -> Self {
        Self { low: Excluded(low), high: Unbounded }
    }

    pub(super) const fn from(low: f64) -> Self {
        Self { low: Included(low), high: Unbounded }
    }

    pub(super) const fn within(low: f64, high: f64) -> Self {
        Self { low: Included(low), high: Included(high) }
    }

    pub(super) const fn between(low: f64, high: f64) -> Self {
        Self { low: Excluded(low), high: Excluded(high) }
    }

    /// Whether a value lies in the range.
    pub fn contains(&self, value: f64) -> bool {
        std::ops::RangeBounds::contains(&(self.low, self.high), &value)
    }

    /// The range in words after a noun: `a number > 0`.
    pub fn describe(&self, noun: &str) -> String {
        format!("{noun}{}", self.suffix())
    }

    fn suffix(&self) -> String {
        let show =
            |v: f64| if v.fract() == 0.0 && v.abs() < 1e15 { format!("{v}") } else { format!("{v:?}") };
        match (self.low, self.high) {
            (Unbounded, Unbounded) => String::new(),
            (Included(low), Included(high)) => format!(" from {} to {}", show(low), show(high)),
            (low, high) => {
                let low = match low {
                    Included(v) => Some(format!(" >= {}", show(v))),
                    Excluded(v) => Some(format!(" > {}", show(v))),
                    Unbounded => None,
                };
                let high = match high {
                    Included(v) => Some(format!(" <= {}", show(v))),
                    Excluded(v) => Some(format!(" < {}", show(v))),
                    Unbounded => None,
                };
                [low, high].into_iter().flatten().collect::<Vec<_>>().join(" and")
            }
        }
    }
}

impl Dimension {
    /// The unit that numbers of this dimension are kept in; empty for pure numbers.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Pure | Self::Arbitrary => "",
            Self::Energy | Self::Temperature | Self::Bias => "t",
            Self::Flux => "h/e per plaquette",
            Self::InelasticLength => "L_in",
            Self::EnergyScale => "eV",
            Self::LengthScale => "nm",
            Self::Kelvin | Self::Rate => "K",
            Self::Conductivity => "S/m",
            Self::Resistivity => "Ohm m",
            Self::Thermopower => "V/K",
            Self::Conductance => "e^2/h",
            Self::Resistance => "Ohm",
            Self::Current => "nA",
            Self::Voltage => "V",
        }
    }

    /// What its numbers may be written in, with a unit; nothing if they are always pure.
    pub fn measures(self) -> &'static [Measure] {
        match self {
            Self::Pure | Self::Flux | Self::InelasticLength | Self::Arbitrary => &[],
            Self::Energy | Self::EnergyScale => &[Measure::Energy],
            Self::Temperature => &[Measure::Energy, Measure::Temperature],
            Self::Kelvin => &[Measure::Temperature, Measure::Energy],
            Self::Bias => &[Measure::Energy, Measure::Potential],
            Self::LengthScale => &[Measure::Length],
            Self::Conductivity => &[Measure::Conductivity],
            Self::Resistivity => &[Measure::Resistivity],
            Self::Thermopower => &[Measure::Thermopower],
            Self::Conductance => &[Measure::Conductance],
            Self::Resistance => &[Measure::Resistance],
            Self::Current => &[Measure::Current],
            Self::Voltage => &[Measure::Potential],
            Self::Rate => &[Measure::Rate, Measure::Temperature, Measure::Energy],
        }
    }

    /// Whether its numbers are in units of the hopping t.
    pub fn is_in_hopping(self) -> bool {
        matches!(self, Self::Energy | Self::Temperature | Self::Bias)
    }

    /// Whether its numbers are kept in kelvin.
    pub(crate) fn is_in_kelvin(self) -> bool {
        matches!(self, Self::Kelvin | Self::Rate)
    }

    /// Whether a number must be written with a unit.
    pub fn is_scale(self) -> bool {
        matches!(self, Self::EnergyScale | Self::LengthScale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_read_as_sentences() {
        assert_eq!(Range::above(0.0).describe("a number"), "a number > 0");
        assert_eq!(Range::from(2.0).describe("an integer"), "an integer >= 2");
        assert_eq!(Range::within(1e-15, 1e-6).describe("a number"), "a number from 1e-15 to 1e-6");
        assert_eq!(Range::between(0.0, 1.0).describe("a number"), "a number > 0 and < 1");
        assert_eq!(Range::ANY.describe("a number"), "a number");
    }

    #[test]
    fn ends_are_open_or_closed_as_stated() {
        assert!(Range::from(0.0).contains(0.0) && !Range::above(0.0).contains(0.0));
        assert!(Range::within(0.0, 1.0).contains(1.0) && !Range::between(0.0, 1.0).contains(1.0));
        assert!(!Range::from(0.0).contains(f64::NAN));
    }
}
