//! The variables of one model in a netCDF file, by name.

use std::collections::HashMap;

use hyperslab::netcdf::{File, GroupId, Schema, VariableId};

use crate::kind::EntityType;

/// What a file, or one of its groups, has; the same for files being read and files being written.
#[derive(Debug)]
pub(crate) struct Catalog {
    variables: HashMap<String, VariableId>,
    /// The identifiers of the kinds that are named by them, in the order of the file.
    by_id: [Vec<i64>; 2],
}

impl Catalog {
    /// The variables of a group.
    pub fn new(schema: &Schema, group: GroupId) -> Self {
        let own = schema.variables.iter().enumerate().filter(|(_, v)| v.group == group);
        Self::of(own.map(|(n, v)| (v.name.as_str(), VariableId(n))))
    }

    fn of<'s>(own: impl Iterator<Item = (&'s str, VariableId)> + Clone) -> Self {
        let by_id = EntityType::BY_ID.map(|kind| {
            let numbers = own.clone().filter_map(|(name, _)| name.strip_prefix(kind.names()?.entries));
            numbers.filter_map(|digits| digits.parse().ok()).collect()
        });
        Catalog { variables: own.map(|(name, id)| (name.to_owned(), id)).collect(), by_id }
    }

    pub fn variable(&self, name: &str) -> Option<VariableId> {
        self.variables.get(name).copied()
    }

    pub fn variables(&self) -> impl Iterator<Item = (&str, VariableId)> {
        self.variables.iter().map(|(name, &id)| (name.as_str(), id))
    }

    /// The numbers of a kind whose entities are named by their identifiers.
    pub fn numbers(&self, kind: EntityType) -> &[i64] {
        let lists = EntityType::BY_ID.iter().zip(&self.by_id);
        lists.filter(|(by_id, _)| **by_id == kind).map(|(_, list)| list.as_slice()).next().unwrap_or_default()
    }

    /// The number that stands for an entity in the names of its variables.
    pub fn number(&self, kind: EntityType, index: usize) -> Option<i64> {
        match kind.is_by_id() {
            true => self.numbers(kind).get(index).copied(),
            false => i64::try_from(index).ok()?.checked_add(1),
        }
    }
}

/// An open file with what belongs to each of its groups, found in one pass: there may be very many.
#[derive(Debug)]
pub(crate) struct Opened {
    pub file: File,
    members: Vec<Members>,
}

/// The positions in the schema of what a group owns.
#[derive(Debug, Default)]
struct Members {
    groups: Vec<usize>,
    dimensions: Vec<usize>,
    variables: Vec<usize>,
}

impl Opened {
    pub fn new(file: File) -> Self {
        let schema = file.schema();
        let mut members: Vec<Members> = schema.groups.iter().map(|_| Members::default()).collect();
        for (n, group) in schema.groups.iter().enumerate() {
            if let Some(parent) = group.parent.and_then(|parent| members.get_mut(parent.0)) {
                parent.groups.push(n);
            }
        }
        for (n, dimension) in schema.dimensions.iter().enumerate() {
            if let Some(owner) = members.get_mut(dimension.group.0) {
                owner.dimensions.push(n);
            }
        }
        for (n, variable) in schema.variables.iter().enumerate() {
            if let Some(owner) = members.get_mut(variable.group.0) {
                owner.variables.push(n);
            }
        }
        Opened { file, members }
    }

    /// The groups in a group, by name.
    pub fn groups(&self, group: GroupId) -> impl Iterator<Item = (&str, GroupId)> {
        let below = self.members.get(group.0).map(|members| members.groups.as_slice()).unwrap_or_default();
        below.iter().filter_map(|&n| Some((self.file.schema().groups.get(n)?.name.as_str(), GroupId(n))))
    }

    /// The lengths of the dimensions of a group.
    pub fn dimensions(&self, group: GroupId) -> HashMap<String, u64> {
        let own = self.members.get(group.0).map(|members| members.dimensions.as_slice()).unwrap_or_default();
        let own = own.iter().filter_map(|&n| self.file.schema().dimensions.get(n));
        own.map(|d| (d.name.clone(), d.length)).collect()
    }

    /// The variables of a group.
    pub fn catalog(&self, group: GroupId) -> Catalog {
        let own = self.members.get(group.0).map(|members| members.variables.as_slice()).unwrap_or_default();
        let variables = &self.file.schema().variables;
        Catalog::of(own.iter().filter_map(|&n| Some((variables.get(n)?.name.as_str(), VariableId(n)))))
    }
}
