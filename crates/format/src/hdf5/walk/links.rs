//! Links of a group, however they are stored: symbol table, compact, or dense.

use std::cmp::Ordering;

use binrw::Endian;

use super::btree_v1;
use super::btree_v2;
use super::dense::DenseObjects;
use super::fractal_heap::FractalHeap;
use super::local_heap::LocalHeap;
use crate::error::{Error, Result};
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::record::btree_v2::{LinkName, LinkOrder};
use crate::hdf5::record::message::link::Link;
use crate::hdf5::record::message::link_info::LinkInfo;
use crate::hdf5::record::message::misc::SymbolTable;
use crate::hdf5::record::message::MessageType;
use crate::hdf5::record::symbol_node::{ScratchPad, SymbolTableEntry};
use crate::hdf5::space::AddressSpace;
use crate::limits::{self, Allowance};
use crate::wire::{self, checksum};

const NAME_RECORD: &str = "link name record";
const ORDER_RECORD: &str = "link order record";

pub(crate) use crate::hdf5::record::message::link::LinkTarget;

/// Links of a group in the order that readers expect.
///
/// By creation order where the group tracks it, by name otherwise.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) with the structure that is broken.
pub(crate) fn links(space: &AddressSpace, group: &ObjectHeader) -> Result<Vec<Link>> {
    readable(space, group, &mut Err)
}

/// [`links`] that can be read; of the others `lost` is told, whose error ends it.
///
/// # Errors
/// Those of `lost`.
pub(crate) fn readable(
    space: &AddressSpace,
    group: &ObjectHeader,
    lost: &mut dyn FnMut(Error) -> Result<()>,
) -> Result<Vec<Link>> {
    let mut links = List::new(space);
    for message in &group.messages {
        let mut lost_objects = Vec::new();
        let read = match message.kind {
            MessageType::SYMBOL_TABLE => message
                .decode::<SymbolTable>("symbol table message", space.widths)
                .and_then(|table| symbol_table(space, table, &mut links)),
            MessageType::LINK_INFO => message
                .decode::<LinkInfo>("link info message", space.widths)
                .and_then(|info| dense_links(space, &info, &mut links))
                .map(|lost| lost_objects = lost),
            MessageType::LINK => message.decode::<Link>("link message", space.widths).and_then(|link| links.push(link)),
            _ => Ok(()),
        };
        read.or_else(&mut *lost)?;
        lost_objects.into_iter().try_for_each(&mut *lost)?;
    }
    let mut links = links.found;
    if links.iter().all(|link| link.creation_order.is_some()) {
        links.sort_by_key(|link| link.creation_order);
    } else {
        links.sort_by(|a, b| a.name.cmp(&b.name));
    }
    Ok(links)
}

/// The link of this name; costs a search, not a listing.
///
/// # Errors
/// As [`links`].
pub(crate) fn find(space: &AddressSpace, group: &ObjectHeader, name: &[u8]) -> Result<Option<Link>> {
    if let Some(message) = group.find(MessageType::SYMBOL_TABLE) {
        let table = message.decode::<SymbolTable>("symbol table message", space.widths)?;
        let found = btree_v1::find_symbol(space, table.btree.0, table.local_heap.0, name)?;
        if let Some(entry) = found {
            let names = LocalHeap::open(space, table.local_heap.0)?;
            return symbol(&names, name, &entry).map(Some);
        }
    }
    if let Some(message) = group.find(MessageType::LINK_INFO) {
        let info = message.decode::<LinkInfo>("link info message", space.widths)?;
        if let (Some(heap), Some(index)) = (info.fractal_heap.get(), info.name_index.get()) {
            return find_dense(space, heap, index, name);
        }
    }
    for message in group.messages.iter().filter(|m| m.kind == MessageType::LINK) {
        let link = message.decode::<Link>("link message", space.widths)?;
        if link.name == name {
            return Ok(Some(link));
        }
    }
    Ok(None)
}

/// Finds a record of the name index by the hash of the name, and among equal hashes by the name itself.
fn find_dense(space: &AddressSpace, heap: u64, index: u64, name: &[u8]) -> Result<Option<Link>> {
    let (heap, offset) = (FractalHeap::open(space, heap)?, space.offset(index));
    let hash = checksum::lookup3(name, 0);
    let link = |record: &[u8]| -> Result<Link> {
        let (record, _) = wire::decode::<LinkName>(NAME_RECORD, offset, record, Endian::Little, ())?;
        let body = heap.get(space, &record.heap_id)?;
        Ok(wire::decode::<Link>("link message", offset, &body, Endian::Little, space.widths)?.0)
    };
    let compare = |bytes: &[u8]| -> Result<Ordering> {
        match LinkName::hash_of(bytes).cmp(&Some(hash)) {
            Ordering::Equal => Ok(link(bytes)?.name.as_slice().cmp(name)),
            other => Ok(other),
        }
    };
    btree_v2::Tree::open(space, index)?.find(space, &compare, link)
}

/// How the group stores its links.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) when a message cannot be decoded.
pub(crate) fn storage(space: &AddressSpace, group: &ObjectHeader) -> Result<LinkStorage> {
    let Some(message) = group.find(MessageType::LINK_INFO) else { return Ok(LinkStorage::SymbolTable) };
    let info = message.decode::<LinkInfo>("link info message", space.widths)?;
    Ok(if info.fractal_heap.get().is_some() { LinkStorage::Dense } else { LinkStorage::Compact })
}

