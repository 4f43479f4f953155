//! Finding the objects of a fractal heap.

mod cut;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use binrw::Endian;

use super::btree_v2;
use crate::error::{Error, Result};
use crate::hdf5::filter::pipeline::Pipeline;
use crate::hdf5::record::btree_v2::{HugeIndirect, HugeObject};
use crate::hdf5::record::fractal_heap::{
    ChildBlock, DirectBlockHead, FilteredBlock, FractalHeapHeader, IndirectBlockHead, Slot, BLOCKS_CHECKSUMMED,
};
use crate::hdf5::record::message::filter_pipeline::FilterPipeline;
use crate::hdf5::space::AddressSpace;
use crate::limits::{self, to_usize, Allowance};
use crate::sync::lock;
use crate::wire::width::{Addr, Len, Uint};
use crate::wire::{checksum, decode};

const HEADER: &str = "fractal heap header";
const DIRECT: &str = "fractal heap direct block";
const INDIRECT: &str = "fractal heap indirect block";
const OBJECT: &str = "fractal heap object";

/// Bytes of verified direct blocks that a heap keeps: the objects of a group are wanted in the order of hashes.
const KEPT_BYTES: usize = 8 << 20;

/// A fractal heap whose header was checked.
#[derive(Debug)]
pub(crate) struct FractalHeap {
    pub header: FractalHeapHeader,
    offset: u64,
    blocks: Mutex<Blocks>,
    /// For huge objects: many identifiers may lead to one.
    huge_bytes: Mutex<Allowance>,
}

/// Direct blocks whose checksums were verified, by address.
#[derive(Debug, Default)]
struct Blocks {
    by_address: HashMap<u64, Arc<[u8]>>,
    bytes: usize,
    /// Those that cannot be read, which nobody tries again.
    failed: HashSet<u64>,
    /// Of a torn file, a block that crosses the end, so that its checksum says nothing.
    unchecked: Option<Error>,
}

/// A direct block before it is read.
#[derive(Debug, Clone, Copy)]
struct Direct {
    address: u64,
    size: u64,
    filtered: Option<FilteredBlock>,
}

impl FractalHeap {
    /// Reads the header at `address`.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when it contradicts the format.
    pub fn open(space: &AddressSpace, address: u64) -> Result<Self> {
        let (w, offset) = (space.widths, space.offset(address));
        // The length of the pipeline is in the first bytes, and the checksum covers what that length says.
        let start = space.block(HEADER, address, FractalHeapHeader::size(w, 0))?;
        let filter_length = start.get(7..9).and_then(|bytes| bytes.try_into().ok()).map_or(0, u16::from_le_bytes);
        let block = space.sealed(HEADER, address, FractalHeapHeader::size(w, filter_length))?;
        let (header, _) = decode::<FractalHeapHeader>(HEADER, offset, &block, Endian::Little, w)?;
        if !header.table.is_sound() {
            return Err(Error::malformed(HEADER, offset, format!("the doubling table is {:?}", header.table)));
        }
        limits::check(DIRECT, header.table.max_direct_size.0, space.limits.metadata_bytes)?;
        let huge_bytes = Allowance::of_file(space.source.len(), "the huge objects of a heap exceed the file by far");
        Ok(FractalHeap { header, offset, blocks: Mutex::default(), huge_bytes: Mutex::new(huge_bytes) })
    }

    /// The object with the identifier `id`.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when there is no such object,
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for identifiers of another version.
    pub fn get(&self, space: &AddressSpace, id: &[u8]) -> Result<Vec<u8>> {
        let (&flags, rest) = id.split_first().ok_or_else(|| self.bad("an identifier without bytes"))?;
        if flags >> 6 != 0 {
            return Err(Error::unsupported(format!("version {} of fractal heap identifiers", flags >> 6)));
        }
        match flags >> 4 & 3 {
            0 => self.managed(space, rest),
            1 => self.huge(space, rest),
            2 => self.tiny(flags, rest),
            kind => Err(self.bad(format!("type {kind} of an identifier"))),
        }
    }

