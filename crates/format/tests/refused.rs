//! What no file can hold is refused before anything is touched, and the error names the object.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::sync::Arc;

use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{
    Attribute, Container, Dimension, DimensionId, Field, Fill, Group, GroupId, Layout, Schema, Storage, Type,
    UserClass, UserType, UserValue, Value, Variable, Writer,
};
use hyperslab::Kind;

const ALL: [Container; 5] =
    [Container::Cdf1, Container::Cdf2, Container::Cdf5, Container::NetCdf4, Container::NetCdf4Classic];
const HDF5: [Container; 2] = [Container::NetCdf4, Container::NetCdf4Classic];
const CLASSIC: [Container; 3] = [Container::Cdf1, Container::Cdf2, Container::Cdf5];

/// Dimensions `t` (unlimited) and `x`, the variable `v(t, x)`; in netCDF-4 also the group `g`.
fn plain(container: Container) -> Schema {
    let mut schema = Schema::new(container);
    let time = schema.add_dimension("t", 0, true);
    let x = schema.add_dimension("x", 3, false);
    schema.add_variable(Variable::new("v", Type::Int, vec![time, x]));
    if container == Container::NetCdf4 {
        schema.groups.push(Group { name: "g".to_owned(), parent: Some(GroupId::ROOT), attributes: Vec::new() });
    }
    schema
}

/// Creates a file over an existing one; it must be refused, with this in the message, and change nothing.
fn refused(what: &str, schema: Schema, kind: Kind, named: &str) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.nc");
    std::fs::write(&path, b"precious").unwrap();
    let container = schema.container;
    match Writer::create(&path, schema, true) {
        Ok(_) => panic!("{what} in {container:?}: accepted"),
        Err(error) => {
            assert_eq!(error.kind(), kind, "{what} in {container:?}: {error}");
            assert!(error.to_string().contains(named), "{what} in {container:?}: {error}");
        }
    }
    assert_eq!(std::fs::read(&path).unwrap(), b"precious", "{what}");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "{what}");
}

fn each(what: &str, containers: &[Container], kind: Kind, named: &str, change: impl Fn(&mut Schema)) {
    for &container in containers {
        let mut schema = plain(container);
        change(&mut schema);
        refused(what, schema, kind, named);
    }
}

#[test]
fn plain_schemas_are_accepted() {
    for container in ALL {
        let directory = tempfile::tempdir().unwrap();
        Writer::create(directory.path().join("a.nc"), plain(container), false).unwrap().finish().unwrap();
    }
}

#[test]
fn names_that_are_no_names() {
    let long = "x".repeat(257);
    for bad in ["", "a/b", "a\0b", ".", " a", "a ", "a\n", "+a", long.as_str()] {
        let quoted = format!("{bad:?}");
        each("a variable", &ALL, Kind::Usage, &quoted, |s| s.variables[0].name = bad.to_owned());
        each("a dimension", &ALL, Kind::Usage, &quoted, |s| s.dimensions[1].name = bad.to_owned());
        let attribute = || Attribute::new(bad, Value::text("x"));
        each("an attribute", &ALL, Kind::Usage, &quoted, |s| s.variables[0].attributes.push(attribute()));
        each("a global attribute", &ALL, Kind::Usage, &quoted, |s| s.groups[0].attributes.push(attribute()));
        each("a group", &HDF5[..1], Kind::Usage, &quoted, |s| s.groups[1].name = bad.to_owned());
    }
}

#[test]
fn names_that_are_taken() {
    each("two variables", &ALL, Kind::Usage, "/v", |s| {
        let twin = s.variables[0].clone();
        s.variables.push(twin);
    });
    each("two dimensions", &ALL, Kind::Usage, "/x", |s| {
        s.add_dimension("x", 4, false);
    });
    each("two attributes", &ALL, Kind::Usage, "twice", |s| {
        s.variables[0].attributes = vec![Attribute::new("twice", Value::text("a")); 2];
    });
    each("two global attributes", &ALL, Kind::Usage, "twice", |s| {
        s.groups[0].attributes = vec![Attribute::new("twice", Value::text("a")); 2];
    });
    let v4 = &HDF5[..1];
    each("two groups", v4, Kind::Usage, "/g", |s| s.groups.push(s.groups[1].clone()));
    each("a variable like a group", v4, Kind::Usage, "/g", |s| s.variables[0].name = "g".to_owned());
    each("a dimension like a group", v4, Kind::Usage, "/g", |s| s.dimensions[1].name = "g".to_owned());
    each("a type like a variable", v4, Kind::Usage, "/v", |s| s.types.push(Arc::new(opaque("v", 3))));
}