/// How a group stores its links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkStorage {
    /// A version 1 B-tree with a local heap.
    SymbolTable,
    /// Messages in the object header.
    Compact,
    /// A fractal heap with version 2 B-trees.
    Dense,
}

/// The links of a group, as far as they were read.
struct List<'s> {
    space: &'s AddressSpace,
    found: Vec<Link>,
    allowance: Allowance,
}

impl<'s> List<'s> {
    fn new(space: &'s AddressSpace) -> Self {
        let allowance = Allowance::of_file(space.source.len(), "the links of a group exceed the file by far");
        List { space, found: Vec::new(), allowance }
    }

    fn push(&mut self, link: Link) -> Result<()> {
        limits::check("links of a group", self.found.len() as u64 + 1, self.space.limits.objects as u64)?;
        // The entries of a symbol table may all have the same name.
        self.allowance.spend((link.name.len().saturating_add(link.target.value_len()) as u64).saturating_add(LEAST))?;
        self.found.push(link);
        Ok(())
    }
}

/// What the smallest link takes of a file.
const LEAST: u64 = 16;

fn symbol_table(space: &AddressSpace, table: SymbolTable, links: &mut List) -> Result<()> {
    let names = LocalHeap::open(space, table.local_heap.0)?;
    btree_v1::symbols(space, table.btree.0, table.local_heap.0, &mut |name, entry| {
        links.push(symbol(&names, name, &entry)?)
    })
}

/// The link that an entry of a symbol table is.
fn symbol(names: &LocalHeap, name: &[u8], entry: &SymbolTableEntry) -> Result<Link> {
    let target = match entry.scratch {
        ScratchPad::SymbolicLink { value_offset } => LinkTarget::Soft(names.string(u64::from(value_offset))?.to_vec()),
        _ => LinkTarget::Hard(entry.object_header),
    };
    Ok(Link::untracked(name, target))
}

/// Links in a heap. Where the name index of a torn file is lost, that of the creation order leads to them as well; or they are read
/// one after the other. Returns what is told of those that are lost with the heap.
fn dense_links(space: &AddressSpace, info: &LinkInfo, links: &mut List) -> Result<Vec<Error>> {
    let Some(heap) = info.fractal_heap.get() else { return Ok(Vec::new()) };
    let before = links.found.len();
    let read = match info.name_index.get() {
        Some(index) => dense(space, heap, (index, NAME_RECORD, &name_id), links),
        None if space.is_torn => Err(Error::malformed_data("link info message", "a heap without an index")),
        None => Ok(Vec::new()),
    };
    read.or_else(|error| {
        if !space.is_torn {
            return Err(error);
        }
        links.found.truncate(before);
        let by_order = info.order_index.and_then(|index| index.get());
        match by_order.map(|index| dense(space, heap, (index, ORDER_RECORD, &order_id), links)) {
            Some(Ok(lost)) => Ok(lost),
            _ => without_index(space, heap, before, links)
                .map(|unchecked| unchecked.into_iter().collect())
                .map_err(|_| error),
        }
    })
}

fn name_id(record: &[u8], offset: u64) -> Result<[u8; 7]> {
    Ok(wire::decode::<LinkName>(NAME_RECORD, offset, record, Endian::Little, ())?.0.heap_id)
}

fn order_id(record: &[u8], offset: u64) -> Result<[u8; 7]> {
    Ok(wire::decode::<LinkOrder>(ORDER_RECORD, offset, record, Endian::Little, ())?.0.heap_id)
}

/// Where a record of an index says that the link is.
type HeapId<'i> = &'i dyn Fn(&[u8], u64) -> Result<[u8; 7]>;

/// Every record of an index leads to a link message in the heap.
fn dense(
    space: &AddressSpace,
    heap: u64,
    (index, name, heap_id): (u64, &'static str, HeapId),
    links: &mut List,
) -> Result<Vec<Error>> {
    let (mut objects, offset) = (DenseObjects::open(space, heap)?, space.offset(index));
    btree_v2::records(space, index, &mut |record| {
        let Some(body) = objects.take(space, (name, offset), &heap_id(record, offset)?)? else { return Ok(()) };
        let link = wire::decode::<Link>("link message", offset, &body, Endian::Little, space.widths);
        objects.bear(space, link)?.map_or(Ok(()), |(link, _)| links.push(link))
    })?;
    Ok(objects.losses("links").collect())
}

/// The links of a torn file in the order of the heap, which has all of them: what leads to them is lost.
fn without_index(space: &AddressSpace, heap: u64, before: usize, links: &mut List) -> Result<Option<Error>> {
    let heap = FractalHeap::open(space, heap)?;
    links.found.truncate(before);
    heap.sequence(space, &mut |body, offset| {
        let (link, used) = wire::decode::<Link>("link message", offset, body, Endian::Little, space.widths)?;
        links.push(link)?;
        Ok(used)
    })?;
    // Links that were removed may be among them: their bytes stay.
    match links.found.len().saturating_sub(before) as u64 >= heap.header.managed_objects.0 {
        true => Ok(heap.take_unchecked()),
        false => {
            Err(Error::malformed("fractal heap", space.offset(heap.header.table.root.0), "not all links are there"))
        }
    }
}
