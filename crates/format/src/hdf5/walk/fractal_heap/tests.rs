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

/// A torn file that ends after so many bytes: an object of its heap, and what is told of blocks without a proof.
fn torn(image: &Image, len: u64, heap: u64, id: &[u8]) -> (Result<Vec<u8>>, Option<String>) {
    let mut image = image.clone();
    image.cut(len);
    let mut space = image.space();
    assert_eq!(FractalHeap::open(&space, heap).unwrap().get(&space, id).unwrap_err().kind(), crate::Kind::Malformed);
    space.is_torn = true;
    let heap = FractalHeap::open(&space, heap).unwrap();
    let object = heap.get(&space, id);
    assert_eq!(heap.get(&space, id).ok(), object.as_ref().ok().cloned());
    (object, heap.take_unchecked().map(|error| error.to_string()))
}

#[test]
fn of_a_torn_file_a_direct_block_has_the_objects_before_the_cut() {
    for checksummed in [true, false] {
        let mut image = Image::default();
        let at = 1024;
        let flags = if checksummed { BLOCKS_CHECKSUMMED } else { 0 };
        let heap = image.put_sealed(bytes(&FractalHeapHeader { flags, ..header(at, 0, None) }, W));
        image.0.resize(at.try_into().unwrap(), 0);
        let start: u64 = if checksummed { 21 } else { 17 };
        let mut block = direct(0, b"", 512);
        if !checksummed {
            block.drain(17..21);
            block.resize(512, 0);
        }
        let start_at = usize::try_from(start).unwrap();
        block[start_at..start_at + 12].copy_from_slice(b"a linkanothe");
        image.put(&block);
        let ids = [id(u32::try_from(start).unwrap(), 6), id(u32::try_from(start).unwrap() + 6, 6)];
        let (first, told) = torn(&image, at + start + 8, heap, &ids[0]);
        assert_eq!(first.unwrap(), b"a link");
        assert_eq!(told.is_some_and(|told| told.contains("without its checksum")), checksummed);
        let (second, _) = torn(&image, at + start + 8, heap, &ids[1]);
        assert!(second.unwrap_err().to_string().contains("of 512 bytes lie behind the end"));
        assert!(torn(&image, at + 10, heap, &ids[0]).0.is_err(), "not even its head is there");
    }
}

#[test]
fn of_a_torn_file_an_indirect_block_has_the_entries_before_the_cut() {
    let mut image = Image::default();
    let near = image.put(&direct(0, b"near", 512));
    let far = image.put(&direct(4096 + 1024, b"far away", 1024));
    let at = 4096;
    let heap = image.put_sealed(bytes(&header(at, 3, None), W));
    image.0.resize(at.try_into().unwrap(), 0);
    let mut block = bytes(&IndirectBlockHead { version: 0, header: Addr(0), block_offset: Uint(0) }, (W, 4));
    let head = block.len() as u64;
    for entry in 0..12 {
        let address = [(0, Addr(near)), (9, Addr(far))].into_iter().find(|(of, _)| *of == entry);
        let address = address.map_or(Addr::UNDEFINED, |(_, address)| address);
        block.extend(bytes(&ChildBlock { address, filtered: None }, (W, false)));
    }
    image.put_sealed(block);
    let (near, far) = (id(21, 4), id(4096 + 1024 + 21, 8));
    let (object, told) = torn(&image, at + head + 9 * 8 + 7, heap, &near);
    assert_eq!(object.unwrap(), b"near");
    assert!(told.unwrap().contains("indirect block"));
    assert!(torn(&image, at + head + 9 * 8 + 7, heap, &far).0.is_err());
    assert_eq!(torn(&image, at + head + 10 * 8, heap, &far).0.unwrap(), b"far away");
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
