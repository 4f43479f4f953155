//! Fractal heaps, written whole (section III.G).

use std::collections::BTreeMap;

use binrw::Endian;

use super::btree_v2;
use super::file::FileWriter;
use crate::error::{Error, Result};
use crate::hdf5::record::btree_v2::{HugeIndirect, HugeObject};
use crate::hdf5::record::fractal_heap::{
    ChildBlock, DirectBlockHead, DoublingTable, FractalHeapHeader, IndirectBlockHead, BLOCKS_CHECKSUMMED,
};
use crate::limits;
use crate::wire::width::{Addr, Len, Uint, Widths};
use crate::wire::{self, checksum};

const W: Widths = Widths::WIDE;
/// Larger objects are huge: they lie in the file on their own.
const MAX_MANAGED: u32 = 4096;
/// The type of the B-tree of huge objects, and the size of its records.
const HUGE_TREE: (u8, u16) = (1, 24);

/// How the library lays out the heaps of some kind of object; `ID` is the size of their identifiers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HeapKind<const ID: usize> {
    starting_block_size: u64,
    max_bits: u16,
}

/// The heap of the links of a group.
pub(crate) const LINKS: HeapKind<7> = HeapKind { starting_block_size: 512, max_bits: 32 };

/// The heap of the attributes of an object.
pub(crate) const ATTRIBUTES: HeapKind<8> = HeapKind { starting_block_size: 1024, max_bits: 40 };

/// A heap being filled.
struct Heap<'f> {
    file: &'f FileWriter,
    address: u64,
    header: FractalHeapHeader,
    /// Direct blocks by their offset in the heap. Those that no object fitted into do not exist.
    blocks: BTreeMap<u64, Block>,
    open: u64,
    huge: Vec<Vec<u8>>,
}

/// A direct block: room for its head, and objects.
struct Block {
    bytes: Vec<u8>,
    size: u64,
}

/// Writes objects into a new heap; returns its address and the identifier of each object.
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io), or [`Kind::Limit`](crate::Kind::Limit) when the heap is full.
pub(crate) fn write<const ID: usize>(
    file: &FileWriter,
    kind: HeapKind<ID>,
    objects: &[Vec<u8>],
) -> Result<(u64, Vec<[u8; ID]>)> {
    let header = empty(kind, u16::try_from(ID).unwrap_or(u16::MAX));
    let address = file.allocate(FractalHeapHeader::size(W, 0), 8)?;
    let mut heap = Heap { file, address, header, blocks: BTreeMap::new(), open: 0, huge: Vec::new() };
    let ids = objects.iter().map(|object| heap.insert(object)).collect::<Result<_>>()?;
    heap.finish()?;
    Ok((address, ids))
}

fn empty<const ID: usize>(kind: HeapKind<ID>, id_length: u16) -> FractalHeapHeader {
    FractalHeapHeader {
        version: 0,
        id_length,
        filter_length: 0,
        flags: BLOCKS_CHECKSUMMED,
        max_managed: MAX_MANAGED,
        huge_id: Len(0),
        huge_btree: Addr::UNDEFINED,
        free_space: Len(0),
        // Without a manager the library does not reuse holes, of which there are none worth it.
        free_space_manager: Addr::UNDEFINED,
        managed_space: Len(0),
        allocated_space: Len(0),
        iterator_offset: Len(0),
        managed_objects: Len(0),
        huge_size: Len(0),
        huge_objects: Len(0),
        tiny_size: Len(0),
        tiny_objects: Len(0),
        table: DoublingTable {
            width: 4,
            starting_block_size: Len(kind.starting_block_size),
            max_direct_size: Len(64 << 10),
            max_bits: kind.max_bits,
            starting_rows: 1,
            root: Addr::UNDEFINED,
            rows: 0,
        },
        filtered: None,
    }
}

