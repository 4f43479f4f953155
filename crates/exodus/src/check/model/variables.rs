//! Result variables: which there are, and of which shapes.

use super::values::number_of_components;
use crate::check::declared::Declared;
use crate::check::{label, rules, Check, Report};
use crate::data::Data;
use crate::kind::EntityType;
use crate::mesh::{Entity, Mesh};
use crate::text::counted;

impl Check<'_> {
    pub(in crate::check) fn variables(&mut self) {
        for kind in EntityType::WITH_VARIABLES {
            let Some(row) = kind.variables() else { continue };
            let listed = match self.declared {
                Declared::File(file) => self.variable_list(file, &row),
                Declared::Mesh(_) => self.declared.num_variables(kind),
            };
            match (kind, self.declared) {
                (EntityType::Global | EntityType::Nodal, _) => self.model_variables(kind, listed),
                (_, Declared::File(file)) => self.stored_table(file, kind),
                (_, Declared::Mesh(mesh)) => self.table(mesh, kind),
            }
        }
        for kind in EntityType::WITH_VARIABLES {
            self.reductions(kind);
        }
        if self.options.values {
            self.results();
        }
    }

    /// Reduction variables are as many as are declared, for each step.
    fn reductions(&mut self, kind: EntityType) {
        if kind.reductions().is_none() {
            return;
        }
        let expected = [self.model.num_steps(), self.declared.num_reductions(kind)];
        for entity in self.all(kind) {
            let shape = self.model.shape(Data::Reductions(kind, entity.index));
            if let Some(shape) = shape.filter(|shape| *shape != expected) {
                let message = || format!("reduction variables of shape {shape:?}, not {expected:?}");
                self.report.add(&rules::SHAPE, &label(kind, &entity), None, message);
            }
        }
    }

    /// Nodal and global variables exist, and are as long as they must be.
    fn model_variables(&mut self, kind: EntityType, count: u64) {
        let most = self.declared.most_variables(kind);
        let listed = count.min(most.saturating_add(self.options.limit));
        if listed < count {
            let object = format!("{} variables {} to {count}", kind.label(), listed + 1);
            self.report.add(&rules::TRUTH_TABLE, &object, None, || "do not exist".to_owned());
        }
        for variable in 0..usize::try_from(listed).unwrap_or(usize::MAX) {
            let data = Data::Variable(kind, variable, 0);
            let object = || format!("{} variable {}", kind.label(), variable + 1);
            let expected: &[u64] = match kind {
                EntityType::Nodal => &[self.model.num_steps(), self.init.num_nodes],
                _ => &[self.model.num_steps()],
            };
            match self.model.shape(data) {
                Some(shape) if shape == expected => {}
                Some(shape) if kind == EntityType::Nodal && shape.starts_with(expected) => {
                    components(&mut self.report, &object(), None, &shape);
                }
                Some(shape) => {
                    self.report.add(&rules::SHAPE, &object(), None, || format!("of shape {shape:?}, not {expected:?}"));
                }
                // Without nodes there is nothing that could carry values.
                None if kind == EntityType::Nodal && self.init.num_nodes == 0 => {}
                None => self.report.add(&rules::TRUTH_TABLE, &object(), None, || "does not exist".to_owned()),
            }
        }
    }

    /// The variables exist that the mesh says are there.
    fn table(&mut self, mesh: &Mesh, kind: EntityType) {
        let (entities, model) = (mesh.list(kind), self.model);
        let variables = mesh.variables.get(&kind).map_or(0, Vec::len);
        for entity in &entities {
            for variable in 0..variables {
                let cell = mesh.promises(kind, entity.index, variable);
                let exists = model.shape(Data::Variable(kind, variable, entity.index));
                cell_of((&mut self.report, "model"), kind, entity, variable, (cell, exists));
            }
        }
    }
}

/// One cell of a truth table, and the shape of the variable that it is about.
pub(in crate::check) fn cell_of(
    (report, whole): (&mut Report, &str),
    kind: EntityType,
    entity: &Entity,
    variable: usize,
    (promised, exists): (bool, Option<Vec<u64>>),
) {
    let (index, number) = (Some(variable as u64 + 1), variable + 1);
    match (promised, exists) {
        (true, None) if entity.len == 0 => {
            let message = || format!("the table has variable {number} on an entity without entries");
            report.add(&rules::TRUTH_TABLE_EMPTY, &label(kind, entity), index, message);
        }
        (true, None) => {
            let message = || format!("the table has variable {number}, the {whole} has not");
            report.add(&rules::TRUTH_TABLE, &label(kind, entity), index, message);
        }
        (false, Some(_)) => {
            let message = || format!("the {whole} has variable {number}, the table has not");
            report.add(&rules::TRUTH_TABLE_EXTRA, &label(kind, entity), index, message);
        }
        (true, Some(shape)) if shape.get(1) != Some(&entity.len) => {
            let message = || format!("variable {number} is of shape {shape:?} for {} entries", entity.len);
            report.add(&rules::SHAPE, &label(kind, entity), index, message);
        }
        (true, Some(shape)) if shape.len() > 2 => components(report, &label(kind, entity), index, &shape),
        _ => {}
    }
}

/// Tells of a variable with axes behind that of the entries.
fn components(report: &mut Report, object: &str, index: Option<u64>, shape: &[u64]) {
    let message = || format!("{} an entry", counted(number_of_components(shape), "value", "values"));
    report.add(&rules::COMPONENTS, object, index, message);
}
