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

    /// Whether messages carry a creation index.
    pub fn tracks_order(&self) -> bool {
        self.flags & Self::ATTRIBUTE_ORDER_TRACKED != 0
    }
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
