//! The part of a file that is taken.

use std::collections::HashSet;

use crate::error::{Error, Result};
use crate::netcdf::ids::{DimensionId, GroupId, VariableId};
use crate::netcdf::schema::{Group, Hidden, Schema, Variable};
use crate::netcdf::types::{Type, UserClass, UserType};

/// What a file declares of the named variables and of those in the named groups, with their dimensions and the coordinate
/// variables of these and the types of all that, and which variables of the file they are. Groups without any of it are left out.
///
/// # Errors
/// [`Kind::NotFound`](crate::Kind::NotFound) with the name.
pub(super) fn select(schema: &Schema, names: &[String]) -> Result<(Schema, Vec<VariableId>)> {
    if names.is_empty() {
        return Ok((schema.clone(), (0..schema.variables.len()).map(VariableId).collect()));
    }
    let mut part = Part::of(schema, names)?;
    part.add_coordinates();
    part.add_groups();
    // Groups have attributes, whose types lie in groups.
    while part.add_types() {
        part.add_groups();
    }
    Ok(part.schema())
}

/// What of a schema is taken.
struct Part<'s> {
    whole: &'s Schema,
    groups: Vec<bool>,
    dimensions: Vec<bool>,
    variables: Vec<bool>,
    types: Vec<bool>,
    /// The groups that are taken with all that is in them.
    named: Vec<GroupId>,
}

fn set(list: &mut [bool], place: usize) -> bool {
    list.get_mut(place).is_some_and(|taken| !std::mem::replace(taken, true))
}

impl<'s> Part<'s> {
    fn of(whole: &'s Schema, names: &[String]) -> Result<Self> {
        let mut part = Part {
            whole,
            groups: vec![false; whole.groups.len()],
            dimensions: vec![false; whole.dimensions.len()],
            variables: vec![false; whole.variables.len()],
            types: vec![false; whole.types.len()],
            named: Vec::new(),
        };
        set(&mut part.groups, 0);
        for name in names {
            match (whole.variable_at(name), whole.group_at(name)) {
                (Some(id), _) => part.add_variable(id.0),
                (None, Some(group)) => part.add_group(group),
                (None, None) => return Err(Error::not_found(format!("there is no variable and no group {name}"))),
            }
        }
        Ok(part)
    }

    fn add_variable(&mut self, place: usize) {
        set(&mut self.variables, place);
        for id in self.whole.variables.get(place).into_iter().flat_map(|variable| &variable.dimensions) {
            set(&mut self.dimensions, id.0);
        }
    }

    /// Takes all that is in a group and below.
    fn add_group(&mut self, group: GroupId) {
        let inside: Vec<bool> = (0..self.whole.groups.len()).map(|n| self.whole.encloses(group, GroupId(n))).collect();
        let is_inside = |group: GroupId| inside.get(group.0) == Some(&true);
        for (n, variable) in self.whole.variables.iter().enumerate() {
            if is_inside(variable.group) {
                self.add_variable(n);
            }
        }
        for (n, dimension) in self.whole.dimensions.iter().enumerate() {
            if is_inside(dimension.group) {
                set(&mut self.dimensions, n);
            }
        }
        for (n, user) in self.whole.types.iter().enumerate() {
            if is_inside(user.group) {
                set(&mut self.types, n);
            }
        }
        for (n, _) in inside.iter().enumerate().filter(|(_, inside)| **inside) {
            set(&mut self.groups, n);
        }
        self.named.push(group);
    }

    /// Takes the variable that has the name of a dimension and lies along it, which may have more dimensions, and so on.
    fn add_coordinates(&mut self) {
        let mut waiting: Vec<usize> =
            (0..self.dimensions.len()).filter(|&n| self.dimensions.get(n) == Some(&true)).collect();
        while let Some(id) = waiting.pop() {
            let Some(dimension) = self.whole.dimensions.get(id) else { continue };
            let is_it = |v: &Variable| {
                v.name == dimension.name && v.group == dimension.group && v.dimensions.first() == Some(&DimensionId(id))
            };
            let Some(place) = self.whole.variables.iter().position(is_it) else { continue };
            set(&mut self.variables, place);
            for other in self.whole.variables.get(place).into_iter().flat_map(|variable| &variable.dimensions) {
                if set(&mut self.dimensions, other.0) {
                    waiting.push(other.0);
                }
            }
        }
    }

