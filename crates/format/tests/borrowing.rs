//! What can be borrowed is borrowed: slices lie inside the map, nothing of the size of the data is allocated, and
//! where it cannot be, the reason is exact.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

mod common;
#[path = "common/counting.rs"]
mod counting;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use common::{fixtures, mapped};
use counting::{measure, Counting};
use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{Array, Container, File, Layout, Schema, Storage, Type, Variable, VariableId, Writer};
use hyperslab::{ByteOrder, Element, Form, NotBorrowable, Selection, Source};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const NODES: u64 = 1000;
const STEPS: u64 = 40;

/// Less than one step of one variable.
const SMALL: usize = 4000;

fn coordinate(node: u64) -> f64 {
    node as f64 / 8.0
}

fn value(step: u64, node: u64) -> f64 {
    (step * 10_000 + node) as f64
}

/// A variable in the order of this machine; classic files are big-endian on every machine.
fn variable(name: &str, ty: Type, dimensions: &[hyperslab::netcdf::DimensionId]) -> Variable {
    Variable { order: ByteOrder::NATIVE, ..Variable::new(name, ty, dimensions.to_vec()) }
}

/// A variable of each order in HDF5 files: one of them is not this machine's.
const ORDERS: [(&str, ByteOrder); 2] = [("little", ByteOrder::Little), ("big", ByteOrder::Big)];

fn schema(container: Container) -> Schema {
    let mut schema = Schema::new(container);
    let time = schema.add_dimension("time", 0, true);
    let nodes = schema.add_dimension("nodes", NODES, false);
    schema.add_variable(variable("x", Type::Double, &[nodes]));
    schema.add_variable(variable("temperature", Type::Double, &[time, nodes]));
    if container.is_hdf5() {
        let mut packed = variable("packed", Type::Double, &[time, nodes]);
        packed.storage = Storage { filters: vec![Filter::shuffle(), Filter::deflate(1)], ..Storage::default() };
        schema.add_variable(packed);
        for (name, order) in ORDERS {
            schema.add_variable(Variable { order, ..variable(name, Type::Double, &[nodes]) });
        }
        let mut pieces = variable("pieces", Type::Double, &[nodes]);
        pieces.storage.layout = Layout::Chunked(vec![300]);
        schema.add_variable(pieces);
        schema.add_variable(variable("unwritten", Type::Double, &[time, nodes]));
    }
    schema
}

fn write(path: &Path, container: Container) {
    let writer = Writer::create(path, schema(container), false).unwrap();
    let x: Vec<f64> = (0..NODES).map(coordinate).collect();
    for name in ["x", "little", "big", "pieces"] {
        if let Some(id) = writer.schema().find_variable(name) {
            writer.write(id, &Selection::all(&[NODES]), &x).unwrap();
        }
    }
    for step in 0..STEPS {
        let values: Vec<f64> = (0..NODES).map(|node| value(step, node)).collect();
        for name in ["temperature", "packed"] {
            if let Some(id) = writer.schema().find_variable(name) {
                writer.write(id, &Selection::block(vec![step, 0], vec![1, NODES]), &values).unwrap();
            }
        }
    }
    writer.finish().unwrap();
}

/// A file of the container in a folder of its own.
fn file(container: Container) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.nc");
    write(&path, container);
    (directory, path)
}

fn array<'f>(file: &'f File, name: &str) -> &'f Array {
    file.find(name).unwrap()
}

fn step(step: u64) -> Selection {
    Selection::index(&[STEPS, NODES], step)
}

fn reason<T: Element>(array: &Array, region: &Selection) -> NotBorrowable {
    array.borrow::<T>(region).unwrap_err().reason().unwrap()
}

