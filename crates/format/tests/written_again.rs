//! Storage that others chose, when their files are written again: what a writer cannot have is replaced where it can be
//! seen, and no value becomes another.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::path::Path;

use hyperslab::hdf5::builder::{Builder, DatasetSpec, GroupSpec, LayoutSpec, LinkSpec};
use hyperslab::hdf5::{Datatype, Filter, ScaleOffset};
use hyperslab::netcdf::{Container, File, Fill, Layout, Schema, Storage, Type, Value, Variable, Writer};
use hyperslab::{ByteOrder, NumberType, Selection};

#[test]
fn chunks_that_are_longer_than_a_dimension_are_cut_where_they_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let [from, to] = ["a.h5", "b.nc"].map(|name| folder.path().join(name));
    let builder = Builder::create(&from, false).unwrap();
    // It may become longer, but not without end: to netCDF its length is fixed.
    let spec = DatasetSpec {
        max_shape: vec![10, u64::MAX],
        layout: LayoutSpec::chunked(vec![5, 4]),
        ..DatasetSpec::new(Datatype::Number(NumberType::I32, ByteOrder::Little), &[3, 2])
    };
    let dataset = builder.dataset(spec).unwrap();
    let stored: Vec<u8> = (1..=6).flat_map(i32::to_le_bytes).collect();
    builder.write(&dataset, &Selection::all(&[3, 2]), &stored).unwrap();
    let mut root = GroupSpec::default();
    root.links.push(LinkSpec::hard("v", builder.add_dataset(dataset, &[3, 2], Vec::new()).unwrap()));
    let root = builder.add_group(&root).unwrap();
    builder.finish(root).unwrap();

    let file = File::open(&from).unwrap();
    let array = file.find("v").unwrap();
    assert_eq!(array.variable().storage.layout, Layout::Chunked(vec![3, 4]));
    assert_eq!(array.chunk(), Some(&[5, 4][..]));
    let values: Vec<i32> = array.read_all().unwrap();
    let writer = Writer::create(&to, file.schema().clone(), false).unwrap();
    writer.write(file.schema().find_variable("v").unwrap(), &Selection::all(&[3, 2]), &values).unwrap();
    writer.finish().unwrap();
    let again = File::open(&to).unwrap();
    assert_eq!(again.find("v").unwrap().read_all::<i32>().unwrap(), [1, 2, 3, 4, 5, 6]);
    assert_eq!(again.find("v").unwrap().chunk(), Some(&[3, 4][..]));
}

#[test]
fn chunks_are_cut_again_when_a_dimension_becomes_shorter() {
    let mut schema = Schema::new(Container::NetCdf4);
    let x = schema.add_dimension("x", 9, false);
    let t = schema.add_dimension("t", 0, true);
    let mut variable = Variable::new("v", Type::Int, vec![t, x]);
    variable.storage.layout = Layout::Chunked(vec![7, 9]);
    schema.add_variable(variable);
    schema.dimensions[x.0].length = 4;
    schema.fit_chunks();
    assert_eq!(schema.variables[0].storage.layout, Layout::Chunked(vec![7, 4]));
}

/// Writes the values with what a schema declares; returns the schema that is read, and the values.
fn written(path: &Path, schema: Schema, values: &[f32]) -> (Schema, Vec<f32>) {
    let writer = Writer::create(path, schema, true).unwrap();
    let id = writer.schema().find_variable("v").unwrap();
    writer.write(id, &Selection::all(&[values.len() as u64]), values).unwrap();
    writer.finish().unwrap();
    let file = File::open(path).unwrap();
    let read = file.find("v").unwrap().read_all().unwrap();
    (file.schema().clone(), read)
}

#[test]
fn rounded_values_are_not_rounded_again() {
    let path = tempfile::tempdir().unwrap();
    let path = path.path().join("a.nc");
    let mut schema = Schema::new(Container::NetCdf4);
    let x = schema.add_dimension("x", 160, false);
    let mut variable = Variable::new("v", Type::Float, vec![x]);
    variable.fill = Fill::Value(Value::Float(vec![0.0]));
    let filters = vec![Filter::scaleoffset(ScaleOffset::Decimal(0))];
    variable.storage = Storage { layout: Layout::Chunked(vec![16]), filters };
    schema.add_variable(variable);
    let values: Vec<f32> = (0u16..160).map(|n| f32::from(n * 37 % 160) * 0.05 - 3.3).collect();
    let (rounded_schema, rounded) = written(&path, schema, &values);
    assert!(values != rounded, "whoever asks for rounding gets it");
    // The library does the same: what is near the fill value after the first time becomes the fill value.
    let (_, twice) = written(&path, rounded_schema.clone(), &rounded);
    assert!(twice != rounded);
    for container in [Container::NetCdf4, Container::NetCdf4Classic] {
        let schema = rounded_schema.in_container(container).unwrap();
        assert_eq!(schema.variables[0].storage.filters, [Filter::deflate(4)]);
        assert_eq!(written(&path, schema, &rounded).1, rounded);
    }
}

#[test]
fn filters_without_loss_stay() {
    let whole = Filter::scaleoffset(ScaleOffset::Integer(0));
    let [cut, decimal] = [ScaleOffset::Integer(5), ScaleOffset::Decimal(2)].map(Filter::scaleoffset);
    let [shuffle, zstd, sums] = [Filter::shuffle(), Filter::zstd(3), Filter::fletcher32()];
    let cases = [
        (vec![whole.clone(), sums.clone()], vec![whole, sums.clone()]),
        (vec![decimal.clone(), zstd.clone()], vec![zstd]),
        (vec![cut], vec![Filter::deflate(4)]),
        (vec![shuffle.clone(), decimal, sums.clone()], vec![shuffle, Filter::deflate(4), sums]),
        (vec![], vec![]),
    ];
    for (filters, kept) in cases {
        assert_eq!(Storage { filters, ..Storage::default() }.without_loss().filters, kept);
    }
}
