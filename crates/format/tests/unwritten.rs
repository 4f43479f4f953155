//! A last variable of a classic file that was never written (a program that declares with `NC_NOFILL` ends the file before it)
//! reads as zeros, however long it is. Changes leave it so: they write none of these zeros.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::path::Path;

use hyperslab::netcdf::{Container, Done, Editor, File, GroupId, Owner, Schema, Type, Value, Variable, Writer};

const LONG: u64 = 1 << 28;

/// Three short integers, and 2 GiB of doubles that are not there.
fn declare(path: &Path) {
    let mut schema = Schema::new(Container::Cdf2);
    let (few, many) = (schema.add_dimension("few", 3, false), schema.add_dimension("many", 4, false));
    schema.add_variable(Variable::new("x", Type::Short, vec![few]));
    schema.add_variable(Variable::new("y", Type::Double, vec![many]));
    Writer::create(path, schema, false).unwrap().finish().unwrap();
    let mut bytes = std::fs::read(path).unwrap();
    bytes.truncate(bytes.len() - 4 * 8);
    let name = bytes.windows(12).position(|window| window == b"\0\0\0\x04many\0\0\0\x04").unwrap();
    bytes[name + 8..name + 12].copy_from_slice(&u32::try_from(LONG).unwrap().to_be_bytes());
    std::fs::write(path, &bytes).unwrap();
}

/// The values are the zeros that they were, and take no place.
fn check(path: &Path) {
    let file = File::open(path).unwrap();
    assert_eq!(file.find("x").unwrap().read_all::<i16>().unwrap(), [-32_767; 3]);
    assert_eq!(file.find("y").unwrap().read::<f64>(LONG - 2..).unwrap(), [0.0; 2]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        assert!(std::fs::metadata(path).unwrap().blocks() < 1000);
    }
}

#[test]
fn what_was_never_written_is_not_written_by_a_change() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("empty.nc");
    declare(&path);
    check(&path);
    let mut editor = Editor::open(&path).unwrap();
    let long = "a text that does not fit into the header ".repeat(20);
    editor.set_attribute(Owner::Group(GroupId(0)), "note", Value::text(&long)).unwrap();
    assert_eq!(editor.publish().unwrap().done, Done::Rewritten);
    check(&path);
    let mut editor = Editor::open(&path).unwrap();
    let few = editor.schema().find_dimension("few").unwrap();
    editor.add_variable(Variable::new("z", Type::Int, vec![few])).unwrap();
    assert_eq!(editor.publish().unwrap().done, Done::Rewritten);
    check(&path);
    // What is new has its fill values.
    assert_eq!(File::open(&path).unwrap().find("z").unwrap().read_all::<i32>().unwrap(), [-2_147_483_647; 3]);
}
