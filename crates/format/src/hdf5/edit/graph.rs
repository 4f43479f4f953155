//! The objects of a file that is changed. Nothing that readers can reach is written over: an object that changes gets another
//! place, and so does everything that leads to it, up to the root; the superblock then says where the root is.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::references::{targets, Moving};
use crate::error::{Context, Error, Result};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
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
}

/// An object, as it is or shall be.
struct Node {
    header: ObjectHeader,
    /// The links of a group.
    links: Vec<Link>,
    /// The objects that its attributes refer to.
    refers: BTreeSet<u64>,
    changed: bool,
}

impl Node {
    fn read(space: &AddressSpace, address: u64) -> Result<Self> {
        let header = ObjectHeader::read(space, address)?;
        let links = match header.kind() {
            Some(ObjectKind::Group) => links::links(space, &header)?,
            _ => Vec::new(),
        };
        let mut refers = BTreeSet::new();
        for attribute in attributes::attributes(space, &header)? {
            if attribute.datatype.has_references() {
                let found = targets(space, &attribute.datatype, &attribute.data);
                refers.extend(found.in_object(&format!("attribute {}", attribute.name))?);
            }
        }
        Ok(Node { header, links, refers, changed: false })
    }

    /// The objects that it leads to, by links and by attributes.
    fn leads_to(&self) -> impl Iterator<Item = u64> + '_ {
        let linked = self.links.iter().filter_map(|link| match link.target {
            LinkTarget::Hard(address) => Some(address.0),
            _ => None,
        });
        linked.chain(self.refers.iter().copied())
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
        let mut graph = Graph { space: space.clone(), nodes: BTreeMap::new(), root: space.root };
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

    /// The header of an object that is changed.
    pub fn change(&mut self, address: u64) -> Result<&mut ObjectHeader> {
        let node = self.nodes.get_mut(&address);
        let node = node.ok_or_else(|| Error::usage(format!("there is no object at {address}")))?;
        node.changed = true;
        Ok(&mut node.header)
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

    /// Writes all objects that have another place now; returns that of the root, and what nothing leads to any more when the
    /// superblock says so.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) where elements of a dataset refer to objects, or an object that moves is a
    /// committed datatype or keeps references beside its header; [`Kind::Io`](crate::Kind::Io).
    pub fn write(&self, file: &FileWriter) -> Result<(u64, Vec<Extent>)> {
        let moving = self.moving();
        if moving.is_empty() {
            return Ok((self.root, Vec::new()));
        }
        self.check(&moving)?;
        let mut places = HashMap::new();
        for address in &moving {
            let Some(node) = self.nodes.get(address) else { continue };
            let kind = node.header.kind().unwrap_or(ObjectKind::Dataset);
            let header = node.moved(None)?;
            places.insert(*address, file.place_header(kind, &header)?.offset());
        }
        let with = Moving { space: &self.space, places: &places };
        let mut freed = Vec::new();
        for (address, &place) in &places {
            let Some(node) = self.nodes.get(address) else { continue };
            file.write_header(place, &node.moved(Some((file, &with)))?)?;
            freed.extend(node.header.blocks.iter().map(|block| Extent { address: block.address, len: block.len }));
        }
        Ok((with.place(self.root), freed))
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
            if is_dense && node.refers.iter().any(|to| moving.contains(to)) {
                return Err(Error::unsupported("moving an object that attributes refer to that are stored densely"));
            }
        }
        Ok(())
    }
}

impl Node {
    /// The header at its new place. Without a file it has the size that it will have, and leads nowhere.
    fn moved(&self, with: Option<(&FileWriter, &Moving<'_>)>) -> Result<ObjectHeader> {
        let mut header = ObjectHeader { blocks: Vec::new(), messages: Vec::new(), ..self.header.clone() };
        let links = self.moved_links(with.map(|(_, moving)| moving));
        for message in self.header.messages.iter().filter(|message| message.is_content()) {
            match message.kind {
                MessageType::LINK => {}
                MessageType::SYMBOL_TABLE => header.messages.extend(group::new_style(with.map(|w| w.0), &links)?),
                MessageType::LINK_INFO => header.messages.extend(link_info(with.map(|w| w.0), message, &links)?),
                MessageType::ATTRIBUTE => header.messages.push(self.attribute(message, with)?),
                _ => header.messages.push(message.clone()),
            }
        }
        Ok(header)
    }

    fn moved_links(&self, moving: Option<&Moving<'_>>) -> Vec<Link> {
        let to = |target: &LinkTarget| match (target, moving) {
            (LinkTarget::Hard(address), Some(moving)) => LinkTarget::Hard(Addr(moving.place(address.0))),
            (target, _) => target.clone(),
        };
        self.links.iter().map(|link| Link { target: to(&link.target), ..link.clone() }).collect()
    }

    /// An attribute whose references lead to where the objects are now.
    fn attribute(&self, message: &Message, with: Option<(&FileWriter, &Moving<'_>)>) -> Result<Message> {
        let Some((file, moving)) = with.filter(|_| message.flags & flags::SHARED == 0) else {
            return Ok(message.clone());
        };
        let mut attribute: AttributeMessage = message.decode("attribute message", ())?;
        let datatype = attributes::datatype(moving.space, &attribute, message.offset)?;
        let is_moved = |datatype: &Datatype| datatype.has_references();
        if !is_moved(&datatype) {
            return Ok(message.clone());
        }
        attribute.data = moving.elements(file, &datatype, &attribute.data)?;
        let new = Message::new(message.kind, message.flags, &attribute, ())?;
        Ok(Message { creation_index: message.creation_index, ..new })
    }
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
