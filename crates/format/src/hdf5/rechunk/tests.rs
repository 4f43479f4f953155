//! Whatever the shapes and however little memory: every element arrives, and every chunk is decoded and encoded once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Mutex;

use proptest::prelude::*;

use super::*;
use crate::error::Result;
use crate::grid::for_each_part;
use crate::hdf5::builder::{Builder, DatasetSpec, DatasetWriter, GroupSpec, LayoutSpec, LinkSpec};
use crate::hdf5::{Datatype, File, Filter, IndexKind};
use crate::shape::{strides, Selection};
use crate::{ByteOrder, Memory, NumberType};

/// Numbers in order, and how often each chunk was read.
struct Numbers {
    array: Vec<u64>,
    from: Vec<u64>,
    missing: Vec<Vec<u64>>,
    read: Mutex<BTreeMap<Vec<u64>, u64>>,
    bytes: AtomicU64,
    /// Some chunks take their time, others at each call.
    delays: bool,
}

impl Numbers {
    fn at(&self, position: &[u64]) -> u32 {
        let number: u64 = position.iter().zip(strides(&self.array)).map(|(at, stride)| at * stride).sum();
        u32::try_from(number).unwrap() + 1
    }
}

impl Source for Numbers {
    fn read(&self, region: &Selection, target: &mut [u8]) -> Result<()> {
        let scaled = region.start.iter().zip(&self.from).map(|(at, len)| at / len).collect();
        *self.read.lock().unwrap().entry(scaled).or_default() += 1;
        if self.delays {
            static CALLS: AtomicU64 = AtomicU64::new(0);
            let call = CALLS.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(std::time::Duration::from_micros(call * 7919 % 701));
        }
        let ones = vec![1; region.count.len()];
        let mut elements = target.chunks_exact_mut(4);
        for_each_part(region, &ones, &mut |part| {
            elements.next().unwrap().copy_from_slice(&self.at(&part.start).to_le_bytes());
            Ok(())
        })
    }

    fn has(&self, chunk: &[u64]) -> Result<bool> {
        Ok(!self.missing.iter().any(|missing| missing == chunk))
    }

    fn advance(&self, bytes: u64) -> Result<()> {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    }
}

/// Writes numbers in chunks of a shape, or in one piece; returns them as they are read back, and the plan.
fn rechunked(numbers: &Numbers, to: Option<&[u64]>, filters: Vec<Filter>, means: Means) -> Result<(Vec<u32>, Plan)> {
    let (file, plan) = file(numbers, to, filters, means, None)?;
    Ok((File::from_bytes(file)?.object("/x")?.dataset()?.read_all()?, plan))
}

/// The file that has them.
fn file(
    numbers: &Numbers,
    to: Option<&[u64]>,
    filters: Vec<Filter>,
    means: Means,
    few: Option<&[Vec<u64>]>,
) -> Result<(Vec<u8>, Plan)> {
    let place = Memory::new();
    let builder = Builder::in_memory(&place);
    let number = Datatype::Number(NumberType::U32, ByteOrder::Little);
    let layout = match to {
        Some(chunk) => LayoutSpec::Chunked { chunk: chunk.to_vec(), index: IndexKind::FixedArray },
        None => LayoutSpec::Contiguous,
    };
    let spec = DatasetSpec { layout, filters, ..DatasetSpec::new(number, &numbers.array) };
    let writer = DatasetWriter::new(builder.file(), spec)?;
    let target = Target::new(builder.file(), &writer);
    let (array, from) = (numbers.array.clone(), numbers.from.clone());
    let shapes = Shapes { array, from, to: target.chunk().to_vec(), size: 4 };
    let plan = Plan::new(&shapes, means)?;
    let directory = tempfile::tempdir().unwrap();
    let beside = directory.path().join("a.h5");
    let source = numbers;
    let (target, dataset) = (&target, target.dataset());
    Rechunk { shapes: &shapes, plan: &plan, source, target, dataset, few, beside: Some(&beside) }.run()?;
    let dataset = builder.add_dataset(writer, &numbers.array, Vec::new())?;
    let root = builder.add_group(&GroupSpec { links: vec![LinkSpec::hard("x", dataset)], ..GroupSpec::default() })?;
    builder.finish(root)?;
    Ok((place.take().unwrap(), plan))
}

