//! Object headers, versions 1 and 2, and their continuation blocks (section IV.A.1).

use binrw::binrw;

use super::message::MessageType;

/// The signature of a version 2 header.
pub(crate) const SIGNATURE: [u8; 4] = *b"OHDR";
/// The signature of a version 2 continuation block.
pub(crate) const CONTINUATION_SIGNATURE: [u8; 4] = *b"OCHK";

/// The version 1 prefix; 4 bytes of padding bring it to 16.
#[binrw]
#[brw(little)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PrefixV1 {
    #[br(assert(version == 1, "version {version} is unknown"))]
    pub version: u8,
    #[brw(pad_before = 1)]
    pub message_count: u16,
    pub reference_count: u32,
    #[brw(pad_after = 4)]
    pub header_size: u32,
}

impl PrefixV1 {
    /// The number of bytes of the prefix, its padding included.
    pub const SIZE: u64 = 16;
    /// Where in it the number of hard links is.
    pub const REFERENCE_COUNT: u64 = 4;
}

/// The version 2 prefix.
#[binrw]
#[brw(little, magic = b"OHDR")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PrefixV2 {
    #[br(assert(version == 2, "version {version} is unknown"))]
    pub version: u8,
    #[br(assert(flags & 0xc0 == 0, "unknown flags {flags:#04x}"))]
    pub flags: u8,
    #[br(if(flags & PrefixV2::TIMES != 0))]
    pub times: Option<[u32; 4]>,
    /// Maximum of compact and minimum of dense attributes.
    #[br(if(flags & PrefixV2::PHASE_CHANGE != 0))]
    pub phase_change: Option<[u16; 2]>,
    /// Bytes of messages in the first block, gap included, prefix and checksum excluded.
    #[br(parse_with = read_size, args(flags))]
    #[bw(write_with = write_size, args(*flags))]
    pub chunk_size: u64,
}

impl PrefixV2 {
    pub const ATTRIBUTE_ORDER_TRACKED: u8 = 0x04;
    pub const ATTRIBUTE_ORDER_INDEXED: u8 = 0x08;
    pub const PHASE_CHANGE: u8 = 0x10;
    pub const TIMES: u8 = 0x20;
}

#[binrw::parser(reader)]
fn read_size(flags: u8) -> binrw::BinResult<u64> {
    crate::wire::width::read_uint(reader, 1 << (flags & 3))
}

#[binrw::writer(writer)]
fn write_size(size: &u64, flags: u8) -> binrw::BinResult<()> {
    crate::wire::width::write_uint(writer, *size, 1 << (flags & 3))
}

/// What precedes each message in version 1.
#[binrw]
#[brw(little)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MessageHeaderV1 {
    pub kind: MessageType,
    pub size: u16,
    #[brw(pad_after = 3)]
    pub flags: u8,
}

