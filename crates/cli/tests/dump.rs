//! `exo dump`: the text that ncdump 4.9.0 prints of the fixtures.
//!
//! The expected texts came from that program: `ncdump fixtures/netcdf/NAME.nc > tests/golden/dump/NAME.cdl`.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn dump(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_exo")).current_dir(root()).arg("dump").args(args).output().unwrap()
}

fn printed(args: &[&str]) -> String {
    let done = dump(args);
    assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

fn golden(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/dump").join(name);
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn files_print_as_ncdump_prints_them() {
    for path in [
        "fixtures/netcdf/types_cdf5.nc",
        "fixtures/netcdf/types.nc",
        "fixtures/netcdf/user_types.nc",
        "fixtures/netcdf/null_strings.nc",
        "fixtures/netcdf/groups.nc",
        "fixtures/netcdf/dimensions.nc",
        "fixtures/netcdf/fill_cdf2.nc",
        "fixtures/netcdf/two_record_cdf1.nc",
        "fixtures/netcdf/no_records_cdf2.nc",
        "fixtures/exodus/polyhedra_cdf2.exo",
    ] {
        let name = Path::new(path).with_extension("cdl");
        let expected = golden(name.file_name().unwrap().to_str().unwrap());
        assert_eq!(printed(&[path]), expected, "{path}");
        assert_eq!(printed(&["--no-mmap", path]), expected, "{path}");
        let header = expected.split_once("data:\n").map_or(expected.clone(), |(header, _)| format!("{header}}}\n"));
        if !expected.contains("group: ") {
            assert_eq!(printed(&["-h", path]), header, "{path}");
        }
    }
}

#[test]
fn data_of_chosen_variables_only() {
    let path = "fixtures/netcdf/two_record_cdf1.nc";
    let all = printed(&[path]);
    let names: Vec<&str> =
        all.lines().filter_map(|line| line.strip_prefix(' ')?.split_once(" =")).map(|v| v.0).collect();
    let chosen = printed(&["-v", names.last().unwrap(), path]);
    let data = |text: &str| text.split_once("data:\n").map(|(_, data)| data.matches(" =").count());
    assert_eq!((data(&all), data(&chosen)), (Some(names.len()), Some(1)));
    assert_eq!(printed(&["-v", &names.join(","), path]), all);
}

#[test]
fn a_variable_that_is_not_there_is_named_before_anything_is_printed() {
    let done = dump(&["-v", "nothing", "fixtures/netcdf/two_record_cdf1.nc"]);
    assert_eq!((done.status.code(), done.stdout.len()), (Some(2), 0));
    assert!(String::from_utf8_lossy(&done.stderr).contains("nothing: No such variable"));
}
