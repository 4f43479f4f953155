//! Tolerances of variables by their names.

use exodus_rs::EntityType::{ElementBlock, Nodal};

use super::model::{usual, Model};
use super::{changed, check, run, Files, DIFFERENT, ERROR, SAME};

/// Both nodal variables differ by a hundredth, and the element variable.
fn files() -> Files {
    changed(|model| {
        for at in [(1, Nodal, 0, 0, 3), (1, Nodal, 1, 0, 3), (1, ElementBlock, 0, 0, 0)] {
            model.values.insert(at, usual(at) * 1.01);
        }
    })
}

#[test]
fn variables_have_tolerances_by_their_names() {
    let files = files();
    check(&files.run(&[]), DIFFERENT, ": 3 differences.");
    check(&files.run(&["--var", "u_x=0.1"]), DIFFERENT, ": 2 differences.");
    check(&files.run(&["--var", "u_?=0.1", "--var", "S=0.1"]), SAME, "");
    check(&files.run(&["--var", "*=0.1"]), SAME, "");
    check(&files.run(&["--var", "*=0.1:"]), SAME, "");
    check(&files.run(&["--var=*=:9"]), SAME, "");
    // The values are near 120: a hundredth is more than one.
    check(&files.run(&["--var", "u_x=:1"]), DIFFERENT, "u_x              abs diff:");
    check(&files.run(&["--var", "*=1e-9:1.3"]), SAME, "");
    check(&files.run(&["--var", "*=1e-9:1e-3"]), DIFFERENT, "rel diff:");
    check(&files.run(&["--var", "*=combined 1 floor 2"]), SAME, "");
    check(&files.run(&["--var", "*=ignore"]), SAME, "");
    check(&files.run(&["-absolute", "--var", "*=2"]), SAME, "absolute 2e0");
    check(&files.run(&["-case_sensitive", "--var", "S=0.1"]), ERROR, "called \"S\"");
}

#[test]
fn exact_names_come_first_and_the_last_of_several() {
    let files = files();
    check(&files.run(&["--var", "u_x=1e-9", "--var", "*=0.1"]), DIFFERENT, ": 1 difference.");
    check(&files.run(&["--var", "*=0.1", "--var", "u_*=1e-9"]), DIFFERENT, ": 2 differences.");
    check(&files.run(&["--var", "u_*=1e-9", "--var", "*=0.1"]), SAME, "");
    check(&files.run(&["--var", "*=0.1", "--var", "u_x=1e-9", "--var", "u_x=0.1"]), SAME, "");
}

#[test]
fn what_names_nothing_is_refused_and_what_names_something_is_told() {
    let files = files();
    check(&files.run(&["--var", "none*=1"]), ERROR, "no variable and no attribute is called \"none*\"");
    check(&files.run(&["--var", "u_x"]), ERROR, "NAME=TOLERANCE");
    let told = "Tolerance of \"u_*\" (nodal: u_x, u_y): relative 1e-1 absolute 1e-3.";
    check(&files.run(&["--var", "u_*=0.1:1e-3"]), DIFFERENT, told);
    let json = files.run(&["--json", "--var", "*=0.5", "--var", "u_x=1e-3:1e-4"]).out;
    assert!(json.contains("\"floor\":0.0001,\"mode\":\"relative\",\"old_floor\":true"), "{json}");
    let json = files.run(&["--json", "--var", "s=0.5"]).out;
    assert!(json.contains("Tolerance of \\\"s\\\" (element: s; nodeset: s;"), "{json}");
}

#[test]
fn variables_are_left_out_by_their_names() {
    let files = files();
    check(&files.run(&["--var", "!*"]), SAME, "Compared 4 steps of 0 variables");
    check(&files.run(&["--var", "!u_*", "--var", "!s"]), SAME, "Compared 4 steps of 3 variables");
    check(&files.run(&["--var", "!*", "--var", "u_x=0.5"]), SAME, "Compared 4 steps of 1 variable");
    let renamed = changed(|model| model.mesh.set_variables(Nodal, ["u_x", "w"]));
    check(&renamed.run(&["--var", "u_y=ignore"]), DIFFERENT, "\"u_y\" is in the first file but not the second");
    check(&renamed.run(&["--var", "!u_y", "--var", "!w"]), SAME, "");
}

#[test]
fn a_name_counts_more_than_a_command_file() {
    let files = files();
    let path = files.directory.path().join("commands");
    std::fs::write(&path, "NODAL VARIABLES\n\tu_x\n\tu_y\n").unwrap();
    let commanded = |var: &str| files.run(&["-file", path.to_str().unwrap(), "--var", var]);
    check(&commanded("u_x=0.1"), DIFFERENT, ": 1 difference.");
    check(&commanded("u_*=0.1"), SAME, "Compared 4 steps of 2 variables");
    check(&commanded("!u_?"), SAME, "Compared 4 steps of 0 variables");
}

#[test]
fn a_summary_has_the_tolerances() {
    let files = files();
    let summary = run(
        &["-summary", "--var", "u_x=0.1:2", "--var", "!energy", "--var", "thick*=0.5"],
        &[files.paths[0].to_str().unwrap()],
        None,
    );
    for said in ["\tu_x relative 1e-1 absolute 2e0", "\tthickness relative 5e-1\n", "\tmass "] {
        assert!(summary.out.contains(said), "{said:?}: {}{}", summary.out, summary.error);
    }
    assert!(!summary.out.contains("energy"), "{}", summary.out);
    check(&files.commanded(&summary.out), DIFFERENT, ": 2 differences.");
}

#[test]
fn attributes_have_tolerances_by_their_names() {
    let files = changed(|model| model.attributes = vec![0.6, 0.25]);
    check(&files.run(&[]), DIFFERENT, "thickness");
    check(&files.run(&["--var", "thickness=0.5"]), SAME, "");
    check(&files.run(&["--var", "!thickness"]), SAME, "");
    assert_eq!(Model::default().attributes, [0.5, 0.25]);
}
