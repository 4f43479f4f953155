//! Blocks of LZ4.

use std::cell::RefCell;

use lz4_flex::block::{compress_into_with_table, decompress_into, decompress_into_with_dict};
use lz4_flex::block::{get_maximum_output_size, CompressTable};

use crate::error::{Error, Result};
pub(in crate::hdf5::filter) use crate::hdf5::filter::chunks::keep as setup;
use crate::hdf5::filter::error::Record;
use crate::limits;

thread_local! {
    /// The table costs more to make than a small block to compress.
    static TABLE: RefCell<CompressTable> = RefCell::new(CompressTable::small());
}

/// Expands one block, which fills `out`.
pub fn decompress(record: Record, input: &[u8], out: &mut [u8]) -> Result<()> {
    match decompress_into(input, out) {
        Ok(len) if len == out.len() => Ok(()),
        Ok(len) => Err(record.malformed(format!("{len} bytes where a block has {}", out.len()))),
        Err(e) => Err(record.malformed(e.to_string())),
    }
}

/// Expands one block, which fills `out`, and may refer to what a dictionary has before it.
pub fn decompress_with(dictionary: &[u8], record: Record, input: &[u8], out: &mut [u8]) -> Result<()> {
    match decompress_into_with_dict(input, out, dictionary) {
        Ok(len) if len == out.len() => Ok(()),
        Ok(len) => Err(record.malformed(format!("a stream has {len} bytes where {} are expected", out.len()))),
        Err(e) => Err(record.malformed(format!("an LZ4 stream: {e}"))),
    }
}

/// Appends one block.
pub fn compress(input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let start = out.len();
    let most = get_maximum_output_size(input.len());
    limits::reserve(out, most)?;
    out.resize(start + most, 0);
    let room = out.get_mut(start..).unwrap_or_default();
    let len = TABLE.with_borrow_mut(|table| compress_into_with_table(input, room, table));
    let len = len.map_err(|e| Error::usage(format!("lz4: {e}")))?;
    out.truncate(start + len);
    Ok(())
}
