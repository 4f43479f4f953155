//! Whatever is written reads back: any schema, any data, any order of writing, every container.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

mod common;
#[path = "writer/model.rs"]
mod model;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use common::sources;
use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{
    Attribute, Container, File, Fill, GroupId, Job, Layout, Schema, Storage, Transfer, Type, UserClass, UserType,
    UserValue, Value, Variable, Writer,
};
use hyperslab::{Kind, Selection};
use model::{model, Model};
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence};

fn config() -> Config {
    // Counterexamples become tests of their own, not files.
    Config { cases: 64, failure_persistence: Some(Box::new(FileFailurePersistence::Off)), ..Config::default() }
}

/// Writes a model, and compares what every source gives of it.
fn round_trip(model: &Model) -> Result<(), TestCaseError> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.nc");
    model.write(&path);
    for (how, source) in sources(&path) {
        let file = File::from_source(source).map_err(|e| TestCaseError::fail(format!("{how}: {e}")))?;
        model.compare(&file)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn netcdf4_round_trips(model in model(Container::NetCdf4)) {
        round_trip(&model)?;
    }

    #[test]
    fn netcdf4_classic_round_trips(model in model(Container::NetCdf4Classic)) {
        round_trip(&model)?;
    }

    #[test]
    fn cdf1_round_trips(model in model(Container::Cdf1)) {
        round_trip(&model)?;
    }

    #[test]
    fn cdf2_round_trips(model in model(Container::Cdf2)) {
        round_trip(&model)?;
    }

    #[test]
    fn cdf5_round_trips(model in model(Container::Cdf5)) {
        round_trip(&model)?;
    }
}

/// One variable of two dimensions, the first unlimited.
fn growing(container: Container, storage: Storage) -> Schema {
    let mut schema = Schema::new(container);
    let time = schema.add_dimension("time", 0, true);
    let x = schema.add_dimension("x", 7, false);
    let mut variable = Variable::new("v", Type::Int, vec![time, x]);
    variable.storage = storage;
    schema.add_variable(variable);
    schema
}

const ALL: [Container; 5] =
    [Container::Cdf1, Container::Cdf2, Container::Cdf5, Container::NetCdf4, Container::NetCdf4Classic];

#[test]
fn dropped_writers_leave_nothing() {
    for container in ALL {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.nc");
        let writer = Writer::create(&path, growing(container, Storage::default()), false).unwrap();
        let id = writer.schema().find_variable("v").unwrap();
        writer.write(id, &Selection::block(vec![0, 0], vec![3, 7]), &[1i32; 21]).unwrap();
        drop(writer);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "{container:?}");
    }
}

#[test]
fn existing_files_stay_until_the_new_one_is_complete() {
    for container in ALL {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.nc");
        std::fs::write(&path, b"precious").unwrap();
        let precious = |path: &Path| std::fs::read(path).unwrap() == b"precious";
        let schema = growing(container, Storage::default());
        let refused = Writer::create(&path, schema.clone(), false).unwrap_err();
        assert_eq!(refused.kind(), Kind::Usage);
        assert!(precious(&path));
        let writer = Writer::create(&path, schema.clone(), true).unwrap();
        assert!(precious(&path));
        drop(writer);
        assert!(precious(&path));
        let size = Writer::create(&path, schema, true).unwrap().finish().unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().len(), size);
        assert_eq!(File::open(&path).unwrap().schema().container, container);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}

