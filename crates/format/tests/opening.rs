//! Opening a file and looking at what it declares reads as much of it for many chunks and steps as for few.
#![allow(clippy::unwrap_used)] // a test that fails may panic

mod common;

use std::path::{Path, PathBuf};

use hyperslab::hdf5::{self, Filter, Layout as Stored};
use hyperslab::netcdf::{self, Container, Layout, Schema, Type, Variable, Writer};
use hyperslab::{Result, Selection};

const FEW: u64 = 10;
const MANY: u64 = 100_000;

/// A file with so many steps, each in a chunk of its own, and a variable of so many chunks that does not grow.
fn write(folder: &Path, steps: u64, deflate: Option<u8>) -> PathBuf {
    let path = folder.join(format!("{steps}_{deflate:?}.nc"));
    let mut schema = Schema::new(Container::NetCdf4);
    let time = schema.add_dimension("time", 0, true);
    let node = schema.add_dimension("node", 2, false);
    let cell = schema.add_dimension("cell", steps * 2, false);
    let mut add = |name: &str, dimensions, chunk: Vec<u64>| {
        let mut variable = Variable::new(name, Type::Short, dimensions);
        variable.storage.layout = Layout::Chunked(chunk);
        variable.storage.filters = deflate.map(Filter::deflate).into_iter().collect();
        schema.add_variable(variable)
    };
    let growing = add("growing", vec![time, node], vec![1, 2]);
    let fixed = add("fixed", vec![cell], vec![2]);
    let writer = Writer::create(&path, schema, false).unwrap();
    let values = vec![7i16; usize::try_from(2 * steps).unwrap()];
    writer.write(growing, &Selection::all(&[steps, 2]), &values).unwrap();
    writer.write(fixed, &Selection::all(&[2 * steps]), &values).unwrap();
    writer.finish().unwrap();
    path
}

/// The bytes that the whole process has read, as the kernel counts them, and what asking adds to them.
fn bytes_read() -> Option<(u64, u64)> {
    let counters = std::fs::read_to_string("/proc/self/io").ok()?;
    let read = counters.lines().find_map(|line| line.strip_prefix("rchar: "))?.parse().ok()?;
    Some((read, counters.len() as u64))
}

/// The bytes that something reads; nothing where the kernel does not count.
fn cost(run: impl Fn() -> Result<()>) -> Option<u64> {
    let (before, asking) = bytes_read()?;
    run().unwrap();
    Some(bytes_read()?.0 - before - asking)
}

/// Opens the file and looks at all objects, as `exo ls` does.
fn list(path: &Path, steps: u64) -> Result<()> {
    let file = hdf5::File::open(path)?;
    for link in file.root()?.links()? {
        let dataset = file.object(&link.name)?.dataset()?;
        // The others are the dimensions.
        if ["growing", "fixed"].contains(&&*link.name) {
            assert!(matches!(dataset.layout(), Stored::Chunked { .. }));
            assert_eq!(dataset.len()?, 2 * steps);
        }
    }
    Ok(())
}

/// Opens the file as netCDF.
fn schema(path: &Path, steps: u64) -> Result<()> {
    let file = netcdf::File::open(path)?;
    assert_eq!(file.schema().dimensions.first().unwrap().length, steps);
    Ok(())
}

/// One test: the kernel counts for the whole process, so nothing else may run beside it.
#[test]
fn it_does_not_depend_on_the_number_of_chunks() {
    let folder = tempfile::tempdir().unwrap();
    for deflate in [None, Some(1)] {
        let (few, many) = (write(folder.path(), FEW, deflate), write(folder.path(), MANY, deflate));
        // What a process asks the system for once, it asks before anything is counted.
        list(&few, FEW).unwrap();
        let Some(listed) = cost(|| list(&few, FEW)) else { return };
        assert_eq!(cost(|| list(&many, MANY)).unwrap(), listed, "listing, {deflate:?}");
        let opened = cost(|| schema(&few, FEW)).unwrap();
        assert_eq!(cost(|| schema(&many, MANY)).unwrap(), opened, "opening, {deflate:?}");
        assert!(listed > 0 && listed < 1 << 16, "{listed} bytes");
    }
}
