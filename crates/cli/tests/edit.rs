//! `exo edit`: what it changes, how, and how it ends.
#![allow(clippy::unwrap_used)] // a test that fails may panic

mod common;

use std::path::Path;

use exodus_rs::{Container, CreateOptions, EntityType, ExodusFile, MeshBuilder};
use hyperslab::hdf5::builder::{Builder, DatasetSpec, GroupSpec, LinkSpec, LinkTo};
use hyperslab::hdf5::Datatype;
use hyperslab::netcdf::Container::NetCdf4;
use hyperslab::netcdf::{File, Group, GroupId, Schema, Type, Value, Variable, Writer};
use hyperslab::{ByteOrder, NumberType};

use common::{exo, text};

fn file(path: &Path, container: Container) -> String {
    let options = CreateOptions { container, ..CreateOptions::default() };
    let mesh = MeshBuilder::new("points").nodes(&[[0.0, 0.0], [1.0, 0.0]]).variables(EntityType::Nodal, ["u"]);
    let writer = mesh.create(path, &options).unwrap();
    writer.next_step(0.5).unwrap().put_nodal("u", &[1.0, 2.0]).unwrap();
    writer.finish().unwrap();
    path.to_str().unwrap().to_owned()
}

/// The file without its last bytes, which say nothing of a change.
fn done(args: &[&str]) -> String {
    let done = exo(args);
    assert_eq!(done.status.code(), Some(0), "{args:?}: {}", text(&done.stderr));
    text(&done.stdout)
}

#[test]
fn several_edits_are_one_and_the_values_stay() {
    let directory = tempfile::tempdir().unwrap();
    for (container, how) in
        [(Container::Cdf2, "rewritten"), (Container::Cdf5, "rewritten"), (Container::NetCdf4, "in place")]
    {
        let path = file(&directory.path().join(format!("{}.exo", container.name())), container);
        let bytes = std::fs::read(&path).unwrap();
        let long = "a much longer text ".repeat(40);
        let edits = [
            "title", "Run 7", "--then", "attr", "set", "/", "note", &long, "--then", "rename", "variable", "coordx",
            "cx",
        ];
        let args = [&["edit", "--dry-run", &path], edits.as_slice()].concat();
        assert_eq!(done(&args), format!("{path}: 3 edits would be done, {how}\n"));
        assert!(std::fs::read(&path).unwrap() == bytes, "a dry run changed {path}");
        let args = [&["edit", &path], edits.as_slice()].concat();
        assert_eq!(done(&args), format!("{path}: 3 edits done, {how}\n"));
        let read = File::open(&path).unwrap();
        assert_eq!(read.schema().attribute("title").unwrap().as_text().unwrap(), "Run 7");
        assert_eq!(read.schema().attribute("note"), Some(&Value::text(&long)));
        assert_eq!(read.find("cx").unwrap().read_all::<f64>().unwrap(), [0.0, 1.0]);
        assert_eq!(read.find("time_whole").unwrap().read_all::<f64>().unwrap(), [0.5]);
        // What fits where it is stays there.
        let said = done(&["edit", "--json", &path, "title", "Run 8"]);
        assert!(said.contains("\"done\":\"in place\""), "{said}");
        done(&["edit", &path, "rename", "variable", "cx", "coordx", "--then", "attr", "delete", "/", "note"]);
        assert_eq!(ExodusFile::open(&path).unwrap().title(), "Run 8");
    }
}