#[test]
fn schemas_that_fail_leave_nothing() {
    let mut schema = growing(Container::Cdf1, Storage::default());
    schema.add_variable(Variable::new("s", Type::Int64, Vec::new()));
    let directory = tempfile::tempdir().unwrap();
    let failed = Writer::create(directory.path().join("model.nc"), schema, false).unwrap_err();
    assert_eq!(failed.kind(), Kind::Unsupported);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn parts_of_filtered_chunks_wait_for_each_other() {
    let storage = Storage {
        layout: Layout::Chunked(vec![4, 5]),
        filters: vec![Filter::fletcher32(), Filter::shuffle(), Filter::deflate(6)],
    };
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.nc");
    let writer = Writer::create(&path, growing(Container::NetCdf4, storage), false).unwrap();
    let id = writer.schema().find_variable("v").unwrap();
    // Columns, last first, so that every chunk is completed by the last write; the 6 rows end inside a chunk.
    for column in (0..7).rev() {
        let values: Vec<i32> = (0..6).map(|row| row * 7 + column).collect();
        writer.write(id, &Selection::block(vec![0, u64::try_from(column).unwrap()], vec![6, 1]), &values).unwrap();
    }
    writer.finish().unwrap();
    let file = File::open(&path).unwrap();
    assert_eq!(file.find("v").unwrap().read_all::<i32>().unwrap(), (0..42).collect::<Vec<_>>());
}

#[test]
fn rewriting_keeps_the_rest_of_a_chunk() {
    let filtered = Storage { layout: Layout::Chunked(vec![2, 7]), filters: vec![Filter::deflate(1)] };
    let plain = Storage { filters: Vec::new(), ..filtered.clone() };
    for storage in [filtered, plain] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.nc");
        let writer = Writer::create(&path, growing(Container::NetCdf4, storage), false).unwrap();
        let id = writer.schema().find_variable("v").unwrap();
        let row = |n| Selection::block(vec![n, 0], vec![1, 7]);
        // The first row twice, before its chunk is complete; the others; then one of a complete chunk.
        for (n, value) in [(0, 9), (0, 1), (1, 2), (2, 3), (3, 9), (3, 4), (2, 5)] {
            writer.write(id, &row(n), &[value; 7]).unwrap();
        }
        writer.finish().unwrap();
        let values = File::open(&path).unwrap().find("v").unwrap().read_all::<i32>().unwrap();
        assert_eq!(values, [[1; 7], [2; 7], [5; 7], [4; 7]].concat());
    }
}

#[test]
fn records_that_another_variable_has_are_filled() {
    for container in ALL {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.nc");
        let mut schema = growing(container, Storage::default());
        let mut longer = schema.variables[0].clone();
        longer.name = "longer".to_owned();
        schema.add_variable(longer);
        if container.is_hdf5() {
            schema.variables[0].storage.layout = Layout::Chunked(vec![4, 3]);
        }
        let writer = Writer::create(&path, schema, false).unwrap();
        writer
            .write(writer.schema().find_variable("v").unwrap(), &Selection::block(vec![0, 0], vec![1, 7]), &[1i32; 7])
            .unwrap();
        let longer = writer.schema().find_variable("longer").unwrap();
        writer.write(longer, &Selection::block(vec![0, 0], vec![9, 7]), &[2i32; 63]).unwrap();
        writer.finish().unwrap();
        let values = File::open(&path).unwrap().find("v").unwrap().read_all::<i32>().unwrap();
        let expected = [vec![1; 7], vec![-2_147_483_647; 56]].concat();
        assert_eq!(values, expected, "{container:?}");
    }
}

#[test]
fn what_was_never_written_is_the_fill_value() {
    let storages = [
        Storage::default(),
        Storage { layout: Layout::Chunked(vec![2, 3]), ..Storage::default() },
        Storage { layout: Layout::Chunked(vec![2, 3]), filters: vec![Filter::deflate(1)] },
    ];
    for (container, storage) in ALL.into_iter().flat_map(|c| storages.clone().map(|s| (c, s))) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.nc");
        let mut schema = growing(container, if container.is_hdf5() { storage } else { Storage::default() });
        schema.variables[0].fill = Fill::Value(Value::Int(vec![77]));
        schema.variables[0].attributes.push(Attribute::new("_FillValue", Value::Int(vec![77])));
        if !container.is_hdf5() {
            schema.variables[0].order = hyperslab::ByteOrder::Big;
        }
        let writer = Writer::create(&path, schema, false).unwrap();
        let id = writer.schema().find_variable("v").unwrap();
        writer.write(id, &Selection::block(vec![4, 2], vec![1, 2]), &[1i32, 2]).unwrap();
        writer.finish().unwrap();
        let mut expected = vec![77; 35];
        expected[30..32].copy_from_slice(&[1, 2]);
        let file = File::open(&path).unwrap();
        let array = file.find("v").unwrap();
        assert_eq!((array.shape(), array.read_all::<i32>().unwrap()), (&[5, 7][..], expected), "{container:?}");
    }
}

