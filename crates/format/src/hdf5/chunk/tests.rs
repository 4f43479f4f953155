use super::*;
use crate::hdf5::record::btree_v1::{self as v1, ChunkKey, Entry, KeyArgs, NodeHead};
use crate::hdf5::record::btree_v2 as v2;
use crate::hdf5::record::fixed_array::{self as fixed, Element, ElementArgs, FilteredElement};
use crate::hdf5::record::message::layout::{BTreeV2Parameters, ExtensibleArrayParameters, FilteredChunk};
use crate::hdf5::walk::testing::{bytes, Image, W};
use crate::wire::width::{Addr, Len, Uint};
use crate::Kind;

const PARAMETERS: ExtensibleArrayParameters =
    ExtensibleArrayParameters { max_bits: 32, index_elements: 4, min_pointers: 4, min_elements: 16, page_bits: 10 };

/// Ten elements of four bytes, two in a chunk.
fn grid() -> ChunkGrid {
    ChunkGrid { shape: vec![9], max_shape: vec![10], chunk: vec![2], element_size: 4 }
}

fn layout(flags: u8, index: ChunkIndexing, address: u64) -> DataLayout {
    DataLayout::chunked(flags, vec![2, 4], index, Addr(address))
}

fn locations(space: &AddressSpace, layout: &DataLayout, filtered: bool) -> Result<Vec<Option<u64>>> {
    let grid = grid();
    let index = ChunkIndex::open(space, layout, &grid, filtered)?;
    let mut visited = vec![None; 5];
    index.visit(space, &grid, &mut |scaled, location| {
        visited[usize::try_from(scaled[0]).unwrap()] = Some(location.address);
        Ok(())
    })?;
    for (scaled, &address) in (0..).zip(&visited) {
        assert_eq!(index.locate(space, &grid, &[scaled])?.map(|location| location.address), address);
    }
    assert_eq!(index.locate(space, &grid, &[5])?, None);
    Ok(visited)
}

#[test]
fn implicit_chunks_lie_back_to_back() {
    let mut image = Image::default();
    image.put(&[0; 48]);
    let found = locations(&image.clone().space(), &layout(0, ChunkIndexing::Implicit, 8), false).unwrap();
    assert_eq!(found, [8, 16, 24, 32, 40].map(Some));
    let beyond = locations(&image.space(), &layout(0, ChunkIndexing::Implicit, 9), false);
    assert_eq!(beyond.unwrap_err().kind(), Kind::Malformed);
}

#[test]
fn datasets_without_chunks_are_empty() {
    let indexes = [
        ChunkIndexing::Implicit,
        ChunkIndexing::FixedArray { page_bits: 10 },
        ChunkIndexing::ExtensibleArray(PARAMETERS),
        ChunkIndexing::BTreeV2(BTreeV2Parameters { node_size: 2048, split_percent: 100, merge_percent: 40 }),
    ];
    for index in indexes {
        let found = locations(&Image::default().space(), &layout(0, index, u64::MAX), false).unwrap();
        assert_eq!(found, [None; 5]);
    }
}

#[test]
fn a_single_filtered_chunk() {
    let grid = ChunkGrid { shape: vec![2], max_shape: vec![2], ..grid() };
    let space = Image(vec![0; 100]).space();
    let stored = FilteredChunk { size: Len(5), mask: 1 };
    let index = ChunkIndex::open(&space, &layout(2, ChunkIndexing::Single(Some(stored)), 7), &grid, true).unwrap();
    let expected = ChunkLocation { address: 7, size: 5, mask: 1 };
    assert_eq!(index.locate(&space, &grid, &[0]).unwrap(), Some(expected));
    // The same without filters: a chunk of a wrong size.
    let index = ChunkIndex::open(&space, &layout(2, ChunkIndexing::Single(Some(stored)), 7), &grid, false).unwrap();
    assert_eq!(index.locate(&space, &grid, &[0]).unwrap_err().kind(), Kind::Malformed);
}

/// Puts a block with its checksum where room was left for it.
fn put_later(image: &mut Image, address: u64, plain: Vec<u8>) {
    let mut sealed = Image(Vec::new());
    sealed.put_sealed(plain);
    let start = usize::try_from(address).unwrap();
    image.0[start..start + sealed.0.len()].copy_from_slice(&sealed.0);
}

