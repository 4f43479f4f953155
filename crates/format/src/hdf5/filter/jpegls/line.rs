//! The samples of one line, from those above it.

use super::code::{AfterRun, Regular};
use super::coding::{Coding, RECORD};
use crate::error::Result;
use crate::hdf5::filter::bits::BitReader;

/// As many as three differences have levels, but for their sign.
const CONTEXTS: usize = 365;
/// The last order of runs.
const LAST_ORDER: u32 = 31;

/// The neighbours of a sample: on the left, above that, above, and on the right of that.
#[derive(Debug, Clone, Copy)]
struct Around {
    left: i32,
    corner: i32,
    above: i32,
    right: i32,
}

impl Around {
    #[inline(always)]
    fn new(above: &[i32], line: &[i32], at: usize, step: usize) -> Self {
        let get = |samples: &[i32], at: usize| samples.get(at).copied().unwrap_or(0);
        let before = at.saturating_sub(step);
        Around {
            left: get(line, before),
            corner: get(above, before),
            above: get(above, at),
            right: get(above, at + step),
        }
    }

    #[inline(always)]
    fn differences(self) -> [i32; 3] {
        [self.right - self.above, self.above - self.corner, self.corner - self.left]
    }

    /// The neighbour beyond an edge, or else where the plane through all is.
    #[inline(always)]
    fn predict(self) -> i32 {
        let (least, most) = (self.left.min(self.above), self.left.max(self.above));
        (self.left + self.above - self.corner).clamp(least, most)
    }
}

/// The state of a scan.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    coding: Coding,
    reader: BitReader<'a>,
    /// Samples of a pixel.
    step: usize,
    contexts: [Regular; CONTEXTS],
    after_edge: AfterRun,
    after_flat: AfterRun,
}

impl<'a> Lines<'a> {
    pub fn new(coding: Coding, step: usize, reader: BitReader<'a>) -> Self {
        let (regular, after_run) = (Regular::new(&coding), AfterRun::new(&coding));
        let contexts = [regular; CONTEXTS];
        Lines { coding, reader, step, contexts, after_edge: after_run, after_flat: after_run }
    }

    /// Fills a line; at both ends of it and of the one above is a pixel that belongs to the edge. Runs have an order that
    /// goes on from line to line.
    pub fn decode(&mut self, above: &[i32], line: &mut [i32], order: &mut u32) -> Result<()> {
        let mut at = self.step;
        while at + self.step < line.len() {
            let pixel = at..at + self.step;
            if pixel.clone().all(|at| self.is_flat(Around::new(above, line, at, self.step))) {
                at = self.run(above, line, at, order)?;
                continue;
            }
            at = pixel.end;
            for at in pixel {
                let sample = self.regular(Around::new(above, line, at, self.step))?;
                put(line, at, sample);
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn is_flat(&self, around: Around) -> bool {
        around.differences().iter().all(|difference| difference.abs() <= self.coding.near)
    }

    #[inline(always)]
    fn regular(&mut self, around: Around) -> Result<i32> {
        let [first, second, third] = around.differences().map(|difference| self.coding.level(difference));
        let place = 81 * first + 9 * second + third;
        let sign = if place < 0 { -1 } else { 1 };
        let context = self.contexts.get_mut(place.unsigned_abs() as usize);
        let context = context.ok_or_else(|| RECORD.malformed("differences without a context"))?;
        let predicted = (around.predict() + sign * context.correction).clamp(0, self.coding.most);
        let error = context.error(&mut self.reader, &self.coding)?;
        Ok(self.coding.rebuild(predicted, sign * error))
    }

    /// Repeats a pixel, up to the end of the line or another pixel, which comes after it; tells where it ended.
    fn run(&mut self, above: &[i32], line: &mut [i32], at: usize, order: &mut u32) -> Result<usize> {
        let room = (line.len() - at) / self.step - 1;
        let len = self.run_len(room, order)?;
        let end = at + len * self.step;
        if let [sample] = *line.get(at - self.step..at).unwrap_or_default() {
            line.get_mut(at..end).unwrap_or_default().fill(sample);
        } else {
            (at..end).for_each(|at| put(line, at, Around::new(above, line, at, self.step).left));
        }
        if len == room {
            return Ok(end);
        }
        for at in end..end + self.step {
            let sample = self.after_run(Around::new(above, line, at, self.step), *order)?;
            put(line, at, sample);
        }
        *order = order.saturating_sub(1);
        Ok(end + self.step)
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
        let coding = &self.coding;
        let is_near = self.step == 1 && (around.left - around.above).abs() <= coding.near;
        let context = if is_near { &mut self.after_flat } else { &mut self.after_edge };
        let error = context.error(&mut self.reader, coding, coding.limit - order_bits(order) - 1, is_near)?;
        Ok(match is_near {
            true => coding.rebuild(around.left, error),
            false if around.left > around.above => coding.rebuild(around.above, -error),
            false => coding.rebuild(around.above, error),
        })
    }
}

#[inline(always)]
fn put(line: &mut [i32], at: usize, sample: i32) {
    if let Some(to) = line.get_mut(at) {
        *to = sample;
    }
}

/// The bits of the length of runs.
fn order_bits(order: u32) -> u32 {
    match order {
        0..16 => order / 4,
        16..24 => order / 2 - 4,
        _ => order - 16,
    }
}