#[test]
fn names_that_netcdf_keeps_to_itself() {
    for name in [
        "CLASS",
        "NAME",
        "DIMENSION_LIST",
        "REFERENCE_LIST",
        "_Netcdf4Dimid",
        "_Netcdf4Coordinates",
        "_NCProperties",
        "_nc3_strict",
    ] {
        let attribute = || Attribute::new(name, Value::text("x"));
        each("a variable's", &HDF5, Kind::Unsupported, name, |s| s.variables[0].attributes.push(attribute()));
        each("a group's", &HDF5, Kind::Unsupported, name, |s| s.groups[0].attributes.push(attribute()));
    }
    let reserved = "_nc4_non_coord_v";
    each("a variable", &HDF5, Kind::Unsupported, reserved, |s| s.variables[0].name = reserved.to_owned());
}

#[test]
fn groups_that_are_not_there() {
    let v4 = &HDF5[..1];
    each("a variable", v4, Kind::Usage, "/v", |s| s.variables[0].group = GroupId(7));
    each("a dimension", v4, Kind::Usage, "/x", |s| s.dimensions[1].group = GroupId(7));
    each("a group below none", v4, Kind::Usage, "/g", |s| s.groups[1].parent = None);
    each("a group below a later one", v4, Kind::Usage, "/g", |s| {
        s.groups[1].parent = Some(GroupId(2));
        s.groups.push(Group { name: "h".to_owned(), parent: Some(GroupId::ROOT), attributes: Vec::new() });
    });
    each("a group below itself", v4, Kind::Usage, "/g", |s| s.groups[1].parent = Some(GroupId(1)));
    each("no groups at all", &ALL, Kind::Usage, "root", |s| s.groups.clear());
    each("a dimension out of scope", v4, Kind::Usage, "/v", |s| s.dimensions[1].group = GroupId(1));
    each("a dimension that is not there", &ALL, Kind::Usage, "/v", |s| s.variables[0].dimensions[1] = DimensionId(9));
    let group = |s: &mut Schema| {
        s.groups.push(Group { name: "h".to_owned(), parent: Some(GroupId::ROOT), attributes: Vec::new() });
    };
    each("groups", &CLASSIC, Kind::Unsupported, "/h", group);
    each("groups", &HDF5[1..], Kind::Unsupported, "/h", group);
}

#[test]
fn shapes_that_do_not_fit() {
    each("rank 33", &HDF5, Kind::Unsupported, "/v", |s| s.variables[0].dimensions = vec![DimensionId(1); 33]);
    each("rank 1025", &CLASSIC, Kind::Unsupported, "/v", |s| {
        s.dimensions[1].length = 1;
        s.variables[0].dimensions = vec![DimensionId(1); 1025];
    });
    each("2^64 elements", &ALL, Kind::Limit, "/v", |s| {
        s.dimensions[1].length = 1 << 31;
        s.variables[0].dimensions = vec![DimensionId(1); 3];
    });
    each("a fixed length of 0", &ALL, Kind::Unsupported, "/x", |s| s.dimensions[1].length = 0);
    each("the length of the unlimited", &ALL, Kind::Unsupported, "/x", |s| s.dimensions[1].length = u64::MAX);
    let second = |s: &mut Schema| {
        let other = s.add_dimension("other", 0, true);
        s.variables.push(Variable::new("w", Type::Int, vec![other]));
    };
    each("two unlimited dimensions", &CLASSIC, Kind::Unsupported, "other", second);
    each("two unlimited dimensions", &HDF5[1..], Kind::Unsupported, "several", second);
    each("an unlimited dimension second", &CLASSIC, Kind::Unsupported, "/v", |s| s.variables[0].dimensions.reverse());
    each("2 GiB before another variable", &CLASSIC[..1], Kind::Unsupported, "variable w", |s| {
        let long = s.add_dimension("long", (1 << 31) - 4, false);
        s.variables.insert(0, Variable::new("w", Type::Double, vec![long]));
    });
}

#[test]
fn fill_values_that_are_none() {
    let set = |value: Value| move |s: &mut Schema| s.variables[0].fill = Fill::Value(value.clone());
    each("two elements", &ALL, Kind::Usage, "/v", set(Value::Int(vec![1, 2])));
    each("no element", &ALL, Kind::Usage, "/v", set(Value::Int(vec![])));
    each("another type", &ALL, Kind::Usage, "/v", set(Value::Short(vec![1])));
    each("text", &ALL, Kind::Usage, "/v", set(Value::text("1")));
}

