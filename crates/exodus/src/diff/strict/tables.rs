//! Truth tables: which entities are said to have which variables.

use hyperslab::Result;

use super::super::names::Pairs;
use super::Strict;
use crate::data::Data;
use crate::kind::EntityType;
use crate::mesh::Entity;
use crate::mesh::Mesh;
use crate::model::ModelExt;

impl Strict<'_, '_, '_> {
    /// Compares what tables promise, where the values themselves say nothing: both files have them, or neither.
    pub(super) fn tables(&mut self) -> Result<()> {
        let [first, second] = self.models;
        let meshes = [first.mesh, second.mesh];
        for kind in EntityType::BLOCKS.into_iter().chain(EntityType::SETS) {
            for entity in first.entities(kind) {
                if let Some(partner) = second.partner(kind, entity) {
                    self.table(kind, meshes, [entity, partner]);
                }
            }
        }
        Ok(())
    }

    fn table(&mut self, kind: EntityType, meshes: [&Mesh; 2], [entity, partner]: [&Entity; 2]) {
        let [a, b] = meshes;
        let [Some(own), Some(others)] = [a, b].map(|mesh| mesh.variables.get(&kind)) else { return };
        let pairs = Pairs::of_names(own, others, self.options.ignore_case);
        let both = own.iter().enumerate().zip(pairs.partners).filter_map(|(one, partner)| Some((one, partner?)));
        for ((variable, name), other) in both {
            let promises = [a.promises(kind, entity.index, variable), b.promises(kind, partner.index, other)];
            let places = [(entity.index, variable), (partner.index, other)];
            let has = |n: usize| {
                let (&(entity, variable), model) = places.get(n).zip(self.models.get(n))?;
                Some(model.file.has(Data::Variable(kind, variable, entity)))
            };
            let [one, two] = promises;
            if one != two && has(0) == has(1) {
                let of = format!("variable '{name}' of {} {}", kind.label(), entity.id);
                self.value(&format!("entry of the truth table for {of}"), [&one, &two]);
            }
        }
    }
}
