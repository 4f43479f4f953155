//! The file address space: metadata blocks by address, copied once, verified on the copy, and kept for reuse.

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use super::cache_image::CacheImage;
use super::chunk_cache::ChunkCache;
use crate::error::{Error, Result};
use crate::limits::{self, Limits};
use crate::source::Source;
use crate::sync::{available_threads, lock};
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
    /// The version of the superblock.
    pub version: u8,
    /// The files that this one names.
    pub external: Arc<dyn ExternalFiles>,
    /// Half the number of entries in a node of a version 1 B-tree: groups' leaves (symbol nodes), groups, chunks.
    pub symbol_k: u16,
    pub group_k: u16,
    pub chunk_k: u16,
    /// The bytes of a page, of files whose space is given out in pages.
    pub page_size: Option<u64>,
    /// Where messages are that several objects share.
    pub shared_heaps: Vec<SharedHeap>,
    /// The most threads that one reading takes, if it is not as many as the machine runs.
    pub threads: Option<NonZeroUsize>,
    /// Decoded chunks of all datasets.
    pub chunks: ChunkCache,
    /// Whether what can be read of a torn file is wanted: data may be missing.
    pub is_torn: bool,
    image: Option<CacheImage>,
    cache: Mutex<Cache>,
}

/// What a file is to other files that it names, for whoever opens them.
pub(crate) trait ExternalFiles: Debug + Send + Sync {
    /// The HDF5 file of this name, or `None` if there is none.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) when it may not be opened, [`Kind::Limit`](crate::Kind::Limit) when too many
    /// files led here; otherwise what is wrong with the file.
    fn file(&self, name: &[u8], limits: &Limits) -> Result<Option<ExternalFile>>;

    /// The file of raw data of this name, or `None` if there is none.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) when it may not be opened, [`Kind::Io`](crate::Kind::Io) when it cannot be.
    fn raw(&self, name: &[u8]) -> Result<Option<Arc<Source>>>;
}

/// The file that a name leads to.
#[derive(Debug, Clone)]
pub(crate) enum ExternalFile {
    /// The one that has the name in it.
    Own,
    Other(Arc<AddressSpace>),
}

/// No other file is opened.
#[derive(Debug)]
struct NoExternalFiles;

impl ExternalFiles for NoExternalFiles {
    fn file(&self, name: &[u8], _: &Limits) -> Result<Option<ExternalFile>> {
        Err(not_followed(name))
    }

    fn raw(&self, name: &[u8]) -> Result<Option<Arc<Source>>> {
        Err(not_followed(name))
    }
}

/// What is said of a file that is not opened because nobody allowed it.
pub(crate) fn not_followed(name: &[u8]) -> Error {
    let name = String::from_utf8_lossy(name);
    Error::unsupported(format!("the file {name:?} (external files are not followed unless that is allowed)"))
}

/// A heap of shared messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SharedHeap {
    /// Bit n stands for messages of type n.
    pub types: u16,
    /// The address of the fractal heap.
    pub address: u64,
}

/// Hashes addresses: a block is looked for at every step of every walk. The seeds keep a file from choosing addresses
/// whose hashes are the same.
#[derive(Debug, Clone)]
struct Addresses([u64; 2]);

impl Default for Addresses {
    fn default() -> Self {
        Addresses([0, 1].map(|n: u64| RandomState::new().hash_one(n)))
    }
}

impl BuildHasher for Addresses {
    type Hasher = AddressHasher;

    fn build_hasher(&self) -> AddressHasher {
        let Addresses([hash, seed]) = *self;
        AddressHasher { hash, seed }
    }
}

#[derive(Debug)]
struct AddressHasher {
    hash: u64,
    seed: u64,
}

impl Hasher for AddressHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(byte.into()));
    }

    /// The two halves of a product of 128 bits, of which every bit depends on all others.
    fn write_u64(&mut self, value: u64) {
        let product = u128::from(self.hash ^ value).wrapping_mul(u128::from(self.seed | 1));
        let bytes = product.to_le_bytes();
        let half =
            |at: usize| bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |half| u64::from_le_bytes(*half));
        self.hash = half(0) ^ half(8);
    }

    fn finish(&self) -> u64 {
        self.hash
    }
}

