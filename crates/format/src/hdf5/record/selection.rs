//! Serialized dataspace selections (appendix D): what a virtual dataset maps.

use std::io::{Read, Seek, Write};

use binrw::{BinRead, BinResult, BinWrite, Endian};

use super::message::dataspace::MAX_RANK;
use crate::wire::refuse;
use crate::wire::width::{read_uint, write_uint, Len, Widths};

/// A count or a block that grows with the dataset.
pub const UNLIMITED: u64 = u64::MAX;

/// The elements of a dataspace that are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoredSelection {
    None,
    All,
    Points(Points),
    Hyperslab(Hyperslab),
}

/// Single elements, in an order of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Points {
    /// 1: numbers of four bytes; 2: of `width` bytes.
    pub version: u32,
    pub width: u8,
    pub rank: u32,
    /// `rank` numbers a point.
    pub coordinates: Vec<u64>,
}

/// Blocks of elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hyperslab {
    /// 1: irregular with numbers of four bytes; 2: regular with eight; 3: both, with `width` bytes.
    pub version: u32,
    pub width: u8,
    pub blocks: Blocks,
}

/// How the blocks of a hyperslab lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Blocks {
    /// Along every dimension at constant distances.
    Regular(Vec<RegularBlocks>),
    /// Anywhere: for each block the first index along every dimension, then the last ones.
    Irregular { rank: u32, corners: Vec<u64> },
}

/// Blocks along one dimension; a count or a block can be [`UNLIMITED`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegularBlocks {
    /// The first index.
    pub start: u64,
    /// From the start of a block to that of the next.
    pub stride: u64,
    /// How many blocks.
    pub count: u64,
    /// How many indices in each.
    pub block: u64,
}

impl BinRead for StoredSelection {
    type Args<'a> = ();
    fn read_options<R: Read + Seek>(reader: &mut R, e: Endian, (): ()) -> BinResult<Self> {
        let [kind, version] = <[u32; 2]>::read_options(reader, e, ())?;
        match (kind, version) {
            (0 | 3, 1) => {
                u64::read_options(reader, e, ())?;
                Ok(if kind == 0 { StoredSelection::None } else { StoredSelection::All })
            }
            (1, 1 | 2) => read_points(reader, e, version).map(StoredSelection::Points),
            (2, 1..=3) => read_hyperslab(reader, e, version).map(StoredSelection::Hyperslab),
            _ => Err(refuse(format!("version {version} of selection type {kind} is unknown"))),
        }
    }
}

fn read_points<R: Read + Seek>(reader: &mut R, e: Endian, version: u32) -> BinResult<Points> {
    let width = match version {
        // A reserved field, and a length that is not to be trusted.
        1 => u64::read_options(reader, e, ()).map(|_| 4)?,
        _ => read_width(reader, e)?,
    };
    let rank = read_rank(reader, e)?;
    let count = read_uint(reader, width)?;
    Ok(Points { version, width, rank, coordinates: read_numbers(reader, count, u64::from(rank), width)? })
}

fn read_hyperslab<R: Read + Seek>(reader: &mut R, e: Endian, version: u32) -> BinResult<Hyperslab> {
    let flags = if version == 1 { 0 } else { u8::read_options(reader, e, ())? };
    let width = match version {
        1 => u64::read_options(reader, e, ()).map(|_| 4)?,
        2 => u32::read_options(reader, e, ()).map(|_| 8)?,
        _ => read_width(reader, e)?,
    };
    let rank = read_rank(reader, e)?;
    let blocks = match (version, flags) {
        (2 | 3, 1) => {
            Blocks::Regular((0..rank).map(|_| RegularBlocks::read(reader, e, width)).collect::<BinResult<_>>()?)
        }
        (1 | 3, 0) => {
            let count = read_uint(reader, width)?;
            Blocks::Irregular { rank, corners: read_numbers(reader, count, 2 * u64::from(rank), width)? }
        }
        _ => return Err(refuse(format!("flags {flags:#04x} of a hyperslab of version {version}"))),
    };
    Ok(Hyperslab { version, width, blocks })
}

