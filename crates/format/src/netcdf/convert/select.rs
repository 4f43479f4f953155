//! The part of a file that is taken.

use std::collections::HashSet;

use crate::error::{Error, Result};
use crate::netcdf::ids::{DimensionId, GroupId, VariableId};
use crate::netcdf::schema::{Group, Hidden, Schema, Variable};

/// What a file declares of the named variables and of those in the named groups, with their dimensions and the coordinate
/// variables of these, and which variables of the file they are. Groups without any of it are left out, but where the file
/// defines types: those are told apart by their groups.
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
    Ok(part.schema())
}

/// What of a schema is taken.
struct Part<'s> {
    whole: &'s Schema,
    groups: Vec<bool>,
    dimensions: Vec<bool>,
    variables: Vec<bool>,
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
            groups: vec![!whole.types.is_empty(); whole.groups.len()],
            dimensions: vec![false; whole.dimensions.len()],
            variables: vec![false; whole.variables.len()],
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
        let variables = self.whole.variables.iter().zip(&self.variables).filter(|(_, taken)| **taken);
        let dimensions = self.whole.dimensions.iter().zip(&self.dimensions).filter(|(_, taken)| **taken);
        let used = variables.map(|(v, _)| v.group).chain(dimensions.map(|(d, _)| d.group));
        for group in used {
            let mut above = Some(group);
            // Parents come before children, so this ends.
            while let Some(id) = above.filter(|id| set(&mut self.groups, id.0)) {
                above = self.whole.groups.get(id.0).and_then(|group| group.parent);
            }
        }
    }

    fn schema(self) -> (Schema, Vec<VariableId>) {
        let (groups, dimensions) = (places(&self.groups), places(&self.dimensions));
        let group = |id: GroupId| groups.get(id.0).copied().flatten().map_or(GroupId::ROOT, GroupId);
        let mut schema = Schema { types: self.whole.types.clone(), ..Schema::new(self.whole.container) };
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

/// What is taken of a list, with its place.
fn taken<'l, T>(list: &'l [T], chosen: &'l [bool]) -> impl Iterator<Item = (usize, &'l T)> {
    list.iter().enumerate().zip(chosen).filter(|(_, taken)| **taken).map(|(item, _)| item)
}

/// The new place of each that is taken.
fn places(chosen: &[bool]) -> Vec<Option<usize>> {
    let mut next = 0..;
    chosen.iter().map(|&taken| if taken { next.next() } else { None }).collect()
}
