//! A group as a file of its own.

use super::ids::{DimensionId, GroupId, VariableId};
use super::schema::{Dimension, Group, Schema, Variable};
use super::types::Type;
use crate::error::{Error, Result};

impl Schema {
    /// What a group and the groups below it declare, as the schema of a file of its own, and which variables of this schema
    /// its variables are. Dimensions of the groups above that its variables use become dimensions of the root.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is no such group, [`Kind::Unsupported`](crate::Kind::Unsupported),
    /// naming the variable, for user-defined types, which may belong to a group above.
    pub fn subtree(&self, group: GroupId) -> Result<(Schema, Vec<VariableId>)> {
        if group == GroupId::ROOT {
            return Ok((self.clone(), (0..self.variables.len()).map(VariableId).collect()));
        }
        let mut alone = Schema::new(self.container);
        let places = self.groups_below(group, &mut alone)?;
        let place = |of: GroupId| places.get(of.0).copied().flatten();
        let mut dimensions = vec![None; self.dimensions.len()];
        let used = |id: usize| {
            self.variables.iter().any(|v| place(v.group).is_some() && v.dimensions.contains(&DimensionId(id)))
        };
        for (n, (dimension, new)) in self.dimensions.iter().zip(&mut dimensions).enumerate() {
            if let Some(group) = place(dimension.group).or_else(|| used(n).then_some(GroupId::ROOT)) {
                *new = Some(DimensionId(alone.dimensions.len()));
                alone.dimensions.push(Dimension { group, ..dimension.clone() });
            }
        }
        let mut from = Vec::new();
        for (n, variable) in self.variables.iter().enumerate() {
            let Some(group) = place(variable.group) else { continue };
            if matches!(variable.ty, Type::User(_)) {
                return Err(Error::unsupported("a user-defined type in a group that is taken alone")
                    .in_object(self.path(variable)));
            }
            let dimensions = variable.dimensions.iter().filter_map(|id| dimensions.get(id.0).copied().flatten());
            alone.variables.push(Variable { group, dimensions: dimensions.collect(), ..variable.clone() });
            from.push(VariableId(n));
        }
        let prefix = self.group_path(group);
        let below = |path: &str| path.strip_prefix(&prefix).is_some_and(|rest| rest.starts_with(['/', '@']));
        alone.hidden = self.hidden.iter().filter(|hidden| below(&hidden.path)).cloned().collect();
        Ok((alone, from))
    }

    /// Adds the groups at and below one to a schema of which it is the root; their new places, by their old ones.
    fn groups_below(&self, group: GroupId, alone: &mut Schema) -> Result<Vec<Option<GroupId>>> {
        let root =
            self.groups.get(group.0).ok_or_else(|| Error::not_found(format!("there is no group {}", group.0)))?;
        alone.groups = vec![Group { name: String::new(), parent: None, attributes: root.attributes.clone() }];
        let mut places = vec![None; self.groups.len()];
        // Parents come before children.
        for (n, below) in self.groups.iter().enumerate() {
            let parent = below.parent.and_then(|parent| places.get(parent.0).copied().flatten());
            let new = match (n == group.0, parent) {
                (true, _) => GroupId::ROOT,
                (_, Some(parent)) => {
                    alone.groups.push(Group { parent: Some(parent), ..below.clone() });
                    GroupId(alone.groups.len() - 1)
                }
                _ => continue,
            };
            if let Some(place) = places.get_mut(n) {
                *place = Some(new);
            }
        }
        Ok(places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netcdf::Container;

    #[test]
    fn a_group_takes_what_it_uses_of_the_groups_above() {
        let mut schema = Schema::new(Container::NetCdf4);
        for (name, parent) in [("a", 0), ("b", 0), ("below", 1)] {
            schema.groups.push(Group { name: name.to_owned(), parent: Some(GroupId(parent)), ..Group::default() });
        }
        let (unused, above) = (schema.add_dimension("unused", 2, false), schema.add_dimension("above", 3, true));
        let mut own = |group: usize, name: &str| {
            let (name, group) = (name.to_owned(), GroupId(group));
            schema.dimensions.push(Dimension { name, length: 4, unlimited: false, group });
            DimensionId(schema.dimensions.len() - 1)
        };
        let (in_a, in_b, below) = (own(1, "own"), own(2, "own"), own(3, "below"));
        for (group, name, dimensions) in [
            (0, "root", vec![unused]),
            (1, "v", vec![above, in_a]),
            (2, "v", vec![in_b]),
            (3, "w", vec![in_a, below, above]),
        ] {
            schema.add_variable(Variable { group: GroupId(group), ..Variable::new(name, Type::Int, dimensions) });
        }
        let (alone, from) = schema.subtree(GroupId(1)).unwrap();
        assert_eq!(from, [VariableId(1), VariableId(3)]);
        assert_eq!(alone.dimensions.iter().map(|d| d.name.as_str()).collect::<Vec<_>>(), ["above", "own", "below"]);
        assert_eq!(alone.dimensions.iter().map(|d| d.group.0).collect::<Vec<_>>(), [0, 0, 1]);
        assert_eq!(alone.path(&alone.variables[0]), "/v");
        assert_eq!(alone.path(&alone.variables[1]), "/below/w");
        assert_eq!(alone.variables[1].dimensions, [DimensionId(1), DimensionId(2), DimensionId(0)]);
        assert_eq!(schema.subtree(GroupId(9)).unwrap_err().kind(), crate::Kind::NotFound);
        assert_eq!(schema.subtree(GroupId::ROOT).unwrap().0, schema);
    }
}
