//! `exo diff` by exodiff's rules, one by one.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

#[path = "diff/change_sets.rs"]
mod change_sets;
#[path = "diff/errors.rs"]
mod errors;
#[path = "diff/model.rs"]
mod model;
#[path = "diff/named.rs"]
mod named;
#[path = "diff/packed.rs"]
mod packed;
#[path = "diff/strict.rs"]
mod strict;
#[path = "diff/untimed.rs"]
mod untimed;
#[path = "diff/written.rs"]
mod written;

use std::path::PathBuf;
use std::process::Command;

use exodus_rs::{Assembly, Block, CreateOptions, EntityId, EntityType, Set};
use hyperslab::netcdf::Container;
use model::{usual, At, Model};
use EntityType::{EdgeBlock, ElementBlock, ElementMap, FaceBlock, Global, Nodal, NodeMap, NodeSet, SideSet};

/// What a run of the program did.
struct Done {
    code: i32,
    out: String,
    error: String,
}

/// Two files in a directory that vanishes.
struct Files {
    directory: tempfile::TempDir,
    paths: [PathBuf; 2],
}

impl Files {
    fn new(first: &Model, second: &Model) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let paths = ["a.exo", "b.exo"].map(|name| directory.path().join(name));
        first.write(&paths[0]);
        second.write(&paths[1]);
        Files { directory, paths }
    }

    fn run(&self, options: &[&str]) -> Done {
        run(options, &self.paths.each_ref().map(|path| path.to_str().unwrap()), None)
    }

    /// Runs with a command file.
    fn commanded(&self, commands: &str) -> Done {
        let path = self.directory.path().join("commands");
        std::fs::write(&path, commands).unwrap();
        self.run(&["-file", path.to_str().unwrap()])
    }
}

fn run(options: &[&str], files: &[&str], environment: Option<&str>) -> Done {
    let mut command = Command::new(env!("CARGO_BIN_EXE_exo"));
    command.arg("diff").args(options).args(files).env_remove("EXODIFF_OPTIONS");
    if let Some(options) = environment {
        command.env("EXODIFF_OPTIONS", options);
    }
    let done = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Done { code: done.status.code().unwrap(), out: text(done.stdout), error: text(done.stderr) }
}

const SAME: i32 = 0;
const DIFFERENT: i32 = 2;
const ERROR: i32 = 1;

/// Asserts an answer, and that something was said.
fn check(done: &Done, code: i32, said: &str) {
    assert_eq!(done.code, code, "{}{}", done.out, done.error);
    let text = format!("{}{}", done.out, done.error);
    assert!(text.contains(said), "{said:?} is not in {text}");
    if code != ERROR {
        let verdict = if code == SAME { "exodiff: Files are the same" } else { "exodiff: Files are different" };
        assert!(text.contains(verdict), "{text}");
    }
}

/// Compares the usual model with a changed one.
fn changed(change: impl FnOnce(&mut Model)) -> Files {
    Files::new(&Model::default(), &Model::new(change))
}

/// Compares the usual model with one where a value is another one.
fn with_value(at: At, factor: f64) -> Files {
    changed(|model| {
        model.values.insert(at, usual(at) * factor);
    })
}

#[test]
fn a_file_is_the_same_as_itself_in_every_form() {
    let check_form = |options: CreateOptions| {
        let files = changed(|model| model.options = options);
        check(&files.run(&[]), SAME, "Compared 4 steps of 10 variables: 0 differences.");
        check(&files.run(&["--threads", "1"]), SAME, "");
    };
    check_form(CreateOptions::default());
    check_form(CreateOptions { container: Container::Cdf2, ..CreateOptions::default() });
    check_form(CreateOptions { container: Container::Cdf5, word_size: 4, ..CreateOptions::default() });
    check_form(CreateOptions { deflate: Some(1), shuffle: true, ..CreateOptions::default() });
}

#[test]
fn every_kind_of_value_is_compared_and_its_place_told() {
    for (at, place) in [
        ((2, Global, 1, 0, 0), "mass             rel diff:"),
        ((2, Nodal, 1, 0, 4), "(node 5)"),
        ((2, ElementBlock, 0, 1, 0), "(block 20, elmt 3)"),
        ((2, NodeSet, 0, 0, 1), "(set 1, node 2)"),
        ((2, SideSet, 0, 0, 2), "(set 5, side 3.1)"),
        ((2, EdgeBlock, 0, 0, 1), "(edge block 30, edge 2)"),
        ((2, FaceBlock, 0, 0, 0), "(face block 40, face 1)"),
    ] {
        let files = with_value(at, 1.5);
        check(&files.run(&[]), DIFFERENT, place);
        check(&files.run(&[]), DIFFERENT, "Time step 3");
        check(&files.run(&[]), DIFFERENT, ": 1 difference.");
        check(&files.run(&["-steps", ":2"]), SAME, "");
    }
}

#[test]
fn what_is_told_does_not_decide_the_answer() {
    let files = with_value((2, Nodal, 1, 0, 4), 1.5);
    for shown in ["0", "1", "9"] {
        check(&files.run(&["--show-diffs", shown]), DIFFERENT, ": 1 difference.");
    }
    let done = files.run(&["--show-diffs", "0"]);
    assert!(!done.out.contains("rel diff"), "{}", done.out);
    let moved = changed(|model| model.axes[1][5] += 1.0);
    check(&moved.run(&["--show-diffs", "0"]), DIFFERENT, "The meshes are different");
    let thick = changed(|model| model.attributes[0] = 9.0);
    check(&thick.run(&["--show-diffs", "0"]), DIFFERENT, ": 1 difference.");
}