/// A fixed array of five elements, in pages if `page_bits` makes them.
fn fixed_array(page_bits: u8, filtered: bool) -> (AddressSpace, u64) {
    let mut image = Image(vec![0; 64]);
    let args = ElementArgs { widths: W, size_width: filtered.then_some(2) };
    let element = |address| {
        let filtered = filtered.then_some(FilteredElement { size: Uint(3), mask: 0 });
        bytes(&Element { address: Addr(address), filtered }, args)
    };
    let elements = [8, 16, u64::MAX, 32, 40].map(element);
    let place = image.put(&vec![0; usize::try_from(fixed::Header::size(W)).unwrap()]);
    let client = u8::from(filtered);
    let mut block = bytes(&fixed::DataBlockHead { version: 0, client, header: Addr(place) }, W);
    let data_block = if page_bits < 3 {
        block.push(0b1010_0000);
        let data_block = image.put_sealed(block);
        for page in elements.chunks(1 << page_bits) {
            image.put_sealed(page.concat());
        }
        data_block
    } else {
        block.extend(elements.concat());
        image.put_sealed(block)
    };
    let header = fixed::Header {
        version: 0,
        client,
        element_size: u8::try_from(args.size()).unwrap(),
        page_bits,
        elements: Len(5),
        data_block: Addr(data_block),
    };
    put_later(&mut image, place, bytes(&header, W));
    (image.space(), place)
}

#[test]
fn a_block_of_another_array_is_refused() {
    let (space, header) = fixed_array(10, false);
    let index = ChunkIndexing::FixedArray { page_bits: 10 };
    let mut image = Image(space.block("all", 0, space.remaining(0)).unwrap().to_vec());
    let start = usize::try_from(header).unwrap();
    let copy = image.0[start..start + usize::try_from(fixed::Header::size(W)).unwrap()].to_vec();
    let other = image.put(&copy);
    let error = locations(&image.space(), &layout(0, index, other), false).unwrap_err();
    assert!(error.kind() == Kind::Malformed && error.detail().contains("of the array"), "{error}");
}

#[test]
fn fixed_arrays_with_and_without_pages() {
    for filtered in [false, true] {
        let (space, header) = fixed_array(10, filtered);
        let layout = |header| self::layout(0, ChunkIndexing::FixedArray { page_bits: 10 }, header);
        let found = locations(&space, &layout(header), filtered).unwrap();
        assert_eq!(found, [Some(8), Some(16), None, Some(32), Some(40)]);
        assert_eq!(locations(&space, &layout(header), !filtered).unwrap_err().kind(), Kind::Malformed);
        // Pages of two elements, of which the second was never written.
        let (space, header) = fixed_array(1, filtered);
        let found = locations(&space, &layout(header), filtered).unwrap();
        assert_eq!(found, [Some(8), Some(16), None, None, Some(40)]);
    }
}

/// An extensible array of some of six elements.
fn extensible_array(max_index: u64) -> (AddressSpace, u64) {
    use crate::hdf5::record::extensible_array as ea;
    let mut image = Image(vec![0; 64]);
    let place = image.put(&vec![0; usize::try_from(ea::Header::size(W)).unwrap()]);
    let args = ElementArgs { widths: W, size_width: None };
    let elements = |addresses: &[u64]| -> Vec<u8> {
        let element = |&address| bytes(&Element { address: Addr(address), filtered: None }, args);
        addresses.iter().flat_map(element).collect()
    };
    let block_offset = Uint(0);
    let mut block = bytes(&ea::DataBlockHead { version: 0, client: 0, header: Addr(place), block_offset }, (W, 4));
    block.extend(elements(&[[40, 48].as_slice(), &[u64::MAX; 14]].concat()));
    let data_block = image.put_sealed(block);
    let mut block = bytes(&ea::IndexBlockHead { version: 0, client: 0, header: Addr(place) }, W);
    block.extend(elements(&[8, u64::MAX, 24, 32]));
    // Six data blocks and 25 super blocks, of which the first is there.
    block.extend(elements(&[[data_block].as_slice(), &[u64::MAX; 30]].concat()));
    let index_block = image.put_sealed(block);
    let header = ea::Header {
        version: 0,
        client: 0,
        element_size: 8,
        max_bits: 32,
        index_elements: 4,
        min_elements: 16,
        min_pointers: 4,
        page_bits: 10,
        super_blocks: Len(0),
        super_block_bytes: Len(0),
        data_blocks: Len(1),
        data_block_bytes: Len(0),
        max_index: Len(max_index),
        realized_elements: Len(20),
        index_block: Addr(index_block),
    };
    put_later(&mut image, place, bytes(&header, W));
    (image.space(), place)
}

#[test]
fn an_extensible_array() {
    let grid = ChunkGrid { shape: vec![12], max_shape: vec![u64::MAX], ..grid() };
    for (max_index, expected) in
        [(6, vec![(0, 8), (2, 24), (3, 32), (4, 40), (5, 48)]), (4, vec![(0, 8), (2, 24), (3, 32)])]
    {
        let (space, header) = extensible_array(max_index);
        let layout = layout(0, ChunkIndexing::ExtensibleArray(PARAMETERS), header);
        let index = ChunkIndex::open(&space, &layout, &grid, false).unwrap();
        let mut visited = Vec::new();
        index
            .visit(&space, &grid, &mut |scaled, location| {
                assert_eq!(index.locate(&space, &grid, scaled)?, Some(location));
                visited.push((scaled[0], location.address));
                Ok(())
            })
            .unwrap();
        assert_eq!(visited, expected);
        assert_eq!(index.locate(&space, &grid, &[1]).unwrap(), None);
        let limited = ChunkGrid { max_shape: vec![12], ..grid.clone() };
        assert_eq!(ChunkIndex::open(&space, &layout, &limited, false).unwrap_err().kind(), Kind::Malformed);
    }
}

