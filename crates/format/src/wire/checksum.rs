//! Checksums: lookup3 for metadata, Fletcher-32 for the filter.

use crate::error::{Error, Result};

/// Bob Jenkins' lookup3 `hashlittle`, as HDF5 uses it for metadata checksums and name hashes.
pub(crate) fn lookup3(bytes: &[u8], initial: u32) -> u32 {
    let length = u32::try_from(bytes.len() & 0xffff_ffff).unwrap_or(0);
    let start = 0xdead_beef_u32.wrapping_add(length).wrapping_add(initial);
    let [mut a, mut b, mut c] = [start; 3];
    let mut rest = bytes;
    while rest.len() > 12 {
        let (block, tail) = rest.split_at(12);
        [a, b, c] = mix(add([a, b, c], block));
        rest = tail;
    }
    if rest.is_empty() {
        return c;
    }
    let mut block = [0u8; 12];
    for (to, from) in block.iter_mut().zip(rest) {
        *to = *from;
    }
    finish(add([a, b, c], &block))
}

fn add(state: [u32; 3], block: &[u8]) -> [u32; 3] {
    let mut state = state;
    for (word, bytes) in state.iter_mut().zip(block.chunks_exact(4)) {
        *word = word.wrapping_add(bytes.iter().rev().fold(0, |w, &b| (w << 8) | u32::from(b)));
    }
    state
}

fn mix([mut a, mut b, mut c]: [u32; 3]) -> [u32; 3] {
    a = a.wrapping_sub(c) ^ c.rotate_left(4);
    c = c.wrapping_add(b);
    b = b.wrapping_sub(a) ^ a.rotate_left(6);
    a = a.wrapping_add(c);
    c = c.wrapping_sub(b) ^ b.rotate_left(8);
    b = b.wrapping_add(a);
    a = a.wrapping_sub(c) ^ c.rotate_left(16);
    c = c.wrapping_add(b);
    b = b.wrapping_sub(a) ^ a.rotate_left(19);
    a = a.wrapping_add(c);
    c = c.wrapping_sub(b) ^ b.rotate_left(4);
    b = b.wrapping_add(a);
    [a, b, c]
}

fn finish([mut a, mut b, mut c]: [u32; 3]) -> u32 {
    c = (c ^ b).wrapping_sub(b.rotate_left(14));
    a = (a ^ c).wrapping_sub(c.rotate_left(11));
    b = (b ^ a).wrapping_sub(a.rotate_left(25));
    c = (c ^ b).wrapping_sub(b.rotate_left(16));
    a = (a ^ c).wrapping_sub(c.rotate_left(4));
    b = (b ^ a).wrapping_sub(a.rotate_left(14));
    (c ^ b).wrapping_sub(b.rotate_left(24))
}

/// Splits the trailing checksum off a whole block and verifies it.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) when it does not match.
pub(crate) fn verify<'a>(record: &'static str, offset: u64, block: &'a [u8]) -> Result<&'a [u8]> {
    let (body, sum) =
        block.split_last_chunk::<4>().ok_or_else(|| Error::malformed(record, offset, "no room for its checksum"))?;
    let (stored, computed) = (u32::from_le_bytes(*sum), lookup3(body, 0));
    if stored != computed {
        return Err(Error::malformed(
            record,
            offset,
            format!("the checksum is {stored:#010x} where the bytes give {computed:#010x}"),
        ));
    }
    Ok(body)
}

/// Appends the checksum of a whole block.
pub(crate) fn seal(block: &mut Vec<u8>) {
    let sum = lookup3(block, 0);
    block.extend_from_slice(&sum.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookup3_vectors() {
        let all: Vec<u8> = (0..=255).collect();
        let cases: [(&[u8], u32, u32); 6] = [
            (b"", 0xdead_beef, 0xdead_bef0),
            (b"a", 0x58d6_8708, 0x42b1_7671),
            (b"0123456789ab", 0x1065_e50a, 0x8387_c08b),
            (b"0123456789abc", 0x7351_ce56, 0x96e7_75d5),
            (b"Four score and seven years ago", 0x1777_0551, 0xcd62_8161),
            (&all, 0xe20e_0833, 0xa538_40ea),
        ];
        for (text, zero, one) in cases {
            assert_eq!((lookup3(text, 0), lookup3(text, 1)), (zero, one));
        }
    }
}
