//! The raw data of a dataset, copied.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Mutex;

use super::elements::Translator;
use super::moving::Moving;
use super::{Copying, Pace, Progress};
use crate::error::{Error, Result};
use crate::grid::for_each_part;
use crate::hdf5::builder::{DatasetWriter, LayoutSpec};
use crate::hdf5::chunk::ChunkLocation;
use crate::hdf5::read::chunked::Chunked;
use crate::hdf5::read::dataset::{Dataset, Storage};
use crate::hdf5::rechunk::Target;
use crate::hdf5::references::has_addresses;
use crate::hdf5::space::AddressSpace;
use crate::limits::{self, Allowance};
use crate::shape::{self, Selection};
use crate::sync::lock;
use crate::watched::Watched;

/// Bytes of contiguous data that are copied at once.
pub(super) const BLOCK: u64 = 4 << 20;
/// More elements than any filter packs into a byte are none of an honest file.
const RATIO: u64 = 1024;

/// Memory that is used again.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    pub stored: Vec<u8>,
    pub decoded: Vec<u8>,
    pub spare: Vec<u8>,
}

/// Makes the elements of a box what they are in the copy.
type Change<'c> = &'c mut dyn FnMut(&Selection, &mut Vec<u8>) -> Result<Vec<u8>>;

/// One dataset on its way.
pub(super) struct Data<'d> {
    pub copying: &'d Copying<'d>,
    pub from: &'d Dataset,
    pub to: &'d DatasetWriter,
    pub pace: &'d Pace<'d>,
    /// Of a torn file, leaves of its chunk index that nothing leads to.
    pub leaves: &'d [u64],
    /// Of a torn file, what lost elements are where nothing is filled in.
    pub blank: Option<Vec<u8>>,
}

