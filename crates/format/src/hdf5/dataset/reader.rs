//! The raw data of a dataset, with the file that has them.

use std::sync::Arc;

use crate::array::{BorrowError, ElementForm, Raw};
use crate::element::{ByteOrder, Decoder};
use crate::error::Result;
use crate::hdf5::convert;
use crate::hdf5::read::dataset::{Dataset, Storage};
use crate::hdf5::read::virtual_layout;
use crate::hdf5::space::AddressSpace;
use crate::limits::Limits;
use crate::placement::{ByteStrides, VisitChunks};
use crate::shape::Selection;
use crate::source::Source;

/// A dataset of an open file.
#[derive(Debug)]
pub(crate) struct DatasetReader {
    pub space: Arc<AddressSpace>,
    pub dataset: Dataset,
    pub path: String,
}

impl Raw for DatasetReader {
    fn shape(&self) -> &[u64] {
        &self.dataset.shape
    }

    fn path(&self) -> String {
        self.path.clone()
    }

    fn element(&self) -> ElementForm {
        let datatype = &self.dataset.datatype;
        let number = datatype.number();
        ElementForm {
            size: datatype.size(),
            number: number.map(|(number, _)| number),
            order: number.map_or(ByteOrder::NATIVE, |(_, order)| order),
            is_value: !datatype.is_variable(),
        }
    }

    fn type_name(&self) -> String {
        format!("an element of type {}", self.dataset.datatype)
    }

    fn chunk(&self) -> Option<&[u64]> {
        match &self.dataset.storage {
            Storage::Chunked(chunked) => Some(&chunked.grid.chunk),
            _ => None,
        }
    }

    fn is_filtered(&self) -> bool {
        matches!(&self.dataset.storage, Storage::Chunked(chunked) if chunked.pipeline.is_some())
    }

    fn source(&self) -> &Source {
        &self.space.source
    }

    fn limits(&self) -> &Limits {
        &self.space.limits
    }

    fn block(&self) -> u64 {
        match &self.dataset.storage {
            // The sources have chunks that are not known here: the fewer blocks, the fewer of them are decoded twice.
            Storage::Virtual(_) => virtual_layout::PART,
            _ if self.is_filtered() => 16 << 20,
            _ => 1 << 20,
        }
    }

    fn borrow(&self, region: &Selection) -> Result<&[u8], BorrowError> {
        Ok(self.dataset.borrow(&self.space, region)??)
    }

    fn read(&self, region: &Selection, target: &mut [u8]) -> Result<()> {
        self.dataset.read(&self.space, region, target)
    }

    fn decoder(&self) -> Option<Decoder<'_>> {
        convert::decoder(&self.dataset.datatype)
    }

    fn byte_strides(&self) -> Result<ByteStrides, BorrowError> {
        Ok(self.dataset.byte_strides(&self.space)??)
    }

    fn visit_chunks(&self, visit: &mut VisitChunks) -> Result<()> {
        self.dataset.visit_chunks(&self.space, visit)
    }
}
