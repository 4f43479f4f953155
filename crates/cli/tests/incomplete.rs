//! Files of which something cannot be read: what it is is said, everything else is printed, and the exit code tells.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use exodus_rs::{CreateOptions, EntityType, MeshBuilder};
use hyperslab::hdf5::builder::{AttributeSpec, Builder, GroupSpec, LinkSpec, LinkTo};
use hyperslab::hdf5::{Datatype, Filter};
use hyperslab::netcdf::{Attribute, Container, File, Layout, Schema, Type, Value, Variable, Writer};
use hyperslab::{ByteOrder, NumberType, Selection};

/// What a command ends with: its code, and what it prints.
fn exo(args: &[&str], path: &Path) -> (i32, String, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_exo")).args(args).arg(path).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (done.status.code().unwrap(), text(done.stdout), text(done.stderr))
}

fn digest(options: &[&str], path: &Path) -> (i32, serde_json::Value) {
    let (code, printed, _) = exo(&[&["digest"], options].concat(), path);
    (code, serde_json::from_str(&printed).unwrap())
}

/// A file with data, which HDF5 has compressed, and an attribute in a heap.
fn written(folder: &Path, container: Container) -> PathBuf {
    let mut schema = Schema::new(container);
    let x = schema.add_dimension("x", 100, false);
    let mut variable = Variable::new("v", Type::Double, vec![x]);
    if container == Container::NetCdf4 {
        variable.storage.layout = Layout::Chunked(vec![100]);
        variable.storage.filters = vec![Filter::deflate(1)];
        variable.attributes.push(Attribute::new("words", Value::String(vec![Some(b"in a heap".to_vec())])));
    }
    let id = schema.add_variable(variable);
    let path = folder.join("a.nc");
    let writer = Writer::create(&path, schema, true).unwrap();
    writer.write(id, &Selection::all(&[100]), &[1.5; 100]).unwrap();
    writer.finish().unwrap();
    path
}

/// Where the structures with this signature begin.
fn places(bytes: &[u8], signature: &[u8]) -> Vec<usize> {
    (0..bytes.len()).filter(|&at| bytes[at..].starts_with(signature)).collect()
}

/// Breaks structures at these places.
fn break_at(path: &Path, places: &[usize]) {
    let mut bytes = fs::read(path).unwrap();
    assert!(!places.is_empty());
    places.iter().for_each(|&at| bytes[at] = 0xff);
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_digest_of_a_whole_file_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    for container in [Container::NetCdf4, Container::Cdf5] {
        let path = written(folder.path(), container);
        let (code, record) = digest(&["--netcdf"], &path);
        assert!(code == 0 && record["complete"] == true, "{record}");
    }
    let (code, record) = digest(&[], &written(folder.path(), Container::NetCdf4));
    assert!(code == 0 && record["complete"] == true, "{record}");
}

#[test]
fn a_broken_attribute_is_named_and_the_digest_is_not_complete() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), Container::NetCdf4);
    break_at(&path, &places(&fs::read(&path).unwrap(), b"GCOL"));
    let (code, record) = digest(&[], &path);
    let objects = record["objects"].as_array().unwrap();
    let variable = objects.iter().find(|object| object["path"] == "/v").unwrap();
    let words = variable["attributes"].as_array().unwrap().iter().find(|a| a["name"] == "words").unwrap();
    assert!(words["error"].as_str().unwrap().contains("global heap"), "{words}");
    assert!(code == 2 && record["complete"] == false && variable["digest"].is_string(), "{record}");
    // netCDF shows no variable without its attributes.
    let (code, record) = digest(&["--netcdf"], &path);
    assert!(
        code == 2 && record["complete"] == false && record["error"].as_str().unwrap().contains("words"),
        "{record}"
    );
}

