//! The blocks, sets and maps of a file, by kind.

use hyperslab::netcdf::Value;
use hyperslab::{Error, Result};

use super::file::{ExodusFile, MOST_ENTITIES};
use crate::ids::{EntityId, Which};
use crate::kind::{EntityType, Names};
use crate::mesh::Entity;
use crate::names;

impl ExodusFile {
    /// All entities of a kind: blocks, sets, maps, assemblies or blobs; none for the nodes and the model as a whole. They are read
    /// once.
    ///
    /// # Errors
    /// When their lists cannot be read.
    pub fn entities(&self, kind: EntityType) -> Result<&[Entity]> {
        self.caches().entities.of(kind, || self.read_entities(kind))
    }

    /// The position of an entity among its kind.
    ///
    /// # Errors
    /// As [`ExodusFile::entities`]; [`Kind::NotFound`](crate::Kind::NotFound) if there is none.
    pub fn position<'w>(&self, kind: EntityType, which: impl Into<Which<'w>>) -> Result<usize> {
        let (which, entities) = (which.into(), self.entities(kind)?);
        let found = match which {
            Which::Position(position) => Some(position).filter(|&position| position < entities.len()),
            other => other.find(entities.iter().map(|entity| (Some(entity.id), entity.name.as_str()))),
        };
        found.ok_or_else(|| which.not_found(kind))
    }

    /// An entity by its position, identifier or name.
    ///
    /// # Errors
    /// As [`ExodusFile::position`].
    pub fn entity<'w>(&self, kind: EntityType, which: impl Into<Which<'w>>) -> Result<&Entity> {
        let index = self.position(kind, which)?;
        self.entities(kind)?.get(index).ok_or_else(|| Error::not_found(format!("there is no {}", kind.label())))
    }

    fn read_entities(&self, kind: EntityType) -> Result<Vec<Entity>> {
        let Some(row) = kind.names() else {
            return Ok(Vec::new());
        };
        if kind.is_by_id() {
            return Ok(self.entities_by_id(kind));
        }
        let count = self.count(kind)?;
        let ids = self.integers(row.ids)?;
        let names = self.names(row.names)?;
        let status = row.status.map_or_else(|| Ok(None), |name| self.integers(name))?;
        let at = |list: &Option<Vec<i64>>, index: usize| list.as_ref().and_then(|list| list.get(index).copied());
        let entity = |index: usize| {
            let len = self.entries(kind, row, index);
            let declared = at(&status, index).is_none_or(|status| status != 0);
            Entity {
                index,
                id: EntityId(at(&ids, index).unwrap_or_else(|| i64::try_from(index + 1).unwrap_or(i64::MAX))),
                name: names.get(index).cloned().unwrap_or_default(),
                present: declared && len > 0,
                len,
            }
        };
        Ok((0..count).map(entity).collect())
    }

    /// How many entities of a kind there are, bounded by what the file has of them: a count alone proves nothing.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) for more than any honest file has.
    pub(crate) fn count(&self, kind: EntityType) -> Result<usize> {
        if kind.is_by_id() {
            return Ok(self.numbers(kind).len());
        }
        let Some(row) = kind.names() else { return Ok(0) };
        // Whatever has entries has a dimension of its own.
        let dimensions = self.schema().dimensions.len();
        let ids = self.array(row.ids).map(|array| array.shape().first().copied().unwrap_or(0));
        let bound = ids.unwrap_or(dimensions as u64);
        let count = usize::try_from(self.dimension(row.count).min(bound)).unwrap_or(usize::MAX);
        match count <= dimensions.max(MOST_ENTITIES) && ids.unwrap_or(0) <= MOST_ENTITIES.max(dimensions) as u64 {
            true => Ok(count),
            false => Err(Error::limit(format!("{count} of the kind {}", kind.label())).in_object(self.group_path())),
        }
    }

    /// Assemblies and blobs: each has a variable of its own, and no list.
    fn entities_by_id(&self, kind: EntityType) -> Vec<Entity> {
        let entity = |(index, number): (usize, &i64)| {
            let (row, attributes) = (kind.names()?, self.entity_attributes_all(kind, index));
            let find = |name: &str| attributes.iter().find(|a| a.name == name).map(|a| &a.value);
            let len = self.dimension(&format!("{}{number}", row.size));
            let id = find(names::ENTITY_ID).and_then(Value::as_i64).unwrap_or(*number);
            let name = find(names::ENTITY_NAME).and_then(Value::as_text).unwrap_or_default();
            Some(Entity { index, id: EntityId(id), name: name.trim_end().to_owned(), present: len > 0, len })
        };
        self.numbers(kind).iter().enumerate().filter_map(entity).collect()
    }

    fn entries(&self, kind: EntityType, row: &Names, index: usize) -> u64 {
        if kind.is_map() {
            return self.dimension(row.size);
        }
        self.numbered_dimension(row.size, kind, index)
    }
}
