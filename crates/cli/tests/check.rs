//! `exo check`: text, JSON and exit codes.
#![allow(clippy::unwrap_used)] // a test that fails may panic

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use exodus_rs::{Container, CreateOptions, EntityType, MeshBuilder};

fn exo(arguments: &[&str], file: &Path) -> (i32, String, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_exo")).arg("check").args(arguments).arg(file).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

/// A triangle of these nodes, at these times.
fn file(directory: &Path, name: &str, nodes: [i64; 3], times: &[f64]) -> PathBuf {
    let path = directory.join(name);
    let mesh = MeshBuilder::new("a triangle")
        .nodes(&[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
        .block(1, "TRI3", &[nodes])
        .named("corner")
        .variables(EntityType::Nodal, ["u"]);
    let writer = mesh.create(&path, &CreateOptions::default()).unwrap();
    for &time in times {
        writer.next_step(time).unwrap().put(EntityType::Nodal, 0, 0, &[f64::NAN; 3]).unwrap();
    }
    writer.finish().unwrap();
    path
}

#[test]
fn a_clean_file() {
    let directory = tempfile::tempdir().unwrap();
    let clean = file(directory.path(), "clean.exo", [1, 2, 3], &[0.0, 1.0]);
    assert_eq!(exo(&["--strict"], &clean), (0, "no findings\n".to_owned(), String::new()));
}

#[test]
fn errors_are_listed_and_counted() {
    let directory = tempfile::tempdir().unwrap();
    let broken = file(directory.path(), "broken.exo", [0, 4, 4], &[1.0, 0.0]);
    let expected = "\
error: element block 1 \"corner\" [1]: node 0 of 3 (connectivity-range)
error: … and 2 more (connectivity-range)
warning: time_whole [2]: the time 0 follows 1 (times-order)
note: nodes [1]: 3 nodes belong to no element, edge or face, the first is 1 (orphan-nodes)
3 errors, 1 warning, 1 note
";
    assert_eq!(exo(&["--limit", "1"], &broken), (1, expected.to_owned(), String::new()));
}

#[test]
fn what_is_not_listed_counts() {
    let directory = tempfile::tempdir().unwrap();
    let broken = file(directory.path(), "broken.exo", [0, 4, 4], &[1.0, 0.0]);
    for options in [&["--limit", "0"][..], &["--limit", "0", "--json"], &["--limit", "0", "--strict"]] {
        assert_eq!(exo(options, &broken).0, 1, "{options:?}");
    }
    let unordered = file(directory.path(), "unordered.exo", [1, 2, 3], &[1.0, 0.0]);
    assert_eq!(exo(&["--limit", "0"], &unordered).0, 0);
    assert_eq!(exo(&["--limit", "0", "--strict"], &unordered).0, 1);
}

#[test]
fn warnings_count_when_strict() {
    let directory = tempfile::tempdir().unwrap();
    let path = file(directory.path(), "results.exo", [1, 2, 3], &[0.0]);
    assert_eq!(exo(&["--strict"], &path).0, 0);
    let (code, text, _) = exo(&["--values"], &path);
    let expected = "3 values are not finite, the first is entry 1 at step 1 (results-finite)";
    assert!(code == 0 && text.contains(expected), "{text}");
    assert_eq!(exo(&["--values", "--strict"], &path).0, 1);
}

#[test]
fn json_for_programs() {
    let directory = tempfile::tempdir().unwrap();
    let broken = file(directory.path(), "broken.exo", [1, 2, 9], &[]);
    let (code, text, _) = exo(&["--json"], &broken);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let finding = serde_json::json!({
        "severity": "error",
        "rule": "connectivity-range",
        "object": "element block 1 \"corner\"",
        "index": 1,
        "message": "node 9 of 3",
    });
    assert_eq!((code, json.pointer("/findings/0")), (1, Some(&finding)));
    assert_eq!(json.pointer("/counts/connectivity-range"), Some(&1.into()));
    assert_eq!((json.pointer("/errors"), json.pointer("/notes")), (Some(&1.into()), Some(&1.into())));
}

#[test]
fn a_file_that_is_cut_off() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cut.exo");
    let mesh = MeshBuilder::new("a point").nodes(&[[0.0], [1.0]]);
    let options = CreateOptions { container: Container::Cdf2, ..CreateOptions::default() };
    mesh.create(&path, &options).unwrap().finish().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, bytes.get(..bytes.len() - 8).unwrap()).unwrap();
    let (code, text, _) = exo(&[], &path);
    assert!(code == 1 && text.starts_with("error: file: the file is truncated"), "{text}");
}

#[test]
fn what_is_no_exodus_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("text");
    std::fs::write(&path, "no file of ours").unwrap();
    for path in [path, directory.path().join("missing")] {
        let (code, text, error) = exo(&[], &path);
        assert!(code == 2 && text.is_empty() && error.starts_with("exo: "), "{code} {text} {error}");
    }
}

#[test]
fn several_files_each_with_its_name_and_the_worst_code() {
    let directory = tempfile::tempdir().unwrap();
    let clean = file(directory.path(), "clean.exo", [1, 2, 3], &[0.0]);
    let broken = file(directory.path(), "broken.exo", [1, 2, 9], &[]);
    let missing = directory.path().join("missing.exo");
    let [a, b, c] = [&clean, &missing, &broken].map(|path| path.to_str().unwrap());
    let (code, text, error) = exo(&[a, b], &broken);
    assert!(code == 2 && error.contains("missing.exo") && error.lines().count() == 1, "{code} {error}");
    assert!(text.starts_with(&format!("{a}\nno findings\n{c}\nerror: ")), "{text}");
    assert_eq!(exo(&[c], &clean).0, 1);
    assert_eq!(exo(&[a], &clean).0, 0);
    let (code, text, _) = exo(&["--json", a, b], &broken);
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let errors: Vec<_> = lines.iter().map(|line| line.get("errors").and_then(serde_json::Value::as_u64)).collect();
    assert_eq!((code, errors), (2, vec![Some(0), None, Some(1)]));
    assert!(lines.get(1).and_then(|line| line.get("error")).is_some());
}

#[test]
fn times_of_single_precision_have_its_digits() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("single.exo");
    let mesh = MeshBuilder::new("a point").nodes(&[[0.0]]).variables(EntityType::Nodal, ["u"]);
    let options = CreateOptions { word_size: 4, ..CreateOptions::default() };
    let writer = mesh.create(&path, &options).unwrap();
    for time in [0.3, 0.1] {
        writer.next_step(time).unwrap().put(EntityType::Nodal, 0, 0, &[0.0]).unwrap();
    }
    writer.finish().unwrap();
    let (_, text, _) = exo(&[], &path);
    assert!(text.contains("the time 0.1 follows 0.3"), "{text}");
}

#[test]
fn one_of_a_thing_is_not_several() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("points.exo");
    let mesh = MeshBuilder::new("two points").nodes(&[[0.0], [1.0]]).block(1, "SPHERE", &[[2]]);
    let writer = mesh.variables(EntityType::Nodal, ["u"]).create(&path, &CreateOptions::default()).unwrap();
    writer.next_step(0.0).unwrap().put(EntityType::Nodal, 0, 0, &[1.0, f64::NAN]).unwrap();
    writer.finish().unwrap();
    let (_, text, _) = exo(&["--values"], &path);
    assert!(text.contains("node 1 belongs to no element, edge or face"), "{text}");
    assert!(text.contains("the value of entry 2 at step 1 is not finite"), "{text}");
}
