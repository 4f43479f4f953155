//! The variables of one model in a netCDF file, by name.

use std::collections::HashMap;

use hyperslab::netcdf::{GroupId, Schema, VariableId};

use crate::kind::EntityKind;

/// What a file, or one of its groups, has; the same for files being read and files being written.
#[derive(Debug)]
pub(crate) struct Catalog {
    variables: HashMap<String, VariableId>,
    /// The identifiers of the kinds that are named by them, in the order of the file.
    by_id: [Vec<i64>; 2],
}

impl Catalog {
    pub fn new(schema: &Schema, group: GroupId) -> Self {
        let own = || schema.variables.iter().enumerate().filter(|(_, v)| v.group == group);
        let by_id = EntityKind::BY_ID.map(|kind| {
            let numbers = own().filter_map(|(_, variable)| variable.name.strip_prefix(kind.names()?.entries));
            numbers.filter_map(|digits| digits.parse().ok()).collect()
        });
        Catalog { variables: own().map(|(n, v)| (v.name.clone(), VariableId(n))).collect(), by_id }
    }

    pub fn variable(&self, name: &str) -> Option<VariableId> {
        self.variables.get(name).copied()
    }

    /// The numbers of a kind whose entities are named by their identifiers.
    pub fn numbers(&self, kind: EntityKind) -> &[i64] {
        let lists = EntityKind::BY_ID.iter().zip(&self.by_id);
        lists.filter(|(by_id, _)| **by_id == kind).map(|(_, list)| list.as_slice()).next().unwrap_or_default()
    }

    /// The number that stands for an entity in the names of its variables.
    pub fn number(&self, kind: EntityKind, index: usize) -> Option<i64> {
        match kind.is_by_id() {
            true => self.numbers(kind).get(index).copied(),
            false => i64::try_from(index).ok()?.checked_add(1),
        }
    }
}
