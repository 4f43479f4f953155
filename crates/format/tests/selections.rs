//! Any selection reads what reading element by element gives: of what this library writes, and of the fixtures.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

mod common;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use common::{fixtures, sources};
use hyperslab::hdf5::Filter;
use hyperslab::hdf5::{Dataset, Datatype, File, Object, ObjectKind, Target, Visitor};
use hyperslab::netcdf::{self, Container, Layout, Schema, Storage, Type, Variable, Writer};
use hyperslab::{Result, Selection};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};

fn config() -> Config {
    // Counterexamples become tests of their own, not files.
    Config { cases: 512, failure_persistence: Some(Box::new(FileFailurePersistence::Off)), ..Config::default() }
}

/// A choice along one dimension, whatever its length: of a first index (or 0), a number of indices (or all), a distance.
type Axis = (Option<Index>, Option<Index>, u64);

fn axes() -> impl Strategy<Value = Vec<Axis>> {
    let choice = || prop::option::of(any::<Index>());
    prop::collection::vec((choice(), choice(), prop_oneof![Just(1u64), 1u64..5]), 5)
}

/// Choices of some points.
fn choices() -> impl Strategy<Value = Vec<Vec<Index>>> {
    prop::collection::vec(prop::collection::vec(any::<Index>(), 5), 0..20)
}

fn at(index: Index, length: u64) -> u64 {
    index.index(usize::try_from(length).unwrap()) as u64
}

fn selection(shape: &[u64], axes: &[Axis]) -> Selection {
    let mut selection = Selection::all(shape);
    for (n, (&length, &(start, count, stride))) in shape.iter().zip(axes).enumerate() {
        selection.start[n] = start.map_or(0, |start| at(start, length + 1));
        selection.stride[n] = stride;
        let most = (length - selection.start[n]).div_ceil(stride);
        selection.count[n] = count.map_or(most, |count| at(count, most + 1));
    }
    selection
}

fn points(shape: &[u64], choices: &[Vec<Index>]) -> Vec<Vec<u64>> {
    if shape.contains(&0) {
        return Vec::new();
    }
    choices.iter().map(|choice| shape.iter().zip(choice).map(|(&length, &index)| at(index, length)).collect()).collect()
}

/// The selected indices in C order.
fn indices(selection: &Selection) -> Vec<Vec<u64>> {
    let axes = selection.start.iter().zip(&selection.count).zip(&selection.stride);
    axes.fold(vec![Vec::new()], |so_far, ((&start, &count), &stride)| {
        let longer = |index: &Vec<u64>| {
            let index = index.clone();
            (0..count).map(move |n| [&index[..], &[start + n * stride]].concat())
        };
        so_far.iter().flat_map(longer).collect()
    })
}

fn alone(index: &[u64]) -> Selection {
    Selection::block(index.to_vec(), vec![1; index.len()])
}

/// The bytes of elements, one read for each.
fn naive(dataset: &Dataset, indices: &[Vec<u64>]) -> Vec<u8> {
    indices.iter().flat_map(|index| dataset.read_bytes(alone(index)).unwrap()).collect()
}

/// All that is visited, with a count before each text and list.
#[derive(Default)]
struct Seen(Vec<u8>);

impl Visitor for Seen {
    fn leaves(&mut self, _: &Datatype, stored: &[u8]) -> Result<()> {
        self.0.extend_from_slice(stored);
        Ok(())
    }

    fn text(&mut self, text: Option<&[u8]>) -> Result<()> {
        self.0.extend_from_slice(&text.map_or(u64::MAX, |text| text.len() as u64).to_le_bytes());
        self.0.extend_from_slice(text.unwrap_or_default());
        Ok(())
    }

    fn begin(&mut self, _: &Datatype, count: u64) -> Result<()> {
        self.0.extend_from_slice(&count.to_le_bytes());
        Ok(())
    }
}

fn visited(dataset: &Dataset, selection: &Selection) -> Vec<u8> {
    let mut seen = Seen::default();
    dataset.visit(selection, &mut seen).unwrap();
    seen.0
}