    /// Calls `take` with what follows in the direct blocks, one after the other, until it refuses that; it returns the bytes that it
    /// took. So objects are found that no index leads to, if they say themselves where they end.
    ///
    /// # Errors
    /// That of the first block that cannot be read.
    pub fn sequence(&self, space: &AddressSpace, take: &mut dyn FnMut(&[u8], u64) -> Result<usize>) -> Result<()> {
        let (mut taken, mut offset) = (0, 0u64);
        loop {
            let block = self.locate(space, offset).and_then(|(direct, _)| Ok((direct, self.direct(space, direct)?)));
            let (direct, block) = match block {
                // Behind the last object there may be no block.
                Err(_) if taken >= self.header.managed_objects.0 => return Ok(()),
                block => block?,
            };
            let (mut at, before) = (to_usize(self.header.overhead(space.widths))?, taken);
            while let Some(rest) = block.get(at..).filter(|rest| !rest.is_empty()) {
                let Ok(used) = take(rest, space.offset(direct.address)) else { break };
                (at, taken) = (at.saturating_add(used.max(1)), taken + 1);
            }
            // A block without objects is one that nobody wrote.
            if before == taken {
                return Ok(());
            }
            offset = offset.saturating_add(direct.size);
        }
    }

    fn bad(&self, detail: impl Into<std::borrow::Cow<'static, str>>) -> Error {
        Error::malformed(OBJECT, self.offset, detail)
    }

    /// An object inside its identifier.
    fn tiny(&self, flags: u8, rest: &[u8]) -> Result<Vec<u8>> {
        let high = usize::from(flags & 0x0f);
        // Identifiers with room for more than 16 bytes have a second byte of length.
        let (length, data) = match rest.split_first() {
            Some((&low, data)) if self.header.id_length > 18 => (high << 8 | usize::from(low), data),
            _ => (high, rest),
        };
        let object = data.get(..=length);
        object.map(<[u8]>::to_vec).ok_or_else(|| self.bad("a tiny object is longer than its identifier"))
    }

    /// An object inside a direct block.
    fn managed(&self, space: &AddressSpace, rest: &[u8]) -> Result<Vec<u8>> {
        let (offset_size, length_size) = (self.header.offset_size(), self.header.length_size());
        let (offset, used) = decode::<Uint>(OBJECT, self.offset, rest, Endian::Little, offset_size)?;
        let rest = rest.get(used..).unwrap_or_default();
        let (length, _) = decode::<Uint>(OBJECT, self.offset, rest, Endian::Little, length_size)?;
        let (direct, within) = self.locate(space, offset.0)?;
        let block = self.direct(space, direct)?;
        let start = to_usize(within)?;
        let object = block.get(start..).and_then(|rest| rest.get(..usize::try_from(length.0).ok()?));
        if within < self.header.overhead(space.widths) || length.0 == 0 {
            return Err(self.bad(format!("an object of {} bytes at heap offset {}", length.0, offset.0)));
        }
        object.map(<[u8]>::to_vec).ok_or_else(|| {
            let (address, size) = (space.offset(direct.address), block.len());
            match direct.filtered.is_none() && (size as u64) < direct.size {
                true => {
                    let detail = format!(
                        "its last {} of {} bytes lie behind the end of the file",
                        direct.size - size as u64,
                        direct.size
                    );
                    Error::malformed(DIRECT, address, detail)
                }
                false => {
                    let detail = format!("{} bytes at {within} leave a block of {size} bytes", length.0);
                    Error::malformed(OBJECT, address, detail)
                }
            }
        })
    }