#[test]
fn fixed_variables_are_filled_too() {
    for container in ALL {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.nc");
        let mut schema = Schema::new(container);
        let x = schema.add_dimension("x", 10, false);
        for (name, layout, fill) in [
            ("some", Layout::Contiguous, Fill::Default),
            ("none", Layout::Contiguous, Fill::Default),
            ("packed", Layout::Compact, Fill::Default),
            ("bare", Layout::Compact, Fill::None),
        ] {
            let mut variable = Variable::new(name, Type::Short, vec![x]);
            variable.fill = fill;
            variable.storage.layout = if container.is_hdf5() { layout } else { Layout::default() };
            schema.add_variable(variable);
        }
        let writer = Writer::create(&path, schema, false).unwrap();
        for name in ["some", "packed"] {
            let id = writer.schema().find_variable(name).unwrap();
            writer.write(id, &Selection::block(vec![4], vec![2]), &[1i16, 2]).unwrap();
        }
        writer.finish().unwrap();
        let file = File::open(&path).unwrap();
        let values = |name: &str| file.find(name).unwrap().read_all::<i16>().unwrap();
        let fill = -32767;
        let expected = [fill, fill, fill, fill, 1, 2, fill, fill, fill, fill];
        assert_eq!((values("some"), values("packed")), (expected.to_vec(), expected.to_vec()), "{container:?}");
        assert_eq!(values("none"), [fill; 10]);
    }
}

#[test]
fn numbers_are_converted_where_they_fit() {
    for container in ALL {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.nc");
        let writer = Writer::create(&path, growing(container, Storage::default()), false).unwrap();
        let id = writer.schema().find_variable("v").unwrap();
        let row = |n| Selection::block(vec![n, 0], vec![1, 7]);
        writer.write(id, &row(0), &[1.0f64, 2.0, 3.0, 4.0, 5.0, 6.0, -7.0]).unwrap();
        writer.write(id, &row(1), &[200u8; 7]).unwrap();
        assert_eq!(writer.write(id, &row(0), &[0.5f64; 7]).unwrap_err().kind(), Kind::Usage);
        assert_eq!(writer.write(id, &row(0), &[1i64 << 31; 7]).unwrap_err().kind(), Kind::Usage);
        assert_eq!(writer.write(id, &row(0), &[1i32; 6]).unwrap_err().kind(), Kind::Usage);
        let beyond = Selection::block(vec![0, 1], vec![1, 7]);
        assert_eq!(writer.write(id, &beyond, &[1i32; 7]).unwrap_err().kind(), Kind::Usage);
        writer.finish().unwrap();
        let values = File::open(&path).unwrap().find("v").unwrap().read_all::<i64>().unwrap();
        assert_eq!(values, [1, 2, 3, 4, 5, 6, -7, 200, 200, 200, 200, 200, 200, 200], "{container:?}");
    }
}

#[test]
fn a_variable_grows_along_every_unlimited_dimension() {
    for filtered in [false, true] {
        let memory = hyperslab::Memory::new();
        let mut schema = Schema::new(Container::NetCdf4);
        let dimensions = ["a", "b", "c"].map(|name| schema.add_dimension(name, 0, true));
        let mut variable = Variable::new("v", Type::Int, dimensions.to_vec());
        variable.storage = Storage {
            layout: Layout::Chunked(vec![1, 2, 3]),
            filters: filtered.then(|| Filter::deflate(1)).into_iter().collect(),
        };
        let id = schema.add_variable(variable);
        let writer = Writer::create_in_memory(&memory, schema).unwrap();
        for (at, value) in [([0, 0, 0], 1), ([2, 5, 1], 2), ([1, 9, 20], 3), ([4, 3, 7], 4)] {
            writer.write(id, &Selection::block(at.to_vec(), vec![1, 1, 1]), &[value]).unwrap();
        }
        writer.finish().unwrap();
        let file = File::from_source(hyperslab::Source::from_bytes(memory.take().unwrap())).unwrap();
        let array = file.array(id).unwrap();
        assert_eq!(array.shape(), [5, 10, 21]);
        let values: Vec<i32> = array.read(Selection::all(array.shape())).unwrap();
        let written: Vec<(usize, i32)> = values.into_iter().enumerate().filter(|(_, v)| (0..9).contains(v)).collect();
        assert_eq!(written, [(0, 1), (210 + 189 + 20, 3), (420 + 105 + 1, 2), (840 + 63 + 7, 4)]);
    }
}

