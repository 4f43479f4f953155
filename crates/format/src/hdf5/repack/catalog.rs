//! The objects of a file that is copied: each once, however many links lead to it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::describe;
use super::torn::{any_torn, indexes, Leaves, Losses, States};
use crate::error::{Context, Error, Result};
use crate::hdf5::builder::Level;
use crate::hdf5::datatype::Datatype;
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::read::dataset::{Dataset, Storage};
use crate::hdf5::record::message::link::{Link, LinkTarget};
use crate::hdf5::record::message::{flags, MessageType};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::{attributes, links, shared};
use crate::hdf5::write::group::is_link_name;
use crate::limits;
use crate::shape;

/// What a file takes beside headers and indexes, and what an index takes for a chunk.
const LEAST_METADATA: u64 = 16 << 10;
const CHUNK_ENTRY: u64 = 24;

/// The group of a copy that has what no link led to.
const LOST_FOUND: &str = "lost+found";

/// An object, and how it was found.
#[derive(Debug)]
pub(super) struct Entry {
    /// Of its header in the file that is read.
    pub address: u64,
    pub kind: ObjectKind,
    /// The group, and the name in it; none of the root, and of committed datatypes without a name.
    pub parent: Option<(usize, String)>,
}

/// The objects that links lead to from the root, groups before what they hold, and the committed datatypes of all of them.
#[derive(Debug)]
pub(super) struct Catalog {
    pub entries: Vec<Entry>,
    /// The oldest library that has all of its types.
    pub level: Level,
    /// About the bytes of headers and chunk indexes.
    pub metadata: u64,
    pub numbers: HashMap<u64, usize>,
    /// The root group; nothing where it is lost.
    pub root: Option<u64>,
    /// Of a torn file, what no link led to.
    pub found: Vec<u64>,
    /// Of a torn file, leaves of chunk indexes that nothing led to.
    pub leaves: Leaves,
    /// Of a torn file, what was left out.
    pub losses: Option<Losses>,
    pub states: States,
    /// The name of the group of what no link led to.
    pub lost_found: String,
}

impl Catalog {
    /// Finds the objects of a file.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) with what is broken, [`Kind::Unsupported`](crate::Kind::Unsupported) for an object
    /// that says what nobody knows, [`Kind::Limit`](crate::Kind::Limit) for too many objects.
    pub fn read(space: &Arc<AddressSpace>) -> Result<Self> {
        let losses = space.is_torn.then(Losses::default);
        let (entries, numbers) = (Vec::new(), HashMap::new());
        let (root, found, leaves) = (Some(space.root), Vec::new(), Leaves::new());
        let (level, metadata) = (Level::V110, LEAST_METADATA);
        let (states, lost_found) = (States::default(), LOST_FOUND.to_owned());
        let mut catalog =
            Catalog { entries, level, metadata, numbers, root, found, leaves, losses, states, lost_found };
        let met = catalog.meet(space, space.root, None).and_then(|()| catalog.follow_from(space, 0));
        let met = met.and_then(|()| catalog.check_root(space));
        match met {
            Err(error) if space.is_torn && error.is_of_file() => catalog.find_root(space, error)?,
            met => {
                met?;
                let is_lossy = catalog.losses.as_ref().is_some_and(|losses| !losses.is_empty());
                if is_lossy || space.is_torn && any_torn(space, &catalog.entries)? {
                    catalog.search(space)?;
                }
            }
        }
        if space.is_torn {
            catalog.name_found(space);
        }
        Ok(catalog)
    }

    /// Follows the links of the objects from one on.
    pub fn follow_from(&mut self, space: &Arc<AddressSpace>, mut next: usize) -> Result<()> {
        while let Some(entry) = self.entries.get(next) {
            let (address, kind) = (entry.address, entry.kind);
            self.follow(space, next, address, kind)?;
            next += 1;
        }
        Ok(())
    }

