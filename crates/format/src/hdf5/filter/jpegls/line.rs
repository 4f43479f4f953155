//! The samples of one line, from those above it.

use super::coding::RECORD;
use super::model::{order_bits, Around, Model, LAST_ORDER};
use crate::error::Result;
use crate::hdf5::filter::bits::BitReader;

/// The lines of a scan, being read.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    model: Model,
    reader: BitReader<'a>,
}

impl<'a> Lines<'a> {
    pub fn new(model: Model, reader: BitReader<'a>) -> Self {
        Lines { model, reader }
    }

    /// Fills a line; at both ends of it and of the one above is a pixel that belongs to the edge. Runs have an order that
    /// goes on from line to line.
    pub fn decode(&mut self, above: &[i32], line: &mut [i32], order: &mut u32) -> Result<()> {
        let step = self.model.step;
        let mut at = step;
        while at + step < line.len() {
            if self.model.is_flat(above, line, at) {
                at = self.run(above, line, at, order)?;
                continue;
            }
            let pixel = at..at + step;
            at = pixel.end;
            for at in pixel {
                let sample = self.regular(Around::new(above, line, at, step))?;
                put(line, at, sample);
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn regular(&mut self, around: Around) -> Result<i32> {
        let coding = self.model.coding;
        let predicted = self.model.regular(around)?;
        let error = predicted.context.error(&mut self.reader, &coding)?;
        Ok(coding.rebuild(predicted.sample, predicted.sign * error))
    }

    /// Repeats a pixel, up to the end of the line or another pixel, which comes after it; tells where it ended.
    fn run(&mut self, above: &[i32], line: &mut [i32], at: usize, order: &mut u32) -> Result<usize> {
        let step = self.model.step;
        let room = (line.len() - at) / step - 1;
        let len = self.run_len(room, order)?;
        let end = at + len * step;
        if let [sample] = *line.get(at - step..at).unwrap_or_default() {
            line.get_mut(at..end).unwrap_or_default().fill(sample);
        } else {
            (at..end).for_each(|at| put(line, at, Around::new(above, line, at, step).left));
        }
        if len == room {
            return Ok(end);
        }
        for at in end..end + step {
            let sample = self.after_run(Around::new(above, line, at, step), *order)?;
            put(line, at, sample);
        }
        *order = order.saturating_sub(1);
        Ok(end + step)
    }

    /// Each one stands for as many pixels as the order says; after a zero is how many are left.
    fn run_len(&mut self, room: usize, order: &mut u32) -> Result<usize> {
        let mut len = 0;
        while self.reader.read(1)? == 1 {
            len += 1 << order_bits(*order);
            if len > room {
                return Ok(room);
            }
            *order = LAST_ORDER.min(*order + 1);
            if len == room {
                return Ok(room);
            }
        }
        let rest = self.reader.read(order_bits(*order))?;
        let len = usize::try_from(rest).ok().and_then(|rest| rest.checked_add(len));
        len.filter(|&len| len < room).ok_or_else(|| RECORD.malformed("a run beyond its line"))
    }

    fn after_run(&mut self, around: Around, order: u32) -> Result<i32> {
        let coding = self.model.coding;
        let (predicted, is_near) = self.model.after_run(around);
        let limit = coding.limit - order_bits(order) - 1;
        let error = predicted.context.error(&mut self.reader, &coding, limit, is_near)?;
        Ok(coding.rebuild(predicted.sample, predicted.sign * error))
    }
}

#[inline(always)]
fn put(line: &mut [i32], at: usize, sample: i32) {
    if let Some(to) = line.get_mut(at) {
        *to = sample;
    }
}
