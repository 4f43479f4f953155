//! A mesh with everything in it, and the numbers that go into it.

use std::path::Path;

use exodus_rs::{Block, CreateOptions, EntityType, ExodusWriter, Map, Mesh, QaRecord, Set};
use ndarray::array;
use EntityType::{
    EdgeBlock, EdgeMap, EdgeSet, ElementBlock, ElementMap, ElementSet, FaceBlock, FaceMap, FaceSet, Global, Nodal,
    NodeMap, NodeSet, SideSet,
};

pub const STEPS: u64 = 4;

pub fn mesh() -> Mesh {
    let mut mesh = Mesh::new("everything there is", 3, 12);
    mesh.coord_names = ["east", "north", "up"].map(str::to_owned).to_vec();
    let mut hexes = Block::new(ElementBlock, 100, "HEX8", 2, 8);
    hexes.name = "the bricks".to_owned();
    hexes.attributes = ["density", "spin"].map(str::to_owned).to_vec();
    let mut edges = Block::new(EdgeBlock, 7, "EDGE2", 5, 2);
    edges.attributes = vec!["width".to_owned()];
    let mut faces = Block::new(FaceBlock, 8, "QUAD4", 3, 4);
    faces.name = "faces".to_owned();
    faces.attributes = vec!["colour".to_owned()];
    let tets = Block::new(ElementBlock, 20, "TET4", 3, 4);
    mesh.blocks = vec![hexes, tets, Block::new(ElementBlock, 3, "TET4", 0, 0), edges, faces].into();
    let set = |kind, id, len, num_factors| Set { name: format!("set {id}"), num_factors, ..Set::new(kind, id, len) };
    mesh.sets = vec![
        set(NodeSet, 11, 4, 4),
        set(NodeSet, 10, 2, 0),
        set(NodeSet, 9, 0, 0),
        set(EdgeSet, 21, 2, 2),
        set(FaceSet, 31, 3, 3),
        set(SideSet, 41, 2, 8),
        set(SideSet, 42, 1, 0),
        set(ElementSet, 51, 3, 3),
    ]
    .into();
    let map = |kind, id: i64| Map { kind, id: id.into(), name: format!("map {id}") };
    mesh.maps =
        vec![map(NodeMap, 61), map(NodeMap, 62), map(EdgeMap, 63), map(FaceMap, 64), map(ElementMap, 65)].into();
    mesh.id_maps = EntityType::MAPS.to_vec();
    let qa = |code: &str| {
        let [code, version, date, time] = [code, "1.0", "2024-02-29", "23:59:60"].map(str::to_owned);
        QaRecord { code, version, date, time }
    };
    mesh.qa_records = vec![qa("mesher"), qa("solver")];
    mesh.info_records = ["first line", "", "third line"].map(str::to_owned).to_vec();
    mesh.set_variables(Global, ["energy", "momentum"]);
    mesh.set_variables(Nodal, ["displacement_x", "displacement_y"]);
    for kind in EntityType::WITH_VARIABLES.into_iter().skip(2) {
        mesh.set_variables(kind, ["first", "second"]);
    }
    mesh.truth_tables.insert(ElementBlock, array![[true, false], [true, true], [false, false]]);
    mesh.truth_tables.insert(NodeSet, array![[true, true], [false, true], [false, false]]);
    mesh.truth_tables.insert(SideSet, array![[false, true], [true, false]]);
    mesh
}

/// Numbers that single precision holds.
pub fn floats(seed: u64, len: u64) -> Vec<f64> {
    (0..len).map(|n| (seed * 64 + n) as f64 / 4.0 - 20.0).collect()
}

pub fn integers(seed: u64, len: u64) -> Vec<i64> {
    (0..len).map(|n| i64::try_from(seed * 50 + n + 1).unwrap()).collect()
}

/// A number that no other entity has.
pub fn seed(kind: EntityType, index: usize) -> u64 {
    let position = EntityType::WITH_VARIABLES.iter().chain(&EntityType::MAPS).position(|&k| k == kind).unwrap();
    (position * 10 + index) as u64
}

pub fn blocks(mesh: &Mesh, kind: EntityType) -> Vec<&Block> {
    mesh.blocks.iter().filter(|block| block.kind == kind).collect()
}

