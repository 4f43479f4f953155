//! What the fuzz targets do with bytes.

use hyperslab::netcdf::{File, VariableId};
use hyperslab::{Limits, Selection, Source};

/// No variable above this is read, so that time goes into many files and not into one.
const READ_LIMIT: u64 = 1 << 20;

/// Tight bounds: a fuzzer looks for what breaks, not for what is large.
fn limits() -> Limits {
    Limits {
        objects: 1 << 14,
        metadata_bytes: 4 << 20,
        chunk_bytes: 4 << 20,
        value_bytes: 4 << 20,
        ..Limits::default()
    }
}

fn open(data: &[u8]) -> Option<File> {
    File::with_limits(Source::from_bytes(data), &limits()).ok()
}

/// Opens a file and looks at everything its schema says. Returns whether it opened.
pub fn open_walk(data: &[u8]) -> bool {
    open(data).is_some_and(|file| {
        let schema = file.schema();
        let paths: usize = schema.variables.iter().map(|variable| schema.path(variable).len()).sum();
        format!("{schema:?}").len() > paths / 2
    })
}

/// Opens a file and reads every variable of moderate size. Returns how many were read.
pub fn read_all(data: &[u8]) -> usize {
    let Some(file) = open(data) else { return 0 };
    let ids = 0..file.schema().variables.len();
    ids.filter_map(|id| file.array(VariableId(id)).ok())
        .filter(|array| hyperslab::bytes(array.shape(), 8).is_ok_and(|bytes| bytes <= READ_LIMIT))
        .filter(|array| {
            let all = Selection::all(array.shape());
            let _ = array.stored(&all);
            array.read_bytes(&all).is_ok() || array.read_values(&all).is_ok()
        })
        .count()
}
