//! Names: what netCDF-C accepts when a dimension, a variable or an attribute is defined.

use std::collections::HashSet;

use crate::error::{Error, Result};

/// `NC_MAX_NAME`, in bytes.
const MAX_LEN: usize = 256;

/// Refuses names that netCDF-C would refuse, and names used twice.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) with the name.
pub(super) fn check<'a>(what: &str, names: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut seen = HashSet::new();
    for name in names {
        if let Some(fault) = fault(name) {
            return Err(Error::usage(format!("the name {name:?} of {what} {fault}")));
        }
        if !seen.insert(name) {
            return Err(Error::usage(format!("two {what}s have the name {name:?}")));
        }
    }
    Ok(())
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
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_netcdf() {
        for good in ["x", "_x", "1", "a b", "é", "a+b:c"] {
            assert!(check("dimension", [good].into_iter()).is_ok(), "{good}");
        }
        let long = "x".repeat(257);
        for bad in ["", " x", "x ", "a/b", "a\tb", "a\0", "+", &long] {
            assert!(check("dimension", [bad].into_iter()).is_err(), "{bad}");
        }
        assert!(check("dimension", ["a", "b", "a"].into_iter()).is_err());
    }
}