fn numbers(array: &[u64], from: &[u64]) -> Numbers {
    let from = from.iter().zip(array).map(|(&from, &all)| from.min(all)).collect();
    Numbers {
        array: array.to_vec(),
        from,
        missing: Vec::new(),
        read: Mutex::default(),
        bytes: AtomicU64::new(0),
        delays: false,
    }
}

#[test]
fn perpendicular_chunks_are_read_once_in_little_memory() {
    let numbers = numbers(&[600, 80], &[20, 1]);
    let (read, plan) =
        rechunked(&numbers, Some(&[128, 8]), Vec::new(), Means { memory: 64 << 10, threads: 2 }).unwrap();
    assert!(read.iter().zip(1..).all(|(&found, wanted)| found == wanted));
    assert_eq!((plan.spill, plan.sweep), (0, 0));
    assert!(plan.memory <= 64 << 10, "{plan:?}");
    assert!(numbers.read.lock().unwrap().values().all(|&times| times == 1));
}

#[test]
fn rows_become_columns_through_a_file() {
    let numbers = numbers(&[64, 96], &[1, 96]);
    let (read, plan) = rechunked(&numbers, Some(&[64, 1]), Vec::new(), Means { memory: 12 << 10, threads: 1 }).unwrap();
    assert!(read.iter().zip(1..).all(|(&found, wanted)| found == wanted));
    assert!(plan.spill > 0 && plan.spill < 64 * 96 * 4 && plan.memory <= 12 << 10, "{plan:?}");
    assert!(numbers.read.lock().unwrap().values().all(|&times| times == 1));
}

#[test]
fn what_does_not_fit_at_all_is_refused() {
    let numbers = numbers(&[64, 96], &[64, 96]);
    let refused = rechunked(&numbers, Some(&[64, 96]), Vec::new(), Means { memory: 1 << 10, threads: 1 });
    assert_eq!(refused.unwrap_err().kind(), crate::Kind::Limit);
}

#[test]
fn the_file_does_not_depend_on_who_is_faster() {
    let all = [61, 47];
    let few: Vec<Vec<u64>> = (0..9).map(|n| vec![n % 9, n * 5 % 7]).collect();
    for (few, missing) in [(None, false), (None, true), (Some(few.as_slice()), false)] {
        for (filters, memory) in
            [(Vec::new(), 1 << 20), (vec![Filter::deflate(1)], 1 << 20), (vec![Filter::deflate(1)], 6 << 10)]
        {
            let mut numbers = Numbers { delays: true, ..numbers(&all, &[7, 7]) };
            if missing {
                numbers.missing = (0..9).map(|n| vec![n, n * 3 % 7]).collect();
            }
            let means = Means { memory, threads: 4 };
            let run = || file(&numbers, Some(&[12, 5]), filters.clone(), means, few).unwrap();
            let (first, plan) = run();
            assert_eq!(plan.spill > 0, memory < 1 << 20, "{plan:?}");
            for _ in 0..4 {
                assert!(run().0 == first, "{few:?} {filters:?} {plan:?}");
            }
        }
    }
}

/// Numbers of which one chunk cannot be read, in one way or the other.
struct Failing {
    numbers: Numbers,
    panics: bool,
}

impl Source for Failing {
    fn read(&self, region: &Selection, target: &mut [u8]) -> Result<()> {
        if region.start == [21, 14] {
            assert!(!self.panics, "a source with a fault");
            return Err(crate::Error::usage("not this one"));
        }
        self.numbers.read(region, target)
    }

    fn has(&self, chunk: &[u64]) -> Result<bool> {
        self.numbers.has(chunk)
    }

    fn advance(&self, bytes: u64) -> Result<()> {
        self.numbers.advance(bytes)
    }
}