/// What precedes each message in version 2; `tracked` says whether the creation index is there.
#[binrw]
#[brw(little, import(tracked: bool))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MessageHeaderV2 {
    #[br(map = |code: u8| MessageType(u16::from(code)))]
    #[bw(try_map = |kind: &MessageType| u8::try_from(kind.0))]
    pub kind: MessageType,
    pub size: u16,
    pub flags: u8,
    #[br(if(tracked))]
    pub creation_index: Option<u16>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::message::dataspace::Dataspace;
    use crate::hdf5::record::message::datatype::{BitRange, Class, DatatypeMessage};
    use crate::hdf5::record::message::fill_value::{AllocationTime, FillTime, FillValue};
    use crate::hdf5::record::message::layout::{DataLayout, Storage};
    use crate::hdf5::record::message::link_info::{GroupInfo, LinkInfo};
    use crate::hdf5::record::testing::*;
    use crate::wire::checksum::{seal, verify};
    use crate::wire::width::{Addr, Len, Widths};

    fn prefix_v2() -> impl Strategy<Value = PrefixV2> {
        (0u8..0x40, any::<[u32; 4]>(), any::<[u16; 2]>()).prop_flat_map(|(flags, times, phase_change)| {
            (0..=u64::MAX >> (64 - 8 * (1u32 << (flags & 3)))).prop_map(move |chunk_size| PrefixV2 {
                version: 2,
                flags,
                times: (flags & PrefixV2::TIMES != 0).then_some(times),
                phase_change: (flags & PrefixV2::PHASE_CHANGE != 0).then_some(phase_change),
                chunk_size,
            })
        })
    }

    proptest! {
        #[test]
        fn old_prefixes_round_trip(message_count: u16, reference_count: u32, header_size: u32) {
            round_trip(&PrefixV1 { version: 1, message_count, reference_count, header_size }, ())?;
        }

        #[test]
        fn new_prefixes_round_trip(value in prefix_v2()) {
            round_trip(&value, ())?;
        }

        #[test]
        fn message_headers_round_trip(kind: u16, size: u16, flags: u8, index: Option<u16>) {
            round_trip(&MessageHeaderV1 { kind: MessageType(kind), size, flags }, ())?;
            let kind = MessageType(kind & 0xff);
            round_trip(&MessageHeaderV2 { kind, size, flags, creation_index: index }, (index.is_some(),))?;
        }
    }

    #[test]
    fn unknown_flags_are_refused() {
        for flags in 0x40..=0xffu8 {
            let bytes = [&b"OHDR\x02"[..], &[flags], &[0; 32]].concat();
            assert!(crate::wire::decode::<PrefixV2>("header", 0, &bytes, binrw::Endian::Little, ()).is_err());
        }
    }

    /// Takes a version 2 header apart: the prefix, and each message with its body.
    fn messages(bytes: &[u8]) -> (PrefixV2, Vec<(MessageHeaderV2, Vec<u8>)>) {
        let body = verify("object header", 0, bytes).unwrap();
        let little = binrw::Endian::Little;
        let (prefix, used) = crate::wire::decode::<PrefixV2>("object header", 0, body, little, ()).unwrap();
        let mut rest = &body[used..];
        assert_eq!(rest.len() as u64, prefix.chunk_size);
        let mut found = Vec::new();
        while !rest.is_empty() {
            let args = (prefix.flags & PrefixV2::ATTRIBUTE_ORDER_TRACKED != 0,);
            let (head, used) = crate::wire::decode::<MessageHeaderV2>("message", 0, rest, little, args).unwrap();
            let (message, after) = rest[used..].split_at(usize::from(head.size));
            found.push((head, message.to_vec()));
            rest = after;
        }
        (prefix, found)
    }

    #[test]
    fn an_empty_group() {
        let bytes = hex("4f484452 02 00 1c  02 1200 00  00 00 ffffffffffffffff ffffffffffffffff \
             0a 0200 01  00 00  6c67dd5f");
        assert_eq!(bytes.len(), 39);
        let (prefix, found) = messages(&bytes);
        assert_eq!((prefix.flags, prefix.chunk_size, found.len()), (0, 28, 2));
        let info: LinkInfo = worked(&found[0].1, Widths::WIDE);
        assert_eq!((info.flags, info.fractal_heap, info.name_index), (0, Addr::UNDEFINED, Addr::UNDEFINED));
        assert_eq!(worked::<GroupInfo, ()>(&found[1].1, ()), GroupInfo::default());
        assert_eq!((found[0].0.kind, found[1].0.kind), (MessageType::LINK_INFO, MessageType::GROUP_INFO));
    }

    #[test]
    fn a_dataset_of_three_integers() {
        let mut bytes = hex("4f484452 02 00 3c  01 0c00 00  02 01 00 01 0300000000000000 \
             03 0c00 01  10080000 04000000 0000 2000  05 0200 01  03 0a \
             08 1200 00  03 01 0008000000000000 0c00000000000000");
        seal(&mut bytes);
        assert_eq!(bytes.len(), 71);
        let (_, found) = messages(&bytes);
        let [space, datatype, fill, layout] = found.as_slice() else { panic!("{} messages", found.len()) };
        let space: Dataspace = worked(&space.1, Widths::WIDE);
        assert_eq!((space.version, space.kind, space.dims, space.max_dims), (2, 1, vec![Len(3)], None));
        let class = Class::FixedPoint(BitRange { offset: 0, precision: 32 });
        let integer = DatatypeMessage { version: 1, bits: 8, size: 4, class };
        assert_eq!(worked::<DatatypeMessage, ()>(&datatype.1, ()), integer);
        let fill: FillValue = worked(&fill.1, ());
        assert_eq!((fill.allocation_time, fill.write_time), (AllocationTime::Late.code(), FillTime::IfSet.code()));
        assert_eq!((fill.undefined, fill.value), (false, None));
        let layout: DataLayout = worked(&layout.1, Widths::WIDE);
        let expected = Storage::Contiguous { address: Addr(0x800), size: Some(Len(12)), dimensions: Vec::new() };
        assert_eq!((layout.version, layout.storage), (3, expected));
    }
}
