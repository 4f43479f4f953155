//! `BloscLZ`: literals, and matches with up to 8191 bytes or 8192 to 73727 bytes of distance.

/// Matches farther than this have their distance in two more bytes.
const FAR: usize = 8192;

/// Expands a stream, and says how many bytes it has; `None` where it is broken or too long.
pub(super) fn expand(stream: &[u8], out: &mut [u8]) -> Option<usize> {
    let (&first, mut rest) = stream.split_first()?;
    // The upper bits of the first byte name a variant of the codec.
    let mut control = first & 31;
    let mut at = 0;
    loop {
        let head = usize::from(control);
        if head < 32 {
            let (literals, after) = rest.split_at_checked(head + 1)?;
            out.get_mut(at..)?.get_mut(..literals.len())?.copy_from_slice(literals);
            at += literals.len();
            rest = after;
        } else {
            let (len, distance, after) = reference(head, rest)?;
            repeat(out, at, distance, len)?;
            at += len;
            rest = after;
        }
        match rest.split_first() {
            Some((&next, after)) => (control, rest) = (next, after),
            None => return Some(at),
        }
    }
}

/// Length and distance of a match, and what follows.
fn reference(head: usize, mut rest: &[u8]) -> Option<(usize, usize, &[u8])> {
    let mut len = (head >> 5) + 2;
    if head >> 5 == 7 {
        loop {
            let (&more, after) = rest.split_first()?;
            rest = after;
            len = len.checked_add(more.into())?;
            if more != 255 {
                break;
            }
        }
    }
    let (&low, rest) = rest.split_first()?;
    let high = head & 31;
    if high == 31 && low == 255 {
        let (far, rest) = rest.split_first_chunk()?;
        return Some((len, usize::from(u16::from_be_bytes(*far)) + FAR, rest));
    }
    Some((len, (high << 8) + usize::from(low) + 1, rest))
}

/// Copies `len` bytes to `at` from `distance` before; they may overlap.
fn repeat(out: &mut [u8], at: usize, distance: usize, len: usize) -> Option<()> {
    let from = at.checked_sub(distance)?;
    let out = out.get_mut(from..at.checked_add(len)?)?;
    // What is there already is a period, and more and more of them.
    let mut period = distance;
    while period < out.len() {
        let (before, after) = out.split_at_mut(period);
        let count = before.len().min(after.len());
        after.get_mut(..count)?.copy_from_slice(before.get(..count)?);
        period += count;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_may_overlap_and_be_far() {
        let mut out = [0; 12];
        assert_eq!(expand(&[2, 1, 2, 3, 0b1100_0000, 2, 0, 9], &mut out), Some(12));
        assert_eq!(out, [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 9]);
        let literals: Vec<u8> = (0..10_000u32).map(|n| ((n * n) >> 7).to_le_bytes()[0]).collect();
        let mut stream = Vec::new();
        for run in literals.chunks(32) {
            stream.push(u8::try_from(run.len() - 1).unwrap());
            stream.extend_from_slice(run);
        }
        // 260 + 5 bytes from 9000 before.
        stream.extend_from_slice(&[0xff, 255, 1, 255, 3, 40]);
        let mut out = vec![0; 10_265];
        assert_eq!(expand(&stream, &mut out), Some(10_265));
        assert_eq!(out[..10_000], literals);
        assert_eq!(out[10_000..], literals[1000..1265]);
        assert_eq!(expand(&stream, &mut vec![0; 10_264]), None);
        assert_eq!(expand(&stream[..stream.len() - 1], &mut out), None);
    }
}
