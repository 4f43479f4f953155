//! Any HDF5 file that the builder can be told to write is read back equal.
//!
//! With `FILES_OUT` naming a folder, every file stays there, in a folder of its own beside a description of what it holds,
//! for other readers (tests/peers/random_files.py); `FILES_CASES` sets how many there are at each level, and `FILES_SEED` (0
//! to 255) makes them the same every time.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)] // a test that fails may panic

#[path = "schemas/choices.rs"]
mod choices;
#[path = "random_files/dataset.rs"]
mod dataset;
#[path = "random_files/read.rs"]
mod read;
#[path = "random_files/tree.rs"]
mod tree;
#[path = "random_files/types.rs"]
mod types;
#[path = "random_files/values.rs"]
mod values;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use choices::Choices;
use hyperslab::hdf5::builder::Level;
use hyperslab::hdf5::IndexKind;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};

/// An index in the words of descriptions.
fn index_name(index: IndexKind) -> &'static str {
    match index {
        IndexKind::BTreeV1 => "btree1",
        IndexKind::Single => "single",
        IndexKind::Implicit => "implicit",
        IndexKind::FixedArray => "fixed_array",
        IndexKind::ExtensibleArray => "extensible_array",
        IndexKind::BTreeV2 => "btree2",
    }
}

/// Where a case goes, if it stays.
fn kept(level: Level) -> Option<PathBuf> {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let folder = std::env::var_os("FILES_OUT").map(PathBuf::from)?;
    Some(folder.join(format!("{level:?}-{:05}", NUMBER.fetch_add(1, Ordering::Relaxed))))
}

fn check(level: Level, bytes: Vec<u8>) -> TestCaseResult {
    let directory = tempfile::tempdir().unwrap();
    let folder = kept(level).unwrap_or_else(|| directory.path().to_owned());
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("case.h5");
    std::fs::remove_file(&path).ok();
    let wanted = tree::write(&mut Choices::new(bytes), &path, level);
    std::fs::write(folder.join("case.json"), wanted.to_string()).unwrap();
    let found = read::read(&path);
    prop_assert_eq!(&found["userblock"], &wanted["userblock"]);
    let (found, wanted) = (found["objects"].as_object().unwrap(), wanted["objects"].as_object().unwrap());
    prop_assert_eq!(found.keys().collect::<Vec<_>>(), wanted.keys().collect::<Vec<_>>());
    for path in wanted.keys() {
        let (found, wanted) = (first(found, path), first(wanted, path));
        prop_assert_eq!(found, wanted, "{}", path);
    }
    Ok(())
}

/// What is at a path; of several links to an object one shows it.
fn first<'m>(objects: &'m serde_json::Map<String, serde_json::Value>, path: &str) -> &'m serde_json::Value {
    objects[path].get("of").map_or(&objects[path], |first| &objects[first.as_str().unwrap()])
}

/// Tries files of one level.
fn files(level: Level) {
    let cases = std::env::var("FILES_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(30);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let mut runner = match std::env::var("FILES_SEED").ok().and_then(|seed| seed.parse::<u8>().ok()) {
        Some(seed) => TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32])),
        None => TestRunner::new(config),
    };
    let bytes = prop::collection::vec(any::<u8>(), 0..1500);
    if let Err(failure) = runner.run(&bytes, |bytes| check(level, bytes)) {
        panic!("{level:?}: {failure}");
    }
}

#[test]
fn files_of_the_earliest_level() {
    files(Level::Earliest);
}

#[test]
fn files_of_the_default_level() {
    files(Level::V110);
}

#[test]
fn files_of_the_latest_level() {
    files(Level::Latest);
}
