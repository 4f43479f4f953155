//! Changing an HDF5 file where it is.

use std::path::{Path, PathBuf};

use binrw::Endian;

use self::graph::Graph;
use super::builder::AttributeSpec;
use super::file::File;
use super::object::header::ObjectHeader;
use super::object::message::Message;
use super::read::open;
use super::record::message::attribute::AttributeMessage;
use super::record::message::attribute_info::AttributeInfo;
use super::record::message::{flags, MessageType};
use super::record::superblock::Superblock;
use super::write::file::FileWriter;
use super::write::space::Extent;
use super::write::transaction::Tx;
use crate::error::{Context, Error, Kind, Result};
use crate::sink::InPlace;
use crate::source::Source;
use crate::wire::width::{Addr, Widths};
use crate::wire::{self, checksum};

/// An HDF5 file that is changed.
///
/// Each change is written beside what is there, made durable, and then published by writing the first block of one object
/// header, within one sector of the disk: a crash leaves the object as it was or as it will be. Nothing else moves, so that
/// links and references stay true; whoever reads the file meanwhile should not.
///
/// ```
/// use hyperslab::hdf5::builder::{AttributeSpec, Builder, GroupSpec};
/// use hyperslab::hdf5::{Datatype, Editor, File};
/// use hyperslab::{ByteOrder, NumberType};
///
/// # fn main() -> hyperslab::Result<()> {
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.h5");
/// let builder = Builder::create(&path, false)?;
/// let root = builder.add_group(&GroupSpec::default())?;
/// builder.finish(root)?;
/// let double = Datatype::Number(NumberType::F64, ByteOrder::Little);
/// let mut editor = Editor::open(&path)?;
/// editor.set_attribute("/", &AttributeSpec::scalar("scale", double, 2.5f64.to_le_bytes().to_vec()))?;
/// editor.close()?;
/// assert!(File::open(&path)?.root()?.attribute("scale")?.is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Editor {
    path: PathBuf,
    file: FileWriter,
    superblock: Superblock,
}

impl Editor {
    /// Opens a file for change, and locks it against other writers.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io) if it cannot be opened or another program writes to it;
    /// [`Kind::Malformed`](crate::Kind::Malformed) when it is no HDF5 file; [`Kind::Unsupported`](crate::Kind::Unsupported) for a file
    /// with a user block, with space that is managed in it, or that was not closed by its last writer.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Self::open_locked(path).in_file(path)
    }

    fn open_locked(path: &Path) -> Result<Self> {
        let sink = InPlace::open(path)?;
        let source = Source::open(path)?;
        let len = source.len();
        let file = File::from_source(source)?;
        let superblock = open::decode(&file.space().source, file.space().base)?;
        check(&file, &superblock)?;
        Ok(Editor { path: path.to_owned(), file: FileWriter::changing(Box::new(sink), len), superblock })
    }

    /// Gives an object an attribute, in place of the one that has its name.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) without such an object; [`Kind::Unsupported`](crate::Kind::Unsupported) where the
    /// attributes do not lie in the object header, or this one does not fit there, where the object header begins too close to
    /// the end of a sector, and for bytes of a type that holds addresses; [`Kind::Usage`](crate::Kind::Usage) for elements
    /// that are not of their type; [`Kind::Io`](crate::Kind::Io).
    pub fn set_attribute(&mut self, object: &str, attribute: &AttributeSpec) -> Result<()> {
        let place = format!("{object}: attribute {}", attribute.name);
        let change =
            |file: &FileWriter, header: &mut ObjectHeader, w| set(file, header, w, attribute).in_object(&place);
        self.change(object, change).map(drop).in_object(object).in_file(&self.path)
    }

    /// Takes an attribute away from an object; returns whether there was one.
    ///
    /// # Errors
    /// As [`Editor::set_attribute`].
    pub fn delete_attribute(&mut self, object: &str, name: &str) -> Result<bool> {
        let change = |_: &FileWriter, header: &mut ObjectHeader, _: Widths| {
            let found = find(header, name)?;
            found.map(|at| header.messages.remove(at));
            Ok(found.is_some())
        };
        self.change(object, change).in_object(object).in_file(&self.path)
    }

    /// Closes the file, when everything is durable.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn close(self) -> Result<()> {
        self.file.close()
    }

    /// Changes the header of an object, and publishes it if `change` says so.
    fn change(
        &mut self,
        object: &str,
        change: impl Fn(&FileWriter, &mut ObjectHeader, Widths) -> Result<bool>,
    ) -> Result<bool> {
        let file = File::from_source(Source::open(&self.path)?)?;
        let w = file.space().widths;
        let address = file.object(object)?.address();
        let mut header = ObjectHeader::read(file.space(), address)?;
        check_attributes(&header, w)?;
        if !change(&self.file, &mut header, w)? {
            return Ok(false);
        }
        match publish(&self.file, &mut self.superblock, &header, w) {
            Err(error) if error.kind() == Kind::Unsupported => {}
            other => return other.map(|()| true),
        }
        // It has to move, with all that leads to it.
        let mut graph = Graph::read(file.space())?;
        graph.change(address, header.messages)?;
        let graph::Moved { root, freed, .. } = graph.write(&self.file)?;
        publish_root(&self.file, &mut self.superblock, root)?;
        freed.into_iter().for_each(|extent| self.file.free(extent));
        Ok(true)
    }
}

