//! Opening: finding and checking the superblock.

use binrw::Endian;

use crate::error::{Error, Result};
use crate::hdf5::record::cache_image::CacheImageMessage;
use crate::hdf5::record::message::misc::BTreeK;
use crate::hdf5::record::message::MessageType;
use crate::hdf5::record::shared_table::SharedTableMessage;
use crate::hdf5::record::superblock::{Superblock, SuperblockV0, SuperblockV2, SIGNATURE};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::object::ObjectHeader;
use crate::hdf5::walk::shared;
use crate::limits::Limits;
use crate::source::Source;
use crate::wire::width::Widths;
use crate::wire::{self, checksum};

const RECORD: &str = "superblock";

/// An open file: its address space and where its root group is.
#[derive(Debug)]
pub(crate) struct Opened {
    pub space: AddressSpace,
    pub root: u64,
    /// The version of the superblock.
    pub version: u8,
}

/// The position of the superblock: 0, 512, 1024, 2048 and so on (section II.A).
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io) when the file cannot be read.
pub(crate) fn find(source: &Source) -> Result<Option<u64>> {
    let mut at = 0u64;
    while at.saturating_add(8) <= source.len() {
        if source.bytes(at, 8)?.as_ref() == SIGNATURE {
            return Ok(Some(at));
        }
        at = if at == 0 { 512 } else { at.saturating_mul(2) };
    }
    Ok(None)
}

/// Opens a file whose superblock is at `base`.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) for a broken or truncated file.
pub(crate) fn open(source: Source, base: u64, limits: Limits) -> Result<Opened> {
    let head = source.copy(base, (source.len() - base).min(512))?;
    let superblock = decode(&head, base)?;
    let version = match &superblock {
        Superblock::Old(s) => s.version,
        Superblock::New(s) => s.version,
    };
    let (widths, stored_base, end_of_file) = match &superblock {
        Superblock::Old(s) => (Widths { offset: s.offset_size, length: s.length_size }, s.base_address, s.end_of_file),
        Superblock::New(s) => (Widths { offset: s.offset_size, length: s.length_size }, s.base_address, s.end_of_file),
    };
    // A file that was prefixed with other bytes keeps its old base address; the position is the truth.
    let end = end_of_file.0.saturating_sub(stored_base.0).saturating_add(base);
    if end_of_file.get().is_some() && end > source.len() {
        let detail = format!("the file is truncated: {} of {end} bytes are there", source.len());
        return Err(Error::malformed(RECORD, base, detail));
    }
    let mut space = AddressSpace::new(source, base, widths, limits);
    let root = match &superblock {
        Superblock::Old(s) => {
            space.symbol_k = s.group_leaf_k;
            space.group_k = s.group_internal_k;
            space.chunk_k = s.chunk_k.map_or(32, |[k, _]| k);
            s.root_header
        }
        Superblock::New(s) => {
            if let Some(extension) = s.extension.get() {
                read_extension(&mut space, extension)?;
            }
            s.root_header
        }
    };
    let root = root.get().ok_or_else(|| Error::malformed(RECORD, base, "there is no root group"))?;
    Ok(Opened { space, root, version })
}

fn decode(head: &[u8], base: u64) -> Result<Superblock> {
    if head.get(8).is_some_and(|&version| version < 2) {
        let (old, _) = wire::decode::<SuperblockV0>(RECORD, base, head, Endian::Little, ())?;
        return Ok(Superblock::Old(old));
    }
    let (new, used) = wire::decode::<SuperblockV2>(RECORD, base, head, Endian::Little, ())?;
    checksum::verify(RECORD, base, head.get(..used + 4).unwrap_or(head))?;
    Ok(Superblock::New(new))
}

/// Takes what is there of the superblock extension: the cache image, the sizes of B-trees, the heaps of shared messages.
fn read_extension(space: &mut AddressSpace, address: u64) -> Result<()> {
    let extension = ObjectHeader::read(space, address)?;
    if let Some(message) = extension.find(MessageType::CACHE_IMAGE) {
        let stored = message.decode::<CacheImageMessage>("metadata cache image message", space.widths)?;
        if let Some(address) = stored.address.get() {
            space.set_image(address, stored.size.0)?;
        }
    }
    if let Some(message) = extension.find(MessageType::SHARED_TABLE) {
        let message = message.decode::<SharedTableMessage>("shared message table message", space.widths)?;
        space.shared_heaps = shared::heaps(space, &message)?;
    }
    if let Some(message) = extension.find(MessageType::BTREE_K) {
        let k = message.decode::<BTreeK>("B-tree K message", ())?;
        (space.chunk_k, space.group_k, space.symbol_k) = (k.chunk, k.group_internal, k.group_leaf);
    }
    Ok(())
}
