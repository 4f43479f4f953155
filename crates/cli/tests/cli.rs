//! The binary as people use it: what it prints, what it writes, how it ends.
//!
//! `UPDATE_GOLDEN=1 cargo test -p exodus-cli` stores what the commands print of the fixtures; review the difference.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::path::{Path, PathBuf};

use exodus_rs::prelude::*;
use exodus_rs::{CreateOptions, Data, EntityType, ExodusFile, MeshBuilder};

use common::{exo, fixture, refuses, text};

/// Runs `exo process` on a fixture; returns what it wrote.
fn process(name: &str, options: &[&str]) -> (tempfile::TempDir, ExodusFile) {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("out.exo");
    let input = fixture(name);
    let args = [&["process", input.to_str().unwrap(), output.to_str().unwrap()], options].concat();
    let done = exo(&args);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let file = ExodusFile::open(&output).unwrap();
    (directory, file)
}

/// Asserts that a command prints of a fixture what it printed before.
fn prints(command: &[&str], path: &Path, stored: &str) {
    let done = exo(&[command, &[path.to_str().unwrap()]].concat());
    assert!(done.status.success(), "{}", text(&done.stderr));
    // The path of the checkout is nobody's business.
    let name = path.file_name().unwrap().to_str().unwrap();
    let printed = text(&done.stdout).replace(path.to_str().unwrap(), name);
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(stored);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&stored, &printed).unwrap();
    }
    assert_eq!(printed, std::fs::read_to_string(&stored).unwrap(), "{}", stored.display());
}

#[test]
fn info_prints_what_it_printed_before() {
    for name in
        ["cdf2", "netcdf4_deflate", "old_style_cdf1", "edges_faces_netcdf4", "lib_netcdf4_int64", "polyhedra_cdf2"]
    {
        prints(&["info", "--long"], &fixture(&format!("{name}.exo")), &format!("{name}.txt"));
    }
}

#[test]
fn ls_and_digest_print_what_they_printed_before() {
    let fixtures = fixture("..");
    for name in ["hdf5/links_dense.h5", "hdf5/filters.h5", "hdf5/types.h5", "hdf5/chunk_btree2.h5", "exodus/cdf2.exo"] {
        let path = fixtures.join(name);
        let stem = path.file_stem().unwrap().to_str().unwrap();
        prints(&["ls", "-r", "-l"], &path, &format!("ls_{stem}.txt"));
    }
    for name in ["links_dense", "types"] {
        prints(&["digest"], &fixtures.join(format!("hdf5/{name}.h5")), &format!("digest_{name}.json"));
    }
}

#[test]
fn ls_takes_a_path_behind_the_file() {
    let path = fixture("../netcdf/groups.nc");
    let list = |inside: &str| text(&exo(&["ls", &format!("{}{inside}", path.display())]).stdout);
    let all = list("");
    assert!(all.contains("/child "), "{all}");
    assert!(list("/child").lines().all(|line| line.starts_with("/child/")), "{}", list("/child"));
    refuses(&["ls", &format!("{}/nothing", path.display())], 2, "there is no nothing");
}

#[test]
fn a_field_has_its_own_factor() {
    let before = ExodusFile::open(fixture("cdf2.exo")).unwrap();
    let names = before.variable_names(EntityType::Nodal).unwrap();
    let field = format!("{}=10", names[1]);
    let (_directory, after) = process("cdf2.exo", &["--scale", "3", "--field", &field]);
    for (variable, factor) in [(0, 3.0), (1, 10.0)] {
        let old = before.var(2, EntityType::Nodal, variable, 0).unwrap().into_vec();
        let new = after.var(2, EntityType::Nodal, variable, 0).unwrap().into_vec();
        assert_eq!(new, old.iter().map(|v| v * factor).collect::<Vec<_>>());
    }
}

#[test]
fn a_field_that_shares_its_variable_has_its_own_factor() {
    let before = ExodusFile::open(fixture("old_style_cdf1.exo")).unwrap();
    let names = before.variable_names(EntityType::Nodal).unwrap();
    let field = format!("{}=-2", names[1]);
    let (_directory, after) = process("old_style_cdf1.exo", &["--field", &field, "--coord-scale", "1,2,4"]);
    for (variable, factor) in [(0, 1.0), (1, -2.0)] {
        let old: Vec<f64> = before.var(0, EntityType::Nodal, variable, 0).unwrap().into_vec();
        let new: Vec<f64> = after.var(0, EntityType::Nodal, variable, 0).unwrap().into_vec();
        assert_eq!(new, old.iter().map(|v| v * factor).collect::<Vec<_>>());
    }
    let nodes = before.init_params().num_nodes;
    let old: Vec<f64> = before.coord(1, 0..nodes).unwrap().into_vec();
    let new: Vec<f64> = after.coord(1, 0..nodes).unwrap().into_vec();
    assert_eq!(new, old.iter().map(|v| v * 2.0).collect::<Vec<_>>());
}

