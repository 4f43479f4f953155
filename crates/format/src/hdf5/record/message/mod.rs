//! The messages of object headers (section IV.A.2).

use std::io::Read;

use binrw::binrw;

pub(crate) mod attribute;
pub(crate) mod attribute_info;
pub(crate) mod dataspace;
pub(crate) mod datatype;
pub(crate) mod external_files;
pub(crate) mod file_space_info;
pub(crate) mod fill_value;
pub(crate) mod filter_pipeline;
pub(crate) mod layout;
pub(crate) mod link;
pub(crate) mod link_info;
pub(crate) mod misc;
pub(crate) mod shared;

/// The type of a message; unknown codes are kept.
#[binrw]
#[brw(little)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct MessageType(pub u16);

impl MessageType {
    pub const NIL: Self = MessageType(0x00);
    pub const DATASPACE: Self = MessageType(0x01);
    pub const LINK_INFO: Self = MessageType(0x02);
    pub const DATATYPE: Self = MessageType(0x03);
    pub const OLD_FILL_VALUE: Self = MessageType(0x04);
    pub const FILL_VALUE: Self = MessageType(0x05);
    pub const LINK: Self = MessageType(0x06);
    pub const EXTERNAL_FILES: Self = MessageType(0x07);
    pub const LAYOUT: Self = MessageType(0x08);
    pub const GROUP_INFO: Self = MessageType(0x0a);
    pub const FILTER_PIPELINE: Self = MessageType(0x0b);
    pub const ATTRIBUTE: Self = MessageType(0x0c);
    pub const COMMENT: Self = MessageType(0x0d);
    pub const SHARED_TABLE: Self = MessageType(0x0f);
    pub const CONTINUATION: Self = MessageType(0x10);
    pub const SYMBOL_TABLE: Self = MessageType(0x11);
    pub const MODIFICATION_TIME: Self = MessageType(0x12);
    pub const BTREE_K: Self = MessageType(0x13);
    pub const DRIVER_INFO: Self = MessageType(0x14);
    pub const ATTRIBUTE_INFO: Self = MessageType(0x15);
    pub const REFERENCE_COUNT: Self = MessageType(0x16);
    pub const FILE_SPACE_INFO: Self = MessageType(0x17);
    pub const CACHE_IMAGE: Self = MessageType(0x18);

    /// Whether a message of this type may be shared.
    pub fn is_shareable(self) -> bool {
        matches!(
            self,
            Self::DATASPACE
                | Self::DATATYPE
                | Self::OLD_FILL_VALUE
                | Self::FILL_VALUE
                | Self::FILTER_PIPELINE
                | Self::ATTRIBUTE
        )
    }

    /// Whether the type is one of the specification.
    pub fn is_known(self) -> bool {
        self.0 <= 0x18 && self.0 != 0x09
    }
}

/// Bits of the message flags.
pub(crate) mod flags {
    pub const CONSTANT: u8 = 0x01;
    pub const SHARED: u8 = 0x02;
    pub const DONT_SHARE: u8 = 0x04;
    pub const MARK_IF_UNKNOWN: u8 = 0x10;
    pub const FAIL_IF_UNKNOWN: u8 = 0x80;
}

/// Reads `size` bytes, which must be there: nothing is allocated for bytes that are not.
pub(crate) fn read_bytes<R: Read + std::io::Seek>(reader: &mut R, size: u64) -> binrw::BinResult<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(size).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != size {
        return Err(binrw::Error::Io(std::io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(bytes)
}

/// [`read_bytes`] for `parse_with`.
#[binrw::parser(reader)]
pub(crate) fn bytes(size: u64) -> binrw::BinResult<Vec<u8>> {
    read_bytes(reader, size)
}
