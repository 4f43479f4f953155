//! Datasets with every chunk index, with none, few and many chunks, are written and read back: here, by h5py, and by h5dump.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::path::Path;
use std::process::Command;

use hyperslab::hdf5::builder::{Builder, DatasetSpec, FillSpec, GroupSpec, LayoutSpec, LinkSpec, ObjectAddress};
use hyperslab::hdf5::{Datatype, File, Filter, IndexKind};
use hyperslab::{ByteOrder, Kind, NumberType, Selection};

const GROWS: u64 = u64::MAX;
/// What was never written.
const FILL: i32 = -1;

/// A dataset of which every n-th chunk is written; each element is its own number in C order.
#[derive(Debug, Clone)]
struct Case {
    index: IndexKind,
    /// In the end; nothing at creation where `grown`.
    shape: Vec<u64>,
    max_shape: Vec<u64>,
    chunk: Vec<u64>,
    every: u64,
    filtered: bool,
    grown: bool,
}

impl Case {
    fn name(&self, number: usize) -> String {
        format!("{number:03}_{:?}_every_{}_chunk_{}", self.index, self.every, join(&self.chunk))
    }

    fn chunks(&self) -> Vec<u64> {
        self.shape.iter().zip(&self.chunk).map(|(length, chunk)| length.div_ceil(*chunk)).collect()
    }

    /// The positions of the chunks that are written.
    fn written(&self) -> impl Iterator<Item = Vec<u64>> + '_ {
        let chunks = self.chunks();
        let numbers = (0..chunks.iter().product()).filter(|number| number % self.every == 0);
        numbers.map(move |number| position(number, &chunks))
    }

    /// The elements of a chunk, those beyond the end of the dataset included.
    fn elements(&self, chunk: &[u64]) -> Vec<u8> {
        let count: u64 = self.chunk.iter().product();
        let element = |n: u64| {
            let inside = position(n, &self.chunk);
            let at: Vec<u64> = chunk.iter().zip(&self.chunk).zip(inside).map(|((c, len), i)| c * len + i).collect();
            let is_inside = at.iter().zip(&self.shape).all(|(at, length)| at < length);
            if is_inside {
                i32::try_from(number(&at, &self.shape)).unwrap()
            } else {
                FILL
            }
        };
        (0..count).flat_map(|n| element(n).to_le_bytes()).collect()
    }

    fn expected(&self) -> Vec<i32> {
        let (count, chunks) = (self.shape.iter().product(), self.chunks());
        let element = |n: u64| {
            let at: Vec<u64> = position(n, &self.shape).iter().zip(&self.chunk).map(|(at, len)| at / len).collect();
            if number(&at, &chunks).is_multiple_of(self.every) {
                i32::try_from(n).unwrap()
            } else {
                FILL
            }
        };
        (0..count).map(element).collect()
    }

    fn spec(&self) -> DatasetSpec {
        let filter = |id, parameters| Filter { id, name: String::new(), optional: true, parameters };
        DatasetSpec {
            max_shape: self.max_shape.clone(),
            layout: LayoutSpec::Chunked { chunk: self.chunk.clone(), index: self.index },
            fill: FillSpec { value: Some(FILL.to_le_bytes().to_vec()), ..FillSpec::default() },
            filters: if self.filtered { vec![filter(2, vec![4]), filter(1, vec![4])] } else { Vec::new() },
            ..DatasetSpec::new(int(), &self.created())
        }
    }

    fn created(&self) -> Vec<u64> {
        let length = |(&length, &max): (&u64, &u64)| if self.grown && max == GROWS { 0 } else { length };
        self.shape.iter().zip(&self.max_shape).map(length).collect()
    }

    fn write(&self, builder: &Builder) -> hyperslab::Result<ObjectAddress> {
        let dataset = builder.dataset(self.spec())?;
        // Backwards, so that no index depends on the order.
        let mut written: Vec<_> = self.written().collect();
        written.reverse();
        for chunk in &written {
            builder.write_chunk(&dataset, chunk, self.elements(chunk))?;
        }
        builder.add_dataset(dataset, &self.shape, Vec::new())
    }
}

fn int() -> Datatype {
    Datatype::Number(NumberType::I32, ByteOrder::Little)
}

fn join(lengths: &[u64]) -> String {
    lengths.iter().map(u64::to_string).collect::<Vec<_>>().join("x")
}

fn position(number: u64, lengths: &[u64]) -> Vec<u64> {
    let mut rest = number;
    let mut position: Vec<u64> = lengths.iter().rev().map(|length| (rest % length, rest /= length).0).collect();
    position.reverse();
    position
}

