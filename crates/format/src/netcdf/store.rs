//! What a container must offer: stored bytes of regions out of a file, and into one.

use crate::element::{ByteOrder, NotBorrowable};
use crate::error::Result;
use crate::hdf5::write::assemble::ChunkStore;
use crate::netcdf::schema::VariableId;
use crate::netcdf::value::{Type, Value};
use crate::shape::Selection;
use crate::source::Source;
use crate::stored::{Spread, VisitChunks};

/// The raw data of an open file. Bytes are as stored: in the file's byte order, without conversion.
pub(crate) trait Data: std::fmt::Debug + Send + Sync {
    /// The byte order of a variable's stored elements.
    fn order(&self, variable: VariableId) -> ByteOrder;

    /// The shape of the chunks in which the variable is best read, if it is chunked.
    fn chunk(&self, variable: VariableId) -> Option<&[u64]>;

    /// Whether reading means undoing filters.
    fn is_filtered(&self, variable: VariableId) -> bool;

    /// The stored bytes of a region that lies in one piece, without a copy. The selection was checked against the
    /// variable's shape in the schema.
    fn borrow(&self, variable: VariableId, region: &Selection) -> Result<std::result::Result<&[u8], NotBorrowable>>;

    /// Fills `target` with the stored bytes of a region in C order. The selection was checked against the
    /// variable's shape in the schema, and `target` has exactly its size. Elements that were never written are
    /// the fill value.
    fn read(&self, variable: VariableId, region: &Selection, target: &mut [u8]) -> Result<()>;

    /// Whether so many bytes may be held in memory at once; the limits of the file say so.
    fn admit(&self, bytes: u64) -> Result<()>;

    /// The elements of a region of a variable of type string or of a user-defined type, which is `ty`, in C order.
    fn read_values(&self, variable: VariableId, ty: &Type, region: &Selection) -> Result<Value>;

    /// The size the file should have, if it is shorter. What is missing reads as zero.
    fn truncated(&self) -> Option<u64>;

    /// Calls `visit` with every piece of a variable's data that is in the file.
    fn visit_chunks(&self, variable: VariableId, visit: &mut VisitChunks) -> Result<()>;

    /// The distances between all elements, if they are constant. The variable has this shape in the schema, and at
    /// least one element.
    fn spread(&self, variable: VariableId, shape: &[u64]) -> Result<std::result::Result<Spread, NotBorrowable>>;

    /// Where the bytes come from.
    fn source(&self) -> &Source;
}

/// The raw data of a file being written. Bytes are as stored. Methods that take `&self` may be called by any thread.
pub(crate) trait Store: std::fmt::Debug + Send + Sync {
    /// The byte order in which a variable's elements are stored.
    fn order(&self, variable: VariableId) -> ByteOrder;

    /// Bytes of a stored element.
    fn size(&self, variable: VariableId) -> u64;

    /// The chunk shape, if the variable is chunked.
    fn chunk(&self, _variable: VariableId) -> Option<&[u64]> {
        None
    }

    /// The way to the chunks of a variable that is written chunk by chunk, because they pass through filters. Boxes of
    /// all others are written by [`Store::write`].
    fn chunks(&self, _variable: VariableId) -> Option<&dyn ChunkStore> {
        None
    }

    /// Writes the stored bytes of a box (stride 1). The box may lie beyond the current length of an unlimited dimension,
    /// which then grows.
    fn write(&self, variable: VariableId, region: &Selection, bytes: &[u8]) -> Result<()>;

    /// The stored elements of values of the variable's type, whatever that is.
    fn encode_values(&self, variable: VariableId, values: &Value) -> Result<Vec<u8>>;

    /// Completes the file and makes it visible; returns its size.
    fn finish(self: Box<Self>) -> Result<u64>;
}
