//! Where a file keeps the arrays of a model.

use std::borrow::Cow;

use super::Data;
use crate::kind::EntityType;
use crate::names;

/// The netCDF variable that holds an array, and the axis and index that stand for it where several share one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub name: String,
    pub shared: Option<(usize, u64)>,
}

impl Address {
    /// Whether the array is in a variable of this shape: it may share one that has too few places.
    pub fn is_in(&self, shape: &[u64]) -> bool {
        self.shared.is_none_or(|(axis, index)| shape.get(axis).is_some_and(|&length| index < length))
    }

    /// The lengths of the array in a variable of this shape.
    pub fn shape<'s>(&self, shape: &'s [u64]) -> Cow<'s, [u64]> {
        match self.shared {
            None => Cow::Borrowed(shape),
            Some((shared, _)) => {
                shape.iter().enumerate().filter(|&(axis, _)| axis != shared).map(|(_, &n)| n).collect()
            }
        }
    }
}

impl Data {
    /// Where the file keeps it: the name in new files, then the name in old ones.
    pub(crate) fn addresses(self, number: &dyn Fn(EntityType, usize) -> Option<i64>) -> Vec<Address> {
        let own = |name: String| Address { name, shared: None };
        let numbered = |prefix: Option<&str>, kind, index| {
            number(kind, index).zip(prefix).map(|(n, prefix)| own(format!("{prefix}{n}"))).into_iter().collect()
        };
        match self {
            Data::Coordinate(axis) => {
                let old = Address { name: names::COORD.to_owned(), shared: Some((0, axis as u64)) };
                names::COORDS.get(axis).map(|name| own((*name).to_owned())).into_iter().chain([old]).collect()
            }
            Data::EdgeConnectivity(n) => vec![own(names::numbered(names::EDGE_CONNECTIVITY, n))],
            Data::FaceConnectivity(n) => vec![own(names::numbered(names::FACE_CONNECTIVITY, n))],
            Data::Counts(kind, n) => numbered(kind.entity_counts(), kind, n),
            Data::Attributes(EntityType::Nodal, _) => vec![own(names::NODAL_ATTRIBUTES.to_owned())],
            Data::IdMap(kind) => kind.id_map().map(|name| own(name.to_owned())).into_iter().collect(),
            Data::OrderMap => vec![own(names::ELEM_MAP.to_owned())],
            Data::Times => vec![own(names::TIME_WHOLE.to_owned())],
            Data::Reductions(EntityType::Global, _) => vec![own(names::VALS_GLO_VAR.to_owned())],
            Data::Reductions(kind, n) => numbered(kind.reductions().map(|row| row.values), kind, n),
            Data::Variable(kind, variable, n) => variable_addresses(kind, variable, number(kind, n)),
            Data::Connectivity(kind, n)
            | Data::Attributes(kind, n)
            | Data::Members(kind, n)
            | Data::Sides(kind, n)
            | Data::Factors(kind, n)
            | Data::NumMap(kind, n) => numbered(self.prefix(), kind, n),
        }
    }

    /// The name before the number, from the table of kinds.
    fn prefix(self) -> Option<&'static str> {
        match self {
            Data::Connectivity(kind, _) => {
                kind.names().filter(|row| row.nodes_per_entry.is_some()).map(|row| row.entries)
            }
            Data::Members(kind, _) => {
                kind.names().filter(|row| row.factors.is_some() || kind == EntityType::Assembly).map(|row| row.entries)
            }
            Data::NumMap(kind, _) => kind.names().filter(|_| kind.is_map()).map(|row| row.entries),
            Data::Attributes(kind, _) => kind.names()?.attributes.map(|[_, values, _]| values),
            Data::Sides(kind, _) => kind.names()?.extra,
            Data::Factors(kind, _) => kind.names()?.factors,
            _ => None,
        }
    }
}

fn variable_addresses(kind: EntityType, variable: usize, number: Option<i64>) -> Vec<Address> {
    let shared = |name: &str| Address { name: name.to_owned(), shared: Some((1, variable as u64)) };
    let own = |name: String| Address { name, shared: None };
    match (kind, kind.variables(), number) {
        (EntityType::Global, ..) => vec![shared(names::VALS_GLO_VAR)],
        (EntityType::Nodal, ..) => {
            vec![own(names::numbered(names::VALS_NOD_VAR, variable)), shared(names::VALS_NOD_VAR)]
        }
        (_, Some(row), Some(n)) => vec![own(format!("{}{}{}{n}", row.values, variable + 1, row.suffix))],
        _ => Vec::new(),
    }
}
