//! Node, edge, face, side and element sets.

use hyperslab::{Element, Error, Result, Values};

use crate::data::Data;
use crate::kind::EntityKind;
use crate::read::entities::Entity;
use crate::read::file::ExodusFile;

/// What a set is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetInfo {
    /// Position, identifier, name and number of entries.
    pub entity: Entity,
    /// Distribution factors; 0 if there are none, which means 1.0 everywhere.
    pub num_factors: u64,
    /// Attributes of one entry.
    pub num_attributes: u64,
}

impl ExodusFile {
    /// All sets of a kind.
    ///
    /// # Errors
    /// When their lists cannot be read.
    pub fn sets(&self, kind: EntityKind) -> Result<Vec<SetInfo>> {
        let Some(row) = kind.names().filter(|row| row.factors.is_some()) else {
            return Ok(Vec::new());
        };
        let factors = |index| self.shape(Data::Factors(kind, index)).and_then(|shape| shape.first().copied());
        let attributes = |index| row.attributes.map_or(0, |[count, ..]| self.numbered_dimension(count, kind, index));
        let info = |entity: &Entity| SetInfo {
            num_factors: factors(entity.index).unwrap_or(0),
            num_attributes: attributes(entity.index),
            entity: entity.clone(),
        };
        Ok(self.entities(kind)?.iter().map(info).collect())
    }

    /// The entries of a set: nodes, edges, faces or elements, numbered from 1 as the file does; empty for an empty set.
    ///
    /// # Errors
    /// When they cannot be read, or a number does not fit `T` (`i64` always fits).
    pub fn set_entries<T: Element>(&self, kind: EntityKind, index: usize) -> Result<Values<'_, T>> {
        self.set_list(kind, Data::Members(kind, index))
    }

    /// The sides of a side set's elements, numbered from 1, or the orientations of edges and faces; empty if there are none.
    ///
    /// # Errors
    /// As [`ExodusFile::set_entries`].
    pub fn set_extra<T: Element>(&self, kind: EntityKind, index: usize) -> Result<Values<'_, T>> {
        self.set_list(kind, Data::Sides(kind, index))
    }

    /// The distribution factors of a set; empty if there are none, which means 1.0 everywhere.
    ///
    /// # Errors
    /// When they cannot be read, or a factor does not fit `T` (`f64` always fits).
    pub fn set_factors<T: Element>(&self, kind: EntityKind, index: usize) -> Result<Values<'_, T>> {
        self.set_list(kind, Data::Factors(kind, index))
    }

    fn set_list<T: Element>(&self, kind: EntityKind, data: Data) -> Result<Values<'_, T>> {
        if !EntityKind::SETS.contains(&kind) {
            return Err(Error::usage(format!("{} is no kind of set", kind.label())));
        }
        match self.has(data) {
            true => self.view(data),
            false => Ok(Values::owned(Vec::new())),
        }
    }
}
