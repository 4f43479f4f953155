//! Where bytes come from: a memory map, positioned reads, memory, or several of them side by side. One contract for all.

mod bytes;
mod gather;
mod map;
mod positioned;
mod spliced;

use std::borrow::Cow;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use bytemuck::Pod;

use crate::error::{Context, Error, Result};
use crate::limits;

pub use bytes::Bytes;
pub(crate) use gather::Gather;
pub(crate) use map::MapPolicy;
pub use map::Mmap;
pub(crate) use positioned::read_exact_at;
pub(crate) use spliced::Member;

/// The bytes of a file, as ranges that are checked against its length.
///
/// Ranges of a map or of memory are borrowed; positioned reads copy into the caller's buffer. A source is a handle: its
/// clones are the same file, which is closed with the last of them.
#[derive(Debug, Clone)]
pub struct Source {
    inner: Arc<Inner>,
    len: u64,
}

#[derive(Debug)]
enum Inner {
    Mapped(map::Mapping),
    Positioned(positioned::Positioned),
    Memory(Arc<[u8]>),
    Spliced(spliced::Spliced),
}

impl Source {
    /// Opens a file for positioned reads: safe whatever others do to the file.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io) when it cannot be opened, [`Kind::Usage`](crate::Kind::Usage) for a directory.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let (file, len) = open_file(path)?;
        Ok(Self::of(Inner::Positioned(positioned::Positioned::new(file, path)), len))
    }

    /// A file that is open, whatever its name, for positioned reads; errors name it by the path.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub(crate) fn of_file(file: &fs::File, path: &Path) -> Result<Self> {
        let opened = file.try_clone().and_then(|file| file.metadata().map(|metadata| (file, metadata.len())));
        let (file, len) = opened.map_err(|e| Error::io("cannot open", e)).in_file(path)?;
        Ok(Self::of(Inner::Positioned(positioned::Positioned::new(file, path)), len))
    }

    /// Bytes that are already in memory: safe, and borrowed everywhere.
    pub fn from_bytes(bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        let len = bytes.len() as u64;
        Self::of(Inner::Memory(bytes), len)
    }

    fn of(inner: Inner, len: u64) -> Self {
        Source { inner: Arc::new(inner), len }
    }

    /// Whether this is a handle of the same file.
    pub(crate) fn is_same(&self, other: &Source) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    /// The length in bytes; of several files, of what follows from the first byte without a gap.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are no bytes at all.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether ranges can be borrowed.
    pub fn is_borrowable(&self) -> bool {
        match &*self.inner {
            Inner::Positioned(_) => false,
            Inner::Spliced(members) => members.is_borrowable(),
            Inner::Mapped(_) | Inner::Memory(_) => true,
        }
    }

    /// The bytes of a range without copying, or `None` where the source only reads, or the range is in two files.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the range leaves the file.
    pub fn borrow(&self, offset: u64, len: u64) -> Result<Option<&[u8]>> {
        self.check(offset, len)?;
        let all: &[u8] = match &*self.inner {
            Inner::Mapped(map) => map.bytes(),
            Inner::Memory(bytes) => bytes,
            Inner::Positioned(_) => return Ok(None),
            Inner::Spliced(members) => return members.borrow(offset, len),
        };
        let start = limits::to_usize(offset)?;
        let len = limits::to_usize(len)?;
        Ok(all.get(start..).and_then(|rest| rest.get(..len)))
    }

    /// The range that a slice borrowed from this source is, as bytes of their own: they keep the file open. `None` for
    /// any other slice.
    pub fn share(&self, borrowed: &[u8]) -> Option<Bytes> {
        let all: &[u8] = match &*self.inner {
            Inner::Mapped(map) => map.bytes(),
            Inner::Memory(bytes) => bytes,
            Inner::Positioned(_) => return None,
            Inner::Spliced(members) => return members.share(borrowed),
        };
        let offset = borrowed.as_ptr().addr().checked_sub(all.as_ptr().addr())?;
        let is_inside = offset.checked_add(borrowed.len()).is_some_and(|end| end <= all.len());
        is_inside.then(|| Bytes::new(self.clone(), offset as u64, borrowed.len() as u64))
    }

    /// Announces that all of a borrowed range is about to be read.
    pub(crate) fn populate(&self, borrowed: &[u8]) {
        match &*self.inner {
            Inner::Mapped(map) => map.populate(borrowed),
            Inner::Spliced(members) => members.populate(borrowed),
            Inner::Positioned(_) | Inner::Memory(_) => {}
        }
    }

    /// Fills `target` from `offset`.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the range leaves the file, [`Kind::Io`](crate::Kind::Io) when reading fails.
    pub fn read_into(&self, offset: u64, target: &mut [u8]) -> Result<()> {
        if let Some(bytes) = self.borrow(offset, target.len() as u64)? {
            target.copy_from_slice(bytes);
            return Ok(());
        }
        match &*self.inner {
            Inner::Positioned(file) => file.read_into(offset, target),
            Inner::Spliced(members) => members.read_into(offset, target),
            _ => Err(beyond(offset, target.len() as u64, self.len)),
        }
    }

    /// [`Source::read_into`] for a few bytes that are far from all others: a page would be mapped for them alone, which takes
    /// longer than asking for them.
    pub(crate) fn read_apart(&self, offset: u64, target: &mut [u8]) -> Result<()> {
        match &*self.inner {
            Inner::Mapped(map) => {
                self.check(offset, target.len() as u64)?;
                map.file.read_into(offset, target)
            }
            _ => self.read_into(offset, target),
        }
    }

    /// The bytes of a range, borrowed where the source allows it.
    ///
    /// # Errors
    /// As [`Source::read_into`].
    pub fn bytes(&self, offset: u64, len: u64) -> Result<Cow<'_, [u8]>> {
        match self.borrow(offset, len)? {
            Some(bytes) => Ok(Cow::Borrowed(bytes)),
            None => self.copy(offset, len).map(Cow::Owned),
        }
    }

    /// A private copy of a range: what metadata is decoded from, so that nobody can change it after it was checked.
    ///
    /// # Errors
    /// As [`Source::read_into`].
    pub fn copy(&self, offset: u64, len: u64) -> Result<Vec<u8>> {
        self.check(offset, len)?;
        let mut copy = limits::buffer(len)?;
        self.read_into(offset, &mut copy)?;
        Ok(copy)
    }

    /// How often a file was asked for bytes.
    #[cfg(test)]
    pub(crate) fn reads(&self) -> usize {
        match &*self.inner {
            Inner::Positioned(file) => file.reads.load(std::sync::atomic::Ordering::SeqCst),
            _ => 0,
        }
    }

    /// The number of bytes from `offset` to the end, or to the first gap.
    pub(crate) fn available(&self, offset: u64) -> u64 {
        self.end(offset).saturating_sub(offset)
    }

    fn end(&self, offset: u64) -> u64 {
        match &*self.inner {
            Inner::Spliced(members) => members.end(offset),
            _ => self.len,
        }
    }

    fn check(&self, offset: u64, len: u64) -> Result<()> {
        let there = self.end(offset);
        match offset.checked_add(len) {
            Some(end) if end <= there => Ok(()),
            _ => Err(beyond(offset, len, there)),
        }
    }
}

