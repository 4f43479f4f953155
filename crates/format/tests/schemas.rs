//! Any schema is either refused before there is a file, with the object named, or written and read back equal.
//!
//! With `SCHEMAS_OUT` naming a folder, every file that was written stays there, beside a description of what it holds,
//! for other readers (tests/peers/schemas.py); `SCHEMAS_CASES` sets how many schemas each container gets, and
//! `SCHEMAS_SEED` (0 to 255) makes them the same every time.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)] // a test that fails may panic

#[path = "schemas/case.rs"]
mod case;
#[path = "schemas/choices.rs"]
mod choices;
#[path = "schemas/describe.rs"]
mod describe;
#[path = "schemas/faults.rs"]
mod faults;
#[path = "schemas/names.rs"]
mod names;
#[path = "schemas/types.rs"]
mod types;
#[path = "schemas/values.rs"]
mod values;
#[path = "schemas/write.rs"]
mod write;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use case::Case;
use choices::Choices;
use describe::describe;
use hyperslab::netcdf::{Container, DimensionId, File, VariableId};
use hyperslab::{Kind, Selection};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};

/// What a writer must do with a case.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Must {
    Accept,
    Refuse,
    /// Either, but right.
    Choose,
}

/// A legal case, or one with something thrown in.
fn case(container: Container, choices: &mut Choices) -> (Case, Must, &'static str) {
    let (fault, oddity) = (choices.chance(35), choices.chance(30));
    let what = choices.below(256);
    let mut case = case::legal(container, choices);
    if fault {
        for n in 0..faults::FAULTS.len() {
            let (name, change) = faults::FAULTS[(what + n) % faults::FAULTS.len()];
            if change(&mut case.schema, choices) {
                return (case, Must::Refuse, name);
            }
        }
    }
    let (name, change) = faults::ODDITIES[what % faults::ODDITIES.len()];
    if oddity && change(&mut case.schema, choices) {
        case.complete(choices);
        return (case, Must::Choose, name);
    }
    (case, Must::Accept, "nothing wrong")
}

/// What is read from a file.
fn read(path: &Path) -> serde_json::Value {
    let file = File::open(path).unwrap();
    let schema = file.schema();
    let lengths: Vec<u64> = schema.dimensions.iter().map(|d| d.length).collect();
    let value = |n| {
        let array = file.array(VariableId(n)).unwrap();
        array.read_values(Selection::all(array.shape())).unwrap()
    };
    let values: Vec<_> = (0..schema.variables.len()).map(value).collect();
    describe(schema, &lengths, &values)
}

/// An unlimited dimension is as long as what was written along it; in HDF5 a variable must have it for that.
fn settle(case: &mut Case) {
    for n in 0..case.lengths.len() {
        let dimension = &case.schema.dimensions[n];
        let mut users = case.schema.variables.iter().filter(|v| v.dimensions.contains(&DimensionId(n))).peekable();
        let used = users.peek().is_some() || !case.schema.container.is_hdf5();
        if dimension.unlimited && !users.any(|v| !case.shape(v).contains(&0)) {
            case.lengths[n] = if used { dimension.length } else { 0 };
        }
    }
}

fn keep(path: &Path, description: &serde_json::Value) {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    if let Some(folder) = std::env::var_os("SCHEMAS_OUT").map(PathBuf::from) {
        let format = description["format"].as_str().unwrap();
        let name = format!("{format}-{:05}", NUMBER.fetch_add(1, Ordering::Relaxed));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(path, folder.join(&name).with_extension("nc")).unwrap();
        std::fs::write(folder.join(&name).with_extension("json"), description.to_string()).unwrap();
    }
}

fn check((mut case, must, what): (Case, Must, &str)) -> TestCaseResult {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("case.nc");
    let done = case.write(&path);
    if let Err(error) = done {
        prop_assert!(must != Must::Accept, "{what}: {error}");
        prop_assert!(matches!(error.kind(), Kind::Usage | Kind::Unsupported | Kind::Limit), "{what}: {error:?}");
        prop_assert!(error.location().object.is_some(), "{what}: no object in {error}");
        prop_assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
        return Ok(());
    }
    prop_assert!(must != Must::Refuse, "{what} is accepted");
    settle(&mut case);
    case.schema.variables.iter_mut().for_each(values::tell);
    let wanted = describe(&case.schema, &case.lengths, &case.values);
    prop_assert_eq!(read(&path), wanted.clone(), "{}", what);
    keep(&path, &wanted);
    Ok(())
}

/// Tries schemas of one container.
fn schemas(container: Container) {
    let cases = std::env::var("SCHEMAS_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(100);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = match std::env::var("SCHEMAS_SEED").ok().and_then(|seed| seed.parse::<u8>().ok()) {
        Some(seed) => TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32])),
        None => TestRunner::new(config),
    };
    let bytes = prop::collection::vec(any::<u8>(), 0..900);
    let cases = bytes.prop_map(move |bytes| case(container, &mut Choices::new(bytes)));
    let result = runner.run(&cases, check);
    if let Err(failure) = result {
        panic!("{container:?}: {failure}");
    }
}

#[test]
fn schemas_of_cdf1() {
    schemas(Container::Cdf1);
}

#[test]
fn schemas_of_cdf2() {
    schemas(Container::Cdf2);
}

#[test]
fn schemas_of_cdf5() {
    schemas(Container::Cdf5);
}

#[test]
fn schemas_of_netcdf4() {
    schemas(Container::NetCdf4);
}

#[test]
fn schemas_of_netcdf4_classic() {
    schemas(Container::NetCdf4Classic);
}
