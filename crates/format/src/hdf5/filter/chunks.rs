//! What a filter may know of the chunks that will pass through it, and how it takes its parameters from them.

use crate::error::{Error, Result};
use crate::hdf5::datatype::Datatype;

/// What filters are set up for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chunks<'a> {
    /// The type of the elements.
    pub datatype: &'a Datatype,
    /// The shape of a chunk.
    pub shape: &'a [u64],
    /// The stored element of places that were never written; zero bytes if there is none.
    pub fill: Option<&'a [u8]>,
}

/// Completes the parameters of a filter. What was completed for other chunks before is completed anew.
pub(super) type Setup = fn(&[u32], &Chunks) -> Result<Vec<u32>>;

/// The setup of filters whose parameters depend on nothing.
pub(super) fn keep(parameters: &[u32], _: &Chunks) -> Result<Vec<u32>> {
    Ok(parameters.to_vec())
}

impl Chunks<'_> {
    /// Bytes of an element.
    pub(super) fn element_size(&self) -> Result<u32> {
        fits("elements", Some(self.datatype.size()))
    }

    /// Elements of a chunk.
    pub(super) fn elements(&self) -> Result<u32> {
        fits("chunks", self.count())
    }

    /// Bytes of a chunk.
    pub(super) fn bytes(&self) -> Result<u32> {
        fits("chunks", self.count().and_then(|count| count.checked_mul(self.datatype.size())))
    }

    fn count(&self) -> Option<u64> {
        self.shape.iter().try_fold(1, |count: u64, &length| count.checked_mul(length))
    }
}

fn fits(what: &str, size: Option<u64>) -> Result<u32> {
    let size = size.and_then(|size| u32::try_from(size).ok());
    size.ok_or_else(|| Error::unsupported(format!("{what} of more than 4 GiB that pass through filters")))
}
