//! Every fixture reads as the reference libraries read it, through every source.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

mod common;

use std::fmt::Write as _;

use common::{canonical, fixtures, sources};
use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{
    Attribute, Container, File, Fill, GroupId, Layout, Type, UserClass, UserType, Value, Variable, VariableId,
};
use hyperslab::{ByteOrder, Kind, Selection};
use serde_json::{json, Map, Value as Json};
use sha2::{Digest, Sha256};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn truth(kind: &str) -> Vec<(String, Json)> {
    let text = std::fs::read_to_string(fixtures().join("truth.json")).unwrap();
    let Json::Object(all) = serde_json::from_str(&text).unwrap() else { panic!("truth.json is no object") };
    let found: Vec<_> = all.into_iter().filter(|(_, truth)| truth["kind"] == kind).collect();
    assert!(!found.is_empty());
    found
}

fn format(container: Container) -> &'static str {
    match container {
        Container::Cdf1 => "classic",
        Container::Cdf2 => "64bit-offset",
        Container::Cdf5 => "cdf5",
        Container::NetCdf4 => "netcdf4",
        Container::NetCdf4Classic => "netcdf4-classic",
    }
}

/// Notes how many strings are null pointers, if any.
fn nulls(value: &Value, entry: &mut Json) {
    if let Value::String(texts) = value {
        let nulls = texts.iter().filter(|text| text.is_none()).count();
        if nulls > 0 {
            entry["nulls"] = json!(nulls);
        }
    }
}

fn attributes(list: &[Attribute]) -> Json {
    let entry = |a: &Attribute| {
        let (name, ty, len, digest) = (&a.name, a.value.ty(), a.value.len(), a.value.digest());
        let mut entry = json!({"name": name, "type": ty.name(), "len": len, "digest": digest});
        if let Value::Char(text) = &a.value {
            entry["text"] = json!(String::from_utf8_lossy(text));
        }
        nulls(&a.value, &mut entry);
        entry
    };
    list.iter().map(entry).collect()
}

fn user_type(user: &UserType) -> Json {
    match &user.class {
        UserClass::Opaque => json!({"name": user.name, "class": "opaque"}),
        UserClass::Vlen(base) => json!({"name": user.name, "class": "vlen", "base": base.name()}),
        UserClass::Enum { base, members } => {
            // Members above the signed integers wrap.
            let value = |&value: &i64| if *base == Type::UInt64 { json!(value.cast_unsigned()) } else { json!(value) };
            let members: Json = members.iter().map(|(name, number)| json!([name, value(number)])).collect();
            json!({"name": user.name, "class": "enum", "base": base.name(), "members": members})
        }
        UserClass::Compound(fields) => {
            let fields: Json = fields.iter().map(|field| json!([field.name, field.ty.name(), field.dims])).collect();
            json!({"name": user.name, "class": "compound", "fields": fields})
        }
    }
}

/// The little-endian bytes of a value.
fn element(value: &Value) -> Vec<u8> {
    match value {
        Value::Byte(v) => v.iter().flat_map(|v| v.to_le_bytes()).collect(),
        Value::Char(v) | Value::UByte(v) => v.clone(),
        Value::Short(v) => v.iter().flat_map(|v| v.to_le_bytes()).collect(),
        Value::Int(v) => v.iter().flat_map(|v| v.to_le_bytes()).collect(),
        Value::Float(v) => v.iter().flat_map(|v| v.to_le_bytes()).collect(),
        Value::Double(v) => v.iter().flat_map(|v| v.to_le_bytes()).collect(),
        Value::UShort(v) => v.iter().flat_map(|v| v.to_le_bytes()).collect(),
        Value::UInt(v) => v.iter().flat_map(|v| v.to_le_bytes()).collect(),
        Value::Int64(v) => v.iter().flat_map(|v| v.to_le_bytes()).collect(),
        Value::UInt64(v) => v.iter().flat_map(|v| v.to_le_bytes()).collect(),
        Value::String(_) | Value::User(..) => Vec::new(),
    }
}

