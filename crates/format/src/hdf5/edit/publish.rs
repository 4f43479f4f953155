//! The moment in which a changed file is another one: everything new is durable first, then one sector leads to it.

use binrw::Endian;

use crate::error::{Error, Result};
use crate::hdf5::file::File;
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::read::open;
use crate::hdf5::record::message::MessageType;
use crate::hdf5::record::superblock::Superblock;
use crate::hdf5::write::file::FileWriter;
use crate::hdf5::write::space::Extent;
use crate::hdf5::write::transaction::Tx;
use crate::wire::width::{Addr, Widths};
use crate::wire::{self, checksum};

/// Writes a changed header: what its first block cannot hold first, that block last.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for a header whose first block cannot be written in one step;
/// [`Kind::Io`](crate::Kind::Io).
pub(super) fn publish_in_place(file: &FileWriter, superblock: &mut Superblock, header: &ObjectHeader) -> Result<()> {
    let mut tx = Tx::new(file);
    let packed = header.pack(Widths::WIDE, &mut |len| file.allocate(len, 8))?;
    if let Some((block, bytes)) = &packed.rest {
        file.write(block.address, bytes)?;
    }
    if file.end() > end(superblock) {
        // Nothing beyond the end that the superblock says is part of the file.
        tx.publish(0, with_end(superblock, file.end())?);
    }
    let mut used = packed.first.len() as u64;
    tx.publish(header.address, packed.first);
    for block in &header.blocks {
        tx.unreachable(Extent { address: block.address + used, len: block.len.saturating_sub(used) });
        used = 0;
    }
    tx.commit()
}

/// What a file has that would be broken by bytes at its end, and that a copy need not have.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) that says what it has that forbids a copy as well; what is wrong with its
/// superblock.
pub(super) fn needs_copy(file: &File) -> Result<Option<&'static str>> {
    let superblock = open::decode(&file.space().source, file.space().base)?;
    let (flags, extension) = match &superblock {
        Superblock::Old(old) => (old.consistency_flags, None),
        Superblock::New(new) => (u32::from(new.consistency_flags), new.extension.get()),
    };
    if matches!(&superblock, Superblock::Old(old) if old.driver_info.get().is_some()) {
        return Err(Error::unsupported("changing a file with several members"));
    }
    if flags != 0 {
        let detail = "changing a file that its last writer did not close: wait if it still writes, else take \
                      what is whole with `exo recover`";
        return Err(Error::unsupported(detail));
    }
    let user_block = (file.space().base != 0).then_some("a user block");
    let Some(extension) = extension else { return Ok(user_block) };
    let extension = ObjectHeader::read(file.space(), extension)?;
    if extension.find(MessageType::DRIVER_INFO).is_some() {
        return Err(Error::unsupported("changing a file with several members"));
    }
    let managed = extension.find(MessageType::FILE_SPACE_INFO).map(|_| "space that it manages");
    let image = extension.find(MessageType::CACHE_IMAGE).map(|_| "a metadata cache image");
    Ok(user_block.or(managed).or(image))
}

/// The end of the file.
pub(super) fn end(superblock: &Superblock) -> u64 {
    match superblock {
        Superblock::Old(old) => old.end_of_file.0,
        Superblock::New(new) => new.end_of_file.0,
    }
}

/// Publishes another root, and everything that was written below it: readers find all of it or nothing.
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io).
pub(super) fn publish_root(file: &FileWriter, superblock: &mut Superblock, root: u64) -> Result<()> {
    let mut tx = Tx::new(file);
    match superblock {
        // What the entry keeps of the root's links besides is of the old one.
        Superblock::Old(old) => (old.root_header, old.root_cache_type, old.root_scratch) = (Addr(root), 0, [0; 16]),
        Superblock::New(new) => new.root_header = Addr(root),
    }
    tx.publish(0, with_end(superblock, file.end())?);
    tx.commit()
}

/// The superblock with another end of the file.
fn with_end(superblock: &mut Superblock, end: u64) -> Result<Vec<u8>> {
    match superblock {
        Superblock::Old(old) => {
            old.end_of_file = Addr(end);
            wire::encode(&*old, Endian::Little, ())
        }
        Superblock::New(new) => {
            new.end_of_file = Addr(end);
            let mut block = wire::encode(&*new, Endian::Little, ())?;
            checksum::seal(&mut block);
            Ok(block)
        }
    }
}
