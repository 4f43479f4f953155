//! Names: what netCDF-C accepts when something is defined, and what nothing else is called already.

use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::netcdf::ids::GroupId;
use crate::netcdf::schema::Schema;
use crate::netcdf::v4::names::NON_COORDINATE;

/// `NC_MAX_NAME`, in bytes.
const MAX_LEN: usize = 256;

/// Refuses names that netCDF-C would refuse, and names that are taken, in every group.
///
/// Variables, groups and types share a name space, and so do dimensions, groups and types: in an HDF5 file all of them are
/// links of their group. A dimension and a variable may have the same name.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) with the object.
pub(super) fn check(schema: &Schema) -> Result<()> {
    let groups = || {
        let below = schema.groups.iter().filter_map(|group| Some((group.parent?, "group", group.name.as_str())));
        below.chain(schema.types.iter().map(|user| (user.group, "type", user.name.as_str())))
    };
    let dimensions = schema.dimensions.iter().map(|d| (d.group, "dimension", d.name.as_str()));
    let variables = schema.variables.iter().map(|v| (v.group, "variable", v.name.as_str()));
    unique(schema, groups().chain(dimensions))?;
    unique(schema, groups().chain(variables))
}

fn unique<'s>(schema: &Schema, named: impl Iterator<Item = (GroupId, &'s str, &'s str)>) -> Result<()> {
    let mut taken = HashMap::new();
    for (group, what, name) in named {
        let path = || format!("{}/{name}", schema.group_path(group).trim_end_matches('/'));
        possible(schema, what, name).map_err(|error| error.in_object(path()))?;
        if let Some(other) = taken.insert((group, name), what) {
            return Err(Error::usage(format!("a {other} and a {what} have the same name")).in_object(path()));
        }
    }
    Ok(())
}

/// Refuses a name that netCDF-C would refuse, or that it keeps to itself in a container.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) or [`Kind::Unsupported`](crate::Kind::Unsupported) with the name.
pub(super) fn possible(schema: &Schema, what: &str, name: &str) -> Result<()> {
    legal(what, name)?;
    match schema.container.is_hdf5() && name.starts_with(NON_COORDINATE) {
        true => {
            let detail = format!("the name {name:?} of a {what}: netCDF-4 keeps such names to itself");
            Err(Error::unsupported(detail))
        }
        false => Ok(()),
    }
}

/// Refuses a name that netCDF-C would refuse.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) with the name.
pub(super) fn legal(what: &str, name: &str) -> Result<()> {
    match fault(name) {
        Some(fault) => Err(Error::usage(format!("the {what} name {name:?} {fault}"))),
        None => Ok(()),
    }
}

/// What is wrong with a name.
fn fault(name: &str) -> Option<&'static str> {
    let Some(first) = name.chars().next() else { return Some("is empty") };
    let legal = |c: char| !c.is_ascii() || (c == ' ' || c.is_ascii_graphic()) && c != '/';
    match () {
        () if name.len() > MAX_LEN => Some("has more than 256 bytes"),
        () if !(first.is_ascii_alphanumeric() || first == '_' || !first.is_ascii()) => {
            Some("starts with neither a letter, a digit nor an underscore")
        }
        () if !name.chars().all(legal) => Some("has a character that names cannot have"),
        () if name.ends_with(' ') => Some("ends with a space"),
        () if !is_normal(name) => Some("is not in the normalization form C of Unicode, in which netCDF looks names up"),
        () => None,
    }
}

/// Whether netCDF-C, which brings every name it is asked for into form C, can find this one.
#[cfg(feature = "unicode")]
fn is_normal(name: &str) -> bool {
    unicode_normalization::is_nfc(name)
}

/// Without the tables of Unicode nothing can be said against a name.
#[cfg(not(feature = "unicode"))]
fn is_normal(_: &str) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_netcdf() {
        for good in ["x", "_x", "1", "a b", "é", "a+b:c"] {
            assert!(legal("dimension", good).is_ok(), "{good}");
        }
        let long = "x".repeat(257);
        for bad in ["", " x", "x ", "a/b", "a\tb", "a\0", "+", ".", "..", &long] {
            assert!(legal("dimension", bad).is_err(), "{bad}");
        }
    }

    #[test]
    #[cfg(feature = "unicode")]
    fn names_are_in_form_c() {
        assert!(legal("attribute", "\u{e9}").is_ok());
        assert!(legal("attribute", "e\u{301}").is_err());
    }
}
