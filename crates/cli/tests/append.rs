//! `exo append`: what it leaves, and how it ends.
#![allow(clippy::unwrap_used)] // a test that fails may panic

mod common;

use std::path::Path;

use exodus_rs::{Container, CreateOptions, EntityType, ExodusFile, MeshBuilder};

use common::{exo, text};

fn file(path: &Path, nodes: &[[f64; 2]], times: &[f64]) -> String {
    file_in(Container::Cdf2, path, nodes, times)
}

fn file_in(container: Container, path: &Path, nodes: &[[f64; 2]], times: &[f64]) -> String {
    let options = CreateOptions { container, overwrite: true, ..CreateOptions::default() };
    let mesh = MeshBuilder::new("points").nodes(nodes).variables(EntityType::Nodal, ["u"]);
    let writer = mesh.create(path, &options).unwrap();
    for &time in times {
        writer.next_step(time).unwrap().put_nodal("u", &vec![time; nodes.len()]).unwrap();
    }
    writer.finish().unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn steps_are_appended_or_the_file_is_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let nodes = [[0.0, 0.0], [1.0, 0.0]];
    let first = file(&path("a.exo"), &nodes, &[0.0, 1.0]);
    let second = file(&path("b.exo"), &nodes, &[2.0, 3.0, 4.0]);
    let done = exo(&["append", &first, &second]);
    assert_eq!(text(&done.stdout), format!("{first}: 3 steps appended, 5 steps\n"), "{}", text(&done.stderr));
    let done = exo(&["append", "--sync", "2", "--quiet", &first, &second]);
    assert_eq!((text(&done.stdout), done.status.code()), (String::new(), Some(0)));
    assert_eq!(text(&done.stderr), format!("exo: {first}: warning: the time 2 follows 4 (times-order)\n"));
    let times = || ExodusFile::open(&first).unwrap().times().unwrap();
    assert_eq!(times(), [0.0, 1.0, 2.0, 3.0, 4.0, 2.0, 3.0, 4.0]);
    let bytes = std::fs::read(&first).unwrap();
    let other = file(&path("c.exo"), &[[0.0, 0.0]], &[1.0]);
    for (arguments, said) in [
        (vec!["append", &first, &other], "c.exo: the first model and model 2 differ in their nodes and elements"),
        (vec!["append", &first, &first], "is the input and the output"),
        (vec!["append", &first, "no-such-file"], "no-such-file"),
    ] {
        let done = exo(&arguments);
        let told = text(&done.stderr);
        assert!(done.status.code() == Some(2) && told.contains(said), "{arguments:?}: {told}");
        assert_eq!(std::fs::read(&first).unwrap(), bytes);
    }
}

#[test]
fn steps_that_are_not_counted_are_not_written_over_without_a_word() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    for (container, numrecs) in [(Container::Cdf2, 4..8), (Container::Cdf5, 4..12)] {
        let first = file_in(container, &path("a.exo"), &[[0.0, 0.0], [1.0, 0.0]], &[1.0, 2.0, 3.0]);
        let second = file_in(container, &path("b.exo"), &[[0.0, 0.0], [1.0, 0.0]], &[4.0]);
        let (count, mut bytes) = (numrecs.end - 1, std::fs::read(&first).unwrap());
        bytes[count] = 1;
        std::fs::write(&first, &bytes).unwrap();
        let done = exo(&["append", &first, &second]);
        let said = "2 steps lie behind the 1 that the file counts: exo recover keeps what --force lets this write over";
        assert_eq!((text(&done.stderr), done.status.code()), (format!("exo: {first}: {said}\n"), Some(2)));
        assert_eq!(std::fs::read(&first).unwrap(), bytes);
        let whole = path("whole.exo").to_str().unwrap().to_owned();
        exo(&["recover", "--force", &first, &whole]);
        assert_eq!(ExodusFile::open(&whole).unwrap().times().unwrap(), [1.0, 2.0, 3.0]);
        let done = exo(&["append", "--force", "--json", &first, &second]);
        assert!(text(&done.stdout).contains("[\"2 steps lie behind the 1 that"), "{}", text(&done.stdout));
        assert_eq!(ExodusFile::open(&first).unwrap().times().unwrap(), [1.0, 4.0]);
        // Nothing is left of them that could be taken for newer steps.
        exo(&["recover", "--force", &first, &whole]);
        assert_eq!(ExodusFile::open(&whole).unwrap().times().unwrap(), [1.0, 4.0]);
        // What is blank, or no whole step, is in nobody's way.
        for end in [vec![0; 200], vec![7; 5]] {
            let first = file_in(container, &path("c.exo"), &[[0.0, 0.0], [1.0, 0.0]], &[1.0, 2.0]);
            std::fs::write(&first, [std::fs::read(&first).unwrap(), end].concat()).unwrap();
            let done = exo(&["append", &first, &second]);
            assert_eq!((text(&done.stderr), done.status.code()), (String::new(), Some(0)));
        }
    }
}

