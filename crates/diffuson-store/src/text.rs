//! How many texts a chunk says it holds, and how long each is.

/// Whether these bytes are so many texts in the codec `vlen-utf8`: their number, then the length of each before its bytes, all as four bytes, the lowest first.
///
/// Who decodes them takes the lengths as they are.
pub(crate) fn check(bytes: &[u8], entries: usize) -> Result<(), String> {
    walk(bytes, entries).ok_or_else(|| format!("it does not hold {entries} texts"))
}

fn walk(mut bytes: &[u8], entries: usize) -> Option<()> {
    let number = |bytes: &mut &[u8]| {
        let (number, rest) = bytes.split_first_chunk()?;
        *bytes = rest;
        usize::try_from(u32::from_le_bytes(*number)).ok()
    };
    if number(&mut bytes)? != entries {
        return None;
    }
    for _ in 0..entries {
        let length = number(&mut bytes)?;
        bytes = bytes.get(length..)?;
    }
    bytes.is_empty().then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_stay_inside() {
        let two = [2, 0, 0, 0, 1, 0, 0, 0, b'a', 0, 0, 0, 0];
        assert_eq!(walk(&two, 2), Some(()));
        assert_eq!(walk(&two, 1), None);
        for cut in 0..two.len() {
            assert_eq!(walk(&two[..cut], 2), None);
        }
        for byte in 0..two.len() - 5 {
            let mut wrong = two;
            wrong[byte] ^= 0xff;
            assert!(byte == 8 || walk(&wrong, 2).is_none(), "{byte}");
        }
        assert_eq!(walk(&[&two[..], &[0]].concat(), 2), None);
    }
}