fn read_width<R: Read + Seek>(reader: &mut R, e: Endian) -> BinResult<u8> {
    match u8::read_options(reader, e, ())? {
        width @ (2 | 4 | 8) => Ok(width),
        width => Err(refuse(format!("numbers of {width} bytes in a selection"))),
    }
}

fn read_rank<R: Read + Seek>(reader: &mut R, e: Endian) -> BinResult<u32> {
    match u32::read_options(reader, e, ())? {
        rank if (1..=u32::from(MAX_RANK)).contains(&rank) => Ok(rank),
        rank => Err(refuse(format!("a selection of rank {rank}"))),
    }
}

/// Numbers in groups. They are read one by one, so that nothing is allocated for numbers that are not there.
fn read_numbers<R: Read>(reader: &mut R, count: u64, group: u64, width: u8) -> BinResult<Vec<u64>> {
    let total = count.checked_mul(group).ok_or_else(|| refuse(format!("{count} parts of a selection")))?;
    (0..total).map(|_| read_uint(reader, width)).collect()
}

impl RegularBlocks {
    fn read<R: Read + Seek>(reader: &mut R, e: Endian, width: u8) -> BinResult<Self> {
        let [start, stride] = [read_uint(reader, width)?, read_uint(reader, width)?];
        let mut marked = || Len::read_options(reader, e, marks(width)).map(|len| len.0);
        Ok(RegularBlocks { start, stride, count: marked()?, block: marked()? })
    }

    fn write<W: Write + Seek>(&self, writer: &mut W, e: Endian, width: u8) -> BinResult<()> {
        write_uint(writer, self.start, width)?;
        write_uint(writer, self.stride, width)?;
        [Len(self.count), Len(self.block)].iter().try_for_each(|len| len.write_options(writer, e, marks(width)))
    }
}

/// A length of this width has an all-ones value with a meaning.
fn marks(width: u8) -> Widths {
    Widths { offset: width, length: width }
}

impl BinWrite for StoredSelection {
    type Args<'a> = ();
    fn write_options<W: Write + Seek>(&self, writer: &mut W, e: Endian, (): ()) -> BinResult<()> {
        match self {
            StoredSelection::None => [0u32, 1, 0, 0].write_options(writer, e, ()),
            StoredSelection::All => [3u32, 1, 0, 0].write_options(writer, e, ()),
            StoredSelection::Points(points) => points.write(writer, e),
            StoredSelection::Hyperslab(slab) => slab.write(writer, e),
        }
    }
}

impl Points {
    fn write<W: Write + Seek>(&self, writer: &mut W, e: Endian) -> BinResult<()> {
        [1, self.version].write_options(writer, e, ())?;
        match self.version {
            1 => [0, length(8 + 4 * self.coordinates.len())?].write_options(writer, e, ())?,
            _ => self.width.write_options(writer, e, ())?,
        }
        self.rank.write_options(writer, e, ())?;
        write_numbers(writer, &self.coordinates, self.rank, self.width)
    }
}

impl Hyperslab {
    fn write<W: Write + Seek>(&self, writer: &mut W, e: Endian) -> BinResult<()> {
        let (regular, rank, body) = match &self.blocks {
            Blocks::Regular(axes) => (true, length(axes.len())?, 32 * axes.len()),
            Blocks::Irregular { rank, corners } => (false, *rank, 4 + 4 * corners.len()),
        };
        [2, self.version].write_options(writer, e, ())?;
        match (self.version, regular) {
            (1, false) => [0, length(4 + body)?].write_options(writer, e, ())?,
            (2, true) => {
                1u8.write_options(writer, e, ())?;
                length(4 + body)?.write_options(writer, e, ())?;
            }
            (3, _) => [u8::from(regular), self.width].write_options(writer, e, ())?,
            (version, _) => return Err(refuse(format!("version {version} cannot hold this hyperslab"))),
        }
        rank.write_options(writer, e, ())?;
        match &self.blocks {
            Blocks::Regular(axes) => axes.iter().try_for_each(|axis| axis.write(writer, e, self.width)),
            Blocks::Irregular { rank, corners } => write_numbers(writer, corners, 2 * rank, self.width),
        }
    }
}

