//! Entities: identifiers, names, attributes; names of variables.

use hyperslab::Result;

use crate::check::{label, repeated, rules, Check};
use crate::data::Data;
use crate::kind::EntityType;
use crate::mesh::Entity;

/// The identifier of what was declared, but never defined.
const UNDEFINED: i64 = -1;

impl Check<'_> {
    pub(in crate::check) fn entities(&mut self) {
        for kind in EntityType::BLOCKS.into_iter().chain(EntityType::SETS).chain(EntityType::MAPS) {
            let list = self.all(kind);
            let rows = self.file().zip(kind.names()).filter(|(file, row)| file.dimension(row.count) > 0);
            if let Some((file, row)) = rows {
                self.lists(file, row);
            }
            self.identity(kind, &list);
            if let Some((file, row)) = rows {
                self.status(file, kind, row, &list);
            }
        }
        for kind in EntityType::BY_ID {
            let list = self.all(kind);
            self.identity(kind, &list);
        }
        self.all_names();
    }

    fn identity(&mut self, kind: EntityType, list: &[Entity]) {
        for entity in list.iter().filter(|entity| entity.id.0 <= 0) {
            let message = || match entity.id.0 {
                UNDEFINED => "was declared, but never defined".to_owned(),
                id => format!("the identifier is {id}"),
            };
            self.report.add(&rules::ID_POSITIVE, &label(kind, entity), Some(entity.index as u64 + 1), message);
        }
        let defined: Vec<&Entity> = list.iter().filter(|entity| entity.id.0 != UNDEFINED).collect();
        for (n, id) in repeated(defined.iter().map(|entity| entity.id)) {
            let index = defined.get(n).map(|entity| entity.index as u64 + 1);
            let message = || format!("the identifier {id} is there more than once");
            self.report.add(&rules::DUPLICATE_ID, kind.label(), index, message);
        }
        let named: Vec<&Entity> = list.iter().filter(|entity| !entity.name.is_empty()).collect();
        for (n, name) in repeated(named.iter().map(|entity| &entity.name)) {
            let index = named.get(n).map(|entity| entity.index as u64 + 1);
            self.report.add(&rules::DUPLICATE_NAME, kind.label(), index, || {
                format!("the name {name:?} is there more than once")
            });
        }
    }

    /// Attributes are as many as are declared, for each entry.
    pub(super) fn attributes(&mut self, kind: EntityType, entity: &Entity) {
        let count = self.declared.num_attributes(kind, entity.index);
        let shape = self.model.shape(Data::Attributes(kind, entity.index));
        if let Some(shape) = shape.filter(|shape| *shape != [entity.len, count]) {
            let message = || format!("attributes of shape {shape:?}, not [{}, {count}]", entity.len);
            self.report.add(&rules::SHAPE, &label(kind, entity), None, message);
        }
    }

    /// Every list of names that the model has.
    fn all_names(&mut self) {
        let kinds = EntityType::BLOCKS.into_iter().chain(EntityType::SETS).chain(EntityType::MAPS);
        for row in kinds.filter_map(EntityType::names) {
            if let Some(file) = self.file() {
                self.name_rows(file, row.names);
            }
        }
        for kind in EntityType::WITH_VARIABLES {
            if let Some(row) = kind.variables() {
                self.names(row.names, &format!("{} variables", kind.label()), self.declared.variable_names(kind));
            }
            if let Some(row) = kind.reductions() {
                let words = format!("{} reduction variables", kind.label());
                self.names(row.names, &words, self.declared.reduction_names(kind));
            }
        }
    }

    /// A list of names of variables, which a file has in a variable and other models only in words.
    fn names(&mut self, stored: &str, words: &str, list: Result<Vec<String>>) {
        if let Some(file) = self.file() {
            self.name_rows(file, stored);
        }
        let object = self.called(stored, |_| words.to_owned());
        let repeated = repeated(self.value(&object, list).unwrap_or_default());
        for (n, name) in repeated.into_iter().filter(|(_, name)| !name.is_empty()) {
            let message = || format!("the name {name:?} is there more than once");
            self.report.add(&rules::DUPLICATE_NAME, &object, Some(n as u64 + 1), message);
        }
    }
}