/// Checks that numbers which lie in one piece, in this order, are borrowed in the strongest form there is: a slice if the
/// machine has that order and they are aligned, and otherwise stored numbers, with the reason why they are no slice.
/// Returns whether they are aligned.
fn borrowed_in_order(array: &Array, region: &Selection, order: ByteOrder) -> bool {
    let bytes = array.borrow_bytes(region).unwrap();
    let aligned = bytes.as_ptr().addr().is_multiple_of(align_of::<f64>());
    let view = array.view::<f64>(region).unwrap();
    let (form, start) = match view.form() {
        Form::Native(values) => (None, values.as_ptr().addr()),
        Form::Little(values) => (Some(ByteOrder::Little), values.as_ptr().addr()),
        Form::Big(values) => (Some(ByteOrder::Big), values.as_ptr().addr()),
        Form::Owned(_) => panic!("a copy of {}", array.path()),
    };
    assert_eq!(start, bytes.as_ptr().addr());
    let why = match (order == ByteOrder::NATIVE, aligned) {
        (true, true) => None,
        (true, false) => Some(NotBorrowable::Misaligned),
        (false, _) => Some(NotBorrowable::ByteOrder),
    };
    assert_eq!(form, why.map(|_| order), "{}", array.path());
    match array.borrow::<f64>(region) {
        Ok(values) => assert!(why.is_none() && values.as_ptr().addr() == start && values.len() == view.len()),
        Err(error) => assert!(why.is_some() && error.reason() == why, "{error}"),
    }
    aligned
}

fn addresses<T>(slice: &[T]) -> Range<usize> {
    let range = slice.as_ptr_range();
    range.start.addr()..range.end.addr()
}

/// Checks that coordinates and steps are borrowed from `bytes`, wherever those are.
fn borrows(file: &File, bytes: &[Range<usize>]) {
    let inside = |slice: &[f64]| {
        let range = addresses(slice);
        bytes.iter().any(|bytes| bytes.start <= range.start && range.end <= bytes.end)
    };
    // The first look at a chunk reads its index, and keeps it.
    array(file, "temperature").borrow::<f64>(&step(0)).unwrap();
    let ((), usage) = measure(|| {
        let x = array(file, "x").borrow::<f64>(..).unwrap();
        assert!(inside(x) && x.len() == 1000 && x.iter().zip(0..).all(|(&x, node)| x == coordinate(node)));
        for n in 0..STEPS {
            let values = array(file, "temperature").borrow::<f64>(&step(n)).unwrap();
            assert!(inside(values) && values.len() == 1000);
            assert!(values.iter().zip(0..).all(|(&v, node)| v == value(n, node)));
        }
        let some = Selection::block(vec![7, 100], vec![1, 50]);
        let part = array(file, "temperature").borrow::<f64>(&some).unwrap();
        assert!(inside(part) && part[0] == value(7, 100) && part.len() == 50);
    });
    assert!(usage.largest < SMALL, "{usage:?}");
}

