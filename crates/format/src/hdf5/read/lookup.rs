//! Datasets by their paths, as virtual datasets name them.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::dataset::Dataset;
use super::nesting::Nesting;
use crate::error::{Error, Result};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::object::{ObjectHeader, ObjectKind};
use crate::hdf5::walk::path;

/// Datasets that are kept.
const KEPT: usize = 1 << 16;

/// What was looked up in a file: every reading of a virtual dataset comes again.
#[derive(Debug, Default)]
pub(crate) struct Lookup(Mutex<HashMap<Vec<u8>, Option<Arc<Dataset>>>>);

impl Lookup {
    /// The one that is kept with a file.
    fn of(space: &AddressSpace) -> &Self {
        static NOTHING: LazyLock<Lookup> = LazyLock::new(Lookup::default);
        let kept = space.kept.get_or_init(|| Box::new(Lookup::default()));
        // Nobody else keeps anything there.
        kept.downcast_ref().unwrap_or(&NOTHING)
    }

    /// The dataset at a path from the root group, or `None` if there is no object.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when it is no dataset or a broken one, [`Kind::Unsupported`](crate::Kind::Unsupported)
    /// when an external link leads to it.
    pub fn dataset(space: &AddressSpace, path: &[u8], nesting: &Nesting) -> Result<Option<Arc<Dataset>>> {
        let known = Self::of(space).0.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        // Paths are cheap; a small file can have a great many of them all the same.
        nesting.spend(1 + path.len() as u64)?;
        let found = match path::follow(space, space.root, path)? {
            Some(address) => Some(Arc::new(dataset(space, address, nesting)?)),
            None => None,
        };
        let mut datasets = Self::of(space).0.lock().unwrap_or_else(PoisonError::into_inner);
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
