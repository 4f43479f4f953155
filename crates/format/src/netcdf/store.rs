//! What a container must offer: stored bytes of regions out of a file, and into one.

use crate::element::{ByteOrder, NotBorrowable};
use crate::error::Result;
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

    /// The chunk shape, if the variable is chunked.
    fn chunk(&self, variable: VariableId) -> Option<&[u64]>;

    /// Whether the variable is written chunk by chunk through [`Store::encode`] and [`Store::append`]; otherwise
    /// any box is written by [`Store::write`].
    fn is_filtered(&self, variable: VariableId) -> bool;

    /// The stored element that unwritten places get; `None` where nothing is filled in.
    fn fill(&self, variable: VariableId) -> Option<&[u8]>;

    /// Writes the stored bytes of a box (stride 1) of an unfiltered variable. The box may lie beyond the current
    /// length of an unlimited dimension, which then grows.
    fn write(&self, variable: VariableId, region: &Selection, bytes: &[u8]) -> Result<()>;

    /// Passes the stored bytes of one whole chunk through the filters, in place; `spare` is a buffer for reuse.
    /// Returns the mask of filters that were skipped.
    fn encode(&self, variable: VariableId, chunk: &mut Vec<u8>, spare: &mut Vec<u8>) -> Result<u32>;

    /// Appends an encoded chunk, given by its position in the grid of chunks, to the file. `extent` is how far the
    /// data reach along each dimension with this chunk (unlimited dimensions grow to it).
    fn append(&self, variable: VariableId, chunk: &[u64], extent: &[u64], encoded: &[u8], mask: u32) -> Result<()>;

    /// The stored bytes of a chunk that was appended before, decoded.
    fn reload(&self, variable: VariableId, chunk: &[u64]) -> Result<Option<Vec<u8>>>;

    /// Writes strings into a box of a variable of type string.
    fn write_strings(&self, variable: VariableId, region: &Selection, values: &[Vec<u8>]) -> Result<()>;

    /// Completes the file and makes it visible; returns its size.
    fn finish(self: Box<Self>) -> Result<u64>;
}
