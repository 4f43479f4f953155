//! Shared message: what stands in the place of a message that lives elsewhere (section IV.A.2, "Shared Message").

use std::io::{Read, Seek, Write};

use binrw::{BinRead, BinResult, BinWrite, Endian};

use crate::wire::width::{Addr, Widths};

/// Where a shared message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SharedMessage {
    /// In the object header at this address, as a committed datatype is; versions 1 and 2.
    Committed { version: u8, address: Addr },
    /// In the heap of the shared message table, by heap identifier; version 3, type 1.
    Heap([u8; 8]),
    /// In the object header at this address; version 3, type 2.
    Header(Addr),
}

impl BinRead for SharedMessage {
    type Args<'a> = Widths;
    fn read_options<R: Read + Seek>(reader: &mut R, endian: Endian, w: Widths) -> BinResult<Self> {
        let [version, kind] = <[u8; 2]>::read_options(reader, endian, ())?;
        match (version, kind) {
            (1, _) => {
                // Six reserved bytes and a link name offset: the rest of an old symbol table entry.
                reader.seek_relative(6 + i64::from(w.length))?;
                Ok(SharedMessage::Committed { version, address: Addr::read_options(reader, endian, w)? })
            }
            (2, _) => Ok(SharedMessage::Committed { version, address: Addr::read_options(reader, endian, w)? }),
            (3, 1) => Ok(SharedMessage::Heap(<[u8; 8]>::read_options(reader, endian, ())?)),
            (3, _) => Ok(SharedMessage::Header(Addr::read_options(reader, endian, w)?)),
            _ => Err(binrw::Error::AssertFail { pos: 0, message: format!("version {version} is unknown") }),
        }
    }
}

impl BinWrite for SharedMessage {
    type Args<'a> = Widths;
    fn write_options<W: Write + Seek>(&self, writer: &mut W, endian: Endian, w: Widths) -> BinResult<()> {
        match self {
            SharedMessage::Committed { version: 1, address } => {
                [1u8, 0].write_options(writer, endian, ())?;
                writer.write_all(&[0; 6])?;
                Addr(0).write_options(writer, endian, Widths { offset: w.length, ..w })?;
                address.write_options(writer, endian, w)
            }
            SharedMessage::Committed { version, address } => {
                [*version, 2u8].write_options(writer, endian, ())?;
                address.write_options(writer, endian, w)
            }
            SharedMessage::Heap(id) => {
                [3u8, 1].write_options(writer, endian, ())?;
                id.write_options(writer, endian, ())
            }
            SharedMessage::Header(address) => {
                [3u8, 2].write_options(writer, endian, ())?;
                address.write_options(writer, endian, w)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::*;

    fn shared() -> impl Strategy<Value = (Widths, SharedMessage)> {
        widths().prop_flat_map(|w| {
            let place = prop_oneof![
                (1u8..=2, addr(w)).prop_map(|(version, address)| SharedMessage::Committed { version, address }),
                any::<[u8; 8]>().prop_map(SharedMessage::Heap),
                addr(w).prop_map(SharedMessage::Header),
            ];
            (Just(w), place)
        })
    }

    proptest! {
        #[test]
        fn shared_messages_round_trip((w, value) in shared()) {
            round_trip(&value, w)?;
        }
    }

    #[test]
    fn the_old_form_is_a_symbol_table_entry() {
        // The rest of the entry, which nobody reads, is there in files.
        let bytes = [hex("01 00 000000000000 1122334455667788 0008000000000000"), vec![0xee; 24]].concat();
        let (value, _) =
            crate::wire::decode::<SharedMessage>("shared", 0, &bytes, Endian::Little, Widths::WIDE).unwrap();
        assert_eq!(value, SharedMessage::Committed { version: 1, address: Addr(0x800) });
    }

    #[test]
    fn a_heap_identifier() {
        let value: SharedMessage = worked(&hex("03 01 2103 0b00 0000 0000"), Widths::WIDE);
        assert_eq!(value, SharedMessage::Heap([0x21, 3, 0x0b, 0, 0, 0, 0, 0]));
    }
}
