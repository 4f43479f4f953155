//! The pieces of an array that are in the file.

use std::borrow::Cow;
use std::vec;

use super::Array;
use crate::element::Element;
use crate::error::Result;
use crate::placement::ChunkInfo;
use crate::shape::Selection;

/// The pieces of an array's data, one after the other.
#[derive(Debug, Clone)]
pub struct Chunks<'a> {
    array: &'a Array,
    pieces: vec::IntoIter<ChunkInfo>,
}

/// One piece of an array's data: a chunk, a record, or all of them. Its data are read when they are asked for.
#[derive(Debug, Clone)]
pub struct Chunk<'a> {
    array: &'a Array,
    info: ChunkInfo,
}

impl Array {
    /// The pieces of the data that are in the file: the chunks in the order of their index, the records of a classic file,
    /// or contiguous data as one. What was never written has no piece, nor have data in an object header (compact layout).
    ///
    /// This is what a reference file (kerchunk) or a reader of its own needs beside [`Array::order`], [`Array::chunk`] and
    /// the filters. The index is read now; the data are not.
    ///
    /// ```
    /// # fn main() -> hyperslab::Result<()> {
    /// # use hyperslab::netcdf::{Container, File, Layout, Schema, Type, Variable, Writer};
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.nc");
    /// # let mut schema = Schema::new(Container::NetCdf4);
    /// # let time = schema.add_dimension("time", 0, true);
    /// # let nodes = schema.add_dimension("nodes", 2, false);
    /// # let mut u = Variable::new("u", Type::Double, vec![time, nodes]);
    /// # u.storage.layout = Layout::Chunked(vec![1, 2]);
    /// # let u = schema.add_variable(u);
    /// # let writer = Writer::create(&path, schema, false)?;
    /// # writer.write(u, &hyperslab::Selection::all(&[2, 2]), &[1.0, 2.0, 3.0, 4.0])?;
    /// # writer.finish()?;
    /// let file = File::open(&path)?;
    /// let mut places = Vec::new();
    /// for chunk in file.find("u").unwrap().chunks()? {
    ///     places.push((chunk.info().position.clone(), chunk.info().size, chunk.read::<f64>()?));
    /// }
    /// assert_eq!(places, [(vec![0, 0], 16, vec![1.0, 2.0]), (vec![1, 0], 16, vec![3.0, 4.0])]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What is wrong with the index of the chunks.
    pub fn chunks(&self) -> Result<Chunks<'_>> {
        let mut pieces = Vec::new();
        self.visit_chunks(&mut |chunk| {
            pieces.push(chunk.clone());
            Ok(())
        })?;
        Ok(Chunks { array: self, pieces: pieces.into_iter() })
    }

    /// The number of bytes that the pieces take in the file.
    ///
    /// # Errors
    /// As [`Array::chunks`].
    pub(crate) fn chunks_size(&self) -> Result<u64> {
        let mut size = 0u64;
        self.visit_chunks(&mut |chunk| {
            size = size.saturating_add(chunk.size);
            Ok(())
        })?;
        Ok(size)
    }

    fn visit_chunks(&self, visit: &mut dyn FnMut(&ChunkInfo) -> Result<()>) -> Result<()> {
        self.told(self.raw.visit_chunks(visit))
    }

    /// The shape of one piece, of which those at the ends may have less.
    fn piece(&self) -> Cow<'_, [u64]> {
        self.raw.piece()
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Chunk<'a>> {
        self.pieces.next().map(|info| Chunk { array: self.array, info })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.pieces.size_hint()
    }
}

impl ExactSizeIterator for Chunks<'_> {}

impl Chunk<'_> {
    /// Where it lies.
    pub fn info(&self) -> &ChunkInfo {
        &self.info
    }

    /// Which elements of the array it holds; elements beyond the ends of the array are none.
    pub fn region(&self) -> Selection {
        let piece = self.array.piece();
        let axes = self.info.position.iter().zip(piece.as_ref()).zip(self.array.shape());
        let count = axes.map(|((&at, &length), &all)| length.min(all.saturating_sub(at))).collect();
        Selection::block(self.info.position.clone(), count)
    }

    /// Its numbers, in C order.
    ///
    /// # Errors
    /// As [`Array::read`].
    pub fn read<T: Element>(&self) -> Result<Vec<T>> {
        self.array.read(self.region())
    }

    /// Its bytes as they are in the file: filtered, unless its mask says otherwise.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when they leave the file.
    pub fn bytes(&self) -> Result<Cow<'_, [u8]>> {
        self.array.told(self.array.raw.source().bytes(self.info.offset, self.info.size))
    }
}
