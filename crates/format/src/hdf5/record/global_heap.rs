//! Global heaps (section III.E): the values of variable-length data.

use binrw::binrw;

use crate::wire::width::{Addr, Len, Widths};

/// Everything in a collection starts at a multiple of this.
pub(crate) const ALIGNMENT: u64 = 8;

/// The head of a collection (section III.E); objects follow back to back.
#[binrw]
#[brw(little, magic = b"GCOL", import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CollectionHead {
    #[br(assert(version == 1, "version {version} of a global heap collection"))]
    #[brw(pad_after = 3)]
    pub version: u8,
    /// Bytes of the whole collection.
    #[brw(args_raw = w, align_after = 8)]
    pub size: Len,
}

impl CollectionHead {
    /// The number of bytes of the head.
    pub fn size(w: Widths) -> u64 {
        (8 + u64::from(w.length)).next_multiple_of(ALIGNMENT)
    }
}

/// The head of an object (section III.E); its data follows, padded to a multiple of [`ALIGNMENT`].
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObjectHead {
    /// 0 for the free space at the end.
    pub index: u16,
    /// The library writes 0 for variable-length data.
    #[brw(pad_after = 4)]
    pub references: u16,
    /// Bytes of data without padding; for the free space with this head.
    #[brw(args_raw = w, align_after = 8)]
    pub size: Len,
}

impl ObjectHead {
    /// The number of bytes of the head.
    pub fn size(w: Widths) -> u64 {
        (8 + u64::from(w.length)).next_multiple_of(ALIGNMENT)
    }
}

/// An element of variable length: how much of it there is, and the object that holds it (section IV.B).
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    /// Elements of a sequence, or bytes of a text.
    pub len: u32,
    /// The collection; undefined or 0 for a null pointer.
    #[brw(args_raw = w)]
    pub address: Addr,
    pub index: u32,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::*;

    proptest! {
        #[test]
        fn heads_round_trip((w, size, index, references) in widths().prop_flat_map(|w| {
            (Just(w), len(w), any::<u16>(), any::<u16>())
        })) {
            round_trip(&CollectionHead { version: 1, size }, w)?;
            round_trip(&Reference { len: 7, address: Addr(size.0), index: 3 }, Widths { offset: w.length, ..w })?;
            let object = ObjectHead { index, references, size };
            round_trip(&object, w)?;
            let bytes = crate::wire::encode(&object, binrw::Endian::Little, w).unwrap();
            prop_assert_eq!(bytes.len() as u64, ObjectHead::size(w));
        }
    }
}
