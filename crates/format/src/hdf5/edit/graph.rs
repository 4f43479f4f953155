//! The objects of a file that is changed. Nothing that readers can reach is written over: an object that changes gets another
//! place, and so does everything that leads to it, up to the root; the superblock then says where the root is.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::heaps::Heaps;
use super::node::Node;
use super::referring::Referring;
use crate::error::{Error, Result};
use crate::hdf5::object::header::{Block, ObjectHeader, ObjectKind};
use crate::hdf5::record::message::link::LinkTarget;
use crate::hdf5::record::message::MessageType;
use crate::hdf5::references::{place, Places};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::write::file::FileWriter;
use crate::hdf5::write::space::Extent;
use crate::limits;
use crate::wire::width::Widths;

/// Links whose paths have links.
const DEEPEST: usize = 16;

/// The objects of a file that paths lead to, by the addresses of their headers.
pub(in crate::hdf5) struct Graph {
    nodes: BTreeMap<u64, Node>,
    root: u64,
    /// How many objects need each one, by the addresses it has.
    counts: HashMap<u64, u32>,
    /// What was allocated when objects were written last, by the object.
    taken: HashMap<u64, Vec<Extent>>,
    /// What attributes lead to that were written.
    heaps: Heaps,
    /// The name of the next object that has no address yet: no file is that long.
    next: u64,
}

/// What has another place.
pub(super) struct Moved {
    /// Where the root is.
    pub root: u64,
    /// Where objects were, and are.
    pub places: Places,
    /// What nothing leads to when the superblock says where the root is.
    pub freed: Vec<Extent>,
}

impl Graph {
    /// Reads the objects of a file.
    ///
    /// # Errors
    /// What is wrong with them; [`Kind::Limit`](crate::Kind::Limit) for too many; [`Kind::Unsupported`](crate::Kind::Unsupported)
    /// for a file with addresses of other than 8 bytes.
    pub fn read(space: &Arc<AddressSpace>) -> Result<Self> {
        if space.widths != Widths::WIDE {
            return Err(Error::unsupported("changing a file with addresses and lengths of other than 8 bytes"));
        }
        let (nodes, root) = (BTreeMap::new(), space.root);
        let (counts, taken, heaps, next) = (HashMap::new(), HashMap::new(), Heaps::default(), u64::MAX - 1);
        let mut graph = Graph { nodes, root, counts, taken, heaps, next };
        let mut waiting = vec![space.root];
        while let Some(address) = waiting.pop() {
            if graph.nodes.contains_key(&address) {
                continue;
            }
            limits::check("objects", graph.nodes.len() as u64 + 1, space.limits.objects as u64)?;
            let node = Node::read(space, address)?;
            // What attributes refer to and no path leads to stays where it is.
            waiting.extend(node.counted());
            graph.nodes.insert(address, node);
        }
        graph.counts = graph.count();
        Ok(graph)
    }

    /// An object.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if there is none.
    pub fn node(&self, address: u64) -> Result<&Node> {
        self.nodes.get(&address).ok_or_else(|| Error::usage(format!("there is no object at {address}")))
    }

    /// An object that is changed.
    ///
    /// # Errors
    /// As [`Graph::node`].
    pub fn change(&mut self, address: u64) -> Result<&mut Node> {
        let node = self.nodes.get_mut(&address);
        let node = node.ok_or_else(|| Error::usage(format!("there is no object at {address}")))?;
        node.is_changed = true;
        Ok(node)
    }

    /// Adds an object that nothing leads to yet; returns what it is called until it has an address.
    pub fn add(&mut self, node: Node) -> u64 {
        let address = self.next;
        self.next -= 1;
        self.nodes.insert(address, node);
        address
    }

    /// The object at a path, with all changes so far.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none; [`Kind::Unsupported`](crate::Kind::Unsupported) for one of another
    /// file.
    pub fn find(&self, path: &str) -> Result<u64> {
        let missing = || Error::not_found(format!("there is no object {path}"));
        self.follow(self.root, path.as_bytes(), DEEPEST)?.ok_or_else(missing)
    }