#[test]
fn names_and_records_of_a_model_are_changed() {
    let directory = tempfile::tempdir().unwrap();
    for container in [Container::Cdf1, Container::NetCdf4] {
        let path = file(&directory.path().join(format!("{}.exo", container.name())), container);
        let words = "qa add exo 1.0 2020/02/29 12:00:00 --then rename nodal u temperature --then qa add exo 1.1";
        done(&[&["edit", &path], words.split(' ').collect::<Vec<_>>().as_slice()].concat());
        let long = "a_name_of_more_than_thirty_two_bytes_in_all";
        done(&["edit", &path, "rename", "nodal", "temperature", long]);
        let full = "y".repeat(80);
        done(&["edit", &path, "info", "add", "a line", "--then", "info", "add", &full]);
        let read = ExodusFile::open(&path).unwrap();
        let mesh = read.mesh().unwrap();
        assert_eq!(mesh.variables[&EntityType::Nodal], [long]);
        assert_eq!(mesh.info_records, ["a line", &full]);
        let records: Vec<&str> = mesh.qa_records.iter().map(|record| record.version.as_str()).collect();
        assert!(records.ends_with(&["1.0", "1.1"]), "{records:?}");
        let date = &mesh.qa_records.last().unwrap().date;
        assert!(date.len() == 10 && date.starts_with("20"), "{date}");
        assert_eq!(exo(&["check", "--values", &path]).status.code(), Some(0));
    }
}

#[test]
fn attributes_keep_their_types_and_get_those_that_are_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let path = file(&directory.path().join("a.exo"), Container::NetCdf4);
    let set = |values: &[&str]| done(&[&["edit", "-q", &path, "attr", "set", "coordx", "a"], values].concat());
    let value =
        || File::open(&path).unwrap().schema().variables.iter().find_map(|v| v.attribute("a").cloned()).unwrap();
    set(&["1", "-2"]);
    assert_eq!(value(), Value::Int(vec![1, -2]));
    set(&["3", "--type", "short"]);
    assert_eq!(value(), Value::Short(vec![3]));
    set(&["4"]);
    assert_eq!(value(), Value::Short(vec![4]));
    done(&["edit", "-q", &path, "attr", "rename", "coordx", "a", "b"]);
    assert!(File::open(&path).unwrap().schema().variables.iter().any(|v| v.attribute("b").is_some()));
}

#[test]
fn what_cannot_be_done_leaves_the_file_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    for container in [Container::Cdf1, Container::NetCdf4] {
        let path = file(&directory.path().join(format!("{}.exo", container.name())), container);
        let (bytes, line) = (std::fs::read(&path).unwrap(), "x".repeat(81));
        for (edit, said) in [
            (vec!["attr", "delete", "/", "nothing"], "no attribute nothing"),
            (vec!["attr", "set", "nowhere", "a", "1"], "no variable or group nowhere"),
            (
                vec!["title", "new", "--then", "rename", "variable", "coordx", "coordy"],
                "coordx: the name coordy is taken",
            ),
            (vec!["rename", "dimension", "num_nodes", "a/b"], "dimension num_nodes"),
            (vec!["attr", "set", "/", "a", "many", "words"], "several words"),
            (vec!["attr", "set", "/", "a", "300", "--type", "byte"], "\"300\" is no byte"),
            (vec!["attr", "set", "/", "a", "1e400"], "1e400 does not fit double"),
            (vec!["attr", "set", "/", "a", "1", "-1e39", "--type", "float"], "-1e39 does not fit float"),
            (vec!["title", "new", "--dry-run"], "--dry-run comes before the file: exo edit --dry-run"),
            (vec!["attr", "set", "/", "a", "1", "-q"], "-q comes before the file"),
            (vec!["nonsense"], "unrecognized subcommand"),
            (vec!["rename", "coordx", "x"], "coordx is: rename WHAT coordx x, where WHAT is variable,"),
            (vec!["delete", "coordx"], "coordx is: delete WHAT coordx, where WHAT is variable,"),
            (vec!["info", "add", &line], "is longer than the 80 bytes of info_records"),
            (vec!["title", "new", "--then"], "--then comes between two edits"),
        ] {
            let args = [vec!["edit", &path], edit].concat();
            common::refuses(&args, 2, said);
            assert!(std::fs::read(&path).unwrap() == bytes, "{args:?} changed the file");
        }
    }
}

