//! The groups of a netCDF file as JSON.

use std::path::Path;

use exodus_rs::Result;
use hyperslab::digest::{groups, GroupDigest, NamedDigest, VariableDigest};
use hyperslab::netcdf::{Array, Container, Layout, Schema, Type, UserClass, UserType, Variable};
use hyperslab::ByteOrder;
use serde_json::{json, Map, Value};

use super::{digest_and_reason, MOST_BYTES};
use crate::args;
use crate::input;

/// The record of a file.
pub fn record(path: &Path, args: &args::Digest) -> Result<Value> {
    let file = input::netcdf(path, args.no_mmap, args.allow_external)?;
    let schema = file.schema();
    let found = groups(&file, MOST_BYTES)?;
    let groups = found.groups.iter().map(|one| group(schema, one)).collect::<Result<Vec<_>>>()?;
    let hidden: Vec<_> = schema.hidden.iter().map(|hidden| json!([hidden.path, hidden.reason])).collect();
    Ok(json!({
        "opens": true, "error": found.error().map(|error| error.to_string()), "complete": found.is_complete(),
        "format": format(schema.container), "groups": groups, "hidden": hidden,
    }))
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

fn group(schema: &Schema, group: &GroupDigest<'_>) -> Result<Value> {
    let variables = group.variables.iter().map(|one| variable(schema, one)).collect::<Result<Vec<_>>>()?;
    let mut record = json!({
        "path": group.path,
        "dims": group.dimensions.iter().map(|d| json!([d.name, d.length, d.unlimited])).collect::<Vec<_>>(),
        "attributes": attributes(&group.attributes),
        "variables": variables,
    });
    if let (Some(fields), Container::NetCdf4) = (record.as_object_mut(), schema.container) {
        fields.insert("types".into(), group.types.iter().map(|user| user_type(user)).collect());
    }
    Ok(record)
}

fn user_type(user: &UserType) -> Value {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| drop(fields.insert(name.into(), value));
    put("name", json!(user.name));
    put("class", json!(class_name(user)));
    put("size", json!(user.memory_size()));
    match &user.class {
        UserClass::Opaque => {}
        UserClass::Vlen(base) => put("base", json!(base.name())),
        UserClass::Enum { base, members } => {
            put("base", json!(base.name()));
            put("members", members.iter().map(|member| member_value(base, member)).collect());
        }
        UserClass::Compound(list) => {
            put("fields", list.iter().map(|field| json!([field.name, field.ty.name(), field.dims])).collect());
        }
    }
    Value::Object(fields)
}

fn member_value(base: &Type, (name, value): &(String, i64)) -> Value {
    match base {
        Type::UInt64 => json!([name, value.cast_unsigned()]),
        _ => json!([name, value]),
    }
}

fn class_name(user: &UserType) -> &'static str {
    match user.class {
        UserClass::Enum { .. } => "enum",
        UserClass::Vlen(_) => "vlen",
        UserClass::Opaque => "opaque",
        UserClass::Compound(_) => "compound",
    }
}

fn attributes(list: &[NamedDigest<'_>]) -> Vec<Value> {
    let record = |NamedDigest { attribute, digest }: &NamedDigest<'_>| {
        let value = &attribute.value;
        json!({"name": attribute.name, "type": value.ty().name(), "len": value.len(), "digest": digest})
    };
    list.iter().map(record).collect()
}

fn variable(schema: &Schema, found: &VariableDigest<'_>) -> Result<Value> {
    let (array, variable) = (found.array, found.array.variable());
    let dims = variable.dimensions.iter().map(|&d| Ok(&schema.dimension(d)?.name)).collect::<Result<Vec<_>>>()?;
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| drop(fields.insert(name.into(), value));
    put("name", json!(variable.name));
    put("dims", json!(dims));
    put("shape", json!(array.shape()));
    put("type", json!(variable.ty.name()));
    if let Type::User(user) = &variable.ty {
        put("class", json!(class_name(user)));
    }
    put("attributes", json!(attributes(&found.attributes)));
    if schema.container.is_hdf5() {
        stored(variable, array, &mut put);
    }
    let (digest, note) = match &found.digest {
        Ok(digest) => digest_and_reason(Some(digest)),
        Err(error) => (Value::Null, Some(("error", json!(error.to_string())))),
    };
    put("digest", digest);
    note.into_iter().for_each(|(name, note)| put(name, note));
    Ok(Value::Object(fields))
}

fn stored(variable: &Variable, array: &Array, put: &mut dyn FnMut(&str, Value)) {
    if variable.ty.number().is_some() {
        put("endian", json!(if array.order() == ByteOrder::Big { "big" } else { "little" }));
    }
    let storage = &variable.storage;
    let name = match &storage.layout {
        Layout::Contiguous => "contiguous",
        Layout::Compact => "compact",
        Layout::Chunked(chunk) => {
            put("chunk", json!(array.chunk().unwrap_or(chunk)));
            "chunked"
        }
    };
    put("storage", json!(name));
    if storage.is_filtered() {
        put("filters", json!(storage.filters.iter().map(|filter| filter.id).collect::<Vec<_>>()));
    }
}
