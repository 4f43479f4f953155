//! Where the chunks of a dataset were put, and the version 1 B-tree that says so (section III.A.1).

use binrw::Endian;

use super::file::{FileWriter, RAW_ALIGNMENT};
use crate::error::{Error, Result};
use crate::hdf5::record::btree_v1::{ChunkKey, Entry, KeyArgs, Node, NodeHead, CHUNK};
use crate::limits;
use crate::shape;
use crate::wire;
use crate::wire::width::{Addr, Widths};

/// Half of the entries of a node: the value of files that say nothing about it.
const K: usize = 32;

/// Where a chunk is. A size of 0 means nowhere.
#[derive(Debug, Clone, Copy, Default)]
struct Placed {
    address: u64,
    size: u32,
    mask: u32,
}

/// Rows of unfiltered chunks at a constant distance: their places need no list.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rows {
    /// The address of the first chunk of the first row.
    pub first: u64,
    /// From row to row.
    pub distance: u64,
    /// The number of rows.
    pub count: u64,
}

/// The chunks of one dataset, by their number in C order. The first dimension may grow.
#[derive(Debug)]
pub(crate) struct ChunkTable {
    /// Lengths of a chunk.
    pub chunk: Vec<u64>,
    /// Chunks along each dimension; the first is not used, so that it may grow.
    counts: Vec<u64>,
    rows: Rows,
    /// The chunks after those rows.
    placed: Vec<Placed>,
    chunk_bytes: u32,
    element_size: u64,
}

impl ChunkTable {
    /// No chunk yet. `shape` are the lengths of the dimensions.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for chunks of 4 GiB or more.
    pub fn new(chunk: &[u64], shape: &[u64], element_size: u64) -> Result<Self> {
        let bytes = shape::bytes(chunk, element_size)?;
        let chunk_bytes = u32::try_from(bytes)
            .map_err(|_| Error::unsupported(format!("chunks of {bytes} bytes: 4 GiB is the limit")))?;
        let counts = shape.iter().zip(chunk).map(|(&length, &chunk)| length.div_ceil(chunk.max(1)).max(1)).collect();
        Ok(ChunkTable {
            chunk: chunk.to_vec(),
            counts,
            rows: Rows::default(),
            placed: Vec::new(),
            chunk_bytes,
            element_size,
        })
    }

    /// The bytes of an unfiltered chunk.
    pub fn chunk_bytes(&self) -> u64 {
        u64::from(self.chunk_bytes)
    }

    /// The number of a chunk in C order.
    fn number(&self, scaled: &[u64]) -> Result<u64> {
        let mut number = 0u64;
        for (axis, (&at, &count)) in scaled.iter().zip(&self.counts).enumerate() {
            if axis > 0 && at >= count {
                return Err(Error::unsupported("growth of another dimension than the first"));
            }
            let of_outer = if axis == 0 { Some(0) } else { number.checked_mul(count) };
            number = of_outer.and_then(|n| n.checked_add(at)).ok_or_else(|| Error::limit("more than 2^64 chunks"))?;
        }
        Ok(number)
    }

    /// The address of an unfiltered chunk, which gets one if it has none.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when there is no memory for the table.
    pub fn address(&mut self, file: &FileWriter, scaled: &[u64]) -> Result<u64> {
        let (size, number) = (self.chunk_bytes, self.number(scaled)?);
        if let Some(placed) = self.in_rows(number) {
            return Ok(placed.address);
        }
        let placed = self.entry(number)?;
        if placed.size == 0 {
            *placed = Placed { address: file.allocate(u64::from(size), RAW_ALIGNMENT)?, size, mask: 0 };
        }
        Ok(placed.address)
    }

    /// Notes where an encoded chunk was put.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) for a chunk above 4 GiB, or when there is no memory for the table.
    pub fn put(&mut self, scaled: &[u64], address: u64, size: usize, mask: u32) -> Result<()> {
        let size = u32::try_from(size).map_err(|_| Error::limit("an encoded chunk above 4 GiB"))?;
        let number = self.number(scaled)?;
        *self.entry(number)? = Placed { address, size, mask };
        Ok(())
    }

    /// Address, size and filter mask of a chunk that has a place.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a chunk outside of the grid.
    pub fn find(&self, scaled: &[u64]) -> Result<Option<(u64, u32, u32)>> {
        let number = self.number(scaled)?;
        let after = || number.checked_sub(self.in_rows_count()).and_then(|index| usize::try_from(index).ok());
        let placed =
            self.in_rows(number).or_else(|| self.placed.get(after()?).copied()).filter(|placed| placed.size > 0);
        Ok(placed.map(|placed| (placed.address, placed.size, placed.mask)))
    }

    /// Address and size of every chunk that has a place.
    pub fn blocks(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.used().map(|(_, placed)| (placed.address, u64::from(placed.size)))
    }

    /// The place of a chunk after the rows.
    fn entry(&mut self, number: u64) -> Result<&mut Placed> {
        let index = number.checked_sub(self.in_rows_count()).map(limits::to_usize);
        let index = index.ok_or_else(|| Error::usage("a chunk that has its place already"))??;
        if index >= self.placed.len() {
            let more = index + 1 - self.placed.len();
            self.placed.try_reserve(more).map_err(|_| Error::limit(format!("no memory for {more} chunks")))?;
            self.placed.resize(index + 1, Placed::default());
        }
        self.placed.get_mut(index).ok_or_else(|| Error::limit("too many chunks"))
    }

    /// Gives the chunks of the first rows their places; before any other chunk has one.
    pub fn place_rows(&mut self, rows: Rows) {
        self.rows = rows;
    }

    fn per_row(&self) -> u64 {
        self.counts.iter().skip(1).product()
    }