/// The value that unwritten elements read as.
fn fill(variable: &Variable) -> Json {
    let default = match variable.ty {
        Type::Byte => "81",
        Type::Char => "00",
        Type::Short => "0180",
        Type::Int => "01000080",
        Type::Float => "0000f07c",
        Type::Double => "0000000000009e47",
        Type::UByte => "ff",
        Type::UShort => "ffff",
        Type::UInt => "ffffffff",
        Type::Int64 => "0200000000000080",
        Type::UInt64 => "feffffffffffffff",
        Type::String | Type::User(..) => return Json::Null,
    };
    match &variable.fill {
        Fill::Default => json!(default),
        Fill::None => Json::Null,
        Fill::Value(value) => json!(hex(&element(value))),
    }
}

fn storage(variable: &Variable, entry: &mut Map<String, Json>) {
    let storage = &variable.storage;
    entry.insert("shuffle".into(), json!(storage.has_filter(Filter::SHUFFLE)));
    entry.insert("deflate".into(), json!(storage.deflate_level()));
    entry.insert("fletcher32".into(), json!(storage.has_filter(Filter::FLETCHER32)));
    let layout = match &storage.layout {
        Layout::Contiguous => "contiguous",
        Layout::Compact => "compact",
        Layout::Chunked(chunk) => {
            entry.insert("chunk".into(), json!(chunk));
            "chunked"
        }
    };
    entry.insert("storage".into(), json!(layout));
}

fn variable(file: &File, id: VariableId) -> Json {
    let schema = file.schema();
    let variable = schema.variable(id).unwrap();
    let array = file.array(id).unwrap();
    let dims: Vec<_> = variable.dimensions.iter().map(|&d| schema.dimension(d).unwrap().name.clone()).collect();
    let mut entry = json!({
        "name": variable.name, "type": variable.ty.name(), "dims": dims, "shape": array.shape(),
        "attributes": attributes(&variable.attributes), "digest": array.digest().unwrap(), "fill": fill(variable),
    });
    nulls(&array.read_values(Selection::all(array.shape())).unwrap(), &mut entry);
    if schema.container.is_hdf5() {
        let entry = entry.as_object_mut().unwrap();
        storage(variable, entry);
        let ordered = !matches!(variable.ty, Type::Char | Type::String | Type::User(..));
        let order = if array.order() == ByteOrder::Big { "big" } else { "little" };
        entry.insert("endian".into(), if ordered { json!(order) } else { Json::Null });
    }
    entry
}

/// Everything in a file, in the form of the truth.
fn seen(file: &File) -> Json {
    let schema = file.schema();
    let group = |id: GroupId| {
        let dims = schema.dimensions.iter().filter(|d| d.group == id);
        let dims = dims.map(|d| json!({"name": d.name, "length": d.length, "unlimited": d.unlimited}));
        let variables = (0..schema.variables.len()).map(VariableId);
        let variables = variables.filter(|&v| schema.variable(v).unwrap().group == id).map(|v| variable(file, v));
        let types = schema.types.iter().filter(|user| user.group == id).map(|user| user_type(user));
        json!({
            "path": schema.group_path(id), "dims": dims.collect::<Json>(), "types": types.collect::<Json>(),
            "attributes": attributes(&schema.groups[id.0].attributes), "variables": variables.collect::<Json>(),
        })
    };
    let groups: Json = (0..schema.groups.len()).map(|n| group(GroupId(n))).collect();
    json!({"kind": "netcdf", "format": format(schema.container), "groups": groups})
}

/// Notes where two trees differ.
fn compare(path: &str, truth: &Json, seen: &Json, found: &mut Vec<String>) {
    match (truth, seen) {
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
            for (n, (a, b)) in a.iter().zip(b).enumerate() {
                let name = a["name"].as_str().map_or_else(|| n.to_string(), str::to_owned);
                compare(&format!("{path}/{name}"), a, b, found);
            }
        }
        (Json::Object(a), Json::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                compare(&format!("{path}.{key}"), &truth[key], &seen[key], found);
            }
        }
        _ if truth != seen => found.push(format!("{path}: {seen} should be {truth}")),
        _ => {}
    }
}

