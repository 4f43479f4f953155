//! What a file holds, as JSON: the same for a case and for what is read back, and the words for other readers.

use hyperslab::netcdf::{Attribute, Container, Schema, Type, UserClass, UserType, Value};
use serde_json::{json, Map, Value as Json};

use super::values::canonical;

/// Describes a schema with these lengths of its dimensions and values of its variables.
pub fn describe(schema: &Schema, lengths: &[u64], values: &[Value]) -> Json {
    let mut groups = Map::new();
    for n in 0..schema.groups.len() {
        let id = hyperslab::netcdf::GroupId(n);
        let dims = schema.dimensions.iter().zip(lengths).filter(|(d, _)| d.group == id);
        let variables = schema.variables.iter().zip(values).filter(|(v, _)| v.group == id);
        let description = json!({
            "dims": dims.map(|(d, &length)| json!([d.name, length, d.unlimited])).collect::<Vec<_>>(),
            "attributes": attributes(&schema.groups[n].attributes),
            "types": schema.types.iter().filter(|t| t.group == id).map(|t| user(t)).collect::<Vec<_>>(),
            "variables": variables.map(|(v, value)| json!({
                "name": v.name,
                "type": v.ty.name(),
                "dims": v.dimensions.iter().map(|id| schema.dimensions[id.0].name.clone()).collect::<Vec<_>>(),
                "shape": v.dimensions.iter().map(|id| lengths[id.0]).collect::<Vec<_>>(),
                "attributes": attributes(&v.attributes),
                "data": hex(&canonical(value)),
            })).collect::<Vec<_>>(),
        });
        groups.insert(schema.group_path(id), description);
    }
    json!({ "format": format(schema.container), "groups": groups })
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

fn attributes(list: &[Attribute]) -> Vec<Json> {
    list.iter().map(|a| json!([a.name, a.value.ty().name(), a.value.len(), hex(&canonical(&a.value))])).collect()
}

fn user(user: &UserType) -> Json {
    match &user.class {
        UserClass::Enum { base, members } => {
            json!({"name": user.name, "class": "enum", "base": base.name(), "members": members})
        }
        UserClass::Vlen(base) => json!({"name": user.name, "class": "vlen", "base": base.name()}),
        UserClass::Opaque => json!({"name": user.name, "class": "opaque"}),
        UserClass::Compound(fields) => {
            let field = |f: &hyperslab::netcdf::Field| json!([f.name, name(&f.ty), f.dims]);
            json!({"name": user.name, "class": "compound", "fields": fields.iter().map(field).collect::<Vec<_>>()})
        }
    }
}

fn name(ty: &Type) -> String {
    ty.name().to_owned()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
