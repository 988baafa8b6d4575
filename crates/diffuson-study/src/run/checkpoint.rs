//! The record as the place where an ensemble keeps its samples.

use diffuson_ensemble::schedule::{Checkpoint, Failure, Status};
use diffuson_store::{Outcome, Status as Stored, StoreError, Values, Writer};
use std::path::Path;

pub(super) struct StoreCheckpoint {
    writer: Writer,
    /// Names of the per-sample arrays, in the order in which a sample lists its values.
    arrays: Vec<String>,
    /// Values per sample of each of them.
    widths: Vec<usize>,
}

impl StoreCheckpoint {
    pub(super) fn new(writer: Writer, arrays: Vec<String>, widths: Vec<usize>) -> Self {
        Self { writer, arrays, widths }
    }

    pub(super) fn path(&self) -> &Path {
        self.writer.path()
    }

    pub(super) fn into_writer(self) -> Writer {
        self.writer
    }
}

impl Checkpoint for StoreCheckpoint {
    type Sample = Vec<Vec<f64>>;
    type Error = StoreError;

    fn status(&self, point: usize, sample: u64) -> Status {
        match self.writer.status(point, sample as usize) {
            Stored::Missing => Status::Missing,
            Stored::Done => Status::Done,
            Stored::Failed => Status::Failed,
        }
    }

    fn save(
        &mut self,
        point: usize,
        samples: Vec<(u64, Result<Self::Sample, Failure>)>,
    ) -> Result<(), StoreError> {
        if let Some((last, _)) = samples.last() {
            self.writer.grow(*last as usize + 1)?;
        }
        let mut columns: Vec<Vec<f64>> = vec![Vec::new(); self.arrays.len()];
        let mut outcomes = Vec::with_capacity(samples.len());
        for (sample, result) in samples {
            let outcome = match result {
                Ok(values) => {
                    columns.iter_mut().zip(values).for_each(|(column, values)| column.extend(values));
                    Outcome::Done
                }
                Err(failure) => {
                    let widths = columns.iter_mut().zip(&self.widths);
                    widths.for_each(|(column, width)| column.resize(column.len() + width, f64::NAN));
                    Outcome::Failed(failure.to_string())
                }
            };
            outcomes.push((sample as usize, outcome));
        }
        let values: Vec<(&str, Values<'_>)> =
            self.arrays.iter().map(String::as_str).zip(columns.iter().map(Values::from)).collect();
        self.writer.save(point, &outcomes, &values)
    }
}
