//! How per-sample arrays are cut into files, and these into pieces that can be read alone.
//!
//! A file, a *shard*, holds many samples of one point; in it every *chunk* of samples is compressed and has a checksum for itself. Both sizes follow from the bytes that one sample
//! takes in the widest of its arrays, and from nothing else: a record that grew is laid out like one made at once, and nobody has to choose.
//!
//! * Samples that are a few numbers: a chunk holds 1024 of them, a shard 65536, so that 10^6 samples make 16 files per array and point.
//! * Samples that are fields: a file per 16 MiB of them, before compression. A file that grew is written anew: that costs at most its 16 MiB.
//! * One sample's field is read with its chunk, 1 MiB, or alone if it is larger.

use crate::layout::ArraySpec;
use crate::values::Kind;

/// The largest chunk of the widest array, in bytes before compression, unless one sample is larger.
const CHUNK_BYTES: usize = 1 << 20;
/// The most samples in a chunk.
const CHUNK_SAMPLES: usize = 1 << 10;
/// The largest shard of the widest array, in bytes before compression, unless one sample is larger.
const SHARD_BYTES: usize = 1 << 24;
/// The most samples in a shard.
const SHARD_SAMPLES: usize = 1 << 16;
/// What a text is taken to have, in bytes.
const TEXT_BYTES: usize = 64;

/// How many samples go together: powers of two, the first dividing the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chunking {
    /// Samples per chunk.
    pub(crate) chunk: usize,
    /// Samples per shard.
    pub(crate) shard: usize,
}

impl Chunking {
    /// That of samples whose widest array has so many bytes each.
    pub(crate) fn of(widest: usize) -> Self {
        let fitting = |bytes: usize, most: usize| {
            let samples = (bytes / widest.max(1)).clamp(1, most);
            1 << samples.ilog2()
        };
        Self { chunk: fitting(CHUNK_BYTES, CHUNK_SAMPLES), shard: fitting(SHARD_BYTES, SHARD_SAMPLES) }
    }

    /// A stored one, if it is possible.
    pub(crate) fn stored(chunk: usize, shard: usize) -> Option<Self> {
        let possible = chunk > 0 && shard > 0 && shard.is_multiple_of(chunk) && shard <= SHARD_SAMPLES;
        possible.then_some(Self { chunk, shard })
    }

    /// Chunks in a shard.
    pub(crate) fn chunks(self) -> usize {
        self.shard / self.chunk
    }
}

/// Bytes of one sample in an array with so many entries per sample.
pub(crate) fn sample_bytes(spec: &ArraySpec, entries: usize) -> usize {
    let each = match spec.kind {
        Kind::Float | Kind::Integer => 8,
        Kind::Byte => 1,
        Kind::Text => TEXT_BYTES,
    };
    entries.saturating_mul(each)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_make_few_files_and_fields_files_of_a_bounded_size() {
        let files = |samples: usize, widest| samples.div_ceil(Chunking::of(widest).shard);
        assert_eq!(files(1_000_000, 8), 16);
        for widest in [0, 1, 8, 127, 128, 9600, 80_000, 1 << 20, (1 << 20) + 1, 1 << 24, usize::MAX] {
            let Chunking { chunk, shard } = Chunking::of(widest);
            assert_eq!(Chunking::stored(chunk, shard), Some(Chunking { chunk, shard }));
            assert!(chunk.is_power_of_two() && shard.is_power_of_two());
            // twice as many would be too many, one sample is always possible
            assert!(chunk == 1 || chunk * widest <= CHUNK_BYTES);
            assert!(chunk == CHUNK_SAMPLES || 2 * chunk * widest.min(1 << 40) > CHUNK_BYTES);
            assert!(shard == 1 || shard * widest <= SHARD_BYTES);
            assert!(shard == SHARD_SAMPLES || 2 * shard * widest.min(1 << 40) > SHARD_BYTES);
        }
        for (chunk, shard) in [(0, 4), (4, 0), (3, 4), (8, 4), (1, 1 << 40)] {
            assert_eq!(Chunking::stored(chunk, shard), None);
        }
    }
}