#[derive(Debug, Default)]
struct Cache {
    blocks: HashMap<BlockKey, Arc<[u8]>, Addresses>,
    bytes: usize,
}

/// A block that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct BlockKey {
    address: u64,
    len: u64,
    proof: Proof,
}

/// How a copy of a block was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Proof {
    None,
    /// By the checksum at its end.
    Checksum,
    /// By whoever asked for it.
    Caller,
}

impl AddressSpace {
    pub fn new(source: Source, base: u64, widths: Widths, limits: Limits) -> Self {
        let chunks = ChunkCache::new(limits.cached_bytes);
        AddressSpace {
            source,
            base,
            widths,
            limits,
            root: 0,
            version: 0,
            external: Arc::new(NoExternalFiles),
            symbol_k: 4,
            group_k: 16,
            chunk_k: 32,
            page_size: None,
            shared_heaps: Vec::new(),
            is_torn: false,
            image: None,
            threads: None,
            chunks,
            cache: Mutex::default(),
        }
    }

    /// Whether so many bytes of values may be held in memory at once.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when they may not.
    pub fn admit(&self, bytes: u64) -> Result<()> {
        limits::check("bytes of values", bytes, self.limits.value_bytes)
    }

    /// The most threads that one reading takes.
    pub fn workers(&self) -> usize {
        self.threads.map_or_else(available_threads, NonZeroUsize::get)
    }

    /// The position in the file of an address.
    pub fn offset(&self, address: u64) -> u64 {
        self.base.saturating_add(address)
    }

    /// The number of bytes from an address to the end of the file, or of what is there of several; or of its block in the
    /// cache image.
    pub fn remaining(&self, address: u64) -> u64 {
        if let Ok(Some(rest)) = self.imaged(address) {
            return rest.len() as u64;
        }
        self.source.available(self.offset(address))
    }

    /// Takes metadata out of the cache image at an address, where that has them.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when it is absurdly large.
    pub fn set_image(&mut self, address: u64, size: u64) -> Result<()> {
        limits::check("metadata cache image", size, self.limits.metadata_bytes)?;
        self.image = Some(CacheImage::new(self.offset(address), size));
        Ok(())
    }

    /// What the cache image has from an address on.
    fn imaged(&self, address: u64) -> Result<Option<&[u8]>> {
        self.image.as_ref().map_or(Ok(None), |image| image.find(&self.source, self.widths, address))
    }

    /// A copy of a metadata block without a checksum.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the block leaves the file, [`Kind::Limit`](crate::Kind::Limit) when it is absurdly large.
    pub fn block(&self, record: &'static str, address: u64, len: u64) -> Result<Arc<[u8]>> {
        self.fetch(BlockKey { address, len, proof: Proof::None }, || self.load(record, address, len, false))
    }

    /// A copy of a metadata block whose last four bytes are the checksum of all others; the checksum is verified
    /// and still part of the block.
    ///
    /// # Errors
    /// As [`AddressSpace::block`], and when the checksum is wrong.
    pub fn sealed(&self, record: &'static str, address: u64, len: u64) -> Result<Arc<[u8]>> {
        self.fetch(BlockKey { address, len, proof: Proof::Checksum }, || self.load(record, address, len, true))
    }

    /// A copy of a metadata block that whoever knows it verified.
    ///
    /// # Errors
    /// As [`AddressSpace::block`]; those of `verify`.
    pub fn verified(
        &self,
        record: &'static str,
        address: u64,
        len: u64,
        verify: &dyn Fn(&[u8]) -> Result<()>,
    ) -> Result<Arc<[u8]>> {
        let key = BlockKey { address, len, proof: Proof::Caller };
        self.fetch(key, || {
            let block = self.load(record, address, len, false)?;
            verify(&block)?;
            Ok(block)
        })
    }

