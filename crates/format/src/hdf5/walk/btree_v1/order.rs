//! Whether what a version 1 B-tree does not lead to is absent. Its nodes have no checksum: only where keys ascend, and lie
//! between those of the parent (section III.A.1), does a search prove anything.

use std::cmp::Ordering;

use super::{Compare, Leaf, Node, Tree, RECORD};
use crate::error::{Error, Result};
use crate::hdf5::space::AddressSpace;

/// What keys are like.
pub(crate) trait Keys {
    /// How two stand to each other.
    fn order(&self, a: &[u8], b: &[u8]) -> Ordering;

    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) for one that nothing can have.
    fn check(&self, key: &[u8]) -> Result<()>;
}

/// Where a node is.
struct Place {
    node: Node,
    address: u64,
}

impl Tree {
    /// Checks the nodes on the way to what was not found, and the one behind each: a key of theirs that is too low or too
    /// high would hide it. `leaf` is the last node, if the way led to one.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed).
    pub fn check_way(
        &self,
        space: &AddressSpace,
        compare: &Compare,
        leaf: Option<&Leaf>,
        keys: &dyn Keys,
    ) -> Result<()> {
        let root = self.node(space, self.root, None)?;
        root.check_order(space.offset(self.root), [None, None], keys)?;
        let mut place = Place { node: root, address: self.root };
        while place.node.head.level > 0 {
            let behind = place.node.partition(compare)?;
            if behind < usize::from(place.node.head.entries) {
                self.child_in_order(space, &place, behind, leaf, keys)?;
            }
            let Some(index) = behind.checked_sub(1) else { break };
            place = self.child_in_order(space, &place, index, leaf, keys)?;
        }
        match leaf {
            Some(leaf) if !leaf.is_at(place.address) => {
                Err(Error::malformed(RECORD, space.offset(leaf.address), "its keys overlap those of another node"))
            }
            _ => Ok(()),
        }
    }

    /// A child, whose keys must lie between its own and the next one of the parent.
    fn child_in_order(
        &self,
        space: &AddressSpace,
        Place { node, address }: &Place,
        index: usize,
        leaf: Option<&Leaf>,
        keys: &dyn Keys,
    ) -> Result<Place> {
        let (from, child) = node.entry(space, *address, index)?;
        let found = match leaf.filter(|leaf| leaf.is_at(child)) {
            Some(leaf) => leaf.node.clone(),
            None => self.node(space, child, node.head.level.checked_sub(1))?,
        };
        let next = index.saturating_add(1);
        let to = if next < usize::from(node.head.entries) { node.key(next) } else { None };
        found.check_order(space.offset(child), [Some(from), to], keys)?;
        Ok(Place { node: found, address: child })
    }
}

impl Node {
    /// Refuses keys that do not ascend, or are before the first bound, or not before the second one.
    fn check_order(&self, offset: u64, [from, to]: [Option<&[u8]>; 2], keys: &dyn Keys) -> Result<()> {
        let mut before = None;
        for index in 0..usize::from(self.head.entries) {
            let Some(key) = self.key(index) else { break };
            keys.check(key)?;
            let ascends = match before {
                Some(before) => keys.order(before, key).is_lt(),
                None => from.is_none_or(|from| keys.order(from, key).is_le()),
            };
            if !ascends || to.is_some_and(|to| keys.order(key, to).is_ge()) {
                return Err(Error::malformed(RECORD, offset, format!("key {index} is not in order")));
            }
            before = Some(key);
        }
        Ok(())
    }
}
