//! Models in groups.

use std::path::PathBuf;

use exodus_rs::prelude::*;
use exodus_rs::{CreateOptions, EntityType::Nodal, ExodusWriter, Mesh};
use hyperslab::netcdf::{Attribute, Container, Group, GroupId, Schema, Value, Writer};

use super::model::{usual, At, Model};
use super::{check, run, DIFFERENT, ERROR, SAME};

const PLACE: At = (1, Nodal, 0, 0, 4);

/// The usual model with a value that is so many times as large.
fn scaled(factor: f64) -> Model {
    Model::new(|model| {
        model.values.insert(PLACE, usual(PLACE) * factor);
    })
}

/// Writes models into groups.
fn write(path: &PathBuf, models: &[(&str, Model)]) {
    let mut root = Mesh::new("change sets", 2, 0);
    root.groups = models.iter().map(|(name, model)| ((*name).to_owned(), model.declared())).collect();
    let options = CreateOptions { container: Container::NetCdf4, ..CreateOptions::default() };
    let writer = ExodusWriter::create(path, &root, &options).unwrap();
    models.iter().for_each(|(name, model)| model.put_all(writer.group(name).unwrap()));
    writer.finish().unwrap();
}

/// Three files: change sets early (1) and late (2), the same with early (2) and late (2), and one without any (2).
fn files(directory: &tempfile::TempDir) -> [String; 3] {
    let paths = ["a.exo", "b.exo", "plain.exo"].map(|name| directory.path().join(name));
    write(&paths[0], &[("early", scaled(1.0)), ("late", scaled(2.0))]);
    write(&paths[1], &[("early", scaled(2.0)), ("late", scaled(2.0))]);
    scaled(2.0).write(&paths[2]);
    paths.map(|path| path.to_str().unwrap().to_owned())
}

#[test]
fn all_change_sets_are_compared_unless_some_are_chosen() {
    let directory = tempfile::tempdir().unwrap();
    let [a, b, _] = files(&directory);
    let compared = |list: &str| run(&["-change_sets", list], &[&a, &b], None);
    let all = run(&[], &[&a, &b], None);
    check(&all, DIFFERENT, "Compared 8 steps of 20 variables: 1 difference.");
    check(&all, DIFFERENT, "Change set 1 (early) of the first file and Change set 1 (early) of the second:");
    check(&run(&[], &[&a, &a], None), SAME, "Change set 2 (late)");
    for list in ["2", "late", "LATE", "late:2", "2:early", "late,2:1,2"] {
        check(&compared(list), SAME, "");
    }
    for list in ["1", "early", "1,2", "2:2,", "early:late"] {
        let done = compared(list);
        assert_ne!(done.code, SAME, "{list}");
    }
    check(&compared("1"), DIFFERENT, "(node 5)");
    check(&compared("3"), ERROR, "there is no change set 3: there are early, late");
    check(&compared("1,2:1"), ERROR, "2 change sets of one file, but 1 of the other");
}

/// A model with the usual one in a group.
fn with_group(path: &PathBuf, root: &Model) {
    let mesh = Mesh { groups: vec![("late".to_owned(), Model::default().declared())], ..root.declared() };
    let options = CreateOptions { container: Container::NetCdf4, ..CreateOptions::default() };
    let writer = ExodusWriter::create(path, &mesh, &options).unwrap();
    root.put_all(&writer);
    Model::default().put_all(writer.group("late").unwrap());
    writer.finish().unwrap();
}

#[test]
fn a_model_beside_change_sets_is_compared_first() {
    let directory = tempfile::tempdir().unwrap();
    let paths = ["a.exo", "b.exo", "plain.exo", "groups.exo"].map(|name| directory.path().join(name));
    with_group(&paths[0], &scaled(1.0));
    with_group(&paths[1], &scaled(2.0));
    scaled(1.0).write(&paths[2]);
    write(&paths[3], &[("late", scaled(1.0))]);
    let [a, b, plain, groups] = paths.each_ref().map(|path| path.to_str().unwrap());
    check(&run(&["--strict"], &[a, a], None), SAME, "Compared 8 steps of 20 variables: 0 differences.");
    let done = run(&[], &[a, b], None);
    check(&done, DIFFERENT, "Compared 8 steps of 20 variables: 1 difference.");
    let titles =
        ["The root of the first file", "Change set 1 (late) of the first file"].map(|title| done.out.find(title));
    assert!(titles[0].is_some() && titles[0] < titles[1], "{}", done.out);
    check(&run(&["-change_sets", "late"], &[a, b], None), SAME, "");
    check(&run(&[], &[b, plain], None), DIFFERENT, "The root of the first file and The root of the second:");
    check(&run(&[], &[a, groups], None), DIFFERENT, "The number of nodes is not the same: 8 and 0.");
    let summary = run(&["-summary"], &[a], None).out;
    assert!(summary.contains("# The root\n") && summary.contains("# Change set 1 (late)\n"), "{summary}");
}

#[test]
fn a_file_without_change_sets_is_compared_with_one() {
    let directory = tempfile::tempdir().unwrap();
    let [a, b, plain] = files(&directory);
    check(&run(&[], &[&b, &plain], None), SAME, "2 and 0 change sets; not all of them are compared");
    check(&run(&[], &[&plain, &a], None), DIFFERENT, "The root of the first file and Change set 1 (early)");
    for list in ["late", "2", "root:late", "0:2", "/:2"] {
        check(&run(&["-change_sets", list], &[&plain, &a], None), SAME, "");
    }
    check(&run(&["-change_sets", "1"], &[&plain, &plain], None), SAME, "Neither file has change sets");
}

