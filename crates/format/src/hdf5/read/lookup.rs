//! Objects by their paths, as virtual datasets name them.

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

/// Links and datasets that are kept.
const KEPT: usize = 1 << 16;

/// What was looked up in a file: many mappings lead to neighbours.
#[derive(Debug, Default)]
pub(crate) struct Lookup {
    groups: Mutex<HashMap<u64, Arc<Links>>>,
    datasets: Mutex<HashMap<Vec<u8>, Option<Arc<Dataset>>>>,
}

/// The links of a group by their names.
type Links = HashMap<Vec<u8>, LinkTarget>;

impl Lookup {
    /// The dataset at a path from the root group, or `None` if there is no object.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when it is no dataset or a broken one, [`Kind::Unsupported`](crate::Kind::Unsupported)
    /// when an external link leads to it.
    pub fn dataset(space: &AddressSpace, path: &[u8], nesting: &Nesting) -> Result<Option<Arc<Dataset>>> {
        let known = space.lookup.datasets.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        nesting.spend(1)?;
        let found = match follow(space, path, space.root, (0, &mut 0))? {
            Some(address) => Some(Arc::new(dataset(space, address, nesting)?)),
            None => None,
        };
        let mut datasets = space.lookup.datasets.lock().unwrap_or_else(PoisonError::into_inner);
        if datasets.len() >= KEPT {
            datasets.clear();
        }
        datasets.insert(path.to_vec(), found.clone());
        Ok(found)
    }

    fn links(space: &AddressSpace, group: u64) -> Result<Arc<Links>> {
        if let Some(known) = space.lookup.groups.lock().unwrap_or_else(PoisonError::into_inner).get(&group) {
            return Ok(known.clone());
        }
        let header = ObjectHeader::read(space, group)?;
        let links = links::links(space, &header)?;
        let links: Arc<Links> = Arc::new(links.into_iter().map(|link| (link.name, link.target)).collect());
        let mut groups = space.lookup.groups.lock().unwrap_or_else(PoisonError::into_inner);
        if groups.values().map(|links| links.len() + 1).sum::<usize>() >= KEPT {
            groups.clear();
        }
        groups.insert(group, links.clone());
        Ok(links)
    }
}

fn dataset(space: &AddressSpace, address: u64, nesting: &Nesting) -> Result<Dataset> {
    let header = ObjectHeader::read(space, address)?;
    match header.kind() {
        Some(ObjectKind::Dataset) => Dataset::from_header_below(space, &header, nesting),
        _ => Err(Error::malformed("object header", space.offset(address), "a virtual dataset needs a dataset here")),
    }
}

/// The object at a path from a group, at this depth of soft links and after so many steps.
fn follow(space: &AddressSpace, path: &[u8], group: u64, (depth, steps): (u64, &mut u64)) -> Result<Option<u64>> {
    limits::check("soft links to soft links", depth, 16)?;
    let mut at = if path.starts_with(b"/") { space.root } else { group };
    for part in path.split(|&b| b == b'/').filter(|part| !part.is_empty() && *part != b".") {
        // Soft links in the paths of soft links: each level multiplies.
        *steps += 1;
        limits::check("links of one path", *steps, KEPT as u64)?;
        let next = match Lookup::links(space, at)?.get(part) {
            Some(LinkTarget::Hard(address)) => address.get(),
            Some(LinkTarget::Soft(path)) => follow(space, path, at, (depth + 1, steps))?,
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
