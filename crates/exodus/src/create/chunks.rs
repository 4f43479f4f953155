//! How results lie in a new file.
//!
//! Measured (`bench/README.md`): the histories of 20 nodes in chunks of 16 steps take a fifth of the time that chunks of one
//! step need, and with a cache a thirtieth.

/// How results are cut into chunks in a netCDF-4 file: a chunk is what is read, compressed and decoded at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkConfig {
    /// Steps of a chunk.
    pub steps: u64,
    /// Entries of a chunk; all of them, if nothing is said.
    pub entries: Option<u64>,
}

impl Default for ChunkConfig {
    /// One whole step, as libexodus does it.
    fn default() -> Self {
        ChunkConfig { steps: 1, entries: None }
    }
}

impl ChunkConfig {
    /// Chunks for those who read the histories of single nodes and elements from compressed files.
    pub fn for_histories() -> Self {
        ChunkConfig { steps: 16, entries: Some(4096) }
    }
}
