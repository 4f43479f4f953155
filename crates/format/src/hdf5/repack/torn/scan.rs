//! What of a torn file nothing may lead to any more, found by how it begins: object headers, and leaves of chunk indexes.

use crate::error::Result;
use crate::hdf5::record::btree_v1::CHUNK;
use crate::hdf5::record::object_header::SIGNATURE;
use crate::hdf5::space::AddressSpace;
use crate::limits;

/// Bytes that are looked at in one go.
const WINDOW: u64 = 1 << 20;
/// Bytes that tell what may begin with them: a version 1 prefix.
const START: usize = 16;
/// The most bytes of the first block of a version 1 header.
const MOST_V1: u32 = 1 << 16;

/// Where something may begin, by address.
#[derive(Debug, Default)]
pub(in crate::hdf5::repack) struct Hits {
    pub headers: Vec<u64>,
    /// Leaves of version 1 B-trees of chunks.
    pub leaves: Vec<u64>,
}

impl Hits {
    /// Looks through a whole file.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) for more than a file can have objects; [`Kind::Io`](crate::Kind::Io).
    pub fn of(space: &AddressSpace) -> Result<Self> {
        let (mut hits, mut at) = (Hits::default(), 0);
        let end = space.source.len().saturating_sub(space.base);
        while at < end {
            let len = (end - at).min(WINDOW.saturating_add(START as u64 - 1));
            let bytes = space.source.bytes(space.offset(at), len)?;
            for (address, start) in (at..).zip(bytes.windows(START)) {
                hits.note(address, start);
            }
            limits::check("objects", (hits.headers.len() + hits.leaves.len()) as u64, space.limits.objects as u64)?;
            at = at.saturating_add(WINDOW);
        }
        Ok(hits)
    }

    fn note(&mut self, address: u64, start: &[u8]) {
        match start {
            [b'O', ..] if start.starts_with(&SIGNATURE) => self.headers.push(address),
            [b'T', b'R', b'E', b'E', CHUNK, 0, ..] => self.leaves.push(address),
            [1, 0, ..] if is_prefix(start) => self.headers.push(address),
            _ => {}
        }
    }
}

/// Whether bytes may be the prefix of a version 1 header: the number of messages, links to it, bytes of messages, padding.
fn is_prefix(start: &[u8]) -> bool {
    let &[1, 0, m0, m1, l0, l1, l2, l3, s0, s1, s2, s3, 0, 0, 0, 0] = start else { return false };
    let links = u32::from_le_bytes([l0, l1, l2, l3]);
    let size = u32::from_le_bytes([s0, s1, s2, s3]);
    let least = 8 * u32::from(u16::from_le_bytes([m0, m1]));
    (1..=0xffff).contains(&links) && least > 0 && size >= least.min(16) && size <= MOST_V1 && size % 8 == 0
}
