//! `exo copy`: what it writes, and how it ends.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

mod common;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use exodus_rs::prelude::*;
use exodus_rs::{Container, CreateOptions, Data, EntityType, ExodusFile, Int64, MeshBuilder};
use hyperslab::hdf5::{Filter, SzipCoding};
use hyperslab::netcdf::{File, Job, Transfer, VariableId, Writer};

fn exo(input: &Path, output: &Path, options: &[&str]) -> (i32, String) {
    let done =
        Command::new(env!("CARGO_BIN_EXE_exo")).arg("copy").args(options).arg(input).arg(output).output().unwrap();
    (done.status.code().unwrap(), String::from_utf8(done.stderr).unwrap())
}

/// A square with one result in three steps.
fn square(directory: &Path, options: &CreateOptions) -> PathBuf {
    let path = directory.join("square.exo");
    let writer = MeshBuilder::new("a square")
        .nodes(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.1, 1.0]])
        .block(7, "QUAD4", &[[1, 2, 3, 4]])
        .side_set(3, &[(1, 2)])
        .variables(EntityType::Nodal, ["u"])
        .create(&path, options)
        .unwrap();
    for time in [0.0, 0.5, 1.0] {
        writer.next_step(time).unwrap().put(EntityType::Nodal, 0, 0, &[time, 0.1, 0.2, 0.3]).unwrap();
    }
    writer.finish().unwrap();
    path
}

#[test]
fn into_every_container() {
    let directory = tempfile::tempdir().unwrap();
    let (input, output) = (square(directory.path(), &CreateOptions::default()), directory.path().join("out.exo"));
    let formats = [
        ("cdf1", Container::Cdf1),
        ("cdf2", Container::Cdf2),
        ("cdf5", Container::Cdf5),
        ("netcdf4", Container::NetCdf4),
        ("netcdf4-classic", Container::NetCdf4Classic),
    ];
    for (format, container) in formats {
        assert_eq!(exo(&input, &output, &["--quiet", "--force", "--format", format]), (0, String::new()), "{format}");
        let (before, after) = (ExodusFile::open(&input).unwrap(), ExodusFile::open(&output).unwrap());
        assert_eq!(after.schema().container, container);
        assert_eq!(before.mesh().unwrap(), after.mesh().unwrap(), "{format}");
        let u = Data::Variable(EntityType::Nodal, 0, 0);
        assert_eq!(before.read::<f64>(u).unwrap(), after.read::<f64>(u).unwrap(), "{format}");
    }
}

#[test]
fn steps_of_change_sets_are_counted() {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("out.exo");
    let input = common::fixture("change_sets_netcdf4.exo");
    let file = ExodusFile::open(&input).unwrap();
    let steps: u64 = file.groups().iter().map(|name| file.group(name).unwrap().num_steps()).sum();
    let done = common::exo(&["copy", input.to_str().unwrap(), output.to_str().unwrap()]);
    let told = common::text(&done.stdout);
    assert!(steps > 0 && told.contains(&format!("{steps} steps")), "{steps}: {told}");
}

#[test]
fn with_numbers_of_other_sizes() {
    let directory = tempfile::tempdir().unwrap();
    let (input, output) = (square(directory.path(), &CreateOptions::default()), directory.path().join("out.exo"));
    assert_eq!(exo(&input, &output, &["--quiet", "--format", "cdf5", "--word-size", "4", "--int64"]).0, 0);
    let file = ExodusFile::open(&output).unwrap();
    let options = file.create_options();
    assert_eq!((options.word_size, options.int64.bulk, options.int64.ids), (4, true, true));
    // Rounded to the nearest number of single precision, not refused.
    assert_eq!(file.coord::<f32>(0, 3..4).unwrap().into_vec(), [0.1]);
    let narrow = directory.path().join("narrow.exo");
    assert_eq!(exo(&output, &narrow, &["--quiet", "--format", "cdf2", "--int32"]).0, 0);
    assert_eq!(ExodusFile::open(&narrow).unwrap().create_options().int64, Int64::NONE);
}

#[test]
fn the_mesh_alone_and_compressed() {
    let directory = tempfile::tempdir().unwrap();
    let (input, output) = (square(directory.path(), &CreateOptions::default()), directory.path().join("out.exo"));
    assert_eq!(exo(&input, &output, &["--quiet", "--mesh-only"]).0, 0);
    let file = ExodusFile::open(&output).unwrap();
    assert_eq!((file.num_steps(), file.variable_names(EntityType::Nodal).unwrap().len()), (0, 0));
    assert_eq!(exo(&input, &output, &["--quiet", "--force", "--deflate", "3", "--shuffle"]).0, 0);
    let file = ExodusFile::open(&output).unwrap();
    let storage = &file.array("vals_nod_var1").unwrap().variable().storage;
    assert_eq!((storage.deflate_level(), storage.has_filter(Filter::SHUFFLE)), (Some(3), true));
}

