//! Opening: finding and checking the superblock.

use binrw::Endian;

use crate::error::{Error, Kind, Result};
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::record::cache_image::CacheImageMessage;
use crate::hdf5::record::driver_info::{DriverInfo, DriverInfoBlock, DriverInfoMessage};
use crate::hdf5::record::message::file_space_info::{FileSpaceInfo, PAGED};
use crate::hdf5::record::message::misc::BTreeK;
use crate::hdf5::record::message::MessageType;
use crate::hdf5::record::shared_table::SharedTableMessage;
use crate::hdf5::record::superblock::{Superblock, SuperblockV0, SuperblockV2, SIGNATURE};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::shared;
use crate::limits::Limits;
use crate::source::Source;
use crate::wire::width::Widths;
use crate::wire::{self, checksum};

const RECORD: &str = "superblock";

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
pub(crate) fn open(source: Source, base: u64, limits: Limits) -> Result<AddressSpace> {
    opened(source, base, limits, false)
}

fn opened(source: Source, base: u64, limits: Limits, is_torn: bool) -> Result<AddressSpace> {
    let superblock = decode(&source, base)?;
    let version = match &superblock {
        Superblock::Old(s) => s.version,
        Superblock::New(s) => s.version,
    };
    if let Some(end) = end_of(&superblock, base).filter(|&end| end > source.len() && !is_torn) {
        let detail = format!("the file is truncated: {} of {end} bytes are there", source.len());
        return Err(Error::malformed(RECORD, base, detail));
    }
    let mut space = AddressSpace::new(source, base, widths(&superblock), limits);
    let root = match &superblock {
        Superblock::Old(s) => {
            space.symbol_k = s.group_leaf_k;
            space.group_k = s.group_internal_k;
            space.chunk_k = s.chunk_k.map_or(32, |[k, _]| k);
            s.root_header
        }
        Superblock::New(s) => {
            if let Some(extension) = s.extension.get() {
                let read = read_extension(&mut space, extension);
                if !is_torn {
                    read?;
                }
            }
            s.root_header
        }
    };
    let root = root.get().ok_or_else(|| Error::malformed(RECORD, base, "there is no root group"))?;
    (space.root, space.version) = (root, version);
    Ok(space)
}

/// Where a superblock at `base` says that the file ends.
fn end_of(superblock: &Superblock, base: u64) -> Option<u64> {
    let (stored_base, end) = match superblock {
        Superblock::Old(s) => (s.base_address, s.end_of_file),
        Superblock::New(s) => (s.base_address, s.end_of_file),
    };
    // A file that was prefixed with other bytes keeps its old base address; the position is the truth.
    end.get().map(|end| end.saturating_sub(stored_base.0).saturating_add(base))
}

/// Where a file says that it ends, if it says it.
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io) when the file cannot be read; [`Kind::Malformed`](crate::Kind::Malformed) for a broken superblock.
pub(crate) fn told_end(source: &Source) -> Result<Option<u64>> {
    let Some(base) = find(source)? else { return Ok(None) };
    Ok(end_of(&decode(source, base)?, base))
}

/// Opens what is left of a file: the end that the superblock tells is not held against it, nor a broken extension. Without a
/// superblock there is no root group: it has to be found.
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io).
pub(crate) fn torn(source: Source, limits: Limits) -> Result<AddressSpace> {
    let opened = find(&source)?.map(|base| opened(source.clone(), base, limits.clone(), true)).transpose();
    let mut space = match opened {
        Err(error) if error.kind() == Kind::Io => return Err(error),
        Ok(Some(space)) => space,
        // Nearly all files have such addresses, and nothing before the superblock.
        _ => {
            let mut space = AddressSpace::new(source, 0, Widths::WIDE, limits);
            space.root = u64::MAX;
            space
        }
    };
    space.is_torn = true;
    Ok(space)
}

/// Why there is no file of the format in a source that has no superblock.
pub(crate) fn none(source: &Source, otherwise: &'static str) -> Error {
    Error::malformed("file", 0, if source.is_empty() { "it is empty" } else { otherwise })
}

/// What the file says of the driver that wrote it, or would say if it were whole; and the file again.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) for a broken superblock or driver information.
pub(crate) fn driver_info(source: Source) -> Result<(Source, Option<DriverInfo>)> {
    let base = find(&source)?.ok_or_else(|| none(&source, "not an HDF5 file"))?;
    let superblock = decode(&source, base)?;
    let space = AddressSpace::new(source, base, widths(&superblock), Limits::default());
    let stored = match &superblock {
        Superblock::Old(s) => s.driver_info.get().map(|address| driver_block(&space, address)).transpose()?,
        Superblock::New(s) => match s.extension.get() {
            Some(extension) => driver_message(&space, extension)?,
            None => None,
        },
    };
    let decode = |(offset, name, data): StoredDriver| -> Result<_> {
        Ok(wire::decode(DRIVER, offset, &data, Endian::Little, name)?.0)
    };
    let info = stored.map(decode).transpose()?;
    Ok((space.source, info))
}

const DRIVER: &str = "driver information";

/// Where driver information is, the name of the driver, and its data.
type StoredDriver = (u64, [u8; 8], Vec<u8>);

fn driver_block(space: &AddressSpace, address: u64) -> Result<StoredDriver> {
    let offset = space.offset(address);
    let len = space.remaining(address).min(DriverInfoBlock::LARGEST);
    let block = space.load(DRIVER, address, len, false)?;
    let (block, _) = wire::decode::<DriverInfoBlock>(DRIVER, offset, &block, Endian::Little, ())?;
    Ok((offset, block.name, block.data))
}

fn driver_message(space: &AddressSpace, extension: u64) -> Result<Option<StoredDriver>> {
    let header = ObjectHeader::read(space, extension)?;
    let Some(message) = header.find(MessageType::DRIVER_INFO) else {
        return Ok(None);
    };
    let info = message.decode::<DriverInfoMessage>(DRIVER, ())?;
    Ok(Some((message.offset, info.name, info.data)))
}

fn widths(superblock: &Superblock) -> Widths {
    match superblock {
        Superblock::Old(s) => Widths { offset: s.offset_size, length: s.length_size },
        Superblock::New(s) => Widths { offset: s.offset_size, length: s.length_size },
    }
}

/// The superblock at `base`.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) for a broken one.
pub(crate) fn decode(source: &Source, base: u64) -> Result<Superblock> {
    let head = source.copy(base, source.available(base).min(512))?;
    if head.get(8).is_some_and(|&version| version < 2) {
        let (old, _) = wire::decode::<SuperblockV0>(RECORD, base, &head, Endian::Little, ())?;
        return Ok(Superblock::Old(old));
    }
    let (new, used) = wire::decode::<SuperblockV2>(RECORD, base, &head, Endian::Little, ())?;
    checksum::verify(RECORD, base, head.get(..used + 4).unwrap_or(&head))?;
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
    if let Some(message) = extension.find(MessageType::FILE_SPACE_INFO) {
        // Version 0, of HDF5 1.10.0, had other strategies and no pages.
        let info = message.decode::<FileSpaceInfo>("file space info message", space.widths).ok();
        space.page_size = info.filter(|info| info.strategy == PAGED).map(|info| info.page_size.0);
    }
    if let Some(message) = extension.find(MessageType::BTREE_K) {
        let k = message.decode::<BTreeK>("B-tree K message", ())?;
        (space.chunk_k, space.group_k, space.symbol_k) = (k.chunk, k.group_internal, k.group_leaf);
    }
    Ok(())
}