    /// The objects that are copied.
    pub fn kept(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| self.has(entry.address))
    }

    /// The path that led to an object first.
    pub fn path(&self, entry: &Entry) -> String {
        let mut names = Vec::new();
        let mut above = entry.parent.as_ref();
        while let Some((parent, name)) = above {
            names.push(name.as_str());
            above = self.entries.get(*parent).and_then(|entry| entry.parent.as_ref());
        }
        names.push("");
        names.reverse();
        match names.len() {
            1 => "/".to_owned(),
            _ => names.join("/"),
        }
    }

    /// The path that led first to the object at an address.
    pub fn path_at(&self, address: u64) -> Option<String> {
        self.numbers.get(&address).and_then(|&number| self.entries.get(number)).map(|entry| self.path(entry))
    }

    /// Notes an object, unless it is known.
    pub fn meet(&mut self, space: &Arc<AddressSpace>, address: u64, parent: Option<(usize, String)>) -> Result<()> {
        if self.numbers.contains_key(&address) {
            return Ok(());
        }
        limits::check("objects", self.entries.len() as u64 + 1, space.limits.objects as u64)?;
        let mut entry = Entry { address, kind: ObjectKind::Group, parent };
        entry.kind = self.named(&entry, || {
            let header = ObjectHeader::read(space, address)?;
            let unknown = header.messages.iter().try_for_each(|message| check_known(message.kind));
            match &self.losses {
                None => unknown?,
                Some(losses) => {
                    let lost = header.lost.iter().cloned().chain(unknown.err().map(|error| error.to_string()));
                    lost.for_each(|what| losses.note(self.path(&entry), what));
                    describe::check(space, &header)?;
                }
            }
            let none = || {
                let why = header.lost.first().map_or(String::new(), |lost| format!(": {lost}"));
                let detail = format!("neither a group nor a dataset nor a datatype{why}");
                Error::malformed("object header", space.offset(address), detail)
            };
            header.kind().ok_or_else(none)
        })?;
        self.numbers.insert(address, self.entries.len());
        self.entries.push(entry);
        Ok(())
    }

    /// Notes what a link of the group `number`, at an address, leads to. A link of a torn file that is not kept leads nowhere.
    fn meet_by_link(
        &mut self,
        space: &Arc<AddressSpace>,
        (number, group): (usize, u64),
        name: &[u8],
        target: u64,
        is_kept: bool,
    ) -> Result<()> {
        let is_new = !self.has(target);
        let parent = match is_kept {
            true => (number, crate::hdf5::datatype::text(name)),
            false => (usize::MAX, self.name_of_found(space, target)),
        };
        let met = self.meet(space, target, Some(parent));
        self.bear(group, met)?;
        if is_new && !is_kept && self.has(target) {
            self.found.push(target);
        }
        Ok(())
    }

    /// Does something with an object, whose errors name it.
    pub fn named<T>(&self, entry: &Entry, work: impl FnOnce() -> Result<T>) -> Result<T> {
        work().map_err(|error| error.in_object(self.path(entry)))
    }

    /// Whether an object of the file that is read is in the copy.
    pub fn has(&self, address: u64) -> bool {
        self.numbers.contains_key(&address)
    }

    /// Of a torn file, leaves out what cannot be read of the object at an address, and notes it.
    ///
    /// # Errors
    /// That of a file that is whole, and those that are none of the file.
    pub fn bear<T>(&self, address: u64, read: Result<T>) -> Result<Option<T>> {
        match (read, &self.losses) {
            (Err(error), Some(losses)) if error.is_of_file() => {
                losses.note(self.path_at(address).unwrap_or_else(|| "/".to_owned()), error.to_string());
                Ok(None)
            }
            (read, _) => read.map(Some),
        }
    }

    /// Notes what an object leads to.
    fn follow(&mut self, space: &Arc<AddressSpace>, number: usize, address: u64, kind: ObjectKind) -> Result<()> {
        let header = ObjectHeader::read(space, address)?;
        let path = |catalog: &Self| catalog.entries.get(number).map(|entry| catalog.path(entry)).unwrap_or_default();
        if kind == ObjectKind::Group {
            let mut bear = |error| self.bear(address, Err::<(), _>(error)).map(|_| ());
            let links = links::readable(space, &header, &mut bear).map_err(|error| error.in_object(path(self)))?;
            let mut names = HashSet::new();
            for Link { name, target, .. } in links {
                if let LinkTarget::Hard(target) = target {
                    let is_kept = self.losses.is_none()
                        || std::str::from_utf8(&name).is_ok_and(is_link_name) && names.insert(name.clone());
                    self.meet_by_link(space, (number, address), &name, target.0, is_kept)?;
                }
            }
        }
        let bears = self.losses.is_some();
        if bears {
            for error in self.bear(address, indexes::lost(space, &header))?.into_iter().flatten() {
                self.bear(address, Err::<(), _>(error))?;
            }
        }
        let (types, level) = types(space, &header, kind, bears).map_err(|error| error.in_object(path(self)))?;
        self.level = self.level.max(level);
        let blocks = header.blocks.iter().fold(0u64, |bytes, block| bytes.saturating_add(block.len));
        let most = space.source.len() / 16;
        let index = if kind == ObjectKind::Dataset { index_bytes(space, &header).min(most) } else { 0 };
        self.metadata = self.metadata.saturating_add(blocks.saturating_mul(2)).saturating_add(index);
        types.into_iter().try_for_each(|datatype| {
            let met = self.meet(space, datatype, None).in_object("a committed datatype");
            self.bear(address, met).map(|_| ())
        })
    }
}

