//! Bzip2, filter 307: a chunk is one stream.

use bzip2::{Action, Compress, Compression, Decompress, Status};

use crate::error::{Error, Result};
use crate::hdf5::filter::buffer::{fit, most_surplus};
pub(in crate::hdf5::filter) use crate::hdf5::filter::chunks::keep as setup;
use crate::hdf5::filter::error::Record;
use crate::limits;

const RECORD: Record = Record("bzip2 stream");
/// Hundreds of kilobytes that are sorted together, where nobody says how many.
const DEFAULT_BLOCK: u32 = 9;
/// Room that is made at first for each byte of a stream. There may be a million.
const GUESS: usize = 16;
const LEAST_ROOM: usize = 64 << 10;

/// Decodes one stream. What it has beyond a chunk is not kept, but its checksum must be right.
pub fn decode(_: &[u32], input: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
    let mut state = Decompress::new(false);
    let mut room = bound.min(input.len().saturating_mul(GUESS).saturating_add(LEAST_ROOM));
    loop {
        fit(out, room)?;
        let (used, made) = progress(state.total_in(), state.total_out())?;
        let rest = input.get(used..).unwrap_or_default();
        // The end of the stream is seen only where there is room for more.
        let mut surplus = [0; 4096];
        let to = if made < bound { out.get_mut(made..room).unwrap_or_default() } else { &mut surplus };
        let status = state.decompress(rest, to).map_err(|e| RECORD.malformed(e.to_string()))?;
        let (now_used, now_made) = progress(state.total_in(), state.total_out())?;
        match status {
            Status::StreamEnd => return finish(out, now_made.min(bound)),
            _ if now_made.saturating_sub(bound) > most_surplus(bound) => return Err(RECORD.goes_on(bound)),
            Status::MemNeeded => return Err(Error::limit("no memory for a bzip2 block")),
            _ if (now_used, now_made) == (used, made) => {
                return Err(RECORD.malformed(format!("it breaks off after {made} bytes")));
            }
            _ if now_made == room => room = bound.min(room.saturating_mul(2)),
            _ => {}
        }
    }
}

fn finish(out: &mut Vec<u8>, len: usize) -> Result<()> {
    out.truncate(len);
    Ok(())
}

fn progress(used: u64, made: u64) -> Result<(usize, usize)> {
    Ok((limits::to_usize(used)?, limits::to_usize(made)?))
}

/// Compresses a chunk in blocks of the size that the first parameter says.
pub fn encode(parameters: &[u32], input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let block = parameters.first().copied().unwrap_or(DEFAULT_BLOCK).clamp(1, 9);
    let mut state = Compress::new(Compression::new(block), 0);
    out.clear();
    // What noise grows by; other data need less.
    limits::reserve(out, input.len() + input.len() / 100 + 600)?;
    loop {
        let rest = input.get(limits::to_usize(state.total_in())?..).unwrap_or_default();
        let status = state.compress_vec(rest, out, Action::Finish);
        match status.map_err(|e| Error::usage(format!("bzip2: {e}")))? {
            Status::StreamEnd => return Ok(()),
            _ if out.len() == out.capacity() => limits::reserve(out, out.len() / 8 + LEAST_ROOM)?,
            _ => {}
        }
    }
}
