//! Attribute message, versions 1 to 3 (section IV.A.2.m).

use std::io::{Read, Seek, SeekFrom, Write};

use binrw::{BinRead, BinResult, BinWrite, Endian};

use super::read_bytes;

/// A named value. The datatype and the dataspace are kept as the bytes of their messages, because each may be a
/// shared message instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AttributeMessage {
    pub version: u8,
    /// Bit 0: the datatype is shared; bit 1: the dataspace is shared.
    pub flags: u8,
    /// 0 ASCII, 1 UTF-8; version 3 only.
    pub charset: u8,
    /// With its terminating NUL.
    pub name: Vec<u8>,
    pub datatype: Vec<u8>,
    pub dataspace: Vec<u8>,
    pub data: Vec<u8>,
}

impl BinRead for AttributeMessage {
    type Args<'a> = ();
    fn read_options<R: Read + Seek>(reader: &mut R, endian: Endian, (): ()) -> BinResult<Self> {
        let [version, flags] = <[u8; 2]>::read_options(reader, endian, ())?;
        if !(1..=3).contains(&version) || (version > 1 && flags & !3 != 0) {
            return Err(binrw::Error::AssertFail {
                pos: 0,
                message: format!("version {version} with flags {flags:#04x} is unknown"),
            });
        }
        let sizes = <[u16; 3]>::read_options(reader, endian, ())?;
        let charset = if version == 3 { u8::read_options(reader, endian, ())? } else { 0 };
        let mut part = |size: u16| -> BinResult<Vec<u8>> {
            let bytes = read_bytes(reader, u64::from(size))?;
            if version == 1 {
                reader.seek(SeekFrom::Current(padding(bytes.len())))?;
            }
            Ok(bytes)
        };
        let [name, datatype, dataspace] = sizes;
        let (name, datatype, dataspace) = (part(name)?, part(datatype)?, part(dataspace)?);
        let mut data = Vec::new();
        reader.read_to_end(&mut data)?;
        let flags = if version == 1 { 0 } else { flags };
        Ok(AttributeMessage { version, flags, charset, name, datatype, dataspace, data })
    }
}

/// How many bytes bring `size` to a multiple of 8.
fn padding(size: usize) -> i64 {
    i64::try_from((8 - size % 8) % 8).unwrap_or(0)
}

impl BinWrite for AttributeMessage {
    type Args<'a> = ();
    fn write_options<W: Write + Seek>(&self, writer: &mut W, endian: Endian, (): ()) -> BinResult<()> {
        [self.version, self.flags].write_options(writer, endian, ())?;
        let parts = [&self.name, &self.datatype, &self.dataspace];
        for part in parts {
            crate::wire::width::write_uint(writer, part.len() as u64, 2)?;
        }
        if self.version == 3 {
            self.charset.write_options(writer, endian, ())?;
        }
        for part in parts {
            writer.write_all(part)?;
            if self.version == 1 {
                for _ in 0..padding(part.len()) {
                    writer.write_all(&[0])?;
                }
            }
        }
        Ok(writer.write_all(&self.data)?)
    }
}
