//! Snappy, one of the codecs of Blosc.

use crate::error::Result;
use crate::hdf5::filter::error::Record;

/// Expands a raw block into `out`, and says how many bytes it has.
pub fn decompress(record: Record, input: &[u8], out: &mut [u8]) -> Result<usize> {
    snap::raw::Decoder::new().decompress(input, out).map_err(|e| record.malformed(format!("a snappy stream: {e}")))
}
