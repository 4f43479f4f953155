//! The groups of a netCDF file, each with what it declares and the digests of its variables and attributes.

use super::Digested;
use crate::error::{Error, Result};
use crate::netcdf::{Array, Attribute, Dimension, File, GroupId, Schema, UserType, VariableId};

/// The groups of a file.
#[derive(Debug)]
pub struct Groups<'f> {
    file: &'f File,
    /// The groups, each after the one that it is in.
    pub groups: Vec<GroupDigest<'f>>,
}

/// A group with everything in it but other groups.
#[derive(Debug)]
pub struct GroupDigest<'f> {
    /// Its path; that of the root is `/`.
    pub path: String,
    /// Its dimensions.
    pub dimensions: Vec<&'f Dimension>,
    /// The types that it defines.
    pub types: Vec<&'f UserType>,
    /// Its attributes.
    pub attributes: Vec<NamedDigest<'f>>,
    /// Its variables.
    pub variables: Vec<VariableDigest<'f>>,
}

/// A variable with its digest.
#[derive(Debug)]
pub struct VariableDigest<'f> {
    /// The variable and its elements.
    pub array: &'f Array,
    /// Its attributes.
    pub attributes: Vec<NamedDigest<'f>>,
    /// Its digest, or what is wrong with its elements.
    pub digest: Result<Digested>,
}

/// An attribute with its digest.
#[derive(Debug)]
pub struct NamedDigest<'f> {
    /// The attribute.
    pub attribute: &'f Attribute,
    /// The digest of its value.
    pub digest: String,
}

impl Groups<'_> {
    /// What is wrong with the file as a whole: its data are cut off.
    pub fn error(&self) -> Option<Error> {
        self.file.check_complete().err()
    }

    /// Whether everything there is to read was read: nothing has an error, or is hidden because it could not be read.
    pub fn is_complete(&self) -> bool {
        let mut variables = self.groups.iter().flat_map(|group| &group.variables);
        let hides = self.file.schema().hidden.iter().any(|hidden| hidden.unread);
        self.error().is_none() && !hides && variables.all(|variable| variable.digest.is_ok())
    }
}

/// The digests of a file, group by group. Variables whose elements take more than `most_bytes` in memory have none.
///
/// ```
/// use hyperslab::digest::{groups, Digested};
/// use hyperslab::netcdf::File;
///
/// # fn main() -> hyperslab::Result<()> {
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = hyperslab::example(directory.path())?;
/// let file = File::open(&path)?;
/// let found = groups(&file, 1 << 20)?;
/// let u = &found.groups[0].variables[0];
/// assert_eq!(u.array.variable().name, "u");
/// assert!(found.is_complete() && matches!(u.digest, Ok(Digested::Of(_))));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for a schema that names what it does not have. What is wrong with the elements of a
/// variable is said in its place.
pub fn groups(file: &File, most_bytes: u64) -> Result<Groups<'_>> {
    let schema = file.schema();
    let mut groups: Vec<GroupDigest<'_>> = (0..schema.groups.len()).map(|id| empty(schema, GroupId(id))).collect();
    for dimension in &schema.dimensions {
        groups.get_mut(dimension.group.0).into_iter().for_each(|group| group.dimensions.push(dimension));
    }
    for user in &schema.types {
        groups.get_mut(user.group.0).into_iter().for_each(|group| group.types.push(user));
    }
    for (id, variable) in schema.variables.iter().enumerate() {
        if let Some(group) = groups.get_mut(variable.group.0) {
            group.variables.push(digested(file.array(VariableId(id))?, most_bytes));
        }
    }
    Ok(Groups { file, groups })
}

/// A group with nothing but its attributes.
fn empty(schema: &Schema, id: GroupId) -> GroupDigest<'_> {
    let attributes = schema.groups.get(id.0).map(|group| named(&group.attributes)).unwrap_or_default();
    let (dimensions, types, variables) = (Vec::new(), Vec::new(), Vec::new());
    GroupDigest { path: schema.group_path(id), dimensions, types, attributes, variables }
}

fn named(attributes: &[Attribute]) -> Vec<NamedDigest<'_>> {
    attributes.iter().map(|attribute| NamedDigest { attribute, digest: attribute.value.digest() }).collect()
}

fn digested(array: &Array, most_bytes: u64) -> VariableDigest<'_> {
    let variable = array.variable();
    let bytes = array.len().map_or(u64::MAX, |len| len.saturating_mul(variable.ty.memory_size()));
    let digest = match bytes > most_bytes {
        true => Ok(Digested::TooLarge),
        false => array.digest().map(Digested::Of),
    };
    VariableDigest { array, attributes: named(&variable.attributes), digest }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::netcdf::{Container, Type, Variable, Writer};
    use crate::shape::Selection;

    fn fixture(name: &str) -> File {
        File::open(format!("{}/../../fixtures/netcdf/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    #[test]
    fn every_variable_dimension_and_type_is_in_its_group_and_nowhere_else() {
        let file = fixture("groups.nc");
        let (schema, found) = (file.schema(), groups(&file, 1 << 20).unwrap());
        assert!(found.is_complete() && found.groups.len() == schema.groups.len() && schema.groups.len() > 1);
        for (id, group) in found.groups.iter().enumerate() {
            assert_eq!(group.path, schema.group_path(GroupId(id)));
            assert!(group.variables.iter().all(|v| v.array.variable().group == GroupId(id)), "{}", group.path);
            assert!(group.dimensions.iter().all(|d| d.group == GroupId(id)), "{}", group.path);
        }
        let sum = |count: fn(&GroupDigest<'_>) -> usize| found.groups.iter().map(count).sum::<usize>();
        assert_eq!(sum(|group| group.variables.len()), schema.variables.len());
        assert_eq!(sum(|group| group.dimensions.len()), schema.dimensions.len());
        assert_eq!(sum(|group| group.types.len()), schema.types.len());
    }

    #[test]
    fn what_is_too_large_has_no_digest_and_what_is_cut_off_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.nc");
        let mut schema = Schema::new(Container::Cdf2);
        let x = schema.add_dimension("x", 100, false);
        let id = schema.add_variable(Variable::new("v", Type::Double, vec![x]));
        let writer = Writer::create(&path, schema, false).unwrap();
        writer.write(id, &Selection::all(&[100]), &[1.5; 100]).unwrap();
        writer.finish().unwrap();
        let file = File::open(&path).unwrap();
        let digest = |most| groups(&file, most).unwrap().groups.remove(0).variables.remove(0).digest.unwrap();
        assert_eq!(digest(799), Digested::TooLarge);
        assert!(matches!(digest(800), Digested::Of(_)));
        let bytes = std::fs::read(&path).unwrap();
        let file = File::from_bytes(bytes[..bytes.len() - 8].to_vec()).unwrap();
        let found = groups(&file, 800).unwrap();
        assert!(found.groups[0].variables[0].digest.is_err() && found.error().is_some() && !found.is_complete());
    }
}
