//! Result variables and reduction variables.

use hyperslab::netcdf::{DimensionId, Layout, Type};

use super::Declaration;
use crate::data::Data;
use crate::kind::EntityType;
use crate::names;

/// The most entries of a chunk: HDF5 chunks are smaller than 4 GiB.
const MOST_ENTRIES: u64 = 1 << 28;

impl Declaration<'_> {
    pub(super) fn results(&mut self) {
        let mesh = self.mesh;
        for (&kind, list) in mesh.variables.iter().filter(|(_, list)| !list.is_empty()) {
            let Some(row) = kind.variables() else { continue };
            let count = self.dimension(row.count, list.len() as u64);
            self.names(row.names, count);
            match kind {
                EntityType::Global if mesh.absent.contains(&Data::Reductions(kind, 0)) => {}
                EntityType::Global => self.result(names::VALS_GLO_VAR, &[count]),
                EntityType::Nodal => self.nodal_variables(count, list.len()),
                _ => self.entity_variables(kind, count, list.len()),
            }
        }
        for (&kind, list) in mesh.reductions.iter().filter(|(_, list)| !list.is_empty()) {
            let Some(row) = kind.reductions() else { continue };
            let count = self.dimension(row.count, list.len() as u64);
            self.names(row.names, count);
            let having = (0..mesh.count(kind)).filter(|&n| mesh.has_reductions(kind, n));
            for number in having.filter_map(|n| mesh.number(kind, n)) {
                self.result(&format!("{}{number}", row.values), &[count]);
            }
        }
    }

    fn nodal_variables(&mut self, count: DimensionId, variables: usize) {
        let Some(nodes) = self.find(names::NUM_NODES) else { return };
        let mesh = self.mesh;
        let mut there = (0..variables).filter(|&variable| mesh.has_variable(EntityType::Nodal, 0, variable));
        match self.options.large_model {
            true => there.for_each(|v| self.result(&names::numbered(names::VALS_NOD_VAR, v), &[nodes])),
            // One variable holds all of them.
            false if there.next().is_none() => {}
            false => self.result(names::VALS_NOD_VAR, &[count, nodes]),
        }
    }

    fn entity_variables(&mut self, kind: EntityType, count: DimensionId, variables: usize) {
        let mesh = self.mesh;
        let (Some(row), Some(entity_row)) = (kind.variables(), kind.names()) else { return };
        if let (Some(table), Some(entities)) = (row.table, self.find(entity_row.count)) {
            self.variable(table, Type::Int, &[entities, count]);
        }
        for variable in 0..variables {
            for entity in (0..mesh.count(kind)).filter(|&n| mesh.has_variable(kind, n, variable)) {
                let Some(number) = mesh.number(kind, entity) else { continue };
                if let Some(size) = self.find(&format!("{}{number}", entity_row.size)) {
                    self.result(&format!("{}{}{}{number}", row.values, variable + 1, row.suffix), &[size]);
                }
            }
        }
    }

    /// Values that change from step to step: one row a step.
    fn result(&mut self, name: &str, dimensions: &[DimensionId]) {
        let (float, mut all) = (self.float(), vec![self.time]);
        all.extend(dimensions);
        let length = |id: &DimensionId| self.schema.dimensions.get(id.0).map_or(1, |d| d.length.max(1));
        let mut chunk: Vec<u64> = dimensions.iter().map(length).collect();
        if let Some(last) = chunk.last_mut() {
            *last = (*last).min(self.options.chunks.entries.unwrap_or(MOST_ENTRIES));
        }
        chunk.insert(0, self.options.chunks.steps);
        let variable = self.variable(name, float, &all);
        variable.storage.layout = Layout::Chunked(chunk);
    }
}
