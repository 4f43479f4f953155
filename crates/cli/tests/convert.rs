//! `exo convert`: what is written, what is said of it, and what is refused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

mod common;

use common::{exo, fixture, refuses, text};
use hyperslab::netcdf::{Container, File};

#[test]
fn a_file_gets_another_container_and_filters() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.nc");
    let (input, output) = (fixture("../netcdf/two_record_cdf2.nc"), path.to_str().unwrap());
    let words =
        ["convert", input.to_str().unwrap(), output, "--format", "netcdf4", "--deflate", "1", "--shuffle", "--json"];
    let done = exo(&words);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let said: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(said["container"].as_str(), Some("netCDF-4"));
    assert_eq!(said["size"].as_u64(), Some(path.metadata().unwrap().len()));
    let file = File::open(&path).unwrap();
    assert_eq!(file.schema().container, Container::NetCdf4);
    assert!(file.schema().variables.iter().all(|v| v.dimensions.is_empty() || v.storage.deflate_level() == Some(1)));
    refuses(&words, 2, "out.nc");
}

#[test]
fn what_the_output_cannot_hold_is_named_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.nc");
    for (name, words, named) in [
        ("groups.nc", ["--format", "cdf5"], "/child"),
        ("types_cdf5.nc", ["--format", "cdf1"], "att_u1"),
        ("types.nc", ["--deflate", "nothing=3"], "no variable nothing"),
        ("two_record_cdf2.nc", ["--deflate", "3"], "compression"),
        ("two_record_cdf2.nc", ["--deflate", "x"], "\"x\" is no number from 0 to 9"),
        ("two_record_cdf2.nc", ["--chunk", "t"], "DIM/N"),
        ("two_record_cdf2.nc", ["--quantize", "3,fine"], "neither bitgroom"),
    ] {
        let input = fixture("../netcdf").join(name);
        let [option, value] = words;
        refuses(&["convert", input.to_str().unwrap(), path.to_str().unwrap(), option, value], 2, named);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
