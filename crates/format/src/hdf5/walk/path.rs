//! From a path to the object it leads to.

use super::links;
use super::object::ObjectHeader;
use crate::error::{Error, Result};
use crate::hdf5::record::message::link::LinkTarget;
use crate::hdf5::space::AddressSpace;
use crate::limits;

/// Soft links whose paths have soft links.
const DEEPEST: u64 = 16;
/// Links on the way, those of soft links included: soft links in the paths of soft links multiply.
const MOST_STEPS: u64 = 1 << 12;

/// The address of the object at a path, from the group at `from` unless the path starts with a slash; `None` if a link
/// is missing, or leads nowhere.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for links that lead out of the file,
/// [`Kind::Limit`](crate::Kind::Limit) for soft links without end; otherwise what is wrong with a group.
pub(crate) fn follow(space: &AddressSpace, from: u64, path: &[u8]) -> Result<Option<u64>> {
    step(space, from, path, (0, &mut 0))
}

fn step(space: &AddressSpace, from: u64, path: &[u8], (depth, steps): (u64, &mut u64)) -> Result<Option<u64>> {
    limits::check("soft links to soft links", depth, DEEPEST)?;
    let mut at = if path.starts_with(b"/") { space.root } else { from };
    for part in path.split(|&b| b == b'/').filter(|part| !part.is_empty() && *part != b".") {
        *steps += 1;
        limits::check("links on the way to an object", *steps, MOST_STEPS)?;
        let header = ObjectHeader::read(space, at)?;
        let next = match links::find(space, &header, part)?.map(|link| link.target) {
            Some(LinkTarget::Hard(address)) => address.get(),
            Some(LinkTarget::Soft(path)) => step(space, at, &path, (depth + 1, steps))?,
            Some(LinkTarget::External { .. }) => return Err(Error::unsupported("a path through an external link")),
            Some(LinkTarget::Other(kind, _)) => {
                return Err(Error::unsupported(format!("a path through a user-defined link of type {kind}")))
            }
            None => None,
        };
        match next {
            Some(address) => at = address,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}