    /// The direct block that holds an offset of the heap, and the place in it.
    fn locate(&self, space: &AddressSpace, offset: u64) -> Result<(Direct, u64)> {
        let table = &self.header.table;
        let root = table.root.get().ok_or_else(|| self.bad("the heap has no block"))?;
        if table.rows == 0 {
            let filtered = self.header.filtered.as_ref().map(|filtered| filtered.root);
            return Ok((Direct { address: root, size: table.starting_block_size.0, filtered }, offset));
        }
        let (mut address, mut rows, mut within) = (root, u32::from(table.rows), offset);
        // Every step goes to a block of fewer rows, so that this ends.
        loop {
            let slot = table.slot(within).filter(|slot| slot.row < rows);
            let slot = slot.ok_or_else(|| self.bad(format!("offset {offset} is beyond the heap")))?;
            let child = self.child(space, address, rows, slot)?;
            let missing = || self.bad(format!("offset {offset} is in a block that does not exist"));
            let found = child.address.get().ok_or_else(missing)?;
            if slot.row < table.direct_rows() {
                return Ok((Direct { address: found, size: slot.size, filtered: child.filtered }, slot.within));
            }
            let below = table.rows_of(slot.size);
            if below >= rows {
                return Err(Error::malformed(INDIRECT, space.offset(found), "is as large as its parent"));
            }
            (address, rows, within) = (found, below, slot.within);
        }
    }

    /// The entry for `slot` of the indirect block at `address`.
    fn child(&self, space: &AddressSpace, address: u64, rows: u32, slot: Slot) -> Result<ChildBlock> {
        let (w, offset) = (space.widths, space.offset(address));
        let (width, direct_rows) = (u64::from(self.header.table.width), self.header.table.direct_rows());
        let filtered = self.header.filtered.is_some();
        let plain = u64::from(w.offset);
        let direct_size = if filtered { plain + u64::from(w.length) + 4 } else { plain };
        let direct = u64::from(rows.min(direct_rows)) * width;
        let indirect = u64::from(rows.saturating_sub(direct_rows)) * width;
        let head = 5 + plain + u64::from(self.header.offset_size());
        let is_direct = slot.index < direct;
        let at = match slot.index.checked_sub(direct) {
            None => head + slot.index * direct_size,
            Some(beyond) => head + direct * direct_size + beyond * plain,
        };
        let whole = head + direct * direct_size + indirect * plain + 4;
        let entry = if is_direct { direct_size } else { plain };
        let [block, bytes] = match space.is_torn && whole > space.remaining(address) {
            true => self.cut_indirect(space, address, (head, at, entry))?,
            false => {
                let block = space.sealed(INDIRECT, address, whole)?;
                let bytes = block.get(to_usize(at)?..to_usize(at + entry)?).unwrap_or_default().into();
                [block, bytes]
            }
        };
        decode::<IndirectBlockHead>(INDIRECT, offset, &block, Endian::Little, (w, self.header.offset_size()))?;
        let args = (w, filtered && is_direct);
        Ok(decode::<ChildBlock>(INDIRECT, offset.saturating_add(at), &bytes, Endian::Little, args)?.0)
    }

    /// A direct block, unfiltered and verified.
    fn direct(&self, space: &AddressSpace, direct: Direct) -> Result<Arc<[u8]>> {
        if let Some(block) = lock(&self.blocks).by_address.get(&direct.address) {
            return Ok(block.clone());
        }
        if lock(&self.blocks).failed.contains(&direct.address) {
            return Err(Error::malformed(DIRECT, space.offset(direct.address), "cannot be read"));
        }
        let read = self.read_direct(space, direct);
        let mut kept = lock(&self.blocks);
        let block = read.inspect_err(|_| {
            kept.failed.insert(direct.address);
        })?;
        if kept.bytes.saturating_add(block.len()) > KEPT_BYTES {
            kept.by_address.clear();
            kept.bytes = 0;
        }
        kept.bytes = kept.bytes.saturating_add(block.len());
        kept.by_address.insert(direct.address, block.clone());
        Ok(block)
    }

    fn read_direct(&self, space: &AddressSpace, direct: Direct) -> Result<Arc<[u8]>> {
        let Direct { address, size, filtered } = direct;
        match filtered {
            None if space.is_torn && size > space.remaining(address) => self.cut_direct(space, direct),
            None => space.verified(DIRECT, address, size, &|block| self.verify(space, direct, block)),
            Some(filtered) => {
                let stored = space.block(DIRECT, address, filtered.size.0)?;
                let block = self.decode(space, &stored, filtered.mask, size)?;
                self.verify(space, direct, &block)?;
                Ok(block.into())
            }
        }
    }

