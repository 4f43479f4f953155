//! Single elements of a dataset.

use super::chunk_reader::ChunkReader;
use super::dataset::{Dataset, Storage};
use crate::error::Result;
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
        let element = |point: &Vec<u64>| Selection::block(point.clone(), vec![1; point.len()]);
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
}
