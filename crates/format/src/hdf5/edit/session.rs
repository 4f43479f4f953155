//! Changes of many objects of a file, published together.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::graph::{Graph, Moved};
use super::{check, publish_root};
use crate::error::{Error, Result};
use crate::hdf5::file::File;
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::object::message::Message;
use crate::hdf5::read::open;
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
    /// What is wrong with the file; [`Kind::Unsupported`](crate::Kind::Unsupported) for one that cannot be changed where it is.
    pub fn open(source: Source) -> Result<Self> {
        let file = File::from_source(source)?;
        let superblock = open::decode(&file.space().source, file.space().base)?;
        check(&file, &superblock)?;
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
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none.
    pub fn object(&self, path: &str) -> Result<u64> {
        Ok(self.file.object(path)?.address())
    }

    /// The header of an object as it is now.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if there is none.
    pub fn header(&self, object: u64) -> Result<&ObjectHeader> {
        let header = self.graph.header(self.place(object));
        header.ok_or_else(|| Error::usage(format!("there is no object at {object}")))
    }

    /// Gives an object other messages, when the session is published.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if there is none.
    pub fn change(&mut self, object: u64, messages: Vec<Message>) -> Result<()> {
        self.graph.change(self.place(object), messages)
    }

    fn place(&self, object: u64) -> u64 {
        self.places.get(&object).copied().unwrap_or(object)
    }

    /// Publishes all changes; returns when readers find them.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for what cannot move, [`Kind::Io`](crate::Kind::Io); then readers find the file
    /// as it was published last.
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
