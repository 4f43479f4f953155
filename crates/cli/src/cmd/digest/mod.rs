//! `exo digest`.

mod hdf5;
mod netcdf;

use std::path::Path;
use std::process::ExitCode;

use exodus_rs::Result;
use hyperslab::digest::Digested;
use serde_json::{json, Value};

use crate::ending::BAD_INPUT;
use crate::{args, input, output};

/// Elements of more bytes have no digest: it would take too long.
const MOST_BYTES: u64 = 64 << 20;

pub fn run(args: &args::Digest) -> Result<ExitCode> {
    let mut failed = false;
    for file in &args.files {
        let record = record(file, args);
        output::print(&format!("{record}\n"))?;
        if record.get("complete") != Some(&json!(true)) {
            failed = true;
            tell_missing(file, &record);
        }
    }
    Ok(if failed { ExitCode::from(BAD_INPUT) } else { ExitCode::SUCCESS })
}

/// Says of a file that opens what its record lacks; why another one does not open was said before.
fn tell_missing(file: &Path, record: &Value) {
    if record.get("opens") == Some(&json!(true)) {
        let error = record.get("error").and_then(Value::as_str);
        let error = error.unwrap_or("not all of it could be read: what could not has an error");
        output::warn(file, Some(error.to_owned()));
    }
}

/// What a file holds, or why that cannot be said, which goes to standard error as well. A record is complete if nothing in it has an error.
fn record(path: &Path, args: &args::Digest) -> Value {
    let found = if args.netcdf { netcdf::record(path, args) } else { hdf5::record(path, args) };
    let mut record = match found {
        Ok(record) => record,
        Err(error) => {
            output::tell(&format!("{error}{}", hint(path, args)));
            json!({"opens": false, "error": error.to_string(), "complete": false, "objects": []})
        }
    };
    if let Some(fields) = record.as_object_mut() {
        fields.insert("file".into(), json!(path.display().to_string()));
    }
    record
}

/// The command that would work: files that are not HDF5 have digests as netCDF.
fn hint(path: &Path, args: &args::Digest) -> &'static str {
    match !args.netcdf && (input::is_classic(path) || input::netcdf(path, args.no_mmap, false).is_ok()) {
        true => "; `exo digest --netcdf` hashes netCDF files of all kinds",
        false => "",
    }
}

/// A digest, or null and the reason why there is none.
fn digest_and_reason(digest: Option<&Digested>) -> (Value, Option<(&'static str, Value)>) {
    let reason = |text: &str| (Value::Null, Some(("reason", json!(text))));
    match digest {
        Some(Digested::Of(digest)) => (json!(digest), None),
        Some(Digested::References) => reason("reference"),
        Some(Digested::TooLarge) => reason("larger than 64 MiB"),
        None => (Value::Null, None),
    }
}
