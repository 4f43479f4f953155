//! Whether what a mesh declares is of kinds that can have it.

use std::collections::HashSet;

use hyperslab::{Context, Error, Result};

use super::{ByKind, Mesh, OfKind};
use crate::kind::EntityType;

impl Mesh {
    /// Refuses what is of a kind that does not fit: nobody would write it, and nobody would miss it.
    pub(crate) fn check_kinds(&self) -> Result<()> {
        check(&self.blocks, &EntityType::BLOCKS, "block")?;
        check(&self.sets, &EntityType::SETS, "set")?;
        check(&self.maps, &EntityType::MAPS, "map")?;
        self.id_maps.iter().try_for_each(|kind| kind.must_be(kind.is_map(), "map"))?;
        self.variables.keys().chain(self.reductions.keys()).try_for_each(|kind| kind.must_have_variables())?;
        self.properties.keys().try_for_each(|kind| kind.must_have_properties())
    }

    /// Refuses two blocks, or two sets of a kind, of one identifier: programs that read them would find the first alone. Files
    /// that have them are written again as they are.
    pub(crate) fn check_ids(&self) -> Result<()> {
        for kind in EntityType::BLOCKS.into_iter().chain(EntityType::SETS) {
            let mut seen = HashSet::new();
            if let Some((id, ..)) = self.entities(kind).find(|(id, ..)| !seen.insert(*id)) {
                return Err(Error::usage(format!("there are two of the kind {} with the id {id}", kind.label())));
            }
        }
        self.groups.iter().try_for_each(|(name, mesh)| mesh.check_ids().in_object(name))
    }
}

fn check<T: OfKind>(lists: &ByKind<T>, kinds: &[EntityType], what: &str) -> Result<()> {
    for (kind, list) in lists.lists() {
        kind.must_be(kinds.contains(&kind), what)?;
        if let Some(other) = list.iter().map(OfKind::kind).find(|&other| other != kind) {
            return Err(Error::usage(format!("a {} among those of the kind {}", other.label(), kind.label())));
        }
    }
    Ok(())
}
