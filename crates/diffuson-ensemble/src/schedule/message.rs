//! What ranks say to each other, as bytes: little-endian numbers, lengths before what they count.

use super::Failure;
use super::collector::{Report, Unit};
use std::time::Duration;

/// A sample that can be sent to another rank.
pub trait Portable: Sized {
    /// Appends the sample as bytes.
    fn pack(&self, bytes: &mut Vec<u8>);

    /// The sample behind all of these bytes, to the last bit; none if they are not those of a sample.
    fn unpack(bytes: &[u8]) -> Option<Self>;
}

/// Arrays of numbers.
impl Portable for Vec<Vec<f64>> {
    fn pack(&self, bytes: &mut Vec<u8>) {
        put(bytes, self.len() as u64);
        for values in self {
            put(bytes, values.len() as u64);
            values.iter().for_each(|value| bytes.extend(value.to_bits().to_le_bytes()));
        }
    }

    fn unpack(bytes: &[u8]) -> Option<Self> {
        let mut rest = Rest(bytes);
        let arrays = rest.count(8)?;
        let all = (0..arrays)
            .map(|_| {
                let values = rest.count(8)?;
                (0..values).map(|_| rest.number().map(f64::from_bits)).collect()
            })
            .collect::<Option<_>>()?;
        rest.0.is_empty().then_some(all)
    }
}

/// From rank 0 to another.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Order {
    /// Compute these.
    Compute(Vec<Unit>),
    /// Begin no other sample.
    Halt,
    /// The run is over.
    End,
}

/// From another rank to rank 0.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer<S> {
    /// Here I am, with so many threads, to compute this.
    Ready { threads: u64, identity: String },
    /// I take no part, for this reason.
    Declined(String),
    /// These samples are finished, or will not be begun.
    Reports(Vec<Report<S>>),
    /// I was asked to stop.
    Stop,
    /// I have ended.
    Gone,
}

/// Bytes of a message with orders, at most, unless a single unit takes more.
const ORDERS: usize = 2048;

impl Order {
    /// These units, in messages that are short.
    pub(super) fn compute(units: Vec<Unit>) -> Vec<Self> {
        let mut messages = Vec::new();
        let (mut part, mut bytes) = (Vec::new(), 0);
        for unit in units {
            let more = 16 + 8 * unit.points.len();
            if bytes + more > ORDERS && !part.is_empty() {
                messages.push(Self::Compute(std::mem::take(&mut part)));
                bytes = 0;
            }
            bytes += more;
            part.push(unit);
        }
        if !part.is_empty() {
            messages.push(Self::Compute(part));
        }
        messages
    }

    pub(super) fn pack(&self) -> Vec<u8> {
        match self {
            Self::Compute(units) => {
                let mut bytes = vec![b'c'];
                put(&mut bytes, units.len() as u64);
                for unit in units {
                    put(&mut bytes, unit.sample);
                    put(&mut bytes, unit.points.len() as u64);
                    unit.points.iter().for_each(|&point| put(&mut bytes, point as u64));
                }
                bytes
            }
            Self::Halt => vec![b'h'],
            Self::End => vec![b'e'],
        }
    }

    pub(super) fn unpack(bytes: &[u8]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        let mut rest = Rest(rest);
        let order = match kind {
            b'c' => {
                let units = rest.count(16)?;
                let unit = |_| {
                    let (sample, points) = (rest.number()?, rest.count(8)?);
                    let points = (0..points).map(|_| rest.number().map(|point| point as usize));
                    Some(Unit { sample, points: points.collect::<Option<_>>()? })
                };
                Self::Compute((0..units).map(unit).collect::<Option<_>>()?)
            }
            b'h' => Self::Halt,
            b'e' => Self::End,
            _ => return None,
        };
        rest.0.is_empty().then_some(order)
    }
}

impl<S: Portable> Answer<S> {
    pub(super) fn pack(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self {
            Self::Ready { threads, identity } => {
                bytes.push(b'r');
                put(&mut bytes, *threads);
                bytes.extend(identity.as_bytes());
            }
            Self::Declined(reason) => {
                bytes.push(b'd');
                bytes.extend(reason.as_bytes());
            }
            Self::Reports(reports) => {
                bytes.push(b's');
                put(&mut bytes, reports.len() as u64);
                reports.iter().for_each(|report| pack_report(report, &mut bytes));
            }
            Self::Stop => bytes.push(b't'),
            Self::Gone => bytes.push(b'g'),
        }
        bytes
    }
}

fn pack_report<S: Portable>(report: &Report<S>, bytes: &mut Vec<u8>) {
    put(bytes, report.point as u64);
    put(bytes, report.sample);
    put(bytes, report.took.as_nanos() as u64);
    let words = |kind: u8, words: &str, bytes: &mut Vec<u8>| {
        bytes.push(kind);
        put(bytes, words.len() as u64);
        bytes.extend(words.as_bytes());
    };
    match &report.outcome {
        None => words(0, "", bytes),
        Some(Err(Failure::Numerical(reason))) => words(1, reason, bytes),
        Some(Err(Failure::Bug(message))) => words(2, message, bytes),
        Some(Ok(sample)) => {
            bytes.push(3);
            let at = bytes.len();
            put(bytes, 0);
            sample.pack(bytes);
            let length = (bytes.len() - at - 8) as u64;
            bytes[at..at + 8].copy_from_slice(&length.to_le_bytes());
        }
    }
}