/// Where the truth is not what it should be.
fn adjust(name: &str, truth: &mut Json) {
    match name {
        // Two unlimited dimensions, and the second record was never written: netCDF-C fills in its first element only
        // and leaves the others to chance.
        "netcdf/groups.nc" => {
            let values = (0u8..10).map(f32::from).chain([9.969_21e36; 5]);
            let bytes: Vec<u8> = values.flat_map(f32::to_le_bytes).collect();
            truth["groups"][1]["variables"][0]["digest"] = json!(digest(&bytes));
        }
        // netCDF-C keeps the first fields of a type that it cannot show.
        "netcdf/types_without_names.nc" => {
            truth["groups"][0]["types"].as_array_mut().unwrap().retain(|ty| ty["name"] != "_AnonymousCompound4");
        }
        _ => {}
    }
}

#[test]
fn netcdf_fixtures_read_as_netcdf_c_reads_them() {
    let mut found = Vec::new();
    for (name, mut truth) in truth("netcdf") {
        adjust(&name, &mut truth);
        for (how, source) in sources(&fixtures().join(&name)) {
            match File::from_source(source) {
                Ok(file) => compare(&format!("{name} ({how}) "), &truth, &seen(&file), &mut found),
                Err(error) => found.push(format!("{name} ({how}): {error}")),
            }
        }
    }
    assert!(found.is_empty(), "{} differences:\n{}", found.len(), found.join("\n"));
}

#[test]
fn what_netcdf_does_not_show_is_named() {
    let file = File::open(fixtures().join("netcdf/types_without_names.nc")).unwrap();
    let hidden: Vec<&str> = file.schema().hidden.iter().map(|hidden| hidden.path.as_str()).collect();
    assert_eq!(hidden, ["/nested", "/reference", "/@reference", "/bool@unknown"]);
    assert!(file.schema().hidden[0].reason.contains("compound"));
}

/// The datatypes that netCDF has.
fn is_number(dtype: &str) -> bool {
    let digits = dtype.trim_start_matches(['i', 'u', 'f']).trim_end_matches(['l', 'b', 'e']);
    dtype.len() > digits.len()
        && matches!(digits, "8" | "16" | "32" | "64")
        && !dtype.starts_with("f16")
        && !dtype.starts_with('b')
}

#[test]
fn numbers_of_hdf5_fixtures_read_as_libhdf5_reads_them() {
    let mut found = Vec::new();
    let mut compared = 0;
    for (name, truth) in truth("hdf5") {
        for (how, source) in sources(&fixtures().join(&name)) {
            let file = match File::from_source(source) {
                Ok(file) => file,
                Err(error) => {
                    found.push(format!("{name} ({how}): {error}"));
                    continue;
                }
            };
            let schema = file.schema();
            for object in truth["objects"].as_array().unwrap().iter().filter(|o| o["kind"] == "dataset") {
                let (path, dtype) = (object["path"].as_str().unwrap(), object["dtype"].as_str().unwrap());
                if !is_number(dtype) || object["digest"].is_null() || object["shape"].is_null() {
                    continue;
                }
                let at = format!("{name} ({how}) {path}");
                let Some(n) = schema.variables.iter().position(|v| schema.path(v) == path) else {
                    found.push(format!("{at}: not found"));
                    continue;
                };
                let array = file.array(VariableId(n)).unwrap();
                compare(&format!("{at}.shape"), &object["shape"], &json!(array.shape()), &mut found);
                compared += 1;
                match canonical(array) {
                    Ok(bytes) => compare(&at, &object["digest"], &json!(digest(&bytes)), &mut found),
                    Err(error) if error.kind() == Kind::Unsupported => println!("{at}: {error}"),
                    Err(error) => found.push(format!("{at}: {error}")),
                }
            }
        }
    }
    assert!(found.is_empty(), "{} differences of {compared}:\n{}", found.len(), found.join("\n"));
}
