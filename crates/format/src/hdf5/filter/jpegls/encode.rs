//! The samples of a scan as bits, line by line, without loss.

use super::model::{order_bits, Around, Model, LAST_ORDER};
use super::scan::Lane;
use crate::error::{Error, Result};
use crate::hdf5::filter::bits::BitWriter;
use crate::limits;

/// Codes one component: lines of so many samples of `N` bytes.
pub(super) fn component<const N: usize>(
    model: Model,
    image: &[[u8; N]],
    width: usize,
    out: &mut Vec<u8>,
) -> Result<()> {
    let (most, mut bits) = (model.coding.most, Vec::new());
    limits::reserve(&mut bits, N * image.len() + N * image.len() / 4 + 64)?;
    let mut lines = LineWriter { model, writer: BitWriter::new(&mut bits) };
    let mut lane = Lane::new(width, 1);
    for row in image.chunks_exact(width) {
        lane.turn(1);
        for (to, sample) in lane.line.iter_mut().skip(1).zip(row) {
            *to = sample.iter().rev().fold(0, |number, &byte| number << 8 | i32::from(byte));
        }
        if let Some(sample) = lane.line.iter().find(|&&sample| sample > most) {
            return Err(Error::usage(format!("fcidecomp: a sample {sample}, where {most} is the largest")));
        }
        lines.encode(&lane.above, &lane.line, &mut lane.order)?;
    }
    let len = lines.writer.len();
    lines.writer.finish();
    stuff(&bits, len, out)
}

/// The lines of a component, being written.
struct LineWriter<'a> {
    model: Model,
    writer: BitWriter<'a>,
}

impl LineWriter<'_> {
    /// Codes a line; at both ends of it and of the one above is a sample that belongs to the edge.
    fn encode(&mut self, above: &[i32], line: &[i32], order: &mut u32) -> Result<()> {
        let mut at = 1;
        while at + 1 < line.len() {
            at = if self.model.is_flat(above, line, at) {
                self.run(above, line, at, order)
            } else {
                self.regular(Around::new(above, line, at, 1), sample(line, at))?;
                at + 1
            };
        }
        Ok(())
    }

    #[inline(always)]
    fn regular(&mut self, around: Around, sample: i32) -> Result<()> {
        let coding = self.model.coding;
        let predicted = self.model.regular(around)?;
        let error = coding.error(predicted.sign * (sample - predicted.sample));
        predicted.context.put_error(&mut self.writer, &coding, error);
        Ok(())
    }

    /// Codes how often a sample is repeated, and the one that ends it, if that is in the line; tells where it ended.
    fn run(&mut self, above: &[i32], line: &[i32], at: usize, order: &mut u32) -> usize {
        let (last, room) = (sample(line, at - 1), line.len() - at - 1);
        let len = line.iter().skip(at).take(room).take_while(|&&sample| sample == last).count();
        self.run_len(len, len == room, order);
        let end = at + len;
        if len == room {
            return end;
        }
        let coding = self.model.coding;
        let (predicted, is_near) = self.model.after_run(Around::new(above, line, end, 1));
        let error = coding.error(predicted.sign * (sample(line, end) - predicted.sample));
        let limit = coding.limit - order_bits(*order) - 1;
        predicted.context.put_error(&mut self.writer, &coding, error, (limit, is_near));
        *order = order.saturating_sub(1);
        end + 1
    }

    /// A one for each time that the order says; then a zero and the rest, or, up to the end of a line, a one for all of it.
    fn run_len(&mut self, mut len: usize, is_to_end: bool, order: &mut u32) {
        while len >= 1 << order_bits(*order) {
            self.writer.write(1, 1);
            len -= 1 << order_bits(*order);
            *order = LAST_ORDER.min(*order + 1);
        }
        match is_to_end {
            true if len > 0 => self.writer.write(1, 1),
            true => {}
            false => self.writer.write(len as u64, 1 + order_bits(*order)),
        }
    }
}

fn sample(line: &[i32], at: usize) -> i32 {
    line.get(at).copied().unwrap_or(0)
}

/// Puts a zero after each byte of ones, where it tells samples from markers; of the last byte not all bits are there.
fn stuff(bits: &[u8], len: usize, out: &mut Vec<u8>) -> Result<()> {
    limits::reserve(out, bits.len() + bits.len() / 64 + 2)?;
    // Bits that have no byte yet: fewer than eight, in the lower places.
    let (mut held, mut count) = (0u32, 0);
    for (at, &byte) in bits.iter().enumerate() {
        let there = u32::try_from(8.min(len - 8 * at)).unwrap_or(8);
        (held, count) = (held << there | u32::from(byte) >> (8 - there), count + there);
        while let Some(next) = take(&mut held, &mut count, out.last() == Some(&0xff)) {
            out.push(next);
        }
    }
    if count > 0 {
        held <<= 8;
        count += 8;
        out.extend(take(&mut held, &mut count, out.last() == Some(&0xff)));
    }
    if out.last() == Some(&0xff) {
        out.push(0);
    }
    Ok(())
}

/// The next byte, if there are bits for it.
fn take(held: &mut u32, count: &mut u32, is_after_ones: bool) -> Option<u8> {
    let width = if is_after_ones { 7 } else { 8 };
    *count = count.checked_sub(width)?;
    let byte = u8::try_from(*held >> *count).ok();
    *held &= (1 << *count) - 1;
    byte
}
