//! What shall be otherwise in the copy of a file.

use super::torn::Blanks;
use crate::error::Result;
use crate::hdf5::builder::{FileOptions, Level, PagedSpace};
use crate::hdf5::file::File;
use crate::hdf5::filter::description::Filter;
use crate::hdf5::rechunk::{Means, MEMORY};
use crate::hdf5::write::options::is_page_size;
use crate::sync::available_threads;

/// What the catalog, the states of the filters and the index of the chunks take beside the elements, of little memory a quarter
/// at most.
const BESIDE: u64 = 12 << 20;

/// How an HDF5 file is written again; see [`Repack::run`].
///
/// Without choices everything stays as it is: layouts, chunks, filters. A choice for one dataset goes before one for all, which
/// is made for those that can have it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repack {
    pub(super) filters: Vec<(Option<String>, Vec<Filter>)>,
    pub(super) layouts: Vec<(Option<String>, LayoutChoice)>,
    memory: Option<u64>,
    threads: Option<usize>,
    pub(super) level: Option<Level>,
    alignment: Option<u64>,
    /// Nothing where it stays as it is.
    pages: Option<Option<u64>>,
    /// Nothing where it stays as it is.
    user_block: Option<Vec<u8>>,
    /// What lost numbers of a torn file are.
    pub(super) blanks: Option<Blanks>,
}

/// Where the elements of a dataset shall lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayoutChoice {
    /// In the object header.
    Compact,
    /// In one piece.
    Contiguous,
    /// In chunks of a shape that suits the dataset.
    Chunked,
    /// In chunks of this shape, none longer than the dataset.
    Chunks(Vec<u64>),
}

impl Repack {
    /// Everything stays as it is.
    pub fn new() -> Self {
        Repack::default()
    }

    /// Chooses the filters of a dataset, or of all. Where there are no chunks, there will be some; without filters there
    /// are none afterwards.
    #[must_use]
    pub fn filters(mut self, dataset: Option<&str>, filters: Vec<Filter>) -> Self {
        self.filters.push((dataset.map(absolute), filters));
        self
    }

    /// Chooses where the elements of a dataset lie, or of all.
    #[must_use]
    pub fn layout(mut self, dataset: Option<&str>, layout: LayoutChoice) -> Self {
        self.layouts.push((dataset.map(absolute), layout));
        self
    }

    /// Chooses the lengths of the chunks of a dataset, or of all that have as many dimensions.
    #[must_use]
    pub fn chunk(self, dataset: Option<&str>, lengths: Vec<u64>) -> Self {
        self.layout(dataset, LayoutChoice::Chunks(lengths))
    }

    /// Sets how many bytes elements may take on their way into other chunks: 256 MiB by default.
    #[must_use]
    pub fn memory(self, bytes: u64) -> Self {
        Repack { memory: Some(bytes), ..self }
    }

    /// Sets the number of threads: all cores by default.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Repack { threads: Some(threads), ..self }
    }

    /// Sets the oldest library that reads the copy; by default 1.10, or what the contents need.
    #[must_use]
    pub fn level(self, level: Level) -> Self {
        Repack { level: Some(level), ..self }
    }

    /// Has raw data start at multiples of so many bytes, a power of two.
    #[must_use]
    pub fn alignment(self, alignment: u64) -> Self {
        Repack { alignment: Some(alignment), ..self }
    }

    /// Lays the copy out in pages of so many bytes, with as much of the metadata as can be foreseen in the first ones, for
    /// those who fetch pages over a network.
    #[must_use]
    pub fn pages(self, page_size: u64) -> Self {
        Repack { pages: Some(Some(page_size)), ..self }
    }

    /// Lays the copy of a file in pages out without them; else it has pages of the same size.
    #[must_use]
    pub fn without_pages(self) -> Self {
        Repack { pages: Some(None), ..self }
    }

    /// Says what numbers along dimensions of a torn file are where they are lost, and nothing is filled in.
    pub(crate) fn blanks(self, blanks: Blanks) -> Self {
        Repack { blanks: Some(blanks), ..self }
    }

    /// Puts these bytes before the superblock, in place of what the file has there.
    pub(crate) fn user_block(self, bytes: Vec<u8>) -> Self {
        Repack { user_block: Some(bytes), ..self }
    }

    /// How the copy of a file is laid out, whose contents need a level and so many bytes of metadata.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io) for a user block that cannot be read.
    pub(super) fn options(&self, file: &File, needed: Level, metadata: u64) -> Result<FileOptions> {
        let options = FileOptions::default();
        let alignment = self.alignment.unwrap_or(options.alignment);
        let level = self.level.unwrap_or(needed);
        // The oldest files have no pages; and no file has pages that are larger than itself.
        let held =
            file.page_size().filter(|&size| is_page_size(size) && size <= file.size() && level > Level::Earliest);
        let pages = self.pages.unwrap_or(held).map(|page_size| PagedSpace { page_size, metadata });
        let user_block = match &self.user_block {
            Some(bytes) => bytes.clone(),
            None => file.source().bytes(0, file.user_block())?.to_vec(),
        };
        Ok(FileOptions { level, alignment, user_block, pages })
    }

    /// What there is to work with.
    pub(super) fn means(&self) -> Means {
        let memory = self.memory.unwrap_or(MEMORY);
        let memory = memory.saturating_sub(BESIDE.min(memory / 4));
        Means { memory, threads: self.threads.unwrap_or_else(available_threads) }
    }

    /// The datasets that are named.
    pub(super) fn named(&self) -> impl Iterator<Item = &str> {
        let filters = self.filters.iter().filter_map(|(name, _)| name.as_deref());
        filters.chain(self.layouts.iter().filter_map(|(name, _)| name.as_deref()))
    }

    /// Whether a dataset must be known by its path.
    pub(super) fn has_names(&self) -> bool {
        self.named().next().is_some()
    }
}

fn absolute(path: &str) -> String {
    format!("/{}", path.trim_matches('/'))
}
