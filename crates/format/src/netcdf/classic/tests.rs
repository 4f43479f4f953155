//! Whole files, in memory and on disk.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::{create, edit, open};
use crate::element::{ByteOrder, NotBorrowable};
use crate::error::{Kind, Result};
use crate::limits::Limits;
use crate::netcdf::edit::{Done, Owner};
use crate::netcdf::ids::*;
use crate::netcdf::schema::*;
use crate::netcdf::store::{Opened, Store, VariableReader};
use crate::netcdf::transfer::Progress;
use crate::netcdf::types::*;
use crate::netcdf::value::*;
use crate::options::OpenOptions;
use crate::shape::{self, Selection};
use crate::sink::replay::{contents, survivors, Random, Record, Recorder};
use crate::sink::{InMemory, Memory};
use crate::source::Source;
use crate::sync::lock;
use crate::watched::{Watch, Watched};

const CONTAINERS: [Container; 3] = [Container::Cdf1, Container::Cdf2, Container::Cdf5];

fn size(value: u64) -> usize {
    usize::try_from(value).unwrap()
}

/// Creates a file, lets `write` write into it, and returns its bytes.
fn build(schema: &Schema, write: impl FnOnce(&dyn Store)) -> Result<Vec<u8>> {
    let memory = Memory::new();
    let store = create(Box::new(InMemory::new(&memory)), schema)?;
    write(&*store);
    let len = store.finish()?.size;
    let bytes = memory.take().unwrap();
    assert_eq!(bytes.len() as u64, len);
    Ok(bytes)
}

type Readers = Vec<Arc<dyn VariableReader>>;

fn open_bytes(bytes: &[u8]) -> Result<(Arc<Schema>, Readers)> {
    open(Source::from_bytes(bytes), &OpenOptions::new()).map(|opened| (opened.schema, opened.readers))
}

fn refusal(schema: &Schema) -> (Kind, String) {
    let error = build(schema, |_| ()).unwrap_err();
    (error.kind(), error.to_string())
}

/// A record variable among others, and fixed ones of odd sizes.
fn example(container: Container) -> Schema {
    let mut schema = Schema::new(container);
    let time = schema.add_dimension("time", 0, true);
    let node = schema.add_dimension("node", 3, false);
    schema.set_attribute("title", Value::text("odd"));
    for (name, ty, dimensions) in [
        ("u", Type::Short, vec![time, node]),
        ("x", Type::Short, vec![node]),
        ("time", Type::Double, vec![time]),
        ("c", Type::Char, vec![node]),
        ("s", Type::Int, vec![]),
    ] {
        schema.add_variable(Variable { order: ByteOrder::Big, ..Variable::new(name, ty, dimensions) });
    }
    schema
}

fn example_bytes(container: Container) -> Vec<u8> {
    let write = |store: &dyn Store| {
        let put = |id, start: &[u64], count: &[u64], bytes: &[u8]| {
            store.write(VariableId(id), &Selection::block(start.to_vec(), count.to_vec()), bytes).unwrap();
        };
        put(1, &[0], &[3], &[1, 2, 3, 4, 5, 6]);
        put(0, &[1, 0], &[1, 2], &[7, 8, 9, 10]);
        put(2, &[0], &[2], &[0; 16]);
    };
    build(&example(container), write).unwrap()
}