impl Heap<'_> {
    fn insert<const ID: usize>(&mut self, object: &[u8]) -> Result<[u8; ID]> {
        let mut id = match object.len() as u64 > u64::from(MAX_MANAGED) {
            true => self.insert_huge(object)?,
            false => self.insert_managed(object)?,
        };
        id.resize(ID, 0);
        id.try_into().map_err(|_| Error::usage("a heap identifier of another size"))
    }

    /// Puts an object into the file on its own.
    fn insert_huge(&mut self, object: &[u8]) -> Result<Vec<u8>> {
        let length = object.len() as u64;
        let id = Len(self.header.huge_id.0 + 1);
        let place = HugeObject { address: Addr(self.file.place(object)?), length: Len(length), filtered: None };
        self.huge.push(wire::encode(&HugeIndirect { object: place, id }, Endian::Little, (W, false))?);
        self.header.huge_id = id;
        self.header.huge_objects.0 += 1;
        self.header.huge_size.0 += length;
        // Identifiers have six bytes for the number at least.
        Ok(std::iter::once(1 << 4).chain(id.0.to_le_bytes().into_iter().take(6)).collect())
    }

    /// Puts an object into the open block, or into the first block after it that has room.
    fn insert_managed(&mut self, object: &[u8]) -> Result<Vec<u8>> {
        let overhead = limits::to_usize(self.header.overhead(W))?;
        loop {
            let size = self.block_size(self.open)?;
            let block = self.blocks.entry(self.open).or_insert_with(|| Block { bytes: vec![0; overhead], size });
            if (block.bytes.len() + object.len()) as u64 <= size {
                break;
            }
            if block.bytes.len() == overhead {
                self.blocks.remove(&self.open);
            }
            self.open += size;
        }
        let block = self.blocks.get_mut(&self.open).ok_or_else(|| Error::usage("a heap without an open block"))?;
        let offset = self.open + block.bytes.len() as u64;
        block.bytes.extend_from_slice(object);
        self.header.managed_objects.0 += 1;
        let mut id = vec![0];
        id.extend(wire::encode(&Uint(offset), Endian::Little, self.header.offset_size())?);
        id.extend(wire::encode(&Uint(object.len() as u64), Endian::Little, self.header.length_size())?);
        Ok(id)
    }

    /// The size of the direct block at an offset of the heap.
    fn block_size(&self, offset: u64) -> Result<u64> {
        let table = &self.header.table;
        let full = || Error::limit(format!("a heap above 2^{} bytes", table.max_bits));
        let mut within = offset;
        loop {
            let slot = table.slot(within).ok_or_else(full)?;
            if slot.row < table.direct_rows() {
                let end = offset.checked_add(slot.size).ok_or_else(full)?;
                return if end.checked_shr(u32::from(table.max_bits)) == Some(0) { Ok(slot.size) } else { Err(full()) };
            }
            within = slot.within;
        }
    }

    /// Writes all blocks, the index of the huge objects, and the header.
    fn finish(mut self) -> Result<()> {
        if !self.huge.is_empty() {
            self.header.huge_btree = Addr(btree_v2::write_all(self.file, HUGE_TREE, &self.huge)?);
        }
        if let Some((&last, block)) = self.blocks.last_key_value() {
            let end = last + block.size;
            self.account(last, end)?;
            self.header.table.root = match self.header.table.rows {
                0 => self.direct(0)?,
                rows => self.indirect(0, u32::from(rows))?,
            };
        }
        let mut block = wire::encode(&self.header, Endian::Little, W)?;
        checksum::seal(&mut block);
        self.file.write(self.address, &block)
    }

    /// Fills in the counts of space. `last` is the offset of the last block, `end` is where it ends.
    fn account(&mut self, last: u64, end: u64) -> Result<()> {
        let row = self.header.table.slot(last).map_or(0, |slot| slot.row);
        let start = self.header.table.starting_block_size.0;
        // A single block at the start is the root itself.
        let (rows, covered) = match last {
            0 => (0, start),
            _ => (row + 1, start.saturating_mul(u64::from(self.header.table.width)).saturating_mul(1 << row)),
        };
        self.header.table.rows = u16::try_from(rows).unwrap_or(u16::MAX);
        self.header.managed_space = Len(covered);
        self.header.iterator_offset = Len(end);
        self.header.allocated_space = Len(self.blocks.values().map(|block| block.size).sum());
        let overhead = self.header.overhead(W);
        let objects: u64 = self.blocks.values().map(|block| (block.bytes.len() as u64).saturating_sub(overhead)).sum();
        let (mut at, mut room) = (0, 0);
        // The library counts the room of blocks that do not exist yet, too.
        while at < covered {
            let size = self.block_size(at)?;
            room += size.saturating_sub(overhead);
            at += size;
        }
        self.header.free_space = Len(room.saturating_sub(objects));
        Ok(())
    }

    /// Writes a direct block; undefined if there is none at this offset.
    fn direct(&mut self, offset: u64) -> Result<Addr> {
        let Some(Block { mut bytes, size }) = self.blocks.remove(&offset) else { return Ok(Addr::UNDEFINED) };
        let (header, block_offset) = (Addr(self.address), Uint(offset));
        let args = (W, self.header.offset_size(), true);
        let head = DirectBlockHead { version: 0, header, block_offset, checksum: Some(0) };
        let head = wire::encode(&head, Endian::Little, args)?;
        bytes.resize(limits::to_usize(size)?, 0);
        replace(&mut bytes, 0, &head);
        let sum = checksum::lookup3(&bytes, 0).to_le_bytes();
        replace(&mut bytes, head.len().saturating_sub(sum.len()), &sum);
        self.file.place(&bytes).map(Addr)
    }

    /// Writes an indirect block and everything below it; undefined if there is nothing.
    fn indirect(&mut self, offset: u64, rows: u32) -> Result<Addr> {
        let head = IndirectBlockHead { version: 0, header: Addr(self.address), block_offset: Uint(offset) };
        let mut block = wire::encode(&head, Endian::Little, (W, self.header.offset_size()))?;
        let mut at = offset;
        for row in 0..rows {
            let size = self.header.table.row_size(row).ok_or_else(|| Error::limit("a heap above 2^64 bytes"))?;
            for _ in 0..self.header.table.width {
                let address = if row < self.header.table.direct_rows() {
                    self.direct(at)?
                } else if self.blocks.range(at..at.saturating_add(size)).next().is_some() {
                    self.indirect(at, self.header.table.rows_of(size))?
                } else {
                    Addr::UNDEFINED
                };
                block.extend(wire::encode(&ChildBlock { address, filtered: None }, Endian::Little, (W, false))?);
                at = at.saturating_add(size);
            }
        }
        checksum::seal(&mut block);
        self.file.place(&block).map(Addr)
    }
}

/// Puts `part` over the bytes at `at`.
fn replace(bytes: &mut [u8], at: usize, part: &[u8]) {
    for (to, from) in bytes.iter_mut().skip(at).zip(part) {
        *to = *from;
    }
}
