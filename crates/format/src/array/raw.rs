//! What an array stands on: the stored bytes of its regions.

use std::borrow::Cow;
use std::fmt::Debug;

use crate::element::{ByteOrder, Decoder, NumberType};
use crate::error::{Kind, Result};
use crate::limits::{self, Limits};
use crate::placement::{ByteStrides, VisitChunks};
use crate::shape::{self, Selection};
use crate::source::Source;

use super::BorrowError;

/// What the elements of an array are, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ElementForm {
    /// Bytes of one element.
    pub size: u64,
    /// The standard type that they are, if they are one.
    pub number: Option<NumberType>,
    /// The order of their bytes.
    pub order: ByteOrder,
    /// Whether the bytes are the value, and no reference to it.
    pub is_value: bool,
}

/// The raw data of one array of an open file. Bytes are as stored: in the file's order, without conversion. Regions
/// were checked against the shape.
pub(crate) trait Raw: Debug + Send + Sync {
    /// The current lengths.
    fn shape(&self) -> &[u64];

    /// The path in the file, for those who must be told.
    fn path(&self) -> String;

    /// What the elements are.
    fn element(&self) -> ElementForm;

    /// The name of their type, for those who wanted another one.
    fn type_name(&self) -> String;

    /// The shape of the chunks in which the array is best read, if it is chunked.
    fn chunk(&self) -> Option<&[u64]>;

    /// The shape of one piece of the data in the file: a chunk, a record, or everything.
    fn piece(&self) -> Cow<'_, [u64]> {
        Cow::Borrowed(self.chunk().unwrap_or(self.shape()))
    }

    /// Whether reading means undoing filters.
    fn is_filtered(&self) -> bool;

    /// Where the bytes come from.
    fn source(&self) -> &Source;

    /// What may be asked for.
    fn limits(&self) -> &Limits;

    /// Bytes that are best taken at once, where an array is taken through in blocks.
    fn block(&self) -> u64 {
        if self.is_filtered() {
            16 << 20
        } else {
            1 << 20
        }
    }

    /// The stored bytes of a region that lies in one piece, without a copy.
    fn borrow(&self, region: &Selection) -> Result<&[u8], BorrowError>;

    /// Fills `target`, which has exactly the size of the region, with its stored bytes in C order. Elements that were
    /// never written are the fill value.
    fn read(&self, region: &Selection, target: &mut [u8]) -> Result<()>;

    /// What makes numbers of elements that are none of a standard type.
    fn decoder(&self) -> Option<Decoder<'_>> {
        None
    }

    /// The distances between all elements, of which there is at least one, if they are constant.
    fn byte_strides(&self) -> Result<ByteStrides, BorrowError>;

    /// Calls `visit` with every piece of the data that is in the file.
    fn visit_chunks(&self, visit: &mut VisitChunks) -> Result<()>;

    /// Refuses more bytes of values than the limits allow to hold at once: in all, and of those that nobody ever wrote, which
    /// a few bytes of a file can ask for in any number.
    fn admit(&self, bytes: u64) -> Result<()> {
        limits::check("bytes of values", bytes, self.limits().value_bytes)?;
        let free = self.limits().unwritten(self.source().len());
        if bytes <= free {
            return Ok(());
        }
        let piece = shape::bytes(&self.piece(), self.element().size)?;
        let mut written = 0u64;
        let visited = self.visit_chunks(&mut |_| {
            written = written.saturating_add(piece);
            Ok(())
        });
        match visited {
            // What other files give is not known here.
            Err(error) if error.kind() == Kind::Unsupported => Ok(()),
            visited => {
                visited.and(limits::check("bytes of values that nobody wrote", bytes.saturating_sub(written), free))
            }
        }
    }
}
