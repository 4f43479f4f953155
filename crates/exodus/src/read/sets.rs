//! Node, edge, face, side and element sets.

use hyperslab::{Error, Result};

use crate::data::Data;
use crate::ids::Which;
use crate::kind::EntityType;
use crate::mesh::Entity;
use crate::mesh::Set;
use crate::read::file::ExodusFile;

impl ExodusFile {
    /// All sets of a kind. They are read once.
    ///
    /// # Errors
    /// When their lists cannot be read; [`Kind::Usage`](crate::Kind::Usage) if `kind` is no kind of set.
    pub fn sets(&self, kind: EntityType) -> Result<&[Set]> {
        kind.must_be(EntityType::SETS.contains(&kind), "set")?;
        let read = || self.entities(kind)?.iter().map(|entity| self.read_set(kind, entity)).collect();
        self.caches().sets.of(kind, read)
    }

    /// A set by its position, identifier or name.
    ///
    /// # Errors
    /// As [`ExodusFile::sets`]; [`Kind::NotFound`](crate::Kind::NotFound) if there is none.
    pub fn set<'w>(&self, kind: EntityType, which: impl Into<Which<'w>>) -> Result<&Set> {
        let sets = self.sets(kind)?;
        let index = self.position(kind, which)?;
        sets.get(index).ok_or_else(|| Error::not_found(format!("there is no {}", kind.label())))
    }

    fn read_set(&self, kind: EntityType, entity: &Entity) -> Result<Set> {
        let index = entity.index;
        Ok(Set {
            kind,
            id: entity.id,
            name: entity.name.clone(),
            len: entity.len,
            inactive: entity.len > 0 && !entity.present,
            num_factors: self.shape(Data::Factors(kind, index)).and_then(|s| s.first().copied()).unwrap_or(0),
            oriented: self.has(Data::Sides(kind, index)),
            attributes: self.attribute_names(kind, index)?,
            entity_attributes: self.entity_attributes(kind, index),
        })
    }
}
