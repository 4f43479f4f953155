//! Deflate, filter 1: a chunk is one zlib stream.

use std::cell::RefCell;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use crate::error::{Error, Result};
use crate::limits;

const RECORD: &str = "deflate stream";
/// The level of those who name none.
const DEFAULT_LEVEL: u32 = 6;
/// The stream's head and checksum, and what the encoder needs beyond its input.
const OVERHEAD: usize = 64;

thread_local! {
    /// The states cost tens of kilobytes to set up, and a dataset has thousands of chunks.
    static INFLATE: RefCell<Decompress> = RefCell::new(Decompress::new(true));
    static DEFLATE: RefCell<Option<(u32, Compress)>> = const { RefCell::new(None) };
}

/// Inflates one stream; what follows it does not count.
pub(super) fn decode(_: &[u32], input: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
    out.clear();
    limits::reserve(out, bound)?;
    let status = INFLATE.with_borrow_mut(|state| {
        state.reset(true);
        state.decompress_vec(input, out, FlushDecompress::Finish)
    });
    let full = out.len() >= bound;
    match status {
        Ok(Status::StreamEnd) if out.len() <= bound => Ok(()),
        Err(e) => Err(Error::malformed_data(RECORD, format!("{e}"))),
        Ok(_) if full => Err(Error::malformed_data(RECORD, format!("it has more than {bound} bytes"))),
        Ok(_) => Err(Error::malformed_data(RECORD, format!("it breaks off after {} bytes", out.len()))),
    }
}

/// Deflates a chunk at the level of the first parameter.
pub(super) fn encode(parameters: &[u32], input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let level = parameters.first().map_or(DEFAULT_LEVEL, |&level| level.min(9));
    out.clear();
    DEFLATE.with_borrow_mut(|state| {
        let fresh = || (level, Compress::new(Compression::new(level), true));
        let (of, compress) = state.get_or_insert_with(fresh);
        if *of == level {
            compress.reset();
        } else {
            (*of, *compress) = fresh();
        }
        finish(compress, input, out)
    })
}

/// Compresses all of `input`; the first reservation is almost always enough.
fn finish(state: &mut Compress, input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    limits::reserve(out, input.len() + input.len() / 8 + OVERHEAD)?;
    loop {
        let used = usize::try_from(state.total_in()).unwrap_or(usize::MAX);
        let rest = input.get(used..).unwrap_or_default();
        match state.compress_vec(rest, out, FlushCompress::Finish) {
            Ok(Status::StreamEnd) => return Ok(()),
            Ok(Status::Ok | Status::BufError) => limits::reserve(out, out.len() / 2 + OVERHEAD)?,
            Err(e) => return Err(Error::usage(format!("deflate: {e}"))),
        }
    }
}
