//! `exo repack` from its command line.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use common::{exo, fixture, refuses, text};

#[test]
fn a_file_is_written_again_with_other_chunks() {
    let directory = tempfile::tempdir().unwrap();
    let input = fixture("../hdf5/chunk_btree2.h5");
    let output = directory.path().join("out.h5");
    let (input, output) = (input.to_str().unwrap(), output.to_str().unwrap());
    let done = exo(&["repack", input, output, "--filter", "shuffle,gzip=4", "--memory", "16M"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert!(text(&done.stdout).contains("where there were"), "{}", text(&done.stdout));
    let digest = |path: &str| text(&exo(&["digest", path]).stdout).matches("\"digest\"").count();
    assert_eq!(digest(input), digest(output));
    refuses(&["repack", input, output], 2, "exists");
    let numbered = directory.path().join("numbered.h5");
    let done = exo(&["repack", input, numbered.to_str().unwrap(), "--filter", "2|1,4"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert_eq!(std::fs::read(output).unwrap().len(), std::fs::read(&numbered).unwrap().len());
    let sizes = ["3x5", "3,5"].map(|lengths| {
        let done = exo(&["repack", input, output, "--force", "--chunk", lengths]);
        assert!(done.status.success(), "{}", text(&done.stderr));
        std::fs::read(output).unwrap().len()
    });
    assert_eq!(sizes[0], sizes[1]);
    let done = exo(&["repack", input, output, "--force", "--chunk", "none", "--filter", "none"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let json = exo(&["repack", input, output, "--force", "--json"]);
    assert!(text(&json.stdout).contains("\"bytes_before\""));
}

#[test]
fn what_is_no_choice_is_refused() {
    let input = fixture("../hdf5/chunk_btree2.h5");
    let input = input.to_str().unwrap();
    for (option, value, what) in [
        ("--filter", "rot13", "there is no filter"),
        ("--filter", "0,1", "a filter takes a number from 1 to 65535"),
        ("--filter", "shuffle,bzip2=10", "bzip2 takes a number from 1 to 9"),
        ("--chunk", "3xy", "100x20"),
        ("--chunk", "u=3,y", "100x20"),
        ("--layout", "round", "contiguous, compact or chunked"),
        ("--align", "3", "power of two"),
        ("--memory", "much", "a size as"),
    ] {
        refuses(&["repack", input, "never-written.h5", option, value], 2, what);
    }
    let classic = fixture("cdf2.exo");
    refuses(&["repack", classic.to_str().unwrap(), "never-written.h5"], 2, "`exo copy --format netcdf4`");
}

#[test]
fn a_dry_run_says_what_changes() {
    let input = fixture("../hdf5/chunk_btree2.h5");
    let input = input.to_str().unwrap();
    let said = |options: &[&str]| {
        let done = exo(&[&["repack", "--dry-run", input, "never-written.h5"], options].concat());
        assert!(done.status.success(), "{}", text(&done.stderr));
        text(&done.stdout)
    };
    let nothing = said(&[]);
    assert!(nothing.lines().count() == 1 && nothing.contains("no pages"), "{nothing}");
    let zipped = said(&["--filter", "shuffle,gzip=9", "--paged=4K"]);
    assert!(
        zipped.contains(" -> chunks of ") && zipped.contains("shuffle") && zipped.contains("deflate(9)"),
        "{zipped}"
    );
    assert!(zipped.contains("pages of 4096 bytes"), "{zipped}");
}
