use proptest::prelude::*;

use super::*;
use crate::hdf5::record::testing::*;

fn dimensions() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(1..=u64::from(u32::MAX), 2..6)
}

fn early_storage(w: Widths) -> impl Strategy<Value = Storage> {
    let sizes = || prop::collection::vec(any::<u32>(), 0..5);
    prop_oneof![
        (sizes(), prop::collection::vec(any::<u8>(), 0..40))
            .prop_map(|(dimensions, data)| Storage::Compact { dimensions, data }),
        (sizes(), addr(w)).prop_map(|(dimensions, address)| Storage::Contiguous { address, size: None, dimensions }),
        chunked_3(w),
    ]
}

fn chunked_3(w: Widths) -> impl Strategy<Value = Storage> {
    (dimensions(), addr(w)).prop_map(|(dimensions, address)| {
        let index = ChunkIndexing::BTreeV1;
        Storage::Chunked(Chunked { flags: 0, encoded_length: 4, dimensions, index, address })
    })
}

fn index(w: Widths) -> impl Strategy<Value = (u8, ChunkIndexing)> {
    prop_oneof![
        Just((0, ChunkIndexing::Single(None))),
        (len(w), any::<u32>())
            .prop_map(|(size, mask)| { (SINGLE_FILTERED, ChunkIndexing::Single(Some(FilteredChunk { size, mask }))) }),
        Just((UNFILTERED_EDGES, ChunkIndexing::Implicit)),
        any::<u8>().prop_map(|page_bits| (0, ChunkIndexing::FixedArray { page_bits })),
        any::<[u8; 5]>().prop_map(|[max_bits, index_elements, min_pointers, min_elements, page_bits]| {
            let parameters =
                ExtensibleArrayParameters { max_bits, index_elements, min_pointers, min_elements, page_bits };
            (0, ChunkIndexing::ExtensibleArray(parameters))
        }),
        any::<(u32, u8, u8)>().prop_map(|(node_size, split_percent, merge_percent)| {
            (0, ChunkIndexing::BTreeV2(BTreeV2Parameters { node_size, split_percent, merge_percent }))
        }),
    ]
}

fn storage(version: u8, w: Widths) -> BoxedStrategy<Storage> {
    if version < 3 {
        return early_storage(w).boxed();
    }
    let dimensions = Vec::new;
    let compact = prop::collection::vec(any::<u8>(), 0..40)
        .prop_map(move |data| Storage::Compact { dimensions: dimensions(), data });
    let contiguous = (addr(w), len(w)).prop_map(move |(address, size)| Storage::Contiguous {
        address,
        size: Some(size),
        dimensions: dimensions(),
    });
    if version == 3 {
        return prop_oneof![compact, contiguous, chunked_3(w)].boxed();
    }
    let chunked = (self::dimensions(), index(w), addr(w), 4u8..=8).prop_map(
        |(dimensions, (flags, index), address, encoded_length)| {
            Storage::Chunked(Chunked { flags, encoded_length, dimensions, index, address })
        },
    );
    let elsewhere = (addr(w), any::<u32>()).prop_map(|(collection, index)| Storage::Virtual { collection, index });
    prop_oneof![compact, contiguous, chunked, elsewhere].boxed()
}

proptest! {
    #[test]
    fn layouts_round_trip((w, value) in (widths(), 1u8..=5).prop_flat_map(|(w, version)| {
        storage(version, w).prop_map(move |storage| (w, DataLayout { version, storage }))
    })) {
        round_trip(&value, w)?;
    }
}

#[test]
fn a_fixed_array_layout() {
    let layout: DataLayout = worked(&hex("0402000201040403 0a30000000000000 00"), Widths::WIDE);
    let index = ChunkIndexing::FixedArray { page_bits: 10 };
    assert_eq!(layout, DataLayout::chunked(0, vec![4, 4], index, Addr(0x30)));
}

#[test]
fn an_extensible_array_layout() {
    let layout: DataLayout = worked(&hex("0402000201040404 200404100a300000 0000000000"), Widths::WIDE);
    let parameters =
        ExtensibleArrayParameters { max_bits: 32, index_elements: 4, min_pointers: 4, min_elements: 16, page_bits: 10 };
    let index = ChunkIndexing::ExtensibleArray(parameters);
    assert_eq!(layout, DataLayout::chunked(0, vec![4, 4], index, Addr(0x30)));
}

#[test]
fn zero_sizes_and_unknown_numbers_are_refused() {
    for bytes in [
        "0302020000000000000000 00000000 04000000",
        "0402000201000403 0a30000000000000 00",
        "06",
        "0303",
        "0402040201040402",
    ] {
        let bytes = hex(bytes);
        let e = crate::wire::decode::<DataLayout>("data layout", 0, &bytes, Endian::Little, Widths::WIDE).unwrap_err();
        assert_eq!(e.kind(), crate::Kind::Malformed);
    }
}
