//! Which attributes and variables belong to which kind.

use super::EntityType;
use crate::names;

/// The variables that may carry the attributes of an entity, the first of them that exists being the one.
pub(crate) fn attribute_carriers(kind: EntityType, number: Option<i64>) -> Vec<String> {
    let (Some(row), Some(n)) = (kind.names(), number) else {
        return if kind == EntityType::Nodal { vec![names::COOR_NAMES.to_owned()] } else { Vec::new() };
    };
    let mut carriers = vec![format!("{}{n}", row.entries)];
    if kind == EntityType::ElementBlock {
        carriers.push(format!("{}{n}", names::FACE_CONNECTIVITY));
    }
    carriers
}

/// Whether an attribute belongs to the format, not to the users.
pub(crate) fn is_internal_attribute(kind: EntityType, name: &str) -> bool {
    match kind {
        EntityType::Global => name == names::TITLE || names::OF_THE_FILE.contains(&name),
        _ => name.starts_with('_') || name == names::ELEM_TYPE || names::ENTITY_TYPES.contains(&name),
    }
}

/// Whether a variable belongs to the results: values, names and tables.
pub(crate) fn is_of_results(variable: &str) -> bool {
    names::is_result(variable) || variable == names::TIME_WHOLE || {
        let lists = EntityType::WITH_VARIABLES.into_iter().flat_map(|kind| {
            let own = kind.variables().map(|row| (Some(row.names), row.table));
            own.into_iter().chain(kind.reductions().map(|row| (Some(row.names), None)))
        });
        lists.into_iter().any(|(names, table)| Some(variable) == names || Some(variable) == table)
    }
}