#[test]
fn steps_are_taken_as_asked() {
    for name in ["cdf2.exo", "netcdf4_deflate.exo", "many_steps_netcdf4.exo", "fixed_time_step_cdf2.exo"] {
        let before = ExodusFile::open(fixture(name)).unwrap();
        let (_directory, after) = process(name, &["--steps", "1:-1:2"]);
        let every_second: Vec<f64> = before.times().unwrap().into_iter().step_by(2).collect();
        assert_eq!(after.times().unwrap(), every_second, "{name}");
        let last = after.num_steps() - 1;
        let new = after.var(last, EntityType::Nodal, 0, 0).unwrap().into_vec();
        assert_eq!(new, before.var(2 * last, EntityType::Nodal, 0, 0).unwrap().into_vec(), "{name}");
    }
}

#[test]
fn the_output_does_not_depend_on_the_number_of_threads() {
    let directory = tempfile::tempdir().unwrap();
    let input = fixture("netcdf4_deflate.exo");
    let mut outputs = Vec::new();
    for threads in ["1", "2", "7"] {
        let output = directory.path().join(threads);
        let done =
            exo(&["process", input.to_str().unwrap(), output.to_str().unwrap(), "--scale", "2", "--threads", threads]);
        assert!(done.status.success(), "{}", text(&done.stderr));
        outputs.push(std::fs::read(output).unwrap());
    }
    assert!(outputs.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn mistakes_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("out.exo");
    let input = fixture("cdf2.exo");
    let (input, output) = (input.to_str().unwrap(), output.to_str().unwrap());
    let plain = directory.path().join("notes.txt");
    std::fs::write(&plain, "not a mesh").unwrap();
    std::fs::write(directory.path().join("taken.exo"), "old").unwrap();
    let taken = directory.path().join("taken.exo");
    let copy = directory.path().join("copy.exo");
    std::fs::copy(fixture("cdf2.exo"), &copy).unwrap();
    let copy = copy.to_str().unwrap();
    let cases: [(&[&str], i32, &str); 14] = [
        (&["info", "no-such-file.exo"], 2, "no-such-file.exo"),
        (&["info", plain.to_str().unwrap()], 2, "notes.txt"),
        (&["info", directory.path().to_str().unwrap()], 2, "directory"),
        (&["process", input, output, "--scale", "nan"], 2, "--scale"),
        (&["process", input, output, "--translate", "1,2,3,4"], 2, "two or three"),
        (&["process", input, output, "--steps", "0:3"], 2, "steps"),
        (&["process", input, output, "--steps", "1:99"], 2, "99"),
        (&["process", input, output, "--field", "nothing=2"], 2, "nothing"),
        (&["process", input, output, "--deflate", "4"], 2, "netcdf4"),
        (&["process", input, output, "--deflate", "12"], 2, "12"),
        (&["process", copy, copy, "--force"], 2, "copy.exo"),
        (&["process", input, taken.to_str().unwrap()], 2, "taken.exo"),
        (&["process", input, "no-such-directory/out.exo"], 2, "no-such-directory"),
        (&["process", input, directory.path().to_str().unwrap(), "--force"], 2, "directory"),
    ];
    for (args, code, what) in cases {
        refuses(args, code, what);
    }
    assert_eq!(std::fs::read(&taken).unwrap(), b"old");
    assert!(!Path::new(output).exists());
}

#[test]
fn an_existing_output_is_replaced_when_forced() {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("out.exo");
    std::fs::write(&output, "old").unwrap();
    let input = fixture("netcdf4_classic.exo");
    let done = exo(&["process", input.to_str().unwrap(), output.to_str().unwrap(), "--force", "--quiet"]);
    assert!(done.status.success());
    assert!(done.stdout.is_empty() && done.stderr.is_empty());
    ExodusFile::open(&output).unwrap();
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn int64_becomes_int_only_if_every_value_fits() {
    let (_directory, narrow) = process("netcdf4_int64.exo", &["--format", "cdf2"]);
    assert_eq!(narrow.schema().attribute("int64_status").unwrap().as_i64(), Some(0));
    let wide = ExodusFile::open(fixture("netcdf4_int64.exo")).unwrap();
    let nodes = |file: &ExodusFile| file.connectivity::<i64>(EntityType::ElementBlock, 0).unwrap().nodes.into_vec();
    assert_eq!(nodes(&narrow), nodes(&wide));
}

/// A classic file whose last bytes were never written: a run that was ended in its last step.
fn cut_off(directory: &Path, bytes: usize) -> PathBuf {
    let whole = fixture("many_steps_cdf2.exo");
    let path = directory.join(format!("cut_{bytes}.exo"));
    let all = std::fs::read(whole).unwrap();
    std::fs::write(&path, &all[..all.len() - bytes]).unwrap();
    path
}

#[test]
fn what_is_cut_off_is_an_error_and_what_is_whole_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let torn = cut_off(directory.path(), 100);
    let file = ExodusFile::open(&torn).unwrap();
    let (steps, whole) = (file.num_steps(), file.whole_steps());
    assert!(whole > 0 && whole < steps, "{whole} of {steps}");
    let out = directory.path().join("out.exo");
    let [torn, out] = [&torn, &out].map(|path| path.to_str().unwrap());
    for args in [vec!["process", torn, out], vec!["copy", torn, out], vec!["dump", torn], vec!["diff", torn, torn]] {
        let failed = exo(&args);
        assert!(!failed.status.success(), "{args:?}");
        assert!(String::from_utf8_lossy(&failed.stderr).contains("truncated"), "{args:?}: {failed:?}");
    }
    let info = exo(&["info", torn]);
    assert_eq!(info.status.code(), Some(2), "{info:?}");
    assert!(text(&info.stdout).contains("cut off") && text(&info.stderr).contains("truncated"), "{info:?}");
    let range = format!("1:{whole}");
    let last = file.view::<f64>(Data::Times.step(whole - 1)).unwrap().into_vec()[0];
    let [times, beyond, near] = [format!(":{last}"), format!(":{}", last + 1.0), format!("{}", last + 1e-3)];
    for times in [":", &beyond, &near] {
        refuses(&["process", torn, out, "--times", times], 2, "truncated");
    }
    for args in [
        vec!["process", torn, out, "--steps", &range, "--force"],
        vec!["process", torn, out, "--times", &times, "--force"],
        vec!["process", torn, out, "--salvage", "--force"],
        vec!["copy", torn, out, "--salvage", "--force"],
    ] {
        let done = exo(&args);
        assert!(done.status.success(), "{args:?}: {done:?}");
        let kept = ExodusFile::open(out).unwrap();
        assert_eq!((kept.num_steps(), kept.whole_steps()), (whole, whole), "{args:?}");
        assert_eq!(kept.times().unwrap().len() as u64, whole);
    }
    assert!(exo(&["copy", torn, out, "--mesh-only", "--force"]).status.success());
}

#[test]
fn the_plan_says_what_moves_nothing_and_what_is_mirrored() {
    let directory = tempfile::tempdir().unwrap();
    let paths = ["flat.exo", "out.exo"].map(|name| directory.path().join(name));
    let mesh = MeshBuilder::new("flat").nodes(&[[0.0, 1.0]]);
    mesh.create(&paths[0], &CreateOptions::default()).unwrap().finish().unwrap();
    let [flat, out] = [&paths[0], &paths[1]].map(|path| path.to_str().unwrap());
    let plan = |options: &[&str]| {
        let done = exo(&[&["process", flat, out, "--force"], options].concat());
        assert!(done.status.success(), "{options:?}: {}", text(&done.stderr));
        text(&done.stdout)
    };
    assert!(plan(&["--translate", "0,0,1"]).contains("of 2 dimensions: what is given for others moves nothing"));
    let plain = plan(&["--translate", "1,-2"]);
    assert!(!plain.contains("moves nothing") && !plain.contains("mirrored"), "{plain}");
    assert_eq!(ExodusFile::open(out).unwrap().points().unwrap(), [[1.0, -1.0, 0.0]]);
    assert!(plan(&["--coord-scale", "-1,1"]).contains("mirrored"));
    assert!(!plan(&["--coord-scale", "1,1,-1"]).contains("mirrored"));
    refuses(&["process", flat, out, "--translate", "1", "--force"], 2, "two or three are needed");
}

#[test]
fn steps_are_taken_by_their_times() {
    let before = ExodusFile::open(fixture("many_steps_netcdf4.exo")).unwrap();
    let times = before.times().unwrap();
    let range = format!("{}:{}:2", times[3], times[9]);
    let (_directory, after) = process("many_steps_netcdf4.exo", &["--times", &range]);
    assert_eq!(after.times().unwrap(), [times[3], times[5], times[7], times[9]]);
    let new = after.var(1, EntityType::Nodal, 0, 0).unwrap().into_vec();
    assert_eq!(new, before.var(5, EntityType::Nodal, 0, 0).unwrap().into_vec());
    let near = times[4] + (times[5] - times[4]) / 8.0;
    let (_directory, one) = process("many_steps_netcdf4.exo", &["--times", &near.to_string()]);
    assert_eq!(one.times().unwrap(), [times[4]]);
    let path = fixture("many_steps_netcdf4.exo");
    let (input, output) = (path.to_str().unwrap(), "never-written.exo");
    refuses(&["process", input, output, "--times", "-2:-1"], 2, "the times go from");
    refuses(&["process", input, output, "--times", "1:2", "--steps", "1"], 2, "--steps");
    refuses(&["process", input, output, "--times", "2:1"], 2, "--times");
}

#[test]
fn what_compression_leaves_plain_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("out.exo");
    let input = fixture("netcdf4_classic.exo");
    let plan = |options: &[&str]| {
        let done = exo(&[&["process", input.to_str().unwrap(), output.to_str().unwrap(), "--force"], options].concat());
        text(&done.stdout)
    };
    assert!(plan(&["--deflate", "4"]).contains("variables: under 4096 bytes, no numbers, or the times"));
    assert!(!plan(&[]).contains("  plain "));
}
