//! A metadata cache image: blocks that are not at their addresses, but together in one place.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use binrw::Endian;

use super::record::cache_image::{CacheImageEntry, CacheImageHead};
use crate::error::Result;
use crate::source::Source;
use crate::wire::width::Widths;
use crate::wire::{self, checksum};

const RECORD: &str = "metadata cache image";

/// The image, read when it is needed first.
#[derive(Debug)]
pub(super) struct CacheImage {
    /// Where it is in the file.
    offset: u64,
    size: u64,
    blocks: OnceLock<BTreeMap<u64, Vec<u8>>>,
}

impl CacheImage {
    pub fn new(offset: u64, size: u64) -> Self {
        CacheImage { offset, size, blocks: OnceLock::new() }
    }

    /// What the image has from an address on.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the image is broken.
    pub fn find(&self, source: &Source, widths: Widths, address: u64) -> Result<Option<&[u8]>> {
        let blocks = match self.blocks.get() {
            Some(blocks) => blocks,
            None => {
                let read = self.read(source, widths)?;
                self.blocks.get_or_init(|| read)
            }
        };
        let Some((start, block)) = blocks.range(..=address).next_back() else { return Ok(None) };
        let within = usize::try_from(address - start).unwrap_or(usize::MAX);
        Ok(block.get(within..).filter(|rest| !rest.is_empty()))
    }

    fn read(&self, source: &Source, widths: Widths) -> Result<BTreeMap<u64, Vec<u8>>> {
        let block = source.copy(self.offset, self.size)?;
        checksum::verify(RECORD, self.offset, &block)?;
        let (head, mut at) = wire::decode::<CacheImageHead>(RECORD, self.offset, &block, Endian::Little, widths)?;
        let mut blocks = BTreeMap::new();
        for _ in 0..head.entries {
            let rest = block.get(at..).unwrap_or_default();
            let here = self.offset.saturating_add(at as u64);
            let (entry, used) = wire::decode::<CacheImageEntry>(RECORD, here, rest, Endian::Little, widths)?;
            at = at.saturating_add(used);
            if let Some(address) = entry.address.get() {
                blocks.insert(address, entry.block);
            }
        }
        Ok(blocks)
    }
}