#[test]
fn data_that_cannot_be_read_are_named_and_the_digest_is_not_complete() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), Container::NetCdf4);
    let array = File::open(&path).unwrap().find("v").unwrap().clone();
    let chunk = array.chunks().unwrap().next().unwrap().info().offset;
    let mut bytes = fs::read(&path).unwrap();
    bytes[usize::try_from(chunk).unwrap()..][..8].fill(0xff);
    fs::write(&path, bytes).unwrap();
    for (options, list) in [(&[][..], "/objects"), (&["--netcdf"], "/groups/0/variables")] {
        let (code, record) = digest(options, &path);
        let list = record.pointer(list).unwrap().as_array().unwrap();
        let variable = list.iter().find(|v| v["name"] == "v" || v["path"] == "/v").unwrap();
        assert!(variable["error"].as_str().unwrap().contains("deflate"), "{variable}");
        assert!(code == 2 && record["complete"] == false, "{record}");
    }
}

#[test]
fn a_group_that_cannot_be_listed_is_named_and_the_rest_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.h5");
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/hdf5/byte_order.h5");
    fs::copy(fixture, &path).unwrap();
    break_at(&path, &places(&fs::read(&path).unwrap(), b"SNOD")[4..]);
    let (code, record) = digest(&[], &path);
    let objects = record["objects"].as_array().unwrap();
    let failed = objects.iter().find(|object| object["kind"] == "iterate-error").unwrap();
    assert!(failed["path"] == "/big" && failed["error"].as_str().unwrap().contains("symbol table node"), "{failed}");
    assert!(code == 2 && record["complete"] == false && objects.iter().any(|object| object["path"] == "/little/f8"));
    let (code, printed, said) = exo(&["ls", "-r", "-l"], &path);
    let unreadable = printed.lines().find(|line| line.contains("unreadable")).unwrap();
    assert!(unreadable.starts_with("/big ") && unreadable.contains("symbol table node"), "{printed}");
    assert!(code == 2 && printed.contains("\n/little/f8 "), "{printed}");
    assert!(said.lines().count() == 1 && said.contains("a.h5: 1 object could not be read"), "{said}");
    assert_eq!(exo(&["dump", "-h"], &path).0, 2);
}

#[test]
fn data_that_are_cut_off_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), Container::Cdf5);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 80]).unwrap();
    let (code, record) = digest(&["--netcdf"], &path);
    assert!(record["opens"] == true && record["error"].as_str().unwrap().contains("truncated"), "{record}");
    assert!(code == 2 && record["complete"] == false, "{record}");
    let (code, printed, said) = exo(&["dump"], &path);
    assert!(code == 2 && printed.contains("v(") && !printed.contains("0, 0"), "{printed}");
    assert!(said.contains("/v: data at offset") && said.contains("truncated"), "{said}");
}

#[test]
fn a_virtual_dataset_whose_length_nobody_may_look_up_is_said() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/hdf5/multi/virtual_growing.h5");
    let (code, printed, _) = exo(&["ls"], &path);
    assert!(
        code == 2 && printed.contains("/together") && printed.contains("external files are not followed"),
        "{printed}"
    );
    let (code, printed, _) = exo(&["dump", "-h"], &path);
    assert!(code == 2 && !printed.contains("together"), "{printed}");
    for options in [&[][..], &["--netcdf"]] {
        let (code, record) = digest(options, &path);
        assert!(code == 2 && record["complete"] == false && record.to_string().contains("source_a.h5"), "{record}");
        let (code, record) = digest(&[options, &["--allow-external"]].concat(), &path);
        assert!(code == 0 && record["complete"] == true, "{record}");
    }
    let (code, printed, _) = exo(&["ls", "--allow-external"], &path);
    assert!(code == 0 && printed.lines().all(|line| line.contains("/inf, 4}")), "{printed}");
}

