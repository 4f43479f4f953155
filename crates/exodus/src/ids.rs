//! Identifiers are not positions.

use std::fmt;

use hyperslab::Error;

use crate::kind::EntityType;

/// The number by which people know an entity: any positive number, in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct EntityId(pub i64);

/// The number by which people know a node: that of `node_num_map`, or else its position from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub i64);

/// The number by which people know an element: that of `elem_num_map`, or else its position from 1 through all blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ElementId(pub i64);

macro_rules! numbers {
    ($($id:ident)*) => {$(
        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<i64> for $id {
            fn from(number: i64) -> Self {
                $id(number)
            }
        }

        impl PartialEq<i64> for $id {
            fn eq(&self, number: &i64) -> bool {
                self.0 == *number
            }
        }
    )*};
}

numbers!(EntityId NodeId ElementId);

/// Which of several entities or variables is meant. Positions, identifiers and names are never taken for each other.
///
/// ```
/// use exodus_rs::{EntityId, Which};
/// assert_eq!(Which::from(0), Which::Position(0));
/// assert_eq!(Which::from(EntityId(20)), Which::Id(EntityId(20)));
/// assert_eq!(Which::from("fluid"), Which::Name("fluid"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which<'n> {
    /// The position among its kind, counted from 0.
    Position(usize),
    /// The identifier; variables have none.
    Id(EntityId),
    /// The name: the same one, or else the only one that differs in upper and lower case.
    Name(&'n str),
}

impl From<usize> for Which<'_> {
    fn from(position: usize) -> Self {
        Which::Position(position)
    }
}

impl From<EntityId> for Which<'_> {
    fn from(id: EntityId) -> Self {
        Which::Id(id)
    }
}

impl<'n> From<&'n str> for Which<'n> {
    fn from(name: &'n str) -> Self {
        Which::Name(name)
    }
}

impl<'n> From<&'n String> for Which<'n> {
    fn from(name: &'n String) -> Self {
        Which::Name(name)
    }
}

impl fmt::Display for Which<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Which::Position(position) => write!(f, "at position {position}"),
            Which::Id(id) => write!(f, "{id}"),
            Which::Name(name) => write!(f, "{name:?}"),
        }
    }
}

impl Which<'_> {
    /// The error of whoever looks for it in vain.
    pub(crate) fn not_found(self, kind: EntityType) -> Error {
        Error::not_found(match kind {
            EntityType::Nodal | EntityType::Global => {
                format!("{} values are on one thing, at position 0: there is none {self}", kind.label())
            }
            _ => format!("there is no {} {self}", kind.label()),
        })
    }

    /// Where it is among entities with these identifiers and names.
    pub(crate) fn find<'e>(self, entities: impl Iterator<Item = (Option<EntityId>, &'e str)> + Clone) -> Option<usize> {
        match self {
            Which::Position(position) => entities.clone().nth(position).map(|_| position),
            Which::Id(id) => entities.clone().position(|(own, _)| own == Some(id)),
            Which::Name(name) => {
                let exact = entities.clone().position(|(_, own)| own == name);
                let alike = |(_, own): (Option<EntityId>, &str)| own.eq_ignore_ascii_case(name);
                let only =
                    || (entities.clone().filter(|&e| alike(e)).count() == 1).then(|| entities.clone().position(alike));
                exact.or_else(|| only().flatten())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_comes_first_and_another_case_only_where_it_is_the_only_one() {
        let entities = [(1, "Stress"), (7, "stress"), (3, "U"), (7, "V")];
        let find = |which: Which| which.find(entities.iter().map(|&(id, name)| (Some(EntityId(id)), name)));
        assert_eq!((find("stress".into()), find("STRESS".into())), (Some(1), None));
        assert_eq!((find("u".into()), find("w".into())), (Some(2), None));
        assert_eq!((find(EntityId(7).into()), find(EntityId(2).into())), (Some(1), None));
        assert_eq!((find(3.into()), find(4.into())), (Some(3), None));
    }
}
