//! Files that other writers left odd, written again through the model.
#![allow(clippy::unwrap_used)] // a test that fails may panic

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use exodus_rs::{copy, Container, Data, EntityKind, ExodusFile};
use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{Layout, Schema, Type, Value, Variable, VariableId, Writer};
use hyperslab::Selection;

/// A block whose name fills its row; coordinates of single, times of double precision.
fn odd(path: &Path) {
    let mut schema = Schema::new(Container::Cdf2);
    schema.set_attribute("api_version", Value::Float(vec![4.01]));
    schema.set_attribute("floating_point_word_size", Value::Int(vec![4]));
    schema.set_attribute("file_size", Value::Int(vec![1]));
    let time = schema.add_dimension("time_step", 0, true);
    let name = schema.add_dimension("len_name", 5, false);
    schema.add_dimension("num_dim", 1, false);
    let nodes = schema.add_dimension("num_nodes", 2, false);
    let blocks = schema.add_dimension("num_el_blk", 1, false);
    let times = Variable::new("time_whole", Type::Double, vec![time]);
    let coordinates = Variable::new("coordx", Type::Float, vec![nodes]);
    let ids = Variable::new("eb_prop1", Type::Int, vec![blocks]);
    let names = Variable::new("eb_names", Type::Char, vec![blocks, name]);
    let [times, coordinates, ids, names] = [times, coordinates, ids, names].map(|mut variable| {
        variable.order = hyperslab::ByteOrder::Big;
        schema.add_variable(variable)
    });
    let writer = Writer::create(path, schema, false).unwrap();
    let all = |id: VariableId| Selection::all(&writer.schema().shape(id).unwrap());
    writer.write(coordinates, &all(coordinates), &[0.5f32, 1.5]).unwrap();
    writer.write(ids, &all(ids), &[7]).unwrap();
    writer.write_stored(names, &all(names), b"plate").unwrap();
    writer.write(times, &Selection::boxed(vec![0], vec![1]), &[0.1f64]).unwrap();
    writer.finish().unwrap();
}

/// The file, and its copy through the model.
fn copied(directory: &Path) -> [ExodusFile; 2] {
    let paths: [PathBuf; 2] = ["odd.exo", "copy.exo"].map(|name| directory.join(name));
    let [input, output] = &paths;
    odd(input);
    let file = ExodusFile::open(input).unwrap();
    copy::copy(&file, output, &copy::Options::like(&file), &|_| ControlFlow::Continue(())).unwrap();
    [file, ExodusFile::open(output).unwrap()]
}

#[test]
fn names_that_fill_their_rows_are_not_cut() {
    let directory = tempfile::tempdir().unwrap();
    for file in copied(directory.path()) {
        assert_eq!(file.entities(EntityKind::ElementBlock).unwrap().first().unwrap().name, "plate");
    }
}

#[test]
fn numbers_of_mixed_precision_are_not_rounded() {
    let directory = tempfile::tempdir().unwrap();
    for file in copied(directory.path()) {
        assert_eq!(file.times().unwrap(), [0.1]);
        assert_eq!(file.read::<f64>(Data::Coordinate(0)).unwrap().as_slice(), Some(&[0.5, 1.5][..]));
    }
}

#[test]
fn a_count_alone_makes_no_entities() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("hostile.exo");
    let mut schema = Schema::new(Container::Cdf2);
    schema.set_attribute("api_version", Value::Float(vec![4.01]));
    schema.add_dimension("num_el_blk", 268_435_456, false);
    schema.add_dimension("num_nodes", 8, false);
    Writer::create(&path, schema, false).unwrap().finish().unwrap();
    let file = ExodusFile::open(&path).unwrap();
    assert!(file.entities(EntityKind::ElementBlock).unwrap().len() <= 2);
    assert!(file.mesh().unwrap().blocks.len() <= 2);
}

#[test]
fn lists_of_absurd_length_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("hostile.exo");
    let mut schema = Schema::new(Container::NetCdf4);
    schema.set_attribute("api_version", Value::Float(vec![4.01]));
    let count = schema.add_dimension("num_nod_var", 1 << 40, false);
    let name = schema.add_dimension("len_name", 33, false);
    let mut names = Variable::new("name_nod_var", Type::Char, vec![count, name]);
    // No chunk is ever written, so the file is small.
    names.storage.layout = Layout::Chunked(vec![1024, 33]);
    names.storage.filters = vec![Filter::deflate(1)];
    schema.add_variable(names);
    Writer::create(&path, schema, false).unwrap().finish().unwrap();
    let file = ExodusFile::open(&path).unwrap();
    assert_eq!(file.variable_names(EntityKind::Nodal).unwrap_err().kind(), exodus_rs::Kind::Limit);
    assert!(file.mesh().is_err());
}
