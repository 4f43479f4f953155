//! What names stand for.

use crate::error::{Error, Result};
use crate::netcdf::ids::{DimensionId, GroupId};
use crate::netcdf::schema::Schema;

/// Stands for all dimensions.
const ALL: &str = "*";

/// The dimensions at a path, such as `/group/time`; a name without a slash is that of a dimension of the root, or else of all
/// dimensions that have it.
///
/// # Errors
/// [`Kind::NotFound`](crate::Kind::NotFound) with the path.
pub(super) fn dimensions(schema: &Schema, path: &str) -> Result<Vec<DimensionId>> {
    let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
    let group = schema.group_at(above);
    let all = || schema.dimensions.iter().enumerate();
    let at = |is_it: &dyn Fn(GroupId, &str) -> bool| -> Vec<DimensionId> {
        all().filter(|(_, d)| is_it(d.group, &d.name)).map(|(n, _)| DimensionId(n)).collect()
    };
    let mut found = match name {
        ALL => at(&|_, _| true),
        _ => at(&|of, called| Some(of) == group && called == name),
    };
    if found.is_empty() && !path.contains('/') {
        found = at(&|_, called| called == name);
    }
    match found.is_empty() && name != ALL {
        true => Err(Error::not_found(format!("there is no dimension {path}"))),
        false => Ok(found),
    }
}
