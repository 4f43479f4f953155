//! What a file holds, for programs.

use exodus_rs::{Block, Entity, EntityId, EntityType, Info, QaRecord, Set, VariableInfo};
use serde_json::{json, Value};

use super::{storage, Shown};

pub fn text(shown: &Shown<'_>) -> String {
    let named = shown.group.map_or_else(|| json!({}), |group| json!({"group": group}));
    format!("{}\n", with(with(model(shown.name, shown.info), netcdf(shown.info)), named))
}

/// The model in Exodus's terms.
fn model(name: &str, info: &Info) -> Value {
    let head = with(file(name, info), counts(info));
    with(with(head, entities(info)), others(info))
}

fn file(name: &str, info: &Info) -> Value {
    json!({
        "file": name,
        "title": info.counts.title,
        "container": info.container.name(),
        "size": info.size,
        "api_version": info.api_version,
        "version": info.version,
        "word_size": info.word_size,
    })
}

fn counts(info: &Info) -> Value {
    let counts = &info.counts;
    json!({
        "num_dim": counts.num_dim,
        "num_nodes": counts.num_nodes,
        "num_elems": counts.num_elems,
        "num_edges": counts.num_edges,
        "num_faces": counts.num_faces,
        "num_steps": info.num_steps,
        "whole_steps": info.whole_steps,
        "times": info.times,
    })
}

fn entities(info: &Info) -> Value {
    json!({
        "blocks": by_kind(&info.blocks, block),
        "sets": by_kind(&info.sets, set),
        "maps": by_kind(&info.maps, entity),
        "others": by_kind(&info.others, entity),
    })
}

fn others(info: &Info) -> Value {
    let qa = |qa: &QaRecord| json!([qa.code, qa.version, qa.date, qa.time]);
    json!({
        "coordinate_frames": info.num_frames,
        "results": by_kind(&info.results, |name| json!(name)),
        "reductions": by_kind(&info.reductions, |name| json!(name)),
        "groups": info.groups,
        "processors": info.num_processors,
        "qa_records": info.qa_records.iter().map(qa).collect::<Vec<_>>(),
        "info_records": info.num_info_records,
    })
}

/// Lists under the names of their kinds.
fn by_kind<T>(lists: &[(EntityType, Vec<T>)], json: impl Fn(&T) -> Value) -> Value {
    let named = |(kind, list): &(EntityType, Vec<T>)| (kind.label().to_owned(), list.iter().map(&json).collect());
    Value::Object(lists.iter().map(named).collect())
}

fn block(block: &Block) -> Value {
    let own = json!({
        "type": block.topology, "nodes_per_entry": block.nodes_per_entry, "attributes": block.attributes.len(),
    });
    with(listed(block.id, &block.name, block.len), own)
}

fn set(set: &Set) -> Value {
    with(listed(set.id, &set.name, set.len), json!({"distribution_factors": set.num_factors}))
}

fn listed(id: EntityId, name: &str, len: u64) -> Value {
    json!({"id": id.0, "name": name, "entries": len, "present": len > 0})
}

fn entity(entity: &Entity) -> Value {
    json!({"id": entity.id.0, "name": entity.name, "entries": entity.len, "present": entity.present})
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
