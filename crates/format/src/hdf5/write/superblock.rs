//! The superblock of a new file (section II.A).

use binrw::Endian;

use super::file::FileWriter;
use super::options::Level;
use super::symbol_table::{INTERNAL_K, LEAF_K};
use crate::error::Result;
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::object::message::Message;
use crate::hdf5::record::message::file_space_info::{FileSpaceInfo, PAGED};
use crate::hdf5::record::message::{flags, MessageType};
use crate::hdf5::record::superblock::{SuperblockV0, SuperblockV2};
use crate::wire::width::{Addr, Len, Widths};
use crate::wire::{self, checksum};

/// Bytes to keep free at the start for the superblock of a level.
pub(super) fn room(level: Level) -> u64 {
    match level {
        Level::Earliest => 96,
        _ => 64,
    }
}

impl FileWriter {
    /// Writes the superblock, which leads to the root group.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub(super) fn write_superblock(&self, root_header: Addr) -> Result<()> {
        let base = self.options.base();
        // Where the file ends counts from its first byte.
        let (base_address, end_of_file) = (Addr(base), Addr(base + self.end()));
        let version = match self.options.level {
            Level::Earliest => return self.write(0, &early(base_address, end_of_file, root_header)?),
            Level::V110 => 2,
            Level::Latest => 3,
        };
        let extension = self.extension()?;
        let end_of_file = Addr(base + self.end());
        let superblock = SuperblockV2 {
            version,
            offset_size: 8,
            length_size: 8,
            consistency_flags: 0,
            base_address,
            extension,
            end_of_file,
            root_header,
        };
        let mut block = wire::encode(&superblock, Endian::Little, ())?;
        checksum::seal(&mut block);
        self.write(0, &block)
    }
}

impl FileWriter {
    /// Writes what the superblock has no room for: how the space is given out, where it is in pages.
    fn extension(&self) -> Result<Addr> {
        let Some(pages) = self.options.pages else { return Ok(Addr::UNDEFINED) };
        let info = FileSpaceInfo {
            version: 1,
            strategy: PAGED,
            persists: 0,
            threshold: Len(1),
            page_size: Len(pages.page_size),
            page_end_threshold: 0,
            end: Addr::UNDEFINED,
        };
        let flags = flags::DONT_SHARE | flags::MARK_IF_UNKNOWN;
        let message = Message::new(MessageType::FILE_SPACE_INFO, flags, &info, Widths::WIDE)?;
        let header = ObjectHeader { flags: 0, messages: vec![message], ..ObjectHeader::new() };
        let packed = header.pack(Widths::WIDE, &mut |len| self.allocate(len, 8))?;
        self.place(&packed.first).map(Addr)
    }
}

/// Version 0.
fn early(base_address: Addr, end_of_file: Addr, root_header: Addr) -> Result<Vec<u8>> {
    let superblock = SuperblockV0 {
        version: 0,
        free_space_version: 0,
        root_entry_version: 0,
        shared_header_version: 0,
        offset_size: 8,
        length_size: 8,
        group_leaf_k: LEAF_K,
        group_internal_k: INTERNAL_K,
        consistency_flags: 0,
        chunk_k: None,
        base_address,
        free_space_address: Addr::UNDEFINED,
        end_of_file,
        driver_info: Addr::UNDEFINED,
        root_name_offset: Addr(0),
        root_header,
        root_cache_type: 0,
        root_scratch: [0; 16],
    };
    wire::encode(&superblock, Endian::Little, ())
}