fn write_numbers<W: Write>(writer: &mut W, numbers: &[u64], group: u32, width: u8) -> BinResult<()> {
    write_uint(writer, (numbers.len() as u64).checked_div(u64::from(group)).unwrap_or(0), width)?;
    numbers.iter().try_for_each(|&number| write_uint(writer, number, width))
}

fn length(bytes: usize) -> BinResult<u32> {
    u32::try_from(bytes).map_err(|_| refuse("the selection is too long"))
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::*;

    fn numbers(width: u8, group: usize) -> impl Strategy<Value = Vec<u64>> {
        prop::collection::vec(prop::collection::vec(uint(width), group), 0..4).prop_map(|groups| groups.concat())
    }

    fn width(version: u32, free: u32) -> impl Strategy<Value = u8> {
        prop::sample::select(vec![2u8, 4, 8]).prop_map(move |any| if version == free { any } else { 4 })
    }

    fn points() -> impl Strategy<Value = Points> {
        (1u32..=2).prop_flat_map(|version| (Just(version), width(version, 2), 1u32..5)).prop_flat_map(
            |(version, width, rank)| {
                numbers(width, rank as usize).prop_map(move |coordinates| Points { version, width, rank, coordinates })
            },
        )
    }

    fn regular(width: u8) -> impl Strategy<Value = Blocks> {
        let marked = move || prop_oneof![4 => uint(width), 1 => Just(UNLIMITED)];
        let axis = (uint(width), uint(width), marked(), marked())
            .prop_map(|(start, stride, count, block)| RegularBlocks { start, stride, count, block });
        prop::collection::vec(axis, 1..5).prop_map(Blocks::Regular)
    }

    fn irregular(width: u8) -> impl Strategy<Value = Blocks> {
        (1u32..5).prop_flat_map(move |rank| {
            numbers(width, 2 * rank as usize).prop_map(move |corners| Blocks::Irregular { rank, corners })
        })
    }

    fn hyperslab() -> impl Strategy<Value = Hyperslab> {
        let blocks = |version: u32, width: u8| match version {
            1 => irregular(width).boxed(),
            2 => regular(width).boxed(),
            _ => prop_oneof![irregular(width), regular(width)].boxed(),
        };
        (1u32..=3, prop::sample::select(vec![2u8, 4, 8])).prop_flat_map(move |(version, any)| {
            let width = [any, 4, 8, any][version as usize];
            blocks(version, width).prop_map(move |blocks| Hyperslab { version, width, blocks })
        })
    }

    pub(crate) fn selection() -> impl Strategy<Value = StoredSelection> {
        prop_oneof![
            Just(StoredSelection::None),
            Just(StoredSelection::All),
            points().prop_map(StoredSelection::Points),
            hyperslab().prop_map(StoredSelection::Hyperslab),
        ]
    }

    proptest! {
        #[test]
        fn selections_round_trip(value in selection()) {
            round_trip(&value, ())?;
        }
    }

    #[test]
    fn a_wrong_length_does_not_matter() {
        let bytes = hex("02000000 02000000 01 04000000 01000000 \
             0500000000000000 0a00000000000000 ffffffffffffffff 0200000000000000");
        let (value, used) = crate::wire::decode::<StoredSelection>("selection", 0, &bytes, Endian::Little, ()).unwrap();
        assert_eq!(used, bytes.len());
        let axis = RegularBlocks { start: 5, stride: 10, count: UNLIMITED, block: 2 };
        let blocks = Blocks::Regular(vec![axis]);
        assert_eq!(value, StoredSelection::Hyperslab(Hyperslab { version: 2, width: 8, blocks }));
    }

    #[test]
    fn what_is_refused() {
        for bytes in [
            "04000000 01000000 0000000000000000",
            "03000000 02000000 0000000000000000",
            "02000000 03000000 02 02 01000000 0000",
            "02000000 03000000 00 03 01000000 0000",
            "02000000 03000000 00 02 00000000 0000",
            "02000000 03000000 00 08 01000000 ffffffffffffffff",
            "02000000 03000000 00 08 21000000 0000000000000000",
            "01000000 02000000 08 20000000 ffffffffffffff00",
        ] {
            let decoded = crate::wire::decode::<StoredSelection>("selection", 0, &hex(bytes), Endian::Little, ());
            assert!(decoded.is_err(), "{bytes}");
        }
    }
}
