//! What has to be put before a file is complete.

use std::sync::PoisonError;

use hyperslab::{Error, Result};

use super::ModelWriter;
use crate::data::Data;
use crate::kind::EntityType;

impl ModelWriter {
    /// Has everything that the mesh declares put by whoever writes it.
    pub(super) fn owe(&self) {
        let is_empty = |data: Data| self.shape(data).is_none_or(|shape| shape.contains(&0));
        let declared = |data: &Data| matches!(data, Data::Members(EntityType::Assembly, _));
        let owed = self.mesh.static_data().into_iter().filter(|data| !declared(data) && !is_empty(*data));
        self.owed.lock().unwrap_or_else(PoisonError::into_inner).extend(owed);
    }

    /// Refuses a mesh, or a step, that is not complete.
    pub(super) fn check_complete(&self) -> Result<()> {
        let owed = self.owed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(&first) = owed.first() {
            let others = if owed.len() > 1 { format!(", and {} more", owed.len() - 1) } else { String::new() };
            let first = self.mesh.describe(first);
            return Err(Error::usage(format!("the mesh is not complete: nothing was put for {first}{others}")));
        }
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.as_ref().map_or(Ok(()), |begun| Err(begun.incomplete(&self.mesh)))
    }
}
