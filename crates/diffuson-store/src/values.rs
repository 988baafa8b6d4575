//! Typed values in and out of a record.

use std::fmt;

/// An array read from a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Array<T> {
    /// The names of the dimensions.
    pub dims: Vec<String>,
    /// Their sizes.
    pub shape: Vec<usize>,
    /// The values in C order: the last index runs fastest.
    pub data: Vec<T>,
}

/// The kind of values an array holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `f64`; what is not there is NaN.
    Float,
    /// `i64`; what is not there is 0.
    Integer,
    /// `u8`; what is not there is 0.
    Byte,
    /// UTF-8 text; what is not there is empty.
    Text,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Float => "float",
            Self::Integer => "integer",
            Self::Byte => "byte",
            Self::Text => "text",
        })
    }
}

/// A type that arrays can hold: `f64`, `i64`, `u8` or `String`.
pub trait Value: sealed::Element {
    /// Its kind.
    const KIND: Kind;
}

impl Value for f64 {
    const KIND: Kind = Kind::Float;
}

impl Value for i64 {
    const KIND: Kind = Kind::Integer;
}

impl Value for u8 {
    const KIND: Kind = Kind::Byte;
}

impl Value for String {
    const KIND: Kind = Kind::Text;
}

/// Borrowed values of any kind, in C order, on their way into a record.
///
/// Made from slices, vectors and fixed-size arrays of every [`Value`]: `Values::from(&x)`. NaNs are stored as one bit
/// pattern, so that records do not depend on which processor computed them.
#[derive(Clone, Copy, Debug)]
pub enum Values<'a> {
    /// Floating-point numbers.
    Float(&'a [f64]),
    /// Integers.
    Integer(&'a [i64]),
    /// Bytes.
    Byte(&'a [u8]),
    /// Text.
    Text(&'a [String]),
}

impl Values<'_> {
    /// The kind of these values.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Float(_) => Kind::Float,
            Self::Integer(_) => Kind::Integer,
            Self::Byte(_) => Kind::Byte,
            Self::Text(_) => Kind::Text,
        }
    }

    /// Their number.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Float(values) => values.len(),
            Self::Integer(values) => values.len(),
            Self::Byte(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<'a, T: Value> From<&'a [T]> for Values<'a> {
    fn from(values: &'a [T]) -> Self {
        T::wrap(values)
    }
}

impl<'a, T: Value> From<&'a Vec<T>> for Values<'a> {
    fn from(values: &'a Vec<T>) -> Self {
        T::wrap(values)
    }
}

impl<'a, T: Value, const N: usize> From<&'a [T; N]> for Values<'a> {
    fn from(values: &'a [T; N]) -> Self {
        T::wrap(values)
    }
}

/// What the record knows of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    /// Not saved yet. Stored as 0.
    Missing = 0,
    /// Saved with its values. Stored as 1.
    Done = 1,
    /// Saved with the reason of its failure. Stored as 2.
    Failed = 2,
}

impl Status {
    /// The status stored as this number, if there is one.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        [Self::Missing, Self::Done, Self::Failed].into_iter().find(|status| *status as u8 == code)
    }
}

/// How many samples of a point there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Saved with their values.
    pub done: usize,
    /// Saved with the reason of their failure.
    pub failed: usize,
    /// Not saved yet.
    pub missing: usize,
}

/// How a sample that is being saved ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With values.
    Done,
    /// Without, for this reason. Its values should be NaN.
    Failed(String),
}

pub(crate) mod sealed {
    use zarrs::array::ElementOwned;

    use super::Values;

    /// What the crate needs to know of a value type. Not to be implemented elsewhere.
    pub trait Element: ElementOwned {
        /// What stands where nothing was written.
        fn fill() -> Self;
        /// The same value in its one stored form.
        fn canonical(&self) -> Self;
        /// Slices of this type as [`Values`].
        fn wrap(values: &[Self]) -> Values<'_>;
    }

    impl Element for f64 {
        fn fill() -> Self {
            Self::NAN
        }

        fn canonical(&self) -> Self {
            if self.is_nan() { Self::NAN } else { *self }
        }

        fn wrap(values: &[Self]) -> Values<'_> {
            Values::Float(values)
        }
    }

    impl Element for i64 {
        fn fill() -> Self {
            0
        }

        fn canonical(&self) -> Self {
            *self
        }

        fn wrap(values: &[Self]) -> Values<'_> {
            Values::Integer(values)
        }
    }

    impl Element for u8 {
        fn fill() -> Self {
            0
        }

        fn canonical(&self) -> Self {
            *self
        }

        fn wrap(values: &[Self]) -> Values<'_> {
            Values::Byte(values)
        }
    }

    impl Element for String {
        fn fill() -> Self {
            Self::new()
        }

        fn canonical(&self) -> Self {
            self.clone()
        }

        fn wrap(values: &[Self]) -> Values<'_> {
            Values::Text(values)
        }
    }
}
