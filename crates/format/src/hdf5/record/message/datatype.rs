//! Datatype message, versions 1 to 5 (section IV.A.2.d).

use std::io::{Read, Seek, SeekFrom, Write};

use binrw::{binrw, BinRead, BinResult, BinWrite, Endian};

use super::read_bytes;
use crate::wire::width::{encoded_size, read_uint, write_uint};

/// Levels of nested datatypes that are decoded; real files use a handful.
const MAX_DEPTH: u32 = 32;

/// A datatype as stored: the head with its bit field, and the properties of its class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DatatypeMessage {
    pub version: u8,
    /// The 24 bits whose meaning depends on the class.
    pub bits: u32,
    /// Size of one element in bytes.
    pub size: u32,
    pub class: Class,
}

/// The class with its properties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Class {
    FixedPoint(BitRange),
    FloatingPoint(BitRange, FloatFields),
    Time { precision: u16 },
    String,
    BitField(BitRange),
    Opaque { tag: Vec<u8> },
    Compound(Vec<Member>),
    Reference,
    Enumeration { base: Box<DatatypeMessage>, names: Vec<Vec<u8>>, values: Vec<u8> },
    VariableLength(Box<DatatypeMessage>),
    Array { dims: Vec<u32>, base: Box<DatatypeMessage> },
    Complex(Box<DatatypeMessage>),
}

/// Which bits of the stored bytes are the number.
#[binrw]
#[brw(little)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BitRange {
    pub offset: u16,
    pub precision: u16,
}

/// Where sign, exponent and mantissa are.
#[binrw]
#[brw(little)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FloatFields {
    pub exponent_position: u8,
    pub exponent_size: u8,
    pub mantissa_position: u8,
    pub mantissa_size: u8,
    pub bias: u32,
}

/// A member of a compound type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub name: Vec<u8>,
    pub offset: u32,
    /// Lengths of an array member in version 1, which has no array class.
    pub dims: Vec<u32>,
    pub datatype: DatatypeMessage,
}

fn fail<T>(message: impl Into<String>) -> BinResult<T> {
    Err(binrw::Error::AssertFail { pos: 0, message: message.into() })
}

impl BinRead for DatatypeMessage {
    type Args<'a> = ();
    fn read_options<R: Read + Seek>(reader: &mut R, endian: Endian, (): ()) -> BinResult<Self> {
        read(reader, endian, 0)
    }
}

fn read<R: Read + Seek>(reader: &mut R, endian: Endian, depth: u32) -> BinResult<DatatypeMessage> {
    if depth > MAX_DEPTH {
        return fail(format!("types are nested more than {MAX_DEPTH} deep"));
    }
    let head = u32::read_options(reader, endian, ())?;
    let size = u32::read_options(reader, endian, ())?;
    let [code, ..] = head.to_le_bytes();
    let (version, class, bits) = (code >> 4, code & 0x0f, head >> 8);
    if !(1..=5).contains(&version) || size == 0 {
        return fail(format!("version {version} with elements of {size} bytes"));
    }
    let nested = |reader: &mut R| read(reader, endian, depth + 1).map(Box::new);
    let class = match class {
        0 => Class::FixedPoint(read_range(reader, endian, size)?),
        1 => Class::FloatingPoint(read_range(reader, endian, size)?, FloatFields::read_options(reader, endian, ())?),
        2 => Class::Time { precision: u16::read_options(reader, endian, ())? },
        3 => Class::String,
        // The library takes any range: it does not convert them.
        4 => Class::BitField(BitRange::read_options(reader, endian, ())?),
        5 => Class::Opaque { tag: read_bytes(reader, u64::from(bits & 0xff))? },
        6 => read_compound(reader, endian, (version, bits, size), depth)?,
        7 => Class::Reference,
        8 => read_enumeration(reader, endian, (version, bits), depth)?,
        9 => Class::VariableLength(nested(reader)?),
        10 => {
            let dims = read_dims(reader, endian, version)?;
            Class::Array { dims, base: nested(reader)? }
        }
        11 => Class::Complex(nested(reader)?),
        _ => return fail(format!("class {class} is unknown")),
    };
    Ok(DatatypeMessage { version, bits, size, class })
}

