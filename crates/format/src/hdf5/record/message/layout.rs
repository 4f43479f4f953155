//! The data layout message (section IV.A.2.i).

use std::io::{Read, Seek, Write};

use binrw::{binrw, BinRead, BinResult, BinWrite, Endian};

use crate::wire::refuse;
use crate::wire::width::{encoded_size, read_uint, write_uint, Addr, Len, Widths};

/// Bit 0 of the flags of versions 4 and 5: chunks that cross the end of the dataset are not filtered.
pub(crate) const UNFILTERED_EDGES: u8 = 1;
/// Bit 1 of the flags of versions 4 and 5: a single chunk, filtered, with its size and its mask.
pub(crate) const SINGLE_FILTERED: u8 = 2;

/// Dimensions of a chunk, the element slot included.
const MAX_CHUNK_DIMENSIONS: usize = 33;

/// The data layout message (section IV.A.2.i), versions 1 to 5.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DataLayout {
    pub version: u8,
    pub storage: Storage,
}

/// The layout class with its properties (section IV.A.2.i).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Storage {
    /// The data is in the message.
    Compact {
        /// Versions 1 and 2 only.
        dimensions: Vec<u32>,
        data: Vec<u8>,
    },
    /// The data is in one piece, or nowhere yet.
    Contiguous {
        address: Addr,
        /// From version 3.
        size: Option<Len>,
        /// Versions 1 and 2 only.
        dimensions: Vec<u32>,
    },
    /// The data is in chunks, which an index finds.
    Chunked(Chunked),
    /// The data is in other datasets: the object of a global heap that says where.
    Virtual { collection: Addr, index: u32 },
}

/// The properties of chunked storage (section IV.A.2.i).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chunked {
    /// From version 4; see [`UNFILTERED_EDGES`] and [`SINGLE_FILTERED`].
    pub flags: u8,
    /// The number of bytes of each dimension size, from version 4. The library refuses what is not minimal.
    pub encoded_length: u8,
    /// The lengths of a chunk; the last one is the size of an element.
    pub dimensions: Vec<u64>,
    pub index: ChunkIndexing,
    /// Where the index is, or the only chunk, or the first of all.
    pub address: Addr,
}

/// How chunks are found (section IV.A.2.i).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ChunkIndexing {
    /// Up to version 3.
    BTreeV1,
    /// With what the filters left of the chunk, if there are any.
    Single(Option<FilteredChunk>),
    Implicit,
    FixedArray {
        page_bits: u8,
    },
    ExtensibleArray(ExtensibleArrayParameters),
    BTreeV2(BTreeV2Parameters),
}

/// What the filters left of a single chunk (section IV.A.2.i).
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FilteredChunk {
    #[brw(args_raw = w)]
    pub size: Len,
    pub mask: u32,
}

/// The extensible array parameters (section IV.A.2.i). The array's header has them in another order, and counts.
#[binrw]
#[brw(little)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExtensibleArrayParameters {
    pub max_bits: u8,
    pub index_elements: u8,
    pub min_pointers: u8,
    pub min_elements: u8,
    pub page_bits: u8,
}

/// The version 2 B-tree parameters (section IV.A.2.i).
#[binrw]
#[brw(little)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BTreeV2Parameters {
    pub node_size: u32,
    pub split_percent: u8,
    pub merge_percent: u8,
}

impl DataLayout {
    /// Chunked storage as version 4 has it, with dimension sizes of the least width.
    pub fn chunked(flags: u8, dimensions: Vec<u64>, index: ChunkIndexing, address: Addr) -> Self {
        let encoded_length = encoded_size(dimensions.iter().copied().max().unwrap_or(0));
        DataLayout {
            version: 4,
            storage: Storage::Chunked(Chunked { flags, encoded_length, dimensions, index, address }),
        }
    }
}

impl BinRead for DataLayout {
    type Args<'a> = Widths;
    fn read_options<R: Read + Seek>(reader: &mut R, e: Endian, w: Widths) -> BinResult<Self> {
        let version = u8::read_options(reader, e, ())?;
        let storage = match version {
            1 | 2 => read_early(reader, e, w)?,
            3..=5 => match u8::read_options(reader, e, ())? {
                0 => {
                    let size = u64::from(u16::read_options(reader, e, ())?);
                    Storage::Compact { dimensions: Vec::new(), data: read_bytes(reader, size)? }
                }
                1 => {
                    let (address, size) = (Addr::read_options(reader, e, w)?, Len::read_options(reader, e, w)?);
                    Storage::Contiguous { address, size: Some(size), dimensions: Vec::new() }
                }
                2 if version == 3 => Storage::Chunked(read_chunked_3(reader, e, w)?),
                2 => Storage::Chunked(read_chunked_4(reader, e, w)?),
                3 if version > 3 => Storage::Virtual {
                    collection: Addr::read_options(reader, e, w)?,
                    index: u32::read_options(reader, e, ())?,
                },
                class => return Err(refuse(format!("class {class} in version {version} of a data layout"))),
            },
            _ => return Err(refuse(format!("version {version} of a data layout"))),
        };
        Ok(DataLayout { version, storage })
    }
}