    fn in_rows_count(&self) -> u64 {
        self.rows.count.saturating_mul(self.per_row())
    }

    /// From one chunk of a row to the next.
    fn aligned_bytes(&self) -> u64 {
        u64::from(self.chunk_bytes).next_multiple_of(RAW_ALIGNMENT)
    }

    /// The bytes of a row of unfiltered chunks, each at the alignment of raw data.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when they do not fit 64 bits.
    pub fn row_bytes(&self) -> Result<u64> {
        let bytes = self.per_row().checked_mul(self.aligned_bytes());
        bytes.ok_or_else(|| Error::limit("a row of chunks above 2^64 bytes"))
    }

    /// The place of a chunk of the rows.
    fn in_rows(&self, number: u64) -> Option<Placed> {
        let per_row = self.per_row();
        let (row, column) = (number.checked_div(per_row)?, number.checked_rem(per_row)?);
        // The whole extent was allocated, so that this does not overflow.
        let address = || self.rows.first + row * self.rows.distance + column * self.aligned_bytes();
        (row < self.rows.count).then(|| Placed { address: address(), size: self.chunk_bytes, mask: 0 })
    }

    /// All chunks that have a place, with their numbers.
    fn used(&self) -> impl Iterator<Item = (u64, Placed)> + '_ {
        let first = self.in_rows_count();
        let rows = (0..first).filter_map(|number| Some((number, self.in_rows(number)?)));
        let others = (first..).zip(&self.placed).map(|(number, placed)| (number, *placed));
        rows.chain(others.filter(|(_, placed)| placed.size > 0))
    }

    /// The number of rows of chunks for a length of the first dimension.
    pub fn rows(&self, length: u64) -> u64 {
        self.chunk.first().map_or(1, |&chunk| length.div_ceil(chunk.max(1)))
    }

    /// The position in the grid of the chunk with this number.
    fn position(&self, number: u64) -> Vec<u64> {
        let mut rest = number;
        let mut scaled = vec![0; self.counts.len()];
        for (axis, (at, &count)) in scaled.iter_mut().zip(&self.counts).enumerate().rev() {
            *at = if axis == 0 { rest } else { rest % count };
            rest /= count;
        }
        scaled
    }

    fn key(&self, number: u64, placed: Placed) -> ChunkKey {
        let mut offsets: Vec<u64> =
            self.position(number).iter().zip(&self.chunk).map(|(&at, &chunk)| at.saturating_mul(chunk)).collect();
        offsets.push(0);
        ChunkKey { size: placed.size, mask: placed.mask, offsets }
    }

    /// Writes the B-tree; returns its address, undefined if there is no chunk.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn write_index(&self, file: &FileWriter) -> Result<Addr> {
        let (count, last) = self.used().fold((0, None), |(count, _), (number, _)| (count + 1, Some(number)));
        let Some(last) = last else {
            return Ok(Addr::UNDEFINED);
        };
        let end = self.end_key(last);
        let entry =
            |(number, placed): (u64, Placed)| Entry { key: self.key(number, placed), child: Addr(placed.address) };
        let mut level = self.write_level(file, 0, self.used().map(entry), count, &end)?;
        let mut depth = 1u8;
        while level.len() > 1 {
            let count = level.len();
            level = self.write_level(file, depth, level.into_iter(), count, &end)?;
            depth = depth.saturating_add(1);
        }
        Ok(level.first().map_or(Addr::UNDEFINED, |root| root.child))
    }

    /// A key beyond every chunk.
    fn end_key(&self, last: u64) -> ChunkKey {
        let mut offsets: Vec<u64> =
            self.position(last).iter().zip(&self.chunk).map(|(&at, &chunk)| (at + 1).saturating_mul(chunk)).collect();
        offsets.push(self.element_size);
        ChunkKey { size: 0, mask: 0, offsets }
    }

    /// Writes the nodes of one level, full ones first; returns the entries of the level above.
    fn write_level(
        &self,
        file: &FileWriter,
        depth: u8,
        entries: impl Iterator<Item = Entry<ChunkKey>>,
        count: usize,
        end: &ChunkKey,
    ) -> Result<Vec<Entry<ChunkKey>>> {
        let dimensions = self.chunk.len() + 1;
        let key_size = ChunkKey::size(dimensions);
        let node_size = (24 + 2 * K * (key_size + 8) + key_size) as u64;
        let nodes = count.div_ceil(2 * K);
        let base = file.allocate(node_size.saturating_mul(nodes as u64), 8)?;
        let address = |node: usize| Addr(base + node as u64 * node_size);
        let mut entries = entries.peekable();
        let mut above = Vec::new();
        limits::reserve(&mut above, nodes)?;
        for node in 0..nodes {
            let children: Vec<_> = entries.by_ref().take(2 * K).collect();
            let Some(first) = children.first().map(|entry| entry.key.clone()) else { break };
            let head = NodeHead {
                node_type: CHUNK,
                level: depth,
                entries: u16::try_from(children.len()).unwrap_or(u16::MAX),
                left: if node == 0 { Addr::UNDEFINED } else { address(node - 1) },
                right: if node + 1 == nodes { Addr::UNDEFINED } else { address(node + 1) },
            };
            let last = entries.peek().map_or_else(|| end.clone(), |next| next.key.clone());
            let args = KeyArgs { widths: Widths::WIDE, dimensions };
            let mut block = wire::encode(&Node { head, children, last }, Endian::Little, args)?;
            block.resize(limits::to_usize(node_size)?, 0);
            file.write(address(node).0, &block)?;
            above.push(Entry { key: first, child: address(node) });
        }
        Ok(above)
    }
}
