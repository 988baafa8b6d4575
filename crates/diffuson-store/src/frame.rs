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

#[cfg(test)]
mod tests {
    use super::*;

    /// The frame of RFC 8878 with one block as it is.
    fn frame(header: &[u8], content: &[u8]) -> Vec<u8> {
        let block = (content.len() as u32) << 3 | 1;
        [&[0x28, 0xb5, 0x2f, 0xfd], header, &block.to_le_bytes()[..3], content].concat()
    }

    #[test]
    fn one_frame_says_what_it_holds_and_nothing_else_is_believed() {
        // The size in one byte, in two (less 256), in four, in eight; with a window, and with a checksum.
        assert_eq!(content_size(&frame(&[0x20, 3], b"abc")), Ok(3));
        assert_eq!(content_size(&frame(&[0x60, 1, 0], b"abc")), Ok(257));
        assert_eq!(content_size(&frame(&[0xa0, 0, 0, 0, 1], b"abc")), Ok(1 << 24));
        assert_eq!(content_size(&frame(&[0xe0, 0, 0, 0, 0, 0, 0, 0, 0x80], b"abc")), Ok(1 << 63));
        assert_eq!(content_size(&frame(&[0x40, 0, 9, 0], b"abc")), Ok(265));
        assert!(content_size(&frame(&[0x24, 3], b"abc")).is_err());
        assert_eq!(content_size(&[frame(&[0x24, 3], b"abc"), vec![0; 4]].concat()), Ok(3));
        let one = frame(&[0x20, 3], b"abc");
        assert!((0..one.len()).all(|end| content_size(&one[..end]).is_err()));
        assert!(content_size(&[one.clone(), one].concat()).is_err());
        // No size at all.
        assert!(content_size(&frame(&[0x00, 0], b"abc")).is_err());
    }
}
