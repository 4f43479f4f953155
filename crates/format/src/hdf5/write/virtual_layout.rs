//! The mappings of virtual datasets, which lie in a global heap (section III.F).

use binrw::Endian;

use super::file::FileWriter;
use super::options::Level;
use crate::error::{Error, Result};
use crate::hdf5::record::message::layout::{DataLayout, Storage};
use crate::hdf5::record::virtual_dataset::{SourceName, StoredMapping, VirtualDataset};
use crate::wire::width::{Addr, Widths};
use crate::wire::{self, checksum};

pub use crate::hdf5::elsewhere::VirtualMapping;

impl VirtualMapping {
    fn to_record(&self, rank: usize, level: Level) -> Result<StoredMapping> {
        let wrong = |name: &str| name.is_empty() || name.contains('\0');
        if wrong(&self.file) || wrong(&self.dataset) {
            return Err(Error::usage(format!("a mapping from {:?} of {:?}", self.dataset, self.file)));
        }
        if self.target.rank().is_some_and(|own| own != rank) {
            return Err(Error::usage(format!(
                "a mapping to elements {:?} of a dataset of {rank} dimensions",
                self.target
            )));
        }
        Ok(StoredMapping {
            file: SourceName::Given(self.file.clone().into_bytes()),
            dataset: SourceName::Given(self.dataset.clone().into_bytes()),
            source: self.source.to_record(level)?,
            target: self.target.to_record(level)?,
        })
    }
}

/// Writes the mappings of a dataset of so many dimensions; returns the layout that leads to them.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for mappings that no reader understands, and below [`Level::V110`];
/// [`Kind::Io`](crate::Kind::Io).
pub(super) fn write(file: &FileWriter, mappings: &[VirtualMapping], rank: usize) -> Result<DataLayout> {
    let level = file.options.level;
    level.needs(Level::V110, "a virtual dataset")?;
    let mappings = mappings.iter().map(|mapping| mapping.to_record(rank, level)).collect::<Result<_>>()?;
    let mut block = wire::encode(&VirtualDataset { version: 0, mappings }, Endian::Little, Widths::WIDE)?;
    checksum::seal(&mut block);
    let id = file.place_in_heap(block)?;
    let storage = Storage::Virtual { collection: Addr(id.collection), index: id.index };
    Ok(DataLayout { version: 4, storage })
}