/// Versions 1 and 2: all classes have dimension sizes of four bytes.
fn read_early<R: Read + Seek>(reader: &mut R, e: Endian, w: Widths) -> BinResult<Storage> {
    let [count, class] = <[u8; 2]>::read_options(reader, e, ())?;
    <[u8; 5]>::read_options(reader, e, ())?;
    let address = if class == 0 { Addr::UNDEFINED } else { Addr::read_options(reader, e, w)? };
    let dimensions = read_dimensions(reader, e, count)?;
    match class {
        0 => {
            let size = u64::from(u32::read_options(reader, e, ())?);
            Ok(Storage::Compact { dimensions, data: read_bytes(reader, size)? })
        }
        1 => Ok(Storage::Contiguous { address, size: None, dimensions }),
        2 => Ok(Storage::Chunked(chunked_by_btree(dimensions, address)?)),
        _ => Err(refuse(format!("class {class} of an early data layout"))),
    }
}

fn read_dimensions<R: Read + Seek>(reader: &mut R, e: Endian, count: u8) -> BinResult<Vec<u32>> {
    (0..count).map(|_| u32::read_options(reader, e, ())).collect()
}

fn read_chunked_3<R: Read + Seek>(reader: &mut R, e: Endian, w: Widths) -> BinResult<Chunked> {
    let count = u8::read_options(reader, e, ())?;
    let address = Addr::read_options(reader, e, w)?;
    chunked_by_btree(read_dimensions(reader, e, count)?, address)
}

fn chunked_by_btree(dimensions: Vec<u32>, address: Addr) -> BinResult<Chunked> {
    let dimensions: Vec<u64> = dimensions.into_iter().map(u64::from).collect();
    check_dimensions(&dimensions)?;
    Ok(Chunked { flags: 0, encoded_length: 4, dimensions, index: ChunkIndexing::BTreeV1, address })
}

fn read_chunked_4<R: Read + Seek>(reader: &mut R, e: Endian, w: Widths) -> BinResult<Chunked> {
    let [flags, count, encoded_length] = <[u8; 3]>::read_options(reader, e, ())?;
    if flags & !(UNFILTERED_EDGES | SINGLE_FILTERED) != 0 {
        return Err(refuse(format!("flags {flags:#x} of chunked storage")));
    }
    if !(1..=8).contains(&encoded_length) {
        return Err(refuse(format!("dimension sizes of {encoded_length} bytes")));
    }
    let dimensions: Vec<u64> = (0..count).map(|_| read_uint(reader, encoded_length)).collect::<BinResult<_>>()?;
    check_dimensions(&dimensions)?;
    let index = match u8::read_options(reader, e, ())? {
        1 if flags & SINGLE_FILTERED == 0 => ChunkIndexing::Single(None),
        1 => ChunkIndexing::Single(Some(FilteredChunk::read_options(reader, e, w)?)),
        2 => ChunkIndexing::Implicit,
        3 => ChunkIndexing::FixedArray { page_bits: u8::read_options(reader, e, ())? },
        4 => ChunkIndexing::ExtensibleArray(ExtensibleArrayParameters::read_options(reader, e, ())?),
        5 => ChunkIndexing::BTreeV2(BTreeV2Parameters::read_options(reader, e, ())?),
        other => return Err(refuse(format!("chunk index type {other}"))),
    };
    let address = Addr::read_options(reader, e, w)?;
    Ok(Chunked { flags, encoded_length, dimensions, index, address })
}

fn check_dimensions(dimensions: &[u64]) -> BinResult<()> {
    if !(2..=MAX_CHUNK_DIMENSIONS).contains(&dimensions.len()) {
        return Err(refuse(format!("a chunk of {} dimensions", dimensions.len())));
    }
    if dimensions.contains(&0) {
        return Err(refuse(format!("a chunk of shape {dimensions:?}")));
    }
    Ok(())
}

