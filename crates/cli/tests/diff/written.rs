//! The third file.

use std::path::PathBuf;

use exodus_rs::prelude::*;
use exodus_rs::{CreateOptions, EntityType, ExodusFile, Mesh};
use hyperslab::netcdf::Container;
use EntityType::{EdgeBlock, ElementBlock, ElementMap, FaceBlock, Global, Nodal, NodeMap, NodeSet, SideSet};

use super::model::{usual, At, Model};
use super::{changed, run, Done, Files, DIFFERENT, ERROR, SAME};

/// The values of the usual model that are changed in the second one.
const CHANGES: [(At, f64); 8] = [
    ((1, Global, 1, 0, 0), 0.5),
    ((2, Nodal, 1, 0, 4), -2.0),
    ((2, Nodal, 0, 0, 7), 1e-9),
    ((2, ElementBlock, 0, 1, 0), 4.0),
    ((3, NodeSet, 0, 0, 1), 0.25),
    ((3, SideSet, 0, 0, 2), -1.0),
    ((0, EdgeBlock, 0, 0, 1), 3.0),
    ((0, FaceBlock, 0, 0, 0), 8.0),
];

const LENGTHS: [(EntityType, usize, &[usize]); 7] = [
    (Global, 2, &[1]),
    (Nodal, 2, &[8]),
    (ElementBlock, 1, &[2, 1]),
    (NodeSet, 1, &[3]),
    (SideSet, 1, &[3]),
    (EdgeBlock, 1, &[2]),
    (FaceBlock, 1, &[1]),
];

/// The second file's values are larger by so much.
fn change(model: &mut Model) {
    model.values.extend(CHANGES.map(|(at, by)| (at, usual(at) + by)));
}

impl Files {
    fn out(&self) -> PathBuf {
        self.directory.path().join("out.exo")
    }

    /// Writes the third file.
    fn written(&self, options: &[&str]) -> Done {
        let out = self.out();
        let paths = [&self.paths[0], &self.paths[1], &out].map(|path| path.to_str().unwrap());
        run(options, &paths, None)
    }

    fn opened(&self, options: &[&str]) -> ExodusFile {
        let done = self.written(options);
        assert_eq!(done.code, SAME, "{}{}", done.out, done.error);
        ExodusFile::open(self.out()).unwrap()
    }
}

/// All values of a file, each with its place.
fn values(file: &ExodusFile) -> Vec<(At, f64)> {
    let mut all = Vec::new();
    for step in 0..file.num_steps() {
        for (kind, variables, lengths) in LENGTHS {
            for (variable, entity) in (0..variables).flat_map(|v| (0..lengths.len()).map(move |e| (v, e))) {
                let found = file.var(step, kind, variable, entity).unwrap().into_vec();
                assert_eq!(found.len(), lengths[entity]);
                all.extend(found.into_iter().enumerate().map(|(n, value)| ((step, kind, variable, entity, n), value)));
            }
        }
    }
    all
}

fn nonzero(file: &ExodusFile) -> Vec<(At, f64)> {
    values(file).into_iter().filter(|(_, value)| *value != 0.0).collect()
}

/// The differences that the changes make, in order of places.
fn expected() -> Vec<(At, f64)> {
    let mut all: Vec<_> = CHANGES.iter().map(|&(at, by)| (at, usual(at) - (usual(at) + by))).collect();
    let order = |kind| LENGTHS.iter().position(|row| row.0 == kind);
    all.sort_by_key(|((step, kind, variable, entity, n), _)| (*step, order(*kind), *variable, *entity, *n));
    all
}