pub fn sets(mesh: &Mesh, kind: EntityType) -> Vec<&Set> {
    mesh.sets.iter().filter(|set| set.kind == kind).collect()
}

pub fn maps(mesh: &Mesh, kind: EntityType) -> Vec<&Map> {
    mesh.maps.iter().filter(|map| map.kind == kind).collect()
}

fn lengths(mesh: &Mesh, kind: EntityType) -> Vec<u64> {
    blocks(mesh, kind).iter().map(|b| b.len).chain(sets(mesh, kind).iter().map(|s| s.len)).collect()
}

/// The numbers of a map.
pub fn total(mesh: &Mesh, kind: EntityType) -> u64 {
    match kind {
        NodeMap => mesh.num_nodes,
        EdgeMap => lengths(mesh, EdgeBlock).iter().sum(),
        FaceMap => lengths(mesh, FaceBlock).iter().sum(),
        _ => lengths(mesh, ElementBlock).iter().sum(),
    }
}

/// Whether sides or orientations belong to the entries.
pub fn extra(kind: EntityType, len: u64) -> Vec<i64> {
    match kind {
        EdgeSet | FaceSet | SideSet => integers(3, len),
        _ => Vec::new(),
    }
}

/// Kind, variable, entity and number of values of all that the truth tables allow.
pub fn variables(mesh: &Mesh) -> Vec<(EntityType, usize, usize, u64)> {
    let mut found = Vec::new();
    for (&kind, names) in &mesh.variables {
        for variable in 0..names.len() {
            let lengths = match kind {
                Global => vec![1],
                Nodal => vec![mesh.num_nodes],
                _ => lengths(mesh, kind),
            };
            let has = |entity| mesh.truth_tables.get(&kind).is_none_or(|table| table[(entity, variable)]);
            let entities = lengths.into_iter().enumerate().filter(|&(entity, len)| len > 0 && has(entity));
            found.extend(entities.map(|(entity, len)| (kind, variable, entity, len)));
        }
    }
    found
}

pub fn result(step: u64, kind: EntityType, variable: usize, entity: usize, len: u64) -> Vec<f64> {
    floats(step * 1000 + seed(kind, entity) * 2 + variable as u64, len)
}

pub fn write(path: &Path, mesh: &Mesh, options: &CreateOptions) {
    let writer = ExodusWriter::create(path, mesh, options).unwrap();
    let axes: Vec<_> = (0..3).map(|axis| floats(axis, mesh.num_nodes)).collect();
    writer.put_coords(&axes.iter().map(Vec::as_slice).collect::<Vec<_>>()).unwrap();
    for kind in EntityType::BLOCKS {
        for (n, block) in blocks(mesh, kind).into_iter().enumerate().filter(|(_, block)| block.len > 0) {
            let nodes = integers(seed(kind, n), block.len * block.nodes_per_entry);
            writer.put_connectivity(kind, n, &nodes).unwrap();
            if !block.attributes.is_empty() {
                let values = floats(seed(kind, n), block.len * block.attributes.len() as u64);
                writer.put_attributes(kind, n, &values).unwrap();
            }
        }
    }
    for kind in EntityType::SETS {
        for (n, set) in sets(mesh, kind).into_iter().enumerate().filter(|(_, set)| set.len > 0) {
            writer.put_set(kind, n, &integers(seed(kind, n), set.len), &extra(kind, set.len)).unwrap();
            if set.num_factors > 0 {
                writer.put_set_factors(kind, n, &floats(seed(kind, n), set.num_factors)).unwrap();
            }
        }
    }
    for kind in EntityType::MAPS {
        writer.put_id_map(kind, &integers(seed(kind, 9), total(mesh, kind))).unwrap();
        for n in 0..maps(mesh, kind).len() {
            writer.put_num_map(kind, n, &integers(seed(kind, n), total(mesh, kind))).unwrap();
        }
    }
    for step in 0..STEPS {
        writer.put_time(step, step as f64 * 0.25).unwrap();
        for (kind, variable, entity, len) in variables(mesh) {
            writer.put_var(step, kind, variable, entity, &result(step, kind, variable, entity, len)).unwrap();
        }
    }
    let size = writer.finish().unwrap();
    assert_eq!(std::fs::metadata(path).unwrap().len(), size);
}