/// The same file, with a result that passed through these filters.
fn filtered(input: &Path, output: &Path, filters: &[Filter]) {
    let file = File::open(input).unwrap();
    let mut schema = file.schema().clone();
    let u = schema.find_variable("vals_nod_var1").unwrap();
    schema.variables[u.0].storage.filters = filters.to_vec();
    let writer = Writer::create(output, schema, true).unwrap();
    let jobs = (0..file.schema().variables.len()).map(VariableId);
    let jobs = jobs.map(|id| Job::new(file.array(id).unwrap(), id));
    let transfer = jobs.fold(Transfer::new(&writer), Transfer::job);
    assert!(transfer.run(&|_| ControlFlow::Continue(())).unwrap().is_continue());
    writer.finish().unwrap();
}

#[test]
fn filters_of_the_input_are_kept() {
    let directory = tempfile::tempdir().unwrap();
    let plain = square(directory.path(), &CreateOptions::default());
    let [input, output] = ["input.exo", "output.exo"].map(|name| directory.path().join(name));
    let checked = vec![Filter::shuffle(), Filter::bzip2(9), Filter::fletcher32()];
    let szip = Filter::szip(SzipCoding::NearestNeighbour, 4);
    for filters in [vec![Filter::zstd(3)], vec![Filter::lzf()], vec![szip], checked] {
        filtered(&plain, &input, &filters);
        let values = ExodusFile::open(&plain).unwrap().read::<f64>(Data::Variable(EntityType::Nodal, 0, 0)).unwrap();
        for command in ["copy", "process"] {
            let mut exo = Command::new(env!("CARGO_BIN_EXE_exo"));
            let done = exo.args([command, "--quiet", "--force"]).arg(&input).arg(&output).output().unwrap();
            assert!(done.status.success(), "{command} {filters:?}: {}", String::from_utf8_lossy(&done.stderr));
            let file = ExodusFile::open(&output).unwrap();
            let kept = &file.array("vals_nod_var1").unwrap().variable().storage.filters;
            let numbers = |filters: &[Filter]| filters.iter().map(|filter| filter.id).collect::<Vec<_>>();
            assert_eq!(numbers(kept), numbers(&filters), "{command}");
            assert_eq!(file.read::<f64>(Data::Variable(EntityType::Nodal, 0, 0)).unwrap(), values, "{command}");
        }
    }
}

#[test]
fn refusals_name_what_is_wrong_and_leave_the_output_alone() {
    let directory = tempfile::tempdir().unwrap();
    let (input, output) = (square(directory.path(), &CreateOptions::default()), directory.path().join("out.exo"));
    std::fs::write(&output, "kept").unwrap();
    for (options, what) in [
        (&[][..], "exists"),
        (&["--force", "--format", "cdf2", "--int64"], "64 bits"),
        (&["--force", "--format", "cdf2", "--deflate", "1"], "compression"),
        (&["--force", "--word-size", "5"], "'--word-size <4|8>': 4 or 8 is needed"),
    ] {
        let (code, error) = exo(&input, &output, options);
        assert!(code == 2 && error.contains(what), "{options:?}: {code} {error}");
        assert_eq!(std::fs::read_to_string(&output).unwrap(), "kept");
    }
    let (code, error) = exo(&input, &input, &["--force"]);
    assert!(code == 2 && error.contains("is the input and the output"), "{error}");
}

#[test]
fn a_copy_of_any_fixture_is_strictly_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("out.exo");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/exodus");
    let mut seen = 0;
    for entry in std::fs::read_dir(fixtures).unwrap() {
        let input = entry.unwrap().path();
        if input.extension().is_none_or(|extension| extension != "exo") {
            continue;
        }
        assert_eq!(exo(&input, &output, &["--quiet", "--force"]), (0, String::new()), "{}", input.display());
        let mut diff = Command::new(env!("CARGO_BIN_EXE_exo"));
        let done = diff.args(["diff", "--strict", "--ignore_nans"]).arg(&input).arg(&output).output().unwrap();
        assert!(done.status.success(), "{}: {}", input.display(), String::from_utf8_lossy(&done.stdout));
        seen += 1;
    }
    assert!(seen > 20, "{seen}");
}
