//! JPEG-LS (ITU-T T.87), filter 32018: a chunk is an image, with or without loss, whose stream says all that the parameters
//! of the filter say. Samples of up to 8 bits are bytes, larger ones two bytes, the lower one first. Components follow each
//! other where they have scans of their own, else those of a pixel do.

mod code;
mod coding;
mod line;
mod markers;
mod scan;

use super::buffer::fit;
use crate::error::Result;
use crate::limits;
use coding::RECORD;
use markers::Markers;

/// The most bytes that one byte of a stream can stand for: each bit is a run of large pixels.
const EXPANSION: usize = 8 << 15 << 3;

/// Expands the image of a chunk.
pub(super) fn decode(_: &[u32], input: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
    let mut markers = Markers::new(input)?;
    let mut scan = markers.scan()?;
    let len = limits::to_usize(scan.frame.bytes())?;
    if len > bound || len > input.len().saturating_mul(EXPANSION) {
        return Err(RECORD.malformed(format!("{len} bytes in {} where a chunk has {bound}", input.len())));
    }
    fit(out, len)?;
    let mut done = 0;
    loop {
        scan::expand(&scan, done, out)?;
        done += scan.components;
        if done >= scan.frame.components {
            return Ok(());
        }
        scan = markers.scan()?;
    }
}

#[cfg(test)]
mod tests;
