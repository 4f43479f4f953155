//! Datasets by their paths, as virtual datasets name them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::dataset::Dataset;
use super::nesting::Nesting;
use crate::error::{Error, Result};
use crate::hdf5::record::message::link::LinkTarget;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::links;
use crate::hdf5::walk::object::{ObjectHeader, ObjectKind};
use crate::limits;

/// Datasets that are kept.
const KEPT: usize = 1 << 16;

/// What was looked up in a file: every reading of a virtual dataset comes again.
#[derive(Debug, Default)]
pub(crate) struct Lookup(Mutex<HashMap<Vec<u8>, Option<Arc<Dataset>>>>);

impl Lookup {
    /// The dataset at a path from the root group, or `None` if there is no object.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when it is no dataset or a broken one, [`Kind::Unsupported`](crate::Kind::Unsupported)
    /// when an external link leads to it.
    pub fn dataset(space: &AddressSpace, path: &[u8], nesting: &Nesting) -> Result<Option<Arc<Dataset>>> {
        let known = space.lookup.0.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let found = match follow(space, path, space.root, (0, nesting))? {
            Some(address) => Some(Arc::new(dataset(space, address, nesting)?)),
            None => None,
        };
        let mut datasets = space.lookup.0.lock().unwrap_or_else(PoisonError::into_inner);
        if datasets.len() >= KEPT {
            datasets.clear();
        }
        datasets.insert(path.to_vec(), found.clone());
        Ok(found)
    }
}

fn dataset(space: &AddressSpace, address: u64, nesting: &Nesting) -> Result<Dataset> {
    let header = ObjectHeader::read(space, address)?;
    match header.kind() {
        Some(ObjectKind::Dataset) => Dataset::from_header_below(space, &header, nesting),
        _ => Err(Error::malformed("object header", space.offset(address), "a virtual dataset needs a dataset here")),
    }
}

/// The object at a path from a group, which a soft link of this depth led to.
fn follow(space: &AddressSpace, path: &[u8], group: u64, (depth, nesting): (u64, &Nesting)) -> Result<Option<u64>> {
    limits::check("soft links to soft links", depth, 16)?;
    let mut at = if path.starts_with(b"/") { space.root } else { group };
    for part in path.split(|&b| b == b'/').filter(|part| !part.is_empty() && *part != b".") {
        let header = ObjectHeader::read(space, at)?;
        // Soft links in the paths of soft links: each level multiplies.
        nesting.spend(1 + header.messages.len() as u64)?;
        let next = match links::find(space, &header, part)?.map(|link| link.target) {
            Some(LinkTarget::Hard(address)) => address.get(),
            Some(LinkTarget::Soft(path)) => follow(space, &path, at, (depth + 1, nesting))?,
            Some(_) => return Err(Error::unsupported("a virtual dataset whose source is an external link")),
            None => None,
        };
        match next {
            Some(address) => at = address,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}