#[test]
fn the_attribute_of_a_fill_value_counts_in_every_container() {
    for container in ALL {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.nc");
        let mut schema = growing(container, Storage::default());
        schema.variables[0].attributes.push(Attribute::new("_FillValue", Value::Int(vec![-1])));
        let writer = Writer::create(&path, schema, false).unwrap();
        let id = writer.schema().find_variable("v").unwrap();
        writer.write(id, &Selection::block(vec![0, 0], vec![1, 1]), &[5i32]).unwrap();
        writer.finish().unwrap();
        let file = File::open(&path).unwrap();
        assert_eq!(file.schema().variables[0].fill, Fill::Value(Value::Int(vec![-1])), "{container:?}");
        let values = file.find("v").unwrap().read_all::<i32>().unwrap();
        assert_eq!(values, [5, -1, -1, -1, -1, -1, -1], "{container:?}");
    }
}

/// Writes one of the seven elements of the variable; returns the file.
fn one_written(schema: Schema) -> File {
    let memory = hyperslab::Memory::new();
    let writer = Writer::create_in_memory(&memory, schema).unwrap();
    let id = writer.schema().find_variable("v").unwrap();
    writer.write(id, &Selection::block(vec![0, 0], vec![1, 1]), &[5i32]).unwrap();
    writer.finish().unwrap();
    File::from_source(hyperslab::Source::from_bytes(memory.take().unwrap())).unwrap()
}

/// What a file says of fill values, and the elements that were not written.
fn filled(file: &File) -> (Option<Value>, Fill, Vec<i32>) {
    let variable = &file.schema().variables[0];
    let values = file.find("v").unwrap().read_all::<i32>().unwrap();
    (variable.attribute("_FillValue").cloned(), variable.fill.clone(), values[1..].to_vec())
}

#[test]
fn a_fill_value_has_its_attribute_in_every_container() {
    for container in ALL {
        let mut schema = growing(container, Storage::default());
        schema.variables[0].attributes.push(Attribute::new("units", Value::text("m")));
        schema.variables[0].fill = Fill::Value(Value::Int(vec![-5]));
        let file = one_written(schema);
        let fill = Value::Int(vec![-5]);
        assert_eq!(filled(&file), (Some(fill.clone()), Fill::Value(fill), vec![-5; 6]), "{container:?}");
        // Once is enough.
        let again = one_written(file.schema().clone());
        assert_eq!(again.schema().variables, file.schema().variables, "{container:?}");
        assert_eq!(again.schema().variables[0].attributes.len(), 2, "{container:?}");
        assert!(!again.schema().variables[0].untold_fill);
    }
}

#[test]
fn defaults_and_nothing_have_no_attribute() {
    for container in ALL {
        for fill in [Fill::Default, Fill::None, Fill::Value(Value::Int(vec![-2_147_483_647]))] {
            let mut schema = growing(container, Storage::default());
            schema.variables[0].fill = fill;
            let file = one_written(schema);
            assert_eq!(file.schema().variables[0].attributes, [], "{container:?}");
            assert!(!file.schema().variables[0].untold_fill, "{container:?}");
        }
    }
}

#[test]
fn a_fill_value_without_attribute_is_told_where_it_would_be_lost() {
    // What h5py makes.
    let mut schema = growing(Container::NetCdf4, Storage::default());
    schema.variables[0].fill = Fill::Value(Value::Int(vec![-5]));
    schema.variables[0].untold_fill = true;
    let file = one_written(schema);
    let fill = Fill::Value(Value::Int(vec![-5]));
    assert_eq!(filled(&file), (None, fill.clone(), vec![-5; 6]));
    assert!(file.schema().variables[0].untold_fill);
    for container in ALL {
        let again = one_written(file.schema().in_container(container).unwrap());
        let told = Some(Value::Int(vec![-5])).filter(|_| !container.is_hdf5());
        assert_eq!(filled(&again), (told, fill.clone(), vec![-5; 6]), "{container:?}");
    }
}