    fn follow(&self, from: u64, path: &[u8], deepest: usize) -> Result<Option<u64>> {
        let mut at = if path.starts_with(b"/") { self.root } else { from };
        for name in path.split(|&byte| byte == b'/').filter(|name| !name.is_empty() && *name != b".") {
            let target = self.nodes.get(&at).and_then(|node| node.links.get(name));
            at = match (target, deepest) {
                (None, _) => return Ok(None),
                (Some(LinkTarget::Hard(address)), _) => address.0,
                (Some(LinkTarget::Soft(path)), 1..) => match self.follow(at, path, deepest - 1)? {
                    Some(found) => found,
                    None => return Ok(None),
                },
                (Some(LinkTarget::Soft(_)), 0) => return Err(Error::limit("links lead to links too often")),
                (Some(_), _) => return Err(Error::unsupported("changing an object of another file")),
            };
        }
        Ok(self.nodes.contains_key(&at).then_some(at))
    }

    /// Has every object moved.
    #[cfg(all(test, feature = "digest"))]
    pub fn change_all(&mut self) {
        self.nodes.values_mut().for_each(|node| node.is_changed = true);
    }

    /// The header of the one object that is changed, where it is; `None` where others have changed, too.
    ///
    /// # Errors
    /// As [`Node::in_place`].
    pub fn in_place(&mut self, file: &FileWriter) -> Result<Option<ObjectHeader>> {
        let mut changed: Vec<&mut Node> = self.nodes.values_mut().filter(|node| node.is_changed).collect();
        let [node] = changed.as_mut_slice() else { return Ok(None) };
        node.check_in_place()?;
        self.heaps.place(file, std::iter::once(&mut **node))?;
        node.in_place(file).map(Some)
    }

    /// Whether anything is changed.
    pub fn is_changed(&self) -> bool {
        self.nodes.values().any(|node| node.is_changed)
    }

    /// How many objects need each one: hard links, and those that are of a committed datatype.
    fn count(&self) -> HashMap<u64, u32> {
        let mut counts = HashMap::new();
        self.nodes.values().flat_map(Node::counted).for_each(|to| *counts.entry(to).or_default() += 1);
        counts
    }

    /// What paths lead to, and the datatypes of that, even when those have no names any more.
    fn reached(&self) -> BTreeSet<u64> {
        let mut reached = BTreeSet::new();
        let mut waiting = vec![self.root];
        while let Some(address) = waiting.pop() {
            if let (true, Some(node)) = (reached.insert(address), self.nodes.get(&address)) {
                waiting.extend(node.counted());
            }
        }
        reached
    }

    /// What of the file nothing leads to any more.
    pub fn unreachable(&self) -> Vec<u64> {
        let reached = self.reached();
        self.nodes.keys().filter(|address| !reached.contains(address)).copied().collect()
    }

    /// The path of an object that would stay without a link, and leads to one that would not: has it as its datatype, or refers to
    /// it.
    pub fn needing(&self, group: u64, name: &[u8]) -> Option<String> {
        let (before, after) = (self.named(None), self.named(Some((group, name))));
        let is_gone = |to: u64| before.contains_key(&to) && !after.contains_key(&to);
        let needing = |address: &u64| self.nodes.get(address).is_some_and(|node| node.needs().any(is_gone));
        after.iter().find(|(address, _)| needing(address)).map(|(_, path)| path.clone())
    }

    /// The objects that hard links lead to, but for one link, and a path of each.
    fn named(&self, skipped: Option<(u64, &[u8])>) -> BTreeMap<u64, String> {
        let mut named = BTreeMap::from([(self.root, "/".to_owned())]);
        let mut waiting = vec![self.root];
        while let Some(address) = waiting.pop() {
            let (Some(node), Some(above)) = (self.nodes.get(&address), named.get(&address).cloned()) else { continue };
            for (name, to) in node.links.hard().filter(|(name, _)| Some((address, *name)) != skipped) {
                let path = || format!("{}/{}", above.trim_end_matches('/'), String::from_utf8_lossy(name));
                if let Entry::Vacant(entry) = named.entry(to) {
                    entry.insert(path());
                    waiting.push(to);
                }
            }
        }
        named
    }

    /// Takes away what no path leads to any more; returns where that was.
    fn drop_unreachable(&mut self) -> Vec<Extent> {
        let reached = self.reached();
        let (kept, dropped) =
            std::mem::take(&mut self.nodes).into_iter().partition(|(address, _)| reached.contains(address));
        self.nodes = kept;
        let dropped: BTreeMap<u64, Node> = dropped;
        dropped.into_iter().flat_map(|(address, node)| self.extents(address, &node)).collect()
    }

