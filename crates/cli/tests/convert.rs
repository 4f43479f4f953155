//! `exo convert`: what is written, what is said of it, and what is refused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

mod common;

use common::{exo, fixture, refuses, text};
use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{Container, File, Layout, Schema, Type, Variable, Writer};

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
fn filters_have_names_and_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let file = File::open(fixture("../netcdf/two_record_cdf2.nc")).unwrap();
    let name = &file.schema().variables.iter().find(|v| !v.dimensions.is_empty()).unwrap().name;
    let wanted = [Filter::shuffle(), Filter::bzip2(5)];
    for (n, value) in ["shuffle,bzip2=5", "2|307,5", "shuffle|307,5"].into_iter().enumerate() {
        for (m, value) in [value.to_owned(), format!("{name}={value}"), format!("/{name}={value}")].iter().enumerate() {
            let path = folder.path().join(format!("{n}{m}.nc"));
            let (input, output) = (fixture("../netcdf/two_record_cdf2.nc"), path.to_str().unwrap());
            let words = ["convert", input.to_str().unwrap(), output, "--format", "netcdf4", "--filter", value];
            let done = exo(&words);
            assert!(done.status.success(), "{value}: {}", text(&done.stderr));
            let filters = File::open(&path).unwrap().find(name).unwrap().variable().storage.filters.clone();
            let told = |filters: &[Filter]| filters.iter().map(|f| (f.id, f.name.clone())).collect::<Vec<_>>();
            assert_eq!(told(&filters), told(&wanted), "{value}");
            assert_eq!(filters[1].parameters, [5]);
        }
    }
}

#[test]
fn filters_for_all_are_for_those_that_can_have_them() {
    let folder = tempfile::tempdir().unwrap();
    let [input, output] = ["in.nc", "out.nc"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    let mut schema = Schema::new(Container::NetCdf4);
    let [few, many] = [("x", 5), ("y", 1000)].map(|(name, length)| schema.add_dimension(name, length, false));
    for (name, ty, dimension) in
        [("few", Type::Int, few), ("ints", Type::Int, many), ("floats", Type::Float, many), ("text", Type::Char, many)]
    {
        schema.add_variable(Variable::new(name, ty, vec![dimension]));
    }
    Writer::create(&input, schema, true).unwrap().finish().unwrap();
    let words = |option: &'static str, value: &'static str| ["convert", &input, &output, "--force", option, value];
    for (option, value, takes) in [
        ("--szip", "nn,8", &["ints", "floats"][..]),
        ("--filter", "szip=ec,8", &["ints", "floats"]),
        ("--filter", "scaleoffset", &["few", "ints"]),
        ("--filter", "zfp", &["few", "ints", "floats"]),
        ("--deflate", "1", &["few", "ints", "floats", "text"]),
    ] {
        let done = exo(&words(option, value));
        assert!(done.status.success(), "{value}: {}", text(&done.stderr));
        let file = File::open(&output).unwrap();
        for name in ["few", "ints", "floats", "text"] {
            let is_filtered = file.find(name).unwrap().variable().storage.is_filtered();
            assert_eq!(is_filtered, takes.contains(&name), "{value} of {name}");
        }
    }
    for (option, value, what) in [
        ("--szip", "few=nn,8", "/few: szip: blocks of 8 samples in chunks of 5"),
        ("--szip", "nn,3", "/few: szip: blocks of 3 samples"),
        ("--filter", "floats=scaleoffset", "/floats: scale-offset of floating-point numbers"),
        ("--filter", "text=zfp", "/text: unsupported: zfp"),
        ("--filter", "999", "filter 999"),
        ("--filter", "shuffle,nbit", "filter 5 (nbit) behind another filter"),
    ] {
        refuses(&words(option, value), 2, what);
    }
}

#[test]
fn data_come_in_one_piece_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    for (n, chunk) in ["v=none", "v="].into_iter().enumerate() {
        let path = folder.path().join(format!("{n}.nc"));
        let (chunked, whole) = (folder.path().join("chunked.nc"), path.to_str().unwrap());
        let mut schema = Schema::new(Container::NetCdf4);
        let x = schema.add_dimension("x", 30, false);
        let mut v = Variable::new("v", Type::Int, vec![x]);
        v.storage.layout = Layout::Chunked(vec![7]);
        schema.add_variable(v);
        Writer::create(&chunked, schema, true).unwrap().finish().unwrap();
        let done = exo(&["convert", chunked.to_str().unwrap(), whole, "--chunk", chunk]);
        assert!(done.status.success(), "{chunk}: {}", text(&done.stderr));
        assert_eq!(File::open(&path).unwrap().find("v").unwrap().variable().storage.layout, Layout::Contiguous);
    }
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
        ("two_record_cdf2.nc", ["--deflate", "x"], "deflate takes a number from 0 to 9, not \"x\""),
        ("two_record_cdf2.nc", ["--filter", "a=rot13"], "no filter \"rot13\""),
        ("two_record_cdf2.nc", ["--filter", "a=gzip=11"], "gzip takes a number from 0 to 9"),
        ("two_record_cdf2.nc", ["--filter", "zstd,3"], "as in zstd=3"),
        ("types.nc", ["--filter", "1=307,9"], "no variable 1"),
        ("two_record_cdf2.nc", ["--chunk", "t"], "DIM/N"),
        ("two_record_cdf2.nc", ["--quantize", "3,fine"], "neither bitgroom"),
    ] {
        let input = fixture("../netcdf").join(name);
        let [option, value] = words;
        refuses(&["convert", input.to_str().unwrap(), path.to_str().unwrap(), option, value], 2, named);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