#[test]
fn a_fill_value_of_another_type_stays_an_attribute_where_a_file_had_it() {
    let odd = [Value::Double(vec![-5.0]), Value::Int(vec![1, 2]), Value::text("none")];
    for (from, value) in ALL.into_iter().flat_map(|container| odd.clone().map(|value| (container, value))) {
        let mut schema = growing(from, Storage::default());
        schema.variables[0].attributes.push(Attribute::new("_FillValue", value.clone()));
        schema.variables[0].untold_fill = true;
        let file = one_written(schema);
        assert!(file.schema().variables[0].untold_fill, "{from:?}");
        for to in ALL {
            let again = one_written(file.schema().in_container(to).unwrap());
            let (attribute, _, values) = filled(&again);
            assert_eq!((attribute.as_ref(), values), (Some(&value), vec![-2_147_483_647; 6]), "{from:?} {to:?}");
        }
    }
}

#[test]
fn texts_with_a_nul_are_refused() {
    let list =
        Arc::new(UserType { name: "l".into(), group: GroupId::ROOT, size: 16, class: UserClass::Vlen(Type::String) });
    let mut schema = Schema::new(Container::NetCdf4);
    schema.types.push(list.clone());
    let s = schema.add_variable(Variable::new("s", Type::String, vec![]));
    let l = schema.add_variable(Variable::new("l2", Type::User(list.clone()), vec![]));
    let writer = Writer::create_in_memory(&hyperslab::Memory::new(), schema).unwrap();
    let all = Selection::all(&[]);
    let nested = Value::User(list, vec![UserValue::Vlen(Value::String(vec![Some(b"a\0b".to_vec())]))]);
    let refused = [
        (writer.write_strings(s, &all, &[b"a\0b".to_vec()]), "/s"),
        (writer.write_values(s, &all, &Value::String(vec![Some(b"a\0".to_vec())])), "/s"),
        (writer.write_values(l, &all, &nested), "/l2"),
    ];
    for (result, object) in refused {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.location().object.as_deref()), (Kind::Usage, Some(object)), "{error}");
    }
}

#[test]
fn a_text_with_a_nul_that_a_file_has_is_not_cut_in_a_copy() {
    let mut schema = Schema::new(Container::NetCdf4);
    let id = schema.add_variable(Variable::new("s", Type::String, vec![]));
    schema.set_attribute("note", Value::String(vec![Some(b"note?end".to_vec())]));
    let memory = hyperslab::Memory::new();
    let writer = Writer::create_in_memory(&memory, schema).unwrap();
    writer.write_strings(id, &Selection::all(&[]), &[b"text?end".to_vec()]).unwrap();
    writer.finish().unwrap();
    let bytes = memory.take().unwrap();
    let with_nul = |text: &[u8]| {
        let mut bytes = bytes.clone();
        let at = bytes.windows(text.len()).position(|window| window == text).unwrap();
        bytes[at + 4] = 0;
        File::from_source(hyperslab::Source::from_bytes(bytes)).unwrap()
    };
    let file = with_nul(b"note?end");
    let error = Writer::create_in_memory(&memory, file.schema().clone()).unwrap_err();
    assert!(error.kind() == Kind::Usage && error.to_string().contains("attribute note"), "{error}");
    let file = with_nul(b"text?end");
    assert_eq!(file.find("s").unwrap().read_strings(..).unwrap(), ["text"]);
    let writer = Writer::create_in_memory(&memory, file.schema().clone()).unwrap();
    let job = Job::new(file.array(id).unwrap(), id);
    let error = Transfer::new(&writer).job(job).run(&|_| ControlFlow::Continue(())).unwrap_err();
    assert_eq!((error.kind(), error.location().object.as_deref()), (Kind::Usage, Some("/s")), "{error}");
}

