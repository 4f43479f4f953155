//! The objects of an HDF5 file, depth first, each with its declaration and its digest.

use std::collections::HashMap;

use super::Digested;
use crate::error::{Error, Result};
use crate::hdf5::{Attribute, Dataset, Datatype, File, Link, LinkStorage, Object, ObjectKind, Target};

/// Groups inside groups that are followed.
const DEEPEST: usize = 200;

/// What is at a path of an HDF5 file.
#[derive(Debug)]
pub enum Found {
    /// An object, at the first path that leads to it.
    Object(Box<ObjectDigest>),
    /// An object that an earlier path led to.
    Again {
        /// What it is.
        kind: ObjectKind,
        /// The first path that led to it.
        first: String,
    },
    /// A link that is not followed: any but a hard one.
    Link(Target),
    /// An object that could not be opened.
    Unopened(Error),
    /// A group, whose links could not be read.
    Unlisted(Error),
    /// A link of the same name as the one before it in its group.
    Repeated,
    /// A group, which lies in more groups than are followed.
    TooDeep,
}

/// An object and what could be read of it.
#[derive(Debug)]
pub struct ObjectDigest {
    /// What it is.
    pub kind: ObjectKind,
    /// What it declares, and the digest of its elements.
    pub facts: Facts,
    /// Why that is not all.
    pub error: Option<Error>,
    /// Its attributes, by name.
    pub attributes: Result<Vec<AttributeDigest>>,
}

/// What an object declares.
#[derive(Debug)]
pub enum Facts {
    /// It could not be read.
    Nothing,
    /// How a group stores its links.
    Group(LinkStorage),
    /// The committed type; of a dataset of which nothing else could be read, its type.
    Datatype(Datatype),
    /// The dataset, and its digest if that could be computed.
    Dataset(Box<Dataset>, Option<Digested>),
}

/// An attribute and its digest.
#[derive(Debug)]
pub struct AttributeDigest {
    /// The attribute.
    pub attribute: Attribute,
    /// Its digest, or what is wrong with its elements.
    pub digest: Result<Digested>,
}

impl Found {
    /// Whether everything there is to read was read.
    pub fn is_complete(&self) -> bool {
        match self {
            Found::Object(object) => object.is_complete(),
            Found::Again { .. } | Found::Link(_) => true,
            Found::Unopened(_) | Found::Unlisted(_) | Found::Repeated | Found::TooDeep => false,
        }
    }
}

impl ObjectDigest {
    /// Whether everything there is to read was read: nothing has an error.
    pub fn is_complete(&self) -> bool {
        let attributes = self.attributes.as_ref().is_ok_and(|list| list.iter().all(|one| one.digest.is_ok()));
        self.error.is_none() && attributes
    }
}

/// Shows each object of a file with its path and its digest: depth first, the links of each group by name. Elements that
/// take more than `most_bytes` in memory have no digest. Returns whether everything was read.
///
/// What cannot be read is shown as such, and the others all the same.
///
/// ```
/// use hyperslab::digest::{objects, Found};
/// use hyperslab::hdf5::File;
///
/// # fn main() -> hyperslab::Result<()> {
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = hyperslab::example(directory.path())?;
/// let mut paths = Vec::new();
/// let complete = objects(&File::open(&path)?, 1 << 20, &mut |path, found| {
///     assert!(matches!(found, Found::Object(_)));
///     paths.push(path.to_owned());
/// });
/// assert!(complete);
/// assert_eq!(paths, ["/", "/node", "/time", "/u"]);
/// # Ok(())
/// # }
/// ```
pub fn objects(file: &File, most_bytes: u64, visit: &mut dyn FnMut(&str, Found)) -> bool {
    let mut walk = Walk { most_bytes, seen: HashMap::new(), complete: true, visit };
    match file.root() {
        Ok(root) => walk.object(&root, "/", 0),
        Err(error) => walk.show("/", Found::Unopened(error)),
    }
    walk.complete
}

struct Walk<'v> {
    most_bytes: u64,
    /// The first path of every object, by its address.
    seen: HashMap<u64, String>,
    complete: bool,
    visit: &'v mut dyn FnMut(&str, Found),
}

