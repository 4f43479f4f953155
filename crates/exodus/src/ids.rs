//! Identifiers are not positions.

use std::fmt;

/// The number by which people know an entity: any positive number, in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId(pub i64);

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A position, counted from 0. Files count from 1; that ends here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Index(pub usize);

impl Index {
    /// The position that a file gives, counted from 1; `None` for 0 and below.
    pub fn from_file(number: i64) -> Option<Self> {
        usize::try_from(number).ok()?.checked_sub(1).map(Index)
    }

    /// The position as a file gives it.
    pub fn to_file(self) -> i64 {
        i64::try_from(self.0).map_or(i64::MAX, |n| n.saturating_add(1))
    }
}