    /// Checks the head of a direct block, and its checksum, which counts itself as zero.
    fn verify(&self, space: &AddressSpace, direct: Direct, block: &[u8]) -> Result<()> {
        let offset = space.offset(direct.address);
        let checksummed = self.header.flags & BLOCKS_CHECKSUMMED != 0;
        let args = (space.widths, self.header.offset_size(), checksummed);
        let (head, end) = decode::<DirectBlockHead>(DIRECT, offset, block, Endian::Little, args)?;
        let Some(stored) = head.checksum else { return Ok(()) };
        let mut zeroed = block.to_vec();
        if let Some(field) = zeroed.get_mut(end.saturating_sub(4)..end) {
            field.fill(0);
        }
        let computed = checksum::lookup3(&zeroed, 0);
        if stored == computed {
            return Ok(());
        }
        let detail = format!("the checksum is {stored:#010x} where the bytes give {computed:#010x}");
        Err(Error::malformed(DIRECT, offset, detail))
    }

    /// Undoes the filters of the heap.
    fn decode(&self, space: &AddressSpace, stored: &[u8], mask: u32, size: u64) -> Result<Vec<u8>> {
        let message = self.header.filtered.as_ref().map_or(&[][..], |filtered| &filtered.pipeline);
        let (message, _) = decode::<FilterPipeline>(HEADER, self.offset, message, Endian::Little, ())?;
        limits::check(OBJECT, size, space.limits.value_bytes.min(space.limits.chunk_bytes))?;
        let (mut out, mut spare) = (Vec::new(), Vec::new());
        Pipeline::new(&message)?.decode(mask, stored, to_usize(size)?, &mut out, &mut spare)?;
        Ok(out)
    }

    /// An object on its own in the file.
    fn huge(&self, space: &AddressSpace, rest: &[u8]) -> Result<Vec<u8>> {
        let w = space.widths;
        let filtered = self.header.filtered.is_some();
        let direct = 2 * usize::from(w.length) + usize::from(w.offset) + 4;
        let direct = if filtered { direct } else { usize::from(w.offset) + usize::from(w.length) };
        let object = if usize::from(self.header.id_length) > direct {
            decode::<HugeObject>(OBJECT, self.offset, rest, Endian::Little, (w, filtered))?.0
        } else {
            self.huge_by_id(space, rest)?
        };
        let length = object.length.0;
        let Addr(address) = object.address;
        limits::check(OBJECT, length, space.limits.value_bytes)?;
        lock(&self.huge_bytes).spend(length)?;
        let stored = space.source.copy(space.offset(address), length)?;
        match object.filtered {
            Some(filtered) => self.decode(space, &stored, filtered.mask, filtered.memory_size.0),
            None => Ok(stored),
        }
    }

    /// The record of a huge object with an identifier instead of an address.
    fn huge_by_id(&self, space: &AddressSpace, rest: &[u8]) -> Result<HugeObject> {
        let w = space.widths;
        let key = rest.len().min(8).min(usize::from(self.header.id_length.saturating_sub(1)));
        let key = u8::try_from(key).unwrap_or(8);
        let (id, _) = decode::<Uint>(OBJECT, self.offset, rest, Endian::Little, key)?;
        let tree = self.header.huge_btree.get().ok_or_else(|| self.bad("the heap has no huge objects"))?;
        let tree = btree_v2::Tree::open(space, tree)?;
        let filtered = self.header.filtered.is_some();
        let record = |bytes: &[u8]| {
            decode::<HugeIndirect>(OBJECT, self.offset, bytes, Endian::Little, (w, filtered)).map(|(record, _)| record)
        };
        let compare = |bytes: &[u8]| Ok(record(bytes)?.id.cmp(&Len(id.0)));
        let found = tree.find(space, &compare, record)?;
        Ok(found.ok_or_else(|| self.bad(format!("there is no huge object {}", id.0)))?.object)
    }
}

#[cfg(test)]
mod tests;