/// The address ranges of the maps of a file.
#[cfg(target_os = "linux")]
fn maps(path: &Path) -> Vec<Range<usize>> {
    let text = std::fs::read_to_string("/proc/self/maps").unwrap();
    let name = path.canonicalize().unwrap();
    let lines = text.lines().filter(|line| line.ends_with(name.to_str().unwrap()));
    let hex = |text: &str| usize::from_str_radix(text, 16).unwrap();
    lines.map(|line| line.split(' ').next().unwrap().split_once('-').unwrap()).map(|(a, b)| hex(a)..hex(b)).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn a_map_is_borrowed_from() {
    let (_directory, path) = file(Container::NetCdf4);
    let open = File::from_source(mapped(&path)).unwrap();
    let maps = maps(&path);
    assert!(!maps.is_empty());
    borrows(&open, &maps);
}

#[test]
fn memory_is_borrowed_from() {
    let (_directory, path) = file(Container::NetCdf4);
    let bytes: Arc<[u8]> = std::fs::read(&path).unwrap().into();
    let range = addresses(&bytes);
    if bytes.as_ptr().addr().is_multiple_of(8) {
        borrows(&File::from_source(Source::from_bytes(bytes)).unwrap(), &[range]);
    }
}

#[test]
fn slices_outlive_the_handles_they_came_through() {
    let (_directory, path) = file(Container::NetCdf4);
    let open = File::from_source(mapped(&path)).unwrap();
    let x: &[f64] = {
        let array = array(&open, "x");
        array.borrow(..).unwrap()
    };
    assert_eq!(x[8], 1.0);
}

#[test]
fn views_are_the_strongest_form_of_the_bytes() {
    let (_directory, path) = file(Container::NetCdf4);
    let open = File::from_source(mapped(&path)).unwrap();
    let all = Selection::all(&[NODES]);
    assert!(matches!(array(&open, "x").view::<f64>(&all).unwrap().form(), Form::Native(_)));
    for (name, order) in ORDERS {
        assert!(borrowed_in_order(array(&open, name), &all, order), "{name}");
    }
    assert!(matches!(array(&open, "pieces").view::<f64>(&all).unwrap().form(), Form::Owned(_)));
    assert!(matches!(array(&open, "x").view::<f32>(&all).unwrap().form(), Form::Owned(_)));
    for name in ["x", "little", "big", "pieces"] {
        let view = array(&open, name).view::<f64>(&all).unwrap();
        assert!(view.iter().zip(0..).all(|(x, node)| x == coordinate(node)), "{name}");
    }
    let packed = array(&open, "packed").view::<f64>(&step(3)).unwrap();
    assert!(matches!(packed.form(), Form::Owned(values) if values[5] == value(3, 5)));
}

#[test]
fn classic_data_are_borrowed_as_they_are() {
    let mut aligned = 0;
    for container in [Container::Cdf1, Container::Cdf2, Container::Cdf5] {
        let (_directory, path) = file(container);
        let open = File::from_source(mapped(&path)).unwrap();
        let ((), usage) = measure(|| {
            let x = array(&open, "x").view::<f64>(&Selection::all(&[NODES])).unwrap();
            assert_eq!(x.get(9), Some(coordinate(9)));
            let values = array(&open, "temperature").view::<f64>(&step(39)).unwrap();
            assert_eq!(values.get(999), Some(value(39, 999)));
            for (name, region) in [("x", Selection::all(&[NODES])), ("temperature", step(39))] {
                aligned += u32::from(borrowed_in_order(array(&open, name), &region, ByteOrder::Big));
            }
        });
        assert!(usage.largest < SMALL, "{usage:?}");
    }
    // Classic files align to 4 bytes, so that some of these are slices of a big-endian machine.
    assert!(aligned > 0);
}

#[test]
fn reasons_are_exact() {
    let (_directory, path) = file(Container::NetCdf4);
    let all = Selection::all(&[NODES]);
    let open = File::from_source(mapped(&path)).unwrap();
    let other = ORDERS.iter().find(|(_, order)| *order != ByteOrder::NATIVE).unwrap().0;
    let expected = [
        ("packed", step(0), NotBorrowable::Filtered),
        ("temperature", Selection::rows(&[STEPS, NODES], 0..2), NotBorrowable::Scattered),
        ("pieces", all.clone(), NotBorrowable::Scattered),
        ("x", Selection { start: vec![0], count: vec![10], stride: vec![2] }, NotBorrowable::Scattered),
        (other, all.clone(), NotBorrowable::ByteOrder),
        ("unwritten", step(0), NotBorrowable::NotAllocated),
    ];
    for (name, region, why) in expected {
        assert_eq!(reason::<f64>(array(&open, name), &region), why, "{name}");
    }
    assert_eq!(reason::<f32>(array(&open, "x"), &all), NotBorrowable::Type);
    assert_eq!(reason::<i64>(array(&open, "x"), &all), NotBorrowable::Type);
    let read = File::open(&path).unwrap();
    assert_eq!(reason::<f64>(array(&read, "x"), &all), NotBorrowable::NotMapped);
    assert_eq!(reason::<f64>(array(&read, "temperature"), &step(0)), NotBorrowable::NotMapped);
    assert_eq!(reason::<f64>(array(&read, "packed"), &step(0)), NotBorrowable::Filtered);
}

#[test]
fn odd_addresses_are_borrowed_as_bytes() {
    // Neither libexodus nor netCDF aligns: these coordinates lie 2 and 4 bytes behind a multiple of 8. One of the files is
    // in the order of the machine.
    let files = [("lib_netcdf4_classic.exo", ByteOrder::Little), ("cdf1.exo", ByteOrder::Big)];
    for (name, order) in files {
        let open = File::from_source(mapped(&fixtures().join("exodus").join(name))).unwrap();
        let x = array(&open, "coordx");
        let all = Selection::all(x.shape());
        assert!(!borrowed_in_order(x, &all, order), "{name}");
        let why = if order == ByteOrder::NATIVE { NotBorrowable::Misaligned } else { NotBorrowable::ByteOrder };
        assert_eq!(reason::<f64>(x, &all), why, "{name}");
        assert_eq!(x.view::<f64>(&all).unwrap().into_vec(), x.read_all::<f64>().unwrap());
    }
}

#[test]
fn identifiers_of_other_files_are_refused() {
    let (_directory, path) = file(Container::Cdf2);
    assert!(File::open(&path).unwrap().array(VariableId(99)).is_err());
}