fn number(position: &[u64], lengths: &[u64]) -> u64 {
    position.iter().zip(lengths).fold(0, |number, (at, length)| number * length + at)
}

/// Every index that a dataset of this form can have.
fn cases() -> Vec<Case> {
    use IndexKind::{BTreeV1, BTreeV2, ExtensibleArray, FixedArray, Implicit, Single};
    let mut cases = Vec::new();
    let mut add = |index, shape: &[u64], max_shape: &[u64], chunk: &[u64], every: u64| {
        for (filtered, grown) in [(false, false), (true, false), (false, true), (true, true)] {
            let (shape, max_shape, chunk) = (shape.to_vec(), max_shape.to_vec(), chunk.to_vec());
            if (grown && !max_shape.contains(&GROWS)) || (filtered && index == Implicit) {
                continue;
            }
            cases.push(Case { index, shape, max_shape, chunk, every, filtered, grown });
        }
    };
    add(Single, &[5, 3], &[5, 3], &[5, 3], 1);
    add(Implicit, &[7, 5], &[7, 5], &[2, 3], 1);
    add(Implicit, &[7], &[9], &[2], 1);
    add(Implicit, &[7, 9], &[21, 27], &[3, 4], 1);
    add(FixedArray, &[7, 9], &[21, 27], &[3, 4], 1);
    add(BTreeV2, &[7, 9], &[21, 27], &[3, 4], 1);
    for (count, every) in [(0, 1), (1, 1), (3, 2), (1024, 1), (1025, 5), (3000, 7), (3000, 2000)] {
        add(FixedArray, &[2 * count], &[2 * count + 3], &[2], every);
    }
    add(FixedArray, &[7, 5], &[8, 9], &[2, 3], 1);
    for (count, every) in [(0, 1), (1, 1), (4, 1), (5, 2), (130, 1), (3000, 7), (9000, 1), (140_000, 9999)] {
        add(ExtensibleArray, &[2 * count], &[GROWS], &[2], every);
    }
    add(ExtensibleArray, &[5, 50], &[5, GROWS], &[2, 3], 1);
    add(ExtensibleArray, &[5, 50], &[7, GROWS], &[2, 3], 3);
    for index in [BTreeV1, BTreeV2] {
        for (count, every) in [(0, 1), (1, 1), (64, 1), (65, 2), (8000, 1)] {
            add(index, &[2 * count], &[GROWS], &[2], every);
        }
        add(index, &[5, 9], &[GROWS, 9], &[2, 3], 2);
        add(index, &[35, 90], &[GROWS, GROWS], &[2, 3], 1);
        add(index, &[3, 35, 90], &[3, GROWS, GROWS], &[2, 5, 3], 4);
        add(index, &[7, 5], &[7, 5], &[2, 3], 1);
    }
    cases
}

/// The file of all cases.
fn write(path: &Path) {
    let builder = Builder::create(path, true).unwrap();
    let link = |(n, case): (usize, &Case)| {
        LinkSpec::hard(case.name(n), case.write(&builder).unwrap_or_else(|e| panic!("{case:?}: {e}")))
    };
    let links = cases().iter().enumerate().map(link).collect();
    let root = builder.add_group(&GroupSpec { links, ..GroupSpec::default() }).unwrap();
    builder.finish(root).unwrap();
}

#[test]
fn every_index_leads_to_its_chunks() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("indexes.h5");
    write(&path);
    let file = File::open(&path).unwrap();
    for (n, case) in cases().iter().enumerate() {
        let dataset = file.object(&case.name(n)).unwrap().dataset().unwrap();
        assert_eq!(dataset.shape(), case.shape, "{case:?}");
        assert!(dataset.read_all::<i32>().unwrap() == case.expected(), "{case:?}");
        assert_eq!(dataset.chunks().unwrap().len(), case.written().count(), "{case:?}");
    }
}

