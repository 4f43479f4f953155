//! Whatever order parts come in, and whatever fails: what was taken is in the file in the end.

use std::collections::HashMap;
use std::sync::atomic::AtomicUsize;

use proptest::prelude::*;

use super::*;
use crate::error::Kind;

const FILL: u8 = 0xee;

/// Chunks in memory, whose "filter" inverts all bits. The next `failing` of them cannot be put.
#[derive(Debug, Default)]
struct Memory {
    chunks: Mutex<HashMap<Vec<u64>, Vec<u8>>>,
    puts: AtomicUsize,
    failing: AtomicUsize,
    /// Where chunks were put, one after the other.
    order: Mutex<Vec<Vec<u64>>>,
    /// Whether encoding panics.
    panics: bool,
}

fn inverted(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| !byte).collect()
}

#[derive(Debug)]
struct Inverted {
    panics: bool,
}

impl ChunkEncoder for Inverted {
    fn encode(&self, chunk: &mut Vec<u8>, _: &mut Vec<u8>) -> Result<u32> {
        assert!(!self.panics, "a filter with a fault");
        *chunk = inverted(chunk);
        Ok(0)
    }
}

impl ChunkStore for Memory {
    fn fill(&self, _: usize, target: &mut [u8]) -> Result<()> {
        target.fill(FILL);
        Ok(())
    }

    fn encoder(&self, _: usize) -> Option<Arc<dyn ChunkEncoder>> {
        Some(Arc::new(Inverted { panics: self.panics }))
    }

    fn put(&self, _: usize, chunk: &EncodedChunk) -> Result<()> {
        let failing = |n: usize| n.checked_sub(1);
        if self.failing.fetch_update(Ordering::Relaxed, Ordering::Relaxed, failing).is_ok() {
            return Err(crate::Error::io("no room", std::io::ErrorKind::StorageFull.into()));
        }
        self.puts.fetch_add(1, Ordering::Relaxed);
        lock(&self.order).push(chunk.scaled.clone());
        lock(&self.chunks).insert(chunk.scaled.clone(), chunk.bytes.clone());
        Ok(())
    }
}

impl ChangingStore for Memory {
    fn reload(&self, _: usize, scaled: &[u64]) -> Result<Option<Vec<u8>>> {
        Ok(lock(&self.chunks).get(scaled).map(|bytes| inverted(bytes)))
    }
}

impl Memory {
    /// All elements of an array of this shape.
    fn elements(&self, shape: [u64; 2], chunk: [u64; 2]) -> Vec<u8> {
        let chunks = lock(&self.chunks);
        let cells = (0..shape[0]).flat_map(|row| (0..shape[1]).map(move |column| (row, column)));
        cells
            .map(|(row, column)| {
                let inside = (row % chunk[0]) * chunk[1] + column % chunk[1];
                let bytes = chunks.get(&vec![row / chunk[0], column / chunk[1]]);
                bytes.map_or(FILL, |bytes| !bytes[usize::try_from(inside).unwrap()])
            })
            .collect()
    }
}

fn dataset<'d>(chunk: &'d [u64; 2], lengths: &'d [u64; 2]) -> Dataset<'d> {
    Dataset { number: 0, chunk, lengths, size: 1 }
}

#[test]
fn an_error_loses_nothing_that_was_taken() {
    let (store, chunks) = (Memory::default(), Assembler::with_rooms(WAITING, 0));
    let (chunk, lengths) = ([2, 3], [u64::MAX, 3]);
    let row = |n: u64| Selection::block(vec![n, 0], vec![1, 3]);
    chunks.write(&store, dataset(&chunk, &lengths), &row(0), &[1; 3]).unwrap();
    store.failing.store(2, Ordering::Relaxed);
    let failed = chunks.write(&store, dataset(&chunk, &lengths), &row(1), &[2; 3]).unwrap_err();
    assert_eq!(failed.kind(), Kind::Io);
    // The end tells of it as long as it lasts.
    assert_eq!(chunks.finish(&store).unwrap_err().kind(), Kind::Io);
    chunks.write(&store, dataset(&chunk, &lengths), &row(1), &[3; 3]).unwrap();
    chunks.finish(&store).unwrap();
    assert_eq!(store.elements([2, 3], chunk), [1, 1, 1, 3, 3, 3]);
}

