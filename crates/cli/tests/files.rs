//! Inputs and outputs that are no ordinary files: pipes, devices, links, limits, files that others change.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::fs::{symlink, FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use exodus_rs::{CreateOptions, EntityType, ExodusFile, MeshBuilder};

/// Longer than any of these commands takes, on any machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn exo(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_exo"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn fixture() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/exodus/many_steps_netcdf4.exo")
        .to_str()
        .unwrap()
        .to_owned()
}

/// Runs a command that must not wait for anything.
fn soon(command: &mut Command) -> Output {
    let mut child = command.spawn().unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("{command:?} waits");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

/// Asserts that a command ends with this code and one line that has all of `words`.
fn refuses(command: &mut Command, code: i32, words: &[&str]) {
    let done = soon(command);
    let error = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(code), "{command:?}: {error}");
    assert_eq!(error.lines().count(), 1, "{command:?}: {error}");
    for word in words {
        assert!(error.contains(word), "{command:?}: no {word:?} in {error}");
    }
}

fn fifo(path: &Path) {
    rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Every command that writes, with its output last.
fn writing(output: &str) -> [Vec<String>; 3] {
    let (command, input) = (|name: &str| name.to_owned(), fixture());
    [
        vec![command("process"), command("--force"), input.clone(), output.to_owned()],
        vec![command("copy"), command("--force"), input.clone(), output.to_owned()],
        vec![command("diff"), input.clone(), input, output.to_owned()],
    ]
}

/// Every command that reads, with its options.
const READING: [&[&str]; 8] = [
    &["info"],
    &["ls"],
    &["dump", "-h"],
    &["digest"],
    &["digest", "--netcdf"],
    &["check"],
    &["process", "--force", "--quiet"],
    &["copy", "--force", "--quiet"],
];

#[test]
fn outputs_that_are_no_regular_files_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let here = |name: &str| directory.path().join(name);
    fifo(&here("fifo"));
    let _listening = std::os::unix::net::UnixListener::bind(here("socket")).unwrap();
    fs::create_dir(here("folder")).unwrap();
    symlink("fifo", here("link")).unwrap();
    // Only the superuser can make a device, and only the superuser could replace this one.
    let null = rustix::fs::FileType::CharacterDevice;
    let device = rustix::fs::mknodat(rustix::fs::CWD, here("null"), null, 0o666.into(), rustix::fs::makedev(1, 3));
    let device = if device.is_ok() { here("null") } else { PathBuf::from("/dev/null") };
    let before = names(directory.path());
    for (output, what) in [
        (here("fifo"), "is a FIFO"),
        (here("link"), "is a FIFO"),
        (here("socket"), "is a socket"),
        (here("folder"), "is a directory"),
        (device, "is a device"),
    ] {
        let output = output.to_str().unwrap();
        for args in writing(output) {
            let code = if args[0] == "diff" { 1 } else { 2 };
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            refuses(&mut exo(&args), code, &[output, what]);
        }
    }
    assert_eq!(names(directory.path()), before);
    assert!(fs::metadata(here("fifo")).unwrap().file_type().is_fifo());
}

#[test]
fn standard_output_is_no_output() {
    let directory = tempfile::tempdir().unwrap();
    for args in writing("-") {
        let code = if args[0] == "diff" { 1 } else { 2 };
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        refuses(exo(&args).current_dir(directory.path()), code, &["standard output", "./-"]);
    }
    assert!(names(directory.path()).is_empty());
    let done = soon(exo(&["copy", &fixture(), "./-"]).current_dir(directory.path()));
    assert!(done.status.success() && names(directory.path()) == ["-"]);
}

#[test]
fn a_link_to_nothing_is_followed_and_a_mode_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let (link, target) = (directory.path().join("link.exo"), directory.path().join("target.exo"));
    symlink("target.exo", &link).unwrap();
    for args in writing(link.to_str().unwrap()) {
        let done = soon(exo(&[]).args(args));
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(fs::read_link(&link).unwrap(), Path::new("target.exo"));
        assert_eq!(ExodusFile::open(&target).unwrap().num_steps(), ExodusFile::open(fixture()).unwrap().num_steps());
        let mode = fs::metadata(&target).unwrap().permissions().mode() & 0o777;
        if mode != 0o640 {
            fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
        }
    }
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o640);
    // The input under another name is not replaced either.
    let other = directory.path().join("other.exo");
    fs::hard_link(&target, &other).unwrap();
    let same = ["process", "--force", target.to_str().unwrap(), other.to_str().unwrap()];
    refuses(&mut exo(&same), 2, &["other.exo", "the input and the output"]);
    assert_eq!(names(directory.path()), ["link.exo", "other.exo", "target.exo"]);
}