#[test]
fn tolerances_of_variables() {
    let files = with_value((1, Nodal, 0, 0, 0), 1.0 + 1e-4);
    check(&files.run(&[]), DIFFERENT, "rel diff:");
    check(&files.run(&["-tolerance", "1.1e-4"]), SAME, "");
    check(&files.run(&["-t", "0.9e-4"]), DIFFERENT, "");
    // The value is 111.
    check(&files.run(&["-absolute", "-t", "1.12e-2"]), SAME, "");
    check(&files.run(&["-absolute", "-t", "1.1e-2"]), DIFFERENT, "abs diff:");
    check(&files.run(&["-combined", "-t", "1.1e-4"]), SAME, "");
    check(&files.run(&["-combined", "-t", "0.9e-4"]), DIFFERENT, "com diff:");
    check(&files.run(&["-ulps_float", "-t", "2000"]), SAME, "");
    check(&files.run(&["-ulps_float", "-t", "1000"]), DIFFERENT, "upf diff:");
    check(&files.run(&["-ulps_double", "-t", "1e12"]), SAME, "");
    check(&files.run(&["-ulps_double", "-t", "1e11"]), DIFFERENT, "upd diff:");
    check(&files.run(&["-ignore"]), SAME, "");
    check(&files.run(&["-Floor", "112"]), SAME, "");
    check(&files.run(&["-Floor", "111"]), DIFFERENT, "");
    check(&files.run(&["-use_old_floor", "-Floor", "0.02"]), SAME, "");
    check(&files.run(&["-use_old_floor", "-Floor", "0.01"]), DIFFERENT, "");
    check(&files.run(&["-tolerance", "-1"]), ERROR, "-1 is no tolerance");
    let sign = with_value((1, Nodal, 0, 0, 0), -1.0);
    check(&sign.run(&[]), DIFFERENT, "");
    for mode in ["-eigen_relative", "-eigen_absolute", "-eigen_combined"] {
        check(&sign.run(&[mode]), SAME, "");
    }
}

#[test]
fn coordinates_are_compared_absolutely() {
    let moved = |by: f64| changed(|model| model.axes[1][5] += by);
    check(&moved(0.9e-6).run(&[]), SAME, "");
    check(&moved(1.1e-6).run(&[]), DIFFERENT, "y                abs diff:");
    check(&moved(1.1e-6).run(&[]), DIFFERENT, "(node 6)");
    check(&moved(0.1).run(&["-coordinate_tolerance", "0.2"]), SAME, "");
    // The tolerance of variables is another one.
    check(&moved(0.1).run(&["-tolerance", "0.2"]), DIFFERENT, "The meshes are different");
    check(&moved(0.1).commanded("COORDINATES relative 0.2\n"), SAME, "");
    check(&moved(0.1).commanded("COORDINATES ignore\n"), SAME, "");
    check(
        &changed(|model| model.axes[0][5] = f64::NAN).run(&[]),
        DIFFERENT,
        "NaN found for the x coordinate in file 2",
    );
}

#[test]
fn times_are_compared() {
    let late = |by: f64| changed(|model| model.times[2] += by);
    check(&late(1e-7).run(&[]), SAME, "");
    check(&late(1e-3).run(&[]), DIFFERENT, "whose time differs");
    check(&late(1e-3).run(&["-t", "1e-2"]), SAME, "");
    check(&late(1e-3).commanded("TIME STEPS absolute 0.01\nNODAL VARIABLES\n"), SAME, "");
    check(&late(1e-3).commanded("TIME STEPS ignore\nNODAL VARIABLES\n"), SAME, "");
    check(&changed(|model| model.times[0] = 1e-15).run(&[]), SAME, "");
    let scaled = changed(|model| model.times.iter_mut().for_each(|time| *time = *time * 2.0 + 1.0));
    check(&scaled.run(&[]), DIFFERENT, "");
    check(&scaled.run(&["-time_scale", "2", "-time_offset", "1"]), SAME, "");
}

#[test]
fn not_a_number_is_a_difference_unless_it_is_ignored() {
    for (at, what) in [
        ((2, Nodal, 0, 0, 3), "NaN found for nodal variable 'u_x' in file"),
        ((2, ElementBlock, 0, 1, 0), "NaN found for element variable 's' of element block 20 in file"),
        ((2, Global, 0, 0, 0), "NaN found for global variable 'energy' in file"),
    ] {
        let nan = Model::new(|model| _ = model.values.insert(at, f64::NAN));
        for files in [Files::new(&Model::default(), &nan), Files::new(&nan, &Model::default()), Files::new(&nan, &nan)]
        {
            check(&files.run(&[]), DIFFERENT, what);
            check(&files.run(&["-ignore_nans"]), SAME, "");
            check(&files.commanded("IGNORE NANS\nNODAL VARIABLES\n"), SAME, "");
        }
    }
}

#[test]
fn infinity_is_no_number() {
    let at = (2, Nodal, 0, 0, 3);
    let endless = Model::new(|model| _ = model.values.insert(at, f64::INFINITY));
    check(&Files::new(&Model::default(), &endless).run(&[]), DIFFERENT, "inf");
    check(&Files::new(&endless, &endless).run(&[]), SAME, "");
}