#[test]
#[cfg(unix)]
fn a_full_disk_leaves_the_file_as_long_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let nodes: Vec<[f64; 2]> = (0..9000).map(|n| [f64::from(n), 0.0]).collect();
    let second = file(&path("b.exo"), &nodes, &[1.0, 2.0, 3.0, 4.0]);
    for container in [Container::Cdf5, Container::NetCdf4] {
        let first = file_in(container, &path("a.exo"), &nodes, &[0.0]);
        let bytes = std::fs::read(&first).unwrap();
        let script = format!("ulimit -f {}; exec \"$0\" \"$@\"", bytes.len() / 512 + 300);
        let mut limited = std::process::Command::new("sh");
        limited.args(["-c", &script, env!("CARGO_BIN_EXE_exo"), "append", &first, &second]);
        let done = limited.output().unwrap();
        assert_eq!(done.status.code(), Some(3), "{}", text(&done.stderr));
        assert!(std::fs::read(&first).unwrap() == bytes, "{container:?}");
    }
}

/// Appends, and sends a signal as soon as `is_due`, which gets the length of the file that grows.
#[cfg(unix)]
fn interrupted(args: &[&str], target: &str, signal: &str, is_due: impl Fn(u64) -> bool) -> std::process::Output {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_exo"));
    command.arg("append").args(args).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let child = command.spawn().unwrap();
    while !is_due(std::fs::metadata(target).unwrap().len()) {
        std::thread::yield_now();
    }
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
    child.wait_with_output().unwrap()
}

#[test]
#[cfg(unix)]
fn a_signal_leaves_the_steps_that_were_published_and_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let nodes: Vec<[f64; 2]> = (0..40_000).map(|n| [f64::from(n), 0.0]).collect();
    let times: Vec<f64> = (1..200).map(f64::from).collect();
    let second = file(&path("b.exo"), &nodes, &times);
    for container in [Container::Cdf5, Container::NetCdf4] {
        let first = file_in(container, &path("a.exo"), &nodes, &[0.0]);
        let bytes = std::fs::read(&first).unwrap();
        let grown = |length: u64| length > bytes.len() as u64 + (2 << 20);
        let done = interrupted(&[&first, &second], &first, "-TERM", grown);
        let told = text(&done.stderr);
        assert_eq!((text(&done.stdout), done.status.code()), (String::new(), Some(143)), "{told}");
        assert_eq!(told, format!("exo: interrupted; nothing was appended to {first}\n"));
        assert!(std::fs::read(&first).unwrap() == bytes, "{container:?}");
        let done = interrupted(&["--sync", "2", &first, &second], &first, "-INT", grown);
        let told = text(&done.stderr);
        let steps = ExodusFile::open(&first).unwrap().num_steps() - 1;
        assert_eq!((text(&done.stdout), done.status.code()), (String::new(), Some(130)), "{told}");
        assert_eq!(told, format!("exo: interrupted; {first} has got {steps} steps of {second}, and no more\n"));
        assert!((1..199).contains(&steps), "{steps}");
    }
}

#[test]
#[cfg(unix)]
fn a_disk_that_becomes_full_leaves_the_steps_that_were_published_and_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let nodes: Vec<[f64; 2]> = (0..9000).map(|n| [f64::from(n), 0.0]).collect();
    let second = file(&path("b.exo"), &nodes, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
    let first = file_in(Container::Cdf5, &path("a.exo"), &nodes, &[0.0]);
    let length = std::fs::metadata(&first).unwrap().len();
    let script = format!("ulimit -f {}; exec \"$0\" \"$@\"", length / 512 + 300);
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", &script, env!("CARGO_BIN_EXE_exo"), "append", "--sync", "1", &first, &second]);
    let done = limited.output().unwrap();
    assert_eq!((text(&done.stdout), done.status.code()), (String::new(), Some(3)));
    let steps = ExodusFile::open(&first).unwrap().num_steps() - 1;
    let said = format!("exo: {first} has got {steps} steps of {second}, and no more\n");
    assert!((2..9).contains(&steps) && text(&done.stderr).ends_with(&said), "{steps}: {}", text(&done.stderr));
}

#[test]
fn what_is_unused_afterwards_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let nodes = [[0.0, 0.0], [1.0, 0.0]];
    let first = file_in(Container::NetCdf4, &path("a.exo"), &nodes, &[0.0]);
    let times: Vec<f64> = (1..200).map(f64::from).collect();
    let second = file(&path("b.exo"), &nodes, &times);
    let done = exo(&["append", "--sync", "1", "--json", &first, &second]);
    let told: serde_json::Value = serde_json::from_str(&text(&done.stdout)).unwrap();
    assert_eq!((&told["appended"], &told["steps"]), (&199.into(), &200.into()));
    assert_eq!(told["warnings"], serde_json::json!([]));
    let unused = told["unused"].as_u64().unwrap();
    // A copy is smaller by about as much.
    let size = |path: &str| std::fs::metadata(path).unwrap().len();
    let copy = path("copy.exo").to_str().unwrap().to_owned();
    assert!(exo(&["repack", "--quiet", &first, &copy]).status.success());
    let saved = size(&first) - size(&copy);
    assert!(unused > size(&first) / 2 && unused <= saved && unused > saved / 10 * 9, "{unused} of {saved}");
    let done = exo(&["append", "--sync", "1", &first, &second]);
    assert!(text(&done.stdout).contains("bytes are unused: exo repack gives them back"), "{}", text(&done.stdout));
}
