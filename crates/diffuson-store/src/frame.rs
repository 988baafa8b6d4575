//! How large a compressed chunk says it will be.

/// The bytes that one frame of Zstandard (RFC 8878) says it holds; an error unless it says so and is all there is.
///
/// Decompression makes room for what a frame says before it looks further. A few bytes can say anything: they are asked first.
pub(crate) fn content_size(frame: &[u8]) -> Result<u64, String> {
    walk(frame).ok_or_else(|| "it is not one compressed frame of a known size".to_owned())
}

fn walk(frame: &[u8]) -> Option<u64> {
    let mut rest = frame.strip_prefix(&[0x28, 0xb5, 0x2f, 0xfd])?;
    let mut take = |count: usize| {
        let (taken, left) = rest.split_at_checked(count)?;
        rest = left;
        Some(taken.iter().rev().fold(0, |number: u64, byte| number << 8 | u64::from(*byte)))
    };
    let descriptor = take(1)?;
    let (single, checksum) = (descriptor & 0x20 != 0, descriptor & 0x04 != 0);
    if !single {
        take(1)?;
    }
    take([0, 1, 2, 4][(descriptor & 3) as usize])?;
    let size = match descriptor >> 6 {
        0 if !single => return None,
        0 => take(1)?,
        1 => take(2)? + 256,
        2 => take(4)?,
        _ => take(8)?,
    };
    loop {
        let block = take(3)?;
        let (last, kind, length) = (block & 1 != 0, block >> 1 & 3, (block >> 3) as usize);
        take(if kind == 1 { 1 } else { length })?;
        if last {
            break;
        }
    }
    if checksum {
        take(4)?;
    }
    rest.is_empty().then_some(size)
}