    /// The copy that is kept, or a new one: what was forgotten is read and verified again.
    fn fetch(&self, key: BlockKey, load: impl FnOnce() -> Result<Vec<u8>>) -> Result<Arc<[u8]>> {
        if let Some(block) = lock(&self.cache).blocks.get(&key) {
            return Ok(block.clone());
        }
        let block: Arc<[u8]> = load()?.into();
        let mut cache = lock(&self.cache);
        if cache.bytes.saturating_add(block.len()) > CACHE_BYTES {
            *cache = Cache { blocks: HashMap::with_hasher(cache.blocks.hasher().clone()), bytes: 0 };
        }
        cache.bytes = cache.bytes.saturating_add(block.len());
        cache.blocks.insert(key, block.clone());
        Ok(block)
    }

    /// A copy of a metadata block without a checksum that is not kept for reuse; it takes the memory of an `old` one that
    /// nobody else has.
    ///
    /// # Errors
    /// As [`AddressSpace::block`].
    pub fn block_in(&self, record: &'static str, address: u64, len: u64, mut old: Arc<[u8]>) -> Result<Arc<[u8]>> {
        let memory = Arc::get_mut(&mut old).filter(|bytes| bytes.len() as u64 == len);
        if let (Some(bytes), None) = (memory, self.imaged(address)?) {
            self.check(record, address, len)?;
            self.source.read_into(self.offset(address), bytes)?;
            return Ok(old);
        }
        self.load(record, address, len, false).map(Arc::from)
    }

    /// Refuses blocks that are absurdly large, or leave the file.
    fn check(&self, record: &'static str, address: u64, len: u64) -> Result<()> {
        limits::check(record, len, self.limits.metadata_bytes)?;
        match len > self.remaining(address) {
            true => {
                let detail = format!("{len} bytes reach beyond the end of the file");
                Err(Error::malformed(record, self.offset(address), detail))
            }
            false => Ok(()),
        }
    }

    /// Whether an error costs what it is about alone: the rest of a torn file is read without it.
    pub fn bears(&self, error: &Error) -> bool {
        self.is_torn && error.is_of_file()
    }

    /// A copy of a metadata block that is not kept for reuse; its checksum is verified if it is `sealed`.
    ///
    /// # Errors
    /// As [`AddressSpace::block`] and [`AddressSpace::sealed`].
    pub fn load(&self, record: &'static str, address: u64, len: u64, sealed: bool) -> Result<Vec<u8>> {
        self.check(record, address, len)?;
        let offset = self.offset(address);
        let block = match self.imaged(address)? {
            Some(rest) => rest.get(..limits::to_usize(len)?).unwrap_or_default().to_vec(),
            None => self.source.copy(offset, len)?,
        };
        if sealed {
            checksum::verify(record, offset, &block)?;
        }
        Ok(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    const LEN: u64 = 64;

    /// A file of a sealed block, and more than the cache holds behind it.
    fn file() -> (tempfile::NamedTempFile, AddressSpace) {
        let mut bytes = vec![7; 60];
        checksum::seal(&mut bytes);
        bytes.resize(bytes.len() + 2 * CACHE_BYTES, 1);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let source = Source::open(file.path()).unwrap();
        (file, AddressSpace::new(source, 0, Widths::WIDE, Limits::default()))
    }

    /// Changes a byte of the block, as nobody should while it is open.
    fn damage(file: &tempfile::NamedTempFile) {
        let mut bytes = std::fs::read(file.path()).unwrap();
        bytes[9] ^= 1;
        std::fs::write(file.path(), bytes).unwrap();
    }

    #[test]
    fn a_block_that_was_forgotten_is_verified_again() {
        type Get = fn(&AddressSpace) -> Result<Arc<[u8]>>;
        const GETS: [Get; 2] = [
            |space| space.sealed("block", 0, LEN),
            |space| space.verified("block", 0, LEN, &|block| checksum::verify("block", 0, block).map(|_| ())),
        ];
        for get in GETS {
            let (file, space) = file();
            let first = get(&space).unwrap();
            damage(&file);
            assert!(Arc::ptr_eq(&get(&space).unwrap(), &first), "the copy that was verified is kept");
            for n in 0..5 {
                space.block("block", LEN + n, CACHE_BYTES as u64 / 4).unwrap();
            }
            let refused = get(&space).unwrap_err();
            assert!(refused.kind() == Kind::Malformed && refused.to_string().contains("checksum"), "{refused}");
        }
    }
}