#[test]
fn variables_that_one_file_lacks() {
    let more = Model::new(|model| model.mesh.set_variables(Nodal, ["u_x", "u_y", "u_z"]));
    let first = Files::new(&more, &Model::default());
    check(&first.run(&[]), DIFFERENT, "The nodal variable \"u_z\" is in the first file but not the second.");
    check(&first.run(&["-allow_name_mismatch"]), SAME, "");
    check(&first.run(&["-nosymmetric_name_check"]), DIFFERENT, "");
    let second = Files::new(&Model::default(), &more);
    check(&second.run(&[]), DIFFERENT, "The nodal variable \"u_z\" is in the second file but not the first.");
    check(&second.run(&["-nosymmetric_name_check"]), SAME, "");
    check(&second.commanded("NODAL VARIABLES (all)\n\t!u_z\n"), SAME, "");
    check(&second.commanded("NODAL VARIABLES\n\tu_z\n"), DIFFERENT, "was asked for and is not in the first file");
}

#[test]
fn names_are_the_same_in_any_case_and_order() {
    let turned = changed(|model| {
        model.mesh.set_variables(Nodal, ["U_Y", "U_X"]);
        for (step, node) in (0..4).flat_map(|step| (0..8).map(move |node| (step, node))) {
            for variable in 0..2 {
                model.values.insert((step, Nodal, 1 - variable, 0, node), usual((step, Nodal, variable, 0, node)));
            }
        }
    });
    check(&turned.run(&[]), SAME, "");
    check(&turned.run(&["-case_sensitive"]), DIFFERENT, "\"u_x\" is in the first file");
    check(&turned.run(&["-case_sensitive", "-ignore_case"]), DIFFERENT, "");
    check(&turned.commanded("CASE SENSITIVE\nNODAL VARIABLES\n"), DIFFERENT, "");
}

#[test]
fn variables_without_a_name_are_told_by_their_position() {
    let first = Model::new(|model| model.mesh.set_variables(Nodal, ["u_x", ""]));
    let mut second = first.clone();
    second.values.insert((1, Nodal, 1, 0, 4), 7.0);
    let files = Files::new(&first, &second);
    check(&files.run(&[]), DIFFERENT, "   unnamed 2        rel diff:");
    let json: serde_json::Value = serde_json::from_str(&files.run(&["--json"]).out).unwrap();
    assert_eq!(json.pointer("/findings/1/name"), Some(&"unnamed 2".into()), "{json}");
    let lacking = Files::new(&first, &Model::new(|model| model.mesh.set_variables(Nodal, ["u_x"])));
    check(&lacking.run(&[]), DIFFERENT, "The nodal variable \"unnamed 2\" is in the first file but not the second.");
}

#[test]
fn truth_tables_decide_what_is_compared() {
    let whole = changed(|_| ());
    let mut table = exodus_rs::ExodusFile::open(&whole.paths[0]).unwrap().truth_table(ElementBlock).unwrap();
    table[(1, 0)] = false;
    let partly = changed(|model| _ = model.mesh.truth_tables.insert(ElementBlock, table));
    let text = "\"s\" of element block 20 is in the first file but not the second; it is not compared";
    check(&partly.run(&[]), DIFFERENT, text);
    check(&partly.run(&["-allow_name_mismatch"]), SAME, text);
}

fn without_sets(model: &mut Model) {
    model.mesh.sets.clear();
    model.mesh.variables.retain(|kind, _| ![NodeSet, SideSet].contains(kind));
}

#[test]
fn blocks_are_found_by_id_or_name() {
    // The blocks change places; each keeps its elements, and the nodes stay.
    let swap = |model: &mut Model| {
        model.mesh.blocks[ElementBlock].swap(0, 1);
        model.connectivity.swap(0, 1);
        model.side_set[0] = vec![2, 3, 1];
        for step in 0..4 {
            model.values.insert((step, ElementBlock, 0, 0, 0), usual((step, ElementBlock, 0, 1, 0)));
            for element in 0..2 {
                model.values.insert((step, ElementBlock, 0, 1, element), usual((step, ElementBlock, 0, 0, element)));
            }
        }
    };
    let files = changed(swap);
    // Elements are numbered through the blocks: the same numbers are other sides now.
    check(&files.run(&["-exclude", "1-4"]), DIFFERENT, "Distribution Factors rel diff:");
    let pair = |change: &dyn Fn(&mut Model)| {
        let both = Model::new(without_sets);
        let mut second = both.clone();
        swap(&mut second);
        change(&mut second);
        (both, second)
    };
    let (first, second) = pair(&|_| ());
    check(&Files::new(&first, &second).run(&[]), SAME, "");
    let (mut first, mut second) = pair(&|model| model.mesh.blocks[ElementBlock][0].id = EntityId(21));
    let files = Files::new(&first, &second);
    check(&files.run(&[]), DIFFERENT, "Block 20 exists in the first file but not the second");
    (first.mesh.blocks[ElementBlock][0].name, first.mesh.blocks[ElementBlock][1].name) =
        ("Left".into(), "right".into());
    (second.mesh.blocks[ElementBlock][0].name, second.mesh.blocks[ElementBlock][1].name) =
        ("right".into(), "left".into());
    let files = Files::new(&first, &second);
    check(&files.run(&["-match_by_name"]), SAME, "the id is not the same: 20 and 21");
    check(&files.run(&["-match_by_name", "-pedantic"]), DIFFERENT, "the id is not the same");
}