#[test]
fn changing_compressed_values_one_by_one_does_not_grow_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.nc");
    let mut schema = Schema::new(Container::NetCdf4);
    let x = schema.add_dimension("x", 4096, false);
    let mut variable = Variable::new("v", Type::Double, vec![x]);
    variable.storage = Storage { layout: Layout::Chunked(vec![4096]), filters: vec![Filter::deflate(1)] };
    let id = schema.add_variable(variable);
    let writer = Writer::create(&path, schema, false).unwrap();
    let values: Vec<f64> = (0..4096).map(|n| f64::from(n).sin()).collect();
    writer.write(id, &Selection::block(vec![0], vec![4096]), &values).unwrap();
    for n in 0..2048u64 {
        writer.write(id, &Selection::block(vec![n], vec![1]), &[1.5f64]).unwrap();
    }
    let size = writer.finish().unwrap();
    assert!(size < 100_000, "{size} bytes");
    let read = File::open(&path).unwrap().find("v").unwrap().read_all::<f64>().unwrap();
    assert_eq!(read, [&[1.5; 2048], &values[2048..]].concat());
}

#[test]
fn values_that_do_not_fit_change_nothing() {
    for container in ALL {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.nc");
        let mut schema = Schema::new(container);
        let x = schema.add_dimension("x", 100_000, false);
        let id = schema.add_variable(Variable::new("v", Type::Short, vec![x]));
        let writer = Writer::create(&path, schema, false).unwrap();
        let all = Selection::all(&[100_000]);
        let mut values: Vec<i32> = (0..100_000).map(|n| n % 30_000).collect();
        writer.write_values(id, &all, &Value::Int(values.clone())).unwrap();
        let expected = values.clone();
        values.iter_mut().for_each(|value| *value = 7);
        values[99_999] = 40_000;
        let refused = writer.write(id, &all, &values).unwrap_err();
        assert_eq!((refused.kind(), refused.location().object.as_deref()), (Kind::Usage, Some("/v")));
        writer.finish().unwrap();
        let read = File::open(&path).unwrap().find("v").unwrap().read_all::<i32>().unwrap();
        assert_eq!(read, expected, "{container:?}");
    }
}

#[test]
fn strings_keep_their_fill_value_and_their_filters() {
    for filters in [vec![], vec![Filter::deflate(3)]] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.nc");
        let mut schema = Schema::new(Container::NetCdf4);
        let x = schema.add_dimension("x", 5, false);
        let mut variable = Variable::new("s", Type::String, vec![x]);
        variable.fill = Fill::Value(Value::String(vec![Some(b"none".to_vec())]));
        variable.storage = Storage { layout: Layout::Chunked(vec![3]), filters };
        let id = schema.add_variable(variable.clone());
        let writer = Writer::create(&path, schema, false).unwrap();
        let texts = [b"a".to_vec(), "größer".as_bytes().to_vec()];
        writer.write_strings(id, &Selection::block(vec![1], vec![2]), &texts).unwrap();
        writer.finish().unwrap();
        let file = File::open(&path).unwrap();
        let read = &file.schema().variables[0];
        assert_eq!((&read.fill, &read.storage), (&variable.fill, &variable.storage));
        let values = file.find("s").unwrap().read_string_bytes(Selection::all(&[5])).unwrap();
        let none = b"none".to_vec();
        assert_eq!(values, [none.clone(), texts[0].clone(), texts[1].clone(), none.clone(), none]);
    }
}