#[test]
fn a_dry_run_ends_as_the_run_does() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    let builder = Builder::create(&path, false).unwrap();
    let double = Datatype::Number(NumberType::F64, ByteOrder::Little);
    let v = builder.dataset(DatasetSpec::new(double.clone(), &[2])).unwrap();
    let v = builder.add_dataset(v, &[2], Vec::new()).unwrap();
    // NetCDF shows neither of these.
    let kind = builder.commit_datatype(double).unwrap().address().unwrap();
    let nowhere = LinkSpec { name: "nowhere".into(), to: LinkTo::Path("/there".into()) };
    let links = vec![LinkSpec::hard("v", v), LinkSpec::hard("kind", kind), nowhere];
    let root = builder.add_group(&GroupSpec { links, ..GroupSpec::default() }).unwrap();
    builder.finish(root).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let path = path.to_str().unwrap();
    for (edit, what) in [
        (["rename", "variable", "v", "nowhere"], "there is a link nowhere already"),
        (["rename", "variable", "v", "kind"], "there is a link kind already"),
        (["rename", "variable", "v", "a/b"], "has a character that names cannot have"),
        (["rename", "variable", "w", "x"], "there is no variable w"),
        (["rename", "variable", "v", "w"], ""),
    ] {
        let dry = exo(&[&["edit", "--dry-run", path], edit.as_slice()].concat());
        assert!(std::fs::read(path).unwrap() == bytes, "{edit:?} changed the file");
        let run = exo(&[&["edit", path], edit.as_slice()].concat());
        let code = if what.is_empty() { 0 } else { 2 };
        assert_eq!((dry.status.code(), run.status.code()), (Some(code), Some(code)), "{edit:?}");
        assert_eq!(text(&dry.stderr), text(&run.stderr), "{edit:?}");
        assert!(text(&run.stderr).contains(what), "{edit:?}: {}", text(&run.stderr));
    }
}

#[test]
fn what_is_there_is_not_called_missing() {
    use hyperslab::hdf5::builder::{AttributeSpec, Builder, FileOptions, GroupSpec, Level};
    use hyperslab::hdf5::Datatype;
    let directory = tempfile::tempdir().unwrap();
    let [hidden, filled] = ["a.h5", "b.nc"].map(|name| directory.path().join(name));
    let double = Datatype::Number(hyperslab::NumberType::F64, hyperslab::ByteOrder::Little);
    let complex = AttributeSpec::scalar("c", Datatype::Complex(Box::new(double)), vec![0; 16]);
    let builder =
        Builder::create_with(&hidden, false, &FileOptions { level: Level::Latest, ..FileOptions::default() }).unwrap();
    let root = builder.add_group(&GroupSpec { attributes: vec![complex], ..GroupSpec::default() }).unwrap();
    builder.finish(root).unwrap();
    let mut schema = Schema::new(NetCdf4);
    let mut v = Variable::new("v", Type::Int, vec![]);
    v.attributes.push(hyperslab::netcdf::Attribute::new("_FillValue", Value::Int(vec![3])));
    v.fill = hyperslab::netcdf::Fill::Value(Value::Int(vec![3]));
    schema.add_variable(v);
    Writer::create(&filled, schema, false).unwrap().finish().unwrap();
    let [hidden, filled] = [&hidden, &filled].map(|path| path.to_str().unwrap());
    let shown = "the attribute c is there, but netCDF does not show it";
    common::refuses(&["edit", hidden, "attr", "delete", "/", "c"], 2, shown);
    common::refuses(&["edit", hidden, "attr", "rename", "/", "c", "d"], 2, shown);
    done(&["edit", hidden, "attr", "set", "/", "c", "inf"]);
    common::refuses(
        &["edit", filled, "attr", "rename", "v", "_FillValue", "fv"],
        2,
        "another fill value of a netCDF-4",
    );
}

