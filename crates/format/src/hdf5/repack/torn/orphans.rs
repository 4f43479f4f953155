//! Objects of a torn file that no link leads to any more.

use std::collections::HashSet;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::read::dataset::{Dataset, Storage};
use crate::hdf5::record::message::link::LinkTarget;
use crate::hdf5::record::message::link_info::LinkInfo;
use crate::hdf5::record::message::misc::SymbolTable;
use crate::hdf5::record::message::MessageType;
use crate::hdf5::record::object_header::{PrefixV1, PrefixV2, SIGNATURE};
use crate::hdf5::repack::catalog::Catalog;
use crate::hdf5::repack::describe;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::{attributes, links};
use crate::limits::Allowance;
use crate::wire;

/// An attribute that netCDF-C gives to root groups alone.
pub(super) const OF_ROOTS: &str = "_NCProperties";

/// An object that was found.
pub(super) struct Orphan {
    pub address: u64,
    is_group: bool,
    /// Where its links lead.
    pub below: Vec<u64>,
    pub is_root: bool,
}

impl Catalog {
    /// Takes in the objects that begin at some of these addresses: those below no other one of them, and what they lead to.
    ///
    /// # Errors
    /// Those that are none of the file.
    pub fn adopt(&mut self, space: &Arc<AddressSpace>, headers: &[u64]) -> Result<()> {
        let orphans = self.orphans(space, headers)?;
        let below: HashSet<u64> = orphans.iter().flat_map(|orphan| orphan.below.iter().copied()).collect();
        let (mut tops, others): (Vec<Orphan>, Vec<Orphan>) =
            orphans.into_iter().partition(|orphan| !below.contains(&orphan.address));
        if self.root.is_none() {
            self.take_root(space, &mut tops)?;
        }
        self.name_found(space);
        tops.extend(others);
        self.leave_states(space, &mut tops)?;
        // Of groups that lead to each other none is below no other one.
        tops.iter().try_for_each(|orphan| self.take(space, orphan.address, false))
    }

    /// The objects that begin at some of these addresses; of several that share elements or links, the last one.
    fn orphans(&self, space: &Arc<AddressSpace>, headers: &[u64]) -> Result<Vec<Orphan>> {
        let mut held = self.entries.iter().filter_map(|entry| held_at(space, entry.address).ok().flatten()).collect();
        let mut effort = Allowance::of_file(space.source.len(), "object headers that share their bytes too often");
        let mut orphans = Vec::new();
        for &address in headers.iter().rev().filter(|&&address| address != space.root) {
            if self.has(address) {
                continue;
            }
            match self.orphan(space, address, (&mut held, &mut effort)) {
                Err(error) if !error.is_of_file() => return Err(error),
                found => orphans.extend(found.ok().flatten()),
            }
        }
        orphans.reverse();
        Ok(orphans)
    }

    /// Takes in the root group where it is lost: whoever adds to a file writes newer states behind older ones, so that the last
    /// one is the newest.
    fn take_root(&mut self, space: &Arc<AddressSpace>, tops: &mut Vec<Orphan>) -> Result<()> {
        match tops.iter().rposition(|top| top.is_root) {
            Some(n) => self.take(space, tops.remove(n).address, true),
            None if self.take(space, space.root, true).is_ok() => Ok(()),
            None if tops.len() == 1 && tops.iter().all(|top| top.is_group) => {
                self.take(space, tops.remove(0).address, true)
            }
            None => Ok(()),
        }
    }

    /// The object that begins at an address, unless there is none, or an older copy of one that is known.
    fn orphan(
        &self,
        space: &Arc<AddressSpace>,
        address: u64,
        (held, effort): (&mut HashSet<u64>, &mut Allowance),
    ) -> Result<Option<Orphan>> {
        effort.spend(first_block(space, address)?)?;
        let header = ObjectHeader::read(space, address)?;
        effort.spend(header.blocks.iter().fold(0, |sum: u64, block| sum.saturating_add(block.len)))?;
        let kind = plausible(space, &header)?;
        let is_group = kind == ObjectKind::Group;
        let below: Vec<u64> = match is_group {
            true => links::links(space, &header)?.iter().filter_map(|link| target(&link.target)).collect(),
            false => Vec::new(),
        };
        let attributes = attributes::attributes(space, &header)?;
        let says_nothing = is_group && attributes.is_empty() && below.iter().all(|&address| self.has(address));
        if says_nothing || held_at(space, address)?.is_some_and(|place| !held.insert(place)) {
            return Ok(None);
        }
        let is_root = is_group && attributes.iter().any(|attribute| attribute.name == OF_ROOTS);
        Ok(Some(Orphan { address, is_group, below, is_root }))
    }
}

/// The bytes that a header claims for its first block.
pub(super) fn first_block(space: &AddressSpace, address: u64) -> Result<u64> {
    let start = space.load("object header", address, space.remaining(address).min(64), false)?;
    if start.starts_with(&SIGNATURE) {
        let (prefix, _) = wire::decode::<PrefixV2>("object header", 0, &start, binrw::Endian::Little, ())?;
        return Ok(prefix.chunk_size);
    }
    let (prefix, _) = wire::decode::<PrefixV1>("object header", 0, &start, binrw::Endian::Little, ())?;
    Ok(prefix.header_size.into())
}

fn target(target: &LinkTarget) -> Option<u64> {
    if let LinkTarget::Hard(address) = target {
        address.get()
    } else {
        None
    }
}

/// What a header is of, if it is one: all of it can be read, and the old ones, which have no checksum, say how many messages
/// they have.
fn plausible(space: &Arc<AddressSpace>, header: &ObjectHeader) -> Result<ObjectKind> {
    let unlikely = || Error::malformed("object header", space.offset(header.address), "it is none");
    if header.version == 1 {
        if !header.lost.is_empty() {
            return Err(unlikely());
        }
        let start = space.load("object header", header.address, PrefixV1::SIZE, false)?;
        let (prefix, _) = wire::decode::<PrefixV1>("object header", 0, &start, binrw::Endian::Little, ())?;
        if usize::from(prefix.message_count) != header.messages.len() {
            return Err(unlikely());
        }
    }
    if header.messages.iter().any(|message| !message.kind.is_known()) {
        return Err(unlikely());
    }
    let kind = header.kind().filter(|&kind| kind != ObjectKind::Datatype || header.version > 1).ok_or_else(unlikely)?;
    describe::check(space, header)?;
    Ok(kind)
}

/// Where the elements or links of an object are, if they are not in its header.
fn held_at(space: &AddressSpace, address: u64) -> Result<Option<u64>> {
    let header = ObjectHeader::read(space, address)?;
    if let Some(message) = header.find(MessageType::SYMBOL_TABLE) {
        return Ok(message.decode::<SymbolTable>("symbol table message", space.widths)?.btree.get());
    }
    if let Some(message) = header.find(MessageType::LINK_INFO) {
        return Ok(message.decode::<LinkInfo>("link info message", space.widths)?.fractal_heap.get());
    }
    if header.kind() != Some(ObjectKind::Dataset) || Dataset::is_virtual(space, &header) {
        return Ok(None);
    }
    Ok(match Dataset::from_header(space, &header)?.storage {
        Storage::Contiguous(address) => address,
        Storage::Chunked(chunked) => chunked.index.address(),
        _ => None,
    })
}
