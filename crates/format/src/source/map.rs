//! Memory maps and pages: the only unsafe code of this crate.
#![allow(unsafe_code)]

use std::fs::File;
use std::path::Path;

use super::positioned::Positioned;
use super::{open_file, Inner, Source};
use crate::error::{Context, Error, Result};
use crate::options::OpenOptions;

/// When to map a file into memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mmap {
    /// Map on local file systems, read on NFS, Lustre, GPFS, FUSE and the like, and wherever mapping fails.
    #[default]
    Auto,
    /// Never map.
    Never,
    /// Map, or fail.
    Always,
}

/// When the caller vouched for a file to be mapped. Only [`Source::open_mapped`] and
/// [`OpenOptions::mmap`](crate::OpenOptions::mmap), whose contracts say what that means, make one that maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MapPolicy(Mmap);

impl Default for MapPolicy {
    fn default() -> Self {
        MapPolicy(Mmap::Never)
    }
}

/// A read-only map of a whole file.
#[derive(Debug)]
pub(super) struct Mapping {
    map: memmap2::Mmap,
    /// The same file, for what is too small to map a page for.
    pub(super) file: Positioned,
}

impl Mapping {
    /// Maps a file of this length.
    ///
    /// # Safety
    /// As [`Source::open_mapped`].
    unsafe fn new(file: File, path: &Path, len: u64) -> std::result::Result<Self, (File, std::io::Error)> {
        // More than an address space has is refused.
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        // SAFETY: the caller promises that nobody changes or truncates the file while the map lives.
        match unsafe { memmap2::MmapOptions::new().len(len).map_copy_read_only(&file) } {
            Ok(map) => Ok(Mapping { map, file: Positioned::new(file, path) }),
            Err(e) => Err((file, e)),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.map
    }

    /// Maps the pages of a slice of this map in one call instead of one fault each. A hint: failure changes nothing.
    pub(super) fn populate(&self, part: &[u8]) {
        #[cfg(target_os = "linux")]
        {
            let start = part.as_ptr().addr().wrapping_sub(self.map.as_ptr().addr());
            if start.checked_add(part.len()).is_some_and(|end| end <= self.map.len()) {
                let _ = self.map.advise_range(memmap2::Advice::PopulateRead, start, part.len());
            }
        }
        #[cfg(not(target_os = "linux"))]
        let _ = part;
    }
}

/// Asks for huge pages behind a large buffer that was not touched yet: clearing and mapping small ones one by one costs
/// more than filling them. A hint: failure changes nothing.
pub(crate) fn prefer_huge_pages(buffer: &mut [u8]) {
    #[cfg(target_os = "linux")]
    {
        let page = rustix::param::page_size();
        let start = buffer.as_ptr().align_offset(page);
        if let Some(pages) = buffer.get_mut(start..) {
            let len = pages.len() / page * page;
            // SAFETY: the range lies in a buffer that is borrowed exclusively, and this advice changes how its pages are
            // backed, never what they hold.
            let _ = unsafe { rustix::mm::madvise(pages.as_mut_ptr().cast(), len, rustix::mm::Advice::LinuxHugepage) };
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = buffer;
}

impl Source {
    /// Opens a file, mapped into memory where `mmap` says so.
    ///
    /// # Safety
    /// While the source or a clone of it lives, no byte that it can still reach may change, and the file may not become
    /// shorter: a slice borrowed from the map would change under its reader (undefined behaviour), and a page that is
    /// gone raises SIGBUS. Bytes that nothing in the file refers to yet may be written, as when a file grows at its end.
    /// Replacing the file by renaming another one over it is harmless. With [`Mmap::Never`] there is nothing to promise.
    ///
    /// # Errors
    /// As [`Source::open`]; with [`Mmap::Always`] also when the file cannot be mapped.
    pub unsafe fn open_mapped(path: impl AsRef<Path>, mmap: Mmap) -> Result<Self> {
        Self::open_as(path.as_ref(), MapPolicy(mmap))
    }

    /// Opens a file as the policy has it, whose maker vouched for the file.
    pub(crate) fn open_as(path: &Path, MapPolicy(mmap): MapPolicy) -> Result<Self> {
        if mmap == Mmap::Never {
            return Self::open(path);
        }
        let (file, len) = open_file(path)?;
        let read = |file| Source::of(Inner::Positioned(Positioned::new(file, path)), len);
        if mmap == Mmap::Auto && (len == 0 || !is_local(&file)) {
            return Ok(read(file));
        }
        // SAFETY: no policy but `Never` is made without the contract of `open_mapped`.
        match unsafe { Mapping::new(file, path, len) } {
            Ok(map) => Ok(Source::of(Inner::Mapped(map), len)),
            Err((file, _)) if mmap == Mmap::Auto => Ok(read(file)),
            Err((_, e)) => Err(Error::io("cannot map", e)).in_file(path),
        }
    }
}

impl OpenOptions {
    /// Maps files into memory where `mmap` says so, which lets arrays be borrowed instead of copied.
    ///
    /// # Safety
    /// For every file that is opened with these options, as [`Source::open_mapped`]: while anything of it is open, no byte
    /// that it can still reach may change, and it may not become shorter. With [`Mmap::Never`] there is nothing to promise.
    #[must_use]
    pub unsafe fn mmap(self, mmap: Mmap) -> Self {
        OpenOptions { map: MapPolicy(mmap), ..self }
    }
}

/// Whether mapped pages of this file are cheap and coherent: not on network and user-space file systems, where a
/// page fault is a round trip and a lost server is SIGBUS.
#[cfg(target_os = "linux")]
fn is_local(file: &File) -> bool {
    // NFS, SMB, SMB2, CIFS, Lustre, GPFS, FUSE, 9P, Ceph, AFS, PVFS2, BeeGFS: the f_type values of statfs(2).
    const REMOTE: [u32; 12] = [
        0x6969,
        0x517B,
        0xFE53_4D42,
        0xFF53_4D42,
        0x0BD0_0BD0,
        0x4750_4653,
        0x6573_5546,
        0x0102_1997,
        0x00C3_6400,
        0x5346_414F,
        0x2003_0528,
        0x1983_0326,
    ];
    match rustix::fs::fstatfs(file) {
        Ok(stat) => !REMOTE.iter().any(|&kind| i128::from(stat.f_type) & 0xffff_ffff == i128::from(kind)),
        Err(_) => false,
    }
}

#[cfg(not(target_os = "linux"))]
fn is_local(_: &File) -> bool {
    true
}