    /// Where an object lies, and what was written with it.
    fn extents(&mut self, address: u64, node: &Node) -> Vec<Extent> {
        let blocks = node.header.blocks.iter().map(|block| Extent { address: block.address, len: block.len });
        self.taken.remove(&address).into_iter().flatten().chain(blocks).collect()
    }

    /// Has objects say how many need them, where that changed.
    fn recount(&mut self) -> Result<()> {
        let now = self.count();
        for (address, node) in &mut self.nodes {
            let (before, after) =
                (self.counts.get(address).copied().unwrap_or(0), now.get(address).copied().unwrap_or(0));
            let is_new = node.header.blocks.is_empty();
            let said = if is_new { 0 } else { node.count()? };
            if before != after && !(is_new && after == 1) {
                node.set_count((said.saturating_sub(before)).saturating_add(after))?;
            }
        }
        self.counts = now;
        Ok(())
    }

    /// The objects that get another place: those that change, and those that lead to one that does.
    fn moving(&self) -> BTreeSet<u64> {
        let mut sources: HashMap<u64, Vec<u64>> = HashMap::new();
        for (&address, node) in &self.nodes {
            node.leads_to().for_each(|to| sources.entry(to).or_default().push(address));
        }
        let mut moving = BTreeSet::new();
        let mut waiting: Vec<u64> = self.nodes.iter().filter(|(_, node)| node.is_changed).map(|(&at, _)| at).collect();
        while let Some(address) = waiting.pop() {
            if moving.insert(address) {
                waiting.extend(sources.get(&address).into_iter().flatten());
            }
        }
        moving
    }

    /// Writes all objects that have another place now; returns them.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) where elements refer to objects that move, and cannot follow them;
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn write(&mut self, file: &FileWriter) -> Result<Moved> {
        let mut freed = self.drop_unreachable();
        self.recount()?;
        let moving = self.moving();
        if moving.is_empty() {
            return Ok(Moved { root: self.root, places: HashMap::new(), freed });
        }
        self.check()?;
        let mut places = HashMap::new();
        for address in &moving {
            let Some(node) = self.nodes.get_mut(address) else { continue };
            node.referring.prepare(file, &mut node.header, &|to| moving.contains(&to))?;
            let kind = node.header.kind().unwrap_or(ObjectKind::Dataset);
            places.insert(*address, file.place_header(kind, &node.moved(None)?)?.offset());
        }
        for node in self.nodes.values_mut() {
            node.follow(&places)?;
            node.referring.follow(file, &mut node.header, &places)?;
        }
        let written = self.nodes.iter_mut().filter(|(address, _)| places.contains_key(address));
        self.heaps.place(file, written.map(|(_, node)| node))?;
        freed.extend(self.heaps.unused());
        let mut nodes = BTreeMap::new();
        for (address, mut node) in std::mem::take(&mut self.nodes) {
            match places.get(&address) {
                Some(&place) => {
                    // What an object took beside its header goes with it.
                    freed.extend(self.extents(address, &node));
                    self.taken.insert(place, node.write(file, place)?);
                    nodes.insert(place, node);
                }
                None => drop(nodes.insert(address, node)),
            }
        }
        (self.nodes, self.root) = (nodes, place(&places, self.root));
        self.counts = self.count();
        Ok(Moved { root: self.root, places, freed })
    }

    /// Refuses to move what something leads to that cannot be changed along.
    fn check(&self) -> Result<()> {
        for node in self.nodes.values() {
            if let Referring::Pinned(what) = &node.referring {
                let detail = format!("moving objects in a file with {what}, which a copy of the file can follow");
                return Err(Error::unsupported(detail));
            }
        }
        Ok(())
    }
}

impl Node {
    /// Writes an object to its new place; returns what else it took.
    fn write(&mut self, file: &FileWriter, place: u64) -> Result<Vec<Extent>> {
        let (header, taken) = file.taking(|| {
            let header = self.moved(Some(file))?;
            file.write_header(place, &header)?;
            Ok(header)
        })?;
        let blocks = vec![Block { address: place, len: header.size()? }];
        self.header = ObjectHeader { address: place, blocks, ..header };
        self.header.messages.retain(|m| m.kind != MessageType::LINK && m.kind != MessageType::ATTRIBUTE);
        self.is_changed = false;
        Ok(taken)
    }
}