#[test]
fn links_that_are_not_followed_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.exo");
    let builder = Builder::create(&path, false).unwrap();
    let float = Datatype::Number(NumberType::F32, ByteOrder::Little);
    let mut root = GroupSpec::default();
    for name in ["api_version", "version"] {
        root.attributes.push(AttributeSpec::scalar(name, float.clone(), 4.01f32.to_le_bytes().to_vec()));
    }
    for name in ["far", "farther"] {
        let to = LinkTo::File { file: "other.h5".into(), path: "/v".into() };
        root.links.push(LinkSpec { name: name.into(), to });
    }
    let root = builder.add_group(&root).unwrap();
    builder.finish(root).unwrap();
    for command in [&["dump"][..], &["info"]] {
        let (code, printed, said) = exo(command, &path);
        assert!(code == 2 && !printed.is_empty() && said.lines().count() == 1, "{command:?}: {said}");
        assert!(said.contains("/far is not shown: the link leads to another file, and 1 object more"), "{said}");
    }
    let (code, record) = digest(&["--netcdf"], &path);
    assert!(code == 2 && record["complete"] == false && record["hidden"].as_array().unwrap().len() == 2, "{record}");
    // A link is what a digest of the objects is asked for, and not what it leads to.
    assert_eq!(digest(&[], &path).0, 0);
}

#[test]
fn info_says_that_an_index_is_broken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.exo");
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/exodus/netcdf4_classic.exo");
    let whole = fs::read(fixture).unwrap();
    let trees = places(&whole, b"TREE");
    assert_eq!(trees.len(), 10);
    for tree in trees {
        fs::write(&path, &whole).unwrap();
        break_at(&path, &[tree]);
        let (code, _, said) = exo(&["info"], &path);
        assert!(code == 2 && said.contains(&format!("version 1 B-tree node at offset {tree}")), "{tree}: {said}");
    }
}

#[test]
fn every_command_says_that_a_classic_file_was_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.exo");
    for (steps, records) in [(1, "bytes are there"), (2, "1 whole record,"), (3, "2 whole records,")] {
        cut_off(&path, steps);
        let same = path.to_str().unwrap();
        for command in [
            &["ls"][..],
            &["ls", "-l"],
            &["dump"],
            &["dump", "-h"],
            &["digest", "--netcdf"],
            &["info"],
            &["diff", same],
        ] {
            let (code, printed, said) = exo(command, &path);
            let is_diff = command[0] == "diff";
            assert!(said.contains("cut.exo: ") && said.contains(records), "{command:?}: {said}");
            assert!(code == if is_diff { 1 } else { 2 } && printed.is_empty() == is_diff, "{command:?}: {code}");
        }
        let (code, printed, _) = exo(&["check"], &path);
        assert!(code == 1 && printed.contains(records), "{printed}");
    }
    for command in [&["ls"][..], &["dump"], &["digest", "--netcdf"], &["info"], &["check"]] {
        let (_, printed, said) = exo(command, &path);
        let hinted = said.contains("`exo copy --salvage`") || printed.contains("`exo copy --salvage`");
        assert!(hinted, "{command:?}: {said}");
    }
    // Within the header, too, a classic file is one.
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..100]).unwrap();
    assert!(exo(&["digest"], &path).2.contains("`exo digest --netcdf`"));
}

/// A classic file of so many steps, and of the last one all but a byte.
fn cut_off(path: &Path, steps: u32) {
    let options = CreateOptions { container: Container::Cdf2, overwrite: true, ..CreateOptions::default() };
    let mesh = MeshBuilder::new("a point").nodes(&[[0.0]]).variables(EntityType::Nodal, ["u"]);
    let writer = mesh.create(path, &options).unwrap();
    for step in 0..steps {
        writer.next_step(f64::from(step)).unwrap().put(EntityType::Nodal, 0, 0, &[1.0]).unwrap();
    }
    writer.finish().unwrap();
    let whole = fs::read(path).unwrap();
    fs::write(path, &whole[..whole.len() - 1]).unwrap();
}