fn beyond(offset: u64, len: u64, file: u64) -> Error {
    let detail = match offset < file {
        true => format!("{len} bytes are needed here, and the file has {file}"),
        false => format!("this is behind the end of the file, which has {file} bytes"),
    };
    Error::malformed("file", offset, detail)
}

/// Opens a regular file and takes its length.
fn open_file(path: &Path) -> Result<(fs::File, u64)> {
    // A FIFO would wait for its writer, and a device may not like to be opened.
    let found = fs::metadata(path).map_err(|e| Error::io("cannot open", e)).in_file(path)?;
    if let Some(what) = irregular(&found) {
        return Err(Error::usage(format!("is {what}")).in_file(path));
    }
    let file = fs::File::open(path).map_err(|e| Error::io("cannot open", e)).in_file(path)?;
    let metadata = file.metadata().map_err(|e| Error::io("cannot inspect", e)).in_file(path)?;
    Ok((file, metadata.len()))
}

/// What something is that is no regular file.
pub(crate) fn irregular(found: &fs::Metadata) -> Option<&'static str> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = found.file_type();
        let kinds = [
            (kind.is_fifo(), "a FIFO"),
            (kind.is_socket(), "a socket"),
            (kind.is_block_device() || kind.is_char_device(), "a device"),
        ];
        if let Some((_, what)) = kinds.into_iter().find(|(is, _)| *is) {
            return Some(what);
        }
    }
    match (found.is_file(), found.is_dir()) {
        (true, _) => None,
        (_, true) => Some("a directory"),
        _ => Some("no regular file"),
    }
}

/// Buffers from this size on ask for huge pages.
const LARGE: usize = 4 << 20;

/// Zeroed elements, many of which are about to be read: an error instead of an abort when the memory is not there, and
/// huge pages behind large buffers.
///
/// # Errors
/// [`Kind::Limit`](crate::Kind::Limit) if the allocation fails.
pub fn zeroed<T: Pod>(len: u64) -> Result<Vec<T>> {
    let mut values = limits::zeroed(len)?;
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(values.as_mut_slice());
    if bytes.len() >= LARGE {
        map::prefer_huge_pages(bytes);
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_borrowed_slice_becomes_bytes_that_outlive_the_handle() {
        let source = Source::from_bytes(b"abcdef".as_slice());
        let shared = source.share(source.borrow(2, 3).unwrap().unwrap()).unwrap();
        let other = Source::from_bytes(b"abcdef".as_slice());
        assert!(other.share(source.borrow(2, 3).unwrap().unwrap()).is_none());
        drop(source);
        assert_eq!(std::thread::spawn(move || shared.to_vec()).join().unwrap(), b"cde");
    }

    #[test]
    fn large_buffers_are_zeroed_and_can_be_filled() {
        for len in [0, 1, LARGE as u64 / 8 + 1, 3 * LARGE as u64 + 5] {
            let mut values: Vec<f64> = zeroed(len).unwrap();
            assert!(values.len() as u64 == len && values.iter().all(|&value| value == 0.0));
            values.iter_mut().zip(0u32..).for_each(|(place, n)| *place = f64::from(n));
            values.push(-1.0);
            assert_eq!(values.pop(), Some(-1.0));
            assert!(values.iter().zip(0u32..).all(|(&value, n)| value == f64::from(n)));
        }
        assert!(zeroed::<f64>(u64::MAX / 8).is_err(), "more than an address space");
    }
}
