//! What libexodus 9 has beyond version 6: assemblies, blobs, reduction variables, attributes of entities, fields.

use exodus_rs::field::{Basis, FieldMetadata, Quadrature};
use exodus_rs::{Data, EntityType, ExodusFile, Mesh, Result};
use hyperslab::netcdf::{self, Attribute};
use serde_json::{json, Map, Value};

use crate::floats;

pub fn newer(file: &ExodusFile, mesh: &Mesh) -> Result<Value> {
    let assembly = |a: &exodus_rs::Assembly| json!({"id": a.id.0, "name": a.name, "kind": a.kind.code(), "members": a.members.iter().map(|id| id.0).collect::<Vec<_>>()});
    let blob = |b: &exodus_rs::Blob| json!({"id": b.id.0, "name": b.name, "entries": b.len});
    let described = |kind: EntityType| Ok((kind.label().to_owned(), described(file, kind)?));
    Ok(json!({
        "assembly": mesh.assemblies.iter().map(assembly).collect::<Vec<_>>(),
        "blob": mesh.blobs.iter().map(blob).collect::<Vec<_>>(),
        "bases": file.mesh()?.bases().iter().map(basis).collect::<Vec<_>>(),
        "quadratures": file.mesh()?.quadratures().iter().map(quadrature).collect::<Vec<_>>(),
        "described": EntityType::WITH_VARIABLES.into_iter().map(described).collect::<Result<Map<_, _>>>()?,
        "reductions": reductions(file, mesh)?,
        "variables": variables(file, mesh)?,
    }))
}

fn basis(basis: &Basis) -> Value {
    json!({"name": basis.name, "subc_dim": basis.subc_dim, "subc_ordinal": basis.subc_ordinal,
           "subc_dof_ordinal": basis.subc_dof_ordinal, "subc_num_dof": basis.subc_num_dof,
           "xi": basis.xi, "eta": basis.eta, "zeta": basis.zeta})
}

fn quadrature(quadrature: &Quadrature) -> Value {
    json!({"name": quadrature.name, "xi": quadrature.xi, "eta": quadrature.eta, "zeta": quadrature.zeta,
           "weight": quadrature.weight})
}

fn count(file: &ExodusFile, kind: EntityType) -> Result<usize> {
    Ok(if kind == EntityType::Nodal || kind == EntityType::Global { 1 } else { file.entities(kind)?.len() })
}

/// The attributes of every entity of a kind: those of users, and the fields.
fn described(file: &ExodusFile, kind: EntityType) -> Result<Value> {
    let entity = |n: usize| {
        let facts = file.entity_attributes(kind, n).into_iter().filter(is_fact).map(|a| (a.name, value(&a.value)));
        let fields = file.mesh()?.fields(kind, n)?;
        Ok(json!({"facts": facts.collect::<Map<_, _>>(), "fields": fields.iter().map(field).collect::<Vec<_>>()}))
    };
    (0..count(file, kind)?).map(entity).collect()
}

/// What libexodus counts among the attributes of users.
fn is_fact(attribute: &Attribute) -> bool {
    let others = ["Field@", "Basis@", "Quad@", "nemesis_", "last_written_time", "processor_info"];
    !others.iter().any(|start| attribute.name.starts_with(start))
}

fn value(value: &netcdf::Value) -> Value {
    match value {
        netcdf::Value::Int(list) => json!(list),
        netcdf::Value::Double(list) => json!(list),
        other => json!(other.as_text()),
    }
}

fn field(field: &FieldMetadata) -> Value {
    let type_names: Vec<&str> = field.nesting.iter().map(|nesting| nesting.type_name.as_str()).collect();
    let is_named = type_names.iter().any(|name| !name.is_empty());
    json!({
        "name": field.name,
        "types": field.nesting.iter().map(|nesting| nesting.ty.code()).collect::<Vec<_>>(),
        "type names": if is_named { type_names.join(",") } else { String::new() },
        "separators": field.nesting.iter().filter_map(|nesting| nesting.separator).collect::<String>(),
        "suffixes": field.suffixes.join(","),
    })
}

fn reductions(file: &ExodusFile, mesh: &Mesh) -> Result<Value> {
    let kind = |(&kind, names): (&EntityType, &Vec<String>)| {
        let values = (0..count(file, kind)?).map(|n| floats(file, Data::Reductions(kind, n)));
        Ok((kind.label().to_owned(), json!({"names": names, "values": values.collect::<Result<Vec<_>>>()?})))
    };
    mesh.reductions.iter().map(kind).collect()
}

/// The variables of assemblies and blobs.
fn variables(file: &ExodusFile, mesh: &Mesh) -> Result<Value> {
    let mut printed = Map::new();
    for kind in [EntityType::Assembly, EntityType::Blob] {
        let Some(names) = mesh.variables.get(&kind) else { continue };
        let all = (0..count(file, kind)?).flat_map(|n| (0..names.len()).map(move |v| Data::Variable(kind, v, n)));
        let values = all.map(|data| floats(file, data)).collect::<Result<Vec<_>>>()?;
        printed.insert(kind.label().to_owned(), json!({"names": names, "values": values}));
    }
    Ok(Value::Object(printed))
}
