//! How often a file is asked for bytes that lie near each other.

use std::ops::ControlFlow;
use std::path::Path;

use super::transfer::{Job, Transfer};
use super::{Container, File, Layout, Schema, Type, Variable, Writer};
use crate::shape::Selection;

const ROWS: u64 = 400;
const COLUMNS: u64 = 30;

/// A variable in a file of its own, whose elements are numbered.
fn numbered(path: &Path, container: Container, layout: Layout) -> File {
    let writer = Writer::create(path, schema(container, layout), true).unwrap();
    let values: Vec<f64> = (0..u32::try_from(ROWS * COLUMNS).unwrap()).map(f64::from).collect();
    let v = writer.schema().find_variable("v").unwrap();
    writer.write(v, &Selection::all(&[ROWS, COLUMNS]), &values).unwrap();
    writer.finish().unwrap();
    File::open(path).unwrap()
}

fn schema(container: Container, layout: Layout) -> Schema {
    let mut schema = Schema::new(container);
    let axes = [("x", ROWS), ("y", COLUMNS)].map(|(name, length)| schema.add_dimension(name, length, false));
    let mut variable = Variable::new("v", Type::Double, axes.to_vec());
    variable.storage.layout = layout;
    schema.add_variable(variable);
    schema
}

/// How often the file is read while something is done.
fn reads(file: &File, work: impl FnOnce()) -> usize {
    let before = file.source().reads();
    work();
    file.source().reads() - before
}

#[test]
fn a_column_is_read_in_few_pieces() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.nc");
    for (container, layout, most) in [
        (Container::NetCdf4, Layout::Chunked(vec![100, COLUMNS]), 8),
        (Container::NetCdf4, Layout::Chunked(vec![100, 10]), 8),
        (Container::NetCdf4, Layout::Contiguous, 4),
        (Container::Cdf5, Layout::default(), 4),
    ] {
        let file = numbered(&path, container, layout.clone());
        let array = file.find("v").unwrap();
        let (mut column, mut few) = (Vec::new(), Vec::new());
        let once = reads(&file, || column = array.read::<f64>((.., 7)).unwrap());
        assert!(column.iter().zip(0..).all(|(&value, row)| value == f64::from(row * 30 + 7)), "{layout:?}");
        assert!(once <= most + 3, "{layout:?}: {once} reads of {ROWS} elements");
        // Every second one of a few columns.
        let some = Selection { start: vec![1, 3], count: vec![ROWS / 2, 3], stride: vec![2, 4] };
        let again = reads(&file, || few = array.read::<f64>(&some).unwrap());
        assert!(few.iter().zip(0..).all(|(&value, n)| value == f64::from((1 + n / 3 * 2) * 30 + 3 + n % 3 * 4)));
        assert!(again <= 2 * most, "{layout:?}: {again} reads");
    }
}

#[test]
fn unfiltered_chunks_of_another_shape_are_read_in_few_pieces() {
    let directory = tempfile::tempdir().unwrap();
    let file = numbered(&directory.path().join("a.nc"), Container::NetCdf4, Layout::Chunked(vec![200, 1]));
    let output = schema(Container::NetCdf4, Layout::Chunked(vec![80, 10]));
    let writer = Writer::create(directory.path().join("b.nc"), output, true).unwrap();
    let v = writer.schema().find_variable("v").unwrap();
    let counted = reads(&file, || {
        let transfer = Transfer::new(&writer).job(Job::new(file.find("v").unwrap(), v));
        assert_eq!(transfer.run(&|_| ControlFlow::Continue(())).unwrap(), ControlFlow::Continue(()));
    });
    writer.finish().unwrap();
    // Five rows of chunks, each of which touches one or two chunks of every column.
    assert!(counted <= 7 * 30, "{counted} reads");
    let copy = File::open(directory.path().join("b.nc")).unwrap();
    let values = copy.find("v").unwrap().read_all::<f64>().unwrap();
    assert!(values.iter().zip(0..).all(|(&value, n)| value == f64::from(n)));
}
