//! Small files that claim to be large: what they claim costs nothing until its bytes are there.
#![allow(clippy::unwrap_used)] // a test that fails may panic

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use exodus_rs::model::{write, WriteOptions};
use exodus_rs::prelude::*;
use exodus_rs::{diff, Container, EntityType, ExodusFile, Kind};
use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{DimensionId, Layout, Schema, Type, Value, Variable, Writer};
use hyperslab::Selection;

/// More than any test may hold: 3 GiB of numbers.
const MANY: u64 = 1 << 27;

/// A model of dimensions alone: many nodes and elements, and no variable.
fn empty_claims(directory: &Path) -> PathBuf {
    let mut schema = Schema::new(Container::Cdf2);
    schema.set_attribute("version", Value::Float(vec![9.0]));
    schema.set_attribute("floating_point_word_size", Value::Int(vec![8]));
    for (name, len) in [("num_dim", 3), ("num_nodes", MANY), ("num_elem", MANY), ("num_el_blk", 1)] {
        schema.add_dimension(name, len, false);
    }
    let path = directory.join("claims.exo");
    Writer::create(&path, schema, false).unwrap().finish().unwrap();
    path
}

#[test]
fn missing_coordinates_are_an_error_not_the_origin() {
    let directory = tempfile::tempdir().unwrap();
    let file = ExodusFile::open(empty_claims(directory.path())).unwrap();
    let errors = [
        file.coords::<f64>().unwrap_err(),
        file.coord::<f32>(2, 0..1).unwrap_err(),
        file.coords_array::<f64>().unwrap_err(),
        file.points().unwrap_err(),
        file.bounding_box().unwrap_err(),
    ];
    for error in errors {
        assert!(error.to_string().contains("coord"), "{error}");
    }
}

#[test]
fn no_more_is_numbered_than_the_file_can_have() {
    let directory = tempfile::tempdir().unwrap();
    let file = ExodusFile::open(empty_claims(directory.path())).unwrap();
    for kind in [EntityType::NodeMap, EntityType::ElementMap] {
        let error = file.id_map(kind).unwrap_err();
        assert_eq!(error.kind(), Kind::Limit, "{error}");
    }
}

#[test]
fn a_comparison_says_what_is_missing() {
    let directory = tempfile::tempdir().unwrap();
    let path = empty_claims(directory.path());
    let [first, second] = [(); 2].map(|()| ExodusFile::open(&path).unwrap());
    let error =
        diff::compare(&first, &second, &diff::Options::default(), &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(error.to_string().contains("coordinate 1"), "{error}");
}

#[test]
fn a_number_of_steps_alone_is_not_counted_up_to() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("steps.exo");
    let mut schema = Schema::new(Container::Cdf2);
    schema.set_attribute("api_version", Value::Float(vec![8.25]));
    schema.add_dimension("time_step", 0, true);
    Writer::create(&path, schema, false).unwrap().finish().unwrap();
    // The number of records, which no record backs: none has a length.
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4..8].copy_from_slice(&[0, 0xff, 0xff, 0]);
    let file = ExodusFile::from_bytes(bytes).unwrap();
    assert_eq!(file.num_steps(), 0x00ff_ff00);
    let mut steps = 0;
    let report = diff::compare(&file, &file, &diff::Options::default(), &mut |finding| {
        steps += u64::from(matches!(finding, diff::Finding::Step(_)));
        ControlFlow::Continue(())
    });
    assert!(report.unwrap().verdict.is_same());
    assert_eq!(steps, 0);
}

/// A mesh of many blocks and sets without names, in a file whose names would be 3 GB long.
#[test]
fn room_for_texts_that_no_text_needs_is_not_taken() {
    let directory = tempfile::tempdir().unwrap();
    let (path, copy) = (directory.path().join("wide.exo"), directory.path().join("copy.exo"));
    let mut schema = Schema::new(Container::Cdf2);
    schema.set_attribute("api_version", Value::Float(vec![9.0]));
    let wide = [("len_name", 3 << 30), ("len_string", 3 << 30), ("len_line", 3 << 30)];
    for (name, len) in [("num_dim", 3), ("num_el_blk", 7), ("num_node_sets", 10), ("num_side_sets", 10)] {
        schema.add_dimension(name, len, false);
    }
    for (name, len) in wide {
        schema.add_dimension(name, len, false);
    }
    Writer::create(&path, schema, false).unwrap().finish().unwrap();
    let file = ExodusFile::open(path).unwrap();
    write(&file, &copy, &WriteOptions::like(&file)).unwrap();
    let blocks = |file: &ExodusFile| file.blocks(EntityType::ElementBlock).unwrap().len();
    assert_eq!((blocks(&ExodusFile::open(&copy).unwrap()), blocks(&file)), (blocks(&file), 7));
    assert!(std::fs::metadata(copy).unwrap().len() < 1 << 20);
}

/// Points at a step, and a result of them: nobody wrote one of their chunks.
fn unwritten(path: &Path) -> ExodusFile {
    let mut schema = Schema::new(Container::NetCdf4);
    schema.set_attribute("api_version", Value::Float(vec![9.0]));
    let mut length = |name: &str, len: u64| schema.add_dimension(name, len, name == "time_step");
    let [step, nodes, results, name] = [("time_step", 0), ("num_nodes", MANY), ("num_nod_var", 1), ("len_name", 33)]
        .map(|(name, len)| length(name, len));
    length("num_dim", 1);
    let variable = |name: &str, ty: Type, dimensions: &[DimensionId], chunk: &[u64]| {
        let mut variable = Variable::new(name, ty, dimensions.to_vec());
        variable.storage.layout = Layout::Chunked(chunk.to_vec());
        variable.storage.filters = vec![Filter::deflate(1)];
        variable
    };
    schema.add_variable(variable("coordx", Type::Double, &[nodes], &[1 << 16]));
    schema.add_variable(variable("name_nod_var", Type::Char, &[results, name], &[1, 33]));
    schema.add_variable(variable("vals_nod_var1", Type::Double, &[step, nodes], &[1, 1 << 16]));
    let times = schema.add_variable(variable("time_whole", Type::Double, &[step], &[1]));
    let writer = Writer::create(path, schema, false).unwrap();
    writer.write(times, &Selection::all(&[1]), &[0.0]).unwrap();
    writer.finish().unwrap();
    ExodusFile::open(path).unwrap()
}

#[test]
fn a_comparison_holds_no_values_that_nobody_wrote() {
    let directory = tempfile::tempdir().unwrap();
    let file = unwritten(&directory.path().join("unwritten.exo"));
    let refused = |options: &diff::Options, object: &str| {
        let error = diff::compare(&file, &file, options, &mut |_| ControlFlow::Continue(())).unwrap_err();
        assert_eq!(error.kind(), Kind::Limit, "{error}");
        assert!(error.to_string().contains(object), "{error}");
    };
    let mut options = diff::Options::default();
    refused(&options, "coordx");
    options.coordinates.mode = diff::Mode::Ignore;
    refused(&options, "vals_nod_var1");
    let error = diff::summarize(&file, &options, false).unwrap_err();
    assert_eq!(error.kind(), Kind::Limit, "{error}");
}
