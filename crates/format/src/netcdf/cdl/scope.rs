//! What belongs to which group, and how it is called from another one.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::name::escape;
use crate::error::{Error, Result};
use crate::netcdf::ids::{DimensionId, GroupId, VariableId};
use crate::netcdf::schema::{Dimension, Schema, Variable};
use crate::netcdf::types::Type;
use crate::netcdf::types::UserType;

/// What a group owns, in the order of definition.
#[derive(Debug, Default, Clone)]
pub(super) struct Members<'s> {
    pub types: Vec<&'s Arc<UserType>>,
    pub dimensions: Vec<&'s Dimension>,
    pub variables: Vec<VariableId>,
    pub children: Vec<GroupId>,
}

/// The groups of a file, and the names in them.
pub(super) struct Scope<'s> {
    schema: &'s Schema,
    groups: Vec<Members<'s>>,
    dimensions: HashMap<(GroupId, &'s str), DimensionId>,
    types: HashSet<(GroupId, &'s str)>,
}

impl<'s> Scope<'s> {
    pub fn new(schema: &'s Schema) -> Self {
        let mut scope = Scope {
            schema,
            groups: vec![Members::default(); schema.groups.len()],
            dimensions: HashMap::new(),
            types: HashSet::new(),
        };
        for (index, dimension) in schema.dimensions.iter().enumerate() {
            scope.dimensions.entry((dimension.group, &dimension.name)).or_insert(DimensionId(index));
            scope.with(dimension.group, |group| group.dimensions.push(dimension));
        }
        for user in &schema.types {
            scope.types.insert((user.group, &user.name));
            scope.with(user.group, |group| group.types.push(user));
        }
        for (index, variable) in schema.variables.iter().enumerate() {
            scope.with(variable.group, |group| group.variables.push(VariableId(index)));
        }
        for (index, group) in schema.groups.iter().enumerate() {
            if let Some(parent) = group.parent {
                scope.with(parent, |group| group.children.push(GroupId(index)));
            }
        }
        scope
    }

    fn with(&mut self, group: GroupId, change: impl FnOnce(&mut Members<'s>)) {
        if let Some(group) = self.groups.get_mut(group.0) {
            change(group);
        }
    }

    pub fn members(&self, group: GroupId) -> Members<'s> {
        self.groups.get(group.0).cloned().unwrap_or_default()
    }

    /// A group and those above it. Parents come before their children, so this ends.
    fn upwards(&self, group: GroupId) -> impl Iterator<Item = GroupId> + '_ {
        std::iter::successors(Some(group), |group| self.schema.groups.get(group.0)?.parent)
    }

    /// Appends the name of a dimension as it is known in a group: with its path if the name alone means another one.
    pub fn dimension_name(&self, out: &mut Vec<u8>, from: GroupId, id: DimensionId) -> Result<()> {
        let dimension = self.schema.dimension(id)?;
        let known = self.upwards(from).find_map(|group| self.dimensions.get(&(group, dimension.name.as_str())));
        if known != Some(&id) {
            self.path(out, dimension.group);
        }
        escape(out, &dimension.name);
        Ok(())
    }

    /// Appends the name of a type as it is known in a group: with its path if no type has this name there.
    pub fn type_name(&self, out: &mut Vec<u8>, from: GroupId, ty: &Type) {
        let Type::User(user) = ty else {
            return out.extend_from_slice(ty.name().as_bytes());
        };
        if !self.upwards(from).any(|group| self.types.contains(&(group, user.name.as_str()))) {
            self.path(out, user.group);
        }
        escape(out, &user.name);
    }

    /// Appends the path of a group, with a slash at its end.
    fn path(&self, out: &mut Vec<u8>, group: GroupId) {
        let mut names: Vec<&str> = self.names(group).collect();
        names.reverse();
        out.push(b'/');
        for name in names {
            escape(out, name);
            out.push(b'/');
        }
    }

    /// The names of a group and those above it, without the root.
    fn names(&self, group: GroupId) -> impl Iterator<Item = &'s str> + '_ {
        let groups = self.upwards(group).filter_map(|group| self.schema.groups.get(group.0));
        groups.filter(|group| group.parent.is_some()).map(|group| group.name.as_str())
    }

    /// The variables that are meant by names; a name may have a path in front, from the root or from any group.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a name that means none.
    pub fn find(&self, names: &[String]) -> Result<HashSet<VariableId>> {
        let mut found = HashSet::new();
        for name in names {
            let (path, last) = match name.rsplit_once('/') {
                Some((path, last)) => (Some(path), last),
                None => (None, name.as_str()),
            };
            let is_meant =
                |variable: &Variable| variable.name == last && path.is_none_or(|path| self.is_at(variable.group, path));
            let variables = self.schema.variables.iter().enumerate();
            let matching: Vec<_> = variables.filter(|(_, v)| is_meant(v)).map(|(index, _)| VariableId(index)).collect();
            if matching.is_empty() {
                return Err(Error::usage(format!("{name}: No such variable")));
            }
            found.extend(matching);
        }
        Ok(found)
    }

    /// Whether a path from the root is that of a group, or another path its end.
    fn is_at(&self, group: GroupId, path: &str) -> bool {
        let mut names: Vec<&str> = self.names(group).collect();
        names.reverse();
        let full: String = names.iter().flat_map(|name| ["/", name]).collect();
        match path.is_empty() || path.starts_with('/') {
            true => full == path,
            false => full.ends_with(&format!("/{path}")),
        }
    }
}