impl Walk<'_> {
    fn show(&mut self, path: &str, found: Found) {
        self.complete &= found.is_complete();
        (self.visit)(path, found);
    }

    fn object(&mut self, object: &Object, path: &str, depth: usize) {
        let kind = object.kind();
        if let Some(first) = self.seen.get(&object.address()).cloned() {
            return self.show(path, Found::Again { kind, first });
        }
        self.seen.insert(object.address(), path.to_owned());
        let mut facts = Facts::Nothing;
        let error = self.declare(object, &mut facts).err();
        let attributes = attributes(object);
        self.show(path, Found::Object(Box::new(ObjectDigest { kind, facts, error, attributes })));
        if kind == ObjectKind::Group {
            self.group(object, path, depth);
        }
    }

    /// Gathers what can be known of an object, up to the first error.
    fn declare(&self, object: &Object, facts: &mut Facts) -> Result<()> {
        match object.kind() {
            ObjectKind::Group => *facts = Facts::Group(object.link_storage()?),
            ObjectKind::Datatype => *facts = Facts::Datatype(object.datatype()?),
            ObjectKind::Dataset => {
                // The type is known even if the rest is not.
                *facts = Facts::Datatype(object.datatype()?);
                let dataset = object.dataset()?;
                let digest = self.digest(&dataset);
                let (digest, error) = digest.map_or_else(|e| (None, Err(e)), |digest| (Some(digest), Ok(())));
                *facts = Facts::Dataset(Box::new(dataset), digest);
                return error;
            }
        }
        Ok(())
    }

    fn digest(&self, dataset: &Dataset) -> Result<Digested> {
        if !dataset.datatype().has_references() && dataset.memory_size()? > self.most_bytes {
            return Ok(Digested::TooLarge);
        }
        Ok(dataset.digest()?.map_or(Digested::References, Digested::Of))
    }

    fn group(&mut self, group: &Object, path: &str, depth: usize) {
        if depth >= DEEPEST {
            return self.show(path, Found::TooDeep);
        }
        let mut links = match group.links() {
            Ok(links) => links,
            Err(error) => return self.show(path, Found::Unlisted(error)),
        };
        links.sort_by(|a, b| a.raw_name.cmp(&b.raw_name));
        let mut last = None;
        for Link { name, raw_name, target, .. } in links {
            let path = format!("{}/{name}", path.trim_end_matches('/'));
            if last.as_ref() == Some(&raw_name) {
                self.show(&path, Found::Repeated);
                continue;
            }
            last = Some(raw_name);
            self.link(group, target, &path, depth);
        }
    }

    fn link(&mut self, group: &Object, target: Target, path: &str, depth: usize) {
        match target {
            Target::Hard(address) => match group.file().at(address) {
                Ok(object) => self.object(&object, path, depth + 1),
                Err(error) => self.show(path, Found::Unopened(error)),
            },
            other => self.show(path, Found::Link(other)),
        }
    }
}

/// All attributes, by name.
fn attributes(object: &Object) -> Result<Vec<AttributeDigest>> {
    let mut attributes = object.attributes()?;
    attributes.sort_by(|a, b| a.name().cmp(b.name()));
    let digest = |attribute: Attribute| {
        let digest = attribute.digest().map(|digest| digest.map_or(Digested::References, Digested::Of));
        AttributeDigest { attribute, digest }
    };
    Ok(attributes.into_iter().map(digest).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn bytes(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/../../fixtures/hdf5/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    fn found(bytes: Vec<u8>, most_bytes: u64) -> (bool, Vec<(String, Found)>) {
        let mut all = Vec::new();
        let file = File::from_bytes(bytes).unwrap();
        let complete = objects(&file, most_bytes, &mut |path, found| all.push((path.to_owned(), found)));
        (complete, all)
    }

    #[test]
    fn an_object_is_shown_once_and_soft_links_are_not_followed() {
        let (complete, all) = found(bytes("links_dense.h5"), 1 << 20);
        assert!(complete && matches!(&all[0], (path, Found::Object(_)) if path == "/"));
        let paths: std::collections::HashSet<_> = all.iter().map(|(path, _)| path).collect();
        assert_eq!(paths.len(), all.len());
        let first = all.iter().find_map(|(_, found)| match found {
            Found::Again { first, .. } => Some(first),
            _ => None,
        });
        assert!(all.iter().any(|(path, found)| Some(path) == first && matches!(found, Found::Object(_))), "{all:?}");
        assert!(all.iter().any(|(_, found)| matches!(found, Found::Link(Target::Soft(_)))), "{all:?}");
    }

    #[test]
    fn what_is_too_large_has_no_digest_and_is_no_error() {
        let (complete, all) = found(bytes("filters.h5"), 0);
        let digests = all.iter().filter_map(|(_, found)| match found {
            Found::Object(object) => Some(&object.facts),
            _ => None,
        });
        let digests = digests.filter_map(|facts| match facts {
            Facts::Dataset(_, digest) => digest.clone(),
            _ => None,
        });
        let digests: Vec<Digested> = digests.collect();
        assert!(complete && !digests.is_empty() && digests.iter().all(|digest| *digest == Digested::TooLarge));
    }

    #[test]
    fn a_group_that_cannot_be_listed_is_shown_as_such_and_the_others_all_the_same() {
        let mut bytes = bytes("byte_order.h5");
        let nodes: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(b"SNOD")).skip(4).collect();
        nodes.iter().for_each(|&at| bytes[at] = 0xff);
        let (complete, all) = found(bytes, 1 << 20);
        assert!(!complete && all.iter().any(|(path, found)| path == "/big" && matches!(found, Found::Unlisted(_))));
        assert!(all.iter().any(|(path, found)| path == "/little/f8" && found.is_complete()));
    }
}
