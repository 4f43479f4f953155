use super::*;
use crate::hdf5::record::fractal_heap::{DoublingTable, FilteredHeap};
use crate::hdf5::record::message::filter_pipeline::FilterDescription;
use crate::hdf5::walk::testing::{bytes, Image, W};

const NONE: Len = Len(0);

fn header(root: u64, rows: u16, filtered: Option<FilteredHeap>) -> FractalHeapHeader {
    FractalHeapHeader {
        version: 0,
        id_length: 7,
        filter_length: filtered.as_ref().map_or(0, |filtered| u16::try_from(filtered.pipeline.len()).unwrap()),
        flags: BLOCKS_CHECKSUMMED,
        max_managed: 4096,
        huge_id: NONE,
        huge_btree: Addr::UNDEFINED,
        free_space: NONE,
        free_space_manager: Addr::UNDEFINED,
        managed_space: NONE,
        allocated_space: NONE,
        iterator_offset: NONE,
        managed_objects: NONE,
        huge_size: NONE,
        huge_objects: NONE,
        tiny_size: NONE,
        tiny_objects: NONE,
        table: DoublingTable {
            width: 4,
            starting_block_size: Len(512),
            max_direct_size: Len(65536),
            max_bits: 32,
            starting_rows: 1,
            root: Addr(root),
            rows,
        },
        filtered,
    }
}

/// A direct block with `object` right after its head.
fn direct(offset: u64, object: &[u8], size: usize) -> Vec<u8> {
    let head = |checksum| {
        let head =
            DirectBlockHead { version: 0, header: Addr(0), block_offset: Uint(offset), checksum: Some(checksum) };
        bytes(&head, (W, 4, true))
    };
    let mut block = [&head(0)[..], object].concat();
    block.resize(size, 0);
    let sum = checksum::lookup3(&block, 0);
    block[..21].copy_from_slice(&head(sum));
    block
}

fn id(offset: u32, length: u16) -> Vec<u8> {
    [&[0][..], &offset.to_le_bytes(), &length.to_le_bytes()].concat()
}

fn get(image: &Image, heap: u64, id: &[u8]) -> Result<Vec<u8>> {
    let space = image.clone().space();
    FractalHeap::open(&space, heap)?.get(&space, id)
}

#[test]
fn objects_of_a_root_direct_block() {
    let mut image = Image::default();
    let root = image.put(&direct(0, b"a link", 512));
    let heap = image.put_sealed(bytes(&header(root, 0, None), W));
    assert_eq!(get(&image, heap, &id(21, 6)).unwrap(), b"a link");
    assert_eq!(get(&image, heap, &[0x22, 1, 2, 3, 0, 0, 0]).unwrap(), [1, 2, 3]);
    let bad =
        [id(20, 6), id(600, 6), id(500, 100), id(21, 0), vec![], vec![0], vec![0x30], vec![0x10; 7], vec![0x2f, 1]];
    for id in bad {
        assert_eq!(get(&image, heap, &id).unwrap_err().kind(), crate::Kind::Malformed);
    }
    assert_eq!(get(&image, heap, &[0x40; 7]).unwrap_err().kind(), crate::Kind::Unsupported);
    image.0[30] ^= 1;
    assert_eq!(get(&image, heap, &id(21, 6)).unwrap_err().kind(), crate::Kind::Malformed);
}

#[test]
fn objects_below_an_indirect_block() {
    let mut image = Image::default();
    // Row 2 has blocks of 1024 bytes, and starts at 4096.
    let far = image.put(&direct(4096 + 1024, b"far away", 1024));
    let mut block = bytes(&IndirectBlockHead { version: 0, header: Addr(0), block_offset: Uint(0) }, (W, 4));
    for entry in 0..12 {
        let address = if entry == 9 { Addr(far) } else { Addr::UNDEFINED };
        block.extend(bytes(&ChildBlock { address, filtered: None }, (W, false)));
    }
    let root = image.put_sealed(block);
    let heap = image.put_sealed(bytes(&header(root, 3, None), W));
    assert_eq!(get(&image, heap, &id(4096 + 1024 + 21, 8)).unwrap(), b"far away");
    for id in [id(21, 8), id(8192, 8), id(u32::MAX, 8)] {
        assert_eq!(get(&image, heap, &id).unwrap_err().kind(), crate::Kind::Malformed);
    }
}

#[test]
fn objects_of_a_filtered_heap() {
    let description = FilterDescription { id: 1, flags: 0, name: None, parameters: vec![6] };
    let message = FilterPipeline { version: 2, filters: vec![description] };
    let mut stored = direct(0, b"deflated", 512);
    Pipeline::new(&message).unwrap().encode(&mut stored, &mut Vec::new()).unwrap();
    let mut image = Image::default();
    let root_block = FilteredBlock { size: Len(stored.len() as u64), mask: 0 };
    let root = image.put(&stored);
    let filtered = FilteredHeap { root: root_block, pipeline: bytes(&message, ()) };
    let heap = image.put_sealed(bytes(&header(root, 0, Some(filtered)), W));
    assert_eq!(get(&image, heap, &id(21, 8)).unwrap(), b"deflated");
}
