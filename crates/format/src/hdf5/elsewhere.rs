//! Elements that lie in other datasets or files, as a dataset declares them.

use super::dataset::Dataset;
use super::read::dataset::Storage;
use super::selection::DataspaceSelection;
use crate::error::{Context, Result};

/// Elements of another dataset that stand in for elements of a virtual one (`H5Pset_virtual`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VirtualMapping {
    /// The elements of the virtual dataset.
    pub target: DataspaceSelection,
    /// The file of the source; `.` is the file of the virtual dataset. `%b` stands for the number of a block, `%%` for a per
    /// cent sign.
    pub file: String,
    /// The path of the source, with the same signs.
    pub dataset: String,
    /// The elements of the source.
    pub source: DataspaceSelection,
}

/// A piece of another file that holds elements of a dataset (`H5Pset_external`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalPiece {
    /// The file.
    pub file: String,
    /// Bytes before the elements.
    pub offset: u64,
    /// Bytes of elements; `None` for as many as there will be, of the last piece.
    pub size: Option<u64>,
}

impl Dataset {
    /// The mappings of a virtual dataset; none of another one. Names that are not UTF-8 have `\xNN` in them.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) where they cannot be decoded.
    pub fn virtual_mappings(&self) -> Result<Vec<VirtualMapping>> {
        match &self.dataset().storage {
            Storage::Virtual(layout) => layout.stored_mappings(self.space()).in_object(self.path()),
            _ => Ok(Vec::new()),
        }
    }

    /// The pieces of other files that hold the elements of a dataset; none of another one.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) where the names are not there.
    pub fn external_pieces(&self) -> Result<Vec<ExternalPiece>> {
        match &self.dataset().storage {
            Storage::External(pieces) => pieces.declared().in_object(self.path()),
            _ => Ok(Vec::new()),
        }
    }
}
