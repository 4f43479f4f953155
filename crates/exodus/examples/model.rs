//! Prints everything that a file holds as JSON, in the words of tests/peers/judge.c.
//!
//! `cargo run --example model -- FILE [GROUP]`

#[path = "model/newer.rs"]
mod newer;

use exodus_rs::nemesis::{FileType, Nemesis, Processor};
use exodus_rs::prelude::*;
use exodus_rs::{Data, EntityType, Error, ExodusFile, Mesh, Result};
use serde_json::{json, Map, Value};

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or_else(|| Error::usage("usage: model FILE [GROUP]"))?;
    let file = ExodusFile::open(path)?;
    let file = match args.next() {
        Some(group) => file.group(&group)?,
        None => file,
    };
    println!("{}", model(&file)?);
    Ok(())
}

fn model(file: &ExodusFile) -> Result<Value> {
    let (mesh, counts) = (file.mesh()?, file.init_params());
    let axes: Vec<Vec<f64>> = file.coords()?.axes.into_iter().map(|axis| axis.into_vec()).collect();
    let mut all = Map::new();
    let mut put = |key: &str, value: Value| all.insert(key.to_owned(), value);
    put("title", json!(counts.title));
    put(
        "counts",
        json!({"dimensions": counts.num_dim, "nodes": counts.num_nodes, "edges": counts.num_edges,
               "faces": counts.num_faces, "elements": counts.num_elems}),
    );
    put("word size", json!(file.word_size()));
    put("coordinates", json!(axes));
    put("coordinate names", json!(file.coord_names()?));
    if counts.num_nodes > 0 {
        put("nodal", Value::Object(attributes(file, EntityType::Nodal, 0)?));
    }
    for kind in EntityType::BLOCKS {
        put(kind.label(), each(file, kind, block)?);
    }
    for kind in EntityType::SETS {
        put(kind.label(), each(file, kind, set)?);
    }
    for kind in EntityType::MAPS {
        put(kind.label(), each(file, kind, map)?);
    }
    put("id maps", id_maps(file)?);
    put("order map", json!(order_map(file)?));
    put("properties", properties(file)?);
    put("qa", json!(mesh.qa_records.iter().map(|r| [&r.code, &r.version, &r.date, &r.time]).collect::<Vec<_>>()));
    put("info", json!(mesh.info_records));
    put("frame ids", json!(mesh.frames.iter().map(|frame| frame.id.0).collect::<Vec<_>>()));
    put("frame tags", json!(mesh.frames.iter().map(|frame| frame.tag).collect::<String>()));
    put("frame points", json!(mesh.frames.iter().flat_map(|frame| frame.points).flatten().collect::<Vec<_>>()));
    put("times", json!(file.times()?));
    put("variables", variables(file, mesh)?);
    put("newer", newer::newer(file, mesh)?);
    if let Some(nemesis) = &mesh.nemesis {
        put("nemesis", parts(nemesis));
    }
    Ok(Value::Object(all))
}

fn each(
    file: &ExodusFile,
    kind: EntityType,
    print: fn(&ExodusFile, EntityType, usize) -> Result<Printed>,
) -> Result<Value> {
    let print = |entity: &exodus_rs::Entity| {
        let mut printed = print(file, kind, entity.index)?;
        printed.insert("id".to_owned(), json!(entity.id.0));
        printed.insert("name".to_owned(), json!(entity.name));
        Ok(Value::Object(printed))
    };
    file.entities(kind)?.iter().map(print).collect()
}

/// An array of integers; empty if the file does not have it.
fn integers(file: &ExodusFile, data: Data) -> Result<Vec<i64>> {
    Ok(if file.has(data) { file.read(data)?.into_iter().collect() } else { Vec::new() })
}

fn floats(file: &ExodusFile, data: Data) -> Result<Vec<f64>> {
    Ok(if file.has(data) { file.read(data)?.into_iter().collect() } else { Vec::new() })
}

type Printed = Map<String, Value>;

fn with(mut printed: Printed, more: Value) -> Printed {
    printed.extend(more.as_object().cloned().unwrap_or_default());
    printed
}

fn attributes(file: &ExodusFile, kind: EntityType, n: usize) -> Result<Printed> {
    let (names, values) = (file.attribute_names(kind, n)?, floats(file, Data::Attributes(kind, n))?);
    Ok(with(Map::new(), json!({"attribute names": names, "attributes": values})))
}

fn block(file: &ExodusFile, kind: EntityType, n: usize) -> Result<Printed> {
    let blocks = file.blocks(kind)?;
    let block = blocks.get(n).ok_or_else(|| Error::usage("no such block"))?;
    let of_elements = kind == EntityType::ElementBlock;
    let list = |data| if of_elements { integers(file, data) } else { Ok(Vec::new()) };
    let own = json!({
        "topology": block.topology,
        "entries": block.len,
        "nodes": integers(file, Data::Connectivity(kind, n))?,
        "edges": list(Data::EdgeConnectivity(n))?,
        "faces": list(Data::FaceConnectivity(n))?,
        "counts": integers(file, Data::Counts(kind, n))?,
    });
    Ok(with(attributes(file, kind, n)?, own))
}