/// About the bytes of a chunk index, if there is one that can be read.
fn index_bytes(space: &AddressSpace, header: &ObjectHeader) -> u64 {
    match Dataset::from_header(space, header).map(|dataset| dataset.storage) {
        Ok(Storage::Chunked(chunked)) => {
            shape::count(&chunked.grid.chunks()).map_or(u64::MAX, |chunks| chunks.saturating_mul(CHUNK_ENTRY))
        }
        _ => 0,
    }
}

/// The committed datatypes of an object and of its attributes, and the level that all their types need.
fn types(space: &Arc<AddressSpace>, header: &ObjectHeader, kind: ObjectKind, bears: bool) -> Result<(Vec<u64>, Level)> {
    // What cannot be read is noted when the attributes are copied.
    let mut lost = |error: Error| if bears && error.is_of_file() { Ok(()) } else { Err(error) };
    let attributes = attributes::readable(space, header, &mut lost)?;
    let own = if kind == ObjectKind::Group { None } else { header.datatype(space)? };
    let is_new = |datatype: &Datatype| {
        datatype.any(&|part| matches!(part, Datatype::Complex(_) | Datatype::Reference { kind: 2.., .. }))
    };
    let new = attributes.iter().map(|attribute| &attribute.datatype).chain(&own).any(is_new);
    let mut found: Vec<u64> = attributes.into_iter().filter_map(|attribute| attribute.committed).collect();
    if kind == ObjectKind::Dataset {
        found.extend(committed_type(space, header)?);
    }
    Ok((found, if new { Level::Latest } else { Level::V110 }))
}

/// The header of the committed datatype of a dataset, if it is of one.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) when it cannot be decoded.
pub(super) fn committed_type(space: &AddressSpace, header: &ObjectHeader) -> Result<Option<u64>> {
    match header.find(MessageType::DATATYPE).filter(|message| message.flags & flags::SHARED != 0) {
        Some(message) => shared::committed(space, &message.body, message.offset),
        None => Ok(None),
    }
}

/// Refuses a message that the copy would not have: what it says is nobody's to guess.
fn check_known(kind: MessageType) -> Result<()> {
    match kind.is_known() {
        true => Ok(()),
        false => Err(Error::unsupported(format!("copying an object header message of type {:#06x}", kind.0))),
    }
}