/// Reads what is there before it allocates more.
fn read_bytes<R: Read>(reader: &mut R, size: u64) -> BinResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = reader.take(size).read_to_end(&mut bytes)?;
    if read as u64 == size {
        return Ok(bytes);
    }
    Err(refuse(format!("compact data of {size} bytes, and the message has {read}")))
}

impl BinWrite for DataLayout {
    type Args<'a> = Widths;
    fn write_options<W: Write + Seek>(&self, writer: &mut W, e: Endian, w: Widths) -> BinResult<()> {
        self.version.write_options(writer, e, ())?;
        if self.version < 3 {
            return self.storage.write_early(writer, e, w);
        }
        match &self.storage {
            Storage::Compact { data, .. } => {
                0u8.write_options(writer, e, ())?;
                narrow::<_, u16>(data.len())?.write_options(writer, e, ())?;
                data.write_options(writer, e, ())
            }
            Storage::Contiguous { address, size, .. } => {
                1u8.write_options(writer, e, ())?;
                address.write_options(writer, e, w)?;
                size.ok_or_else(|| refuse("contiguous storage without a size"))?.write_options(writer, e, w)
            }
            Storage::Chunked(chunked) => {
                2u8.write_options(writer, e, ())?;
                if self.version == 3 {
                    narrow::<_, u8>(chunked.dimensions.len())?.write_options(writer, e, ())?;
                    chunked.address.write_options(writer, e, w)?;
                    return chunked.write_dimensions(writer, 4);
                }
                chunked.write_4(writer, e, w)
            }
            Storage::Virtual { collection, index } => {
                3u8.write_options(writer, e, ())?;
                collection.write_options(writer, e, w)?;
                index.write_options(writer, e, ())
            }
        }
    }
}

impl Storage {
    fn write_early<W: Write + Seek>(&self, writer: &mut W, e: Endian, w: Widths) -> BinResult<()> {
        let (class, count) = match self {
            Storage::Compact { dimensions, .. } => (0u8, dimensions.len()),
            Storage::Contiguous { dimensions, .. } => (1, dimensions.len()),
            Storage::Chunked(chunked) => (2, chunked.dimensions.len()),
            Storage::Virtual { .. } => return Err(refuse("virtual storage needs version 4")),
        };
        [narrow::<_, u8>(count)?, class, 0, 0, 0, 0, 0].write_options(writer, e, ())?;
        match self {
            Storage::Compact { dimensions, data } => {
                dimensions.write_options(writer, e, ())?;
                narrow::<_, u32>(data.len())?.write_options(writer, e, ())?;
                data.write_options(writer, e, ())
            }
            Storage::Contiguous { address, dimensions, .. } => {
                address.write_options(writer, e, w)?;
                dimensions.write_options(writer, e, ())
            }
            Storage::Chunked(chunked) => {
                chunked.address.write_options(writer, e, w)?;
                chunked.write_dimensions(writer, 4)
            }
            Storage::Virtual { .. } => Ok(()),
        }
    }
}

impl Chunked {
    fn write_dimensions<W: Write>(&self, writer: &mut W, width: u8) -> BinResult<()> {
        self.dimensions.iter().try_for_each(|&size| write_uint(writer, size, width))
    }

    fn write_4<W: Write + Seek>(&self, writer: &mut W, e: Endian, w: Widths) -> BinResult<()> {
        let count = narrow::<_, u8>(self.dimensions.len())?;
        [self.flags, count, self.encoded_length].write_options(writer, e, ())?;
        self.write_dimensions(writer, self.encoded_length)?;
        match &self.index {
            ChunkIndexing::BTreeV1 => return Err(refuse("a version 1 B-tree needs version 3")),
            ChunkIndexing::Single(filtered) => {
                1u8.write_options(writer, e, ())?;
                filtered.write_options(writer, e, w)?;
            }
            ChunkIndexing::Implicit => 2u8.write_options(writer, e, ())?,
            ChunkIndexing::FixedArray { page_bits } => [3, *page_bits].write_options(writer, e, ())?,
            ChunkIndexing::ExtensibleArray(parameters) => {
                4u8.write_options(writer, e, ())?;
                parameters.write_options(writer, e, ())?;
            }
            ChunkIndexing::BTreeV2(parameters) => {
                5u8.write_options(writer, e, ())?;
                parameters.write_options(writer, e, ())?;
            }
        }
        self.address.write_options(writer, e, w)
    }
}

fn narrow<F, T: TryFrom<F>>(value: F) -> BinResult<T>
where
    T::Error: std::fmt::Display,
{
    T::try_from(value).map_err(|e| refuse(e.to_string()))
}

#[cfg(test)]
mod tests;