/// Writes a changed header: what its first block cannot hold first, that block last.
fn publish(file: &FileWriter, superblock: &mut Superblock, header: &ObjectHeader, w: Widths) -> Result<()> {
    let mut tx = Tx::new(file);
    let packed = header.pack(w, &mut |len| file.allocate(len, 8))?;
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

/// What would be broken by bytes at the end of the file.
fn check(file: &File, superblock: &Superblock) -> Result<()> {
    let (flags, extension) = match superblock {
        Superblock::Old(old) => (old.consistency_flags, None),
        Superblock::New(new) => (u32::from(new.consistency_flags), new.extension.get()),
    };
    if file.space().base != 0 {
        return Err(Error::unsupported("changing a file with a user block"));
    }
    if flags != 0 {
        return Err(Error::unsupported("changing a file that its last writer did not close"));
    }
    let Some(extension) = extension else { return Ok(()) };
    let extension = ObjectHeader::read(file.space(), extension)?;
    for (kind, what) in [
        (MessageType::FILE_SPACE_INFO, "space that it manages"),
        (MessageType::CACHE_IMAGE, "a metadata cache image"),
        (MessageType::DRIVER_INFO, "several members"),
    ] {
        if extension.find(kind).is_some() {
            return Err(Error::unsupported(format!("changing a file with {what}")));
        }
    }
    Ok(())
}

/// The end of the file.
fn end(superblock: &Superblock) -> u64 {
    match superblock {
        Superblock::Old(old) => old.end_of_file.0,
        Superblock::New(new) => new.end_of_file.0,
    }
}

/// Publishes another root, and everything that was written below it: readers find all of it or nothing.
fn publish_root(file: &FileWriter, superblock: &mut Superblock, root: u64) -> Result<()> {
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

/// Attributes that do not lie in the header are not changed yet.
fn check_attributes(header: &ObjectHeader, w: Widths) -> Result<()> {
    if let Some(info) = attribute_info(header, w)? {
        if info.fractal_heap.get().is_some() {
            return Err(Error::unsupported("changing attributes that are stored densely"));
        }
    }
    Ok(())
}

fn attribute_info(header: &ObjectHeader, w: Widths) -> Result<Option<AttributeInfo>> {
    let message = header.find(MessageType::ATTRIBUTE_INFO);
    message.map(|message| message.decode("attribute info message", w)).transpose()
}

/// Where the message of an attribute is.
fn find(header: &ObjectHeader, name: &str) -> Result<Option<usize>> {
    for (at, message) in header.messages.iter().enumerate().filter(|(_, m)| m.kind == MessageType::ATTRIBUTE) {
        if message.flags & flags::SHARED != 0 {
            return Err(Error::unsupported("changing the attributes of an object that shares some"));
        }
        let stored: AttributeMessage = message.decode("attribute message", ())?;
        if stored.name.split(|&byte| byte == 0).next() == Some(name.as_bytes()) {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// Puts an attribute into a header.
fn set(file: &FileWriter, header: &mut ObjectHeader, w: Widths, attribute: &AttributeSpec) -> Result<bool> {
    if attribute.datatype.address().is_some() {
        return Err(Error::unsupported("an attribute of a committed datatype in a file that is changed"));
    }
    if w != Widths::WIDE {
        return Err(Error::unsupported(
            "setting attributes in a file with addresses and lengths of other than 8 bytes",
        ));
    }
    let message = Message::from_body(MessageType::ATTRIBUTE, 0, attribute.encode(file.into())?)?;
    if let Some(old) = find(header, &attribute.name)?.and_then(|at| header.messages.get_mut(at)) {
        *old = Message { creation_index: old.creation_index, ..message };
        return Ok(true);
    }
    let creation_index = if header.version == 2 { next_index(header, w)? } else { None };
    header.messages.push(Message { creation_index, ..message });
    Ok(true)
}

/// Takes the next number of an attribute, where they are counted.
fn next_index(header: &mut ObjectHeader, w: Widths) -> Result<Option<u16>> {
    let tracked = header.tracks_order();
    let order = header.flags >> 2 & 3;
    let mut info = attribute_info(header, w)?.unwrap_or(AttributeInfo {
        version: 0,
        flags: order,
        next_index: tracked.then_some(0),
        fractal_heap: Addr::UNDEFINED,
        name_index: Addr::UNDEFINED,
        order_index: (order & 2 != 0).then_some(Addr::UNDEFINED),
    });
    let index = info.next_index;
    if index == Some(u16::MAX) {
        return Err(Error::unsupported("more than 65535 attributes of one object"));
    }
    info.next_index = index.map(|index| index + 1);
    let message = Message::new(MessageType::ATTRIBUTE_INFO, flags::DONT_SHARE, &info, w)?;
    match header.messages.iter_mut().find(|message| message.kind == MessageType::ATTRIBUTE_INFO) {
        Some(old) => old.body = message.body,
        None => header.messages.push(message),
    }
    Ok(index)
}

mod graph;
pub(crate) mod growing;
#[cfg(all(test, feature = "digest"))]
mod moved;
mod references;
pub(crate) mod session;
#[cfg(test)]
mod tests;
