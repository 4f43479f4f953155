//! Packed values.

use hyperslab::hdf5::builder::AttributeSpec;
use hyperslab::hdf5::{Datatype, Editor};
use hyperslab::{ByteOrder, NumberType};

use super::model::Model;
use super::{check, run, Files, DIFFERENT, SAME};

/// The usual model twice; variables of the second file have these attributes.
fn files(attributes: &[(&str, &str, f64)]) -> Files {
    let files = Files::new(&Model::default(), &Model::default());
    let mut editor = Editor::open(&files.paths[1]).unwrap();
    for (variable, name, value) in attributes {
        let double = Datatype::Number(NumberType::F64, ByteOrder::Little);
        let attribute = AttributeSpec::scalar(name, double, value.to_le_bytes().to_vec());
        editor.set_attribute(variable, &attribute).unwrap();
    }
    editor.close().unwrap();
    files
}

#[test]
fn other_packing_is_a_difference_of_each_variable() {
    for (variable, said) in [
        ("vals_nod_var2", "nodal variable \"u_y\""),
        ("vals_elem_var1eb2", "element variable \"s\""),
        ("vals_sset_var1ss1", "sideset variable \"s\""),
        ("time_whole", "time"),
    ] {
        let files = files(&[(variable, "add_offset", 10.0)]);
        let said = format!(
            "The {said} is packed in different ways: scale_factor 1, add_offset 0 and scale_factor 1, add_offset 10."
        );
        check(&files.run(&[]), DIFFERENT, &said);
        check(&files.run(&[]), DIFFERENT, "Compared 4 steps of 10 variables: 1 difference.");
        let path = files.paths[1].to_str().unwrap();
        check(&run(&["--strict"], &[path, path], None), SAME, "");
        check(&files.run(&["-ignore"]), SAME, "");
        check(&files.run(&["-ignore_steps"]), SAME, "");
    }
    let globals = files(&[("vals_glo_var", "scale_factor", 2.0)]);
    check(&globals.run(&[]), DIFFERENT, "The global variable \"mass\" is packed in different ways");
    check(&globals.run(&[]), DIFFERENT, ": 2 differences.");
    check(&globals.run(&["--var", "*=ignore"]), SAME, "");
}

#[test]
fn one_variable_is_told_of_once() {
    let blocks = ["vals_elem_var1eb1", "vals_elem_var1eb2"].map(|name| (name, "scale_factor", 2.0));
    check(&files(&blocks).run(&[]), DIFFERENT, ": 1 difference.");
}

#[test]
fn coordinates_that_are_packed_in_other_ways_are_another_mesh() {
    let axes = files(&[("coordx", "scale_factor", 0.5), ("coordy", "add_offset", 1.0)]);
    for axis in ["x", "y"] {
        check(&axes.run(&[]), DIFFERENT, &format!("The {axis} coordinate is packed in different ways"));
    }
    check(&axes.run(&[]), DIFFERENT, "The meshes are different; results are not compared.");
    check(&axes.commanded("COORDINATES ignore\n"), SAME, "");
}

#[test]
fn a_packing_that_changes_nothing_is_none() {
    check(&files(&[("vals_nod_var1", "scale_factor", 1.0), ("coordx", "add_offset", 0.0)]).run(&[]), SAME, "");
}

#[test]
fn arrays_that_do_not_change_are_packed_as_results_are() {
    let said = |array: &str| format!("The array of {array} is packed in different ways: ");
    let block = "element block 10";
    for (variable, array, strict) in [
        ("attrib1", format!("attributes of {block}"), false),
        ("dist_fact_ss1", "distribution factors of side set 5".to_owned(), false),
        ("connect1", format!("nodes of {block}"), false),
        ("elem_ss1", "members of side set 5".to_owned(), false),
        ("side_ss1", "sides of side set 5".to_owned(), false),
        ("ebconn1", "nodes of edge block 30".to_owned(), true),
    ] {
        let files = files(&[(variable, "scale_factor", 3.0)]);
        let options: &[&str] = if strict { &["--strict"] } else { &[] };
        check(&files.run(options), DIFFERENT, &said(&array));
    }
    let files = files(&[("attrib1", "scale_factor", 3.0), ("dist_fact_ss1", "scale_factor", 3.0)]);
    let ignored = "ELEMENT ATTRIBUTES\n\tthickness ignore\nSIDESET DISTRIBUTION FACTORS ignore\n";
    check(&files.commanded(ignored), SAME, "");
    check(&files.run(&["--ignore-attributes", "--ignore-sideset-df"]), SAME, "");
}

#[test]
fn other_missing_values_are_a_difference() {
    let files = files(&[("vals_nod_var2", "missing_value", 10.0)]);
    let said = "The nodal variable \"u_y\" has other missing values: missing_value none and 10.";
    check(&files.run(&[]), DIFFERENT, said);
    check(&files.run(&[]), DIFFERENT, ": 1 difference.");
    let path = files.paths[1].to_str().unwrap();
    check(&run(&["--strict"], &[path, path], None), SAME, "");
    check(&files.run(&["--var", "u_y=ignore"]), SAME, "");
}

#[test]
fn a_packing_of_texts_and_of_several_numbers_is_one() {
    let double = Datatype::Number(NumberType::F64, ByteOrder::Little);
    let numbers: Vec<u8> = [1.0f64, 2.0].into_iter().flat_map(f64::to_le_bytes).collect();
    let several = AttributeSpec { shape: Some(vec![2]), ..AttributeSpec::scalar("scale_factor", double, numbers) };
    for (attribute, said) in [(several, "1, 2"), (AttributeSpec::text("scale_factor", "abc"), "\"abc\"")] {
        let files = files(&[]);
        let mut editor = Editor::open(&files.paths[1]).unwrap();
        editor.set_attribute("vals_nod_var1", &attribute).unwrap();
        editor.close().unwrap();
        check(
            &files.run(&[]),
            DIFFERENT,
            &format!("scale_factor 1, add_offset 0 and scale_factor {said}, add_offset 0."),
        );
        let path = files.paths[1].to_str().unwrap();
        check(&run(&[], &[path, path], None), SAME, "");
    }
}