/// What a script for h5py says of every dataset.
const H5PY: &str = r#"
import re, sys
import h5py, numpy as np
with h5py.File(sys.argv[1], "r") as f:
    for name in f:
        d = f[name]
        every = int(re.search(r"every_(\d+)", name)[1])
        grid = [-(-n // c) for n, c in zip(d.shape, d.chunks)]
        at = np.indices(d.shape)
        chunk = np.zeros(d.shape, int)
        for axis in range(d.ndim):
            chunk = chunk * grid[axis] + at[axis] // d.chunks[axis]
        expected = np.where(chunk % every == 0, np.arange(d.size).reshape(d.shape), -1)
        if not (d[...] == expected).all():
            sys.exit(f"{name} has other values")
        if d.id.get_num_chunks() != -(-int(np.prod(grid)) // every):
            sys.exit(f"{name} has {d.id.get_num_chunks()} chunks")
    print(len(f))
"#;

/// Runs a program; `None` if there is none.
fn run(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{program}: {}{text}", String::from_utf8_lossy(&output.stderr));
    Some(text)
}

#[test]
fn the_reference_implementation_finds_the_same_chunks() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("indexes.h5");
    write(&path);
    let path = path.to_str().unwrap();
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    match Command::new(&python).args(["-c", "import h5py"]).status() {
        Ok(status) if status.success() => {
            assert_eq!(run(&python, &["-c", H5PY, path]).unwrap().trim(), cases().len().to_string());
        }
        _ => eprintln!("skipped: {python} has no h5py"),
    }
    let Some(all) = run("h5dump", &["-y", "-w", "1", path]) else {
        eprintln!("skipped: there is no h5dump");
        return;
    };
    let mut datasets = all.split("DATASET \"").skip(1);
    for (n, case) in cases().iter().enumerate() {
        let text = datasets.next().unwrap();
        assert!(text.starts_with(&case.name(n)), "{case:?}");
        let values = text.split("DATA {").nth(1).unwrap();
        let values = values.split('}').next().unwrap().split(',').map(str::trim).filter(|value| !value.is_empty());
        let values: Vec<i32> = values.map(|value| value.parse().unwrap()).collect();
        assert!(values == case.expected(), "{case:?}");
    }
}

#[test]
fn an_index_that_cannot_hold_a_dataset_is_refused_with_what_it_needs() {
    let refused = |index, max_shape: &[u64], chunk: &[u64], filtered| {
        let (shape, max_shape) = (vec![4; chunk.len()], max_shape.to_vec());
        let case = Case { index, shape, max_shape, chunk: chunk.to_vec(), every: 1, filtered, grown: false };
        let builder = Builder::in_memory(&hyperslab::Memory::new());
        let error = builder.dataset(case.spec()).unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        error.to_string()
    };
    assert!(refused(IndexKind::Single, &[4], &[2], false).contains("one chunk"));
    assert!(refused(IndexKind::Implicit, &[4], &[2], true).contains("no filters"));
    assert!(refused(IndexKind::Implicit, &[GROWS], &[2], false).contains("no unlimited dimension"));
    assert!(refused(IndexKind::FixedArray, &[GROWS], &[2], false).contains("no unlimited dimension"));
    assert!(refused(IndexKind::ExtensibleArray, &[4], &[2], false).contains("exactly one"));
    assert!(refused(IndexKind::ExtensibleArray, &[GROWS, GROWS], &[2, 2], false).contains("exactly one"));
}

#[test]
fn boxes_of_unfiltered_datasets_are_written_anywhere() {
    let memory = hyperslab::Memory::new();
    let builder = Builder::in_memory(&memory);
    let chunked = |index| DatasetSpec {
        max_shape: vec![GROWS, 6],
        layout: LayoutSpec::Chunked { chunk: vec![2, 4], index },
        ..DatasetSpec::new(int(), &[0, 6])
    };
    let specs = [
        DatasetSpec::new(int(), &[5, 6]),
        DatasetSpec { layout: LayoutSpec::Compact, ..DatasetSpec::new(int(), &[5, 6]) },
        chunked(IndexKind::ExtensibleArray),
        chunked(IndexKind::BTreeV2),
    ];
    let values: Vec<u8> = (0..12i32).flat_map(i32::to_le_bytes).collect();
    let mut links = Vec::new();
    for (n, spec) in specs.into_iter().enumerate() {
        let dataset = builder.dataset(spec).unwrap();
        builder.write(&dataset, &Selection::block(vec![1, 2], vec![3, 4]), &values).unwrap();
        let beyond = builder.write(&dataset, &Selection::block(vec![1, 4], vec![3, 4]), &values);
        assert_eq!(beyond.unwrap_err().kind(), Kind::Usage);
        links.push(LinkSpec::hard(n.to_string(), builder.add_dataset(dataset, &[5, 6], Vec::new()).unwrap()));
    }
    let root = builder.add_group(&GroupSpec { links, ..GroupSpec::default() }).unwrap();
    builder.finish(root).unwrap();
    let file = File::from_source(hyperslab::Source::from_bytes(memory.take().unwrap())).unwrap();
    for n in 0..4 {
        let dataset = file.object(&n.to_string()).unwrap().dataset().unwrap();
        let region = Selection::block(vec![1, 2], vec![3, 4]);
        assert_eq!(dataset.read::<i32>(&region).unwrap(), (0..12).collect::<Vec<_>>());
        assert_eq!(dataset.read_all::<i32>().unwrap().iter().sum::<i32>(), 66);
    }
}