#[test]
fn inputs_that_are_no_regular_files_are_refused_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("out.exo");
    let path = directory.path().join("fifo");
    fifo(&path);
    for (path, what) in [(path.to_str().unwrap(), "is a FIFO"), ("/dev/zero", "is a device"), ("/", "is a directory")] {
        for args in READING {
            let mut command = exo(args);
            command.arg(path);
            match args[0] {
                "process" | "copy" => command.arg(&output),
                _ => &mut command,
            };
            // A digest says it in its record, too.
            if args[0] == "digest" {
                let done = soon(&mut command);
                let [record, line] = [done.stdout, done.stderr].map(|text| String::from_utf8(text).unwrap());
                assert!(done.status.code() == Some(2) && record.contains(what), "{record}");
                assert!(line.starts_with("exo: ") && line.contains(what) && line.lines().count() == 1, "{line}");
            } else {
                refuses(&mut command, 2, &[path, what]);
            }
        }
        refuses(exo(&["diff", path]).arg(fixture()), 1, &[path, what]);
        refuses(exo(&["diff", &fixture()]).arg(path), 1, &[path, what]);
    }
    assert!(!output.exists());
}

#[test]
fn standard_input_is_read_like_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let outputs = ["a.exo", "b.exo"].map(|name| directory.path().join(name));
    for args in READING {
        let run = |input: &str, output: &Path| {
            let mut command = exo(args);
            command.arg(input).stdin(File::open(fixture()).unwrap());
            match args[0] {
                "process" | "copy" => command.arg(output),
                _ => &mut command,
            };
            let done = soon(&mut command);
            assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
            String::from_utf8(done.stdout).unwrap()
        };
        let printed = run(&fixture(), &outputs[0]).replace(&fixture(), "-");
        let piped = run("-", &outputs[1]);
        // The name of a netCDF file in CDL is without its folder and ending.
        let same = args[0] == "dump" || piped == printed;
        assert!(same, "{args:?}:\n{piped}{printed}");
    }
    let [a, b] = outputs.map(|path| fs::read(path).unwrap());
    assert!(a == b && !a.is_empty());
    let mut diff = exo(&["diff", &fixture(), "-"]);
    assert!(soon(diff.stdin(File::open(fixture()).unwrap())).status.success());
    let mut twice = exo(&["diff", "-", "-"]);
    refuses(twice.stdin(File::open(fixture()).unwrap()), 1, &["standard input", "once"]);
}

#[test]
fn a_limit_of_file_sizes_is_an_error_like_others() {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("out.exo");
    for command in ["process", "copy"] {
        for container in ["cdf2", "netcdf4"] {
            let script = "ulimit -f 4; exec \"$0\" \"$@\"";
            let mut limited = Command::new("sh");
            limited.args(["-c", script, env!("CARGO_BIN_EXE_exo"), command, "--quiet", "--format", container]);
            limited.args([Path::new(&large(directory.path(), 1)), &output]);
            limited.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            refuses(&mut limited, 3, &["out.exo", "os error 27"]);
            assert_eq!(names(directory.path()), ["large.exo"]);
        }
    }
}

/// A file of about 400 kB a step.
fn large(directory: &Path, steps: u32) -> String {
    let path = directory.join("large.exo");
    let nodes: Vec<[f64; 3]> = (0..12_500).map(|n| [f64::from(n), 0.0, 1.0]).collect();
    let mesh = MeshBuilder::new("large").nodes(&nodes).variables(EntityType::Nodal, ["u", "v", "w", "p"]);
    let writer = mesh.create(&path, &CreateOptions { overwrite: true, ..CreateOptions::default() }).unwrap();
    for step in 0..steps {
        let step_writer = writer.next_step(f64::from(step)).unwrap();
        for variable in 0..4 {
            step_writer.put(EntityType::Nodal, variable, 0, &vec![1.5; nodes.len()]).unwrap();
        }
    }
    writer.finish().unwrap();
    path.to_str().unwrap().to_owned()
}

