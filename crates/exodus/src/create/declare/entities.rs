//! Blocks, sets, maps, assemblies, blobs and coordinate frames.

use hyperslab::netcdf::{Attribute, DimensionId, Layout, Storage, Type, Value};
use hyperslab::{Error, Result};

use super::{terminated, Declaration};
use crate::kind::{EntityType, Names};
use crate::mesh::{Block, Set, Shape};
use crate::names;

impl Declaration<'_> {
    /// Blocks, sets and maps.
    pub(super) fn kinds(&mut self) -> Result<()> {
        let (mesh, int) = (self.mesh, self.options.int64.map_type());
        for kind in EntityType::BLOCKS.into_iter().chain(EntityType::SETS).chain(EntityType::MAPS) {
            self.list(kind)?;
        }
        for kind in EntityType::BLOCKS {
            mesh.blocks.of(kind).iter().enumerate().try_for_each(|(n, block)| self.block(row_of(kind)?, n, block))?;
        }
        for kind in EntityType::SETS {
            mesh.sets.of(kind).iter().enumerate().try_for_each(|(n, set)| self.set(row_of(kind)?, n, set))?;
        }
        for kind in EntityType::MAPS {
            let row = row_of(kind)?;
            for n in 0..mesh.maps.of(kind).len() {
                let size = self.find(row.size);
                let size = size.ok_or_else(|| Error::usage(format!("a {} of nothing", kind.label())))?;
                self.variable(&names::numbered(row.entries, n), int.clone(), &[size]);
            }
        }
        Ok(())
    }

    /// Status, identifiers, properties and names of the entities of a kind.
    fn list(&mut self, kind: EntityType) -> Result<()> {
        let (mesh, row, entities) = (self.mesh, row_of(kind)?, self.mesh.count(kind));
        if entities == 0 {
            return Ok(());
        }
        let (count, int) = (self.dimension(row.count, entities as u64), self.options.int64.id_type());
        if let Some(status) = row.status {
            self.variable(status, Type::Int, &[count]).storage = compact(entities);
        }
        let ids = self.variable(row.ids, int.clone(), &[count]);
        ids.storage = compact(entities);
        ids.attributes.push(Attribute::new(names::PROPERTY_NAME, terminated("ID")));
        for (k, property) in mesh.properties.get(&kind).into_iter().flatten().enumerate() {
            if property.values.len() != entities {
                return Err(Error::usage(format!(
                    "property {:?} needs a value for each {}",
                    property.name,
                    kind.label()
                )));
            }
            let zero = if int == Type::Int64 { Value::Int64(vec![0]) } else { Value::Int(vec![0]) };
            let variable = self.variable(&names::numbered(row.properties, k + 1), int.clone(), &[count]);
            variable.attributes.push(Attribute::new(names::FILL_VALUE, zero));
            variable.attributes.push(Attribute::new(names::PROPERTY_NAME, terminated(&property.name)));
        }
        self.names(row.names, count);
        Ok(())
    }

    fn block(&mut self, row: &Names, n: usize, block: &Block) -> Result<()> {
        if block.len == 0 {
            return Ok(());
        }
        let prefix = row.nodes_per_entry.ok_or_else(|| Error::usage("not a kind of block"))?;
        let entries = self.dimension(&names::numbered(row.size, n), block.len);
        let shape = block.shape();
        let own = [
            (row.entries, prefix, block.nodes_per_entry, shape == Shape::Polygons),
            (names::EDGE_CONNECTIVITY, names::EDGES_PER_ELEMENT, block.edges_per_entry, false),
            (names::FACE_CONNECTIVITY, names::FACES_PER_ELEMENT, block.faces_per_entry, shape == Shape::Polyhedra),
        ];
        let mut carrier = true;
        let int = self.options.int64.bulk_type();
        for (values, per_entry, count, is_flat) in own.into_iter().filter(|(.., count, _)| *count > 0) {
            let count = self.dimension(&names::numbered(per_entry, n), count);
            let dimensions = if is_flat { vec![count] } else { vec![entries, count] };
            let variable = self.variable(&names::numbered(values, n), int.clone(), &dimensions);
            let is_carrier = std::mem::take(&mut carrier) && values != names::EDGE_CONNECTIVITY;
            if is_carrier {
                variable.attributes.push(Attribute::new(names::ELEM_TYPE, terminated(&block.topology)));
                variable.attributes.extend(block.entity_attributes.iter().cloned());
            }
        }
        self.poly_counts(n, block, entries);
        self.entry_attributes(row, n, entries, &block.attributes);
        Ok(())
    }

    /// The number of nodes of each polygon, or of faces of each polyhedron.
    fn poly_counts(&mut self, n: usize, block: &Block, entries: DimensionId) {
        let of = match (block.shape(), block.kind) {
            (Shape::Uniform, _) => return,
            (Shape::Polygons, EntityType::FaceBlock) => ["NODE", "FACE"],
            (Shape::Polygons, _) => ["NODE", "ELEM"],
            (Shape::Polyhedra, _) => ["FACE", "ELEM"],
        };
        let int = self.options.int64.bulk_type();
        let Some(name) = block.kind.entity_counts() else { return };
        let counts = self.variable(&names::numbered(name, n), int, &[entries]);
        let types = names::ENTITY_TYPES.into_iter().zip(of);
        counts.attributes.extend(types.map(|(name, entity)| Attribute::new(name, terminated(entity))));
    }

    fn entry_attributes(&mut self, row: &Names, n: usize, entries: DimensionId, list: &[String]) {
        let float = self.float();
        if let (Some([count, values, names]), false) = (row.attributes, list.is_empty()) {
            let count = self.dimension(&names::numbered(count, n), list.len() as u64);
            self.variable(&names::numbered(values, n), float, &[entries, count]);
            self.names(&names::numbered(names, n), count);
        }
    }

    fn set(&mut self, row: &Names, n: usize, set: &Set) -> Result<()> {
        let (int, float) = (self.options.int64.bulk_type(), self.float());
        if set.len == 0 {
            return Ok(());
        }
        let entries = self.dimension(&names::numbered(row.size, n), set.len);
        let members = self.variable(&names::numbered(row.entries, n), int.clone(), &[entries]);
        members.attributes.extend(set.entity_attributes.iter().cloned());
        if let Some(extra) = row.extra.filter(|_| set.oriented || set.kind == EntityType::SideSet) {
            self.variable(&names::numbered(extra, n), int, &[entries]);
        }
        if set.num_factors > 0 {
            let prefix = row.factors.ok_or_else(|| Error::usage("not a kind of set"))?;
            let count = match row.factor_count {
                Some(count) => self.dimension(&names::numbered(count, n), set.num_factors),
                None if set.num_factors == set.len => entries,
                None => {
                    return Err(Error::usage(format!(
                        "{} distribution factors for {} entries",
                        set.num_factors, set.len
                    )))
                }
            };
            self.variable(&names::numbered(prefix, n), float, &[count]);
        }
        self.entry_attributes(row, n, entries, &set.attributes);
        Ok(())
    }

    /// Assemblies and blobs: their names carry the identifier.
    pub(super) fn by_id(&mut self) {
        let (mesh, int) = (self.mesh, self.options.int64.id_type());
        let id_value = |id: i64| match i32::try_from(id) {
            Ok(small) if int == Type::Int => Value::Int(vec![small]),
            _ => Value::Int64(vec![id]),
        };
        let [assembly, blob] = EntityType::BY_ID.map(EntityType::names);
        for (a, row) in mesh.assemblies.iter().filter_map(|a| assembly.map(|row| (a, row))) {
            let size = self.dimension(&format!("{}{}", row.size, a.id), a.members.len() as u64);
            let variable = self.variable(&format!("{}{}", row.entries, a.id), int.clone(), &[size]);
            variable.attributes.extend([
                Attribute::new(names::ENTITY_ID, id_value(a.id.0)),
                Attribute::new(names::MEMBER_TYPE, Value::Int(vec![a.kind.code()])),
                Attribute::new(names::ENTITY_NAME, terminated(&a.name)),
                Attribute::new(names::MEMBER_TYPE_NAME, terminated(a.kind.label())),
            ]);
            variable.attributes.extend(a.entity_attributes.iter().cloned());
        }
        for (b, row) in mesh.blobs.iter().filter_map(|b| blob.map(|row| (b, row))) {
            let one = self.find(names::BLOB_ENTITY).unwrap_or_else(|| self.dimension(names::BLOB_ENTITY, 1));
            self.dimension(&format!("{}{}", row.size, b.id), b.len);
            let variable = self.variable(&format!("{}{}", row.entries, b.id), Type::Int, &[one]);
            variable.attributes.push(Attribute::new(names::ENTITY_ID, id_value(b.id.0)));
            variable.attributes.push(Attribute::new(names::ENTITY_NAME, terminated(&b.name)));
            variable.attributes.extend(b.entity_attributes.iter().cloned());
        }
    }

    pub(super) fn frames(&mut self) {
        let (frames, float) = (self.mesh.frames.len() as u64, self.float());
        if frames > 0 {
            let count = self.dimension(names::NUM_FRAMES, frames);
            let values = self.dimension(names::NUM_FRAME_VALUES, 9 * frames);
            self.variable(names::FRAME_COORDINATES, float, &[values]);
            self.variable(names::FRAME_IDS, self.options.int64.id_type(), &[count]);
            self.variable(names::FRAME_TAGS, Type::Char, &[count]);
        }
    }
}

/// Lists of numbers that are short enough lie in the object header.
fn compact(len: usize) -> Storage {
    let layout = if len < (1 << 13) { Layout::Compact } else { Layout::Contiguous };
    Storage { layout, ..Storage::default() }
}

fn row_of(kind: EntityType) -> Result<&'static Names> {
    kind.names().ok_or_else(|| Error::usage(format!("{} is no kind of entity", kind.label())))
}
