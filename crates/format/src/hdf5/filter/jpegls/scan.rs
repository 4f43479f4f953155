//! The samples of a scan, line by line.

use super::coding::RECORD;
use super::line::Lines;
use super::markers::{Interleave, Scan};
use super::model::Model;
use crate::error::Result;
use crate::hdf5::filter::bits::{BitReader, BitWriter};
use crate::limits;

/// A line of one component or of all, and the one above. At both ends is a pixel that belongs to the edge.
#[derive(Debug, Clone)]
pub(super) struct Lane {
    pub above: Vec<i32>,
    pub line: Vec<i32>,
    /// The order of runs.
    pub order: u32,
}

impl Lane {
    /// Pixels have `step` samples.
    pub fn new(width: usize, step: usize) -> Self {
        let line = vec![0; (width + 2) * step];
        Lane { above: line.clone(), line, order: 0 }
    }

    /// Goes on to the next line: the edges are what is next to them, above.
    pub fn turn(&mut self, step: usize) {
        std::mem::swap(&mut self.above, &mut self.line);
        let last = self.above.len() - step;
        self.above.copy_within(last - step..last, last);
        self.line.iter_mut().zip(self.above.iter().skip(step)).take(step).for_each(|(to, from)| *to = *from);
    }
}

/// Expands a scan into an image, after so many components that were done.
pub(super) fn expand(scan: &Scan, done: usize, image: &mut [u8]) -> Result<()> {
    let (frame, count) = (&scan.frame, scan.components);
    let step = if scan.interleave == Interleave::Sample { count } else { 1 };
    let bits = unstuff(scan.stream)?;
    let mut lines = Lines::new(Model::new(scan.coding, step), BitReader::new(RECORD, &bits));
    let mut lanes = vec![Lane::new(frame.width, step); count / step];
    let row = frame.width * frame.sample();
    let image = image.get_mut(done * row * frame.height..).unwrap_or_default();
    for row in image.chunks_exact_mut(row * count).take(frame.height) {
        let turns = lanes.len();
        for (n, lane) in lanes.iter_mut().enumerate() {
            lane.turn(step);
            lines.decode(&lane.above, &mut lane.line, &mut lane.order)?;
            let places = row.chunks_exact_mut(frame.sample()).skip(n).step_by(turns);
            for (place, sample) in places.zip(lane.line.iter().skip(step)) {
                place.iter_mut().zip(sample.to_le_bytes()).for_each(|(to, from)| *to = from);
            }
        }
    }
    Ok(())
}

/// Takes out the zero that is after each byte of ones, where it tells samples from markers.
fn unstuff(stream: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    limits::reserve(&mut bytes, stream.len())?;
    let mut writer = BitWriter::new(&mut bytes);
    let mut before = 0;
    for &byte in stream {
        writer.write(byte.into(), if before == 0xff { 7 } else { 8 });
        before = byte;
    }
    writer.finish();
    Ok(bytes)
}