#[test]
fn blocks_are_compared() {
    check(&changed(|model| model.mesh.blocks[ElementBlock][0].topology = "QUAD".into()).run(&[]), SAME, "");
    check(&changed(|model| model.mesh.blocks[ElementBlock][0].topology = "quad4".into()).run(&["-no_short"]), SAME, "");
    let short = changed(|model| model.mesh.blocks[ElementBlock][0].topology = "QUAD".into());
    check(&short.run(&["-no_short"]), DIFFERENT, "the element type is not the same: QUAD4 and QUAD");
    check(&short.commanded("NO SHORT BLOCKS\n"), DIFFERENT, "the element type");
    let shell = changed(|model| model.mesh.blocks[ElementBlock][0].topology = "SHELL4".into());
    check(&shell.run(&[]), DIFFERENT, "the element type is not the same");
    let turned = changed(|model| model.connectivity[0] = vec![1, 2, 6, 5, 3, 7, 6, 2]);
    check(&turned.run(&[]), DIFFERENT, "The first difference is node 1 of local element 2.");
    check(&turned.run(&["-allow_permuted_connectivity"]), SAME, "");
    let other = changed(|model| model.connectivity[0] = vec![1, 2, 6, 5, 3, 7, 6, 1]);
    check(&other.run(&["-allow_permuted_connectivity"]), DIFFERENT, "not the same or permuted");
    let named = Files::new(
        &Model::new(|model| model.mesh.blocks[ElementBlock][0].name = "left".into()),
        &Model::new(|model| model.mesh.blocks[ElementBlock][0].name = "right".into()),
    );
    check(&named.run(&[]), SAME, "the name is not the same: left and right");
    check(&named.run(&["-pedantic"]), DIFFERENT, "the name is not the same");
}

#[test]
fn counts_must_agree() {
    let more = changed(|model| {
        model.mesh.num_nodes = 9;
        model.axes = model.axes.clone().map(|axis| axis.into_iter().chain([9.0]).collect());
    });
    check(&more.run(&[]), DIFFERENT, "The number of nodes is not the same: 8 and 9.");
    let block = changed(|model| {
        model.mesh.blocks.push(Block::new(ElementBlock, 50, "QUAD4", 0, 0));
    });
    check(&block.run(&[]), DIFFERENT, "The number of element blocks is not the same: 2 and 3.");
}

#[test]
fn nodes_and_elements_are_found_by_their_places() {
    let first = Model::default();
    let files = Files::new(&first, &first.backwards());
    check(&files.run(&[]), DIFFERENT, "The meshes are different");
    check(&files.run(&["-map"]), SAME, "");
    check(&files.run(&["-m", "--threads", "1"]), SAME, "");
    check(&files.run(&["-map", "-dumpmap"]), SAME, "node 1 -> 8");
    check(
        &files.commanded("APPLY MATCHING\nNODAL VARIABLES\nELEMENT VARIABLES\nNODESET VARIABLES\nSIDESET VARIABLES\n"),
        SAME,
        "",
    );
    let mut second = first.backwards();
    second.values.insert((1, Nodal, 0, 0, 7), 1e9);
    second.values.insert((2, ElementBlock, 0, 0, 1), 1e9);
    let files = Files::new(&first, &second);
    check(&files.run(&["-map"]), DIFFERENT, "(node 1)");
    check(&files.run(&["-map"]), DIFFERENT, "(block 10, elmt 1)");
    let moved = Files::new(&first, &Model::new(|model| model.axes[0][3] += 0.5).backwards());
    check(&moved.run(&["-map"]), DIFFERENT, "no element at the place of element 1 of block 20");
    check(&moved.run(&["-partial"]), SAME, "1 elements unmatched");
    check(&moved.run(&["-partial", "-show_unmatched"]), SAME, "No match for element 1 of block 20");
}

#[test]
fn a_part_of_a_mesh_is_compared_with_the_whole() {
    let part = Model::new(|model| {
        model.mesh.blocks.of_mut(ElementBlock).truncate(1);
        model.connectivity.truncate(1);
        model.mesh.sets.clear();
        model.mesh.variables.retain(|kind, _| [Nodal, ElementBlock, Global].contains(kind));
    });
    let files = Files::new(&part, &Model::default());
    check(&files.run(&["-partial", "-nosymmetric_name_check"]), SAME, "partial match selected");
    check(&files.run(&["-map", "-nosymmetric_name_check"]), DIFFERENT, "The number of elements");
}

#[test]
fn nodes_outside_of_elements_are_found_by_their_places() {
    let with_free_nodes = |places: [f64; 2]| {
        Model::new(|model| {
            model.mesh.num_nodes = 10;
            model.axes = model.axes.clone().map(|axis| axis.into_iter().chain(places).collect());
            for (step, variable) in (0..4).flat_map(|step| (0..2).map(move |variable| (step, variable))) {
                model.values.insert((step, Nodal, variable, 0, 8), places[0]);
                model.values.insert((step, Nodal, variable, 0, 9), places[1]);
            }
        })
    };
    let files = Files::new(&with_free_nodes([20.0, 30.0]), &with_free_nodes([30.0, 20.0]));
    check(&files.run(&[]), DIFFERENT, "(node 9)");
    check(&files.run(&["-map"]), SAME, "");
    let moved = Files::new(&with_free_nodes([20.0, 30.0]), &with_free_nodes([20.0, 31.0]));
    check(&moved.run(&["-map"]), DIFFERENT, "Node 10, which is in no element, has no counterpart.");
}

#[test]
fn two_elements_at_one_place() {
    let mut twice = Model::new(without_sets);
    twice.connectivity[1] = vec![2, 3, 7, 6];
    let files = Files::new(&twice, &twice);
    check(&files.run(&["-map"]), DIFFERENT, "several elements at the place");
    // The values of the two are not the same, and the first is found for both.
    check(&files.run(&["-map", "-ignore_dups"]), DIFFERENT, "(block 20, elmt 3)");
    check(&files.run(&[]), SAME, "");
}

