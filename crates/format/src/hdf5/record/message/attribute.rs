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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::*;
    use crate::wire::{decode, encode};

    fn attribute() -> impl Strategy<Value = AttributeMessage> {
        let bytes = || prop::collection::vec(any::<u8>(), 0..20);
        (1u8..=3, 0u8..4, any::<u8>(), bytes(), bytes(), (bytes(), bytes())).prop_map(
            |(version, flags, charset, name, datatype, (dataspace, data))| AttributeMessage {
                version,
                flags: if version == 1 { 0 } else { flags },
                charset: if version == 3 { charset } else { 0 },
                name,
                datatype,
                dataspace,
                data,
            },
        )
    }

    proptest! {
        #[test]
        fn attributes_round_trip(value in attribute()) {
            // The value is whatever is left, so a shorter message is a shorter value.
            let bytes = encode(&value, Endian::Little, ()).unwrap();
            let (back, _) = decode::<AttributeMessage>("attribute", 0, &bytes, Endian::Little, ()).unwrap();
            prop_assert_eq!(&back, &value);
            for shorter in 0..bytes.len() {
                match decode::<AttributeMessage>("attribute", 0, &bytes[..shorter], Endian::Little, ()) {
                    Ok((short, _)) => prop_assert!(short.data.len() < value.data.len() || value.version == 1),
                    Err(_) => prop_assert!(shorter < bytes.len() - value.data.len()),
                }
            }
        }
    }

    #[test]
    fn parts_are_padded_in_version_1() {
        // "x" is an i32 of value 7.
        let bytes = hex("01 00 0200 0c00 0800  7800 000000000000  10080000 04000000 0000 2000 00000000 \
             01 00 00 00 00000000  07000000");
        let value: AttributeMessage = worked(&bytes, ());
        assert_eq!((value.name.as_slice(), value.datatype.len(), value.dataspace.len()), (&b"x\0"[..], 12, 8));
        assert_eq!(value.data, [7, 0, 0, 0]);
    }

    #[test]
    fn a_part_that_is_too_long_for_its_size_is_refused() {
        let value = AttributeMessage {
            version: 3,
            flags: 0,
            charset: 0,
            name: vec![b'x'; 1 << 16],
            datatype: Vec::new(),
            dataspace: Vec::new(),
            data: Vec::new(),
        };
        assert!(encode(&value, Endian::Little, ()).is_err());
    }
}