fn set(file: &ExodusFile, kind: EntityType, n: usize) -> Result<Printed> {
    let own = json!({
        "members": integers(file, Data::Members(kind, n))?,
        "sides": integers(file, Data::Sides(kind, n))?,
        "factors": floats(file, Data::Factors(kind, n))?,
    });
    let mut printed = with(attributes(file, kind, n)?, own);
    // Elements of some types have no sides.
    if let (EntityType::SideSet, Ok(sides)) = (kind, file.side_set_nodes(n)) {
        printed.insert("nodes per side".to_owned(), json!(sides.counts));
        printed.insert("nodes of sides".to_owned(), json!(sides.nodes));
    }
    Ok(printed)
}

fn map(file: &ExodusFile, kind: EntityType, n: usize) -> Result<Printed> {
    Ok(with(Map::new(), json!({"numbers": integers(file, Data::NumMap(kind, n))?})))
}

fn id_maps(file: &ExodusFile) -> Result<Value> {
    let map = |kind: EntityType| Ok((kind.label().to_owned(), json!(file.id_map(kind)?)));
    let maps: Map<String, Value> = EntityType::MAPS.into_iter().map(map).collect::<Result<_>>()?;
    Ok(maps.into_iter().filter(|(_, numbers)| numbers.as_array().is_some_and(|list| !list.is_empty())).collect())
}

/// Elements are processed in their own order, where the file has no other.
fn order_map(file: &ExodusFile) -> Result<Vec<i64>> {
    Ok(match file.element_order_map()? {
        Some(order) => order,
        None => (1..).zip(0..file.init_params().num_elems).map(|(number, _)| number).collect(),
    })
}

fn properties(file: &ExodusFile) -> Result<Value> {
    let kinds = EntityType::BLOCKS.into_iter().chain(EntityType::SETS).chain(EntityType::MAPS);
    let list = |kind: EntityType| {
        let properties = file.properties(kind)?.into_iter();
        Ok((kind.label().to_owned(), properties.map(|p| (p.name, json!(p.values))).collect::<Value>()))
    };
    kinds.map(list).collect()
}

fn variables(file: &ExodusFile, mesh: &Mesh) -> Result<Value> {
    let mut printed = Map::new();
    // libexodus 6 knows nothing of the variables of assemblies and blobs.
    let known = mesh.variables.iter().filter(|(kind, _)| !matches!(kind, EntityType::Assembly | EntityType::Blob));
    for (&kind, names) in known {
        let table: Vec<i64> = mesh.truth_tables.get(&kind).into_iter().flatten().map(|&cell| i64::from(cell)).collect();
        let entities =
            if kind == EntityType::Nodal || kind == EntityType::Global { 1 } else { file.entities(kind)?.len() };
        let all = (0..entities).flat_map(|entity| (0..names.len()).map(move |v| Data::Variable(kind, v, entity)));
        let values = all.filter(|&data| file.has(data)).map(|data| floats(file, data)).collect::<Result<Vec<_>>>()?;
        printed.insert(kind.label().to_owned(), json!({"names": names, "table": table, "values": values}));
    }
    Ok(Value::Object(printed))
}

fn parts(nemesis: &Nemesis) -> Value {
    let column = |of: &dyn Fn(&exodus_rs::nemesis::GlobalSet) -> i64, sets: &[exodus_rs::nemesis::GlobalSet]| {
        json!(sets.iter().map(of).collect::<Vec<_>>())
    };
    json!({
        "processors": nemesis.num_processors,
        "type": if nemesis.file_type == FileType::Scalar { "s" } else { "p" },
        "global": [nemesis.num_nodes_global, nemesis.num_elements_global],
        "block ids": nemesis.element_blocks.iter().map(|block| block.id).collect::<Vec<_>>(),
        "block counts": nemesis.element_blocks.iter().map(|block| block.len).collect::<Vec<_>>(),
        "node set ids": column(&|set| set.id, &nemesis.node_sets),
        "node set counts": column(&|set| set.len, &nemesis.node_sets),
        "node set factors": column(&|set| set.num_factors, &nemesis.node_sets),
        "side set ids": column(&|set| set.id, &nemesis.side_sets),
        "side set counts": column(&|set| set.len, &nemesis.side_sets),
        "side set factors": column(&|set| set.num_factors, &nemesis.side_sets),
        "parts": nemesis.processors.iter().map(part).collect::<Vec<_>>(),
    })
}

fn part(processor: &Processor) -> Value {
    let node_maps = processor.node_maps.iter();
    let element_maps = processor.element_maps.iter();
    json!({
        "internal nodes": processor.internal_nodes,
        "border nodes": processor.border_nodes,
        "external nodes": processor.external_nodes,
        "internal elements": processor.internal_elements,
        "border elements": processor.border_elements,
        "node maps": node_maps
            .map(|map| json!({"id": map.id, "nodes": map.nodes, "processors": map.processors}))
            .collect::<Vec<_>>(),
        "element maps": element_maps
            .map(|m| json!({"id": m.id, "elements": m.elements, "sides": m.sides, "processors": m.processors}))
            .collect::<Vec<_>>(),
    })
}
