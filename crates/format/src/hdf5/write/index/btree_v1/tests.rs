//! Trees that are written again and again are the trees of all their chunks.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::write::index::{ChunkIndexWriter, IndexKind};
use crate::limits::Limits;
use crate::sink::{InMemory, Memory};
use crate::source::Source;

const KEY: KeyArgs = KeyArgs { widths: Widths::WIDE, dimensions: 3 };

/// The nodes of a level, from left to right.
type Level = Vec<(u64, Node<ChunkKey>)>;

fn index() -> ChunkIndexWriter {
    let table = ChunkTable::new(&[2, 5], &[0, 20], &[u64::MAX, 20], 4).unwrap();
    ChunkIndexWriter::new(IndexKind::BTreeV1, table, 4, true).unwrap()
}

fn node(file: &[u8], at: u64) -> Node<ChunkKey> {
    let bytes = &file[usize::try_from(at).unwrap()..];
    wire::decode("node", at, bytes, Endian::Little, KEY).unwrap().0
}

/// The levels of a tree, from the root down, and its chunks.
fn walk(file: &[u8], root: u64) -> (Vec<Level>, BTreeMap<Vec<u64>, u64>) {
    let mut levels = vec![vec![(root, node(file, root))]];
    loop {
        let last = levels.last().unwrap();
        let children = last.iter().flat_map(|(_, node)| &node.children);
        if last[0].1.head.level == 0 {
            let chunks = children.map(|entry| (entry.key.offsets.clone(), entry.child.0)).collect();
            return (levels, chunks);
        }
        levels.push(children.map(|entry| (entry.child.0, node(file, entry.child.0))).collect());
    }
}

/// Asserts that nodes know their neighbours, and that keys are in order.
fn check(levels: &[Level]) {
    for level in levels {
        for pair in level.windows(2) {
            let [(left, a), (right, b)] = pair else { unreachable!() };
            assert_eq!((a.head.right, b.head.left), (Addr(*right), Addr(*left)));
            assert!(a.last.offsets <= b.children[0].key.offsets || a.last == b.children[0].key);
            assert_eq!(a.head.level, b.head.level);
        }
        let (first, last) = (&level[0].1.head, &level[level.len() - 1].1.head);
        assert_eq!((first.left, last.right), (Addr::UNDEFINED, Addr::UNDEFINED));
    }
}

fn publish(index: &mut ChunkIndexWriter, file: &FileWriter) -> u64 {
    let layout = index.flush_anew(file).unwrap();
    for extent in index.published(file).unwrap() {
        // Whoever follows what was given back is found out.
        file.write(extent.address, &vec![0xEE; usize::try_from(extent.len).unwrap()]).unwrap();
        file.free(extent);
    }
    let crate::hdf5::record::message::layout::Storage::Chunked(chunked) = layout.storage else { unreachable!() };
    chunked.address.0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_tree_that_grows_is_the_tree_of_all_chunks(
        // Rows that are appended with each publication, an older chunk that is replaced, and whether the file is opened anew.
        batches in prop::collection::vec((0u64..900, any::<u64>(), any::<bool>(), any::<bool>()), 1..8),
    ) {
        let memory = Memory::new();
        let file = FileWriter::new(Box::new(InMemory::new(&memory)));
        let (mut index, mut chunks_put, mut rows) = (index(), BTreeMap::new(), 0u64);
        for (more, which, replaces, reopens) in batches {
            let old = (replaces && rows > 0).then(|| [which % rows, which % 4]);
            let new = (rows..rows + more).flat_map(|row| (0..4).map(move |column| [row, column]));
            for scaled in new.chain(old) {
                let address = file.allocate(8, 8).unwrap();
                index.insert(&scaled, ChunkLocation { address, size: 8, mask: 0 }).unwrap();
                chunks_put.insert(vec![scaled[0] * 2, scaled[1] * 5, 0], address);
            }
            rows += more;
            if rows == 0 {
                continue;
            }
            let root = publish(&mut index, &file);
            let mut bytes = vec![0; usize::try_from(file.end()).unwrap()];
            file.read(0, &mut bytes).unwrap();
            let (levels, chunks) = walk(&bytes, root);
            check(&levels);
            prop_assert_eq!(&chunks, &chunks_put);
            if reopens {
                let space = AddressSpace::new(Source::from_bytes(bytes), 0, Widths::WIDE, Limits::default());
                index.go_on(&space, Some(root)).unwrap();
            }
        }
    }
}

#[test]
fn a_tree_stands_in_for_a_large_index_that_is_written_again() {
    let file = FileWriter::new(Box::new(InMemory::new(&Memory::new())));
    let table = ChunkTable::new(&[2, 5], &[0, 5], &[u64::MAX, 5], 4).unwrap();
    let mut index = ChunkIndexWriter::new(IndexKind::ExtensibleArray, table, 4, true).unwrap();
    let (mut rows, mut found) = (0, Vec::new());
    for (more, is_last) in [(10, false), (10, false), (4000, false), (10, false), (10, false), (10, true)] {
        for row in rows..rows + more {
            index.insert(&[row, 0], ChunkLocation { address: 8, size: 8, mask: 0 }).unwrap();
        }
        rows += more;
        assert_eq!(is_last && index.settle(), is_last);
        let before = file.end();
        found.push((index.flush_anew(&file).unwrap().version, file.end() - before > 8 * rows));
        index.published(&file).unwrap();
    }
    // Whole, whole, whole, all of the tree, what is new of it, and whole again.
    assert_eq!(found, [(4, true), (4, true), (4, true), (3, true), (3, false), (4, true)]);
}

#[test]
fn what_is_appended_costs_a_node_of_each_level() {
    let file = FileWriter::new(Box::new(InMemory::new(&Memory::new())));
    let mut index = index();
    for row in 0..5000 {
        index.insert(&[row, 0], ChunkLocation { address: 8, size: 8, mask: 0 }).unwrap();
        index.insert(&[row, 3], ChunkLocation { address: 8, size: 8, mask: 0 }).unwrap();
    }
    publish(&mut index, &file);
    index.insert(&[5000, 0], ChunkLocation { address: 8, size: 8, mask: 0 }).unwrap();
    let (_, taken) = file.taking(|| index.flush(&file)).unwrap();
    assert_eq!(taken.len(), 3);
}