#[test]
fn a_whole_chunk_that_failed_is_tried_again_in_the_end() {
    let (store, chunks) = (Memory::default(), Assembler::with_rooms(WAITING, 0));
    let (chunk, lengths) = ([1, 3], [u64::MAX, 3]);
    store.failing.store(1, Ordering::Relaxed);
    let row = Selection::block(vec![0, 0], vec![1, 3]);
    assert!(chunks.write(&store, dataset(&chunk, &lengths), &row, &[7; 3]).is_err());
    chunks.finish(&store).unwrap();
    assert_eq!(store.elements([1, 3], chunk), [7; 3]);
}

#[test]
fn a_chunk_that_is_changed_often_is_encoded_once_more() {
    let (store, chunks) = (Memory::default(), Assembler::with_rooms(WAITING, 0));
    let (chunk, lengths) = ([8, 8], [8, 8]);
    chunks.write(&store, dataset(&chunk, &lengths), &Selection::all(&[8, 8]), &[1; 64]).unwrap();
    for n in 0..64 {
        let one = Selection::block(vec![n / 8, n % 8], vec![1, 1]);
        chunks.write(&store, dataset(&chunk, &lengths), &one, &[2]).unwrap();
    }
    chunks.finish(&store).unwrap();
    assert_eq!(store.elements([8, 8], chunk), [2; 64]);
    assert_eq!(store.puts.load(Ordering::Relaxed), 2);
}

#[test]
fn memory_is_bounded_and_nothing_is_lost_by_it() {
    let (store, chunks) = (Memory::default(), Assembler::with_rooms(64, 0));
    let (chunk, lengths) = ([4, 4], [64, 64]);
    // Columns: no chunk is complete before the fourth of its columns.
    for column in 0..64u8 {
        let region = Selection::block(vec![0, u64::from(column)], vec![64, 1]);
        chunks.write(&store, dataset(&chunk, &lengths), &region, &[column; 64]).unwrap();
        assert!(chunks.bytes.load(Ordering::Relaxed) <= 64);
    }
    chunks.finish(&store).unwrap();
    let expected: Vec<u8> = (0..64).flat_map(|_| 0..64).collect();
    assert_eq!(store.elements([64, 64], chunk), expected);
    assert_eq!(chunks.bytes.load(Ordering::Relaxed), 0);
}

#[test]
fn chunks_are_put_in_the_order_in_which_they_were_completed() {
    let (store, chunks) = (Memory::default(), Assembler::with_rooms(64, 48));
    let (chunk, lengths) = ([1, 16], [u64::MAX, 16]);
    let order = [7, 3, 9, 0, 5, 1, 2];
    for (n, row) in (1..).zip(order) {
        let region = Selection::block(vec![row, 0], vec![1, 16]);
        chunks.write(&store, dataset(&chunk, &lengths), &region, &[1; 16]).unwrap();
        // As many are on their way as there is room for.
        assert_eq!(lock(&store.order).len(), usize::saturating_sub(n, 3));
    }
    chunks.finish(&store).unwrap();
    assert_eq!(*lock(&store.order), order.map(|row| vec![row, 0]));
}

#[test]
fn an_encoder_that_panics_elsewhere_panics_where_the_chunk_is_put() {
    let (store, chunks) = (Memory { panics: true, ..Memory::default() }, Assembler::in_background());
    let lengths = [1, 1 << 20];
    chunks.write(&store, dataset(&lengths, &lengths), &Selection::all(&lengths), &[1; 1 << 20]).unwrap();
    let finish = std::panic::AssertUnwindSafe(|| chunks.finish(&store));
    let panicked = std::panic::catch_unwind(finish).unwrap_err();
    assert_eq!(panicked.downcast_ref::<&str>(), Some(&"a filter with a fault"));
}

