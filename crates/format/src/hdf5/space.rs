//! The file address space: metadata blocks by address, copied once, verified on the copy, and kept for reuse.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::external::External;
use super::read::lookup::Lookup;
use crate::error::{Error, Result};
use crate::limits::{self, Limits};
use crate::source::Source;
use crate::wire::checksum;
use crate::wire::width::Widths;

/// Bytes of metadata kept for reuse; enough for the upper levels of any index.
const CACHE_BYTES: usize = 4 << 20;

/// An HDF5 file as its structures see it: addresses count from the base address.
#[derive(Debug)]
pub(crate) struct AddressSpace {
    pub source: Source,
    pub base: u64,
    pub widths: Widths,
    pub limits: Limits,
    /// The object header of the root group.
    pub root: u64,
    /// Whether the files that this one names are opened.
    pub external: External,
    /// Objects that virtual datasets name.
    pub lookup: Lookup,
    /// Half the number of entries in a node of a version 1 B-tree: groups' leaves (symbol nodes), groups, chunks.
    pub symbol_k: u16,
    pub group_k: u16,
    pub chunk_k: u16,
    cache: Mutex<Cache>,
}

#[derive(Debug, Default)]
struct Cache {
    blocks: HashMap<(u64, u64, bool), Arc<[u8]>>,
    bytes: usize,
}

impl AddressSpace {
    pub fn new(source: Source, base: u64, widths: Widths, limits: Limits) -> Self {
        AddressSpace {
            source,
            base,
            widths,
            limits,
            root: 0,
            external: External::default(),
            lookup: Lookup::default(),
            symbol_k: 4,
            group_k: 16,
            chunk_k: 32,
            cache: Mutex::default(),
        }
    }

    /// The position in the file of an address.
    pub fn offset(&self, address: u64) -> u64 {
        self.base.saturating_add(address)
    }

    /// The number of bytes from an address to the end of the file, or of what is there of several.
    pub fn remaining(&self, address: u64) -> u64 {
        self.source.available(self.offset(address))
    }

    /// A copy of a metadata block without a checksum.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the block leaves the file, [`Kind::Limit`](crate::Kind::Limit) when it is absurdly large.
    pub fn block(&self, record: &'static str, address: u64, len: u64) -> Result<Arc<[u8]>> {
        self.fetch(record, address, len, false)
    }

    /// A copy of a metadata block whose last four bytes are the checksum of all others; the checksum is verified
    /// and still part of the block.
    ///
    /// # Errors
    /// As [`AddressSpace::block`], and when the checksum is wrong.
    pub fn sealed(&self, record: &'static str, address: u64, len: u64) -> Result<Arc<[u8]>> {
        self.fetch(record, address, len, true)
    }

    fn fetch(&self, record: &'static str, address: u64, len: u64, sealed: bool) -> Result<Arc<[u8]>> {
        let key = (address, len, sealed);
        if let Some(block) = self.cache.lock().unwrap_or_else(PoisonError::into_inner).blocks.get(&key) {
            return Ok(block.clone());
        }
        let block: Arc<[u8]> = self.load(record, address, len, sealed)?.into();
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.bytes.saturating_add(block.len()) > CACHE_BYTES {
            *cache = Cache::default();
        }
        cache.bytes = cache.bytes.saturating_add(block.len());
        cache.blocks.insert(key, block.clone());
        Ok(block)
    }

    /// A copy of a metadata block that is not kept for reuse; its checksum is verified if it is `sealed`.
    ///
    /// # Errors
    /// As [`AddressSpace::block`] and [`AddressSpace::sealed`].
    pub fn load(&self, record: &'static str, address: u64, len: u64, sealed: bool) -> Result<Vec<u8>> {
        limits::check(record, len, self.limits.metadata_bytes)?;
        let offset = self.offset(address);
        if len > self.remaining(address) {
            return Err(Error::malformed(record, offset, format!("{len} bytes reach beyond the end of the file")));
        }
        let block = self.source.copy(offset, len)?;
        if sealed {
            checksum::verify(record, offset, &block)?;
        }
        Ok(block)
    }
}