#[test]
fn values_of_the_first_file_minus_those_of_the_second() {
    let files = changed(change);
    // Tolerances and floors have no part in it.
    for options in [&[][..], &["-Floor", "1e6"], &["-tolerance", "1e6"]] {
        let found = files.opened(options);
        assert_eq!(found.times().unwrap(), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(nonzero(&found), expected());
        assert_eq!(values(&found).len(), 4 * (2 + 16 + 3 + 3 + 3 + 2 + 1));
    }
    let done = files.written(&[]);
    assert!(done.out.contains("Wrote the differences of 9 variables at 4 steps."), "{}", done.out);
    assert!(!done.out.contains("Files are"), "{}", done.out);
}

#[test]
fn the_mesh_is_that_of_the_first_file() {
    let first = Model::new(|model| {
        model.ids.insert(NodeMap, (11..19).collect());
        model.ids.insert(ElementMap, vec![7, 8, 9]);
        model.mesh.info_records = vec!["how the first file was made".to_owned()];
    });
    let files = Files::new(&first, &first);
    let found = files.opened(&[]);
    let one = ExodusFile::open(&files.paths[0]).unwrap();
    // The records speak of the first file alone.
    let expected = Mesh { info_records: Vec::new(), ..one.mesh().unwrap().clone() };
    assert_eq!(*found.mesh().unwrap(), expected);
    for data in one.mesh().unwrap().static_data().into_iter().filter(|&data| one.has(data)) {
        assert_eq!(found.view::<f64>(data).unwrap().into_vec(), one.view::<f64>(data).unwrap().into_vec(), "{data:?}");
    }
    assert_eq!(nonzero(&found), []);
}

#[test]
fn variables_that_are_not_compared_are_not_written() {
    let first = Model::new(|model| model.mesh.set_variables(Nodal, ["u_x", "only_a"]));
    let second = Model::new(|model| model.mesh.set_variables(Nodal, ["only_b", "U_X"]));
    let files = Files::new(&first, &second);
    // Names that are missing are differences.
    let done = files.written(&[]);
    assert_eq!(done.code, DIFFERENT, "{}", done.error);
    assert!(done.out.contains("\"only_a\" is in the first file but not the second"), "{}", done.out);
    let found = ExodusFile::open(files.out()).unwrap();
    assert_eq!(found.variable_names(Nodal).unwrap(), ["u_x"]);
    let by = |n: usize| usual((1, Nodal, 0, 0, n)) - usual((1, Nodal, 1, 0, n));
    assert_eq!(found.var(1, Nodal, 0, 0).unwrap().into_vec(), (0..8).map(by).collect::<Vec<_>>());
    let commands = files.directory.path().join("commands");
    std::fs::write(&commands, "NODAL VARIABLES\n\tu_x\nGLOBAL VARIABLES\n\t!mass\n").unwrap();
    let found = files.opened(&["-file", commands.to_str().unwrap()]);
    assert_eq!(found.variable_names(Global).unwrap(), ["energy"]);
    assert_eq!(found.variable_names(ElementBlock).unwrap(), [""; 0]);
}

#[test]
fn an_entity_without_the_variable_in_either_file_has_none() {
    let mut table = ExodusFile::open(&changed(|_| ()).paths[0]).unwrap().truth_table(ElementBlock).unwrap();
    table[(1, 0)] = false;
    let has = table.clone();
    let files = changed(|model| _ = model.mesh.truth_tables.insert(ElementBlock, has));
    let found = files.opened(&["-allow_name_mismatch"]);
    assert_eq!(found.truth_table(ElementBlock).unwrap(), table);
    assert_eq!(found.var(2, ElementBlock, 0, 0).unwrap().into_vec(), [0.0, 0.0]);
}

#[test]
fn nodes_and_elements_are_found_as_when_comparing() {
    let mut first = Model::default();
    first.ids.insert(NodeMap, (1..9).collect());
    first.ids.insert(ElementMap, vec![1, 2, 3]);
    let mut second = first.clone();
    change(&mut second);
    let mut second = second.backwards();
    second.ids.insert(NodeMap, (1..9).rev().collect());
    second.ids.insert(ElementMap, vec![2, 1, 3]);
    assert_eq!(nonzero(&Files::new(&first, &second).opened(&[])), expected());
}

#[test]
fn steps_are_paired_as_when_comparing() {
    let second = super::from_step(2);
    let files = Files::new(&Model::default(), &second);
    let found = files.opened(&["-TA"]);
    assert_eq!((found.times().unwrap(), nonzero(&found)), (vec![2.0, 3.0], vec![]));
    // Times that are not the same are no difference: those of the first file are written.
    let found = files.opened(&["-time_scale", "2"]);
    assert_eq!(found.times().unwrap(), [0.0, 2.0]);
    assert!(values(&found).iter().all(|(_, value)| *value == -200.0));
    let found = files.opened(&["-explicit", "4:1"]);
    assert_eq!(found.times().unwrap(), [3.0]);
    assert!(values(&found).iter().all(|(_, value)| *value == 100.0));
}

#[test]
fn values_are_interpolated() {
    let first = Model::new(|model| model.times = vec![0.0, 1.0, 1.5, 9.0]);
    let second = Model::new(|model| model.times = vec![0.5, 1.5]);
    let found = Files::new(&first, &second).opened(&["-interpolate"]);
    // Halfway between the steps 1 and 2 the second file's values are those of step 1 plus 50.
    assert_eq!(found.times().unwrap(), [1.0, 1.5]);
    assert!(values(&found).iter().all(|((step, ..), value)| *value == [50.0, 100.0][*step as usize]));
}

#[test]
fn the_mode_says_how_differences_are_measured() {
    let at = (0, Nodal, 0, 0, 0);
    // The values are 11 and -12.
    let files = changed(|model| {
        model.values.insert(at, -12.0);
    });
    assert_eq!(usual(at), 11.0);
    for (option, value) in [
        ("-absolute", 23.0),
        ("-relative", 23.0 / 12.0),
        ("-combined", 23.0 / 12.0),
        ("-eigen_absolute", -1.0),
        ("-eigen_relative", -1.0 / 12.0),
        ("-eigen_combined", 1.0 / 12.0),
    ] {
        assert_eq!(nonzero(&files.opened(&[option])), [(at, value)], "{option}");
    }
    assert_eq!(nonzero(&files.opened(&["-ignore"])), []);
}

#[test]
fn not_a_number_is_written_and_counts() {
    let at = (1, Nodal, 0, 0, 3);
    let files = changed(|model| {
        model.values.insert(at, f64::NAN);
    });
    let done = files.written(&[]);
    assert_eq!(done.code, DIFFERENT);
    assert!(done.out.contains("NaN found for nodal variable 'u_x' in file 2."), "{}", done.out);
    assert!(ExodusFile::open(files.out()).unwrap().var(1, Nodal, 0, 0).unwrap().into_vec()[3].is_nan());
    assert!(files.opened(&["-ignore_nans"]).var(1, Nodal, 0, 0).unwrap().into_vec()[3].is_nan());
}

#[test]
fn an_existing_file_is_replaced_but_never_an_input() {
    let files = changed(change);
    std::fs::write(files.out(), "something else").unwrap();
    assert_eq!(nonzero(&files.opened(&[])), expected());
    let [a, b] = files.paths.each_ref().map(|path| path.to_str().unwrap());
    for input in [a, b] {
        let before = std::fs::read(input).unwrap();
        let done = run(&[], &[a, b, input], None);
        assert_eq!(done.code, ERROR);
        assert!(done.error.contains("choose another output"), "{}", done.error);
        assert_eq!(std::fs::read(input).unwrap(), before);
    }
}

#[test]
fn meshes_that_differ_leave_nothing_behind() {
    let files = changed(|model| model.axes[0][3] += 1.0);
    let done = files.written(&[]);
    assert_eq!((done.code, files.out().exists()), (DIFFERENT, false));
    assert!(done.out.contains("exodiff: Files are different"), "{}", done.out);
    let json: serde_json::Value = serde_json::from_str(&files.written(&["--json"]).out).unwrap();
    assert_eq!((&json["result"], &json["bytes"]), (&"different".into(), &serde_json::Value::Null));
    let files = changed(change);
    let json: serde_json::Value = serde_json::from_str(&files.written(&["--json"]).out).unwrap();
    assert_eq!((&json["result"], &json["steps"], &json["variables"]), (&"written".into(), &4.into(), &9.into()));
    assert_eq!(json["bytes"], std::fs::metadata(files.out()).unwrap().len());
}

#[test]
fn single_precision_of_either_file_makes_it_one_of_single_precision() {
    let at = (1, Nodal, 0, 0, 0);
    let by = 0.1;
    let single = CreateOptions { word_size: 4, container: Container::Cdf5, ..CreateOptions::default() };
    let mut second = Model::new(|model| model.options = single);
    second.values.insert(at, usual(at) + by);
    let found = Files::new(&Model::default(), &second).opened(&[]);
    assert_eq!((found.word_size(), found.create_options().container), (4, Container::NetCdf4Classic));
    let [(place, value)] = nonzero(&found)[..] else { panic!() };
    assert!(place == at && (value + by).abs() < 1e-5, "{value}");
}