#[test]
fn data_lie_where_netcdf_puts_them() {
    let bytes = example_bytes(Container::Cdf1);
    let (schema, data) = open_bytes(&bytes).unwrap();
    // Fixed: x 6 + 2, c 3 + 1, s 4; a record: u 6 + 2, time 8.
    let header = bytes.len() - 16 - 2 * 16;
    assert_eq!(bytes[header..header + 8], [1, 2, 3, 4, 5, 6, 0, 0]);
    assert_eq!(bytes[4..8], [0, 0, 0, 2]);
    assert_eq!(schema.dimensions[0].length, 2);
    let region = Selection::all(&[3]);
    assert_eq!(data[1].borrow(&region).unwrap(), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn what_nobody_wrote_is_the_fill_value() {
    let (_, data) = open_bytes(&example_bytes(Container::Cdf2)).unwrap();
    let mut u = [0; 12];
    data[0].read(&Selection::all(&[2, 3]), &mut u).unwrap();
    assert_eq!(u, [0x80, 1, 0x80, 1, 0x80, 1, 7, 8, 9, 10, 0x80, 1]);
    let mut s = [0; 4];
    data[4].read(&Selection::all(&[]), &mut s).unwrap();
    assert_eq!(s, [0x80, 0, 0, 1]);
}

#[test]
fn records_are_borrowed_one_by_one() {
    let (_, data) = open_bytes(&example_bytes(Container::Cdf5)).unwrap();
    let borrow = |region: &Selection| data[0].borrow(region).map(<[u8]>::to_vec).map_err(|error| error.reason());
    assert_eq!(borrow(&Selection::index(&[2, 3], 1)).unwrap(), [7, 8, 9, 10, 0x80, 1]);
    assert_eq!(borrow(&Selection::block(vec![1, 1], vec![1, 1])).unwrap(), [9, 10]);
    assert_eq!(borrow(&Selection::all(&[2, 3])), Err(Some(NotBorrowable::Scattered)));
    let strided = Selection { start: vec![0, 0], count: vec![1, 2], stride: vec![1, 2] };
    assert_eq!(borrow(&strided), Err(Some(NotBorrowable::Scattered)));
    assert!(borrow(&Selection::block(vec![0, 0], vec![0, 3])).unwrap().is_empty());
}

#[test]
fn a_lone_record_variable_is_one_block() {
    let mut schema = Schema::new(Container::Cdf1);
    let (time, three) = (schema.add_dimension("time", 0, true), schema.add_dimension("three", 3, false));
    schema.add_variable(Variable::new("v", Type::Byte, vec![time, three]));
    let region = Selection::all(&[2, 3]);
    let bytes = build(&schema, |store| store.write(VariableId(0), &region, &[1, 2, 3, 4, 5, 6]).unwrap()).unwrap();
    assert!(bytes.ends_with(&[1, 2, 3, 4, 5, 6]));
    // Nevertheless its vsize is padded; begin follows it.
    let tail = bytes.len() - 6;
    assert_eq!(bytes[tail - 8..tail - 4], [0, 0, 0, 4]);
    let (_, data) = open_bytes(&bytes).unwrap();
    assert_eq!(data[0].borrow(&region).unwrap(), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn what_is_written_anew_is_broken_off_and_stays_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let (path, bytes) = (directory.path().join("a.nc"), example_bytes(Container::Cdf5));
    std::fs::write(&path, &bytes).unwrap();
    let note = Attribute { name: "note".into(), value: Value::text(&"long ".repeat(1000)) };
    let (told, files) = (Mutex::new(Vec::new()), || std::fs::read_dir(directory.path()).unwrap().count());
    // The header grows; or a variable is added, and all others move.
    for is_added in [false, true] {
        let change = |watch: &Watch<Progress>| {
            let mut editor = crate::netcdf::Editor::open(&path).unwrap();
            editor.set_attribute(Owner::Group(GroupId(0)), &note.name, note.value.clone()).unwrap();
            if is_added {
                editor.add_variable(Variable::new("new", Type::Double, Vec::new())).unwrap();
            }
            editor.publish_watched(watch).unwrap()
        };
        assert!(change(&|_| ControlFlow::Break(())).is_break());
        assert_eq!((std::fs::read(&path).unwrap() == bytes, files()), (true, 1));
        let published = change(&|progress| {
            lock(&told).push(progress.bytes <= progress.total_bytes && progress.bytes > 0);
            ControlFlow::Continue(())
        });
        assert_eq!(published.continue_value().map(|published| published.done), Some(Done::Rewritten));
        let told = std::mem::take(&mut *lock(&told));
        assert!(
            std::fs::read(&path).unwrap() != bytes && !told.is_empty() && told.into_iter().all(|is_right| is_right)
        );
        std::fs::write(&path, &bytes).unwrap();
    }
}

#[test]
fn a_change_of_one_sector_is_durable_when_it_is_published() {
    let (file, bytes, record) =
        (tempfile::NamedTempFile::new().unwrap(), example_bytes(Container::Cdf2), Record::default());
    std::fs::write(file.path(), &bytes).unwrap();
    let sink = Box::new(Recorder::of_file(&record, &bytes));
    let (schema, mut existing) = edit::open(file.path(), sink).unwrap();
    let title = Attribute { name: "title".into(), value: Value::text("new") };
    existing.set_attribute(Owner::Group(GroupId(0)), &title).unwrap();
    let published = existing.publish(&schema, &Watched::new(&|_| ControlFlow::Break(()))).unwrap();
    assert_eq!(published.done, Done::InPlace);
    let (events, mut random) = (record.events(), Random::new(7));
    assert_ne!(contents(&events), bytes);
    assert!((0..100).all(|_| survivors(&events, &mut random) == contents(&events)));
    // Until then it is the one or the other.
    let before = &events[..events.len() - 1];
    assert!((0..100).all(|_| [&bytes, &contents(&events)].contains(&&survivors(before, &mut random))));
}

#[test]
fn bytes_beyond_the_end_are_an_error() {
    let bytes = example_bytes(Container::Cdf1);
    let (_, data) = open_bytes(&bytes[..bytes.len() - 10]).unwrap();
    let mut u = [9; 12];
    data[0].read(&Selection::all(&[2, 3]), &mut u).unwrap();
    assert_eq!(u[6..], [7, 8, 9, 10, 0x80, 1]);
    let mut time = [9; 8];
    data[2].read(&Selection::index(&[2], 0), &mut time).unwrap();
    let step = Selection::index(&[2], 1);
    assert_eq!(data[2].borrow(&step).unwrap_err().reason(), Some(NotBorrowable::NotAllocated));
    assert_eq!(data[2].read(&step, &mut time).unwrap_err().kind(), Kind::Malformed);
}

#[test]
fn a_streamed_file_has_the_records_that_fit() {
    let mut bytes = example_bytes(Container::Cdf2);
    bytes[4..8].fill(0xFF);
    assert_eq!(open_bytes(&bytes).unwrap().0.dimensions[0].length, 2);
}

#[test]
fn refusals_name_the_way_out() {
    let cases = [
        (one(Type::UInt, &[(2, false)], &[0]), "/v: unsupported: type uint in CDF-1: that needs CDF-5 or netCDF-4"),
        (one(Type::String, &[], &[]), "/v: unsupported: type string in CDF-1: that needs netCDF-4"),
        (one(Type::Int, &[(0, true), (0, true)], &[0]), "two unlimited dimensions, d0 and d1"),
        (one(Type::Int, &[(2, false), (0, true)], &[0, 1]), "unlimited dimension d1 is not the first"),
        (one(Type::Int, &[(1 << 31, false)], &[0]), "dimension d0 of length 2147483648 in CDF-1"),
    ];
    for (schema, text) in cases {
        let (kind, message) = refusal(&schema);
        assert_eq!(kind, Kind::Unsupported);
        assert!(message.contains(text), "{message}");
    }
}

#[test]
fn large_data_need_another_format() {
    let mut schema = one(Type::Double, &[(1 << 30, false), (1 << 20, false)], &[0]);
    schema.add_variable(Variable::new("w", Type::Double, vec![]));
    assert!(refusal(&schema).1.contains("variable v needs CDF-5 or netCDF-4"));
    // Each fits, but the last begins beyond 2 GiB.
    let mut schema = one(Type::Byte, &[(1 << 30, false)], &[0]);
    for name in ["w", "x"] {
        schema.add_variable(Variable::new(name, Type::Byte, vec![DimensionId(0)]));
    }
    assert!(refusal(&schema).1.contains("variable x needs CDF-2, CDF-5 or netCDF-4"));
    let overflow = one(Type::Double, &[(1 << 30, false), (1 << 30, false)], &[0, 1, 0]);
    assert_eq!(refusal(&overflow).0, Kind::Limit);
}

/// A variable `v` of some of these dimensions, length and unlimited, which are `d0`, `d1` and so on.
fn one(ty: Type, dimensions: &[(u64, bool)], used: &[usize]) -> Schema {
    let mut schema = Schema::new(Container::Cdf1);
    for (index, (length, unlimited)) in dimensions.iter().enumerate() {
        schema.add_dimension(&format!("d{index}"), *length, *unlimited);
    }
    schema.add_variable(Variable::new("v", ty, used.iter().map(|&id| DimensionId(id)).collect()));
    schema
}

#[test]
fn writing_outside_is_refused() {
    let check = |store: &dyn Store| {
        let write =
            |id, region: Selection, len| store.write(VariableId(id), &region, &vec![0; len]).unwrap_err().kind();
        assert_eq!(write(9, Selection::all(&[]), 4), Kind::Usage);
        assert_eq!(write(1, Selection::all(&[4]), 8), Kind::Usage);
        assert_eq!(write(1, Selection::all(&[3]), 5), Kind::Usage);
        assert_eq!(write(0, Selection::block(vec![0, 2], vec![1, 2]), 4), Kind::Usage);
        assert_eq!(write(1, Selection { start: vec![0], count: vec![2], stride: vec![2] }, 4), Kind::Usage);
        assert_eq!(write(2, Selection::block(vec![u64::from(u32::MAX) - 1], vec![1]), 8), Kind::Limit);
        assert_eq!(write(2, Selection::block(vec![u64::MAX], vec![1]), 8), Kind::Usage);
    };
    build(&example(Container::Cdf2), check).unwrap();
}

#[test]
fn truncated_headers_are_errors() {
    for container in CONTAINERS {
        let bytes = example_bytes(container);
        let header = bytes.len() - 16 - 2 * 16;
        for len in 0..bytes.len() {
            match open_bytes(&bytes[..len]) {
                Ok((schema, data)) => {
                    assert!(len >= header);
                    read_all(&schema, &data);
                }
                Err(error) => {
                    assert!(len < header && error.kind() == Kind::Malformed, "{error}");
                    assert!(error.location().record.is_some() && error.location().offset.is_some());
                }
            }
        }
    }
}

/// Reads everything that is not absurdly large; what is cut off is said.
fn read_all(schema: &Schema, data: &[Arc<dyn VariableReader>]) {
    for (index, variable) in schema.variables.iter().enumerate() {
        let shape = schema.shape(VariableId(index)).unwrap();
        match shape::bytes(&shape, variable.ty.size()) {
            Ok(len) if len <= 1 << 16 => {
                let read = data[index].read(&Selection::all(&shape), &mut vec![0; size(len)]);
                assert!(read.as_ref().err().is_none_or(|error| error.kind() == Kind::Malformed), "{read:?}");
            }
            _ => drop(data[index].borrow(&Selection::index(&shape, 0))),
        }
    }
}

#[test]
fn bombs_are_refused_before_memory_is_taken() {
    for (version, wide) in [(1u8, false), (2, false), (5, true)] {
        let non_neg = |value: u32| match wide {
            true => (u64::from(value) << 32).to_be_bytes().to_vec(),
            false => value.to_be_bytes().to_vec(),
        };
        for tag in [0x0Au32, 0x0C] {
            let head = [b"CDF".as_slice(), &[version], &non_neg(0), &tag.to_be_bytes(), &non_neg(0x7FFF_FFFF)].concat();
            let error = open_bytes(&head).unwrap_err();
            assert_eq!(error.kind(), Kind::Malformed, "{error}");
        }
        // A list that fits, with a name that does not.
        let head = [b"CDF".as_slice(), &[version], &non_neg(0), &[0, 0, 0, 0x0A]].concat();
        let count = if wide { 1u64.to_be_bytes().to_vec() } else { 1u32.to_be_bytes().to_vec() };
        let error = open_bytes(&[head, count, non_neg(0x7FFF_FFFF), vec![0; 64]].concat()).unwrap_err();
        assert!(error.to_string().contains("bytes do not fit into the file"), "{error}");
    }
}

#[test]
fn large_headers_are_a_matter_of_limits() {
    let mut schema = example(Container::Cdf5);
    schema.set_attribute("long", Value::Char(vec![b'x'; 100_000]));
    let bytes = build(&schema, |_| ()).unwrap();
    let read = |limits| {
        open(Source::from_bytes(bytes.clone()), &OpenOptions::new().limits(limits)).map(|_| ()).map_err(|e| e.kind())
    };
    assert_eq!(read(Limits::default()), Ok(()));
    assert_eq!(read(Limits { metadata_bytes: 50_000, ..Limits::default() }), Err(Kind::Limit));
    assert_eq!(read(Limits { objects: 8, ..Limits::default() }), Err(Kind::Limit));
}

#[derive(Debug, Clone)]
struct Case {
    schema: Schema,
    records: u64,
}

prop_compose! {
    /// Variables of any types and shapes over four dimensions, the first of them unlimited.
    fn case()(
        container in 0usize..3,
        records in 0u64..4,
        variables in prop::collection::vec((1u32..12, any::<bool>(), prop::collection::vec(1usize..4, 0..3)), 0..6),
    ) -> Case {
        let mut schema = Schema::new(CONTAINERS[container]);
        for (name, length) in [("r", 0), ("one", 1), ("three", 3), ("five", 5)] {
            schema.add_dimension(name, length, length == 0);
        }
        for (index, (code, record, rest)) in variables.into_iter().enumerate() {
            let code = if container < 2 { 1 + code % 6 } else { code };
            let first = record.then_some(0);
            let dimensions = first.into_iter().chain(rest).map(DimensionId).collect();
            let ty = super::types::from_code(code).unwrap();
            schema.add_variable(Variable { order: ByteOrder::Big, ..Variable::new(format!("v{index}"), ty, dimensions) });
        }
        Case { schema, records }
    }
}

impl Case {
    fn shape(&self, id: usize) -> Vec<u64> {
        let mut shape = self.schema.shape(VariableId(id)).unwrap();
        if self.schema.is_record(&self.schema.variables[id]) {
            shape[0] = self.records;
        }
        shape
    }

    /// Bytes that tell all places apart, nearly.
    fn content(&self, id: usize) -> Vec<u8> {
        let len = shape::bytes(&self.shape(id), self.schema.variables[id].ty.size()).unwrap();
        (0..len).map(|i| u8::try_from((i * 31 + 7 * id as u64) % 251).unwrap()).collect()
    }

    fn bytes(&self) -> Vec<u8> {
        let write = |store: &dyn Store| {
            for id in (0..self.schema.variables.len()).rev() {
                let region = Selection::all(&self.shape(id));
                store.write(VariableId(id), &region, &self.content(id)).unwrap();
            }
        };
        build(&self.schema, write).unwrap()
    }
}

/// Every second element along each dimension, from index 1 where there is one.
fn sparse(shape: &[u64]) -> Selection {
    let start: Vec<u64> = shape.iter().map(|&length| u64::from(length > 1)).collect();
    let count = shape.iter().zip(&start).map(|(&length, &start)| (length - start).div_ceil(2)).collect();
    Selection { start, count, stride: vec![2; shape.len()] }
}

fn check_variable(data: &[Arc<dyn VariableReader>], id: usize, shape: &[u64], size_of: u64, content: &[u8]) {
    let all = Selection::all(shape);
    let mut read = vec![0xAA; content.len()];
    data[id].read(&all, &mut read).unwrap();
    assert_eq!(read, content);
    if let Ok(borrowed) = data[id].borrow(&all) {
        assert_eq!(borrowed, content);
    }
    let region = sparse(shape);
    let mut some = vec![0; size(shape::bytes(&region.count, size_of).unwrap())];
    let mut expected = some.clone();
    data[id].read(&region, &mut some).unwrap();
    let origin = vec![0; shape.len()];
    let from = crate::copy::Side { shape, start: &region.start, stride: &region.stride };
    let to = crate::copy::Side { shape: &region.count, start: &origin, stride: &[] };
    crate::copy::copy((content, from), (&mut expected, to), &region.count, size_of).unwrap();
    assert_eq!(some, expected);
}

proptest! {
    #[test]
    fn reading_gives_what_was_written(case in case()) {
        let bytes = case.bytes();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("b.nc");
        std::fs::write(&path, &bytes).unwrap();
        for source in [Source::from_bytes(bytes.clone()), Source::open(&path).unwrap()] {
            let Opened { schema, readers: data, .. } = open(source, &OpenOptions::new()).unwrap();
            let has_records = case.schema.variables.iter().any(|v| case.schema.is_record(v));
            let mut expected = case.schema.clone();
            expected.dimensions[0].length = if has_records { schema.dimensions[0].length } else { 0 };
            prop_assert_eq!(&*schema, &expected);
            for (id, variable) in schema.variables.iter().enumerate() {
                check_variable(&data, id, &case.shape(id), variable.ty.size(), &case.content(id));
            }
        }
    }

    #[test]
    fn damage_never_panics(case in case(), hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = case.bytes();
        for (index, value) in hits {
            let at = index.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok((schema, data)) = open_bytes(&bytes) {
            read_all(&schema, &data);
        }
    }
}