#[test]
fn a_version_1_btree() {
    let mut image = Image(vec![0; 64]);
    let key = |offset, size| ChunkKey { size, mask: 0, offsets: vec![offset, 0] };
    let entry = |offset, child| Entry { key: key(offset, 8), child: Addr(child) };
    let head = |level, entries| NodeHead { node_type: 1, level, entries, left: Addr(0), right: Addr(0) };
    let args = KeyArgs { widths: W, dimensions: 2 };
    let mut node = |level, children: Vec<Entry<ChunkKey>>| {
        let head = head(level, u16::try_from(children.len()).unwrap());
        image.put(&bytes(&v1::Node { head, children, last: key(10, 0) }, args))
    };
    let left = node(0, vec![entry(0, 8), entry(2, 16)]);
    let right = node(0, vec![entry(6, 32)]);
    let root = node(1, vec![entry(0, left), entry(6, right)]);
    let storage = |address| {
        let (dimensions, index) = (vec![2, 4], ChunkIndexing::BTreeV1);
        Storage::Chunked(Chunked { flags: 0, encoded_length: 4, dimensions, index, address: Addr(address) })
    };
    let space = image.space();
    let found = locations(&space, &DataLayout { version: 3, storage: storage(root) }, false).unwrap();
    assert_eq!(found, [Some(8), Some(16), None, Some(32), None]);
}

#[test]
fn a_version_2_btree() {
    let mut image = Image(vec![0; 64]);
    let kind = v2::NodeKind { version: 0, record_type: 10 };
    let mut leaf = bytes(&v2::NodeHead::Leaf(kind), ());
    for (scaled, address) in [(1, 8), (3, 16)] {
        leaf.extend(bytes(&v2::ChunkRecord { address: Addr(address), scaled: vec![scaled] }, (W, 1)));
    }
    let root = Addr(image.put_sealed(leaf));
    let header = v2::Header {
        version: 0,
        record_type: 10,
        node_size: 2048,
        record_size: 16,
        depth: 0,
        split_percent: 100,
        merge_percent: 40,
        root,
        root_records: 2,
        total_records: Len(2),
    };
    let header = image.put_sealed(bytes(&header, W));
    let space = image.space();
    let index = ChunkIndexing::BTreeV2(BTreeV2Parameters { node_size: 2048, split_percent: 100, merge_percent: 40 });
    let found = locations(&space, &layout(0, index.clone(), header), false).unwrap();
    assert_eq!(found, [None, Some(8), None, Some(16), None]);
    assert_eq!(locations(&space, &layout(0, index, header), true).unwrap_err().kind(), Kind::Malformed);
}

#[test]
fn unfiltered_edges_follow_from_the_extent() {
    let space = Image(vec![0; 64]).space();
    let index = ChunkIndex::open(&space, &layout(1, ChunkIndexing::Implicit, 8), &grid(), true).unwrap();
    assert!(index.is_unfiltered_edge(&grid(), &[4]) && !index.is_unfiltered_edge(&grid(), &[3]));
    let index = ChunkIndex::open(&space, &layout(0, ChunkIndexing::Implicit, 8), &grid(), true).unwrap();
    assert!(!index.is_unfiltered_edge(&grid(), &[4]));
}

#[test]
fn layouts_that_contradict_the_dataspace_are_refused() {
    let space = Image(vec![0; 64]).space();
    let open = |dimensions: Vec<u64>, index: ChunkIndexing, grid: &ChunkGrid| {
        ChunkIndex::open(&space, &DataLayout::chunked(0, dimensions, index, Addr(8)), grid, false).unwrap_err().kind()
    };
    assert_eq!(open(vec![2, 2, 4], ChunkIndexing::Implicit, &grid()), Kind::Malformed);
    assert_eq!(open(vec![0, 4], ChunkIndexing::Implicit, &grid()), Kind::Malformed);
    assert_eq!(open(vec![2, 8], ChunkIndexing::Implicit, &grid()), Kind::Malformed);
    assert_eq!(open(vec![], ChunkIndexing::Implicit, &grid()), Kind::Malformed);
    let huge = ChunkGrid { chunk: vec![1 << 62], ..grid() };
    assert_eq!(open(vec![1 << 62, 4], ChunkIndexing::Implicit, &huge), Kind::Limit);
}
