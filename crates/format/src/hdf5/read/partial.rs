//! Parts of a dataset: single elements, and blocks of bounded size.

use super::chunk_reader::ChunkReader;
use super::dataset::{Dataset, Storage};
use super::virtual_layout;
use crate::error::Result;
pub(crate) use crate::grid::cut;
use crate::hdf5::space::AddressSpace;
use crate::limits;
use crate::shape::Selection;

impl Dataset {
    /// The stored bytes of single elements, in the order of the points.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a point outside of the dataset; otherwise as [`Dataset::read`].
    pub fn read_points(&self, space: &AddressSpace, points: &[Vec<u64>]) -> Result<Vec<u8>> {
        let size = limits::to_usize(self.datatype.size())?;
        let len = (points.len() as u64).saturating_mul(size as u64);
        space.admit(len)?;
        let element = |point: &Vec<u64>| Selection::boxed(point.clone(), vec![1; point.len()]);
        points.iter().try_for_each(|point| element(point).check(&self.shape))?;
        let mut bytes = limits::buffer(len)?;
        match &self.storage {
            Storage::Chunked(chunked) => {
                ChunkReader { space, chunked, fill: &self.fill }.read_points(points, &mut bytes)?;
            }
            _ => {
                for (point, target) in points.iter().zip(bytes.chunks_exact_mut(size.max(1))) {
                    self.read(space, &element(point), target)?;
                }
            }
        }
        Ok(bytes)
    }

    /// Cuts a region into blocks of about so many bytes that follow each other in C order.
    ///
    /// Blocks of filtered data contain whole chunks where they can, so that no chunk is decoded twice.
    ///
    /// # Errors
    /// Those of `visit`.
    pub fn blocks(
        &self,
        region: &Selection,
        bytes: u64,
        visit: &mut dyn FnMut(&Selection) -> Result<()>,
    ) -> Result<()> {
        if region.count.contains(&0) {
            return Ok(());
        }
        let (chunk, bytes): (&[u64], u64) = match &self.storage {
            Storage::Chunked(chunked) => (&chunked.grid.chunk, bytes),
            // The sources have chunks that are not known here: the fewer blocks, the fewer of them are decoded twice.
            Storage::Virtual(_) => (&[], bytes.max(virtual_layout::PART)),
            _ => (&[], bytes),
        };
        cut(region, 0, (self.datatype.size(), bytes, chunk), visit)
    }
}