/// Every way of reading bytes of a dataset agrees with reading single elements.
fn agrees(dataset: &Dataset, selection: &Selection, points: &[Vec<u64>]) -> std::result::Result<(), TestCaseError> {
    let selected = indices(selection);
    prop_assert_eq!(dataset.read_bytes(selection).unwrap(), naive(dataset, &selected));
    if let Ok(stored) = dataset.borrow_bytes(selection) {
        prop_assert_eq!(stored, naive(dataset, &selected));
    }
    let single: Vec<u8> = selected.iter().flat_map(|index| visited(dataset, &alone(index))).collect();
    prop_assert_eq!(visited(dataset, selection), single);
    if dataset.datatype().number().is_some_and(|(number, _)| number.size() < 8) {
        let one = |index: &Vec<u64>| dataset.read::<f64>(&alone(index)).unwrap()[0];
        let expected: Vec<f64> = selected.iter().map(one).collect();
        prop_assert_eq!(dataset.read::<f64>(selection).unwrap(), &expected[..]);
        prop_assert_eq!(dataset.view::<f64>(selection).unwrap().into_vec(), expected);
        prop_assert_eq!(dataset.read_points::<f64>(points).unwrap(), points.iter().map(one).collect::<Vec<_>>());
    }
    members(dataset, selection, &selected)
}

/// Every member of compounds agrees with the bytes at its place in single elements.
fn members(dataset: &Dataset, selection: &Selection, selected: &[Vec<u64>]) -> std::result::Result<(), TestCaseError> {
    let Datatype::Compound { members, .. } = dataset.datatype() else { return Ok(()) };
    for member in members {
        let range =
            usize::try_from(member.offset).unwrap()..usize::try_from(member.offset + member.datatype.size()).unwrap();
        let expected: Vec<u8> = selected
            .iter()
            .flat_map(|index| naive(dataset, std::slice::from_ref(index))[range.clone()].to_vec())
            .collect();
        let (datatype, bytes) = dataset.read_member_bytes(&member.name, selection).unwrap();
        prop_assert_eq!((&datatype, bytes), (&member.datatype, expected));
        if datatype.number().is_some() {
            let one = |index: &Vec<u64>| dataset.read_member::<f64>(&member.name, &alone(index)).unwrap()[0];
            let expected: Vec<f64> = selected.iter().map(one).collect();
            prop_assert_eq!(dataset.read_member::<f64>(&member.name, selection).unwrap(), expected);
        }
    }
    Ok(())
}

/// A variable that counts its elements: the container, lengths with whether the first may grow, storage.
type Counting = (Container, Vec<u64>, bool, Storage);

fn counting() -> impl Strategy<Value = Counting> {
    let container = prop_oneof![3 => Just(Container::NetCdf4), 1 => Just(Container::Cdf5), 1 => Just(Container::Cdf2)];
    let shape = prop_oneof![prop::collection::vec(1u64..6, 0..6), prop::collection::vec(1u64..40, 1..3)];
    (container, shape, any::<bool>(), 0..3, prop::collection::vec(any::<Index>(), 5), any::<[bool; 3]>()).prop_map(
        |(container, shape, grows, layout, chunk, [shuffle, fletcher32, deflate])| {
            let grows = grows && !shape.is_empty();
            let chunk = shape.iter().zip(chunk).map(|(&length, index)| at(index, length) + 1).collect();
            let storage = match layout {
                _ if !container.is_hdf5() || shape.is_empty() => Storage::default(),
                0 if !grows => Storage { layout: Layout::Compact, ..Storage::default() },
                1 if !grows => Storage::default(),
                _ => {
                    let filters = [
                        shuffle.then(Filter::shuffle),
                        fletcher32.then(Filter::fletcher32),
                        deflate.then(|| Filter::deflate(3)),
                    ];
                    Storage { layout: Layout::Chunked(chunk), filters: filters.into_iter().flatten().collect() }
                }
            };
            (container, shape, grows, storage)
        },
    )
}

