//! What the plan of `exo process` says, and which steps it takes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use common::{exo, fixture, text};
use exodus_rs::ExodusFile;

/// Processes a fixture; returns what is said of it, and the output.
fn plan(name: &str, options: &[&str]) -> (String, ExodusFile) {
    let directory = tempfile::tempdir().unwrap();
    let (input, output) = (fixture(name), directory.path().join("out.exo"));
    let files = ["process", input.to_str().unwrap(), output.to_str().unwrap()];
    let done = exo(&[&files, options].concat());
    assert!(done.status.success(), "{}", text(&done.stderr));
    (text(&done.stdout), ExodusFile::open(output).unwrap())
}

#[test]
fn a_plan_speaks_of_the_groups_of_an_empty_root() {
    let (said, _) = plan("change_sets_netcdf4.exo", &["--translate", "1,2"]);
    assert!(!said.contains("moves nothing") && said.contains("4 changed"), "{said}");
    let (said, _) = plan("change_sets_netcdf4.exo", &["--translate", "1,2,3"]);
    assert!(said.contains("of 2 dimensions: what is given for others moves nothing"), "{said}");
    let (said, late) = plan("change_sets_netcdf4.exo", &["--times", "0.2:"]);
    assert!(said.contains("1 of 5, none of /before"), "{said}");
    assert_eq!(late.group("after").unwrap().num_steps(), 1);
}

#[test]
fn the_last_step_may_be_called_so() {
    for last in ["last", "-1", "LAST:", "last:last"] {
        let (_, file) = plan("many_steps_cdf2.exo", &["--steps", last]);
        assert_eq!(file.num_steps(), 1, "{last}");
    }
}