#[test]
fn attributes_that_are_no_fill_value() {
    let set = |value: Value| {
        move |s: &mut Schema| s.variables[0].attributes.push(Attribute::new("_FillValue", value.clone()))
    };
    let (variable, attribute) = ("/v", "attribute _FillValue");
    for named in [variable, attribute] {
        each("another type", &ALL, Kind::Usage, named, set(Value::Double(vec![1.0])));
        each("text", &ALL, Kind::Usage, named, set(Value::text("1")));
        each("two elements", &ALL, Kind::Usage, named, set(Value::Int(vec![1, 2])));
        each("no element", &ALL, Kind::Usage, named, set(Value::Int(vec![])));
    }
    each("another type, nothing filled", &ALL, Kind::Usage, attribute, |s| {
        s.variables[0].fill = Fill::None;
        set(Value::Double(vec![1.0]))(s);
    });
    // A file had it; but what a classic file fills with, no other attribute can say.
    each("in the way", &CLASSIC, Kind::Unsupported, attribute, |s| {
        (s.variables[0].fill, s.variables[0].untold_fill) = (Fill::Value(Value::Int(vec![-5])), true);
        set(Value::Double(vec![1.0]))(s);
    });
}

#[test]
fn texts_that_readers_would_misread() {
    let text = || Value::String(vec![Some(b"good".to_vec()), None, Some(b"a\0b".to_vec())]);
    let v4 = &HDF5[..1];
    each("a global attribute", v4, Kind::Usage, "attribute note: a text with a NUL", |s| {
        s.groups[0].attributes.push(Attribute::new("note", text()));
    });
    each("an attribute", v4, Kind::Usage, "/v: attribute note: a text with a NUL", |s| {
        s.variables[0].attributes.push(Attribute::new("note", text()));
    });
    each("a fill value", v4, Kind::Usage, "/v: a text with a NUL", |s| {
        s.variables[0].ty = Type::String;
        s.variables[0].fill = Fill::Value(Value::String(vec![Some(b"a\0".to_vec())]));
    });
    each("inside of a list", v4, Kind::Usage, "attribute note: a text with a NUL", |s| {
        let list = Arc::new(UserType { class: UserClass::Vlen(Type::String), ..opaque("l", 16) });
        let outer = Arc::new(record(16, vec![field("f", 0, Type::User(list.clone()), &[])]));
        s.types = vec![list.clone(), outer.clone()];
        let held = Value::User(list, vec![UserValue::Vlen(text())]);
        let value = Value::User(outer, vec![UserValue::Compound(vec![held])]);
        s.groups[1].attributes.push(Attribute::new("note", value));
    });
}

#[test]
fn layouts_that_are_none() {
    let set = |layout: Layout| move |s: &mut Schema| s.variables[0].storage.layout = layout.clone();
    each("chunks of another rank", &HDF5, Kind::Usage, "/v", set(Layout::Chunked(vec![1])));
    each("chunks of nothing", &HDF5, Kind::Usage, "/v", set(Layout::Chunked(vec![1, 0])));
    each(
        "chunks longer than a fixed dimension",
        &HDF5,
        Kind::Usage,
        "/v: chunks of [5, 4]",
        set(Layout::Chunked(vec![5, 4])),
    );
    each("chunks of 4 GiB", &HDF5, Kind::Unsupported, "/v", set(Layout::Chunked(vec![1 << 30, 2])));
    each("compact data that grow", &HDF5, Kind::Usage, "/v", set(Layout::Compact));
    each("compact data of 80 KB", &HDF5, Kind::Unsupported, "/v", |s| {
        s.dimensions[1].length = 20_000;
        s.variables[0].dimensions.remove(0);
        s.variables[0].storage.layout = Layout::Compact;
    });
    each("filters of one element", &HDF5, Kind::Usage, "/v", |s| {
        s.variables[0].dimensions.clear();
        s.variables[0].storage = Storage { filters: vec![Filter::deflate(1)], ..Storage::default() };
    });
    each("level 10", &HDF5, Kind::Usage, "/v", |s| s.variables[0].storage.filters = vec![Filter::new(1, vec![10])]);
    each("an unknown filter", &HDF5, Kind::Unsupported, "/v", |s| {
        s.variables[0].storage =
            Storage { layout: Layout::Chunked(vec![1, 3]), filters: vec![Filter::new(65_000, Vec::new())] };
    });
}