    /// Takes the groups of all that is taken, and those above.
    fn add_groups(&mut self) {
        let variables = taken(&self.whole.variables, &self.variables).map(|(_, v)| v.group);
        let dimensions = taken(&self.whole.dimensions, &self.dimensions).map(|(_, d)| d.group);
        let types = taken(&self.whole.types, &self.types).map(|(_, user)| user.group);
        for group in variables.chain(dimensions).chain(types) {
            set(&mut self.groups, group.0);
        }
        // Parents come before children.
        for (n, group) in self.whole.groups.iter().enumerate().rev() {
            if let (Some(true), Some(parent)) = (self.groups.get(n), group.parent) {
                set(&mut self.groups, parent.0);
            }
        }
    }

    /// Takes the types of all that is taken, and those that they are made of; returns whether there were more.
    fn add_types(&mut self) -> bool {
        let variables = || taken(&self.whole.variables, &self.variables).map(|(_, variable)| variable);
        let groups = taken(&self.whole.groups, &self.groups).map(|(_, group)| &group.attributes);
        let attributes = groups.chain(variables().map(|variable| &variable.attributes)).flatten();
        let types = attributes.map(|attribute| attribute.value.ty()).chain(variables().map(|v| v.ty.clone()));
        let used: HashSet<Type> = types.filter(|ty| matches!(ty, Type::User(_))).collect();
        let mut is_more = false;
        // Types come before those that are made of them.
        for (n, user) in self.whole.types.iter().enumerate().rev() {
            if self.types.get(n) == Some(&true) || used.contains(&Type::User(user.clone())) {
                is_more |= set(&mut self.types, n);
                for part in self.whole.types.iter().enumerate().filter(|(_, part)| is_made_of(user, part)) {
                    is_more |= set(&mut self.types, part.0);
                }
            }
        }
        is_more
    }

    fn schema(self) -> (Schema, Vec<VariableId>) {
        let (groups, dimensions) = (places(&self.groups), places(&self.dimensions));
        let group = |id: GroupId| groups.get(id.0).copied().flatten().map_or(GroupId::ROOT, GroupId);
        let mut schema = Schema::new(self.whole.container);
        schema.types = taken(&self.whole.types, &self.types).map(|(_, user)| user.clone()).collect();
        schema.groups = taken(&self.whole.groups, &self.groups)
            .map(|(_, old)| Group { parent: old.parent.map(group), ..old.clone() })
            .collect();
        schema.dimensions = taken(&self.whole.dimensions, &self.dimensions).map(|(_, old)| old.clone()).collect();
        schema.dimensions.iter_mut().for_each(|dimension| dimension.group = group(dimension.group));
        let mut from = Vec::new();
        for (n, old) in taken(&self.whole.variables, &self.variables) {
            let axes = old.dimensions.iter().filter_map(|id| dimensions.get(id.0).copied().flatten()).map(DimensionId);
            schema.variables.push(Variable { group: group(old.group), dimensions: axes.collect(), ..old.clone() });
            from.push(VariableId(n));
        }
        schema.change_types(&|user| user.group = group(user.group));
        schema.hidden = self.hidden();
        (schema, from)
    }

    /// What would be lost: attributes of what is taken, and what is in groups that are taken whole.
    fn hidden(&self) -> Vec<Hidden> {
        let variables = taken(&self.whole.variables, &self.variables).map(|(_, v)| self.whole.path(v));
        let groups = taken(&self.whole.groups, &self.groups).map(|(n, _)| self.whole.group_path(GroupId(n)));
        let owners: HashSet<String> = variables.chain(groups).collect();
        let named: Vec<String> = self.named.iter().map(|&group| self.whole.group_path(group)).collect();
        let is_lost = |path: &str| {
            let below = |group: &String| {
                path.strip_prefix(group.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'))
            };
            path.rsplit_once('@').is_some_and(|(owner, _)| owners.contains(owner)) || named.iter().any(below)
        };
        self.whole.hidden.iter().filter(|hidden| is_lost(&hidden.path)).cloned().collect()
    }
}

/// Whether elements of a type have elements of another one in them, not counting those deeper inside.
fn is_made_of(user: &UserType, part: &UserType) -> bool {
    let is_it = |ty: &Type| matches!(ty, Type::User(found) if **found == *part);
    match &user.class {
        UserClass::Vlen(base) => is_it(base),
        UserClass::Compound(fields) => fields.iter().any(|field| is_it(&field.ty)),
        UserClass::Enum { .. } | UserClass::Opaque => false,
    }
}

/// What is taken of a list, with its place.
fn taken<'l, T>(list: &'l [T], chosen: &'l [bool]) -> impl Iterator<Item = (usize, &'l T)> {
    list.iter().enumerate().zip(chosen).filter(|(_, taken)| **taken).map(|(item, _)| item)
}

/// The new place of each that is taken.
fn places(chosen: &[bool]) -> Vec<Option<usize>> {
    let mut next = 0..;
    chosen.iter().map(|&taken| if taken { next.next() } else { None }).collect()
}