/// The bits of an element that are its number.
fn read_range<R: Read + Seek>(reader: &mut R, endian: Endian, size: u32) -> BinResult<BitRange> {
    let range = BitRange::read_options(reader, endian, ())?;
    let end = u64::from(range.offset) + u64::from(range.precision);
    match range.precision > 0 && end <= 8 * u64::from(size) {
        true => Ok(range),
        false => fail(format!("{} bits from bit {} on of {size} bytes", range.precision, range.offset)),
    }
}

/// A NUL-terminated name, padded to a multiple of 8 before version 3.
fn read_name<R: Read + Seek>(reader: &mut R, version: u8) -> BinResult<Vec<u8>> {
    let mut name = Vec::new();
    loop {
        let mut byte = [0u8];
        reader.read_exact(&mut byte)?;
        match byte {
            [0] => break,
            [other] => name.push(other),
        }
    }
    if version < 3 {
        reader.seek(SeekFrom::Current(i64::try_from(7 - name.len() % 8).unwrap_or(0)))?;
    }
    Ok(name)
}

fn write_name<W: Write>(writer: &mut W, name: &[u8], version: u8) -> BinResult<()> {
    writer.write_all(name)?;
    let zeros = if version < 3 { 8 - name.len() % 8 } else { 1 };
    for _ in 0..zeros {
        writer.write_all(&[0])?;
    }
    Ok(())
}

fn read_compound<R: Read + Seek>(
    reader: &mut R,
    endian: Endian,
    (version, bits, size): (u8, u32, u32),
    depth: u32,
) -> BinResult<Class> {
    let mut members = Vec::new();
    for _ in 0..bits & 0xffff {
        let name = read_name(reader, version)?;
        let offset = match version {
            1 | 2 => u32::read_options(reader, endian, ())?,
            _ => u32::try_from(read_uint(reader, encoded_size(u64::from(size)))?)
                .or_else(|_| fail("a member offset above 4 GiB"))?,
        };
        let dims = if version == 1 { read_member_dims(reader, endian)? } else { Vec::new() };
        members.push(Member { name, offset, dims, datatype: read(reader, endian, depth + 1)? });
    }
    Ok(Class::Compound(members))
}

/// The dimension fields that version 1 has in every member.
fn read_member_dims<R: Read + Seek>(reader: &mut R, endian: Endian) -> BinResult<Vec<u32>> {
    let [rank, ..] = <[u8; 12]>::read_options(reader, endian, ())?;
    let dims = <[u32; 4]>::read_options(reader, endian, ())?;
    match dims.get(..usize::from(rank)) {
        Some(used) => Ok(used.to_vec()),
        None => fail(format!("a member of rank {rank}")),
    }
}

fn read_enumeration<R: Read + Seek>(
    reader: &mut R,
    endian: Endian,
    (version, bits): (u8, u32),
    depth: u32,
) -> BinResult<Class> {
    let base = Box::new(read(reader, endian, depth + 1)?);
    let count = bits & 0xffff;
    let names = (0..count).map(|_| read_name(reader, version)).collect::<BinResult<Vec<_>>>()?;
    let values = read_bytes(reader, u64::from(count) * u64::from(base.size))?;
    Ok(Class::Enumeration { base, names, values })
}

fn read_dims<R: Read + Seek>(reader: &mut R, endian: Endian, version: u8) -> BinResult<Vec<u32>> {
    let rank = u8::read_options(reader, endian, ())?;
    if rank > super::dataspace::MAX_RANK {
        return fail(format!("an array of rank {rank}"));
    }
    if version < 3 {
        reader.seek(SeekFrom::Current(3))?;
    }
    let dims = (0..rank).map(|_| u32::read_options(reader, endian, ())).collect::<BinResult<Vec<_>>>()?;
    if version < 3 {
        reader.seek(SeekFrom::Current(4 * i64::from(rank)))?;
    }
    Ok(dims)
}