#[test]
fn threads_are_started_where_there_is_work_for_them() {
    let (store, chunks) = (Memory::default(), Assembler::in_background());
    let (chunk, lengths) = ([1, 1 << 16], [u64::MAX, 1 << 16]);
    for row in 0..16 {
        assert!(!chunks.queue.has_started(), "{row}");
        let region = Selection::block(vec![row, 0], vec![1, 1 << 16]);
        chunks.write(&store, dataset(&chunk, &lengths), &region, &[1; 1 << 16]).unwrap();
    }
    assert!(chunks.queue.has_started());
    chunks.finish(&store).unwrap();
    assert_eq!(*lock(&store.order), (0..16).map(|row| vec![row, 0]).collect::<Vec<_>>());
}

#[test]
fn threads_may_share_chunks() {
    share_chunks(&Assembler::with_rooms(1 << 10, 0));
    share_chunks(&Assembler::with_rooms(1 << 10, 1 << 9));
}

fn share_chunks(chunks: &Assembler) {
    let store = Memory::default();
    let (chunk, lengths) = ([16, 16], [64, 64]);
    std::thread::scope(|scope| {
        for thread in 0..4u64 {
            let (store, lengths, chunk) = (&store, &lengths, &chunk);
            scope.spawn(move || {
                for row in (0..64).filter(|row| row % 4 == thread) {
                    let region = Selection::block(vec![row, 0], vec![1, 64]);
                    let value = u8::try_from(row).unwrap();
                    chunks.write(store, dataset(chunk, lengths), &region, &[value; 64]).unwrap();
                }
            });
        }
    });
    chunks.finish(&store).unwrap();
    let expected: Vec<u8> = (0..64).flat_map(|row| [row; 64]).collect();
    assert_eq!(store.elements([64, 64], chunk), expected);
}

#[test]
fn what_is_outside_of_the_dataset_is_unwritten() {
    let (store, mut bytes) = (Memory::default(), vec![1, 2]);
    let dataset = Dataset { number: 0, chunk: &[2, 3], lengths: &[2, 5], size: 1 };
    let region = Selection::block(vec![0, 3], vec![2, 1]);
    let chunk = EncodedChunk::of_box(&store, dataset, &region, &mut bytes, &mut Vec::new()).unwrap();
    assert_eq!(inverted(&chunk.bytes), [1, FILL, FILL, 2, FILL, FILL]);
}

proptest! {
    #[test]
    fn boxes_in_any_order_are_those_of_an_array(
        boxes in prop::collection::vec((0u64..9, 0u64..7, 1u64..6, 1u64..6, any::<u8>()), 0..20),
        chunk in [1u64..5, 1u64..5],
        rooms in (0u64..64, 0u64..64),
        failing in 0usize..4,
    ) {
        let (store, chunks) = (Memory::default(), Assembler::with_rooms(rooms.0, rooms.1));
        store.failing.store(failing, Ordering::Relaxed);
        let shape = [9, 7];
        let mut model = vec![FILL; 63];
        for (row, column, rows, columns, value) in boxes {
            let count = [rows.min(shape[0] - row), columns.min(shape[1] - column)];
            let region = Selection::block(vec![row, column], count.to_vec());
            let elements = vec![value; usize::try_from(count[0] * count[1]).unwrap()];
            // Whoever is told of an error writes again; what others had written is not lost by it.
            while chunks.write(&store, dataset(&chunk, &shape), &region, &elements).is_err() {}
            for (y, x) in (row..row + count[0]).flat_map(|y| (column..column + count[1]).map(move |x| (y, x))) {
                model[usize::try_from(y * 7 + x).unwrap()] = value;
            }
        }
        while chunks.finish(&store).is_err() {}
        prop_assert_eq!(store.elements(shape, chunk), model);
        prop_assert_eq!((chunks.bytes.into_inner(), chunks.queue.bytes()), (0, 0));
    }
}
