//! `exo digest`.

mod hdf5;
mod netcdf;

use std::path::Path;
use std::process::ExitCode;

use exodus_rs::Result;
use serde_json::{json, Value};

use crate::args;
use crate::output;

/// Elements of more bytes have no digest: it would take too long.
const MOST_BYTES: u64 = 64 << 20;

pub fn run(args: &args::Digest) -> Result<ExitCode> {
    let mut failed = false;
    for file in &args.files {
        let record = record(file, args);
        failed |= record.get("complete") != Some(&json!(true));
        output::print(&format!("{record}\n"))?;
    }
    Ok(if failed { ExitCode::from(crate::BAD_INPUT) } else { ExitCode::SUCCESS })
}

/// What a file holds, or why that cannot be said, which goes to standard error as well. A record is complete if nothing in it has an error.
fn record(path: &Path, args: &args::Digest) -> Value {
    let found = if args.netcdf { netcdf::record(path, args) } else { hdf5::record(path, args) };
    let mut record = match found {
        Ok(record) => record,
        Err(error) => {
            eprintln!("exo: {error}");
            json!({"opens": false, "error": error.to_string(), "complete": false, "objects": []})
        }
    };
    if let Some(fields) = record.as_object_mut() {
        fields.insert("file".into(), json!(path.display().to_string()));
    }
    record
}