#[test]
fn nodes_and_elements_are_found_by_their_ids() {
    let first = Model::default();
    let mut second = first.backwards();
    second.ids.insert(NodeMap, (1..=8).rev().collect());
    second.ids.insert(ElementMap, vec![2, 1, 3]);
    let files = Files::new(&first, &second);
    check(&files.run(&[]), SAME, "");
    check(&files.run(&["-match_ids"]), SAME, "");
    check(&files.run(&["-ignore_maps"]), DIFFERENT, "The meshes are different");
    check(
        &files.run(&["-match_file_order"]),
        DIFFERENT,
        "The local node 1 with global id 1 in file1 has the global id 8",
    );
    check(&files.run(&["-match_file_order", "-max_warnings", "2"]), DIFFERENT, "6 more nodes have other global ids");
    second.ids.insert(NodeMap, (2..=9).rev().collect());
    let files = Files::new(&first, &second);
    check(&files.run(&[]), DIFFERENT, "The identifiers of nodes are not the same: 1 is in one file only.");
    let numbered = |model: &mut Model| _ = model.ids.insert(NodeMap, (101..109).collect());
    let mut second = Model::new(numbered);
    second.values.insert((0, Nodal, 0, 0, 2), 1e9);
    let files = Files::new(&Model::new(numbered), &second);
    check(&files.run(&[]), DIFFERENT, "(node 103)");
    check(&files.run(&["-ignore_maps"]), DIFFERENT, "(node 3)");
}

#[test]
fn sets_may_be_in_another_order() {
    let turned = changed(|model| {
        model.node_set.reverse();
        model.side_set[0].reverse();
        model.factors = vec![5.0, 6.0, 3.0, 4.0, 1.0, 2.0];
        for (step, entry) in (0..4).flat_map(|step| (0..3).map(move |entry| (step, entry))) {
            for kind in [NodeSet, SideSet] {
                model.values.insert((step, kind, 0, 0, entry), usual((step, kind, 0, 0, 2 - entry)));
            }
        }
    });
    check(&turned.run(&[]), SAME, "");
    check(&turned.run(&["-no_nsmap"]), DIFFERENT, "The entries of node set 1 are not the same");
    check(&turned.run(&["-no_ssmap"]), DIFFERENT, "The entries of side set 5 are not the same");
    check(&turned.run(&["-no_nsmap", "-nsmap"]), DIFFERENT, "");
}

#[test]
fn differences_of_sets_count_only_if_pedantic() {
    let other = |model: &mut Model| {
        model.mesh.variables.remove(&NodeSet);
        model.node_set = vec![1, 2, 4];
    };
    let files = Files::new(&Model::new(|model| _ = model.mesh.variables.remove(&NodeSet)), &Model::new(other));
    check(&files.run(&[]), SAME, "");
    check(&files.run(&["-pedantic"]), DIFFERENT, "the first difference is entry 3");
    check(&files.commanded("PEDANTIC\n"), DIFFERENT, "");
    let id = changed(|model| {
        model.mesh.sets[NodeSet][0] = Set::new(NodeSet, 2, 3);
    });
    check(&id.run(&[]), DIFFERENT, "The node set 1 exists in the first file but not the second");
    check(&id.commanded("NODAL VARIABLES\n"), SAME, "WARNING .. The node set 1 exists in the first file");
    check(&id.run(&["-match_by_name"]), DIFFERENT, "");
}

#[test]
fn assemblies_count_only_if_pedantic() {
    let assembled = |name: &str, members: &[i64]| {
        let (name, members) = (name.to_owned(), members.iter().map(|&id| EntityId(id)).collect());
        let assembly = Assembly { id: EntityId(7), name, kind: ElementBlock, members, entity_attributes: Vec::new() };
        Model::new(|model| model.mesh.assemblies = vec![assembly])
    };
    let turned = Files::new(&assembled("Parts", &[10, 20]), &assembled("parts", &[20, 10]));
    check(&turned.run(&["-pedantic"]), SAME, "");
    for (second, said) in [
        (assembled("parts", &[10]), "The assembly 'Parts' has other members."),
        (assembled("rest", &[10, 20]), "The assembly 'Parts' exists in the first file but not the second."),
        (Model::default(), "The assembly 'Parts' exists in the first file but not the second."),
    ] {
        let files = Files::new(&assembled("Parts", &[10, 20]), &second);
        check(&files.run(&[]), SAME, said);
        check(&files.run(&["-pedantic"]), DIFFERENT, said);
    }
}

#[test]
fn attributes_and_distribution_factors() {
    let attribute = changed(|model| model.attributes[1] *= 1.5);
    check(&attribute.run(&[]), DIFFERENT, "thickness        rel diff:");
    check(&attribute.run(&[]), DIFFERENT, "(block 10, elmt 2)");
    check(&attribute.run(&["-ignore_attributes"]), SAME, "");
    check(&attribute.commanded("ELEMENT ATTRIBUTES absolute 1\n"), SAME, "");
    check(&attribute.commanded("IGNORE ATTRIBUTES\nELEMENT ATTRIBUTES\n"), SAME, "");
    check(&attribute.commanded("ELEMENT ATTRIBUTES\n\tthickness 1e-3\n"), DIFFERENT, "thickness");
    let name = changed(|model| model.mesh.blocks[ElementBlock][0].attributes = vec!["width".into()]);
    check(&name.run(&[]), DIFFERENT, "The element attribute variable \"thickness\" is in the first file but not");
    let factor = changed(|model| model.factors[3] *= 1.5);
    check(&factor.run(&[]), DIFFERENT, "Distribution Factors rel diff:");
    check(&factor.run(&[]), DIFFERENT, "(set 5, side 2.1)");
    check(&factor.run(&["-ignore_sideset_df"]), SAME, "");
    check(&factor.commanded("IGNORE SIDESET DISTRIBUTION FACTORS\n"), SAME, "");
    check(&factor.commanded("SIDESET DISTRIBUTION FACTORS absolute 3\n"), SAME, "");
    let none = changed(|model| {
        model.factors.clear();
        model.mesh.sets[SideSet][0].num_factors = 0;
    });
    check(&none.run(&[]), SAME, "");
}

