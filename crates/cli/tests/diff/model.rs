//! A small model with something of everything, that can be changed in any place before it is written.

use std::collections::BTreeMap;
use std::path::PathBuf;

use exodus_rs::{Block, CreateOptions, EntityType, ExodusWriter, Mesh, ModelWriter, Set};
use EntityType::{EdgeBlock, ElementBlock, ElementMap, FaceBlock, Global, Nodal, NodeMap, NodeSet, SideSet};

/// Where a value is: step, kind, variable, entity, entry.
pub type At = (u64, EntityType, usize, usize, usize);

/// Three squares in a row, in two blocks: nodes 1 to 4 below, 5 to 8 above.
#[derive(Clone)]
pub struct Model {
    pub mesh: Mesh,
    pub axes: [Vec<f64>; 2],
    pub connectivity: Vec<Vec<i64>>,
    pub node_set: Vec<i64>,
    /// Elements and sides.
    pub side_set: [Vec<i64>; 2],
    pub factors: Vec<f64>,
    pub attributes: Vec<f64>,
    pub ids: BTreeMap<EntityType, Vec<i64>>,
    pub times: Vec<f64>,
    /// The values that are not the usual ones.
    pub values: BTreeMap<At, f64>,
    pub options: CreateOptions,
}

impl Default for Model {
    fn default() -> Self {
        let mut mesh = Mesh::new("three squares", 2, 8);
        let mut first = Block::new(ElementBlock, 10, "QUAD4", 2, 4);
        first.attributes = vec!["thickness".to_owned()];
        let named = |kind, id, len, num_factors| Set { num_factors, ..Set::new(kind, id, len) };
        mesh.blocks = vec![
            first,
            Block::new(ElementBlock, 20, "QUAD4", 1, 4),
            Block::new(EdgeBlock, 30, "EDGE2", 2, 2),
            Block::new(FaceBlock, 40, "QUAD4", 1, 4),
        ]
        .into();
        mesh.sets = vec![named(NodeSet, 1, 3, 0), named(SideSet, 5, 3, 6)].into();
        mesh.set_variables(Global, ["energy", "mass"]);
        mesh.set_variables(Nodal, ["u_x", "u_y"]);
        for kind in [ElementBlock, NodeSet, SideSet, EdgeBlock, FaceBlock] {
            mesh.set_variables(kind, ["s"]);
        }
        Model {
            mesh,
            axes: [vec![0.0, 1.0, 2.0, 3.0, 0.0, 1.0, 2.0, 3.0], vec![0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]],
            connectivity: vec![vec![1, 2, 6, 5, 2, 3, 7, 6], vec![3, 4, 8, 7]],
            node_set: vec![1, 2, 3],
            side_set: [vec![1, 2, 3], vec![1, 1, 1]],
            factors: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            attributes: vec![0.5, 0.25],
            ids: BTreeMap::new(),
            times: vec![0.0, 1.0, 2.0, 3.0],
            values: BTreeMap::new(),
            options: CreateOptions::default(),
        }
    }
}

/// The usual value.
pub fn usual((step, kind, variable, entity, entry): At) -> f64 {
    let kind = EntityType::WITH_VARIABLES.iter().position(|&other| other == kind).unwrap();
    let whole = step * 100 + (kind * 10 + variable * 3 + entity) as u64 + 1;
    whole as f64 + entry as f64 * 0.125
}

impl Model {
    pub fn new(change: impl FnOnce(&mut Model)) -> Self {
        let mut model = Model::default();
        change(&mut model);
        model
    }

    /// The value at a place, changed or not.
    pub fn value(&self, at: At) -> f64 {
        self.values.get(&at).copied().unwrap_or_else(|| usual(at))
    }

    /// Entity and number of entries of everything of a kind.
    fn lengths(&self, kind: EntityType) -> Vec<usize> {
        let blocks = self.mesh.blocks.iter().filter(|block| block.kind == kind).map(|block| block.len);
        let sets = self.mesh.sets.iter().filter(|set| set.kind == kind).map(|set| set.len);
        match kind {
            Global => vec![1],
            Nodal => vec![self.mesh.num_nodes as usize],
            _ => blocks.chain(sets).map(|len| len as usize).collect(),
        }
    }

    pub fn write(&self, path: &PathBuf) {
        let writer = ExodusWriter::create(path, &self.declared(), &self.options).unwrap();
        self.put_all(&writer);
        writer.finish().unwrap();
    }

