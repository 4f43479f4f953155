//! `exo info`: JSON, several files, numbers as they are meant.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use exodus_rs::{CreateOptions, EntityType, ExodusFile, MeshBuilder};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/exodus").join(name)
}

fn exo(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_exo")).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn info_speaks_json() {
    let path = fixture("cdf2.exo");
    let done = exo(&["info", "--json", path.to_str().unwrap()]);
    let info: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    let file = ExodusFile::open(&path).unwrap();
    assert_eq!(info["num_nodes"].as_u64().unwrap(), file.init_params().num_nodes);
    assert_eq!(info["times"].as_array().unwrap().len() as u64, file.num_steps());
    assert_eq!(info["variables"].as_array().unwrap().len(), file.schema().variables.len());
}

#[test]
fn numbers_of_single_precision_are_printed_as_such() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("single.exo");
    for word_size in [4, 8] {
        let options = CreateOptions { word_size, overwrite: true, ..CreateOptions::default() };
        let mesh = MeshBuilder::new("a point").nodes(&[[0.0]]).variables(EntityType::Nodal, ["u"]);
        let writer = mesh.create(&path, &options).unwrap();
        for time in [0.1, 0.3] {
            writer.next_step(time).unwrap().put(EntityType::Nodal, 0, 0, &[0.0]).unwrap();
        }
        writer.finish().unwrap();
        let path = path.to_str().unwrap();
        let json = text(&exo(&["info", "--json", path]).stdout);
        assert!(json.contains(r#""times":[0.1,0.3]"#), "{json}");
        let info: serde_json::Value = serde_json::from_str(&json).unwrap();
        let version = info["version"].to_string();
        assert!(version.len() <= 4, "{version}");
        assert!(text(&exo(&["info", path]).stdout).contains("2 steps, 0.1 to 0.3"));
    }
}

#[test]
fn info_shows_several_files_and_ends_with_the_worst_code() {
    let [first, second] = ["cdf2.exo", "float_cdf2.exo"].map(|name| fixture(name).to_str().unwrap().to_owned());
    let alone = [&first, &second].map(|path| text(&exo(&["info", path]).stdout));
    let all = exo(&["info", &first, "missing.exo", &second]);
    assert_eq!((all.status.code(), text(&all.stdout)), (Some(2), alone.concat()));
    assert!(text(&all.stderr).contains("missing.exo"));
    let json = exo(&["info", "--json", &first, "missing.exo", &second]);
    let printed = text(&json.stdout);
    let lines: Vec<serde_json::Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        lines.iter().map(|line| line["file"].as_str().unwrap()).collect::<Vec<_>>(),
        [&first, "missing.exo", &second]
    );
    assert!(lines[1]["error"].as_str().unwrap().contains("missing.exo") && lines[2]["num_nodes"].is_u64());
    assert!(exo(&["info", &first, &second]).status.success());
    // Of one file without an answer there is no line.
    assert!(exo(&["info", "--json", "missing.exo"]).stdout.is_empty());
}

#[test]
fn one_of_a_thing_is_not_several() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("point.exo");
    let mesh = MeshBuilder::new("a point").nodes(&[[0.0]]).block(1, "SPHERE", &[[1]]);
    mesh.create(&path, &CreateOptions::default()).unwrap().finish().unwrap();
    let shown = text(&exo(&["info", path.to_str().unwrap()]).stdout);
    assert!(shown.contains("(1 node each)"), "{shown}");
}
