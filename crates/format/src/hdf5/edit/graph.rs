//! The objects of a file that is changed. Nothing that readers can reach is written over: an object that changes gets another
//! place, and so does everything that leads to it, up to the root; the superblock then says where the root is.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::references::{place, Parts, Places};
use crate::error::{Context, Error, Result};
use crate::hdf5::object::header::{Block, ObjectHeader, ObjectKind};
use crate::hdf5::object::message::Message;
use crate::hdf5::record::message::attribute::AttributeMessage;
use crate::hdf5::record::message::link::{Link, LinkTarget};
use crate::hdf5::record::message::link_info::LinkInfo;
use crate::hdf5::record::message::{flags, MessageType};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::{attributes, links};
use crate::hdf5::write::file::FileWriter;
use crate::hdf5::write::space::Extent;
use crate::hdf5::write::{dense_links, group};
use crate::limits;
use crate::wire::width::{Addr, Widths};

/// The objects of a file that paths lead to, by the addresses of their headers.
pub(in crate::hdf5) struct Graph {
    space: Arc<AddressSpace>,
    nodes: BTreeMap<u64, Node>,
    root: u64,
    /// What was allocated when objects were written last, by the object.
    taken: HashMap<u64, Vec<Extent>>,
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

/// An object, as it is or shall be.
struct Node {
    header: ObjectHeader,
    /// The links of a group.
    links: Vec<Link>,
    /// The elements of attributes that refer to objects, by the names of the attributes.
    references: BTreeMap<Vec<u8>, Parts>,
    changed: bool,
}

impl Node {
    fn read(space: &AddressSpace, address: u64) -> Result<Self> {
        let header = ObjectHeader::read(space, address)?;
        let links = match header.kind() {
            Some(ObjectKind::Group) => links::links(space, &header)?,
            _ => Vec::new(),
        };
        let mut references = BTreeMap::new();
        for attribute in attributes::attributes(space, &header)? {
            if attribute.datatype.has_references() {
                let parts = Parts::of(space, &attribute.datatype, &attribute.data);
                references.insert(attribute.raw_name, parts.in_object(&format!("attribute {}", attribute.name))?);
            }
        }
        Ok(Node { header, links, references, changed: false })
    }

    /// The objects that it leads to, by links and by attributes.
    fn leads_to(&self) -> impl Iterator<Item = u64> + '_ {
        let linked = self.links.iter().filter_map(|link| match link.target {
            LinkTarget::Hard(address) => Some(address.0),
            _ => None,
        });
        linked.chain(self.references.values().flat_map(Parts::targets))
    }
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
        let mut graph = Graph { space: space.clone(), nodes: BTreeMap::new(), root: space.root, taken: HashMap::new() };
        let mut waiting = vec![space.root];
        while let Some(address) = waiting.pop() {
            if graph.nodes.contains_key(&address) {
                continue;
            }
            limits::check("objects", graph.nodes.len() as u64 + 1, space.limits.objects as u64)?;
            let node = Node::read(space, address)?;
            // What attributes refer to and no path leads to stays where it is.
            waiting.extend(node.links.iter().filter_map(|link| match link.target {
                LinkTarget::Hard(address) => Some(address.0),
                _ => None,
            }));
            graph.nodes.insert(address, node);
        }
        Ok(graph)
    }

    /// The header of an object.
    pub fn header(&self, address: u64) -> Option<&ObjectHeader> {
        self.nodes.get(&address).map(|node| &node.header)
    }

    /// Gives an object other messages.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if there is no such object.
    pub fn change(&mut self, address: u64, messages: Vec<Message>) -> Result<()> {
        let node = self.nodes.get_mut(&address);
        let node = node.ok_or_else(|| Error::usage(format!("there is no object at {address}")))?;
        // An attribute that is another one now does not refer to what the old one did.
        let kept = messages.iter().filter(|new| node.header.messages.contains(new)).filter_map(name);
        let kept: Vec<_> = kept.collect();
        node.references.retain(|name, _| kept.contains(name));
        node.header.messages = messages;
        node.changed = true;
        Ok(())
    }

    /// Has every object moved.
    #[cfg(test)]
    pub fn change_all(&mut self) {
        self.nodes.values_mut().for_each(|node| node.changed = node.header.kind() != Some(ObjectKind::Datatype));
    }

    /// The objects that get another place: those that change, and those that lead to one that does.
    fn moving(&self) -> BTreeSet<u64> {
        let mut sources: HashMap<u64, Vec<u64>> = HashMap::new();
        for (&address, node) in &self.nodes {
            node.leads_to().for_each(|to| sources.entry(to).or_default().push(address));
        }
        let mut moving = BTreeSet::new();
        let mut waiting: Vec<u64> = self.nodes.iter().filter(|(_, node)| node.changed).map(|(&at, _)| at).collect();
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
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) where elements of a dataset refer to objects, or an object that moves is a
    /// committed datatype or keeps references beside its header; [`Kind::Io`](crate::Kind::Io).
    pub fn write(&mut self, file: &FileWriter) -> Result<Moved> {
        let moving = self.moving();
        if moving.is_empty() {
            return Ok(Moved { root: self.root, places: HashMap::new(), freed: Vec::new() });
        }
        self.check(&moving)?;
        let mut places = HashMap::new();
        for address in &moving {
            let Some(node) = self.nodes.get(address) else { continue };
            let kind = node.header.kind().unwrap_or(ObjectKind::Dataset);
            let header = node.moved(None)?;
            places.insert(*address, file.place_header(kind, &header)?.offset());
        }
        let mut freed = Vec::new();
        let mut nodes = BTreeMap::new();
        for (address, mut node) in std::mem::take(&mut self.nodes) {
            node.follow(&places);
            let Some(&place) = places.get(&address) else {
                nodes.insert(address, node);
                continue;
            };
            let (header, taken) = file.taking(|| {
                let header = node.moved(Some(file))?;
                file.write_header(place, &header)?;
                Ok(header)
            })?;
            // What an object took beside its header goes with it.
            freed.extend(self.taken.remove(&address).into_iter().flatten());
            self.taken.insert(place, taken);
            freed.extend(node.header.blocks.iter().map(|block| Extent { address: block.address, len: block.len }));
            let blocks = vec![Block { address: place, len: header.size()? }];
            (node.header, node.changed) = (ObjectHeader { address: place, blocks, ..header }, false);
            nodes.insert(place, node);
        }
        self.nodes = nodes;
        self.root = place(&places, self.root);
        Ok(Moved { root: self.root, places, freed })
    }

    /// Refuses to move what something leads to that cannot be changed along.
    fn check(&self, moving: &BTreeSet<u64>) -> Result<()> {
        for (address, node) in &self.nodes {
            let datatype = match node.header.kind() {
                Some(ObjectKind::Dataset) => node.header.datatype(&self.space)?,
                Some(ObjectKind::Datatype) if moving.contains(address) => {
                    return Err(Error::unsupported("changing a committed datatype"));
                }
                _ => None,
            };
            if datatype.is_some_and(|datatype| datatype.has_references()) {
                return Err(Error::unsupported("moving objects in a file with a dataset of references"));
            }
            let info = attributes::info(&self.space, &node.header)?;
            let is_dense = info.is_some_and(|info| info.fractal_heap.get().is_some());
            if is_dense && node.references.values().flat_map(Parts::targets).any(|to| moving.contains(&to)) {
                return Err(Error::unsupported("moving an object that attributes refer to that are stored densely"));
            }
        }
        Ok(())
    }
}

