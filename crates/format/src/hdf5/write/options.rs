//! Choices for a whole file: who can read it, and how it is laid out.

use std::fmt;

use crate::error::{Error, Result};

/// The oldest library that reads a file (`H5Pset_libver_bounds`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Level {
    /// Everything in the oldest form that can hold it, as the library writes it if nothing else is asked for: superblock 0,
    /// object headers of version 1, groups as symbol tables, chunks in version 1 B-trees. HDF5 1.8 reads all of it.
    Earliest,
    /// What HDF5 1.10 reads: all chunk indexes, virtual datasets, large hyperslabs.
    #[default]
    V110,
    /// What HDF5 2.0 reads: superblock 3, complex numbers.
    Latest,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Level::Earliest => "earliest",
            Level::V110 => "v110",
            Level::Latest => "latest",
        })
    }
}

impl Level {
    /// Refuses what this level lacks.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) with what it is and the level that has it.
    pub(in crate::hdf5) fn needs(self, least: Level, what: &str) -> Result<()> {
        match self >= least {
            true => Ok(()),
            false => Err(Error::usage(format!("{what} needs the level {least}; that of the file is {self}"))),
        }
    }
}

/// How a file is laid out.
///
/// ```
/// use hyperslab::hdf5::builder::{Builder, FileOptions, GroupSpec, Level};
/// use hyperslab::Memory;
///
/// # fn main() -> hyperslab::Result<()> {
/// let options = FileOptions { level: Level::Earliest, user_block: b"#!/bin/sh\n".to_vec(), ..FileOptions::default() };
/// let place = Memory::new();
/// let builder = Builder::in_memory_with(&place, &options)?;
/// let root = builder.add_group(&GroupSpec::default())?;
/// builder.finish(root)?;
/// let file = hyperslab::hdf5::File::from_bytes(place.take().unwrap())?;
/// assert_eq!((file.superblock_version(), file.user_block()), (0, 512));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOptions {
    /// The oldest library that reads it.
    pub level: Level,
    /// Raw data start at multiples of so many bytes, a power of two: as they can be borrowed, 64 by default.
    pub alignment: u64,
    /// Bytes before the file that HDF5 leaves alone. They are filled up with zeros to 512 bytes, or the next power of two.
    pub user_block: Vec<u8>,
    /// Metadata and raw data in pages of their own, for those who fetch pages over a network (`H5F_FSPACE_STRATEGY_PAGE`).
    pub pages: Option<PagedSpace>,
}

/// A file in pages (`H5Pset_file_space_page_size`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PagedSpace {
    /// The bytes of a page, from 512 to 2^30.
    pub page_size: u64,
    /// Bytes at the front of the file, rounded up to pages, that are kept for metadata. What does not fit there lies in pages
    /// between the raw data: those who know how much there will be have all of it in the first pages.
    pub metadata: u64,
}

/// Raw data start at multiples of this, so that they can be borrowed as slices of any element and SIMD lane.
pub(crate) const RAW_ALIGNMENT: u64 = 64;
/// What the library takes as the size of a page.
const PAGE_SIZES: std::ops::RangeInclusive<u64> = 512..=1 << 30;
/// Whether the library takes so many bytes as the size of a page.
pub(in crate::hdf5) fn is_page_size(bytes: u64) -> bool {
    PAGE_SIZES.contains(&bytes)
}

/// Where a superblock may be: at 0, or at a power of two from here on.
const FIRST_USER_BLOCK: u64 = 512;

impl Default for FileOptions {
    fn default() -> Self {
        FileOptions { level: Level::default(), alignment: RAW_ALIGNMENT, user_block: Vec::new(), pages: None }
    }
}

impl FileOptions {
    /// Refuses what no file has.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage).
    pub(in crate::hdf5) fn check(&self) -> Result<()> {
        if !self.alignment.is_power_of_two() {
            return Err(Error::usage(format!("an alignment of {} bytes, which is no power of two", self.alignment)));
        }
        let Some(pages) = self.pages else { return Ok(()) };
        self.level.needs(Level::V110, "a file in pages")?;
        match is_page_size(pages.page_size) {
            true => Ok(()),
            false => Err(Error::usage(format!("pages of {} bytes: 512 to 2^30 are possible", pages.page_size))),
        }
    }

    /// Where the metadata at the front of a file in pages end.
    pub(super) fn front(&self, pages: PagedSpace) -> u64 {
        pages.metadata.max(1).checked_next_multiple_of(pages.page_size).unwrap_or(u64::MAX)
    }

    /// The address of the superblock in bytes from the start.
    pub(in crate::hdf5) fn base(&self) -> u64 {
        match self.user_block.len() as u64 {
            0 => 0,
            len => len.next_power_of_two().max(FIRST_USER_BLOCK),
        }
    }
}
