//! What reading and writing know of a scan, and learn in the same way.

use super::code::{AfterRun, Regular};
use super::coding::{Coding, RECORD};
use crate::error::Result;

/// As many as three differences have levels, but for their sign.
const CONTEXTS: usize = 365;
/// The last order of runs.
pub(super) const LAST_ORDER: u32 = 31;

/// The neighbours of a sample: on the left, above that, above, and on the right of that.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    pub left: i32,
    corner: i32,
    pub above: i32,
    right: i32,
}

impl Around {
    #[inline(always)]
    pub fn new(above: &[i32], line: &[i32], at: usize, step: usize) -> Self {
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
pub(super) struct Model {
    pub coding: Coding,
    /// Samples of a pixel.
    pub step: usize,
    contexts: [Regular; CONTEXTS],
    after_edge: AfterRun,
    after_flat: AfterRun,
}

/// What a sample is predicted to be, and what is known of such samples.
pub(super) struct Prediction<'a, C> {
    pub sample: i32,
    /// The sign of errors.
    pub sign: i32,
    pub context: &'a mut C,
}

impl Model {
    pub fn new(coding: Coding, step: usize) -> Self {
        let (regular, after_run) = (Regular::new(&coding), AfterRun::new(&coding));
        Model { coding, step, contexts: [regular; CONTEXTS], after_edge: after_run, after_flat: after_run }
    }

    /// Whether a run begins at a pixel.
    #[inline(always)]
    pub fn is_flat(&self, above: &[i32], line: &[i32], at: usize) -> bool {
        (at..at + self.step).all(|at| {
            let around = Around::new(above, line, at, self.step);
            around.differences().iter().all(|difference| difference.abs() <= self.coding.near)
        })
    }

    #[inline(always)]
    pub fn regular(&mut self, around: Around) -> Result<Prediction<'_, Regular>> {
        let [first, second, third] = around.differences().map(|difference| self.coding.level(difference));
        let place = 81 * first + 9 * second + third;
        let sign = if place < 0 { -1 } else { 1 };
        let context = self.contexts.get_mut(place.unsigned_abs() as usize);
        let context = context.ok_or_else(|| RECORD.malformed("differences without a context"))?;
        let sample = (around.predict() + sign * context.correction).clamp(0, self.coding.most);
        Ok(Prediction { sample, sign, context })
    }

    /// The sample after a run, and whether its neighbours are near each other.
    pub fn after_run(&mut self, around: Around) -> (Prediction<'_, AfterRun>, bool) {
        let is_near = self.step == 1 && (around.left - around.above).abs() <= self.coding.near;
        let context = if is_near { &mut self.after_flat } else { &mut self.after_edge };
        let sample = if is_near { around.left } else { around.above };
        let sign = if !is_near && around.left > around.above { -1 } else { 1 };
        (Prediction { sample, sign, context }, is_near)
    }
}

/// The bits of the length of runs.
pub(super) fn order_bits(order: u32) -> u32 {
    match order {
        0..16 => order / 4,
        16..24 => order / 2 - 4,
        _ => order - 16,
    }
}