impl Node {
    /// Has links and references lead to where the objects are now.
    fn follow(&mut self, places: &Places) {
        for link in &mut self.links {
            if let LinkTarget::Hard(address) = &mut link.target {
                *address = Addr(place(places, address.0));
            }
        }
        self.references.values_mut().for_each(|parts| parts.follow(places));
    }

    /// The header at its new place. Without a file it has the size that it will have, and leads nowhere.
    fn moved(&self, file: Option<&FileWriter>) -> Result<ObjectHeader> {
        let mut header = ObjectHeader { blocks: Vec::new(), messages: Vec::new(), ..self.header.clone() };
        for message in self.header.messages.iter().filter(|message| message.is_content()) {
            match message.kind {
                MessageType::LINK => {}
                MessageType::SYMBOL_TABLE => header.messages.extend(group::new_style(file, &self.links)?),
                MessageType::LINK_INFO => header.messages.extend(link_info(file, message, &self.links)?),
                MessageType::ATTRIBUTE => header.messages.push(self.attribute(message, file)?),
                _ => header.messages.push(message.clone()),
            }
        }
        Ok(header)
    }

    /// An attribute whose references lead to where the objects are now.
    fn attribute(&self, message: &Message, file: Option<&FileWriter>) -> Result<Message> {
        let Some(file) = file.filter(|_| message.flags & flags::SHARED == 0) else { return Ok(message.clone()) };
        let Some(parts) = name(message).and_then(|name| self.references.get(&name)) else { return Ok(message.clone()) };
        let mut attribute: AttributeMessage = message.decode("attribute message", ())?;
        attribute.data = parts.stored(file)?;
        let new = Message::new(message.kind, message.flags, &attribute, ())?;
        Ok(Message { creation_index: message.creation_index, ..new })
    }
}

/// The name of the attribute that a message is, if it is one.
fn name(message: &Message) -> Option<Vec<u8>> {
    let is_own = message.kind == MessageType::ATTRIBUTE && message.flags & flags::SHARED == 0;
    let attribute: AttributeMessage = is_own.then(|| message.decode("attribute message", ()))?.ok()?;
    attribute.name.split(|&byte| byte == 0).next().map(<[u8]>::to_vec)
}

/// The messages that lead to the links of a group of the new style: in the header, or beside it as they were.
fn link_info(file: Option<&FileWriter>, message: &Message, links: &[Link]) -> Result<Vec<Message>> {
    let old: LinkInfo = message.decode("link info message", Widths::WIDE)?;
    if old.fractal_heap.get().is_none() {
        let link = |link: &Link| Message::new(MessageType::LINK, 0, link, Widths::WIDE);
        return std::iter::once(Ok(message.clone())).chain(links.iter().map(link)).collect();
    }
    let info = match file {
        Some(file) => dense_links::write_like(file, &old, links)?,
        None => old,
    };
    Ok(vec![Message::new(MessageType::LINK_INFO, message.flags, &info, Widths::WIDE)?])
}
