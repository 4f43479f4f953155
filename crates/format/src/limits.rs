//! Bounds on what a file may ask for, so that a hostile one costs bounded time and memory.
//!
//! [`Limits`] are the caller's. An [`Allowance`] is the file's own: whatever a file says several times costs its size
//! several times, and not its square.

use bytemuck::Pod;

use crate::error::{Error, Result};

/// Bounds that every reader obeys: of classic files those on values, of HDF5 files all. The defaults fit every honest
/// file that was met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Messages in one object header, continuation blocks included.
    pub header_messages: usize,
    /// Levels of any tree, and of nested groups and datatypes.
    pub depth: usize,
    /// Objects, attributes and dimensions of a whole file.
    pub objects: usize,
    /// Bytes of one metadata block.
    pub metadata_bytes: u64,
    /// Bytes of one decoded chunk.
    pub chunk_bytes: u64,
    /// Bytes of decoded chunks that are kept for those who read a chunk in several parts.
    pub cached_bytes: u64,
    /// Bytes of one attribute value, or of one owned array.
    pub value_bytes: u64,
    /// Bytes of one owned array that are in no file, because they were never written: beside 16 for each byte of the file.
    pub fill_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            header_messages: 1 << 20,
            depth: 64,
            objects: 4 << 20,
            metadata_bytes: 64 << 20,
            chunk_bytes: 4 << 30,
            cached_bytes: 32 << 20,
            value_bytes: 1 << 40,
            fill_bytes: 64 << 20,
        }
    }
}

impl Limits {
    /// Bytes that a file of a size may ask for without having them.
    pub fn unwritten(&self, file_size: u64) -> u64 {
        self.fill_bytes.saturating_add(file_size.saturating_mul(16))
    }
}

/// Refuses `value` above `bound`, naming `what`.
///
/// # Errors
/// [`Kind::Limit`](crate::Kind::Limit).
pub(crate) fn check(what: &'static str, value: u64, bound: u64) -> Result<()> {
    if value <= bound {
        return Ok(());
    }
    Err(Error::limit(format!("{what}: {value} is above the limit of {bound}")))
}

/// What a part of a file may give in all.
#[derive(Debug)]
pub(crate) struct Allowance {
    left: u64,
    /// What ends it, in words.
    reason: &'static str,
}

impl Allowance {
    /// In proportion to the length of the file, and something for the smallest.
    pub fn of_file(len: u64, reason: &'static str) -> Self {
        Allowance { left: len.saturating_mul(16).saturating_add(4 << 20), reason }
    }

    /// Takes bytes of it.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when they are not left.
    pub fn spend(&mut self, bytes: u64) -> Result<()> {
        let left = self.left.checked_sub(bytes);
        self.left = left.ok_or_else(|| Error::limit(self.reason))?;
        Ok(())
    }
}

/// A zeroed buffer of `len` elements; an error instead of an abort when the memory is not there.
///
/// # Errors
/// [`Kind::Limit`](crate::Kind::Limit) if the allocation fails.
pub(crate) fn zeroed<T: Pod>(len: u64) -> Result<Vec<T>> {
    let none = |()| Error::limit(format!("no memory for {len} x {} bytes", size_of::<T>()));
    bytemuck::allocation::try_zeroed_vec(to_usize(len)?).map_err(none)
}

/// A zeroed buffer of `len` bytes.
///
/// # Errors
/// As [`zeroed`].
pub(crate) fn buffer(len: u64) -> Result<Vec<u8>> {
    zeroed(len)
}

/// Reserves room for `additional` elements.
///
/// # Errors
/// [`Kind::Limit`](crate::Kind::Limit) if the allocation fails.
pub(crate) fn reserve<T>(target: &mut Vec<T>, additional: usize) -> Result<()> {
    target.try_reserve_exact(additional).map_err(|_| {
        let bytes = additional as u128 * size_of::<T>() as u128;
        Error::limit(format!("no memory for {bytes} bytes"))
    })
}

/// A size of the file as a size in memory.
///
/// # Errors
/// [`Kind::Limit`](crate::Kind::Limit) on machines whose addresses are too narrow.
pub(crate) fn to_usize(value: u64) -> Result<usize> {
    usize::try_from(value).map_err(|_| Error::limit(format!("{value} bytes do not fit in memory")))
}