#[test]
fn numbers_of_steps() {
    let short = changed(|model| model.times.truncate(2));
    check(&short.run(&[]), DIFFERENT, "# time steps differ");
    check(&short.run(&["-steps", ":2"]), SAME, "the numbers of steps differ");
    check(&short.run(&["-explicit", "2:last"]), SAME, "");
    check(&short.run(&["-explicit", "3:2"]), DIFFERENT, "u_x");
    check(&short.run(&["-explicit", "3:3"]), ERROR, "there is no step 3");
    check(&short.run(&["-ignore_steps"]), SAME, "no steps were compared");
    check(&short.run(&["-steps", "5:"]), DIFFERENT, "The options leave no steps to compare");
    check(&with_value((1, Nodal, 0, 0, 0), 2.0).run(&["-exclude", "2"]), SAME, "Compared 3 steps");
    check(&with_value((1, Nodal, 0, 0, 0), 2.0).run(&["-x", "1,3-4"]), DIFFERENT, "Compared 1 step of");
    check(&with_value((1, Nodal, 0, 0, 0), 2.0).commanded("EXCLUDE TIMES 2\nNODAL VARIABLES\n"), SAME, "");
    check(&with_value((2, Nodal, 0, 0, 0), 2.0).run(&["-steps", "::2"]), DIFFERENT, "Compared 2 steps");
    check(&with_value((2, Nodal, 0, 0, 0), 2.0).run(&["-steps", "last"]), SAME, "Compared 1 step of");
}

#[test]
fn numbers_are_finite() {
    let files = changed(|_| ());
    for option in ["--time-scale", "--time-offset"] {
        for number in ["nan", "inf", "-inf"] {
            check(&files.run(&[option, number]), ERROR, "a finite number is needed");
        }
    }
    for option in ["--tolerance", "--floor", "--coordinate-tolerance", "--final-time-tolerance"] {
        check(&files.run(&[option, "nan"]), ERROR, "NaN is no tolerance");
        check(&files.run(&[option, "inf"]), ERROR, "inf is no tolerance");
    }
    check(&files.run(&["--var", "u_x=nan"]), ERROR, "\"nan\" is not a finite number");
    check(&files.run(&["--var", "u_x=1e-3:inf"]), ERROR, "\"inf\" is not a finite number");
    let backwards = changed(|model| model.times.reverse());
    check(&backwards.run(&["-interpolate"]), ERROR, "b.exo: its times do not ascend");
}

/// The usual model without its first steps.
fn from_step(first: u64) -> Model {
    Model::new(|model| {
        model.times.drain(..first as usize);
        for step in 0..model.times.len() as u64 {
            for (kind, variables, lengths) in [
                (Global, 2, vec![1]),
                (Nodal, 2, vec![8]),
                (ElementBlock, 1, vec![2, 1]),
                (NodeSet, 1, vec![3]),
                (SideSet, 1, vec![3]),
                (EdgeBlock, 1, vec![2]),
                (FaceBlock, 1, vec![1]),
            ] {
                for (variable, (entity, len)) in
                    (0..variables).flat_map(|v| lengths.iter().enumerate().map(move |e| (v, e)))
                {
                    for entry in 0..*len {
                        let value = usual((step + first, kind, variable, entity, entry));
                        model.values.insert((step, kind, variable, entity, entry), value);
                    }
                }
            }
        }
    })
}

#[test]
fn steps_may_be_offset() {
    let files = Files::new(&Model::default(), &from_step(2));
    check(&files.run(&[]), DIFFERENT, "whose time differs");
    check(&files.run(&["-TimeStepOffset", "2"]), SAME, "the numbers of steps differ");
    check(&files.run(&["-T", "1"]), DIFFERENT, "");
    check(&files.run(&["-TA"]), SAME, "Compared 2 steps");
    check(&files.run(&["-TM"]), SAME, "Compared 2 steps");
    check(&files.run(&["-steps", "last"]), SAME, "Compared 1 step of");
    check(&files.commanded("STEP OFFSET AUTOMATIC\nNODAL VARIABLES\n"), SAME, "");
    check(&Files::new(&from_step(2), &Model::default()).run(&["-TA"]), ERROR, "more steps than the first");
}

#[test]
fn nothing_compared_is_a_difference_whatever_left_it_out() {
    let files = changed(|model| model.times.iter_mut().for_each(|time| *time += 100.0));
    let nothing = "The options leave no steps to compare.";
    let out = files.directory.path().join("out.exo");
    let paths = [&files.paths[0], &files.paths[1], &out].map(|path| path.to_str().unwrap());
    for options in [
        &["-x", "1-4"][..],
        &["-steps", "1:1", "-x", "1"],
        &["-TA", "-x", "1-4"],
        &["-T", "4"],
        &["-steps", "9"],
        &["-interpolate"],
    ] {
        check(&files.run(options), DIFFERENT, nothing);
        check(&run(options, &paths, None), DIFFERENT, nothing);
        assert!(!out.exists(), "{options:?}");
    }
    check(&files.commanded("EXCLUDE TIMES 1-4\nNODAL VARIABLES\n"), DIFFERENT, nothing);
    check(&files.run(&["-ignore_steps"]), SAME, "no steps were compared");
}

