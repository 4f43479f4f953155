//! Node, edge, face, side and element sets.

use hyperslab::{Element, Error, Result, Selection, Values};

use crate::file::{Entity, ExodusFile};
use crate::kind::{EntityKind, Names};
use crate::names;

/// What a set is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetInfo {
    /// Position, identifier, name and number of entries.
    pub entity: Entity,
    /// Distribution factors; 0 if there are none, which means 1.0 everywhere.
    pub num_factors: u64,
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
        let entities = self.entities(kind)?;
        let factors = |index| {
            row.factors.and_then(|prefix| self.array(&names::numbered(prefix, index))).and_then(|a| a.len().ok())
        };
        Ok(entities
            .into_iter()
            .map(|entity| SetInfo { num_factors: factors(entity.index).unwrap_or(0), entity })
            .collect())
    }

    /// The entries of a set: nodes, edges, faces or elements, numbered from 1 as the file does; empty for an empty set.
    ///
    /// # Errors
    /// When they cannot be read, or a number does not fit `T` (`i64` always fits).
    pub fn set_entries<T: Element>(&self, kind: EntityKind, index: usize) -> Result<Values<'_, T>> {
        self.set_list(kind, index, |row| Some(row.entries))
    }

    /// The sides of a side set's elements, numbered from 1, or the orientations of edges and faces; empty if there are none.
    ///
    /// # Errors
    /// As [`ExodusFile::set_entries`].
    pub fn set_extra<T: Element>(&self, kind: EntityKind, index: usize) -> Result<Values<'_, T>> {
        self.set_list(kind, index, |row| row.extra)
    }

    /// The distribution factors of a set; empty if there are none, which means 1.0 everywhere.
    ///
    /// # Errors
    /// When they cannot be read, or a factor does not fit `T` (`f64` always fits).
    pub fn set_factors<T: Element>(&self, kind: EntityKind, index: usize) -> Result<Values<'_, T>> {
        self.set_list(kind, index, |row| row.factors)
    }

    fn set_list<T: Element>(
        &self,
        kind: EntityKind,
        index: usize,
        prefix: impl Fn(&Names) -> Option<&'static str>,
    ) -> Result<Values<'_, T>> {
        let row = kind.names().filter(|row| row.factors.is_some());
        let row = row.ok_or_else(|| Error::usage(format!("{} is no kind of set", kind.label())))?;
        let array = prefix(row).and_then(|prefix| self.array(&names::numbered(prefix, index)));
        match array {
            Some(array) => array.view(&Selection::all(array.shape())),
            None => Ok(Values::Owned(Vec::new())),
        }
    }
}
