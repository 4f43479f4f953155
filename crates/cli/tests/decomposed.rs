//! The files of a decomposed model, named as one.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::Path;
use std::process::Command;

use exodus_rs::prelude::*;
use exodus_rs::{CreateOptions, EntityType, ExodusFile, MeshBuilder};

/// Bars one after the other, one in each of so many files.
fn bars(folder: &Path, count: i64) {
    for rank in 0..count {
        member(folder, count, rank, 1);
    }
}

/// One of them, with so many steps.
fn member(folder: &Path, count: i64, rank: i64, steps: u64) {
    let ends = [rank as f64, rank as f64 + 1.0];
    let mesh = MeshBuilder::new("bars").nodes(&ends.map(|x| [x])).block(10, "BAR2", &[[1, 2]]);
    let maps = vec![EntityType::NodeMap, EntityType::ElementMap];
    let mesh = mesh.variables(EntityType::Nodal, ["u"]).declare(|mesh| mesh.id_maps = maps);
    let writer = mesh.create(folder.join(format!("bars.e.{count}.{rank}")), &CreateOptions::default()).unwrap();
    writer.put_id_map(EntityType::NodeMap, &[rank + 1, rank + 2]).unwrap();
    writer.put_id_map(EntityType::ElementMap, &[rank + 1]).unwrap();
    for step in 0..steps {
        writer.next_step(0.5 + step as f64).unwrap().put(EntityType::Nodal, 0, 0, &ends).unwrap();
    }
    writer.finish().unwrap();
}

/// Runs a command in a folder; its code, and what it prints.
fn run(folder: &Path, command: &str) -> (i32, String) {
    let in_folder = |word: &str| match word.contains('.') && !word.starts_with('-') {
        true => folder.join(word).to_str().unwrap().to_owned(),
        false => word.to_owned(),
    };
    let words = command.split(' ').map(in_folder);
    let done = Command::new(env!("CARGO_BIN_EXE_exo")).args(words).output().unwrap();
    (done.status.code().unwrap(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
}

#[test]
fn every_command_that_reads_a_model_takes_the_files_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let run = |command: &str| run(folder.path(), command);
    bars(folder.path(), 3);
    let (code, told) = run("info bars.e");
    assert!(code == 0 && told.contains("4 nodes, 3 elements"), "{told}");
    assert!(told.contains("decomposed for 3 processors") && told.contains("1 step, 0.5 to 0.5"), "{told}");
    assert!(!told.contains("borrowable"), "{told}");
    let (code, told) = run("info --json bars.e");
    let json: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert!(code == 0 && json["num_nodes"] == 4 && json["results"]["nodal"][0] == "u", "{told}");
    assert_eq!(run("check --values bars.e"), (0, "no findings\n".to_owned()));
    assert_eq!(run("copy --quiet bars.e one.exo"), (0, String::new()));
    let one = ExodusFile::open(folder.path().join("one.exo")).unwrap();
    assert_eq!(one.var(0, EntityType::Nodal, 0, 0).unwrap().into_vec(), [0.0, 1.0, 2.0, 3.0]);
    for pair in ["bars.e one.exo", "one.exo bars.e", "bars.e.3 bars.e"] {
        let (code, told) = run(&format!("diff {pair}"));
        assert_eq!(code, 0, "{pair}: {told}");
    }
    assert_eq!(run("diff bars.e bars.e.3.1").0, 2);
    // The name of a file is that file.
    assert!(run("info bars.e.3.1").1.contains("2 nodes, 1 element\n"));
}

#[test]
fn one_of_several_decompositions_is_chosen_and_no_member_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let run = |command: &str| run(folder.path(), command);
    bars(folder.path(), 2);
    bars(folder.path(), 3);
    let (code, told) = run("info bars.e");
    assert!(code == 2 && told.contains("bars.e: there are 2 decompositions: name one, "), "{told}");
    assert!(told.contains("bars.e.2 or ") && told.ends_with("bars.e.3\n"), "{told}");
    assert!(run("info bars.e.2").1.contains("3 nodes, 2 elements"));
    let (code, told) = run("copy --force bars.e.2 bars.e.2.1");
    assert!(code == 2 && told.contains("is the input and the output"), "{told}");
    let (code, told) = run("info --group a bars.e.2");
    assert!(code == 2 && told.contains("bars.e.2: a decomposed model has no groups"), "{told}");
}

#[test]
fn steps_that_some_members_lack_are_not_dropped_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let run = |command: &str| run(folder.path(), command);
    bars(folder.path(), 2);
    std::fs::remove_file(folder.path().join("bars.e.2.0")).unwrap();
    member(folder.path(), 2, 0, 3);
    let said = "bars.e.2.1: 1 step, of 3 that other members have; `exo copy --salvage` joins the steps";
    let (code, told) = run("info bars.e");
    assert!(code == 2 && told.contains("1 step, 0.5 to 0.5") && told.contains(said), "{told}");
    for command in ["copy bars.e out.exo", "diff bars.e bars.e"] {
        let (code, told) = run(command);
        assert!(code > 0 && told.contains(said), "{command}: {told}");
    }
    // What is not asked for is not looked at.
    assert_eq!(run("copy --quiet --mesh-only bars.e mesh.exo"), (0, String::new()));
    for chosen in ["--steps 1:1", "--steps 1", "--ignore-steps"] {
        let (code, told) = run(&format!("diff {chosen} bars.e bars.e"));
        assert_eq!(code, 0, "{chosen}: {told}");
    }
    assert!(run("diff --steps 1:2 bars.e bars.e").1.contains(said));
    let (code, told) = run("check bars.e");
    assert!(code == 1 && told.contains("bars.e.2.1: 1 step, of 3 that other members have (incomplete)"), "{told}");
    assert_eq!(run("copy --quiet --salvage bars.e out.exo"), (0, String::new()));
    assert_eq!(ExodusFile::open(folder.path().join("out.exo")).unwrap().num_steps(), 1);
}

#[test]
fn a_member_that_was_cut_off_is_named() {
    let folder = tempfile::tempdir().unwrap();
    bars(folder.path(), 2);
    let member = folder.path().join("bars.e.2.1");
    let bytes = std::fs::read(&member).unwrap();
    std::fs::write(&member, &bytes[..bytes.len() - 1]).unwrap();
    for command in ["info bars.e", "check bars.e", "copy bars.e out.exo", "copy bars.e.2 out.exo"] {
        let (code, told) = run(folder.path(), command);
        assert!(code == 2 && told.contains("bars.e.2.1: ") && told.contains("truncated"), "{command}: {told}");
    }
}

#[cfg(unix)]
#[test]
fn there_may_be_more_files_than_can_be_open_at_once() {
    let folder = tempfile::tempdir().unwrap();
    bars(folder.path(), 40);
    for words in ["info bars.e", "check bars.e", "copy bars.e one.exo", "diff bars.e bars.e"] {
        let script = format!("ulimit -S -n 24; exec {} {words}", env!("CARGO_BIN_EXE_exo"));
        let done = Command::new("sh").current_dir(folder.path()).args(["-c", &script]).output().unwrap();
        assert!(done.status.success(), "{words}: {}", String::from_utf8_lossy(&done.stderr));
    }
}
