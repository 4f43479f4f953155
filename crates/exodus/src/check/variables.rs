//! Result variables: truth tables, and values where they are asked for.

use hyperslab::netcdf::{Array, Type};

use super::times::is_fill;
use super::{label, name_of, rules, Check};
use crate::data::Data;
use crate::kind::EntityType;
use crate::mesh::Entity;
use crate::names;
use crate::text::counted;

impl Check<'_> {
    pub(super) fn variables(&mut self) {
        for kind in EntityType::WITH_VARIABLES {
            let Some(row) = kind.variables() else { continue };
            let count = self.file.dimension(row.count);
            let listed = self.file.array(row.names).map(|array| array.shape().first().copied().unwrap_or(0));
            if count > 0 && listed != Some(count) {
                let message =
                    || format!("{}, but {} is {count}", counted(listed.unwrap_or(0), "name", "names"), row.count);
                self.report.add(&rules::SHAPE, row.names, None, message);
            }
            match kind {
                EntityType::Global | EntityType::Nodal => self.model_variables(kind, listed.unwrap_or(0).min(count)),
                _ => self.truth_table(kind, count),
            }
        }
        for kind in EntityType::WITH_VARIABLES {
            self.reductions(kind);
        }
        if self.options.values {
            let group = self.file.group_id();
            let all = self.file.schema().variables.iter().filter(|v| v.group == group && names::is_result(&v.name));
            let results = all.filter(|v| matches!(v.ty, Type::Float | Type::Double));
            for name in results.map(|v| v.name.as_str()).collect::<Vec<_>>() {
                if let Some(array) = self.file.array(name) {
                    self.values(array);
                }
            }
        }
    }

    /// Reduction variables are as many as are declared, for each step.
    fn reductions(&mut self, kind: EntityType) {
        let Some(row) = kind.reductions() else { return };
        let expected = [self.file.num_steps(), self.file.dimension(row.count)];
        for entity in self.list(kind) {
            let shape = self.file.shape(Data::Reductions(kind, entity.index));
            if let Some(shape) = shape.filter(|shape| *shape != expected) {
                let message = || format!("reduction variables of shape {shape:?}, not {expected:?}");
                self.report.add(&rules::SHAPE, &label(kind, &entity), None, message);
            }
        }
    }

    /// Nodal and global variables exist, and are as long as they must be.
    fn model_variables(&mut self, kind: EntityType, count: u64) {
        // A count alone proves nothing: no more can be there than there are netCDF variables, or columns of a common one.
        let columns = self.file.variable_names(kind).map_or(0, |names| names.len());
        let most = self.file.schema().variables.len().max(columns) as u64;
        let listed = count.min(most.saturating_add(self.options.limit));
        if listed < count {
            let object = format!("{} variables {} to {count}", kind.label(), listed + 1);
            self.report.add(&rules::TRUTH_TABLE, &object, None, || "do not exist".to_owned());
        }
        for variable in 0..usize::try_from(listed).unwrap_or(usize::MAX) {
            let data = Data::Variable(kind, variable, 0);
            let object = || format!("{} variable {}", kind.label(), variable + 1);
            let expected: &[u64] = match kind {
                EntityType::Nodal => &[self.file.num_steps(), self.init.num_nodes],
                _ => &[self.file.num_steps()],
            };
            match self.file.shape(data) {
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

    /// The table says which variables exist.
    fn truth_table(&mut self, kind: EntityType, count: u64) {
        let Some((name, table)) =
            kind.variables().and_then(|row| row.table).and_then(|name| Some((name, self.file.array(name)?)))
        else {
            return;
        };
        let entities = self.list(kind);
        if table.shape() != [entities.len() as u64, count] {
            let message = || format!("of shape {:?}, not [{}, {count}]", table.shape(), entities.len());
            self.report.add(&rules::SHAPE, name, None, message);
            return;
        }
        let file = self.file;
        self.stream(table, |report, offset, cells: &[i64]| {
            for (n, &cell) in (offset..).zip(cells) {
                let (entity, variable) = (n / count.max(1), n % count.max(1));
                let at = |n: u64| usize::try_from(n).ok();
                let Some((entity, variable)) = at(entity).and_then(|n| entities.get(n)).zip(at(variable)) else {
                    continue;
                };
                let exists = file.shape(Data::Variable(kind, variable, entity.index));
                cell_of(report, kind, entity, variable, (cell != 0, exists));
            }
        });
    }

    /// Counts the values of a variable that are none.
    fn values(&mut self, array: &Array) {
        let name = name_of(array);
        let per_step = hyperslab::count(array.shape().get(1..).unwrap_or_default()).unwrap_or(1).max(1);
        let components = if names::is_shared(&name) { 1 } else { number_of_components(array.shape()).max(1) };
        let mut found =
            [(&rules::RESULTS_FINITE, "not finite", 0u64, 0u64), (&rules::RESULTS_FILL, "never written", 0, 0)];
        self.stream(array, |_, offset, values: &[f64]| {
            for (n, &value) in (offset..).zip(values) {
                let [infinite, fill] = &mut found;
                let kind = if !value.is_finite() {
                    infinite
                } else if is_fill(value) {
                    fill
                } else {
                    continue;
                };
                if kind.2 == 0 {
                    kind.3 = n;
                }
                kind.2 += 1;
            }
        });
        for (rule, what, count, first) in found.into_iter().filter(|found| found.2 > 0) {
            let (step, entry) = (first / per_step + 1, first % per_step / components + 1);
            let message = || match count {
                1 => format!("the value of entry {entry} at step {step} is {what}"),
                _ => format!("{count} values are {what}, the first is entry {entry} at step {step}"),
            };
            self.report.add(rule, &name, Some(entry), message);
        }
    }
}

/// One cell of a truth table, and the shape of the variable that it is about.
fn cell_of(
    report: &mut super::Report,
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
            let message = || format!("the table has variable {number}, the file has not");
            report.add(&rules::TRUTH_TABLE, &label(kind, entity), index, message);
        }
        (false, Some(_)) => {
            let message = || format!("the file has variable {number}, the table has not");
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
fn components(report: &mut super::Report, object: &str, index: Option<u64>, shape: &[u64]) {
    let message = || format!("{} an entry", counted(number_of_components(shape), "value", "values"));
    report.add(&rules::COMPONENTS, object, index, message);
}

/// How many values each entry has in a variable of steps and entries.
fn number_of_components(shape: &[u64]) -> u64 {
    hyperslab::count(shape.get(2..).unwrap_or_default()).unwrap_or(u64::MAX)
}