impl<S: Portable> Answer<S> {
    pub(super) fn unpack(bytes: &[u8]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        let mut rest = Rest(rest);
        match kind {
            b'r' => Some(Self::Ready { threads: rest.number()?, identity: text(rest.0)? }),
            b'd' => Some(Self::Declined(text(rest.0)?)),
            b's' => {
                let reports = rest.count(33)?;
                let reports = (0..reports).map(|_| unpack_report(&mut rest)).collect::<Option<_>>()?;
                rest.0.is_empty().then_some(Self::Reports(reports))
            }
            b't' => rest.0.is_empty().then_some(Self::Stop),
            b'g' => rest.0.is_empty().then_some(Self::Gone),
            _ => None,
        }
    }
}

fn unpack_report<S: Portable>(rest: &mut Rest<'_>) -> Option<Report<S>> {
    let (point, sample) = (rest.number()? as usize, rest.number()?);
    let took = Duration::from_nanos(rest.number()?);
    let kind = *rest.take(1)?.first()?;
    let length = rest.count(1)?;
    let bytes = rest.take(length)?;
    let outcome = match kind {
        0 => None,
        1 => Some(Err(Failure::Numerical(text(bytes)?))),
        2 => Some(Err(Failure::Bug(text(bytes)?))),
        3 => Some(Ok(S::unpack(bytes)?)),
        _ => return None,
    };
    Some(Report { point, sample, outcome, took })
}

fn put(bytes: &mut Vec<u8>, number: u64) {
    bytes.extend(number.to_le_bytes());
}

fn text(bytes: &[u8]) -> Option<String> {
    String::from_utf8(bytes.to_vec()).ok()
}

/// What is left of a message.
struct Rest<'b>(&'b [u8]);

impl<'b> Rest<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u64> {
        self.take(8)?.try_into().ok().map(u64::from_le_bytes)
    }

    /// How many items follow, of at least so many bytes each: never more than there is room for.
    fn count(&mut self, bytes_each: usize) -> Option<usize> {
        let count = usize::try_from(self.number()?).ok()?;
        (count.checked_mul(bytes_each)? <= self.0.len()).then_some(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reports() -> Vec<Report<Vec<Vec<f64>>>> {
        let report = |sample, outcome| Report { point: 3, sample, outcome, took: Duration::from_nanos(7) };
        vec![
            report(0, None),
            report(1, Some(Ok(vec![vec![1.5, -0.0], vec![], vec![f64::INFINITY]]))),
            report(u64::MAX, Some(Err(Failure::Numerical("schräg".to_owned())))),
            report(4, Some(Err(Failure::Bug(String::new())))),
            report(5, Some(Ok(vec![]))),
        ]
    }

    #[test]
    fn messages_arrive_as_they_were_sent_and_parts_of_them_are_none() {
        let units = vec![Unit { sample: 9, points: vec![0, 4] }, Unit { sample: 1 << 40, points: vec![] }];
        for order in [Order::Compute(units), Order::Halt, Order::End] {
            let bytes = order.pack();
            assert_eq!(Order::unpack(&bytes), Some(order));
            (0..bytes.len()).for_each(|end| assert_eq!(Order::unpack(&bytes[..end]), None));
        }
        let answers = [
            Answer::Ready { threads: 2, identity: "x".to_owned() },
            Answer::Declined("no".to_owned()),
            Answer::Reports(reports()),
            Answer::Stop,
            Answer::Gone,
        ];
        for answer in answers {
            let bytes = answer.pack();
            assert_eq!(Answer::unpack(&bytes), Some(answer.clone()));
            if matches!(answer, Answer::Reports(_)) {
                (0..bytes.len())
                    .for_each(|end| assert_eq!(Answer::<Vec<Vec<f64>>>::unpack(&bytes[..end]), None));
            }
        }
    }

    #[test]
    fn numbers_keep_their_bits() {
        let signalling = f64::from_bits(0x7ff0_0000_0000_0001);
        let mut bytes = Vec::new();
        vec![vec![signalling, f64::MIN_POSITIVE / 4.0]].pack(&mut bytes);
        let found = Vec::<Vec<f64>>::unpack(&bytes).unwrap();
        assert_eq!(found[0][0].to_bits(), signalling.to_bits());
        assert_eq!(found[0][1], f64::MIN_POSITIVE / 4.0);
    }

    #[test]
    fn a_count_beyond_the_message_allocates_nothing() {
        let mut bytes = vec![b'c'];
        put(&mut bytes, u64::MAX);
        assert_eq!(Order::unpack(&bytes), None);
        bytes[0] = b's';
        assert_eq!(Answer::<Vec<Vec<f64>>>::unpack(&bytes), None);
    }

    #[test]
    fn orders_are_short() {
        let units: Vec<Unit> = (0..1000).map(|sample| Unit { sample, points: vec![1] }).collect();
        let messages = Order::compute(units.clone());
        assert!(messages.iter().all(|message| message.pack().len() <= ORDERS + 9));
        let all: Vec<Unit> = messages
            .into_iter()
            .flat_map(|message| match message {
                Order::Compute(units) => units,
                _ => Vec::new(),
            })
            .collect();
        assert_eq!(all, units);
    }
}