#[test]
fn values_are_interpolated() {
    // All values are linear in time, so that those in between are known.
    let first = Model::new(|model| model.times = vec![0.0, 1.0, 2.0]);
    let second = Model::new(|model| {
        model.times = vec![0.5, 1.5, 2.0];
        let steps = [0.5, 1.5, 2.0];
        for (n, step) in steps.into_iter().enumerate() {
            for (kind, variables, lengths) in [
                (Global, 2, vec![1]),
                (Nodal, 2, vec![8]),
                (ElementBlock, 1, vec![2, 1]),
                (NodeSet, 1, vec![3]),
                (SideSet, 1, vec![3]),
                (EdgeBlock, 1, vec![2]),
                (FaceBlock, 1, vec![1]),
            ] {
                for (variable, (entity, len)) in
                    (0..variables).flat_map(|v| lengths.iter().enumerate().map(move |e| (v, e)))
                {
                    for entry in 0..*len {
                        let value = usual((0, kind, variable, entity, entry)) + 100.0 * step;
                        model.values.insert((n as u64, kind, variable, entity, entry), value);
                    }
                }
            }
        }
    });
    let files = Files::new(&first, &second);
    check(&files.run(&[]), DIFFERENT, "");
    check(&files.run(&["-interpolate"]), SAME, "skipped: before all times of the second file");
    let wrong = Model { times: vec![0.5, 1.5, 2.25], ..second.clone() };
    check(&Files::new(&first, &wrong).run(&["-interpolate"]), DIFFERENT, "The final times 2 and 2.25 differ");
    let late = Model { times: vec![0.5, 1.5, 2.0 + 1e-4], ..second.clone() };
    let late = Files::new(&first, &late);
    check(&late.run(&["-interpolate", "-final_time_tolerance", "1e-3", "-t", "1e-3"]), SAME, "");
    check(&late.run(&["-interpolate", "-t", "1e-3"]), DIFFERENT, "The final times");
    check(
        &late.commanded("INTERPOLATE\nFINAL TIME TOLERANCE 1e-3\nDEFAULT TOLERANCE relative 1e-3\nNODAL VARIABLES\n"),
        SAME,
        "",
    );
    let mut changed = second;
    changed.values.insert((0, Nodal, 0, 0, 3), 1e6);
    check(
        &Files::new(&first, &changed).run(&["-interpolate"]),
        DIFFERENT,
        "interpolated between steps 1 and 2, 0.5000 of the way",
    );
}

#[test]
fn command_files_choose_variables() {
    let files = changed(|model| {
        model.values.insert((1, Nodal, 0, 0, 0), 1e6);
        model.values.insert((1, ElementBlock, 0, 0, 0), usual((1, ElementBlock, 0, 0, 0)) * 1.01);
    });
    check(&files.commanded("GLOBAL VARIABLES\nNODAL VARIABLES\n\tu_y\n"), SAME, "Compared 4 steps of 3 variables");
    check(&files.commanded("NODAL VARIABLES\n\t!u_x\nELEMENT VARIABLES (all) relative 0.1\n"), SAME, "");
    check(
        &files.commanded("NODAL VARIABLES\n\t!u_x\nELEMENT VARIABLES\n\ts relative 0.001\n"),
        DIFFERENT,
        "(block 10, elmt 1)",
    );
    check(&files.commanded("DEFAULT TOLERANCE absolute 1e7\nNODAL VARIABLES\nELEMENT VARIABLES\n"), SAME, "");
    let ignored = files.commanded("IGNORE STATUS\nNODAL VARIABLES\n");
    assert_eq!(ignored.code, 0);
    assert!(ignored.out.contains("exodiff: Files are different"), "{}", ignored.out);
    check(&files.commanded("TIME STEPS ignore\n"), DIFFERENT, "Nothing was compared");
    check(&files.commanded("NODAL VARIABLES\n\tu_x relative\n"), ERROR, "line 2 of the command file");
    check(&files.run(&["-file", "/no/such/file"]), ERROR, "/no/such/file");
}

#[test]
fn norms_are_told() {
    let files = changed(|model| {
        model.values.insert((0, FaceBlock, 0, 0, 0), 0.0);
    });
    let value = usual((0, FaceBlock, 0, 0, 0));
    let number = format!("{:.7}", value / 10.0);
    let done = files.run(&["-norms", "-t", "10"]);
    check(&done, SAME, &format!("L1 norm of diff= {number}e+01"));
    check(&done, SAME, "L2 norm of diff=");
    assert!(!files.run(&["-l1norms", "-t", "10"]).out.contains("L2"));
    assert!(!files.run(&["-l2norms", "-t", "10"]).out.contains("L1"));
    check(&files.commanded("CALCULATE NORMS\nFACEBLOCK VARIABLES absolute 100\n"), SAME, "L2 norm");
}

