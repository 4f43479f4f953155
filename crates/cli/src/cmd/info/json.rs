//! What a file holds, for programs.

use exodus_rs::{Entity, EntityId, EntityType, Info, VariableInfo};
use serde_json::{json, Value};

use super::{storage, Shown};

pub fn text(shown: &Shown<'_>) -> String {
    let named = shown.group.map_or_else(|| json!({}), |group| json!({"group": group}));
    format!("{}\n", with(with(model(shown.name, shown.info), netcdf(shown.info)), named))
}

/// The model in Exodus's terms.
fn model(name: &str, info: &Info) -> Value {
    let entity = |entity: &Entity| json!({"id": entity.id.0, "name": entity.name, "entries": entity.len, "present": entity.present});
    let listed =
        |id: EntityId, name: &str, len: u64| json!({"id": id.0, "name": name, "entries": len, "present": len > 0});
    let by_kind = |lists: Vec<(&str, Vec<Value>)>| {
        lists.into_iter().map(|(kind, list)| (kind.to_owned(), Value::Array(list))).collect::<serde_json::Map<_, _>>()
    };
    let blocks = info.blocks.iter().map(|(kind, list)| {
        let list = list.iter().map(|b| {
            with(
                listed(b.id, &b.name, b.len),
                json!({"type": b.topology, "nodes_per_entry": b.nodes_per_entry, "attributes": b.attributes.len()}),
            )
        });
        (kind.label(), list.collect())
    });
    let sets = info.sets.iter().map(|(kind, list)| {
        (
            kind.label(),
            list.iter()
                .map(|s| with(listed(s.id, &s.name, s.len), json!({"distribution_factors": s.num_factors})))
                .collect(),
        )
    });
    let maps = info.maps.iter().map(|(kind, list)| (kind.label(), list.iter().map(entity).collect()));
    let others = info.others.iter().map(|(kind, list)| (kind.label(), list.iter().map(entity).collect()));
    let names = |lists: &[(EntityType, Vec<String>)]| {
        by_kind(
            lists.iter().map(|(kind, list)| (kind.label(), list.iter().map(|name| json!(name)).collect())).collect(),
        )
    };
    let counts = &info.counts;
    json!({
        "file": name,
        "title": counts.title,
        "container": info.container.name(),
        "size": info.size,
        "api_version": info.api_version,
        "version": info.version,
        "word_size": info.word_size,
        "num_dim": counts.num_dim,
        "num_nodes": counts.num_nodes,
        "num_elems": counts.num_elems,
        "num_edges": counts.num_edges,
        "num_faces": counts.num_faces,
        "num_steps": info.num_steps,
        "whole_steps": info.whole_steps,
        "times": info.times,
        "blocks": by_kind(blocks.collect()),
        "sets": by_kind(sets.collect()),
        "maps": by_kind(maps.collect()),
        "others": by_kind(others.collect()),
        "coordinate_frames": info.num_frames,
        "results": names(&info.results),
        "reductions": names(&info.reductions),
        "groups": info.groups,
        "processors": info.num_processors,
        "qa_records": info.qa_records.iter().map(|qa| json!([qa.code, qa.version, qa.date, qa.time])).collect::<Vec<_>>(),
        "info_records": info.num_info_records,
    })
}

/// What is declared in netCDF's terms.
fn netcdf(info: &Info) -> Value {
    json!({
        "dimensions": info.dimensions.iter().map(|d| json!({"name": d.name, "length": d.length, "unlimited": d.unlimited})).collect::<Vec<_>>(),
        "variables": info.variables.iter().map(variable_json).collect::<Vec<_>>(),
    })
}

fn variable_json(variable: &VariableInfo) -> Value {
    json!({
        "name": variable.name,
        "type": variable.ty,
        "dims": variable.dimensions,
        "shape": variable.shape,
        "storage": storage(&variable.storage),
        "borrowable": variable.borrowable.to_string(),
    })
}

/// The members of both objects.
fn with(base: Value, more: Value) -> Value {
    match (base, more) {
        (Value::Object(mut base), Value::Object(more)) => {
            base.extend(more);
            Value::Object(base)
        }
        (base, _) => base,
    }
}