/// Whether a process waits in a call of write(2) to standard output; where that cannot be seen, whether it had the time.
#[cfg(target_os = "linux")]
fn prints(process: u32, started: Instant) -> bool {
    match fs::read_to_string(format!("/proc/{process}/syscall")) {
        Ok(call) => call.split_whitespace().nth(1) == Some("0x1") && !call.starts_with("0 "),
        Err(_) => started.elapsed() > Duration::from_secs(3),
    }
}

#[test]
#[cfg(target_os = "linux")]
fn an_input_cut_short_while_it_is_mapped_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("out.exo");
    for options in [&["--scale", "2"][..], &[], &["--deflate", "1", "--format", "netcdf4"]] {
        let input = large(directory.path(), 10);
        // A pipe that is full stops the program where it says what it will do: the file is mapped, and no data are read.
        let (mut reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(&[b'.'; 65536]).unwrap();
        let mut command = exo(&["process", &input, output.to_str().unwrap()]);
        let child = command.args(options).stdout(writer).spawn().unwrap();
        let start = Instant::now();
        while !prints(child.id(), start) {
            assert!(start.elapsed() < PATIENCE, "no message");
            std::thread::sleep(Duration::from_millis(5));
        }
        drop(command);
        File::options().write(true).open(&input).unwrap().set_len(8192).unwrap();
        reader.read_to_end(&mut Vec::new()).unwrap();
        let done = child.wait_with_output().unwrap();
        let error = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(3), "{options:?} {:?} {error}", done.status);
        let lines: Vec<&str> = error.lines().filter(|line| !line.contains("steps/s")).collect();
        assert!(lines.len() == 1 && lines[0].contains(&input) && lines[0].contains("--no-mmap"), "{error}");
        assert_eq!(names(directory.path()), ["large.exo"]);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn an_output_that_is_complete_is_said_to_be_when_nothing_else_can_be_said() {
    let directory = tempfile::tempdir().unwrap();
    let [output, input] = [directory.path().join("out.exo"), large(directory.path(), 1).into()];
    let [out, input] = [&output, &input].map(|path: &PathBuf| path.to_str().unwrap());
    for args in [
        vec!["copy", input, out],
        vec!["convert", "--json", "--force", input, out],
        vec!["repack", "--json", "--force", input, out],
        vec!["append", out, input],
        vec!["append", "--json", out, input],
        vec!["edit", out, "title", "done"],
        vec!["edit", "--json", out, "title", "again"],
    ] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let done = exo(&args).stdout(full).output().unwrap();
        let error = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(3), "{error}");
        assert!(error.contains("out.exo is complete") && output.exists(), "{args:?}: {error}");
    }
}

#[test]
fn a_signal_after_an_edit_does_not_deny_it() {
    let directory = tempfile::tempdir().unwrap();
    let input = large(directory.path(), 1);
    let before = std::fs::read(&input).unwrap();
    let (mut reader, writer) = std::io::pipe().unwrap();
    // Fills the pipe, so that the report has to wait.
    let mut other = writer.try_clone().unwrap();
    std::thread::spawn(move || other.write_all(&[b'.'; 1 << 20]));
    std::thread::sleep(Duration::from_millis(200));
    let mut child = exo(&["edit", &input, "title", "done"]).stdout(writer).spawn().unwrap();
    while std::fs::read(&input).unwrap() == before {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    std::thread::sleep(Duration::from_millis(100));
    let mut told = String::new();
    reader.read_to_string(&mut told).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(told.contains("1 edit done, in place\n"), "{}", told.trim_matches('.'));
}

#[test]
fn a_verdict_is_the_same_for_those_who_do_not_read() {
    let directory = tempfile::tempdir().unwrap();
    let [first, second] = ["first.exo", "second.exo"].map(|name| directory.path().join(name));
    for (path, place) in [(&first, 0.0), (&second, 3.0)] {
        let mesh = MeshBuilder::new("a triangle").nodes(&[[place, 0.0], [1.0, 0.0], [0.0, 1.0]]);
        // There is no node 9.
        mesh.block(1, "TRI3", &[[1, 2, 9]]).create(path, &CreateOptions::default()).unwrap().finish().unwrap();
    }
    let [first, second] = [&first, &second].map(|path| path.to_str().unwrap());
    for (args, code) in [
        (vec!["diff", first, second], 2),
        (vec!["diff", "--json", first, second], 2),
        (vec!["diff", first, first], 0),
        (vec!["check", first], 1),
        (vec!["check", "--json", first], 1),
        (vec!["dump", first], 0),
    ] {
        let mut child = exo(&args).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(code), "{args:?}");
    }
}
