//! Offsets and lengths of a width that the superblock chooses (HDF5 format specification, section II).

use std::io::{Read, Seek, Write};

use binrw::{BinRead, BinResult, BinWrite, Endian};

/// The sizes of offsets and of lengths in a file, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Widths {
    /// Size of offsets: 2, 4, 8, 16 or 32.
    pub offset: u8,
    /// Size of lengths: 2, 4, 8, 16 or 32.
    pub length: u8,
}

/// The widest integer of the specification.
const WIDEST: usize = 32;

impl Widths {
    /// What every file of ours uses.
    pub const WIDE: Widths = Widths { offset: 8, length: 8 };
}

/// An address in the file, relative to the base address; all bits set means undefined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Addr(pub u64);

impl Addr {
    /// The undefined address.
    pub const UNDEFINED: Addr = Addr(u64::MAX);

    /// The address, if it is defined.
    pub fn get(self) -> Option<u64> {
        (self != Self::UNDEFINED).then_some(self.0)
    }
}

/// A length in the file; all bits set means unlimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Len(pub u64);

/// Reads a little-endian integer of 1 to 8 bytes.
pub(crate) fn read_uint<R: Read>(reader: &mut R, width: u8) -> BinResult<u64> {
    let mut bytes = [0u8; 8];
    let part = bytes.get_mut(..usize::from(width)).ok_or_else(|| bad_width(width))?;
    reader.read_exact(part)?;
    Ok(u64::from_le_bytes(bytes))
}

/// Writes a little-endian integer of 1 to 8 bytes; an error if it needs more.
pub(crate) fn write_uint<W: Write>(writer: &mut W, value: u64, width: u8) -> BinResult<()> {
    let bytes = value.to_le_bytes();
    let (part, rest) = bytes.split_at_checked(usize::from(width)).ok_or_else(|| bad_width(width))?;
    if rest.iter().any(|&b| b != 0) {
        return Err(binrw::Error::AssertFail { pos: 0, message: format!("{value} does not fit {width} bytes") });
    }
    writer.write_all(part)?;
    Ok(())
}

fn bad_width(width: u8) -> binrw::Error {
    binrw::Error::AssertFail { pos: 0, message: format!("integers of {width} bytes do not exist") }
}

/// Reads an integer of up to 32 bytes whose all-ones value has a meaning. Its value has at most 64 bits.
fn read_marked<R: Read>(reader: &mut R, width: u8) -> BinResult<u64> {
    let mut bytes = [0u8; WIDEST];
    let part = bytes.get_mut(..usize::from(width)).ok_or_else(|| bad_width(width))?;
    reader.read_exact(part)?;
    if part.iter().all(|&byte| byte == 0xff) {
        return Ok(u64::MAX);
    }
    match bytes.split_first_chunk::<8>() {
        Some((low, high)) if high.iter().all(|&byte| byte == 0) => Ok(u64::from_le_bytes(*low)),
        _ => Err(binrw::Error::AssertFail { pos: 0, message: "a number of more than 64 bits".into() }),
    }
}

fn write_marked<W: Write>(writer: &mut W, value: u64, width: u8) -> BinResult<()> {
    let mut bytes = [if value == u64::MAX { 0xff } else { 0 }; WIDEST];
    if let Some((low, _)) = bytes.split_first_chunk_mut::<8>() {
        *low = value.to_le_bytes();
    }
    let (part, rest) = bytes.split_at_checked(usize::from(width)).ok_or_else(|| bad_width(width))?;
    if value != u64::MAX && rest.iter().any(|&byte| byte != 0) {
        return Err(binrw::Error::AssertFail { pos: 0, message: format!("{value} does not fit {width} bytes") });
    }
    writer.write_all(part)?;
    Ok(())
}

impl BinRead for Addr {
    type Args<'a> = Widths;
    fn read_options<R: Read + Seek>(reader: &mut R, _: Endian, widths: Widths) -> BinResult<Self> {
        read_marked(reader, widths.offset).map(Addr)
    }
}

impl BinWrite for Addr {
    type Args<'a> = Widths;
    fn write_options<W: Write + Seek>(&self, writer: &mut W, _: Endian, widths: Widths) -> BinResult<()> {
        write_marked(writer, self.0, widths.offset)
    }
}

impl BinRead for Len {
    type Args<'a> = Widths;
    fn read_options<R: Read + Seek>(reader: &mut R, _: Endian, widths: Widths) -> BinResult<Self> {
        read_marked(reader, widths.length).map(Len)
    }
}

impl BinWrite for Len {
    type Args<'a> = Widths;
    fn write_options<W: Write + Seek>(&self, writer: &mut W, _: Endian, widths: Widths) -> BinResult<()> {
        write_marked(writer, self.0, widths.length)
    }
}

/// The number of bytes that hold `value`: the `enc` of the specification's size formulas.
pub(crate) fn encoded_size(value: u64) -> u8 {
    let bits = 64 - value.leading_zeros();
    u8::try_from(bits.div_ceil(8).max(1)).unwrap_or(8)
}

/// An unsigned integer of 1 to 8 bytes, whose width another field decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Uint(pub u64);

impl BinRead for Uint {
    type Args<'a> = u8;
    fn read_options<R: Read + Seek>(reader: &mut R, _: Endian, width: u8) -> BinResult<Self> {
        read_uint(reader, width).map(Uint)
    }
}

impl BinWrite for Uint {
    type Args<'a> = u8;
    fn write_options<W: Write + Seek>(&self, writer: &mut W, _: Endian, width: u8) -> BinResult<()> {
        write_uint(writer, self.0, width)
    }
}