fn write(path: &Path, (container, shape, grows, storage): &Counting) {
    let mut schema = Schema::new(*container);
    let axis = |(n, &length): (usize, &u64)| match n == 0 && *grows {
        true => schema.add_dimension("n0", 0, true),
        false => schema.add_dimension(&format!("n{n}"), length, false),
    };
    let dimensions = shape.iter().enumerate().map(axis).collect();
    let mut variable = Variable::new("v", Type::Int, dimensions);
    variable.storage = storage.clone();
    let id = schema.add_variable(variable);
    let writer = Writer::create(path, schema, false).unwrap();
    let all: Vec<i32> = (0..i32::try_from(shape.iter().product::<u64>()).unwrap()).collect();
    writer.write(id, &Selection::all(shape), &all).unwrap();
    writer.finish().unwrap();
}

/// What the element at an index counts.
fn number(shape: &[u64], index: &[u64]) -> i32 {
    i32::try_from(shape.iter().zip(index).fold(0, |number, (&length, &n)| number * length + n)).unwrap()
}

/// Every dataset of the fixtures with a rank of at most five, whose filters can be undone.
fn datasets() -> &'static [(PathBuf, String)] {
    static FOUND: OnceLock<Vec<(PathBuf, String)>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let entries = std::fs::read_dir(fixtures().join("hdf5")).unwrap().map(|entry| entry.unwrap().path());
        let mut paths: Vec<_> = entries.filter(|path| path.extension().is_some_and(|end| end == "h5")).collect();
        paths.sort();
        let mut found = Vec::new();
        for path in paths {
            let file = File::open(&path).unwrap();
            let mut inside = Vec::new();
            below(&file.root().unwrap(), "", &mut inside);
            found.extend(inside.into_iter().map(|object| (path.clone(), object)));
        }
        assert!(found.len() > 100, "{} datasets", found.len());
        found
    })
}

fn below(group: &Object, path: &str, found: &mut Vec<String>) {
    for link in group.links().unwrap() {
        let Target::Hard(address) = link.target else { continue };
        let (object, path) = (group.file().at(address).unwrap(), format!("{path}/{}", link.name));
        match object.kind() {
            ObjectKind::Group if path.split('/').count() < 5 => below(&object, &path, found),
            ObjectKind::Dataset if !object.dataset().unwrap().is_null() => found.push(path),
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn of_written_files(file in counting(), axes in axes(), choices in choices()) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("counting");
        write(&path, &file);
        let (container, shape, ..) = &file;
        let (selection, points) = (selection(shape, &axes), points(shape, &choices));
        let expected: Vec<i32> = indices(&selection).iter().map(|index| number(shape, index)).collect();
        for (how, source) in sources(&path) {
            let file = netcdf::File::from_source(source).unwrap();
            let array = file.array(netcdf::VariableId(0)).unwrap();
            prop_assert_eq!(array.read::<i32>(&selection).unwrap(), &expected[..], "{}", how);
            prop_assert_eq!(array.view::<i32>(&selection).unwrap().into_vec(), &expected[..], "{}", how);
        }
        if container.is_hdf5() {
            for (how, source) in sources(&path) {
                let file = File::from_source(source).unwrap();
                let dataset = file.object("v").unwrap().dataset().unwrap();
                prop_assert_eq!(dataset.read::<i32>(&selection).unwrap(), &expected[..], "{}", how);
                let found = dataset.read_points::<i32>(&points).unwrap();
                prop_assert_eq!(found, points.iter().map(|index| number(shape, index)).collect::<Vec<_>>(), "{}", how);
                agrees(&dataset, &selection, &points)?;
            }
        }
    }
}

#[test]
fn of_the_fixtures() {
    for (path, object) in datasets() {
        for (how, source) in sources(path) {
            let file = File::from_source(source).unwrap();
            let dataset = file.object(object).unwrap().dataset().unwrap();
            let shape = dataset.shape();
            let small = |selection: &Selection| selection.count.iter().product::<u64>() < 3000;
            // A runner counts its cases over all runs.
            let mut runner = TestRunner::new(Config { cases: 16, ..config() });
            let outcome = runner.run(&(axes(), choices()), |(axes, choices)| {
                let selection = selection(shape, &axes);
                prop_assume!(small(&selection));
                agrees(&dataset, &selection, &points(shape, &choices))
            });
            outcome.unwrap_or_else(|why| panic!("{how}: {} in {}: {why}", object, path.display()));
        }
    }
}
