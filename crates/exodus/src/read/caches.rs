//! What is read once: whoever looks at one after the other does not read all each time.

use std::sync::OnceLock;

use hyperslab::Result;

use crate::kind::EntityType;
use crate::mesh::{Block, Entity, Mesh, Set};

/// What was read of a model so far.
#[derive(Debug, Default)]
pub(super) struct Caches {
    pub entities: Lists<Entity>,
    pub blocks: Lists<Block>,
    pub sets: Lists<Set>,
    pub mesh: OnceLock<Mesh>,
}

/// A list for each kind.
#[derive(Debug)]
pub(super) struct Lists<T>([OnceLock<Vec<T>>; EntityType::COUNT]);

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Lists(std::array::from_fn(|_| OnceLock::new()))
    }
}

impl<T> Lists<T> {
    /// The list of a kind, which is read when it is first asked for.
    pub fn of(&self, kind: EntityType, read: impl FnOnce() -> Result<Vec<T>>) -> Result<&[T]> {
        self.0.get(kind as usize).map_or(Ok(&[]), |list| once(list, read).map(Vec::as_slice))
    }
}

/// A value that is read when it is first asked for; an error is not kept.
pub(super) fn once<T>(cell: &OnceLock<T>, read: impl FnOnce() -> Result<T>) -> Result<&T> {
    match cell.get() {
        Some(found) => Ok(found),
        None => {
            let found = read()?;
            Ok(cell.get_or_init(|| found))
        }
    }
}
