//! The sources of a virtual dataset, which every reading needs again.

use std::collections::HashMap;
use std::ptr;
use std::sync::{Arc, Mutex, Weak};

use super::mapping::Mapping;
use crate::error::Result;
use crate::hdf5::read::nesting::{Nesting, SourceDataset};
use crate::hdf5::space::{AddressSpace, ExternalFile};
use crate::hdf5::walk::path::{self, Place};
use crate::sync::lock;

/// Sources that are remembered; then all are forgotten.
const REMEMBERED: usize = 1 << 16;

/// A source dataset, and the file that it is in.
pub(super) struct Source {
    /// `None` where it is the file of the virtual dataset.
    pub file: Option<Arc<AddressSpace>>,
    pub dataset: Arc<dyn SourceDataset>,
}

/// The sources that were opened. Files stay open only as long as those who opened them hold them.
#[derive(Debug, Default)]
pub(super) struct Sources(Mutex<HashMap<Name, Option<Opened>>>);

/// What a mapping calls a source.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Name {
    file: Vec<u8>,
    dataset: Vec<u8>,
}

#[derive(Debug, Clone)]
struct Opened {
    /// The file that the name led to, and the one that links led to from there.
    named: FileHandle,
    file: FileHandle,
    dataset: Arc<dyn SourceDataset>,
}

/// A file that may have been closed.
type FileHandle = Option<Weak<AddressSpace>>;

impl Opened {
    /// The source, if its files are still the same.
    fn source(&self, named: Option<&Arc<AddressSpace>>) -> Option<Source> {
        let is_same = match (&self.named, named) {
            (None, None) => true,
            (Some(before), Some(now)) => ptr::eq(before.as_ptr(), Arc::as_ptr(now)),
            _ => false,
        };
        let file = match &self.file {
            None => None,
            Some(file) => Some(file.upgrade()?),
        };
        is_same.then(|| Source { file, dataset: self.dataset.clone() })
    }
}

impl Sources {
    /// The source of a mapping, or the one of this number; `None` if it or its file is missing.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) when its file may not be opened; otherwise what is wrong with it.
    pub fn find(
        &self,
        space: &AddressSpace,
        mapping: &Mapping,
        number: u64,
        nesting: &Nesting,
    ) -> Result<Option<Source>> {
        let name = Name { file: mapping.file.numbered(number), dataset: mapping.dataset.numbered(number) };
        let named = match name.file.as_slice() {
            b"." => None,
            file => match space.external.file(file, &space.limits)? {
                None => return Ok(None),
                Some(ExternalFile::Own) => None,
                Some(ExternalFile::Other(opened)) => Some(opened),
            },
        };
        match lock(&self.0).get(&name) {
            Some(None) => return Ok(None),
            Some(Some(opened)) => {
                if let Some(source) = opened.source(named.as_ref()) {
                    return Ok(Some(source));
                }
            }
            None => {}
        }
        // Paths are cheap; a small file can have a great many of them all the same.
        nesting.spend(1 + name.dataset.len() as u64)?;
        let found = open(space, named.as_ref(), &name.dataset, nesting)?;
        self.remember(name, named.as_ref(), found.as_ref());
        Ok(found)
    }

    fn remember(&self, name: Name, named: Option<&Arc<AddressSpace>>, found: Option<&Source>) {
        let opened = found.map(|source| Opened {
            named: named.map(Arc::downgrade),
            file: source.file.as_ref().map(Arc::downgrade),
            dataset: source.dataset.clone(),
        });
        let mut sources = lock(&self.0);
        if sources.len() >= REMEMBERED {
            sources.clear();
        }
        sources.insert(name, opened);
    }
}

/// Opens the dataset at a path of a file.
fn open(
    space: &AddressSpace,
    named: Option<&Arc<AddressSpace>>,
    dataset: &[u8],
    nesting: &Nesting,
) -> Result<Option<Source>> {
    let there = named.map_or(space, Arc::as_ref);
    let Some(Place { file, address }) = path::follow(there, dataset)? else { return Ok(None) };
    let file = file.or_else(|| named.cloned());
    let dataset = (nesting.open)(file.as_deref().unwrap_or(space), address, nesting)?;
    Ok(Some(Source { file, dataset }))
}
