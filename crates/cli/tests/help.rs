//! What helps people on: errors that name what would work, manual pages, completions.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use common::{exo, fixture, refuses, text};

#[test]
fn the_command_that_would_work_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let netcdf = fixture("../netcdf/groups.nc");
    refuses(&["info", netcdf.to_str().unwrap()], 2, "`exo ls` and `exo dump`");
    refuses(&["process", netcdf.to_str().unwrap(), "never-written.exo"], 2, "`exo ls` and `exo dump`");
    let classic = fixture("cdf2.exo");
    refuses(&["digest", classic.to_str().unwrap()], 2, "`exo digest --netcdf`");
    let output = directory.path().join("out.exo");
    for command in ["process", "copy"] {
        let args = [command, classic.to_str().unwrap(), output.to_str().unwrap(), "--deflate", "3"];
        refuses(&args, 2, "--deflate and --shuffle need --format netcdf4");
    }
    let empty = directory.path().join("empty.exo");
    std::fs::write(&empty, "").unwrap();
    for command in ["info", "check", "dump", "ls", "digest"] {
        refuses(&[command, empty.to_str().unwrap()], 2, "it is empty");
    }
    std::fs::copy(&classic, directory.path().join("model.e.2.0")).unwrap();
    let whole = directory.path().join("model.e");
    refuses(&["info", whole.to_str().unwrap()], 2, "member 1 of 2 is missing");
    refuses(&["ls", whole.to_str().unwrap()], 2, "member 1 of 2 is missing");
    std::fs::copy(&classic, directory.path().join("model.e.2.1")).unwrap();
    refuses(&["ls", whole.to_str().unwrap()], 2, "model.e.2.0 …, or let `exo copy`");
    refuses(&["process", whole.to_str().unwrap(), "never-written.exo"], 2, "`exo copy` makes one file of it first");
    let other = directory.path().join("model");
    refuses(&["info", other.to_str().unwrap()], 2, "No such file");
}

#[test]
fn manual_pages_and_completions_are_printed_or_written() {
    let directory = tempfile::tempdir().unwrap();
    let page = text(&exo(&["man"]).stdout);
    assert!(page.contains(".TH exo 1"), "{page}");
    assert!(exo(&["man", directory.path().to_str().unwrap()]).status.success());
    assert_eq!(std::fs::read_to_string(directory.path().join("exo.1")).unwrap(), page);
    let process = std::fs::read_to_string(directory.path().join("exo-process.1")).unwrap();
    assert!(process.contains("coord\\-scale + translate"), "{process}");
    refuses(&["man", "no-such-folder"], 2, "no-such-folder");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(text(&exo(&["completions", shell]).stdout).contains("exo"), "{shell}");
    }
    refuses(&["completions", "tcsh"], 2, "bash");
}