#[test]
fn boxes_that_no_file_has_room_for_are_refused_at_once() {
    let chunked = |filters| Storage { layout: Layout::Chunked(vec![1, 1]), filters };
    for filters in [vec![], vec![Filter::deflate(1)]] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("far.nc");
        let mut schema = Schema::new(Container::NetCdf4);
        let (x, y) = (schema.add_dimension("x", 0, true), schema.add_dimension("y", 0, true));
        let v =
            schema.add_variable(Variable { storage: chunked(filters), ..Variable::new("v", Type::Int, vec![x, y]) });
        let writer = Writer::create(&path, schema, false).unwrap();
        let write = |at: [u64; 2]| writer.write(v, &Selection::block(at.to_vec(), vec![1, 1]), &[7]);
        write([0, 0]).unwrap();
        for far in [[1 << 40, 1 << 40], [1 << 62, 0], [0, 1 << 62]] {
            let error = write(far).unwrap_err();
            assert_eq!((error.kind(), error.location().object.as_deref()), (Kind::Limit, Some("/v")), "{error}");
        }
        write([2, 1]).unwrap();
        writer.finish().unwrap();
        let file = File::open(&path).unwrap();
        let values = file.find("/v").unwrap().read::<i32>(..).unwrap();
        assert_eq!((file.find("/v").unwrap().shape(), values[0], values[5]), (&[3, 2][..], 7, 7));
    }
}

#[test]
fn records_that_no_file_can_have_are_refused_before_a_part_is_converted() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("records.nc");
    let mut schema = Schema::new(Container::Cdf1);
    let time = schema.add_dimension("time", 0, true);
    let v = schema.add_variable(Variable::new("v", Type::Byte, vec![time]));
    let writer = Writer::create(&path, schema, false).unwrap();
    writer.write(v, &Selection::block(vec![0], vec![1]), &[7i8]).unwrap();
    let far = Selection::block(vec![u64::from(u32::MAX) - 270_000], vec![300_000]);
    let error = writer.write(v, &far, &[1i16; 300_000]).unwrap_err();
    assert_eq!((error.kind(), error.location().object.as_deref()), (Kind::Limit, Some("/v")), "{error}");
    writer.finish().unwrap();
    let file = File::open(&path).unwrap();
    assert_eq!(file.find("/v").unwrap().read_all::<i8>().unwrap(), [7]);
}

#[test]
fn boxes_without_elements_change_nothing() {
    for container in [Container::Cdf1, Container::Cdf5, Container::NetCdf4, Container::NetCdf4Classic] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("empty.nc");
        let mut schema = Schema::new(container);
        let (x, y) = (schema.add_dimension("x", 0, true), schema.add_dimension("y", 3, false));
        let v = schema.add_variable(Variable::new("v", Type::Int, vec![x, y]));
        let writer = Writer::create(&path, schema, false).unwrap();
        writer.write::<i32>(v, &Selection::block(vec![5, 0], vec![0, 3]), &[]).unwrap();
        writer.write::<i32>(v, &Selection::block(vec![5, 0], vec![2, 0]), &[]).unwrap();
        writer.finish().unwrap();
        assert_eq!(File::open(&path).unwrap().find("/v").unwrap().shape(), [0, 3], "{container:?}");
    }
}

#[test]
fn strings_that_were_never_written_have_a_place() {
    for filters in [vec![], vec![Filter::deflate(1)]] {
        let place = hyperslab::Memory::new();
        let mut schema = Schema::new(Container::NetCdf4);
        let (x, y) = (schema.add_dimension("x", 0, true), schema.add_dimension("y", 0, true));
        let fill = Fill::Value(Value::String(vec![Some(b"none".to_vec())]));
        let storage = Storage { layout: Layout::Chunked(vec![1, 2]), filters };
        let v = schema.add_variable(Variable { fill, storage, ..Variable::new("v", Type::String, vec![x, y]) });
        let writer = Writer::create_in_memory(&place, schema).unwrap();
        for at in [[0, 4], [2, 0]] {
            writer.write_strings(v, &Selection::block(at.to_vec(), vec![1, 1]), &[b"here".to_vec()]).unwrap();
        }
        writer.finish().unwrap();
        let file = File::from_source(hyperslab::Source::from_bytes(place.take().unwrap())).unwrap();
        let v = file.find("/v").unwrap();
        // Other readers cannot fill in what leads to a heap.
        assert_eq!((v.shape(), v.chunks().unwrap().count()), (&[3, 5][..], 9));
        let strings = v.read_strings(..).unwrap();
        let written: Vec<usize> = (0..15).filter(|&n| strings[n] == "here").collect();
        assert_eq!((written, strings[7].as_str()), (vec![4, 10], "none"));
    }
}
