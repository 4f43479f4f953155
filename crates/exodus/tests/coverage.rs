//! The table of docs/exodus.md names, for every function of the C library, a test that exists.
#![allow(clippy::unwrap_used)] // a test that fails may panic

use std::collections::BTreeSet;
use std::path::Path;

const FUNCTIONS: usize = 212;

#[test]
fn every_function_has_a_row_and_every_row_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(root.join("../../docs/exodus.md")).unwrap();
    let mut functions = BTreeSet::new();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `ex_"));
    for row in rows {
        let (function, rest) = row.split_once("` | ").unwrap();
        let (ours, test) = rest.rsplit_once(" | ").unwrap();
        assert!(!ours.is_empty(), "ex_{function}");
        assert!(functions.insert(function), "ex_{function} has two rows");
        let (file, name) = test.trim_end_matches(['`', ' ', '|']).trim_start_matches('`').split_once("::").unwrap();
        let source = std::fs::read_to_string(root.join(file)).unwrap();
        let found = source.split("#[test]").skip(1).any(|test| test.trim_start().starts_with(&format!("fn {name}()")));
        assert!(found, "ex_{function}: {file} has no test {name}");
    }
    assert_eq!(functions.len(), FUNCTIONS);
}

/// Names in the middle column that look like items of this library are spelled as they are there.
#[test]
fn what_stands_for_a_function_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    read_all(&root.join("src"), &mut sources);
    let table = std::fs::read_to_string(root.join("../../docs/exodus.md")).unwrap();
    let mut seen = 0;
    for row in table.lines().filter(|line| line.starts_with("| `ex_")) {
        let ours = row.split(" | ").nth(1).unwrap();
        for item in ours.split('`').skip(1).step_by(2).filter(|item| item.contains("::")) {
            let name = item.rsplit("::").next().unwrap().split('(').next().unwrap();
            let spelled = ["fn ", "pub ", "    "].iter().any(|before| sources.contains(&format!("{before}{name}")));
            assert!(spelled, "{item}");
            seen += 1;
        }
    }
    assert!(seen > 200, "{seen}");
}

fn read_all(folder: &Path, sources: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.is_dir() {
            true => read_all(&entry, sources),
            false => sources.push_str(&std::fs::read_to_string(&entry).unwrap()),
        }
    }
}