#[test]
fn strictly_there_are_as_many_change_sets_of_the_same_names() {
    let directory = tempfile::tempdir().unwrap();
    let [a, b, plain] = files(&directory);
    check(&run(&["--strict"], &[&b, &b], None), SAME, "Compared 8 steps of 20 variables: 0 differences.");
    let done = run(&["--strict"], &[&b, &plain], None);
    check(&done, DIFFERENT, "DIFFERENCE .. The files have 2 and 0 change sets");
    check(&done, DIFFERENT, ": 1 difference.");
    let renamed = directory.path().join("renamed.exo");
    write(&renamed, &[("early", scaled(1.0)), ("later", scaled(2.0))]);
    let files = [a.as_str(), renamed.to_str().unwrap()];
    check(&run(&[], &files, None), SAME, "");
    check(&run(&["--strict"], &files, None), DIFFERENT, "A change set is called late and later.");
    check(&run(&["--strict", "-change_sets", "late:later"], &files, None), SAME, "");
    let quiet = run(&["--strict", "-quiet"], &files, None);
    assert_eq!((quiet.code, quiet.out.as_str()), (DIFFERENT, "exodiff: Files are different\n"));
}

#[test]
fn the_differences_of_one_change_set_are_written() {
    let directory = tempfile::tempdir().unwrap();
    let [a, b, _] = files(&directory);
    let out = directory.path().join("out.exo");
    let files = [a.as_str(), b.as_str(), out.to_str().unwrap()];
    check_written(&run(&[], &files, None), ERROR);
    assert!(!out.exists());
    check_written(&run(&["-change_sets", "early"], &files, None), SAME);
    let found = exodus_rs::ExodusFile::open(&out).unwrap();
    assert_eq!(found.groups(), [""; 0]);
    assert_eq!(found.var(1, Nodal, 0, 0).unwrap().into_vec()[4], -usual(PLACE));
}

fn check_written(done: &super::Done, code: i32) {
    assert_eq!(done.code, code, "{}{}", done.out, done.error);
}

#[test]
fn change_sets_have_their_names_before_those_that_are_written_alike() {
    let directory = tempfile::tempdir().unwrap();
    let paths = ["a.exo", "b.exo"].map(|name| directory.path().join(name));
    write(&paths[0], &[("Late", scaled(1.0)), ("late", scaled(2.0))]);
    write(&paths[1], &[("other", scaled(2.0))]);
    let files = paths.each_ref().map(|path| path.to_str().unwrap());
    check(&run(&["-change_sets", "late:other"], &files, None), SAME, "Change set 2 (late)");
    check(&run(&["-change_sets", "Late:other"], &files, None), DIFFERENT, "Change set 1 (Late)");
}

#[test]
fn a_summary_tells_of_each_change_set() {
    let directory = tempfile::tempdir().unwrap();
    let [a, _, plain] = files(&directory);
    let all = run(&["-summary"], &[&a], None);
    let [early, late] = ["# Change set 1 (early)\n", "# Change set 2 (late)\n"].map(|title| all.out.find(title));
    assert!(early.is_some() && early < late, "{}", all.out);
    assert_eq!(all.out.matches("NODAL VARIABLES").count(), 2, "{}", all.out);
    let one = run(&["-summary", "-change_sets", "late"], &[&a], None);
    assert!(!one.out.contains("early") && one.out.contains("# Change set 2 (late)\n"), "{}", one.out);
    assert!(!run(&["-summary"], &[&plain], None).out.contains("Change set"));
}

#[test]
fn a_summary_of_change_sets_with_other_variables_is_a_command_file() {
    let directory = tempfile::tempdir().unwrap();
    let [path, other, commands] = ["a.exo", "b.exo", "commands"].map(|name| directory.path().join(name));
    let named = |name| Model::new(|model| model.mesh.set_variables(Nodal, ["u_x", name]));
    write(&path, &[("early", named("only_early")), ("late", named("only_late"))]);
    write(&other, &[("early", named("only_early")), ("late", named("other"))]);
    let [file, other] = [&path, &other].map(|path| path.to_str().unwrap());
    let summary = run(&["-summary"], &[file], None).out;
    let compared = |commands_of: &str, files: &[&str]| {
        std::fs::write(&commands, commands_of).unwrap();
        run(&["-file", commands.to_str().unwrap()], files, None)
    };
    check(&compared(&summary, &[file, file]), SAME, "Compared 8 steps of 20 variables: 0 differences.");
    check(&compared(&summary, &[file, other]), DIFFERENT, "\"only_late\" was asked for and is not in the second file");
    check(&compared(&summary, &[other, file]), DIFFERENT, "\"only_late\" was asked for and is not in the first file");
    let unknown = summary.replace("only_late", "nowhere");
    check(&compared(&unknown, &[file, file]), DIFFERENT, "\"nowhere\" was asked for and is not in the first file");
}

#[test]
fn change_sets_within_change_sets_are_told_of() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("nested.exo");
    let mut schema = Schema::new(Container::NetCdf4);
    let version = Attribute::new("api_version", Value::Float(vec![8.03]));
    schema.groups[0].attributes.push(version.clone());
    for (name, parent) in [("outer", GroupId::ROOT), ("inner", GroupId(1))] {
        schema.groups.push(Group { name: name.to_owned(), parent: Some(parent), attributes: vec![version.clone()] });
    }
    Writer::create(&path, schema, false).unwrap().finish().unwrap();
    let file = path.to_str().unwrap();
    for which in ["first", "second"] {
        let text =
            format!("Change set 1 (outer) of the {which} file has change sets of its own, which are not compared.");
        check(&run(&[], &[file, file], None), SAME, &text);
        check(&run(&["--strict"], &[file, file], None), DIFFERENT, &text);
    }
}
