//! From a path to the object it leads to.

use std::sync::Arc;

use super::links;
use crate::error::{Error, Result};
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::record::message::link::LinkTarget;
use crate::hdf5::space::{AddressSpace, ExternalFile};
use crate::limits;

/// Links whose paths have links.
const DEEPEST: u64 = 16;
/// Links on the way, those of soft links included: soft links in the paths of soft links multiply.
const MOST_STEPS: u64 = 1 << 12;

/// Where an object is.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The file that external links led to; `None` if it is the one where the path started.
    pub file: Option<Arc<AddressSpace>>,
    pub address: u64,
}

/// The place of the object at a path from the root; `None` if a link, or the file that it leads to, is missing.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for links that lead to a file that may not be opened,
/// [`Kind::Limit`](crate::Kind::Limit) for links to links without end; otherwise what is wrong with a group or a file.
pub(crate) fn follow(space: &AddressSpace, path: &[u8]) -> Result<Option<Place>> {
    Walk { space, group: None, steps: 0 }.follow(Place { file: None, address: space.root }, path, 0)
}

/// The place of the object at a path from a group, unless the path starts with a slash.
///
/// # Errors
/// As [`follow`].
pub(crate) fn follow_from(space: &AddressSpace, group: &ObjectHeader, path: &[u8]) -> Result<Option<Place>> {
    let from = Place { file: None, address: group.address };
    Walk { space, group: Some(group), steps: 0 }.follow(from, path, 0)
}

/// A walk along a path.
struct Walk<'s> {
    /// The file where it starts.
    space: &'s AddressSpace,
    /// A group of that file which was read before.
    group: Option<&'s ObjectHeader>,
    steps: u64,
}

impl Walk<'_> {
    fn follow(&mut self, from: Place, path: &[u8], depth: u64) -> Result<Option<Place>> {
        limits::check("links to links", depth, DEEPEST)?;
        let mut at = from;
        if path.starts_with(b"/") {
            at.address = at.file.as_deref().unwrap_or(self.space).root;
        }
        for part in path.split(|&b| b == b'/').filter(|part| !part.is_empty() && *part != b".") {
            match self.step(at, part, depth)? {
                Some(next) => at = next,
                None => return Ok(None),
            }
        }
        Ok(Some(at))
    }

    /// Follows the link of this name.
    fn step(&mut self, at: Place, name: &[u8], depth: u64) -> Result<Option<Place>> {
        self.steps += 1;
        limits::check("links on the way to an object", self.steps, MOST_STEPS)?;
        let space = at.file.as_deref().unwrap_or(self.space);
        let known = self.group.filter(|group| at.file.is_none() && group.address == at.address);
        let found = match known {
            Some(group) => links::find(space, group, name)?,
            None => links::find(space, &ObjectHeader::read(space, at.address)?, name)?,
        };
        match found.map(|link| link.target) {
            None => Ok(None),
            Some(LinkTarget::Hard(address)) => Ok(address.get().map(|address| Place { address, file: at.file })),
            Some(LinkTarget::Soft(path)) => self.follow(at, &path, depth + 1),
            Some(LinkTarget::External { file, path }) => {
                let root = match space.external.file(&file, &space.limits)? {
                    None => return Ok(None),
                    Some(ExternalFile::Own) => Place { address: space.root, file: at.file.clone() },
                    Some(ExternalFile::Other(opened)) => Place { address: opened.root, file: Some(opened) },
                };
                self.follow(root, &path, depth + 1)
            }
            Some(LinkTarget::Other(kind, _)) => {
                Err(Error::unsupported(format!("a path through a user-defined link of type {kind}")))
            }
        }
    }
}
