//! Changes of many objects of a file, published together.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::graph::{Graph, Moved};
use super::node::Node;
use super::publish::{needs_copy, publish_in_place, publish_root};
use super::referring::Referring;
use crate::error::{Error, Kind, Result};
use crate::hdf5::file::File;
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::object::message::Message;
use crate::hdf5::read::open;
use crate::hdf5::record::message::attribute::AttributeMessage;
use crate::hdf5::record::message::MessageType;
use crate::hdf5::record::superblock::Superblock;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::write::file::FileWriter;
use crate::hdf5::write::space::Extent;
use crate::source::Source;

/// A file whose objects are changed: readers find all changes, or none, once they are published.
pub(crate) struct Session {
    file: File,
    superblock: Superblock,
    graph: Graph,
    /// Where objects are now, by where they were when the file was opened.
    places: HashMap<u64, u64>,
    /// What nothing leads to any more, and since when.
    unreachable: VecDeque<(Instant, Vec<Extent>)>,
}

/// Whoever found something before it was published anew has this time to read it.
const GRACE: Duration = Duration::from_secs(10);

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("superblock", &self.superblock).finish_non_exhaustive()
    }
}

impl Session {
    /// Reads what a file holds before it is changed.
    ///
    /// # Errors
    /// What is wrong with the file; [`Kind::Unsupported`] for one that cannot be changed where it is.
    pub fn open(source: Source) -> Result<Self> {
        let file = File::from_source(source)?;
        let superblock = open::decode(&file.space().source, file.space().base)?;
        if let Some(what) = needs_copy(&file)? {
            return Err(Error::unsupported(format!("changing a file with {what} where it is")));
        }
        let graph = Graph::read(file.space())?;
        Ok(Session { file, superblock, graph, places: HashMap::new(), unreachable: VecDeque::new() })
    }

    /// The space of the file as it was when it was opened.
    pub fn space(&self) -> &Arc<AddressSpace> {
        self.file.space()
    }

    /// Where an object was when the file was opened: what it is called from then on.
    ///
    /// # Errors
    /// [`Kind::NotFound`] if there is none.
    pub fn object(&self, path: &str) -> Result<u64> {
        Ok(self.file.object(path)?.address())
    }

    /// The header of an object as it is now, without its links and attributes.
    ///
    /// # Errors
    /// [`Kind::Usage`] if there is none.
    pub fn header(&self, object: u64) -> Result<&ObjectHeader> {
        Ok(&self.graph.node(self.place(object))?.header)
    }

    /// The header of an object as it is now, with a datatype that can be read: one that is new has no place in the file yet.
    ///
    /// # Errors
    /// [`Kind::Usage`] if there is none.
    pub(super) fn legible(&self, object: u64) -> Result<ObjectHeader> {
        let node = self.graph.node(self.place(object))?;
        let mut header = node.header.clone();
        if let Some(new) = node.datatype().filter(|&at| at >= self.space().source.len()) {
            let own = self.graph.node(new)?.header.find(MessageType::DATATYPE);
            let shared = header.messages.iter_mut().filter(|message| message.kind == MessageType::DATATYPE);
            shared.zip(own).for_each(|(shared, own)| shared.clone_from(own));
        }
        Ok(header)
    }

    /// Gives an object other messages, when the session is published.
    ///
    /// # Errors
    /// [`Kind::Usage`] if there is none.
    pub fn change(&mut self, object: u64, messages: Vec<Message>) -> Result<()> {
        let node = self.node(object)?;
        let layout = |list: &[Message]| list.iter().find(|message| message.kind == MessageType::LAYOUT).cloned();
        if matches!(node.referring, Referring::To(_)) && layout(&messages) != layout(&node.header.messages) {
            node.referring = Referring::Pinned("references that have changed");
        }
        node.header.messages = messages;
        Ok(())
    }

    /// An attribute of an object, as it is now.
    ///
    /// # Errors
    /// [`Kind::Usage`] if there is no such object; [`Kind::Malformed`] for an attribute that cannot be taken apart.
    pub fn attribute(&self, object: u64, name: &str) -> Result<Option<AttributeMessage>> {
        self.graph.node(self.place(object))?.attributes.get(name.as_bytes())
    }

    /// Puts an attribute without references in the place of the one of its name.
    ///
    /// # Errors
    /// As [`Session::change`].
    pub fn set_attribute(&mut self, object: u64, attribute: &AttributeMessage) -> Result<()> {
        let Node { header, attributes, .. } = self.node(object)?;
        attributes.set(header, attribute, None)
    }

    /// An object that is changed.
    ///
    /// # Errors
    /// [`Kind::Usage`] if there is none.
    pub(super) fn node(&mut self, object: u64) -> Result<&mut Node> {
        self.graph.change(self.place(object))
    }

    /// The objects, with all changes so far.
    pub(super) fn graph(&mut self) -> &mut Graph {
        &mut self.graph
    }

    fn place(&self, object: u64) -> u64 {
        self.places.get(&object).copied().unwrap_or(object)
    }

    /// Publishes the change of one object by writing the first block of its header, where that lies in one sector; returns whether it
    /// could. The session is over then: its objects are to be read again.
    ///
    /// # Errors
    /// [`Kind::Io`]; then readers find the object as it was, or as it shall be.
    pub(super) fn publish_in_place(&mut self, file: &FileWriter) -> Result<bool> {
        let header = match self.graph.in_place(file) {
            Ok(Some(header)) => header,
            Ok(None) => return Ok(false),
            Err(error) if error.kind() == Kind::Unsupported => return Ok(false),
            Err(error) => return Err(error),
        };
        match publish_in_place(file, &mut self.superblock, &header) {
            Err(error) if error.kind() == Kind::Unsupported => Ok(false),
            published => published.map(|()| true),
        }
    }

    /// Publishes all changes; returns when readers find them.
    ///
    /// # Errors
    /// [`Kind::Unsupported`] for what cannot move, [`Kind::Io`]; then readers find the file as it was published last.
    pub fn publish(&mut self, file: &FileWriter) -> Result<()> {
        let Moved { root, places, freed } = self.graph.write(file)?;
        publish_root(file, &mut self.superblock, root)?;
        let known: HashSet<u64> = self.places.values().copied().collect();
        self.places.values_mut().for_each(|place| *place = places.get(place).copied().unwrap_or(*place));
        // What was moved before is known by where it was first.
        self.places.extend(places.into_iter().filter(|(from, _)| !known.contains(from)));
        self.release(file, freed);
        Ok(())
    }

    /// Gives back all that nothing leads to; returns how many bytes that were.
    pub fn release_now(&mut self, file: &FileWriter) -> u64 {
        let freed = std::mem::take(&mut self.unreachable).into_iter().flat_map(|(_, extents)| extents);
        freed
            .map(|extent| {
                file.free(extent);
                extent.len
            })
            .sum()
    }

    /// Gives back what nothing leads to, after a while.
    pub fn release(&mut self, file: &FileWriter, extents: Vec<Extent>) {
        self.unreachable.push_back((Instant::now(), extents));
        // What was just put waits at least for the next publication, and its barriers.
        while self.unreachable.front().is_some_and(|(since, _)| since.elapsed() > GRACE) {
            let extents = self.unreachable.pop_front().map(|(_, extents)| extents);
            extents.into_iter().flatten().for_each(|extent| file.free(extent));
        }
    }
}
