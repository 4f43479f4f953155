//! `exo repack` from its command line.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::path::{Path, PathBuf};

use common::{exo, fixture, refuses, text};
use hyperslab::hdf5::builder::{Builder, DatasetSpec, ElementData, GroupSpec, LayoutSpec, LinkSpec};
use hyperslab::hdf5::{Datatype, File, Padding, StringType};
use hyperslab::{ByteOrder, NumberType, Selection};

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
    refuses(&["repack", classic.to_str().unwrap(), "never-written.h5"], 2, "`exo convert --format netcdf4`");
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

/// A file with datasets of many kinds: numbers in chunks of few and of many, texts, a single element, none, and much more
/// than was written.
fn of_many_kinds(directory: &Path) -> PathBuf {
    let path = directory.join("in.h5");
    let builder = Builder::create(&path, false).unwrap();
    let number = |number| Datatype::Number(number, ByteOrder::Little);
    let chunked = |ty, shape: &[u64], chunk: &[u64]| {
        let layout = LayoutSpec::chunked(chunk.to_vec());
        let max_shape = std::iter::once(u64::MAX).chain(shape[1..].iter().copied()).collect();
        DatasetSpec { layout, max_shape, ..DatasetSpec::new(ty, shape) }
    };
    let text = Datatype::VariableString(StringType { size: 16, padding: Padding::NullTerminated, utf8: true });
    let mut links = vec![LinkSpec::hard("group", builder.add_group(&GroupSpec::default()).unwrap())];
    for (name, spec) in [
        ("floats", chunked(number(NumberType::F32), &[50, 50], &[7, 9])),
        ("integers", chunked(number(NumberType::I32), &[1000], &[100])),
        ("few", chunked(number(NumberType::I32), &[1000], &[5])),
        (
            "sparse",
            DatasetSpec { max_shape: vec![1 << 32], ..chunked(number(NumberType::F64), &[1 << 32], &[1 << 20]) },
        ),
        ("texts", chunked(text, &[3], &[3])),
        ("long", DatasetSpec::new(number(NumberType::F64), &[10_000])),
        ("one", DatasetSpec::new(number(NumberType::F64), &[])),
        ("null", DatasetSpec::null(number(NumberType::F64))),
    ] {
        let shape = spec.shape.clone().unwrap_or_else(|| vec![0]);
        let dataset = builder.dataset(spec).unwrap();
        if name == "texts" {
            let texts = ElementData::texts(["a", "b", "c"].map(str::to_owned));
            builder.write_elements(&dataset, &Selection::all(&[3]), &texts).unwrap();
        }
        links.push(LinkSpec::hard(name, builder.add_dataset(dataset, &shape, Vec::new()).unwrap()));
    }
    let root = builder.add_group(&GroupSpec { links, ..GroupSpec::default() }).unwrap();
    builder.finish(root).unwrap();
    path
}

#[test]
fn a_dry_run_ends_as_the_run_does() {
    let directory = tempfile::tempdir().unwrap();
    let input = of_many_kinds(directory.path());
    let output = directory.path().join("out.h5");
    std::fs::write(directory.path().join("there.h5"), "mine").unwrap();
    let (input, output) = (input.to_str().unwrap(), output.to_str().unwrap());
    let missing = "there is no dataset";
    for (options, what) in [
        (&["--filter", "nix:gzip=1"][..], missing),
        (&["--chunk", "nix=2"], missing),
        (&["--filter", "group:none"], missing),
        (&["--paged=3"], "pages of 3 bytes"),
        (&["--level", "earliest", "--paged"], "a file in pages needs the level v110; that of the file is earliest"),
        (&["--filter", "999"], "filter 999"),
        (&["--filter", "integers:999"], "filter 999"),
        (&["--filter", "gzip,nbit"], "filter 5 (nbit) behind filter 1"),
        (&["--filter", "szip=nn,3"], "blocks of 3 samples"),
        (&["--filter", "integers:szip=nn,3"], "/integers: szip: blocks of 3 samples"),
        (&["--filter", "few:szip=nn,8"], "/few: szip: blocks of 8 samples in chunks of 5"),
        (&["--filter", "texts:szip"], "/texts: unsupported: szip"),
        (&["--filter", "floats:scaleoffset"], "/floats: scale-offset of floating-point numbers takes"),
        (&["--filter", "integers:scaleoffset=2"], "/integers: scale-offset of integers takes no"),
        (&["--filter", "one:gzip=1"], "/one: a single element, which has no chunks"),
        (&["--layout", "one:chunked"], "/one: a single element, which has no chunks"),
        (&["--filter", "null:gzip=1"], "/null: no elements, which have no chunks"),
        (&["--chunk", "floats=2"], "one length for each dimension"),
        (&["--layout", "floats:contiguous"], "a dataset that can grow needs chunks"),
        (&["--layout", "long:compact"], "/long: more elements than fit an object header"),
        (&["--chunk", "floats=3x3", "--memory", "1"], "bytes of memory or more"),
        (&["--chunk", "sparse=none"], "/sparse: more elements than the file can have"),
        (&[], ""),
        (&["--filter", "szip=nn,8"], ""),
        (&["--filter", "scaleoffset"], ""),
        (&["--layout", "compact"], ""),
        (&["--level", "earliest"], ""),
    ] {
        agrees(&[&[input, output], options].concat(), what);
    }
    let beside = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    for (target, what) in [
        (beside("there.h5"), "the file exists"),
        (beside("nowhere/out.h5"), "cannot create"),
        (beside("."), "is a directory"),
        ("/dev/null".to_owned(), "is a device"),
        (input.to_owned(), "is the input and the output"),
        ("-".to_owned(), "standard output"),
    ] {
        agrees(&[input, &target], what);
    }
    agrees(&[input, &beside("there.h5"), "--force", "--filter", "999"], "filter 999");
    assert_eq!(std::fs::read(beside("there.h5")).unwrap(), b"mine");
}

/// Asserts that a dry run and a run end alike, and with an error that says what, if it says something.
fn agrees(args: &[&str], what: &str) {
    let [dry, run] = [&["repack", "--dry-run"][..], &["repack"]].map(|command| exo(&[command, args].concat()));
    let code = if what.is_empty() { 0 } else { run.status.code().unwrap().max(1) };
    assert_eq!((dry.status.code(), run.status.code()), (Some(code), Some(code)), "{args:?}: {}", text(&run.stderr));
    assert_eq!(text(&dry.stderr), text(&run.stderr), "{args:?}");
    assert!(text(&run.stderr).contains(what), "{args:?}: {}", text(&run.stderr));
    if what.is_empty() {
        let output = std::fs::metadata(args[1]).unwrap();
        assert!(output.len() > 0);
        std::fs::remove_file(args[1]).unwrap();
    }
}

#[test]
fn filters_for_all_are_for_those_that_can_have_them() {
    let directory = tempfile::tempdir().unwrap();
    let input = of_many_kinds(directory.path());
    let output = directory.path().join("out.h5");
    for (filter, takes) in [("szip=nn,8", ["floats", "integers"]), ("scaleoffset", ["integers", "few"])] {
        let done = exo(&["repack", "--force", input.to_str().unwrap(), output.to_str().unwrap(), "--filter", filter]);
        assert!(done.status.success(), "{}", text(&done.stderr));
        let file = File::open(&output).unwrap();
        for name in ["floats", "integers", "few"] {
            let filters = file.object(name).unwrap().dataset().unwrap().filters();
            assert_eq!(!filters.is_empty(), takes.contains(&name), "{filter} of {name}");
        }
    }
}