#[test]
fn nobody_waits_for_a_worker_that_failed() {
    for (panics, filters) in [(true, vec![Filter::deflate(1)]), (false, vec![Filter::deflate(1)]), (true, Vec::new())] {
        let source = Failing { numbers: Numbers { delays: true, ..numbers(&[61, 47], &[7, 7]) }, panics };
        let builder = Builder::in_memory(&Memory::new());
        let number = Datatype::Number(NumberType::U32, ByteOrder::Little);
        let layout = LayoutSpec::Chunked { chunk: vec![12, 5], index: IndexKind::FixedArray };
        let spec = DatasetSpec { layout, filters, ..DatasetSpec::new(number, &[61, 47]) };
        let writer = DatasetWriter::new(builder.file(), spec).unwrap();
        let target = Target::new(builder.file(), &writer);
        let shapes = Shapes { array: vec![61, 47], from: vec![7, 7], to: vec![12, 5], size: 4 };
        let plan = Plan::new(&shapes, Means { memory: 1 << 20, threads: 4 }).unwrap();
        let (dataset, target) = (target.dataset(), &target);
        let work = Rechunk { shapes: &shapes, plan: &plan, source: &source, target, dataset, few: None, beside: None };
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work.run()));
        match panics {
            true => assert_eq!(done.unwrap_err().downcast_ref::<&str>(), Some(&"a source with a fault")),
            false => assert_eq!(done.unwrap().unwrap_err().to_string(), "not this one"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn any_chunks_become_any_others(
        axes in prop::collection::vec((1u64..14, 1u64..8, 1u64..8), 1..4),
        layout in 0u8..3,
        memory in 9u64..15,
        missing in any::<bool>(),
    ) {
        let column = |f: fn(&(u64, u64, u64)) -> u64| axes.iter().map(f).collect::<Vec<_>>();
        let mut numbers = numbers(&column(|a| a.0), &column(|a| a.1));
        if missing {
            numbers.missing.push(vec![0; axes.len()]);
        }
        let to = column(|a| a.2);
        let filters = if layout == 1 { vec![Filter::deflate(1)] } else { Vec::new() };
        let to = (layout < 2).then_some(to.as_slice());
        let means = Means { memory: 1 << memory, threads: 3 };
        match rechunked(&numbers, to, filters, means) {
            Err(error) => prop_assert_eq!(error.kind(), crate::Kind::Limit),
            Ok((read, plan)) => {
                prop_assert!(plan.memory <= means.memory);
                let ones = vec![1; axes.len()];
                let mut found = read.into_iter();
                for_each_part(&Selection::all(&numbers.array), &ones, &mut |part| {
                    let scaled: Vec<u64> = part.start.iter().zip(&numbers.from).map(|(at, len)| at / len).collect();
                    let wanted = if numbers.missing.contains(&scaled) { 0 } else { numbers.at(&part.start) };
                    assert_eq!(found.next(), Some(wanted), "{:?}", part.start);
                    Ok(())
                }).unwrap();
                prop_assert!(numbers.read.lock().unwrap().values().all(|&times| times == 1));
            }
        }
    }
}

#[test]
fn chunks_are_decoded_again_where_they_cross_borders_and_are_many() {
    let shapes =
        |from: [u64; 2], to: [u64; 2]| Shapes { array: vec![6000, 100], from: from.to_vec(), to: to.to_vec(), size: 8 };
    // A row of output chunks reaches into two rows of input chunks, of 800 bytes an index.
    assert!(shapes([2000, 1], [3000, 10]).decode_again(3_199_999));
    assert!(!shapes([2000, 1], [3000, 10]).decode_again(3_200_000));
    assert!(shapes([6000, 1], [1, 100]).decode_again(1 << 20));
    assert!(!shapes([1000, 1], [2000, 100]).decode_again(0));
}

#[test]
fn chunks_are_taken_together_where_each_has_little_for_many() {
    let widened = |from: [u64; 2], to: [u64; 2]| {
        let shapes = Shapes { array: vec![20_000, 1000], from: from.to_vec(), to: to.to_vec(), size: 8 };
        shapes.widened().from
    };
    // As many as leave the borders where they are: those of all, or of 500 or 16 of them.
    assert_eq!(widened([2000, 1], [1, 1000]), [2000, 64]);
    assert_eq!(widened([2000, 1], [1, 500]), [2000, 50]);
    assert_eq!(widened([2000, 1], [1, 16]), [2000, 16]);
    assert_eq!(widened([1, 1000], [2000, 1]), [50, 1000]);
    // These have enough for each, or are large.
    for (from, to) in [([2000, 1], [4096, 16]), ([20_000, 10], [1, 1000]), ([1, 1000], [1, 1000])] {
        assert_eq!(widened(from, to), from, "{to:?}");
    }
}
