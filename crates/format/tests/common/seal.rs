//! The checksummed blocks of an HDF5 file, found by trying, and sealed again after a change.
//!
//! A hostile file has right checksums. Without this, most changes would end at the first checksum.

use std::ops::Range;

/// What the blocks start with.
const SIGNATURES: [&[u8]; 15] = [
    b"\x89HDF", b"OHDR", b"OCHK", b"FRHP", b"FHDB", b"FHIB", b"BTHD", b"BTIN", b"BTLF", b"FAHD", b"FADB", b"EAHD",
    b"EAIB", b"EASB", b"EADB",
];

/// The longest block that is looked for.
const LONGEST: usize = 4096;

/// Every block whose last four bytes, which follow the range, are its checksum.
pub fn blocks(file: &[u8]) -> Vec<Range<usize>> {
    let starts = (0..file.len()).filter(|&at| SIGNATURES.iter().any(|signature| file[at..].starts_with(signature)));
    let sealed = |start: usize| {
        let end = file.len().min(start + LONGEST);
        let fits = |&at: &usize| file[at..at + 4] == lookup3(&file[start..at]).to_le_bytes();
        (start + 8..end.saturating_sub(3)).find(fits).map(|at| start..at)
    };
    starts.filter_map(sealed).collect()
}

/// Gives the block around a changed byte the checksum of its new content.
pub fn seal(file: &mut [u8], blocks: &[Range<usize>], changed: usize) {
    if let Some(block) = blocks.iter().find(|block| block.contains(&changed) && block.end + 4 <= file.len()) {
        let sum = lookup3(&file[block.clone()]).to_le_bytes();
        file[block.end..block.end + 4].copy_from_slice(&sum);
    }
}

/// Bob Jenkins' lookup3, the checksum of HDF5's metadata.
pub fn lookup3(bytes: &[u8]) -> u32 {
    let mut s = [0xdead_beef_u32.wrapping_add(u32::try_from(bytes.len()).unwrap()); 3];
    let mut blocks = bytes.chunks(12).peekable();
    while let Some(block) = blocks.next() {
        for (n, &byte) in block.iter().enumerate() {
            s[n / 4] = s[n / 4].wrapping_add(u32::from(byte) << (8 * (n % 4)));
        }
        if blocks.peek().is_some() {
            for (n, turn) in [4, 6, 8, 16, 19, 4].into_iter().enumerate() {
                let (a, b, c) = (n % 3, (n + 1) % 3, (n + 2) % 3);
                s[a] = s[a].wrapping_sub(s[c]) ^ s[c].rotate_left(turn);
                s[c] = s[c].wrapping_add(s[b]);
            }
        } else {
            for (n, turn) in [14, 11, 25, 16, 4, 14, 24].into_iter().enumerate() {
                let (to, from) = ((n + 2) % 3, (n + 1) % 3);
                s[to] = (s[to] ^ s[from]).wrapping_sub(s[from].rotate_left(turn));
            }
        }
    }
    s[2]
}