impl Data<'_> {
    /// Copies all elements.
    ///
    /// # Errors
    /// What is wrong with the data; [`Kind::Io`](crate::Kind::Io).
    pub fn copy(&self, translator: &mut Translator) -> Result<()> {
        let all = Selection::all(&self.from.shape);
        if self.from.is_null || all.count.contains(&0) {
            return Ok(());
        }
        match &self.from.storage {
            Storage::Contiguous(None) => Ok(()),
            Storage::External(_) if matches!(self.to.spec().layout, LayoutSpec::External(_)) => Ok(()),
            _ if has_addresses(&self.from.datatype) => self.translated(translator),
            Storage::Chunked(chunked) if self.to.spec().filters_set_up => self.chunks(chunked),
            Storage::Compact(bytes) if self.to.chunk().is_none() => {
                let len = limits::to_usize(shape::bytes(&all.count, self.from.datatype.size())?)?;
                self.to.write(self.copying.file, &all, bytes.get(..len).unwrap_or_default())
            }
            _ if self.from.shape.is_empty() => self.boxes(&mut |_, elements| Ok(std::mem::take(elements))),
            _ => Moving::new(self).and_then(|moving| moving.run()),
        }
    }

    /// Copies chunks as they are, encoded.
    fn chunks(&self, chunked: &Chunked) -> Result<()> {
        let mut buffers = Buffers::default();
        chunked.index.visit(self.copying.space, &chunked.grid, &mut |scaled, location| {
            self.chunk_as_it_is(chunked, scaled, location, &mut buffers)
        })
    }

    /// Copies a chunk as it is.
    ///
    /// # Errors
    /// As [`Data::copy`].
    pub fn chunk_as_it_is(
        &self,
        chunked: &Chunked,
        scaled: &[u64],
        location: ChunkLocation,
        Buffers { stored, spare, .. }: &mut Buffers,
    ) -> Result<()> {
        let space = self.copying.space;
        let ChunkLocation { address, size, mask } = location;
        self.pace.spend(size)?;
        let offset = space.offset(address);
        let bytes = match space.source.borrow(offset, size)? {
            Some(bytes) => bytes,
            None => {
                stored.resize(limits::to_usize(size)?, 0);
                space.source.read_into(offset, stored)?;
                stored
            }
        };
        self.put_stored(chunked, (scaled, mask), bytes, spare)?;
        self.pace.advance(size)
    }

    /// Puts the stored bytes of a chunk where they belong in the copy.
    ///
    /// # Errors
    /// As [`Data::copy`].
    pub fn put_stored(
        &self,
        chunked: &Chunked,
        (scaled, mask): (&[u64], u32),
        bytes: &[u8],
        spare: &mut Vec<u8>,
    ) -> Result<()> {
        let file = self.copying.file;
        match self.to.pipeline() {
            Some(pipeline) if chunked.index.is_unfiltered_edge(&chunked.grid, scaled) => {
                let mut encoded = bytes.to_vec();
                pipeline.encode(&mut encoded, spare)?;
                self.to.put_chunk(file, scaled, &encoded, 0)
            }
            Some(_) => self.to.put_chunk(file, scaled, bytes, mask),
            None => {
                let start = scaled.iter().zip(&chunked.grid.chunk).map(|(&at, &len)| at.saturating_mul(len));
                let whole = Selection::block(start.collect(), chunked.grid.chunk.clone());
                self.to.write(file, &whole, bytes)
            }
        }
    }

    /// Copies a box of elements that lead elsewhere, which is all of a chunk of the copy.
    ///
    /// # Errors
    /// As [`Data::copy`].
    pub fn translated_box(
        &self,
        region: &Selection,
        translator: &mut Translator,
        Buffers { stored, spare, .. }: &mut Buffers,
    ) -> Result<()> {
        let len = shape::bytes(&region.count, self.from.datatype.size())?;
        stored.resize(limits::to_usize(len)?, 0);
        self.from.read(self.copying.space, region, stored)?;
        let mut elements = self.translate(region, stored, translator)?.into_owned();
        Target::new(self.copying.file, self.to).put_box(region, &mut elements, spare)?;
        self.pace.advance(len)
    }

    /// The elements of a box as they are stored in the copy.
    ///
    /// # Errors
    /// As [`Translator::translate`].
    pub fn translate<'b>(
        &self,
        region: &Selection,
        stored: &'b [u8],
        translator: &mut Translator,
    ) -> Result<Cow<'b, [u8]>> {
        if !has_addresses(&self.from.datatype) {
            return Ok(stored.into());
        }
        let first = region.start.first().copied().unwrap_or(0);
        let row = shape::count(region.count.get(1..).unwrap_or_default())?;
        let rows = (first, row);
        translator.translate_rows(&self.from.datatype, stored, rows, self.copying.file).map(Cow::from)
    }

    /// [`check_size`] of this one.
    ///
    /// # Errors
    /// As there.
    pub fn check_size(&self) -> Result<()> {
        check_size(self.copying.space, self.from)
    }

    /// Copies elements that lead elsewhere, which are written anew.
    fn translated(&self, translator: &mut Translator) -> Result<()> {
        self.boxes(&mut |region, elements| Ok(self.translate(region, elements, translator)?.into_owned()))
    }

    /// Copies the boxes that become the chunks of the copy, as `change` makes them.
    fn boxes(&self, change: Change) -> Result<()> {
        let target = Target::new(self.copying.file, self.to);
        let size = self.from.datatype.size();
        let (mut stored, mut spare) = (Vec::new(), Vec::new());
        let mut copy = |region: &Selection| {
            let len = shape::bytes(&region.count, size)?;
            stored.resize(limits::to_usize(len)?, 0);
            self.from.read(self.copying.space, region, &mut stored)?;
            let mut elements = change(region, &mut stored)?;
            target.put_box(region, &mut elements, &mut spare)?;
            stored = elements;
            self.pace.advance(len)
        };
        if let Storage::Chunked(chunked) = &self.from.storage {
            if chunked.grid.chunk == target.chunk() {
                return chunked.index.visit(self.copying.space, &chunked.grid, &mut |scaled, location| {
                    self.pace.spend(location.size)?;
                    let start: Vec<u64> = scaled.iter().zip(target.chunk()).map(|(&at, &len)| at * len).collect();
                    let axes = start.iter().zip(target.chunk()).zip(&self.from.shape);
                    let count = axes.map(|((&start, &len), &end)| len.min(end.saturating_sub(start))).collect();
                    copy(&Selection::block(start, count))
                });
            }
        }
        self.check_size()?;
        self.pace.spend(shape::bytes(&self.from.shape, size)? / RATIO)?;
        for_each_part(&Selection::all(&self.from.shape), target.chunk(), &mut |part| {
            copy(&Selection::block(part.start.clone(), part.count.clone()))
        })
    }
}

/// Refuses a dataset that is larger than the file can have elements: nearly all of it would be fill values.
///
/// # Errors
/// [`Kind::Limit`](crate::Kind::Limit).
pub(super) fn check_size(space: &AddressSpace, from: &Dataset) -> Result<()> {
    let most = space.source.len().saturating_mul(RATIO).saturating_add(BLOCK);
    match shape::bytes(&from.shape, from.datatype.size())? > most {
        true => Err(Error::limit("more elements than the file can have, copied into chunks of another shape")),
        false => Ok(()),
    }
}

impl<'w> Pace<'w> {
    pub fn new(watched: &'w Watched<'w, Progress>, total_bytes: u64) -> Self {
        let reason = "the datasets of the file share their bytes too often";
        let stored = Mutex::new(Allowance::of_file(total_bytes, reason));
        Pace { watched, bytes: AtomicU64::new(0), total_bytes, stored }
    }

    /// Notes that so many bytes of the file are read, which may be those of other datasets as well: a small file must not
    /// become an endless one.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when they exceed the file by far.
    pub fn spend(&self, bytes: u64) -> Result<()> {
        lock(&self.stored).spend(bytes)
    }

    /// Notes that so many bytes went through.
    ///
    /// # Errors
    /// As [`Watched::tell`].
    pub fn advance(&self, bytes: u64) -> Result<()> {
        let done = self.bytes.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        self.watched.tell(Progress { bytes: done, total_bytes: self.total_bytes })
    }
}
