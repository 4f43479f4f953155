//! Gathering what a file declares.

use std::collections::BTreeMap;

use hyperslab::Result;
use ndarray::Array2;

use super::caches::once;
use crate::data::Data;
use crate::kind::EntityType;
use crate::mesh::{Map, Mesh, TextWidths};
use crate::names;
use crate::read::file::ExodusFile;

/// Room for texts that nobody's texts need is not taken over: it would be written once more for each text. libexodus
/// makes names of 257 bytes at most.
const WIDEST: u64 = 1024;

impl ExodusFile {
    /// Everything that the file declares. Costs nothing that grows with the number of nodes, elements or steps, but
    /// for what a file of one of several processors says of its share. It is read once.
    ///
    /// # Errors
    /// When identifiers, names, tables or records cannot be read.
    pub fn mesh(&self) -> Result<&Mesh> {
        once(&self.caches().mesh, || self.read_mesh())
    }

    fn read_mesh(&self) -> Result<Mesh> {
        let counts = self.init_params();
        let mut mesh = Mesh {
            num_nodes: counts.num_nodes,
            num_elems: counts.num_elems,
            num_edges: counts.num_edges,
            num_faces: counts.num_faces,
            coord_names: self.names(names::COOR_NAMES)?,
            blocks: each(&EntityType::BLOCKS, |kind| Ok(self.blocks(kind)?.to_vec()))?.into(),
            sets: each(&EntityType::SETS, |kind| Ok(self.sets(kind)?.to_vec()))?.into(),
            maps: each(&EntityType::MAPS, |kind| self.mesh_maps(kind))?.into(),
            assemblies: self.assemblies()?,
            blobs: self.blobs()?,
            frames: self.frames()?,
            id_maps: EntityType::MAPS.into_iter().filter(|&kind| self.has(Data::IdMap(kind))).collect(),
            has_order_map: self.has(Data::OrderMap),
            nodal_attributes: self.attribute_names(EntityType::Nodal, 0)?,
            global_attributes: self.entity_attributes(EntityType::Global, 0),
            nodal_entity_attributes: self.entity_attributes(EntityType::Nodal, 0),
            nemesis: self.nemesis()?,
            qa_records: self.qa_records()?,
            info_records: self.info_records()?,
            text: self.text_widths(),
            ..Mesh::new(&counts.title, counts.num_dim, counts.num_nodes)
        };
        for kind in EntityType::BLOCKS.into_iter().chain(EntityType::SETS).chain(EntityType::MAPS) {
            insert(&mut mesh.properties, kind, self.properties(kind)?);
        }
        for kind in EntityType::WITH_VARIABLES {
            insert(&mut mesh.variables, kind, self.variable_names(kind)?);
            insert(&mut mesh.reductions, kind, self.reduction_names(kind)?);
            if mesh.reductions.contains_key(&kind) {
                let entities = 0..self.entities(kind)?.len();
                let have = entities.map(|n| self.has(Data::Reductions(kind, n))).collect();
                mesh.with_reductions.insert(kind, have);
            }
            if mesh.variables.contains_key(&kind) {
                self.promises(kind, &mut mesh)?;
            }
        }
        mesh.text = widened(&mesh);
        for (name, model) in self.models() {
            mesh.groups.push((name.to_owned(), model.read_mesh()?));
        }
        Ok(mesh.normalized())
    }

    fn mesh_maps(&self, kind: EntityType) -> Result<Vec<Map>> {
        Ok(self.entities(kind)?.iter().map(|map| Map { kind, id: map.id, name: map.name.clone() }).collect())
    }

    /// Gathers which entities have which variables, as the table says if there is one, and which of them are not there.
    fn promises(&self, kind: EntityType, mesh: &mut Mesh) -> Result<()> {
        if kind == EntityType::Global {
            mesh.absent.extend(Some(Data::Reductions(kind, 0)).filter(|&data| !self.has(data)));
            return Ok(());
        }
        let existing = self.truth_table(kind)?;
        let promised = match kind {
            EntityType::Nodal => Array2::from_elem(existing.dim(), true),
            _ => self.declared_truth_table(kind, &existing)?,
        };
        let cells = promised.indexed_iter().zip(&existing).filter(|((_, &promised), &exists)| promised && !exists);
        mesh.absent.extend(cells.map(|(((entity, variable), _), _)| Data::Variable(kind, variable, entity)));
        if kind != EntityType::Nodal {
            mesh.truth_tables.insert(kind, promised);
        }
        Ok(())
    }

    fn declared_truth_table(&self, kind: EntityType, existing: &Array2<bool>) -> Result<Array2<bool>> {
        let name = kind.variables().and_then(|row| row.table);
        let cells = name.map_or(Ok(None), |name| self.integers(name))?;
        let table = cells.and_then(|cells| {
            Array2::from_shape_vec(existing.dim(), cells.into_iter().map(|cell| cell != 0).collect()).ok()
        });
        Ok(table.unwrap_or_else(|| existing.clone()))
    }

    fn text_widths(&self) -> TextWidths {
        let default = TextWidths::default();
        let width = |dimension: &str, default: u64| match self.dimension(dimension) {
            0 => default,
            width => width.min(WIDEST),
        };
        let string = width(names::LEN_STRING, default.string);
        let coord_names = self.array(names::COOR_NAMES).and_then(|array| array.shape().get(1).copied());
        let unnamed = coord_names.filter(|&width| width > 1).unwrap_or(string).min(WIDEST);
        TextWidths { name: width(names::LEN_NAME, unnamed), string, line: width(names::LEN_LINE, default.line) }
    }
}

/// The widths of a mesh, and more where its texts need it: some writers leave no room for the NUL at the end of their
/// longest names.
fn widened(mesh: &Mesh) -> TextWidths {
    let longest = |texts: &mut dyn Iterator<Item = &String>| texts.map(String::len).max().unwrap_or(0) as u64;
    let records = mesh.qa_records.iter().flat_map(|qa| [&qa.code, &qa.version, &qa.date, &qa.time]);
    TextWidths {
        name: mesh.text.name.max(mesh.longest_name() as u64 + 1),
        string: mesh.text.string.max(longest(&mut { records })),
        line: mesh.text.line.max(longest(&mut mesh.info_records.iter())),
    }
}

fn each<T>(kinds: &[EntityType], get: impl Fn(EntityType) -> Result<Vec<T>>) -> Result<Vec<T>> {
    Ok(kinds.iter().map(|&kind| get(kind)).collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

fn insert<T>(map: &mut BTreeMap<EntityType, Vec<T>>, kind: EntityType, list: Vec<T>) {
    if !list.is_empty() {
        map.insert(kind, list);
    }
}
