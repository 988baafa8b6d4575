//! The part of an ensemble that one of several independent runs computes.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// One of `of` disjoint shares of an ensemble, which together are all of it: `2/10` is the second of ten.
///
/// A share has, of every point, a run of consecutive samples as long as that of any other share to within one. Where a point has fewer samples than there are shares, different points go to different shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    index: u64,
    of: u64,
}

impl Share {
    /// Everything.
    pub const WHOLE: Self = Self { index: 0, of: 1 };

    /// Share `number`, from 1 on, of so many.
    ///
    /// # Errors
    /// [`NoShare`] unless `1 <= number <= of`.
    pub fn new(number: u64, of: u64) -> Result<Self, NoShare> {
        if (1..=of).contains(&number) { Ok(Self { index: number - 1, of }) } else { Err(NoShare) }
    }

    /// Its number, from 1 on.
    #[must_use]
    pub fn number(self) -> u64 {
        self.index + 1
    }

    /// The number of shares.
    #[must_use]
    pub fn of(self) -> u64 {
        self.of
    }

    /// Whether a sample of a point with so many samples belongs to this share.
    #[must_use]
    pub fn holds(self, point: usize, sample: u64, samples: u64) -> bool {
        self.range(point, samples).contains(&sample)
    }

    /// The samples of a point with so many samples that belong to this share.
    #[must_use]
    pub fn range(self, point: usize, samples: u64) -> Range<u64> {
        let [samples, of, index] = [samples, self.of, self.index].map(u128::from);
        let part = (index + of - point as u128 % of) % of;
        // a quotient of at most `samples`
        let first = |part: u128| (part * samples).div_ceil(of) as u64;
        first(part)..first(part + 1)
    }
}

/// What is no share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not of the form I/N, with whole numbers 1 <= I <= N")]
pub struct NoShare;

impl FromStr for Share {
    type Err = NoShare;

    fn from_str(text: &str) -> Result<Self, NoShare> {
        let (number, of) = text.split_once('/').ok_or(NoShare)?;
        let whole = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|_| digits).ok_or(NoShare)
        };
        Self::new(whole(number)?, whole(of)?)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number(), self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_disjoint_even_and_everything() {
        for (points, samples, of) in [(1, 1000, 7), (12, 10, 100), (5, 1, 3), (3, 8, 8), (1, 1, 1)] {
            let mut sizes = vec![0; of as usize];
            for (point, sample) in (0..points).flat_map(|p| (0..samples).map(move |n| (p, n))) {
                let holders: Vec<u64> =
                    (1..=of).filter(|&i| Share::new(i, of).unwrap().holds(point, sample, samples)).collect();
                assert_eq!(holders.len(), 1, "{point} {sample}");
                let range = Share::new(holders[0], of).unwrap().range(point, samples);
                assert!(range.contains(&sample) && range.end <= samples, "{range:?} {samples}");
                sizes[holders[0] as usize - 1] += 1;
            }
            let even = (points as u64 * samples).div_ceil(of);
            assert!(sizes.iter().all(|&size| size <= even + points as u64), "{sizes:?}");
        }
    }

    #[test]
    fn the_largest_numbers_have_shares_too() {
        let last = Share::new(u64::MAX, u64::MAX).unwrap();
        assert_eq!(last.range(0, u64::MAX), u64::MAX - 1..u64::MAX);
        assert_eq!(last.range(1, u64::MAX), u64::MAX - 2..u64::MAX - 1);
        assert_eq!(Share::WHOLE.range(usize::MAX, u64::MAX), 0..u64::MAX);
        assert!(Share::WHOLE.range(3, 0).is_empty());
    }

    #[test]
    fn a_share_reads_as_it_is_written() {
        assert_eq!("2/10".parse::<Share>().unwrap().to_string(), "2/10");
        for wrong in ["", "/", "1", "0/3", "4/3", "1/0", "-1/3", "+1/3", "1/3/5", "a/b", "1.0/2", " 1/2"] {
            assert_eq!(wrong.parse::<Share>(), Err(NoShare), "{wrong}");
        }
    }
}
