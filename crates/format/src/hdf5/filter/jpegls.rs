//! JPEG-LS (ITU-T T.87), filter 32018: a chunk is an image, with or without loss, whose stream says all that the parameters
//! of the filter say. Samples of up to 8 bits are bytes, larger ones two bytes, the lower one first. Components follow each
//! other where they have scans of their own, else those of a pixel do.

mod code;
mod coding;
mod encode;
mod line;
mod markers;
mod model;
mod scan;
mod setup;

use super::buffer::{fit, unlike};
use crate::error::{Error, Result};
use crate::limits;
use coding::RECORD;
use markers::{write_end, write_presets, write_scan, Markers};
use model::Model;
pub(super) use setup::setup;
use setup::Image;

/// The most bytes that one byte of a stream can stand for: each bit is a run of large pixels.
const EXPANSION: usize = 8 << 15 << 3;

/// The most bits of samples for which all libraries take the same as usual.
const WELL_KNOWN: u32 = 12;

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

/// Codes the image of a chunk without loss, each component in a scan of its own.
pub(super) fn encode(parameters: &[u32], input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let Image { frame, coding } = Image::parse(parameters)?;
    if frame.bytes() != input.len() as u64 {
        return Err(Error::usage(format!("fcidecomp: {} bytes where a chunk has {}", input.len(), frame.bytes())));
    }
    out.clear();
    frame.write(out);
    if frame.bits > WELL_KNOWN {
        write_presets(&coding, out);
    }
    for (component, id) in input.chunks(input.len() / frame.components).zip(1..) {
        write_scan(id, out);
        let model = Model::new(coding, 1);
        if frame.sample() == 1 {
            encode::component::<1>(model, component.as_chunks().0, frame.width, out)?;
        } else {
            encode::component::<2>(model, component.as_chunks().0, frame.width, out)?;
        }
    }
    write_end(out);
    unlike(input, out);
    Ok(())
}

#[cfg(test)]
mod tests;