#[test]
fn types_that_the_container_has_not() {
    each("int64", &CLASSIC[..2], Kind::Unsupported, "/v", |s| s.variables[0].ty = Type::Int64);
    each("int64", &HDF5[1..], Kind::Unsupported, "/v", |s| s.variables[0].ty = Type::Int64);
    each("string", &CLASSIC, Kind::Unsupported, "/v", |s| s.variables[0].ty = Type::String);
    let note = || Attribute::new("note", Value::String(vec![None]));
    each("a string attribute", &CLASSIC, Kind::Unsupported, "note", |s| s.groups[0].attributes.push(note()));
    each("a string attribute", &HDF5[1..], Kind::Unsupported, "note", |s| s.variables[0].attributes.push(note()));
    each("a user-defined type", &CLASSIC, Kind::Unsupported, "/o", |s| s.types.push(Arc::new(opaque("o", 3))));
}

fn opaque(name: &str, size: u64) -> UserType {
    UserType { name: name.to_owned(), group: GroupId::ROOT, size, class: UserClass::Opaque }
}

fn record(size: u64, fields: Vec<Field>) -> UserType {
    UserType { class: UserClass::Compound(fields), ..opaque("c", size) }
}

fn field(name: &str, offset: u64, ty: Type, dims: &[u64]) -> Field {
    Field { name: name.to_owned(), offset, ty, dims: dims.to_vec() }
}

fn enumeration(size: u64, base: Type, members: &[(&str, i64)]) -> UserType {
    let members = members.iter().map(|&(name, value)| (name.to_owned(), value)).collect();
    UserType { class: UserClass::Enum { base, members }, ..opaque("e", size) }
}

#[test]
fn types_that_are_not_well_formed() {
    let v4 = &HDF5[..1];
    let bad = |what: &str, named: &str, user: UserType| {
        each(what, v4, Kind::Usage, named, |s| s.types.push(Arc::new(user.clone())));
    };
    bad("an opaque type of nothing", "/o", opaque("o", 0));
    bad("a type of no name", "\"\"", opaque("", 1));
    bad("a type in no group", "/o", UserType { group: GroupId(9), ..opaque("o", 1) });
    bad("an enumeration of reals", "/e", enumeration(4, Type::Float, &[("a", 1)]));
    bad("an enumeration of another size", "/e", enumeration(4, Type::Byte, &[("a", 1)]));
    bad("an empty enumeration", "/e", enumeration(1, Type::Byte, &[]));
    bad("a member twice", "/e", enumeration(1, Type::Byte, &[("a", 1), ("a", 2)]));
    bad("a number twice", "/e", enumeration(1, Type::Byte, &[("a", 1), ("b", 1)]));
    bad("a number too large", "/e", enumeration(1, Type::Byte, &[("a", 128)]));
    bad("a record of nothing", "/c", record(4, vec![]));
    let int = |name, offset| field(name, offset, Type::Int, &[]);
    bad("fields that overlap", "/c", record(8, vec![int("a", 0), int("b", 2)]));
    bad("a field that leaves the record", "/c", record(8, vec![int("a", 6)]));
    bad("a field twice", "/c", record(8, vec![int("a", 0), int("a", 4)]));
    bad("an array of nothing", "/c", record(8, vec![field("a", 0, Type::Int, &[0])]));
    bad("an array that is too large", "/c", record(8, vec![field("a", 0, Type::Int, &[3])]));
    bad("a text that is too large", "/c", record(8, vec![field("a", 0, Type::String, &[])]));
    let other = Type::User(Arc::new(opaque("o", 3)));
    bad("a part that is not declared", "/c", record(8, vec![field("a", 0, other.clone(), &[])]));
    bad("a list of what is not declared", "/l", UserType { class: UserClass::Vlen(other.clone()), ..opaque("l", 16) });
    each("a variable's type", v4, Kind::Usage, "/v", |s| s.variables[0].ty = other.clone());
    each("an attribute's type", v4, Kind::Usage, "note", |s| {
        let value = Value::User(Arc::new(opaque("o", 3)), vec![UserValue::Opaque(vec![0; 3])]);
        s.groups[0].attributes.push(Attribute::new("note", value));
    });
    each("a value of another size", v4, Kind::Usage, "note", |s| {
        let user = Arc::new(opaque("o", 3));
        s.types.push(user.clone());
        s.groups[0].attributes.push(Attribute::new("note", Value::User(user, vec![UserValue::Opaque(vec![0; 2])])));
    });
}

#[test]
fn lengths_beyond_all_files() {
    let dimension = |length| Dimension { name: "far".to_owned(), length, unlimited: false, group: GroupId::ROOT };
    each("2^62", &ALL, Kind::Unsupported, "/far", |s| s.dimensions.push(dimension(1 << 62)));
    each("2^32", &CLASSIC[..2], Kind::Unsupported, "far", |s| s.dimensions.push(dimension(1 << 32)));
}