#[test]
fn what_is_deleted_leaves_bytes_that_are_told_of() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.nc");
    let mut schema = Schema::new(NetCdf4);
    schema.groups.push(Group { name: "g".into(), parent: Some(GroupId::ROOT), attributes: Vec::new() });
    let x = schema.add_dimension("x", 1 << 18, false);
    let large = schema.add_variable(Variable { group: GroupId(1), ..Variable::new("large", Type::Double, vec![x]) });
    schema.add_variable(Variable::new("small", Type::Double, vec![]));
    let writer = Writer::create(&path, schema, false).unwrap();
    writer.write(large, &hyperslab::Selection::all(&[1 << 18]), &vec![1.5; 1 << 18]).unwrap();
    writer.finish().unwrap();
    let path = path.to_str().unwrap();
    let refused = exo(&["edit", path, "delete", "dimension", "x"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("/g/large"), "{}", text(&refused.stderr));
    let said = done(&["edit", path, "delete", "group", "/g", "--then", "delete", "dimension", "x"]);
    assert!(said.contains("2 edits done, in place") && said.contains("bytes are unused: exo repack"), "{said}");
    let read = File::open(path).unwrap();
    assert_eq!((read.schema().groups.len(), read.schema().dimensions.len()), (1, 0));
    assert_eq!(done(&["edit", path, "rename", "variable", "small", "s"]).lines().count(), 1);
}

#[test]
fn a_group_names_the_model_that_changes() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.exo");
    std::fs::copy(common::fixture("change_sets_netcdf4.exo"), &path).unwrap();
    let name = path.to_str().unwrap();
    done(&["edit", "--group", "before", name, "title", "Run 7"]);
    let file = ExodusFile::open(&path).unwrap();
    let titles = ["before", "after"].map(|group| file.group(group).unwrap().title());
    assert_eq!((file.title().as_str(), titles), ("two change sets", ["Run 7".to_owned(), "long".to_owned()]));
    common::refuses(&["edit", "--group", "late", name, "title", "Run 8"], 2, "there are before, after");
}

#[cfg(unix)]
#[test]
fn other_names_of_a_file_that_is_written_again_are_told_of() {
    let directory = tempfile::tempdir().unwrap();
    let other = directory.path().join("other.exo");
    for (container, how) in
        [(Container::Cdf2, "rewritten; the old file keeps 1 other name (hard links)"), (Container::NetCdf4, "in place")]
    {
        let path = file(&directory.path().join(format!("{}.exo", container.name())), container);
        std::fs::hard_link(&path, &other).unwrap();
        let long = "a longer text ".repeat(40);
        assert_eq!(done(&["edit", &path, "attr", "set", "/", "note", &long]), format!("{path}: 1 edit done, {how}\n"));
        std::fs::remove_file(&other).unwrap();
    }
}

#[test]
fn messages_cut_names_that_are_too_long() {
    let directory = tempfile::tempdir().unwrap();
    let path = file(&directory.path().join("a.exo"), Container::Cdf2);
    let said = |name: &str| text(&exo(&["edit", &path, "rename", "variable", name, "x"]).stderr);
    let cut = |length: usize| format!("{}… ({length} characters)", "n".repeat(200));
    assert_eq!(said(&"n".repeat(3000)), format!("exo: {path}: there is no variable {}\n", cut(3000)));
    let (long, longest) = ("ü".repeat(256), format!("/{}/{}", "n".repeat(257), "n".repeat(256)));
    assert!(said(&long).ends_with(&format!(" {long}\n")));
    assert!(said(&longest).ends_with(&format!(" /{}/{}\n", cut(257), "n".repeat(256))));
    // Records have them whole.
    let missing = "n".repeat(3000);
    let done = exo(&["digest", &format!("{path}{missing}")]);
    assert!(text(&done.stdout).contains(&missing) && !text(&done.stderr).contains(&missing));
}
