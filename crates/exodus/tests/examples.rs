//! The examples for users run, on files of either precision.
#![allow(clippy::unwrap_used)] // a test that fails may panic

use std::path::{Path, PathBuf};
use std::process::Command;

use exodus_rs::prelude::*;

/// An example that cargo has built beside this test.
fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let target = test.parent().and_then(Path::parent).unwrap();
    target.join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION)
}

fn run(name: &str, arguments: &[&str]) -> String {
    let program = example(name);
    assert!(program.exists(), "{} is built by: cargo test -p exodus-rs", program.display());
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn examples_run_on_files_of_either_precision() {
    for precision in ["", "--single"] {
        let directory = tempfile::tempdir().unwrap();
        let [cube, scaled, foam] =
            ["cube.exo", "scaled.exo", "foam.exo"].map(|name| directory.path().join(name).to_str().unwrap().to_owned());
        run("hex_cube", &[&cube, precision]);
        let listed = run("histories", &[&cube]);
        assert!(listed.contains("temperature") && listed.contains("element 33: [0.0, 0.2"), "{listed}");
        let measured = run("skin", &[&cube]);
        let volume =
            measured.strip_prefix("skin: 96, top: 16\nsteel: ").and_then(|volume| volume.trim().parse::<f64>().ok());
        assert!(volume.is_some_and(|volume| (volume - 32.0).abs() < 1e-9), "{measured}");
        run("scaled_copy", &[&cube, &scaled]);
        run("extract", &[&cube, &foam, "foam"]);
        let [before, after, part] = [&cube, &scaled, &foam].map(|path| ExodusFile::open(path).unwrap());
        let max =
            |file: &ExodusFile| file.variable(EntityType::ElementBlock, "stress").unwrap().max().unwrap().unwrap();
        assert!((max(&after) / max(&before) - 1.5).abs() < 1e-7 && (max(&part) - max(&before)).abs() < 1e-9);
        assert_eq!([&before, &after, &part].map(ExodusFile::word_size), [if precision.is_empty() { 8 } else { 4 }; 3]);
        assert_eq!((part.init_params().num_nodes, part.init_params().num_elems), (75, 32));
    }
}
