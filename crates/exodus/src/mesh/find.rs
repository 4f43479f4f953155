//! Finding entities and variables.

use hyperslab::netcdf::Attribute;
use hyperslab::{Error, Result};

use super::Mesh;
use crate::ids::{EntityId, Which};
use crate::kind::EntityType;

impl Mesh {
    /// How many entities of a kind there are; the nodes, and the model as a whole, are one.
    pub fn count(&self, kind: EntityType) -> usize {
        match kind {
            EntityType::Assembly => self.assemblies.len(),
            EntityType::Blob => self.blobs.len(),
            EntityType::Nodal | EntityType::Global => 1,
            _ => self.blocks.of(kind).len() + self.sets.of(kind).len() + self.maps.of(kind).len(),
        }
    }

    /// Identifier, name and number of entries of every entity of a kind; none for the nodes and the model as a whole.
    pub(crate) fn entities(&self, kind: EntityType) -> impl Iterator<Item = (EntityId, &str, u64)> + Clone {
        self.entities_from(kind, 0)
    }

    /// Those of one entity.
    pub(crate) fn entity(&self, kind: EntityType, n: usize) -> Option<(EntityId, &str, u64)> {
        self.entities_from(kind, n).next()
    }

    /// Those of the entities from the n-th on. A kind is in one list alone.
    fn entities_from(&self, kind: EntityType, n: usize) -> impl Iterator<Item = (EntityId, &str, u64)> + Clone {
        let blocks = from(self.blocks.of(kind), n).iter().map(|b| (b.id, b.name.as_str(), b.len));
        let sets = from(self.sets.of(kind), n).iter().map(|s| (s.id, s.name.as_str(), s.len));
        let maps = from(self.maps.of(kind), n).iter().map(|m| (m.id, m.name.as_str(), 1));
        let assemblies = if kind == EntityType::Assembly { from(&self.assemblies, n) } else { &[] };
        let assemblies = assemblies.iter().map(|a| (a.id, a.name.as_str(), a.members.len() as u64));
        let blobs = if kind == EntityType::Blob { from(&self.blobs, n) } else { &[] };
        let blobs = blobs.iter().map(|b| (b.id, b.name.as_str(), b.len));
        blocks.chain(sets).chain(maps).chain(assemblies).chain(blobs)
    }

    /// Whether an entity has entries at all.
    pub(super) fn is_present(&self, kind: EntityType, entity: usize) -> bool {
        match kind {
            EntityType::Assembly => self.assemblies.get(entity).is_some_and(|a| !a.members.is_empty()),
            EntityType::Blob => self.blobs.get(entity).is_some_and(|b| b.len > 0),
            EntityType::Nodal | EntityType::Global => entity == 0,
            _ => {
                self.blocks.of(kind).get(entity).is_some_and(|block| block.len > 0)
                    || self.sets.of(kind).get(entity).is_some_and(|set| set.len > 0)
            }
        }
    }

    /// The attributes of an entity as a whole; none for one that there is not.
    pub fn entity_attributes(&self, kind: EntityType, index: usize) -> &[Attribute] {
        let found = match kind {
            EntityType::Global => Some(&self.global_attributes),
            EntityType::Nodal => Some(&self.nodal_entity_attributes),
            EntityType::Assembly => self.assemblies.get(index).map(|a| &a.entity_attributes),
            EntityType::Blob => self.blobs.get(index).map(|b| &b.entity_attributes),
            _ => {
                let block = self.blocks.of(kind).get(index).map(|b| &b.entity_attributes);
                block.or_else(|| self.sets.of(kind).get(index).map(|s| &s.entity_attributes))
            }
        };
        found.map(Vec::as_slice).unwrap_or_default()
    }

    /// The position of an entity among its kind.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none.
    pub fn position<'w>(&self, kind: EntityType, which: impl Into<Which<'w>>) -> Result<usize> {
        let which = which.into();
        let found = match which {
            Which::Position(position) => Some(position).filter(|&position| position < self.count(kind)),
            other => other.find(self.entities(kind).map(|(id, name, _)| (Some(id), name))),
        };
        found.ok_or_else(|| which.not_found(kind))
    }

    /// The position of a variable among those of its kind.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none.
    pub fn variable_position<'w>(&self, kind: EntityType, which: impl Into<Which<'w>>) -> Result<usize> {
        let which = which.into();
        let names = self.variables.get(&kind).map(Vec::as_slice).unwrap_or_default();
        let found = which.find(names.iter().map(|name| (None, name.as_str())));
        found.ok_or_else(|| Error::not_found(format!("there is no variable {which} of the kind {}", kind.label())))
    }

    /// The number that stands for an entity in the names of its variables.
    pub(crate) fn number(&self, kind: EntityType, index: usize) -> Option<i64> {
        match kind {
            EntityType::Assembly => self.assemblies.get(index).map(|a| a.id.0),
            EntityType::Blob => self.blobs.get(index).map(|b| b.id.0),
            _ => i64::try_from(index).ok()?.checked_add(1),
        }
    }
}

/// What of a list is left from the n-th on.
fn from<T>(list: &[T], n: usize) -> &[T] {
    list.get(n..).unwrap_or_default()
}
