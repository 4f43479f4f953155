//! The entries of a block, one by one.

use hyperslab::{Error, Result, Values};

use super::{missing, places, ModelExt};
use crate::data::Data;
use crate::kind::EntityType;
use crate::model::Model;
use crate::topology::{ElementType, Rows};

/// The entries of a block, one by one and whatever their lengths: see [`ModelExt::entries_of`].
#[derive(Debug, Clone)]
pub struct Entries<'m, M: ?Sized> {
    model: &'m M,
    data: Data,
    /// Where each is in the list of all, if there is one.
    rows: Option<Rows>,
    len: usize,
}

impl<'m, M: Model + ?Sized> Entries<'m, M> {
    pub(super) fn of(model: &'m M, kind: EntityType, index: usize) -> Result<Self> {
        let (mesh, block) = (model.mesh()?, model.block(kind, index)?);
        let has_faces =
            kind == EntityType::ElementBlock && matches!(block.element_type(mesh.num_dim), Ok(ElementType::Polyhedron));
        let data = if has_faces { Data::FaceConnectivity(index) } else { Data::Connectivity(kind, index) };
        let shape = model.shape(data).ok_or_else(|| missing(model, data))?;
        let too_many = |_| Error::limit("too many numbers").known_as(mesh.describe(data));
        let first = usize::try_from(shape.first().copied().unwrap_or(0)).map_err(too_many)?;
        let counts = Data::Counts(kind, index);
        if shape.len() > 1 || !model.has(counts) {
            return Ok(Entries { model, data, rows: None, len: first });
        }
        let counts: Vec<i64> = model.numbers(&counts.into())?.to()?;
        let rows = Rows::counted(&counts, first).map_err(|error| error.known_as(mesh.describe(data)))?;
        Ok(Entries { model, data, len: rows.len(first), rows: Some(rows) })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The nodes of an entry, counted from 0; of a polyhedron, its faces. Both are numbered from 1.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for an entry that is not there; otherwise when its numbers cannot be read.
    pub fn get(&self, entry: usize) -> Result<Values<'m, i64>> {
        let Some(rows) = &self.rows else { return self.model.view(self.data.entry(entry as u64)) };
        let outside = || {
            let detail = format!("entry {} of {}", entry.saturating_add(1), self.len);
            Error::usage(detail).known_as(places::described(self.model, self.data))
        };
        let range = rows.range(entry).ok_or_else(outside)?;
        self.model.view(self.data.entries(range.start as u64..range.end as u64))
    }
}
