//! Objects of a torn file that no link leads to any more.

use std::sync::Arc;

use super::{assigned, Hits, Losses};
use crate::error::{Error, Result};
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::record::message::link_info::LinkInfo;
use crate::hdf5::record::message::MessageType;
use crate::hdf5::repack::catalog::{Catalog, Entry};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::links;

/// What an object is called there.
pub(in crate::hdf5::repack) fn found_name(space: &AddressSpace, address: u64) -> String {
    format!("object_at_{}", space.offset(address))
}

impl Catalog {
    /// Refuses the root group of a torn file that lost links: an older one may have them.
    pub fn check_root(&self, space: &AddressSpace) -> Result<()> {
        if self.losses.as_ref().and_then(|losses| losses.of("/")).is_none() {
            return Ok(());
        }
        let header = ObjectHeader::read(space, space.root)?;
        let info = header.find(MessageType::LINK_INFO);
        let info: Option<LinkInfo> = info.map(|info| info.decode("link info message", space.widths)).transpose()?;
        match header.lost.first().filter(|_| info.is_some_and(|info| info.fractal_heap.get().is_none())) {
            // Links may have been among the messages that are lost.
            Some(lost) => Err(Error::malformed("object header", space.offset(space.root), lost.clone())),
            None => links::links(space, &header).map(|_| ()),
        }
    }

    /// Looks for another root group than the one that is lost.
    pub fn find_root(&mut self, space: &Arc<AddressSpace>, error: Error) -> Result<()> {
        let told = match space.root {
            u64::MAX => "there is neither a netCDF header nor a superblock".to_owned(),
            root if space.remaining(root) == 0 => {
                let (root, len) = (space.offset(root), space.source.len());
                format!("the root group was at offset {root}, and the file ends at {len}")
            }
            _ => error.to_string(),
        };
        (self.root, self.losses) = (None, Some(Losses::default()));
        self.entries.clear();
        self.numbers.clear();
        self.search(space)?;
        if self.entries.is_empty() {
            return Err(Error::malformed_data("file", format!("nothing is left that describes data: {told}")));
        }
        if self.root == Some(space.root) {
            return Ok(());
        }
        let state = self.root.filter(|_| space.root != u64::MAX).map(|root| {
            format!("; what is here is an older state, whose root group is at offset {}", space.offset(root))
        });
        self.losses
            .iter()
            .for_each(|losses| losses.note("/".to_owned(), format!("{told}{}", state.clone().unwrap_or_default())));
        Ok(())
    }

    /// Looks through a torn file for what nothing leads to.
    pub fn search(&mut self, space: &Arc<AddressSpace>) -> Result<()> {
        let hits = Hits::of(space)?;
        self.adopt(space, &hits.headers)?;
        self.leaves = assigned(space, &self.entries, &hits.leaves)?;
        Ok(())
    }

    /// Takes in an object, and what it leads to: the root group, or one that no link led to.
    ///
    /// # Errors
    /// As [`Catalog::read`].
    pub fn take(&mut self, space: &Arc<AddressSpace>, address: u64, is_root: bool) -> Result<()> {
        if self.has(address) {
            return Ok(());
        }
        let next = self.entries.len();
        let name = self.name_of_found(space, address);
        // It has no parent that is copied.
        self.meet(space, address, (!is_root).then_some((usize::MAX, name)))?;
        match is_root {
            true => self.root = Some(address),
            false => self.found.push(address),
        }
        self.follow_from(space, next)
    }

    /// Where an object is that no link led to.
    pub(in crate::hdf5::repack) fn name_of_found(&self, space: &AddressSpace, address: u64) -> String {
        format!("{}/{}", self.lost_found, found_name(space, address))
    }

    /// Leaves objects out; what they led to is found without them.
    pub fn forget(&mut self, space: &AddressSpace, addresses: &[u64]) {
        let numbers: Vec<usize> = addresses.iter().filter_map(|address| self.numbers.remove(address)).collect();
        self.found.retain(|address| self.numbers.contains_key(address));
        self.root = self.root.filter(|root| self.numbers.contains_key(root));
        let below = |entry: &&Entry| entry.parent.as_ref().is_some_and(|(parent, _)| numbers.contains(parent));
        let orphans: Vec<u64> = self.entries.iter().filter(below).map(|entry| entry.address).collect();
        for address in orphans {
            let name = self.name_of_found(space, address);
            let entry = self.numbers.get(&address).and_then(|&number| self.entries.get_mut(number));
            if let Some(entry) = entry {
                entry.parent = Some((usize::MAX, name));
                self.found.push(address);
            }
        }
    }

    /// The paths of what no link led to, and what it is.
    pub fn found(&self) -> Vec<(String, String)> {
        let entries =
            self.found.iter().filter_map(|address| self.numbers.get(address)).filter_map(|&n| self.entries.get(n));
        let mut found: Vec<_> = entries.map(|entry| (self.path(entry), self.what_found(entry))).collect();
        if self.states.left_out > 0 {
            let what = format!("{} objects of older states of the file, which are left out", self.states.left_out);
            found.push(("/".to_owned(), what));
        }
        found
    }

    fn what_found(&self, entry: &Entry) -> String {
        let (kind, states) = (entry.kind.name(), &self.states);
        match states.called.get(&entry.address) {
            Some(name) => format!("a {kind} that an older state of the file has as {name}"),
            None if states.is_older && self.root.is_some_and(|root| entry.address > root) => {
                format!("a {kind} of a newer state of the file, without its name and its dimensions")
            }
            None => format!("a {kind} that no link led to"),
        }
    }

    /// Whether an object is below the group of what no link led to.
    pub fn is_found(&self, path: &str) -> bool {
        path.strip_prefix('/')
            .and_then(|path| path.strip_prefix(&self.lost_found))
            .is_some_and(|rest| rest.starts_with('/'))
    }
}