#[test]
fn how_many_differences_are_told() {
    let files = changed(|model| {
        for node in 0..8 {
            model.values.insert((1, Nodal, 0, 0, node), usual((1, Nodal, 0, 0, node)) * (2.0 + node as f64));
        }
    });
    let lines = |options: &[&str]| files.run(options).out.lines().filter(|line| line.contains("u_x ")).count();
    assert_eq!(lines(&[]), 1);
    check(&files.run(&[]), DIFFERENT, "(node 8)");
    assert_eq!(lines(&["-show_all_diffs"]), 8 + 1, "and the largest at the end");
    assert_eq!(lines(&["--show-diffs", "3"]), 3 + 1);
    assert_eq!(files.run(&["-quiet"]).out, "exodiff: Files are different\n");
    assert_eq!(files.run(&["-quiet", "-t", "100"]).out, "exodiff: Files are the same\n");
}

#[test]
fn the_answer_does_not_depend_on_the_number_of_threads() {
    let files = changed(|model| {
        for (step, node) in (0..4).flat_map(|step| (0..8).map(move |node| (step, node))) {
            model.values.insert((step, Nodal, (step % 2) as usize, 0, node), f64::from(node as u32));
            model.values.insert((step, ElementBlock, 0, 0, node % 2), f64::from(node as u32) - 0.5);
        }
    });
    let one = files.run(&["--threads", "1", "-show_all_diffs", "-norms"]);
    assert_eq!(one.code, DIFFERENT);
    for _ in 0..5 {
        assert_eq!(files.run(&["--threads", "7", "-show_all_diffs", "-norms"]).out, one.out);
    }
}

#[test]
fn a_summary_is_a_command_file() {
    let first = Model::new(|model| {
        model.mesh.set_variables(Nodal, ["u x", "u_y"]);
        model.values.insert((3, Nodal, 1, 0, 6), -5000.5);
    });
    let files = Files::new(&first, &first);
    let path = files.paths[0].to_str().unwrap();
    let summary = run(&["-summary", "-min_coordinate_separation"], &[path], None);
    assert_eq!(summary.code, 0, "{}", summary.error);
    for said in
        ["min separation = 1\n", "\t\"u x\"", "max:        5.0005e3 @ t4,n7", "EDGEBLOCK VARIABLES", "\tthickness\n"]
    {
        assert!(summary.out.contains(said), "{said:?}: {}", summary.out);
    }
    check(&files.commanded(&summary.out), SAME, "Compared 4 steps of 10 variables");
    for at in [(1, Global, 0, 0, 0), (1, Nodal, 0, 0, 0), (1, SideSet, 0, 0, 1), (1, FaceBlock, 0, 0, 0)] {
        let mut second = first.clone();
        second.values.insert(at, 0.0);
        check(&Files::new(&first, &second).commanded(&summary.out), DIFFERENT, "rel diff:");
    }
}

#[test]
fn json_says_the_same() {
    let files = with_value((2, Nodal, 1, 0, 4), 1.5);
    let done = files.run(&["--json"]);
    assert_eq!(done.code, DIFFERENT);
    let value: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(value["result"], "different");
    assert_eq!((&value["differences"], &value["steps"], &value["variables"]), (&1.into(), &4.into(), &10.into()));
    let findings = value["findings"].as_array().unwrap();
    assert_eq!((findings[0]["type"].as_str(), findings[0]["first"].as_u64()), (Some("step"), Some(3)));
    let found = &findings[1];
    assert_eq!((&found["subject"], &found["name"], &found["step"]), (&"nodal".into(), &"u_y".into(), &3.into()));
    assert_eq!(found["place"]["node"], 5);
    let at = (2, Nodal, 1, 0, 4);
    assert_eq!(found["values"], serde_json::json!([usual(at), usual(at) * 1.5]));
    assert_eq!(found["tolerance"]["mode"], "relative");
    let same: serde_json::Value = serde_json::from_str(&files.run(&["--json", "-t", "1"]).out).unwrap();
    assert_eq!((&same["result"], &same["verdict"]), (&"same".into(), &"same".into()));
    let error = files.run(&["--json", "-explicit", "9:9"]);
    let value: serde_json::Value = serde_json::from_str(&error.out).unwrap();
    assert_eq!((error.code, &value["result"]), (ERROR, &"error".into()));
}

#[test]
fn exit_codes_and_options_of_scripts() {
    let files = with_value((2, Nodal, 1, 0, 4), 1.5);
    check(&files.run(&["-status"]), DIFFERENT, "");
    assert_eq!(files.run(&["-ignore_status"]).code, 0);
    assert_eq!(files.run(&["-no_such_option"]).code, ERROR);
    assert_eq!(run(&[], &["/no/such.exo", "/no/such.exo"], None).code, ERROR);
    assert_eq!(run(&[], &[], None).code, ERROR);
    let [a, b] = files.paths.each_ref().map(|path| path.to_str().unwrap());
    assert_eq!(run(&[], &[a], None).code, ERROR);
    check(&run(&["-summary", "-change_sets", "1"], &[a], None), ERROR, "no change sets");
    check(&run(&["-t", "1e-9"], &[a, b], Some("-tol 0.5 -quiet")), SAME, "");
    assert_eq!(run(&["-help"], &[], None).code, 0);
    assert_eq!(run(&["-copyright"], &[], None).code, 0);
}

#[test]
fn single_and_double_precision_are_compared() {
    let single = |model: &mut Model| model.options = CreateOptions { word_size: 4, ..CreateOptions::default() };
    let mut second = Model::new(single);
    let at = (1, Nodal, 0, 0, 0);
    check(&Files::new(&Model::default(), &second).run(&[]), SAME, "");
    second.values.insert(at, usual(at) * 1.01);
    check(&Files::new(&Model::default(), &second).run(&[]), DIFFERENT, "(node 1)");
    check(&Files::new(&second, &Model::default()).run(&[]), DIFFERENT, "(node 1)");
}
