//! States of a file that was changed again and again: whoever adds to one writes new headers up to the root, and leaves the old ones.

use std::collections::{HashMap, HashSet};

use super::orphans::{first_block, Orphan, OF_ROOTS};
use super::scan::Hits;
use crate::error::Result;
use crate::hdf5::file::File;
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::record::message::link::{Link, LinkTarget};
use crate::hdf5::repack::catalog::Catalog;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::{attributes, links};
use crate::limits::Allowance;

/// What is known of the states of a torn file.
#[derive(Debug, Default)]
pub(in crate::hdf5::repack) struct States {
    /// Whether the root that is copied is not the one that the file says, but an older one.
    pub is_older: bool,
    /// Whether there are other states than the one that is copied: of two objects with the number of one netCDF dimension readers take
    /// either, so that those that were found have none.
    pub are_several: bool,
    /// How many objects of older states were left out.
    pub left_out: usize,
    /// What an older state calls an object that the newest one lost.
    pub called: HashMap<u64, String>,
}

impl Catalog {
    /// Leaves out what older states of the root lead to, but for what the one that is copied has lost.
    ///
    /// # Errors
    /// Those that are none of the file.
    pub(super) fn leave_states(&mut self, space: &AddressSpace, found: &mut Vec<Orphan>) -> Result<()> {
        let Some(root) = self.root else { return Ok(()) };
        let older: Vec<u64> =
            found.iter().filter(|one| one.is_root && one.address < root).map(|one| one.address).collect();
        self.states.is_older = space.root != u64::MAX && root != space.root;
        self.states.are_several = self.states.is_older || !older.is_empty();
        self.states.called = self.lost_names(space, root, older.last().copied())?;
        let superseded = reached(found, older);
        found.retain(|one| !one.is_root && !self.has(one.address));
        let before = found.len();
        let called = &self.states.called;
        found.retain(|one| !superseded.contains(&one.address) || called.contains_key(&one.address));
        self.states.left_out = before - found.len();
        Ok(())
    }

    /// What the root of an older state leads to by names that lead nowhere now.
    fn lost_names(&self, space: &AddressSpace, root: u64, older: Option<u64>) -> Result<HashMap<u64, String>> {
        let Some(older) = older else { return Ok(HashMap::new()) };
        let now: HashSet<Vec<u8>> = readable(space, root)?
            .into_iter()
            .filter(|link| hard(link).is_none_or(|address| self.has(address)))
            .map(|link| link.name)
            .collect();
        // What was removed is not lost.
        let lost: HashSet<Vec<u8>> = readable(space, root)?.into_iter().map(|link| link.name).collect();
        let is_lossy = self.losses.as_ref().is_some_and(|losses| losses.of("/").is_some());
        let before = readable(space, older)?.into_iter().filter(|link| !now.contains(&link.name));
        let before = before.filter(|link| is_lossy || lost.contains(&link.name));
        Ok(before
            .filter_map(|link| Some((hard(&link)?, format!("/{}", crate::hdf5::datatype::text(&link.name)))))
            .collect())
    }

    /// Chooses a name for the group of what no link led to, that nothing else in the root has.
    pub(in crate::hdf5::repack) fn name_found(&mut self, space: &AddressSpace) {
        let links = self.root.and_then(|root| readable(space, root).ok()).unwrap_or_default();
        while links.iter().any(|link| link.name == self.lost_found.as_bytes()) {
            self.lost_found.push('+');
        }
    }
}

impl File {
    /// Whether a file has roots of older states: what nothing leads to is of those.
    ///
    /// # Errors
    /// Those that are none of the file.
    pub(crate) fn has_older_states(&self) -> Result<bool> {
        let space = self.space();
        let mut effort = Allowance::of_file(space.source.len(), "object headers that share their bytes too often");
        let mut is_root = |address| -> Result<bool> {
            effort.spend(first_block(space, address)?)?;
            let header = ObjectHeader::read(space, address)?;
            Ok(header.kind() == Some(ObjectKind::Group)
                && attributes::attributes(space, &header)?.iter().any(|attribute| attribute.name == OF_ROOTS))
        };
        for address in Hits::of(space)?.headers.into_iter().filter(|&address| address != space.root) {
            match is_root(address) {
                Err(error) if !error.is_of_file() => return Err(error),
                Ok(true) => return Ok(true),
                _ => {}
            }
        }
        Ok(false)
    }
}

/// Everything that some objects lead to.
fn reached(orphans: &[Orphan], from: Vec<u64>) -> HashSet<u64> {
    let below: HashMap<u64, &[u64]> = orphans.iter().map(|orphan| (orphan.address, orphan.below.as_slice())).collect();
    let (mut reached, mut next) = (HashSet::new(), from);
    while let Some(address) = next.pop() {
        let found = below.get(&address).into_iter().flat_map(|below| below.iter().copied());
        next.extend(found.filter(|&address| reached.insert(address)));
    }
    reached
}

/// The links of a group that can be read.
fn readable(space: &AddressSpace, group: u64) -> Result<Vec<Link>> {
    let read = ObjectHeader::read(space, group).and_then(|header| links::readable(space, &header, &mut |_| Ok(())));
    read.or_else(|error| if error.is_of_file() { Ok(Vec::new()) } else { Err(error) })
}

fn hard(link: &Link) -> Option<u64> {
    match &link.target {
        LinkTarget::Hard(address) => address.get(),
        _ => None,
    }
}
