//! Groups: each below another one that was declared before it.

use crate::error::{Error, Result};
use crate::netcdf::ids::GroupId;
use crate::netcdf::schema::{Group, Schema};

/// Refuses groups that are below none, or below one that comes later.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) with the group; [`Kind::Unsupported`](crate::Kind::Unsupported) for a container
/// without groups.
pub(super) fn check(schema: &Schema) -> Result<()> {
    match schema.groups.first() {
        Some(Group { name, parent: None, .. }) if name.is_empty() => {}
        _ => return Err(Error::usage("the first group must be the root: without a name and without a parent")),
    }
    for (id, group) in schema.groups.iter().enumerate().skip(1) {
        let fault = match group.parent {
            None => "is below no group, and is not the root",
            Some(parent) if parent.0 >= schema.groups.len() => "is below a group that does not exist",
            Some(parent) if parent.0 >= id => "is declared before the group that it is below",
            Some(_) => continue,
        };
        return Err(Error::usage(format!("the group {fault}")).in_object(format!("/{}", group.name)));
    }
    match schema.groups.get(1) {
        Some(_) if schema.container != crate::netcdf::Container::NetCdf4 => {
            let detail = format!("groups in {}: that needs netCDF-4", schema.container.name());
            Err(Error::unsupported(detail).in_object(schema.group_path(GroupId(1))))
        }
        _ => Ok(()),
    }
}

/// Refuses a group that is not declared; `object` is what is said to be in it.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) with the object.
pub(super) fn exists(schema: &Schema, group: GroupId, object: &str) -> Result<()> {
    match schema.groups.get(group.0) {
        Some(_) => Ok(()),
        None => Err(Error::usage(format!("it is in group {}, which does not exist", group.0)).in_object(object)),
    }
}