    /// The mesh with its identifiers.
    pub fn declared(&self) -> Mesh {
        Mesh { id_maps: self.ids.keys().copied().collect(), ..self.mesh.clone() }
    }

    /// Puts all numbers.
    pub fn put_all(&self, writer: &ModelWriter) {
        let mesh = &self.mesh;
        self.put(writer);
        for (step, &time) in self.times.iter().enumerate() {
            let step = step as u64;
            writer.put_time(step, time).unwrap();
            for (&kind, names) in &mesh.variables {
                for (variable, (entity, len)) in
                    (0..names.len()).flat_map(|v| self.lengths(kind).into_iter().enumerate().map(move |e| (v, e)))
                {
                    let has = mesh.truth_tables.get(&kind).is_none_or(|table| table[(entity, variable)]);
                    if has && len > 0 {
                        let values = (0..len).map(|entry| self.value((step, kind, variable, entity, entry)));
                        self.put_values(writer, step, kind, variable, entity, values.collect());
                    }
                }
            }
        }
    }

    fn put_values(
        &self,
        writer: &ModelWriter,
        step: u64,
        kind: EntityType,
        variable: usize,
        entity: usize,
        values: Vec<f64>,
    ) {
        if self.options.word_size == 4 {
            let single: Vec<f32> = values.into_iter().map(|value| value as f32).collect();
            writer.put_var(step, kind, variable, entity, &single).unwrap();
        } else {
            writer.put_var(step, kind, variable, entity, &values).unwrap();
        }
    }

    fn put(&self, writer: &ModelWriter) {
        let [x, y] = &self.axes;
        writer.put_coords(&[x.as_slice(), y.as_slice()]).unwrap();
        for (n, nodes) in self.connectivity.iter().enumerate() {
            writer.put_connectivity(ElementBlock, n, nodes).unwrap();
        }
        let block = |kind| self.mesh.blocks.iter().find(|block| block.kind == kind);
        for kind in [EdgeBlock, FaceBlock] {
            if let Some(block) = block(kind) {
                let nodes: Vec<i64> = (0..block.len * block.nodes_per_entry).map(|n| n as i64 % 8 + 1).collect();
                writer.put_connectivity(kind, 0, &nodes).unwrap();
            }
        }
        for (n, block) in self.mesh.blocks.iter().filter(|block| block.kind == ElementBlock).enumerate() {
            if !block.attributes.is_empty() {
                writer.put_attributes(ElementBlock, n, &self.attributes).unwrap();
            }
        }
        let has = |kind| self.mesh.sets.iter().any(|set| set.kind == kind);
        if has(NodeSet) {
            writer.put_set(NodeSet, 0, &self.node_set, &[]).unwrap();
        }
        if has(SideSet) {
            let [elements, sides] = &self.side_set;
            writer.put_set(SideSet, 0, elements, sides).unwrap();
            if !self.factors.is_empty() {
                writer.put_set_factors(SideSet, 0, &self.factors).unwrap();
            }
        }
        for (&kind, ids) in &self.ids {
            assert!(kind == NodeMap || kind == ElementMap);
            writer.put_id_map(kind, ids).unwrap();
        }
    }

    /// The same model with its nodes and elements numbered backwards, values and all.
    pub fn backwards(&self) -> Model {
        let mut other = self.clone();
        other.axes.iter_mut().for_each(|axis| axis.reverse());
        // The second block has the first element, so that the sizes of the blocks change places.
        let turned = |nodes: &[i64]| nodes.iter().map(|node| 9 - node).collect::<Vec<_>>();
        let [first, second] = [&self.connectivity[0], &self.connectivity[1]];
        let swapped: Vec<i64> = first[4..].iter().chain(&first[..4]).copied().collect();
        other.connectivity = vec![turned(&swapped), turned(second)];
        other.node_set = turned(&self.node_set);
        other.side_set = [vec![2, 1, 3], self.side_set[1].clone()];
        for step in 0..self.times.len() as u64 {
            for (variable, node) in (0..2).flat_map(|v| (0..8).map(move |n| (v, n))) {
                let value = self.value((step, Nodal, variable, 0, node));
                other.values.insert((step, Nodal, variable, 0, 7 - node), value);
            }
            for element in 0..2 {
                let value = self.value((step, ElementBlock, 0, 0, element));
                other.values.insert((step, ElementBlock, 0, 0, 1 - element), value);
            }
        }
        other
    }
}
