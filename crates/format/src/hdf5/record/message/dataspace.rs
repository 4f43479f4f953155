//! Dataspace message, versions 1 and 2 (section IV.A.2.b).

use binrw::binrw;

use crate::error::{Error, Result};
use crate::wire::width::{Len, Widths};

/// The largest rank that the library knows.
pub(crate) const MAX_RANK: u8 = 32;

/// The extent of a dataset or an attribute.
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dataspace {
    #[br(assert(version == 1 || version == 2, "version {version} is unknown"))]
    pub version: u8,
    #[br(assert(rank <= MAX_RANK, "rank {rank} is above {MAX_RANK}"))]
    pub rank: u8,
    /// Bit 0: maximum lengths are stored. (Bit 1, a permutation, was never used.)
    pub flags: u8,
    /// Version 2: 0 scalar, 1 simple, 2 null. Version 1 has a reserved byte here.
    #[br(assert(version == 1 || kind <= 2, "type {kind} is unknown"))]
    #[br(assert(version == 1 || kind == 1 || rank == 0, "{rank} dimensions of type {kind}, which has none"))]
    #[br(pad_after = if version == 1 { 4 } else { 0 })]
    #[bw(pad_after = if *version == 1 { 4 } else { 0 })]
    pub kind: u8,
    #[br(args { count: usize::from(rank), inner: w })]
    #[bw(args_raw = w)]
    pub dims: Vec<Len>,
    #[br(if(flags & 1 != 0), args { count: usize::from(rank), inner: w })]
    #[br(assert(max_dims.iter().flatten().zip(&dims).all(|(most, length)| length.0 <= most.0), "lengths {dims:?} above {max_dims:?}"))]
    #[bw(args_raw = w)]
    pub max_dims: Option<Vec<Len>>,
}

impl Dataspace {
    /// The dataspace of these lengths, none for a scalar, with maximum lengths where something can grow: `u64::MAX` is
    /// unlimited.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a rank above 32.
    pub fn simple(shape: &[u64], max_shape: Option<&[u64]>) -> Result<Self> {
        let rank = u8::try_from(shape.len()).ok().filter(|&rank| rank <= MAX_RANK);
        let rank =
            rank.ok_or_else(|| Error::unsupported(format!("{} dimensions: HDF5 has 32 at most", shape.len())))?;
        let lengths = |shape: &[u64]| shape.iter().map(|&length| Len(length)).collect();
        let max_dims = max_shape.filter(|_| rank > 0).map(lengths);
        let flags = u8::from(max_dims.is_some());
        Ok(Dataspace { version: 2, rank, flags, kind: rank.min(1), dims: lengths(shape), max_dims })
    }

    /// The dataspace without any element.
    pub fn null() -> Self {
        Dataspace { version: 2, rank: 0, flags: 0, kind: 2, dims: Vec::new(), max_dims: None }
    }

    /// Whether there is no element at all, not even one.
    pub fn is_null(&self) -> bool {
        self.version == 2 && self.kind == 2
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::*;

    fn dataspace() -> impl Strategy<Value = (Widths, Dataspace)> {
        (1u8..=2, 0u8..=MAX_RANK, any::<u8>(), any::<u8>(), widths()).prop_flat_map(
            |(version, rank, flags, kind, w)| {
                let lengths = || prop::collection::vec(len(w), usize::from(rank));
                (lengths(), lengths()).prop_map(move |(dims, mut max_dims)| {
                    let kind = match (version, rank) {
                        (1, _) => kind,
                        (_, 0) => kind % 3,
                        _ => 1,
                    };
                    max_dims.iter_mut().zip(&dims).for_each(|(most, length)| most.0 = most.0.max(length.0));
                    let max_dims = (flags & 1 != 0).then_some(max_dims);
                    (w, Dataspace { version, rank, flags, kind, dims, max_dims })
                })
            },
        )
    }

    proptest! {
        #[test]
        fn dataspaces_round_trip((w, value) in dataspace()) {
            round_trip(&value, w)?;
        }
    }

    #[test]
    fn what_is_refused() {
        for bytes in [
            "03 01 00 01 0300000000000000",
            "02 21 00 01",
            "02 00 00 03",
            "02 01 00 00",
            "02 01 00 02",
            "02 01 01 01 0300000000000000 02",
        ] {
            let bytes = [hex(bytes), vec![0; 33 * 8]].concat();
            let decoded = crate::wire::decode::<Dataspace>("dataspace", 0, &bytes, binrw::Endian::Little, Widths::WIDE);
            assert!(decoded.is_err());
        }
    }

    #[test]
    fn null_exists_in_version_2_only() {
        let null: Dataspace = worked(&hex("02 00 00 02"), Widths::WIDE);
        assert!(null.is_null());
        let scalar: Dataspace = worked(&hex("01 00 00 02 00000000"), Widths::WIDE);
        assert!(!scalar.is_null());
    }
}
