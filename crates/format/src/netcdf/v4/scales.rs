//! Which dataset is the scale of a dimension, and which variables use it: netCDF's dimensions in HDF5.

use std::collections::HashMap;

use super::names;
use crate::netcdf::ids::{DimensionId, GroupId};
use crate::netcdf::schema::{Dimension, Schema, Variable};

/// A dataset of the file: the scale of a dimension without a variable, or a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Object {
    Dimension(usize),
    Variable(usize),
}

/// The scales by the group and the name of their dimensions.
pub(super) type Named<'s> = HashMap<(GroupId, &'s str), Object>;

/// For each dimension the variables that use it, and as which of theirs.
pub(super) type Users = Vec<Vec<(usize, u32)>>;

/// The name of a variable's dataset: a prefix tells it from a dimension of the same name.
pub(super) fn dataset_name(named: &Named, n: usize, variable: &Variable) -> String {
    match named.get(&(variable.group, variable.name.as_str())) {
        Some(&scale) if scale != Object::Variable(n) => format!("{}{}", names::NON_COORDINATE, variable.name),
        _ => variable.name.clone(),
    }
}

/// The object that is the scale of each dimension: its first coordinate variable, or one without data.
pub(super) fn of_dimensions(schema: &Schema) -> Vec<Object> {
    let mut scales: Vec<Object> = (0..schema.dimensions.len()).map(Object::Dimension).collect();
    for (n, variable) in schema.variables.iter().enumerate() {
        let Some(&first) = variable.dimensions.first() else { continue };
        match scales.get_mut(first.0) {
            Some(scale @ Object::Dimension(_)) if is_coordinate(schema, variable, first) => {
                *scale = Object::Variable(n)
            }
            _ => {}
        }
    }
    scales
}

/// The variables that use each dimension, and as which of theirs, in the order of the variables. Scales use none.
pub(super) fn users(schema: &Schema, scales: &[Object]) -> Users {
    let mut users = vec![Vec::new(); schema.dimensions.len()];
    for (n, variable) in schema.variables.iter().enumerate() {
        let first = variable.dimensions.first();
        if first.is_some_and(|first| scales.get(first.0) == Some(&Object::Variable(n))) {
            continue;
        }
        for (id, axis) in variable.dimensions.iter().zip(0u32..) {
            if let Some(list) = users.get_mut(id.0) {
                list.push((n, axis));
            }
        }
    }
    users
}

/// Whether a variable holds the coordinates of a dimension: it has its name, and that dimension first.
fn is_coordinate(schema: &Schema, variable: &Variable, id: DimensionId) -> bool {
    let same = |d: &Dimension| d.name == variable.name && d.group == variable.group;
    variable.dimensions.first() == Some(&id) && schema.dimensions.get(id.0).is_some_and(same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netcdf::schema::Container;
    use crate::netcdf::types::Type;
    use proptest::prelude::*;

    /// Looks at every variable for every dimension.
    fn naive(schema: &Schema, scales: &[Object]) -> Users {
        let is_scale =
            |n: usize, v: &Variable| v.dimensions.first().is_some_and(|d| scales[d.0] == Object::Variable(n));
        (0..schema.dimensions.len())
            .map(|id| {
                let others = schema.variables.iter().enumerate().filter(|&(n, v)| !is_scale(n, v));
                others
                    .flat_map(|(n, v)| v.dimensions.iter().zip(0u32..).map(move |(d, axis)| (d.0, n, axis)))
                    .filter_map(|(d, n, axis)| (d == id).then_some((n, axis)))
                    .collect()
            })
            .collect()
    }

    proptest! {
        #[test]
        fn users_are_those_of_a_full_search(variables in prop::collection::vec((0usize..6, prop::collection::vec(0usize..4, 0..4)), 0..8)) {
            let mut schema = Schema::new(Container::NetCdf4);
            for id in 0..4 {
                schema.add_dimension(&format!("d{id}"), 3, false);
            }
            for (name, axes) in variables {
                let axes = axes.into_iter().map(DimensionId).collect();
                schema.add_variable(Variable::new(format!("d{name}"), Type::Int, axes));
            }
            let scales = of_dimensions(&schema);
            prop_assert_eq!(users(&schema, &scales), naive(&schema, &scales));
        }
    }
}
