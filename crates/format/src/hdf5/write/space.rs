//! The space of a file that is written: where the next bytes go, and which were given back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

use crate::error::{Error, Result};
use crate::sync::lock;

/// A piece of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    pub address: u64,
    pub len: u64,
}

/// Allocates from what was given back, and from the end of the file. Any thread may call it.
#[derive(Debug)]
pub(crate) struct Space(Mutex<State>);

#[derive(Debug)]
struct State {
    end: u64,
    /// What was given back, by address: pieces that do not touch, with their lengths.
    free: BTreeMap<u64, u64>,
    /// The same pieces as (length, address), the shortest first.
    by_len: BTreeSet<(u64, u64)>,
}

/// How many pieces are looked at before the file grows: alignment can make a piece too short that is long enough.
const CANDIDATES: usize = 8;

impl Space {
    /// Space that begins at `end`.
    pub fn new(end: u64) -> Self {
        Space(Mutex::new(State { end, free: BTreeMap::new(), by_len: BTreeSet::new() }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }

    /// Where everything that was allocated ends.
    pub fn end(&self) -> u64 {
        self.state().end
    }

    /// Takes `len` bytes at a multiple of `alignment`.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when the file would exceed 2^63 bytes.
    pub fn allocate(&self, len: u64, alignment: u64) -> Result<u64> {
        let mut state = self.state();
        match state.reuse(len, alignment) {
            Some(address) => Ok(address),
            None => state.grow(len, alignment),
        }
    }

    /// Takes `len` bytes that nobody wrote, which are zeros: from the end of the file.
    ///
    /// # Errors
    /// As [`Space::allocate`].
    pub fn allocate_blank(&self, len: u64, alignment: u64) -> Result<u64> {
        self.state().grow(len, alignment)
    }

    /// The bytes that were given back, and that nobody has taken again.
    pub fn unused(&self) -> u64 {
        self.state().free.values().sum()
    }

    /// Gives back what nothing in the file leads to any more.
    pub fn free(&self, extent: Extent) {
        self.state().insert(extent);
    }
}

impl State {
    /// Takes bytes from the end of the file.
    fn grow(&mut self, len: u64, alignment: u64) -> Result<u64> {
        let start = self.end.checked_next_multiple_of(alignment);
        let end = start.and_then(|start| start.checked_add(len)).filter(|&end| end <= i64::MAX.unsigned_abs());
        let (Some(start), Some(end)) = (start, end) else {
            return Err(Error::limit("the file would exceed 2^63 bytes"));
        };
        self.end = end;
        Ok(start)
    }

    /// Takes the bytes out of a piece that was given back, the shortest one that is long enough.
    fn reuse(&mut self, len: u64, alignment: u64) -> Option<u64> {
        let fits = |&(size, address): &(u64, u64)| {
            let start = address.checked_next_multiple_of(alignment)?;
            (start.checked_add(len)? <= address + size).then_some((Extent { address, len: size }, start))
        };
        let long_enough = self.by_len.range((len.max(1), 0)..).take(CANDIDATES);
        let (piece, start) = long_enough.filter_map(fits).next()?;
        self.remove(piece);
        self.insert(Extent { address: piece.address, len: start - piece.address });
        let end = start + len;
        self.insert(Extent { address: end, len: piece.address + piece.len - end });
        Some(start)
    }

    fn remove(&mut self, piece: Extent) {
        self.free.remove(&piece.address);
        self.by_len.remove(&(piece.len, piece.address));
    }

    /// Adds a piece, joined with those that it touches.
    fn insert(&mut self, Extent { mut address, mut len }: Extent) {
        if len == 0 {
            return;
        }
        let before = self.free.range(..address).next_back().map(|(&address, &len)| Extent { address, len });
        if let Some(before) = before.filter(|before| before.address + before.len == address) {
            self.remove(before);
            (address, len) = (before.address, before.len + len);
        }
        if let Some(&more) = self.free.get(&(address + len)) {
            self.remove(Extent { address: address + len, len: more });
            len += more;
        }
        self.free.insert(address, len);
        self.by_len.insert((len, address));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_is_given_out_twice(steps in prop::collection::vec((0u64..200, any::<bool>(), any::<u8>()), 1..200)) {
            let space = Space::new(64);
            let mut held: Vec<Extent> = Vec::new();
            for (len, aligned, which) in steps {
                if which % 3 == 0 && !held.is_empty() {
                    space.free(held.swap_remove(usize::from(which) % held.len()));
                    continue;
                }
                let alignment = if aligned { 64 } else { 8 };
                let address = space.allocate(len, alignment).unwrap();
                prop_assert_eq!(address % alignment, 0);
                prop_assert!(address >= 64 && address + len <= space.end());
                let apart = |other: &Extent| address + len <= other.address || other.address + other.len <= address;
                prop_assert!(held.iter().all(|other| len == 0 || other.len == 0 || apart(other)));
                held.push(Extent { address, len });
            }
            // What is given back whole is one piece again.
            let end = space.end();
            held.into_iter().for_each(|extent| space.free(extent));
            if end > 64 + 128 {
                let longest = space.state().by_len.last().map_or(0, |piece| piece.0);
                prop_assert!(space.allocate(longest, 1).unwrap() < end);
                prop_assert_eq!(space.end(), end);
            }
        }
    }

    #[test]
    fn freed_space_is_used_before_the_file_grows() {
        let space = Space::new(64);
        let (first, second) = (space.allocate(100, 8).unwrap(), space.allocate(60, 8).unwrap());
        space.free(Extent { address: first, len: 100 });
        assert_eq!(space.allocate(100, 64).unwrap(), first);
        space.free(Extent { address: second, len: 60 });
        assert_eq!(space.allocate(61, 8).unwrap(), 232);
        assert_eq!(space.allocate(24, 8).unwrap(), second);
    }
}