impl DatatypeMessage {
    /// The same type in the oldest version that has it: 2 where there are arrays, otherwise 1.
    pub fn earliest(self) -> Self {
        let nested = |base: Box<DatatypeMessage>| Box::new(base.earliest());
        let class = match self.class {
            Class::Compound(members) => {
                let earliest = |member: Member| Member { datatype: member.datatype.earliest(), ..member };
                Class::Compound(members.into_iter().map(earliest).collect())
            }
            Class::Enumeration { base, names, values } => Class::Enumeration { base: nested(base), names, values },
            Class::VariableLength(base) => Class::VariableLength(nested(base)),
            Class::Array { dims, base } => Class::Array { dims, base: nested(base) },
            other => other,
        };
        let version = match &class {
            // Version 3 has another byte order, version 4 another class, version 5 yet another.
            Class::FloatingPoint(..) | Class::Reference | Class::Complex(_) => self.version,
            class if class.has_arrays() => 2,
            _ => 1,
        };
        DatatypeMessage { version, class, ..self }
    }
}

impl Class {
    fn has_arrays(&self) -> bool {
        match self {
            Class::Array { .. } => true,
            Class::Compound(members) => members.iter().any(|member| member.datatype.class.has_arrays()),
            Class::Enumeration { base, .. } | Class::VariableLength(base) => base.class.has_arrays(),
            _ => false,
        }
    }

    fn code(&self) -> u8 {
        match self {
            Class::FixedPoint(_) => 0,
            Class::FloatingPoint(..) => 1,
            Class::Time { .. } => 2,
            Class::String => 3,
            Class::BitField(_) => 4,
            Class::Opaque { .. } => 5,
            Class::Compound(_) => 6,
            Class::Reference => 7,
            Class::Enumeration { .. } => 8,
            Class::VariableLength(_) => 9,
            Class::Array { .. } => 10,
            Class::Complex(_) => 11,
        }
    }
}

impl BinWrite for DatatypeMessage {
    type Args<'a> = ();
    fn write_options<W: Write + Seek>(&self, writer: &mut W, endian: Endian, (): ()) -> BinResult<()> {
        let head = self.bits << 8 | u32::from(self.version << 4 | self.class.code());
        [head, self.size].write_options(writer, endian, ())?;
        match &self.class {
            Class::FixedPoint(range) | Class::BitField(range) => range.write_options(writer, endian, ()),
            Class::FloatingPoint(range, fields) => {
                range.write_options(writer, endian, ())?;
                fields.write_options(writer, endian, ())
            }
            Class::Time { precision } => precision.write_options(writer, endian, ()),
            Class::String | Class::Reference => Ok(()),
            Class::Opaque { tag } => Ok(writer.write_all(tag)?),
            Class::Compound(members) => members.iter().try_for_each(|member| self.write_member(member, writer, endian)),
            Class::Enumeration { base, names, values } => {
                base.write_options(writer, endian, ())?;
                names.iter().try_for_each(|name| write_name(writer, name, self.version))?;
                Ok(writer.write_all(values)?)
            }
            Class::VariableLength(base) | Class::Complex(base) => base.write_options(writer, endian, ()),
            Class::Array { dims, base } => {
                self.write_dims(dims, writer, endian)?;
                base.write_options(writer, endian, ())
            }
        }
    }
}

impl DatatypeMessage {
    fn write_member<W: Write + Seek>(&self, member: &Member, writer: &mut W, endian: Endian) -> BinResult<()> {
        write_name(writer, &member.name, self.version)?;
        let width = if self.version < 3 { 4 } else { encoded_size(u64::from(self.size)) };
        write_uint(writer, u64::from(member.offset), width)?;
        if self.version == 1 {
            write_uint(writer, member.dims.len() as u64, 1)?;
            writer.write_all(&[0; 11])?;
            for axis in 0..4 {
                member.dims.get(axis).copied().unwrap_or(0).write_options(writer, endian, ())?;
            }
        }
        member.datatype.write_options(writer, endian, ())
    }

    fn write_dims<W: Write + Seek>(&self, dims: &[u32], writer: &mut W, endian: Endian) -> BinResult<()> {
        write_uint(writer, dims.len() as u64, 1)?;
        if self.version < 3 {
            writer.write_all(&[0; 3])?;
        }
        dims.to_vec().write_options(writer, endian, ())?;
        if self.version < 3 {
            // The permutation, which is always the identity.
            for axis in 0..dims.len() {
                write_uint(writer, axis as u64, 4)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
