//! The groups of a netCDF file, each with what it declares and the digests of its variables and attributes.

use std::path::Path;

use exodus_rs::Result;
use hyperslab::netcdf::{
    Array, Attribute, Container, File, GroupId, Layout, Schema, Type, UserClass, UserType, Variable, VariableId,
};
use hyperslab::ByteOrder;
use serde_json::{json, Map, Value};

use super::MOST_BYTES;
use crate::args;
use crate::input;

/// The record of a file.
pub fn record(path: &Path, args: &args::Digest) -> Result<Value> {
    let file = input::netcdf(path, args.no_mmap, args.allow_external)?;
    let schema = file.schema();
    let mut members = Members::new(schema);
    let mut groups = Vec::with_capacity(schema.groups.len());
    for id in 0..schema.groups.len() {
        groups.push(members.group(&file, GroupId(id))?);
    }
    let hidden: Vec<_> = schema.hidden.iter().map(|hidden| json!([hidden.path, hidden.reason])).collect();
    // netCDF reads what is cut off as zero.
    let error = file.check_complete().err().map(|error| error.to_string());
    let unread = schema.hidden.iter().any(|hidden| hidden.unread);
    Ok(json!({
        "opens": true, "error": error, "complete": members.complete && error.is_none() && !unread,
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

/// What belongs to each group.
struct Members {
    dimensions: Vec<Vec<Value>>,
    types: Vec<Vec<Value>>,
    variables: Vec<Vec<VariableId>>,
    /// Whether all variables were read.
    complete: bool,
}

impl Members {
    fn new(schema: &Schema) -> Self {
        let groups = schema.groups.len();
        let (dimensions, types, variables) = (vec![vec![]; groups], vec![vec![]; groups], vec![vec![]; groups]);
        let mut members = Members { dimensions, types, variables, complete: true };
        for d in &schema.dimensions {
            put(&mut members.dimensions, d.group, json!([d.name, d.length, d.unlimited]));
        }
        for user in &schema.types {
            put(&mut members.types, user.group, user_type(user));
        }
        for (id, variable) in schema.variables.iter().enumerate() {
            put(&mut members.variables, variable.group, VariableId(id));
        }
        members
    }

    /// Takes out what belongs to a group.
    fn group(&mut self, file: &File, id: GroupId) -> Result<Value> {
        let schema = file.schema();
        let of = |lists: &mut Vec<Vec<Value>>| lists.get_mut(id.0).map(std::mem::take).unwrap_or_default();
        let attributes = schema.groups.get(id.0).map(|group| attributes(&group.attributes));
        let variables = self.variables.get(id.0).map(Vec::as_slice).unwrap_or_default();
        let variables = variables.iter().map(|&id| variable(file, id)).collect::<Result<Vec<_>>>()?;
        self.complete &= variables.iter().all(|variable| variable.get("error").is_none());
        let mut record = json!({
            "path": schema.group_path(id), "dims": of(&mut self.dimensions),
            "attributes": attributes, "variables": variables,
        });
        if let (Some(fields), Container::NetCdf4) = (record.as_object_mut(), schema.container) {
            fields.insert("types".into(), json!(of(&mut self.types)));
        }
        Ok(record)
    }
}

fn put<T>(lists: &mut [Vec<T>], group: GroupId, item: T) {
    if let Some(list) = lists.get_mut(group.0) {
        list.push(item);
    }
}

fn user_type(user: &UserType) -> Value {
    let class = class_name(user);
    let mut fields = json!({"name": user.name, "class": class, "size": memory(user).size});
    let (name, value) = match &user.class {
        UserClass::Opaque => return fields,
        UserClass::Vlen(base) => ("base", json!(base.name())),
        UserClass::Enum { base, members } => {
            if let Some(fields) = fields.as_object_mut() {
                fields.insert("base".into(), json!(base.name()));
            }
            ("members", json!(members.iter().map(|member| member_value(base, member)).collect::<Vec<_>>()))
        }
        UserClass::Compound(list) => {
            ("fields", list.iter().map(|field| json!([field.name, field.ty.name(), field.dims])).collect())
        }
    };
    if let Some(fields) = fields.as_object_mut() {
        fields.insert(name.into(), value);
    }
    fields
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

/// What an element takes in the memory of a C program.
struct Memory {
    size: u64,
    alignment: u64,
}

fn memory(user: &UserType) -> Memory {
    match &user.class {
        UserClass::Enum { base, .. } => element_memory(base),
        UserClass::Vlen(_) => Memory { size: 16, alignment: 8 },
        UserClass::Opaque => Memory { size: user.size, alignment: 1 },
        UserClass::Compound(fields) => {
            let mut whole = Memory { size: 0, alignment: 1 };
            for field in fields {
                let one = element_memory(&field.ty);
                let size = field.dims.iter().fold(one.size, |size, &dim| size.saturating_mul(dim));
                let start = whole.size.checked_next_multiple_of(one.alignment).unwrap_or(u64::MAX);
                whole.size = start.saturating_add(size);
                whole.alignment = whole.alignment.max(one.alignment);
            }
            whole.size = whole.size.checked_next_multiple_of(whole.alignment).unwrap_or(u64::MAX);
            whole
        }
    }
}

fn element_memory(ty: &Type) -> Memory {
    match ty {
        Type::User(user) => memory(user),
        Type::String => Memory { size: 8, alignment: 8 },
        other => Memory { size: other.size(), alignment: other.size() },
    }
}

fn attributes(list: &[Attribute]) -> Vec<Value> {
    let record = |attribute: &Attribute| {
        let value = &attribute.value;
        json!({"name": attribute.name, "type": value.ty().name(), "len": value.len(), "digest": value.digest()})
    };
    list.iter().map(record).collect()
}

fn variable(file: &File, id: VariableId) -> Result<Value> {
    let (schema, array) = (file.schema(), file.array(id)?);
    let variable = array.variable();
    let dims = variable.dimensions.iter().map(|&d| Ok(&schema.dimension(d)?.name)).collect::<Result<Vec<_>>>()?;
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.into(), value);
    put("name", json!(variable.name));
    put("dims", json!(dims));
    put("shape", json!(array.shape()));
    put("type", json!(variable.ty.name()));
    if let Type::User(user) = &variable.ty {
        put("class", json!(class_name(user)));
    }
    put("attributes", json!(attributes(&variable.attributes)));
    if schema.container.is_hdf5() {
        stored(variable, array, &mut put);
    }
    digest(&variable.ty, array, &mut put);
    Ok(Value::Object(fields))
}

fn stored(variable: &Variable, array: &Array, put: &mut dyn FnMut(&str, Value) -> Option<Value>) {
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

fn digest(ty: &Type, array: &Array, put: &mut dyn FnMut(&str, Value) -> Option<Value>) {
    let bytes = array.len().map_or(u64::MAX, |len| len.saturating_mul(element_memory(ty).size));
    if bytes > MOST_BYTES {
        put("digest", Value::Null);
        put("reason", json!("larger than 64 MiB"));
        return;
    }
    match array.digest() {
        Ok(digest) => put("digest", json!(digest)),
        Err(error) => {
            put("digest", Value::Null);
            put("error", json!(error.to_string()))
        }
    };
}
